package sheet

import (
	"bytes"
	"errors"
	"io"
	"unicode/utf8"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/unicode"
)

const (
	encUTF8    = "utf-8"
	encGB18030 = "gb18030"
	encUTF16LE = "utf-16le"
	encUTF16BE = "utf-16be"

	bomUTF8 = "\xef\xbb\xbf"
	// window is how much text from the first byte above ASCII on decides
	// between UTF-8 and GB18030.
	window = 64 << 10
)

// detect names the encoding and the length of the byte order mark. It reads on
// until the first byte above ASCII, as that may come late in a large file. It
// returns "" when the text is in neither encoding.
func detect(r io.ReaderAt, size int64) (string, int64, error) {
	buf := make([]byte, window)
	for off := int64(0); off < size; off += window / 2 {
		n, err := r.ReadAt(buf[:min(window, size-off)], off)
		if err != nil && !errors.Is(err, io.EOF) {
			return "", 0, err
		}
		b := buf[:n]
		if off == 0 {
			if enc, skip := byMark(b); enc != "" {
				return enc, skip, nil
			}
		}
		// The first half only, so that a window follows what was found.
		if i := firstHigh(b[:min(n, window/2)]); i >= 0 {
			return decide(b[i:]), 0, nil
		}
	}
	return encUTF8, 0, nil
}

func byMark(b []byte) (string, int64) {
	switch {
	case bytes.HasPrefix(b, []byte(bomUTF8)):
		return encUTF8, 3
	case bytes.HasPrefix(b, []byte("\xff\xfe")):
		return encUTF16LE, 2
	case bytes.HasPrefix(b, []byte("\xfe\xff")):
		return encUTF16BE, 2
	}
	return "", 0
}

func firstHigh(b []byte) int {
	return bytes.IndexFunc(b, func(r rune) bool { return r >= utf8.RuneSelf })
}

// decide weighs b, which begins with a byte above ASCII. A text in UTF-8 with a
// few broken bytes is still UTF-8, its rows say where; GB18030 read as UTF-8 is
// broken nearly everywhere.
func decide(b []byte) string {
	good, bad := scanUTF8(b)
	if bad*4 <= good {
		return encUTF8
	}
	gbGood, gbBad, odd := scanGB18030(b)
	switch {
	// In Chinese most characters have two high bytes. A high byte before a
	// letter is what Latin-1 looks like, and would be read as a wrong name.
	case gbBad*8 <= gbGood && odd*2 <= gbGood:
		return encGB18030
	case good > bad:
		return encUTF8
	}
	return ""
}

func scanUTF8(b []byte) (good, bad int) {
	for len(b) > 0 {
		r, n := utf8.DecodeRune(b)
		switch {
		case r == utf8.RuneError && n == 1:
			if !utf8.FullRune(b) {
				return good, bad // cut by the window
			}
			bad++
		case n > 1:
			good++
		}
		b = b[n:]
	}
	return good, bad
}

// scanGB18030 counts characters, bytes that are none, and characters whose
// second byte is ASCII.
func scanGB18030(b []byte) (good, bad, odd int) {
	for i := 0; i < len(b); {
		switch c := b[i]; {
		case c < 0x80:
			i++
			continue
		case i+1 >= len(b):
			return good, bad, odd
		case c == 0x80 || c == 0xff:
			bad++
			i++
			continue
		}
		switch d := b[i+1]; {
		case d >= 0x40 && d != 0x7f && d != 0xff:
			good++
			if d < 0x80 {
				odd++
			}
			i += 2
		case d >= 0x30 && d <= 0x39 && i+3 < len(b) && b[i+2] >= 0x81 && b[i+2] < 0xff && b[i+3] >= 0x30 && b[i+3] <= 0x39:
			good++
			i += 4
		default:
			bad++
			i++
		}
	}
	return good, bad, odd
}

// decoded gives the text as UTF-8. What cannot be decoded comes out as U+FFFD;
// bytes of UTF-8 pass unchecked, cells are checked one by one.
func decoded(r io.Reader, enc string) io.Reader {
	var d *encoding.Decoder
	switch enc {
	case encGB18030:
		d = simplifiedchinese.GB18030.NewDecoder()
	case encUTF16LE:
		d = unicode.UTF16(unicode.LittleEndian, unicode.IgnoreBOM).NewDecoder()
	case encUTF16BE:
		d = unicode.UTF16(unicode.BigEndian, unicode.IgnoreBOM).NewDecoder()
	default:
		return r
	}
	return d.Reader(r)
}
