package program

import "math/bits"

// A Chart knows which lines each level of a version asks in each track, to read the bits of a fleet's results as
// Evaluate would say them.
type Chart struct {
	v      *Version
	first  int // of the version's stages in a fleet's result
	tracks int
	asked  []uint64 // by level, then track
}

// Chart is the chart of one of the fleet's versions.
func (f *Fleet) Chart(version int) Chart {
	v := f.versions[version].v
	tracks := v.AllTracks()
	c := Chart{v: v, first: f.Stage(version, 0, 0), tracks: len(tracks)}
	for _, l := range v.Levels {
		for _, t := range tracks {
			var asked uint64
			for i := range v.Lines {
				if _, need := v.Lines[i].Need[l.ID]; need && v.Lines[i].In(t.ID) {
					asked |= 1 << i
				}
			}
			c.asked = append(c.asked, asked)
		}
	}
	return c
}

// Next is the lowest level that isn't met and the line that decides it; both are empty when every level is met.
func (c Chart) Next(x *Result) (level, line string) {
	for l := range c.v.Levels {
		if met, line := c.Level(x, l); !met {
			return c.v.Levels[l].ID, line
		}
	}
	return "", ""
}

// Level tells whether a level, by its index, is met, and if not the first unmet line of its nearest track.
func (c Chart) Level(x *Result, level int) (met bool, line string) {
	var nearest uint64
	for t := range c.tracks {
		i := level*c.tracks + t
		unmet := c.asked[i] &^ x.Met[c.first+i]
		if unmet == 0 && c.asked[i] != 0 {
			return true, ""
		}
		if t == 0 || bits.OnesCount64(unmet) < bits.OnesCount64(nearest) {
			nearest = unmet
		}
	}
	if nearest != 0 {
		line = c.v.Lines[bits.TrailingZeros64(nearest)].ID
	}
	return false, line
}
