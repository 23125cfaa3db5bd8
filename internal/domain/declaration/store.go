package declaration

import (
	"context"
	"encoding/json"
	"errors"
	"time"

	"hanse/internal/domain/badge"
	"hanse/internal/domain/record"
	"hanse/internal/kit/calendar"
	"hanse/internal/kit/db"
	"hanse/internal/kit/fault"
	"hanse/internal/kit/i18n"
	"hanse/internal/kit/text"
)

const columns = `account_id, id, kind, state, lookup, edition, name, number, code, issued_on, expires_on, note, record_key, reason,
	submitted_at, due_at, overdue_told, decided_at, decided_by, decided_name, created_at, changed_at`

func scan(r db.Row) (d Declaration, err error) {
	var issued, expires string
	err = r.Scan(&d.Person, &d.ID, &d.Kind, &d.State, &d.Lookup, &d.Edition, &d.Name, &d.Number, &d.Code, &issued, &expires, &d.Note,
		&d.Record, &d.Reason, db.Time(&d.SubmittedAt), db.Time(&d.DueAt), &d.overdueTold, db.Time(&d.DecidedAt), &d.DecidedBy,
		&d.DecidedName, db.Time(&d.CreatedAt), db.Time(&d.ChangedAt))
	if err != nil {
		return d, err
	}
	if d.IssuedOn, err = calendar.ParseOptional(issued); err != nil {
		return d, err
	}
	d.ExpiresOn, err = calendar.ParseOptional(expires)
	return d, err
}

func insert(ctx context.Context, tx *db.Tx, d Declaration) error {
	return db.Change(ctx, tx, `INSERT INTO declaration (account_id, id, kind, state, lookup, edition, name, name_fold, number,
		number_fold, code, issued_on, expires_on, note, record_key, reason, overdue_told, decided_at, decided_by, decided_name,
		created_at, changed_at)
		VALUES ($1, $2, $3, $4, $5, 1, $6, $7, $8, $9, $10, $11, $12, $13, $14, '', FALSE, $15, '', '', $16, $16)`,
		d.Person, d.ID, string(d.Kind), string(d.State), string(d.Lookup), d.Name, text.Fold(d.Name), d.Number, Plain(d.Number), d.Code,
		d.IssuedOn.String(), d.ExpiresOn.String(), d.Note, d.Record, db.Micros(d.DecidedAt), db.Micros(tx.Now))
}

// save stores every change, if the row is still as it was read.
func save(ctx context.Context, tx *db.Tx, d *Declaration, from State, edition int64) error {
	d.Edition, d.ChangedAt = edition+1, tx.Now
	return changed(db.Change(ctx, tx, `UPDATE declaration SET state = $5, lookup = $6, edition = $7, name = $8, name_fold = $9,
		number = $10, number_fold = $11, code = $12, issued_on = $13, expires_on = $14, note = $15, record_key = $16, reason = $17,
		submitted_at = $18, due_at = $19, overdue_told = FALSE, decided_at = $20, decided_by = $21, decided_name = $22, changed_at = $23
		WHERE account_id = $1 AND id = $2 AND state = $3 AND edition = $4`,
		d.Person, d.ID, string(from), edition, string(d.State), string(d.Lookup), d.Edition, d.Name, text.Fold(d.Name), d.Number,
		Plain(d.Number), d.Code, d.IssuedOn.String(), d.ExpiresOn.String(), d.Note, d.Record, d.Reason, db.Micros(d.SubmittedAt),
		db.Micros(d.DueAt), db.Micros(d.DecidedAt), d.DecidedBy, d.DecidedName, db.Micros(tx.Now)))
}

// touch claims one that may be edited, for a change of its files.
func touch(ctx context.Context, tx *db.Tx, d Declaration) error {
	return changed(db.Change(ctx, tx, `UPDATE declaration SET edition = edition + 1, changed_at = $3
		WHERE account_id = $1 AND id = $2 AND state IN ('draft', 'correction')`, d.Person, d.ID, db.Micros(tx.Now)))
}

