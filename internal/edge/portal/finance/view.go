package finance

import (
	"context"
	"strconv"

	"hanse/internal/domain/account"
	"hanse/internal/domain/funds"
	"hanse/internal/domain/ledger"
	"hanse/internal/edge/portal/ask"
	"hanse/internal/edge/portal/door"
	"hanse/internal/edge/portal/ui"
	"hanse/internal/kit/actor"
	"hanse/internal/kit/i18n"
)

// sum writes an amount for people.
func sum(ctx context.Context, minor int64, unit string) string {
	return i18n.T(ctx, "finance.sum", i18n.A{"sum": i18n.From(ctx).Money(minor, ledger.Currency(unit))})
}

// signed writes what a balance changed by.
func signed(ctx context.Context, minor int64, unit string) string {
	if minor > 0 {
		return i18n.T(ctx, "finance.sum", i18n.A{"sum": "+" + i18n.From(ctx).Money(minor, ledger.Currency(unit))})
	}
	return sum(ctx, minor, unit)
}

// tabs lead between the pages of one's own money; the vendor's door has tabs of its own.
func tabs(ctx context.Context, v door.View, current string) []ui.Tab {
	all := []struct {
		path, label string
		verb        actor.Verb
	}{
		{"/finance", i18n.T(ctx, "finance.tab.overview"), actor.ViewFunds},
		{"/finance/allocate", i18n.T(ctx, "finance.allocate"), actor.MoveFunds},
		{"/finance/reclaim", i18n.T(ctx, "finance.reclaim"), actor.MoveFunds},
		{"/finance/records", i18n.T(ctx, "finance.tab.records"), actor.ViewFunds},
		{"/finance/entries", i18n.T(ctx, "finance.tab.entries"), actor.ViewFunds},
		{"/finance/batches", i18n.T(ctx, "finance.tab.batches"), actor.ViewFunds},
	}
	var out []ui.Tab
	for _, t := range all {
		if v.Can(t.verb) && (!v.Vendor || t.path != "/finance/batches") {
			out = append(out, ui.Tab{Href: v.Path(t.path), Label: t.label, Current: t.path == current})
		}
	}
	return out
}

// of adds whose book it is to an address.
func of(path, owner, own string) string {
	if owner == own || owner == "" {
		return path
	}
	return path + "?of=" + owner
}

type overviewView struct {
	door.View
	of     string // whose book
	name   string // of a reseller's
	o      funds.Overview
	rows   []funds.Receiver
	pager  ui.PagerView
	recent []funds.Record
}

func (v overviewView) state(ctx context.Context) string {
	a := i18n.A{"sum": i18n.From(ctx).Money(v.o.Allocatable(), v.o.Unit), "name": v.name}
	if v.name != "" {
		return i18n.T(ctx, "finance.state.of", a)
	}
	return i18n.T(ctx, "finance.state", a)
}

func (v overviewView) next(ctx context.Context) string {
	switch {
	case v.Vendor:
		return i18n.T(ctx, "finance.next.vendor")
	case v.o.Cash.State == ledger.Frozen:
		return i18n.T(ctx, "finance.next.frozen")
	case v.o.Allocatable() == 0:
		return i18n.T(ctx, "finance.next.empty")
	case len(v.rows) == 0:
		return i18n.T(ctx, "finance.next.nobody")
	}
	return i18n.T(ctx, "finance.next")
}

func (v overviewView) stats(ctx context.Context) []ui.Stat {
	link := func(k ledger.Kind) string {
		path := v.Path("/finance/entries") + "?account=" + string(k)
		if v.of != v.Account {
			path += "&of=" + v.of
		}
		return path
	}
	out := []ui.Stat{{Label: i18n.T(ctx, "finance.allocatable"), Value: sum(ctx, v.o.Allocatable(), v.o.Unit), Sub: i18n.T(ctx, "finance.allocatable.sub"), Href: link(ledger.Cash)}}
	for _, b := range v.o.Balances {
		if b.Place.Unit != v.o.Unit || b.Minor == 0 && b.Place.Kind != ledger.Cash {
			continue
		}
		s := ui.Stat{Label: i18n.Say(ctx, ledger.KindLabel(b.Place.Kind)), Value: sum(ctx, b.Minor, b.Place.Unit), Href: link(b.Place.Kind)}
		if b.Held > 0 {
			s.Sub = i18n.T(ctx, "finance.held", i18n.A{"sum": i18n.From(ctx).Money(b.Held, v.o.Unit)})
		}
		out = append(out, s)
	}
	return out
}

