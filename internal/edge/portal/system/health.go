package system

import (
	"context"
	"net/http"
	"runtime"
	"strconv"
	"strings"
	"time"

	"hanse/internal/domain/notify"
	"hanse/internal/domain/ticketmail"
	"hanse/internal/edge/portal/page"
	"hanse/internal/edge/portal/site"
	"hanse/internal/edge/portal/ui"
	"hanse/internal/kit/actor"
	"hanse/internal/kit/audit"
	"hanse/internal/kit/calendar"
	"hanse/internal/kit/db"
	"hanse/internal/kit/i18n"
	"hanse/internal/kit/jobs"
	"hanse/internal/kit/outbox"
)

// A check is one line of the health page: what is looked at, how it stands, what to do when it's bad.
type check struct {
	Name, Value, Remedy string
	Tone                ui.Tone
}

type healthView struct {
	Shell  page.ShellView
	Checks []check
	Facts  []ui.Fact
	Bad    int
}

// lagging is how long events, seals and mail may wait before it's a problem.
const lagging = 5 * time.Minute

func (p pages) health(w http.ResponseWriter, r *http.Request) error {
	by := site.By(r)
	if err := by.May(actor.ViewJobs); err != nil {
		return err
	}
	plans := func(ctx context.Context) (check, error) { return p.schedules(ctx, by) }
	v := healthView{Shell: p.Shell(r, i18n.M("system.health.title"))}
	for _, look := range []func(context.Context) (check, error){p.schema, p.seals, p.events, p.mail, p.mailIn, p.deadJobs, plans, p.calendarCover} {
		c, err := look(r.Context())
		if err != nil {
			return err
		}
		if v.Checks = append(v.Checks, c); c.Tone == ui.Bad || c.Tone == ui.Warn {
			v.Bad++
		}
	}
	v.Facts = p.facts(r.Context())
	return p.Show(w, r, http.StatusOK, healthPage(v))
}

func (p pages) schema(ctx context.Context) (check, error) {
	want, err := db.Newest()
	if err != nil {
		return check{}, err
	}
	have, err := p.DB.Version(ctx)
	c := check{Name: i18n.T(ctx, "system.health.schema"), Value: i18n.T(ctx, "system.health.schema_is", i18n.A{"have": have, "want": want}), Tone: ui.Good}
	if have < want {
		c.Tone, c.Remedy = ui.Bad, i18n.T(ctx, "system.health.schema_do")
	}
	return c, err
}

func (p pages) seals(ctx context.Context) (check, error) {
	n, oldest, err := audit.Lag(ctx, p.DB.Read())
	return p.waiting(ctx, i18n.T(ctx, "system.health.seals"), n, p.Clock.Wall().Sub(oldest), i18n.T(ctx, "system.health.seals_do")), err
}

func (p pages) events(ctx context.Context) (check, error) {
	n, oldest, err := outbox.Lag(ctx, p.DB.Read())
	return p.waiting(ctx, i18n.T(ctx, "system.health.events"), n, p.Clock.Now().Sub(oldest), i18n.T(ctx, "system.health.events_do")), err
}

func (p pages) mail(ctx context.Context) (check, error) {
	b, err := notify.MailBacklog(ctx, p.DB.Read())
	c := p.waiting(ctx, i18n.T(ctx, "system.health.mail"), b.Waiting, p.Clock.Now().Sub(b.Oldest), i18n.T(ctx, "system.health.mail_do"))
	if b.Failed > 0 {
		c.Value += " · " + i18n.T(ctx, "system.health.failed", i18n.A{"n": int(b.Failed)})
	}
	return c, err
}

// mailIn tells whether the mailboxes of desks can be read.
func (p pages) mailIn(ctx context.Context) (check, error) {
	st, err := ticketmail.Statistics(ctx, p.DB.Read())
	c := check{Name: i18n.T(ctx, "ticketmail.health"), Value: i18n.T(ctx, "ticketmail.health.off"), Tone: ui.Good}
	var broken []string
	for _, b := range st.Boxes {
		if p.Clock.Wall().Sub(b.PulledAt) > 24*time.Hour {
			continue // it isn't configured any more
		}
		c.Value = i18n.T(ctx, "ticketmail.health.ok")
		if b.Error != "" {
			broken = append(broken, b.Name)
		}
	}
	if len(broken) > 0 {
		c.Value, c.Tone = i18n.T(ctx, "ticketmail.health.bad", i18n.A{"names": i18n.Raw(strings.Join(broken, ", "))}), ui.Bad
		c.Remedy = i18n.T(ctx, "ticketmail.health.do")
	}
	return c, err
}

