package distribution

import (
	"context"
	"errors"
	"time"

	"hanse/internal/kit/db"
	"hanse/internal/kit/text"
)

// A Profile is what the channel knows of a customer, whoever its partner is.
type Profile struct {
	Account, Login, Name      string
	CountryCode, Phone, Email string
	Type, Verified            int
	NoMarketing               bool
	Tag, TagFrom, TagUntil    string
	CreatedAt                 time.Time
}

const profileColumns = `account_id, login_name, real_name, country_code, phone, email, customer_type, verified, no_marketing, tag, tag_from, tag_until, created_at`

func scanProfile(r db.Row) (p Profile, err error) {
	err = r.Scan(&p.Account, &p.Login, &p.Name, &p.CountryCode, &p.Phone, &p.Email, &p.Type, &p.Verified, &p.NoMarketing, &p.Tag, &p.TagFrom, &p.TagUntil, db.Time(&p.CreatedAt))
	return p, err
}

func profileOf(ctx context.Context, q db.Querier, customer string) (Profile, error) {
	return db.One(ctx, q, scanProfile, `SELECT `+profileColumns+` FROM customer_profile WHERE account_id = $1`, customer)
}

// insertProfile adds one, and takes its login name; false when another customer has the name. A second one of the same
// customer changes nothing.
func insertProfile(ctx context.Context, tx *db.Tx, p Profile) (bool, error) {
	n, err := db.Exec(ctx, tx, `INSERT INTO customer_login (login_fold, account_id) VALUES ($1, $2) ON CONFLICT (login_fold) DO NOTHING`, text.Fold(p.Login), p.Account)
	if err != nil || n == 0 {
		return false, err
	}
	_, err = db.Exec(ctx, tx, `INSERT INTO customer_profile (account_id, login_name, login_fold, real_name, real_fold, country_code, phone, email, customer_type, verified, no_marketing, created_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12) ON CONFLICT (account_id) DO NOTHING`, p.Account, p.Login, text.Fold(p.Login), p.Name, text.Fold(p.Name),
		p.CountryCode, p.Phone, p.Email, p.Type, p.Verified, p.NoMarketing, db.Micros(tx.Now))
	return err == nil, err
}

func loginTaken(ctx context.Context, q db.Querier, name string) (bool, error) {
	return db.One(ctx, q, db.Bool, `SELECT EXISTS (SELECT 1 FROM customer_login WHERE login_fold = $1)`, text.Fold(name))
}

func accountsOfPhone(ctx context.Context, q db.Querier, phone string) (int64, error) {
	return db.One(ctx, q, db.Int, `SELECT count(*) FROM customer_profile WHERE phone = $1`, phone)
}

func emailTaken(ctx context.Context, q db.Querier, email string) (bool, error) {
	return db.One(ctx, q, db.Bool, `SELECT EXISTS (SELECT 1 FROM customer_profile WHERE email = $1)`, email)
}

func setVerified(ctx context.Context, tx *db.Tx, customer string, kind, verified int, name string) error {
	return db.Change(ctx, tx, `UPDATE customer_profile SET customer_type = $2, verified = $3, real_name = CASE WHEN $4 = '' THEN real_name ELSE $4 END,
		real_fold = CASE WHEN $5 = '' THEN real_fold ELSE $5 END WHERE account_id = $1`, customer, kind, verified, name, text.Fold(name))
}

func setTag(ctx context.Context, tx *db.Tx, p Profile) error {
	return db.Change(ctx, tx, `UPDATE customer_profile SET tag = $2, tag_from = $3, tag_until = $4 WHERE account_id = $1`, p.Account, p.Tag, p.TagFrom, p.TagUntil)
}

// profilesOf reads the profiles of a partner's customers, with their ids given or all of them, in order of association.
func profilesOf(ctx context.Context, q db.Querier, partner string, ids []string, offset, limit int) ([]Profile, error) {
	args := []any{partner, limit, offset}
	among := ""
	if len(ids) > 0 {
		in, more := db.In(4, ids)
		among, args = ` AND l.customer_id IN `+in, append(args, more...)
	}
	return db.All(ctx, q, scanProfile, `SELECT p.account_id, p.login_name, p.real_name, p.country_code, p.phone, p.email, p.customer_type, p.verified, p.no_marketing,
		p.tag, p.tag_from, p.tag_until, p.created_at FROM customer_link l JOIN customer_profile p ON p.account_id = l.customer_id
		WHERE l.account_id = $1 AND l.until_at IS NULL`+among+` ORDER BY l.since_at DESC, l.customer_id COLLATE "C" DESC LIMIT $2 OFFSET $3`, args...)
}

