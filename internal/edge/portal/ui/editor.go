package ui

import "strings"

// bad lists the lines with mistakes, for the script that marks them.
func (v EditorView) bad() string {
	var out []string
	for _, n := range v.Bad {
		out = append(out, itoa(n))
	}
	return strings.Join(out, " ")
}
