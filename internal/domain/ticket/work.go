package ticket

import (
	"context"
	"time"

	"hanse/internal/domain/attachment"
	"hanse/internal/domain/sla"
	"hanse/internal/kit/actor"
	"hanse/internal/kit/audit"
	"hanse/internal/kit/db"
	"hanse/internal/kit/fault"
	"hanse/internal/kit/i18n"
	"hanse/internal/kit/id"
	"hanse/internal/kit/outbox"
)

// A work is one transaction on one ticket that it holds: rows of the log and messages are written as they come, the
// ticket, its audit rows and events when it ends.
type work struct {
	ctx   context.Context
	tx    *db.Tx
	by    actor.Actor
	side  Side
	t     Ticket
	was   Ticket
	fresh bool // the ticket is made by this transaction
	facts []outbox.Fact
	deeds []audit.Deed
}

// hold finds a ticket that the actor may see, and holds it.
func (s *Service) hold(ctx context.Context, tx *db.Tx, by actor.Actor, no string) (*work, error) {
	t, err := Find(ctx, tx, no)
	if err != nil {
		return nil, err
	}
	side, err := sees(ctx, tx, by, t)
	if err != nil {
		return nil, err
	}
	if t, err = lock(ctx, tx, t.Account, no); err != nil {
		return nil, err
	}
	if now := SideOf(by, t); now != side { // it changed hands in between
		return nil, fault.NotFound()
	}
	return &work{ctx: ctx, tx: tx, by: by, side: side, t: t, was: t}, nil
}

// holdLive is hold of one that isn't deleted: a deleted one is gone for everything but its restoration.
func (s *Service) holdLive(ctx context.Context, tx *db.Tx, by actor.Actor, no string) (*work, error) {
	w, err := s.hold(ctx, tx, by, no)
	if err == nil && w.t.State == Deleted {
		return nil, fault.NotFound()
	}
	return w, err
}

// holdDesk is holdLive for those who serve it.
func (s *Service) holdDesk(ctx context.Context, tx *db.Tx, by actor.Actor, no string) (*work, error) {
	w, err := s.holdLive(ctx, tx, by, no)
	if err == nil && w.side != Desk && w.side != System {
		return nil, fault.New(fault.KindDenied, i18n.M("ticket.refuse.not_desk", i18n.A{"desk": i18n.Raw(w.t.DeskName)}))
	}
	return w, err
}

// holdOwn is holdLive for the ticket's own account.
func (s *Service) holdOwn(ctx context.Context, tx *db.Tx, by actor.Actor, no string) (*work, error) {
	w, err := s.holdLive(ctx, tx, by, no)
	if err == nil && w.side != Customer && w.side != System {
		return nil, fault.New(fault.KindDenied, i18n.M("ticket.refuse.not_owner", i18n.A{"account": i18n.Raw(w.t.AccountName)}))
	}
	return w, err
}

func (w *work) next() int64 { w.t.Edition++; return w.t.Edition }

// operator is what kind of somebody acts.
func (w *work) operator() Operator {
	switch {
	case w.by.Kind == actor.System:
		return BySystem
	case w.side == Customer:
		return ByCustomer
	case w.by.Kind == actor.Partner:
		return ByPartner
	}
	return ByEngineer
}

// log adds a row that the customer may read.
func (w *work) log(k Logged, text string) error { return w.logFrom(k, w.t.State, text, true) }

// note adds a row for the desk alone.
func (w *work) note(k Logged, text string) error { return w.noteOf(w.t.Desk, k, text) }

// noteOf adds a row for a desk that has the ticket or had it.
func (w *work) noteOf(desk string, k Logged, text string) error {
	return w.entry(Entry{Kind: k, Desk: desk, From: w.t.State, Text: text})
}

func (w *work) logFrom(k Logged, from State, text string, visible bool) error {
	return w.entry(Entry{Kind: k, Visible: visible, Desk: w.t.Desk, From: from, Text: text})
}

