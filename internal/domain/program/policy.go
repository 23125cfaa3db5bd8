package program

import (
	"fmt"
	"slices"
	"strconv"

	"hanse/internal/kit/i18n"
)

// A PolicyRow is a line as the policy table shows it.
type PolicyRow struct {
	Line  *Line
	Cells []i18n.Msg // one per level, lowest first; zero: not asked
}

// AllTracks are the version's tracks; a version without alternatives has one,
// main.
func (v *Version) AllTracks() []Track { return slices.Clone(v.plan.tracks) }

// PolicyOf is the rendered policy of a track: its lines in the program's order,
// with what each level asks.
func (v *Version) PolicyOf(track string) []PolicyRow {
	var rows []PolicyRow
	for i := range v.Lines {
		l := &v.Lines[i]
		if l.In(track) {
			rows = append(rows, PolicyRow{l, v.cells(l)})
		}
	}
	return rows
}

// cells are a line's values, level by level.
func (v *Version) cells(l *Line) []i18n.Msg {
	cells := make([]i18n.Msg, len(v.Levels))
	for i, level := range v.Levels {
		if n, ok := l.Need[level.ID]; ok {
			cells[i] = l.needText(n)
		}
	}
	return cells
}

// needText is a need in words.
func (l *Line) needText(n Need) i18n.Msg {
	switch l.Ask.(type) {
	case *HotlineHours:
		return hotlineText(n.Word)
	case *IssueTracking:
		return trackingText(n.Word)
	case *Laboratory:
		return gearText(n.Gear)
	}
	if l.form() == yesNeed {
		return i18n.M("program.need.yes")
	}
	return i18n.Raw(strconv.Itoa(n.Count))
}

// EvidenceFor is what an application for a level by a track must carry.
func (v *Version) EvidenceFor(level, track string) []EvidenceAsk {
	asked := v.plan.asked(level, track)
	var out []EvidenceAsk
	for _, e := range v.Evidence {
		if len(e.Lines) == 0 || slices.ContainsFunc(asked, func(l *Line) bool { return slices.Contains(e.Lines, l.ID) }) {
			out = append(out, e)
		}
	}
	return out
}

// BenefitsOf are the texts of a level's benefits, those of lower levels first.
func (v *Version) BenefitsOf(level string) []Text {
	rank := v.LevelIndex(level)
	var out []Text
	for i := range min(rank+1, len(v.Levels)) {
		for _, b := range v.Benefits {
			if b.Level == v.Levels[i].ID {
				out = append(out, b.Text)
			}
		}
	}
	return out
}

// A Change is a difference between two versions in one line and level.
type Change struct {
	Line  string
	Title Text
	Level string
	From  i18n.Msg // zero: was not asked
	To    i18n.Msg // zero: is not asked any more
	What  i18n.Msg // set when what counts has changed rather than how much
}

// Difference lists what a newer version changes for the levels it has, in its
// order of lines; dropped lines last.
func Difference(old, new *Version) []Change {
	var out []Change
	for i := range new.Lines {
		out = append(out, lineChanges(old, new, &new.Lines[i])...)
	}
	for i := range old.Lines {
		l := &old.Lines[i]
		if _, kept := new.Line(l.ID); kept {
			continue
		}
		for _, level := range old.Levels {
			if n, asked := l.Need[level.ID]; asked {
				out = append(out, Change{Line: l.ID, Title: l.Title, Level: level.ID, From: l.needText(n)})
			}
		}
	}
	return out
}

// lineChanges compares a line of the newer version with the line of the same id
// before.
func lineChanges(old, new *Version, l *Line) []Change {
	var out []Change
	before, existed := old.Line(l.ID)
	for _, level := range new.Levels {
		c := Change{Line: l.ID, Title: l.Title, Level: level.ID}
		n, asks := l.Need[level.ID]
		if asks {
			c.To = l.needText(n)
		}
		if existed {
			if was, asked := before.Need[level.ID]; asked {
				c.From = before.needText(was)
			}
		}
		same := i18n.Text(i18n.English, c.From) == i18n.Text(i18n.English, c.To)
		if same && existed && asks && old.counted(before) != new.counted(l) {
			c.What, same = i18n.M("program.change.counting"), false
		}
		if !same {
			out = append(out, c)
		}
	}
	return out
}

// counted is what a line counts, in a form that compares.
func (v *Version) counted(l *Line) string {
	return fmt.Sprintf("%s %+v %v", l.Kind, l.Ask, v.plan.accepts[l.ID])
}
