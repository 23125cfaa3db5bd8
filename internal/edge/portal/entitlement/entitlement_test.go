package entitlement_test

import (
	"net/url"
	"strings"
	"testing"
	"time"

	"hanse/internal/domain/account"
	"hanse/internal/domain/entitlement"
	"hanse/internal/domain/fixture"
	"hanse/internal/domain/ledger/ledgertest"
	plandays "hanse/internal/edge/portal/entitlement"
	"hanse/internal/edge/portal/portaltest"
	"hanse/internal/kit/actor"
	"hanse/internal/kit/calendar"
	"hanse/internal/kit/db"
)

// start is the portal with a partner whose plan began today, a Friday.
func start(t *testing.T, l entitlement.Level) (p *portaltest.Portal, partner, desk actor.Actor) {
	p = portaltest.New(t, func(p *portaltest.Portal) { plandays.Register(p.Site, p.Entitlement, p.URL) })
	partner, desk = p.Partner("North"), p.VendorUser(actor.SupportEngineer)
	plan(t, p, partner, l)
	return p, partner, desk
}

func plan(t *testing.T, p *portaltest.Portal, by actor.Actor, l entitlement.Level) {
	t.Helper()
	now := p.Clock.Now()
	fixture.Must(t, p.DB.Update(t.Context(), func(tx *db.Tx) error {
		return entitlement.OnPlan(t.Context(), tx, by, entitlement.Plan{Account: by.Account, Level: l, From: now, Until: calendar.DayOf(now).AddYears(1).Time()})
	}))
}

func today(p *portaltest.Portal) calendar.Day { return calendar.DayOf(p.Clock.Now()) }

func form(first, last calendar.Day) url.Values {
	return url.Values{"kind": {"event_day"}, "first_on": {first.String()}, "last_on": {last.String()}, "topic": {"Spring sale"}, "contact": {"Lin Yu"}, "email": {"lin@north.example"}, "key": {"f1"}}
}

func edition(c *portaltest.Client, at string) string {
	v, _ := c.Get(at).Doc.Find("input[name=edition]").First().Attr("value")
	return v
}

