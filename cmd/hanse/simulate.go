package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"text/tabwriter"
	"time"

	"hanse/internal/domain/program"
	"hanse/internal/domain/simulation"
	"hanse/internal/kit/calendar"
	"hanse/internal/kit/fault"
	"hanse/internal/kit/i18n"
	"hanse/internal/kit/sheet"
)

type programSimulateCmd struct {
	File    string `arg:"" name:"file" help:"Program file, or a loaded version such as h3c-star@2025."`
	Against string `placeholder:"ID@VERSION" help:"Loaded version to compare with. Default: the one in force."`
	At      string `placeholder:"RFC3339" help:"The instant, or a day; not in the past. Default: now."`
	For     string `name:"for" enum:"apply,hold" default:"hold" help:"hold: what keeps a granted level; apply: what an application needs."`
	Out     string `short:"o" placeholder:"FILE" help:"Write every partner's result to this CSV file; it must not exist."`
	JSON    bool   `name:"json" help:"Print the figures as JSON."`
	settings
}

func (*programSimulateCmd) Help() string {
	return `It reads the installation's database, also beside a running server, and changes nothing. Exit code 2 when an input is
wrong.

Example:
  hanse program simulate h3c-star@2026.yaml --for hold -o who.csv`
}

// A simulated is what is printed as JSON.
type simulated struct {
	Ref       string                                 `json:"ref"`
	Against   string                                 `json:"against"`
	At        time.Time                              `json:"at"`
	For       program.Purpose                        `json:"for"`
	Partners  int64                                  `json:"partners"`
	Gain      int64                                  `json:"gain"`
	Lose      int64                                  `json:"lose"`
	Stay      int64                                  `json:"stay"`
	OldLevels map[string]int64                       `json:"old_levels"`
	NewLevels map[string]int64                       `json:"new_levels"`
	Lines     map[simulation.Effect]map[string]int64 `json:"lines"`
}

// Run simulates in this process.
func (c *programSimulateCmd) Run(ctx context.Context, out std) error {
	t := simulation.Trial{Against: c.Against, For: program.Purpose(c.For)}
	var err error
	if t.At, err = instantOf(c.At); err != nil {
		return err
	}
	b, err := os.ReadFile(c.File)
	switch {
	case errors.Is(err, os.ErrNotExist):
		t.Ref = c.File
	case err != nil:
		return badInput("%w", err)
	default:
		t.Source = string(b)
	}
	a, err := c.open(ctx, out)
	if err != nil {
		return err
	}
	defer a.Close()
	if t.Source != "" {
		if err := c.check(ctx, a.Simulation, t.Source, out); err != nil {
			return err
		}
	}
	tried, err := c.try(ctx, a.Simulation, t)
	if fault.KindOf(err) == fault.KindNotFound {
		return badInput("%s is neither a file nor a loaded version", c.File)
	}
	if f := fault.Of(err); f != nil && len(f.Fields) > 0 {
		return badInput("%s", i18n.Text(i18n.English, f.Fields[0].Msg))
	}
	if err != nil {
		return err
	}
	return tried.print(out.out, c.JSON)
}

// check says what is wrong with a file, with its places.
func (c *programSimulateCmd) check(ctx context.Context, s *simulation.Service, source string, out std) error {
	checked, err := s.Check(ctx, operator, source, "")
	if err != nil {
		return err
	}
	for _, p := range checked.Problems {
		p.File = c.File
		fmt.Fprintln(out.err, p.Text(i18n.English))
	}
	if n := len(checked.Problems); n > 0 {
		return badInput("%s has %d problems", c.File, n)
	}
	return nil
}

func instantOf(text string) (time.Time, error) {
	if text == "" {
		return time.Time{}, nil
	}
	if d, err := calendar.ParseDay(text); err == nil {
		return d.Time(), nil
	}
	t, err := time.Parse(time.RFC3339, text)
	if err != nil {
		return t, badInput("%q is neither a day (2026-11-20) nor an instant (2026-11-20T00:00:00Z)", text)
	}
	return t, nil
}

// try simulates, with a file of everybody when one is wanted.
func (c *programSimulateCmd) try(ctx context.Context, s *simulation.Service, t simulation.Trial) (r simulated, err error) {
	var tried simulation.Tried
	if c.Out == "" {
		tried, err = s.Try(ctx, operator, t, nil)
	} else {
		err = toFile(c.Out, func(w io.Writer) error {
			header := []string{"partner_id", "partner", "effect", "old_level", "new_level", "deciding_line", "held_level"}
			var failed error
			wrote := sheet.WriteCSV(w, header, func(yield func([]string, error) bool) {
				tried, failed = s.Try(ctx, operator, t, func(o *simulation.Outcome) error {
					if !yield([]string{o.Account, o.Name, string(o.Effect), o.OldLevel, o.NewLevel, o.Line, o.Held}, nil) {
						return io.ErrClosedPipe
					}
					return nil
				})
			})
			return errors.Join(failed, wrote)
		})
	}
	if err != nil {
		return r, err
	}
	n := tried.Counts
	return simulated{tried.New.Ref(), tried.Old.Ref(), tried.At, tried.For, n.Partners(), n.Gain, n.Lose, n.Stay, n.Old, n.New, n.Lines}, nil
}

func (r simulated) print(w io.Writer, asJSON bool) error {
	if asJSON {
		return printJSON(w, r)
	}
	fmt.Fprintf(w, "%s against %s at %s, for %s: %d partners; %d gain, %d lose, %d stay\n", r.Ref, r.Against, r.At.UTC().Format(time.RFC3339), r.For,
		r.Partners, r.Gain, r.Lose, r.Stay)
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintln(t, "level\tbefore\tafter")
	for _, level := range keys(r.OldLevels, r.NewLevels) {
		name := level
		if name == "" {
			name = "none"
		}
		fmt.Fprintf(t, "%s\t%d\t%d\n", name, r.OldLevels[level], r.NewLevels[level])
	}
	for _, e := range []simulation.Effect{simulation.Lose, simulation.Gain} {
		for _, line := range keys(r.Lines[e]) {
			fmt.Fprintf(t, "%s by %s\t%d\t\n", e, line, r.Lines[e][line])
		}
	}
	return t.Flush()
}

// keys are those of all counts, sorted.
func keys(counts ...map[string]int64) (out []string) {
	for _, m := range counts {
		for k := range m {
			out = append(out, k)
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}
