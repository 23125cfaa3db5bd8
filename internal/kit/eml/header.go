package eml

import (
	"bytes"
	"encoding/base64"
	"net/mail"
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode"
)

// A field is one header, unfolded, with its bytes as they came.
type field struct{ name, value string }

// A header is the fields of a mail or of a part, in their order.
type header struct {
	fields []field
	raw    []byte
}

// readHeader splits a mail at its first empty line. Lines that aren't headers are passed over; a mail that has none at
// all is body altogether.
func readHeader(raw []byte) (h header, body []byte) {
	rest := raw
	for len(rest) > 0 {
		line, after := cutLine(rest)
		if len(bytes.TrimRight(line, " \t")) == 0 {
			h.raw = raw[:len(raw)-len(rest)]
			return h, after
		}
		if len(raw)-len(after) > maxHeader {
			break // the rest of a header without end is left out, its body is looked for
		}
		h.add(line)
		rest = after
	}
	if len(h.fields) == 0 {
		return header{}, raw
	}
	h.raw = raw[:len(raw)-len(rest)]
	if i := bytes.Index(rest, []byte("\r\n\r\n")); i >= 0 {
		return h, rest[i+4:]
	}
	if i := bytes.Index(rest, []byte("\n\n")); i >= 0 {
		return h, rest[i+2:]
	}
	return h, nil
}

func cutLine(b []byte) (line, rest []byte) {
	line, rest, _ = bytes.Cut(b, []byte("\n"))
	return bytes.TrimSuffix(line, []byte("\r")), rest
}

func (h *header) add(line []byte) {
	if (line[0] == ' ' || line[0] == '\t') && len(h.fields) > 0 {
		h.fields[len(h.fields)-1].value += " " + string(bytes.TrimSpace(line))
		return
	}
	name, value, ok := bytes.Cut(line, []byte(":"))
	name = bytes.TrimSpace(name)
	if !ok || len(name) == 0 || len(name) > 100 || bytes.ContainsAny(name, " \t<>@") {
		return
	}
	h.fields = append(h.fields, field{string(name), string(bytes.TrimSpace(value))})
}

func (h header) find(name string) (string, bool) {
	for _, f := range h.fields {
		if strings.EqualFold(f.name, name) {
			return f.value, true
		}
	}
	return "", false
}

func (h header) get(name string) string { v, _ := h.find(name); return v }

func (h header) all(name string) (out []string) {
	for _, f := range h.fields {
		if strings.EqualFold(f.name, name) {
			out = append(out, f.value)
		}
	}
	return out
}

func (h header) text(name string) string { return decodeWords(h.get(name)) }

func (h header) addresses(name string) (out []Address) {
	for _, v := range h.all(name) {
		out = append(out, parseAddresses(v)...)
	}
	return out
}

var word = regexp.MustCompile(`=\?([^?\s]*)\?([bBqQ])\?([^?]*)\?=`)

// decodeWords decodes a header. Neighbouring words of one character set are joined before they're decoded: many programs
// cut a Chinese character in two.
func decodeWords(s string) string {
	var b strings.Builder
	var charset string
	var pending []byte
	flush := func() {
		b.WriteString(decode(pending, charset))
		pending = nil
	}
	at := 0
	for _, m := range word.FindAllStringSubmatchIndex(s, -1) {
		between := s[at:m[0]]
		name, _, _ := strings.Cut(s[m[2]:m[3]], "*") // a language may follow
		if strings.TrimSpace(between) != "" || len(pending) == 0 || !strings.EqualFold(name, charset) {
			flush()
			if strings.TrimSpace(between) != "" || at == 0 {
				b.WriteString(decode([]byte(between), ""))
			}
		}
		charset = name
		pending = append(pending, unword(s[m[4]:m[5]], s[m[6]:m[7]])...)
		at = m[1]
	}
	flush()
	b.WriteString(decode([]byte(s[at:]), ""))
	return b.String()
}

func unword(how, text string) []byte {
	if strings.EqualFold(how, "b") {
		return unbase64([]byte(text))
	}
	return unquote([]byte(strings.ReplaceAll(text, "_", " ")), false)
}

// unbase64 takes what decodes and passes over the rest.
func unbase64(b []byte) []byte {
	clean := make([]byte, 0, len(b))
	for _, c := range b {
		switch {
		case c >= 'A' && c <= 'Z', c >= 'a' && c <= 'z', c >= '0' && c <= '9', c == '+', c == '/':
			clean = append(clean, c)
		case c == '-':
			clean = append(clean, '+')
		case c == '_':
			clean = append(clean, '/')
		}
	}
	if len(clean)%4 == 1 {
		clean = clean[:len(clean)-1]
	}
	out := make([]byte, base64.RawStdEncoding.DecodedLen(len(clean)))
	n, _ := base64.RawStdEncoding.Decode(out, clean) // what was clean decodes but for spare bits at the end
	return out[:n]
}

