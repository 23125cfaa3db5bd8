package api

import (
	"context"
	"time"

	"hanse/internal/domain/sla"
	"hanse/internal/kit/actor"
	"hanse/internal/kit/fault"
)

// WorkCalendar is a working calendar as it holds from an instant on.
type WorkCalendar struct {
	ID        string            `json:"id"`
	Name      string            `json:"name"`
	Zone      string            `json:"zone" doc:"IANA, such as Asia/Shanghai"`
	Always    bool              `json:"always" doc:"Round the clock"`
	Week      [7]string         `json:"week" doc:"Sunday first; each such as 09:00-12:00, 13:00-18:00, empty = closed"`
	Days      map[string]string `json:"days" doc:"Dates with hours of their own; empty = closed"`
	Version   int64             `json:"version" doc:"0 = as shipped"`
	Effective time.Time         `json:"effective_at,omitzero"`
	MadeBy    string            `json:"made_by,omitempty"`
}

func toWorkCalendar(v sla.CalendarVersion) WorkCalendar {
	c := WorkCalendar{ID: v.ID, Name: v.Name, Zone: v.Zone, Always: v.Always, Days: map[string]string{}, Version: v.Version, Effective: v.Effective, MadeBy: v.MadeBy}
	for i, hours := range v.Week {
		c.Week[i] = sla.HoursText(hours)
	}
	for day, hours := range v.Days {
		c.Days[day] = sla.HoursText(hours)
	}
	return c
}

type calendarBody struct {
	Name      string            `json:"name" maxLength:"80"`
	Zone      string            `json:"zone" maxLength:"64"`
	Always    bool              `json:"always,omitempty"`
	Week      []string          `json:"week,omitempty" maxItems:"7" doc:"Sunday first"`
	Days      map[string]string `json:"days,omitempty"`
	Base      int64             `json:"base_version" doc:"The version that was changed; 0 for a new calendar or one as shipped"`
	Effective time.Time         `json:"effective_at,omitzero" doc:"Not past; missing = now"`
}

// calendar reads the body; hours that can't be read are refused by their field.
func (b calendarBody) calendar(id string) (sla.Calendar, error) {
	var fs fault.Fields
	c := sla.Calendar{ID: id, Name: b.Name, Zone: b.Zone, Always: b.Always, Days: map[string][]sla.Hours{}}
	for i, text := range b.Week {
		c.Week[i] = sla.ReadHours(&fs, "week", text)
	}
	for day, text := range b.Days {
		c.Days[day] = sla.ReadHours(&fs, "days", text)
	}
	return c, fs.Err()
}

// ServiceRule holds tickets to limits, in whole minutes of its calendar's working time; 0 = no limit.
type ServiceRule struct {
	Plan     string `json:"plan" maxLength:"32" doc:"Empty = any"`
	Severity string `json:"severity" maxLength:"64" doc:"Empty = any"`
	Calendar string `json:"calendar_id" maxLength:"40"`
	First    int64  `json:"first_response_minutes" minimum:"0" maximum:"527040"`
	Update   int64  `json:"update_minutes" minimum:"0" maximum:"527040"`
	Solution int64  `json:"solution_minutes" minimum:"0" maximum:"527040"`
}

// ServicePolicy is one version of the rules.
type ServicePolicy struct {
	ID        string        `json:"id" doc:"Empty = as shipped"`
	Effective time.Time     `json:"effective_at,omitzero"`
	InForce   bool          `json:"in_force"`
	Rules     []ServiceRule `json:"rules"`
	Warn      []int         `json:"warn_percent"`
	Note      string        `json:"note,omitempty"`
	MadeBy    string        `json:"made_by,omitempty"`
}

func toServicePolicy(p sla.Policy, force string) ServicePolicy {
	return ServicePolicy{p.ID, p.Effective, p.ID == force, each(p.Rules, func(r sla.Rule) ServiceRule {
		return ServiceRule{r.Plan, r.Severity, r.Calendar, minutes(r.First), minutes(r.Update), minutes(r.Solution)}
	}), append([]int{}, p.Warn...), p.Note, p.MadeBy}
}

