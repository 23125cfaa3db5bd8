package simulation

import (
	"context"
	"maps"
	"slices"
	"time"

	"hanse/internal/domain/program"
	"hanse/internal/domain/qualification"
	"hanse/internal/kit/calendar"
	"hanse/internal/kit/i18n"
)

// An Effect is what a new version does to a partner.
type Effect string

// The effects.
const (
	Gain Effect = "gain"
	Lose Effect = "lose"
	Stay Effect = "stay"
)

// Label names an effect.
func (e Effect) Label() i18n.Msg {
	switch e {
	case Gain:
		return i18n.M("simulation.effect.gain")
	case Lose:
		return i18n.M("simulation.effect.lose")
	}
	return i18n.M("simulation.effect.stay")
}

// EligibilityLine is the deciding line of a partner that may not apply at all.
const EligibilityLine = "eligibility"

// An Outcome is one partner under both versions.
type Outcome struct {
	Account  string
	Name     string
	Effect   Effect
	OldLevel string // "" = none
	NewLevel string
	// Line decides: of who loses, the first unmet line of the level it had; of who gains, the line of the old version
	// that stood in its way; of who stays, the line of the new version that keeps it from the next level. "" = none.
	Line string
	Held string // the level of a running qualification; "" = none
}

// Counts are a simulation in figures.
type Counts struct {
	Gain     int64                       `json:"gain"`
	Lose     int64                       `json:"lose"`
	Stay     int64                       `json:"stay"`
	HeldGain int64                       `json:"held_gain"` // of those, who hold a qualification of the program
	HeldLose int64                       `json:"held_lose"`
	HeldStay int64                       `json:"held_stay"`
	Old      map[string]int64            `json:"old"` // partners by level, "" = none
	New      map[string]int64            `json:"new"`
	Moves    map[string]int64            `json:"moves"` // by OLD>NEW, only where they differ
	Lines    map[Effect]map[string]int64 `json:"lines"` // partners by the line that decides
}

// Partners is how many were looked at.
func (c Counts) Partners() int64 { return c.Gain + c.Lose + c.Stay }

func newCounts() Counts {
	return Counts{Old: map[string]int64{}, New: map[string]int64{}, Moves: map[string]int64{},
		Lines: map[Effect]map[string]int64{Gain: {}, Lose: {}, Stay: {}}}
}

// clone lets a transaction that runs again start from the same figures.
func (c Counts) clone() Counts {
	c.Old, c.New, c.Moves = maps.Clone(c.Old), maps.Clone(c.New), maps.Clone(c.Moves)
	lines := map[Effect]map[string]int64{}
	for e, m := range c.Lines {
		lines[e] = maps.Clone(m)
	}
	c.Lines = lines
	return c
}

func (c *Counts) add(o *Outcome) {
	all, held := &c.Stay, &c.HeldStay
	switch o.Effect {
	case Gain:
		all, held = &c.Gain, &c.HeldGain
	case Lose:
		all, held = &c.Lose, &c.HeldLose
	}
	*all++
	if o.Held != "" {
		*held++
	}
	c.Old[o.OldLevel]++
	c.New[o.NewLevel]++
	if o.OldLevel != o.NewLevel {
		c.Moves[o.OldLevel+">"+o.NewLevel]++
	}
	if o.Line != "" {
		c.Lines[o.Effect][o.Line]++
	}
}

// A question is what a pass answers.
type question struct {
	old, new *program.Parsed
	at       time.Time
	purpose  program.Purpose
}

// compareLevels orders a level of the old version and one of the new: by their place in the new version, and a level
// that the new version dropped by its place in the old.
func (x *question) compareLevels(old, new string) int {
	place := func(level string) int {
		if i := x.new.Version.LevelIndex(level); i >= 0 || level == "" {
			return i
		}
		return x.old.Version.LevelIndex(level)
	}
	return place(new) - place(old)
}

