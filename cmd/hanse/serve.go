package main

import (
	"context"
	"fmt"
)

type serveCmd struct{ settings }

func (*serveCmd) Help() string {
	return `Starts on SQLite in the folder "data" when nothing is configured. The schema is brought up to date first.
When there's no administrator yet, a link to make the first one is printed; it works for 24 hours.

Example:
  hanse serve --addr 127.0.0.1:8080 --base-url https://partner.example.com \
    --db postgres://hanse@db.internal/hanse --smtp-host mail.internal`
}

// Run serves until it's told to end.
func (c *serveCmd) Run(ctx context.Context, io std) error {
	a, err := c.open(ctx, io)
	if err != nil {
		return err
	}
	defer a.Close()
	setup, err := a.Account.EnsureFirstAdmin(ctx)
	if err != nil {
		return err
	}
	if setup != "" {
		fmt.Fprintf(io.out, "Nobody administers this installation yet. Open this link once, within 24 hours:\n%s%s\n", a.Config.BaseURL, setup)
	}
	return a.Serve(ctx, func(addr string) {
		fmt.Fprintf(io.out, "Hanse answers at %s (listening on %s)\n", a.Config.BaseURL, addr)
	})
}
