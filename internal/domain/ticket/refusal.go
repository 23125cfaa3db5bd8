package ticket

import (
	"errors"

	"hanse/internal/kit/fault"
	"hanse/internal/kit/i18n"
)

// A Why is the reason of a refusal, for those who answer each differently.
type Why string

// The reasons.
const (
	NoQuota          Why = "no_quota"
	NotInPlan        Why = "not_in_plan" // the level gives no technical support
	BadSeverity      Why = "severity"
	BadProblemType   Why = "problem_type"
	BadCC            Why = "cc"
	NotVerified      Why = "not_verified"
	PressSoon        Why = "press_soon" // urged a moment ago
	PressNew         Why = "press_new"  // opened a moment ago
	BadState         Why = "state"
	TooLate          Why = "too_late" // to answer what is done
	TooManyLabels    Why = "labels"
	UnknownLabel     Why = "label"
	TooManyRelations Why = "relations"
	SelfRelation     Why = "self"
	NoRole           Why = "role"      // may not open tickets
	NoPermission     Why = "privilege" // its company doesn't let it
	Stale            Why = "stale"     // something was said or done since
	NotOwnMessage    Why = "not_own"
	WithdrawLate     Why = "withdraw_late"
	WithdrawRead     Why = "withdraw_read"
	ScoreLate        Why = "score_late"
	BadScore         Why = "score"
	OtherAccount     Why = "other_account"
	HandedAlready    Why = "handed"
)

// A Refusal is a fault with its reason. Quota is filled when a plan's month is used up, or gives none.
type Refusal struct {
	Why   Why
	Quota *Quota
	err   error
}

// Error gives the English text.
func (r *Refusal) Error() string { return r.err.Error() }

// Unwrap is the fault.
func (r *Refusal) Unwrap() error { return r.err }

// WhyOf is the reason in err's chain; "" when it's another error, or none.
func WhyOf(err error) Why {
	var r *Refusal
	if errors.As(err, &r) {
		return r.Why
	}
	return ""
}

// Newer tells whether something was refused because somebody was faster: nothing was stored, and what was typed is still
// the caller's.
func Newer(err error) bool { return WhyOf(err) == Stale }

// QuotaOf is the quota that an error speaks of.
func QuotaOf(err error) (Quota, bool) {
	var r *Refusal
	if errors.As(err, &r) && r.Quota != nil {
		return *r.Quota, true
	}
	return Quota{}, false
}

func conflict(w Why, m i18n.Msg) error { return &Refusal{Why: w, err: fault.Conflict(m)} }

func invalid(w Why, field, value string, m i18n.Msg) error {
	return &Refusal{Why: w, err: wrong(field, value, m)}
}

// wrong refuses one entry with what was typed.
func wrong(field, value string, m i18n.Msg) error {
	var fs fault.Fields
	fs.Add(field, value, m)
	return fs.Err()
}

// badState says that a state forbids an action.
func badState(s State, a Action) error {
	return conflict(BadState, i18n.M("ticket.refuse.state", i18n.A{"action": a.Label(), "state": s.Label()}))
}
