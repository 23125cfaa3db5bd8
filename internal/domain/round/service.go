package round

import (
	"context"
	"encoding/json"
	"slices"
	"strconv"
	"strings"
	"time"

	"hanse/internal/domain/material"
	"hanse/internal/domain/program"
	"hanse/internal/domain/qualification"
	"hanse/internal/kit/actor"
	"hanse/internal/kit/audit"
	"hanse/internal/kit/calendar"
	"hanse/internal/kit/db"
	"hanse/internal/kit/fault"
	"hanse/internal/kit/i18n"
	"hanse/internal/kit/id"
	"hanse/internal/kit/outbox"
	"hanse/internal/kit/text"
)

// Service holds the verbs.
type Service struct {
	db *db.DB
	q  *qualification.Service
}

// New returns the service.
func New(d *db.DB, q *qualification.Service) *Service { return &Service{db: d, q: q} }

// staged tells whether a scope is a stage of a program in force that isn't taken by choice alone.
func (s *Service) staged(x Scope) bool {
	v, err := s.q.Current(x.Program, s.db.Clock().Now())
	if err != nil || !v.Stages {
		return false
	}
	l, ok := v.Level(x.Level)
	return ok && !l.SelfGranted
}

// Scopes lists every stage that a round may review, in the order of the programs. Whoever sees rounds may.
func (s *Service) Scopes(_ context.Context, by actor.Actor) (out []Scope, err error) {
	if err := by.May(actor.ViewRounds); err != nil {
		return nil, err
	}
	for _, p := range s.q.Programs() {
		v, err := s.q.Current(p, s.db.Clock().Now())
		if err != nil {
			continue // none of its versions is in force
		}
		for _, l := range v.Levels {
			if x := (Scope{p, l.ID}); s.staged(x) {
				out = append(out, x)
			}
		}
	}
	return out, nil
}

// Title names a scope in words.
func (s *Service) Title(x Scope) i18n.Msg {
	v, err := s.q.Current(x.Program, s.db.Clock().Now())
	if err != nil {
		return i18n.Raw(x.Program + " " + x.Level)
	}
	l, _ := v.Level(x.Level)
	return i18n.M("round.scope", i18n.A{"program": v.Title.Msg(), "level": l.Title.Msg()})
}

// Plan makes a round. Program managers may. It opens by itself on its first day, at once when that has come.
func (s *Service) Plan(ctx context.Context, by actor.Actor, p Plan) (r Round, err error) {
	if err := by.May(actor.ManageRounds); err != nil {
		return r, err
	}
	if err := p.check(s.staged, calendar.DayOf(s.db.Clock().Now())); err != nil {
		return r, err
	}
	err = s.db.Update(ctx, func(tx *db.Tx) error {
		r = Round{ID: id.New("rnd", tx.Wall), Year: p.Year, Scopes: sortScopes(p.Scopes), Days: p.Days, State: Planned, Edition: 1}
		if err := insertRound(ctx, tx, r, by.User); err != nil {
			return err
		}
		if err := audit.Record(ctx, tx, by, actor.ManageRounds, subject(r, by), map[string]any{"did": "plan", "year": strconv.Itoa(r.Year)}); err != nil {
			return err
		}
		return s.openIfDue(ctx, tx, &r)
	})
	return r, err
}

func subject(r Round, by actor.Actor) audit.Subject {
	return audit.Subject{Kind: "round", ID: r.ID, Account: by.Account}
}

// Change changes a planned round; of an open one only the days that are still ahead, and only to later ones, so that
// nobody loses time that was promised.
func (s *Service) Change(ctx context.Context, by actor.Actor, round string, edition int64, p Plan) (r Round, err error) {
	if err := by.May(actor.ManageRounds); err != nil {
		return r, err
	}
	err = s.db.Update(ctx, func(tx *db.Tx) error {
		today := calendar.DayOf(tx.Now)
		if r, err = roundByID(ctx, tx, round); err != nil {
			return err
		}
		from, old := r.State, r
		switch r.State {
		case Planned:
			if err := p.check(s.staged, today); err != nil {
				return err
			}
			r.Year, r.Scopes, r.Days = p.Year, sortScopes(p.Scopes), p.Days
		case Open, Reviewing:
			if err := later(old, p.Days, today); err != nil {
				return err
			}
			r.Days.ClosesOn, r.Days.ChangesUntil, r.Days.ResultOn = p.Days.ClosesOn, p.Days.ChangesUntil, p.Days.ResultOn
		default:
			return fault.Conflict(i18n.M("round.conflict.state", i18n.A{"state": r.State.Label()}))
		}
		if err := saveRound(ctx, tx, &r, from, edition); err != nil {
			return err
		}
		if err := audit.Record(ctx, tx, by, actor.ManageRounds, subject(r, by), map[string]any{"did": "change", "from": old.Days, "to": r.Days}); err != nil {
			return err
		}
		return s.openIfDue(ctx, tx, &r)
	})
	return r, err
}

