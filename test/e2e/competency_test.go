package e2e

import (
	"bytes"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"path"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"hanse/internal/app/demodata"
	"hanse/internal/domain/account"
	"hanse/internal/domain/material"
	"hanse/internal/domain/program"
	"hanse/internal/domain/qualification"
	"hanse/internal/domain/record"
	"hanse/internal/kit/actor"
	"hanse/internal/kit/calendar"
	"hanse/internal/kit/db"
	"hanse/test/browser"
)

// cloudRoster are two people who bring what the role, two labels and the project managers ask. What the competency
// stage asks above that only the engineer of the journey holds.
const cloudRoster = `person_id,name,email,certificate,issued_on,expires_on,bound_on,registered
C-1,Anan Prom,anan@siamlink.example,HCCDP-GAUSSDB,2026-06-01,2029-05-31,2026-01-01,true
C-1,Anan Prom,anan@siamlink.example,HCCDP-SOLUTION-ARCHITECTURES,2026-06-01,2029-05-31,2026-01-01,true
C-1,Anan Prom,anan@siamlink.example,HCCDA-TECH-ESSENTIALS,2026-06-01,2029-05-31,2026-01-01,true
C-1,Anan Prom,anan@siamlink.example,PMP,2026-06-01,2029-05-31,2026-01-01,true
C-2,Boon Rak,boon@siamlink.example,HCCDP-GAUSSDB,2026-06-01,2029-05-31,2026-01-01,true
C-2,Boon Rak,boon@siamlink.example,HCCDP-SOLUTION-ARCHITECTURES,2026-06-01,2029-05-31,2026-01-01,true
C-2,Boon Rak,boon@siamlink.example,HCCDA-TECH-ESSENTIALS,2026-06-01,2029-05-31,2026-01-01,true
C-2,Boon Rak,boon@siamlink.example,PMP,2026-06-01,2029-05-31,2026-01-01,true
`

// expertExams are what the test center says of the engineer.
const expertExams = `provider,candidate_id,email,first_name,last_name,exam_code,exam_title,delivery_date,score,pass_mark,result,registration_id
PEARSON_VUE,HW888,dara@exam.example,Dara,Prak,H15-331,HCCDE-AI,2027-01-20,880,600,PASS,E2E-11
PEARSON_VUE,HW888,dara@exam.example,Dara,Prak,H15-531,HCCDE-GaussDB,2027-01-28,790,600,PASS,E2E-12
`

// daraMail is where the engineer signs in and is invited; the exams know another address.
const daraMail = "dara@home.example"

// TestAPartnerGoesFromInvitationToTheCompetencyStage: an engineer is invited, accepts by the mailed link and associates
// the address of the exams; with that the competency stage is met. The partner applies with cases and a business plan,
// is returned once, corrects, and gets the certificate.
func TestAPartnerGoesFromInvitationToTheCompetencyStage(t *testing.T) {
	t.Parallel()
	for _, in := range tongues {
		t.Run(in.lang, func(t *testing.T) {
			w := world(t)
			cases := w.cloudPartner(t)
			w.labels(t, cases[0])
			w.engineerJoins(t, in)
			app, plan := w.partnerAppliesForCompetency(t, in, cases)
			w.reviewerReturns(t, in, app, plan)
			w.partnerCorrects(t, in, app, plan)
			number := w.reviewerGrants(t, in, app, plan)
			c := w.As("service_partner_admin")
			c.Get("/certificates/" + number + "/certificate.pdf").Want(200)
			anybody := &person{browser.New(t, w.URL, browser.Options{Lang: in.accept}), t, in.lang}
			anybody.Go("/verify/" + number).met()
			anybody.See("Siam Link Systems").See(number).See(say(in.lang, "verify.valid"))
			anybody.Shot("competency-" + in.lang)
		})
	}
}

// actor is who a client signed in as, for verbs.
func (c *Client) actor() actor.Actor {
	c.w.t.Helper()
	r, err := http.NewRequestWithContext(c.w.t.Context(), "GET", c.w.URL, nil)
	must(c.w.t, err)
	r.RemoteAddr = "127.0.0.1:9"
	for _, x := range c.jar.Cookies(r.URL) {
		r.AddCookie(x)
	}
	by, err := c.w.Login.Authenticate(r)
	must(c.w.t, err)
	return by
}

