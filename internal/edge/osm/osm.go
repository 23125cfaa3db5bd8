// Package osm is the vendor's ticket interface under /v2/servicerequest: the operations that the vendor's SDKs call, with
// their paths, types, spelling and error codes. What it calls a case is a ticket everywhere else.
//
// An operation is one row of the table in table.go: it reads its parameters, calls one verb of a module and writes the
// answer. It has no rules of its own. Before it stand, in this order: the signature or token, the rate of the caller, and
// that the caller is a partner or a customer. What isn't found and what isn't the caller's are answered alike.
//
// Clients decode strictly: a number where they expect a text makes the call fail. The types in wire.go are the vendor's.
package osm

import (
	"log/slog"
	"net/http"
	"path"
	"strings"

	"hanse/internal/domain/abuse"
	"hanse/internal/domain/account"
	"hanse/internal/domain/agreement"
	"hanse/internal/domain/attachment"
	"hanse/internal/domain/contact"
	"hanse/internal/domain/login"
	"hanse/internal/domain/privilege"
	"hanse/internal/domain/taxonomy"
	"hanse/internal/domain/ticket"
	"hanse/internal/edge/wire"
	"hanse/internal/kit/actor"
	"hanse/internal/kit/db"
	"hanse/internal/kit/vault"
)

// Deps is what the interface needs of the program. Rate is how many requests a second one caller may make of one
// operation; 0 means that nobody counts. BaseURL begins the addresses of attachments.
type Deps struct {
	Log         *slog.Logger
	DB          *db.DB
	Vault       *vault.Vault
	Login       *login.Service
	Accounts    *account.Service
	Taxonomy    *taxonomy.Service
	Contacts    *contact.Service
	Attachments *attachment.Service
	Tickets     *ticket.Service
	Privileges  *privilege.Service
	Agreements  *agreement.Service
	Abuse       *abuse.Service
	BaseURL     string
	Rate        float64
}

// API answers the operations of the table.
type API struct {
	Deps
	mux    *http.ServeMux
	limits *wire.Limits
	urlKey []byte
}

// Paths are what this interface answers under.
var Paths = []string{"/v2/servicerequest/", "/v2.0/servicerequest/", "/osm/"}

// DefaultRate is the usual quota of an operation: requests a second of one caller.
const DefaultRate = 10

// New returns the handler.
func New(d Deps) *API {
	a := &API{Deps: d, mux: http.NewServeMux(), limits: wire.NewLimits(), urlKey: d.Vault.Key("osm.accessory")}
	for _, o := range table() {
		a.mux.Handle(o.Pattern(), a.handle(o))
		a.limits.Set(o.Name, d.Rate*max(o.Rate, 1), d.DB.Clock().Wall)
	}
	a.mux.HandleFunc("GET "+filePath+"{token}", a.file)
	a.mux.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) { a.call(w, r, nil).fail(wire.NoRoute()) })
	return a
}

// Unsigned tells which call may leave its body out of its signature: the upload of a form with a file, where SDKs sign
// the headers alone. A file that was exchanged on the way is one that the ticket's reader would take for the sender's, so
// that the connection has to be encrypted, as everywhere; nothing else can come of it.
func Unsigned(r *http.Request) bool {
	return r.Method == http.MethodPost && r.URL.Path == "/v2/servicerequest/accessorys"
}

// Repeatable tells which calls may be made twice within a second, for which SDKs make the same signature: uploads of forms,
// since it doesn't cover the file, and what does nothing more the second time.
func Repeatable(r *http.Request) bool {
	return Unsigned(r) || r.Method == http.MethodPost && (strings.HasPrefix(r.URL.Path, "/v2.0/servicerequest/diagnose/") ||
		strings.HasPrefix(r.URL.Path, base+"/cases/") && strings.HasSuffix(r.URL.Path, "/instant-messages/unread"))
}

// ServeHTTP answers one call. A path that isn't in the table is unknown for every method, as at the gateway; so is one with
// an empty part, as clients make it of an empty id: a redirect would look to them like an answer.
func (a *API) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if path.Clean(r.URL.Path) != strings.TrimSuffix(r.URL.Path, "/") {
		a.call(w, r, nil).fail(wire.NoRoute())
		return
	}
	a.mux.ServeHTTP(w, r)
}

// handle runs one operation.
func (a *API) handle(o Operation) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		c := a.call(w, r, &o)
		out, err := c.answer()
		switch {
		case err != nil:
			c.fail(err)
		case out == streamed:
		case out == nil:
			c.send(http.StatusOK, struct{}{})
		default:
			c.send(http.StatusOK, out)
		}
	})
}

// streamed is the answer of an operation that wrote its own.
var streamed = new(int)

// answer lets the caller in and runs the operation.
func (c *call) answer() (any, error) {
	by, err := wire.Enter(c.api.Login, c.r)
	if err != nil {
		return nil, err
	}
	if err := c.api.limits.Allow(c.w, c.r, c.op.Name, by.Account); err != nil {
		return nil, err
	}
	if by.Kind != actor.Partner && by.Kind != actor.Customer {
		return nil, forbidden()
	}
	if err := by.May(c.op.Verb); err != nil {
		return nil, err
	}
	if err := c.zoned(); err != nil {
		return nil, err
	}
	c.by = by
	return c.op.run(c)
}

// Failure answers, in this interface's form, a request that ended before it came here: by a fault inside (500) or
// by too many requests of one address (429).
func (a *API) Failure(status int) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		c := a.call(w, r, nil)
		if status == http.StatusTooManyRequests {
			c.fail(wire.TooFast("ip"))
			return
		}
		c.fail(internal())
	})
}

// Operations lists the table: for documentation and tests.
func Operations() []Operation { return table() }
