package roster

import (
	"context"
	"errors"
	"iter"
	"slices"

	"hanse/internal/domain/program"
	"hanse/internal/kit/calendar"
	"hanse/internal/kit/db"
	"hanse/internal/kit/text"
)

const columns = `account_id, id, person_id, number, name, email, bound_on, left_on, registered, held, confirmation, counts_until,
	confirmed_on, revision, created_at, updated_at`

// scanner reads bindings; the catalogue gives what records leave open.
func scanner(cat *program.Catalogue) func(db.Row) (Binding, error) {
	return func(r db.Row) (b Binding, err error) {
		var bound, left, held, until, confirmed string
		err = r.Scan(&b.Account, &b.ID, &b.Person, &b.Number, &b.Name, &b.Email, &bound, &left, &b.Registered, &held,
			&b.Confirmation, &until, &confirmed, &b.Revision, db.Time(&b.CreatedAt), db.Time(&b.UpdatedAt))
		if err != nil {
			return b, err
		}
		b.Held = heldOf(cat, held)
		return b, parseDays([]string{bound, left, until, confirmed}, &b.BoundOn, &b.LeftOn, &b.CountsUntil, &b.ConfirmedOn)
	}
}

// parseDays reads days as they're stored, each into its place.
func parseDays(texts []string, into ...*calendar.Day) (err error) {
	for i, d := range into {
		if *d, err = calendar.ParseOptional(texts[i]); err != nil {
			return err
		}
	}
	return nil
}

func (s *Service) scan(r db.Row) (Binding, error) { return scanner(s.credentials.Catalogue())(r) }

func (s *Service) getBinding(ctx context.Context, q db.Querier, partner, id string) (Binding, error) {
	return db.One(ctx, q, s.scan, `SELECT `+columns+` FROM binding WHERE account_id = $1 AND id = $2`, partner, id)
}

func (s *Service) byNumbers(ctx context.Context, q db.Querier, partner string, numbers []string) ([]Binding, error) {
	with, args := db.Wanted(2, numbers)
	return db.All(ctx, q, s.scan, with+`SELECT `+columns+` FROM wanted JOIN binding ON account_id = $1 AND number = wanted.v`,
		append([]any{partner}, args...)...)
}

func (s *Service) byPersons(ctx context.Context, q db.Querier, partner string, persons []string) ([]Binding, error) {
	with, args := db.Wanted(2, persons)
	return db.All(ctx, q, s.scan, with+`SELECT `+columns+` FROM wanted JOIN binding ON account_id = $1 AND person_id = wanted.v`,
		append([]any{partner}, args...)...)
}

func (s *Service) ofPerson(ctx context.Context, q db.Querier, person string) ([]Binding, error) {
	return db.All(ctx, q, s.scan, `SELECT `+columns+` FROM binding WHERE person_id = $1 ORDER BY account_id COLLATE "C"`, person)
}

// batch reads the next bindings of a partner in the list's order, filtered by what the table itself can tell.
func (s *Service) batch(ctx context.Context, q db.Querier, partner string, f Filter, after cursor, limit int) ([]Binding, error) {
	return db.All(ctx, q, s.scan, `SELECT `+columns+` FROM binding WHERE account_id = $1
		AND ($2 = '' OR search LIKE $3 ESCAPE '!')
		AND ($4 = '' OR registered = ($4 = 'yes'))
		AND ($5 = 'all' OR ($5 = '' AND (left_on = '' OR left_on > $6)) OR ($5 = 'left' AND left_on <> '' AND left_on <= $6))
		AND (name_fold COLLATE "C", id COLLATE "C") > ($7, $8)
		AND ($10 = '' OR ($10 = 'confirmed' AND confirmation <> 'unconfirmed')
			OR ($10 = 'unconfirmed' AND confirmation = 'unconfirmed' AND counts_until > $6)
			OR ($10 = 'lapsed' AND confirmation = 'unconfirmed' AND counts_until <= $6))
		ORDER BY name_fold COLLATE "C", id COLLATE "C" LIMIT $9`,
		partner, f.Q, db.Like(text.Fold(f.Q)), f.Registered, f.Left, f.Day.String(), after.Name, after.ID, limit, f.Consent)
}

