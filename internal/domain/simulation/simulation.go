// Package simulation carries a change of a program from its first line to the day on which it applies.
//
// A program manager writes a draft with its test cases, simulates it over the whole channel against the version in
// force, sees who gains and who loses and by which line, and publishes it. What is published is a version like any
// other (package qualification).
package simulation

import (
	"context"
	"errors"
	"log/slog"

	"hanse/internal/domain/program"
	"hanse/internal/domain/qualification"
	"hanse/internal/kit/actor"
	"hanse/internal/kit/db"
	"hanse/internal/kit/fault"
	"hanse/internal/kit/i18n"
	"hanse/internal/kit/jobs"
)

// Service has the verbs. Program managers and the vendor's administrators may change; auditors may look.
type Service struct {
	db  *db.DB
	q   *qualification.Service
	log *slog.Logger

	// split makes smaller batches, and an end like a crash, for tests; nil otherwise.
	split func() (size int, err error)
}

// New returns a service on loaded programs.
func New(d *db.DB, q *qualification.Service, log *slog.Logger) *Service {
	return &Service{db: d, q: q, log: log}
}

// The jobs: one passes over the channel, one tells partners about a published version.
const (
	runJob      = "simulation.run"
	announceJob = "simulation.announce"
)

// Register adds the jobs.
func (s *Service) Register(r *jobs.Runner) {
	r.Outside(runJob, s.onRun)
	r.Inside(announceJob, s.onAnnounce)
}

// catalogue is the one that all versions are checked against.
func (s *Service) catalogue() *program.Catalogue { return s.q.Library().Catalogue }

// found turns the database's "no row" into the fault that a wrong address gets.
func found(err error) error {
	if errors.Is(err, db.ErrNoRow) {
		return fault.NotFound()
	}
	return err
}

// stale turns "no row changed" into the fault of somebody who read an older state.
func stale(err error) error {
	if errors.Is(err, db.ErrNoRow) {
		return fault.Conflict(i18n.Msg{})
	}
	return err
}

// limit keeps a page within bounds.
func limit(n int) int {
	if n <= 0 || n > 500 {
		return 50
	}
	return n
}

// page cuts the row that was read too many and says where to go on.
func page[T any](rows []T, n int, key func(T) string) ([]T, string) {
	if len(rows) <= n {
		return rows, ""
	}
	return rows[:n], key(rows[n-1])
}

// mayView asks for the permission to see drafts and simulations, which are the vendor's alone.
func mayView(by actor.Actor) error { return by.May(actor.ViewDrafts) }

// mayManage asks for the permission to change them.
func mayManage(by actor.Actor) error { return by.May(actor.ManagePrograms) }

// version finds a loaded version; a version that another process loaded a moment ago too.
func (s *Service) version(ctx context.Context, ref string) (*program.Version, error) {
	if v, ok := s.q.Find(ref); ok {
		return v, nil
	}
	if err := s.q.Sync(ctx); err != nil {
		return nil, err
	}
	v, ok := s.q.Find(ref)
	if !ok {
		return nil, fault.NotFound()
	}
	return v, nil
}
