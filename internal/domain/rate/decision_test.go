package rate_test

import (
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"hanse/internal/domain/rate"
)

// upgraded pays an upgrade in cash at the instant it's quoted.
func upgraded(h rate.History, when, order string) rate.History {
	q := must(rate.Upgrade(sheet(), h, rate.Premium, at(when), nil))
	return h.Upgraded(order, q, cash(q.Due), at(when))
}

// downgraded goes down to STANDARD.
func downgraded(h rate.History, when, order string) (rate.History, rate.Back) {
	b, q, err := rate.Downgrade(sheet(), h, rate.Standard, at(when))
	if err != nil {
		panic(err)
	}
	return h.Downgraded(order, b, q, at(when)), b
}

func premiumM(paid ...rate.Paid) rate.History {
	return bought(rate.Premium, rate.Months(1), "2026-03-02 09:20:00", paid...)
}

// TestAnUpgradeReckonsTheOldLevelAtItsListPrice whatever was paid for it.
func TestAnUpgradeReckonsTheOldLevelAtItsListPrice(t *testing.T) {
	for _, paid := range []rate.Paid{cash(8_500_00), cash(7_000_00), {Cash: 1, Voucher: 8_499_99}} {
		q := must(rate.Upgrade(sheet(), planM(paid), rate.Premium, at("2026-03-16"), nil))
		if q.Due != 4_679_57 {
			t.Errorf("paid %+v: the upgrade costs %d, want 467957", paid, q.Due)
		}
	}
}

// TestDiscountsOfAnUpgradeFollowTheThreeFormulas and never make it negative.
func TestDiscountsOfAnUpgradeFollowTheThreeFormulas(t *testing.T) {
	for _, c := range []struct {
		d       rate.Discount
		due     int64
		formula string
	}{
		{rate.Discount{Mode: rate.Fixed, Minor: 15_000_00}, 3_578_49, "(15,000.00 − 8,500.00) × (15/31 + 2/30)"},
		{rate.Discount{Mode: rate.Fixed, Minor: 8_000_00}, 0, "max(0, (8,000.00 − 8,500.00) × (15/31 + 2/30))"},
		{rate.Discount{Mode: rate.Fixed, Minor: 20_000_00}, 4_679_57, "(17,000.00 − 8,500.00) × (15/31 + 2/30)"},
		{rate.Discount{Mode: rate.Off, Minor: 500_00}, 4_179_57, "(17,000.00 − 8,500.00) × (15/31 + 2/30) − 500.00"},
		{rate.Discount{Mode: rate.Off, Minor: 5_000_00}, 0, "max(0, (17,000.00 − 8,500.00) × (15/31 + 2/30) − 5,000.00)"},
		{rate.Discount{Mode: rate.Ratio, Ratio: 10_000}, 0, "(17,000.00 − 8,500.00) × (15/31 + 2/30) × (1 − 100%)"},
	} {
		q := must(rate.Upgrade(sheet(), planM(), rate.Premium, at("2026-03-16"), &c.d))
		if q.Due != c.due || q.Lines[0].Formula != c.formula {
			t.Errorf("%+v: %d by %s, want %d by %s", c.d, q.Due, q.Lines[0].Formula, c.due, c.formula)
		}
	}
}

// TestADowngradeOfAVoucherGivesBackLessOrNothing because vouchers are no value.
func TestADowngradeOfAVoucherGivesBackLessOrNothing(t *testing.T) {
	for _, c := range []struct {
		paid rate.Paid
		back int64
	}{
		{cash(17_000_00), 4_679_57},
		{rate.Paid{Cash: 13_000_00, Voucher: 4_000_00}, 2_477_42},
		{rate.Paid{Cash: 7_000_00, Voucher: 10_000_00}, 0},
		{rate.Paid{Voucher: 17_000_00}, 0},
	} {
		h, b := downgraded(premiumM(c.paid), "2026-03-16", "CS-down")
		if b.Total != c.back || b.Return.Voucher != 0 || b.Vouchers {
			t.Errorf("%+v: %+v comes back, want %d", c.paid, b.Return, c.back)
		}
		if _, s, _ := h.Current(at("2026-03-17")); s.Value.Actual() > c.paid.Actual()-b.Total {
			t.Errorf("%+v: %+v stays, more than was paid", c.paid, s.Value)
		}
	}
}