func TestDaysAreAskedForApprovedMovedAndWithdrawn(t *testing.T) {
	p, partner, desk := start(t, entitlement.Standard)
	admin, queue := p.As(partner), p.As(desk)
	bad := form(today(p)+3, today(p)+20)
	page := admin.Post("/plan/days", bad)
	if got, _ := page.Doc.Find("#f-topic").Attr("value"); page.Status != 409 && page.Status != 422 || got != "Spring sale" {
		t.Fatalf("more days than there are: %d, topic %q", page.Status, got)
	}
	bad.Set("last_on", "soon")
	if page = admin.Post("/plan/days", bad); page.Status != 422 || !page.Has("#e-last_on") {
		t.Fatalf("no day: %d %s", page.Status, page.Text("main"))
	}
	typed := form(today(p)+3, today(p)+4)
	own := admin.Post("/plan/days", typed).Want(200).Path
	if again := admin.Post("/plan/days", typed).Want(200).Path; again != own {
		t.Errorf("a second press made %s beside %s", again, own)
	}
	at := strings.Replace(own, "/plan/days/", "/service-days/", 1)
	if list := queue.Get("/service-days").Want(200); !list.Has("a[href='" + at + "']") {
		t.Fatalf("the queue lacks %s: %s", at, list.Text("main"))
	}
	first := edition(queue, at)
	if page = queue.Post(at+"/refuse", url.Values{"edition": {first}}); page.Status != 422 || !page.Has("#e-answer") {
		t.Errorf("refused without words: %d", page.Status)
	}
	queue.Post(at+"/approve", url.Values{"edition": {first}, "answer": {"Two experts are on line."}}).Want(200)
	if page = queue.Post(at+"/approve", url.Values{"edition": {first}}); page.Status != 409 {
		t.Errorf("approved from a stale page: %d, want 409", page.Status)
	}
	if page = admin.Get(own).Want(200); !strings.Contains(page.Text("main"), "Two experts are on line.") {
		t.Errorf("the vendor's words aren't shown: %s", page.Text("main"))
	}
	file := admin.Get(own + "/calendar.ics")
	for _, want := range []string{"BEGIN:VCALENDAR\r\n", "METHOD:PUBLISH\r\n", "STATUS:CONFIRMED\r\n", "DTSTART;VALUE=DATE:" + compact(today(p)+3), "DTEND;VALUE=DATE:" + compact(today(p)+5), "Spring sale", "END:VCALENDAR\r\n"} {
		if !strings.Contains(file.Body, want) {
			t.Errorf("the calendar file lacks %q:\n%s", want, file.Body)
		}
	}
	for _, line := range strings.Split(file.Body, "\r\n") {
		if len(line) > 75 {
			t.Errorf("a line of %d bytes: %s", len(line), line)
		}
	}
	admin.Post(own+"/dates", url.Values{"edition": {edition(admin, own)}, "first_on": {(today(p) + 5).String()}, "last_on": {(today(p) + 5).String()}}).Want(200)
	if page = admin.Post(own+"/withdraw", url.Values{"edition": {edition(admin, own)}}).Want(200); !strings.Contains(page.Text(".head"), "Withdrawn") {
		t.Errorf("at the end: %s", page.Text(".head"))
	}
	if got := admin.Get("/plan/days/used/event_day").Want(200); !strings.Contains(got.Text("#uses"), "Given back") || !got.Has("#uses a[href='"+own+"']") {
		t.Errorf("the proof: %s", got.Text("#uses"))
	}
	if got := queue.Get("/service-days.csv?state=withdrawn"); got.Status != 200 || !strings.Contains(got.Body, "Spring sale") {
		t.Errorf("the export: %d %q", got.Status, got.Body)
	}
	p.Drain()
	ledgertest.Balanced(t, p.DB)
}

func compact(d calendar.Day) string { return strings.ReplaceAll(d.String(), "-", "") }

func session(p *portaltest.Portal) url.Values {
	at := today(p).AddDays(5).Time().Add(14 * time.Hour)
	return url.Values{"title_en": {"Container basics"}, "title_zh": {"容器入门"}, "mode": {"online"}, "place": {"https://meet.vendor.example/1"}, "starts_at": {at.In(calendar.Zone).Format("2006-01-02 15:04")}, "minutes": {"90"}, "key": {"s1"}}
}

func TestANeedBecomesATrainingThatIsJoinedAndCalledOff(t *testing.T) {
	p, partner, desk := start(t, entitlement.Standard)
	admin, queue := p.As(partner), p.As(desk)
	need := url.Values{"topic": {"Containers"}, "mode": {"onsite"}, "people": {"3"}, "contact": {"Lin Yu"}, "email": {"lin@north.example"}, "key": {"n1"}}
	if page := admin.Post("/plan/days/needs", need); page.Status != 422 || !page.Has("#e-mode") {
		t.Fatalf("at a site with STANDARD: %d %s", page.Status, page.Text("main"))
	}
	need.Set("mode", "online")
	admin.Post("/plan/days/needs", need).Want(200)
	box, _ := queue.Get("/service-days/trainings/new").Want(200).Doc.Find("input[name=needs]").First().Attr("value")
	typed := session(p)
	typed.Set("needs", box)
	bad := session(p)
	bad.Set("starts_at", "tomorrow")
	if page := queue.Post("/service-days/trainings", bad); page.Status != 422 || !page.Has("#e-starts_at") {
		t.Fatalf("no time: %d", page.Status)
	}
	at := queue.Post("/service-days/trainings", typed).Want(200).Path
	own := strings.Replace(at, "/service-days/", "/plan/days/", 1)
	p.Drain()
	if page := admin.Get(own).Want(200); strings.Contains(page.Text("main"), "meet.vendor.example") {
		t.Error("the link is shown before anybody takes part")
	}
	if page := admin.Post(own+"/join", nil).Want(200); !strings.Contains(page.Text("main"), "meet.vendor.example") {
		t.Errorf("the link isn't shown: %s", page.Text("main"))
	}
	if page := admin.Post(own+"/join", nil); page.Status != 409 {
		t.Errorf("joined twice: %d", page.Status)
	}
	if page := queue.Get(at).Want(200); !strings.Contains(page.Text("#seats"), partner.Name) && !strings.Contains(page.Text("#seats"), "North") {
		t.Errorf("who takes part: %s", page.Text("#seats"))
	}
	if file := admin.Get(own + "/calendar.ics"); !strings.Contains(file.Body, "T060000Z") || !strings.Contains(file.Body, "Container basics") {
		t.Errorf("the calendar file: %s", file.Body)
	}
	admin.Post(own+"/leave", nil).Want(200)
	admin.Post(own+"/join", nil).Want(200)
	queue.Post(at+"/cancel", url.Values{"edition": {edition(queue, at)}}).Want(200)
	p.Drain()
	x, err := entitlement.Available(t.Context(), p.DB.Read(), partner.Account, entitlement.Training, p.Clock.Now())
	if err != nil || x.Left != 1 || x.Used != 0 {
		t.Errorf("after it was called off: %+v, %v", x, err)
	}
	ledgertest.Balanced(t, p.DB)
}

