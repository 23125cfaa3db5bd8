package product

import (
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/a-h/templ"

	"hanse/internal/domain/account"
	"hanse/internal/domain/product"
	"hanse/internal/domain/rate"
	"hanse/internal/edge/portal/door"
	"hanse/internal/edge/portal/site"
	"hanse/internal/edge/portal/ui"
	"hanse/internal/kit/actor"
	"hanse/internal/kit/calendar"
	"hanse/internal/kit/fault"
	"hanse/internal/kit/i18n"
	"hanse/internal/kit/money"
)

// offersView is a page of discounts or coupons, and the vendor's form for a new one.
type offersView struct {
	door.View
	offers       []product.Offer
	coupons      []product.Coupon
	after, first string
	now          time.Time
}

// staff refuses who has a page of its own for what it may see.
func staff(r *http.Request) error {
	if !site.By(r).Vendor() {
		return fault.NotFound()
	}
	return site.By(r).May(actor.ViewDiscounts)
}

func (p pages) offers(w http.ResponseWriter, r *http.Request) error {
	return p.listOffers(w, r, nil)
}

func (p pages) listOffers(w http.ResponseWriter, r *http.Request, refused error) error {
	if err := staff(r); err != nil {
		return err
	}
	q := r.URL.Query()
	list, next, err := p.s.Offers(r.Context(), site.By(r), q.Get("account"), q.Get("after"), 0)
	if err != nil {
		return err
	}
	v := offersView{View: p.see(r), offers: list, after: door.After(r, next), first: door.FirstOf(r), now: p.Clock.Now()}
	return p.answer(w, r, refused, func(errs []ui.FieldError) templ.Component {
		v.Errs = errs
		return offersPage(v)
	})
}

func (p pages) answer(w http.ResponseWriter, r *http.Request, refused error, page func(errs []ui.FieldError) templ.Component) error {
	if refused == nil {
		return p.Show(w, r, http.StatusOK, page(nil))
	}
	return p.Refused(w, r, refused, page)
}

func (p pages) exportOffers(r *http.Request, _ door.Door) (door.Table, error) {
	if err := staff(r); err != nil {
		return door.Table{}, err
	}
	return door.Table{Name: "discounts", Header: []string{"id", "kind", "account", "account_name", "grantor", "name_en", "name_zh", "mode", "ratio", "amount", "from", "until", "ended_at"},
		Rows: door.Pages(func(after string) ([]product.Offer, string, error) {
			return p.s.Offers(r.Context(), site.By(r), r.URL.Query().Get("account"), after, 500)
		}, func(o product.Offer) []string {
			return []string{o.ID, string(o.Kind), o.Account, o.AccountName, o.GrantorName, o.Names.EN, o.Names.ZH, string(o.Mode), product.Decimal(o.Ratio), money.Text(o.Minor),
				door.Instant(o.From), door.Instant(o.Until), door.Instant(o.EndedAt)}
		})}, nil
}

// company finds who is meant by an id or by a company name that only one has; "" stays "".
func (p pages) company(r *http.Request, fs *fault.Fields, name string) string {
	typed := strings.TrimSpace(r.PostFormValue(name))
	if typed == "" {
		return ""
	}
	if a, err := p.Accounts.View(r.Context(), site.By(r), typed); err == nil {
		return a.ID
	}
	list, _, err := p.Accounts.List(r.Context(), site.By(r), account.Filter{Q: typed, Limit: 50})
	var found []string
	for _, a := range list {
		if account.SameName(a.Name, typed) {
			found = append(found, a.ID)
		}
	}
	if err != nil || len(found) != 1 {
		fs.Add(name, typed, i18n.M("prices.which_account", i18n.A{"n": len(found)}))
		return typed
	}
	return found[0]
}

