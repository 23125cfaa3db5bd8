package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"hanse/internal/domain/badge"
	"hanse/internal/domain/qualification"
	"hanse/internal/kit/clock"
	"hanse/internal/kit/i18n"
	"hanse/internal/kit/vc"
)

type verifyCmd struct {
	What          string    `arg:"" name:"file-or-number" help:"Certificate (PDF), credential (JSON), or the number on a certificate."`
	Issuer        []string  `name:"issuer" placeholder:"FILE" type:"existingfile" help:"Issuer document, saved from the issuer's address: lists the keys. Without it, this installation's."`
	Status        []string  `name:"status" placeholder:"FILE" type:"existingfile" help:"Status list, saved from the address in the credential."`
	RequireStatus bool      `name:"require-status" help:"Fail when revocation and suspension could not be checked."`
	At            time.Time `name:"at" placeholder:"RFC3339" help:"Instant for which the validity is asked. Default: now."`
	Lang          string    `default:"en" enum:"en,zh-Hans" help:"Language of the answer: en or zh-Hans."`
	JSON          bool      `name:"json" help:"Print as JSON."`
	settings
}

func (*verifyCmd) Help() string {
	return `A FILE is checked without any network: the signature with the issuer's key, the dates, and, where a saved status
list is given or this installation signed it, revocation and suspension. What could not be checked is said loudly.
Save the issuer's document once: curl -o issuer.json https://ISSUER/issuer

A NUMBER is asked of this installation's database, as the public page /verify/NUMBER does.

Exit code 0: genuine and in force (for a file: as far as it could be checked). 1: not genuine, or not in force.
2: no such file or number, or a file that is no credential. With --require-status an unchecked status is 1 too.

Examples:
  hanse verify certificate.pdf --issuer issuer.json
  hanse verify credential.json --issuer issuer.json --status revocation.json --status suspension.json
  hanse verify HANSE-2026-000123 --data /var/lib/hanse`
}

// A verdict is what is printed.
type verdict struct {
	Number    string    `json:"number"`
	Good      bool      `json:"good"`
	Status    string    `json:"status"`
	Holder    string    `json:"holder"`
	HolderZH  string    `json:"holder_zh,omitempty"`
	Program   string    `json:"program"`
	Level     string    `json:"level"`
	ValidFrom string    `json:"valid_from"`
	Until     string    `json:"valid_until"`
	CheckedAt time.Time `json:"checked_at"`
}

// Run verifies.
func (c *verifyCmd) Run(ctx context.Context, io std) error {
	file, err := c.file()
	if err != nil {
		return err
	}
	if file != nil {
		return c.runFile(ctx, io, file)
	}
	a, err := c.open(ctx, io)
	if err != nil {
		return err
	}
	defer a.Close()
	v, err := a.Qualification.Verify(ctx, c.What)
	if err != nil {
		return err
	}
	if err := c.print(io, v); err != nil {
		return err
	}
	if !v.Good {
		return errSilent
	}
	return nil
}

