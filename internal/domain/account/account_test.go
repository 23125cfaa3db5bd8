package account_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"hanse/internal/domain/account"
	"hanse/internal/domain/fixture"
	"hanse/internal/domain/login"
	"hanse/internal/kit/actor"
	"hanse/internal/kit/clock"
	"hanse/internal/kit/db"
	"hanse/internal/kit/dbtest"
	"hanse/internal/kit/fault"
	"hanse/internal/kit/pow"
)

func kind(t *testing.T, what string, err error, want fault.Kind) {
	t.Helper()
	if fault.KindOf(err) != want || err != nil && want == "" {
		t.Errorf("%s = %v, want kind %q", what, err, want)
	}
}

// sealed returns the secrets of all events of a kind, the oldest first if the wall clock was moved between them;
// account "" is all accounts.
func sealed(t *testing.T, w *fixture.World, kind, account string) (out []string) {
	t.Helper()
	all, err := db.All(t.Context(), w.DB.Read(), db.String, `SELECT payload FROM event WHERE kind = $1
		AND ($2 = '' OR account_id = $2) ORDER BY id`, kind, account)
	fixture.Must(t, err)
	for _, p := range all {
		var x struct{ Sealed string }
		fixture.Must(t, json.Unmarshal([]byte(p), &x))
		text, err := w.Vault.Open("mail", x.Sealed)
		fixture.Must(t, err)
		if strings.Contains(p, text) {
			t.Errorf("event %s holds its secret in the clear", kind)
		}
		out = append(out, text)
	}
	return out
}

func last(t *testing.T, w *fixture.World, kind string) string {
	t.Helper()
	all := sealed(t, w, kind, "")
	if len(all) == 0 {
		t.Fatalf("no event %s", kind)
	}
	return all[len(all)-1]
}

func link(t *testing.T, w *fixture.World, kind string) string {
	t.Helper()
	token, ok := strings.CutPrefix(last(t, w, kind), "/invitation?token=")
	if !ok {
		t.Fatalf("event %s has no link to an invitation", kind)
	}
	return token
}

func solved(t *testing.T, w *fixture.World) string {
	t.Helper()
	c, err := w.Login.Challenge()
	fixture.Must(t, err)
	s, err := pow.Solve(c)
	fixture.Must(t, err)
	return s
}

func form(w *fixture.World, t *testing.T) account.RegisterPartner {
	return account.RegisterPartner{Company: "北方 Networks", Country: "SG", Address: "1 Harbour Road", Website: "https://north.example",
		Contact: "Lin Mei", Email: "Lin.Mei@North.example", Phone: "+65 6123 4567", Market: account.Overseas,
		Channel: []account.Channel{account.ServicePartner, account.Reseller}, Agreed: true, Captcha: solved(t, w), Lang: "zh-Hans"}
}

const password = "another harbour in the north"

