package bill

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"time"

	"hanse/internal/domain/account"
	"hanse/internal/domain/funds"
	"hanse/internal/domain/ledger"
	"hanse/internal/domain/voucher"
	"hanse/internal/kit/actor"
	"hanse/internal/kit/db"
	"hanse/internal/kit/fault"
	"hanse/internal/kit/jobs"
	"hanse/internal/kit/outbox"
)

const settleJob = "bill.settle"

// settleKey is the payload of a job that takes what a customer owes.
type settleKey struct{ Customer string }

// settleAll settles every charge that lines came for: one posting for a customer, however many lines that were.
func (s *Service) settleAll(ctx context.Context, by actor.Actor) error {
	for {
		list, err := pendingCharges(ctx, s.db.Read(), 200)
		if err != nil || len(list) == 0 {
			return err
		}
		for _, k := range list {
			if err := s.settle(ctx, by, k); err != nil {
				return fmt.Errorf("settle %s of %s: %w", k.Cycle, k.Customer, err)
			}
		}
	}
}

// settleDebts tries again what nothing was there for.
func (s *Service) settleDebts(ctx context.Context, customer string) error {
	list, err := debts(ctx, s.db.Read(), customer)
	if err != nil {
		return err
	}
	for _, k := range list {
		if err := s.settle(ctx, actor.Program("bill"), k); err != nil {
			return err
		}
	}
	return nil
}

// settle takes what a charge is short of, or gives back what is too much. Refused twice (the customer is frozen, or somebody
// was faster with the money or a voucher), it leaves the debt for later.
func (s *Service) settle(ctx context.Context, by actor.Actor, k Key) (err error) {
	for _, move := range []bool{true, true, false} {
		err = s.db.Update(ctx, func(tx *db.Tx) error { return s.settleCharge(ctx, tx, by, k, move) })
		if fault.Of(err) == nil {
			return err
		}
	}
	return err
}

func (s *Service) settleCharge(ctx context.Context, tx *db.Tx, by actor.Actor, k Key, move bool) error {
	c, err := lockCharge(ctx, tx, k)
	if err != nil {
		return err
	}
	owed := c.Debt
	vendor, err := account.VendorAccount(ctx, tx)
	if err != nil {
		return err
	}
	t := taking{tx: tx, by: by, c: &c, vendor: vendor.ID}
	open := c.Due() - c.Coupons - c.Paid
	switch {
	case !move:
	case open > 0:
		err = t.take(ctx, open)
	case open < 0:
		err = t.giveBack(ctx)
	}
	if err != nil {
		return err
	}
	c.Debt = max(0, c.Due()-c.Coupons-c.Paid)
	if err := saveCharge(ctx, tx, c); err != nil {
		return err
	}
	switch {
	case c.Debt > owed:
		return outbox.Append(ctx, tx, InDebt{k.Customer, k.Partner, k.Link == account.Resale, k.Cycle, c.Debt})
	case owed > 0 && c.Debt == 0:
		return outbox.Append(ctx, tx, Cleared{k.Customer, k.Partner, k.Cycle})
	}
	return nil
}

// A taking is the settlement of one charge in one transaction.
type taking struct {
	tx     *db.Tx
	by     actor.Actor
	c      *Charge
	vendor string
}

// take uses vouchers while the cycle's bill isn't made, then money.
func (t *taking) take(ctx context.Context, open int64) error {
	if err := t.openBook(ctx); err != nil {
		return err
	}
	if t.c.Link == account.Resale && t.tx.Now.Before(t.c.Cycle.Ends()) {
		used, err := t.coupons(ctx, open)
		if err != nil {
			return err
		}
		open -= used
	}
	return t.money(ctx, open)
}

// coupons uses vouchers, those that expire first first, then pickup vouchers. What a voucher may pay is decided by
// service: of what a month's sum is made, it knows no products and no regions.
func (t *taking) coupons(ctx context.Context, open int64) (used int64, err error) {
	order, err := t.order(ctx)
	if err != nil {
		return 0, err
	}
	vouchers, err := voucher.UsableBy(ctx, t.tx, t.c.Customer, t.tx.Now)
	if err != nil {
		return 0, err
	}
	for _, v := range vouchers {
		n, left := share(order, open-used, func(o voucher.Order) (int64, voucher.Why) { return voucher.Fits(v, o, t.tx.Now) })
		if n == 0 {
			continue
		}
		if _, err := voucher.Use(ctx, t.tx, t.by, t.payment(order, v.ID, n)); err != nil {
			return used, err
		}
		if err := t.noteCoupon(ctx, v.ID, n); err != nil {
			return used, err
		}
		used, order = used+n, left
	}
	n, err := t.pickups(ctx, order, open-used)
	return used + n, err
}

