package order_test

import (
	"net/url"
	"strings"
	"testing"
	"time"

	"hanse/internal/domain/ledger"
	"hanse/internal/domain/ledger/ledgertest"
	"hanse/internal/domain/order"
	"hanse/internal/domain/rate"
	"hanse/internal/edge/portal/portaltest"
	"hanse/internal/kit/actor"
)

func TestAPlanIsBoughtThroughEveryGate(t *testing.T) {
	x := start(t)
	x.give(2_000_000)
	c := x.As(x.sub)
	home := c.Get("/plan").Want(200)
	if !strings.Contains(home.Text(".head"), "Basic") {
		t.Errorf("before buying: %s", home.Text(".head"))
	}
	choose := follow(c, home, "Change")
	if !strings.Contains(choose.Text("#fee"), "8,500.00") {
		t.Errorf("the fee isn't there before anything is confirmed: %s", choose.Text("#fee"))
	}
	box := follow(c, choose, "Buy now")
	if !box.Has("#confirm") {
		t.Fatalf("buying has no box: %s", box.Text("main"))
	}
	spec := follow(c, box, "Confirm")
	portaltest.Check(t, c, "/plan", "/plan/change", "/plan/change?level=PREMIUM&term=YEAR-2", box.Path, "/plan/change?step=confirm", "/plan/change?step=spec", "/plan/agreement", "/plan/packs", "/plan/renew", "/plan/cancel")
	if no := c.Post("/plan/change", form(spec, "spec")); no.Status != 422 || !no.Has("#e-agreed") {
		t.Fatalf("bought without the agreement: %d %s", no.Status, no.Text("main"))
	}
	pay := c.Post("/plan/change", form(spec, "spec", "agreed", "on")).Want(200)
	if !strings.HasPrefix(pay.Path, "/orders/pay?no=CS") {
		t.Fatalf("an order leads to %s", pay.Path)
	}
	portaltest.Check(t, c, pay.Path)
	asked := c.Post("/orders/pay", form(pay, "pay", "way", "balance", "do", "pay")).Want(200)
	if !asked.Has("#identity input[name=code]") {
		t.Fatalf("buying asks for no identity code: %s", asked.Text("main"))
	}
	if wrong := c.Post("/orders/pay", form(asked, "identity", "do", "pay", "code", "000000")); wrong.Status != 422 || !wrong.Has("#e-code") {
		t.Errorf("a wrong code: %d %s", wrong.Status, wrong.Text("main"))
	}
	done := c.Post("/orders/pay", x.code(c, asked)).Want(200)
	if !strings.HasPrefix(done.Path, "/orders/result") || !strings.Contains(done.Text("#result"), "Paid") {
		t.Fatalf("after paying: %s %s", done.Path, done.Text("main"))
	}
	ledgertest.Has(t, x.DB, x.sub.Account, ledger.Cash, 1_150_000)
	portaltest.Check(t, c, done.Path, "/plan", "/orders")
	if now := c.Get("/plan").Want(200); !strings.Contains(now.Text(".head"), "Standard until") || !now.Has("a[href='/plan/packs']") {
		t.Errorf("after buying: %s", now.Text(".head"))
	}
}

func TestPacksAreBoughtWithATickAndWithoutACode(t *testing.T) {
	x := start(t)
	x.give(3_000_000)
	x.bought(rate.Standard, rate.Months(1))
	c := x.As(x.sub)
	spec := follow(c, c.Get("/plan/packs?packs=2").Want(200), "Buy now")
	if !strings.Contains(spec.Text("#specification"), "20") {
		t.Errorf("two packs: %s", spec.Text("#specification"))
	}
	c.Post("/plan/packs", form(spec, "spec")).Want(422)
	pay := c.Post("/plan/packs", form(spec, "spec", "agreed", "on")).Want(200)
	done := c.Post("/orders/pay", form(pay, "pay", "way", "balance", "do", "pay")).Want(200)
	if done.Has("#identity") || !strings.Contains(done.Text("#result"), "Paid") {
		t.Errorf("packs: %s", done.Text("main"))
	}
	ledgertest.Has(t, x.DB, x.sub.Account, ledger.Cash, 3_000_000-850_000-560_000)
	portaltest.Check(t, c, "/plan/packs?packs=2", "/plan/packs?packs=2&step=spec", "/plan", done.Path)
}

