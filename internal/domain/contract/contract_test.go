package contract_test

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"log/slog"
	"strings"
	"sync"
	"testing"

	"hanse/internal/domain/account"
	"hanse/internal/domain/confirm"
	"hanse/internal/domain/contract"
	"hanse/internal/domain/fixture"
	"hanse/internal/domain/ledger/ledgertest"
	"hanse/internal/domain/order"
	"hanse/internal/domain/payment"
	"hanse/internal/domain/product"
	"hanse/internal/domain/rate"
	"hanse/internal/domain/subscription"
	"hanse/internal/domain/treasury"
	"hanse/internal/kit/actor"
	"hanse/internal/kit/audit"
	"hanse/internal/kit/blob"
	"hanse/internal/kit/calendar"
	"hanse/internal/kit/clock"
	"hanse/internal/kit/db"
	"hanse/internal/kit/dbtest"
	"hanse/internal/kit/fault"
	"hanse/internal/kit/i18n"
	"hanse/internal/kit/jobs"
	"hanse/internal/kit/pdf"
)

// A world has a vendor, a partner, a customer who was referred and one to whom the partner resells.
type world struct {
	*fixture.World
	t                              *testing.T
	d                              *db.DB
	clock                          *clock.Manual
	s                              *contract.Service
	orders                         *order.Service
	money                          *treasury.Service
	products                       *product.Service
	runner                         *jobs.Runner
	vendor, partner, buyer, resale actor.Actor
}

func each(t *testing.T, f func(t *testing.T, w *world)) {
	t.Helper()
	dbtest.Each(t, func(t *testing.T, d *db.DB, c *clock.Manual) {
		files, err := blob.New(t.TempDir(), blob.Scan{})
		fixture.Must(t, err)
		w := &world{World: fixture.New(t, d), t: t, d: d, clock: c, products: product.New(d)}
		w.money = treasury.New(treasury.Config{DB: d, Vault: w.Vault, Files: files, Payments: payment.New(payment.Config{DB: d}), Confirm: confirm.New(d, w.Login), Working: calendar.Standard()})
		w.orders = order.New(order.Config{DB: d, Vault: w.Vault, Received: w.money.Received, Codes: confirm.New(d, w.Login)})
		w.s = contract.New(d, files, w.money)
		w.runner = jobs.NewRunner(d, slog.New(slog.DiscardHandler))
		w.orders.Register(w.runner)
		w.s.Register(w.runner)
		subscription.New(d).Register(w.runner)
		fixture.Must(t, w.runner.Prepare(t.Context()))
		w.vendor, w.partner, w.buyer, w.resale = w.Vendor(), w.Partner("Lighthouse"), w.Customer("Harbour"), w.Customer("Quay")
		w.buyer.Via, w.resale.Via = "key", "key"
		for _, x := range []account.Association{{Account: w.partner.Account, Other: w.buyer.Account, Kind: account.Referral}, {Account: w.partner.Account, Other: w.resale.Account, Kind: account.Resale}} {
			_, err := w.Account.Associate(t.Context(), w.vendor, x)
			fixture.Must(t, err)
		}
		f(t, w)
		ledgertest.Balanced(t, d)
	})
}

func (w *world) place(by actor.Actor, a order.Ask) order.Order {
	w.t.Helper()
	q, err := w.orders.Quote(w.t.Context(), by, a)
	fixture.Must(w.t, err)
	o, err := w.orders.Place(w.t.Context(), by, order.Placing{Token: q.Token, Agreed: 1})
	fixture.Must(w.t, err)
	return o
}

var year = order.Ask{Kind: order.Buy, Level: rate.Standard, Term: rate.Years(1)}

func (w *world) apply(nos ...string) contract.Contract {
	w.t.Helper()
	c, err := w.s.Apply(w.t.Context(), w.buyer, contract.Application{Orders: nos, Party: contract.Party{Title: "Harbour Ltd.", Contact: "Ann"}, Words: "Two copies, please."})
	fixture.Must(w.t, err)
	return c
}

