package rate_test

import (
	"testing"
	"time"

	"hanse/internal/domain/rate"
	"hanse/internal/kit/calendar"
)

// at reads an instant in Beijing: "2026-03-02 09:20:00", or without the seconds.
func at(text string) time.Time {
	for _, form := range []string{"2006-01-02 15:04:05", "2006-01-02 15:04", "2006-01-02"} {
		if t, err := time.ParseInLocation(form, text, calendar.Zone); err == nil {
			return t.UTC()
		}
	}
	panic(text)
}

// beijing writes an instant as at reads it.
func beijing(t time.Time) string { return t.In(calendar.Zone).Format("2006-01-02 15:04:05") }

// sheet holds the prices of the business rules' section 1.5.
func sheet() rate.Sheet {
	return rate.Sheet{Version: 1, Pack: 2_800_00, Prices: []rate.Price{
		{rate.Standard, rate.Months(1), 8_500_00}, {rate.Premium, rate.Months(1), 17_000_00},
		{rate.Standard, rate.Years(1), 85_000_00}, {rate.Premium, rate.Years(1), 170_000_00},
		{rate.Standard, rate.Years(2), 161_500_00}, {rate.Premium, rate.Years(2), 323_000_00},
		{rate.Standard, rate.Years(3), 229_500_00}, {rate.Premium, rate.Years(3), 459_000_00},
	}}
}

// cash is an amount paid from the balance.
func cash(minor int64) rate.Paid { return rate.Paid{Cash: minor} }

// must unwraps a result that a test takes for granted.
func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

// bought is the history of a first purchase, all paid in cash unless it's said how.
func bought(l rate.Level, t rate.Term, when string, paid ...rate.Paid) rate.History {
	q := must(rate.Buy(sheet(), l, t, at(when), nil))
	p := cash(q.Due)
	if len(paid) > 0 {
		p = paid[0]
	}
	return rate.History{}.Bought("CS-buy", q, p, at(when))
}

// renewed adds a renewal paid in cash.
func renewed(h rate.History, t rate.Term, unify int, when, order string) rate.History {
	q := must(rate.Renew(sheet(), h, t, unify, at(when), nil))
	return h.Renewed(order, q, cash(q.Due), at(when))
}

func planM(paid ...rate.Paid) rate.History {
	return bought(rate.Standard, rate.Months(1), "2026-03-02 09:20:00", paid...)
}

func planY() rate.History { return bought(rate.Standard, rate.Years(1), "2026-01-01 10:30:00") }

// quota is the standard rules with so many no-reason cases left.
func quota(left int) rate.Rules {
	r := rate.StandardRules()
	r.NoReasonLeft = left
	return r
}

// TestThePlansOfTheExamplesEndWhereTheRulesSay checks plan M, plan Y and the seed's dates.
func TestThePlansOfTheExamplesEndWhereTheRulesSay(t *testing.T) {
	for _, c := range []struct {
		term       rate.Term
		start, end string
	}{
		{rate.Months(1), "2026-03-02 09:20:00", "2026-04-02 23:59:59"},
		{rate.Years(1), "2026-01-01 10:30:00", "2027-01-01 23:59:59"},
		{rate.Months(1), "2019-12-11 17:04:33", "2020-01-11 23:59:59"},
		{rate.Months(1), "2024-01-01 10:30:00", "2024-02-01 23:59:59"},
		{rate.Months(1), "2026-03-31 08:00:00", "2026-04-30 23:59:59"},
		{rate.Years(1), "2024-02-29 08:00:00", "2025-02-28 23:59:59"},
		{rate.Months(1), "2026-01-31 23:59:59", "2026-02-28 23:59:59"},
	} {
		h := bought(rate.Standard, c.term, c.start)
		if got := beijing(h.Expiry()); got != c.end {
			t.Errorf("%v bought %s ends %s, want %s", c.term, c.start, got, c.end)
		}
	}
}

