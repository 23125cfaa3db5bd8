package account

import (
	"context"
	"time"

	"hanse/internal/domain/login"
	"hanse/internal/kit/actor"
	"hanse/internal/kit/db"
	"hanse/internal/kit/text"
)

const columns = `a.id, a.kind, a.name, a.state, a.country, a.address, a.website, a.contact, a.email, a.phone, a.market, a.channel,
	a.reason, a.version, a.created_at, a.changed_at`

func scan(r db.Row) (a Account, err error) {
	var channel string
	err = r.Scan(&a.ID, &a.Kind, &a.Name, &a.State, &a.Country, &a.Address, &a.Website, &a.Contact, &a.Email, &a.Phone, &a.Market,
		&channel, &a.Reason, &a.Version, db.Time(&a.CreatedAt), db.Time(&a.ChangedAt))
	a.Channel = splitList[Channel](channel)
	return a, err
}

func insert(ctx context.Context, tx *db.Tx, a Account) error {
	return db.Change(ctx, tx, `INSERT INTO account (id, kind, name, name_fold, state, country, address, website, contact, email,
		phone, market, channel, created_at, changed_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $14)`,
		a.ID, string(a.Kind), a.Name, text.Fold(a.Name), string(a.State), a.Country, a.Address, a.Website, a.Contact, a.Email,
		a.Phone, a.Market, joinList(a.Channel), db.Micros(tx.Now))
}

func one(ctx context.Context, q db.Querier, id string) (Account, error) {
	return db.One(ctx, q, scan, `SELECT `+columns+` FROM account a WHERE a.id = $1`, id)
}

func vendor(ctx context.Context, q db.Querier) (Account, error) {
	return db.One(ctx, q, scan, `SELECT `+columns+` FROM account a WHERE a.kind = 'vendor' ORDER BY a.id COLLATE "C" LIMIT 1`)
}

// update writes the editable columns when the version is still the one that was read.
func update(ctx context.Context, tx *db.Tx, a Account) error {
	return db.Change(ctx, tx, `UPDATE account SET name = $3, name_fold = $4, country = $5, address = $6, website = $7, contact = $8,
		email = $9, phone = $10, market = $11, channel = $12, changed_at = $13, version = version + 1 WHERE id = $1 AND version = $2`,
		a.ID, a.Version, a.Name, text.Fold(a.Name), a.Country, a.Address, a.Website, a.Contact, a.Email, a.Phone, a.Market,
		joinList(a.Channel), db.Micros(tx.Now))
}

func setState(ctx context.Context, tx *db.Tx, id string, from, to State, reason string) error {
	return db.Change(ctx, tx, `UPDATE account SET state = $3, reason = $4, changed_at = $5, version = version + 1
		WHERE id = $1 AND state = $2`, id, string(from), string(to), reason, db.Micros(tx.Now))
}

// hold locks an account's row until the transaction ends, so that changes to its users happen one after another.
func hold(ctx context.Context, tx *db.Tx, id string) error {
	return db.Change(ctx, tx, `UPDATE account SET changed_at = changed_at WHERE id = $1`, id)
}

func list(ctx context.Context, q db.Querier, f Filter, afterFold, afterID string, limit int) ([]Account, error) {
	like := ""
	if f.Q != "" {
		like = db.Like(text.Fold(f.Q))
	}
	return db.All(ctx, q, scan, `SELECT `+columns+` FROM account a WHERE ($1 = '' OR a.kind = $1)
		AND (a.state = $2 OR ($2 = '' AND a.state NOT IN ('pending', 'refused'))) AND ($3 = '' OR a.channel LIKE '%,' || $3 || ',%') AND ($4 = '' OR a.name_fold LIKE $4 ESCAPE '!')
		AND a.kind <> 'person' AND (a.name_fold COLLATE "C" > $5 OR (a.name_fold = $5 AND a.id COLLATE "C" > $6))
		AND ($8 = '' OR a.market = $8) ORDER BY a.name_fold COLLATE "C", a.id COLLATE "C" LIMIT $7`,
		string(f.Kind), string(f.State), string(f.Channel), like, afterFold, afterID, limit, f.Market)
}

