package notify

import (
	"context"
	"slices"
	"time"

	"hanse/internal/domain/desk"
	"hanse/internal/domain/sla"
	"hanse/internal/domain/ticket"
	"hanse/internal/kit/actor"
	"hanse/internal/kit/calendar"
	"hanse/internal/kit/db"
	"hanse/internal/kit/fault"
	"hanse/internal/kit/i18n"
	"hanse/internal/kit/outbox"
)

// deskWorkers read what nobody has been given.
var deskWorkers = []actor.Role{actor.VendorAdmin, actor.SupportEngineer, actor.PartnerAdmin, actor.ServiceManager}

// deskRules tell those who serve tickets: the owner of a ticket, or its team while nobody owns it; the team lead and the
// duty manager when time runs out. Whoever did something isn't told of it.
func deskRules() (all []func(*Service) rule) {
	for _, x := range []struct {
		what  string
		tone  Tone
		quiet bool
		title func(i18n.A) i18n.Msg
	}{
		{"opened", Neutral, false, func(a i18n.A) i18n.Msg { return i18n.M("desk.note.opened", a) }},
		{"handed", Neutral, false, func(a i18n.A) i18n.Msg { return i18n.M("desk.note.handed", a) }},
		{"handed_back", Neutral, false, func(a i18n.A) i18n.Msg { return i18n.M("desk.note.handed", a) }},
		{"moved", Neutral, false, func(a i18n.A) i18n.Msg { return i18n.M("desk.note.moved", a) }},
		{"said", Neutral, false, func(a i18n.A) i18n.Msg { return i18n.M("desk.note.said", a) }},
		{"urged", Warn, false, func(a i18n.A) i18n.Msg { return i18n.M("desk.note.urged", a) }},
		{"assigned", Neutral, false, func(a i18n.A) i18n.Msg { return i18n.M("desk.note.assigned", a) }},
		{"closed", Good, true, func(a i18n.A) i18n.Msg { return i18n.M("desk.note.closed", a) }},
		{"cancelled", Neutral, true, func(a i18n.A) i18n.Msg { return i18n.M("desk.note.cancelled", a) }},
		{"scored", Neutral, true, func(a i18n.A) i18n.Msg { return i18n.M("desk.note.scored", a) }},
	} {
		all = append(all, func(*Service) rule {
			return rule{"ticket." + x.what, func(ctx context.Context, q db.Querier, e outbox.Event) ([]Note, error) {
				h, err := outbox.As[ticket.Happened](e)
				if err != nil || !forDesk(h) {
					return nil, err
				}
				n := Note{Account: h.Desk, Tone: x.tone, Quiet: x.quiet, Title: x.title(deskArgs(h)), Body: ticketBody(h), Link: "/desk/" + h.No,
					Action: i18n.M("desk.note.open"), Ticket: h.No, Message: h.Message, Desk: true}
				notes, err := deskNotes(ctx, q, h, n)
				if h.What == "moved" {
					notes = append(notes, deskLost(h))
				}
				return notes, err
			}}
		})
	}
	return append(all, func(*Service) rule { return rule{"sla.warned", slaWarned} }, func(*Service) rule { return rule{"sla.breached", slaBreached} })
}

// deskLost tells the desk that has a ticket no more, of which it can't read further.
func deskLost(h ticket.Happened) Note {
	return Note{Account: h.Other, Roles: deskWorkers, Quiet: true, Tone: Neutral, Title: i18n.M("desk.note.lost", deskArgs(h)), Body: i18n.M("desk.note.lost_body", deskArgs(h)),
		Link: "/desk", Action: i18n.M("desk.note.open_queue"), Desk: true}
}

// forDesk tells whether an event is news to the desk: what the customer said, not what the desk itself did.
func forDesk(h ticket.Happened) bool {
	switch h.What {
	case "said":
		return h.Side == ticket.Customer && !h.Internal && !h.Auto
	case "assigned":
		return h.Owner != "" && h.Owner != h.Author.User
	}
	return true
}

func deskArgs(h ticket.Happened) i18n.A {
	a := ticketArgs(h)
	a["account"] = i18n.Raw(h.AccountName)
	return a
}

