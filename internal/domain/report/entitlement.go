package report

import (
	"context"

	"hanse/internal/domain/entitlement"
	"hanse/internal/kit/actor"
	"hanse/internal/kit/i18n"
)

// planDays are requests for service days that the vendor must decide before their first day.
func (b *board) planDays(ctx context.Context) error {
	if b.Entitlement == nil || !b.isVendor() || !b.by.Can(actor.DecidePlanDays) {
		return nil
	}
	waiting, _, err := b.Entitlement.Queue(ctx, b.by, entitlement.Filter{State: entitlement.Requested, Limit: mostQueued})
	for _, r := range waiting {
		n := Need{Area: Channel, Title: i18n.M("plandays.duty.decide", i18n.A{"partner": i18n.Raw(r.PartnerName), "unit": r.Unit.Label()}), About: i18n.Raw(r.Topic),
			Href: "/service-days/requests/" + r.ID, Action: i18n.M("plandays.duty.open"), Due: r.First.Time()}
		n.Left, n.Alarm = until(n.Due, b.now)
		b.need(n)
	}
	return err
}
