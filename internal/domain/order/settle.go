package order

import (
	"context"

	"hanse/internal/domain/account"
	"hanse/internal/domain/entitlement"
	"hanse/internal/domain/ledger"
	"hanse/internal/domain/product"
	"hanse/internal/domain/rate"
	"hanse/internal/domain/subscription"
	"hanse/internal/domain/treasury"
	"hanse/internal/kit/actor"
	"hanse/internal/kit/db"
	"hanse/internal/kit/fault"
)

// A payer is whose money an order takes, and how it came.
type payer struct {
	Account, Name string
	Way           Way
	Payment       string // the online one
}

// ready tells whether an order can still be paid and carried out: why is nil, or the refusal. It holds the plan.
func (s *Service) ready(ctx context.Context, tx *db.Tx, o Order) (g ground, why, err error) {
	plan, has, err := subscription.Hold(ctx, tx, o.Account)
	if err != nil {
		return g, nil, err
	}
	if g, err = s.ground(ctx, tx, o.Account, tx.Now); err != nil {
		return g, nil, err
	}
	if has {
		g.plan = plan
	}
	stale := refuse(Stale, nil)
	switch {
	case o.State != Pending:
		return g, moved(o), nil
	case o.Overdue(tx.Now):
		return g, refuse(Late, nil), nil
	case o.Kind == Buy && has,
		o.Kind == Renew && (!has || plan.ID != o.Subscription || plan.Version != o.Base),
		o.Kind == Change && (!has || plan.ID != o.Subscription || plan.Version != o.Base || plan.State != subscription.Active),
		o.Kind == Pack && (!has || plan.Serves() != rate.Standard):
		return g, stale, nil
	}
	if o.Source == FromSystem {
		return g, nil, nil // the automatic renewal asked before it made the order
	}
	err = s.allowedBut(ctx, tx, g, o)
	if fault.KindOf(err) != "" {
		return g, err, nil
	}
	return g, nil, err
}

// settle pays an order that the transaction holds, from its first to its last step: coupons, money, plan, entitlements,
// state, audit row, event. An error gives the whole transaction up.
func (s *Service) settle(ctx context.Context, tx *db.Tx, by actor.Actor, verb actor.Verb, o *Order, g ground, p payer) error {
	b, err := s.final(ctx, tx, o)
	if err != nil {
		return err
	}
	var off product.Offer
	if b.chosen.Offer != nil {
		if off, err = product.OfferOf(ctx, tx, b.chosen.Offer.ID); err != nil {
			return err
		}
	}
	if p.Way == Agent && len(b.chosen.Coupons) > 0 {
		return refuse(NotChosen)
	}
	if err := use(ctx, tx, by, *o, b, off); err != nil {
		return err
	}
	o.put(b)
	o.Paid.Paid = b.paid()
	if err := o.charge(ctx, tx, by, verb, b.money, p); err != nil {
		return err
	}
	o.Actual, o.Way, o.PaidBy, o.PaidByName, o.PaidAt = o.Paid.Actual(), p.Way, p.Account, p.Name, tx.Now
	if p.Payment != "" {
		o.Payment = p.Payment
	}
	if err := provision(ctx, tx, by, o, g.plan); err != nil {
		return err
	}
	o.State, o.DoneAt = Completed, tx.Now
	if err := save(ctx, tx, *o, Pending); err != nil {
		return err
	}
	if err := orderOver(ctx, tx, by, verb, *o); err != nil {
		return err
	}
	c := o.changed("paid", o.Actual)
	if o.Kind != Pack {
		c.Expires = o.Price.End
	}
	return note(ctx, tx, by, verb, *o, c)
}

// final is an order's bill at the instant of paying: a purchase begins now, the others stay as they were quoted.
func (s *Service) final(ctx context.Context, tx *db.Tx, o *Order) (bill, error) {
	at := o.QuotedAt
	if o.Kind == Buy {
		o.QuotedAt = tx.Now
	}
	b, err := s.price(ctx, tx, *o, o.Chosen.Choice, tx.Now)
	o.QuotedAt = at
	return b, err
}

// charge moves the money: from allocated, cash, then credit of the payer to the vendor's revenue.
func (o *Order) charge(ctx context.Context, tx *db.Tx, by actor.Actor, verb actor.Verb, minor int64, p payer) error {
	o.Paid.Cash = 0
	if minor == 0 {
		return nil
	}
	vendor, err := account.VendorAccount(ctx, tx)
	if err != nil {
		return err
	}
	if err := ledger.OpenBook(ctx, tx, p.Account, vendor.ID); err != nil {
		return err
	}
	from, err := treasury.Sources(ctx, tx, p.Account, o.Currency, minor)
	if err != nil {
		return err
	}
	post := ledger.Posting{Book: p.Account, Key: "order:" + o.No, Kind: ledger.Consume, Scene: "order", Memo: o.No, Subject: "order:" + o.No, Verb: verb}
	to := ledger.Place{Owner: vendor.ID, Kind: ledger.Revenue, Unit: o.Currency}
	for _, x := range from {
		post.Moves = append(post.Moves, ledger.Move{From: x.Place, To: to, Minor: x.Minor})
		switch x.Place.Kind {
		case ledger.Credit:
			o.Paid.Credit += x.Minor
		case ledger.Allocated:
			o.Paid.Cash += x.Minor
			o.Paid.Allocated += x.Minor
		default:
			o.Paid.Cash += x.Minor
		}
	}
	_, err = ledger.Post(ctx, tx, by, post)
	return err
}

// provision carries a paid order out.
func provision(ctx context.Context, tx *db.Tx, by actor.Actor, o *Order, plan subscription.Subscription) (err error) {
	agent := o.PaidBy != o.Account
	promotion := o.Chosen.Offer != nil && o.Chosen.Offer.Kind == product.Promotion
	paid := o.Paid.Paid
	switch o.Kind {
	case Pack:
		return entitlement.OnPack(ctx, tx, by, o.Account, o.No, int64(o.Packs), tx.Now)
	case Buy:
		h := rate.History{}.Bought(o.No, *o.Price, paid, tx.Now).Flag(o.No, promotion && !o.Chosen.Offer.NoReason, agent, false)
		s, err := subscription.Begin(ctx, tx, by, o.Account, o.AccountName, o.No, h)
		o.Subscription = s.ID
		return err
	case Renew:
		h := plan.History.Renewed(o.No, *o.Price, paid, tx.Now).Flag(o.No, promotion, agent, false)
		return subscription.Rewrite(ctx, tx, by, &plan, h, subscription.Renewed, o.No)
	}
	return subscription.Rewrite(ctx, tx, by, &plan, plan.History.Upgraded(o.No, *o.Price, paid, tx.Now), subscription.Levelled, o.No)
}

// cancel ends a pending order that the transaction holds. Its coupons are free again.
func cancel(ctx context.Context, tx *db.Tx, by actor.Actor, verb actor.Verb, o *Order, why Cause) error {
	if !May(o.State, Cancelled) || o.State == Processing {
		return moved(*o)
	}
	if err := free(ctx, tx, *o); err != nil {
		return err
	}
	from := o.State
	o.State, o.Cause, o.DoneAt = Cancelled, why, tx.Now
	if err := save(ctx, tx, *o, from); err != nil {
		return err
	}
	if err := orderOver(ctx, tx, by, verb, *o); err != nil {
		return err
	}
	return note(ctx, tx, by, verb, *o, o.changed("cancelled", o.Due))
}