func TestACompanyRegistersIsApprovedAndItsContactBecomesAdministrator(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB, c *clock.Manual) {
		w, ctx := fixture.New(t, d), t.Context()
		vendor := w.VendorUser(actor.ChannelManager)
		w.Partner("北方networks ") // another spelling, not the same name
		w.Partner("北方　ＮＥＴＷＯＲＫＳ")
		r, err := w.Account.RegisterPartner(ctx, fixture.Nobody(), form(w, t))
		fixture.Must(t, err)
		kind(t, "a decision before the address is proved", w.Account.DecideRegistration(ctx, vendor, r.Account, true, ""), fault.KindConflict)
		kind(t, "a wrong code", w.Account.ConfirmRegistration(ctx, fixture.Nobody(), r.Account, "x"), fault.KindInvalid)
		kind(t, "a code for another company", w.Account.ConfirmRegistration(ctx, fixture.Nobody(), vendor.Account, "123456"), fault.KindNotFound)
		fixture.Must(t, w.Account.ConfirmRegistration(ctx, fixture.Nobody(), r.Account, last(t, w, "login.code_requested")))
		waiting, _, err := w.Account.Registrations(ctx, vendor, account.RegistrationFilter{State: account.Waiting})
		if err != nil || len(waiting) != 1 || waiting[0].Company.Email != "lin.mei@north.example" {
			t.Fatalf("Registrations = %+v, %v", waiting, err)
		}
		one, err := w.Account.Registration(ctx, vendor, r.Account)
		if err != nil || len(one.SameName) != 1 {
			t.Errorf("Registration = %+v, %v, want one company of the same name", one, err)
		}
		kind(t, "a decision by a reviewer", w.Account.DecideRegistration(ctx, w.VendorUser(actor.Reviewer), r.Account, true, ""), fault.KindDenied)
		fixture.Must(t, w.Account.DecideRegistration(ctx, vendor, r.Account, true, ""))
		kind(t, "a second decision", w.Account.DecideRegistration(ctx, vendor, r.Account, false, "no"), fault.KindConflict)

		token := link(t, w, "account.approved")
		inv, err := w.Account.Invitation(ctx, token)
		if err != nil || !inv.NeedsPassword || inv.AccountName != "北方 Networks" || inv.Lang != "zh-Hans" {
			t.Errorf("Invitation = %+v, %v", inv, err)
		}
		_, err = w.Account.AcceptInvitation(ctx, fixture.Nobody(), account.Accept{Token: token, Name: "", Password: "short"})
		if f := fault.Of(err); f == nil || len(f.Fields) != 2 {
			t.Errorf("AcceptInvitation with two mistakes = %v", err)
		}
		_, err = w.Account.AcceptInvitation(ctx, fixture.Nobody(), account.Accept{Token: token, Name: "Lin Mei", Password: password})
		fixture.Must(t, err)
		_, err = w.Account.AcceptInvitation(ctx, fixture.Nobody(), account.Accept{Token: token, Name: "Lin Mei", Password: password})
		kind(t, "the link again", err, fault.KindNotFound)
		s, err := w.Login.SignIn(ctx, fixture.Nobody(), login.SignIn{Name: "lin.mei@north.example", Password: password})
		if err != nil || s.Account != r.Account {
			t.Errorf("SignIn = %+v, %v, want to act for the company", s, err)
		}
		us, err := w.Account.Users(ctx, vendorAdmin(w), r.Account)
		if err != nil || len(us) != 1 || len(us[0].Roles) != 1 || us[0].Roles[0] != actor.PartnerAdmin {
			t.Errorf("Users = %+v, %v, want one administrator", us, err)
		}
	})
}

func vendorAdmin(w *fixture.World) actor.Actor { return w.VendorUser(actor.VendorAdmin) }

func TestARegistrationFormTellsAllMistakesAndKeepsTheCaptcha(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB, c *clock.Manual) {
		w, ctx := fixture.New(t, d), t.Context()
		in := form(w, t)
		bad := account.RegisterPartner{Company: "evil\u202eknab", Country: "Singapore", Website: "javascript:alert(1)", Contact: strings.Repeat("x", 101),
			Email: "nobody", Phone: "12", Market: "moon", Channel: []account.Channel{"king"}, Captcha: in.Captcha}
		_, err := w.Account.RegisterPartner(ctx, fixture.Nobody(), bad)
		got := map[string]bool{}
		for _, f := range fault.Of(err).Fields {
			got[f.Name] = true
		}
		for _, want := range []string{"company", "country", "website", "contact", "email", "phone", "market", "channel", "agreed"} {
			if !got[want] {
				t.Errorf("field %s isn't refused in %v", want, err)
			}
		}
		if _, err := w.Account.RegisterPartner(ctx, fixture.Nobody(), in); err != nil {
			t.Errorf("the corrected form with the same captcha = %v", err)
		}
		_, err = w.Account.RegisterPartner(ctx, fixture.Nobody(), in)
		kind(t, "the form with a used captcha", err, fault.KindInvalid)
	})
}

