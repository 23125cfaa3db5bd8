// Package order keeps orders of the support plan and pays them (business rules 1.6 to 1.10): purchases, renewals,
// level changes, unsubscriptions and ticket packs.
//
// What an order costs or gives back is computed by rate, shown as a quote with its lines, and charged to the cent or
// not at all. Paying is one transaction: the order's state, the money, the coupons, the plan and what it entitles to,
// the audit row and the event. Order numbers, states and kinds are those of the vendor's API.
package order

import (
	"time"

	"hanse/internal/domain/product"
	"hanse/internal/domain/rate"
	"hanse/internal/kit/audit"
	"hanse/internal/kit/i18n"
)

// A Kind is what an order does.
type Kind string

// The kinds.
const (
	Buy         Kind = "new"
	Renew       Kind = "renew"
	Change      Kind = "change" // another level: up costs, down gives back
	Unsubscribe Kind = "unsubscribe"
	Pack        Kind = "pack"
)

// Kinds lists all kinds.
func Kinds() []Kind { return []Kind{Buy, Renew, Change, Unsubscribe, Pack} }

// Wire is the kind's number in the vendor's API: 1 for packs too.
func (k Kind) Wire() int {
	switch k {
	case Renew:
		return 2
	case Change:
		return 3
	case Unsubscribe:
		return 4
	}
	return 1
}

// Label is what users call a kind.
func (k Kind) Label() i18n.Msg {
	switch k {
	case Renew:
		return i18n.M("order.kind.renew")
	case Change:
		return i18n.M("order.kind.change")
	case Unsubscribe:
		return i18n.M("order.kind.unsubscribe")
	case Pack:
		return i18n.M("order.kind.pack")
	}
	return i18n.M("order.kind.new")
}

// A State is where an order stands, as a number of the vendor's API.
type State int

// The states.
const (
	Reviewing  State = 1 // the vendor's finance looks at a large refund
	Refunding  State = 2
	Processing State = 3 // paid, not yet provisioned
	Cancelled  State = 4
	Completed  State = 5
	Pending    State = 6 // waits for its payment
	ToConfirm  State = 9 // placed by an account manager, waits for the buyer
)

// States lists all states as users meet them.
func States() []State {
	return []State{Pending, ToConfirm, Reviewing, Refunding, Processing, Completed, Cancelled}
}

// Label is what users call a state.
func (s State) Label() i18n.Msg {
	switch s {
	case Reviewing:
		return i18n.M("order.state.reviewing")
	case Refunding:
		return i18n.M("order.state.refunding")
	case Processing:
		return i18n.M("order.state.processing")
	case Cancelled:
		return i18n.M("order.state.cancelled")
	case Completed:
		return i18n.M("order.state.completed")
	case ToConfirm:
		return i18n.M("order.state.to_confirm")
	}
	return i18n.M("order.state.pending")
}

// Final tells whether the order stays as it is.
func (s State) Final() bool { return s == Cancelled || s == Completed }

// A Step is one way from a state to another.
type Step struct{ From, To State }

// steps is the one table of how orders move.
var steps = []Step{
	{Pending, Processing},   // paid
	{Pending, Cancelled},    // by the buyer, by its deadline, because the plan changed
	{Processing, Completed}, // provisioned
	{Processing, Cancelled}, // it couldn't be provisioned: all money goes back
	{Reviewing, Refunding},  // a refund was approved
	{Reviewing, Pending},    // a purchase was approved
	{Reviewing, Cancelled},  // refused
	{Refunding, Completed},  // the money is back
	{ToConfirm, Pending},    // the buyer agrees
	{ToConfirm, Cancelled},  // the buyer doesn't
}

// May tells whether an order in one state can move to another.
func May(from, to State) bool {
	for _, s := range steps {
		if s.From == from && s.To == to {
			return true
		}
	}
	return false
}

// A Way is how an order is paid.
type Way string

// The ways. An order whose contract comes first is paid later in one of these.
const (
	Balance Way = "balance"
	Online  Way = "online"
	Agent   Way = "agent" // the buyer's partner pays
)

// Label is what users call a way to pay.
func (w Way) Label() i18n.Msg {
	switch w {
	case Online:
		return i18n.M("order.way.online")
	case Agent:
		return i18n.M("order.way.agent")
	}
	return i18n.M("order.way.balance")
}

// A Cause is why an order was cancelled.
type Cause string

// The causes.
const (
	ByBuyer    Cause = "buyer"
	ByDeadline Cause = "deadline"
	ByChange   Cause = "changed" // the plan is another one by now
	ByReview   Cause = "refused"
	ByFailure  Cause = "provisioning"
)

// Label is a cause in words.
func (c Cause) Label() i18n.Msg {
	switch c {
	case ByDeadline:
		return i18n.M("order.cause.deadline")
	case ByChange:
		return i18n.M("order.cause.changed")
	case ByReview:
		return i18n.M("order.cause.refused")
	case ByFailure:
		return i18n.M("order.cause.provisioning")
	}
	return i18n.M("order.cause.buyer")
}

