package badge

import (
	"context"
	"errors"
	"time"

	"hanse/internal/kit/db"
	"hanse/internal/kit/i18n"
)

func missing(err error) bool { return errors.Is(err, db.ErrNoRow) }

// A Badge is the credential of a qualification as it was signed last.
type Badge struct {
	Account       string
	Qualification string
	Number        string
	List          int64
	Place         int64
	Key           string
	Document      string // JSON
	Edition       int64
	IssuedAt      time.Time // business instant
	SignedAt      time.Time // wall instant
}

const badgeColumns = `account_id, qualification_id, number, list_no, place, key_id, document, edition, issued_at, signed_at`

func scanBadge(r db.Row) (b Badge, err error) {
	return b, r.Scan(&b.Account, &b.Qualification, &b.Number, &b.List, &b.Place, &b.Key, &b.Document, &b.Edition,
		db.Time(&b.IssuedAt), db.Time(&b.SignedAt))
}

func badgeOf(ctx context.Context, q db.Querier, account, qualification string) (Badge, error) {
	return db.One(ctx, q, scanBadge, `SELECT `+badgeColumns+` FROM badge WHERE account_id = $1 AND qualification_id = $2`,
		account, qualification)
}

func insertBadge(ctx context.Context, tx *db.Tx, b Badge) error {
	return db.Change(ctx, tx, `INSERT INTO badge (`+badgeColumns+`) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`,
		b.Account, b.Qualification, b.Number, b.List, b.Place, b.Key, b.Document, b.Edition, db.Micros(b.IssuedAt), db.Micros(b.SignedAt))
}

// saveSignature stores a new signature; somebody else's in between is ErrNoRow.
func saveSignature(ctx context.Context, tx *db.Tx, b Badge) error {
	return db.Change(ctx, tx, `UPDATE badge SET key_id = $3, document = $4, edition = edition + 1, signed_at = $5
		WHERE account_id = $1 AND qualification_id = $2 AND edition = $6`,
		b.Account, b.Qualification, b.Key, b.Document, db.Micros(b.SignedAt), b.Edition)
}

// badgesBy are the credentials that another key than this one signed, behind a cursor.
func badgesBy(ctx context.Context, q db.Querier, key string, after [2]string, limit int) ([]Badge, error) {
	return db.All(ctx, q, scanBadge, `SELECT `+badgeColumns+` FROM badge WHERE key_id <> $1
		AND (account_id COLLATE "C" > $2 OR (account_id = $2 AND qualification_id COLLATE "C" > $3))
		ORDER BY account_id COLLATE "C", qualification_id COLLATE "C" LIMIT $4`, key, after[0], after[1], limit)
}

// signedBy counts the credentials of each key.
func signedBy(ctx context.Context, q db.Querier) (map[string]int64, error) {
	out := map[string]int64{}
	type row struct {
		key string
		n   int64
	}
	return out, db.Each(ctx, q, func(r db.Row) (x row, err error) { return x, r.Scan(&x.key, &x.n) },
		func(x row) error { out[x.key] = x.n; return nil }, `SELECT key_id, count(*) FROM badge GROUP BY key_id`)
}

// A State says what a key is for.
type State string

// The states of a key.
const (
	Active  State = "active"  // it signs
	Retired State = "retired" // what it signed in its time holds
	Revoked State = "revoked" // nothing that it signed holds: somebody else may have it
)

// Label is the state's word for people.
func (s State) Label() i18n.Msg {
	switch s {
	case Active:
		return i18n.M("badge.key.active")
	case Retired:
		return i18n.M("badge.key.retired")
	}
	return i18n.M("badge.key.revoked")
}

// A Key is one signing key, without its secret. Instants are wall time.
type Key struct {
	ID        string
	Public    string // multikey
	State     State
	CreatedAt time.Time
	CreatedBy string // user id
	RetiredAt time.Time
	RevokedAt time.Time
	Reason    string
	Signed    int64 // credentials whose last signature is its

	secret string
}

const keyColumns = `id, public_key, secret, state, created_at, created_by, retired_at, revoked_at, reason`

func scanKey(r db.Row) (k Key, err error) {
	return k, r.Scan(&k.ID, &k.Public, &k.secret, &k.State, db.Time(&k.CreatedAt), &k.CreatedBy, db.Time(&k.RetiredAt),
		db.Time(&k.RevokedAt), &k.Reason)
}

