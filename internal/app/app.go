// Package app builds the program from its configuration and runs it: the only package that knows all others.
//
// New opens what the program needs and makes the modules, lowest first; Handler is the whole of its HTTP; Serve
// runs it until told to end. Tests and the demo build the same App with a clock and a mailbox of their own.
package app

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"time"

	"hanse/internal/edge/demo"
	"hanse/internal/kit/audit"
	"hanse/internal/kit/blob"
	"hanse/internal/kit/clock"
	"hanse/internal/kit/config"
	"hanse/internal/kit/db"
	"hanse/internal/kit/jobs"
	"hanse/internal/kit/mailer"
)

// Parts are what an App is built from. Config must be complete. A nil Clock is the machine's; a nil Log is silent.
type Parts struct {
	Config config.Config
	Log    *slog.Logger
	Clock  *clock.Clock
	// Sink and Inbox receive mail and text messages inside the program; the demo's mailbox page shows them. With
	// a Sink the configured mail server isn't used.
	Sink  *mailer.Sink
	Inbox *mailer.Inbox
	// Light makes password hashing cheap: for tests and demo data, never in production.
	Light bool
	// DemoClock is the file that keeps the business clock's lead; it makes this App a demonstration, which can
	// travel in time. Empty in production.
	DemoClock string
}

// App is the running program. Its fields are for edges and commands; nobody changes them after New.
type App struct {
	Parts
	Modules
	DB     *db.DB
	Files  *blob.Store
	Mail   *mailer.Mailer // nil when no mail server is configured
	Audit  *audit.Service
	Jobs   *jobs.Service
	Runner *jobs.Runner
	Time   *demo.Time // nil unless this is a demonstration
	Secret []byte     // the installation's secret key

	Migrated int // how many migrations New ran
	metrics  *metrics
	started  time.Time // wall instant
}

// New opens the database, brings its schema up to date, and makes every module. Close it after use.
func New(ctx context.Context, p Parts) (*App, error) {
	a := &App{Parts: p}
	if a.Log == nil {
		a.Log = slog.New(slog.DiscardHandler)
	}
	if a.Clock == nil {
		a.Clock = clock.New()
	}
	if err := a.open(ctx); err != nil {
		return nil, errors.Join(err, a.Close())
	}
	return a, nil
}

func (a *App) open(ctx context.Context) (err error) {
	if err := os.MkdirAll(a.Config.Data, 0o750); err != nil {
		return fmt.Errorf("data folder: %w", err)
	}
	if a.Secret, err = config.LoadSecret(a.Config.SecretKey); err != nil {
		return err
	}
	if a.DB, err = db.Open(a.Config.DB, a.Clock); err != nil {
		return err
	}
	if a.Migrated, err = a.DB.Migrate(ctx); err != nil {
		return fmt.Errorf("database schema: %w", err)
	}
	if a.Files, err = blob.New(a.Config.Blob, blob.Scan{Command: a.Config.Scan}); err != nil {
		return err
	}
	if err := a.openMail(); err != nil {
		return err
	}
	a.Audit, a.Jobs, a.Runner = audit.New(a.DB), jobs.NewService(a.DB), jobs.NewRunner(a.DB, a.Log)
	if a.Config.JobLease > 0 {
		a.Runner.SetLease(a.Config.JobLease)
	}
	if a.DemoClock != "" {
		a.Time = demo.New(a.Clock, a.Runner.Alone, a.DemoClock)
	}
	if err := a.modules(ctx); err != nil {
		return err
	}
	a.metrics, a.started = newMetrics(a), a.Clock.Wall()
	return a.Runner.Prepare(ctx)
}

func (a *App) openMail() (err error) {
	switch {
	case a.Sink != nil:
		a.Mail, err = mailer.New(a.Sink.Config(a.Config.SMTP.From), a.Clock.Wall)
	case a.Config.SMTP.Host != "":
		a.Mail, err = mailer.New(a.Config.Mail(), a.Clock.Wall)
	}
	return err
}

// Close ends the connections. It doesn't end a running Serve: cancel its context first.
func (a *App) Close() error {
	if a.DB == nil {
		return nil
	}
	if a.Ledger != nil {
		a.Ledger.Close() // what waits is posted first
	}
	return a.DB.Close()
}