func TestLevelsGoUpWithABoxAndDownWithATick(t *testing.T) {
	x := start(t)
	x.give(5_000_000)
	x.bought(rate.Standard, rate.Months(1))
	x.sleep(10 * 24 * time.Hour)
	c := x.As(x.sub)
	up := c.Get("/plan/change").Want(200)
	if !strings.Contains(up.Text("#lines"), "(17,000.00 − 8,500.00) × ") {
		t.Errorf("the formula isn't shown: %s", up.Text("#lines"))
	}
	spec := follow(c, follow(c, up, "Change now"), "Confirm")
	portaltest.Check(t, c, "/plan/change", "/plan/change?step=confirm", "/plan/change?step=spec")
	pay := c.Post("/plan/change", form(spec, "spec", "agreed", "on")).Want(200)
	if again := c.Get("/plan/renew").Want(200); !strings.Contains(again.Text("main"), "CS") {
		t.Errorf("renewing beside an unpaid change: %s", again.Text("main"))
	}
	x.pay(c, pay).Want(200)
	down := c.Get("/plan/change").Want(200)
	if down.Has("#confirm") || !strings.Contains(down.Text("#fee"), "What comes back") {
		t.Errorf("going down: %s", down.Text("#fee"))
	}
	spec = follow(c, down, "Change now")
	if !spec.Has("#spec input[name=agreed]") {
		t.Fatalf("going down leads past the tick: %s", spec.Text("main"))
	}
	portaltest.Check(t, c, "/plan/change", "/plan/change?step=spec", "/plan", "/orders")
	done := c.Post("/plan/change", form(spec, "spec", "agreed", "on")).Want(200)
	if !strings.HasPrefix(done.Path, "/orders/CS") || !done.Has("#refunds-table") {
		t.Errorf("after going down: %s %s", done.Path, done.Text("main"))
	}
	portaltest.Check(t, c, done.Path, "/plan")
}

func TestARenewalIsPricedPaidAndSetToOneDay(t *testing.T) {
	x := start(t)
	x.give(30_000_000)
	x.bought(rate.Standard, rate.Months(1))
	c := x.As(x.sub)
	c.Post("/plan/settings/unify", url.Values{"unify": {"99"}}).Want(422)
	c.Post("/plan/settings/unify", url.Values{"unify": {"-1"}}).Want(200)
	c.Post("/plan/settings/deduct-day", url.Values{"deduct_day": {"9"}}).Want(422)
	c.Post("/plan/settings/deduct-day", url.Values{"deduct_day": {"3"}}).Want(200)
	c.Post("/plan/settings/auto", url.Values{"on": {"on"}, "term": {"YEAR-1"}, "times": {"2"}}).Want(200)
	p := c.Get("/plan/renew?term=MONTH-3").Want(200)
	if !strings.Contains(p.Text("#lines"), "25,500.00") || p.Has("#spec input[name=agreed]") {
		t.Errorf("three months: %s", p.Text("#fee"))
	}
	if got, _ := c.Get("/plan").Doc.Find("#auto-form input[name=on][checked]").Attr("name"); got != "on" {
		t.Error("the automatic renewal isn't on")
	}
	portaltest.Check(t, c, "/plan", "/plan/renew?term=MONTH-3", "/plan/renew?term=YEAR-2")
	pay := c.Post("/plan/renew", form(p, "spec")).Want(200)
	x.pay(c, pay).Want(200)
	if now := c.Get("/plan").Want(200); strings.Count(now.Text("#history-table"), "CS") != 2 {
		t.Errorf("two periods: %s", now.Text("#history-table"))
	}
	x.sleep(60 * 24 * time.Hour)
	portaltest.Check(t, c, "/plan", "/plan/cancel", "/plan/cancel?kind=2")
}

