package voucher

import (
	"context"
	"net/http"
	"strings"
	"time"

	"github.com/a-h/templ"

	"hanse/internal/domain/account"
	"hanse/internal/domain/confirm"
	"hanse/internal/domain/voucher"
	"hanse/internal/edge/portal/ask"
	"hanse/internal/edge/portal/site"
	"hanse/internal/edge/portal/ui"
	"hanse/internal/kit/actor"
	"hanse/internal/kit/calendar"
	"hanse/internal/kit/fault"
	"hanse/internal/kit/i18n"
	"hanse/internal/kit/id"
	"hanse/internal/kit/money"
)

// A giving is a form that gives value to several companies out of a quota.
type giving struct {
	view
	quotas  []voucher.Quota
	to      []account.Association
	key     string // made when the form is drawn: sent twice, it's done once
	code    ask.Field
	outcome []voucher.Outcome
}

// key is the form's idempotency key: a new one when the form is drawn, the same while it's corrected.
func (p pages) key(r *http.Request) string {
	if k := r.PostFormValue("key"); k != "" {
		return k
	}
	return id.New("key", p.Clock.Wall())
}

// names are the ids that were ticked and those that were typed, separated by anything.
func names(r *http.Request, field string) []string {
	typed := strings.FieldsFunc(r.PostFormValue("ids"), func(c rune) bool { return c == ',' || c == ';' || c == '，' || c <= ' ' })
	return append(append([]string{}, r.PostForm[field]...), typed...)
}

func words1(r *http.Request, field string) []string {
	return strings.FieldsFunc(r.PostFormValue(field), func(c rune) bool { return c == ',' || c == '，' || c <= ' ' })
}

// day reads a day of the business zone: its first instant, or its end. Nothing typed is the zero instant.
func day(fs *fault.Fields, r *http.Request, field string, end bool) time.Time {
	text := strings.TrimSpace(r.PostFormValue(field))
	if text == "" {
		return time.Time{}
	}
	d, err := calendar.ParseDay(text)
	if err != nil {
		fs.Add(field, text, i18n.M("voucher.field.time"))
		return time.Time{}
	}
	if end {
		return (d + 1).Time()
	}
	return d.Time()
}

// usableQuotas are the quotas that something can be given from, of the page's partner.
func (p pages) usableQuotas(r *http.Request) ([]voucher.Quota, error) {
	qs, _, err := p.s.Quotas(r.Context(), site.By(r), voucher.QuotaFilter{Partner: r.FormValue("partner"), States: []voucher.QuotaState{voucher.Normal}, Page: voucher.Page{Limit: 500}})
	out := qs[:0]
	for _, q := range qs {
		if q.Balance > 0 || q.ID == r.FormValue("quota") {
			out = append(out, q)
		}
	}
	return out, err
}

func (p pages) giving(r *http.Request, op confirm.Operation, resellers bool) (v giving, err error) {
	v = giving{view: p.view(r), key: p.key(r)}
	if v.quotas, err = p.usableQuotas(r); err != nil {
		return v, err
	}
	if v.to, err = p.s.Recipients(r.Context(), v.By, r.FormValue("partner"), resellers); err != nil {
		return v, err
	}
	v.code, err = ask.For(r, p.read, p.codes, op)
	return v, err
}

func (p pages) issueForm(w http.ResponseWriter, r *http.Request) error {
	if err := site.By(r).May(actor.IssueVouchers); err != nil {
		return err
	}
	v, err := p.giving(r, confirm.Voucher, false)
	if err != nil {
		return err
	}
	return p.Show(w, r, http.StatusOK, issuePage(v))
}

func (p pages) issueOf(r *http.Request) (in voucher.Issue, err error) {
	var fs fault.Fields
	in = voucher.Issue{Partner: r.PostFormValue("partner"), Quota: r.PostFormValue("quota"), Customers: names(r, "customer"), Minor: money.Field(&fs, "amount", r.PostFormValue("amount")),
		ValidAt: day(&fs, r, "valid_time", false), ExpireAt: day(&fs, r, "expire_time", true), Services: words1(r, "services"), Products: words1(r, "products"),
		Memo: r.PostFormValue("memo"), Key: r.PostFormValue("key"), Code: r.PostFormValue("code")}
	return in, fs.Err()
}

func (p pages) issue(w http.ResponseWriter, r *http.Request) error {
	if err := site.Form(w, r); err != nil {
		return err
	}
	v, err := p.giving(r, confirm.Voucher, false)
	if err != nil {
		return err
	}
	in, err := p.issueOf(r)
	if err == nil && ask.Wanted(r) {
		if v.code, err = ask.Send(r, p.codes, confirm.Voucher, in.About()); err != nil {
			return err
		}
		return p.Show(w, r, http.StatusOK, issuePage(v))
	}
	if err == nil {
		v.outcome, err = p.s.Issue(r.Context(), v.By, in)
	}
	return p.given(w, r, v, err, issuePage)
}

