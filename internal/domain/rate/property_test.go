package rate_test

import (
	"encoding/json"
	"math/big"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"hanse/internal/domain/rate"
)

// sums checks that the lines make up the amounts.
func sums(t *rapid.T, q rate.Quote) {
	var due, list int64
	for _, l := range q.Lines {
		due, list = due+l.Minor, list+l.List
		if l.Minor < 0 || l.Minor > l.List {
			t.Fatalf("line %+v is below nothing or above its list price", l)
		}
	}
	if due != q.Due || list != q.List || q.Discount != list-due {
		t.Fatalf("lines make %d of %d, the quote says %d of %d less %d", due, list, q.Due, q.List, q.Discount)
	}
}

// settled checks a refund: its lines, and each source by itself.
func settled(t *rapid.T, b rate.Back) {
	var back int64
	for _, l := range b.Lines {
		back += min(l.Minor, 0)
	}
	if back != -b.Total || b.Total != b.Return.Actual() || b.Return != b.Paid.Minus(b.Consumed).Minus(b.Fee) {
		t.Fatalf("lines give %d back: %+v", -back, b)
	}
	var parts rate.Paid
	for _, p := range b.Parts {
		parts = parts.Plus(p.Return)
	}
	if parts != b.Return {
		t.Fatalf("the periods give %+v back: %+v", parts, b)
	}
	for _, p := range []rate.Paid{b.Return, b.Consumed, b.Fee} {
		if min(p.Cash, p.Credit, p.StoredValue, p.CashCoupon, p.Voucher) < 0 {
			t.Fatalf("a source is below nothing: %+v", b)
		}
	}
}

// life is a history in the making, with all that went in and out.
type life struct {
	t       *rapid.T
	now     time.Time
	h       rate.History
	events  []rate.Event
	in, out rate.Paid
}

// pay splits an amount between the sources at random.
func (l *life) pay(due int64) rate.Paid {
	var p rate.Paid
	for _, to := range []*int64{&p.Voucher, &p.CashCoupon, &p.StoredValue, &p.Credit} {
		if rapid.Bool().Draw(l.t, "uses") {
			*to = rapid.Int64Range(0, due).Draw(l.t, "part")
			due -= *to
		}
	}
	p.Cash = due
	return p
}

func (l *life) discount() *rate.Discount {
	d := &rate.Discount{Mode: rapid.SampledFrom([]rate.Mode{"", rate.Ratio, rate.Fixed, rate.Off}).Draw(l.t, "mode"),
		Ratio: rapid.Int64Range(0, 10_000).Draw(l.t, "ratio"), Minor: rapid.Int64Range(0, 20_000_00).Draw(l.t, "minor")}
	if d.Mode == "" {
		return nil
	}
	return d
}

func (l *life) term() rate.Term {
	if rapid.Bool().Draw(l.t, "years") {
		return rate.Years(rapid.IntRange(1, 3).Draw(l.t, "n"))
	}
	return rate.Months(rapid.IntRange(1, 11).Draw(l.t, "n"))
}

// paid applies a paid quote.
func (l *life) paid(step rate.Step, order string, q rate.Quote) {
	sums(l.t, q)
	p := l.pay(q.Due)
	l.in = l.in.Plus(p)
	l.apply(rate.Event{Step: step, Order: order, At: l.now, Quote: q, Paid: p})
}

func (l *life) apply(e rate.Event) {
	l.events = append(l.events, e)
	l.h = l.h.Apply(e)
}

// back applies a refund.
func (l *life) back(e rate.Event) {
	settled(l.t, e.Back)
	l.out = l.out.Plus(e.Back.Return)
	if x := l.in.Minus(l.out); min(x.Cash, x.Credit, x.StoredValue, x.CashCoupon, x.Voucher) < 0 {
		l.t.Fatalf("more came back than was paid: %+v of %+v\n%+v", l.out, l.in, l.events)
	}
	l.apply(e)
}

// step does one thing at random; what's refused changes nothing.
func (l *life) step(order string) {
	level := rapid.SampledFrom([]rate.Level{rate.Standard, rate.Premium}).Draw(l.t, "level")
	switch rapid.IntRange(0, 5).Draw(l.t, "what") {
	case 0, 1:
		if q, err := rate.Renew(sheet(), l.h, l.term(), rapid.IntRange(-1, 28).Draw(l.t, "unify"), l.now, l.discount()); err == nil {
			l.paid(rate.StepRenewed, order, q)
		}
	case 2, 3:
		if q, err := rate.Upgrade(sheet(), l.h, level, l.now, l.discount()); err == nil {
			l.now = l.now.Add(time.Duration(rapid.IntRange(0, 7*24*3600).Draw(l.t, "later")) * time.Second)
			if _, runs := l.h.Running(l.now); runs {
				l.paid(rate.StepUpgraded, order, q)
			}
		}
	case 4:
		if b, q, err := rate.Downgrade(sheet(), l.h, level, l.now); err == nil {
			l.back(rate.Event{Step: rate.StepDowngraded, Order: order, At: l.now, Back: b, Quote: q})
		}
	case 5:
		kind := rapid.IntRange(1, 2).Draw(l.t, "kind")
		if b, err := rate.Cancel(l.h, kind, l.now, quota(rapid.IntRange(0, 1).Draw(l.t, "quota"))); err == nil {
			l.back(rate.Event{Step: rate.StepCancelled, Order: order, At: l.now, Back: b, Kind: kind})
		}
	}
}