// file reads the file that is to be checked; nil when a number is meant: nothing of that name is there, and it
// doesn't look like a file's.
func (c *verifyCmd) file() ([]byte, error) {
	b, err := os.ReadFile(c.What)
	if err == nil {
		return b, nil
	}
	named := strings.ContainsAny(c.What, `/\`) || filepath.Ext(c.What) != ""
	if errors.Is(err, fs.ErrNotExist) && !named {
		return nil, nil
	}
	return nil, badInput("%w", err)
}

func (c *verifyCmd) print(io std, v qualification.Verification) error {
	r := verdict{v.Number, v.Good, string(v.Status), v.Holder, v.HolderZH, i18n.Text(c.Lang, v.Program), i18n.Text(c.Lang, v.Level),
		v.ValidFrom.String(), v.ValidUntil.String(), v.CheckedAt}
	if c.JSON {
		return printJSON(io.out, r)
	}
	_, err := fmt.Fprintf(io.out, "%s: %s\n%s\n%s, %s\nfrom %s until %s\n", r.Number, r.Status, r.Holder, r.Program, r.Level, r.ValidFrom, r.Until)
	return err
}

// runFile checks a file by its signature.
func (c *verifyCmd) runFile(ctx context.Context, io std, file []byte) error {
	f, err := c.examine(ctx, io, file)
	if err != nil {
		return err
	}
	open := f.Of(badge.CheckStatus).Result == badge.Unchecked
	if c.JSON {
		err = printJSON(io.out, c.found(f))
	} else {
		err = c.printFound(io, f)
	}
	if err != nil {
		return err
	}
	if f.Verified && open {
		fmt.Fprintf(io.err, "hanse: NOT CHECKED: %s\n", i18n.Text(c.Lang, f.Of(badge.CheckStatus).Why))
	}
	if !f.Good || c.RequireStatus && open {
		return errSilent
	}
	return nil
}

// examine asks the saved documents where there are any, and else this installation, if there is one.
func (c *verifyCmd) examine(ctx context.Context, io std, file []byte) (badge.Finding, error) {
	d, err := badge.Read(file)
	if err != nil {
		return badge.Finding{}, err
	}
	src, err := c.saved()
	if err != nil {
		return badge.Finding{}, err
	}
	if len(c.Issuer) > 0 || !c.installed() {
		return badge.Examine(ctx, d, src), nil
	}
	a, err := c.open(ctx, io)
	if err != nil {
		return badge.Finding{}, err
	}
	defer a.Close()
	return a.Badge.Examine(ctx, file)
}

// installed tells whether the settings lead to a database that is there already; looking must not make one.
func (c *verifyCmd) installed() bool {
	if c.complete() != nil {
		return false
	}
	path, ok := strings.CutPrefix(c.DB, "sqlite:")
	if !ok {
		return true
	}
	_, err := os.Stat(path)
	return err == nil
}

// saved reads the issuer documents and status lists of the command line.
func (c *verifyCmd) saved() (badge.Sources, error) {
	var issuers [][]byte
	for _, name := range c.Issuer {
		b, err := os.ReadFile(name)
		if err != nil {
			return badge.Sources{}, badInput("%w", err)
		}
		issuers = append(issuers, b)
	}
	known, err := badge.Issuers(issuers...)
	if err != nil {
		return badge.Sources{}, err
	}
	lists := map[string]vc.Document{}
	for _, name := range c.Status {
		b, err := os.ReadFile(name)
		if err != nil {
			return badge.Sources{}, badInput("%w", err)
		}
		d, err := vc.Parse(b)
		if err != nil {
			return badge.Sources{}, badInput("status list %s: %w", name, err)
		}
		lists[vc.Text(d, "id")] = d
	}
	wall := clock.New().Wall()
	now := wall
	if !c.At.IsZero() {
		now = c.At
	}
	return badge.Offline(known, lists, now, wall), nil
}

// A foundJSON is a finding as JSON.
type foundJSON struct {
	Verified   bool        `json:"verified"`
	Good       bool        `json:"good"`
	ID         string      `json:"id"`
	Issuer     string      `json:"issuer"`
	IssuerName string      `json:"issuer_name,omitempty"`
	KeyFrom    badge.From  `json:"key_from,omitempty"`
	Key        string      `json:"key,omitempty"`
	SignedAt   time.Time   `json:"signed_at,omitzero"`
	Name       string      `json:"name"`
	Holder     []string    `json:"holder"`
	ValidFrom  time.Time   `json:"valid_from,omitzero"`
	ValidUntil time.Time   `json:"valid_until,omitzero"`
	Checks     []checkJSON `json:"checks"`
}

type checkJSON struct {
	Check  string       `json:"check"`
	Result badge.Result `json:"result"`
	Why    string       `json:"why"`
}

func (c *verifyCmd) found(f badge.Finding) foundJSON {
	out := foundJSON{f.Verified, f.Good, f.ID, f.Issuer, f.IssuerName, f.KeyFrom, f.Key, f.SignedAt, f.Name, append([]string{}, f.Holder...),
		f.ValidFrom, f.ValidUntil, []checkJSON{}}
	for _, x := range f.Checks {
		out.Checks = append(out.Checks, checkJSON{x.Name, x.Result, i18n.Text(c.Lang, x.Why)})
	}
	return out
}

func (c *verifyCmd) printFound(io std, f badge.Finding) error {
	var b strings.Builder
	say := func(m i18n.Msg) string { return i18n.Text(c.Lang, m) }
	fmt.Fprintf(&b, "%s\n", say(f.Verdict()))
	if f.Verified {
		fmt.Fprintf(&b, "%s\n%s\n%s %s\n", f.Name, strings.Join(f.Holder, " / "), f.IssuerName, f.Issuer)
	}
	for _, x := range f.Checks {
		fmt.Fprintf(&b, "  [%s] %s: %s\n", say(x.Result.Label()), say(x.Label()), say(x.Why))
	}
	_, err := io.out.Write([]byte(b.String()))
	return err
}
