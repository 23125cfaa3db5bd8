//go:build bench

package bench

import (
	"math/rand/v2"
	"testing"
	"time"

	"hanse/internal/domain/program"
	"hanse/internal/kit/calendar"
	"hanse/internal/kit/dbtest"
)

// mostMicroseconds is how long one partner may take after one of its certificates changed.
const mostMicroseconds = 20

// measureOne evaluates one partner for every version after one certificate changed, from its packed facts to the
// result.
func measureOne(t *testing.T, r *report) {
	w := newWorld(t, dbtest.SQLite(t))
	fleet, err := program.NewFleet(w.lib)
	must(t, err)
	for _, size := range []struct {
		name   string
		people int
		held   bool
	}{{"partner of 10 certificates", 4, true}, {"partner of 100 certificates", 40, true}, {"partner of 1,000 certificates", 400, false}} {
		took := evaluateOne(w.lib, fleet, size.people)
		if size.held {
			r.limit("one certificate changed, "+size.name, float64(took.median().Nanoseconds())/1000, mostMicroseconds, "µs", false)
		} else {
			r.say("%-58s %9.4g µs", "one certificate changed, "+size.name, float64(took.median().Nanoseconds())/1000)
		}
	}
}

// evaluateOne takes turns with two editions of a partner that differ in one certificate.
func evaluateOne(lib *program.Library, fleet *program.Fleet, people int) (took samples) {
	r := rand.New(rand.NewPCG(4, 5))
	f := &program.Facts{Hotline: program.Hotline7x24, IssueTracking: program.TrackingAutomatic, ServiceEmail: true, EventsAttended: 3}
	for range people {
		p := program.Person{ID: string(rune('a' + len(f.People))), BoundOn: 16000, Registered: true}
		for range 2 + r.IntN(2) {
			p.Certificates = append(p.Certificates, program.Certificate{Code: popular[r.IntN(len(popular))], IssuedOn: calendar.Day(19800 + r.IntN(700))})
		}
		f.People = append(f.People, p)
	}
	before := lib.Catalogue.Pack(f)
	f.People[0].Certificates[0].IssuedOn -= 2000
	after := lib.Catalogue.Pack(f)
	worker, result := fleet.Worker(calendar.DayOf(dbtest.Start), program.Hold), fleet.NewResult()
	const times = 5000
	for range 5 {
		start := time.Now()
		for n := range times {
			if n%2 == 0 {
				worker.Evaluate(&after, result)
			} else {
				worker.Evaluate(&before, result)
			}
		}
		took = append(took, time.Since(start)/times)
	}
	return took
}
