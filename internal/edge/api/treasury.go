package api

import (
	"context"
	"time"

	"hanse/internal/domain/payment"
	"hanse/internal/domain/treasury"
	"hanse/internal/kit/actor"
	"hanse/internal/kit/money"
)

const treasuryTag = "treasury"

// TopUp is value that came in for a company.
type TopUp struct {
	ID          string    `json:"id"`
	Account     string    `json:"account"`
	AccountName string    `json:"account_name"`
	Method      string    `json:"method" enum:"transfer,online,deposit,bonus"`
	Currency    string    `json:"currency"`
	Amount      string    `json:"amount"`
	Left        string    `json:"withdrawable" doc:"Not yet withdrawn"`
	State       string    `json:"state" enum:"waiting,posted,rejected,reversing,reversed"`
	Edition     int64     `json:"edition" doc:"Send it back with a step: a stale one is refused"`
	Reference   string    `json:"reference" doc:"The bank's, or the payment's id"`
	Payer       string    `json:"payer"`
	ReceivedOn  string    `json:"received_on"`
	Remark      string    `json:"remark"`
	EnteredBy   string    `json:"entered_by"`
	DecidedBy   string    `json:"decided_by"`
	Reason      string    `json:"reason"`
	Number      string    `json:"number" doc:"Of the transfer"`
	CreatedAt   time.Time `json:"created_at"`
	PostedAt    time.Time `json:"posted_at,omitzero"`
}

func toTopUp(t treasury.TopUp) TopUp {
	return TopUp{t.ID, t.Account, t.AccountName, string(t.Method), t.Unit, money.Text(t.Minor), money.Text(t.Left), string(t.State), t.Edition, t.Reference, t.Payer,
		t.ReceivedOn.String(), t.Remark, t.EnteredName, t.DecidedName, t.Reason, t.Number, t.CreatedAt, t.PostedAt}
}

// CreditChange is one change of a line of credit.
type CreditChange struct {
	ID          string    `json:"id"`
	Account     string    `json:"account"`
	AccountName string    `json:"account_name"`
	Currency    string    `json:"currency"`
	Before      string    `json:"before"`
	Amount      string    `json:"amount"`
	Reason      string    `json:"reason"`
	State       string    `json:"state" enum:"waiting,set,rejected"`
	AskedBy     string    `json:"asked_by"`
	DecidedBy   string    `json:"decided_by"`
	Words       string    `json:"words"`
	CreatedAt   time.Time `json:"created_at"`
	DecidedAt   time.Time `json:"decided_at,omitzero"`
}

func toCreditChange(c treasury.CreditChange) CreditChange {
	return CreditChange{c.ID, c.Account, c.AccountName, c.Unit, money.Text(c.Before), money.Text(c.Minor), c.Reason, string(c.State), c.AskedName, c.DecidedName, c.Words, c.CreatedAt, c.DecidedAt}
}

// Earmark is part of a company's cash that is set aside.
type Earmark struct {
	ID          string    `json:"id"`
	Account     string    `json:"account"`
	AccountName string    `json:"account_name"`
	Currency    string    `json:"currency"`
	Amount      string    `json:"amount"`
	Left        string    `json:"left"`
	Purpose     string    `json:"purpose"`
	State       string    `json:"state" enum:"active,released"`
	Reason      string    `json:"reason"`
	CreatedAt   time.Time `json:"created_at"`
}

func toEarmark(e treasury.Earmark) Earmark {
	return Earmark{e.ID, e.Account, e.AccountName, e.Unit, money.Text(e.Minor), money.Text(e.Left), e.Purpose, string(e.State), e.Reason, e.CreatedAt}
}

// WithdrawalPart is what a withdrawal gives back of one top-up.
type WithdrawalPart struct {
	TopUp  string `json:"top_up"`
	Amount string `json:"amount"`
}

