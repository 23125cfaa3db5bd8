//go:build bench

package bench

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"hanse/internal/domain/ledger"
	"hanse/internal/kit/actor"
	"hanse/internal/kit/clock"
	"hanse/internal/kit/db"
	"hanse/internal/kit/dbtest"
	"hanse/internal/kit/id"
)

// What is measured: transfers from payers to their customers, in the company's currency.
const (
	ledgerVendor  = "0000000000000000000"
	hotCustomers  = 10_000
	coldPayers    = 1_000
	coldCustomers = 10
	ledgerCallers = 512
	ledgerRun     = 3 * time.Second
	ledgerRounds  = 5
	pgbenchClient = 8
)

// A crowd is a group of payers and their customers. The first is one distributor whom everybody's transfers touch.
type crowd struct {
	name               string
	first, last, fan   int64
	leastPg, aimPg     float64 // the writer in process against pgbench
	leastHTTP, aimHTTP float64 // over HTTP against pgbench
	leastNoop          float64 // over HTTP against a request that does nothing
}

var crowds = []crowd{
	{"one hot account", 1, 1, hotCustomers, 10, 15, 4, 7, 0.25},
	{"random accounts", 2, 1 + coldPayers, coldCustomers, 4, 5.5, 1.5, 2.4, 0.18},
}

func payerID(n int64) string { return strconv.FormatInt(1_000_000_000_000_000_000+n*1_000_000_000, 10) }

func customerID(payer, k int64) string {
	return strconv.FormatInt(1_000_000_000_000_000_000+payer*1_000_000_000+k, 10)
}

// fillLedger opens the books of all crowds and gives the payers more than they can spend.
func fillLedger(t *testing.T, d *db.DB) {
	t.Helper()
	ctx := t.Context()
	for _, c := range crowds {
		for p := c.first; p <= c.last; p++ {
			must(t, d.Update(ctx, func(tx *db.Tx) error {
				if err := ledger.OpenBook(ctx, tx, payerID(p), ledgerVendor); err != nil {
					return err
				}
				for k := int64(1); k <= c.fan; k++ {
					if err := ledger.Open(ctx, tx, cashOf(customerID(p, k))); err != nil {
						return err
					}
					if err := ledger.Connect(ctx, tx, payerID(p), customerID(p, k), ledger.CNY); err != nil {
						return err
					}
				}
				_, err := ledger.Post(ctx, tx, actor.Program("bench"), ledger.Posting{Book: payerID(p), Kind: ledger.TopUp, Verb: "bench.give",
					Moves: []ledger.Move{{From: ledger.Place{Owner: ledgerVendor, Kind: ledger.Bank, Unit: ledger.CNY}, To: cashOf(payerID(p)), Minor: 1 << 42}}})
				return err
			}))
		}
	}
	must(t, d.Analyze(ctx, "ledger_account", "ledger_key", "ledger_transfer", "ledger_entry", "ledger_month"))
}

func cashOf(owner string) ledger.Place {
	return ledger.Place{Owner: owner, Kind: ledger.Cash, Unit: ledger.CNY}
}

// draw is a random transfer of a crowd.
func (c crowd) draw() ledger.Posting {
	p := c.first + rand.Int64N(c.last-c.first+1)
	from, to := payerID(p), customerID(p, 1+rand.Int64N(c.fan))
	return ledger.Posting{Book: from, Key: id.New("key", time.Now()), Kind: ledger.Allocate, Memo: benchMemo, Verb: "bench.pay",
		Moves: []ledger.Move{{From: cashOf(from), To: cashOf(to), Minor: 1 + rand.Int64N(100)}}}
}

const benchMemo = "monthly allocation"

// A rate is what one run reached and what it cost.
type rate struct {
	perSecond float64
	own, pg   time.Duration // processor time for each transfer: of this process or pgbench, and of PostgreSQL
}

func (r rate) String() string {
	return fmt.Sprintf("%.0f/s (CPU %.1f + PostgreSQL %.1f µs each)", r.perSecond, micros(r.own), micros(r.pg))
}

func micros(d time.Duration) float64 { return float64(d) / float64(time.Microsecond) }

// rates are the runs of one thing.
type rates []rate

