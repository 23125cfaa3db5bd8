package voucher

import (
	"context"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/a-h/templ"

	"hanse/internal/domain/account"
	"hanse/internal/domain/voucher"
	"hanse/internal/edge/portal/site"
	"hanse/internal/edge/portal/ui"
	"hanse/internal/kit/actor"
	"hanse/internal/kit/calendar"
	"hanse/internal/kit/fault"
	"hanse/internal/kit/i18n"
	"hanse/internal/kit/money"
)

// desk adds the vendor's own pages: grants of quotas.
func (p pages) desk() {
	p.Page("GET /quotas", p.grants)
	p.Page("GET /quotas/new", p.grantForm)
	p.Page("POST /quotas", p.grant)
	p.Page("GET /quotas/{id}", p.quota)
	p.Page("GET /quotas/{id}/adjust", p.adjustForm)
	p.Page("POST /quotas/{id}/adjust", p.adjust)
	p.Page("POST /quotas/{id}/decide", p.decide)
	p.Page("POST /quotas/{id}/state", p.state)
}

func (p pages) grants(w http.ResponseWriter, r *http.Request) error {
	if !site.Vendor(r) {
		return fault.NotFound()
	}
	ctx, q := r.Context(), r.URL.Query()
	f := voucher.QuotaFilter{Partner: q.Get("partner"), Kind: kindOf(r), Page: after(r)}
	if s := q.Get("state"); s != "" {
		f.States = []voucher.QuotaState{voucher.QuotaState(s)}
	}
	qs, _, err := p.s.Quotas(ctx, site.By(r), f)
	if err != nil {
		return err
	}
	v := p.view(r)
	l := list{view: v, title: i18n.M("vouchers.grants"), files: "/vouchers/export/quotas", actions: grantButton(v),
		columns: columns(ctx, "vouchers.f.quota", "vouchers.f.partner", "vouchers.f.kind", "vouchers.f.state", num("vouchers.f.value"), num("vouchers.f.left"), "vouchers.f.until"),
		empty:   ui.EmptyView{Icon: "ticket", Title: i18n.T(ctx, "vouchers.grants.empty"), Text: i18n.T(ctx, "vouchers.grants.empty_text"), Action: grantButton(v)},
		filters: &ui.FiltersView{Action: "/quotas", Target: "list", Fields: []ui.FieldView{kindField(ctx, q.Get("kind")), allStatesField(ctx, q.Get("state"))}}}
	waiting := 0
	for _, x := range qs {
		if x.Kept == voucher.Proposed || x.Pending != nil {
			waiting++
		}
		l.rows = append(l.rows, row{link("/quotas/"+x.ID, x.ID), name(x.HolderName), words(x.Kind.Label()), quotaStatus(x.State(v.now)), amount(x.Value, x.Currency), amount(x.Balance, x.Currency), at(x.ExpireAt)})
	}
	l.more(r, len(qs), lastQuota(qs))
	l.state, l.next = i18n.T(ctx, "vouchers.grants.state", i18n.A{"n": waiting}), i18n.T(ctx, "vouchers.grants.next")
	return p.Show(w, r, http.StatusOK, listPage(l))
}

// A granting is the form of a quota: a new one, or one that is adjusted.
type granting struct {
	view
	partners []account.Account
	key      string
	x        *voucher.Quota // that is adjusted
}

func (p pages) partners(ctx context.Context, by actor.Actor) (out []account.Account, err error) {
	list, _, err := p.Accounts.List(ctx, by, account.Filter{Kind: actor.Partner, Limit: 200})
	for _, a := range list {
		if a.State == account.Active {
			out = append(out, a)
		}
	}
	return out, err
}

func (p pages) grantForm(w http.ResponseWriter, r *http.Request) error {
	if err := site.By(r).May(actor.GrantQuotas); err != nil {
		return err
	}
	v := granting{view: p.view(r), key: p.key(r)}
	var err error
	if v.partners, err = p.partners(r.Context(), v.By); err != nil {
		return err
	}
	return p.Show(w, r, http.StatusOK, grantPage(v))
}

func (p pages) grant(w http.ResponseWriter, r *http.Request) error {
	if err := site.Form(w, r); err != nil {
		return err
	}
	v := granting{view: p.view(r), key: p.key(r)}
	var fs fault.Fields
	kind, _ := strconv.Atoi(r.PostFormValue("kind")) // one of two radio buttons
	in := voucher.NewQuota{Partner: partnerOf(r), Kind: voucher.Kind(kind), Currency: r.PostFormValue("currency"), Minor: money.Field(&fs, "amount", r.PostFormValue("amount")),
		EffectiveAt: day(&fs, r, "effective_at", false), ExpireAt: day(&fs, r, "expire_at", true), Limits: limits(&fs, r), Memo: r.PostFormValue("memo"), Key: r.PostFormValue("key")}
	err := fs.Err()
	var q voucher.Quota
	if err == nil {
		q, err = p.s.Grant(r.Context(), v.By, in)
	}
	if err == nil {
		if q.Kept == voucher.Proposed {
			return p.Go(w, r, "/quotas/"+q.ID, i18n.M("vouchers.grant.proposed"))
		}
		return p.Go(w, r, "/quotas/"+q.ID, i18n.M("vouchers.grant.done"))
	}
	if f := fault.Of(err); f == nil || f.Kind == fault.KindDenied {
		return err
	}
	list, lerr := p.partners(r.Context(), v.By)
	if lerr != nil {
		return lerr
	}
	v.partners = list
	return p.Refused(w, r, err, func(errs []ui.FieldError) templ.Component { v.Errs = errs; return grantPage(v) })
}

