// Package bill keeps what the vendor's metering says was consumed, takes the money for it, and makes the monthly bills.
//
// Consumption comes as lines in files, each with its own id, so that the same line again changes nothing. A line belongs
// to a cycle (a month of the business zone) and, while the bill of that cycle isn't ready, is billed in it; a later one
// is billed in the cycle that is open when it comes, and says of which cycle it is. Nothing of a line is ever changed:
// corrections are lines of their own.
//
// What a customer owes for a cycle is a charge: the exact sum of its lines, rounded once. Vouchers are used for it first,
// then money by the ledger; what nothing is there for is a debt, and is taken when money comes (business rules 4.1, 4.7).
package bill

import (
	"time"

	"hanse/internal/domain/account"
	"hanse/internal/kit/calendar"
	"hanse/internal/kit/i18n"
)

// A Cycle is a month of the business zone, YYYY-MM.
type Cycle string

// ReadyDay is the day of the following month at whose beginning a cycle's lines end: the bill is made on that day, before
// noon, with the data up to 24:00 of the day before (business rules 4.1).
const ReadyDay = 5

// History is for how many months back consumption is shown (business rules 4.7).
const History = 18

// ParseCycle reads a month; false for anything else.
func ParseCycle(s string) (Cycle, bool) {
	if len(s) != 7 {
		return "", false
	}
	_, err := calendar.ParseDay(s + "-01")
	return Cycle(s), err == nil
}

// CycleOf is the month of an instant.
func CycleOf(at time.Time) Cycle { return Cycle(calendar.DayOf(at).String()[:7]) }

// day is the first day of the cycle.
func (c Cycle) day() calendar.Day {
	d, err := calendar.ParseDay(string(c) + "-01")
	if err != nil {
		panic("cycle " + string(c)) // ParseCycle and CycleOf make no others
	}
	return d
}

// Add moves by months.
func (c Cycle) Add(months int) Cycle { return Cycle(c.day().AddMonths(months).String()[:7]) }

// Bounds are the cycle's first instant and that of the next one.
func (c Cycle) Bounds() (from, to time.Time) { return c.day().Time(), c.day().AddMonths(1).Time() }

// Ends is the instant from which lines are billed in a later cycle.
func (c Cycle) Ends() time.Time { return c.day().AddMonths(1).AddDays(ReadyDay - 1).Time() }

// Ready is when the bill must be there: noon of the ready day.
func (c Cycle) Ready() time.Time { return c.Ends().Add(12 * time.Hour) }

// OpenCycle is the earliest cycle that takes lines at an instant.
func OpenCycle(now time.Time) Cycle {
	before := CycleOf(now).Add(-1)
	if now.Before(before.Ends()) {
		return before
	}
	return CycleOf(now)
}

// BilledIn is the cycle in which a line of a cycle is billed when it comes at an instant.
func (c Cycle) BilledIn(now time.Time) Cycle { return max(c, OpenCycle(now)) }

// A Type is what a line is for: the vendor's bill types (business rules 7.3).
type Type int64

// The types that rules name. The others are charges of orders.
const (
	NewOrder     Type = 1
	Renewal      Type = 2
	Change       Type = 3
	Refund       Type = 4
	Use          Type = 5
	AutoRenewal  Type = 8
	Compensation Type = 9
	Fee          Type = 13
	PlanMonthEnd Type = 14
	Adjustment   Type = 16
	Monthly      Type = 18
	ChangeRefund Type = 20
	SavingsPlan  Type = 23
	ToOnDemand   Type = 24
	Rounding     Type = 25
	Annual       Type = 103
)

// Types lists the types in the order of their numbers.
var Types = []Type{NewOrder, Renewal, Change, Refund, Use, AutoRenewal, Compensation, Fee, PlanMonthEnd, Adjustment, Monthly, ChangeRefund, SavingsPlan, ToOnDemand, Rounding, Annual}

var typeTexts = map[Type]i18n.Msg{
	NewOrder: i18n.M("bill.type.new"), Renewal: i18n.M("bill.type.renewal"), Change: i18n.M("bill.type.change"), Refund: i18n.M("bill.type.refund"),
	Use: i18n.M("bill.type.use"), AutoRenewal: i18n.M("bill.type.auto_renewal"), Compensation: i18n.M("bill.type.compensation"),
	Fee: i18n.M("bill.type.fee"), PlanMonthEnd: i18n.M("bill.type.plan"), Adjustment: i18n.M("bill.type.adjustment"),
	Monthly: i18n.M("bill.type.monthly"), ChangeRefund: i18n.M("bill.type.change_refund"), SavingsPlan: i18n.M("bill.type.savings"),
	ToOnDemand: i18n.M("bill.type.to_on_demand"), Rounding: i18n.M("bill.type.rounding"), Annual: i18n.M("bill.type.annual"),
}

