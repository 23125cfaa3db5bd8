package product_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"hanse/internal/domain/fixture"
	"hanse/internal/domain/product"
	"hanse/internal/domain/rate"
	"hanse/internal/kit/actor"
	"hanse/internal/kit/clock"
	"hanse/internal/kit/db"
	"hanse/internal/kit/dbtest"
	"hanse/internal/kit/fault"
	"hanse/internal/kit/i18n"
)

type world struct {
	*fixture.World
	t      *testing.T
	clock  *clock.Manual
	s      *product.Service
	vendor actor.Actor
}

func each(t *testing.T, test func(w *world)) {
	dbtest.Each(t, func(t *testing.T, d *db.DB, c *clock.Manual) {
		c.MoveTo(day("2026-11-05"))
		f := fixture.New(t, d)
		test(&world{World: f, t: t, clock: c, s: product.New(d), vendor: f.Vendor()})
	})
}

func day(s string) time.Time {
	at, err := time.Parse(time.RFC3339, s+"T00:00:00+08:00")
	if err != nil {
		panic(err)
	}
	return at.UTC()
}

func (w *world) must(err error) {
	w.t.Helper()
	fixture.Must(w.t, err)
}

// refused ends the test unless an error is of a kind and names a field.
func (w *world) refused(what string, err error, kind fault.Kind, field string) {
	w.t.Helper()
	if fault.KindOf(err) != kind {
		w.t.Errorf("%s: %v, want kind %v", what, err, kind)
		return
	}
	if field != "" && fault.Of(err).Fields[0].Name != field {
		w.t.Errorf("%s: refused field %q, want %q", what, fault.Of(err).Fields[0].Name, field)
	}
}

func TestTheFirstCatalogueHasThePricesOfTheRules(t *testing.T) {
	each(t, func(w *world) {
		c, err := product.At(t.Context(), w.DB.Read(), day("2019-12-11"))
		w.must(err)
		want := map[string]int64{"STANDARD-month-1": 850000, "STANDARD-year-1": 8500000, "STANDARD-year-2": 16150000, "STANDARD-year-3": 22950000,
			"PREMIUM-month-1": 1700000, "PREMIUM-year-1": 17000000, "PREMIUM-year-2": 32300000, "PREMIUM-year-3": 45900000}
		got := map[string]int64{}
		for _, p := range c.Sheet.Prices {
			got[product.Field(p.Level, p.Term)] = p.Minor
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Error(diff)
		}
		if c.Sheet.Pack != 280000 || c.Version != 1 || c.Sheet.Version != 1 || !c.Until.IsZero() {
			t.Errorf("pack %d, version %d, until %v", c.Sheet.Pack, c.Version, c.Until)
		}
		if c.Terms.Standard.Tickets != 30 || !c.Terms.Standard.Packs || c.Terms.Premium.Tickets != 0 || c.Terms.Premium.Packs || c.Terms.PackTickets != 10 || len(c.Items) != 8 {
			t.Errorf("terms %+v with %d items", c.Terms, len(c.Items))
		}
		for _, lang := range i18n.Languages {
			for _, x := range c.Items {
				if i18n.Text(lang, x.Cell(rate.Premium)) == "" || i18n.Text(lang, i18n.Both(x.Title)) == "" {
					t.Errorf("item %s has no text in %s", x.Code, lang)
				}
			}
		}
		a, err := product.AgreementAt(t.Context(), w.DB.Read(), day("2019-12-11"))
		w.must(err)
		if a.Version != 1 || a.Body.EN == "" || a.Body.ZH == "" {
			t.Errorf("agreement %+v", a)
		}
		_, err = product.At(t.Context(), w.DB.Read(), day("2018-12-31"))
		w.refused("before the first version", err, fault.KindNotFound, "")
	})
}

