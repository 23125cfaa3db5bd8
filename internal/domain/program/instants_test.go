package program_test

import (
	"math/rand/v2"
	"slices"
	"testing"

	"hanse/internal/domain/program"
	"hanse/internal/kit/calendar"
)

// outcome is what a forecast watches: the met lines of every level and track.
func outcome(v *program.Version, f *program.Facts, d calendar.Day, purpose program.Purpose) string {
	s := ""
	e := program.Evaluate(v, f, d.Time(), purpose)
	for _, l := range e.Levels {
		for _, t := range l.Tracks {
			for _, r := range t.Lines {
				s += string(rune('0' + r.Have))
			}
		}
	}
	return s
}

// TestNothingChangesBetweenInstants walks day by day and finds every change
// among the instants.
func TestNothingChangesBetweenInstants(t *testing.T) {
	versions := stars(t)
	r := rand.New(rand.NewPCG(13, 14))
	from, to := day.AddDays(-5), day.AddDays(110)
	changes := 0
	for i := range 60 {
		f, v := randomFacts(r, 4), versions[i%3]
		purpose := []program.Purpose{program.Apply, program.Hold}[i%2]
		instants := program.Instants(v, f, from, to, purpose)
		before := outcome(v, f, from, purpose)
		for d := from + 1; d <= to; d++ {
			now := outcome(v, f, d, purpose)
			if now != before {
				changes++
				if !slices.Contains(instants, d) {
					t.Fatalf("%s %s changes on %s, which is none of %v\n%+v", v.Ref(), purpose, d, instants, f)
				}
			}
			before = now
		}
	}
	if changes < 20 {
		t.Errorf("only %d changes were seen; the test proves little", changes)
	}
}

func TestInstantsOfACertificateDependOnThePurpose(t *testing.T) {
	v := find(t, "h3c-star@2025")
	expires := calendar.Date(2026, 11, 30)
	f := &program.Facts{People: []program.Person{{ID: "A", Registered: true,
		Certificates: []program.Certificate{{Code: "H3CNE", ExpiresOn: expires}, {Code: "CCIE", ExpiresOn: expires - 5}}}}}
	for purpose, want := range map[program.Purpose]calendar.Day{
		program.Hold:  calendar.Date(2026, 12, 1),
		program.Apply: calendar.Date(2026, 8, 30), // 30 August and three months is 30 November: no longer more than three
	} {
		got := program.Instants(v, f, day, day.AddYears(1), purpose)
		if !slices.Equal(got, []calendar.Day{want}) {
			t.Errorf("Instants(%s) = %v, want %s alone", purpose, got, want)
		}
	}
}

func TestRestValidityAtTheEndOfMonths(t *testing.T) {
	v := find(t, "h3c-star@2025")
	for _, c := range []struct {
		applied, expires string
		counts           bool
	}{
		{"2026-11-30", "2027-02-28", false}, // three months on there is no 30th: 28 February
		{"2026-11-30", "2027-03-01", true},
		{"2027-11-30", "2028-02-28", false},
		{"2027-11-30", "2028-02-29", false},
		{"2027-11-30", "2028-03-01", true},
		{"2026-11-28", "2027-02-28", false},
		{"2026-11-27", "2027-02-28", true},
		{"2026-05-31", "2026-08-31", false},
		{"2026-05-31", "2026-09-01", true},
	} {
		applied, _ := calendar.ParseDay(c.applied)
		expires, _ := calendar.ParseDay(c.expires)
		f := &program.Facts{People: []program.Person{{ID: "A", Registered: true,
			Certificates: []program.Certificate{{Code: "H3CNE", ExpiresOn: expires}}}}}
		e := program.Evaluate(v, f, applied.Time(), program.Apply)
		line, _ := e.Levels[0].Tracks[0].Line("junior-engineer")
		if got := line.Have == 1; got != c.counts {
			t.Errorf("applied on %s with a certificate until %s: counts %t, want %t", c.applied, c.expires, got, c.counts)
		}
	}
}
