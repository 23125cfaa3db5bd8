package finance

import (
	"net/http"
	"strconv"

	"github.com/a-h/templ"

	"hanse/internal/domain/confirm"
	"hanse/internal/domain/funds"
	"hanse/internal/edge/portal/ask"
	"hanse/internal/edge/portal/door"
	"hanse/internal/edge/portal/site"
	"hanse/internal/edge/portal/ui"
	"hanse/internal/kit/actor"
	"hanse/internal/kit/i18n"
	"hanse/internal/kit/sheet"
)

func (p pages) batches(w http.ResponseWriter, r *http.Request) (err error) {
	v := batchesView{View: p.see(r, mine(r))}
	before := r.URL.Query().Get("after")
	if v.rows, err = p.s.Batches(r.Context(), site.By(r), before, perPage); err != nil {
		return err
	}
	if len(v.rows) == perPage {
		v.pager.Next = door.After(r, v.rows[perPage-1].ID)
	}
	if before != "" {
		v.pager.Prev = door.FirstOf(r)
	}
	return p.Show(w, r, http.StatusOK, batchesPage(v))
}

func (p pages) exportBatches(r *http.Request, _ door.Door) (door.Table, error) {
	ctx, by := r.Context(), site.By(r)
	return door.Table{Name: "batches", Header: []string{"batch", "kind", "state", "file", "by", "rows", "bad", "done", "refused", "total", "moved", "created_at", "finished_at"},
		Rows: door.Pages(func(after string) ([]funds.Batch, string, error) {
			list, err := p.s.Batches(ctx, by, after, 200)
			if len(list) < 200 {
				return list, "", err
			}
			return list, list[199].ID, err
		}, func(b funds.Batch) []string {
			n := func(x int64) string { return strconv.FormatInt(x, 10) }
			return []string{b.ID, b.Kind, string(b.State), b.FileName, b.UserName, n(b.Rows), n(b.Bad), n(b.Done), n(b.Refused), text(b.Total), text(b.Moved),
				door.Instant(b.CreatedAt), door.Instant(b.FinishedAt)}
		})}, by.May(actor.ViewFunds)
}

// template is an empty file with the columns.
func (p pages) template(r *http.Request, _ door.Door) (door.Table, error) {
	return door.Table{Name: "funds", Header: funds.Columns(), Rows: sheet.Rows(nil)}, site.By(r).May(actor.MoveFunds)
}

func (p pages) batchView(r *http.Request) (v batchView, err error) {
	ctx, by, id := r.Context(), site.By(r), r.PathValue("batch")
	v.View = p.see(r, mine(r))
	if v.b, err = p.s.Batch(ctx, by, id); err != nil {
		return v, err
	}
	v.state = funds.RowState(r.URL.Query().Get("state"))
	line, _ := strconv.ParseInt(r.URL.Query().Get("after"), 10, 64) // none is the first page
	if v.rows, err = p.s.BatchRows(ctx, by, id, v.state, line, perPage); err != nil {
		return v, err
	}
	if len(v.rows) == perPage {
		v.pager.Next = door.After(r, strconv.FormatInt(v.rows[perPage-1].Line, 10))
	}
	if line > 0 {
		v.pager.Prev = door.FirstOf(r)
	}
	if v.same, err = p.s.SameFile(ctx, by, v.b); err != nil {
		return v, err
	}
	if v.o, err = p.s.Overview(ctx, by, v.b.Partner); err != nil {
		return v, err
	}
	if v.b.State == funds.Checked && by.Can(actor.MoveFunds) {
		v.ask, err = ask.For(r, p.db.Read(), p.codes, confirm.Adjust)
	}
	return v, err
}

func (p pages) batch(w http.ResponseWriter, r *http.Request) error {
	v, err := p.batchView(r)
	if err != nil {
		return err
	}
	return p.Show(w, r, http.StatusOK, batchPage(v))
}

func (p pages) confirm(w http.ResponseWriter, r *http.Request) error {
	if err := site.Form(w, r); err != nil {
		return err
	}
	v, err := p.batchView(r)
	if err != nil {
		return err
	}
	if ask.Wanted(r) {
		if v.ask, err = ask.Send(r, p.codes, confirm.Adjust, v.b.About()); err != nil {
			return err
		}
		return p.Show(w, r, http.StatusOK, batchPage(v))
	}
	if err := p.s.Confirm(r.Context(), site.By(r), v.b.ID, r.PostFormValue("code")); err != nil {
		return p.refused(w, r, err, func(errs []ui.FieldError) templ.Component {
			v.Errs, v.ask = errs, v.ask.Refused(r, err)
			return batchPage(v)
		})
	}
	return p.Go(w, r, "/finance/batches/"+v.b.ID, i18n.M("finance.batch.started"))
}

func (p pages) cancelForm(w http.ResponseWriter, r *http.Request) error {
	if err := site.By(r).May(actor.MoveFunds); err != nil {
		return err
	}
	v, err := p.batchView(r)
	if err != nil {
		return err
	}
	return p.Show(w, r, http.StatusOK, cancelPage(v))
}

func (p pages) cancel(w http.ResponseWriter, r *http.Request) error {
	id := r.PathValue("batch")
	if err := p.s.Cancel(r.Context(), site.By(r), id); err != nil {
		return err
	}
	return p.Go(w, r, "/finance/batches/"+id, i18n.M("finance.batch.cancelled"))
}

func (p pages) toCorrect(w http.ResponseWriter, r *http.Request) error {
	b, err := p.s.Batch(r.Context(), site.By(r), r.PathValue("batch"))
	if err != nil {
		return err
	}
	header, rows := p.s.ToCorrect(r.Context(), p.db.Read(), b, i18n.From(r.Context()).Lang)
	door.Send(w, r, door.Table{Name: "to-correct", Header: header, Rows: rows}, "csv")
	return nil
}
