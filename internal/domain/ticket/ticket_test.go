package ticket_test

import (
	"testing"
	"time"

	"hanse/internal/domain/fixture"
	"hanse/internal/domain/rate"
	"hanse/internal/domain/taxonomy"
	"hanse/internal/domain/ticket"
	"hanse/internal/kit/actor"
	"hanse/internal/kit/db"
	"hanse/internal/kit/fault"
)

func TestATicketGoesFromOpeningToScores(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		ctx := t.Context()
		file := w.upload(w.partner, "trace.log")
		in := business("The invoice of February is wrong.\nPlease look at it.")
		in.Attachments, in.CC, in.Key = []string{file}, []string{"a@x.example; B@x.example", "a@x.example"}, "form-1"
		x := w.open(w.partner, in)
		if again := w.open(w.partner, in); again.No != x.No {
			t.Errorf("the same key opened %s beside %s", again.No, x.No)
		}
		if x.Title != "The invoice of February is wrong." || !ticket.IsNo(x.No) || x.State != ticket.Waiting || !x.VendorDesk || len(x.CC) != 2 || x.Drawn != "" {
			t.Errorf("opened as %+v", x)
		}
		w.act(w.anna, x.No, ticket.Accept, "")
		x = w.act(w.anna, x.No, ticket.Ask, "Which amount did you expect?")
		if x.State != ticket.AskedBack || x.Owner != w.anna.User || x.AutoCloseAt.IsZero() || x.FirstReplyAt.IsZero() {
			t.Errorf("after the question: %+v", x)
		}
		x = w.say(w.partner, x.No, "4,800.00").Ticket
		if x.State != ticket.Processing || !x.AutoCloseAt.IsZero() {
			t.Errorf("after the answer: state %d, closes at %v", x.State, x.AutoCloseAt)
		}
		w.act(w.anna, x.No, ticket.Offer, "It's corrected.")
		x = w.say(w.partner, x.No, "Not yet for me").Ticket
		w.act(w.anna, x.No, ticket.Offer, "Now it is.")
		x, err := w.s.Act(ctx, w.partner, x.No, ticket.Deed{Action: ticket.Close, Text: "Good", Scores: []ticket.Scoring{{Dimension: 1, Points: 4}}})
		fixture.Must(t, err)
		if x.State != ticket.Done || x.Judgement != "Good" || x.Score != 4 || x.SolvedAt.IsZero() || x.Solution != "Now it is." {
			t.Errorf("closed as %+v", x)
		}
		w.dense(x.No)
		w.logged(x.No, 0, 1001, 1003, 85, 1002, 16, 1002, 3, 5)
		v, err := w.s.Get(ctx, w.partner, x.No)
		fixture.Must(t, err)
		if v.Side != ticket.Customer || len(v.Scores) != 1 || v.Unread != 3 || !v.CanScore || !v.CanSay {
			t.Errorf("Get = %+v", v)
		}
		if a, err := w.s.Attachment(ctx, w.anna, file); err != nil || a.Ticket != x.No {
			t.Errorf("the engineer's look at the file: %+v, %v", a, err)
		}
		if _, err := w.s.Attachment(ctx, w.other, file); fault.KindOf(err) != fault.KindNotFound {
			t.Errorf("a stranger's look at the file: %v", err)
		}
	})
}

// dense checks that each number of a ticket's sequence stands for exactly one message or row of the log.
func (w *world) dense(no string) {
	w.t.Helper()
	x, err := ticket.Find(w.t.Context(), w.d.Read(), no)
	fixture.Must(w.t, err)
	ms, log, err := ticket.After(w.t.Context(), w.d.Read(), no, 0)
	fixture.Must(w.t, err)
	seen := map[int64]int{}
	for _, m := range ms {
		seen[m.Seq]++
	}
	for _, e := range log {
		seen[e.Seq]++
	}
	for n := int64(1); n <= x.Edition; n++ {
		if seen[n] != 1 {
			w.t.Errorf("%s: number %d of %d stands %d times", no, n, x.Edition, seen[n])
		}
	}
	if len(seen) != int(x.Edition) {
		w.t.Errorf("%s: %d numbers, edition %d", no, len(seen), x.Edition)
	}
}

func (w *world) logged(no string, kinds ...ticket.Logged) {
	w.t.Helper()
	_, log, err := ticket.After(w.t.Context(), w.d.Read(), no, 0)
	fixture.Must(w.t, err)
	var got []ticket.Logged
	for _, e := range log {
		got = append(got, e.Kind)
	}
	if len(got) != len(kinds) {
		w.t.Errorf("log of %s: %v, want %v", no, got, kinds)
		return
	}
	for i := range got {
		if got[i] != kinds[i] {
			w.t.Errorf("log of %s: %v, want %v", no, got, kinds)
			return
		}
	}
}

