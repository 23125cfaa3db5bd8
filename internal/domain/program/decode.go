package program

import (
	"encoding"
	"errors"
	"fmt"
	"reflect"
	"strconv"
	"strings"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"
	"github.com/goccy/go-yaml/token"

	"hanse/internal/kit/i18n"
)

// maxFile is the largest file that is read: thirty times the largest shipped
// one.
const maxFile = 1 << 18

// maxDepth is how deep values may be nested; the files need a handful. The
// parser below recurses and would take all memory for a file of nothing but
// brackets.
const maxDepth = 64

// A decoder turns one YAML file into Go values by their yaml tags. Unlike a
// library's decoder it goes on after a problem, so that an author sees all of
// them at once, and remembers where each value stood.
type decoder struct {
	file     string
	problems Problems
	at       map[string]*token.Position // by path: lines[2].need.four-star
}

// place is where the value of a path stands, or the nearest value around it.
func (d *decoder) place(path string) (line, col int) {
	for {
		if p, ok := d.at[path]; ok {
			return p.Line, p.Column
		}
		i := strings.LastIndexAny(path, ".[")
		if i < 0 {
			return 1, 1
		}
		path = path[:i]
	}
}

// report adds a problem at a path.
func (d *decoder) report(path string, message, remedy i18n.Msg) {
	line, col := d.place(path)
	d.problems = append(d.problems, Problem{d.file, line, col, message, remedy})
}

// reportAt adds a problem at a node.
func (d *decoder) reportAt(n ast.Node, message, remedy i18n.Msg) {
	line, col := 1, 1
	if p := position(n); p != nil {
		line, col = p.Line, p.Column
	}
	d.problems = append(d.problems, Problem{d.file, line, col, message, remedy})
}

// position is where a node begins. The parser gives a block of keys the place
// of its first colon; people look for its first key.
func position(n ast.Node) *token.Position {
	tk := n.GetToken()
	if es, ok := entries(n); ok && len(es) > 0 && tk != nil && tk.Type == token.MappingValueType {
		tk = es[0].Key.GetToken()
	}
	if tk == nil {
		return nil
	}
	return tk.Position
}

// decodeFile decodes a whole file into the struct that into points to.
func decodeFile(file string, b []byte, into any) *decoder {
	d := &decoder{file: file, at: map[string]*token.Position{}}
	if len(b) > maxFile {
		d.report("", i18n.M("program.problem.too_large", i18n.A{"limit": maxFile >> 10}), i18n.M("program.remedy.too_large"))
		return d
	}
	if tooDeep(b) {
		d.report("", i18n.M("program.problem.too_deep", i18n.A{"limit": maxDepth}), i18n.M("program.remedy.too_deep"))
		return d
	}
	tree, err := parseYAML(b)
	if err != nil {
		d.syntax(err)
		return d
	}
	if len(tree.Docs) != 1 || tree.Docs[0].Body == nil {
		d.report("", i18n.M("program.problem.one_document"), i18n.M("program.remedy.one_document"))
		return d
	}
	d.value(tree.Docs[0].Body, reflect.ValueOf(into).Elem(), "")
	return d
}

// parseYAML turns a panic of the parser into an error: files come from people,
// and one bad file must not end a server.
func parseYAML(b []byte) (tree *ast.File, err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("the parser gave up: %v", p)
		}
	}()
	return parser.ParseBytes(b, 0)
}

// tooDeep estimates from above how deep a file nests: open brackets, wherever
// they stand, and the indentation and dashes before the first word of a line.
func tooDeep(b []byte) bool {
	open, lead, atStart := 0, 0, true
	for _, c := range b {
		switch {
		case c == '\n':
			lead, atStart = 0, true
		case atStart && (c == ' ' || c == '-' || c == '?' || c == ':'):
			lead++
		default:
			atStart = false
		}
		switch c {
		case '[', '{':
			open++
		case ']', '}':
			open = max(0, open-1)
		}
		if open > maxDepth || lead > 4*maxDepth {
			return true
		}
	}
	return false
}

