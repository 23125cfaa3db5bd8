package api

import (
	"context"
	"time"

	"hanse/internal/domain/program"
	"hanse/internal/domain/qualification"
	"hanse/internal/kit/actor"
	"hanse/internal/kit/calendar"
	"hanse/internal/kit/i18n"
)

// Amount is money in the smallest unit of its currency.
type Amount struct {
	Minor    int64  `json:"minor"`
	Currency string `json:"currency,omitempty" doc:"ISO 4217; absent for nothing"`
}

// Action is what one person does in a plan.
type Action struct {
	Kind   string       `json:"kind" enum:"hire,register,confirm,name,service,manage,renew,take"`
	Person string       `json:"person" doc:"new-1 is the first newcomer"`
	Name   string       `json:"name,omitempty"`
	Code   string       `json:"code,omitempty" doc:"The certificate"`
	Until  calendar.Day `json:"until" format:"date" doc:"The last day on which it is of use"`
	Held   calendar.Day `json:"held_until,omitzero" format:"date" doc:"Last valid day of what is renewed"`
	Cost   Amount       `json:"cost"`
	Weeks  int          `json:"weeks"`
}

// PlanStep is what must happen besides, without a price.
type PlanStep struct {
	Line string `json:"line"`
	Gap  string `json:"gap"`
}

// Plan is who does what so that a level is met on a day.
type Plan struct {
	Track   string       `json:"track"`
	Ready   calendar.Day `json:"ready" format:"date"`
	Late    bool         `json:"late" doc:"It takes longer than until then"`
	Actions []Action     `json:"actions"`
	Steps   []PlanStep   `json:"steps"`
	Hires   int          `json:"hires"`
	Cost    Amount       `json:"cost"`
	Weeks   int          `json:"weeks"`
	Persons int          `json:"persons"`
	Exact   bool         `json:"exact" doc:"Proven: no plan is better in any respect"`
	Above   int          `json:"percent_above" doc:"Percent that the cost may lie above the least; 0: proven to be the least"`
	Without string       `json:"without,omitempty" doc:"The person whom this alternative leaves alone"`
}

func toPlan(ctx context.Context, p *qualification.Prospect) func(program.Plan) Plan {
	return func(x program.Plan) Plan {
		return Plan{x.Track, x.Ready, x.Late, each(x.Actions, func(a program.Action) Action {
			out := Action{Kind: string(a.Kind), Person: a.Person, Code: a.Code, Until: a.Until, Held: a.Held, Cost: Amount(a.Cost), Weeks: a.Weeks}
			if who, ok := p.Facts.Person(a.Person); ok {
				out.Name = who.Name
			}
			return out
		}), each(x.Steps, func(s program.Step) PlanStep { return PlanStep{s.Line, i18n.Say(ctx, s.Gap)} }),
			x.Hires, Amount(x.Cost), x.Weeks, x.Persons, x.Exact, x.Above, x.Without}
	}
}

// Turn is a day on which lines or the level change.
type Turn struct {
	Day    calendar.Day `json:"day" format:"date"`
	Before string       `json:"before" doc:"Level; empty: none"`
	After  string       `json:"after"`
	Lines  []turnLine   `json:"lines"`
	Causes []turnCause  `json:"causes"`
}

type turnLine struct {
	Level  string `json:"level"`
	Track  string `json:"track"`
	Line   string `json:"line"`
	Need   int    `json:"need"`
	Before int    `json:"before"`
	After  int    `json:"after"`
}

type turnCause struct {
	Kind   string       `json:"kind" enum:"expiry,short,issue,leave,join,unproven,other"`
	Person string       `json:"person,omitempty"`
	Name   string       `json:"name,omitempty"`
	Code   string       `json:"code,omitempty"`
	Until  calendar.Day `json:"until,omitzero" format:"date"`
}

// Outlook is how a partner stands over time, if nothing is added.
type Outlook struct {
	Ref   string       `json:"ref"`
	From  calendar.Day `json:"from" format:"date"`
	To    calendar.Day `json:"to" format:"date"`
	For   string       `json:"for"`
	Start string       `json:"start" doc:"The level on the first day; empty: none"`
	Turns []Turn       `json:"turns"`
}

func toOutlook(f *qualification.Forecasted, o *program.Outlook) Outlook {
	return Outlook{f.Version.Ref(), o.From, o.To, string(o.For), o.Start.BestLevel, each(o.Turns, func(t program.Turn) Turn {
		return Turn{t.Day, t.Before, t.After, each(t.Lines, func(l program.LineTurn) turnLine { return turnLine(l) }),
			each(t.Causes, func(c program.Cause) turnCause { return toCause(c, f.Name(c.Person)) })}
	})}
}

