package ticketmail

import (
	"context"
	"time"

	"hanse/internal/kit/db"
	"hanse/internal/kit/mailin"
)

const (
	// lease is how long one process may take to read a mailbox before another one begins.
	lease = 5 * time.Minute
	// patience bounds one pull.
	patience = 4 * time.Minute
)

// Pull reads every configured mailbox once, unless another process is at it. What goes wrong with one is noted at it, and
// doesn't keep the others from being read; the first error is returned.
func (s *Service) Pull(ctx context.Context) (n int, err error) {
	for _, m := range s.Mailboxes {
		got, failure := s.pullOne(ctx, m)
		n += got
		if err == nil {
			err = failure
		}
	}
	return n, err
}

func (s *Service) pullOne(ctx context.Context, m mailin.Mailbox) (int, error) {
	var at position
	var mine bool
	err := s.DB.Update(ctx, func(tx *db.Tx) (err error) {
		at, mine, err = leaseMailbox(ctx, tx, m.Name(), s.Node, tx.Wall.Add(lease))
		return err
	})
	if err != nil || !mine {
		return 0, err
	}
	bounded, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	p := mailin.Puller{Bytes: s.Bytes, Store: s.Store}
	n, failure := p.Pull(bounded, m, mailin.Position{Validity: uint32(at.validity), UID: uint32(at.uid)})
	text := ""
	if failure != nil {
		text = clip(failure.Error(), 500)
	}
	// Told even when the program is ending: the next process needn't wait for the lease.
	if err := s.DB.Update(context.WithoutCancel(ctx), func(tx *db.Tx) error {
		return releaseMailbox(ctx, tx, m.Name(), s.Node, text)
	}); err != nil {
		return n, err
	}
	return n, failure
}

// PullAll reads the mailboxes at an interval of the wall clock until ctx ends.
func (s *Service) PullAll(ctx context.Context, every time.Duration) {
	if len(s.Mailboxes) == 0 {
		return
	}
	t := time.NewTicker(every)
	defer t.Stop()
	for {
		if _, err := s.Pull(ctx); err != nil && ctx.Err() == nil {
			s.Log.Error("mailbox", "error", err)
		}
		select {
		case <-ctx.Done():
			return
		case <-t.C:
		}
	}
}

// Stats are the figures of mail for metrics and the health page.
type Stats struct {
	Mails map[State]int64
	Sent  map[string]int64
	Boxes []Mailbox
}

// Statistics reads them.
func Statistics(ctx context.Context, q db.Querier) (st Stats, err error) {
	if st.Mails, err = countStates(ctx, q); err != nil {
		return st, err
	}
	if st.Sent, err = countSent(ctx, q); err != nil {
		return st, err
	}
	all, err := positions(ctx, q)
	for _, p := range all {
		st.Boxes = append(st.Boxes, p.Mailbox)
	}
	return st, err
}
