package ticket_test

import (
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	"hanse/internal/domain/account"
	"hanse/internal/domain/confirm"
	"hanse/internal/domain/distribution"
	"hanse/internal/domain/fixture"
	"hanse/internal/domain/rate"
	"hanse/internal/domain/taxonomy"
	"hanse/internal/domain/ticket"
	"hanse/internal/kit/actor"
	"hanse/internal/kit/audit"
	"hanse/internal/kit/calendar"
	"hanse/internal/kit/db"
	"hanse/internal/kit/fault"
	"hanse/internal/kit/outbox"
)

// leaves ends what the customer has with its partner, and may begin it with another one, as one.
func (w *world) leaves(customer actor.Actor, to string) {
	w.t.Helper()
	ctx, admin := w.t.Context(), w.Vendor()
	w.clock.Advance(time.Minute)
	fixture.Must(w.t, w.d.Update(ctx, func(tx *db.Tx) error {
		x, ok, err := account.PartnerOf(ctx, tx, customer.Account, tx.Now)
		if err != nil {
			return err
		}
		if ok {
			if err := account.Unrelate(ctx, tx, admin, actor.Associate, x); err != nil {
				return err
			}
		}
		if to == "" {
			return nil
		}
		_, err = account.Relate(ctx, tx, admin, actor.Associate, to, customer.Account, account.Resale)
		return err
	}))
	w.drain()
}

func (w *world) find(no string) ticket.Ticket {
	w.t.Helper()
	x, err := ticket.Find(w.t.Context(), w.d.Read(), no)
	fixture.Must(w.t, err)
	return x
}

func TestOpenTicketsFollowTheirCustomerToItsNewDesk(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		ctx := t.Context()
		w.plan(w.partner, rate.Standard)
		w.runner.On("ticket.moved", "test.hear.moved", func(_ context.Context, _ *db.Tx, e outbox.Event) error {
			x, err := outbox.As[ticket.Happened](e)
			w.told = append(w.told, x)
			return err
		})
		waits, asked := w.open(w.customer, business("Waits")), w.open(w.customer, w.technical("Asked back"))
		handed, done := w.open(w.customer, w.technical("Handed over")), w.open(w.customer, business("Done"))
		w.act(w.partner, asked.No, ticket.Accept, "")
		w.act(w.partner, asked.No, ticket.Ask, "Which version?")
		_, err := w.s.HandOver(ctx, w.partner, handed.No, ticket.Handing{})
		fixture.Must(t, err)
		w.act(w.partner, done.No, ticket.Accept, "")
		w.act(w.partner, done.No, ticket.Offer, "Here it is")
		w.act(w.customer, done.No, ticket.Close, "")
		own := w.open(w.partner, business("The partner's own"))

		w.leaves(w.customer, w.other.Account)
		for _, no := range []string{waits.No, asked.No} {
			x := w.find(no)
			if x.Desk != w.other.Account || x.Partner != w.other.Account || x.VendorDesk || x.State != map[string]ticket.State{waits.No: ticket.Waiting, asked.No: ticket.AskedBack}[no] {
				t.Errorf("%s is at %s of %s, %d; want it at the new partner's desk as it was", x.Title, x.DeskName, x.PartnerName, x.State)
			}
			if _, err := w.s.Get(ctx, w.partner, no); fault.KindOf(err) != fault.KindNotFound {
				t.Errorf("the old partner reads %s: %v, want NotFound", no, err)
			}
			if _, err := w.s.Get(ctx, w.other, no); err != nil {
				t.Errorf("the new partner reads %s: %v", no, err)
			}
		}
		if x := w.find(handed.No); !x.VendorDesk || x.Partner != w.other.Account || !x.Handed || x.DrawnFrom != w.partner.Account {
			t.Errorf("handed over: at %s of %s, drawn from %s; want it at the vendor's for the new partner", x.DeskName, x.PartnerName, x.DrawnFrom)
		}
		if x := w.find(done.No); x.Desk != w.partner.Account {
			t.Errorf("what is over is at %s; want it where it was done", x.DeskName)
		}
		if _, err := w.s.Get(ctx, w.other, done.No); fault.KindOf(err) != fault.KindNotFound {
			t.Errorf("the new partner reads what was over: %v, want NotFound", err)
		}
		if x := w.find(own.No); !x.VendorDesk {
			t.Errorf("the partner's own ticket is at %s", x.DeskName)
		}
		moved := 0
		for _, h := range w.told {
			if h.What == "moved" {
				if moved++; h.Other != w.partner.Account || h.Desk != w.other.Account {
					t.Errorf("told: from %s to %s", h.Other, h.Desk)
				}
			}
		}
		w.pass(2 * time.Minute) // looked at again, nothing is left to do
		log, _, err := w.s.Log(ctx, w.customer, waits.No, 0, 10)
		if err != nil || moved != 2 || log[0].Kind != ticket.LogMoved || log[0].Text != "Lighthouse → Beacon" {
			t.Errorf("%d told; the customer's log begins %+v, %v", moved, log[0], err)
		}

		w.leaves(w.customer, "")
		x := w.find(asked.No)
		if !x.VendorDesk || x.Partner != "" || x.Drawn != "" {
			t.Errorf("without a partner: at %s of %q, drawn %q; want it at the vendor's without a unit", x.DeskName, x.Partner, x.Drawn)
		}
		if x := w.find(handed.No); x.Partner != "" || x.Handed {
			t.Errorf("handed over: still of %s", x.PartnerName)
		}
		w.say(w.customer, done.No, "It's back") // opened again, it goes where its customer is
		if x := w.find(done.No); x.State != ticket.Processing || !x.VendorDesk {
			t.Errorf("opened again: %d at %s", x.State, x.DeskName)
		}
		w.say(w.customer, asked.No, "Version 3")
		w.say(w.anna, asked.No, "Thank you") // the vendor's clocks run
		for _, no := range []string{waits.No, asked.No, handed.No, done.No} {
			w.dense(no)
		}
	})
}

