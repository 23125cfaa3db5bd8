package api

import (
	"context"
	"time"

	"hanse/internal/domain/budget"
	"hanse/internal/kit/actor"
	"hanse/internal/kit/fault"
	"hanse/internal/kit/money"
)

// Budget is how much a resale customer may use.
type Budget struct {
	Customer     string    `json:"customer_id"`
	CustomerName string    `json:"customer_name"`
	Kind         string    `json:"budget_type" enum:"MONTHLY,PACKAGE"`
	Amount       string    `json:"budget_amount"`
	Used         string    `json:"used_amount" doc:"Known about ten minutes after the metering"`
	Left         string    `json:"left_amount"`
	Auto         bool      `json:"freeze_automatically"`
	Frozen       bool      `json:"frozen" doc:"By this budget"`
	SetAt        time.Time `json:"set_at"`
	SetBy        string    `json:"set_by"`
}

// BudgetRecord is one thing done to a budget.
type BudgetRecord struct {
	ID        string    `json:"id"`
	Operation string    `json:"operation_type" enum:"SETTING,DELETE"`
	Kind      string    `json:"budget_type" enum:"MONTHLY,PACKAGE"`
	Amount    string    `json:"budget_amount"`
	By        string    `json:"operator"`
	At        time.Time `json:"operation_time"`
}

// BudgetRight is what a distributor lets a reseller do.
type BudgetRight struct {
	Reseller string    `json:"reseller_id"`
	Name     string    `json:"reseller_name"`
	Allowed  bool      `json:"allowed"`
	Limit    string    `json:"limit,omitempty" doc:"All its budgets together; missing = no limit"`
	Given    string    `json:"given"`
	SetAt    time.Time `json:"set_at,omitzero"`
}

func toBudget(b budget.Budget) Budget {
	return Budget{b.Customer, b.CustomerName, string(b.Kind), money.Text(b.Minor), money.Text(b.Used), money.Text(b.Left()), b.Auto, b.Frozen, b.SetAt, b.SetBy}
}

func toBudgetRecord(x budget.Record) BudgetRecord {
	return BudgetRecord{x.ID, x.Operation, string(x.Kind), money.Text(x.Minor), x.ByName, x.At}
}

func toBudgetRight(x budget.Right) BudgetRight {
	out := BudgetRight{x.Reseller, x.Name, x.Allowed, "", money.Text(x.Given), x.SetAt}
	if x.Minor > 0 {
		out.Limit = money.Text(x.Minor)
	}
	return out
}

type budgetPath struct {
	Customer string `path:"customer" maxLength:"32"`
	Partner  string `query:"partner_id" maxLength:"32" doc:"A reseller of the calling distributor; the own company when absent"`
}

type budgetBody struct {
	Amount   string `json:"budget_amount" maxLength:"24" doc:"The new whole amount, such as 500.00"`
	Kind     string `json:"budget_type" enum:"MONTHLY,PACKAGE"`
	Auto     *bool  `json:"freeze_automatically,omitempty"`
	Unfreeze bool   `json:"unfreeze,omitempty"`
	Code     string `json:"verification_code,omitempty" maxLength:"6" doc:"In a session, when the company asks for codes"`
}

