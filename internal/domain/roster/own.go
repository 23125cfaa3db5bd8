package roster

import (
	"context"

	"hanse/internal/domain/account"
	"hanse/internal/kit/actor"
)

// Work is one time that a person works or worked for a company.
type Work struct {
	Binding
	AccountName string
}

// Own lists where the actor works and worked, by the personal account.
func (s *Service) Own(ctx context.Context, by actor.Actor) ([]Work, error) {
	if err := by.May(actor.ViewOwnRecords); err != nil {
		return nil, err
	}
	if by.Person == "" {
		return nil, nil
	}
	q := s.db.Read()
	all, err := s.ofPerson(ctx, q, by.Person)
	if err != nil {
		return nil, err
	}
	out := make([]Work, 0, len(all))
	for _, b := range all { // a handful in a life: no need for a join
		name, err := account.Name(ctx, q, b.Account)
		if err != nil {
			return nil, err
		}
		out = append(out, Work{b, name})
	}
	return out, nil
}
