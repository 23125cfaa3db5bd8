package voucher

import (
	"context"
	"slices"
	"strconv"
	"strings"
	"time"

	"hanse/internal/domain/account"
	"hanse/internal/domain/confirm"
	"hanse/internal/domain/ledger"
	"hanse/internal/kit/actor"
	"hanse/internal/kit/db"
	"hanse/internal/kit/fault"
	"hanse/internal/kit/i18n"
	"hanse/internal/kit/money"
)

// A Pickup is a pickup voucher (提货券): something that the partner has paid for and its resale customer may take. It
// pays at most a share of an order (any part of pay-per-use), counts like cash on the bill, can't be handed on, and
// expires without refund. Amounts are minor units, Ratio ten-thousandths.
type Pickup struct {
	Account      string // who bought it
	IssuerName   string
	ID           string
	Key          string
	Customer     string
	CustomerName string
	Kept         string
	Currency     string
	Face         int64
	Ratio        int64
	Orders       []string
	Services     []string
	Products     []string
	Memo         string
	ValidAt      time.Time
	ExpireAt     time.Time
	CreatedAt    time.Time

	Balance int64
}

// State is where the pickup voucher stands at an instant.
func (p Pickup) State(at time.Time) State {
	return Voucher{Kept: p.Kept, ValidAt: p.ValidAt, ExpireAt: p.ExpireAt}.State(at)
}

// FitsPickup is the most that a pickup voucher can pay of an order at an instant, or why it can't.
func FitsPickup(p Pickup, o Order, at time.Time) (most int64, why Why) {
	switch {
	case p.State(at) != Usable || p.Balance <= 0:
		return 0, NotUsable
	case len(p.Orders) > 0 && !slices.Contains(p.Orders, o.Kind):
		return 0, OtherOrders
	}
	fits := covered(p.Services, p.Products, nil, o)
	if fits == 0 {
		return 0, OtherService
	}
	if !o.OnDemand {
		fits = min(fits, portion(o.total(), p.Ratio))
	}
	return min(fits, p.Balance), ""
}

func pickupPlace(p Pickup) ledger.Place {
	return ledger.Place{Owner: p.Customer, Kind: ledger.Pickup, Unit: pickupUnit(p.Currency), Ref: p.ID}
}

// paidIn is where the vendor keeps what was paid for pickup vouchers that are still to be used.
func paidIn(vendor, currency string) ledger.Place {
	return ledger.Place{Owner: vendor, Kind: ledger.Reserved, Unit: currency}
}

// NewPickup is a pickup voucher to be bought. The face value is in minor units and is its price.
type NewPickup struct {
	Customer string
	Currency string
	Minor    int64
	Ratio    int64
	Orders   []string
	Services []string
	Products []string
	ValidAt  time.Time // zero = now
	ExpireAt time.Time
	Memo     string
	Key      string
	Code     string
}

// About is what a code for it confirms.
func (n NewPickup) About() string {
	return confirm.About("pickup", n.Customer, n.Currency, strconv.FormatInt(n.Minor, 10))
}

func (n *NewPickup) check(now time.Time) error {
	var fs fault.Fields
	if !slices.Contains(Currencies(), n.Currency) {
		fs.Add("currency", n.Currency, i18n.M("voucher.field.currency"))
	}
	if n.ValidAt.IsZero() {
		n.ValidAt = now
	}
	checkValue(&fs, n.Minor)
	checkTerm(&fs, n.ValidAt, n.ExpireAt, now)
	if n.Ratio < 1 || n.Ratio > Whole {
		fs.Add("ratio", strconv.FormatInt(n.Ratio, 10), i18n.M("voucher.field.ratio"))
	}
	n.Services, n.Products, n.Orders = unique(n.Services), unique(n.Products), unique(n.Orders)
	Limits{Services: n.Services, Products: n.Products, Orders: n.Orders}.check(&fs)
	n.Memo = notes(&fs, "memo", n.Memo, mostMemo)
	if len(n.Key) > mostKey {
		fs.Add("key", "", i18n.M("voucher.field.key"))
	}
	return fs.Err()
}

// BuyPickup buys a pickup voucher for a resale customer out of the partner's own money. Administrators and finance may.
func (s *Service) BuyPickup(ctx context.Context, by actor.Actor, in NewPickup) (p Pickup, err error) {
	if err := by.May(actor.BuyPickups); err != nil {
		return p, err
	}
	if err := in.check(s.db.Clock().Now()); err != nil {
		return p, err
	}
	if p, err = s.pickupFor(ctx, s.db.Read(), by, in, s.db.Clock().Now()); err != nil {
		return p, err
	}
	if err := s.code(ctx, by, confirm.Voucher, in.About(), in.Code); err != nil {
		return p, err
	}
	err = s.db.Update(ctx, func(tx *db.Tx) error {
		if p, err = s.pickupFor(ctx, tx, by, in, tx.Now); err != nil {
			return err
		}
		if p.ID, p.CreatedAt = number("PV", tx.Wall), tx.Now; p.Key == "" {
			p.Key = p.ID
		}
		fresh, err := insertPickup(ctx, tx, p)
		if err != nil {
			return err
		}
		if !fresh {
			return samePickup(ctx, tx, &p)
		}
		if err := plan(ctx, tx, p.ExpireAt); err != nil {
			return err
		}
		vendor, err := vendorOf(ctx, tx)
		if err != nil {
			return err
		}
		_, err = post(ctx, tx, by, ledger.Posting{Book: p.Account, Key: "pickup:" + p.ID, Kind: ledger.Issue, Subject: "pickup:" + p.ID, Verb: actor.BuyPickups,
			Fact: pickupFact(p, "pickup.bought", p.Face), Moves: []ledger.Move{
				{From: ledger.Place{Owner: p.Account, Kind: ledger.Cash, Unit: p.Currency}, To: paidIn(vendor, p.Currency), Minor: p.Face},
				{From: granted(vendor, pickupUnit(p.Currency)), To: pickupPlace(p), Minor: p.Face}}})
		return err
	})
	return p, err
}

