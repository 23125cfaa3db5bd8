package record

import (
	"context"
	"fmt"
	"time"

	"hanse/internal/domain/setting"
	"hanse/internal/kit/calendar"
	"hanse/internal/kit/db"
	"hanse/internal/kit/jobs"
)

// A Standing says as of when a feed speaks. What happened in the last LagFrom to LagTo days may not have arrived yet;
// that hides nothing and discounts nothing (business rules 6.1).
type Standing struct {
	Feed     Feed
	Last     Import // zero: nothing was imported yet
	LagFrom  int    // days
	LagTo    int
	Days     int  // since the last import
	Overdue  bool // nothing came for longer than LagTo
	NextFrom calendar.Day
}

// AsOf tells it of both feeds, at the clock's present. It asks no permission.
func (s *Service) AsOf(ctx context.Context, q db.Querier) ([]Standing, error) {
	return standings(ctx, q, s.db.Clock().Now())
}

func standings(ctx context.Context, q db.Querier, at time.Time) (out []Standing, err error) {
	from, err := setting.Int(ctx, q, setting.RecordLagFrom, at)
	if err != nil {
		return nil, err
	}
	to, err := setting.Int(ctx, q, setting.RecordLagDays, at)
	if err != nil {
		return nil, err
	}
	for _, f := range []Feed{Exams, Trainings} {
		st := Standing{Feed: f, LagFrom: min(from, to), LagTo: to}
		switch st.Last, err = lastImport(ctx, q, f); {
		case noRow(err):
		case err != nil:
			return nil, err
		default:
			day := calendar.DayOf(st.Last.FinishedAt)
			st.Days = int(calendar.DayOf(at) - day)
			st.Overdue = st.Days > to
			st.NextFrom = day.AddDays(to)
		}
		out = append(out, st)
	}
	return out, nil
}

// overdueNews is the job's payload.
type overdueNews struct {
	Account   string
	Feed      Feed
	Days, Lag int
}

const overdueJob = "record.overdue"

// tellOverdue tells of each feed that is late, once for each last import: the job's key keeps it from being told again.
func (s *Service) tellOverdue(ctx context.Context, at time.Time) error {
	return s.db.UpdateAt(ctx, at, func(tx *db.Tx) error {
		all, err := standings(ctx, tx, at)
		if err != nil {
			return err
		}
		for _, st := range all {
			if !st.Overdue {
				continue
			}
			err := jobs.Add(ctx, tx, jobs.New{Kind: overdueJob, Key: fmt.Sprint(st.Feed, "/", st.Last.ID), Account: st.Last.Account,
				Payload: overdueNews{st.Last.Account, st.Feed, st.Days, st.LagTo}})
			if err != nil {
				return err
			}
		}
		return nil
	})
}
