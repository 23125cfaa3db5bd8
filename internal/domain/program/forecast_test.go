package program_test

import (
	"math/rand/v2"
	"slices"
	"testing"

	"hanse/internal/domain/program"
	"hanse/internal/kit/calendar"
)

// TestAForecastAgreesWithEveryDay walks day by day: the level of the forecast
// is the one that Evaluate finds, and every change of a line has its turn.
func TestAForecastAgreesWithEveryDay(t *testing.T) {
	versions := stars(t)
	r := rand.New(rand.NewPCG(41, 42))
	from, to := day.AddDays(-5), day.AddDays(110)
	turns := 0
	for i := range 60 {
		f, v := randomFacts(r, 5), versions[i%3]
		purpose := []program.Purpose{program.Apply, program.Hold}[i%2]
		o := program.Forecast(v, f, from, to, purpose)
		before := outcome(v, f, from, purpose)
		for d := from; d <= to; d++ {
			e := program.Evaluate(v, f, d.Time(), purpose)
			if got := o.Held(d); got != e.BestLevel {
				t.Fatalf("%s on %s: the forecast says %q, it is %q\n%+v", v.Ref(), d, got, e.BestLevel, f)
			}
			now := outcome(v, f, d, purpose)
			turn := slices.ContainsFunc(o.Turns, func(x program.Turn) bool { return x.Day == d })
			if turn != (now != before) {
				t.Fatalf("%s on %s: a turn %t, a change %t", v.Ref(), d, turn, now != before)
			}
			if turn {
				turns++
			}
			before = now
		}
		for _, x := range o.Turns {
			if len(x.Causes) == 0 || len(x.Lines) == 0 {
				t.Fatalf("%s: the turn of %s has no cause or no line: %+v", v.Ref(), x.Day, x)
			}
		}
	}
	if turns < 50 {
		t.Errorf("only %d turns were seen; the test proves little", turns)
	}
}

// engineers are four who reach four stars; C's certificate ends first.
func engineers() *program.Facts {
	cert := func(code string, until calendar.Day) program.Certificate {
		return program.Certificate{Code: code, ExpiresOn: until}
	}
	late := calendar.Date(2028, 1, 1)
	return &program.Facts{
		Hotline: program.Hotline7x24, ServiceEmail: true, ServiceManager: "A", IssueTracking: program.TrackingAutomatic, EventsAttended: 3,
		People: []program.Person{
			{ID: "A", Registered: true, Certificates: []program.Certificate{cert("H3CSE", late)}},
			{ID: "B", Registered: true, Certificates: []program.Certificate{cert("H3CSE", late)}},
			{ID: "C", Registered: true, Certificates: []program.Certificate{cert("H3CNE", calendar.Date(2026, 9, 30))}},
			{ID: "D", Registered: true, Certificates: []program.Certificate{cert("H3CSE", late), cert("PMP", late)}},
		}}
}

func TestAForecastNamesTheExpiryThatLosesALevel(t *testing.T) {
	v := find(t, "h3c-star@2025")
	o := program.Forecast(v, engineers(), day, day.AddYears(1), program.Hold)
	if len(o.Turns) != 1 {
		t.Fatalf("turns %+v, want one", o.Turns)
	}
	x := o.Turns[0]
	cause := program.Cause{Kind: program.CauseExpiry, Person: "C", Code: "H3CNE", Until: calendar.Date(2026, 9, 30)}
	if x.Day != calendar.Date(2026, 10, 1) || x.Before != "four-star" || x.After != "three-star" || !slices.Equal(x.Causes, []program.Cause{cause}) {
		t.Errorf("turn %+v, want four stars to become three on 2026-10-01 by C's H3CNE", x)
	}
	lost := slices.ContainsFunc(x.Lines, func(l program.LineTurn) bool {
		return l.Level == "four-star" && l.Line == "junior-engineer" && l.Lost() && l.Before == 2 && l.After == 1
	})
	if !lost {
		t.Errorf("lines %+v, want junior-engineer of four-star from 2 to 1", x.Lines)
	}
}

