package delegation_test

import (
	"testing"
	"time"

	"hanse/internal/domain/account"
	"hanse/internal/domain/confirm"
	"hanse/internal/domain/delegation"
	"hanse/internal/domain/distribution"
	"hanse/internal/domain/fixture"
	"hanse/internal/kit/actor"
	"hanse/internal/kit/calendar"
	"hanse/internal/kit/clock"
	"hanse/internal/kit/db"
	"hanse/internal/kit/dbtest"
	"hanse/internal/kit/fault"
	"hanse/internal/kit/jobs"
)

// A world has a partner with a sales user, and its customer.
type world struct {
	*fixture.World
	t                        *testing.T
	clock                    *clock.Manual
	s                        *delegation.Service
	customers                *distribution.Service
	runner                   *jobs.Runner
	partner, sales, customer actor.Actor
}

func each(t *testing.T, f func(w *world)) {
	dbtest.Each(t, func(t *testing.T, d *db.DB, c *clock.Manual) {
		w := &world{World: fixture.New(t, d), t: t, clock: c}
		codes := confirm.New(d, w.Login)
		w.customers = distribution.New(distribution.Config{DB: d, Vault: w.Vault, Login: w.Login, Accounts: w.Account, Confirm: codes})
		w.s = delegation.New(delegation.Config{DB: d, Accounts: w.Account, Distribution: w.customers, Confirm: codes})
		w.runner = w.Runner()
		w.customers.Register(w.runner)
		w.s.Register(w.runner)
		fixture.Must(t, w.runner.Prepare(t.Context()))
		w.partner, w.customer = w.Partner("Baltic"), w.Customer("Lighthouse")
		w.sales = w.User(w.partner.Account, actor.AccountManager)
		_, err := w.Account.Associate(t.Context(), w.Vendor(), account.Association{Account: w.partner.Account, Other: w.customer.Account, Kind: account.Resale})
		fixture.Must(t, err)
		w.drain()
		f(w)
	})
}

func (w *world) drain() { w.t.Helper(); fixture.Must(w.t, w.runner.Drain(w.t.Context())) }

func (w *world) wish() delegation.Wish {
	return delegation.Wish{Customer: w.customer.Account, User: w.sales.User, Until: calendar.DayOf(w.clock.Now()).AddDays(30).String(), Reason: "We order for you."}
}

func (w *world) asked() delegation.Delegation {
	w.t.Helper()
	d, err := w.s.Ask(w.t.Context(), w.partner, w.wish())
	fixture.Must(w.t, err)
	return d
}

func (w *world) approved() delegation.Delegation {
	w.t.Helper()
	a := w.asked()
	d, err := w.s.Approve(w.t.Context(), w.customer, a.ID, a.Version, "")
	fixture.Must(w.t, err)
	return d
}

// acts tells whether the sales user can act for the customer.
func (w *world) acts() bool {
	w.t.Helper()
	users, err := w.Account.Users(w.t.Context(), w.customer, w.customer.Account)
	fixture.Must(w.t, err)
	for _, u := range users {
		if u.Identity == w.sales.Identity && u.State == account.UserActive {
			return len(u.Roles) == 1 && u.Roles[0] == actor.CustomerUser
		}
	}
	return false
}

