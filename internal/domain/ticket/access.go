package ticket

import (
	"context"
	"slices"

	"hanse/internal/domain/account"
	"hanse/internal/domain/distribution"
	"hanse/internal/kit/actor"
	"hanse/internal/kit/db"
	"hanse/internal/kit/fault"
)

// SideOf is where an actor stands towards a ticket by the account it acts for.
func SideOf(by actor.Actor, t Ticket) Side {
	switch by.Account {
	case "":
	case t.Account:
		return Customer
	case t.Desk:
		return Desk
	case t.Partner:
		return Third
	}
	if by.Kind == actor.System {
		return System
	}
	return Reader
}

// onlyOwn tells whether a partner's user sees only customers that it manages itself.
func onlyOwn(by actor.Actor) bool {
	return by.Kind == actor.Partner && !by.Has(actor.PartnerAdmin, actor.ServiceManager)
}

// sees returns the side on which an actor may see a ticket, or NotFound: own tickets, all of its account with the role for
// it, those of its desk. An account manager sees those of the own customers; the vendor's staff see every one. What was
// deleted is there for the vendor's staff and the desk alone.
func sees(ctx context.Context, q db.Querier, by actor.Actor, t Ticket) (Side, error) {
	side, ok := SideOf(by, t), false
	switch side {
	case Customer:
		ok = by.Can(actor.ViewAllTickets) || t.OpenedBy == by.User
	case Desk, Third:
		ok = by.Can(actor.WorkTickets) || by.Vendor()
		if ok && onlyOwn(by) {
			mine, err := distribution.ServedBy(ctx, q, by.Account, by.User)
			if err != nil {
				return side, err
			}
			ok = slices.Contains(mine, t.Account)
		}
	case System:
		ok = true
	case Reader:
		ok = by.Vendor()
	}
	if t.State == Deleted && side == Customer {
		ok = false
	}
	if !ok {
		return side, fault.NotFound()
	}
	return side, nil
}

// sight is what a side sees of notes and of the log.
func sight(by actor.Actor, side Side) eye {
	switch {
	case side == Customer:
		return eye{}
	case by.Vendor():
		return eye{notes: true}
	}
	return eye{notes: true, desk: by.Account}
}

// serves tells whether a desk's user may work for an account: the vendor's for every one, a partner's for those that the
// partner serves, an account manager's for the own customers.
func serves(ctx context.Context, tx *db.Tx, by actor.Actor, id string) error {
	if by.Vendor() {
		return nil
	}
	x, ok, err := account.PartnerOf(ctx, tx, id, tx.Now)
	if err != nil {
		return err
	}
	if !ok || x.Account != by.Account {
		return fault.NotFound()
	}
	if onlyOwn(by) {
		mine, err := distribution.ServedBy(ctx, tx, by.Account, by.User)
		if err != nil {
			return err
		}
		if !slices.Contains(mine, id) {
			return fault.NotFound()
		}
	}
	return nil
}
