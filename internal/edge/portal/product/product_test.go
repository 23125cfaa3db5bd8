package product_test

import (
	"net/url"
	"strings"
	"testing"
	"time"

	"hanse/internal/domain/fixture"
	"hanse/internal/domain/product"
	"hanse/internal/domain/rate"
	"hanse/internal/edge/portal/portaltest"
	pages "hanse/internal/edge/portal/product"
	"hanse/internal/kit/actor"
	"hanse/internal/kit/calendar"
)

func open(t *testing.T) *portaltest.Portal {
	return portaltest.New(t, func(p *portaltest.Portal) { pages.Register(p.Site, p.Product) })
}

// form is what a page's form would send as it stands.
func form(t *testing.T, page *portaltest.Page, action string) url.Values {
	t.Helper()
	out := url.Values{}
	f := page.Doc.Find(`form[action="` + action + `"]`)
	if f.Length() != 1 {
		t.Fatalf("%d forms send to %s", f.Length(), action)
	}
	for _, n := range f.Find("input, textarea, select").EachIter() {
		kind := n.AttrOr("type", "")
		_, ticked := n.Attr("checked")
		if name := n.AttrOr("name", ""); name != "" && (kind != "checkbox" && kind != "radio" || ticked) {
			value := n.AttrOr("value", "")
			if n.Is("textarea") {
				value = strings.TrimPrefix(n.Text(), "\n")
			}
			out.Add(name, value)
		}
	}
	return out
}

func TestThePriceListIsReadByEverybodyAndChangedByTheVendor(t *testing.T) {
	p := open(t)
	partner, vendor := p.As(p.Partner("Lighthouse")), p.As(p.Vendor())
	if got := partner.Get("/prices").Want(200).Text("#sheet-table"); !strings.Contains(got, "CN¥8,500.00") || !strings.Contains(got, "CN¥161,500.00") {
		t.Errorf("the list shows %q", got)
	}
	partner.Post("/prices", nil).Want(403)
	draft := vendor.Post("/prices", nil).Want(200)
	if draft.Path != "/prices/2" {
		t.Fatalf("the draft is at %s", draft.Path)
	}
	in := form(t, draft, "/prices/2")
	in.Set("STANDARD-month-1", "9,000.00")
	in.Set("PREMIUM-month-1", "much")
	refused := vendor.Post("/prices/2", in).Want(422)
	if v := refused.Doc.Find("input[name=PREMIUM-month-1]").AttrOr("value", ""); v != "much" {
		t.Errorf("what was typed became %q", v)
	}
	in.Set("PREMIUM-month-1", "17000")
	in.Set("note", "From the new year")
	saved := vendor.Post("/prices/2", in).Want(200)
	if got := saved.Text("#difference-table"); !strings.Contains(got, "Standard, 1 month") || !strings.Contains(got, "+5.88 %") || strings.Contains(got, "Premium") {
		t.Errorf("the difference is %q", got)
	}
	partner.Get("/prices/2").Want(404)
	portaltest.Check(t, vendor, "/prices", "/prices/1", "/prices/2")
	publish := form(t, saved, "/prices/2/publish")
	publish.Set("from", "yesterday")
	vendor.Post("/prices/2/publish", publish).Want(422)
	publish.Set("from", calendar.DayOf(p.Clock.Now()).AddDays(30).String())
	vendor.Post("/prices/2/publish", publish).Want(200)
	if got := partner.Get("/prices").Want(200).Body; !strings.Contains(got, "Version 2 is coming") {
		t.Error("the partner isn't told what is coming")
	}
	portaltest.Check(t, partner, "/prices", "/prices/1", "/prices/2")
	vendor.Post("/prices/2/withdraw", nil).Want(200)
	vendor.Post("/prices/1/withdraw", nil).Want(409)
	partner.Get("/prices/9").Want(404)
	partner.Get("/prices/x").Want(404)
}

