package desk_test

import (
	"net/url"
	"strings"
	"testing"

	"hanse/internal/domain/fixture"
	"hanse/internal/domain/setting"
	"hanse/internal/domain/taxonomy"
	"hanse/internal/domain/ticket"
	"hanse/internal/edge/portal/portaltest"
	"hanse/internal/kit/actor"
)

func TestTheDeskSortsItsTicketsByLabelsPlanAndTimeLeft(t *testing.T) {
	p, _ := start(t)
	chen, admin, north := p.VendorUser(actor.SupportEngineer), p.VendorUser(actor.VendorAdmin), p.Partner("North")
	x, y := open(t, p, north, "Application"), open(t, p, north, "Voucher")
	c := p.As(chen)
	portaltest.Check(t, c, "/desk/labels", "/desk/"+x.No)
	page := c.Post("/desk/labels", url.Values{"name": {""}, "color": {"#1d5fbf"}}).Want(422)
	if !strings.Contains(page.Text("#new-label"), "at most 64") || page.Doc.Find("#l-name-0").Length() != 1 {
		t.Errorf("a label without a name: %s", page.Text("#new-label"))
	}
	c.Post("/desk/labels", url.Values{"name": {"Known issue"}, "color": {"#1d5fbf"}}).Want(200)
	labels, _, err := p.Ticket.Labels(t.Context(), chen, ticket.LabelFilter{})
	fixture.Must(t, err)
	id := text(labels[0].ID)
	c.Post("/desk/labels", url.Values{"id": {id}, "name": {"Known issue 7"}, "color": {"#1d5fbf"}}).Want(200)
	if got := c.Post("/desk/"+x.No+"/labels", url.Values{"label": {id}}).Want(200).Text("#labels"); !strings.Contains(got, "Known issue 7") {
		t.Errorf("the ticket's labels: %s", got)
	}
	portaltest.Check(t, c, "/desk", "/desk?label="+id, "/desk?plan=BASIC", "/desk/labels", "/desk/"+x.No)
	rows := func(path string) string { return c.Get(path).Want(200).Text("#queue-table tbody") }
	if got := rows("/desk?label=" + id); !strings.Contains(got, "Application") || strings.Contains(got, "Voucher") {
		t.Errorf("by label: %s", got)
	}
	if got := rows("/desk?plan=BASIC"); !strings.Contains(got, "Application") || !strings.Contains(got, "Voucher") {
		t.Errorf("by their plan: %s", got)
	}
	if got := rows("/desk?plan=PREMIUM"); got != "" {
		t.Errorf("by another plan: %s", got)
	}
	c.Post("/desk/views?plan=BASIC&label="+id, url.Values{"name": {"Known, basic"}, "query": {"plan=BASIC&label=" + id}}).Want(200)
	if href := c.Get("/desk").Doc.Find("nav.actions a").First().AttrOr("href", ""); !strings.Contains(href, "plan=BASIC") || !strings.Contains(href, "label="+id) {
		t.Errorf("the kept view leads to %s", href)
	}

	// A macro puts it on, without scripts too.
	a := p.As(admin)
	a.Post("/desk/macros", url.Values{"name": {"Mark"}, "label": {id}, "unlabel": {id}, "then": {"stay"}, "active": {"on"}}).Want(422)
	a.Post("/desk/macros", url.Values{"name": {"Mark"}, "label": {"7"}, "then": {"stay"}, "active": {"on"}}).Want(422)
	page = a.Post("/desk/macros", url.Values{"name": {"Mark"}, "label": {id}, "then": {"stay"}, "active": {"on"}}).Want(200)
	if got := page.Text("#macros-table"); !strings.Contains(got, "label: Known issue 7") {
		t.Errorf("macros: %s", got)
	}
	macros, err := p.Desk.Macros(t.Context(), admin)
	fixture.Must(t, err)
	portaltest.Check(t, a, "/desk/macros/"+macros[0].ID)
	c.Post("/desk/bulk", url.Values{"id": {y.No}, "do": {"macro"}, "macro": {macros[0].ID}, "key": {"k"}}).Want(200)
	if got := rows("/desk?label=" + id); !strings.Contains(got, "Voucher") {
		t.Errorf("after the macro: %s", got)
	}
	c.Post("/desk/"+x.No+"/labels", nil).Want(200) // none is ticked
	if v, err := p.Ticket.Get(t.Context(), chen, x.No); err != nil || len(v.Labels) != 0 {
		t.Errorf("labels %+v, %v; want none", v.Labels, err)
	}
	if got := p.As(north).Get("/desk/labels").Want(200).Text("main"); strings.Contains(got, "Known issue 7") {
		t.Error("a partner sees the vendor's labels")
	}
	c.Post("/desk/labels/"+id+"/remove", nil).Want(200)
	c.Post("/desk/bulk", url.Values{"id": {y.No}, "do": {"macro"}, "macro": {macros[0].ID}, "key": {"k2"}}).Want(422) // says that it's gone

	// How far "due soon" looks is a setting.
	if got := c.Get("/desk").Text("main"); !strings.Contains(got, "Due within 4 hours") {
		t.Errorf("tabs: %s", got)
	}
	fixture.Must(t, p.Setting.Change(t.Context(), admin, setting.Change{Key: setting.TicketDueSoon, Value: "168h"}))
	page = c.Get("/desk?view=soon").Want(200)
	if got := page.Text("#queue-table tbody"); !strings.Contains(page.Text("main"), "Due within 7 days") || !strings.Contains(got, "Application") {
		t.Errorf("due within a week: %s\n%s", got, page.Text("main"))
	}
}

func TestAChangeThatFindsNoUnitIsAskedAbout(t *testing.T) {
	p, _ := start(t)
	chen := p.VendorUser(actor.SupportEngineer)
	x := open(t, p, p.Partner("North"), "Application")
	set, err := taxonomy.Read(t.Context(), p.DB.Read())
	fixture.Must(t, err)
	kind, _ := set.ProblemType(taxonomy.TechConsult)
	form := url.Values{"problem_type": {kind.ID}}
	for _, q := range set.Products() {
		if kind.In(q.Category) {
			form.Set("product", q.ID)
		}
	}
	c := p.As(chen)
	if got := c.Get("/desk/" + x.No).Text("#change"); !strings.Contains(got, "You can go on without") {
		t.Errorf("before: %s", got)
	}
	page := c.Post("/desk/"+x.No+"/change", form).Want(409)
	if page.Doc.Find("#change[open] input[name=without_unit]").Length() != 1 || page.Doc.Find("#change select[name=problem_type] option[selected]").AttrOr("value", "") != kind.ID ||
		page.Doc.Find("#change select[name=product] option[selected]").AttrOr("value", "") != form.Get("product") || page.Doc.Find(".summary a[href='#f-without_unit']").Length() != 1 {
		t.Errorf("refused: %s", page.Text("#change"))
	}
	form.Set("without_unit", "on")
	page = c.Post("/desk/"+x.No+"/change", form).Want(200)
	if got := page.Text("#log"); !strings.Contains(got, "without taking a ticket of the plan") {
		t.Errorf("log: %s", got)
	}
	portaltest.Check(t, c, "/desk/"+x.No)
}
