package login

import (
	"strings"

	"hanse/internal/kit/text"
)

// NormalName gives the form in which a sign-in name is stored: an e-mail address in lower case, or a phone
// number with its country code. False means that it can be neither.
func NormalName(typed string) (name, kind string, ok bool) {
	if strings.Contains(typed, "@") || strings.Contains(typed, "＠") {
		name, ok = text.Email(typed)
		return name, "email", ok
	}
	name, ok = Phone(typed)
	return name, "phone", ok
}

// Phone gives a number as + and 7 to 15 digits. Eleven digits that start with 1 are a Chinese mobile number.
func Phone(typed string) (string, bool) {
	s := strings.Map(func(r rune) rune {
		if strings.ContainsRune(" -().", r) {
			return -1
		}
		return r
	}, text.Fold(typed))
	digits, international := strings.CutPrefix(s, "+")
	if !international {
		if digits, international = strings.CutPrefix(s, "00"); !international {
			if len(s) != 11 || s[0] != '1' {
				return "", false
			}
			digits = "86" + s
		}
	}
	if len(digits) < 7 || len(digits) > 15 || strings.Trim(digits, "0123456789") != "" || digits[0] == '0' {
		return "", false
	}
	return "+" + digits, true
}
