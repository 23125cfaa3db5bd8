package report

import (
	"context"

	"hanse/internal/domain/address"
	"hanse/internal/kit/actor"
	"hanse/internal/kit/i18n"
)

// addresses are what a person has to confirm or to answer before records are seen.
func (b *board) addresses(ctx context.Context) error {
	if b.Address == nil || b.by.Kind != actor.Person || b.by.Person == "" {
		return nil
	}
	links, err := b.Address.Links(ctx, b.by)
	if err != nil {
		return err
	}
	some := false
	for _, l := range links {
		some = some || l.State == address.Linked
		if l.State == address.Waiting {
			b.need(Need{Area: People, Title: i18n.M("address.need.pending", i18n.A{"email": l.Email}), About: i18n.M("address.need.pending.about"),
				Href: "/me/emails", Action: i18n.M("address.need.pending.do"), Left: i18n.M("report.left.waiting"), Alarm: Soon})
		}
	}
	if !some {
		b.need(Need{Area: People, Title: i18n.M("address.need.none"), About: i18n.M("address.need.none.about"), Href: "/me/emails",
			Action: i18n.M("address.need.none.do"), Left: i18n.M("report.left.now"), Alarm: Soon})
	}
	_, contested, err := b.Address.Disputes(ctx, b.by)
	for _, d := range contested {
		if d.State == address.Open && d.Answer == "" {
			b.need(Need{Area: People, Title: i18n.M("address.need.contested", i18n.A{"about": d.About()}), About: i18n.M("address.need.contested.about"),
				Href: "/me/disputes", Action: i18n.M("address.need.contested.do"), Left: i18n.M("report.left.waiting"), Alarm: Urgent})
		}
	}
	return err
}

// claims are the disputes and missing records that wait for the vendor.
func (b *board) claims(ctx context.Context) error {
	if b.Address == nil || !b.isVendor() || !b.by.Can(actor.HandleClaims) {
		return nil
	}
	disputes, _, err := b.Address.DisputeQueue(ctx, b.by, address.Queue{Limit: mostQueued})
	if err != nil {
		return err
	}
	for _, d := range disputes {
		b.need(Need{Area: Reviews, Title: i18n.M("address.need.dispute", i18n.A{"about": d.About()}), About: address.DisputeKindLabel(d.Kind),
			Href: "/disputes/" + d.ID, Action: i18n.M("address.need.dispute.do"), Left: i18n.M("report.left.waiting"), Alarm: Soon})
	}
	missing, _, err := b.Address.MissingQueue(ctx, b.by, address.Queue{Limit: mostQueued})
	for _, m := range missing {
		if m.State != address.MissingOpen {
			continue
		}
		b.need(Need{Area: Reviews, Title: i18n.M("address.need.missing", i18n.A{"code": m.Code}), About: address.KindLabel(m.Kind),
			Href: "/record-requests/" + m.ID, Action: i18n.M("address.need.missing.do"), Left: i18n.M("report.left.waiting"), Alarm: Soon})
	}
	return err
}
