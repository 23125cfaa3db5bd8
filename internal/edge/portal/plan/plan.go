// Package plan holds the pages of a company's support plan: what it has and what that brings, and the ways to buy, change,
// renew and end it (source: user guide of the partner support plan). Each way shows the computation before anything is
// agreed to, and leads through the same gates: the box, the ticks, the payment.
package plan

import (
	"context"
	"net/http"
	"strconv"
	"strings"
	"time"

	"hanse/internal/domain/eligibility"
	"hanse/internal/domain/entitlement"
	"hanse/internal/domain/order"
	"hanse/internal/domain/product"
	"hanse/internal/domain/rate"
	"hanse/internal/domain/subscription"
	"hanse/internal/edge/portal/door"
	"hanse/internal/edge/portal/site"
	"hanse/internal/kit/actor"
	"hanse/internal/kit/db"
	"hanse/internal/kit/fault"
	"hanse/internal/kit/i18n"
)

// Deps is what the pages need.
type Deps struct {
	DB          *db.DB
	Plans       *subscription.Service
	Orders      *order.Service
	Eligibility *eligibility.Service
}

type pages struct {
	*site.Site
	Deps
}

// Register adds the pages.
func Register(s *site.Site, d Deps) {
	p := pages{s, d}
	p.Page("GET /plan", p.own)
	door.Vendor(s, "GET", "/plan", p.show)
	p.Page("GET /plan/change", p.company(p.change))
	p.Page("POST /plan/change", p.company(p.place(order.Change)))
	p.Page("GET /plan/packs", p.company(p.packs))
	p.Page("POST /plan/packs", p.company(p.place(order.Pack)))
	p.Page("GET /plan/renew", p.company(p.renew))
	p.Page("POST /plan/renew", p.company(p.place(order.Renew)))
	p.Page("GET /plan/cancel", p.company(p.cancel))
	p.Page("POST /plan/cancel", p.company(p.place(order.Unsubscribe)))
	p.Page("POST /plan/settings/{what}", p.company(p.set))
	p.Page("GET /plan/agreement", p.agreement)
}

// company lets in who acts for a company that can have a plan; the vendor's staff find plans with the partner.
func (p pages) company(h site.Handler) site.Handler {
	return func(w http.ResponseWriter, r *http.Request) error {
		switch site.By(r).Kind {
		case actor.Partner, actor.Customer:
			return h(w, r)
		case actor.Vendor:
			return p.Go(w, r, "/channel", i18n.Msg{})
		}
		return fault.NotFound()
	}
}

func (p pages) own(w http.ResponseWriter, r *http.Request) error {
	return p.company(func(w http.ResponseWriter, r *http.Request) error {
		return p.show(w, r, door.Door{Account: site.By(r).Account})
	})(w, r)
}

func (p pages) see(r *http.Request) door.View {
	return door.See(p.Site, r, door.Door{Account: site.By(r).Account})
}

// A standing is what an account has, for the page and for the choices on the way to another.
type standing struct {
	now    time.Time
	served subscription.Served
	plan   subscription.Subscription // the own one
	has    bool
	cat    product.Catalogue
	open   []order.Order // unpaid or under way, newest first
}

// stand reads what an account has. Who may see its plan may.
func (p pages) stand(ctx context.Context, by actor.Actor, id string) (x standing, err error) {
	x.now = p.Clock.Now()
	if x.served, err = p.Plans.Served(ctx, by, id); err != nil {
		return x, err
	}
	if x.plan, x.has, err = p.Plans.View(ctx, by, id); err != nil {
		return x, err
	}
	if x.cat, err = product.At(ctx, p.DB.Read(), x.now); err != nil {
		return x, err
	}
	if !by.Can(actor.ViewOrders) {
		return x, nil
	}
	for _, s := range []order.State{order.Pending, order.Reviewing, order.Processing, order.Refunding} {
		rows, err := p.Orders.List(ctx, by, order.Filter{Account: id, State: s, Limit: 10})
		if err != nil {
			return x, err
		}
		x.open = append(x.open, rows...)
	}
	return x, nil
}

