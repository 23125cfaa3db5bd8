package report

import (
	"context"

	"hanse/internal/domain/round"
	"hanse/internal/kit/actor"
	"hanse/internal/kit/i18n"
)

// rounds are the entries of annual reviews that wait: for the partner those to hand in or to correct, for reviewers
// those to decide.
func (b *board) rounds(ctx context.Context) error {
	if b.Round == nil {
		return nil
	}
	if b.isPartner() && b.by.Can(actor.EnterRound) {
		return b.ownRounds(ctx)
	}
	if !b.isVendor() || !b.by.Can(actor.DecideReview) {
		return nil
	}
	list, _, err := b.Round.Queue(ctx, b.by, "", mostQueued)
	for _, e := range list {
		b.need(Need{Area: Reviews, Title: i18n.M("report.round.decide", i18n.A{"partner": e.PartnerName}), About: b.Round.Title(round.Scope{Program: e.Program, Level: e.Level}),
			Href: "/annual-reviews/" + e.ID, Action: i18n.M("report.review.do"), Left: e.State.Label(), Alarm: Calm})
	}
	return err
}

func (b *board) ownRounds(ctx context.Context) error {
	own, err := b.Round.Own(ctx, b.by, b.by.Account)
	if err != nil || len(own) == 0 {
		return err
	}
	all, err := b.Round.Rounds(ctx, b.by)
	days := map[string]round.Days{}
	for _, r := range all {
		days[r.ID] = r.Days
	}
	for _, e := range own {
		n := Need{Area: Qualifications, About: b.Round.Title(round.Scope{Program: e.Program, Level: e.Level}), Href: "/annual-reviews/" + e.ID, Action: i18n.M("report.round.do")}
		switch e.State {
		case round.ToSubmit:
			n.Title, n.Due = i18n.M("report.round.submit"), days[e.Round].ClosesOn.End()
		case round.ToUpdate:
			n.Title, n.Due = i18n.M("report.round.correct"), days[e.Round].ChangesUntil.End()
		default:
			continue
		}
		n.Left, n.Alarm = until(n.Due, b.now)
		b.need(n)
	}
	return err
}
