package ticket

import (
	"context"
	"strings"
	"time"

	"hanse/internal/domain/setting"
	"hanse/internal/kit/actor"
	"hanse/internal/kit/db"
	"hanse/internal/kit/fault"
	"hanse/internal/kit/i18n"
	"hanse/internal/kit/id"
	"hanse/internal/kit/text"
)

// Say adds a message. The customer's answer moves a ticket that waited for it, and reopens one that is done, within the
// window; later it's refused (TooLate). The desk's reply accepts a ticket that nobody had. Of a merged ticket it goes to
// the target. The desk's reply is refused (Stale) when somebody has said something that isn't on the writer's page; nothing
// is stored then. The same Key finds the same message.
func (s *Service) Say(ctx context.Context, by actor.Actor, no string, in Saying) (out Said, err error) {
	if err := both(by); err != nil {
		return out, err
	}
	err = s.once(ctx, func(tx *db.Tx) error {
		out, err = s.SayIn(ctx, tx, by, no, in)
		return err
	})
	return out, err
}

// SayIn is Say in the caller's transaction.
func (s *Service) SayIn(ctx context.Context, tx *db.Tx, by actor.Actor, no string, in Saying) (out Said, err error) {
	t, err := Find(ctx, tx, no)
	if err != nil {
		return out, err
	}
	if _, err := sees(ctx, tx, by, t); err != nil {
		return out, err
	}
	if t, err = Following(ctx, tx, no); err != nil {
		return out, err
	}
	in.Key = own(by, in.Key)
	if no, message, ok, err := keyed(ctx, tx, t.Account, in.Key); err != nil || ok {
		return replayed(ctx, tx, no, message, err)
	}
	w, err := s.holdLive(ctx, tx, by, t.No)
	if err != nil {
		return out, err
	}
	if out.Message, err = w.say(in); err != nil {
		return out, err
	}
	out.Ticket = w.t
	return out, w.done()
}

// replayed finds what a key made before, wherever it went since.
func replayed(ctx context.Context, q db.Querier, no, message string, err error) (out Said, _ error) {
	if err != nil {
		return out, err
	}
	if out.Ticket, err = Following(ctx, q, no); err != nil {
		return out, err
	}
	out.Message, err = MessageByID(ctx, q, out.Ticket.No, message)
	if fault.KindOf(err) == fault.KindNotFound { // the merge was undone
		if out.Ticket, err = Find(ctx, q, no); err == nil {
			out.Message, err = MessageByID(ctx, q, no, message)
		}
	}
	out.Replayed = true
	return out, err
}

// say writes what somebody says, by the side that he stands on.
func (w *work) say(in Saying) (Message, error) {
	m, err := w.message(in)
	if err != nil {
		return m, err
	}
	if m.Internal {
		if m, err = w.write(m, in.Attachments); err == nil {
			w.happened(actor.WorkTickets, "said", func(h *Happened) { *h = h.said(m) })
		}
		return m, err
	}
	if m.Side != Customer {
		return w.answer(m, in)
	}
	return w.customerSays(m, in)
}

// message is what will be written, if the writer may write it.
func (w *work) message(in Saying) (Message, error) {
	var fs fault.Fields
	m := Message{ID: id.New("msg", w.tx.Wall), Side: w.side, Internal: in.Internal, Auto: in.Auto, Source: in.Source, AuthorAccount: w.by.Account,
		Author: w.by.User, AuthorName: w.by.Name, AuthorMain: w.by.Has(actor.PartnerAdmin, actor.CustomerAdmin), Body: checkBody(&fs, in.Body)}
	if m.Source == "" {
		m.Source = Portal
	}
	if err := fs.Err(); err != nil {
		return m, err
	}
	switch w.side {
	case Customer:
		if in.Internal {
			return m, fault.Denied()
		}
	case System:
		if m.Internal { // a remark of the program for the desk
			m.Desk = w.t.Desk
		} else if m.Auto = true; in.AsName != "" || in.AsMail != "" {
			m.Auto, m.Side, m.AuthorName, m.AuthorMail = in.Auto, Customer, text.Clean(in.AsName), strings.ToLower(text.Clean(in.AsMail))
		}
	case Desk, Third:
		m.Desk = w.by.Account
	default:
		return m, fault.New(fault.KindDenied, i18n.M("ticket.refuse.not_desk", i18n.A{"desk": i18n.Raw(w.t.DeskName)}))
	}
	return m, w.take(in.Key, m.ID)
}

