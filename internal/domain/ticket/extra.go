package ticket

import (
	"context"
	"maps"

	"hanse/internal/domain/taxonomy"
	"hanse/internal/kit/actor"
	"hanse/internal/kit/db"
	"hanse/internal/kit/i18n"
)

// SetExtra fills in what is asked in addition about a ticket: values given stay until they are given anew, an empty text
// takes one away. message may name the message that asked for them. The customer's side may. Invalid for values that the
// fields don't take, BadState once nothing more is to be done.
func (s *Service) SetExtra(ctx context.Context, by actor.Actor, no, message string, values map[string]string) (t Ticket, err error) {
	if err := by.May(actor.ActOnTickets); err != nil {
		return t, err
	}
	err = s.db.Update(ctx, func(tx *db.Tx) error {
		w, err := s.holdOwn(ctx, tx, by, no)
		if err != nil {
			return err
		}
		if message != "" {
			m, err := MessageByID(ctx, tx, no, message)
			if err != nil || m.Internal {
				return unknown(err, "message", message, i18n.M("ticket.refuse.no_message"))
			}
		}
		if err := w.extra(values); err != nil {
			return err
		}
		w.happened(actor.ActOnTickets, "changed", nil)
		t = w.t
		return w.done()
	})
	return t, err
}

func (w *work) extra(values map[string]string) error {
	if w.t.State.Final() {
		return badState(w.t.State, Reply)
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
	return w.log(LogExtra, "")
}
