package forecast_test

import (
	"net/url"
	"strings"
	"testing"

	"hanse/internal/domain/account"
	"hanse/internal/domain/fixture"
	"hanse/internal/domain/program"
	"hanse/internal/domain/qualification"
	"hanse/internal/domain/roster"
	"hanse/internal/edge/portal/forecast"
	"hanse/internal/edge/portal/portaltest"
	"hanse/internal/kit/actor"
	"hanse/internal/kit/calendar"
)

// A world is a portal with one partner that meets three stars today; its first certificate ends in 120 days.
type world struct {
	*portaltest.Portal
	t       testing.TB
	partner actor.Actor
	vendor  actor.Actor
	crew    map[string]string
	today   calendar.Day
}

func newWorld(t testing.TB) *world {
	t.Helper()
	p := portaltest.New(t, func(p *portaltest.Portal) { forecast.Register(p.Site, p.Qualification) })
	w := &world{Portal: p, t: t, crew: map[string]string{}, today: calendar.DayOf(p.Clock.Now())}
	w.vendor = p.VendorUser(actor.Reviewer)
	w.partner = p.Partner("Northern Light Networks", account.SolutionProvider)
	w.engineer("Ada Lund", 700, "H3CNE")
	w.engineer("Bo Chen", 120, "H3CSE")
	w.engineer("Cy Tan", 700, "H3CNE")
	w.engineer("Dee Wong", 700, "H3CNE", "PMP")
	fixture.Must(t, p.Qualification.SetFacts(t.Context(), w.partner, w.partner.Account, qualification.ServiceFacts{Hotline: program.Hotline7x24,
		HotlineNumber: "+65 6000 0000", ServiceEmail: "service@north.example", ServiceManager: w.crew["Dee Wong"],
		IssueTracking: program.TrackingManual, EventsAttended: 3}))
	p.Drain()
	return w
}

func (w *world) engineer(name string, days int, codes ...string) {
	w.t.Helper()
	id, err := w.Roster.Bind(w.t.Context(), w.partner, w.partner.Account, roster.Entry{Number: name, Name: name,
		Email: strings.ReplaceAll(strings.ToLower(name), " ", ".") + "@north.example", BoundOn: 18000, Registered: true})
	fixture.Must(w.t, err)
	_, err = w.Roster.ConfirmAll(w.t.Context(), actor.Program("consents"), w.partner.Account)
	fixture.Must(w.t, err)
	for _, code := range codes {
		until := w.today.AddDays(days)
		fixture.Must(w.t, w.Roster.AddCertificate(w.t.Context(), w.partner, w.partner.Account, id,
			roster.Cert{Code: code, IssuedOn: until.AddYears(-3), ExpiresOn: until}))
	}
	w.crew[name] = id
}

const star = "/qualifications/h3c-star"

func (w *world) door() string { return "/channel/" + w.partner.Account }

func TestPagesAreWholeInBothLanguagesAndByBothDoors(t *testing.T) {
	w := newWorld(t)
	supposed := star + "/forecast?if=leave:" + w.crew["Bo Chen"] + "::" + w.today.AddDays(30).String()
	portaltest.Check(t, w.As(w.partner), star+"/forecast", star+"/forecast?for=apply&months=24", supposed, star+"/forecast?at=2030-01-01",
		star+"/advice", star+"/advice?level=four-star&track=certificates", star+"/advice?level=nothing")
	portaltest.Check(t, w.As(w.vendor), w.door()+star+"/forecast", w.door()+star+"/advice?level=four-star", "/channel/forecast", "/channel/forecast?months=24&at=2030-01-01")
}

