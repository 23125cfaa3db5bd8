// Package product is what the vendor sells partners for their support: the versioned catalogue of levels and prices,
// promotions and discounts, discount coupons, and the agreement that a buyer ticks (business rules 1.2, 1.5, 1.6).
//
// A catalogue version is drafted, published with the instant from which it holds, and never changed after that: an
// order keeps the version it used. Reading takes an instant, so that what is applied late applies the prices of its
// time. What discounts and coupons do to an amount is arithmetic of package rate; here is who has them, and for what.
package product

import (
	"slices"
	"time"

	"hanse/internal/domain/rate"
	"hanse/internal/kit/i18n"
)

// A State is that of a version of prices or of the agreement.
type State string

// The states. A published version is in force from its instant until the next one's.
const (
	Draft     State = "draft"
	Published State = "published"
	Withdrawn State = "withdrawn" // a draft that was dropped, or taken back before it was in force
)

// Label is the state in words.
func (s State) Label() i18n.Msg {
	switch s {
	case Draft:
		return i18n.M("product.state.draft")
	case Published:
		return i18n.M("product.state.published")
	}
	return i18n.M("product.state.withdrawn")
}

// Names are one text in both languages.
type Names struct{ EN, ZH string }

// Msg is the text for the reader's language.
func (n Names) Msg() i18n.Msg {
	return i18n.Both(map[string]string{i18n.English: n.EN, "zh-Hans": n.ZH})
}

// A Catalogue is one version: prices, what the levels contain, and what it's known by. Until is zero as long as no later
// version is published; it isn't filled by Version. Promotions are those that run at the instant that At was asked for.
type Catalogue struct {
	Version     int64
	State       State
	From        time.Time // zero for a draft
	Until       time.Time
	Note        string
	Sheet       rate.Sheet
	Terms       Terms
	Items       []Item
	Promotions  []Offer
	CreatedAt   time.Time
	CreatedBy   string // name; "" = the program
	PublishedAt time.Time
	PublishedBy string
	Edition     int64
}

// Terms are the countable things of the levels. PackTickets are the tickets of one pack. With YearlyOnly days come with
// plans of a year or more alone.
type Terms struct {
	PackTickets int   `json:"pack_tickets"`
	Standard    Quota `json:"standard"`
	Premium     Quota `json:"premium"`
	YearlyOnly  bool  `json:"yearly_only"`
}

// A Quota is what one level brings: technical tickets a calendar month (0 = as many as wanted), whether packs are sold,
// days of consulting and of key events a plan year, trainings a month.
type Quota struct {
	Tickets    int  `json:"tickets"`
	Packs      bool `json:"packs"`
	Consulting int  `json:"consulting"`
	KeyEvents  int  `json:"key_events"`
	Trainings  int  `json:"trainings"`
}

// Of is the quota of a level; BASIC has none.
func (t Terms) Of(l rate.Level) Quota {
	switch l {
	case rate.Standard:
		return t.Standard
	case rate.Premium:
		return t.Premium
	}
	return Quota{}
}

// An Item is one line of the table of what the levels contain, by language.
type Item struct {
	Code     string            `json:"code"`
	Title    map[string]string `json:"title"`
	Basic    map[string]string `json:"basic"`
	Standard map[string]string `json:"standard"`
	Premium  map[string]string `json:"premium"`
}

// Cell is what a level has of it.
func (i Item) Cell(l rate.Level) i18n.Msg {
	switch l {
	case rate.Standard:
		return i18n.Both(i.Standard)
	case rate.Premium:
		return i18n.Both(i.Premium)
	}
	return i18n.Both(i.Basic)
}

// The kinds of order that offers and coupons may be limited to.
const (
	OrderNew    = "new"
	OrderRenew  = "renew"
	OrderChange = "change"
	OrderPack   = "pack"
)

// Orders lists them.
var Orders = []string{OrderNew, OrderRenew, OrderChange, OrderPack}

// Levels lists the levels that cost something.
var Levels = []rate.Level{rate.Standard, rate.Premium}

// Rows lists the terms that have a price of their own, in the order in which they're shown.
var Rows = []rate.Term{rate.Months(1), rate.Years(1), rate.Years(2), rate.Years(3)}

// An OfferKind says where a discount comes from.
type OfferKind string

// The kinds. Those of a partner are granted by it and entered by the vendor.
const (
	Promotion    OfferKind = "PROMOTION"
	Commercial   OfferKind = "COMMERCIAL"
	Contract     OfferKind = "CONTRACT"      // a partner's, by contract
	PartnerRatio OfferKind = "PARTNER_RATIO" // a partner's, set by itself
)

// OfferKinds lists them.
var OfferKinds = []OfferKind{Promotion, Commercial, Contract, PartnerRatio}

// Code is the kind's number in the vendor's API.
func (k OfferKind) Code() int {
	switch k {
	case Promotion:
		return 200
	case Commercial:
		return 605
	case Contract:
		return 606
	}
	return 607
}

// ByPartner tells whether a partner grants it.
func (k OfferKind) ByPartner() bool { return k == Contract || k == PartnerRatio }

