// Package rate is the arithmetic of support plans (business rules 1.5 to 1.12): what a purchase, an upgrade, a
// downgrade, a renewal and an unsubscription cost or give back, and what a plan's history is afterwards.
//
// It's pure: no clock, no database. Every amount is a function of the prices, the history and an instant. Inside it
// reckons with exact fractions; each line of a result is rounded once, half up, to the cent. An instant is a
// time.Time in UTC; days and months are those of the business zone.
package rate

import (
	"time"

	"hanse/internal/kit/calendar"
)

// A Level is a level of the plan.
type Level string

// The levels, in their order.
const (
	Basic    Level = "BASIC" // everybody has it; it has no price and no end
	Standard Level = "STANDARD"
	Premium  Level = "PREMIUM"
)

// Rank orders the levels: 0 for BASIC and for an unknown level, 1 for STANDARD, 2 for PREMIUM.
func (l Level) Rank() int {
	switch l {
	case Standard:
		return 1
	case Premium:
		return 2
	}
	return 0
}

// A Unit is that of a term.
type Unit string

// The units.
const (
	Month Unit = "MONTH"
	Year  Unit = "YEAR"
)

// A Term is a paid duration: 1 to 11 months, or 1 to 3 years.
type Term struct {
	Unit Unit `json:"unit"`
	Num  int  `json:"num"`
}

// Months returns n months, Years n years.
func Months(n int) Term { return Term{Month, n} }

// Years returns a term of n years.
func Years(n int) Term { return Term{Year, n} }

// Valid tells whether such a term is sold.
func (t Term) Valid() bool {
	return t.Unit == Month && t.Num >= 1 && t.Num <= 11 || t.Unit == Year && t.Num >= 1 && t.Num <= 3
}

// months is the term in calendar months.
func (t Term) months() int {
	if t.Unit == Year {
		return 12 * t.Num
	}
	return t.Num
}

// A Price is a row of the catalogue, in minor units: of one month, or of the whole of 1, 2 or 3 years.
type Price struct {
	Level Level `json:"level"`
	Term  Term  `json:"term"`
	Minor int64 `json:"minor"`
}

// A Sheet holds the prices in force at an instant. Pack is the price of one ticket pack.
type Sheet struct {
	Version int64   `json:"version"`
	Prices  []Price `json:"prices"`
	Pack    int64   `json:"pack"`
}

// Row finds the row that prices a term: n months use the row of one month, years the row of just so many years.
func (s Sheet) Row(l Level, t Term) (Price, bool) {
	want := t
	if t.Unit == Month {
		want.Num = 1
	}
	for _, p := range s.Prices {
		if p.Level == l && p.Term == want && t.Valid() && p.Minor >= 0 {
			return p, true
		}
	}
	return Price{}, false
}

// Fee is the list price of a whole term.
func (s Sheet) Fee(l Level, t Term) (int64, bool) {
	row, ok := s.Row(l, t)
	return row.Minor * int64(t.Num) / int64(max(row.Term.Num, 1)), ok
}

// A Mode is how a discount works.
type Mode string

// The modes.
const (
	Ratio Mode = "RATIO" // a share of the fee comes off
	Fixed Mode = "FIXED" // another price in place of the row's: of one month, or of the whole of 1, 2 or 3 years
	Off   Mode = "OFF"   // an amount comes off the whole order
)

// A Discount lowers a fee. Ratio is the share taken off, in ten-thousandths (1000 = 10 %). Minor is the fixed price
// of the row that the term uses, or the amount off.
type Discount struct {
	ID    string `json:"id"`
	Mode  Mode   `json:"mode"`
	Ratio int64  `json:"ratio,omitempty"`
	Minor int64  `json:"minor,omitempty"`
}

// A Segment is the part of a period between two level changes. Row is the price row that it was sold at, kept as it
// was. Value is what the segment was worth at its start, by source: what was paid, or what a change left of it; its
// voucher part is carried along and is no value.
type Segment struct {
	Order string    `json:"order"`
	Level Level     `json:"level"`
	Start time.Time `json:"start"`
	At    time.Time `json:"at"` // when it was paid; before Start in a period that hadn't begun
	Row   Price     `json:"row"`
	Value Paid      `json:"value"`
}

// A Period is one paid term: the first purchase, or a renewal. End is its last second; TermEnd is what End would be
// without the extra days of a unified expiry. Paid is everything paid for it, less what level changes gave back.
// Anchor is the day of the month from which the next period counts: 1 to 31, -1 for the last.
type Period struct {
	Order     string    `json:"order"`
	Renewal   bool      `json:"renewal,omitempty"`
	Promotion bool      `json:"promotion,omitempty"`
	Agent     bool      `json:"agent,omitempty"`
	Invoiced  bool      `json:"invoiced,omitempty"`
	Term      Term      `json:"term"`
	Start     time.Time `json:"start"`
	TermEnd   time.Time `json:"term_end"`
	End       time.Time `json:"end"`
	Anchor    int       `json:"anchor"`
	Paid      Paid      `json:"paid"`
	Segments  []Segment `json:"segments"`
}

