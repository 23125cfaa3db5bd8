package treasury

import (
	"context"
	"strings"

	"hanse/internal/kit/db"
)

func scanLine(r db.Row) (l Line, err error) {
	err = r.Scan(&l.Account, &l.Unit, &l.AccountName, &l.Minor, &l.Edition, db.Time(&l.ChangedAt))
	return l, err
}

const lineColumns = `account_id, unit, account_name, minor, edition, changed_at`

// lockLine makes sure that a line's row is there, holds it and reads it.
func lockLine(ctx context.Context, tx *db.Tx, c CreditChange) (Line, error) {
	return db.One(ctx, tx, scanLine, `INSERT INTO credit_line (`+lineColumns+`) VALUES ($1, $2, $3, 0, 0, $4)
		ON CONFLICT (account_id, unit) DO UPDATE SET account_name = excluded.account_name RETURNING `+lineColumns,
		c.Account, c.Unit, c.AccountName, db.Micros(tx.Now))
}

// holdLine holds a line's row until the transaction ends; db.ErrNoRow when there never was one.
func holdLine(ctx context.Context, tx *db.Tx, account, unit string) error {
	return db.Change(ctx, tx, `UPDATE credit_line SET edition = edition WHERE account_id = $1 AND unit = $2`, account, unit)
}

func setLine(ctx context.Context, tx *db.Tx, c CreditChange) error {
	return faster(db.Change(ctx, tx, `UPDATE credit_line SET minor = $1, edition = edition + 1, changed_at = $2
		WHERE account_id = $3 AND unit = $4 AND minor = $5`, c.Minor, db.Micros(tx.Now), c.Account, c.Unit, c.Before))
}

// lines lists every line that was ever granted, by company.
func lines(ctx context.Context, q db.Querier, after string, limit int) ([]Line, error) {
	account, unit, _ := strings.Cut(after, ":")
	return db.All(ctx, q, scanLine, `SELECT `+lineColumns+` FROM credit_line WHERE edition > 0 AND ($1 = '' OR account_id COLLATE "C" > $1
		OR account_id = $1 AND unit COLLATE "C" > $2) ORDER BY account_id COLLATE "C", unit COLLATE "C" LIMIT $3`, account, unit, limit)
}

const changeColumns = `account_id, id, account_name, unit, before_minor, minor, reason, state, asked_by, asked_name, decided_by, decided_name, words,
	created_at, decided_at`

func scanChange(r db.Row) (c CreditChange, err error) {
	err = r.Scan(&c.Account, &c.ID, &c.AccountName, &c.Unit, &c.Before, &c.Minor, &c.Reason, &c.State, &c.AskedBy, &c.AskedName, &c.DecidedBy,
		&c.DecidedName, &c.Words, db.Time(&c.CreatedAt), db.Time(&c.DecidedAt))
	return c, err
}

func insertChange(ctx context.Context, tx *db.Tx, c CreditChange) error {
	return db.Change(ctx, tx, `INSERT INTO credit_change (`+changeColumns+`) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)`,
		c.Account, c.ID, c.AccountName, c.Unit, c.Before, c.Minor, c.Reason, string(c.State), c.AskedBy, c.AskedName, c.DecidedBy, c.DecidedName, c.Words,
		db.Micros(c.CreatedAt), db.Micros(c.DecidedAt))
}

func changeByID(ctx context.Context, q db.Querier, id string) (CreditChange, error) {
	c, err := db.One(ctx, q, scanChange, `SELECT `+changeColumns+` FROM credit_change WHERE id = $1`, id)
	return c, lost(err)
}

func changeWaits(ctx context.Context, q db.Querier, account, unit string) (bool, error) {
	return db.One(ctx, q, db.Bool, `SELECT EXISTS (SELECT 1 FROM credit_change WHERE account_id = $1 AND unit = $2 AND state = 'waiting')`, account, unit)
}

func decideChange(ctx context.Context, tx *db.Tx, c CreditChange) error {
	return faster(db.Change(ctx, tx, `UPDATE credit_change SET state = $1, decided_by = $2, decided_name = $3, words = $4, decided_at = $5
		WHERE account_id = $6 AND id = $7 AND state = 'waiting'`, string(c.State), c.DecidedBy, c.DecidedName, c.Words, db.Micros(c.DecidedAt), c.Account, c.ID))
}

// changesOf are the newest 200: a line changes a few times a year.
func changesOf(ctx context.Context, q db.Querier, account string) ([]CreditChange, error) {
	return db.All(ctx, q, scanChange, `SELECT `+changeColumns+` FROM credit_change WHERE account_id = $1 ORDER BY id COLLATE "C" DESC LIMIT 200`, account)
}

func waitingChanges(ctx context.Context, q db.Querier, limit int) ([]CreditChange, error) {
	return db.All(ctx, q, scanChange, `SELECT `+changeColumns+` FROM credit_change WHERE state = 'waiting' ORDER BY id COLLATE "C" LIMIT $1`, limit)
}
