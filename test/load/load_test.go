// Package load_test holds what a million tickets may cost: the plans of the statements that the modules run, and how much
// longer the pages' statements take than on ten thousand.
//
// HANSE_LOAD=full measures at full size and needs some fifteen gigabytes and a quarter of an hour; otherwise the sizes are small,
// and only the plans are held: there mustn't be a way of answering that reads a large table whole.
package load_test

import (
	"fmt"
	"net/url"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"hanse/internal/domain/sla"
	"hanse/internal/kit/clock"
	"hanse/internal/kit/db"
	"hanse/internal/kit/dbtest"
)

const (
	limit    = 2.0 // how many times as long a page's statements may take
	rounds   = 41
	anyPlan  = 1 << 60 // rows that may be thrown away by a plan that isn't held to anything
	year     = 365 * 24 * time.Hour
	variable = "HANSE_LOAD"
)

// TestNoPageReadsALargeTableWhole fills a small database, forbids the server to read tables whole where there's another
// way, and looks for plans that do it nevertheless.
func TestNoPageReadsALargeTableWhole(t *testing.T) {
	x := fill(t, dbtest.Postgres(t), 1500, year/4)
	x.analyze(t)
	forbidding, err := db.Open(with(t, x.dsn, "-c enable_seqscan=off"), clock.New())
	must(t, err)
	defer forbidding.Close()
	for _, p := range pages() {
		for _, r := range x.asked(t, p) {
			x.plan(t, forbidding, p, r, anyPlan-1)
		}
	}
}

// TestTheSearchForWholeTablesFindsThem is the negative control of the one above.
func TestTheSearchForWholeTablesFindsThem(t *testing.T) {
	d, err := db.Open(with(t, dbtest.Postgres(t), "-c enable_seqscan=off"), clock.New())
	must(t, err)
	defer d.Close()
	plan, err := d.Explain(t.Context(), db.Ran{Text: `SELECT no FROM ticket WHERE root_cause = $1`, Args: []any{"x"}})
	must(t, err)
	if x := (&filling{rows: map[string]int64{"ticket": 1000}}); x.whole(plan) == "" {
		t.Errorf("nothing is found in\n%s", plan)
	}
}

// with is an address with options for the server.
func with(t *testing.T, dsn, options string) string {
	t.Helper()
	u, err := url.Parse(dsn)
	must(t, err)
	q := u.Query()
	q.Set("options", options)
	u.RawQuery = strings.ReplaceAll(q.Encode(), "+", "%20")
	return u.String()
}

var (
	wholeTable = regexp.MustCompile(`Seq Scan on (ticket\w*|sla_(?:case|clock|segment|breach))\b`)
	buffers    = regexp.MustCompile(`Buffers: shared(?: hit=(\d+))?(?: read=(\d+))?`)
	removed    = regexp.MustCompile(`Rows Removed by (?:Filter|Index Recheck): (\d+)`)
)

// plan reads a statement's plan: no large table whole, and not more rows thrown away than the given number. It returns how
// many pages of the database the statement looked at, which no other work on the machine changes.
func (x *filling) plan(t *testing.T, d *db.DB, p page, r db.Ran, most int) (pages int) {
	t.Helper()
	plan, err := d.Explain(t.Context(), r)
	must(t, err)
	if m := buffers.FindStringSubmatch(plan); m != nil {
		for _, n := range m[1:] {
			var k int
			fmt.Sscan(n, &k)
			pages += k
		}
	}
	if most == anyPlan {
		return pages
	}
	if w := x.whole(plan); w != "" {
		t.Errorf("%s: %s\n%s\n%s", p.name, w, r.Text, plan)
	}
	for _, m := range removed.FindAllStringSubmatch(plan, -1) {
		var n int
		fmt.Sscan(m[1], &n)
		if n > most {
			t.Errorf("%s: %d rows are read and thrown away\n%s\n%v\n%s", p.name, n, r.Text, r.Args, plan)
		}
	}
	return pages
}

// whole finds a table that is read whole, though it has many rows.
func (x *filling) whole(plan string) string {
	for _, m := range wholeTable.FindAllStringSubmatch(plan, -1) {
		if x.rows[m[1]] >= 1000 {
			return m[0]
		}
	}
	return ""
}

// analyze has the server count its tables, and remembers how large they are.
func (x *filling) analyze(t *testing.T) {
	t.Helper()
	must(t, x.DB.Analyze(t.Context()))
	x.rows = map[string]int64{}
	for _, name := range append(names(), "ticket_words") {
		n, err := db.One(t.Context(), x.DB.Read(), db.Int, `SELECT CAST(reltuples AS BIGINT) FROM pg_class WHERE relname = $1`, name)
		must(t, err)
		x.rows[name] = n
	}
}

// TestAMillionTicketsCostTwiceAsMuchAsTenThousandAtMost is the load proof: both sizes in turn in one run, medians, and at
// the large one the plans that the server really chose.
func TestAMillionTicketsCostTwiceAsMuchAsTenThousandAtMost(t *testing.T) {
	few, many := sizes(t)
	small, big := fill(t, place(t), few, year/12), fill(t, place(t), many, 3*year)
	for _, x := range []*filling{small, big} {
		x.analyze(t)
	}
	t.Logf("%-42s %10d %10d %6s %16s", "medians of a page's statements; its pages", few, many, "ratio", "pages of the database")
	for _, p := range pages() {
		a, b := small.asked(t, p), big.asked(t, p)
		ma, mb := compare(t, small, a, big, b)
		ratio := float64(mb) / float64(ma)
		var read [2]int
		for i, x := range []*filling{small, big} {
			for _, r := range [][]db.Ran{a, b}[i] {
				most := anyPlan
				if x == big && os.Getenv(variable) != "" {
					most = 20_000
				}
				read[i] += x.plan(t, x.DB, p, r, most)
			}
		}
		t.Logf("%-42s %7.2f ms %7.2f ms %6.2f %8d %7d", p.name, milli(ma), milli(mb), ratio, read[0], read[1])
		if os.Getenv(variable) != "" && ratio > limit && !p.few {
			t.Errorf("%s takes %.2f times as long on %d tickets as on %d, at most %v\n%s", p.name, ratio, many, few, limit, slowest(t, big, b))
		}
	}
	big.sweep(t)
}

