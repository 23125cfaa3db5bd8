package matrix_test

import (
	"context"

	"hanse/internal/app/apptest"
	"hanse/internal/domain/desk"
	"hanse/internal/domain/macro"
	"hanse/internal/domain/ticket"
	"hanse/internal/kit/actor"
)

const deskOfOwn = "always the desk of the actor's own account"

var deskRows = []row{
	{name: "desk.Setup", verb: actor.ViewDesk, open: deskOfOwn, call: func(ctx context.Context, a *apptest.App, by actor.Actor, _ ids) error {
		return one(a.Desk.Setup(ctx, by))
	}},
	{name: "desk.SaveTeam", verb: actor.ManageDesk, call: func(ctx context.Context, a *apptest.App, by actor.Actor, x ids) error {
		return one(a.Desk.SaveTeam(ctx, by, desk.TeamDraft{ID: x.of("desk_team"), Name: "Taken over", Edition: 1}))
	}},
	{name: "desk.SetAway", verb: actor.ManageDesk, call: func(ctx context.Context, a *apptest.App, by actor.Actor, x ids) error {
		return a.Desk.SetAway(ctx, by, x.user, "")
	}},
	{name: "desk.SetDuty", verb: actor.ManageDesk, open: "a field of the own desk; who isn't a colleague is refused as such", call: func(ctx context.Context, a *apptest.App, by actor.Actor, x ids) error {
		return a.Desk.SetDuty(ctx, by, x.user, 0)
	}},
	{name: "desk.Rules", verb: actor.ViewDesk, open: deskOfOwn, call: func(ctx context.Context, a *apptest.App, by actor.Actor, _ ids) error {
		return one(a.Desk.Rules(ctx, by))
	}},
	{name: "desk.SaveRule", verb: actor.ManageDesk, call: func(ctx context.Context, a *apptest.App, by actor.Actor, x ids) error {
		return one(a.Desk.SaveRule(ctx, by, desk.Rule{ID: x.of("desk_rule"), Name: "x", Team: x.of("desk_team"), Pick: desk.PickNone, Edition: 1}))
	}},
	{name: "desk.MoveRule", verb: actor.ManageDesk, call: func(ctx context.Context, a *apptest.App, by actor.Actor, x ids) error {
		return a.Desk.MoveRule(ctx, by, x.of("desk_rule"), true, 1)
	}},
	{name: "desk.RemoveRule", verb: actor.ManageDesk, call: func(ctx context.Context, a *apptest.App, by actor.Actor, x ids) error {
		return a.Desk.RemoveRule(ctx, by, x.of("desk_rule"), 1)
	}},
	{name: "desk.Try", verb: actor.ViewDesk, open: deskOfOwn, call: func(ctx context.Context, a *apptest.App, by actor.Actor, x ids) error {
		return one(a.Desk.Try(ctx, by, desk.Facts{Desk: x.account}))
	}},
	{name: "desk.Macros", verb: actor.ViewDesk, open: deskOfOwn, call: func(ctx context.Context, a *apptest.App, by actor.Actor, _ ids) error {
		return one(a.Desk.Macros(ctx, by))
	}},
	{name: "desk.Usable", verb: actor.WorkTickets, open: deskOfOwn, call: func(ctx context.Context, a *apptest.App, by actor.Actor, _ ids) error {
		return two(a.Desk.Usable(ctx, by))
	}},
	{name: "desk.SaveMacro", verb: actor.ManageDesk, call: func(ctx context.Context, a *apptest.App, by actor.Actor, x ids) error {
		return one(a.Desk.SaveMacro(ctx, by, desk.Macro{ID: x.of("desk_macro"), Name: "x", Content: desk.Content{Note: "x"}, Edition: 1}))
	}},
	{name: "desk.RemoveMacro", verb: actor.ManageDesk, call: func(ctx context.Context, a *apptest.App, by actor.Actor, x ids) error {
		return a.Desk.RemoveMacro(ctx, by, x.of("desk_macro"), 1)
	}},
	{name: "desk.Answers", verb: actor.ViewDesk, open: deskOfOwn, call: func(ctx context.Context, a *apptest.App, by actor.Actor, _ ids) error {
		return one(a.Desk.Answers(ctx, by, ""))
	}},
	{name: "desk.SaveAnswer", verb: actor.ManageDesk, call: func(ctx context.Context, a *apptest.App, by actor.Actor, x ids) error {
		return one(a.Desk.SaveAnswer(ctx, by, desk.Answer{ID: x.of("desk_answer"), Name: "x", BodyEN: "x", Edition: 1}))
	}},
	{name: "desk.RemoveAnswer", verb: actor.ManageDesk, call: func(ctx context.Context, a *apptest.App, by actor.Actor, x ids) error {
		return a.Desk.RemoveAnswer(ctx, by, x.of("desk_answer"), 1)
	}},
	{name: "desk.Views", verb: actor.ViewDesk, open: "one's own and the desk's", call: func(ctx context.Context, a *apptest.App, by actor.Actor, _ ids) error {
		return one(a.Desk.Views(ctx, by))
	}},
	{name: "desk.SaveView", verb: actor.WorkTickets, open: "one's own", call: func(ctx context.Context, a *apptest.App, by actor.Actor, _ ids) error {
		return one(a.Desk.SaveView(ctx, by, "", "", false))
	}},
	{name: "desk.RemoveView", verb: actor.WorkTickets, call: func(ctx context.Context, a *apptest.App, by actor.Actor, x ids) error {
		return a.Desk.RemoveView(ctx, by, x.of("desk_view"))
	}},
	{name: "desk.Look", verb: actor.WorkTickets, open: "says to the own desk alone that one is there; the page has read the ticket before", call: func(ctx context.Context, a *apptest.App, by actor.Actor, x ids) error {
		return one(a.Desk.Look(ctx, by, x.of("ticket"), desk.Reading))
	}},
	{name: "desk.Others", verb: actor.ViewDesk, open: "colleagues of the own desk", call: func(ctx context.Context, a *apptest.App, by actor.Actor, x ids) error {
		return one(a.Desk.Others(ctx, by, x.of("ticket")))
	}},
	{name: "desk.Leave", verb: actor.WorkTickets, open: "one's own presence", call: func(ctx context.Context, a *apptest.App, by actor.Actor, x ids) error {
		return a.Desk.Leave(ctx, by, x.of("ticket"))
	}},
	{name: "macro.Find", verb: actor.WorkTickets, call: func(ctx context.Context, a *apptest.App, by actor.Actor, x ids) error {
		return one(a.Macro.Find(ctx, by, x.of("desk_macro")))
	}},
	{name: "macro.Save", verb: actor.ManageDesk, call: func(ctx context.Context, a *apptest.App, by actor.Actor, x ids) error {
		return one(a.Macro.Save(ctx, by, desk.Macro{ID: x.of("desk_macro"), Name: "x", Content: desk.Content{Note: "x"}, Edition: 1}))
	}},
	{name: "macro.Use", verb: actor.WorkTickets, call: func(ctx context.Context, a *apptest.App, by actor.Actor, x ids) error {
		return one(a.Macro.Use(ctx, by, x.of("desk_macro"), []macro.On{{No: x.of("ticket")}}, ""))
	}},
	{name: "macro.All", verb: actor.WorkTickets, call: func(ctx context.Context, a *apptest.App, by actor.Actor, x ids) error {
		return one(a.Macro.All(ctx, by, []macro.On{{No: x.of("ticket")}}, "", func(ticket.Ticket) (ticket.Bundle, error) { return ticket.Bundle{Note: "x"}, nil }))
	}},
}

// fillDesk gives the stranger a desk of its own.
func fillDesk(w *world, by, _ actor.Actor) {
	ctx := w.t.Context()
	team, err := w.a.Desk.SaveTeam(ctx, by, desk.TeamDraft{Name: "Stranger's", Members: []string{by.User}})
	must(w.t, err)
	rule, err := w.a.Desk.SaveRule(ctx, by, desk.Rule{Name: "All", Team: team.ID, Pick: desk.PickNone})
	must(w.t, err)
	m, err := w.a.Desk.SaveMacro(ctx, by, desk.Macro{Name: "Note", Content: desk.Content{Note: "x"}, Active: true})
	must(w.t, err)
	answer, err := w.a.Desk.SaveAnswer(ctx, by, desk.Answer{Name: "Hello", BodyEN: "Hello"})
	must(w.t, err)
	view, err := w.a.Desk.SaveView(ctx, by, "Mine", "view=mine", false)
	must(w.t, err)
	for kind, id := range map[string]string{"desk_team": team.ID, "desk_rule": rule.ID, "desk_macro": m.ID, "desk_answer": answer.ID, "desk_view": view.ID} {
		w.stranger.more[kind] = id
	}
}
