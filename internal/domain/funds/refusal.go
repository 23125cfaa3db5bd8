package funds

import (
	"hanse/internal/kit/fault"
	"hanse/internal/kit/i18n"
)

// A Why is the reason of a refusal.
type Why string

// The reasons. What the books refuse (too little, frozen) is a *ledger.Refusal.
const (
	NotPartner       Why = "not_partner"       // only partners allocate
	NotYourReseller  Why = "not_your_reseller" // no reseller of the partner
	NotYourCustomer  Why = "not_your_customer" // no customer of the partner
	ReferralCustomer Why = "referral"          // a customer who pays the vendor itself
	NoAccount        Why = "no_account"        // nothing was ever allocated that could be taken back
)

// A Refusal says why money can't pass between two companies. It's a fault too.
type Refusal struct {
	Why Why
	To  string
}

func refuse(w Why, m movement) error { return &Refusal{w, m.To} }

// Error gives the English text.
func (r *Refusal) Error() string { return r.Unwrap().Error() }

// Unwrap is the fault with the words for the user.
func (r *Refusal) Unwrap() error {
	switch r.Why {
	case NotPartner:
		return fault.New(fault.KindDenied, i18n.M("funds.not_partner"))
	case NotYourReseller:
		return fault.New(fault.KindDenied, i18n.M("account.not_your_reseller"))
	case ReferralCustomer:
		return fault.Invalid("to", i18n.M("funds.referral"))
	case NoAccount:
		return fault.Invalid("to", i18n.M("funds.no_account"))
	}
	return fault.Invalid("to", i18n.M("funds.not_your_customer"))
}
