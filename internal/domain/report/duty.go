package report

import (
	"context"

	"hanse/internal/domain/duty"
	"hanse/internal/kit/actor"
	"hanse/internal/kit/i18n"
)

// duties are policies to read, parts to confirm and reports to send, for the partner; and requests to answer and
// reports to read, for the vendor.
func (b *board) duties(ctx context.Context) error {
	switch {
	case b.Duty == nil:
		return nil
	case b.isPartner() && b.by.Can(actor.DoDuties):
		return b.ownDuties(ctx)
	case b.isVendor() && b.by.Can(actor.AnswerDuties):
		return b.desk(ctx)
	}
	return nil
}

func (b *board) ownDuties(ctx context.Context) error {
	reports, err := b.Duty.Reports(ctx, b.by, b.by.Account)
	if err != nil {
		return err
	}
	for _, r := range reports {
		if r.State != duty.Due && r.State != duty.Overdue {
			continue
		}
		n := Need{Area: Qualifications, Title: i18n.M("duties.need.report", i18n.A{"period": r.Period}), About: r.State.Label(),
			Href: "/service-duties/reports/" + r.Period, Action: i18n.M("duties.need.report.do"), Due: r.DueOn.End()}
		n.Left, n.Alarm = until(n.Due, b.now)
		b.need(n)
	}
	policies, err := b.Duty.Policies(ctx, b.by, b.by.Account)
	if err != nil {
		return err
	}
	for _, d := range policies {
		if len(d.Receipts) == 0 {
			b.need(Need{Area: Qualifications, Title: i18n.M("duties.need.policy"), About: d.Title(), Href: "/service-duties/policies/" + d.ID,
				Action: i18n.M("duties.need.policy.do"), Left: duty.TopicLabel(d.Topic), Alarm: Soon})
		}
	}
	shipped, _, err := b.Duty.Requests(ctx, b.by, b.by.Account, duty.Shipped, "", mostQueued)
	for _, r := range shipped {
		b.need(Need{Area: Qualifications, Title: i18n.M("duties.need.received"), About: i18n.Raw(r.Part), Href: "/service-duties/parts/" + r.ID,
			Action: i18n.M("duties.need.received.do"), Left: r.State.Label(), Alarm: Calm})
	}
	return err
}

func (b *board) desk(ctx context.Context) error {
	waiting, _, err := b.Duty.Requests(ctx, b.by, "", duty.Requested, "", mostQueued)
	if err != nil {
		return err
	}
	for _, r := range waiting {
		b.need(Need{Area: Channel, Title: i18n.M("duties.need.answer", i18n.A{"partner": i18n.Raw(r.PartnerName)}), About: i18n.Raw(r.Part),
			Href: "/service/parts/" + r.ID, Action: i18n.M("duties.need.answer.do"), Left: r.State.Label(), Alarm: Soon})
	}
	sent, _, err := b.Duty.Received(ctx, b.by, duty.Sent, "", mostQueued)
	for _, r := range sent {
		b.need(Need{Area: Channel, Title: i18n.M("duties.need.read", i18n.A{"partner": i18n.Raw(r.PartnerName)}), About: i18n.Raw(r.Period),
			Href: "/service/reports/" + r.Account + "/" + r.Period, Action: i18n.M("duties.need.read.do"), Left: r.State.Label(), Alarm: Calm})
	}
	return err
}
