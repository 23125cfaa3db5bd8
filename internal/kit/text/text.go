// Package text cleans, folds and compares what people type: names, company
// names, e-mail addresses.
package text

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/net/idna"
	"golang.org/x/text/cases"
	"golang.org/x/text/unicode/norm"
)

// Fold is the form in which text is compared and searched: compatibility
// normal form (full-width becomes plain), case folded, cleaned, inner white
// space reduced to single spaces. Fold(Fold(s)) == Fold(s).
func Fold(s string) string {
	if plain(s) {
		return strings.ToLower(s)
	}
	// Case folding may give text that normalises further and the other way
	// round; two passes reach the fixed point for every assigned character.
	for range 2 {
		s = norm.NFKC.String(cases.Fold().String(norm.NFKC.String(Clean(s))))
	}
	return Clean(s)
}

// Clean makes one line of well-formed text: invalid bytes, control characters,
// direction marks and byte order marks go, white space becomes single spaces,
// none at the ends.
func Clean(s string) string {
	if plain(s) {
		return s
	}
	return strings.Join(strings.Fields(strings.Map(keep, strings.ToValidUTF8(s, ""))), " ")
}

// plain says that s is printable ASCII without a space to remove: most values
// of most imports, for which nothing needs to be copied.
func plain(s string) bool {
	last := byte(' ')
	for i := range len(s) {
		if s[i] < ' ' || s[i] > '~' || s[i] == ' ' && last == ' ' {
			return false
		}
		last = s[i]
	}
	return s == "" || last != ' '
}

// Lines is Clean for text of several lines, such as a comment: line ends are
// kept as \n, other white space within a line is left alone.
func Lines(s string) string {
	s = strings.ReplaceAll(strings.ToValidUTF8(s, ""), "\r\n", "\n")
	s = strings.Map(func(r rune) rune {
		if r == '\r' {
			return '\n'
		}
		return keep(r)
	}, s)
	return strings.TrimSpace(s)
}

// keep drops what Invisible names and leaves white space to the caller.
func keep(r rune) rune {
	if !unicode.IsSpace(r) && invisible(r) {
		return -1
	}
	return r
}

// Invisible finds the first character that has no place in a name: a control
// character, a direction mark or override, a byte order mark, a byte that is no
// UTF-8. Such characters make two different names look alike. Joiners stay
// allowed, some scripts need them.
func Invisible(s string) (rune, bool) {
	for i, r := range s {
		if r == utf8.RuneError {
			if _, size := utf8.DecodeRuneInString(s[i:]); size == 1 {
				return r, true
			}
		}
		if invisible(r) {
			return r, true
		}
	}
	return 0, false
}

func invisible(r rune) bool {
	switch {
	case unicode.IsControl(r), r == '\u2028', r == '\u2029':
		return true
	case unicode.Is(unicode.Bidi_Control, r):
		return true
	case r == '\u200B', r == '\u2060', r == '\uFEFF':
		return true
	}
	return r >= 0xE0000 && r <= 0xE007F // tags: text nobody sees
}

// The limits of RFC 5321 for the parts of an address.
const (
	maxLocal   = 64
	maxAddress = 254
)

// Email gives the normal form of an address, under which it is stored and
// compared: trimmed, plain width, lower case, the domain in ASCII (IDNA). It is
// false for what cannot be an address; whether mail arrives is another matter.
func Email(s string) (string, bool) {
	s = strings.ToLower(norm.NFKC.String(strings.TrimSpace(s)))
	at := strings.LastIndexByte(s, '@')
	if at < 1 || !localPart(s[:at]) {
		return "", false
	}
	domain, err := idna.Lookup.ToASCII(s[at+1:])
	if err != nil || !hostName(domain) {
		return "", false
	}
	if s = s[:at+1] + domain; len(s) > maxAddress {
		return "", false
	}
	return s, true
}

func localPart(s string) bool {
	if len(s) > maxLocal || strings.HasPrefix(s, ".") || strings.HasSuffix(s, ".") || strings.Contains(s, "..") {
		return false
	}
	for _, r := range s {
		ok := unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.IsMark(r) || strings.ContainsRune("!#$%&'*+-/=?^_`{|}~.", r)
		if !ok {
			return false
		}
	}
	return utf8.ValidString(s)
}

// hostName wants at least two labels and a top label that is no number, so
// that a bare machine name or an IP address is refused.
func hostName(s string) bool {
	labels := strings.Split(s, ".")
	if len(labels) < 2 {
		return false
	}
	for _, l := range labels {
		if l == "" || len(l) > 63 || l[0] == '-' || l[len(l)-1] == '-' || strings.Trim(l, "abcdefghijklmnopqrstuvwxyz0123456789-") != "" {
			return false
		}
	}
	return strings.Trim(labels[len(labels)-1], "0123456789") != ""
}

// FileName keeps of a name what may be shown and stored: no folders, no hidden characters, 120 letters at most.
// Nothing left gives otherwise.
func FileName(name, otherwise string) string {
	name = Clean(name)
	if i := strings.LastIndexAny(name, `/\`); i >= 0 {
		name = name[i+1:]
	}
	if r := []rune(name); len(r) > 120 {
		name = string(r[:120])
	}
	if name == "" {
		return otherwise
	}
	return name
}
