// Package apptest gives a test the whole program on a fresh database, with a clock that stands still, a mailbox,
// and an address to send requests to.
package apptest

import (
	"net/http/httptest"
	"path/filepath"
	"testing"

	"hanse/internal/app"
	"hanse/internal/kit/clock"
	"hanse/internal/kit/config"
	"hanse/internal/kit/dbtest"
	"hanse/internal/kit/mailer"
)

// An App is a running program under test. No worker runs by itself: Drain does what is due.
type App struct {
	*app.App
	Clock *clock.Manual
	URL   string
}

// New returns the program on SQLite.
func New(t testing.TB) *App {
	t.Helper()
	return open(t, dbtest.SQLite(t))
}

// Each runs a test with the program on SQLite and on PostgreSQL.
func Each(t *testing.T, f func(t *testing.T, a *App)) {
	t.Helper()
	t.Run("sqlite", func(t *testing.T) { f(t, open(t, dbtest.SQLite(t))) })
	t.Run("postgres", func(t *testing.T) { f(t, open(t, dbtest.Postgres(t))) })
}

// On returns the program on a migrated database of the test's own.
func On(t testing.TB, dsn string) *App {
	t.Helper()
	return open(t, dsn)
}

func open(t testing.TB, dsn string) *App {
	t.Helper()
	c := clock.Fake(dbtest.Start)
	sink, err := mailer.NewSink(1000, c.Wall)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { sink.Close() })
	dir := t.TempDir()
	cfg := config.Config{Addr: "127.0.0.1:0", Data: dir, DB: dsn, Workers: 1,
		SMTP: config.SMTP{From: "Hanse <noreply@test.example>", TLS: mailer.NoTLS}, Log: config.Log{Level: "warn", Format: "text"}}
	server := httptest.NewUnstartedServer(nil)
	cfg.BaseURL = "http://" + server.Listener.Addr().String()
	if err := cfg.Complete(); err != nil {
		t.Fatal(err)
	}
	a, err := app.New(t.Context(), app.Parts{Config: cfg, Log: app.NewLogger(cfg.Log, t.Output()), Clock: c.Clock, Sink: sink,
		Inbox: mailer.NewInbox(1000, c.Wall), Light: true, DemoClock: filepath.Join(dir, "clock.json")})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { a.Close() })
	if server.Config.Handler, err = a.Handler(); err != nil {
		t.Fatal(err)
	}
	server.Start()
	t.Cleanup(server.Close)
	return &App{App: a, Clock: c, URL: server.URL}
}

// Drain does everything that's due.
func (a *App) Drain(t testing.TB) {
	t.Helper()
	if err := a.Runner.Drain(t.Context()); err != nil {
		t.Fatalf("drain: %v", err)
	}
}
