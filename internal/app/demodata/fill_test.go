package demodata_test

import (
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"hanse/internal/app/apptest"
	"hanse/internal/app/demodata"
	"hanse/internal/domain/login"
	"hanse/internal/domain/notify"
	"hanse/internal/domain/qualification"
	"hanse/internal/kit/actor"
	"hanse/internal/kit/i18n"
	"hanse/internal/kit/signature"
)

// filled is the demonstration with who can sign in, by role.
func filled(t *testing.T) (*apptest.App, map[string]demodata.Login) {
	t.Helper()
	a := apptest.New(t)
	logins, err := demodata.Fill(t.Context(), a.App)
	if err != nil {
		t.Fatal(err)
	}
	byRole := map[string]demodata.Login{}
	for _, l := range logins {
		byRole[l.Role] = l
	}
	return a, byRole
}

// as is somebody of the demonstration, as the portal would know them.
func as(t *testing.T, a *apptest.App, l demodata.Login, kind actor.Kind, roles ...actor.Role) actor.Actor {
	t.Helper()
	s, err := a.Login.IssueToken(t.Context(), actor.Nobody("127.0.0.1", "", "en"), tokenRequest(l))
	if err != nil {
		t.Fatalf("sign in as %s: %v", l.Role, err)
	}
	if s.Actor.Kind != kind || !slices.Equal(s.Actor.Roles, roles) {
		t.Errorf("%s is %s with %v, want %s with %v", l.Role, s.Actor.Kind, s.Actor.Roles, kind, roles)
	}
	return s.Actor
}

func TestEveryRoleCanSignInAndHasAKey(t *testing.T) {
	a, logins := filled(t)
	for role, want := range map[string]struct {
		kind actor.Kind
		role actor.Role
	}{
		"vendor_admin": {actor.Vendor, actor.VendorAdmin}, "vendor_reviewer": {actor.Vendor, actor.Reviewer},
		"vendor_support": {actor.Vendor, actor.SupportEngineer}, "vendor_finance": {actor.Vendor, actor.VendorFinance},
		"auditor": {actor.Vendor, actor.Auditor}, "distributor": {actor.Partner, actor.PartnerAdmin}, "reseller": {actor.Partner, actor.PartnerAdmin},
		"solution_provider": {actor.Partner, actor.PartnerAdmin}, "service_partner_admin": {actor.Partner, actor.PartnerAdmin},
		"customer_resale": {actor.Customer, actor.CustomerAdmin}, "customer_referral": {actor.Customer, actor.CustomerAdmin},
	} {
		l, ok := logins[role]
		if !ok || l.AccessKey == "" || l.SecretKey == "" || l.Home == "" {
			t.Errorf("%s: login %+v", role, l)
			continue
		}
		as(t, a, l, want.kind, want.role)
	}
	as(t, a, logins["engineer"], actor.Person)
	for role, l := range logins {
		r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, a.URL+"/api/v1/me", nil)
		if err != nil {
			t.Fatal(err)
		}
		if err := signature.Sign(r, l.AccessKey, l.SecretKey, nil, a.Clock.Wall()); err != nil {
			t.Fatal(err)
		}
		res, err := http.DefaultClient.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		body, _ := io.ReadAll(res.Body)
		res.Body.Close()
		if res.StatusCode != http.StatusOK || !strings.Contains(string(body), l.DomainID) {
			t.Errorf("the key of %s: %s %s, want the account %s", role, res.Status, body, l.DomainID)
		}
	}
}

func TestTheStoryLeavesTheClockWhereItWas(t *testing.T) {
	a := apptest.New(t)
	before := a.App.Clock.Now()
	if _, err := demodata.Fill(t.Context(), a.App); err != nil {
		t.Fatal(err)
	}
	if now := a.App.Clock.Now(); !now.Equal(before) {
		t.Errorf("the business clock stands at %v, want %v", now, before)
	}
	if r, err := a.Audit.Verify(t.Context()); err != nil || r.Broken != "" {
		t.Errorf("the audit log: %+v, %v", r, err)
	}
}

func TestThePartnerOfTheTourCanApplyForThreeStars(t *testing.T) {
	a, logins := filled(t)
	by := as(t, a, logins["service_partner_admin"], actor.Partner, actor.PartnerAdmin)
	view := overview(t, a, by)
	if view.Held == nil || view.Held.Level != "two-star" || view.Apply.BestLevel != "three-star" || view.Open != nil {
		t.Fatalf("holds %+v, could have %s; want two stars held and three in reach", view.Held, view.Apply.BestLevel)
	}
	if view.DecidingLine != "senior-engineer" {
		t.Errorf("four stars are decided by %s, want one more senior engineer", view.DecidingLine)
	}
}

func TestTheDayAfterALapseShowsTheLostLineTheWatchAndTheNotices(t *testing.T) {
	a, logins := filled(t)
	by := as(t, a, logins["solution_provider"], actor.Partner, actor.PartnerAdmin)
	if v := overview(t, a, by); v.Held == nil || v.Held.Level != "four-star" || v.Hold.BestLevel != "four-star" || v.Held.Watched() {
		t.Fatalf("before: %+v, hold %s", v.Held, v.Hold.BestLevel)
	}
	a.Clock.Advance(7 * 24 * time.Hour)
	a.Drain(t)
	v := overview(t, a, by)
	if v.Hold.BestLevel == "four-star" || !v.Held.Watched() {
		t.Errorf("the day after: hold %s, watched %v; want a lost line and a watch", v.Hold.BestLevel, v.Held.Watched())
	}
	list, err := a.Notify.List(t.Context(), by, notify.Filter{Limit: 100})
	if err != nil {
		t.Fatal(err)
	}
	for _, kind := range []string{"certificate.lapsing", "qualification.watch_began", "vacancy.opened"} {
		if !slices.ContainsFunc(list, func(m notify.Message) bool { return m.Kind == kind }) {
			var kinds []string
			for _, m := range list {
				kinds = append(kinds, m.Kind)
			}
			t.Errorf("no message %s among %v", kind, kinds)
		}
	}
	for _, m := range list {
		for _, lang := range i18n.Languages {
			if s := i18n.Text(lang, m.Title) + i18n.Text(lang, m.Body); strings.Contains(s, "??") || strings.Contains(s, "<no value>") {
				t.Errorf("%s in %s reads %q", m.Kind, lang, s)
			}
		}
	}
}

func overview(t *testing.T, a *apptest.App, by actor.Actor) qualification.ProgramView {
	t.Helper()
	all, err := a.Qualification.Overview(t.Context(), by, by.Account)
	i := slices.IndexFunc(all, func(v qualification.ProgramView) bool { return v.Program == "h3c-star" })
	if err != nil || i < 0 {
		t.Fatalf("Overview = %d programs, %v; want the stars among them", len(all), err)
	}
	return all[i]
}

func tokenRequest(l demodata.Login) login.TokenRequest {
	return login.TokenRequest{Name: l.Login, Password: l.Password, DomainID: l.DomainID}
}
