package sla

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"time"

	"hanse/internal/kit/actor"
	"hanse/internal/kit/calendar"
	"hanse/internal/kit/fault"
	"hanse/internal/kit/i18n"
)

// Any is the filter's word for every plan, severity or team; "" is a ticket without one.
const Any = "*"

// A Dimension is what a report has a line for each of.
type Dimension string

// The dimensions.
const (
	ByMonth    Dimension = "month" // of the opening, in the business zone
	ByPlan     Dimension = "plan"
	BySeverity Dimension = "severity"
	ByTeam     Dimension = "team"
)

// Dimensions are all of them, the default first.
func Dimensions() []Dimension { return []Dimension{ByMonth, ByPlan, BySeverity, ByTeam} }

// A Filter says which tickets a report is about: those opened in its months, which are like 2026-03, both included.
type Filter struct {
	From, To             string
	Plan, Severity, Team string // Any for all; the zero Filter is of tickets without any
}

// maxMonths is how many months a report may span.
const maxMonths = 36

// Whole is a filter for the last months up to the one of an instant.
func Whole(now time.Time, months int) Filter {
	day := calendar.DayOf(now)
	return Filter{From: day.MonthStart().AddMonths(1 - months).String()[:7], To: day.String()[:7], Plan: Any, Severity: Any, Team: Any}
}

// Check refuses months that aren't, are in the wrong order or too many.
func (f Filter) Check() error {
	var fs fault.Fields
	from, errFrom := calendar.ParseDay(f.From + "-01")
	to, errTo := calendar.ParseDay(f.To + "-01")
	if errFrom != nil {
		fs.Add("from", f.From, i18n.M("sla.report.bad_month", i18n.A{"value": f.From}))
	}
	if errTo != nil {
		fs.Add("to", f.To, i18n.M("sla.report.bad_month", i18n.A{"value": f.To}))
	}
	if errFrom == nil && errTo == nil && (to < from || from.AddMonths(maxMonths) <= to) {
		fs.Add("to", f.To, i18n.M("sla.report.bad_span", i18n.A{"from": f.From, "to": f.To, "most": maxMonths}))
	}
	return fs.Err()
}

// A Figure is what became of one kind of clock. A ticket counts once; one of whose update clock any run was missed is
// missed.
type Figure struct {
	Kind    Kind
	Met     int64 // in time
	Missed  int64
	Open    int64         // has a limit, isn't over, and nothing is missed yet
	Done    int64         // over, also those that had no limit
	Used    time.Duration // working time of those that are done, together
	Longest time.Duration // of one run: for the update clock the longest gap
}

// Share is how many of a thousand that were decided were met; false when none was.
func (f Figure) Share() (int64, bool) {
	if f.Met+f.Missed == 0 {
		return 0, false
	}
	return f.Met * 1000 / (f.Met + f.Missed), true
}

// Average is the working time of one that's done; zero when none is.
func (f Figure) Average() time.Duration {
	if f.Done == 0 {
		return 0
	}
	return (f.Used / time.Duration(f.Done)).Round(time.Second)
}

func (f Figure) plus(g Figure) Figure {
	return Figure{f.Kind, f.Met + g.Met, f.Missed + g.Missed, f.Open + g.Open, f.Done + g.Done, f.Used + g.Used, max(f.Longest, g.Longest)}
}

// A Group is a line of a report.
type Group struct {
	Key     string // the month, plan, severity or team's id
	Name    string // of a team
	Tickets int64
	Figures []Figure // by Kinds
}

// A Report has a line for each value of its dimension, and one for all of them.
type Report struct {
	Filter
	By     Dimension
	Groups []Group
	Total  Group
}

// A cell is the figures of one combination of everything that a report groups by.
type cell struct {
	month, plan, severity, team, teamName string
	tickets                               int64
	Figure
}

func (c cell) key(by Dimension) (key, name string) {
	switch by {
	case ByPlan:
		return c.plan, ""
	case BySeverity:
		return c.severity, ""
	case ByTeam:
		return c.team, c.teamName
	}
	return c.month, ""
}

// Report counts what was kept and what was missed. Whoever may see the service levels may.
func (s *Service) Report(ctx context.Context, by actor.Actor, f Filter, dimension Dimension) (Report, error) {
	r := Report{Filter: f, By: dimension}
	if err := by.May(actor.ViewSLA); err != nil {
		return r, err
	}
	if err := f.Check(); err != nil {
		return r, err
	}
	cells, err := figures(ctx, s.db.Read(), f)
	if err != nil {
		return r, err
	}
	groups := map[string]*Group{}
	r.Total = group("", "")
	for _, c := range cells {
		key, name := c.key(dimension)
		if groups[key] == nil {
			g := group(key, name)
			groups[key] = &g
		}
		groups[key].add(c)
		r.Total.add(c)
	}
	for _, g := range groups {
		r.Groups = append(r.Groups, *g)
	}
	slices.SortFunc(r.Groups, func(a, b Group) int { return cmp.Or(strings.Compare(a.Name, b.Name), strings.Compare(a.Key, b.Key)) })
	return r, nil
}

func group(key, name string) Group {
	g := Group{Key: key, Name: name}
	for _, k := range Kinds() {
		g.Figures = append(g.Figures, Figure{Kind: k})
	}
	return g
}

func (g *Group) add(c cell) {
	if c.Kind == First { // each ticket has one
		g.Tickets += c.tickets
	}
	for i := range g.Figures {
		if g.Figures[i].Kind == c.Kind {
			g.Figures[i] = g.Figures[i].plus(c.Figure)
		}
	}
}

// An Outcome chooses tickets behind a figure.
type Outcome string

// The outcomes.
const (
	AllTickets  Outcome = "all"
	MetOnes     Outcome = "met"
	MissedOnes  Outcome = "missed"
	OpenOnes    Outcome = "open"
	DoneOnes    Outcome = "done"
	mostTickets         = 500
)

// Outcomes are all of them.
func Outcomes() []Outcome { return []Outcome{AllTickets, MetOnes, MissedOnes, OpenOnes, DoneOnes} }

// An Item is a ticket behind a figure.
type Item struct {
	Subject     string
	Number      string
	Account     string
	AccountName string
	Plan        string
	Severity    string
	Team        string
	TeamName    string
	Opened      time.Time
	Timer
}

// Behind lists the tickets behind a figure, the newest number first: of one kind of clock and one outcome, before the
// subject of the last one seen. Next is what to ask for the page after it.
func (s *Service) Behind(ctx context.Context, by actor.Actor, f Filter, k Kind, o Outcome, before string, limit int) (list []Item, next string, err error) {
	if err := by.May(actor.ViewSLA); err != nil {
		return nil, "", err
	}
	if err := f.Check(); err != nil {
		return nil, "", err
	}
	if !slices.Contains(Kinds(), k) || !slices.Contains(Outcomes(), o) {
		return nil, "", fault.NotFound()
	}
	if limit <= 0 || limit > mostTickets {
		limit = 50
	}
	list, err = behind(ctx, s.db.Read(), f, k, o, before, limit+1)
	if len(list) > limit {
		list = list[:limit]
		next = list[limit-1].Subject
	}
	return list, next, err
}
