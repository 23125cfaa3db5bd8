package treasury

import (
	"time"

	"hanse/internal/domain/ledger"
	"hanse/internal/kit/calendar"
	"hanse/internal/kit/fault"
	"hanse/internal/kit/i18n"
	"hanse/internal/kit/money"
	"hanse/internal/kit/text"
)

// A Method says how value came in.
type Method string

// The methods.
const (
	Transfer Method = "transfer" // a bank transfer into the company's cash
	Online   Method = "online"   // an online payment
	Deposit  Method = "deposit"  // a bank transfer as a deposit, which stays aside
	Bonus    Method = "bonus"    // given by the vendor
)

// Entered lists the methods that finance enters.
func Entered() []Method { return []Method{Transfer, Deposit, Bonus} }

// Label names a method.
func (m Method) Label() i18n.Msg { return methodLabels[m] }

var methodLabels = map[Method]i18n.Msg{
	"transfer": i18n.M("treasury.method.transfer"),
	"online":   i18n.M("treasury.method.online"),
	"deposit":  i18n.M("treasury.method.deposit"),
	"bonus":    i18n.M("treasury.method.bonus"),
}

// account is where the value goes, source where it comes from in the vendor's book.
func (m Method) account() ledger.Kind {
	switch m {
	case Deposit:
		return ledger.Deposit
	case Bonus:
		return ledger.Bonus
	}
	return ledger.Cash
}

func (m Method) source() ledger.Kind {
	if m == Bonus {
		return ledger.Granted
	}
	return ledger.Bank
}

// A TopUpState says who acts next.
type TopUpState string

// The states of a top-up.
const (
	Waiting   TopUpState = "waiting" // a second person of finance
	Booked    TopUpState = "posted"  // nobody: the money is there
	Rejected  TopUpState = "rejected"
	Reversing TopUpState = "reversing" // a second person, about taking it back
	Reversed  TopUpState = "reversed"
)

// TopUpStates lists all states in their order.
func TopUpStates() []TopUpState {
	return []TopUpState{Waiting, Reversing, Booked, Rejected, Reversed}
}

// Label names a state.
func (s TopUpState) Label() i18n.Msg { return topUpLabels[s] }

var topUpLabels = map[TopUpState]i18n.Msg{
	"waiting":   i18n.M("treasury.topup.state.waiting"),
	"posted":    i18n.M("treasury.topup.state.posted"),
	"rejected":  i18n.M("treasury.topup.state.rejected"),
	"reversing": i18n.M("treasury.topup.state.reversing"),
	"reversed":  i18n.M("treasury.topup.state.reversed"),
}

// topUpSteps are all changes of state there are.
var topUpSteps = map[TopUpState][]TopUpState{
	Waiting:   {Booked, Rejected},
	Booked:    {Reversing},
	Reversing: {Reversed, Booked},
}

// may tells whether a state may follow.
func (s TopUpState) may(to TopUpState) bool {
	for _, x := range topUpSteps[s] {
		if x == to {
			return true
		}
	}
	return false
}

// A TopUp is value that came in. Instants are business time; ReceivedOn is the day on which the bank had it.
type TopUp struct {
	Account       string
	ID            string
	AccountName   string
	Method        Method
	Unit          string
	Minor         int64
	Left          int64 // not yet withdrawn
	Reference     string
	Payer         string
	ReceivedOn    calendar.Day
	Remark        string
	FileHash      string
	FileName      string
	FileMedia     string
	FileSize      int64
	State         TopUpState
	Edition       int64
	EnteredBy     string
	EnteredName   string
	DecidedBy     string
	DecidedName   string
	Reason        string
	ReverseBy     string
	ReverseName   string
	ReverseReason string
	Book          string
	Transfer      string
	Number        string
	Repayment     string
	CreatedAt     time.Time
	PostedAt      time.Time
}

const topUpSubject = "top_up"

func (t *TopUp) subject() string { return topUpSubject + ":" + t.ID }

// place is the account that the value goes to.
func (t *TopUp) place() ledger.Place {
	return ledger.Place{Owner: t.Account, Kind: t.Method.account(), Unit: t.Unit}
}

// A NewTopUp is what finance enters. Amount is as typed. Key, which may be empty, is the id that the form carried.
type NewTopUp struct {
	Account    string
	Method     Method
	Unit       string
	Amount     string
	Reference  string
	Payer      string
	ReceivedOn string
	Remark     string
	Key        string
}

// check cleans the entries and refuses what's wrong with them, all at once. today is the business day.
func (n *NewTopUp) check(today calendar.Day) (t TopUp, err error) {
	var fs fault.Fields
	n.Reference, n.Payer, n.Remark = text.Clean(n.Reference), text.Clean(n.Payer), text.Lines(n.Remark)
	t = TopUp{Account: n.Account, Method: n.Method, Unit: n.Unit, Reference: n.Reference, Payer: n.Payer, Remark: n.Remark}
	known := false
	for _, m := range Entered() {
		known = known || m == n.Method
	}
	if !known {
		fs.Add("method", string(n.Method), i18n.M("treasury.field.method"))
	}
	checkUnit(&fs, n.Unit)
	t.Minor = money.Field(&fs, "amount", n.Amount)
	if n.Method == Bonus {
		checkText(&fs, "remark", n.Remark, 1, mostText) // why it's given
		t.Reference, t.Payer, t.ReceivedOn = "", "", today
		return t, fs.Err()
	}
	checkText(&fs, "remark", n.Remark, 0, mostText)
	checkText(&fs, "reference", n.Reference, 1, mostLine)
	checkText(&fs, "payer", n.Payer, 1, mostLine)
	day, bad := calendar.ParseDay(n.ReceivedOn)
	if bad != nil || day > today || day < today.AddYears(-1) {
		fs.Add("received_on", n.ReceivedOn, i18n.M("treasury.field.received_on"))
	}
	t.ReceivedOn, t.Left = day, t.Minor
	return t, fs.Err()
}

// sameAs tells whether a form that is sent again says what it said.
func (t *TopUp) sameAs(o *TopUp) bool {
	return t.Account == o.Account && t.Method == o.Method && t.Unit == o.Unit && t.Minor == o.Minor && t.Reference == o.Reference
}