// Withdrawal takes a company's cash back to where it came from.
type Withdrawal struct {
	ID            string           `json:"id"`
	Account       string           `json:"account"`
	AccountName   string           `json:"account_name"`
	Currency      string           `json:"currency"`
	Amount        string           `json:"amount"`
	State         string           `json:"state" enum:"requested,approved,rejected,paid,failed,cancelled"`
	Edition       int64            `json:"edition" doc:"Send it back with a step: a stale one is refused"`
	Bank          string           `json:"bank" doc:"Bank, branch, and the end of the account number"`
	BankReference string           `json:"bank_reference"`
	PaidOn        string           `json:"paid_on"`
	Reason        string           `json:"reason"`
	Number        string           `json:"number" doc:"Of the transfer"`
	AskedBy       string           `json:"asked_by"`
	CreatedAt     time.Time        `json:"created_at"`
	DueAt         time.Time        `json:"due_at"`
	Parts         []WithdrawalPart `json:"parts,omitempty"`
}

func toWithdrawal(w treasury.Withdrawal) Withdrawal {
	return Withdrawal{w.ID, w.Account, w.AccountName, w.Unit, money.Text(w.Minor), string(w.State), w.Edition, w.BankText, w.BankReference, w.PaidOn, w.Reason, w.Number,
		w.AskedName, w.CreatedAt, w.DueAt, each(w.Parts, func(p treasury.Part) WithdrawalPart { return WithdrawalPart{p.TopUp, money.Text(p.Minor)} })}
}

// OfflineRefund is a resale customer's money that its partner takes back and refunds.
type OfflineRefund struct {
	ID           string    `json:"id"`
	Partner      string    `json:"partner"`
	PartnerName  string    `json:"partner_name"`
	Customer     string    `json:"customer"`
	CustomerName string    `json:"customer_name"`
	Currency     string    `json:"currency"`
	Amount       string    `json:"amount"`
	State        string    `json:"state" enum:"asked,declined,withdrawn,returned,refunded,disputed,confirmed"`
	Edition      int64     `json:"edition" doc:"Send it back with a step: a stale one is refused"`
	Words        string    `json:"words" doc:"Of who acted last"`
	Number       string    `json:"number" doc:"Of the reclaim"`
	Method       string    `json:"method"`
	RefundedOn   string    `json:"refunded_on"`
	Reference    string    `json:"reference"`
	CreatedAt    time.Time `json:"created_at"`
}

func toOfflineRefund(r treasury.Refund) OfflineRefund {
	return OfflineRefund{r.ID, r.Partner, r.PartnerName, r.Customer, r.CustomerName, r.Unit, money.Text(r.Minor), string(r.State), r.Edition, r.Words, r.Number, r.Method, r.RefundedOn, r.Reference, r.CreatedAt}
}

// OnlinePayment is one attempt to pay online.
type OnlinePayment struct {
	ID        string    `json:"id"`
	Account   string    `json:"account"`
	Provider  string    `json:"provider"`
	Subject   string    `json:"subject"`
	Currency  string    `json:"currency"`
	Amount    string    `json:"amount"`
	Refunded  string    `json:"refunded"`
	State     string    `json:"state" enum:"created,pending,paid,failed,expired"`
	PayURL    string    `json:"pay_url" doc:"Where the payer goes on"`
	Reason    string    `json:"reason"`
	CreatedAt time.Time `json:"created_at"`
	ExpiresAt time.Time `json:"expires_at"`
	SettledAt time.Time `json:"settled_at,omitzero"`
}

func toOnlinePayment(p payment.Payment) OnlinePayment {
	return OnlinePayment{p.ID, p.Account, p.Provider, p.Subject, p.Unit, money.Text(p.Minor), money.Text(p.Refunded), string(p.State), p.PayURL, p.Reason, p.CreatedAt, p.ExpiresAt, p.SettledAt}
}

// Holding is what a company has in one currency.
type Holding struct {
	Currency     string `json:"currency"`
	Cash         string `json:"cash" doc:"Without what is set aside"`
	Allocated    string `json:"allocated"`
	Bonus        string `json:"bonus"`
	Deposit      string `json:"deposit"`
	Earmarked    string `json:"earmarked"`
	Held         string `json:"held"`
	CreditLine   string `json:"credit_line"`
	CreditUsed   string `json:"credit_used"`
	Arrears      string `json:"arrears" doc:"Credit used beyond the line"`
	Allocatable  string `json:"allocatable"`
	Spendable    string `json:"spendable"`
	Withdrawable string `json:"withdrawable"`
}

