package credential

import (
	"context"
	"errors"

	"hanse/internal/domain/program"
	"hanse/internal/kit/actor"
	"hanse/internal/kit/db"
	"hanse/internal/kit/fault"
	"hanse/internal/kit/i18n"
	"hanse/internal/kit/id"
	"hanse/internal/kit/outbox"
)

// Service reads and writes certificates.
type Service struct {
	db        *db.DB
	catalogue func() *program.Catalogue
}

// New returns the service. The catalogue may be exchanged while the server runs, so it comes as a function.
func New(d *db.DB, catalogue func() *program.Catalogue) *Service {
	return &Service{db: d, catalogue: catalogue}
}

// Catalogue returns the catalogue in force.
func (s *Service) Catalogue() *program.Catalogue { return s.catalogue() }

// List returns the kinds of certificates that can be held. Everybody signed in may, customers apart.
func (s *Service) List(_ context.Context, by actor.Actor) ([]program.CertificateType, error) {
	if err := by.May(actor.ViewCatalogue); err != nil {
		return nil, err
	}
	return s.catalogue().Certificates, nil
}

// Own returns what the actor's own person holds, with history, newest first.
func (s *Service) Own(ctx context.Context, by actor.Actor) ([]Certificate, error) {
	if err := by.May(actor.ViewOwnRecords); err != nil {
		return nil, err
	}
	if by.Person == "" {
		return nil, nil
	}
	return s.History(ctx, s.db.Read(), by.Person)
}

// OfPersons returns the valid certificates of persons, by code and day of issue.
func (s *Service) OfPersons(ctx context.Context, q db.Querier, persons []string) (map[string][]Certificate, error) {
	return s.current(ctx, q, persons, false)
}

// Current returns the certificates of persons that were not corrected, revoked ones included: what Decide needs.
func (s *Service) Current(ctx context.Context, q db.Querier, persons []string) (map[string][]Certificate, error) {
	return s.current(ctx, q, persons, true)
}

func (s *Service) current(ctx context.Context, q db.Querier, persons []string, revoked bool) (map[string][]Certificate, error) {
	out := make(map[string][]Certificate, len(persons))
	const most = 1000 // parameters of one statement
	cat := s.catalogue()
	for ; len(persons) > 0; persons = persons[min(most, len(persons)):] {
		found, err := current(ctx, q, persons[:min(most, len(persons))])
		if err != nil {
			return nil, err
		}
		for _, c := range found {
			if revoked || c.State == Valid {
				out[c.Person] = append(out[c.Person], until(cat, c))
			}
		}
	}
	return out, nil
}

// History returns everything that was ever recorded of a person: what is in force first, then what was revoked, then
// what was corrected, each newest first.
func (s *Service) History(ctx context.Context, q db.Querier, person string) ([]Certificate, error) {
	found, err := history(ctx, q, person)
	cat := s.catalogue()
	for i := range found {
		found[i] = until(cat, found[i])
	}
	return found, err
}

// A Step is a Put with its decision, as Store takes it.
type Step struct {
	Put
	Decision
}

// Store carries out decisions in the caller's transaction and returns the rows that are new. It emits no event:
// the caller tells what happened. It returns Conflict when somebody was faster.
func (s *Service) Store(ctx context.Context, tx *db.Tx, steps []Step) ([]Certificate, error) {
	var add []Certificate
	cat := s.catalogue()
	for _, st := range steps {
		switch st.Outcome {
		case Added:
			add = append(add, until(cat, st.row(tx)))
		case Corrected:
			if err := retire(ctx, tx, st.Old, Superseded, ""); err != nil {
				return nil, lost(err)
			}
			c := st.row(tx)
			c.Supersedes = st.Old.ID
			add = append(add, until(cat, c))
		}
	}
	return add, insert(ctx, tx, add)
}

// row makes the new row; what the Put leaves open stays as it was.
func (st Step) row(tx *db.Tx) Certificate {
	c := Certificate{
		Person: st.Person, ID: id.New("crt", tx.Wall), Code: st.Code, IssuedOn: st.IssuedOn, ExpiresOn: st.ExpiresOn,
		Number: st.Number, Source: st.Source, SourceAccount: st.Account, State: Valid, RecordedAt: tx.Now,
	}
	if c.ExpiresOn.IsNone() {
		c.ExpiresOn = st.Old.ExpiresOn
	}
	if c.Number == "" {
		c.Number = st.Old.Number
	}
	return c
}

