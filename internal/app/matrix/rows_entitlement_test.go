package matrix_test

import (
	"context"
	"time"

	"hanse/internal/app/apptest"
	"hanse/internal/domain/entitlement"
	"hanse/internal/domain/ledger"
	"hanse/internal/kit/actor"
	"hanse/internal/kit/calendar"
	"hanse/internal/kit/db"
)

const noTraining = "trs_00000000000000000000000000"

var entitlementRows = []row{
	{name: "entitlement.Overview", verb: actor.ViewPlanDays, call: func(ctx context.Context, a *apptest.App, by actor.Actor, x ids) error {
		return two(a.Entitlement.Overview(ctx, by, x.account))
	}},
	{name: "entitlement.Uses", verb: actor.ViewPlanDays, call: func(ctx context.Context, a *apptest.App, by actor.Actor, x ids) error {
		return two(a.Entitlement.Uses(ctx, by, x.account, entitlement.Ticket, "", ledger.Mark{}, 0))
	}},
	{name: "entitlement.Requests", verb: actor.ViewPlanDays, call: func(ctx context.Context, a *apptest.App, by actor.Actor, x ids) error {
		return two(a.Entitlement.Requests(ctx, by, entitlement.Filter{Account: x.account}))
	}},
	{name: "entitlement.Queue", verb: actor.ViewPlanDays, call: func(ctx context.Context, a *apptest.App, by actor.Actor, _ ids) error {
		return two(a.Entitlement.Queue(ctx, by, entitlement.Filter{State: entitlement.Requested}))
	}},
	{name: "entitlement.Request", verb: actor.ViewPlanDays, call: func(ctx context.Context, a *apptest.App, by actor.Actor, x ids) error {
		return one(a.Entitlement.Request(ctx, by, x.of("plan_request")))
	}},
	{name: "entitlement.Ask", verb: actor.AskPlanDays, call: func(ctx context.Context, a *apptest.App, by actor.Actor, x ids) error {
		return one(a.Entitlement.Ask(ctx, by, entitlement.Asking{Account: x.account}))
	}},
	{name: "entitlement.Withdraw", verb: actor.AskPlanDays, call: func(ctx context.Context, a *apptest.App, by actor.Actor, x ids) error {
		return one(a.Entitlement.Withdraw(ctx, by, entitlement.Decision{Request: x.of("plan_request")}))
	}},
	{name: "entitlement.Approve", verb: actor.DecidePlanDays, call: func(ctx context.Context, a *apptest.App, by actor.Actor, x ids) error {
		return one(a.Entitlement.Approve(ctx, by, entitlement.Decision{Request: x.of("plan_request")}))
	}},
	{name: "entitlement.Refuse", verb: actor.DecidePlanDays, call: func(ctx context.Context, a *apptest.App, by actor.Actor, x ids) error {
		return one(a.Entitlement.Refuse(ctx, by, entitlement.Decision{Request: x.of("plan_request"), Words: "No."}))
	}},
	{name: "entitlement.Reschedule", verb: actor.AskPlanDays, also: actor.DecidePlanDays, call: func(ctx context.Context, a *apptest.App, by actor.Actor, x ids) error {
		return one(a.Entitlement.Reschedule(ctx, by, entitlement.Decision{Request: x.of("plan_request")}))
	}},
	{name: "entitlement.StateNeed", verb: actor.AskPlanDays, call: func(ctx context.Context, a *apptest.App, by actor.Actor, x ids) error {
		return one(a.Entitlement.StateNeed(ctx, by, entitlement.Need{Account: x.account}))
	}},
	{name: "entitlement.WithdrawNeed", verb: actor.AskPlanDays, call: func(ctx context.Context, a *apptest.App, by actor.Actor, x ids) error {
		return a.Entitlement.WithdrawNeed(ctx, by, x.of("training_need"))
	}},
	{name: "entitlement.Needs", verb: actor.ViewPlanDays, call: func(ctx context.Context, a *apptest.App, by actor.Actor, x ids) error {
		return two(a.Entitlement.Needs(ctx, by, x.account, "", "", 0))
	}},
	{name: "entitlement.PlanSession", verb: actor.DecidePlanDays, call: func(ctx context.Context, a *apptest.App, by actor.Actor, _ ids) error {
		return one(a.Entitlement.PlanSession(ctx, by, entitlement.Session{}))
	}},
	{name: "entitlement.CancelSession", verb: actor.DecidePlanDays, call: func(ctx context.Context, a *apptest.App, by actor.Actor, _ ids) error {
		return a.Entitlement.CancelSession(ctx, by, noTraining, 1)
	}},
	{name: "entitlement.Join", verb: actor.AskPlanDays, call: func(ctx context.Context, a *apptest.App, by actor.Actor, x ids) error {
		return a.Entitlement.Join(ctx, by, x.account, noTraining)
	}},
	{name: "entitlement.Leave", verb: actor.AskPlanDays, call: func(ctx context.Context, a *apptest.App, by actor.Actor, x ids) error {
		return a.Entitlement.Leave(ctx, by, x.account, noTraining)
	}},
	{name: "entitlement.Sessions", verb: actor.ViewPlanDays, call: func(ctx context.Context, a *apptest.App, by actor.Actor, x ids) error {
		return one(a.Entitlement.Sessions(ctx, by, x.account, time.Time{}, 0))
	}},
	{name: "entitlement.Session", verb: actor.ViewPlanDays, call: func(ctx context.Context, a *apptest.App, by actor.Actor, x ids) error {
		return one(a.Entitlement.Session(ctx, by, x.account, noTraining))
	}},
	{name: "entitlement.Seats", verb: actor.ViewPlanDays, call: func(ctx context.Context, a *apptest.App, by actor.Actor, _ ids) error {
		return two(a.Entitlement.Seats(ctx, by, noTraining, "", 0))
	}},
}

// fillEntitlements gives the strangers a plan, a request for days and a need.
func fillEntitlements(w *world, by, _ actor.Actor) {
	ctx, now := w.t.Context(), w.a.Clock.Now()
	must(w.t, w.a.DB.Update(ctx, func(tx *db.Tx) error {
		return entitlement.OnPlan(ctx, tx, by, entitlement.Plan{Account: by.Account, Level: entitlement.Standard, From: now, Until: now.AddDate(1, 0, 0)})
	}))
	on := calendar.DayOf(now) + 10
	r, err := w.a.Entitlement.Ask(ctx, by, entitlement.Asking{Unit: entitlement.Event, Dates: entitlement.Dates{First: on, Last: on}, Topic: "Sale", Contact: "Lin Yu", Email: "lin@stranger.example"})
	must(w.t, err)
	n, err := w.a.Entitlement.StateNeed(ctx, by, entitlement.Need{Topic: "Containers", Mode: entitlement.Online, People: 2, Contact: "Lin Yu", Email: "lin@stranger.example"})
	must(w.t, err)
	w.stranger.more["plan_request"], w.stranger.more["training_need"] = r.ID, n.ID
}
