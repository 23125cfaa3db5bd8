package report

import (
	"context"
	"time"

	"hanse/internal/domain/desk"
	"hanse/internal/domain/setting"
	"hanse/internal/domain/ticket"
	"hanse/internal/kit/actor"
	"hanse/internal/kit/i18n"
)

// served are the tickets of a desk that need the reader: own ones whose time runs out or on which the customer wrote, and
// those of the own teams that nobody has taken.
func (b *board) served(ctx context.Context) error {
	if b.Ticket == nil || b.by.Kind != actor.Vendor && b.by.Kind != actor.Partner || !b.by.Can(actor.WorkTickets) {
		return nil
	}
	soon, err := setting.Duration(ctx, b.DB.Read(), setting.TicketDueSoon, b.now)
	if err != nil {
		return err
	}
	own := ticket.Filter{Box: ticket.Queue, Owner: b.by.User, Active: true, Sort: ticket.ByDue, Limit: mostQueued}
	due, unread := own, own
	due.DueBefore, unread.Unread = b.now.Add(soon), true
	seen := map[string]bool{}
	for _, x := range []struct {
		f     ticket.Filter
		title i18n.Msg
	}{{due, i18n.M("desk.need.due")}, {unread, i18n.M("desk.need.answer")}} {
		if err := b.deskRows(ctx, x.f, x.title, soon, seen); err != nil {
			return err
		}
	}
	teams, any, err := desk.Concerns(ctx, b.DB.Read(), b.by.Account, b.by.User)
	if err != nil || !any {
		return err
	}
	free := own
	free.Owner, free.Teams = "-", teams
	return b.deskRows(ctx, free, i18n.M("desk.need.new"), soon, seen)
}

// deskRows adds the tickets of a filter, each once.
func (b *board) deskRows(ctx context.Context, f ticket.Filter, title i18n.Msg, soon time.Duration, seen map[string]bool) error {
	rows, err := b.Ticket.List(ctx, b.by, f)
	for _, t := range rows {
		if seen[t.No] {
			continue
		}
		seen[t.No] = true
		n := Need{Area: Support, Title: title, About: i18n.Raw(t.Title + " · " + t.AccountName), Href: "/desk/" + t.No, Action: i18n.M("desk.need.do"), Due: t.Due, Left: t.State.Label(), Alarm: Calm}
		if !t.Due.IsZero() {
			left := t.Due.Sub(b.now)
			n.Left = desk.Left(left)
			switch {
			case left < 0:
				n.Title, n.Alarm = i18n.M("desk.need.late"), Urgent
			case left < soon:
				n.Alarm = Soon
			}
		}
		b.need(n)
	}
	return err
}