// pickupFor is the pickup voucher that is asked for; only resale customers can have one.
func (s *Service) pickupFor(ctx context.Context, q db.Querier, by actor.Actor, in NewPickup, now time.Time) (p Pickup, err error) {
	x, err := account.Related(ctx, q, by.Account, in.Customer, now)
	if fault.KindOf(err) == fault.KindNotFound || err == nil && x.Kind == account.ResellerOf {
		return p, refuse(NotCustomer)
	}
	if err != nil {
		return p, err
	}
	if x.Kind != account.Resale {
		return p, refuse(WrongModel)
	}
	names, err := account.Names(ctx, q, []string{by.Account, in.Customer})
	if err != nil {
		return p, err
	}
	p = Pickup{Account: by.Account, IssuerName: names[by.Account], Key: in.Key, Customer: in.Customer, CustomerName: names[in.Customer], Kept: live,
		Currency: in.Currency, Face: in.Minor, Balance: in.Minor, Ratio: in.Ratio, Orders: in.Orders, Services: in.Services, Products: in.Products,
		Memo: in.Memo, ValidAt: in.ValidAt, ExpireAt: in.ExpireAt}
	return p, catalogue(ctx, q, Limits{Services: in.Services, Products: in.Products}, now)
}

func samePickup(ctx context.Context, tx *db.Tx, p *Pickup) error {
	first, err := pickupByKey(ctx, tx, p.Account, p.Key)
	if err != nil {
		return err
	}
	if first.Customer != p.Customer || first.Face != p.Face || first.Currency != p.Currency {
		return &ledger.Refusal{Why: ledger.KeyReused}
	}
	first.Balance, err = balance(ctx, tx, pickupPlace(first))
	*p = first
	return err
}

func pickupFact(p Pickup, what string, minor int64) PickupChanged {
	return PickupChanged{What: what, Customer: p.Customer, CustomerName: p.CustomerName, Partner: p.Account, PartnerName: p.IssuerName, Pickup: p.ID,
		Minor: minor, Currency: p.Currency, ExpireAt: p.ExpireAt}
}

// UsePickup takes an amount of a pickup voucher for an order, in the caller's transaction: what was paid in becomes the
// vendor's revenue. The caller asked for the permission.
func UsePickup(ctx context.Context, tx *db.Tx, by actor.Actor, in Payment) (p Pickup, err error) {
	if p, err = holdPickup(ctx, tx, in.Voucher); err != nil || p.Customer != in.Customer {
		return p, notTheirs(err)
	}
	if again, err := taken(ctx, tx, in); again || err != nil {
		return p, err
	}
	if p.Balance, err = balance(ctx, tx, pickupPlace(p)); err != nil {
		return p, err
	}
	most, why := FitsPickup(p, in.Order, tx.Now)
	if why == "" && (in.Minor > most || in.Minor <= 0) {
		why = MoreThanCanBe
	}
	if why != "" {
		return p, refuse(why, amounts(most, in.Minor))
	}
	if p.Balance -= in.Minor; p.Balance == 0 {
		p.Kept = used
	}
	if err := savePickup(ctx, tx, p); err != nil {
		return p, err
	}
	if _, err := insertUse(ctx, tx, in.use(tx, p.Account, p.Currency)); err != nil {
		return p, err
	}
	return p, spend(ctx, tx, by, p, in.Minor, p.Customer, "vuse:"+in.Key, ledger.Consume, in.Order.ID, nil)
}

// spend takes an amount off a pickup voucher and makes what was paid in for it the vendor's.
func spend(ctx context.Context, tx *db.Tx, by actor.Actor, p Pickup, minor int64, book, key, kind, scene string, f *PickupChanged) error {
	vendor, err := vendorOf(ctx, tx)
	if err != nil {
		return err
	}
	post1 := ledger.Posting{Book: book, Key: key, Kind: kind, Subject: "pickup:" + p.ID, Scene: scene, Verb: actor.ViewVouchers, Moves: []ledger.Move{
		{From: pickupPlace(p), To: granted(vendor, pickupUnit(p.Currency)), Minor: minor},
		{From: paidIn(vendor, p.Currency), To: revenue(vendor, p.Currency), Minor: minor}}}
	if f != nil {
		post1.Fact = *f
	}
	_, err = post(ctx, tx, by, post1)
	return err
}

// lapse ends a pickup voucher that has expired: nobody gets anything back.
func lapse(ctx context.Context, tx *db.Tx, by actor.Actor, p Pickup) error {
	p, err := holdPickup(ctx, tx, p.ID)
	if err != nil || p.Kept != live {
		return err
	}
	left, err := balance(ctx, tx, pickupPlace(p))
	if err != nil {
		return err
	}
	p.Kept = expired
	if err := savePickup(ctx, tx, p); err != nil || left == 0 {
		return err
	}
	f := pickupFact(p, "pickup.expired", left)
	return spend(ctx, tx, by, p, left, p.Account, "lapse:"+p.ID, ledger.Expire, "", &f)
}

// ParseShare reads a share as people write it, "50" or "12.5 %", in ten-thousandths.
func ParseShare(text string) (int64, bool) {
	n, err := money.Parse(strings.TrimSuffix(strings.TrimSpace(text), "%"))
	return n, err == nil && n >= 0 && n <= Whole
}