// level is the own level: that of the own plan, as long as it's served.
func (x standing) level() rate.Level {
	if x.has {
		return x.plan.Level
	}
	return rate.Basic
}

// foreign tells whether the level comes from another account's plan.
func (x standing) foreign(account string) bool {
	return x.served.Owner != "" && x.served.Owner != account && x.served.Level != rate.Basic
}

type showView struct {
	door.View
	standing
	may  eligibility.Answer
	left []entitlement.Left
	all  []subscription.Subscription
}

func (p pages) show(w http.ResponseWriter, r *http.Request, d door.Door) error {
	v := showView{View: door.See(p.Site, r, d)}
	if err := p.fill(r.Context(), &v); err != nil {
		return err
	}
	return p.Show(w, r, http.StatusOK, showPage(v))
}

// fill reads what the page of the plan shows.
func (p pages) fill(ctx context.Context, v *showView) (err error) {
	if v.standing, err = p.stand(ctx, v.By, v.Account); err != nil {
		return err
	}
	if v.all, err = p.Plans.List(ctx, v.By, v.Account); err != nil {
		return err
	}
	if !v.has {
		if v.may, err = p.Eligibility.Of(ctx, p.DB.Read(), v.Account, v.now); err != nil {
			return err
		}
	}
	if v.served.Owner != "" {
		v.left, err = entitlement.All(ctx, p.DB.Read(), v.served.Owner, v.now)
	}
	return err
}

// set changes how the plan renews.
func (p pages) set(w http.ResponseWriter, r *http.Request) error {
	if err := site.Form(w, r); err != nil {
		return err
	}
	ctx, by, sub := r.Context(), site.By(r), r.PostFormValue("plan")
	var err error
	switch r.PathValue("what") {
	case "auto":
		_, err = p.Plans.SetAutoRenew(ctx, by, sub, subscription.Auto{On: r.PostFormValue("on") != "", Term: term(r.PostFormValue("term")), Times: whole(r.PostFormValue("times"))})
	case "deduct-day":
		_, err = p.Plans.SetDeductDay(ctx, by, sub, whole(r.PostFormValue("deduct_day")))
	case "unify":
		_, err = p.Plans.SetUnify(ctx, by, sub, whole(r.PostFormValue("unify")))
	default:
		return fault.NotFound()
	}
	if err == nil {
		return p.Go(w, r, "/plan", i18n.M("plan.set.done"))
	}
	v := showView{View: p.see(r)}
	if again := p.fill(ctx, &v); again != nil {
		return again
	}
	return p.Refused(w, r, err, v.refused)
}

type agreementView struct {
	door.View
	a product.Agreement
}

// agreement shows the text of the agreement: the one in force, or an earlier version.
func (p pages) agreement(w http.ResponseWriter, r *http.Request) (err error) {
	if err := site.By(r).May(actor.ViewPlan); err != nil {
		return err
	}
	v := agreementView{View: p.see(r)}
	if n := whole(r.URL.Query().Get("version")); n > 0 {
		v.a, err = product.AgreementOf(r.Context(), p.DB.Read(), int64(n))
	} else {
		v.a, err = product.AgreementAt(r.Context(), p.DB.Read(), p.Clock.Now())
	}
	if err == nil && v.a.State != product.Published {
		err = fault.NotFound()
	}
	if err != nil {
		return err
	}
	return p.Show(w, r, http.StatusOK, agreementPage(v))
}

// term reads MONTH-3; the zero term for anything else.
func term(text string) rate.Term {
	unit, n, _ := strings.Cut(text, "-")
	t := rate.Term{Unit: rate.Unit(unit), Num: whole(n)}
	if !t.Valid() {
		return rate.Term{}
	}
	return t
}

// termText is what term reads.
func termText(t rate.Term) string { return string(t.Unit) + "-" + strconv.Itoa(t.Num) }

// whole reads a whole number; 0 for anything else.
func whole(text string) int {
	n, _ := strconv.Atoi(strings.TrimSpace(text))
	return n
}
