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
	"hanse/internal/kit/text"
)

const mostJudgement = 400

// Act does one action of the table. The customer's side closes, cancels, urges and deletes; the desk accepts, offers a
// result, asks, pauses, goes on, takes back, invalidates, reopens and restores. BadState when the table refuses it, Stale
// when somebody has said or done something since Seen, PressNew and PressSoon while it's too early to urge.
func (s *Service) Act(ctx context.Context, by actor.Actor, no string, d Deed) (t Ticket, err error) {
	if err := both(by); err != nil {
		return t, err
	}
	err = s.once(ctx, func(tx *db.Tx) error {
		t, err = s.ActIn(ctx, tx, by, no, d)
		return err
	})
	return t, err
}

// ActIn is Act in the caller's transaction.
func (s *Service) ActIn(ctx context.Context, tx *db.Tx, by actor.Actor, no string, d Deed) (t Ticket, err error) {
	d.Key = own(by, d.Key)
	var w *work
	switch d.Action {
	case Close, Cancel, Press, Delete:
		w, err = s.holdOwn(ctx, tx, by, no)
	case Accept, Offer, Ask, Pause, Resume, TakeBack, Invalidate, Reopen:
		w, err = s.holdDesk(ctx, tx, by, no)
	case Restore:
		w, err = s.hold(ctx, tx, by, no)
		if err == nil && w.side != Desk && w.side != System {
			err = fault.NotFound()
		}
	default:
		return t, wrong("action", string(d.Action), i18n.M("ticket.refuse.action"))
	}
	if err != nil {
		return t, err
	}
	if _, _, ok, err := keyed(ctx, tx, w.t.Account, d.Key); err != nil || ok {
		return w.t, err
	}
	if err := w.act(d); err != nil {
		return t, err
	}
	return w.t, w.done()
}

func (w *work) act(d Deed) error {
	if d.Action != Press && d.Action != Restore {
		if err := w.fresher(d.Seen); err != nil {
			return err
		}
	}
	if err := w.take(d.Key, ""); err != nil {
		return err
	}
	switch d.Action {
	case Close:
		return w.close(d)
	case Cancel:
		return w.cancel(d)
	case Press:
		return w.press()
	case Delete:
		return w.remove(d)
	case Accept:
		return w.accept()
	case Restore:
		return w.restore()
	}
	return w.serve(d)
}

// close is the customer's word that it's solved, with its judgement and scores. What is done already stays done.
func (w *work) close(d Deed) error {
	if w.t.State == Done && d.Text == "" && len(d.Scores) == 0 {
		return nil
	}
	if w.t.State != Done {
		if err := w.state(Close, LogClosed, d.Text); err != nil {
			return err
		}
	}
	if d.Text != "" || len(d.Scores) > 0 {
		if err := w.score(d.Text, d.Scores); err != nil {
			return err
		}
	}
	w.happened(actor.ActOnTickets, "closed", nil)
	return nil
}

// cancel withdraws a ticket that nobody has accepted; one that is being worked on where a setting allows it.
func (w *work) cancel(d Deed) error {
	allowed := false
	if w.t.State == Processing {
		var err error
		if allowed, err = setting.Bool(w.ctx, w.tx, setting.TicketCancelProcessing, w.tx.Now); err != nil {
			return err
		}
	}
	var err error
	if allowed {
		err = w.to(Cancelled, LogCancelled, d.Text)
	} else {
		err = w.state(Cancel, LogCancelled, d.Text)
	}
	if err == nil {
		w.happened(actor.ActOnTickets, "cancelled", nil)
	}
	return err
}

// press urges the desk: some time after the opening, and some time after the last time.
func (w *work) press() error {
	if _, ok := Next(w.t.State, Press); !ok {
		return badState(w.t.State, Press)
	}
	after, err := setting.Duration(w.ctx, w.tx, setting.TicketPressAfter, w.tx.Now)
	if err != nil {
		return err
	}
	between, err := setting.Duration(w.ctx, w.tx, setting.TicketPressBetween, w.tx.Now)
	if err != nil {
		return err
	}
	if left := w.t.OpenedAt.Add(after).Sub(w.tx.Now); left > 0 {
		return &Refusal{Why: PressNew, err: fault.TooMany(seconds(left), i18n.M("ticket.refuse.press_new", i18n.A{"minutes": minutes(left)}))}
	}
	if left := w.t.UrgedAt.Add(between).Sub(w.tx.Now); !w.t.UrgedAt.IsZero() && left > 0 {
		return &Refusal{Why: PressSoon, err: fault.TooMany(seconds(left), i18n.M("ticket.refuse.press_soon", i18n.A{"minutes": minutes(left)}))}
	}
	w.t.Urged, w.t.UrgedAt = w.t.Urged+1, w.tx.Now
	if err := w.log(LogUrged, ""); err != nil {
		return err
	}
	w.happened(actor.ActOnTickets, "urged", nil)
	return nil
}