func TestATicketThatTheDeskMakesTechnicalTakesAUnitOrSaysThatItDoesNot(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		ctx, kind := t.Context(), taxonomy.TechConsult
		set, err := taxonomy.Read(ctx, w.d.Read())
		fixture.Must(t, err)
		technical, _ := set.ProblemType(kind)
		in := ticket.Changing{ProblemType: &kind}
		for _, p := range set.Products() {
			if in.Product == nil && technical.In(p.Category) {
				in.Product = &p.ID
			}
		}
		without := in
		without.WithoutUnit = true

		basic := w.open(w.partner, business("No plan"))
		_, err = w.s.Change(ctx, w.anna, basic.No, in)
		refused(t, "without a plan", err, ticket.NotInPlan)
		if x := w.find(basic.No); x.Technical || x.Edition != basic.Edition {
			t.Errorf("after the refusal: %+v; want nothing changed", x)
		}
		x, err := w.s.Change(ctx, w.anna, basic.No, without)
		if err != nil || !x.Technical || x.Drawn != "" {
			t.Errorf("without a unit: technical %v, drawn %q, %v", x.Technical, x.Drawn, err)
		}
		log, _, err := w.s.Log(ctx, w.anna, basic.No, 0, 1)
		if err != nil || log[0].Kind != ticket.LogNoUnit || log[0].Visible {
			t.Errorf("the log says %+v, %v", log, err)
		}
		w.drain()
		rows, err := audit.History(ctx, w.d.Read(), "ticket", basic.No)
		if err != nil || !slices.ContainsFunc(rows, func(e audit.Entry) bool { return strings.Contains(string(e.Detail), "without_unit") }) {
			t.Errorf("the audit says %+v, %v", rows, err)
		}

		w.plan(w.other, rate.Standard)
		two, most := w.open(w.other, business("Bought")), w.left(w.other)
		if x, err = w.s.Change(ctx, w.anna, two.No, without); err != nil || x.Drawn == "" || x.DrawnFrom != w.other.Account || x.Plan != rate.Standard || w.left(w.other) != most-1 {
			t.Errorf("with units left: drawn %q of %q under %s, left %d of %d, %v", x.Drawn, x.DrawnFrom, x.Plan, w.left(w.other), most, err)
		}
		for range most - 1 {
			w.open(w.other, w.technical("Another"))
		}
		last := w.open(w.other, business("One too many"))
		_, err = w.s.Together(ctx, w.anna, last.No, ticket.Bundle{Note: "x", Change: &in})
		refused(t, "when the month is used up", err, ticket.NoQuota)
		if q, ok := ticket.QuotaOf(err); !ok || q.Left != 0 || q.Resets.IsZero() {
			t.Errorf("the refusal says %+v", q)
		}
		atPartner := w.open(w.customer, business("At the partner's desk"))
		if x, err := w.s.Change(ctx, w.partner, atPartner.No, in); err != nil || !x.Technical || x.Drawn != "" {
			t.Errorf("at a partner's desk: drawn %q, %v; want it to draw when it's handed over", x.Drawn, err)
		}
		_, err = w.s.HandOver(ctx, w.partner, atPartner.No, ticket.Handing{})
		refused(t, "handing it over without a plan", err, ticket.NotInPlan)
	})
}

