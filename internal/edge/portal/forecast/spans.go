package forecast

import (
	"context"

	"hanse/internal/domain/program"
	"hanse/internal/edge/portal/ui"
	"hanse/internal/kit/calendar"
	"hanse/internal/kit/i18n"
)

// spans draws a forecast: the level, with what is supposed below it, then every line of the level that is shown.
func (v outlookView) spans(ctx context.Context) ui.SpansView {
	s := ui.SpansView{ID: "time", Title: i18n.T(ctx, "forecast.time"), Ticks: v.ticks(ctx), Heads: [4]string{
		i18n.T(ctx, "forecast.what"), i18n.T(ctx, "forecast.from"), i18n.T(ctx, "forecast.until"), i18n.T(ctx, "forecast.state")}}
	label := i18n.T(ctx, "forecast.row.level")
	if len(v.Events) > 0 {
		label = i18n.T(ctx, "forecast.row.level_now")
	}
	s.Rows = append(s.Rows, v.levelRow(ctx, label, &v.Outlook))
	if len(v.Events) > 0 {
		s.Rows = append(s.Rows, v.levelRow(ctx, i18n.T(ctx, "forecast.row.level_if"), &v.After))
	}
	l, _ := v.After.Start.Level(v.Level)
	for i := range l.Tracks {
		if l.Tracks[i].Track != v.Track {
			continue
		}
		for _, x := range l.Tracks[i].Lines {
			s.Rows = append(s.Rows, v.lineRow(ctx, x))
		}
	}
	return s
}

// ticks are five days at even distances.
func (v outlookView) ticks(ctx context.Context) (out []string) {
	for i := range 5 {
		out = append(out, day(ctx, v.Outlook.From+(v.Outlook.To-v.Outlook.From)*calendar.Day(i)/4))
	}
	return out
}

// A stretch is a span before it's drawn.
type stretch struct {
	from  calendar.Day
	state string
	tone  ui.Tone
}

// row draws stretches; each lasts until the next.
func (v outlookView) row(ctx context.Context, label string, strong bool, list []stretch) ui.SpanRow {
	from, to := v.Outlook.From, v.Outlook.To
	r := ui.SpanRow{Label: label, Strong: strong}
	whole := float64(to - from + 1)
	for i, x := range list {
		last := to
		if i+1 < len(list) {
			last = list[i+1].from - 1
		}
		r.Spans = append(r.Spans, ui.Span{From: float64(x.from-from) / whole, To: float64(last-from+1) / whole,
			First: day(ctx, x.from), Last: day(ctx, last), State: x.state, Tone: x.tone})
	}
	r.Text = list[0].state
	if len(list) > 1 {
		r.Text = i18n.T(ctx, "forecast.then", i18n.A{"first": list[0].state, "day": day(ctx, list[1].from), "next": list[1].state})
	}
	return r
}

// levelRow is the level over time.
func (v outlookView) levelRow(ctx context.Context, label string, o *program.Outlook) ui.SpanRow {
	want := v.Version.LevelIndex(v.Level)
	state := func(d calendar.Day, id string) stretch {
		x := stretch{d, level(ctx, v.Version, id), ui.Good}
		if i := v.Version.LevelIndex(id); i < 0 {
			x.tone = ui.Bad
		} else if i < want {
			x.tone = ui.Warn
		}
		return x
	}
	list := []stretch{state(o.From, o.Start.BestLevel)}
	for _, t := range o.Turns {
		if t.Before != t.After {
			list = append(list, state(t.Day, t.After))
		}
	}
	return v.row(ctx, label, true, list)
}

// lineRow is one line over time.
func (v outlookView) lineRow(ctx context.Context, r program.LineResult) ui.SpanRow {
	state := func(d calendar.Day, have int) stretch {
		x := stretch{d, i18n.T(ctx, "forecast.line.of", i18n.A{"have": have, "need": r.Need}), ui.Good}
		if have < r.Need {
			x.tone = ui.Bad
		} else if have == r.Need {
			x.tone = ui.Info
		}
		if r.Need == 1 && r.Have <= 1 {
			x.state = i18n.T(ctx, "forecast.line.unmet")
			if have >= 1 {
				x.state, x.tone = i18n.T(ctx, "forecast.line.met"), ui.Good
			}
		}
		return x
	}
	list := []stretch{state(v.After.From, r.Have)}
	for _, t := range v.After.Turns {
		for _, l := range t.Lines {
			if l.Level == v.Level && l.Track == v.Track && l.Line == r.ID {
				list = append(list, state(t.Day, l.After))
			}
		}
	}
	return v.row(ctx, lineTitle(ctx, v.Version, r.ID), false, list)
}
