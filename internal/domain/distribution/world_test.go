package distribution_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"hanse/internal/domain/account"
	"hanse/internal/domain/confirm"
	"hanse/internal/domain/distribution"
	"hanse/internal/domain/fixture"
	"hanse/internal/domain/funds"
	"hanse/internal/domain/ledger"
	"hanse/internal/domain/ledger/ledgertest"
	"hanse/internal/kit/actor"
	"hanse/internal/kit/clock"
	"hanse/internal/kit/db"
	"hanse/internal/kit/fault"
	"hanse/internal/kit/jobs"
)

// A world has a solution provider, a distributor with two resellers, and money.
type world struct {
	*fixture.World
	t      testing.TB
	clock  *clock.Manual
	s      *distribution.Service
	funds  *funds.Service
	runner *jobs.Runner
	vendor actor.Actor
	// the partners' administrators
	provider, distributor, first, second actor.Actor
}

func newWorld(t testing.TB, d *db.DB, c *clock.Manual) *world {
	t.Helper()
	w := &world{World: fixture.New(t, d), t: t, clock: c}
	w.s = distribution.New(distribution.Config{DB: d, Vault: w.Vault, Login: w.Login, Accounts: w.Account, Confirm: confirm.New(d, w.Login)})
	w.funds = funds.New(funds.Config{DB: d, Ledger: ledger.New(d), Codes: confirm.New(d, w.Login), Login: distribution.OfLogin})
	w.runner = w.Runner()
	w.s.Register(w.runner)
	w.must(w.runner.Prepare(context.WithoutCancel(t.Context())))
	w.vendor = w.Vendor()
	w.provider = w.Partner("Baltic")
	w.distributor = w.Partner("Gulf", account.Distributor)
	w.first, w.second = w.Partner("Nile", account.Reseller), w.Partner("Cedar", account.Reseller)
	for _, r := range []actor.Actor{w.first, w.second} {
		_, err := w.Account.Associate(t.Context(), w.vendor, account.Association{Account: w.distributor.Account, Other: r.Account, Kind: account.ResellerOf})
		w.must(err)
	}
	w.drain()
	for _, a := range []actor.Actor{w.provider, w.distributor} {
		ledgertest.Give(t, d, w.vendor.Account, a.Account, ledger.Cash, 100000)
	}
	return w
}

func (w *world) must(err error) { w.t.Helper(); fixture.Must(w.t, err) }

func (w *world) drain() {
	w.t.Helper()
	w.must(w.runner.Drain(context.WithoutCancel(w.t.Context())))
}

// joined is a new customer of a partner, by a link.
func (w *world) joined(partner actor.Actor, model account.Link, name string) actor.Actor {
	w.t.Helper()
	c := w.Customer(name)
	w.must(w.s.Accept(w.t.Context(), c, w.link(partner, distribution.NewInvitation{Kind: model})))
	return c
}

// link is the token of a new invitation.
func (w *world) link(by actor.Actor, n distribution.NewInvitation) string {
	w.t.Helper()
	x, err := w.s.Invite(w.t.Context(), by, n)
	w.must(err)
	_, path, err := w.s.Invitation(w.t.Context(), by, "", x.ID)
	w.must(err)
	_, token, _ := strings.Cut(path, "token=")
	return token
}

func (w *world) allocate(by actor.Actor, to string, minor int64) error {
	_, err := w.funds.Allocate(w.t.Context(), by, funds.In{To: to, Minor: minor})
	return err
}

func (w *world) has(owner string, k ledger.Kind) int64 {
	w.t.Helper()
	b, err := ledger.BalanceOf(w.t.Context(), w.DB.Read(), ledger.Place{Owner: owner, Kind: k, Unit: ledger.CNY})
	w.must(err)
	return b.Minor
}

func (w *world) customer(by actor.Actor, id string) distribution.Customer {
	w.t.Helper()
	c, err := w.s.Customer(w.t.Context(), by, "", id)
	w.must(err)
	return c
}

func (w *world) ask(by actor.Actor, with, operation string) (distribution.Request, error) {
	return w.s.Ask(w.t.Context(), by, distribution.NewRequest{With: with, Operation: operation, Reason: "They asked for it.", Acknowledged: true})
}

func (w *world) agree(by actor.Actor, r distribution.Request) (distribution.Request, error) {
	return w.s.Answer(w.t.Context(), by, r.ID, r.Edition, true, "", "")
}

func kind(t testing.TB, what string, err error, want fault.Kind) {
	t.Helper()
	if got := fault.KindOf(err); got != want || want == "" && err != nil {
		t.Errorf("%s = %v (kind %q), want kind %q", what, err, got, want)
	}
}

func why(t testing.TB, what string, err error, want distribution.Why) {
	t.Helper()
	if got := distribution.WhyOf(err); got != want || err == nil {
		t.Errorf("%s = %v (why %q), want %q", what, err, got, want)
	}
}

const day = 24 * time.Hour
