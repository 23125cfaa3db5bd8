package eml

import (
	"bytes"
	"fmt"
	"mime"
	"path"
	"strings"
	"unicode/utf8"
)

// A walker goes through the parts of a mail and collects text and files.
type walker struct {
	texts []string
	size  int
	files []File
	lost  int
	seen  int

	report []header // fields of a delivery report
	inner  []byte   // headers of the mail that came back
	media  string   // of the whole mail
	params map[string]string
}

func (w *walker) text() string {
	return strings.Trim(strings.Join(w.texts, "\n\n"), "\n")
}

func (w *walker) say(s string) {
	s = strings.Trim(s, "\n")
	if strings.TrimSpace(s) == "" {
		return
	}
	if w.size+len(s) > maxText {
		s = cut(s, max(maxText-w.size, 0))
		w.lost++
	}
	w.size += len(s)
	w.texts = append(w.texts, s)
}

func cut(s string, n int) string {
	for n > 0 && n < len(s) && !utf8.RuneStart(s[n]) {
		n--
	}
	return s[:min(n, len(s))]
}

// part reads one part of the mail, which may have parts itself.
func (w *walker) part(h header, body []byte, depth int) {
	if w.seen++; w.seen > maxParts || depth > maxDepth {
		w.lost++
		return
	}
	media, params := parameters(h.get("Content-Type"))
	if w.params == nil {
		w.media, w.params = media, params
	}
	if strings.HasPrefix(media, "multipart/") {
		if parts := split(body, params["boundary"]); len(parts) > 0 {
			w.multipart(media, parts, depth)
			return
		}
		media = "text/plain" // parts are promised and none is there: what's there is shown
	}
	w.leaf(leaf{h: h, media: media, params: params, raw: body})
}

func (w *walker) multipart(media string, parts [][]byte, depth int) {
	if media == "multipart/alternative" {
		w.alternative(parts, depth)
		return
	}
	for _, p := range parts {
		h, body := readHeader(p)
		w.part(h, body, depth+1)
	}
}

// alternative takes the first form that has words: plain text before HTML, and both before the rest. An invitation
// is kept beside its text.
func (w *walker) alternative(parts [][]byte, depth int) {
	var forms []walker
	for _, p := range parts {
		h, body := readHeader(p)
		one := walker{seen: w.seen, params: map[string]string{}, size: w.size}
		one.part(h, body, depth+1)
		w.seen = one.seen
		media, _ := parameters(h.get("Content-Type"))
		one.media = media
		forms = append(forms, one)
	}
	chosen := -1
	for i, f := range forms {
		if f.text() != "" && (chosen < 0 || f.media == "text/plain" || f.media == "" && forms[chosen].media != "text/plain") && f.media != "text/calendar" {
			if chosen < 0 || forms[chosen].media != "text/plain" {
				chosen = i
			}
		}
	}
	for i, f := range forms {
		if i == chosen || chosen < 0 {
			w.texts, w.size = append(w.texts, f.texts...), w.size+f.size
		}
		w.files, w.lost = append(w.files, f.files...), w.lost+f.lost
	}
}

// A leaf is a part without parts.
type leaf struct {
	h      header
	media  string
	params map[string]string
	raw    []byte
}

func (l leaf) data() []byte {
	switch encoding, _, _ := strings.Cut(strings.ToLower(strings.TrimSpace(l.h.get("Content-Transfer-Encoding"))), ";"); strings.TrimSpace(encoding) {
	case "base64":
		return unbase64(l.raw)
	case "quoted-printable":
		return unquote(l.raw, true)
	case "x-uuencode", "uuencode", "x-uue":
		return uudecode(l.raw)
	}
	return l.raw
}

// disposition is what the sender wants the part to be, with its name.
func (l leaf) disposition() (how, name string) {
	how, params := parameters(l.h.get("Content-Disposition"))
	name = params["filename"]
	if name == "" {
		name = l.params["name"]
	}
	return how, fileName(name)
}

func (w *walker) leaf(l leaf) {
	how, name := l.disposition()
	cid := strings.Trim(l.h.get("Content-ID"), "<> \t")
	switch {
	case l.media == "message/delivery-status", l.media == "message/disposition-notification", l.media == "message/global-delivery-status":
		w.report = append(w.report, groups(l.data())...)
	case l.media == "text/rfc822-headers", l.media == "message/rfc822" && strings.HasPrefix(w.media, "multipart/report"):
		w.inner = l.data()
		w.keep(File{Name: "original.eml", Media: "message/rfc822", Data: w.inner})
	case l.media == "message/rfc822", l.media == "message/global":
		w.keep(File{Name: innerName(l.data()), Media: "message/rfc822", Data: l.data()})
	case l.media == "application/ms-tnef", l.media == "application/vnd.ms-tnef", strings.EqualFold(name, "winmail.dat"):
		w.tnef(l.data(), name)
	case how == "attachment" || name != "" && !strings.HasPrefix(l.media, "text/") && l.media != "":
		w.keep(File{Name: name, Media: l.media, CID: cid, Inline: cid != "" && how != "attachment", Data: l.data()})
	case l.media == "text/html":
		w.say(fromHTML(decode(l.data(), htmlCharset(l.params["charset"], l.data()))))
	case l.media == "text/calendar":
		text := clean(decode(l.data(), l.params["charset"]))
		w.say(calendarText(text))
		w.keep(File{Name: or(name, "invite.ics"), Media: l.media, Data: []byte(text)})
	case strings.HasPrefix(l.media, "text/") && name != "" && len(w.texts) > 0:
		w.keep(File{Name: name, Media: l.media, Data: l.data()})
	case l.media == "" || l.media == "text" || l.media == "text/plain" || strings.HasPrefix(l.media, "text/") && l.media != "text/x-moz-deleted":
		w.plain(l)
	default:
		w.keep(File{Name: name, Media: l.media, CID: cid, Inline: cid != "", Data: l.data()})
	}
}

