package distribution_test

import (
	"errors"
	"flag"
	"fmt"
	"testing"
	"time"

	"pgregory.net/rapid"

	"hanse/internal/domain/account"
	"hanse/internal/domain/distribution"
	"hanse/internal/domain/funds"
	"hanse/internal/domain/ledger"
	"hanse/internal/kit/actor"
	"hanse/internal/kit/clock"
	"hanse/internal/kit/db"
	"hanse/internal/kit/dbtest"
	"hanse/internal/kit/fault"
)

// TestAnyHistoryKeepsBooksAndAssociationsTogether lets partners, resellers and customers associate, freeze, allocate,
// spend, switch, part and move in any order, and looks after every step: nobody has two partners or two distributors,
// a pair of clearing accounts is open exactly between those who are associated with money, and the books balance.
func TestAnyHistoryKeepsBooksAndAssociationsTogether(t *testing.T) {
	if f := flag.Lookup("rapid.checks"); f.Value.String() == f.DefValue { // each step has a database behind it
		if err := flag.Set("rapid.checks", "10"); err != nil {
			t.Fatal(err)
		}
	}
	dbtest.Each(t, func(t *testing.T, d *db.DB, c *clock.Manual) {
		w := newWorld(t, d, c)
		_, err := w.funds.Allocate(t.Context(), w.distributor, to(w.first.Account, 20000))
		w.must(err)
		_, err = w.funds.Allocate(t.Context(), w.distributor, to(w.second.Account, 20000))
		w.must(err)
		h := &history{world: w, partners: []actor.Actor{w.provider, w.first, w.second}, distributors: []actor.Actor{w.distributor, w.Partner("Rival", account.Distributor)}}
		for i := range 3 {
			h.customers = append(h.customers, w.Customer(fmt.Sprint("Customer ", i)))
		}
		rapid.Check(t, func(r *rapid.T) {
			for range rapid.IntRange(4, 10).Draw(r, "steps") {
				h.step(r)
				h.holds(r)
			}
		})
	})
}

type history struct {
	*world
	partners, distributors, customers []actor.Actor
}

func to(account string, minor int64) funds.In { return funds.In{To: account, Minor: minor} }

// isLedger tells whether the books refused.
func isLedger(err error) bool {
	var r *ledger.Refusal
	return errors.As(err, &r)
}

// step does one thing. That it's refused is as good as done; an error that isn't a refusal isn't.
func (h *history) step(r *rapid.T) {
	ctx := h.t.Context()
	p := rapid.SampledFrom(h.partners).Draw(r, "partner")
	c := rapid.SampledFrom(h.customers).Draw(r, "customer")
	var err error
	switch what := rapid.SampledFrom([]string{"join", "join", "allocate", "allocate", "spend", "freeze", "unfreeze", "ask", "answer", "answer", "move", "restrict", "unrestrict",
		"leave", "enlist", "wait"}).Draw(r, "what"); what {
	case "join":
		var x distribution.Invitation
		model := rapid.SampledFrom([]account.Link{account.Referral, account.Resale}).Draw(r, "model")
		if x, err = h.s.Invite(ctx, p, distribution.NewInvitation{Kind: model}); err == nil {
			err = h.come(c, p, x)
		}
	case "allocate":
		err = h.allocate(p, c.Account, rapid.Int64Range(1, 300).Draw(r, "minor"))
	case "spend":
		err = h.spend(c.Account, rapid.Int64Range(1, 100).Draw(r, "minor"))
	case "freeze", "unfreeze":
		in := distribution.FreezeIn{Customers: []string{c.Account}, Reason: "Random.", Type: rapid.SampledFrom([]string{distribution.TypeAccount, distribution.TypeAndResource}).Draw(r, "type")}
		do := h.s.Freeze
		if what == "unfreeze" {
			do = h.s.Unfreeze
		}
		var out []distribution.Outcome
		if out, err = do(ctx, p, in); err == nil {
			err = out[0].Err
		}
	case "ask":
		by, with := c, ""
		if rapid.Bool().Draw(r, "partner asks") {
			by, with = p, c.Account
		}
		_, err = h.ask(by, with, rapid.SampledFrom([]string{distribution.Switch, distribution.Dissociate}).Draw(r, "operation"))
	case "answer":
		err = h.answerAny(c, p, rapid.Bool().Draw(r, "agree"))
	case "move":
		err = h.s.MoveCustomers(ctx, h.distributor, h.first.Account, h.second.Account, []string{c.Account}, "Random.")
	case "restrict":
		err = h.s.Restrict(ctx, h.vendor, p.Account, "Random.")
	case "unrestrict":
		err = h.s.Unrestrict(ctx, h.vendor, p.Account, "Random.")
	case "leave":
		if _, err = h.ask(p, "", distribution.Dissociate); err == nil {
			for _, x := range h.distributors {
				err = h.answerAny(x, p, true)
			}
		}
	case "enlist":
		by := rapid.SampledFrom(h.distributors).Draw(r, "distributor")
		var x distribution.Invitation
		if x, err = h.s.Invite(ctx, by, distribution.NewInvitation{Kind: account.ResellerOf, Email: "x@partner.example"}); err == nil {
			err = h.come(p, by, x)
		}
	case "wait":
		h.clock.Advance(time.Duration(rapid.SampledFrom([]int{1, 5, 40}).Draw(r, "days")) * day)
	}
	if err != nil && fault.Of(err) == nil && !isLedger(err) {
		r.Fatalf("%v", err)
	}
	h.drain()
}

