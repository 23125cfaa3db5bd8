package bill

import (
	"context"
	"fmt"
	"strconv"

	"hanse/internal/domain/bill"
	"hanse/internal/domain/ledger"
	"hanse/internal/edge/portal/door"
	"hanse/internal/edge/portal/page"
	"hanse/internal/edge/portal/ui"
	"hanse/internal/kit/i18n"
)

// sum writes minor units for people.
func sum(ctx context.Context, minor int64) string {
	return i18n.T(ctx, "bill.sum", i18n.A{"sum": i18n.From(ctx).Money(minor, ledger.CNY)})
}

// exact writes an amount of up to eight decimals.
func exact(e bill.Exact) string { return e.String() }

type debtor struct {
	bill.Charge
	name string
}

// listView is the months.
type listView struct {
	door.View
	customer bool
	bills    []bill.Bill
	charges  []bill.Detail
	owed     []debtor
}

func (v listView) state(ctx context.Context) string {
	if v.customer {
		var owed int64
		for _, c := range v.charges {
			owed += c.Debt
		}
		if owed > 0 {
			return i18n.T(ctx, "bill.state.owed", i18n.A{"sum": sum(ctx, owed)})
		}
		return i18n.T(ctx, "bill.state.months", i18n.A{"n": len(v.charges)})
	}
	if n := len(v.owed); n > 0 {
		return i18n.T(ctx, "bill.state.arrears", i18n.A{"n": n})
	}
	return i18n.T(ctx, "bill.state.bills", i18n.A{"n": len(v.bills)})
}

func (v listView) next(ctx context.Context) string {
	switch {
	case v.customer:
		return i18n.T(ctx, "bill.next.customer")
	case len(v.owed) > 0:
		return i18n.T(ctx, "bill.next.arrears")
	}
	return i18n.T(ctx, "bill.next.ready", i18n.A{"day": bill.ReadyDay})
}

func (v listView) link(b bill.Bill) string {
	at := v.Path("/bills/" + string(b.Cycle))
	if b.Role == bill.OverResellers {
		at += "?role=distributor"
	}
	return at
}

func roleText(ctx context.Context, r bill.Role) string {
	if r == bill.OverResellers {
		return i18n.T(ctx, "bill.over.resellers")
	}
	return i18n.T(ctx, "bill.over.customers")
}

func standing(ctx context.Context, b bill.Bill) (ui.Tone, string) {
	if b.Ready.IsZero() {
		return ui.Info, i18n.T(ctx, "bill.open")
	}
	return ui.Good, i18n.T(ctx, "bill.ready")
}

// monthView is one bill.
type monthView struct {
	door.View
	b     bill.Bill
	parts []bill.Part
	names bill.Names
}

func (v monthView) path(more string) string {
	at := v.Path("/bills/" + string(v.b.Cycle) + more)
	if v.b.Role == bill.OverResellers {
		at += "?role=distributor"
	}
	return at
}

func (v monthView) state(ctx context.Context) string {
	a := i18n.A{"sum": sum(ctx, v.b.Due), "day": i18n.From(ctx).Day(v.b.AsOf.String())}
	if v.b.Ready.IsZero() {
		return i18n.T(ctx, "bill.month.open", a)
	}
	return i18n.T(ctx, "bill.month.ready", a)
}

func (v monthView) next(ctx context.Context) string {
	return i18n.T(ctx, "bill.month.next", i18n.A{"payee": v.names.Payee})
}

func (v monthView) stats(ctx context.Context) []ui.Stat {
	return []ui.Stat{
		{Label: i18n.T(ctx, "bill.f.settlement"), Value: exact(v.b.Settlement), Sub: i18n.T(ctx, "bill.f.settlement.sub", i18n.A{"listed": exact(v.b.Listed)})},
		{Label: i18n.T(ctx, "bill.f.coupons"), Value: sum(ctx, v.b.Coupons)},
		{Label: i18n.T(ctx, "bill.f.tax", i18n.A{"rate": rate(v.b.TaxRate)}), Value: exact(v.b.Tax)},
		{Label: i18n.T(ctx, "bill.f.due"), Value: sum(ctx, v.b.Due), Sub: i18n.T(ctx, "bill.f.due.sub")},
	}
}

func rate(hundredths int64) string { return fmt.Sprintf("%d.%02d", hundredths/100, hundredths%100) }

// linesView is what a customer consumed in a month.
type linesView struct {
	door.View
	cycle    bill.Cycle
	customer string
	name     string
	charges  []bill.Detail
	lines    []bill.Line
	pager    ui.PagerView
}

