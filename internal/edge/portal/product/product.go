// Package product holds the pages of the support plan catalogue: what the levels contain and cost, what is coming, the
// vendor's drafts, discounts and coupons, and the agreement.
package product

import (
	"maps"
	"net/http"
	"strconv"
	"time"

	"github.com/a-h/templ"

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

type pages struct {
	*site.Site
	s *product.Service
}

// Register adds the pages.
func Register(s *site.Site, p *product.Service) {
	h := pages{s, p}
	s.Page("GET /prices", h.prices)
	s.Page("POST /prices", h.draft)
	s.Page("GET /prices/{version}", h.version)
	s.Page("POST /prices/{version}", h.save)
	s.Page("POST /prices/{version}/publish", h.publish)
	s.Page("POST /prices/{version}/withdraw", h.withdraw)
	s.Page("GET /prices/mine", h.mine)
	s.Page("GET /prices/discounts", h.offers)
	s.Page("POST /prices/discounts", h.grant)
	s.Page("POST /prices/discounts/{id}/end", h.end)
	door.Exports(s, door.Plain, "/prices/discounts", h.exportOffers)
	s.Page("GET /prices/coupons", h.coupons)
	s.Page("POST /prices/coupons", h.grantCoupon)
	s.Page("POST /prices/coupons/{id}/withdraw", h.withdrawCoupon)
	door.Exports(s, door.Plain, "/prices/coupons", h.exportCoupons)
	s.Page("GET /agreements", h.agreements)
	s.Page("POST /agreements", h.draftAgreement)
	s.Page("GET /agreements/{version}", h.agreement)
	s.Page("POST /agreements/{version}", h.saveAgreement)
	s.Page("POST /agreements/{version}/publish", h.publishAgreement)
	s.Page("POST /agreements/{version}/withdraw", h.withdrawAgreement)
}

func (p pages) see(r *http.Request, errs ...ui.FieldError) door.View {
	return door.See(p.Site, r, door.Door{Account: site.By(r).Account}, errs...)
}

// number is the version in the address; 0, which nothing has, for anything else.
func number(r *http.Request) (int64, error) {
	n, err := strconv.ParseInt(r.PathValue("version"), 10, 64)
	if err != nil || n <= 0 {
		return 0, fault.NotFound()
	}
	return n, nil
}

func edition(r *http.Request) int64 {
	n, _ := strconv.ParseInt(r.PostFormValue("edition"), 10, 64) // none is a stale one
	return n
}

// managed refuses who may not manage prices before a form is read.
func managed(w http.ResponseWriter, r *http.Request) error {
	if err := site.By(r).May(actor.ManagePrices); err != nil {
		return err
	}
	return site.Form(w, r)
}

// pricesView is what is in force, what is coming, and for the vendor every version.
type pricesView struct {
	door.View
	now    product.Catalogue
	coming []product.Catalogue
	all    []product.Catalogue
	draft  int64 // the open draft; 0 = none
}

func (p pages) prices(w http.ResponseWriter, r *http.Request) error {
	ctx, by := r.Context(), site.By(r)
	v := pricesView{View: p.see(r)}
	var err error
	if v.now, err = p.s.Catalogue(ctx, by, 0); err != nil {
		return err
	}
	if v.all, err = p.s.Versions(ctx, by); err != nil {
		return err
	}
	now := p.Clock.Now()
	for i := len(v.all) - 1; i >= 0; i-- {
		switch c := v.all[i]; {
		case c.State == product.Published && c.From.After(now):
			v.coming = append(v.coming, c)
		case c.State == product.Draft:
			v.draft = c.Version
		}
	}
	return p.Show(w, r, http.StatusOK, pricesPage(v))
}

func (p pages) draft(w http.ResponseWriter, r *http.Request) error {
	c, err := p.s.NewDraft(r.Context(), site.By(r))
	if err != nil {
		return err
	}
	return p.Go(w, r, path(c.Version), i18n.M("prices.drafted", i18n.A{"version": c.Version}))
}

func path(n int64) string { return "/prices/" + strconv.FormatInt(n, 10) }

// versionView is one version with what it says differently than the one before it.
type versionView struct {
	door.View
	c      product.Catalogue
	before product.Catalogue // the version in force when this one is or was to begin
	differ []product.Difference
	now    time.Time
}

func (p pages) one(r *http.Request) (v versionView, err error) {
	n, err := number(r)
	if err != nil {
		return v, err
	}
	ctx, by := r.Context(), site.By(r)
	v.View, v.now = p.see(r), p.Clock.Now()
	if v.c, err = p.s.Catalogue(ctx, by, n); err != nil {
		return v, err
	}
	all, err := p.s.Versions(ctx, by)
	if err != nil {
		return v, err
	}
	for _, c := range all {
		earlier := v.c.State == product.Draft || v.c.State == product.Withdrawn || c.From.Before(v.c.From) || c.From.Equal(v.c.From) && c.Version < n
		if c.State == product.Published && c.Version != n && earlier && (v.before.Version == 0 || c.From.After(v.before.From)) {
			v.before = c
		}
	}
	if v.before.Version != 0 {
		v.differ = product.Compare(v.before, v.c)
	}
	return v, nil
}

func (p pages) version(w http.ResponseWriter, r *http.Request) error {
	v, err := p.one(r)
	if err != nil {
		return err
	}
	return p.Show(w, r, http.StatusOK, versionPage(v))
}

// save writes what was typed into a draft.
func (p pages) save(w http.ResponseWriter, r *http.Request) error {
	if err := managed(w, r); err != nil {
		return err
	}
	v, err := p.one(r)
	if err != nil {
		return err
	}
	in, err := typed(r, v.c)
	if err == nil {
		_, err = p.s.Save(r.Context(), site.By(r), in)
	}
	if err == nil {
		return p.Go(w, r, path(v.c.Version), i18n.M("prices.saved"))
	}
	return p.Refused(w, r, err, func(errs []ui.FieldError) templ.Component {
		v.Errs = errs
		return versionPage(v)
	})
}

// typed reads the draft's form. A price left empty isn't sold.
func typed(r *http.Request, c product.Catalogue) (product.Catalogue, error) {
	var fs fault.Fields
	f := r.PostForm
	c.Edition, c.Note = edition(r), f.Get("note")
	c.Sheet.Prices = nil
	for _, l := range product.Levels {
		for _, t := range product.Rows {
			if name := product.Field(l, t); f.Get(name) != "" {
				c.Sheet.Prices = append(c.Sheet.Prices, rate.Price{Level: l, Term: t, Minor: money.Field(&fs, name, f.Get(name))})
			}
		}
	}
	c.Sheet.Pack = money.Field(&fs, "pack", f.Get("pack"))
	c.Terms = product.Terms{PackTickets: count(&fs, f.Get, "pack_tickets"), Standard: quota(&fs, f.Get, rate.Standard), Premium: quota(&fs, f.Get, rate.Premium),
		YearlyOnly: f.Get("yearly_only") != ""}
	items := make([]product.Item, len(c.Items))
	for i, x := range c.Items {
		items[i] = product.Item{Code: x.Code, Title: both(f.Get, i, "title", x.Title), Basic: both(f.Get, i, "basic", x.Basic),
			Standard: both(f.Get, i, "standard", x.Standard), Premium: both(f.Get, i, "premium", x.Premium)}
	}
	c.Items = items
	return c, fs.Err()
}

// both reads one cell of the table of items in both languages.
func both(get func(string) string, i int, cell string, had map[string]string) map[string]string {
	out := maps.Clone(had)
	for _, lang := range i18n.Languages {
		out[lang] = get(itemField(i, cell, lang))
	}
	return out
}

// itemField is the name of a cell's entry. The first one bears the name that a refusal of the line has.
func itemField(i int, cell, lang string) string {
	if cell == "title" && lang == i18n.English {
		return "item-" + strconv.Itoa(i)
	}
	return "item-" + strconv.Itoa(i) + "-" + cell + "-" + lang
}

func count(fs *fault.Fields, get func(string) string, name string) int {
	n, err := strconv.Atoi(get(name))
	if err != nil {
		fs.Add(name, get(name), i18n.M("product.bad_count", i18n.A{"max": 100000}))
	}
	return n
}

func quota(fs *fault.Fields, get func(string) string, l rate.Level) product.Quota {
	of := func(what string) string { return string(l) + "-" + what }
	return product.Quota{Tickets: count(fs, get, of("tickets")), Packs: get(of("packs")) != "", Consulting: count(fs, get, of("consulting")),
		KeyEvents: count(fs, get, of("key_events")), Trainings: count(fs, get, of("trainings"))}
}

func (p pages) publish(w http.ResponseWriter, r *http.Request) error {
	if err := managed(w, r); err != nil {
		return err
	}
	v, err := p.one(r)
	if err != nil {
		return err
	}
	from, err := begins(r)
	if err == nil {
		_, err = p.s.Publish(r.Context(), site.By(r), v.c.Version, edition(r), from)
	}
	if err == nil {
		return p.Go(w, r, path(v.c.Version), i18n.M("prices.published"))
	}
	return p.Refused(w, r, err, func(errs []ui.FieldError) templ.Component {
		v.Errs = errs
		return versionPage(v)
	})
}

// begins is the day from whose start something holds; none is now.
func begins(r *http.Request) (time.Time, error) {
	return dayOf(r, "from")
}

func dayOf(r *http.Request, name string) (time.Time, error) {
	s := r.PostFormValue(name)
	if s == "" {
		return time.Time{}, nil
	}
	d, err := calendar.ParseDay(s)
	if err != nil {
		return time.Time{}, fault.Invalid(name, i18n.M("prices.bad_day"))
	}
	return d.Time(), nil
}

func (p pages) withdraw(w http.ResponseWriter, r *http.Request) error {
	if err := managed(w, r); err != nil {
		return err
	}
	n, err := number(r)
	if err != nil {
		return err
	}
	if err := p.s.Withdraw(r.Context(), site.By(r), n); err != nil {
		return err
	}
	return p.Go(w, r, "/prices", i18n.M("prices.withdrawn", i18n.A{"version": n}))
}