// desk are the two reviewers of the demonstration.
func (w *World) desk() (first, second actor.Actor) {
	return w.As("vendor_reviewer").actor(), w.SignIn("ines.moreau@vendor.example", demodata.Password).actor()
}

// cloudPartner brings the service partner of the demonstration into the service path, certified in its role, with two
// cases that passed and two appointed project managers.
func (w *World) cloudPartner(t *testing.T) (cases []string) {
	t.Helper()
	ctx, by := t.Context(), w.As("service_partner_admin").actor()
	imp, err := w.Roster.ImportNow(ctx, by, by.Account, "cloud.csv", strings.NewReader(cloudRoster), false, nil)
	must(t, err)
	if imp.Errors > 0 {
		t.Fatalf("the roster has %d errors", imp.Errors)
	}
	_, err = w.Roster.ConfirmAll(ctx, actor.Program("consents on paper"), by.Account, "somchai@siamlink.example")
	must(t, err)
	facts, err := w.Qualification.ServiceFacts(ctx, by, by.Account, time.Time{})
	must(t, err)
	facts.ProjectManagers = []string{w.bindingOf(t, "anan@siamlink.example").ID, w.bindingOf(t, "boon@siamlink.example").ID}
	must(t, w.Qualification.SetFacts(ctx, by, by.Account, facts))
	w.Drain()
	cases = []string{w.caseOf(t, by, "Harbour moves to the cloud"), w.caseOf(t, by, "A bank's new database")}
	if running, err := w.Qualification.RunningOf(ctx, w.DB.Read(), by.Account); err != nil {
		t.Fatal(err)
	} else if qualification.RunningIn(running, "membership-hcpn", "joined") == nil {
		w.granted(t, by, "membership-hcpn", "joined")
	}
	must(t, w.DB.Update(ctx, func(tx *db.Tx) error {
		_, err := w.Qualification.GrantSelf(ctx, tx, by, by.Account, "path-service", "selected")
		return err
	}))
	w.Drain()
	w.granted(t, by, "path-service", "role", cases[0])
	return cases
}

// labels grants two labels of the list through their phases.
func (w *World) labels(t *testing.T, kase string) {
	t.Helper()
	by := w.As("service_partner_admin").actor()
	w.granted(t, by, "competency-database", "certified", kase)
	w.granted(t, by, "competency-sap", "certified", kase)
}

// caseOf makes a case on Huawei Cloud that has passed its review.
func (w *World) caseOf(t *testing.T, by actor.Actor, title string) string {
	t.Helper()
	ctx := t.Context()
	first, _ := w.desk()
	m, err := w.Material.Create(ctx, by, material.NewMaterial{Partner: by.Account, Kind: material.Case, Fields: material.Fields{Title: title,
		Summary: "Planned, moved and run by us.", Customer: "Laem Chabang Port", Industry: "Transport",
		FinishedOn: calendar.DayOf(w.Clock.Now()).AddDays(-60), HuaweiCloud: true}})
	must(t, err)
	_, err = w.Material.AddFile(ctx, by, m.ID, "case.pdf", bytes.NewReader(w.paper()))
	must(t, err)
	v, err := w.Material.Material(ctx, by, m.ID)
	must(t, err)
	m, err = w.Material.Submit(ctx, by, m.ID, v.Edition)
	must(t, err)
	_, err = w.Material.Pass(ctx, first, m.ID, m.Edition)
	must(t, err)
	return m.ID
}

