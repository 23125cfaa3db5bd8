package address

import (
	"context"
	"errors"
	"time"

	"hanse/internal/kit/db"
)

type signUp struct {
	Pending
	name, password, lang string
}

func insertSignUp(ctx context.Context, tx *db.Tx, p Pending, in SignUp, phc string) error {
	return db.Change(ctx, tx, `INSERT INTO person_signup (id, email, name, password, lang, next, created_at, expires_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`, p.ID, p.Email, in.Name, phc, in.Lang, in.Next, db.Micros(tx.Wall),
		db.Micros(tx.Wall.Add(signUpLifetime)))
}

func oneSignUp(ctx context.Context, q db.Querier, id string, wall time.Time) (signUp, error) {
	return db.One(ctx, q, func(r db.Row) (x signUp, err error) {
		return x, r.Scan(&x.ID, &x.Email, &x.Next, &x.name, &x.password, &x.lang)
	}, `SELECT id, email, next, name, password, lang FROM person_signup WHERE id = $1 AND expires_at > $2`, id, db.Micros(wall))
}

func deleteSignUp(ctx context.Context, tx *db.Tx, id string) error {
	return db.Change(ctx, tx, `DELETE FROM person_signup WHERE id = $1`, id)
}

const linkColumns = `l.account_id, l.id, l.email, l.state, l.sent_at, l.expires_at, l.created_at, l.associated_at, l.ended_at`

func scanLink(r db.Row) (l Link, err error) {
	err = r.Scan(&l.Person, &l.ID, &l.Email, &l.State, db.Time(&l.SentAt), db.Time(&l.ExpiresAt), db.Time(&l.CreatedAt),
		db.Time(&l.AssociatedAt), db.Time(&l.EndedAt))
	return l, err
}

func links(ctx context.Context, q db.Querier, person string) ([]Link, error) {
	return db.All(ctx, q, scanLink, `SELECT `+linkColumns+` FROM email_link l WHERE l.account_id = $1
		ORDER BY CASE l.state WHEN 'associated' THEN 0 WHEN 'pending' THEN 1 WHEN 'expired' THEN 2 ELSE 3 END, l.email COLLATE "C"`, person)
}

func oneLink(ctx context.Context, q db.Querier, person, id string) (Link, error) {
	return db.One(ctx, q, scanLink, `SELECT `+linkColumns+` FROM email_link l WHERE l.account_id = $1 AND l.id = $2`, person, id)
}

func linkOfEmail(ctx context.Context, q db.Querier, person, email string) (Link, error) {
	return db.One(ctx, q, scanLink, `SELECT `+linkColumns+` FROM email_link l WHERE l.account_id = $1 AND l.email = $2`, person, email)
}

// linkOfToken finds the pending link that a token confirms, before the token has expired.
func linkOfToken(ctx context.Context, q db.Querier, hash string, wall time.Time) (Link, error) {
	return db.One(ctx, q, scanLink, `SELECT `+linkColumns+` FROM email_token t JOIN email_link l ON l.account_id = t.person_id AND l.id = t.link_id
		WHERE t.hash = $1 AND t.expires_at > $2 AND l.state = 'pending'`, hash, db.Micros(wall))
}

func insertLink(ctx context.Context, tx *db.Tx, l Link) error {
	return db.Change(ctx, tx, `INSERT INTO email_link (account_id, id, email, state, sent_at, expires_at, created_at)
		VALUES ($1, $2, $3, 'pending', $4, $5, $6)`, l.Person, l.ID, l.Email, micros(l.SentAt), micros(l.ExpiresAt), db.Micros(l.CreatedAt))
}

// micros is Micros with 0 for the zero time.
func micros(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixMicro()
}

// sentLink makes a link pending with the times of a new mail, unless it has been associated meanwhile.
func sentLink(ctx context.Context, tx *db.Tx, l Link) error {
	return db.Change(ctx, tx, `UPDATE email_link SET state = 'pending', sent_at = $3, expires_at = $4, ended_at = NULL
		WHERE account_id = $1 AND id = $2 AND state <> 'associated'`, l.Person, l.ID, db.Micros(l.SentAt), db.Micros(l.ExpiresAt))
}

func setLinked(ctx context.Context, tx *db.Tx, l Link) error {
	return db.Change(ctx, tx, `UPDATE email_link SET state = 'associated', associated_at = $3, ended_at = NULL
		WHERE account_id = $1 AND id = $2 AND state <> 'associated'`, l.Person, l.ID, db.Micros(tx.Now))
}

func endLink(ctx context.Context, tx *db.Tx, l Link, to State) error {
	return db.Change(ctx, tx, `UPDATE email_link SET state = $4, ended_at = $5 WHERE account_id = $1 AND id = $2 AND state = $3`,
		l.Person, l.ID, string(l.State), string(to), db.Micros(tx.Now))
}

