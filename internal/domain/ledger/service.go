package ledger

import (
	"context"
	"time"

	"hanse/internal/kit/audit"
	"hanse/internal/kit/db"
	"hanse/internal/kit/jobs"
)

// Service has what needs the database itself: the writer and the check of the books.
type Service struct {
	db     *db.DB
	audit  *audit.Service
	writer *writer
}

// New returns the service.
func New(d *db.DB) *Service { return &Service{db: d, audit: audit.New(d), writer: newWriter(d)} }

// Register adds the end of holds whose time is over, and the check of the books: every night, and when asked for.
func (s *Service) Register(r *jobs.Runner) {
	r.Inside(expireJob, s.expire)
	r.Outside(checkJob, s.prove)
	r.Every("ledger.nightly", jobs.Latest(s.db.Clock().Now, nightly), func(ctx context.Context, at time.Time) error {
		return s.db.UpdateAt(ctx, at, func(tx *db.Tx) error {
			_, err := ask(ctx, tx, "")
			return err
		})
	})
}
