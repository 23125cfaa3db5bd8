package program_test

import (
	"encoding/json"
	"testing"
	"time"

	"hanse/internal/domain/program"
	"hanse/internal/kit/calendar"
	"hanse/programs"
)

func TestDump(t *testing.T) {
	l, err := programs.Library()
	if err != nil {
		t.Fatal(err)
	}
	v, _ := l.Find("h3c-star@2025")
	d, _ := calendar.ParseDay("2026-11-20")
	c := func(code string) program.Certificate { return program.Certificate{Code: code, ExpiresOn: d.AddYears(1)} }
	f := &program.Facts{Hotline: "7x24", ServiceManager: "A", IssueTracking: "automatic", EventsAttended: 3, People: []program.Person{
		{ID: "A", Registered: true, Certificates: []program.Certificate{c("H3CSE")}},
		{ID: "B", Registered: true, Certificates: []program.Certificate{c("H3CSE")}},
		{ID: "C", Registered: true, LeftOn: d, Certificates: []program.Certificate{c("H3CNE")}},
		{ID: "D", Registered: true, Certificates: []program.Certificate{c("H3CSE"), c("PMP")}},
	}}
	e := program.Evaluate(v, f, d.Time().Add(time.Hour), program.Apply)
	b, _ := json.MarshalIndent(e.Report("en", true), "", " ")
	t.Log(string(b))
}