func TestDiscountsAndCouponsAreGrantedByNameAndEnded(t *testing.T) {
	p := open(t)
	lighthouse := p.Partner("Lighthouse")
	vendor, partner := p.As(p.VendorUser(actor.VendorFinance)), p.As(lighthouse)
	until := calendar.DayOf(p.Clock.Now()).AddDays(60).String()
	in := url.Values{"kind": {"COMMERCIAL"}, "account": {"nobody at all"}, "name_en": {"Autumn"}, "name_zh": {"秋季"}, "mode": {"RATIO"}, "ratio": {"12.5"}, "until": {until}}
	refused := vendor.Post("/prices/discounts", in).Want(422)
	if v := refused.Doc.Find("input[name=account]").AttrOr("value", ""); v != "nobody at all" {
		t.Errorf("what was typed became %q", v)
	}
	in.Set("account", "LIGHTHOUSE")
	if got := vendor.Post("/prices/discounts", in).Want(200).Text("#discounts-table"); !strings.Contains(got, "12.5 % off") || !strings.Contains(got, "Lighthouse") {
		t.Errorf("the list shows %q", got)
	}
	in.Set("mode", "OFF")
	in.Set("amount", "500")
	vendor.Post("/prices/coupons", in).Want(200)
	if got := partner.Get("/prices/mine").Want(200).Text("main"); !strings.Contains(got, "12.5 % off") || !strings.Contains(got, "500.00 off") {
		t.Errorf("the partner has %q", got)
	}
	portaltest.Check(t, vendor, "/prices/discounts", "/prices/coupons")
	portaltest.Check(t, partner, "/prices/mine")
	if got := vendor.Get("/prices/discounts.csv").Want(200).Body; !strings.Contains(got, "0.125") {
		t.Errorf("the file has %q", got)
	}
	partner.Get("/prices/discounts").Want(404)
	partner.Get("/prices/coupons.csv").Want(404)
	end := vendor.Get("/prices/discounts").Doc.Find("form[action$='/end']").AttrOr("action", "")
	vendor.Post(end, url.Values{"reason": {""}}).Want(422)
	vendor.Post(end, url.Values{"reason": {"over"}}).Want(200)
	take := vendor.Get("/prices/coupons").Doc.Find("form[action$='/withdraw']").AttrOr("action", "")
	vendor.Post(take, url.Values{"reason": {"over"}}).Want(200)
	if got := partner.Get("/prices/mine").Text("#coupons-table"); !strings.Contains(got, "Withdrawn") {
		t.Errorf("the coupon is %q", got)
	}
	portaltest.Check(t, p.As(p.Partner("Harbour")), "/prices/mine")
}

func TestTheAgreementIsReadAndRewritten(t *testing.T) {
	p := open(t)
	vendor, partner := p.As(p.Vendor()), p.As(p.Partner("Lighthouse"))
	if got := partner.Get("/agreements/1").Want(200).Text("#text"); !strings.Contains(got, "handling fee") {
		t.Errorf("the agreement reads %q", got)
	}
	draft := vendor.Post("/agreements", nil).Want(200)
	in := form(t, draft, "/agreements/2")
	in.Set("body_en", "")
	vendor.Post("/agreements/2", in).Want(422)
	in.Set("body_en", "1. All is well.")
	saved := vendor.Post("/agreements/2", in).Want(200)
	portaltest.Check(t, vendor, "/agreements", "/agreements/2")
	vendor.Post("/agreements/2/publish", form(t, saved, "/agreements/2/publish")).Want(200)
	if got := partner.Get("/agreements/2").Want(200).Text("#text"); !strings.Contains(got, "All is well") {
		t.Errorf("the agreement reads %q", got)
	}
	portaltest.Check(t, partner, "/agreements", "/agreements/1")
}

func TestARunningPromotionStandsOnThePriceList(t *testing.T) {
	p := open(t)
	_, err := p.Product.Grant(t.Context(), p.Vendor(), product.Offer{Kind: product.Promotion, Names: product.Names{EN: "Spring", ZH: "春季"},
		Discount: rate.Discount{Mode: rate.Ratio, Ratio: 1000}, Until: p.Clock.Now().Add(48 * time.Hour)})
	fixture.Must(t, err)
	if got := p.As(p.Partner("Lighthouse")).Get("/prices").Text("main"); !strings.Contains(got, "Spring") || !strings.Contains(got, "10 % off") {
		t.Error("nobody is told of the promotion")
	}
}
