// Package voucher holds the pages of voucher quotas, vouchers and pickup vouchers: a partner's, a customer's own, and
// the vendor's grants.
package voucher

import (
	"cmp"
	"context"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/a-h/templ"

	"hanse/internal/domain/account"
	"hanse/internal/domain/confirm"
	"hanse/internal/domain/ledger"
	"hanse/internal/domain/voucher"
	"hanse/internal/edge/portal/door"
	"hanse/internal/edge/portal/site"
	"hanse/internal/edge/portal/ui"
	"hanse/internal/kit/actor"
	"hanse/internal/kit/db"
	"hanse/internal/kit/i18n"
	"hanse/internal/kit/money"
)

type pages struct {
	*site.Site
	s     *voucher.Service
	codes *confirm.Service
	read  db.Querier
}

// Register adds the pages.
func Register(s *site.Site, vouchers *voucher.Service, codes *confirm.Service, d *db.DB) {
	p := pages{s, vouchers, codes, d.Read()}
	s.Page("GET /vouchers", p.home)
	s.Page("GET /vouchers/children", p.children)
	s.Page("GET /vouchers/issued", p.issued)
	s.Page("GET /vouchers/pickups", p.pickups)
	s.Page("GET /vouchers/records", p.records)
	s.Page("GET /vouchers/quotas/{id}", p.quota)
	s.Page("GET /vouchers/issue", p.issueForm)
	s.Page("POST /vouchers/issue", p.issue)
	s.Page("GET /vouchers/split", p.splitForm)
	s.Page("POST /vouchers/split", p.split)
	s.Page("GET /vouchers/take-back", p.takeBackForm)
	s.Page("POST /vouchers/take-back", p.takeBack)
	s.Page("GET /vouchers/pickups/new", p.pickupForm)
	s.Page("POST /vouchers/pickups", p.buyPickup)
	s.Page("GET /vouchers/issued/{id}", p.voucher)
	s.Page("GET /vouchers/issued/{id}/reclaim", p.reclaimForm)
	s.Page("POST /vouchers/issued/{id}/reclaim", p.reclaim)
	s.Page("POST /vouchers/issued/{id}/freeze", p.freeze)
	s.Page("POST /vouchers/issued/{id}/unfreeze", p.freeze)
	door.Exports(s, own, "/vouchers/export/quotas", p.exportQuotas)
	door.Exports(s, own, "/vouchers/export/issued", p.exportIssued)
	door.Exports(s, own, "/vouchers/export/records", p.exportRecords)
	p.desk()
	p.many()
}

// own registers a page about the own company, for every kind of account.
func own(s *site.Site, pattern string, h door.Handler) {
	s.Page(pattern, func(w http.ResponseWriter, r *http.Request) error {
		return h(w, r, door.Door{Account: site.By(r).Account})
	})
}

const perPage = 50

// view is what every page needs.
type view struct {
	door.View
	now         time.Time
	distributor bool
}

func (p pages) view(r *http.Request, errs ...ui.FieldError) view {
	by := site.By(r)
	v := view{View: door.See(p.Site, r, door.Door{Account: by.Account}, errs...), now: p.Clock.Now()}
	if by.Kind == actor.Partner {
		a, err := account.Get(r.Context(), p.read, by.Account)
		v.distributor = err == nil && a.Has(account.Distributor)
	}
	return v
}

// A row of a list: cells, the first one names it.
type row []templ.Component

// A list is a page with one table.
type list struct {
	view
	title   i18n.Msg
	state   string
	next    string
	tab     string
	columns []ui.Column
	rows    []row
	empty   ui.EmptyView
	filters *ui.FiltersView
	actions templ.Component
	files   string
	after   string
	first   string
	trail   []ui.Crumb
	bulk    bool
}

// more sets the links around a page of rows.
func (l *list) more(r *http.Request, n int, last string) {
	if n == perPage {
		l.after = door.After(r, last)
	}
	if r.URL.Query().Get("after") != "" {
		l.first = door.FirstOf(r)
	}
}

