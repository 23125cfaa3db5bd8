package dbtest

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"hanse/internal/kit/clock"
	"hanse/internal/kit/db"
)

// Durable starts a PostgreSQL server of the test's own that waits for the disk as one in use does, and returns the
// address of a fresh migrated database in it and the process id of the server, whose children do the work. It ends
// with the test. For measurements; other tests share a faster one: see Postgres.
func Durable(t testing.TB, options ...string) (dsn string, pid int) {
	t.Helper()
	dsn, pid, err := durable(t, options)
	if err != nil {
		t.Fatal(err)
	}
	return dsn, pid
}

func durable(t testing.TB, options []string) (dsn string, pid int, err error) {
	bin, err := serverPrograms()
	if err != nil {
		return "", 0, err
	}
	// Not in the test's own folder: the server's user must be able to go there.
	dir, err := os.MkdirTemp("", "hanse-durable-")
	if err != nil {
		return "", 0, err
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	if err := os.Chmod(dir, 0o755); err != nil {
		return "", 0, err
	}
	attr, err := unprivileged(dir)
	if err != nil {
		return "", 0, err
	}
	port, err := freePort()
	if err != nil {
		return "", 0, err
	}
	data := filepath.Join(dir, "data")
	run := func(name string, args ...string) error {
		cmd := exec.Command(filepath.Join(bin, name), args...)
		cmd.Dir, cmd.SysProcAttr = dir, attr
		if out, err := cmd.CombinedOutput(); err != nil {
			return fmt.Errorf("%s: %w\n%s", name, err, out)
		}
		return nil
	}
	if err := run("initdb", "-D", data, "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8"); err != nil {
		return "", 0, err
	}
	settings := fmt.Sprintf("-p %d -c listen_addresses=127.0.0.1 -c unix_socket_directories='' -c fsync=on -c synchronous_commit=on "+
		"-c full_page_writes=on -c max_connections=200 -c shared_buffers=1GB -c max_wal_size=8GB %s", port, strings.Join(options, " "))
	if err := run("pg_ctl", "-D", data, "-w", "-l", filepath.Join(dir, "log"), "-o", settings, "start"); err != nil {
		return "", 0, err
	}
	t.Cleanup(func() {
		if err := run("pg_ctl", "-D", data, "-m", "immediate", "stop"); err != nil {
			t.Errorf("stop PostgreSQL: %v", err)
		}
	})
	pid, err = postmaster(data)
	if err != nil {
		return "", 0, err
	}
	dsn = fmt.Sprintf("postgres://postgres@127.0.0.1:%d/postgres?sslmode=disable", port)
	return dsn, pid, migrate(dsn)
}

// postmaster reads the server's process id.
func postmaster(data string) (int, error) {
	b, err := os.ReadFile(filepath.Join(data, "postmaster.pid"))
	if err != nil {
		return 0, err
	}
	first, _, _ := strings.Cut(string(b), "\n")
	return strconv.Atoi(first)
}

func migrate(dsn string) error {
	d, err := db.Open(dsn, clock.Fake(Start).Clock)
	if err != nil {
		return err
	}
	defer d.Close()
	_, err = d.Migrate(context.Background())
	return err
}

// Program finds one of the programs that come with PostgreSQL, such as pgbench or psql.
func Program(t testing.TB, name string) string {
	t.Helper()
	if path, err := exec.LookPath(name); err == nil {
		return path
	}
	found, _ := filepath.Glob("/usr/lib/postgresql/*/bin/" + name)
	if len(found) == 0 {
		t.Fatalf("no %s: install the package postgresql", name)
	}
	return slices.MaxFunc(found, func(a, b string) int { return major(a) - major(b) })
}
