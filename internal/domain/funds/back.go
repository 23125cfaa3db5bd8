package funds

import (
	"context"

	"hanse/internal/domain/account"
	"hanse/internal/domain/ledger"
	"hanse/internal/kit/actor"
	"hanse/internal/kit/db"
	"hanse/internal/kit/fault"
	"hanse/internal/kit/i18n"
)

// ReturnAll gives what a customer has left back to its partner, because their association ends: in the caller's
// transaction, under the caller's verb, before the books are disconnected. It returns the minor units that went back.
// Conflict while something of it is held.
func ReturnAll(ctx context.Context, tx *db.Tx, by actor.Actor, partner, customer string) (int64, error) {
	from := ledger.Place{Owner: customer, Kind: ledger.Allocated, Unit: ledger.CNY}
	b, err := ledger.BalanceOf(ctx, tx, from)
	if err != nil {
		return 0, err
	}
	if b.Held > 0 {
		return 0, fault.Conflict(i18n.M("funds.held"))
	}
	if b.Minor <= 0 {
		return 0, nil
	}
	_, err = ledger.Post(ctx, tx, by, ledger.Posting{Book: partner, Kind: ledger.Unbind, Verb: actor.MoveFunds,
		Moves: []ledger.Move{{From: from, To: ledger.Place{Owner: partner, Kind: ledger.Cash, Unit: ledger.CNY}, Minor: b.Minor}},
		Fact:  Moved{Kind: ledger.Unbind, Partner: partner, Other: customer, Unit: ledger.CNY, Minor: b.Minor}})
	return b.Minor, err
}

// Names are the names of companies, for tables; unknown ids are left out.
func Names(ctx context.Context, q db.Querier, ids []string) (map[string]string, error) {
	out := map[string]string{}
	for len(ids) > 0 {
		part := ids[:min(500, len(ids))]
		ids = ids[len(part):]
		some, err := account.Names(ctx, q, part)
		if err != nil {
			return nil, err
		}
		for id, name := range some {
			out[id] = name
		}
	}
	return out, nil
}
