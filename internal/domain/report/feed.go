package report

import (
	"context"

	"hanse/internal/domain/record"
	"hanse/internal/kit/actor"
	"hanse/internal/kit/i18n"
)

// feeds are files that wait for confirmation, and feeds that are late.
func (b *board) feeds(ctx context.Context) error {
	if b.Record == nil || !b.isVendor() || !b.by.Can(actor.ImportRecords) {
		return nil
	}
	const page = "/system/feeds"
	list, _, err := b.Record.Imports(ctx, b.by, "", mostQueued)
	if err != nil {
		return err
	}
	for _, i := range list {
		if i.State == record.Preview {
			b.need(Need{Area: System, Title: i18n.M("report.feed.confirm"), About: i18n.Raw(i.FileName), Href: page + "/" + i.ID,
				Action: i18n.M("report.feed.look"), Left: record.StateText(i.State), Alarm: Soon})
		}
	}
	all, err := b.Record.AsOf(ctx, b.DB.Read())
	for _, s := range all {
		if s.Overdue {
			b.need(Need{Area: System, Title: i18n.M("report.feed.overdue", i18n.A{"feed": record.FeedText(s.Feed)}), About: i18n.Raw(s.Last.FileName), Href: page,
				Action: i18n.M("report.feed.look"), Left: i18n.M("report.feed.since", i18n.A{"n": s.Days}), Alarm: Urgent})
		}
	}
	return err
}
