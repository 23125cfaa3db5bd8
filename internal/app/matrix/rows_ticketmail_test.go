package matrix_test

import (
	"context"
	"time"

	"hanse/internal/app/apptest"
	"hanse/internal/domain/account"
	"hanse/internal/domain/ticketmail"
	"hanse/internal/kit/actor"
	"hanse/internal/kit/i18n"
	"hanse/internal/kit/mailin"
)

const (
	ownDesk      = "always of the actor's own desk"
	installation = "of the installation, not of a company"
)

// ticketMailRows are the mails to desks, and their addresses.
var ticketMailRows = []row{
	{name: "ticketmail.List", verb: actor.ViewTicketMail, open: ownDesk, call: func(ctx context.Context, a *apptest.App, by actor.Actor, _ ids) error {
		return one(a.TicketMail.List(ctx, by, ticketmail.Filter{}))
	}},
	{name: "ticketmail.Export", verb: actor.ViewTicketMail, open: ownDesk, call: func(ctx context.Context, a *apptest.App, by actor.Actor, _ ids) error {
		_, _, err := a.TicketMail.Export(ctx, by, ticketmail.Filter{}, &i18n.Loc{Lang: i18n.English, TZ: time.UTC})
		return err
	}},
	{name: "ticketmail.Get", verb: actor.ViewTicketMail, call: func(ctx context.Context, a *apptest.App, by actor.Actor, x ids) error {
		return one(a.TicketMail.Get(ctx, by, x.of("ticketmail")))
	}},
	{name: "ticketmail.Read", verb: actor.ViewTicketMail, call: func(ctx context.Context, a *apptest.App, by actor.Actor, x ids) error {
		_, _, err := a.TicketMail.Read(ctx, by, x.of("ticketmail"))
		return err
	}},
	{name: "ticketmail.Raw", verb: actor.ViewTicketMail, call: func(ctx context.Context, a *apptest.App, by actor.Actor, x ids) error {
		f, err := a.TicketMail.Raw(ctx, by, x.of("ticketmail"))
		if err != nil {
			return err
		}
		return f.Close()
	}},
	{name: "ticketmail.Again", verb: actor.HandleTicketMail, call: func(ctx context.Context, a *apptest.App, by actor.Actor, x ids) error {
		return one(a.TicketMail.Again(ctx, by, x.of("ticketmail")))
	}},
	{name: "ticketmail.Open", verb: actor.HandleTicketMail, call: func(ctx context.Context, a *apptest.App, by actor.Actor, x ids) error {
		return one(a.TicketMail.Open(ctx, by, x.of("ticketmail"), x.account))
	}},
	{name: "ticketmail.Append", verb: actor.HandleTicketMail, call: func(ctx context.Context, a *apptest.App, by actor.Actor, x ids) error {
		return one(a.TicketMail.Append(ctx, by, x.of("ticketmail"), x.of("ticket")))
	}},
	{name: "ticketmail.Discard", verb: actor.HandleTicketMail, call: func(ctx context.Context, a *apptest.App, by actor.Actor, x ids) error {
		return one(a.TicketMail.Discard(ctx, by, x.of("ticketmail")))
	}},
	{name: "ticketmail.Addresses", verb: actor.ViewTicketMail, open: ownDesk, call: func(ctx context.Context, a *apptest.App, by actor.Actor, _ ids) error {
		return one(a.TicketMail.Addresses(ctx, by))
	}},
	{name: "ticketmail.AddAddress", verb: actor.ManageTicketMail, only: vendorOnly, open: installation, call: func(ctx context.Context, a *apptest.App, by actor.Actor, _ ids) error {
		return a.TicketMail.AddAddress(ctx, by, "nobody", nothing)
	}},
	{name: "ticketmail.RemoveAddress", verb: actor.ManageTicketMail, only: vendorOnly, open: installation, call: func(ctx context.Context, a *apptest.App, by actor.Actor, _ ids) error {
		return a.TicketMail.RemoveAddress(ctx, by, nothing)
	}},
	{name: "ticketmail.Status", verb: actor.ViewJobs, open: installation, call: func(ctx context.Context, a *apptest.App, by actor.Actor, _ ids) error {
		return one(a.TicketMail.Status(ctx, by))
	}},
}

// fillTicketMail gives the stranger's desk an address, and a mail that is held there.
func fillTicketMail(w *world, by, _ actor.Actor) {
	ctx := w.t.Context()
	vendor, err := account.VendorAccount(ctx, w.a.DB.Read())
	must(w.t, err)
	const address = "desk@stranger.example"
	must(w.t, w.a.TicketMail.AddAddress(ctx, actor.Actor{Account: vendor.ID, Kind: actor.Vendor, User: "fill", Roles: []actor.Role{actor.VendorAdmin}}, address, by.Account))
	raw := []byte("From: eve@elsewhere.example\r\nTo: " + address + "\r\nSubject: Hello\r\nMessage-ID: <fill@elsewhere.example>\r\n\r\nHello.\r\n")
	must(w.t, w.a.TicketMail.Store(ctx, mailin.Incoming{Raw: raw, Size: int64(len(raw))}))
	must(w.t, w.a.Runner.Drain(ctx))
	all, err := w.a.TicketMail.List(ctx, by, ticketmail.Filter{State: ticketmail.Held})
	must(w.t, err)
	w.stranger.more["ticketmail"] = all[0].ID
}
