// Package site is what all pages of the portal share: the way from a request to a page, the shell around it,
// refused forms, and what happens when a session ends while somebody types.
//
// A page is a Handler that reads the request, calls one verb, and shows a component. It returns its error; site
// turns a fault into a page that says what to do, and logs everything else.
package site

import (
	"log/slog"
	"net/http"

	"hanse/internal/domain/account"
	"hanse/internal/domain/login"
	"hanse/internal/domain/notify"
	"hanse/internal/edge/portal/asset"
	"hanse/internal/kit/actor"
	"hanse/internal/kit/blob"
	"hanse/internal/kit/clock"
	"hanse/internal/kit/cursor"
	"hanse/internal/kit/i18n"
	"hanse/internal/kit/vault"
	"hanse/internal/kit/web"
)

// Deps is what the pages need of the program. Demo adds the bar with the business clock and the mailbox.
type Deps struct {
	Log      *slog.Logger
	Clock    *clock.Clock
	Assets   *asset.Server
	Vault    *vault.Vault
	Cursors  *cursor.Codec
	Login    *login.Service
	Accounts *account.Service
	Notify   *notify.Service
	Blobs    *blob.Store
	BaseURL  string
	Secure   bool // served over https: cookies are marked so
	Demo     bool
}

// Site registers pages and answers requests.
type Site struct {
	Deps
	mux     *http.ServeMux
	menu    []Menu
	reviews []Review
}

// A Menu is one entry of the navigation, shown to those who may Verb and whose account is of one of Kinds.
type Menu struct {
	Group i18n.Msg // the area's heading; entries with the same heading stand together
	Href  string
	Label i18n.Msg
	Icon  string
	Verb  actor.Verb
	Kinds []actor.Kind
}

// New returns a site without pages.
func New(d Deps) *Site { return &Site{Deps: d, mux: http.NewServeMux()} }

// AddMenu adds entries to the navigation, in order.
func (s *Site) AddMenu(entries ...Menu) { s.menu = append(s.menu, entries...) }

// A Handler answers one request. Its error becomes a page.
type Handler func(w http.ResponseWriter, r *http.Request) error

// Page registers a page for people who are signed in. The pattern is one of http.ServeMux.
func (s *Site) Page(pattern string, h Handler) { s.mux.Handle(pattern, s.handle(h, true)) }

// Open registers a page for everybody.
func (s *Site) Open(pattern string, h Handler) { s.mux.Handle(pattern, s.handle(h, false)) }

// Raw registers something that is no page: files, feeds. It gets the actor in the context like pages do.
func (s *Site) Raw(pattern string, h http.Handler) { s.mux.Handle(pattern, h) }

// ServeHTTP answers a request; an address that nobody registered is a page too.
func (s *Site) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	_, pattern := s.mux.Handler(r)
	web.Route(r.Context(), pattern)
	if pattern == "" {
		s.handle(notFound, false).ServeHTTP(w, r)
		return
	}
	s.mux.ServeHTTP(w, r)
}
