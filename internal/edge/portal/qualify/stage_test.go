package qualify_test

import (
	"bytes"
	"net/url"
	"strings"
	"testing"

	"hanse/internal/domain/account"
	"hanse/internal/domain/fixture"
	"hanse/internal/domain/material"
	"hanse/internal/domain/qualification"
	"hanse/internal/domain/roster"
	"hanse/internal/edge/portal/portaltest"
	"hanse/internal/kit/actor"
	"hanse/internal/kit/calendar"
	"hanse/internal/kit/db"
)

// A labelled is a portal with a partner that may ask for the label of Ascend Cloud, with a case under review.
type labelled struct {
	*world
	second actor.Actor // another reviewer
	kase   material.Material
}

func newLabelled(t testing.TB) *labelled {
	t.Helper()
	w := &labelled{world: newWorld(t)}
	w.second = w.VendorUser(actor.Reviewer, actor.ProgramManager)
	w.partner = w.Partner("Cloud Harbour", account.SolutionProvider)
	until := today(w.Portal).AddYears(2)
	for _, name := range []string{"Fay Wu", "Gus Oh"} {
		id, err := w.Roster.Bind(t.Context(), w.partner, w.partner.Account, roster.Entry{Number: name, Name: name,
			Email: strings.ReplaceAll(strings.ToLower(name), " ", ".") + "@harbour.example", BoundOn: 18000, Registered: true})
		fixture.Must(t, err)
		fixture.Must(t, w.Roster.AddCertificate(t.Context(), w.partner, w.partner.Account, id,
			roster.Cert{Code: "HCCDP-AI", IssuedOn: until.AddYears(-3), ExpiresOn: until}))
	}
	_, err := w.Roster.ConfirmAll(t.Context(), actor.Program("consents"), w.partner.Account)
	fixture.Must(t, err)
	w.Drain()
	w.kase = w.handIn()
	return w
}

// handIn puts a case under review.
func (w *labelled) handIn() material.Material {
	w.t.Helper()
	ctx := w.t.Context()
	m, err := w.Material.Create(ctx, w.partner, material.NewMaterial{Partner: w.partner.Account, Kind: material.Case, Fields: material.Fields{
		Title: "Vision for a port", Summary: "Cranes see.", Customer: "Port of X", FinishedOn: today(w.Portal).AddMonths(-2), HuaweiCloud: true}})
	fixture.Must(w.t, err)
	_, err = w.Material.AddFile(ctx, w.partner, m.ID, "case.png", bytes.NewReader(picture()))
	fixture.Must(w.t, err)
	v, err := w.Material.Material(ctx, w.partner, m.ID)
	fixture.Must(w.t, err)
	m, err = w.Material.Submit(ctx, w.partner, m.ID, v.Edition)
	fixture.Must(w.t, err)
	return m
}

const label = "competency-ascend-cloud"

// handedIn is an application for the label, by its pages.
func (w *labelled) handedIn(c *portaltest.Client) string {
	w.t.Helper()
	p := c.Post("/applications", url.Values{"program": {label}, "level": {"certified"}}).Want(200)
	id, ok := strings.CutSuffix(strings.TrimPrefix(p.Path, "/applications/"), "/form")
	if !ok {
		w.t.Fatalf("POST /applications leads to %s: %.300s", p.Path, p.Text("main"))
	}
	w.filled(c, id) // the product is asked too, and left empty
	form := c.Get("/applications/" + id + "/form").Want(200)
	if !form.Has("input[name='form.product']") {
		w.t.Fatal("the form doesn't ask for the product")
	}
	q := url.Values{"edition": {value(form, "input[name=edition]")}, "then": {"next"}}
	for name, x := range map[string]string{"company": "Cloud Harbour", "address": "1 Harbour Road", "contact_name": "Lin Yu", "contact_email": "lin@harbour.example",
		"applicant_name": "Mo Chen", "applicant_email": "mo@harbour.example", "product": "PortCloud 3"} {
		q.Set("form."+name, x)
	}
	if p := c.Post("/applications/"+id+"/form", q).Want(200); p.Path != "/applications/"+id+"/materials" {
		w.t.Fatalf("the form leads to %s, want the materials", p.Path)
	}
	choose := c.Get("/applications/" + id + "/materials").Want(200)
	p = c.Post("/applications/"+id+"/materials", url.Values{"edition": {value(choose, "#materials input[name=edition]")}, "materials": {w.kase.ID}}).Want(200)
	if p.Path != "/applications/"+id+"/evidence" {
		w.t.Fatalf("the materials lead to %s: %.300s", p.Path, p.Text("main"))
	}
	w.submit(c, id)
	return id
}