// called finds companies of a kind by the folded forms of their ids or names; those that aren't closed or waiting.
func called(ctx context.Context, q db.Querier, k actor.Kind, folds []string, use func(id, nameFold string)) error {
	in, args := db.In(2, folds)
	return db.Each(ctx, q, func(r db.Row) (x [2]string, err error) { return x, r.Scan(&x[0], &x[1]) }, func(x [2]string) error { use(x[0], x[1]); return nil },
		`SELECT id, name_fold FROM account WHERE kind = $1 AND state NOT IN ('pending', 'refused') AND (name_fold IN `+in+` OR id IN `+in+`) ORDER BY id COLLATE "C"`,
		append([]any{string(k)}, args...)...)
}

// namesakes lists other companies whose name is the same to a reader.
func namesakes(ctx context.Context, q db.Querier, a Account) ([]Account, error) {
	return db.All(ctx, q, scan, `SELECT `+columns+` FROM account a WHERE a.kind = $1 AND a.name_fold = $2 AND a.id <> $3
		ORDER BY a.id COLLATE "C" LIMIT 10`, string(a.Kind), text.Fold(a.Name), a.ID)
}

const membershipColumns = `u.account_id, a.name, a.kind, a.state, u.id, u.identity_id, coalesce(r.role, '')`

// eachMembership gathers the roles of consecutive rows of one user.
func eachMembership(ctx context.Context, q db.Querier, query string, args ...any) ([]login.Membership, error) {
	type row struct {
		login.Membership
		state State
		role  actor.Role
	}
	rows, err := db.All(ctx, q, func(r db.Row) (x row, err error) {
		return x, r.Scan(&x.Account, &x.AccountName, &x.Kind, &x.state, &x.User, &x.Identity, &x.role)
	}, query, args...)
	var out []login.Membership
	for _, x := range rows {
		if n := len(out); n == 0 || out[n-1].Account != x.Account || out[n-1].User != x.User {
			x.Frozen = x.state != Active
			out = append(out, x.Membership)
		}
		if x.role != "" {
			m := &out[len(out)-1]
			m.Roles = append(m.Roles, x.role)
		}
	}
	return out, err
}

const membershipsQuery = `SELECT ` + membershipColumns + ` FROM app_user u JOIN account a ON a.id = u.account_id
	LEFT JOIN user_role r ON r.account_id = u.account_id AND r.user_id = u.id
	WHERE u.identity_id = $1 AND u.state = 'active'
	ORDER BY CASE a.kind WHEN 'vendor' THEN 0 WHEN 'partner' THEN 1 ELSE 2 END, a.name_fold COLLATE "C", a.id COLLATE "C", r.role COLLATE "C"`

const memberQuery = `SELECT ` + membershipColumns + ` FROM app_user u JOIN account a ON a.id = u.account_id
	LEFT JOIN user_role r ON r.account_id = u.account_id AND r.user_id = u.id
	WHERE u.account_id = $1 AND u.id = $2 AND u.state = 'active' ORDER BY r.role COLLATE "C"`

func memberships(ctx context.Context, q db.Querier, identity string) ([]login.Membership, error) {
	return eachMembership(ctx, q, membershipsQuery, identity)
}

func member(ctx context.Context, q db.Querier, account, user string) ([]login.Membership, error) {
	return eachMembership(ctx, q, memberQuery, account, user)
}

// seating is memberQuery for the rows of another table.
var seating = login.Seating{
	Joins: ` LEFT JOIN app_user u ON u.account_id = k.account_id AND u.id = k.user_id AND u.state = 'active'
		LEFT JOIN account a ON a.id = u.account_id LEFT JOIN user_role r ON r.account_id = u.account_id AND r.user_id = u.id`,
	Columns:  `coalesce(a.name, ''), coalesce(a.kind, ''), coalesce(a.state, '') <> 'active', coalesce(u.identity_id, ''), coalesce(r.role, '')`,
	Identity: `u.identity_id`,
}

const userColumns = `u.account_id, u.id, u.identity_id, u.name, u.email, u.state, u.created_at`

func scanUser(r db.Row) (u User, err error) {
	err = r.Scan(&u.Account, &u.ID, &u.Identity, &u.Name, &u.Email, &u.State, db.Time(&u.CreatedAt))
	return u, err
}

type userRole struct {
	user string
	role actor.Role
}

