package simulation

import (
	"crypto/sha256"
	"encoding/hex"
	"regexp"
	"strings"
)

// mostText is how many bytes a draft and its cases may each have: many times what any program needs.
const mostText = 256 << 10

// clean brings a text from a form or a file into one shape.
func clean(text string) string {
	text = strings.TrimPrefix(text, "\ufeff")
	text = strings.ReplaceAll(text, "\r\n", "\n")
	if text = strings.TrimRight(text, " \t\n"); text == "" {
		return ""
	}
	return text + "\n"
}

// hash tells one text from another.
func hash(text string) string {
	sum := sha256.Sum256([]byte(text))
	return hex.EncodeToString(sum[:])
}

// topLevel finds the line of a key of the document itself.
func topLevel(key string) *regexp.Regexp {
	return regexp.MustCompile(`(?m)^` + regexp.QuoteMeta(key) + `:[^\n]*$`)
}

// setKey gives a key of the document a plain value. The rest stays as its author wrote it; a remark on the old value
// goes, because it was about that value. A key that isn't there isn't added.
func setKey(text, key, value string) string {
	at := topLevel(key).FindStringIndex(text)
	if at == nil {
		return text
	}
	return text[:at[0]] + key + ": " + value + text[at[1]:]
}

// key reads a plain value of a key, also of a text that is full of mistakes; "" when it isn't there.
func key(text, name string) string {
	line := topLevel(name).FindString(text)
	value, _, _ := strings.Cut(strings.TrimPrefix(line, name+":"), " #")
	return strings.Trim(strings.TrimSpace(value), `"'`)
}

// quoted makes a value that YAML reads as text.
func quoted(s string) string {
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`, "\n", " ").Replace(s) + `"`
}
