package finance

import (
	"mime/multipart"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/a-h/templ"

	"hanse/internal/domain/batch"
	"hanse/internal/domain/confirm"
	"hanse/internal/domain/funds"
	"hanse/internal/domain/ledger"
	"hanse/internal/edge/portal/ask"
	"hanse/internal/edge/portal/batchview"
	"hanse/internal/edge/portal/site"
	"hanse/internal/edge/portal/ui"
	"hanse/internal/kit/actor"
	"hanse/internal/kit/fault"
	"hanse/internal/kit/i18n"
	"hanse/internal/kit/id"
	"hanse/internal/kit/money"
)

// listed is how many receivers the form for several shows; more come by file.
const listed = 200

func (p pages) moveView(r *http.Request, dir direction) (v moveView, err error) {
	ctx, by := r.Context(), site.By(r)
	if err := by.May(actor.MoveFunds); err != nil {
		return v, err
	}
	v = moveView{View: p.see(r, mine(r)), dir: dir, partner: by.Account}
	if of := strings.TrimSpace(r.FormValue("of")); of != "" {
		v.partner = of
	}
	if v.o, err = p.s.Overview(ctx, by, v.partner); err != nil {
		return v, err
	}
	if v.rows, _, err = p.s.Receivers(ctx, by, v.partner, "", listed); err != nil {
		return v, err
	}
	if v.partner != by.Account {
		if v.names, err = funds.Names(ctx, p.db.Read(), []string{v.partner}); err != nil {
			return v, err
		}
	}
	if to := r.FormValue("to"); to != "" && !v.has(to) {
		// A link may lead to a receiver beyond the list.
		if one, failed := p.s.Receiver(ctx, by, v.partner, to); failed == nil {
			v.rows = append(v.rows, one)
		}
	}
	if v.key = r.PostFormValue("key"); v.key == "" {
		v.key = id.New("key", p.Clock.Wall())
	}
	v.ask, err = ask.For(r, p.db.Read(), p.codes, confirm.Adjust)
	return v, err
}

func (p pages) form(dir direction) site.Handler {
	return func(w http.ResponseWriter, r *http.Request) error {
		v, err := p.moveView(r, dir)
		if err != nil {
			return err
		}
		return p.Show(w, r, http.StatusOK, movePage(v))
	}
}

// post allocates to one, or says what would happen.
func (p pages) post(dir direction) site.Handler {
	return func(w http.ResponseWriter, r *http.Request) error {
		if err := site.Form(w, r); err != nil {
			return err
		}
		v, err := p.moveView(r, dir)
		if err != nil {
			return err
		}
		in, err := p.typed(r, v)
		if err == nil && ask.Wanted(r) {
			v.ask, err = ask.Send(r, p.codes, confirm.Adjust, funds.About(dir.kind, v.partner, in.To, in.Minor, ""))
			if err != nil {
				return err
			}
			return p.Show(w, r, http.StatusOK, movePage(v))
		}
		var out funds.Out
		if err == nil {
			out, err = p.move(r, dir, in)
		}
		if err != nil {
			return p.refused(w, r, err, func(errs []ui.FieldError) templ.Component {
				v.Errs, v.ask = errs, v.ask.Refused(r, err)
				return movePage(v)
			})
		}
		if in.DryRun {
			v.would = &out
			return p.Show(w, r, http.StatusOK, movePage(v))
		}
		return p.Go(w, r, "/finance/transfers/"+out.Book+"/"+out.ID, doneText(dir))
	}
}

func (p pages) move(r *http.Request, dir direction, in funds.In) (funds.Out, error) {
	if dir.kind == ledger.Reclaim {
		return p.s.Reclaim(r.Context(), site.By(r), in)
	}
	return p.s.Allocate(r.Context(), site.By(r), in)
}

func (p pages) typed(r *http.Request, v moveView) (funds.In, error) {
	var fs fault.Fields
	in := funds.In{Partner: v.partner, To: r.PostFormValue("to"), Key: v.key, Scene: "portal", Memo: strings.TrimSpace(r.PostFormValue("memo")),
		Code: r.PostFormValue("code"), DryRun: r.PostFormValue("check") != ""}
	if in.To == "" {
		fs.Add("to", "", i18n.M("finance.choose_receiver"))
	}
	in.Minor = money.Field(&fs, "amount", r.PostFormValue("amount"))
	return in, fs.Err()
}

// many makes a batch of those who are ticked or have an amount of their own.
func (p pages) many(dir direction) site.Handler {
	return func(w http.ResponseWriter, r *http.Request) error {
		if err := site.Form(w, r); err != nil {
			return err
		}
		v, err := p.moveView(r, dir)
		if err != nil {
			return err
		}
		in := batch.NewBatch{Partner: v.partner, Work: dir.kind, Memo: r.PostFormValue("memo_all")}
		ticked, all := r.PostForm["id"], strings.TrimSpace(r.PostFormValue("amount_all"))
		for _, x := range v.rows {
			own := strings.TrimSpace(r.PostFormValue("amount." + x.ID))
			if own == "" && slices.Contains(ticked, x.ID) {
				own = all
			} else if own == "" {
				continue
			}
			in.Lines = append(in.Lines, batch.Line{To: x.ID, Amount: own})
		}
		if len(in.Lines) == 0 {
			err = fault.Invalid("amount_all", i18n.M("finance.many.nobody"))
		}
		var b batch.Batch
		if err == nil {
			b, err = p.s.Many().List(r.Context(), site.By(r), in)
		}
		if err != nil {
			return p.refused(w, r, err, func(errs []ui.FieldError) templ.Component {
				v.Errs, v.many = errs, true
				return movePage(v)
			})
		}
		return p.Go(w, r, "/finance/batches/"+b.ID, i18n.Msg{})
	}
}

// upload streams the file to the store: it's never whole in memory.
func (p pages) upload(dir direction) site.Handler {
	return func(w http.ResponseWriter, r *http.Request) error {
		if err := site.By(r).May(actor.MoveFunds); err != nil {
			return err
		}
		r.Body = http.MaxBytesReader(w, r.Body, funds.MaxUpload+1<<20)
		typed := url.Values{}
		file, err := batchview.FilePart(r, typed)
		in := batch.NewBatch{Work: dir.kind, Partner: typed.Get("of"), Memo: typed.Get("memo_file")}
		var b batch.Batch
		if err == nil {
			b, err = p.s.Many().Upload(r.Context(), site.By(r), in, file.FileName(), file)
		}
		if err = batchview.TooLarge(err, funds.MaxUpload); err == nil {
			return p.Go(w, r, "/finance/batches/"+b.ID, i18n.Msg{})
		}
		again := r.Clone(r.Context())
		again.Form, again.PostForm, again.MultipartForm = typed, typed, &multipart.Form{}
		v, failed := p.moveView(again, dir)
		if failed != nil {
			return failed
		}
		return p.refused(w, r, err, func(errs []ui.FieldError) templ.Component {
			v.Errs, v.file = errs, true
			return movePage(v)
		})
	}
}

func doneText(dir direction) i18n.Msg {
	if dir.kind == ledger.Reclaim {
		return i18n.M("finance.reclaimed")
	}
	return i18n.M("finance.allocated")
}