func TestOfTwoRegistrationsWithOneAddressOneWaits(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB, c *clock.Manual) {
		w, ctx := fixture.New(t, d), t.Context()
		vendor := w.Vendor()
		var ids, codes []string
		for n := range 2 {
			in := form(w, t)
			in.Company += fmt.Sprint(n)
			r, err := w.Account.RegisterPartner(ctx, fixture.Nobody(), in)
			fixture.Must(t, err)
			ids, codes = append(ids, r.Account), append(codes, last(t, w, "login.code_requested"))
			c.AdvanceWall(time.Minute)
		}
		errs := make([]error, 2)
		var wg sync.WaitGroup
		for n := range 2 {
			wg.Go(func() { errs[n] = w.Account.ConfirmRegistration(ctx, fixture.Nobody(), ids[n], codes[n]) })
		}
		wg.Wait()
		if (errs[0] == nil) == (errs[1] == nil) || fault.KindOf(errs[0]) != fault.KindConflict && fault.KindOf(errs[1]) != fault.KindConflict {
			t.Errorf("confirmations = %v, want one conflict", errs)
		}
		waiting, _, err := w.Account.Registrations(ctx, vendor, account.RegistrationFilter{State: account.Waiting})
		if err != nil || len(waiting) != 1 {
			t.Fatalf("%d registrations wait, %v, want 1", len(waiting), err)
		}
		fixture.Must(t, w.Account.DecideRegistration(ctx, vendor, waiting[0].Account, false, "not in our region"))
		a, err := w.Account.View(ctx, vendor, waiting[0].Account)
		if err != nil || a.State != account.Refused || a.Reason != "not in our region" {
			t.Errorf("View = %+v, %v, want refused with its reason", a, err)
		}
		r := w.Runner()
		fixture.Must(t, r.Prepare(ctx))
		c.Advance(9 * 24 * time.Hour)
		fixture.Must(t, r.Drain(ctx))
		if left, _, err := w.Account.Registrations(ctx, vendor, account.RegistrationFilter{State: account.Unconfirmed}); err != nil || len(left) != 0 {
			t.Errorf("after a week: %+v, %v, want the unconfirmed registration gone", left, err)
		}
	})
}

func TestTwoInvitationsOfOneAddressAcceptedAtOnceMakeOneIdentity(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB, c *clock.Manual) {
		w, ctx := fixture.New(t, d), t.Context()
		var tokens []string
		for _, p := range []actor.Actor{w.Partner("North"), w.Partner("South")} {
			fixture.Must(t, w.Account.InviteUser(ctx, p, p.Account, account.InviteUser{Email: "new@both.example", Roles: []actor.Role{actor.ServiceManager}}))
			tokens = append(tokens, strings.TrimPrefix(sealed(t, w, "user.invited", p.Account)[0], "/invitation?token="))
		}
		ids, errs := make([]string, 2), make([]error, 2)
		var wg sync.WaitGroup
		for n := range 2 {
			wg.Go(func() {
				ids[n], errs[n] = w.Account.AcceptInvitation(ctx, fixture.Nobody(), account.Accept{Token: tokens[n], Name: "New", Password: password})
			})
		}
		wg.Wait()
		if errs[0] != nil || errs[1] != nil || ids[0] != ids[1] {
			t.Fatalf("AcceptInvitation = %v, %v, want one identity twice", ids, errs)
		}
		s, err := w.Login.SignIn(ctx, fixture.Nobody(), login.SignIn{Name: "new@both.example", Password: password})
		fixture.Must(t, err)
		ms, err := w.Account.Memberships(ctx, d.Read(), s.Identity, "")
		if err != nil || len(ms) != 2 {
			t.Errorf("Memberships = %+v, %v, want both companies", ms, err)
		}
	})
}

