package forecast

import (
	"context"
	"net/http"
	"net/url"
	"strings"

	"hanse/internal/domain/program"
	"hanse/internal/domain/qualification"
	"hanse/internal/edge/portal/door"
	"hanse/internal/edge/portal/site"
	"hanse/internal/edge/portal/ui"
	"hanse/internal/kit/calendar"
	"hanse/internal/kit/fault"
	"hanse/internal/kit/i18n"
)

// A channelView is the forecast of the whole channel.
type channelView struct {
	look
	Outlook  qualification.ChannelOutlook
	Falls    []qualification.ChannelFall
	Month    calendar.Day // narrowed to; None = all
	Level    string
	Programs []*program.Version // that can be chosen
	first    string
	after    string
}

// channel is the vendor's page: which levels are lost when, by how many, and who.
func (p pages) channel(w http.ResponseWriter, r *http.Request, d door.Door) error {
	v, err := p.channelView(r)
	if err != nil {
		return err
	}
	var next string
	if v.Falls, next, err = p.q.ChannelFalls(r.Context(), site.By(r), v.filter(r.URL.Query().Get("after"), 50)); err != nil {
		return err
	}
	v.after = door.After(r, next)
	if r.URL.Query().Has("after") {
		v.first = door.FirstOf(r)
	}
	return p.Show(w, r, http.StatusOK, channelPage(door.See(p.Site, r, d), v))
}

// channelView reads what is chosen, and the outlook.
func (p pages) channelView(r *http.Request) (channelView, error) {
	if !site.Vendor(r) {
		return channelView{}, fault.NotFound()
	}
	v := channelView{look: p.look(r, "/channel/forecast", program.Hold, "program", "month")}
	v.Month, _ = calendar.ParseDay(v.query.Get("month") + "-01")
	for _, id := range p.q.Programs() {
		if x, err := p.q.Current(id, v.Day.Time()); err == nil {
			v.Programs = append(v.Programs, x)
			if id == v.query.Get("program") {
				v.Program = id
			}
		}
	}
	if v.Program == "" {
		var err error
		if v.Program, err = p.busiest(r, v.Programs); err != nil {
			return v, err
		}
	}
	o, err := p.q.ChannelForecast(r.Context(), site.By(r), v.Program, v.at(), v.Months)
	if err != nil {
		return v, err
	}
	v.Outlook = o
	if _, ok := o.Version.Level(v.query.Get("level")); ok {
		v.Level = v.query.Get("level")
	}
	return v, nil
}

// busiest is the program in which most partners reach a level: the one to begin with.
func (p pages) busiest(r *http.Request, programs []*program.Version) (id string, err error) {
	most := int64(-1)
	for _, v := range programs {
		counts, err := p.q.ChannelByLevel(r.Context(), site.By(r), v.Ref())
		if err != nil {
			return "", err
		}
		n := int64(0)
		for _, c := range counts[1:] {
			n += c.Partners + c.Qualified
		}
		if n > most {
			id, most = v.Program, n
		}
	}
	if id == "" {
		return "", fault.NotFound()
	}
	return id, nil
}

func (v channelView) filter(after string, limit int) qualification.FallFilter {
	return qualification.FallFilter{Ref: v.Outlook.Version.Ref(), At: v.at(), Months: v.Months, Month: v.Month, Level: v.Level, After: after, Limit: limit}
}

