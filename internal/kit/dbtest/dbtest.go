// Package dbtest gives each test fresh, migrated databases: a SQLite file, and a PostgreSQL database cloned from
// a template that is migrated once.
//
// PostgreSQL comes from the system's package. One cluster serves all test processes of a machine; it stops by
// itself when none is left. Without PostgreSQL the half of a test is skipped loudly; with CI=true it fails.
package dbtest

import (
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"hanse/internal/kit/clock"
	"hanse/internal/kit/db"
	"hanse/internal/kit/id"
)

// Start is the instant at which the tests' clocks stand: a Friday morning in Beijing.
var Start = time.Date(2026, 3, 6, 2, 0, 0, 0, time.UTC)

// Each runs a test on a fresh SQLite database and on a fresh PostgreSQL database, with the clock at Start.
func Each(t *testing.T, f func(t *testing.T, d *db.DB, c *clock.Manual)) {
	t.Helper()
	t.Run("sqlite", func(t *testing.T) {
		c := clock.Fake(Start)
		f(t, open(t, SQLite(t), c.Clock), c)
	})
	t.Run("postgres", func(t *testing.T) {
		dsn := Postgres(t)
		c := clock.Fake(Start)
		f(t, open(t, dsn, c.Clock), c)
	})
}

func open(t testing.TB, dsn string, c *clock.Clock) *db.DB {
	t.Helper()
	d, err := db.Open(dsn, c)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { d.Close() })
	return d
}

var liteTemplate = sync.OnceValues(func() (string, error) {
	dir, err := os.MkdirTemp("", "hanse-sqlite-")
	if err != nil {
		return "", err
	}
	path := filepath.Join(dir, "template.db")
	d, err := db.Open("sqlite:"+path+"?sync=off", clock.Fake(Start).Clock)
	if err != nil {
		return "", err
	}
	defer d.Close()
	_, err = d.Migrate(context.Background())
	return path, err
})

// SQLite returns the address of a fresh migrated SQLite database, removed with the test.
func SQLite(t testing.TB) string {
	t.Helper()
	template, err := liteTemplate()
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "hanse.db")
	if err := copyFile(template, path); err != nil {
		t.Fatal(err)
	}
	return "sqlite:" + path + "?sync=off"
}

func copyFile(from, to string) error {
	in, err := os.Open(from)
	if err != nil {
		return err
	}
	defer in.Close()
	out, err := os.Create(to)
	if err != nil {
		return err
	}
	if _, err := io.Copy(out, in); err != nil {
		out.Close()
		return err
	}
	return out.Close()
}

// Postgres returns the address of a fresh migrated PostgreSQL database, dropped with the test. Without a server
// it skips the test loudly, or fails it when CI=true.
func Postgres(t testing.TB) string {
	t.Helper()
	c, err := shared()
	if err != nil {
		if os.Getenv("CI") == "true" {
			t.Fatalf("PostgreSQL is required here: %v", err)
		}
		fmt.Fprintf(os.Stderr, "\n*** SKIPPED ON POSTGRESQL %s: %v ***\n", t.Name(), err)
		t.Skipf("no PostgreSQL: %v", err)
	}
	name := "t_" + strings.TrimPrefix(id.New("x", clock.New().Wall()), "x_")
	template, err := c.template()
	if err != nil {
		t.Fatal(err)
	}
	if err := c.exec("CREATE DATABASE " + name + " TEMPLATE " + template + c.copy); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := c.exec("DROP DATABASE " + name + " WITH (FORCE)"); err != nil {
			t.Errorf("drop test database: %v", err)
		}
	})
	return c.dsn(name)
}
