package rate

import (
	"errors"
	"strconv"

	"hanse/internal/kit/fault"
	"hanse/internal/kit/i18n"
)

// Why is the reason for which something can't be had. The set is closed; errors.Is(err, rate.SameLevel) tells them
// apart, and Fault makes the message.
type Why string

// The reasons.
const (
	NotBasic      Why = "NOT_BASIC"      // a plan is there already: upgrade, downgrade, renew or unsubscribe
	NotRunning    Why = "NOT_RUNNING"    // there's no plan
	Expired       Why = "EXPIRED"        // the plan is over its end: only a renewal is left
	Gone          Why = "RELEASED"       // grace and retention are over too: only a new purchase is left
	SameLevel     Why = "SAME_LEVEL"     // it has this level
	NotHigher     Why = "NOT_HIGHER"     // an upgrade must go up
	NotLower      Why = "NOT_LOWER"      // a downgrade must go down
	ToBasic       Why = "TO_BASIC"       // falling to BASIC is an unsubscription
	NoPrice       Why = "NO_PRICE"       // the catalogue has no price for it
	BadTerm       Why = "BAD_TERM"       // not 1 to 11 months, not 1 to 3 years
	BadUnify      Why = "BAD_UNIFY"      // not a day from 1 to 28, nor the last
	BadNumber     Why = "BAD_NUMBER"     // fewer than one pack, or far too many
	BadKind       Why = "BAD_KIND"       // neither unsubscription 1 nor 2
	TooLong       Why = "TOO_LONG"       // the plan would run for more than ten years
	TooOften      Why = "TOO_OFTEN"      // too many level changes in a short time
	BenefitUsed   Why = "BENEFIT_USED"   // a value-added benefit was used
	NoFuture      Why = "NO_FUTURE"      // no renewed period lies ahead
	ChangedBefore Why = "CHANGED_BEFORE" // the level changed before the renewed period began
	Promotion     Why = "PROMOTION"      // a promotion paid part of the renewal
	InvoicedAgent Why = "INVOICED_AGENT" // the partner paid and has the invoice
	NotStandard   Why = "NOT_STANDARD"   // packs are for STANDARD alone
)

// Error gives the code.
func (w Why) Error() string { return string(w) }

// A Refusal is the error of every function of this package: the reason, the field that it's about, and its value.
type Refusal struct {
	Why   Why
	Field string
	Value string
	Limit string // what would be allowed, where the reason has one
}

// Error names field, value and reason, for logs.
func (r *Refusal) Error() string {
	return r.Field + " " + strconv.Quote(r.Value) + ": " + string(r.Why)
}

// Is lets errors.Is compare reasons.
func (r *Refusal) Is(target error) bool { return r.Why == target || target == error(r) }

func refuse(why Why, field, value string) error {
	return &Refusal{Why: why, Field: field, Value: value}
}

// WhyOf returns the reason in err's chain, or "" when it's another error.
func WhyOf(err error) Why {
	var r *Refusal
	if errors.As(err, &r) {
		return r.Why
	}
	return ""
}

// Fault turns a refusal into what the user reads: KindInvalid for a field that can be corrected, KindConflict for a
// state that forbids it. Another error comes back unchanged.
func Fault(err error) error {
	var r *Refusal
	if !errors.As(err, &r) {
		return err
	}
	msg := r.Msg()
	switch r.Why {
	case SameLevel, NotHigher, NotLower, ToBasic, NoPrice, BadTerm, BadUnify, BadNumber, BadKind, TooLong:
		return &fault.Fault{Kind: fault.KindInvalid, Msg: msg,
			Fields: []fault.Field{{Name: r.Field, Value: r.Value, Msg: msg}}}
	}
	return fault.Conflict(msg)
}

// Msg says what was asked, why it can't be, and what can be done.
func (r *Refusal) Msg() i18n.Msg {
	a := i18n.A{"value": r.Value, "limit": r.Limit}
	switch r.Why {
	case NotBasic:
		return i18n.M("rate.why.not_basic", a)
	case NotRunning:
		return i18n.M("rate.why.not_running", a)
	case Expired:
		return i18n.M("rate.why.expired", a)
	case Gone:
		return i18n.M("rate.why.gone", a)
	case SameLevel:
		return i18n.M("rate.why.same_level", a)
	case NotHigher:
		return i18n.M("rate.why.not_higher", a)
	case NotLower:
		return i18n.M("rate.why.not_lower", a)
	case ToBasic:
		return i18n.M("rate.why.to_basic", a)
	case NoPrice:
		return i18n.M("rate.why.no_price", a)
	case BadTerm:
		return i18n.M("rate.why.bad_term", a)
	case BadUnify:
		return i18n.M("rate.why.bad_unify", a)
	case BadNumber:
		return i18n.M("rate.why.bad_number", a)
	case BadKind:
		return i18n.M("rate.why.bad_kind", a)
	case TooLong:
		return i18n.M("rate.why.too_long", a)
	}
	return r.stateMsg(a)
}

// stateMsg is Msg for the reasons that lie in what was done before.
func (r *Refusal) stateMsg(a i18n.A) i18n.Msg {
	switch r.Why {
	case TooOften:
		return i18n.M("rate.why.too_often", a)
	case BenefitUsed:
		return i18n.M("rate.why.benefit_used", a)
	case NoFuture:
		return i18n.M("rate.why.no_future", a)
	case ChangedBefore:
		return i18n.M("rate.why.changed_before", a)
	case Promotion:
		return i18n.M("rate.why.promotion", a)
	case InvoicedAgent:
		return i18n.M("rate.why.invoiced_agent", a)
	}
	return i18n.M("rate.why.not_standard", a)
}
