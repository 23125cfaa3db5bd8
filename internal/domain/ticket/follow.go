package ticket

import (
	"context"
	"encoding/json"
	"time"

	"hanse/internal/domain/account"
	"hanse/internal/domain/sla"
	"hanse/internal/domain/taxonomy"
	"hanse/internal/kit/actor"
	"hanse/internal/kit/calendar"
	"hanse/internal/kit/db"
	"hanse/internal/kit/jobs"
	"hanse/internal/kit/outbox"
)

const (
	followJob  = "ticket.follow"
	mostFollow = 50 // tickets that one transaction moves
)

// registerFollow has the open tickets of a customer go where the customer goes: from the desk of a partner that it leaves to
// its new partner's, or to the vendor's. What is over stays with the desk that did it.
func (s *Service) registerFollow(r *jobs.Runner) {
	r.Inside(followJob, s.follow)
	r.On("association.ended", "ticket.follow_ended", func(ctx context.Context, tx *db.Tx, e outbox.Event) error {
		x, err := outbox.As[account.Unassociated](e)
		if err != nil || x.Kind == account.ResellerOf {
			return err
		}
		return followAt(ctx, tx, x.ID+":ended", x.Other, tx.Now)
	})
	r.On("association.added", "ticket.follow_added", func(ctx context.Context, tx *db.Tx, e outbox.Event) error {
		x, err := outbox.As[account.Associated](e)
		if err != nil || x.Kind == account.ResellerOf {
			return err
		}
		for _, c := range []struct {
			what, day string
			after     int
		}{{":since", x.Since, 0}, {":until", x.Until, 1}} { // one that begins or ends on a day to come tells nothing then
			day, err := calendar.ParseDay(c.day)
			if at := day.AddDays(c.after).Time(); err == nil && at.After(tx.Now) {
				if err := followAt(ctx, tx, x.ID+c.what, x.Other, at); err != nil {
					return err
				}
			}
		}
		return nil
	})
}

// A following is the payload of the job: whose tickets, and after which number it goes on.
type following struct {
	Account string `json:"account"`
	After   string `json:"after,omitempty"`
}

// again is when the tickets are looked at once more: one that was opened while its customer changed its partner was given to
// the desk of before, by a transaction that couldn't see the change.
const again = time.Minute

// followAt makes the jobs.
func followAt(ctx context.Context, tx *db.Tx, key, customer string, at time.Time) error {
	x := following{Account: customer}
	return jobs.AddAll(ctx, tx, []jobs.New{{Kind: followJob, Key: key, Account: customer, RunAt: at, Payload: x},
		{Kind: followJob, Key: key + ":again", Account: customer, RunAt: at.Add(again), Payload: x}})
}

// follow moves some of a customer's tickets, and makes the job for the rest.
func (s *Service) follow(ctx context.Context, tx *db.Tx, j jobs.Job) error {
	var x following
	if err := json.Unmarshal(j.Payload, &x); err != nil {
		return err
	}
	a, err := account.Get(ctx, tx, x.Account)
	if err != nil || a.Kind != actor.Customer {
		return err
	}
	nos, err := atPartners(ctx, tx, x.Account, x.After, mostFollow)
	if err != nil {
		return err
	}
	for _, no := range nos {
		w, err := s.hold(ctx, tx, actor.Program("ticket"), no)
		if err != nil {
			return err
		}
		if err := w.follows(a); err != nil {
			return err
		}
		if w.t.Edition == w.was.Edition {
			continue
		}
		if err := w.done(); err != nil {
			return err
		}
	}
	if len(nos) < mostFollow {
		return nil
	}
	x.After = nos[len(nos)-1]
	return jobs.Add(ctx, tx, jobs.New{Kind: followJob, Key: j.Key + ":" + x.After, Account: x.Account, Payload: x})
}

// follows gives the ticket to the desk that serves its customer now, as it would be opened now. One that is at the vendor's
// desk stays there, and belongs to that partner. The partner that has it no more doesn't see it any longer.
func (w *work) follows(a account.Account) error {
	if !w.t.State.Active() || w.t.Partner == "" {
		return nil
	}
	v, err := serving(w.ctx, w.tx, a, w.t.Serial, w.t.CaseType == taxonomy.Fault, w.tx.Now)
	if err != nil {
		return err
	}
	to, name := "", ""
	if !v.atVendor() {
		to, name = v.desk.ID, v.desk.Name
	}
	if to == w.t.Partner {
		return nil
	}
	before := w.t
	if w.t.Partner, w.t.PartnerName = to, name; w.t.VendorDesk {
		w.t.Handed = to != ""
		w.did(actor.RunTickets, "moved", map[string]any{"from": before.Partner, "to": to})
		return w.note(LogMoved, before.PartnerName+" → "+v.desk.Name)
	}
	w.t.Desk, w.t.DeskName, w.t.VendorDesk, w.t.Handed = v.desk.ID, v.desk.Name, v.atVendor(), false
	w.t.WasVendor = w.t.WasVendor || w.t.VendorDesk
	w.t.Plan, w.t.PlanOwner = v.plan.Level, v.plan.Owner
	if err := w.log(LogMoved, before.DeskName+" → "+w.t.DeskName); err != nil {
		return err
	}
	if err := w.routed(); err != nil {
		return err
	}
	if w.t.VendorDesk {
		if err := w.clock(sla.Resume(w.ctx, w.tx, w.t.No, sla.AtPartner)); err != nil {
			return err
		}
	}
	if err := w.clock(sla.Move(w.ctx, w.tx, w.t.facts())); err != nil {
		return err
	}
	w.happened(actor.RunTickets, "moved", func(h *Happened) { h.Other = before.Desk })
	return nil
}

// goesOn has a ticket that is opened again go to the desk that serves its customer by now.
func (w *work) goesOn() error {
	if w.t.Partner == "" {
		return nil
	}
	a, err := account.Get(w.ctx, w.tx, w.t.Account)
	if err != nil || a.Kind != actor.Customer {
		return err
	}
	return w.follows(a)
}
