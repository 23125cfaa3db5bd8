package matrix_test

import (
	"context"
	"io"

	"hanse/internal/app/apptest"
	"hanse/internal/domain/taxonomy"
	"hanse/internal/domain/ticket"
	"hanse/internal/kit/actor"
	"hanse/internal/kit/calendar"
	"hanse/internal/kit/i18n"
)

const (
	ownTickets = "lists only what the actor may see"
	ownAccount = "always of the actor's own account"
)

// exporters are those who need no grant of their company.
func exporters(by actor.Actor) bool {
	return by.Kind == actor.Vendor || by.Has(actor.PartnerAdmin, actor.CustomerAdmin)
}

var ticketRows = []row{
	{name: "ticket.Open", verb: actor.OpenTickets, call: func(ctx context.Context, a *apptest.App, by actor.Actor, x ids) error {
		return one(a.Ticket.Open(ctx, by, ticket.Opening{Account: x.account}))
	}},
	{name: "ticket.Act", verb: actor.ActOnTickets, also: actor.WorkTickets, call: func(ctx context.Context, a *apptest.App, by actor.Actor, x ids) error {
		return one(a.Ticket.Act(ctx, by, x.of("ticket"), ticket.Deed{Action: ticket.Press}))
	}},
	{name: "ticket.Say", verb: actor.ActOnTickets, also: actor.WorkTickets, call: func(ctx context.Context, a *apptest.App, by actor.Actor, x ids) error {
		return one(a.Ticket.Say(ctx, by, x.of("ticket"), ticket.Saying{Body: "x"}))
	}},
	{name: "ticket.SetContact", verb: actor.ActOnTickets, also: actor.WorkTickets, call: func(ctx context.Context, a *apptest.App, by actor.Actor, x ids) error {
		return one(a.Ticket.SetContact(ctx, by, x.of("ticket"), ticket.ContactEdit{}))
	}},
	{name: "ticket.SetExtra", verb: actor.ActOnTickets, also: actor.WorkTickets, call: func(ctx context.Context, a *apptest.App, by actor.Actor, x ids) error {
		return one(a.Ticket.SetExtra(ctx, by, x.of("ticket"), "", nil))
	}},
	{name: "ticket.Withdraw", verb: actor.ActOnTickets, also: actor.WorkTickets, call: func(ctx context.Context, a *apptest.App, by actor.Actor, x ids) error {
		return one(a.Ticket.Withdraw(ctx, by, x.of("ticket"), nothing))
	}},
	{name: "ticket.Relate", verb: actor.ActOnTickets, also: actor.WorkTickets, call: func(ctx context.Context, a *apptest.App, by actor.Actor, x ids) error {
		return a.Ticket.Relate(ctx, by, x.of("ticket"), []string{nothing})
	}},
	{name: "ticket.Unrelate", verb: actor.ActOnTickets, also: actor.WorkTickets, call: func(ctx context.Context, a *apptest.App, by actor.Actor, x ids) error {
		return a.Ticket.Unrelate(ctx, by, x.of("ticket"), nothing)
	}},
	{name: "ticket.Rate", verb: actor.ActOnTickets, call: func(ctx context.Context, a *apptest.App, by actor.Actor, x ids) error {
		return one(a.Ticket.Rate(ctx, by, x.of("ticket"), "", nil))
	}},
	{name: "ticket.Label", verb: actor.LabelTickets, call: func(ctx context.Context, a *apptest.App, by actor.Actor, x ids) error {
		return a.Ticket.Label(ctx, by, x.of("ticket"), []int64{1})
	}},
	{name: "ticket.Unlabel", verb: actor.LabelTickets, call: func(ctx context.Context, a *apptest.App, by actor.Actor, x ids) error {
		return a.Ticket.Unlabel(ctx, by, x.of("ticket"), []int64{1})
	}},
	{name: "ticket.Relabel", verb: actor.LabelTickets, call: func(ctx context.Context, a *apptest.App, by actor.Actor, x ids) error {
		return a.Ticket.Relabel(ctx, by, x.of("ticket"), nil, []int64{1})
	}},
	{name: "ticket.AddLabel", verb: actor.LabelTickets, open: ownAccount, call: func(ctx context.Context, a *apptest.App, by actor.Actor, _ ids) error {
		return one(a.Ticket.AddLabel(ctx, by, ticket.Label{}))
	}},
	{name: "ticket.EditLabel", verb: actor.LabelTickets, call: func(ctx context.Context, a *apptest.App, by actor.Actor, _ ids) error {
		return one(a.Ticket.EditLabel(ctx, by, ticket.Label{ID: 1, Name: "x", Color: "#000000"}))
	}},
	{name: "ticket.RemoveLabel", verb: actor.LabelTickets, call: func(ctx context.Context, a *apptest.App, by actor.Actor, _ ids) error {
		return a.Ticket.RemoveLabel(ctx, by, 1)
	}},
	{name: "ticket.Together", verb: actor.WorkTickets, call: func(ctx context.Context, a *apptest.App, by actor.Actor, x ids) error {
		return one(a.Ticket.Together(ctx, by, x.of("ticket"), ticket.Bundle{Note: "x"}))
	}},
	{name: "ticket.Change", verb: actor.WorkTickets, call: func(ctx context.Context, a *apptest.App, by actor.Actor, x ids) error {
		return one(a.Ticket.Change(ctx, by, x.of("ticket"), ticket.Changing{}))
	}},
	{name: "ticket.Assign", verb: actor.WorkTickets, call: func(ctx context.Context, a *apptest.App, by actor.Actor, x ids) error {
		return one(a.Ticket.Assign(ctx, by, x.of("ticket"), ticket.Assigning{}))
	}},
	{name: "ticket.HandOver", verb: actor.WorkTickets, call: func(ctx context.Context, a *apptest.App, by actor.Actor, x ids) error {
		return one(a.Ticket.HandOver(ctx, by, x.of("ticket"), ticket.Handing{}))
	}},
	{name: "ticket.HandBack", verb: actor.WorkTickets, call: func(ctx context.Context, a *apptest.App, by actor.Actor, x ids) error {
		return one(a.Ticket.HandBack(ctx, by, x.of("ticket"), ticket.Handing{}))
	}},
	{name: "ticket.Merge", verb: actor.WorkTickets, call: func(ctx context.Context, a *apptest.App, by actor.Actor, x ids) error {
		return one(a.Ticket.Merge(ctx, by, x.of("ticket"), "TT00000000000000"))
	}},
	{name: "ticket.Unmerge", verb: actor.WorkTickets, call: func(ctx context.Context, a *apptest.App, by actor.Actor, x ids) error {
		return one(a.Ticket.Unmerge(ctx, by, x.of("ticket")))
	}},
	{name: "ticket.Split", verb: actor.WorkTickets, call: func(ctx context.Context, a *apptest.App, by actor.Actor, x ids) error {
		return one(a.Ticket.Split(ctx, by, x.of("ticket"), nothing, ticket.Splitting{}))
	}},
	{name: "ticket.Export", verb: actor.ExportTickets, only: exporters, open: ownTickets, call: func(ctx context.Context, a *apptest.App, by actor.Actor, x ids) error {
		return a.Ticket.Export(ctx, by, io.Discard, ticket.CSV, ticket.Filter{Account: x.account}, &i18n.Loc{Lang: i18n.English, TZ: calendar.Zone})
	}},
}

