package order_test

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"strings"
	"testing"
	"time"

	"hanse/internal/domain/account"
	"hanse/internal/domain/confirm"
	"hanse/internal/domain/fixture"
	"hanse/internal/domain/ledger"
	"hanse/internal/domain/ledger/ledgertest"
	"hanse/internal/domain/order"
	"hanse/internal/domain/payment"
	"hanse/internal/domain/product"
	"hanse/internal/domain/rate"
	"hanse/internal/domain/setting"
	"hanse/internal/domain/subscription"
	"hanse/internal/domain/treasury"
	"hanse/internal/domain/voucher"
	"hanse/internal/kit/actor"
	"hanse/internal/kit/blob"
	"hanse/internal/kit/calendar"
	"hanse/internal/kit/clock"
	"hanse/internal/kit/db"
	"hanse/internal/kit/dbtest"
	"hanse/internal/kit/fault"
	"hanse/internal/kit/i18n"
	"hanse/internal/kit/jobs"
	"hanse/internal/kit/outbox"
)

// A world has a vendor, a partner, its referral customer who buys, and the modules that orders need.
type world struct {
	*fixture.World
	t        *testing.T
	d        *db.DB
	clock    *clock.Manual
	s        *order.Service
	plans    *subscription.Service
	vouchers *voucher.Service
	bank     *payment.Test
	payments *payment.Service
	runner   *jobs.Runner
	products *product.Service
	vendor   actor.Actor
	partner  actor.Actor
	buyer    actor.Actor
	told     []string
	eligible error
	spent    bool
}

// at sets the clock, on the business zone's wall.
func at(s string) time.Time {
	t, err := time.ParseInLocation("2006-01-02 15:04:05", s, calendar.Zone)
	if err != nil {
		panic(err)
	}
	return t.UTC()
}

func each(t *testing.T, begin string, f func(t *testing.T, w *world)) {
	t.Helper()
	dbtest.Each(t, func(t *testing.T, d *db.DB, c *clock.Manual) {
		w := newWorld(t, d, c, begin)
		f(t, w)
		ledgertest.Balanced(t, d)
	})
}

func newWorld(t *testing.T, d *db.DB, c *clock.Manual, begin string) *world {
	t.Helper()
	c.Shift(at(begin).Sub(c.Now()))
	files, err := blob.New(t.TempDir(), blob.Scan{})
	fixture.Must(t, err)
	w := &world{World: fixture.New(t, d), t: t, d: d, clock: c}
	w.bank = payment.NewTest(d, w.Vault, "https://hanse.test")
	w.payments = payment.New(payment.Config{DB: d, BaseURL: "https://hanse.test", Providers: []payment.Provider{w.bank}})
	codes := confirm.New(d, w.Login)
	money := treasury.New(treasury.Config{DB: d, Vault: w.Vault, Files: files, Payments: w.payments, Confirm: codes, Working: calendar.Standard()})
	w.plans = subscription.New(d)
	w.s = order.New(order.Config{DB: d, Vault: w.Vault, Payments: w.payments, Received: money.Received, Codes: codes,
		Eligible:  func(context.Context, db.Querier, string, time.Time) error { return w.eligible },
		Exhausted: func(context.Context, db.Querier, string, string, time.Time) (bool, error) { return w.spent, nil }})
	w.vouchers = voucher.New(d, nil)
	w.products = product.New(d)
	w.runner = jobs.NewRunner(d, slog.New(slog.DiscardHandler)) // without the other modules' schedules: years go by
	w.payments.Register(w.runner)
	w.plans.Register(w.runner)
	w.s.Register(w.runner)
	w.listen()
	fixture.Must(t, w.runner.Prepare(t.Context()))
	w.vendor = w.Vendor()
	w.partner, w.buyer = w.Partner("Lighthouse"), w.Customer("Harbour")
	w.buyer.Via, w.partner.Via = "key", "key"
	_, err = w.Account.Associate(t.Context(), w.vendor, account.Association{Account: w.partner.Account, Other: w.buyer.Account, Kind: account.Referral})
	fixture.Must(t, err)
	w.drain()
	return w
}

