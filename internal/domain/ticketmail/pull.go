package ticketmail

import (
	"context"
	"sync"
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
		got, failure := s.pullOne(ctx, m, func(ctx context.Context, at mailin.Position) (int, error) { return s.puller().Pull(ctx, m, at) })
		n += got
		if err == nil {
			err = failure
		}
	}
	return n, err
}

func (s *Service) puller() mailin.Puller { return mailin.Puller{Bytes: s.Bytes, Store: s.Store} }

// pullOne reads a mailbox in a way, while no other process does. What became of it is noted at the mailbox.
func (s *Service) pullOne(ctx context.Context, m mailin.Mailbox, read func(context.Context, mailin.Position) (int, error)) (int, error) {
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
	n, failure := read(bounded, mailin.Position{Validity: uint32(at.validity), UID: uint32(at.uid)})
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

// PullAll reads the mailboxes until ctx ends: whenever a server says that a mail came, and at an interval of the wall clock
// from those that don't say so. It returns when every connection is closed.
func (s *Service) PullAll(ctx context.Context, every time.Duration) {
	var work sync.WaitGroup
	for _, m := range s.Mailboxes {
		work.Go(func() {
			f := follower{s: s, m: m}
			defer f.leave()
			for ctx.Err() == nil {
				f.turn(ctx, every)
			}
		})
	}
	work.Wait()
}

// sessionAge is how long a mailbox stays open: a folder that was made anew, or a connection that is dead without saying so,
// is noticed by then.
const sessionAge = 25 * time.Minute

// A follower stays with one mailbox. Its session is nil while there's none.
type follower struct {
	s       *Service
	m       mailin.Mailbox
	session *mailin.Session
	opened  time.Time // wall
}

// turn reads what is new and waits for more.
func (f *follower) turn(ctx context.Context, every time.Duration) {
	n, err := f.s.pullOne(ctx, f.m, f.read)
	if err == nil && n > 0 && f.session != nil {
		return // what came meanwhile is read before anybody waits
	}
	if err == nil && f.session != nil && f.session.Idles() {
		if err = f.session.Wait(ctx, every); err == nil {
			return
		}
	}
	f.leave()
	if err != nil && ctx.Err() == nil {
		f.s.Log.Error("mailbox", "error", err)
	}
	select {
	case <-ctx.Done():
	case <-time.After(every):
	}
}

// read reads in the session that is open, or in a new one.
func (f *follower) read(ctx context.Context, at mailin.Position) (int, error) {
	now := f.s.DB.Clock().Wall()
	if f.session != nil && now.Sub(f.opened) > sessionAge {
		f.leave()
	}
	if f.session == nil {
		opened, err := mailin.Open(ctx, f.m)
		if err != nil {
			return 0, err
		}
		f.session, f.opened = opened, now
	}
	return f.s.puller().Read(ctx, f.session, at)
}

func (f *follower) leave() {
	if f.session != nil {
		f.session.Close()
	}
	f.session = nil
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
