// Package clock holds the two clocks of the product.
//
// The business clock decides what is due; a demo may move it forward. The wall clock is for signatures,
// sessions, codes, throttles and leases, and nobody moves it. Nothing else in the tree reads the time.
package clock

import (
	"sync"
	"time"
)

// A Clock gives both times. It's safe for concurrent use.
type Clock struct {
	mu     sync.RWMutex
	wall   func() time.Time
	offset time.Duration // what the business clock is ahead of the wall clock; never negative after a move
}

// New returns the machine's clock.
func New() *Clock { return &Clock{wall: time.Now} }

// Ahead returns the machine's clock with a business clock that is ahead by an offset.
func Ahead(offset time.Duration) *Clock { return &Clock{wall: time.Now, offset: offset} }

// Wall is the real instant, UTC, to the microsecond, as both databases keep it.
func (c *Clock) Wall() time.Time {
	c.mu.RLock()
	defer c.mu.RUnlock()
	return c.wall().UTC().Truncate(time.Microsecond)
}

// Now is the business instant, UTC, to the microsecond.
func (c *Clock) Now() time.Time {
	c.mu.RLock()
	defer c.mu.RUnlock()
	return c.wall().Add(c.offset).UTC().Truncate(time.Microsecond)
}

// Offset is how far the business clock is ahead.
func (c *Clock) Offset() time.Duration {
	c.mu.RLock()
	defer c.mu.RUnlock()
	return c.offset
}

// MoveTo sets the business clock, which then runs on from there. It returns false, and moves nothing, when
// that would be backwards.
func (c *Clock) MoveTo(t time.Time) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	offset := t.Sub(c.wall())
	if offset < c.offset {
		return false
	}
	c.offset = offset
	return true
}

// Shift moves the business clock by d, also backwards: only for making the past of a demonstration, before anybody
// has seen it.
func (c *Clock) Shift(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.offset += d
}

// A Manual clock stands still until a test moves it.
type Manual struct {
	*Clock
	mu sync.Mutex
	at time.Time
}

// Fake returns a clock that stands at an instant.
func Fake(at time.Time) *Manual {
	m := &Manual{at: at.UTC()}
	m.Clock = &Clock{wall: m.read}
	return m
}

func (m *Manual) read() time.Time {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.at
}

// Advance moves the business clock alone.
func (m *Manual) Advance(d time.Duration) { m.MoveTo(m.Now().Add(d)) }

// AdvanceWall moves the wall clock, and the business clock with it.
func (m *Manual) AdvanceWall(d time.Duration) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.at = m.at.Add(d)
}
