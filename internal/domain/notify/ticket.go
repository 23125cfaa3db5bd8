package notify

import (
	"context"

	"hanse/internal/domain/ticket"
	"hanse/internal/kit/actor"
	"hanse/internal/kit/calendar"
	"hanse/internal/kit/db"
	"hanse/internal/kit/i18n"
	"hanse/internal/kit/outbox"
)

// ticketAdmins read what becomes of a ticket whose opener has gone.
var ticketAdmins = []actor.Role{actor.PartnerAdmin, actor.ServiceManager, actor.CustomerAdmin}

// ticketRules tell whoever opened a ticket what its desk says and does. The desk's own side is told by deskRules; those
// who get copies, by mail alone, by ticketmail.
func ticketRules() (all []func(*Service) rule) {
	for _, x := range []struct {
		what  string
		tone  Tone
		quiet bool // in the message center alone
		title func(ticket.Happened, i18n.A) i18n.Msg
	}{
		{"opened", Good, false, func(_ ticket.Happened, a i18n.A) i18n.Msg { return i18n.M("tickets.note.opened", a) }},
		{"said", Neutral, false, func(h ticket.Happened, a i18n.A) i18n.Msg {
			if h.Side == ticket.Customer {
				return i18n.M("tickets.note.said_own", a)
			}
			return i18n.M("tickets.note.said", a)
		}},
		{"accepted", Neutral, true, func(_ ticket.Happened, a i18n.A) i18n.Msg { return i18n.M("tickets.note.accepted", a) }},
		{"offered", Warn, false, func(_ ticket.Happened, a i18n.A) i18n.Msg { return i18n.M("tickets.note.offered", a) }},
		{"asked", Warn, false, func(_ ticket.Happened, a i18n.A) i18n.Msg { return i18n.M("tickets.note.asked", a) }},
		{"paused", Neutral, true, func(_ ticket.Happened, a i18n.A) i18n.Msg { return i18n.M("tickets.note.paused", a) }},
		{"resumed", Neutral, true, func(_ ticket.Happened, a i18n.A) i18n.Msg { return i18n.M("tickets.note.resumed", a) }},
		{"taken_back", Neutral, true, func(_ ticket.Happened, a i18n.A) i18n.Msg { return i18n.M("tickets.note.taken_back", a) }},
		{"handed", Neutral, true, func(_ ticket.Happened, a i18n.A) i18n.Msg { return i18n.M("tickets.note.handed", a) }},
		{"handed_back", Neutral, true, func(_ ticket.Happened, a i18n.A) i18n.Msg { return i18n.M("tickets.note.handed", a) }},
		{"moved", Neutral, true, func(_ ticket.Happened, a i18n.A) i18n.Msg { return i18n.M("tickets.note.moved", a) }},
		{"closed", Good, false, func(_ ticket.Happened, a i18n.A) i18n.Msg { return i18n.M("tickets.note.closed", a) }},
		{"cancelled", Neutral, false, func(_ ticket.Happened, a i18n.A) i18n.Msg { return i18n.M("tickets.note.cancelled", a) }},
		{"auto_closed", Neutral, false, func(_ ticket.Happened, a i18n.A) i18n.Msg { return i18n.M("tickets.note.auto_closed", a) }},
		{"closing_soon", Warn, false, func(_ ticket.Happened, a i18n.A) i18n.Msg { return i18n.M("tickets.note.closing_soon", a) }},
		{"invalidated", Bad, false, func(_ ticket.Happened, a i18n.A) i18n.Msg { return i18n.M("tickets.note.invalidated", a) }},
		{"reopened", Neutral, false, func(_ ticket.Happened, a i18n.A) i18n.Msg { return i18n.M("tickets.note.reopened", a) }},
		{"restored", Neutral, false, func(_ ticket.Happened, a i18n.A) i18n.Msg { return i18n.M("tickets.note.restored", a) }},
		{"merged", Neutral, false, func(_ ticket.Happened, a i18n.A) i18n.Msg { return i18n.M("tickets.note.merged", a) }},
	} {
		all = append(all, func(s *Service) rule {
			return rule{"ticket." + x.what, func(ctx context.Context, q db.Querier, e outbox.Event) ([]Note, error) {
				h, err := outbox.As[ticket.Happened](e)
				if err != nil || h.Internal || h.Auto && h.What == "said" {
					return nil, err
				}
				n := Note{Tone: x.tone, Quiet: x.quiet || known(h), Title: x.title(h, ticketArgs(h)), Body: ticketBody(h), Link: "/tickets/" + h.No,
					Action: i18n.M("tickets.note.open"), Ticket: h.No, Message: h.Message}
				return s.opener(ctx, q, h, n)
			}}
		})
	}
	return all
}

// known tells whether the reader has just seen it on a page of the portal: that a ticket was opened there.
func known(h ticket.Happened) bool {
	return h.What == "opened" && (h.Source == ticket.Portal || h.Source == ticket.API)
}

// opener gives a note to who opened the ticket, unless that is who did what it tells; to the administrators when the
// opener has gone.
func (s *Service) opener(ctx context.Context, q db.Querier, h ticket.Happened, n Note) ([]Note, error) {
	n.Account, n.User = h.Account, h.OpenedBy
	if h.Author.Account == h.Account && h.Author.User == h.OpenedBy && h.What != "opened" {
		return nil, nil
	}
	readers, err := s.directory.Readers(ctx, q, h.Account, h.OpenedBy, nil)
	if err != nil {
		return nil, err
	}
	if len(readers) == 0 {
		n.User, n.Roles = "", ticketAdmins
	}
	return []Note{n}, nil
}

func ticketArgs(h ticket.Happened) i18n.A {
	who := h.Author.Name
	if h.Side == ticket.System || h.Author.Account == "" {
		who = h.DeskName
	}
	return i18n.A{"no": i18n.Raw(h.No), "title": i18n.Raw(h.Title), "desk": i18n.Raw(h.DeskName), "who": i18n.Raw(who), "other": i18n.Raw(h.Other),
		"at": i18n.Raw(h.AutoCloseAt.In(calendar.Zone).Format("2006-01-02 15:04"))}
}

// ticketBody is what was said, or what the ticket is about.
func ticketBody(h ticket.Happened) i18n.Msg {
	if h.Text != "" && h.What != "opened" {
		return i18n.M("tickets.note.words", i18n.A{"text": i18n.Raw(h.Text)})
	}
	return i18n.M("tickets.note.about", ticketArgs(h))
}
