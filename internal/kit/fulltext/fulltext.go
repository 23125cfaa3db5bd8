// Package fulltext makes the words by which texts are found, in Chinese and in languages with spaces, so that every
// database answers alike: it only compares sets of words that were made here.
//
// What is stored of a thing is a set of tokens (Document). What somebody types becomes a set of tokens that must all be
// in it (Query). Positions aren't stored, and no database's own idea of a word takes part.
//
//   - A word is a run of letters and digits, folded: full width is plain, case doesn't count. Whole words are compared,
//     without stemming; "upgrad*" finds every word that begins so.
//   - Words joined by one of . - _ / \ : @ + # & are found each by itself, and together by their neighbouring pairs, so
//     10.0.0.1, S5130S-EI, eth1/0/1 and a@b.cn are found whole or in part. Which joiner it is doesn't count.
//   - Chinese, Japanese and Korean have no words here: a text holds its single characters and its pairs of neighbours,
//     and what is typed is looked up by its overlapping pairs, so 部署失败 is 部署, 署失 and 失败 and isn't found in 失败部署.
package fulltext

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"hanse/internal/kit/text"
)

// Version is the number of the rules above. What was stored under another one is made anew.
const Version = 2

// longest is how many characters of a word count: what is longer is code or noise, and PostgreSQL refuses a lexeme of
// two kilobytes.
const longest = 64

// A token is what is compared: a word, a pair of joined words, one character or a pair of a script without spaces.
type token struct {
	text     string
	from, to int  // bytes of the text that it was read from
	single   bool // a part of something longer: what is typed doesn't ask for it
	star     bool // a star follows at once
}

// script tells whether a character belongs to a script that puts no spaces between words, or whose words are long.
func script(r rune) bool {
	if r < 0x1100 {
		return false
	}
	return r >= 0x4E00 && r <= 0x9FFF || r == 'ー' ||
		unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Hangul, unicode.Bopomofo)
}

func wordly(r rune) bool {
	if r < utf8.RuneSelf {
		return r >= 'a' && r <= 'z' || r >= '0' && r <= '9' || r >= 'A' && r <= 'Z'
	}
	return unicode.In(r, unicode.L, unicode.N, unicode.M) && !script(r)
}

// joint is how a pair of joined words is written, whatever joined them.
const joint = '.'

func joins(r rune) bool { return strings.ContainsRune(`.-_/\:@+#&`, r) }

// A reader cuts folded characters into tokens.
type reader struct {
	use func(token)

	word     []rune // being read
	from, to int
	held     token // the last word, until it's known whether the next one is joined to it
	holds    bool
	joiners  int // since the last word

	script    rune // the character before, of a script without spaces; 0 = none
	at, until int
	alone     bool // it has no neighbour before it
}

// next takes one folded character, which came from the bytes from..to of the text.
func (r *reader) next(c rune, from, to int) {
	switch {
	case r.script != 0 && unicode.Is(unicode.M, c): // a mark adds nothing to a character of a script without spaces
	case wordly(c):
		r.endScript()
		if len(r.word) == 0 {
			r.from = from
		}
		r.word, r.to = append(r.word, c), to
	case script(c):
		r.endWord(false)
		r.release()
		r.neighbour(c, from, to)
	default:
		r.endScript()
		r.endWord(c == '*')
		if r.joiners++; !joins(c) || r.joiners > 1 {
			r.release()
		}
	}
}

// end gives what is left.
func (r *reader) end() {
	r.endScript()
	r.endWord(false)
	r.release()
}

func (r *reader) endWord(star bool) {
	if len(r.word) == 0 {
		return
	}
	t := token{text: string(r.word[:min(len(r.word), longest)]), from: r.from, to: r.to, star: star}
	if r.holds {
		r.held.single, t.single = true, true
		r.use(token{text: r.held.text + string(joint) + t.text, from: r.held.from, to: t.to, star: star})
	}
	r.release()
	r.held, r.holds, r.joiners, r.word = t, true, 0, r.word[:0]
}

// release gives the last word, to which nothing will be joined any more.
func (r *reader) release() {
	if r.holds {
		r.use(r.held)
	}
	r.holds = false
}

func (r *reader) neighbour(c rune, from, to int) {
	first := r.script == 0
	if !first {
		r.use(token{text: string([]rune{r.script, c}), from: r.at, to: to})
		r.use(token{text: string(r.script), from: r.at, to: r.until, single: true})
	}
	r.script, r.at, r.until, r.alone = c, from, to, first
}

func (r *reader) endScript() {
	if r.script == 0 {
		return
	}
	r.use(token{text: string(r.script), from: r.at, to: r.until, single: !r.alone})
	r.script = 0
}

// read cuts a text that is folded already.
func read(folded string, use func(token)) {
	r := reader{use: use}
	for i, c := range folded {
		r.next(c, i, i+utf8.RuneLen(c))
	}
	r.end()
}

// readPlaces cuts a text as it was written, so that the places of its tokens are known: for marking what was found. It
// folds character by character, each with the marks that follow it.
func readPlaces(s string, use func(token)) {
	r := reader{use: use}
	for i := 0; i < len(s); {
		n := norm.NFKC.NextBoundaryInString(s[i:], true)
		if n <= 0 {
			n = len(s) - i
		}
		folded := text.Fold(s[i : i+n])
		for _, c := range folded {
			r.next(c, i, i+n)
		}
		if folded == "" && strings.TrimSpace(s[i:i+n]) == "" {
			r.next(' ', i, i+n)
		}
		i += n
	}
	r.end()
}