// answer is the desk's reply. It belongs to a ticket that isn't over; the first one accepts it.
func (w *work) answer(m Message, in Saying) (Message, error) {
	if w.t.State.Final() {
		return m, badState(w.t.State, Reply)
	}
	if err := w.fresher(in.Seen); err != nil {
		return m, err
	}
	if w.side == Desk && w.t.State == Waiting && !m.Auto {
		if err := w.accept(); err != nil {
			return m, err
		}
	}
	m, err := w.write(m, in.Attachments)
	if err == nil {
		w.happened(w.verb(), "said", func(h *Happened) { *h = h.said(m) })
	}
	return m, err
}

// customerSays moves the ticket as the table says: what was offered is sent back, what was asked is answered, what was done
// is opened again while that's possible.
func (w *work) customerSays(m Message, in Saying) (Message, error) {
	from := w.t.State
	to, ok := Next(from, Reply)
	if !ok {
		return m, badState(from, Reply)
	}
	if m.Auto { // a machine's answer is read, and moves nothing
		to = from
	}
	if from == Done && !m.Auto {
		if err := w.inWindow(); err != nil {
			return m, err
		}
	}
	m, err := w.write(m, in.Attachments)
	if err != nil {
		return m, err
	}
	if to != from {
		kind := map[State]Logged{ToConfirm: LogRejected, AskedBack: LogAnswered, Done: LogReopened}[from]
		if err := w.to(to, kind, ""); err != nil {
			return m, err
		}
	}
	if from == Done && to.Active() {
		if err := w.goesOn(); err != nil {
			return m, err
		}
	}
	w.happened(w.verb(), "said", func(h *Happened) { *h = h.said(m) })
	return m, nil
}

// inWindow refuses an answer to what has been done for too long: a new ticket that refers to it is the way.
func (w *work) inWindow() error {
	days, err := setting.Int(w.ctx, w.tx, setting.TicketReopenDays, w.tx.Now)
	if err != nil {
		return err
	}
	if w.tx.Now.After(w.t.SolvedAt.Add(time.Duration(days) * 24 * time.Hour)) {
		return conflict(TooLate, i18n.M("ticket.refuse.too_late", i18n.A{"no": w.t.No, "days": days, "at": when(w.t.SolvedAt)}))
	}
	return nil
}

// accept takes a ticket that nobody had: the actor owns it unless somebody does.
func (w *work) accept() error {
	if err := w.state(Accept, LogAccepted, ""); err != nil {
		return err
	}
	if w.t.Owner == "" && w.side == Desk {
		w.t.Owner, w.t.OwnerName = w.by.User, w.by.Name
	}
	w.happened(actor.WorkTickets, "accepted", nil)
	return nil
}

// Withdraw takes an own message back, shortly after it was written and before the other side has read it. What it said is
// gone; that there was something stays.
func (s *Service) Withdraw(ctx context.Context, by actor.Actor, no, message string) (m Message, err error) {
	if err := both(by); err != nil {
		return m, err
	}
	err = s.db.Update(ctx, func(tx *db.Tx) error {
		w, err := s.holdLive(ctx, tx, by, no)
		if err != nil {
			return err
		}
		if m, err = MessageByID(ctx, tx, no, message); err != nil {
			return err
		}
		if err := w.withdraw(m); err != nil {
			return err
		}
		m, err = MessageByID(ctx, tx, no, message)
		return err
	})
	return m, err
}

func (w *work) withdraw(m Message) error {
	if m.Internal && (w.side == Customer || !w.by.Vendor() && m.Desk != w.by.Account) {
		return fault.NotFound()
	}
	if m.Author != w.by.User || m.AuthorAccount != w.by.Account || m.AuthorMail != "" {
		return &Refusal{Why: NotOwnMessage, err: fault.New(fault.KindDenied, i18n.M("ticket.refuse.not_own"))}
	}
	if m.Withdrawn() {
		return nil
	}
	window, err := setting.Duration(w.ctx, w.tx, setting.TicketWithdrawTime, w.tx.Now)
	if err != nil {
		return err
	}
	if m.First || w.tx.Now.After(m.At.Add(window)) {
		return conflict(WithdrawLate, i18n.M("ticket.refuse.withdraw_late", i18n.A{"minutes": int(window.Minutes())}))
	}
	read, err := readByOther(w.ctx, w.tx, m)
	if err != nil {
		return err
	}
	if read {
		return conflict(WithdrawRead, i18n.M("ticket.refuse.withdraw_read"))
	}
	if err := blank(w.ctx, w.tx, m, w.t.Edition+1); err != nil {
		return err
	}
	if err := w.logFrom(LogWithdrawn, w.t.State, "", !m.Internal); err != nil {
		return err
	}
	w.happened(w.verb(), "withdrawn", func(h *Happened) { h.Message, h.Internal = m.ID, m.Internal })
	return w.done()
}
