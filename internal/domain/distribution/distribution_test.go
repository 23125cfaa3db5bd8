package distribution_test

import (
	"strings"
	"testing"
	"time"

	"hanse/internal/domain/account"
	"hanse/internal/domain/distribution"
	"hanse/internal/domain/ledger"
	"hanse/internal/domain/ledger/ledgertest"
	"hanse/internal/kit/actor"
	"hanse/internal/kit/clock"
	"hanse/internal/kit/db"
	"hanse/internal/kit/dbtest"
	"hanse/internal/kit/fault"
)

func each(t *testing.T, f func(t *testing.T, w *world)) {
	dbtest.Each(t, func(t *testing.T, d *db.DB, c *clock.Manual) {
		w := newWorld(t, d, c)
		f(t, w)
		ledgertest.Balanced(t, d)
	})
}

func TestALinkMakesACustomerOfWhoeverAcceptsIt(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		manager := w.User(w.provider.Account, actor.AccountManager)
		token := w.link(manager, distribution.NewInvitation{Kind: account.Resale})
		c := w.Customer("Mekong")
		o, err := w.s.Offer(t.Context(), c, token)
		if err != nil || o.Partner.Name != "Baltic" || len(distribution.Blocking(o.Bars)) != 0 {
			t.Fatalf("Offer = %+v, %v", o, err)
		}
		w.must(w.s.Accept(t.Context(), c, token))
		got := w.customer(w.provider, c.Account)
		if got.Model != account.Resale || got.Manager != manager.User || got.Name != "Mekong" || !got.Open() {
			t.Errorf("customer = %+v", got)
		}
		kind(t, "Accept again", w.s.Accept(t.Context(), c, token), fault.KindConflict)
		w.must(w.allocate(w.provider, c.Account, 5000))
		if n := w.has(c.Account, ledger.Allocated); n != 5000 {
			t.Errorf("allocated %d, want 5000", n)
		}
		mine, err := w.s.MyPartner(t.Context(), c)
		if err != nil || mine.Partner.Name != "Baltic" || len(mine.Records) != 1 {
			t.Errorf("MyPartner = %+v, %v", mine, err)
		}
	})
}

func TestAReferralCustomerGetsNoMoney(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		c := w.joined(w.provider, account.Referral, "Hospital")
		if err := w.allocate(w.provider, c.Account, 100); err == nil {
			t.Error("a referral customer got money")
		}
		_, err := w.s.Freeze(t.Context(), w.provider, distribution.FreezeIn{Customers: []string{c.Account}, Reason: "x"})
		w.must(err)
		if w.customer(w.provider, c.Account).Frozen != 0 {
			t.Error("a referral customer was frozen")
		}
	})
}

func TestEverythingInTheWayIsSaidAtOnce(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		c := w.joined(w.provider, account.Resale, "Mekong")
		w.clock.Advance(9 * day)
		other := w.Partner("Andes")
		err := w.s.Accept(t.Context(), c, w.link(other, distribution.NewInvitation{Kind: account.Referral}))
		kind(t, "Accept", err, fault.KindConflict)
		for _, want := range []string{"has a partner already", "registered too long ago"} {
			if err == nil || !strings.Contains(err.Error(), want) {
				t.Errorf("%v, want %q in it", err, want)
			}
		}
		o, err := w.s.Offer(t.Context(), c, w.link(other, distribution.NewInvitation{Kind: account.Resale}))
		if err != nil || len(o.Bars) != 16 {
			t.Errorf("%d bars, %v, want 16: kept or not", len(o.Bars), err)
		}
	})
}