func toCause(c program.Cause, name string) turnCause {
	return turnCause{string(c.Kind), c.Person, name, c.Code, c.Until}
}

// HorizonIn is how far a forecast looks, and from when.
type HorizonIn struct {
	At     time.Time `query:"at" doc:"Any past or future instant; now when absent"`
	Months int       `query:"months" minimum:"1" maximum:"60" default:"12"`
}

// ForecastIn asks for a forecast of a partner.
type ForecastIn struct {
	PartnerPath
	HorizonIn
	Ref string `path:"ref" maxLength:"100" doc:"program@version, or program for the version in force" example:"h3c-star@2025"`
	For string `query:"for" enum:"apply,hold" default:"hold" doc:"What an application needs, or what keeps a granted level"`
}

func (a *API) advices() {
	const tag, path = "evaluations", "/api/v1/partners/{partner}/evaluations/{ref}"
	add(a, Operation{Method: "GET", Path: path + "/advice", ID: "advise", Tag: tag, Summary: "The cheapest plan by which a partner reaches a level, and others", Verb: actor.ViewEvaluation}, a.advise)
	add(a, Operation{Method: "GET", Path: path + "/forecast", ID: "forecast", Tag: tag, Summary: "When lines and levels change, by which expiry or exit", Verb: actor.ViewEvaluation},
		func(ctx context.Context, by actor.Actor, in *ForecastIn) (Outlook, error) {
			f, err := a.Qualification.Forecast(ctx, by, in.Partner, in.Ref, in.At, in.Months, program.Purpose(in.For))
			if err != nil {
				return Outlook{}, err
			}
			return toOutlook(&f, &f.Outlook), nil
		})
	add(a, Operation{Method: "POST", Path: path + "/what-if", ID: "what_if", Tag: tag, Summary: "The forecast as it is and as it would be if things happened; nothing is stored", Verb: actor.ViewEvaluation}, a.whatIf)
	a.channelForecasts()
}

func (a *API) advise(ctx context.Context, by actor.Actor, in *struct {
	PartnerPath
	Ref   string    `path:"ref" maxLength:"100" doc:"program@version, or program for the version in force" example:"h3c-star@2025"`
	At    time.Time `query:"at" doc:"Any past or future instant; now when absent"`
	Level string    `query:"level" maxLength:"64" doc:"The lowest that isn't reached when absent"`
	Track string    `query:"track" maxLength:"64" doc:"Whichever is best when absent"`
	Ready string    `query:"ready" format:"date" doc:"The day by which it should be reached; as early as the plan allows when absent"`
	For   string    `query:"for" enum:"apply,hold" default:"apply"`
}) (out struct {
	Ref    string `json:"ref"`
	Level  string `json:"level"`
	Best   Plan   `json:"best"`
	Others []Plan `json:"others" doc:"The better first"`
}, err error) {
	ready, err := queryDay("ready", in.Ready)
	if err != nil {
		return out, err
	}
	x, err := a.Qualification.Advice(ctx, by, in.Partner, in.Ref, in.At,
		qualification.AdviceAsk{Level: in.Level, Track: in.Track, Ready: ready, Purpose: program.Purpose(in.For)})
	if err != nil {
		return out, err
	}
	plan := toPlan(ctx, &x.Prospect)
	out.Ref, out.Level, out.Best, out.Others = x.Version.Ref(), x.Ask.Level, plan(x.Advice.Best), each(x.Advice.Others, plan)
	return out, nil
}

func (a *API) whatIf(ctx context.Context, by actor.Actor, in *struct {
	ForecastIn
	Body struct {
		Events []struct {
			Kind   string       `json:"kind" enum:"leave,pass,confirm"`
			Person string       `json:"person" maxLength:"40"`
			Code   string       `json:"code,omitempty" maxLength:"40" doc:"pass: the certificate"`
			Day    calendar.Day `json:"day" format:"date"`
		} `json:"events" maxItems:"20"`
	}
}) (out struct {
	Now Outlook `json:"now"`
	If  Outlook `json:"if"`
}, err error) {
	var events []program.Event
	for _, e := range in.Body.Events {
		events = append(events, program.Event{Kind: program.EventKind(e.Kind), Person: e.Person, Code: e.Code, Day: e.Day})
	}
	x, err := a.Qualification.WhatIf(ctx, by, in.Partner, in.Ref, in.At, in.Months, program.Purpose(in.For), events)
	if err != nil {
		return out, err
	}
	out.Now, out.If = toOutlook(&x.Forecasted, &x.Outlook), toOutlook(&x.Forecasted, &x.After)
	return out, nil
}

