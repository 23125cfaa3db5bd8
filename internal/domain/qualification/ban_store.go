package qualification

import (
	"context"

	"hanse/internal/kit/calendar"
	"hanse/internal/kit/db"
)

const banColumns = `account_id, id, program_id, application_id, cause, from_on, until_on, lifted_at, lift_reason, at`

func scanBan(r db.Row) (b Ban, err error) {
	var from, until string
	err = r.Scan(&b.Account, &b.ID, &b.Program, &b.Application, &b.Cause, &from, &until, db.Time(&b.LiftedAt), &b.LiftReason, db.Time(&b.At))
	if err != nil {
		return b, err
	}
	if b.From, err = calendar.ParseOptional(from); err != nil {
		return b, err
	}
	b.Until, err = calendar.ParseOptional(until)
	return b, err
}

func bansOf(ctx context.Context, q db.Querier, partner string) ([]Ban, error) {
	return db.All(ctx, q, scanBan, `SELECT `+banColumns+` FROM ban WHERE account_id = $1 ORDER BY id COLLATE "C" DESC`, partner)
}

func insertBan(ctx context.Context, tx *db.Tx, b Ban) error {
	return db.Change(ctx, tx, `INSERT INTO ban (account_id, id, program_id, application_id, cause, from_on, until_on, lifted_by,
		lift_reason, ended_told, at) VALUES ($1, $2, $3, $4, $5, $6, $7, '', '', FALSE, $8)`,
		b.Account, b.ID, b.Program, b.Application, string(b.Cause), b.From.String(), b.Until.String(), db.Micros(b.At))
}

func liftBan(ctx context.Context, tx *db.Tx, b Ban, by string) error {
	return db.Change(ctx, tx, `UPDATE ban SET lifted_at = $3, lifted_by = $4, lift_reason = $5, ended_told = TRUE
		WHERE account_id = $1 AND id = $2 AND lifted_at IS NULL`, b.Account, b.ID, db.Micros(b.LiftedAt), by, b.LiftReason)
}

func overBans(ctx context.Context, q db.Querier, today calendar.Day) ([]Ban, error) {
	return db.All(ctx, q, scanBan, `SELECT `+banColumns+` FROM ban WHERE NOT ended_told AND until_on COLLATE "C" <= $1
		ORDER BY account_id COLLATE "C", id COLLATE "C" LIMIT 500`, today.String())
}

func markBanEnded(ctx context.Context, tx *db.Tx, b Ban) error {
	return db.Change(ctx, tx, `UPDATE ban SET ended_told = TRUE WHERE account_id = $1 AND id = $2 AND NOT ended_told`, b.Account, b.ID)
}