func (rs rates) median() rate {
	sorted := slices.SortedFunc(slices.Values(rs), func(a, b rate) int { return int(a.perSecond - b.perSecond) })
	return sorted[len(sorted)/2]
}

// times is the median of the ratios of two things, run by run.
func (rs rates) times(other rates) float64 {
	var all []float64
	for i := range rs {
		all = append(all, rs[i].perSecond/other[i].perSecond)
	}
	slices.Sort(all)
	return all[len(all)/2]
}

// drive lets callers call for a while, and returns how many calls a second succeeded; one that fails ends the test.
func drive(t *testing.T, pg, callers int, call func() error) rate {
	t.Helper()
	var done atomic.Int64
	var failed atomic.Pointer[error]
	ctx, cancel := context.WithTimeout(t.Context(), ledgerRun)
	defer cancel()
	own, server := ownCPU(), treeCPU(pg)
	began := time.Now()
	var wg sync.WaitGroup
	for range callers {
		wg.Go(func() {
			for ctx.Err() == nil {
				if err := call(); err != nil {
					failed.Store(&err)
					return
				}
				done.Add(1)
			}
		})
	}
	wg.Wait()
	if err := failed.Load(); err != nil {
		t.Fatal(*err)
	}
	n := done.Load()
	return rate{float64(n) / time.Since(began).Seconds(), (ownCPU() - own) / time.Duration(n), (treeCPU(pg) - server) / time.Duration(n)}
}

