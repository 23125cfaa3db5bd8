package treasury_test

import (
	"net/url"
	"strings"
	"testing"

	"hanse/internal/domain/account"
	"hanse/internal/domain/fixture"
	"hanse/internal/domain/ledger"
	"hanse/internal/domain/ledger/ledgertest"
	"hanse/internal/domain/treasury"
	"hanse/internal/edge/portal/portaltest"
	money "hanse/internal/edge/portal/treasury"
	"hanse/internal/kit/actor"
	"hanse/internal/kit/calendar"
	"hanse/internal/kit/db"
)

// A town is the portal with the people of one story.
type town struct {
	*portaltest.Portal
	t                                   *testing.T
	anna, chen, north, shop, own, other actor.Actor
}

func start(t *testing.T) *town {
	p := portaltest.New(t, func(p *portaltest.Portal) {
		money.Register(p.Site, money.Deps{DB: p.DB, Treasury: p.Treasury, Payments: p.Payment, Bank: p.TestBank, Confirm: p.Confirm, Accounts: p.Account})
	})
	x := &town{Portal: p, t: t}
	p.Vendor()
	x.anna, x.chen = p.VendorUser(actor.VendorFinance), p.VendorUser(actor.VendorFinance)
	x.north, x.shop, x.own, x.other = p.Partner("North"), p.Customer("Shop"), p.Customer("Own"), p.Partner("Other")
	_, err := p.Account.Associate(t.Context(), actor.Program("test"), account.Association{Account: x.north.Account, Other: x.shop.Account, Kind: account.Resale})
	fixture.Must(t, err)
	t.Cleanup(func() { ledgertest.Balanced(t, p.DB) })
	return x
}

func (x *town) today() string { return calendar.DayOf(x.Clock.Now()).String() }

// enter is a transfer entered by the form.
func (x *town) enter(to actor.Actor, amount, reference string) *portaltest.Page {
	x.t.Helper()
	c := x.As(x.anna)
	key, _ := c.Get("/topups/new?account=" + to.Account).Want(200).Doc.Find("input[name=key]").Attr("value")
	return c.Upload("/topups", url.Values{"key": {key}, "account": {to.Account}, "method": {"transfer"}, "unit": {"CNY"}, "amount": {amount}, "reference": {reference},
		"payer": {"North Ltd"}, "received_on": {x.today()}, "remark": {""}}, "file", "advice.pdf", []byte("%PDF-1.4\n%%EOF\n"))
}

func edition(p *portaltest.Page) url.Values {
	v, _ := p.Doc.Find("input[name=edition]").First().Attr("value")
	return url.Values{"edition": {v}}
}

func with(v url.Values, more ...string) url.Values {
	for i := 0; i < len(more); i += 2 {
		v.Set(more[i], more[i+1])
	}
	return v
}

func TestALargeTransferIsApprovedByAColleagueAndReversed(t *testing.T) {
	x := start(t)
	c := x.As(x.anna)
	if p := c.Get("/topups/new?q=nor").Want(200); p.Text("#companies-table") == "" || strings.Contains(p.Text("#companies-table"), "Other") {
		t.Errorf("the choice of companies shows %q", p.Text("#companies-table"))
	}
	wrong := x.enter(x.north, "1.005", "R1").Want(422)
	if got, _ := wrong.Doc.Find("#f-reference").Attr("value"); got != "R1" || !wrong.Has("#e-amount") {
		t.Errorf("a refused form forgets what was typed: %q", got)
	}
	own := x.enter(x.north, "600,000", "BIG-1").Want(200)
	if own.Has("#decide button:contains(Approve)") {
		t.Error("who entered it is offered to approve it")
	}
	if again := x.enter(x.own, "5", "big 1"); again.Status != 422 || !strings.Contains(again.Body, "North") {
		t.Errorf("the same reference: %d, doesn't name the first", again.Status)
	}
	colleague := x.As(x.chen)
	seen := colleague.Get(own.Path).Want(200)
	done := colleague.Post(own.Path+"/approve", edition(seen)).Want(200)
	if !strings.Contains(done.Text("#topup"), "TR") {
		t.Errorf("an approved top-up shows no number: %q", done.Text("#topup"))
	}
	colleague.Post(own.Path+"/approve", edition(seen)).Want(409)
	colleague.Get(own.Path + "/evidence").Want(200)
	portaltest.Check(t, c, "/topups", "/topups?state=posted", "/topups/new", "/topups/new?account="+x.north.Account, own.Path)
	asked := c.Post(own.Path+"/reverse", with(edition(done), "reason", "Meant for Own")).Want(200)
	portaltest.Check(t, colleague, own.Path)
	colleague.Post(own.Path+"/approve-reversal", edition(asked)).Want(200)
	ledgertest.Has(t, x.DB, x.north.Account, ledger.Cash, 0)
	portaltest.Check(t, colleague, own.Path, "/topups?state=reversed")
}

