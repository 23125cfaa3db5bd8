package sla_test

import (
	"context"
	"net/url"
	"strings"
	"testing"
	"time"

	domain "hanse/internal/domain/sla"
	"hanse/internal/edge/portal/portaltest"
	"hanse/internal/edge/portal/sla"
	"hanse/internal/kit/actor"
	"hanse/internal/kit/db"
)

// start opens the portal with five tickets, one of them missed.
func start(t *testing.T) *portaltest.Portal {
	p := portaltest.New(t, func(p *portaltest.Portal) { sla.Register(p.Site, p.SLA) })
	for i, x := range []struct {
		plan, severity string
		minutes        int
	}{{"STANDARD", "PROD_DOWN", 10}, {"STANDARD", "PROD_DOWN", 50}, {"STANDARD", "GUIDANCE", 5}, {"PREMIUM", "CORE_DOWN", 5}, {"BASIC", "", 0}} {
		no := "TT2026030600000" + string(rune('1'+i))
		tell(t, p, func(ctx context.Context, tx *db.Tx) error {
			_, err := domain.Begin(ctx, tx, domain.Case{Subject: no, Number: no, Account: "acc", AccountName: "North", Desk: "vendor", Plan: x.plan, Severity: x.severity, Opened: tx.Now})
			return err
		})
		if x.minutes > 0 {
			p.Clock.Advance(time.Duration(x.minutes) * time.Minute)
			tell(t, p, func(ctx context.Context, tx *db.Tx) error {
				_, err := domain.Answered(ctx, tx, no)
				return err
			})
		}
	}
	return p
}

func tell(t *testing.T, p *portaltest.Portal, f func(ctx context.Context, tx *db.Tx) error) {
	t.Helper()
	if err := p.DB.Update(t.Context(), func(tx *db.Tx) error { return f(t.Context(), tx) }); err != nil {
		t.Fatal(err)
	}
}

func TestServiceLevelsAreReadChangedAndReported(t *testing.T) {
	p := start(t)
	admin, engineer, partner := p.As(p.Vendor()), p.As(p.VendorUser(actor.SupportEngineer)), p.As(p.Partner("East"))
	report := "/desk/report?by=plan"
	behind := "/desk/report/tickets?clock=first&outcome=missed"
	portaltest.Check(t, admin, "/desk/calendars", "/desk/calendars/edit", "/desk/calendars/edit?id=china", "/desk/policies", "/desk/policies/edit", "/desk/report", report, "/desk/report?by=team", "/desk/report?from=2020-01&to=2020-02", behind, "/desk/report/tickets?outcome=open&clock=update")
	portaltest.Check(t, engineer, "/desk/calendars", "/desk/calendars/edit?id=china", "/desk/policies", "/desk/report")
	engineer.Get("/desk/calendars/edit").Want(403)
	engineer.Get("/desk/policies/edit").Want(403)
	for _, path := range []string{"/desk/calendars", "/desk/policies", "/desk/report", "/desk/report.csv", "/desk/report/tickets", "/desk/calendars/edit?id=china"} {
		partner.Get(path).Want(403)
	}
	admin.Get("/desk/calendars/edit?id=none").Want(404)
	admin.Get("/desk/report?from=2026-05&to=2026-01").Want(422)
	page := admin.Get(report).Want(200)
	if got := page.Text("#table-first"); !strings.Contains(got, "66.6 %") {
		t.Errorf("the report doesn't say what STANDARD kept: %s", got)
	}
	if list := admin.Get(behind).Want(200).Doc.Find("#tickets-table tbody tr"); list.Length() != 1 || !strings.Contains(list.Text(), "TT20260306000002") {
		t.Errorf("behind the missed figure: %s", list.Text())
	}
	if href, _ := page.Doc.Find("#table-first tbody tr").Last().Find("a").Eq(2).Attr("href"); !strings.Contains(href, "outcome=missed") || admin.Get(href).Want(200).Doc.Find("#tickets-table tbody tr").Length() != 1 {
		t.Errorf("the total of what was missed leads to %s", href)
	}
	for _, file := range []string{"/desk/report.csv?by=plan", "/desk/report.xlsx", "/desk/report/tickets.csv?clock=first", "/desk/report/tickets.xlsx"} {
		if body := admin.Get(file).Want(200).Body; len(body) < 50 {
			t.Errorf("%s is %q", file, body)
		}
	}
	if csv := admin.Get("/desk/report/tickets.csv?clock=first").Body; strings.Count(csv, "\n") != 6 {
		t.Errorf("the list as a file: %s", csv)
	}
}

