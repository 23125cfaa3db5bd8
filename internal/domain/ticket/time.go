package ticket

import (
	"context"

	"hanse/internal/kit/actor"
	"hanse/internal/kit/db"
	"hanse/internal/kit/jobs"
)

// autoClose closes a ticket whose customer hasn't answered in time.
func (s *Service) autoClose(ctx context.Context, tx *db.Tx, j jobs.Job) error {
	w, err := s.due(ctx, tx, j)
	if err != nil || w == nil || !w.t.State.forCustomer() || w.t.AutoCloseAt.IsZero() || w.t.AutoCloseAt.After(tx.Now) {
		return err
	}
	if err := w.state(AutoClose, LogAutoClosed, ""); err != nil {
		return err
	}
	w.happened(actor.RunTickets, "auto_closed", nil)
	return w.done()
}

// closingSoon says that a ticket will be closed unless its customer answers.
func (s *Service) closingSoon(ctx context.Context, tx *db.Tx, j jobs.Job) error {
	w, err := s.due(ctx, tx, j)
	if err != nil || w == nil || !w.t.State.forCustomer() || w.t.AutoCloseAt.IsZero() {
		return err
	}
	if err := w.log(LogClosingSoon, ""); err != nil {
		return err
	}
	w.happened(actor.RunTickets, "closing_soon", nil)
	return w.done()
}

// resume ends a pause at its day.
func (s *Service) resume(ctx context.Context, tx *db.Tx, j jobs.Job) error {
	w, err := s.due(ctx, tx, j)
	if err != nil || w == nil || w.t.State != Paused {
		return err
	}
	if err := w.state(Resume, LogResumed, ""); err != nil {
		return err
	}
	w.happened(actor.RunTickets, "resumed", nil)
	return w.done()
}