// exportChannel gives all falls of the choice as a file.
func (p pages) exportChannel(r *http.Request, d door.Door) (door.Table, error) {
	v, err := p.channelView(r)
	if err != nil {
		return door.Table{}, err
	}
	ctx, spec := r.Context(), v.Outlook.Version
	rows := door.Pages(func(after string) ([]qualification.ChannelFall, string, error) {
		return p.q.ChannelFalls(ctx, site.By(r), v.filter(after, 500))
	}, func(x qualification.ChannelFall) []string {
		var causes []string
		for _, c := range x.Causes {
			causes = append(causes, cause(ctx, c.Cause, c.Name))
		}
		return []string{x.Partner, x.PartnerName, x.Day.String(), level(ctx, spec, x.Before), level(ctx, spec, x.After), granted(ctx, spec, x.Granted), strings.Join(causes, "; ")}
	})
	head := []string{"id", i18n.T(ctx, "forecast.partner"), i18n.T(ctx, "forecast.day"), i18n.T(ctx, "forecast.falls.from"), i18n.T(ctx, "forecast.falls.to"), i18n.T(ctx, "forecast.granted"), i18n.T(ctx, "forecast.cause")}
	return door.Table{Name: "forecast-" + v.Program, Header: head, Rows: rows}, nil
}

func granted(ctx context.Context, v *program.Version, id string) string {
	if id == "" {
		return "–"
	}
	return level(ctx, v, id)
}

func (v channelView) state(ctx context.Context) string {
	args := i18n.A{"n": v.Outlook.Falls(), "partners": i18n.From(ctx).Int(v.Outlook.Partners), "day": day(ctx, v.Outlook.To)}
	if v.Outlook.Falls() == 0 {
		return i18n.T(ctx, "forecast.channel.steady", args)
	}
	return i18n.T(ctx, "forecast.channel.falls", args)
}

func (v channelView) next(ctx context.Context) string {
	var most *qualification.ChannelMonth
	for i := range v.Outlook.Months {
		if m := &v.Outlook.Months[i]; m.Falls() > 0 && (most == nil || m.Falls() > most.Falls()) {
			most = m
		}
	}
	if most == nil {
		return i18n.T(ctx, "forecast.channel.next_steady")
	}
	return i18n.T(ctx, "forecast.channel.next", i18n.A{"month": month(most.First), "n": most.Falls()})
}

// month is a month as the address and the axis write it.
func month(d calendar.Day) string { return d.String()[:7] }

// monthHref narrows to a month and a level; "" for all levels.
func (v channelView) monthHref(first calendar.Day, level string) string {
	q, _ := url.ParseQuery(strings.TrimPrefix(strings.TrimPrefix(v.href("month", month(first)), v.path), "?"))
	q.Del("level")
	if level != "" {
		q.Set("level", level)
	}
	return door.With(v.path, q) + "#falls"
}

// chart is how many fall in each month.
func (v channelView) chart(ctx context.Context) ui.ChartView {
	c := ui.ChartView{ID: "falls-chart", Title: i18n.T(ctx, "forecast.channel.chart"), Unit: i18n.T(ctx, "forecast.partners"), Head: i18n.T(ctx, "forecast.month")}
	for _, m := range v.Outlook.Months {
		c.Labels = append(c.Labels, month(m.First)[2:])
	}
	for i, l := range v.Outlook.Version.Levels {
		s := ui.Series{Name: i18n.Say(ctx, l.Title.Msg())}
		for _, m := range v.Outlook.Months {
			s.Values = append(s.Values, float64(m.Lost[i+1]))
		}
		c.Series = append(c.Series, s)
	}
	return c
}

// standing is how many partners would keep each level at the end of each month.
func (v channelView) standing(ctx context.Context) ui.ChartView {
	c := ui.ChartView{ID: "standing-chart", Title: i18n.T(ctx, "forecast.channel.standing"), Unit: i18n.T(ctx, "forecast.partners"), Head: i18n.T(ctx, "forecast.month")}
	for _, m := range v.Outlook.Months {
		c.Labels = append(c.Labels, month(m.First)[2:])
	}
	for i, l := range v.Outlook.Version.Levels {
		s := ui.Series{Name: i18n.Say(ctx, l.Title.Msg())}
		for _, m := range v.Outlook.Months {
			s.Values = append(s.Values, float64(m.End[i+1]))
		}
		c.Series = append(c.Series, s)
	}
	return c
}

