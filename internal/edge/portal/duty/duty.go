// Package duty holds the pages of the service manager's duties: policies to read, requests for spare parts and
// quarterly reports; and the vendor's desk, which publishes, answers and reads.
package duty

import (
	"net/http"
	"strconv"

	"github.com/a-h/templ"

	"hanse/internal/domain/duty"
	"hanse/internal/edge/portal/door"
	"hanse/internal/edge/portal/qualify"
	"hanse/internal/edge/portal/site"
	"hanse/internal/edge/portal/ui"
	"hanse/internal/kit/actor"
	"hanse/internal/kit/fault"
	"hanse/internal/kit/i18n"
)

type pages struct {
	*site.Site
	s *duty.Service
}

// Register adds the pages.
func Register(s *site.Site, duties *duty.Service) {
	p := pages{s, duties}
	door.Partner(s, "GET /service-duties", p.overview)
	door.Partner(s, "GET /service-duties/policies/{id}", p.policy)
	s.Page("GET /service-duties/policies/{id}/file", p.file)
	s.Page("POST /service-duties/policies/{id}", p.confirm)
	door.Partner(s, "GET /service-duties/parts", p.parts)
	door.Exports(s, door.Partner, "/service-duties/parts", p.exportParts)
	s.Page("GET /service-duties/parts/new", p.newPart)
	s.Page("POST /service-duties/parts", p.request)
	door.Partner(s, "GET /service-duties/parts/{id}", p.part)
	s.Page("POST /service-duties/parts/{id}/{to}", p.move)
	door.Partner(s, "GET /service-duties/reports/{period}", p.report)
	s.Page("POST /service-duties/reports/{period}", p.send)
	p.desk()
}

func (p pages) see(r *http.Request, d door.Door) door.View { return door.See(p.Site, r, d) }

func mine(r *http.Request) door.Door { return door.Door{Account: site.By(r).Account} }

// answer shows a page, after a refused step with what was refused.
func (p pages) answer(w http.ResponseWriter, r *http.Request, refused error, page func(errs []ui.FieldError) templ.Component) error {
	if refused == nil {
		return p.Show(w, r, http.StatusOK, page(nil))
	}
	return p.Refused(w, r, refused, page)
}

func (p pages) overview(w http.ResponseWriter, r *http.Request, d door.Door) (err error) {
	ctx, by := r.Context(), site.By(r)
	v := overviewView{View: p.see(r, d)}
	if v.policies, err = p.s.Policies(ctx, by, d.Account); err != nil {
		return err
	}
	if v.parts, v.more, err = p.s.Requests(ctx, by, d.Account, "", "", 10); err != nil {
		return err
	}
	if v.reports, err = p.s.Reports(ctx, by, d.Account); err != nil {
		return err
	}
	return p.Show(w, r, http.StatusOK, overviewPage(v))
}

func (p pages) policy(w http.ResponseWriter, r *http.Request, d door.Door) error {
	return p.onePolicy(w, r, d, nil)
}

func (p pages) onePolicy(w http.ResponseWriter, r *http.Request, d door.Door, refused error) error {
	list, err := p.s.Policies(r.Context(), site.By(r), d.Account)
	if err != nil {
		return err
	}
	for _, x := range list {
		if x.ID == r.PathValue("id") {
			return p.answer(w, r, refused, func(errs []ui.FieldError) templ.Component {
				v := policyView{View: p.see(r, d), x: x}
				v.Errs = errs
				return policyPage(v)
			})
		}
	}
	if refused != nil {
		return refused
	}
	return fault.NotFound()
}

func (p pages) confirm(w http.ResponseWriter, r *http.Request) error {
	if err := site.Form(w, r); err != nil {
		return err
	}
	id := r.PathValue("id")
	if err := p.s.Confirm(r.Context(), site.By(r), site.By(r).Account, id); err != nil {
		return p.onePolicy(w, r, mine(r), err)
	}
	return p.Go(w, r, "/service-duties/policies/"+id, i18n.M("duties.confirmed"))
}

func (p pages) file(w http.ResponseWriter, r *http.Request) error {
	f, x, err := p.s.OpenDocument(r.Context(), site.By(r), r.PathValue("id"))
	if err != nil {
		return err
	}
	defer f.Close()
	qualify.ServeFile(w, r, f, x.Name, x.Media, x.PublishedAt)
	return nil
}

func (p pages) parts(w http.ResponseWriter, r *http.Request, d door.Door) error {
	q := r.URL.Query()
	v := partsView{View: p.see(r, d), path: "/service-duties/parts", one: d.Path("/service-duties/parts/"), now: duty.RequestState(q.Get("state"))}
	rows, next, err := p.s.Requests(r.Context(), site.By(r), d.Account, v.now, q.Get("after"), 0)
	if err != nil {
		return err
	}
	v.rows, v.after = rows, door.After(r, next)
	if q.Get("after") != "" {
		v.first = door.FirstOf(r)
	}
	return p.Show(w, r, http.StatusOK, partsPage(v))
}

