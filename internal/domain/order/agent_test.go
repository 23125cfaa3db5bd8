package order_test

import (
	"strings"
	"sync"
	"testing"

	"hanse/internal/domain/account"
	"hanse/internal/domain/confirm"
	"hanse/internal/domain/fixture"
	"hanse/internal/domain/ledger"
	"hanse/internal/domain/ledger/ledgertest"
	"hanse/internal/domain/order"
	"hanse/internal/domain/product"
	"hanse/internal/domain/rate"
	"hanse/internal/domain/setting"
	"hanse/internal/domain/voucher"
	"hanse/internal/kit/actor"
	"hanse/internal/kit/fault"
)

// ask has the buyer ask its partner.
func (w *world) ask(o order.Order) order.AgentPay {
	w.t.Helper()
	out, err := w.s.AskAgent(w.t.Context(), w.buyer, []string{o.No}, "Please.")
	fixture.Must(w.t, err)
	return out[0]
}

func (w *world) agentState(x order.AgentPay, want order.AgentState) {
	w.t.Helper()
	got, err := w.s.AgentOf(w.t.Context(), w.buyer, x.ID)
	fixture.Must(w.t, err)
	if got.State != want {
		w.t.Errorf("request %s: got %s, want %s", x.ID, got.State, want)
	}
}

func (w *world) partnerHas(minor int64) {
	w.t.Helper()
	ledgertest.Has(w.t, w.d, w.partner.Account, ledger.Cash, minor)
}

func TestAPartnerPaysForItsCustomerAndGetsTheRefund(t *testing.T) {
	each(t, "2026-03-02 09:20:00", func(t *testing.T, w *world) {
		ledgertest.Give(t, w.d, w.vendor.Account, w.partner.Account, ledger.Cash, 1_000_000)
		x := w.ask(w.place(month(rate.Standard)))
		if x.State != order.AgentRequested || x.Partner != w.partner.Account || x.Minor != 850_000 {
			t.Errorf("asked: %+v", x)
		}
		seen, _, err := w.s.Agents(t.Context(), w.partner, order.AgentFilter{State: order.AgentRequested})
		if err != nil || len(seen) != 1 || seen[0].ID != x.ID || seen[0].Minor != 850_000 || seen[0].Order.Kind != order.Buy {
			t.Errorf("the partner's list: %+v, %v", seen, err)
		}
		o, err := w.s.PayAgent(t.Context(), w.partner, order.AgentPaying{ID: x.ID, Minor: 850_000})
		fixture.Must(t, err)
		if o.State != order.Completed || o.Way != order.Agent || o.PaidBy != w.partner.Account || o.PaidByName != "Lighthouse" || o.Actual != 850_000 {
			t.Errorf("paid: %+v", o)
		}
		w.agentState(x, order.AgentPaid)
		w.level(rate.Standard)
		w.partnerHas(150_000)
		w.cash(0)
		if _, err := w.s.PayAgent(t.Context(), w.partner, order.AgentPaying{ID: x.ID, Minor: 850_000}); err != nil {
			t.Errorf("a second click: %v", err)
		}
		w.partnerHas(150_000)
		if p := w.plan().History.Periods[0]; !p.Agent {
			t.Error("the period doesn't know that the partner paid")
		}
		back := w.place(order.Ask{Kind: order.Unsubscribe, Cancel: rate.CancelAll})
		if back.Actual != 850_000 {
			t.Errorf("given back: %+v", back.Back)
		}
		w.partnerHas(1_000_000)
		w.cash(0)
	})
}

func TestOnlyThePartnersFinancePaysOrDeclines(t *testing.T) {
	each(t, "2026-03-02 09:20:00", func(t *testing.T, w *world) {
		ledgertest.Give(t, w.d, w.vendor.Account, w.partner.Account, ledger.Cash, 1_000_000)
		x := w.ask(w.place(month(rate.Standard)))
		stranger := w.Partner("Stranger")
		if _, err := w.s.PayAgent(t.Context(), stranger, order.AgentPaying{ID: x.ID}); fault.KindOf(err) != fault.KindNotFound {
			t.Errorf("a stranger pays: %v", err)
		}
		if _, err := w.s.AgentOf(t.Context(), stranger, x.ID); fault.KindOf(err) != fault.KindNotFound {
			t.Errorf("a stranger looks: %v", err)
		}
		if _, err := w.s.DeclineAgent(t.Context(), stranger, x.ID, "No."); fault.KindOf(err) != fault.KindNotFound {
			t.Errorf("a stranger declines: %v", err)
		}
		if _, err := w.s.WithdrawAgent(t.Context(), w.partner, x.ID); fault.KindOf(err) != fault.KindNotFound {
			t.Errorf("the partner withdraws: %v", err)
		}
		manager := w.partner
		manager.Roles = []actor.Role{actor.ServiceManager}
		if _, err := w.s.PayAgent(t.Context(), manager, order.AgentPaying{ID: x.ID}); fault.KindOf(err) != fault.KindDenied {
			t.Errorf("a service manager pays: %v", err)
		}
		if _, err := w.s.PayAgent(t.Context(), w.buyer, order.AgentPaying{ID: x.ID}); fault.KindOf(err) != fault.KindDenied {
			t.Errorf("the buyer pays as the partner: %v", err)
		}
		_, err := w.s.PayAgent(t.Context(), w.partner, order.AgentPaying{ID: x.ID, Minor: 849_999})
		w.refusal(err, order.AgentDiffers)
		if _, err := w.s.DeclineAgent(t.Context(), w.partner, x.ID, " "); fault.KindOf(err) != fault.KindInvalid {
			t.Errorf("declining without words: %v", err)
		}
		y, err := w.s.DeclineAgent(t.Context(), w.partner, x.ID, "Not this quarter.")
		if err != nil || y.State != order.AgentDeclined || y.Answer != "Not this quarter." {
			t.Errorf("declined: %+v, %v", y, err)
		}
		_, err = w.s.PayAgent(t.Context(), w.partner, order.AgentPaying{ID: x.ID})
		w.refusal(err, order.AgentOver)
		if o := w.get(x.No); o.State != order.Pending {
			t.Errorf("a declined order is %v", o.State)
		}
		w.partnerHas(1_000_000)
	})
}

