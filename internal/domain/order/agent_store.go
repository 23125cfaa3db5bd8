package order

import (
	"context"
	"errors"

	"hanse/internal/kit/actor"
	"hanse/internal/kit/db"
	"hanse/internal/kit/fault"
)

const agentColumns = `a.account_id, a.id, a.no, a.account_name, a.partner_id, a.partner_name, a.state, a.words, a.answer, a.asked_by, a.asked_name, a.ended_by,
	a.ended_name, a.created_at, a.ended_at, a.edition, o.kind, o.state, o.level, o.from_level, o.term_unit, o.term_num, o.packs, o.currency, o.due, o.actual,
	o.way, o.deadline`

const agentFrom = ` FROM agent_payment a JOIN plan_order o ON o.account_id = a.account_id AND o.no = a.no`

// scanAgent reads a request with what it must know of its order.
func scanAgent(r db.Row) (x AgentPay, err error) {
	o := &x.Order
	err = r.Scan(&x.Account, &x.ID, &x.No, &x.AccountName, &x.Partner, &x.PartnerName, &x.State, &x.Words, &x.Answer, &x.AskedBy, &x.AskedName, &x.EndedBy,
		&x.EndedName, db.Time(&x.CreatedAt), db.Time(&x.EndedAt), &x.Edition, &o.Kind, &o.State, &o.Level, &o.From, &o.Term.Unit, &o.Term.Num, &o.Packs,
		&o.Currency, &o.Due, &o.Actual, &o.Way, db.Time(&o.Deadline))
	o.Account, o.AccountName, o.No, x.Minor = x.Account, x.AccountName, x.No, o.Due
	if x.State == AgentPaid {
		x.Minor = o.Actual
	}
	return x, err
}

// insertAgent is false when the order has an open request already.
func insertAgent(ctx context.Context, tx *db.Tx, x AgentPay) (bool, error) {
	n, err := db.Exec(ctx, tx, `INSERT INTO agent_payment (account_id, id, no, slot, account_name, partner_id, partner_name, state, words, answer, asked_by,
		asked_name, ended_by, ended_name, created_at, edition) VALUES ($1, $2, $3, 'open', $4, $5, $6, $7, $8, '', $9, $10, '', '', $11, 1)
		ON CONFLICT (account_id, no, slot) DO NOTHING`,
		x.Account, x.ID, x.No, x.AccountName, x.Partner, x.PartnerName, string(x.State), x.Words, x.AskedBy, x.AskedName, db.Micros(x.CreatedAt))
	return n == 1, err
}

// holdAgent makes others wait; it's false when the request is over.
func holdAgent(ctx context.Context, tx *db.Tx, x AgentPay) (bool, error) {
	n, err := db.Exec(ctx, tx, `UPDATE agent_payment SET edition = edition + 1 WHERE account_id = $1 AND id = $2 AND state = 'REQUESTED'`, x.Account, x.ID)
	return n == 1, err
}

// endAgent is false when the request was over before.
func endAgent(ctx context.Context, tx *db.Tx, x AgentPay) (bool, error) {
	n, err := db.Exec(ctx, tx, `UPDATE agent_payment SET state = $3, slot = id, answer = $4, ended_by = $5, ended_name = $6, ended_at = $7, edition = edition + 1
		WHERE account_id = $1 AND id = $2 AND state = 'REQUESTED'`,
		x.Account, x.ID, string(x.State), x.Answer, x.EndedBy, x.EndedName, db.Micros(x.EndedAt))
	return n == 1, err
}

func agentByID(ctx context.Context, q db.Querier, id string) (AgentPay, error) {
	x, err := db.One(ctx, q, scanAgent, `SELECT `+agentColumns+agentFrom+` WHERE a.id = $1`, id)
	if errors.Is(err, db.ErrNoRow) {
		err = fault.NotFound()
	}
	return x, err
}

// OpenAgent is the open request of an order, for callers who may see the order.
func OpenAgent(ctx context.Context, q db.Querier, account, no string) (x AgentPay, ok bool, err error) {
	x, err = db.One(ctx, q, scanAgent, `SELECT `+agentColumns+agentFrom+` WHERE a.account_id = $1 AND a.no = $2 AND a.slot = 'open'`, account, no)
	if errors.Is(err, db.ErrNoRow) {
		return x, false, nil
	}
	return x, err == nil, err
}

// LastAgent is the newest request of an order, for callers who may see the order.
func LastAgent(ctx context.Context, q db.Querier, account, no string) (x AgentPay, ok bool, err error) {
	x, err = db.One(ctx, q, scanAgent, `SELECT `+agentColumns+agentFrom+` WHERE a.account_id = $1 AND a.no = $2 ORDER BY a.id COLLATE "C" DESC LIMIT 1`, account, no)
	if errors.Is(err, db.ErrNoRow) {
		return x, false, nil
	}
	return x, err == nil, err
}

// An AgentFilter narrows requests, newest first; zero values don't. Own lists those that the own account made; without
// it a partner sees those made to it. After is the id of the last one seen.
type AgentFilter struct {
	Own   bool
	State AgentState
	After string
	Limit int // 1 to 500; 0 = 50
}

// Agents pages through requests to pay on behalf: those to the own account or by it, for the vendor's staff all. next is
// where the next page begins. Who sees orders may.
func (s *Service) Agents(ctx context.Context, by actor.Actor, f AgentFilter) (out []AgentPay, next string, err error) {
	if err := by.May(actor.ViewOrders); err != nil {
		return nil, "", err
	}
	if f.Limit <= 0 || f.Limit > 500 {
		f.Limit = 50
	}
	buyer, partner := "", ""
	switch {
	case by.Vendor():
	case by.Kind == actor.Partner && !f.Own:
		partner = by.Account
	default:
		buyer = by.Account
	}
	out, err = db.All(ctx, s.db.Read(), scanAgent, `SELECT `+agentColumns+agentFrom+` WHERE ($1 = '' OR a.account_id = $1) AND ($2 = '' OR a.partner_id = $2)
		AND ($3 = '' OR a.state = $3) AND ($4 = '' OR a.id COLLATE "C" < $4) ORDER BY a.id COLLATE "C" DESC LIMIT $5`, buyer, partner, string(f.State), f.After, f.Limit+1)
	if len(out) > f.Limit {
		out = out[:f.Limit]
		next = out[f.Limit-1].ID
	}
	return out, next, err
}

// AgentOf returns a request by or to the own account; for the vendor's staff any. Order is whole. Who sees orders may.
func (s *Service) AgentOf(ctx context.Context, by actor.Actor, request string) (x AgentPay, err error) {
	if err := by.May(actor.ViewOrders); err != nil {
		return x, err
	}
	if x, err = agentByID(ctx, s.db.Read(), request); err != nil {
		return x, err
	}
	if !by.Vendor() && x.Partner != by.Account && x.Account != by.Account {
		return AgentPay{}, fault.NotFound()
	}
	x.Order, err = Get(ctx, s.db.Read(), x.Account, x.No)
	return x, err
}
