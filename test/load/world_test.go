package load_test

import (
	"database/sql"
	"fmt"
	"os"
	"runtime"
	"strings"
	"testing"
	"time"

	"hanse/internal/domain/contact"
	"hanse/internal/domain/fixture"
	"hanse/internal/domain/rate"
	"hanse/internal/domain/sla"
	"hanse/internal/domain/subscription"
	"hanse/internal/domain/taxonomy"
	"hanse/internal/domain/ticket"
	"hanse/internal/kit/actor"
	"hanse/internal/kit/clock"
	"hanse/internal/kit/db"
	"hanse/internal/kit/dbtest"
)

// A world is a vendor with two engineers and the partners whose tickets they get, on one database.
type world struct {
	*fixture.World
	t         testing.TB
	clock     *clock.Manual
	tickets   *ticket.Service
	engineers [2]actor.Actor
	partner   actor.Actor // the largest
	other     actor.Actor
}

// messages is how many each ticket has.
const messages = 10

func newWorld(t testing.TB, d *db.DB, c *clock.Manual) *world {
	t.Helper()
	w := &world{World: fixture.New(t, d), t: t, clock: c}
	w.tickets = ticket.New(d, contact.New(d, w.Login))
	sla.New(d).Follow(w.tickets.Follow)
	w.Vendor()
	w.engineers = [2]actor.Actor{w.VendorUser(actor.SupportEngineer), w.VendorUser(actor.SupportEngineer)}
	w.partner, w.other = w.Partner("Lighthouse"), w.Partner("Beacon")
	for _, by := range []actor.Actor{w.partner, w.other} {
		must(t, d.Update(t.Context(), func(tx *db.Tx) error {
			q := rate.Quote{Level: rate.Premium, Term: rate.Years(1), Row: rate.Price{Level: rate.Premium, Term: rate.Years(1), Minor: 100}}
			_, err := subscription.Begin(t.Context(), tx, by, by.Account, "Plan", "CS1", rate.History{}.Bought("CS1", q, rate.Paid{Cash: 100}, tx.Now))
			return err
		}))
	}
	return w
}

// A fate is what becomes of a ticket.
type fate string

const (
	solved  fate = "solved"
	answer  fate = "answered" // its engineer's turn
	offered fate = "offered"
	waiting fate = "waiting" // nobody's yet
)

var fates = []fate{solved, answer, offered, waiting}

// live has a ticket opened and talked about, by verbs: ten messages, one of them a note.
func (w *world) live(by actor.Actor, f fate, texts []string) ticket.Ticket {
	w.t.Helper()
	ctx := w.t.Context()
	k, err := w.tickets.Open(ctx, by, w.technical(texts[0]))
	must(w.t, err)
	say := func(who actor.Actor, text string, note bool) {
		w.clock.Advance(7 * time.Minute)
		_, err := w.tickets.Say(ctx, who, k.No, ticket.Saying{Body: text, Internal: note})
		must(w.t, err)
	}
	rest := texts[1:]
	if f == waiting { // it's the customer who writes, and an engineer who notes something down
		for i, text := range rest {
			if i == 3 {
				say(w.engineers[0], text, true)
			} else {
				say(by, text, false)
			}
		}
	} else {
		for i, text := range rest[:len(rest)-1] {
			who := []actor.Actor{w.engineers[0], by}[i%2]
			say(who, text, i == 2)
		}
		last := rest[len(rest)-1]
		if f == answer {
			say(by, last, false)
		} else {
			w.clock.Advance(time.Hour)
			_, err = w.tickets.Act(ctx, w.engineers[0], k.No, ticket.Deed{Action: ticket.Offer, Text: last, RootCause: "configuration"})
			must(w.t, err)
		}
		if f == solved {
			w.clock.Advance(time.Hour)
			_, err = w.tickets.Act(ctx, by, k.No, ticket.Deed{Action: ticket.Close, Text: "thank you"})
			must(w.t, err)
		}
	}
	must(w.t, w.tickets.MarkRead(ctx, w.engineers[0], k.No, 0))
	k, err = ticket.Find(ctx, w.DB.Read(), k.No)
	must(w.t, err)
	return k
}