func TestAPlansMonthIsTakenWithTheTicket(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		ctx := t.Context()
		_, err := w.s.Open(ctx, w.partner, w.technical("down"))
		refused(t, "technical without a plan", err, ticket.NotInPlan)
		w.plan(w.partner, rate.Standard)
		for range 29 {
			w.spend(w.partner)
		}
		if n := w.left(w.partner); n != 1 {
			t.Fatalf("%d left, want 1", n)
		}
		in := w.technical("The thirtieth")
		in.Severity = taxonomy.ProdDown
		x := w.open(w.partner, in)
		if x.Drawn == "" || x.DrawnFrom != w.partner.Account || x.Severity != taxonomy.ProdDown || x.Plan != rate.Standard || x.Due.IsZero() {
			t.Errorf("opened as %+v", x)
		}
		before := w.tickets()
		_, err = w.s.Open(ctx, w.partner, w.technical("The thirty-first"))
		refused(t, "the 31st", err, ticket.NoQuota)
		q, ok := ticket.QuotaOf(err)
		if !ok || q.Left != 0 || q.Total != 30 || !q.CanBuyPack || q.Resets.IsZero() {
			t.Errorf("the refusal says %+v", q)
		}
		if n := w.tickets(); n != before {
			t.Errorf("the refused ticket left something: %d tickets, %d before", n, before)
		}
		if _, err := w.s.Open(ctx, w.partner, business("A bill")); err != nil {
			t.Errorf("a business ticket: %v", err)
		}
		bad := w.technical("x")
		bad.Severity = taxonomy.CoreDown
		_, err = w.s.Open(ctx, w.partner, bad)
		refused(t, "a severity that the plan hasn't", err, ticket.BadSeverity)
		w.act(w.partner, x.No, ticket.Cancel, "")
		if n := w.left(w.partner); n != 0 {
			t.Errorf("a cancelled ticket gave %d back", n)
		}
	})
}

// spend opens a technical ticket and says nothing of it.
func (w *world) spend(by actor.Actor) ticket.Ticket {
	w.t.Helper()
	return w.open(by, w.technical("x"))
}

func (w *world) tickets() int64 {
	w.t.Helper()
	n, err := db.One(w.t.Context(), w.d.Read(), db.Int, `SELECT (SELECT COUNT(*) FROM ticket) + (SELECT COUNT(*) FROM ticket_number) + (SELECT COUNT(*) FROM ticket_message)`)
	fixture.Must(w.t, err)
	return n
}

func TestActionsKeepTheirTimes(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		ctx := t.Context()
		x := w.open(w.partner, business("Slow"))
		press := func() error {
			_, err := w.s.Act(ctx, w.partner, x.No, ticket.Deed{Action: ticket.Press})
			return err
		}
		refused(t, "urged at once", press(), ticket.PressNew)
		w.pass(31 * time.Minute)
		fixture.Must(t, press())
		refused(t, "urged twice", press(), ticket.PressSoon)
		w.act(w.anna, x.No, ticket.Accept, "")
		_, err := w.s.Act(ctx, w.partner, x.No, ticket.Deed{Action: ticket.Cancel})
		refused(t, "cancelled while processing", err, ticket.BadState)
		x = w.act(w.anna, x.No, ticket.Offer, "Done so")
		w.pass(5*24*time.Hour + time.Minute)
		w.pass(2 * 24 * time.Hour)
		x, err = ticket.Find(ctx, w.d.Read(), x.No)
		if err != nil || x.State != ticket.Done {
			t.Fatalf("after a week: %d, %v", x.State, err)
		}
		if n := w.heard("closing_soon"); n != 1 {
			t.Errorf("%d notices before closing", n)
		}
		x = w.say(w.partner, x.No, "It's back").Ticket
		if x.State != ticket.Processing || !x.SolvedAt.IsZero() {
			t.Errorf("an answer in the window left it in %d", x.State)
		}
		w.act(w.partner, x.No, ticket.Close, "")
		w.pass(7*24*time.Hour + time.Minute)
		_, err = w.s.Say(ctx, w.partner, x.No, ticket.Saying{Body: "Again"})
		refused(t, "an answer after the window", err, ticket.TooLate)
		if x = w.act(w.partner, x.No, ticket.Close, ""); x.State != ticket.Done {
			t.Errorf("closing what is closed: %d", x.State)
		}
		w.act(w.partner, x.No, ticket.Delete, "")
		if _, err := w.s.Get(ctx, w.partner, x.No); fault.KindOf(err) != fault.KindNotFound {
			t.Errorf("a deleted ticket: %v", err)
		}
		if x = w.act(w.anna, x.No, ticket.Restore, ""); x.State != ticket.Done {
			t.Errorf("restored to %d", x.State)
		}
		w.dense(x.No)
	})
}

