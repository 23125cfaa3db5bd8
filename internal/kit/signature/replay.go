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
	if err := p.CheckHere(c, wall); err != nil || p.remember == nil {
		return err
	}
	id := c.ID()
	fresh, err := p.remember(ctx, id, c.Until())
	if err != nil {
		p.forget(string(id))
		return fmt.Errorf("remember signature: %w", err)
	}
	if !fresh {
		return Used()
	}
	return nil
}

// CheckHere is Check for this process alone, and costs nothing: for a call that can be carried out once only however
// often it comes.
func (p *Replay) CheckHere(c *Claim, wall time.Time) error {
	return p.enter(string(c.ID()), c.Until(), wall)
}

func (p *Replay) enter(id string, until, wall time.Time) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if _, ok := p.seen[id]; ok {
		return Used()
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

// Used refuses a signature that was used before.
func Used() *Error { return Refuse("signature already used; sign again") }