func (a *API) budgets() {
	const tag, path = "budgets", "/api/v1/budgets/{customer}"
	add(a, Operation{Method: "GET", Path: "/api/v1/budgets", ID: "list_budgets", Tag: tag, Summary: "Budgets of resale customers", Verb: actor.ViewBudgets},
		func(ctx context.Context, by actor.Actor, in *struct {
			Partner string `query:"partner_id" maxLength:"32" doc:"A reseller of the calling distributor, or any partner for the vendor"`
			After   string `query:"after" maxLength:"32" doc:"customer_id of the last one seen"`
			Limit   int    `query:"limit" minimum:"1" maximum:"500" default:"50"`
		}) (out struct {
			Budgets []Budget `json:"budgets"`
			Next    string   `json:"next_cursor,omitempty"`
		}, err error) {
			list, next, err := a.Budget.Budgets(ctx, by, in.Partner, in.After, in.Limit)
			out.Budgets, out.Next = each(list, toBudget), next
			return out, err
		})
	add(a, Operation{Method: "GET", Path: path, ID: "show_budget", Tag: tag, Summary: "A customer's budget", Verb: actor.ViewBudgets},
		func(ctx context.Context, by actor.Actor, in *budgetPath) (Budget, error) {
			b, err := a.Budget.Budget(ctx, by, in.Partner, in.Customer)
			return toBudget(b), err
		})
	add(a, Operation{Method: "PUT", Path: path, ID: "set_budget", Tag: tag, Summary: "Set a customer's budget", Verb: actor.SetBudgets},
		func(ctx context.Context, by actor.Actor, in *struct {
			budgetPath
			Body budgetBody
		}) (Budget, error) {
			var fs fault.Fields
			minor := money.Field(&fs, "budget_amount", in.Body.Amount)
			if err := fs.Err(); err != nil {
				return Budget{}, err
			}
			b, err := a.Budget.Set(ctx, by, budget.Setting{Partner: in.Partner, Customer: in.Customer, Kind: budget.Kind(in.Body.Kind), Minor: minor,
				Auto: in.Body.Auto, Unfreeze: in.Body.Unfreeze, Code: in.Body.Code})
			return toBudget(b), err
		})
	add(a, Operation{Method: "DELETE", Path: path, ID: "remove_budget", Tag: tag, Summary: "Remove a customer's budget", Verb: actor.SetBudgets},
		func(ctx context.Context, by actor.Actor, in *struct {
			budgetPath
			Code string `query:"verification_code" maxLength:"6"`
		}) (none, error) {
			return none{}, a.Budget.Remove(ctx, by, in.Partner, in.Customer, in.Code)
		})
	add(a, Operation{Method: "GET", Path: path + "/records", ID: "list_budget_records", Tag: tag, Summary: "What was done to a customer's budget, newest first", Verb: actor.ViewBudgets},
		func(ctx context.Context, by actor.Actor, in *struct {
			budgetPath
			Before string `query:"before" maxLength:"40" doc:"Id of the last one seen"`
			Limit  int    `query:"limit" minimum:"1" maximum:"500" default:"50"`
		}) (out struct {
			Records []BudgetRecord `json:"records"`
		}, err error) {
			list, err := a.Budget.Records(ctx, by, budget.RecordFilter{Partner: in.Partner, Customer: in.Customer, Before: in.Before, Limit: in.Limit})
			out.Records = each(list, toBudgetRecord)
			return out, err
		})
	add(a, Operation{Method: "GET", Path: "/api/v1/my-budget", ID: "show_own_budget", Tag: tag, Summary: "The budget that one's partner set", Verb: actor.OwnBudget},
		func(ctx context.Context, by actor.Actor, _ *struct{}) (Budget, error) {
			b, err := a.Budget.Own(ctx, by)
			return toBudget(b), err
		})
	a.budgetRights(tag)
}

func (a *API) budgetRights(tag string) {
	add(a, Operation{Method: "GET", Path: "/api/v1/budget-rights", ID: "list_budget_rights", Tag: tag, Summary: "What a distributor's resellers may do about budgets", Verb: actor.ViewBudgets},
		func(ctx context.Context, by actor.Actor, in *struct {
			Cursor string `query:"cursor" maxLength:"200"`
		}) (out struct {
			Rights []BudgetRight `json:"rights"`
			Next   string        `json:"next_cursor,omitempty"`
		}, err error) {
			list, next, err := a.Budget.Rights(ctx, by, in.Cursor)
			out.Rights, out.Next = each(list, toBudgetRight), next
			return out, err
		})
	add(a, Operation{Method: "PUT", Path: "/api/v1/budget-rights/{reseller}", ID: "set_budget_right", Tag: tag, Summary: "State whether a reseller may set budgets, and how much altogether", Verb: actor.SetBudgets},
		func(ctx context.Context, by actor.Actor, in *struct {
			Reseller string `path:"reseller" maxLength:"32"`
			Body     struct {
				Allowed bool   `json:"allowed"`
				Limit   string `json:"limit,omitempty" maxLength:"24" doc:"Missing = no limit"`
			}
		}) (BudgetRight, error) {
			var fs fault.Fields
			var minor int64
			if in.Body.Limit != "" {
				minor = money.Field(&fs, "limit", in.Body.Limit)
			}
			if err := fs.Err(); err != nil {
				return BudgetRight{}, err
			}
			x, err := a.Budget.Allow(ctx, by, in.Reseller, in.Body.Allowed, minor)
			return toBudgetRight(x), err
		})
}
