package programcmd

import (
	"bytes"
	"fmt"
	"time"

	"hanse/internal/domain/program"
	"hanse/internal/domain/rosterfile"
	"hanse/internal/kit/calendar"
	"hanse/internal/kit/fault"
	"hanse/internal/kit/i18n"
)

// EvaluateCmd is "program evaluate".
type EvaluateCmd struct {
	Program string `required:"" placeholder:"FILE|ID@VERSION" help:"Program file, or a shipped version such as h3c-star@2025."`
	Roster  string `required:"" placeholder:"FILE" help:"Roster, CSV or XLSX: one row for each certificate."`
	Facts   string `placeholder:"FILE" help:"Facts beside the roster, YAML."`
	At      string `placeholder:"RFC3339" help:"The instant, or a day. Default: now."`
	For     string `name:"for" enum:"apply,hold" default:"apply" help:"apply: what an application needs; hold: what keeps a granted level."`
	JSON    bool   `name:"json" help:"Print the result as JSON."`
	Explain bool   `help:"Add who fills which place, and why everybody else does not."`
	Lang
}

// Help shows an example.
func (*EvaluateCmd) Help() string {
	return `Columns of the roster: person_id, name, email, certificate, issued_on, expires_on, bound_on, left_on, registered.
Keys of the facts: hotline, service_email, service_manager, issue_tracking, events_attended, named_engineers, credits,
projects, laboratory. Exit code 2 when an input is wrong.

Example:
  hanse program evaluate --program h3c-star@2025 --roster roster.csv --facts facts.yaml --at 2026-11-20T00:00:00Z --json`
}

// Run evaluates and prints the result.
func (c *EvaluateCmd) Run(env *Env) error {
	when, err := c.when(env)
	if err != nil {
		return err
	}
	v, err := version(env, c.Lang.Lang, c.Program)
	if err != nil {
		return err
	}
	facts, err := c.facts(env)
	if err != nil {
		return err
	}
	if facts.People, err = c.people(env, v); err != nil {
		return err
	}
	facts.Sort()
	e := program.Evaluate(v, &facts, when, program.Purpose(c.For))
	if c.JSON {
		return printJSON(env.Out, e.Report(c.Lang.Lang, c.Explain))
	}
	return printTable(env.Out, c.Lang.Lang, v, &facts, &e, c.Explain)
}

// when is the instant of the evaluation, in whole seconds.
func (c *EvaluateCmd) when(env *Env) (time.Time, error) {
	if c.At == "" {
		return env.Now().UTC().Truncate(time.Second), nil
	}
	if d, err := calendar.ParseDay(c.At); err == nil {
		return d.Time(), nil
	}
	t, err := time.Parse(time.RFC3339, c.At)
	if err != nil {
		return t, badInput(c.Lang.Lang, i18n.M("program.cli.bad_time", i18n.A{"value": c.At}))
	}
	return t, nil
}

func (c *EvaluateCmd) facts(env *Env) (program.Facts, error) {
	if c.Facts == "" {
		return program.Facts{}, nil
	}
	b, err := read(c.Lang.Lang, c.Facts)
	if err != nil {
		return program.Facts{}, err
	}
	f, ps := program.ParseFacts(c.Facts, b)
	if len(ps) > 0 {
		return f, refuse(env, c.Lang.Lang, ps)
	}
	return f, nil
}

// people reads the roster. All its rows must be right; a certificate that no
// catalogue knows is named and then counts for nothing, because an engineer may
// well hold certificates of other vendors.
func (c *EvaluateCmd) people(env *Env, v *program.Version) ([]program.Person, error) {
	b, err := read(c.Lang.Lang, c.Roster)
	if err != nil {
		return nil, err
	}
	file, err := rosterfile.ReadForEvaluation(bytes.NewReader(b), c.Roster, func(string) bool { return true })
	if err != nil {
		return nil, c.unreadable(err)
	}
	for _, e := range file.Errors {
		fmt.Fprintf(env.Err, "%s:%d: %s: %s %s\n", c.Roster, e.Line, e.Column, i18n.Text(c.Lang.Lang, e.Msg),
			i18n.Text(c.Lang.Lang, e.Remedy))
	}
	if file.ErrorCount > 0 {
		return nil, badInput(c.Lang.Lang, i18n.M("program.cli.problems", i18n.A{"n": file.ErrorCount}))
	}
	var out []program.Person
	for _, p := range file.People {
		out = append(out, c.person(env, v.Catalogue(), p))
	}
	return out, nil
}

// unreadable turns a refused file into words; other errors stay what they are.
func (c *EvaluateCmd) unreadable(err error) error {
	f := fault.Of(err)
	if f == nil {
		return err
	}
	text := i18n.Text(c.Lang.Lang, f.Msg)
	if len(f.Fields) > 0 {
		text = i18n.Text(c.Lang.Lang, f.Fields[0].Msg)
	}
	return &InputError{c.Roster + ": " + text}
}

func (c *EvaluateCmd) person(env *Env, cat *program.Catalogue, p rosterfile.Person) program.Person {
	out := program.Person{ID: p.ID, Name: p.Name, BoundOn: p.BoundOn, LeftOn: p.LeftOn, Registered: p.Registered}
	for _, x := range p.Certificates {
		code := x.Code
		if t, ok := cat.Resolve(code); ok {
			code = t.Code
		} else {
			m := i18n.M("program.cli.unknown_code", i18n.A{"code": x.Code})
			fmt.Fprintf(env.Err, "%s:%d: certificate: %s\n", c.Roster, x.Line, i18n.Text(c.Lang.Lang, m))
		}
		out.Certificates = append(out.Certificates, program.Certificate{Code: code, IssuedOn: x.IssuedOn, ExpiresOn: x.ExpiresOn})
	}
	return out
}
