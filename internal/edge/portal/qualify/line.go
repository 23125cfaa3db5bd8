package qualify

import (
	"cmp"
	"context"
	"slices"
	"strconv"

	"hanse/internal/domain/program"
	"hanse/internal/edge/portal/ui"
	"hanse/internal/kit/calendar"
	"hanse/internal/kit/i18n"
)

// Proof is what the lines of an evaluation are explained with.
type Proof struct {
	Spec   *program.Version
	Name   func(person string) string
	Day    calendar.Day             // as of which validity is coloured
	Base   string                   // of the door, before /people/…; links are left out with NoLinks
	All    string                   // address that shows every candidate; "" = all are shown
	Edit   bool                     // the reader may change what a line asks about
	Note   func(line string) string // a word on a line besides met or not; nil: none
	Prefix string                   // of the lines' ids, when a page has two lists
}

// fewCandidates is how many of those who don't count are shown at first.
const fewCandidates = 8

// Lines are a track's requirements with their proof.
func (p Proof) Lines(ctx context.Context, t *program.TrackResult) []ui.LineView {
	out := make([]ui.LineView, 0, len(t.Lines))
	for i := range t.Lines {
		out = append(out, p.line(ctx, &t.Lines[i]))
	}
	return out
}

func (p Proof) line(ctx context.Context, r *program.LineResult) ui.LineView {
	spec, ok := p.Spec.Line(r.ID)
	if !ok {
		spec = &program.Line{ID: r.ID}
	}
	v := ui.LineView{ID: p.Prefix + r.ID, Label: i18n.Say(ctx, spec.Title.Msg()), Have: i18n.Say(ctx, r.Has), Need: i18n.Say(ctx, r.Needs),
		Share: share(r), Met: r.Met, Close: i18n.Say(ctx, r.Gap)}
	if spec.Help.En != "" {
		v.Sub = i18n.Say(ctx, spec.Help.Msg())
	}
	if n := r.Need - r.Have; !r.Met && r.Need > 1 && n > 0 && r.Have > 0 {
		v.Note = i18n.T(ctx, "qualify.line.togo", i18n.A{"n": n})
	}
	if graded(spec.Kind) {
		grade(ctx, &v, r, plain(spec.Kind))
	}
	p.fills(ctx, &v, spec, r)
	p.misses(ctx, &v, r)
	if v.More == nil && !r.Met && p.Edit {
		v.More = p.place(ctx, spec.Kind)
	}
	if p.Note != nil {
		v.Note = cmp.Or(p.Note(r.ID), v.Note)
	}
	return v
}

// graded tells whether a kind of line asks for a grade rather than for a number.
func graded(kind string) bool {
	return plain(kind) || slices.Contains([]string{"hotline", "issue_tracking", "laboratory"}, kind)
}

// plain tells whether a kind of line asks for a plain yes.
func plain(kind string) bool {
	return slices.Contains([]string{"service_email", "service_manager", "prior", "unrestricted", "attestation"}, kind)
}

// grade says in words what there is and what is asked, where no count does. Of what is asked as a plain yes it's
// enough that it's met or not.
func grade(ctx context.Context, v *ui.LineView, r *program.LineResult, yes bool) {
	has, needs := v.Have, v.Need
	v.Have, v.Need = "", ""
	switch {
	case yes:
	case r.Met:
		v.Note = i18n.T(ctx, "qualify.line.is", i18n.A{"has": has})
	default:
		v.Note = i18n.T(ctx, "qualify.line.needs", i18n.A{"has": has, "needs": needs})
	}
}

func share(r *program.LineResult) float64 {
	if r.Met || r.Need == 0 {
		return 1
	}
	return float64(r.Have) / float64(r.Need)
}

// ofPeople tells whether a kind of line is filled by persons.
func ofPeople(kind string) bool {
	return slices.Contains([]string{"certified", "certificate_types", "persons", "named_engineers"}, kind)
}

// fills shows who counts, and a vacant place for each that is missing.
func (p Proof) fills(ctx context.Context, v *ui.LineView, spec *program.Line, r *program.LineResult) {
	for i, s := range r.Slots {
		f := ui.Fill{Slot: i18n.T(ctx, "qualify.slot", i18n.A{"i": i + 1}), Name: p.Name(s.Person), Href: p.person(s.Person), Code: s.Certificate.Code}
		if until := s.Certificate.ExpiresOn; f.Code != "" && !until.IsNone() {
			left := int(until - p.Day)
			f.Tone, f.Until = ui.ExpiryTone(left), i18n.T(ctx, "qualify.slot.until", i18n.A{"day": Day(ctx, until)})
			f.Slot += " · " + f.Until
			if v.Met && left <= 90 {
				v.Tone, v.Note = ui.Warn, i18n.T(ctx, "qualify.line.lapses", i18n.A{"day": Day(ctx, until)})
			}
		}
		v.Fills = append(v.Fills, f)
	}
	for i := len(r.Slots); ofPeople(spec.Kind) && i < min(r.Need, len(r.Slots)+5); i++ {
		v.Fills = append(v.Fills, ui.Fill{Slot: i18n.T(ctx, "qualify.slot", i18n.A{"i": i + 1})})
	}
}

