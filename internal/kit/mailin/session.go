package mailin

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapclient"
)

// A Session is an open mailbox: signed in, with its folder selected. One goroutine uses it.
type Session struct {
	m        Mailbox
	c        *imapclient.Client
	validity uint32
	news     *news
}

// The times of a session.
const (
	// idleMost is how long one wait lasts: a server may hang up on a client that says nothing for half an hour (RFC 2177).
	idleMost = 25 * time.Minute
	// goodbye is how long the server gets to answer when a wait or the session ends.
	goodbye = 5 * time.Second
)

// news counts what the server says of the folder's mails unasked. It holds one signal that there are more than before.
type news struct {
	mu    sync.Mutex
	count uint32
	more  chan struct{}
}

// begin notes what is there already, which is read anyway.
func (n *news) begin(count uint32) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.count = max(n.count, count)
}

// has notes how many mails there are. Servers repeat themselves: a count that didn't grow is no news.
func (n *news) has(count uint32) {
	n.mu.Lock()
	defer n.mu.Unlock()
	grew := count > n.count
	n.count = count
	if !grew {
		return
	}
	select {
	case n.more <- struct{}{}:
	default: // it's known already
	}
}

func (n *news) gone() {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.count > 0 {
		n.count--
	}
}

// Open signs in and opens the folder.
func Open(ctx context.Context, m Mailbox) (*Session, error) {
	s, err := open(ctx, m)
	if err != nil {
		return nil, fmt.Errorf("mailbox %s: %w", m.Name(), err)
	}
	return s, nil
}

func open(ctx context.Context, m Mailbox) (*Session, error) {
	s := &Session{m: m, news: &news{more: make(chan struct{}, 1)}}
	c, err := dial(ctx, m, &imapclient.UnilateralDataHandler{Expunge: func(uint32) { s.news.gone() }, Mailbox: func(d *imapclient.UnilateralDataMailbox) {
		if d.NumMessages != nil {
			s.news.has(*d.NumMessages)
		}
	}})
	if err != nil {
		return nil, err
	}
	stop := context.AfterFunc(ctx, func() { c.Close() })
	defer stop()
	if err := c.Login(m.User, m.Password).Wait(); err != nil {
		return nil, errors.Join(fmt.Errorf("sign in: %w", err), c.Close())
	}
	folder, err := c.Select(m.Folder, nil).Wait()
	if err != nil {
		return nil, errors.Join(fmt.Errorf("open folder %s: %w", m.Folder, err), c.Close())
	}
	s.c, s.validity = c, folder.UIDValidity
	s.news.begin(folder.NumMessages)
	return s, nil
}

// Idles tells whether the server says by itself that a mail came.
func (s *Session) Idles() bool { return s.c.Caps().Has(imap.CapIdle) }

// Wait returns when a mail has come, after a while, or at the end of ctx, which is no error. After an error the session is
// of no more use. Only where Idles is true.
func (s *Session) Wait(ctx context.Context, most time.Duration) error {
	// A server that doesn't answer must not keep the program from ending.
	over := make(chan struct{})
	defer close(over)
	defer context.AfterFunc(ctx, func() {
		select {
		case <-over:
		case <-time.After(goodbye):
			s.c.Close()
		}
	})()
	idle, err := s.c.Idle()
	if err != nil {
		return fmt.Errorf("mailbox %s: wait: %w", s.m.Name(), err)
	}
	t := time.NewTimer(min(most, idleMost))
	defer t.Stop()
	select {
	case <-s.news.more:
	case <-t.C:
	case <-ctx.Done():
	case <-s.c.Closed():
	}
	// Nor must it when it's gone: nothing would ever be heard of it.
	defer time.AfterFunc(goodbye, func() { s.c.Close() }).Stop()
	if err := errors.Join(idle.Close(), idle.Wait()); err != nil {
		return fmt.Errorf("mailbox %s: wait: %w", s.m.Name(), err)
	}
	return nil
}

// Close leaves the mailbox. What goes wrong with that changes nothing.
func (s *Session) Close() {
	defer time.AfterFunc(goodbye, func() { s.c.Close() }).Stop()
	s.c.Logout().Wait()
	s.c.Close()
}
