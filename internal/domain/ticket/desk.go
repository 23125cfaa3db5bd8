package ticket

import (
	"context"
	"strings"
	"unicode/utf8"

	"hanse/internal/domain/desk"
	"hanse/internal/domain/sla"
	"hanse/internal/domain/subscription"
	"hanse/internal/domain/taxonomy"
	"hanse/internal/kit/actor"
	"hanse/internal/kit/db"
	"hanse/internal/kit/fault"
	"hanse/internal/kit/i18n"
	"hanse/internal/kit/text"
)

// Together does several things as one: a macro, or a reply that also changes the ticket. All of it happens or nothing; the
// fault names what can't be.
func (s *Service) Together(ctx context.Context, by actor.Actor, no string, b Bundle) (t Ticket, err error) {
	if err := by.May(actor.WorkTickets); err != nil {
		return t, err
	}
	err = s.once(ctx, func(tx *db.Tx) error {
		t, err = s.TogetherIn(ctx, tx, by, no, b)
		return err
	})
	return t, err
}

// TogetherIn is Together in the caller's transaction.
func (s *Service) TogetherIn(ctx context.Context, tx *db.Tx, by actor.Actor, no string, b Bundle) (Ticket, error) {
	w, err := s.holdDesk(ctx, tx, by, no)
	if err != nil {
		return Ticket{}, err
	}
	b.Key = own(by, b.Key)
	if _, _, ok, err := keyed(ctx, tx, w.t.Account, b.Key); err != nil || ok {
		return w.t, err
	}
	if err := w.fresher(b.Seen); err != nil {
		return w.t, err
	}
	if err := w.take(b.Key, ""); err != nil {
		return w.t, err
	}
	for _, do := range []func(Bundle) error{w.first, w.edit, w.speak, w.last} {
		if err := do(b); err != nil {
			return w.t, err
		}
	}
	return w.t, w.done()
}

// first brings the ticket to where the rest can be done: accepted, going on, taken back.
func (w *work) first(b Bundle) error {
	if b.Resume && w.t.State == Paused {
		if err := w.serve(Deed{Action: Resume}); err != nil {
			return err
		}
	}
	if b.TakeBack {
		if err := w.serve(Deed{Action: TakeBack}); err != nil {
			return err
		}
	}
	if w.t.State == Waiting && (b.Accept || b.Ask || b.Offer || b.Pause) {
		return w.accept()
	}
	return nil
}

// edit changes what it's about, who has it, its labels, and leaves the note.
func (w *work) edit(b Bundle) error {
	if b.Change != nil && !b.Change.empty() {
		if err := w.change(*b.Change); err != nil {
			return err
		}
	}
	if b.Team != nil || b.Owner != nil {
		if err := w.assign(Assigning{Team: b.Team, Owner: b.Owner}); err != nil {
			return err
		}
	}
	if len(b.Label)+len(b.Unlabel) > 0 {
		if err := w.label(b.Label, b.Unlabel); err != nil {
			return err
		}
	}
	if strings.TrimSpace(b.Note) == "" {
		return nil
	}
	_, err := w.say(Saying{Body: b.Note, Internal: true})
	return err
}

// speak sends the reply: plain, as a question, or as the result.
func (w *work) speak(b Bundle) error {
	say := Saying{}
	if b.Say != nil {
		say = *b.Say
	}
	switch {
	case b.Offer:
		return w.serve(Deed{Action: Offer, Text: say.Body, Attachments: say.Attachments, RootCause: b.RootCause, Source: say.Source})
	case b.Ask:
		return w.serve(Deed{Action: Ask, Text: say.Body, Attachments: say.Attachments, Source: say.Source})
	case b.Say == nil:
		return nil
	}
	say.Key, say.Seen = "", 0
	_, err := w.say(say)
	return err
}

func (w *work) last(b Bundle) error {
	if !b.Pause {
		return nil
	}
	return w.serve(Deed{Action: Pause, Until: b.Until})
}

// Change says what a ticket is about instead. Its clocks follow: all deadlines anew, nothing of what was waited is lost. A
// ticket keeps the unit that it took. One that becomes technical at the vendor's desk takes one of the plan's month, as it
// would have at its opening; where there's none (NotInPlan, NoQuota) it's refused, unless the desk goes on without. The desk
// may.
func (s *Service) Change(ctx context.Context, by actor.Actor, no string, in Changing) (Ticket, error) {
	return s.asDesk(ctx, by, no, in.Seen, func(w *work) error { return w.change(in) })
}