func TestCreditAndEarmarksAreSetSeenAndReleased(t *testing.T) {
	x := start(t)
	c := x.As(x.anna)
	portaltest.Check(t, c, "/credit", "/earmarks", "/credit/new", "/earmarks/new")
	x.enter(x.north, "1000", "R1").Want(200)
	c.Post("/credit", url.Values{"account": {x.north.Account}, "unit": {"CNY"}, "amount": {"500"}, "reason": {""}}).Want(422)
	c.Post("/credit", url.Values{"account": {x.north.Account}, "unit": {"CNY"}, "amount": {"500"}, "reason": {"Review"}}).Want(200)
	big := c.Post("/credit", url.Values{"account": {x.north.Account}, "unit": {"CNY"}, "amount": {"900000"}, "reason": {"Project"}}).Want(200)
	change, _ := big.Doc.Find("#changes-table a").First().Attr("href")
	portaltest.Check(t, x.As(x.chen), "/credit", change, "/credit/"+x.north.Account)
	x.As(x.chen).Post(change+"/reject", url.Values{"reason": {"Too early"}}).Want(200)
	portaltest.Check(t, c, change)
	e := c.Post("/earmarks", url.Values{"account": {x.north.Account}, "unit": {"CNY"}, "amount": {"300"}, "purpose": {"Summit"}}).Want(200)
	portaltest.Check(t, c, "/earmarks", e.Path)
	c.Post(e.Path, url.Values{"left": {"30000"}, "amount": {"100"}, "reason": {"Part"}}).Want(200)
	c.Post(e.Path, url.Values{"left": {"30000"}, "amount": {"100"}, "reason": {"Part"}}).Want(409)
	ledgertest.Has(t, x.DB, x.north.Account, ledger.Cash, 80000)
	n := x.As(x.north)
	portaltest.Check(t, n, "/finance/own", "/finance/credit", "/finance/topup")
	n.Post("/finance/reminder", url.Values{"below": {"50"}}).Want(200)
	for _, path := range []string{"/topups", "/credit", "/earmarks", "/withdrawals", "/payments", "/topups.csv", change, e.Path} {
		n.Get(path).Want(404)
	}
	x.As(x.VendorUser(actor.SupportEngineer)).Get("/topups").Want(403)
}

func TestAnOnlinePaymentComesBackToThePortal(t *testing.T) {
	x := start(t)
	n := x.As(x.own)
	n.Post("/finance/topup", url.Values{"unit": {"CNY"}, "amount": {"0"}}).Want(422)
	bank := n.Post("/finance/topup", url.Values{"unit": {"CNY"}, "amount": {"12.50"}}).Want(200)
	if !strings.HasPrefix(bank.Path, "/test-bank/") {
		t.Fatalf("paying leads to %s", bank.Path)
	}
	portaltest.Check(t, n, bank.Path)
	back := n.Post(bank.Path, url.Values{"choice": {"twice"}}).Want(200)
	if !strings.HasPrefix(back.Path, "/finance/payments/") {
		t.Fatalf("after paying one is at %s", back.Path)
	}
	n.Post(bank.Path, url.Values{"choice": {"pay"}}).Want(409)
	ledgertest.Has(t, x.DB, x.own.Account, ledger.Cash, 1250)
	portaltest.Check(t, n, back.Path, bank.Path, "/finance/topup", "/finance/own")
	portaltest.Check(t, x.As(x.anna), "/payments", "/payments?state=paid")
	x.As(x.other).Get(back.Path).Want(404)
	x.As(x.north).Post("/payments/notify/test", url.Values{}).Want(401)
}