func TestAnAnnouncedCustomerIsOnePartnersAlone(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		c := w.Customer("Old")
		a, err := w.Account.View(t.Context(), c, c.Account)
		w.must(err)
		w.must(w.Account.Edit(t.Context(), c, c.Account, account.Edit{Name: "Old", Country: "SG", Email: "old@customer.example", Version: a.Version}))
		w.clock.Advance(30 * day)
		n := distribution.NewAnnouncement{Company: "Old", Email: "OLD@customer.example"}
		_, err = w.s.Announce(t.Context(), w.provider, n)
		w.must(err)
		other := w.Partner("Andes")
		_, err = w.s.Announce(t.Context(), other, n)
		kind(t, "a second announcement", err, fault.KindConflict)
		err = w.s.Accept(t.Context(), c, w.link(other, distribution.NewInvitation{Kind: account.Referral}))
		if err == nil || !strings.Contains(err.Error(), "Another partner has announced") {
			t.Errorf("Accept = %v", err)
		}
		w.must(w.s.Accept(t.Context(), c, w.link(w.provider, distribution.NewInvitation{Kind: account.Referral})))
	})
}

func TestALinkEnds(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		c := w.Customer("Late")
		token := w.link(w.provider, distribution.NewInvitation{Kind: account.Resale})
		x, _, err := w.s.Invitations(t.Context(), w.provider, "", false, "", 0)
		w.must(err)
		w.clock.Advance(31 * day)
		kind(t, "after its time", w.s.Accept(t.Context(), c, token), fault.KindNotFound)
		w.must(w.s.Revoke(t.Context(), w.provider, "", x[0].ID))
		kind(t, "somebody else's", w.s.Revoke(t.Context(), w.first, "", x[0].ID), fault.KindNotFound)
		_, err = w.s.Invite(t.Context(), w.distributor, distribution.NewInvitation{Kind: account.Resale})
		why(t, "a distributor's own customer", err, distribution.NoDirectCustomers)
		kind(t, "who isn't signed in", w.s.Accept(t.Context(), actor.Nobody("", "", "en"), token), fault.KindUnauthenticated)
	})
}

func TestAResellerJoinsOneDistributorOfItsMarket(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		third := w.Partner("Third", account.Reseller)
		n := distribution.NewInvitation{Kind: account.ResellerOf, Email: "third@partner.example"}
		w.must(w.s.Accept(t.Context(), third, w.link(w.distributor, n)))
		w.must(w.allocate(w.distributor, third.Account, 700))
		list, total, _, err := w.s.Resellers(t.Context(), w.distributor, distribution.ResellerFilter{ByOffset: true})
		if err != nil || total != 3 || list[0].Name != "Third" {
			t.Errorf("Resellers = %+v of %d, %v", list, total, err)
		}
		rival := w.Partner("Rival", account.Distributor)
		kind(t, "a second distributor", w.s.Accept(t.Context(), third, w.link(rival, n)), fault.KindConflict)
		r, err := w.ask(third, "", distribution.Dissociate)
		w.must(err)
		if r, err = w.agree(w.distributor, r); err != nil || r.Returned != 700 {
			t.Errorf("agreed: %+v, %v, want 700 back", r, err)
		}
		if err := w.allocate(w.distributor, third.Account, 1); err == nil {
			t.Error("a reseller that left got money")
		}
		w.must(w.s.Accept(t.Context(), third, w.link(rival, n)))
	})
}

func TestDissociationGivesBackWhatWasAllocated(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		c := w.joined(w.provider, account.Resale, "Mekong")
		w.must(w.allocate(w.provider, c.Account, 4000))
		r, err := w.ask(w.provider, c.Account, distribution.Dissociate)
		w.must(err)
		_, err = w.agree(w.provider, r)
		kind(t, "the side that asked answers", err, fault.KindNotFound)
		_, err = w.s.Answer(t.Context(), c, r.ID, r.Edition, false, "", "")
		why(t, "refused without words", err, distribution.Parameter)
		r, err = w.agree(c, r)
		w.must(err)
		if r.State != distribution.Agreed || r.Returned != 4000 || w.has(w.provider.Account, ledger.Cash) != 100000 || w.has(c.Account, ledger.Allocated) != 0 {
			t.Errorf("agreed %+v, partner has %d", r, w.has(w.provider.Account, ledger.Cash))
		}
		if err := w.allocate(w.provider, c.Account, 1); err == nil {
			t.Error("money after the end")
		}
		if w.customer(w.provider, c.Account).Open() {
			t.Error("still a customer")
		}
		_, err = w.agree(c, r)
		kind(t, "agreed twice", err, fault.KindConflict)
		recs, _, err := w.s.Records(t.Context(), w.provider, "", c.Account, "", 0)
		if err != nil || len(recs) != 2 || recs[0].Operation != distribution.Dissociate || recs[0].Returned != 4000 {
			t.Errorf("Records = %+v, %v", recs, err)
		}
	})
}

