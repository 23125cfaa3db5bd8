package matrix_test

import (
	"context"
	"net/url"

	"hanse/internal/app/apptest"
	"hanse/internal/domain/ticketdraft"
	"hanse/internal/kit/actor"
)

const ownDraft = "a draft is always that of who asks: another's id names nothing"

var ticketDraftRows = []row{
	{name: "ticketdraft.Save", verb: actor.OpenTickets, open: ownDraft, call: func(ctx context.Context, a *apptest.App, by actor.Actor, x ids) error {
		return one(a.TicketDraft.Save(ctx, by, ticketdraft.Draft{ID: x.of("ticket_draft"), Form: url.Values{"body": {"text"}}}))
	}},
	{name: "ticketdraft.Get", verb: actor.OpenTickets, call: func(ctx context.Context, a *apptest.App, by actor.Actor, x ids) error {
		return one(a.TicketDraft.Get(ctx, by, x.of("ticket_draft")))
	}},
	{name: "ticketdraft.List", verb: actor.OpenTickets, open: ownDraft, call: func(ctx context.Context, a *apptest.App, by actor.Actor, _ ids) error {
		return one(a.TicketDraft.List(ctx, by))
	}},
	{name: "ticketdraft.Drop", verb: actor.OpenTickets, open: ownDraft, call: func(ctx context.Context, a *apptest.App, by actor.Actor, x ids) error {
		return a.TicketDraft.Drop(ctx, by, x.of("ticket_draft"))
	}},
}

// fillTicketDrafts gives the stranger a draft.
func fillTicketDrafts(w *world, by, _ actor.Actor) {
	d, err := w.a.TicketDraft.Save(w.t.Context(), by, ticketdraft.Draft{Form: url.Values{"body": {"theirs"}}})
	must(w.t, err)
	w.stranger.more["ticket_draft"] = d.ID
}
