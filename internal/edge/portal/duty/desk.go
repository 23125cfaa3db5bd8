package duty

import (
	"errors"
	"io"
	"net/http"
	"net/url"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/a-h/templ"

	"hanse/internal/domain/duty"
	"hanse/internal/edge/portal/door"
	"hanse/internal/edge/portal/site"
	"hanse/internal/edge/portal/ui"
	"hanse/internal/kit/actor"
	"hanse/internal/kit/fault"
	"hanse/internal/kit/i18n"
)

// desk adds the vendor's own pages.
func (p pages) desk() {
	p.Page("GET /service", p.documents)
	p.Page("GET /service/policies", p.documents)
	p.Page("GET /service/policies/new", p.newPolicy)
	p.Page("POST /service/policies", p.publish)
	p.Page("GET /service/policies/{id}/file", p.file)
	p.Page("GET /service/policies/{id}/withdraw", p.ask)
	p.Page("POST /service/policies/{id}/withdraw", p.unpublish)
	p.Page("GET /service/parts", p.waiting)
	door.Exports(p.Site, door.Plain, "/service/parts", p.exportAll)
	p.Page("GET /service/parts/{id}", func(w http.ResponseWriter, r *http.Request) error { return p.vendors(w, r, p.part) })
	p.Page("POST /service/parts/{id}/{to}", p.move)
	p.Page("GET /service/reports", p.received)
	door.Exports(p.Site, door.Plain, "/service/reports", p.exportReports)
	p.Page("GET /service/reports/{partner}/{period}", func(w http.ResponseWriter, r *http.Request) error { return p.vendors(w, r, p.report) })
	p.Page("POST /service/reports/{partner}/{period}", p.read)
}

// vendors shows a page that the vendor's staff open from their queue.
func (p pages) vendors(w http.ResponseWriter, r *http.Request, h door.Handler) error {
	if !site.Vendor(r) {
		return fault.NotFound()
	}
	return h(w, r, door.Door{Account: r.PathValue("partner")})
}

func (p pages) documents(w http.ResponseWriter, r *http.Request) error {
	rows, err := p.s.Documents(r.Context(), site.By(r))
	if err != nil {
		return err
	}
	return p.Show(w, r, http.StatusOK, documentsPage(documentsView{View: p.see(r, door.Door{}), rows: rows}))
}

func (p pages) newPolicy(w http.ResponseWriter, r *http.Request) error {
	if err := site.By(r).May(actor.PublishPolicy); err != nil {
		return err
	}
	return p.Show(w, r, http.StatusOK, newPolicyPage(p.see(r, door.Door{})))
}

// publish reads the entries, which come before the file, and then the file as it streams in.
func (p pages) publish(w http.ResponseWriter, r *http.Request) error {
	if err := site.By(r).May(actor.PublishPolicy); err != nil {
		return err // before the file is read
	}
	d, err := p.take(w, r)
	if err == nil {
		return p.Go(w, r, "/service/policies", i18n.M("duties.policy.published", i18n.A{"title": d.Title()}))
	}
	if f := fault.Of(err); f != nil && f.Kind == fault.KindTooLarge {
		err = fault.Invalid("file", f.Msg)
	}
	return p.Refused(w, r, err, func(errs []ui.FieldError) templ.Component {
		v := p.see(r, door.Door{})
		v.Errs = errs
		return newPolicyPage(v)
	})
}

func (p pages) take(w http.ResponseWriter, r *http.Request) (duty.Document, error) {
	r.Body = http.MaxBytesReader(w, r.Body, 256<<20)
	r.Form = url.Values{}
	parts, err := r.MultipartReader()
	if err != nil {
		return duty.Document{}, fault.Invalid("file", i18n.M("duties.policy.no_file"))
	}
	for {
		part, err := parts.NextPart()
		if errors.Is(err, io.EOF) {
			return p.published(r, "", strings.NewReader("")) // it says what else is missing
		}
		if err != nil {
			return duty.Document{}, fault.Invalid("file", i18n.M("duties.policy.broken"))
		}
		if part.FormName() == "file" && part.FileName() != "" {
			return p.published(r, filepath.Base(part.FileName()), part)
		}
		text, err := io.ReadAll(io.LimitReader(part, 4096))
		if err != nil {
			return duty.Document{}, fault.Invalid("file", i18n.M("duties.policy.broken"))
		}
		r.Form.Set(part.FormName(), string(text))
	}
}

func (p pages) published(r *http.Request, name string, file io.Reader) (duty.Document, error) {
	return p.s.Publish(r.Context(), site.By(r), duty.NewDocument{Topic: r.Form.Get("topic"), TitleEN: r.Form.Get("title_en"), TitleZH: r.Form.Get("title_zh"), Name: name}, file)
}

func (p pages) ask(w http.ResponseWriter, r *http.Request) error { return p.withdrawal(w, r, nil) }