func minutes(d time.Duration) int64 { return int64(d / time.Minute) }

type policyBody struct {
	Rules     []ServiceRule `json:"rules" maxItems:"200"`
	Warn      []int         `json:"warn_percent,omitempty" maxItems:"5"`
	Note      string        `json:"note,omitempty" maxLength:"200"`
	Effective time.Time     `json:"effective_at,omitzero" doc:"Not past; missing = now"`
}

func (b policyBody) policy() sla.Policy {
	p := sla.Policy{Effective: b.Effective, Warn: b.Warn, Note: b.Note}
	for _, r := range b.Rules {
		p.Rules = append(p.Rules, sla.Rule{Plan: r.Plan, Severity: r.Severity, Calendar: r.Calendar, First: time.Duration(r.First) * time.Minute,
			Update: time.Duration(r.Update) * time.Minute, Solution: time.Duration(r.Solution) * time.Minute})
	}
	return p
}

// ServiceFigure is what became of one kind of clock.
type ServiceFigure struct {
	Clock   string `json:"clock" enum:"first,update,solution"`
	Met     int64  `json:"met"`
	Missed  int64  `json:"missed"`
	Open    int64  `json:"open"`
	Done    int64  `json:"done"`
	Average int64  `json:"average_minutes"`
	Longest int64  `json:"longest_minutes" doc:"Of the update clock: the longest gap"`
}

// ServiceLine is a line of the report.
type ServiceLine struct {
	Key     string          `json:"key"`
	Name    string          `json:"name,omitempty"`
	Tickets int64           `json:"tickets"`
	Figures []ServiceFigure `json:"figures"`
}

func toServiceLine(g sla.Group) ServiceLine {
	return ServiceLine{g.Key, g.Name, g.Tickets, each(g.Figures, func(f sla.Figure) ServiceFigure {
		return ServiceFigure{string(f.Kind), f.Met, f.Missed, f.Open, f.Done, minutes(f.Average()), minutes(f.Longest)}
	})}
}

// ServiceTicket is a ticket behind a figure.
type ServiceTicket struct {
	Number      string    `json:"number"`
	Account     string    `json:"account_id"`
	AccountName string    `json:"account_name"`
	Plan        string    `json:"plan"`
	Severity    string    `json:"severity"`
	Team        string    `json:"team_id"`
	TeamName    string    `json:"team_name"`
	Opened      time.Time `json:"opened_at"`
	State       string    `json:"state" enum:"off,running,paused,met,missed,void"`
	Due         time.Time `json:"due_at,omitzero"`
	Limit       int64     `json:"limit_minutes"`
	Used        int64     `json:"used_minutes"`
	Longest     int64     `json:"longest_minutes"`
	Misses      int       `json:"times_missed"`
}

func toServiceTicket(x sla.Item) ServiceTicket {
	return ServiceTicket{x.Number, x.Account, x.AccountName, x.Plan, x.Severity, x.Team, x.TeamName, x.Opened, string(x.State), x.Deadline,
		minutes(x.Limit), minutes(x.Used), minutes(x.Longest), x.Misses}
}

type serviceFilter struct {
	From     string `query:"from" maxLength:"7" doc:"Month of opening, such as 2026-03; missing = five months ago"`
	To       string `query:"to" maxLength:"7"`
	Plan     string `query:"plan" maxLength:"32" doc:"- = those without"`
	Severity string `query:"severity" maxLength:"64" doc:"- = those without"`
	Team     string `query:"team_id" maxLength:"40" doc:"- = those without"`
}

func (a *API) serviceFilter(in serviceFilter) sla.Filter {
	f := sla.Whole(a.DB.Clock().Now(), 6)
	for value, to := range map[*string]*string{&in.From: &f.From, &in.To: &f.To, &in.Plan: &f.Plan, &in.Severity: &f.Severity, &in.Team: &f.Team} {
		switch *value {
		case "":
		case "-":
			*to = ""
		default:
			*to = *value
		}
	}
	return f
}

