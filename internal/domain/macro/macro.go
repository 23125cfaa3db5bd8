// Package macro uses a desk's macros and canned answers on tickets: on one or on many at once, all or nothing.
package macro

import (
	"context"
	"errors"
	"slices"
	"strconv"
	"strings"

	"hanse/internal/domain/desk"
	"hanse/internal/domain/subscription"
	"hanse/internal/domain/ticket"
	"hanse/internal/kit/actor"
	"hanse/internal/kit/calendar"
	"hanse/internal/kit/db"
	"hanse/internal/kit/fault"
	"hanse/internal/kit/i18n"
)

// Most is how many tickets one use may have.
const Most = 200

// Service has the verbs.
type Service struct {
	db      *db.DB
	desk    *desk.Service
	tickets *ticket.Service
}

// New returns the service.
func New(d *db.DB, desks *desk.Service, tickets *ticket.Service) *Service {
	return &Service{d, desks, tickets}
}

// Values are what variables stand for on a ticket, in a language. A value that the ticket hasn't is missing.
func Values(by actor.Actor, t ticket.Ticket, lang string) desk.Values {
	v := desk.Values{"ticket": t.No, "title": t.Title, "customer": t.AccountName, "contact": t.OpenedName, "me": by.Name, "owner": t.OwnerName, "team": t.TeamName,
		"severity": t.SeverityNames.In(lang)}
	if t.Plan != "" {
		v["plan"] = i18n.Text(lang, subscription.LevelLabel(t.Plan))
	}
	if !t.Due.IsZero() {
		v["due"] = (&i18n.Loc{Lang: lang, TZ: calendar.Zone}).DateTime(t.Due)
	}
	return v
}

// language is that in which a ticket's customer is written to.
func language(t ticket.Ticket) string {
	if t.Lang == i18n.Chinese {
		return i18n.Chinese
	}
	return i18n.English
}

// Fill is a canned answer or another text with variables as it would be sent on a ticket; missing names the variables
// that have no value there.
func Fill(by actor.Actor, t ticket.Ticket, text func(lang string) string) (filled string, missing []string) {
	lang := language(t)
	return desk.Fill(text(lang), Values(by, t, lang))
}

// An On is a ticket that a macro is used on. Seen is the edition on the page, 0 = doesn't matter.
type On struct {
	No   string
	Seen int64
}

// Find returns a macro that the actor may use. NotFound for others.
func (s *Service) Find(ctx context.Context, by actor.Actor, id string) (desk.Macro, error) {
	if err := by.May(actor.WorkTickets); err != nil {
		return desk.Macro{}, err
	}
	all, _, err := s.desk.Usable(ctx, by)
	if err != nil {
		return desk.Macro{}, err
	}
	i := slices.IndexFunc(all, func(m desk.Macro) bool { return m.ID == id })
	if i < 0 {
		return desk.Macro{}, fault.NotFound()
	}
	return all[i], nil
}

// Save makes a macro or changes one: desk.SaveMacro, which can't know whether labels are there. The desk's administrators may.
func (s *Service) Save(ctx context.Context, by actor.Actor, m desk.Macro) (desk.Macro, error) {
	if err := by.May(actor.ManageDesk); err != nil {
		return m, err
	}
	own, _, err := s.tickets.Labels(ctx, by, ticket.LabelFilter{})
	if err != nil {
		return m, err
	}
	var fs fault.Fields
	for field, ids := range map[string][]int64{"label": m.Label, "unlabel": m.Unlabel} {
		for _, id := range ids {
			if !slices.ContainsFunc(own, func(l ticket.Label) bool { return l.ID == id }) {
				fs.Add(field, strconv.FormatInt(id, 10), i18n.M("ticket.refuse.label"))
			}
		}
	}
	if err := fs.Err(); err != nil {
		return m, err
	}
	return s.desk.SaveMacro(ctx, by, m)
}

// Use does what a macro says on each ticket, in one transaction: when something is missing on one of them or can't be
// done there, nothing happens anywhere, and the fault names the ticket. Key makes a repetition harmless. Who works at the
// desk may.
func (s *Service) Use(ctx context.Context, by actor.Actor, id string, on []On, key string) ([]ticket.Ticket, error) {
	m, err := s.Find(ctx, by, id)
	if err != nil {
		return nil, err
	}
	return s.All(ctx, by, on, key, func(t ticket.Ticket) (ticket.Bundle, error) { return bundle(by, t, m) })
}

