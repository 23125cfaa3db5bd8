package round

import (
	"context"
	"encoding/json"
	"slices"
	"strconv"
	"strings"
	"time"

	"hanse/internal/domain/account"
	"hanse/internal/domain/qualification"
	"hanse/internal/domain/setting"
	"hanse/internal/kit/actor"
	"hanse/internal/kit/audit"
	"hanse/internal/kit/calendar"
	"hanse/internal/kit/db"
	"hanse/internal/kit/fault"
	"hanse/internal/kit/i18n"
	"hanse/internal/kit/id"
	"hanse/internal/kit/jobs"
	"hanse/internal/kit/outbox"
)

// What the clock does with a round: each is one job for every batch of entries, so that a round of a hundred thousand
// partners never makes a long transaction, and a process that dies goes on where it was.
const (
	sweepJob = "round.sweep"
	batch    = 200
)

type sweep struct {
	Round string       `json:"round"`
	Do    string       `json:"do"` // enrol, remind, close, lapse, publish
	Day   calendar.Day `json:"day"`
	Scope int          `json:"scope,omitempty"` // enrol: index in the round's scopes
	After string       `json:"after,omitempty"` // enrol: last account
	Left  int          `json:"left,omitempty"`  // remind: days left
}

// Register adds the daily pass, which runs each missed day as that day, and the job of its batches.
func (s *Service) Register(r *jobs.Runner) {
	r.Every("round.daily", func(after time.Time) time.Time { return (calendar.DayOf(after) + 1).Time() }, s.Daily)
	r.Inside(sweepJob, s.run)
}

// clock acts where nobody does.
var clock = actor.Program("rounds")

// Daily moves every round that is due on the day of the instant.
func (s *Service) Daily(ctx context.Context, at time.Time) error {
	return s.db.UpdateAt(ctx, at, func(tx *db.Tx) error {
		all, err := listRounds(ctx, tx)
		if err != nil {
			return err
		}
		days, err := setting.Ints(ctx, tx, setting.RoundReminderDays, tx.Now)
		if err != nil {
			return err
		}
		for i := range all {
			if err := s.move(ctx, tx, &all[i], days); err != nil {
				return err
			}
		}
		return nil
	})
}

// move does with one round what its day asks.
func (s *Service) move(ctx context.Context, tx *db.Tx, r *Round, reminders []int) error {
	today := calendar.DayOf(tx.Now)
	if err := s.openIfDue(ctx, tx, r); err != nil {
		return err
	}
	if r.State == Open && r.Days.ClosesOn < today {
		if err := s.advance(ctx, tx, r, Reviewing, "close"); err != nil {
			return err
		}
		if err := s.plan(ctx, tx, sweep{Round: r.ID, Do: "close", Day: today}); err != nil {
			return err
		}
	}
	for _, last := range []calendar.Day{r.Days.ClosesOn, r.Days.ChangesUntil} {
		if left := int(last - today); r.running() && slices.Contains(reminders, left) {
			if err := s.plan(ctx, tx, sweep{Round: r.ID, Do: "remind", Day: last, Left: left}); err != nil {
				return err
			}
		}
	}
	if r.State == Reviewing && r.Days.ChangesUntil < today {
		if err := s.plan(ctx, tx, sweep{Round: r.ID, Do: "lapse", Day: r.Days.ChangesUntil}); err != nil {
			return err
		}
	}
	if r.State == Reviewing && r.Days.ResultOn <= today {
		return s.publishIfDecided(ctx, tx, r)
	}
	return nil
}

func (s *Service) openIfDue(ctx context.Context, tx *db.Tx, r *Round) error {
	if r.State != Planned || r.Days.OpensOn > calendar.DayOf(tx.Now) {
		return nil
	}
	if err := s.advance(ctx, tx, r, Open, "open"); err != nil {
		return err
	}
	return s.plan(ctx, tx, sweep{Round: r.ID, Do: "enrol", Day: r.Days.OpensOn})
}

// advance moves a round on, by the clock.
func (s *Service) advance(ctx context.Context, tx *db.Tx, r *Round, to State, did string) error {
	from := r.State
	r.State = to
	if err := saveRound(ctx, tx, r, from, r.Edition); err != nil {
		return err
	}
	vendor, err := account.VendorAccount(ctx, tx)
	if err != nil {
		return err
	}
	return audit.Record(ctx, tx, clock, actor.ManageRounds, audit.Subject{Kind: "round", ID: r.ID, Account: vendor.ID}, map[string]any{"did": did})
}

