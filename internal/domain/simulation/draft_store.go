package simulation

import (
	"context"

	"hanse/internal/kit/db"
)

const draftHead = `id, name, program_id, version, based_on, state, edition, created_by, created_name, created_at, changed_name, changed_at, published_as`

func (d *Draft) head() []any {
	return []any{&d.ID, &d.Name, &d.Program, &d.Number, &d.BasedOn, &d.State, &d.Edition, &d.CreatedBy, &d.CreatedName,
		db.Time(&d.CreatedAt), &d.ChangedName, db.Time(&d.ChangedAt), &d.PublishedAs}
}

func scanDraftHead(r db.Row) (d Draft, err error) { return d, r.Scan(d.head()...) }

func scanDraft(r db.Row) (d Draft, err error) {
	return d, r.Scan(append(d.head(), &d.Source, &d.Cases)...)
}

func readDraft(ctx context.Context, q db.Querier, id string) (Draft, error) {
	return db.One(ctx, q, scanDraft, `SELECT `+draftHead+`, source, cases FROM program_draft WHERE id = $1`, id)
}

func listDrafts(ctx context.Context, q db.Querier, state State, after string, limit int) ([]Draft, error) {
	return db.All(ctx, q, scanDraftHead, `SELECT `+draftHead+` FROM program_draft WHERE ($1 = '' OR state = $1)
		AND ($2 = '' OR id COLLATE "C" < $2) ORDER BY id COLLATE "C" DESC LIMIT $3`, string(state), after, limit)
}

func insertDraft(ctx context.Context, tx *db.Tx, d Draft) error {
	return db.Change(ctx, tx, `INSERT INTO program_draft (`+draftHead+`, source, cases)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)`,
		d.ID, d.Name, d.Program, d.Number, d.BasedOn, string(d.State), d.Edition, d.CreatedBy, d.CreatedName, db.Micros(d.CreatedAt),
		d.ChangedName, db.Micros(d.ChangedAt), d.PublishedAs, d.Source, d.Cases)
}

// saveDraft keeps a text over the edition that was read.
func saveDraft(ctx context.Context, tx *db.Tx, d Draft) error {
	return db.Change(ctx, tx, `UPDATE program_draft SET source = $3, cases = $4, program_id = $5, version = $6, changed_name = $7,
		changed_at = $8, edition = edition + 1 WHERE id = $1 AND edition = $2 AND state = 'open'`,
		d.ID, d.Edition, d.Source, d.Cases, d.Program, d.Number, d.ChangedName, db.Micros(d.ChangedAt))
}

func endDraft(ctx context.Context, tx *db.Tx, id string, edition int64, state State, as string) error {
	return db.Change(ctx, tx, `UPDATE program_draft SET state = $3, published_as = $4, edition = edition + 1, changed_at = $5
		WHERE id = $1 AND edition = $2 AND state = 'open'`, id, edition, string(state), as, db.Micros(tx.Now))
}

func insertSave(ctx context.Context, tx *db.Tx, d Draft) error {
	return db.Change(ctx, tx, `INSERT INTO program_draft_save (draft_id, edition, source, cases, by_name, at)
		VALUES ($1, $2, $3, $4, $5, $6)`, d.ID, d.Edition, d.Source, d.Cases, d.ChangedName, db.Micros(d.ChangedAt))
}

func listSaves(ctx context.Context, q db.Querier, draft string, before int64, limit int) ([]Save, error) {
	return db.All(ctx, q, func(r db.Row) (x Save, err error) { return x, r.Scan(&x.Edition, &x.By, db.Time(&x.At)) },
		`SELECT edition, by_name, at FROM program_draft_save WHERE draft_id = $1 AND edition < $2 ORDER BY edition DESC LIMIT $3`,
		draft, before, limit)
}

func readSave(ctx context.Context, q db.Querier, draft string, edition int64) (Save, error) {
	return db.One(ctx, q, func(r db.Row) (x Save, err error) {
		return x, r.Scan(&x.Edition, &x.Source, &x.Cases, &x.By, db.Time(&x.At))
	}, `SELECT edition, source, cases, by_name, at FROM program_draft_save WHERE draft_id = $1 AND edition = $2`, draft, edition)
}