func TestADesksLabelsAreItsOwn(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		ctx := t.Context()
		label := func(by actor.Actor, name string) int64 {
			l, err := w.s.AddLabel(ctx, by, ticket.Label{Name: name, Color: "#0a0b0c"})
			fixture.Must(t, err)
			return l.ID
		}
		theirs, ours, vendors := label(w.customer, "cutover"), label(w.partner, "beekeeper"), label(w.anna, "zeppelin")
		x, y := w.open(w.customer, business("Labelled")), w.open(w.customer, business("Not labelled"))
		fixture.Must(t, w.s.Label(ctx, w.customer, x.No, []int64{theirs}))
		fixture.Must(t, w.s.Label(ctx, w.partner, x.No, []int64{ours}))
		refused(t, "the customer's label at the desk", w.s.Label(ctx, w.partner, x.No, []int64{theirs}), ticket.UnknownLabel)
		if err := w.s.Label(ctx, w.anna, x.No, []int64{vendors}); fault.KindOf(err) != fault.KindDenied {
			t.Errorf("the vendor labels a ticket of a partner's desk: %v, want Denied", err)
		}
		if err := w.s.Label(ctx, w.auditor, x.No, []int64{vendors}); fault.KindOf(err) != fault.KindDenied {
			t.Errorf("an auditor labels: %v, want Denied", err)
		}
		_, err := w.s.HandOver(ctx, w.partner, x.No, ticket.Handing{})
		fixture.Must(t, err)
		if _, err := w.s.Together(ctx, w.anna, x.No, ticket.Bundle{Label: []int64{vendors}, Note: "marked"}); err != nil {
			t.Error(err)
		}
		for _, c := range []struct {
			by   actor.Actor
			box  ticket.Box
			id   int64
			name string
		}{{w.customer, ticket.Own, theirs, "cutover"}, {w.partner, ticket.HadBox, ours, "beekeeper"}, {w.anna, ticket.Queue, vendors, "zeppelin"}} {
			v, err := w.s.Get(ctx, c.by, x.No)
			if err != nil || len(v.Labels) != 1 || v.Labels[0].Name != c.name {
				t.Errorf("%s sees the labels %+v, %v; want %s alone", c.by.Name, v.Labels, err, c.name)
			}
			rows, err := w.s.List(ctx, c.by, ticket.Filter{Box: c.box, Labels: []int64{c.id}})
			if err != nil || len(rows) != 1 || rows[0].No != x.No || len(rows[0].Labels) != 1 {
				t.Errorf("%s's list by label: %+v, %v", c.by.Name, rows, err)
			}
			for _, word := range []string{"cutover", "beekeeper", "zeppelin"} {
				n, err := w.s.Count(ctx, c.by, ticket.Filter{Box: c.box, Search: word})
				if want := map[bool]int64{true: 1}[word == c.name]; err != nil || n != want {
					t.Errorf("%s finds %q %d times, %v; want %d", c.by.Name, word, n, err, want)
				}
			}
			log, _, err := w.s.Log(ctx, c.by, x.No, 0, 50)
			seen := slices.ContainsFunc(log, func(e ticket.Entry) bool { return e.Kind == ticket.LogLabelled && e.Text == "+zeppelin" })
			if err != nil || seen != (c.name == "zeppelin") {
				t.Errorf("%s reads in the log that the vendor labelled it: %v, %v", c.by.Name, seen, err)
			}
		}
		before := w.find(x.No).Edition
		fixture.Must(t, w.s.Relabel(ctx, w.anna, x.No, []int64{vendors}, nil)) // it has it
		if now := w.find(x.No).Edition; now != before {
			t.Errorf("labelled again: edition %d, want %d", now, before)
		}
		fixture.Must(t, w.s.RemoveLabel(ctx, w.anna, vendors))
		w.drain()
		if n, err := w.s.Count(ctx, w.anna, ticket.Filter{Box: ticket.Queue, Search: "zeppelin"}); err != nil || n != 0 {
			t.Errorf("a label that was removed is found %d times, %v", n, err)
		}
		w.dense(x.No)
		w.dense(y.No)
	})
}

