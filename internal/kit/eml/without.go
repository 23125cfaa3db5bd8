package eml

import (
	"bytes"
	"strings"
)

// Without returns a mail without the files that are refused, and those files. Everything else stays as it came: headers,
// text, the other parts. A part whose files are refused becomes its text alone. Nothing refused returns the mail itself.
func Without(raw []byte, refuse func(File) bool) (rest []byte, refused []File) {
	c := cutter{refuse: refuse}
	return c.part(raw, 0), c.refused
}

type cutter struct {
	refuse  func(File) bool
	refused []File
	seen    int
}

// part returns a part without what's refused in it. Its walk is that of a reader's, so that it sees the files that a reader
// would get.
func (c *cutter) part(raw []byte, depth int) []byte {
	if c.seen++; c.seen > maxParts || depth > maxDepth {
		return raw
	}
	h, body := readHeader(raw)
	media, params := parameters(h.get("Content-Type"))
	if strings.HasPrefix(media, "multipart/") {
		if parts := split(body, params["boundary"]); len(parts) > 0 {
			return c.multipart(raw, parts, depth)
		}
		media = "text/plain"
	}
	w := walker{params: params}
	w.leaf(leaf{h: h, media: media, params: params, raw: body})
	bad := 0
	for _, f := range w.files {
		if c.refuse(f) {
			c.refused = append(c.refused, f)
			bad++
		}
	}
	if bad == 0 {
		return raw
	}
	return asText(h, or(media, "text/plain"), w.text())
}

// multipart replaces parts where they stand. Equal ones come in the same order, so the first that is found is the right one.
func (c *cutter) multipart(raw []byte, parts [][]byte, depth int) []byte {
	out := raw
	for _, p := range parts {
		if clean := c.part(p, depth+1); len(p) > 0 && !bytes.Equal(clean, p) {
			out = bytes.Replace(out, p, clean, 1)
		}
	}
	return out
}

// asText is a part with its headers but those that say what its content is, and a text as its content. Of several forms of one
// text it isn't preferred where the part wasn't.
func asText(h header, media, text string) []byte {
	if media != "text/plain" {
		media = "text/x-rest"
	}
	var b bytes.Buffer
	for rest, skip := h.raw, false; len(rest) > 0; {
		line, after := cutLine(rest)
		if folded := len(line) > 0 && (line[0] == ' ' || line[0] == '\t'); !folded {
			skip = bytes.HasPrefix(bytes.ToLower(line), []byte("content-"))
		}
		if !skip {
			b.Write(rest[:len(rest)-len(after)])
		}
		rest = after
	}
	b.WriteString("Content-Type: " + media + "; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\n")
	b.WriteString(strings.ReplaceAll(text, "\n", "\r\n"))
	return b.Bytes()
}
