package program_test

import (
	"encoding/json"
	"strings"
	"testing"

	"hanse/internal/domain/program"
	"hanse/internal/kit/calendar"
	"hanse/internal/kit/i18n"
)

var later = day.AddYears(1)

func engineer(id string, certs ...program.Certificate) program.Person {
	return program.Person{ID: id, Name: "Name " + id, Registered: true, Certificates: certs}
}

func cert(code string, expires calendar.Day) program.Certificate {
	return program.Certificate{Code: code, ExpiresOn: expires}
}

// lineOf evaluates an application and picks one line of the first track.
func lineOf(t *testing.T, ref, level, line string, f *program.Facts) *program.LineResult {
	t.Helper()
	e := program.Evaluate(find(t, ref), f, day.Time(), program.Apply)
	l, _ := e.Level(level)
	r, ok := l.Tracks[0].Line(line)
	if !ok {
		t.Fatalf("%s %s has no line %s", ref, level, line)
	}
	return r
}

func TestEveryOtherPersonIsExplained(t *testing.T) {
	left := engineer("left", cert("H3CSE", later))
	left.LeftOn = day
	coming := engineer("coming", cert("H3CSE", later))
	coming.BoundOn = day + 1
	apart := engineer("apart", cert("H3CSE", later))
	apart.Registered = false
	future := program.Certificate{Code: "H3CSE", IssuedOn: day + 1}
	f := &program.Facts{People: []program.Person{
		left, coming, apart,
		engineer("expired", cert("H3CSE", day-1)), engineer("short", cert("H3CSE", day.AddMonths(3))),
		engineer("future", future), engineer("low", cert("H3CNE", later)), engineer("nothing"),
		engineer("best", cert("H3CSE", later+9)), engineer("next", cert("H3CSE", later+8)), engineer("spare", cert("H3CSE", later)),
	}}
	want := map[string]program.Reason{
		"left": program.Left, "coming": program.NotBoundYet, "apart": program.NotRegistered, "expired": program.Expired,
		"short": program.TooShort, "future": program.NotIssuedYet, "low": program.WrongKind, "nothing": program.WrongKind,
		"next": program.UsedElsewhere, "spare": program.Surplus,
	}
	r := lineOf(t, "h3c-star@2025", "three-star", "senior-engineer", f)
	if len(r.Slots) != 1 || r.Slots[0].Person != "best" || r.Slots[0].Certificate.ExpiresOn != later+9 {
		t.Errorf("slots = %+v, want best with the latest expiry", r.Slots)
	}
	if len(r.Others) != len(want) {
		t.Errorf("%d others, want %d", len(r.Others), len(want))
	}
	for _, o := range r.Others {
		if o.Reason != want[o.Person] {
			t.Errorf("%s: %s, want %s", o.Person, o.Reason, want[o.Person])
		}
		checkSaid(t, o.Why)
	}
}

// checkSaid holds that a message has a text in both languages with all its
// arguments.
func checkSaid(t *testing.T, m i18n.Msg) {
	t.Helper()
	for _, lang := range i18n.Languages {
		if s := i18n.Text(lang, m); s == "" || strings.Contains(s, "??") || strings.Contains(s, "<no value>") {
			t.Errorf("%s in %s = %q", m.Key, lang, s)
		}
	}
}

