package program

import (
	"math/bits"

	"hanse/internal/kit/calendar"
)

// A compiled version answers for packed facts what Evaluate answers for facts,
// as bits. Each thing that certificates can satisfy has a bit: a line of
// certified staff, a type of a certificate-types line, the list of all.
type compiled struct {
	v       *Version
	satisfy []uint64 // by Code: bits that a counting certificate sets for its holder
	listed  uint64   // the bit of "some line accepts it"
	manages uint64   // the bit of an appointed project manager
	stages  []stage  // level by level, lowest first, and in it track by track
	tracks  int
}

// A stage is one track of one level.
type stage struct {
	groups []group
	papers []papers
	checks []check
	asked  uint64 // bits of the asked lines, by their index in Version.Lines
}

// A group is lines of certified staff that share persons, from the highest rung
// down.
type group struct {
	bits [maxLines]uint8 // bit in a person's mask
	line [maxLines]uint8 // index in Version.Lines
	want [maxLines]int32
	n    int
}

// A papers group is lines that count certificates, those that share them, from
// the highest rung down.
type papers struct {
	masks []uint16 // by Code: the lines that accept it, as bits
	line  [maxLines]uint8
	want  [maxLines]int32
	n     int
}

// A check is any other line.
type check struct {
	tally tally
	line  uint8
	kind  uint8
	need  int32
	bits  uint64 // types: the bits of its types; persons, managers: the bits they must have, or 0
	lab   [6]uint16
	min   int64
	max   int64
	years int
}

// The kinds of check.
const (
	checkTypes uint8 = iota
	checkPersons
	checkNamed
	checkManager
	checkEmail
	checkHotline
	checkTracking
	checkCredits
	checkEvents
	checkProjects
	checkLaboratory
	checkTally
)

// maxBits is how many bits a version may use, and so how many lines a fleet's
// version may have.
const maxBits = 64

// compile translates a version; ok is false when it asks for more than the bits
// of a word.
func compile(v *Version) (*compiled, bool) {
	c := &compiled{v: v, satisfy: make([]uint64, len(v.plan.cat.Certificates)+1), tracks: len(v.plan.tracks)}
	next := 0
	bit := func(accepts ranks) uint64 {
		b := uint64(1) << (next & 63)
		next++
		for code := range accepts {
			c.satisfy[v.plan.cat.Code([]byte(code))] |= b
		}
		return b
	}
	c.listed, c.manages = bit(v.plan.listed), bit(nil)
	lines := map[string]uint64{}
	for i := range v.Lines {
		switch k := v.Lines[i].Ask.(type) {
		case *Certified:
			lines[v.Lines[i].ID] = bit(v.plan.accepts[v.Lines[i].ID])
		case *Managers:
			lines[v.Lines[i].ID] = bit(v.plan.accepts[v.Lines[i].ID]) | c.manages
		case *CertificateTypes:
			for _, code := range k.Types {
				lines[v.Lines[i].ID] |= bit(k.accepts(v, code))
			}
		}
	}
	c.satisfy[0] = 0
	for _, level := range v.Levels {
		for _, track := range v.plan.tracks {
			c.stages = append(c.stages, c.stage(level.ID, track.ID, lines))
		}
	}
	return c, next <= maxBits && len(v.Lines) <= maxBits
}

// stage translates what one track of one level asks.
func (c *compiled) stage(level, track string, lineBits map[string]uint64) stage {
	var s stage
	asked := c.v.plan.asked(level, track)
	for _, lines := range c.v.plan.groups(asked) {
		g := group{n: len(lines)}
		for i, l := range lines {
			g.bits[i] = uint8(bits.TrailingZeros64(lineBits[l.ID]))
			g.line[i], g.want[i] = uint8(c.index(l)), int32(l.Need[level].Count)
		}
		s.groups = append(s.groups, g)
	}
	for _, lines := range c.v.plan.certificateGroups(asked) {
		s.papers = append(s.papers, c.papers(level, lines))
	}
	for _, l := range asked {
		s.asked |= 1 << c.index(l)
		if k, ok := newCheck(l, l.Need[level], lineBits[l.ID], c.listed); ok {
			k.line = uint8(c.index(l))
			s.checks = append(s.checks, k)
		}
	}
	return s
}

// papers translates a group of lines that count certificates.
func (c *compiled) papers(level string, lines []*Line) papers {
	g := papers{masks: make([]uint16, len(c.satisfy)), n: len(lines)}
	for i, l := range lines {
		g.line[i], g.want[i] = uint8(c.index(l)), int32(l.Need[level].Count)
		for code := range c.v.plan.accepts[l.ID] {
			g.masks[c.v.plan.cat.Code([]byte(code))] |= 1 << i
		}
	}
	g.masks[0] = 0
	return g
}

// index is a line's place in the version, and its bit in results.
func (c *compiled) index(l *Line) int {
	for i := range c.v.Lines {
		if c.v.Lines[i].ID == l.ID {
			return i
		}
	}
	return -1
}

// newCheck translates a line that needs no matching; ok is false for those that
// do.
func newCheck(l *Line, n Need, lineBits, listed uint64) (check, bool) {
	k := check{need: int32(n.Count), bits: lineBits}
	switch ask := l.Ask.(type) {
	case *Certified, *Certificates:
		return k, false
	case *Managers:
		k.kind = checkPersons
	case tally:
		k.kind, k.tally = checkTally, ask
	case *CertificateTypes:
		k.kind = checkTypes
	case *Persons:
		k.kind = checkPersons
		if ask.Certified {
			k.bits = listed
		}
	case *NamedEngineers:
		k.kind = checkNamed
	case *ServiceManager:
		k.kind = checkManager
	case *ServiceEmail:
		k.kind = checkEmail
	case *HotlineHours:
		k.kind, k.need = checkHotline, int32(hotlineGrades[n.Word])
	case *IssueTracking:
		k.kind, k.need = checkTracking, int32(trackingGrades[n.Word])
	case *Credits:
		k.kind = checkCredits
	case *Events:
		k.kind = checkEvents
	case *Projects:
		k.kind, k.min, k.max, k.years = checkProjects, ask.MinUSD, ask.MaxUSD, ask.Years
	case *Laboratory:
		k.kind = checkLaboratory
		for i, g := range gear {
			k.lab[i] = uint16(n.Gear[g])
		}
	}
	return k, true
}

// lastEnd is the last day that is too early for a certificate to end on.
func (c *compiled) lastEnd(d calendar.Day, purpose Purpose) uint16 {
	if months := c.v.Application.MinRemainingMonths; purpose == Apply && months > 0 {
		return pack16(d.AddMonths(months))
	}
	return pack16(d - 1)
}