// sizes are the two numbers of tickets. HANSE_LOAD may give others, such as 10000,100000, whose ratio is held as well.
func sizes(t *testing.T) (few, many int) {
	t.Helper()
	switch v := os.Getenv(variable); v {
	case "":
		return 400, 1600
	case "full":
		return 10_000, 1_000_000
	default:
		if _, err := fmt.Sscanf(v, "%d,%d", &few, &many); err != nil {
			t.Fatalf("%s=%s: %v", variable, v, err)
		}
	}
	return few, many
}

func milli(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }

// place is an empty database: for the full size on a server with some memory that doesn't wait for the disk.
func place(t *testing.T) string {
	t.Helper()
	if os.Getenv(variable) == "" {
		return dbtest.Postgres(t)
	}
	dsn, _ := dbtest.Durable(t, "-c", "fsync=off", "-c", "full_page_writes=off", "-c", "synchronous_commit=off", "-c", "shared_buffers=512MB",
		"-c", "wal_level=minimal", "-c", "max_wal_senders=0", "-c", "max_wal_size=256MB", "-c", "maintenance_work_mem=1GB", "-c", "autovacuum=off")
	return dsn
}

// compare runs the statements of a page on both databases in turn.
func compare(t *testing.T, small *filling, a []db.Ran, big *filling, b []db.Ran) (ma, mb time.Duration) {
	t.Helper()
	var ta, tb []time.Duration
	times := 3
	if os.Getenv(variable) != "" {
		times = rounds
	}
	for n := range times + 3 {
		da, db := small.replay(t, a), big.replay(t, b)
		if n >= 3 { // the first ones warm up
			ta, tb = append(ta, da), append(tb, db)
		}
	}
	slices.Sort(ta)
	slices.Sort(tb)
	return ta[len(ta)/2], tb[len(tb)/2]
}

// replay is how long the statements take together.
func (x *filling) replay(t *testing.T, all []db.Ran) (took time.Duration) {
	t.Helper()
	start := time.Time{}
	must(t, x.DB.Replay(t.Context(), append([]db.Ran{{Text: `SELECT 1`}}, all...), func(i, _ int) {
		if i == 0 {
			start = time.Now() // the transaction has begun
		}
		took = time.Since(start)
	}))
	return took
}

// slowest is a page's slowest statement with its plan.
func slowest(t *testing.T, x *filling, all []db.Ran) string {
	t.Helper()
	var worst db.Ran
	var most time.Duration
	for _, r := range all {
		if d := min(x.replay(t, []db.Ran{r}), x.replay(t, []db.Ran{r})); d > most {
			worst, most = r, d
		}
	}
	plan, err := x.DB.Explain(t.Context(), worst)
	must(t, err)
	return fmt.Sprintf("the slowest of %d statements, %v: %s\n%v\n%s", len(all), most, worst.Text, worst.Args, plan)
}

// sweep lets the clocks of some tickets run out and counts the rows that the sweep touches: none but theirs.
func (x *filling) sweep(t *testing.T) {
	t.Helper()
	clocks := sla.New(x.DB)
	clocks.Follow(x.tickets.Follow)
	count := func(text string, args ...any) int64 {
		n, err := db.One(t.Context(), x.DB.Read(), db.Int, text, args...)
		must(t, err)
		return n
	}
	for n := 1; n > 0; { // what is due already
		var err error
		n, err = clocks.Sweep(t.Context())
		must(t, err)
	}
	next, err := db.One(t.Context(), x.DB.Read(), func(r db.Row) (at time.Time, err error) { return at, r.Scan(db.Time(&at)) },
		`SELECT MAX(next_at) FROM (SELECT next_at FROM sla_clock WHERE next_at IS NOT NULL ORDER BY next_at LIMIT 21) AS first`)
	must(t, err)
	if next.IsZero() {
		t.Fatal("no clock runs: the sweep has nothing to do")
	}
	x.clock.Advance(next.Sub(x.clock.Now()) + time.Minute)
	due := count(`SELECT COUNT(DISTINCT subject) FROM sla_clock WHERE next_at <= $1`, x.clock.Now().UnixMicro())
	var asked []db.Ran
	x.DB.Watch(func(r db.Ran) { asked = append(asked, r) })
	start := time.Now()
	touched, err := clocks.Sweep(t.Context())
	took := time.Since(start)
	x.DB.Watch(nil)
	must(t, err)
	t.Logf("escalation sweep: %d of %d tickets due, %d touched, %v", due, x.n, touched, took)
	if int64(touched) != due {
		t.Errorf("the sweep touches %d tickets, %d were due", touched, due)
	}
	for _, r := range asked {
		if !strings.HasPrefix(strings.TrimSpace(r.Text), "SELECT") || !large.MatchString(r.Text) {
			continue
		}
		plan, err := x.DB.Explain(t.Context(), r)
		must(t, err)
		if w := x.whole(plan); w != "" && os.Getenv(variable) != "" {
			t.Errorf("the sweep: %s\n%s\n%s", w, r.Text, plan)
		}
	}
}
