// Package thread draws the conversation of a ticket, and the field in which one writes, for the pages of partners and
// customers and for the desk: the same messages look the same on both. It also serves the files of a conversation, takes
// uploads, and asks before a link leaves the portal.
//
// Text is only ever text: paragraphs, addresses and pictures are found in it, and nothing in it is markup.
package thread

import (
	"context"
	"fmt"
	"time"

	"hanse/internal/domain/attachment"
	"hanse/internal/edge/portal/ui"
	"hanse/internal/kit/i18n"
)

// A Message is one message of a ticket as a reader sees it.
type Message struct {
	Seq      int64 // names it on the page
	Author   string
	Firm     string    // the author's company, "" where it goes without saying
	Desk     bool      // from who serves the ticket
	Mine     bool      // from the reader's own side
	Internal bool      // a note of the desk
	Auto     bool      // an out-of-office answer and the like
	ByMail   bool      // came by mail
	Gone     bool      // withdrawn: only that is said
	First    bool      // the ticket's description
	Unread   bool      // new to the reader
	At       time.Time // business instant
	Body     string
	Quote    int    // byte offset at which a quoted mail begins; 0 = found in the text itself
	Files    []File // those that the text shows stand in the text
	Failed   string // whom a mail of it didn't reach
	// Action stands in the message's head: to withdraw it, say.
	Action ui.ButtonView
	Post   string // where Action is sent; "" = no action
}

// A File is one attachment.
type File struct {
	ID      string
	Name    string
	Size    int64
	Picture bool
}

// Files turns a message's attachments into what is drawn.
func Files(all []attachment.Attachment) (out []File) {
	for _, a := range all {
		out = append(out, File{a.ID, a.Name, a.Size, a.Picture()})
	}
	return out
}

func (m Message) id() string { return fmt.Sprintf("m-%d", m.Seq) }

// class says how a message is set: by whom it is, and whether it's only for the desk.
func (m Message) class() string {
	switch {
	case m.Internal:
		return "msg note"
	case m.Mine:
		return "msg mine"
	}
	return "msg"
}

// blocks is the text in pieces.
func (m Message) blocks() []block {
	if m.Quote <= 0 || m.Quote >= len(m.Body) {
		return parse(m.Body)
	}
	quoted := parse(m.Body[m.Quote:])
	own := parse(m.Body[:m.Quote])
	whole := block{quoted: true}
	for _, b := range quoted {
		whole.paragraphs = append(whole.paragraphs, b.paragraphs...)
	}
	if len(whole.paragraphs) == 0 {
		return own
	}
	return append(own, whole)
}

// picture is the message's file that a text names.
func (m Message) picture(id string) (File, bool) {
	for _, f := range m.Files {
		if f.ID == id && f.Picture {
			return f, true
		}
	}
	return File{}, false
}

// beside are the files that the text doesn't show.
func (m Message) beside() (out []File) {
	shown := map[string]bool{}
	for _, id := range Mentions(m.Body) {
		shown[id] = true
	}
	for _, f := range m.Files {
		if !f.Picture || !shown[f.ID] {
			out = append(out, f)
		}
	}
	return out
}

// alt says what a picture is called, for those who don't see it.
func alt(ctx context.Context, name string) string {
	return i18n.T(ctx, "thread.picture", i18n.A{"name": name})
}

// size is a file's size in words.
func size(n int64) string {
	switch {
	case n >= 1<<20:
		return fmt.Sprintf("%.1f MB", float64(n)/(1<<20))
	case n >= 1<<10:
		return fmt.Sprintf("%d kB", (n+1023)>>10)
	}
	return fmt.Sprintf("%d B", n)
}

// Href is the address of a file.
func (f File) Href() string { return "/attachments/" + f.ID }
