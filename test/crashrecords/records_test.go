// Package crashrecords kills the process that imports a large feed with SIGKILL, again and again, and compares what is
// there at the end, row by row, with what the file says.
package crashrecords

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"hanse/internal/domain/credential"
	"hanse/internal/domain/program"
	"hanse/internal/domain/record"
	"hanse/internal/kit/actor"
	"hanse/internal/kit/blob"
	"hanse/internal/kit/clock"
	"hanse/internal/kit/db"
	"hanse/internal/kit/dbtest"
	"hanse/internal/kit/jobs"
	"hanse/programs"
)

// A feedFile is a large file of exam results of which every line follows from its number, so that what must be there at
// the end is known without a look at the program.
type feedFile struct{ lines int64 }

// registration of a line: each seventh line speaks again of an earlier registration, so that later lines win.
func (f feedFile) registration(line int64) int64 {
	if line%7 == 0 {
		return line / 2
	}
	return line
}

func (f feedFile) result(line int64) string {
	return []string{"PASS", "PASS", "FAIL", "PASS", "NOSHOW", "PASS", "REVOKED", "PASS"}[line%8]
}

func (f feedFile) email(line int64) string {
	return fmt.Sprintf("e%06d@feed.example", line%(f.lines/10))
}

func (f feedFile) day(line int64) string { return fmt.Sprintf("2025-%02d-%02d", 1+line%12, 1+line%28) }

// bad lines are refused.
func (f feedFile) bad(line int64) bool { return line%10_007 == 0 }

func (f feedFile) write(path string) error {
	w, err := os.Create(path)
	if err != nil {
		return err
	}
	defer w.Close()
	b := bufio.NewWriterSize(w, 1<<20)
	fmt.Fprintln(b, "provider;registration_id;candidate_id;email;first_name;last_name;exam_code;exam_title;delivery_date;site;score;result")
	for line := int64(2); line <= f.lines+1; line++ {
		day := f.day(line)
		if f.bad(line) {
			day = "yesterday"
		}
		fmt.Fprintf(b, "PEARSON_VUE;R%07d;C%06d;%s;Ada;Lovelace %d;H12-811;HCIA-Datacom;%s;Singapore 12;%d;%s\n", f.registration(line), line%(f.lines/10),
			f.email(line), line, day, 600+line%400, f.result(line))
	}
	return b.Flush()
}

// setup is who prepares everything.
var setup = actor.Program("crash")

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// seed makes a run repeatable as far as a crash can be: HANSE_SEED gives the moments of the kills.
func seed(t *testing.T) *rand.Rand {
	n := uint64(time.Now().UnixNano())
	if s, err := strconv.ParseUint(os.Getenv("HANSE_SEED"), 10, 64); err == nil {
		n = s
	}
	t.Logf("HANSE_SEED=%d", n)
	return rand.New(rand.NewPCG(n, 1))
}

// A world is the feeds on one database; in this process it prepares and looks, in the other it works.
type world struct {
	t           *testing.T
	d           *db.DB
	files       string
	credentials *credential.Service
	records     *record.Service
}

func open(dsn, files string) (*db.DB, *credential.Service, *record.Service, error) {
	d, err := db.Open(dsn, clock.New())
	if err != nil {
		return nil, nil, nil, err
	}
	store, err := blob.New(files, blob.Scan{})
	if err != nil {
		return nil, nil, nil, err
	}
	lib, err := programs.Library()
	if err != nil {
		return nil, nil, nil, err
	}
	c := credential.New(d, func() *program.Catalogue { return lib.Catalogue })
	return d, c, record.New(record.Config{DB: d, Credentials: c, Files: store}), nil
}

func newWorld(t *testing.T, dsn string) *world {
	t.Helper()
	w := &world{t: t, files: t.TempDir()}
	var err error
	w.d, w.credentials, w.records, err = open(dsn, w.files)
	must(t, err)
	t.Cleanup(func() { w.d.Close() })
	return w
}

// count is for questions whose answer is a number.
func (w *world) count(text string, args ...any) int64 {
	w.t.Helper()
	n, err := db.One(w.t.Context(), w.d.Read(), db.Int, text, args...)
	must(w.t, err)
	return n
}

// The other process is this test's own program, started with these.
const childDSN, childFiles = "HANSE_CRASH_DSN", "HANSE_CRASH_FILES"

