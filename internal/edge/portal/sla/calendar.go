package sla

import (
	"context"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/a-h/templ"

	"hanse/internal/domain/sla"
	"hanse/internal/edge/portal/door"
	"hanse/internal/edge/portal/site"
	"hanse/internal/edge/portal/ui"
	"hanse/internal/kit/actor"
	"hanse/internal/kit/fault"
	"hanse/internal/kit/i18n"
)

// previewDays is how many days ahead a preview of a calendar shows.
const previewDays = 21

type calendarsView struct {
	door.View
	now, ahead []sla.CalendarVersion
}

func (p pages) calendars(w http.ResponseWriter, r *http.Request) error {
	v := calendarsView{View: p.see(r)}
	var err error
	if v.now, v.ahead, err = p.s.Calendars(r.Context(), v.By); err != nil {
		return err
	}
	return p.Show(w, r, http.StatusOK, calendarsPage(v))
}

// calendarView is a calendar's form. What was typed stands in the request; before that, the version that's edited.
type calendarView struct {
	door.View
	base     sla.CalendarVersion
	versions []sla.CalendarVersion
	days     []previewDay
	samples  []sla.Sample
	opened   time.Time
}

// A previewDay is a date with the hours that a draft gives it.
type previewDay struct {
	day     string // ISO
	hours   string
	special bool
}

func (v calendarView) fresh() bool { return v.base.ID == "" }

func (v calendarView) path() string {
	if v.fresh() {
		return "/desk/calendars/edit"
	}
	return "/desk/calendars/edit?id=" + url.QueryEscape(v.base.ID)
}

func (p pages) editCalendar(w http.ResponseWriter, r *http.Request) error {
	v, err := p.calendarView(r)
	if err != nil {
		return err
	}
	return p.Show(w, r, http.StatusOK, calendarPage(v))
}

// calendarView reads the versions of the calendar that the address names; for a new one it begins with office hours.
func (p pages) calendarView(r *http.Request) (v calendarView, err error) {
	v.View = p.see(r)
	id := r.URL.Query().Get("id")
	if id == "" {
		if err := may(r, actor.ManageSLA); err != nil {
			return v, err
		}
		v.base.Calendar = sla.Shipped()[1]
		v.base.ID, v.base.Name, v.base.Days = "", "", nil
		return v, nil
	}
	if v.versions, err = p.s.Calendar(r.Context(), v.By, id); err != nil {
		return v, err
	}
	v.base = v.versions[0]
	if at, given := r.URL.Query()["version"]; given {
		i := slices.IndexFunc(v.versions, func(x sla.CalendarVersion) bool { return strconv.FormatInt(x.Version, 10) == at[0] })
		if i < 0 {
			return v, fault.NotFound()
		}
		v.base = v.versions[i]
	}
	return v, nil
}

func (p pages) saveCalendar(w http.ResponseWriter, r *http.Request) error {
	if err := site.Form(w, r); err != nil {
		return err
	}
	v, err := p.calendarView(r)
	if err != nil {
		return err
	}
	var fs fault.Fields
	c := readCalendar(&fs, r.PostForm, v.base.ID)
	effective := instant(&fs, "effective", r.PostFormValue("effective"))
	if err = fs.Err(); err == nil && r.PostFormValue("do") == "preview" {
		if err = c.Check(); err == nil {
			return p.previewCalendar(w, r, v, c)
		}
	}
	if err == nil {
		base, _ := strconv.ParseInt(r.PostFormValue("base"), 10, 64)
		var saved sla.CalendarVersion
		if saved, err = p.s.SaveCalendar(r.Context(), v.By, c, base, effective); err == nil {
			return p.Go(w, r, "/desk/calendars", i18n.M("sla.calendar.saved", i18n.A{"name": saved.Name, "version": saved.Version}))
		}
	}
	return p.Refused(w, r, err, func(errs []ui.FieldError) templ.Component {
		v.Errs = fold(errs)
		return calendarPage(v)
	})
}

// previewCalendar shows the days to come and what the policy's rules would make of a ticket that's opened now.
func (p pages) previewCalendar(w http.ResponseWriter, r *http.Request, v calendarView, c sla.Calendar) error {
	ctx := r.Context()
	v.opened = p.Clock.Now()
	v.days = daysAhead(ctx, c, v.opened)
	all, current, err := p.s.Policies(ctx, v.By)
	if err != nil {
		return err
	}
	var policy sla.Policy
	for _, x := range all {
		if x.ID == current {
			policy = x
		}
	}
	if c.ID == "" { // what a working day of it would be
		c.ID = "new"
		policy.Rules = []sla.Rule{{Calendar: c.ID, First: time.Hour}, {Calendar: c.ID, First: 8 * time.Hour}}
	}
	policy.Rules = slices.DeleteFunc(slices.Clone(policy.Rules), func(x sla.Rule) bool { return x.Calendar != c.ID })
	if v.samples, err = p.s.Sample(ctx, v.By, policy, []sla.Calendar{c}, v.opened); err != nil {
		return err
	}
	return p.Show(w, r, http.StatusOK, calendarPage(v))
}

