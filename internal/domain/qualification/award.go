package qualification

import (
	"context"
	"crypto/rand"
	"fmt"
	"math/big"
	"strings"
	"time"

	"hanse/internal/domain/program"
	"hanse/internal/kit/actor"
	"hanse/internal/kit/audit"
	"hanse/internal/kit/calendar"
	"hanse/internal/kit/db"
	"hanse/internal/kit/fault"
	"hanse/internal/kit/i18n"
	"hanse/internal/kit/id"
	"hanse/internal/kit/outbox"
	"hanse/internal/kit/pdf"
)

// grant makes the qualification of an approved application, in its transaction. The running one of the same slot is
// superseded by it; what is computed of the partner counts it from then on.
func (s *Service) grant(ctx context.Context, tx *db.Tx, by actor.Actor, a Application, b *workbench) (Qualification, error) {
	today, v := calendar.DayOf(tx.Now), b.apply.Version
	q := Qualification{Account: a.Account, ID: id.New("qua", tx.Wall), Program: a.Program, Version: a.Version, Level: a.Level,
		Track: a.Track, Application: a.ID, Holder: a.Form.Company, HolderZH: a.Form.CompanyZH, ValidFrom: today,
		ValidUntil: v.Validity.Until(today), State: Valid, StateAt: tx.Now, Edition: 1, CreatedAt: tx.Now, checkOn: today,
		slot: slotOf(v, a.Level), Product: a.Form.Product}
	what := "qualification.granted"
	if b.held != nil {
		if err := s.supersede(ctx, tx, by, *b.held, b.partner); err != nil {
			return q, err
		}
		if a.Kind == RenewalKind {
			what = "qualification.renewed"
		}
	}
	var err error
	if q.Number, err = newNumber(ctx, tx, v, q); err != nil {
		return q, err
	}
	if err := insertQualification(ctx, tx, q); err != nil {
		return q, err
	}
	if err := s.announce(ctx, tx, what, q, b.partner, v); err != nil {
		return q, err
	}
	err = audit.Record(ctx, tx, by, actor.DecideReview, q.subject(),
		map[string]any{"did": "grant", "number": q.Number, "level": q.Level, "until": q.ValidUntil.String(), "application": a.ID})
	if err != nil {
		return q, err
	}
	return q, s.settle(ctx, tx, q.Account)
}

func (s *Service) supersede(ctx context.Context, tx *db.Tx, by actor.Actor, old Qualification, p Partner) error {
	from := old.State
	if err := old.move(Superseded, tx.Now); err != nil {
		return err
	}
	if err := saveQualification(ctx, tx, &old, from, true); err != nil {
		return err
	}
	if err := closeVacancies(ctx, tx, old.Account, old.ID); err != nil {
		return err
	}
	v, err := s.spec(old.Ref())
	if err != nil {
		return err
	}
	if err := s.announce(ctx, tx, "qualification.superseded", old, p, v); err != nil {
		return err
	}
	return audit.Record(ctx, tx, by, actor.DecideReview, old.subject(), map[string]any{"did": "supersede"})
}

// newNumber claims a certificate number such as H3C-STAR-2026-031415. The digits are random, so that no counter is a
// lock that every approval waits for; when a year fills up, numbers grow longer.
func newNumber(ctx context.Context, tx *db.Tx, v *program.Version, q Qualification) (string, error) {
	year, _, _ := q.ValidFrom.Split()
	for try := range 20 {
		digits := 6 + try/5
		most := new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(digits)), nil)
		n, err := rand.Int(rand.Reader, most)
		if err != nil {
			return "", err
		}
		number := fmt.Sprintf("%s-%d-%0*d", strings.ToUpper(v.Program), year, digits, n)
		fresh, err := takeNumber(ctx, tx, number, q.Account, q.ID)
		if err != nil || fresh {
			return number, err
		}
	}
	return "", fmt.Errorf("certificate number of %s: none free in twenty tries", v.Ref())
}

