// Package bill holds the pages of monthly bills: a partner's over its customers, a distributor's over its resellers, a
// customer's own consumption line by line with the postings behind it, the month's statement of a book, and the vendor's
// imports of consumption.
package bill

import (
	"bytes"
	"errors"
	"io"
	"mime/multipart"
	"net/http"
	"strconv"

	"github.com/a-h/templ"

	"hanse/internal/domain/account"
	"hanse/internal/domain/bill"
	"hanse/internal/edge/portal/door"
	"hanse/internal/edge/portal/site"
	"hanse/internal/edge/portal/ui"
	"hanse/internal/kit/actor"
	"hanse/internal/kit/db"
	"hanse/internal/kit/fault"
	"hanse/internal/kit/i18n"
	"hanse/internal/kit/pdf"
	"hanse/internal/kit/sheet"
)

type pages struct {
	*site.Site
	s     *bill.Service
	db    *db.DB
	press *pdf.Press
}

// imports is the vendor's page of consumption files.
const imports = "/consumption"

// Register adds the pages.
func Register(s *site.Site, b *bill.Service, d *db.DB, press *pdf.Press) {
	p := pages{s, b, d, press}
	door.Any(s, "GET /bills", p.list)
	door.Any(s, "GET /bills/{month}", p.month)
	door.Any(s, "GET /bills/{month}/bill.pdf", p.pdf)
	door.Exports(s, door.Any, "/bills/{month}/parts", p.exportParts)
	door.Any(s, "GET /bills/{month}/{customer}", p.customer)
	door.Exports(s, door.Any, "/bills/{month}/{customer}/lines", p.exportLines)
	door.Any(s, "GET /bills/{month}/book", p.book)
	door.Any(s, "GET /bills/{month}/book/statement.pdf", p.bookPDF)
	door.Exports(s, door.Any, "/bills/{month}/book/accounts", p.exportBook)

	s.Page("GET "+imports, p.imports)
	s.Page("POST "+imports, p.upload)
	door.Exports(s, door.Plain, imports+"/template", func(r *http.Request, _ door.Door) (door.Table, error) {
		return door.Table{Name: "consumption", Header: bill.Columns(), Rows: sheet.Rows(nil)}, site.By(r).May(actor.ViewConsumption)
	})
	s.Page("GET "+imports+"/{id}", p.importPage)
	s.Page("GET "+imports+"/{id}/errors.csv", p.errors)
	s.Page("POST "+imports+"/{id}/cancel", p.cancel)
}

// list is the months: a partner's bills, a customer's charges.
func (p pages) list(w http.ResponseWriter, r *http.Request, d door.Door) (err error) {
	ctx, by := r.Context(), site.By(r)
	v := listView{View: door.See(p.Site, r, d), customer: d.Company.Kind == actor.Customer || by.Kind == actor.Customer}
	if v.customer {
		v.charges, err = p.s.Charges(ctx, by, "", d.Account, "")
	} else if v.bills, err = p.s.Bills(ctx, by, d.Account); err == nil {
		v.owed, err = p.owed(r, d)
	}
	if err != nil {
		return err
	}
	return p.Show(w, r, http.StatusOK, listPage(v))
}

// owed are the customers that owe something.
func (p pages) owed(r *http.Request, d door.Door) (out []debtor, err error) {
	if site.By(r).Vendor() && !d.Vendor {
		return nil, nil
	}
	list, err := p.s.InArrears(r.Context(), site.By(r), d.Account, 50)
	if err != nil {
		return nil, err
	}
	var ids []string
	for _, c := range list {
		ids = append(ids, c.Customer)
	}
	names, err := account.Names(r.Context(), p.db.Read(), ids)
	for _, c := range list {
		out = append(out, debtor{c, names[c.Customer]})
	}
	return out, err
}

func cycleOf(r *http.Request) (bill.Cycle, error) {
	c, ok := bill.ParseCycle(r.PathValue("month"))
	if !ok {
		return "", fault.NotFound()
	}
	return c, nil
}

func roleOf(r *http.Request) bill.Role {
	if r.URL.Query().Get("role") == string(bill.OverResellers) {
		return bill.OverResellers
	}
	return bill.OverCustomers
}

// month is one bill, or for a customer its own lines.
func (p pages) month(w http.ResponseWriter, r *http.Request, d door.Door) error {
	if site.By(r).Kind == actor.Customer || d.Company.Kind == actor.Customer {
		return p.lines(w, r, d, d.Account)
	}
	v, err := p.bill(r, d)
	if err != nil {
		return err
	}
	return p.Show(w, r, http.StatusOK, monthPage(v))
}

