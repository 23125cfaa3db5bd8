package qualification

import (
	"context"
	"encoding/json"

	"hanse/internal/kit/calendar"
	"hanse/internal/kit/db"
)

func insertInspection(ctx context.Context, tx *db.Tx, x Inspection) error {
	items, err := json.Marshal(x.Items)
	if err != nil {
		return err
	}
	files, err := json.Marshal(x.Files)
	if err != nil {
		return err
	}
	return db.Change(ctx, tx, `INSERT INTO inspection (account_id, id, program_id, application_id, inspected_on, inspector, items,
		findings, files, passed, recorded_by, at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)`,
		x.Account, x.ID, x.Program, x.Application, x.InspectedOn.String(), x.Inspector, string(items), x.Findings, string(files),
		x.Passed, x.RecordedBy, db.Micros(x.At))
}

func inspectionsOf(ctx context.Context, q db.Querier, partner string) ([]Inspection, error) {
	return db.All(ctx, q, func(r db.Row) (x Inspection, err error) {
		var day, items, files string
		err = r.Scan(&x.Account, &x.ID, &x.Program, &x.Application, &day, &x.Inspector, &items, &x.Findings, &files, &x.Passed,
			&x.RecordedBy, db.Time(&x.At))
		if err != nil {
			return x, err
		}
		if x.InspectedOn, err = calendar.ParseOptional(day); err != nil {
			return x, err
		}
		if err := json.Unmarshal([]byte(items), &x.Items); err != nil {
			return x, err
		}
		return x, json.Unmarshal([]byte(files), &x.Files)
	}, `SELECT account_id, id, program_id, application_id, inspected_on, inspector, items, findings, files, passed, recorded_by, at
		FROM inspection WHERE account_id = $1 ORDER BY inspected_on COLLATE "C" DESC, id COLLATE "C" DESC`, partner)
}

func scanCritical(r db.Row) (x CriticalEvent, err error) {
	var on, until string
	err = r.Scan(&x.Account, &x.ID, &x.Program, &on, &x.Summary, &x.Effect, &until, db.Time(&x.LiftedAt), &x.RecordedBy, db.Time(&x.At))
	if err != nil {
		return x, err
	}
	if x.OccurredOn, err = calendar.ParseOptional(on); err != nil {
		return x, err
	}
	x.Until, err = calendar.ParseOptional(until)
	return x, err
}

func listCritical(ctx context.Context, q db.Querier, partner string) ([]CriticalEvent, error) {
	return db.All(ctx, q, scanCritical, `SELECT account_id, id, program_id, occurred_on, summary, effect, until_on, lifted_at,
		recorded_by, at FROM critical_event WHERE account_id = $1 ORDER BY occurred_on COLLATE "C" DESC, id COLLATE "C" DESC`, partner)
}

func insertCritical(ctx context.Context, tx *db.Tx, x CriticalEvent) error {
	return db.Change(ctx, tx, `INSERT INTO critical_event (account_id, id, program_id, occurred_on, summary, effect, until_on,
		recorded_by, at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)`, x.Account, x.ID, x.Program, x.OccurredOn.String(), x.Summary,
		string(x.Effect), x.Until.String(), x.RecordedBy, db.Micros(x.At))
}

func liftCritical(ctx context.Context, tx *db.Tx, partner, id string) error {
	return changed(db.Change(ctx, tx, `UPDATE critical_event SET lifted_at = $3 WHERE account_id = $1 AND id = $2
		AND lifted_at IS NULL`, partner, id, db.Micros(tx.Now)))
}
