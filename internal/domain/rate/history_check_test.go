package rate_test

import (
	"encoding/json"
	"errors"
	"reflect"
	"strings"
	"testing"
	"time"

	"hanse/internal/domain/rate"
)

// left is how many technical tickets the package under test leaves in this month, -1 without limit.
func (w *world) left() int {
	switch w.hist.Level(w.now) {
	case rate.Basic:
		return 0
	case rate.Premium:
		return -1
	}
	count := func(all []time.Time) (n int) {
		for _, at := range all {
			if rate.MonthOver(at).Equal(rate.MonthOver(w.now)) {
				n++
			}
		}
		return n
	}
	return rate.Tickets(30, count(w.packs), count(w.tickets))
}

// check compares the two states after a step, and holds the books against each other.
func (w *world) check() {
	if got, want := w.hist.Expiry(), w.plan.Expiry(); len(w.plan.Periods()) > 0 && !got.Equal(want) {
		w.fails("Expiry = %s, the oracle says %s", got, want)
	}
	if got, want := strings.ToLower(string(w.hist.State(w.now, w.days))), w.plan.State(w.now, w.days.Grace, w.days.Retention); got != want &&
		!(got == "released" && want == "none") {
		w.fails("State = %s, the oracle says %s", got, want)
	}
	for _, at := range []time.Time{w.now, w.later(), w.hist.First, w.hist.Expiry().Add(time.Second)} {
		if got, want := w.hist.Level(at), levels[w.plan.LevelAt(at)]; got != want && !at.Before(w.now) {
			w.fails("Level(%s) = %s, the oracle says %s", at, got, want)
		}
	}
	w.checkValues()
	if got, want := w.left(), w.plan.Available(w.now); got != want || got < -1 {
		w.fails("%d tickets left, the oracle says %d", got, want)
	}
	before, after := 2+w.IntN(6), w.later()
	want := w.plan.NextTry(before, w.days.Grace, w.days.Retention, after)
	if got, ok := rate.NextTry(w.hist.Expiry(), before, w.days, after); len(w.plan.Periods()) > 0 && (ok == want.IsZero() || ok && !got.Equal(want)) {
		w.fails("NextTry(%d, %s) = %s %t, the oracle says %s", before, after, got, ok, want)
	}
	limit, days := 1+w.IntN(3), 1+w.IntN(40)
	if got, want := w.hist.MayChange(w.now, limit, days), w.plan.ChangesWithin(w.now, days); errors.Is(got, rate.TooOften) != (want >= limit) {
		w.fails("MayChange(%d in %d days) = %v, the oracle counts %d", limit, days, got, want)
	}
	w.checkMoney()
}

// checkMoney holds what came back against what was paid, source by source.
func (w *world) checkMoney() {
	rest := w.in.Minus(w.out)
	if rest.Actual() < 0 || rest.Voucher < 0 || min(rest.Cash, rest.Credit, rest.StoredValue, rest.CashCoupon) < 0 {
		w.fails("%+v came back of %+v paid", w.out, w.in)
	}
}

// checkValues compares what each period was paid and is worth.
func (w *world) checkValues() {
	periods := w.plan.Periods()
	if len(periods) == 0 {
		return
	}
	if len(periods) != len(w.hist.Periods) {
		w.fails("%d periods, the oracle has %d", len(w.hist.Periods), len(periods))
		return
	}
	for i, want := range periods {
		got := w.hist.Periods[i]
		last := got.Segments[len(got.Segments)-1]
		if !got.Start.Equal(want.From) || !got.End.Equal(want.To) || got.Paid != paidOf(want.Paid) ||
			last.Value != paidOf(want.Worth) || last.Level != levels[want.Level] {
			w.fails("period %d = %+v, the oracle says %+v", i, got, want)
		}
	}
}

// atTheEnd unsubscribes on paper, replays the events, and sends the state through JSON.
func (w *world) atTheEnd() {
	w.cancelled(1)
	w.cancelled(2)
	if got := rate.Replay(w.events); !reflect.DeepEqual(got, w.hist) {
		w.fails("Replay = %+v, want %+v", got, w.hist)
	}
	if w.IntN(10) != 0 {
		return
	}
	for n, then := range w.kept { // no later step has changed what was there before it
		if got := rate.Replay(w.events[:n+1]); !reflect.DeepEqual(got, then) {
			w.fails("after %d of %d events there was %+v, replayed it is %+v", n+1, len(w.events), then, got)
		}
	}
	text, err := json.Marshal(w.hist)
	var got rate.History
	if err == nil {
		err = json.Unmarshal(text, &got)
	}
	if again, _ := json.Marshal(got); err != nil || string(again) != string(text) {
		w.fails("the history as JSON = %s, %v; want %s", again, err, text)
	}
}

// TestALaterUpgradeCountsWhatTheSegmentWasWorth is the case in which that differs from the list price: the premium month was
// bought with 4,000.00 and a voucher, so the downgrade gave nothing back and left 4,000.00.
func TestALaterUpgradeCountsWhatTheSegmentWasWorth(t *testing.T) {
	s := rate.Sheet{Prices: []rate.Price{{Level: rate.Standard, Term: rate.Months(1), Minor: 8_500_00},
		{Level: rate.Premium, Term: rate.Months(1), Minor: 17_000_00}}}
	start := time.Date(2026, 3, 2, 9, 20, 0, 0, zone)
	q, err := rate.Buy(s, rate.Premium, rate.Months(1), start, nil)
	if err != nil {
		t.Fatal(err)
	}
	h := rate.History{}.Bought("A", q, rate.Paid{Cash: 4_000_00, Voucher: 13_000_00}, start)
	first := time.Date(2026, 3, 16, 15, 10, 0, 0, zone)
	back, q, err := rate.Downgrade(s, h, rate.Standard, first)
	if err != nil || back.Total != 0 {
		t.Fatalf("Downgrade = %d back, %v; want 0.00", back.Total, err)
	}
	h = h.Downgraded("B", back, q, first)
	q, err = rate.Upgrade(s, h, rate.Premium, time.Date(2026, 3, 24, 10, 0, 0, 0, zone), nil)
	const formula = "(17,000.00 − 4,000.00 / (15/31 + 2/30)) × (7/31 + 2/30)"
	if err != nil || q.Due != 2_847_04 || q.Lines[0].Formula != formula {
		t.Errorf("Upgrade = %d by %q, %v; want 2,847.04 by %q", q.Due, q.Lines[0].Formula, err, formula)
	}
}