func toHolding(h treasury.Holding) Holding {
	t := money.Text
	return Holding{h.Unit, t(h.Cash), t(h.Allocated), t(h.Bonus), t(h.Deposit), t(h.Earmarked), t(h.Held), t(h.CreditLine), t(h.CreditUsed), t(h.Arrears), t(h.Allocatable), t(h.Spendable), t(h.Withdrawable)}
}

type (
	topUpPath struct {
		TopUp string `path:"top_up" maxLength:"40"`
	}
	withdrawalPath struct {
		Withdrawal string `path:"withdrawal" maxLength:"40"`
	}
	refundPath struct {
		Refund string `path:"refund" maxLength:"40"`
	}
	// MoneyStep is a step with the edition that was read.
	MoneyStep struct {
		Edition int64  `json:"edition"`
		Reason  string `json:"reason,omitempty" doc:"Needed to refuse, to reverse, and when it failed"`
	}
)

func (a *API) treasuryOperations() {
	a.balancesAndTopUps()
	a.topUpSteps()
	a.creditAndEarmarks()
	a.withdrawalOperations()
	a.refundOperations()
}

func (a *API) balancesAndTopUps() {
	add(a, Operation{Method: "GET", Path: "/api/v1/accounts/{account}/balances", ID: "show_balances", Tag: treasuryTag, Summary: "What a company has, in each currency", Verb: actor.ViewFunds},
		func(ctx context.Context, by actor.Actor, in *fundsPath) (out struct {
			Account string    `json:"account"`
			Frozen  bool      `json:"frozen"`
			Units   []Holding `json:"units"`
		}, err error) {
			o, err := a.Treasury.Balances(ctx, by, in.Account)
			out.Account, out.Frozen, out.Units = o.Account, o.Frozen, each(o.Units, toHolding)
			return out, err
		})
	add(a, Operation{Method: "GET", Path: "/api/v1/top-ups", ID: "list_top_ups", Tag: treasuryTag, Summary: "Top-ups, newest first: all for the vendor's finance, otherwise the own company's", Verb: actor.ViewFunds},
		func(ctx context.Context, by actor.Actor, in *struct {
			PageIn
			Account string `query:"account" maxLength:"64"`
			State   string `query:"state" enum:"waiting,posted,rejected,reversing,reversed"`
		}) (out struct {
			TopUps []TopUp `json:"top_ups"`
			Next   string  `json:"next_cursor,omitempty"`
		}, err error) {
			list, next, err := a.Treasury.TopUps(ctx, by, treasury.TopUpFilter{Account: in.Account, State: treasury.TopUpState(in.State), After: in.Cursor, Limit: in.Limit})
			out.TopUps, out.Next = each(list, toTopUp), next
			return out, err
		})
	add(a, Operation{Method: "POST", Path: "/api/v1/top-ups", ID: "enter_top_up", Tag: treasuryTag, Status: 201, Summary: "Enter a bank transfer, a deposit or a bonus; above a limit a second person approves", Verb: actor.ManageTreasury},
		func(ctx context.Context, by actor.Actor, in *struct {
			Body struct {
				Account    string `json:"account"`
				Method     string `json:"method" doc:"transfer, deposit or bonus"`
				Currency   string `json:"currency"`
				Amount     string `json:"amount" example:"1250.00"`
				Reference  string `json:"reference,omitempty" doc:"The bank's: each counts once"`
				Payer      string `json:"payer,omitempty"`
				ReceivedOn string `json:"received_on,omitempty" example:"2026-03-02"`
				Remark     string `json:"remark,omitempty"`
			}
		}) (TopUp, error) {
			b := in.Body
			t, err := a.Treasury.EnterTopUp(ctx, by, treasury.NewTopUp{Account: b.Account, Method: treasury.Method(b.Method), Unit: b.Currency, Amount: b.Amount,
				Reference: b.Reference, Payer: b.Payer, ReceivedOn: b.ReceivedOn, Remark: b.Remark}, nil)
			return toTopUp(t), err
		})
	add(a, Operation{Method: "GET", Path: "/api/v1/top-ups/{top_up}", ID: "show_top_up", Tag: treasuryTag, Summary: "A top-up", Verb: actor.ViewFunds},
		func(ctx context.Context, by actor.Actor, in *topUpPath) (TopUp, error) {
			t, err := a.Treasury.TopUp(ctx, by, in.TopUp)
			return toTopUp(t), err
		})
	add(a, Operation{Method: "POST", Path: "/api/v1/payments", ID: "pay_online", Tag: treasuryTag, Status: 201, Summary: "Begin an online payment into the own company's balance", Verb: actor.PayIn},
		func(ctx context.Context, by actor.Actor, in *struct {
			Body struct {
				Currency string `json:"currency"`
				Amount   string `json:"amount"`
			}
		}) (OnlinePayment, error) {
			p, err := a.Treasury.PayIn(ctx, by, in.Body.Currency, in.Body.Amount)
			return toOnlinePayment(p), err
		})
	add(a, Operation{Method: "GET", Path: "/api/v1/payments", ID: "list_payments", Tag: treasuryTag, Summary: "Online payments, newest first", Verb: actor.ViewFunds},
		func(ctx context.Context, by actor.Actor, in *struct {
			PageIn
			State string `query:"state" enum:"created,pending,paid,failed,expired"`
		}) (out struct {
			Payments []OnlinePayment `json:"payments"`
			Next     string          `json:"next_cursor,omitempty"`
		}, err error) {
			list, next, err := a.Payment.List(ctx, by, payment.Filter{State: payment.State(in.State), After: in.Cursor, Limit: in.Limit})
			out.Payments, out.Next = each(list, toOnlinePayment), next
			return out, err
		})
	add(a, Operation{Method: "GET", Path: "/api/v1/payments/{payment}", ID: "show_payment", Tag: treasuryTag, Summary: "An online payment", Verb: actor.ViewFunds},
		func(ctx context.Context, by actor.Actor, in *struct {
			Payment string `path:"payment" maxLength:"40"`
		}) (OnlinePayment, error) {
			p, err := a.Payment.One(ctx, by, in.Payment)
			return toOnlinePayment(p), err
		})
}