// TestUnsubscriptionsOfTheExamplesGiveBackToTheCent is E1 to E8 and E12 of the business rules' section 1.11.
func TestUnsubscriptionsOfTheExamplesGiveBackToTheCent(t *testing.T) {
	seed := bought(rate.Standard, rate.Months(1), "2019-12-11 17:04:33")
	twice := renewed(planM(), rate.Months(1), 0, "2026-03-10 12:00", "CS-renew")
	mixed := rate.Paid{Cash: 7_500_00, Voucher: 1_000_00}
	three := rate.Paid{Cash: 6_000_00, CashCoupon: 1_500_00, Voucher: 1_000_00}
	for _, c := range []struct {
		name                string
		h                   rate.History
		kind, left          int
		now                 string
		consumed, fee, back rate.Paid
		noReason, review    bool
	}{
		{"E1", seed, 1, 0, "2019-12-11 17:40", cash(0), cash(850_00), cash(7_650_00), false, false},
		{"E2", planM(), 1, 1, "2026-03-04 15:10", cash(0), cash(0), cash(8_500_00), true, false},
		{"E3", planM(), 1, 0, "2026-03-04 15:10", cash(604_74), cash(850_00), cash(7_045_26), false, false},
		{"E5", planM(), 1, 0, "2026-03-16 15:10", cash(3_830_04), cash(850_00), cash(3_819_96), false, false},
		{"E5 with quota", planM(), 1, 9, "2026-03-16 15:10", cash(3_830_04), cash(850_00), cash(3_819_96), false, false},
		{"E6", planM(), 1, 0, "2026-03-31 08:00", cash(7_783_27), cash(716_73), cash(0), false, false},
		{"E7", planM(mixed), 1, 0, "2026-03-16 15:10", cash(3_379_45), cash(750_00), cash(3_370_55), false, false},
		{"E7 within five days", planM(mixed), 1, 1, "2026-03-04 15:10", cash(0), cash(0), mixed, true, false},
		{"E7b", planM(three), 1, 0, "2026-03-16 15:10", rate.Paid{Cash: 2_703_56, CashCoupon: 675_89},
			rate.Paid{Cash: 600_00, CashCoupon: 150_00}, rate.Paid{Cash: 2_696_44, CashCoupon: 674_11}, false, false},
		{"E8", planY(), 1, 0, "2026-04-11 10:30", cash(23_250_51), cash(8_500_00), cash(53_249_49), false, true},
		{"E12", twice, 1, 0, "2026-03-16 15:10", cash(3_830_04), cash(850_00), cash(12_319_96), false, false},
		{"E12b", twice, 2, 5, "2026-03-16 15:10", cash(0), cash(0), cash(8_500_00), false, false},
	} {
		b, err := rate.Cancel(c.h, c.kind, at(c.now), quota(c.left))
		if err != nil {
			t.Errorf("%s: %v", c.name, err)
			continue
		}
		if b.Consumed != c.consumed || b.Fee != c.fee || b.Return != c.back || b.Total != c.back.Actual() {
			t.Errorf("%s: consumed %+v fee %+v back %+v, want %+v %+v %+v", c.name, b.Consumed, b.Fee, b.Return,
				c.consumed, c.fee, c.back)
		}
		if b.NoReason != c.noReason || b.Review != c.review || b.Vouchers != (c.back.Voucher > 0) {
			t.Errorf("%s: no reason %v, review %v, vouchers %v", c.name, b.NoReason, b.Review, b.Vouchers)
		}
	}
}