// All does something on each ticket, in one transaction. Who works at the desk may.
func (s *Service) All(ctx context.Context, by actor.Actor, on []On, key string, what func(t ticket.Ticket) (ticket.Bundle, error)) (out []ticket.Ticket, err error) {
	if err := by.May(actor.WorkTickets); err != nil {
		return nil, err
	}
	if len(on) == 0 || len(on) > Most {
		return nil, fault.Invalid("id", i18n.M("desk.bulk.count", i18n.A{"most": Most}))
	}
	on = slices.Clone(on)
	slices.SortFunc(on, func(a, b On) int { return strings.Compare(a.No, b.No) }) // two at once hold them in one order
	err = s.db.Update(ctx, func(tx *db.Tx) error {
		out = nil
		for _, x := range on {
			t, err := s.one(ctx, tx, by, x, key, what)
			if err != nil {
				return named(err, x.No, len(on))
			}
			out = append(out, t)
		}
		return nil
	})
	return out, err
}

func (s *Service) one(ctx context.Context, tx *db.Tx, by actor.Actor, x On, key string, what func(t ticket.Ticket) (ticket.Bundle, error)) (ticket.Ticket, error) {
	t, err := ticket.Find(ctx, tx, x.No)
	if err != nil {
		return t, err
	}
	if t.Desk != by.Account { // what isn't the desk's own must not be told from what isn't there
		return t, fault.NotFound()
	}
	b, err := what(t)
	if err != nil {
		return t, err
	}
	b.Seen = x.Seen
	if key != "" {
		b.Key = key + ":" + x.No
	}
	return s.tickets.TogetherIn(ctx, tx, by, x.No, b)
}

// named says of which of several tickets a refusal speaks.
func named(err error, no string, of int) error {
	f := fault.Of(err)
	if f == nil || of == 1 {
		return err
	}
	why := []i18n.Msg{}
	if !f.Msg.IsZero() {
		why = append(why, f.Msg)
	}
	for _, x := range f.Fields {
		why = append(why, x.Msg)
	}
	if f.Kind == fault.KindNotFound {
		why = []i18n.Msg{i18n.M("desk.bulk.not_yours")}
	}
	return errors.Join(fault.Conflict(i18n.M("desk.bulk.refused", i18n.A{"no": no, "why": why})), err)
}

// bundle is what a macro does on one ticket.
func bundle(by actor.Actor, t ticket.Ticket, m desk.Macro) (ticket.Bundle, error) {
	b := ticket.Bundle{Accept: m.Move == desk.Accept, Ask: m.Move == desk.Ask, Offer: m.Move == desk.Offer, Pause: m.Move == desk.Pause, Resume: m.Move == desk.Resume}
	lang := language(t)
	values := Values(by, t, lang)
	owner := m.Owner
	switch owner {
	case desk.OwnerMe:
		owner, values["owner"] = "me", by.Name
	case desk.OwnerNobody:
		owner = ""
	}
	if m.Owner != "" {
		b.Owner = &owner
	}
	if m.Content.Team != "" {
		b.Team = &m.Content.Team
	}
	reply, missing := desk.Fill(m.Reply(lang), values)
	note, more := desk.Fill(m.Note, values)
	for _, x := range more {
		if !slices.Contains(missing, x) {
			missing = append(missing, x)
		}
	}
	if len(missing) > 0 {
		return b, fault.Invalid("macro", i18n.M("desk.macro.missing", i18n.A{"macro": i18n.Raw(m.Name), "variables": "{" + strings.Join(missing, "} {") + "}"}))
	}
	b.Note, b.Label, b.Unlabel = note, m.Label, m.Unlabel
	if reply != "" {
		b.Say = &ticket.Saying{Body: reply, Source: ticket.Portal}
	}
	b.Change = change(m)
	return b, nil
}

func change(m desk.Macro) *ticket.Changing {
	c := ticket.Changing{}
	for value, into := range map[*string]**string{&m.Severity: &c.Severity, &m.Type: &c.ProblemType, &m.Product: &c.Product} {
		if *value != "" {
			*into = value
		}
	}
	if c == (ticket.Changing{}) {
		return nil
	}
	return &c
}
