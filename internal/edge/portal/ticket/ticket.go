// Package ticket holds the pages of tickets for those who open them, partners and customers: the list, the form of a new
// one with its quota, a ticket with its conversation that goes on live, and everything that can be done to it. Whoever
// serves tickets works at the desk.
package ticket

import (
	"net/http"
	"strings"

	"hanse/internal/domain/agreement"
	"hanse/internal/domain/contact"
	"hanse/internal/domain/taxonomy"
	"hanse/internal/domain/ticket"
	"hanse/internal/domain/ticketdraft"
	"hanse/internal/edge/portal/door"
	"hanse/internal/edge/portal/live"
	"hanse/internal/edge/portal/site"
	"hanse/internal/edge/portal/thread"
	"hanse/internal/edge/portal/ui"
	"hanse/internal/kit/actor"
	"hanse/internal/kit/db"
	"hanse/internal/kit/fault"
	"hanse/internal/kit/i18n"
)

// Deps is what the pages need.
type Deps struct {
	DB       *db.DB
	Tickets  *ticket.Service
	Drafts   *ticketdraft.Service
	Contacts *contact.Service
	Uploads  *thread.Uploads
	Hub      *live.Hub

	Agreements *agreement.Service
}

type pages struct {
	*site.Site
	Deps
}

// Register adds the pages.
func Register(s *site.Site, d Deps) {
	p := pages{s, d}
	p.Page("GET /tickets", p.company(p.list))
	p.Page("GET /tickets.csv", p.company(p.export("csv")))
	p.Page("GET /tickets.xlsx", p.company(p.export("xlsx")))
	p.Page("GET /tickets/new", p.company(p.form))
	p.Page("POST /tickets", p.company(p.open))
	p.Page("POST /ticket-drafts/{id}/drop", p.company(p.drop))
	p.Page("GET /tickets/labels", p.company(p.labels))
	p.Page("POST /tickets/labels", p.company(p.addLabel))
	p.Page("POST /ticket-labels/{id}", p.company(p.editLabel))
	p.Page("POST /ticket-labels/{id}/remove", p.company(p.removeLabel))
	p.Page("GET /tickets/{no}", p.company(p.show))
	p.Page("POST /tickets/{no}", p.company(p.say))
	p.Page("GET /tickets/{no}/ask/{what}", p.company(p.ask))
	p.Page("POST /tickets/{no}/do/{what}", p.company(p.act))
	p.Page("POST /tickets/{no}/withdraw/{message}", p.company(p.withdraw))
	p.Page("GET /tickets/{no}/score", p.company(p.scoreForm))
	p.Page("POST /tickets/{no}/score", p.company(p.score))
	p.Page("GET /tickets/{no}/edit", p.company(p.edit))
	p.Page("POST /tickets/{no}/edit/{what}", p.company(p.save))
	d.Hub.Stream(s, "GET /tickets/{no}/live", p.news)
}

// company lets in who acts for a company that opens tickets; the vendor's staff find tickets at the desk.
func (p pages) company(h site.Handler) site.Handler {
	return func(w http.ResponseWriter, r *http.Request) error {
		switch site.By(r).Kind {
		case actor.Partner, actor.Customer:
			return h(w, r)
		case actor.Vendor:
			to := "/desk"
			if no := r.PathValue("no"); no != "" && r.Method == http.MethodGet {
				to += "/" + no
			}
			return p.Go(w, r, to, i18n.Msg{})
		}
		return fault.NotFound()
	}
}

func (p pages) see(r *http.Request) door.View {
	return door.See(p.Site, r, door.Door{Account: site.By(r).Account})
}

// set is what tickets can be, read once for a page.
func (p pages) set(r *http.Request) (*taxonomy.Set, error) {
	return taxonomy.Read(r.Context(), p.DB.Read())
}

// refused are the entries that a refusal names. Others stand alone.
func refused(r *http.Request, err error) []ui.FieldError { return site.Errors(r, err) }

// shown tells whether an error is shown on the form that caused it.
func shown(err error) bool {
	switch fault.KindOf(err) {
	case fault.KindInvalid, fault.KindConflict, fault.KindTooMany, fault.KindTooLarge:
		return true
	}
	return false
}

// status is that of a page which shows a refused form.
func status(err error) int {
	switch fault.KindOf(err) {
	case fault.KindConflict:
		return http.StatusConflict
	case fault.KindTooMany:
		return http.StatusTooManyRequests
	case fault.KindTooLarge:
		return http.StatusRequestEntityTooLarge
	}
	return http.StatusUnprocessableEntity
}

// words splits entries that are separated by commas, semicolons, spaces or lines.
func words(text string) []string {
	return strings.FieldsFunc(text, func(c rune) bool {
		return c == ',' || c == ';' || c == '，' || c == '；' || c == ' ' || c == '\n' || c == '\r' || c == '\t'
	})
}
