package treasury

import (
	"slices"
	"strings"
	"time"

	"hanse/internal/kit/fault"
	"hanse/internal/kit/i18n"
	"hanse/internal/kit/money"
	"hanse/internal/kit/text"
)

// A WithdrawalState says who acts next.
type WithdrawalState string

// The states of a withdrawal. While it's requested or approved its money is held.
const (
	Requested WithdrawalState = "requested" // finance
	Approved  WithdrawalState = "approved"  // the bank, and then finance
	Refused   WithdrawalState = "rejected"
	PaidOut   WithdrawalState = "paid"
	FailedOut WithdrawalState = "failed" // the bank sent it back
	Cancelled WithdrawalState = "cancelled"
)

// WithdrawalStates lists all states in their order.
func WithdrawalStates() []WithdrawalState {
	return []WithdrawalState{Requested, Approved, PaidOut, Refused, FailedOut, Cancelled}
}

// Label names a state.
func (s WithdrawalState) Label() i18n.Msg { return withdrawalLabels[s] }

var withdrawalLabels = map[WithdrawalState]i18n.Msg{
	"requested": i18n.M("treasury.withdrawal.state.requested"),
	"approved":  i18n.M("treasury.withdrawal.state.approved"),
	"rejected":  i18n.M("treasury.withdrawal.state.rejected"),
	"paid":      i18n.M("treasury.withdrawal.state.paid"),
	"failed":    i18n.M("treasury.withdrawal.state.failed"),
	"cancelled": i18n.M("treasury.withdrawal.state.cancelled"),
}

// A side is who takes a step.
type side int

const (
	theOwner side = iota
	theFinance
)

// withdrawalSteps are all changes of state there are, and who takes them.
var withdrawalSteps = map[WithdrawalState]map[WithdrawalState]side{
	Requested: {Approved: theFinance, Refused: theFinance, Cancelled: theOwner},
	Approved:  {PaidOut: theFinance, FailedOut: theFinance},
}

// Steps are the states to which one side can move a withdrawal.
func (w Withdrawal) Steps(finance bool) (out []WithdrawalState) {
	for _, to := range WithdrawalStates() {
		if who, ok := withdrawalSteps[w.State][to]; ok && (who == theFinance) == finance {
			out = append(out, to)
		}
	}
	return out
}

// A Withdrawal takes a company's cash back to its bank account, to where the money once came from. Instants are
// business time; DueAt is until when finance has it paid.
type Withdrawal struct {
	Account       string
	ID            string
	AccountName   string
	Unit          string
	Minor         int64
	State         WithdrawalState
	Edition       int64
	Hold          string
	BankSealed    string
	BankText      string
	BankReference string
	PaidOn        string
	Reason        string
	Number        string // of the transfer
	AskedBy       string
	AskedName     string
	ApprovedBy    string
	ApprovedName  string
	HandledName   string
	CreatedAt     time.Time
	DueAt         time.Time
	ChangedAt     time.Time
	Parts         []Part // only of one that was read alone
}

// Overdue tells whether finance is late.
func (w Withdrawal) Overdue(now time.Time) bool {
	return (w.State == Requested || w.State == Approved) && now.After(w.DueAt)
}

// A Part is what a withdrawal gives back of one top-up.
type Part struct {
	TopUp     string
	Minor     int64
	Method    Method
	Reference string // of the transfer, or the payment's id
}

// plan takes an amount from the top-ups with something left: the newest first, or of the chosen ones the newest first.
// short is what's missing (business rules 4.2).
func plan(tops []TopUp, chosen []string, minor int64) (parts []Part, short int64) {
	tops = slices.Clone(tops)
	slices.SortStableFunc(tops, func(a, b TopUp) int {
		if c := b.PostedAt.Compare(a.PostedAt); c != 0 {
			return c
		}
		return strings.Compare(b.ID, a.ID)
	})
	for _, t := range tops {
		if len(chosen) > 0 && !slices.Contains(chosen, t.ID) {
			continue
		}
		if take := min(minor, t.Left); take > 0 {
			parts = append(parts, Part{TopUp: t.ID, Minor: take, Method: t.Method, Reference: t.Reference})
			minor -= take
		}
	}
	return parts, minor
}

// A Bank is where a company's withdrawals go. Number is the whole account number: it's stored sealed and shown masked.
type Bank struct {
	Holder string `json:"holder"`
	Name   string `json:"name"`
	Branch string `json:"branch"`
	Number string `json:"number"`
}

func (b *Bank) check() error {
	var fs fault.Fields
	b.Holder, b.Name, b.Branch, b.Number = text.Clean(b.Holder), text.Clean(b.Name), text.Clean(b.Branch), text.Clean(b.Number)
	checkText(&fs, "holder", b.Holder, 1, mostLine)
	checkText(&fs, "bank", b.Name, 1, mostLine)
	checkText(&fs, "branch", b.Branch, 1, mostLine)
	digits := strings.NewReplacer(" ", "", "-", "").Replace(b.Number)
	if n := len(digits); n < 6 || n > 40 || strings.ContainsFunc(digits, func(r rune) bool {
		return (r < '0' || r > '9') && (r < 'A' || r > 'Z') && (r < 'a' || r > 'z')
	}) {
		fs.Add("number", "", i18n.M("treasury.field.bank_number"))
	}
	b.Number = digits
	return fs.Err()
}

// masked shows the last four characters of an account number.
func masked(number string) string {
	return "•••• " + number[max(0, len(number)-4):]
}

// A BankView is a company's bank data as it's shown.
type BankView struct {
	Holder    string
	Name      string
	Branch    string
	Masked    string
	ChangedBy string
	ChangedAt time.Time

	sealed string
}

// Known tells whether there is any.
func (b BankView) Known() bool { return b.Masked != "" }

// Text is one line about it.
func (b BankView) Text() string { return b.Name + ", " + b.Branch + ", " + b.Masked }

// A NewWithdrawal is what a company asks for. Amount is as typed; From are the top-ups to give back, empty = the newest
// first. Code is the operation code.
type NewWithdrawal struct {
	Unit   string
	Amount string
	From   []string
	Key    string
	Code   string
}

func (n *NewWithdrawal) check() (minor int64, err error) {
	var fs fault.Fields
	checkUnit(&fs, n.Unit)
	minor = money.Field(&fs, "amount", n.Amount)
	return minor, fs.Err()
}
