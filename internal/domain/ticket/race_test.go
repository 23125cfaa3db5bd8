package ticket_test

import (
	"sync"
	"testing"

	"hanse/internal/domain/fixture"
	"hanse/internal/domain/rate"
	"hanse/internal/domain/ticket"
	"hanse/internal/kit/actor"
	"hanse/internal/kit/fault"
)

// together runs functions at once and gives their errors.
func together(all ...func() error) []error {
	out := make([]error, len(all))
	var wg sync.WaitGroup
	for i, f := range all {
		wg.Go(func() { out[i] = f() })
	}
	wg.Wait()
	return out
}

func TestOfTwoEngineersWhoAnswerAtOnceOneIsToldOfTheOther(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		for range 4 {
			x := w.open(w.partner, business("Who is first?"))
			x = w.act(w.anna, x.No, ticket.Accept, "")
			say := func(by actor.Actor) func() error {
				return func() error {
					_, err := w.s.Say(t.Context(), by, x.No, ticket.Saying{Body: "By " + by.Name, Seen: x.Edition})
					return err
				}
			}
			errs := together(say(w.anna), say(w.bert))
			if (errs[0] == nil) == (errs[1] == nil) {
				t.Fatalf("both answered, or none: %v", errs)
			}
			loser, by, winner := errs[0], w.anna, w.bert
			if errs[0] == nil {
				loser, by, winner = errs[1], w.bert, w.anna
			}
			refused(t, "the second answer", loser, ticket.Stale)
			if f := fault.Of(loser); f == nil || f.Msg.Args["name"] == nil || !ticket.Newer(loser) {
				t.Errorf("the loser isn't told who was faster: %v", loser)
			}
			u, err := w.s.Since(t.Context(), by, x.No, x.Edition)
			if err != nil || len(u.Messages) != 1 || u.Messages[0].Author != winner.User {
				t.Errorf("after the race: %+v, %v; want the winner's message alone", u.Messages, err)
			}
			if _, err := w.s.Say(t.Context(), by, x.No, ticket.Saying{Body: "And I", Seen: u.Ticket.Edition}); err != nil {
				t.Errorf("the loser's second try: %v", err)
			}
			w.dense(x.No)
		}
	})
}

func TestOfAReplyAndACloseOneIsToldOfTheOther(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		for range 4 {
			x := w.open(w.partner, business("Open or closed?"))
			x = w.act(w.anna, x.No, ticket.Accept, "")
			errs := together(func() error {
				_, err := w.s.Say(t.Context(), w.anna, x.No, ticket.Saying{Body: "One more thing", Seen: x.Edition})
				return err
			}, func() error {
				_, err := w.s.Act(t.Context(), w.partner, x.No, ticket.Deed{Action: ticket.Close, Seen: x.Edition})
				return err
			})
			now, err := ticket.Find(t.Context(), w.d.Read(), x.No)
			fixture.Must(t, err)
			switch {
			case errs[0] == nil:
				refused(t, "closing what was just answered", errs[1], ticket.Stale)
				if now.State != ticket.Processing {
					t.Errorf("the reply won, the ticket is in %d", now.State)
				}
			case errs[1] == nil:
				refused(t, "answering what was just closed", errs[0], ticket.BadState)
				if now.State != ticket.Done {
					t.Errorf("closing won, the ticket is in %d", now.State)
				}
			default:
				t.Errorf("neither went through: %v", errs)
			}
			w.dense(x.No)
		}
	})
}

func TestWhatComesTwiceIsThereOnce(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		in := business("Twice")
		in.Key = "mail:1"
		var mu sync.Mutex
		nos := map[string]bool{}
		open := func() error {
			x, err := w.s.Open(t.Context(), w.partner, in)
			mu.Lock()
			defer mu.Unlock()
			nos[x.No] = true
			return err
		}
		for _, err := range together(open, open, open) {
			fixture.Must(t, err)
		}
		if len(nos) != 1 {
			t.Fatalf("%d tickets were opened", len(nos))
		}
		var no string
		for no = range nos {
		}
		say := func() error {
			_, err := w.s.Say(t.Context(), w.partner, no, ticket.Saying{Body: "Once", Key: "mail:2"})
			return err
		}
		for _, err := range together(say, say, say) {
			fixture.Must(t, err)
		}
		if ms, _, err := w.s.Messages(t.Context(), w.partner, no, ticket.Page{}); err != nil || len(ms) != 2 {
			t.Errorf("%d messages, %v; want 2", len(ms), err)
		}
		w.dense(no)
	})
}

func TestTheLastUnitOfAMonthGoesToOneTicket(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.plan(w.partner, rate.Standard)
		for range 29 {
			w.spend(w.partner)
		}
		in := w.technical("The last one")
		open := func() error { _, err := w.s.Open(t.Context(), w.partner, in); return err }
		good := 0
		for _, err := range together(open, open, open) {
			if err == nil {
				good++
			} else {
				refused(t, "no unit left", err, ticket.NoQuota)
			}
		}
		if good != 1 || w.left(w.partner) != 0 {
			t.Errorf("%d went through, %d left", good, w.left(w.partner))
		}
	})
}