func TestSwitchingKeepsCustomerAndManager(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		c := w.joined(w.provider, account.Resale, "Mekong")
		w.must(w.s.Assign(t.Context(), w.provider, "", w.provider.User, []string{c.Account}))
		w.must(w.allocate(w.provider, c.Account, 900))
		r, err := w.ask(c, "", distribution.Switch)
		w.must(err)
		_, err = w.agree(w.provider, r)
		w.must(err)
		got := w.customer(w.provider, c.Account)
		if got.Model != account.Referral || got.Manager != w.provider.User || !got.Open() || w.has(w.provider.Account, ledger.Cash) != 100000 {
			t.Errorf("after the switch: %+v", got)
		}
		if err := w.allocate(w.provider, c.Account, 1); err == nil {
			t.Error("a referral customer got money")
		}
		w.clock.Advance(100 * day)
		r, err = w.ask(w.provider, c.Account, distribution.Switch)
		w.must(err)
		_, err = w.agree(c, r)
		w.must(err)
		w.must(w.allocate(w.provider, c.Account, 1))
		h, err := w.s.History(t.Context(), w.provider, "", c.Account)
		if err != nil || len(h.Terms) != 3 || len(h.Records) != 3 {
			t.Errorf("History = %+v, %v", h, err)
		}
	})
}

func TestWhatKeepsAnAssociationIsSaidAndHeld(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		c := w.joined(w.provider, account.Resale, "Mekong")
		ctx := t.Context()
		freeze := distribution.FreezeIn{Customers: []string{c.Account}, Reason: "Unpaid invoice."}
		_, err := w.s.Freeze(ctx, w.provider, freeze)
		w.must(err)
		_, err = w.ask(w.provider, c.Account, distribution.Dissociate)
		kind(t, "a frozen customer", err, fault.KindConflict)
		_, err = w.s.Unfreeze(ctx, w.provider, freeze)
		w.must(err)
		r, err := w.ask(c, "", distribution.Dissociate)
		w.must(err)
		_, err = w.ask(c, "", distribution.Switch)
		kind(t, "a second request", err, fault.KindConflict)
		_, err = w.s.Freeze(ctx, w.provider, freeze)
		w.must(err)
		_, err = w.agree(w.provider, r)
		kind(t, "frozen meanwhile", err, fault.KindConflict)
		_, err = w.s.Answer(ctx, w.provider, r.ID, r.Edition, false, "Pay first.", "")
		w.must(err)
		_, err = w.s.Unfreeze(ctx, w.provider, freeze)
		w.must(err)
		_, err = w.ask(w.provider, c.Account, distribution.Dissociate)
		kind(t, "the partner right after the customer asked", err, fault.KindConflict)
		w.clock.Advance(93 * day)
		r, err = w.ask(w.provider, c.Account, distribution.Dissociate)
		w.must(err)
		_, err = w.s.Withdraw(ctx, w.provider, r.ID, r.Edition)
		w.must(err)
		finance := w.User(w.provider.Account, actor.PartnerFinance)
		_, err = w.ask(finance, c.Account, distribution.Dissociate)
		kind(t, "not an administrator", err, fault.KindDenied)
	})
}

