package main

import (
	"context"
	"fmt"
	"time"

	"hanse/internal/domain/qualification"
	"hanse/internal/kit/i18n"
)

type verifyCmd struct {
	Number string `arg:"" help:"Number on the certificate."`
	Lang   string `default:"en" enum:"en,zh-Hans" help:"Language of titles: en or zh-Hans."`
	JSON   bool   `name:"json" help:"Print as JSON."`
	settings
}

func (*verifyCmd) Help() string {
	return `Asks this installation's database, as the public page /verify/NUMBER does. Exit code 0 when the qualification is in
force, 1 when it isn't any more, 2 when the number was never given.

Example:
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
	a, err := c.open(ctx, io)
	if err != nil {
		return err
	}
	defer a.Close()
	v, err := a.Qualification.Verify(ctx, c.Number)
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

func (c *verifyCmd) print(io std, v qualification.Verification) error {
	r := verdict{v.Number, v.Good, string(v.Status), v.Holder, v.HolderZH, i18n.Text(c.Lang, v.Program), i18n.Text(c.Lang, v.Level),
		v.ValidFrom.String(), v.ValidUntil.String(), v.CheckedAt}
	if c.JSON {
		return printJSON(io.out, r)
	}
	_, err := fmt.Fprintf(io.out, "%s: %s\n%s\n%s, %s\nfrom %s until %s\n", r.Number, r.Status, r.Holder, r.Program, r.Level, r.ValidFrom, r.Until)
	return err
}
