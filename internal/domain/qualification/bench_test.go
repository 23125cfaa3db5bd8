package qualification

import (
	"fmt"
	"log/slog"
	"math/rand/v2"
	"os"
	"runtime"
	"runtime/debug"
	"strconv"
	"strings"
	"testing"
	"time"

	"hanse/internal/domain/credential"
	"hanse/internal/domain/program"
	"hanse/internal/domain/roster"
	"hanse/internal/kit/calendar"
	"hanse/internal/kit/clock"
	"hanse/internal/kit/db"
	"hanse/internal/kit/dbtest"
)

// benchPartners is the size of the channel that is measured; each partner has ten certificates on three people.
func benchPartners(t *testing.T) int {
	t.Helper()
	if os.Getenv("HANSE_BENCH") == "" {
		t.Skip("set HANSE_BENCH=1 to measure")
	}
	if n, err := strconv.Atoi(os.Getenv("HANSE_BENCH_PARTNERS")); err == nil {
		return n
	}
	return 100_000
}

func benchAccount(i int) string { return fmt.Sprintf("%032x", i+1) }

// plantFleet writes the channel's accounts, rosters and service facts.
func plantFleet(t *testing.T, d *db.DB, cat *program.Catalogue, partners int) {
	t.Helper()
	const each = 5000
	for from := 0; from < partners; from += each {
		to := min(from+each, partners)
		err := d.Update(t.Context(), func(tx *db.Tx) error {
			at := tx.Now.UnixMicro()
			if _, err := db.Bulk(t.Context(), tx, "account", []string{"id", "kind", "name", "name_fold", "state", "country", "address",
				"website", "contact", "email", "phone", "market", "channel", "reason", "version", "created_at", "changed_at"}, func(yield func([]any) bool) {
				for i := from; i < to; i++ {
					yield([]any{benchAccount(i), "partner", fmt.Sprint("Partner ", i), fmt.Sprint("partner ", i), "active", "SG", "", "", "",
						"", "", "overseas", "solution_provider", "", int64(1), at, at})
				}
			}); err != nil {
				return err
			}
			if err := plantPeople(t, tx, cat, from, to); err != nil {
				return err
			}
			_, err := db.Bulk(t.Context(), tx, "service_facts", []string{"account_id", "effective_at", "facts", "changed_by"}, func(yield func([]any) bool) {
				for i := from; i < to; i++ {
					yield([]any{benchAccount(i), at, fmt.Sprintf(`{"hotline":"7x24","hotline_number":"1","service_email":"a@b.example",`+
						`"service_manager":"bnd_%026d","issue_tracking":"automatic","events_attended":%d,"named_engineers":null,"credits":%d,`+
						`"projects":null,"laboratory":null}`, i*3, i%5, i%700), "bench"})
				}
			})
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
}

func plantPeople(t *testing.T, tx *db.Tx, cat *program.Catalogue, from, to int) error {
	r := rand.New(rand.NewPCG(uint64(from), 7))
	at := tx.Now.UnixMicro()
	_, err := db.Bulk(t.Context(), tx, "binding", []string{"account_id", "id", "person_id", "number", "name", "name_fold", "email",
		"search", "bound_on", "left_on", "registered", "held", "revision", "created_at", "updated_at"}, func(yield func([]any) bool) {
		for i := from; i < to; i++ {
			for k := range 3 {
				n := i*3 + k
				var held strings.Builder
				for range []int{3, 3, 4}[k] {
					fmt.Fprintf(&held, ";%s:%d:0", cat.Certificates[r.IntN(len(cat.Certificates))].Code, 19000+r.IntN(1500))
				}
				yield([]any{benchAccount(i), fmt.Sprintf("bnd_%026d", n), fmt.Sprintf("%031xp", n), strconv.Itoa(k), "Engineer", "engineer", "",
					"", "2015-01-01", "", true, held.String(), int64(1), at, at})
			}
		}
	})
	return err
}

// TestMeasureTheFleet compares evaluating the whole channel, from the database to stored results, with one query and
// one evaluation for each partner, on PostgreSQL in the same run.
func TestMeasureTheFleet(t *testing.T) {
	partners := benchPartners(t)
	c := clock.Fake(dbtest.Start)
	d, err := db.Open(dbtest.Postgres(t), c.Clock)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { d.Close() })
	var s *Service
	cred := credential.New(d, func() *program.Catalogue { return s.Library().Catalogue })
	people := roster.New(roster.Config{DB: d, Credentials: cred})
	s = New(d, nil, Wire(people, calendar.Standard(), nil), slog.New(slog.DiscardHandler))
	if _, err := s.Load(t.Context(), ""); err != nil {
		t.Fatal(err)
	}
	plantFleet(t, d, s.Library().Catalogue, partners)
	if err := d.Update(t.Context(), func(tx *db.Tx) error { _, err := db.Exec(t.Context(), tx, `ANALYZE`); return err }); err != nil {
		t.Fatal(err)
	}

	debug.FreeOSMemory()
	var before runtime.MemStats
	runtime.ReadMemStats(&before)
	stop := peakHeap()
	start := time.Now()
	done, err := s.RefreshAll(t.Context(), dbtest.Start)
	if err != nil {
		t.Fatal(err)
	}
	bulk := time.Since(start)
	extra := int64(stop()) - int64(before.HeapInuse)
	start = time.Now()
	again, err := s.RefreshAll(t.Context(), dbtest.Start)
	if err != nil {
		t.Fatal(err)
	}
	check := time.Since(start)
	onePacked(t, s)
	single := onePartnerEach(t, s, people, d, partners)
	t.Logf("%d partners, %d results: %v (%v to check again, %d different), at most %.1f MiB of extra heap",
		done.Partners, done.Rows, bulk.Round(time.Millisecond), check.Round(time.Millisecond), again.Different, float64(extra)/(1<<20))
	t.Logf("one query and one evaluation for each partner: %v; ratio %.1f (aim: at least 20, at most 64 MiB)",
		single.Round(time.Millisecond), single.Seconds()/bulk.Seconds())
}

// onePacked times the evaluation of one partner, for every version, from packed facts.
func onePacked(t *testing.T, s *Service) {
	t.Helper()
	facts, err := s.gather(t.Context(), s.db.Read(), benchAccount(7), dbtest.Start)
	if err != nil {
		t.Fatal(err)
	}
	fleet, err := program.NewFleet(s.Library())
	if err != nil {
		t.Fatal(err)
	}
	w, r := fleet.Worker(calendar.DayOf(dbtest.Start), program.Hold), fleet.NewResult()
	const times = 100_000
	packed := s.Library().Catalogue.Pack(facts)
	start := time.Now()
	for range times {
		w.Evaluate(&packed, r)
	}
	t.Logf("one partner, every version, from packed facts: %v (aim: at most 20 µs)", time.Since(start)/times)
}

// onePartnerEach is the plain way, timed on a part of the channel and scaled up: the roster in one query, each version
// evaluated once, each result written.
func onePartnerEach(t *testing.T, s *Service, people *roster.Service, d *db.DB, partners int) time.Duration {
	t.Helper()
	some := min(partners, 3000)
	start := time.Now()
	for i := range some {
		id := benchAccount(i * (partners / some))
		crew, err := people.EngineersAt(t.Context(), d.Read(), id, dbtest.Start)
		if err != nil {
			t.Fatal(err)
		}
		f := &program.Facts{People: crew, Hotline: program.Hotline7x24, IssueTracking: program.TrackingAutomatic, ServiceEmail: true}
		var rs []Result
		for _, v := range s.Library().Versions() {
			e := program.Evaluate(v, f, dbtest.Start, program.Hold)
			rs = append(rs, resultOf(id, &e, &e))
		}
		err = d.Update(t.Context(), func(tx *db.Tx) error {
			for _, r := range rs {
				if err := putResult(t.Context(), tx, r); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	return time.Since(start) * time.Duration(partners) / time.Duration(some)
}

// peakHeap notes the largest heap until stopped.
func peakHeap() (stop func() uint64) {
	peak := new(uint64)
	done, ended := make(chan bool), make(chan bool)
	go func() {
		defer close(ended)
		tick := time.NewTicker(10 * time.Millisecond)
		defer tick.Stop()
		for {
			select {
			case <-done:
				return
			case <-tick.C:
				var m runtime.MemStats
				runtime.ReadMemStats(&m)
				*peak = max(*peak, m.HeapInuse)
			}
		}
	}()
	return func() uint64 { close(done); <-ended; return *peak }
}
