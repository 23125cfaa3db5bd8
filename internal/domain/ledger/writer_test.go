package ledger_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"runtime"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"hanse/internal/domain/ledger"
	"hanse/internal/domain/ledger/ledgertest"
	"hanse/internal/kit/actor"
	"hanse/internal/kit/clock"
	"hanse/internal/kit/db"
	"hanse/internal/kit/dbtest"
	"hanse/internal/kit/fault"
)

// company is the name of one of the companies of these tests.
func company(i int) string { return fmt.Sprintf("company%02d", i) }

func cashOf(owner string) ledger.Place {
	return ledger.Place{Owner: owner, Kind: ledger.Cash, Unit: ledger.CNY}
}

func payNow(from, to string, minor int64, key string) ledger.Posting {
	return ledger.Posting{Book: from, Key: key, Kind: ledger.Allocate, Verb: "test.pay", Moves: []ledger.Move{{From: cashOf(from), To: cashOf(to), Minor: minor}}}
}

// connected are n companies with money, each connected with the first one, or all with all.
func connected(t *testing.T, d *db.DB, n int, minor int64, all bool) {
	t.Helper()
	ctx := t.Context()
	for i := range n {
		ledgertest.Give(t, d, vendor, company(i), ledger.Cash, minor)
	}
	err := d.Update(ctx, func(tx *db.Tx) error {
		for i := range n {
			for j := range i {
				if all || j == 0 {
					if err := ledger.Connect(ctx, tx, company(j), company(i), ledger.CNY); err != nil {
						return err
					}
				}
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

var tester = actor.Program("test")

func TestManyWhoPostAtOnceLoseNothing(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB, _ *clock.Manual) {
		const companies, callers, each, start = 20, 16, 40, 1000
		connected(t, d, companies, start, true)
		// Two services are two nodes: each has a writer of its own.
		nodes := []*ledger.Service{ledger.New(d), ledger.New(d)}
		var mu sync.Mutex
		want := map[string]int64{}
		var wg sync.WaitGroup
		for c := range callers {
			wg.Go(func() {
				random := rand.New(rand.NewPCG(7, uint64(c)))
				for range each {
					from, to := random.IntN(companies), random.IntN(companies-1)
					if to >= from {
						to++
					}
					minor := 1 + random.Int64N(500)
					_, err := nodes[c%2].Post(t.Context(), tester, payNow(company(from), company(to), minor, ""))
					var refused *ledger.Refusal
					switch {
					case err == nil:
						mu.Lock()
						want[company(from)] -= minor
						want[company(to)] += minor
						mu.Unlock()
					case !errors.As(err, &refused) || refused.Why != ledger.Short:
						t.Errorf("pay: %v", err)
					}
				}
			})
		}
		wg.Wait()
		for i := range companies {
			ledgertest.Has(t, d, company(i), ledger.Cash, start+want[company(i)])
		}
		for _, s := range nodes {
			s.Close()
		}
		ledgertest.Balanced(t, d)
	})
}

func TestAmountsBeyondThirtyTwoBitsPass(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB, _ *clock.Manual) {
		const much = 1 << 42
		connected(t, d, 2, much, false)
		s := ledger.New(d)
		defer s.Close()
		if _, err := s.Post(t.Context(), tester, payNow(company(0), company(1), much/2, "writer")); err != nil {
			t.Error(err)
		}
		for _, a := range plainly(t, d, []ledger.Posting{payNow(company(1), company(0), much, "plain")}) {
			if a.Err != nil {
				t.Error(a.Err)
			}
		}
		ledgertest.Has(t, d, company(1), ledger.Cash, much/2)
		ledgertest.Balanced(t, d)
	})
}

func TestAHotAccountIsSpentToTheLastAndNotFurther(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB, _ *clock.Manual) {
		const callers, each, companies = 50, 8, 10
		connected(t, d, companies, 100, false)
		s := ledger.New(d)
		defer s.Close()
		var paid, short int64
		var mu sync.Mutex
		var wg sync.WaitGroup
		for c := range callers {
			wg.Go(func() {
				for n := range each {
					_, err := s.Post(t.Context(), tester, payNow(company(0), company(1+(c+n)%(companies-1)), 1, fmt.Sprint(c, "/", n)))
					mu.Lock()
					if err == nil {
						paid++
					} else {
						short++
					}
					mu.Unlock()
				}
			})
		}
		wg.Wait()
		if paid != 100 || short != callers*each-100 {
			t.Errorf("%d paid and %d refused of 100 that were there; want 100 and %d", paid, short, callers*each-100)
		}
		ledgertest.Has(t, d, company(0), ledger.Cash, 0)
		ledgertest.Balanced(t, d)
	})
}

