// Package contract holds the pages of contracts that come before the payment of orders: the buyer's list, application and
// paper, and the vendor's queue in which they are issued, signed and funded.
package contract

import (
	"bytes"
	"errors"
	"io"
	"net/http"
	"net/url"
	"path/filepath"
	"strconv"

	"github.com/a-h/templ"

	"hanse/internal/domain/contract"
	"hanse/internal/domain/order"
	"hanse/internal/edge/portal/door"
	"hanse/internal/edge/portal/qualify"
	"hanse/internal/edge/portal/site"
	"hanse/internal/edge/portal/ui"
	"hanse/internal/kit/actor"
	"hanse/internal/kit/audit"
	"hanse/internal/kit/db"
	"hanse/internal/kit/fault"
	"hanse/internal/kit/i18n"
	amount "hanse/internal/kit/money"
	"hanse/internal/kit/pdf"
)

type pages struct {
	*site.Site
	db     *db.DB
	s      *contract.Service
	orders *order.Service
	press  *pdf.Press
}

// Register adds the pages.
func Register(s *site.Site, d *db.DB, c *contract.Service, orders *order.Service, press *pdf.Press) {
	p := pages{s, d, c, orders, press}
	p.Page("GET /contracts", p.list)
	door.Exports(s, door.Plain, "/contracts", p.export)
	p.Page("GET /contracts/new", p.new)
	p.Page("POST /contracts", p.apply)
	p.Page("GET /contracts/{no}", p.show)
	p.Page("GET /contracts/{no}/paper/{lang}", p.paper)
	p.Page("GET /contracts/{no}/scan", p.scan)
	p.Page("POST /contracts/{no}/scan", p.sign)
	p.Page("POST /contracts/{no}/{step}", p.step)
}

func see(p pages, r *http.Request) door.View {
	return door.See(p.Site, r, door.Door{Account: site.By(r).Account})
}

type listView struct {
	door.View
	rows         []contract.Contract
	now          contract.State
	first, after string
}

func (p pages) list(w http.ResponseWriter, r *http.Request) error {
	v := listView{View: see(p, r), now: contract.State(r.URL.Query().Get("state"))}
	rows, next, err := p.s.List(r.Context(), v.By, contract.Filter{State: v.now, After: r.URL.Query().Get("after")})
	if err != nil {
		return err
	}
	v.rows, v.after, v.first = rows, door.After(r, next), door.FirstOf(r)
	return p.Show(w, r, http.StatusOK, listPage(v))
}

// export is the list as a file.
func (p pages) export(r *http.Request, _ door.Door) (door.Table, error) {
	read := func(after string) ([]contract.Contract, string, error) {
		return p.s.List(r.Context(), site.By(r), contract.Filter{State: contract.State(r.URL.Query().Get("state")), After: after})
	}
	if _, _, err := read(""); err != nil {
		return door.Table{}, err
	}
	return door.Table{Name: "contracts", Header: []string{"no", "account", "account_name", "title", "state", "list", "discount", "due", "top_up", "applied_at", "issued_at", "signed_at", "funded_at", "cancelled_at"},
		Rows: door.Pages(read, func(c contract.Contract) []string {
			return []string{c.No, c.Account, c.AccountName, c.Title, string(c.State), amount.Text(c.List), amount.Text(c.Discount), amount.Text(c.Due), c.Reference,
				door.Instant(c.AppliedAt), door.Instant(c.IssuedAt), door.Instant(c.SignedAt), door.Instant(c.FundedAt), door.Instant(c.CancelledAt)}
		})}, nil
}

type newView struct {
	door.View
	x      order.Options
	nos    []string
	barred i18n.Msg
}

// new is the application, or says why there can be none.
func (p pages) new(w http.ResponseWriter, r *http.Request) error { return p.form(w, r, nil) }

func (p pages) form(w http.ResponseWriter, r *http.Request, refused error) (err error) {
	if err := r.ParseForm(); err != nil {
		return fault.NotFound()
	}
	v := newView{View: see(p, r), nos: r.Form["no"]}
	if err := v.By.May(actor.ApplyContract); err != nil {
		return err
	}
	if v.x, err = p.orders.Options(r.Context(), v.By, v.nos); err != nil {
		return err
	}
	if err := contract.Barred(r.Context(), p.db.Read(), v.By.Account, p.Clock.Now()); err != nil {
		f := fault.Of(err)
		if f == nil {
			return err
		}
		v.barred = f.Msg
	}
	return p.answer(w, r, refused, func(errs []ui.FieldError) templ.Component {
		v.Errs = errs
		return newPage(v)
	})
}

func (p pages) answer(w http.ResponseWriter, r *http.Request, refused error, page func([]ui.FieldError) templ.Component) error {
	if refused == nil {
		return p.Show(w, r, http.StatusOK, page(nil))
	}
	return p.Refused(w, r, refused, page)
}