func TestADraftBecomesACatalogueFromItsInstantOn(t *testing.T) {
	each(t, func(w *world) {
		ctx := t.Context()
		c, err := w.s.NewDraft(ctx, w.vendor)
		w.must(err)
		_, err = w.s.NewDraft(ctx, w.vendor)
		w.refused("a second draft", err, fault.KindConflict, "")
		c.Sheet.Prices[0].Minor, c.Note = 900000, "9,000 a month"
		c.Terms.Standard.Tickets = 40
		c, err = w.s.Save(ctx, w.vendor, c)
		w.must(err)
		stale := c
		stale.Edition--
		_, err = w.s.Save(ctx, w.vendor, stale)
		w.refused("a stale edition", err, fault.KindConflict, "")
		_, err = w.s.Catalogue(ctx, w.Partner("Stranger"), c.Version)
		w.refused("a draft for a partner", err, fault.KindNotFound, "")
		_, err = w.s.Publish(ctx, w.vendor, c.Version, c.Edition, day("2026-11-04"))
		w.refused("an instant that has passed", err, fault.KindInvalid, "from")
		c, err = w.s.Publish(ctx, w.vendor, c.Version, c.Edition, day("2027-01-01"))
		w.must(err)
		_, err = w.s.Save(ctx, w.vendor, c)
		w.refused("saving what is published", err, fault.KindConflict, "")
		for at, want := range map[string]int64{"2026-12-31": 1, "2027-01-01": 2} {
			got, err := product.At(ctx, w.DB.Read(), day(at))
			w.must(err)
			if got.Version != want {
				t.Errorf("At(%s) = version %d, want %d", at, got.Version, want)
			}
		}
		first, err := product.Version(ctx, w.DB.Read(), 1)
		w.must(err)
		if !first.Until.Equal(day("2027-01-01")) {
			t.Errorf("version 1 holds until %v", first.Until)
		}
		coming, err := product.Coming(ctx, w.DB.Read(), day("2026-11-05"))
		w.must(err)
		if len(coming) != 1 || coming[0].Version != 2 {
			t.Errorf("coming %+v", coming)
		}
		var said []string
		for _, d := range product.Compare(first, coming[0]) {
			said = append(said, i18n.Text("en", d.What)+": "+i18n.Text("en", d.Was)+" > "+i18n.Text("en", d.Becomes)+" "+product.Percent(d.Percent))
		}
		want := []string{"Standard, 1 month: 8500.00 > 9000.00 5.88 %", "Standard: Technical tickets a month: 30 > 40 0 %"}
		if diff := cmp.Diff(want, said); diff != "" {
			t.Error(diff)
		}
		w.must(w.s.Withdraw(ctx, w.vendor, 2))
		w.refused("taking back what is in force", w.s.Withdraw(ctx, w.vendor, 1), fault.KindConflict, "")
		if got, err := product.At(ctx, w.DB.Read(), day("2027-01-01")); err != nil || got.Version != 1 {
			t.Errorf("after it was taken back: version %d, %v", got.Version, err)
		}
	})
}

func TestADraftThatCouldNotBeSoldFromIsRefused(t *testing.T) {
	each(t, func(w *world) {
		draft, err := w.s.NewDraft(t.Context(), w.vendor)
		w.must(err)
		for what, c := range map[string]struct {
			change func(c *product.Catalogue)
			field  string
		}{
			"a price of zero":  {func(c *product.Catalogue) { c.Sheet.Prices[1].Minor = 0 }, "STANDARD-year-1"},
			"no monthly price": {func(c *product.Catalogue) { c.Sheet.Prices = c.Sheet.Prices[1:] }, "STANDARD-month-1"},
			"a pack of zero":   {func(c *product.Catalogue) { c.Sheet.Pack = 0 }, "pack"},
			"a negative count": {func(c *product.Catalogue) { c.Terms.Premium.Consulting = -1 }, "PREMIUM-consulting"},
			"one language":     {func(c *product.Catalogue) { c.Items[0].Title = map[string]string{"en": "Business"} }, "item-0"},
			"a term not sold":  {func(c *product.Catalogue) { c.Sheet.Prices[0].Term = rate.Months(2) }, "STANDARD-month-2"},
		} {
			in := draft
			in.Sheet.Prices = append([]rate.Price(nil), draft.Sheet.Prices...)
			in.Items = append([]product.Item(nil), draft.Items...)
			c.change(&in)
			_, err := w.s.Save(t.Context(), w.vendor, in)
			w.refused(what, err, fault.KindInvalid, c.field)
		}
	})
}

