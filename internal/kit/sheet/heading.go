package sheet

import (
	"strings"
	"unicode"

	"hanse/internal/kit/text"
)

// Headings finds columns by what people write above them.
type Headings map[string]string

// NewHeadings takes the names of each column, separated by blanks, in the form of canonical: small letters and digits
// alone.
func NewHeadings(names map[string]string) Headings {
	h := Headings{}
	for column, all := range names {
		for name := range strings.FieldsSeq(all) {
			h[name] = column
		}
	}
	return h
}

// Column finds the column of a heading, or nothing; "姓名 Name" and "工号/person_id" count when all parts that we know
// mean the same column.
func (h Headings) Column(heading string) string {
	if c := h[canonical(heading)]; c != "" {
		return c
	}
	found := ""
	parts := strings.FieldsFunc(heading, func(r rune) bool { return unicode.IsSpace(r) || r == '/' || r == '|' })
	for _, part := range parts {
		switch c := h[canonical(part)]; {
		case c == "":
			return ""
		case found != "" && c != found:
			return ""
		default:
			found = c
		}
	}
	return found
}

// canonical reduces a heading to letters and digits, without what stands in brackets: "Issued on (YYYY-MM-DD) *" is
// "issuedon".
func canonical(heading string) string {
	heading, _, _ = strings.Cut(text.Fold(heading), "(")
	return strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			return r
		}
		return -1
	}, heading)
}
