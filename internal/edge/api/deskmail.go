package api

import (
	"context"
	"io"
	"time"

	"hanse/internal/domain/ticketmail"
	"hanse/internal/kit/actor"
	"hanse/internal/kit/cursor"
	"hanse/internal/kit/eml"
	"hanse/internal/kit/i18n"
	"hanse/internal/kit/sheet"
)

// DeskMail is a mail that came to a desk's address.
type DeskMail struct {
	ID         string    `json:"id"`
	Desk       string    `json:"desk_id"`
	State      string    `json:"state" enum:"received,done,held,ignored,discarded"`
	Kind       string    `json:"kind,omitempty" enum:"opening,reply,auto,bounce" doc:"What it was taken for"`
	Reason     string    `json:"reason,omitempty" doc:"Why it's held or ignored"`
	Why        string    `json:"why,omitempty" doc:"The reason in words, with what a ticket's rules say"`
	Sender     string    `json:"sender"`
	SenderName string    `json:"sender_name,omitempty"`
	Recipients []string  `json:"recipients" doc:"The desks' addresses that it was sent to"`
	Subject    string    `json:"subject"`
	MessageID  string    `json:"message_id"`
	Size       int64     `json:"size" doc:"Bytes"`
	Came       string    `json:"came_by" doc:"smtp, or the mailbox's name"`
	Ticket     string    `json:"ticket_no,omitempty"`
	Message    string    `json:"ticket_message_id,omitempty" doc:"The ticket's message that it became"`
	Refused    []string  `json:"refused_files,omitempty" doc:"Files that the virus scanner refused; they aren't kept"`
	HandledBy  string    `json:"handled_by,omitempty"`
	At         time.Time `json:"received_at"`
	ChangedAt  time.Time `json:"changed_at"`
}

func toDeskMail(ctx context.Context, m ticketmail.Mail) DeskMail {
	lang := i18n.From(ctx).Lang
	out := DeskMail{ID: m.ID, Desk: m.Account, State: string(m.State), Kind: string(m.Kind), Reason: string(m.Reason), Sender: m.Sender, SenderName: m.SenderName,
		Recipients: each(m.Recipients, func(s string) string { return s }), Subject: m.Subject, MessageID: m.MessageID, Size: m.Size, Came: m.Door, Ticket: m.No,
		Message: m.Message, HandledBy: m.HandledBy, At: m.At, ChangedAt: m.ChangedAt}
	if m.Reason != "" {
		out.Why = i18n.Text(lang, m.Reason.Label())
	}
	for _, d := range m.Detail {
		out.Why += " " + i18n.Text(lang, d)
	}
	for _, r := range m.Refused {
		out.Refused = append(out.Refused, r.Name)
	}
	return out
}

// DeskMailFilter narrows the list and its file.
type DeskMailFilter struct {
	State  string `query:"state" enum:",received,done,held,ignored,discarded" doc:"Any when absent"`
	Reason string `query:"reason" maxLength:"20"`
	Sender string `query:"sender" maxLength:"320" doc:"The whole address"`
	All    bool   `query:"all" doc:"Those of every desk: for the vendor's staff"`
}

func (f DeskMailFilter) filter() ticketmail.Filter {
	return ticketmail.Filter{State: ticketmail.State(f.State), Reason: ticketmail.Reason(f.Reason), Sender: f.Sender, All: f.All}
}

// deskMailPath names a mail.
type deskMailPath struct {
	Mail string `path:"mail" maxLength:"40"`
}

const deskMails = "/api/v1/desk/mails"

// deskMail is the mails to the own desk: those that are held wait for a decision.
func (a *API) deskMail() {
	add(a, Operation{Method: "GET", Path: deskMails, ID: "list_desk_mails", Tag: deskTag, Summary: "Mails to the own desk, newest first", Verb: actor.ViewTicketMail}, a.listDeskMails)
	addFile(a, Operation{Method: "GET", Path: deskMails + "/export", ID: "export_desk_mails", Tag: deskTag, Summary: "The list as a file; what the mails say isn't in it",
		Verb: actor.ViewTicketMail, Gives: []string{typeCSV, typeXLSX}}, a.exportDeskMails)
	add(a, Operation{Method: "GET", Path: deskMails + "/{mail}", ID: "get_desk_mail", Tag: deskTag, Summary: "A mail with its text", Verb: actor.ViewTicketMail},
		func(ctx context.Context, by actor.Actor, in *deskMailPath) (out struct {
			DeskMail
			Text   string   `json:"text"`
			Quoted string   `json:"quoted,omitempty" doc:"The mail that it quotes at its end"`
			Files  []string `json:"files" doc:"Names"`
		}, err error) {
			x, m, err := a.TicketMail.Read(ctx, by, in.Mail)
			out.DeskMail = toDeskMail(ctx, x)
			out.Text, out.Quoted = ticketmail.Folded(eml.Pictures(m.Text, func(cid string) string { return "[" + cid + "]" }))
			out.Files = each(m.Files, func(f eml.File) string { return f.Name })
			return out, err
		})
	a.decideDeskMail()
}

