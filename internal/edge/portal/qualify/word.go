package qualify

import (
	"context"
	"slices"
	"time"

	"hanse/internal/domain/program"
	"hanse/internal/domain/qualification"
	"hanse/internal/edge/portal/ui"
	"hanse/internal/kit/calendar"
	"hanse/internal/kit/i18n"
)

// Day is a calendar day in the reader's way.
func Day(ctx context.Context, d calendar.Day) string {
	if d.IsNone() {
		return "–"
	}
	return i18n.From(ctx).Day(d.String())
}

// Level is the title of a level; a word for none when there's no such level.
func Level(ctx context.Context, v *program.Version, id string) string {
	l, ok := v.Level(id)
	if !ok {
		return i18n.T(ctx, "qualify.level.none")
	}
	return i18n.Say(ctx, l.Title.Msg())
}

// Title is a program's name.
func Title(ctx context.Context, v *program.Version) string { return i18n.Say(ctx, v.Title.Msg()) }

// most is how many stars the highest level has.
func most(v *program.Version) (n int) {
	for _, l := range v.Levels {
		n = max(n, l.Stars)
	}
	return n
}

// starsOf is how many stars a level has; 0 for none.
func starsOf(v *program.Version, level string) int {
	l, _ := v.Level(level)
	return l.Stars
}

// Stars draws the level that is held, with the computed one in pale.
func Stars(ctx context.Context, v *program.Version, held, ready string) ui.StarsView {
	return ui.StarsView{Have: starsOf(v, held), Ready: max(starsOf(v, held), starsOf(v, ready)), Max: most(v),
		Label: i18n.T(ctx, "qualify.stars", i18n.A{"n": starsOf(v, held), "most": most(v)})}
}

// StatusTone is the tone of a qualification's status.
func StatusTone(s qualification.Status) ui.Tone {
	switch s {
	case qualification.StatusValid:
		return ui.Good
	case qualification.StatusExpiring, qualification.StatusSuspended:
		return ui.Warn
	case qualification.StatusCancelled, qualification.StatusExpired, qualification.StatusRevoked:
		return ui.Bad
	}
	return ui.Neutral
}

// StateTone is the tone of an application's state.
func StateTone(s qualification.State) ui.Tone {
	switch s {
	case qualification.Submitted, qualification.UnderReview:
		return ui.Info
	case qualification.Returned:
		return ui.Warn
	case qualification.Approved:
		return ui.Good
	case qualification.Rejected, qualification.Terminated:
		return ui.Bad
	}
	return ui.Neutral
}

// momentTone colours an entry of a timeline by what it tells.
func momentTone(m qualification.Moment) ui.Tone {
	switch m.What.Key {
	case "application.did.return", "qualification.did.suspend", "qualification.did.watch", "qualification.did.vacancy",
		"application.did.overdue", "qualification.did.vacancy_overdue":
		return ui.Warn
	case "application.did.reject", "qualification.did.cancel", "qualification.did.expire", "application.did.terminate",
		"application.did.ban", "qualification.did.revoke":
		return ui.Bad
	case "application.did.submit", "application.did.approve", "application.did.pass", "application.did.lift_ban", "qualification.did.grant", "qualification.did.reinstate",
		"qualification.did.watch_end", "qualification.did.vacancy_filled":
		return ui.Good
	}
	return ui.Neutral
}

// Timeline shows what happened, the latest first, after what is still to come. A line is called by its title in the
// version; what time brought about has no author.
func Timeline(ctx context.Context, v *program.Version, ahead []ui.Event, past []qualification.Moment) []ui.Event {
	out, texts := ahead, map[int]string{}
	if !newestFirst(past) {
		past = slices.Clone(past)
		slices.Reverse(past)
	}
	for i, m := range past {
		if m.By == "qualification" || m.By == "reviews" { // the daily pass
			m.By = ""
		}
		if _, line := v.Line(m.Text); line || m.Text == qualification.ReportOverdue {
			m.Text = i18n.Say(ctx, watchLine(v.Line, m.Text))
		}
		if n := len(out) - 1; i > 0 && m.Text != "" && m.What.Key == past[i-1].What.Key && m.By == past[i-1].By && past[i-1].At.Sub(m.At) < time.Hour {
			texts[n] += ", " + m.Text // several files in one go are one entry
			out[n].Body = said(texts[n])
			continue
		}
		texts[len(out)] = m.Text
		out = append(out, ui.Event{At: m.At, Title: i18n.Say(ctx, m.What), By: m.By, Tone: momentTone(m), Body: said(m.Text)})
	}
	return out
}

