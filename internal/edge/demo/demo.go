// Package demo is the demonstration's control of time: the business clock moves forward on request, and what
// became due has run before the answer.
//
// It's mounted by `hanse demo` alone. The clock's lead over the wall clock is kept in a file, so that a
// demonstration that is started again goes on where it was.
package demo

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"time"

	"hanse/internal/kit/clock"
	"hanse/internal/kit/fault"
	"hanse/internal/kit/i18n"
)

// A Time machine moves the business clock.
type Time struct {
	clock *clock.Clock
	alone func(ctx context.Context, f func() error) error
	file  string
}

// New returns the control. alone runs a function with the job runner to itself and then everything that is due
// (jobs.Runner.Alone); file keeps the offset.
func New(c *clock.Clock, alone func(context.Context, func() error) error, file string) *Time {
	return &Time{clock: c, alone: alone, file: file}
}

// To moves the business clock to an instant, runs what became due, and returns the new time. It returns Invalid
// for an instant in the past: what happened can't be undone.
func (t *Time) To(ctx context.Context, at time.Time) (time.Time, error) {
	err := t.alone(ctx, func() error {
		if at.Before(t.clock.Now()) {
			return fault.Invalid("now", i18n.M("demo.backwards", i18n.A{"now": t.clock.Now().Format(time.RFC3339)}))
		}
		// First on disk: a process that dies now starts again at the new time and runs what is due then.
		if err := Save(t.file, at.Sub(t.clock.Wall())); err != nil {
			return err
		}
		t.clock.MoveTo(at)
		return nil
	})
	return t.clock.Now(), err
}

// saved is what the file holds.
type saved struct {
	Offset string `json:"offset"`
}

// Save keeps an offset.
func Save(file string, offset time.Duration) error {
	b, err := json.Marshal(saved{offset.String()})
	if err != nil {
		return err
	}
	temp := file + ".new"
	if err := os.WriteFile(temp, b, 0o600); err != nil {
		return fmt.Errorf("keep the clock: %w", err)
	}
	return os.Rename(temp, file)
}

// Load reads the kept offset; ok is false when there is none yet.
func Load(file string) (offset time.Duration, ok bool, err error) {
	b, err := os.ReadFile(file)
	if errors.Is(err, fs.ErrNotExist) {
		return 0, false, nil
	}
	var s saved
	if err == nil {
		err = json.Unmarshal(b, &s)
	}
	if err == nil {
		offset, err = time.ParseDuration(s.Offset)
	}
	if err != nil {
		return 0, false, fmt.Errorf("clock in %s: %w", filepath.Base(file), err)
	}
	return offset, true, nil
}

// Register puts the control on a mux: POST /demo/clock for programs, POST /demo/travel for the portal's form.
func (t *Time) Register(mux *http.ServeMux) {
	mux.HandleFunc("POST /demo/clock", t.serveClock)
	mux.HandleFunc("POST /demo/travel", t.serveTravel)
}
