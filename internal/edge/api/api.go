// Package api is the program's own REST interface under /api/v1, with an OpenAPI 3.1 document that is made from the
// same types, an explorer page that needs no outside host, and the token calls that the vendor's SDK expects.
//
// Every operation is one row of a resource file: a typed input, one verb of a module, a typed answer. Names are
// snake_case; errors have error_code and error_msg; instants are UTC.
package api

import (
	"context"
	"log/slog"
	"net/http"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"hanse/internal/domain/account"
	"hanse/internal/domain/address"
	"hanse/internal/domain/agreement"
	"hanse/internal/domain/attachment"
	"hanse/internal/domain/badge"
	"hanse/internal/domain/bill"
	"hanse/internal/domain/budget"
	"hanse/internal/domain/contact"
	"hanse/internal/domain/contract"
	"hanse/internal/domain/credential"
	"hanse/internal/domain/declaration"
	"hanse/internal/domain/delegation"
	"hanse/internal/domain/desk"
	"hanse/internal/domain/distribution"
	"hanse/internal/domain/duty"
	"hanse/internal/domain/eligibility"
	"hanse/internal/domain/entitlement"
	"hanse/internal/domain/equipment"
	"hanse/internal/domain/funds"
	"hanse/internal/domain/ledger"
	"hanse/internal/domain/login"
	"hanse/internal/domain/macro"
	"hanse/internal/domain/material"
	"hanse/internal/domain/member"
	"hanse/internal/domain/notify"
	"hanse/internal/domain/order"
	"hanse/internal/domain/path"
	"hanse/internal/domain/payment"
	"hanse/internal/domain/privilege"
	"hanse/internal/domain/product"
	"hanse/internal/domain/qualification"
	"hanse/internal/domain/realname"
	"hanse/internal/domain/record"
	"hanse/internal/domain/roster"
	"hanse/internal/domain/round"
	"hanse/internal/domain/setting"
	"hanse/internal/domain/simulation"
	"hanse/internal/domain/sla"
	"hanse/internal/domain/subscription"
	"hanse/internal/domain/taxonomy"
	"hanse/internal/domain/ticket"
	"hanse/internal/domain/ticketmail"
	"hanse/internal/domain/tier"
	"hanse/internal/domain/treasury"
	"hanse/internal/domain/voucher"
	"hanse/internal/edge/portal/asset"
	"hanse/internal/kit/actor"
	"hanse/internal/kit/audit"
	"hanse/internal/kit/blob"
	"hanse/internal/kit/clock"
	"hanse/internal/kit/cursor"
	"hanse/internal/kit/db"
	"hanse/internal/kit/i18n"
	"hanse/internal/kit/jobs"
	"hanse/internal/kit/pdf"
	"hanse/internal/kit/web"
)

// Deps is what the API needs of the program.
type Deps struct {
	Log           *slog.Logger
	DB            *db.DB
	Assets        *asset.Server
	Cursors       *cursor.Codec
	Ledger        *ledger.Service
	Login         *login.Service
	Accounts      *account.Service
	Settings      *setting.Service
	Credentials   *credential.Service
	Roster        *roster.Service
	Records       *record.Service
	Address       *address.Service
	Material      *material.Service
	Declaration   *declaration.Service
	RealName      *realname.Service
	Member        *member.Service
	Qualification *qualification.Service
	Path          *path.Service
	Round         *round.Service
	Duty          *duty.Service
	Voucher       *voucher.Service
	Distribution  *distribution.Service
	Budget        *budget.Service
	Delegation    *delegation.Service
	Entitlement   *entitlement.Service
	Product       *product.Service
	Tier          *tier.Service
	Eligibility   *eligibility.Service
	Subscription  *subscription.Service
	Order         *order.Service
	Contract      *contract.Service
	Simulation    *simulation.Service
	Badge         *badge.Service
	Notify        *notify.Service
	Funds         *funds.Service
	Bills         *bill.Service
	Taxonomy      *taxonomy.Service
	SLA           *sla.Service
	Contact       *contact.Service
	Attachment    *attachment.Service
	Ticket        *ticket.Service
	TicketMail    *ticketmail.Service
	Privilege     *privilege.Service
	Agreement     *agreement.Service
	Desk          *desk.Service
	Macro         *macro.Service
	Equipment     *equipment.Service
	Payment       *payment.Service
	Treasury      *treasury.Service
	Audit         *audit.Service
	Jobs          *jobs.Service
	Files         *blob.Store
	Press         *pdf.Press
	BaseURL       string
	Version       string
	Rate          int // requests a second of one user or key, and atOnce times as many at once; not above 0 = no limit
}

// API answers /api/v1, /v3/auth, /openapi.json and /docs.
type API struct {
	Deps
	mux     *http.ServeMux
	doc     *huma.OpenAPI
	wall    *clock.Clock // of the machine: for deadlines of the network
	limiter *web.Limiter
	ops     []Operation
	// byPattern finds an operation by the pattern that the mux matched.
	byPattern map[string]Operation
}

// atOnce is how many seconds' worth of requests one user or key may make at once.
const atOnce = 5

// New returns the handler.
func New(d Deps) *API {
	a := &API{Deps: d, wall: clock.New(), mux: http.NewServeMux(), byPattern: map[string]Operation{}, limiter: limiter(d)}
	c := huma.DefaultConfig("Hanse Partner Center", d.Version)
	c.Info.Description = "The partner center's own interface. Names are snake_case; instants are UTC (RFC 3339); days are YYYY-MM-DD in the " +
		"business zone, UTC+8. Errors have error_code and error_msg. See docs/integrator.md of the program."
	c.Components.SecuritySchemes = map[string]*huma.SecurityScheme{
		"signature": {Type: "apiKey", In: "header", Name: "Authorization",
			Description: "SDK-HMAC-SHA256 with an access key and its secret key"},
		"token":   {Type: "apiKey", In: "header", Name: "X-Auth-Token", Description: "A token of POST /v3/auth/tokens"},
		"session": {Type: "apiKey", In: "cookie", Name: "__Host-hanse", Description: "The portal's own session"},
	}
	huma.DefaultArrayNullable = false // an empty list is [], see each
	a.doc = c.OpenAPI
	a.register()
	a.tokens()
	a.explorer()
	d.Login.UseKeyed(a.isKeyed)
	d.Login.AllowRepeats(reads)
	return a
}

