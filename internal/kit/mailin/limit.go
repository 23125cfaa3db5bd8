package mailin

import (
	"sync"
	"time"

	"golang.org/x/time/rate"
)

// A limiter bounds the mails of one network address in a minute.
type limiter struct {
	mu        sync.Mutex
	perMinute int
	wall      func() time.Time
	of        map[string]*rate.Limiter
}

// mostAddresses is how many addresses are remembered; beyond that those with their full allowance are forgotten.
const mostAddresses = 10_000

func newLimiter(perMinute int, wall func() time.Time) *limiter {
	return &limiter{perMinute: perMinute, wall: wall, of: map[string]*rate.Limiter{}}
}

// take counts one mail; false means that there were too many.
func (l *limiter) take(address string) bool {
	if l.perMinute < 0 {
		return true
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	now := l.wall()
	one := l.of[address]
	if one == nil {
		if len(l.of) >= mostAddresses {
			l.forget(now)
		}
		one = rate.NewLimiter(rate.Limit(float64(l.perMinute)/60), l.perMinute)
		l.of[address] = one
	}
	return one.AllowN(now, 1)
}

func (l *limiter) forget(now time.Time) {
	for address, one := range l.of {
		if one.TokensAt(now) >= float64(l.perMinute) {
			delete(l.of, address)
		}
	}
	if len(l.of) >= mostAddresses {
		clear(l.of) // an attack from everywhere: its addresses aren't worth the memory
	}
}