func TestAUserActsForACustomerFromItsApprovalToItsRevocation(t *testing.T) {
	each(t, func(w *world) {
		ctx := t.Context()
		a := w.asked()
		if _, err := w.s.Ask(ctx, w.partner, w.wish()); fault.KindOf(err) != fault.KindConflict {
			t.Errorf("asked twice: %v", err)
		}
		if w.acts() {
			t.Error("acts before anybody approved")
		}
		if _, err := w.s.Approve(ctx, w.partner, a.ID, a.Version, ""); fault.KindOf(err) != fault.KindDenied {
			t.Errorf("the partner approves itself: %v", err)
		}
		if _, err := w.s.Approve(ctx, w.Customer("Tide"), a.ID, a.Version, ""); fault.KindOf(err) != fault.KindNotFound {
			t.Errorf("another customer approves: %v", err)
		}
		d, err := w.s.Approve(ctx, w.customer, a.ID, a.Version, "")
		if err != nil || d.State != delegation.Active || !w.acts() {
			t.Errorf("approved %+v, %v, acts %v", d, err, w.acts())
		}
		if _, err := w.s.Revoke(ctx, w.customer, d.ID, d.Version, " ", ""); fault.KindOf(err) != fault.KindInvalid {
			t.Errorf("revoked without a reason: %v", err)
		}
		if _, err := w.s.Revoke(ctx, w.customer, d.ID, a.Version, "Enough.", ""); fault.KindOf(err) != fault.KindConflict {
			t.Errorf("a stale page revokes: %v", err)
		}
		d, err = w.s.Revoke(ctx, w.customer, d.ID, d.Version, "Enough.", "")
		if err != nil || d.State != delegation.Revoked || w.acts() {
			t.Errorf("revoked %+v, %v, acts %v", d, err, w.acts())
		}
		w.approved() // it can be asked for again
		if !w.acts() {
			t.Error("a second delegation doesn't work")
		}
	})
}

func TestADelegationEndsByItsDayWithItsAssociationAndWithItsUser(t *testing.T) {
	for name, end := range map[string]func(w *world, d delegation.Delegation){
		"day": func(w *world, _ delegation.Delegation) { w.clock.Advance(31 * 24 * time.Hour) },
		"association": func(w *world, _ delegation.Delegation) {
			r, err := w.customers.Ask(w.t.Context(), w.customer, distribution.NewRequest{Operation: distribution.Dissociate, Reason: "We leave.", Acknowledged: true})
			fixture.Must(w.t, err)
			_, err = w.customers.Answer(w.t.Context(), w.partner, r.ID, r.Edition, true, "", "")
			fixture.Must(w.t, err)
		},
		"user": func(w *world, _ delegation.Delegation) {
			fixture.Must(w.t, w.Account.Deactivate(w.t.Context(), w.partner, w.partner.Account, w.sales.User))
		},
		"given back": func(w *world, d delegation.Delegation) {
			_, err := w.s.Withdraw(w.t.Context(), w.partner, d.ID, d.Version)
			fixture.Must(w.t, err)
		},
	} {
		t.Run(name, func(t *testing.T) {
			each(t, func(w *world) {
				d := w.approved()
				end(w, d)
				w.drain()
				if w.acts() {
					t.Error("the user still acts for the customer")
				}
				if d, err := w.s.Delegation(t.Context(), w.Vendor(), d.ID); err != nil || d.Open() {
					t.Errorf("the delegation is %s, %v", d.State, err)
				}
			})
		})
	}
}

func TestAWishNamesEverythingThatIsWrong(t *testing.T) {
	each(t, func(w *world) {
		_, err := w.s.Ask(t.Context(), w.partner, delegation.Wish{Customer: w.customer.Account, User: "usr_x", Until: "2020-01-01"})
		if f := fault.Of(err); f == nil || len(f.Fields) != 3 {
			t.Errorf("refused with %v, want user, day and reason", err)
		}
		if _, err := w.s.Ask(t.Context(), w.Partner("Stranger"), w.wish()); fault.KindOf(err) != fault.KindNotFound {
			t.Errorf("somebody else's customer is asked: %v", err)
		}
		a := w.asked()
		list, err := w.s.Waiting(t.Context(), w.customer)
		if err != nil || len(list) != 1 || list[0].PartnerName != "Baltic" {
			t.Errorf("waiting %+v, %v", list, err)
		}
		d, err := w.s.Refuse(t.Context(), w.customer, a.ID, a.Version, "Not now.")
		if err != nil || d.State != delegation.Refused || w.acts() {
			t.Errorf("refused %+v, %v", d, err)
		}
	})
}
