package distribution

import (
	"context"
	"math"
	"time"

	"hanse/internal/kit/db"
	"hanse/internal/kit/text"
)

const linkColumns = `l.account_id, l.customer_id, p.real_name, p.login_name, l.association_id, l.model, l.since_at, l.until_at, l.label, l.level,
	l.xaccount_type, l.xaccount_id, l.manager_id, l.manager_name, l.frozen, l.frozen_reason, l.frozen_by, l.frozen_at, l.cascade_level,
	p.country_code, p.phone, p.email, p.customer_type, p.verified, a.state`

const linkFrom = ` FROM customer_link l JOIN customer_profile p ON p.account_id = l.customer_id JOIN account a ON a.id = l.customer_id `

func scanLink(r db.Row) (c Customer, err error) {
	err = r.Scan(&c.Partner, &c.ID, &c.Name, &c.Login, &c.Association, &c.Model, db.Time(&c.Since), db.Time(&c.Until), &c.Label, &c.Level,
		&c.XAccountType, &c.XAccountID, &c.Manager, &c.ManagerName, &c.Frozen, &c.FrozenWhy, &c.FrozenName, db.Time(&c.FrozenAt), &c.Cascade,
		&c.CountryCode, &c.Phone, &c.Email, &c.Type, &c.Verified, &c.State)
	return c, err
}

func linkOf(ctx context.Context, q db.Querier, partner, customer string) (Customer, error) {
	return db.One(ctx, q, scanLink, `SELECT `+linkColumns+linkFrom+`WHERE l.account_id = $1 AND l.customer_id = $2`, partner, customer)
}

// filtered is the condition of a Filter; its arguments come from args.
const filtered = ` WHERE l.account_id = $1 AND l.until_at IS NULL AND ($2 = '' OR p.login_fold LIKE $2 ESCAPE '!')
	AND ($3 = '' OR p.real_fold LIKE $3 ESCAPE '!') AND ($4 = '' OR replace(l.label, $4, '') <> l.label) AND ($5 = '' OR l.model = $5)
	AND l.since_at >= $6 AND l.since_at <= $7 AND ($8 = '' OR l.customer_id = $8) AND ($9 = '' OR l.manager_id = $9)
	AND ($10 = '' OR ($10 = 'frozen' AND (l.frozen > 0 OR l.cascade_level > 0)) OR ($10 = 'free' AND l.frozen = 0 AND l.cascade_level = 0))
	AND ($11 = '' OR l.level = $11) `

func (f Filter) args(partner, own string) []any {
	like := func(s string) string {
		if s == "" {
			return ""
		}
		return db.Like(text.Fold(s))
	}
	from, to := int64(0), int64(math.MaxInt64)
	if !f.From.IsZero() {
		from = f.From.UnixMicro()
	}
	if !f.To.IsZero() {
		to = f.To.UnixMicro()
	}
	manager := f.Manager
	if own != "" {
		manager = own
	}
	return []any{partner, like(f.Login), like(f.Name), f.Label, string(f.Model), from, to, f.ID, manager, f.Frozen, f.Level}
}

// listLinks reads customers, the newest first: those after a place, or after so many.
func listLinks(ctx context.Context, q db.Querier, f Filter, partner, own string, at int64, id string, limit, offset int) ([]Customer, error) {
	args := append(f.args(partner, own), at, id, limit, offset)
	return db.All(ctx, q, scanLink, `SELECT `+linkColumns+linkFrom+filtered+`
		AND (l.since_at < $12 OR (l.since_at = $12 AND l.customer_id COLLATE "C" < $13))
		ORDER BY l.since_at DESC, l.customer_id COLLATE "C" DESC LIMIT $14 OFFSET $15`, args...)
}

func countLinks(ctx context.Context, q db.Querier, f Filter, partner, own string) (int64, error) {
	return db.One(ctx, q, db.Int, `SELECT count(*)`+linkFrom+filtered, f.args(partner, own)...)
}

// resaleAfter lists a partner's resale customers by id: for what falls through to them.
func resaleAfter(ctx context.Context, q db.Querier, partner, after string, limit int) ([]Customer, error) {
	return db.All(ctx, q, scanLink, `SELECT `+linkColumns+linkFrom+`WHERE l.account_id = $1 AND l.until_at IS NULL AND l.model = 'resale'
		AND l.customer_id COLLATE "C" > $2 ORDER BY l.customer_id COLLATE "C" LIMIT $3`, partner, after, limit)
}

