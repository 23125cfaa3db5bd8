package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"os"

	"hanse/internal/app/backup"
)

type restoreCmd struct {
	File string `arg:"" help:"Archive that hanse backup wrote."`
	settings
}

func (*restoreCmd) Help() string {
	return `Every checksum is compared before anything is written, and nothing is ever overwritten: the data folder and the
database must be empty. With PostgreSQL its program pg_restore must be installed, and the database must exist.

Example:
  hanse restore --data /var/lib/hanse-new /backup/hanse-2026-11-22.tar.gz
  hanse audit verify --data /var/lib/hanse-new`
}

// Run restores the archive.
func (c *restoreCmd) Run(ctx context.Context, io std) error {
	if err := c.complete(); err != nil {
		return err
	}
	f, err := os.Open(c.File)
	if err != nil {
		return badInput("%w", err)
	}
	defer f.Close()
	m, err := backup.Restore(ctx, c.Config, bufio.NewReaderSize(f, 1<<20))
	if errors.Is(err, backup.ErrNotEmpty) {
		return badInput("%w", err)
	}
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(io.out, "Restored what was backed up at %s: schema %d, %d files.\nRun hanse audit verify, then hanse serve.\n",
		m.MadeAt.Format("2006-01-02 15:04 MST"), m.Schema, len(m.Entries)-2)
	return err
}
