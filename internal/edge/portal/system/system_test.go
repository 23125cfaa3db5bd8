package system_test

import (
	"context"
	"errors"
	"net/url"
	"strings"
	"testing"

	"hanse/internal/edge/portal/portaltest"
	"hanse/internal/edge/portal/system"
	"hanse/internal/kit/actor"
	"hanse/internal/kit/calendar"
	"hanse/internal/kit/db"
	"hanse/internal/kit/jobs"
)

func start(t *testing.T) *portaltest.Portal {
	t.Helper()
	return portaltest.New(t, func(p *portaltest.Portal) {
		system.Register(p.Site, system.Deps{DB: p.DB, Audit: p.Audit, Jobs: p.Jobs, Setting: p.Setting, Badge: p.Badge, Working: calendar.Standard(),
			Version: "test", Started: p.Clock.Wall()})
	})
}

var all = []string{"/system/audit", "/system/jobs", "/system/settings", "/system/settings/invitation.days", "/system/health"}

func TestSystemPagesReadInEveryLanguage(t *testing.T) {
	p := start(t)
	admin := p.Vendor()
	p.Drain()
	c := p.As(admin)
	portaltest.Check(t, c, all...)
	entry, ok := c.Get("/system/audit").Doc.Find("#log th a").First().Attr("href")
	if !ok {
		t.Fatal("the log lists no entry")
	}
	portaltest.Check(t, c, entry, "/system/audit?verb=login.sign_in&from=2026-01-01", "/system/jobs?state=dead")
}

func TestOnlyTheVendorsStaffSeesTheSystem(t *testing.T) {
	p := start(t)
	for who, by := range map[string]actor.Actor{"a partner": p.Partner("North"), "a reviewer": p.VendorUser(actor.Reviewer), "a customer": p.Customer("Shop")} {
		c := p.As(by)
		for _, path := range all {
			if path == "/system/settings" && who == "a reviewer" || strings.HasPrefix(path, "/system/settings/") && who == "a reviewer" {
				continue // all of the vendor's staff reads the settings
			}
			if page := c.Get(path); page.Status != 403 {
				t.Errorf("GET %s by %s = %d, want 403", path, who, page.Status)
			}
		}
		for _, path := range []string{"/system/audit.csv", "/system/jobs.csv"} {
			if page := c.Get(path); page.Status != 403 {
				t.Errorf("GET %s by %s = %d, want 403", path, who, page.Status)
			}
		}
	}
}

func TestTheLogIsFilteredAndExported(t *testing.T) {
	p := start(t)
	c := p.As(p.VendorUser(actor.Auditor))
	page := c.Get("/system/audit?verb=login.sign_in").Want(200)
	if n := page.Doc.Find("#log tbody tr").Length(); n != 1 {
		t.Errorf("%d sign-ins in the log, want the auditor's own", n)
	}
	if page := c.Get("/system/audit?actor=nobody").Want(200); !page.Has("#log .empty") {
		t.Errorf("a filter without a match shows %q", page.Text("#log"))
	}
	file := c.Get("/system/audit.csv?verb=login.sign_in").Want(200)
	if lines := strings.Count(strings.TrimSpace(file.Body), "\n"); lines != 1 || !strings.Contains(file.Header.Get("Content-Disposition"), "audit.csv") {
		t.Errorf("the export has %d lines beside its head, as %q; want 1 as audit.csv", lines, file.Header.Get("Content-Disposition"))
	}
	if xlsx := c.Get("/system/audit.xlsx").Want(200); !strings.HasPrefix(xlsx.Body, "PK") {
		t.Errorf("the workbook begins with %.10q", xlsx.Body)
	}
}

func TestVerifyingTheChainSaysWhetherItHolds(t *testing.T) {
	p := start(t)
	c := p.As(p.VendorUser(actor.Auditor))
	if _, err := p.Audit.Seal(t.Context()); err != nil {
		t.Fatal(err)
	}
	if page := c.Post("/system/audit/verify", url.Values{}).Want(200); !strings.Contains(page.Text("main"), "The chain holds") {
		t.Errorf("verify says %.200s", page.Text("main"))
	}
	entry, _ := c.Get("/system/audit").Doc.Find("#log th a").Last().Attr("href")
	if page := c.Get(entry).Want(200); !strings.Contains(page.Text("#place"), "Seal number") {
		t.Errorf("a sealed entry's place is %q", page.Text("#place"))
	}
	p.As(p.Partner("North")).Post("/system/audit/verify", url.Values{}).Want(403)
}

func TestASettingIsChangedFromADayOn(t *testing.T) {
	p := start(t)
	c := p.As(p.Vendor())
	const path = "/system/settings/invitation.days"
	bad := c.Post(path, url.Values{"value": {"many"}, "effective_at": {"2026-04-01"}}).Want(422)
	if !bad.Has(`.summary a[href="#f-value"]`) || bad.Doc.Find("#f-value").AttrOr("value", "") != "many" {
		t.Errorf("a refused value isn't shown again with its error: %.300s", bad.Text("main"))
	}
	c.Post(path, url.Values{"value": {"5"}, "effective_at": {"next week"}}).Want(422)
	done := c.Post(path, url.Values{"value": {"5"}, "effective_at": {"2026-04-01"}}).Want(200)
	if done.Path != path || done.Doc.Find("#history tbody tr").Length() != 2 {
		t.Errorf("after a change: %s with history %q", done.Path, done.Text("#history"))
	}
	if page := c.Get("/system/settings").Want(200); !strings.Contains(page.Text("main"), "Planned") {
		t.Error("a planned value isn't in the list")
	}
	c.Get("/system/settings/no.such").Want(404)
	p.As(p.VendorUser(actor.Auditor)).Post(path, url.Values{"value": {"5"}}).Want(403)
}

func TestADeadJobIsTriedAgain(t *testing.T) {
	p := start(t)
	fails := true
	p.Runner.Outside("test.fails", func(context.Context, jobs.Job) error {
		if fails {
			return errors.New("the printer is on fire")
		}
		return nil
	})
	err := p.DB.Update(t.Context(), func(tx *db.Tx) error {
		return jobs.Add(t.Context(), tx, jobs.New{Kind: "test.fails", Key: "1"})
	})
	if err != nil {
		t.Fatal(err)
	}
	c := p.As(p.Vendor())
	for range 40 { // the pauses between attempts grow
		p.Drain()
		p.Clock.Advance(6 * 3600e9)
	}
	dead := c.Get("/system/jobs?state=dead").Want(200)
	if !strings.Contains(dead.Text("#jobs"), "the printer is on fire") {
		t.Fatalf("the dead job isn't listed with its error: %s", dead.Text("main"))
	}
	fails = false
	action, _ := dead.Doc.Find("#jobs form[method=post]").Attr("action")
	p.As(p.VendorUser(actor.Auditor)).Post(action, url.Values{}).Want(403)
	c.Post(action, url.Values{}).Want(200)
	p.Drain()
	if page := c.Get("/system/jobs?state=dead"); !page.Has("#jobs .empty") {
		t.Errorf("after trying again the job is still dead: %s", page.Text("#jobs"))
	}
}
