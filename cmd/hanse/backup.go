package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"hanse/internal/app"
	"hanse/internal/app/backup"
)

type backupCmd struct {
	File string `arg:"" help:"Archive to write, such as hanse-2026-11-22.tar.gz; it must not exist."`
	settings
}

func (*backupCmd) Help() string {
	return `The server may go on running. The archive holds the secret key and everything else: keep it safe.
With PostgreSQL its program pg_dump must be installed.

Example:
  hanse backup --data /var/lib/hanse /backup/hanse-2026-11-22.tar.gz`
}

// Run writes the archive under a temporary name and gives it its own when it's whole.
func (c *backupCmd) Run(ctx context.Context, io std) error {
	if err := c.complete(); err != nil {
		return err
	}
	f, err := create(c.File + ".partial")
	if err != nil {
		return err
	}
	defer os.Remove(f.Name()) // after the rename the name is gone
	if _, err := os.Stat(c.File); err == nil {
		return errors.Join(f.Close(), badInput("%s exists already: choose another name", c.File))
	}
	w := bufio.NewWriterSize(f, 1<<20)
	m, err := backup.Write(ctx, c.Config, app.Build().Version, w)
	if err := errors.Join(err, w.Flush(), f.Sync(), f.Close()); err != nil {
		return err
	}
	if err := os.Rename(f.Name(), c.File); err != nil {
		return err
	}
	_, err = fmt.Fprintf(io.out, "%s: %s database of schema %d and %d files\n", filepath.Base(c.File), m.Database, m.Schema, len(m.Entries)-2)
	return err
}