// Put states certificates in the caller's transaction: the same twice changes nothing. It returns the steps with
// their outcomes, and Invalid when the catalogue doesn't know a code, its dates are in the wrong order, or the
// word of somebody else is contradicted.
func (s *Service) Put(ctx context.Context, tx *db.Tx, puts ...Put) ([]Step, error) {
	persons := make([]string, len(puts))
	for i, p := range puts {
		if err := s.check(p); err != nil {
			return nil, err
		}
		persons[i] = p.Person
	}
	held, err := s.Current(ctx, tx, persons)
	if err != nil {
		return nil, err
	}
	steps := make([]Step, len(puts))
	for i, p := range puts {
		steps[i] = Step{p, Decide(held[p.Person], p)}
		if steps[i].Outcome == Refused {
			return nil, fault.Invalid("certificate", steps[i].Reason)
		}
	}
	added, err := s.Store(ctx, tx, steps)
	if err != nil {
		return nil, err
	}
	for _, c := range added {
		what := map[bool]string{true: "put", false: "corrected"}[c.Supersedes == ""]
		if err := outbox.Append(ctx, tx, Changed{c.Person, c.ID, c.Code, what}); err != nil {
			return nil, err
		}
	}
	return steps, nil
}

func (s *Service) check(p Put) error {
	var fs fault.Fields
	if _, ok := s.catalogue().Find(p.Code); !ok {
		fs.Add("code", p.Code, i18n.M("credential.unknown", i18n.A{"code": p.Code}))
	}
	if p.IssuedOn.IsNone() {
		fs.Add("issued_on", "", i18n.M("credential.issue_missing"))
	}
	if !p.ExpiresOn.IsNone() && p.ExpiresOn < p.IssuedOn {
		fs.Add("expires_on", p.ExpiresOn.String(), i18n.M("credential.expiry_before_issue"))
	}
	return fs.Err()
}

// Correct replaces a certificate by what the Put says, in the caller's transaction; its Person counts, and what
// it leaves open stays. NotFound for another person's certificate, Conflict when it's no longer in force or the
// person holds another with the same code and day of issue.
func (s *Service) Correct(ctx context.Context, tx *db.Tx, certificate string, p Put) error {
	if err := s.check(p); err != nil {
		return err
	}
	old, err := s.inForce(ctx, tx, p.Person, certificate)
	if err != nil {
		return err
	}
	if !p.Vendor && (old.SourceAccount != p.Account || old.Source == Record) {
		return fault.Conflict(i18n.M("credential.other_word", i18n.A{"day": until(s.catalogue(), old).Until.String()}))
	}
	held, err := s.Current(ctx, tx, []string{p.Person})
	if err != nil {
		return err
	}
	for _, c := range held[p.Person] {
		if c.ID != old.ID && c.Code == p.Code && c.IssuedOn == p.IssuedOn {
			return fault.Conflict(i18n.M("credential.twice"))
		}
	}
	added, err := s.Store(ctx, tx, []Step{{p, Decision{Outcome: Corrected, Old: old}}})
	if err != nil {
		return err
	}
	return outbox.Append(ctx, tx, Changed{p.Person, added[0].ID, p.Code, "corrected"})
}

// Revoke takes a certificate out of force for good, in the caller's transaction.
func (s *Service) Revoke(ctx context.Context, tx *db.Tx, person, certificate, reason string) error {
	old, err := s.inForce(ctx, tx, person, certificate)
	if err != nil {
		return err
	}
	if err := retire(ctx, tx, old, Revoked, reason); err != nil {
		return lost(err)
	}
	return outbox.Append(ctx, tx, Changed{person, old.ID, old.Code, "revoked"})
}

func (s *Service) inForce(ctx context.Context, tx *db.Tx, person, certificate string) (Certificate, error) {
	old, err := get(ctx, tx, person, certificate)
	if errors.Is(err, db.ErrNoRow) {
		return old, fault.NotFound()
	}
	if err == nil && old.State != Valid {
		err = fault.Conflict(i18n.M("credential.not_in_force"))
	}
	return old, err
}

func lost(err error) error {
	if errors.Is(err, db.ErrNoRow) {
		return fault.Conflict(i18n.Msg{})
	}
	return err
}
