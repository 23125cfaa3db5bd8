package voucher

import (
	"context"
	"mime/multipart"
	"net/http"
	"net/url"
	"strconv"

	"github.com/a-h/templ"

	"hanse/internal/domain/batch"
	"hanse/internal/domain/confirm"
	"hanse/internal/domain/voucher"
	"hanse/internal/edge/portal/ask"
	"hanse/internal/edge/portal/batchview"
	"hanse/internal/edge/portal/door"
	"hanse/internal/edge/portal/site"
	"hanse/internal/edge/portal/ui"
	"hanse/internal/kit/actor"
	"hanse/internal/kit/fault"
	"hanse/internal/kit/i18n"
	"hanse/internal/kit/sheet"
)

const batches = "/vouchers/batches"

func (p pages) many() {
	p.Page("GET /vouchers/issue/file", p.fileForm)
	p.Page("POST /vouchers/issue/file", p.upload)
	p.Page("GET "+batches, p.batches)
	door.Exports(p.Site, own, batches, p.exportBatches)
	door.Exports(p.Site, own, batches+"/template", p.template)
	p.Page("GET "+batches+"/{batch}", p.batch)
	p.Page("GET "+batches+"/{batch}/to-correct.csv", p.toCorrect)
	p.Page("POST "+batches+"/{batch}/confirm", p.confirmBatch)
	p.Page("GET "+batches+"/{batch}/cancel", p.cancelForm)
	p.Page("POST "+batches+"/{batch}/cancel", p.cancelBatch)
}

// template is an empty file with the columns.
func (p pages) template(r *http.Request, _ door.Door) (door.Table, error) {
	return door.Table{Name: "vouchers", Header: batch.Columns(), Rows: sheet.Rows(nil)}, site.By(r).May(actor.IssueVouchers)
}

func (p pages) fileForm(w http.ResponseWriter, r *http.Request) error {
	if err := site.By(r).May(actor.IssueVouchers); err != nil {
		return err
	}
	v, err := p.giving(r, confirm.Voucher, false)
	if err != nil {
		return err
	}
	return p.Show(w, r, http.StatusOK, filePage(v))
}

// upload streams the file to the store; the entries stand before it.
func (p pages) upload(w http.ResponseWriter, r *http.Request) error {
	if err := site.By(r).May(actor.IssueVouchers); err != nil {
		return err
	}
	r.Body = http.MaxBytesReader(w, r.Body, batch.MaxUpload+1<<20)
	typed := url.Values{}
	file, err := batchview.FilePart(r, typed)
	again := r.Clone(r.Context())
	again.Form, again.PostForm, again.MultipartForm = typed, typed, &multipart.Form{}
	var b batch.Batch
	if err == nil {
		b, err = p.uploaded(again, file)
	}
	err = batchview.TooLarge(err, batch.MaxUpload)
	if err == nil {
		return p.Go(w, r, batches+"/"+b.ID, i18n.Msg{})
	}
	v, failed := p.giving(again, confirm.Voucher, false)
	if failed != nil {
		return failed
	}
	return p.Refused(w, again, err, func(errs []ui.FieldError) templ.Component {
		v.Errs = errs
		return filePage(v)
	})
}

func (p pages) uploaded(r *http.Request, file *multipart.Part) (batch.Batch, error) {
	var fs fault.Fields
	t := voucher.Terms{Quota: r.PostFormValue("quota"), ValidAt: day(&fs, r, "valid_time", false), ExpireAt: day(&fs, r, "expire_time", true),
		Services: words1(r, "services"), Products: words1(r, "products")}
	if err := fs.Err(); err != nil {
		return batch.Batch{}, err
	}
	return p.s.Many().Upload(r.Context(), site.By(r), batch.NewBatch{Work: voucher.IssueMany, Partner: r.PostFormValue("partner"), Terms: t.Text(), Memo: r.PostFormValue("memo")}, file.FileName(), file)
}

func (p pages) batches(w http.ResponseWriter, r *http.Request) error {
	ctx, v, before := r.Context(), p.view(r), r.URL.Query().Get("after")
	all, err := p.s.Many().Batches(ctx, v.By, before, perPage)
	if err != nil {
		return err
	}
	list := batchview.List{View: v.View, Base: batches, Rows: all, Trail: ui.Crumb{Href: "/vouchers", Label: i18n.T(ctx, "vouchers.title")}, Empty: i18n.T(ctx, "vouchers.many.empty"),
		Kind: func(batch.Batch) i18n.Msg { return i18n.M("vouchers.issue") }, Head: ui.Head}
	if len(all) == perPage {
		list.Pager.Next = door.After(r, all[perPage-1].ID)
	}
	if before != "" {
		list.Pager.Prev = door.FirstOf(r)
	}
	return p.Show(w, r, http.StatusOK, batchview.ListPage(list))
}

