package voucher_test

import (
	"testing"
	"time"

	"hanse/internal/domain/voucher"
	"hanse/internal/kit/i18n"

	"github.com/google/go-cmp/cmp"
)

var noon = time.Date(2026, 3, 6, 4, 0, 0, 0, time.UTC)

func TestAVouchersStateFollowsFromTheInstant(t *testing.T) {
	base := voucher.Voucher{Kept: "live", ValidAt: noon, ExpireAt: noon.Add(time.Hour)}
	for _, c := range []struct {
		name string
		at   time.Time
		edit func(*voucher.Voucher)
		want voucher.State
	}{
		{"before it is valid", noon.Add(-1), nil, voucher.NotActive},
		{"from its first instant", noon, nil, voucher.Usable},
		{"to the last", noon.Add(time.Hour - 1), nil, voucher.Usable},
		{"at its end, before any job", noon.Add(time.Hour), nil, voucher.Expired},
		{"used up", noon, func(v *voucher.Voucher) { v.Kept = "used" }, voucher.Used},
		{"used as often as it may be", noon, func(v *voucher.Voucher) { v.Times, v.Uses = 2, 2 }, voucher.Used},
		{"used less often", noon, func(v *voucher.Voucher) { v.Times, v.Uses = 2, 1 }, voucher.Usable},
		{"reclaimed stays so after its end", noon.Add(48 * time.Hour), func(v *voucher.Voucher) { v.Kept = "reclaimed" }, voucher.Reclaimed},
	} {
		v := base
		if c.edit != nil {
			c.edit(&v)
		}
		if got := v.State(c.at); got != c.want {
			t.Errorf("%s: State() = %d, want %d", c.name, got, c.want)
		}
	}
}

func TestAQuotasStateAndItsNumberOnTheWire(t *testing.T) {
	for _, c := range []struct {
		kept voucher.QuotaState
		at   time.Time
		want voucher.QuotaState
		code int
	}{
		{voucher.Normal, noon, voucher.Normal, 0},
		{voucher.Normal, noon.Add(time.Hour), voucher.Lapsed, 3},
		{voucher.Adjusting, noon, voucher.Adjusting, 4},
		{voucher.Held, noon, voucher.Held, 5},
		{voucher.Held, noon.Add(time.Hour), voucher.Lapsed, 3},
		{voucher.Disabled, noon, voucher.Disabled, 3},
		{voucher.TakenBack, noon.Add(time.Hour), voucher.TakenBack, 6},
		{voucher.Proposed, noon.Add(time.Hour), voucher.Proposed, -1},
	} {
		q := voucher.Quota{Kept: c.kept, EffectiveAt: noon.Add(-time.Hour), ExpireAt: noon.Add(time.Hour)}
		if got := q.State(c.at); got != c.want || got.Code() != c.code {
			t.Errorf("%s at %s: State() = %s (%d), want %s (%d)", c.kept, c.at, got, got.Code(), c.want, c.code)
		}
	}
	if d := cmp.Diff([]voucher.QuotaState{voucher.Disabled, voucher.Lapsed}, voucher.StatesOfCode(3)); d != "" {
		t.Errorf("StatesOfCode(3) (-want +got):\n%s", d)
	}
}

func TestWhatAVoucherMayPayOfAnOrder(t *testing.T) {
	live := voucher.Voucher{Kept: "live", ValidAt: noon, ExpireAt: noon.Add(time.Hour), Balance: 1000_00}
	order := voucher.Order{ID: "CS1", Kind: "new", Lines: []voucher.Line{{Service: "ec2", Product: "p1", Region: "r1", Minor: 600_00}, {Service: "ebs", Product: "p2", Region: "r2", Minor: 199_99}}}
	for _, c := range []struct {
		name string
		edit func(*voucher.Voucher, *voucher.Order)
		most int64
		why  voucher.Why
	}{
		{"all of it", func(*voucher.Voucher, *voucher.Order) {}, 799_99, ""},
		{"no more than what is left", func(v *voucher.Voucher, _ *voucher.Order) { v.Balance = 5 }, 5, ""},
		{"nothing left", func(v *voucher.Voucher, _ *voucher.Order) { v.Balance = 0 }, 0, voucher.NotUsable},
		{"not active", func(v *voucher.Voucher, _ *voucher.Order) { v.ValidAt = noon.Add(1) }, 0, voucher.NotUsable},
		{"frozen", func(v *voucher.Voucher, _ *voucher.Order) { v.Frozen = true }, 0, voucher.FrozenVoucher},
		{"locked to another order", func(v *voucher.Voucher, _ *voucher.Order) { v.LockOrder = "CS2" }, 0, voucher.LockedElsewhere},
		{"locked to this order", func(v *voucher.Voucher, _ *voucher.Order) { v.LockOrder = "CS1" }, 799_99, ""},
		{"one service", func(v *voucher.Voucher, _ *voucher.Order) { v.Limits.Services = []string{"ebs"} }, 199_99, ""},
		{"one product", func(v *voucher.Voucher, _ *voucher.Order) { v.Limits.Products = []string{"p1"} }, 600_00, ""},
		{"a service in a region without it", func(v *voucher.Voucher, _ *voucher.Order) {
			v.Limits.Services, v.Limits.Regions = []string{"ebs"}, []string{"r1"}
		}, 0, voucher.OtherService},
		{"renewals only", func(v *voucher.Voucher, _ *voucher.Order) { v.Limits.Orders = []string{"renew"} }, 0, voucher.OtherOrders},
		{"half of the order, rounded down", func(v *voucher.Voucher, _ *voucher.Order) { v.Limits.MaxRatio = 5000 }, 399_99, ""},
		{"half of the order, but one service", func(v *voucher.Voucher, _ *voucher.Order) {
			v.Limits.MaxRatio, v.Limits.Services = 5000, []string{"ebs"}
		}, 199_99, ""},
		{"first order of a service", func(v *voucher.Voucher, _ *voucher.Order) { v.Limits.FirstBuy = true }, 0, voucher.NotFirstOrder},
		{"not with a partner's discount", func(v *voucher.Voucher, o *voucher.Order) { v.Limits.NoPartner, o.PartnerDiscount = true, true }, 0, voucher.OtherDiscount},
		{"not with a contract's discount", func(v *voucher.Voucher, o *voucher.Order) { v.Limits.NoDeal, o.Contract = true, true }, 0, voucher.OtherDiscount},
		{"not with a promotion", func(v *voucher.Voucher, o *voucher.Order) { v.Limits.NoPromo, o.Promotion = true, true }, 0, voucher.OtherDiscount},
		{"not with too large a discount", func(v *voucher.Voucher, o *voucher.Order) { v.Limits.MinRate, o.Rate = 8000, 7999 }, 0, voucher.OtherDiscount},
		{"with a small discount", func(v *voucher.Voucher, o *voucher.Order) { v.Limits.MinRate, o.Rate = 8000, 8000 }, 799_99, ""},
	} {
		v, o := live, order
		c.edit(&v, &o)
		if most, why := voucher.Fits(v, o, noon); most != c.most || why != c.why {
			t.Errorf("%s: Fits() = %d, %q, want %d, %q", c.name, most, why, c.most, c.why)
		}
	}
}

