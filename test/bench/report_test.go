//go:build bench

// Package bench measures what the program promises, as ratios against the plain way of doing the same in the same
// run, and fails when a limit is missed. `make bench` runs it; docs/figures.md keeps what one machine said.
//
// Machines differ and are seldom quiet, so that seconds mean little: the two sides of a ratio are measured in turn,
// several rounds, and their medians compared.
package bench

import (
	"bufio"
	"fmt"
	"os"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"
)

// rounds is how often each side of a comparison is measured.
const rounds = 3

// TestBench is the whole program. It takes minutes and most of a machine, so it is built only when asked (-tags bench).
func TestBench(t *testing.T) {
	r := &report{t: t}
	r.say("%s, %d processors, %s of memory, %s/%s", runtime.Version(), runtime.NumCPU(), memory(), runtime.GOOS, runtime.GOARCH)
	for _, part := range []struct {
		name string
		f    func(*testing.T, *report)
	}{
		{"The whole channel", measureFleets},
		{"Simulation", measureSimulations},
		{"One partner", measureOne},
		{"The program beside a minimal server", measureServer},
		{"Import", measureImports},
		{"Records", measureRecords},
		{"Advice", measureAdvice},
		{"Ledger", measureLedger},
		{"Money over HTTP", measureHTTP},
		{"Long statements", measureDepth},
		{"Signature", measureSignatures},
		{"Audit", measureAudit},
	} {
		if only := os.Getenv("HANSE_BENCH_PART"); only != "" && !strings.Contains(part.name, only) {
			continue
		}
		fmt.Printf("\n## %s\n", part.name)
		t.Run(strings.ReplaceAll(part.name, " ", "_"), func(t *testing.T) { part.f(t, r) })
	}
	r.end()
}

// A report prints figures and remembers which limit was missed.
type report struct {
	t      *testing.T
	missed []string
}

func (r *report) say(format string, args ...any) { fmt.Printf(format+"\n", args...) }

// limit prints a figure with what it's held to.
func (r *report) limit(name string, got, want float64, unit string, atLeast bool) {
	word, ok := "at most", got <= want
	if atLeast {
		word, ok = "at least", got >= want
	}
	verdict := "kept"
	if !ok {
		verdict = "MISSED"
		r.missed = append(r.missed, name)
	}
	r.say("%-58s %9.4g %-5s (limit: %s %g) %s", name, got, unit, word, want, verdict)
}

// aim prints a figure with what it should be, which fails nothing: it hangs on the machine.
func (r *report) aim(name string, got, want, beside float64, unit string) {
	verdict := "kept"
	if got > want {
		verdict = "missed"
	}
	r.say("%-58s %9.4g %-5s (aim: at most %g) %s; minimal server %.3g, ratio %.1f", name, got, unit, want, verdict, beside, got/beside)
}

func (r *report) end() {
	if len(r.missed) == 0 {
		r.say("\nEvery limit is kept.")
		return
	}
	r.t.Fatalf("missed: %s", strings.Join(r.missed, "; "))
}

// samples are the times of one thing, in the order of the rounds.
type samples []time.Duration

func (s samples) median() time.Duration {
	sorted := slices.Sorted(slices.Values(s))
	return sorted[len(sorted)/2]
}

// String shows median, least and most.
func (s samples) String() string {
	return fmt.Sprintf("%v [%v to %v]", round(s.median()), round(slices.Min(s)), round(slices.Max(s)))
}

func round(d time.Duration) time.Duration {
	switch {
	case d > time.Second:
		return d.Round(10 * time.Millisecond)
	case d > time.Millisecond:
		return d.Round(10 * time.Microsecond)
	}
	return d.Round(10 * time.Nanosecond)
}

// medianRatio compares two things round by round.
func medianRatio(slow, fast samples) float64 {
	var all []float64
	for i := range slow {
		all = append(all, slow[i].Seconds()/fast[i].Seconds())
	}
	slices.Sort(all)
	return all[len(all)/2]
}

func timed(f func()) time.Duration {
	start := time.Now()
	f()
	return time.Since(start)
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// memory is how much the machine has.
func memory() string {
	if kb := procValue("/proc/meminfo", "MemTotal:"); kb > 0 {
		return fmt.Sprintf("%.0f GiB", float64(kb)/(1<<20))
	}
	return "unknown size"
}

// procValue reads a line such as "VmRSS:  1234 kB"; 0 when there's none.
func procValue(path, name string) (kb int64) {
	f, err := os.Open(path)
	if err != nil {
		return 0
	}
	defer f.Close()
	lines := bufio.NewScanner(f)
	for lines.Scan() {
		if rest, ok := strings.CutPrefix(lines.Text(), name); ok {
			if _, err := fmt.Sscan(rest, &kb); err == nil {
				return kb
			}
		}
	}
	return 0
}

// resident is how much memory of the machine a process occupies, in bytes.
func resident(pid string) int64 { return procValue("/proc/"+pid+"/status", "VmRSS:") << 10 }

// private is what of it belongs to this process alone: without the pages of files that it maps, such as an SQLite
// database, which the system shares and takes back as it likes.
func private() int64 { return procValue("/proc/self/status", "RssAnon:") << 10 }