// reads tells whether a request is for an operation that Reads.
func reads(r *http.Request) bool {
	x := exchangeOf(r.Context())
	return x != nil && x.op.Reads
}

// isKeyed tells whether a request is for a Keyed operation.
func (a *API) isKeyed(r *http.Request) bool {
	x := exchangeOf(r.Context()) // those of the other edges have none
	return x != nil && x.op.Keyed
}

// limiter holds each user to the rate; nil without one.
func limiter(d Deps) *web.Limiter {
	if d.Rate <= 0 {
		return nil
	}
	return web.NewLimiter(float64(d.Rate), atOnce*d.Rate, d.DB.Clock().Wall)
}

// match asks the mux, once for all who need to know, which operation a request is for.
func (a *API) match(r *http.Request) (*http.Request, *exchange) {
	x := &exchange{r: r}
	x.handler, x.pattern = a.mux.Handler(r)
	x.op = a.byPattern[x.pattern]
	return r.WithContext(context.WithValue(r.Context(), exchangeKey{}, x)), x
}

// ServeHTTP finds out who asks, holds them to their rate, and answers a repeated request as the first time.
func (a *API) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	r, x := a.match(r)
	r, err := a.identify(r, x)
	if err == nil {
		err = a.admit(r)
	}
	if err != nil {
		a.refuse(w, r, err)
		return
	}
	web.Route(r.Context(), x.pattern)
	if x.pattern == "" {
		a.unmatched(w, r, x.handler)
		return
	}
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		w.Header()["Cache-Control"] = noStore
	}
	if x.op.Keyed {
		a.keyed(w, r, x)
		return
	}
	a.once(w, r, x)
}

// run carries an operation out. One with parameters in its path is found by the mux once more: it alone can tell them.
func (a *API) run(w http.ResponseWriter, r *http.Request, x *exchange) {
	x.w, x.r = w, r
	if strings.Contains(x.pattern, "{") {
		a.mux.ServeHTTP(w, r)
		return
	}
	x.handler.ServeHTTP(w, r)
}

// unmatched answers a path that is none (404), one that takes other methods (405, Allow names them), and OPTIONS.
func (a *API) unmatched(w http.ResponseWriter, r *http.Request, refused http.Handler) {
	probe := &probe{header: http.Header{}}
	refused.ServeHTTP(probe, r)
	allow := probe.header.Get("Allow")
	if allow == "" {
		a.refuse(w, r, notFound())
		return
	}
	w.Header().Set("Allow", allow+", OPTIONS")
	if r.Method == http.MethodOptions {
		w.WriteHeader(http.StatusNoContent)
		return
	}
	a.answer(w, &Error{Code: "HANSE.METHOD", Msg: i18n.T(r.Context(), "api.method", i18n.A{"allow": allow}),
		RequestID: web.Of(r.Context()).ID, status: http.StatusMethodNotAllowed})
}

// probe hears what the mux would say, and says nothing.
type probe struct{ header http.Header }

// Header collects.
func (p *probe) Header() http.Header { return p.header }

// Write says nothing.
func (p *probe) Write(b []byte) (int, error) { return len(b), nil }

// WriteHeader says nothing.
func (p *probe) WriteHeader(int) {}

// An Operation is one row: how it's called, and which verb it asks for. Verb is for the document; the module
// checks it.
type Operation struct {
	Method, Path string
	ID           string // operation id, such as list_people
	Tag          string
	Summary      string
	Verb         actor.Verb
	Status       int // 200 when zero
	// MaxBytes of the body; 1 MiB when zero.
	MaxBytes int64
	// Secret marks an answer that is shown once: it isn't kept for a repeated request.
	Secret bool
	// Keyed operations hand their Idempotency-Key to the ledger, which keeps it with what it did (see idempotencyKey):
	// the answer isn't kept a second time.
	Keyed bool
	// Reads marks an operation that changes nothing though its method is POST: the same signed call may come again.
	Reads bool
	// Takes are the media types of a file that is sent, Gives those of a file that is answered.
	Takes, Gives []string
}

// none is the answer of an operation that has nothing to say (204).
type none struct{}

// note remembers an operation for the list of them and for what the mux's pattern says of a request.
func (a *API) note(op Operation) {
	a.ops = append(a.ops, op)
	a.byPattern[op.Method+" "+op.Path] = op
}

func (a *API) spec(op Operation) huma.Operation {
	s := huma.Operation{OperationID: op.ID, Method: op.Method, Path: op.Path, Summary: op.Summary, Tags: []string{op.Tag},
		DefaultStatus: op.Status, MaxBodyBytes: op.MaxBytes, Errors: []int{401, 403, 404, 409, 422, 429},
		Security: []map[string][]string{{"signature": {}}, {"token": {}}, {"session": {}}}}
	if op.Verb != "" {
		s.Description = "Asks for the permission `" + string(op.Verb) + "`."
	}
	if actor.Nobody("", "", "").Can(op.Verb) {
		s.Security = []map[string][]string{{}}
	}
	gives(&s, op)
	return s
}

// Operations lists what is registered: for the page without scripts and for tests.
func (a *API) Operations() []Operation { return a.ops }
