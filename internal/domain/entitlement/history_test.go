package entitlement_test

import (
	"cmp"
	"fmt"
	"math/rand/v2"
	"os"
	"strconv"
	"testing"
	"time"

	"hanse/internal/domain/entitlement"
	"hanse/internal/domain/fixture"
	"hanse/internal/domain/ledger"
	"hanse/internal/domain/ledger/ledgertest"
	"hanse/internal/kit/calendar"
	"hanse/internal/kit/clock"
	"hanse/internal/kit/db"
	"hanse/internal/kit/dbtest"
	"hanse/internal/kit/fault"
)

// TestRandomHistoriesNeverGoBelowZero plays random plans, packs, tickets, requests, decisions and days, beside a plain
// count of the month's tickets that knows no ledger. HANSE_SEED repeats a run, HANSE_CASES makes it longer.
func TestRandomHistoriesNeverGoBelowZero(t *testing.T) {
	seed := uint64(20260323)
	if n, err := strconv.ParseUint(os.Getenv("HANSE_SEED"), 10, 64); err == nil {
		seed = n
	}
	steps := 80
	if n, err := strconv.Atoi(cmp.Or(os.Getenv("HANSE_CASES"), "0")); err == nil && n > 0 {
		steps = n
	}
	dbtest.Each(t, func(t *testing.T, d *db.DB, c *clock.Manual) {
		t.Logf("HANSE_SEED=%d HANSE_CASES=%d", seed, steps)
		h := &history{world: found(t, d, c), rand: rand.New(rand.NewPCG(seed, 2)), level: entitlement.Basic}
		for i := range steps {
			did := h.step()
			if h.check(); t.Failed() {
				t.Fatalf("HANSE_SEED=%d: after step %d, %s", seed, i, did)
			}
		}
		h.drain()
		ledgertest.Balanced(t, d)
	})
}

// history is the model: what a month's tickets should be, counted in plain numbers.
type history struct {
	*world
	rand     *rand.Rand
	level    entitlement.Level
	until    time.Time
	month    string
	used     int64 // tickets of the month
	left     int64
	requests []string
	orders   int
}

func (h *history) serves() entitlement.Level {
	if h.level != entitlement.Basic && !h.clock.Now().Before(h.until) {
		return entitlement.Basic
	}
	return h.level
}

// turn begins a new month in the model.
func (h *history) turn() {
	m := calendar.DayOf(h.clock.Now()).String()[:7]
	if m == h.month {
		return
	}
	h.month, h.used, h.left = m, 0, 0
	if h.serves() == entitlement.Standard {
		h.left = 30
	}
}

func (h *history) step() string {
	h.turn()
	switch h.rand.IntN(9) {
	case 0, 1:
		return h.change()
	case 2:
		return h.packs()
	case 3, 4:
		return h.some()
	case 5:
		return h.asked()
	case 6, 7:
		return h.decided()
	}
	h.clock.MoveTo(h.clock.Now().Add(time.Duration(h.rand.IntN(15*24)) * time.Hour))
	h.drain()
	h.turn()
	return "time"
}

func (h *history) change() string {
	l := []entitlement.Level{entitlement.Basic, entitlement.Standard, entitlement.Standard, entitlement.Premium}[h.rand.IntN(4)]
	months := 1 + h.rand.IntN(14)
	before := h.serves()
	h.plan(l, months)
	h.level, h.until = l, calendar.DayOf(h.clock.Now()).AddMonths(months).Time()
	if l == entitlement.Basic {
		h.until = h.clock.Now()
	}
	switch {
	case l != entitlement.Standard:
		if l == entitlement.Basic {
			h.orders = 0
		}
		h.left = 0
	case before != entitlement.Standard:
		h.left = max(0, 30+10*int64(h.packsOfMonth())-h.used)
	}
	return "plan " + string(l)
}

// packsOfMonth are the packs that count after PREMIUM: those bought in the month, unless the plan ended since.
func (h *history) packsOfMonth() int64 {
	x := h.world.left(entitlement.Ticket)
	return x.Extra / 10
}

func (h *history) packs() string {
	h.keys++
	n := 1 + h.rand.Int64N(2)
	err := h.pack(fmt.Sprintf("CS%d", h.keys), n)
	if h.serves() != entitlement.Standard {
		h.wantWhy("a pack without STANDARD", err, entitlement.NotStandard)
		return "pack refused"
	}
	fixture.Must(h.t, err)
	h.left += 10 * n
	return "pack"
}

