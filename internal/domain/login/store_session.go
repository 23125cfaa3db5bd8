package login

import (
	"context"
	"time"

	"hanse/internal/kit/db"
)

type session struct {
	hash, identity, account, ip, agent string
	created, seen, idle, expires       time.Time
}

const sessionColumns = `s.hash, s.identity_id, s.account_id, s.ip, s.agent, s.created_at, s.seen_at, s.idle_until, s.expires_at`

func (x *session) dest() []any {
	return []any{&x.hash, &x.identity, &x.account, &x.ip, &x.agent, db.Time(&x.created), db.Time(&x.seen), db.Time(&x.idle), db.Time(&x.expires)}
}

func scanSession(r db.Row) (x session, err error) {
	err = r.Scan(x.dest()...)
	return x, err
}

type signedIn struct {
	session
	who identity
}

// liveSession finds a session that hasn't ended, with its identity.
func liveSession(ctx context.Context, q db.Querier, hash string, wall time.Time) (signedIn, error) {
	return db.One(ctx, q, func(r db.Row) (x signedIn, err error) {
		i := &x.who
		err = r.Scan(append(x.dest(), &i.id, &i.name, &i.password, &i.person, &i.lang, &i.theme, &i.density)...)
		return x, err
	}, `SELECT `+sessionColumns+`, `+identityColumns+` FROM session s JOIN identity i ON i.id = s.identity_id
		WHERE s.hash = $1 AND s.expires_at > $2 AND s.idle_until > $2`, hash, db.Micros(wall))
}

// sessionOwner finds whose a session is or was.
func sessionOwner(ctx context.Context, q db.Querier, hash string) (string, error) {
	return db.One(ctx, q, db.String, `SELECT identity_id FROM session WHERE hash = $1`, hash)
}

func liveSessions(ctx context.Context, q db.Querier, identity string, wall time.Time) ([]session, error) {
	return db.All(ctx, q, scanSession, `SELECT `+sessionColumns+` FROM session s WHERE s.identity_id = $1
		AND s.expires_at > $2 AND s.idle_until > $2 ORDER BY s.seen_at DESC, s.hash COLLATE "C"`, identity, db.Micros(wall))
}

// lastAccount is what an identity acted for most recently.
func lastAccount(ctx context.Context, q db.Querier, identity string) (string, error) {
	return db.One(ctx, q, db.String, `SELECT account_id FROM session WHERE identity_id = $1 ORDER BY seen_at DESC LIMIT 1`, identity)
}

func insertSession(ctx context.Context, tx *db.Tx, x session) error {
	return db.Change(ctx, tx, `INSERT INTO session (hash, identity_id, account_id, ip, agent, created_at, seen_at, idle_until, expires_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)`, x.hash, x.identity, x.account, x.ip, x.agent,
		db.Micros(x.created), db.Micros(x.seen), db.Micros(x.idle), db.Micros(x.expires))
}

func touchSession(ctx context.Context, tx *db.Tx, hash, ip string, idle time.Time) error {
	_, err := db.Exec(ctx, tx, `UPDATE session SET seen_at = $2, idle_until = $3, ip = $4 WHERE hash = $1 AND seen_at < $2`,
		hash, db.Micros(tx.Wall), db.Micros(idle), ip)
	return err
}

func switchSession(ctx context.Context, tx *db.Tx, hash, identity, account string) error {
	return db.Change(ctx, tx, `UPDATE session SET account_id = $3 WHERE hash = $1 AND identity_id = $2`, hash, identity, account)
}

func deleteSession(ctx context.Context, tx *db.Tx, hash, identity string) error {
	return db.Change(ctx, tx, `DELETE FROM session WHERE hash = $1 AND identity_id = $2`, hash, identity)
}

// deleteSessions ends all sessions of an identity but one ("" = really all).
func deleteSessions(ctx context.Context, tx *db.Tx, identity, except string) (int64, error) {
	return db.Exec(ctx, tx, `DELETE FROM session WHERE identity_id = $1 AND hash <> $2`, identity, except)
}

func deleteSessionsFor(ctx context.Context, tx *db.Tx, identity, account string) error {
	_, err := db.Exec(ctx, tx, `DELETE FROM session WHERE identity_id = $1 AND account_id = $2`, identity, account)
	return err
}

type token struct {
	hash, purpose, account, user, identity string
	created, expires                       time.Time
}

const tokenColumns = `hash, purpose, account_id, user_id, identity_id, created_at, expires_at`

func scanToken(r db.Row) (x token, err error) {
	err = r.Scan(&x.hash, &x.purpose, &x.account, &x.user, &x.identity, db.Time(&x.created), db.Time(&x.expires))
	return x, err
}

func insertToken(ctx context.Context, tx *db.Tx, x token) error {
	return db.Change(ctx, tx, `INSERT INTO token (`+tokenColumns+`) VALUES ($1, $2, $3, $4, $5, $6, $7)`,
		x.hash, x.purpose, x.account, x.user, x.identity, db.Micros(x.created), db.Micros(x.expires))
}

func liveToken(ctx context.Context, q db.Querier, hash, purpose string, wall time.Time) (token, error) {
	return db.One(ctx, q, scanToken, `SELECT `+tokenColumns+` FROM token WHERE hash = $1 AND purpose = $2 AND expires_at > $3`,
		hash, purpose, db.Micros(wall))
}

func spendToken(ctx context.Context, tx *db.Tx, hash, purpose string) error {
	return db.Change(ctx, tx, `DELETE FROM token WHERE hash = $1 AND purpose = $2 AND expires_at > $3`, hash, purpose, db.Micros(tx.Wall))
}

func deleteTokens(ctx context.Context, tx *db.Tx, identity, purpose string) error {
	_, err := db.Exec(ctx, tx, `DELETE FROM token WHERE identity_id = $1 AND purpose = $2`, identity, purpose)
	return err
}

func deleteTokensFor(ctx context.Context, tx *db.Tx, account, user string) error {
	_, err := db.Exec(ctx, tx, `DELETE FROM token WHERE account_id = $1 AND user_id = $2`, account, user)
	return err
}

func insertStash(ctx context.Context, tx *db.Tx, hash, identity, path, form string, expires time.Time) error {
	return db.Change(ctx, tx, `INSERT INTO stash (hash, identity_id, path, form, expires_at) VALUES ($1, $2, $3, $4, $5)`,
		hash, identity, path, form, db.Micros(expires))
}

// takeStash deletes and returns what was kept for an identity, or for whoever holds the token when that wasn't known.
func takeStash(ctx context.Context, tx *db.Tx, hash, identity string) (path, form string, err error) {
	_, err = db.One(ctx, tx, func(r db.Row) (struct{}, error) { return struct{}{}, r.Scan(&path, &form) },
		`DELETE FROM stash WHERE hash = $1 AND (identity_id = $2 OR identity_id = '') AND expires_at > $3 RETURNING path, form`,
		hash, identity, db.Micros(tx.Wall))
	return path, form, err
}