// withdrawal asks whether a document is to be withdrawn.
func (p pages) withdrawal(w http.ResponseWriter, r *http.Request, refused error) error {
	if err := site.By(r).May(actor.PublishPolicy); err != nil {
		return err
	}
	rows, err := p.s.Documents(r.Context(), site.By(r))
	if err != nil {
		return err
	}
	for _, x := range rows {
		if x.ID == r.PathValue("id") && (!x.Withdrawn || refused != nil) {
			return p.answer(w, r, refused, func(errs []ui.FieldError) templ.Component {
				v := p.see(r, door.Door{})
				v.Errs = errs
				return withdrawPage(v, x)
			})
		}
	}
	return fault.NotFound()
}

func (p pages) unpublish(w http.ResponseWriter, r *http.Request) error {
	if err := site.Form(w, r); err != nil {
		return err
	}
	if err := p.s.Unpublish(r.Context(), site.By(r), r.PathValue("id")); err != nil {
		return p.withdrawal(w, r, err)
	}
	return p.Go(w, r, "/service/policies", i18n.M("duties.policy.withdrawn"))
}

// stateOf is the state that the queue shows: the one that waits, unless another was chosen; "all" is every one.
func stateOf(r *http.Request) duty.RequestState {
	switch s := r.URL.Query().Get("state"); s {
	case "":
		return duty.Requested
	case "all":
		return ""
	default:
		return duty.RequestState(s)
	}
}

func (p pages) waiting(w http.ResponseWriter, r *http.Request) error {
	if !site.Vendor(r) {
		return fault.NotFound()
	}
	v := partsView{View: p.see(r, door.Door{}), path: "/service/parts", one: "/service/parts/", now: stateOf(r), vendor: true}
	rows, next, err := p.s.Requests(r.Context(), site.By(r), "", v.now, r.URL.Query().Get("after"), 0)
	if err != nil {
		return err
	}
	v.rows, v.after = rows, door.After(r, next)
	if r.URL.Query().Get("after") != "" {
		v.first = door.FirstOf(r)
	}
	return p.Show(w, r, http.StatusOK, partsPage(v))
}

// exportAll is the queue as a file. Who isn't the vendor's staff is refused by the verb.
func (p pages) exportAll(r *http.Request, d door.Door) (door.Table, error) {
	q := r.URL.Query()
	q.Set("state", string(stateOf(r)))
	r.URL.RawQuery = q.Encode()
	return p.exportParts(r, d)
}

func reportState(r *http.Request) duty.ReportState {
	if s := r.URL.Query().Get("state"); s != "" {
		return duty.ReportState(s)
	}
	return duty.Sent
}

func (p pages) received(w http.ResponseWriter, r *http.Request) error {
	v := receivedView{View: p.see(r, door.Door{}), now: reportState(r)}
	rows, next, err := p.s.Received(r.Context(), site.By(r), v.now, r.URL.Query().Get("after"), 0)
	if err != nil {
		return err
	}
	v.rows, v.after = rows, door.After(r, next)
	if r.URL.Query().Get("after") != "" {
		v.first = door.FirstOf(r)
	}
	return p.Show(w, r, http.StatusOK, receivedPage(v))
}

func (p pages) exportReports(r *http.Request, _ door.Door) (door.Table, error) {
	ctx, by, state := r.Context(), site.By(r), reportState(r)
	first, next, err := p.s.Received(ctx, by, state, "", 500)
	if err != nil {
		return door.Table{}, err
	}
	return door.Table{Name: "quality-reports", Header: []string{"partner", "name", "period", "due_on", "state", "projects", "complaints", "summary", "sent_by", "sent_at", "read_by", "read_at", "remark"},
		Rows: door.Pages(func(after string) ([]duty.Report, string, error) {
			if after == "" {
				return first, next, nil
			}
			return p.s.Received(ctx, by, state, after, 500)
		}, func(x duty.Report) []string {
			return []string{x.Account, x.PartnerName, x.Period, x.DueOn.String(), string(x.State), strconv.FormatInt(x.Projects, 10), strconv.FormatInt(x.Complaints, 10),
				x.Summary, x.SentBy, door.Instant(x.SentAt), x.ReadBy, door.Instant(x.ReadAt), x.Remark}
		})}, nil
}

func (p pages) read(w http.ResponseWriter, r *http.Request) error {
	if err := site.Form(w, r); err != nil {
		return err
	}
	partner, period := r.PathValue("partner"), r.PathValue("period")
	if _, err := p.s.Read(r.Context(), site.By(r), partner, period, number(r, "edition"), r.PostFormValue("remark")); err != nil {
		return p.oneReport(w, r, door.Door{Account: partner}, err)
	}
	return p.Go(w, r, "/service/reports", i18n.M("duties.report.was_read"))
}
