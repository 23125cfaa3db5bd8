package api

import (
	"context"

	"hanse/internal/domain/ticket"
	"hanse/internal/kit/actor"
	"hanse/internal/kit/calendar"
	"hanse/internal/kit/cursor"
	"hanse/internal/kit/i18n"
)

type ticketPath struct {
	No string `path:"no" maxLength:"40"`
}

type ticketList struct {
	Tickets []Ticket `json:"tickets"`
	Next    string   `json:"next_cursor,omitempty"`
}

// ticketIn is the filter of a list.
type ticketIn struct {
	PageIn
	Mine        bool   `query:"mine" doc:"Only those that the caller opened"`
	State       []int  `query:"state" maxItems:"9" doc:"Several are separated by commas"`
	Open        bool   `query:"open" doc:"Only those that aren't over"`
	ProblemType string `query:"problem_type" maxLength:"64"`
	Severity    string `query:"severity" maxLength:"64"`
	Label       int64  `query:"label"`
	Search      string `query:"q" maxLength:"200" doc:"Words of the number, subject and messages"`
	From        string `query:"from" format:"date" doc:"Opened on this day or later"`
	To          string `query:"to" format:"date" doc:"Opened on this day or earlier"`
	Unread      bool   `query:"unread"`
}

func (in *ticketIn) filter() (f ticket.Filter) {
	f = ticket.Filter{Mine: in.Mine, Active: in.Open, ProblemType: in.ProblemType, Severity: in.Severity, Search: in.Search, Unread: in.Unread, Limit: in.Limit}
	for _, s := range in.State {
		f.States = append(f.States, ticket.State(s))
	}
	if in.Label != 0 {
		f.Labels = []int64{in.Label}
	}
	if d, err := calendar.ParseDay(in.From); err == nil {
		f.From = d.Time()
	}
	if d, err := calendar.ParseDay(in.To); err == nil {
		f.To = d.AddDays(1).Time()
	}
	return f
}

func (a *API) tickets() {
	const path = "/api/v1/tickets"
	add(a, Operation{Method: "GET", Path: path, ID: "list_tickets", Tag: ticketTag, Summary: "Tickets of the own company, newest first; those of the caller alone without the right to see all", Verb: actor.ViewTickets}, a.listTickets)
	add(a, Operation{Method: "GET", Path: path + "/counts", ID: "count_tickets", Tag: ticketTag, Summary: "How many tickets stand in which state", Verb: actor.ViewTickets},
		func(ctx context.Context, by actor.Actor, in *ticketIn) (out struct {
			Counts []TicketCount `json:"counts"`
		}, err error) {
			counts, err := a.Ticket.Counts(ctx, by, in.filter())
			for _, s := range ticket.States() {
				if s != ticket.Deleted {
					out.Counts = append(out.Counts, TicketCount{int(s), i18n.Say(ctx, s.Label()), counts[s]})
				}
			}
			return out, err
		})
	add(a, Operation{Method: "POST", Path: path, ID: "open_ticket", Tag: ticketTag, Status: 201, Summary: "Open a ticket; a technical one takes one of the plan's month, or is refused with 409", Verb: actor.OpenTickets},
		func(ctx context.Context, by actor.Actor, in *struct{ Body TicketOpening }) (Ticket, error) {
			b := in.Body
			t, err := a.Ticket.Open(ctx, by, ticket.Opening{Title: b.Title, Body: b.Body, ProblemType: b.ProblemType, Product: b.Product, Region: b.Region, Severity: b.Severity,
				Contact: ticket.Contact(b.Contact), CC: b.CC, Serial: b.Serial, Extra: b.Extra, Attachments: b.Files, Key: b.Key, Source: ticket.API, Lang: i18n.From(ctx).Lang})
			return toTicket(ctx, t, nil, false), err
		})
	add(a, Operation{Method: "GET", Path: path + "/quota", ID: "show_ticket_quota", Tag: ticketTag, Summary: "What the support plan has left for a ticket of a type", Verb: actor.ViewTickets},
		func(ctx context.Context, by actor.Actor, in *struct {
			ProblemType string `query:"problem_type" maxLength:"64" required:"true"`
		}) (TicketQuota, error) {
			q, err := a.Ticket.Quota(ctx, by, in.ProblemType)
			return TicketQuota{q.Bound, string(q.Level), q.Used, q.Total, q.Left, q.Resets, q.Owner, q.CanBuyPack, q.Partner}, err
		})
	a.oneTicket(path + "/{no}")
	a.ticketMessages(path + "/{no}")
	a.ticketTies(path + "/{no}")
	a.ticketLabels()
	a.ticketFiles()
}