func TestUnsubscribingShowsEveryAmountAndWantsReasonAndTick(t *testing.T) {
	x := start(t)
	x.give(3_000_000)
	x.bought(rate.Standard, rate.Months(1))
	x.sleep(6 * 24 * time.Hour)
	c := x.As(x.sub)
	p := c.Get("/plan/cancel").Want(200)
	for _, words := range []string{"850.00", "Not a five-day return", "10 returns"} {
		if !strings.Contains(p.Text("main"), words) {
			t.Errorf("the page lacks %q: %s", words, p.Text("main"))
		}
	}
	portaltest.Check(t, c, "/plan/cancel")
	no := c.Post("/plan/cancel", form(p, "spec", "words", "bye")).Want(422)
	if !no.Has("#e-reason") || !no.Has("#e-confirmed") || no.Text("#f-words") != "bye" {
		t.Errorf("without reason and tick: %s", no.Text("main"))
	}
	done := c.Post("/plan/cancel", form(no, "spec", "reason", "7", "words", "We close.", "confirmed", "on")).Want(200)
	if !strings.HasPrefix(done.Path, "/orders/CS") || !strings.Contains(done.Text("#order"), "We close.") {
		t.Fatalf("after unsubscribing: %s %s", done.Path, done.Text("main"))
	}
	portaltest.Check(t, c, done.Path, "/plan", "/orders", "/orders?state=5&kind=unsubscribe")
	if again := c.Get("/plan/cancel").Want(200); again.Has("#spec") {
		t.Error("what is unsubscribed can be unsubscribed again")
	}
}

func TestALargeRefundIsReviewedByFinance(t *testing.T) {
	x := start(t)
	x.give(20_000_000)
	x.bought(rate.Premium, rate.Years(1))
	x.sleep(6 * 24 * time.Hour)
	c := x.As(x.sub)
	p := c.Get("/plan/cancel").Want(200)
	waits := c.Post("/plan/cancel", form(p, "spec", "reason", "3", "confirmed", "on")).Want(200)
	finance := x.As(x.VendorUser(actor.VendorFinance))
	no := strings.TrimPrefix(waits.Path, "/orders/")
	at := "/reviews/refunds/" + no
	portaltest.Check(t, c, waits.Path)
	portaltest.Check(t, finance, "/reviews/refunds", at, "/orders", "/orders/"+no)
	c.Get("/reviews/refunds").Want(404)
	x.As(x.VendorUser(actor.SupportEngineer)).Get(at).Want(403)
	finance.Post(at+"/refuse", url.Values{"account": {x.sub.Account}}).Want(422)
	done := finance.Post(at+"/approve", url.Values{"account": {x.sub.Account}}).Want(200)
	if !strings.Contains(done.Text(".head"), "Completed") {
		t.Errorf("approved: %s", done.Text(".head"))
	}
	finance.Post(at+"/approve", url.Values{"account": {x.sub.Account}}).Want(409)
	portaltest.Check(t, finance, at, "/reviews/refunds")
}