// TestOnlyTheDayOfTheFirstPurchaseCountsWhole also where the raw formula gives less.
func TestOnlyTheDayOfTheFirstPurchaseCountsWhole(t *testing.T) {
	short := bought(rate.Standard, rate.Months(1), "2026-02-10 08:00") // raw: 18/28 + 10/31
	if r, text := short.Remaining(at("2026-02-10 23:59:59")); text != "1" || r != "1.0000000000" {
		t.Errorf("on the purchase day r = %s (%s), want 1", r, text)
	}
	if _, text := short.Remaining(at("2026-02-11 00:00:00")); text != "17/28 + 10/31" {
		t.Errorf("the day after r = %s, want 17/28 + 10/31", text)
	}
	h := renewed(planM(), rate.Months(1), 0, "2026-03-10", "CS-renew")
	if _, text := h.Remaining(at("2026-04-03 00:00:00")); text != "27/30 + 2/31" {
		t.Errorf("on the renewed period's first day r = %s, want 27/30 + 2/31", text)
	}
	long := bought(rate.Standard, rate.Years(1), "2024-01-01 08:00") // 366 days, one of them 29 February
	if _, text := long.Remaining(at("2024-01-02")); text != "363/365 + 1/365" {
		t.Errorf("r = %s, want 363/365 + 1/365", text)
	}
}

// TestTheChangeDayIsABeijingDate also when it's still yesterday in UTC.
func TestTheChangeDayIsABeijingDate(t *testing.T) {
	late := must(rate.Upgrade(sheet(), planM(), rate.Premium, at("2026-03-16 23:59:59"), nil))
	early := must(rate.Upgrade(sheet(), planM(), rate.Premium, at("2026-03-16 00:00:00"), nil))
	if late.Due != early.Due || late.Due != 4_679_57 {
		t.Errorf("an upgrade on 16 March costs %d in the morning and %d at night", early.Due, late.Due)
	}
}

// TestTheExpiryDayCostsNothingAndAfterItNothingChanges is r = 0, and the refusal in grace.
func TestTheExpiryDayCostsNothingAndAfterItNothingChanges(t *testing.T) {
	q := must(rate.Upgrade(sheet(), planM(), rate.Premium, at("2026-04-02 23:59:59"), nil))
	if q.Due != 0 || q.Lines[0].Formula != "(17,000.00 − 8,500.00) × 0" {
		t.Errorf("on the expiry day an upgrade costs %d: %s", q.Due, q.Lines[0].Formula)
	}
	h := planM().Upgraded("CS-up", q, rate.Paid{}, at("2026-04-02 23:59:59"))
	if h, b := downgraded(h, "2026-04-02 23:59:59", "CS-down"); b.Total != 0 || h.Level(at("2026-04-02 23:59:59.9")) != rate.Standard {
		t.Errorf("the way back gives %d", b.Total)
	} else if f := b.Lines[0].Formula; f != "(0.00 − 8,500.00) × 0" {
		t.Errorf("the way back on the expiry day is reckoned as %s", f)
	}
	gone := at("2026-04-03 00:00:00")
	_, up := rate.Upgrade(sheet(), planM(), rate.Premium, gone, nil)
	_, _, down := rate.Downgrade(sheet(), premiumM(), rate.Standard, gone)
	_, off := rate.Cancel(planM(), 1, gone, quota(9))
	for _, err := range []error{up, down, off} {
		if !errors.Is(err, rate.Expired) {
			t.Errorf("in grace: %v, want EXPIRED", err)
		}
	}
}

// TestASegmentAfterAChangeHasItsOwnValue walks up, down and out.
func TestASegmentAfterAChangeHasItsOwnValue(t *testing.T) {
	h := upgraded(planM(), "2026-03-16 11:30", "CS-up")
	p, s, _ := h.Current(at("2026-03-16 11:30"))
	if s.Value != cash(9_359_14) || s.Level != rate.Premium || beijing(p.End) != "2026-04-02 23:59:59" {
		t.Errorf("after the upgrade: %+v until %s", s, beijing(p.End))
	}
	b := must(rate.Cancel(h, 1, at("2026-03-20 09:00"), quota(3)))
	if b.Consumed != cash(2_089_69) || b.Fee != cash(935_91) || b.Return != cash(6_333_54) ||
		b.Lines[0].Formula != "9,359.14 × 94/421" {
		t.Errorf("unsubscribing after the upgrade: %+v", b)
	}
	h, back := downgraded(h, "2026-03-20 09:00", "CS-down")
	if back.Return != cash(3_582_80) ||
		back.Lines[0].Formula != "(9,359.14 / (15/31 + 2/30) − 8,500.00) × (11/31 + 2/30)" {
		t.Errorf("the later downgrade: %+v", back)
	}
	if _, s, _ := h.Current(at("2026-03-20 09:00")); s.Value != cash(3_582_80) {
		t.Errorf("after the downgrade the segment is worth %+v, want 3,582.80", s.Value)
	}
	up := must(rate.Upgrade(sheet(), h, rate.Premium, at("2026-03-25"), nil))
	if up.Due != 2_211_83 || up.Lines[0].Formula != "(17,000.00 − 3,582.80 / (11/31 + 2/30)) × (6/31 + 2/30)" {
		t.Errorf("up again: %+v", up.Lines)
	}
	if p := h.Periods[0]; p.Paid != cash(8_500_00+4_679_57-3_582_80) {
		t.Errorf("the period was paid %+v in all", p.Paid)
	}
}

