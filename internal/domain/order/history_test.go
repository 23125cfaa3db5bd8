package order_test

import (
	"cmp"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"strconv"
	"testing"
	"time"

	"hanse/internal/domain/account"
	"hanse/internal/domain/fixture"
	"hanse/internal/domain/ledger"
	"hanse/internal/domain/order"
	"hanse/internal/domain/product"
	"hanse/internal/domain/rate"
	"hanse/internal/domain/setting"
	"hanse/internal/domain/subscription"
	"hanse/internal/domain/voucher"
	"hanse/internal/kit/actor"
	"hanse/internal/kit/db"
	"hanse/internal/kit/fault"
)

// A life is one account's random history beside a model of it: what was paid and came back, and the events from which
// the history must follow.
type life struct {
	*world
	r      *rand.Rand
	offers []string
	events []rate.Event
	paid   int64
	back   int64
	steps  []string
}

// TestRandomHistoriesChargeWhatTheyQuoteAndGiveBackNoMoreThanWasPaid runs random purchases, changes, renewals, packs and
// unsubscriptions: what is charged is what was quoted, no history gives back more than was paid, the stored plan is what
// the events replay, and the books balance. HANSE_SEED repeats a run, HANSE_CASES is how many histories there are.
func TestRandomHistoriesChargeWhatTheyQuoteAndGiveBackNoMoreThanWasPaid(t *testing.T) {
	const usual = 45
	cases, err := strconv.Atoi(cmp.Or(os.Getenv("HANSE_CASES"), strconv.Itoa(usual)))
	fixture.Must(t, err)
	seed, err := strconv.ParseUint(cmp.Or(os.Getenv("HANSE_SEED"), strconv.FormatUint(rand.Uint64N(1_000_000), 10)), 10, 64)
	fixture.Must(t, err)
	each(t, "2026-01-31 10:00:00", func(t *testing.T, w *world) {
		w.set(setting.LevelChanges, "100")
		offers := []string{"", ""}
		for _, d := range []rate.Discount{{Mode: rate.Ratio, Ratio: 1500}, {Mode: rate.Fixed, Minor: 700_001}, {Mode: rate.Off, Minor: 33_333}} {
			offers = append(offers, w.offer(product.Promotion, d), w.offer(product.Promotion, d))
		}
		if cases == usual && w.d.Postgres() {
			cases /= 3 // each takes several times as long there
		}
		begin, now, which := w.clock.Now(), (*life)(nil), 0
		t.Cleanup(func() {
			if t.Failed() && now != nil {
				t.Logf("HANSE_SEED=%d, history %d: %v", seed, which, now.steps)
			}
		})
		for i := range cases {
			l := &life{world: w, r: rand.New(rand.NewPCG(seed, uint64(i))), offers: offers}
			w.clock.Shift(begin.Add(time.Duration(l.r.IntN(3*365*24)) * time.Hour).Sub(w.clock.Now()))
			l.born(i)
			now, which = l, i
			l.lives()
			if t.Failed() {
				return
			}
		}
	})
}

// born makes an account with money, in every third case with a line of credit too, in every sixth with vouchers.
func (l *life) born(i int) {
	ctx := l.t.Context()
	fixture.Must(l.t, l.d.Update(ctx, func(tx *db.Tx) error {
		a, err := account.InsertCustomer(ctx, tx, l.vendor, actor.CreateAccounts, account.NewCustomer{Name: fmt.Sprintf("Company %d", i), Country: "CN"}, account.Active)
		l.buyer = actor.Actor{Account: a.ID, Kind: actor.Customer, User: "usr_test", Name: "Test", Roles: []actor.Role{actor.CustomerAdmin}, Via: "key"}
		return err
	}))
	l.give(3_000_000_00)
	if i%3 == 0 {
		l.credit(5_000_000)
	}
	if i%6 == 0 {
		_, err := l.Account.Associate(ctx, l.vendor, account.Association{Account: l.partner.Account, Other: l.buyer.Account, Kind: account.Referral})
		fixture.Must(l.t, err)
	}
}

