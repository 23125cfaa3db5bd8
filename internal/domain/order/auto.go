package order

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"slices"

	"hanse/internal/domain/account"
	"hanse/internal/domain/distribution"
	"hanse/internal/domain/ledger"
	"hanse/internal/domain/product"
	"hanse/internal/domain/subscription"
	"hanse/internal/domain/treasury"
	"hanse/internal/domain/voucher"
	"hanse/internal/kit/actor"
	"hanse/internal/kit/audit"
	"hanse/internal/kit/db"
	"hanse/internal/kit/fault"
	"hanse/internal/kit/i18n"
	"hanse/internal/kit/jobs"
	"hanse/internal/kit/outbox"
)

// renewByItself tries one automatic renewal, at the job's instant. One that fails is told of and tried again the next
// day, until the last day of retention.
func (s *Service) renewByItself(ctx context.Context, tx *db.Tx, j jobs.Job) error {
	var x subscription.Ref
	if err := json.Unmarshal(j.Payload, &x); err != nil {
		return err
	}
	plan, has, err := subscription.Hold(ctx, tx, x.Account)
	if err != nil || !has || plan.ID != x.Subscription || !plan.RenewsAt(tx.Now) {
		return err
	}
	g, err := s.ground(ctx, tx, x.Account, tx.Now)
	if err != nil {
		return err
	}
	g.plan = plan
	why, err := s.renewNow(ctx, tx, g)
	if err != nil || why == nil {
		return err
	}
	if err := subscription.Retry(ctx, tx, plan); err != nil || WhyOf(why) == Frozen {
		return err // a frozen customer isn't renewed, and its partner knows
	}
	by := actor.Program("order")
	detail := map[string]any{"did": "auto_failed", "why": why.Error()}
	if err := audit.Record(ctx, tx, by, actor.RunPlans, audit.Subject{Kind: "plan", ID: plan.ID, Account: plan.Account}, detail); err != nil {
		return err
	}
	c := Changed{What: "auto_failed", Account: plan.Account, AccountName: plan.AccountName, No: plan.ID, Kind: Renew, Level: plan.Level, Currency: Currency,
		Automatic: true, Expires: plan.Expires, Subscription: plan.ID, Why: reasonOf(why)}
	var short *ledger.Refusal
	if errors.As(why, &short) {
		c.Minor = short.Need
	}
	return outbox.Append(ctx, tx, c)
}

// reasonOf is why a renewal failed, for the message: a word of this package, or "short" for money.
func reasonOf(err error) string {
	if w := WhyOf(err); w != "" {
		return string(w)
	}
	var short *ledger.Refusal
	if errors.As(err, &short) {
		return "short"
	}
	return "other"
}

// renewNow orders and pays one term with the best discount and the largest voucher; why says what stands against it.
func (s *Service) renewNow(ctx context.Context, tx *db.Tx, g ground) (why, err error) {
	level, err := distribution.FrozenBy(ctx, tx, g.account.ID, tx.Now)
	if err != nil {
		return nil, err
	}
	if level != distribution.NotFrozen || g.account.State == account.Frozen {
		return refuse(Frozen), nil
	}
	for _, ask := range []func() error{func() error { return alone(ctx, tx, g.account.ID, Renew, "") }, func() error { return named(ctx, tx, g.account.ID, tx.Now) }} {
		if err := ask(); fault.KindOf(err) != "" {
			return err, nil
		} else if err != nil {
			return nil, err
		}
	}
	q := Quote{Ask: Ask{Kind: Renew, Term: g.plan.RenewTerm}, At: g.at, Plan: g.plan, Catalogue: g.cat.Version}
	if err := q.sale(g, nil); err != nil {
		return asFault(err), nil
	}
	by := actor.Program("order")
	o, err := draft(tx, by, q, g, Placing{})
	if err != nil {
		return nil, err
	}
	o.Source = FromSystem
	if err := s.deadline(ctx, tx, &o, g); err != nil {
		return nil, err
	}
	b, err := s.best(ctx, tx, o)
	if err != nil {
		return nil, err
	}
	if b.money > 0 {
		if _, err := treasury.Sources(ctx, tx, o.Account, o.Currency, b.money); err != nil {
			var short *ledger.Refusal
			if errors.As(err, &short) {
				return short, nil
			}
			return nil, err
		}
	}
	o.put(b)
	if err := s.store(ctx, tx, by, &o, "placed"); err != nil {
		return nil, err
	}
	if err := subscription.Spend(ctx, tx, &g.plan); err != nil {
		return nil, err
	}
	return nil, s.settle(ctx, tx, by, actor.RunPlans, &o, g, payer{Account: o.Account, Name: o.AccountName, Way: Balance})
}

// best finds the lowest price among the discounts of an order, a commercial one before a promotion when they come to the
// same, and adds the voucher with the largest balance that fits. A discount with which nothing can be had is left out.
func (s *Service) best(ctx context.Context, tx *db.Tx, o Order) (bill, error) {
	offers, err := product.Discounts(ctx, tx, o.Account, tx.Now)
	if err != nil {
		return bill{}, err
	}
	offers = slices.DeleteFunc(offers, func(x product.Offer) bool { return !x.Fits(product.OrderRenew, o.Level) })
	slices.SortStableFunc(offers, func(a, b product.Offer) int { return cmp.Compare(rank(a.Kind), rank(b.Kind)) })
	out, err := s.price(ctx, tx, o, Choice{}, tx.Now)
	if err != nil {
		return out, err
	}
	for _, x := range offers {
		b, err := s.price(ctx, tx, o, Choice{Discount: x.ID}, tx.Now)
		if fault.KindOf(err) != "" {
			continue
		}
		if err != nil {
			return out, err
		}
		if b.price.Due < out.price.Due {
			out = b
		}
	}
	return s.withVoucher(ctx, tx, o, out)
}

// rank orders discounts of the same price: commercial, a partner's, promotion.
func rank(k product.OfferKind) int {
	switch k {
	case product.Commercial:
		return 0
	case product.Promotion:
		return 2
	}
	return 1
}

// withVoucher adds the voucher with the largest balance.
func (s *Service) withVoucher(ctx context.Context, tx *db.Tx, o Order, b bill) (bill, error) {
	all, err := voucher.UsableBy(ctx, tx, o.Account, tx.Now)
	if err != nil {
		return b, err
	}
	slices.SortStableFunc(all, func(x, y voucher.Voucher) int { return cmp.Compare(y.Balance, x.Balance) })
	for _, v := range all {
		if v.LockOrder != "" || v.Currency != Currency {
			continue
		}
		with, err := s.price(ctx, tx, o, Choice{Discount: b.chosen.Discount, Coupons: []string{v.ID}}, tx.Now)
		if fault.KindOf(err) != "" {
			continue
		}
		return with, err
	}
	return b, nil
}

// Msg is why an automatic renewal failed, in words.
func (c Changed) Msg() i18n.Msg {
	switch c.Why {
	case "short":
		return i18n.M("order.auto.short")
	case string(OpenOrder):
		return i18n.M("order.auto.open_order")
	case string(NoRealName):
		return i18n.M("order.auto.no_real_name")
	}
	return i18n.M("order.auto.other")
}