func TestFreezingStopsMoneyAndUnfreezingNamesTheSameType(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		c := w.joined(w.provider, account.Resale, "Mekong")
		w.must(w.allocate(w.provider, c.Account, 1000))
		in := distribution.FreezeIn{Customers: []string{c.Account, "nobody"}, Type: distribution.TypeAndResource, Reason: "Unpaid invoice."}
		out, err := w.s.Freeze(t.Context(), w.provider, in)
		if err != nil || out[0].Err != nil || distribution.WhyOf(out[1].Err) != distribution.NotYourCustomer {
			t.Fatalf("Freeze = %+v, %v", out, err)
		}
		if err := w.spend(c.Account, 10); err == nil {
			t.Error("a frozen customer spent")
		}
		if n, err := distribution.FrozenBy(t.Context(), w.DB.Read(), c.Account, w.clock.Now()); n != 2 || err != nil {
			t.Errorf("FrozenBy = %d, %v", n, err)
		}
		in.Type = distribution.TypeAccount
		out, err = w.s.Unfreeze(t.Context(), w.provider, in)
		w.must(err)
		why(t, "another type", out[0].Err, distribution.FreezeMismatch)
		in.Type = distribution.TypeAndResource
		out, err = w.s.Unfreeze(t.Context(), w.provider, in)
		if err != nil || out[0].Err != nil {
			t.Errorf("Unfreeze = %+v, %v", out, err)
		}
		w.must(w.spend(c.Account, 10))
		in.Type = "ALL"
		_, err = w.s.Freeze(t.Context(), w.provider, in)
		why(t, "an unknown type", err, distribution.Parameter)
	})
}

func TestWhatTheVendorDoesToAPartnerFallsThroughAndLiftsOnlyThat(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		ctx := t.Context()
		w.must(w.allocate(w.distributor, w.first.Account, 5000))
		a, b := w.joined(w.first, account.Resale, "A"), w.joined(w.first, account.Resale, "B")
		for _, c := range []actor.Actor{a, b} {
			w.must(w.allocate(w.first, c.Account, 1000))
		}
		_, err := w.s.Freeze(ctx, w.first, distribution.FreezeIn{Customers: []string{b.Account}, Reason: "Late."})
		w.must(err)
		w.must(w.s.Restrict(ctx, w.vendor, w.distributor.Account, "Inspection."))
		w.drain()
		if err := w.spend(a.Account, 1); err == nil {
			t.Error("a customer of a restricted distributor's reseller spent")
		}
		if err := w.allocate(w.first, a.Account, 1); err == nil {
			t.Error("the reseller of a restricted distributor allocated")
		}
		_, err = w.s.Invite(ctx, w.first, distribution.NewInvitation{Kind: account.Resale})
		why(t, "a new customer below a restricted distributor", err, distribution.DistributorRestricted)
		_, err = w.s.Invite(ctx, w.distributor, distribution.NewInvitation{Kind: account.ResellerOf, Email: "x@partner.example"})
		why(t, "a new reseller of a restricted distributor", err, distribution.Restricted)
		w.must(w.s.Unrestrict(ctx, w.vendor, w.distributor.Account, "Done."))
		w.drain()
		w.must(w.spend(a.Account, 1))
		if err := w.spend(b.Account, 1); err == nil {
			t.Error("lifting the restriction lifted the partner's own freeze")
		}
		w.must(w.Account.Freeze(ctx, w.vendor, w.first.Account, "Fraud."))
		w.drain()
		if got := w.customer(w.distributor1(), a.Account); got.Cascade != distribution.AndResources {
			t.Errorf("below a frozen partner: %+v", got)
		}
		_, err = w.ask(a, "", distribution.Dissociate)
		kind(t, "leaving a frozen partner", err, fault.KindConflict)
		w.must(w.Account.Unfreeze(ctx, w.vendor, w.first.Account, "Cleared."))
		w.drain()
		w.must(w.spend(a.Account, 1))
	})
}

