package roster

import (
	"context"

	"hanse/internal/domain/credential"
	"hanse/internal/kit/actor"
	"hanse/internal/kit/audit"
	"hanse/internal/kit/calendar"
	"hanse/internal/kit/db"
	"hanse/internal/kit/fault"
	"hanse/internal/kit/i18n"
	"hanse/internal/kit/outbox"
	"hanse/internal/kit/text"
)

// The longest entries, in characters, as in a file.
const (
	maxNumber = 64
	maxName   = 100
	maxReason = 500
)

// clean gives an entry its stored form and refuses what can't be stored.
func (e Entry) clean() (Entry, error) {
	var fs fault.Fields
	e.Number, e.Name = text.Clean(e.Number), text.Clean(e.Name)
	word := func(field, value string, limit int) {
		if value == "" {
			fs.Add(field, value, i18n.M("roster.edit.missing"))
		}
		if len([]rune(value)) > limit {
			fs.Add(field, value, i18n.M("roster.edit.too_long", i18n.A{"limit": limit}))
		}
	}
	word("number", e.Number, maxNumber)
	word("name", e.Name, maxName)
	if typed := e.Email; typed != "" {
		var ok bool
		if e.Email, ok = text.Email(typed); !ok {
			fs.Add("email", typed, i18n.M("roster.edit.email"))
		}
	}
	if !e.BoundOn.IsNone() && !e.LeftOn.IsNone() && e.LeftOn < e.BoundOn {
		fs.Add("left_on", e.LeftOn.String(), i18n.M("roster.edit.left_before_bound"))
	}
	return e, fs.Err()
}

// Bind puts a person on a partner's roster and returns the binding's id. The partner's administrators and service
// managers may, and the vendor's administrators and channel managers. Conflict when the number is taken, the
// e-mail belongs to somebody of another number, or the engineer is registered elsewhere.
func (s *Service) Bind(ctx context.Context, by actor.Actor, partner string, e Entry) (binding string, err error) {
	if err := allow(by, actor.EditRoster, partner); err != nil {
		return "", err
	}
	if e, err = e.clean(); err != nil {
		return "", err
	}
	err = s.optimistic(ctx, func(tx *db.Tx) error {
		if err := s.partnerExists(ctx, tx, partner); err != nil {
			return err
		}
		binding, err = s.bind(ctx, tx, by, partner, e)
		return err
	})
	return binding, err
}

func (s *Service) bind(ctx context.Context, tx *db.Tx, by actor.Actor, partner string, e Entry) (string, error) {
	list := []*subject{{Entry: e, lines: []int{0}}}
	p, err := s.look(ctx, tx, partner, list)
	if err != nil {
		return "", err
	}
	if _, taken := p.byNumber[e.Number]; taken {
		return "", fault.Invalid("number", i18n.M("roster.edit.number_taken"))
	}
	steps := p.plan(by, partner, credential.Manual, list)
	if err := steps[0].fault(); err != nil {
		return "", err
	}
	fresh, err := s.apply(ctx, tx, partner, p, steps)
	if err != nil {
		return "", err
	}
	b := fresh[0]
	if err := outbox.Append(ctx, tx, Bound{partner, b.ID, b.Person, b.Name}); err != nil {
		return "", err
	}
	return b.ID, audit.Record(ctx, tx, by, actor.EditRoster, subjectOf(b), map[string]any{"bound": b.Number, "name": b.Name})
}

func subjectOf(b Binding) audit.Subject {
	return audit.Subject{Kind: "binding", ID: b.ID, Account: b.Account}
}

// fault turns a step's refusal into one for a form.
func (st step) fault() error {
	if len(st.errors) == 0 {
		return nil
	}
	var fs fault.Fields
	for _, e := range st.errors {
		name := e.Column
		if name == "person_id" {
			name = "number"
		}
		fs.Add(name, e.Value, i18n.M("roster.edit.reason", i18n.A{"reason": e.Msg, "remedy": e.Remedy}))
	}
	return fs.Err()
}

