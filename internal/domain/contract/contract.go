// Package contract keeps contracts that come before the payment of orders of the support plan (business rules 1.6 and
// 4.1).
//
// A buyer applies with one or several pending orders; their discounts stay with them. The vendor issues the contract,
// notes that it was signed with the scan, and which top-up brought the money. The orders are then paid like others. A
// resale customer buys from its partner and has its contract there, so it applies for none here.
package contract

import (
	"time"

	"hanse/internal/domain/order"
	"hanse/internal/domain/product"
	"hanse/internal/domain/rate"
	"hanse/internal/domain/subscription"
	"hanse/internal/kit/audit"
	"hanse/internal/kit/calendar"
	"hanse/internal/kit/i18n"
	"hanse/internal/kit/money"
	"hanse/internal/kit/pdf"
)

// A State is where a contract stands.
type State string

// The states.
const (
	Applied   State = "APPLIED"
	Issued    State = "ISSUED"
	Signed    State = "SIGNED"
	Funded    State = "FUNDED"
	Cancelled State = "CANCELLED"
)

// States lists all states in their order.
func States() []State { return []State{Applied, Issued, Signed, Funded, Cancelled} }

// Label is what users call a state.
func (s State) Label() i18n.Msg {
	switch s {
	case Issued:
		return i18n.M("contract.state.issued")
	case Signed:
		return i18n.M("contract.state.signed")
	case Funded:
		return i18n.M("contract.state.funded")
	case Cancelled:
		return i18n.M("contract.state.cancelled")
	}
	return i18n.M("contract.state.applied")
}

// steps is the one table of how contracts move.
var steps = map[State][]State{
	Applied: {Issued, Cancelled},
	Issued:  {Signed, Cancelled},
	Signed:  {Funded},
}

// May tells whether a contract in one state can move to another.
func May(from, to State) bool {
	for _, s := range steps[from] {
		if s == to {
			return true
		}
	}
	return false
}

// A Cause is why a contract was cancelled.
type Cause string

// The causes.
const (
	ByBuyer Cause = "buyer"
	Refused Cause = "refused" // by the vendor, with words
	ByOrder Cause = "order"   // one of its orders was cancelled
)

// Label is a cause in words.
func (c Cause) Label() i18n.Msg {
	switch c {
	case Refused:
		return i18n.M("contract.cause.refused")
	case ByOrder:
		return i18n.M("contract.cause.order")
	}
	return i18n.M("contract.cause.buyer")
}

// A Party is the buyer as it shall stand in the contract.
type Party struct{ Title, Address, Contact, Email, Phone string }

// A Line is an order as it was when the contract was applied for. Amounts are minor units.
type Line struct {
	Order    string
	Kind     order.Kind
	Up       bool // of a change: to a higher level
	Level    rate.Level
	From     rate.Level
	Term     rate.Term
	Packs    int
	Start    time.Time
	End      time.Time
	List     int64
	Discount int64
	Due      int64
	Offer    product.Names // of the discount that was kept
}

// What is the line in words.
func (l Line) What() i18n.Msg {
	a := i18n.A{"title": l.Kind.Label(), "level": subscription.LevelLabel(l.Level), "from": subscription.LevelLabel(l.From), "term": subscription.TermLabel(l.Term), "n": l.Packs}
	switch l.Kind {
	case order.Pack:
		return i18n.M("contract.what.pack", a)
	case order.Change:
		return i18n.M("contract.what.change", a)
	}
	return i18n.M("contract.what.term", a)
}

// A Contract is one application and what became of it. Lines come with single contracts only.
type Contract struct {
	Account     string // the buyer
	AccountName string
	No          string
	VendorName  string
	State       State
	Cause       Cause
	Party
	Words       string // wishes of the buyer
	Answer      string // of the vendor who refused
	Currency    string
	List        int64
	Discount    int64
	Due         int64
	ScanHash    string
	ScanName    string
	ScanMedia   string
	ScanSize    int64
	TopUp       string
	Reference   string
	AppliedBy   string
	AppliedName string
	IssuedName  string
	SignedName  string
	FundedName  string
	AppliedAt   time.Time
	IssuedAt    time.Time
	SignedAt    time.Time
	FundedAt    time.Time
	CancelledAt time.Time
	Edition     int64
	Lines       []Line
}

// Open tells whether the contract holds its orders: nothing has ended it, and it isn't settled.
func (c Contract) Open() bool { return c.State == Applied || c.State == Issued }