func TestDiscountsHoldForTheirAccountAndTime(t *testing.T) {
	each(t, func(w *world) {
		ctx, q := t.Context(), w.DB.Read()
		lighthouse, harbour := w.Partner("Lighthouse"), w.Partner("Harbour")
		names := product.Names{EN: "Autumn", ZH: "秋季"}
		tenth := rate.Discount{Mode: rate.Ratio, Ratio: 1000}
		promotion, err := w.s.Grant(ctx, w.vendor, product.Offer{Kind: product.Promotion, Names: names, Discount: tenth, Until: day("2026-12-01"), Orders: []string{product.OrderNew}})
		w.must(err)
		_, err = w.s.Grant(ctx, w.vendor, product.Offer{Account: lighthouse.Account, Kind: product.Commercial, Names: names, Discount: rate.Discount{Mode: rate.Fixed, Minor: 800000},
			From: day("2026-11-10"), Until: day("2027-11-10"), Levels: []rate.Level{rate.Standard}, NoReason: true})
		w.must(err)
		count := func(account, at string, want int) {
			t.Helper()
			got, err := product.Discounts(ctx, q, account, day(at))
			w.must(err)
			if len(got) != want {
				t.Errorf("Discounts(%s) = %d, want %d", at, len(got), want)
			}
		}
		count(lighthouse.Account, "2026-11-06", 1)
		count(lighthouse.Account, "2026-11-10", 2)
		count(harbour.Account, "2026-11-10", 1)
		count(lighthouse.Account, "2026-12-01", 1)
		got, err := product.OfferOf(ctx, q, promotion.ID)
		w.must(err)
		if got.Fits(product.OrderRenew, rate.Standard) || !got.Fits(product.OrderNew, rate.Premium) || got.Ratio != 1000 || got.ID != promotion.ID {
			t.Errorf("the promotion reads %+v", got)
		}
		w.refused("ending without a reason", w.s.End(ctx, w.vendor, promotion.ID, " "), fault.KindInvalid, "reason")
		w.must(w.s.End(ctx, w.vendor, promotion.ID, "sold out"))
		w.refused("ending twice", w.s.End(ctx, w.vendor, promotion.ID, "sold out"), fault.KindConflict, "")
		count(harbour.Account, "2026-11-10", 0)
		own, _, err := w.s.Offers(ctx, lighthouse, "", "", 0)
		w.must(err)
		if len(own) != 2 {
			t.Errorf("the partner sees %d of its discounts, want 2", len(own))
		}
		_, _, err = w.s.Offers(ctx, harbour, lighthouse.Account, "", 0)
		w.refused("another's discounts", err, fault.KindNotFound, "")
	})
}

func TestADiscountThatMakesNoSenseIsRefused(t *testing.T) {
	each(t, func(w *world) {
		p, other := w.Partner("Lighthouse").Account, w.Partner("Harbour").Account
		good := product.Offer{Account: p, Kind: product.Commercial, Names: product.Names{EN: "a", ZH: "b"}, Discount: rate.Discount{Mode: rate.Ratio, Ratio: 1000}, Until: day("2027-01-01")}
		for what, c := range map[string]struct {
			change func(o *product.Offer)
			field  string
		}{
			"all of the price":         {func(o *product.Offer) { o.Ratio = 10000 }, "ratio"},
			"nothing off":              {func(o *product.Offer) { o.Discount = rate.Discount{Mode: rate.Off} }, "amount"},
			"no mode":                  {func(o *product.Offer) { o.Mode = "" }, "mode"},
			"one language":             {func(o *product.Offer) { o.Names.ZH = "" }, "name_zh"},
			"no end":                   {func(o *product.Offer) { o.Until = time.Time{} }, "until"},
			"an end that has passed":   {func(o *product.Offer) { o.Until = day("2026-11-01") }, "until"},
			"a promotion for one":      {func(o *product.Offer) { o.Kind = product.Promotion }, "account"},
			"a partner's without one":  {func(o *product.Offer) { o.Kind = product.Contract }, "grantor"},
			"a partner's for itself":   {func(o *product.Offer) { o.Kind, o.Grantor = product.PartnerRatio, p }, "grantor"},
			"a level that is free":     {func(o *product.Offer) { o.Levels = []rate.Level{rate.Basic} }, "levels"},
			"an account that is none":  {func(o *product.Offer) { o.Account = "nobody" }, "account"},
			"a partner waives the fee": {func(o *product.Offer) { o.Kind, o.Grantor, o.WaivesFee = product.PartnerRatio, other, true }, "waives_fee"},
			"everybody's fee waived":   {func(o *product.Offer) { o.Account, o.WaivesFee = "", true }, "waives_fee"},
			"a kind of order not sold": {func(o *product.Offer) { o.Orders = []string{"gift"} }, "orders"},
		} {
			o := good
			c.change(&o)
			_, err := w.s.Grant(t.Context(), w.vendor, o)
			w.refused(what, err, fault.KindInvalid, c.field)
		}
		good.Kind, good.Grantor = product.Contract, other
		_, err := w.s.Grant(t.Context(), w.vendor, good)
		w.must(err)
	})
}

