package api

import (
	"encoding"
	"encoding/json"
	"reflect"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/danielgtaylor/huma/v2"
)

// maxPlain is the longest body that's read as a plain one: its texts share one piece of memory, so that whoever keeps
// one of them keeps the body.
const maxPlain = 4 << 10

// A plain body is an object of texts and booleans as programs send it: nothing escaped, nothing inside of anything. It's
// read once and straight into its struct, held against the same bounds as the schema's. What isn't so, and whatever
// doesn't fit, is left to the general way, which alone says what is wrong.
type plain struct {
	fields   map[string]plainField
	required uint64 // the bits of the fields that must be there
}

type plainField struct {
	index       int
	truth       bool // a boolean; else a text
	least, most int  // characters of a text
	bit         uint64
}

// plainOf tells how a body of a type may be read as a plain one; nil when it may not.
func plainOf(reg huma.Registry, s *huma.Schema, t reflect.Type) *plain {
	for s.Ref != "" {
		s = reg.SchemaFromRef(s.Ref)
	}
	if t.Kind() != reflect.Struct || t.NumField() > 64 || decodesItself(t) || s.Type != huma.TypeObject || !alone(s) {
		return nil
	}
	p, names := &plain{fields: map[string]plainField{}}, []string{}
	for i := range t.NumField() {
		f := t.Field(i)
		name, options, _ := strings.Cut(f.Tag.Get("json"), ",")
		twice := slices.ContainsFunc(names, func(x string) bool { return strings.EqualFold(x, name) })
		if f.Anonymous || name == "" || twice {
			return nil
		}
		names = append(names, name)
		if x, ok := plainFieldOf(s.Properties[name], f.Type); ok && f.IsExported() && (options == "" || options == "omitempty") {
			x.index, x.bit = i, 1<<i
			p.fields[name] = x
		}
	}
	for _, name := range s.Required {
		x, ok := p.fields[name]
		if !ok {
			return nil
		}
		p.required |= x.bit
	}
	return p
}

// plainFieldOf says how a property is held; false for one with any rule but a text's length.
func plainFieldOf(s *huma.Schema, t reflect.Type) (plainField, bool) {
	x := plainField{most: maxPlain, truth: t == reflect.TypeFor[bool]()}
	switch {
	case s == nil || !alone(s) || s.Ref != "":
		return x, false
	case x.truth:
		return x, s.Type == huma.TypeBoolean
	case t != reflect.TypeFor[string]() || s.Type != huma.TypeString || s.Pattern != "" || s.Format != "" || s.ContentEncoding != "":
		return x, false
	}
	if s.MinLength != nil {
		x.least = *s.MinLength
	}
	if s.MaxLength != nil {
		x.most = *s.MaxLength
	}
	return x, true
}

// alone tells whether a schema has no rule that looks at more than its type.
func alone(s *huma.Schema) bool {
	return s.OneOf == nil && s.AnyOf == nil && s.AllOf == nil && s.Not == nil && s.Enum == nil &&
		s.MinProperties == nil && s.MaxProperties == nil && len(s.DependentRequired) == 0
}

func decodesItself(t reflect.Type) bool {
	p := reflect.PointerTo(t)
	return p.Implements(reflect.TypeFor[json.Unmarshaler]()) || p.Implements(reflect.TypeFor[encoding.TextUnmarshaler]())
}

// take sets a struct from a body. When it can't, the struct is as empty as before.
func (p *plain) take(body string, to reflect.Value) bool {
	s := scan{rest: body}
	seen := uint64(0)
	for sign := byte('{'); s.next(sign); sign = ',' {
		name, ok := s.text()
		f, known := p.fields[name]
		if !ok || !known || !s.next(':') || !f.take(&s, to) {
			to.SetZero()
			return false
		}
		seen |= f.bit
	}
	if !s.next('}') || !s.ended() || seen&p.required != p.required {
		to.SetZero()
		return false
	}
	return true
}

// take sets the field from the value that comes next.
func (f *plainField) take(s *scan, to reflect.Value) bool {
	if f.truth {
		v, ok := s.truth()
		to.Field(f.index).SetBool(v)
		return ok
	}
	v, ok := s.text()
	if n := utf8.RuneCountInString(v); !ok || n < f.least || n > f.most {
		return false
	}
	to.Field(f.index).SetString(v)
	return true
}

// A scan reads JSON from its beginning.
type scan struct{ rest string }

func (s *scan) skip() {
	for s.rest != "" && (s.rest[0] == ' ' || s.rest[0] == '\n' || s.rest[0] == '\t' || s.rest[0] == '\r') {
		s.rest = s.rest[1:]
	}
}

// next tells whether a sign comes next, and passes it.
func (s *scan) next(sign byte) bool {
	s.skip()
	if s.rest == "" || s.rest[0] != sign {
		return false
	}
	s.rest = s.rest[1:]
	return true
}

func (s *scan) ended() bool {
	s.skip()
	return s.rest == ""
}

// text reads a string that stands for itself: no escapes, and nothing that encoding/json would replace.
func (s *scan) text() (string, bool) {
	if !s.next('"') {
		return "", false
	}
	ascii := true
	for i := range len(s.rest) {
		switch c := s.rest[i]; {
		case c == '"':
			v := s.rest[:i]
			s.rest = s.rest[i+1:]
			return v, ascii || utf8.ValidString(v)
		case c == '\\' || c < ' ':
			return "", false
		case c >= utf8.RuneSelf:
			ascii = false
		}
	}
	return "", false
}

func (s *scan) truth() (v, ok bool) {
	s.skip()
	if s.rest, ok = strings.CutPrefix(s.rest, "true"); ok {
		return true, true
	}
	s.rest, ok = strings.CutPrefix(s.rest, "false")
	return false, ok
}
