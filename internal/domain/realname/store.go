package realname

import (
	"context"
	"errors"

	"hanse/internal/kit/db"
	"hanse/internal/kit/text"
)

const columns = `account_id, id, state, name, country, id_type, id_last4, id_hash, file_hash, file_name, file_type, file_size,
	submitted_at, due_at, overdue_told, decided_at, decided_by, decided_name, reason, version`

func scan(r db.Row) (c Case, err error) {
	return c, r.Scan(&c.Person, &c.ID, &c.State, &c.Name, &c.Country, &c.IDType, &c.IDLast4, &c.idHash, &c.File.Hash, &c.File.Name,
		&c.File.Type, &c.File.Size, db.Time(&c.SubmittedAt), db.Time(&c.DueAt), &c.overdueTold, db.Time(&c.DecidedAt), &c.DecidedBy,
		&c.DecidedName, &c.Reason, &c.Version)
}

func insert(ctx context.Context, tx *db.Tx, c Case) error {
	return db.Change(ctx, tx, `INSERT INTO realname_case (account_id, id, state, name, name_fold, country, id_type, id_last4, id_hash,
		file_hash, file_name, file_type, file_size, submitted_at, due_at, overdue_told, decided_by, decided_name, reason, version)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, FALSE, '', '', '', 1)`,
		c.Person, c.ID, string(c.State), c.Name, text.Fold(c.Name), c.Country, c.IDType, c.IDLast4, c.idHash, c.File.Hash, c.File.Name,
		c.File.Type, c.File.Size, db.Micros(c.SubmittedAt), db.Micros(c.DueAt))
}

func one(ctx context.Context, q db.Querier, id string) (Case, error) {
	return db.One(ctx, q, scan, `SELECT `+columns+` FROM realname_case WHERE id = $1`, id)
}

func ofPerson(ctx context.Context, q db.Querier, person string) ([]Case, error) {
	return db.All(ctx, q, scan, `SELECT `+columns+` FROM realname_case WHERE account_id = $1 ORDER BY id COLLATE "C" DESC`, person)
}

// holding is the case that holds: ErrNoRow when the person isn't verified.
func holding(ctx context.Context, q db.Querier, person string) (Case, error) {
	return db.One(ctx, q, scan, `SELECT `+columns+` FROM realname_case WHERE account_id = $1 AND state = 'verified'`, person)
}

func queue(ctx context.Context, q db.Querier, state State, after key, limit int) ([]Case, error) {
	return db.All(ctx, q, scan, `SELECT `+columns+` FROM realname_case WHERE state = $1 AND (due_at, id) > ($2, $3)
		ORDER BY due_at, id LIMIT $4`, string(state), after.Due, after.ID, limit)
}

// move changes a state; ErrNoRow when the case isn't in the state or version that was shown.
func move(ctx context.Context, tx *db.Tx, c Case, to State) error {
	return db.Change(ctx, tx, `UPDATE realname_case SET state = $4, decided_at = $5, decided_by = $6, decided_name = $7, reason = $8,
		version = version + 1 WHERE account_id = $1 AND id = $2 AND state = $3 AND version = $9`,
		c.Person, c.ID, string(c.State), string(to), db.Micros(c.DecidedAt), c.DecidedBy, c.DecidedName, c.Reason, c.Version)
}

func markOverdue(ctx context.Context, tx *db.Tx, c Case) error {
	return db.Change(ctx, tx, `UPDATE realname_case SET overdue_told = TRUE WHERE account_id = $1 AND id = $2 AND state = 'pending'
		AND NOT overdue_told`, c.Person, c.ID)
}

// takeDocument makes a document a person's; false when it's somebody else's.
func takeDocument(ctx context.Context, tx *db.Tx, hash, person string) (bool, error) {
	if hash == "" {
		return true, nil
	}
	n, err := db.Exec(ctx, tx, `INSERT INTO realname_document (hash, person_id) VALUES ($1, $2) ON CONFLICT (hash) DO NOTHING`, hash, person)
	if err != nil || n > 0 {
		return n > 0, err
	}
	owner, err := documentOwner(ctx, tx, hash)
	return owner == person, err
}

func documentOwner(ctx context.Context, q db.Querier, hash string) (string, error) {
	owner, err := db.One(ctx, q, db.String, `SELECT person_id FROM realname_document WHERE hash = $1`, hash)
	if errors.Is(err, db.ErrNoRow) {
		return "", nil
	}
	return owner, err
}

func dropDocument(ctx context.Context, tx *db.Tx, hash, person string) error {
	_, err := db.Exec(ctx, tx, `DELETE FROM realname_document WHERE hash = $1 AND person_id = $2`, hash, person)
	return err
}

func namesakes(ctx context.Context, q db.Querier, name string) ([]string, error) {
	return db.All(ctx, q, db.String, `SELECT account_id FROM realname_case WHERE name_fold = $1 AND state = 'verified'
		ORDER BY account_id COLLATE "C" LIMIT 50`, text.Fold(name))
}

func nameOf(ctx context.Context, q db.Querier, person string) (string, error) {
	name, err := db.One(ctx, q, db.String, `SELECT name FROM realname_case WHERE account_id = $1 AND state = 'verified'`, person)
	if errors.Is(err, db.ErrNoRow) {
		return "", nil
	}
	return name, err
}

// key is the last row that was shown of the queue.
type key struct {
	Due int64
	ID  string
}

func keyOf(c Case) key { return key{c.DueAt.UnixMicro(), c.ID} }
