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
	facts   ServiceFacts
}

// eachServiceFacts streams the facts in force at an instant, by partner.
func eachServiceFacts(ctx context.Context, q db.Querier, at time.Time, use func(ownedFacts) error) error {
	return db.Each(ctx, q, func(r db.Row) (o ownedFacts, err error) {
		var body string
		if err = r.Scan(&o.account, db.Time(&o.facts.EffectiveAt), &body); err != nil {
			return o, err
		}
		return o, json.Unmarshal([]byte(body), &o.facts)
	}, use, `SELECT f.account_id, f.effective_at, f.facts FROM service_facts f JOIN
		(SELECT account_id, max(effective_at) AS effective_at FROM service_facts WHERE effective_at <= $1 GROUP BY account_id) n
		ON n.account_id = f.account_id AND n.effective_at = f.effective_at ORDER BY f.account_id COLLATE "C"`, db.Micros(at))
}
