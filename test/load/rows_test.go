package load_test

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"hanse/internal/domain/ticket"
	"hanse/internal/kit/calendar"
	"hanse/internal/kit/db"
)

// tables are those with rows for each ticket, and the column that names it. What only records that something happened
// (audit, events, jobs) isn't written: no page reads it by ticket.
var tables = []struct{ name, key string }{
	{"ticket", "no"}, {"ticket_number", "no"}, {"ticket_message", "no"}, {"ticket_log", "no"}, {"ticket_read", "no"},
	{"sla_case", "subject"}, {"sla_clock", "subject"}, {"sla_segment", "subject"}, {"sla_breach", "subject"},
}

// notWritten hold a ticket's number as well.
var notWritten = []string{"audit_pending", "audit_entry", "event", "job"}

// A set is the rows of one table.
type set struct {
	columns []string
	rows    [][]any
}

func (s set) at(row int, column string) any { return s.rows[row][slices.Index(s.columns, column)] }

// A mould is a ticket that verbs made, as rows of every table: what a generated one is cast from.
type mould struct {
	ticket ticket.Ticket
	sets   map[string]set
}

// read takes a ticket's rows from the database.
func readMould(t *testing.T, d *db.DB, no string) mould {
	t.Helper()
	k, err := ticket.Find(t.Context(), d.Read(), no)
	must(t, err)
	m := mould{k, map[string]set{}}
	for _, x := range tables {
		m.sets[x.name] = readSet(t, d, x.name, x.key, no)
	}
	return m
}

func readSet(t *testing.T, d *db.DB, name, key, no string) (s set) {
	t.Helper()
	var err error
	s.columns, err = db.All(t.Context(), d.Read(), db.String, `SELECT column_name FROM information_schema.columns WHERE table_schema = 'public'
		AND table_name = $1 ORDER BY ordinal_position`, name)
	must(t, err)
	list := strings.Join(s.columns, ", ")
	s.rows, err = db.All(t.Context(), d.Read(), func(r db.Row) ([]any, error) {
		row := make([]any, len(s.columns))
		to := make([]any, len(row))
		for i := range row {
			to[i] = &row[i]
		}
		return row, r.Scan(to...)
	}, "SELECT "+list+" FROM "+name+" WHERE "+key+" = $1 ORDER BY "+list, no)
	must(t, err)
	return s
}

// A cast is what makes one ticket different from its mould.
type cast struct {
	no, account, accountName string
	opener, openerName       string
	openedAt                 time.Time
	texts                    []string
	seq                      int // makes ids unique
}

// rows casts a ticket: for each table its rows, and those of the index.
func (m mould) rows(c cast) (map[string][][]any, error) {
	same := map[string]string{m.ticket.No: c.no, m.ticket.Account: c.account, m.ticket.AccountName: c.accountName, m.ticket.OpenedBy: c.opener,
		m.ticket.OpenedName: c.openerName}
	for i := range m.sets["ticket_message"].rows { // in the order in which they were written
		same[m.sets["ticket_message"].at(i, "body").(string)] = c.texts[i]
	}
	shift := c.openedAt.Sub(m.ticket.OpenedAt).Microseconds()
	out := map[string][][]any{}
	for _, x := range tables {
		s := m.sets[x.name]
		for _, row := range s.rows {
			out[x.name] = append(out[x.name], cut(s.columns, row, same, shift, c))
		}
	}
	out["ticket"][0][slices.Index(m.sets["ticket"].columns, "title")] = ticket.TitleOf(c.texts[0])
	words, err := m.words(out, c)
	out["ticket_words"] = [][]any{words}
	return out, err
}

// cut changes one row.
func cut(columns []string, row []any, same map[string]string, shift int64, c cast) []any {
	out := slices.Clone(row)
	for i, name := range columns {
		switch v := out[i].(type) {
		case string:
			if to, ok := same[v]; ok {
				out[i] = to
			} else if name == "id" {
				out[i] = fmt.Sprintf("%s%020d", v[:4], c.seq*100+len(v))
			} else if name == "month" {
				out[i] = c.openedAt.In(calendar.Zone).Format("2006-01")
			}
		case int64:
			if (name == "at" || strings.HasSuffix(name, "_at")) && v > 0 && v < 4e15 {
				out[i] = v + shift
			}
		}
	}
	return out
}

func (m mould) words(out map[string][][]any, c cast) ([]any, error) {
	k := m.ticket
	k.No, k.Account, k.AccountName, k.OpenedBy, k.OpenedName, k.OpenedAt = c.no, c.account, c.accountName, c.opener, c.openerName, c.openedAt
	k.Title = ticket.TitleOf(c.texts[0])
	s := set{m.sets["ticket_message"].columns, out["ticket_message"]}
	var said []ticket.Message
	for i := range s.rows {
		said = append(said, ticket.Message{Internal: s.at(i, "internal").(bool), First: s.at(i, "first").(bool), Desk: s.at(i, "desk_id").(string),
			AuthorName: s.at(i, "author_name").(string), Body: s.at(i, "body").(string)})
	}
	key, words, err := ticket.Words(k, said, nil)
	return []any{key, db.Lexemes(words)}, err
}

// write stores what was cast, by COPY.
func write(ctx context.Context, d *db.DB, moulds []mould, all []map[string][][]any) error {
	return d.Update(ctx, func(tx *db.Tx) error {
		for _, x := range tables {
			if err := bulk(ctx, tx, x.name, moulds[0].sets[x.name].columns, all); err != nil {
				return err
			}
		}
		return bulk(ctx, tx, "ticket_words", []string{"rowid", "words"}, all)
	})
}

func bulk(ctx context.Context, tx *db.Tx, name string, columns []string, all []map[string][][]any) error {
	_, err := db.Bulk(ctx, tx, name, columns, func(yield func([]any) bool) {
		for _, one := range all {
			for _, row := range one[name] {
				if !yield(row) {
					return
				}
			}
		}
	})
	if err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	return nil
}

// number is the number of ticket i, opened on a day.
func number(i int, at time.Time) string {
	return "TT" + at.In(calendar.Zone).Format("20060102") + strconv.Itoa(1_000_000 + i)[1:]
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
