package report

import (
	"context"

	"hanse/internal/domain/member"
	"hanse/internal/kit/actor"
	"hanse/internal/kit/i18n"
)

// expiringDays is how long before its end an invitation that nobody answered is shown.
const expiringDays = 3

// members are questions to a person, and for a partner the people who haven't answered.
func (b *board) members(ctx context.Context) error {
	if b.Member == nil {
		return nil
	}
	if b.isPartner() && b.by.Can(actor.InviteMember) {
		if err := b.unanswered(ctx); err != nil {
			return err
		}
	}
	if !b.by.Can(actor.AnswerInvitation) {
		return nil
	}
	m, err := b.Member.Mine(ctx, b.by)
	for _, x := range m.Open {
		n := Need{Area: People, Title: i18n.M("report.member.answer", i18n.A{"partner": x.AccountName}), About: member.KindLabel(x.Kind),
			Href: "/me/invitations/" + x.Account + "/" + x.ID, Action: i18n.M("report.member.answer.do"), Due: x.ExpiresAt}
		n.Left, n.Alarm = until(x.ExpiresAt, b.now)
		b.need(n)
	}
	return err
}

// unanswered are invitations that end soon, and people who count no longer because they haven't confirmed.
func (b *board) unanswered(ctx context.Context) error {
	page, err := b.Member.List(ctx, b.by, b.by.Account, member.Filter{State: member.Invited, Kind: member.ToJoin, Limit: 500})
	if err != nil {
		return err
	}
	shown := 0
	for _, i := range page.Items {
		if i.ExpiresAt.After(b.today.AddDays(expiringDays).Time()) || shown == mostQueued {
			continue
		}
		n := Need{Area: People, Title: i18n.M("report.member.expiring", i18n.A{"name": i.Name}), About: i18n.Raw(i.Address),
			Href: "/invitations/" + i.ID, Action: i18n.M("report.member.expiring.do"), Due: i.ExpiresAt}
		if i.Name == "" {
			n.Title, n.About = i18n.M("report.member.expiring", i18n.A{"name": i.Address}), i18n.Msg{}
		}
		n.Left, n.Alarm = until(i.ExpiresAt, b.now)
		b.need(n)
		shown++
	}
	counts, err := b.Roster.Counts(ctx, b.by, b.by.Account)
	if err != nil {
		return err
	}
	if counts.NotCounted > 0 {
		b.need(Need{Area: People, Title: i18n.M("report.member.lapsed", i18n.A{"n": counts.NotCounted}), About: i18n.M("report.member.lapsed.about"),
			Href: "/people?consent=lapsed", Action: i18n.M("report.member.lapsed.do"), Left: i18n.M("report.left.now"), Alarm: Soon})
	}
	if n := counts.Unconfirmed - counts.NotCounted; n > 0 {
		x := Need{Area: People, Title: i18n.M("report.member.unconfirmed", i18n.A{"n": n}), About: i18n.M("report.member.unconfirmed.about"),
			Href: "/people?consent=unconfirmed", Action: i18n.M("report.member.unconfirmed.do"), Due: counts.FirstLapse.Time()}
		x.Left, x.Alarm = until(x.Due, b.now)
		b.need(x)
	}
	return nil
}

// realNames are claims that wait for a reviewer.
func (b *board) realNames(ctx context.Context) error {
	if b.RealName == nil || !b.isVendor() || !b.by.Can(actor.ReviewRealName) {
		return nil
	}
	items, _, err := b.RealName.Queue(ctx, b.by, "", "", mostQueued)
	for _, q := range items {
		n := Need{Area: Reviews, Title: i18n.M("report.realname", i18n.A{"name": q.Name}), About: i18n.M("report.realname.about"),
			Href: "/real-names/" + q.ID, Action: i18n.M("report.review.do"), Due: q.DueAt}
		n.Left, n.Alarm = Working(q.Left)
		b.need(n)
	}
	return err
}
