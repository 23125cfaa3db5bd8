// Package door is the way into pages about one company, which have two doors: the company's own users come in by
// /people, the vendor's staff by /channel/{partner}/people. Behind both is the same handler and the same component.
package door

import (
	"context"
	"net/http"
	"net/url"
	"strings"

	"hanse/internal/domain/account"
	"hanse/internal/edge/portal/page"
	"hanse/internal/edge/portal/site"
	"hanse/internal/edge/portal/ui"
	"hanse/internal/kit/actor"
	"hanse/internal/kit/calendar"
	"hanse/internal/kit/fault"
	"hanse/internal/kit/i18n"
)

// A Door says which company a page is about and how its addresses begin.
type Door struct {
	Base    string // "" by the own door, "/channel/ID" by the vendor's
	Account string
	Name    string // of the company, by the vendor's door only
	Company account.Account
	Vendor  bool // it's the vendor's door
}

// Path is the address of a page behind the same door.
func (d Door) Path(path string) string { return d.Base + path }

// A Handler answers one request that came by a door.
type Handler func(w http.ResponseWriter, r *http.Request, d Door) error

// Partner registers a page about a partner under both doors. The vendor's staff who come by the partner's are sent
// to the list of partners: they have no people of their own.
func Partner(s *site.Site, pattern string, h Handler) {
	s.Page(pattern, func(w http.ResponseWriter, r *http.Request) error {
		if site.Vendor(r) {
			return s.Go(w, r, "/channel", i18n.Msg{})
		}
		return h(w, r, own(r))
	})
	vendors(s, pattern, h)
}

// Any registers a page that every company has under both doors: the vendor sees its own company by the own door.
func Any(s *site.Site, pattern string, h Handler) {
	s.Page(pattern, func(w http.ResponseWriter, r *http.Request) error { return h(w, r, own(r)) })
	vendors(s, pattern, h)
}

// Vendor registers a page about a partner for the vendor's staff alone; path is what follows /channel/{partner}.
func Vendor(s *site.Site, method, path string, h Handler) { vendors(s, method+" "+path, h) }

func own(r *http.Request) Door { return Door{Account: site.By(r).Account} }

func vendors(s *site.Site, pattern string, h Handler) {
	method, path, _ := strings.Cut(pattern, " ")
	s.Page(method+" /channel/{partner}"+path, func(w http.ResponseWriter, r *http.Request) error {
		if !site.Vendor(r) {
			return fault.NotFound()
		}
		a, err := s.Accounts.View(r.Context(), site.By(r), r.PathValue("partner"))
		if err != nil {
			return err
		}
		if a.Kind != actor.Partner {
			return fault.NotFound()
		}
		return h(w, r, Door{Base: "/channel/" + a.ID, Account: a.ID, Name: a.Name, Company: a, Vendor: true})
	})
}

// View is what every page behind a door needs. Errs are the refused entries of the form on it.
type View struct {
	Door
	Site *site.Site
	R    *http.Request
	By   actor.Actor
	Errs []ui.FieldError
}

// See makes the view of a request.
func See(s *site.Site, r *http.Request, d Door, errs ...ui.FieldError) View {
	return View{d, s, r, site.By(r), errs}
}

// Shell is what stands around the page; its title tells when entries were refused.
func (v View) Shell(title i18n.Msg) page.ShellView {
	s := v.Site.Shell(v.R, title)
	s.Invalid = len(v.Errs) > 0
	return s
}

// Can tells whether to offer a verb.
func (v View) Can(verb actor.Verb) bool { return v.By.Can(verb) }

// Value is what was typed into an entry; before anything was, otherwise.
func (v View) Value(name, otherwise string) string {
	if v.typed() || v.R.Form.Has(name) {
		return v.R.Form.Get(name)
	}
	return otherwise
}

// Values is what was ticked; before anything was, otherwise.
func (v View) Values(name string, otherwise []string) []string {
	if v.typed() {
		return v.R.Form[name]
	}
	return otherwise
}

// Ticked tells whether one box is ticked; before anything was sent, otherwise.
func (v View) Ticked(name string, otherwise bool) bool {
	if v.typed() {
		return v.R.Form.Get(name) != ""
	}
	return otherwise
}

func (v View) typed() bool { return v.R.Method == http.MethodPost || len(v.Errs) > 0 }

// Error is why an entry was refused.
func (v View) Error(name string) string { return site.ErrorOf(v.Errs, name) }

// Today is the business day.
func (v View) Today() calendar.Day { return calendar.DayOf(v.Site.Clock.Now()) }

// With is an address with a query; nothing is added for an empty one.
func With(path string, q url.Values) string {
	if len(q) == 0 {
		return path
	}
	return path + "?" + q.Encode()
}

// Data marks a name or number that stands where a component takes words: in headings, links and choices.
func Data(ctx context.Context, text string) string {
	return i18n.T(ctx, "channel.name", i18n.A{"name": text})
}
