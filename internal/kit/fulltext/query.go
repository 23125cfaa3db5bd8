package fulltext

import (
	"slices"
	"strings"
	"unicode/utf8"

	"hanse/internal/kit/text"
)

// shortest is how many characters a word must have before its star: a shorter one would ask for half of all words.
const shortest = 3

// A Query is what somebody typed: tokens that a document must all have.
type Query struct{ wanted []wanted }

type wanted struct {
	text   string
	prefix bool
}

// Parse reads what was typed. Every text is a query; one without letters, digits or characters is empty.
func Parse(s string) (q Query) {
	read(text.Fold(s), func(t token) {
		if t.single {
			return // its pairs say more
		}
		w := wanted{t.text, t.star && utf8.RuneCountInString(t.text) >= shortest}
		if !slices.Contains(q.wanted, w) {
			q.wanted = append(q.wanted, w)
		}
	})
	return q
}

// Empty tells that there is nothing to look for.
func (q Query) Empty() bool { return len(q.wanted) == 0 }

// Expression is the query as the databases are asked: every token under any of the marks, and of each list of tags at
// least one. It's written as FTS5 reads it; on PostgreSQL the function of the table's name rewrites it as a tsquery.
// Tokens hold no quotes, spaces or capitals, so nothing that was typed is read as syntax.
func (q Query) Expression(marks []string, tags ...[]Tag) string {
	var all []string
	for _, list := range tags {
		var any []string
		for _, t := range list {
			any = append(any, `"`+t.token()+`"`)
		}
		all = append(all, "("+strings.Join(any, " OR ")+")")
	}
	for _, w := range q.wanted {
		var any []string
		for _, m := range marks {
			any = append(any, w.quoted(m))
		}
		all = append(all, "("+strings.Join(any, " OR ")+")")
	}
	return strings.Join(all, " AND ")
}

func (w wanted) quoted(mark string) string {
	s := `"` + marked(mark, w.text) + `"`
	if w.prefix {
		s += "*"
	}
	return s
}

// finds tells whether a token is one that was asked for.
func (q Query) finds(token string) bool {
	return slices.ContainsFunc(q.wanted, func(w wanted) bool {
		return w.text == token || w.prefix && strings.HasPrefix(token, w.text)
	})
}
