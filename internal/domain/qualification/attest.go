package qualification

import (
	"context"
	"slices"
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
)

// An Attestation is what a reviewer saw with own eyes and programs ask for: a trial lecture, a meeting about a
// business plan.
type Attestation struct {
	Account      string
	ID           string
	What         string       // as program lines name it
	On           calendar.Day // the first day on which it counts
	Until        calendar.Day // the last one; None = open
	Note         string
	RecordedBy   string
	RecordedName string
	WithdrawnAt  time.Time // zero = it stands
	At           time.Time
}

// Counts tells whether it counts on a day.
func (x Attestation) Counts(day calendar.Day) bool {
	return x.WithdrawnAt.IsZero() && x.On <= day && (x.Until.IsNone() || day <= x.Until)
}

// An AttestationKind is something that a program in force asks a reviewer to attest.
type AttestationKind struct {
	What  string
	Title i18n.Msg
	Text  program.Text
}

// AttestationKinds lists what the programs ask for.
func (s *Service) AttestationKinds() (out []AttestationKind) {
	for _, v := range s.stand().active.Versions() {
		for i := range v.Lines {
			l := &v.Lines[i]
			what := attests(l)
			if what == "" || slices.ContainsFunc(out, func(k AttestationKind) bool { return k.What == what }) {
				continue
			}
			out = append(out, AttestationKind{what, l.Title.Msg(), l.Title})
		}
	}
	return out
}

func (s *Service) attestationKind(what string) (AttestationKind, bool) {
	all := s.AttestationKinds()
	i := slices.IndexFunc(all, func(k AttestationKind) bool { return k.What == what })
	if i < 0 {
		return AttestationKind{What: what, Text: program.Text{En: what, Zh: what}}, false
	}
	return all[i], true
}

// A NewAttestation is what a reviewer records.
type NewAttestation struct {
	Partner string
	What    string
	On      calendar.Day
	Until   calendar.Day // None = open
	Note    string
}

// Attest records what a reviewer saw. Reviewers may; the partner is told, and what is computed of it counts it.
func (s *Service) Attest(ctx context.Context, by actor.Actor, n NewAttestation) (x Attestation, err error) {
	if err := s.mayRead(ctx, by, actor.RecordInspection, n.Partner); err != nil {
		return x, err
	}
	err = s.db.Update(ctx, func(tx *db.Tx) error {
		n.Note = tidy(n.Note)
		if err := s.checkAttestation(n, calendar.DayOf(tx.Now)); err != nil {
			return err
		}
		x = Attestation{Account: n.Partner, ID: id.New("att", tx.Wall), What: n.What, On: n.On, Until: n.Until, Note: n.Note,
			RecordedBy: by.User, RecordedName: by.Name, At: tx.Now}
		if err := insertAttestation(ctx, tx, x); err != nil {
			return err
		}
		return s.attested(ctx, tx, by, x, "attestation.recorded", "attest", n.Note)
	})
	return x, err
}

func (s *Service) checkAttestation(n NewAttestation, today calendar.Day) error {
	var fs fault.Fields
	if _, ok := s.attestationKind(n.What); !ok {
		fs.Add("what", n.What, i18n.M("review.attest.what"))
	}
	if n.On.IsNone() || n.On > today || n.On < today.AddYears(-2) {
		fs.Add("on", n.On.String(), i18n.M("review.attest.on"))
	}
	if !n.Until.IsNone() && n.Until < n.On {
		fs.Add("until", n.Until.String(), i18n.M("review.attest.until"))
	}
	if n.Note == "" || len([]rune(n.Note)) > mostText {
		fs.Add("note", "", i18n.M("review.attest.note", i18n.A{"most": mostText}))
	}
	return fs.Err()
}

// attested tells of it, brings the partner up to date, and records it.
func (s *Service) attested(ctx context.Context, tx *db.Tx, by actor.Actor, x Attestation, what, did, text string) error {
	p, err := s.src.Partner(ctx, tx, x.Account)
	if err != nil {
		return err
	}
	kind, _ := s.attestationKind(x.What)
	err = outbox.Append(ctx, tx, AttestationChanged{What: what, Partner: p.ID, PartnerName: p.Name, Attestation: x.ID, Kind: x.What,
		KindEN: kind.Text.En, KindZH: kind.Text.Zh, On: x.On, Until: x.Until})
	if err != nil {
		return err
	}
	if err := s.settle(ctx, tx, x.Account); err != nil {
		return err
	}
	return audit.Record(ctx, tx, by, actor.RecordInspection, audit.Subject{Kind: "attestation", ID: x.ID, Account: x.Account},
		map[string]any{"did": did, "what": x.What, "text": text})
}

// WithdrawAttestation takes one back, with a reason. Conflict when it was.
func (s *Service) WithdrawAttestation(ctx context.Context, by actor.Actor, partner, id, reason string) error {
	if err := s.mayRead(ctx, by, actor.RecordInspection, partner); err != nil {
		return err
	}
	if reason = tidy(reason); reason == "" || len([]rune(reason)) > mostText {
		return fault.Invalid("reason", i18n.M("application.field.reason"))
	}
	return s.db.Update(ctx, func(tx *db.Tx) error {
		all, err := attestationsOf(ctx, tx, partner)
		if err != nil {
			return err
		}
		i := slices.IndexFunc(all, func(x Attestation) bool { return x.ID == id })
		if i < 0 {
			return fault.NotFound()
		}
		if err := withdrawAttestation(ctx, tx, partner, id); err != nil {
			return changed(err)
		}
		return s.attested(ctx, tx, by, all[i], "attestation.withdrawn", "withdraw_attestation", reason)
	})
}

// Attestations lists a partner's attestations, newest first, also those that were withdrawn.
func (s *Service) Attestations(ctx context.Context, by actor.Actor, partner string) ([]Attestation, error) {
	if err := s.mayRead(ctx, by, actor.ViewApplication, partner); err != nil {
		return nil, err
	}
	return attestationsOf(ctx, s.db.Read(), partner)
}

// attests names what a line asks a reviewer to attest; "" for other lines.
func attests(l *program.Line) string {
	if a, ok := l.Ask.(*program.Attested); ok {
		return a.ID
	}
	return ""
}