// insertOwner tells whether the address was nobody's. Of two at once the second waits, and then finds it taken.
func insertOwner(ctx context.Context, tx *db.Tx, l Link) (bool, error) {
	n, err := db.Exec(ctx, tx, `INSERT INTO email_owner (email, person_id, link_id, created_at) VALUES ($1, $2, $3, $4)
		ON CONFLICT (email) DO NOTHING`, l.Email, l.Person, l.ID, db.Micros(tx.Now))
	return n == 1, err
}

func deleteOwner(ctx context.Context, tx *db.Tx, email, person string) error {
	return db.Change(ctx, tx, `DELETE FROM email_owner WHERE email = $1 AND person_id = $2`, email, person)
}

// ownerOf is the person of an associated address; "" = nobody.
func ownerOf(ctx context.Context, q db.Querier, email string) (string, error) {
	p, err := db.One(ctx, q, db.String, `SELECT person_id FROM email_owner WHERE email = $1`, email)
	if errors.Is(err, db.ErrNoRow) {
		return "", nil
	}
	return p, err
}

func owners(ctx context.Context, q db.Querier, emails []string, into map[string]string) error {
	with, args := db.Wanted(1, emails)
	return db.Each(ctx, q, func(r db.Row) (x [2]string, err error) { return x, r.Scan(&x[0], &x[1]) },
		func(x [2]string) error { into[x[0]] = x[1]; return nil },
		with+`SELECT email, person_id FROM wanted JOIN email_owner ON email = wanted.v`, args...)
}

func withAddress(ctx context.Context, q db.Querier, persons []string) ([]string, error) {
	with, args := db.Wanted(1, persons)
	return db.All(ctx, q, db.String, with+`SELECT person_id FROM wanted JOIN email_owner ON person_id = wanted.v`, args...)
}

func emailsOf(ctx context.Context, q db.Querier, person string) ([]string, error) {
	return db.All(ctx, q, db.String, `SELECT email FROM email_owner WHERE person_id = $1 ORDER BY email COLLATE "C"`, person)
}

// replaceToken makes a link's token; the ones before no longer work.
func replaceToken(ctx context.Context, tx *db.Tx, hash string, l Link) error {
	if err := deleteTokensOf(ctx, tx, l.Person, l.ID); err != nil {
		return err
	}
	return db.Change(ctx, tx, `INSERT INTO email_token (hash, person_id, link_id, expires_at) VALUES ($1, $2, $3, $4)`,
		hash, l.Person, l.ID, db.Micros(l.ExpiresAt))
}

func spendToken(ctx context.Context, tx *db.Tx, hash string) error {
	return db.Change(ctx, tx, `DELETE FROM email_token WHERE hash = $1`, hash)
}

func deleteTokensOf(ctx context.Context, tx *db.Tx, person, link string) error {
	_, err := db.Exec(ctx, tx, `DELETE FROM email_token WHERE person_id = $1 AND link_id = $2`, person, link)
	return err
}

// countSend counts a mail unless three were sent within a window that ends now; third is when the first of these was.
// It's one statement, so that of many at once no more than three pass.
func countSend(ctx context.Context, tx *db.Tx, key string, window time.Duration) (ok bool, third time.Time, err error) {
	n, err := db.Exec(ctx, tx, `INSERT INTO email_throttle (key, latest, second, third) VALUES ($1, $2, 0, 0)
		ON CONFLICT (key) DO UPDATE SET latest = excluded.latest, second = email_throttle.latest, third = email_throttle.second
		WHERE email_throttle.third <= $3`, key, db.Micros(tx.Wall), db.Micros(tx.Wall.Add(-window)))
	if err != nil || n == 1 {
		return n == 1, third, err
	}
	third, err = db.One(ctx, tx, func(r db.Row) (t time.Time, err error) { return t, r.Scan(db.Time(&t)) },
		`SELECT third FROM email_throttle WHERE key = $1`, key)
	return false, third, err
}

// holdKey makes a row and locks it until the transaction ends, so that what goes by one key happens one after another.
func holdKey(ctx context.Context, tx *db.Tx, key string) error {
	return db.Change(ctx, tx, `INSERT INTO email_throttle (key, latest, second, third) VALUES ($1, $2, 0, 0)
		ON CONFLICT (key) DO UPDATE SET latest = excluded.latest`, key, db.Micros(tx.Wall))
}

const day = 24 * time.Hour

// expire marks what nobody confirmed in time and deletes what is over.
func expire(ctx context.Context, tx *db.Tx) error {
	wall := db.Micros(tx.Wall)
	_, e1 := db.Exec(ctx, tx, `UPDATE email_link SET state = 'expired', ended_at = $2 WHERE state = 'pending' AND expires_at <= $1`,
		wall, db.Micros(tx.Now))
	_, e2 := db.Exec(ctx, tx, `DELETE FROM email_token WHERE expires_at <= $1`, wall)
	_, e3 := db.Exec(ctx, tx, `DELETE FROM person_signup WHERE expires_at <= $1`, wall)
	_, e4 := db.Exec(ctx, tx, `DELETE FROM email_throttle WHERE latest <= $1`, db.Micros(tx.Wall.Add(-day)))
	return errors.Join(e1, e2, e3, e4)
}