// granted brings a complete application through all its phases.
func (w *World) granted(t *testing.T, by actor.Actor, programID, level string, materials ...string) {
	t.Helper()
	ctx, q := t.Context(), w.Qualification
	a, err := q.Draft(ctx, by, qualification.DraftInput{Program: programID, Level: level})
	must(t, err)
	f := a.Form
	f.ContactPhone, f.ApplicantName, f.ApplicantEmail = "+66 2 555 0100", by.Name, "malee@siamlink.example"
	a, err = q.SaveForm(ctx, by, a.ID, a.Edition, f)
	must(t, err)
	a, err = q.AttachMaterials(ctx, by, a.ID, a.Edition, materials)
	must(t, err)
	v, err := q.Application(ctx, by, a.ID)
	must(t, err)
	for i, place := range v.Places {
		_, err := q.AddEvidence(ctx, by, a.ID, qualification.NewEvidence{Ask: place.Ask.ID, Person: place.Person, Code: place.Code, Name: fmt.Sprintf("paper-%d.pdf", i)},
			bytes.NewReader(w.paper()))
		must(t, err)
	}
	v, err = q.Application(ctx, by, a.ID)
	must(t, err)
	a, err = q.Submit(ctx, by, a.ID, v.Edition, true)
	must(t, err)
	first, second := w.desk()
	a, err = q.Start(ctx, first, a.ID, a.Edition)
	must(t, err)
	for a.Phase == program.PhasePreliminary || a.Phase == program.PhaseTechnical {
		a, err = q.Pass(ctx, first, a.ID, a.Edition, "")
		must(t, err)
	}
	if a.Phase == program.PhaseCountersign {
		first = second
		a, err = q.Start(ctx, second, a.ID, a.Edition)
		must(t, err)
	}
	_, err = q.Approve(ctx, first, a.ID, a.Edition)
	must(t, err)
	w.Drain()
}

// engineerJoins is the engineer's way: exams that wait, an invitation, a yes, and the association of the exams' address.
func (w *World) engineerJoins(t *testing.T, in tongue) {
	t.Helper()
	imp, err := w.Record.ImportNow(t.Context(), actor.Program("cli"), "experts.csv", strings.NewReader(expertExams), false, nil)
	must(t, err)
	if imp.State != record.Done || imp.Errors != 0 {
		t.Fatalf("the feed ended as %s with %d errors", imp.State, imp.Errors)
	}
	_, err = w.Account.CreatePerson(t.Context(), actor.Program("test"), account.NewPerson{Name: "Dara Prak", Email: daraMail, Password: demodata.Password, Lang: in.lang})
	must(t, err)
	w.logins["expert"] = demodata.Login{Login: daraMail, Password: demodata.Password}

	p := w.sit(t, "service_partner_admin", in, browser.Options{})
	p.Go("/people/invitations/new").met()
	p.fill("to", daraMail)
	p.Press("button", say(in.lang, "members.invite.do")).met()
	w.Drain()
	e := w.sit(t, "expert", in, browser.Options{})
	e.Go(w.joinMail(t, daraMail)).met()
	e.check(`input[name=consent]`)
	e.Press("button", say(in.lang, "members.question.accept")).met()
	w.Drain()
	if p.Go("/qualifications/path-service?level=competency").met(); p.has(`#l-hccde.met`) {
		t.Error("the stage's line is met before the exams found their person")
	}
	w.associate(t, e, "dara@exam.example")
	p.Go("/qualifications/path-service?level=competency").met()
	for _, line := range []string{"hccde", "hccdp", "project-managers", "competencies", "role-certified", "unrestricted"} {
		if !p.has("#l-" + line + ".met") {
			t.Errorf("after the association line %s isn't met: %s", line, p.text("#l-"+line))
		}
	}
}

// has tells whether a selector finds anything.
func (p *person) has(selector string) bool {
	p.t.Helper()
	found, _, err := p.Has(selector)
	must(p.t, err)
	return found
}

