package record

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"

	"hanse/internal/kit/db"
	"hanse/internal/kit/outbox"
)

// EmailTaken says that an e-mail's records are another person's.
type EmailTaken struct{ Email, Person string }

// Error names the e-mail.
func (e *EmailTaken) Error() string {
	return fmt.Sprintf("the records of %s are %s's", e.Email, e.Person)
}

// HeldElsewhere says that a candidate id which came with an e-mail is another person's: one human, one account.
type HeldElsewhere struct{ Provider, CandidateID, Person string }

// Error names the candidate id.
func (e *HeldElsewhere) Error() string {
	return fmt.Sprintf("candidate %s of %s is %s's", e.CandidateID, e.Provider, e.Person)
}

// Claimed is what an association brought.
type Claimed struct {
	Records int // of the e-mail, and of candidate ids that came with it
	Changed bool
}

// Claim makes an e-mail, in normal form, a person's in the caller's transaction: the records that wait for it become
// the person's, and certificates follow. EmailTaken when the e-mail is another person's, HeldElsewhere when a
// candidate id among its records is. When the transaction breaks a unique key or meets a Conflict, run it again.
func (s *Service) Claim(ctx context.Context, tx *db.Tx, email, person string) (c Claimed, err error) {
	if err := lock(ctx, tx); err != nil {
		return c, err
	}
	owners, err := ownersFor(ctx, tx, []string{email})
	if err != nil {
		return c, err
	}
	if p := owners[email]; p != "" && p != person {
		return c, &EmailTaken{email, p}
	}
	candidates, err := CandidatesOf(ctx, tx, email)
	if err != nil {
		return c, err
	}
	for _, x := range candidates {
		holder, ok, err := CandidateHolder(ctx, tx, x.Provider, x.CandidateID)
		if err != nil {
			return c, err
		}
		if ok && holder != person {
			return c, &HeldElsewhere{x.Provider, x.CandidateID, holder}
		}
	}
	if _, err := addOwner(ctx, tx, owner{email, person, email}); err != nil {
		return c, err
	}
	changed, err := s.follow(ctx, tx, person, []string{person})
	if err != nil {
		return c, err
	}
	records, err := readRecords(ctx, tx, []string{person})
	for _, r := range records[person] {
		if r.Email == email || r.Email == "" {
			c.Records++
		}
	}
	c.Changed = changed > 0
	if err != nil || c.Records == 0 {
		return c, err
	}
	return c, outbox.Append(ctx, tx, Arrived{person, []string{person}})
}

// Release takes an e-mail from a person in the caller's transaction: its records wait again, and the certificates that
// came from them alone go.
func (s *Service) Release(ctx context.Context, tx *db.Tx, email, person string) error {
	if err := lock(ctx, tx); err != nil {
		return err
	}
	if _, err := dropOwners(ctx, tx, person, email); err != nil {
		return err
	}
	_, err := s.follow(ctx, tx, person, []string{person})
	return err
}

// A Candidate is how a provider knows a human.
type Candidate struct{ Provider, CandidateID, FirstName, LastName string }

// CandidatesOf lists the candidates that came with an e-mail, by provider and id, the latest name of each.
func CandidatesOf(ctx context.Context, q db.Querier, email string) ([]Candidate, error) {
	words, err := wordsOf(ctx, q, []string{email})
	if err != nil {
		return nil, err
	}
	latest := map[[2]string]Record{}
	for _, r := range pick(words) {
		k := [2]string{r.Provider, r.Candidate}
		if r.Email == email && r.Candidate != "" && r.ordinal >= latest[k].ordinal {
			latest[k] = r
		}
	}
	var out []Candidate
	for k, r := range latest {
		out = append(out, Candidate{k[0], k[1], r.FirstName, r.LastName})
	}
	slices.SortFunc(out, func(a, b Candidate) int {
		return cmp.Or(cmp.Compare(a.Provider, b.Provider), cmp.Compare(a.CandidateID, b.CandidateID))
	})
	return out, nil
}

// CandidateHolder tells whose a candidate id is; ok is false when nobody has claimed it.
func CandidateHolder(ctx context.Context, q db.Querier, provider, candidateID string) (person string, ok bool, err error) {
	h := candidateHandle(provider, candidateID)
	owners, err := ownersFor(ctx, q, []string{h})
	return owners[h], owners[h] != "", err
}

// OfPerson returns what the feeds say of a person at present, newest first. It asks no permission.
func (s *Service) OfPerson(ctx context.Context, q db.Querier, person string) ([]Record, error) {
	all, err := s.OfPersons(ctx, q, []string{person})
	return all[person], err
}

// OfPersons is OfPerson for many.
func (s *Service) OfPersons(ctx context.Context, q db.Querier, persons []string) (map[string][]Record, error) {
	all, err := readRecords(ctx, q, persons)
	if err != nil {
		return nil, err
	}
	turns := map[int64]bool{}
	for _, list := range all {
		for i := range list {
			turns[list[i].ordinal>>lineBits] = true
		}
	}
	imports, err := importsByTurn(ctx, q, slices.Collect(maps.Keys(turns)))
	if err != nil {
		return nil, err
	}
	for _, list := range all {
		for i := range list {
			imp := imports[list[i].ordinal>>lineBits]
			list[i].Import, list[i].ImportName, list[i].ImportedAt = imp.ID, imp.FileName, imp.FinishedAt
			if imp.FinishedAt.IsZero() {
				list[i].ImportedAt = imp.CreatedAt
			}
		}
		slices.SortFunc(list, func(a, b Record) int {
			return cmp.Or(-cmp.Compare(a.On, b.On), cmp.Compare(a.key(), b.key()))
		})
	}
	return all, nil
}