// discount reads what a form says of the reduction.
func discount(r *http.Request, fs *fault.Fields) rate.Discount {
	d := rate.Discount{Mode: rate.Mode(r.PostFormValue("mode"))}
	switch d.Mode {
	case rate.Ratio:
		d.Ratio = percent(fs, "ratio", r.PostFormValue("ratio"))
	case rate.Fixed, rate.Off:
		d.Minor = money.Field(fs, "amount", r.PostFormValue("amount"))
	}
	return d
}

// percent reads "10" or "12.5" as ten-thousandths: two decimals at most, as amounts have.
func percent(fs *fault.Fields, name, typed string) int64 {
	n, err := money.Parse(strings.TrimSuffix(strings.TrimSpace(typed), "%"))
	if err != nil || n < 0 || n > 10000 {
		fs.Add(name, typed, i18n.M("product.bad_ratio"))
		return 0
	}
	return n
}

func levels(r *http.Request) (out []rate.Level) {
	for _, l := range r.PostForm["levels"] {
		out = append(out, rate.Level(l))
	}
	return out
}

// span reads from (a day's start, none = now) and until (a day's end).
func span(r *http.Request, fs *fault.Fields) (from, until time.Time) {
	var err error
	if from, err = dayOf(r, "from"); err != nil {
		fs.Add("from", r.PostFormValue("from"), i18n.M("prices.bad_day"))
	}
	if until, err = dayOf(r, "until"); err != nil {
		fs.Add("until", r.PostFormValue("until"), i18n.M("prices.bad_day"))
	}
	if !until.IsZero() {
		until = calendar.DayOf(until).End()
	}
	return from, until
}

// granting refuses who may not grant before a form is read.
func granting(w http.ResponseWriter, r *http.Request) error {
	if err := site.By(r).May(actor.GrantDiscounts); err != nil {
		return err
	}
	return site.Form(w, r)
}

func (p pages) grant(w http.ResponseWriter, r *http.Request) error {
	if err := granting(w, r); err != nil {
		return err
	}
	var fs fault.Fields
	o := product.Offer{Kind: product.OfferKind(r.PostFormValue("kind")), Account: p.company(r, &fs, "account"), Grantor: p.company(r, &fs, "grantor"), Discount: discount(r, &fs),
		Names: product.Names{EN: r.PostFormValue("name_en"), ZH: r.PostFormValue("name_zh")}, Levels: levels(r), Orders: r.PostForm["orders"], NoReason: r.PostFormValue("no_reason") != "", WaivesFee: r.PostFormValue("waives_fee") != ""}
	o.From, o.Until = p.present(span(r, &fs))
	err := fs.Err()
	if err == nil {
		_, err = p.s.Grant(r.Context(), site.By(r), o)
	}
	if err != nil {
		return p.listOffers(w, r, err)
	}
	return p.Go(w, r, "/prices/discounts", i18n.M("prices.granted"))
}

// present lets a day that has begun mean now.
func (p pages) present(from, until time.Time) (time.Time, time.Time) {
	if from.Before(p.Clock.Now()) {
		from = time.Time{}
	}
	return from, until
}

func (p pages) end(w http.ResponseWriter, r *http.Request) error {
	if err := granting(w, r); err != nil {
		return err
	}
	if err := p.s.End(r.Context(), site.By(r), r.PathValue("id"), r.PostFormValue("reason")); err != nil {
		return p.listOffers(w, r, err)
	}
	return p.Go(w, r, "/prices/discounts", i18n.M("prices.ended"))
}

func (p pages) coupons(w http.ResponseWriter, r *http.Request) error {
	return p.listCoupons(w, r, nil)
}

func (p pages) listCoupons(w http.ResponseWriter, r *http.Request, refused error) error {
	if err := staff(r); err != nil {
		return err
	}
	q := r.URL.Query()
	list, next, err := p.s.ListCoupons(r.Context(), site.By(r), q.Get("account"), q.Get("after"), 0)
	if err != nil {
		return err
	}
	v := offersView{View: p.see(r), coupons: list, after: door.After(r, next), first: door.FirstOf(r), now: p.Clock.Now()}
	return p.answer(w, r, refused, func(errs []ui.FieldError) templ.Component {
		v.Errs = errs
		return couponsPage(v)
	})
}