func after(r *http.Request) voucher.Page {
	return voucher.Page{Before: r.URL.Query().Get("after"), Limit: perPage}
}

func kindOf(r *http.Request) *voucher.Kind {
	n, err := strconv.Atoi(r.URL.Query().Get("kind"))
	if err != nil {
		return nil
	}
	k := voucher.Kind(n)
	return &k
}

// num marks the heading of a column of figures.
func num(key string) string { return "#" + key }

func columns(ctx context.Context, keys ...string) (out []ui.Column) {
	for _, k := range keys {
		key, figures := strings.CutPrefix(k, "#")
		out = append(out, ui.Column{Label: i18n.Say(ctx, i18n.Msg{Key: key}), Num: figures})
	}
	return out
}

// home is a partner's quotas, and a customer's vouchers.
func (p pages) home(w http.ResponseWriter, r *http.Request) error {
	if site.By(r).Kind == actor.Customer {
		return p.mine(w, r)
	}
	ctx, q := r.Context(), r.URL.Query()
	f := voucher.QuotaFilter{Kind: kindOf(r), Page: after(r)}
	if s := q.Get("state"); s != "" {
		f.States = []voucher.QuotaState{voucher.QuotaState(s)}
	}
	qs, _, err := p.s.Quotas(ctx, site.By(r), f)
	if err != nil {
		return err
	}
	v := p.view(r)
	l := list{view: v, title: i18n.M("vouchers.quotas"), tab: "quotas", files: "/vouchers/export/quotas",
		columns: columns(ctx, "vouchers.f.quota", "vouchers.f.kind", "vouchers.f.state", num("vouchers.f.value"), num("vouchers.f.left"), "vouchers.f.from", "vouchers.f.until"),
		empty:   ui.EmptyView{Icon: "ticket", Title: i18n.T(ctx, "vouchers.quotas.empty"), Text: i18n.T(ctx, "vouchers.quotas.empty_text")},
		filters: &ui.FiltersView{Action: "/vouchers", Target: "list", Fields: []ui.FieldView{kindField(ctx, q.Get("kind")), quotaStateField(ctx, q.Get("state"))}}}
	n := 0
	for _, x := range qs {
		if x.State(v.now) == voucher.Normal && x.Balance > 0 {
			n++
		}
		l.rows = append(l.rows, row{link("/vouchers/quotas/"+x.ID, x.ID), words(x.Kind.Label()), quotaStatus(x.State(v.now)), amount(x.Value, x.Currency), amount(x.Balance, x.Currency), at(x.EffectiveAt), at(x.ExpireAt)})
	}
	l.more(r, len(qs), lastQuota(qs))
	l.state, l.next, l.actions = i18n.T(ctx, "vouchers.quotas.state", i18n.A{"n": n}), i18n.T(ctx, "vouchers.quotas.next"), issueButton(v, "")
	return p.Show(w, r, http.StatusOK, listPage(l))
}

func lastQuota(qs []voucher.Quota) string {
	if len(qs) == 0 {
		return ""
	}
	return qs[len(qs)-1].ID
}

// children are the quotas that a distributor handed to its resellers.
func (p pages) children(w http.ResponseWriter, r *http.Request) error {
	ctx, q := r.Context(), r.URL.Query()
	f := voucher.QuotaFilter{Parent: q.Get("parent"), Partner: q.Get("reseller"), Page: after(r)}
	if s := q.Get("state"); s != "" {
		f.States = []voucher.QuotaState{voucher.QuotaState(s)}
	}
	qs, _, err := p.s.ChildQuotas(ctx, site.By(r), f)
	if err != nil {
		return err
	}
	v := p.view(r)
	l := list{view: v, title: i18n.M("vouchers.children"), tab: "children", bulk: v.Can(actor.SplitQuotas),
		columns: columns(ctx, "vouchers.f.quota", "vouchers.f.reseller", "vouchers.f.parent", "vouchers.f.state", num("vouchers.f.value"), num("vouchers.f.left"), "vouchers.f.until"),
		empty:   ui.EmptyView{Icon: "ticket", Title: i18n.T(ctx, "vouchers.children.empty"), Text: i18n.T(ctx, "vouchers.children.empty_text")},
		filters: &ui.FiltersView{Action: "/vouchers/children", Target: "list", Fields: []ui.FieldView{quotaStateField(ctx, q.Get("state"))}}}
	for _, x := range qs {
		l.rows = append(l.rows, row{tick(l.bulk && x.State(v.now) == voucher.Normal, "/vouchers/quotas/"+x.ID, x.ID), name(x.HolderName), link("/vouchers/quotas/"+x.Parent, x.Parent), quotaStatus(x.State(v.now)), amount(x.Value, x.Currency), amount(x.Balance, x.Currency), at(x.ExpireAt)})
	}
	l.more(r, len(qs), lastQuota(qs))
	l.state, l.next, l.actions = i18n.T(ctx, "vouchers.children.state", i18n.A{"n": len(qs)}), i18n.T(ctx, "vouchers.children.next"), splitButton(v, "")
	return p.Show(w, r, http.StatusOK, listPage(l))
}

