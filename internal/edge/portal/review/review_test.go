package review_test

import (
	"bytes"
	"image"
	"image/png"
	"net/url"
	"strconv"
	"strings"
	"testing"

	"hanse/internal/domain/account"
	"hanse/internal/domain/fixture"
	"hanse/internal/domain/program"
	"hanse/internal/domain/qualification"
	"hanse/internal/domain/roster"
	"hanse/internal/edge/portal/portaltest"
	"hanse/internal/edge/portal/qualify"
	"hanse/internal/edge/portal/review"
	"hanse/internal/kit/actor"
	"hanse/internal/kit/calendar"
)

// A world is a portal with a partner whose application for a level waits, and a reviewer.
type world struct {
	*portaltest.Portal
	t       testing.TB
	partner actor.Actor
	vendor  actor.Actor
	people  map[string]string
}

func newWorld(t testing.TB) *world {
	t.Helper()
	p := portaltest.New(t, func(p *portaltest.Portal) {
		qualify.Register(p.Site, p.Qualification, p.Press)
		review.Register(p.Site, p.Qualification)
	})
	return &world{Portal: p, t: t, vendor: p.VendorUser(actor.Reviewer), people: map[string]string{}}
}

func (w *world) today() calendar.Day { return calendar.DayOf(w.Clock.Now()) }

// submitted is an application of a new partner for a level.
func (w *world) submitted(partner, level string) string {
	w.t.Helper()
	ctx := w.t.Context()
	w.partner = w.Partner(partner, account.SolutionProvider)
	for name, codes := range map[string][]string{"Ada Lund": {"H3CSE"}, "Bo Chen": {"H3CSE"}, "Cy Tan": {"H3CNE"}, "Dee Wong": {"H3CNE", "PMP"}} {
		id, err := w.Roster.Bind(ctx, w.partner, w.partner.Account, roster.Entry{Number: name, Name: name,
			Email: strings.ReplaceAll(name+partner, " ", ".") + "@north.example", BoundOn: 18000, Registered: true})
		fixture.Must(w.t, err)
		w.people[name] = id
		for _, code := range codes {
			fixture.Must(w.t, w.Roster.AddCertificate(ctx, w.partner, w.partner.Account, id,
				roster.Cert{Code: code, IssuedOn: w.today().AddYears(-1), ExpiresOn: w.today().AddDays(300)}))
		}
	}
	fixture.Must(w.t, w.Qualification.SetFacts(ctx, w.partner, w.partner.Account, qualification.ServiceFacts{Hotline: program.Hotline7x24,
		HotlineNumber: "+65 6000 0000", ServiceEmail: "service@north.example", ServiceManager: w.people["Dee Wong"],
		IssueTracking: program.TrackingAutomatic, EventsAttended: 3}))
	w.Drain()
	a, err := w.Qualification.Draft(ctx, w.partner, qualification.DraftInput{Program: "h3c-star", Level: level})
	fixture.Must(w.t, err)
	f := a.Form
	f.Address, f.ContactName, f.ContactEmail = "1 Harbour Road", "Lin Yu", "lin@north.example"
	f.ApplicantName, f.ApplicantEmail, f.ManagerName = "Mo Chen", "mo@north.example", "Dee Wong"
	a, err = w.Qualification.SaveForm(ctx, w.partner, a.ID, a.Edition, f)
	fixture.Must(w.t, err)
	v, err := w.Qualification.Application(ctx, w.partner, a.ID)
	fixture.Must(w.t, err)
	for _, p := range v.Places {
		_, err := w.Qualification.AddEvidence(ctx, w.partner, a.ID, qualification.NewEvidence{Ask: p.Ask.ID, Person: p.Person, Code: p.Code, Name: "scan.png"},
			bytes.NewReader(picture()))
		fixture.Must(w.t, err)
	}
	v, err = w.Qualification.Application(ctx, w.partner, a.ID)
	fixture.Must(w.t, err)
	_, err = w.Qualification.Submit(ctx, w.partner, a.ID, v.Edition, true)
	fixture.Must(w.t, err)
	w.Drain()
	return a.ID
}