// syntax reports what the YAML parser refused. Its words are English; place and
// remedy are ours.
func (d *decoder) syntax(err error) {
	line, col, text := 1, 1, err.Error()
	var at yaml.Error
	if errors.As(err, &at) {
		text = at.GetMessage()
		if tk := at.GetToken(); tk != nil {
			line, col = tk.Position.Line, tk.Position.Column
		}
	}
	d.problems = append(d.problems, Problem{d.file, line, col,
		i18n.M("program.problem.syntax", i18n.A{"detail": text}), i18n.M("program.remedy.syntax")})
}

// A nodeDecoder decodes itself because its shape depends on what is there.
type nodeDecoder interface {
	decodeNode(d *decoder, n ast.Node, path string)
}

// value decodes a node into a Go value.
func (d *decoder) value(n ast.Node, v reflect.Value, path string) {
	if t, ok := n.(*ast.TagNode); ok {
		n = t.Value
	}
	if p := position(n); p != nil && d.at[path] == nil {
		d.at[path] = p
	}
	switch n.(type) {
	case *ast.AnchorNode, *ast.AliasNode, *ast.MergeKeyNode:
		d.reportAt(n, i18n.M("program.problem.alias"), i18n.M("program.remedy.alias"))
		return
	}
	if x, ok := v.Addr().Interface().(nodeDecoder); ok {
		x.decodeNode(d, n, path)
		return
	}
	if x, ok := v.Addr().Interface().(encoding.TextUnmarshaler); ok {
		d.text(n, x)
		return
	}
	d.plain(n, v, path)
}

// plain decodes by the Go kind.
func (d *decoder) plain(n ast.Node, v reflect.Value, path string) {
	switch v.Kind() {
	case reflect.Struct:
		d.object(n, v, path)
	case reflect.Slice:
		d.list(n, v, path)
	case reflect.Map:
		d.dict(n, v, path)
	case reflect.String:
		if s, ok := scalar(n); ok {
			v.SetString(s)
			return
		}
		d.wrong(n, i18n.M("program.form.text"))
	case reflect.Int, reflect.Int64:
		d.number(n, v)
	case reflect.Bool:
		if b, ok := n.(*ast.BoolNode); ok {
			v.SetBool(b.Value)
			return
		}
		d.wrong(n, i18n.M("program.form.bool"))
	default:
		panic(fmt.Sprintf("program: a file cannot hold a %s", v.Type()))
	}
}

// wrong reports a value of another form than its key takes.
func (d *decoder) wrong(n ast.Node, form i18n.Msg) {
	d.reportAt(n, i18n.M("program.problem.wrong_form", i18n.A{"want": form}), i18n.M("program.remedy.wrong_form"))
}

// number takes whole numbers only: no policy counts in fractions, and a float
// would round.
func (d *decoder) number(n ast.Node, v reflect.Value) {
	_, isInt := n.(*ast.IntegerNode)
	s, _ := scalar(n)
	x, err := strconv.ParseInt(strings.ReplaceAll(s, "_", ""), 10, 64)
	if !isInt || err != nil || v.OverflowInt(x) {
		d.wrong(n, i18n.M("program.form.number"))
		return
	}
	v.SetInt(x)
}

// text decodes values with a text form of their own: days and instants.
func (d *decoder) text(n ast.Node, v encoding.TextUnmarshaler) {
	s, ok := scalar(n)
	if !ok {
		d.wrong(n, i18n.M("program.form.day"))
		return
	}
	if err := v.UnmarshalText([]byte(s)); err != nil {
		d.wrong(n, i18n.M("program.form.day"))
	}
}

// scalar is the text of a single value as it was written; null is none.
func scalar(n ast.Node) (string, bool) {
	switch x := n.(type) {
	case *ast.StringNode:
		return x.Value, true
	case *ast.LiteralNode:
		return x.Value.Value, true
	case *ast.IntegerNode, *ast.FloatNode, *ast.BoolNode:
		return n.GetToken().Value, true
	}
	return "", false
}

// entries are the key-value pairs of a mapping node; ok is false for any other
// node.
func entries(n ast.Node) ([]*ast.MappingValueNode, bool) {
	switch x := n.(type) {
	case *ast.MappingNode:
		return x.Values, true
	case *ast.MappingValueNode:
		return []*ast.MappingValueNode{x}, true
	}
	return nil, false
}