func TestAnInvitedPartnerBecomesActiveWithItsFirstUser(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB, c *clock.Manual) {
		w, ctx := fixture.New(t, d), t.Context()
		vendor, north := w.Vendor(), w.Partner("North")
		email := w.Email(north)
		id, err := w.Account.InvitePartner(ctx, vendor, account.InvitePartner{Company: "East", Country: "TH", Contact: "A", Email: email,
			Market: account.Overseas, Channel: []account.Channel{account.SI}})
		fixture.Must(t, err)
		token := link(t, w, "account.invited")
		inv, err := w.Account.Invitation(ctx, token)
		if err != nil || inv.NeedsPassword {
			t.Errorf("Invitation = %+v, %v, want no password for a known address", inv, err)
		}
		_, err = w.Account.AcceptInvitation(ctx, vendor, account.Accept{Token: token})
		kind(t, "acceptance by somebody signed in with another address", err, fault.KindConflict)
		c.AdvanceWall(7*24*time.Hour - time.Second)
		idn, err := w.Account.AcceptInvitation(ctx, north, account.Accept{Token: token})
		if err != nil || idn != north.Identity {
			t.Fatalf("AcceptInvitation = %q, %v", idn, err)
		}
		a, err := w.Account.View(ctx, vendor, id)
		if err != nil || a.State != account.Active {
			t.Errorf("View = %+v, %v, want active", a, err)
		}
		s, err := w.Login.SignIn(ctx, fixture.Nobody(), login.SignIn{Name: email, Password: fixture.Password})
		fixture.Must(t, err)
		by := north
		by.Session = s.Hash
		fixture.Must(t, w.Login.Switch(ctx, by, id))
		kind(t, "Switch to a stranger's company", w.Login.Switch(ctx, by, vendor.Account), fault.KindNotFound)
		fixture.Must(t, w.Account.Freeze(ctx, vendor, id, "unpaid"))
		kind(t, "Switch to a frozen company", w.Login.Switch(ctx, by, id), fault.KindConflict)

		west, err := w.Account.InvitePartner(ctx, vendor, account.InvitePartner{Company: "West", Country: "TH", Contact: "B", Email: "b@west.example",
			Market: account.China, Channel: []account.Channel{account.SI}})
		fixture.Must(t, err)
		c.AdvanceWall(7 * 24 * time.Hour)
		old := link(t, w, "account.invited")
		_, err = w.Account.Invitation(ctx, old)
		kind(t, "a link after seven days", err, fault.KindNotFound)
		open, err := w.Account.Invitations(ctx, vendor, west)
		if err != nil || len(open) != 1 {
			t.Fatalf("Invitations = %+v, %v, want the expired one", open, err)
		}
		kind(t, "ResendInvitation by a stranger", w.Account.ResendInvitation(ctx, north, west, open[0].ID), fault.KindNotFound)
		kind(t, "ResendInvitation by an auditor", w.Account.ResendInvitation(ctx, w.VendorUser(actor.Auditor), west, open[0].ID), fault.KindDenied)
		fixture.Must(t, w.Account.ResendInvitation(ctx, w.VendorUser(actor.ChannelManager), west, open[0].ID))
		_, err = w.Account.Invitation(ctx, link(t, w, "account.invited"))
		fixture.Must(t, err)
		_, err = w.Account.Invitation(ctx, old)
		kind(t, "the link that was replaced", err, fault.KindNotFound)
	})
}

func TestTwoAdministratorsWhoRemoveEachOtherLeaveOne(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB, c *clock.Manual) {
		w, ctx := fixture.New(t, d), t.Context()
		for round := range 5 {
			one := w.Partner(fmt.Sprintf("Round %d", round))
			two := w.User(one.Account, actor.PartnerAdmin)
			errs := make([]error, 2)
			var wg sync.WaitGroup
			wg.Go(func() { errs[0] = w.Account.Deactivate(ctx, one, one.Account, two.User) })
			wg.Go(func() {
				errs[1] = w.Account.ChangeRoles(ctx, two, one.Account, one.User, []actor.Role{actor.PartnerFinance})
			})
			wg.Wait()
			if (errs[0] == nil) == (errs[1] == nil) {
				t.Fatalf("both removals = %v, want exactly one refused", errs)
			}
			admins, err := account.Recipients(ctx, d.Read(), one.Account, actor.PartnerAdmin)
			if err != nil || len(admins) != 1 {
				t.Errorf("administrators left: %+v, %v, want 1", admins, err)
			}
		}
	})
}

