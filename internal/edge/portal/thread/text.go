package thread

import (
	"net/url"
	"regexp"
	"strings"
)

// A block is a piece of a message: its own words, or words that it quotes.
type block struct {
	quoted     bool
	paragraphs [][]line
}

// A line is a row of a paragraph.
type line []span

// A span is plain text, a link, or a picture that stands in the text.
type span struct {
	text    string
	href    string // an address outside
	picture string // id of a file of the message
}

var (
	// marks finds pictures and addresses. An address has no letters of other scripts: those that follow it begin a word.
	marks = regexp.MustCompile(`!\[([^\]\n]{0,200})\]\((att_[A-Za-z0-9]{1,40})\)|https?://[A-Za-z0-9][A-Za-z0-9\-._~:/?#\[\]@!$&'()*+,;=%]*`)
	// begins are the lines after which mail programs put what they answer to.
	begins = regexp.MustCompile(`(?i)^\s*(-{2,}\s*(original message|forwarded message|原始邮件|原始郵件|原邮件|转发的邮件)\s*-{2,}|_{20,}|(on|am|le)\s.{6,200}\s(wrote|schrieb|a écrit)\s*:|在\s?.{4,200}(写道|寫道)\s*[:：])\s*$`)
)

// parse reads a message. Lines that begin with > and everything after the head of a quoted mail are quoted.
func parse(body string) (out []block) {
	var rows []string
	quoted, rest := false, false
	flush := func() {
		if b := (block{quoted, paragraphs(rows)}); len(b.paragraphs) > 0 {
			out = append(out, b)
		}
		rows = nil
	}
	for _, row := range strings.Split(strings.ReplaceAll(body, "\r\n", "\n"), "\n") {
		rest = rest || begins.MatchString(row)
		q := rest || strings.HasPrefix(strings.TrimLeft(row, " "), ">") || quoted && strings.TrimSpace(row) == ""
		if q != quoted {
			flush()
			quoted = q
		}
		rows = append(rows, row)
	}
	flush()
	return out
}

// paragraphs are rows between empty ones.
func paragraphs(rows []string) (out [][]line) {
	var p []line
	for _, row := range append(rows, "") {
		if strings.TrimSpace(row) != "" {
			p = append(p, spans(row))
			continue
		}
		if p != nil {
			out = append(out, p)
			p = nil
		}
	}
	return out
}

// spans finds what is more than text in a row.
func spans(row string) (out line) {
	at := 0
	add := func(s span) {
		if s != (span{}) {
			out = append(out, s)
		}
	}
	for _, m := range marks.FindAllStringSubmatchIndex(row, -1) {
		found := row[m[0]:m[1]]
		if m[4] >= 0 {
			add(span{text: row[at:m[0]]})
			add(span{text: row[m[2]:m[3]], picture: row[m[4]:m[5]]})
			at = m[1]
			continue
		}
		href := trimmed(found)
		if u, err := url.Parse(href); err != nil || u.Host == "" {
			continue
		}
		add(span{text: row[at:m[0]]})
		add(span{text: href, href: href})
		at = m[0] + len(href)
	}
	add(span{text: row[at:]})
	return out
}

// trimmed leaves the punctuation that ends a sentence outside of an address.
func trimmed(href string) string {
	for {
		short := strings.TrimRight(href, ".,;:!?'*")
		if n := strings.Count(short, "(") - strings.Count(short, ")"); n < 0 {
			short = strings.TrimSuffix(short, ")")
		}
		if n := strings.Count(short, "[") - strings.Count(short, "]"); n < 0 {
			short = strings.TrimSuffix(short, "]")
		}
		if short == href {
			return href
		}
		href = short
	}
}

// Mentions lists the ids of the pictures that stand in a text.
func Mentions(body string) (ids []string) {
	for _, m := range marks.FindAllStringSubmatch(body, -1) {
		if m[2] != "" {
			ids = append(ids, m[2])
		}
	}
	return ids
}

// Plain is a text for one line of a list: without marks of pictures, quoted lines and line ends.
func Plain(body string) string {
	var words []string
	for _, b := range parse(body) {
		if b.quoted {
			continue
		}
		for _, p := range b.paragraphs {
			for _, l := range p {
				for _, s := range l {
					if s.picture == "" {
						words = append(words, strings.Fields(s.text)...)
					}
				}
			}
		}
	}
	return strings.Join(words, " ")
}

// leave is the address of the page that stands before an address outside.
func leave(href string) string { return "/leave?" + url.Values{"to": {href}}.Encode() }