// later refuses days of a running round that come earlier than promised, or move what has passed.
func later(r Round, d Days, today calendar.Day) error {
	var fs fault.Fields
	for _, x := range []struct {
		name     string
		old, new calendar.Day
		over     bool
	}{
		{"closes_on", r.Days.ClosesOn, d.ClosesOn, r.State == Reviewing},
		{"changes_until", r.Days.ChangesUntil, d.ChangesUntil, r.Days.ChangesUntil < today},
		{"result_on", r.Days.ResultOn, d.ResultOn, false},
	} {
		if x.new < x.old || x.over && x.new != x.old {
			fs.Add(x.name, x.new.String(), i18n.M("round.field.later", i18n.A{"old": x.old.String()}))
		}
	}
	if len(fs) == 0 && (d.ChangesUntil < d.ClosesOn || d.ResultOn < d.ChangesUntil) {
		fs.Add("result_on", d.ResultOn.String(), i18n.M("round.field.result_on"))
	}
	return fs.Err()
}

// Cancel ends a round that isn't finished; nothing follows from it.
func (s *Service) Cancel(ctx context.Context, by actor.Actor, round string, edition int64) (r Round, err error) {
	if err := by.May(actor.ManageRounds); err != nil {
		return r, err
	}
	err = s.db.Update(ctx, func(tx *db.Tx) error {
		if r, err = roundByID(ctx, tx, round); err != nil {
			return err
		}
		from := r.State
		if from == Finished || from == Cancelled {
			return fault.Conflict(i18n.M("round.conflict.state", i18n.A{"state": r.State.Label()}))
		}
		r.State = Cancelled
		if err := saveRound(ctx, tx, &r, from, edition); err != nil {
			return err
		}
		return audit.Record(ctx, tx, by, actor.ManageRounds, subject(r, by), map[string]any{"did": "cancel"})
	})
	return r, err
}

// Rounds lists all rounds, newest first. Partners see them too: they announce what comes.
func (s *Service) Rounds(ctx context.Context, by actor.Actor) ([]Round, error) {
	if err := by.May(actor.ViewRounds); err != nil {
		return nil, err
	}
	return listRounds(ctx, s.db.Read())
}

// A RoundView is a round with its entries counted.
type RoundView struct {
	Round
	Counts Counts
}

// Round returns one with its counts. The vendor's staff may.
func (s *Service) Round(ctx context.Context, by actor.Actor, round string) (v RoundView, err error) {
	if err := by.May(actor.ViewRounds); err != nil {
		return v, err
	}
	if !by.Vendor() {
		return v, fault.NotFound()
	}
	if v.Round, err = roundByID(ctx, s.db.Read(), round); err != nil {
		return v, err
	}
	v.Counts, err = countEntries(ctx, s.db.Read(), round)
	return v, err
}

// A Filter narrows a round's entries; After is the cursor that the page before gave.
type Filter struct {
	Round string
	State EntryState
	After string
	Limit int
}

// Entries lists a round's entries by partner. The vendor's staff may.
func (s *Service) Entries(ctx context.Context, by actor.Actor, f Filter) ([]Entry, string, error) {
	if err := by.May(actor.ViewRounds); err != nil {
		return nil, "", err
	}
	if !by.Vendor() {
		return nil, "", fault.NotFound()
	}
	account, entry, _ := strings.Cut(f.After, ".")
	n := bound(f.Limit)
	rows, err := listEntries(ctx, s.db.Read(), f.Round, f.State, account, entry, n+1)
	if len(rows) <= n {
		return rows, "", err
	}
	last := rows[n-1]
	return rows[:n], last.Account + "." + last.ID, err
}