func (p pages) exportBatches(r *http.Request, _ door.Door) (door.Table, error) {
	ctx, by := r.Context(), site.By(r)
	return batchview.Table(func(after string) ([]batch.Batch, error) {
		return p.s.Many().Batches(ctx, by, after, batchview.AtOnce)
	}), by.May(actor.ViewVouchers)
}

func (p pages) one(r *http.Request) (v batchview.One, err error) {
	ctx, by, id, s := r.Context(), site.By(r), r.PathValue("batch"), p.s.Many()
	v = batchview.One{View: p.view(r).View, Base: batches, Title: i18n.M("vouchers.many"), State: batch.RowState(r.URL.Query().Get("state")), May: by.Can(actor.IssueVouchers),
		TooMuch: i18n.T(ctx, "vouchers.many.too_much"), Head: ui.Head, Made: func(x batch.Row) string { return "/vouchers/issued/" + x.Made }}
	if v.B, err = s.Batch(ctx, by, id); err != nil {
		return v, err
	}
	line, _ := strconv.ParseInt(r.URL.Query().Get("after"), 10, 64) // none is the first page
	if v.Rows, err = s.Rows(ctx, by, id, v.State, line, perPage); err != nil {
		return v, err
	}
	if len(v.Rows) == perPage {
		v.Pager.Next = door.After(r, strconv.FormatInt(v.Rows[perPage-1].Line, 10))
	}
	if line > 0 {
		v.Pager.Prev = door.FirstOf(r)
	}
	if v.Same, err = s.SameFile(ctx, by, v.B); err != nil {
		return v, err
	}
	if v.Before, err = p.before(ctx, by, v.B); err != nil {
		return v, err
	}
	if v.B.State == batch.Checked && v.May {
		v.Ask, err = ask.For(r, p.read, p.codes, confirm.Voucher)
	}
	return v, err
}

// before says which quota the vouchers come from, and what it holds.
func (p pages) before(ctx context.Context, by actor.Actor, b batch.Batch) (string, error) {
	t, err := voucher.TermsOf(b)
	if err != nil {
		return "", err
	}
	q, err := p.s.Quota(ctx, by, t.Quota)
	return i18n.T(ctx, "vouchers.many.before", i18n.A{"quota": i18n.Raw(t.Quota), "left": cash(ctx, q.Balance, b.Unit)}), err
}

func (p pages) batch(w http.ResponseWriter, r *http.Request) error {
	v, err := p.one(r)
	if err != nil {
		return err
	}
	return p.Show(w, r, http.StatusOK, batchview.OnePage(v))
}

func (p pages) confirmBatch(w http.ResponseWriter, r *http.Request) error {
	if err := site.Form(w, r); err != nil {
		return err
	}
	v, err := p.one(r)
	if err != nil {
		return err
	}
	if ask.Wanted(r) {
		if v.Ask, err = ask.Send(r, p.codes, confirm.Voucher, v.B.About()); err != nil {
			return err
		}
		return p.Show(w, r, http.StatusOK, batchview.OnePage(v))
	}
	if err := p.s.Many().Confirm(r.Context(), v.By, v.B.ID, r.PostFormValue("code")); err != nil {
		return p.Refused(w, r, err, func(errs []ui.FieldError) templ.Component {
			v.Errs, v.Ask = errs, v.Ask.Refused(r, err)
			return batchview.OnePage(v)
		})
	}
	return p.Go(w, r, batches+"/"+v.B.ID, i18n.M("vouchers.many.started"))
}

func (p pages) cancelForm(w http.ResponseWriter, r *http.Request) error {
	if err := site.By(r).May(actor.IssueVouchers); err != nil {
		return err
	}
	v, err := p.one(r)
	if err != nil {
		return err
	}
	return p.Show(w, r, http.StatusOK, batchview.CancelPage(v))
}

func (p pages) cancelBatch(w http.ResponseWriter, r *http.Request) error {
	id := r.PathValue("batch")
	if err := p.s.Many().Cancel(r.Context(), site.By(r), id); err != nil {
		return err
	}
	return p.Go(w, r, batches+"/"+id, i18n.M("finance.batch.cancelled"))
}

func (p pages) toCorrect(w http.ResponseWriter, r *http.Request) error {
	b, err := p.s.Many().Batch(r.Context(), site.By(r), r.PathValue("batch"))
	if err != nil {
		return err
	}
	header, rows := p.s.Many().ToCorrect(r.Context(), p.read, b, i18n.From(r.Context()).Lang)
	door.Send(w, r, door.Table{Name: "to-correct", Header: header, Rows: rows}, "csv")
	return nil
}
