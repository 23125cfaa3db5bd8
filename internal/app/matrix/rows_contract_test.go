package matrix_test

import (
	"context"
	"strings"

	"hanse/internal/app/apptest"
	"hanse/internal/domain/contract"
	"hanse/internal/domain/order"
	"hanse/internal/kit/actor"
)

const noAgentPay = "apr_00000000000000000000000000"

// contractRows are the verbs about payments on behalf and contracts.
var contractRows = []row{
	{name: "order.AskAgent", verb: actor.PayOrder, call: func(ctx context.Context, a *apptest.App, by actor.Actor, x ids) error {
		return one(a.Order.AskAgent(ctx, by, []string{x.of("order")}, ""))
	}},
	{name: "order.WithdrawAgent", verb: actor.PayOrder, call: func(ctx context.Context, a *apptest.App, by actor.Actor, _ ids) error {
		return one(a.Order.WithdrawAgent(ctx, by, noAgentPay))
	}},
	{name: "order.PayAgent", verb: actor.PayForCustomer, call: func(ctx context.Context, a *apptest.App, by actor.Actor, _ ids) error {
		return one(a.Order.PayAgent(ctx, by, order.AgentPaying{ID: noAgentPay}))
	}},
	{name: "order.DeclineAgent", verb: actor.PayForCustomer, call: func(ctx context.Context, a *apptest.App, by actor.Actor, _ ids) error {
		return one(a.Order.DeclineAgent(ctx, by, noAgentPay, "No."))
	}},
	{name: "order.AgentOf", verb: actor.ViewOrders, call: func(ctx context.Context, a *apptest.App, by actor.Actor, _ ids) error {
		return one(a.Order.AgentOf(ctx, by, noAgentPay))
	}},
	{name: "order.Agents", verb: actor.ViewOrders, open: "lists what concerns the own account", call: func(ctx context.Context, a *apptest.App, by actor.Actor, _ ids) error {
		return two(a.Order.Agents(ctx, by, order.AgentFilter{}))
	}},
	{name: "contract.List", verb: actor.ViewContracts, call: func(ctx context.Context, a *apptest.App, by actor.Actor, x ids) error {
		return two(a.Contract.List(ctx, by, contract.Filter{Account: x.account}))
	}},
	{name: "contract.Get", verb: actor.ViewContracts, call: func(ctx context.Context, a *apptest.App, by actor.Actor, x ids) error {
		return one(a.Contract.Get(ctx, by, x.of("contract")))
	}},
	{name: "contract.Timeline", verb: actor.ViewContracts, call: func(ctx context.Context, a *apptest.App, by actor.Actor, x ids) error {
		return one(a.Contract.Timeline(ctx, by, x.of("contract")))
	}},
	{name: "contract.OpenScan", verb: actor.ViewContracts, call: func(ctx context.Context, a *apptest.App, by actor.Actor, x ids) error {
		f, _, err := a.Contract.OpenScan(ctx, by, x.of("contract"))
		if err == nil {
			err = f.Close()
		}
		return err
	}},
	{name: "contract.Apply", verb: actor.ApplyContract, call: func(ctx context.Context, a *apptest.App, by actor.Actor, x ids) error {
		return one(a.Contract.Apply(ctx, by, contract.Application{Orders: []string{x.of("order")}}))
	}},
	{name: "contract.Withdraw", verb: actor.ApplyContract, call: func(ctx context.Context, a *apptest.App, by actor.Actor, x ids) error {
		return one(a.Contract.Withdraw(ctx, by, x.of("contract"), 0))
	}},
	{name: "contract.Issue", verb: actor.HandleContract, call: func(ctx context.Context, a *apptest.App, by actor.Actor, x ids) error {
		return one(a.Contract.Issue(ctx, by, x.of("contract"), 0))
	}},
	{name: "contract.Refuse", verb: actor.HandleContract, call: func(ctx context.Context, a *apptest.App, by actor.Actor, x ids) error {
		return one(a.Contract.Refuse(ctx, by, x.of("contract"), 0, "No."))
	}},
	{name: "contract.Sign", verb: actor.HandleContract, call: func(ctx context.Context, a *apptest.App, by actor.Actor, x ids) error {
		return one(a.Contract.Sign(ctx, by, x.of("contract"), 0, &contract.Scan{Name: "a.pdf", File: strings.NewReader("%PDF-1.4\n%%EOF\n")}))
	}},
	{name: "contract.Fund", verb: actor.HandleContract, call: func(ctx context.Context, a *apptest.App, by actor.Actor, x ids) error {
		return one(a.Contract.Fund(ctx, by, x.of("contract"), 0, "top_none"))
	}},
}

// fillContracts has the stranger apply for a contract about its order.
func fillContracts(w *world, by, _ actor.Actor) {
	c, err := w.a.Contract.Apply(w.t.Context(), by, contract.Application{Orders: []string{w.stranger.of("order")}})
	must(w.t, err)
	w.stranger.more["contract"] = c.No
}
