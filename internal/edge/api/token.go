package api

import (
	"encoding/json"
	"net/http"
	"strconv"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"hanse/internal/domain/login"
	"hanse/internal/kit/actor"
	"hanse/internal/kit/fault"
	"hanse/internal/kit/web"
)

// tokenRequest is the body of POST /v3/auth/tokens, in the words of the vendor's identity service.
type tokenRequest struct {
	Auth struct {
		Identity struct {
			Methods  []string `json:"methods"`
			Password struct {
				User struct {
					Name     string `json:"name"`
					Password string `json:"password"`
					Domain   struct {
						Name string `json:"name"`
						ID   string `json:"id"`
					} `json:"domain"`
				} `json:"user"`
			} `json:"password"`
		} `json:"identity"`
		Scope struct {
			Domain struct {
				Name string `json:"name"`
				ID   string `json:"id"`
			} `json:"domain"`
		} `json:"scope"`
	} `json:"auth"`
}

type named struct {
	ID   string `json:"id"`
	Name string `json:"name"`
}

type tokenUser struct {
	named
	Domain          named  `json:"domain"`
	PasswordExpires string `json:"password_expires_at"`
}

type tokenBody struct {
	ExpiresAt string    `json:"expires_at"`
	IssuedAt  string    `json:"issued_at"`
	Methods   []string  `json:"methods"`
	Catalog   []string  `json:"catalog"`
	Domain    named     `json:"domain"`
	Roles     []named   `json:"roles"`
	User      tokenUser `json:"user"`
}

// tokens registers the two calls of the identity service that the vendor's SDK and its users make.
func (a *API) tokens() {
	a.mux.HandleFunc("POST /v3/auth/tokens", a.issueToken)
	a.mux.HandleFunc("DELETE /v3/auth/tokens", a.revokeToken)
	a.mux.HandleFunc("GET /v3/auth/domains", a.domains)
	for _, op := range []Operation{
		{Method: "POST", Path: "/v3/auth/tokens", ID: "issue_token", Tag: "auth", Status: 201, Verb: actor.IssueToken,
			Summary: "Get a token for a name and a password; it comes in the header X-Subject-Token"},
		{Method: "DELETE", Path: "/v3/auth/tokens", ID: "revoke_token", Tag: "auth", Status: 204, Verb: actor.OwnSession, Summary: "Give back the token in X-Subject-Token"},
		{Method: "GET", Path: "/v3/auth/domains", ID: "list_domains", Tag: "auth", Status: 200, Verb: actor.OwnSession, Summary: "The account that the key or token belongs to"},
	} {
		a.note(op)
		a.describe(op)
	}
}

// describe puts an operation that the library doesn't serve into the document. Its shapes are the identity service's.
func (a *API) describe(op Operation) {
	s := a.spec(op)
	open := &huma.Schema{Type: "object", AdditionalProperties: true}
	object := map[string]*huma.MediaType{"application/json": {Schema: open}}
	s.Responses = map[string]*huma.Response{strconv.Itoa(op.Status): {Description: http.StatusText(op.Status)},
		"401": {Description: "In the identity service's form: {\"error\": {\"code\", \"message\", \"title\"}}", Content: object}}
	if op.Status != http.StatusNoContent {
		s.Responses[strconv.Itoa(op.Status)].Content = object
	}
	if op.Method == http.MethodPost {
		s.RequestBody = &huma.RequestBody{Required: true, Content: object}
	}
	a.doc.AddOperation(&s)
}

func (a *API) issueToken(w http.ResponseWriter, r *http.Request) {
	var in tokenRequest
	if err := json.NewDecoder(http.MaxBytesReader(w, r.Body, 64<<10)).Decode(&in); err != nil {
		identityError(w, http.StatusBadRequest, "The request body is not the JSON of a token request.", "Bad Request")
		return
	}
	user, scope := in.Auth.Identity.Password.User, in.Auth.Scope.Domain
	t, err := a.Login.IssueToken(r.Context(), by(r.Context()), login.TokenRequest{Name: user.Name, Password: user.Password,
		DomainName: first(scope.Name, user.Domain.Name), DomainID: first(scope.ID, user.Domain.ID)})
	switch fault.KindOf(err) {
	case "":
	case fault.KindTooMany:
		a.refuse(w, r, err)
		return
	default:
		identityError(w, http.StatusUnauthorized, "The username or password is wrong.", "Unauthorized")
		return
	}
	if err != nil {
		a.refuse(w, r, err)
		return
	}
	w.Header().Set("X-Subject-Token", t.Value)
	writeJSON(w, http.StatusCreated, map[string]tokenBody{"token": body(t)})
}

func body(t login.Token) tokenBody {
	domain := named{t.Actor.Account, t.DomainName}
	b := tokenBody{ExpiresAt: micro(t.ExpiresAt), IssuedAt: micro(t.IssuedAt), Methods: []string{"password"}, Catalog: []string{},
		Domain: domain, Roles: []named{}, User: tokenUser{named: named{t.Actor.User, t.UserName}, Domain: domain}}
	for _, role := range t.Actor.Roles {
		b.Roles = append(b.Roles, named{"0", string(role)})
	}
	return b
}

// micro is how the identity service writes instants.
func micro(t time.Time) string { return t.UTC().Format("2006-01-02T15:04:05.000000Z") }

func (a *API) revokeToken(w http.ResponseWriter, r *http.Request) {
	if err := a.Login.RevokeToken(r.Context(), by(r.Context()), r.Header.Get("X-Subject-Token")); err != nil {
		a.refuse(w, r, err)
		return
	}
	w.WriteHeader(http.StatusNoContent)
}

// domains answers with the one account that the key or token acts for: the SDK takes the first.
func (a *API) domains(w http.ResponseWriter, r *http.Request) {
	who := by(r.Context())
	if err := who.May(actor.OwnSession); err != nil {
		a.refuse(w, r, err)
		return
	}
	type domain struct {
		named
		Enabled bool `json:"enabled"`
	}
	list := []domain{}
	if who.Account != "" {
		acc, err := a.Accounts.View(r.Context(), who, who.Account)
		if err != nil {
			a.refuse(w, r, err)
			return
		}
		list = append(list, domain{named{acc.ID, acc.Name}, true})
	}
	w.Header().Set("X-IAM-Trace-Id", web.Of(r.Context()).ID)
	writeJSON(w, http.StatusOK, map[string]any{"domains": list, "links": map[string]string{"self": a.BaseURL + "/v3/auth/domains"}})
}

// identityError is the error form of the identity service, which isn't that of the rest.
func identityError(w http.ResponseWriter, status int, message, title string) {
	writeJSON(w, status, map[string]any{"error": map[string]any{"code": status, "message": message, "title": title}})
}

func writeJSON(w http.ResponseWriter, status int, v any) {
	w.Header().Set("Content-Type", "application/json;charset=UTF-8")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(v) // an error means that the asker has gone
}

func first(texts ...string) string {
	for _, t := range texts {
		if t != "" {
			return t
		}
	}
	return ""
}
