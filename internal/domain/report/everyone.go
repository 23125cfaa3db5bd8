package report

import (
	"context"
	"slices"

	"hanse/internal/domain/credential"
	"hanse/internal/domain/notify"
	"hanse/internal/kit/actor"
	"hanse/internal/kit/i18n"
)

// own is a person's own certificates, and those among them that end soon.
func (b *board) own(ctx context.Context) (err error) {
	if b.by.Kind != actor.Person || b.by.Person == "" {
		return nil
	}
	if b.home.Own, err = b.Credential.Own(ctx, b.by); err != nil {
		return err
	}
	if b.home.Own == nil {
		b.home.Own = []credential.Certificate{} // none, but the reader's business
	}
	slices.SortStableFunc(b.home.Own, func(x, y credential.Certificate) int { return int(x.Until) - int(y.Until) })
	for _, c := range b.home.Own {
		if c.State != credential.Valid || c.Until < b.today || c.Until > b.today.AddDays(lapseDays) {
			continue
		}
		n := Need{Area: Qualifications, Title: i18n.M("report.own", i18n.A{"code": c.Code}), About: i18n.M("report.own.about"),
			Href: "/me", Action: i18n.M("report.own.do"), Due: c.Until.AddDays(1).Time()}
		n.Left, n.Alarm = until(n.Due, b.now)
		b.need(n)
	}
	return nil
}

// company is for those whose business isn't here yet: who they act for, and with whom.
func (b *board) company(ctx context.Context) error {
	calm := b.by.Kind == actor.Customer || len(b.home.Programs) == 0 && b.home.Expiries == nil && !b.home.Queued &&
		len(b.home.Channel) == 0 && b.home.Chain == nil && b.by.Kind != actor.Person
	if !calm || !b.by.Can(actor.ViewAccount) {
		return nil
	}
	a, err := b.Accounts.View(ctx, b.by, b.by.Account)
	if err != nil {
		return err
	}
	b.home.Company = &a
	if !b.by.Can(actor.ListUsers) {
		return nil
	}
	users, err := b.Accounts.Users(ctx, b.by, b.by.Account)
	for _, u := range users {
		if u.State == "active" {
			b.home.Users++
		}
	}
	return err
}

// messages are unread ones that warn; those that lead to a thing on the list already are left out.
func (b *board) messages(ctx context.Context) error {
	list, err := b.Notify.List(ctx, b.by, notify.Filter{Unread: true, Limit: 50})
	if err != nil {
		return err
	}
	shown := 0
	for _, m := range list {
		known := m.Link != "" && slices.ContainsFunc(b.home.Needs, func(n Need) bool { return n.Href == m.Link })
		if m.Tone != notify.Warn && m.Tone != notify.Bad || known || shown == mostMessages {
			continue
		}
		alarm := Soon
		if m.Tone == notify.Bad {
			alarm = Urgent
		}
		b.need(Need{Area: Messages, Title: m.Title, About: m.Body, Href: "/messages/" + m.ID, Action: i18n.M("report.message.do"),
			Left: i18n.M("report.left.unread"), Alarm: alarm})
		shown++
	}
	return nil
}
