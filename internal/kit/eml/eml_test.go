package eml

import (
	"bytes"
	"slices"
	"strings"
	"testing"

	"golang.org/x/text/encoding/simplifiedchinese"
	"pgregory.net/rapid"
)

func TestQuotationsAreFoundAndNothingOwnIsHidden(t *testing.T) {
	for name, c := range map[string]struct{ text, own string }{
		"gmail":                   {"Yes.\n\nOn Fri, Nov 20, 2026 at 10:12 AM Ada Berg <\nada@x.example> wrote:\n> Did you?", "Yes."},
		"gmail in Chinese":        {"好的。\n\nAda <ada@x.example> 于2026年11月20日周五 10:12写道：\n> 好吗？", "好的。"},
		"outlook":                 {"Done.\n\n________________________________\nFrom: Ada Berg <ada@x.example>\nSent: Friday, November 20, 2026 10:12\nTo: Wei\nSubject: Router\n\nDid you?", "Done."},
		"outlook in Chinese":      {"已处理。\n\n发件人: Ada Berg\n发送时间: 2026年11月20日 10:12\n收件人: 陈伟\n主题: 路由器\n\n好吗？", "已处理。"},
		"original message":        {"Ok\n-----Original Message-----\nFrom: x\n", "Ok"},
		"our mark":                {"Fine.\n\n##- Reply above this line -##\n\nwords", "Fine."},
		"quoted lines to the end": {"Fine.\n> words\n> more", "Fine."},
		"nothing quoted":          {"From: here it goes on.\nOn the table lies a book.", ""},
		"answers between":         {"On Fri, Nov 20, 2026 Ada wrote:\n> one\nyes\n> two\nno", ""},
		"a forwarded mail":        {"Look:\n\n---------- Forwarded message ---------\nFrom: a\nDate: b\nSubject: c\n\nwords", ""},
		"only a quotation":        {"> words", ""},
		"a list of fields":        {"From: Monday on it is slow.\nSubject to change.", ""},
	} {
		at := Quoted(c.text)
		if got := strings.TrimSpace(c.text[:at]); got != c.own {
			t.Errorf("%s: own words %q, want %q", name, got, c.own)
		}
	}
}

func TestHeadersAreReadAsProgramsWriteThem(t *testing.T) {
	gbk, err := simplifiedchinese.GB18030.NewEncoder().String("陈伟")
	if err != nil {
		t.Fatal(err)
	}
	for header, want := range map[string]Address{
		`"Chen, Wei" <Wei@Northwind.example>`: {"Chen, Wei", "wei@northwind.example"}, `wei@northwind.example (Wei)`: {"", "wei@northwind.example"},
		gbk + ` <wei@northwind.example>`: {"陈伟", "wei@northwind.example"}, `=?gbk?B?s8LOsA==?= <wei@northwind.example>`: {"陈伟", "wei@northwind.example"},
		`undisclosed-recipients:;`: {}, `<>`: {}, `not an address`: {}, `Team: a@x.example, b@x.example;`: {"", "a@x.example"},
		`"a" <b@c> <wei@northwind.example>`: {`a" <b@c>`, "wei@northwind.example"},
	} {
		m := Parse([]byte("From: " + header + "\r\n\r\nx"))
		if m.From != want {
			t.Errorf("From: %s = %+v, want %+v", header, m.From, want)
		}
	}
	m := Parse([]byte("Message-ID: <a@x>\r\nReferences: <1@x>\r\n <2@x><3@x> garbage\r\nSubject: one\r\n\ttwo\r\nSubject: three\r\n\r\nx"))
	if m.ID != "a@x" || !slices.Equal(m.References, []string{"1@x", "2@x", "3@x"}) || m.Subject != "one two" {
		t.Errorf("%+v", m)
	}
}

func TestAMailWithoutANameIsNamedByWhatItsSenderMade(t *testing.T) {
	text := "From: a@x.example\nSubject: s\n\nbody\n"
	one := Parse([]byte("Received: by one\nDelivered-To: d@x.example\n" + text))
	two := Parse([]byte("Received: by two\r\n" + strings.ReplaceAll(text, "\n", "\r\n")))
	three := Parse([]byte(strings.Replace(text, "body", "other", 1)))
	if one.HasID || one.ID != two.ID || one.ID == three.ID {
		t.Errorf("names %q, %q, %q", one.ID, two.ID, three.ID)
	}
}

// TestNothingBreaksTheReader cuts, doubles and mixes mails: each must be read without a panic, and what is folded must be a
// part of the text.
func TestNothingBreaksTheReader(t *testing.T) {
	seeds := [][]byte{
		[]byte("Content-Type: multipart/mixed; boundary=a\n\n--a\nContent-Type: multipart/alternative; boundary=b\n\n--b\n\ntext\n--b\nContent-Type: text/html\n\n<p>x<blockquote type=cite>y\n--b--\n--a\nContent-Type: message/rfc822\n\nSubject: z\n\nq\n--a--"),
		[]byte("Content-Type: application/ms-tnef\nContent-Transfer-Encoding: base64\n\neJ8+IgEAAQ==\n"),
		[]byte("Subject: =?gb2312?B?=?=\nContent-Disposition: attachment; filename*0*=gbk''%; filename*1=\n\nbegin 644 x\n#\nend\n"),
		[]byte("Content-Type: multipart/report; report-type=delivery-status; boundary=c\n\n--c\nContent-Type: message/delivery-status\n\nFinal-Recipient: rfc822;\nAction:\n\n--c--"),
	}
	rapid.Check(t, func(t *rapid.T) {
		raw := slices.Clone(rapid.SampledFrom(seeds).Draw(t, "seed"))
		for range rapid.IntRange(0, 4).Draw(t, "changes") {
			at := rapid.IntRange(0, len(raw)).Draw(t, "at")
			switch rapid.IntRange(0, 2).Draw(t, "how") {
			case 0:
				raw = raw[:at]
			case 1:
				raw = append(slices.Clone(raw[:at]), append(rapid.SliceOfN(rapid.Byte(), 0, 8).Draw(t, "bytes"), raw[at:]...)...)
			case 2:
				raw = bytes.Repeat(raw, 2)
			}
		}
		m := Parse(raw)
		if m.Quoted < 0 || m.Quoted > len(m.Text) || strings.ContainsAny(m.Text, "\x03\r\x00") {
			t.Fatalf("folded at %d of %q", m.Quoted, m.Text)
		}
	})
}