// distributor1 is the first reseller's own administrator, who still reads.
func (w *world) distributor1() actor.Actor { return w.first }

func TestADistributorMovesCustomersBetweenItsResellers(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.must(w.allocate(w.distributor, w.first.Account, 5000))
		c := w.joined(w.first, account.Resale, "A")
		w.must(w.allocate(w.first, c.Account, 1000))
		w.must(w.s.MoveCustomers(t.Context(), w.distributor, w.first.Account, w.second.Account, []string{c.Account}, "Region."))
		if n := w.has(w.first.Account, ledger.Cash); n != 5000 {
			t.Errorf("the first reseller has %d, want 5000", n)
		}
		if got := w.customer(w.second, c.Account); !got.Open() || got.Model != account.Resale {
			t.Errorf("customer of the second = %+v", got)
		}
		kind(t, "to a stranger", w.s.MoveCustomers(t.Context(), w.distributor, w.second.Account, w.provider.Account, []string{c.Account}, "x"), fault.KindNotFound)
	})
}

func TestAnAccountManagerSeesOwnCustomersAlone(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		ctx := t.Context()
		m := w.User(w.provider.Account, actor.AccountManager)
		a, b := w.joined(w.provider, account.Resale, "A"), w.joined(w.provider, account.Resale, "B")
		w.must(w.s.Assign(ctx, w.provider, "", m.User, []string{a.Account}))
		list, _, _, err := w.s.Customers(ctx, m, distribution.Filter{})
		if err != nil || len(list) != 1 || list[0].ID != a.Account {
			t.Errorf("Customers = %+v, %v", list, err)
		}
		_, err = w.s.Customer(ctx, m, "", b.Account)
		kind(t, "another's customer", err, fault.KindNotFound)
		w.clock.Advance(day)
		w.must(w.s.Assign(ctx, w.provider, "", w.provider.User, []string{a.Account, b.Account}))
		got, ok, err := distribution.ManagerAt(ctx, w.DB.Read(), w.provider.Account, a.Account, w.clock.Now().Add(-time.Hour))
		if err != nil || !ok || got.User != m.User {
			t.Errorf("yesterday's manager = %+v, %v", got, err)
		}
		_, err = w.s.Customer(ctx, m, "", a.Account)
		kind(t, "no longer his", err, fault.KindNotFound)
	})
}

func TestTheListIsFilteredAndPaged(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		ctx := t.Context()
		var ids []string
		for _, n := range []string{"Alpha One", "Beta Two", "Gamma Three"} {
			w.clock.Advance(time.Hour)
			ids = append(ids, w.joined(w.provider, account.Resale, n).Account)
		}
		w.must(w.s.Describe(ctx, w.provider, "", ids[0], "VIP north", "V2"))
		for _, x := range []struct {
			f    distribution.Filter
			want int
		}{
			{distribution.Filter{Name: "BETA"}, 1}, {distribution.Filter{Label: "VIP"}, 1}, {distribution.Filter{Label: "vip"}, 0},
			{distribution.Filter{Model: account.Referral}, 0}, {distribution.Filter{ID: ids[2]}, 1}, {distribution.Filter{Frozen: "free"}, 3},
			{distribution.Filter{From: w.clock.Now()}, 1}, {distribution.Filter{To: w.clock.Now().Add(-time.Minute)}, 2},
			{distribution.Filter{Login: ids[1][:20]}, 3}, {distribution.Filter{ByOffset: true, Offset: 1, Limit: 1}, 1},
		} {
			list, total, _, err := w.s.Customers(ctx, w.provider, x.f)
			if x.f.Login != "" {
				x.want = len(list) // ids of one instant share their beginning
			}
			if err != nil || len(list) != x.want || x.f.ByOffset && total != 3 {
				t.Errorf("Customers(%+v) = %d of %d, %v, want %d", x.f, len(list), total, err, x.want)
			}
		}
		page, _, next, err := w.s.Customers(ctx, w.provider, distribution.Filter{Limit: 2})
		w.must(err)
		rest, _, _, err := w.s.Customers(ctx, w.provider, distribution.Filter{Limit: 2, After: next})
		if err != nil || len(page) != 2 || len(rest) != 1 || rest[0].ID != ids[0] {
			t.Errorf("pages of %d and %d, %v", len(page), len(rest), err)
		}
	})
}