func voucherFilter(r *http.Request) voucher.VoucherFilter {
	q := r.URL.Query()
	state, _ := strconv.Atoi(q.Get("state")) // what is no number is no filter
	return voucher.VoucherFilter{Quota: q.Get("quota"), Customer: q.Get("customer"), ID: q.Get("id"), State: voucher.State(state), Kind: kindOf(r), Page: after(r)}
}

// issued are the vouchers that a partner gave.
func (p pages) issued(w http.ResponseWriter, r *http.Request) error {
	ctx, q := r.Context(), r.URL.Query()
	vs, _, err := p.s.Vouchers(ctx, site.By(r), voucherFilter(r))
	if err != nil {
		return err
	}
	v := p.view(r)
	l := list{view: v, title: i18n.M("vouchers.issued"), tab: "issued", files: "/vouchers/export/issued",
		columns: columns(ctx, "vouchers.f.voucher", "vouchers.f.customer", "vouchers.f.kind", "vouchers.f.state", num("vouchers.f.face"), num("vouchers.f.left"), "vouchers.f.until"),
		empty:   ui.EmptyView{Icon: "ticket", Title: i18n.T(ctx, "vouchers.issued.empty"), Text: i18n.T(ctx, "vouchers.issued.empty_text"), Action: issueButton(v, "")},
		filters: &ui.FiltersView{Action: "/vouchers/issued", Target: "list", Fields: []ui.FieldView{{Name: "id", Type: "search", Label: i18n.T(ctx, "vouchers.f.voucher"), Value: q.Get("id")}, stateField(ctx, q.Get("state")), kindField(ctx, q.Get("kind"))},
			Hidden: [][2]string{{"quota", q.Get("quota")}, {"customer", q.Get("customer")}}}}
	for _, x := range vs {
		l.rows = append(l.rows, row{link("/vouchers/issued/"+x.ID, x.ID), name(x.CustomerName), words(x.Kind.Label()), status(x, v.now), amount(x.Face, x.Currency), amount(x.Balance, x.Currency), at(x.ExpireAt)})
	}
	l.more(r, len(vs), lastVoucher(vs))
	l.state, l.next, l.actions = i18n.T(ctx, "vouchers.issued.state", i18n.A{"n": len(vs)}), i18n.T(ctx, "vouchers.issued.next"), issueButton(v, "")
	if v.By.Vendor() {
		l.next, l.actions = i18n.T(ctx, "vouchers.next.vendor"), nil
	}
	return p.Show(w, r, http.StatusOK, listPage(l))
}

func lastVoucher(vs []voucher.Voucher) string {
	if len(vs) == 0 {
		return ""
	}
	return vs[len(vs)-1].ID
}

