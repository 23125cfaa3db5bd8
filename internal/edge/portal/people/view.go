package people

import (
	"context"
	"fmt"
	"net/url"
	"strconv"
	"time"

	"hanse/internal/domain/credential"
	"hanse/internal/domain/program"
	"hanse/internal/domain/roster"
	"hanse/internal/edge/portal/door"
	"hanse/internal/edge/portal/ui"
	"hanse/internal/kit/calendar"
	"hanse/internal/kit/i18n"
)

// soon is the number of days in which a certificate counts as expiring.
const soon = 90

// listView is the roster.
type listView struct {
	door.View
	Filter roster.Filter
	Page   roster.Page
	Counts roster.Counts
	Heat   roster.Heat
}

// stats are the figures above the list; each opens the list that proves it.
func (v listView) stats(ctx context.Context) []ui.Stat {
	stat := func(label string, n int, q url.Values) ui.Stat {
		return ui.Stat{Label: label, Value: i18n.From(ctx).Int(int64(n)), Href: door.With(v.Path("/people"), q)}
	}
	c := v.Counts
	out := []ui.Stat{
		stat(i18n.T(ctx, "people.count.here"), c.Here, nil),
		stat(i18n.T(ctx, "people.count.registered"), c.Registered, url.Values{"registered": {"yes"}}),
		stat(i18n.T(ctx, "people.count.expiring"), c.Lapsing, url.Values{"validity": {"expiring"}}),
		stat(i18n.T(ctx, "people.count.expired"), c.Lapsed, url.Values{"validity": {"expired"}}),
		stat(i18n.T(ctx, "people.count.none"), c.None, url.Values{"validity": {"none"}}),
		stat(i18n.T(ctx, "people.count.left"), c.Left, url.Values{"left": {"left"}}),
	}
	if n := c.Unconfirmed - c.NotCounted; n > 0 {
		out = append(out, stat(i18n.T(ctx, "members.people.filter.unconfirmed"), n, url.Values{"consent": {"unconfirmed"}}))
	}
	if c.NotCounted > 0 {
		out = append(out, stat(i18n.T(ctx, "members.people.filter.lapsed"), c.NotCounted, url.Values{"consent": {"lapsed"}}))
	}
	return out
}

// state is the page's first line, next its second.
func (v listView) state(ctx context.Context) string {
	if v.Counts.Here+v.Counts.Left == 0 {
		return i18n.T(ctx, "people.state.empty")
	}
	return i18n.T(ctx, "people.state", i18n.A{"n": v.Counts.Here, "registered": v.Counts.Registered})
}

func (v listView) next(ctx context.Context) string {
	switch {
	case v.Counts.Here+v.Counts.Left == 0:
		return i18n.T(ctx, "people.next.empty")
	case v.Counts.Lapsing > 0:
		return i18n.T(ctx, "people.next.expiring", i18n.A{"n": v.Counts.Lapsing})
	case v.Counts.Lapsed > 0:
		return i18n.T(ctx, "people.next.expired", i18n.A{"n": v.Counts.Lapsed})
	}
	return i18n.T(ctx, "people.next.calm")
}

func (v listView) filters(ctx context.Context) ui.FiltersView {
	f := ui.FiltersView{Action: v.Path("/people"), Target: "roster", Fields: []ui.FieldView{
		{Name: "q", Label: i18n.T(ctx, "people.filter.q"), Value: v.Filter.Q},
		{Name: "code", Label: i18n.T(ctx, "people.filter.code"), Value: v.Filter.Code, Options: v.codes(ctx)},
		{Name: "validity", Label: i18n.T(ctx, "people.filter.validity"), Value: v.Filter.Validity, Options: []ui.Option{
			{Value: "valid", Label: i18n.T(ctx, "people.filter.valid")}, {Value: "expiring", Label: i18n.T(ctx, "people.filter.expiring")},
			{Value: "expired", Label: i18n.T(ctx, "people.filter.expired")}, {Value: "none", Label: i18n.T(ctx, "people.filter.none")}}},
		{Name: "registered", Label: i18n.T(ctx, "people.filter.registered"), Value: v.Filter.Registered, Options: []ui.Option{
			{Value: "yes", Label: i18n.T(ctx, "people.registered")}, {Value: "no", Label: i18n.T(ctx, "people.not_registered")}}},
		{Name: "left", Label: i18n.T(ctx, "people.filter.here"), Value: v.Filter.Left, Options: []ui.Option{
			{Value: "left", Label: i18n.T(ctx, "people.filter.left")}, {Value: "all", Label: i18n.T(ctx, "people.filter.all")}}},
		{Name: "consent", Label: i18n.T(ctx, "members.people.filter"), Value: v.Filter.Consent, Options: []ui.Option{
			{Value: "unconfirmed", Label: i18n.T(ctx, "members.people.filter.unconfirmed")}, {Value: "lapsed", Label: i18n.T(ctx, "members.people.filter.lapsed")},
			{Value: "confirmed", Label: i18n.T(ctx, "members.people.filter.confirmed")}}},
	}}
	if door.Filtered(v.R, "q", "code", "validity", "registered", "left", "consent", "day") {
		f.Clear = v.Path("/people")
	}
	return f
}

