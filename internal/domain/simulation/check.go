package simulation

import (
	"context"

	"hanse/internal/domain/program"
	"hanse/internal/kit/actor"
	"hanse/internal/kit/fault"
	"hanse/internal/kit/i18n"
)

// A CaseResult is one test case with the expectations that do not hold.
type CaseResult struct {
	Name     string
	Problems program.Problems
}

// Passed tells whether all of its expectations hold.
func (c CaseResult) Passed() bool { return len(c.Problems) == 0 }

// Checked is what is to be said about a text and its test cases.
type Checked struct {
	Problems     program.Problems // of the version's text
	CaseProblems program.Problems // of the cases' text
	Cases        []CaseResult     // none while either text has problems
	Version      *program.Version // nil while the text has problems
}

// Failed is how many test cases do not hold.
func (c Checked) Failed() (n int) {
	for _, x := range c.Cases {
		if !x.Passed() {
			n++
		}
	}
	return n
}

// Good tells whether the text may be published as far as it can be told from itself: no problems, at least one test
// case, and all of them hold.
func (c Checked) Good() bool {
	return len(c.Problems) == 0 && len(c.CaseProblems) == 0 && len(c.Cases) > 0 && c.Failed() == 0
}

// Names of the two texts, in problems.
const (
	SourceFile = "program.yaml"
	CasesFile  = "program.test.yaml"
)

// Check looks for problems in a text and runs its test cases; nothing is kept. Who may is as for Draft.
func (s *Service) Check(_ context.Context, by actor.Actor, source, cases string) (Checked, error) {
	if err := mayView(by); err != nil {
		return Checked{}, err
	}
	var fs fault.Fields
	if checkSize(&fs, source, cases); len(fs) > 0 {
		return Checked{}, fs.Err()
	}
	return s.check(clean(source), clean(cases)), nil
}

func (s *Service) check(source, cases string) (c Checked) {
	parsed, problems := program.Parse(SourceFile, []byte(source), s.catalogue())
	c.Problems = problems
	if parsed != nil {
		if c.Problems = s.taken(parsed); len(c.Problems) == 0 {
			c.Version = parsed.Version
		}
	}
	if cases == "" {
		return c
	}
	file, wrong := program.ParseCases(CasesFile, []byte(cases))
	if c.CaseProblems = wrong; file == nil || parsed == nil {
		return c
	}
	if file.Of != parsed.Version.Ref() {
		c.CaseProblems = append(c.CaseProblems, program.Problem{File: CasesFile, Line: lineOf(cases, "program"), Col: 1,
			Message: i18n.M("simulation.problem.other_version", i18n.A{"of": file.Of, "ref": parsed.Version.Ref()}),
			Remedy:  i18n.M("simulation.problem.other_version_remedy", i18n.A{"ref": parsed.Version.Ref()})})
	}
	c.run(file, parsed.Version)
	return c
}

// taken is the problem that a loaded version has the number already.
func (s *Service) taken(p *program.Parsed) program.Problems {
	old, _, ok := s.q.Source(p.Version.Ref())
	if !ok {
		return nil
	}
	was, problems := program.Parse(SourceFile, []byte(old), s.catalogue())
	if was == nil {
		return problems
	}
	_, problems = program.NewLibrary(s.catalogue(), was, p)
	return problems
}

// run gives each case its problems. One that belongs to no case is about the file.
func (c *Checked) run(file *program.CaseFile, v *program.Version) {
	problems := file.Run(v)
	for _, name := range file.Names() {
		x := CaseResult{Name: name}
		for _, p := range problems {
			if p.Message.Args["case"] == name {
				x.Problems = append(x.Problems, p)
			}
		}
		c.Cases = append(c.Cases, x)
	}
	for _, p := range problems {
		if _, known := p.Message.Args["case"]; !known {
			c.CaseProblems = append(c.CaseProblems, p)
		}
	}
}

// lineOf is the line of a key of the document, 1 when it isn't there.
func lineOf(text, key string) int {
	at := topLevel(key).FindStringIndex(text)
	line := 1
	if at == nil {
		return line
	}
	for _, r := range text[:at[0]] {
		if r == '\n' {
			line++
		}
	}
	return line
}