// announce emits what happened to a qualification.
func (s *Service) announce(ctx context.Context, tx *db.Tx, what string, q Qualification, p Partner, v *program.Version) error {
	e := QualificationChanged{What: what, Head: headOf(p, v, q.Level), Qualification: q.ID, Number: q.Number,
		State: string(q.State), Reason: q.Reason, Standing: q.StandingLevel, WatchLine: q.WatchLine,
		ValidFrom: q.ValidFrom, ValidUntil: q.ValidUntil, Product: q.Product}
	if q.Ends() {
		e.DaysLeft = int(q.ValidUntil - calendar.DayOf(tx.Now))
	}
	if l, ok := v.Level(q.StandingLevel); ok {
		e.StandingEN, e.StandingZH = l.Title.En, l.Title.Zh
	}
	if l, ok := v.Line(q.WatchLine); ok {
		e.WatchLineEN, e.WatchLineZH = l.Title.En, l.Title.Zh
	}
	return outbox.Append(ctx, tx, e)
}

// decide is the frame of the vendor's decisions about a qualification.
func (s *Service) decide(ctx context.Context, by actor.Actor, id string, edition int64, did, reason string,
	do func(tx *db.Tx, q *Qualification, v *program.Version) error) (q Qualification, err error) {
	if err := by.May(actor.SuspendOrCancel); err != nil {
		return q, err
	}
	if reason = tidy(reason); reason == "" || len([]rune(reason)) > mostText {
		return q, fault.Invalid("reason", i18n.M("application.field.reason"))
	}
	err = s.db.Update(ctx, func(tx *db.Tx) error {
		if q, err = qualificationByID(ctx, tx, by.Scope(), id); err != nil {
			return err
		}
		if q.Edition != edition {
			return fault.Conflict(i18n.M("application.conflict.stale"))
		}
		v, err := s.spec(q.Ref())
		if err != nil {
			return err
		}
		from := q.State
		if err := do(tx, &q, v); err != nil {
			return err
		}
		q.Reason = reason
		if err := saveQualification(ctx, tx, &q, from, true); err != nil {
			return err
		}
		p, err := s.src.Partner(ctx, tx, q.Account)
		if err != nil {
			return err
		}
		if err := s.announce(ctx, tx, "qualification."+did, q, p, v); err != nil {
			return err
		}
		if err := s.restate(ctx, tx, q.Account); err != nil {
			return err
		}
		return audit.Record(ctx, tx, by, actor.SuspendOrCancel, q.subject(),
			map[string]any{"did": deedOf[did], "text": reason, "from": string(from), "to": string(q.State)})
	})
	return q, err
}

// deedOf is the timeline's word for an event.
var deedOf = map[string]string{"suspended": "suspend", "reinstated": "reinstate", "cancelled": "cancel"}

// Suspend takes the effect of a valid qualification away for a time. Reviewers may.
func (s *Service) Suspend(ctx context.Context, by actor.Actor, id string, edition int64, reason string) (Qualification, error) {
	return s.decide(ctx, by, id, edition, "suspended", reason, func(tx *db.Tx, q *Qualification, v *program.Version) error {
		q.Cause, q.StandingLevel = CauseVendor, ""
		return q.move(Suspended, tx.Now)
	})
}

// Reinstate ends a suspension. One for missing staff that still lacks it would be suspended again by the next pass,
// so that's a Conflict.
func (s *Service) Reinstate(ctx context.Context, by actor.Actor, id string, edition int64, reason string) (Qualification, error) {
	return s.decide(ctx, by, id, edition, "reinstated", reason, func(tx *db.Tx, q *Qualification, v *program.Version) error {
		if q.Cause == CauseStaffing {
			return fault.Conflict(i18n.M("qualification.conflict.staffing"))
		}
		q.checkOn = calendar.DayOf(tx.Now)
		return q.move(Valid, tx.Now)
	})
}

// Cancel ends a qualification for good, for false information: also one that has expired.
func (s *Service) Cancel(ctx context.Context, by actor.Actor, id string, edition int64, reason string) (Qualification, error) {
	return s.decide(ctx, by, id, edition, "cancelled", reason, func(tx *db.Tx, q *Qualification, v *program.Version) error {
		if err := closeVacancies(ctx, tx, q.Account, q.ID); err != nil {
			return err
		}
		return q.move(Cancelled, tx.Now)
	})
}

