package book_test

import (
	"strings"
	"testing"

	"hanse/internal/domain/fixture"
	"hanse/internal/domain/ledger"
	"hanse/internal/domain/ledger/ledgertest"
	"hanse/internal/edge/portal/book"
	"hanse/internal/edge/portal/portaltest"
	"hanse/internal/kit/actor"
	"hanse/internal/kit/db"
)

func TestAnAuditorFollowsAFigureDownToBothSidesOfATransfer(t *testing.T) {
	p := portaltest.New(t, func(p *portaltest.Portal) { book.Register(p.Site, p.DB, p.Ledger, p.Account) })
	ctx, north, south := t.Context(), p.Partner("North"), p.Partner("South")
	vendor := p.Vendor().Account
	ledgertest.Give(t, p.DB, vendor, north.Account, ledger.Cash, 500_00)
	var out ledger.Posted
	fixture.Must(t, p.DB.Update(ctx, func(tx *db.Tx) (err error) {
		if err = ledger.Connect(ctx, tx, north.Account, south.Account, ledger.CNY); err != nil {
			return err
		}
		cash := func(owner string) ledger.Place {
			return ledger.Place{Owner: owner, Kind: ledger.Cash, Unit: ledger.CNY}
		}
		out, err = ledger.Post(ctx, tx, north, ledger.Posting{Book: north.Account, Kind: ledger.Allocate, Memo: "June", Verb: "test.pay",
			Moves: []ledger.Move{{From: cash(north.Account), To: cash(south.Account), Minor: 120_00}}})
		return err
	}))
	auditor := p.As(p.VendorUser(actor.Auditor))
	transfer := "/books/of/" + north.Account + "/transfers/" + out.ID
	statement := "/books/of/" + north.Account + "/entries?kind=cash&unit=CNY"
	for _, x := range []struct{ path, selector, want string }{
		{"/books", "#units-table", "CNY"},
		{"/books?q=North", "#companies-table", "CN¥380.00"},
		{"/books/of/" + north.Account, "#accounts-table", "CN¥380.00"},
		{"/books/of/" + north.Account, "#accounts-table", "South"},
		{statement, "#entries-table", "−CN¥120.00"},
		{statement + "&month=2000-01", "#entries", "Nothing was posted"},
		{transfer, "#legs-table", "South"},
		{transfer, "#facts", "June"},
	} {
		page := auditor.Get(x.path)
		if got := page.Want(200).Text(x.selector); !strings.Contains(got, x.want) {
			t.Errorf("%s: %s is %q, want %q in it", x.path, x.selector, got, x.want)
		}
	}
	if n := auditor.Get(transfer).Doc.Find("#legs-table tbody tr").Length(); n != 4 {
		t.Errorf("the transfer shows %d entries, want 4", n)
	}
	check := auditor.Post("/books/checks", nil).Path
	portaltest.Check(t, auditor, check)
	p.Drain()
	if got := auditor.Get(check).Text("main"); !strings.Contains(got, "Everything holds") {
		t.Errorf("the check says %q", got)
	}
	portaltest.Check(t, auditor, "/books", "/books/of/"+north.Account, statement, transfer, check)
	for _, path := range []string{"/books", "/books/of/" + south.Account, transfer} {
		if got := p.As(north).Get(path).Status; got != 403 && got != 404 {
			t.Errorf("a partner's GET %s = %d", path, got)
		}
	}
	ledgertest.Balanced(t, p.DB)
}