// lives does three to nine random steps.
func (l *life) lives() {
	coupons := []string{}
	if l.partnered() {
		coupons = append(coupons, l.voucher(voucher.Plain, 200_000, voucher.Limits{}), l.voucher(voucher.Coupon, 300_000, voucher.Limits{}))
	}
	for range 3 + l.r.IntN(7) {
		var c order.Choice
		if l.r.IntN(2) == 0 {
			c.Discount = l.offers[l.r.IntN(len(l.offers))]
		}
		if l.r.IntN(3) == 0 {
			c.Coupons = coupons
		}
		l.step(l.ask(), c)
		if l.t.Failed() {
			return
		}
		l.clock.Advance(time.Duration(1+l.r.IntN(20*24)) * time.Hour / time.Duration(1+l.r.IntN(12)))
	}
	if l.back > l.paid {
		l.t.Errorf("%d came back of %d paid", l.back, l.paid)
	}
}

func (l *life) partnered() bool {
	_, ok, err := account.PartnerOf(l.t.Context(), l.d.Read(), l.buyer.Account, l.clock.Now())
	fixture.Must(l.t, err)
	return ok
}

func (l *life) term() rate.Term {
	if l.r.IntN(4) == 0 {
		return rate.Years(1 + l.r.IntN(3))
	}
	return rate.Months(1 + l.r.IntN(4))
}

// ask is a random wish; not each can be had.
func (l *life) ask() order.Ask {
	level := []rate.Level{rate.Standard, rate.Premium}[l.r.IntN(2)]
	plan, has, err := subscription.Of(l.t.Context(), l.d.Read(), l.buyer.Account)
	fixture.Must(l.t, err)
	if !has {
		return order.Ask{Kind: order.Buy, Level: level, Term: l.term()}
	}
	if !l.clock.Now().Before(plan.Over()) { // jobs don't run here: grace and retention are the other tests' matter
		return order.Ask{Kind: order.Renew, Term: l.term()}
	}
	switch l.r.IntN(10) {
	case 0:
		return order.Ask{Kind: order.Unsubscribe, Cancel: rate.CancelAll}
	case 1:
		return order.Ask{Kind: order.Unsubscribe, Cancel: rate.CancelFuture}
	case 2:
		return order.Ask{Kind: order.Pack, Packs: 1 + l.r.IntN(3)}
	case 3, 4, 5:
		_, err := l.plans.SetUnify(l.t.Context(), l.buyer, "", []int{0, 0, 1, 28, -1}[l.r.IntN(5)])
		fixture.Must(l.t, err)
		return order.Ask{Kind: order.Renew, Term: l.term()}
	}
	return order.Ask{Kind: order.Change, Level: level}
}

// step quotes, orders and pays, and compares.
func (l *life) step(a order.Ask, c order.Choice) {
	l.steps = append(l.steps, fmt.Sprintf("%s %s %s %+v %v", l.clock.Now().Format(time.DateTime), a.Kind, a.Level, a.Term, a.Cancel))
	ctx := l.t.Context()
	q, err := l.s.Quote(ctx, l.buyer, a)
	if fault.KindOf(err) != "" {
		return // refused with words
	}
	fixture.Must(l.t, err)
	before := l.money()
	o, err := l.s.Place(ctx, l.buyer, order.Placing{Token: q.Token, Agreed: 1, Confirmed: true, Reason: 2})
	fixture.Must(l.t, err)
	if o.Back != nil {
		l.returned(o, q, before)
		return
	}
	if a.Kind == order.Pack {
		c = order.Choice{}
	}
	if o, err = l.s.Choose(ctx, l.buyer, o.No, c); fault.KindOf(err) != "" {
		c = order.Choice{}
		o, err = l.s.Choose(ctx, l.buyer, l.last().No, c)
	}
	fixture.Must(l.t, err)
	opt, err := l.s.Options(ctx, l.buyer, []string{o.No})
	fixture.Must(l.t, err)
	l.clock.Advance(time.Duration(l.r.IntN(30)) * time.Minute)
	o = l.pay(o)
	taken := before - l.money()
	if c.Discount == "" && len(c.Coupons) == 0 && taken != q.Due() || taken != opt.Money || o.Actual+o.Paid.Voucher != o.Due || o.Actual-o.Paid.CashCoupon != taken {
		l.t.Errorf("%s: quoted %d, shown %d, charged %d, order %+v", a.Kind, q.Due(), opt.Money, taken, o)
	}
	l.paid += o.Actual
	l.done(o)
}

