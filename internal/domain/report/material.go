package report

import (
	"context"

	"hanse/internal/domain/material"
	"hanse/internal/kit/actor"
	"hanse/internal/kit/i18n"
)

// materials are those that failed, for the partner, and those that wait for review, for the vendor.
func (b *board) materials(ctx context.Context) error {
	if b.Material == nil {
		return nil
	}
	if b.isPartner() && b.by.Can(actor.EditMaterial) {
		failed, _, err := b.Material.List(ctx, b.by, material.Filter{Account: b.by.Account, State: material.Failed, Limit: mostQueued})
		for _, m := range failed {
			b.need(Need{Area: Qualifications, Title: i18n.M("report.material.correct"), About: i18n.Raw(m.Fields.Title), Href: "/materials/" + m.ID,
				Action: i18n.M("report.correct.do"), Left: m.State.Label(), Alarm: Soon})
		}
		return err
	}
	if !b.isVendor() || !b.by.Can(actor.ReviewMaterial) {
		return nil
	}
	items, _, err := b.Material.Queue(ctx, b.by, material.QueueFilter{Limit: mostQueued})
	for _, q := range items {
		n := Need{Area: Reviews, Title: i18n.M("report.material.review", i18n.A{"partner": q.PartnerName}), About: i18n.Raw(q.Fields.Title),
			Href: "/reviews/materials/" + q.ID, Action: i18n.M("report.review.do"), Due: q.ReviewDue}
		n.Left, n.Alarm = Working(q.Left)
		b.need(n)
	}
	return err
}
