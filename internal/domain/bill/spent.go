package bill

import (
	"context"

	"hanse/internal/kit/db"
)

// Spending is what customers used, in hundred-millionths of the unit: at the price they pay, and at list prices.
type Spending struct{ Amount, Listed int64 }

// Spent sums what customers of a partner used in the cycles from one on (YYYY-MM), by customer; those who used nothing
// are left out. At most a few hundred customers.
func Spent(ctx context.Context, q db.Querier, partner string, customers []string, from string) (map[string]Spending, error) {
	out := map[string]Spending{}
	if len(customers) == 0 {
		return out, nil
	}
	type row struct {
		customer string
		Spending
	}
	in, args := db.In(3, customers)
	err := db.Each(ctx, q, func(r db.Row) (x row, err error) { return x, r.Scan(&x.customer, &x.Amount, &x.Listed) },
		func(x row) error { out[x.customer] = x.Spending; return nil },
		`SELECT account_id, CAST(sum(amount) AS BIGINT), CAST(sum(listed) AS BIGINT) FROM charge
		WHERE partner_id = $1 AND cycle >= $2 AND account_id IN `+in+` GROUP BY account_id`, append([]any{partner, from}, args...)...)
	return out, err
}

// Consumed tells whether a customer used anything that was charged, in any cycle.
func Consumed(ctx context.Context, q db.Querier, customer string) (bool, error) {
	n, err := db.One(ctx, q, db.Int, `SELECT count(*) FROM (SELECT 1 FROM charge WHERE account_id = $1 AND amount > 0 LIMIT 1) one`, customer)
	return n > 0, err
}
