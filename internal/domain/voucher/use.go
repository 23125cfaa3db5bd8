package voucher

import (
	"context"
	"time"

	"hanse/internal/domain/ledger"
	"hanse/internal/kit/actor"
	"hanse/internal/kit/audit"
	"hanse/internal/kit/db"
	"hanse/internal/kit/fault"
	"hanse/internal/kit/id"
)

// UsableBy are the vouchers that a customer may use at an instant, with what is left of them, those that expire first
// first. Fits says of each what it can pay of an order.
func UsableBy(ctx context.Context, q db.Querier, customer string, at time.Time) ([]Voucher, error) {
	list, err := usableOf(ctx, q, customer, at)
	if err != nil {
		return nil, err
	}
	out := list[:0]
	for _, v := range list {
		if v.Balance, err = balance(ctx, q, voucherPlace(v)); err != nil {
			return nil, err
		}
		if v.State(at) == Usable && v.Balance > 0 && !v.Frozen {
			out = append(out, v)
		}
	}
	return out, nil
}

// Lock ties a voucher to an order that is to be paid, so that nobody else takes or uses it. The refusal says why not.
func Lock(ctx context.Context, tx *db.Tx, customer, voucher, order string) error {
	v, err := ofCustomer(ctx, tx, customer, voucher)
	if err != nil {
		return err
	}
	switch {
	case v.State(tx.Now) != Usable:
		return refuse(NotUsable)
	case v.Frozen:
		return refuse(FrozenVoucher)
	case v.LockOrder != "" && v.LockOrder != order:
		return refuse(LockedElsewhere)
	}
	v.LockOrder = order
	return saveVoucher(ctx, tx, &v)
}

// Unlock frees a voucher of its order: it was cancelled, or paid without it. One that isn't locked to it stays as it is.
func Unlock(ctx context.Context, tx *db.Tx, customer, voucher, order string) error {
	v, err := ofCustomer(ctx, tx, customer, voucher)
	if err != nil || v.LockOrder != order {
		return err
	}
	v.LockOrder = ""
	return saveVoucher(ctx, tx, &v)
}

// ofCustomer locks the row of a customer's voucher.
func ofCustomer(ctx context.Context, tx *db.Tx, customer, voucher string) (Voucher, error) {
	v, err := voucherByID(ctx, tx, voucher)
	if err == nil && v.Customer != customer {
		err = fault.NotFound()
	}
	if err != nil {
		return v, err
	}
	return holdVoucher(ctx, tx, v.Account, v.ID)
}

// A Payment is what an order takes of a voucher, minor units. With the same key it's taken once.
type Payment struct {
	Customer string
	Voucher  string // or the pickup voucher
	Order    Order
	Minor    int64
	Key      string
}

// Use takes an amount of a voucher for an order, in the caller's transaction; the lock of that order goes. The refusal
// says why it can't, or that it's more than the voucher may pay. The caller asked for the permission.
func Use(ctx context.Context, tx *db.Tx, by actor.Actor, p Payment) (v Voucher, err error) {
	if v, err = ofCustomer(ctx, tx, p.Customer, p.Voucher); err != nil {
		return v, err
	}
	if again, err := taken(ctx, tx, p); again || err != nil {
		return v, err
	}
	if v.Balance, err = balance(ctx, tx, voucherPlace(v)); err != nil {
		return v, err
	}
	most, why := Fits(v, p.Order, tx.Now)
	if why == "" && (p.Minor > most || p.Minor <= 0) {
		why = MoreThanCanBe
	}
	if why != "" {
		return v, refuse(why, amounts(most, p.Minor))
	}
	v.Balance -= p.Minor
	v.Uses, v.LockOrder, v.LastUsedAt = v.Uses+1, "", tx.Now
	if v.Balance == 0 {
		v.Kept = used
	}
	if err := saveVoucher(ctx, tx, &v); err != nil {
		return v, err
	}
	if _, err := insertUse(ctx, tx, p.use(tx, v.Account, v.Currency)); err != nil {
		return v, err
	}
	vendor, err := vendorOf(ctx, tx)
	if err != nil {
		return v, err
	}
	_, err = post(ctx, tx, by, ledger.Posting{Book: v.Customer, Key: "vuse:" + p.Key, Kind: ledger.Consume, Subject: "voucher:" + v.ID, Scene: p.Order.ID,
		Verb: actor.ViewVouchers, Moves: []ledger.Move{{From: voucherPlace(v), To: revenue(vendor, v.Unit()), Minor: p.Minor}}})
	return v, err
}

func (p Payment) use(tx *db.Tx, issuer, currency string) use {
	return use{Customer: p.Customer, ID: id.New("vus", tx.Wall), Key: p.Key, Voucher: p.Voucher, Issuer: issuer, Order: p.Order.ID, Currency: currency, Minor: p.Minor}
}