// TicketCount is how many tickets stand in a state.
type TicketCount struct {
	State int    `json:"state"`
	Name  string `json:"state_name"`
	Count int64  `json:"count"`
}

func (a *API) listTickets(ctx context.Context, by actor.Actor, in *ticketIn) (out ticketList, err error) {
	f := in.filter()
	if in.Cursor != "" {
		k, err := a.Cursors.Decode(in.Cursor, "tickets", 2)
		if err != nil {
			return out, err
		}
		at, err := k.Int(0)
		if err != nil {
			return out, err
		}
		f.After = ticket.Mark{At: at, No: k[1]}
	}
	f.Limit++
	rows, err := a.Ticket.List(ctx, by, f)
	if n := len(rows); err == nil && n == f.Limit {
		rows = rows[:n-1]
		m := rows[n-2].Mark(f.Sort)
		out.Next = a.Cursors.Encode("tickets", cursor.Key{cursor.Int(m.At), m.No})
	}
	out.Tickets = each(rows, func(r ticket.Row) Ticket { return toTicket(ctx, r.Ticket, r.Labels, r.Unread) })
	return out, err
}

func (a *API) oneTicket(path string) {
	add(a, Operation{Method: "GET", Path: path, ID: "show_ticket", Tag: ticketTag, Summary: "A ticket with what may be done to it", Verb: actor.ViewTickets},
		func(ctx context.Context, by actor.Actor, in *ticketPath) (TicketView, error) {
			v, err := a.Ticket.Get(ctx, by, in.No)
			return toTicketView(ctx, v), err
		})
	for _, x := range []struct {
		name, id, summary string
		action            ticket.Action
	}{
		{"cancel", "cancel_ticket", "Take a ticket back that nobody has taken up", ticket.Cancel},
		{"close", "close_ticket", "Close a ticket, or confirm that it's solved, with a rating if wanted", ticket.Close},
		{"urge", "urge_ticket", "Urge a ticket that waits for long", ticket.Press},
		{"delete", "delete_ticket", "Take a ticket that is over out of the list", ticket.Delete},
	} {
		add(a, Operation{Method: "POST", Path: path + "/" + x.name, ID: x.id, Tag: ticketTag, Summary: x.summary, Verb: actor.ActOnTickets},
			func(ctx context.Context, by actor.Actor, in *struct {
				ticketPath
				Body struct {
					Seen   int64         `json:"seen,omitempty" doc:"The edition that was read; refused with 409 when something was said or done since"`
					Text   string        `json:"text,omitempty" maxLength:"400"`
					Scores []TicketScore `json:"scores,omitempty" maxItems:"100" doc:"When closing"`
				}
			}) (Ticket, error) {
				b := in.Body
				t, err := a.Ticket.Act(ctx, by, in.No, ticket.Deed{Action: x.action, Seen: b.Seen, Text: b.Text, Scores: toScoring(b.Scores), Source: ticket.API})
				return toTicket(ctx, t, nil, false), err
			})
	}
	add(a, Operation{Method: "PUT", Path: path + "/rating", ID: "rate_ticket", Tag: ticketTag, Summary: "Say how it went, once the ticket is closed", Verb: actor.ActOnTickets},
		func(ctx context.Context, by actor.Actor, in *struct {
			ticketPath
			Body struct {
				Judgement string        `json:"judgement,omitempty" maxLength:"400"`
				Scores    []TicketScore `json:"scores" minItems:"1" maxItems:"100"`
			}
		}) (Ticket, error) {
			t, err := a.Ticket.Rate(ctx, by, in.No, in.Body.Judgement, toScoring(in.Body.Scores))
			return toTicket(ctx, t, nil, false), err
		})
	add(a, Operation{Method: "GET", Path: path + "/log", ID: "list_ticket_log", Tag: ticketTag, Summary: "What was done to a ticket, newest first", Verb: actor.ViewTickets},
		func(ctx context.Context, by actor.Actor, in *struct {
			ticketPath
			Offset int `query:"offset" minimum:"0" default:"0"`
			Limit  int `query:"limit" minimum:"1" maximum:"200" default:"50"`
		}) (out struct {
			Total   int64         `json:"total"`
			Entries []TicketEntry `json:"entries"`
		}, err error) {
			all, n, err := a.Ticket.Log(ctx, by, in.No, in.Offset, in.Limit)
			out.Total, out.Entries = n, each(all, toTicketEntry(ctx))
			return out, err
		})
}

