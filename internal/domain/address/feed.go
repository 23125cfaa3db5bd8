package address

import (
	"context"
	"errors"

	"hanse/internal/domain/record"
	"hanse/internal/domain/roster"
	"hanse/internal/kit/actor"
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

// Own is what the feeds say of the actor, and how far they have come.
type Own struct {
	Records []record.Record // newest first
	AsOf    []record.Standing
	Emails  []string // associated addresses
	Lag     int      // days after which a record should have arrived
}

// OwnRecords returns the records of the actor's own addresses, failed and missed exams included.
func (s *Service) OwnRecords(ctx context.Context, by actor.Actor) (o Own, err error) {
	if err := by.May(actor.ViewOwnRecords); err != nil {
		return o, err
	}
	q := s.db.Read()
	if o.Lag, err = Lag(ctx, q, s.db.Clock().Now()); err != nil || by.Person == "" {
		return o, err
	}
	if o.Emails, err = emailsOf(ctx, q, by.Person); err != nil || s.Feeds == nil {
		return o, err
	}
	if o.Records, err = s.Feeds.OfPerson(ctx, q, by.Person); err != nil {
		return o, err
	}
	o.AsOf, err = s.Feeds.AsOf(ctx, q)
	return o, err
}