// entry adds a row of the log.
func (w *work) entry(e Entry) error {
	e.Account, e.No, e.ID, e.Seq, e.At, e.To, e.Text = w.t.Account, w.t.No, id.New("tlg", w.tx.Wall), w.next(), w.tx.Now, w.t.State, cut(e.Text, 1000)
	e.Operator, e.OperatorID, e.OperatorName = w.operator(), w.by.User, w.by.Name
	return insertEntry(w.ctx, w.tx, e)
}

// state moves the ticket by an action of the table, with the row of the log. BadState when the table has no such step.
func (w *work) state(a Action, k Logged, text string) error {
	to, ok := Next(w.t.State, a)
	if !ok {
		return badState(w.t.State, a)
	}
	return w.to(to, k, text)
}

func (w *work) to(to State, k Logged, text string) error {
	from := w.t.State
	w.enter(to)
	if err := w.logFrom(k, from, text, true); err != nil {
		return err
	}
	return w.pace(from, to)
}

// enter puts the ticket into a state, with the instants that belong to it.
func (w *work) enter(to State) {
	t := &w.t
	if to == t.State {
		return
	}
	t.StateAt, t.AutoCloseAt, t.ResumeAt = w.tx.Now, time.Time{}, time.Time{}
	switch {
	case to == Done && t.State.Active():
		t.SolvedAt = w.tx.Now
	case to == Processing && t.AcceptedAt.IsZero():
		t.AcceptedAt = w.tx.Now
	}
	if t.State == Done && to != Deleted {
		t.SolvedAt = time.Time{}
	}
	t.State = to
}

// pace moves the clocks with the state: they wait while the customer is asked and while the desk has put the ticket
// aside, and end with it.
func (w *work) pace(from, to State) error {
	if from == to {
		return nil
	}
	for _, x := range []struct {
		is  func(State) bool
		why sla.Why
	}{{State.forCustomer, sla.Waiting}, {func(s State) bool { return s == Paused }, sla.Paused}} {
		if x.is(from) && !x.is(to) {
			if err := w.clock(sla.Resume(w.ctx, w.tx, w.t.No, x.why)); err != nil {
				return err
			}
		}
		if x.is(to) && !x.is(from) {
			if err := w.clock(sla.Pause(w.ctx, w.tx, w.t.No, x.why)); err != nil {
				return err
			}
		}
	}
	switch {
	case to == Done && from.Active():
		return w.clock(sla.Solved(w.ctx, w.tx, w.t.No))
	case from == Done && to == Processing, from == Invalid && to.Active():
		return w.clock(sla.Reopened(w.ctx, w.tx, w.t.No))
	case (to == Cancelled || to == Invalid) && from.Active():
		return w.clock(sla.Dropped(w.ctx, w.tx, w.t.No))
	}
	return nil
}

// clock mirrors what the clocks say after they were moved.
func (w *work) clock(c sla.Clocks, err error) error {
	if err != nil {
		return err
	}
	w.t.Due, w.t.DueKind, w.t.Breached = c.Due, c.DueKind, c.Breached
	return nil
}

// did notes a deed for the audit that is no news.
func (w *work) did(verb actor.Verb, what string, detail map[string]any) {
	if detail == nil {
		detail = map[string]any{}
	}
	detail["did"], detail["state"], detail["edition"] = what, int(w.t.State), w.t.Edition
	w.deeds = append(w.deeds, audit.Deed{By: w.by, Verb: verb, Subject: w.t.subject(), Detail: detail})
}

// happened notes an event, and the deed for the audit.
func (w *work) happened(verb actor.Verb, what string, change func(*Happened)) {
	h := w.t.happened(what, w.was.State, w.by, w.side)
	if change != nil {
		change(&h)
	}
	detail := map[string]any{}
	if h.Message != "" {
		detail["message"] = h.Message
	}
	if h.Other != "" {
		detail["other"] = h.Other
	}
	w.facts = append(w.facts, h)
	w.did(verb, what, detail)
}