func TestDeactivationEndsSessionsTokensAndKeys(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB, c *clock.Manual) {
		w, ctx := fixture.New(t, d), t.Context()
		admin := w.Partner("North")
		u := w.User(admin.Account, actor.ServiceManager)
		_, err := w.Login.SignIn(ctx, fixture.Nobody(), login.SignIn{Name: w.Email(u), Password: fixture.Password})
		fixture.Must(t, err)
		_, err = w.Login.IssueToken(ctx, fixture.Nobody(), login.TokenRequest{Name: w.Email(u), Password: fixture.Password})
		fixture.Must(t, err)
		_, _, err = w.Login.CreateKey(ctx, u, login.NewKey{})
		fixture.Must(t, err)
		fixture.Must(t, w.Account.Deactivate(ctx, admin, admin.Account, u.User))
		kind(t, "a second deactivation", w.Account.Deactivate(ctx, admin, admin.Account, u.User), fault.KindConflict)
		for table, query := range map[string]string{
			"session": `SELECT count(*) FROM session WHERE identity_id = $1`, "token": `SELECT count(*) FROM token WHERE identity_id = $1`,
			"access_key": `SELECT count(*) FROM access_key WHERE identity_id = $1 AND state = 'active'`,
		} {
			if n, err := db.One(ctx, d.Read(), db.Int, query, u.Identity); n != 0 || err != nil {
				t.Errorf("%d rows of %s are alive, %v", n, table, err)
			}
		}
		_, err = w.Account.Member(ctx, d.Read(), u.Account, u.User)
		kind(t, "Member of a deactivated user", err, fault.KindNotFound)
		fixture.Must(t, w.Account.Reactivate(ctx, admin, admin.Account, u.User))
		m, err := w.Account.Member(ctx, d.Read(), u.Account, u.User)
		if err != nil || len(m.Roles) != 1 {
			t.Errorf("Member after Reactivate = %+v, %v, want the role of before", m, err)
		}
		kind(t, "a vendor's role for a partner's user", w.Account.ChangeRoles(ctx, admin, admin.Account, u.User, []actor.Role{actor.VendorAdmin}), fault.KindInvalid)
		kind(t, "no role at all", w.Account.ChangeRoles(ctx, admin, admin.Account, u.User, nil), fault.KindInvalid)
	})
}

func TestAStrangerFindsNothing(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB, c *clock.Manual) {
		w, ctx := fixture.New(t, d), t.Context()
		north, south := w.Partner("North"), w.Partner("South")
		fixture.Must(t, w.Account.InviteUser(ctx, north, north.Account, account.InviteUser{Email: "x@north.example", Roles: []actor.Role{actor.PartnerAdmin}}))
		invs, err := w.Account.Invitations(ctx, north, north.Account)
		if err != nil || len(invs) != 1 {
			t.Fatalf("Invitations = %+v, %v", invs, err)
		}
		n := north.Account
		roles := []actor.Role{actor.PartnerAdmin}
		for what, err := range map[string]error{
			"View":                            second(w.Account.View(ctx, south, n)),
			"Edit":                            w.Account.Edit(ctx, south, n, account.Edit{Name: "Mine", Country: "SG", Version: 1}),
			"Users":                           second(w.Account.Users(ctx, south, n)),
			"Invitations":                     second(w.Account.Invitations(ctx, south, n)),
			"InviteUser":                      w.Account.InviteUser(ctx, south, n, account.InviteUser{Email: "y@south.example", Roles: roles}),
			"RevokeInvitation":                w.Account.RevokeInvitation(ctx, south, n, invs[0].ID),
			"ChangeRoles":                     w.Account.ChangeRoles(ctx, south, n, north.User, roles),
			"Deactivate":                      w.Account.Deactivate(ctx, south, n, north.User),
			"Reactivate":                      w.Account.Reactivate(ctx, south, n, north.User),
			"Associations":                    second(w.Account.Associations(ctx, south, n)),
			"own account, foreign user":       w.Account.Deactivate(ctx, south, south.Account, north.User),
			"own account, foreign invitation": w.Account.RevokeInvitation(ctx, south, south.Account, invs[0].ID),
			"no such account":                 second(w.Account.View(ctx, w.Vendor(), "nowhere")),
		} {
			kind(t, what, err, fault.KindNotFound)
		}
		for what, err := range map[string]error{
			"Freeze":     w.Account.Freeze(ctx, south, n, "x"),
			"List":       third(w.Account.List(ctx, south, account.Filter{})),
			"Decide":     w.Account.DecideRegistration(ctx, south, n, true, ""),
			"Invite":     second(w.Account.InvitePartner(ctx, south, account.InvitePartner{})),
			"Associate":  second(w.Account.Associate(ctx, south, account.Association{Account: south.Account, Other: n})),
			"CreateUser": second(w.Account.CreateUser(ctx, south, account.NewUser{Account: south.Account})),
		} {
			kind(t, what, err, fault.KindDenied)
		}
	})
}

