package bill

import (
	"context"
	"slices"
	"strings"
	"time"

	"hanse/internal/domain/account"
	"hanse/internal/kit/actor"
	"hanse/internal/kit/fault"
)

// scope finds out for whom somebody reads: their own account, their reseller's (partner), or, for the vendor, anybody's.
func (s *Service) scope(ctx context.Context, by actor.Actor, partner string) (string, error) {
	switch {
	case by.Vendor():
		if partner == "" {
			return "", fault.NotFound()
		}
		return partner, nil
	case partner == "" || partner == by.Account:
		return by.Account, nil
	}
	return partner, account.ActsFor(ctx, s.db.Read(), by, partner, s.db.Clock().Now())
}

// Bills lists a partner's bills: the frozen ones, newest first, before them the open cycles as they stand. Partner "" is
// the own account; a distributor may name its reseller, the vendor's staff anybody. Administrators and finance of the
// partner may, vendor administrators, finance, channel managers and auditors. NotFound for another's reseller.
func (s *Service) Bills(ctx context.Context, by actor.Actor, partner string) ([]Bill, error) {
	if err := by.May(actor.ViewBills); err != nil {
		return nil, err
	}
	who, err := s.scope(ctx, by, partner)
	if err != nil {
		return nil, err
	}
	now := s.db.Clock().Now()
	out, err := readBills(ctx, s.db.Read(), who, CycleOf(now).Add(-History))
	if err != nil {
		return nil, err
	}
	for c := OpenCycle(now).Add(-1); c <= CycleOf(now); c = c.Add(1) {
		for _, role := range []Role{OverCustomers, OverResellers} {
			if slices.ContainsFunc(out, func(b Bill) bool { return b.Cycle == c && b.Role == role }) {
				continue
			}
			b, parts, err := forecast(ctx, s.db.Read(), who, c, role, now)
			if err != nil {
				return nil, err
			}
			if len(parts) > 0 {
				out = append(out, b)
			}
		}
	}
	slices.SortFunc(out, func(a, b Bill) int {
		return strings.Compare(string(b.Cycle)+string(b.Role), string(a.Cycle)+string(a.Role))
	})
	return out, nil
}

// Bill reads one bill with its parts, the largest first; one that isn't ready is as it stands. Who may is as for Bills;
// NotFound when nothing was consumed.
func (s *Service) Bill(ctx context.Context, by actor.Actor, partner string, cycle Cycle, role Role) (Bill, []Part, error) {
	if err := by.May(actor.ViewBills); err != nil {
		return Bill{}, nil, err
	}
	who, err := s.scope(ctx, by, partner)
	if err != nil {
		return Bill{}, nil, err
	}
	b, ok, err := readBill(ctx, s.db.Read(), who, cycle, role)
	if err != nil {
		return b, nil, err
	}
	var parts []Part
	if ok {
		parts, err = readParts(ctx, s.db.Read(), b)
	} else {
		b, parts, err = forecast(ctx, s.db.Read(), who, cycle, role, s.db.Clock().Now())
	}
	if err != nil {
		return b, nil, err
	}
	if len(parts) == 0 {
		return b, nil, fault.NotFound()
	}
	return b, parts, s.complete(ctx, b, parts)
}

// complete adds names, and what was paid by now.
func (s *Service) complete(ctx context.Context, b Bill, parts []Part) error {
	ids := make([]string, len(parts))
	for i, p := range parts {
		ids[i] = p.Other
	}
	names, err := account.Names(ctx, s.db.Read(), ids)
	if err != nil {
		return err
	}
	standing := map[string]Charge{}
	if b.Role == OverCustomers {
		if standing, err = settledOf(ctx, s.db.Read(), b.Partner, b.Cycle); err != nil {
			return err
		}
	}
	for i := range parts {
		parts[i].Name = names[parts[i].Other]
		parts[i].Paid, parts[i].Debt = standing[parts[i].Other].Paid, standing[parts[i].Other].Debt
	}
	slices.SortStableFunc(parts, func(a, b Part) int {
		switch {
		case a.Amount > b.Amount:
			return -1
		case a.Amount < b.Amount:
			return 1
		}
		return strings.Compare(a.Other, b.Other)
	})
	return nil
}

// A Detail is a charge with what it's made of.
type Detail struct {
	Charge
	Items    []Item
	Postings []Paid
}

// Charges lists what a customer owes for a cycle ("" = all of the last 18 months, newest first), with services and
// postings. The customer's own people may, its partner's as far as the customer was theirs, and whoever may read Bills.
func (s *Service) Charges(ctx context.Context, by actor.Actor, partner, customer string, cycle Cycle) ([]Detail, error) {
	if err := by.May(actor.ViewBills); err != nil {
		return nil, err
	}
	partner, customer, err := s.whose(ctx, by, partner, customer)
	if err != nil {
		return nil, err
	}
	q := s.db.Read()
	list, err := readCharges(ctx, q, customer, partner, cycle, CycleOf(s.db.Clock().Now()).Add(-History))
	out := make([]Detail, len(list))
	for i, c := range list {
		out[i].Charge = c
		if err == nil && cycle != "" {
			out[i].Items, err = readItems(ctx, q, c.Key)
		}
		if err == nil && cycle != "" {
			out[i].Postings, err = readPostings(ctx, q, c.Key)
		}
	}
	return out, err
}

// whose narrows a question about a customer to what the asker may see: partner "" in the answer is everything.
func (s *Service) whose(ctx context.Context, by actor.Actor, partner, customer string) (string, string, error) {
	switch {
	case by.Vendor():
		return partner, customer, nil
	case by.Kind == actor.Customer, customer == "" || customer == by.Account:
		if customer != "" && customer != by.Account {
			return "", "", fault.NotFound()
		}
		return "", by.Account, nil
	}
	who, err := s.scope(ctx, by, partner)
	return who, customer, err
}

// A LineFilter narrows lines. Customer and Cycle are needed; days are of the usage's end, both inclusive.
type LineFilter struct {
	Partner  string // "" = the own account; a distributor may name its reseller
	Customer string
	Cycle    Cycle // in which they're billed
	Service  string
	Site     string
	Type     Type
	Mode     Mode
	From, To time.Time
	After    string // id of the last line seen
	Limit    int
}

// Lines lists what a customer consumed in the order of the lines' ids. Who may is as for Charges.
func (s *Service) Lines(ctx context.Context, by actor.Actor, f LineFilter) (list []Line, next string, err error) {
	if err := by.May(actor.ViewBills); err != nil {
		return nil, "", err
	}
	if f.Partner, f.Customer, err = s.whose(ctx, by, f.Partner, f.Customer); err != nil {
		return nil, "", err
	}
	if f.Limit <= 0 || f.Limit > 1000 {
		f.Limit = 50
	}
	f.Limit++
	list, err = readLines(ctx, s.db.Read(), f)
	if len(list) == f.Limit {
		list = list[:f.Limit-1]
		next = list[f.Limit-2].ID
	}
	return list, next, err
}

// InArrears lists the customers of a partner that owe something, or for the vendor of everybody, by cycle. Who may is as
// for Bills.
func (s *Service) InArrears(ctx context.Context, by actor.Actor, partner string, limit int) ([]Charge, error) {
	if err := by.May(actor.ViewBills); err != nil {
		return nil, err
	}
	if !by.Vendor() {
		who, err := s.scope(ctx, by, partner)
		if err != nil {
			return nil, err
		}
		partner = who
	}
	return readArrears(ctx, s.db.Read(), partner, clamp(limit))
}