// listen writes down what is told, as "instant what …".
func (w *world) listen() {
	for _, kind := range []string{"plan.began", "plan.renewed", "plan.changed", "plan.shortened", "plan.cancelled", "plan.reminded", "plan.grace",
		"plan.retention", "plan.released"} {
		w.runner.On(kind, "test.hear", func(_ context.Context, tx *db.Tx, e outbox.Event) error {
			x, err := outbox.As[subscription.Changed](e)
			line := tx.Now.In(calendar.Zone).Format("2006-01-02 15:04") + " " + e.Kind
			if x.Days > 0 {
				line += fmt.Sprintf(" %d", x.Days)
			}
			w.told = append(w.told, line)
			return err
		})
	}
	for _, kind := range []string{"order.paid", "order.cancelled", "order.review", "order.refused", "order.refunded", "order.to_balance", "order.auto_failed"} {
		w.runner.On(kind, "test.order", func(_ context.Context, tx *db.Tx, e outbox.Event) error {
			x, err := outbox.As[order.Changed](e)
			line := fmt.Sprintf("%s %s %s %d %s", tx.Now.In(calendar.Zone).Format("2006-01-02 15:04"), e.Kind, x.Kind, x.Minor, x.Why+string(x.Cause))
			w.told = append(w.told, strings.TrimSpace(line))
			return err
		})
	}
}

func (w *world) drain() { w.t.Helper(); fixture.Must(w.t, w.runner.Drain(w.t.Context())) }

// goTo moves the clock and does all that falls due on the way.
func (w *world) goTo(s string) {
	w.t.Helper()
	if !w.clock.MoveTo(at(s)) {
		w.t.Fatalf("the clock doesn't go back to %s from %v", s, w.clock.Now())
	}
	w.drain()
}

func (w *world) give(minor int64) {
	w.t.Helper()
	ledgertest.Give(w.t, w.d, w.vendor.Account, w.buyer.Account, ledger.Cash, minor)
}

func (w *world) cash(minor int64) {
	w.t.Helper()
	ledgertest.Has(w.t, w.d, w.buyer.Account, ledger.Cash, minor)
}

func (w *world) quote(a order.Ask) order.Quote {
	w.t.Helper()
	q, err := w.s.Quote(w.t.Context(), w.buyer, a)
	fixture.Must(w.t, err)
	return q
}

// place orders what is asked for, with all ticks.
func (w *world) place(a order.Ask) order.Order {
	w.t.Helper()
	o, err := w.s.Place(w.t.Context(), w.buyer, order.Placing{Token: w.quote(a).Token, Agreed: 1, Confirmed: true, Reason: 3})
	fixture.Must(w.t, err)
	return o
}

func (w *world) pay(o order.Order) order.Order {
	w.t.Helper()
	out, err := w.s.Pay(w.t.Context(), w.buyer, order.Paying{Orders: []string{o.No}, Way: order.Balance})
	fixture.Must(w.t, err)
	if len(out.Paid) != 1 {
		w.t.Fatalf("paying %s: %+v", o.No, out)
	}
	return out.Paid[0]
}

func (w *world) buy(l rate.Level, t rate.Term) order.Order {
	w.t.Helper()
	return w.pay(w.place(order.Ask{Kind: order.Buy, Level: l, Term: t}))
}

func (w *world) plan() subscription.Subscription {
	w.t.Helper()
	p, ok, err := subscription.Of(w.t.Context(), w.d.Read(), w.buyer.Account)
	fixture.Must(w.t, err)
	if !ok {
		w.t.Fatal("there's no plan")
	}
	return p
}

func (w *world) get(no string) order.Order {
	w.t.Helper()
	o, err := order.Find(w.t.Context(), w.d.Read(), no)
	fixture.Must(w.t, err)
	return o
}

func (w *world) level(want rate.Level) {
	w.t.Helper()
	got, err := subscription.LevelOf(w.t.Context(), w.d.Read(), w.buyer.Account, w.clock.Now())
	fixture.Must(w.t, err)
	if got != want {
		w.t.Errorf("served at %s, want %s", got, want)
	}
}

// online begins an online payment and lets the payer choose.
func (w *world) online(c payment.Choice, nos ...string) payment.Payment {
	w.t.Helper()
	out, err := w.s.Pay(w.t.Context(), w.buyer, order.Paying{Orders: nos, Way: order.Online})
	fixture.Must(w.t, err)
	w.choose(out.Payment, c)
	return out.Payment
}