func second[T any](_ T, err error) error        { return err }
func third[T, U any](_ T, _ U, err error) error { return err }

func TestAnEditOfAStalePageIsRefusedAndOnlyTheVendorChangesTheChannel(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB, c *clock.Manual) {
		w, ctx := fixture.New(t, d), t.Context()
		vendor, north := w.Vendor(), w.Partner("North")
		a, err := w.Account.View(ctx, north, north.Account)
		fixture.Must(t, err)
		in := account.Edit{Name: "North Ltd", Country: "SG", Version: a.Version, Channel: []account.Channel{account.Distributor}, Market: account.China}
		fixture.Must(t, w.Account.Edit(ctx, north, a.ID, in))
		kind(t, "the stale page", w.Account.Edit(ctx, vendor, a.ID, in), fault.KindConflict)
		b, err := w.Account.View(ctx, north, a.ID)
		if err != nil || b.Name != "North Ltd" || b.Has(account.Distributor) || b.Market != account.Overseas {
			t.Errorf("View = %+v, %v, want the new name and the old channel", b, err)
		}
		in.Version = b.Version
		fixture.Must(t, w.Account.Edit(ctx, vendor, a.ID, in))
		b, err = w.Account.View(ctx, north, a.ID)
		if err != nil || !b.Has(account.Distributor) || b.Market != account.China {
			t.Errorf("View = %+v, %v, want the vendor's changes", b, err)
		}
	})
}

func TestTheListOfCompaniesIsPagedSearchedAndFiltered(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB, c *clock.Manual) {
		w, ctx := fixture.New(t, d), t.Context()
		vendor := w.Vendor()
		names := []string{"alpha", "Ｂeta 100%", "beta_x", "北方", "Zeta"}
		for i, n := range names {
			ch := account.Reseller
			if i%2 == 0 {
				ch = account.SI
			}
			w.Partner(n, ch)
		}
		w.Customer("beta customer")
		w.Person("beta person")
		var got []string
		f := account.Filter{Kind: actor.Partner, Limit: 2}
		for {
			page, next, err := w.Account.List(ctx, vendor, f)
			fixture.Must(t, err)
			for _, a := range page {
				got = append(got, a.Name)
			}
			if f.After = next; next == "" {
				break
			}
		}
		if want := "alpha Ｂeta 100% beta_x Zeta 北方"; strings.Join(got, " ") != want {
			t.Errorf("pages = %v, want %s", got, want)
		}
		for _, x := range []struct {
			f    account.Filter
			want int
		}{
			{account.Filter{Q: "BETA"}, 3}, {account.Filter{Q: "100%"}, 1}, {account.Filter{Q: "beta_"}, 1}, {account.Filter{Q: "北"}, 1},
			{account.Filter{Channel: account.SI}, 3}, {account.Filter{State: account.Frozen}, 0}, {account.Filter{Kind: actor.Customer}, 1},
		} {
			page, _, err := w.Account.List(ctx, vendor, x.f)
			if err != nil || len(page) != x.want {
				t.Errorf("List(%+v) has %d, %v, want %d", x.f, len(page), err, x.want)
			}
		}
		_, _, err := w.Account.List(ctx, vendor, account.Filter{After: "!!"})
		kind(t, "a broken cursor", err, fault.KindInvalid)
	})
}

