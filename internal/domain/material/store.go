package material

import (
	"context"
	"encoding/json"
	"errors"
	"time"

	"hanse/internal/kit/calendar"
	"hanse/internal/kit/db"
	"hanse/internal/kit/fault"
	"hanse/internal/kit/i18n"
)

const columns = `account_id, id, kind, state, edition, version, fields, reasons, submitted_by, submitted_at, review_due,
	overdue_told, reviewer_name, decided_at, passed_version, created_at, changed_at`

func scan(r db.Row) (m Material, err error) {
	var fields, reasons string
	err = r.Scan(&m.Account, &m.ID, &m.Kind, &m.State, &m.Edition, &m.Version, &fields, &reasons, &m.SubmittedBy,
		db.Time(&m.SubmittedAt), db.Time(&m.ReviewDue), &m.overdueTold, &m.ReviewerName, db.Time(&m.DecidedAt), &m.PassedVersion,
		db.Time(&m.CreatedAt), db.Time(&m.ChangedAt))
	if err != nil {
		return m, err
	}
	if err := json.Unmarshal([]byte(fields), &m.Fields); err != nil {
		return m, err
	}
	return m, json.Unmarshal([]byte(reasons), &m.Reasons)
}

func encode(f Fields, reasons []string) (fields, why string, err error) {
	a, err := json.Marshal(f)
	if err != nil {
		return "", "", err
	}
	if reasons == nil {
		reasons = []string{}
	}
	b, err := json.Marshal(reasons)
	return string(a), string(b), err
}

func insert(ctx context.Context, tx *db.Tx, m Material) error {
	fields, reasons, err := encode(m.Fields, m.Reasons)
	if err != nil {
		return err
	}
	return db.Change(ctx, tx, `INSERT INTO material (account_id, id, kind, state, edition, version, title, fields, reasons,
		submitted_by, submitted_at, review_due, overdue_told, reviewer_name, decided_at, passed_version, created_at, changed_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, '', NULL, NULL, FALSE, '', NULL, 0, $10, $10)`,
		m.Account, m.ID, string(m.Kind), string(m.State), m.Edition, m.Version, m.Fields.Title, fields, reasons, db.Micros(tx.Now))
}

// save stores every change, if the row is still as it was read.
func save(ctx context.Context, tx *db.Tx, m *Material, from State, edition int64) error {
	fields, reasons, err := encode(m.Fields, m.Reasons)
	if err != nil {
		return err
	}
	m.Edition, m.ChangedAt = edition+1, tx.Now
	return changed(db.Change(ctx, tx, `UPDATE material SET state = $5, edition = $6, version = $7, title = $8, fields = $9,
		reasons = $10, submitted_by = $11, submitted_at = $12, review_due = $13, overdue_told = FALSE, reviewer_name = $14,
		decided_at = $15, passed_version = $16, changed_at = $17
		WHERE account_id = $1 AND id = $2 AND state = $3 AND edition = $4`,
		m.Account, m.ID, string(from), edition, string(m.State), m.Edition, m.Version, m.Fields.Title, fields, reasons,
		m.SubmittedBy, db.Micros(m.SubmittedAt), db.Micros(m.ReviewDue), m.ReviewerName, db.Micros(m.DecidedAt), m.PassedVersion,
		db.Micros(tx.Now)))
}

// touch claims a material that may be edited, for a change of its files.
func touch(ctx context.Context, tx *db.Tx, m Material) error {
	return changed(db.Change(ctx, tx, `UPDATE material SET edition = edition + 1, changed_at = $3
		WHERE account_id = $1 AND id = $2 AND version = $4 AND state IN ('draft', 'failed')`, m.Account, m.ID, db.Micros(tx.Now), m.Version))
}

// byID finds one within an actor's scope ("" = everywhere).
func byID(ctx context.Context, q db.Querier, scope, id string) (Material, error) {
	m, err := db.One(ctx, q, scan, `SELECT `+columns+` FROM material WHERE id = $1 AND ($2 = '' OR account_id = $2)`, id, scope)
	return m, found(err)
}

func list(ctx context.Context, q db.Querier, f Filter, limit int) ([]Material, error) {
	return db.All(ctx, q, scan, `SELECT `+columns+` FROM material WHERE account_id = $1 AND ($2 = '' OR kind = $2)
		AND ($3 = '' OR state = $3) AND ($4 = '' OR id COLLATE "C" < $4) ORDER BY id COLLATE "C" DESC LIMIT $5`,
		f.Account, string(f.Kind), string(f.State), f.After, limit)
}

func listQueue(ctx context.Context, q db.Querier, f QueueFilter, due time.Time, id string, limit int) ([]Material, error) {
	edge := int64(0)
	if !due.IsZero() {
		edge = due.UnixMicro()
	}
	return db.All(ctx, q, scan, `SELECT `+columns+` FROM material WHERE state = 'under_review' AND ($1 = '' OR kind = $1)
		AND ($2 = '' OR review_due > $3 OR (review_due = $3 AND id COLLATE "C" > $2)) ORDER BY review_due, id COLLATE "C" LIMIT $4`,
		string(f.Kind), id, edge, limit)
}

func countQueue(ctx context.Context, q db.Querier, now time.Time) (waiting, overdue int64, err error) {
	_, err = db.One(ctx, q, func(r db.Row) (struct{}, error) { return struct{}{}, r.Scan(&waiting, &overdue) },
		`SELECT count(*), coalesce(sum(CASE WHEN review_due <= $1 THEN 1 ELSE 0 END), 0) FROM material WHERE state = 'under_review'`,
		db.Micros(now))
	return waiting, overdue, err
}

