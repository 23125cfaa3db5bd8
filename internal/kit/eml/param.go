package eml

import (
	"bytes"
	"encoding/binary"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// A piece is a part of a parameter's value (RFC 2231).
type piece struct {
	number  int
	text    string
	encoded bool
}

// pieceName takes filename*0* apart.
func pieceName(name string) (base string, number int, encoded bool) {
	base, rest, ok := strings.Cut(name, "*")
	if !ok {
		return name, 0, false
	}
	digits := strings.TrimSuffix(rest, "*")
	number, _ = strconv.Atoi(digits)
	return base, number, rest == "" || strings.HasSuffix(rest, "*")
}

func joinPieces(all []piece) string {
	slices.SortStableFunc(all, func(a, b piece) int { return a.number - b.number })
	charset := ""
	var b []byte
	for i, p := range all {
		text := p.text
		if i == 0 && p.encoded {
			if set, rest, ok := strings.Cut(text, "'"); ok {
				charset = set
				_, text, _ = strings.Cut(rest, "'")
			}
		}
		if p.encoded {
			b = append(b, unpercent(text)...)
		} else {
			b = append(b, text...)
		}
	}
	return decode(b, charset)
}

func unpercent(s string) (out []byte) {
	for i := 0; i < len(s); i++ {
		if s[i] == '%' && i+2 < len(s) {
			if hi, lo := unhex(s[i+1]), unhex(s[i+2]); hi >= 0 && lo >= 0 {
				out = append(out, byte(hi<<4|lo))
				i += 2
				continue
			}
		}
		out = append(out, s[i])
	}
	return out
}

// unflow joins the lines of a text that was broken for narrow windows (RFC 3676).
func unflow(s string, delsp bool) string {
	var out []string
	open, depth := false, 0
	for line := range strings.SplitSeq(s, "\n") {
		quoted := strings.TrimLeft(line, ">")
		d := len(line) - len(quoted)
		text := strings.TrimPrefix(quoted, " ")
		if open && d == depth && text != "-- " {
			out[len(out)-1] += text
		} else {
			mark := strings.Repeat(">", d)
			if d > 0 {
				mark += " "
			}
			out = append(out, mark+text)
		}
		open, depth = strings.HasSuffix(text, " ") && text != "-- ", d
		if open && delsp {
			out[len(out)-1] = strings.TrimSuffix(out[len(out)-1], " ")
		}
	}
	return strings.Join(out, "\n")
}

var uuBegin = regexp.MustCompile(`(?m)^begin [0-7]{3,4} ([^\n]{1,200})\n`)

// uuencoded takes files that stand in the text, as old programs write them, out of it.
func uuencoded(text string) (string, []File) {
	var files []File
	for range 20 {
		m := uuBegin.FindStringSubmatchIndex(text)
		if m == nil {
			break
		}
		end := strings.Index(text[m[1]:], "\nend")
		if end < 0 {
			break
		}
		data := uudecode([]byte(text[m[0] : m[1]+end]))
		if len(data) == 0 {
			break
		}
		files = append(files, File{Name: fileName(text[m[2]:m[3]]), Media: "application/octet-stream", Data: data})
		text = strings.TrimRight(text[:m[0]], "\n") + "\n" + strings.TrimLeft(text[m[1]+end+len("\nend"):], "\n")
	}
	return text, files
}

func uudecode(b []byte) (out []byte) {
	for rest := b; len(rest) > 0; {
		var line []byte
		line, rest = cutLine(rest)
		if len(line) < 2 || bytes.HasPrefix(line, []byte("begin ")) || bytes.Equal(line, []byte("end")) {
			continue
		}
		n := int(line[0]-' ') & 0x3f
		var dec []byte
		for i := 1; i+3 < len(line)+3 && len(dec) < n; i += 4 {
			var c [4]byte
			for k := range c {
				if i+k < len(line) {
					c[k] = (line[i+k] - ' ') & 0x3f
				}
			}
			dec = append(dec, c[0]<<2|c[1]>>4, c[1]<<4|c[2]>>2, c[2]<<6|c[3])
		}
		out = append(out, dec[:min(n, len(dec))]...)
	}
	return out
}

// named gives pictures in the text their places by the name of the file, as programs write them into plain text, and
// tells pictures in the text from files beside it.
func named(text string, files []File) (string, []File) {
	for i, f := range files {
		if !f.Inline {
			continue
		}
		place := Picture(f.CID)
		for _, written := range []string{"[cid:" + f.CID + "]", "[image: " + f.Name + "]", "[Image: " + f.Name + "]", "[图片: " + f.Name + "]", "<" + f.Name + ">"} {
			if !strings.Contains(text, place) {
				text = strings.Replace(text, written, place, 1)
			}
		}
		files[i].Inline = strings.Contains(text, place)
	}
	return text, files
}

// tnef takes Outlook's own container apart. When it can't, the container itself is kept.
func (w *walker) tnef(b []byte, name string) {
	text, files, ok := readTNEF(b)
	if !ok {
		w.keep(File{Name: or(name, "winmail.dat"), Media: "application/ms-tnef", Data: b})
		return
	}
	if len(w.texts) == 0 {
		w.say(text)
	}
	for _, f := range files {
		w.keep(f)
	}
}

// The attributes of a TNEF stream that matter.
const (
	tnefSignature = 0x223e9f78
	tnefBody      = 0x0002800c
	tnefTitle     = 0x00018010
	tnefData      = 0x0006800f
	tnefRend      = 0x00069002
	tnefAttach    = 0x00069005
	mapiLongName  = 0x3707
	mapiData      = 0x3701
)

// readTNEF reads text and files of a winmail.dat; ok is false when it's none, or broken before anything was found.
func readTNEF(b []byte) (text string, files []File, ok bool) {
	if len(b) < 6 || binary.LittleEndian.Uint32(b) != tnefSignature {
		return "", nil, false
	}
	var f *File
	for b = b[6:]; len(b) >= 9; {
		id, n := binary.LittleEndian.Uint32(b[1:]), int(binary.LittleEndian.Uint32(b[5:]))
		if n < 0 || n > len(b)-9 {
			break
		}
		data := b[9 : 9+n]
		switch id {
		case tnefBody:
			text = clean(guess(bytes.TrimRight(data, "\x00")))
		case tnefRend:
			files = append(files, File{Media: "application/octet-stream"})
			f = &files[len(files)-1]
		case tnefTitle:
			if f != nil && f.Name == "" {
				f.Name = fileName(guess(bytes.TrimRight(data, "\x00")))
			}
		case tnefData:
			if f != nil {
				f.Data = data
			}
		case tnefAttach:
			if f != nil {
				attachProperties(f, data)
			}
		}
		if b = b[9+n:]; len(b) < 2 {
			break
		}
		b = b[2:] // the checksum; what it's wrong about would be found by whoever opens the file
	}
	files = slices.DeleteFunc(files, func(f File) bool { return len(f.Data) == 0 })
	return text, files, text != "" || len(files) > 0
}

// attachProperties reads a file's long name and content from its MAPI properties.
func attachProperties(f *File, b []byte) {
	p := props{b: b}
	for n := p.u32(); n > 0 && !p.broken; n-- {
		id, kind, value := p.one()
		switch {
		case p.broken:
		case id == mapiLongName && kind == 0x001f:
			f.Name = fileName(utf16Text(value))
		case id == mapiLongName:
			f.Name = fileName(guess(bytes.TrimRight(value, "\x00")))
		case id == mapiData && len(f.Data) == 0:
			f.Data = value
		}
	}
}

// props reads MAPI properties one after another.
type props struct {
	b      []byte
	broken bool
}

func (p *props) take(n int) []byte {
	if n < 0 || n > len(p.b) {
		p.broken, p.b = true, nil
		return nil
	}
	out := p.b[:n]
	p.b = p.b[n:]
	return out
}

func (p *props) u32() int {
	b := p.take(4)
	if b == nil {
		return 0
	}
	return int(binary.LittleEndian.Uint32(b))
}

func (p *props) one() (id, kind int, value []byte) {
	tag := p.u32()
	kind, id = tag&0xffff, tag>>16&0xffff
	if id >= 0x8000 { // a named property: its name comes first
		p.take(16)
		if p.u32() == 0 {
			p.take(4)
		} else {
			n := p.u32()
			p.take((n + 3) &^ 3)
		}
	}
	switch kind &^ 0x1000 {
	case 0x02, 0x03, 0x04, 0x0a, 0x0b: // short, long, float, error, boolean: four bytes each
		return id, kind, p.take(4)
	case 0x05, 0x06, 0x07, 0x14, 0x40: // eight bytes
		return id, kind, p.take(8)
	case 0x48:
		return id, kind, p.take(16)
	case 0x0d, 0x1e, 0x1f, 0x102: // object, texts, bytes: how many, then each with its length
		for n := p.u32(); n > 0 && !p.broken; n-- {
			size := p.u32()
			value = p.take(size)
			p.take((4 - size%4) % 4)
		}
		return id, kind, value
	}
	p.broken = true
	return id, kind, nil
}

func utf16Text(b []byte) string {
	var out []rune
	for i := 0; i+1 < len(b); i += 2 {
		out = append(out, rune(binary.LittleEndian.Uint16(b[i:])))
	}
	return strings.TrimRight(string(out), "\x00")
}