// Assign gives a ticket to a team and an owner of the desk. The desk may.
func (s *Service) Assign(ctx context.Context, by actor.Actor, no string, in Assigning) (Ticket, error) {
	return s.asDesk(ctx, by, no, in.Seen, func(w *work) error { return w.assign(in) })
}

func (s *Service) asDesk(ctx context.Context, by actor.Actor, no string, seen int64, do func(w *work) error) (t Ticket, err error) {
	if err := by.May(actor.WorkTickets); err != nil {
		return t, err
	}
	err = s.db.Update(ctx, func(tx *db.Tx) error {
		w, err := s.holdDesk(ctx, tx, by, no)
		if err != nil {
			return err
		}
		if err := w.fresher(seen); err != nil {
			return err
		}
		if err := do(w); err != nil {
			return err
		}
		t = w.t
		return w.done()
	})
	return t, err
}

func (w *work) change(in Changing) error {
	if w.t.State.Final() {
		return conflict(BadState, i18n.M("ticket.refuse.final", i18n.A{"state": w.t.State.Label()}))
	}
	before := w.t
	if in.Title != nil {
		title := text.Clean(*in.Title)
		if n := utf8.RuneCountInString(title); n == 0 || n > MostTitle {
			return wrong("title", *in.Title, i18n.M("ticket.refuse.title", i18n.A{"max": MostTitle}))
		}
		w.t.Title = title
	}
	if err := w.choose(in); err != nil {
		return err
	}
	if err := w.note(LogChanged, w.differences(before, w.t)); err != nil {
		return err
	}
	if err := w.drawn(before, in.WithoutUnit); err != nil {
		return err
	}
	if err := w.clock(sla.Move(w.ctx, w.tx, w.t.facts())); err != nil {
		return err
	}
	w.happened(actor.WorkTickets, "changed", nil)
	return nil
}

// drawn takes a unit for a ticket that the vendor's desk has made technical. Whoever goes on without one where there's none
// leaves that in the log and in the audit.
func (w *work) drawn(before Ticket, without bool) error {
	if before.Technical || !w.t.Technical || !w.t.VendorDesk || w.t.Drawn != "" {
		return nil
	}
	plan, err := w.planned()
	if err != nil {
		return err
	}
	if without {
		left, err := quota(w.ctx, w.tx, plan, w.tx.Now)
		if err != nil {
			return err
		}
		if left.none() {
			w.did(actor.WorkTickets, "without_unit", map[string]any{"plan": string(plan.Level), "plan_owner": plan.Owner})
			return w.note(LogNoUnit, plan.Name)
		}
	}
	if w.t.Drawn, err = draw(w.ctx, w.tx, w.by, plan, w.t.No, w.t.No, w.t.Title); err != nil {
		return err
	}
	w.t.DrawnFrom = plan.Owner
	return nil
}

// planned is the plan by which the vendor's desk serves the ticket now: the partner's that handed it over, else that of its
// account.
func (w *work) planned() (subscription.Served, error) {
	who := w.t.Account
	if w.t.Handed {
		who = w.t.Partner
	}
	return subscription.ServedBy(w.ctx, w.tx, who, w.tx.Now)
}

// serviced takes over the plan that serves what becomes technical, before its severity is chosen.
func (w *work) serviced(kind taxonomy.ProblemType) error {
	if w.fresh || w.t.Technical || !kind.Technical || !w.t.VendorDesk || w.t.Drawn != "" {
		return nil
	}
	plan, err := w.planned()
	w.t.Plan, w.t.PlanOwner = plan.Level, plan.Owner
	return err
}

