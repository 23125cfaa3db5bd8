package report

import (
	"context"

	"hanse/internal/domain/distribution"
	"hanse/internal/kit/actor"
	"hanse/internal/kit/i18n"
)

// distribution are requests of the other side to answer, and invitations of partners that wait.
func (b *board) distribution(ctx context.Context) error {
	if b.Distribution == nil || b.isVendor() || !b.by.Can(actor.ChangeAssociation) {
		return nil
	}
	waiting, err := b.Distribution.Waiting(ctx, b.by)
	if err != nil {
		return err
	}
	for _, x := range waiting {
		n := Need{Area: Channel, Title: i18n.M("customers.need.offer", i18n.A{"partner": i18n.Raw(x.PartnerName)}), About: i18n.Raw(x.Email), Href: x.Path,
			Action: i18n.M("customers.need.offer.do"), Due: x.Until}
		n.Left, n.Alarm = until(n.Due, b.now)
		b.need(n)
	}
	list, _, err := b.Distribution.Requests(ctx, b.by, "", distribution.Pending, "", mostQueued)
	for _, r := range list {
		if r.Mine(b.by.Account) {
			continue
		}
		about := i18n.Raw(r.PartnerName)
		if r.Partner == b.by.Account {
			about = i18n.Raw(r.OtherName)
		}
		b.need(Need{Area: Channel, Title: i18n.M("customers.need.answer", i18n.A{"operation": distribution.OperationLabel(r.Operation)}), About: about,
			Href: "/association-requests/" + r.ID, Action: i18n.M("customers.need.answer.do"), Left: r.State.Label(), Alarm: Soon})
	}
	return err
}
