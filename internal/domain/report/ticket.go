package report

import (
	"context"

	"hanse/internal/domain/ticket"
	"hanse/internal/kit/actor"
	"hanse/internal/kit/i18n"
)

// Tickets is how the tickets of a company stand, for those who open them. Unread are the reader's own with a new answer.
type Tickets struct {
	Open, Waiting, Unread int64
}

// tickets are those of the own company that wait for an answer or a confirmation, and the reader's own with an answer that
// nobody has read; beside them the figures of the card.
func (b *board) tickets(ctx context.Context) error {
	if b.Ticket == nil || b.by.Kind != actor.Partner && b.by.Kind != actor.Customer || !b.by.Can(actor.ActOnTickets) {
		return nil
	}
	rows, err := b.Ticket.List(ctx, b.by, ticket.Filter{States: []ticket.State{ticket.ToConfirm, ticket.AskedBack}, Sort: ticket.ByTouched, Limit: mostQueued})
	if err != nil {
		return err
	}
	for _, t := range rows {
		n := Need{Area: Support, Title: i18n.M("tickets.need.answer"), About: i18n.Raw(t.Title), Href: "/tickets/" + t.No, Action: i18n.M("tickets.need.answer.do"),
			Due: t.AutoCloseAt, Left: t.State.Label(), Alarm: Soon}
		if t.State == ticket.ToConfirm {
			n.Title, n.Action = i18n.M("tickets.need.confirm"), i18n.M("tickets.need.confirm.do")
		}
		if !n.Due.IsZero() {
			n.Left, n.Alarm = until(n.Due, b.now)
		}
		b.need(n)
	}
	if rows, err = b.Ticket.List(ctx, b.by, ticket.Filter{States: []ticket.State{ticket.Waiting, ticket.Processing, ticket.Paused, ticket.Done}, Mine: true, Unread: true, Sort: ticket.ByTouched, Limit: mostQueued}); err != nil {
		return err
	}
	for _, t := range rows {
		b.need(Need{Area: Support, Title: i18n.M("tickets.need.unread"), About: i18n.Raw(t.Title), Href: "/tickets/" + t.No, Action: i18n.M("tickets.need.unread.do"),
			Left: t.State.Label(), Alarm: Calm})
	}
	return b.ticketCounts(ctx, int64(len(rows)))
}

// ticketCounts are the figures of the card.
func (b *board) ticketCounts(ctx context.Context, unread int64) error {
	n, err := b.Ticket.Tally(ctx, b.by, []ticket.Filter{{Active: true}, {States: []ticket.State{ticket.ToConfirm, ticket.AskedBack}}})
	if err != nil {
		return err
	}
	b.home.Tickets = &Tickets{Open: n[0], Waiting: n[1], Unread: unread}
	return nil
}
