package order

import (
	"errors"

	"hanse/internal/domain/rate"
	"hanse/internal/kit/fault"
	"hanse/internal/kit/i18n"
)

// Why is the reason for which an order can't be placed, paid or cancelled; what the arithmetic refuses has a rate.Why.
type Why string

// The reasons.
const (
	OpenOrder    Why = "open_order"     // another order of the plan isn't finished
	Served       Why = "served"         // a plan of the same company serves it already
	Frozen       Why = "frozen"         // the account is frozen
	Exhausted    Why = "exhausted"      // the budget that its partner set is used up
	NoRealName   Why = "no_real_name"   // the company's name isn't verified
	Moved        Why = "moved"          // the order isn't in the state that it takes
	Late         Why = "late"           // the deadline to pay has passed
	Stale        Why = "stale"          // the plan changed since the order was placed
	NoCoupon     Why = "no_coupon"      // a coupon can't be used for the order
	CouponTaken  Why = "coupon_taken"   // another order holds it
	TooManyTaken Why = "too_many"       // more than three coupons
	Excluded     Why = "excluded"       // coupon and discount can't be combined
	TooLow       Why = "too_low"        // the discount leaves less than the coupon wants
	TwoKinds     Why = "two_kinds"      // voucher and discount coupon can't be combined
	NoDiscount   Why = "no_discount"    // a discount isn't for the order
	NotOnline    Why = "not_online"     // nobody can pay online, or not this account
	NotChosen    Why = "not_chosen"     // the partner's payment takes no coupons
	Differs      Why = "differs"        // what was paid online isn't what the order costs now
	NotShort     Why = "nothing_owed"   // there's nothing to pay in this way
	NoRefund     Why = "no_refund"      // the order isn't a refund
	TooManyAsked Why = "too_many_asked" // more than 30 orders
	NoAgent      Why = "no_agent"       // there's no partner who could pay
	AgentBarred  Why = "agent_barred"   // resellers pay for nobody here
	AgentAsked   Why = "agent_asked"    // the partner is asked already
	AgentOver    Why = "agent_over"     // the request is over
	NotAgent     Why = "not_agent"      // the buyer belongs to another partner by now
	AgentDiffers Why = "agent_differs"  // the order costs something else by now
)

// A Refusal says why. It's a fault with words for the user, too.
type Refusal struct {
	Why   Why
	Field string // of the form, where one can be corrected
	Args  i18n.A
}

func refuse(why Why, args ...i18n.A) error {
	r := &Refusal{Why: why}
	if len(args) > 0 {
		r.Args = args[0]
	}
	return r
}

func moved(o Order) error { return refuse(Moved, i18n.A{"no": o.No, "state": o.State.Label()}) }

// Error gives the English text.
func (r *Refusal) Error() string { return i18n.Text(i18n.English, r.Msg()) }

// Unwrap is the fault: a field to correct, or a state that forbids it.
func (r *Refusal) Unwrap() error {
	if f := r.Why.field(); f != "" {
		return fault.Invalid(f, r.Msg())
	}
	return fault.Conflict(r.Msg())
}

func (w Why) field() string {
	switch w {
	case NoCoupon, CouponTaken, TooManyTaken, TwoKinds, Excluded, TooLow, NotChosen:
		return "coupons"
	case NoDiscount:
		return "discount"
	case NotOnline, NoAgent, AgentBarred:
		return "way"
	case TooManyAsked:
		return "orders"
	}
	return ""
}

// Msg says what can't be, why, and what can be done.
func (r *Refusal) Msg() i18n.Msg {
	args := i18n.A{"id": "", "why": "", "no": ""}
	for k, v := range r.Args {
		args[k] = v
	}
	return i18n.Msg{Key: whyKeys[r.Why], Args: args}
}

var whyKeys = map[Why]string{
	OpenOrder: "order.why.open_order", Served: "order.why.served", Frozen: "order.why.frozen", Exhausted: "order.why.exhausted",
	NoRealName: "order.why.no_real_name", Moved: "order.why.moved", Late: "order.why.late", Stale: "order.why.stale", NoCoupon: "order.why.no_coupon",
	CouponTaken: "order.why.coupon_taken", TooManyTaken: "order.why.too_many", Excluded: "order.why.excluded", TooLow: "order.why.too_low",
	TwoKinds: "order.why.two_kinds", NoDiscount: "order.why.no_discount", NotOnline: "order.why.not_online", NotChosen: "order.why.not_chosen",
	Differs: "order.why.differs", NotShort: "order.why.nothing_owed", NoRefund: "order.why.no_refund", TooManyAsked: "order.why.too_many_asked",
	NoAgent: "agentpay.why.no_agent", AgentBarred: "agentpay.why.barred", AgentAsked: "agentpay.why.asked", AgentOver: "agentpay.why.over",
	NotAgent: "agentpay.why.not_agent", AgentDiffers: "agentpay.why.differs",
}

// WhyOf is the reason in err's chain; "" for another error.
func WhyOf(err error) Why {
	var r *Refusal
	if errors.As(err, &r) {
		return r.Why
	}
	return ""
}

// Requoted is the refusal of an order whose quote doesn't hold any more. Quote is what holds now.
type Requoted struct{ Quote Quote }

// Error gives the English text.
func (r *Requoted) Error() string { return i18n.Text(i18n.English, r.msg()) }

// Unwrap is the fault.
func (r *Requoted) Unwrap() error { return fault.Conflict(r.msg()) }

func (r *Requoted) msg() i18n.Msg { return i18n.M("order.requoted") }

// A ruled error is a refusal of the arithmetic with the words for the user: fault.Of and rate.WhyOf both find theirs.
type ruled struct{ fault, cause error }

func (r ruled) Error() string   { return r.fault.Error() }
func (r ruled) Unwrap() []error { return []error{r.fault, r.cause} }

// asFault gives the arithmetic's refusals their words; another error stays as it is.
func asFault(err error) error {
	if rate.WhyOf(err) == "" {
		return err
	}
	if f := rate.Fault(err); f != err {
		return ruled{f, err}
	}
	return err
}
