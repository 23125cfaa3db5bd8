package ledger_test

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"strconv"
	"sync"
	"testing"

	"hanse/internal/domain/ledger"
	"hanse/internal/domain/ledger/ledgertest"
	"hanse/internal/kit/clock"
	"hanse/internal/kit/db"
	"hanse/internal/kit/dbtest"
	"hanse/internal/kit/fault"
)

// The histories: each is a handful of companies of its own that do random things, with an oracle beside them that
// keeps everything in maps and shares no code with the ledger. They run on both databases and on both paths. The ten
// thousand that mix money with vouchers and associations are those of test/histories.
const (
	histories = 400 // of each database and path
	steps     = 9
	companies = 3
	workers   = 8 // histories at one time, so that the writer has batches to make
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

func count(t *testing.T) int {
	t.Helper()
	n, err := strconv.Atoi(cmp.Or(os.Getenv("HANSE_CASES"), "0"))
	if err != nil {
		t.Fatal(err)
	}
	return max(n/4, histories)
}

// poster is one path: through the writer, or plainly in a transaction.
type poster func(ctx context.Context, p ledger.Posting) (ledger.Posted, error)

func TestRandomHistoriesKeepTheBooks(t *testing.T) {
	s := seed(t)
	dbtest.Each(t, func(t *testing.T, d *db.DB, c *clock.Manual) {
		svc := ledger.New(d)
		t.Cleanup(svc.Close)
		paths := map[string]poster{
			"plain": func(ctx context.Context, p ledger.Posting) (out ledger.Posted, err error) {
				err = d.Update(ctx, func(tx *db.Tx) (err error) { out, err = ledger.Post(ctx, tx, ann, p); return err })
				return out, err
			},
			"writer": func(ctx context.Context, p ledger.Posting) (ledger.Posted, error) { return svc.Post(ctx, ann, p) },
		}
		for name, post := range paths {
			t.Run(name, func(t *testing.T) {
				run(t, d, post, s, name)
				ledgertest.Balanced(t, d)
			})
		}
	})
}

func run(t *testing.T, d *db.DB, post poster, s uint64, name string) {
	var wg sync.WaitGroup
	next := make(chan int)
	for range workers {
		wg.Go(func() {
			for n := range next {
				if err := history(t.Context(), d, post, s, name, n); err != nil {
					t.Errorf("HANSE_SEED=%d, history %d: %v", s, n, err)
				}
			}
		})
	}
	for n := range count(t) {
		next <- n
		if t.Failed() {
			break
		}
	}
	close(next)
	wg.Wait()
}

// oracle is what should be so.
type oracle struct {
	d      *db.DB
	post   poster
	rng    *rand.Rand
	prefix string

	balance map[ledger.Place]int64
	held    map[ledger.Place]int64
	minimum map[ledger.Place]int64
	open    map[[2]string]bool // pairs that are connected
	frozen  map[string]bool
	done    []did
	tried   []ledger.Posting
	holds   []ledger.Hold
	keys    int
}

type did struct {
	p        ledger.Posting
	out      ledger.Posted
	reversed bool
}

func (o *oracle) name(i int) string {
	if i == companies {
		return o.prefix + "v"
	}
	return o.prefix + strconv.Itoa(i)
}

func history(ctx context.Context, d *db.DB, post poster, s uint64, name string, n int) error {
	o := &oracle{d: d, post: post, rng: rand.New(rand.NewPCG(s, uint64(n))), prefix: fmt.Sprintf("%s%06d", name, n),
		balance: map[ledger.Place]int64{}, held: map[ledger.Place]int64{}, minimum: map[ledger.Place]int64{}, open: map[[2]string]bool{},
		frozen: map[string]bool{}}
	vendor := o.name(companies)
	if err := d.Update(ctx, func(tx *db.Tx) error {
		for i := range companies {
			if err := ledger.OpenBook(ctx, tx, o.name(i), vendor); err != nil {
				return err
			}
		}
		return ledger.Connect(ctx, tx, o.name(0), o.name(1), ledger.CNY)
	}); err != nil {
		return err
	}
	for i := range companies {
		o.link(o.name(i), vendor, true)
	}
	o.link(o.name(0), o.name(1), true)
	for i := range steps {
		err := o.step(ctx)
		if err == nil {
			err = o.compare(ctx)
		}
		if err != nil {
			return fmt.Errorf("step %d: %w", i, err)
		}
	}
	return nil
}

func (o *oracle) link(a, b string, on bool) {
	o.open[[2]string{a, b}], o.open[[2]string{b, a}] = on, on
}

func (o *oracle) step(ctx context.Context) error {
	switch n := o.rng.IntN(20); {
	case n < 8:
		return o.attempt(ctx, o.posting())
	case n < 11 && len(o.tried) > 0: // a repeated or late request
		return o.attempt(ctx, o.tried[o.rng.IntN(len(o.tried))])
	case n < 12 && len(o.tried) > 0: // the same key, something else
		p := o.tried[o.rng.IntN(len(o.tried))]
		p.Memo = "changed"
		return o.attempt(ctx, p)
	case n < 13:
		return o.crash(ctx, o.posting())
	case n < 15:
		return o.reserve(ctx)
	case n < 16 && len(o.holds) > 0:
		return o.endHold(ctx)
	case n < 17 && len(o.done) > 0:
		return o.reverse(ctx)
	case n < 18:
		return o.freeze(ctx)
	case n < 19:
		return o.line(ctx)
	}
	return o.connect(ctx)
}

var spendKinds = []ledger.Kind{ledger.Cash, ledger.Allocated, ledger.Credit}

// posting draws one: mostly top-ups and payments, now and then of two moves.
func (o *oracle) posting() ledger.Posting {
	o.keys++
	p := ledger.Posting{Key: o.prefix + " " + strconv.Itoa(o.keys), Verb: "test.history"}
	for range 1 + o.rng.IntN(6)/5 {
		from := ledger.Place{Owner: o.name(o.rng.IntN(companies)), Kind: spendKinds[o.rng.IntN(3)], Unit: ledger.CNY}
		to := ledger.Place{Owner: o.name(o.rng.IntN(companies)), Kind: spendKinds[o.rng.IntN(2)], Unit: ledger.CNY}
		p.Kind, p.Book = []string{ledger.Allocate, ledger.Reclaim, ledger.Consume}[o.rng.IntN(3)], from.Owner
		if len(o.done) == 0 || o.rng.IntN(3) == 0 {
			from, p.Kind, p.Book = ledger.Place{Owner: o.name(companies), Kind: ledger.Bank, Unit: ledger.CNY}, ledger.TopUp, to.Owner
		}
		if from == to {
			to.Kind = ledger.Bonus
		}
		p.Moves = append(p.Moves, ledger.Move{From: from, To: to, Minor: 1 + o.rng.Int64N(500)})
	}
	return p
}

// attempt posts and compares the verdict with the oracle's.
func (o *oracle) attempt(ctx context.Context, p ledger.Posting) error {
	want, first := o.verdict(p)
	out, err := o.post(ctx, p)
	if why(err) != want {
		return fmt.Errorf("%s of %v: refused %q, want %q", p.Kind, p.Moves, why(err), want)
	}
	o.tried = append(o.tried, p)
	switch {
	case want != "":
		return nil
	case first != nil:
		if !out.Replayed || out.ID != first.ID || !slices.Equal(out.Balances, first.Balances) {
			return fmt.Errorf("repeated: %+v, first %+v", out, *first)
		}
		return nil
	}
	o.apply(p.Moves)
	o.done = append(o.done, did{p: p, out: out})
	for _, l := range out.Balances {
		if o.balance[l.Place] != l.Minor {
			return fmt.Errorf("%v holds %d after it, want %d", l.Place, l.Minor, o.balance[l.Place])
		}
	}
	return nil
}

// verdict is what must become of a posting; first is the answer that it got before.
func (o *oracle) verdict(p ledger.Posting) (ledger.Why, *ledger.Posted) {
	for i, x := range o.done {
		if x.p.Key == p.Key && x.p.Book == p.Book {
			if x.p.Memo != p.Memo {
				return ledger.KeyReused, nil
			}
			return "", &o.done[i].out
		}
	}
	delta := net(p.Moves)
	places := make([]ledger.Place, 0, len(delta))
	for x := range delta {
		places = append(places, x)
	}
	slices.SortFunc(places, ledger.Place.Compare)
	free := p.Kind == ledger.Reclaim || p.Kind == ledger.Reversal
	for _, x := range places {
		n := delta[x]
		switch {
		case n == 0 || x.Kind == ledger.Bank:
		case x.Kind == ledger.Clearing && !o.open[[2]string{x.Owner, x.Ref}]:
			return ledger.NotConnected, nil
		case x.Kind == ledger.Clearing:
		case n < 0 && o.frozen[x.Owner] && !free && o.exists(x):
			return ledger.FrozenOwner, nil
		case n < 0 && o.balance[x]-o.held[x]+n < o.minimum[x]:
			return ledger.Short, nil
		}
	}
	return "", nil
}

// exists tells whether an account was ever used: one that wasn't has nothing, whether its owner is frozen or not.
func (o *oracle) exists(x ledger.Place) bool {
	_, moved := o.balance[x]
	_, line := o.minimum[x]
	return moved || line || x.Kind == ledger.Cash
}

func net(moves []ledger.Move) map[ledger.Place]int64 {
	delta := map[ledger.Place]int64{}
	for _, m := range moves {
		delta[m.From] -= m.Minor
		delta[m.To] += m.Minor
		if m.From.Owner != m.To.Owner {
			delta[ledger.Place{Owner: m.From.Owner, Kind: ledger.Clearing, Unit: m.From.Unit, Ref: m.To.Owner}] += m.Minor
			delta[ledger.Place{Owner: m.To.Owner, Kind: ledger.Clearing, Unit: m.From.Unit, Ref: m.From.Owner}] -= m.Minor
		}
	}
	return delta
}

func (o *oracle) apply(moves []ledger.Move) {
	for x, n := range net(moves) {
		if n != 0 {
			o.balance[x] += n
		}
	}
}

var errCrash = errors.New("crash")

// crash posts and dies before the commit: nothing happened.
func (o *oracle) crash(ctx context.Context, p ledger.Posting) error {
	err := o.d.Update(ctx, func(tx *db.Tx) error {
		if _, err := ledger.Post(ctx, tx, ann, p); err != nil {
			return err
		}
		return errCrash
	})
	if want, _ := o.verdict(p); want == "" && !errors.Is(err, errCrash) || want != "" && why(err) != want {
		return fmt.Errorf("crash: %v, want %q", err, want)
	}
	return o.attempt(ctx, p) // its client tries again
}

func (o *oracle) reserve(ctx context.Context) error {
	o.keys++
	x := ledger.Place{Owner: o.name(o.rng.IntN(companies)), Kind: ledger.Cash, Unit: ledger.CNY}
	n := 1 + o.rng.Int64N(300)
	var h ledger.Hold
	err := o.d.Update(ctx, func(tx *db.Tx) (err error) {
		h, err = ledger.Reserve(ctx, tx, ann, ledger.Reservation{Place: x, Minor: n, Key: strconv.Itoa(o.keys), Verb: "test.hold"})
		return err
	})
	want := ledger.Why("")
	if o.frozen[x.Owner] {
		want = ledger.FrozenOwner
	} else if o.balance[x]-o.held[x] < n {
		want = ledger.Short
	}
	if why(err) != want {
		return fmt.Errorf("reserve %d of %v: %q, want %q", n, x, why(err), want)
	}
	if want == "" {
		o.held[x] += n
		o.holds = append(o.holds, h)
	}
	return nil
}

func (o *oracle) endHold(ctx context.Context) error {
	i := o.rng.IntN(len(o.holds))
	h := o.holds[i]
	o.keys++
	p := ledger.Posting{Book: h.Place.Owner, Key: o.prefix + " " + strconv.Itoa(o.keys), Kind: ledger.Reclaim, Verb: "test.capture",
		Moves: []ledger.Move{{From: h.Place, To: ledger.Place{Owner: o.name(companies), Kind: ledger.Revenue, Unit: ledger.CNY}, Minor: 1 + o.rng.Int64N(h.Minor)}}}
	err := o.d.Update(ctx, func(tx *db.Tx) error {
		if i%2 == 0 {
			return ledger.Free(ctx, tx, ann, "test.free", h.Place.Owner, h.ID)
		}
		_, err := ledger.Capture(ctx, tx, ann, h.Place.Owner, h.ID, p)
		return err
	})
	if err != nil {
		return fmt.Errorf("end hold: %w", err)
	}
	o.held[h.Place] -= h.Minor
	o.holds = slices.Delete(o.holds, i, i+1)
	if i%2 == 1 {
		o.apply(p.Moves)
	}
	return nil
}

func (o *oracle) reverse(ctx context.Context) error {
	i := o.rng.IntN(len(o.done))
	x := &o.done[i]
	var back []ledger.Move
	for _, m := range x.p.Moves {
		back = append(back, ledger.Move{From: m.To, To: m.From, Minor: m.Minor})
	}
	want, _ := o.verdict(ledger.Posting{Book: x.p.Book, Key: "?", Kind: ledger.Reversal, Moves: back})
	err := o.d.Update(ctx, func(tx *db.Tx) error {
		_, err := ledger.Reverse(ctx, tx, ann, "test.reverse", x.p.Book, x.out.ID, strconv.Itoa(o.keys))
		return err
	})
	if x.reversed {
		if fault.KindOf(err) != fault.KindConflict && err != nil {
			return fmt.Errorf("reversed again: %w", err)
		}
		return nil
	}
	if why(err) != want {
		return fmt.Errorf("reverse: %q, want %q", why(err), want)
	}
	if want == "" {
		x.reversed = true
		o.apply(back)
	}
	return nil
}

func (o *oracle) freeze(ctx context.Context) error {
	x := o.name(o.rng.IntN(companies))
	state := ledger.Frozen
	if o.frozen[x] {
		state = ledger.Usable
	}
	o.frozen[x] = !o.frozen[x]
	return o.d.Update(ctx, func(tx *db.Tx) error { return ledger.SetState(ctx, tx, x, state) })
}

func (o *oracle) line(ctx context.Context) error {
	x := ledger.Place{Owner: o.name(o.rng.IntN(companies)), Kind: ledger.Credit, Unit: ledger.CNY}
	o.minimum[x] = -o.rng.Int64N(1000)
	return o.d.Update(ctx, func(tx *db.Tx) error { return ledger.SetMinimum(ctx, tx, x, o.minimum[x]) })
}

func (o *oracle) connect(ctx context.Context) error {
	i := o.rng.IntN(companies)
	a, b := o.name(i), o.name((i+1)%companies)
	on := !o.open[[2]string{a, b}]
	o.link(a, b, on)
	return o.d.Update(ctx, func(tx *db.Tx) error {
		if on {
			return ledger.Connect(ctx, tx, a, b, ledger.CNY)
		}
		return ledger.Disconnect(ctx, tx, a, b, ledger.CNY)
	})
}

// compare looks at every account of the history's companies: each balance as the oracle has it, each book zero.
func (o *oracle) compare(ctx context.Context) error {
	for i := range companies + 1 {
		all, err := ledger.Balances(ctx, o.d.Read(), o.name(i))
		if err != nil {
			return err
		}
		sum := map[string]int64{}
		for _, b := range all {
			sum[b.Place.Unit] += b.Minor
			if b.Minor != o.balance[b.Place] || b.Held != o.held[b.Place] {
				return fmt.Errorf("%v holds %d (%d held), want %d (%d)", b.Place, b.Minor, b.Held, o.balance[b.Place], o.held[b.Place])
			}
		}
		for unit, n := range sum {
			if n != 0 {
				return fmt.Errorf("the book of %s comes to %d %s", o.name(i), n, unit)
			}
		}
	}
	return nil
}