func TestOneKeyAHundredTimesAtOnceHasOneEffectAndEqualAnswers(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB, _ *clock.Manual) {
		connected(t, d, 3, 1000, false)
		nodes := []*ledger.Service{ledger.New(d), ledger.New(d)}
		answers := make([]ledger.Posted, 100)
		var wg sync.WaitGroup
		for i := range answers {
			wg.Go(func() {
				var err error
				if answers[i], err = nodes[i%2].Post(t.Context(), tester, payNow(company(0), company(1), 10, "once")); err != nil {
					t.Errorf("posting %d: %v", i, err)
				}
			})
		}
		wg.Wait()
		fresh := 0
		for i, a := range answers {
			if !a.Replayed {
				fresh++
			}
			if diff := cmp.Diff(answers[0], a, cmpopts.IgnoreFields(ledger.Posted{}, "Replayed")); diff != "" {
				t.Fatalf("answer %d differs (-first +this):\n%s", i, diff)
			}
		}
		if fresh != 1 {
			t.Errorf("%d of the answers aren't repetitions, want 1", fresh)
		}
		_, err := nodes[0].Post(t.Context(), tester, payNow(company(0), company(1), 11, "once"))
		if refused := (*ledger.Refusal)(nil); !errors.As(err, &refused) || refused.Why != ledger.KeyReused {
			t.Errorf("the key for another amount: %v, want a refusal", err)
		}
		for _, s := range nodes {
			s.Close()
		}
		ledgertest.Has(t, d, company(0), ledger.Cash, 990)
		ledgertest.Has(t, d, company(1), ledger.Cash, 1010)
		ledgertest.Balanced(t, d)
	})
}

// broken is an event that can't be written.
type broken struct{ C chan int }

func (broken) Event() (kind, account, subject string) { return "test.broken", vendor, "x" }

func TestABrokenPostingFailsAloneInItsBatch(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB, _ *clock.Manual) {
		connected(t, d, 4, 1000, false)
		s := ledger.New(d)
		defer s.Close()
		bad := payNow(company(0), company(2), 10, "bad")
		bad.Fact = broken{}
		answers := ledger.PostBatch(s, tester, []ledger.Posting{payNow(company(0), company(1), 10, "a"), bad, payNow(company(0), company(3), 10, "c")})
		for i, want := range []bool{true, false, true} {
			if (answers[i].Err == nil) != want {
				t.Errorf("posting %d: %v, want done = %v", i, answers[i].Err, want)
			}
		}
		ledgertest.Has(t, d, company(0), ledger.Cash, 980)
		ledgertest.Has(t, d, company(2), ledger.Cash, 1000)
		ledgertest.Balanced(t, d)
	})
}

// blocked runs f while another transaction has an account, so that the writer waits with the posting that it has
// begun: by company 0, answered on the channel.
func blocked(t *testing.T, d *db.DB, s *ledger.Service, first context.Context, f func()) (answer chan error) {
	t.Helper()
	held, release, over := make(chan struct{}), make(chan struct{}), make(chan error, 1)
	go func() {
		over <- d.Update(context.Background(), func(tx *db.Tx) error {
			_, err := ledger.Post(context.Background(), tx, tester, payNow(company(0), company(1), 1, "holder"))
			close(held)
			<-release
			return err
		})
	}()
	<-held
	answer = make(chan error, 1)
	go func() {
		_, err := s.Post(first, tester, payNow(company(0), company(1), 1, "begun"))
		answer <- err
	}()
	waitFor(t, func() bool { return s.Load().Batches == 1 })
	f()
	close(release)
	if err := <-over; err != nil {
		t.Error(err)
	}
	return answer
}

