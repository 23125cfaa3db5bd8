package program

import (
	"reflect"
	"slices"
	"strings"

	"github.com/goccy/go-yaml/ast"

	"hanse/internal/kit/i18n"
)

// lineHead are the keys of a line besides that of its kind.
type lineHead struct {
	ID     string          `yaml:"id" doc:"Identifier, unique in the version"`
	Title  Text            `yaml:"title" doc:"What people read in the table"`
	Help   Text            `yaml:"help,omitempty" doc:"How it is counted, in words"`
	Tracks []string        `yaml:"tracks,omitempty" doc:"Tracks that ask it; absent: all"`
	Need   map[string]Need `yaml:"need" doc:"What each level asks; a level that is absent does not ask it"`
}

// decodeNode reads the head of a line and exactly one requirement, named by its
// kind.
func (l *Line) decodeNode(d *decoder, n ast.Node, path string) {
	es, ok := entries(n)
	if !ok {
		d.wrong(n, i18n.M("program.form.object"))
		return
	}
	var head lineHead
	kinds := kinds()
	var rest []*ast.MappingValueNode
	for _, e := range es {
		k, _ := scalar(e.Key)
		i := slices.IndexFunc(kinds, func(r kindRow) bool { return r.key == k })
		if i < 0 {
			rest = append(rest, e)
			continue
		}
		if l.Ask != nil {
			d.reportAt(e.Key, i18n.M("program.problem.two_kinds", i18n.A{"first": l.Kind, "second": k}),
				i18n.M("program.remedy.two_kinds"))
			continue
		}
		l.Kind, l.Ask = k, kinds[i].make()
		d.at[join(path, k)] = e.Key.GetToken().Position
		d.value(e.Value, reflect.ValueOf(l.Ask).Elem(), join(path, k))
	}
	l.decodeHead(d, rest, n, path, &head)
	if l.Ask == nil {
		d.report(path, i18n.M("program.problem.no_kind"), i18n.M("program.remedy.no_kind", i18n.A{"known": kindKeys()}))
	}
}

// decodeHead decodes the keys that all lines have. The keys of kinds are named
// as known, so that a mistyped kind is recognized.
func (l *Line) decodeHead(d *decoder, es []*ast.MappingValueNode, n ast.Node, path string, head *lineHead) {
	v := reflect.ValueOf(head).Elem()
	fields := fieldsOf(v.Type())
	d.members(es, v, fields, append(fields.names(), strings.Split(kindKeys(), ", ")...), n, path)
	l.ID, l.Title, l.Help, l.Tracks, l.Need = head.ID, head.Title, head.Help, head.Tracks, head.Need
}

// kindKeys lists the kinds for remedies.
func kindKeys() string {
	var keys []string
	for _, r := range kinds() {
		keys = append(keys, r.key)
	}
	return strings.Join(keys, ", ")
}

// decodeNode reads a need by its form: a number, true, a word, or a map of
// gear.
func (x *Need) decodeNode(d *decoder, n ast.Node, path string) {
	switch t := n.(type) {
	case *ast.IntegerNode:
		d.number(n, reflect.ValueOf(&x.Count).Elem())
	case *ast.BoolNode:
		if t.Value {
			x.Count = 1
			return
		}
		d.reportAt(n, i18n.M("program.problem.need_false"), i18n.M("program.remedy.need_false"))
	case *ast.StringNode:
		x.Word = t.Value
	case *ast.MappingNode, *ast.MappingValueNode:
		d.value(n, reflect.ValueOf(&x.Gear).Elem(), path)
	default:
		d.wrong(n, i18n.M("program.form.need"))
	}
}

// decodeNode reads a text and wants both languages to say something.
func (t *Text) decodeNode(d *decoder, n ast.Node, path string) {
	before := len(d.problems)
	d.object(n, reflect.ValueOf(t).Elem(), path)
	if len(d.problems) > before {
		return
	}
	for lang, s := range map[string]string{i18n.English: t.En, i18n.Chinese: t.Zh} {
		if strings.TrimSpace(s) == "" {
			d.report(join(path, lang), i18n.M("program.problem.translation", i18n.A{"lang": lang}),
				i18n.M("program.remedy.translation", i18n.A{"lang": lang}))
		}
	}
}