func (p pages) bill(r *http.Request, d door.Door) (v monthView, err error) {
	cycle, err := cycleOf(r)
	if err != nil {
		return v, err
	}
	v.View = door.See(p.Site, r, d)
	if v.b, v.parts, err = p.s.Bill(r.Context(), site.By(r), d.Account, cycle, roleOf(r)); err != nil {
		return v, err
	}
	names, err := account.Names(r.Context(), p.db.Read(), []string{v.b.Payee, v.b.Partner})
	v.names = bill.Names{Partner: names[v.b.Partner], Payee: names[v.b.Payee]}
	return v, err
}

func (p pages) pdf(w http.ResponseWriter, r *http.Request, d door.Door) error {
	v, err := p.bill(r, d)
	if err != nil {
		return err
	}
	return p.form(w, "bill-"+string(v.b.Cycle)+".pdf", v.b.Document(i18n.From(r.Context()).Lang, v.names, v.parts))
}

func (p pages) form(w http.ResponseWriter, name string, f pdf.Form) error {
	b, err := p.press.Form(f)
	if err != nil {
		return err
	}
	w.Header().Set("Content-Type", "application/pdf")
	w.Header().Set("Content-Disposition", `attachment; filename="`+name+`"`)
	_, err = bytes.NewReader(b).WriteTo(w)
	return err
}

func (p pages) exportParts(r *http.Request, d door.Door) (door.Table, error) {
	v, err := p.bill(r, d)
	rows := make([][]string, len(v.parts))
	for i, x := range v.parts {
		rows[i] = x.Row(v.b)
	}
	return door.Table{Name: "bill-" + string(v.b.Cycle), Header: bill.PartColumns, Rows: sheet.Rows(rows)}, err
}

func (p pages) customer(w http.ResponseWriter, r *http.Request, d door.Door) error {
	return p.lines(w, r, d, r.PathValue("customer"))
}

// lines shows what a customer consumed, and what was taken for it.
func (p pages) lines(w http.ResponseWriter, r *http.Request, d door.Door, customer string) error {
	ctx, by := r.Context(), site.By(r)
	cycle, err := cycleOf(r)
	if err != nil {
		return err
	}
	v := linesView{View: door.See(p.Site, r, d), cycle: cycle, customer: customer}
	if v.charges, err = p.s.Charges(ctx, by, p.partner(d, customer), customer, cycle); err != nil {
		return err
	}
	f := p.filter(r, d, customer, cycle)
	var next string
	if v.lines, next, err = p.s.Lines(ctx, by, f); err != nil {
		return err
	}
	if len(v.charges) == 0 && len(v.lines) == 0 {
		return fault.NotFound()
	}
	v.pager.Next = door.After(r, next)
	if f.After != "" {
		v.pager.Prev = door.FirstOf(r)
	}
	names, err := account.Names(ctx, p.db.Read(), []string{customer})
	if err != nil {
		return err
	}
	v.name = names[customer]
	return p.Show(w, r, http.StatusOK, linesPage(v))
}

// partner narrows what the vendor sees by a partner's door to that partner's time.
func (p pages) partner(d door.Door, customer string) string {
	if d.Vendor && customer != d.Account {
		return d.Account
	}
	return ""
}

func (p pages) filter(r *http.Request, d door.Door, customer string, cycle bill.Cycle) bill.LineFilter {
	q := r.URL.Query()
	n, _ := strconv.ParseInt(q.Get("type"), 10, 32) // none is every type
	return bill.LineFilter{Partner: p.partner(d, customer), Customer: customer, Cycle: cycle, Service: q.Get("service"), Site: q.Get("site"), Type: bill.Type(n), After: q.Get("after"), Limit: 50}
}

func (p pages) exportLines(r *http.Request, d door.Door) (door.Table, error) {
	cycle, err := cycleOf(r)
	if err != nil {
		return door.Table{}, err
	}
	f := p.filter(r, d, r.PathValue("customer"), cycle)
	f.Limit = 1000
	if _, _, err := p.s.Lines(r.Context(), site.By(r), f); err != nil {
		return door.Table{}, err
	}
	return door.Table{Name: "consumption-" + string(cycle), Header: bill.LineColumns, Rows: door.Pages(func(after string) ([]bill.Line, string, error) {
		f.After = after
		return p.s.Lines(r.Context(), site.By(r), f)
	}, bill.Line.Row)}, nil
}

func (p pages) statement(r *http.Request, d door.Door) (bill.Statement, error) {
	cycle, err := cycleOf(r)
	if err != nil {
		return bill.Statement{}, err
	}
	return p.s.Book(r.Context(), site.By(r), d.Account, cycle)
}

func (p pages) book(w http.ResponseWriter, r *http.Request, d door.Door) error {
	st, err := p.statement(r, d)
	if err != nil {
		return err
	}
	return p.Show(w, r, http.StatusOK, bookPage(bookView{door.See(p.Site, r, d), st}))
}

