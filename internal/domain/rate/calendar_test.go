package rate_test

import (
	"errors"
	"testing"

	"hanse/internal/domain/rate"
)

// TestAnchorsOutliveShortMonths is 31 January: 28 February, 31 March, 30 April; and 29 February over the years.
func TestAnchorsOutliveShortMonths(t *testing.T) {
	for _, c := range []struct {
		start string
		term  rate.Term
		unify int
		want  []string
	}{
		{"2026-01-31 12:00", rate.Months(1), 0, []string{"2026-02-28", "2026-03-31", "2026-04-30", "2026-05-31"}},
		{"2024-02-29 12:00", rate.Years(1), 0, []string{"2025-02-28", "2026-02-28", "2027-02-28", "2028-02-29"}},
		{"2026-01-15 12:00", rate.Months(1), -1, []string{"2026-02-15", "2026-03-31", "2026-04-30", "2026-05-31"}},
		{"2026-11-30 12:00", rate.Months(3), 0, []string{"2027-02-28", "2027-05-30", "2027-08-30", "2027-11-30"}},
	} {
		h := bought(rate.Standard, c.term, c.start)
		got := []string{beijing(h.Expiry())[:10]}
		for len(got) < len(c.want) {
			h = renewed(h, c.term, c.unify, c.start, "CS-renew")
			got = append(got, beijing(h.Expiry())[:10])
			c.unify = 0
		}
		for i := range got {
			if got[i] != c.want[i] {
				t.Errorf("%s by %v: expiries %v, want %v", c.start, c.term, got, c.want)
				break
			}
		}
	}
}

// TestARenewedPeriodSharesNoHourWithTheOldOne in its start and in its hours.
func TestARenewedPeriodSharesNoHourWithTheOldOne(t *testing.T) {
	h := renewed(planM(), rate.Months(1), 0, "2026-03-10", "CS-renew")
	if got := beijing(h.Periods[1].Start); got != "2026-04-03 00:00:00" {
		t.Errorf("the renewed period starts %s", got)
	}
	b := must(rate.Cancel(h, 1, at("2026-04-03 05:30"), quota(9)))
	if got := b.Lines[0].Formula; got != "8,500.00 × 5/720" || b.NoReason {
		t.Errorf("consumed %s, no reason %v", got, b.NoReason)
	}
}

// TestHandlingFeesFollowTheYearOfUse up to and including the anniversary instant.
func TestHandlingFeesFollowTheYearOfUse(t *testing.T) {
	for _, c := range []struct {
		term rate.Term
		now  string
		want string
	}{
		{rate.Months(6), "2024-03-01", "10%"},
		{rate.Years(1), "2024-12-01", "10%"},
		{rate.Years(2), "2025-01-10 10:30:00", "15%"},
		{rate.Years(2), "2025-01-10 10:30:01", "10%"},
		{rate.Years(2), "2026-01-10 23:59:59", "10%"},
		{rate.Years(3), "2025-01-10 10:30:00", "15%"},
		{rate.Years(3), "2026-01-10 10:30:00", "10%"},
		{rate.Years(3), "2026-01-10 10:30:01", "5%"},
		{rate.Years(3), "2027-01-10 23:59:59", "5%"},
	} {
		h := bought(rate.Standard, c.term, "2024-01-10 10:30:00")
		b := must(rate.Cancel(h, 1, at(c.now), quota(0)))
		list, _ := sheet().Fee(rate.Standard, c.term)
		want := map[string]int64{"5%": 500, "10%": 1000, "15%": 1500}[c.want] * list / 10_000
		if got := b.Fee.Actual(); got != min(want, list-b.Consumed.Actual()) {
			t.Errorf("%v unsubscribed %s: fee %d by %s, want %s", c.term, c.now, got, b.Lines[1].Formula, c.want)
		}
	}
	waived := quota(0)
	waived.WaiveFee = true
	if b := must(rate.Cancel(planM(), 1, at("2026-03-16 15:10"), waived)); b.Fee != (rate.Paid{}) || b.Total != 4_669_96 {
		t.Errorf("with the fee waived: %+v", b)
	}
	days := quota(0)
	days.Days = true
	if b := must(rate.Cancel(planM(), 1, at("2026-03-16 15:10"), days)); b.Lines[0].Formula != "8,500.00 × 14/32" {
		t.Errorf("by days: %s", b.Lines[0].Formula)
	}
}

// TestAReviewNeedsStrictlyMoreThanTheLimit on the whole unsubscription.
func TestAReviewNeedsStrictlyMoreThanTheLimit(t *testing.T) {
	h := bought(rate.Standard, rate.Months(6), "2026-03-02 09:20") // 51,000.00
	for _, c := range []struct {
		over int64
		want bool
	}{{50_999_99, true}, {51_000_00, false}, {0, false}} {
		r := quota(1)
		r.ReviewOver = c.over
		if b := must(rate.Cancel(h, 1, at("2026-03-03"), r)); b.Review != c.want || b.Total != 51_000_00 {
			t.Errorf("a refund of %d with the limit %d: review %v", b.Total, c.over, b.Review)
		}
	}
}

