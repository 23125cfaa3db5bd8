package notify

import (
	"context"

	"hanse/internal/kit/db"
	"hanse/internal/kit/jobs"
	"hanse/internal/kit/outbox"
)

// A rule says what an event of a kind gives reason to say.
type rule struct {
	kind  string
	notes func(ctx context.Context, q db.Querier, e outbox.Event) ([]Note, error)
}

// rules is the whole table of who is told what.
func rules() []rule {
	return nil
}

func (s *Service) subscribe(r *jobs.Runner) {
	for _, x := range rules() {
		s.on(r, x)
	}
}

func (s *Service) on(r *jobs.Runner, x rule) {
	r.On(x.kind, "notify."+x.kind, func(ctx context.Context, tx *db.Tx, e outbox.Event) error {
		notes, err := x.notes(ctx, tx, e)
		if err != nil {
			return err
		}
		return s.tell(ctx, tx, e, notes)
	})
}
