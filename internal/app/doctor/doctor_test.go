package doctor_test

import (
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"hanse/internal/app/doctor"
	"hanse/internal/kit/clock"
	"hanse/internal/kit/config"
	"hanse/internal/kit/db"
	"hanse/internal/kit/dbtest"
	"hanse/internal/kit/mailer"
)

// healthy is a configuration where every check passes or warns.
func healthy(t *testing.T) config.Config {
	t.Helper()
	wall := clock.New().Wall
	sink, err := mailer.NewSink(1, wall)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { sink.Close() })
	portal := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, `{"status":"ok"}`) }))
	t.Cleanup(portal.Close)
	mail := sink.Config("a@b.example")
	c := config.Config{Data: t.TempDir(), DB: dbtest.SQLite(t), BaseURL: portal.URL,
		SMTP: config.SMTP{Host: mail.Host, Port: mail.Port, TLS: mail.TLS, From: mail.From}, Log: config.Log{Level: "info", Format: "text"}}
	if err := c.Complete(); err != nil {
		t.Fatal(err)
	}
	return c
}

func examine(t *testing.T, c config.Config) map[string]doctor.Finding {
	t.Helper()
	out := map[string]doctor.Finding{}
	for _, f := range doctor.Run(t.Context(), c, clock.New().Wall) {
		out[f.Check] = f
		if (f.State == doctor.Failed || f.State == doctor.Warning) && f.Remedy == "" {
			t.Errorf("%s: %s without a remedy", f.Check, f.Detail)
		}
	}
	return out
}

func TestAHealthyInstallationPasses(t *testing.T) {
	c := healthy(t)
	for name, f := range examine(t, c) {
		if f.State == doctor.Failed {
			t.Errorf("%s failed: %s", name, f.Detail)
		}
	}
	if left, _ := os.ReadDir(c.Data); len(left) != 0 {
		t.Errorf("the doctor left %v behind", left)
	}
}

func TestOnPostgreSQLTheTrialTableIsTakenBack(t *testing.T) {
	c := healthy(t)
	c.DB = dbtest.Postgres(t)
	for range 2 { // a table that was left behind would make the second fail
		if f := examine(t, c)["database write"]; f.State != doctor.OK {
			t.Errorf("database write: %+v", f)
		}
	}
}

func TestEachFailureIsFoundAndNamed(t *testing.T) {
	other := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, "hello") }))
	defer other.Close()
	secure := httptest.NewTLSServer(http.NotFoundHandler())
	defer secure.Close()
	closed := freePort(t)
	for name, c := range map[string]struct {
		check, want string
		break_      func(*config.Config)
	}{
		"another program answers":   {"reached directly", "Another program", func(c *config.Config) { c.BaseURL = other.URL }},
		"nothing listens":           {"reached directly", "Nothing listens", func(c *config.Config) { c.BaseURL = "http://" + closed }},
		"untrusted certificate":     {"reached directly", "isn't trusted", func(c *config.Config) { c.BaseURL = secure.URL }},
		"proxy is down":             {"reached by proxy", "Nothing listens", func(c *config.Config) { c.OutProxy = "http://" + closed }},
		"mail server is down":       {"mail server", "Nothing listens", func(c *config.Config) { _, p, _ := net.SplitHostPort(closed); c.SMTP.Port = atoi(p) }},
		"mail without STARTTLS":     {"mail server", "STARTTLS", func(c *config.Config) { c.SMTP.TLS = mailer.StartTLS }},
		"broken scanner":            {"virus scanner", "by hand", func(c *config.Config) { c.Scan = []string{"/does/not/exist"} }},
		"secret others can read":    {"secret key", "chmod 600", func(c *config.Config) { os.WriteFile(c.SecretKey, nil, 0o644) }},
		"data folder is a file":     {"data folder", "right to write", func(c *config.Config) { c.Data = file(t) }},
		"database server is down":   {"database", "server runs", func(c *config.Config) { c.DB = "postgres://u@" + closed + "/n" }},
		"database of a newer hanse": {"schema", "newer program", func(c *config.Config) { newer(t, c.DB) }},
	} {
		t.Run(name, func(t *testing.T) {
			cfg := healthy(t)
			c.break_(&cfg)
			f := examine(t, cfg)[c.check]
			if f.State != doctor.Failed || !strings.Contains(f.Detail+" "+f.Remedy, c.want) {
				t.Errorf("%s: %+v, want a failure that says %q", c.check, f, c.want)
			}
		})
	}
}

func TestAProxyIsUsedWhenThereIsOne(t *testing.T) {
	c := healthy(t)
	asked := 0
	proxy := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asked++
		if r.URL.Host == "" {
			t.Errorf("the proxy got %s, want a whole address", r.URL)
		}
		io.WriteString(w, `{"status":"ok"}`)
	}))
	defer proxy.Close()
	c.OutProxy = proxy.URL
	if f := examine(t, c)["reached by proxy"]; f.State != doctor.OK || asked != 1 {
		t.Errorf("%+v after %d requests to the proxy, want one and ok", f, asked)
	}
}

func freePort(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
}

func atoi(s string) (n int) {
	for _, r := range s {
		n = n*10 + int(r-'0')
	}
	return n
}

func file(t *testing.T) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(path, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func newer(t *testing.T, dsn string) {
	t.Helper()
	d, err := db.Open(dsn, clock.New())
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	err = d.Update(t.Context(), func(tx *db.Tx) error {
		return db.Change(t.Context(), tx, `INSERT INTO schema_migration (number, name, applied_at) VALUES (9999, 'future', 0)`)
	})
	if err != nil {
		t.Fatal(err)
	}
}
