package rate_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"hanse/internal/domain/rate"
	"hanse/internal/kit/fault"
	"hanse/internal/kit/i18n"
)

// A refusal is one that happened, and what it should be and say.
type refusal struct {
	err         error
	want        rate.Why
	field, says string
}

// refusals makes one or more of each reason that isn't in TestTypeTwoIsRefusedWithItsReason.
func refusals() []refusal {
	now, h := at("2026-03-16 15:10"), planM()
	first := func(_ any, err error) error { return err }
	buy := func(l rate.Level, term rate.Term) error { return first(rate.Buy(sheet(), l, term, now, nil)) }
	up := func(h rate.History, l rate.Level) error { return first(rate.Upgrade(sheet(), h, l, now, nil)) }
	down := func(h rate.History, l rate.Level) error {
		_, _, err := rate.Downgrade(sheet(), h, l, now)
		return err
	}
	renew := func(h rate.History, term rate.Term, unify int, when string) error {
		return first(rate.Renew(sheet(), h, term, unify, at(when), nil))
	}
	decade := h
	for range 3 {
		decade = renewed(decade, rate.Years(3), 0, "2026-03-16", "CS")
	}
	twice, _ := downgraded(upgraded(h, "2026-03-03", "CS-1"), "2026-03-04", "CS-2")
	return []refusal{
		{buy(rate.Basic, rate.Months(1)), rate.NoPrice, "level", "BASIC 1 MONTH"},
		{buy(rate.Standard, rate.Months(12)), rate.BadTerm, "term", "12 MONTH"},
		{buy(rate.Standard, rate.Years(4)), rate.BadTerm, "term", "4 YEAR"},
		{buy(rate.Standard, rate.Months(0)), rate.BadTerm, "term", "0 MONTH"},
		{first(rate.Packs(sheet(), 0, now)), rate.BadNumber, "packs", "0 packs"},
		{first(rate.Packs(rate.Sheet{}, 1, now)), rate.NoPrice, "packs", "no price"},
		{up(rate.History{}, rate.Premium), rate.NotRunning, "plan", "Buy one"},
		{up(h, rate.Standard), rate.SameLevel, "level", "STANDARD"},
		{up(premiumM(), rate.Standard), rate.NotHigher, "level", "PREMIUM"},
		{down(h, rate.Premium), rate.NotLower, "level", "PREMIUM"},
		{down(premiumM(), rate.Basic), rate.ToBasic, "level", "unsubscribe"},
		{renew(rate.History{}, rate.Months(1), 0, "2026-03-16"), rate.NotRunning, "plan", "Buy one"},
		{renew(h.Cancelled(1, now), rate.Months(1), 0, "2026-03-16"), rate.NotRunning, "plan", "Buy one"},
		{renew(h, rate.Months(1), 29, "2026-03-16"), rate.BadUnify, "unify", "29"},
		{renew(h, rate.Months(1), 0, "2026-06-16"), rate.Gone, "plan", "2026-04-02"},
		{renew(decade, rate.Years(3), 0, "2026-03-16"), rate.TooLong, "term", "10 years"},
		{first(rate.Cancel(h, 3, now, quota(0))), rate.BadKind, "kind", "3"},
		{twice.MayChange(now, 2, 30), rate.TooOften, "plan", "2 times within 30 days"},
		{premiumM().MayPack(now, rate.Days{}), rate.NotStandard, "level", "PREMIUM"},
		{h.MayBuy(now, rate.Days{}), rate.NotBasic, "plan", "2026-04-02"},
	}
}

// TestEveryRefusalNamesItsFieldValueAndRemedy in both languages.
func TestEveryRefusalNamesItsFieldValueAndRemedy(t *testing.T) {
	for _, c := range refusals() {
		var r *rate.Refusal
		if !errors.As(c.err, &r) || !errors.Is(fmt.Errorf("quote: %w", c.err), c.want) || r.Field != c.field {
			t.Errorf("got %v, want %s about %s", c.err, c.want, c.field)
			continue
		}
		f := fault.Of(rate.Fault(c.err))
		if f == nil || !strings.Contains(i18n.Text(i18n.English, f.Msg), c.says) {
			t.Errorf("%s says %v, want %q in it", c.want, f, c.says)
		}
		for _, lang := range i18n.Languages {
			if text := i18n.Text(lang, r.Msg()); strings.Contains(text, "??") || strings.Contains(text, "<no value>") {
				t.Errorf("%s in %s: %s", c.want, lang, text)
			}
		}
	}
	if other := errors.New("disk"); rate.Fault(other) != other || rate.WhyOf(other) != "" {
		t.Error("another error isn't a refusal")
	}
}

