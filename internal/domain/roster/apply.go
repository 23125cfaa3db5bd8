package roster

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"hanse/internal/domain/credential"
	"hanse/internal/kit/calendar"
	"hanse/internal/kit/db"
	"hanse/internal/kit/fault"
	"hanse/internal/kit/id"
	"hanse/internal/kit/outbox"
)

// optimistic runs f until nobody was faster: two that claim one e-mail, number or engineer at the same time end in
// a breach of a unique key or a row that isn't as it was read, and the second looks again.
func (s *Service) optimistic(ctx context.Context, f func(tx *db.Tx) error) error {
	var err error
	for range 8 {
		err = s.db.Update(ctx, f)
		if !errors.Is(err, errFaster) && !db.Violates(err) {
			return err
		}
	}
	return fmt.Errorf("eight times somebody was faster: %w", err)
}

var errFaster = errors.New("somebody was faster")

func faster(err error) error {
	if noRow(err) {
		return errFaster
	}
	return err
}

// apply carries steps out in the caller's transaction and returns the bindings that are new.
func (s *Service) apply(ctx context.Context, tx *db.Tx, partner string, p present, steps []step) ([]Binding, error) {
	steps = slices.DeleteFunc(slices.Clone(steps), step.refused)
	if err := s.makePersons(ctx, tx, steps); err != nil {
		return nil, err
	}
	if err := applyPosts(ctx, tx, steps); err != nil {
		return nil, err
	}
	held, err := s.applyCertificates(ctx, tx, p, steps)
	if err != nil {
		return nil, err
	}
	until, err := term(ctx, tx)
	if err != nil {
		return nil, err
	}
	fresh, err := applyBindings(ctx, tx, partner, steps, held, until)
	if err != nil {
		return nil, err
	}
	return fresh, s.tellOthers(ctx, tx, partner, steps, held)
}

// makePersons gives each human whom nobody knew a personal account, and each new e-mail its person. Sorted, so
// that two imports that share people don't wait for each other crosswise.
func (s *Service) makePersons(ctx context.Context, tx *db.Tx, steps []step) error {
	var people []person
	var emails []address
	for i := range steps {
		st := &steps[i]
		if st.person == "" {
			made, err := s.newPerson(ctx, tx, st.Name)
			if err != nil {
				return err
			}
			st.person = made
			people = append(people, person{made, st.Name})
		}
		if st.claimEmail {
			emails = append(emails, address{st.Email, st.person})
		}
	}
	slices.SortFunc(emails, func(a, b address) int { return strings.Compare(a.Email, b.Email) })
	if len(people) > 0 {
		if err := insertPersons(ctx, tx, people); err != nil {
			return err
		}
	}
	if len(emails) == 0 {
		return nil
	}
	return insertEmails(ctx, tx, emails)
}

func (s *Service) newPerson(ctx context.Context, tx *db.Tx, name string) (string, error) {
	if s.NewPerson == nil {
		return id.Account(tx.Wall), nil
	}
	return s.NewPerson(ctx, tx, name)
}

func applyPosts(ctx context.Context, tx *db.Tx, steps []step) error {
	var fresh []post
	for _, st := range steps {
		st.newPost.Person = st.person
		var err error
		switch {
		case st.dropPost:
			err = dropPost(ctx, tx, st.oldPost)
		case st.setPost && st.oldPost.Person != "":
			err = movePost(ctx, tx, st.oldPost, st.newPost)
		case st.setPost:
			fresh = append(fresh, st.newPost)
		}
		if err != nil {
			return faster(err)
		}
	}
	slices.SortFunc(fresh, func(a, b post) int { return strings.Compare(a.Person, b.Person) })
	if len(fresh) == 0 {
		return nil
	}
	return insertPosts(ctx, tx, fresh)
}

// applyCertificates stores certificates and returns the packed column of every person of the steps.
func (s *Service) applyCertificates(ctx context.Context, tx *db.Tx, p present, steps []step) (map[string]string, error) {
	var all []credential.Step
	for _, st := range steps {
		for _, c := range st.certs {
			c.Person = st.person
			all = append(all, c)
		}
	}
	rows, err := s.credentials.Store(ctx, tx, all)
	if fault.KindOf(err) == fault.KindConflict {
		err = errFaster
	}
	if err != nil {
		return nil, err
	}
	added := map[string][]credential.Certificate{}
	for _, c := range rows {
		added[c.Person] = append(added[c.Person], c)
	}
	held := map[string]string{}
	for _, st := range steps {
		held[st.person] = pack(st.after(p.certs[st.person], added[st.person]))
	}
	return held, nil
}

// applyBindings writes the partner's own rows and tells who left. Who is new, or is back, is there by the company's
// word alone; everybody else keeps the state and the term of before.
func applyBindings(ctx context.Context, tx *db.Tx, partner string, steps []step, held map[string]string, until func(calendar.Day) calendar.Day) ([]Binding, error) {
	var fresh []Binding
	for _, st := range steps {
		if !st.changed {
			continue
		}
		b := st.old.with(st.Entry)
		if st.old.ID == "" {
			b.Account, b.ID, b.Person = partner, id.New("bnd", tx.Wall), st.person
			b.Consent = Consent{Confirmation: Unconfirmed, CountsUntil: until(b.BoundOn)}
			fresh = append(fresh, b)
			continue
		}
		if st.back {
			b.Consent = Consent{Confirmation: Unconfirmed, CountsUntil: until(b.BoundOn)}
			if err := insertStint(ctx, tx, st.old); err != nil {
				return nil, err
			}
		}
		if err := updateBinding(ctx, tx, b); err != nil {
			return nil, faster(err)
		}
		if st.left {
			if err := outbox.Append(ctx, tx, Left{b.Account, b.ID, b.Person, b.Name, b.LeftOn}); err != nil {
				return nil, err
			}
		}
	}
	if len(fresh) == 0 {
		return nil, nil
	}
	return fresh, insertBindings(ctx, tx, fresh, func(b Binding) string { return held[b.Person] })
}

// tellOthers brings the copies of changed certificates up to date wherever else the person is bound, and tells
// those partners.
func (s *Service) tellOthers(ctx context.Context, tx *db.Tx, partner string, steps []step, held map[string]string) error {
	others := map[string][]string{}
	for _, st := range steps {
		known := st.old.Person != "" || !st.claimEmail && st.Email != ""
		if !known || !slices.ContainsFunc(st.certs, func(c credential.Step) bool { return c.Outcome != credential.Unchanged }) {
			continue
		}
		changed, err := refreshHeld(ctx, tx, st.person, held[st.person])
		if err != nil {
			return err
		}
		for _, b := range changed {
			if b.Account != partner {
				others[b.Account] = append(others[b.Account], b.ID)
			}
		}
	}
	for account, bindings := range others {
		if err := outbox.Append(ctx, tx, Changed{account, bindings, "elsewhere"}); err != nil {
			return err
		}
	}
	return nil
}