func seconds(d time.Duration) int { return int((d + time.Second - 1) / time.Second) }
func minutes(d time.Duration) int { return int((d + time.Minute - 1) / time.Minute) }

// remove hides a ticket that is over from its account; the desk can restore it.
func (w *work) remove(d Deed) error {
	from := w.t.State
	if err := w.state(Delete, LogDeleted, d.Text); err != nil {
		return err
	}
	w.t.Before = from
	w.happened(actor.ActOnTickets, "deleted", nil)
	return nil
}

func (w *work) restore() error {
	if w.t.State != Deleted {
		return badState(w.t.State, Restore)
	}
	if err := w.to(w.t.Before, LogRestored, ""); err != nil {
		return err
	}
	w.happened(actor.WorkTickets, "restored", nil)
	return nil
}

// A deskStep is what one of the desk's actions writes and tells.
type deskStep struct {
	log  Logged
	what string
	must bool // it says something to the customer
}

var deskSteps = map[Action]deskStep{
	Offer: {LogOffered, "offered", true}, Ask: {LogAsked, "asked", true}, Pause: {LogPaused, "paused", false}, Resume: {LogResumed, "resumed", false},
	TakeBack: {LogTakenBack, "taken_back", false}, Invalidate: {LogInvalid, "invalidated", true}, Reopen: {LogReopened, "reopened", false},
}

// serve is one of the desk's actions: its words to the customer first, so that a result or question is there when the
// ticket waits for the answer.
func (w *work) serve(d Deed) error {
	x := deskSteps[d.Action]
	if _, ok := Next(w.t.State, d.Action); !ok {
		return badState(w.t.State, d.Action)
	}
	if err := w.limits(d, x); err != nil {
		return err
	}
	var said Message
	if strings.TrimSpace(d.Text) != "" {
		m, err := w.message(Saying{Body: d.Text, Source: d.Source})
		if err != nil {
			return err
		}
		if m.Side == System {
			m.Auto = true
		}
		if said, err = w.write(m, d.Attachments); err != nil {
			return err
		}
	}
	if err := w.state(d.Action, x.log, ""); err != nil {
		return err
	}
	if d.Action == Offer {
		w.t.Solution, w.t.RootCause = cut(said.Body, MostText), cut(text.Lines(d.RootCause), MostText)
	}
	if err := w.await(d); err != nil {
		return err
	}
	if d.Action == Reopen {
		if err := w.goesOn(); err != nil {
			return err
		}
	}
	w.happened(actor.WorkTickets, x.what, func(h *Happened) {
		if said.ID != "" {
			*h = h.said(said)
		}
	})
	return nil
}

// limits checks what comes with one of the desk's actions.
func (w *work) limits(d Deed, x deskStep) error {
	var fs fault.Fields
	if x.must || d.Text != "" {
		checkBody(&fs, d.Text)
	}
	if d.Action == Pause && !d.Until.IsZero() && !d.Until.After(w.tx.Now) {
		fs.Add("until", when(d.Until), i18n.M("ticket.refuse.until"))
	}
	return fs.Err()
}

// await makes the jobs of a state that ends by itself: closing, with a notice before, and the end of a pause.
func (w *work) await(d Deed) error {
	if d.Action == Pause {
		if d.Until.IsZero() {
			return nil
		}
		w.t.ResumeAt = d.Until
		return w.later(resumeJob, d.Until)
	}
	if !w.t.State.forCustomer() {
		return nil
	}
	days, err := setting.Int(w.ctx, w.tx, setting.TicketAutoCloseDays, w.tx.Now)
	if err != nil {
		return err
	}
	before, err := setting.Int(w.ctx, w.tx, setting.TicketNoticeDays, w.tx.Now)
	if err != nil {
		return err
	}
	w.t.AutoCloseAt = w.tx.Now.Add(time.Duration(days) * 24 * time.Hour)
	if before > 0 && before < days {
		if err := w.later(noticeJob, w.t.AutoCloseAt.Add(-time.Duration(before)*24*time.Hour)); err != nil {
			return err
		}
	}
	return w.later(closeJob, w.t.AutoCloseAt)
}