// TestNoHistoryGivesBackMoreThanWasPaid in any source, whatever is done; and replaying the events, read back from
// JSON, makes the same history.
func TestNoHistoryGivesBackMoreThanWasPaid(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		l := &life{t: t, now: at("2023-11-01").Add(time.Duration(rapid.IntRange(0, 500*24*3600).Draw(t, "start")) * time.Second)}
		level := rapid.SampledFrom([]rate.Level{rate.Standard, rate.Premium}).Draw(t, "level")
		l.paid(rate.StepBought, "CS0", must(rate.Buy(sheet(), level, l.term(), l.now, l.discount())))
		for i := range rapid.IntRange(1, 12).Draw(t, "steps") {
			hours := rapid.SampledFrom([]int{1, 30, 24 * 20, 24 * 200}).Draw(t, "pace")
			l.now = l.now.Add(time.Duration(rapid.IntRange(0, hours*3600).Draw(t, "wait")) * time.Second)
			l.step("CS" + string(rune('a'+i)))
		}
		text := must(json.Marshal(l.events))
		var again []rate.Event
		if err := json.Unmarshal(text, &again); err != nil {
			t.Fatal(err)
		}
		if d := cmp.Diff(l.h, rate.Replay(again)); d != "" {
			t.Fatalf("the replayed history differs: %s", d)
		}
	})
}

// TestWhatRemainsNeverGrows day by day, and never exceeds what was bought.
func TestWhatRemainsNeverGrows(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		l := &life{t: t, now: at("2023-12-01").Add(time.Duration(rapid.IntRange(0, 800*24).Draw(t, "start")) * time.Hour)}
		l.paid(rate.StepBought, "CS0", must(rate.Buy(sheet(), rate.Standard, l.term(), l.now, nil)))
		whole, _ := l.h.Remaining(l.now)
		last, _ := new(big.Rat).SetString(whole)
		if last.Cmp(new(big.Rat).SetInt64(int64(l.h.Periods[0].Term.Num))) != 0 {
			t.Fatalf("on the first day %s remain of %v", whole, l.h.Periods[0].Term)
		}
		for range 40 {
			l.now = l.now.Add(time.Duration(rapid.IntRange(1, 900).Draw(t, "hours")) * time.Hour)
			text, _ := l.h.Remaining(l.now)
			next, _ := new(big.Rat).SetString(text)
			if next.Cmp(last) > 0 || next.Sign() < 0 {
				t.Fatalf("%s remain at %s, %s before", text, l.now, last.FloatString(10))
			}
			last = next
		}
	})
}

// TestApportioningLosesNoCent and no source gives more than it has.
func TestApportioningLosesNoCent(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		part := rapid.Int64Range(0, 40)
		if rapid.Bool().Draw(t, "large") {
			part = rapid.Int64Range(0, 1_000_000_00)
		}
		p := rate.Paid{Cash: part.Draw(t, "cash"), Credit: part.Draw(t, "credit"), StoredValue: part.Draw(t, "stored"),
			CashCoupon: part.Draw(t, "coupon"), Voucher: part.Draw(t, "voucher")}
		n := rapid.Int64Range(0, p.All()).Draw(t, "amount")
		for _, c := range []struct {
			got  rate.Paid
			want int64
		}{{p.Apportion(n), min(n, p.Actual())}, {p.Spread(n), n}} {
			left := p.Minus(c.got)
			if c.got.All() != c.want || min(left.Cash, left.Credit, left.StoredValue, left.CashCoupon, left.Voucher) < 0 ||
				min(c.got.Cash, c.got.Credit, c.got.StoredValue, c.got.CashCoupon, c.got.Voucher) < 0 {
				t.Fatalf("%d of %+v is %+v", n, p, c.got)
			}
		}
	})
}

// TestTheLastSourceTakesTheCent in the order cash, credit, stored value, cash coupon.
func TestTheLastSourceTakesTheCent(t *testing.T) {
	for _, c := range []struct {
		p    rate.Paid
		n    int64
		want rate.Paid
	}{
		{rate.Paid{Cash: 1, Credit: 1, StoredValue: 1}, 1, rate.Paid{StoredValue: 1}},
		{rate.Paid{Cash: 1, Credit: 1, StoredValue: 1, CashCoupon: 1}, 2, rate.Paid{Cash: 1, Credit: 1}},
		{rate.Paid{Cash: 10, Credit: 10, StoredValue: 10, CashCoupon: 5}, 33, rate.Paid{Cash: 9, Credit: 9, StoredValue: 10, CashCoupon: 5}},
		{rate.Paid{Cash: 100, Voucher: 50}, 120, rate.Paid{Cash: 100}},
	} {
		if got := c.p.Apportion(c.n); got != c.want {
			t.Errorf("%d of %+v is %+v, want %+v", c.n, c.p, got, c.want)
		}
	}
}