// given shows what became of each, or the form again with what was refused.
func (p pages) given(w http.ResponseWriter, r *http.Request, v giving, err error, form func(giving) templ.Component) error {
	if err == nil {
		return p.Show(w, r, http.StatusOK, outcomePage(v))
	}
	return p.Refused(w, r, err, func(errs []ui.FieldError) templ.Component {
		v.code, v.Errs = v.code.Refused(r, err), errs
		return form(v)
	})
}

func (p pages) splitForm(w http.ResponseWriter, r *http.Request) error {
	if err := site.By(r).May(actor.SplitQuotas); err != nil {
		return err
	}
	v, err := p.giving(r, confirm.Quota, true)
	if err != nil {
		return err
	}
	return p.Show(w, r, http.StatusOK, splitPage(v))
}

func (p pages) split(w http.ResponseWriter, r *http.Request) error {
	if err := site.Form(w, r); err != nil {
		return err
	}
	v, err := p.giving(r, confirm.Quota, true)
	if err != nil {
		return err
	}
	var fs fault.Fields
	in := voucher.Split{Quota: r.PostFormValue("quota"), Resellers: names(r, "reseller"), Minor: money.Field(&fs, "amount", r.PostFormValue("amount")),
		Memo: r.PostFormValue("memo"), Key: r.PostFormValue("key"), Code: r.PostFormValue("code")}
	if err = fs.Err(); err == nil && ask.Wanted(r) {
		if v.code, err = ask.Send(r, p.codes, confirm.Quota, in.About()); err != nil {
			return err
		}
		return p.Show(w, r, http.StatusOK, splitPage(v))
	}
	if err == nil {
		v.outcome, err = p.s.Split(r.Context(), v.By, in)
	}
	return p.given(w, r, v, err, splitPage)
}

// A taking is the page before value is taken back.
type taking struct {
	view
	ids  []string
	code ask.Field
}

func (p pages) takeBackForm(w http.ResponseWriter, r *http.Request) error {
	if err := site.By(r).May(actor.SplitQuotas); err != nil {
		return err
	}
	v := taking{view: p.view(r), ids: r.URL.Query()["id"]}
	if len(v.ids) == 0 {
		return p.Go(w, r, "/vouchers/children", i18n.Msg{})
	}
	var err error
	if v.code, err = ask.For(r, p.read, p.codes, confirm.Quota); err != nil {
		return err
	}
	return p.Show(w, r, http.StatusOK, takeBackPage(v))
}

func (p pages) takeBack(w http.ResponseWriter, r *http.Request) error {
	if err := site.Form(w, r); err != nil {
		return err
	}
	v := taking{view: p.view(r), ids: r.PostForm["id"]}
	in := voucher.TakeBack{Quotas: v.ids, Remark: r.PostFormValue("remark"), Code: r.PostFormValue("code")}
	var err error
	if v.code, err = ask.For(r, p.read, p.codes, confirm.Quota); err != nil {
		return err
	}
	if ask.Wanted(r) {
		if v.code, err = ask.Send(r, p.codes, confirm.Quota, in.About()); err != nil {
			return err
		}
		return p.Show(w, r, http.StatusOK, takeBackPage(v))
	}
	out, err := p.s.TakeBack(r.Context(), v.By, in)
	if err != nil {
		return p.Refused(w, r, err, func(errs []ui.FieldError) templ.Component {
			v.code, v.Errs = v.code.Refused(r, err), errs
			return takeBackPage(v)
		})
	}
	return p.Show(w, r, http.StatusOK, outcomePage(giving{view: v.view, outcome: out}))
}

type reclaiming struct {
	view
	x    voucher.Voucher
	code ask.Field
}

func (p pages) reclaiming(r *http.Request) (v reclaiming, err error) {
	v.view = p.view(r)
	if v.x, err = p.s.Voucher(r.Context(), v.By, r.PathValue("id")); err != nil {
		return v, err
	}
	v.code, err = ask.For(r, p.read, p.codes, confirm.Voucher)
	return v, err
}

func (p pages) reclaimForm(w http.ResponseWriter, r *http.Request) error {
	if err := site.By(r).May(actor.IssueVouchers); err != nil {
		return err
	}
	v, err := p.reclaiming(r)
	if err != nil {
		return err
	}
	return p.Show(w, r, http.StatusOK, reclaimPage(v))
}

