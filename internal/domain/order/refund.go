package order

import (
	"context"
	"errors"
	"math/big"
	"slices"
	"strings"
	"unicode/utf8"

	"hanse/internal/domain/account"
	"hanse/internal/domain/ledger"
	"hanse/internal/domain/rate"
	"hanse/internal/domain/subscription"
	"hanse/internal/domain/voucher"
	"hanse/internal/kit/actor"
	"hanse/internal/kit/calendar"
	"hanse/internal/kit/db"
	"hanse/internal/kit/fault"
	"hanse/internal/kit/i18n"
)

// placeRefund stores an unsubscription or a downgrade and carries it out, unless finance looks at it first.
func (s *Service) placeRefund(ctx context.Context, tx *db.Tx, by actor.Actor, o *Order, g ground) error {
	if o.Back.NoReason {
		o.NoReasonYear, _, _ = calendar.DayOf(tx.Now).Split()
	}
	if o.State = Refunding; o.Back.Review {
		o.State = Reviewing
		return s.store(ctx, tx, by, o, "review")
	}
	if err := s.store(ctx, tx, by, o, "placed"); err != nil {
		return err
	}
	return s.giveBack(ctx, tx, by, actor.PlaceOrder, o, g.plan)
}

// DecideRefund approves a refund that waits for the vendor's finance, or refuses it with words. The vendor's finance may.
// Conflict when the plan isn't what it was any more.
func (s *Service) DecideRefund(ctx context.Context, by actor.Actor, account, no string, approve bool, words string) (o Order, err error) {
	if err := by.May(actor.ReviewRefund); err != nil {
		return o, err
	}
	if words = strings.TrimSpace(words); words == "" && !approve {
		return o, fault.Invalid("words", i18n.M("order.no_words"))
	}
	if utf8.RuneCountInString(words) > maxWords {
		return o, fault.Invalid("words", i18n.M("order.words_long", i18n.A{"n": maxWords}))
	}
	err = s.db.Update(ctx, func(tx *db.Tx) error {
		if o, err = Hold(ctx, tx, account, no); err != nil {
			return err
		}
		if o.State != Reviewing || o.Back == nil {
			return moved(o)
		}
		if !approve {
			o.Words = strings.TrimSpace(o.Words + "\n" + words)
			o.State, o.Cause, o.NoReasonYear, o.DoneAt = Cancelled, ByReview, 0, tx.Now
			if err := save(ctx, tx, o, Reviewing); err != nil {
				return err
			}
			c := o.changed("refused", o.Back.Total)
			c.Words = words
			return note(ctx, tx, by, actor.ReviewRefund, o, c)
		}
		plan, has, err := subscription.Hold(ctx, tx, account)
		if err != nil {
			return err
		}
		if !has || plan.ID != o.Subscription || plan.Version != o.Base {
			return refuse(Stale)
		}
		o.State = Refunding
		if err := save(ctx, tx, o, Reviewing); err != nil {
			return err
		}
		if err := note(ctx, tx, by, actor.ReviewRefund, o, o.changed("approved", o.Back.Total)); err != nil {
			return err
		}
		return s.giveBack(ctx, tx, by, actor.ReviewRefund, &o, plan)
	})
	return o, err
}

// A portion is what one period gives back, by source.
type portion struct {
	period rate.Period
	back   rate.Paid
}

// shares tells what each period of a history gives back by a refund.
func shares(h rate.History, o Order) (out []portion) {
	for _, p := range o.Back.Parts {
		out = append(out, portion{h.Periods[p.Period], p.Return})
	}
	return out
}

// A refunding is a refund on its way.
type refunding struct {
	tx     *db.Tx
	by     actor.Actor
	verb   actor.Verb
	o      *Order
	vendor string
	orders map[string]*Order // that paid, by number
	money  []home            // where money goes
}

// A home is an account's money that comes back.
type home struct {
	owner                   string
	allocated, cash, credit int64
}

// giveBack carries a refund out: the money to whom it came from, coupons, the plan, the order's end.
func (s *Service) giveBack(ctx context.Context, tx *db.Tx, by actor.Actor, verb actor.Verb, o *Order, plan subscription.Subscription) error {
	vendor, err := account.VendorAccount(ctx, tx)
	if err != nil {
		return err
	}
	r := &refunding{tx: tx, by: by, verb: verb, o: o, vendor: vendor.ID, orders: map[string]*Order{}}
	for _, x := range shares(plan.History, *o) {
		if err := r.period(ctx, x); err != nil {
			return err
		}
	}
	if err := r.post(ctx); err != nil {
		return err
	}
	for _, no := range sorted(r.orders) {
		if err := keep(ctx, tx, *r.orders[no]); err != nil {
			return err
		}
	}
	h, what := plan.History.Cancelled(o.Cancel, o.QuotedAt), subscription.Ended
	switch {
	case o.Kind == Change:
		h, what = plan.History.Downgraded(o.No, *o.Back, *o.Price, o.QuotedAt), subscription.Levelled
	case o.Cancel == rate.CancelFuture:
		what = subscription.Shortened
	}
	if err := subscription.Rewrite(ctx, tx, by, &plan, h, what, o.No); err != nil {
		return err
	}
	o.Paid.Paid, o.Actual = o.Back.Return, o.Back.Total
	o.State, o.DoneAt = Completed, tx.Now
	if err := save(ctx, tx, *o, Refunding); err != nil {
		return err
	}
	return note(ctx, tx, by, verb, *o, o.changed("refunded", o.Back.Total))
}