func linkLabel(ctx context.Context, l account.Link) string {
	if l == account.ResellerOf {
		return i18n.T(ctx, "finance.reseller")
	}
	return i18n.T(ctx, "finance.customer")
}

// used is what a company used of what was passed to it; nothing is said where it holds more, of other money.
func used(ctx context.Context, x funds.Receiver, unit string) string {
	if x.Left > x.Passed {
		return "–"
	}
	return sum(ctx, x.Passed-x.Left, unit)
}

// behind is the address of the entries that passed to and from a company.
func (v overviewView) behind(id string) string {
	path := v.Path("/finance/entries") + "?with=" + id
	if v.of != v.Account {
		path += "&of=" + v.of
	}
	return path
}

type moveView struct {
	door.View
	dir     direction
	partner string
	names   map[string]string
	o       funds.Overview
	rows    []funds.Receiver
	key     string
	ask     ask.Field
	would   *funds.Out
	many    bool // the list was refused
	file    bool // the file was refused
}

func (v moveView) has(id string) bool {
	for _, x := range v.rows {
		if x.ID == id {
			return true
		}
	}
	return false
}

func (v moveView) back() bool { return v.dir.kind == ledger.Reclaim }

func (v moveView) title() i18n.Msg {
	if v.back() {
		return i18n.M("finance.reclaim")
	}
	return i18n.M("finance.allocate")
}

func (v moveView) state(ctx context.Context) string {
	a := i18n.A{"sum": i18n.From(ctx).Money(v.o.Allocatable(), v.o.Unit), "name": v.names[v.partner]}
	switch {
	case v.names[v.partner] != "":
		return i18n.T(ctx, "finance.state.of", a)
	case v.back():
		return i18n.T(ctx, "finance.reclaim.state", i18n.A{"n": len(v.rows)})
	}
	return i18n.T(ctx, "finance.state", a)
}

func (v moveView) next(ctx context.Context) string {
	if v.back() {
		return i18n.T(ctx, "finance.reclaim.next")
	}
	return i18n.T(ctx, "finance.allocate.next")
}

func (v moveView) options(ctx context.Context) (out []ui.Option) {
	for _, x := range v.rows {
		out = append(out, ui.Option{Value: x.ID, Label: i18n.T(ctx, "finance.receiver_option", i18n.A{"name": x.Name, "sum": i18n.From(ctx).Money(x.Left, v.o.Unit)})})
	}
	return out
}

// errs are the refusals of one of the page's forms.
func (v moveView) errs(many, file bool) []ui.FieldError {
	if v.many == many && v.file == file {
		return v.Errs
	}
	return nil
}

func (v moveView) err(name string, many, file bool) string {
	if v.many == many && v.file == file {
		return v.Error(name)
	}
	return ""
}

func (v moveView) hidden() [][2]string { return [][2]string{{"of", v.partner}, {"key", v.key}} }

func (v moveView) wouldText(ctx context.Context) string {
	money := func(n int64) string { return i18n.From(ctx).Money(n, v.o.Unit) }
	return i18n.T(ctx, "finance.would.text", i18n.A{"left": money(v.would.Left), "receiver": money(v.would.Receiver)})
}

type entriesView struct {
	door.View
	st     ledger.Statement
	month  string
	o      funds.Overview
	rows   []ledger.Entry
	names  map[string]string
	months []ledger.Month
	pager  ui.PagerView
	name   string
	with   string
}

func (v entriesView) state(ctx context.Context) string {
	switch {
	case v.with != "":
		return i18n.T(ctx, "finance.entries.with", i18n.A{"name": v.with})
	case v.st.Kind != "":
		b := v.o.Of(v.st.Kind)
		return i18n.T(ctx, "finance.entries.state", i18n.A{"kind": ledger.KindLabel(v.st.Kind), "sum": i18n.From(ctx).Money(b.Minor, v.st.Unit)})
	}
	return i18n.T(ctx, "finance.entries.all", i18n.A{"name": v.name})
}

