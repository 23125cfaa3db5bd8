package e2e

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/go-rod/rod"

	"hanse/internal/domain/account"
	"hanse/internal/domain/ledger"
	"hanse/internal/kit/actor"
	"hanse/internal/kit/i18n"
	"hanse/test/browser"
)

// TestMoneyGoesDownTheChainAndBackAndTheBooksShowIt follows money in a browser: a distributor allocates to three
// resellers from a file with one bad row, a reseller funds its customer, issues a voucher and takes both back, and the
// statements and the vendor's books show each step.
func TestMoneyGoesDownTheChainAndBackAndTheBooksShowIt(t *testing.T) {
	t.Parallel()
	for _, in := range tongues {
		t.Run(in.lang, func(t *testing.T) {
			w := world(t)
			third := w.thirdReseller(t)
			w.distributorAllocates(t, in, third)
			w.resellerFundsAndReclaims(t, in)
			w.booksHold(t, in)
		})
	}
}

// thirdReseller joins the demonstration's distributor.
func (w *World) thirdReseller(t *testing.T) account.Account {
	t.Helper()
	a, err := w.Account.CreateAccount(t.Context(), actor.Program("cli"), account.NewAccount{Kind: actor.Partner, Name: "Levant Cloud SARL", Country: "LB", Address: "Byblos",
		Contact: "Nadim Haddad", Email: "nadim@levantcloud.example", Market: account.Overseas, Channel: []account.Channel{account.Reseller}})
	must(t, err)
	_, err = w.Account.Associate(t.Context(), actor.Program("cli"), account.Association{Account: w.logins["distributor"].DomainID, Other: a.ID, Kind: account.ResellerOf})
	must(t, err)
	w.Drain()
	return a
}

const firstReseller, firstCustomer = "Nile Tech Resellers", "Cairo Textiles SAE"

func (w *World) distributorAllocates(t *testing.T, in tongue, third account.Account) {
	t.Helper()
	file := filepath.Join(t.TempDir(), "april.csv")
	must(t, os.WriteFile(file, []byte("receiver,amount,memo\n"+firstReseller+",1200.50,April\nCedar ICT SAL,800.00,April\n"+
		third.ID+",\"1,000.00\",April\nNobody We Know,10.005,\n"), 0o600))
	p := w.sit(t, "distributor", in, browser.Options{})
	p.Go("/finance").met()
	p.Go("/finance/allocate").met()
	must(t, p.el("#file input[type=file]").SetFiles([]string{file}))
	p.Press("button", say(p.lang, "finance.file.check"))
	at := p.Path()
	w.Drain()
	p.Go(at).met()
	rows := p.text("#rows-table")
	for _, want := range []string{"Nobody We Know", "10.005", "Levant Cloud SARL", "1,200.50"} {
		if !strings.Contains(rows, want) {
			t.Errorf("the preview lacks %q: %s", want, rows)
		}
	}
	p.click("#confirm form button.primary")
	w.Drain()
	p.Go(at).met()
	links, err := p.Elements("#rows-table a[href^='/finance/transfers/']")
	must(t, err)
	if len(links) != 3 {
		t.Errorf("%d rows lead to a transfer, want 3: %s", len(links), p.text("#rows-table"))
	}
	p.click("#rows-table a[href^='/finance/transfers/']").met()
	p.See("1,200.50")
	p.Go("/finance/entries").met()
	p.Shot("finance-distributor-" + in.lang)
}

// choose picks the option whose text holds a word.
func (p *person) choose(name, word string) {
	p.t.Helper()
	must(p.t, p.el(`main select[name="`+name+`"]`).Select([]string{word}, true, rod.SelectorTypeText))
}

func (w *World) resellerFundsAndReclaims(t *testing.T, in tongue) {
	t.Helper()
	p := w.sit(t, "reseller", in, browser.Options{})
	p.Go("/finance/allocate").met()
	p.choose("to", firstCustomer)
	p.fill("amount", "300.40").fill("memo", "Paid by invoice 7")
	p.Press("button", say(p.lang, "finance.allocate")).met()
	p.Go("/vouchers/issue").met()
	quota, err := p.Eval(`() => { const s = document.querySelector('main select[name=quota]'); s.selectedIndex = s.options.length - 1; return s.value }`)
	must(t, err)
	if quota.Value.Str() == "" {
		t.Fatal("the reseller has no quota to choose")
	}
	p.check(`main input[name=customer]`)
	p.fill("amount", "50")
	p.click("#entries form button.primary").met()
	w.Drain()
	p.Go("/vouchers/issued").met()
	p.click("main table th a").met()
	voucher := p.Path()
	p.Go(voucher + "/reclaim").met()
	p.click("main form button[type=submit]").met()
	p.Go("/finance/reclaim").met()
	p.choose("to", firstCustomer)
	p.fill("amount", "100.40").fill("memo", "Too much")
	p.Press("button", say(p.lang, "finance.reclaim")).met()
	w.Drain()
	p.Go("/finance/entries").met()
	statement := p.text("main")
	for _, want := range []string{"1,200.50", "300.40", "100.40", i18n.Text(p.lang, ledger.PostingLabel(ledger.Reclaim))} {
		if !strings.Contains(statement, want) {
			t.Errorf("the reseller's statement lacks %q", want)
		}
	}
	p.Go("/vouchers/records").met()
	p.Shot("finance-reseller-" + in.lang)
}

func (w *World) booksHold(t *testing.T, in tongue) {
	t.Helper()
	p := w.sit(t, "vendor_finance", in, browser.Options{})
	p.Go("/books").met()
	p.Press("button", say(p.lang, "books.ask")).met()
	at := p.Path()
	w.Drain()
	p.Go(at).met()
	p.See(say(p.lang, "books.state.sound"))
	p.Go("/books/of/" + w.logins["reseller"].DomainID).met()
	if got := p.text("#accounts-table"); !strings.Contains(got, firstCustomer) {
		t.Errorf("the reseller's book doesn't name its customer: %s", got)
	}
	p.Go("/books/of/" + w.logins["reseller"].DomainID + "/entries?kind=cash&unit=CNY").met()
	p.click("#entries-table th a").met()
	links, err := p.Elements("#legs-table tbody tr")
	must(t, err)
	if len(links) != 4 {
		t.Errorf("the transfer has %d entries, want 4", len(links))
	}
	p.Shot("finance-books-" + in.lang)
}
