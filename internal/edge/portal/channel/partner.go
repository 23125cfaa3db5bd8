package channel

import (
	"net/http"
	"strings"
	"time"

	"github.com/a-h/templ"

	"hanse/internal/domain/account"
	"hanse/internal/domain/qualification"
	"hanse/internal/domain/roster"
	"hanse/internal/edge/portal/door"
	"hanse/internal/edge/portal/site"
	"hanse/internal/edge/portal/ui"
	"hanse/internal/kit/actor"
	"hanse/internal/kit/audit"
	"hanse/internal/kit/fault"
	"hanse/internal/kit/i18n"
)

// partnerView is one partner at a glance.
type partnerView struct {
	door.View
	Programs []qualification.ProgramView
	Counts   roster.Counts
	Links    []linked
	Exits    int // changes to report
	Vacant   int
	Critical int // events that keep something closed
}

// linked is a company that a partner works with.
type linked struct {
	account.Association
	Name string
}

func (p pages) partner(w http.ResponseWriter, r *http.Request, d door.Door) error {
	v := partnerView{View: door.See(p.Site, r, d)}
	if err := p.glance(r, d, &v); err != nil {
		return err
	}
	var err error
	if v.Links, err = p.links(r, d); err != nil {
		return err
	}
	return p.Show(w, r, http.StatusOK, partnerPage(v))
}

// glance reads what the reader's roles may see of the partner's people and levels.
func (p pages) glance(r *http.Request, d door.Door, v *partnerView) (err error) {
	ctx, by := r.Context(), site.By(r)
	if by.Can(actor.ViewRoster) {
		if v.Counts, err = p.roster.Counts(ctx, by, d.Account); err != nil {
			return err
		}
	}
	if !by.Can(actor.ViewEvaluation) {
		return nil
	}
	if v.Programs, err = p.qualifications.Overview(ctx, by, d.Account); err != nil {
		return err
	}
	return p.duties(r, d, v)
}

// duties counts what the partner has to do, and what keeps something closed.
func (p pages) duties(r *http.Request, d door.Door, v *partnerView) error {
	ctx, by := r.Context(), site.By(r)
	exits, err := p.qualifications.Exits(ctx, by, d.Account)
	if err != nil {
		return err
	}
	for _, x := range exits {
		if x.Open() {
			v.Exits++
		}
	}
	vacant, err := p.qualifications.Vacancies(ctx, by, d.Account, true)
	if err != nil {
		return err
	}
	v.Vacant = len(vacant)
	critical, err := p.qualifications.CriticalEvents(ctx, by, d.Account)
	for _, x := range critical {
		if x.LiftedAt.IsZero() && x.Effect != qualification.Note {
			v.Critical++
		}
	}
	return err
}

func (p pages) links(r *http.Request, d door.Door) (out []linked, err error) {
	all, err := p.Accounts.Associations(r.Context(), site.By(r), d.Account)
	if err != nil {
		return nil, err
	}
	for _, x := range all {
		other := x.Other
		if other == d.Account {
			other = x.Account
		}
		a, err := p.Accounts.View(r.Context(), site.By(r), other)
		if err != nil {
			return nil, err
		}
		out = append(out, linked{x, a.Name})
	}
	return out, nil
}

// freezeForm asks before freezing, and before unfreezing.
func (p pages) freezeForm(w http.ResponseWriter, r *http.Request, d door.Door) error {
	if err := site.By(r).May(actor.FreezeAccount); err != nil {
		return err
	}
	return p.Show(w, r, http.StatusOK, freezePage(door.See(p.Site, r, d), unfreezes(r)))
}

func unfreezes(r *http.Request) bool { return strings.HasSuffix(r.URL.Path, "/unfreeze") }

func (p pages) freeze(w http.ResponseWriter, r *http.Request, d door.Door) error {
	if err := site.Form(w, r); err != nil {
		return err
	}
	verb, done := p.Accounts.Freeze, i18n.M("channel.frozen", i18n.A{"company": d.Name})
	if unfreezes(r) {
		verb, done = p.Accounts.Unfreeze, i18n.M("channel.unfrozen", i18n.A{"company": d.Name})
	}
	err := verb(r.Context(), site.By(r), d.Account, r.PostFormValue("reason"))
	if fault.KindOf(err) == fault.KindInvalid {
		return p.Refused(w, r, err, func(errs []ui.FieldError) templ.Component {
			return freezePage(door.See(p.Site, r, d, errs...), unfreezes(r))
		})
	}
	if err != nil {
		return err
	}
	return p.Go(w, r, d.Base, done)
}

// historyView is what was done about a partner.
type historyView struct {
	door.View
	Entries []audit.Entry
	Next    string
}

const historyPage = 50

// cursor of the history: the instant and the id of the last entry seen.
func historyFilter(r *http.Request, d door.Door, after string, limit int) (f audit.Filter) {
	f = audit.Filter{About: d.Account, Limit: limit, Verb: r.URL.Query().Get("verb")}
	at, id, ok := strings.Cut(after, "_")
	if t, err := time.Parse(time.RFC3339Nano, at); ok && err == nil {
		f.BeforeAt, f.Before = t, id
	}
	return f
}

func historyCursor(list []audit.Entry, limit int) string {
	if len(list) < limit {
		return ""
	}
	last := list[len(list)-1]
	return last.At.UTC().Format(time.RFC3339Nano) + "_" + last.ID
}

func (p pages) history(w http.ResponseWriter, r *http.Request, d door.Door) error {
	list, err := p.audit.List(r.Context(), site.By(r), historyFilter(r, d, r.URL.Query().Get("after"), historyPage))
	if err != nil {
		return err
	}
	v := historyView{door.See(p.Site, r, d), list, door.After(r, historyCursor(list, historyPage))}
	return p.Show(w, r, http.StatusOK, historyPageOf(v))
}

func (p pages) exportHistory(r *http.Request, d door.Door) (door.Table, error) {
	if err := site.By(r).May(actor.ViewAudit); err != nil {
		return door.Table{}, err
	}
	const limit = 500
	rows := door.Pages(func(after string) ([]audit.Entry, string, error) {
		list, err := p.audit.List(r.Context(), site.By(r), historyFilter(r, d, after, limit))
		return list, historyCursor(list, limit), err
	}, func(e audit.Entry) []string {
		return []string{e.At.UTC().Format(time.RFC3339), e.Actor, e.ActorName, e.Via, string(e.Verb), e.Subject, e.Detail}
	})
	return door.Table{Name: "history", Rows: rows, Header: []string{"at", "actor", "name", "via", "verb", "subject", "detail"}}, nil
}