// A QualificationFilter narrows the list. After is the cursor of the page before.
type QualificationFilter struct {
	Account     string // the vendor's staff may leave it empty
	Program     string
	State       Standing
	Level       string
	Watched     bool
	UntilBefore calendar.Day // only those whose last day lies before
	After       string
	Limit       int

	endedBy EndedBy
}

// Qualifications lists qualifications, newest first: a partner's own, or all for the vendor's staff.
func (s *Service) Qualifications(ctx context.Context, by actor.Actor, f QualificationFilter) ([]Qualification, string, error) {
	if err := by.May(actor.ViewQualification); err != nil {
		return nil, "", err
	}
	if own := by.Scope(); own != "" {
		f.Account = own
	}
	n := limit(f.Limit)
	rows, err := listQualifications(ctx, s.db.Read(), f, n+1)
	out, next := page(rows, n, func(q Qualification) string { return q.ID })
	return out, next, err
}

// A QualificationView is all that the page of a qualification shows.
type QualificationView struct {
	Qualification
	Partner   Partner
	Spec      *program.Version
	Status    Status
	Renewal   Renewal
	Hold      program.Evaluation // what would be kept now
	Names     map[string]string  // of the people on the roster
	Vacancies []Vacancy
	Exits     []ExitReport
	Critical  []CriticalEvent
	Timeline  []Moment
	Can       struct{ Suspend, Reinstate, Cancel, Renew bool }
}

// Qualification shows one qualification, by id or number, to the partner or the vendor's staff.
func (s *Service) Qualification(ctx context.Context, by actor.Actor, idOrNumber string) (v QualificationView, err error) {
	if err := by.May(actor.ViewQualification); err != nil {
		return v, err
	}
	q := s.db.Read()
	if v.Qualification, err = s.find(ctx, by, idOrNumber); err != nil {
		return v, err
	}
	now := s.db.Clock().Now()
	today := calendar.DayOf(now)
	if v.Spec, err = s.spec(v.Ref()); err != nil {
		return v, err
	}
	if v.Partner, err = s.src.Partner(ctx, q, v.Account); err != nil {
		return v, err
	}
	facts, err := s.gather(ctx, q, v.Account, now)
	if err != nil {
		return v, err
	}
	v.Hold, v.Names = program.Evaluate(v.Spec, facts, now, program.Hold), namesOf(facts)
	if v.Vacancies, err = vacanciesOf(ctx, q, v.Account, v.ID); err != nil {
		return v, err
	}
	if v.Exits, err = exitsOf(ctx, q, v.Account); err != nil {
		return v, err
	}
	if v.Critical, err = listCritical(ctx, q, v.Account); err != nil {
		return v, err
	}
	if v.Timeline, err = timeline(ctx, q, "qualification", v.ID, by.Vendor()); err != nil {
		return v, err
	}
	v.Status = v.Qualification.Status(v.Spec, today)
	latest, err := s.Current(v.Program, now)
	if err == nil {
		v.Renewal = renewal(latest, v.Qualification, v.Critical, today)
	}
	decides := by.Vendor() && by.Can(actor.SuspendOrCancel)
	v.Can.Suspend = decides && v.State == Valid
	v.Can.Reinstate = decides && v.State == Suspended && v.Cause == CauseVendor
	v.Can.Cancel = decides && (v.State == Valid || v.State == Suspended || v.State == Expired)
	v.Can.Renew = by.Account == v.Account && by.Can(actor.EditApplication) && v.Renewal.Open &&
		(v.State == Valid || v.State == Suspended)
	return v, nil
}

// find looks a qualification up by id or number within the actor's sight.
func (s *Service) find(ctx context.Context, by actor.Actor, idOrNumber string) (Qualification, error) {
	if id.Has("qua", idOrNumber) {
		return qualificationByID(ctx, s.db.Read(), by.Scope(), idOrNumber)
	}
	q, err := qualificationByNumber(ctx, s.db.Read(), idOrNumber)
	if err != nil {
		return q, err
	}
	if err := by.Sees(q.Account); err != nil {
		return Qualification{}, err
	}
	return q, nil
}