// begin makes or renews the row of an association. What the partner wrote down before stays.
func begin(ctx context.Context, tx *db.Tx, c Customer) error {
	return db.Change(ctx, tx, `INSERT INTO customer_link (account_id, customer_id, association_id, model, since_at, frozen, frozen_reason, frozen_by, frozen_at, cascade_level)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) ON CONFLICT (account_id, customer_id) DO UPDATE SET association_id = excluded.association_id,
		model = excluded.model, since_at = excluded.since_at, until_at = NULL, frozen = excluded.frozen, frozen_reason = excluded.frozen_reason,
		frozen_by = excluded.frozen_by, frozen_at = excluded.frozen_at, cascade_level = excluded.cascade_level`,
		c.Partner, c.ID, c.Association, string(c.Model), db.Micros(c.Since), c.Frozen, c.FrozenWhy, c.FrozenName, db.Micros(c.FrozenAt), c.Cascade)
}

func finish(ctx context.Context, tx *db.Tx, c Customer) error {
	return db.Change(ctx, tx, `UPDATE customer_link SET until_at = $4, manager_id = '', manager_name = '', frozen = 0, frozen_reason = '', frozen_by = '',
		frozen_at = NULL, cascade_level = 0 WHERE account_id = $1 AND customer_id = $2 AND association_id = $3 AND until_at IS NULL`,
		c.Partner, c.ID, c.Association, db.Micros(tx.Now))
}

// platform writes the id that a customer has on the partner's own platform; false when another one has it.
func platform(ctx context.Context, tx *db.Tx, c Customer) (bool, error) {
	n, err := db.Exec(ctx, tx, `UPDATE customer_link SET xaccount_type = $3, xaccount_id = $4 WHERE account_id = $1 AND customer_id = $2
		AND NOT EXISTS (SELECT 1 FROM customer_link o WHERE o.account_id = $1 AND o.xaccount_id = $4 AND o.customer_id <> $2)`,
		c.Partner, c.ID, c.XAccountType, c.XAccountID)
	return n == 1, err
}

func platformTaken(ctx context.Context, q db.Querier, partner, xaccount string) (bool, error) {
	return db.One(ctx, q, db.Bool, `SELECT EXISTS (SELECT 1 FROM customer_link WHERE account_id = $1 AND xaccount_id = $2)`, partner, xaccount)
}

func setWords(ctx context.Context, tx *db.Tx, partner, customer, label, level string) error {
	return db.Change(ctx, tx, `UPDATE customer_link SET label = $3, level = $4 WHERE account_id = $1 AND customer_id = $2 AND until_at IS NULL`,
		partner, customer, label, level)
}

// freeze changes how far the partner froze a customer, when it's still as it was.
func freeze(ctx context.Context, tx *db.Tx, c Customer, from int) error {
	return db.Change(ctx, tx, `UPDATE customer_link SET frozen = $4, frozen_reason = $5, frozen_by = $6, frozen_at = $7
		WHERE account_id = $1 AND customer_id = $2 AND until_at IS NULL AND frozen = $3`,
		c.Partner, c.ID, from, c.Frozen, c.FrozenWhy, c.FrozenName, db.Micros(c.FrozenAt))
}

func setCascade(ctx context.Context, tx *db.Tx, c Customer, level int) error {
	return db.Change(ctx, tx, `UPDATE customer_link SET cascade_level = $3 WHERE account_id = $1 AND customer_id = $2 AND until_at IS NULL`, c.Partner, c.ID, level)
}

func insertFreezing(ctx context.Context, tx *db.Tx, id string, c Customer, f Freezing) error {
	return db.Change(ctx, tx, `INSERT INTO freeze_record (account_id, id, customer_id, frozen, origin, reason, by_name, at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`,
		c.Partner, id, c.ID, f.Frozen, f.Origin, f.Why, f.ByName, db.Micros(tx.Now))
}

func freezings(ctx context.Context, q db.Querier, partner, customer string) ([]Freezing, error) {
	return db.All(ctx, q, func(r db.Row) (f Freezing, err error) {
		return f, r.Scan(&f.Frozen, &f.Origin, &f.Why, &f.ByName, db.Time(&f.At))
	}, `SELECT frozen, origin, reason, by_name, at FROM freeze_record WHERE account_id = $1 AND customer_id = $2 ORDER BY id COLLATE "C" DESC LIMIT 100`, partner, customer)
}

