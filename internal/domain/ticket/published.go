package ticket

import (
	"context"

	"hanse/internal/kit/actor"
)

// Published reads the rows of a ticket's log that the vendor's API has numbers for, as far as customers see them, newest
// first, with how many there are.
func (s *Service) Published(ctx context.Context, by actor.Actor, no string, offset, limit int) ([]Entry, int64, error) {
	t, _, err := s.seen(ctx, by, no)
	if err != nil {
		return nil, 0, err
	}
	if limit <= 0 || limit > mostPage {
		limit = mostPage
	}
	n, err := countPublished(ctx, s.db.Read(), t)
	if err != nil {
		return nil, 0, err
	}
	all, err := published(ctx, s.db.Read(), t, max(offset, 0), limit)
	return all, n, err
}