func (w *world) state(no string, want contract.State) contract.Contract {
	w.t.Helper()
	c, err := w.s.Get(w.t.Context(), w.vendor, no)
	fixture.Must(w.t, err)
	if c.State != want {
		w.t.Errorf("contract %s: got %s, want %s", no, c.State, want)
	}
	return c
}

func paper(t *testing.T) []byte {
	b, err := pdf.NewPress().Form(pdf.Form{Lang: "en", Title: "Signed", Date: "2026-03-02"})
	fixture.Must(t, err)
	return b
}

func (w *world) topUp(of string, sum, reference string) treasury.TopUp {
	w.t.Helper()
	x, err := w.money.EnterTopUp(w.t.Context(), w.vendor, treasury.NewTopUp{Account: of, Method: treasury.Transfer, Unit: "CNY", Amount: sum, Reference: reference,
		Payer: "Harbour", ReceivedOn: calendar.DayOf(w.clock.Now()).String()}, nil)
	fixture.Must(w.t, err)
	return x
}

func kind(t *testing.T, what string, err error, want fault.Kind) {
	t.Helper()
	if fault.KindOf(err) != want {
		t.Errorf("%s: got %v, want %s", what, err, want)
	}
}

func TestAContractComesFirstAndTheOrderIsPaidLaterWithItsDiscount(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		ctx := t.Context()
		off, err := w.products.Grant(ctx, w.vendor, product.Offer{Account: w.buyer.Account, Kind: product.Commercial, Names: product.Names{EN: "Launch", ZH: "首发优惠"},
			Discount: rate.Discount{Mode: rate.Ratio, Ratio: 1000}, From: w.clock.Now(), Until: w.clock.Now().AddDate(1, 0, 0)})
		fixture.Must(t, err)
		o := w.place(w.buyer, year)
		o, err = w.orders.Choose(ctx, w.buyer, o.No, order.Choice{Discount: off.ID})
		fixture.Must(t, err)
		c := w.apply(o.No)
		if c.Due != o.Due || c.Discount != o.Discount || c.Discount == 0 || len(c.No) > 26 || c.Title != "Harbour Ltd." || len(c.Lines) != 1 || c.Lines[0].Offer.ZH != "首发优惠" {
			t.Errorf("applied: %+v", c)
		}
		c, err = w.s.Issue(ctx, w.vendor, c.No, c.Edition)
		fixture.Must(t, err)
		_, err = w.s.Issue(ctx, w.vendor, c.No, c.Edition-1)
		kind(t, "issuing from an old page", err, fault.KindConflict)
		_, err = w.s.Sign(ctx, w.vendor, c.No, c.Edition, nil)
		kind(t, "signing without the scan", err, fault.KindInvalid)
		c, err = w.s.Sign(ctx, w.vendor, c.No, c.Edition, &contract.Scan{Name: "signed.pdf", File: bytes.NewReader(paper(t))})
		fixture.Must(t, err)
		f, seen, err := w.s.OpenScan(ctx, w.buyer, c.No)
		fixture.Must(t, err)
		b, err := io.ReadAll(f)
		fixture.Must(t, err)
		fixture.Must(t, f.Close())
		if !bytes.Equal(b, paper(t)) || seen.ScanMedia != "application/pdf" || seen.ScanName != "signed.pdf" {
			t.Errorf("the scan: %d bytes, %s %s", len(b), seen.ScanMedia, seen.ScanName)
		}
		other := w.topUp(w.partner.Account, "1.00", "REF-0")
		_, err = w.s.Fund(ctx, w.vendor, c.No, c.Edition, other.ID)
		kind(t, "somebody else's top-up", err, fault.KindInvalid)
		_, err = w.s.Fund(ctx, w.vendor, c.No, c.Edition, "top_none")
		kind(t, "no top-up", err, fault.KindInvalid)
		in := w.topUp(w.buyer.Account, "76500.00", "REF-1")
		c, err = w.s.Fund(ctx, w.vendor, c.No, c.Edition, in.ID)
		if err != nil || c.State != contract.Funded || c.Reference != "REF-1" {
			t.Errorf("funded: %+v, %v", c, err)
		}
		out, err := w.orders.Pay(ctx, w.buyer, order.Paying{Orders: []string{o.No}, Way: order.Balance})
		if err != nil || len(out.Paid) != 1 || out.Paid[0].Actual != c.Due || out.Paid[0].Contract != c.No {
			t.Errorf("paid: %+v, %v", out, err)
		}
		history, err := w.s.Timeline(ctx, w.buyer, c.No)
		if err != nil || len(history) != 4 {
			t.Errorf("history: %d entries, %v", len(history), err)
		}
	})
}