func TestGapsSayHowToCloseThem(t *testing.T) {
	apart := engineer("apart", cert("H3CNE", later))
	apart.Registered = false
	away := engineer("M")
	away.LeftOn = day
	for _, c := range []struct {
		ref, level, line string
		facts            program.Facts
		want             string
	}{
		{"h3c-star@2025", "two-star", "junior-engineer", program.Facts{}, "2 more persons with H3CNE or higher are needed."},
		{"h3c-star@2025", "four-star", "project-manager", program.Facts{}, "One more person with PMP / H3CNE-PM or higher is needed."},
		{"h3c-star@old", "four-star", "senior-engineer", program.Facts{}, "One more person with H3CSE-RS / H3CIE is needed."},
		{"h3c-star@2025", "two-star", "junior-engineer", program.Facts{People: []program.Person{
			engineer("A", cert("H3CNE", later)), engineer("B", cert("H3CNE", day+5))}},
			"One more person is needed: H3CNE of Name B ends on 2026-07-05, too soon for an application; have it renewed, or certify another person."},
		{"h3c-star@2025", "two-star", "junior-engineer", program.Facts{People: []program.Person{
			engineer("A", cert("H3CNE", later)), engineer("B", cert("H3CNE", day-5))}}, "One more person is needed: H3CNE of Name B lapsed on 2026-06-25"},
		{"h3c-star@2025", "two-star", "junior-engineer", program.Facts{People: []program.Person{
			engineer("A", cert("H3CNE", later)), apart}}, "One more person is needed: Name apart holds H3CNE but is not a registered engineer"},
		{"h3c-star@2025", "three-star", "minimum-persons", program.Facts{People: []program.Person{engineer("A")}}, "Register 2 more after-sales engineers."},
		{"h3c-star@old", "two-star", "minimum-persons", program.Facts{People: []program.Person{engineer("A"), engineer("B", cert("H3CNE", later))}},
			"One more registered engineer with a valid certificate of this standard is needed."},
		{"h3c-star@old", "four-star", "special-certificates", program.Facts{People: []program.Person{engineer("A", cert("H3CS-IMC", later))}},
			"One more certificate type is needed, out of H3CNE-SECURITY / H3CNE-X86."},
		{"h3c-star@2022", "four-star", "named-engineers", program.Facts{}, "Name 2 more registered engineers to the vendor."},
		{"h3c-star@2025", "two-star", "hotline", program.Facts{}, "Run the after-sales hotline 5×8; at present: none."},
		{"h3c-star@2025", "four-star", "hotline", program.Facts{Hotline: program.Hotline5x8}, "Run the after-sales hotline 7×24; at present: 5×8."},
		{"h3c-star@2025", "two-star", "service-email", program.Facts{}, "Set up a service mail address."},
		{"h3c-star@2025", "two-star", "service-manager", program.Facts{}, "Appoint a service manager."},
		{"h3c-star@2025", "two-star", "service-manager", program.Facts{ServiceManager: "X"}, "The service manager X is not on the roster"},
		{"h3c-star@2025", "two-star", "service-manager", program.Facts{ServiceManager: "M", People: []program.Person{away}},
			"Name M does not work for the company on this day"},
		{"h3c-star@2025", "four-star", "issue-tracking", program.Facts{IssueTracking: program.TrackingManual}, "Track customers' issues: automatic; at present: manual."},
		{"h3c-star@2025", "four-star", "events", program.Facts{EventsAttended: 2}, "Attend one more H3C training, meeting or forum."},
		{"h3c-star@old", "four-star", "major-project", program.Facts{}, "One more project with an equipment list price of at least US$1,000,000, finished in the last 3 years, is needed."},
		{"h3c-star@old", "three-star", "laboratory", program.Facts{Laboratory: []string{"high-end-router", "ap"}},
			"The laboratory lacks 1 × layer 3 switch, 1 × wireless controller (AC), 1 × access point (AP)."},
	} {
		r := lineOf(t, c.ref, c.level, c.line, &c.facts)
		if got := i18n.Text(i18n.English, r.Gap); !strings.HasPrefix(got, c.want) {
			t.Errorf("%s %s: gap %q, want %q", c.ref, c.line, got, c.want)
		}
		checkSaid(t, r.Gap)
		checkSaid(t, r.Needs)
		checkSaid(t, r.Has)
	}
}

func TestTheDecidingLineIsOfTheNearestTrack(t *testing.T) {
	f := &program.Facts{Hotline: program.Hotline7x24, ServiceManager: "A", IssueTracking: program.TrackingAutomatic, EventsAttended: 3,
		Credits: 590, People: []program.Person{engineer("A"), engineer("B"), engineer("C"), engineer("D")}}
	e := program.Evaluate(find(t, "h3c-star@2025"), f, day.Time(), program.Apply)
	four, _ := e.Level("four-star")
	if want := (program.Deciding{Track: "credits", Line: "credits"}); four.Deciding != want {
		t.Errorf("deciding = %+v, want %+v", four.Deciding, want)
	}
	three, _ := e.Level("three-star")
	if !three.Met || three.Deciding != (program.Deciding{}) || three.Best().Track != "credits" {
		t.Errorf("three stars: met %t, deciding %+v, best %s", three.Met, three.Deciding, three.Best().Track)
	}
}

func TestCountedCertificatesAreThoseWithASlot(t *testing.T) {
	f := &program.Facts{People: []program.Person{engineer("A", cert("H3CNE", later), cert("PMP", later)),
		engineer("B", cert("H3CSE", later)), engineer("C", cert("H3CSE", day))}}
	e := program.Evaluate(find(t, "h3c-star@2025"), f, day.Time(), program.Apply)
	three, _ := e.Level("three-star")
	var got []string
	for _, s := range three.Tracks[0].Counted() {
		got = append(got, s.Person+" "+s.Certificate.Code)
	}
	if s := strings.Join(got, ", "); s != "B H3CSE, A H3CNE, A PMP" {
		t.Errorf("Counted() = %s", s)
	}
}

func TestAReportIsStableJSON(t *testing.T) {
	e := program.Evaluate(find(t, "h3c-star@old"), &program.Facts{}, day.Time(), program.Hold)
	a, _ := json.Marshal(e.Report(i18n.English, true))
	b, _ := json.Marshal(e.Report(i18n.English, false))
	if string(a) != string(b) || strings.Contains(string(a), "null,") && !strings.Contains(string(a), `"best_level":null`) {
		t.Errorf("reports of nobody differ or have nulls:\n%s\n%s", a, b)
	}
	if !strings.HasPrefix(string(a), `{"program":"h3c-star","version":"old","at":"2026-06-29T16:00:00Z","for":"hold","best_level":null,"levels":[{"level":"two-star","met":false,"tracks":[{"track":"main",`) {
		t.Errorf("report begins %s", a[:200])
	}
}