// byID finds one; with a person, among that person's.
func byID(ctx context.Context, q db.Querier, person, id string) (Declaration, error) {
	d, err := db.One(ctx, q, scan, `SELECT `+columns+` FROM declaration WHERE id = $1 AND ($2 = '' OR account_id = $2)`, id, person)
	if errors.Is(err, db.ErrNoRow) {
		err = fault.NotFound()
	}
	return d, err
}

// declaredSince counts what a person declared by number since an instant: guesses have a limit.
func declaredSince(ctx context.Context, q db.Querier, person string, since time.Time) (int64, error) {
	return db.One(ctx, q, db.Int, `SELECT count(*) FROM declaration WHERE account_id = $1 AND kind = 'number' AND created_at > $2`,
		person, db.Micros(since))
}

func list(ctx context.Context, q db.Querier, person string, f Filter, limit int) ([]Declaration, error) {
	return db.All(ctx, q, scan, `SELECT `+columns+` FROM declaration WHERE account_id = $1 AND ($2 = '' OR state = $2)
		AND ($3 = '' OR name_fold LIKE $3 ESCAPE '\') AND ($4 = '' OR number_fold = $4)
		AND ($5 = '' OR id COLLATE "C" < $5) ORDER BY id COLLATE "C" DESC LIMIT $6`,
		person, string(f.State), f.like(), Plain(f.Number), f.After, limit)
}

func queue(ctx context.Context, q db.Querier, f Filter, due int64, id string, limit int) ([]Declaration, error) {
	return db.All(ctx, q, scan, `SELECT `+columns+` FROM declaration WHERE state = $1
		AND ($2 = '' OR name_fold LIKE $2 ESCAPE '\') AND ($3 = '' OR number_fold = $3)
		AND ($4 = '' OR coalesce(due_at, 0) > $5 OR (coalesce(due_at, 0) = $5 AND id COLLATE "C" > $4))
		ORDER BY coalesce(due_at, 0), id COLLATE "C" LIMIT $6`, string(f.State), f.like(), Plain(f.Number), id, due, limit)
}

func countQueue(ctx context.Context, q db.Querier, now time.Time) (waiting, overdue int64, err error) {
	_, err = db.One(ctx, q, func(r db.Row) (struct{}, error) { return struct{}{}, r.Scan(&waiting, &overdue) },
		`SELECT count(*), coalesce(sum(CASE WHEN due_at <= $1 THEN 1 ELSE 0 END), 0) FROM declaration WHERE state = 'under_review'`,
		db.Micros(now))
	return waiting, overdue, err
}

// ofPersons lists what persons declared and didn't withdraw, newest first.
func ofPersons(ctx context.Context, q db.Querier, persons []string) ([]Declaration, error) {
	with, args := db.Wanted(1, persons)
	return db.All(ctx, q, scan, with+`SELECT `+columns+` FROM wanted JOIN declaration ON account_id = wanted.v
		WHERE state <> 'withdrawn' ORDER BY id COLLATE "C" DESC LIMIT 2000`, args...)
}

func markOverdue(ctx context.Context, tx *db.Tx, d Declaration) error {
	return db.Change(ctx, tx, `UPDATE declaration SET overdue_told = TRUE WHERE account_id = $1 AND id = $2`, d.Person, d.ID)
}

func scanFile(r db.Row) (f File, err error) {
	var finding string
	if err := r.Scan(&f.ID, &f.Role, &f.Hash, &f.Size, &f.Media, &f.Name, &finding, db.Time(&f.AddedAt)); err != nil || finding == "" {
		return f, err
	}
	f.Finding = new(badge.Finding)
	return f, json.Unmarshal([]byte(finding), f.Finding)
}

func filesOf(ctx context.Context, q db.Querier, d Declaration) ([]File, error) {
	return db.All(ctx, q, scanFile, `SELECT id, role, hash, size, media, name, finding, added_at FROM declaration_file
		WHERE account_id = $1 AND declaration_id = $2 ORDER BY id COLLATE "C"`, d.Person, d.ID)
}