// ChannelMonth is one month of the channel's forecast.
type ChannelMonth struct {
	First    calendar.Day     `json:"first" format:"date"`
	Lost     map[string]int64 `json:"lost" doc:"Partners that fall from each level"`
	Won      map[string]int64 `json:"won" doc:"Partners that rise to each level"`
	End      map[string]int64 `json:"end" doc:"Partners by level on the last day; none: no level"`
	Expiries int64            `json:"by_expiry"`
	Leaves   int64            `json:"by_exit"`
	Granted  int64            `json:"below_granted" doc:"Falls below the level that was granted"`
}

// ChannelFall is a partner that falls from a level.
type ChannelFall struct {
	Partner     string       `json:"partner"`
	PartnerName string       `json:"partner_name"`
	Granted     string       `json:"granted,omitempty" doc:"The level granted now"`
	Day         calendar.Day `json:"day" format:"date"`
	Before      string       `json:"before"`
	After       string       `json:"after" doc:"Empty: none"`
	Lines       []turnLine   `json:"lines"`
	Causes      []turnCause  `json:"causes"`
}

func (a *API) channelForecasts() {
	const tag, path = "evaluations", "/api/v1/programs/{ref}/channel/forecast"
	add(a, Operation{Method: "GET", Path: path, ID: "forecast_channel", Tag: tag, Summary: "Which levels the channel loses, month by month", Verb: actor.ViewEvaluation},
		func(ctx context.Context, by actor.Actor, in *struct {
			RefPath
			HorizonIn
		}) (out struct {
			From     calendar.Day     `json:"from" format:"date"`
			To       calendar.Day     `json:"to" format:"date"`
			Partners int64            `json:"partners"`
			Now      map[string]int64 `json:"now" doc:"Partners by level; none: no level"`
			Months   []ChannelMonth   `json:"months"`
		}, err error) {
			o, err := a.Qualification.ChannelForecast(ctx, by, in.Ref, in.At, in.Months)
			if err != nil {
				return out, err
			}
			out.From, out.To, out.Partners, out.Now = o.From, o.To, o.Partners, byLevel(o.Version, o.Now, true)
			out.Months = each(o.Months, func(m qualification.ChannelMonth) ChannelMonth {
				return ChannelMonth{m.First, byLevel(o.Version, m.Lost, false), byLevel(o.Version, m.Won, false), byLevel(o.Version, m.End, true),
					m.Expiries, m.Leaves, m.Granted}
			})
			return out, nil
		})
	add(a, Operation{Method: "GET", Path: path + "/falls", ID: "list_falls", Tag: tag, Summary: "Which partners lose a level, when and by what", Verb: actor.ViewEvaluation},
		func(ctx context.Context, by actor.Actor, in *struct {
			RefPath
			HorizonIn
			PageIn
			Month string `query:"month" format:"date" doc:"Any day of the month meant; all when absent"`
			Level string `query:"level" maxLength:"64" doc:"The level that is lost; any when absent"`
		}) (out struct {
			Falls []ChannelFall `json:"falls"`
			Next  string        `json:"next_cursor,omitempty"`
		}, err error) {
			month, err := queryDay("month", in.Month)
			if err != nil {
				return out, err
			}
			list, next, err := a.Qualification.ChannelFalls(ctx, by, qualification.FallFilter{Ref: in.Ref, At: in.At, Months: in.Months,
				Month: month, Level: in.Level, After: in.Cursor, Limit: in.Limit})
			out.Falls, out.Next = each(list, toFall), next
			return out, err
		})
}

func toFall(x qualification.ChannelFall) ChannelFall {
	return ChannelFall{x.Partner, x.PartnerName, x.Granted, x.Day, x.Before, x.After,
		each(x.Lines, func(l program.LineTurn) turnLine { return turnLine(l) }),
		each(x.Causes, func(c qualification.FallCause) turnCause { return toCause(c.Cause, c.Name) })}
}

// byLevel names counts by level; none is the first, when it is counted.
func byLevel(v *program.Version, counts []int64, none bool) map[string]int64 {
	out := map[string]int64{}
	if none {
		out["none"] = counts[0]
	}
	for i, l := range v.Levels {
		out[l.ID] = counts[i+1]
	}
	return out
}
