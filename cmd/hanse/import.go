package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"hanse/internal/domain/roster"
	"hanse/internal/kit/i18n"
)

type importCmd struct {
	Roster      importRosterCmd      `cmd:"" help:"Import a partner's people and certificates from CSV or XLSX."`
	Consumption importConsumptionCmd `cmd:"" help:"Import the vendor's consumption lines from CSV or XLSX, and take the money for them."`
	Equipment   importEquipmentCmd   `cmd:"" help:"Import devices that were delivered from CSV or XLSX."`
	Records     importRecordsCmd     `cmd:"" help:"Import the vendor's exam results or trainings from CSV or XLSX."`
}

type importRosterCmd struct {
	File    string `arg:"" help:"CSV or XLSX with the columns person_id, name, email, certificate, issued_on, expires_on, bound_on, left_on, registered."`
	Partner string `required:"" placeholder:"ID" help:"Account id of the partner."`
	DryRun  bool   `help:"Check and count only; change nothing."`
	Errors  string `placeholder:"FILE" help:"Write the rows that were refused, with reasons, to this CSV file, to be corrected and imported."`
	JSON    bool   `name:"json" help:"Print the result as JSON."`
	settings
}

func (*importRosterCmd) Help() string {
	return `Good rows are applied, bad ones are told with line, column and reason. The same file again changes nothing. Exit
code 2 when a row or the file was refused.

Example:
  hanse import roster --partner 0192f3a4b5c67d8e9fa0b1c2d3e4f506 --dry-run people.xlsx`
}

// An importResult is what is printed.
type importResult struct {
	Import string              `json:"import_id"`
	State  string              `json:"state"`
	Rows   int64               `json:"rows"`
	Counts roster.ImportCounts `json:"counts"`
	Errors []importError       `json:"errors"`
	More   int64               `json:"more_errors,omitempty"`
	Reason string              `json:"reason,omitempty"`
}

type importError struct {
	Line   int64  `json:"line"`
	Column string `json:"column"`
	Value  string `json:"value"`
	Reason string `json:"reason"`
	Remedy string `json:"remedy"`
}

// Run imports in this process, also beside a running server.
func (c *importRosterCmd) Run(ctx context.Context, out std) error {
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
	imp, err := a.Roster.ImportNow(ctx, operator, c.Partner, filepath.Base(c.File), f, c.DryRun, nil)
	if err != nil {
		return err
	}
	r, err := result(ctx, a.Roster, imp)
	if err != nil {
		return err
	}
	if err := c.writeErrors(ctx, a.Roster, imp); err != nil {
		return err
	}
	if err := r.print(out, c.JSON); err != nil {
		return err
	}
	if imp.Errors > 0 || r.Reason != "" {
		return badInput("%s has entries to correct", filepath.Base(c.File))
	}
	return nil
}

func result(ctx context.Context, s *roster.Service, imp roster.Import) (importResult, error) {
	r := importResult{Import: imp.ID, State: string(imp.State), Rows: imp.Rows, Counts: imp.Counts, Errors: []importError{},
		Reason: i18n.Text(i18n.English, imp.Failure)}
	rows, err := s.RowErrors(ctx, operator, imp.Account, imp.ID, 0, 100)
	for _, e := range rows {
		r.Errors = append(r.Errors, importError{e.Line, e.Column, e.Value, i18n.Text(i18n.English, e.Reason), i18n.Text(i18n.English, e.Remedy)})
	}
	r.More = max(imp.Errors-int64(len(rows)), 0)
	return r, err
}

func (r importResult) print(out std, asJSON bool) error {
	if asJSON {
		return printJSON(out.out, r)
	}
	n := r.Counts
	fmt.Fprintf(out.out, "%s: %d rows; people %d new, %d changed, %d as before; certificates %d new, %d corrected, %d as before; %d rows refused\n",
		r.State, r.Rows, n.NewPeople, n.ChangedPeople, n.SamePeople, n.NewCertificates, n.CorrectedCertificates, n.SameCertificates, n.BadRows)
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

func (c *importRosterCmd) writeErrors(ctx context.Context, s *roster.Service, imp roster.Import) error {
	if c.Errors == "" || imp.Errors == 0 {
		return nil
	}
	return toFile(c.Errors, func(w io.Writer) error {
		return s.WriteErrors(ctx, operator, imp.Account, imp.ID, i18n.English, w)
	})
}