// TestMain is the process to be killed when it's started as such: a server's job runner with the feeds' jobs.
func TestMain(m *testing.M) {
	dsn := os.Getenv(childDSN)
	if dsn == "" {
		os.Exit(m.Run())
	}
	d, _, records, err := open(dsn, os.Getenv(childFiles))
	if err == nil {
		r := jobs.NewRunner(d, slog.Default())
		r.SetLease(time.Second)
		records.Register(r)
		err = r.Run(context.Background(), 2)
	}
	fmt.Fprintln(os.Stderr, err)
	os.Exit(1)
}

// A process works until it's killed.
type process struct {
	t          *testing.T
	dsn, files string
	cmd        *exec.Cmd
	log        bytes.Buffer
}

func (p *process) start() {
	p.t.Helper()
	self, err := os.Executable()
	must(p.t, err)
	p.cmd = exec.Command(self)
	p.cmd.Env = append(os.Environ(), childDSN+"="+p.dsn, childFiles+"="+p.files)
	p.cmd.Stdout, p.cmd.Stderr = &p.log, &p.log
	p.cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	must(p.t, p.cmd.Start())
}

// kill ends the process at once, as a machine that loses its power does to it.
func (p *process) kill() {
	if p.cmd == nil {
		return
	}
	if err := p.cmd.Process.Kill(); err == nil {
		_ = p.cmd.Wait() // a killed process ends with an error
	}
	p.cmd = nil
}

// TestAMillionLineImportKilledThreeTimesEndsWithExactlyTheRightRows kills the server while it applies a large feed, and
// compares every row with what the file says.
func TestAMillionLineImportKilledThreeTimesEndsWithExactlyTheRightRows(t *testing.T) {
	if testing.Short() {
		t.Skip("takes a minute")
	}
	lines := map[string]int64{"sqlite": 100_000, "postgres": 1_000_000}
	if os.Getenv("HANSE_CASES") != "" {
		lines["sqlite"] = 1_000_000
	}
	t.Run("postgres", func(t *testing.T) { killedImport(t, dbtest.Postgres(t), feedFile{lines["postgres"]}) })
	t.Run("sqlite", func(t *testing.T) {
		killedImport(t, strings.TrimSuffix(dbtest.SQLite(t), "?sync=off"), feedFile{lines["sqlite"]})
	})
}

func killedImport(t *testing.T, dsn string, f feedFile) {
	r, begin := seed(t), time.Now()
	w := newWorld(t, dsn)
	associate(t, w, f)
	path := filepath.Join(t.TempDir(), "feed.csv")
	must(t, f.write(path))
	file, err := os.Open(path)
	must(t, err)
	defer file.Close()
	imp, err := w.records.Upload(t.Context(), setup, "feed.csv", file)
	must(t, err)
	s := &process{t: t, dsn: dsn, files: w.files}
	t.Cleanup(s.kill)
	s.start()
	reach := func(what string, enough func(record.Import) bool) {
		for deadline := time.Now().Add(4 * time.Minute); ; time.Sleep(2 * time.Millisecond) {
			now, err := w.records.Import(t.Context(), setup, imp.ID)
			must(t, err)
			if enough(now) {
				imp = now
				return
			}
			if time.Now().After(deadline) || now.State == record.Failed {
				s.kill()
				t.Fatalf("the import is %s at %d, want %s\n%.2000s", now.State, now.Position, what, s.log.String())
			}
		}
	}
	reach("a preview", func(i record.Import) bool { return i.State == record.Preview })
	t.Logf("%d lines checked after %v", imp.Rows, time.Since(begin).Round(time.Millisecond))
	must(t, w.records.Confirm(t.Context(), setup, imp.ID))
	var kills []int64
	for n := range int64(3) {
		at := f.lines*(1+3*n)/10 + r.Int64N(f.lines/5)
		reach("further", func(i record.Import) bool {
			return i.State == record.Done || i.State == record.Applying && i.Position >= at
		})
		if imp.State == record.Done {
			t.Fatalf("the import was done before kill %d", n+1)
		}
		s.kill()
		kills = append(kills, imp.Position)
		s.start()
	}
	reach("done", func(i record.Import) bool { return i.State == record.Done })
	s.kill()
	t.Logf("killed at about %v, done after %v", kills, time.Since(begin).Round(time.Millisecond))
	rightRows(t, w, f)
	rightCertificates(t, w, f)
	if want := f.refused(); imp.Applied.BadRows != want || imp.Applied.Good() != f.lines-want {
		t.Errorf("applied %+v, want %d refused of %d", imp.Applied, want, f.lines)
	}
	for _, one := range []string{`SELECT count(*) FROM event WHERE kind = 'record.imported'`,
		`SELECT count(*) FROM audit_entry WHERE verb = 'record.import' AND detail LIKE '%"done":%'`} {
		if n := w.count(one); n != 1 {
			t.Errorf("%s = %d, want 1", one, n)
		}
	}
}

