package record

import (
	"context"

	"hanse/internal/domain/program"
	"hanse/internal/kit/calendar"
	"hanse/internal/kit/db"
)

// A Numbered is a line of a feed with the certificate number that it states.
type Numbered struct {
	Key    string // of its registration: what OfKeys takes
	Number string // as the line states it; empty: none
}

// Numbers reads lines of the feeds in the order in which they were applied, after an ordinal and at most limit of
// them. last is where to go on, the same as after when there's nothing new. It asks no permission.
func Numbers(ctx context.Context, q db.Querier, after int64, limit int) (out []Numbered, last int64, err error) {
	last = after
	err = db.Each(ctx, q, scanRecord, func(r Record) error {
		out, last = append(out, Numbered{r.key(), r.CertificateNumber}), r.ordinal
		return nil
	}, `SELECT `+recordColumns+` FROM record r WHERE r.ordinal > $1 ORDER BY r.ordinal LIMIT $2`, after, limit)
	return out, last, err
}

// OfKeys reads what the feeds say at present of registrations. It asks no permission.
func OfKeys(ctx context.Context, q db.Querier, keys []string) ([]Record, error) {
	if len(keys) == 0 {
		return nil, nil
	}
	return standing(ctx, q, keys)
}

// Key is the registration's key.
func (r Record) Key() string { return r.key() }

// Holder tells whose a record is; empty when it waits for its person.
func (r Record) Holder(ctx context.Context, q db.Querier) (string, error) {
	all, err := ownersFor(ctx, q, []string{r.handle()})
	return all[r.handle()], err
}

// Certificate is the certificate that a passed exam says was issued, by the catalogue; ok is false when it names none.
func (r Record) Certificate(cat *program.Catalogue) (code string, issuedOn calendar.Day, ok bool) {
	if r.Feed != Exams {
		return "", calendar.None, false
	}
	if code, _ = certificateOf(cat, &r); code == "" {
		return "", calendar.None, false
	}
	if r.IssuedOn.IsNone() {
		return code, r.On, true
	}
	return code, r.IssuedOn, true
}