func TestACalendarIsTypedPreviewedAndSaved(t *testing.T) {
	p := start(t)
	admin := p.As(p.Vendor())
	form := url.Values{"base": {"0"}, "name": {"Berlin desk"}, "zone": {"Europe/Berlin"}, "week.1": {"9-12, 13-17"}, "week.2": {"9-12"}, "days": {"2026-04-06\n2026-04-11 09:00-12:00"}, "do": {"preview"}}
	page := admin.Post("/desk/calendars/edit", form).Want(200)
	if page.Doc.Find("#days-table tbody tr").Length() != 21 || page.Doc.Find("#samples-table").Length() != 1 || page.Doc.Find("input[name='week.1']").AttrOr("value", "") != "9-12, 13-17" {
		t.Errorf("the preview: %s", page.Text("main"))
	}
	if strings.Contains(admin.Get("/desk/calendars").Body, "Berlin desk") {
		t.Error("a preview was saved")
	}
	form.Set("do", "save")
	page = admin.Post("/desk/calendars/edit", form).Want(200)
	if page.Path != "/desk/calendars" || !strings.Contains(page.Text("#calendars-table"), "Berlin desk") {
		t.Errorf("saved at %s: %s", page.Path, page.Text("main"))
	}
	form.Set("week.1", "9-12, 11-17")
	form.Set("days", "2026-02-30")
	page = admin.Post("/desk/calendars/edit", form).Want(422)
	if page.Text("#e-days") == "" || page.Doc.Find("textarea[name='days']").Text() != "2026-02-30" {
		t.Errorf("a refused date: %s", page.Text("main form"))
	}
	form.Set("days", "")
	if page = admin.Post("/desk/calendars/edit", form).Want(422); !strings.Contains(page.Text("main form"), "11:00-17:00") {
		t.Errorf("overlapping hours: %s", page.Text("main form"))
	}
	china := url.Values{"base": {"0"}, "name": {"China"}, "zone": {"Asia/Shanghai"}, "week.1": {"9-18"}, "do": {"save"}}
	admin.Post("/desk/calendars/edit?id=china", china).Want(200)
	admin.Post("/desk/calendars/edit?id=china", china).Want(409)
	china.Set("base", "1")
	china.Set("effective", "2026-03-09 00:00")
	admin.Post("/desk/calendars/edit?id=china", china).Want(200)
	page = admin.Get("/desk/calendars").Want(200)
	if !strings.Contains(page.Text("#ahead-table"), "China") {
		t.Errorf("a planned version: %s", page.Text("main"))
	}
	portaltest.Check(t, admin, "/desk/calendars", "/desk/calendars/edit?id=china", "/desk/calendars/edit?id=china&version=0")
	admin.Get("/desk/calendars/edit?id=china&version=9").Want(404)
}

func TestAPolicyIsTypedPreviewedAndSaved(t *testing.T) {
	p := start(t)
	admin := p.As(p.Vendor())
	form := url.Values{"warn": {"50, 80"}, "note": {"Faster"}, "do": {"preview"}, "opened": {"2026-03-06 17:30"},
		"rules.0.plan": {""}, "rules.0.severity": {""}, "rules.0.calendar": {"china"}, "rules.0.first": {"1 h"}, "rules.0.update": {"2小时"}, "rules.0.solution": {""},
		"rules.1.plan": {""}, "rules.1.severity": {""}, "rules.1.calendar": {""}, "rules.1.first": {""}, "rules.1.update": {""}, "rules.1.solution": {""}}
	page := admin.Post("/desk/policies/edit", form).Want(200)
	if rows := page.Doc.Find("#samples-table tbody tr"); rows.Length() != 2 || !strings.Contains(rows.Text(), "9 Mar 2026") {
		t.Errorf("the preview: %s", page.Text("#samples"))
	}
	form.Set("rules.0.first", "soon")
	if page = admin.Post("/desk/policies/edit", form).Want(422); page.Doc.Find("input[name='rules.0.first']").AttrOr("value", "") != "soon" {
		t.Errorf("a refused limit: %s", page.Text("main"))
	}
	form.Set("rules.0.first", "1 h")
	form.Set("do", "save")
	page = admin.Post("/desk/policies/edit", form).Want(200)
	if page.Path != "/desk/policies" || page.Doc.Find("#rules-table tbody tr").Length() != 1 || !strings.Contains(page.Text("#versions-table"), "Faster") {
		t.Errorf("saved at %s: %s", page.Path, page.Text("main"))
	}
	p.Clock.Advance(2 * time.Minute)
	p.Drain()
	if page = admin.Get("/desk/policies").Want(200); !strings.Contains(page.Text("#passes-table"), "5 / 5") {
		t.Errorf("after the pass: %s", page.Text("#passes"))
	}
	portaltest.Check(t, admin, "/desk/policies", "/desk/policies?version=", "/desk/policies/edit?id=")
	admin.Get("/desk/policies?version=none").Want(404)
}