// unquote decodes quoted-printable; what isn't stays as it is.
func unquote(b []byte, lines bool) []byte {
	out := make([]byte, 0, len(b))
	for i := 0; i < len(b); i++ {
		if b[i] != '=' {
			out = append(out, b[i])
			continue
		}
		if i+2 < len(b) {
			if hi, lo := unhex(b[i+1]), unhex(b[i+2]); hi >= 0 && lo >= 0 {
				out = append(out, byte(hi<<4|lo))
				i += 2
				continue
			}
		}
		if end := bytes.IndexByte(b[i:], '\n'); lines && (end >= 0 && len(bytes.TrimSpace(b[i+1:i+end])) == 0) {
			i += end // a soft line break
			continue
		}
		if lines && len(bytes.TrimSpace(b[i+1:])) == 0 {
			break
		}
		out = append(out, '=')
	}
	return out
}

func unhex(c byte) int {
	switch {
	case c >= '0' && c <= '9':
		return int(c - '0')
	case c >= 'A' && c <= 'F':
		return int(c-'A') + 10
	case c >= 'a' && c <= 'f':
		return int(c-'a') + 10
	}
	return -1
}

var (
	bracketed = regexp.MustCompile(`<([^<>\s]+)>`)
	plain     = regexp.MustCompile(`[^\s<>,;:"'()\[\]]+@[^\s<>,;:"'()\[\]]+`)
)

// ids are the message ids of a header, in their order, each once.
func ids(v string) (out []string) {
	found := bracketed.FindAllStringSubmatch(v, -1)
	for _, m := range found {
		out = append(out, m[1])
	}
	if len(found) == 0 {
		out = plain.FindAllString(v, -1)
	}
	seen := map[string]bool{}
	out = slices.DeleteFunc(out, func(s string) bool {
		known := seen[s] || len(s) > 900
		seen[s] = true
		return known
	})
	if len(out) > maxIDs {
		out = append(out[:1:1], out[len(out)-maxIDs+1:]...)
	}
	return out
}

// parseAddresses reads a list of addresses leniently: what has no address in it is passed over.
func parseAddresses(v string) (out []Address) {
	for _, one := range splitOutside(v, ",;") {
		if _, group, ok := strings.Cut(one, ":"); ok && !strings.Contains(strings.SplitN(one, ":", 2)[0], "@") && !strings.Contains(one, "\"") {
			one = group // "Team: a@x, b@x;"
		}
		a := Address{}
		if open := strings.LastIndex(one, "<"); open >= 0 {
			a.Mail, _, _ = strings.Cut(one[open+1:], ">")
			a.Name = oneLine(strings.Trim(decodeWords(strings.ReplaceAll(strings.TrimSpace(one[:open]), `\"`, "")), `"' `))
		} else {
			a.Mail = plain.FindString(one)
		}
		a.Mail = strings.ToLower(strings.Trim(strings.TrimSpace(a.Mail), `"'`))
		if strings.Count(a.Mail, "@") == 1 && len(a.Mail) <= 254 && !strings.ContainsFunc(a.Mail, bad) {
			out = append(out, a)
		}
	}
	return out
}

func bad(r rune) bool {
	return unicode.IsControl(r) || unicode.IsSpace(r) || strings.ContainsRune(`<>()[]\,;:"`, r)
}

// splitOutside splits at separators that stand neither in quotes nor in angle brackets.
func splitOutside(s, separators string) (out []string) {
	from, quoted, angle := 0, false, false
	for i, r := range s {
		switch {
		case r == '"' && (i == 0 || s[i-1] != '\\'):
			quoted = !quoted
		case quoted:
		case r == '<':
			angle = true
		case r == '>':
			angle = false
		case !angle && strings.ContainsRune(separators, r):
			out, from = append(out, s[from:i]), i+1
		}
	}
	return append(out, s[from:])
}

func readDate(v string) time.Time {
	t, err := mail.ParseDate(v)
	if err != nil || t.Year() < 1990 || t.Year() > 2200 {
		return time.Time{}
	}
	return t.UTC()
}

// oneLine makes a header fit for one line of a page: no control characters, none that turn the direction of writing.
func oneLine(s string) string {
	s = strings.Map(func(r rune) rune {
		switch {
		case unicode.IsControl(r), r == '\u2028', r == '\u2029':
			return ' '
		case turns(r):
			return -1
		}
		return r
	}, s)
	return strings.Join(strings.Fields(s), " ")
}

func turns(r rune) bool {
	return r >= '\u202a' && r <= '\u202e' || r >= '\u2066' && r <= '\u2069' || r == '\u200e' || r == '\u200f' || r == '\ufeff'
}