// deskNotes gives a note to the owner. What nobody owns goes to the team, or to everybody of a desk without one, and
// only to their message center: somebody will take it from the queue.
func deskNotes(ctx context.Context, q db.Querier, h ticket.Happened, n Note) ([]Note, error) {
	if h.What == "urged" {
		e, err := desk.Escalate(ctx, q, h.Desk, h.Team, h.Owner)
		if err != nil || len(e.Users()) > 0 {
			return noteFor(n, h.Author.User, e.Users()...), err
		}
	}
	if h.Owner != "" {
		return noteFor(n, h.Author.User, h.Owner), nil
	}
	if h.What == "closed" || h.What == "cancelled" || h.What == "scored" {
		return nil, nil
	}
	n.Quiet = true
	if h.Team == "" {
		n.Roles = deskWorkers
		return []Note{n}, nil
	}
	members, err := desk.Staff(ctx, q, h.Desk)
	if err != nil {
		return nil, err
	}
	var ids []string
	for _, p := range members {
		if slices.Contains(p.Teams, h.Team) {
			ids = append(ids, p.ID)
		}
	}
	return noteFor(n, h.Author.User, ids...), nil
}

// noteFor is the note for each user but the one who did it.
func noteFor(n Note, but string, users ...string) (out []Note) {
	for _, u := range users {
		if u != "" && u != but {
			n.User = u
			out = append(out, n)
		}
	}
	return out
}

// late is what time does to a ticket. Early is a warning before the last one: only the owner reads it.
type late struct {
	sla.About
	title, body i18n.Msg
	tone        Tone
	early       bool
	opens       time.Time // when the mail goes; zero: at once
}

// slaWarned tells the owner first, and with the last warning the team lead and the duty manager too. When the clock no
// longer runs by the time that the mail goes, there's nothing to warn of.
func slaWarned(ctx context.Context, q db.Querier, e outbox.Event) ([]Note, error) {
	x, err := outbox.As[sla.Warned](e)
	if err != nil {
		return nil, err
	}
	if over, err := noLonger(ctx, q, x); err != nil || over {
		return nil, err
	}
	a := clockArgs(x.About, x.Due)
	a["percent"] = x.Percent
	return escalation(ctx, q, late{x.About, i18n.M("desk.note.warned", a), i18n.M("desk.note.due", a), Warn, x.Percent < lastWarning, x.Opens})
}

// noLonger tells whether the run of a clock of which was warned is over, waits, or was missed.
func noLonger(ctx context.Context, q db.Querier, x sla.Warned) (bool, error) {
	if x.Opens.IsZero() {
		return false, nil
	}
	all, err := sla.Of(ctx, q, []string{x.Subject})
	if err != nil {
		return false, err
	}
	c := all[x.Subject].Of(x.Kind)
	return c.State != sla.Running || int64(c.Runs) != x.Run || c.Warned != x.Percent, nil
}

// lastWarning is from which share of a limit on others than the owner are told.
const lastWarning = 90

// slaBreached tells the owner, the team lead and the duty manager.
func slaBreached(ctx context.Context, q db.Querier, e outbox.Event) ([]Note, error) {
	x, err := outbox.As[sla.Breached](e)
	if err != nil {
		return nil, err
	}
	a := clockArgs(x.About, x.Due)
	return escalation(ctx, q, late{x.About, i18n.M("desk.note.breached", a), i18n.M("desk.note.was_due", a), Bad, false, x.Opens})
}

func clockArgs(x sla.About, due time.Time) i18n.A {
	return i18n.A{"no": i18n.Raw(x.Number), "clock": clockLabel(x.Kind), "due": i18n.Raw(due.In(calendar.Zone).Format("2006-01-02 15:04"))}
}

func clockLabel(k sla.Kind) i18n.Msg {
	switch k {
	case sla.First:
		return i18n.M("desk.clock.first")
	case sla.Update:
		return i18n.M("desk.clock.update")
	}
	return i18n.M("desk.clock.solution")
}

// escalation gives what time does to a ticket to those who have to do something about it. The owner is who owns the
// ticket by now.
func escalation(ctx context.Context, q db.Querier, x late) ([]Note, error) {
	t, err := ticket.Find(ctx, q, x.Subject)
	if fault.KindOf(err) == fault.KindNotFound {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	e, err := desk.Escalate(ctx, q, t.Desk, t.Team, t.Owner)
	if err != nil {
		return nil, err
	}
	n := Note{Account: t.Desk, Tone: x.tone, Title: x.title, Body: x.body, Link: "/desk/" + t.No, Action: i18n.M("desk.note.open"), Ticket: t.No, Desk: true, Later: x.opens}
	users := e.Users()
	if x.early && e.Owner != "" {
		users = []string{e.Owner}
	}
	if len(users) == 0 {
		n.Roles = deskWorkers
		return []Note{n}, nil
	}
	return noteFor(n, "", users...), nil
}