func (w *world) technical(body string) ticket.Opening {
	set, err := taxonomy.Read(w.t.Context(), w.DB.Read())
	must(w.t, err)
	in := ticket.Opening{Body: body, ProblemType: taxonomy.TechFault, Region: set.Regions()[0].ID, Extra: map[string]string{}}
	kind, _ := set.ProblemType(taxonomy.TechFault)
	for _, p := range set.Products() {
		if in.Product == "" && p.Technical && kind.In(p.Category) {
			in.Product = p.ID
		}
	}
	for _, f := range set.Fields(taxonomy.TechFault, in.Product) {
		switch {
		case !f.Required:
		case len(f.Options) > 0:
			in.Extra[f.Key] = f.Options[0].Value
		case f.Type == taxonomy.DateField:
			in.Extra[f.Key] = "2026-03-01"
		default:
			in.Extra[f.Key] = "1"
		}
	}
	return in
}

// moulds are one ticket of each fate.
func (w *world) moulds(texts *writer) (out []mould) {
	for i, f := range fates {
		k := w.live(w.other, f, texts.texts(i, 1<<30, messages))
		out = append(out, readMould(w.t.(*testing.T), w.DB, k.No))
	}
	return out
}

// A filling is a database with so many tickets.
type filling struct {
	*world
	dsn            string
	n              int
	rows           map[string]int64 // of the large tables, as the server counted them
	theirs, others string           // a ticket of the largest partner, and one of somebody else
}

// open is how many tickets somebody still has to do something about, the newest ones. There are as many in every size: what
// a desk's people have before them doesn't grow with the years. Smaller fillings have one of ten.
const open = 300

// fill makes a database with n tickets of ten messages: opened evenly over the years before, by companies of which the
// largest has one of fifty tickets.
func fill(t *testing.T, dsn string, n int, over time.Duration) *filling {
	t.Helper()
	c := clock.Fake(dbtest.Start)
	d, err := db.Open(dsn, c.Clock)
	must(t, err)
	t.Cleanup(func() { d.Close() })
	x := &filling{dsn: dsn, world: newWorld(t, d, c), n: n}
	texts := newWriter()
	moulds := x.moulds(texts)
	now := c.Now()
	restore := x.bare(n)
	x.pour(moulds, texts, func(i int) time.Time {
		return now.Add(-time.Duration(float64(over) * float64(n-i) / float64(n))).Truncate(time.Second)
	})
	restore()
	last := func(by string) string {
		no, err := db.One(t.Context(), d.Read(), db.String, `SELECT no FROM ticket WHERE account_id `+by+` $1 AND NOT active ORDER BY opened_at DESC LIMIT 1`,
			x.partner.Account)
		must(t, err)
		return no
	}
	x.theirs, x.others = last("="), last("<>")
	return x
}

// batch is how many tickets one transaction writes.
const batch = 2000

// pour casts tickets on all processors and writes them in their order.
func (x *filling) pour(moulds []mould, texts *writer, opened func(i int) time.Time) {
	type part struct {
		all []map[string][][]any
		err error
	}
	ready := make([]chan part, (x.n+batch-1)/batch)
	for b := range ready {
		ready[b] = make(chan part, 1)
	}
	slots := make(chan bool, runtime.NumCPU()+1)
	go func() {
		for b := range ready {
			slots <- true
			go func() {
				var p part
				for i := b * batch; i < min((b+1)*batch, x.n) && p.err == nil; i++ {
					m := moulds[0]
					if i >= x.n-min(open, x.n/10) {
						m = moulds[1+i%3]
					}
					var rows map[string][][]any
					rows, p.err = m.rows(x.cast(i, opened(i), texts))
					p.all = append(p.all, rows)
				}
				ready[b] <- p
			}()
		}
	}()
	for b := range ready {
		p := <-ready[b]
		<-slots
		must(x.t, p.err)
		must(x.t, write(x.t.Context(), x.DB, moulds, p.all))
		if b%50 == 49 {
			x.t.Logf("%d tickets", (b+1)*batch)
		}
	}
}

