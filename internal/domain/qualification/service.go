// Package qualification turns what a partner has into what it has earned.
//
// It keeps the programs in force, gathers a partner's facts, evaluates them, and carries a request for a level from
// the draft to the granted qualification and on: watch, suspension, expiry, renewal. The rules themselves are data
// (package program); here is who may do what, when, and what everybody is told.
package qualification

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"time"

	"hanse/internal/domain/program"
	"hanse/internal/domain/roster"
	"hanse/internal/kit/actor"
	"hanse/internal/kit/blob"
	"hanse/internal/kit/calendar"
	"hanse/internal/kit/db"
	"hanse/internal/kit/fault"
	"hanse/internal/kit/jobs"
	"hanse/internal/kit/outbox"
)

// A Partner is what this module must know of a company.
type Partner struct {
	ID       string
	Name     string
	NameZH   string
	Country  string
	Address  string
	Contact  string
	Email    string
	Phone    string
	Market   string   // as programs write it: overseas or domestic
	Channels []string // as programs write them: AD, ACP …
	Active   bool
	Frozen   bool // nobody can act for it: programs may count that
}

// Sources are what the module reads from those below it. Wire fills it from roster, account and setting.
type Sources struct {
	// People is a partner's roster as of an instant: everybody ever bound, once, with all certificates that were not
	// revoked. A person's id is that of the binding.
	People func(ctx context.Context, q db.Querier, partner string, at time.Time) ([]program.Person, error)
	// Fleet streams all rosters, ordered by partner, then person.
	Fleet func(ctx context.Context, q db.Querier, use func(*roster.FleetRow) error) error
	// Partner finds a company of kind partner; NotFound when there is none.
	Partner func(ctx context.Context, q db.Querier, id string) (Partner, error)
	// EachPartner streams all of them by id.
	EachPartner func(ctx context.Context, q db.Querier, use func(Partner) error) error
	// Leave ends the person's running binding: on is the first day without the person.
	Leave func(ctx context.Context, tx *db.Tx, by actor.Actor, partner, person string, on calendar.Day) error
	// Working is the working calendar in force.
	Working func(ctx context.Context, q db.Querier, at time.Time) (*calendar.Working, error)
	// NoticeDays are the days before a deadline on which people are reminded.
	NoticeDays func(ctx context.Context, q db.Querier, at time.Time) ([]int, error)
	// UploadBytes is the largest file that evidence may be.
	UploadBytes func(ctx context.Context, q db.Querier, at time.Time) (int64, error)
	// CheckName refuses a company name that a certificate can't print.
	CheckName func(field, name string) error
}

// Service has the verbs. Make it with New, then Load the programs.
type Service struct {
	db    *db.DB
	files *blob.Store
	src   Sources
	log   *slog.Logger

	mu       sync.RWMutex
	shelf    shelf
	problems program.Problems
	folder   string

	gates map[string][]Gate // by program; "" = all

	outlooks outlooks

	credential func(ctx context.Context, number string) ([]byte, error) // see AttachCredentials
}

// New returns a service without programs.
func New(d *db.DB, files *blob.Store, src Sources, log *slog.Logger) *Service {
	if src.CheckName == nil {
		src.CheckName = func(string, string) error { return nil }
	}
	return &Service{db: d, files: files, src: src, log: log, gates: map[string][]Gate{}}
}

// Register subscribes to what changes facts, and adds the daily pass, which runs each missed day as that day.
func (s *Service) Register(r *jobs.Runner) {
	for kind, name := range map[string]string{
		"roster.bound": "qualification.bound", "roster.left": "qualification.left",
		"roster.changed": "qualification.roster", "roster.imported": "qualification.imported",
		"account.edited": "qualification.account", "account.frozen": "qualification.frozen", "account.unfrozen": "qualification.unfrozen",
	} {
		r.On(kind, name, s.onFacts)
	}
	for _, kind := range onMaterial() {
		r.On(kind, "qualification."+kind, s.onFacts)
	}
	r.Every("qualification.daily", nextDay, s.Daily)
	r.Every("qualification.results", nextNight, func(ctx context.Context, at time.Time) error {
		_, err := s.RefreshAll(ctx, at)
		return err
	})
	r.Inside(reviewDue, s.alarmOverdue)
	r.On("program.loaded", "qualification.program", func(ctx context.Context, tx *db.Tx, e outbox.Event) error {
		return jobs.Add(ctx, tx, jobs.New{Kind: refreshJob, Key: e.ID, Payload: e.Subject})
	})
	r.Outside(refreshJob, s.onProgram)
}

// refreshJob evaluates everybody after a new version was loaded.
const refreshJob = "qualification.refresh"

// onProgram fills the results of a new version. The process that runs it may not be the one that loaded the version.
func (s *Service) onProgram(ctx context.Context, j jobs.Job) error {
	if err := s.arrange(ctx, s.stand().all.Catalogue, s.Problems()); err != nil {
		return err
	}
	_, err := s.RefreshAll(ctx, s.db.Clock().Now())
	return err
}

// nextDay is the next midnight of the business zone: the first instant of a day, on which things have lapsed.
func nextDay(after time.Time) time.Time { return (calendar.DayOf(after) + 1).Time() }

// nextNight is 03:00 in the business zone.
func nextNight(after time.Time) time.Time {
	d := calendar.DayOf(after)
	if at := d.Time().Add(3 * time.Hour); at.After(after) {
		return at
	}
	return (d + 1).Time().Add(3 * time.Hour)
}

// onFacts brings a partner's results, watch and vacancies up to date after something about it changed.
func (s *Service) onFacts(ctx context.Context, tx *db.Tx, e outbox.Event) error {
	_, err := s.src.Partner(ctx, tx, e.Account)
	if fault.KindOf(err) == fault.KindNotFound {
		return nil // an event about somebody who is no partner
	}
	if err != nil {
		return err
	}
	return s.settle(ctx, tx, e.Account)
}

// found turns the database's "no row" into the fault that a stranger gets too.
func found(err error) error {
	if errors.Is(err, db.ErrNoRow) {
		return fault.NotFound()
	}
	return err
}

// now is the instant of a question: the one asked for, else the present.
func (s *Service) now(at time.Time) time.Time {
	if at.IsZero() {
		return s.db.Clock().Now()
	}
	return at
}

// limit keeps a page within bounds.
func limit(n int) int {
	if n <= 0 || n > 500 {
		return 50
	}
	return n
}

// page cuts the row that was read too many and says whether there's more.
func page[T any](rows []T, n int, key func(T) string) ([]T, string) {
	if len(rows) <= n {
		return rows, ""
	}
	return rows[:n], key(rows[n-1])
}