func (v entriesView) filters(ctx context.Context) ui.FiltersView {
	q := v.R.URL.Query()
	f := ui.FiltersView{Action: v.Path("/finance/entries"), Target: "entries", Clear: of(v.Path("/finance/entries"), v.st.Owner, v.Account)}
	if v.st.Owner != v.Account {
		f.Hidden = append(f.Hidden, [2]string{"of", v.st.Owner})
	}
	if v.st.Ref != "" {
		f.Hidden = append(f.Hidden, [2]string{"with", v.st.Ref})
	} else {
		var accounts []ui.Option
		for _, b := range v.o.Balances {
			if b.Place.Unit == v.st.Unit {
				accounts = append(accounts, ui.Option{Value: string(b.Place.Kind), Label: i18n.Say(ctx, ledger.KindLabel(b.Place.Kind))})
			}
		}
		f.Fields = append(f.Fields, ui.FieldView{Name: "account", Label: i18n.T(ctx, "finance.all_accounts"), Value: q.Get("account"), Options: accounts})
	}
	f.Fields = append(f.Fields, ui.FieldView{Name: "kind", Label: i18n.T(ctx, "finance.all_kinds"), Value: q.Get("kind"), Options: kinds(ctx)},
		ui.FieldView{Name: "month", Label: i18n.T(ctx, "finance.month"), Type: "month", Value: v.month})
	return f
}

func kinds(ctx context.Context) (out []ui.Option) {
	for _, k := range []string{ledger.Allocate, ledger.Reclaim, ledger.Unbind, ledger.TopUp, ledger.Withdraw, ledger.Earmark, ledger.Release, ledger.Consume, ledger.Refund, ledger.Adjust, ledger.Reversal} {
		out = append(out, ui.Option{Value: k, Label: i18n.Say(ctx, ledger.PostingLabel(k))})
	}
	return out
}

// ofMonth is the address of the entries behind a line of the roll-up.
func (v entriesView) ofMonth(m ledger.Month) string {
	path := v.Path("/finance/entries") + "?account=" + string(m.Place.Kind) + "&kind=" + m.Kind + "&month=" + m.Month
	if v.st.Owner != v.Account {
		path += "&of=" + v.st.Owner
	}
	return path
}

type recordsView struct {
	door.View
	of    string
	rows  []funds.Record
	pager ui.PagerView
}

func (v recordsView) filters(ctx context.Context) ui.FiltersView {
	q := v.R.URL.Query()
	f := ui.FiltersView{Action: v.Path("/finance/records"), Target: "records", Clear: of(v.Path("/finance/records"), v.of, v.Account), Fields: []ui.FieldView{
		{Name: "number", Label: i18n.T(ctx, "finance.number"), Type: "search", Value: q.Get("number")},
		{Name: "kind", Label: i18n.T(ctx, "finance.all_kinds"), Value: q.Get("kind"), Options: kinds(ctx)[:3]},
		{Name: "from", Label: i18n.T(ctx, "finance.from"), Type: "date", Value: q.Get("from")},
		{Name: "to", Label: i18n.T(ctx, "finance.to"), Type: "date", Value: q.Get("to")},
	}}
	if v.of != v.Account {
		f.Hidden = [][2]string{{"of", v.of}}
	}
	return f
}

type transferView struct {
	door.View
	x funds.Transfer
}

func (v transferView) head(ctx context.Context) ui.HeadView {
	a := i18n.A{"sum": i18n.From(ctx).Money(v.x.Minor, ledger.Currency(v.x.Unit)), "from": v.x.Names[v.x.Payer], "to": v.x.Names[v.x.Payee]}
	h := ui.HeadView{Title: i18n.T(ctx, "finance.transfer", i18n.A{"number": v.x.Number()}), State: i18n.T(ctx, "finance.transfer.state", a),
		Next: i18n.T(ctx, "finance.transfer.next"), Trail: []ui.Crumb{{Href: v.Path("/finance/entries"), Label: i18n.T(ctx, "finance.tab.entries")}}}
	if v.x.ReversedBy != "" {
		h.Next = i18n.T(ctx, "finance.transfer.reversed")
	}
	return h
}

func count(n int64) string { return strconv.FormatInt(n, 10) }

func (v moveView) ticked(id string) bool {
	for _, x := range v.Values("id", nil) {
		if x == id {
			return true
		}
	}
	return false
}

// toLink leads to the form of one receiver.
func toLink(path string, v overviewView, id string) string {
	link := path + "?to=" + id
	if v.of != v.Account {
		link += "&of=" + v.of
	}
	return link
}