// heat is the calendar of falls, each with the list behind it.
func (v channelView) heat(ctx context.Context) ui.HeatView {
	h := ui.HeatView{Caption: i18n.T(ctx, "forecast.channel.heat"), First: i18n.T(ctx, "forecast.falls.from")}
	for _, m := range v.Outlook.Months {
		h.Columns = append(h.Columns, month(m.First))
	}
	for i := len(v.Outlook.Version.Levels) - 1; i >= 0; i-- {
		l := v.Outlook.Version.Levels[i]
		row := ui.HeatRow{Label: i18n.Say(ctx, l.Title.Msg())}
		for _, m := range v.Outlook.Months {
			c := ui.HeatCell{N: int(m.Lost[i+1])}
			if c.N > 0 {
				c.Href = v.monthHref(m.First, l.ID)
			}
			row.Cells = append(row.Cells, c)
		}
		h.Rows = append(h.Rows, row)
	}
	return h
}

// stats are the sums.
func (v channelView) stats(ctx context.Context) []ui.Stat {
	var expiries, leaves, below int64
	for i := range v.Outlook.Months {
		m := &v.Outlook.Months[i]
		expiries, leaves, below = expiries+m.Expiries, leaves+m.Leaves, below+m.Granted
	}
	n := i18n.From(ctx).Int
	return []ui.Stat{
		{Label: i18n.T(ctx, "forecast.stat.falls"), Value: n(v.Outlook.Falls()), Sub: i18n.T(ctx, "forecast.stat.falls_sub")},
		{Label: i18n.T(ctx, "forecast.stat.expiries"), Value: n(expiries), Sub: i18n.T(ctx, "forecast.stat.expiries_sub")},
		{Label: i18n.T(ctx, "forecast.stat.leaves"), Value: n(leaves), Sub: i18n.T(ctx, "forecast.stat.leaves_sub")},
		{Label: i18n.T(ctx, "forecast.stat.below"), Value: n(below), Sub: i18n.T(ctx, "forecast.stat.below_sub")},
	}
}

func (v channelView) fields(ctx context.Context) []ui.FieldView {
	f := ui.FieldView{Name: "program", Label: i18n.T(ctx, "forecast.program"), Value: v.Program}
	for _, x := range v.Programs {
		f.Options = append(f.Options, ui.Option{Value: x.Program, Label: i18n.Say(ctx, x.Title.Msg())})
	}
	return []ui.FieldView{f, v.monthsField(ctx), v.dayField(ctx)}
}

// narrowed says what the list is narrowed to.
func (v channelView) narrowed(ctx context.Context) string {
	switch {
	case v.Month.IsNone() && v.Level == "":
		return i18n.T(ctx, "forecast.falls.all")
	case v.Month.IsNone():
		return i18n.T(ctx, "forecast.falls.level", i18n.A{"level": level(ctx, v.Outlook.Version, v.Level)})
	case v.Level == "":
		return i18n.T(ctx, "forecast.falls.month", i18n.A{"month": month(v.Month)})
	}
	return i18n.T(ctx, "forecast.falls.both", i18n.A{"level": level(ctx, v.Outlook.Version, v.Level), "month": month(v.Month)})
}

// keep is what a partner's own forecast takes over.
func (v channelView) keep() url.Values {
	q := url.Values{}
	for _, k := range []string{"at", "months"} {
		if x := v.query.Get(k); x != "" {
			q.Set(k, x)
		}
	}
	return q
}

// all is the address of all falls.
func (v channelView) all() string {
	q := v.keep()
	q.Set("program", v.Program)
	return door.With(v.path, q) + "#falls"
}

// lostLines are the lines that a fall loses, each once: several tracks share most of theirs.
func lostLines(lines []program.LineTurn) (out []program.LineTurn) {
	for _, l := range lines {
		seen := false
		for _, x := range out {
			seen = seen || x.Line == l.Line
		}
		if !seen {
			out = append(out, l)
		}
	}
	return out
}