func bound(n int) int {
	if n <= 0 || n > 500 {
		return 50
	}
	return n
}

// Queue lists the entries that wait for a decision, the longest waiting first. Reviewers may.
func (s *Service) Queue(ctx context.Context, by actor.Actor, after string, limit int) ([]Entry, string, error) {
	if err := by.May(actor.ListReviews); err != nil {
		return nil, "", err
	}
	micros, entry, _ := strings.Cut(after, ".")
	var at time.Time
	if n, err := strconv.ParseInt(micros, 10, 64); err == nil {
		at = time.UnixMicro(n)
	}
	n := bound(limit)
	rows, err := waiting(ctx, s.db.Read(), at, entry, n+1)
	if len(rows) <= n {
		return rows, "", err
	}
	last := rows[n-1]
	return rows[:n], strconv.FormatInt(last.SubmittedAt.UnixMicro(), 10) + "." + last.ID, err
}

// Own lists all entries of a partner, newest first.
func (s *Service) Own(ctx context.Context, by actor.Actor, partner string) ([]Entry, error) {
	if err := by.May(actor.ViewRounds); err != nil {
		return nil, err
	}
	if err := by.Sees(partner); err != nil {
		return nil, err
	}
	return ownEntries(ctx, s.db.Read(), partner)
}

// Actions says what whoever looks may do with an entry now.
type Actions struct{ HandIn, Decide bool }

// An EntryView is an entry with its round, what the program says now, what it said when it was handed in, and the
// materials.
type EntryView struct {
	Entry
	RoundInfo  Round
	Title      i18n.Msg
	Now        Computed
	Then       *Computed // nil before it was handed in
	Asks       []program.MaterialAsk
	Attached   []material.Material
	Attachable []material.Material
	LineTitles map[string]i18n.Msg
	Can        Actions
}

// Entry returns one with everything around it: the partner's own, the vendor's staff any.
func (s *Service) Entry(ctx context.Context, by actor.Actor, entry string) (v EntryView, err error) {
	if err := by.May(actor.ViewRounds); err != nil {
		return v, err
	}
	q, now := s.db.Read(), s.db.Clock().Now()
	if v.Entry, err = entryByID(ctx, q, by.Scope(), entry); err != nil {
		return v, err
	}
	if v.RoundInfo, err = roundByID(ctx, q, v.Round); err != nil {
		return v, err
	}
	if v.Attached, err = material.OfApplication(ctx, q, v.Account, v.ID); err != nil {
		return v, err
	}
	if v.Now, v.Asks, err = s.judge(ctx, q, v.Entry, v.Attached, now); err != nil {
		return v, err
	}
	if v.result != "" {
		v.Then = &Computed{}
		if err = json.Unmarshal([]byte(v.result), v.Then); err != nil {
			return v, err
		}
	}
	v.Title = s.Title(Scope{v.Program, v.Level})
	v.LineTitles = s.lineTitles(v.Program, now)
	v.Can.HandIn = by.Can(actor.EnterRound) && v.mayHandIn(v.RoundInfo.Days, calendar.DayOf(now)) && v.RoundInfo.running()
	v.Can.Decide = by.Can(actor.DecideReview) && v.mayDecide(v.RoundInfo)
	if !by.Vendor() && v.RoundInfo.State != Finished {
		v.Verdict, v.ReviewerName = "", "" // it's told on the day of results
	}
	if v.Can.HandIn {
		v.Attachable, err = material.AttachableOf(ctx, q, v.Account)
	}
	return v, err
}

// lineTitles names the lines of the version in force.
func (s *Service) lineTitles(programID string, at time.Time) map[string]i18n.Msg {
	out := map[string]i18n.Msg{}
	if v, err := s.q.Current(programID, at); err == nil {
		for _, l := range v.Lines {
			out[l.ID] = l.Title.Msg()
		}
	}
	return out
}

func (r Round) running() bool { return r.State == Open || r.State == Reviewing }

