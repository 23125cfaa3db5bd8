package programcmd

import (
	"fmt"
	"io"
	"strings"

	"hanse/internal/domain/program"
	"hanse/internal/kit/calendar"
	"hanse/internal/kit/i18n"
)

// A table prints an evaluation for people.
type table struct {
	w       io.Writer
	lang    string
	v       *program.Version
	f       *program.Facts
	explain bool
	err     error
}

func printTable(w io.Writer, lang string, v *program.Version, f *program.Facts, e *program.Evaluation, explain bool) error {
	t := &table{w: w, lang: lang, v: v, f: f, explain: explain}
	t.head(e)
	for _, l := range e.Levels {
		level, _ := v.Level(l.Level)
		t.print("\n%s %s\n", mark(l.Met), level.Title.In(lang))
		for i := range l.Tracks {
			t.track(&l.Tracks[i], len(l.Tracks) > 1)
		}
	}
	return t.err
}

func (t *table) print(format string, args ...any) {
	if t.err == nil {
		_, t.err = fmt.Fprintf(t.w, format, args...)
	}
}

func (t *table) head(e *program.Evaluation) {
	best := i18n.M("program.cli.no_level")
	if l, ok := t.v.Level(e.BestLevel); ok {
		best = l.Title.Msg()
	}
	purpose := i18n.M("program.cli.apply")
	if e.For == program.Hold {
		purpose = i18n.M("program.cli.hold")
	}
	t.print("%s (%s)\n", t.v.Title.In(t.lang), t.v.Ref())
	t.print("%s\n", i18n.Text(t.lang, i18n.M("program.cli.result",
		i18n.A{"day": calendar.DayOf(e.At).String(), "purpose": purpose, "level": best})))
}

func mark(met bool) string {
	if met {
		return "[x]"
	}
	return "[ ]"
}

func (t *table) track(r *program.TrackResult, named bool) {
	indent := "  "
	if named {
		for _, x := range t.v.AllTracks() {
			if x.ID == r.Track {
				t.print("  %s %s\n", mark(r.Met), x.Title.In(t.lang))
			}
		}
		indent = "    "
	}
	for i := range r.Lines {
		t.line(indent, &r.Lines[i])
	}
}

func (t *table) line(indent string, r *program.LineResult) {
	l, _ := t.v.Line(r.ID)
	t.print("%s%s %s: %d / %d", indent, mark(r.Met), l.Title.In(t.lang), r.Have, r.Need)
	if len(r.FilledBy) > 0 {
		t.print(" (%s)", strings.Join(r.FilledBy, ", "))
	}
	t.print("\n")
	if !r.Met {
		t.print("%s    %s\n", indent, i18n.Text(t.lang, r.Gap))
	}
	if !t.explain {
		return
	}
	for _, s := range r.Slots {
		if s.Certificate.Code != "" {
			t.print("%s    + %s: %s, %s\n", indent, s.Person, s.Certificate.Code, s.Certificate.ExpiresOn)
		}
	}
	for _, o := range r.Others {
		t.print("%s    - %s: %s\n", indent, o.Person, i18n.Text(t.lang, o.Why))
	}
}