// partnerAppliesForCompetency writes the business plan and hands in the application.
func (w *World) partnerAppliesForCompetency(t *testing.T, in tongue, cases []string) (app, plan string) {
	t.Helper()
	p := w.sit(t, "service_partner_admin", in, browser.Options{})
	file := filepath.Join(t.TempDir(), "plan.pdf")
	must(t, os.WriteFile(file, w.paper(), 0o600))
	p.Go("/materials/new?kind=business-plan").met()
	p.fill("title", "Three years of cloud services")
	p.Press("button", say(in.lang, "materials.begin")).met()
	plan = path.Base(p.Path())
	must(t, p.el(`#files input[type=file]`).SetFiles([]string{file}))
	p.click(`#files form[action$="/files"] button`)
	p.fill("summary", "Grow.").put("period_from", "2027-04-01")
	p.put("period_until", "2030-03-31")
	p.click(`#edit button[value=submit]`).met()

	p.Go("/qualifications/path-service/apply?level=competency").met()
	p.check(`input[name=level][value=competency]`)
	p.Press("button", say(in.lang, "qualify.begin.do")).met()
	app = path.Dir(p.Path())
	for name, value := range map[string]string{"form.contact_phone": "+66 2 555 0100", "form.applicant_name": "Malee Srisai", "form.applicant_email": "malee@siamlink.example",
		"form.applicant_phone": "+66 2 555 0101"} {
		p.fill(name, value)
	}
	p.Press("button", say(in.lang, "qualify.save_next")).met()
	if p.Path() != app+"/materials" {
		t.Fatalf("the form leads to %s: %.400s", p.Path(), p.text("main"))
	}
	for _, id := range append([]string{plan}, cases...) {
		p.check(`input[name=materials][value="` + id + `"]`)
	}
	p.click(`main form[action$="/materials"] button.primary`).met()
	fields, err := p.Elements("#upload input[type=file]")
	must(t, err)
	for _, f := range fields {
		must(t, f.SetFiles([]string{file}))
	}
	p.Press("button", say(in.lang, "qualify.evidence.upload_next")).met()
	p.handIn(app)
	return app, plan
}

// check ticks a box that isn't.
func (p *person) check(selector string) {
	p.t.Helper()
	_, err := p.el(selector).Eval(`() => { if (!this.checked) this.click(); }`)
	must(p.t, err)
}

// handIn submits on the last page of an application.
func (p *person) handIn(app string) {
	p.t.Helper()
	p.check(`[name=truthful]`)
	p.Press("button", say(p.lang, "qualify.submit")).met()
	if p.Path() != app+"/submitted" {
		p.t.Fatalf("submitting leads to %s: %.800s", p.Path(), p.text("main"))
	}
}

const planIsThin, planMissing = "The plan has no figures.", "See the business plan, please."

// reviewerReturns finds the plan too thin.
func (w *World) reviewerReturns(t *testing.T, in tongue, app, plan string) {
	t.Helper()
	w.Drain()
	p := w.sit(t, "vendor_reviewer", in, browser.Options{})
	p.Go(review(app)).met()
	p.Press("button", say(in.lang, "reviewpage.start")).met()
	p.Go("/reviews/materials/" + plan).met()
	p.fill("reason", planIsThin)
	p.click(`form[action$="/fail"] button`).met()
	p.Go(review(app) + "/return").met()
	p.put("reason:", planMissing)
	p.Press("button", say(in.lang, "reviewpage.return.yes")).met()
	w.Drain()
}

// partnerCorrects reads why, mends the plan and hands both in again.
func (w *World) partnerCorrects(t *testing.T, in tongue, app, plan string) {
	t.Helper()
	p := w.sit(t, "service_partner_admin", in, browser.Options{})
	p.Go(app).met()
	p.See(planMissing)
	p.Go("/materials/" + plan).met()
	p.See(planIsThin)
	p.fill("summary", "Grow from 4 to 9 projects a year.")
	p.click(`#edit button[value=submit]`).met()
	p.Go(app + "/check").met()
	p.handIn(app)
	w.Drain()
}

// reviewerGrants passes the plan and grants the stage.
func (w *World) reviewerGrants(t *testing.T, in tongue, app, plan string) (number string) {
	t.Helper()
	p := w.sit(t, "vendor_reviewer", in, browser.Options{})
	p.Go("/reviews/materials/" + plan).met()
	p.Press("button", say(in.lang, "materials.pass")).met()
	p.Go(review(app)).met()
	if p.has(`form[action$="/start"]`) {
		p.click(`form[action$="/start"] button`).met()
	}
	p.Go(review(app) + "/approve").met()
	p.click(`main form[action$="/approve"] button`).met()
	if path.Dir(p.Path()) != "/certificates" {
		t.Fatalf("approving leads to %s: %.600s", p.Path(), p.text("main"))
	}
	w.Drain()
	u, err := url.Parse(p.Path())
	must(t, err)
	return path.Base(u.Path)
}
