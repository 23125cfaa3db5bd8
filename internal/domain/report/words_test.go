package report

import (
	"slices"
	"testing"
	"time"

	"hanse/internal/domain/program"
	"hanse/internal/kit/calendar"
	"hanse/internal/kit/i18n"
	"hanse/programs"
)

func TestTimeLeftIsToldInDaysAndPressesAtTheEnd(t *testing.T) {
	now := time.Date(2026, 3, 6, 2, 0, 0, 0, time.UTC) // 10:00 in Beijing
	day := func(s string) time.Time { d, _ := calendar.ParseDay(s); return d.Time() }
	for _, tc := range []struct {
		due   time.Time
		words string
		alarm Alarm
	}{
		{day("2026-03-07"), "Due today", Urgent}, // midnight: the end of the 6th
		{day("2026-03-08"), "1 day left", Soon},
		{day("2026-04-06"), "30 days left", Soon},
		{day("2026-04-07"), "31 days left", Calm},
		{day("2026-03-06"), "1 day overdue", Urgent},
		{day("2026-03-02"), "5 days overdue", Urgent},
		{time.Time{}, "", Calm},
	} {
		words, alarm := until(tc.due, now)
		if got := i18n.Text(i18n.English, words); got != tc.words || alarm != tc.alarm {
			t.Errorf("until(%s) = %q, %d; want %q, %d", tc.due, got, alarm, tc.words, tc.alarm)
		}
	}
}

func TestWorkingTimeLeftIsToldInDaysThenHours(t *testing.T) {
	for _, tc := range []struct {
		left  time.Duration
		words string
		alarm Alarm
	}{
		{24 * time.Hour, "3 working days left", Calm},
		{9 * time.Hour, "1 working day left", Calm},
		{7 * time.Hour, "7 working hours left", Soon},
		{10 * time.Minute, "1 working hour left", Soon},
		{-time.Minute, "1 working hour overdue", Urgent},
		{-17 * time.Hour, "2 working days overdue", Urgent},
	} {
		words, alarm := Working(tc.left)
		if got := i18n.Text(i18n.English, words); got != tc.words || alarm != tc.alarm {
			t.Errorf("Working(%s) = %q, %d; want %q, %d", tc.left, got, alarm, tc.words, tc.alarm)
		}
	}
}

func TestTheMostPressingComesFirst(t *testing.T) {
	at := time.Date(2026, 3, 6, 2, 0, 0, 0, time.UTC)
	needs := []Need{{Href: "calm"}, {Href: "loud", Alarm: Urgent}, {Href: "later", Due: at.Add(time.Hour)}, {Href: "late", Due: at}}
	slices.SortStableFunc(needs, pressing)
	var got []string
	for _, n := range needs {
		got = append(got, n.Href)
	}
	if want := []string{"late", "later", "loud", "calm"}; !slices.Equal(got, want) {
		t.Errorf("order %v, want %v", got, want)
	}
}

func TestALapsingCertificateIsForeseenWithItsHolderAndDay(t *testing.T) {
	lib, err := programs.Library()
	if err != nil {
		t.Fatal(err)
	}
	v, _ := lib.Find("h3c-star@2025")
	day := func(s string) calendar.Day { d, _ := calendar.ParseDay(s); return d }
	today := day("2026-03-06")
	holder := func(id, until string) program.Person {
		return program.Person{ID: id, Name: id, Registered: true, Certificates: []program.Certificate{{Code: "H3CNE", IssuedOn: day("2025-01-01"), ExpiresOn: day(until)}}}
	}
	f := &program.Facts{People: []program.Person{holder("early", "2026-04-10"), holder("late", "2028-01-01")}, Hotline: "5x8", ServiceEmail: true,
		ServiceManager: "late", IssueTracking: "manual", EventsAttended: 1}
	if got, ok := firstLoss(v, f, "two-star", today); !ok || got.line != "junior-engineer" || got.on != day("2026-04-11") || len(got.who) != 1 || got.who[0].Person != "early" {
		t.Errorf("firstLoss = %+v, %v; want junior-engineer on 2026-04-11 by early", got, ok)
	}
	f.People = append(f.People, holder("spare", "2028-01-01"))
	if got, ok := firstLoss(v, f, "two-star", today); ok {
		t.Errorf("firstLoss with a spare engineer = %+v, want none", got)
	}
	if got, ok := firstLoss(v, f, "four-star", today); ok {
		t.Errorf("firstLoss of a level that isn't met = %+v, want none: it's lost already", got)
	}
}

func TestEveryRecordedDeedHasWords(t *testing.T) {
	for _, d := range Deeds() {
		for _, lang := range i18n.Languages {
			if s := i18n.Text(lang, d.Name); s == "" || s[0] == '?' {
				t.Errorf("%s in %s: %q", d.Verb, lang, s)
			}
		}
	}
	if got := i18n.Text(i18n.English, DeedName("no.such")); got != "Other: no.such" {
		t.Errorf("DeedName of an unknown verb = %q, want the verb", got)
	}
}