// An Announcement is a customer whom a partner announced before it comes.
type Announcement struct {
	Partner, ID, Company, Email, Note, ByName string
	At, Until, EndedAt                        time.Time
}

func insertAnnouncement(ctx context.Context, tx *db.Tx, a Announcement) error {
	return db.Change(ctx, tx, `INSERT INTO preregistration (account_id, id, company, email, note, by_name, created_at, expires_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`,
		a.Partner, a.ID, a.Company, a.Email, a.Note, a.ByName, db.Micros(tx.Now), db.Micros(a.Until))
}

// claimAnnounced takes an address for a partner; false when another one's announcement holds.
func claimAnnounced(ctx context.Context, tx *db.Tx, a Announcement) (bool, error) {
	n, err := db.Exec(ctx, tx, `INSERT INTO preregistration_by (email, account_id, id, expires_at) VALUES ($1, $2, $3, $4)
		ON CONFLICT (email) DO UPDATE SET account_id = excluded.account_id, id = excluded.id, expires_at = excluded.expires_at
		WHERE preregistration_by.expires_at <= $5 OR preregistration_by.account_id = $2`, a.Email, a.Partner, a.ID, db.Micros(a.Until), db.Micros(tx.Now))
	return n == 1, err
}

// AnnouncedBy is the partner that has announced a customer with an e-mail address; "" when nobody has.
func AnnouncedBy(ctx context.Context, q db.Querier, email string, at time.Time) (string, error) {
	partner, err := db.One(ctx, q, db.String, `SELECT account_id FROM preregistration_by WHERE email = $1 AND expires_at > $2`, email, db.Micros(at))
	return partner, none(err)
}

func endAnnouncement(ctx context.Context, tx *db.Tx, partner, id string) error {
	if err := db.Change(ctx, tx, `UPDATE preregistration SET ended_at = $3 WHERE account_id = $1 AND id = $2 AND ended_at IS NULL`, partner, id, db.Micros(tx.Now)); err != nil {
		return err
	}
	_, err := db.Exec(ctx, tx, `DELETE FROM preregistration_by WHERE account_id = $1 AND id = $2`, partner, id)
	return err
}

func announcements(ctx context.Context, q db.Querier, partner string, limit int) ([]Announcement, error) {
	return db.All(ctx, q, func(r db.Row) (a Announcement, err error) {
		return a, r.Scan(&a.Partner, &a.ID, &a.Company, &a.Email, &a.Note, &a.ByName, db.Time(&a.At), db.Time(&a.Until), db.Time(&a.EndedAt))
	}, `SELECT account_id, id, company, email, note, by_name, created_at, expires_at, ended_at FROM preregistration WHERE account_id = $1
		ORDER BY id COLLATE "C" DESC LIMIT $2`, partner, limit)
}

// OfLogin finds the customer of a login name; ok is false when there's none.
func OfLogin(ctx context.Context, q db.Querier, name string) (customer string, ok bool, err error) {
	customer, err = db.One(ctx, q, db.String, `SELECT account_id FROM customer_login WHERE login_fold = $1`, text.Fold(name))
	if errors.Is(err, db.ErrNoRow) {
		return "", false, nil
	}
	return customer, err == nil, err
}

// claimKey keeps under which key a customer was made; false when the key made another one.
func claimKey(ctx context.Context, tx *db.Tx, partner, key string, m Made, request string) (bool, error) {
	n, err := db.Exec(ctx, tx, `INSERT INTO customer_made (account_id, key, customer_id, login_name, request, made_at) VALUES ($1, $2, $3, $4, $5, $6)
		ON CONFLICT (account_id, key) DO NOTHING`, partner, key, m.ID, m.Login, request, db.Micros(tx.Now))
	return n == 1, err
}

// madeBy is the customer that a key made, and what was asked for then.
func madeBy(ctx context.Context, q db.Querier, partner, key string) (m Made, request string, err error) {
	m, err = db.One(ctx, q, func(r db.Row) (m Made, err error) { return m, r.Scan(&m.ID, &m.Login, &request) },
		`SELECT customer_id, login_name, request FROM customer_made WHERE account_id = $1 AND key = $2`, partner, key)
	return m, request, err
}