// Correct changes what the roster says of a person. The day of leaving stays: an exit is reported. Who may is as
// for Bind. Conflict when somebody changed the binding since revision was shown.
func (s *Service) Correct(ctx context.Context, by actor.Actor, partner, binding string, revision int64, e Entry) error {
	if err := allow(by, actor.EditRoster, partner); err != nil {
		return err
	}
	e, err := e.clean()
	if err != nil {
		return err
	}
	return s.optimistic(ctx, func(tx *db.Tx) error {
		old, err := s.Binding(ctx, tx, partner, binding)
		if err != nil {
			return err
		}
		if old.Revision != revision {
			return fault.Conflict(i18n.Msg{})
		}
		return s.correct(ctx, tx, by, old, e)
	})
}

func (s *Service) correct(ctx context.Context, tx *db.Tx, by actor.Actor, old Binding, e Entry) error {
	e.LeftOn = old.LeftOn
	if !e.LeftOn.IsNone() && e.LeftOn < e.BoundOn {
		return fault.Invalid("bound_on", i18n.M("roster.edit.left_before_bound"))
	}
	list := []*subject{{Entry: e, lines: []int{0}}}
	p, err := s.look(ctx, tx, old.Account, list)
	if err != nil {
		return err
	}
	if other, taken := p.byNumber[e.Number]; taken && other.ID != old.ID {
		return fault.Invalid("number", i18n.M("roster.edit.number_taken"))
	}
	if p, err = s.lookAtPersons(ctx, tx, old.Account, distinct(append(values(p.owners), old.Person)), p); err != nil {
		return err
	}
	p.byNumber[e.Number] = old // the number itself may be what is corrected
	steps := p.plan(by, old.Account, credential.Manual, list)
	if err := steps[0].fault(); err != nil {
		return err
	}
	if !steps[0].changed {
		return nil
	}
	if _, err := s.apply(ctx, tx, old.Account, p, steps); err != nil {
		return err
	}
	if err := outbox.Append(ctx, tx, Changed{old.Account, []string{old.ID}, "corrected"}); err != nil {
		return err
	}
	return audit.Record(ctx, tx, by, actor.EditRoster, subjectOf(old), map[string]any{"old": describe(old.entry()), "new": describe(steps[0].Entry)})
}

func values(m map[string]string) (out []string) {
	for _, v := range m {
		out = append(out, v)
	}
	return out
}

func describe(e Entry) map[string]any {
	return map[string]any{"number": e.Number, "name": e.Name, "email": e.Email, "bound_on": e.BoundOn.String(),
		"left_on": e.LeftOn.String(), "registered": e.Registered}
}

// EndBinding says in the caller's transaction from which day somebody is no longer there. It belongs to the report
// of an exit, which asks the permission and writes the audit row. NotFound for another partner's binding; Conflict
// when it has a day of leaving already; Invalid when the day is before the first day.
func (s *Service) EndBinding(ctx context.Context, tx *db.Tx, by actor.Actor, partner, binding string, day calendar.Day) (Binding, error) {
	if err := by.Sees(partner); err != nil {
		return Binding{}, err
	}
	b, err := s.Binding(ctx, tx, partner, binding)
	if err != nil {
		return b, err
	}
	if !b.LeftOn.IsNone() {
		return b, fault.Conflict(i18n.M("roster.edit.left_already", i18n.A{"day": b.LeftOn.String()}))
	}
	if day.IsNone() || day < b.BoundOn {
		return b, fault.Invalid("left_on", i18n.M("roster.edit.left_before_bound"))
	}
	b.LeftOn = day
	return s.leave(ctx, tx, b)
}