// waitFor gives other goroutines time until something holds.
func waitFor(t *testing.T, holds func() bool) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	for ; !holds(); runtime.Gosched() {
		if ctx.Err() != nil {
			t.Fatal("it doesn't happen")
		}
	}
}

func TestWhoGivesUpWhileWaitingHasPostedNothingAndWhileRunningAll(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB, _ *clock.Manual) {
		connected(t, d, 2, 1000, false)
		s := ledger.New(d)
		first, giveUp := context.WithCancel(t.Context())
		answer := blocked(t, d, s, first, func() {
			gone, cancel := context.WithCancel(t.Context())
			cancel()
			if _, err := s.Post(gone, tester, payNow(company(0), company(1), 500, "waiting")); !errors.Is(err, context.Canceled) {
				t.Errorf("a posting in the queue whose caller has gone: %v", err)
			}
			giveUp()
		})
		if err := <-answer; err != nil {
			t.Errorf("the posting that was being made: %v, want its own outcome", err)
		}
		s.Close()
		ledgertest.Has(t, d, company(0), ledger.Cash, 998)
		ledgertest.Balanced(t, d)
	})
}

func TestAFullQueueRefusesAndAClosedLedgerFinishesWhatWaits(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB, _ *clock.Manual) {
		const room = 5
		connected(t, d, 2, 1000, false)
		s := ledger.New(d)
		ledger.ShortenQueue(s, room)
		var wg sync.WaitGroup
		answer := blocked(t, d, s, t.Context(), func() {
			for i := range room {
				wg.Go(func() {
					if _, err := s.Post(t.Context(), tester, payNow(company(0), company(1), 1, fmt.Sprint("w", i))); err != nil {
						t.Errorf("a posting that waits while the ledger is closed: %v", err)
					}
				})
			}
			waitFor(t, func() bool { return s.Load().Waiting == room })
			_, err := s.Post(t.Context(), tester, payNow(company(0), company(1), 1, "more"))
			if f := fault.Of(err); f == nil || f.Kind != fault.KindTooMany || s.Load().Refused != 1 {
				t.Errorf("a posting more than there's room for: %v, refused %d; want TooMany and 1", err, s.Load().Refused)
			}
		})
		s.Close()
		s.Close()
		wg.Wait()
		if err := <-answer; err != nil {
			t.Error(err)
		}
		if _, err := s.Post(t.Context(), tester, payNow(company(0), company(1), 1, "late")); err == nil {
			t.Error("a closed ledger posted")
		}
		ledgertest.Has(t, d, company(0), ledger.Cash, 1000-2-room)
		ledgertest.Balanced(t, d)
	})
}

