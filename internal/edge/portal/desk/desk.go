// Package desk holds the pages of those who serve tickets, the vendor's engineers and a partner's alike: the queue by time
// left, a ticket with its conversation, macros and canned answers, teams, and the rules that share tickets out. A desk is
// that of the account that somebody acts for.
package desk

import (
	"context"
	"net/http"
	"strconv"

	"hanse/internal/domain/desk"
	"hanse/internal/domain/macro"
	"hanse/internal/domain/taxonomy"
	"hanse/internal/domain/ticket"
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
	DB      *db.DB
	Desk    *desk.Service
	Tickets *ticket.Service
	Macros  *macro.Service
	Uploads *thread.Uploads
	Hub     *live.Hub
}

type pages struct {
	*site.Site
	Deps
}

// Register adds the pages.
func Register(s *site.Site, d Deps) {
	p := pages{s, d}
	p.Page("GET /desk", p.serves(p.queue))
	door.Exports(s, door.Plain, "/desk", p.export)
	p.Page("POST /desk/bulk", p.serves(p.bulk))
	p.Page("POST /desk/views", p.serves(p.keepView))
	p.Page("POST /desk/views/{id}/drop", p.serves(p.dropView))
	p.Page("GET /desk/{no}", p.serves(p.show))
	p.Page("GET /desk/{no}/{part}", p.serves(p.part))
	p.Page("POST /desk/{no}/{act}", p.serves(p.act))
	d.Hub.Stream(s, "GET /desk/live/{no}", p.news)
	p.setup()
}

// setup adds the pages about the desk itself.
func (p pages) setup() {
	p.Page("GET /desk/teams", p.serves(p.teams))
	p.Page("GET /desk/teams/{id}", p.serves(p.team))
	p.Page("POST /desk/teams", p.serves(p.saveTeam))
	p.Page("POST /desk/teams/away", p.serves(p.away))
	p.Page("POST /desk/teams/duty", p.serves(p.duty))
	p.Page("GET /desk/rules", p.serves(p.rules))
	p.Page("GET /desk/rules/{id}", p.serves(p.rule))
	p.Page("POST /desk/rules", p.serves(p.saveRule))
	p.Page("POST /desk/rules/{id}/{act}", p.serves(p.actRule))
	p.Page("GET /desk/macros", p.serves(p.macros))
	p.Page("GET /desk/macros/{id}", p.serves(p.macro))
	p.Page("POST /desk/macros", p.serves(p.saveMacro))
	p.Page("POST /desk/macros/{id}/remove", p.serves(p.removeMacro))
	p.Page("GET /desk/labels", p.serves(p.labels))
	p.Page("POST /desk/labels", p.serves(p.saveLabel))
	p.Page("POST /desk/labels/{id}/remove", p.serves(p.removeLabel))
	p.Page("GET /desk/answers", p.serves(p.answers))
	p.Page("GET /desk/answers/{id}", p.serves(p.answer))
	p.Page("POST /desk/answers", p.serves(p.saveAnswer))
	p.Page("POST /desk/answers/{id}/remove", p.serves(p.removeAnswer))
}

// serves lets in who works for an account that can serve tickets: the vendor or a partner.
func (p pages) serves(h site.Handler) site.Handler {
	return func(w http.ResponseWriter, r *http.Request) error {
		switch site.By(r).Kind {
		case actor.Vendor, actor.Partner:
			return h(w, r)
		}
		return fault.NotFound()
	}
}

// fresh stands in an address for a thing that's yet to be made.
const fresh = "new"

func (p pages) see(r *http.Request, errs ...ui.FieldError) door.View {
	return door.See(p.Site, r, door.Door{Account: site.By(r).Account}, errs...)
}

func (p pages) set(ctx context.Context) (*taxonomy.Set, error) {
	return taxonomy.Read(ctx, p.DB.Read())
}

// edition is the one that the form showed.
func edition(r *http.Request) int64 {
	n, err := strconv.ParseInt(r.FormValue("edition"), 10, 64)
	if err != nil {
		return -1
	}
	return n
}

func number(n int64) string { return strconv.FormatInt(n, 10) }

// again tells whether a refusal is shown on the form that was sent, with what was typed.
func again(err error) bool {
	k := fault.KindOf(err)
	return k == fault.KindInvalid || k == fault.KindConflict
}

func status(err error) int {
	if fault.KindOf(err) == fault.KindConflict {
		return http.StatusConflict
	}
	return http.StatusUnprocessableEntity
}

// tabs lead to the desk's pages.
func tabs(ctx context.Context, v door.View, current string) (out []ui.Tab) {
	for _, t := range []struct{ href, label string }{
		{"/desk", i18n.T(ctx, "desk.queue")}, {"/desk/macros", i18n.T(ctx, "desk.macros")}, {"/desk/answers", i18n.T(ctx, "desk.answers")},
		{"/desk/labels", i18n.T(ctx, "desk.labels")}, {"/desk/teams", i18n.T(ctx, "desk.teams")}, {"/desk/rules", i18n.T(ctx, "desk.rules")},
	} {
		out = append(out, ui.Tab{Href: t.href, Label: t.label, Current: t.href == current})
	}
	if v.By.Kind == actor.Vendor && v.Can(actor.ViewSLA) {
		out = append(out, ui.Tab{Href: "/desk/report", Label: i18n.T(ctx, "desk.report")})
	}
	return out
}

// people are choices of those who work at the desk.
func people(ctx context.Context, s desk.Setup) (out []ui.Option) {
	for _, p := range s.Staff {
		out = append(out, ui.Option{Value: p.ID, Label: door.Data(ctx, p.Name)})
	}
	return out
}

// teamOptions are choices of the open teams.
func teamOptions(ctx context.Context, s desk.Setup) (out []ui.Option) {
	for _, t := range s.Open() {
		out = append(out, ui.Option{Value: t.ID, Label: door.Data(ctx, t.Name)})
	}
	return out
}