// plan adds a batch; its key makes it once.
func (s *Service) plan(ctx context.Context, tx *db.Tx, w sweep) error {
	key := w.Round + ":" + w.Do + ":" + w.Day.String() + ":" + strconv.Itoa(w.Left) + ":" + strconv.Itoa(w.Scope) + ":" + w.After
	return jobs.Add(ctx, tx, jobs.New{Kind: sweepJob, Key: key, Account: w.Round, Payload: w})
}

// publishIfDecided lets the results take effect, unless somebody still waits for a decision: then the vendor is told,
// each day once.
func (s *Service) publishIfDecided(ctx context.Context, tx *db.Tx, r *Round) error {
	c, err := countEntries(ctx, tx, r.ID)
	if err != nil {
		return err
	}
	vendor, err := account.VendorAccount(ctx, tx)
	if err != nil {
		return err
	}
	if n := c.Undecided() + c.By[ToUpdate] + c.By[ToSubmit]; n > 0 {
		return outbox.Append(ctx, tx, RoundChanged{What: "round.undecided", Owner: vendor.ID, Round: r.ID, Year: r.Year, Count: n})
	}
	if err := s.advance(ctx, tx, r, Finished, "publish"); err != nil {
		return err
	}
	if err := outbox.Append(ctx, tx, RoundChanged{What: "round.finished", Owner: vendor.ID, Round: r.ID, Year: r.Year, Count: c.All()}); err != nil {
		return err
	}
	return s.plan(ctx, tx, sweep{Round: r.ID, Do: "publish", Day: calendar.DayOf(tx.Now)})
}

// Publish lets results take effect before their day. Program managers may, once the window has closed and everything
// is decided.
func (s *Service) Publish(ctx context.Context, by actor.Actor, round string, edition int64) (r Round, err error) {
	if err := by.May(actor.ManageRounds); err != nil {
		return r, err
	}
	err = s.db.Update(ctx, func(tx *db.Tx) error {
		if r, err = roundByID(ctx, tx, round); err != nil {
			return err
		}
		if r.State != Reviewing || r.Edition != edition {
			return fault.Conflict(i18n.M("round.conflict.state", i18n.A{"state": r.State.Label()}))
		}
		if r.Days.ChangesUntil >= calendar.DayOf(tx.Now) {
			return fault.Conflict(i18n.M("round.conflict.changes", i18n.A{"day": r.Days.ChangesUntil.String()}))
		}
		c, err := countEntries(ctx, tx, r.ID)
		if err != nil {
			return err
		}
		if n := c.Undecided() + c.By[ToUpdate] + c.By[ToSubmit]; n > 0 {
			return fault.Conflict(i18n.M("round.conflict.undecided", i18n.A{"n": int(n)}))
		}
		if err := audit.Record(ctx, tx, by, actor.ManageRounds, subject(r, by), map[string]any{"did": "publish"}); err != nil {
			return err
		}
		return s.publishIfDecided(ctx, tx, &r)
	})
	return r, err
}

// run does one batch and plans the next.
func (s *Service) run(ctx context.Context, tx *db.Tx, j jobs.Job) error {
	var w sweep
	if err := json.Unmarshal(j.Payload, &w); err != nil {
		return err
	}
	r, err := roundByID(ctx, tx, w.Round)
	if err != nil || r.State == Cancelled {
		return err
	}
	switch w.Do {
	case "enrol":
		return s.enrol(ctx, tx, r, w)
	case "remind":
		return s.each(ctx, tx, w, s.awaited(r, w), func(e *Entry) error { return s.tell(ctx, tx, "round.reminder", *e, r, w.Day) })
	case "close":
		return s.each(ctx, tx, w, ToSubmit, func(e *Entry) error { return s.overdue(ctx, tx, e, r) })
	case "lapse":
		return s.each(ctx, tx, w, ToUpdate, func(e *Entry) error { return s.overdue(ctx, tx, e, r) })
	case "publish":
		return s.publish(ctx, tx, r, w)
	}
	return nil
}

// awaited is whom a reminder is for: those who haven't handed in, later those who haven't corrected.
func (s *Service) awaited(r Round, w sweep) EntryState {
	if w.Day == r.Days.ClosesOn {
		return ToSubmit
	}
	return ToUpdate
}

