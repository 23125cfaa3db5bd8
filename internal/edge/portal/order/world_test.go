package order_test

import (
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"

	"hanse/internal/domain/fixture"
	"hanse/internal/domain/ledger"
	"hanse/internal/domain/ledger/ledgertest"
	"hanse/internal/domain/order"
	"hanse/internal/domain/rate"
	orders "hanse/internal/edge/portal/order"
	"hanse/internal/edge/portal/plan"
	"hanse/internal/edge/portal/portaltest"
	money "hanse/internal/edge/portal/treasury"
	"hanse/internal/kit/actor"
)

// A town is the portal with a partner, the sub-account with which it buys, and the vendor.
type town struct {
	*portaltest.Portal
	t                   *testing.T
	vendor, master, sub actor.Actor
}

func start(t *testing.T) *town {
	p := portaltest.New(t, func(p *portaltest.Portal) {
		plan.Register(p.Site, plan.Deps{DB: p.DB, Plans: p.Subscription, Orders: p.Order, Eligibility: p.Eligibility})
		orders.Register(p.Site, orders.Deps{DB: p.DB, Orders: p.Order, Payments: p.Payment, Confirm: p.Confirm})
		money.Register(p.Site, money.Deps{DB: p.DB, Treasury: p.Treasury, Payments: p.Payment, Bank: p.TestBank, Confirm: p.Confirm, Accounts: p.Account})
	})
	x := &town{Portal: p, t: t}
	x.vendor, x.master, x.sub = p.Vendor(), p.Partner("Lighthouse"), p.Customer("Lighthouse")
	s, err := p.Account.AskSub(t.Context(), x.master, x.sub.Account, "Lighthouse")
	fixture.Must(t, err)
	fixture.Must(t, p.Account.AnswerSub(t.Context(), x.sub, s.ID, true))
	t.Cleanup(func() { ledgertest.Balanced(t, p.DB) })
	return x
}

// give puts money into the buyer's balance.
func (x *town) give(minor int64) {
	ledgertest.Give(x.t, x.DB, x.vendor.Account, x.sub.Account, ledger.Cash, minor)
}

// form are the hidden entries of a form, and more.
func form(p *portaltest.Page, id string, more ...string) url.Values {
	out := url.Values{}
	p.Doc.Find("form#" + id + " input[type=hidden]").Each(func(_ int, s *goquery.Selection) {
		out.Add(s.AttrOr("name", ""), s.AttrOr("value", ""))
	})
	for i := 0; i < len(more); i += 2 {
		out.Set(more[i], more[i+1])
	}
	return out
}

// follow clicks the link or button-like link with these words.
func follow(c *portaltest.Client, p *portaltest.Page, words string) *portaltest.Page {
	var href string
	p.Doc.Find("main a").Each(func(_ int, s *goquery.Selection) {
		if strings.TrimSpace(s.Text()) == words {
			href = s.AttrOr("href", "")
		}
	})
	return c.Get(href).Want(200)
}

var digits = regexp.MustCompile(`\b\d{6}\b`)

// code does what people do at the identity check: ask for one, read the mail.
func (x *town) code(c *portaltest.Client, p *portaltest.Page) url.Values {
	x.t.Helper()
	sent := c.Post("/orders/pay", form(p, "identity", "send_code", "1", "channel", "email")).Want(200)
	x.Drain()
	mails := x.Sink.List()
	if len(mails) == 0 || !sent.Has("#identity .notice.good") {
		x.t.Fatalf("no code was sent: %s", sent.Text("main"))
	}
	return form(sent, "identity", "do", "pay", "code", digits.FindString(mails[0].Text))
}

// pay pays the order on the page from the balance, with the code.
func (x *town) pay(c *portaltest.Client, p *portaltest.Page) *portaltest.Page {
	x.t.Helper()
	asked := c.Post("/orders/pay", form(p, "pay", "way", "balance", "do", "pay"))
	if asked.Status == 200 && asked.Has("#identity") {
		return c.Post("/orders/pay", x.code(c, asked))
	}
	return asked
}

// bought is a plan that the sub-account bought by a program.
func (x *town) bought(l rate.Level, t rate.Term) order.Order {
	x.t.Helper()
	return x.done(order.Ask{Kind: order.Buy, Level: l, Term: t})
}

func (x *town) done(a order.Ask) order.Order {
	x.t.Helper()
	by := x.sub
	by.Via = "key"
	q, err := x.Order.Quote(x.t.Context(), by, a)
	fixture.Must(x.t, err)
	o, err := x.Order.Place(x.t.Context(), by, order.Placing{Token: q.Token, Agreed: 1, Confirmed: true, Reason: 1})
	fixture.Must(x.t, err)
	if o.State == order.Pending {
		out, err := x.Order.Pay(x.t.Context(), by, order.Paying{Orders: []string{o.No}, Way: order.Balance})
		fixture.Must(x.t, err)
		o = out.Paid[0]
	}
	return o
}

// sleep lets time go by, with all that falls due.
func (x *town) sleep(d time.Duration) {
	x.Clock.Shift(d)
	x.Drain()
}