func (w *labelled) submit(c *portaltest.Client, id string) {
	w.t.Helper()
	p := c.Post("/applications/"+id+"/submit", url.Values{"edition": {w.edition(id)}, "truthful": {"on"}}).Want(200)
	if p.Path != "/applications/"+id+"/submitted" {
		w.t.Fatalf("submit leads to %s: %.600s", p.Path, p.Text("main"))
	}
}

// complete fills an application in and hands it in.
func (w *labelled) complete(a qualification.Application) {
	w.t.Helper()
	f := a.Form
	f.Address, f.ContactName, f.ContactEmail = "1 Harbour Road", "Lin Yu", "lin@harbour.example"
	f.ApplicantName, f.ApplicantEmail = "Mo Chen", "mo@harbour.example"
	_, err := w.Qualification.SaveForm(w.t.Context(), w.partner, a.ID, a.Edition, f)
	fixture.Must(w.t, err)
	c := w.As(w.partner)
	w.enclose(c, a.ID)
	w.submit(c, a.ID)
}

// does posts a decision of a reviewer.
func (w *labelled) does(by actor.Actor, id, what string, more url.Values) *portaltest.Page {
	w.t.Helper()
	q := url.Values{"edition": {w.edition(id)}}
	for k, v := range more {
		q[k] = v
	}
	return w.As(by).Post("/reviews/"+id+"/"+what, q)
}

func TestALabelGoesThroughItsPhasesByItsPages(t *testing.T) {
	w := newLabelled(t)
	c, v := w.As(w.partner), w.As(w.vendor)
	id := w.handedIn(c)
	if got := c.Get("/applications/" + id).Text(".head"); !strings.Contains(got, "Submitted") {
		t.Errorf("handed in: %q", got)
	}
	w.does(w.vendor, id, "start", nil).Want(200)
	portaltest.Check(t, v, "/reviews/"+id, "/reviews/"+id+"/pass", "/reviews/"+id+"/return", "/reviews/"+id+"/reject", "/reviews")
	w.does(w.vendor, id, "pass", url.Values{"note": {"Everything is there."}}).Want(200)
	if got := c.Get("/applications/" + id).Text(".head"); !strings.Contains(got, "Technical review") {
		t.Errorf("after the preliminary review: %q", got)
	}
	refused := w.does(w.vendor, id, "pass", nil).Want(409)
	if !strings.Contains(refused.Text("main"), "Vision for a port") {
		t.Errorf("the refusal doesn't name the material: %.300s", refused.Text("main"))
	}
	_, err := w.Material.Pass(t.Context(), w.vendor, w.kase.ID, w.kase.Edition)
	fixture.Must(t, err)
	w.does(w.vendor, id, "pass", nil).Want(200)
	own := v.Get("/reviews/" + id).Want(200)
	if !strings.Contains(own.Text("main"), "Somebody else countersigns") || own.Has("form[action$='/start']") {
		t.Error("who passed the technical review is offered to countersign it")
	}
	portaltest.Check(t, c, "/applications/"+id)
	w.does(w.second, id, "start", nil).Want(200)
	portaltest.Check(t, w.As(w.second), "/reviews/"+id+"/approve")
	granted := w.does(w.second, id, "approve", nil).Want(200)
	if !strings.HasPrefix(granted.Path, "/certificates/") || !strings.Contains(granted.Text("main"), "PortCloud 3") {
		t.Fatalf("approve leads to %s: %.300s", granted.Path, granted.Text("main"))
	}
	number := strings.TrimPrefix(granted.Path, "/certificates/")
	if got := w.Nobody().Get("/verify/" + number).Want(200).Text("main"); !strings.Contains(got, "PortCloud 3") {
		t.Errorf("the public page doesn't name the product: %.300s", got)
	}
	portaltest.Check(t, c, "/certificates/"+number, "/qualifications/"+label, "/qualifications")
	c.Get("/certificates/" + number + "/certificate.pdf").Want(200)
}

