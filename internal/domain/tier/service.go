package tier

import (
	"context"
	"errors"
	"time"
	"unicode/utf8"

	"hanse/internal/domain/account"
	"hanse/internal/domain/ledger"
	"hanse/internal/kit/actor"
	"hanse/internal/kit/audit"
	"hanse/internal/kit/calendar"
	"hanse/internal/kit/db"
	"hanse/internal/kit/fault"
	"hanse/internal/kit/i18n"
	"hanse/internal/kit/id"
	"hanse/internal/kit/jobs"
	"hanse/internal/kit/outbox"
	"hanse/internal/kit/text"
)

// Service has the verbs.
type Service struct{ db *db.DB }

// New returns the service.
func New(d *db.DB) *Service { return &Service{db: d} }

// Register adds the nightly reckoning, at half past midnight of the business zone.
func (s *Service) Register(r *jobs.Runner) {
	next := func(after time.Time) time.Time {
		at := calendar.DayOf(after).Time().Add(30 * time.Minute)
		if !at.After(after) {
			at = at.Add(24 * time.Hour)
		}
		return at
	}
	r.Every("tier.refresh", jobs.Latest(s.db.Clock().Now, next), s.Refresh)
}

// A Record is one change of a tier. Cause is spend, year, stated or lifted.
type Record struct {
	Account, ID string
	Was, Became int
	Cause       string
	Reason      string
	ByName      string
	At          time.Time
}

// CauseLabel is the cause in words.
func (r Record) CauseLabel() i18n.Msg {
	switch r.Cause {
	case "spend":
		return i18n.M("tier.cause.spend")
	case "year":
		return i18n.M("tier.cause.year")
	case "stated":
		return i18n.M("tier.cause.stated")
	}
	return i18n.M("tier.cause.lifted")
}

// Changed says that an account has another tier: tier.changed. Levels are None or 0 to 5.
type Changed struct {
	Account   string `json:"account"`
	Was       int    `json:"was"`
	Became    int    `json:"became"`
	Cause     string `json:"cause"`
	Grace     int    `json:"grace_days"`
	Retention int    `json:"retention_days"`
}

// Event names the fact.
func (c Changed) Event() (kind, account, subject string) { return "tier.changed", c.Account, c.Account }

// Tier is an account's tier with how it came about, the newest first. Its own users and the vendor's staff may.
func (s *Service) Tier(ctx context.Context, by actor.Actor, accountID string) (t Tier, history []Record, err error) {
	if err := by.May(actor.ViewTiers); err != nil {
		return t, nil, err
	}
	if err := by.Sees(accountID); err != nil {
		return t, nil, err
	}
	q := s.db.Read()
	if _, err := account.Get(ctx, q, accountID); err != nil {
		return t, nil, err
	}
	if t, err = Of(ctx, q, accountID, s.db.Clock().Now()); err != nil {
		return t, nil, err
	}
	history, err = records(ctx, q, accountID)
	return t, history, err
}

// A Statement is the vendor's word on a tier. Level None lifts what was stated. The reason is mandatory.
type Statement struct {
	Account string
	Level   int
	Reason  string
	Edition int64 // of the tier that was shown
}

// State gives an account a tier whatever it spent, or lifts that. The vendor's administrators and finance may. Conflict
// when somebody was faster, or when there's nothing to lift.
func (s *Service) State(ctx context.Context, by actor.Actor, in Statement) (t Tier, err error) {
	if err := by.May(actor.StateTiers); err != nil {
		return t, err
	}
	in.Reason = text.Lines(in.Reason)
	var fs fault.Fields
	if in.Level < None || in.Level > Top {
		fs.Add("level", "", i18n.M("tier.bad_level"))
	}
	if n := utf8.RuneCountInString(in.Reason); n == 0 || n > 1000 {
		fs.Add("reason", in.Reason, i18n.M("tier.reason_missing"))
	}
	if err := fs.Err(); err != nil {
		return t, err
	}
	err = s.db.Update(ctx, func(tx *db.Tx) error {
		t, err = s.state(ctx, tx, by, in)
		return err
	})
	return t, err
}

