package me

import (
	"context"
	"slices"
	"strings"

	"hanse/internal/domain/address"
	"hanse/internal/domain/credential"
	"hanse/internal/domain/login"
	"hanse/internal/edge/portal/ui"
	"hanse/internal/kit/calendar"
	"hanse/internal/kit/i18n"
)

// soon is the number of days in which a certificate counts as expiring.
const soon = 90

// short is what tells one browser from another: the last product of its name.
func short(agent string) string {
	fields := strings.Fields(agent)
	if len(fields) == 0 {
		return ""
	}
	last := fields[len(fields)-1]
	if len(last) > 40 {
		return last[:40]
	}
	return last
}

func active(list []login.Key) (n int) {
	for _, k := range list {
		if k.State == "active" {
			n++
		}
	}
	return n
}

func tone(s credential.Standing) ui.Tone {
	switch s {
	case credential.StandsValid:
		return ui.Good
	case credential.StandsExpiring:
		return ui.Warn
	}
	return ui.Bad
}

// state says how many certificates count, and which one lapses first.
func state(ctx context.Context, own []credential.Certificate, today calendar.Day) string {
	n, next := 0, credential.Certificate{}
	for _, c := range own {
		s := c.Standing(today, soon)
		if s != credential.StandsValid && s != credential.StandsExpiring {
			continue
		}
		if n++; next.Until.IsNone() || c.Until < next.Until {
			next = c
		}
	}
	if n == 0 {
		return i18n.T(ctx, "me.certificates.state_none")
	}
	return i18n.T(ctx, "me.certificates.state", i18n.A{"n": n, "code": next.Code, "day": i18n.From(ctx).Day(next.Until.String())})
}

// ahead are the last days of certificates that count, the next one first.
func ahead(ctx context.Context, own []credential.Certificate, today calendar.Day) (out []ui.Event) {
	list := slices.Clone(own)
	slices.SortStableFunc(list, func(a, b credential.Certificate) int { return int(a.Until) - int(b.Until) })
	for _, c := range list {
		st := c.Standing(today, soon)
		if st != credential.StandsValid && st != credential.StandsExpiring {
			continue
		}
		title := i18n.T(ctx, "mine.ahead.ends", i18n.A{"code": c.Code, "day": i18n.From(ctx).Day(c.Until.String())})
		out = append(out, ui.Event{Title: title, Tone: tone(st), Ahead: true, Text: i18n.T(ctx, "mine.ahead.days", i18n.A{"n": int(c.Until - today)})})
	}
	return out
}

// orElse is what was typed, or what stands there at first.
func orElse(typed, otherwise string) string {
	if typed == "" {
		return otherwise
	}
	return typed
}

func kindOptions(ctx context.Context) []ui.Option {
	return []ui.Option{{Value: string(address.Exam), Label: i18n.Say(ctx, address.KindLabel(address.Exam))},
		{Value: string(address.Training), Label: i18n.Say(ctx, address.KindLabel(address.Training))}}
}