func (v linesView) state(ctx context.Context) string {
	var due, debt int64
	for _, c := range v.charges {
		due, debt = due+c.Due(), debt+c.Debt
	}
	a := i18n.A{"sum": sum(ctx, due), "debt": sum(ctx, debt)}
	if debt > 0 {
		return i18n.T(ctx, "bill.lines.owed", a)
	}
	return i18n.T(ctx, "bill.lines.paid", a)
}

func (v linesView) filters(ctx context.Context) ui.FiltersView {
	q := v.R.URL.Query()
	types := []ui.Option{{Value: "", Label: i18n.T(ctx, "bill.any")}}
	for _, t := range bill.Types {
		types = append(types, ui.Option{Value: strconv.Itoa(int(t)), Label: i18n.Say(ctx, bill.TypeText(t))})
	}
	f := ui.FiltersView{Action: v.R.URL.Path, Target: "lines", Fields: []ui.FieldView{
		{Name: "service", Label: i18n.T(ctx, "bill.f.service"), Type: "search", Value: q.Get("service")},
		{Name: "site", Label: i18n.T(ctx, "bill.f.site"), Type: "search", Value: q.Get("site")},
		{Name: "type", Label: i18n.T(ctx, "bill.f.type"), Options: types, Value: q.Get("type")},
	}}
	if door.Filtered(v.R, "service", "site", "type") {
		f.Clear = v.R.URL.Path
	}
	return f
}

// files are the links to the lines as files.
func (v linesView) files() []ui.LinkView {
	return door.Files(v.View, "/bills/"+string(v.cycle)+"/"+v.customer+"/lines")
}

// behind is the page of a posting's entries, for those who may read the book that keeps it.
func (v linesView) behind(p bill.Paid) string {
	if v.Account != p.Book && !v.By.Vendor() {
		return ""
	}
	return v.Path("/finance/transfers/" + p.Book + "/" + p.Transfer)
}

func whatText(ctx context.Context, w bill.What) string {
	switch w {
	case bill.Couponed:
		return i18n.T(ctx, "bill.what.coupon")
	case bill.Returned:
		return i18n.T(ctx, "bill.what.refunded")
	}
	return i18n.T(ctx, "bill.what.paid")
}

// bookView is a book's statement.
type bookView struct {
	door.View
	st bill.Statement
}

func (v bookView) state(ctx context.Context) string {
	if !v.st.Holds() {
		return i18n.T(ctx, "bill.book.broken")
	}
	return i18n.T(ctx, "bill.book.holds", i18n.A{"n": len(v.st.Rows)})
}

func (v bookView) next(ctx context.Context) string {
	if v.st.Closed {
		return i18n.T(ctx, "bill.book.closed")
	}
	return i18n.T(ctx, "bill.book.open")
}

func (v bookView) path(more string) string {
	return v.Path("/bills/" + string(v.st.Month) + "/book" + more)
}

// importsView is the list of consumption files.
type importsView struct {
	Shell page.ShellView
	list  []bill.Import
	next  string
	may   bool
	errs  []ui.FieldError
}

func (v importsView) err(name string) string {
	for _, e := range v.errs {
		if e.Name == name {
			return e.Text
		}
	}
	return ""
}

// importView is one of them.
type importView struct {
	Shell page.ShellView
	imp   bill.Import
	wrong []bill.RowError
	may   bool
}

func (v importView) path(more string) string { return imports + "/" + v.imp.ID + more }

func (v importView) state(ctx context.Context) string {
	a := i18n.A{"added": v.imp.Added, "bad": v.imp.Bad, "same": v.imp.Same}
	if v.imp.DryRun {
		return i18n.T(ctx, "bill.import.state.dry", a)
	}
	return i18n.T(ctx, "bill.import.state", a)
}

func (v importView) next(ctx context.Context) string {
	switch {
	case v.imp.Running():
		return i18n.T(ctx, "bill.import.next.wait")
	case v.imp.Bad > 0:
		return i18n.T(ctx, "bill.import.next.correct")
	}
	return i18n.T(ctx, "bill.import.next.none")
}

func (v importView) stats(ctx context.Context) []ui.Stat {
	n := i18n.From(ctx).Int
	return []ui.Stat{{Label: i18n.T(ctx, "bill.import.added"), Value: n(v.imp.Added), Sub: exact(v.imp.Amount)}, {Label: i18n.T(ctx, "bill.import.same"), Value: n(v.imp.Same)},
		{Label: i18n.T(ctx, "bill.import.late"), Value: n(v.imp.Late)}, {Label: i18n.T(ctx, "bill.import.bad"), Value: n(v.imp.Bad)}}
}

func tone(s bill.ImportState) ui.Tone {
	switch s {
	case bill.Done:
		return ui.Good
	case bill.Failed:
		return ui.Bad
	case bill.Cancelled:
		return ui.Neutral
	}
	return ui.Info
}
