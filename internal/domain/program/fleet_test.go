package program_test

import (
	"math/rand/v2"
	"runtime"
	"slices"
	"sync/atomic"
	"testing"

	"hanse/internal/domain/program"
	"hanse/internal/kit/calendar"
)

// feed adds facts to a fleet row by row, as rows come from a database.
func feed(f *program.Fleet, cat *program.Catalogue, x *program.Facts) {
	f.Begin(x)
	for _, p := range x.People {
		named := false
		for _, id := range x.NamedEngineers {
			named = named || id == p.ID
		}
		f.Person(p.BoundOn, p.LeftOn, p.Registered, named, p.ID == x.ServiceManager)
		if p.Unconfirmed {
			f.Unconfirmed(p.CountsUntil)
		}
		if slices.Contains(x.ProjectManagers, p.ID) {
			f.Appointed()
		}
		for _, c := range p.Certificates {
			f.Certificate(cat.Code([]byte(c.Code)), c.IssuedOn, c.ExpiresOn)
		}
	}
}

func newFleet(t testing.TB) (*program.Library, *program.Fleet) {
	t.Helper()
	lib := shipped(t)
	fleet, err := program.NewFleet(lib)
	if err != nil {
		t.Fatal(err)
	}
	return lib, fleet
}

func TestTheFleetAgreesWithEvaluate(t *testing.T) {
	lib, fleet := newFleet(t)
	r := rand.New(rand.NewPCG(5, 6))
	var all []*program.Facts
	for i := range rosters() / 8 {
		f := randomFacts(r, r.IntN(9))
		all = append(all, f)
		if i%2 == 0 {
			feed(fleet, lib.Catalogue, f)
			continue
		}
		fleet.Add(lib.Catalogue.Pack(f))
	}
	for _, purpose := range []program.Purpose{program.Apply, program.Hold} {
		var seen atomic.Int64
		fleet.Evaluate(day, purpose, 2, func(i int, got *program.Result) {
			seen.Add(1)
			compareResult(t, fleet, all[i], purpose, got)
		})
		if int(seen.Load()) != len(all) {
			t.Errorf("Evaluate gave %d results for %d partners", seen.Load(), len(all))
		}
	}
}

// compareResult holds the bits of a packed result against the explained
// evaluation.
func compareResult(t *testing.T, fleet *program.Fleet, f *program.Facts, purpose program.Purpose, got *program.Result) {
	t.Helper()
	for i, v := range fleet.Versions() {
		e := program.Evaluate(v, f, day.Time(), purpose)
		if want := v.LevelIndex(e.BestLevel); int(got.Best[i]) != want {
			t.Errorf("%s %s: best level %d, Evaluate has %d\n%+v", v.Ref(), purpose, got.Best[i], want, f)
		}
		for level := range e.Levels {
			for track := range e.Levels[level].Tracks {
				var want uint64
				for _, l := range e.Levels[level].Tracks[track].Lines {
					for n := range v.Lines {
						if v.Lines[n].ID == l.ID && l.Met {
							want |= 1 << n
						}
					}
				}
				if met := got.Met[fleet.Stage(i, level, track)]; met != want {
					t.Errorf("%s %s level %d track %d: met lines %b, Evaluate has %b\n%+v", v.Ref(), purpose, level, track, met,
						want, f)
				}
			}
		}
	}
}

func TestAWorkerDoesNotAllocate(t *testing.T) {
	lib, fleet := newFleet(t)
	r := rand.New(rand.NewPCG(7, 8))
	for range 200 {
		fleet.Add(lib.Catalogue.Pack(randomFacts(r, 12)))
	}
	w, out, i := fleet.Worker(day, program.Apply), fleet.NewResult(), 0
	next := func() {
		p := fleet.Partner(i % fleet.Len())
		w.Evaluate(&p, out)
		i++
	}
	for range fleet.Len() {
		next()
	}
	if n := testing.AllocsPerRun(1000, next); n != 0 {
		t.Errorf("Evaluate allocates %v times a partner", n)
	}
}

func TestISODayReadsWhatDaysPrint(t *testing.T) {
	for d := calendar.Date(1899, 12, 31); d < calendar.Date(2200, 1, 1); d++ {
		if got := program.ISODay([]byte(d.String())); got != d {
			t.Fatalf("ISODay(%s) = %s", d, got)
		}
	}
	if got := program.ISODay(nil); got != calendar.None {
		t.Errorf("ISODay of nothing = %s, want none", got)
	}
}

// benchPartner is a partner with so many people, two to three certificates
// each.
func benchPartner(r *rand.Rand, people int) *program.Facts {
	f := randomFacts(r, people)
	for i := range f.People {
		f.People[i].Registered, f.People[i].BoundOn, f.People[i].LeftOn = true, 0, 0
	}
	return f
}

func benchmarkPartner(b *testing.B, people int) {
	lib, fleet := newFleet(b)
	r := rand.New(rand.NewPCG(9, 10))
	for range 100 {
		fleet.Add(lib.Catalogue.Pack(benchPartner(r, people)))
	}
	w, out, i := fleet.Worker(day, program.Apply), fleet.NewResult(), 0
	b.ReportAllocs()
	for b.Loop() {
		p := fleet.Partner(i % 100)
		w.Evaluate(&p, out)
		i++
	}
}

// One partner against all shipped versions, from packed facts to result.
func BenchmarkOnePartnerOf6People(b *testing.B)    { benchmarkPartner(b, 6) }
func BenchmarkOnePartnerOf50People(b *testing.B)   { benchmarkPartner(b, 50) }
func BenchmarkOnePartnerOf1000People(b *testing.B) { benchmarkPartner(b, 1000) }

func BenchmarkExplainedEvaluationOf6People(b *testing.B) {
	v := find(b, "h3c-star@2025")
	f := benchPartner(rand.New(rand.NewPCG(9, 10)), 6)
	b.ReportAllocs()
	for b.Loop() {
		program.Evaluate(v, f, day.Time(), program.Apply)
	}
}

// The fleet of the goals: 100,000 partners with 1,000,000 certificates, packed,
// on all processors.
func BenchmarkFleetOf100000Partners(b *testing.B) {
	lib, fleet := newFleet(b)
	r := rand.New(rand.NewPCG(11, 12))
	var some []program.Packed
	for range 1000 {
		some = append(some, lib.Catalogue.Pack(benchPartner(r, 1+r.IntN(13))))
	}
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	fleet.Grow(100_000, 710_000, 1_100_000)
	for i := range 100_000 {
		fleet.Add(some[i%len(some)])
	}
	versions := len(fleet.Versions())
	best := make([]int8, versions*fleet.Len())
	runtime.GC()
	runtime.ReadMemStats(&after)
	b.ReportAllocs()
	for b.Loop() {
		fleet.Evaluate(day, program.Apply, 0, func(i int, r *program.Result) { copy(best[versions*i:], r.Best) })
	}
	b.ReportMetric(float64(after.HeapAlloc-before.HeapAlloc)/(1<<20), "MiB")
}
