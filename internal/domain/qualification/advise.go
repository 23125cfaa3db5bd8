package qualification

import (
	"context"
	"fmt"
	"slices"
	"time"

	"hanse/internal/domain/program"
	"hanse/internal/kit/actor"
	"hanse/internal/kit/calendar"
	"hanse/internal/kit/fault"
	"hanse/internal/kit/i18n"
)

// A Prospect is what questions about the future are asked of: a partner's facts as they are known at an instant, and
// the version that they are compared with.
type Prospect struct {
	Version  *program.Version
	Facts    *program.Facts
	Day      calendar.Day // of the instant
	Eligible bool
	Why      i18n.Msg // why the partner may not apply at all
}

// Name is a person's name on the roster.
func (p *Prospect) Name(person string) string {
	if x, ok := p.Facts.Person(person); ok && x.Name != "" {
		return x.Name
	}
	return person
}

// prospect reads it. The partner itself and the vendor's staff may.
func (s *Service) prospect(ctx context.Context, by actor.Actor, partner, ref string, at time.Time) (Prospect, error) {
	if err := s.mayRead(ctx, by, actor.ViewEvaluation, partner); err != nil {
		return Prospect{}, err
	}
	at = s.now(at)
	v, err := s.specFor(ref, at)
	if err != nil {
		return Prospect{}, err
	}
	f, err := s.gather(ctx, s.db.Read(), partner, at)
	if err != nil {
		return Prospect{}, err
	}
	p := Prospect{Version: v, Facts: f, Day: calendar.DayOf(at)}
	p.Eligible, p.Why = v.Eligible(f)
	return p, nil
}

// An AdviceAsk says which plan is wanted.
type AdviceAsk struct {
	Level   string          // "" = the lowest that isn't reached, or the top
	Track   string          // "" = whichever is best
	Ready   calendar.Day    // the day by which it should be reached; None = as early as the plan allows
	Purpose program.Purpose // "" = apply
}

// Advised is the advice, with what it was made from.
type Advised struct {
	Prospect
	Ask    AdviceAsk // with level and purpose filled in
	Now    program.Evaluation
	Advice program.Advice
}

// otherPlans is how many plans beside the best one are looked for.
const otherPlans = 3

// Advice finds the cheapest plan by which a partner reaches a level of a version, as of an instant (zero = now), and
// some others. The partner itself and the vendor's staff may. Invalid when level or track is none of the version, or
// the day lies before the instant.
func (s *Service) Advice(ctx context.Context, by actor.Actor, partner, ref string, at time.Time, ask AdviceAsk) (Advised, error) {
	p, err := s.prospect(ctx, by, partner, ref, at)
	if err != nil {
		return Advised{}, err
	}
	if ask.Purpose == "" {
		ask.Purpose = program.Apply
	}
	a := Advised{Prospect: p, Now: program.Evaluate(p.Version, p.Facts, p.Day.Time(), ask.Purpose)}
	if ask.Level == "" {
		ask.Level = lowestOpen(&a.Now)
	}
	a.Ask = ask
	if err := ask.check(&p); err != nil {
		return a, err
	}
	a.Advice = program.Advise(p.Version, p.Facts, program.Question{Level: ask.Level, Track: ask.Track, From: p.Day,
		Ready: ask.Ready, Purpose: ask.Purpose, Alternatives: otherPlans})
	return a, nil
}

// lowestOpen is the lowest level that isn't met, or the top.
func lowestOpen(e *program.Evaluation) string {
	for _, l := range e.Levels {
		if !l.Met {
			return l.Level
		}
	}
	return e.Levels[len(e.Levels)-1].Level
}

func (a AdviceAsk) check(p *Prospect) error {
	var fs fault.Fields
	if _, ok := p.Version.Level(a.Level); !ok {
		fs.Add("level", a.Level, i18n.M("forecast.error.level"))
	}
	known := func(t program.Track) bool { return t.ID == a.Track }
	if a.Track != "" && !slices.ContainsFunc(p.Version.AllTracks(), known) {
		fs.Add("track", a.Track, i18n.M("forecast.error.track"))
	}
	if a.Purpose != program.Apply && a.Purpose != program.Hold {
		fs.Add("for", string(a.Purpose), i18n.M("forecast.error.purpose"))
	}
	if !a.Ready.IsNone() && a.Ready < p.Day {
		fs.Add("ready", a.Ready.String(), i18n.M("forecast.error.past", i18n.A{"day": p.Day.String()}))
	}
	return fs.Err()
}

// Forecasted is how a partner stands over time, if nothing is added.
type Forecasted struct {
	Prospect
	Outlook program.Outlook
}

// The length of a forecast.
const (
	ForecastMonths = 12
	mostMonths     = 60
)

// Forecast walks from an instant (zero = now) so many months ahead (0 = 12). The partner itself and the vendor's
// staff may.
func (s *Service) Forecast(ctx context.Context, by actor.Actor, partner, ref string, at time.Time, months int, purpose program.Purpose) (Forecasted, error) {
	p, err := s.prospect(ctx, by, partner, ref, at)
	if err != nil {
		return Forecasted{}, err
	}
	to, err := p.horizon(months)
	if err != nil {
		return Forecasted{}, err
	}
	return Forecasted{p, program.Forecast(p.Version, p.Facts, p.Day, to, purpose)}, nil
}