func (a *API) listDeskMails(ctx context.Context, by actor.Actor, in *struct {
	PageIn
	DeskMailFilter
}) (out struct {
	Mails []DeskMail `json:"mails"`
	Next  string     `json:"next_cursor,omitempty"`
}, err error) {
	f := in.filter()
	f.Limit = in.Limit + 1
	if in.Cursor != "" {
		k, err := a.Cursors.Decode(in.Cursor, "deskmails", 1)
		if err != nil {
			return out, err
		}
		f.Before = k[0]
	}
	all, err := a.TicketMail.List(ctx, by, f)
	if len(all) > in.Limit {
		all = all[:in.Limit]
		out.Next = a.Cursors.Encode("deskmails", cursor.Key{all[in.Limit-1].ID})
	}
	out.Mails = each(all, func(m ticketmail.Mail) DeskMail { return toDeskMail(ctx, m) })
	return out, err
}

func (a *API) exportDeskMails(ctx context.Context, by actor.Actor, in *struct {
	DeskMailFilter
	Format string `query:"format" enum:"csv,xlsx" default:"csv"`
}) (d document, err error) {
	head, rows, err := a.TicketMail.Export(ctx, by, in.filter(), i18n.From(ctx))
	if err != nil {
		return d, err
	}
	d = document{name: "mails.csv", media: typeCSV, write: func(w io.Writer) error { return sheet.WriteCSV(w, head, rows) }}
	if in.Format == "xlsx" {
		d = document{name: "mails.xlsx", media: typeXLSX, write: func(w io.Writer) error { return sheet.WriteXLSX(w, "Mails", head, rows) }}
	}
	return d, nil
}

// decideDeskMail is what the desk does with a mail that is held or was ignored. Of two who decide at once the later is refused.
func (a *API) decideDeskMail() {
	add(a, Operation{Method: "POST", Path: deskMails + "/{mail}/open", ID: "open_desk_mail", Tag: deskTag, Verb: actor.HandleTicketMail,
		Summary: "Make a ticket of it, for a company that the desk serves; its sender is put in copy"},
		func(ctx context.Context, by actor.Actor, in *struct {
			deskMailPath
			Body struct {
				Account string `json:"account_id" maxLength:"64"`
			}
		}) (DeskMail, error) {
			return a.decidedMail(ctx, by, in.Mail, func() (ticketmail.Mail, error) { return a.TicketMail.Open(ctx, by, in.Mail, in.Body.Account) })
		})
	add(a, Operation{Method: "POST", Path: deskMails + "/{mail}/append", ID: "append_desk_mail", Tag: deskTag, Verb: actor.HandleTicketMail,
		Summary: "Add it to a ticket of the desk, as said by its sender"},
		func(ctx context.Context, by actor.Actor, in *struct {
			deskMailPath
			Body struct {
				Ticket string `json:"ticket_no" maxLength:"40"`
			}
		}) (DeskMail, error) {
			return a.decidedMail(ctx, by, in.Mail, func() (ticketmail.Mail, error) { return a.TicketMail.Append(ctx, by, in.Mail, in.Body.Ticket) })
		})
	for _, x := range []struct {
		name, id, summary string
		do                func(context.Context, actor.Actor, string) (ticketmail.Mail, error)
	}{
		{"again", "look_at_desk_mail_again", "Look at it as if it had just come: after its sender was given a sign-in, say", a.TicketMail.Again},
		{"discard", "discard_desk_mail", "Refuse it; it stays in the list of discarded ones, and its sender isn't told", a.TicketMail.Discard},
	} {
		add(a, Operation{Method: "POST", Path: deskMails + "/{mail}/" + x.name, ID: x.id, Tag: deskTag, Summary: x.summary, Verb: actor.HandleTicketMail},
			func(ctx context.Context, by actor.Actor, in *deskMailPath) (DeskMail, error) {
				return a.decidedMail(ctx, by, in.Mail, func() (ticketmail.Mail, error) { return x.do(ctx, by, in.Mail) })
			})
	}
}

// decidedMail does something with a mail and answers with what became of it.
func (a *API) decidedMail(ctx context.Context, by actor.Actor, id string, do func() (ticketmail.Mail, error)) (DeskMail, error) {
	if _, err := do(); err != nil {
		return DeskMail{}, err
	}
	x, err := a.TicketMail.Get(ctx, by, id)
	return toDeskMail(ctx, x), err
}
