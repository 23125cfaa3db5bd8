package voucher

import (
	"context"
	"time"

	"hanse/internal/domain/account"
	"hanse/internal/domain/ledger"
	"hanse/internal/kit/actor"
	"hanse/internal/kit/db"
	"hanse/internal/kit/fault"
)

// A PickupFilter narrows pickup vouchers.
type PickupFilter struct {
	Partner  string
	Customer string
	State    State
	Page

	mine    []string
	limited bool
}

// Pickups lists pickup vouchers: those that a partner bought for its customers, a customer's own, all for the vendor's
// staff.
func (s *Service) Pickups(ctx context.Context, by actor.Actor, f PickupFilter) ([]Pickup, int64, error) {
	if err := by.May(actor.ViewVouchers); err != nil {
		return nil, 0, err
	}
	r, now := s.db.Read(), s.db.Clock().Now()
	if by.Kind == actor.Customer {
		f.Customer = by.Account
	} else {
		who, err := scope(ctx, r, by, f.Partner, now)
		if err != nil {
			return nil, 0, err
		}
		mine, all, err := s.managed(ctx, r, by, who)
		if err != nil {
			return nil, 0, err
		}
		f.Partner, f.mine, f.limited = who, mine, !all
	}
	f.Page = f.bound()
	out, total, err := list(ctx, r, f.query(now), f.Page, pickupColumns, "pickup_voucher", scanPickup)
	for i := range out {
		if out[i].Balance, err = balance(ctx, r, pickupPlace(out[i])); err != nil {
			return nil, 0, err
		}
		if by.Kind == actor.Customer {
			out[i].Memo = ""
		}
	}
	return out, total, err
}

// UsablePickups are the pickup vouchers that a customer may use at an instant, with what is left of them.
func UsablePickups(ctx context.Context, q db.Querier, customer string, at time.Time) ([]Pickup, error) {
	list, _, err := list(ctx, q, PickupFilter{Customer: customer, State: Usable}.query(at), Page{Limit: 500}, pickupColumns, "pickup_voucher", scanPickup)
	for i := range list {
		if list[i].Balance, err = balance(ctx, q, pickupPlace(list[i])); err != nil {
			return nil, err
		}
	}
	return list, err
}

// A ChangeFilter narrows the changes of a customer's vouchers. Days are inclusive at the begin and exclusive at the end.
type ChangeFilter struct {
	Voucher string
	Kinds   []string // of posting: issue, consume, refund, expire, reclaim, unbind
	Sign    int      // 1 = revenue, -1 = expense
	Number  string   // of one transfer
	From    time.Time
	To      time.Time
	Offset  int
	Limit   int
}

// Changes lists what changed a customer's own vouchers, newest first, from the books. Resale customers are refused, as
// the vendor's API does: their partner sees the records.
func (s *Service) Changes(ctx context.Context, by actor.Actor, f ChangeFilter) (out []ledger.Entry, total int, err error) {
	if err := by.May(actor.ViewVouchers); err != nil {
		return nil, 0, err
	}
	r := s.db.Read()
	if x, ok, err := account.PartnerOf(ctx, r, by.Account, s.db.Clock().Now()); err != nil || ok && x.Kind == account.Resale {
		if err == nil {
			err = refuse(NotForAgency)
		}
		return nil, 0, err
	}
	st := ledger.Statement{Owner: by.Account, Kind: ledger.Voucher, Ref: f.Voucher, From: f.From, To: f.To, Kinds: f.Kinds, Sign: f.Sign, Offset: f.Offset, Limit: f.Limit}
	if f.Voucher != "" {
		v, err := voucherByID(ctx, r, f.Voucher)
		if err != nil || v.Customer != by.Account {
			return nil, 0, notFoundIsEmpty(err)
		}
		st.Unit = v.Unit()
	}
	if f.Number != "" {
		id, ok := ledger.FromNumber(f.Number)
		if !ok {
			return nil, 0, nil
		}
		st.Transfer = id
	}
	if total, err = ledger.CountEntries(ctx, r, st, 1_000_000); err != nil {
		return nil, 0, err
	}
	out, err = ledger.Entries(ctx, r, st)
	return out, total, err
}

// notFoundIsEmpty lets a filter on something that isn't there find nothing.
func notFoundIsEmpty(err error) error {
	if fault.KindOf(err) == fault.KindNotFound {
		return nil
	}
	return err
}

// Recipients lists who the actor can give to: the customers of a partner, an account manager's alone, or its resellers.
// It stops after a bound that fits a page; others are named by id.
func (s *Service) Recipients(ctx context.Context, by actor.Actor, partner string, resellers bool) (out []account.Association, err error) {
	if err := by.May(actor.IssueVouchers); err != nil {
		return nil, err
	}
	r, now := s.db.Read(), s.db.Clock().Now()
	who, err := holder(ctx, r, by, partner, now)
	if err != nil {
		return nil, err
	}
	mine, all, err := s.managed(ctx, r, by, who)
	if err != nil {
		return nil, err
	}
	list, err := account.Linked(ctx, r, who, now, "", mostRecipients)
	for _, x := range list {
		if (x.Kind == account.ResellerOf) == resellers && (resellers || all || in(mine, x.Other)) {
			out = append(out, x)
		}
	}
	return out, err
}

const mostRecipients = 500