func (p pages) bookPDF(w http.ResponseWriter, r *http.Request, d door.Door) error {
	st, err := p.statement(r, d)
	if err != nil {
		return err
	}
	name, err := account.Name(r.Context(), p.db.Read(), st.Account)
	if err != nil {
		return err
	}
	return p.form(w, "statement-"+string(st.Month)+".pdf", st.Document(i18n.From(r.Context()).Lang, name))
}

func (p pages) exportBook(r *http.Request, d door.Door) (door.Table, error) {
	st, err := p.statement(r, d)
	var rows [][]string
	for _, x := range st.Rows {
		rows = append(rows, x.Rows(st.Month)...)
	}
	return door.Table{Name: "statement-" + string(st.Month), Header: bill.StatementColumns, Rows: sheet.Rows(rows)}, err
}

func (p pages) imports(w http.ResponseWriter, r *http.Request) error {
	return p.showImports(w, r, nil)
}

func (p pages) showImports(w http.ResponseWriter, r *http.Request, refused error) error {
	list, next, err := p.s.Imports(r.Context(), site.By(r), r.URL.Query().Get("after"), 50)
	if err != nil {
		return err
	}
	v := importsView{Shell: p.Shell(r, i18n.M("bill.imports")), list: list, next: door.After(r, next), may: site.By(r).Can(actor.ImportConsumption)}
	if refused == nil {
		return p.Show(w, r, http.StatusOK, importsPage(v))
	}
	return p.Refused(w, r, refused, func(errs []ui.FieldError) templ.Component {
		v.errs, v.Shell.Invalid = errs, true
		return importsPage(v)
	})
}

// upload streams the file to the store: it's never whole in memory. The box of a dry run stands before the file.
func (p pages) upload(w http.ResponseWriter, r *http.Request) error {
	if err := site.By(r).May(actor.ImportConsumption); err != nil {
		return err
	}
	r.Body = http.MaxBytesReader(w, r.Body, bill.MaxUpload+1<<20)
	file, dry, err := filePart(r)
	var imp bill.Import
	if err == nil {
		imp, err = p.s.Upload(r.Context(), site.By(r), file.FileName(), file, dry)
	}
	if big := new(http.MaxBytesError); errors.As(err, &big) || fault.KindOf(err) == fault.KindTooLarge {
		err = fault.Invalid("file", i18n.M("bill.file.large", i18n.A{"megabytes": bill.MaxUpload >> 20}))
	}
	if err != nil {
		return p.showImports(w, r, err)
	}
	return p.Go(w, r, imports+"/"+imp.ID, i18n.Msg{})
}

func filePart(r *http.Request) (file *multipart.Part, dry bool, err error) {
	parts, err := r.MultipartReader()
	for err == nil {
		var part *multipart.Part
		if part, err = parts.NextPart(); err != nil {
			break
		}
		switch {
		case part.FormName() == "file" && part.FileName() != "":
			return part, dry, nil
		case part.FormName() == "dry_run":
			value, _ := io.ReadAll(io.LimitReader(part, 8)) // anything but nothing is yes
			dry = len(value) > 0
		}
	}
	if errors.Is(err, io.EOF) || errors.Is(err, http.ErrNotMultipart) || errors.Is(err, http.ErrMissingBoundary) {
		err = fault.Invalid("file", i18n.M("bill.file.none"))
	}
	return nil, false, err
}

func (p pages) importPage(w http.ResponseWriter, r *http.Request) error {
	imp, err := p.s.Import(r.Context(), site.By(r), r.PathValue("id"))
	if err != nil {
		return err
	}
	line, _ := strconv.ParseInt(r.URL.Query().Get("line"), 10, 64) // none is the first page
	wrong, err := p.s.RowErrors(r.Context(), site.By(r), imp.ID, line, 100)
	if err != nil {
		return err
	}
	return p.Show(w, r, http.StatusOK, importPage(importView{p.Shell(r, i18n.M("bill.import.one", i18n.A{"file": imp.FileName})), imp, wrong, site.By(r).Can(actor.ImportConsumption)}))
}

func (p pages) errors(w http.ResponseWriter, r *http.Request) error {
	imp, err := p.s.Import(r.Context(), site.By(r), r.PathValue("id"))
	if err != nil {
		return err
	}
	p.ToCorrect(w, r, imp.ID, p.s.WriteErrors)
	return nil
}

func (p pages) cancel(w http.ResponseWriter, r *http.Request) error {
	id := r.PathValue("id")
	if err := p.s.Cancel(r.Context(), site.By(r), id); err != nil {
		return err
	}
	return p.Go(w, r, imports+"/"+id, i18n.M("bill.import.stopped"))
}
