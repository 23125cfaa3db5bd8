package ticket

import (
	"context"
	"strings"

	"hanse/internal/domain/account"
	"hanse/internal/domain/sla"
	"hanse/internal/domain/subscription"
	"hanse/internal/kit/actor"
	"hanse/internal/kit/fault"
	"hanse/internal/kit/i18n"
)

// HandOver gives a ticket of a partner's desk to the vendor's. The first time, a technical one takes a unit of the
// partner's plan: what gives the partner technical support (NotInPlan, NoQuota). From then on the vendor's clocks run. The
// partner's desk may; it keeps seeing the ticket and may add to it.
func (s *Service) HandOver(ctx context.Context, by actor.Actor, no string, in Handing) (Ticket, error) {
	return s.asDesk(ctx, by, no, in.Seen, func(w *work) error { return w.handOver(in) })
}

// HandBack returns it to the partner's desk that handed it over, or gives it to the partner that serves the customer. The
// vendor's desk may.
func (s *Service) HandBack(ctx context.Context, by actor.Actor, no string, in Handing) (Ticket, error) {
	return s.asDesk(ctx, by, no, in.Seen, func(w *work) error { return w.handBack(in) })
}

func (w *work) handOver(in Handing) error {
	if w.t.VendorDesk {
		return conflict(HandedAlready, i18n.M("ticket.refuse.handed", i18n.A{"desk": i18n.Raw(w.t.DeskName)}))
	}
	vendor, err := account.VendorAccount(w.ctx, w.tx)
	if err != nil {
		return err
	}
	plan, err := subscription.ServedBy(w.ctx, w.tx, w.t.Desk, w.tx.Now)
	if err != nil {
		return err
	}
	if w.t.Technical && w.t.Drawn == "" {
		if w.t.Drawn, err = draw(w.ctx, w.tx, w.by, plan, w.t.No, w.t.No, w.t.Title); err != nil {
			return err
		}
		w.t.DrawnFrom = plan.Owner
	}
	w.t.Plan, w.t.PlanOwner = plan.Level, plan.Owner
	return w.give(vendor, HandOver, LogHanded, "handed", in.Text)
}

func (w *work) handBack(in Handing) error {
	if !w.t.VendorDesk {
		return conflict(HandedAlready, i18n.M("ticket.refuse.handed", i18n.A{"desk": i18n.Raw(w.t.DeskName)}))
	}
	to := w.t.Partner
	if to == "" {
		a, err := account.Get(w.ctx, w.tx, w.t.Account)
		if err != nil {
			return err
		}
		if to, err = partnerFor(w.ctx, w.tx, a, w.tx.Now); err != nil {
			return err
		}
	}
	if to == "" {
		return fault.Conflict(i18n.M("ticket.refuse.no_partner"))
	}
	p, err := account.Get(w.ctx, w.tx, to)
	if err != nil {
		return err
	}
	return w.give(p, HandBack, LogHandedBack, "handed_back", in.Text)
}

// give moves the ticket to another desk: its note first, which both desks read, then the desk's rules find team and owner.
func (w *work) give(to account.Account, a Action, k Logged, what, note string) error {
	if _, ok := Next(w.t.State, a); !ok {
		return badState(w.t.State, a)
	}
	partner := w.t.Partner
	if !w.t.VendorDesk {
		partner = w.t.Desk
	}
	if a == HandBack {
		partner = to.ID
	}
	if err := w.handNote(note, partner); err != nil {
		return err
	}
	w.t.Desk, w.t.DeskName, w.t.VendorDesk = to.ID, to.Name, a == HandOver
	w.t.WasVendor = w.t.WasVendor || w.t.VendorDesk
	if a == HandOver {
		w.t.Handed = true
	} else {
		w.t.Partner, w.t.PartnerName = to.ID, to.Name
	}
	if err := w.state(a, k, ""); err != nil {
		return err
	}
	if err := w.routed(); err != nil {
		return err
	}
	turn := sla.Resume
	if a == HandBack {
		turn = sla.Pause
	}
	if err := w.clock(turn(w.ctx, w.tx, w.t.No, sla.AtPartner)); err != nil {
		return err
	}
	if err := w.clock(sla.Move(w.ctx, w.tx, w.t.facts())); err != nil {
		return err
	}
	w.happened(actor.WorkTickets, what, nil)
	return nil
}

// handNote is a note that belongs to the partner, so that both desks read it.
func (w *work) handNote(note, partner string) error {
	if strings.TrimSpace(note) == "" {
		return nil
	}
	m, err := w.message(Saying{Body: note, Internal: true})
	if err != nil {
		return err
	}
	m.Desk = partner
	_, err = w.write(m, nil)
	return err
}