// mine are a customer's own vouchers.
func (p pages) mine(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	vs, _, err := p.s.Vouchers(ctx, site.By(r), voucherFilter(r))
	if err != nil {
		return err
	}
	v := p.view(r)
	l := list{view: v, title: i18n.M("vouchers.mine"), tab: "mine",
		columns: columns(ctx, "vouchers.f.voucher", "vouchers.f.issuer", "vouchers.f.kind", "vouchers.f.state", num("vouchers.f.face"), num("vouchers.f.left"), "vouchers.f.from", "vouchers.f.until"),
		empty:   ui.EmptyView{Icon: "ticket", Title: i18n.T(ctx, "vouchers.mine.empty"), Text: i18n.T(ctx, "vouchers.mine.empty_text")},
		filters: &ui.FiltersView{Action: "/vouchers", Target: "list", Fields: []ui.FieldView{stateField(ctx, r.URL.Query().Get("state")), kindField(ctx, r.URL.Query().Get("kind"))}}}
	n := 0
	for _, x := range vs {
		if x.State(v.now) == voucher.Usable {
			n++
		}
		l.rows = append(l.rows, row{link("/vouchers/issued/"+x.ID, x.ID), name(x.IssuerName), words(x.Kind.Label()), status(x, v.now), amount(x.Face, x.Currency), amount(x.Balance, x.Currency), at(x.ValidAt), at(x.ExpireAt)})
	}
	l.more(r, len(vs), lastVoucher(vs))
	l.state, l.next = i18n.T(ctx, "vouchers.mine.state", i18n.A{"n": n}), i18n.T(ctx, "vouchers.mine.next")
	return p.Show(w, r, http.StatusOK, listPage(l))
}

// pickups are the pickup vouchers of a partner's customers, or a customer's own.
func (p pages) pickups(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	state, _ := strconv.Atoi(r.URL.Query().Get("state")) // what is no number is no filter
	ps, _, err := p.s.Pickups(ctx, site.By(r), voucher.PickupFilter{State: voucher.State(state), Page: after(r)})
	if err != nil {
		return err
	}
	v, last := p.view(r), ""
	l := list{view: v, title: i18n.M("vouchers.pickups"), tab: "pickups",
		columns: columns(ctx, "vouchers.f.pickup", "vouchers.f.customer", "vouchers.f.state", num("vouchers.f.face"), num("vouchers.f.left"), num("vouchers.f.ratio"), "vouchers.f.orders", "vouchers.f.until"),
		empty:   ui.EmptyView{Icon: "ticket", Title: i18n.T(ctx, "vouchers.pickups.empty"), Text: i18n.T(ctx, "vouchers.pickups.empty_text"), Action: pickupButton(v)},
		filters: &ui.FiltersView{Action: "/vouchers/pickups", Target: "list", Fields: []ui.FieldView{stateField(ctx, r.URL.Query().Get("state"))}}}
	for _, x := range ps {
		l.rows = append(l.rows, row{name(x.ID), name(x.CustomerName), stateStatus(x.State(v.now)), amount(x.Face, x.Currency), amount(x.Balance, x.Currency), name(percent(x.Ratio)), orderKinds(x.Orders), at(x.ExpireAt)})
		last = x.ID
	}
	l.more(r, len(ps), last)
	l.state, l.next, l.actions = i18n.T(ctx, "vouchers.pickups.state", i18n.A{"n": len(ps)}), i18n.T(ctx, "vouchers.pickups.next"), pickupButton(v)
	return p.Show(w, r, http.StatusOK, listPage(l))
}

func recordFilter(r *http.Request) voucher.RecordFilter {
	q := r.URL.Query()
	f := voucher.RecordFilter{Quota: q.Get("quota"), Page: after(r)}
	if id := q.Get("voucher"); id != "" {
		f.Vouchers = []string{id}
	}
	if op, err := strconv.Atoi(q.Get("operation")); err == nil {
		f.Operations = []voucher.Operation{voucher.Operation(op)}
	}
	if failed, err := strconv.ParseBool(q.Get("failed")); err == nil {
		f.Failed = &failed
	}
	return f
}