// TestThePlanLivesThroughItsStates to the second, with whole days of grace and retention.
func TestThePlanLivesThroughItsStates(t *testing.T) {
	d := rate.Days{Grace: 1, Retention: 7}
	for _, c := range []struct {
		now    string
		state  rate.State
		served rate.Level
	}{
		{"2026-03-02 09:19:59", rate.None, rate.Basic},
		{"2026-03-02 09:20:00", rate.Active, rate.Standard},
		{"2026-04-02 23:59:59", rate.Active, rate.Standard},
		{"2026-04-03 00:00:00", rate.Grace, rate.Standard},
		{"2026-04-03 23:59:59", rate.Grace, rate.Standard},
		{"2026-04-04 00:00:00", rate.Retention, rate.Basic},
		{"2026-04-10 23:59:59", rate.Retention, rate.Basic},
		{"2026-04-11 00:00:00", rate.Released, rate.Basic},
	} {
		h := planM()
		if s, l := h.State(at(c.now), d), h.Served(at(c.now), d); s != c.state || l != c.served {
			t.Errorf("at %s: %s served as %s, want %s as %s", c.now, s, l, c.state, c.served)
		}
		gone := c.state == rate.None || c.state == rate.Released
		if err := h.MayBuy(at(c.now), d); gone != (err == nil) || err != nil && !errors.Is(err, rate.NotBasic) {
			t.Errorf("at %s: may buy: %v", c.now, err)
		}
		if err := h.MayRenew(at(c.now), d); gone == (err == nil) {
			t.Errorf("at %s: may renew: %v", c.now, err)
		}
		if err := h.MayPack(at(c.now), d); (c.served == rate.Standard) != (err == nil) {
			t.Errorf("at %s: may buy packs: %v", c.now, err)
		}
	}
}

// TestAutomaticRenewalTriesAtThreeEveryDay from the deduction day to the last day of retention.
func TestAutomaticRenewalTriesAtThreeEveryDay(t *testing.T) {
	d, expiry := rate.Days{Grace: 1, Retention: 1}, planM().Expiry()
	for _, c := range []struct {
		deduct      int
		after, want string
	}{
		{0, "2026-03-02 10:00:00", "2026-03-26 03:00:00"},
		{7, "2026-03-26 02:59:59", "2026-03-26 03:00:00"},
		{7, "2026-03-26 03:00:00", "2026-03-27 03:00:00"},
		{2, "2026-03-26 03:00:00", "2026-03-31 03:00:00"},
		{3, "2026-04-03 12:00:00", "2026-04-04 03:00:00"},
		{3, "2026-04-04 03:00:00", ""},
	} {
		next, ok := rate.NextTry(expiry, c.deduct, d, at(c.after))
		if ok != (c.want != "") || ok && beijing(next) != c.want {
			t.Errorf("after %s with day %d: %s %v, want %s", c.after, c.deduct, beijing(next), ok, c.want)
		}
	}
}

// TestTypeTwoIsRefusedWithItsReason for each of the four reasons, and the benefit that bars both kinds.
func TestTypeTwoIsRefusedWithItsReason(t *testing.T) {
	now := "2026-03-16 15:10"
	h := renewed(planM(), rate.Months(1), 0, "2026-03-10", "CS-renew")
	used := quota(1)
	used.BenefitUsed = true
	for _, c := range []struct {
		h    rate.History
		r    rate.Rules
		want rate.Why
	}{
		{planM(), quota(1), rate.NoFuture},
		{upgraded(h, "2026-03-12", "CS-up"), quota(1), rate.ChangedBefore},
		{h.Flag("CS-renew", true, false, false), quota(1), rate.Promotion},
		{h.Flag("CS-renew", false, true, true), quota(1), rate.InvoicedAgent},
		{h.Flag("CS-renew", false, true, false), quota(1), ""},
		{renewed(upgraded(planM(), "2026-03-05", "CS-up"), rate.Months(1), 0, "2026-03-10", "CS-renew"), quota(1), ""},
		{h, used, rate.BenefitUsed},
		{rate.History{}, quota(1), rate.NotRunning},
	} {
		_, err := rate.Cancel(c.h, rate.CancelFuture, at(now), c.r)
		if rate.WhyOf(err) != c.want {
			t.Errorf("got %v, want %q", err, c.want)
		}
	}
	if _, err := rate.Cancel(h, rate.CancelAll, at(now), used); !errors.Is(err, rate.BenefitUsed) {
		t.Errorf("kind 1: %v, want BENEFIT_USED", err)
	}
}
