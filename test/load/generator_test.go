package load_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"hanse/internal/domain/ticket"
	"hanse/internal/kit/clock"
	"hanse/internal/kit/db"
	"hanse/internal/kit/dbtest"
)

// TestAGeneratedTicketHasTheRowsOfOneThatVerbsMade makes two tickets of each fate by verbs, casts the first as the second,
// and compares every row of every table; and looks for tables that the generator doesn't know.
func TestAGeneratedTicketHasTheRowsOfOneThatVerbsMade(t *testing.T) {
	c := clock.Fake(dbtest.Start)
	d, err := db.Open(dbtest.Postgres(t), c.Clock)
	must(t, err)
	defer d.Close()
	w, texts := newWorld(t, d, c), newWriter()
	for i, f := range fates {
		first, second := w.live(w.other, f, texts.texts(2*i, 1000, messages)), w.live(w.partner, f, texts.texts(2*i+1, 1000, messages))
		m, want := readMould(t, d, first.No), readMould(t, d, second.No)
		got, err := m.rows(cast{no: second.No, account: second.Account, accountName: second.AccountName, opener: second.OpenedBy,
			openerName: second.OpenedName, openedAt: second.OpenedAt, texts: texts.texts(2*i+1, 1000, messages)})
		must(t, err)
		for _, x := range tables {
			columns := want.sets[x.name].columns
			if diff := cmp.Diff(comparable(columns, want.sets[x.name].rows), comparable(columns, got[x.name])); diff != "" {
				t.Errorf("%s, %s: rows of the verbs -, of the generator +\n%s", f, x.name, diff)
			}
		}
		stored, err := db.One(t.Context(), d.Read(), db.String, `SELECT CAST(words AS TEXT) FROM ticket_words WHERE rowid = $1`, got["ticket_words"][0][0])
		must(t, err)
		if diff := cmp.Diff(lexemes(stored), lexemes(string(got["ticket_words"][0][1].(db.Lexemes)))); diff != "" {
			t.Errorf("%s: words of the verbs -, of the generator +\n%s", f, diff)
		}
		unknown(t, d, second)
	}
}

// comparable takes out what is random: ids keep their kind, the ledger's transfers that they are one. Rows come in order.
func comparable(columns []string, rows [][]any) (out []string) {
	for _, row := range rows {
		var b strings.Builder
		for i, name := range columns {
			v := row[i]
			if s, ok := v.(string); ok && s != "" && (name == "id" || name == "drawn") {
				v = s[:3]
			}
			b.WriteString(name + "=" + cmp.Diff(nil, v) + ";")
		}
		out = append(out, b.String())
	}
	slices.Sort(out)
	return out
}

func lexemes(s string) []string {
	out := strings.Fields(strings.ReplaceAll(s, "'", ""))
	slices.Sort(out)
	return out
}

// unknown finds tables that hold a ticket's number and that the generator neither writes nor leaves out on purpose.
func unknown(t *testing.T, d *db.DB, k ticket.Ticket) {
	t.Helper()
	type column struct{ table, name string }
	all, err := db.All(t.Context(), d.Read(), func(r db.Row) (c column, err error) { return c, r.Scan(&c.table, &c.name) },
		`SELECT table_name, column_name FROM information_schema.columns WHERE table_schema = 'public' AND data_type = 'text'`)
	must(t, err)
	for _, c := range all {
		if slices.Contains(notWritten, c.table) || slices.ContainsFunc(tables, func(x struct{ name, key string }) bool { return x.name == c.table }) {
			continue
		}
		n, err := db.One(t.Context(), d.Read(), db.Int, `SELECT COUNT(*) FROM `+c.table+` WHERE `+c.name+` = $1`, k.No)
		must(t, err)
		if n > 0 {
			t.Errorf("%s.%s holds the ticket's number: the generator doesn't know it", c.table, c.name)
		}
	}
}
