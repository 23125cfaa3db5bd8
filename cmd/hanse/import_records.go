package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"hanse/internal/domain/record"
	"hanse/internal/kit/i18n"
)

type importRecordsCmd struct {
	File   string `arg:"" help:"CSV or XLSX of exam results or of trainings; the headings tell which."`
	DryRun bool   `help:"Check and count only; change nothing."`
	Errors string `placeholder:"FILE" help:"Write the lines that were refused, with reasons, to this CSV file, to be corrected and imported."`
	JSON   bool   `name:"json" help:"Print the result as JSON."`
	Quiet  bool   `help:"Tell no progress."`
	settings
}

func (*importRecordsCmd) Help() string {
	return `Good lines are applied, bad ones are told with line, column and reason. The latest line about a registration holds, so
the same file again changes nothing. Broken off, the import goes on when the server runs, or can be undone in the
portal (System, Feeds). Exit code 2 when a line or the file was refused.

Example:
  hanse import records --dry-run pearson-2026-11.csv`
}

// A recordsResult is what is printed.
type recordsResult struct {
	Import  string           `json:"import_id"`
	Feed    string           `json:"feed"`
	State   string           `json:"state"`
	Rows    int64            `json:"rows"`
	Counts  record.Counts    `json:"counts"`
	Unknown map[string]int64 `json:"exams_without_certificate,omitempty"`
	Errors  []importError    `json:"errors"`
	More    int64            `json:"more_errors,omitempty"`
	Reason  string           `json:"reason,omitempty"`
}

// Run imports in this process, also beside a running server.
func (c *importRecordsCmd) Run(ctx context.Context, out std) error {
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
	imp, err := a.Record.ImportNow(ctx, operator, filepath.Base(c.File), f, c.DryRun, c.progress(out.err))
	if err != nil {
		return err
	}
	r, err := recordsOf(ctx, a.Record, imp, c.DryRun)
	if err != nil {
		return err
	}
	if c.Errors != "" && imp.Errors > 0 {
		err := toFile(c.Errors, func(w io.Writer) error { return a.Record.WriteErrors(ctx, operator, imp.ID, i18n.English, w) })
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
func (c *importRecordsCmd) progress(w io.Writer) func(record.Import) {
	if c.Quiet || c.JSON {
		return nil
	}
	tick := time.NewTicker(2 * time.Second)
	return func(i record.Import) {
		select {
		case <-tick.C:
			fmt.Fprintf(w, "%s: %d of about %d lines\n", i.State, i.Position, i.Rows)
		default:
		}
	}
}

func recordsOf(ctx context.Context, s *record.Service, imp record.Import, dryRun bool) (recordsResult, error) {
	r := recordsResult{Import: imp.ID, Feed: string(imp.Feed), State: string(imp.State), Rows: imp.Rows, Counts: imp.Applied, Unknown: imp.Unknown,
		Errors: []importError{}, Reason: i18n.Text(i18n.English, imp.Failure)}
	if dryRun {
		r.Counts = imp.Counts
	}
	rows, err := s.RowErrors(ctx, operator, imp.ID, 0, 100)
	for _, e := range rows {
		r.Errors = append(r.Errors, importError{e.Line, e.Column, e.Value, i18n.Text(i18n.English, e.Reason), i18n.Text(i18n.English, e.Remedy)})
	}
	r.More = max(imp.Errors-int64(len(rows)), 0)
	return r, err
}

func (r recordsResult) print(out std, asJSON bool) error {
	if asJSON {
		return printJSON(out.out, r)
	}
	n := r.Counts
	fmt.Fprintf(out.out, "%s, %s: %d lines; %d new, %d changed, %d as before; %d passed, %d failed, %d not taken, %d revoked; %d wait for their e-mail; certificates of %d people changed; %d lines refused\n",
		r.State, r.Feed, r.Rows, n.New, n.Changed, n.Same, n.Passed, n.Failed, n.NoShow, n.Revoked, n.Waiting, n.People, n.BadRows)
	if len(r.Unknown) > 0 {
		var codes []string
		for code, lines := range r.Unknown {
			codes = append(codes, fmt.Sprintf("%s (%d)", code, lines))
		}
		slices.Sort(codes)
		fmt.Fprintln(out.out, "passed exams of which the catalogue knows no certificate:", strings.Join(codes, ", "))
	}
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
