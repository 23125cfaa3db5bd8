package eml

import (
	"bytes"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/htmlindex"
	"golang.org/x/text/encoding/ianaindex"
	"golang.org/x/text/encoding/japanese"
	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/traditionalchinese"
)

// charsets are names that programs write and no register has, and sets that are read as the larger one that contains
// them.
var charsets = map[string]encoding.Encoding{
	"gb2312": simplifiedchinese.GB18030, "gb_2312-80": simplifiedchinese.GB18030, "gbk": simplifiedchinese.GB18030, "x-gbk": simplifiedchinese.GB18030,
	"cp936": simplifiedchinese.GB18030, "windows-936": simplifiedchinese.GB18030, "ms936": simplifiedchinese.GB18030, "euc-cn": simplifiedchinese.GB18030,
	"gb18030": simplifiedchinese.GB18030, "gb-18030": simplifiedchinese.GB18030, "hz-gb-2312": simplifiedchinese.HZGB2312, "hz": simplifiedchinese.HZGB2312,
	"big5": traditionalchinese.Big5, "big5-hkscs": traditionalchinese.Big5, "x-x-big5": traditionalchinese.Big5, "cp950": traditionalchinese.Big5,
	"windows-950": traditionalchinese.Big5, "iso-2022-jp": japanese.ISO2022JP, "iso-2022-jp-1": japanese.ISO2022JP, "iso-2022-jp-2": japanese.ISO2022JP,
	"iso-2022-jp-ms": japanese.ISO2022JP, "cp50220": japanese.ISO2022JP, "cp932": japanese.ShiftJIS, "windows-31j": japanese.ShiftJIS,
}

// unnamed are names that say nothing.
var unnamed = map[string]bool{"": true, "us-ascii": true, "ascii": true, "ansi_x3.4-1968": true, "unknown": true, "unknown-8bit": true, "x-unknown": true,
	"default": true, "default_charset": true, "8bit": true, "utf-8": true, "utf8": true, "cp65001": true, "unicode-1-1-utf-8": true}

// decode turns bytes into text. A name that is wrong is set right where the bytes themselves tell: programs often name
// the set of their window and write another.
func decode(b []byte, charset string) string {
	charset = strings.ToLower(strings.Trim(strings.TrimSpace(charset), `"'`))
	if unnamed[charset] || isChinese(b) {
		return guess(b)
	}
	e := charsets[charset]
	if e == nil {
		e, _ = htmlindex.Get(charset)
	}
	if e == nil {
		e, _ = ianaindex.MIME.Encoding(charset)
	}
	if e == nil {
		return guess(b)
	}
	out, err := e.NewDecoder().Bytes(b)
	if err != nil {
		return guess(b)
	}
	return string(out)
}

// isChinese tells whether bytes are UTF-8 with Chinese characters: what was meant as GBK is that by no accident once
// three characters are there.
func isChinese(b []byte) bool {
	if !utf8.Valid(b) {
		return false
	}
	n := 0
	for _, r := range string(b) {
		if r >= 0x2e80 && r <= 0xffef {
			n++
		}
	}
	return n >= 3
}

// guess reads bytes without a name: UTF-8, else what Chinese programs write, else western European.
func guess(b []byte) string {
	if bytes.Contains(b, []byte("\x1b$B")) || bytes.Contains(b, []byte("\x1b$@")) {
		if out, err := japanese.ISO2022JP.NewDecoder().Bytes(b); err == nil {
			return string(out)
		}
	}
	if utf8.Valid(b) {
		return string(b)
	}
	e := encoding.Encoding(charmap.Windows1252)
	if paired(b) {
		e = simplifiedchinese.GB18030
	}
	out, err := e.NewDecoder().Bytes(b)
	if err != nil {
		return strings.ToValidUTF8(string(b), "\ufffd")
	}
	return string(out)
}

// paired tells whether high bytes come in pairs, as in the characters that GB 2312 had already, and not alone as in
// western languages.
func paired(b []byte) bool {
	pairs, alone := 0, 0
	for i := 0; i < len(b); i++ {
		switch {
		case b[i] < 0x81:
		case i+1 < len(b) && b[i] >= 0xa1 && b[i+1] >= 0xa1:
			pairs++
			i++
		case i+1 < len(b) && b[i+1] >= 0x40:
			alone++
			i++
		default:
			alone++
		}
	}
	return pairs > 2*alone
}

// clean makes lines of a text: no carriage returns, no control characters, none that turn the direction of writing.
func clean(s string) string {
	s = strings.ReplaceAll(s, "\r\n", "\n")
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\r':
			return '\n'
		case r == '\n', r == '\t':
			return r
		case r == '\u00a0':
			return ' '
		case r < ' ', r == 0x7f, r >= 0x80 && r < 0xa0, turns(r), r == '\u200b':
			return -1
		}
		return r
	}, s)
}