// records are what was done with quotas and vouchers, and what failed.
func (p pages) records(w http.ResponseWriter, r *http.Request) error {
	ctx, q := r.Context(), r.URL.Query()
	rs, _, err := p.s.Records(ctx, site.By(r), recordFilter(r))
	if err != nil {
		return err
	}
	v, last := p.view(r), ""
	l := list{view: v, title: i18n.M("vouchers.records"), tab: "records", files: "/vouchers/export/records",
		columns: columns(ctx, "vouchers.f.at", "vouchers.f.operation", "vouchers.f.other", "vouchers.f.voucher", "vouchers.f.quota", num("vouchers.f.amount"), "vouchers.f.result", "vouchers.f.remark"),
		empty:   ui.EmptyView{Icon: "checklist", Title: i18n.T(ctx, "vouchers.records.empty"), Text: i18n.T(ctx, "vouchers.records.empty_text")},
		filters: &ui.FiltersView{Action: "/vouchers/records", Target: "list", Fields: []ui.FieldView{operationField(ctx, q.Get("operation")), resultField(ctx, q.Get("failed"))},
			Hidden: [][2]string{{"quota", q.Get("quota")}, {"voucher", q.Get("voucher")}}}}
	for _, x := range rs {
		l.rows = append(l.rows, row{at(x.At), words(x.Operation.Label()), name(cmp.Or(x.OtherName, x.Other)), voucherLink(x.Voucher), quotaLink(x), amount(x.Amount, x.Currency), result(x), name(x.Remark)})
		last = x.ID
	}
	l.more(r, len(rs), last)
	l.state, l.next = i18n.T(ctx, "vouchers.records.state", i18n.A{"n": len(rs)}), i18n.T(ctx, "vouchers.records.next")
	return p.Show(w, r, http.StatusOK, listPage(l))
}

type quotaView struct {
	view
	x       voucher.Quota
	proof   voucher.Proof
	entries []ledger.Entry
	more    bool
}

// quota is one quota with where its value is and the entries behind its balance.
func (p pages) quota(w http.ResponseWriter, r *http.Request) error {
	return p.oneQuota(w, r, nil)
}

func (p pages) oneQuota(w http.ResponseWriter, r *http.Request, refused error) error {
	ctx, by, id := r.Context(), site.By(r), r.PathValue("id")
	x, err := p.s.Quota(ctx, by, id)
	if err != nil {
		return err
	}
	v := quotaView{view: p.view(r), x: x}
	if v.proof, err = p.s.Proof(ctx, by, id); err != nil {
		return err
	}
	if v.entries, err = p.s.QuotaEntries(ctx, by, id, ledger.Mark{}, perPage); err != nil {
		return err
	}
	v.more = len(v.entries) == perPage
	if refused != nil {
		return p.Refused(w, r, refused, func(errs []ui.FieldError) templ.Component { v.Errs = errs; return quotaPage(v) })
	}
	return p.Show(w, r, http.StatusOK, quotaPage(v))
}

type voucherView struct {
	view
	x       voucher.Voucher
	entries []ledger.Entry
}

// voucher is one voucher with its use.
func (p pages) voucher(w http.ResponseWriter, r *http.Request) error { return p.oneVoucher(w, r, nil) }

func (p pages) oneVoucher(w http.ResponseWriter, r *http.Request, refused error) error {
	ctx, by, id := r.Context(), site.By(r), r.PathValue("id")
	x, err := p.s.Voucher(ctx, by, id)
	if err != nil {
		return err
	}
	v := voucherView{view: p.view(r), x: x}
	if v.entries, err = p.s.VoucherEntries(ctx, by, id); err != nil {
		return err
	}
	if refused != nil {
		return p.Refused(w, r, refused, func(errs []ui.FieldError) templ.Component { v.Errs = errs; return voucherPage(v) })
	}
	return p.Show(w, r, http.StatusOK, voucherPage(v))
}

func (v voucherView) issuer() bool { return v.x.Account == v.By.Account && v.Can(actor.IssueVouchers) }

func (v voucherView) reclaimable() bool {
	return v.issuer() && !v.x.Referral && v.x.State(v.now) == voucher.Usable && !v.x.Frozen && v.x.LockOrder == ""
}

// money prints an amount for a page.
func cash(ctx context.Context, minor int64, currency string) string {
	return i18n.From(ctx).Money(minor, currency)
}

func percent(share int64) string { return money.Text(share) + " %" }