func (h *history) come(who, by actor.Actor, x distribution.Invitation) error {
	_, path, err := h.s.Invitation(h.t.Context(), by, "", x.ID)
	if err != nil {
		return err
	}
	return h.s.Accept(h.t.Context(), who, path[len("/join-partner?token="):])
}

// answerAny answers the first open request that the one or the other can.
func (h *history) answerAny(a, b actor.Actor, agree bool) error {
	for _, by := range []actor.Actor{a, b} {
		list, _, err := h.s.Requests(h.t.Context(), by, "", distribution.Pending, "", 0)
		if err != nil {
			return err
		}
		for _, x := range list {
			if !x.Mine(by.Account) {
				_, err := h.s.Answer(h.t.Context(), by, x.ID, x.Edition, agree, "Random.", "")
				return err
			}
		}
	}
	return nil
}

// holds looks at everything that must be true after each step.
func (h *history) holds(r *rapid.T) {
	ctx, q, at := h.t.Context(), h.DB.Read(), h.clock.Now()
	report, err := ledger.New(h.DB).Inspect(ctx)
	if err != nil || !report.Sound() {
		r.Fatalf("the books: %v, %v", report.Findings, err)
	}
	all, err := account.Holding(ctx, q, at, "", 1000)
	if err != nil {
		r.Fatal(err)
	}
	of, pair := map[string]account.Association{}, map[[2]string]bool{}
	for _, x := range all {
		family := "partner "
		if x.Kind == account.ResellerOf {
			family = "distributor "
		}
		if before, twice := of[family+x.Other]; twice {
			r.Fatalf("%s has two: %+v and %+v", x.Other, before, x)
		}
		of[family+x.Other] = x
		if x.Kind != account.Referral {
			pair[[2]string{x.Account, x.Other}] = true
		}
	}
	for _, a := range append(append([]actor.Actor{}, h.partners...), h.distributors...) {
		for _, b := range append(append([]actor.Actor{}, h.partners...), h.customers...) {
			clear, err := ledger.BalanceOf(ctx, q, ledger.Place{Owner: a.Account, Kind: ledger.Clearing, Unit: ledger.CNY, Ref: b.Account})
			if err != nil {
				r.Fatal(err)
			}
			related := pair[[2]string{a.Account, b.Account}] || pair[[2]string{b.Account, a.Account}]
			if opened := clear.Seq > 0 || clear.State == ledger.Closed; related && clear.State != ledger.Usable || !related && opened && clear.State != ledger.Closed {
				r.Fatalf("%s and %s: associated %v, clearing %s", a.Name, b.Name, related, clear.State)
			}
		}
	}
	for _, c := range h.customers {
		x, ok := of["partner "+c.Account]
		if !ok || x.Kind == account.Referral {
			if n := h.has(c.Account, ledger.Allocated); n != 0 {
				r.Fatalf("%s has %d of nobody's money", c.Name, n)
			}
			continue
		}
		got, err := h.s.Customer(ctx, h.vendor, x.Account, c.Account)
		if err != nil {
			r.Fatal(err)
		}
		b, err := ledger.BalanceOf(ctx, q, ledger.Place{Owner: c.Account, Kind: ledger.Cash, Unit: ledger.CNY})
		if err != nil || (b.State == ledger.Frozen) != (got.Held() > 0) {
			r.Fatalf("%s is frozen %d, its books are %s, %v", c.Name, got.Held(), b.State, err)
		}
	}
}