func (h *history) some() string {
	for range 1 + h.rand.IntN(12) {
		h.keys++
		_, err := h.take(entitlement.Ticket, 1, fmt.Sprintf("t%d", h.keys))
		switch {
		case h.serves() == entitlement.Basic:
			h.wantWhy("a ticket without a plan", err, entitlement.NoPlan)
		case h.serves() == entitlement.Standard && h.left == 0:
			h.wantWhy("a ticket too many", err, entitlement.NoneLeft)
		default:
			fixture.Must(h.t, err)
			h.used++
			h.left = max(0, h.left-1)
		}
	}
	return "tickets"
}

func (h *history) asked() string {
	first := calendar.DayOf(h.clock.Now()) + 1 + calendar.Day(h.rand.IntN(20))
	u := []entitlement.Unit{entitlement.Consulting, entitlement.Event}[h.rand.IntN(2)]
	r, err := h.s.Ask(h.t.Context(), h.partner, asking(u, first, first+calendar.Day(h.rand.IntN(3))))
	if err == nil {
		h.requests = append(h.requests, r.ID)
	}
	h.refusal(err)
	return "ask"
}

// refusal lets refusals pass: they are part of the game. Anything else isn't.
func (h *history) refusal(err error) {
	h.t.Helper()
	if err != nil && fault.Of(err) == nil {
		h.t.Fatal(err)
	}
}

func (h *history) decided() string {
	if len(h.requests) == 0 {
		return "nothing to decide"
	}
	ctx := h.t.Context()
	r, err := h.s.Request(ctx, h.partner, h.requests[h.rand.IntN(len(h.requests))])
	fixture.Must(h.t, err)
	d := entitlement.Decision{Request: r.ID, Edition: r.Edition, Words: "x", Dates: entitlement.Dates{First: r.First + 1, Last: r.Last + 2}}
	steps := []struct {
		name string
		do   func() (entitlement.Request, error)
	}{
		{"approve", func() (entitlement.Request, error) { return h.s.Approve(ctx, h.desk, d) }},
		{"approve", func() (entitlement.Request, error) { return h.s.Approve(ctx, h.desk, d) }},
		{"refuse", func() (entitlement.Request, error) { return h.s.Refuse(ctx, h.desk, d) }},
		{"withdraw", func() (entitlement.Request, error) { return h.s.Withdraw(ctx, h.partner, d) }},
		{"reschedule", func() (entitlement.Request, error) { return h.s.Reschedule(ctx, h.desk, d) }},
		{"move", func() (entitlement.Request, error) { return h.s.Reschedule(ctx, h.partner, d) }},
	}
	s := steps[h.rand.IntN(len(steps))]
	_, err = s.do()
	h.refusal(err)
	return s.name
}

// check compares the model with what is said and with the books: what is held are the days of undecided requests.
func (h *history) check() {
	h.t.Helper()
	ctx, q, now := h.t.Context(), h.d.Read(), h.clock.Now()
	all, err := entitlement.All(ctx, q, h.partner.Account, now)
	fixture.Must(h.t, err)
	for _, x := range all {
		if x.Left < 0 && x.Left != entitlement.Unlimited || x.Used < 0 || x.Held < 0 {
			h.t.Errorf("below zero: %+v", x)
		}
	}
	want := h.left
	switch h.serves() {
	case entitlement.Premium:
		want = entitlement.Unlimited
	case entitlement.Basic:
		want = 0
	}
	if got := all[0]; got.Left != want || got.Used != h.used {
		h.t.Errorf("tickets: %+v, want %d left and %d used", got, want, h.used)
	}
	var held int64
	rows, _, err := h.s.Requests(ctx, h.partner, entitlement.Filter{Account: h.partner.Account, State: entitlement.Requested, Limit: 500})
	fixture.Must(h.t, err)
	for _, r := range rows {
		held += r.Days
	}
	books, err := ledger.Balances(ctx, q, h.partner.Account)
	fixture.Must(h.t, err)
	for _, b := range books {
		if b.Place.Kind == ledger.Entitlement {
			held -= b.Held
		}
	}
	if held != 0 {
		h.t.Errorf("requests wait for %d days more than are held", held)
	}
}
