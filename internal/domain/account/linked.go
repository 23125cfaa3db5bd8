package account

import (
	"context"
	"time"

	"hanse/internal/kit/calendar"
	"hanse/internal/kit/db"
	"hanse/internal/kit/text"
)

// LinkedIn finds those whom a company has at an instant among at most a few hundred ids or names as people type them:
// keyed by what was typed. A name that fits several has them all.
func LinkedIn(ctx context.Context, q db.Querier, partner string, typed []string, at time.Time) (map[string][]Association, error) {
	out := map[string][]Association{}
	if len(typed) == 0 {
		return out, nil
	}
	folds, byFold := make([]string, len(typed)), map[string][]string{}
	for i, t := range typed {
		folds[i] = text.Fold(t)
		byFold[folds[i]] = append(byFold[folds[i]], t)
	}
	ids, args := db.In(4, typed)
	args = append([]any{partner, db.Micros(at), calendar.DayOf(at).String()}, args...)
	err := db.Each(ctx, q, scanAssociation, func(x Association) error { out[x.Other] = append(out[x.Other], x); return nil },
		`SELECT `+associationColumns+associationFrom+`WHERE s.account_id = $1 AND`+holds+`AND s.other_id IN `+ids, args...)
	if err != nil {
		return nil, err
	}
	names, args := db.In(4, folds)
	args = append([]any{partner, db.Micros(at), calendar.DayOf(at).String()}, args...)
	return out, db.Each(ctx, q, scanAssociation, func(x Association) error {
		for _, t := range byFold[text.Fold(x.OtherName)] {
			if t != x.Other {
				out[t] = append(out[t], x)
			}
		}
		return nil
	}, `SELECT `+associationColumns+associationFrom+`WHERE s.account_id = $1 AND`+holds+`AND o.name_fold IN `+names, args...)
}
