package customer_test

import (
	"net/url"
	"strings"
	"testing"

	"hanse/internal/domain/account"
	"hanse/internal/domain/distribution"
	"hanse/internal/edge/portal/customer"
	"hanse/internal/edge/portal/portaltest"
	"hanse/internal/kit/actor"
)

func start(t *testing.T) (*portaltest.Portal, actor.Actor, actor.Actor) {
	t.Helper()
	p := portaltest.New(t, func(p *portaltest.Portal) { customer.Register(p.Site, p.DB, p.Distribution, p.Confirm) })
	p.Vendor()
	return p, p.Partner("Baltic"), p.Customer("Mekong")
}

// token takes the link that a page shows.
func token(t *testing.T, page *portaltest.Page) string {
	t.Helper()
	_, out, ok := strings.Cut(page.Text("#offer-link"), "token=")
	if !ok {
		t.Fatalf("no link on %s: %s", page.Path, page.Text("main"))
	}
	return strings.TrimSpace(out)
}

func join(t *testing.T, p *portaltest.Portal, partner, who actor.Actor, model string) string {
	t.Helper()
	made := p.As(partner).Post("/customers/invitations", url.Values{"model": {model}}).Want(200)
	link := token(t, made)
	p.As(who).Post("/join-partner", url.Values{"token": {link}, "do": {"accept"}}).Want(200)
	return link
}

func TestACustomerComesByALinkIsFrozenAndLeaves(t *testing.T) {
	p, partner, who := start(t)
	join(t, p, partner, who, "resale")
	admin, other := p.As(partner), p.As(who)
	list := admin.Get("/customers").Want(200)
	at := "/customers/" + who.Account
	if !list.Has("a[href='" + at + "']") {
		t.Fatalf("the list lacks %s: %s", at, list.Text("main"))
	}
	if page := admin.Post(at+"/freeze", url.Values{"do": {"freeze"}, "type": {"ACCOUNT"}}); page.Status != 422 || !page.Has("#e-reason") {
		t.Errorf("frozen without a reason: %d", page.Status)
	}
	admin.Post(at+"/freeze", url.Values{"do": {"freeze"}, "type": {"ACCOUNT"}, "reason": {"Late."}}).Want(200)
	if page := other.Get("/my-partner").Want(200); !strings.Contains(page.Text(".head"), "frozen") {
		t.Errorf("the customer isn't told: %s", page.Text(".head"))
	}
	if page := admin.Get(at + "/dissociate").Want(200); page.Has("textarea") || !strings.Contains(page.Text("#bars"), "In the way") {
		t.Errorf("a frozen customer can leave: %s", page.Text("main"))
	}
	admin.Post(at+"/freeze", url.Values{"do": {"unfreeze"}, "type": {"ACCOUNT"}, "reason": {"Paid."}}).Want(200)
	if page := other.Post("/my-partner/dissociate", url.Values{"reason": {"Moving on."}}); page.Status != 422 || !page.Has("#e-acknowledged") {
		t.Errorf("not acknowledged: %d", page.Status)
	}
	asked := other.Post("/my-partner/dissociate", url.Values{"reason": {"Moving on."}, "acknowledged": {"on"}}).Want(200)
	page := admin.Get(asked.Path).Want(200)
	edition, _ := page.Doc.Find("input[name=edition]").Attr("value")
	if page = admin.Post(asked.Path, url.Values{"edition": {edition}, "do": {"refuse"}}); page.Status != 422 {
		t.Errorf("refused without words: %d", page.Status)
	}
	admin.Post(asked.Path, url.Values{"edition": {edition}, "do": {"agree"}}).Want(200)
	if page = other.Get("/my-partner").Want(200); !strings.Contains(page.Text(".head"), "no partner") {
		t.Errorf("after the end: %s", page.Text(".head"))
	}
	if got := admin.Get("/customers.csv"); got.Status != 200 || !strings.Contains(got.Body, "login_name") {
		t.Errorf("the export: %d %q", got.Status, got.Body)
	}
}

func TestCustomersAreGivenToAnAccountManagerWhoSeesNoOthers(t *testing.T) {
	p, partner, who := start(t)
	join(t, p, partner, who, "resale")
	join(t, p, partner, p.Customer("Hospital"), "referral")
	manager := p.User(partner.Account, actor.AccountManager)
	p.As(partner).Post("/customers", url.Values{"id": {who.Account}, "manager": {manager.User}}).Want(200)
	if list := p.As(manager).Get("/customers").Want(200); !strings.Contains(list.Text("#customers-table"), "Mekong") || strings.Contains(list.Text("#customers-table"), "Hospital") {
		t.Errorf("the manager sees %s", list.Text("#customers-table"))
	}
	if page := p.As(partner).Post("/customers", url.Values{"manager": {manager.User}}); page.Status != 422 {
		t.Errorf("nobody ticked: %d", page.Status)
	}
}