// TestTheExamplesShowTheirFormulas checks the words that the pages print.
func TestTheExamplesShowTheirFormulas(t *testing.T) {
	twice := renewed(planM(), rate.Months(1), 0, "2026-03-10 12:00", "CS-renew")
	e12 := must(rate.Cancel(twice, 1, at("2026-03-16 15:10"), quota(0)))
	e6 := must(rate.Cancel(planM(), 1, at("2026-03-31 08:00"), quota(0)))
	e9 := must(rate.Upgrade(sheet(), planM(), rate.Premium, at("2026-03-16"), nil))
	tenth := &rate.Discount{Mode: rate.Ratio, Ratio: 1000}
	e9d := must(rate.Upgrade(sheet(), planM(), rate.Premium, at("2026-03-16"), tenth))
	e11, _, _ := rate.Downgrade(sheet(), bought(rate.Premium, rate.Months(1), "2026-03-02 09:20"), rate.Standard, at("2026-03-16"))
	for _, c := range []struct{ got, want string }{
		{e12.Lines[0].Formula, "8,500.00 × 342/759"},
		{e12.Lines[1].Formula, "8,500.00 × 10%"},
		{e12.Lines[2].Formula, "8,500.00 − 3,830.04 − 850.00"},
		{e12.Lines[3].Formula, "8,500.00"},
		{e6.Lines[1].Formula, "min(8,500.00 × 10%, 8,500.00 − 7,783.27)"},
		{e9.Lines[0].Formula, "(17,000.00 − 8,500.00) × (15/31 + 2/30)"},
		{e9d.Lines[0].Formula, "(17,000.00 − 8,500.00) × (15/31 + 2/30) × (1 − 10%)"},
		{e11.Lines[0].Formula, "(17,000.00 − 8,500.00) × (15/31 + 2/30)"},
	} {
		if c.got != c.want {
			t.Errorf("formula %q, want %q", c.got, c.want)
		}
	}
}

// TestLevelChangesOfTheExamplesAreChargedToTheCent is E9, E9b and E11.
func TestLevelChangesOfTheExamplesAreChargedToTheCent(t *testing.T) {
	tenth := &rate.Discount{Mode: rate.Ratio, Ratio: 1000}
	for _, c := range []struct {
		name, now string
		d         *rate.Discount
		due, list int64
	}{
		{"E9", "2026-03-16 11:00", nil, 4_679_57, 4_679_57},
		{"E9 with 10 %", "2026-03-16 11:00", tenth, 4_211_61, 4_679_57},
		{"E9b", "2026-03-02 20:00", nil, 8_500_00, 8_500_00},
	} {
		q, err := rate.Upgrade(sheet(), planM(), rate.Premium, at(c.now), c.d)
		if err != nil || q.Due != c.due || q.List != c.list || q.Discount != c.list-c.due {
			t.Errorf("%s: due %d of %d (%v), want %d of %d", c.name, q.Due, q.List, err, c.due, c.list)
		}
	}
	if r, _ := planM().Remaining(at("2026-03-16")); r != "0.5505376344" {
		t.Errorf("E9: r = %s, want 0.5505376344", r)
	}
	premium := bought(rate.Premium, rate.Months(1), "2026-03-02 09:20")
	b, q, err := rate.Downgrade(sheet(), premium, rate.Standard, at("2026-03-16 08:00"))
	if err != nil || b.Return != cash(4_679_57) || b.Paid != cash(9_359_14) || q.Level != rate.Standard || q.Due != 0 {
		t.Errorf("E11: back %+v of %+v (%v), want 4,679.57 of 9,359.14", b.Return, b.Paid, err)
	}
}

// TestARenewalInGraceStartsAtTheOldExpiry is E13: the days of grace are consumed from the new period.
func TestARenewalInGraceStartsAtTheOldExpiry(t *testing.T) {
	now, days := at("2026-04-07 10:00"), rate.Days{Grace: 7, Retention: 15}
	h := planM()
	if s := h.State(now, days); s != rate.Grace {
		t.Errorf("on 7 April the plan is %s, want GRACE", s)
	}
	h = renewed(h, rate.Months(1), 0, "2026-04-07 10:00", "CS-renew")
	if p := h.Periods[1]; beijing(p.Start) != "2026-04-03 00:00:00" || beijing(p.End) != "2026-05-02 23:59:59" ||
		p.Paid != cash(8_500_00) {
		t.Errorf("the renewed period is %s to %s for %+v", beijing(p.Start), beijing(p.End), p.Paid)
	}
	if n := rate.DaysLeft(h, now); n != 25 {
		t.Errorf("%d days left, want 25", n)
	}
	if s := h.State(now, days); s != rate.Active {
		t.Errorf("after the renewal the plan is %s, want ACTIVE", s)
	}
}