func TestARequestEndsWithWhatBecomesOfTheOrder(t *testing.T) {
	each(t, "2026-03-02 09:20:00", func(t *testing.T, w *world) {
		w.give(2_000_000)
		o := w.place(month(rate.Standard))
		x := w.ask(o)
		_, err := w.s.AskAgent(t.Context(), w.buyer, []string{o.No}, "")
		w.refusal(err, order.AgentAsked)
		y, err := w.s.WithdrawAgent(t.Context(), w.buyer, x.ID)
		if err != nil || y.State != order.AgentWithdrawn {
			t.Errorf("withdrawn: %+v, %v", y, err)
		}
		x = w.ask(o)
		errs, err := w.s.CancelOrders(t.Context(), w.buyer, []string{o.No})
		fixture.Must(t, err)
		fixture.Must(t, errs[0])
		w.agentState(x, order.AgentWithdrawn)
		o = w.place(month(rate.Standard))
		x = w.ask(o)
		w.goTo("2026-03-09 09:20:00")
		if o = w.get(o.No); o.State != order.Cancelled {
			t.Errorf("after its deadline the order is %v", o.State)
		}
		w.agentState(x, order.AgentExpired)
		_, err = w.s.PayAgent(t.Context(), w.partner, order.AgentPaying{ID: x.ID})
		w.refusal(err, order.Moved)
		o = w.place(month(rate.Standard))
		x = w.ask(o)
		w.pay(o)
		w.agentState(x, order.AgentWithdrawn)
		timeline, err := w.s.Timeline(t.Context(), w.buyer, o.No)
		fixture.Must(t, err)
		var did []string
		for _, e := range timeline {
			for _, what := range []string{"placed", "agent_requested", "agent_withdrawn", "paid"} {
				if strings.Contains(e.Detail, `"did":"`+what+`"`) {
					did = append(did, what)
				}
			}
		}
		if got := strings.Join(did, " "); got != "placed agent_requested agent_withdrawn paid" {
			t.Errorf("the order's history: %s", got)
		}
	})
}

func TestAPartnersPaymentTakesNoCouponsButTheDiscount(t *testing.T) {
	each(t, "2026-03-02 09:20:00", func(t *testing.T, w *world) {
		ledgertest.Give(t, w.d, w.vendor.Account, w.partner.Account, ledger.Cash, 1_000_000)
		id := w.voucher(voucher.Plain, 100_000, voucher.Limits{})
		off := w.offer(product.Commercial, rate.Discount{Mode: rate.Ratio, Ratio: 1000})
		o := w.place(month(rate.Standard))
		_, err := w.s.Choose(t.Context(), w.buyer, o.No, order.Choice{Discount: off, Coupons: []string{id}})
		fixture.Must(t, err)
		x := w.ask(o)
		if x.Minor != 765_000 || x.Order.Chosen.Discount != off || len(x.Order.Chosen.Coupons) > 0 {
			t.Errorf("asked: %d, %+v", x.Minor, x.Order.Chosen)
		}
		_, err = w.s.Choose(t.Context(), w.buyer, o.No, order.Choice{Coupons: []string{id}})
		fixture.Must(t, err)
		_, err = w.s.PayAgent(t.Context(), w.partner, order.AgentPaying{ID: x.ID})
		w.refusal(err, order.NotChosen)
		_, err = w.s.Choose(t.Context(), w.buyer, o.No, order.Choice{Discount: off})
		fixture.Must(t, err)
		paid, err := w.s.PayAgent(t.Context(), w.partner, order.AgentPaying{ID: x.ID, Minor: 765_000})
		if err != nil || paid.Actual != 765_000 {
			t.Errorf("paid: %+v, %v", paid, err)
		}
		w.left(id, 100_000)
		w.partnerHas(235_000)
	})
}