// TestABatchDecidesAsThePlainPathDoes makes the same random postings one by one on the plain path and in batches:
// frozen and closed accounts, too little money, known keys, accounts that aren't there yet.
func TestABatchDecidesAsThePlainPathDoes(t *testing.T) {
	const companies, postings = 6, 240
	kinds := []string{ledger.Allocate, ledger.Allocate, ledger.Reclaim}
	dbtest.Each(t, func(t *testing.T, d *db.DB, c *clock.Manual) {
		seed := uint64(c.Now().UnixNano())
		random := rand.New(rand.NewPCG(seed, 1))
		// Two worlds in one database, by the names of their companies.
		name := func(world string, i int) string { return world + company(i) }
		for _, world := range []string{"a", "b"} {
			prepareWorld(t, d, world, companies)
		}
		draw := func(random *rand.Rand, world string) ledger.Posting {
			from, to := random.IntN(companies), random.IntN(companies)
			p := payNow(name(world, from), name(world, to), 1+random.Int64N(400), fmt.Sprint("k", random.IntN(postings/2)))
			p.Kind = kinds[random.IntN(len(kinds))]
			if random.IntN(4) == 0 {
				p.Key = ""
			}
			if from == to {
				p.Moves[0].To.Kind = ledger.Earmarked
			}
			if random.IntN(6) == 0 {
				p.Moves = append(p.Moves, ledger.Move{From: cashOf(name(world, to)), To: ledger.Place{Owner: name(world, to), Kind: ledger.Deposit, Unit: ledger.CNY}, Minor: 5})
			}
			return p
		}
		s := ledger.New(d)
		defer s.Close()
		for done := 0; done < postings; {
			n := 1 + random.IntN(30)
			var plain, batch []ledger.Posting
			for range n {
				state := random.Uint64()
				plain = append(plain, draw(rand.New(rand.NewPCG(state, 2)), "a"))
				batch = append(batch, draw(rand.New(rand.NewPCG(state, 2)), "b"))
			}
			// What opens an account is posted after the batch; so it is here.
			first, later := splitNew(t, d, plain)
			one := append(plainly(t, d, first), plainly(t, d, later)...)
			firstB, laterB := splitNew(t, d, batch)
			two := append(ledger.PostBatch(s, tester, firstB), ledger.PostBatch(s, tester, laterB)...)
			for i := range one {
				if a, b := verdict(one[i]), verdict(two[i]); a != b {
					t.Fatalf("seed %d, posting %d: plain %s; writer %s", seed, done+i, a, b)
				}
			}
			done += n
			c.Advance(time.Duration(random.IntN(72)) * time.Hour)
		}
		for i := range companies {
			if diff := cmp.Diff(bookOf(t, d, name("a", i)), bookOf(t, d, name("b", i))); diff != "" {
				t.Errorf("seed %d: books of company %d differ (-plain +writer):\n%s", seed, i, diff)
			}
		}
		ledgertest.Balanced(t, d)
	})
}

// prepare makes a world: company 1 is frozen, 2 isn't connected with 3, between 4 and 5 the connection has ended.
func prepareWorld(t *testing.T, d *db.DB, world string, companies int) {
	t.Helper()
	ctx := t.Context()
	for i := range companies {
		ledgertest.Give(t, d, vendor, world+company(i), ledger.Cash, 1000)
	}
	err := d.Update(ctx, func(tx *db.Tx) error {
		for i := range companies {
			for j := range i {
				if i == 3 && j == 2 {
					continue
				}
				if err := ledger.Connect(ctx, tx, world+company(j), world+company(i), ledger.CNY); err != nil {
					return err
				}
			}
		}
		return errors.Join(ledger.SetState(ctx, tx, world+company(1), ledger.Frozen),
			ledger.Disconnect(ctx, tx, world+company(4), world+company(5), ledger.CNY))
	})
	if err != nil {
		t.Fatal(err)
	}
}

// split takes those apart that touch an account which isn't there.
func splitNew(t *testing.T, d *db.DB, all []ledger.Posting) (first, later []ledger.Posting) {
	t.Helper()
	there := map[ledger.Place]bool{}
	for _, p := range all {
		opens := false
		for _, m := range p.Moves {
			for _, place := range []ledger.Place{m.From, m.To} {
				if _, known := there[place]; !known {
					b, err := ledger.BalanceOf(t.Context(), d.Read(), place)
					if err != nil {
						t.Fatal(err)
					}
					there[place] = b.Seq > 0
				}
				opens = opens || !there[place]
			}
		}
		if opens {
			later = append(later, p)
		} else {
			first = append(first, p)
		}
	}
	return first, later
}

func plainly(t *testing.T, d *db.DB, all []ledger.Posting) (out []ledger.Answer) {
	t.Helper()
	for _, p := range all {
		var a ledger.Answer
		a.Err = d.Update(t.Context(), func(tx *db.Tx) (err error) {
			a.Posted, err = ledger.Post(t.Context(), tx, tester, p)
			return err
		})
		out = append(out, a)
	}
	return out
}