// daysAhead are the days from an instant on, in the calendar's zone.
func daysAhead(ctx context.Context, c sla.Calendar, from time.Time) (out []previewDay) {
	zone, err := time.LoadLocation(c.Zone)
	if err != nil {
		return nil
	}
	for i := range previewDays {
		day := from.In(zone).AddDate(0, 0, i)
		key := day.Format(time.DateOnly)
		own, special := c.Days[key]
		if !special {
			own = c.Week[day.Weekday()]
		}
		text := sla.HoursText(own)
		switch {
		case c.Always:
			text, special = i18n.T(ctx, "sla.calendar.always"), false
		case len(own) == 0:
			text = i18n.T(ctx, "sla.calendar.closed")
		}
		out = append(out, previewDay{key, text, special})
	}
	return out
}

// readCalendar reads the form.
func readCalendar(fs *fault.Fields, form url.Values, id string) sla.Calendar {
	c := sla.Calendar{ID: id, Name: form.Get("name"), Zone: strings.TrimSpace(form.Get("zone")), Always: form.Get("always") != "", Days: map[string][]sla.Hours{}}
	for day := range c.Week {
		name := "week." + strconv.Itoa(day)
		c.Week[day] = sla.ReadHours(fs, name, form.Get(name))
	}
	for line := range strings.Lines(form.Get("days")) {
		date, hours, _ := strings.Cut(strings.TrimSpace(line), " ")
		if date == "" {
			continue
		}
		if _, err := time.Parse(time.DateOnly, date); err != nil {
			fs.Add("days", date, i18n.M("sla.calendar.bad_date", i18n.A{"value": date}))
			break
		}
		if _, twice := c.Days[date]; twice {
			fs.Add("days", date, i18n.M("sla.calendar.date_twice", i18n.A{"value": date}))
			break
		}
		c.Days[date] = sla.ReadHours(fs, "days", hours)
	}
	return c
}

// daysText writes the dates of their own as the form has them.
func daysText(c sla.Calendar) string {
	var lines []string
	for date, hours := range c.Days {
		lines = append(lines, strings.TrimSpace(date+" "+sla.HoursText(hours)))
	}
	slices.Sort(lines)
	return strings.Join(lines, "\n")
}

// fold puts refusals of single dates at the field that has them all, and that of an empty week at its first day.
func fold(errs []ui.FieldError) []ui.FieldError {
	for i := range errs {
		switch {
		case strings.HasPrefix(errs[i].Name, "days."):
			errs[i].Name = "days"
		case errs[i].Name == "week":
			errs[i].Name = "week.1"
		}
	}
	return errs
}

// weekdays are the days of the week from Monday on.
func weekdays() []time.Weekday {
	return []time.Weekday{time.Monday, time.Tuesday, time.Wednesday, time.Thursday, time.Friday, time.Saturday, time.Sunday}
}

func weekday(d time.Weekday) i18n.Msg {
	switch d {
	case time.Monday:
		return i18n.M("sla.day.1")
	case time.Tuesday:
		return i18n.M("sla.day.2")
	case time.Wednesday:
		return i18n.M("sla.day.3")
	case time.Thursday:
		return i18n.M("sla.day.4")
	case time.Friday:
		return i18n.M("sla.day.5")
	case time.Saturday:
		return i18n.M("sla.day.6")
	}
	return i18n.M("sla.day.0")
}

// week is a calendar's week in a line: days with the same hours stand together.
func week(ctx context.Context, c sla.Calendar) string {
	if c.Always {
		return i18n.T(ctx, "sla.calendar.always")
	}
	var parts []string
	all := weekdays()
	for i := 0; i < len(all); {
		text, last := sla.HoursText(c.Week[all[i]]), i
		for last+1 < len(all) && sla.HoursText(c.Week[all[last+1]]) == text {
			last++
		}
		if text != "" {
			days := i18n.Say(ctx, weekday(all[i]))
			if last > i {
				days = i18n.T(ctx, "sla.day.span", i18n.A{"from": weekday(all[i]), "to": weekday(all[last])})
			}
			parts = append(parts, i18n.T(ctx, "sla.day.hours", i18n.A{"days": days, "hours": text}))
		}
		i = last + 1
	}
	return strings.Join(parts, "; ")
}
