// Package voucher keeps voucher quotas, vouchers and pickup vouchers (business rules 4.3 and 4.4).
//
// The vendor grants a partner a quota; a distributor splits it into quotas of its resellers; whoever holds one issues
// vouchers to customers out of it. Every value is in the ledger: this package knows who may issue what to whom until
// when, and has no balance of its own. What a state is at an instant is computed from the instant wherever it can be.
package voucher

import (
	"slices"
	"time"

	"hanse/internal/kit/i18n"
)

// A Kind is what a quota gives.
type Kind int64

// The kinds, as numbers of the wire.
const (
	Plain  Kind = 0 // 代金券
	Coupon Kind = 1 // 现金券: counts like cash, with a largest share of an order
)

// Unit is the ledger's unit for a kind in a currency.
func (k Kind) Unit(currency string) string {
	if k == Coupon {
		return currency + ".coupon"
	}
	return currency + ".voucher"
}

// Wire is the kind of a single voucher in the vendor's API: 1 or 4.
func (k Kind) Wire() int {
	if k == Coupon {
		return 4
	}
	return 1
}

// Label names the kind.
func (k Kind) Label() i18n.Msg {
	if k == Coupon {
		return i18n.M("voucher.kind.coupon")
	}
	return i18n.M("voucher.kind.plain")
}

// pickupUnit is the ledger's unit for pickup vouchers in a currency.
func pickupUnit(currency string) string { return currency + ".pickup" }

// Currencies are those in which quotas can be granted.
func Currencies() []string { return []string{"CNY", "USD"} }

// Units are the units that pass between companies here: for whoever connects their books.
func Units() (out []string) {
	for _, c := range Currencies() {
		out = append(out, Plain.Unit(c), Coupon.Unit(c), pickupUnit(c))
	}
	return out
}

// A QuotaState is where a quota stands.
type QuotaState string

// The states of a quota. A quota that has expired is Lapsed, whether or not the schedule has seen it yet.
const (
	Proposed   QuotaState = "proposed" // waits for a second pair of eyes; its partner doesn't see it
	Declined   QuotaState = "refused"  // the second pair of eyes didn't agree
	Normal     QuotaState = "normal"
	Adjusting  QuotaState = "adjusting" // visible, not usable
	Held       QuotaState = "frozen"
	Disabled   QuotaState = "disabled"
	TakenBack  QuotaState = "reclaimed" // a reseller's, by its distributor
	Lapsed     QuotaState = "lapsed"
	noQuotaYet            = -1
)

// QuotaStates lists the states that a partner can see.
func QuotaStates() []QuotaState {
	return []QuotaState{Normal, Adjusting, Held, Disabled, Lapsed, TakenBack}
}

// Code is the state's number on the wire; -1 for what isn't shown there.
func (s QuotaState) Code() int {
	switch s {
	case Normal:
		return 0
	case Disabled, Lapsed:
		return 3
	case Adjusting:
		return 4
	case Held:
		return 5
	case TakenBack:
		return 6
	}
	return noQuotaYet
}

// StatesOfCode are the states that a number of the wire stands for.
func StatesOfCode(code int) (out []QuotaState) {
	for _, s := range QuotaStates() {
		if s.Code() == code {
			out = append(out, s)
		}
	}
	return out
}

// Label names the state.
func (s QuotaState) Label() i18n.Msg {
	switch s {
	case Proposed:
		return i18n.M("voucher.quota.proposed")
	case Declined:
		return i18n.M("voucher.quota.refused")
	case Normal:
		return i18n.M("voucher.quota.normal")
	case Adjusting:
		return i18n.M("voucher.quota.adjusting")
	case Held:
		return i18n.M("voucher.quota.frozen")
	case Disabled:
		return i18n.M("voucher.quota.disabled")
	case TakenBack:
		return i18n.M("voucher.quota.reclaimed")
	case Lapsed:
		return i18n.M("voucher.quota.lapsed")
	}
	return i18n.Raw(string(s))
}

// ends tells whether nothing can be issued from a quota in this state ever again.
func (s QuotaState) ends() bool {
	return slices.Contains([]QuotaState{Declined, Disabled, TakenBack, Lapsed}, s)
}

// A Quota is what a partner may give away in vouchers. Amounts are minor units.
type Quota struct {
	Account       string
	HolderName    string
	ID            string
	Key           string
	ParentAccount string // the distributor; "" = granted by the vendor
	Parent        string
	Kind          Kind
	Kept          QuotaState // as stored; State computes
	Currency      string
	Value         int64
	Limits        Limits
	EffectiveAt   time.Time
	ExpireAt      time.Time
	Memo          string
	Pending       *Change // a change that waits for a second pair of eyes
	AskedBy       string
	AskedByName   string
	Edition       int64
	CreatedAt     time.Time
	ChangedAt     time.Time

	Balance int64 // from the ledger
}

// State is where the quota stands at an instant.
func (q Quota) State(at time.Time) QuotaState {
	if !q.Kept.ends() && q.Kept != Proposed && !at.Before(q.ExpireAt) {
		return Lapsed
	}
	return q.Kept
}

