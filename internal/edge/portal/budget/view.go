package budget

import (
	"context"
	"strconv"

	"hanse/internal/domain/budget"
	"hanse/internal/domain/distribution"
	"hanse/internal/domain/ledger"
	"hanse/internal/edge/portal/ask"
	"hanse/internal/edge/portal/door"
	"hanse/internal/edge/portal/ui"
	"hanse/internal/kit/i18n"
	"hanse/internal/kit/money"
)

type listView struct {
	door.View
	budgets      []budget.Budget
	rights       []budget.Right
	customers    []distribution.Customer
	right        budget.Right
	bound        bool // a distributor decides what this partner may
	distributor  bool
	after, first string
}

func (v listView) state(ctx context.Context) string {
	spent := 0
	for _, b := range v.budgets {
		if b.Spent() {
			spent++
		}
	}
	switch {
	case v.distributor:
		return i18n.T(ctx, "budgets.state_distributor", i18n.A{"n": len(v.rights)})
	case v.bound && !v.right.Allowed:
		return i18n.T(ctx, "budgets.state_barred", i18n.A{"distributor": v.right.Name})
	case len(v.budgets) == 0:
		return i18n.T(ctx, "budgets.state_none")
	}
	return i18n.T(ctx, "budgets.state", i18n.A{"n": len(v.budgets), "spent": i18n.M("budgets.spent", i18n.A{"n": spent})})
}

func (v listView) next(ctx context.Context) string {
	switch {
	case v.distributor:
		return i18n.T(ctx, "budgets.next_distributor")
	case v.bound && !v.right.Allowed:
		return i18n.T(ctx, "budgets.next_barred")
	case v.bound && v.right.Minor > 0:
		return i18n.T(ctx, "budgets.next_bound", i18n.A{"left": yuan(ctx, max(0, v.right.Minor-v.right.Given)), "all": yuan(ctx, v.right.Minor)})
	}
	return i18n.T(ctx, "budgets.next")
}

// free are the customers without a budget, to choose from.
func (v listView) free(ctx context.Context) (out []ui.Option) {
	has := map[string]bool{}
	for _, b := range v.budgets {
		has[b.Customer] = true
	}
	for _, c := range v.customers {
		if !has[c.ID] {
			out = append(out, ui.Option{Value: c.ID, Label: door.Data(ctx, c.Name)})
		}
	}
	return out
}

func yuan(ctx context.Context, minor int64) string { return i18n.From(ctx).Money(minor, ledger.CNY) }

func tone(b budget.Budget) ui.Tone {
	switch {
	case b.Spent():
		return ui.Bad
	case b.Share() >= 75:
		return ui.Warn
	}
	return ui.Good
}

func share(b budget.Budget) string { return strconv.FormatInt(b.Share(), 10) + " %" }

type budgetView struct {
	door.View
	customer distribution.Customer
	b        budget.Budget
	has      bool
	records  []budget.Record
	ask      ask.Field
}

func (v budgetView) state(ctx context.Context) string {
	if !v.has {
		return i18n.T(ctx, "budgets.one.none")
	}
	return i18n.T(ctx, "budgets.one.state", i18n.A{"used": yuan(ctx, v.b.Used), "amount": yuan(ctx, v.b.Minor), "share": share(v.b), "kind": v.b.Kind.Label()})
}

func (v budgetView) next(ctx context.Context) string {
	switch {
	case !v.has:
		return i18n.T(ctx, "budgets.one.next_none")
	case v.customer.Frozen != distribution.NotFrozen:
		return i18n.T(ctx, "budgets.one.next_frozen")
	case v.b.Spent():
		return i18n.T(ctx, "budgets.one.next_spent")
	}
	return i18n.T(ctx, "budgets.one.next")
}

func (v budgetView) amount() string {
	if v.has {
		return v.Value("budget_amount", money.Text(v.b.Minor))
	}
	return v.Value("budget_amount", "")
}

func (v budgetView) kinds(ctx context.Context) []ui.Option {
	return []ui.Option{{Value: string(budget.Monthly), Label: i18n.Say(ctx, budget.Monthly.Label()), Hint: i18n.T(ctx, "budgets.monthly_hint")},
		{Value: string(budget.Package), Label: i18n.Say(ctx, budget.Package.Label()), Hint: i18n.T(ctx, "budgets.package_hint")}}
}

func (v budgetView) kind() string {
	if v.has {
		return v.Value("budget_type", string(v.b.Kind))
	}
	return v.Value("budget_type", string(budget.Monthly))
}

func operation(ctx context.Context, op string) string {
	if op == "DELETE" {
		return i18n.T(ctx, "budgets.deleted")
	}
	return i18n.T(ctx, "budgets.set")
}
