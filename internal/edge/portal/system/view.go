package system

import (
	"bytes"
	"context"
	"encoding/json"
	"strconv"
	"strings"
	"time"

	"hanse/internal/domain/report"
	"hanse/internal/edge/portal/ui"
	"hanse/internal/kit/audit"
	"hanse/internal/kit/i18n"
	"hanse/internal/kit/jobs"
)

func i18nInt(n int) string { return strconv.Itoa(n) }

// head is the first word of a dotted name.
func head(s string) string {
	first, _, _ := strings.Cut(s, ".")
	return first
}

// pretty sets JSON over lines; what can't be read is shown as it is.
func pretty(text string) string {
	var b bytes.Buffer
	if err := json.Indent(&b, []byte(text), "", "  "); err != nil {
		return text
	}
	return b.String()
}

// deeds are the choices of the log's filter.
func deeds(ctx context.Context) (out []ui.Option) {
	for _, d := range report.Deeds() {
		out = append(out, ui.Option{Value: string(d.Verb), Label: i18n.Say(ctx, d.Name)})
	}
	return out
}

// chainTone turns bad when an entry has waited for its seal for minutes.
func (v logView) chainTone() ui.Tone {
	switch {
	case v.Waiting == 0:
		return ui.Good
	case v.Wall.Sub(v.Oldest) > lagging:
		return ui.Bad
	}
	return ui.Info
}

func (v logView) state(ctx context.Context) string {
	if v.Waiting == 0 {
		return i18n.T(ctx, "system.audit.sealed")
	}
	return i18n.T(ctx, "system.audit.waiting", i18n.A{"n": int(v.Waiting), "for": age(v.Wall.Sub(v.Oldest))})
}

// age is a duration in words, to the minute.
func age(d time.Duration) i18n.Msg {
	if d < time.Minute {
		return i18n.M("system.age.seconds", i18n.A{"n": max(int(d/time.Second), 0)})
	}
	return i18n.M("system.age.minutes", i18n.A{"n": int(d / time.Minute)})
}

// filters of the log: who, what, about whom, when.
func (v logView) filters(ctx context.Context) ui.FiltersView {
	q := v.R.URL.Query()
	return ui.FiltersView{Action: "/system/audit", Target: "log", Clear: "/system/audit", Fields: []ui.FieldView{
		{Name: "actor", Label: i18n.T(ctx, "system.audit.actor"), Type: "search", Value: q.Get("actor")},
		{Name: "verb", Label: i18n.T(ctx, "system.audit.verb"), Value: q.Get("verb"), Options: deeds(ctx)},
		{Name: "about", Label: i18n.T(ctx, "system.audit.about"), Type: "search", Value: q.Get("about")},
		{Name: "subject", Label: i18n.T(ctx, "system.audit.subject"), Type: "search", Value: q.Get("subject")},
		{Name: "from", Label: i18n.T(ctx, "system.audit.from"), Type: "date", Value: q.Get("from")},
		{Name: "to", Label: i18n.T(ctx, "system.audit.to"), Type: "date", Value: q.Get("to")},
	}}
}

func files(path, query string) []ui.LinkView {
	if query != "" {
		query = "?" + query
	}
	return []ui.LinkView{{Href: path + ".csv" + query, Label: "CSV"}, {Href: path + ".xlsx" + query, Label: "Excel"}}
}

// entryFacts are the columns of an entry.
func entryFacts(ctx context.Context, e audit.Entry) []ui.Fact {
	return []ui.Fact{
		{Label: i18n.T(ctx, "system.audit.at"), Body: ui.Time(e.At)},
		{Label: i18n.T(ctx, "system.entry.wall"), Body: ui.Time(e.Wall)},
		{Label: i18n.T(ctx, "system.audit.who"), Body: filterLink("actor", e.Actor, e.ActorName)},
		{Label: i18n.T(ctx, "system.entry.account"), Body: filterLink("about", e.Account, e.Account)},
		{Label: i18n.T(ctx, "system.audit.did"), Body: filterLink("verb", string(e.Verb), string(e.Verb))},
		{Label: i18n.T(ctx, "system.audit.subject"), Body: filterLink("subject", e.Subject, e.Subject)},
		{Label: i18n.T(ctx, "system.audit.about"), Body: filterLink("about", e.About, e.About)},
		{Label: i18n.T(ctx, "system.entry.via"), Body: dataText(e.Via)},
		{Label: i18n.T(ctx, "system.entry.ip"), Body: dataText(e.IP)},
		{Label: i18n.T(ctx, "system.entry.request"), Body: dataText(e.Request)},
		{Label: i18n.T(ctx, "system.entry.id"), Body: dataText(e.ID)},
	}
}

func (v jobsView) stats(ctx context.Context) (out []ui.Stat) {
	for _, s := range []jobs.State{jobs.Ready, jobs.Running, jobs.Done, jobs.Dead} {
		x := ui.Stat{Label: stateName(ctx, s), Value: strconv.FormatInt(v.Counts[s], 10), Href: "/system/jobs?state=" + string(s)}
		if s == jobs.Dead && v.Counts[s] > 0 {
			x.Sub, x.Tone = i18n.T(ctx, "system.jobs.look"), ui.Bad
		}
		out = append(out, x)
	}
	return out
}

func (v jobsView) state(ctx context.Context) string {
	if n := v.Counts[jobs.Dead]; n > 0 {
		return i18n.T(ctx, "system.jobs.some_dead", i18n.A{"n": int(n)})
	}
	return i18n.T(ctx, "system.jobs.fine")
}

func (v jobsView) filters(ctx context.Context) ui.FiltersView {
	f := ui.FiltersView{Action: "/system/jobs", Target: "jobs", Clear: "/system/jobs", Fields: []ui.FieldView{
		{Name: "state", Label: i18n.T(ctx, "system.jobs.all_states"), Value: string(v.State)},
		{Name: "kind", Label: i18n.T(ctx, "system.jobs.kind"), Type: "search", Value: v.Kind},
	}}
	for _, s := range []jobs.State{jobs.Ready, jobs.Running, jobs.Done, jobs.Dead} {
		f.Fields[0].Options = append(f.Fields[0].Options, ui.Option{Value: string(s), Label: stateName(ctx, s)})
	}
	return f
}

func (v healthView) state(ctx context.Context) string {
	if v.Bad == 0 {
		return i18n.T(ctx, "system.health.fine")
	}
	return i18n.T(ctx, "system.health.some_bad", i18n.A{"n": v.Bad})
}

func (v healthView) next(ctx context.Context) string {
	if v.Bad == 0 {
		return i18n.T(ctx, "system.health.nothing")
	}
	return i18n.T(ctx, "system.health.do")
}

func (c check) word(ctx context.Context) string {
	switch c.Tone {
	case ui.Good:
		return i18n.T(ctx, "system.health.good")
	case ui.Warn:
		return i18n.T(ctx, "system.health.warn")
	}
	return i18n.T(ctx, "system.health.bad")
}
