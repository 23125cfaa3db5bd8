package product

import (
	"context"
	"encoding/json"
	"time"

	"hanse/internal/domain/rate"
	"hanse/internal/kit/db"
)

const versionColumns = `version, state, effective_at, note, pack, terms, items, created_at, created_by, published_at, published_by, edition`

func scanVersion(r db.Row) (c Catalogue, err error) {
	var terms, items string
	err = r.Scan(&c.Version, &c.State, db.Time(&c.From), &c.Note, &c.Sheet.Pack, &terms, &items, db.Time(&c.CreatedAt), &c.CreatedBy,
		db.Time(&c.PublishedAt), &c.PublishedBy, &c.Edition)
	if err != nil {
		return c, err
	}
	c.Sheet.Version = c.Version
	if err := json.Unmarshal([]byte(terms), &c.Terms); err != nil {
		return c, err
	}
	return c, json.Unmarshal([]byte(items), &c.Items)
}

func oneVersion(ctx context.Context, q db.Querier, n int64) (Catalogue, error) {
	return db.One(ctx, q, scanVersion, `SELECT `+versionColumns+` FROM price_version WHERE version = $1`, n)
}

func versionAt(ctx context.Context, q db.Querier, at time.Time) (Catalogue, error) {
	return db.One(ctx, q, scanVersion, `SELECT `+versionColumns+` FROM price_version WHERE state = 'published' AND effective_at <= $1
		ORDER BY effective_at DESC, version DESC LIMIT 1`, db.Micros(at))
}

func comingVersions(ctx context.Context, q db.Querier, at time.Time) ([]Catalogue, error) {
	return db.All(ctx, q, scanVersion, `SELECT `+versionColumns+` FROM price_version WHERE state = 'published' AND effective_at > $1
		ORDER BY effective_at, version`, db.Micros(at))
}

// versions lists all, the newest first: there are a handful a year.
func versions(ctx context.Context, q db.Querier) ([]Catalogue, error) {
	return db.All(ctx, q, scanVersion, `SELECT `+versionColumns+` FROM price_version ORDER BY version DESC LIMIT 200`)
}

// nextVersion is when another version takes the place of one. Of two with one instant the later one holds.
func nextVersion(ctx context.Context, q db.Querier, c Catalogue) (at time.Time, err error) {
	return db.One(ctx, q, func(r db.Row) (at time.Time, err error) { return at, r.Scan(db.Time(&at)) },
		`SELECT effective_at FROM price_version WHERE state = 'published' AND (effective_at > $1 OR (effective_at = $1 AND version > $2))
		ORDER BY effective_at, version LIMIT 1`, db.Micros(c.From), c.Version)
}

func prices(ctx context.Context, q db.Querier, n int64) ([]rate.Price, error) {
	return db.All(ctx, q, func(r db.Row) (p rate.Price, err error) {
		return p, r.Scan(&p.Level, &p.Term.Unit, &p.Term.Num, &p.Minor)
	},
		`SELECT level, unit, num, minor FROM price_row WHERE version = $1
		ORDER BY CASE level WHEN 'STANDARD' THEN 1 ELSE 2 END, CASE unit WHEN 'MONTH' THEN 1 ELSE 2 END, num`, n)
}

func newestVersion(ctx context.Context, q db.Querier) (int64, error) {
	return db.One(ctx, q, db.Int, `SELECT CAST(coalesce(max(version), 0) AS BIGINT) FROM price_version`)
}

func openDrafts(ctx context.Context, q db.Querier) (int64, error) {
	return db.One(ctx, q, db.Int, `SELECT count(*) FROM price_version WHERE state = 'draft'`)
}

func insertVersion(ctx context.Context, tx *db.Tx, c Catalogue) error {
	terms, items, err := packed(c)
	if err != nil {
		return err
	}
	err = db.Change(ctx, tx, `INSERT INTO price_version (version, state, note, pack, terms, items, created_at, created_by, published_by, edition)
		VALUES ($1, 'draft', $2, $3, $4, $5, $6, $7, '', 1)`, c.Version, c.Note, c.Sheet.Pack, terms, items, db.Micros(tx.Now), c.CreatedBy)
	if err != nil {
		return err
	}
	return putPrices(ctx, tx, c)
}

func packed(c Catalogue) (terms, items string, err error) {
	t, err := json.Marshal(c.Terms)
	if err != nil {
		return "", "", err
	}
	i, err := json.Marshal(c.Items)
	return string(t), string(i), err
}

// updateDraft writes a draft that is still the one that was read.
func updateDraft(ctx context.Context, tx *db.Tx, c Catalogue) error {
	terms, items, err := packed(c)
	if err != nil {
		return err
	}
	err = db.Change(ctx, tx, `UPDATE price_version SET note = $3, pack = $4, terms = $5, items = $6, edition = edition + 1
		WHERE version = $1 AND edition = $2 AND state = 'draft'`, c.Version, c.Edition, c.Note, c.Sheet.Pack, terms, items)
	if err != nil {
		return err
	}
	return putPrices(ctx, tx, c)
}