func (p *Prospect) horizon(months int) (calendar.Day, error) {
	if months == 0 {
		months = ForecastMonths
	}
	if months < 1 || months > mostMonths {
		return calendar.None, fault.Invalid("months", i18n.M("forecast.error.months", i18n.A{"most": mostMonths}))
	}
	return p.Day.AddMonths(months), nil
}

// Supposed is a forecast beside the one that would hold if some things happened.
type Supposed struct {
	Forecasted
	Events []program.Event
	After  program.Outlook
}

// mostEvents is how many things may be supposed at once.
const mostEvents = 20

// WhatIf compares the forecast with the one that would hold if things happened: somebody leaves, an exam is passed, a
// binding is confirmed. Nothing is stored. The partner itself and the vendor's staff may. Invalid names every event
// that can't be, as events.N.person, .code, .day.
func (s *Service) WhatIf(ctx context.Context, by actor.Actor, partner, ref string, at time.Time, months int, purpose program.Purpose, events []program.Event) (Supposed, error) {
	f, err := s.Forecast(ctx, by, partner, ref, at, months, purpose)
	if err != nil {
		return Supposed{}, err
	}
	out := Supposed{Forecasted: f, Events: events, After: f.Outlook}
	if err := f.checkEvents(events); err != nil {
		return out, err
	}
	facts := program.Suppose(f.Version, f.Facts, events...)
	out.After = program.Forecast(f.Version, facts, f.Day, f.Outlook.To, purpose)
	return out, nil
}

// checkEvents refuses every event that can't be, at once.
func (p *Prospect) checkEvents(events []program.Event) error {
	if len(events) > mostEvents {
		return fault.Invalid("events", i18n.M("forecast.error.events", i18n.A{"most": mostEvents}))
	}
	var fs fault.Fields
	for i, e := range events {
		at := func(field string) string { return fmt.Sprintf("events.%d.%s", i, field) }
		who, ok := p.Facts.Person(e.Person)
		if !ok {
			fs.Add(at("person"), e.Person, i18n.M("forecast.error.person"))
		} else if !who.LeftOn.IsNone() && who.LeftOn <= e.Day {
			fs.Add(at("person"), e.Person, i18n.M("forecast.error.gone", i18n.A{"day": who.LeftOn.String()}))
		}
		if !slices.Contains([]program.EventKind{program.SupposeLeave, program.SupposePass, program.SupposeConfirm}, e.Kind) {
			fs.Add(at("kind"), string(e.Kind), i18n.M("forecast.error.kind"))
		}
		if t, ok := p.Version.Catalogue().Find(e.Code); e.Kind == program.SupposePass && (!ok || t.Code != e.Code) {
			fs.Add(at("code"), e.Code, i18n.M("forecast.error.code"))
		}
		if e.Day.IsNone() || e.Day < p.Day {
			fs.Add(at("day"), e.Day.String(), i18n.M("forecast.error.past", i18n.A{"day": p.Day.String()}))
		}
	}
	return fs.Err()
}

// A StandingAt is one program on the overview as of another instant.
type StandingAt struct {
	Version *program.Version // in force at the instant
	Held    []string         // the levels that were granted, lowest first
	Hold    program.Evaluation
	Apply   program.Evaluation
}

// OverviewAt shows a partner in every program as of an instant: what it held, what it would have kept and what an
// application would have reached, by the facts of the instant. The partner itself and the vendor's staff may.
func (s *Service) OverviewAt(ctx context.Context, by actor.Actor, partner string, at time.Time) ([]StandingAt, error) {
	if err := s.mayRead(ctx, by, actor.ViewEvaluation, partner); err != nil {
		return nil, err
	}
	f, err := s.gather(ctx, s.db.Read(), partner, at)
	if err != nil {
		return nil, err
	}
	var out []StandingAt
	for _, id := range s.Programs() {
		v, err := s.Current(id, at)
		if err != nil {
			continue // none of its versions was in force
		}
		x := StandingAt{Version: v, Hold: program.Evaluate(v, f, at, program.Hold), Apply: program.Evaluate(v, f, at, program.Apply)}
		for _, l := range v.Levels {
			held := func(h program.Holding) bool {
				return h.Program == id && h.Level == l.ID && h.From <= calendar.DayOf(at) && (h.Until.IsNone() || calendar.DayOf(at) <= h.Until)
			}
			if slices.ContainsFunc(f.Holdings, held) {
				x.Held = append(x.Held, l.ID)
			}
		}
		out = append(out, x)
	}
	return out, nil
}

// StatusAt is the status that a qualification had, or will have, on a day: "" before it began. What ended it, or
// suspended it, counts from its own day on.
func (q Qualification) StatusAt(v *program.Version, day calendar.Day) Status {
	if day < q.ValidFrom {
		return ""
	}
	if day < calendar.DayOf(q.StateAt) {
		q.State = Valid
	}
	return q.Status(v, day)
}
