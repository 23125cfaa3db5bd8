package ledger

import (
	"hanse/internal/kit/fault"
	"hanse/internal/kit/i18n"
	"hanse/internal/kit/money"
)

// A Why is the reason of a refusal.
type Why string

// The reasons.
const (
	Short        Why = "short"         // the account holds too little
	FrozenOwner  Why = "frozen"        // the owner is frozen
	NotConnected Why = "not_connected" // no association lets money pass between the two
	ClosedPlace  Why = "closed"        // the account is closed
	KeyReused    Why = "key_reused"    // the key was used for something else
)

// A Refusal says why a posting wasn't made. It's a fault too, so that edges answer it as they answer any.
type Refusal struct {
	Why   Why
	Place Place
	Have  int64 // what is available, minor units
	Need  int64
}

// Error gives the English text.
func (r *Refusal) Error() string { return r.Unwrap().Error() }

// Unwrap is the fault with the words for the user.
func (r *Refusal) Unwrap() error {
	a := i18n.A{"kind": KindLabel(r.Place.Kind), "have": money.Text(r.Have), "need": money.Text(r.Need), "unit": Currency(r.Place.Unit)}
	switch r.Why {
	case Short:
		return &fault.Fault{Kind: fault.KindInvalid, Msg: i18n.M("ledger.short", a),
			Fields: []fault.Field{{Name: "amount", Value: money.Text(r.Need), Msg: i18n.M("ledger.short", a)}}}
	case FrozenOwner:
		return fault.Conflict(i18n.M("ledger.frozen"))
	case NotConnected:
		return fault.Conflict(i18n.M("ledger.not_connected"))
	case ClosedPlace:
		return fault.Conflict(i18n.M("ledger.closed", a))
	}
	return fault.Invalid("idempotency_key", i18n.M("ledger.key_reused"))
}

// KindLabel is what users call a kind of account.
func KindLabel(k Kind) i18n.Msg {
	if m, ok := kindLabels[k]; ok {
		return m
	}
	return i18n.Raw(string(k))
}

// PostingLabel is what users call a kind of posting.
func PostingLabel(kind string) i18n.Msg {
	if m, ok := postingLabels[kind]; ok {
		return m
	}
	return i18n.Raw(kind)
}

var kindLabels = map[Kind]i18n.Msg{
	Cash:      i18n.M("ledger.kind.cash"),
	Allocated: i18n.M("ledger.kind.allocated"),
	Credit:    i18n.M("ledger.kind.credit"),
	Bonus:     i18n.M("ledger.kind.bonus"),
	Deposit:   i18n.M("ledger.kind.deposit"),
	Earmarked: i18n.M("ledger.kind.earmarked"),
	Quota:     i18n.M("ledger.kind.quota"),
	Voucher:   i18n.M("ledger.kind.voucher"),
	Pickup:    i18n.M("ledger.kind.pickup"),
	Reserved:  i18n.M("ledger.kind.reserved"),
	Clearing:  i18n.M("ledger.kind.clearing"),
	Bank:      i18n.M("ledger.kind.bank"),
	Revenue:   i18n.M("ledger.kind.revenue"),
	Granted:   i18n.M("ledger.kind.granted"),
	Suspense:  i18n.M("ledger.kind.suspense"),

	Entitlement: i18n.M("ledger.kind.entitlement"),
}

var postingLabels = map[string]i18n.Msg{
	Allocate: i18n.M("ledger.posting.allocate"),
	Reclaim:  i18n.M("ledger.posting.reclaim"),
	Unbind:   i18n.M("ledger.posting.unbind"),
	TopUp:    i18n.M("ledger.posting.top_up"),
	Withdraw: i18n.M("ledger.posting.withdraw"),
	Lend:     i18n.M("ledger.posting.credit"),
	Earmark:  i18n.M("ledger.posting.earmark"),
	Release:  i18n.M("ledger.posting.release"),
	Consume:  i18n.M("ledger.posting.consume"),
	Refund:   i18n.M("ledger.posting.refund"),
	Grant:    i18n.M("ledger.posting.grant"),
	Issue:    i18n.M("ledger.posting.issue"),
	Return:   i18n.M("ledger.posting.return"),
	Expire:   i18n.M("ledger.posting.expire"),
	Adjust:   i18n.M("ledger.posting.adjust"),
	Reversal: i18n.M("ledger.posting.reverse"),
}