func (a *API) topUpSteps() {
	for _, x := range []struct {
		name, id, summary string
		do                func(ctx context.Context, by actor.Actor, id string, s MoneyStep) (treasury.TopUp, error)
	}{
		{"approve", "approve_top_up", "Give the second signature: the money is posted", func(ctx context.Context, by actor.Actor, id string, s MoneyStep) (treasury.TopUp, error) {
			return a.Treasury.ApproveTopUp(ctx, by, id, s.Edition)
		}},
		{"reject", "reject_top_up", "Reject a waiting top-up, with a reason", func(ctx context.Context, by actor.Actor, id string, s MoneyStep) (treasury.TopUp, error) {
			return a.Treasury.RejectTopUp(ctx, by, id, s.Edition, s.Reason)
		}},
		{"reverse", "reverse_top_up", "Ask for taking a wrong top-up back, with a reason", func(ctx context.Context, by actor.Actor, id string, s MoneyStep) (treasury.TopUp, error) {
			return a.Treasury.AskReversal(ctx, by, id, s.Edition, s.Reason)
		}},
		{"approve-reversal", "approve_top_up_reversal", "Give the second signature to a reversal", func(ctx context.Context, by actor.Actor, id string, s MoneyStep) (treasury.TopUp, error) {
			return a.Treasury.DecideReversal(ctx, by, id, s.Edition, true)
		}},
		{"refuse-reversal", "refuse_top_up_reversal", "Leave a top-up as it is", func(ctx context.Context, by actor.Actor, id string, s MoneyStep) (treasury.TopUp, error) {
			return a.Treasury.DecideReversal(ctx, by, id, s.Edition, false)
		}},
	} {
		add(a, Operation{Method: "POST", Path: "/api/v1/top-ups/{top_up}/" + x.name, ID: x.id, Tag: treasuryTag, Summary: x.summary, Verb: actor.ManageTreasury},
			func(ctx context.Context, by actor.Actor, in *struct {
				topUpPath
				Body MoneyStep
			}) (TopUp, error) {
				t, err := x.do(ctx, by, in.TopUp, in.Body)
				return toTopUp(t), err
			})
	}
}