// everybody reads all bindings of a partner, past ones included, one by one.
func (s *Service) everybody(ctx context.Context, q db.Querier, partner string, use func(Binding) error) error {
	return db.Each(ctx, q, s.scan, use, `SELECT `+columns+` FROM binding WHERE account_id = $1 ORDER BY id COLLATE "C"`, partner)
}

func insertBindings(ctx context.Context, tx *db.Tx, all []Binding, held func(Binding) string) error {
	names := []string{"account_id", "id", "person_id", "number", "name", "name_fold", "email", "search", "bound_on", "left_on",
		"registered", "held", "confirmation", "counts_until", "confirmed_on", "revision", "created_at", "updated_at"}
	_, err := db.Bulk(ctx, tx, "binding", names, each(all, func(b Binding) []any {
		return []any{b.Account, b.ID, b.Person, b.Number, b.Name, text.Fold(b.Name), b.Email, b.entry().searchText(), b.BoundOn.String(),
			b.LeftOn.String(), b.Registered, held(b), string(b.Confirmation), b.CountsUntil.String(), b.ConfirmedOn.String(), int64(1),
			tx.Now.UnixMicro(), tx.Now.UnixMicro()}
	}))
	return err
}

// each makes the rows that Bulk takes.
func each[T any](all []T, row func(T) []any) iter.Seq[[]any] {
	return func(yield func([]any) bool) {
		for _, v := range all {
			if !yield(row(v)) {
				return
			}
		}
	}
}

// updateBinding writes what an entry can change; ErrNoRow when the revision is another.
func updateBinding(ctx context.Context, tx *db.Tx, b Binding) error {
	return db.Change(ctx, tx, `UPDATE binding SET number = $4, name = $5, name_fold = $6, email = $7, search = $8, bound_on = $9,
		left_on = $10, registered = $11, revision = revision + 1, updated_at = $12, confirmation = $13, counts_until = $14, confirmed_on = $15
		WHERE account_id = $1 AND id = $2 AND revision = $3`,
		b.Account, b.ID, b.Revision, b.Number, b.Name, text.Fold(b.Name), b.Email, b.entry().searchText(), b.BoundOn.String(),
		b.LeftOn.String(), b.Registered, db.Micros(tx.Now), string(b.Confirmation), b.CountsUntil.String(), b.ConfirmedOn.String())
}

type place struct{ Account, ID string }

// refreshHeld writes a person's certificates into all bindings, and returns those that it changed.
func refreshHeld(ctx context.Context, tx *db.Tx, person, held string) ([]place, error) {
	return db.All(ctx, tx, func(r db.Row) (p place, err error) { return p, r.Scan(&p.Account, &p.ID) },
		`UPDATE binding SET held = $2, updated_at = $3 WHERE person_id = $1 AND held <> $2 RETURNING account_id, id`,
		person, held, db.Micros(tx.Now))
}

func insertStint(ctx context.Context, tx *db.Tx, b Binding) error {
	_, err := db.Exec(ctx, tx, `INSERT INTO binding_stint (account_id, binding_id, bound_on, left_on, confirmation, counts_until, confirmed_on)
		VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (account_id, binding_id, left_on) DO NOTHING`, b.Account, b.ID, b.BoundOn.String(),
		b.LeftOn.String(), string(b.Confirmation), b.CountsUntil.String(), b.ConfirmedOn.String())
	return err
}

type pastStint struct {
	binding string
	Stint
	Consent
}

func stints(ctx context.Context, q db.Querier, partner string) ([]pastStint, error) {
	return db.All(ctx, q, func(r db.Row) (p pastStint, err error) {
		var bound, left, until, confirmed string
		if err = r.Scan(&p.binding, &bound, &left, &p.Confirmation, &until, &confirmed); err != nil {
			return p, err
		}
		return p, parseDays([]string{bound, left, until, confirmed}, &p.BoundOn, &p.LeftOn, &p.CountsUntil, &p.ConfirmedOn)
	}, `SELECT binding_id, bound_on, left_on, confirmation, counts_until, confirmed_on FROM binding_stint WHERE account_id = $1
		ORDER BY binding_id COLLATE "C", left_on COLLATE "C"`, partner)
}

type person struct{ ID, Name string }

func insertPersons(ctx context.Context, tx *db.Tx, all []person) error {
	_, err := db.Bulk(ctx, tx, "person", []string{"account_id", "name", "created_at"}, each(all, func(p person) []any {
		return []any{p.ID, p.Name, tx.Now.UnixMicro()}
	}))
	return err
}

