package backup

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
)

// errNoTool says what to install.
var errNoTool = errors.New("install PostgreSQL's client programs (package postgresql-client), of the server's version or newer")

func dump(ctx context.Context, dsn, path string) error {
	return tool(ctx, dsn, "pg_dump", "--format=custom", "--no-owner", "--no-privileges", "--file="+path)
}

// undump restores in one transaction: all of it or nothing.
func undump(ctx context.Context, dsn, path string) error {
	name, err := databaseName(dsn)
	if err != nil {
		return err
	}
	return tool(ctx, dsn, "pg_restore", "--single-transaction", "--exit-on-error", "--no-owner", "--no-privileges", "--dbname="+name, path)
}

// tool runs a client program. The password goes by the environment: others can read command lines.
func tool(ctx context.Context, dsn, name string, args ...string) error {
	bin, err := find(name)
	if err != nil {
		return err
	}
	env, err := connection(dsn)
	if err != nil {
		return err
	}
	cmd := exec.CommandContext(ctx, bin, args...)
	cmd.Env = append(os.Environ(), env...)
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("%s: %w\n%s", name, err, strings.TrimSpace(string(out)))
	}
	return nil
}

func find(name string) (string, error) {
	if p, err := exec.LookPath(name); err == nil {
		return p, nil
	}
	found, _ := filepath.Glob("/usr/lib/postgresql/*/bin/" + name) // the pattern is good
	if len(found) == 0 {
		return "", fmt.Errorf("%s isn't there: %w", name, errNoTool)
	}
	slices.Sort(found)
	return found[len(found)-1], nil
}

func databaseName(dsn string) (string, error) {
	u, err := url.Parse(dsn)
	if err != nil {
		return "", errors.New("the database's address can't be read")
	}
	return strings.TrimPrefix(u.Path, "/"), nil
}

// connection is the address as the variables that PostgreSQL's programs read.
func connection(dsn string) ([]string, error) {
	u, err := url.Parse(dsn)
	if err != nil {
		return nil, errors.New("the database's address can't be read")
	}
	var env []string
	set := func(name, value string) {
		if value != "" {
			env = append(env, name+"="+value)
		}
	}
	password, _ := u.User.Password()
	set("PGHOST", u.Hostname())
	set("PGPORT", u.Port())
	set("PGUSER", u.User.Username())
	set("PGPASSWORD", password)
	set("PGDATABASE", strings.TrimPrefix(u.Path, "/"))
	for option, name := range map[string]string{"sslmode": "PGSSLMODE", "sslrootcert": "PGSSLROOTCERT", "host": "PGHOST"} {
		set(name, u.Query().Get(option))
	}
	return env, nil
}