// edition is the one that a page shows now.
func (w *world) edition(id string) url.Values {
	w.t.Helper()
	a, err := w.Qualification.Application(w.t.Context(), w.vendor, id)
	fixture.Must(w.t, err)
	return url.Values{"edition": {strconv.FormatInt(a.Edition, 10)}}
}

func picture() []byte {
	var b bytes.Buffer
	if err := png.Encode(&b, image.NewRGBA(image.Rect(0, 0, 40, 30))); err != nil {
		panic(err)
	}
	return b.Bytes()
}

func TestEveryPageStandsInEveryLanguage(t *testing.T) {
	w := newWorld(t)
	v := w.As(w.vendor)
	portaltest.Check(t, v, "/reviews", "/reviews?whose=mine&due=overdue&state=submitted&program=h3c-star")
	id := w.submitted("Northern Light Networks", "four-star")
	r := "/reviews/" + id
	portaltest.Check(t, v, "/reviews", r, r+"/inspect")
	v.Post(r+"/start", w.edition(id)).Want(200)
	v.Post(r+"/comments", url.Values{"text": {"Call them"}, "internal": {"on"}}).Want(200)
	portaltest.Check(t, v, "/reviews?whose=mine", r, r+"/approve", r+"/return", r+"/reject")
}

func TestTheQueueIsSortedAndLeadsOn(t *testing.T) {
	w := newWorld(t)
	first := w.submitted("First Networks", "two-star")
	w.Clock.Advance(3600e9)
	second := w.submitted("Second Networks", "three-star")
	v := w.As(w.vendor)
	p := v.Get("/reviews").Want(200)
	var order []string
	for _, a := range p.Doc.Find("#queue-table th a").EachIter() {
		href, _ := a.Attr("href")
		order = append(order, href)
	}
	if len(order) != 2 || order[0] != "/reviews/"+first || order[1] != "/reviews/"+second {
		t.Errorf("queue = %v, want the first due first", order)
	}
	if next, _ := v.Get(order[0]).Want(200).Doc.Find("a[data-key=j]").Attr("href"); next != order[1] {
		t.Errorf("the key j leads to %q, want the next review %q", next, order[1])
	}
	if got := v.Get("/reviews.csv").Want(200).Body; strings.Count(got, "\n") != 3 {
		t.Errorf("reviews.csv = %q, want a head and two rows", got)
	}
	if p := v.Get("/reviews?whose=mine"); !p.Has(".empty") {
		t.Error("nobody took a review, but mine isn't empty")
	}
}

func TestOfTwoReviewersTheSecondIsToldWhoHasIt(t *testing.T) {
	w := newWorld(t)
	id := w.submitted("Northern Light Networks", "four-star")
	form := w.edition(id)
	w.As(w.vendor).Post("/reviews/"+id+"/start", form).Want(200)
	late := w.As(w.VendorUser(actor.Reviewer)).Post("/reviews/"+id+"/start", form)
	if late.Status != 409 || !strings.Contains(late.Text(".notice.warn"), w.vendor.Name) {
		t.Errorf("the second start = %d: %s, want 409 with the colleague's name", late.Status, late.Text(".notice.warn"))
	}
}

func TestWhatChangedSinceTheSubmissionIsShown(t *testing.T) {
	w := newWorld(t)
	id := w.submitted("Northern Light Networks", "four-star")
	v := w.As(w.vendor)
	if p := v.Get("/reviews/" + id).Want(200); p.Has("#differences") {
		t.Error("nothing changed, but differences are shown")
	}
	_, err := w.Qualification.ReportExit(t.Context(), w.partner, qualification.ExitInput{Partner: w.partner.Account, Person: w.people["Bo Chen"],
		On: w.today(), Reason: "leaving"})
	fixture.Must(t, err)
	w.Drain()
	v.Post("/reviews/"+id+"/start", w.edition(id)).Want(200)
	p := v.Get("/reviews/" + id).Want(200)
	if got := p.Text("#differences"); !strings.Contains(got, "Senior engineers") || !strings.Contains(got, "Not met any more") {
		t.Errorf("differences = %q, want the lost line", got)
	}
	portaltest.Check(t, v, "/reviews/"+id, "/reviews/"+id+"/approve")
	if p := v.Post("/reviews/"+id+"/approve", w.edition(id)); p.Status != 409 || !p.Has(".notice.warn") {
		t.Errorf("approving what isn't met = %d, want a conflict that says so", p.Status)
	}
}