// verdict is what an answer says, without what two worlds can't have in common.
func verdict(a ledger.Answer) string {
	var refused *ledger.Refusal
	if errors.As(a.Err, &refused) {
		return fmt.Sprintf("refused: %s %s %s have %d need %d", refused.Why, shortName(refused.Place.Owner), refused.Place.Kind, refused.Have, refused.Need)
	}
	if a.Err != nil {
		return a.Err.Error()
	}
	left := ""
	for _, b := range a.Posted.Balances {
		left += fmt.Sprintf(" %s.%s=%d", shortName(b.Place.Owner), b.Place.Kind, b.Minor)
	}
	return fmt.Sprintf("posted %s at %s, replayed %v:%s", a.Posted.Kind, a.Posted.At, a.Posted.Replayed, left)
}

func shortName(owner string) string { return owner[min(1, len(owner)):] }

// book is everything that an owner's accounts and statements say, without names of this world.
func bookOf(t *testing.T, d *db.DB, owner string) (out []string) {
	t.Helper()
	all, err := ledger.Balances(t.Context(), d.Read(), owner)
	if err != nil {
		t.Fatal(err)
	}
	for _, b := range all {
		ref := b.Place.Ref
		if ref != "" && ref != vendor {
			ref = shortName(ref)
		}
		out = append(out, fmt.Sprintf("%s %s %s: %d held %d, entry %d, %s", b.Place.Kind, b.Place.Unit, ref, b.Minor, b.Held, b.Seq, b.State))
		entries, err := ledger.Entries(t.Context(), d.Read(), ledger.Statement{Owner: owner, Kind: b.Place.Kind, Unit: b.Place.Unit, Ref: b.Place.Ref, Limit: 500})
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range entries {
			out = append(out, fmt.Sprintf("  %d %s %s %d -> %d", e.Seq, e.At, e.Kind, e.Minor, e.After))
		}
	}
	slices.Sort(out)
	return out
}

// TestAKeyThatTheWriterDoesNotRememberIsFoundAllTheSame has a second node, which knows the accounts, repeat what the first
// one did: nothing is read before it writes, and the key is there already.
func TestAKeyThatTheWriterDoesNotRememberIsFoundAllTheSame(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB, _ *clock.Manual) {
		connected(t, d, 3, 1000, false)
		here, there := ledger.New(d), ledger.New(d)
		first := ledger.PostBatch(here, tester, []ledger.Posting{payNow(company(0), company(1), 7, "one"), payNow(company(0), company(2), 8, "two")})
		for round := range 3 { // in the second one the writer looks keys up
			warm := ledger.PostBatch(there, tester, []ledger.Posting{payNow(company(0), company(1), 1, fmt.Sprint("warm", round)), payNow(company(0), company(2), 1, fmt.Sprint("warmer", round))})
			got := ledger.PostBatch(there, tester, []ledger.Posting{payNow(company(0), company(1), 7, "one"), payNow(company(0), company(2), 9, "two"),
				payNow(company(0), company(1), 2, fmt.Sprint("new", round))})
			for _, a := range append(warm, got[2]) {
				if a.Err != nil || a.Posted.Replayed {
					t.Errorf("a new key: %+v", a)
				}
			}
			if got[0].Err != nil || !got[0].Posted.Replayed || got[0].Posted.ID != first[0].Posted.ID || got[0].Posted.Number != first[0].Posted.Number {
				t.Errorf("a repeated key: %+v, want the answer %+v once more", got[0], first[0])
			}
			if why(got[1].Err) != ledger.KeyReused {
				t.Errorf("a key for something else: %+v, want a refusal", got[1])
			}
		}
		b, err := ledger.BalanceOf(t.Context(), d.Read(), cashOf(company(0)))
		if want := int64(1000 - 7 - 8 - 3*4); err != nil || b.Minor != want {
			t.Errorf("%d left, %v; want %d", b.Minor, err, want)
		}
	})
}
