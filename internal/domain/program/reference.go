package program

import (
	"encoding"
	"fmt"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"hanse/internal/kit/i18n"
)

// Reference is docs/programs.md: every facts key, kind of line, line id,
// certificate and exam with its type and meaning, from the types and files that
// the engine itself reads, so that it cannot say anything else.
func Reference(lib *Library) []byte {
	r := &reference{}
	r.line("# Programs, facts and certificates")
	r.line("")
	r.line("Generated from the code and the files in [`programs/`](../programs); `go test ./internal/domain/program -run Reference")
	r.line("-update` writes it anew. How program files are written: [programs-format.md](programs-format.md).")
	r.facts()
	r.kinds()
	for _, v := range lib.versions {
		r.version(v)
	}
	r.certificates(lib.Catalogue)
	return []byte(strings.Join(r.lines, "\n") + "\n")
}

// A reference collects lines of Markdown.
type reference struct{ lines []string }

func (r *reference) line(s string) { r.lines = append(r.lines, s) }

// heading begins a section.
func (r *reference) heading(s string) { r.lines = append(r.lines, "", s, "") }

// row is a row of a table; bars inside cells are escaped.
func (r *reference) row(cells ...string) {
	for i, c := range cells {
		cells[i] = strings.ReplaceAll(c, "|", `\|`)
	}
	r.line("| " + strings.Join(cells, " | ") + " |")
}

// table begins a table.
func (r *reference) table(heads ...string) {
	r.row(heads...)
	r.line("|" + strings.Repeat("---|", len(heads)))
}

// code is text as code.
func code(s string) string { return "`" + s + "`" }

// facts lists the keys of a facts file and the columns of a roster.
func (r *reference) facts() {
	r.heading("## Facts")
	r.line("Keys of the file that `hanse program evaluate --facts` reads, and of `facts` in test cases. What is absent counts as none.")
	r.line("")
	r.table("key", "type", "meaning")
	r.keys("", reflect.TypeFor[factsFile]())
	r.heading("### People")
	r.line("Keys of a person in the `roster` of test cases; `--roster` takes a CSV or XLSX file instead (see programs-format.md).")
	r.line("")
	r.table("key", "type", "meaning")
	r.keys("", reflect.TypeFor[personFile]())
}

// keys lists the keys of a struct, those of its lists after it.
func (r *reference) keys(prefix string, t reflect.Type) {
	for _, f := range fieldsOf(t) {
		r.row(code(prefix+f.name), typeName(f.typ), f.doc)
		if f.typ.Kind() == reflect.Slice && f.typ.Elem().Kind() == reflect.Struct {
			r.keys(prefix+f.name+"[].", f.typ.Elem())
		}
	}
}

// typeName is a Go type as people write its values.
func typeName(t reflect.Type) string {
	switch {
	case reflect.PointerTo(t).Implements(reflect.TypeFor[encoding.TextUnmarshaler]()):
		return "day"
	case t == reflect.TypeFor[Text]():
		return "text in en and zh-Hans"
	}
	switch t.Kind() {
	case reflect.Slice:
		return "list of " + typeName(t.Elem())
	case reflect.Map:
		return "map"
	case reflect.Struct:
		return "object"
	case reflect.Bool:
		return "true or false"
	case reflect.Int, reflect.Int64:
		return "whole number"
	}
	return "word"
}

// kinds lists what a line can ask.
func (r *reference) kinds() {
	r.heading("## Kinds of line")
	r.table("kind", "asks for", "settings", "`need`")
	needs := map[needForm]string{countNeed: "a number", yesNeed: "`true`", wordNeed: "a word", gearNeed: "gear with pieces"}
	for _, k := range kinds() {
		var settings []string
		for _, f := range fieldsOf(reflect.TypeOf(k.make()).Elem()) {
			settings = append(settings, code(f.name)+" ("+typeName(f.typ)+"): "+lowerFirst(f.doc))
		}
		r.row(code(k.key), k.doc, strings.Join(settings, "; "), needs[k.need])
	}
}

// lowerFirst is a sentence as part of another.
func lowerFirst(s string) string {
	runes := []rune(s)
	if len(runes) > 1 && unicode.IsUpper(runes[0]) && !unicode.IsUpper(runes[1]) {
		runes[0] = unicode.ToLower(runes[0])
	}
	return string(runes)
}

// version lists the levels and lines of a version.
func (r *reference) version(v *Version) {
	r.heading("## " + code(v.Ref()))
	r.line(v.Title.En + ". " + i18n.Text(i18n.English, v.Validity.Msg()) + ".")
	r.line("")
	heads := []string{"line", "kind", "meaning"}
	for _, l := range v.Levels {
		heads = append(heads, code(l.ID))
	}
	r.table(heads...)
	for i := range v.Lines {
		l := &v.Lines[i]
		cells := []string{code(l.ID), code(l.Kind), l.Title.En}
		for _, level := range v.Levels {
			cell := ""
			if n, asked := l.Need[level.ID]; asked {
				cell = i18n.Text(i18n.English, l.needText(n))
			}
			cells = append(cells, cell)
		}
		r.row(cells...)
	}
	r.attached(v)
}

// attached lists the tracks and what an application attaches.
func (r *reference) attached(v *Version) {
	for _, t := range v.Tracks {
		var ids []string
		for _, row := range v.PolicyOf(t.ID) {
			ids = append(ids, code(row.Line.ID))
		}
		r.line("")
		r.line("Track " + code(t.ID) + ": " + strings.Join(ids, ", ") + ".")
	}
	for _, a := range v.Materials {
		var needs []string
		for _, l := range v.Levels {
			if n := a.Need[l.ID]; n > 0 {
				needs = append(needs, fmt.Sprintf("%s %d", code(l.ID), n))
			}
		}
		r.line("")
		r.line("Attached to an application: " + code(a.ID) + " (" + a.Title.En + "), " + strings.Join(needs, ", ") + ".")
	}
}

// certificates lists the catalogue.
func (r *reference) certificates(cat *Catalogue) {
	r.heading("## Certificates")
	r.table("code", "name", "provider", "direction", "level", "class", "months", "also written")
	for _, t := range cat.Certificates {
		also := slices.Clone(t.Aliases)
		for _, x := range t.RenamedFrom {
			also = append(also, x.Code+" (until "+x.On.String()+")")
		}
		r.row(code(t.Code), t.Title.En, code(t.Provider), code(t.Direction), strconv.Itoa(t.Level), string(t.Class),
			strconv.Itoa(t.ValidityMonths), strings.Join(also, ", "))
	}
	r.heading("### Renewal")
	r.table("provider", "rule")
	for _, p := range cat.Providers {
		rule := "the expiry on the record stands"
		if p.Refresh == RefreshDirection {
			rule = fmt.Sprintf("passing the same certification, or one of the same or a higher level in its direction and class, on or "+
				"before the last day renews to %d months after the pass", p.RefreshMonths)
		}
		r.row(code(p.ID)+" ("+p.Title.En+")", rule)
	}
	r.heading("### Exams")
	r.table("exam", "certificate", "part")
	for _, e := range cat.Exams {
		r.row(code(e.Code), code(e.Certificate), e.Part)
	}
}
