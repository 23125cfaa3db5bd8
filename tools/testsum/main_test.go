package main

import (
	"strings"
	"testing"
)

func sum(t *testing.T, ci bool, lines ...string) (string, int) {
	t.Helper()
	s := newSummary()
	if err := s.read(strings.NewReader(strings.Join(lines, "\n"))); err != nil {
		t.Fatal(err)
	}
	var out strings.Builder
	code := s.print(&out, ci)
	return out.String(), code
}

const (
	pass   = `{"Action":"pass","Package":"p","Test":"TestA","Elapsed":0.1}`
	subOK  = `{"Action":"pass","Package":"p","Test":"TestB/x","Elapsed":2}`
	subBad = `{"Action":"fail","Package":"p","Test":"TestB/y","Elapsed":0}`
	said   = `{"Action":"output","Package":"p","Test":"TestB/y","Output":"got 1, want 2\n"}`
	parent = `{"Action":"fail","Package":"p","Test":"TestB","Elapsed":2}`
	skip   = `{"Action":"skip","Package":"p","Test":"TestC","Elapsed":0}`
	why    = `{"Action":"output","Package":"p","Test":"TestC","Output":"    c_test.go:1: no browser\n"}`
)

func TestTheSummaryCountsEachTestOnceAndSaysWhy(t *testing.T) {
	out, code := sum(t, false, pass, subOK, said, subBad, parent, why, skip, `{"Action":"fail","Package":"p"}`)
	if code != 1 || !strings.HasSuffix(out, "2 passed, 1 failed, 1 skipped\n") {
		t.Errorf("code %d, output ends %q", code, out)
	}
	for _, want := range []string{"FAILED p TestB/y\ngot 1, want 2", "SKIPPED p TestC: c_test.go:1: no browser", "2.0 s  p TestB/x"} {
		if !strings.Contains(out, want) {
			t.Errorf("%q is missing in\n%s", want, out)
		}
	}
}

func TestWhatCountsAsFailure(t *testing.T) {
	for name, c := range map[string]struct {
		ci    bool
		lines []string
		code  int
		end   string
	}{
		"all good":                  {true, []string{pass}, 0, "1 passed, 0 failed, 0 skipped\n"},
		"a skip at home":            {false, []string{pass, skip}, 0, "1 passed, 0 failed, 1 skipped\n"},
		"a skip in CI":              {true, []string{pass, skip}, 1, "1 passed, 0 failed, 1 skipped\n"},
		"no test at all":            {false, []string{`{"Action":"skip","Package":"p"}`}, 1, "0 passed, 0 failed, 0 skipped\n"},
		"a package that panicked":   {false, []string{pass, `{"Action":"fail","Package":"q"}`}, 1, "1 passed, 1 failed, 0 skipped\n"},
		"a test that never ended":   {false, []string{pass, `{"Action":"run","Package":"p","Test":"TestZ"}`}, 1, "1 passed, 1 failed, 0 skipped\n"},
		"a build that failed":       {false, []string{pass, `{"Action":"build-output","ImportPath":"q","Output":"x.go:1: no\n"}`, `{"Action":"build-fail","ImportPath":"q"}`}, 1, "1 passed, 1 failed, 0 skipped\n"},
		"a complaint in plain text": {false, []string{pass, "pattern ./...: directory not found"}, 1, "1 passed, 1 failed, 0 skipped\n"},
		"a parent that fails alone": {false, []string{subOK, `{"Action":"fail","Package":"p","Test":"TestB"}`}, 1, "1 passed, 1 failed, 0 skipped\n"},
	} {
		out, code := sum(t, c.ci, c.lines...)
		if code != c.code || !strings.HasSuffix(out, c.end) {
			t.Errorf("%s: code %d, output %q; want %d, %q", name, code, out, c.code, c.end)
		}
	}
}

func TestANameWithSlashesOfItsOwnIsOneTest(t *testing.T) {
	const inner = `{"Action":"run","Package":"p","Test":"TestX"}
{"Action":"run","Package":"p","Test":"TestX/role/en"}
{"Action":"RESULT","Package":"p","Test":"TestX/role/en","Elapsed":0}
{"Action":"RESULT","Package":"p","Test":"TestX","Elapsed":0}`
	for result, want := range map[string]string{"pass": "1 passed, 0 failed, 0 skipped", "fail": "0 passed, 1 failed, 0 skipped"} {
		out, _ := sum(t, false, strings.ReplaceAll(inner, "RESULT", result))
		if !strings.HasSuffix(strings.TrimSpace(out), want) {
			t.Errorf("%s: want %q at the end of:\n%s", result, want, out)
		}
	}
}

func TestTheSlowestPackagesStandBeforeTheSlowestTests(t *testing.T) {
	out, _ := sum(t, false, subOK, `{"Action":"pass","Package":"q","Elapsed":3.5}`, `{"Action":"pass","Package":"p","Elapsed":7}`,
		`{"Action":"pass","Package":"quick","Elapsed":0.4}`)
	if want := "\nSlowest packages:\n    7.0 s  p\n    3.5 s  q\n\nSlowest tests:\n    2.0 s  p TestB/x\n"; !strings.Contains(out, want) {
		t.Errorf("want %q in\n%s", want, out)
	}
	if strings.Contains(out, "quick") {
		t.Errorf("a quick package is listed:\n%s", out)
	}
}
