package program

import (
	"reflect"
	"strings"
)

// A field is a struct field that a file may set.
type field struct {
	name     string
	optional bool
	doc      string
	index    []int
	typ      reflect.Type
}

type fieldList []field

// fieldsOf lists the fields with a yaml tag; "omitempty" marks those that may
// be absent.
func fieldsOf(t reflect.Type) fieldList {
	var out fieldList
	for _, f := range reflect.VisibleFields(t) {
		tag, ok := f.Tag.Lookup("yaml")
		if !ok {
			continue
		}
		name, rest, _ := strings.Cut(tag, ",")
		out = append(out, field{name, rest == "omitempty", f.Tag.Get("doc"), f.Index, f.Type})
	}
	return out
}

func (fs fieldList) find(name string) (field, bool) {
	for _, f := range fs {
		if f.name == name {
			return f, true
		}
	}
	return field{}, false
}

func (fs fieldList) names() []string {
	var out []string
	for _, f := range fs {
		out = append(out, f.name)
	}
	return out
}

// nearest is the known word within two changes of a mistyped one, or empty.
func nearest(word string, known []string) string {
	best, dist := "", 3
	for _, k := range known {
		if n := distance(word, k); n < dist && n < len(k) {
			best, dist = k, n
		}
	}
	return best
}

// distance is the number of single-byte edits between two words.
func distance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diag := row[0]
		row[0] = i + 1
		for j := range len(b) {
			cost := diag
			if a[i] != b[j] {
				cost = min(diag, row[j], row[j+1]) + 1
			}
			diag, row[j+1] = row[j+1], cost
		}
	}
	return row[len(b)]
}
