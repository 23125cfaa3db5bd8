package qualification

import (
	"context"
	"errors"
	"sync"
	"time"

	"hanse/internal/domain/program"
	"hanse/internal/kit/actor"
	"hanse/internal/kit/calendar"
	"hanse/internal/kit/fault"
	"hanse/internal/kit/i18n"
)

// A ChannelOutlook is how the whole channel stands in a version over time, by computation, if nothing is added.
type ChannelOutlook struct {
	Version  *program.Version
	From, To calendar.Day
	Partners int64
	Now      []int64 // partners by level on From: [0] = none, then the version's levels
	Months   []ChannelMonth
	At       time.Time // when it was computed (wall clock)
}

// A ChannelMonth is one month of it.
type ChannelMonth struct {
	First    calendar.Day // first day of the month, or of the forecast
	Lost     []int64      // partners that fall from each level: [0] is not used
	Won      []int64      // partners that rise to each level
	End      []int64      // partners by level on the last day
	Expiries int64        // falls on a day on which a certificate of theirs had ended
	Leaves   int64        // falls on a day on which somebody left
	Granted  int64        // falls below the level that was granted
}

// Falls are all falls of the month.
func (m *ChannelMonth) Falls() (n int64) {
	for _, x := range m.Lost {
		n += x
	}
	return n
}

// Falls are all falls.
func (o *ChannelOutlook) Falls() (n int64) {
	for i := range o.Months {
		n += o.Months[i].Falls()
	}
	return n
}

// month is the month of a day, by its place.
func (o *ChannelOutlook) month(d calendar.Day) int {
	i := 0
	for i+1 < len(o.Months) && o.Months[i+1].First <= d {
		i++
	}
	return i
}

// ChannelForecast walks the whole channel from an instant (zero = now) so many months ahead (0 = 12). Rosters stream
// by, so that memory doesn't grow with the channel; a long pass is remembered for some minutes. The vendor's staff may.
func (s *Service) ChannelForecast(ctx context.Context, by actor.Actor, ref string, at time.Time, months int) (ChannelOutlook, error) {
	v, day, to, err := s.channelAsk(by, ref, at, months)
	if err != nil {
		return ChannelOutlook{}, err
	}
	at, key := s.now(at), outlookKey{v.Ref(), day, to}
	began := s.db.Clock().Wall()
	if o, ok := s.outlooks.get(key, began); ok {
		return o, nil
	}
	o := newChannelOutlook(v, day, to)
	var mu sync.Mutex
	err = s.eachStanding(ctx, v, at, to, func(x *program.Standing) {
		mu.Lock()
		defer mu.Unlock()
		o.add(x)
	})
	if err != nil {
		return o, err
	}
	o.close()
	o.At = s.db.Clock().Wall()
	if o.At.Sub(began) > time.Second {
		s.outlooks.put(key, o)
	}
	return o, nil
}

func (s *Service) channelAsk(by actor.Actor, ref string, at time.Time, months int) (v *program.Version, from, to calendar.Day, err error) {
	if v, err = s.vendorSpec(by, ref); err != nil {
		return nil, 0, 0, err
	}
	p := Prospect{Day: calendar.DayOf(s.now(at))}
	to, err = p.horizon(months)
	return v, p.Day, to, err
}

// eachStanding walks all partners from the day of an instant to a day, several at once.
func (s *Service) eachStanding(ctx context.Context, v *program.Version, at time.Time, to calendar.Day, use func(*program.Standing)) error {
	only, ok := s.stand().all.Only(v.Ref())
	if !ok {
		return fault.NotFound()
	}
	return s.ReadFleet(ctx, s.db.Read(), only, at, "", func(b *FleetBatch) error {
		b.Fleet.Standings(0, calendar.DayOf(at), to, 0, func(_ int, x *program.Standing) { use(x) })
		return nil
	})
}

func newChannelOutlook(v *program.Version, from, to calendar.Day) ChannelOutlook {
	levels := len(v.Levels) + 1
	o := ChannelOutlook{Version: v, From: from, To: to, Now: make([]int64, levels)}
	for d := from; d <= to; d = nextMonth(d) {
		o.Months = append(o.Months, ChannelMonth{First: d, Lost: make([]int64, levels), Won: make([]int64, levels), End: make([]int64, levels)})
	}
	return o
}

// nextMonth is the first day of the month after a day's.
func nextMonth(d calendar.Day) calendar.Day { return d.MonthEnd() + 1 }

// add counts one partner.
func (o *ChannelOutlook) add(x *program.Standing) {
	o.Partners++
	o.Now[x.Start+1]++
	for _, t := range x.Shifts {
		m := &o.Months[o.month(t.Day)]
		m.End[t.Before+1]--
		m.End[t.After+1]++
		if t.After > t.Before {
			m.Won[t.After+1]++
			continue
		}
		m.Lost[t.Before+1]++
		switch {
		case t.Expiries > 0:
			m.Expiries++
		case t.Leaves > 0:
			m.Leaves++
		}
		if t.After < x.Granted && t.Before >= x.Granted {
			m.Granted++
		}
	}
}