func (v listView) codes(ctx context.Context) (out []ui.Option) {
	for _, r := range v.Heat.Rows {
		out = append(out, ui.Option{Value: r.Code, Label: door.Data(ctx, r.Code)})
	}
	for _, it := range v.Page.Items {
		for _, h := range it.Held {
			if !hasOption(out, h.Code) {
				out = append(out, ui.Option{Value: h.Code, Label: door.Data(ctx, h.Code)})
			}
		}
	}
	if v.Filter.Code != "" && !hasOption(out, v.Filter.Code) {
		out = append(out, ui.Option{Value: v.Filter.Code, Label: door.Data(ctx, v.Filter.Code)})
	}
	return out
}

func hasOption(all []ui.Option, value string) bool {
	for _, o := range all {
		if o.Value == value {
			return true
		}
	}
	return false
}

// sub says what the list shows: how many, and as of which day when that isn't today.
func (v listView) sub(ctx context.Context) string {
	n := len(v.Page.Items)
	if !v.Filter.Day.IsNone() {
		last := v.Filter.Day.AddDays(v.Filter.Within)
		return i18n.T(ctx, "people.list.between", i18n.A{"n": n, "from": i18n.From(ctx).Day(v.Filter.Day.String()), "to": i18n.From(ctx).Day(last.String())})
	}
	if v.Page.Next != "" {
		return i18n.T(ctx, "people.list.first", i18n.A{"n": n})
	}
	return i18n.T(ctx, "people.list.all", i18n.A{"n": n})
}

// day is the day that the list's colours are about.
func (v listView) day() calendar.Day {
	if v.Filter.Day.IsNone() {
		return v.Today()
	}
	return v.Filter.Day
}

// heat is the map of expiries; each count opens the people behind it.
func (v listView) heat(ctx context.Context) ui.HeatView {
	h := ui.HeatView{Caption: i18n.T(ctx, "people.heat"), First: i18n.T(ctx, "people.certificate")}
	h.Columns = append(h.Columns, v.Heat.Months...)
	for _, row := range v.Heat.Rows {
		x := ui.HeatRow{Label: row.Code}
		for i, n := range row.Counts {
			x.Cells = append(x.Cells, ui.HeatCell{N: n, Href: v.month(row.Code, v.Heat.Months[i], n)})
		}
		h.Rows = append(h.Rows, x)
	}
	return h
}

func (v listView) month(code, month string, n int) string {
	first, err := calendar.ParseDay(month + "-01")
	if n == 0 || err != nil {
		return ""
	}
	first = max(first, v.Today())
	q := url.Values{"code": {code}, "validity": {"expiring"}, "day": {first.String()}, "within": {strconv.Itoa(max(1, int(first.MonthEnd()-first)))}}
	return door.With(v.Path("/people"), q)
}

// until colours a certificate by its last day and says it.
func until(ctx context.Context, h roster.Held, day calendar.Day) (ui.Tone, string) {
	if h.Until.IsNone() {
		return ui.Bad, i18n.T(ctx, "people.until.unknown")
	}
	text := i18n.T(ctx, "people.until", i18n.A{"day": i18n.From(ctx).Day(h.Until.String())})
	if h.Until < day {
		text = i18n.T(ctx, "people.until.past", i18n.A{"day": i18n.From(ctx).Day(h.Until.String())})
	}
	return ui.ExpiryTone(int(h.Until - day)), text
}

func tone(s credential.Standing) ui.Tone {
	switch s {
	case credential.StandsValid:
		return ui.Good
	case credential.StandsExpiring:
		return ui.Warn
	case "":
		return ui.Neutral
	}
	return ui.Bad
}

func instant(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format(time.RFC3339)
}

// headings are the roster's columns in the reader's language, in their order.
func headings(ctx context.Context) []string {
	return []string{i18n.T(ctx, "people.column.person_id"), i18n.T(ctx, "people.column.name"), i18n.T(ctx, "people.column.email"),
		i18n.T(ctx, "people.column.certificate"), i18n.T(ctx, "people.column.issued_on"), i18n.T(ctx, "people.column.expires_on"),
		i18n.T(ctx, "people.column.bound_on"), i18n.T(ctx, "people.column.left_on"), i18n.T(ctx, "people.column.registered")}
}

// codes are the kinds of certificates to choose from.
func codes(ctx context.Context, cat *program.Catalogue) (out []ui.Option) {
	for _, t := range cat.Certificates {
		out = append(out, ui.Option{Value: t.Code, Label: t.Code + " · " + i18n.Say(ctx, t.Title.Msg())})
	}
	return out
}

func names(ctx context.Context, items []roster.Item) (out []ui.Option) {
	for _, it := range items {
		out = append(out, ui.Option{Value: it.ID, Label: door.Data(ctx, it.Name+" · "+it.Number)})
	}
	return out
}

func number(ctx context.Context, n int64) string { return i18n.From(ctx).Int(n) }

func size(bytes int64) string {
	switch {
	case bytes >= 1<<20:
		return fmt.Sprintf("%.1f MB", float64(bytes)/(1<<20))
	case bytes >= 1<<10:
		return fmt.Sprintf("%d KB", bytes>>10)
	}
	return fmt.Sprintf("%d B", bytes)
}