func (s *Service) state(ctx context.Context, tx *db.Tx, by actor.Actor, in Statement) (Tier, error) {
	a, err := account.Get(ctx, tx, in.Account)
	if err != nil {
		return Tier{}, err
	}
	if a.Kind != actor.Partner && a.Kind != actor.Customer {
		return Tier{}, fault.NotFound()
	}
	was, err := Of(ctx, tx, a.ID, tx.Now)
	if err != nil {
		return was, err
	}
	if was.Edition != in.Edition || in.Level == None && was.Stated == None {
		return was, fault.Conflict(i18n.Msg{})
	}
	t := was
	t.Stated, t.Reason, t.StatedBy, t.StatedAt = in.Level, in.Reason, by.Name, tx.Now
	cause := "stated"
	if in.Level == None {
		cause, t.Reason, t.StatedBy, t.StatedAt = "lifted", "", "", time.Time{}
	}
	if err := s.save(ctx, tx, by, actor.StateTiers, was, t, cause, in.Reason); err != nil {
		return t, err
	}
	return Of(ctx, tx, a.ID, tx.Now)
}

// save writes a tier and, when it counts as another level now, its record and the event.
func (s *Service) save(ctx context.Context, tx *db.Tx, by actor.Actor, verb actor.Verb, was, t Tier, cause, reason string) error {
	if err := put(ctx, tx, t); err != nil {
		if errors.Is(err, db.ErrNoRow) {
			err = fault.Conflict(i18n.Msg{})
		}
		return err
	}
	t, err := Of(ctx, tx, t.Account, tx.Now)
	if err != nil || t.Level == was.Level && cause != "stated" && cause != "lifted" {
		return err
	}
	r := Record{Account: t.Account, ID: id.New("trr", tx.Wall), Was: was.Level, Became: t.Level, Cause: cause, Reason: reason, ByName: by.Name, At: tx.Now}
	if err := insertRecord(ctx, tx, r); err != nil {
		return err
	}
	detail := map[string]any{"was": Name(was.Level), "became": Name(t.Level), "cause": cause}
	if reason != "" {
		detail["reason"] = reason
	}
	if err := audit.Record(ctx, tx, by, verb, audit.Subject{Kind: "tier", ID: t.Account, Account: t.Account}, detail); err != nil {
		return err
	}
	return outbox.Append(ctx, tx, Changed{Account: t.Account, Was: was.Level, Became: t.Level, Cause: cause, Grace: t.Grace, Retention: t.Retention})
}

// batch is how many accounts are reckoned in one transaction.
const batch = 100

// Refresh reckons the tiers of all who spent anything this year or last, or have a tier. The schedule calls it; what
// didn't change isn't written.
func (s *Service) Refresh(ctx context.Context, at time.Time) error {
	by := actor.Program("tier")
	if err := by.May(actor.RefreshTiers); err != nil {
		return err
	}
	year := yearOf(at)
	for after := ""; ; {
		ids, err := ledger.Spenders(ctx, s.db.Read(), year-1, after, batch)
		if err != nil || len(ids) == 0 {
			return errors.Join(err, s.lapse(ctx, by, at, year))
		}
		err = s.db.UpdateAt(ctx, at, func(tx *db.Tx) error {
			for _, a := range ids {
				if err := s.refresh(ctx, tx, by, a, year); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			return err
		}
		after = ids[len(ids)-1]
	}
}

// lapse reckons those that are still in a year before: who spent nothing for so long has no tier any more.
func (s *Service) lapse(ctx context.Context, by actor.Actor, at time.Time, year int) error {
	for {
		ids, err := ofYearsBefore(ctx, s.db.Read(), year, batch)
		if err != nil || len(ids) == 0 {
			return err
		}
		err = s.db.UpdateAt(ctx, at, func(tx *db.Tx) error {
			for _, a := range ids {
				if err := s.refresh(ctx, tx, by, a, year); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			return err
		}
	}
}

func (s *Service) refresh(ctx context.Context, tx *db.Tx, by actor.Actor, accountID string, year int) error {
	was, err := Of(ctx, tx, accountID, tx.Now)
	if err != nil {
		return err
	}
	now, err := spentIn(ctx, tx, accountID, year)
	if err != nil {
		return err
	}
	before, err := spentIn(ctx, tx, accountID, year-1)
	if err != nil {
		return err
	}
	steps, err := thresholds(ctx, tx, tx.Now)
	if err != nil {
		return err
	}
	t := reckon(was, year, now, before, steps)
	if t.Earned == was.Earned && t.Spent == was.Spent && t.Year == was.Year {
		return nil
	}
	cause := "spend"
	if was.Year != 0 && was.Year != year {
		cause = "year"
	}
	t.ComputedAt = tx.Now
	return s.save(ctx, tx, by, actor.RefreshTiers, was, t, cause, "")
}
