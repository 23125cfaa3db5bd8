package histories

import (
	"cmp"
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"strconv"
	"strings"
	"sync"
	"testing"

	"hanse/internal/domain/ledger"
	"hanse/internal/domain/ledger/ledgertest"
	"hanse/internal/kit/clock"
	"hanse/internal/kit/db"
	"hanse/internal/kit/dbtest"
)

// How many histories run on each database without HANSE_CASES, and how many on one copy of it. On PostgreSQL each costs
// four times as much. With the 1,600 that the ledger runs by itself they are ten thousand.
const (
	onLite     = 7_900
	onPostgres = 500
	batch      = 500
	steps      = 6
)

// seed is printed; HANSE_SEED repeats a run.
func seed(t *testing.T) uint64 {
	t.Helper()
	s := rand.Uint64()
	if v := os.Getenv("HANSE_SEED"); v != "" {
		n, err := strconv.ParseUint(v, 10, 64)
		if err != nil {
			t.Fatalf("HANSE_SEED=%s: %v", v, err)
		}
		s = n
	}
	fmt.Printf("%s: HANSE_SEED=%d\n", t.Name(), s)
	return s
}

// cases is how many histories of the usual number of a database are run.
func cases(t *testing.T, usual int) int {
	t.Helper()
	n, err := strconv.Atoi(cmp.Or(os.Getenv("HANSE_CASES"), "0"))
	if err != nil {
		t.Fatal(err)
	}
	return max(n*usual/(onLite+onPostgres), usual)
}

// TestHistoriesOfMoneyVouchersAndAssociationsKeepTheBooks runs them in batches, each on a database of its own
// in which companies are fresh for each history; at the end of a batch the whole of its books is proven.
func TestHistoriesOfMoneyVouchersAndAssociationsKeepTheBooks(t *testing.T) {
	s := seed(t)
	var mu sync.Mutex
	count, all := map[string]int{}, 0
	t.Run("on", func(t *testing.T) {
		for name, n := range map[string]int{"sqlite": cases(t, onLite), "postgres": cases(t, onPostgres)} {
			all += n
			t.Run(name, func(t *testing.T) {
				t.Parallel()
				for first := 0; first < n && !t.Failed(); first += batch {
					t.Run(strconv.Itoa(first), func(t *testing.T) {
						done := runBatch(t, name, s, first, min(first+batch, n))
						mu.Lock()
						defer mu.Unlock()
						for what, n := range done {
							count[what] += n
						}
					})
				}
			})
		}
	})
	if count["histories"] == all {
		everything(t, count)
	}
}

// runBatch runs some histories one after the other on a fresh database, and proves its books.
func runBatch(t *testing.T, name string, s uint64, first, end int) map[string]int {
	t.Helper()
	w := open(t, name)
	for i := first; i < end; i++ {
		if err := w.run(t.Context(), s, i, ""); err != nil {
			t.Fatalf("HANSE_SEED=%d, history %d: %v", s, i, err)
		}
		w.count["histories"]++
	}
	ledgertest.Balanced(t, w.d)
	return w.count
}

// everything fails a run in which something never happened: it would show nothing about that.
func everything(t *testing.T, count map[string]int) {
	t.Helper()
	t.Logf("%v", count)
	for _, what := range []string{ledger.Allocate, ledger.Reclaim, "use up", "grant", "split", "issue", "pay", "refund", "join", "enlist", "ask", "switch", "dissociate",
		"freeze", "unfreeze", "reclaim a voucher", "take a quota back", "wait", "died", "sent again", "changed"} {
		if count[what] == 0 {
			t.Errorf("no history had: %s", what)
		}
	}
}

// open makes a world on a fresh database.
func open(t *testing.T, name string) *world {
	t.Helper()
	dsn := ""
	if name == "sqlite" {
		dsn = dbtest.SQLite(t)
	} else {
		dsn = dbtest.Postgres(t)
	}
	c := clock.Fake(dbtest.Start)
	d, err := db.Open(dsn, c.Clock)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { d.Close() })
	return newWorld(t, d, c)
}

// run goes through one history, and says which steps led to what is wrong.
func (w *world) run(ctx context.Context, s uint64, n int, planted string) error {
	h, err := w.found(ctx, rand.New(rand.NewPCG(s, uint64(n))))
	if err != nil {
		return err
	}
	h.planted = planted
	for range steps {
		if err := h.step(); err != nil {
			return fmt.Errorf("after\n  %s\n%w", strings.Join(h.did, "\n  "), err)
		}
	}
	for _, o := range h.late {
		h.note("late: " + o.String())
		if err := h.attempt(o); err != nil {
			return fmt.Errorf("after\n  %s\n%w", strings.Join(h.did, "\n  "), err)
		}
	}
	return h.check(ctx)
}

func (h *history) note(what string) { h.did = append(h.did, what) }

// step does one thing and looks at everything that must hold.
func (h *history) step() error {
	err := h.act()
	if err == nil {
		err = h.sabotage()
	}
	if err == nil {
		err = h.check(h.ctx)
	}
	return err
}

func (h *history) act() error {
	if len(h.did) == 0 { // without a customer little could be done
		h.note("join")
		return h.join(one)
	}
	done, _ := some(h, h.sent, func(o *order) bool { return o.done })
	switch n := h.rng.IntN(24); {
	case n < 10:
		o := h.draw()
		h.note(o.String())
		return h.attempt(o)
	case n < 12:
		o := h.draw()
		h.note("crashed: " + o.String())
		return h.crash(o)
	case n < 13: // comes after what is sent later
		o := h.draw()
		h.note("held back: " + o.String())
		h.late = append(h.late, o)
		return nil
	case n < 15 && len(h.sent) > 0:
		o := h.sent[h.rng.IntN(len(h.sent))]
		h.note("repeated: " + o.String())
		return h.again(o)
	case n < 16 && done != nil:
		h.note("changed: " + done.String())
		return h.changed(done)
	}
	what := []struct {
		name string
		do   func() error
	}{{"ask", h.ask}, {"answer", h.answer}, {"answer", h.answer}, {"freeze", h.freeze}, {"take a voucher back", h.takeVoucher}, {"take a quota back", h.takeQuota},
		{"wait", h.wait}, {"enlist", h.enlist}}
	x := what[h.rng.IntN(len(what))]
	h.note(x.name)
	return x.do()
}