// newestFirst keeps a timeline in the order of Timeline whichever way it comes.
func newestFirst(past []qualification.Moment) bool {
	return len(past) > 1 && past[0].At.After(past[len(past)-1].At)
}

// term is a validity as a bar, with the days that are left.
func term(ctx context.Context, q qualification.Qualification, today calendar.Day) *ui.TermView {
	whole, left := int(q.ValidUntil-q.ValidFrom)+1, int(q.ValidUntil-today)
	t := &ui.TermView{From: q.ValidFrom.String(), Until: q.ValidUntil.String(), Tone: ui.ExpiryTone(left),
		Share: float64(whole-left) / float64(max(whole, 1))}
	if left < 0 {
		t.Text = i18n.T(ctx, "qualify.term.over")
	} else {
		t.Text = i18n.T(ctx, "qualify.term.left", i18n.A{"n": left})
	}
	return t
}

// Last is the last moment before a deadline that falls on midnight: people read 23:59 of the day as that day.
func Last(t time.Time) time.Time {
	if !t.IsZero() && calendar.DayOf(t).Time().Equal(t) {
		return t.Add(-time.Minute)
	}
	return t
}

// Due is a deadline in words: the day, or day and time when it doesn't fall on the end of a day.
func Due(ctx context.Context, t time.Time) string {
	if last := Last(t); !last.Equal(t) {
		return i18n.From(ctx).Date(last)
	}
	return i18n.From(ctx).DateTime(t)
}

// renewalWhy says why a renewal isn't open, with the day in the reader's way.
func renewalWhy(ctx context.Context, r qualification.Renewal) string {
	if !r.Open && !r.Barred && !r.OpensOn.IsNone() && !r.Until.IsNone() {
		return i18n.T(ctx, "qualify.certificate.next_window", i18n.A{"day": Day(ctx, r.OpensOn)})
	}
	return i18n.Say(ctx, r.Why)
}

// Left says how long something may still take, in working time of eight hours a day; a negative time is overdue.
func Left(ctx context.Context, left time.Duration) string {
	hours := int(left.Hours())
	switch {
	case hours <= -8:
		return i18n.T(ctx, "qualify.late.days", i18n.A{"n": -hours / 8})
	case left < 0:
		return i18n.T(ctx, "qualify.late.hours", i18n.A{"n": max(-hours, 1)})
	case hours >= 8:
		return i18n.T(ctx, "qualify.left.days", i18n.A{"n": hours / 8})
	}
	return i18n.T(ctx, "qualify.left.hours", i18n.A{"n": hours})
}

// daysLeft says how long until an instant, in whole calendar days.
func daysLeft(ctx context.Context, until, now time.Time) (string, ui.Tone) {
	n := int(calendar.DayOf(until.Add(-time.Second)) - calendar.DayOf(now))
	if n < 0 {
		return i18n.T(ctx, "qualify.days.over", i18n.A{"n": -n}), ui.Bad
	}
	tone := ui.Neutral
	if n <= 30 {
		tone = ui.Warn
	}
	return i18n.T(ctx, "qualify.days.left", i18n.A{"n": n}), tone
}

// watchLine is what a star is under watch for, in words.
func watchLine(line func(string) (*program.Line, bool), id string) i18n.Msg {
	if id == qualification.ReportOverdue {
		return i18n.M("qualify.watch.report")
	}
	if l, ok := line(id); ok {
		return l.Title.Msg()
	}
	return i18n.Raw(id)
}
