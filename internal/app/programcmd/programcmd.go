// Package programcmd holds the commands of "hanse program": check, test and
// evaluate program files. They work on files alone; no server and no database
// is opened.
package programcmd

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"hanse/internal/domain/program"
	"hanse/internal/kit/i18n"
	"hanse/programs"
)

// Env is what the commands use of the world.
type Env struct {
	Out io.Writer        // results
	Err io.Writer        // what is wrong with the input
	Now func() time.Time // the business clock
}

// ErrFailed ends a command that has already said what does not hold: exit code
// 1.
var ErrFailed = errors.New("the check failed")

// An InputError is about what the caller gave: exit code 2.
type InputError struct{ Text string }

// Error is the text.
func (e *InputError) Error() string { return e.Text }

func badInput(lang string, m i18n.Msg) error { return &InputError{i18n.Text(lang, m)} }

// Lang is the language of a command's messages.
type Lang struct {
	Lang string `enum:"en,zh-Hans" default:"en" help:"Language of the messages: en or zh-Hans."`
}

// read reads an input file.
func read(lang, name string) ([]byte, error) {
	b, err := os.ReadFile(name)
	switch {
	case errors.Is(err, os.ErrNotExist):
		return nil, badInput(lang, i18n.M("program.cli.no_file", i18n.A{"file": name}))
	case err != nil:
		return nil, &InputError{err.Error()}
	}
	return b, nil
}

// refuse prints what is wrong with an input and ends the command.
func refuse(env *Env, lang string, ps program.Problems) error {
	for _, p := range ps {
		fmt.Fprintln(env.Err, p.Text(lang))
	}
	return badInput(lang, i18n.M("program.cli.problems", i18n.A{"n": len(ps)}))
}

// problemJSON is a problem as --json prints it.
type problemJSON struct {
	File    string `json:"file"`
	Line    int    `json:"line"`
	Column  int    `json:"column"`
	Message string `json:"message"`
	Remedy  string `json:"remedy"`
}

// list prints problems as the result of a command, and ends it with ErrFailed
// when there are any.
func list(env *Env, lang string, asJSON bool, ps program.Problems, fine i18n.Msg) error {
	if asJSON {
		out := []problemJSON{}
		for _, p := range ps {
			out = append(out, problemJSON{p.File, p.Line, p.Col, i18n.Text(lang, p.Message), i18n.Text(lang, p.Remedy)})
		}
		if err := printJSON(env.Out, out); err != nil {
			return err
		}
	} else if len(ps) == 0 {
		fmt.Fprintln(env.Out, i18n.Text(lang, fine))
	}
	if len(ps) == 0 {
		return nil
	}
	for _, p := range ps {
		if !asJSON {
			fmt.Fprintln(env.Err, p.Text(lang))
		}
	}
	return ErrFailed
}

func printJSON(w io.Writer, v any) error {
	e := json.NewEncoder(w)
	e.SetIndent("", "  ")
	e.SetEscapeHTML(false)
	return e.Encode(v)
}

// parse reads one version file.
func parse(lang, name string, cat *program.Catalogue) (*program.Parsed, program.Problems, error) {
	b, err := read(lang, name)
	if err != nil {
		return nil, nil, err
	}
	p, ps := program.Parse(name, b, cat)
	return p, ps, nil
}

// version finds the version that --program means: a shipped one by ID@VERSION,
// or a file.
func version(env *Env, lang, ref string) (*program.Version, error) {
	lib, err := programs.Library()
	if err != nil {
		return nil, err
	}
	if v, ok := lib.Find(ref); ok {
		return v, nil
	}
	if _, err := os.Stat(ref); err != nil {
		var known []string
		for _, v := range lib.Versions() {
			known = append(known, v.Ref())
		}
		return nil, badInput(lang, i18n.M("program.cli.no_program", i18n.A{"ref": ref, "known": strings.Join(known, ", ")}))
	}
	p, ps, err := parse(lang, ref, lib.Catalogue)
	if err != nil {
		return nil, err
	}
	if len(ps) > 0 {
		return nil, refuse(env, lang, ps)
	}
	return p.Version, nil
}
