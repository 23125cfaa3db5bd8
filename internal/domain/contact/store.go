package contact

import (
	"context"
	"strings"
	"time"

	"hanse/internal/kit/db"
	"hanse/internal/kit/text"
)

const columns = `account_id, id, way, value, user_id, verified_at, expires_at`

func scan(r db.Row) (v Verified, err error) {
	return v, r.Scan(&v.Account, &v.ID, &v.Way, &v.Value, &v.User, db.Time(&v.At), db.Time(&v.Until))
}

// put keeps a contact; one that was there keeps its id.
func put(ctx context.Context, tx *db.Tx, v Verified) (Verified, error) {
	return db.One(ctx, tx, scan, `INSERT INTO verified_contact (`+columns+`) VALUES ($1, $2, $3, $4, $5, $6, $7)
		ON CONFLICT (account_id, way, value) DO UPDATE SET user_id = excluded.user_id, verified_at = excluded.verified_at, expires_at = excluded.expires_at
		RETURNING `+columns, v.Account, v.ID, int64(v.Way), v.Value, v.User, db.Micros(v.At), db.Micros(v.Until))
}

func readContact(ctx context.Context, q db.Querier, account string, c Contact) (Verified, error) {
	return db.One(ctx, q, scan, `SELECT `+columns+` FROM verified_contact WHERE account_id = $1 AND way = $2 AND value = $3`, account, int64(c.Way), c.Value)
}

func oneContact(ctx context.Context, q db.Querier, account, id string) (Verified, error) {
	return db.One(ctx, q, scan, `SELECT `+columns+` FROM verified_contact WHERE account_id = $1 AND id = $2`, account, id)
}

// narrowed is the condition of a list. An account has few contacts: its key is index enough.
const narrowed = ` FROM verified_contact WHERE account_id = $1 AND ($2 = '' OR id = $2) AND ($3 < 0 OR way = $3) AND ($4 = '' OR value LIKE $4 ESCAPE '!')
	AND ($5 = '' OR user_id = $5) AND expires_at > $6`

func listContacts(ctx context.Context, q db.Querier, account string, f Filter, at time.Time, offset, limit int) ([]Verified, int64, error) {
	way, value := int64(-1), ""
	if f.Way != nil {
		way = int64(*f.Way)
	}
	if f.Value != "" {
		value = db.Like(strings.TrimPrefix(text.Fold(f.Value), "+"))
	}
	since := at.UnixMicro()
	if f.Expired {
		since = 0
	}
	args := []any{account, f.ID, way, value, f.User, since}
	n, err := db.One(ctx, q, db.Int, `SELECT count(*)`+narrowed, args...)
	if err != nil {
		return nil, 0, err
	}
	list, err := db.All(ctx, q, scan, `SELECT `+columns+narrowed+` ORDER BY verified_at DESC, id COLLATE "C" LIMIT $7 OFFSET $8`, append(args, limit, offset)...)
	return list, n, err
}