// pass evaluates all partners after one (""=all) under both versions and hands their outcomes on, in batches and in
// the order of their ids, one after the other, from a goroutine of its own.
func (s *Service) pass(ctx context.Context, x question, after string, use func([]Outcome) error) error {
	lib, problems := program.NewLibrary(s.catalogue(), x.old, x.new)
	if len(problems) > 0 {
		return problems
	}
	// A batch is judged and used while the next one is read.
	var working chan error
	worked := func() error {
		if working == nil {
			return nil
		}
		err := <-working
		working = nil
		return err
	}
	err := s.q.ReadFleet(ctx, s.db.Read(), lib, x.at, after, func(b *qualification.FleetBatch) error {
		if err := worked(); err != nil {
			return err
		}
		mine := qualification.FleetBatch{Fleet: b.Fleet, Partners: slices.Clone(b.Partners)}
		done := make(chan error, 1)
		working = done
		go func() { done <- s.judge(ctx, x, &mine, use) }()
		return nil
	})
	if late := worked(); err == nil {
		err = late
	}
	return err
}

// judge evaluates a batch and hands its outcomes on.
func (s *Service) judge(ctx context.Context, x question, b *qualification.FleetBatch, use func([]Outcome) error) error {
	held, err := s.q.HoldersBetween(ctx, s.db.Read(), x.new.Version, b.Partners[0].ID, b.Partners[len(b.Partners)-1].ID)
	if err != nil {
		return err
	}
	out := make([]Outcome, len(b.Partners))
	x.judge(b, held, out)
	return use(out)
}

// judge fills the outcomes of a batch.
func (x *question) judge(b *qualification.FleetBatch, held map[string]string, out []Outcome) {
	sides := [2]side{newSide(b.Fleet, x.old.Version, x.purpose), newSide(b.Fleet, x.new.Version, x.purpose)}
	b.Fleet.Evaluate(calendar.DayOf(x.at), x.purpose, 0, func(i int, r *program.Result) {
		p := &b.Partners[i]
		before, after := sides[0].level(p, r), sides[1].level(p, r)
		o := Outcome{Account: p.ID, Name: p.Name, Effect: Stay, OldLevel: before, NewLevel: after, Held: held[p.ID]}
		switch n := x.compareLevels(before, after); {
		case n < 0:
			o.Effect, o.Line = Lose, sides[1].line(p, r, before)
		case n > 0:
			o.Effect, o.Line = Gain, sides[0].line(p, r, after)
		default:
			o.Line = sides[1].line(p, r, "")
		}
		out[i] = o
	})
}

// A side reads a fleet's results of one of the two versions.
type side struct {
	v       *program.Version
	index   int
	chart   program.Chart
	applies bool // who may not apply at all reaches nothing
}

func newSide(f *program.Fleet, v *program.Version, purpose program.Purpose) side {
	s := side{v: v, applies: purpose == program.Apply}
	for i, x := range f.Versions() {
		if x == v {
			s.index = i
		}
	}
	s.chart = f.Chart(s.index)
	return s
}

func (s *side) eligible(p *qualification.Partner) bool {
	if !s.applies {
		return true
	}
	ok, _ := s.v.Eligible(&program.Facts{Market: p.Market, ChannelKinds: p.Channels})
	return ok
}

func (s *side) level(p *qualification.Partner, r *program.Result) string {
	if best := r.Best[s.index]; best >= 0 && s.eligible(p) {
		return s.v.Levels[best].ID
	}
	return ""
}

// line is what keeps a partner from a level of this version; of a level that it doesn't have, or none, from the
// lowest that isn't met.
func (s *side) line(p *qualification.Partner, r *program.Result, level string) string {
	if !s.eligible(p) {
		return EligibilityLine
	}
	if i := s.v.LevelIndex(level); i >= 0 {
		_, line := s.chart.Level(r, i)
		return line
	}
	_, line := s.chart.Next(r)
	return line
}
