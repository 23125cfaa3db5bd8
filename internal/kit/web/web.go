// Package web is the HTTP ground that portal, API and demo stand on: who the client is, one log line for each
// request, limits, headers, and a server that ends without cutting anybody off.
//
// It knows nothing of sign-in and nothing of pages. A handler reads what it found by Of.
package web

import (
	"context"
	"log/slog"
	"net/http"
	"net/netip"
	"slices"
	"strings"
	"sync"
	"time"

	"hanse/internal/kit/id"
)

// A Request is what the ground knows of a request. Handlers add to its log line by Note.
type Request struct {
	ID     string // of this request: in the answer's header, the log, audit rows and error pages
	IP     string // the client's address, behind trusted proxies too
	Secure bool   // the client came by TLS

	mu    sync.Mutex
	attrs []slog.Attr
	route string
}

type key struct{}

// Of returns what is known of the request with this context; without the middleware it's empty, never nil.
func Of(ctx context.Context) *Request {
	if r, ok := ctx.Value(key{}).(*Request); ok {
		return r
	}
	return &Request{}
}

// Note adds to the request's log line: ids, never names of people or what they typed.
func Note(ctx context.Context, attrs ...slog.Attr) {
	r := Of(ctx)
	r.mu.Lock()
	defer r.mu.Unlock()
	r.attrs = append(r.attrs, attrs...)
}

// Route names the route that answers the request, for the metrics: an edge with a mux of its own calls it. A path
// would make one figure for each id.
func Route(ctx context.Context, pattern string) {
	r := Of(ctx)
	r.mu.Lock()
	defer r.mu.Unlock()
	r.route = pattern
}

// Options configure Ground.
type Options struct {
	Log     *slog.Logger
	Wall    func() time.Time
	Proxies []netip.Prefix // whose X-Forwarded-For is believed
	// Observe is called after each request, for metrics; pattern is the route, not the path.
	Observe func(method, pattern string, status int, took time.Duration)
	// Failed answers a request whose handler panicked.
	Failed http.Handler
	// Origins that may send forms from elsewhere; normally none.
	Origins []string
	// Rate is how many requests a second one client may make on the long run, and Burst at once; 0 = no limit.
	Rate  float64
	Burst int
	// Refused answers a client that is over its rate; the Retry-After header is set already.
	Refused http.Handler
	// HTTPS makes browsers come back by TLS only.
	HTTPS bool
}

// Ground wraps a handler with everything here, in the one order that is right.
func Ground(next http.Handler, o Options) (http.Handler, error) {
	guard := http.NewCrossOriginProtection()
	for _, origin := range o.Origins {
		if err := guard.AddTrustedOrigin(origin); err != nil {
			return nil, err
		}
	}
	h := guard.Handler(next)
	h = o.recovering(h)
	if o.Rate > 0 {
		h = NewLimiter(o.Rate, o.Burst, o.Wall).wrap(h, o.Refused)
	}
	h = o.headers(h)
	h = o.logging(h)
	return o.identifying(h), nil
}

// identifying gives the request its id and finds out who the client is.
func (o Options) identifying(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		info := &Request{ID: id.New("req", o.Wall()), Secure: r.TLS != nil}
		peer := addrOf(r.RemoteAddr)
		info.IP = peer.String()
		if o.trusted(peer) {
			info.IP = o.client(r, peer)
			info.Secure = info.Secure || r.Header.Get("X-Forwarded-Proto") == "https"
		}
		w.Header().Set("X-Request-Id", info.ID)
		next.ServeHTTP(w, r.WithContext(context.WithValue(r.Context(), key{}, info)))
	})
}

func (o Options) trusted(a netip.Addr) bool {
	return slices.ContainsFunc(o.Proxies, func(p netip.Prefix) bool { return p.Contains(a) })
}

// client walks X-Forwarded-For from the right: the first address that isn't a trusted proxy is the client.
// What stands left of it was written by the client and is worth nothing.
func (o Options) client(r *http.Request, peer netip.Addr) string {
	hops := strings.Split(strings.Join(r.Header.Values("X-Forwarded-For"), ","), ",")
	for _, hop := range slices.Backward(hops) {
		a, err := netip.ParseAddr(strings.TrimSpace(hop))
		if err != nil {
			break
		}
		if peer = a.Unmap(); !o.trusted(peer) {
			break
		}
	}
	return peer.String()
}

func addrOf(remote string) netip.Addr {
	if p, err := netip.ParseAddrPort(remote); err == nil {
		return p.Addr().Unmap()
	}
	return netip.Addr{}
}

// Loopback tells whether the request's connection comes from this machine. A proxy on this machine makes every
// client look so; therefore a request that was forwarded isn't loopback.
func Loopback(r *http.Request) bool {
	return addrOf(r.RemoteAddr).IsLoopback() && r.Header.Get("X-Forwarded-For") == "" && r.Header.Get("Forwarded") == ""
}
