package ledger

import (
	"context"
	"strconv"

	"hanse/internal/kit/db"
)

// Spenders are owners who paid for anything since the beginning of a year, by id, after the one that the page before
// ended with.
func Spenders(ctx context.Context, q db.Querier, year int, after string, limit int) ([]string, error) {
	return db.All(ctx, q, db.String, `SELECT DISTINCT m.account_id FROM ledger_month m WHERE m.account_id > $1 AND m.month >= $2 AND m.kind = 'consume'
		ORDER BY m.account_id LIMIT $3`, after, strconv.Itoa(year)+"-01", limit)
}
