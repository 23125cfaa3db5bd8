package program

import (
	"slices"
	"time"

	"hanse/internal/kit/i18n"
)

// Evaluate compares a version with a partner's facts at an instant. It is a
// pure function: the same arguments give the same result, whatever the order of
// the facts, which it does not change.
func Evaluate(v *Version, f *Facts, at time.Time, purpose Purpose) Evaluation {
	e := Evaluation{Program: v.Program, Version: v.Number, At: at, For: purpose}
	s := newScene(v, f, at, purpose)
	for _, l := range v.Levels {
		r := LevelResult{Level: l.ID}
		for _, t := range v.plan.tracks {
			r.Tracks = append(r.Tracks, s.track(l.ID, t.ID))
		}
		r.Met = slices.ContainsFunc(r.Tracks, func(t TrackResult) bool { return t.Met })
		if r.Met {
			e.BestLevel = l.ID
		} else {
			r.Deciding = r.decide()
		}
		e.Levels = append(e.Levels, r)
	}
	return e
}

// track evaluates the lines of one track of one level.
func (s *scene) track(level, track string) TrackResult {
	lines := s.v.plan.asked(level, track)
	s.staffAll(level, lines)
	r := TrackResult{Track: track, Met: len(lines) > 0, Lines: make([]LineResult, len(lines))}
	for i, l := range lines {
		r.Lines[i] = s.line(l, l.Need[level])
		r.Met = r.Met && r.Lines[i].Met
	}
	return r
}

// line evaluates and explains one line.
func (s *scene) line(l *Line, n Need) LineResult {
	r := l.Ask.evaluate(s, l, n)
	r.ID = l.ID
	for _, x := range r.Slots {
		if !slices.Contains(r.FilledBy, x.Person) {
			r.FilledBy = append(r.FilledBy, x.Person)
		}
	}
	r.Others = s.others(l, n, &r)
	if !r.Met {
		r.Gap = l.Ask.gap(s, l, n, &r)
	}
	return r
}

// staffAll solves the staffing of a track, group by group.
func (s *scene) staffAll(level string, lines []*Line) {
	s.staffed = map[string]staffing{}
	if groups := s.v.plan.groups(lines); len(groups) > 0 {
		persons := s.persons()
		for _, group := range groups {
			s.staff(s.demands(level, group), persons)
		}
	}
	if groups := s.v.plan.certificateGroups(lines); len(groups) > 0 {
		certificates := s.certificates()
		for _, group := range groups {
			s.staff(s.demands(level, group), certificates)
		}
	}
}

// demands are what a level wants of a group's lines.
func (s *scene) demands(level string, group []*Line) []demand {
	var ds []demand
	for _, l := range group {
		ds = append(ds, demand{l, s.v.plan.accepts[l.ID], l.Need[level].Count})
	}
	return ds
}

// decide points to the first unmet line of the nearest track.
func (l *LevelResult) decide() Deciding {
	t := l.Best()
	for _, r := range t.Lines {
		if !r.Met {
			return Deciding{t.Track, r.ID}
		}
	}
	return Deciding{Track: t.Track}
}

// Eligible tells whether the facts' market and channel kinds may apply at all,
// and if not, why.
func (v *Version) Eligible(f *Facts) (bool, i18n.Msg) {
	e := v.Eligibility
	if len(e.Markets) > 0 && !slices.Contains(e.Markets, f.Market) {
		return false, e.Text.Msg()
	}
	if len(e.ChannelKinds) > 0 && !slices.ContainsFunc(f.ChannelKinds, func(k string) bool {
		return slices.Contains(e.ChannelKinds, k)
	}) {
		return false, e.Text.Msg()
	}
	return true, i18n.Msg{}
}