// join makes the path of a member.
func join(path, key string) string {
	if path == "" {
		return key
	}
	return path + "." + key
}

// key is the text of a mapping key; merge keys and complex keys are refused.
func (d *decoder) key(e *ast.MappingValueNode) (string, bool) {
	if s, ok := scalar(e.Key); ok {
		return s, true
	}
	d.reportAt(e.Key, i18n.M("program.problem.alias"), i18n.M("program.remedy.alias"))
	return "", false
}

// object decodes a mapping into a struct, strictly.
func (d *decoder) object(n ast.Node, v reflect.Value, path string) {
	es, ok := entries(n)
	if !ok {
		d.wrong(n, i18n.M("program.form.object"))
		return
	}
	fields := fieldsOf(v.Type())
	d.members(es, v, fields, fields.names(), n, path)
}

// members sets the fields of a struct and reports unknown and missing keys.
func (d *decoder) members(es []*ast.MappingValueNode, v reflect.Value, fs fieldList, known []string, n ast.Node,
	path string) {
	seen := map[string]bool{}
	for _, e := range es {
		k, ok := d.key(e)
		if !ok {
			continue
		}
		f, ok := fs.find(k)
		if !ok {
			d.unknownKey(e.Key, k, known)
			continue
		}
		seen[k] = true
		d.at[join(path, k)] = e.Key.GetToken().Position
		d.value(e.Value, v.FieldByIndex(f.index), join(path, k))
	}
	for _, f := range fs {
		if !seen[f.name] && !f.optional {
			d.missing(n, v, f.name, path)
		}
	}
}

// missing reports an absent key; an absent language of a text is a problem of
// its own.
func (d *decoder) missing(n ast.Node, v reflect.Value, name, path string) {
	if _, isText := v.Interface().(Text); isText {
		d.report(path, i18n.M("program.problem.translation", i18n.A{"lang": name}),
			i18n.M("program.remedy.translation", i18n.A{"lang": name}))
		return
	}
	where := path
	if path == "" {
		d.reportAt(n, i18n.M("program.problem.missing_key", i18n.A{"key": name}),
			i18n.M("program.remedy.missing_key", i18n.A{"key": name}))
		return
	}
	d.report(where, i18n.M("program.problem.missing_key", i18n.A{"key": name}),
		i18n.M("program.remedy.missing_key", i18n.A{"key": name}))
}

// unknownKey reports a key that nothing reads, and guesses which was meant.
func (d *decoder) unknownKey(n ast.Node, key string, known []string) {
	remedy := i18n.M("program.remedy.unknown_key", i18n.A{"known": strings.Join(known, ", ")})
	if near := nearest(key, known); near != "" {
		remedy = i18n.M("program.remedy.unknown_key_near", i18n.A{"near": near})
	}
	d.reportAt(n, i18n.M("program.problem.unknown_key", i18n.A{"key": key}), remedy)
}

// list decodes a sequence.
func (d *decoder) list(n ast.Node, v reflect.Value, path string) {
	seq, ok := n.(*ast.SequenceNode)
	if !ok {
		d.wrong(n, i18n.M("program.form.list"))
		return
	}
	out := reflect.MakeSlice(v.Type(), len(seq.Values), len(seq.Values))
	for i, x := range seq.Values {
		d.value(x, out.Index(i), fmt.Sprintf("%s[%d]", path, i))
	}
	v.Set(out)
}

// dict decodes a mapping with free keys.
func (d *decoder) dict(n ast.Node, v reflect.Value, path string) {
	es, ok := entries(n)
	if !ok {
		d.wrong(n, i18n.M("program.form.object"))
		return
	}
	out := reflect.MakeMap(v.Type())
	for _, e := range es {
		k, ok := d.key(e)
		if !ok {
			continue
		}
		x := reflect.New(v.Type().Elem()).Elem()
		d.at[join(path, k)] = e.Key.GetToken().Position
		d.value(e.Value, x, join(path, k))
		out.SetMapIndex(reflect.ValueOf(k).Convert(v.Type().Key()), x)
	}
	v.Set(out)
}
