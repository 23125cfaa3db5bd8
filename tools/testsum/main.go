// Command testsum reads what `go test -json` writes and prints what a person wants to know: each failure with its
// output, every skipped test loudly, the slowest packages and tests, and one closing line
//
//	N passed, N failed, N skipped
//
// It ends with code 1 when something failed, when nothing ran, and, with CI=true, when a test was skipped: a
// skipped test has shown nothing.
package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
)

func main() {
	s := newSummary()
	if err := s.read(os.Stdin); err != nil {
		fmt.Fprintln(os.Stderr, "testsum:", err)
		os.Exit(1)
	}
	os.Exit(s.print(os.Stdout, os.Getenv("CI") == "true"))
}

// An event is one line of `go test -json`.
type event struct {
	Action     string
	Package    string
	ImportPath string
	Test       string
	Elapsed    float64
	Output     string
}

// A result is one test, or a package when test is empty.
type result struct {
	pkg, test string
	action    string // pass, fail, skip; "" = it never ended
	seconds   float64
	output    strings.Builder
	ran       bool // go test spoke of it itself; otherwise it's only a part of a name
	parent    bool // has subtests: its own result is counted only when no subtest explains it
	excused   bool // a subtest failed
}

type summary struct {
	results map[string]*result
	order   []string
	builds  []string // compiler output
	broken  bool     // a line that isn't JSON, or a build that failed
}

func newSummary() *summary { return &summary{results: map[string]*result{}} }

func (s *summary) read(r io.Reader) error {
	lines := bufio.NewScanner(r)
	lines.Buffer(nil, 64<<20)
	for lines.Scan() {
		var e event
		if json.Unmarshal(lines.Bytes(), &e) != nil || e.Action == "" {
			// go test itself complains in plain text: a package that can't be loaded.
			s.builds, s.broken = append(s.builds, lines.Text()+"\n"), true
			continue
		}
		s.take(e)
	}
	return lines.Err()
}

func (s *summary) take(e event) {
	switch e.Action {
	case "build-output":
		s.builds = append(s.builds, e.Output)
		return
	case "build-fail":
		s.broken = true
		return
	}
	r := s.result(e.Package, e.Test)
	switch e.Action {
	case "output":
		r.output.WriteString(e.Output)
	case "pass", "fail", "skip":
		r.action, r.seconds = e.Action, e.Elapsed
	}
	r.ran = true
	// All that stand above it: a name with slashes of its own makes levels that aren't tests.
	for up, found := cutLast(e.Test); found; up, found = cutLast(up) {
		p := s.result(e.Package, up)
		p.parent = true
		p.excused = p.excused || e.Action == "fail"
	}
}

func cutLast(test string) (before string, found bool) {
	i := strings.LastIndex(test, "/")
	if i < 0 {
		return "", false
	}
	return test[:i], true
}

func (s *summary) result(pkg, test string) *result {
	key := pkg + " " + test
	r := s.results[key]
	if r == nil {
		r = &result{pkg: pkg, test: test}
		s.results[key] = r
		s.order = append(s.order, key)
	}
	return r
}

func (r *result) name() string { return strings.TrimSpace(r.pkg + " " + r.test) }

// sorted puts the results into passed, failed and skipped tests. A package that failed without a failing test
// (a panic, a time-out, a build) counts as one failure; so does a test that never ended.
func (s *summary) sorted() (passed, failed, skipped []*result) {
	explained := map[string]bool{}
	for _, key := range s.order {
		r := s.results[key]
		switch {
		case r.test == "" || !r.ran:
		case r.action == "" || r.action == "fail" && !(r.parent && r.excused):
			failed = append(failed, r)
			explained[r.pkg] = true
		case r.parent || r.action == "fail":
		case r.action == "skip":
			skipped = append(skipped, r)
		default:
			passed = append(passed, r)
		}
	}
	for _, key := range s.order {
		if r := s.results[key]; r.test == "" && r.action == "fail" && !explained[r.pkg] {
			failed = append(failed, r)
		}
	}
	return passed, failed, skipped
}

// packages are the results of whole packages.
func (s *summary) packages() (all []*result) {
	for _, key := range s.order {
		if r := s.results[key]; r.test == "" && r.action != "" {
			all = append(all, r)
		}
	}
	return all
}

// slow is how many of the slowest packages and tests are listed, from this many seconds on.
const (
	slow      = 15
	slowAbove = 1.0
)

func (s *summary) print(w io.Writer, ci bool) int {
	passed, failed, skipped := s.sorted()
	for _, line := range s.builds {
		fmt.Fprint(w, line)
	}
	for _, r := range failed {
		fmt.Fprintf(w, "\n=== FAILED %s\n%s", r.name(), r.output.String())
	}
	printSlowest(w, "packages", s.packages())
	printSlowest(w, "tests", append(slices.Clone(passed), failed...))
	for _, r := range skipped {
		fmt.Fprintf(w, "*** SKIPPED %s: %s\n", r.name(), reason(r))
	}
	n := len(failed)
	if n == 0 && s.broken {
		n = 1 // something couldn't even be built
	}
	code := 0
	switch {
	case n > 0:
		code = 1
	case len(passed) == 0:
		fmt.Fprintln(w, "*** no test ran")
		code = 1
	case ci && len(skipped) > 0:
		fmt.Fprintln(w, "*** CI=true: a skipped test has shown nothing, so this run has failed")
		code = 1
	}
	fmt.Fprintf(w, "%d passed, %d failed, %d skipped\n", len(passed), n, len(skipped))
	return code
}

func printSlowest(w io.Writer, what string, all []*result) {
	slices.SortFunc(all, func(a, b *result) int { return int(b.seconds*1000) - int(a.seconds*1000) })
	for i, r := range all {
		if i == slow || r.seconds < slowAbove {
			return
		}
		if i == 0 {
			fmt.Fprintf(w, "\nSlowest %s:\n", what)
		}
		fmt.Fprintf(w, "%7.1f s  %s\n", r.seconds, r.name())
	}
}

// reason is the last thing that a skipped test said.
func reason(r *result) string {
	var last string
	for line := range strings.Lines(r.output.String()) {
		line = strings.TrimSpace(line)
		if line != "" && !strings.HasPrefix(line, "---") && !strings.HasPrefix(line, "===") {
			last = line
		}
	}
	return last
}