func (a *API) creditAndEarmarks() {
	add(a, Operation{Method: "GET", Path: "/api/v1/accounts/{account}/credit-changes", ID: "list_credit_changes", Tag: treasuryTag, Summary: "How a company's line of credit changed, newest first", Verb: actor.ViewFunds},
		func(ctx context.Context, by actor.Actor, in *fundsPath) (out struct {
			Changes []CreditChange `json:"changes"`
		}, err error) {
			list, err := a.Treasury.CreditHistory(ctx, by, in.Account)
			out.Changes = each(list, toCreditChange)
			return out, err
		})
	add(a, Operation{Method: "PUT", Path: "/api/v1/accounts/{account}/credit", ID: "set_credit", Tag: treasuryTag, Summary: "Grant, change or end a line of credit; a raise above a limit waits for a second person", Verb: actor.ManageTreasury},
		func(ctx context.Context, by actor.Actor, in *struct {
			fundsPath
			Body struct {
				Currency string `json:"currency"`
				Amount   string `json:"amount" doc:"The whole line; 0 ends it"`
				Reason   string `json:"reason"`
			}
		}) (CreditChange, error) {
			c, err := a.Treasury.SetCredit(ctx, by, treasury.NewCredit{Account: in.Account, Unit: in.Body.Currency, Amount: in.Body.Amount, Reason: in.Body.Reason})
			return toCreditChange(c), err
		})
	for _, x := range []struct {
		name, id, summary string
		agree             bool
	}{{"approve", "approve_credit_change", "Give the second signature to a raise", true}, {"reject", "reject_credit_change", "Refuse a raise, with a reason", false}} {
		add(a, Operation{Method: "POST", Path: "/api/v1/credit-changes/{change}/" + x.name, ID: x.id, Tag: treasuryTag, Summary: x.summary, Verb: actor.ManageTreasury},
			func(ctx context.Context, by actor.Actor, in *struct {
				Change string `path:"change" maxLength:"40"`
				Body   struct {
					Reason string `json:"reason,omitempty"`
				}
			}) (CreditChange, error) {
				c, err := a.Treasury.DecideCredit(ctx, by, in.Change, x.agree, in.Body.Reason)
				return toCreditChange(c), err
			})
	}
	add(a, Operation{Method: "GET", Path: "/api/v1/earmarks", ID: "list_earmarks", Tag: treasuryTag, Summary: "Money that is set aside, newest first", Verb: actor.ViewFunds},
		func(ctx context.Context, by actor.Actor, in *struct {
			PageIn
			State string `query:"state" enum:"active,released"`
		}) (out struct {
			Earmarks []Earmark `json:"earmarks"`
			Next     string    `json:"next_cursor,omitempty"`
		}, err error) {
			list, next, err := a.Treasury.Earmarks(ctx, by, treasury.EarmarkFilter{State: treasury.EarmarkState(in.State), After: in.Cursor, Limit: in.Limit})
			out.Earmarks, out.Next = each(list, toEarmark), next
			return out, err
		})
	add(a, Operation{Method: "POST", Path: "/api/v1/accounts/{account}/earmarks", ID: "earmark_funds", Tag: treasuryTag, Status: 201, Summary: "Set part of a company's cash aside", Verb: actor.ManageTreasury},
		func(ctx context.Context, by actor.Actor, in *struct {
			fundsPath
			Body struct {
				Currency string `json:"currency"`
				Amount   string `json:"amount"`
				Purpose  string `json:"purpose"`
			}
		}) (Earmark, error) {
			e, err := a.Treasury.Earmark(ctx, by, treasury.NewEarmark{Account: in.Account, Unit: in.Body.Currency, Amount: in.Body.Amount, Purpose: in.Body.Purpose})
			return toEarmark(e), err
		})
	add(a, Operation{Method: "POST", Path: "/api/v1/earmarks/{earmark}/release", ID: "release_earmark", Tag: treasuryTag, Summary: "Give set-aside money back to cash, in whole or in part", Verb: actor.ManageTreasury},
		func(ctx context.Context, by actor.Actor, in *struct {
			Earmark string `path:"earmark" maxLength:"40"`
			Body    struct {
				Left   string `json:"left" doc:"What is still set aside, as you know it: a stale one is refused"`
				Amount string `json:"amount"`
				Reason string `json:"reason"`
			}
		}) (Earmark, error) {
			left, err := money.Parse(in.Body.Left)
			if err != nil {
				left = -1 // which nothing has
			}
			e, err := a.Treasury.ReleaseEarmark(ctx, by, in.Earmark, left, in.Body.Amount, in.Body.Reason)
			return toEarmark(e), err
		})
	add(a, Operation{Method: "POST", Path: "/api/v1/accounts/{account}/deposit/release", ID: "release_deposit", Tag: treasuryTag, Summary: "Give part of a deposit back to the company's cash", Verb: actor.ManageTreasury},
		func(ctx context.Context, by actor.Actor, in *struct {
			fundsPath
			Body struct {
				Currency string `json:"currency"`
				Amount   string `json:"amount"`
				Reason   string `json:"reason"`
			}
		}) (none, error) {
			return none{}, a.Treasury.ReleaseDeposit(ctx, by, in.Account, in.Body.Currency, in.Body.Amount, in.Body.Reason, "")
		})
}

