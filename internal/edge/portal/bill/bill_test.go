package bill_test

import (
	"fmt"
	"net/url"
	"strings"
	"testing"
	"time"

	"hanse/internal/domain/account"
	"hanse/internal/domain/ledger"
	"hanse/internal/domain/ledger/ledgertest"
	"hanse/internal/edge/portal/bill"
	"hanse/internal/edge/portal/portaltest"
	"hanse/internal/kit/actor"
	"hanse/internal/kit/db"
)

func TestConsumptionIsImportedBilledAndSeenByEverybodyItConcerns(t *testing.T) {
	p := portaltest.New(t, func(p *portaltest.Portal) { bill.Register(p.Site, p.Bill, p.DB, p.Press) })
	vendor, partner, customer := p.Vendor(), p.Partner("North", account.SolutionProvider), p.Customer("Lighthouse")
	relate(t, p, vendor, partner, customer)
	ledgertest.Give(t, p.DB, vendor.Account, customer.Account, ledger.Allocated, 5000)
	p.Clock.MoveTo(time.Date(2026, 3, 20, 4, 0, 0, 0, time.UTC))
	v := p.As(vendor)
	file := "line_id,customer_id,bill_type,service,site,usage_end,amount\n" +
		fmt.Sprintf("l1,%s,5,ecs,cn-north-4,2026-03-10,60.004\nl2,%s,5,obs,ap-southeast-1,2026-03-11,0.0011\nl3,%s,5,ecs,x,2026-03-11,minus\n", customer.Account, customer.Account, customer.Account)
	at := v.Upload("/consumption", url.Values{}, "file", "march.csv", []byte(file)).Want(200).Path
	p.Drain()
	if got := v.Get(at).Want(200).Doc.Find("#import").Text(); !strings.Contains(got, "Taken: 2.") || !strings.Contains(got, "This isn't an amount.") {
		t.Errorf("the import says %q", got)
	}
	if bad := v.Get(at + "/errors.csv").Want(200).Body; !strings.Contains(bad, "l3,") || strings.Contains(bad, "l1,") {
		t.Errorf("lines to correct:\n%s", bad)
	}
	c := p.As(partner)
	if got := c.Get("/bills").Want(200).Doc.Find("#owed").Text(); !strings.Contains(got, "Lighthouse") || !strings.Contains(got, "10.01") {
		t.Errorf("arrears: %q, want 10.01 of Lighthouse", got)
	}
	lines := "/bills/2026-03/" + customer.Account
	if got := c.Get(lines).Want(200).Doc.Find("#lines").Text(); !strings.Contains(got, "0.0011") || !strings.Contains(got, "ap-southeast-1") {
		t.Errorf("lines: %q", got)
	}
	portaltest.Check(t, v, "/consumption", at, "/channel/"+partner.Account+"/bills", "/channel/"+partner.Account+"/bills/2026-03")
	portaltest.Check(t, c, "/bills", "/bills/2026-03", lines, "/bills/2026-03/book")
	portaltest.Check(t, p.As(customer), "/bills", "/bills/2026-03", "/bills/2026-03/book")
	for _, file := range []string{"/bills/2026-03/bill.pdf", "/bills/2026-03/parts.csv", "/bills/2026-03/parts.xlsx", lines + "/lines.csv", "/bills/2026-03/book/statement.pdf", "/bills/2026-03/book/accounts.csv"} {
		c.Get(file).Want(200)
	}
	p.As(p.Partner("Other")).Get("/bills/2026-03").Want(404)
	p.As(customer).Get("/bills/2026-03/" + partner.Account).Want(404)
	ledgertest.Balanced(t, p.DB)
}

func relate(t *testing.T, p *portaltest.Portal, vendor, partner, customer actor.Actor) {
	t.Helper()
	err := p.DB.Update(t.Context(), func(tx *db.Tx) error {
		_, err := account.Relate(t.Context(), tx, vendor, actor.Associate, partner.Account, customer.Account, account.Resale)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}