// taken tells whether a payment was made before; the same key for another one is refused.
func taken(ctx context.Context, tx *db.Tx, p Payment) (bool, error) {
	u, err := useByKey(ctx, tx, p.Customer, p.Key)
	if fault.KindOf(err) == fault.KindNotFound {
		return false, nil
	}
	if err == nil && (u.Voucher != p.Voucher || u.Minor != p.Minor || u.Order != p.Order.ID) {
		err = &ledger.Refusal{Why: ledger.KeyReused}
	}
	return true, err
}

// A Refund gives back what an order took of a voucher by the payment with key Of: all of it, or a part.
type Refund struct {
	Customer string
	Of       string
	Minor    int64
	Key      string
}

// Return gives back what an order took, in the caller's transaction. A voucher that has expired or was reclaimed
// meanwhile doesn't come back to life: its value goes back to the quota, with a record of its own. The caller asked for
// the permission.
func Return(ctx context.Context, tx *db.Tx, by actor.Actor, r Refund) (v Voucher, err error) {
	u, err := useByKey(ctx, tx, r.Customer, r.Of)
	if err != nil {
		return v, err
	}
	if v, err = ofCustomer(ctx, tx, r.Customer, u.Voucher); err != nil {
		return v, err
	}
	vendor, err := vendorOf(ctx, tx)
	if err != nil {
		return v, err
	}
	alive := v.State(tx.Now) != Expired && v.State(tx.Now) != Reclaimed && tx.Now.Before(v.ExpireAt)
	moves := []ledger.Move{{From: revenue(vendor, v.Unit()), To: voucherPlace(v), Minor: r.Minor}}
	if !alive {
		q, err := quotaOf(ctx, tx, v.Account, v.Quota)
		if err != nil {
			return v, err
		}
		more, _, err := (&Service{}).home(ctx, tx, voucherPlace(v), q, r.Minor)
		if err != nil {
			return v, err
		}
		moves = append(moves, more...)
	}
	done, err := post(ctx, tx, by, ledger.Posting{Book: v.Customer, Key: "vreturn:" + r.Key, Kind: ledger.Refund, Subject: "voucher:" + v.ID, Scene: u.Order,
		Verb: actor.ViewVouchers, Moves: moves})
	if err != nil || done.Replayed {
		return v, err
	}
	return v, returned(ctx, tx, by, &v, u, r.Minor, alive)
}

// returned stores that something came back, never more than was taken.
func returned(ctx context.Context, tx *db.Tx, by actor.Actor, v *Voucher, u use, minor int64, alive bool) error {
	ok, err := returnUse(ctx, tx, u, minor)
	if err == nil && !ok {
		err = refuse(MoreThanUsed)
	}
	if err != nil {
		return err
	}
	if !alive {
		return record(ctx, tx, Record{Account: v.Account, Operation: Unsubscribed, Quota: v.Quota, Kind: v.Kind, Voucher: v.ID, Other: v.Customer,
			OtherName: v.CustomerName, Amount: minor, Currency: v.Currency, Operator: by.Name})
	}
	v.Kept, v.Uses = live, max(v.Uses-1, 0)
	return saveVoucher(ctx, tx, v)
}

// SetFrozen stops a voucher from being used, or lets it be used again. The issuer's administrators, finance and account
// managers may.
func (s *Service) SetFrozen(ctx context.Context, by actor.Actor, partner, voucher string, frozen bool) (v Voucher, err error) {
	if err := by.May(actor.IssueVouchers); err != nil {
		return v, err
	}
	err = s.db.Update(ctx, func(tx *db.Tx) error {
		who, err := holder(ctx, tx, by, partner, tx.Now)
		if err != nil {
			return err
		}
		if v, err = voucherByID(ctx, tx, voucher); err != nil || v.Account != who {
			return notTheirs(err)
		}
		if err := s.inCharge(ctx, tx, by, v.Account, v.Customer); err != nil {
			return err
		}
		if v, err = holdVoucher(ctx, tx, v.Account, v.ID); err != nil {
			return err
		}
		if st := v.State(tx.Now); st != Usable && st != NotActive || v.Frozen == frozen {
			return refuse(NotUsable)
		}
		v.Frozen = frozen
		if err := saveVoucher(ctx, tx, &v); err != nil {
			return err
		}
		did := "unfreeze"
		if frozen {
			did = "freeze"
		}
		return audit.Record(ctx, tx, by, actor.IssueVouchers, audit.Subject{Kind: "voucher", ID: v.ID, Account: v.Account}, map[string]any{"did": did})
	})
	return v, err
}

func notTheirs(err error) error {
	if err == nil {
		return fault.NotFound()
	}
	return err
}
