// Package bss is the vendor-compatible interface under /v2, /v3/accounts and /v3/orders: the partner operations that the
// vendor's SDKs call, with their paths, types, spelling and error codes.
//
// An operation is one row of the table in table.go: it reads its parameters, calls one verb of a module and writes
// the answer. It has no rules of its own. Before it stand, in this order: the signature or token, the rate of the
// caller, the caller's place in the channel, and the permission items of the user.
package bss

import (
	"log/slog"
	"net/http"
	"strings"

	"hanse/internal/domain/distribution"
	"hanse/internal/domain/funds"
	"hanse/internal/domain/login"
	"hanse/internal/domain/order"
	"hanse/internal/domain/subscription"
	"hanse/internal/domain/treasury"
	"hanse/internal/domain/voucher"
	"hanse/internal/edge/wire"
	"hanse/internal/kit/calendar"
	"hanse/internal/kit/db"
	"hanse/internal/kit/web"
)

// Deps is what the interface needs of the program. Rate is how many requests a second one caller may make of one
// operation; 0 means that nobody counts.
type Deps struct {
	Log          *slog.Logger
	DB           *db.DB
	Login        *login.Service
	Funds        *funds.Service
	Distribution *distribution.Service
	Treasury     *treasury.Service
	Voucher      *voucher.Service
	Order        *order.Service
	Subscription *subscription.Service
	Rate         float64
}

// API answers the operations of the table.
type API struct {
	Deps
	routes   map[string]*Operation
	named    map[string]*Operation // those whose path ends with an id, by what stands before it
	limits   *wire.Limits
	standing *standing
}

// Paths are what this interface answers under. /v3/auth is for signing in and belongs to the program's own API.
var Paths = []string{"/v2/", "/v3/accounts/", "/v3/orders/"}

// DefaultRate is the published quota of most operations: requests a second of one caller.
const DefaultRate = 10

// New returns the handler.
func New(d Deps) *API {
	a := &API{Deps: d, routes: map[string]*Operation{}, named: map[string]*Operation{}, limits: wire.NewLimits(), standing: newStanding(d.DB)}
	for _, o := range table() {
		if before, _, ok := strings.Cut(o.Path, "{"); ok {
			a.named[o.Method+" "+before] = &o
		} else {
			a.routes[o.Method+" "+o.Path] = &o
		}
		a.limits.Set(o.Name, d.Rate*max(o.Rate, 1), d.DB.Clock().Wall)
	}
	return a
}

// ServeHTTP answers one call. A path that isn't in the table is unknown for every method, as at the gateway.
func (a *API) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	c := &call{api: a, w: w, r: r.WithContext(wire.Language(r, calendar.Zone))}
	op := a.route(c)
	if op == nil {
		web.Route(r.Context(), "unknown")
		c.fail(wire.NoRoute())
		return
	}
	web.Route(r.Context(), op.Pattern())
	c.op = op
	out, err := c.answer()
	switch {
	case err != nil:
		c.fail(err)
	case out == nil:
		w.WriteHeader(http.StatusNoContent)
	default:
		c.send(http.StatusOK, out)
	}
}

// route finds the operation of a path, and the id that the path may end with.
func (a *API) route(c *call) *Operation {
	method, path := c.r.Method, c.r.URL.Path
	if op := a.routes[method+" "+path]; op != nil {
		return op
	}
	i := strings.LastIndexByte(path, '/') + 1
	c.id = path[i:]
	return a.named[method+" "+path[:i]]
}

// answer lets the caller in and runs the operation; a nil answer is 204.
func (c *call) answer() (any, error) {
	by, err := wire.Enter(c.api.Login, c.r)
	if err != nil {
		return nil, err
	}
	c.by = by
	if err := c.api.limits.Allow(c.w, c.r, c.op.Name, by.Account); err != nil {
		return nil, err
	}
	if err := c.admit(); err != nil {
		return nil, err
	}
	return c.op.run(c)
}

// Failure answers, in this interface's form, a request that ended before it came here: by a fault inside (500) or
// by too many requests of one address (429).
func (a *API) Failure(status int) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		c := &call{api: a, w: w, r: r.WithContext(wire.Language(r, calendar.Zone))}
		if status == http.StatusTooManyRequests {
			c.fail(wire.TooFast("ip"))
			return
		}
		c.fail(internal())
	})
}

// Operations lists the table: for documentation and tests.
func Operations() []Operation { return table() }