// TestADiscountedSegmentCarriesNoMoreThanWasPaid is the bound in brackets of the segment rule.
func TestADiscountedSegmentCarriesNoMoreThanWasPaid(t *testing.T) {
	h := upgraded(planM(rate.Paid{Cash: 3_000_00, Voucher: 5_500_00}), "2026-03-16 11:30", "CS-up")
	if _, s, _ := h.Current(at("2026-03-16 12:00")); s.Value != (rate.Paid{Cash: 7_679_57, Voucher: 5_500_00}) {
		t.Errorf("the new segment is worth %+v", s.Value)
	}
}

// TestWithinFiveDaysAllComesBackAlsoAfterChanges counts what a downgrade gave back already.
func TestWithinFiveDaysAllComesBackAlsoAfterChanges(t *testing.T) {
	h := upgraded(planM(rate.Paid{Cash: 8_000_00, Voucher: 500_00}), "2026-03-03 11:30", "CS-up")
	up := h.Periods[0].Paid.Cash - 8_000_00
	h = renewed(h, rate.Months(2), 0, "2026-03-04 09:00", "CS-renew")
	want := rate.Paid{Cash: 8_000_00 + up + 34_000_00, Voucher: 500_00}
	if b := must(rate.Cancel(h, 1, at("2026-03-07 09:19:59"), quota(1))); b.Return != want || !b.NoReason || !b.Vouchers {
		t.Errorf("back: %+v, want %+v", b.Return, want)
	}
	h, down := downgraded(h, "2026-03-05 09:00", "CS-down")
	if b := must(rate.Cancel(h, 1, at("2026-03-06"), quota(1))); b.Return != want.Minus(down.Return) {
		t.Errorf("back: %+v, want %+v", b.Return, want.Minus(down.Return))
	}
}

// TestTheFiveDayWindowIsStrict to the second of the start, which is cut to it.
func TestTheFiveDayWindowIsStrict(t *testing.T) {
	start := at("2026-03-02 09:20:00").Add(987 * time.Millisecond)
	q := must(rate.Buy(sheet(), rate.Standard, rate.Months(1), start, nil))
	h := rate.History{}.Bought("CS", q, cash(q.Due), start)
	for _, c := range []struct {
		now  time.Time
		left int
		want bool
	}{
		{at("2026-03-07 09:20:00").Add(-time.Nanosecond), 1, true},
		{at("2026-03-07 09:20:00"), 1, false},
		{at("2026-03-03 09:20:00"), 0, false},
	} {
		if b := must(rate.Cancel(h, 1, c.now, quota(c.left))); b.NoReason != c.want {
			t.Errorf("at %s with %d left: no reason %v", beijing(c.now), c.left, b.NoReason)
		}
	}
	if b := must(rate.Cancel(h.Flag("CS", true, false, false), 1, at("2026-03-03"), quota(1))); b.NoReason {
		t.Error("a promotion's plan has no five-day rule")
	}
}

// TestMixedTermsAreReckonedEachByItself has a year, then months.
func TestMixedTermsAreReckonedEachByItself(t *testing.T) {
	h := renewed(planY(), rate.Months(2), 0, "2026-03-01", "CS-renew")
	q := must(rate.Upgrade(sheet(), h, rate.Premium, at("2026-05-01 10:00"), nil))
	var got []string
	for _, l := range q.Lines {
		got = append(got, l.Order+": "+l.Formula)
	}
	want := []string{"CS-buy: (170,000.00 − 85,000.00) × (244/365 + 1/365)", "CS-renew: (17,000.00 − 8,500.00) × 2"}
	if d := cmp.Diff(want, got); d != "" || q.Due != 57_054_79+17_000_00 {
		t.Errorf("%d: %s", q.Due, d)
	}
	h = h.Upgraded("CS-up", q, cash(q.Due), at("2026-05-01 10:00"))
	if v := h.Periods[1].Paid; v != cash(34_000_00) || h.Level(at("2027-01-02")) != rate.Premium {
		t.Errorf("the months ahead: %+v at %s", v, h.Level(at("2027-01-02")))
	}
	b := must(rate.Cancel(h, 1, at("2026-05-01 10:30"), quota(0)))
	if b.Lines[len(b.Lines)-1].Minor != -34_000_00 || !b.Review {
		t.Errorf("the months ahead come back: %+v", b.Lines)
	}
}

