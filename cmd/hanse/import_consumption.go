package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"

	"hanse/internal/domain/bill"
	"hanse/internal/kit/i18n"
)

type importConsumptionCmd struct {
	File   string `arg:"" help:"CSV or XLSX of consumption lines; docs/vendor.md names the columns."`
	DryRun bool   `help:"Check and count only; take nothing."`
	Errors string `placeholder:"FILE" help:"Write the lines that were refused, with reasons, to this CSV file, to be corrected and imported."`
	JSON   bool   `name:"json" help:"Print the result as JSON."`
	Quiet  bool   `help:"Tell no progress."`
	settings
}

func (*importConsumptionCmd) Help() string {
	return `Good lines are taken, bad ones are told with line, column and reason. A line id counts once: the same line again changes
nothing, one that says something else is refused, and corrections are lines of their own. Broken off, the import goes on
when the server runs. Exit code 2 when a line or the file was refused.

Example:
  hanse import consumption --dry-run consumption-2026-11.csv`
}

// A consumptionResult is what is printed.
type consumptionResult struct {
	Import  string        `json:"import_id"`
	State   string        `json:"state"`
	Rows    int64         `json:"rows"`
	Added   int64         `json:"added"`
	Same    int64         `json:"same"`
	Refused int64         `json:"refused"`
	Late    int64         `json:"late"`
	Amount  bill.Exact    `json:"amount"`
	Errors  []importError `json:"errors"`
	More    int64         `json:"more_errors,omitempty"`
	Reason  string        `json:"reason,omitempty"`
}

// Run imports in this process, also beside a running server.
func (c *importConsumptionCmd) Run(ctx context.Context, out std) error {
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
	imp, err := a.Bill.ImportNow(ctx, operator, filepath.Base(c.File), f, c.DryRun, c.progress(out.err))
	if err != nil {
		return err
	}
	r := consumptionResult{Import: imp.ID, State: string(imp.State), Rows: imp.Rows, Added: imp.Added, Same: imp.Same, Refused: imp.Bad, Late: imp.Late,
		Amount: imp.Amount, Errors: []importError{}, Reason: i18n.Text(i18n.English, imp.Failure)}
	rows, err := a.Bill.RowErrors(ctx, operator, imp.ID, 0, 100)
	if err != nil {
		return err
	}
	for _, e := range rows {
		r.Errors = append(r.Errors, importError{e.Line, e.Column, e.Value, i18n.Text(i18n.English, e.Reason), i18n.Text(i18n.English, e.Remedy)})
	}
	r.More = max(imp.Errors-int64(len(rows)), 0)
	if c.Errors != "" && imp.Errors > 0 {
		if err := toFile(c.Errors, func(w io.Writer) error { return a.Bill.WriteErrors(ctx, operator, imp.ID, i18n.English, w) }); err != nil {
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
func (c *importConsumptionCmd) progress(w io.Writer) func(bill.Import) {
	if c.Quiet || c.JSON {
		return nil
	}
	tick := time.NewTicker(2 * time.Second)
	return func(i bill.Import) {
		select {
		case <-tick.C:
			fmt.Fprintf(w, "%s: %d of about %d lines\n", i.State, i.Position, i.Rows)
		default:
		}
	}
}

func (r consumptionResult) print(out std, asJSON bool) error {
	if asJSON {
		return printJSON(out.out, r)
	}
	fmt.Fprintf(out.out, "%s: %d lines; %d taken (%s CNY, %d of them billed later than their month), %d as before, %d refused\n",
		r.State, r.Rows, r.Added, r.Amount, r.Late, r.Same, r.Refused)
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
