package program

import (
	"encoding"
	"encoding/json"
	"reflect"
)

// Schema is the JSON Schema of version files, made from the types that Parse
// decodes into, so that editors complete and check what people write.
func Schema() ([]byte, error) {
	s := &schemaMaker{defs: map[string]any{}}
	root := s.of(reflect.TypeFor[Version]())
	root["$schema"] = "https://json-schema.org/draft/2020-12/schema"
	root["title"] = "Hanse program version"
	root["$defs"] = s.defs
	b, err := json.MarshalIndent(root, "", "  ")
	return append(b, '\n'), err
}

type object = map[string]any

// A schemaMaker describes Go types; types with a name of their own become
// definitions.
type schemaMaker struct{ defs map[string]any }

// of describes a type.
func (s *schemaMaker) of(t reflect.Type) object {
	switch t {
	case reflect.TypeFor[Line]():
		return s.define("Line", s.line)
	case reflect.TypeFor[Need]():
		return s.define("Need", needSchema)
	}
	if reflect.PointerTo(t).Implements(reflect.TypeFor[encoding.TextUnmarshaler]()) {
		return object{"type": "string", "format": "date"}
	}
	switch t.Kind() {
	case reflect.Struct:
		return s.define(t.Name(), func() object { return s.structure(fieldsOf(t)) })
	case reflect.Slice:
		return object{"type": "array", "items": s.of(t.Elem())}
	case reflect.Map:
		return object{"type": "object", "additionalProperties": s.of(t.Elem())}
	case reflect.Bool:
		return object{"type": "boolean"}
	case reflect.Int, reflect.Int64:
		return object{"type": "integer"}
	}
	if t == reflect.TypeFor[Per]() {
		return object{"enum": []Per{PerApplication, PerCertificate}}
	}
	return object{"type": "string"}
}

// define describes a named type once and refers to it; the version itself stays
// in place.
func (s *schemaMaker) define(name string, describe func() object) object {
	if name == "Version" {
		return describe()
	}
	if s.defs[name] == nil {
		s.defs[name] = true // ends recursion
		s.defs[name] = describe()
	}
	return object{"$ref": "#/$defs/" + name}
}

// structure describes an object that takes no other keys.
func (s *schemaMaker) structure(fs fieldList) object {
	props, required := object{}, []string{}
	for _, f := range fs {
		p := s.of(f.typ)
		if f.doc != "" {
			p["description"] = f.doc
		}
		props[f.name] = p
		if !f.optional {
			required = append(required, f.name)
		}
	}
	out := object{"type": "object", "properties": props, "additionalProperties": false}
	if len(required) > 0 {
		out["required"] = required
	}
	return out
}

// line describes a line: its head and exactly one kind.
func (s *schemaMaker) line() object {
	out := s.structure(fieldsOf(reflect.TypeFor[lineHead]()))
	var oneOf []object
	for _, k := range kinds() {
		p := s.of(reflect.TypeOf(k.make()).Elem())
		p["description"] = "The line asks for " + k.doc
		out["properties"].(object)[k.key] = p
		oneOf = append(oneOf, object{"required": []string{k.key}})
	}
	out["oneOf"] = oneOf
	return out
}

// needSchema allows every form of need; which one a kind takes is checked by
// Parse.
func needSchema() object {
	return object{
		"description": "A number from 1; true; a word such as 7x24 or automatic; or laboratory gear with its pieces",
		"oneOf": []object{
			{"type": "integer", "minimum": 1},
			{"const": true},
			{"enum": []string{string(Hotline5x8), string(Hotline7x24), string(TrackingManual), string(TrackingAutomatic)}},
			{"type": "object", "propertyNames": object{"enum": gear}, "additionalProperties": object{"type": "integer", "minimum": 1}},
		},
	}
}
