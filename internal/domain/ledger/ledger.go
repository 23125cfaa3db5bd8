// Package ledger keeps every amount of money, voucher value and countable entitlement.
//
// Each owner has a book of accounts. A posting moves amounts between accounts; its legs sum to zero in each book
// and unit, because money that crosses from one owner to another passes a pair of clearing accounts, one in each
// book. Entries are never changed: what was wrong is reversed by another posting. Nothing is posted twice: each
// posting has a key that is unique in the payer's book. Balances that may not go below a minimum are guarded in
// the statement that changes them.
//
// Post (a function) takes part in the caller's transaction; Service.Post gathers what many callers want into one
// transaction. Both have the same rules. The ledger knows owners by their ids alone and asks no permission of its
// own: the verb that calls it does.
package ledger

import (
	"cmp"
	"crypto/sha256"
	"fmt"
	"strconv"
	"strings"
	"time"

	"hanse/internal/kit/actor"
	"hanse/internal/kit/fault"
	"hanse/internal/kit/i18n"
	"hanse/internal/kit/money"
	"hanse/internal/kit/outbox"
)

// A Kind is what an account is for.
type Kind string

// The kinds of account.
const (
	Cash      Kind = "cash"      // an owner's own money
	Allocated Kind = "allocated" // a resale customer's money, given by its partner
	Credit    Kind = "credit"    // balance = what is used, negative; minimum = the line, negative
	Bonus     Kind = "bonus"
	Deposit   Kind = "deposit"
	Earmarked Kind = "earmarked" // for one purpose; never allocated
	Quota     Kind = "quota"     // voucher value to give away; Ref = the quota
	Voucher   Kind = "voucher"   // Ref = the voucher
	Pickup    Kind = "pickup"    // Ref = the pickup voucher
	Reserved  Kind = "reserved"  // paid in for something that is still to be used
	Clearing  Kind = "clearing"  // what passed to and from another owner; Ref = that owner
	Bank      Kind = "bank"      // the world outside, in the vendor's book
	Revenue   Kind = "revenue"   // what the vendor earned
	Granted   Kind = "granted"   // where the vendor's vouchers come from
	Suspense  Kind = "suspense"  // what nobody could be matched with yet

	Entitlement Kind = "entitlement" // tickets, days, trainings of a plan; Ref = the month or plan year
)

// Kinds lists all kinds of account.
var Kinds = []Kind{Cash, Allocated, Credit, Bonus, Deposit, Earmarked, Quota, Voucher, Pickup, Reserved, Clearing, Bank, Revenue, Granted, Suspense, Entitlement}

// unbounded tells whether an account of a kind may go below zero without limit.
func (k Kind) unbounded() bool {
	return k == Clearing || k == Bank || k == Revenue || k == Granted
}

// spending tells whether freezing an owner stops what leaves an account of a kind. What a plan entitles to is paid
// already: it stays usable.
func (k Kind) spending() bool { return !k.unbounded() && k != Suspense && k != Entitlement }

// The units. Value that isn't money has units of its own, so that it never adds up with money.
const (
	CNY         = "CNY"
	USD         = "USD"
	VoucherUnit = "CNY.voucher"
	CouponUnit  = "CNY.coupon"
	PickupUnit  = "CNY.pickup"

	// What a plan entitles to is counted, not paid with.
	TicketUnit     = "ticket"
	ConsultingUnit = "consulting_day"
	EventUnit      = "event_day"
	TrainingUnit   = "training"
)

// Countable tells whether a unit is counted in whole pieces, not in hundredths of a currency.
func Countable(unit string) bool {
	switch unit {
	case TicketUnit, ConsultingUnit, EventUnit, TrainingUnit:
		return true
	}
	return false
}

// Text writes an amount of a unit: "1234.50" of a currency, "3" of what is counted.
func Text(minor int64, unit string) string {
	if Countable(unit) {
		return strconv.FormatInt(minor, 10)
	}
	return money.Text(minor)
}

// Currency is the currency in which a unit is counted: CNY for CNY.voucher.
func Currency(unit string) string {
	c, _, _ := strings.Cut(unit, ".")
	return c
}

// A State says whether an account can be used.
type State string

// The states of an account. From a frozen one only what brings value back may leave.
const (
	Usable State = "open"
	Frozen State = "frozen"
	Closed State = "closed"
)

// The kinds of posting.
const (
	Allocate = "allocate"
	Reclaim  = "reclaim"
	Unbind   = "unbind" // back to the partner when an association ends
	TopUp    = "top_up"
	Withdraw = "withdraw"
	Lend     = "credit"
	Earmark  = "earmark"
	Release  = "release"
	Consume  = "consume"
	Refund   = "refund"
	Grant    = "grant"
	Issue    = "issue"
	Return   = "return"
	Expire   = "expire"
	Adjust   = "adjust"
	Reversal = "reverse"
)

// returning tells whether postings of a kind bring value back, which a freeze doesn't stop.
func returning(kind string) bool {
	switch kind {
	case Reclaim, Unbind, Refund, Return, Expire, Adjust, Reversal:
		return true
	}
	return false
}

// A Place names one account: whose book, what for, in which unit, and which one of several.
type Place struct {
	Owner string
	Kind  Kind
	Unit  string
	Ref   string
}