func sorted(m map[string]*Order) []string {
	out := make([]string, 0, len(m))
	for k := range m {
		out = append(out, k)
	}
	slices.Sort(out)
	return out
}

// payers are the orders that paid for a period: the one that made it, and upgrades since.
func (r *refunding) payers(ctx context.Context, p rate.Period) (out []*Order, err error) {
	nos := []string{p.Order}
	for _, s := range p.Segments {
		if !slices.Contains(nos, s.Order) {
			nos = append(nos, s.Order)
		}
	}
	for _, no := range nos {
		x := r.orders[no]
		if x == nil {
			o, err := Get(ctx, r.tx, r.o.Account, no)
			if err != nil {
				return nil, err
			}
			x = &o
		}
		if x.Back == nil {
			r.orders[no] = x
			out = append(out, x)
		}
	}
	return out, nil
}

// period gives back what one period does.
func (r *refunding) period(ctx context.Context, x portion) error {
	from, err := r.payers(ctx, x.period)
	if err != nil {
		return err
	}
	if err := r.coupons(ctx, x.period.Order, from, CashCoupon, x.back.CashCoupon); err != nil {
		return err
	}
	if err := r.coupons(ctx, x.period.Order, from, VoucherCoupon, x.back.Voucher); err != nil {
		return err
	}
	r.moneyOf(from, x.back.Cash, x.back.Credit+x.back.StoredValue)
	return nil
}

// moneyOf divides money between those who paid, by what they paid. Cash goes first to where allocated money came from.
func (r *refunding) moneyOf(from []*Order, cash, credit int64) {
	var all int64
	for _, o := range from {
		all += o.Paid.Cash + o.Paid.Credit
	}
	for i, o := range from {
		own := o.Paid.Cash + o.Paid.Credit
		c, k := cash, credit
		if i < len(from)-1 && all > 0 {
			c, k = part(cash, own, all), part(credit, own, all)
		}
		cash, credit, all = cash-c, credit-k, all-own
		back := min(c, o.Paid.Allocated-o.Paid.AllocatedBack)
		o.Paid.AllocatedBack += back
		r.add(home{o.PaidBy, back, c - back, k})
	}
}

// part is the share of an amount that falls on one of several, rounded down.
func part(minor, own, all int64) int64 {
	n := new(big.Int).Mul(big.NewInt(minor), big.NewInt(own))
	return n.Div(n, big.NewInt(all)).Int64()
}

func (r *refunding) add(h home) {
	for i := range r.money {
		if x := &r.money[i]; x.owner == h.owner {
			x.allocated, x.cash, x.credit = x.allocated+h.allocated, x.cash+h.cash, x.credit+h.credit
			return
		}
	}
	r.money = append(r.money, h)
}

// coupons give a value back to the coupons that paid, one after another. One coupon may have paid for several periods.
func (r *refunding) coupons(ctx context.Context, period string, from []*Order, kind int, minor int64) error {
	for _, o := range from {
		for i := range o.Chosen.Uses {
			u := &o.Chosen.Uses[i]
			n := min(minor, u.Minor-u.Back)
			if u.Kind != kind || n <= 0 {
				continue
			}
			back := voucher.Refund{Customer: o.Account, Of: useKey(*o, u.ID), Minor: n, Key: r.o.No + ":" + period + ":" + useKey(*o, u.ID)}
			if _, err := voucher.Return(ctx, r.tx, r.by, back); err != nil {
				return err
			}
			u.Back += n
			minor -= n
		}
	}
	if minor != 0 {
		return errors.New("refund " + r.o.No + ": coupons paid less than they are to get back")
	}
	return nil
}

// post moves the money from the vendor's revenue, one posting for each account. Used credit is paid down first with
// what credit paid; allocated money goes back as such while its partner is the customer's partner.
func (r *refunding) post(ctx context.Context) error {
	slices.SortFunc(r.money, func(a, b home) int { return strings.Compare(a.owner, b.owner) })
	for _, h := range r.money {
		p := ledger.Posting{Book: h.owner, Key: "refund:" + r.o.No, Kind: ledger.Refund, Scene: "order", Memo: r.o.No, Subject: "order:" + r.o.No, Verb: r.verb}
		from := ledger.Place{Owner: r.vendor, Kind: ledger.Revenue, Unit: r.o.Currency}
		to := func(k ledger.Kind, minor int64) {
			if minor > 0 {
				p.Moves = append(p.Moves, ledger.Move{From: from, To: ledger.Place{Owner: h.owner, Kind: k, Unit: r.o.Currency}, Minor: minor})
			}
		}
		used, err := ledger.BalanceOf(ctx, r.tx, ledger.Place{Owner: h.owner, Kind: ledger.Credit, Unit: r.o.Currency})
		if err != nil {
			return err
		}
		credit := min(h.credit, max(0, -used.Minor))
		allocated := h.allocated
		if x, ok, err := account.PartnerOf(ctx, r.tx, h.owner, r.tx.Now); err != nil {
			return err
		} else if !ok || x.Kind != account.Resale {
			allocated = 0
		}
		to(ledger.Allocated, allocated)
		to(ledger.Cash, h.cash+h.allocated-allocated+h.credit-credit)
		to(ledger.Credit, credit)
		if len(p.Moves) == 0 {
			continue
		}
		if _, err := ledger.Post(ctx, r.tx, r.by, p); err != nil {
			return err
		}
	}
	return nil
}