func TestThePaperSaysThePartiesAndTheOrdersInBothLanguages(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		o := w.place(w.buyer, year)
		c := w.apply(o.No)
		for lang, want := range map[string][]string{i18n.English: {"Contract on support plan services", "Draft", "Harbour Ltd.", o.No, "Two copies"}, i18n.Chinese: {"服务合同", "草稿", "Harbour Ltd.", o.No}} {
			f := c.Document(lang)
			all := fmt.Sprint(f)
			for _, s := range f.Sections {
				if s.Table != nil {
					all += fmt.Sprint(*s.Table)
				}
			}
			for _, s := range want {
				if !strings.Contains(all, s) {
					t.Errorf("%s: no %q in %s", lang, s, all)
				}
			}
			b, err := pdf.NewPress().Form(f)
			if err != nil || !bytes.HasPrefix(b, []byte("%PDF")) {
				t.Errorf("%s: %d bytes, %v", lang, len(b), err)
			}
		}
	})
}

func TestWhoMayHaveAContract(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		ctx := t.Context()
		o := w.place(w.resale, year)
		_, err := w.s.Apply(ctx, w.resale, contract.Application{Orders: []string{o.No}})
		if f := fault.Of(err); f == nil || f.Kind != fault.KindConflict || !strings.Contains(i18n.Text(i18n.English, f.Msg), "Lighthouse signs the contract with you offline") {
			t.Errorf("a resale customer: %v", err)
		}
		direct := w.place(w.partner, year)
		if _, err := w.s.Apply(ctx, w.partner, contract.Application{Orders: []string{direct.No}, DryRun: true}); err != nil {
			t.Errorf("a direct buyer tries: %v", err)
		}
		mine, err := w.s.Apply(ctx, w.partner, contract.Application{Orders: []string{direct.No}})
		if err != nil || mine.Title != "Lighthouse" {
			t.Errorf("a direct buyer: %+v, %v", mine, err)
		}
		_, err = w.s.Get(ctx, w.buyer, mine.No)
		kind(t, "a stranger looks", err, fault.KindNotFound)
		_, err = w.s.Withdraw(ctx, w.buyer, mine.No, 0)
		kind(t, "a stranger withdraws", err, fault.KindNotFound)
		_, err = w.s.Issue(ctx, w.partner, mine.No, 0)
		kind(t, "the buyer issues", err, fault.KindDenied)
		_, err = w.s.Apply(ctx, w.buyer, contract.Application{Orders: []string{direct.No}})
		kind(t, "somebody else's order", err, fault.KindNotFound)
		_, err = w.s.Apply(ctx, w.buyer, contract.Application{})
		kind(t, "no order", err, fault.KindInvalid)
		rows, _, err := w.s.List(ctx, w.vendor, contract.Filter{State: contract.Applied})
		if err != nil || len(rows) != 1 || rows[0].No != mine.No {
			t.Errorf("the vendor's queue: %+v, %v", rows, err)
		}
	})
}

