package bank

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"hanse/internal/kit/dbtest"
)

// How many clients move money, and how often the server is killed meanwhile.
const (
	clients = 16
	kills   = 20
)

// each runs a test on both databases, SQLite as an installation has it, waiting for the disk.
func each(t *testing.T, f func(t *testing.T, dsn string)) {
	t.Helper()
	t.Run("sqlite", func(t *testing.T) { f(t, strings.TrimSuffix(dbtest.SQLite(t), "?sync=off")) })
	t.Run("postgres", func(t *testing.T) { f(t, dbtest.Postgres(t)) })
}

// seed makes a run repeatable as far as a crash can be: HANSE_SEED gives the orders and the moments of the kills.
func seed(t *testing.T) uint64 {
	n := uint64(time.Now().UnixNano())
	if s, err := strconv.ParseUint(os.Getenv("HANSE_SEED"), 10, 64); err == nil {
		n = s
	}
	t.Logf("HANSE_SEED=%d", n)
	return n
}

// A crowd is all clients at work.
type crowd struct {
	clients []*client
	stop    atomic.Bool
	wg      sync.WaitGroup
	done    atomic.Int64
	failed  chan error
}

func newCrowd(w *world, url string, n uint64, size int) *crowd {
	c := &crowd{failed: make(chan error, size)}
	pool := &http.Client{Timeout: 10 * time.Second, Transport: &http.Transport{MaxIdleConnsPerHost: size, DisableCompression: true}}
	for i := range size {
		c.clients = append(c.clients, &client{name: fmt.Sprintf("c%d", i), url: url, pairs: w.pairs, rand: rand.New(rand.NewPCG(n, uint64(i))), http: pool, done: &c.done})
	}
	return c
}

func (c *crowd) start(ctx context.Context) {
	for _, one := range c.clients {
		c.wg.Go(func() {
			if err := one.run(ctx, &c.stop); err != nil {
				c.failed <- fmt.Errorf("client %s: %w", one.name, err)
			}
		})
	}
}

// end lets each client finish its order, and returns all of them.
func (c *crowd) end(t *testing.T) (orders []order, lost, replayed int) {
	t.Helper()
	c.stop.Store(true)
	c.wg.Wait()
	close(c.failed)
	for err := range c.failed {
		t.Error(err)
	}
	for _, one := range c.clients {
		orders, lost, replayed = append(orders, one.orders...), lost+one.lost, replayed+one.replayed
	}
	return orders, lost, replayed
}

// waitFor waits until so many more orders are acknowledged, or for some seconds.
func (c *crowd) waitFor(more int64) {
	until := c.done.Load() + more
	for begin := time.Now(); c.done.Load() < until && time.Since(begin) < 5*time.Second && len(c.failed) == 0; {
		time.Sleep(time.Millisecond)
	}
}

func acknowledged(orders []order) (n int) {
	for _, o := range orders {
		if o.transfer != "" {
			n++
		}
	}
	return n
}

// TestNoMoneyIsLostOrMadeWhenTheServerIsKilled lets the clients work while the server dies again and again.
func TestNoMoneyIsLostOrMadeWhenTheServerIsKilled(t *testing.T) {
	if testing.Short() {
		t.Skip("takes a minute")
	}
	each(t, func(t *testing.T, dsn string) {
		n, begin := seed(t), time.Now()
		w := newWorld(t, dsn)
		s := newServer(w)
		s.start()
		t.Logf("prepared in %v", time.Since(begin).Round(time.Millisecond))
		ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
		defer cancel()
		c := newCrowd(w, s.url(), n, clients)
		c.start(ctx)
		r := rand.New(rand.NewPCG(n, 1<<32))
		for range kills {
			c.waitFor(int64(20 + r.IntN(60)))
			time.Sleep(time.Duration(r.IntN(5000)) * time.Microsecond) // the moment of a kill is any
			s.kill()
			s.start()
		}
		c.waitFor(50)
		orders, lost, replayed := c.end(t)
		s.stop()
		t.Logf("%d kills, %d orders, %d acknowledged, %d answers lost, %d of them had taken effect, %v", kills, len(orders), acknowledged(orders), lost, replayed,
			time.Since(begin).Round(time.Millisecond))
		if lost == 0 || acknowledged(orders) < 100 {
			t.Errorf("%d answers lost, %d orders acknowledged: the test did nothing", lost, acknowledged(orders))
		}
		for _, f := range w.findings(orders) {
			t.Error(f)
		}
		if out, err := w.ledgerCheck(t.Context()); err != nil {
			t.Errorf("hanse ledger check: %v\n%s", err, out)
		}
	})
}

