package mailer

import (
	"context"
	"slices"
	"sync"
	"time"
)

// SMS sends a text message to a phone. An installation brings its provider's implementation; the demo has Inbox.
type SMS interface {
	SendSMS(ctx context.Context, t Text) error
}

// A Text is one short message. To is an international number such as +8613800000000; ID is the event that it
// belongs to, which a provider can use to recognise a second try.
type Text struct {
	ID   string
	To   string
	Lang string
	Body string
}

// Received is a Text with the wall-clock time when it came in.
type Received struct {
	Text
	At time.Time
}

// An Inbox keeps text messages in memory instead of sending them: for the demo and tests.
type Inbox struct {
	limit int
	wall  func() time.Time

	mu   sync.Mutex
	kept []Received // oldest first
}

// NewInbox keeps the newest limit messages.
func NewInbox(limit int, wall func() time.Time) *Inbox {
	return &Inbox{limit: max(limit, 1), wall: wall}
}

// SendSMS keeps the message. It never fails.
func (b *Inbox) SendSMS(_ context.Context, t Text) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.kept = append(b.kept, Received{t, b.wall()})
	if len(b.kept) > b.limit {
		b.kept = slices.Delete(b.kept, 0, len(b.kept)-b.limit)
	}
	return nil
}

// List returns the kept messages, newest first.
func (b *Inbox) List() []Received {
	b.mu.Lock()
	defer b.mu.Unlock()
	out := slices.Clone(b.kept)
	slices.Reverse(out)
	return out
}