func (c Contract) subject() audit.Subject {
	return audit.Subject{Kind: "contract", ID: c.No, Account: c.Account}
}

// Changed is contract.applied, .issued, .signed, .funded, .cancelled or .refused: it belongs to the buyer.
type Changed struct {
	What        string `json:"what"`
	Account     string `json:"account"`
	AccountName string `json:"account_name"`
	No          string `json:"no"`
	Orders      int    `json:"orders"`
	Minor       int64  `json:"minor"`
	Currency    string `json:"currency"`
	Cause       Cause  `json:"cause,omitempty"`
	Words       string `json:"words,omitempty"`
	Reference   string `json:"reference,omitempty"`
}

// Event names the event.
func (c Changed) Event() (kind, account, subject string) {
	return "contract." + c.What, c.Account, c.No
}

// Document is the contract as a paper in a language ("en" or "zh-Hans"), with its lines.
func (c Contract) Document(lang string) pdf.Form {
	loc := &i18n.Loc{Lang: lang, TZ: calendar.Zone}
	say := func(m i18n.Msg) string { return i18n.Text(lang, m) }
	date := c.AppliedAt
	if !c.IssuedAt.IsZero() {
		date = c.IssuedAt
	}
	f := pdf.Form{Lang: lang, Title: say(i18n.M("contract.pdf.title")), Number: c.No, Issuer: c.VendorName, Date: calendar.DayOf(date).String(), Signature: true}
	switch c.State {
	case Applied:
		f.Subtitle = say(i18n.M("contract.pdf.draft"))
	case Cancelled:
		f.Subtitle = say(i18n.M("contract.pdf.void"))
	default:
		f.Subtitle = say(i18n.M("contract.pdf.subtitle"))
	}
	f.Sections = []pdf.Section{
		{Heading: say(i18n.M("contract.pdf.parties")), Rows: c.parties(say)},
		c.table(loc, say),
		{Heading: say(i18n.M("contract.pdf.terms")), Note: say(i18n.M("contract.pdf.terms_text", i18n.A{"vendor": i18n.Raw(c.VendorName), "buyer": i18n.Raw(c.Title)}))},
	}
	if c.Words != "" {
		f.Sections = append(f.Sections, pdf.Section{Heading: say(i18n.M("contract.pdf.wishes")), Note: c.Words})
	}
	return f
}

func (c Contract) parties(say func(i18n.Msg) string) [][2]string {
	rows := [][2]string{{say(i18n.M("contract.pdf.seller")), c.VendorName}, {say(i18n.M("contract.pdf.buyer")), c.Title}}
	for _, x := range []struct {
		label i18n.Msg
		text  string
	}{{i18n.M("contract.f.address"), c.Address}, {i18n.M("contract.f.contact"), c.Contact}, {i18n.M("contract.f.email"), c.Email}, {i18n.M("contract.f.phone"), c.Phone}} {
		if x.text != "" {
			rows = append(rows, [2]string{say(x.label), x.text})
		}
	}
	return rows
}

// table is the orders with their amounts and the discounts that are kept.
func (c Contract) table(loc *i18n.Loc, say func(i18n.Msg) string) pdf.Section {
	t := &pdf.Table{Head: []string{say(i18n.M("contract.f.order")), say(i18n.M("contract.f.what")), say(i18n.M("contract.f.list")), say(i18n.M("contract.f.discount")), say(i18n.M("contract.f.due"))},
		Widths: []float64{3.4, 3, 1.6, 2.2, 1.6}}
	for _, l := range c.Lines {
		off := loc.Money(l.Discount, c.Currency)
		name := l.Offer.EN
		if loc.Lang == i18n.Chinese {
			name = l.Offer.ZH
		}
		if name != "" {
			off += "\n" + name
		}
		t.Rows = append(t.Rows, []string{l.Order, say(l.What()), loc.Money(l.List, c.Currency), off, loc.Money(l.Due, c.Currency)})
	}
	t.Rows = append(t.Rows, []string{say(i18n.M("contract.f.sum")), "", loc.Money(c.List, c.Currency), loc.Money(c.Discount, c.Currency), loc.Money(c.Due, c.Currency)})
	return pdf.Section{Heading: say(i18n.M("contract.pdf.lines")), Note: say(i18n.M("contract.pdf.lines_note", i18n.A{"n": len(c.Lines), "sum": money.Text(c.Due) + " " + c.Currency})), Table: t}
}