func (p pages) exportParts(r *http.Request, d door.Door) (door.Table, error) {
	ctx, by, state := r.Context(), site.By(r), duty.RequestState(r.URL.Query().Get("state"))
	read := func(after string) ([]duty.Request, string, error) {
		return p.s.Requests(ctx, by, d.Account, state, after, 500)
	}
	first, next, err := read("")
	if err != nil {
		return door.Table{}, err
	}
	return door.Table{Name: "spare-parts", Header: []string{"id", "partner", "part", "quantity", "equipment", "customer", "reason", "state", "answer", "requested_by", "answered_by", "created_at", "changed_at"},
		Rows: door.Pages(func(after string) ([]duty.Request, string, error) {
			if after == "" {
				return first, next, nil
			}
			return read(after)
		}, func(x duty.Request) []string {
			return []string{x.ID, x.PartnerName, x.Part, strconv.FormatInt(x.Quantity, 10), x.Equipment, x.Customer, x.Reason, string(x.State), x.Answer,
				x.RequestedBy, x.AnsweredBy, door.Instant(x.CreatedAt), door.Instant(x.ChangedAt)}
		})}, nil
}

func (p pages) newPart(w http.ResponseWriter, r *http.Request) error {
	if err := site.By(r).May(actor.DoDuties); err != nil {
		return err
	}
	return p.Show(w, r, http.StatusOK, newPartPage(p.see(r, mine(r))))
}

func (p pages) request(w http.ResponseWriter, r *http.Request) error {
	if err := site.Form(w, r); err != nil {
		return err
	}
	x, err := p.s.Request(r.Context(), site.By(r), site.By(r).Account, duty.Request{Part: r.PostFormValue("part"), Quantity: number(r, "quantity"),
		Equipment: r.PostFormValue("equipment"), Customer: r.PostFormValue("customer"), Reason: r.PostFormValue("reason")})
	if err != nil {
		return p.Refused(w, r, err, func(errs []ui.FieldError) templ.Component {
			v := p.see(r, mine(r))
			v.Errs = errs
			return newPartPage(v)
		})
	}
	return p.Go(w, r, "/service-duties/parts/"+x.ID, i18n.M("duties.part.asked"))
}

// number reads a whole number; what is none is -1, which every verb refuses.
func number(r *http.Request, name string) int64 {
	n, err := strconv.ParseInt(r.PostFormValue(name), 10, 64)
	if err != nil {
		return -1
	}
	return n
}

func (p pages) part(w http.ResponseWriter, r *http.Request, d door.Door) error {
	return p.onePart(w, r, d, nil)
}

func (p pages) onePart(w http.ResponseWriter, r *http.Request, d door.Door, refused error) error {
	x, err := p.s.OneRequest(r.Context(), site.By(r), r.PathValue("id"))
	if err != nil {
		return err
	}
	if d.Account != "" && x.Account != d.Account {
		return fault.NotFound() // of another partner than the address says
	}
	return p.answer(w, r, refused, func(errs []ui.FieldError) templ.Component {
		v := partView{View: p.see(r, d), x: x, vendor: site.Vendor(r)}
		v.Errs = errs
		return partPage(v)
	})
}

// move is one step of a request, of either side.
func (p pages) move(w http.ResponseWriter, r *http.Request) error {
	if err := site.Form(w, r); err != nil {
		return err
	}
	id, d, base := r.PathValue("id"), mine(r), "/service-duties/parts/"
	if site.Vendor(r) {
		d, base = door.Door{}, "/service/parts/"
	}
	x, err := p.s.Move(r.Context(), site.By(r), id, number(r, "edition"), duty.RequestState(r.PathValue("to")), r.PostFormValue("answer"))
	if err != nil {
		return p.onePart(w, r, d, err)
	}
	return p.Go(w, r, base+id, i18n.M("duties.part.moved", i18n.A{"state": x.State.Label()}))
}

func (p pages) report(w http.ResponseWriter, r *http.Request, d door.Door) error {
	return p.oneReport(w, r, d, nil)
}

func (p pages) oneReport(w http.ResponseWriter, r *http.Request, d door.Door, refused error) error {
	x, err := p.s.Report(r.Context(), site.By(r), d.Account, r.PathValue("period"))
	if err != nil {
		return err
	}
	return p.answer(w, r, refused, func(errs []ui.FieldError) templ.Component {
		v := reportView{View: p.see(r, d), x: x, vendor: site.Vendor(r)}
		v.Errs = errs
		return reportPage(v)
	})
}

func (p pages) send(w http.ResponseWriter, r *http.Request) error {
	if err := site.Form(w, r); err != nil {
		return err
	}
	period := r.PathValue("period")
	_, err := p.s.Send(r.Context(), site.By(r), site.By(r).Account, period, number(r, "edition"),
		duty.Quarter{Projects: number(r, "projects"), Complaints: number(r, "complaints"), Summary: r.PostFormValue("summary")})
	if err != nil {
		return p.oneReport(w, r, mine(r), err)
	}
	return p.Go(w, r, "/service-duties/reports/"+period, i18n.M("duties.report.done"))
}
