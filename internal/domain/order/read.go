package order

import (
	"context"
	"errors"
	"time"

	"hanse/internal/domain/account"
	"hanse/internal/domain/ledger"
	"hanse/internal/domain/product"
	"hanse/internal/domain/treasury"
	"hanse/internal/domain/voucher"
	"hanse/internal/kit/actor"
	"hanse/internal/kit/audit"
	"hanse/internal/kit/db"
	"hanse/internal/kit/fault"
	"hanse/internal/kit/i18n"
)

// A Filter narrows orders, newest first; zero values don't. Before is the number of the last one seen. From is
// inclusive, To exclusive, of the instant of placing.
type Filter struct {
	Account      string
	State        State
	Kind         Kind
	Subscription string
	From, To     time.Time
	Before       string
	Offset       int
	Limit        int // 1 to 500; 0 = 50
}

// List pages through the own account's orders; the vendor's staff see every one, or those of f.Account; a partner with
// f.Account those of its customer.
func (s *Service) List(ctx context.Context, by actor.Actor, f Filter) ([]Order, error) {
	if err := s.scope(ctx, by, &f); err != nil {
		return nil, err
	}
	return list(ctx, s.db.Read(), f)
}

// Count counts what List pages through, up to 10,000.
func (s *Service) Count(ctx context.Context, by actor.Actor, f Filter) (int, error) {
	if err := s.scope(ctx, by, &f); err != nil {
		return 0, err
	}
	n, err := count(ctx, s.db.Read(), f, 10_000)
	return int(n), err
}

func (s *Service) scope(ctx context.Context, by actor.Actor, f *Filter) error {
	if err := by.May(actor.ViewOrders); err != nil {
		return err
	}
	if f.Limit <= 0 || f.Limit > 500 {
		f.Limit = 50
	}
	if by.Vendor() {
		return nil
	}
	if f.Account == "" {
		f.Account = by.Account
	}
	return s.sees(ctx, by, f.Account)
}

// sees lets the own account's people, the vendor's staff, and the partner of a customer look.
func (s *Service) sees(ctx context.Context, by actor.Actor, id string) error {
	err := by.Sees(id)
	if err == nil || by.Kind != actor.Partner {
		return err
	}
	x, ok, err := account.PartnerOf(ctx, s.db.Read(), id, s.db.Clock().Now())
	if err == nil && (!ok || x.Account != by.Account) {
		err = fault.NotFound()
	}
	return err
}

// Get returns one order by its number: an own one, for the vendor's staff any, for a partner a customer's.
func (s *Service) Get(ctx context.Context, by actor.Actor, no string) (Order, error) {
	if err := by.May(actor.ViewOrders); err != nil {
		return Order{}, err
	}
	o, err := Find(ctx, s.db.Read(), no)
	if err == nil {
		err = s.sees(ctx, by, o.Account)
	}
	if err != nil {
		return Order{}, err
	}
	return o, nil
}

// Timeline is what happened to an order, oldest first. Who may see the order may.
func (s *Service) Timeline(ctx context.Context, by actor.Actor, no string) ([]audit.Entry, error) {
	if _, err := s.Get(ctx, by, no); err != nil {
		return nil, err
	}
	return audit.History(ctx, s.db.Read(), "order", no)
}

// Reviews are the refunds that wait for the vendor's finance, newest first. The vendor's finance may.
func (s *Service) Reviews(ctx context.Context, by actor.Actor, f Filter) ([]Order, error) {
	if err := by.May(actor.ReviewRefund); err != nil {
		return nil, err
	}
	f.State = Reviewing
	if f.Limit <= 0 || f.Limit > 500 {
		f.Limit = 50
	}
	return list(ctx, s.db.Read(), f)
}

// A RefundLine is one amount of a refund: negative is money back, positive is consumed or a fee. Base is the order that
// had been paid.
type RefundLine struct {
	ID    string
	Key   string // of rate's lines
	Base  string
	Minor int64
}

// Refunds are the lines of an unsubscription or a downgrade. Who may see the order may.
func (s *Service) Refunds(ctx context.Context, by actor.Actor, no string) ([]RefundLine, error) {
	o, err := s.Get(ctx, by, no)
	if err != nil {
		return nil, err
	}
	return o.RefundLines()
}

// Open are the own account's orders that aren't finished: for what needs somebody.
func Open(ctx context.Context, q db.Querier, account string) ([]Order, error) {
	return open(ctx, q, account)
}

// An Option is a coupon or discount that an order might take. Minor is the most that it would take off or pay; a Why
// says why it can't be taken.
type Option struct {
	ID      string
	Kind    int // DiscountCoupon, VoucherCoupon, CashCoupon; 0 for a discount
	Offer   *product.Offer
	Coupon  *product.Coupon
	Voucher *voucher.Voucher
	Minor   int64
	Chosen  bool
	Why     i18n.Msg // zero = it can be taken
}

// Options are what the page to pay shows: what the orders cost with the choices made, what each way could pay, and for
// one order which coupons and discounts it could take.
type Options struct {
	Orders     []Order
	Skipped    []Skip
	Due        int64 // before coupons
	Money      int64 // what remains to be paid with money
	Sources    []treasury.Source
	Have       int64 // available on the balance, with credit
	Short      int64 // what the balance lacks
	Online     bool
	Partner    *account.Association // who could pay on behalf; nil = nobody
	Discounts  []Option
	Coupons    []Option
	CodeNeeded bool
	About      string // what a code confirms
}