// returned compares a refund with its quote and agrees to it where finance has to.
func (l *life) returned(o order.Order, q order.Quote, before int64) {
	if o.State == order.Reviewing {
		var err error
		o, err = l.s.DecideRefund(l.t.Context(), l.vendor, o.Account, o.No, true, "")
		fixture.Must(l.t, err)
	}
	if got := l.money() - before; got != q.Total()-q.Back.Return.CashCoupon || o.Actual != q.Total() {
		l.t.Errorf("%s: quoted %d back, %d came", o.Kind, q.Total(), got)
	}
	l.back += o.Actual
	l.done(o)
}

// money is what the account has, with its credit.
func (l *life) money() (sum int64) {
	for _, k := range []ledger.Kind{ledger.Cash, ledger.Credit} {
		b, err := ledger.BalanceOf(l.t.Context(), l.d.Read(), ledger.Place{Owner: l.buyer.Account, Kind: k, Unit: ledger.CNY})
		fixture.Must(l.t, err)
		sum += b.Minor
	}
	return sum
}

func (l *life) last() order.Order {
	all, err := l.s.List(l.t.Context(), l.buyer, order.Filter{State: order.Pending, Limit: 1})
	fixture.Must(l.t, err)
	return all[0]
}

// done writes down what an order did and compares the stored plan with what the events replay.
func (l *life) done(o order.Order) {
	promotion := o.Chosen.Offer != nil && o.Chosen.Offer.Kind == product.Promotion
	e := rate.Event{Order: o.No, At: o.DoneAt, Paid: o.Paid.Paid, Kind: o.Cancel}
	if o.Price != nil {
		e.Quote = *o.Price
	}
	switch {
	case o.Kind == order.Pack:
		return
	case o.Kind == order.Buy:
		e.Step, l.events = rate.StepBought, nil
		l.events = append(l.events, e, rate.Event{Step: rate.StepFlagged, Order: o.No, Promotion: promotion && !o.Chosen.Offer.NoReason})
	case o.Kind == order.Renew:
		e.Step = rate.StepRenewed
		l.events = append(l.events, e, rate.Event{Step: rate.StepFlagged, Order: o.No, Promotion: promotion})
	case o.Kind == order.Unsubscribe:
		e.Step, e.At = rate.StepCancelled, o.QuotedAt
		l.events = append(l.events, e)
	case o.Back != nil:
		e.Step, e.At, e.Back = rate.StepDowngraded, o.QuotedAt, *o.Back
		l.events = append(l.events, e)
	default:
		e.Step = rate.StepUpgraded
		l.events = append(l.events, e)
	}
	p, err := subscription.Get(l.t.Context(), l.d.Read(), l.buyer.Account, o.Subscription)
	fixture.Must(l.t, err)
	got, err := json.Marshal(p.History)
	fixture.Must(l.t, err)
	want, err := json.Marshal(rate.Replay(l.events))
	fixture.Must(l.t, err)
	if string(got) != string(want) {
		l.t.Errorf("after %s the plan is\n%s, the events make\n%s", o.Kind, got, want)
	}
}
