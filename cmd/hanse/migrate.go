package main

import (
	"context"
	"fmt"

	"hanse/internal/kit/clock"
	"hanse/internal/kit/db"
)

type migrateCmd struct{ settings }

func (*migrateCmd) Help() string {
	return `Runs the migrations that the database doesn't have yet; serve does the same when it starts. Several processes
may do it at once. There's no way back: take a backup before an upgrade.

Example:
  hanse migrate --db postgres://hanse@db.internal/hanse`
}

// Run migrates and says how far the schema is.
func (c *migrateCmd) Run(ctx context.Context, io std) error {
	if err := c.complete(); err != nil {
		return err
	}
	d, err := db.Open(c.DB, clock.New())
	if err != nil {
		return err
	}
	defer d.Close()
	n, err := d.Migrate(ctx)
	if err != nil {
		return err
	}
	version, err := d.Version(ctx)
	if err != nil {
		return err
	}
	fmt.Fprintf(io.out, "%d migrations run; the schema is at %d\n", n, version)
	return nil
}