// pickups uses pickup vouchers for what vouchers left.
func (t *taking) pickups(ctx context.Context, order voucher.Order, open int64) (used int64, err error) {
	list, err := voucher.UsablePickups(ctx, t.tx, t.c.Customer, t.tx.Now)
	if err != nil {
		return 0, err
	}
	for _, v := range list {
		n, left := share(order, open-used, func(o voucher.Order) (int64, voucher.Why) { return voucher.FitsPickup(v, o, t.tx.Now) })
		if n == 0 {
			continue
		}
		if _, err := voucher.UsePickup(ctx, t.tx, t.by, t.payment(order, v.ID, n)); err != nil {
			return used, err
		}
		if err := t.noteCoupon(ctx, v.ID, n); err != nil {
			return used, err
		}
		used, order = used+n, left
	}
	return used, nil
}

// order is the charge as what a voucher is to pay: a line for each service.
func (t *taking) order(ctx context.Context) (voucher.Order, error) {
	items, err := readItems(ctx, t.tx, t.c.Key)
	o := voucher.Order{ID: "bill " + string(t.c.Cycle), Kind: "use", OnDemand: true}
	for _, i := range items {
		if n := i.Amount.Round(); n > 0 {
			o.Lines = append(o.Lines, voucher.Line{Service: i.Service, Minor: n})
		}
	}
	return o, err
}

// share is what one voucher pays of an order, and what is left of the order then.
func share(o voucher.Order, open int64, fits func(voucher.Order) (int64, voucher.Why)) (n int64, left voucher.Order) {
	most, why := fits(o)
	n = min(most, open)
	if why != "" || n <= 0 {
		return 0, o
	}
	left = o
	left.Lines = slices.Clone(o.Lines)
	rest := n
	for i := range left.Lines {
		one := o
		one.Lines = o.Lines[i : i+1]
		if _, why := fits(one); why == "" {
			part := min(rest, left.Lines[i].Minor)
			left.Lines[i].Minor -= part
			rest -= part
		}
	}
	return n, left
}

func (t *taking) key(what string) string {
	return fmt.Sprintf("bill/%s/%s/%s/%d/%s", t.c.Cycle, t.c.Partner, t.c.Link, t.c.edition, what)
}

func (t *taking) payment(o voucher.Order, id string, minor int64) voucher.Payment {
	return voucher.Payment{Customer: t.c.Customer, Voucher: id, Order: o, Minor: minor, Key: t.key(id)}
}

// noteCoupon links the charge to the posting that the voucher made.
func (t *taking) noteCoupon(ctx context.Context, id string, minor int64) error {
	t.c.Coupons += minor
	list, err := ledger.Transfers(ctx, t.tx, ledger.Filter{Book: t.c.Customer, Key: "vuse:" + t.key(id), Limit: 1})
	if err != nil || len(list) == 0 {
		return err
	}
	return insertPosting(ctx, t.tx, Paid{t.c.Key, t.c.Customer, list[0].ID, Couponed, minor, t.tx.Now})
}

// sources are where a customer's money is taken from, in this order.
var sources = []ledger.Kind{ledger.Allocated, ledger.Cash, ledger.Credit}

// money takes as much as is there.
func (t *taking) money(ctx context.Context, open int64) error {
	p := ledger.Posting{Book: t.c.Customer, Key: t.key("pay"), Kind: ledger.Consume, Scene: "bill", Memo: string(t.c.Cycle), Subject: t.subject(), Verb: actor.SettleBills}
	to := ledger.Place{Owner: t.vendor, Kind: ledger.Revenue, Unit: ledger.CNY}
	var sum int64
	for _, kind := range sources {
		from := ledger.Place{Owner: t.c.Customer, Kind: kind, Unit: ledger.CNY}
		b, err := ledger.BalanceOf(ctx, t.tx, from)
		if err != nil {
			return err
		}
		if n := min(open-sum, b.Available()); n > 0 && b.State == ledger.Usable {
			p.Moves = append(p.Moves, ledger.Move{From: from, To: to, Minor: n})
			sum += n
		}
	}
	if sum == 0 {
		return nil
	}
	done, err := ledger.Post(ctx, t.tx, t.by, p)
	if err != nil {
		return err
	}
	t.c.Paid += sum
	return insertPosting(ctx, t.tx, Paid{t.c.Key, done.Book, done.ID, Taken, sum, t.tx.Now})
}