func (w *world) choose(p payment.Payment, c payment.Choice) {
	w.t.Helper()
	_, err := w.bank.Choose(w.t.Context(), p.Ref, c, func(ctx context.Context, h http.Header, body []byte) error {
		return w.payments.Notify(ctx, w.bank.Name(), h, body)
	})
	fixture.Must(w.t, err)
}

// set changes a setting from now on.
func (w *world) set(k setting.Key, value string) {
	w.t.Helper()
	fixture.Must(w.t, w.Setting.Change(w.t.Context(), w.vendor, setting.Change{Key: k, Value: value}))
}

// voucher gives the buyer a voucher, or a cash coupon, for a year.
func (w *world) voucher(k voucher.Kind, minor int64, l voucher.Limits) string {
	w.t.Helper()
	now := w.clock.Now()
	q, err := w.vouchers.Grant(w.t.Context(), w.vendor, voucher.NewQuota{Partner: w.partner.Account, Kind: k, Currency: "CNY", Minor: minor, EffectiveAt: now,
		ExpireAt: now.AddDate(1, 0, 0), Limits: l})
	fixture.Must(w.t, err)
	page := w.partner
	page.Via = "session" // programs give vouchers to resale customers alone
	out, err := w.vouchers.Issue(w.t.Context(), page, voucher.Issue{Quota: q.ID, Customers: []string{w.buyer.Account}, Minor: minor})
	fixture.Must(w.t, err)
	fixture.Must(w.t, out[0].Err)
	return out[0].Made
}

// left is what a voucher of the buyer still holds.
func (w *world) left(id string, want int64) {
	w.t.Helper()
	v, err := w.vouchers.Voucher(w.t.Context(), w.vendor, id)
	fixture.Must(w.t, err)
	if v.Balance != want {
		w.t.Errorf("voucher %s holds %d, want %d", id, v.Balance, want)
	}
}

// offer gives the buyer a discount.
func (w *world) offer(k product.OfferKind, d rate.Discount) string {
	w.t.Helper()
	o := product.Offer{Account: w.buyer.Account, Kind: k, Names: product.Names{EN: "Test", ZH: "测试"}, Discount: d, From: w.clock.Now(), Until: w.clock.Now().AddDate(3, 0, 0)}
	if k == product.Promotion {
		o.Account = ""
	}
	if k.ByPartner() {
		o.Grantor = w.partner.Account
	}
	o, err := w.products.Grant(w.t.Context(), w.vendor, o)
	fixture.Must(w.t, err)
	return o.ID
}

// coupon gives the buyer a discount coupon for a year.
func (w *world) coupon(d rate.Discount, l product.Limits) string {
	w.t.Helper()
	c, err := w.products.GrantCoupon(w.t.Context(), w.vendor, product.Coupon{Account: w.buyer.Account, Names: product.Names{EN: "Test", ZH: "测试"}, Discount: d,
		From: w.clock.Now(), Until: w.clock.Now().AddDate(1, 0, 0), Limits: l})
	fixture.Must(w.t, err)
	return c.ID
}

// credit gives the buyer a line of credit.
func (w *world) credit(minor int64) {
	w.t.Helper()
	fixture.Must(w.t, w.d.Update(w.t.Context(), func(tx *db.Tx) error {
		p := ledger.Place{Owner: w.buyer.Account, Kind: ledger.Credit, Unit: ledger.CNY}
		if err := ledger.Open(w.t.Context(), tx, p); err != nil {
			return err
		}
		return ledger.SetMinimum(w.t.Context(), tx, p, -minor)
	}))
}

// refusal wants an error with a reason of this package and with words.
func (w *world) refusal(got error, want order.Why) {
	w.t.Helper()
	if order.WhyOf(got) != want {
		w.t.Errorf("refusal: got %q (%v), want %q", order.WhyOf(got), got, want)
	}
	f := fault.Of(got)
	if f == nil || i18n.Text(i18n.English, f.Msg) == "" && len(f.Fields) == 0 {
		w.t.Errorf("the refusal %q has no words: %v", want, got)
	}
}