// bare takes the indexes off the tables that are filled, keys too, when there are many rows to come, and returns what puts
// the same ones back: made of rows that are there, an index takes a fraction of the time and of the room.
func (x *filling) bare(n int) (restore func()) {
	if n < 5000 {
		return func() {}
	}
	type index struct{ name, table, text, key string }
	in, args := db.In(1, append([]string{"ticket_words"}, names()...))
	all, err := db.All(x.t.Context(), x.DB.Read(), func(r db.Row) (i index, err error) { return i, r.Scan(&i.name, &i.table, &i.text, &i.key) },
		`SELECT i.indexname, i.tablename, i.indexdef, coalesce((SELECT pg_get_constraintdef(c.oid) FROM pg_constraint c WHERE c.conname = i.indexname), '')
		FROM pg_indexes i WHERE i.schemaname = 'public' AND i.tablename IN `+in, args...)
	must(x.t, err)
	run := func(text string) {
		must(x.t, x.DB.Update(x.t.Context(), func(tx *db.Tx) error { _, err := db.Exec(x.t.Context(), tx, text); return err }))
	}
	there := map[string]string{}
	if space := os.Getenv(spaceVariable); space != "" && n > 100_000 {
		x.space(space, run, there)
	}
	for _, i := range all {
		if i.key != "" {
			run(`ALTER TABLE ` + i.table + ` DROP CONSTRAINT ` + i.name)
		} else {
			run(`DROP INDEX ` + i.name)
		}
	}
	return func() {
		for _, i := range all {
			if i.key != "" {
				run(`ALTER TABLE ` + i.table + ` ADD CONSTRAINT ` + i.name + ` ` + i.key + strings.Replace(there[i.table], "TABLESPACE", "USING INDEX TABLESPACE", 1))
			} else {
				run(i.text + there[i.table])
			}
		}
	}
}

// spaceVariable may name an empty folder of the server's user, for the largest tables of a machine with little room on
// one disk.
const spaceVariable = "HANSE_LOAD_SPACE"

// space puts the largest tables elsewhere and notes what their indexes must say.
func (x *filling) space(folder string, run func(string), there map[string]string) {
	outside, err := sql.Open("pgx", x.dsn) // PostgreSQL makes none in a transaction
	must(x.t, err)
	defer outside.Close()
	_, err = outside.ExecContext(x.t.Context(), `CREATE TABLESPACE other LOCATION '`+folder+`'`)
	must(x.t, err)
	for _, table := range []string{"ticket_message", "ticket_words", "sla_segment", "ticket_log"} {
		run(`ALTER TABLE ` + table + ` SET TABLESPACE other`)
		there[table] = " TABLESPACE other"
	}
}

func names() (out []string) {
	for _, x := range tables {
		out = append(out, x.name)
	}
	return out
}

// cast says who opened ticket i, and what it's about.
func (x *filling) cast(i int, at time.Time, texts *writer) cast {
	c := cast{no: number(i, at), openedAt: at, texts: texts.texts(i, x.n, messages), seq: i}
	if i%50 == 7 {
		by := x.partner
		c.account, c.accountName, c.opener, c.openerName = by.Account, "Lighthouse", by.User, by.Name
		return c
	}
	k := (i * 7919) % max(x.n/50, 1) // scattered, as companies come and go
	c.account, c.accountName = fmt.Sprintf("%032x", uint64(k+1)*0x9E3779B97F4A7C15), fmt.Sprintf("Company %d", k)
	c.opener, c.openerName = fmt.Sprintf("usr_%d", k), fmt.Sprintf("Person %d", k)
	return c
}