// TestTheThirdChangeWaitsForThirtyDays and no longer.
func TestTheThirdChangeWaitsForThirtyDays(t *testing.T) {
	h, _ := downgraded(upgraded(planM(), "2026-03-03", "CS-1"), "2026-03-04", "CS-2")
	for _, c := range []struct {
		now   string
		limit int
		want  rate.Why
	}{{"2026-03-16", 2, rate.TooOften}, {"2026-04-01 23:59", 2, rate.TooOften}, {"2026-04-02", 2, ""}, {"2026-03-16", 3, ""}} {
		if err := h.MayChange(at(c.now), c.limit, 30); rate.WhyOf(err) != c.want {
			t.Errorf("on %s with %d allowed: %v, want %q", c.now, c.limit, err, c.want)
		}
	}
}

// TestEveryLineHasALabel in both languages.
func TestEveryLineHasALabel(t *testing.T) {
	seen := map[string]string{}
	for _, key := range []string{rate.LineBuy, rate.LinePack, rate.LineRenew, rate.LineExtra, rate.LineUpgrade,
		rate.LineDowngrade, rate.LineConsumed, rate.LineFee, rate.LineBack, rate.LineFuture} {
		for _, lang := range i18n.Languages {
			text := i18n.Text(lang, rate.Line{Key: key}.Label())
			if had, twice := seen[text]; twice || strings.Contains(text, "??") {
				t.Errorf("%s in %s: %q, as %s", key, lang, text, had)
			}
			seen[text] = key
		}
	}
}

// TestPricesOfTermsFollowTheirRows for months, years and discounts of a purchase.
func TestPricesOfTermsFollowTheirRows(t *testing.T) {
	tenth := &rate.Discount{Mode: rate.Ratio, Ratio: 1250}
	fixed := &rate.Discount{Mode: rate.Fixed, Minor: 8_000_00}
	off := &rate.Discount{Mode: rate.Off, Minor: 100_00}
	for _, c := range []struct {
		term    rate.Term
		d       *rate.Discount
		due     int64
		formula string
	}{
		{rate.Months(1), nil, 8_500_00, "8,500.00"},
		{rate.Months(11), nil, 93_500_00, "8,500.00 × 11"},
		{rate.Years(1), nil, 85_000_00, "85,000.00"},
		{rate.Years(2), nil, 161_500_00, "161,500.00"}, // 5 % below two yearly prices
		{rate.Years(3), nil, 229_500_00, "229,500.00"}, // 10 % below three
		{rate.Months(3), tenth, 22_312_50, "8,500.00 × 3 × (1 − 12.5%)"},
		{rate.Months(3), fixed, 24_000_00, "8,000.00 × 3"},
		{rate.Months(3), off, 25_400_00, "8,500.00 × 3 − 100.00"},
	} {
		q := must(rate.Buy(sheet(), rate.Standard, c.term, at("2026-03-02"), c.d))
		if q.Due != c.due || q.Lines[0].Formula != c.formula {
			t.Errorf("%v: %d by %s, want %d by %s", c.term, q.Due, q.Lines[0].Formula, c.due, c.formula)
		}
	}
}

// TestRoundingIsHalfUpOncePerLine at exactly half a cent.
func TestRoundingIsHalfUpOncePerLine(t *testing.T) {
	s := rate.Sheet{Prices: []rate.Price{{rate.Standard, rate.Months(1), 1_05}}}
	half := &rate.Discount{Mode: rate.Ratio, Ratio: 5000}
	if q := must(rate.Buy(s, rate.Standard, rate.Months(1), at("2026-03-02"), half)); q.Due != 53 {
		t.Errorf("half of 1.05 is charged as %d cents, want 53", q.Due)
	}
	three := must(rate.Buy(s, rate.Standard, rate.Months(3), at("2026-03-02"), half))
	if three.Due != 1_58 {
		t.Errorf("half of 3 × 1.05 is charged as %d cents, want 158: rounded once", three.Due)
	}
}
