package web

import (
	"math"
	"net/http"
	"net/netip"
	"strconv"
	"sync"
	"time"

	"golang.org/x/time/rate"
)

// A Limiter lets each client make so many requests a second. It keeps its counts in this process: with several
// nodes the limit is that much higher.
type Limiter struct {
	rate  rate.Limit
	burst int
	wall  func() time.Time

	mu      sync.Mutex
	clients map[string]*bucket
	swept   time.Time
}

type bucket struct {
	*rate.Limiter
	seen time.Time
}

// forget is after how long without a request a client is forgotten; its bucket is full again long before.
const forget = 10 * time.Minute

// NewLimiter allows perSecond on the long run and burst at once.
func NewLimiter(perSecond float64, burst int, wall func() time.Time) *Limiter {
	return &Limiter{rate: rate.Limit(perSecond), burst: burst, wall: wall, clients: map[string]*bucket{}}
}

// Allow counts one request of a client and returns how long to wait when that is too many, else 0.
func (l *Limiter) Allow(client string) (wait time.Duration) {
	l.mu.Lock()
	defer l.mu.Unlock()
	now := l.wall()
	l.sweep(now)
	b := l.clients[client]
	if b == nil {
		b = &bucket{Limiter: rate.NewLimiter(l.rate, l.burst)}
		l.clients[client] = b
	}
	b.seen = now
	r := b.ReserveN(now, 1)
	if wait = r.DelayFrom(now); wait > 0 {
		r.CancelAt(now) // a refused request costs nothing
	}
	return wait
}

func (l *Limiter) sweep(now time.Time) {
	if now.Sub(l.swept) < time.Minute {
		return
	}
	l.swept = now
	for k, b := range l.clients {
		if now.Sub(b.seen) > forget {
			delete(l.clients, k)
		}
	}
}

func (l *Limiter) wrap(next, refused http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if quiet(r.URL.Path) {
			next.ServeHTTP(w, r)
			return
		}
		wait := l.Allow(network(Of(r.Context()).IP))
		if wait == 0 {
			next.ServeHTTP(w, r)
			return
		}
		w.Header().Set("Retry-After", strconv.Itoa(int(math.Ceil(wait.Seconds()))))
		if refused == nil {
			http.Error(w, "too many requests", http.StatusTooManyRequests)
			return
		}
		refused.ServeHTTP(w, r)
	})
}

// network is what counts as one client: an IPv4 address, or the /64 that an IPv6 customer has to itself.
func network(ip string) string {
	a, err := netip.ParseAddr(ip)
	if err != nil || a.Is4() {
		return ip
	}
	p, _ := a.Prefix(64) // can't fail: 64 is in range
	return p.String()
}
