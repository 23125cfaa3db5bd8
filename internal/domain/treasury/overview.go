package treasury

import (
	"context"
	"slices"
	"strings"

	"hanse/internal/domain/account"
	"hanse/internal/domain/ledger"
	"hanse/internal/kit/actor"
	"hanse/internal/kit/db"
)

// An Overview is what a company has, in each currency.
type Overview struct {
	Account   string
	Name      string
	Kind      actor.Kind
	Link      account.Link // of a customer; "" = it has no partner
	Partner   string       // id and name of a customer's partner
	PartnerID string
	Frozen    bool
	Units     []Holding
}

// A Holding is a company's money in one currency, in minor units. Cash is without what is set aside (Earmarked), which
// the vendor's API counts in.
type Holding struct {
	Unit         string
	Cash         int64
	Allocated    int64 // a resale customer's money from its partner
	Bonus        int64
	Deposit      int64
	Earmarked    int64
	Held         int64 // reserved, for withdrawals and the like; part of the balances above
	CreditLine   int64
	CreditUsed   int64
	CreditFree   int64
	Arrears      int64 // credit used beyond the line
	Allocatable  int64 // what a partner can hand on: cash that isn't held
	Spendable    int64 // cash, allocated money and free credit
	Withdrawable int64
	With         []Counterpart
}

// A Counterpart is another company with which money passed: Minor is what went there less what came from there.
type Counterpart struct {
	Owner string
	Name  string
	Minor int64
}

// Unit is the holding in a currency; the zero one when there's none.
func (o Overview) Unit(unit string) Holding {
	for _, h := range o.Units {
		if h.Unit == unit {
			return h
		}
	}
	return Holding{Unit: unit}
}

// Balances tells what a company has. The company itself and the vendor's finance, channel managers and auditors may.
func (s *Service) Balances(ctx context.Context, by actor.Actor, account string) (Overview, error) {
	if err := by.May(actor.ViewFunds); err != nil {
		return Overview{}, err
	}
	if err := by.Sees(account); err != nil {
		return Overview{}, err
	}
	return s.Look(ctx, s.db.Read(), account)
}

// Look is Balances for a caller that has asked for permission: a distributor's look at its reseller, for example.
func (s *Service) Look(ctx context.Context, q db.Querier, id string) (o Overview, err error) {
	a, err := owner(ctx, q, id)
	if err != nil {
		return o, err
	}
	o.Account, o.Name, o.Kind = a.ID, a.Name, a.Kind
	if a.Kind == actor.Customer {
		if x, ok, err := account.PartnerOf(ctx, q, id, s.db.Clock().Now()); err != nil {
			return o, err
		} else if ok {
			o.Link, o.PartnerID = x.Kind, x.Account
			if o.Partner, err = account.Name(ctx, q, x.Account); err != nil {
				return o, err
			}
		}
	}
	all, err := ledger.Balances(ctx, q, id)
	if err != nil {
		return o, err
	}
	back, err := withdrawable(ctx, q, id)
	if err != nil {
		return o, err
	}
	o.add(all)
	for i := range o.Units {
		h := &o.Units[i]
		h.Withdrawable = min(back[h.Unit], h.Allocatable)
	}
	return o, o.name(ctx, q)
}

// add sorts the accounts of a book into holdings. There's always one in the first currency.
func (o *Overview) add(all []ledger.Balance) {
	units := map[string]*Holding{}
	for _, b := range all {
		u := b.Place.Unit
		if strings.Contains(u, ".") {
			continue // vouchers and other value that isn't money
		}
		if units[u] == nil {
			units[u] = &Holding{Unit: u}
		}
		units[u].take(b)
		o.Frozen = o.Frozen || b.State == ledger.Frozen
	}
	for _, u := range Units() {
		h := units[u]
		if h == nil && u != ledger.CNY {
			continue
		}
		if h == nil {
			h = &Holding{Unit: u}
		}
		h.CreditFree, h.Arrears = max(0, h.CreditLine-h.CreditUsed), max(0, h.CreditUsed-h.CreditLine)
		h.Spendable += h.CreditFree
		slices.SortFunc(h.With, func(a, b Counterpart) int { return strings.Compare(a.Owner, b.Owner) })
		o.Units = append(o.Units, *h)
	}
}

func (h *Holding) take(b ledger.Balance) {
	switch b.Place.Kind {
	case ledger.Cash:
		h.Cash, h.Held, h.Allocatable = b.Minor, h.Held+b.Held, b.Available()
		h.Spendable += b.Available()
	case ledger.Allocated:
		h.Allocated, h.Held = b.Minor, h.Held+b.Held
		h.Spendable += b.Available()
	case ledger.Credit:
		h.CreditLine, h.CreditUsed = -b.Minimum, -b.Minor
	case ledger.Bonus:
		h.Bonus = b.Minor
	case ledger.Deposit:
		h.Deposit = b.Minor
	case ledger.Earmarked:
		h.Earmarked = b.Minor
	case ledger.Clearing:
		if b.Minor != 0 {
			h.With = append(h.With, Counterpart{Owner: b.Place.Ref, Minor: b.Minor})
		}
	}
}

// name gives the counterparts their names.
func (o *Overview) name(ctx context.Context, q db.Querier) error {
	var ids []string
	for _, h := range o.Units {
		for _, c := range h.With {
			ids = append(ids, c.Owner)
		}
	}
	if len(ids) == 0 {
		return nil
	}
	names, err := account.Names(ctx, q, ids)
	for i := range o.Units {
		for j := range o.Units[i].With {
			c := &o.Units[i].With[j]
			c.Name = names[c.Owner]
		}
	}
	return err
}