// done writes what was changed.
func (w *work) done() error {
	var err error
	if w.fresh {
		err = insert(w.ctx, w.tx, w.t)
	} else {
		err = save(w.ctx, w.tx, w.t, w.was.Edition)
	}
	if err != nil {
		return err
	}
	if err := index(w.ctx, w.tx, w.t); err != nil {
		return err
	}
	for i, f := range w.facts { // with what the ticket is in the end
		if h, ok := f.(Happened); ok {
			h.Due, h.AutoCloseAt, h.Seq = w.t.Due, w.t.AutoCloseAt, w.t.Edition
			w.facts[i] = h
		}
	}
	if err := audit.RecordAll(w.ctx, w.tx, w.deeds); err != nil {
		return err
	}
	return outbox.AppendAll(w.ctx, w.tx, w.facts)
}

// write adds a message, binds its files, and moves what a message moves: who spoke last, and the clocks.
func (w *work) write(m Message, files []string) (Message, error) {
	m.Account, m.No, m.At = w.t.Account, w.t.No, w.tx.Now
	if m.ID == "" {
		m.ID = id.New("msg", w.tx.Wall)
	}
	m.Seq = w.next()
	m.Changed = m.Seq
	if err := insertMessage(w.ctx, w.tx, m); err != nil {
		return m, err
	}
	if err := attachment.Bind(w.ctx, w.tx, w.by, w.uploads(), files, w.t.No, m.ID); err != nil {
		return m, err
	}
	if m.Internal {
		return m, nil
	}
	w.t.TouchedAt = w.tx.Now
	if m.Side == Customer {
		w.t.CustomerSeq = m.Seq
	} else {
		w.t.DeskSeq = m.Seq
	}
	return m, w.spoken(m)
}

// uploads is the account whose uploads a message takes: the writer's, or for the program that of the ticket.
func (w *work) uploads() string {
	if w.by.Kind == actor.System {
		return w.t.Account
	}
	return w.by.Account
}

// spoken tells the clocks: a human reply of the vendor's desk stops the first response, whatever the customer says starts
// the wait for an update. A partner's desk doesn't stop the vendor's clocks, and what a program writes stops none.
func (w *work) spoken(m Message) error {
	switch {
	case m.Auto || m.First:
		return nil
	case m.Side == Customer:
		return w.clock(sla.CustomerSpoke(w.ctx, w.tx, w.t.No))
	case m.Side != Desk:
		return nil
	}
	if w.t.FirstReplyAt.IsZero() {
		w.t.FirstReplyAt = w.tx.Now
	}
	if !w.t.VendorDesk {
		return w.clock(sla.PartnerAnswered(w.ctx, w.tx, w.t.No))
	}
	return w.clock(sla.Answered(w.ctx, w.tx, w.t.No))
}

// fresher refuses what was decided without knowing what somebody else has said or done since the edition on the page.
func (w *work) fresher(seen int64) error {
	if seen <= 0 || seen >= w.t.Edition {
		return nil
	}
	m, ok, err := othersSince(w.ctx, w.tx, w.t, seen, w.by.User)
	if err != nil {
		return err
	}
	if ok {
		return conflict(Stale, i18n.M("ticket.refuse.newer_message", i18n.A{"name": i18n.Raw(w.shownAs(m.AuthorName, m.Side)), "at": when(m.At)}))
	}
	e, ok, err := movedSince(w.ctx, w.tx, w.t, seen, w.by.User)
	if err != nil || !ok {
		return err
	}
	return conflict(Stale, i18n.M("ticket.refuse.newer_state", i18n.A{"name": i18n.Raw(e.OperatorName), "state": e.To.Label(), "at": when(e.At)}))
}

// shownAs is somebody's name, or that of the company for somebody without one.
func (w *work) shownAs(name string, side Side) string {
	switch {
	case name != "":
		return name
	case side == Customer:
		return w.t.AccountName
	}
	return w.t.DeskName
}