// ServiceClock is one clock of a ticket with every interval that its figures follow from.
type ServiceClock struct {
	Clock  string            `json:"clock" enum:"first,update,solution"`
	State  string            `json:"state" enum:"off,running,paused,met,missed,void"`
	Limit  int64             `json:"limit_minutes" doc:"0 = none"`
	Ran    int64             `json:"ran_minutes"`
	Waited int64             `json:"waited_minutes"`
	Due    time.Time         `json:"due_at,omitzero"`
	Lines  []ServiceInterval `json:"intervals"`
	Missed []ServiceMiss     `json:"missed"`
}

// ServiceInterval is a stretch of time that counted, or didn't and why.
type ServiceInterval struct {
	From    time.Time `json:"from"`
	To      time.Time `json:"to"`
	Counted bool      `json:"counted"`
	Why     string    `json:"why" enum:"opened,spoke,resumed,reopened,waiting,paused,partner,done,closed"`
}

// ServiceMiss is a limit that was missed; it never changes.
type ServiceMiss struct {
	Due   time.Time `json:"due_at"`
	Noted time.Time `json:"noted_at"`
	Limit int64     `json:"limit_minutes"`
}

func toServiceClock(e sla.Explained) ServiceClock {
	return ServiceClock{string(e.Kind), string(e.State), minutes(e.Limit), minutes(e.Ran), minutes(e.Waited), e.Deadline,
		each(e.Lines, func(l sla.Line) ServiceInterval { return ServiceInterval{l.From, l.To, l.Counted, string(l.Why)} }),
		each(e.Breaches, func(b sla.Breach) ServiceMiss { return ServiceMiss{b.Due, b.Noted, minutes(b.Limit)} })}
}

type calendarPath struct {
	ID string `path:"calendar" maxLength:"40"`
}

func (a *API) serviceLevels() {
	a.serviceCalendars()
	a.servicePolicies()
	a.serviceReport()
}

func (a *API) serviceCalendars() {
	const tag = "service levels"
	save := func(ctx context.Context, by actor.Actor, id string, body calendarBody) (WorkCalendar, error) {
		c, err := body.calendar(id)
		if err != nil {
			return WorkCalendar{}, err
		}
		v, err := a.SLA.SaveCalendar(ctx, by, c, body.Base, body.Effective)
		return toWorkCalendar(v), err
	}
	add(a, Operation{Method: "GET", Path: "/api/v1/sla/calendars", ID: "list_work_calendars", Tag: tag, Summary: "Working calendars in force, and versions that will be", Verb: actor.ViewSLA},
		func(ctx context.Context, by actor.Actor, _ *struct{}) (out struct {
			Calendars []WorkCalendar `json:"calendars"`
			Planned   []WorkCalendar `json:"planned"`
		}, err error) {
			now, ahead, err := a.SLA.Calendars(ctx, by)
			out.Calendars, out.Planned = each(now, toWorkCalendar), each(ahead, toWorkCalendar)
			return out, err
		})
	add(a, Operation{Method: "GET", Path: "/api/v1/sla/calendars/{calendar}", ID: "list_work_calendar_versions", Tag: tag, Summary: "All versions of a calendar, the last first", Verb: actor.ViewSLA},
		func(ctx context.Context, by actor.Actor, in *calendarPath) (out struct {
			Versions []WorkCalendar `json:"versions"`
		}, err error) {
			all, err := a.SLA.Calendar(ctx, by, in.ID)
			out.Versions = each(all, toWorkCalendar)
			return out, err
		})
	add(a, Operation{Method: "POST", Path: "/api/v1/sla/calendars", ID: "create_work_calendar", Tag: tag, Status: 201, Summary: "Make a working calendar", Verb: actor.ManageSLA},
		func(ctx context.Context, by actor.Actor, in *struct{ Body calendarBody }) (WorkCalendar, error) {
			return save(ctx, by, "", in.Body)
		})
	add(a, Operation{Method: "PUT", Path: "/api/v1/sla/calendars/{calendar}", ID: "change_work_calendar", Tag: tag, Summary: "Add a version of a calendar", Verb: actor.ManageSLA},
		func(ctx context.Context, by actor.Actor, in *struct {
			calendarPath
			Body calendarBody
		}) (WorkCalendar, error) {
			return save(ctx, by, in.ID, in.Body)
		})
}

