package member

import (
	"context"
	"io"
	"mime/multipart"
	"net/http"
	"os"
	"strings"

	"github.com/a-h/templ"

	"hanse/internal/domain/realname"
	"hanse/internal/edge/portal/door"
	"hanse/internal/edge/portal/site"
	"hanse/internal/edge/portal/ui"
	"hanse/internal/kit/actor"
	"hanse/internal/kit/blob"
	"hanse/internal/kit/fault"
	"hanse/internal/kit/i18n"
)

// maxUpload is a little more than the evidence may have, for the form around it.
const maxUpload = 11 << 20

// claims is one of the two places where a name is proved: the reader's own, and the company's.
type claims struct {
	base    string
	company bool
	list    func(context.Context, actor.Actor) ([]realname.Case, error)
	submit  func(context.Context, actor.Actor, realname.Submission, io.Reader) (realname.Case, error)
	back    func(context.Context, actor.Actor, string) error
	file    func(context.Context, actor.Actor, string) (*os.File, realname.Case, error)
}

func (p pages) claims(r *http.Request) claims {
	if strings.HasPrefix(r.URL.Path, companyName) {
		return claims{companyName, true, p.names.OfCompany, p.names.SubmitCompany, p.names.WithdrawCompany, p.names.CompanyFile}
	}
	return claims{ownNameBase, false, p.names.Own, p.names.Submit, p.names.Withdraw, p.names.OwnFile}
}

const (
	ownNameBase = "/me/real-name"
	companyName = "/company/real-name"
)

func (p pages) ownName(w http.ResponseWriter, r *http.Request) error {
	return p.showName(w, r, nil, nil)
}

// showName shows the reader's own claims and the form; with an error what was typed stays.
func (p pages) showName(w http.ResponseWriter, r *http.Request, refused error, form *realname.Submission) error {
	by, here := site.By(r), p.claims(r)
	all, err := here.list(r.Context(), by)
	if err != nil {
		return err
	}
	name := by.Name
	if here.company {
		a, err := p.Accounts.View(r.Context(), by, by.Account)
		if err != nil {
			return err
		}
		name = a.Name
	}
	view := func(errs []ui.FieldError) nameView {
		v := nameView{View: door.See(p.Site, r, door.Door{}, errs...), Cases: all, Name: name, Base: here.base, Company: here.company}
		if form != nil {
			v.In = *form
		}
		return v
	}
	if refused == nil {
		return p.Show(w, r, http.StatusOK, ownNamePage(view(nil)))
	}
	if fault.KindOf(refused) == fault.KindTooLarge {
		refused = fault.Invalid("file", i18n.M("members.name.file_large"))
	}
	return p.Refused(w, r, refused, func(errs []ui.FieldError) templ.Component { return ownNamePage(view(errs)) })
}

func (p pages) submitName(w http.ResponseWriter, r *http.Request) error {
	r.Body = http.MaxBytesReader(w, r.Body, maxUpload)
	if err := r.ParseMultipartForm(1 << 20); err != nil {
		return fault.New(fault.KindTooLarge, i18n.M("members.name.file_large"))
	}
	defer r.MultipartForm.RemoveAll()
	in := realname.Submission{Name: r.PostFormValue("name"), Country: r.PostFormValue("country"), IDType: r.PostFormValue("id_type"),
		Number: r.PostFormValue("number")}
	var file io.Reader
	if f, head, err := r.FormFile("file"); err == nil {
		defer func(f multipart.File) { f.Close() }(f)
		file, in.FileName = f, head.Filename
	}
	here := p.claims(r)
	if _, err := here.submit(r.Context(), site.By(r), in, file); err != nil {
		return p.showName(w, r, err, &in)
	}
	return p.Go(w, r, here.base, i18n.M("members.name.submitted"))
}

func (p pages) withdrawName(w http.ResponseWriter, r *http.Request) error {
	here := p.claims(r)
	if err := here.back(r.Context(), site.By(r), r.PathValue("id")); err != nil {
		return err
	}
	return p.Go(w, r, here.base, i18n.M("members.name.withdrawn"))
}

