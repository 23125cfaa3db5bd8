// Package budget keeps how much a partner lets its resale customers use (business rules 4.7).
//
// A monthly budget starts anew on the first day of each month of the business zone and counts what the customer pays; a
// package is used once and counts list prices. What was used is read from the customers' charges, so it lags by as much
// as the metering does. At 75, 90 and 100 percent both sides are told; at 100 percent the customer may buy nothing new,
// and is frozen when the partner wants that to happen by itself. A reseller sets budgets only if its distributor lets it,
// and within what the distributor gave for all of them.
package budget

import (
	"time"

	"hanse/internal/kit/i18n"
)

// A Kind says what a budget counts.
type Kind string

// The kinds.
const (
	Monthly Kind = "MONTHLY"
	Package Kind = "PACKAGE"
)

// Label is a kind in words.
func (k Kind) Label() i18n.Msg {
	if k == Package {
		return i18n.M("budget.kind.package")
	}
	return i18n.M("budget.kind.monthly")
}

// thresholds are the shares, in percent, that are told.
var thresholds = []int64{75, 90, 100}

// A Budget is what a customer may use, and what it used.
type Budget struct {
	Partner      string
	Customer     string
	CustomerName string
	Kind         Kind
	Minor        int64
	Used         int64 // minor units, rounded up
	Auto         bool  // the customer is frozen when it's used up
	Frozen       bool  // and was, by this budget
	SetAt        time.Time
	SetBy        string
	Version      int64

	base  int64
	told  int64
	month string
}

// Left is what may still be used; never below zero.
func (b Budget) Left() int64 { return max(0, b.Minor-b.Used) }

// Share is how much is used, in whole percent, rounded down.
func (b Budget) Share() int64 { return b.Used * 100 / b.Minor }

// Spent tells whether nothing is left.
func (b Budget) Spent() bool { return b.Used >= b.Minor }

// reached is the highest threshold that what is used has come to; 0 when none.
func (b Budget) reached() (t int64) {
	for _, x := range thresholds {
		if b.Used*100 >= b.Minor*x {
			t = x
		}
	}
	return t
}

// A Record is one thing done to a budget: SETTING, or DELETE when it ended.
type Record struct {
	ID        string
	Partner   string
	Customer  string
	Operation string
	Kind      Kind
	Minor     int64
	ByName    string
	At        time.Time
}

// A Right is what a distributor lets a reseller do about budgets. Minor is what they may come to altogether; 0 = no
// limit.
type Right struct {
	Distributor string
	Reseller    string
	Name        string
	Allowed     bool
	Minor       int64
	Given       int64 // what the reseller's budgets come to now
	SetAt       time.Time
	SetBy       string
}

// up turns hundred-millionths of a unit into minor units, rounded up: what is used at all counts.
func up(eight int64) int64 {
	const per = 1_000_000
	if eight <= 0 {
		return 0
	}
	return (eight + per - 1) / per
}
