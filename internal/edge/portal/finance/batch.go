package finance

import (
	"net/http"
	"strconv"

	"github.com/a-h/templ"

	"hanse/internal/domain/batch"
	"hanse/internal/domain/confirm"
	"hanse/internal/domain/funds"
	"hanse/internal/domain/ledger"
	"hanse/internal/edge/portal/ask"
	"hanse/internal/edge/portal/batchview"
	"hanse/internal/edge/portal/door"
	"hanse/internal/edge/portal/site"
	"hanse/internal/edge/portal/ui"
	"hanse/internal/kit/actor"
	"hanse/internal/kit/i18n"
	"hanse/internal/kit/sheet"
)

func (p pages) batches(w http.ResponseWriter, r *http.Request) error {
	before, v := r.URL.Query().Get("after"), p.see(r, mine(r))
	all, err := p.s.Many().Batches(r.Context(), site.By(r), before, perPage)
	if err != nil {
		return err
	}
	ctx := r.Context()
	list := batchview.List{View: v, Base: batchPath, Trail: ui.Crumb{Href: "/finance", Label: i18n.T(ctx, "finance.title")}, Empty: i18n.T(ctx, "finance.batches.none_text"), Rows: all,
		Kind: func(b batch.Batch) i18n.Msg { return ledger.PostingLabel(b.Work) }, Head: func(h ui.HeadView) templ.Component { return head(v, h, batchPath) }}
	if len(all) == perPage {
		list.Pager.Next = door.After(r, all[perPage-1].ID)
	}
	if before != "" {
		list.Pager.Prev = door.FirstOf(r)
	}
	return p.Show(w, r, http.StatusOK, batchview.ListPage(list))
}

const batchPath = "/finance/batches"

func (p pages) exportBatches(r *http.Request, _ door.Door) (door.Table, error) {
	ctx, by := r.Context(), site.By(r)
	return batchview.Table(func(after string) ([]batch.Batch, error) {
		return p.s.Many().Batches(ctx, by, after, batchview.AtOnce)
	}), by.May(actor.ViewFunds)
}

// template is an empty file with the columns.
func (p pages) template(r *http.Request, _ door.Door) (door.Table, error) {
	return door.Table{Name: "funds", Header: batch.Columns(), Rows: sheet.Rows(nil)}, site.By(r).May(actor.MoveFunds)
}

// one is the page of a batch; links say where the transfer of each row is.
func (p pages) one(r *http.Request) (v batchview.One, err error) {
	ctx, by, id := r.Context(), site.By(r), r.PathValue("batch")
	v = batchview.One{View: p.see(r, mine(r)), Base: batchPath, Title: i18n.M("finance.batch.allocate"), State: batch.RowState(r.URL.Query().Get("state")), May: by.Can(actor.MoveFunds),
		TooMuch: i18n.T(ctx, "finance.batch.too_much"), Before: i18n.T(ctx, "finance.batch.confirm.sub")}
	v.Head = func(h ui.HeadView) templ.Component { return head(v.View, h, batchPath) }
	if v.B, err = p.s.Many().Batch(ctx, by, id); err != nil {
		return v, err
	}
	if err := p.rowsOf(r, &v); err != nil {
		return v, err
	}
	if v.Same, err = p.s.Many().SameFile(ctx, by, v.B); err != nil {
		return v, err
	}
	if v.B.Work == ledger.Reclaim {
		v.Title = i18n.M("finance.batch.reclaim")
	} else {
		o, err := p.s.Overview(ctx, by, v.B.Partner)
		if err != nil {
			return v, err
		}
		v.Before = i18n.T(ctx, "finance.batch.balance", i18n.A{"sum": i18n.From(ctx).Money(o.Allocatable(), v.B.Unit)})
	}
	if v.B.State == batch.Checked && v.May {
		v.Ask, err = ask.For(r, p.db.Read(), p.codes, confirm.Adjust)
	}
	return v, err
}

func (p pages) rowsOf(r *http.Request, v *batchview.One) error {
	line, _ := strconv.ParseInt(r.URL.Query().Get("after"), 10, 64) // none is the first page
	rows, err := p.s.Many().Rows(r.Context(), site.By(r), v.B.ID, v.State, line, perPage)
	if err != nil {
		return err
	}
	links := map[int64]string{}
	for i := range rows {
		book, transfer, number := funds.Posted(rows[i])
		links[rows[i].Line], rows[i].Made = "/finance/transfers/"+book+"/"+transfer, number
	}
	v.Rows = rows
	v.Made = func(x batch.Row) string { return links[x.Line] }
	if len(rows) == perPage {
		v.Pager.Next = door.After(r, strconv.FormatInt(rows[perPage-1].Line, 10))
	}
	if line > 0 {
		v.Pager.Prev = door.FirstOf(r)
	}
	return nil
}

func (p pages) batch(w http.ResponseWriter, r *http.Request) error {
	v, err := p.one(r)
	if err != nil {
		return err
	}
	return p.Show(w, r, http.StatusOK, batchview.OnePage(v))
}

func (p pages) confirm(w http.ResponseWriter, r *http.Request) error {
	if err := site.Form(w, r); err != nil {
		return err
	}
	v, err := p.one(r)
	if err != nil {
		return err
	}
	if ask.Wanted(r) {
		if v.Ask, err = ask.Send(r, p.codes, confirm.Adjust, v.B.About()); err != nil {
			return err
		}
		return p.Show(w, r, http.StatusOK, batchview.OnePage(v))
	}
	if err := p.s.Many().Confirm(r.Context(), site.By(r), v.B.ID, r.PostFormValue("code")); err != nil {
		return p.refused(w, r, err, func(errs []ui.FieldError) templ.Component {
			v.Errs, v.Ask = errs, v.Ask.Refused(r, err)
			return batchview.OnePage(v)
		})
	}
	return p.Go(w, r, batchPath+"/"+v.B.ID, i18n.M("finance.batch.started"))
}

func (p pages) cancelForm(w http.ResponseWriter, r *http.Request) error {
	if err := site.By(r).May(actor.MoveFunds); err != nil {
		return err
	}
	v, err := p.one(r)
	if err != nil {
		return err
	}
	return p.Show(w, r, http.StatusOK, batchview.CancelPage(v))
}

func (p pages) cancel(w http.ResponseWriter, r *http.Request) error {
	id := r.PathValue("batch")
	if err := p.s.Many().Cancel(r.Context(), site.By(r), id); err != nil {
		return err
	}
	return p.Go(w, r, batchPath+"/"+id, i18n.M("finance.batch.cancelled"))
}

func (p pages) toCorrect(w http.ResponseWriter, r *http.Request) error {
	b, err := p.s.Many().Batch(r.Context(), site.By(r), r.PathValue("batch"))
	if err != nil {
		return err
	}
	header, rows := p.s.Many().ToCorrect(r.Context(), p.db.Read(), b, i18n.From(r.Context()).Lang)
	door.Send(w, r, door.Table{Name: "to-correct", Header: header, Rows: rows}, "csv")
	return nil
}