// judge computes the stage's lines for keeping it, and its materials, at an instant.
func (s *Service) judge(ctx context.Context, q db.Querier, e Entry, attached []material.Material, at time.Time) (Computed, []program.MaterialAsk, error) {
	x, err := s.q.Judge(ctx, q, e.Account, e.Program, at)
	if err != nil {
		return Computed{}, nil, err
	}
	r := Computed{Ref: x.Version.Ref(), At: at}
	r.EN, r.ZH = track(x.Evaluation.Report(i18n.English, true), e.Level), track(x.Evaluation.Report(i18n.Chinese, true), e.Level)
	asks, day := x.Version.MaterialsFor(e.Level), calendar.DayOf(at)
	for i := range asks {
		m := MaterialResult{Ask: asks[i].ID, EN: asks[i].Title.En, ZH: asks[i].Title.Zh, Kind: asks[i].Rule.Kind, Need: asks[i].Need[e.Level]}
		for _, a := range attached {
			if string(a.Kind) != m.Kind {
				continue
			}
			m.Attached++
			good := func(f program.Material) bool { return f.ID == a.ID && asks[i].Counts(f, day, true) }
			if slices.ContainsFunc(x.Facts.Materials, good) {
				m.Good++
			}
		}
		r.Materials = append(r.Materials, m)
	}
	r.Met = len(r.Unmet()) == 0
	return r, asks, nil
}

// track is the best track of a level in a report.
func track(r program.Report, level string) program.TrackReport {
	for _, l := range r.Levels {
		if l.Level != level || len(l.Tracks) == 0 {
			continue
		}
		for _, t := range l.Tracks {
			if t.Met {
				return t
			}
		}
		return l.Tracks[0]
	}
	return program.TrackReport{}
}

// step is the frame of every change of an entry: reads it in the actor's scope with its round, lets f change it,
// saves it if nobody was faster, and records it.
func (s *Service) step(ctx context.Context, tx *db.Tx, by actor.Actor, verb actor.Verb, entry string, edition int64, did string,
	f func(e *Entry, r Round) error) (e Entry, err error) {
	if e, err = entryByID(ctx, tx, by.Scope(), entry); err != nil {
		return e, err
	}
	r, err := roundByID(ctx, tx, e.Round)
	if err != nil {
		return e, err
	}
	from := e.State
	if err := f(&e, r); err != nil {
		return e, err
	}
	if err := saveEntry(ctx, tx, &e, from, edition); err != nil {
		return e, err
	}
	return e, audit.Record(ctx, tx, by, verb, audit.Subject{Kind: "round_entry", ID: e.ID, Account: e.Account},
		map[string]any{"did": did, "state": string(e.State), "verdict": string(e.Verdict), "reasons": e.Reasons})
}

// Submit hands an entry in, or hands it in again, with these materials. Lines that aren't met don't stop it: they can
// be mended until the last day for changes. Materials that are asked must be attached.
func (s *Service) Submit(ctx context.Context, by actor.Actor, entry string, edition int64, materials []string) (e Entry, err error) {
	if err := by.May(actor.EnterRound); err != nil {
		return e, err
	}
	err = s.db.Update(ctx, func(tx *db.Tx) error {
		e, err = s.step(ctx, tx, by, actor.EnterRound, entry, edition, "submit", func(e *Entry, r Round) error {
			if !r.running() || !e.mayHandIn(r.Days, calendar.DayOf(tx.Now)) {
				return fault.Conflict(i18n.M("round.conflict.entry", i18n.A{"state": e.State.Label()}))
			}
			return s.handIn(ctx, tx, by, e, r, materials)
		})
		return err
	})
	return e, err
}

func (s *Service) handIn(ctx context.Context, tx *db.Tx, by actor.Actor, e *Entry, r Round, materials []string) error {
	if err := material.Attach(ctx, tx, e.Account, e.ID, materials); err != nil {
		return err
	}
	attached, err := material.OfApplication(ctx, tx, e.Account, e.ID)
	if err != nil {
		return err
	}
	x, asks, err := s.judge(ctx, tx, *e, attached, tx.Now)
	if err != nil {
		return err
	}
	var fs fault.Fields
	for i, m := range x.Materials {
		if m.Attached < m.Need {
			fs.Add("materials", m.Ask, i18n.M("round.field.materials", i18n.A{"title": asks[i].Title.Msg(), "need": m.Need, "have": m.Attached}))
		}
	}
	if err := fs.Err(); err != nil {
		return err
	}
	body, err := json.Marshal(x)
	if err != nil {
		return err
	}
	e.State, e.Reasons, e.result, e.Version, e.SubmittedBy, e.SubmittedAt = UnderReview, nil, string(body), x.Ref, by.User, tx.Now
	return s.tell(ctx, tx, "round.submitted", *e, r, r.Days.ResultOn)
}