func TestWhoIsAskedToPay(t *testing.T) {
	each(t, "2026-03-02 09:20:00", func(t *testing.T, w *world) {
		alone := w.Customer("Alone")
		alone.Via = "key"
		w.buyer = alone
		o := w.place(month(rate.Standard))
		_, err := w.s.AskAgent(t.Context(), w.buyer, []string{o.No}, "")
		w.refusal(err, order.NoAgent)
		master := w.Partner("Alone")
		master.Via = "key"
		sub, err := w.Account.AskSub(t.Context(), master, alone.Account, "Alone")
		fixture.Must(t, err)
		fixture.Must(t, w.Account.AnswerSub(t.Context(), alone, sub.ID, true))
		if x := w.ask(o); x.Partner != master.Account {
			t.Errorf("a sub-account asks %s, want its master", x.PartnerName)
		}
		reseller, distributor := w.Partner("Reseller", account.Reseller), w.Partner("Distributor", account.Distributor)
		w.buyer = w.Customer("Shop")
		w.buyer.Via = "key"
		for _, x := range []account.Association{{Account: distributor.Account, Other: reseller.Account, Kind: account.ResellerOf}, {Account: reseller.Account, Other: w.buyer.Account, Kind: account.Referral}} {
			_, err := w.Account.Associate(t.Context(), w.vendor, x)
			fixture.Must(t, err)
		}
		o = w.place(month(rate.Standard))
		w.set(setting.AgentReseller, "false")
		_, err = w.s.AskAgent(t.Context(), w.buyer, []string{o.No}, "")
		w.refusal(err, order.AgentBarred)
		w.set(setting.AgentReseller, "true")
		w.ask(o)
	})
}

func TestPayingForACustomerAsksForACodeWhereTheCompanyWantsOne(t *testing.T) {
	each(t, "2026-03-02 09:20:00", func(t *testing.T, w *world) {
		ledgertest.Give(t, w.d, w.vendor.Account, w.partner.Account, ledger.Cash, 1_000_000)
		x := w.ask(w.place(month(rate.Standard)))
		person := w.partner
		person.Via = "session"
		fixture.Must(t, confirm.New(w.d, w.Login).SetSwitch(t.Context(), person, true))
		_, err := w.s.PayAgent(t.Context(), person, order.AgentPaying{ID: x.ID})
		if f := fault.Of(err); f == nil || len(f.Fields) != 1 || f.Fields[0].Name != "code" {
			t.Errorf("without a code: %v", err)
		}
		w.agentState(x, order.AgentRequested)
		if _, err := w.s.PayAgent(t.Context(), person, order.AgentPaying{ID: x.ID, DryRun: true}); err != nil {
			t.Errorf("a dry run: %v", err)
		}
		w.partnerHas(1_000_000)
	})
}

// TestOneOfPartnerBuyerAndWithdrawalWins lets all three come at once.
func TestOneOfPartnerBuyerAndWithdrawalWins(t *testing.T) {
	each(t, "2026-03-02 09:20:00", func(t *testing.T, w *world) {
		ledgertest.Give(t, w.d, w.vendor.Account, w.partner.Account, ledger.Cash, 850_000*3)
		w.give(850_000 * 3)
		for range 3 {
			x := w.ask(w.place(month(rate.Standard)))
			var g sync.WaitGroup
			var partner, buyer, withdrawn error
			g.Go(func() { _, partner = w.s.PayAgent(t.Context(), w.partner, order.AgentPaying{ID: x.ID, Minor: 850_000}) })
			g.Go(func() {
				_, buyer = w.s.Pay(t.Context(), w.buyer, order.Paying{Orders: []string{x.No}, Way: order.Balance})
			})
			g.Go(func() { _, withdrawn = w.s.WithdrawAgent(t.Context(), w.buyer, x.ID) })
			g.Wait()
			o := w.get(x.No)
			if (partner == nil) == (buyer == nil) || o.State != order.Completed {
				t.Errorf("partner: %v, buyer: %v, order %v", partner, buyer, o.State)
			}
			if partner == nil && (withdrawn == nil || o.PaidBy != w.partner.Account) {
				t.Errorf("paid by %s though the request was withdrawn: %v", o.PaidByName, withdrawn)
			}
			for _, err := range []error{partner, buyer, withdrawn} {
				if err != nil && fault.KindOf(err) != fault.KindConflict {
					t.Errorf("an error that isn't a conflict: %v", err)
				}
			}
			w.place(order.Ask{Kind: order.Unsubscribe, Cancel: rate.CancelAll})
			w.drain()
		}
		w.partnerHas(850_000 * 3)
		w.cash(850_000 * 3)
	})
}
