package qualify_test

import (
	"bytes"
	"image"
	"image/png"
	"net/url"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"

	"hanse/internal/domain/account"
	"hanse/internal/domain/fixture"
	"hanse/internal/domain/program"
	"hanse/internal/domain/qualification"
	"hanse/internal/domain/roster"
	"hanse/internal/edge/portal/portaltest"
	"hanse/internal/edge/portal/qualify"
	"hanse/internal/edge/portal/review"
	"hanse/internal/edge/portal/verify"
	"hanse/internal/kit/actor"
	"hanse/internal/kit/calendar"
)

// A world is a portal with one partner that meets four stars of the standard of 2025, and a reviewer.
type world struct {
	*portaltest.Portal
	t       testing.TB
	partner actor.Actor
	vendor  actor.Actor
	crew    map[string]string
	applied string // the application that granted approved last
}

func newWorld(t testing.TB) *world {
	t.Helper()
	p := portaltest.New(t, func(p *portaltest.Portal) {
		qualify.Register(p.Site, p.Qualification, p.Press)
		review.Register(p.Site, p.Qualification)
		verify.Register(p.Site, p.Qualification, p.Badge, p.Press)
	})
	w := &world{Portal: p, t: t, crew: map[string]string{}}
	w.vendor = p.VendorUser(actor.Reviewer)
	w.partner = p.Partner("Northern Light Networks", account.SolutionProvider)
	until := today(p).AddYears(2)
	w.engineer("Ada Lund", until, "H3CSE")
	w.engineer("Bo Chen", today(p).AddDays(200), "H3CSE")
	w.engineer("Cy Tan", until, "H3CNE")
	w.engineer("Dee Wong", until, "H3CNE", "PMP")
	w.engineer("Eli Kok", today(p).AddDays(40), "H3CSE")
	fixture.Must(t, p.Qualification.SetFacts(t.Context(), w.partner, w.partner.Account, qualification.ServiceFacts{Hotline: program.Hotline7x24,
		HotlineNumber: "+65 6000 0000", ServiceEmail: "service@north.example", ServiceManager: w.crew["Dee Wong"],
		IssueTracking: program.TrackingAutomatic, EventsAttended: 3}))
	p.Drain()
	return w
}

func (w *world) engineer(name string, until calendar.Day, codes ...string) {
	w.t.Helper()
	id, err := w.Roster.Bind(w.t.Context(), w.partner, w.partner.Account, roster.Entry{Number: name, Name: name,
		Email: strings.ReplaceAll(strings.ToLower(name), " ", ".") + "@north.example", BoundOn: 18000, Registered: true})
	fixture.Must(w.t, err)
	for _, code := range codes {
		fixture.Must(w.t, w.Roster.AddCertificate(w.t.Context(), w.partner, w.partner.Account, id,
			roster.Cert{Code: code, IssuedOn: until.AddYears(-3), ExpiresOn: until}))
	}
	w.crew[name] = id
}

// draft begins an application by its page and returns its id.
func (w *world) draft(c *portaltest.Client, level string) string {
	w.t.Helper()
	p := c.Post("/applications", url.Values{"program": {"h3c-star"}, "level": {level}}).Want(200)
	id, ok := strings.CutSuffix(strings.TrimPrefix(p.Path, "/applications/"), "/form")
	if !ok {
		w.t.Fatalf("POST /applications leads to %s, want the form", p.Path)
	}
	return id
}

// filled completes a draft by its pages.
func (w *world) filled(c *portaltest.Client, id string) {
	w.t.Helper()
	form := c.Get("/applications/" + id + "/form").Want(200)
	q := url.Values{"edition": {value(form, "input[name=edition]")}, "then": {"next"}}
	form.Doc.Find("form [name^='form.']").Each(func(_ int, s *goquery.Selection) {
		name, _ := s.Attr("name")
		value, _ := s.Attr("value")
		q.Set(name, value)
	})
	for name, value := range map[string]string{"address": "1 Harbour Road", "contact_name": "Lin Yu", "contact_email": "lin@north.example",
		"applicant_name": "Mo Chen", "applicant_email": "mo@north.example", "manager_name": "Dee Wong"} {
		q.Set("form."+name, value)
	}
	c.Post("/applications/"+id+"/form", q).Want(200)
	w.enclose(c, id)
}

// enclose uploads every file that is asked for.
func (w *world) enclose(c *portaltest.Client, id string) {
	w.t.Helper()
	page := c.Get("/applications/" + id + "/evidence").Want(200)
	page.Doc.Find("input[type=file]").Each(func(_ int, s *goquery.Selection) {
		name, _ := s.Attr("name")
		file, body := "scan.png", picture()
		if name == "evidence:application-form" {
			file, body = "signed form.pdf", []byte(c.Get("/applications/"+id+"/application.pdf").Want(200).Body)
		}
		c.Upload("/applications/"+id+"/evidence", url.Values{"then": {"stay"}}, name, file, body).Want(200)
	})
}

// submitted is an application handed in by its pages.
func (w *world) submitted(c *portaltest.Client, level string) string {
	w.t.Helper()
	id := w.draft(c, level)
	w.filled(c, id)
	check := c.Get("/applications/" + id + "/check").Want(200)
	p := c.Post("/applications/"+id+"/submit", url.Values{"edition": {value(check, "#truth input[name=edition]")}, "truthful": {"on"}}).Want(200)
	if p.Path != "/applications/"+id+"/submitted" {
		w.t.Fatalf("submit leads to %s: %.400s", p.Path, p.Text("main"))
	}
	return id
}

// edition is what the service knows of an application.
func (w *world) edition(id string) string {
	w.t.Helper()
	a, err := w.Qualification.Application(w.t.Context(), w.vendor, id)
	fixture.Must(w.t, err)
	return strconv.FormatInt(a.Edition, 10)
}

// granted is a qualification by the whole way.
func (w *world) granted(level string) string {
	w.t.Helper()
	id := w.submitted(w.As(w.partner), level)
	w.applied = id
	v := w.As(w.vendor)
	v.Post("/reviews/"+id+"/start", url.Values{"edition": {w.edition(id)}}).Want(200)
	p := v.Post("/reviews/"+id+"/approve", url.Values{"edition": {w.edition(id)}}).Want(200)
	w.Drain()
	number, ok := strings.CutPrefix(p.Path, "/certificates/")
	if !ok {
		w.t.Fatalf("approve leads to %s: %.400s", p.Path, p.Text("main"))
	}
	return number
}

// later moves the clock and does what became due.
func (w *world) later(days int) {
	w.t.Helper()
	w.Clock.Advance(time.Duration(days) * 24 * time.Hour)
	w.Drain()
}

func picture() []byte {
	var b bytes.Buffer
	if err := png.Encode(&b, image.NewRGBA(image.Rect(0, 0, 40, 30))); err != nil {
		panic(err)
	}
	return b.Bytes()
}

func today(p *portaltest.Portal) calendar.Day { return calendar.DayOf(p.Clock.Now()) }

// value is what an entry of a page holds.
func value(p *portaltest.Page, selector string) string {
	v, _ := p.Doc.Find(selector).First().Attr("value")
	return v
}

func itoa(n int64) string { return strconv.FormatInt(n, 10) }