func toScoring(in []TicketScore) []ticket.Scoring {
	return each(in, func(s TicketScore) ticket.Scoring { return ticket.Scoring{Dimension: s.Dimension, Points: s.Points} })
}

func (a *API) ticketMessages(path string) {
	add(a, Operation{Method: "GET", Path: path + "/messages", ID: "list_ticket_messages", Tag: ticketTag, Summary: "The conversation, oldest first", Verb: actor.ViewTickets},
		func(ctx context.Context, by actor.Actor, in *struct {
			ticketPath
			After int64 `query:"after" minimum:"0" doc:"Only messages with a greater seq"`
			Limit int   `query:"limit" minimum:"1" maximum:"500" default:"100"`
		}) (out struct {
			Total    int64           `json:"total"`
			Messages []TicketMessage `json:"messages"`
		}, err error) {
			all, n, err := a.Ticket.Messages(ctx, by, in.No, ticket.Page{AfterSeq: in.After, Limit: in.Limit})
			out.Total, out.Messages = n, each(all, toTicketMessage)
			return out, err
		})
	add(a, Operation{Method: "POST", Path: path + "/messages", ID: "say_on_ticket", Tag: ticketTag, Status: 201, Summary: "Add a message; one on an offered result sends it back, one on a closed ticket opens it again", Verb: actor.ActOnTickets},
		func(ctx context.Context, by actor.Actor, in *struct {
			ticketPath
			Body struct {
				Body  string   `json:"body" minLength:"1" maxLength:"20000"`
				Files []string `json:"files,omitempty" maxItems:"20" doc:"Ids of uploads"`
				Seen  int64    `json:"seen,omitempty" doc:"The edition that was read; refused with 409 when something was said since"`
				Key   string   `json:"key,omitempty" maxLength:"128" doc:"A repetition with the same key is one message"`
			}
		}) (TicketMessage, error) {
			b := in.Body
			said, err := a.Ticket.Say(ctx, by, in.No, ticket.Saying{Body: b.Body, Attachments: b.Files, Seen: b.Seen, Key: b.Key, Source: ticket.API})
			return toTicketMessage(said.Message), err
		})
	add(a, Operation{Method: "DELETE", Path: path + "/messages/{message}", ID: "withdraw_ticket_message", Tag: ticketTag, Summary: "Take an own message back, as long as nobody has read it", Verb: actor.ActOnTickets},
		func(ctx context.Context, by actor.Actor, in *struct {
			ticketPath
			Message string `path:"message" maxLength:"40"`
		}) (TicketMessage, error) {
			m, err := a.Ticket.Withdraw(ctx, by, in.No, in.Message)
			return toTicketMessage(m), err
		})
	add(a, Operation{Method: "GET", Path: path + "/changes", ID: "list_ticket_changes", Tag: ticketTag, Summary: "What happened after an edition: messages that were written or taken back, and rows of the log", Verb: actor.ViewTickets},
		func(ctx context.Context, by actor.Actor, in *struct {
			ticketPath
			After int64 `query:"after" minimum:"0"`
		}) (out struct {
			Ticket   Ticket          `json:"ticket"`
			Messages []TicketMessage `json:"messages"`
			Entries  []TicketEntry   `json:"log"`
		}, err error) {
			u, err := a.Ticket.Since(ctx, by, in.No, in.After)
			out.Ticket, out.Messages, out.Entries = toTicket(ctx, u.Ticket, nil, false), each(u.Messages, toTicketMessage), each(u.Log, toTicketEntry(ctx))
			return out, err
		})
	add(a, Operation{Method: "PUT", Path: path + "/read", ID: "read_ticket", Tag: ticketTag, Summary: "Say how far the caller has read", Verb: actor.ViewTickets},
		func(ctx context.Context, by actor.Actor, in *struct {
			ticketPath
			Body struct {
				Seq int64 `json:"seq" minimum:"0" doc:"0 = everything"`
			}
		}) (none, error) {
			return none{}, a.Ticket.MarkRead(ctx, by, in.No, in.Body.Seq)
		})
}