// TypeText names a type.
func TypeText(t Type) i18n.Msg { return typeTexts[t] }

// sign is what an amount of a type may be: 1 = not below zero, -1 = not above, 0 = either.
func (t Type) sign() int {
	switch t {
	case Refund, ChangeRefund, ToOnDemand, Compensation:
		return -1
	case Adjustment, Rounding, Change:
		return 0
	}
	return 1
}

// A Mode is how a resource is charged.
type Mode int64

// The modes.
const (
	Period   Mode = 1 // yearly or monthly
	OnDemand Mode = 3
	Instance Mode = 10 // reserved instance
	Savings  Mode = 11
)

// ModeText names a mode.
func ModeText(m Mode) i18n.Msg {
	switch m {
	case Period:
		return i18n.M("bill.mode.period")
	case Instance:
		return i18n.M("bill.mode.instance")
	case Savings:
		return i18n.M("bill.mode.savings")
	}
	return i18n.M("bill.mode.on_demand")
}

// A Line is one thing consumed. Amount = Listed - Discount.
type Line struct {
	ID       string
	Customer string
	Partner  string       // whose customer it was at the end of the usage; "" = nobody's
	Link     account.Link // "" = nobody's
	Cycle    Cycle
	BilledIn Cycle
	Type     Type
	Mode     Mode
	Service  string
	Product  string
	Resource string
	Site     string
	Trade    string
	Since    time.Time
	Until    time.Time
	Listed   Exact
	Discount Exact
	Amount   Exact
	Import   string
	At       time.Time // when it came

	hash []byte
}

// Late tells whether the line is billed after its own cycle.
func (l Line) Late() bool { return l.BilledIn != l.Cycle }

// Key names a charge: whose, of which cycle, and whose customer it was.
type Key struct {
	Customer string
	Cycle    Cycle
	Partner  string
	Link     account.Link
}

func (l Line) key() Key { return Key{l.Customer, l.BilledIn, l.Partner, l.Link} }

// A Charge is what a customer owes for a cycle. Due = Coupons + Paid + Debt, unless coupons cover more than is due
// since something was corrected.
type Charge struct {
	Key
	Lines    int64
	Listed   Exact
	Discount Exact
	Amount   Exact
	Coupons  int64 // minor units of vouchers used
	Paid     int64 // minor units of money, net
	Debt     int64
	Pending  bool // lines came since it was settled
	Settled  time.Time

	edition int64
}

// Due is the amount, rounded once.
func (c Charge) Due() int64 { return c.Amount.Round() }

// An Item is what a charge says of one service, mode and type.
type Item struct {
	Service  string
	Mode     Mode
	Type     Type
	Lines    int64
	Listed   Exact
	Discount Exact
	Amount   Exact
}

// A Paid is one posting for a charge.
type Paid struct {
	Key
	Book     string // where the transfer is found
	Transfer string
	What     What
	Minor    int64
	At       time.Time
}

// What a posting was for.
type What string

// What postings of a charge do.
const (
	Couponed What = "coupon"
	Taken    What = "paid"
	Returned What = "refunded"
)

// A Role is over whom a bill speaks.
type Role string

// The roles.
const (
	OverCustomers Role = "partner"
	OverResellers Role = "distributor"
)

// A Bill is a partner's, of one cycle. While Ready is zero it's a forecast of what came so far.
type Bill struct {
	Partner    string
	Cycle      Cycle
	Payee      string // who invoices the partner
	Role       Role
	Parts      int64
	Lines      int64
	Listed     Exact
	Discount   Exact
	Settlement Exact
	Coupons    int64
	TaxRate    int64 // hundredths of a percent
	Tax        Exact
	Due        int64 // settlement - coupons + tax, rounded once
	AsOf       calendar.Day
	Ready      time.Time
}

// Total works out tax and amount due.
func (b *Bill) Total() {
	net := b.Settlement - FromMinor(b.Coupons)
	b.Tax = net.share(b.TaxRate)
	b.Due = (net + b.Tax).Round()
}

// A Part is what a bill says of one customer or reseller.
type Part struct {
	Other    string
	Name     string
	Lines    int64
	Listed   Exact
	Discount Exact
	Amount   Exact
	Coupons  int64
	Paid     int64 // as it stands now, of customers
	Debt     int64 // as it stands now, of customers
}
