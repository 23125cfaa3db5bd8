package login

import (
	"context"
	"slices"
	"time"

	"hanse/internal/kit/db"
)

// few rounds a list up to a power of two by repeating its last value: PostgreSQL then plans a handful of statements
// once, and not one for every number of values.
func few(values []string) []string {
	n := 1
	for n < len(values) {
		n *= 2
	}
	out := slices.Grow(slices.Clone(values), n-len(values))
	for len(out) < n {
		out = append(out, values[len(values)-1])
	}
	return out
}

// theirs are the columns of a sign-in that may be gone.
const theirs = `coalesce(i.id, ''), coalesce(i.name, ''), coalesce(i.password, ''), coalesce(i.person_id, ''), coalesce(i.lang, ''),
	coalesce(i.theme, ''), coalesce(i.density, '')`

func (x *identity) dest() []any {
	return []any{&x.id, &x.name, &x.password, &x.person, &x.lang, &x.theme, &x.density}
}

// keysAndTheirs finds access keys, each with the sign-in of its user.
func keysAndTheirs(ctx context.Context, q db.Querier, keys []string) ([]proved, error) {
	if len(keys) == 0 {
		return nil, nil
	}
	in, args := db.In(1, few(keys))
	return db.All(ctx, q, func(r db.Row) (p proved, err error) {
		k := &p.key
		p.known = true
		return p, r.Scan(append([]any{&k.AccessKey, &k.Account, &k.User, &k.identity, &k.sealed, &k.State, db.Time(&k.LastUsed), db.Time(&k.Ends)},
			p.who.dest()...)...)
	}, `SELECT k.access_key, k.account_id, k.user_id, k.identity_id, k.secret, k.state, k.last_used_at, k.ends_at, `+theirs+`
		FROM access_key k LEFT JOIN identity i ON i.id = k.identity_id WHERE k.access_key IN `+in, args...)
}

// tokensAndTheirs finds tokens of the API that live, by their hashes, each with the sign-in of its user.
func tokensAndTheirs(ctx context.Context, q db.Querier, hashes []string, wall time.Time) (map[string]proved, error) {
	out := map[string]proved{}
	if len(hashes) == 0 {
		return out, nil
	}
	in, args := db.In(1, few(hashes))
	return out, db.Each(ctx, q, func(r db.Row) (p proved, err error) {
		return p, r.Scan(append([]any{&p.key.AccessKey, &p.key.Account, &p.key.User, db.Time(&p.key.Ends)}, p.who.dest()...)...)
	}, func(p proved) error {
		if !p.key.Ends.After(wall) {
			return nil
		}
		hash := p.key.AccessKey
		p.known, p.key.AccessKey = true, ""
		out[hash] = p
		return nil
	}, `SELECT t.hash, t.account_id, t.user_id, t.expires_at, `+theirs+` FROM token t LEFT JOIN identity i ON i.id = t.identity_id
		WHERE t.purpose = 'api' AND t.hash IN `+in, args...)
}

// spentNonces tells which of the signatures that are asked about were used up.
func spentNonces(ctx context.Context, q db.Querier, in []question) (map[string]bool, error) {
	var ids []string
	for _, x := range in {
		if x.nonce != "" {
			ids = append(ids, x.nonce)
		}
	}
	if len(ids) == 0 {
		return nil, nil
	}
	list, args := db.In(1, few(ids))
	spent := map[string]bool{}
	return spent, db.Each(ctx, q, db.String, func(id string) error {
		spent[id] = true
		return nil
	}, `SELECT id FROM nonce WHERE id IN `+list, args...)
}

// useAll remembers nonces and tells which ones nobody had used.
func useAll(ctx context.Context, tx *db.Tx, in []use) (map[string]bool, error) {
	var ids []string
	until := map[string]int64{}
	for _, u := range in {
		if _, twice := until[u.nonce]; u.nonce != "" && !twice {
			ids, until[u.nonce] = append(ids, u.nonce), u.until.UnixMicro()
		}
	}
	slices.Sort(ids) // two nodes with the same ones must not wait for each other
	ends := make([]int64, len(ids))
	for i, id := range ids {
		ends[i] = until[id]
	}
	fresh := make(map[string]bool, len(ids))
	rows := db.Set{Table: "nonce", Columns: []db.Column{{Name: "id", Values: ids}, {Name: "expires_at", Values: ends}}}
	err := db.Pipeline(ctx, tx, rows.Insert("ON CONFLICT (id) DO NOTHING").Returning("id", func(r db.Row) error {
		var id string
		err := r.Scan(&id)
		fresh[id] = true
		return err
	}))
	return fresh, err
}

// touchKeys stores that keys were used, unless somebody else just did.
func touchKeys(ctx context.Context, tx *db.Tx, in []use) error {
	var keys []string
	for _, u := range in {
		if u.key != "" {
			keys = append(keys, u.key)
		}
	}
	if len(keys) == 0 {
		return nil
	}
	slices.Sort(keys)
	list, args := db.In(3, few(slices.Compact(keys)))
	_, err := db.Exec(ctx, tx, `UPDATE access_key SET last_used_at = $1 WHERE (last_used_at IS NULL OR last_used_at <= $2)
		AND access_key IN `+list, append([]any{db.Micros(tx.Wall), db.Micros(tx.Wall.Add(-keyUseEvery))}, args...)...)
	return err
}

// nonceBite is how many nonces go at once.
const nonceBite = 5000

func purgeNonces(ctx context.Context, tx *db.Tx) (int64, error) {
	return db.Exec(ctx, tx, `DELETE FROM nonce WHERE id IN (SELECT id FROM nonce WHERE expires_at < $1 ORDER BY expires_at LIMIT $2)`,
		db.Micros(tx.Wall), nonceBite)
}