func (p pages) ownFile(w http.ResponseWriter, r *http.Request) error {
	f, c, err := p.claims(r).file(r.Context(), site.By(r), r.PathValue("id"))
	return serve(w, r, f, c, err)
}

func (p pages) file(w http.ResponseWriter, r *http.Request) error {
	f, c, err := p.names.OpenFile(r.Context(), site.By(r), r.PathValue("id"))
	return serve(w, r, f, c, err)
}

// serve sends the evidence as a file to keep: a browser must not run what somebody uploaded.
func serve(w http.ResponseWriter, r *http.Request, f *os.File, c realname.Case, err error) error {
	if err != nil {
		return err
	}
	defer f.Close()
	kind := blob.Type(c.File.Type)
	h := w.Header()
	h.Set("Content-Type", kind.MIME())
	h.Set("Cache-Control", "no-store")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Content-Disposition", `attachment; filename="document`+kind.Ext()+`"`)
	http.ServeContent(w, r, "", c.SubmittedAt, f)
	return nil
}

func (p pages) queue(w http.ResponseWriter, r *http.Request) error {
	q := r.URL.Query()
	items, next, err := p.names.Queue(r.Context(), site.By(r), realname.State(q.Get("state")), q.Get("after"), 0)
	if err != nil {
		return err
	}
	return p.Show(w, r, http.StatusOK, queuePage(queueView{door.See(p.Site, r, door.Door{}), items, next}))
}

func (p pages) name(w http.ResponseWriter, r *http.Request) error {
	return p.nameWith(w, r, http.StatusOK, nil)
}

func (p pages) nameWith(w http.ResponseWriter, r *http.Request, status int, errs []ui.FieldError) error {
	x, err := p.names.Case(r.Context(), site.By(r), r.PathValue("id"))
	if err != nil {
		return err
	}
	return p.Show(w, r, status, caseNamePage(caseView{door.See(p.Site, r, door.Door{}, errs...), x, ""}))
}

func (p pages) approve(w http.ResponseWriter, r *http.Request) error {
	if err := site.Form(w, r); err != nil {
		return err
	}
	err := p.names.Approve(r.Context(), site.By(r), r.PathValue("id"), version(r))
	if fault.KindOf(err) == fault.KindConflict {
		return p.nameWith(w, r, http.StatusConflict, bare(site.Errors(r, err)))
	}
	if err != nil {
		return err
	}
	return p.Go(w, r, "/reviews/real-name", i18n.M("members.names.approved"))
}

// what is the last part of the address: refuse or revoke.
func what(r *http.Request) string { return r.URL.Path[len(r.URL.Path)-len("refuse"):] }

func (p pages) endView(r *http.Request) (caseView, error) {
	x, err := p.names.Case(r.Context(), site.By(r), r.PathValue("id"))
	return caseView{door.See(p.Site, r, door.Door{}), x, what(r)}, err
}

func (p pages) askEnd(w http.ResponseWriter, r *http.Request) error {
	v, err := p.endView(r)
	if err != nil {
		return err
	}
	return p.Show(w, r, http.StatusOK, endPage(v))
}

func (p pages) end(w http.ResponseWriter, r *http.Request) error {
	if err := site.Form(w, r); err != nil {
		return err
	}
	do := p.names.Refuse
	if what(r) == "revoke" {
		do = p.names.Revoke
	}
	err := do(r.Context(), site.By(r), r.PathValue("id"), version(r), r.PostFormValue("reason"))
	if err == nil {
		return p.Go(w, r, "/reviews/real-name", i18n.M("members.names.ended"))
	}
	v, failed := p.endView(r)
	if failed != nil {
		return failed
	}
	return p.Refused(w, r, err, func(errs []ui.FieldError) templ.Component { v.Errs = errs; return endPage(v) })
}