// owned e-mails have a person before the import, so that certificates follow during it.
const owned = 50

func person(i int64) string { return fmt.Sprintf("%032x", i) }

func associate(t *testing.T, w *world, f feedFile) {
	t.Helper()
	must(t, w.d.Update(t.Context(), func(tx *db.Tx) error {
		for i := range int64(owned) {
			if _, err := w.records.Claim(t.Context(), tx, f.email(i), person(i)); err != nil {
				return err
			}
		}
		return nil
	}))
}

func (f feedFile) refused() (n int64) {
	for line := int64(2); line <= f.lines+1; line++ {
		if f.bad(line) {
			n++
		}
	}
	return n
}

var errEnough = errors.New("enough differences")

// rightRows compares each stored word with its line: none is missing, none is there twice, none differs.
func rightRows(t *testing.T, w *world, f feedFile) {
	t.Helper()
	type word struct {
		line                         int64
		key, handle, result, day     string
		code, candidate, lastOfNames string
	}
	line, wrong := int64(1), 0
	next := func() int64 {
		for line++; f.bad(line); line++ {
		}
		return line
	}
	err := db.Each(t.Context(), w.d.Read(), func(r db.Row) (x word, err error) {
		var detail string
		err = r.Scan(&x.line, &x.key, &x.handle, &x.result, &x.day, &x.code, &x.candidate, &detail)
		x.line &= 1<<32 - 1
		x.lastOfNames = strings.Split(detail+"\t\t\t", "\t")[2]
		return x, err
	}, func(got word) error {
		n := next()
		want := word{n, fmt.Sprintf("exams/PEARSON_VUE/R%07d", f.registration(n)), f.email(n), f.result(n), f.day(n), "H12-811",
			fmt.Sprintf("C%06d", n%(f.lines/10)), fmt.Sprintf("Lovelace %d", n)}
		if got != want {
			t.Errorf("row %+v, want %+v", got, want)
			if wrong++; wrong > 5 {
				return errEnough
			}
		}
		return nil
	}, `SELECT ordinal, key, handle, result, happened, code, candidate, detail FROM record ORDER BY ordinal`)
	if err != nil && !errors.Is(err, errEnough) {
		t.Fatal(err)
	}
	if last := next(); wrong == 0 && last != f.lines+2 {
		t.Errorf("the rows end before line %d, want them to line %d", last, f.lines+1)
	}
}

// rightCertificates compares what the owned persons hold with the last lines of their registrations.
func rightCertificates(t *testing.T, w *world, f feedFile) {
	t.Helper()
	last := map[int64]int64{} // registration → line
	for line := int64(2); line <= f.lines+1; line++ {
		if !f.bad(line) {
			last[f.registration(line)] = line
		}
	}
	passed := map[string]map[string]bool{} // e-mail → days of passes that stand
	for _, line := range last {
		if e := f.email(line); f.result(line) == "PASS" && line%(f.lines/10) < owned {
			if passed[e] == nil {
				passed[e] = map[string]bool{}
			}
			passed[e][f.day(line)] = true
		}
	}
	for i := range int64(owned) {
		held, err := w.credentials.OfPersons(t.Context(), w.d.Read(), []string{person(i)})
		must(t, err)
		// All of it is one certificate: it's made by the first pass and renewed by the others.
		first, latest := "9999", ""
		for d := range passed[f.email(i)] {
			first, latest = min(first, d), max(latest, d)
		}
		switch mine := held[person(i)]; {
		case latest == "" && len(mine) == 0:
		case len(mine) != 1 || mine[0].Code != "HCIA-DATACOM" || mine[0].IssuedOn.String() != first || mine[0].Until.String()[4:] != latest[4:]:
			t.Errorf("%s holds %+v, want one HCIA-DATACOM of %s, renewed on %s", f.email(i), mine, first, latest)
		}
	}
}
