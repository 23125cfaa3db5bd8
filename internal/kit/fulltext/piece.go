package fulltext

import (
	"cmp"
	"slices"
	"strings"
	"unicode/utf8"

	"hanse/internal/kit/text"
)

// A Piece is a part of an excerpt: Hit tells that it's what was looked for.
type Piece struct {
	Text string
	Hit  bool
}

// Pieces cuts an excerpt of about most characters around the first place where a text has what was looked for, and marks
// all such places in it. It's nil when the text has none of them.
func (q Query) Pieces(s string, most int) []Piece {
	spans := q.spans(s)
	if len(spans) == 0 {
		return nil
	}
	from := back(s, spans[0].from, most/4)
	to := forward(s, from, most)
	var out []Piece
	at := from
	for _, p := range spans {
		if p.from >= to {
			break
		}
		out = plus(out, s[at:p.from], false)
		out = plus(out, s[p.from:min(p.to, to)], true)
		at = min(p.to, to)
	}
	out = plus(out, s[at:to], false)
	return framed(out, from > 0, to < len(s))
}

// Beginning is the excerpt of a text in which nothing is marked.
func Beginning(s string, most int) []Piece {
	to := forward(s, 0, most)
	return framed(plus(nil, s[:to], false), false, to < len(s))
}

type span struct{ from, to int }

// spans are the places of what was looked for, in order, neighbours and overlapping ones as one.
func (q Query) spans(s string) (out []span) {
	readPlaces(s, func(t token) {
		if q.finds(t.text) {
			out = append(out, span{t.from, t.to})
		}
	})
	slices.SortFunc(out, func(a, b span) int { return cmp.Or(a.from-b.from, a.to-b.to) })
	n := 0
	for _, p := range out {
		if n > 0 && p.from <= out[n-1].to {
			out[n-1].to = max(out[n-1].to, p.to)
			continue
		}
		out[n], n = p, n+1
	}
	return out[:n]
}

// back goes some characters to the left, and on to the end of a word within as many again.
func back(s string, at, characters int) int {
	from := at
	for range characters {
		_, n := utf8.DecodeLastRuneInString(s[:from])
		from -= n
	}
	if from == 0 {
		return 0
	}
	if i := strings.IndexAny(s[from:at], " \n\t"); i >= 0 {
		return from + i + 1
	}
	return from
}

func forward(s string, at, characters int) int {
	for range characters {
		_, n := utf8.DecodeRuneInString(s[at:])
		at += n
	}
	return at
}

// plus adds a piece on one line.
func plus(all []Piece, s string, hit bool) []Piece {
	if s = oneLine(s); s == "" {
		return all
	}
	return append(all, Piece{s, hit})
}

// oneLine makes line ends spaces, and keeps a space at either end.
func oneLine(s string) string {
	clean := text.Clean(s)
	if clean == "" {
		return strings.Repeat(" ", min(len(s), 1))
	}
	if strings.TrimLeft(s, " \n\r\t") != s {
		clean = " " + clean
	}
	if strings.TrimRight(s, " \n\r\t") != s {
		clean += " "
	}
	return clean
}

// framed puts dots where the text goes on.
func framed(all []Piece, before, after bool) []Piece {
	if before {
		all = append([]Piece{{Text: "…"}}, all...)
	}
	if after {
		all = append(all, Piece{Text: "…"})
	}
	return all
}
