package ledger_test

import (
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"hanse/internal/domain/ledger"
	"hanse/internal/kit/clock"
	"hanse/internal/kit/db"
	"hanse/internal/kit/dbtest"
)

// TestPgbenchRunsTheStatementsOfThePlainPath keeps the measurement honest: what pgbench is measured with is what the
// plain path sends to the server, statement by statement.
func TestPgbenchRunsTheStatementsOfThePlainPath(t *testing.T) {
	ctx, dsn := t.Context(), dbtest.Postgres(t)
	setup := open(t, dsn)
	connected(t, setup, 2, 1000, false)
	if _, err := ledger.New(setup).Post(ctx, tester, payNow(company(0), company(1), 1, "")); err != nil {
		t.Fatal(err)
	}
	var sent []string
	err := open(t, dsn).Update(ctx, func(tx *db.Tx) error {
		if _, err := ledger.Post(ctx, tx, tester, payNow(company(0), company(1), 1, "key")); err != nil {
			return err
		}
		// The driver prepares whatever it sends.
		all, err := db.All(ctx, tx, db.String, `SELECT statement FROM pg_prepared_statements`)
		for _, s := range all {
			if !strings.Contains(s, "pg_prepared_statements") {
				sent = append(sent, bare(s))
			}
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	file, err := os.ReadFile("../../../test/bench/pgbench/transfer.sql")
	if err != nil {
		t.Fatal(err)
	}
	slices.Sort(sent)
	got := slices.Compact(slices.Sorted(slices.Values(scripted(string(file)))))
	if diff := cmp.Diff(sent, got); diff != "" || len(sent) < 5 {
		t.Errorf("test/bench/pgbench/transfer.sql isn't the plain path any more (-plain path +file):\n%s", diff)
	}
	if n := strings.Count(string(file), "UPDATE ledger_account"); n != 4 {
		t.Errorf("the file changes %d balances, a transfer between two books 4", n)
	}
}

func open(t *testing.T, dsn string) *db.DB {
	t.Helper()
	d, err := db.Open(dsn, clock.Fake(dbtest.Start).Clock)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { d.Close() })
	return d
}

// scripted lists the statements of a script of pgbench, without BEGIN and END.
func scripted(text string) (out []string) {
	text = regexp.MustCompile(`(?m)^(--|\\set ).*$`).ReplaceAllString(text, "")
	text = regexp.MustCompile(`\\gset \w+`).ReplaceAllString(text, ";")
	for _, s := range strings.Split(text, ";") {
		if s = bare(s); s != "" && s != "BEGIN" && s != "END" {
			out = append(out, s)
		}
	}
	return out
}

// bare is a statement without the names of its parameters and without its layout.
func bare(s string) string {
	s = regexp.MustCompile(`\$\d+|:\w+|''`).ReplaceAllString(s, "?")
	return strings.Join(strings.Fields(s), " ")
}