func TestAForecastSaysWhatEndsTheLevel(t *testing.T) {
	w := newWorld(t)
	p := w.As(w.partner).Get(star + "/forecast").Want(200)
	if text := p.Text("#turns-table"); !strings.Contains(text, "Bo Chen") || !strings.Contains(text, "H3CSE") || !strings.Contains(text, "Three-star → No level") && !strings.Contains(text, "Three-star → Two-star") {
		t.Errorf("what changes: %q, want Bo Chen's certificate to end three stars", text)
	}
	if !p.Has("#time .spans svg .span.bad") || !p.Has("#time table") {
		t.Error("the chart has no span that is lost, or no table behind it")
	}
	later := w.As(w.partner).Get(star + "/forecast?at=" + w.today.AddDays(200).String()).Want(200)
	if !later.Has(".notice a[href='"+star+"/forecast']") || strings.Contains(later.Text("#turns-table"), "Bo Chen") {
		t.Error("as of a later day: want a notice with the way back, and no more of Bo Chen's certificate")
	}
}

func TestASuppositionIsComparedAndCanBeRemoved(t *testing.T) {
	w := newWorld(t)
	c := w.As(w.partner)
	day := w.today.AddDays(30).String()
	p := c.Get(star + "/forecast?" + url.Values{"kind": {"leave"}, "person": {w.crew["Bo Chen"]}, "day": {day}}.Encode()).Want(200)
	if !strings.Contains(p.Text("#what-if"), "Bo Chen leaves on") || !p.Has("#compare-table .tag.bad") || !p.Has("#lines-table") {
		t.Errorf("supposed: %q, want the exit, a lower level and the lines", p.Text("#what-if"))
	}
	link, _ := p.Doc.Find("#what-if li a").Attr("href")
	if p = c.Get(strings.TrimSuffix(link, "#what-if")).Want(200); p.Has("#compare-table") {
		t.Errorf("after %s the supposition is still there", link)
	}
	p = c.Get(star + "/forecast?kind=pass&person=&code=X&day=2000-01-01")
	if p.Status != 422 || !p.Has("#e-person") || !p.Has("#e-code") || !p.Has("#e-day") {
		t.Errorf("a supposition that can't be: %d, want person, code and day refused", p.Status)
	}
}

func TestAdviceIsAPlanWithCostAndReason(t *testing.T) {
	w := newWorld(t)
	p := w.As(w.partner).Get(star + "/advice?level=four-star&track=certificates").Want(200)
	if text := p.Text("#plan-table"); !strings.Contains(text, "Total") || !p.Has("#why") {
		t.Errorf("plan %q, want a total and a reason", text)
	}
	if !strings.Contains(p.Text("#steps"), "racking") {
		t.Errorf("steps %q, want automatic issue tracking", p.Text("#steps"))
	}
	if !p.Has("[id^=other-]") {
		t.Error("no other plan is shown")
	}
}

func TestTheChannelForecastLeadsToThePartner(t *testing.T) {
	w := newWorld(t)
	c := w.As(w.vendor)
	p := c.Get("/channel/forecast").Want(200)
	link, ok := p.Doc.Find("#falls-table th a").Attr("href")
	if !ok || !strings.HasPrefix(link, w.door()+star+"/forecast") || !strings.Contains(p.Text("#falls-table"), "Bo Chen") {
		t.Errorf("falls %q, want the partner with Bo Chen's certificate", p.Text("#falls-table"))
	}
	month, ok := p.Doc.Find("#months .heat a").Attr("href")
	if !ok {
		t.Fatal("no month leads to its falls")
	}
	if p = c.Get(strings.TrimSuffix(month, "#falls")).Want(200); !p.Has("#falls-table") {
		t.Errorf("%s lists nobody", month)
	}
	if got := c.Get("/channel/forecast.csv").Want(200).Body; !strings.Contains(got, "Northern Light Networks") {
		t.Errorf("the file %q has no partner", got)
	}
	w.As(w.partner).Get("/channel/forecast").Want(404)
}

func TestStrangersFindNothing(t *testing.T) {
	w := newWorld(t)
	stranger := w.Partner("Somebody Else", account.Reseller)
	w.As(stranger).Get(w.door() + star + "/advice").Want(404)
}