func TestAWithdrawalIsAskedForApprovedAndPaid(t *testing.T) {
	x := start(t)
	x.enter(x.north, "1000", "R1").Want(200)
	n, c := x.As(x.north), x.As(x.anna)
	portaltest.Check(t, n, "/finance/withdraw", "/finance/bank", "/finance/withdrawals")
	n.Post("/finance/bank", url.Values{"holder": {"North Ltd"}, "bank": {"ICBC"}, "branch": {""}, "number": {"12"}}).Want(422)
	n.Post("/finance/bank", url.Values{"holder": {"North Ltd"}, "bank": {"ICBC"}, "branch": {"West Lake"}, "number": {"6222 0000 1234 5678"}}).Want(200)
	w, err := x.Treasury.Withdraw(t.Context(), viaKey(x.north), treasury.NewWithdrawal{Unit: "CNY", Amount: "400"})
	fixture.Must(t, err)
	if p := n.Post("/finance/withdraw", url.Values{"unit": {"CNY"}, "amount": {"100"}}).Want(422); !p.Has("#e-code") {
		t.Error("a withdrawal without a code isn't asked for one")
	}
	own, path := "/finance/withdrawals/"+w.ID, "/withdrawals/"+w.ID
	portaltest.Check(t, n, own, "/finance/withdrawals", "/finance/withdraw")
	portaltest.Check(t, c, "/withdrawals", path)
	done := c.Post(path+"/approve", edition(c.Get(path))).Want(200)
	if p := c.Post(path+"/reveal", url.Values{}).Want(200); !strings.Contains(p.Text("#steps"), "6222000012345678") {
		t.Error("finance doesn't see the whole number")
	}
	portaltest.Check(t, c, path)
	c.Post(path+"/pay", with(edition(done), "reference", "", "paid_on", x.today())).Want(422)
	c.Post(path+"/pay", with(edition(done), "reference", "OUT-1", "paid_on", x.today())).Want(200)
	ledgertest.Has(t, x.DB, x.north.Account, ledger.Cash, 60000)
	x.As(x.other).Get(own).Want(404)
	if csv := c.Get("/withdrawals.csv?state=all").Want(200).Body; !strings.Contains(csv, w.ID) {
		t.Errorf("the file doesn't have %s: %s", w.ID, csv)
	}
}

// viaKey is the same user by a signed call, who isn't asked for a code.
func viaKey(by actor.Actor) actor.Actor { by.Via = "key"; return by }

func TestAResaleCustomerIsToldWhyAndGetsMoneyBackByItsPartner(t *testing.T) {
	x := start(t)
	x.enter(x.north, "1000", "R1").Want(200)
	fixture.Must(t, x.DB.Update(t.Context(), func(tx *db.Tx) error {
		if err := ledger.Connect(t.Context(), tx, x.north.Account, x.shop.Account, ledger.MoneyUnits...); err != nil {
			return err
		}
		_, err := ledger.Post(t.Context(), tx, x.north, ledger.Posting{Book: x.north.Account, Kind: ledger.Allocate, Verb: actor.MoveFunds, Moves: []ledger.Move{{
			From: ledger.Place{Owner: x.north.Account, Kind: ledger.Cash, Unit: "CNY"}, To: ledger.Place{Owner: x.shop.Account, Kind: ledger.Allocated, Unit: "CNY"}, Minor: 20000}}})
		return err
	}))
	s, n := x.As(x.shop), x.As(x.north)
	for _, path := range []string{"/finance/own", "/finance/topup", "/finance/withdraw"} {
		if p := s.Get(path).Want(200); !strings.Contains(p.Body, "North") {
			t.Errorf("%s doesn't name the partner", path)
		}
	}
	portaltest.Check(t, s, "/finance/own", "/finance/topup", "/finance/withdraw", "/finance/refunds", "/finance/refunds/new")
	s.Post("/finance/topup", url.Values{"unit": {"CNY"}, "amount": {"5"}}).Want(409)
	r := s.Post("/finance/refunds", url.Values{"amount": {"80"}, "words": {"We stop."}}).Want(200)
	portaltest.Check(t, s, r.Path, "/finance/refunds")
	portaltest.Check(t, n, r.Path, "/finance/refunds", "/finance/refunds/new")
	x.As(x.other).Get(r.Path).Want(404)
	back := n.Post(r.Path+"/return", edition(n.Get(r.Path))).Want(200)
	ledgertest.Has(t, x.DB, x.shop.Account, ledger.Allocated, 12000)
	portaltest.Check(t, n, r.Path)
	n.Post(r.Path+"/paid", with(edition(back), "method", "", "refunded_on", x.today(), "reference", "OUT")).Want(422)
	n.Post(r.Path+"/paid", with(edition(back), "method", "Bank transfer", "refunded_on", x.today(), "reference", "OUT")).Want(200)
	portaltest.Check(t, s, r.Path)
	s.Post(r.Path+"/dispute", with(edition(s.Get(r.Path)), "reason", "Not here.")).Want(200)
	n.Post(r.Path+"/paid", with(edition(n.Get(r.Path)), "method", "Bank transfer", "refunded_on", x.today(), "reference", "OUT-2")).Want(200)
	done := s.Post(r.Path+"/confirm", edition(s.Get(r.Path))).Want(200)
	if !strings.Contains(done.Body, "Confirmed") {
		t.Error("a confirmed refund doesn't say so")
	}
	if csv := n.Get("/finance/refunds.csv").Want(200).Body; !strings.Contains(csv, "OUT-2") {
		t.Errorf("the file: %s", csv)
	}
	n.Post("/finance/refunds", url.Values{"customer": {x.own.Account}, "amount": {"1"}}).Want(422)
}