var ticketReadRows = []row{
	{name: "ticket.Get", verb: actor.ViewTickets, call: func(ctx context.Context, a *apptest.App, by actor.Actor, x ids) error {
		return one(a.Ticket.Get(ctx, by, x.of("ticket")))
	}},
	{name: "ticket.Peek", verb: actor.ViewTickets, call: func(ctx context.Context, a *apptest.App, by actor.Actor, x ids) error {
		return one(a.Ticket.Peek(ctx, by, x.of("ticket")))
	}},
	{name: "ticket.Messages", verb: actor.ViewTickets, call: func(ctx context.Context, a *apptest.App, by actor.Actor, x ids) error {
		return two(a.Ticket.Messages(ctx, by, x.of("ticket"), ticket.Page{}))
	}},
	{name: "ticket.Message", verb: actor.ViewTickets, call: func(ctx context.Context, a *apptest.App, by actor.Actor, x ids) error {
		return one(a.Ticket.Message(ctx, by, x.of("ticket"), nothing))
	}},
	{name: "ticket.Since", verb: actor.ViewTickets, call: func(ctx context.Context, a *apptest.App, by actor.Actor, x ids) error {
		return one(a.Ticket.Since(ctx, by, x.of("ticket"), 0))
	}},
	{name: "ticket.Log", verb: actor.ViewTickets, call: func(ctx context.Context, a *apptest.App, by actor.Actor, x ids) error {
		return two(a.Ticket.Log(ctx, by, x.of("ticket"), 0, 0))
	}},
	{name: "ticket.Published", verb: actor.ViewTickets, call: func(ctx context.Context, a *apptest.App, by actor.Actor, x ids) error {
		return two(a.Ticket.Published(ctx, by, x.of("ticket"), 0, 0))
	}},
	{name: "ticket.Relations", verb: actor.ViewTickets, call: func(ctx context.Context, a *apptest.App, by actor.Actor, x ids) error {
		return one(a.Ticket.Relations(ctx, by, x.of("ticket")))
	}},
	{name: "ticket.News", verb: actor.ViewTickets, call: func(ctx context.Context, a *apptest.App, by actor.Actor, x ids) error {
		return two(a.Ticket.News(ctx, by, []string{x.of("ticket")}, ""))
	}},
	{name: "ticket.Unread", verb: actor.ViewTickets, call: func(ctx context.Context, a *apptest.App, by actor.Actor, x ids) error {
		return one(a.Ticket.Unread(ctx, by, []string{x.of("ticket")}))
	}},
	{name: "ticket.MarkRead", verb: actor.ViewTickets, call: func(ctx context.Context, a *apptest.App, by actor.Actor, x ids) error {
		return a.Ticket.MarkRead(ctx, by, x.of("ticket"), 0)
	}},
	{name: "ticket.Attachment", verb: actor.ViewTickets, call: func(ctx context.Context, a *apptest.App, by actor.Actor, _ ids) error {
		return one(a.Ticket.Attachment(ctx, by, nothing))
	}},
	{name: "ticket.List", verb: actor.ViewTickets, open: ownTickets, call: func(ctx context.Context, a *apptest.App, by actor.Actor, x ids) error {
		return one(a.Ticket.List(ctx, by, ticket.Filter{Account: x.account}))
	}},
	{name: "ticket.Count", verb: actor.ViewTickets, open: ownTickets, call: func(ctx context.Context, a *apptest.App, by actor.Actor, x ids) error {
		return one(a.Ticket.Count(ctx, by, ticket.Filter{Account: x.account}))
	}},
	{name: "ticket.Tally", verb: actor.ViewTickets, open: ownTickets, call: func(ctx context.Context, a *apptest.App, by actor.Actor, x ids) error {
		return one(a.Ticket.Tally(ctx, by, []ticket.Filter{{Account: x.account}}))
	}},
	{name: "ticket.Counts", verb: actor.ViewTickets, open: ownTickets, call: func(ctx context.Context, a *apptest.App, by actor.Actor, x ids) error {
		return one(a.Ticket.Counts(ctx, by, ticket.Filter{Account: x.account}))
	}},
	{name: "ticket.Labels", verb: actor.ViewTickets, open: ownAccount, call: func(ctx context.Context, a *apptest.App, by actor.Actor, _ ids) error {
		return two(a.Ticket.Labels(ctx, by, ticket.LabelFilter{}))
	}},
	{name: "ticket.LastCC", verb: actor.ViewTickets, open: ownAccount, call: func(ctx context.Context, a *apptest.App, by actor.Actor, _ ids) error {
		return one(a.Ticket.LastCC(ctx, by))
	}},
	{name: "ticket.Quota", verb: actor.ViewTickets, call: func(ctx context.Context, a *apptest.App, by actor.Actor, _ ids) error {
		return one(a.Ticket.Quota(ctx, by, nothing))
	}},
	{name: "ticket.Excerpts", verb: actor.ViewTickets, open: ownTickets, call: func(ctx context.Context, a *apptest.App, by actor.Actor, _ ids) error {
		return one(a.Ticket.Excerpts(ctx, by, "x", nil))
	}},
	{name: "ticket.Index", verb: actor.ViewJobs, call: func(ctx context.Context, a *apptest.App, by actor.Actor, _ ids) error {
		return one(a.Ticket.Index(ctx, by))
	}},
	{name: "ticket.RenewIndex", verb: actor.RetryJob, call: func(ctx context.Context, a *apptest.App, by actor.Actor, _ ids) error {
		return a.Ticket.RenewIndex(ctx, by)
	}},
	{name: "ticket.Serving", verb: actor.ViewTickets, open: ownAccount, call: func(ctx context.Context, a *apptest.App, by actor.Actor, _ ids) error {
		return one(a.Ticket.Serving(ctx, by))
	}},
}

// fillTickets gives the stranger a ticket.
func fillTickets(w *world, by, _ actor.Actor) {
	x, err := w.a.Ticket.Open(w.t.Context(), by, ticket.Opening{Body: "theirs", ProblemType: taxonomy.Billing})
	must(w.t, err)
	w.stranger.more["ticket"] = x.No
}
