package report

import (
	"context"
	"slices"

	"hanse/internal/domain/account"
	"hanse/internal/domain/qualification"
	"hanse/internal/kit/actor"
	"hanse/internal/kit/audit"
	"hanse/internal/kit/i18n"
	"hanse/internal/kit/jobs"
)

// reviews is the queue: all of it for the eye, and as needs what the reader may decide and nobody else has taken.
func (b *board) reviews(ctx context.Context) (err error) {
	if !b.isVendor() || !b.by.Can(actor.ListReviews) {
		return nil
	}
	b.home.Queued = true
	items, _, err := b.Qualification.Queue(ctx, b.by, qualification.QueueFilter{Limit: 2 * mostQueued})
	if err != nil {
		return err
	}
	b.home.Queue = items[:min(len(items), mostQueued)]
	for _, q := range items {
		if !b.by.Can(actor.DecideReview) || q.State == qualification.UnderReview && q.Reviewer != b.by.User {
			continue
		}
		n := Need{Area: Reviews, Title: i18n.M("report.review", i18n.A{"partner": q.PartnerName}), Href: "/reviews/" + q.ID,
			Action: i18n.M("report.review.do"), Due: q.ReviewDue}
		if q.State == qualification.UnderReview {
			n.Action = i18n.M("report.review.go_on")
		}
		if info, err := b.Qualification.Version(ctx, b.by, q.Ref()); err == nil { // from memory
			n.About = i18n.M("report.level", i18n.A{"program": info.Version.Title.Msg(), "level": LevelTitle(info.Version, q.Level)})
		}
		n.Left, n.Alarm = Working(q.Left)
		b.need(n)
	}
	return nil
}

// registrations are companies that want to become partners.
func (b *board) registrations(ctx context.Context) error {
	if !b.isVendor() || !b.by.Can(actor.DecidePartner) {
		return nil
	}
	list, _, err := b.Accounts.Registrations(ctx, b.by, account.RegistrationFilter{State: account.Waiting})
	for _, r := range list {
		b.need(Need{Area: Channel, Title: i18n.M("report.registration", i18n.A{"company": r.Company.Name}), About: i18n.M("report.registration.by", i18n.A{"name": r.Company.Contact}),
			Href: "/channel/" + r.Account + "/registration", Action: i18n.M("report.registration.do"), Left: i18n.M("report.left.waiting"), Alarm: Soon})
	}
	return err
}

// channel is the whole channel by level, and who is losing a level.
func (b *board) channel(ctx context.Context) error {
	if !b.isVendor() || !b.by.Has(actor.ProgramManager, actor.VendorAdmin, actor.ChannelManager) {
		return nil
	}
	for _, id := range b.Qualification.Programs() {
		v, err := b.Qualification.Current(id, b.now)
		if err != nil {
			continue // none of its versions is in force
		}
		if !qualification.Starred(v) {
			continue // the channel's page has those
		}
		levels, err := b.Qualification.ChannelByLevel(ctx, b.by, v.Ref())
		if err != nil {
			return err
		}
		b.home.Channel = append(b.home.Channel, ChannelView{v, levels})
	}
	for _, f := range []qualification.QualificationFilter{{State: "suspended", Limit: mostLosses}, {State: "valid", Watched: true, Limit: mostLosses}} {
		list, _, err := b.Qualification.Qualifications(ctx, b.by, f)
		if err != nil {
			return err
		}
		b.home.Losses = append(b.home.Losses, list...)
	}
	b.home.Losses = b.home.Losses[:min(len(b.home.Losses), mostLosses)]
	return nil
}

// programs tells of program files that can't be used.
func (b *board) programs(context.Context) error {
	if !b.isVendor() || !b.by.Can(actor.ManagePrograms) {
		return nil
	}
	if n := len(b.Qualification.Problems()); n > 0 {
		b.need(Need{Area: Programs, Title: i18n.M("report.files", i18n.A{"n": n}), About: i18n.M("report.files.about"), Href: "/programs",
			Action: i18n.M("report.files.do"), Left: i18n.M("report.left.now"), Alarm: Soon})
	}
	return nil
}

// jobs tells of work that has failed for good, and of schedules whose last run failed.
func (b *board) jobs(ctx context.Context) error {
	if !b.isVendor() || !b.by.Can(actor.RetryJob) {
		return nil
	}
	counts, plans, err := b.Jobs.Overview(ctx, b.by)
	for _, c := range counts {
		if c.State == jobs.Dead && c.Jobs > 0 {
			b.need(Need{Area: System, Title: i18n.M("report.jobs", i18n.A{"n": int(c.Jobs)}), About: i18n.M("report.jobs.about"),
				Href: "/system/jobs?state=dead", Action: i18n.M("report.jobs.do"), Left: i18n.M("report.left.now"), Alarm: Urgent})
		}
	}
	for _, p := range plans {
		if p.LastError != "" {
			b.need(Need{Area: System, Title: i18n.M("report.schedule", i18n.A{"name": p.Name}), About: i18n.M("report.schedule.about"),
				Href: "/system/jobs", Action: i18n.M("report.jobs.do"), Left: i18n.M("report.left.now"), Alarm: Urgent})
		}
	}
	return err
}

// rare are the verbs that an auditor looks at first.
var rare = []actor.Verb{actor.FreezeAccount, actor.SuspendOrCancel, actor.ChangeSettings, actor.ManagePrograms, actor.RetryJob}

// audit is the state of the chain, and the latest of what seldom happens. Vendor administrators see both as well.
func (b *board) audit(ctx context.Context) error {
	if !b.isVendor() || !b.by.Can(actor.ViewAudit) {
		return nil
	}
	waiting, oldest, err := audit.Lag(ctx, b.DB.Read())
	if err != nil {
		return err
	}
	b.home.Chain = &Chain{waiting, oldest}
	for _, v := range rare {
		list, err := b.Audit.List(ctx, b.by, audit.Filter{Verb: string(v), Limit: mostUnusual})
		if err != nil {
			return err
		}
		list = slices.DeleteFunc(list, func(e audit.Entry) bool { return e.Via == "system" }) // the program's own doing is usual
		b.home.Unusual = append(b.home.Unusual, list...)
	}
	slices.SortFunc(b.home.Unusual, func(x, y audit.Entry) int { return y.At.Compare(x.At) })
	b.home.Unusual = b.home.Unusual[:min(len(b.home.Unusual), mostUnusual)]
	return nil
}