func TestAContractEndsWithItsOrdersUnlessItIsSigned(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		ctx := t.Context()
		cancel := func(no string) {
			t.Helper()
			errs, err := w.orders.CancelOrders(ctx, w.buyer, []string{no})
			fixture.Must(t, err)
			fixture.Must(t, errs[0])
			fixture.Must(t, w.runner.Drain(ctx))
		}
		o := w.place(w.buyer, year)
		c := w.apply(o.No)
		_, err := w.s.Apply(ctx, w.buyer, contract.Application{Orders: []string{o.No}})
		kind(t, "a second contract", err, fault.KindConflict)
		cancel(o.No)
		if c = w.state(c.No, contract.Cancelled); c.Cause != contract.ByOrder {
			t.Errorf("cause: %s", c.Cause)
		}
		_, err = w.s.Apply(ctx, w.buyer, contract.Application{Orders: []string{o.No}})
		kind(t, "a cancelled order", err, fault.KindConflict)
		o = w.place(w.buyer, year)
		c = w.apply(o.No)
		if _, err = w.s.Withdraw(ctx, w.buyer, c.No, c.Edition); err != nil {
			t.Errorf("withdrawing: %v", err)
		}
		w.state(c.No, contract.Cancelled)
		c = w.apply(o.No)
		_, err = w.s.Refuse(ctx, w.vendor, c.No, c.Edition, " ")
		kind(t, "refusing without words", err, fault.KindInvalid)
		if c, err = w.s.Refuse(ctx, w.vendor, c.No, c.Edition, "Name the full company."); err != nil || c.Cause != contract.Refused {
			t.Errorf("refused: %+v, %v", c, err)
		}
		c = w.apply(o.No)
		c, err = w.s.Issue(ctx, w.vendor, c.No, c.Edition)
		fixture.Must(t, err)
		_, err = w.s.Withdraw(ctx, w.buyer, c.No, c.Edition)
		kind(t, "withdrawing an issued one", err, fault.KindConflict)
		_, err = w.s.Sign(ctx, w.vendor, c.No, c.Edition, &contract.Scan{File: bytes.NewReader(paper(t))})
		fixture.Must(t, err)
		cancel(o.No)
		w.state(c.No, contract.Signed)
	})
}

// TestOneOfTwoApplicationsGetsTheOrder sends both at once.
func TestOneOfTwoApplicationsGetsTheOrder(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		o := w.place(w.buyer, year)
		var errs [2]error
		var g sync.WaitGroup
		for i := range errs {
			g.Go(func() {
				_, errs[i] = w.s.Apply(context.WithoutCancel(t.Context()), w.buyer, contract.Application{Orders: []string{o.No}})
			})
		}
		g.Wait()
		if (errs[0] == nil) == (errs[1] == nil) {
			t.Errorf("both got or missed it: %v, %v", errs[0], errs[1])
		}
		kind(t, "the other one", errorOf(errs), fault.KindConflict)
		entries, err := audit.History(t.Context(), w.d.Read(), "order", o.No)
		if err != nil || len(entries) != 2 {
			t.Errorf("the order's history: %d entries, %v", len(entries), err)
		}
	})
}

func errorOf(errs [2]error) error {
	if errs[0] != nil {
		return errs[0]
	}
	return errs[1]
}

func TestEveryStepIsInTheTable(t *testing.T) {
	want := map[contract.State]string{contract.Applied: "ISSUED CANCELLED", contract.Issued: "SIGNED CANCELLED", contract.Signed: "FUNDED"}
	for _, from := range contract.States() {
		var got []string
		for _, to := range contract.States() {
			if contract.May(from, to) {
				got = append(got, string(to))
			}
		}
		if strings.Join(got, " ") != want[from] {
			t.Errorf("from %s: %v, want %s", from, got, want[from])
		}
		if i18n.Text(i18n.Chinese, from.Label()) == i18n.Text(i18n.English, from.Label()) {
			t.Errorf("%s has no label of its own in Chinese", from)
		}
	}
}