func (p pages) apply(w http.ResponseWriter, r *http.Request) error {
	if err := site.Form(w, r); err != nil {
		return err
	}
	f := r.PostForm
	c, err := p.s.Apply(r.Context(), site.By(r), contract.Application{Orders: f["no"], Words: f.Get("words"),
		Party: contract.Party{Title: f.Get("title"), Address: f.Get("address"), Contact: f.Get("contact"), Email: f.Get("email"), Phone: f.Get("phone")}})
	if err != nil {
		return p.form(w, r, err)
	}
	return p.Go(w, r, "/contracts/"+c.No, i18n.M("contract.applied", i18n.A{"no": c.No}))
}

type showView struct {
	door.View
	c      contract.Contract
	events []audit.Entry
}

func (p pages) show(w http.ResponseWriter, r *http.Request) error { return p.one(w, r, nil) }

func (p pages) one(w http.ResponseWriter, r *http.Request, refused error) (err error) {
	v := showView{View: see(p, r)}
	if v.c, err = p.s.Get(r.Context(), v.By, r.PathValue("no")); err != nil {
		return err
	}
	if v.events, err = p.s.Timeline(r.Context(), v.By, v.c.No); err != nil {
		return err
	}
	return p.answer(w, r, refused, func(errs []ui.FieldError) templ.Component {
		v.Errs = errs
		return showPage(v)
	})
}

// paper is the contract as a PDF in one of both languages.
func (p pages) paper(w http.ResponseWriter, r *http.Request) error {
	lang := r.PathValue("lang")
	if lang != i18n.English && lang != i18n.Chinese {
		return fault.NotFound()
	}
	c, err := p.s.Get(r.Context(), site.By(r), r.PathValue("no"))
	if err != nil {
		return err
	}
	b, err := p.press.Form(c.Document(lang))
	if err != nil {
		return err
	}
	w.Header().Set("Content-Type", "application/pdf")
	w.Header().Set("Content-Disposition", `attachment; filename="`+c.No+"-"+lang+`.pdf"`)
	_, err = bytes.NewReader(b).WriteTo(w)
	return err
}

func (p pages) scan(w http.ResponseWriter, r *http.Request) error {
	f, c, err := p.s.OpenScan(r.Context(), site.By(r), r.PathValue("no"))
	if err != nil {
		return err
	}
	defer f.Close()
	qualify.ServeFile(w, r, f, c.ScanName, c.ScanMedia, c.SignedAt)
	return nil
}

// sign reads the entries, which come before the file, and then the scan as it streams in.
func (p pages) sign(w http.ResponseWriter, r *http.Request) error {
	if err := site.By(r).May(actor.HandleContract); err != nil {
		return err // before the file is read
	}
	c, err := p.take(w, r)
	if f := fault.Of(err); f != nil && f.Kind == fault.KindTooLarge {
		err = fault.Invalid("file", f.Msg)
	}
	return p.moved(w, r, c, err)
}

func (p pages) take(w http.ResponseWriter, r *http.Request) (c contract.Contract, err error) {
	r.Body = http.MaxBytesReader(w, r.Body, 256<<20)
	r.Form = url.Values{}
	broken := fault.Invalid("file", i18n.M("contract.broken"))
	parts, err := r.MultipartReader()
	if err != nil {
		return c, broken
	}
	file := (*contract.Scan)(nil)
	for file == nil {
		part, err := parts.NextPart()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return c, broken
		}
		if part.FormName() == "file" {
			if part.FileName() != "" {
				file = &contract.Scan{Name: filepath.Base(part.FileName()), File: part}
			}
			continue
		}
		text, err := io.ReadAll(io.LimitReader(part, 8192))
		if err != nil {
			return c, broken
		}
		r.Form.Set(part.FormName(), string(text))
	}
	return p.s.Sign(r.Context(), site.By(r), r.PathValue("no"), edition(r), file)
}

func edition(r *http.Request) int64 {
	n, err := strconv.ParseInt(r.Form.Get("edition"), 10, 64)
	if err != nil {
		return -1 // a page that names none is an old one
	}
	return n
}

// moved answers a step.
func (p pages) moved(w http.ResponseWriter, r *http.Request, c contract.Contract, err error) error {
	if err != nil {
		return p.one(w, r, err)
	}
	return p.Go(w, r, "/contracts/"+c.No, i18n.M("contract.moved", i18n.A{"state": c.State.Label()}))
}

// step withdraws, issues, refuses or funds.
func (p pages) step(w http.ResponseWriter, r *http.Request) error {
	if err := site.Form(w, r); err != nil {
		return err
	}
	ctx, by, no := r.Context(), site.By(r), r.PathValue("no")
	var c contract.Contract
	var err error
	switch r.PathValue("step") {
	case "withdraw":
		c, err = p.s.Withdraw(ctx, by, no, edition(r))
	case "issue":
		c, err = p.s.Issue(ctx, by, no, edition(r))
	case "refuse":
		c, err = p.s.Refuse(ctx, by, no, edition(r), r.PostFormValue("words"))
	case "fund":
		c, err = p.s.Fund(ctx, by, no, edition(r), r.PostFormValue("top_up"))
	default:
		return fault.NotFound()
	}
	return p.moved(w, r, c, err)
}
