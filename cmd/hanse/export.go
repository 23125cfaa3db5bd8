package main

import (
	"bufio"
	"context"
	"errors"
	"io"
	"iter"
	"strings"

	"hanse/internal/app"
	"hanse/internal/domain/account"
	"hanse/internal/domain/roster"
	"hanse/internal/kit/actor"
	"hanse/internal/kit/sheet"
)

type exportCmd struct {
	Roster   exportRosterCmd   `cmd:"" help:"Export a partner's people and certificates as CSV."`
	Partners exportPartnersCmd `cmd:"" help:"Export the list of partners as CSV."`
}

// output is where an export goes.
type output struct {
	Out  string `short:"o" placeholder:"FILE" help:"File to write; it must not exist. Default: standard output."`
	JSON bool   `name:"json" help:"Write JSON instead of CSV."`
}

func (o output) write(out std, header []string, rows iter.Seq2[[]string, error]) error {
	put := func(w io.Writer) error {
		if o.JSON {
			return writeJSONRows(w, header, rows)
		}
		return sheet.WriteCSV(w, header, rows)
	}
	if o.Out == "" {
		return put(out.out)
	}
	return toFile(o.Out, put)
}

// toFile writes a new file.
func toFile(path string, put func(io.Writer) error) error {
	f, err := create(path)
	if err != nil {
		return err
	}
	w := bufio.NewWriter(f)
	return errors.Join(put(w), w.Flush(), f.Close())
}

func writeJSONRows(w io.Writer, header []string, rows iter.Seq2[[]string, error]) error {
	all := []map[string]string{}
	for row, err := range rows {
		if err != nil {
			return err
		}
		m := map[string]string{}
		for i, name := range header {
			m[name] = row[i]
		}
		all = append(all, m)
	}
	return printJSON(w, all)
}

type exportRosterCmd struct {
	Partner string `required:"" placeholder:"ID" help:"Account id of the partner."`
	output
	settings
}

func (*exportRosterCmd) Help() string {
	return `The columns are those of the import, so that the file can be corrected and imported again.

Example:
  hanse export roster --partner 0192f3a4b5c67d8e9fa0b1c2d3e4f506 -o people.csv`
}

// Run exports everybody, also those who left.
func (c *exportRosterCmd) Run(ctx context.Context, out std) error {
	a, err := c.open(ctx, out)
	if err != nil {
		return err
	}
	defer a.Close()
	header, rows, err := a.Roster.Export(ctx, operator, c.Partner, roster.Filter{Left: "all"})
	if err != nil {
		return err
	}
	return c.write(out, header, rows)
}

type exportPartnersCmd struct {
	output
	settings
}

func (*exportPartnersCmd) Help() string { return "Example:\n  hanse export partners -o partners.csv" }

// Run exports the partners by name.
func (c *exportPartnersCmd) Run(ctx context.Context, out std) error {
	a, err := c.open(ctx, out)
	if err != nil {
		return err
	}
	defer a.Close()
	return c.write(out, []string{"domain_id", "name", "state", "country", "market", "channel", "contact", "email", "phone"}, partners(ctx, a))
}

func partners(ctx context.Context, a *app.App) iter.Seq2[[]string, error] {
	return func(yield func([]string, error) bool) {
		for f := (account.Filter{Kind: actor.Partner, Limit: 200}); ; {
			page, next, err := a.Account.List(ctx, operator, f)
			if err != nil {
				yield(nil, err)
				return
			}
			for _, p := range page {
				if !yield([]string{p.ID, p.Name, string(p.State), p.Country, p.Market, kinds(p.Channel), p.Contact, p.Email, p.Phone}, nil) {
					return
				}
			}
			if f.After = next; next == "" {
				return
			}
		}
	}
}

func kinds(all []account.Channel) string {
	out := make([]string, len(all))
	for i, c := range all {
		out[i] = string(c)
	}
	return strings.Join(out, " ")
}
