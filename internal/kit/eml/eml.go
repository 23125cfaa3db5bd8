// Package eml reads mails as they come: in any character set, broken, quoted, forwarded, bounced.
//
// Parse never fails: what can't be understood is kept as text or as a file, because a person wrote it and another
// one has to answer. It holds no opinion on who may write what; the package ticketmail decides that.
package eml

import (
	"crypto/sha256"
	"encoding/hex"
	"strings"
	"time"
)

// A Kind says what a mail is to a ticket system.
type Kind string

// The kinds.
const (
	Person Kind = "person" // somebody wrote it
	Auto   Kind = "auto"   // a program answered: out of office, receipts, mailing lists' own notices
	Bounce Kind = "bounce" // a mail server says what became of a mail of ours
)

// The bounds of what is looked at. What lies beyond stays in the raw mail.
const (
	maxHeader = 512 << 10 // bytes of one header
	maxParts  = 200
	maxDepth  = 12
	maxText   = 1 << 20 // bytes of text
	maxIDs    = 200     // of References
)

// An Address is somebody in a header: the address in lower case, and the name beside it.
type Address struct{ Name, Mail string }

// A File is something attached. CID is the name by which the text shows it, "" = none.
type File struct {
	Name, Media, CID string
	Inline           bool // a picture in the text
	Data             []byte
}

// A Mail is what a reader of the mail would see, and what its headers say about its way.
type Mail struct {
	ID         string // Message-ID without brackets; when missing, made from the content
	HasID      bool
	InReplyTo  []string
	References []string // oldest first
	From       Address
	ReplyTo    []Address
	To, Cc     []Address
	Delivered  []string // addresses to which mail servers on its way delivered it
	Subject    string
	Date       time.Time
	Return     string // Return-Path, "" when it's <>
	HasReturn  bool
	Results    []string // Authentication-Results, topmost first
	Kind       Kind
	List       bool // it went through a mailing list
	Suppress   bool // its sender asks that no program answers
	Text       string
	Quoted     int // where in Text the quoted mail begins, in bytes; 0 = nothing is quoted
	Files      []File
	Report     Report // of a Bounce
	Lost       int    // parts beyond what is looked at
}

// A Report is what a bounce says: which mail it is about, to whom that was, why, and whether the server gave up.
type Report struct {
	Original  string // Message-ID of the mail that came back, "" when it doesn't say
	Mentioned []string
	Recipient string
	Reason    string
	Failed    bool // false: delayed, or delivered after all
}

// The marks around the name of a picture in Text: nothing that somebody types survives as one of them.
const (
	picture    = '\x01'
	pictureEnd = '\x02'
)

// Picture is the place in a text where the inline file with a content id stands.
func Picture(cid string) string { return string(picture) + cid + string(pictureEnd) }

// Pictures replaces each place of a picture in a text by what show says.
func Pictures(text string, show func(cid string) string) string {
	var b strings.Builder
	for {
		before, rest, found := strings.Cut(text, string(picture))
		b.WriteString(before)
		if !found {
			return b.String()
		}
		cid, after, _ := strings.Cut(rest, string(pictureEnd))
		b.WriteString(show(cid))
		text = after
	}
}

// Parse reads a mail.
func Parse(raw []byte) Mail {
	h, body := readHeader(raw)
	m := Mail{Subject: oneLine(h.text("Subject")), From: first(h.addresses("From")), ReplyTo: h.addresses("Reply-To"), To: h.addresses("To"),
		Cc: h.addresses("Cc"), Results: h.all("Authentication-Results"), InReplyTo: ids(h.get("In-Reply-To")), References: ids(h.get("References"))}
	m.Date = readDate(h.get("Date"))
	if m.From.Mail == "" {
		m.From = first(h.addresses("Sender"))
	}
	if _, m.HasReturn = h.find("Return-Path"); m.HasReturn {
		m.Return = first(h.addresses("Return-Path")).Mail
	}
	for _, name := range []string{"Delivered-To", "X-Original-To", "Envelope-To", "X-Envelope-To", "X-Delivered-To"} {
		for _, v := range h.all(name) {
			for _, a := range parseAddresses(v) {
				m.Delivered = append(m.Delivered, a.Mail)
			}
		}
	}
	if all := ids(h.get("Message-ID")); len(all) > 0 {
		m.ID, m.HasID = all[0], true
	} else {
		m.ID = "made." + digest(h, body)
	}
	w := walker{}
	w.part(h, body, 0)
	m.Text, m.Files, m.Lost = w.text(), w.files, w.lost
	m.classify(h, &w)
	m.Text, m.Files = named(m.Text, m.Files)
	m.Text, m.Quoted = fold(m.Text)
	return m
}

// digest names a mail without Message-ID by what its sender made: the headers that servers add on the way are left
// out, so that the same mail in two mailboxes has one name.
func digest(h header, body []byte) string {
	s := sha256.New()
	for _, name := range []string{"From", "To", "Cc", "Subject", "Date"} {
		s.Write([]byte(name + ":" + strings.Join(h.all(name), "\n") + "\n"))
	}
	s.Write([]byte(strings.ReplaceAll(strings.TrimRight(string(body), "\r\n"), "\r\n", "\n")))
	return hex.EncodeToString(s.Sum(nil)[:20])
}

func first(all []Address) Address {
	if len(all) == 0 {
		return Address{}
	}
	return all[0]
}

// Head reads the headers alone: of a mail that is too large to be taken.
func Head(raw []byte) Mail {
	h, _ := readHeader(raw)
	return Parse(append(h.raw, '\r', '\n'))
}
