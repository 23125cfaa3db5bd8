package fulltext

import (
	"encoding/hex"
	"slices"
	"strings"

	"hanse/internal/kit/text"
)

// mostBytes is how much of a document can be found. PostgreSQL refuses more than a megabyte; a ticket with a thousand
// messages has a tenth of it. What is added first stays.
const mostBytes = 512 << 10

// A Document is the set of tokens of one thing: the words of its texts, each under a mark that says who may find it by
// them, and tags. Its zero value is empty.
type Document struct {
	tokens map[string]bool
	bytes  int
}

// Add takes the words of a text in. Under the empty mark everybody finds them; under another, letters and digits, only a
// query that asks for this mark.
func (d *Document) Add(mark, s string) {
	read(text.Fold(s), func(t token) { d.add(marked(mark, t.text)) })
}

// Tag says something exact of the thing, which no text can imitate.
func (d *Document) Tag(t Tag) { d.add(t.token()) }

func (d *Document) add(token string) {
	if d.tokens[token] || d.bytes+len(token)+1 > mostBytes {
		return
	}
	if d.tokens == nil {
		d.tokens = map[string]bool{}
	}
	d.tokens[token] = true
	d.bytes += len(token) + 1
}

// String is what is stored: the tokens in order, a space between. SQLite's FTS5 reads it with its plain tokenizer,
// PostgreSQL as the text of a tsvector.
func (d *Document) String() string {
	all := make([]string, 0, len(d.tokens))
	for t := range d.tokens {
		all = append(all, t)
	}
	slices.Sort(all)
	return strings.Join(all, " ")
}

// A Tag is an exact value of a kind, such as the account that may see a thing. Kind is letters.
type Tag struct{ Kind, Value string }

// token is the tag's spelling. A tilde is in no word, so no text makes one.
func (t Tag) token() string {
	var b strings.Builder
	b.WriteString("~~" + t.Kind + string(joint))
	for i := range len(t.Value) {
		c := t.Value[i]
		if c >= 'a' && c <= 'z' || c >= '0' && c <= '9' {
			b.WriteByte(c)
		} else {
			b.WriteString("~" + hex.EncodeToString([]byte{c}))
		}
	}
	return b.String()
}

func marked(mark, token string) string {
	if mark == "" {
		return token
	}
	return "~" + mark + "~" + token
}