// tell emits an event about an entry.
func (s *Service) tell(ctx context.Context, tx *db.Tx, what string, e Entry, r Round, until calendar.Day) error {
	x := EntryChanged{What: what, Partner: e.Account, PartnerName: e.PartnerName, Entry: e.ID, Round: r.ID, Year: r.Year, Program: e.Program,
		State: e.State, Reasons: e.Reasons, Until: until, DaysLeft: int(until - calendar.DayOf(tx.Now))}
	if v, err := s.q.Current(e.Program, tx.Now); err == nil {
		l, _ := v.Level(e.Level)
		x.ProgramEN, x.ProgramZH, x.LevelEN, x.LevelZH = v.Title.En, v.Title.Zh, l.Title.En, l.Title.Zh
	}
	return outbox.Append(ctx, tx, x)
}

// Pass decides that a stage is kept. Conflict while a line or a material isn't good. Reviewers may.
func (s *Service) Pass(ctx context.Context, by actor.Actor, entry string, edition int64) (Entry, error) {
	return s.decide(ctx, by, entry, edition, "pass", func(tx *db.Tx, e *Entry, _ Round) error {
		attached, err := material.OfApplication(ctx, tx, e.Account, e.ID)
		if err != nil {
			return err
		}
		x, _, err := s.judge(ctx, tx, *e, attached, tx.Now)
		if err != nil {
			return err
		}
		if lines := x.Unmet(); len(lines) > 0 {
			return fault.Conflict(i18n.M("round.conflict.unmet", i18n.A{"n": len(lines), "lines": strings.Join(lines, ", ")}))
		}
		e.Verdict, e.Reasons = Passed, nil
		return nil
	})
}

// Return asks the partner to correct, until the round's last day for changes. Reviewers may.
func (s *Service) Return(ctx context.Context, by actor.Actor, entry string, edition int64, reasons []string) (Entry, error) {
	reasons, err := said(reasons)
	if err != nil {
		return Entry{}, err
	}
	return s.decide(ctx, by, entry, edition, "return", func(tx *db.Tx, e *Entry, r Round) error {
		if calendar.DayOf(tx.Now) > r.Days.ChangesUntil {
			return fault.Conflict(i18n.M("round.conflict.late", i18n.A{"day": r.Days.ChangesUntil.String()}))
		}
		e.State, e.Verdict, e.Reasons = ToUpdate, "", reasons
		return s.tell(ctx, tx, "round.returned", *e, r, r.Days.ChangesUntil)
	})
}

// Fail decides that a stage isn't kept: it's revoked on the day of results. Reviewers may.
func (s *Service) Fail(ctx context.Context, by actor.Actor, entry string, edition int64, reasons []string) (Entry, error) {
	reasons, err := said(reasons)
	if err != nil {
		return Entry{}, err
	}
	return s.decide(ctx, by, entry, edition, "fail", func(_ *db.Tx, e *Entry, _ Round) error {
		e.Verdict, e.Reasons = Failed, reasons
		return nil
	})
}

// decide is the frame of the vendor's decisions. A verdict may be changed until the day of results.
func (s *Service) decide(ctx context.Context, by actor.Actor, entry string, edition int64, did string,
	f func(tx *db.Tx, e *Entry, r Round) error) (e Entry, err error) {
	if err := by.May(actor.DecideReview); err != nil {
		return e, err
	}
	err = s.db.Update(ctx, func(tx *db.Tx) error {
		e, err = s.step(ctx, tx, by, actor.DecideReview, entry, edition, did, func(e *Entry, r Round) error {
			if !e.mayDecide(r) {
				return fault.Conflict(i18n.M("round.conflict.entry", i18n.A{"state": e.State.Label()}))
			}
			e.ReviewerName, e.DecidedAt = by.Name, tx.Now
			return f(tx, e, r)
		})
		return err
	})
	return e, err
}

const mostText = 4000

func said(reasons []string) (out []string, err error) {
	for _, r := range reasons {
		if r = text.Lines(r); r != "" && len([]rune(r)) <= mostText {
			out = append(out, r)
		}
	}
	if len(out) == 0 {
		return nil, fault.Invalid("reason", i18n.M("round.field.reason", i18n.A{"most": mostText}))
	}
	return out, nil
}