func (a *API) withdrawalOperations() {
	add(a, Operation{Method: "GET", Path: "/api/v1/withdrawals", ID: "list_withdrawals", Tag: treasuryTag, Summary: "Withdrawals, newest first: all for the vendor's finance, otherwise the own company's", Verb: actor.ViewFunds},
		func(ctx context.Context, by actor.Actor, in *struct {
			PageIn
			State string `query:"state" enum:"requested,approved,rejected,paid,failed,cancelled"`
		}) (out struct {
			Withdrawals []Withdrawal `json:"withdrawals"`
			Next        string       `json:"next_cursor,omitempty"`
		}, err error) {
			list, next, err := a.Treasury.Withdrawals(ctx, by, treasury.WithdrawalFilter{State: treasury.WithdrawalState(in.State), After: in.Cursor, Limit: in.Limit})
			out.Withdrawals, out.Next = each(list, toWithdrawal), next
			return out, err
		})
	add(a, Operation{Method: "GET", Path: "/api/v1/withdrawals/{withdrawal}", ID: "show_withdrawal", Tag: treasuryTag, Summary: "A withdrawal with the top-ups that it gives back", Verb: actor.ViewFunds},
		func(ctx context.Context, by actor.Actor, in *withdrawalPath) (Withdrawal, error) {
			w, err := a.Treasury.OneWithdrawal(ctx, by, in.Withdrawal)
			return toWithdrawal(w), err
		})
	add(a, Operation{Method: "PUT", Path: "/api/v1/bank-data", ID: "save_bank_data", Tag: treasuryTag, Summary: "Store where the own company's withdrawals go", Verb: actor.WithdrawFunds},
		func(ctx context.Context, by actor.Actor, in *struct {
			Body struct {
				Holder string `json:"holder"`
				Bank   string `json:"bank"`
				Branch string `json:"branch"`
				Number string `json:"number" doc:"Stored sealed; shown with its last four characters alone"`
			}
		}) (none, error) {
			b := in.Body
			return none{}, a.Treasury.SaveBank(ctx, by, treasury.Bank{Holder: b.Holder, Name: b.Bank, Branch: b.Branch, Number: b.Number})
		})
	add(a, Operation{Method: "POST", Path: "/api/v1/withdrawals", ID: "withdraw_funds", Tag: treasuryTag, Status: 201, Summary: "Ask for the own company's cash back; it is held from now on", Verb: actor.WithdrawFunds},
		func(ctx context.Context, by actor.Actor, in *struct {
			Body struct {
				Currency string   `json:"currency"`
				Amount   string   `json:"amount"`
				From     []string `json:"top_ups,omitempty" doc:"Those to give back; the newest first when absent"`
				Code     string   `json:"code,omitempty" doc:"Identity code, for people's sessions"`
			}
		}) (Withdrawal, error) {
			b := in.Body
			w, err := a.Treasury.Withdraw(ctx, by, treasury.NewWithdrawal{Unit: b.Currency, Amount: b.Amount, From: b.From, Code: b.Code})
			return toWithdrawal(w), err
		})
	add(a, Operation{Method: "POST", Path: "/api/v1/withdrawals/{withdrawal}/cancel", ID: "cancel_withdrawal", Tag: treasuryTag, Summary: "Take a request back before it is approved", Verb: actor.WithdrawFunds},
		func(ctx context.Context, by actor.Actor, in *struct {
			withdrawalPath
			Body MoneyStep
		}) (Withdrawal, error) {
			w, err := a.Treasury.CancelWithdrawal(ctx, by, in.Withdrawal, in.Body.Edition)
			return toWithdrawal(w), err
		})
	a.payoutSteps()
}

