package api

import (
	"context"
	"time"

	"hanse/internal/domain/contract"
	"hanse/internal/domain/order"
	"hanse/internal/kit/actor"
	"hanse/internal/kit/fault"
	"hanse/internal/kit/money"
)

// AgentPayment is a request that a partner, or a sub-account's master, pays an order.
type AgentPayment struct {
	ID          string    `json:"id"`
	Account     string    `json:"account_id"`
	AccountName string    `json:"account_name"`
	Order       string    `json:"order_no"`
	Partner     string    `json:"partner_id"`
	PartnerName string    `json:"partner_name"`
	State       string    `json:"state" enum:"REQUESTED,PAID,WITHDRAWN,DECLINED,EXPIRED"`
	Amount      string    `json:"amount"`
	Currency    string    `json:"currency"`
	Words       string    `json:"words,omitempty"`
	Answer      string    `json:"answer,omitempty" doc:"Why the partner declined"`
	AskedBy     string    `json:"asked_by"`
	CreatedAt   time.Time `json:"created_at"`
	Deadline    time.Time `json:"deadline,omitzero" doc:"Of the order"`
	EndedAt     time.Time `json:"ended_at,omitzero"`
}

func toAgentPayment(x order.AgentPay) AgentPayment {
	return AgentPayment{x.ID, x.Account, x.AccountName, x.No, x.Partner, x.PartnerName, string(x.State), money.Text(x.Minor), x.Order.Currency, x.Words, x.Answer,
		x.AskedName, x.CreatedAt, x.Order.Deadline, x.EndedAt}
}

type agentPath struct {
	ID string `path:"id" maxLength:"64"`
}

func (a *API) agentPayments() {
	add(a, Operation{Method: "GET", Path: "/api/v1/agent-payments", ID: "list_agent_payments", Tag: supportTag, Verb: actor.ViewOrders,
		Summary: "Requests to pay on behalf, newest first: those to the own company, or with own=true those it made; for the vendor all"},
		func(ctx context.Context, by actor.Actor, in *struct {
			PageIn
			Own   bool   `query:"own"`
			State string `query:"state" maxLength:"20"`
		}) (out struct {
			Requests []AgentPayment `json:"agent_payments"`
			Next     string         `json:"next_cursor,omitempty"`
		}, err error) {
			rows, next, err := a.Order.Agents(ctx, by, order.AgentFilter{Own: in.Own, State: order.AgentState(in.State), After: in.Cursor, Limit: in.Limit})
			out.Requests, out.Next = each(rows, toAgentPayment), next
			return out, err
		})
	add(a, Operation{Method: "POST", Path: "/api/v1/agent-payments", ID: "ask_agent_payments", Tag: supportTag, Summary: "Ask the partner to pay unpaid orders, all or none; coupons are freed, discounts stay", Verb: actor.PayOrder},
		func(ctx context.Context, by actor.Actor, in *struct {
			Body struct {
				Orders []string `json:"order_nos" minItems:"1" maxItems:"30"`
				Words  string   `json:"words,omitempty" maxLength:"500"`
			}
		}) (out struct {
			Requests []AgentPayment `json:"agent_payments"`
		}, err error) {
			rows, err := a.Order.AskAgent(ctx, by, in.Body.Orders, in.Body.Words)
			out.Requests = each(rows, toAgentPayment)
			return out, err
		})
	a.answerAgents()
}