func TestAPickupVoucherPaysItsShareAndAnyPartOfPayPerUse(t *testing.T) {
	p := voucher.Pickup{Kept: "live", ValidAt: noon, ExpireAt: noon.Add(time.Hour), Balance: 1000_00, Ratio: 3000, Orders: []string{"new"}}
	for _, c := range []struct {
		name string
		p    voucher.Pickup
		o    voucher.Order
		most int64
		why  voucher.Why
	}{
		{"three tenths", p, voucher.Order{Kind: "new", Lines: []voucher.Line{{Minor: 99_99}}}, 29_99, ""},
		{"pay-per-use", p, voucher.Order{Kind: "new", OnDemand: true, Lines: []voucher.Line{{Minor: 99_99}}}, 99_99, ""},
		{"another kind of order", p, voucher.Order{Kind: "renew", Lines: []voucher.Line{{Minor: 99_99}}}, 0, voucher.OtherOrders},
		{"what is left", p, voucher.Order{Kind: "new", Lines: []voucher.Line{{Minor: 9_999_999_99}}}, 1000_00, ""},
	} {
		if most, why := voucher.FitsPickup(c.p, c.o, noon); most != c.most || why != c.why {
			t.Errorf("%s: FitsPickup() = %d, %q, want %d, %q", c.name, most, why, c.most, c.why)
		}
	}
}

func TestAVoucherIsNarrowerThanItsQuotaNeverWider(t *testing.T) {
	quota := voucher.Limits{Services: []string{"ec2", "ebs"}, MaxRatio: 5000, Customers: []string{"c"}, FaceMax: 9, OwnUse: true}
	got, err := quota.Narrow([]string{"ec2"}, []string{"p1"})
	if d := cmp.Diff(voucher.Limits{Services: []string{"ec2"}, Products: []string{"p1"}, MaxRatio: 5000}, got); d != "" || err != nil {
		t.Errorf("Narrow() = %v (-want +got):\n%s", err, d)
	}
	if _, err := quota.Narrow([]string{"obs"}, nil); voucher.WhyOf(err) != voucher.Wider {
		t.Errorf("Narrow(obs) = %v, want %s", err, voucher.Wider)
	}
	if _, err := quota.Narrow(nil, make([]string, 11)); err == nil {
		t.Error("Narrow(11 products) = nil, want an error")
	}
}

func TestLimitsAsTheVendorsAPIWritesThem(t *testing.T) {
	l := voucher.Limits{Services: []string{"ec2"}, Products: []string{"a", "b"}, Regions: []string{"cn-north-4"}, Orders: []string{"new"}, Times: 1, MaxRatio: 5000,
		NoPartner: true, MinRate: 8500, FirstBuy: true}
	want := []voucher.LimitKey{{Key: "cloudServiceType", Value1: "ec2"}, {Key: "regionCode", Value1: "cn-north-4", Value2: "cn-north-4"}, {Key: "productId", Value1: "a,b"},
		{Key: "subscribeType", Value1: "new"}, {Key: "firstOrderInService", Value1: "1"}, {Key: "usageTimes", Value1: "1"}, {Key: "maxDeductionRatio", Value1: "0.5"},
		{Key: "simultaneousUseWithEmpowerDiscount", Value1: "0"}, {Key: "minConsumeDiscount", Value1: "0.85"}}
	if d := cmp.Diff(want, l.Keys()); d != "" {
		t.Errorf("Keys() (-want +got):\n%s", d)
	}
}

func TestEveryRefusalHasWords(t *testing.T) {
	for _, w := range voucher.Whys() {
		for _, lang := range i18n.Languages {
			if msg := w.Message(nil); i18n.Text(lang, msg) == string(w) || i18n.Text(lang, msg) == "" {
				t.Errorf("%s has no words in %s", w, lang)
			}
		}
	}
}