func (a *API) payoutSteps() {
	type payoutStep struct {
		MoneyStep
		Reference string `json:"reference,omitempty" doc:"The bank's, of the payment"`
		PaidOn    string `json:"paid_on,omitempty" example:"2026-03-02"`
	}
	for _, x := range []struct {
		name, id, summary string
		do                func(ctx context.Context, by actor.Actor, id string, s payoutStep) (treasury.Withdrawal, error)
	}{
		{"approve", "approve_withdrawal", "Let a withdrawal be paid", func(ctx context.Context, by actor.Actor, id string, s payoutStep) (treasury.Withdrawal, error) {
			return a.Treasury.ApproveWithdrawal(ctx, by, id, s.Edition)
		}},
		{"reject", "reject_withdrawal", "Refuse a withdrawal, with a reason: the money is free again", func(ctx context.Context, by actor.Actor, id string, s payoutStep) (treasury.Withdrawal, error) {
			return a.Treasury.RejectWithdrawal(ctx, by, id, s.Edition, s.Reason)
		}},
		{"pay", "pay_withdrawal", "Say that an approved withdrawal was paid, under the bank's reference", func(ctx context.Context, by actor.Actor, id string, s payoutStep) (treasury.Withdrawal, error) {
			return a.Treasury.PayWithdrawal(ctx, by, id, s.Edition, s.Reference, s.PaidOn)
		}},
		{"fail", "fail_withdrawal", "Say that the bank sent it back: the money is free again", func(ctx context.Context, by actor.Actor, id string, s payoutStep) (treasury.Withdrawal, error) {
			return a.Treasury.FailWithdrawal(ctx, by, id, s.Edition, s.Reason)
		}},
	} {
		add(a, Operation{Method: "POST", Path: "/api/v1/withdrawals/{withdrawal}/" + x.name, ID: x.id, Tag: treasuryTag, Summary: x.summary, Verb: actor.ManageTreasury},
			func(ctx context.Context, by actor.Actor, in *struct {
				withdrawalPath
				Body payoutStep
			}) (Withdrawal, error) {
				w, err := x.do(ctx, by, in.Withdrawal, in.Body)
				return toWithdrawal(w), err
			})
	}
}

func (a *API) refundOperations() {
	add(a, Operation{Method: "GET", Path: "/api/v1/offline-refunds", ID: "list_offline_refunds", Tag: treasuryTag, Summary: "Refunds of resale customers, newest first", Verb: actor.ViewFunds},
		func(ctx context.Context, by actor.Actor, in *struct {
			PageIn
			State string `query:"state" enum:"asked,declined,withdrawn,returned,refunded,disputed,confirmed"`
		}) (out struct {
			Refunds []OfflineRefund `json:"refunds"`
			Next    string          `json:"next_cursor,omitempty"`
		}, err error) {
			list, next, err := a.Treasury.Refunds(ctx, by, treasury.RefundFilter{State: treasury.RefundState(in.State), After: in.Cursor, Limit: in.Limit})
			out.Refunds, out.Next = each(list, toOfflineRefund), next
			return out, err
		})
	add(a, Operation{Method: "GET", Path: "/api/v1/offline-refunds/{refund}", ID: "show_offline_refund", Tag: treasuryTag, Summary: "A refund of a resale customer", Verb: actor.ViewFunds},
		func(ctx context.Context, by actor.Actor, in *refundPath) (OfflineRefund, error) {
			r, err := a.Treasury.OneRefund(ctx, by, in.Refund)
			return toOfflineRefund(r), err
		})
	type refundWish struct {
		Customer string `json:"customer,omitempty" doc:"Of a partner that refunds unasked"`
		Currency string `json:"currency"`
		Amount   string `json:"amount"`
		Words    string `json:"words,omitempty"`
	}
	for _, x := range []struct {
		path, id, summary string
		verb              actor.Verb
		do                func(context.Context, actor.Actor, treasury.NewRefund) (treasury.Refund, error)
	}{
		{"/api/v1/offline-refunds", "ask_offline_refund", "Ask the partner for money back; resale customers", actor.AnswerRefund, a.askRefund},
		{"/api/v1/offline-refunds/begin", "begin_offline_refund", "Begin a refund unasked; partners", actor.RefundCustomer, a.beginRefund},
	} {
		add(a, Operation{Method: "POST", Path: x.path, ID: x.id, Tag: treasuryTag, Status: 201, Summary: x.summary, Verb: x.verb},
			func(ctx context.Context, by actor.Actor, in *struct{ Body refundWish }) (OfflineRefund, error) {
				b := in.Body
				r, err := x.do(ctx, by, treasury.NewRefund{Customer: b.Customer, Unit: b.Currency, Amount: b.Amount, Words: b.Words})
				return toOfflineRefund(r), err
			})
	}
	a.refundSteps()
}