func TestOrdersArePaidTogetherOnlineAndCancelled(t *testing.T) {
	x := start(t)
	c := x.As(x.sub)
	x.give(850_000)
	x.bought(rate.Standard, rate.Months(1))
	var nos []string
	for range 3 {
		p := c.Get("/plan/packs?packs=1&step=spec").Want(200)
		nos = append(nos, strings.TrimPrefix(c.Post("/plan/packs", form(p, "spec", "agreed", "on")).Want(200).Path, "/orders/pay?no="))
	}
	c.Post("/orders/batch", url.Values{"do": {"pay"}}).Want(422)
	list := c.Get("/orders?state=6").Want(200)
	if !list.Has("#orders-table input[name=no]") {
		t.Errorf("unpaid orders can't be ticked: %s", list.Text("main"))
	}
	pay := c.Post("/orders/batch", url.Values{"do": {"pay"}, "no": nos[:2]}).Want(200)
	if !strings.Contains(pay.Text("#ways"), "5,600.00") {
		t.Errorf("two packs: %s", pay.Text("#ways"))
	}
	portaltest.Check(t, c, pay.Path, "/orders?state=6", "/orders/"+nos[0])
	short := c.Post("/orders/pay", form(pay, "pay", "way", "balance", "do", "pay"))
	if short.Status < 400 || !short.Has(".summary") {
		t.Errorf("paid without money: %d", short.Status)
	}
	bank := c.Post("/orders/pay", form2(pay, nos[:2], "online")).Want(200)
	if !strings.HasPrefix(bank.Path, "/test-bank/") {
		t.Fatalf("online leads to %s: %s", bank.Path, bank.Text("main"))
	}
	done := c.Post(bank.Path, url.Values{"choice": {"twice"}}).Want(200)
	if !strings.HasPrefix(done.Path, "/orders/result") || !strings.Contains(done.Text("#result"), "Paid") {
		t.Errorf("after the bank: %s %s", done.Path, done.Text("main"))
	}
	portaltest.Check(t, c, done.Path)
	failed := c.Post("/orders/pay", form2(c.Get("/orders/pay?no="+nos[2]).Want(200), nos[2:], "online")).Want(200)
	back := c.Post(failed.Path, url.Values{"choice": {"decline"}}).Want(200)
	if !strings.Contains(back.Text("#result"), "Not paid") {
		t.Errorf("a failed payment: %s", back.Text("main"))
	}
	portaltest.Check(t, c, back.Path)
	c.Post("/orders/"+nos[2]+"/cancel", nil).Want(200)
	c.Post("/orders/"+nos[2]+"/cancel", nil).Want(409)
	portaltest.Check(t, c, "/orders/"+nos[2])
	if csv := c.Get("/orders.csv").Want(200).Body; strings.Count(csv, "\n") != 5 {
		t.Errorf("the file: %s", csv)
	}
}

// form2 is the form of paying for several orders in a way.
func form2(p *portaltest.Page, nos []string, way string) url.Values {
	out := form(p, "pay", "way", way, "do", "pay")
	out["no"] = nos
	return out
}

func TestPagesOfAPlanAreForItsCompanyAndTheVendor(t *testing.T) {
	x := start(t)
	x.give(1_000_000)
	o := x.bought(rate.Standard, rate.Months(1))
	other := x.As(x.Customer("Other"))
	other.Get("/orders/" + o.No).Want(404)
	other.Get("/orders/pay?no=" + o.No).Want(404)
	if p := other.Get("/plan").Want(200); !p.Has("#eligible") || p.Has("a[href='/plan/change']") {
		t.Errorf("who may not buy is offered to: %s", p.Text("main"))
	}
	master := x.As(x.master)
	if p := master.Get("/plan").Want(200); !strings.Contains(p.Text(".head"), "through the plan of Lighthouse") {
		t.Errorf("the master isn't served: %s", p.Text(".head"))
	}
	vendor := x.As(x.vendor)
	base := "/channel/" + x.master.Account
	portaltest.Check(t, vendor, base+"/plan", base+"/orders", "/orders", "/orders/"+o.No)
	portaltest.Check(t, other, "/plan", "/plan/change", "/orders")
	vendor.Get(base + "/orders/" + o.No).Want(404)
	reader := x.As(x.User(x.sub.Account, actor.CustomerUser))
	portaltest.Check(t, reader, "/plan", "/orders", "/orders/"+o.No)
	reader.Post("/plan/settings/unify", url.Values{"unify": {"5"}}).Want(403)
	reader.Get("/orders/pay?no=" + o.No).Want(403)
	if state := order.Completed; o.State != state {
		t.Errorf("bought: %v", o.State)
	}
}
