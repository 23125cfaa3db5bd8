package audit

import (
	"context"
	"strings"

	"hanse/internal/kit/db"
)

// BySubjects returns the first entry of each of at most a few hundred subjects of one kind, by the subject's id.
func BySubjects(ctx context.Context, q db.Querier, kind string, ids []string) (map[string]Entry, error) {
	out := map[string]Entry{}
	if len(ids) == 0 {
		return out, nil
	}
	subjects := make([]string, len(ids))
	for i, x := range ids {
		subjects[i] = kind + ":" + x
	}
	with, args := db.Wanted(1, subjects)
	err := db.Each(ctx, q, scan, func(e Entry) error {
		x := strings.TrimPrefix(e.Subject, kind+":")
		if have, ok := out[x]; !ok || e.Wall.Before(have.Wall) {
			out[x] = e
		}
		return nil
	}, with+`SELECT `+columns+` FROM wanted JOIN audit_entry ON audit_entry.subject = wanted.v`, args...)
	return out, err
}

// CountKind counts the entries about subjects of one kind.
func CountKind(ctx context.Context, q db.Querier, kind string) (int64, error) {
	return db.One(ctx, q, db.Int, `SELECT count(*) FROM audit_entry WHERE subject >= $1 AND subject < $2`, kind+":", kind+";")
}
