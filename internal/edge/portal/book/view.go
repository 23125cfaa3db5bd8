package book

import (
	"context"
	"net/url"
	"slices"

	"hanse/internal/domain/account"
	"hanse/internal/domain/ledger"
	"hanse/internal/edge/portal/door"
	"hanse/internal/edge/portal/ui"
	"hanse/internal/kit/actor"
	"hanse/internal/kit/i18n"
)

type overviewView struct {
	door.View
	sums      []ledger.Sum
	checks    []ledger.Proof
	companies []account.Account
	money     [len(shown)]map[string]ledger.Balance
	q         string
	after     string
	first     string
}

// newest is the newest check that has ended.
func (v overviewView) newest() (ledger.Proof, bool) {
	i := slices.IndexFunc(v.checks, func(p ledger.Proof) bool { return p.State != "waiting" })
	if i < 0 {
		return ledger.Proof{}, false
	}
	return v.checks[i], true
}

func (v overviewView) state(ctx context.Context) string {
	for _, u := range v.sums {
		if u.Minor != 0 || u.Clearing != 0 {
			return i18n.T(ctx, "books.off")
		}
	}
	p, ok := v.newest()
	switch {
	case !ok:
		return i18n.T(ctx, "books.sums_hold")
	case p.State == "sound":
		return i18n.T(ctx, "books.sound", i18n.A{"at": i18n.From(ctx).DateTime(p.Ended), "n": int(p.Report.Transfers)})
	}
	return i18n.T(ctx, "books.unsound", i18n.A{"at": i18n.From(ctx).DateTime(p.Ended), "n": len(p.Report.Findings)})
}

func (v overviewView) next(ctx context.Context) string {
	if p, ok := v.newest(); ok && p.State != "sound" {
		return i18n.T(ctx, "books.next_unsound")
	}
	return i18n.T(ctx, "books.next")
}

func (v overviewView) filters(ctx context.Context) ui.FiltersView {
	return ui.FiltersView{Action: "/books", Target: "companies", Fields: []ui.FieldView{
		{Name: "q", Type: "search", Label: i18n.T(ctx, "books.search"), Value: v.q},
		{Name: "kind", Label: i18n.T(ctx, "books.company_kind"), Value: v.R.URL.Query().Get("kind"), Options: []ui.Option{
			{Value: "", Label: i18n.T(ctx, "books.all_kinds")},
			{Value: "partner", Label: i18n.Say(ctx, account.KindLabel(actor.Partner))},
			{Value: "customer", Label: i18n.Say(ctx, account.KindLabel(actor.Customer))},
			{Value: "vendor", Label: i18n.Say(ctx, account.KindLabel(actor.Vendor))}}},
	}}
}

func stateTone(state string) ui.Tone {
	switch state {
	case "sound":
		return ui.Good
	case "waiting":
		return ui.Info
	}
	return ui.Bad
}

func stateText(ctx context.Context, state string) string {
	switch state {
	case "sound":
		return i18n.T(ctx, "books.state.sound")
	case "waiting":
		return i18n.T(ctx, "books.state.waiting")
	case "unsound":
		return i18n.T(ctx, "books.state.unsound")
	}
	return i18n.T(ctx, "books.state.failed")
}

func askedBy(ctx context.Context, p ledger.Proof) string {
	if p.AskedBy == "" {
		return i18n.T(ctx, "books.nightly")
	}
	return p.AskedBy
}

type checkView struct {
	door.View
	p ledger.Proof
}

func (v checkView) state(ctx context.Context) string {
	switch v.p.State {
	case "waiting":
		return i18n.T(ctx, "books.check.waiting")
	case "sound":
		return i18n.T(ctx, "books.check.sound", i18n.A{"n": int(v.p.Report.Transfers)})
	}
	return i18n.T(ctx, "books.check.unsound", i18n.A{"n": len(v.p.Report.Findings)})
}

func (v checkView) next(ctx context.Context) string {
	switch v.p.State {
	case "waiting":
		return i18n.T(ctx, "books.check.reload")
	case "sound":
		return i18n.T(ctx, "books.check.head")
	}
	return i18n.T(ctx, "books.next_unsound")
}

func (v checkView) facts(ctx context.Context) []ui.Fact {
	l, r := i18n.From(ctx), v.p.Report
	out := []ui.Fact{{Label: i18n.T(ctx, "books.asked_by"), Value: askedBy(ctx, v.p)}, {Label: i18n.T(ctx, "books.asked_at"), Value: l.DateTime(v.p.AskedAt)}}
	if v.p.State == "waiting" {
		return out
	}
	return append(out,
		ui.Fact{Label: i18n.T(ctx, "books.ended"), Value: l.DateTime(v.p.Ended)},
		ui.Fact{Label: i18n.T(ctx, "books.owners"), Value: l.Int(r.Owners)},
		ui.Fact{Label: i18n.T(ctx, "books.accounts"), Value: l.Int(r.Accounts)},
		ui.Fact{Label: i18n.T(ctx, "books.transfers"), Value: l.Int(r.Transfers)},
		ui.Fact{Label: i18n.T(ctx, "books.entries"), Value: l.Int(r.Entries)},
		ui.Fact{Label: i18n.T(ctx, "books.holds"), Value: l.Int(r.Holds)},
		ui.Fact{Label: i18n.T(ctx, "books.sealed"), Value: l.Int(r.Sealed)},
		ui.Fact{Label: i18n.T(ctx, "books.chain_head"), Value: r.Head})
}