func (a *API) servicePolicies() {
	const tag = "service levels"
	add(a, Operation{Method: "GET", Path: "/api/v1/sla/policies", ID: "list_service_policies", Tag: tag, Summary: "All versions of the policy, the last first", Verb: actor.ViewSLA},
		func(ctx context.Context, by actor.Actor, _ *struct{}) (out struct {
			Policies []ServicePolicy `json:"policies"`
		}, err error) {
			all, force, err := a.SLA.Policies(ctx, by)
			out.Policies = each(all, func(p sla.Policy) ServicePolicy { return toServicePolicy(p, force) })
			return out, err
		})
	add(a, Operation{Method: "POST", Path: "/api/v1/sla/policies", ID: "add_service_policy", Tag: tag, Status: 201, Summary: "Add a version of the policy; open tickets follow it", Verb: actor.ManageSLA},
		func(ctx context.Context, by actor.Actor, in *struct{ Body policyBody }) (ServicePolicy, error) {
			p, err := a.SLA.SavePolicy(ctx, by, in.Body.policy())
			return toServicePolicy(p, ""), err
		})
	add(a, Operation{Method: "GET", Path: "/api/v1/tickets/{number}/clocks", ID: "show_ticket_clocks", Tag: tag, Summary: "A ticket's clocks, with every interval that counted and every one that didn't", Verb: actor.ViewTickets},
		func(ctx context.Context, by actor.Actor, in *struct {
			Number string `path:"number" maxLength:"32"`
		}) (out struct {
			Clocks []ServiceClock `json:"clocks"`
		}, err error) {
			t, err := a.Ticket.Peek(ctx, by, in.Number)
			if err != nil {
				return out, err
			}
			v, _, err := sla.Describe(ctx, a.DB.Read(), a.DB.Clock().Now(), t.No)
			out.Clocks = each(v.Timers, toServiceClock)
			return out, err
		})
}

func (a *API) serviceReport() {
	const tag = "service levels"
	add(a, Operation{Method: "GET", Path: "/api/v1/sla/report", ID: "show_service_report", Tag: tag, Summary: "What was kept and what was missed", Verb: actor.ViewSLA},
		func(ctx context.Context, by actor.Actor, in *struct {
			serviceFilter
			By string `query:"by" enum:"month,plan,severity,team" default:"month"`
		}) (out struct {
			Lines []ServiceLine `json:"lines"`
			Total ServiceLine   `json:"total"`
		}, err error) {
			r, err := a.SLA.Report(ctx, by, a.serviceFilter(in.serviceFilter), sla.Dimension(in.By))
			out.Lines, out.Total = each(r.Groups, toServiceLine), toServiceLine(r.Total)
			return out, err
		})
	add(a, Operation{Method: "GET", Path: "/api/v1/sla/report/tickets", ID: "list_service_report_tickets", Tag: tag, Summary: "The tickets behind a figure of the report", Verb: actor.ViewSLA},
		func(ctx context.Context, by actor.Actor, in *struct {
			serviceFilter
			Clock   string `query:"clock" enum:"first,update,solution" default:"first"`
			Outcome string `query:"outcome" enum:"all,met,missed,open,done" default:"all"`
			After   string `query:"after" maxLength:"40" doc:"next_cursor of the page before"`
			Limit   int    `query:"limit" minimum:"1" maximum:"500" default:"50"`
		}) (out struct {
			Tickets []ServiceTicket `json:"tickets"`
			Next    string          `json:"next_cursor,omitempty"`
		}, err error) {
			list, next, err := a.SLA.Behind(ctx, by, a.serviceFilter(in.serviceFilter), sla.Kind(in.Clock), sla.Outcome(in.Outcome), in.After, in.Limit)
			out.Tickets, out.Next = each(list, toServiceTicket), next
			return out, err
		})
}