func (w *world) heard(what string) (n int) {
	for _, h := range w.told {
		if h.What == what {
			n++
		}
	}
	return n
}

func TestACustomersTicketIsHandedOverAtThePartnersExpense(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		ctx := t.Context()
		x := w.open(w.user, w.technical("The core switch restarts"))
		if x.VendorDesk || x.Desk != w.partner.Account || x.Drawn != "" || !x.Due.IsZero() {
			t.Errorf("opened as %+v", x)
		}
		w.say(w.partner, x.No, "We look at it.")
		if _, err := w.s.Say(ctx, w.partner, x.No, ticket.Saying{Body: "A hard one", Internal: true}); err != nil {
			t.Fatal(err)
		}
		_, err := w.s.HandOver(ctx, w.partner, x.No, ticket.Handing{})
		refused(t, "handed over without a plan", err, ticket.NotInPlan)
		w.plan(w.partner, rate.Standard)
		x, err = w.s.HandOver(ctx, w.partner, x.No, ticket.Handing{Text: "Please help"})
		fixture.Must(t, err)
		if !x.VendorDesk || x.Partner != w.partner.Account || x.DrawnFrom != w.partner.Account || x.Due.IsZero() || w.left(w.partner) != 29 {
			t.Errorf("handed over as %+v, %d left", x, w.left(w.partner))
		}
		_, err = w.s.Say(ctx, w.anna, x.No, ticket.Saying{Body: "For us alone", Internal: true})
		fixture.Must(t, err)
		w.say(w.anna, x.No, "Which version?")
		for _, c := range []struct {
			who  string
			by   actor.Actor
			want int
		}{{"customer", w.customer, 3}, {"opener", w.user, 3}, {"partner", w.partner, 5}, {"vendor", w.bert, 6}, {"auditor", w.auditor, 6}} {
			ms, n, err := w.s.Messages(ctx, c.by, x.No, ticket.Page{})
			if err != nil || len(ms) != c.want || n != int64(c.want) {
				t.Errorf("the %s reads %d of %d messages, %v; want %d", c.who, len(ms), n, err, c.want)
			}
		}
		for who, by := range map[string]actor.Actor{"stranger": w.other, "account manager of others": w.seller} {
			if _, err := w.s.Get(ctx, by, x.No); fault.KindOf(err) != fault.KindNotFound {
				t.Errorf("the %s: %v", who, err)
			}
		}
		x, err = w.s.HandBack(ctx, w.anna, x.No, ticket.Handing{Text: "Yours"})
		fixture.Must(t, err)
		x, err = w.s.HandOver(ctx, w.partner, x.No, ticket.Handing{})
		if err != nil || w.left(w.partner) != 29 {
			t.Errorf("the second time: %v, %d left", err, w.left(w.partner))
		}
		w.dense(x.No)
	})
}

func TestTheClockOfATicketShowsInItsRow(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		ctx := t.Context()
		w.plan(w.partner, rate.Standard)
		in := w.technical("Everything is down")
		in.Severity = taxonomy.ProdDown
		late, good := w.open(w.partner, in), w.open(w.partner, in)
		if !late.Due.Equal(w.clock.Now().Add(30 * time.Minute)) {
			t.Errorf("due at %v, want half an hour from now", late.Due)
		}
		w.pass(20 * time.Minute)
		if n := w.say(w.anna, good.No, "We are on it").Ticket; n.DueKind == late.DueKind || n.FirstReplyAt.IsZero() || n.State != ticket.Processing {
			t.Errorf("after the first reply: %+v", n)
		}
		w.pass(11 * time.Minute)
		rows, err := w.s.List(ctx, w.anna, ticket.Filter{Box: ticket.Queue, Active: true, Breached: true, Sort: ticket.ByDue})
		if err != nil || len(rows) != 1 || rows[0].No != late.No {
			t.Errorf("missed: %+v, %v; want %s alone", rows, err, late.No)
		}
		paused := w.act(w.anna, good.No, ticket.Ask, "Since when?")
		if n, err := w.s.Tally(ctx, w.anna, []ticket.Filter{{Box: ticket.Queue, DueBefore: w.clock.Now()}, {Box: ticket.Queue, Owner: w.anna.User}, {Box: ticket.Queue, Owner: "-"}}); err != nil || n[0] != 1 ||
			n[1] != 1 || n[2] != 1 {
			t.Errorf("tally: %v, %v", n, err)
		}
		if !paused.Due.IsZero() {
			t.Errorf("while the customer is asked, %s is due at %v", paused.DueKind, paused.Due)
		}
	})
}