func TestCustomerPagesAreWholeInEveryLanguage(t *testing.T) {
	p, partner, who := start(t)
	admin := p.As(partner)
	portaltest.Check(t, admin, "/customers", "/customers/invitations", "/resellers", "/my-partner")
	made := admin.Post("/customers/invitations", url.Values{"model": {"resale"}, "note": {"Hello"}}).Want(200)
	link := token(t, made)
	portaltest.Check(t, p.Nobody(), "/join-partner?token="+link)
	portaltest.Check(t, p.As(who), "/join-partner?token="+link, "/my-partner")
	p.As(who).Post("/join-partner", url.Values{"token": {link}, "do": {"accept"}}).Want(200)
	admin.Post("/customers/announcements", url.Values{"company": {"Andes"}, "announced_email": {"it@andes.example"}}).Want(200)
	at := "/customers/" + who.Account
	portaltest.Check(t, admin, "/customers", "/customers/invitations", made.Path, at, at+"/freeze", at+"/switch", at+"/dissociate")
	asked := admin.Post(at+"/switch", url.Values{"reason": {"They asked."}, "acknowledged": {"on"}}).Want(200)
	portaltest.Check(t, admin, asked.Path, at)
	portaltest.Check(t, p.As(who), asked.Path, "/my-partner")
	distributor, reseller := p.Partner("Gulf", account.Distributor), p.Partner("Nile", account.Reseller)
	top := p.As(distributor)
	top.Post("/resellers", url.Values{"email": {"nile@partner.example"}}).Want(200)
	list, _, err := p.Distribution.Invitations(t.Context(), distributor, "", true, "", 0)
	if err != nil || len(list) != 1 {
		t.Fatalf("Invitations = %v, %v", list, err)
	}
	link = token(t, top.Get("/customer-invitations/"+list[0].ID).Want(200))
	portaltest.Check(t, p.As(reseller), "/join-partner?token="+link)
	p.As(reseller).Post("/join-partner", url.Values{"token": {link}, "do": {"accept"}}).Want(200)
	join(t, p, reseller, p.Customer("Cairo"), string(distribution.Customer{Model: account.Resale}.Model))
	portaltest.Check(t, top, "/resellers", "/resellers/"+reseller.Account, "/resellers/"+reseller.Account+"/dissociate", "/customers")
	portaltest.Check(t, p.As(reseller), "/my-partner", "/my-partner/dissociate")
	vendor := p.As(p.Vendor())
	portaltest.Check(t, vendor, "/channel/"+partner.Account+"/customers", "/channel/"+partner.Account+at, "/channel/"+distributor.Account+"/resellers", "/channel/"+partner.Account+made.Path)
}

func TestStrangersDoNotSeeCustomers(t *testing.T) {
	p, partner, who := start(t)
	join(t, p, partner, who, "resale")
	other := p.As(p.Partner("South"))
	at := "/customers/" + who.Account
	for _, path := range []string{at, at + "/freeze", at + "/dissociate", "/channel/" + partner.Account + "/customers"} {
		other.Get(path).Want(404)
	}
	other.Post(at+"/freeze", url.Values{"do": {"freeze"}, "reason": {"x"}}).Want(404)
	desk, own := p.As(p.VendorUser(actor.ChannelManager)), "/channel/"+partner.Account+"/customers"
	if page := desk.Post(own+"/restriction", url.Values{"do": {"restrict"}}); page.Status != 422 || !page.Has("#e-reason") {
		t.Errorf("restricted without a reason: %d", page.Status)
	}
	desk.Post(own+"/restriction", url.Values{"do": {"restrict"}, "reason": {"Inspection."}}).Want(200)
	if page := p.As(partner).Get("/customers").Want(200); !strings.Contains(page.Text(".head"), "restricted") {
		t.Errorf("the partner isn't told: %s", page.Text(".head"))
	}
	p.As(p.VendorUser(actor.SupportEngineer)).Get("/channel/" + partner.Account + "/customers").Want(403)
	p.Nobody().Get("/join-partner?token=none").Want(404)
}

