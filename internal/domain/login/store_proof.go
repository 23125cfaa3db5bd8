package login

import (
	"context"
	"slices"
	"time"

	"hanse/internal/kit/actor"
	"hanse/internal/kit/db"
)

// few rounds a list up to a power of two by repeating its last value: PostgreSQL then plans a handful of statements
// once, and not one for every number of values.
func few(values []string) []string {
	if len(values) == 0 {
		return nil
	}
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

// full appends a list, filled up like few, as arguments, and tells how long it became.
func full(args []any, values []string) ([]any, int) {
	n := len(args)
	for _, v := range few(values) {
		args = append(args, v)
	}
	return args, len(args) - n
}

// A Seating is how a statement about rows k with an account_id and a user_id reads, in the same round trip, who they are
// by now: nothing that is kept in between could be out of date. See Directory.
type Seating struct {
	// Joins are LEFT JOINs to k: of a user who isn't active there's nothing, of the others a row for each role.
	Joins string
	// Columns are the account's name and kind, whether nobody can act for it, the user's identity and one role. All of
	// them are texts but the third, a truth value, and none is ever NULL: a user who isn't active has no identity.
	Columns string
	// Identity is the user's identity in Joins, which may be NULL.
	Identity string
}

// The parts of the statements that look up proofs.
const (
	byKey = `SELECT k.access_key, k.account_id, k.user_id, k.secret, k.state, k.last_used_at, k.ends_at, ` + theirs + `, `
	ofKey = ` JOIN access_key k ON k.access_key = w.v`

	byHash = `SELECT k.hash, k.account_id, k.user_id, '', '', CAST(NULL AS BIGINT), k.expires_at, ` + theirs + `, `
	ofHash = ` JOIN token k ON k.purpose = 'api' AND k.hash = w.v`

	// theirs are the columns of a sign-in that may be gone.
	theirs = `coalesce(i.id, ''), coalesce(i.name, ''), coalesce(i.person_id, ''), coalesce(i.lang, '')`

	// isSpent stands where a key has its state, for the signatures that come in the rows of keys.
	isSpent   = "spent"
	andSpents = ` UNION ALL SELECT id, '', '', '', '` + isSpent + `', CAST(NULL AS BIGINT), CAST(NULL AS BIGINT), '', '', '', '', '', '', TRUE, '', ''
		FROM nonce WHERE id IN `
)

// A proofText names one of the few statements that look up proofs: for how many tokens, or keys and signatures.
type proofText struct{ tokens, keys, nonces int }

// proofText makes a statement, once.
func (s *Service) proofText(x proofText) string {
	if made, ok := s.proofTexts.Load(x); ok {
		return made.(string)
	}
	proofs, joins := x.keys+x.tokens, s.seating.Joins+` LEFT JOIN identity i ON i.id = `+s.seating.Identity
	with, _ := db.Wanted(1, make([]string, proofs))
	from := s.seating.Columns + ` FROM (SELECT DISTINCT v FROM wanted) w` // the list may be filled up
	made := with + byKey + from + ofKey + joins
	if x.tokens > 0 {
		made = with + byHash + from + ofHash + joins
	}
	if x.nonces > 0 {
		in, _ := db.In(proofs+1, make([]struct{}, x.nonces))
		made += andSpents + in
	}
	s.proofTexts.Store(x, made)
	return made
}

// A proofRow is a proof with one of the roles of its user.
type proofRow struct {
	proved
	role actor.Role
}

// scanProofs reads all of its rows into the same room.
func scanProofs() func(db.Row) (*proofRow, error) {
	x := &proofRow{}
	k, m, who := &x.key, &x.member, &x.who
	dest := []any{&k.AccessKey, &k.Account, &k.User, &k.sealed, &k.State, db.Time(&k.LastUsed), db.Time(&k.Ends), &who.id, &who.name, &who.person,
		&who.lang, &m.AccountName, (*string)(&m.Kind), &m.Frozen, &m.Identity, (*string)(&x.role)}
	return func(r db.Row) (*proofRow, error) { return x, r.Scan(dest...) }
}

// keys finds access keys with whose they are, and tells which signatures were used up, in one round trip.
func (s *Service) keys(ctx context.Context, q db.Querier, in *lookup) error {
	if len(in.keys) == 0 {
		return nil
	}
	args, keys := full(make([]any, 0, 2*(len(in.keys)+len(in.nonces))), in.keys)
	args, nonces := full(args, in.nonces)
	return db.Each(ctx, q, scanProofs(), func(x *proofRow) error {
		if x.key.State == isSpent {
			in.spent[x.key.AccessKey] = true
		} else {
			in.add(proof{key: x.key.AccessKey}, x)
		}
		return nil
	}, s.proofText(proofText{keys: keys, nonces: nonces}), args...)
}

// tokens finds tokens of the API that live, by their hashes, with whose they are.
func (s *Service) tokens(ctx context.Context, q db.Querier, in *lookup, wall time.Time) error {
	if len(in.tokens) == 0 {
		return nil
	}
	args, n := full(make([]any, 0, 2*len(in.tokens)), in.tokens)
	return db.Each(ctx, q, scanProofs(), func(x *proofRow) error {
		if x.key.Ends.After(wall) {
			in.add(proof{token: x.key.AccessKey}, x)
		}
		return nil
	}, s.proofText(proofText{tokens: n}), args...)
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