type bookView struct {
	door.View
	id, name string
	accounts []ledger.Balance
	sums     map[string]int64
	names    map[string]string
}

func (v bookView) state(ctx context.Context) string {
	for _, n := range v.sums {
		if n != 0 {
			return i18n.T(ctx, "books.off")
		}
	}
	return i18n.T(ctx, "books.book.zero", i18n.A{"n": len(v.accounts)})
}

// href leads to an account's entries.
func entriesHref(p ledger.Place) string {
	q := url.Values{"kind": {string(p.Kind)}, "unit": {p.Unit}}
	if p.Ref != "" {
		q.Set("ref", p.Ref)
	}
	return "/books/of/" + p.Owner + "/entries?" + q.Encode()
}

// title is an account in words.
func title(ctx context.Context, p ledger.Place, names map[string]string) string {
	s := i18n.Say(ctx, ledger.KindLabel(p.Kind))
	switch {
	case p.Ref == "":
		return s
	case names[p.Ref] != "":
		return s + ": " + names[p.Ref]
	}
	return s + ": " + p.Ref
}

// amount writes minor units of a unit.
func amount(ctx context.Context, minor int64, unit string) string {
	return i18n.From(ctx).Money(minor, ledger.Currency(unit))
}

func balanceTone(b ledger.Balance) ui.Tone {
	switch b.State {
	case ledger.Frozen:
		return ui.Warn
	case ledger.Closed:
		return ui.Neutral
	}
	return ui.Good
}

func accountState(ctx context.Context, b ledger.Balance) string {
	switch b.State {
	case ledger.Frozen:
		return i18n.T(ctx, "books.account.frozen")
	case ledger.Closed:
		return i18n.T(ctx, "books.account.closed")
	}
	return i18n.T(ctx, "books.account.open")
}

type entriesView struct {
	door.View
	place ledger.Place
	name  string
	rows  []ledger.Entry
	names map[string]string
	month string
	after string
	first string
}

func (v entriesView) filters(ctx context.Context) ui.FiltersView {
	return ui.FiltersView{Action: "/books/of/" + v.place.Owner + "/entries", Target: "entries",
		Hidden: [][2]string{{"kind", string(v.place.Kind)}, {"unit", v.place.Unit}, {"ref", v.place.Ref}},
		Fields: []ui.FieldView{{Name: "month", Type: "month", Label: i18n.T(ctx, "books.month"), Value: v.month}}}
}

type transferView struct {
	door.View
	t        ledger.Transfer
	entries  []ledger.Entry
	reversed string
	names    map[string]string
}

func (v transferView) state(ctx context.Context) string {
	return i18n.T(ctx, "books.transfer.state", i18n.A{"amount": amount(ctx, v.t.Minor, v.t.Unit), "payer": v.names[v.t.Payer], "payee": v.names[v.t.Payee],
		"at": i18n.From(ctx).DateTime(v.t.At)})
}

func (v transferView) facts(ctx context.Context) []ui.Fact {
	out := []ui.Fact{
		{Label: i18n.T(ctx, "books.transfer.kind"), Value: i18n.Say(ctx, ledger.PostingLabel(v.t.Kind))},
		{Label: i18n.T(ctx, "books.transfer.by"), Value: v.t.ByName},
		{Label: i18n.T(ctx, "books.transfer.memo"), Value: v.t.Memo},
		{Label: i18n.T(ctx, "books.transfer.subject"), Value: v.t.Subject},
		{Label: i18n.T(ctx, "books.transfer.key"), Value: v.t.Key},
		{Label: i18n.T(ctx, "books.transfer.raw"), Value: ledger.Text(v.t.Minor, v.t.Unit) + " " + v.t.Unit},
	}
	return slices.DeleteFunc(out, func(f ui.Fact) bool { return f.Value == "" })
}

func companyColumns(ctx context.Context) []ui.Column {
	out := []ui.Column{{Label: i18n.T(ctx, "books.company")}, {Label: i18n.T(ctx, "books.company_kind")}}
	for _, k := range shown {
		out = append(out, ui.Column{Label: i18n.Say(ctx, ledger.KindLabel(k)), Num: true})
	}
	return out
}

func accountColumns(ctx context.Context) []ui.Column {
	return []ui.Column{{Label: i18n.T(ctx, "books.account")}, {Label: i18n.T(ctx, "books.unit")}, {Label: i18n.T(ctx, "books.balance"), Num: true},
		{Label: i18n.T(ctx, "books.held"), Num: true}, {Label: i18n.T(ctx, "books.minimum"), Num: true}, {Label: i18n.T(ctx, "books.entries"), Num: true},
		{Label: i18n.T(ctx, "books.state")}}
}

func entryColumns(ctx context.Context) []ui.Column {
	return []ui.Column{{Label: i18n.T(ctx, "books.at")}, {Label: i18n.T(ctx, "books.no"), Num: true}, {Label: i18n.T(ctx, "books.posting")},
		{Label: i18n.T(ctx, "books.other")}, {Label: i18n.T(ctx, "books.memo")}, {Label: i18n.T(ctx, "books.amount"), Num: true}, {Label: i18n.T(ctx, "books.after"), Num: true}}
}