func (p pages) reclaim(w http.ResponseWriter, r *http.Request) error {
	if err := site.Form(w, r); err != nil {
		return err
	}
	v, err := p.reclaiming(r)
	if err != nil {
		return err
	}
	in := voucher.Reclaim{Partner: v.x.Account, Voucher: v.x.ID, Remark: r.PostFormValue("remark"), Code: r.PostFormValue("code")}
	if ask.Wanted(r) {
		if v.code, err = ask.Send(r, p.codes, confirm.Voucher, in.About()); err != nil {
			return err
		}
		return p.Show(w, r, http.StatusOK, reclaimPage(v))
	}
	_, taken, err := p.s.Reclaim(r.Context(), v.By, in)
	if err != nil {
		return p.Refused(w, r, err, func(errs []ui.FieldError) templ.Component {
			v.code, v.Errs = v.code.Refused(r, err), errs
			return reclaimPage(v)
		})
	}
	return p.Go(w, r, "/vouchers/issued/"+v.x.ID, i18n.M("vouchers.reclaimed", i18n.A{"amount": money.Text(taken)}))
}

func (p pages) freeze(w http.ResponseWriter, r *http.Request) error {
	frozen := strings.HasSuffix(r.URL.Path, "/freeze")
	v, err := p.s.Voucher(r.Context(), site.By(r), r.PathValue("id"))
	if err == nil {
		_, err = p.s.SetFrozen(r.Context(), site.By(r), v.Account, v.ID, frozen)
	}
	if err != nil {
		return p.oneVoucher(w, r, err)
	}
	if frozen {
		return p.Go(w, r, "/vouchers/issued/"+v.ID, i18n.M("vouchers.frozen"))
	}
	return p.Go(w, r, "/vouchers/issued/"+v.ID, i18n.M("vouchers.unfrozen"))
}

func (p pages) pickupForm(w http.ResponseWriter, r *http.Request) error {
	if err := site.By(r).May(actor.BuyPickups); err != nil {
		return err
	}
	v, err := p.giving(r, confirm.Voucher, false)
	if err != nil {
		return err
	}
	return p.Show(w, r, http.StatusOK, pickupPage(v))
}

func (p pages) buyPickup(w http.ResponseWriter, r *http.Request) error {
	if err := site.Form(w, r); err != nil {
		return err
	}
	v, err := p.giving(r, confirm.Voucher, false)
	if err != nil {
		return err
	}
	var fs fault.Fields
	ratio, ok := voucher.ParseShare(r.PostFormValue("ratio"))
	if !ok {
		fs.Add("ratio", r.PostFormValue("ratio"), i18n.M("voucher.field.ratio"))
	}
	in := voucher.NewPickup{Customer: r.PostFormValue("customer"), Currency: "CNY", Minor: money.Field(&fs, "amount", r.PostFormValue("amount")), Ratio: ratio, Orders: r.PostForm["orders"],
		Services: words1(r, "services"), Products: words1(r, "products"), ValidAt: day(&fs, r, "valid_time", false), ExpireAt: day(&fs, r, "expire_at", true),
		Memo: r.PostFormValue("memo"), Key: r.PostFormValue("key"), Code: r.PostFormValue("code")}
	if err = fs.Err(); err == nil && ask.Wanted(r) {
		if v.code, err = ask.Send(r, p.codes, confirm.Voucher, in.About()); err != nil {
			return err
		}
		return p.Show(w, r, http.StatusOK, pickupPage(v))
	}
	if err == nil {
		_, err = p.s.BuyPickup(r.Context(), v.By, in)
	}
	if err != nil {
		return p.Refused(w, r, err, func(errs []ui.FieldError) templ.Component {
			v.code, v.Errs = v.code.Refused(r, err), errs
			return pickupPage(v)
		})
	}
	return p.Go(w, r, "/vouchers/pickups", i18n.M("vouchers.pickup.bought"))
}

// quotaChoices are the quotas with what is left of them.
func (v giving) quotaChoices(ctx context.Context) (out []ui.Option) {
	for _, q := range v.quotas {
		out = append(out, ui.Option{Value: q.ID, Label: i18n.T(ctx, "vouchers.choice", i18n.A{"id": q.ID, "kind": q.Kind.Label(), "left": cash(ctx, q.Balance, q.Currency), "until": i18n.From(ctx).Date(q.ExpireAt)})})
	}
	return out
}

func (v giving) choices(ctx context.Context, resaleOnly bool) (out []ui.Option) {
	for _, a := range v.to {
		if resaleOnly && a.Kind != account.Resale {
			continue
		}
		hint := ""
		if a.Kind == account.Referral {
			hint = i18n.T(ctx, "vouchers.referral_hint")
		}
		out = append(out, ui.Option{Value: a.Other, Label: a.OtherName, Hint: hint})
	}
	return out
}