func TestAnApprovalLeadsToTheCertificate(t *testing.T) {
	w := newWorld(t)
	id := w.submitted("Northern Light Networks", "four-star")
	v := w.As(w.vendor)
	v.Post("/reviews/"+id+"/start", w.edition(id)).Want(200)
	p := v.Post("/reviews/"+id+"/approve", w.edition(id)).Want(200)
	if !strings.HasPrefix(p.Path, "/certificates/H3C-STAR-") || !p.Has(".certificate") {
		t.Errorf("approve leads to %s", p.Path)
	}
	portaltest.Check(t, v, "/reviews/"+id, "/reviews")
}

func TestAReturnNeedsReasonsAndADay(t *testing.T) {
	w := newWorld(t)
	id := w.submitted("Northern Light Networks", "four-star")
	v := w.As(w.vendor)
	v.Post("/reviews/"+id+"/start", w.edition(id)).Want(200)
	form := w.edition(id)
	form.Set("until", "soon")
	if p := v.Post("/reviews/"+id+"/return", form); p.Status != 422 || !p.Has(".summary a") {
		t.Errorf("a return without reasons = %d: %s", p.Status, p.Text(".summary"))
	}
	form.Set("until", (w.today() + 7).String())
	form.Set("reason:line:hotline", "The number does not answer")
	v.Post("/reviews/"+id+"/return", form).Want(200)
	portaltest.Check(t, v, "/reviews/"+id)
	a, err := w.Qualification.Application(t.Context(), w.vendor, id)
	fixture.Must(t, err)
	if len(a.Reasons) != 1 || a.Reasons[0].Field != "line:hotline" {
		t.Errorf("reasons = %+v, want the one at the hotline", a.Reasons)
	}
}

func TestAnInspectionIsRecordedWithItsFiles(t *testing.T) {
	w := newWorld(t)
	id := w.submitted("Northern Light Networks", "four-star")
	v := w.As(w.vendor)
	form := url.Values{"inspected_on": {w.today().String()}, "inspector": {"Sun Hao"}, "passed": {"no"}}
	if p := v.Upload("/reviews/"+id+"/inspect", form, "files", "photo.png", picture()); p.Status != 422 || !p.Has("#e-findings") {
		t.Errorf("a failed inspection without findings = %d", p.Status)
	}
	form.Set("findings", "The router is used for production")
	p := v.Upload("/reviews/"+id+"/inspect", form, "files", "photo.png", picture()).Want(200)
	href, _ := p.Doc.Find("#inspections a[href*='/inspections/']").Attr("href")
	if f := v.Get(href).Want(200); f.Header.Get("Content-Type") != "image/png" {
		t.Errorf("the inspection's file is %s", f.Header.Get("Content-Type"))
	}
	portaltest.Check(t, v, "/reviews/"+id)
}

func TestOnlyTheVendorsReviewersReview(t *testing.T) {
	w := newWorld(t)
	id := w.submitted("Northern Light Networks", "four-star")
	for who, c := range map[string]*portaltest.Client{"the partner": w.As(w.partner), "a channel manager": w.As(w.VendorUser(actor.ChannelManager))} {
		for _, path := range []string{"/reviews", "/reviews/" + id, "/reviews/" + id + "/approve", "/reviews/" + id + "/inspect"} {
			if p := c.Get(path); p.Status != 403 {
				t.Errorf("GET %s by %s = %d, want 403", path, who, p.Status)
			}
		}
	}
	auditor := w.As(w.VendorUser(actor.Auditor))
	if p := auditor.Get("/reviews/" + id).Want(200); p.Has("form[action$='/start']") {
		t.Error("an auditor is offered to start a review")
	}
	if p := auditor.Post("/reviews/"+id+"/start", w.edition(id)); p.Status != 403 {
		t.Errorf("an auditor starts a review: %d, want 403", p.Status)
	}
}