func rolesOf(ctx context.Context, q db.Querier, account string) (map[string][]actor.Role, error) {
	rows, err := db.All(ctx, q, func(r db.Row) (x userRole, err error) { return x, r.Scan(&x.user, &x.role) },
		`SELECT user_id, role FROM user_role WHERE account_id = $1 ORDER BY user_id, role COLLATE "C"`, account)
	out := map[string][]actor.Role{}
	for _, x := range rows {
		out[x.user] = append(out[x.user], x.role)
	}
	return out, err
}

func users(ctx context.Context, q db.Querier, account string) ([]User, error) {
	us, err := db.All(ctx, q, scanUser, `SELECT `+userColumns+` FROM app_user u WHERE u.account_id = $1 ORDER BY u.state, u.id COLLATE "C"`, account)
	if err != nil {
		return nil, err
	}
	roles, err := rolesOf(ctx, q, account)
	for i := range us {
		us[i].Roles = roles[us[i].ID]
	}
	return us, err
}

func oneUser(ctx context.Context, q db.Querier, account, id string) (User, error) {
	u, err := db.One(ctx, q, scanUser, `SELECT `+userColumns+` FROM app_user u WHERE u.account_id = $1 AND u.id = $2`, account, id)
	if err != nil {
		return u, err
	}
	roles, err := rolesOf(ctx, q, account)
	u.Roles = roles[id]
	return u, err
}

func userOfIdentity(ctx context.Context, q db.Querier, account, identity string) (User, error) {
	return db.One(ctx, q, scanUser, `SELECT `+userColumns+` FROM app_user u WHERE u.account_id = $1 AND u.identity_id = $2`, account, identity)
}

func insertUser(ctx context.Context, tx *db.Tx, u User) error {
	return db.Change(ctx, tx, `INSERT INTO app_user (account_id, id, identity_id, name, email, state, created_at, changed_at)
		VALUES ($1, $2, $3, $4, $5, 'active', $6, $6)`, u.Account, u.ID, u.Identity, u.Name, u.Email, db.Micros(tx.Now))
}

func setUserState(ctx context.Context, tx *db.Tx, account, id string, from, to UserState) error {
	return db.Change(ctx, tx, `UPDATE app_user SET state = $4, changed_at = $5 WHERE account_id = $1 AND id = $2 AND state = $3`,
		account, id, string(from), string(to), db.Micros(tx.Now))
}

func setRoles(ctx context.Context, tx *db.Tx, account, user string, roles []actor.Role) error {
	if _, err := db.Exec(ctx, tx, `DELETE FROM user_role WHERE account_id = $1 AND user_id = $2`, account, user); err != nil {
		return err
	}
	for _, r := range roles {
		err := db.Change(ctx, tx, `INSERT INTO user_role (account_id, user_id, role) VALUES ($1, $2, $3)
			ON CONFLICT (account_id, user_id, role) DO UPDATE SET role = excluded.role`, account, user, string(r))
		if err != nil {
			return err
		}
	}
	return nil
}

// activeWith counts the active users of an account who have a role.
func activeWith(ctx context.Context, q db.Querier, account string, role actor.Role) (int64, error) {
	return db.One(ctx, q, db.Int, `SELECT count(*) FROM user_role r JOIN app_user u ON u.account_id = r.account_id AND u.id = r.user_id
		WHERE r.account_id = $1 AND r.role = $2 AND u.state = 'active'`, account, string(role))
}

// purge deletes registrations whose address nobody confirmed for a week.
func purge(ctx context.Context, tx *db.Tx) error {
	ids, err := db.All(ctx, tx, db.String, `DELETE FROM registration WHERE state = 'unconfirmed' AND created_at < $1 RETURNING account_id`,
		db.Micros(tx.Now.Add(-7*24*time.Hour)))
	for _, id := range ids {
		if err := db.Change(ctx, tx, `DELETE FROM account WHERE id = $1 AND state = 'pending'`, id); err != nil {
			return err
		}
	}
	return err
}

// EachPartner streams all partner accounts by id, for passes over the whole channel. It asks no permission.
func EachPartner(ctx context.Context, q db.Querier, use func(Account) error) error {
	return db.Each(ctx, q, scan, use, `SELECT `+columns+` FROM account a WHERE a.kind = 'partner' ORDER BY a.id COLLATE "C"`)
}

// CountPartners is how many EachPartner streams. It asks no permission.
func CountPartners(ctx context.Context, q db.Querier) (int64, error) {
	return db.One(ctx, q, db.Int, `SELECT count(*) FROM account WHERE kind = 'partner'`)
}
