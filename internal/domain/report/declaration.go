package report

import (
	"context"

	"hanse/internal/domain/declaration"
	"hanse/internal/kit/actor"
	"hanse/internal/kit/i18n"
)

// declarations are certificates that a person has to correct or show evidence for, and those that wait for a reviewer.
func (b *board) declarations(ctx context.Context) error {
	if b.Declaration == nil {
		return nil
	}
	if b.by.Person != "" && b.by.Kind == actor.Person {
		for _, state := range []declaration.State{declaration.Correction, declaration.Draft} {
			list, _, err := b.Declaration.Own(ctx, b.by, declaration.Filter{State: state, Limit: mostQueued})
			if err != nil {
				return err
			}
			for _, d := range list {
				b.need(Need{Area: People, Title: i18n.M("declaration.need.correct"), About: i18n.Raw(d.Number), Href: "/me/declarations/" + d.ID,
					Action: i18n.M("report.correct.do"), Left: d.State.Label(), Alarm: Soon})
			}
		}
		return nil
	}
	if !b.isVendor() || !b.by.Can(actor.ReviewDeclaration) {
		return nil
	}
	items, _, err := b.Declaration.Queue(ctx, b.by, declaration.Filter{Limit: mostQueued})
	for _, q := range items {
		n := Need{Area: Reviews, Title: i18n.M("declaration.need.review", i18n.A{"name": q.AccountName}), About: i18n.Raw(q.Code + " " + q.Number),
			Href: "/declarations/" + q.ID, Action: i18n.M("report.review.do"), Due: q.DueAt}
		n.Left, n.Alarm = Working(q.Left)
		b.need(n)
	}
	return err
}
