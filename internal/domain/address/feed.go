package address

import (
	"context"
	"errors"

	"hanse/internal/domain/record"
	"hanse/internal/domain/roster"
	"hanse/internal/kit/db"
	"hanse/internal/kit/fault"
	"hanse/internal/kit/i18n"
)

// FromFeeds makes the verbs that this module needs of those of the feeds.
func FromFeeds(r *record.Service) Records {
	return Records{
		Claim: func(ctx context.Context, tx *db.Tx, email, person string) (int, error) {
			c, err := r.Claim(ctx, tx, email, person)
			return c.Records, claimed(err)
		},
		Release:      r.Release,
		CandidatesOf: candidatesOf,
		HolderOf: func(ctx context.Context, q db.Querier, provider, candidate string) (string, error) {
			person, _, err := record.CandidateHolder(ctx, q, provider, candidate)
			return person, err
		},
		OfPerson: func(ctx context.Context, q db.Querier, person string) ([]Seen, error) {
			all, err := r.OfPerson(ctx, q, person)
			out := make([]Seen, len(all))
			for i, x := range all {
				out[i] = Seen{Kind: kindOf(x.Feed), Provider: x.Provider, Code: x.Code, On: x.On, Registration: x.Registration}
			}
			return out, err
		},
		Arrived: []string{"record.arrived"},
	}
}

func kindOf(f record.Feed) Kind {
	if f == record.Trainings {
		return Training
	}
	return Exam
}

func candidatesOf(ctx context.Context, q db.Querier, email string) ([]Candidate, error) {
	all, err := record.CandidatesOf(ctx, q, email)
	out := make([]Candidate, len(all))
	for i, c := range all {
		out[i] = Candidate{Provider: c.Provider, ID: c.CandidateID, FirstName: c.FirstName, LastName: c.LastName}
	}
	return out, err
}

// claimed says what a refused claim means here: somebody was faster, or the records turned out to be another person's.
func claimed(err error) error {
	taken, held := new(record.EmailTaken), new(record.HeldElsewhere)
	switch {
	case errors.As(err, &taken):
		return fault.Conflict(i18n.M("address.refused_email"))
	case errors.As(err, &held):
		return fault.Conflict(i18n.M("address.refused_candidate"))
	case fault.KindOf(err) == fault.KindConflict:
		return roster.TryAgain()
	}
	return err
}