// Unit is the ledger's unit of the quota.
func (q Quota) Unit() string { return q.Kind.Unit(q.Currency) }

// issues says why nothing can be issued from the quota at an instant; "" = it can.
func (q Quota) issues(at time.Time) Why {
	switch st := q.State(at); {
	case st == Lapsed || st == Normal && at.Before(q.EffectiveAt):
		return QuotaTime
	case st == Proposed || st == Declined:
		return NoQuota
	case st != Normal:
		return WrongState
	}
	return ""
}

// takes tells whether value that comes back can go into the quota at an instant: it may be issued again one day.
func (q Quota) takes(at time.Time) bool {
	s := q.State(at)
	return s == Normal || s == Adjusting || s == Held
}

// A State is where a voucher stands, as a number of the wire.
type State int

// The states of a voucher.
const (
	NotActive State = 1
	Usable    State = 2
	Used      State = 3
	Expired   State = 4
	Reclaimed State = 5
)

// States lists the states of a voucher.
func States() []State { return []State{NotActive, Usable, Used, Expired, Reclaimed} }

// Label names the state.
func (s State) Label() i18n.Msg {
	switch s {
	case NotActive:
		return i18n.M("voucher.state.not_active")
	case Usable:
		return i18n.M("voucher.state.usable")
	case Used:
		return i18n.M("voucher.state.used")
	case Expired:
		return i18n.M("voucher.state.expired")
	case Reclaimed:
		return i18n.M("voucher.state.reclaimed")
	}
	return i18n.Msg{}
}

// What a row keeps of a voucher's state; the rest is a matter of time.
const (
	live      = "live"
	used      = "used"
	expired   = "expired"
	reclaimed = "reclaimed"
)

// A Voucher is what a partner gave to a customer. Amounts are minor units.
type Voucher struct {
	Account      string // the issuer
	IssuerName   string
	ID           string
	Key          string
	Quota        string
	Customer     string
	CustomerName string
	Referral     bool // the customer buys from the vendor
	Kind         Kind
	Kept         string // as stored; State computes
	Currency     string
	Face         int64
	Limits       Limits
	Memo         string // for the issuer's eyes
	Frozen       bool
	LockOrder    string
	Times, Uses  int64
	ValidAt      time.Time
	ExpireAt     time.Time
	LastUsedAt   time.Time
	CreatedAt    time.Time
	ChangedAt    time.Time

	Balance int64 // from the ledger
}

// State is where the voucher stands at an instant.
func (v Voucher) State(at time.Time) State {
	switch {
	case v.Kept == reclaimed:
		return Reclaimed
	case v.Kept == used || v.Times > 0 && v.Uses >= v.Times:
		return Used
	case v.Kept == expired || !at.Before(v.ExpireAt):
		return Expired
	case at.Before(v.ValidAt):
		return NotActive
	}
	return Usable
}

// Unit is the ledger's unit of the voucher.
func (v Voucher) Unit() string { return v.Kind.Unit(v.Currency) }

// An Operation is what was done with a quota or voucher, as a number of the wire.
type Operation int

// The operations.
const (
	Issued         Operation = 1
	ReclaimedByUs  Operation = 2
	Unbound        Operation = 3
	ExpiredBack    Operation = 4
	Unsubscribed   Operation = 5
	RefundRevoked  Operation = 6
	Associated     Operation = 7
	Switched       Operation = 8
	Moved          Operation = 9
	QuotaSplit     Operation = 10
	QuotaReclaimed Operation = 11
)

// Operations lists all operations.
func Operations() (out []Operation) {
	for o := Issued; o <= QuotaReclaimed; o++ {
		out = append(out, o)
	}
	return out
}

// Label names the operation.
func (o Operation) Label() i18n.Msg {
	switch o {
	case Issued:
		return i18n.M("voucher.op.issued")
	case ReclaimedByUs:
		return i18n.M("voucher.op.reclaimed")
	case Unbound:
		return i18n.M("voucher.op.unbound")
	case ExpiredBack:
		return i18n.M("voucher.op.expired")
	case Unsubscribed:
		return i18n.M("voucher.op.unsubscribed")
	case RefundRevoked:
		return i18n.M("voucher.op.refund_revoked")
	case Associated:
		return i18n.M("voucher.op.associated")
	case Switched:
		return i18n.M("voucher.op.switched")
	case Moved:
		return i18n.M("voucher.op.moved")
	case QuotaSplit:
		return i18n.M("voucher.op.split")
	case QuotaReclaimed:
		return i18n.M("voucher.op.taken_back")
	}
	return i18n.Msg{}
}

// A Record is one thing that was done, or failed.
type Record struct {
	Account     string // whose quota
	ID          string
	Operation   Operation
	Quota       string
	ParentQuota string
	Kind        Kind
	Voucher     string
	Other       string // the customer, or the reseller
	OtherName   string
	Amount      int64
	Currency    string
	Failed      bool
	Reason      Why
	Remark      string
	Operator    string
	At          time.Time
}

// Result is the record's result on the wire.
func (r Record) Result() string {
	if r.Failed {
		return "-1"
	}
	return "0"
}
