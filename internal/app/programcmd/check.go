package programcmd

import (
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"hanse/internal/domain/program"
	"hanse/internal/kit/i18n"
	"hanse/programs"
)

// CheckCmd is "program check".
type CheckCmd struct {
	Files []string `arg:"" name:"file" help:"Program files."`
	JSON  bool     `name:"json" help:"Print the problems as JSON."`
	Lang
}

// Help shows an example.
func (*CheckCmd) Help() string {
	return `Reports every problem with file, line, column and remedy. Exit code 1 when there is one.

Example:
  hanse program check programs/h3c-star@2025.yaml`
}

// Run checks the files, alone and against each other.
func (c *CheckCmd) Run(env *Env) error {
	cat, err := programs.Catalogue()
	if err != nil {
		return err
	}
	var all program.Problems
	var parsed []*program.Parsed
	for _, name := range c.Files {
		p, ps, err := c.one(name, cat)
		if err != nil {
			return err
		}
		if all = append(all, ps...); p != nil {
			parsed = append(parsed, p)
		}
	}
	_, ps := program.NewLibrary(cat, parsed...)
	return list(env, c.Lang.Lang, c.JSON, append(all, ps...),
		i18n.M("program.cli.checked", i18n.A{"n": len(c.Files)}))
}

// one checks a file as what its name says it is: test cases, the catalogue, or
// a version.
func (c *CheckCmd) one(name string, cat *program.Catalogue) (*program.Parsed, program.Problems, error) {
	cases, catalogue := strings.HasSuffix(name, ".test.yaml"), filepath.Base(name) == programs.CatalogueFile
	if !cases && !catalogue {
		return parse(c.Lang.Lang, name, cat)
	}
	b, err := read(c.Lang.Lang, name)
	if err != nil {
		return nil, nil, err
	}
	if catalogue {
		_, ps := program.ParseCatalogue(name, b)
		return nil, ps, nil
	}
	_, ps := program.ParseCases(name, b)
	return nil, ps, nil
}

// TestCmd is "program test".
type TestCmd struct {
	Files []string `arg:"" optional:"" name:"file" help:"Files of test cases, or program files with cases beside them; none: the shipped ones."`
	JSON  bool     `name:"json" help:"Print what does not hold as JSON."`
	Lang
}

// Help shows an example.
func (*TestCmd) Help() string {
	return `A file NAME.test.yaml holds the cases of the program file NAME.yaml beside it. Exit code 1 when an expectation does
not hold.

Example:
  hanse program test programs/h3c-star@2025.test.yaml`
}

// Run runs the cases.
func (c *TestCmd) Run(env *Env) error {
	var all program.Problems
	count := 0
	if len(c.Files) == 0 {
		return c.shipped(env)
	}
	for _, name := range c.Files {
		if !strings.HasSuffix(name, ".test.yaml") {
			name = strings.TrimSuffix(name, filepath.Ext(name)) + ".test.yaml"
		}
		b, err := read(c.Lang.Lang, name)
		if err != nil {
			return err
		}
		cases, ps := program.ParseCases(name, b)
		if len(ps) > 0 {
			return refuse(env, c.Lang.Lang, ps)
		}
		ref := strings.TrimSuffix(name, ".test.yaml") + ".yaml"
		if _, err := os.Stat(ref); err != nil {
			ref = cases.Of
		}
		v, err := version(env, c.Lang.Lang, ref)
		if err != nil {
			return err
		}
		all, count = append(all, cases.Run(v)...), count+len(cases.Cases)
	}
	return list(env, c.Lang.Lang, c.JSON, all, i18n.M("program.cli.tested", i18n.A{"n": count}))
}

// shipped runs the cases that ship with the program.
func (c *TestCmd) shipped(env *Env) error {
	names, err := fs.Glob(programs.Files, "*.test.yaml")
	if err != nil {
		return err
	}
	var all program.Problems
	count := 0
	for _, name := range names {
		b, err := programs.Files.ReadFile(name)
		if err != nil {
			return err
		}
		cases, ps := program.ParseCases(name, b)
		if len(ps) > 0 {
			return refuse(env, c.Lang.Lang, ps)
		}
		v, err := version(env, c.Lang.Lang, cases.Of)
		if err != nil {
			return err
		}
		all, count = append(all, cases.Run(v)...), count+len(cases.Cases)
	}
	return list(env, c.Lang.Lang, c.JSON, all, i18n.M("program.cli.tested", i18n.A{"n": count}))
}
