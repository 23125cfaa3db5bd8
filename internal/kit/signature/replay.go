package signature

import (
	"context"
	"fmt"
	"net/http"
	"sync"
	"time"
)

// A Replay refuses a signature that was used before, for calls that change something.
//
// What this process has seen is kept in memory. When several nodes share a database, remember records the id
// there: only one node gets fresh, whoever comes second is refused wherever it lands.
type Replay struct {
	size     int
	remember func(ctx context.Context, id []byte, until time.Time) (fresh bool, err error)

	mu      sync.Mutex
	seen    map[string]time.Time // id to the instant when it may be forgotten
	sweepAt time.Time            // no sweep before: it walks the whole map
}

// NewReplay makes a window of at most size signatures. Remember may be nil: then memory alone decides, a full
// window refuses new calls, and a restart forgets.
func NewReplay(size int, remember func(ctx context.Context, id []byte, until time.Time) (fresh bool, err error)) *Replay {
	return &Replay{size: size, remember: remember, seen: map[string]time.Time{}}
}

// Check records a verified claim; call it after Verify and before the call has any effect. A claim used before is
// an *Error with 401 APIGW.0301. Any other error means that the database didn't answer; the same request may
// then be sent again as it is.
func (p *Replay) Check(ctx context.Context, c *Claim, wall time.Time) error {
	id := c.ID()
	if err := p.enter(string(id), c.Until(), wall); err != nil {
		return err
	}
	if p.remember == nil {
		return nil
	}
	fresh, err := p.remember(ctx, id, c.Until())
	if err != nil {
		p.forget(string(id))
		return fmt.Errorf("remember signature: %w", err)
	}
	if !fresh {
		return errUsed()
	}
	return nil
}

func (p *Replay) enter(id string, until, wall time.Time) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if _, ok := p.seen[id]; ok {
		return errUsed()
	}
	if len(p.seen) >= p.size {
		p.sweep(wall)
	}
	if len(p.seen) < p.size {
		p.seen[id] = until
		return nil
	}
	if p.remember != nil {
		return nil // the database decides; memory only saves it the question
	}
	return &Error{Status: http.StatusTooManyRequests, Code: codeThrottle, Message: "The throttling threshold has been reached: too many signed calls; try again in a minute"}
}

// sweep drops what is too old to be accepted again, at most once in ten seconds.
func (p *Replay) sweep(wall time.Time) {
	if wall.Before(p.sweepAt) {
		return
	}
	p.sweepAt = wall.Add(10 * time.Second)
	for id, until := range p.seen {
		if until.Before(wall) {
			delete(p.seen, id)
		}
	}
}

func (p *Replay) forget(id string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	delete(p.seen, id)
}

func errUsed() *Error { return Refuse("signature already used; sign again") }