func namesOf(f *program.Facts) map[string]string {
	out := make(map[string]string, len(f.People))
	for _, p := range f.People {
		out[p.ID] = p.Name
	}
	return out
}

// A Verification is what anybody may know of a number: what the certificate prints, and whether it still holds.
type Verification struct {
	Number        string
	Holder        string
	HolderZH      string
	Program       i18n.Msg
	Level         i18n.Msg
	Stars         int
	ValidFrom     calendar.Day
	ValidUntil    calendar.Day
	Status        Status
	StandingLevel i18n.Msg // suspended: the level that is still met; zero = none
	Product       string   // what the certificate names; "" = nothing
	Good          bool     // valid or expiring
	CheckedAt     time.Time
}

// Verify confirms a certificate number to anybody. NotFound for a number that was never given.
func (s *Service) Verify(ctx context.Context, number string) (Verification, error) {
	if err := actor.Nobody("", "", i18n.English).May(actor.VerifyNumber); err != nil {
		return Verification{}, err
	}
	number = strings.ToUpper(strings.TrimSpace(number))
	q, err := qualificationByNumber(ctx, s.db.Read(), number)
	if err != nil {
		return Verification{}, err
	}
	v, err := s.spec(q.Ref())
	if err != nil {
		return Verification{}, err
	}
	now := s.db.Clock().Now()
	level, _ := v.Level(q.Level)
	out := Verification{Number: q.Number, Holder: q.Holder, HolderZH: q.HolderZH, Program: v.Title.Msg(), Level: level.Title.Msg(),
		Stars: level.Stars, ValidFrom: q.ValidFrom, ValidUntil: q.ValidUntil, Status: q.Status(v, calendar.DayOf(now)), CheckedAt: now,
		Product: q.Product}
	out.Good = out.Status == StatusValid || out.Status == StatusExpiring
	if l, ok := v.Level(q.StandingLevel); ok && out.Status == StatusSuspended {
		out.StandingLevel = l.Title.Msg()
	}
	return out, nil
}

// Certificate is what the press needs to print a certificate. Conflict for a cancelled one.
func (s *Service) Certificate(ctx context.Context, by actor.Actor, idOrNumber string, issuer pdf.Both, verifyURL string) (pdf.Certificate, error) {
	if err := by.May(actor.ViewQualification); err != nil {
		return pdf.Certificate{}, err
	}
	q, err := s.find(ctx, by, idOrNumber)
	if err != nil {
		return pdf.Certificate{}, err
	}
	return s.printed(ctx, q, issuer, verifyURL)
}

// PublicCertificate is Certificate for anybody who has the number: it prints what Verify tells anyway.
func (s *Service) PublicCertificate(ctx context.Context, number string, issuer pdf.Both, verifyURL string) (pdf.Certificate, error) {
	if err := actor.Nobody("", "", i18n.English).May(actor.VerifyNumber); err != nil {
		return pdf.Certificate{}, err
	}
	q, err := qualificationByNumber(ctx, s.db.Read(), number)
	if err != nil {
		return pdf.Certificate{}, err
	}
	return s.printed(ctx, q, issuer, verifyURL)
}

func (s *Service) printed(ctx context.Context, q Qualification, issuer pdf.Both, verifyURL string) (pdf.Certificate, error) {
	if q.State == Cancelled {
		return pdf.Certificate{}, fault.Conflict(i18n.M("qualification.conflict.cancelled"))
	}
	v, err := s.spec(q.Ref())
	if err != nil {
		return pdf.Certificate{}, err
	}
	level, _ := v.Level(q.Level)
	attached, err := s.attached(ctx, q.Number)
	return pdf.Certificate{Number: q.Number, Program: pdf.Both{EN: v.Title.En, ZH: v.Title.Zh},
		Level: pdf.Both{EN: level.Title.En, ZH: level.Title.Zh}, Product: q.Product, Stars: level.Stars, Holder: pdf.Both{EN: q.Holder, ZH: q.HolderZH},
		IssuedOn: q.ValidFrom.String(), ValidFrom: q.ValidFrom.String(), ValidUntil: q.ValidUntil.String(),
		Issuer: issuer, VerifyURL: verifyURL, Credential: attached}, err
}