// partnerOf is the partner that was chosen, or whose id was typed.
func partnerOf(r *http.Request) string {
	if typed := strings.TrimSpace(r.PostFormValue("partner_id")); typed != "" {
		return typed
	}
	return r.PostFormValue("partner")
}

// limits reads the part of a form that says what a quota's vouchers are for.
func limits(fs *fault.Fields, r *http.Request) (l voucher.Limits) {
	optional := func(field string) int64 {
		if strings.TrimSpace(r.PostFormValue(field)) == "" {
			return 0
		}
		return money.Field(fs, field, r.PostFormValue(field))
	}
	count := func(field string) int64 {
		text := strings.TrimSpace(r.PostFormValue(field))
		n, err := strconv.ParseInt(text, 10, 64)
		if text != "" && (err != nil || n < 0) {
			fs.Add(field, text, i18n.M("voucher.field.number"))
		}
		return n
	}
	share := func(field string) int64 {
		text := strings.TrimSpace(r.PostFormValue(field))
		n, ok := voucher.ParseShare(text)
		if text != "" && !ok {
			fs.Add(field, text, i18n.M("voucher.field.ratio"))
		}
		return n
	}
	has := func(v string) bool {
		for _, x := range r.PostForm["rules"] {
			if x == v {
				return true
			}
		}
		return false
	}
	return voucher.Limits{Services: words1(r, "services"), Products: words1(r, "products"), Regions: words1(r, "regions"), Customers: words1(r, "customers"), Orders: r.PostForm["orders"],
		FaceMin: optional("face_min"), FaceMax: optional("face_max"), PerCustomer: count("per_customer"), ValueEach: optional("value_each"), Times: count("times"),
		MaxRatio: share("max_ratio"), MinRate: share("min_discount"), FirstOnly: has("first_only"), FirstBuy: has("first_buy"), NoPartner: has("no_partner"), NoDeal: has("no_deal"),
		NoPromo: has("no_promo"), OwnUse: has("own_use")}
}

func edition(r *http.Request) int64 {
	n, err := strconv.ParseInt(r.PostFormValue("edition"), 10, 64)
	if err != nil {
		return -1
	}
	return n
}

func (p pages) adjustForm(w http.ResponseWriter, r *http.Request) error {
	if err := site.By(r).May(actor.GrantQuotas); err != nil {
		return err
	}
	x, err := p.s.Quota(r.Context(), site.By(r), r.PathValue("id"))
	if err != nil {
		return err
	}
	return p.Show(w, r, http.StatusOK, grantPage(granting{view: p.view(r), x: &x}))
}

func (p pages) adjust(w http.ResponseWriter, r *http.Request) error {
	if err := site.Form(w, r); err != nil {
		return err
	}
	x, err := p.s.Quota(r.Context(), site.By(r), r.PathValue("id"))
	if err != nil {
		return err
	}
	var fs fault.Fields
	c := voucher.Change{Minor: money.Field(&fs, "amount", r.PostFormValue("amount")), EffectiveAt: keep(x.EffectiveAt, day(&fs, r, "effective_at", false), false),
		ExpireAt: keep(x.ExpireAt, day(&fs, r, "expire_at", true), true), Limits: limits(&fs, r)}
	if err = fs.Err(); err == nil {
		_, err = p.s.Adjust(r.Context(), site.By(r), x.Account, x.ID, edition(r), c)
	}
	if err != nil {
		v := granting{view: p.view(r), x: &x}
		return p.Refused(w, r, err, func(errs []ui.FieldError) templ.Component { v.Errs = errs; return grantPage(v) })
	}
	return p.Go(w, r, "/quotas/"+x.ID, i18n.M("vouchers.adjusted"))
}

// keep is the instant that stands while its day wasn't changed.
func keep(old, now time.Time, end bool) time.Time {
	if now.IsZero() || shownDay(old, end) == shownDay(now, end) {
		return old
	}
	return now
}

// shownDay is the day that a form shows for an instant; an end that is midnight is the day before.
func shownDay(t time.Time, end bool) string {
	if end {
		t = t.Add(-time.Microsecond)
	}
	return calendar.DayOf(t).String()
}

func (p pages) decide(w http.ResponseWriter, r *http.Request) error {
	return p.step(w, r, i18n.M("vouchers.decided"), func(ctx context.Context, x voucher.Quota) error {
		_, err := p.s.Decide(ctx, site.By(r), x.Account, x.ID, edition(r), r.PostFormValue("agree") == "yes")
		return err
	})
}

func (p pages) state(w http.ResponseWriter, r *http.Request) error {
	return p.step(w, r, i18n.M("vouchers.adjusted"), func(ctx context.Context, x voucher.Quota) error {
		_, err := p.s.SetState(ctx, site.By(r), x.Account, x.ID, edition(r), voucher.QuotaState(r.PostFormValue("to")))
		return err
	})
}

// step does something with a quota and shows it again.
func (p pages) step(w http.ResponseWriter, r *http.Request, done i18n.Msg, do func(context.Context, voucher.Quota) error) error {
	if err := site.Form(w, r); err != nil {
		return err
	}
	x, err := p.s.Quota(r.Context(), site.By(r), r.PathValue("id"))
	if err != nil {
		return err
	}
	if err := do(r.Context(), x); err != nil {
		return p.oneQuota(w, r, err)
	}
	return p.Go(w, r, "/quotas/"+x.ID, done)
}