// TestTypeTwoLeavesThePlanItsEarlierExpiry is E12b's second half.
func TestTypeTwoLeavesThePlanItsEarlierExpiry(t *testing.T) {
	now := at("2026-03-16 15:10")
	h := renewed(planM(), rate.Months(1), -1, "2026-03-10 12:00", "CS-renew").Cancelled(rate.CancelFuture, now)
	if got := beijing(h.Expiry()); got != "2026-04-02 23:59:59" || h.Level(now) != rate.Standard || h.Anchor != 2 {
		t.Errorf("expiry %s, level %s, anchor %d", got, h.Level(now), h.Anchor)
	}
	if h = h.Cancelled(rate.CancelAll, now); h.Level(now) != rate.Basic || h.MayBuy(now, rate.Days{}) != nil {
		t.Errorf("unsubscribed: level %s, may buy: %v", h.Level(now), h.MayBuy(now, rate.Days{}))
	}
}

// TestPacksAndTicketsOfTheExample is E16.
func TestPacksAndTicketsOfTheExample(t *testing.T) {
	if got := rate.Tickets(30, 2, 37); got != 13 {
		t.Errorf("%d tickets left, want 13", got)
	}
	if got := rate.Tickets(30, 0, 0); got != 30 {
		t.Errorf("%d tickets on the 1st, want 30", got)
	}
	if got := rate.Tickets(30, 0, 44); got != 0 {
		t.Errorf("%d tickets after a downgrade with 44 submitted, want 0", got)
	}
	q := must(rate.Packs(sheet(), 2, at("2026-03-20 11:00")))
	if q.Due != 5_600_00 || beijing(q.End) != "2026-03-31 23:59:59" || q.Lines[0].Formula != "2,800.00 × 2" {
		t.Errorf("2 packs cost %d until %s (%s)", q.Due, beijing(q.End), q.Lines[0].Formula)
	}
	if got := beijing(rate.MonthOver(at("2026-12-31 23:59:59"))); got != "2027-01-01 00:00:00" {
		t.Errorf("December is over at %s", got)
	}
}

// TestTheVendorsOwnCheckValuesAgree are the three that its pages print.
func TestTheVendorsOwnCheckValuesAgree(t *testing.T) {
	months := bought(rate.Standard, rate.Months(3), "2021-08-15 09:00")
	if r, text := months.Remaining(at("2021-08-24 10:00")); r != "2.7258064516" || text != "7/31 + 2 + 15/30" {
		t.Errorf("r = %s = %s", r, text)
	}
	years := bought(rate.Standard, rate.Years(3), "2023-11-01 09:00")
	if r, text := years.Remaining(at("2024-05-01 10:00")); r != "2.5041095890" || text != "244/365 + 1 + 305/365" {
		t.Errorf("r = %s = %s", r, text)
	}
	hours := bought(rate.Standard, rate.Months(1), "2024-01-01 10:30")
	b := must(rate.Cancel(hours, 1, at("2024-01-15 18:40"), quota(0)))
	if want := "8,500.00 × 344/758"; b.Lines[0].Formula != want {
		t.Errorf("consumed %s, want %s", b.Lines[0].Formula, want)
	}
	five := planM(rate.Paid{Cash: 80_00, Voucher: 20_00})
	if b := must(rate.Cancel(five, 1, at("2026-03-03 10:00"), quota(1))); b.Return != (rate.Paid{Cash: 80_00, Voucher: 20_00}) {
		t.Errorf("on day 2 %+v comes back, want all of it", b.Return)
	}
}