func TestSupposingAnExitOrAnExamChangesTheForecastAndNotTheFacts(t *testing.T) {
	v := find(t, "h3c-star@2025")
	f := engineers()
	leave := calendar.Date(2026, 8, 1)
	gone := program.Suppose(v, f, program.Event{Kind: program.SupposeLeave, Person: "D", Day: leave})
	if o := program.Forecast(v, gone, day, day.AddYears(1), program.Hold); o.Held(leave-1) != "four-star" || o.Held(leave) == "four-star" {
		t.Errorf("D leaves on %s: %q before, %q after; want the fourth star lost", leave, o.Held(leave-1), o.Held(leave))
	}
	passed := program.Suppose(v, f, program.Event{Kind: program.SupposePass, Person: "C", Code: "H3CNE", Day: calendar.Date(2026, 9, 1)})
	if o := program.Forecast(v, passed, day, day.AddYears(1), program.Hold); o.Held(day.AddYears(1)) != "four-star" {
		t.Errorf("C passes H3CNE again in time: %+v, want four stars all the year", o.Turns)
	}
	if f.People[3].LeftOn != calendar.None || len(f.People[2].Certificates) != 1 {
		t.Error("supposing changed the facts themselves")
	}
}

func TestAdviceNamesTheRenewalThatKeepsALevel(t *testing.T) {
	v := find(t, "h3c-star@2025")
	a := program.Advise(v, engineers(), program.Question{Level: "four-star", Track: "certificates", From: calendar.Date(2026, 8, 15), Purpose: program.Apply, Alternatives: 3})
	if len(a.Best.Actions) != 1 || a.Best.Actions[0].Kind != program.ActRenew || a.Best.Actions[0].Person != "C" || !a.Best.Exact {
		t.Fatalf("advice %+v, want C to renew H3CNE alone", a.Best)
	}
	if x := a.Best.Actions[0]; x.Until != a.Best.Ready || x.Held != calendar.Date(2026, 9, 30) || a.Best.Late {
		t.Errorf("action %+v of a plan for %s, want it done by then", x, a.Best.Ready)
	}
	if len(a.Others) == 0 {
		t.Error("no other plan is offered")
	}
	for _, p := range a.Others {
		if p.Compare(&a.Best) < 0 {
			t.Errorf("the other plan %+v is better than %+v", p, a.Best)
		}
	}
}

func TestAdviceLeavesWhatNoPersonBringsToSteps(t *testing.T) {
	v := find(t, "h3c-star@2025")
	a := program.Advise(v, &program.Facts{}, program.Question{Level: "two-star", Track: "certificates", From: day, Purpose: program.Apply})
	var steps []string
	for _, s := range a.Best.Steps {
		steps = append(steps, s.Line)
	}
	if want := []string{"hotline", "service-email", "issue-tracking", "events"}; !slices.Equal(steps, want) {
		t.Errorf("steps %v, want %v", steps, want)
	}
	if a.Best.Hires != 2 {
		t.Errorf("%d newcomers, want two: %+v", a.Best.Hires, a.Best.Actions)
	}
}

// TestAFleetShiftsOnTheDaysOfTheForecast compares the packed walk with the
// forecast of every partner.
func TestAFleetShiftsOnTheDaysOfTheForecast(t *testing.T) {
	lib := shipped(t)
	r := rand.New(rand.NewPCG(43, 44))
	from, to := day.AddDays(-5), day.AddDays(400)
	shifts := 0
	for _, v := range lib.Versions() {
		only, _ := lib.Only(v.Ref())
		fleet, err := program.NewFleet(only)
		if err != nil {
			t.Fatal(err)
		}
		var all []*program.Facts
		for range 120 {
			f := randomFacts(r, 6)
			f.Holdings = append(f.Holdings, program.Holding{Program: v.Program, Level: v.Levels[0].ID, From: day.AddDays(-10), Until: day.AddDays(30)})
			all = append(all, f)
			fleet.Add(lib.Catalogue.Pack(f))
		}
		fleet.Standings(0, from, to, 1, func(i int, s *program.Standing) {
			o := program.Forecast(v, all[i], from, to, program.Hold)
			if got := v.LevelIndex(o.Start.BestLevel); got != int(s.Start) {
				t.Errorf("%s: partner %d starts at %d, the forecast at %d", v.Ref(), i, s.Start, got)
			}
			if s.Granted != 0 {
				t.Errorf("%s: partner %d is granted level %d, want 0", v.Ref(), i, s.Granted)
			}
			var want []program.Shift
			for _, x := range o.Turns {
				if x.Before != x.After {
					want = append(want, program.Shift{Day: x.Day, Before: int8(v.LevelIndex(x.Before)), After: int8(v.LevelIndex(x.After))})
				}
			}
			same := slices.EqualFunc(s.Shifts, want, func(a, b program.Shift) bool { return a.Day == b.Day && a.Before == b.Before && a.After == b.After })
			if !same {
				t.Errorf("%s: partner %d shifts %+v, the forecast %+v", v.Ref(), i, s.Shifts, want)
			}
			shifts += len(want)
		})
	}
	if shifts < 30 {
		t.Errorf("only %d shifts were seen; the test proves little", shifts)
	}
}