func TestACreatedCustomerBelongsToItsPartner(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		ctx := t.Context()
		made, err := w.s.CreateCustomer(ctx, w.provider, distribution.NewCustomer{Login: "mekong-retail", XAccountID: "u1", XAccountType: "p", Password: "Copper-lantern-77"})
		w.must(err)
		w.must(w.allocate(w.provider, made.ID, 100))
		got := w.customer(w.provider, made.ID)
		if got.Login != "mekong-retail" || got.XAccountID != "u1" || got.Model != account.Resale || got.Type != -1 || got.Verified != -1 || got.Level != "V0" {
			t.Errorf("customer = %+v", got)
		}
		below, err := w.s.CreateCustomer(ctx, w.distributor, distribution.NewCustomer{Partner: w.first.Account, XAccountID: "u1"})
		if err != nil || len(below.Login) != 32 {
			t.Errorf("a reseller's customer = %+v, %v", below, err)
		}
		for _, x := range []struct {
			by   actor.Actor
			in   distribution.NewCustomer
			want distribution.Why
		}{
			{w.distributor, distribution.NewCustomer{XAccountID: "u2"}, distribution.NoDirectCustomers},
			{w.provider, distribution.NewCustomer{Partner: w.first.Account, XAccountID: "u2"}, distribution.NotYourReseller},
			{w.provider, distribution.NewCustomer{Login: "Mekong-Retail", XAccountID: "u2"}, distribution.LoginTaken},
			{w.provider, distribution.NewCustomer{Login: "op_mekong", XAccountID: "u2"}, distribution.LoginMalformed},
			{w.provider, distribution.NewCustomer{Login: "1mekong", XAccountID: "u2"}, distribution.LoginMalformed},
			{w.provider, distribution.NewCustomer{XAccountID: "u1"}, distribution.XAccountTaken},
			{w.provider, distribution.NewCustomer{}, distribution.Parameter},
			{w.provider, distribution.NewCustomer{Login: "abcde1", XAccountID: "u2", Password: "1edcba"}, distribution.PasswordMalformed},
			{w.provider, distribution.NewCustomer{XAccountID: "u2", Phone: "12"}, distribution.PhoneMalformed},
			{w.provider, distribution.NewCustomer{XAccountID: "u2", Phone: "13900000000"}, distribution.CodeWrong},
			{w.provider, distribution.NewCustomer{XAccountID: "u2", Phone: "13900000000", Code: "000000"}, distribution.CodeWrong},
		} {
			_, err := w.s.CreateCustomer(ctx, x.by, x.in)
			why(t, "CreateCustomer", err, x.want)
		}
		id, err := w.s.CheckIdentity(ctx, w.provider, "name", "mekong-retail")
		if err != nil || id.Free {
			t.Errorf("CheckIdentity of a taken name = %+v, %v", id, err)
		}
		id, err = w.s.CheckIdentity(ctx, w.provider, "mobile", "0086-13900000000")
		if err != nil || !id.Free || id.Left != 5 {
			t.Errorf("CheckIdentity of a number = %+v, %v", id, err)
		}
		w.must(w.s.SendCustomerCode(ctx, w.provider, "13900000000", "", "en", 0))
	})
}