// enrol gives every holder of a scope an entry, and tells them.
func (s *Service) enrol(ctx context.Context, tx *db.Tx, r Round, w sweep) error {
	if w.Scope >= len(r.Scopes) {
		return nil
	}
	x := r.Scopes[w.Scope]
	held, err := s.q.StageHolders(ctx, tx, x.Program, x.Level, w.After, batch)
	if err != nil {
		return err
	}
	ids := make([]string, len(held))
	for i := range held {
		ids[i] = held[i].Account
	}
	names, err := account.Names(ctx, tx, ids)
	if err != nil {
		return err
	}
	for _, q := range held {
		e := Entry{Account: q.Account, ID: id.New("rne", tx.Wall), Round: r.ID, Program: x.Program, Level: x.Level, Qualification: q.ID, Number: q.Number,
			PartnerName: names[q.Account], State: ToSubmit}
		fresh, err := insertEntry(ctx, tx, e)
		if err != nil {
			return err
		}
		if fresh {
			if err := s.tell(ctx, tx, "round.opened", e, r, r.Days.ClosesOn); err != nil {
				return err
			}
		}
	}
	if len(held) == batch {
		w.After = held[batch-1].Account
	} else {
		w.Scope, w.After = w.Scope+1, ""
	}
	return s.plan(ctx, tx, w)
}

// each goes through a round's entries in a state, a batch to a job.
func (s *Service) each(ctx context.Context, tx *db.Tx, w sweep, state EntryState, f func(e *Entry) error) error {
	acc, last, _ := strings.Cut(w.After, ".")
	list, err := listEntries(ctx, tx, w.Round, state, acc, last, batch)
	if err != nil {
		return err
	}
	for i := range list {
		if err := f(&list[i]); err != nil {
			return err
		}
	}
	if len(list) < batch {
		return nil
	}
	w.After = list[batch-1].Account + "." + list[batch-1].ID
	return s.plan(ctx, tx, w)
}

func (s *Service) overdue(ctx context.Context, tx *db.Tx, e *Entry, r Round) error {
	from := e.State
	e.State = Overdue
	if err := saveEntry(ctx, tx, e, from, e.Edition); err != nil {
		return err
	}
	if err := audit.Record(ctx, tx, clock, actor.EnterRound, audit.Subject{Kind: "round_entry", ID: e.ID, Account: e.Account},
		map[string]any{"did": "overdue"}); err != nil {
		return err
	}
	return s.tell(ctx, tx, "round.overdue", *e, r, r.Days.ResultOn)
}

// publish lets the verdicts take effect: first those decided, then those overdue.
func (s *Service) publish(ctx context.Context, tx *db.Tx, r Round, w sweep) error {
	state := UnderReview
	if w.Scope > 0 {
		state = Overdue
	}
	if err := s.each(ctx, tx, w, state, func(e *Entry) error { return s.settle(ctx, tx, e, r) }); err != nil {
		return err
	}
	if w.Scope == 0 && w.After == "" {
		return s.plan(ctx, tx, sweep{Round: r.ID, Do: "publish", Day: w.Day, Scope: 1})
	}
	return nil
}

// settle lets one entry's result take effect. A stage that ended meanwhile leaves nothing to revoke.
func (s *Service) settle(ctx context.Context, tx *db.Tx, e *Entry, r Round) error {
	from := e.State
	if e.State == UnderReview {
		e.State = e.Verdict
	}
	if e.State != Passed {
		why := i18n.Text(i18n.English, i18n.M("round.revoked", i18n.A{"year": strconv.Itoa(r.Year)}))
		if len(e.Reasons) > 0 {
			why = e.Reasons[0]
		}
		_, err := s.q.Revoke(ctx, tx, clock, e.Account, e.Qualification, qualification.Revocation{By: qualification.AnnualReview, Reason: why})
		if fault.KindOf(err) == fault.KindConflict {
			e.State, err = Void, nil
		}
		if err != nil {
			return err
		}
	}
	if from != e.State {
		if err := saveEntry(ctx, tx, e, from, e.Edition); err != nil {
			return err
		}
	}
	if err := audit.Record(ctx, tx, clock, actor.DecideReview, audit.Subject{Kind: "round_entry", ID: e.ID, Account: e.Account},
		map[string]any{"did": "result", "state": string(e.State)}); err != nil {
		return err
	}
	return s.tell(ctx, tx, "round.result", *e, r, r.Days.ResultOn)
}
