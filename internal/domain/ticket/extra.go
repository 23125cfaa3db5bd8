package ticket

import (
	"context"
	"maps"

	"hanse/internal/domain/taxonomy"
	"hanse/internal/kit/actor"
	"hanse/internal/kit/db"
	"hanse/internal/kit/fault"
	"hanse/internal/kit/i18n"
)

// SetExtra changes values of a ticket's extra fields; those that aren't named stay, "" removes one. Either side may, while
// somebody still works on it. Message is the one that the values came with, "" = none.
func (s *Service) SetExtra(ctx context.Context, by actor.Actor, no, message string, values map[string]string) (t Ticket, err error) {
	if err := both(by); err != nil {
		return t, err
	}
	err = s.db.Update(ctx, func(tx *db.Tx) error {
		w, err := s.holdLive(ctx, tx, by, no)
		if err != nil {
			return err
		}
		if w.side == Reader || w.side == Third {
			return fault.Denied()
		}
		if w.t.State.Final() {
			return conflict(BadState, i18n.M("ticket.refuse.extra", i18n.A{"state": w.t.State.Label()}))
		}
		if err := w.setExtra(message, values); err != nil {
			return err
		}
		t = w.t
		return w.done()
	})
	return t, err
}

func (w *work) setExtra(message string, values map[string]string) error {
	if message != "" {
		if _, err := MessageByID(w.ctx, w.tx, w.t.No, message); err != nil {
			return unknown(err, "message", message, i18n.M("ticket.refuse.no_message"))
		}
	}
	set, err := taxonomy.Read(w.ctx, w.tx)
	if err != nil {
		return err
	}
	all := map[string]string{}
	maps.Copy(all, w.t.Extra)
	maps.Copy(all, values)
	if w.t.Extra, err = set.CheckExtra(w.t.ProblemType, w.t.Product, all); err != nil {
		return err
	}
	if err := w.log(LogExtra, ""); err != nil {
		return err
	}
	w.happened(w.verb(), "changed", func(h *Happened) { h.Message = message })
	return nil
}