func (w *walker) plain(l leaf) {
	text := clean(decode(l.data(), l.params["charset"]))
	if strings.EqualFold(l.params["format"], "flowed") {
		text = unflow(text, strings.EqualFold(l.params["delsp"], "yes"))
	}
	text, files := uuencoded(text)
	for _, f := range files {
		w.keep(f)
	}
	w.say(text)
}

func (w *walker) keep(f File) {
	if len(f.Data) == 0 {
		return
	}
	if f.Name == "" {
		f.Name = fmt.Sprintf("part-%d%s", len(w.files)+1, extension(f.Media))
	}
	w.files = append(w.files, f)
}

func extension(media string) string {
	switch media {
	case "image/jpeg":
		return ".jpg"
	case "text/plain":
		return ".txt"
	case "message/rfc822":
		return ".eml"
	}
	if all, err := mime.ExtensionsByType(media); err == nil && len(all) > 0 {
		return all[0]
	}
	return ".bin"
}

// fileName takes the folders and what could harm out of a name.
func fileName(s string) string {
	s = path.Base(strings.ReplaceAll(oneLine(s), `\`, "/"))
	s = strings.Map(func(r rune) rune {
		if strings.ContainsRune(`/<>:"|?*`, r) {
			return '_'
		}
		return r
	}, s)
	s = strings.Trim(s, ". ")
	if len(s) > 200 {
		ext := path.Ext(s)
		if len(ext) > 20 {
			ext = ""
		}
		s = cut(strings.TrimSuffix(s, ext), 200-len(ext)) + ext
	}
	return s
}

// innerName is a forwarded mail's subject as a file's name.
func innerName(raw []byte) string {
	h, _ := readHeader(raw)
	return or(cut(fileName(strings.ReplaceAll(h.text("Subject"), "/", "_")), 100), "forwarded") + ".eml"
}

func or(s, otherwise string) string {
	if s == "" {
		return otherwise
	}
	return s
}

// split cuts a body at its boundary. A last boundary that is missing is no matter.
func split(body []byte, boundary string) (parts [][]byte) {
	if boundary == "" {
		if boundary = findBoundary(body); boundary == "" {
			return nil
		}
	}
	mark := []byte("--" + boundary)
	from, at := -1, 0
	for at <= len(body) {
		end := bytes.IndexByte(body[at:], '\n')
		next := len(body) + 1
		line := body[at:]
		if end >= 0 {
			line, next = body[at:at+end], at+end+1
		}
		if rest, ok := bytes.CutPrefix(line, mark); ok && (len(bytes.TrimSpace(rest)) == 0 || bytes.HasPrefix(rest, []byte("--"))) {
			if from >= 0 {
				parts = append(parts, trimEnd(body[from:at]))
			}
			from = min(next, len(body))
			if bytes.HasPrefix(rest, []byte("--")) {
				return parts
			}
		}
		at = next
	}
	if from >= 0 && from < len(body) {
		parts = append(parts, body[from:])
	}
	return parts
}

// findBoundary takes the first line that looks like one, when the header doesn't say.
func findBoundary(body []byte) string {
	for rest := body; len(rest) > 0; {
		var line []byte
		line, rest = cutLine(rest)
		if name, ok := bytes.CutPrefix(line, []byte("--")); ok && len(name) > 5 && len(name) <= 70 && !bytes.ContainsAny(name, " \t") &&
			bytes.HasPrefix(bytes.ToLower(rest), []byte("content-")) {
			return string(name)
		}
	}
	return ""
}

func trimEnd(b []byte) []byte {
	return bytes.TrimSuffix(bytes.TrimSuffix(b, []byte("\n")), []byte("\r"))
}

// parameters reads a header such as Content-Type: its value in lower case, and its parameters decoded. It takes what
// programs write: values in pieces, in any character set, with encoded words or raw bytes in them.
func parameters(v string) (value string, params map[string]string) {
	all := splitOutside(v, ";")
	params = map[string]string{}
	pieces := map[string][]piece{}
	for _, one := range all[1:] {
		name, text, ok := strings.Cut(one, "=")
		if !ok {
			continue
		}
		name, text = strings.ToLower(strings.TrimSpace(name)), strings.TrimSpace(text)
		if strings.HasPrefix(text, `"`) {
			text = strings.ReplaceAll(strings.Trim(text, `"`), `\"`, `"`)
		}
		base, number, encoded := pieceName(name)
		if base != name {
			pieces[base] = append(pieces[base], piece{number, text, encoded})
		} else if params[name] == "" {
			params[name] = decodeWords(text)
		}
	}
	for name, p := range pieces {
		if text := joinPieces(p); text != "" {
			params[name] = text
		}
	}
	value, _, _ = strings.Cut(strings.ToLower(strings.TrimSpace(all[0])), " ")
	return value, params
}
