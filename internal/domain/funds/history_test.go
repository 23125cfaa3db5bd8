package funds_test

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"sync"
	"testing"

	"hanse/internal/domain/funds"
	"hanse/internal/domain/ledger"
	"hanse/internal/domain/ledger/ledgertest"
	"hanse/internal/kit/actor"
	"hanse/internal/kit/clock"
	"hanse/internal/kit/db"
	"hanse/internal/kit/dbtest"
)

// A step of a history is one request, which may come several times.
type step struct {
	by      actor.Actor
	partner actor.Actor // whose money
	to      actor.Actor
	back    bool
	minor   int64
	key     string
}

// model is what the books should hold.
type model struct {
	holds map[string]int64
	done  map[string]funds.Out // by key
}

func (ch *channel) random(r *rand.Rand, n int) step {
	pairs := []struct{ by, partner, to actor.Actor }{
		{ch.distributor, ch.distributor, ch.north}, {ch.distributor, ch.distributor, ch.south}, {ch.north, ch.north, ch.resale},
		{ch.distributor, ch.north, ch.resale},
	}
	p := pairs[r.IntN(len(pairs))]
	return step{p.by, p.partner, p.to, r.IntN(3) == 0, 1 + r.Int64N(9_000), fmt.Sprint("step ", n)}
}

func (ch *channel) try(x step) (funds.Out, error) {
	in := funds.In{Partner: x.partner.Account, To: x.to.Account, Minor: x.minor, Key: x.key}
	if x.back {
		return ch.funds.Reclaim(ch.t.Context(), x.by, in)
	}
	return ch.funds.Allocate(ch.t.Context(), x.by, in)
}

// follow takes a step in the model and compares what the funds did.
func (m *model) follow(t *testing.T, x step, out funds.Out, err error) {
	t.Helper()
	from, to := x.partner.Account, x.to.Account
	if x.back {
		from, to = to, from
	}
	first, again := m.done[x.key]
	switch {
	case again:
		if err != nil || out.ID != first.ID || !out.Replayed {
			t.Fatalf("%+v once more = %+v, %v, want the first answer %s", x, out, err, first.ID)
		}
	case m.holds[from] < x.minor:
		var short *ledger.Refusal
		var none *funds.Refusal
		if !errors.As(err, &short) && !errors.As(err, &none) {
			t.Fatalf("%+v with %d there = %+v, %v, want a refusal", x, m.holds[from], out, err)
		}
	case err != nil:
		t.Fatalf("%+v with %d there = %v", x, m.holds[from], err)
	default:
		m.holds[from] -= x.minor
		m.holds[to] += x.minor
		m.done[x.key] = out
	}
}

func (ch *channel) agrees(m *model) {
	ch.t.Helper()
	ch.has(ch.distributor, ledger.Cash, m.holds[ch.distributor.Account])
	ch.has(ch.north, ledger.Cash, m.holds[ch.north.Account])
	ch.has(ch.south, ledger.Cash, m.holds[ch.south.Account])
	ch.has(ch.resale, ledger.Allocated, m.holds[ch.resale.Account])
}

func TestRandomHistoriesWithRepeatedAndReorderedRequestsKeepTheBooks(t *testing.T) {
	seed := rand.Uint64()
	t.Logf("seed %d", seed)
	dbtest.Each(t, func(t *testing.T, d *db.DB, c *clock.Manual) {
		r := rand.New(rand.NewPCG(seed, 1))
		ch := newChannel(t, d, c)
		ch.give(ch.distributor, 50_000)
		m := &model{holds: map[string]int64{ch.distributor.Account: 50_000}, done: map[string]funds.Out{}}
		var sent []step
		for n := range 60 {
			x := ch.random(r, n)
			if len(sent) > 0 && r.IntN(4) == 0 {
				x = sent[r.IntN(len(sent))] // a repetition, at any later time
			}
			sent = append(sent, x)
			out, err := ch.try(x)
			m.follow(t, x, out, err)
			if n%6 == 0 {
				ch.agrees(m)
				ledgertest.Balanced(t, d)
			}
		}
		ch.agrees(m)
		ledgertest.Balanced(t, d)
	})
}

func TestTwoUsersAndManyRepetitionsAtOnceNeverSpendTwice(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB, c *clock.Manual) {
		ch := newChannel(t, d, c)
		ch.give(ch.north, 10_000)
		other := ch.User(ch.north.Account, actor.PartnerFinance)
		var wait sync.WaitGroup
		var mu sync.Mutex
		ids, posted := map[string]bool{}, 0
		for i := range 40 {
			wait.Go(func() {
				by := []actor.Actor{ch.north, other}[i%2]
				out, err := ch.funds.Allocate(t.Context(), by, funds.In{To: ch.resale.Account, Minor: 1_500, Key: fmt.Sprint("k", i/4)})
				mu.Lock()
				defer mu.Unlock()
				if err == nil {
					ids[out.ID] = true
					posted++
					return
				}
				if refused := (*ledger.Refusal)(nil); !errors.As(err, &refused) || refused.Why != ledger.Short {
					t.Errorf("Allocate = %v, want it done or too little", err)
				}
			})
		}
		wait.Wait()
		// Ten keys, each four times; there is enough for six.
		if len(ids) != 6 {
			t.Errorf("%d transfers, want 6", len(ids))
		}
		ch.has(ch.north, ledger.Cash, 1_000)
		ch.has(ch.resale, ledger.Allocated, 9_000)
		ledgertest.Balanced(t, d)
	})
}

func TestAMinuteIsToldInOneMessage(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB, c *clock.Manual) {
		ch := newChannel(t, d, c)
		ch.give(ch.north, 10_000)
		for i := range 5 {
			ch.allocate(ch.north, funds.In{To: ch.resale.Account, Minor: 100, Key: fmt.Sprint(i)})
		}
		ch.drain()
		c.Advance(70e9)
		ch.drain()
		all, err := db.All(t.Context(), d.Read(), db.String, `SELECT payload FROM event WHERE kind = 'funds.summed' ORDER BY account_id`)
		if err != nil || len(all) != 2 {
			t.Fatalf("summaries = %v, %v, want one for each side", all, err)
		}
	})
}