// Label is the kind in words.
func (k OfferKind) Label() i18n.Msg {
	switch k {
	case Promotion:
		return i18n.M("product.kind.promotion")
	case Commercial:
		return i18n.M("product.kind.commercial")
	case Contract:
		return i18n.M("product.kind.contract")
	}
	return i18n.M("product.kind.partner_ratio")
}

// An Offer is a discount that one account has, or everybody. Until is exclusive. Without NoReason what is bought with
// it can't be returned within five days without a reason. WaivesFee is for a contract with one account: as long as it
// holds, what the account unsubscribes costs no handling fee.
type Offer struct {
	Account string // "" = all
	Kind    OfferKind
	Grantor string // the partner that grants it; "" = the vendor
	Names   Names
	rate.Discount
	Levels    []rate.Level // empty = all
	Orders    []string     // empty = all
	From      time.Time
	Until     time.Time
	NoReason  bool
	WaivesFee bool
	EndedAt   time.Time // ended early
	Reason    string
	CreatedAt time.Time
	CreatedBy string
	Edition   int64

	AccountName, GrantorName string // in lists
}

// Fits tells whether it's for such an order.
func (o Offer) Fits(order string, l rate.Level) bool { return fits(o.Levels, o.Orders, order, l) }

// Runs tells whether it holds at an instant.
func (o Offer) Runs(at time.Time) bool {
	return !at.Before(o.From) && at.Before(o.Until) && (o.EndedAt.IsZero() || at.Before(o.EndedAt))
}

// fits tells whether a discount is for such an order. A pack has no level of its own.
func fits(levels []rate.Level, orders []string, order string, l rate.Level) bool {
	return (len(orders) == 0 || slices.Contains(orders, order)) && (order == OrderPack || len(levels) == 0 || slices.Contains(levels, l))
}

// A CouponState is that of a discount coupon.
type CouponState string

// The states. Expired is computed.
const (
	Usable          CouponState = "usable"
	Locked          CouponState = "locked" // an unpaid order holds it
	Used            CouponState = "used"
	CouponWithdrawn CouponState = "withdrawn"
	Expired         CouponState = "expired"
)

// Label is the state in words.
func (s CouponState) Label() i18n.Msg {
	switch s {
	case Usable:
		return i18n.M("product.coupon.usable")
	case Locked:
		return i18n.M("product.coupon.locked")
	case Used:
		return i18n.M("product.coupon.used")
	case CouponWithdrawn:
		return i18n.M("product.coupon.withdrawn")
	}
	return i18n.M("product.coupon.expired")
}

// CouponType is the number of a discount coupon in the vendor's API.
const CouponType = 300

// A Coupon is a discount that one account may use once. Until is exclusive.
type Coupon struct {
	Account string
	Names   Names
	rate.Discount
	Levels    []rate.Level
	Orders    []string
	From      time.Time
	Until     time.Time
	Limits    Limits
	Stored    CouponState
	Order     string // that holds or used it
	Reason    string
	CreatedAt time.Time
	CreatedBy string
	ChangedAt time.Time

	AccountName string // in lists
}

// Limits says beside what a coupon may be used. MinRatio: beside a discount only if at least so much of the price is
// still to pay, in ten-thousandths; 0 = beside any.
type Limits struct {
	WithPartner, WithCommercial, WithPromotion, WithVouchers bool
	MinRatio                                                 int64
}

// State is the coupon's at an instant: what isn't used by the end of its time has expired.
func (c Coupon) State(at time.Time) CouponState {
	if (c.Stored == Usable || c.Stored == Locked) && !at.Before(c.Until) {
		return Expired
	}
	return c.Stored
}

// Fits tells whether it's for such an order.
func (c Coupon) Fits(order string, l rate.Level) bool { return fits(c.Levels, c.Orders, order, l) }

// Bars says why the coupon can't be used beside a discount that leaves payRatio ten-thousandths of the price to pay;
// zero when it can.
func (c Coupon) Bars(o Offer, payRatio int64) i18n.Msg {
	apart := false
	switch {
	case o.Kind == Promotion:
		apart = !c.Limits.WithPromotion
	case o.Kind == Commercial:
		apart = !c.Limits.WithCommercial
	default:
		apart = !c.Limits.WithPartner
	}
	if apart {
		return i18n.M("product.coupon_apart", i18n.A{"coupon": c.Names.Msg(), "discount": o.Names.Msg(), "kind": o.Kind.Label()})
	}
	if payRatio < c.Limits.MinRatio {
		return i18n.M("product.coupon_min_ratio", i18n.A{"coupon": c.Names.Msg(), "percent": Percent(c.Limits.MinRatio), "leaves": Percent(payRatio)})
	}
	return i18n.Msg{}
}

// An Agreement is a version of the text that a buyer agrees to. The body is lines of plain text.
type Agreement struct {
	Version     int64
	State       State
	From        time.Time
	Until       time.Time
	Titles      Names
	Body        Names
	CreatedAt   time.Time
	CreatedBy   string
	PublishedAt time.Time
	PublishedBy string
	Edition     int64
}