func TestABanIsShownWhereOneWouldApply(t *testing.T) {
	w := newLabelled(t)
	c := w.As(w.partner)
	id := w.handedIn(c)
	w.does(w.vendor, id, "start", nil).Want(200)
	w.does(w.vendor, id, "return", url.Values{"reason:material:case": {"The customer isn't named."}}).Want(200)
	page := c.Get("/applications/" + id).Want(200)
	if got := page.Text("main"); !strings.Contains(got, "The customer isn't named.") || !strings.Contains(page.Text(".head"), "Materials to update") {
		t.Errorf("returned: %.400s", got)
	}
	portaltest.Check(t, c, "/applications/"+id, "/applications/"+id+"/materials", "/applications/"+id+"/check", "/applications/"+id+"/withdraw", "/qualifications/"+label)
	w.later(31)
	for _, path := range []string{"/applications/" + id, "/qualifications/" + label, "/qualifications/" + label + "/apply", "/qualifications"} {
		if got := c.Get(path).Want(200).Text("main"); !strings.Contains(got, "You may apply again on") {
			t.Errorf("GET %s doesn't tell of the ban: %.300s", path, got)
		}
	}
	if p := c.Post("/applications", url.Values{"program": {label}, "level": {"certified"}}); p.Status == 200 && strings.HasPrefix(p.Path, "/applications/") {
		t.Errorf("a banned partner begins an application: %s", p.Path)
	}
	portaltest.Check(t, c, "/qualifications/"+label, "/qualifications/"+label+"/apply", "/qualifications")
	v := w.As(w.second)
	list := "/channel/" + w.partner.Account + "/attestations"
	portaltest.Check(t, v, list, list+"/new")
	lift, ok := v.Get(list).Want(200).Doc.Find("#bans a[href$='/lift']").Attr("href")
	if !ok {
		t.Fatal("no ban to lift")
	}
	portaltest.Check(t, v, lift)
	v.Post(lift, url.Values{"reason": {""}}).Want(422)
	v.Post(lift, url.Values{"reason": {"The mail had gone astray."}}).Want(200)
	if got := c.Get("/qualifications/" + label).Want(200).Text("main"); strings.Contains(got, "You may apply again on") {
		t.Error("the ban is still shown after it was lifted")
	}
}

func TestAStageOfAPathIsSeenBesideTheNext(t *testing.T) {
	w := newLabelled(t)
	a, err := w.Qualification.Draft(t.Context(), w.partner, qualification.DraftInput{Program: "membership-hcpn", Level: "joined"})
	fixture.Must(t, err)
	w.complete(a)
	w.does(w.vendor, a.ID, "start", nil).Want(200)
	w.does(w.vendor, a.ID, "approve", nil).Want(200)
	fixture.Must(t, w.DB.Update(t.Context(), func(tx *db.Tx) error {
		_, err := w.Qualification.GrantSelf(t.Context(), tx, w.partner, w.partner.Account, "path-service", "selected")
		return err
	}))
	w.Drain()
	c, v := w.As(w.partner), w.As(w.vendor)
	page := c.Get("/qualifications/path-service").Want(200)
	if got := page.Text("#stages"); !strings.Contains(got, "Path selected") || !strings.Contains(got, "Role certified") {
		t.Errorf("stages: %q", got)
	}
	number := strings.TrimPrefix(page.Doc.Find("#stages a[href^='/certificates/']").AttrOr("href", ""), "/certificates/")
	base := "/channel/" + w.partner.Account
	portaltest.Check(t, c, "/qualifications/path-service", "/qualifications/path-learning", "/certificates/"+number, "/certificates", "/qualifications")
	portaltest.Check(t, v, base+"/qualifications/path-service")
	portaltest.Check(t, w.Nobody(), "/verify/"+number)
	v.Post(base+"/attestations/new", url.Values{"what": {"nothing"}, "on": {"2020-01-01"}}).Want(422)
	what, _ := v.Get(base + "/attestations/new").Want(200).Doc.Find("input[name=what]").Attr("value")
	done := v.Post(base+"/attestations/new", url.Values{"what": {what}, "on": {calendar.DayOf(w.Clock.Now()).String()}, "note": {"A lecture of two hours."}}).Want(200)
	back, ok := done.Doc.Find("#attestations a[href$='/withdraw']").Attr("href")
	if !ok {
		t.Fatalf("the attestation isn't listed: %.300s", done.Text("main"))
	}
	portaltest.Check(t, v, back)
	v.Post(back, url.Values{"reason": {"Another partner's."}}).Want(200)
}