func TestAFrozenCompanyCanDoNothingUntilItIsUnfrozen(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB, c *clock.Manual) {
		w, ctx := fixture.New(t, d), t.Context()
		vendor, north := w.Vendor(), w.Partner("North")
		kind(t, "Freeze without a reason", w.Account.Freeze(ctx, vendor, north.Account, " "), fault.KindInvalid)
		kind(t, "Freeze of the vendor", w.Account.Freeze(ctx, vendor, vendor.Account, "x"), fault.KindConflict)
		fixture.Must(t, w.Account.Freeze(ctx, vendor, north.Account, "unpaid"))
		kind(t, "a second Freeze", w.Account.Freeze(ctx, vendor, north.Account, "unpaid"), fault.KindConflict)
		_, err := w.Login.IssueToken(ctx, fixture.Nobody(), login.TokenRequest{Name: w.Email(north), Password: fixture.Password})
		kind(t, "a token for a frozen company", err, fault.KindUnauthenticated)
		s, err := w.Login.SignIn(ctx, fixture.Nobody(), login.SignIn{Name: w.Email(north), Password: fixture.Password})
		if err != nil || s.Account != "" {
			t.Errorf("SignIn = %+v, %v, want to act for nobody", s, err)
		}
		fixture.Must(t, w.Account.Unfreeze(ctx, vendor, north.Account, "paid"))
		a, err := w.Account.View(ctx, vendor, north.Account)
		if err != nil || a.State != account.Active || a.Reason != "" {
			t.Errorf("View = %+v, %v", a, err)
		}
	})
}

func TestTheFirstAdministratorSetsUpOnceByTheNewestLink(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB, c *clock.Manual) {
		w, ctx := fixture.New(t, d), t.Context()
		token := func() string {
			path, err := w.Account.EnsureFirstAdmin(ctx)
			fixture.Must(t, err)
			return strings.TrimPrefix(path, "/setup?token=")
		}
		first, second := token(), token()
		kind(t, "the earlier link", w.Account.SetupValid(ctx, first), fault.KindNotFound)
		_, err := w.Account.CompleteSetup(ctx, fixture.Nobody(), account.Setup{Token: second})
		if f := fault.Of(err); f == nil || len(f.Fields) != 4 {
			t.Errorf("CompleteSetup of nothing = %v, want company, email, name and password refused", err)
		}
		_, err = w.Account.Invitation(ctx, second)
		kind(t, "a set-up link as an invitation", err, fault.KindNotFound)
		in := account.Setup{Token: second, Company: "Vendor", Name: "Root", Email: "root@vendor.example", Password: password}
		_, err = w.Account.CompleteSetup(ctx, fixture.Nobody(), in)
		fixture.Must(t, err)
		_, err = w.Account.CompleteSetup(ctx, fixture.Nobody(), in)
		kind(t, "the link again", err, fault.KindNotFound)
		if path, err := w.Account.EnsureFirstAdmin(ctx); path != "" || err != nil {
			t.Errorf("EnsureFirstAdmin afterwards = %q, %v, want nothing", path, err)
		}
		s, err := w.Login.SignIn(ctx, fixture.Nobody(), login.SignIn{Name: in.Email, Password: password})
		v, verr := w.Account.Vendor(ctx)
		if err != nil || verr != nil || s.Account != v.ID {
			t.Errorf("SignIn = %+v, %v; vendor %+v, %v", s, err, v, verr)
		}
	})
}