func (p pages) exportCoupons(r *http.Request, _ door.Door) (door.Table, error) {
	if err := staff(r); err != nil {
		return door.Table{}, err
	}
	now := p.Clock.Now()
	return door.Table{Name: "coupons", Header: []string{"id", "account", "account_name", "name_en", "name_zh", "mode", "ratio", "amount", "from", "until", "state", "order"},
		Rows: door.Pages(func(after string) ([]product.Coupon, string, error) {
			return p.s.ListCoupons(r.Context(), site.By(r), r.URL.Query().Get("account"), after, 500)
		}, func(c product.Coupon) []string {
			return []string{c.ID, c.Account, c.AccountName, c.Names.EN, c.Names.ZH, string(c.Mode), product.Decimal(c.Ratio), money.Text(c.Minor), door.Instant(c.From),
				door.Instant(c.Until), string(c.State(now)), c.Order}
		})}, nil
}

func (p pages) grantCoupon(w http.ResponseWriter, r *http.Request) error {
	if err := granting(w, r); err != nil {
		return err
	}
	var fs fault.Fields
	ticked := func(name string) bool { return r.PostFormValue(name) != "" }
	c := product.Coupon{Account: p.company(r, &fs, "account"), Discount: discount(r, &fs), Names: product.Names{EN: r.PostFormValue("name_en"), ZH: r.PostFormValue("name_zh")},
		Levels: levels(r), Orders: r.PostForm["orders"], Limits: product.Limits{WithPartner: ticked("with_partner"), WithCommercial: ticked("with_commercial"),
			WithPromotion: ticked("with_promotion"), WithVouchers: ticked("with_vouchers")}}
	if s := r.PostFormValue("min_ratio"); s != "" {
		c.Limits.MinRatio = percent(&fs, "min_ratio", s)
	}
	c.From, c.Until = p.present(span(r, &fs))
	err := fs.Err()
	if err == nil {
		_, err = p.s.GrantCoupon(r.Context(), site.By(r), c)
	}
	if err != nil {
		return p.listCoupons(w, r, err)
	}
	return p.Go(w, r, "/prices/coupons", i18n.M("prices.coupon_granted"))
}

func (p pages) withdrawCoupon(w http.ResponseWriter, r *http.Request) error {
	if err := granting(w, r); err != nil {
		return err
	}
	if err := p.s.WithdrawCoupon(r.Context(), site.By(r), r.PathValue("id"), r.PostFormValue("reason")); err != nil {
		return p.listCoupons(w, r, err)
	}
	return p.Go(w, r, "/prices/coupons", i18n.M("prices.coupon_withdrawn"))
}

// mine is what one's own company may use.
func (p pages) mine(w http.ResponseWriter, r *http.Request) error {
	ctx, by := r.Context(), site.By(r)
	if by.Vendor() {
		return p.Go(w, r, "/prices/discounts", i18n.Msg{})
	}
	v := offersView{View: p.see(r), now: p.Clock.Now()}
	var next, nextCoupon string
	var err error
	if v.offers, next, err = p.s.Offers(ctx, by, "", r.URL.Query().Get("after"), 0); err != nil {
		return err
	}
	if v.coupons, nextCoupon, err = p.s.ListCoupons(ctx, by, "", r.URL.Query().Get("coupons"), 0); err != nil {
		return err
	}
	v.after = door.After(r, next)
	if nextCoupon != "" {
		v.first = "/prices/mine?coupons=" + nextCoupon
	}
	return p.Show(w, r, http.StatusOK, minePage(v))
}

func id64(n int64) string { return strconv.FormatInt(n, 10) }