func (a *API) answerAgents() {
	add(a, Operation{Method: "POST", Path: "/api/v1/agent-payments/{id}/payment", ID: "pay_agent_payment", Tag: supportTag, Summary: "Pay a customer's or sub-account's order from the own balance; once, however often it is sent", Verb: actor.PayForCustomer},
		func(ctx context.Context, by actor.Actor, in *struct {
			agentPath
			DryRun bool `query:"dry_run" doc:"Say what would happen and do nothing"`
			Body   struct {
				Amount string `json:"amount,omitempty" maxLength:"30" doc:"What the payer was shown: another amount is refused"`
				Code   string `json:"code,omitempty" maxLength:"10" doc:"Identity code, for people's sessions"`
			}
		}) (PlanOrder, error) {
			minor := int64(0)
			if in.Body.Amount != "" {
				var fs fault.Fields
				if minor = money.Field(&fs, "amount", in.Body.Amount); fs.Err() != nil {
					return PlanOrder{}, fs.Err()
				}
			}
			o, err := a.Order.PayAgent(ctx, by, order.AgentPaying{ID: in.ID, Minor: minor, Code: in.Body.Code, DryRun: in.DryRun})
			out := toOrder(o)
			out.DryRun = in.DryRun
			return out, err
		})
	add(a, Operation{Method: "POST", Path: "/api/v1/agent-payments/{id}/refusal", ID: "decline_agent_payment", Tag: supportTag, Summary: "Decline to pay, with words", Verb: actor.PayForCustomer},
		func(ctx context.Context, by actor.Actor, in *struct {
			agentPath
			Body struct {
				Words string `json:"words" minLength:"1" maxLength:"500"`
			}
		}) (AgentPayment, error) {
			x, err := a.Order.DeclineAgent(ctx, by, in.ID, in.Body.Words)
			return toAgentPayment(x), err
		})
	add(a, Operation{Method: "POST", Path: "/api/v1/agent-payments/{id}/withdrawal", ID: "withdraw_agent_payment", Tag: supportTag, Summary: "Take an own request back; the order waits for its payment as before", Verb: actor.PayOrder},
		func(ctx context.Context, by actor.Actor, in *agentPath) (AgentPayment, error) {
			x, err := a.Order.WithdrawAgent(ctx, by, in.ID)
			return toAgentPayment(x), err
		})
}

// PlanContract is a contract that comes before the payment of orders.
type PlanContract struct {
	No          string             `json:"no"`
	Account     string             `json:"account_id"`
	AccountName string             `json:"account_name"`
	State       string             `json:"state" enum:"APPLIED,ISSUED,SIGNED,FUNDED,CANCELLED"`
	Cause       string             `json:"cause,omitempty" enum:"buyer,refused,order"`
	Title       string             `json:"title" doc:"The buyer's name in the contract"`
	Address     string             `json:"address,omitempty"`
	Contact     string             `json:"contact,omitempty"`
	Email       string             `json:"email,omitempty"`
	Phone       string             `json:"phone,omitempty"`
	Words       string             `json:"words,omitempty"`
	Answer      string             `json:"answer,omitempty"`
	Currency    string             `json:"currency"`
	List        string             `json:"list"`
	Discount    string             `json:"discount"`
	Due         string             `json:"due"`
	TopUp       string             `json:"top_up_id,omitempty"`
	Reference   string             `json:"reference,omitempty"`
	Lines       []PlanContractLine `json:"lines" doc:"With single contracts only"`
	AppliedAt   time.Time          `json:"applied_at"`
	IssuedAt    time.Time          `json:"issued_at,omitzero"`
	SignedAt    time.Time          `json:"signed_at,omitzero"`
	FundedAt    time.Time          `json:"funded_at,omitzero"`
	CancelledAt time.Time          `json:"cancelled_at,omitzero"`
	Edition     int64              `json:"edition" doc:"Send it back with a change: a stale one is refused"`
	DryRun      bool               `json:"dry_run,omitempty"`
}

// PlanContractLine is an order of a contract, as it was when the contract was applied for.
type PlanContractLine struct {
	Order    string `json:"order_no"`
	Kind     string `json:"kind"`
	Level    string `json:"level"`
	List     string `json:"list"`
	Discount string `json:"discount"`
	Due      string `json:"due"`
}

func toContract(c contract.Contract) PlanContract {
	return PlanContract{No: c.No, Account: c.Account, AccountName: c.AccountName, State: string(c.State), Cause: string(c.Cause), Title: c.Title, Address: c.Address, Contact: c.Contact,
		Email: c.Email, Phone: c.Phone, Words: c.Words, Answer: c.Answer, Currency: c.Currency, List: money.Text(c.List), Discount: money.Text(c.Discount), Due: money.Text(c.Due),
		TopUp: c.TopUp, Reference: c.Reference, AppliedAt: c.AppliedAt, IssuedAt: c.IssuedAt, SignedAt: c.SignedAt, FundedAt: c.FundedAt, CancelledAt: c.CancelledAt, Edition: c.Edition,
		Lines: each(c.Lines, func(l contract.Line) PlanContractLine {
			return PlanContractLine{l.Order, string(l.Kind), string(l.Level), money.Text(l.List), money.Text(l.Discount), money.Text(l.Due)}
		})}
}

type contractPath struct {
	No string `path:"no" maxLength:"26"`
}

// ContractStep is a step of a contract.
type ContractStep struct {
	Edition int64  `json:"edition,omitempty"`
	Words   string `json:"words,omitempty" maxLength:"500"`
	TopUp   string `json:"top_up_id,omitempty" maxLength:"64"`
}

