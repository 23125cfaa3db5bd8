package pdf

import (
	"strings"
	"unicode"
)

// What must not begin a line, and what must not end one.
const (
	noStart = "，。、；：？！”’）》】〉」』…%)],.;:?!·"
	noEnd   = "“‘（《【〈「『(["
)

// lines breaks a text to a width: between Chinese characters, at spaces between words, never before closing
// punctuation, and inside of a word only when the word alone is too wide. No character is lost but the spaces at
// a break. An empty text is one empty line.
func lines(text string, width func(rune) float64, limit float64) []string {
	var out []string
	for _, paragraph := range strings.Split(text, "\n") {
		out = append(out, fill([]rune(strings.TrimSpace(paragraph)), width, limit)...)
	}
	return out
}

func fill(rs []rune, width func(rune) float64, limit float64) []string {
	var out []string
	start, last := 0, 0 // of the line; and after which a break is allowed
	used := 0.0
	for i := 0; i < len(rs); i++ {
		if i > start && mayBreak(rs[i-1], rs[i]) {
			last = i
		}
		used += width(rs[i])
		// A space may hang over the edge: it isn't seen. A single character must stand, however wide.
		if used <= limit || rs[i] == ' ' || i == start {
			continue
		}
		if last <= start {
			last = i
		}
		out = append(out, strings.TrimRight(string(rs[start:last]), " "))
		for last < len(rs) && rs[last] == ' ' {
			last++
		}
		start, i, used = last, last-1, 0
	}
	return append(out, strings.TrimRight(string(rs[start:]), " "))
}

func mayBreak(a, b rune) bool {
	if strings.ContainsRune(noStart, b) || strings.ContainsRune(noEnd, a) {
		return false
	}
	return a == ' ' && b != ' ' || isHan(a) || isHan(b)
}

func isHan(r rune) bool {
	return unicode.Is(unicode.Han, r) || r >= 0x3000 && r <= 0x30ff || r >= 0xff00 && r <= 0xffef || strings.ContainsRune("“”‘’", r)
}