// choose checks the new type, place and severity together, as at the opening. A severity that is named for another type
// than the ticket had must fit the new one; without one the new type's own holds when the old doesn't fit.
func (w *work) choose(in Changing) error {
	if in.ProblemType == nil && in.Category == nil && in.Product == nil && in.Region == nil && in.Severity == nil {
		return nil
	}
	set, err := taxonomy.Read(w.ctx, w.tx)
	if err != nil {
		return err
	}
	kind, _ := set.ProblemType(or(in.ProblemType, w.t.ProblemType))
	if err := w.serviced(kind); err != nil {
		return err
	}
	c := taxonomy.Choice{ProblemType: or(in.ProblemType, w.t.ProblemType), Category: or(in.Category, w.t.Category), Product: or(in.Product, w.t.Product),
		Region: or(in.Region, w.t.Region), Severity: or(in.Severity, ""), Level: w.t.Plan, Extra: w.t.Extra}
	if in.Product != nil && in.Category == nil {
		c.Category = ""
	}
	if in.ProblemType != nil && *in.ProblemType != w.t.ProblemType {
		c.Extra = nil
	}
	if in.Severity == nil {
		for _, x := range set.Offer(w.t.Plan, kind).List {
			if x.Code == w.t.Severity {
				c.Severity = x.Code
			}
		}
	}
	extra := w.t.Extra
	out, err := set.Choose(c)
	if err != nil {
		return chosen(err)
	}
	w.t.is(set, out)
	if len(out.Extra) == 0 {
		w.t.Extra = extra // what was entered under another type isn't lost
	}
	return nil
}

func or(p *string, otherwise string) string {
	if p == nil {
		return otherwise
	}
	return *p
}

// differences are the old and the new values: for the log.
func (w *work) differences(a, b Ticket) string {
	lang := w.by.Lang
	var out []string
	for _, x := range [][2]string{{a.Title, b.Title}, {a.TypeNames.In(lang), b.TypeNames.In(lang)}, {a.CategoryNames.In(lang), b.CategoryNames.In(lang)},
		{a.ProductNames.In(lang), b.ProductNames.In(lang)}, {a.RegionNames.In(lang), b.RegionNames.In(lang)}, {a.SeverityNames.In(lang), b.SeverityNames.In(lang)}} {
		if x[0] != x[1] {
			out = append(out, x[0]+" → "+x[1])
		}
	}
	return strings.Join(out, "; ")
}

// assign gives the ticket to a team and an owner, who must be of the desk.
func (w *work) assign(in Assigning) error {
	if w.t.State.Final() {
		return conflict(BadState, i18n.M("ticket.refuse.final", i18n.A{"state": w.t.State.Label()}))
	}
	before := w.t
	if in.Team != nil {
		if w.t.Team, w.t.TeamName = "", ""; *in.Team != "" {
			x, err := desk.TeamOf(w.ctx, w.tx, w.t.Desk, *in.Team)
			if err != nil || !x.Active {
				return unknown(err, "team", *in.Team, i18n.M("ticket.refuse.team"))
			}
			w.t.Team, w.t.TeamName = x.ID, x.Name
		}
		if in.Owner == nil && w.t.Team != before.Team {
			w.t.Owner, w.t.OwnerName = "", ""
		}
	}
	if in.Owner != nil {
		id := *in.Owner
		if id == "me" {
			id = w.by.User
		}
		if w.t.Owner, w.t.OwnerName = "", ""; id != "" {
			x, ok, err := desk.Works(w.ctx, w.tx, w.t.Desk, id)
			if err != nil || !ok {
				return unknown(err, "owner", id, i18n.M("ticket.refuse.owner"))
			}
			w.t.Owner, w.t.OwnerName = x.ID, x.Name
		}
	}
	if w.t.Team == before.Team && w.t.Owner == before.Owner {
		return nil
	}
	w.t.Routing = i18n.Msg{}
	return w.assigned(before)
}

func (w *work) assigned(before Ticket) error {
	if err := w.note(LogAssigned, strings.Trim(w.t.TeamName+" / "+w.t.OwnerName, " /")); err != nil {
		return err
	}
	if w.t.Team != before.Team {
		if err := w.clock(sla.Move(w.ctx, w.tx, w.t.facts())); err != nil {
			return err
		}
	}
	w.happened(actor.WorkTickets, "assigned", func(h *Happened) { h.Other = before.Owner })
	return nil
}

// unknown refuses an id that isn't there.
func unknown(err error, field, value string, m i18n.Msg) error {
	if err == nil || fault.KindOf(err) == fault.KindNotFound {
		return wrong(field, value, m)
	}
	return err
}