func TestAnAssociationByDaysIsConnectedAndParted(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		ctx := t.Context()
		c := w.Customer("By days")
		today := w.clock.Now().In(time.FixedZone("", 8*3600)).Format("2006-01-02")
		_, err := w.Account.Associate(ctx, w.vendor, account.Association{Account: w.provider.Account, Other: c.Account, Kind: account.Resale, Until: today})
		w.must(err)
		w.drain()
		w.must(w.allocate(w.provider, c.Account, 100))
		w.clock.Advance(2 * day)
		w.drain()
		if n := w.has(w.provider.Account, ledger.Cash); n != 100000 || w.customer(w.provider, c.Account).Open() {
			t.Errorf("after its last day the partner has %d", n)
		}
		if err := w.allocate(w.provider, c.Account, 1); err == nil {
			t.Error("money after the last day")
		}
		w.must(w.s.OpenBooks(ctx))
		w.drain()
	})
}

func TestTagsOfNewCustomers(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		ctx := t.Context()
		c := w.joined(w.provider, account.Resale, "New")
		tag := func() string {
			t.Helper()
			list, err := w.s.NewTags(ctx, w.provider, "", []string{c.Account, "stranger"}, 0, 0)
			w.must(err)
			if len(list) != 1 {
				t.Fatalf("%d tags, want 1", len(list))
			}
			return list[0].Value
		}
		if got := tag(); got != "" {
			t.Errorf("unverified: %q", got)
		}
		w.must(w.DB.Update(ctx, func(tx *db.Tx) error { return distribution.SetVerified(ctx, tx, c.Account, 1, 2, "New Ltd") }))
		if got := tag(); got != "UNDETERMINED" {
			t.Errorf("verified: %q", got)
		}
		ledgertest.Give(t, w.DB, w.vendor.Account, w.provider.Account, ledger.Cash, 1000000)
		w.must(w.allocate(w.provider, c.Account, 200000))
		w.must(w.spend(c.Account, 150000))
		if got := tag(); got != "Y" {
			t.Errorf("after spending: %q", got)
		}
		w.must(w.s.SetTag(ctx, w.vendor, distribution.Tag{Customer: c.Account, Value: "Y", From: "2020-01", Until: "2020-12"}))
		if got := tag(); got != "N" {
			t.Errorf("lapsed: %q", got)
		}
		kind(t, "a partner's word", w.s.SetTag(ctx, w.provider, distribution.Tag{Customer: c.Account}), fault.KindDenied)
	})
}

func TestStrangersSeeNothing(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		ctx := t.Context()
		c := w.joined(w.provider, account.Resale, "A")
		_, _, _, err := w.s.Customers(ctx, w.first, distribution.Filter{Partner: w.provider.Account})
		kind(t, "another partner's list", err, fault.KindNotFound)
		_, err = w.s.Customer(ctx, w.first, "", c.Account)
		kind(t, "another partner's customer", err, fault.KindNotFound)
		r, err := w.ask(w.provider, c.Account, distribution.Dissociate)
		w.must(err)
		_, err = w.s.Request(ctx, w.first, r.ID)
		kind(t, "a stranger's request", err, fault.KindNotFound)
		_, err = w.agree(w.first, r)
		kind(t, "a stranger's answer", err, fault.KindNotFound)
		_, err = w.s.MyPartner(ctx, w.Customer("B"))
		kind(t, "a customer on its own", err, fault.KindNotFound)
	})
}

// spend lets a customer pay the vendor from what was allocated to it.
func (w *world) spend(customer string, minor int64) error {
	return w.DB.Update(w.t.Context(), func(tx *db.Tx) error {
		_, err := ledger.Post(w.t.Context(), tx, actor.Program("test"), ledger.Posting{Book: customer, Kind: ledger.Consume, Verb: "test.spend",
			Moves: []ledger.Move{{From: ledger.Place{Owner: customer, Kind: ledger.Allocated, Unit: ledger.CNY},
				To: ledger.Place{Owner: w.vendor.Account, Kind: ledger.Revenue, Unit: ledger.CNY}, Minor: minor}}})
		return err
	})
}
