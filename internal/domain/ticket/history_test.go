package ticket_test

import (
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"hanse/internal/domain/fixture"
	"hanse/internal/domain/rate"
	"hanse/internal/domain/ticket"
	"hanse/internal/kit/actor"
	"hanse/internal/kit/db"
	"hanse/internal/kit/fault"
)

// TestRandomHistoriesKeepTheRules lets everybody do anything in any order. Whatever is refused is a fault; afterwards each
// number stands for one thing, the log's states follow the table and end where the ticket stands, and the plan's month has
// lost exactly one for each technical ticket that went to the vendor.
func TestRandomHistoriesKeepTheRules(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.plan(w.partner, rate.Standard)
		for seed := range uint64(6) {
			w.history(rand.New(rand.NewPCG(seed, 6)), fmt.Sprint("seed ", seed))
		}
	})
}

func (w *world) history(r *rand.Rand, name string) {
	w.t.Helper()
	var nos []string
	for range 3 {
		in := business("x")
		if r.IntN(2) == 0 {
			in = w.technical("x")
		}
		by := []actor.Actor{w.partner, w.customer, w.user}[r.IntN(3)]
		if x, err := w.s.Open(w.t.Context(), by, in); err == nil {
			nos = append(nos, x.No)
		}
	}
	for range 45 {
		if err := w.step(r, nos); err != nil && fault.Of(err) == nil {
			w.t.Fatalf("%s: %v", name, err)
		}
		if r.IntN(6) == 0 {
			w.pass(time.Duration(r.IntN(60)) * time.Hour)
		}
	}
	for _, no := range nos {
		w.follows(no, name)
	}
	if left, drawn, used := w.left(w.partner), w.drawn(), w.used(); left < 0 || drawn != used {
		w.t.Errorf("%s: %d left, %d tickets took one, the plan counts %d", name, left, drawn, used)
	}
}

func (w *world) drawn() int64 {
	n, err := db.One(w.t.Context(), w.d.Read(), db.Int, `SELECT COUNT(*) FROM ticket WHERE drawn <> '' AND drawn_from = $1`, w.partner.Account)
	fixture.Must(w.t, err)
	return n
}

func (w *world) used() int64 {
	n, err := db.One(w.t.Context(), w.d.Read(), db.Int, `SELECT COALESCE(SUM(used), 0) FROM entitlement_period WHERE account_id = $1 AND unit = 'ticket'`, w.partner.Account)
	fixture.Must(w.t, err)
	return n
}

// step does one thing that may or may not be possible.
func (w *world) step(r *rand.Rand, nos []string) error {
	ctx := w.t.Context()
	no := nos[r.IntN(len(nos))]
	by := []actor.Actor{w.partner, w.customer, w.user, w.anna, w.bert}[r.IntN(5)]
	actions := ticket.AllActions()
	switch n := r.IntN(12); {
	case n < 5:
		_, err := w.s.Act(ctx, by, no, ticket.Deed{Action: actions[r.IntN(len(actions))], Text: "words"})
		return err
	case n < 8:
		_, err := w.s.Say(ctx, by, no, ticket.Saying{Body: "words", Internal: r.IntN(4) == 0})
		return err
	case n == 8:
		_, err := w.s.HandOver(ctx, by, no, ticket.Handing{})
		return err
	case n == 9:
		_, err := w.s.HandBack(ctx, by, no, ticket.Handing{Text: "note"})
		return err
	case n == 10:
		_, err := w.s.Merge(ctx, by, no, nos[r.IntN(len(nos))])
		return err
	}
	_, err := w.s.Unmerge(ctx, by, no)
	return err
}

// follows checks one ticket: its log is a walk through the table that ends where it stands.
func (w *world) follows(no, name string) {
	w.t.Helper()
	x, err := ticket.Find(w.t.Context(), w.d.Read(), no)
	fixture.Must(w.t, err)
	ms, log, err := ticket.After(w.t.Context(), w.d.Read(), no, 0)
	fixture.Must(w.t, err)
	at := ticket.Waiting
	for _, e := range log {
		if e.From == e.To {
			continue
		}
		if e.From != at || !reaches(e) {
			w.t.Errorf("%s, %s: %d goes from %d to %d, it stood in %d", name, no, e.Kind, e.From, e.To, at)
		}
		at = e.To
	}
	if at != x.State {
		w.t.Errorf("%s, %s: the log ends in %d, the ticket is in %d", name, no, at, x.State)
	}
	seen := map[int64]bool{}
	for _, m := range ms {
		if seen[m.Seq] || m.Seq > x.Edition {
			w.t.Errorf("%s, %s: message %d stands twice or beyond %d", name, no, m.Seq, x.Edition)
		}
		seen[m.Seq] = true
	}
	for _, e := range log {
		if seen[e.Seq] || e.Seq > x.Edition {
			w.t.Errorf("%s, %s: row %d stands twice or beyond %d", name, no, e.Seq, x.Edition)
		}
		seen[e.Seq] = true
	}
}

// reaches tells whether the table has a step for a row of the log; merging and taking out are the desk's own.
func reaches(e ticket.Entry) bool {
	if e.Kind == ticket.LogMerged || e.Kind == ticket.LogUnmerged || e.Kind == ticket.LogRestored {
		return true
	}
	for _, a := range ticket.AllActions() {
		if to, ok := ticket.Next(e.From, a); ok && to == e.To {
			return true
		}
	}
	return false
}