// ownCPU is the processor time that this process has used.
func ownCPU() time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		panic(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// treeCPU is the processor time of a process and its children, those that have ended included; 0 for no process.
func treeCPU(pid int) (sum time.Duration) {
	if pid == 0 {
		return 0
	}
	stats, _ := filepath.Glob("/proc/[0-9]*/stat")
	for _, path := range stats {
		b, err := os.ReadFile(path)
		if err != nil {
			continue // it has ended
		}
		// After the name in parentheses: state, parent, …, 12 to 15 are the ticks of itself and of its waited-for children.
		f := strings.Fields(string(b[strings.LastIndexByte(string(b), ')')+1:]))
		self := filepath.Base(filepath.Dir(path)) == strconv.Itoa(pid)
		if !self && f[1] != strconv.Itoa(pid) {
			continue
		}
		for i, x := range f[11:15] {
			if n, err := strconv.ParseInt(x, 10, 64); err == nil && (self || i < 2) {
				sum += time.Duration(n) * 10 * time.Millisecond
			}
		}
	}
	return sum
}

// pgbench runs the plain path's statements, and returns the transfers that it made in a second.
func pgbench(t *testing.T, dsn string, pg int, c crowd, seq int64) rate {
	t.Helper()
	vars := map[string]any{
		"seq": seq, "first": c.first, "last": c.last, "fan": c.fan, "at": time.Now().UnixMicro(), "month": time.Now().Format("2006-01"),
		"hash": `\x00112233445566778899aabbccddeeff`, "cash": "cash", "clearing": "clearing", "unit": "CNY", "usable": "open", "frozen": "frozen",
		"none": 0, "one": 1, "kind": ledger.Allocate, "memo": benchMemo, "by": "system:bench", "by_name": "bench", "via": "system",
		"verb":    "bench.pay",
		"entries": "1000000001000000000:aud_" + strings.Repeat("0", 26),
		"legs":    strings.TrimSuffix(strings.Repeat("1000000001000000000:7456789012345678901:123456:-100:4398046511104;", 4), ";"),
		"detail":  `{"kind":"allocate","minor":100,"payee":"1000000001000000000","payer":"1000000001000000001","proof":"` + strings.Repeat("ab", 32) + `","unit":"CNY"}`,
	}
	args := []string{"-n", "-M", "prepared", "-c", strconv.Itoa(pgbenchClient), "-j", "2", "-T", fmt.Sprint(ledgerRun.Seconds()),
		"-f", filepath.Join(root(t), "test/bench/pgbench/transfer.sql")}
	for k, v := range vars {
		args = append(args, "-D", fmt.Sprintf("%s=%v", k, v))
	}
	cmd := exec.Command(dbtest.Program(t, "pgbench"), append(args, dsn)...)
	server := treeCPU(pg)
	out, err := cmd.CombinedOutput()
	tps := regexp.MustCompile(`tps = ([0-9.]+)`).FindSubmatch(out)
	n := regexp.MustCompile(`transactions actually processed: (\d+)`).FindSubmatch(out)
	if err != nil || tps == nil || n == nil || strings.Contains(string(out), "aborted") {
		t.Fatalf("pgbench: %v\n%s", err, out)
	}
	per, err := strconv.ParseFloat(string(tps[1]), 64)
	must(t, err)
	count, err := strconv.Atoi(string(n[1]))
	must(t, err)
	own := cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime()
	return rate{per, own / time.Duration(count), (treeCPU(pg) - server) / time.Duration(count)}
}

func openLedger(t *testing.T, dsn string) *db.DB {
	t.Helper()
	d, err := db.Open(dsn, clock.New())
	must(t, err)
	t.Cleanup(func() { d.Close() })
	return d
}

// measureLedger compares the writer with pgbench on one PostgreSQL server, and on SQLite with one transaction for
// each transfer.
func measureLedger(t *testing.T, r *report) {
	dsn, pid := dbtest.Durable(t)
	pg := openLedger(t, dsn)
	fillLedger(t, pg)
	lite := openLedger(t, "sqlite:"+filepath.Join(t.TempDir(), "ledger.db"))
	_, err := lite.Migrate(t.Context())
	must(t, err)
	fillLedger(t, lite)
	writer, writerLite := ledger.New(pg), ledger.New(lite)
	var seq int64
	for _, c := range crowds {
		var bench, group, groupLite, single rates
		for range ledgerRounds {
			seq += 1_000_000_000
			bench = append(bench, pgbench(t, dsn, pid, c, seq))
			group = append(group, drive(t, pid, ledgerCallers, writes(t, writer, c)))
			groupLite = append(groupLite, drive(t, 0, ledgerCallers, writes(t, writerLite, c)))
			single = append(single, drive(t, 0, 1, plainly(t, lite, c)))
			must(t, lite.Checkpoint(t.Context()))
		}
		r.say("%s, %d customers, at least %d rounds of %v", c.name, (c.last-c.first+1)*c.fan, ledgerRounds, ledgerRun)
		r.say("  pgbench, plain path, %d clients: %v", pgbenchClient, bench.median())
		r.say("  writer, PostgreSQL, %d callers: %v", ledgerCallers, group.median())
		r.say("  writer, SQLite (FULL), %d callers: %v", ledgerCallers, groupLite.median())
		r.say("  plain path, SQLite (FULL), one commit each: %v", single.median())
		r.limit(c.name+": writer against pgbench", group.times(bench), c.leastPg, "x", true)
		r.say("  %.1f is aimed at", c.aimPg)
		r.limit(c.name+": SQLite against PostgreSQL", groupLite.times(group), 0.8, "x", true)
		r.limit(c.name+": SQLite, writer against one commit each", groupLite.times(single), 2.5, "x", true)
		r.say("  7 is aimed at")
	}
	writer.Close()
	writerLite.Close()
	booksHold(t, pg)
	booksHold(t, lite)
}

func writes(t *testing.T, s *ledger.Service, c crowd) func() error {
	return func() error {
		_, err := s.Post(t.Context(), benchActor, c.draw())
		return err
	}
}

func plainly(t *testing.T, d *db.DB, c crowd) func() error {
	return func() error {
		return d.Update(t.Context(), func(tx *db.Tx) error {
			_, err := ledger.Post(t.Context(), tx, benchActor, c.draw())
			return err
		})
	}
}

var benchActor = actor.Program("bench")

// booksHold makes sure that what was measured did the work: every owner's book sums to zero.
func booksHold(t *testing.T, d *db.DB) {
	t.Helper()
	n, err := db.One(t.Context(), d.Read(), db.Int, `SELECT count(*) FROM (SELECT account_id FROM ledger_account GROUP BY account_id, unit HAVING sum(balance) <> 0) x`)
	if err != nil || n != 0 {
		t.Errorf("%d books don't sum to zero, %v", n, err)
	}
}