func ensurePersonRow(ctx context.Context, tx *db.Tx, p person) error {
	_, err := db.Exec(ctx, tx, `INSERT INTO person (account_id, name, created_at) VALUES ($1, $2, $3) ON CONFLICT (account_id) DO NOTHING`,
		p.ID, p.Name, db.Micros(tx.Now))
	return err
}

type address struct{ Email, Person string }

// insertEmails fails on an address that somebody has: the caller looks again.
func insertEmails(ctx context.Context, tx *db.Tx, all []address) error {
	_, err := db.Bulk(ctx, tx, "person_email", []string{"email", "person_id", "created_at"}, each(all, func(a address) []any {
		return []any{a.Email, a.Person, tx.Now.UnixMicro()}
	}))
	return err
}

func emailOwners(ctx context.Context, q db.Querier, emails []string) (map[string]string, error) {
	out := map[string]string{}
	with, args := db.Wanted(1, emails)
	err := db.Each(ctx, q, func(r db.Row) (a address, err error) { return a, r.Scan(&a.Email, &a.Person) },
		func(a address) error { out[a.Email] = a.Person; return nil },
		with+`SELECT email, person_id FROM wanted JOIN person_email ON email = wanted.v`, args...)
	return out, err
}

// A post says where a person is, or was last, a registered engineer.
type post struct {
	Person, Partner string
	Since, Until    calendar.Day
}

func scanPost(r db.Row) (p post, err error) {
	var since, until string
	if err = r.Scan(&p.Person, &p.Partner, &since, &until); err != nil {
		return p, err
	}
	if p.Since, err = calendar.ParseOptional(since); err != nil {
		return p, err
	}
	p.Until, err = calendar.ParseOptional(until)
	return p, err
}

func posts(ctx context.Context, q db.Querier, persons []string) (map[string]post, error) {
	out := map[string]post{}
	with, args := db.Wanted(1, persons)
	err := db.Each(ctx, q, scanPost, func(p post) error { out[p.Person] = p; return nil },
		with+`SELECT person_id, partner_id, since, until FROM wanted JOIN engineer ON person_id = wanted.v`, args...)
	return out, err
}

func insertPosts(ctx context.Context, tx *db.Tx, all []post) error {
	_, err := db.Bulk(ctx, tx, "engineer", []string{"person_id", "partner_id", "since", "until"}, each(all, func(p post) []any {
		return []any{p.Person, p.Partner, p.Since.String(), p.Until.String()}
	}))
	return err
}

// movePost changes a post as it was read; ErrNoRow when it is another by now.
func movePost(ctx context.Context, tx *db.Tx, old, now post) error {
	return db.Change(ctx, tx, `UPDATE engineer SET partner_id = $5, since = $6, until = $7
		WHERE person_id = $1 AND partner_id = $2 AND since = $3 AND until = $4`,
		old.Person, old.Partner, old.Since.String(), old.Until.String(), now.Partner, now.Since.String(), now.Until.String())
}

func dropPost(ctx context.Context, tx *db.Tx, p post) error {
	return db.Change(ctx, tx, `DELETE FROM engineer WHERE person_id = $1 AND partner_id = $2 AND since = $3 AND until = $4`,
		p.Person, p.Partner, p.Since.String(), p.Until.String())
}

func distinct(list []string) []string {
	slices.Sort(list)
	return slices.Compact(list)
}

func noRow(err error) bool { return errors.Is(err, db.ErrNoRow) }

// confirmBindings confirms everybody who is there, but for some e-mails.
func confirmBindings(ctx context.Context, tx *db.Tx, partner string, except []string) (int64, error) {
	today := calendar.DayOf(tx.Now).String()
	list, args := db.In(4, append(except, "-")) // nobody's address: a list needs a value
	return db.Exec(ctx, tx, `UPDATE binding SET confirmation = 'confirmed', confirmed_on = $2, revision = revision + 1, updated_at = $3
		WHERE account_id = $1 AND confirmation = 'unconfirmed' AND (left_on = '' OR left_on > $2) AND email NOT IN `+list,
		append([]any{partner, today, db.Micros(tx.Now)}, args...)...)
}
