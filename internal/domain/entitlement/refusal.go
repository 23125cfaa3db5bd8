package entitlement

import (
	"errors"

	"hanse/internal/kit/fault"
	"hanse/internal/kit/i18n"
)

// A Why is the reason of a refusal.
type Why string

// The reasons why units aren't given.
const (
	NoPlan      Why = "no_plan"      // nothing is served
	NoneLeft    Why = "none_left"    // fewer are left than asked for
	NotStandard Why = "not_standard" // packs are for STANDARD alone
	Ended       Why = "ended"        // the month or plan year is over
)

// A Refusal says why. It's a fault with words for the user, too.
type Refusal struct {
	Why  Why
	Args i18n.A
}

// Error gives the English text.
func (r *Refusal) Error() string { return r.Unwrap().Error() }

// Unwrap is the fault: a state that forbids it, and what would change that.
func (r *Refusal) Unwrap() error { return fault.Conflict(r.Message()) }

// Message is what a user reads.
func (r *Refusal) Message() i18n.Msg {
	switch r.Why {
	case NoPlan:
		return i18n.M("entitlement.why.no_plan", r.Args)
	case NoneLeft:
		return i18n.M("entitlement.why.none_left", r.Args)
	case NotStandard:
		return i18n.M("entitlement.why.not_standard")
	}
	return i18n.M("entitlement.why.ended", r.Args)
}

// WhyOf is the reason in err's chain; "" when it's another error, or none.
func WhyOf(err error) Why {
	var r *Refusal
	if errors.As(err, &r) {
		return r.Why
	}
	return ""
}
