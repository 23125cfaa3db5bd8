//go:build bench

package bench

import (
	"bufio"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime/debug"
	"strings"
	"sync/atomic"
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
	"hanse/programs"
)

// The measured feed: exam lines of engineers with five registrations each, of whom one in a hundred has associated the
// e-mail, so that certificates follow.
const (
	examLines  = 1_000_000
	associated = examLines / 5 / 100
	// mostTimesCopy is the limit: the import may take so many times what COPY takes for the same rows.
	mostTimesCopy = 3
)

// measureRecords imports a million exam lines, and loads the same lines by PostgreSQL's COPY into a table with the
// file's columns, which can be searched by the same two things as records: registration and e-mail.
func measureRecords(t *testing.T, r *report) {
	path := filepath.Join(t.TempDir(), "exams.csv")
	must(t, writeExams(path, examLines))
	small := filepath.Join(t.TempDir(), "small.csv")
	must(t, writeExams(small, examLines/10))
	var imports, copies, keyed, bare samples
	var least, most int64
	for range rounds {
		bare = append(bare, copyCSV(t, path, ""))
		keyed = append(keyed, copyCSV(t, path, ", PRIMARY KEY (provider, registration_id)"))
		copies = append(copies, copyCSV(t, path, ", PRIMARY KEY (provider, registration_id)", "CREATE INDEX ON exam (email)"))
		_, peak := importExams(t, dbtest.Postgres(t), small, examLines/10)
		least = max(least, peak)
		took, peak := importExams(t, dbtest.Postgres(t), path, examLines)
		imports, most = append(imports, took), max(most, peak)
	}
	r.say("%d exam lines, %d e-mails associated: imported in %v (%.0f lines/s)", examLines, associated, imports, examLines/imports.median().Seconds())
	r.say("the same lines by COPY: %v with the keys by registration and e-mail, %v with the first alone, %v without any", copies, keyed, bare)
	r.limit("import of 1,000,000 exam lines against COPY", medianRatio(imports, copies), mostTimesCopy, "x", false)
	r.say("%-58s %9.3g x; without any key %.3g x", "… against COPY into a table without the key by e-mail", medianRatio(imports, keyed), medianRatio(imports, bare))
	r.limit("memory taken by 1,000,000 lines against 100,000", float64(most)/float64(least), 1.5, "x", false)
	r.say("peak of private memory above the start: %d MiB at %d lines, %d MiB at %d", least>>20, examLines/10, most>>20, examLines)
	lite, _ := importExams(t, dbtest.SQLite(t), path, examLines)
	r.say("SQLite: imported in %v (%.0f lines/s)", round(lite), examLines/lite.Seconds())
}

func writeExams(path string, lines int) error {
	f, err := os.Create(path)
	if err != nil {
		return err
	}
	defer f.Close()
	w := bufio.NewWriterSize(f, 1<<20)
	fmt.Fprintln(w, examHead)
	for i := range lines {
		who := i * 7919 % (examLines / 5)
		fmt.Fprintf(w, "PEARSON_VUE,F20251101,C%07d,%s,Ada%d,Lovelace,passport,%04d,H12-811,HCIA-Datacom V2.0,HCIA,2025-%02d-%02d,Singapore 12,%d,600,%s,R%09d,,,,\n",
			who, examEmail(who), who%1000, who%10000, 1+i%12, 1+i%28, 600+i%400, []string{"PASS", "PASS", "PASS", "FAIL", "NOSHOW"}[i%5], i)
	}
	return w.Flush()
}

const examHead = "provider,file_id,candidate_id,email,first_name,last_name,id_type,id_last4,exam_code,exam_title,exam_series,delivery_date,site," +
	"score,pass_mark,result,registration_id,certificate_no,certificate_name,issue_date,expiry_date"

func examEmail(who int) string { return fmt.Sprintf("engineer%07d@partner%03d.example", who, who%500) }

// copyCSV loads the file as it is, by the program that comes with PostgreSQL, and returns how long COPY alone took.
func copyCSV(t *testing.T, path, key string, more ...string) time.Duration {
	t.Helper()
	dsn := dbtest.Postgres(t)
	run := func(in io.Reader, text string) {
		cmd := exec.Command(psql(t), dsn, "-q", "-v", "ON_ERROR_STOP=1", "-c", text)
		cmd.Stdin = in
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("psql: %v\n%s", err, out)
		}
	}
	run(nil, "CREATE TABLE exam ("+strings.ReplaceAll(examHead, ",", " TEXT NOT NULL, ")+" TEXT NOT NULL"+key+")")
	for _, text := range more {
		run(nil, text)
	}
	f, err := os.Open(path)
	must(t, err)
	defer f.Close()
	return timed(func() { run(f, "COPY exam FROM STDIN (FORMAT csv, HEADER, FORCE_NOT_NULL ("+examHead+"))") })
}

func psql(t *testing.T) string {
	t.Helper()
	if path, err := exec.LookPath("psql"); err == nil {
		return path
	}
	found, _ := filepath.Glob("/usr/lib/postgresql/*/bin/psql")
	if len(found) == 0 {
		t.Fatal("no psql: install the package postgresql")
	}
	return found[len(found)-1]
}

// importExams imports the file into a new database, and returns how long it took and how much memory it took at most
// above what the process had.
func importExams(t *testing.T, dsn, path string, lines int64) (time.Duration, int64) {
	t.Helper()
	d, err := db.Open(dsn, clock.Fake(dbtest.Start).Clock)
	must(t, err)
	defer d.Close()
	files, err := blob.New(t.TempDir(), blob.Scan{})
	must(t, err)
	lib, err := programs.Library()
	must(t, err)
	records := record.New(record.Config{DB: d, Files: files, Credentials: credential.New(d, func() *program.Catalogue { return lib.Catalogue })})
	must(t, d.Update(t.Context(), func(tx *db.Tx) error {
		for i := range associated {
			if _, err := records.Claim(t.Context(), tx, examEmail(i), fmt.Sprintf("%032d", i)); err != nil {
				return err
			}
		}
		return nil
	}))
	f, err := os.Open(path)
	must(t, err)
	defer f.Close()
	debug.FreeOSMemory()
	before := private()
	var peak atomic.Int64
	stop, stopped := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(stopped)
		for {
			select {
			case <-stop:
				return
			case <-time.After(5 * time.Millisecond):
				peak.Store(max(peak.Load(), private()))
			}
		}
	}()
	took := timed(func() {
		imp, err := records.ImportNow(t.Context(), actor.Program("bench"), "exams.csv", f, false, nil)
		must(t, err)
		if imp.State != record.Done || imp.Applied.New != lines || imp.Applied.People == 0 {
			t.Fatalf("import: %s, %+v", imp.State, imp.Applied)
		}
	})
	close(stop)
	<-stopped
	return took, max(peak.Load()-before, 0)
}
