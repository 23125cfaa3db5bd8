package secret

import (
	_ "embed"
	"slices"
	"strings"
	"unicode/utf8"

	"hanse/internal/kit/fault"
	"hanse/internal/kit/i18n"
)

// The limits of a password's length in characters. The upper one keeps a stranger from making us hash megabytes.
const (
	MinPassword = 10
	MaxPassword = 128
)

// common.txt holds one lower-case password a line: those that every guesser tries first.
//
//go:embed common.txt
var common string

// CheckPassword refuses a new password that is too short, too long, too common, too simple, or that contains the
// login. It asks for no digits or signs: length is what counts. Logins are e-mail addresses or names; of an
// address the part before the @ counts too.
func CheckPassword(field, password string, logins ...string) error {
	if m, weak := WeakPassword(password, logins...); weak {
		return fault.Invalid(field, m)
	}
	return nil
}

// WeakPassword says why a password can't be accepted.
func WeakPassword(password string, logins ...string) (i18n.Msg, bool) {
	lower := strings.ToLower(password)
	n := utf8.RuneCountInString(password)
	switch {
	case !utf8.ValidString(password) || strings.ContainsRune(password, 0):
		return i18n.M("secret.password.unreadable"), true
	case n < MinPassword:
		return i18n.M("secret.password.short", i18n.A{"min": MinPassword}), true
	case n > MaxPassword:
		return i18n.M("secret.password.long", i18n.A{"max": MaxPassword}), true
	case containsLogin(lower, logins):
		return i18n.M("secret.password.login"), true
	case simple(lower) || isCommon(lower):
		return i18n.M("secret.password.common"), true
	}
	return i18n.Msg{}, false
}

// containsLogin looks for the login and, of an address, the part before the @. Parts under four characters would
// forbid half of all words.
func containsLogin(lower string, logins []string) bool {
	for _, l := range logins {
		l = strings.ToLower(strings.TrimSpace(l))
		local, _, _ := strings.Cut(l, "@")
		for _, part := range []string{l, local} {
			if utf8.RuneCountInString(part) >= 4 && strings.Contains(lower, part) {
				return true
			}
		}
	}
	return false
}

// simple finds passwords of at most three different characters and plain runs such as abcdefghij or 9876543210.
func simple(lower string) bool {
	rs := []rune(lower)
	up, down := true, true
	for i := 1; i < len(rs); i++ {
		up = up && (rs[i] == rs[i-1]+1 || rs[i-1] == '9' && rs[i] == '0')
		down = down && (rs[i] == rs[i-1]-1 || rs[i-1] == '0' && rs[i] == '9')
	}
	slices.Sort(rs)
	return up || down || len(slices.Compact(rs)) <= 3
}

// isCommon compares with the list as typed, and without what people append to reach a length.
func isCommon(lower string) bool {
	bare := strings.TrimRight(lower, "0123456789!@#$.?*_-")
	for line := range strings.Lines(common) {
		if w := strings.TrimSpace(line); w != "" && (lower == w || bare == w) {
			return true
		}
	}
	return false
}