// Options prepares a payment of own orders. Who pays for the own account may.
func (s *Service) Options(ctx context.Context, by actor.Actor, nos []string) (out Options, err error) {
	if err := by.May(actor.PayOrder); err != nil {
		return out, err
	}
	if nos, err = numbers(nos); err != nil {
		return out, err
	}
	q, now := s.db.Read(), s.db.Clock().Now()
	all, err := ofNumbers(ctx, q, by.Account, nos)
	if err != nil {
		return out, err
	}
	if len(all) < len(nos) {
		return out, fault.NotFound()
	}
	for _, o := range all {
		if o.State != Pending || o.Overdue(now) {
			out.Skipped = append(out.Skipped, Skip{o.No, (&Refusal{Why: Moved, Args: i18n.A{"no": o.No, "state": o.State.Label()}}).Msg()})
			continue
		}
		b, err := s.price(ctx, q, o, o.Chosen.Choice, now)
		if err != nil {
			return out, err
		}
		o.put(b)
		out.Orders = append(out.Orders, o)
		out.Due += b.price.Due
		out.Money += b.money
	}
	if len(out.Orders) == 0 {
		return out, moved(all[0])
	}
	if err := s.ways(ctx, q, by, now, &out); err != nil {
		return out, err
	}
	if len(out.Orders) == 1 {
		err = s.choices(ctx, q, out.Orders[0], now, &out)
	}
	return out, err
}

// ways says what each way to pay could do.
func (s *Service) ways(ctx context.Context, q db.Querier, by actor.Actor, now time.Time, out *Options) (err error) {
	var nos []string
	for _, o := range out.Orders {
		nos = append(nos, o.No)
	}
	if out.Online, err = s.onlineFor(ctx, q, by.Account); err != nil {
		return err
	}
	if a, err := agentOf(ctx, q, by.Account, now); err == nil {
		out.Partner = &account.Association{Account: a.ID, AccountName: a.Name, Other: by.Account}
	} else if fault.KindOf(err) == "" {
		return err
	}
	for _, k := range []ledger.Kind{ledger.Allocated, ledger.Cash, ledger.Credit} {
		b, err := ledger.BalanceOf(ctx, q, ledger.Place{Owner: by.Account, Kind: k, Unit: Currency})
		if err != nil {
			return err
		}
		out.Have += max(0, b.Available())
	}
	out.Sources, err = treasury.Sources(ctx, q, by.Account, Currency, out.Money)
	var short *ledger.Refusal
	if errors.As(err, &short) {
		out.Short, err = out.Money-out.Have, nil
	}
	if err != nil {
		return err
	}
	out.CodeNeeded, _, err = s.codeFor(ctx, q, by, nos, nil)
	out.About = PayAbout(nos, out.Money)
	return err
}

// choices lists what one order could take.
func (s *Service) choices(ctx context.Context, q db.Querier, o Order, now time.Time, out *Options) error {
	offers, err := product.Discounts(ctx, q, o.Account, now)
	if err != nil {
		return err
	}
	for i := range offers {
		x := Option{ID: offers[i].ID, Offer: &offers[i], Chosen: o.Chosen.Discount == offers[i].ID}
		b, err := s.price(ctx, q, o, Choice{Discount: x.ID}, now)
		if err := x.fill(b.price.Discount, err); err != nil {
			return err
		}
		out.Discounts = append(out.Discounts, x)
	}
	coupons, err := product.Coupons(ctx, q, o.Account, now)
	if err != nil {
		return err
	}
	for i := range coupons {
		x := Option{ID: coupons[i].ID, Kind: DiscountCoupon, Coupon: &coupons[i], Chosen: has(o, coupons[i].ID)}
		b, err := s.price(ctx, q, o, Choice{Discount: o.Chosen.Discount, Coupons: []string{x.ID}}, now)
		if err := x.fill(taken(b, x.ID), err); err != nil {
			return err
		}
		out.Coupons = append(out.Coupons, x)
	}
	vouchers, err := voucher.UsableBy(ctx, q, o.Account, now)
	if err != nil {
		return err
	}
	for i := range vouchers {
		x := Option{ID: vouchers[i].ID, Kind: useKind(vouchers[i].Kind), Voucher: &vouchers[i], Chosen: has(o, vouchers[i].ID)}
		b, err := s.price(ctx, q, o, Choice{Discount: o.Chosen.Discount, Coupons: []string{x.ID}}, now)
		if err := x.fill(taken(b, x.ID), err); err != nil {
			return err
		}
		out.Coupons = append(out.Coupons, x)
	}
	return nil
}

func has(o Order, id string) bool {
	for _, x := range o.Chosen.Coupons {
		if x == id {
			return true
		}
	}
	return false
}

// taken is what a coupon takes of a bill.
func taken(b bill, id string) int64 {
	for _, u := range b.chosen.Uses {
		if u.ID == id {
			return u.Minor
		}
	}
	return 0
}

// fill notes what an option would do, or why it can't.
func (x *Option) fill(minor int64, err error) error {
	x.Minor = minor
	if f := fault.Of(err); f != nil {
		if x.Why = f.Msg; x.Why.IsZero() && len(f.Fields) > 0 {
			x.Why = f.Fields[0].Msg
		}
		return nil
	}
	return err
}

// SetContract ties a contract to a pending order, in the caller's transaction. The caller asked for the permission.
func SetContract(ctx context.Context, tx *db.Tx, account, no, contract string) error {
	err := setContract(ctx, tx, account, no, contract)
	if errors.Is(err, db.ErrNoRow) {
		return refuse(Moved, i18n.A{"no": no, "state": ""})
	}
	return err
}
