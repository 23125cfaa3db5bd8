package bill

import (
	"fmt"
	"time"

	"hanse/internal/domain/ledger"
	"hanse/internal/kit/calendar"
	"hanse/internal/kit/i18n"
	"hanse/internal/kit/money"
	"hanse/internal/kit/pdf"
)

// PartColumns are the headings of a bill as a file.
var PartColumns = []string{"cycle", "role", "account", "name", "lines", "list_amount", "discount_amount", "amount", "coupons", "paid", "debt"}

// Row is a part as a row of a file.
func (p Part) Row(b Bill) []string {
	return []string{string(b.Cycle), string(b.Role), p.Other, p.Name, fmt.Sprint(p.Lines), p.Listed.String(), p.Discount.String(), p.Amount.String(),
		money.Text(p.Coupons), money.Text(p.Paid), money.Text(p.Debt)}
}

// LineColumns are the headings of lines as a file: those of an import, and where they're billed.
var LineColumns = append(Columns(), "billed_in", "partner_id", "link", "import_id")

// Row is a line as a row of a file.
func (l Line) Row() []string {
	at := func(t time.Time) string { return t.In(calendar.Zone).Format(time.RFC3339) }
	return []string{l.ID, l.Customer, string(l.Cycle), fmt.Sprint(l.Type), fmt.Sprint(l.Mode), l.Service, l.Product, l.Resource, l.Site, l.Trade, at(l.Since), at(l.Until),
		l.Listed.String(), l.Discount.String(), l.Amount.String(), ledger.CNY, string(l.BilledIn), l.Partner, string(l.Link), l.Import}
}

// Names are what a document calls companies.
type Names struct{ Partner, Payee string }

// Document is a bill as a form: what is due, who invoices whom, and the parts.
func (b Bill) Document(lang string, n Names, parts []Part) pdf.Form {
	say := func(m i18n.Msg) string { return i18n.Text(lang, m) }
	title := i18n.M("bill.doc.title")
	if b.Ready.IsZero() {
		title = i18n.M("bill.doc.forecast")
	}
	f := pdf.Form{Lang: lang, Title: say(title), Subtitle: string(b.Cycle), Issuer: n.Payee, Date: b.AsOf.String()}
	f.Sections = append(f.Sections, pdf.Section{Note: say(i18n.M("bill.doc.note", i18n.A{"day": b.AsOf.String()})), Rows: [][2]string{
		{say(i18n.M("bill.doc.to")), n.Partner},
		{say(i18n.M("bill.f.payee")), n.Payee},
		{say(i18n.M("bill.f.listed")), b.Listed.String()},
		{say(i18n.M("bill.f.discount")), b.Discount.String()},
		{say(i18n.M("bill.f.settlement")), b.Settlement.String()},
		{say(i18n.M("bill.f.coupons")), money.Text(b.Coupons)},
		{say(i18n.M("bill.f.tax", i18n.A{"rate": money.Text(b.TaxRate)})), b.Tax.String()},
		{say(i18n.M("bill.f.due")), money.Text(b.Due) + " " + ledger.CNY},
	}})
	t := &pdf.Table{Head: []string{say(i18n.M("bill.f.company")), say(i18n.M("bill.f.lines")), say(i18n.M("bill.f.listed")), say(i18n.M("bill.f.amount")), say(i18n.M("bill.f.coupons"))},
		Widths: []float64{3, 1, 2, 2, 1.5}}
	for _, p := range parts {
		t.Rows = append(t.Rows, []string{p.Name, fmt.Sprint(p.Lines), p.Listed.String(), p.Amount.String(), money.Text(p.Coupons)})
	}
	f.Sections = append(f.Sections, pdf.Section{Heading: say(i18n.M("bill.parts")), Table: t})
	return f
}

// StatementColumns are the headings of a book's statement as a file.
var StatementColumns = []string{"month", "kind", "unit", "ref", "opening", "posting", "income", "expense", "entries", "closing"}

// Rows are a statement as rows of a file: one for each kind of posting, one for an account that didn't move.
func (r Row) Rows(month Cycle) (out [][]string) {
	head := []string{string(month), string(r.Place.Kind), r.Place.Unit, r.Place.Ref, money.Text(r.Opening)}
	for _, m := range r.Moves {
		out = append(out, append(append([]string{}, head...), m.Kind, money.Text(m.Income), money.Text(m.Expense), fmt.Sprint(m.Entries), money.Text(r.Closing)))
	}
	if len(out) == 0 {
		out = append(out, append(append([]string{}, head...), "", "0.00", "0.00", "0", money.Text(r.Closing)))
	}
	return out
}

// Document is a statement as a form.
func (s Statement) Document(lang string, name string) pdf.Form {
	say := func(m i18n.Msg) string { return i18n.Text(lang, m) }
	_, to := s.Month.Bounds()
	f := pdf.Form{Lang: lang, Title: say(i18n.M("bill.book.title")), Subtitle: string(s.Month), Issuer: name, Date: calendar.DayOf(to.Add(-time.Microsecond)).String()}
	for _, r := range s.Rows {
		t := &pdf.Table{Head: []string{say(i18n.M("bill.f.posting")), say(i18n.M("bill.f.income")), say(i18n.M("bill.f.expense")), say(i18n.M("bill.f.entries"))}, Widths: []float64{3, 2, 2, 1}}
		for _, m := range r.Moves {
			t.Rows = append(t.Rows, []string{say(ledger.PostingLabel(m.Kind)), money.Text(m.Income), money.Text(m.Expense), fmt.Sprint(m.Entries)})
		}
		f.Sections = append(f.Sections, pdf.Section{Heading: say(ledger.KindLabel(r.Place.Kind)) + " · " + r.Place.Unit, Table: t, Rows: [][2]string{
			{say(i18n.M("bill.f.opening")), money.Text(r.Opening)}, {say(i18n.M("bill.f.income")), money.Text(r.Income())},
			{say(i18n.M("bill.f.expense")), money.Text(r.Expense())}, {say(i18n.M("bill.f.closing")), money.Text(r.Closing)}}})
	}
	return f
}
