package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"

	"hanse/internal/domain/equipment"
	"hanse/internal/kit/i18n"
)

type importEquipmentCmd struct {
	File   string `arg:"" help:"CSV or XLSX of devices; docs/vendor.md names the columns."`
	DryRun bool   `help:"Check and count only; change nothing."`
	Errors string `placeholder:"FILE" help:"Write the rows that were refused, with reasons, to this CSV file, to be corrected and imported."`
	JSON   bool   `name:"json" help:"Print the result as JSON."`
	Quiet  bool   `help:"Tell no progress."`
	settings
}

func (*importEquipmentCmd) Help() string {
	return `The file is compared with what is there, and its good rows are taken without another question; bad ones are told with
line, column and reason. The same file again changes nothing. Broken off, the import goes on when the server runs: a file
that was only compared by then waits for your word in the portal (Desk, Equipment, Imports). Exit code 2 when a row or the
file was refused.

Example:
  hanse import equipment --dry-run deliveries.xlsx`
}

// An equipmentResult is what is printed.
type equipmentResult struct {
	Import  string        `json:"import_id"`
	State   string        `json:"state"`
	DryRun  bool          `json:"dry_run"`
	Rows    int64         `json:"rows"`
	Added   int64         `json:"added"`
	Changed int64         `json:"changed"`
	Same    int64         `json:"same"`
	Refused int64         `json:"refused"`
	Errors  []importError `json:"errors"`
	More    int64         `json:"more_errors,omitempty"`
	Reason  string        `json:"reason,omitempty"`
}

// Run imports in this process, also beside a running server.
func (c *importEquipmentCmd) Run(ctx context.Context, out std) error {
	f, err := os.Open(c.File)
	if err != nil {
		return badInput("%w", err)
	}
	defer f.Close()
	a, err := c.open(ctx, out)
	if err != nil {
		return err
	}
	defer a.Close()
	imp, err := a.Equipment.ImportNow(ctx, operator, filepath.Base(c.File), f, c.DryRun, c.progress(out.err))
	if err != nil {
		return err
	}
	r, err := equipmentOf(ctx, a.Equipment, imp, c.DryRun)
	if err != nil {
		return err
	}
	if c.Errors != "" && imp.Errors > 0 {
		err := toFile(c.Errors, func(w io.Writer) error { return a.Equipment.WriteErrors(ctx, operator, imp.ID, i18n.English, w) })
		if err != nil {
			return err
		}
	}
	if err := r.print(out, c.JSON); err != nil {
		return err
	}
	if imp.Errors > 0 || r.Reason != "" {
		return badInput("%s has entries to correct", filepath.Base(c.File))
	}
	return nil
}

// progress tells every few seconds how far it is.
func (c *importEquipmentCmd) progress(w io.Writer) func(equipment.Import) {
	if c.Quiet || c.JSON {
		return nil
	}
	tick := time.NewTicker(2 * time.Second)
	return func(i equipment.Import) {
		select {
		case <-tick.C:
			fmt.Fprintf(w, "%s: %d of about %d rows\n", i.State, i.Position, i.Rows)
		default:
		}
	}
}

func equipmentOf(ctx context.Context, s *equipment.Service, imp equipment.Import, dryRun bool) (equipmentResult, error) {
	r := equipmentResult{Import: imp.ID, State: string(imp.State), DryRun: dryRun, Rows: imp.Rows, Added: imp.Added, Changed: imp.Changed, Same: imp.Same, Refused: imp.Bad,
		Errors: []importError{}, Reason: i18n.Text(i18n.English, imp.Failure)}
	rows, err := s.RowErrors(ctx, operator, imp.ID, 0, 100)
	for _, e := range rows {
		r.Errors = append(r.Errors, importError{e.Line, e.Column, e.Value, i18n.Text(i18n.English, e.Reason), i18n.Text(i18n.English, e.Remedy)})
	}
	r.More = max(imp.Errors-int64(len(rows)), 0)
	return r, err
}

func (r equipmentResult) print(out std, asJSON bool) error {
	if asJSON {
		return printJSON(out.out, r)
	}
	state := r.State
	if r.DryRun {
		state = "checked only"
	}
	fmt.Fprintf(out.out, "%s: %d rows; %d devices new, %d changed, %d as before; %d rows refused\n", state, r.Rows, r.Added, r.Changed, r.Same, r.Refused)
	for _, e := range r.Errors {
		fmt.Fprintf(out.out, "line %d, %s: %s %s\n", e.Line, e.Column, e.Reason, e.Remedy)
	}
	if r.More > 0 {
		fmt.Fprintf(out.out, "and %d more: see them all with --errors FILE\n", r.More)
	}
	if r.Reason != "" {
		fmt.Fprintln(out.out, r.Reason)
	}
	return nil
}