func TestACouponServesOneOrder(t *testing.T) {
	each(t, func(w *world) {
		ctx := t.Context()
		p := w.Partner("Lighthouse")
		c, err := w.s.GrantCoupon(ctx, w.vendor, product.Coupon{Account: p.Account, Names: product.Names{EN: "Welcome", ZH: "欢迎"},
			Discount: rate.Discount{Mode: rate.Ratio, Ratio: 500}, Until: day("2026-12-01"), Limits: product.Limits{WithPromotion: true, MinRatio: 8000}})
		w.must(err)
		do := func(f func(tx *db.Tx) error) error { return w.DB.Update(ctx, f) }
		lock := func(order string) error {
			return do(func(tx *db.Tx) error { return product.LockCoupon(ctx, tx, p.Account, c.ID, order) })
		}
		use := func(order string) error {
			return do(func(tx *db.Tx) error { return product.UseCoupon(ctx, tx, p.Account, c.ID, order) })
		}
		free := func(order string) error {
			return do(func(tx *db.Tx) error { return product.FreeCoupon(ctx, tx, p.Account, c.ID, order) })
		}
		w.must(lock("CS1"))
		w.must(lock("CS1"))
		w.refused("another order takes it", lock("CS2"), fault.KindConflict, "")
		w.refused("another order uses it", use("CS2"), fault.KindConflict, "")
		w.must(free("CS2"))
		w.refused("withdrawing what an order holds", w.s.WithdrawCoupon(ctx, w.vendor, c.ID, "x"), fault.KindConflict, "")
		w.must(free("CS1"))
		w.must(lock("CS2"))
		w.clock.MoveTo(day("2026-12-02"))
		if list, err := product.Coupons(ctx, w.DB.Read(), p.Account, day("2026-12-02")); err != nil || len(list) != 0 {
			t.Errorf("an expired coupon is offered: %v, %v", list, err)
		}
		w.must(use("CS2"))
		w.must(use("CS2"))
		w.must(free("CS2"))
		got, err := product.CouponOf(ctx, w.DB.Read(), p.Account, c.ID)
		w.must(err)
		if got.Stored != product.Used || got.Order != "CS2" {
			t.Errorf("the coupon is %s by %s", got.Stored, got.Order)
		}
		w.must(do(func(tx *db.Tx) error { return product.ReturnCoupon(ctx, tx, p.Account, c.ID, "CS2") }))
		w.refused("an expired coupon that came back", lock("CS3"), fault.KindConflict, "")
		_, err = product.CouponOf(ctx, w.DB.Read(), w.Partner("Harbour").Account, c.ID)
		w.refused("another's coupon", err, fault.KindNotFound, "")
	})
}

func TestACouponSaysBesideWhatItIsUsed(t *testing.T) {
	names := product.Names{EN: "x", ZH: "x"}
	c := product.Coupon{Names: names, Limits: product.Limits{WithPromotion: true, MinRatio: 8000}}
	for _, x := range []struct {
		kind product.OfferKind
		pay  int64
		bars bool
	}{
		{product.Promotion, 9000, false}, {product.Promotion, 8000, false}, {product.Promotion, 7999, true},
		{product.Commercial, 9000, true}, {product.Contract, 9000, true}, {product.PartnerRatio, 9000, true},
	} {
		if got := !c.Bars(product.Offer{Kind: x.kind, Names: names}, x.pay).IsZero(); got != x.bars {
			t.Errorf("Bars(%s, %d) = %v, want %v", x.kind, x.pay, got, x.bars)
		}
	}
	want := [][2]string{{"usageTimes", "1"}, {"simultaneousUseWithEmpowerDiscount", "0"}, {"simultaneousUseWithContractDiscount", "0"},
		{"simultaneousUseWithPromotionDiscount", "1"}, {"minConsumeDiscount", "0.8"}}
	if diff := cmp.Diff(want, c.Keys()); diff != "" {
		t.Error(diff)
	}
}

func TestAnAgreementIsPublishedLikeACatalogue(t *testing.T) {
	each(t, func(w *world) {
		ctx := t.Context()
		text := product.Agreement{Titles: product.Names{EN: "Agreement", ZH: "协议"}, Body: product.Names{EN: "1. One\n2. Two", ZH: "1. 一"}}
		a, err := w.s.SaveAgreement(ctx, w.vendor, text)
		w.must(err)
		_, err = w.s.SaveAgreement(ctx, w.vendor, text)
		w.refused("a second draft", err, fault.KindConflict, "")
		a.Body.ZH = ""
		_, err = w.s.SaveAgreement(ctx, w.vendor, a)
		w.refused("one language", err, fault.KindInvalid, "body_zh")
		a, err = w.s.PublishAgreement(ctx, w.vendor, a.Version, a.Edition, time.Time{})
		w.must(err)
		got, err := w.s.Agreement(ctx, w.Partner("Lighthouse"), 0)
		w.must(err)
		if got.Version != 2 || got.Body.EN != "1. One\n2. Two" {
			t.Errorf("in force is %+v", got)
		}
		w.refused("taking back what is in force", w.s.WithdrawAgreement(ctx, w.vendor, a.Version), fault.KindConflict, "")
	})
}

func TestPartnersManageNoPrices(t *testing.T) {
	each(t, func(w *world) {
		p := w.Partner("Lighthouse")
		_, err := w.s.NewDraft(t.Context(), p)
		w.refused("a draft", err, fault.KindDenied, "")
		_, err = w.s.Grant(t.Context(), p, product.Offer{})
		w.refused("a discount", err, fault.KindDenied, "")
		_, err = w.s.GrantCoupon(t.Context(), p, product.Coupon{})
		w.refused("a coupon", err, fault.KindDenied, "")
	})
}
