package qualification

import (
	"context"
	"encoding/json"
	"time"

	"hanse/internal/kit/db"
)

func serviceFactsAt(ctx context.Context, q db.Querier, partner string, at time.Time) (ServiceFacts, error) {
	return none(db.One(ctx, q, scanServiceFacts, `SELECT effective_at, facts, changed_by FROM service_facts
		WHERE account_id = $1 AND effective_at <= $2 ORDER BY effective_at DESC LIMIT 1`, partner, db.Micros(at)))
}

func serviceFactsHistory(ctx context.Context, q db.Querier, partner string) ([]ServiceFacts, error) {
	return db.All(ctx, q, scanServiceFacts, `SELECT effective_at, facts, changed_by FROM service_facts
		WHERE account_id = $1 ORDER BY effective_at DESC`, partner)
}

func putServiceFacts(ctx context.Context, tx *db.Tx, partner string, f ServiceFacts, by string) error {
	body, err := json.Marshal(f)
	if err != nil {
		return err
	}
	return db.Change(ctx, tx, `INSERT INTO service_facts (account_id, effective_at, facts, changed_by) VALUES ($1, $2, $3, $4)
		ON CONFLICT (account_id, effective_at) DO UPDATE SET facts = excluded.facts, changed_by = excluded.changed_by`,
		partner, db.Micros(tx.Now), string(body), by)
}

// ownedFacts are the service facts of one partner in a stream.
type ownedFacts struct {
	account string
	body    string // JSON
}

// eachServiceFacts streams every edition up to an instant, by partner, the one in force last.
func eachServiceFacts(ctx context.Context, q db.Querier, at time.Time, use func(ownedFacts) error) error {
	return db.Each(ctx, q, func(r db.Row) (o ownedFacts, err error) { return o, r.Scan(&o.account, &o.body) }, use,
		`SELECT account_id, facts FROM service_facts WHERE effective_at <= $1 ORDER BY account_id COLLATE "C", effective_at`,
		db.Micros(at))
}
