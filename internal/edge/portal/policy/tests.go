package policy

import (
	"errors"
	"io/fs"
	"net/http"
	"strings"

	"hanse/internal/domain/program"
	"hanse/programs"
)

// A result is one test case of a version, with what it expected and didn't get.
type result struct {
	Name     string
	Problems program.Problems
}

type testsView struct {
	versionView
	Results []result
	Broken  program.Problems // the file itself can't be read
	Failed  int
}

func (p pages) tests(w http.ResponseWriter, r *http.Request) error {
	v, err := p.version(r)
	if err != nil {
		return err
	}
	t, err := runTests(v)
	if err != nil {
		return err
	}
	return p.Show(w, r, http.StatusOK, testsPage(t))
}

// runTests runs the cases that ship beside a version or were published with it, now: they take milliseconds, and can't be out of date.
func runTests(v versionView) (testsView, error) {
	t := testsView{versionView: v}
	name := strings.TrimSuffix(v.File, ".yaml") + ".test.yaml"
	b, err := []byte(v.Cases), error(nil)
	if v.Cases == "" {
		b, err = programs.Files.ReadFile(name)
	}
	if errors.Is(err, fs.ErrNotExist) {
		return t, nil
	}
	if err != nil {
		return t, err
	}
	cases, broken := program.ParseCases(name, b)
	if len(broken) > 0 {
		t.Broken = broken
		return t, nil
	}
	t.fill(cases.Names(), cases.Run(v.Version))
	return t, nil
}

// fill gives each case its problems; one that belongs to none is about the file.
func (t *testsView) fill(names []string, problems program.Problems) {
	for _, name := range names {
		x := result{Name: name}
		for _, p := range problems {
			if p.Message.Args["case"] == name {
				x.Problems = append(x.Problems, p)
			}
		}
		if len(x.Problems) > 0 {
			t.Failed++
		}
		t.Results = append(t.Results, x)
	}
	for _, p := range problems {
		if _, known := p.Message.Args["case"]; !known {
			t.Broken = append(t.Broken, p)
		}
	}
}