// A History is all that is known of one plan from its first purchase on: periods in order of time, without gaps.
// It's a value: methods return a new one and never change what they are called on. Ended is the instant of an
// unsubscription, after which the plan is BASIC; a new purchase then begins a new history.
type History struct {
	First   time.Time `json:"first"`
	Anchor  int       `json:"anchor"`
	Ended   time.Time `json:"ended"`
	Periods []Period  `json:"periods"`
}

// The keys of lines.
const (
	LineBuy       = "buy"
	LinePack      = "pack"
	LineRenew     = "renew"
	LineExtra     = "extra" // the days up to a unified expiry
	LineUpgrade   = "upgrade"
	LineDowngrade = "downgrade"
	LineConsumed  = "consumed"
	LineFee       = "fee"
	LineBack      = "back"
	LineFuture    = "future" // a period that hadn't begun, given back whole
)

// A Line is one amount of a quote or of a refund, and how it came about: "(17,000.00 − 8,500.00) × (15/31 + 2/30)",
// the same in all languages. In a quote Minor is what is charged and List what it would be without a discount. In a
// refund a negative Minor is money back, a positive one is kept (consumed, fee). Order is that of the period.
type Line struct {
	Key     string `json:"key"`
	Order   string `json:"order,omitempty"`
	Formula string `json:"formula"`
	List    int64  `json:"list,omitempty"`
	Minor   int64  `json:"minor"`
}

// A Part is what a change or an unsubscription means for one period of the history: its index, its new price row, what
// it costs or gives back (to whoever paid that period), and for a downgrade the value that the new segment begins with.
type Part struct {
	Period int   `json:"period"`
	Row    Price `json:"row,omitzero"`
	Due    int64 `json:"due,omitempty"`
	Return Paid  `json:"return"`
	Value  Paid  `json:"value"`
}

// A Quote is the price of an order. Due = List - Discount, before coupons; the lines add up to Due. Start and End are
// those of what is bought; for a level change, the instant and the expiry. TermEnd and Anchor are for a period that
// the order adds.
type Quote struct {
	At       time.Time `json:"at"`
	Start    time.Time `json:"start"`
	TermEnd  time.Time `json:"term_end"`
	End      time.Time `json:"end"`
	Anchor   int       `json:"anchor,omitempty"`
	Term     Term      `json:"term"`
	Level    Level     `json:"level"`
	Row      Price     `json:"row"`
	Lines    []Line    `json:"lines"`
	Parts    []Part    `json:"parts,omitempty"`
	List     int64     `json:"list"`
	Discount int64     `json:"discount"`
	Due      int64     `json:"due"`
}

// A Back is what comes back, by source: Return = Paid - Consumed - Fee, to the cent in each source. Total is
// Return.Actual(), and the negative lines add up to -Total; the parts' returns add up to Return. Vouchers tells whether any voucher comes back (how much is
// Return.Voucher). NoReason: the five-day rule was used, count one instance. Review: finance has to agree first.
type Back struct {
	Lines    []Line `json:"lines"`
	Parts    []Part `json:"parts,omitempty"`
	Paid     Paid   `json:"paid"`
	Consumed Paid   `json:"consumed"`
	Fee      Paid   `json:"fee"`
	Return   Paid   `json:"return"`
	Total    int64  `json:"total"`
	Vouchers bool   `json:"vouchers"`
	NoReason bool   `json:"no_reason"`
	Review   bool   `json:"review"`
}

// The kinds of unsubscription.
const (
	CancelAll    = 1 // everything; the level becomes BASIC at once
	CancelFuture = 2 // the renewed periods that haven't begun; the plan runs to its earlier expiry
)

// Rules are what an unsubscription depends on besides the history.
type Rules struct {
	NoReasonLeft int   `json:"no_reason_left"` // of this natural year; 0 also when a promotion excludes it
	ReviewOver   int64 `json:"review_over"`    // a refund of strictly more needs a review; 0: none does
	Days         bool  `json:"days"`           // count whole days, as older texts do, not hours
	BenefitUsed  bool  `json:"benefit_used"`   // a value-added benefit was used, and that bars
	WaiveFee     bool  `json:"waive_fee"`      // a framework contract waives the handling fee
	Fees         Fees  `json:"fees"`           // the zero value stands for StandardFees
}

// Fees are the handling fees in ten-thousandths of what was paid: for a monthly term, and for terms of 1, 2 and 3
// years by the year of use in which the plan is unsubscribed.
type Fees struct {
	Month int64    `json:"month"`
	Year1 int64    `json:"year1"`
	Year2 [2]int64 `json:"year2"`
	Year3 [3]int64 `json:"year3"`
}

// StandardFees returns the published handling fees: 10 % for months and one year, 15 and 10 % for two years, 15, 10
// and 5 % for three.
func StandardFees() Fees {
	return Fees{Month: 1000, Year1: 1000, Year2: [2]int64{1500, 1000}, Year3: [3]int64{1500, 1000, 500}}
}

// StandardRules returns the rules with ten no-reason cases left, the published fees, and review above 50,000.00.
func StandardRules() Rules {
	return Rules{NoReasonLeft: 10, ReviewOver: 50_000_00, Fees: StandardFees()}
}

// day is the business day of an instant.
func day(t time.Time) calendar.Day { return calendar.DayOf(t) }
