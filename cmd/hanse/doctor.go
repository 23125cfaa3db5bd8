package main

import (
	"context"
	"fmt"
	"strings"
	"text/tabwriter"

	"hanse/internal/app/doctor"
	"hanse/internal/kit/clock"
	"hanse/internal/kit/config"
)

type doctorCmd struct {
	JSON bool `name:"json" help:"Print as JSON."`
	settings
}

func (*doctorCmd) Help() string {
	return `Prints the settings in force, without secrets, then checks folders, disk, database, mail server, the way to its own
address (directly and through the proxy), and clock. Each failure comes with its remedy. Exit code 1 when one failed.
Run it as the user that runs the server, with the same settings, while the server runs.

Example:
  hanse doctor --config /etc/hanse.yaml`
}

// Run examines the installation.
func (c *doctorCmd) Run(ctx context.Context, io std) error {
	if err := c.complete(); err != nil {
		return err
	}
	found := doctor.Run(ctx, c.Config, clock.New().Wall)
	if c.JSON {
		err := printJSON(io.out, struct {
			Settings []config.Value   `json:"settings"`
			Checks   []doctor.Finding `json:"checks"`
		}{c.Values(), found})
		if err != nil {
			return err
		}
	} else {
		c.print(io, found)
	}
	if !doctor.Healthy(found) {
		return errSilent
	}
	return nil
}

func (c *doctorCmd) print(io std, found []doctor.Finding) {
	w := tabwriter.NewWriter(io.out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "SETTING\tVALUE\tVARIABLE")
	for _, v := range c.Values() {
		fmt.Fprintf(w, "%s\t%s\t%s\n", v.Name, v.Text, v.Env)
	}
	fmt.Fprintln(w, "\t\t\nCHECK\tSTATE\tDETAIL")
	for _, f := range found {
		state := string(f.State)
		if f.State == doctor.Failed {
			state = strings.ToUpper(state)
		}
		fmt.Fprintf(w, "%s\t%s\t%s\n", f.Check, state, strings.ReplaceAll(f.Detail, "\n", " "))
		if f.Remedy != "" {
			fmt.Fprintf(w, "\t\t-> %s\n", f.Remedy)
		}
	}
	w.Flush()
}