// waiting judges a queue by how long its oldest entry has waited.
func (p pages) waiting(ctx context.Context, name string, n int64, age time.Duration, remedy string) check {
	c := check{Name: name, Value: i18n.T(ctx, "system.health.waiting", i18n.A{"n": int(n)}), Tone: ui.Good}
	if n > 0 && age > lagging {
		c.Tone, c.Remedy = ui.Bad, remedy
	}
	return c
}

func (p pages) deadJobs(ctx context.Context) (check, error) {
	counts, err := jobs.Counts(ctx, p.DB.Read())
	dead := int64(0)
	for _, c := range counts {
		if c.State == jobs.Dead {
			dead = c.Jobs
		}
	}
	c := check{Name: i18n.T(ctx, "system.health.jobs"), Value: i18n.T(ctx, "system.health.dead", i18n.A{"n": int(dead)}), Tone: ui.Good}
	if dead > 0 {
		c.Tone, c.Remedy = ui.Bad, i18n.T(ctx, "system.health.jobs_do")
	}
	return c, err
}

func (p pages) schedules(ctx context.Context, by actor.Actor) (check, error) {
	c := check{Name: i18n.T(ctx, "system.health.schedules"), Tone: ui.Good}
	_, plans, err := p.Jobs.Overview(ctx, by)
	failed := 0
	for _, s := range plans {
		if s.LastError != "" {
			failed++
		}
	}
	c.Value = i18n.T(ctx, "system.health.schedules_are", i18n.A{"n": len(plans), "failed": failed})
	if failed > 0 {
		c.Tone, c.Remedy = ui.Bad, i18n.T(ctx, "system.health.schedules_do")
	}
	return c, err
}

// calendarCover warns when the holidays of the coming months aren't known: deadlines would be too short.
func (p pages) calendarCover(ctx context.Context) (check, error) {
	today := calendar.DayOf(p.Clock.Now())
	c := check{Name: i18n.T(ctx, "system.health.calendar"), Value: i18n.T(ctx, "system.health.calendar_ok", i18n.A{"year": strconv.Itoa(year(today))}), Tone: ui.Good}
	switch {
	case !p.Working.Covers(today):
		c.Value, c.Tone = i18n.T(ctx, "system.health.calendar_missing", i18n.A{"year": strconv.Itoa(year(today))}), ui.Bad
	case !p.Working.Covers(today.AddMonths(3)):
		c.Value, c.Tone = i18n.T(ctx, "system.health.calendar_missing", i18n.A{"year": strconv.Itoa(year(today.AddMonths(3)))}), ui.Warn
	default:
		return c, nil
	}
	c.Remedy = i18n.T(ctx, "system.health.calendar_do")
	return c, nil
}

func year(d calendar.Day) int {
	y, _, _ := d.Split()
	return y
}

// facts describe the installation, for a report of a problem.
func (p pages) facts(ctx context.Context) []ui.Fact {
	kind := "SQLite"
	if p.DB.Postgres() {
		kind = "PostgreSQL"
	}
	write, read := p.DB.Stats()
	out := []ui.Fact{
		{Label: i18n.T(ctx, "system.health.version"), Body: dataText(p.Version)},
		{Label: i18n.T(ctx, "system.health.go"), Body: dataText(runtime.Version())},
		{Label: i18n.T(ctx, "system.health.database"), Body: dataText(kind)},
		{Label: i18n.T(ctx, "system.health.connections"), Value: i18n.T(ctx, "system.health.connections_are", i18n.A{"write": write.InUse, "read": read.InUse})},
		{Label: i18n.T(ctx, "system.health.business"), Body: ui.Time(p.Clock.Now())},
		{Label: i18n.T(ctx, "system.health.wall"), Body: ui.Time(p.Clock.Wall())},
	}
	if !p.Started.IsZero() {
		out = append(out, ui.Fact{Label: i18n.T(ctx, "system.health.started"), Body: ui.Time(p.Started)})
	}
	return out
}