// TestTheComparisonFindsWhatItLooksFor puts something between clients and server that makes the mistakes the test
// above is there for, and wants them found.
func TestTheComparisonFindsWhatItLooksFor(t *testing.T) {
	if testing.Short() {
		t.Skip("takes some seconds")
	}
	for _, control := range []struct {
		name  string
		fresh bool
		// between gets every tenth request instead of the server.
		between func(rw http.ResponseWriter, r *http.Request, server http.Handler)
		want    string
	}{
		{"a retry with a fresh key doubles", true, func(_ http.ResponseWriter, r *http.Request, server http.Handler) {
			server.ServeHTTP(httptest.NewRecorder(), r) // done, and nobody hears of it
			panic(http.ErrAbortHandler)
		}, "which no client was told of"},
		{"an answer before the commit loses", false, func(rw http.ResponseWriter, r *http.Request, _ http.Handler) {
			body, _ := io.ReadAll(r.Body)
			_, amount, _ := bytes.Cut(body, []byte(`"amount":"`))
			amount, _, _ = bytes.Cut(amount, []byte(`"`))
			fmt.Fprintf(rw, `{"transfer":"trf_lost","amount":"%s"}`, amount)
		}, "isn't in the books"},
	} {
		t.Run(control.name, func(t *testing.T) {
			w := newWorld(t, dbtest.SQLite(t))
			s := newServer(w)
			s.start()
			target, err := url.Parse(s.url())
			must(t, err)
			real := httputil.NewSingleHostReverseProxy(target)
			var n atomic.Int64
			proxy := httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
				if n.Add(1)%10 == 0 {
					control.between(rw, r, real)
					return
				}
				real.ServeHTTP(rw, r)
			}))
			defer proxy.Close()
			c := newCrowd(w, proxy.URL, seed(t), 2)
			for _, one := range c.clients {
				one.fresh = control.fresh
			}
			c.start(t.Context())
			for n.Load() < 300 && len(c.failed) == 0 {
				time.Sleep(10 * time.Millisecond)
			}
			orders, _, _ := c.end(t)
			if found := strings.Join(w.findings(orders), "\n"); !strings.Contains(found, control.want) || !strings.Contains(found, "holds") {
				t.Errorf("found only %q", found)
			}
		})
	}
}

// TestOneKeySentAHundredTimesAtOnceHasOneEffectAndEqualAnswers is what a client does whose line is bad.
func TestOneKeySentAHundredTimesAtOnceHasOneEffectAndEqualAnswers(t *testing.T) {
	each(t, func(t *testing.T, dsn string) {
		w := newWorld(t, dsn)
		s := newServer(w)
		s.start()
		c := newCrowd(w, s.url(), seed(t), 1).clients[0]
		o := order{pair: w.pairs[0], minor: 12_345, key: "once"}
		var wg sync.WaitGroup
		var mu sync.Mutex
		answers, first := map[string]int{}, 0
		for i := range 100 {
			one := *c
			one.rand = rand.New(rand.NewPCG(uint64(i), 7))
			wg.Go(func() {
				status, body, replayed, err := one.send(t.Context(), o, o.key)
				mu.Lock()
				defer mu.Unlock()
				if err != nil || status != http.StatusOK {
					t.Errorf("send = %d, %s, %v", status, body, err)
				}
				if answers[string(body)]++; !replayed {
					first++
				}
			})
		}
		wg.Wait()
		if len(answers) != 1 || first != 1 {
			t.Errorf("%d of the answers are first ones, and they differ: %v; want one first and all equal", first, answers)
		}
		o.minor++
		if status, body, _, err := c.send(t.Context(), o, o.key); err != nil || status < 400 || status >= 500 {
			t.Errorf("the key with another amount = %d, %s, %v; want a refusal", status, body, err)
		}
		o.minor--
		for a := range answers {
			_, id, _ := strings.Cut(a, `"transfer":"`)
			o.transfer, _, _ = strings.Cut(id, `"`)
		}
		for _, f := range w.findings([]order{o}) {
			t.Error(f)
		}
	})
}