func (a *API) askRefund(ctx context.Context, by actor.Actor, in treasury.NewRefund) (treasury.Refund, error) {
	return a.Treasury.AskRefund(ctx, by, in)
}

func (a *API) beginRefund(ctx context.Context, by actor.Actor, in treasury.NewRefund) (treasury.Refund, error) {
	return a.Treasury.BeginRefund(ctx, by, in)
}

func (a *API) refundSteps() {
	type refundStep struct {
		Edition    int64  `json:"edition"`
		Words      string `json:"words,omitempty" doc:"Needed to decline and to dispute"`
		Method     string `json:"method,omitempty" doc:"How it was paid"`
		RefundedOn string `json:"refunded_on,omitempty" example:"2026-03-02"`
		Reference  string `json:"reference,omitempty"`
		Code       string `json:"code,omitempty" doc:"Identity code, for people's sessions whose company asks for codes"`
	}
	answer := func(to treasury.RefundState) func(context.Context, actor.Actor, string, refundStep) (treasury.Refund, error) {
		return func(ctx context.Context, by actor.Actor, id string, s refundStep) (treasury.Refund, error) {
			return a.Treasury.AnswerRefund(ctx, by, id, s.Edition, to, s.Words)
		}
	}
	for _, x := range []struct {
		name, id, summary string
		verb              actor.Verb
		do                func(context.Context, actor.Actor, string, refundStep) (treasury.Refund, error)
	}{
		{"return", "return_refund_money", "Take the money back from the customer; the partner then owes it", actor.RefundCustomer, func(ctx context.Context, by actor.Actor, id string, s refundStep) (treasury.Refund, error) {
			return a.Treasury.ReturnMoney(ctx, by, id, s.Edition, s.Code)
		}},
		{"decline", "decline_offline_refund", "Decline what the customer asked for, with words", actor.RefundCustomer, func(ctx context.Context, by actor.Actor, id string, s refundStep) (treasury.Refund, error) {
			return a.Treasury.DeclineRefund(ctx, by, id, s.Edition, s.Words)
		}},
		{"paid", "record_offline_refund", "Say that the partner paid, how, when and under which reference", actor.RefundCustomer, func(ctx context.Context, by actor.Actor, id string, s refundStep) (treasury.Refund, error) {
			return a.Treasury.RecordRefund(ctx, by, id, s.Edition, treasury.PaidRefund{Method: s.Method, On: s.RefundedOn, Reference: s.Reference, Words: s.Words})
		}},
		{"confirm", "confirm_offline_refund", "Say that the money has arrived; the customer", actor.AnswerRefund, answer(treasury.RefundConfirmed)},
		{"dispute", "dispute_offline_refund", "Say what is wrong; the customer", actor.AnswerRefund, answer(treasury.RefundDisputed)},
		{"withdraw", "withdraw_offline_refund", "Take the wish back; the customer", actor.AnswerRefund, answer(treasury.RefundWithdrawn)},
	} {
		add(a, Operation{Method: "POST", Path: "/api/v1/offline-refunds/{refund}/" + x.name, ID: x.id, Tag: treasuryTag, Summary: x.summary, Verb: x.verb},
			func(ctx context.Context, by actor.Actor, in *struct {
				refundPath
				Body refundStep
			}) (OfflineRefund, error) {
				r, err := x.do(ctx, by, in.Refund, in.Body)
				return toOfflineRefund(r), err
			})
	}
}