// nearest orders the reasons: those who are close to counting first.
var nearest = []program.Reason{program.TooShort, program.Expired, program.NotIssuedYet, program.UsedElsewhere, program.NotRegistered,
	program.NotNamed, program.NotBoundYet, program.Surplus, program.WrongKind, program.Left}

// misses shows who doesn't count and why, the nearest first.
func (p Proof) misses(ctx context.Context, v *ui.LineView, r *program.LineResult) {
	others := slices.Clone(r.Others)
	slices.SortStableFunc(others, func(a, b program.Other) int {
		return cmp.Or(cmp.Compare(slices.Index(nearest, a.Reason), slices.Index(nearest, b.Reason)), cmp.Compare(p.Name(a.Person), p.Name(b.Person)))
	})
	if p.All != "" && len(others) > fewCandidates+2 {
		more := len(others) - fewCandidates
		others = others[:fewCandidates]
		v.More = &ui.LinkView{Href: p.All + "#l-" + v.ID, Label: i18n.T(ctx, "qualify.line.more", i18n.A{"n": more})}
	}
	for _, o := range others {
		v.Misses = append(v.Misses, ui.Miss{Name: p.Name(o.Person), Href: p.person(o.Person), Code: o.Certificate.Code, Why: i18n.Say(ctx, o.Why)})
	}
}

// NoLinks is the Base of a proof whose people have no pages for the reader.
const NoLinks = "-"

func (p Proof) person(id string) string {
	if p.Base == NoLinks {
		return ""
	}
	return p.Base + "/people/" + id
}

// place leads to where a line's facts are changed.
func (p Proof) place(ctx context.Context, kind string) *ui.LinkView {
	if ofPeople(kind) {
		return &ui.LinkView{Href: p.Base + "/people", Label: i18n.T(ctx, "qualify.line.people"), Icon: "users"}
	}
	return &ui.LinkView{Href: p.Base + "/company/service", Label: i18n.T(ctx, "qualify.line.service"), Icon: "settings"}
}

// Track finds the result of a level by a track; the nearest one when there's no such track.
func Track(e *program.Evaluation, level, track string) *program.TrackResult {
	l, ok := e.Level(level)
	if !ok || len(l.Tracks) == 0 {
		return &program.TrackResult{}
	}
	for i := range l.Tracks {
		if l.Tracks[i].Track == track {
			return &l.Tracks[i]
		}
	}
	return l.Best()
}

// gapOf is the sentence of the line that decides a level.
func gapOf(ctx context.Context, e *program.Evaluation, level string) string {
	l, ok := e.Level(level)
	if !ok || l.Met {
		return ""
	}
	for i := range l.Tracks {
		if l.Tracks[i].Track == l.Deciding.Track {
			if r, found := l.Tracks[i].Line(l.Deciding.Line); found {
				return i18n.Say(ctx, r.Gap)
			}
		}
	}
	return ""
}

// matrix sets the levels side by side in one track.
func matrix(ctx context.Context, v *program.Version, e *program.Evaluation, track, held string) ui.MatrixView {
	m := ui.MatrixView{Caption: i18n.T(ctx, "qualify.matrix"), First: i18n.T(ctx, "qualify.requirement")}
	for _, l := range v.Levels {
		sub := i18n.T(ctx, "qualify.matrix.unmet")
		if Track(e, l.ID, track).Met {
			sub = i18n.T(ctx, "qualify.matrix.met")
		}
		if l.ID == held {
			sub = i18n.T(ctx, "qualify.matrix.held")
		}
		m.Levels = append(m.Levels, ui.MatrixLevel{Label: i18n.Say(ctx, l.Title.Msg()), Sub: sub, Current: l.ID == held,
			Stars: ui.StarsView{Have: l.Stars, Max: most(v), Label: i18n.T(ctx, "qualify.stars", i18n.A{"n": l.Stars, "most": most(v)})}})
	}
	for _, row := range v.PolicyOf(track) {
		r := ui.MatrixRow{Label: i18n.Say(ctx, row.Line.Title.Msg()), Href: "#l-" + row.Line.ID}
		for i, cell := range row.Cells {
			c := ui.MatrixCell{}
			if !cell.IsZero() {
				c.Text = i18n.Say(ctx, cell)
				if x, ok := Track(e, v.Levels[i].ID, track).Line(row.Line.ID); ok {
					c.Met = x.Met
				}
			}
			r.Cells = append(r.Cells, c)
		}
		m.Rows = append(m.Rows, r)
	}
	return m
}

func itoa(n int64) string { return strconv.FormatInt(n, 10) }