func putPrices(ctx context.Context, tx *db.Tx, c Catalogue) error {
	if _, err := db.Exec(ctx, tx, `DELETE FROM price_row WHERE version = $1`, c.Version); err != nil {
		return err
	}
	for _, p := range c.Sheet.Prices {
		err := db.Change(ctx, tx, `INSERT INTO price_row (version, level, unit, num, minor) VALUES ($1, $2, $3, $4, $5)`,
			c.Version, string(p.Level), string(p.Term.Unit), p.Term.Num, p.Minor)
		if err != nil {
			return err
		}
	}
	return nil
}

func publishVersion(ctx context.Context, tx *db.Tx, c Catalogue, at time.Time, by string) error {
	return db.Change(ctx, tx, `UPDATE price_version SET state = 'published', effective_at = $3, published_at = $4, published_by = $5, edition = edition + 1
		WHERE version = $1 AND edition = $2 AND state = 'draft'`, c.Version, c.Edition, db.Micros(at), db.Micros(tx.Now), by)
}

// withdrawVersion drops a draft, or a published version that isn't in force yet.
func withdrawVersion(ctx context.Context, tx *db.Tx, n int64) error {
	return db.Change(ctx, tx, `UPDATE price_version SET state = 'withdrawn', edition = edition + 1
		WHERE version = $1 AND (state = 'draft' OR (state = 'published' AND effective_at > $2))`, n, db.Micros(tx.Now))
}

const agreementColumns = `version, state, effective_at, title_en, title_zh, body_en, body_zh, created_at, created_by, published_at, published_by, edition`

func scanAgreement(r db.Row) (a Agreement, err error) {
	return a, r.Scan(&a.Version, &a.State, db.Time(&a.From), &a.Titles.EN, &a.Titles.ZH, &a.Body.EN, &a.Body.ZH, db.Time(&a.CreatedAt), &a.CreatedBy,
		db.Time(&a.PublishedAt), &a.PublishedBy, &a.Edition)
}

func agreementAt(ctx context.Context, q db.Querier, at time.Time) (Agreement, error) {
	return db.One(ctx, q, scanAgreement, `SELECT `+agreementColumns+` FROM agreement WHERE state = 'published' AND effective_at <= $1
		ORDER BY effective_at DESC, version DESC LIMIT 1`, db.Micros(at))
}

func oneAgreement(ctx context.Context, q db.Querier, n int64) (Agreement, error) {
	return db.One(ctx, q, scanAgreement, `SELECT `+agreementColumns+` FROM agreement WHERE version = $1`, n)
}

func agreements(ctx context.Context, q db.Querier) ([]Agreement, error) {
	return db.All(ctx, q, scanAgreement, `SELECT `+agreementColumns+` FROM agreement ORDER BY version DESC LIMIT 200`)
}

func insertAgreement(ctx context.Context, tx *db.Tx, a Agreement) error {
	return db.Change(ctx, tx, `INSERT INTO agreement (version, state, title_en, title_zh, body_en, body_zh, created_at, created_by, published_by, edition)
		VALUES ($1, 'draft', $2, $3, $4, $5, $6, $7, '', 1)`, a.Version, a.Titles.EN, a.Titles.ZH, a.Body.EN, a.Body.ZH, db.Micros(tx.Now), a.CreatedBy)
}

func updateAgreement(ctx context.Context, tx *db.Tx, a Agreement) error {
	return db.Change(ctx, tx, `UPDATE agreement SET title_en = $3, title_zh = $4, body_en = $5, body_zh = $6, edition = edition + 1
		WHERE version = $1 AND edition = $2 AND state = 'draft'`, a.Version, a.Edition, a.Titles.EN, a.Titles.ZH, a.Body.EN, a.Body.ZH)
}

func publishAgreement(ctx context.Context, tx *db.Tx, a Agreement, at time.Time, by string) error {
	return db.Change(ctx, tx, `UPDATE agreement SET state = 'published', effective_at = $3, published_at = $4, published_by = $5, edition = edition + 1
		WHERE version = $1 AND edition = $2 AND state = 'draft'`, a.Version, a.Edition, db.Micros(at), db.Micros(tx.Now), by)
}

func withdrawAgreement(ctx context.Context, tx *db.Tx, n int64) error {
	return db.Change(ctx, tx, `UPDATE agreement SET state = 'withdrawn', edition = edition + 1
		WHERE version = $1 AND (state = 'draft' OR (state = 'published' AND effective_at > $2))`, n, db.Micros(tx.Now))
}