// assign gives a customer to an account manager; the term before ends.
func assign(ctx context.Context, tx *db.Tx, c Customer, id string, t Term) error {
	if _, err := db.Exec(ctx, tx, `UPDATE manager_term SET until_at = $3 WHERE account_id = $1 AND customer_id = $2 AND until_at IS NULL`,
		c.Partner, c.ID, db.Micros(tx.Now)); err != nil || t.User == "" {
		return err
	}
	if err := db.Change(ctx, tx, `INSERT INTO manager_term (account_id, id, customer_id, user_id, user_name, from_at, set_by) VALUES ($1, $2, $3, $4, $5, $6, $7)`,
		c.Partner, id, c.ID, t.User, t.Name, db.Micros(tx.Now), t.SetBy); err != nil {
		return err
	}
	return db.Change(ctx, tx, `UPDATE customer_link SET manager_id = $3, manager_name = $4 WHERE account_id = $1 AND customer_id = $2`, c.Partner, c.ID, t.User, t.Name)
}

func terms(ctx context.Context, q db.Querier, partner, customer string) ([]Term, error) {
	return db.All(ctx, q, scanTerm, `SELECT user_id, user_name, from_at, until_at, set_by FROM manager_term WHERE account_id = $1 AND customer_id = $2
		ORDER BY from_at DESC, id COLLATE "C" DESC LIMIT 100`, partner, customer)
}

func termAt(ctx context.Context, q db.Querier, partner, customer string, at time.Time) (Term, error) {
	return db.One(ctx, q, scanTerm, `SELECT user_id, user_name, from_at, until_at, set_by FROM manager_term WHERE account_id = $1 AND customer_id = $2
		AND from_at <= $3 AND (until_at IS NULL OR until_at > $3) ORDER BY from_at DESC, id COLLATE "C" DESC LIMIT 1`, partner, customer, db.Micros(at))
}

func scanTerm(r db.Row) (t Term, err error) {
	return t, r.Scan(&t.User, &t.Name, db.Time(&t.From), db.Time(&t.Until), &t.SetBy)
}

func insertRecord(ctx context.Context, tx *db.Tx, r Record) error {
	return db.Change(ctx, tx, `INSERT INTO association_record (account_id, id, other_id, other_name, operation, model, result, returned, words, by_name, at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)`, r.Partner, r.ID, r.Other, r.OtherName, r.Operation, string(r.Model), r.Result, r.Returned,
		r.Words, r.ByName, db.Micros(tx.Now))
}

func records(ctx context.Context, q db.Querier, partner, other, before string, limit int) ([]Record, error) {
	return db.All(ctx, q, func(r db.Row) (x Record, err error) {
		return x, r.Scan(&x.Partner, &x.ID, &x.Other, &x.OtherName, &x.Operation, &x.Model, &x.Result, &x.Returned, &x.Words, &x.ByName, db.Time(&x.At))
	}, `SELECT account_id, id, other_id, other_name, operation, model, result, returned, words, by_name, at FROM association_record
		WHERE ($1 = '' OR account_id = $1) AND ($2 = '' OR other_id = $2) AND ($3 = '' OR id COLLATE "C" < $3) ORDER BY id COLLATE "C" DESC LIMIT $4`,
		partner, other, before, limit)
}

func restricted(ctx context.Context, q db.Querier, partner string) (bool, error) {
	return db.One(ctx, q, db.Bool, `SELECT EXISTS (SELECT 1 FROM partner_restriction WHERE account_id = $1)`, partner)
}

func restrict(ctx context.Context, tx *db.Tx, partner, why, by string) (bool, error) {
	n, err := db.Exec(ctx, tx, `INSERT INTO partner_restriction (account_id, reason, by_name, at) VALUES ($1, $2, $3, $4) ON CONFLICT (account_id) DO NOTHING`,
		partner, why, by, db.Micros(tx.Now))
	return n == 1, err
}

func unrestrict(ctx context.Context, tx *db.Tx, partner string) error {
	return db.Change(ctx, tx, `DELETE FROM partner_restriction WHERE account_id = $1`, partner)
}

// ServedBy lists the customers whom an account manager of a partner serves now.
func ServedBy(ctx context.Context, q db.Querier, partner, user string) ([]string, error) {
	return db.All(ctx, q, db.String, `SELECT customer_id FROM manager_term WHERE account_id = $1 AND user_id = $2 AND until_at IS NULL
		ORDER BY customer_id`, partner, user)
}