func markOverdue(ctx context.Context, tx *db.Tx, m Material) error {
	return db.Change(ctx, tx, `UPDATE material SET overdue_told = TRUE WHERE account_id = $1 AND id = $2`, m.Account, m.ID)
}

func insertEdition(ctx context.Context, tx *db.Tx, m Material) error {
	fields, _, err := encode(m.Fields, nil)
	if err != nil {
		return err
	}
	// A version that was taken back is handed in again in its place.
	return db.Change(ctx, tx, `INSERT INTO material_edition (account_id, material_id, version, fields, submitted_by, submitted_at,
		result, reasons, reviewer_name, decided_at, passed_on, ended_on) VALUES ($1, $2, $3, $4, $5, $6, '', '[]', '', NULL, '', '')
		ON CONFLICT (account_id, material_id, version) DO UPDATE SET fields = excluded.fields, submitted_by = excluded.submitted_by,
		submitted_at = excluded.submitted_at, result = '', reasons = '[]', reviewer_name = '', decided_at = NULL`,
		m.Account, m.ID, m.Version, fields, m.SubmittedBy, db.Micros(tx.Now))
}

// decideEdition writes what became of a version under review.
func decideEdition(ctx context.Context, tx *db.Tx, m Material, result string) error {
	_, reasons, err := encode(m.Fields, m.Reasons)
	if err != nil {
		return err
	}
	passed := calendar.None
	if result == "passed" {
		passed = calendar.DayOf(tx.Now)
	}
	return changed(db.Change(ctx, tx, `UPDATE material_edition SET result = $4, reasons = $5, reviewer_name = $6, decided_at = $7,
		passed_on = $8 WHERE account_id = $1 AND material_id = $2 AND version = $3 AND result = ''`,
		m.Account, m.ID, m.Version, result, reasons, m.ReviewerName, db.Micros(tx.Now), passed.String()))
}

// endEdition lets a passed version count no longer: a newer one passed, or it was revoked.
func endEdition(ctx context.Context, tx *db.Tx, m Material, version int64, result string, reasons []string) error {
	_, why, err := encode(m.Fields, reasons)
	if err != nil {
		return err
	}
	return changed(db.Change(ctx, tx, `UPDATE material_edition SET ended_on = $4, result = $5,
		reasons = CASE WHEN $5 = 'revoked' THEN $6 ELSE reasons END
		WHERE account_id = $1 AND material_id = $2 AND version = $3 AND result = 'passed' AND ended_on = ''`,
		m.Account, m.ID, version, calendar.DayOf(tx.Now).String(), result, why))
}

func scanEdition(r db.Row) (e Edition, err error) {
	var fields, reasons, passed, ended string
	err = r.Scan(&e.Version, &fields, &e.SubmittedBy, db.Time(&e.SubmittedAt), &e.Result, &reasons, &e.ReviewerName,
		db.Time(&e.DecidedAt), &passed, &ended)
	if err != nil {
		return e, err
	}
	if err := json.Unmarshal([]byte(fields), &e.Fields); err != nil {
		return e, err
	}
	if err := json.Unmarshal([]byte(reasons), &e.Reasons); err != nil {
		return e, err
	}
	if e.PassedOn, err = calendar.ParseOptional(passed); err != nil {
		return e, err
	}
	e.EndedOn, err = calendar.ParseOptional(ended)
	return e, err
}

func editionsOf(ctx context.Context, q db.Querier, account, id string) ([]Edition, error) {
	return db.All(ctx, q, scanEdition, `SELECT version, fields, submitted_by, submitted_at, result, reasons, reviewer_name, decided_at,
		passed_on, ended_on FROM material_edition WHERE account_id = $1 AND material_id = $2 ORDER BY version DESC`, account, id)
}

type versionFile struct {
	version int64
	File
}

func filesOf(ctx context.Context, q db.Querier, account, id string) ([]versionFile, error) {
	return db.All(ctx, q, func(r db.Row) (f versionFile, err error) {
		return f, r.Scan(&f.version, &f.ID, &f.Hash, &f.Size, &f.Media, &f.Name, &f.AddedBy, db.Time(&f.AddedAt))
	}, `SELECT version, id, hash, size, media, name, added_by, added_at FROM material_file
		WHERE account_id = $1 AND material_id = $2 ORDER BY version, id COLLATE "C"`, account, id)
}

func insertFile(ctx context.Context, tx *db.Tx, m Material, version int64, f File) error {
	return db.Change(ctx, tx, `INSERT INTO material_file (account_id, material_id, version, id, hash, size, media, name, added_by,
		added_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`, m.Account, m.ID, version, f.ID, f.Hash, f.Size, f.Media, f.Name,
		f.AddedBy, db.Micros(f.AddedAt))
}

func deleteFile(ctx context.Context, tx *db.Tx, m Material, file string) error {
	return found(db.Change(ctx, tx, `DELETE FROM material_file WHERE account_id = $1 AND material_id = $2 AND version = $3 AND id = $4`,
		m.Account, m.ID, m.Version, file))
}

// deleteFiles drops the files of a version that was never handed in, or was taken back.
func deleteFiles(ctx context.Context, tx *db.Tx, m Material) error {
	_, err := db.Exec(ctx, tx, `DELETE FROM material_file WHERE account_id = $1 AND material_id = $2 AND version = $3`, m.Account, m.ID, m.Version)
	return err
}

func usesOf(ctx context.Context, q db.Querier, account, id string) ([]Use, error) {
	return db.All(ctx, q, func(r db.Row) (u Use, err error) { return u, r.Scan(&u.Application, db.Time(&u.At)) },
		`SELECT application_id, at FROM material_use WHERE account_id = $1 AND material_id = $2 ORDER BY at DESC, application_id`, account, id)
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