func TestPlanDayPagesAreWholeInEveryLanguage(t *testing.T) {
	p, partner, desk := start(t, entitlement.Premium)
	admin, queue := p.As(partner), p.As(desk)
	portaltest.Check(t, admin, "/plan/days", "/plan/days/new", "/plan/days/needs/new", "/plan/days/used/ticket")
	portaltest.Check(t, queue, "/service-days", "/service-days/trainings", "/service-days/trainings/new")
	own := admin.Post("/plan/days", form(today(p)+3, today(p)+4)).Want(200).Path
	admin.Post("/plan/days/needs", url.Values{"topic": {"Containers"}, "mode": {"onsite"}, "people": {"3"}, "contact": {"Lin Yu"}, "email": {"lin@north.example"}}).Want(200)
	at := queue.Post("/service-days/trainings", session(p)).Want(200).Path
	training := strings.Replace(at, "/service-days/", "/plan/days/", 1)
	admin.Post(training+"/join", nil).Want(200)
	desking := strings.Replace(own, "/plan/days/", "/service-days/", 1)
	channel := "/channel/" + partner.Account
	portaltest.Check(t, admin, "/plan/days", own, training, "/plan/days/used/event_day", "/plan/days/used/training")
	portaltest.Check(t, queue, "/service-days", "/service-days?state=approved", desking, "/service-days/trainings", "/service-days/trainings/new", at,
		channel+"/plan/days", channel+own, channel+training, channel+"/plan/days/used/event_day")
	plan(t, p, partner, entitlement.Basic)
	portaltest.Check(t, admin, "/plan/days", own)
}

func TestStrangersDoNotSeePlanDays(t *testing.T) {
	p, partner, _ := start(t, entitlement.Standard)
	own := p.As(partner).Post("/plan/days", form(today(p)+3, today(p)+4)).Want(200).Path
	other := p.As(p.Partner("South", account.Reseller))
	for _, path := range []string{own, own + "/calendar.ics", "/service-days", "/service-days.csv", "/service-days/trainings", "/service-days/trainings/new", strings.Replace(own, "/plan/days/", "/service-days/", 1),
		"/channel/" + partner.Account + "/plan/days", "/plan/days/used/gold"} {
		other.Get(path).Want(404)
	}
	other.Post(own+"/withdraw", url.Values{"edition": {"1"}}).Want(404)
	p.As(p.VendorUser(actor.ProgramManager)).Get("/service-days").Want(403)
	p.As(p.VendorUser(actor.Auditor)).Post(strings.Replace(own, "/plan/days/", "/service-days/", 1)+"/approve", url.Values{"edition": {"1"}}).Want(403)
}