func TestAPartnerCreatesACustomerOnThePage(t *testing.T) {
	p, partner, _ := start(t)
	admin := p.As(partner)
	portaltest.Check(t, admin, "/customers/new")
	form := admin.Get("/customers/new").Want(200)
	key, _ := form.Doc.Find("input[name=key]").Attr("value")
	typed := url.Values{"key": {key}, "name": {"Kaunas Logistics"}, "country": {"lt"}, "model": {"referral"}, "contact": {"Jonas"}, "email": {"nobody"}, "phone": {"12"}, "login_name": {"1x"}}
	page := admin.Post("/customers/new", typed)
	if page.Status != 422 || !page.Has("#e-email") || !page.Has("#e-phone") || !page.Has("#e-login_name") && !page.Has("#e-login-name") {
		t.Fatalf("with three mistakes: %d %s", page.Status, page.Text(".summary"))
	}
	for field, want := range map[string]string{"name": "Kaunas Logistics", "email": "nobody", "contact": "Jonas", "key": key} {
		if got, _ := page.Doc.Find("input[name=" + field + "]").Attr("value"); got != want {
			t.Errorf("%s after the refusal: %q, want %q", field, got, want)
		}
	}
	if _, ticked := page.Doc.Find("input[name=model][value=referral]").Attr("checked"); !ticked {
		t.Error("the chosen model is lost")
	}
	typed.Set("email", "it@kaunas.example")
	typed.Del("phone")
	typed.Set("login_name", "kaunas")
	first, second := admin.Post("/customers/new", typed).Want(200), admin.Post("/customers/new", typed).Want(200)
	if first.Path != second.Path || !strings.HasPrefix(first.Path, "/customers/") || !strings.Contains(first.Text(".head"), "it@kaunas.example") {
		t.Errorf("clicked twice: %s and %s: %s", first.Path, second.Path, first.Text(".head"))
	}
	admin.Post(first.Path+"/remind", nil).Want(200)
	portaltest.Check(t, admin, first.Path, "/customers?level=V0")
	if list := admin.Get("/customers?level=V5").Want(200); list.Has("#customers-table") {
		t.Errorf("of another level: %s", list.Text("#customers"))
	}
	distributor := p.As(p.Partner("Gulf", account.Distributor))
	if page := distributor.Get("/customers/new").Want(200); page.Has("form[action='/customers/new']") {
		t.Error("a distributor without resellers gets a form")
	}
	p.As(p.User(partner.Account, actor.PartnerFinance)).Get("/customers/new").Want(403)
}

func TestADistributorCreatesACustomerForItsReseller(t *testing.T) {
	p, _, _ := start(t)
	distributor, reseller := p.Partner("Gulf", account.Distributor), p.Partner("Nile", account.Reseller)
	if _, err := p.Account.Associate(t.Context(), p.Vendor(), account.Association{Account: distributor.Account, Other: reseller.Account, Kind: account.ResellerOf}); err != nil {
		t.Fatal(err)
	}
	p.Drain()
	top := p.As(distributor)
	portaltest.Check(t, top, "/customers/new")
	typed := url.Values{"name": {"Cairo Textiles"}, "country": {"EG"}, "model": {"resale"}, "contact": {"Amal"}, "email": {"it@cairo.example"}}
	if page := top.Post("/customers/new", typed); page.Status == 200 && page.Path != "/customers/new" {
		t.Errorf("without a reseller: %d %s", page.Status, page.Path)
	}
	typed.Set("partner", reseller.Account)
	if page := top.Post("/customers/new", typed).Want(200); page.Path != "/resellers/"+reseller.Account || !strings.Contains(page.Text("#customers"), "Cairo Textiles") {
		t.Errorf("created: %s %s", page.Path, page.Text("main"))
	}
	if list := p.As(reseller).Get("/customers").Want(200); !strings.Contains(list.Text("#customers-table"), "Cairo Textiles") {
		t.Errorf("the reseller's customers: %s", list.Text("#customers"))
	}
}

func TestTheVendorStatesWhetherACustomerIsNew(t *testing.T) {
	p, partner, who := start(t)
	join(t, p, partner, who, "resale")
	at := "/channel/" + partner.Account + "/customers/" + who.Account
	desk := p.As(p.VendorUser(actor.ChannelManager))
	portaltest.Check(t, desk, at)
	if page := desk.Post(at+"/tag", url.Values{"tag": {"Y"}, "from": {"November"}}); page.Status != 422 || !page.Has("#e-from") {
		t.Errorf("a month that is none: %d", page.Status)
	}
	page := desk.Post(at+"/tag", url.Values{"tag": {"N"}, "from": {"2026-01"}}).Want(200)
	if chosen, _ := page.Doc.Find("#tag option[selected]").Attr("value"); chosen != "N" {
		t.Errorf("the page proposes %q after N was stated", chosen)
	}
	p.As(partner).Post(at+"/tag", url.Values{"tag": {"Y"}}).Want(404)
}