func TestAssociationsFitTheKindsOfTheirAccounts(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB, c *clock.Manual) {
		w, ctx := fixture.New(t, d), t.Context()
		vendor := w.Vendor()
		dist, sell, cust := w.Partner("D", account.Distributor), w.Partner("R", account.Reseller), w.Customer("C")
		for _, x := range []struct {
			in   account.Association
			want fault.Kind
		}{
			{account.Association{Account: dist.Account, Other: sell.Account, Kind: account.ResellerOf}, ""},
			{account.Association{Account: dist.Account, Other: sell.Account, Kind: account.ResellerOf}, fault.KindConflict},
			{account.Association{Account: sell.Account, Other: dist.Account, Kind: account.ResellerOf}, fault.KindInvalid},
			{account.Association{Account: sell.Account, Other: cust.Account, Kind: account.Resale, Since: "2026-01-01", Until: "2026-06-30"}, ""},
			{account.Association{Account: sell.Account, Other: cust.Account, Kind: account.Resale, Since: "2026-06-30"}, fault.KindConflict},
			{account.Association{Account: sell.Account, Other: cust.Account, Kind: account.Resale, Since: "2026-07-01"}, ""},
			{account.Association{Account: sell.Account, Other: cust.Account, Kind: account.Referral, Since: "2026-13-01"}, fault.KindInvalid},
			{account.Association{Account: sell.Account, Other: cust.Account, Kind: account.Referral, Since: "2026-02-01", Until: "2026-01-01"}, fault.KindInvalid},
			{account.Association{Account: cust.Account, Other: sell.Account, Kind: account.Referral}, fault.KindInvalid},
			{account.Association{Account: "nowhere", Other: cust.Account, Kind: account.Referral}, fault.KindNotFound},
		} {
			_, err := w.Account.Associate(ctx, vendor, x.in)
			kind(t, fmt.Sprintf("Associate(%s %s)", x.in.Kind, x.in.Since), err, x.want)
		}
		got, err := w.Account.Associations(ctx, sell, sell.Account)
		if err != nil || len(got) != 3 || got[0].OtherName != "C" {
			t.Errorf("Associations = %+v, %v, want 3 from both sides", got, err)
		}
	})
}

func TestAPersonActsForTheOwnAccountAlone(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB, c *clock.Manual) {
		w, ctx := fixture.New(t, d), t.Context()
		p, north := w.Person("Wei Chen"), w.Partner("North")
		s, err := w.Login.SignIn(ctx, fixture.Nobody(), login.SignIn{Name: w.Email(p), Password: fixture.Password})
		if err != nil || s.Account != p.Account {
			t.Errorf("SignIn = %+v, %v, want the personal account", s, err)
		}
		_, err = w.Account.View(ctx, p, north.Account)
		kind(t, "View of a company by a person", err, fault.KindNotFound)
		r, ok, err := account.RecipientOfUser(ctx, d.Read(), p.Account, p.User)
		if err != nil || !ok || r.Email != w.Email(p) {
			t.Errorf("RecipientOfUser = %+v, %v, %v", r, ok, err)
		}
		k, _, err := w.Login.CreateKey(ctx, p, login.NewKey{})
		if err != nil || k.User != p.Account {
			t.Errorf("CreateKey = %+v, %v", k, err)
		}
	})
}

func TestCompanyNamesAreComparedAsPeopleReadThem(t *testing.T) {
	for _, x := range []struct {
		a, b string
		want bool
	}{
		{"North Ltd", " north  LTD ", true}, {"Ｎｏｒｔｈ", "north", true}, {"Straße", "STRASSE", true}, {"北方", "北 方", false}, {"North", "Nοrth", false},
	} {
		if got := account.SameName(x.a, x.b); got != x.want {
			t.Errorf("SameName(%q, %q) = %v, want %v", x.a, x.b, got, x.want)
		}
	}
}

func TestRegistrationsPageWithoutGapOrRepetition(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB, c *clock.Manual) {
		w := fixture.New(t, d)
		vendor := w.Vendor()
		for i := range 5 {
			company := w.Partner("Company " + string(rune('A'+i))).Account
			err := d.Update(t.Context(), func(tx *db.Tx) error {
				return db.Change(t.Context(), tx, `INSERT INTO registration (account_id, id, state, lang, agreed_at, created_at) VALUES ($1, 'r', 'pending', 'en', $2, $2)`,
					company, db.Micros(c.Now()))
			})
			if err != nil {
				t.Fatal(err)
			}
		}
		seen, f := map[string]bool{}, account.RegistrationFilter{State: account.Waiting, Limit: 2}
		for pages := 1; ; pages++ {
			page, next, err := w.Account.Registrations(t.Context(), vendor, f)
			if err != nil {
				t.Fatal(err)
			}
			for _, r := range page {
				seen[r.Account] = true
			}
			if f.After = next; next == "" {
				if len(seen) != 5 || pages != 3 {
					t.Errorf("%d registrations on %d pages, want 5 on 3", len(seen), pages)
				}
				return
			}
		}
	})
}
