package taxonomy

import (
	"context"
	"encoding/json"

	"hanse/internal/kit/db"
)

const columns = `kind, id, name_en, name_zh, note_en, note_zh, place, attributes, retired, edition, changed_at, changed_by`

func scan(r db.Row) (e Entry, err error) {
	var attributes string
	err = r.Scan(&e.Kind, &e.ID, &e.Names.EN, &e.Names.ZH, &e.Notes.EN, &e.Notes.ZH, &e.Place, &attributes, &e.Retired, &e.Edition, db.Time(&e.ChangedAt), &e.ChangedBy)
	if err == nil {
		err = json.Unmarshal([]byte(attributes), &e.Attributes)
	}
	return e, err
}

func readEntries(ctx context.Context, q db.Querier) ([]Entry, error) {
	return db.All(ctx, q, scan, `SELECT `+columns+` FROM taxonomy_entry`)
}

// put writes an entry that is still the one that was shown: of edition 0 when only the program has it. ErrNoRow when
// somebody was faster.
func put(ctx context.Context, tx *db.Tx, e Entry) error {
	attributes, err := json.Marshal(e.Attributes)
	if err != nil {
		return err
	}
	return db.Change(ctx, tx, `INSERT INTO taxonomy_entry (`+columns+`) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $13, $11, $12)
		ON CONFLICT (kind, id) DO UPDATE SET name_en = excluded.name_en, name_zh = excluded.name_zh, note_en = excluded.note_en, note_zh = excluded.note_zh,
		place = excluded.place, attributes = excluded.attributes, retired = excluded.retired, edition = excluded.edition, changed_at = excluded.changed_at,
		changed_by = excluded.changed_by WHERE taxonomy_entry.edition = $10`,
		string(e.Kind), e.ID, e.Names.EN, e.Names.ZH, e.Notes.EN, e.Notes.ZH, e.Place, string(attributes), e.Retired, e.Edition, db.Micros(tx.Now), e.ChangedBy, e.Edition+1)
}
