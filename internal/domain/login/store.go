package login

import (
	"context"
	"errors"
	"time"

	"hanse/internal/kit/db"
)

type identity struct {
	id, name, password, person, lang, theme, density string
}

const identityColumns = `i.id, i.name, i.password, i.person_id, i.lang, i.theme, i.density`

func scanIdentity(r db.Row) (x identity, err error) {
	err = r.Scan(&x.id, &x.name, &x.password, &x.person, &x.lang, &x.theme, &x.density)
	return x, err
}

func byName(ctx context.Context, q db.Querier, name string) (identity, error) {
	return db.One(ctx, q, scanIdentity, `SELECT `+identityColumns+` FROM login_name n JOIN identity i ON i.id = n.identity_id
		WHERE n.name = $1`, name)
}

func oneIdentity(ctx context.Context, q db.Querier, id string) (identity, error) {
	return db.One(ctx, q, scanIdentity, `SELECT `+identityColumns+` FROM identity i WHERE i.id = $1`, id)
}

func byPerson(ctx context.Context, q db.Querier, person string) (identity, error) {
	return db.One(ctx, q, scanIdentity, `SELECT `+identityColumns+` FROM identity i WHERE i.person_id = $1 AND i.person_id <> ''`, person)
}

func insertIdentity(ctx context.Context, tx *db.Tx, x identity) error {
	return db.Change(ctx, tx, `INSERT INTO identity (id, name, password, password_at, lang, created_at) VALUES ($1, $2, $3, $4, $5, $6)`,
		x.id, x.name, x.password, db.Micros(tx.Wall), x.lang, db.Micros(tx.Wall))
}

// insertName tells whether the name was free.
func insertName(ctx context.Context, tx *db.Tx, name, kind, identity string) (bool, error) {
	n, err := db.Exec(ctx, tx, `INSERT INTO login_name (name, kind, identity_id, created_at) VALUES ($1, $2, $3, $4)
		ON CONFLICT (name) DO NOTHING`, name, kind, identity, db.Micros(tx.Wall))
	return n == 1, err
}

// deleteName removes a name of an identity that has another one.
func deleteName(ctx context.Context, tx *db.Tx, name, identity string) error {
	return db.Change(ctx, tx, `DELETE FROM login_name WHERE name = $1 AND identity_id = $2
		AND EXISTS (SELECT 1 FROM login_name o WHERE o.identity_id = $2 AND o.name <> $1)`, name, identity)
}

// holdIdentity locks an identity's row until the transaction ends.
func holdIdentity(ctx context.Context, tx *db.Tx, id string) error {
	return db.Change(ctx, tx, `UPDATE identity SET name = name WHERE id = $1`, id)
}

type loginName struct{ name, kind string }

func names(ctx context.Context, q db.Querier, identity string) ([]loginName, error) {
	return db.All(ctx, q, func(r db.Row) (n loginName, err error) { return n, r.Scan(&n.name, &n.kind) },
		`SELECT name, kind FROM login_name WHERE identity_id = $1 ORDER BY created_at, name COLLATE "C"`, identity)
}

// setPassword changes a password that is still the old one.
func setPassword(ctx context.Context, tx *db.Tx, id, old, phc string) error {
	return db.Change(ctx, tx, `UPDATE identity SET password = $3, password_at = $4 WHERE id = $1 AND password = $2`,
		id, old, phc, db.Micros(tx.Wall))
}

func setPerson(ctx context.Context, tx *db.Tx, id, person string) error {
	return db.Change(ctx, tx, `UPDATE identity SET person_id = $2 WHERE id = $1 AND (person_id = '' OR person_id = $2)`, id, person)
}

func setPreferences(ctx context.Context, tx *db.Tx, id string, p Preferences) error {
	return db.Change(ctx, tx, `UPDATE identity SET lang = CASE WHEN $2 = '' THEN lang ELSE $2 END,
		theme = CASE WHEN $3 = '' THEN theme ELSE $3 END, density = CASE WHEN $4 = '' THEN density ELSE $4 END WHERE id = $1`,
		id, p.Lang, p.Theme, p.Density)
}

// hit counts one attempt in a window that starts anew when it's over.
func hit(ctx context.Context, tx *db.Tx, key string, window time.Duration) (n int64, since time.Time, err error) {
	_, err = db.One(ctx, tx, func(r db.Row) (struct{}, error) { return struct{}{}, r.Scan(&n, db.Time(&since)) },
		`INSERT INTO throttle (key, since, attempts) VALUES ($1, $2, 1) ON CONFLICT (key) DO UPDATE SET
		attempts = CASE WHEN throttle.since <= $3 THEN 1 ELSE throttle.attempts + 1 END,
		since = CASE WHEN throttle.since <= $3 THEN excluded.since ELSE throttle.since END RETURNING attempts, since`,
		key, db.Micros(tx.Wall), db.Micros(tx.Wall.Add(-window)))
	return n, since, err
}

func unhit(ctx context.Context, tx *db.Tx, key string) error {
	_, err := db.Exec(ctx, tx, `UPDATE throttle SET attempts = attempts - 1 WHERE key = $1 AND attempts > 0`, key)
	return err
}

func resetThrottle(ctx context.Context, tx *db.Tx, key string) error {
	_, err := db.Exec(ctx, tx, `UPDATE throttle SET attempts = 0, locked_until = NULL WHERE key = $1`, key)
	return err
}

// holdThrottle makes the row if need be, locks it until the transaction ends, and returns until when it is locked.
func holdThrottle(ctx context.Context, tx *db.Tx, key string) (until time.Time, err error) {
	return db.One(ctx, tx, func(r db.Row) (t time.Time, err error) { return t, r.Scan(db.Time(&t)) },
		`INSERT INTO throttle (key, since, attempts) VALUES ($1, $2, 0)
		ON CONFLICT (key) DO UPDATE SET attempts = throttle.attempts RETURNING locked_until`, key, db.Micros(tx.Wall))
}

func lockThrottle(ctx context.Context, tx *db.Tx, key string, until time.Time) error {
	return db.Change(ctx, tx, `UPDATE throttle SET attempts = 0, locked_until = $2 WHERE key = $1`, key, db.Micros(until))
}

// useOnce tells whether a nonce is new, and remembers it until an instant.
func useOnce(ctx context.Context, tx *db.Tx, id string, until time.Time) (bool, error) {
	n, err := db.Exec(ctx, tx, `INSERT INTO nonce (id, expires_at) VALUES ($1, $2) ON CONFLICT (id) DO NOTHING`, id, db.Micros(until))
	return n == 1, err
}

const week = 7 * 24 * time.Hour

func purgeAll(ctx context.Context, tx *db.Tx) error {
	now, weekAgo := db.Micros(tx.Wall), db.Micros(tx.Wall.Add(-week))
	_, e1 := db.Exec(ctx, tx, `DELETE FROM session WHERE expires_at < $1 OR idle_until < $1`, weekAgo)
	_, e2 := db.Exec(ctx, tx, `DELETE FROM code WHERE sent_at < $1`, weekAgo)
	_, e3 := db.Exec(ctx, tx, `DELETE FROM throttle WHERE since < $1 AND (locked_until IS NULL OR locked_until < $1)`, weekAgo)
	_, e4 := db.Exec(ctx, tx, `DELETE FROM token WHERE expires_at < $1`, now)
	_, e5 := db.Exec(ctx, tx, `DELETE FROM nonce WHERE expires_at < $1`, now)
	_, e6 := db.Exec(ctx, tx, `DELETE FROM stash WHERE expires_at < $1`, now)
	return errors.Join(e1, e2, e3, e4, e5, e6)
}