// close sums the months' changes up to standings.
func (o *ChannelOutlook) close() {
	before := o.Now
	for i := range o.Months {
		for l := range before {
			o.Months[i].End[l] += before[l]
		}
		before = o.Months[i].End
	}
}

// A ChannelFall is a partner that falls from a level.
type ChannelFall struct {
	Partner     string
	PartnerName string
	Granted     string // the level granted now; "" = none
	Day         calendar.Day
	Before      string
	After       string // "" = none
	Causes      []FallCause
	Lines       []program.LineTurn // of the level that is lost
}

// A FallCause is a cause with the name of its person.
type FallCause struct {
	program.Cause
	Name string
}

// A FallFilter narrows the list of falls. After is the cursor.
type FallFilter struct {
	Ref    string
	At     time.Time    // zero = now
	Months int          // 0 = 12
	Month  calendar.Day // any day of the month meant; None = all
	Level  string       // that is lost; "" = any
	After  string
	Limit  int
}

// ChannelFalls lists who falls from a level, by partner: the next one and, with a month, the first in it, with the
// facts that cause it. The vendor's staff may.
func (s *Service) ChannelFalls(ctx context.Context, by actor.Actor, f FallFilter) ([]ChannelFall, string, error) {
	v, from, to, err := s.channelAsk(by, f.Ref, f.At, f.Months)
	if err != nil {
		return nil, "", err
	}
	if f.Level != "" && v.LevelIndex(f.Level) < 0 {
		return nil, "", fault.Invalid("level", i18n.M("forecast.error.level"))
	}
	n := limit(f.Limit)
	f.At = s.now(f.At)
	found, err := s.findFalls(ctx, v, from, to, f, n+1)
	if err != nil {
		return nil, "", err
	}
	out, next := page(found, n, func(x ChannelFall) string { return x.Partner })
	for i := range out {
		if err := s.explainFall(ctx, by, v, f.At, &out[i]); err != nil {
			return nil, "", err
		}
	}
	return out, next, nil
}

// findFalls walks the channel until there are enough falls.
func (s *Service) findFalls(ctx context.Context, v *program.Version, from, to calendar.Day, f FallFilter, enough int) ([]ChannelFall, error) {
	only, ok := s.stand().all.Only(v.Ref())
	if !ok {
		return nil, fault.NotFound()
	}
	var out []ChannelFall
	err := s.ReadFleet(ctx, s.db.Read(), only, f.At, f.After, func(b *FleetBatch) error {
		// Each partner writes its own place, so that the order of ids stays whatever the order of work.
		falls := make([]*ChannelFall, len(b.Partners))
		b.Fleet.Standings(0, from, to, 0, func(i int, x *program.Standing) { falls[i] = f.first(v, x) })
		for i, x := range falls {
			if x == nil {
				continue
			}
			x.Partner, x.PartnerName = b.Partners[i].ID, b.Partners[i].Name
			if out = append(out, *x); len(out) == enough {
				return errStopped
			}
		}
		return nil
	})
	if errors.Is(err, errStopped) {
		err = nil
	}
	return out, err
}

// first is the first fall of a standing that the filter lets pass.
func (f FallFilter) first(v *program.Version, x *program.Standing) *ChannelFall {
	id := func(level int8) string {
		if level < 0 {
			return ""
		}
		return v.Levels[level].ID
	}
	for _, t := range x.Shifts {
		if t.After >= t.Before || f.Level != "" && id(t.Before) != f.Level || !f.Month.IsNone() && nextMonth(t.Day) != nextMonth(f.Month) {
			continue
		}
		return &ChannelFall{Granted: id(x.Granted), Day: t.Day, Before: id(t.Before), After: id(t.After)}
	}
	return nil
}

// explainFall reads the partner's facts and says what causes a fall.
func (s *Service) explainFall(ctx context.Context, by actor.Actor, v *program.Version, at time.Time, x *ChannelFall) error {
	p, err := s.prospect(ctx, by, x.Partner, v.Ref(), at)
	if err != nil {
		return err
	}
	for _, t := range program.Forecast(v, p.Facts, p.Day, x.Day, program.Hold).Turns {
		if t.Day != x.Day {
			continue
		}
		for _, c := range t.Causes {
			x.Causes = append(x.Causes, FallCause{c, p.Name(c.Person)})
		}
		for _, l := range t.Lines {
			if l.Level == x.Before && l.Lost() {
				x.Lines = append(x.Lines, l)
			}
		}
	}
	return nil
}

// outlooks remembers the forecasts of a large channel.
type outlooks struct {
	mu   sync.Mutex
	kept map[outlookKey]ChannelOutlook
}

type outlookKey struct {
	ref      string
	from, to calendar.Day
}

// How long and how many are remembered.
const (
	outlookLife  = 10 * time.Minute
	mostOutlooks = 8
)

func (c *outlooks) get(k outlookKey, now time.Time) (ChannelOutlook, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	o, ok := c.kept[k]
	return o, ok && now.Sub(o.At) < outlookLife
}

func (c *outlooks) put(k outlookKey, o ChannelOutlook) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.kept == nil || len(c.kept) >= mostOutlooks {
		c.kept = map[outlookKey]ChannelOutlook{}
	}
	c.kept[k] = o
}