func endPost(ctx context.Context, tx *db.Tx, b Binding) error {
	found, err := posts(ctx, tx, []string{b.Person})
	if err != nil {
		return err
	}
	old, ok := found[b.Person]
	if !ok || old.Partner != b.Account {
		return nil
	}
	now := old
	now.Until = b.LeftOn
	err = movePost(ctx, tx, old, now)
	if noRow(err) {
		err = fault.Conflict(i18n.Msg{})
	}
	return err
}

// Cert is what a form says of a certificate.
type Cert struct {
	Code      string
	IssuedOn  calendar.Day
	ExpiresOn calendar.Day // None: by the catalogue
	Number    string
}

func (c Cert) put(by actor.Actor, b Binding) credential.Put {
	return credential.Put{Person: b.Person, Code: c.Code, IssuedOn: c.IssuedOn, ExpiresOn: c.ExpiresOn, Number: text.Clean(c.Number),
		Source: credential.Manual, Account: b.Account, Vendor: by.Vendor()}
}

// AddCertificate states a certificate of somebody on the roster. Who may is as for Bind. Invalid for an unknown
// code, days in the wrong order, or the contradiction of the vendor's or another partner's word.
func (s *Service) AddCertificate(ctx context.Context, by actor.Actor, partner, binding string, c Cert) error {
	return s.onCertificate(ctx, by, partner, binding, map[string]any{"added": c.Code, "issued_on": c.IssuedOn.String()},
		func(tx *db.Tx, b Binding) error {
			_, err := s.credentials.Put(ctx, tx, c.put(by, b))
			return err
		})
}

// CorrectCertificate corrects a certificate; the row that was stays in the history. Who may is as for Bind, and a
// partner corrects its own word only. Conflict when the certificate is no longer in force.
func (s *Service) CorrectCertificate(ctx context.Context, by actor.Actor, partner, binding, certificate string, c Cert) error {
	if !wellFormed(certificate) {
		return fault.NotFound()
	}
	return s.onCertificate(ctx, by, partner, binding, map[string]any{"corrected": certificate, "code": c.Code, "issued_on": c.IssuedOn.String(),
		"expires_on": c.ExpiresOn.String()}, func(tx *db.Tx, b Binding) error {
		return s.credentials.Correct(ctx, tx, certificate, c.put(by, b))
	})
}

// RevokeCertificate takes a certificate out of force for good. Only the vendor may.
func (s *Service) RevokeCertificate(ctx context.Context, by actor.Actor, partner, binding, certificate, reason string) error {
	if err := by.May(actor.EditRoster); err != nil {
		return err
	}
	if !by.Vendor() {
		return fault.Denied()
	}
	reason = text.Lines(reason)
	if reason == "" || len([]rune(reason)) > maxReason {
		return fault.Invalid("reason", i18n.M("roster.edit.reason_needed", i18n.A{"limit": maxReason}))
	}
	if !wellFormed(certificate) {
		return fault.NotFound()
	}
	return s.onCertificate(ctx, by, partner, binding, map[string]any{"revoked": certificate, "reason": reason}, func(tx *db.Tx, b Binding) error {
		return s.credentials.Revoke(ctx, tx, b.Person, certificate, reason)
	})
}

// onCertificate does something to a certificate of somebody on the roster and brings the copies up to date, so that
// the page that follows shows it.
func (s *Service) onCertificate(ctx context.Context, by actor.Actor, partner, binding string, detail map[string]any,
	do func(tx *db.Tx, b Binding) error) error {
	if err := allow(by, actor.EditRoster, partner); err != nil {
		return err
	}
	return s.optimistic(ctx, func(tx *db.Tx) error {
		b, err := s.Binding(ctx, tx, partner, binding)
		if err != nil {
			return err
		}
		if err := do(tx, b); err != nil {
			return err
		}
		if err := s.copyHeld(ctx, tx, b.Person, "certificate"); err != nil {
			return err
		}
		return audit.Record(ctx, tx, by, actor.EditRoster, subjectOf(b), detail)
	})
}
