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
	"reflect"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"

	"hanse/internal/domain/account"
	"hanse/internal/domain/credential"
	"hanse/internal/domain/login"
	"hanse/internal/domain/notify"
	"hanse/internal/domain/qualification"
	"hanse/internal/domain/roster"
	"hanse/internal/domain/setting"
	"hanse/internal/edge/portal/asset"
	"hanse/internal/kit/actor"
	"hanse/internal/kit/audit"
	"hanse/internal/kit/blob"
	"hanse/internal/kit/cursor"
	"hanse/internal/kit/db"
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
	Login         *login.Service
	Accounts      *account.Service
	Settings      *setting.Service
	Credentials   *credential.Service
	Roster        *roster.Service
	Qualification *qualification.Service
	Notify        *notify.Service
	Audit         *audit.Service
	Jobs          *jobs.Service
	Files         *blob.Store
	Press         *pdf.Press
	BaseURL       string
	Version       string
}

// API answers /api/v1, /v3/auth, /openapi.json and /docs.
type API struct {
	Deps
	mux     *http.ServeMux
	huma    huma.API
	limiter *web.Limiter
	ops     []Operation
}

// Requests of one key or user in a second, on the long run and at once.
const (
	perSecond = 20
	burst     = 100
)

// New returns the handler.
func New(d Deps) *API {
	a := &API{Deps: d, mux: http.NewServeMux(), limiter: web.NewLimiter(perSecond, burst, d.DB.Clock().Wall)}
	c := huma.DefaultConfig("Hanse Partner Center", d.Version)
	c.OpenAPIPath, c.DocsPath, c.SchemasPath = "", "", ""
	c.CreateHooks = nil // no $schema links in answers
	c.Components.SecuritySchemes = map[string]*huma.SecurityScheme{
		"signature": {Type: "apiKey", In: "header", Name: "Authorization",
			Description: "SDK-HMAC-SHA256 with an access key and its secret key"},
		"token":   {Type: "apiKey", In: "header", Name: "X-Auth-Token", Description: "A token of POST /v3/auth/tokens"},
		"session": {Type: "apiKey", In: "cookie", Name: "__Host-hanse", Description: "The portal's own session"},
	}
	huma.NewError = newError // the library has one error form for a process, and this is its only user
	a.huma = humago.New(a.mux, c)
	a.register()
	a.tokens()
	a.explorer()
	return a
}

// ServeHTTP finds out who asks, holds them to their rate, and answers a repeated request as the first time.
func (a *API) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	r, err := a.identify(r)
	if err == nil {
		err = a.admit(r)
	}
	if err != nil {
		a.refuse(w, r, err)
		return
	}
	_, pattern := a.mux.Handler(r)
	web.Route(r.Context(), pattern)
	if pattern == "" {
		a.refuse(w, r, notFound())
		return
	}
	a.once(w, r, a.mux)
}

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
}

// add registers an operation. Its errors are faults of the verb.
func add[I, O any](a *API, op Operation, h func(ctx context.Context, by actor.Actor, in *I) (O, error)) {
	type out struct{ Body O }
	if op.Status == 0 {
		op.Status = http.StatusOK
	}
	a.ops = append(a.ops, op)
	spec := a.spec(op)
	if op.Status == http.StatusNoContent || reflect.TypeFor[O]() == reflect.TypeFor[none]() {
		spec.DefaultStatus = http.StatusNoContent
		huma.Register(a.huma, spec, func(ctx context.Context, in *I) (*struct{}, error) {
			_, err := h(ctx, by(ctx), in)
			return nil, a.wire(ctx, err)
		})
		return
	}
	huma.Register(a.huma, spec, func(ctx context.Context, in *I) (*out, error) {
		v, err := h(ctx, by(ctx), in)
		if err != nil {
			return nil, a.wire(ctx, err)
		}
		return &out{v}, nil
	})
}

// none is the answer of an operation that has nothing to say (204).
type none struct{}

func (a *API) spec(op Operation) huma.Operation {
	s := huma.Operation{OperationID: op.ID, Method: op.Method, Path: op.Path, Summary: op.Summary, Tags: []string{op.Tag},
		DefaultStatus: op.Status, MaxBodyBytes: op.MaxBytes,
		Security: []map[string][]string{{"signature": {}}, {"token": {}}, {"session": {}}}}
	if op.Verb != "" {
		s.Description = "Asks for the permission `" + string(op.Verb) + "`."
	}
	if actor.Nobody("", "", "").Can(op.Verb) {
		s.Security = []map[string][]string{{}}
	}
	return s
}

// Operations lists what is registered: for the page without scripts and for tests.
func (a *API) Operations() []Operation { return a.ops }