func insertFile(ctx context.Context, tx *db.Tx, d Declaration, f File) error {
	finding := ""
	if f.Finding != nil {
		b, err := json.Marshal(f.Finding)
		if err != nil {
			return err
		}
		finding = string(b)
	}
	return db.Change(ctx, tx, `INSERT INTO declaration_file (account_id, declaration_id, id, role, hash, size, media, name, finding, added_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`, d.Person, d.ID, f.ID, string(f.Role), f.Hash, f.Size, f.Media, f.Name, finding,
		db.Micros(f.AddedAt))
}

func deleteFile(ctx context.Context, tx *db.Tx, d Declaration, file string) error {
	err := db.Change(ctx, tx, `DELETE FROM declaration_file WHERE account_id = $1 AND declaration_id = $2 AND id = $3`, d.Person, d.ID, file)
	if errors.Is(err, db.ErrNoRow) {
		return fault.NotFound()
	}
	return err
}

// hold makes a number a person's and returns whose it is: somebody else's when that one was faster.
func hold(ctx context.Context, tx *db.Tx, key string, d Declaration) (person string, err error) {
	n, err := db.Exec(ctx, tx, `INSERT INTO declaration_holder (key, person_id, declaration_id) VALUES ($1, $2, $3)
		ON CONFLICT (key) DO NOTHING`, key, d.Person, d.ID)
	if err != nil || n > 0 {
		return d.Person, err
	}
	return holder(ctx, tx, key)
}

func holder(ctx context.Context, q db.Querier, key string) (string, error) {
	p, err := db.One(ctx, q, db.String, `SELECT person_id FROM declaration_holder WHERE key = $1`, key)
	if errors.Is(err, db.ErrNoRow) {
		return "", nil
	}
	return p, err
}

func letGo(ctx context.Context, tx *db.Tx, key, person string) error {
	_, err := db.Exec(ctx, tx, `DELETE FROM declaration_holder WHERE key = $1 AND person_id = $2`, key, person)
	return err
}

// keysOf are the registrations that ever stated a number.
func keysOf(ctx context.Context, q db.Querier, number string) ([]string, error) {
	return db.All(ctx, q, db.String, `SELECT record_key FROM declaration_number WHERE number = $1 ORDER BY record_key LIMIT 100`, number)
}

func reached(ctx context.Context, tx *db.Tx) (int64, error) {
	// Writing first makes two indexers wait for each other.
	if err := db.Change(ctx, tx, `UPDATE declaration_progress SET last = last WHERE id = 1`); err != nil {
		return 0, err
	}
	return db.One(ctx, tx, db.Int, `SELECT last FROM declaration_progress WHERE id = 1`)
}

func reach(ctx context.Context, tx *db.Tx, last int64) error {
	return db.Change(ctx, tx, `UPDATE declaration_progress SET last = $1 WHERE id = 1`, last)
}

func insertNumbers(ctx context.Context, tx *db.Tx, all []record.Numbered) error {
	for _, n := range all {
		if _, err := db.Exec(ctx, tx, `INSERT INTO declaration_number (number, record_key) VALUES ($1, $2)
			ON CONFLICT (number, record_key) DO NOTHING`, Plain(n.Number), n.Key); err != nil {
			return err
		}
	}
	return nil
}

// givenBy lists what was given because of records.
func givenBy(ctx context.Context, q db.Querier, keys []string) ([]Declaration, error) {
	with, args := db.Wanted(1, keys)
	return db.All(ctx, q, scan, with+`SELECT `+columns+` FROM wanted JOIN declaration ON record_key = wanted.v
		WHERE state = 'given' AND record_key <> ''`, args...)
}

func changed(err error) error {
	if errors.Is(err, db.ErrNoRow) {
		return fault.Conflict(i18n.Msg{})
	}
	return err
}
