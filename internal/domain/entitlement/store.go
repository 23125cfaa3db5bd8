package entitlement

import (
	"context"
	"errors"
	"time"

	"hanse/internal/kit/calendar"
	"hanse/internal/kit/db"
	"hanse/internal/kit/fault"
	"hanse/internal/kit/i18n"
)

const planColumns = `account_id, level, from_at, until_at, year_on, monthly, edition`

func scanPlan(r db.Row) (p Plan, err error) {
	var year string
	if err = r.Scan(&p.Account, &p.Level, db.Time(&p.From), db.Time(&p.Until), &year, &p.Monthly, &p.edition); err != nil {
		return p, err
	}
	p.YearStart, err = calendar.ParseDay(year)
	return p, err
}

// PlanOf is what was last said about an account's plan; false when there never was one.
func PlanOf(ctx context.Context, q db.Querier, account string) (Plan, bool, error) {
	p, err := db.One(ctx, q, scanPlan, `SELECT `+planColumns+` FROM entitlement_plan WHERE account_id = $1`, account)
	if errors.Is(err, db.ErrNoRow) {
		return Plan{}, false, nil
	}
	return p, err == nil, err
}

// lockPlan holds the row under which periods are opened and levels change.
func lockPlan(ctx context.Context, tx *db.Tx, account string) (Plan, bool, error) {
	p, err := db.One(ctx, tx, scanPlan, `UPDATE entitlement_plan SET edition = edition + 1 WHERE account_id = $1 RETURNING `+planColumns, account)
	if errors.Is(err, db.ErrNoRow) {
		return Plan{}, false, nil
	}
	return p, err == nil, err
}

func insertPlan(ctx context.Context, tx *db.Tx, p Plan) (fresh bool, err error) {
	n, err := db.Exec(ctx, tx, `INSERT INTO entitlement_plan (account_id, level, from_at, until_at, year_on, monthly, edition, changed_at)
		VALUES ($1, $2, $3, $4, $5, $6, 1, $7) ON CONFLICT (account_id) DO NOTHING`,
		p.Account, string(p.Level), db.Micros(p.From), db.Micros(p.Until), p.YearStart.String(), p.Monthly, db.Micros(tx.Now))
	return n == 1, err
}

func updatePlan(ctx context.Context, tx *db.Tx, p Plan) error {
	return db.Change(ctx, tx, `UPDATE entitlement_plan SET level = $2, from_at = $3, until_at = $4, year_on = $5, monthly = $6, changed_at = $7
		WHERE account_id = $1`, p.Account, string(p.Level), db.Micros(p.From), db.Micros(p.Until), p.YearStart.String(), p.Monthly, db.Micros(tx.Now))
}

// A period is one unit in one month or plan year.
type period struct {
	account     string
	unit        Unit
	name        string
	from, until time.Time
	base        int64
	extra       int64
	used        int64
	forgiven    int64
	uncapped    bool
	ended       bool
}

// target is what the account should have left, but for what is held.
func (p period) target() int64 {
	if p.uncapped || p.ended {
		return 0
	}
	return max(0, p.base+p.extra+p.forgiven-p.used)
}

const periodColumns = `account_id, unit, period, from_at, until_at, base, extra, used, forgiven, uncapped, state`

func scanPeriod(r db.Row) (p period, err error) {
	var state string
	err = r.Scan(&p.account, &p.unit, &p.name, db.Time(&p.from), db.Time(&p.until), &p.base, &p.extra, &p.used, &p.forgiven, &p.uncapped, &state)
	p.ended = state == "ended"
	return p, err
}

func (p period) state() string {
	if p.ended {
		return "ended"
	}
	return "open"
}

func readPeriod(ctx context.Context, q db.Querier, account string, u Unit, name string) (period, error) {
	return db.One(ctx, q, scanPeriod, `SELECT `+periodColumns+` FROM entitlement_period WHERE account_id = $1 AND unit = $2 AND period = $3`,
		account, string(u), name)
}

// lockPeriod holds a period's row until the transaction ends, and adds to what is used.
func lockPeriod(ctx context.Context, tx *db.Tx, account string, u Unit, name string, used int64) (period, error) {
	return db.One(ctx, tx, scanPeriod, `UPDATE entitlement_period SET used = used + $4, changed_at = $5 WHERE account_id = $1 AND unit = $2 AND period = $3
		RETURNING `+periodColumns, account, string(u), name, used, db.Micros(tx.Now))
}

func insertPeriod(ctx context.Context, tx *db.Tx, p period) (fresh bool, err error) {
	n, err := db.Exec(ctx, tx, `INSERT INTO entitlement_period (account_id, unit, period, from_at, until_at, base, extra, used, forgiven, uncapped, state, changed_at)
		VALUES ($1, $2, $3, $4, $5, $6, 0, 0, 0, $7, 'open', $8) ON CONFLICT (account_id, unit, period) DO NOTHING`,
		p.account, string(p.unit), p.name, db.Micros(p.from), db.Micros(p.until), p.base, p.uncapped, db.Micros(tx.Now))
	return n == 1, err
}

func savePeriod(ctx context.Context, tx *db.Tx, p period) error {
	return db.Change(ctx, tx, `UPDATE entitlement_period SET base = $4, extra = $5, used = $6, forgiven = $7, uncapped = $8, state = $9, changed_at = $10
		WHERE account_id = $1 AND unit = $2 AND period = $3`, p.account, string(p.unit), p.name, p.base, p.extra, p.used, p.forgiven, p.uncapped, p.state(),
		db.Micros(tx.Now))
}

// openPeriods are those that haven't ended by an instant, in the order of locks.
func openPeriods(ctx context.Context, tx *db.Tx, account string, at time.Time) ([]period, error) {
	return db.All(ctx, tx, scanPeriod, `SELECT `+periodColumns+` FROM entitlement_period WHERE account_id = $1 AND state = 'open' AND until_at > $2
		ORDER BY unit COLLATE "C", period COLLATE "C"`, account, db.Micros(at))
}

// pastPeriods are a unit's months or plan years, newest first.
func pastPeriods(ctx context.Context, q db.Querier, account string, u Unit, limit int) ([]period, error) {
	return db.All(ctx, q, scanPeriod, `SELECT `+periodColumns+` FROM entitlement_period WHERE account_id = $1 AND unit = $2
		ORDER BY from_at DESC LIMIT $3`, account, string(u), limit)
}

func changed(err error) error {
	if errors.Is(err, db.ErrNoRow) {
		return fault.Conflict(i18n.Msg{})
	}
	return err
}

func found(err error) error {
	if errors.Is(err, db.ErrNoRow) {
		return fault.NotFound()
	}
	return err
}