func (a *API) contracts() {
	add(a, Operation{Method: "GET", Path: "/api/v1/contracts", ID: "list_contracts", Tag: supportTag, Summary: "Contracts that come before the payment, newest first: the own ones, for the vendor all", Verb: actor.ViewContracts},
		func(ctx context.Context, by actor.Actor, in *struct {
			PageIn
			Company string `query:"company_id" maxLength:"64"`
			State   string `query:"state" maxLength:"20"`
		}) (out struct {
			Contracts []PlanContract `json:"contracts"`
			Next      string         `json:"next_cursor,omitempty"`
		}, err error) {
			rows, next, err := a.Contract.List(ctx, by, contract.Filter{Account: in.Company, State: contract.State(in.State), After: in.Cursor, Limit: in.Limit})
			out.Contracts, out.Next = each(rows, toContract), next
			return out, err
		})
	add(a, Operation{Method: "GET", Path: "/api/v1/contracts/{no}", ID: "show_contract", Tag: supportTag, Summary: "A contract with its orders", Verb: actor.ViewContracts},
		func(ctx context.Context, by actor.Actor, in *contractPath) (PlanContract, error) {
			c, err := a.Contract.Get(ctx, by, in.No)
			return toContract(c), err
		})
	add(a, Operation{Method: "POST", Path: "/api/v1/contracts", ID: "apply_contract", Tag: supportTag, Summary: "Apply for a contract about unpaid orders; their discounts stay", Verb: actor.ApplyContract},
		func(ctx context.Context, by actor.Actor, in *struct {
			DryRun bool `query:"dry_run" doc:"Say what would happen and do nothing"`
			Body   struct {
				Orders  []string `json:"order_nos" minItems:"1" maxItems:"30"`
				Title   string   `json:"title,omitempty" maxLength:"200" doc:"The company's name when absent, and so on"`
				Address string   `json:"address,omitempty" maxLength:"300"`
				Contact string   `json:"contact,omitempty" maxLength:"100"`
				Email   string   `json:"email,omitempty" maxLength:"200"`
				Phone   string   `json:"phone,omitempty" maxLength:"40"`
				Words   string   `json:"words,omitempty" maxLength:"500"`
			}
		}) (PlanContract, error) {
			b := in.Body
			c, err := a.Contract.Apply(ctx, by, contract.Application{Orders: b.Orders, Words: b.Words, DryRun: in.DryRun,
				Party: contract.Party{Title: b.Title, Address: b.Address, Contact: b.Contact, Email: b.Email, Phone: b.Phone}})
			out := toContract(c)
			if out.DryRun = in.DryRun; in.DryRun {
				out.No = ""
			}
			return out, err
		})
	a.contractSteps()
}

func (a *API) contractSteps() {
	step := func(path, id, summary string, verb actor.Verb, do func(ctx context.Context, by actor.Actor, no string, in ContractStep) (contract.Contract, error)) {
		add(a, Operation{Method: "POST", Path: "/api/v1/contracts/{no}/" + path, ID: id, Tag: supportTag, Summary: summary, Verb: verb},
			func(ctx context.Context, by actor.Actor, in *struct {
				contractPath
				Body ContractStep
			}) (PlanContract, error) {
				c, err := do(ctx, by, in.No, in.Body)
				return toContract(c), err
			})
	}
	step("withdrawal", "withdraw_contract", "Take an own application back", actor.ApplyContract, func(ctx context.Context, by actor.Actor, no string, in ContractStep) (contract.Contract, error) {
		return a.Contract.Withdraw(ctx, by, no, in.Edition)
	})
	step("issue", "issue_contract", "Issue a contract that was applied for", actor.HandleContract, func(ctx context.Context, by actor.Actor, no string, in ContractStep) (contract.Contract, error) {
		return a.Contract.Issue(ctx, by, no, in.Edition)
	})
	step("refusal", "refuse_contract", "Refuse an application, with words", actor.HandleContract, func(ctx context.Context, by actor.Actor, no string, in ContractStep) (contract.Contract, error) {
		return a.Contract.Refuse(ctx, by, no, in.Edition, in.Words)
	})
	step("funding", "fund_contract", "Name the top-up that brought the money of a signed contract; the scan is filed on its page", actor.HandleContract, func(ctx context.Context, by actor.Actor, no string, in ContractStep) (contract.Contract, error) {
		return a.Contract.Fund(ctx, by, no, in.Edition, in.TopUp)
	})
}