// TestAUnifiedExpiryCostsItsDays in months, and in twelfths of a year.
func TestAUnifiedExpiryCostsItsDays(t *testing.T) {
	for _, c := range []struct {
		h       rate.History
		term    rate.Term
		set     int
		expiry  string
		extra   int64
		formula string
	}{
		{planM(), rate.Months(1), 20, "2026-05-20 23:59:59", 4_935_48, "8,500.00 × (18/31)"},
		{planM(), rate.Months(1), 2, "2026-05-02 23:59:59", 0, ""},
		{planM(), rate.Months(1), 1, "2026-06-01 23:59:59", 8_234_95, "8,500.00 × (29/31 + 1/30)"},
		{planM(), rate.Months(1), -1, "2026-05-31 23:59:59", 7_951_61, "8,500.00 × (29/31)"},
		{planY(), rate.Years(1), 10, "2028-01-10 23:59:59", 2_056_45, "85,000.00 × (9/31) / 12"},
	} {
		q := must(rate.Renew(sheet(), c.h, c.term, c.set, at("2026-03-10"), nil))
		if beijing(q.End) != c.expiry || q.Anchor != c.set {
			t.Errorf("%v to %d: until %s with anchor %d, want %s", c.term, c.set, beijing(q.End), q.Anchor, c.expiry)
		}
		if c.extra == 0 {
			if len(q.Lines) != 1 {
				t.Errorf("%v to %d: %+v", c.term, c.set, q.Lines)
			}
			continue
		}
		if l := q.Lines[1]; l.Minor != c.extra || l.Formula != c.formula || l.Key != rate.LineExtra {
			t.Errorf("%v to %d: %d by %s, want %d by %s", c.term, c.set, l.Minor, l.Formula, c.extra, c.formula)
		}
	}
}

// TestWhatRemainsIsCappedAtWhatWasBought with the fraction of a unified expiry.
func TestWhatRemainsIsCappedAtWhatWasBought(t *testing.T) {
	h := renewed(planM(), rate.Months(1), 20, "2026-03-10", "CS-renew")
	q := must(rate.Upgrade(sheet(), h, rate.Premium, at("2026-03-16"), nil))
	if l := q.Lines[1]; l.Formula != "(17,000.00 − 8,500.00) × (1 + 18/31)" || l.Minor != 13_435_48 {
		t.Errorf("the period ahead: %d by %s", l.Minor, l.Formula)
	}
	h = h.Upgraded("CS-up", q, cash(q.Due), at("2026-03-16"))
	_, b := downgraded(h, "2026-03-17", "CS-down")
	if got, paid := -b.Lines[1].Minor, int64(13_435_48); got != paid {
		t.Errorf("the way back of a period ahead gives %d, want what was paid, %d", got, paid)
	}
}

// TestAFeePaidLateCountsForThePeriodThatRunsThen when the first of the quoted periods is over by then.
func TestAFeePaidLateCountsForThePeriodThatRunsThen(t *testing.T) {
	h := renewed(planM(), rate.Months(1), 0, "2026-03-10", "CS-renew")
	q := must(rate.Upgrade(sheet(), h, rate.Premium, at("2026-03-30"), nil))
	paid := rate.Paid{Cash: q.Due - 2_000_00, CashCoupon: 2_000_00}
	h = h.Upgraded("CS-up", q, paid, at("2026-04-04 08:00"))
	if first, second := h.Periods[0], h.Periods[1]; len(first.Segments) != 1 || second.Paid != cash(8_500_00).Plus(paid) {
		t.Errorf("the period that is over: %+v; the running one was paid %+v, want 8,500.00 and %+v", first.Segments, second.Paid, paid)
	}
	if _, s, _ := h.Current(at("2026-04-04 08:00")); s.Level != rate.Premium ||
		s.Value.Actual() != 7_915_05+q.Due { // 8,500.00 × (26/30 + 2/31) is left of the renewal
		t.Errorf("the new segment: %+v", s)
	}
}