// Compare orders places bytewise. It's the order in which accounts are locked.
func (p Place) Compare(q Place) int {
	return cmp.Or(strings.Compare(p.Owner, q.Owner), strings.Compare(string(p.Kind), string(q.Kind)),
		strings.Compare(p.Unit, q.Unit), strings.Compare(p.Ref, q.Ref))
}

// A Move takes an amount (minor units, above zero) from one account to another. The unit is the same. When the
// owners differ, the legs through their clearing accounts are added.
type Move struct {
	From, To Place
	Minor    int64
}

// A Posting is what shall happen, as one.
type Posting struct {
	Book    string // whose book keeps the key: whose money is moved, or who takes it back
	Key     string // idempotency key, at most 128 bytes; "" = none, then nothing protects from doing it twice
	Kind    string
	Scene   string // short word of what for, such as an API's apply_scene
	Memo    string
	Subject string // kind:id of the thing behind it
	Moves   []Move

	Verb actor.Verb     // for the audit row
	Note map[string]any // more for the audit row; must not hold secrets
	Fact outbox.Fact    // what others are told, in the same transaction; nil = nothing

	id       string // of the transfer, when it's known before; "" = a new one
	reverses string
	capture  *Hold
	back     []change // a reversal's legs
}

// Posted is what happened. Balances are those of the moved accounts (not the clearing ones) right after it, in the
// order of the moves, From before To, each once.
type Posted struct {
	ID       string
	Number   string
	Book     string
	Kind     string
	At       time.Time
	Replayed bool // the key was known: this is the answer of the first time
	Balances []Left
}

// Left is what one account holds after a posting.
type Left struct {
	Place Place
	Minor int64
}

// maxKey bounds an idempotency key, maxMoves one posting.
const (
	maxKey   = 128
	maxMoves = 200
	maxMemo  = 512
)

// check refuses what no caller should ask: a program's mistake, not a user's, except for the sizes.
func (p *Posting) check() error {
	switch {
	case p.Book == "" || p.Kind == "" || len(p.Moves) == 0:
		return fmt.Errorf("posting %q without book, kind or moves", p.Kind)
	case len(p.Key) > maxKey:
		return fault.Invalid("idempotency_key", i18n.M("ledger.key_too_long", i18n.A{"n": maxKey}))
	case len(p.Memo) > maxMemo:
		return fault.Invalid("memo", i18n.M("ledger.memo_too_long", i18n.A{"n": maxMemo}))
	case len(p.Moves) > maxMoves:
		return fmt.Errorf("posting of %d moves, at most %d", len(p.Moves), maxMoves)
	}
	for _, m := range p.Moves {
		if m.Minor <= 0 || m.Minor > money.Max || m.From.Unit != m.To.Unit || m.From == m.To || m.From.Unit == "" ||
			m.From.Owner == "" || m.To.Owner == "" || m.From.Kind == Clearing || m.To.Kind == Clearing {
			return fmt.Errorf("posting %q: bad move %+v", p.Kind, m)
		}
	}
	return nil
}

// hash is what makes two requests with one key the same: everything but who asks and the key.
func (p *Posting) hash() []byte {
	sum := sha256.Sum256(p.request())
	return sum[:16]
}

// A change is what a posting does to one account.
type change struct {
	place Place
	delta int64
	held  int64 // change of what is held
}

// changes are the posting's legs, one for each account, in the order of locks. What a clearing account gets and
// gives in one posting is one leg; one that comes to nothing is none.
func (p *Posting) changes() []change {
	if p.back != nil {
		return p.back
	}
	sum := map[Place]int64{}
	for _, m := range p.Moves {
		sum[m.From] -= m.Minor
		sum[m.To] += m.Minor
		if m.From.Owner != m.To.Owner {
			sum[Place{m.From.Owner, Clearing, m.From.Unit, m.To.Owner}] += m.Minor
			sum[Place{m.To.Owner, Clearing, m.From.Unit, m.From.Owner}] -= m.Minor
		}
	}
	out := make([]change, 0, len(sum))
	for place, delta := range sum {
		c := change{place: place, delta: delta}
		if p.capture != nil && p.capture.Place == place {
			c.held = -p.capture.Minor
		}
		if c.delta != 0 || c.held != 0 {
			out = append(out, c)
		}
	}
	sortChanges(out)
	return out
}

// total is what the posting moves altogether.
func (p *Posting) total() (sum int64) {
	for _, m := range p.Moves {
		sum += m.Minor
	}
	return sum
}

// Number is a transfer's number as the vendor's API writes it: AD for what goes down the chain, RE for what comes
// back, TR for the rest.
func Number(kind, id string) string {
	_, tail, _ := strings.Cut(id, "_")
	prefix := "TR"
	switch kind {
	case Allocate, Grant, Issue:
		prefix = "AD"
	case Reclaim, Unbind, Return:
		prefix = "RE"
	}
	return prefix + strings.ToUpper(tail)
}

// FromNumber is the transfer's id in a number; false when it can't be one.
func FromNumber(number string) (id string, ok bool) {
	if len(number) != 28 || !strings.Contains("AD RE TR", number[:2]) {
		return "", false
	}
	return prefixTransfer + "_" + strings.ToLower(number[2:]), true
}

const prefixTransfer = "tra"