func activeKey(ctx context.Context, q db.Querier) (Key, error) {
	return db.One(ctx, q, scanKey, `SELECT `+keyColumns+` FROM badge_key WHERE state = 'active'`)
}

// allKeys are the keys, newest first.
func allKeys(ctx context.Context, q db.Querier) ([]Key, error) {
	return db.All(ctx, q, scanKey, `SELECT `+keyColumns+` FROM badge_key ORDER BY created_at DESC, id COLLATE "C" DESC`)
}

func insertKey(ctx context.Context, tx *db.Tx, k Key) error {
	return db.Change(ctx, tx, `INSERT INTO badge_key (`+keyColumns+`) VALUES ($1, $2, $3, $4, $5, $6, NULL, NULL, '')`,
		k.ID, k.Public, k.secret, string(k.State), db.Micros(k.CreatedAt), k.CreatedBy)
}

// retireKey ends the signing of the active key.
func retireKey(ctx context.Context, tx *db.Tx, id, reason string) error {
	return db.Change(ctx, tx, `UPDATE badge_key SET state = 'retired', retired_at = $2, reason = $3, secret = ''
		WHERE id = $1 AND state = 'active'`, id, db.Micros(tx.Wall), reason)
}

// revokeKey takes back all that a retired key signed.
func revokeKey(ctx context.Context, tx *db.Tx, id, reason string) error {
	return db.Change(ctx, tx, `UPDATE badge_key SET state = 'revoked', revoked_at = $2, reason = $3, secret = ''
		WHERE id = $1 AND state = 'retired'`, id, db.Micros(tx.Wall), reason)
}

// newestList is the number of the list that is being filled; 0 = there's none yet.
func newestList(ctx context.Context, q db.Querier) (int64, error) {
	return db.One(ctx, q, func(r db.Row) (n int64, err error) { return n, r.Scan(&n) }, `SELECT COALESCE(MAX(list_no), 0) FROM badge_list`)
}

func openList(ctx context.Context, tx *db.Tx, list int64) error {
	_, err := db.Exec(ctx, tx, `INSERT INTO badge_list (list_no, edition, changed_at) VALUES ($1, 1, $2) ON CONFLICT DO NOTHING`,
		list, db.Micros(tx.Wall))
	return err
}

// takePlace claims a place of a list; false when it's taken.
func takePlace(ctx context.Context, tx *db.Tx, list, place int64, account, qualification string) (bool, error) {
	n, err := db.Exec(ctx, tx, `INSERT INTO badge_entry (list_no, place, account_id, qualification_id, revoked, suspended)
		VALUES ($1, $2, $3, $4, FALSE, FALSE) ON CONFLICT DO NOTHING`, list, place, account, qualification)
	return n == 1, err
}

// mark sets a credential's bits and tells whether one changed. Revoked never goes back.
func mark(ctx context.Context, tx *db.Tx, b Badge, revoked, suspended bool) (bool, error) {
	n, err := db.Exec(ctx, tx, `UPDATE badge_entry SET revoked = (revoked OR $3), suspended = $4
		WHERE list_no = $1 AND place = $2 AND ((NOT revoked AND $3) OR suspended <> $4)`, b.List, b.Place, revoked, suspended)
	return n > 0, err
}

func touchList(ctx context.Context, tx *db.Tx, list int64, wall time.Time) error {
	return db.Change(ctx, tx, `UPDATE badge_list SET edition = edition + 1, changed_at = $2 WHERE list_no = $1`, list, db.Micros(wall))
}

// listEdition is how often a list has changed.
func listEdition(ctx context.Context, q db.Querier, list int64) (int64, error) {
	return db.One(ctx, q, func(r db.Row) (n int64, err error) { return n, r.Scan(&n) }, `SELECT edition FROM badge_list WHERE list_no = $1`, list)
}

// marked are the set places of a list for a purpose.
func marked(ctx context.Context, q db.Querier, list int64, purpose string) ([]int64, error) {
	return db.All(ctx, q, func(r db.Row) (n int64, err error) { return n, r.Scan(&n) },
		`SELECT place FROM badge_entry WHERE list_no = $1 AND (($2 = 'revocation' AND revoked) OR ($2 = 'suspension' AND suspended))`,
		list, purpose)
}