// Who placed an order, as numbers of the vendor's API.
const (
	FromCustomer = 1
	FromSystem   = 8 // the automatic renewal
)

// Paid is what was paid, by source, in minor units. Allocated is the part of Cash that a partner had allocated;
// AllocatedBack is what of it a refund gave back.
type Paid struct {
	rate.Paid
	Allocated     int64 `json:"allocated,omitempty"`
	AllocatedBack int64 `json:"allocated_back,omitempty"`
}

// A Use is a coupon on an order: how much it paid or took off, and how much of it went back.
type Use struct {
	ID    string `json:"id"`
	Kind  int    `json:"kind"` // as the vendor's API counts: DiscountCoupon, VoucherCoupon, CashCoupon
	Minor int64  `json:"minor"`
	Back  int64  `json:"back,omitempty"`
}

// The kinds of coupon, as numbers of the vendor's API.
const (
	DiscountCoupon = 300
	VoucherCoupon  = 301
	CashCoupon     = 302
)

// An Offered is the discount that an order took, as it was.
type Offered struct {
	ID       string            `json:"id"`
	Kind     product.OfferKind `json:"kind"`
	Names    product.Names     `json:"names"`
	NoReason bool              `json:"no_reason"`
	Minor    int64             `json:"minor"` // taken off
}

// A Choice is the discount and the coupons of an order: at most one and three. They stay with a pending order, and the
// coupons are locked to it.
type Choice struct {
	Discount string   `json:"discount,omitempty"`
	Coupons  []string `json:"coupons,omitempty"`
}

// Chosen is a choice with what came of it.
type Chosen struct {
	Choice
	Offer *Offered `json:"offer,omitempty"`
	Uses  []Use    `json:"uses,omitempty"`
}

// MostCoupons is how many coupons an order takes.
const MostCoupons = 3

// MostOrders is how many orders are paid or cancelled at once.
const MostOrders = 30

// Currency is that of every order.
const Currency = "CNY"

// An Order is one purchase, renewal, change, unsubscription or pack. Amounts are minor units.
type Order struct {
	Account      string // who buys
	AccountName  string
	No           string
	Kind         Kind
	State        State
	Level        rate.Level // what is bought; of an unsubscription, what is given back
	From         rate.Level // the level before
	Term         rate.Term
	Packs        int
	Cancel       int    // rate.CancelAll or CancelFuture
	Unify        int    // of a renewal: the day of the month that it runs to
	Subscription string // "" until a first purchase is paid, and for packs
	Base         int64  // version of the history that the amounts come from
	Catalogue    int64
	Currency     string
	List         int64
	Discount     int64
	Due          int64       // List - Discount, before coupons; of a refund 0
	Price        *rate.Quote // how that came about; nil for an unsubscription
	Back         *rate.Back  // what goes back, and how that came about; nil for a purchase
	Chosen       Chosen
	Paid         Paid
	Actual       int64 // really paid; of a refund, given back
	Way          Way
	PaidBy       string // the account whose money it was
	PaidByName   string
	Contract     string
	Payment      string // the online payment
	Agreement    int64
	AgreedAt     time.Time
	Reason       int // 1 to 7, of an unsubscription
	Words        string
	Source       int
	NoReasonYear int // whose count of five-day returns it used; 0 = none
	Deadline     time.Time
	QuotedAt     time.Time
	CreatedAt    time.Time
	PaidAt       time.Time
	DoneAt       time.Time
	Cause        Cause
	RequestKey   string
	CreatedBy    string
	CreatedName  string
	Edition      int64
}

// Refund tells whether the order gives money back.
func (o Order) Refund() bool { return o.Back != nil }

// Upgrade tells whether the order changes to a higher level.
func (o Order) Upgrade() bool { return o.Kind == Change && o.Back == nil }

// Title names what the order is for.
func (o Order) Title() i18n.Msg {
	switch {
	case o.Kind == Pack:
		return i18n.M("order.title.pack", i18n.A{"n": o.Packs})
	case o.Upgrade():
		return i18n.M("order.title.upgrade")
	case o.Kind == Change:
		return i18n.M("order.title.downgrade")
	}
	return o.Kind.Label()
}

// Overdue tells whether the deadline to pay has passed.
func (o Order) Overdue(at time.Time) bool {
	return o.State == Pending && !o.Deadline.IsZero() && !at.Before(o.Deadline)
}

func (o Order) subject() audit.Subject {
	return audit.Subject{Kind: "order", ID: o.No, Account: o.Account}
}

// Reasons are the numbers of the reasons for unsubscribing.
const (
	FirstReason = 1
	OtherReason = 7 // with words
)

// ReasonLabel is a reason for unsubscribing in words.
func ReasonLabel(n int) i18n.Msg {
	switch n {
	case 1:
		return i18n.M("order.reason.1")
	case 2:
		return i18n.M("order.reason.2")
	case 3:
		return i18n.M("order.reason.3")
	case 4:
		return i18n.M("order.reason.4")
	case 5:
		return i18n.M("order.reason.5")
	case 6:
		return i18n.M("order.reason.6")
	}
	return i18n.M("order.reason.7")
}
