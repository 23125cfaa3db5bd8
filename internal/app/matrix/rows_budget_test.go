package matrix_test

import (
	"context"

	"hanse/internal/app/apptest"
	"hanse/internal/domain/budget"
	"hanse/internal/kit/actor"
)

var budgetRows = []row{
	{name: "budget.Set", verb: actor.SetBudgets, call: func(ctx context.Context, a *apptest.App, by actor.Actor, x ids) error {
		return one(a.Budget.Set(ctx, by, budget.Setting{Partner: x.account, Customer: x.account, Kind: budget.Monthly, Minor: 100}))
	}},
	{name: "budget.Remove", verb: actor.SetBudgets, call: func(ctx context.Context, a *apptest.App, by actor.Actor, x ids) error {
		return a.Budget.Remove(ctx, by, x.account, x.account, "")
	}},
	{name: "budget.Budget", verb: actor.ViewBudgets, call: func(ctx context.Context, a *apptest.App, by actor.Actor, x ids) error {
		return one(a.Budget.Budget(ctx, by, x.account, x.account))
	}},
	{name: "budget.Budgets", verb: actor.ViewBudgets, call: func(ctx context.Context, a *apptest.App, by actor.Actor, x ids) error {
		return two(a.Budget.Budgets(ctx, by, x.account, "", 0))
	}},
	{name: "budget.Records", verb: actor.ViewBudgets, call: func(ctx context.Context, a *apptest.App, by actor.Actor, x ids) error {
		return one(a.Budget.Records(ctx, by, budget.RecordFilter{Partner: x.account, Customer: x.account}))
	}},
	{name: "budget.Own", verb: actor.OwnBudget, open: ownAlone, call: func(ctx context.Context, a *apptest.App, by actor.Actor, _ ids) error {
		return one(a.Budget.Own(ctx, by))
	}},
	{name: "budget.Allow", verb: actor.SetBudgets, call: func(ctx context.Context, a *apptest.App, by actor.Actor, x ids) error {
		return one(a.Budget.Allow(ctx, by, x.account, true, 0))
	}},
	{name: "budget.Rights", verb: actor.ViewBudgets, open: ownAlone, call: func(ctx context.Context, a *apptest.App, by actor.Actor, _ ids) error {
		return two(a.Budget.Rights(ctx, by, ""))
	}},
	{name: "budget.OwnRight", verb: actor.ViewBudgets, open: ownAlone, call: func(ctx context.Context, a *apptest.App, by actor.Actor, _ ids) error {
		_, _, err := a.Budget.OwnRight(ctx, by)
		return err
	}},
}
