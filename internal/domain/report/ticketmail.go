package report

import (
	"context"

	"hanse/internal/domain/ticketmail"
	"hanse/internal/kit/actor"
	"hanse/internal/kit/i18n"
)

// heldMail are the mails to the reader's desk that can't find their way: one row for all of them.
func (b *board) heldMail(ctx context.Context) error {
	if b.Ticket == nil || !b.isVendor() && !b.isPartner() || !b.by.Can(actor.HandleTicketMail) {
		return nil
	}
	n, oldest, err := ticketmail.OldestHeld(ctx, b.DB.Read(), b.by.Account)
	if err != nil || n == 0 {
		return err
	}
	x := Need{Area: Support, Title: i18n.M("ticketmail.held.state", i18n.A{"n": int(n)}), About: i18n.M("ticketmail.need.oldest", i18n.A{"sender": i18n.Raw(oldest.Sender), "subject": i18n.Raw(oldest.Subject)}),
		Href: "/desk/mail", Action: i18n.M("ticketmail.need.do"), Left: oldest.Reason.Label(), Alarm: Soon}
	if n == 1 {
		x.Href += "/" + oldest.ID
	}
	b.need(x)
	return nil
}