// giveBack returns money that was taken for what has been corrected since. Vouchers that were used stay used: they don't
// become money. A sum below zero corrects earlier cycles, and is given back as money.
func (t *taking) giveBack(ctx context.Context) error {
	keep := min(t.c.Due(), max(t.c.Due()-t.c.Coupons, 0))
	back := t.c.Paid - keep
	if back <= 0 {
		return nil
	}
	if err := t.openBook(ctx); err != nil {
		return err
	}
	p := ledger.Posting{Book: t.c.Customer, Key: t.key("back"), Kind: ledger.Refund, Scene: "bill", Memo: string(t.c.Cycle), Subject: t.subject(), Verb: actor.SettleBills}
	moves, err := t.homes(ctx, back)
	if err != nil {
		return err
	}
	p.Moves = moves
	done, err := ledger.Post(ctx, t.tx, t.by, p)
	if err != nil {
		return err
	}
	t.c.Paid -= back
	return insertPosting(ctx, t.tx, Paid{t.c.Key, done.Book, done.ID, Returned, back, t.tx.Now})
}

// homes are where money goes back to: used credit first, then what the partner allocated, or the customer's own when it
// belongs to nobody any more.
func (t *taking) homes(ctx context.Context, back int64) (moves []ledger.Move, err error) {
	from := ledger.Place{Owner: t.vendor, Kind: ledger.Revenue, Unit: ledger.CNY}
	credit := ledger.Place{Owner: t.c.Customer, Kind: ledger.Credit, Unit: ledger.CNY}
	b, err := ledger.BalanceOf(ctx, t.tx, credit)
	if err != nil {
		return nil, err
	}
	if n := min(back, -b.Minor); n > 0 {
		moves, back = append(moves, ledger.Move{From: from, To: credit, Minor: n}), back-n
	}
	if back == 0 {
		return moves, nil
	}
	own := ledger.Place{Owner: t.c.Customer, Kind: ledger.Cash, Unit: ledger.CNY}
	x, ok, err := account.PartnerOf(ctx, t.tx, t.c.Customer, t.tx.Now)
	if err != nil {
		return nil, err
	}
	if ok && x.Kind == account.Resale {
		own.Kind = ledger.Allocated
	}
	return append(moves, ledger.Move{From: from, To: own, Minor: back}), nil
}

func (t *taking) subject() string { return "charge:" + t.c.Customer + "/" + string(t.c.Cycle) }

// openBook makes sure that money can pass between the customer and the vendor.
func (t *taking) openBook(ctx context.Context) error {
	return ledger.OpenBook(ctx, t.tx, t.c.Customer, t.vendor)
}

// whenMoneyComes makes a job that tries the debts of each customer whom a partner gave money.
func whenMoneyComes(ctx context.Context, tx *db.Tx, all []outbox.Event) error {
	cause := map[string]string{} // customer to the first event
	for _, e := range all {
		m, err := outbox.As[funds.Moved](e)
		if err != nil {
			return err
		}
		if cause[m.Other] == "" {
			cause[m.Other] = e.ID
		}
	}
	for some := range slices.Chunk(slices.Sorted(maps.Keys(cause)), 500) {
		owing, err := indebted(ctx, tx, some)
		if err != nil {
			return err
		}
		for _, customer := range owing {
			if err := trySoon(ctx, tx, customer, cause[customer]); err != nil {
				return err
			}
		}
	}
	return nil
}

func trySoon(ctx context.Context, tx *db.Tx, customer, cause string) error {
	owed, err := Arrears(ctx, tx, customer)
	if err != nil || owed == 0 {
		return err
	}
	return jobs.Add(ctx, tx, jobs.New{Kind: settleJob, Key: cause, Account: customer, Payload: settleKey{customer}})
}

func (s *Service) runSettle(ctx context.Context, j jobs.Job) error {
	var k settleKey
	if err := json.Unmarshal(j.Payload, &k); err != nil {
		return err
	}
	return s.settleDebts(ctx, k.Customer)
}

// tryDebts looks once a day at every debt: for money that came on a way that nobody tells.
func (s *Service) tryDebts(ctx context.Context, _ time.Time) error {
	for after := ""; ; {
		list, err := debtors(ctx, s.db.Read(), after, 500)
		if err != nil || len(list) == 0 {
			return err
		}
		for _, customer := range list {
			if err := s.settleDebts(ctx, customer); err != nil {
				return err
			}
			after = customer
		}
	}
}

// Arrears is what a customer owes in all cycles, minor units: nothing was there for it.
func Arrears(ctx context.Context, q db.Querier, customer string) (int64, error) {
	return sumDebts(ctx, q, customer)
}
