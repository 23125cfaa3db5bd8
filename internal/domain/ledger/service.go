package ledger

import (
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

// Register adds the end of holds whose time is over.
func (s *Service) Register(r *jobs.Runner) { r.Inside(expireJob, s.expire) }
