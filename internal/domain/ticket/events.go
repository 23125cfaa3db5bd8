package ticket

import (
	"time"
	"unicode/utf8"

	"hanse/internal/kit/actor"
)

// An Author is who did something, for those who tell others.
type Author struct {
	Account string `json:"account,omitempty"`
	User    string `json:"user,omitempty"`
	Name    string `json:"name,omitempty"`
	Mail    string `json:"mail,omitempty"`
}

// Happened is what became of a ticket: ticket.opened, .said, .accepted, .offered, .asked, .paused, .resumed, .taken_back,
// .closed, .auto_closed, .cancelled, .invalidated, .reopened, .restored, .deleted, .urged, .assigned, .changed, .handed,
// .handed_back, .moved, .merged, .unmerged, .split, .scored, .withdrawn, .contact, .closing_soon. It belongs to the ticket's
// account. Text is the beginning of what was said, "" for a note.
type Happened struct {
	What        string    `json:"what"`
	No          string    `json:"no"`
	Account     string    `json:"account"`
	AccountName string    `json:"account_name"`
	Title       string    `json:"title"`
	Desk        string    `json:"desk"`
	DeskName    string    `json:"desk_name"`
	VendorDesk  bool      `json:"vendor_desk"`
	Partner     string    `json:"partner,omitempty"`
	Team        string    `json:"team,omitempty"`
	Owner       string    `json:"owner,omitempty"`
	OwnerName   string    `json:"owner_name,omitempty"`
	OpenedBy    string    `json:"opened_by"`
	State       State     `json:"state"`
	From        State     `json:"from"`
	Seq         int64     `json:"seq"`
	Message     string    `json:"message,omitempty"`
	Author      Author    `json:"author"`
	Side        Side      `json:"side"`
	Internal    bool      `json:"internal,omitempty"`
	Auto        bool      `json:"auto,omitempty"`
	Source      Source    `json:"source"`
	Severity    string    `json:"severity,omitempty"`
	Text        string    `json:"text,omitempty"`
	Other       string    `json:"other,omitempty"` // the other ticket of a merge or split; the owner before an assignment; the desk before a move
	AutoCloseAt time.Time `json:"auto_close_at,omitzero"`
	Due         time.Time `json:"due,omitzero"`
}

// Event names the event.
func (h Happened) Event() (kind, account, subject string) { return "ticket." + h.What, h.Account, h.No }

func (t Ticket) happened(what string, from State, by actor.Actor, side Side) Happened {
	return Happened{What: what, No: t.No, Account: t.Account, AccountName: t.AccountName, Title: t.Title, Desk: t.Desk, DeskName: t.DeskName,
		VendorDesk: t.VendorDesk, Partner: t.Partner, Team: t.Team, Owner: t.Owner, OwnerName: t.OwnerName, OpenedBy: t.OpenedBy, State: t.State, From: from,
		Seq: t.Edition, Author: Author{Account: by.Account, User: by.User, Name: by.Name}, Side: side, Source: t.Source, Severity: t.Severity,
		AutoCloseAt: t.AutoCloseAt, Due: t.Due}
}

// said adds a message to what happened.
func (h Happened) said(m Message) Happened {
	h.Message, h.Internal, h.Auto, h.Source, h.Side = m.ID, m.Internal, m.Auto, m.Source, m.Side
	if m.AuthorMail != "" {
		h.Author.Name, h.Author.Mail = m.AuthorName, m.AuthorMail
	}
	if !m.Internal {
		h.Text = cut(m.Body, 300)
	}
	return h
}

// cut shortens a text to n characters.
func cut(s string, n int) string {
	if utf8.RuneCountInString(s) <= n {
		return s
	}
	r := []rune(s)
	return string(r[:n])
}