func TestAnAccountManagerSeesTheTicketsOfTheOwnCustomersAlone(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		ctx, second := t.Context(), w.Customer("Pier")
		dist := distribution.New(distribution.Config{DB: w.d, Vault: w.Vault, Login: w.Login, Accounts: w.Account, Confirm: confirm.New(w.d, w.Login)})
		dist.Register(w.runner)
		fixture.Must(t, w.runner.Prepare(ctx))
		_, err := w.Account.Associate(ctx, w.Vendor(), account.Association{Account: w.partner.Account, Other: second.Account, Kind: account.Referral})
		fixture.Must(t, err)
		w.drain()
		mine, others := w.open(w.customer, business("Harbour asks for a crane")), w.open(second, business("Pier asks for a crane"))
		over := w.open(w.customer, business("A second crane"))
		w.act(w.customer, over.No, ticket.Cancel, "")
		sees := func(when string, want ...string) {
			t.Helper()
			var listed []string
			rows, err := w.s.List(ctx, w.seller, ticket.Filter{Box: ticket.Queue, Active: true, Sort: ticket.ByDue})
			for _, r := range rows {
				listed = append(listed, r.No)
			}
			if err != nil || !slices.Equal(listed, want) {
				t.Errorf("%s the list has %v, %v; want %v", when, listed, err, want)
			}
			var found []string
			for _, f := range []ticket.Filter{{Box: ticket.Queue, Active: true, Search: "crane"}, {Box: ticket.Queue, Active: true, Search: "crane", Sort: ticket.ByDue}} {
				rows, err = w.s.List(ctx, w.seller, f)
				found = nil
				for _, r := range rows {
					found = append(found, r.No)
				}
				if err != nil || !slices.Equal(found, want) {
					t.Errorf("%s the search finds %v, %v; want %v", when, found, err, want)
				}
			}
			for _, x := range []ticket.Ticket{mine, others} {
				_, err := w.s.Get(ctx, w.seller, x.No)
				if ok := slices.Contains(want, x.No); (err == nil) != ok || !ok && fault.KindOf(err) != fault.KindNotFound {
					t.Errorf("%s the page of %s: %v; want it to be there: %v", when, x.Title, err, ok)
				}
				_, err = w.s.Say(ctx, w.seller, x.No, ticket.Saying{Body: "n", Internal: true})
				if ok := slices.Contains(want, x.No); (err == nil) != ok {
					t.Errorf("%s a note on %s: %v; want it to be possible: %v", when, x.Title, err, ok)
				}
			}
			n, err := w.s.Tally(ctx, w.seller, []ticket.Filter{{Box: ticket.Queue, Active: true}, {Box: ticket.Queue, Active: true, Search: "crane"}})
			if err != nil || n[0] != int64(len(want)) || n[1] != int64(len(want)) {
				t.Errorf("%s the counts are %v, %v; want %d", when, n, err, len(want))
			}
			counts, err := w.s.Counts(ctx, w.seller, ticket.Filter{Box: ticket.Queue})
			if err != nil || counts[ticket.Waiting] != int64(len(want)) {
				t.Errorf("%s %d wait, %v; want %d", when, counts[ticket.Waiting], err, len(want))
			}
		}
		sees("without customers")
		fixture.Must(t, dist.Assign(ctx, w.partner, w.partner.Account, w.seller.User, []string{w.customer.Account}))
		sees("with one", mine.No)
		fixture.Must(t, dist.Assign(ctx, w.partner, w.partner.Account, w.partner.User, []string{w.customer.Account}))
		fixture.Must(t, dist.Assign(ctx, w.partner, w.partner.Account, w.seller.User, []string{second.Account}))
		sees("with another", others.No)
	})
}

func TestTicketsAreFoundByThePlanThatServesThem(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.plan(w.other, rate.Premium)
		basic, premium := w.open(w.partner, business("Basic")), w.open(w.other, business("Premium"))
		for level, want := range map[rate.Level]string{rate.Basic: basic.No, rate.Premium: premium.No, rate.Standard: ""} {
			rows, err := w.s.List(t.Context(), w.anna, ticket.Filter{Box: ticket.Queue, Active: true, Plan: string(level), Sort: ticket.ByDue})
			got := ""
			for _, r := range rows {
				got += r.No
			}
			if err != nil || got != want {
				t.Errorf("%s: %q, %v; want %q", level, got, err, want)
			}
		}
	})
}

func TestTicketsFollowAnAssociationThatBeginsOrEndsOnItsDay(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		today := calendar.DayOf(w.clock.Now())
		pier := w.Customer("Pier")
		for _, in := range []account.Association{{Account: w.partner.Account, Until: today.AddDays(2).String()}, {Account: w.other.Account, Since: today.AddDays(3).String(), Until: today.AddDays(5).String()}} {
			in.Other, in.Kind = pier.Account, account.Referral
			_, err := w.Account.Associate(t.Context(), w.Vendor(), in)
			fixture.Must(t, err)
		}
		x := w.open(pier, business("Waits"))
		for _, c := range []struct {
			day  int
			want string
		}{{2, w.partner.Account}, {3, w.other.Account}, {5, w.other.Account}, {6, ""}} {
			w.pass(today.AddDays(c.day).Time().Add(time.Hour).Sub(w.clock.Now()))
			if got := w.find(x.No); got.Partner != c.want || got.VendorDesk != (c.want == "") {
				t.Errorf("on day %d it's at %s, of %q; want %q", c.day, got.DeskName, got.Partner, c.want)
			}
		}
	})
}
