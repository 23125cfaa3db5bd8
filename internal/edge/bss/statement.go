package bss

import (
	"net/http"
	"slices"
	"strconv"
	"strings"

	"hanse/internal/domain/account"
	"hanse/internal/domain/ledger"
	"hanse/internal/kit/calendar"
	"hanse/internal/kit/i18n"
	"hanse/internal/kit/money"
)

// balanceTypes are the accounts behind the balance types of statements.
var balanceTypes = map[string]ledger.Kind{"BALANCE_TYPE_DEBIT": ledger.Cash, "BALANCE_TYPE_CREDIT": ledger.Credit}

// tradeTypes are the kinds of posting behind the trade types of statements; those of the vendor's former ways of
// business stand for none.
var tradeTypes = map[string][]string{
	"RECHARGE":            {ledger.TopUp},
	"DEDEUCT":             {ledger.Consume},
	"REFUND":              {ledger.Refund, ledger.Withdraw},
	"RFROZEN":             {ledger.Earmark, ledger.Release},
	"ADJUST":              {ledger.Adjust, ledger.Reversal, ledger.Lend},
	"BEADJUST":            {ledger.Allocate},
	"BERETRIEVE":          {ledger.Reclaim},
	"BEUNBIND":            {ledger.Unbind},
	"EXPIRED":             {ledger.Expire},
	"TRANS":               {nothing},
	"BONUSCONVERT":        {nothing},
	"TRADE_MODE_TRANSFER": {nothing},
	"DEPOSIT":             {nothing},
}

// detailOf is what a statement calls a kind of posting; the spelling is the vendor's.
var detailOf = map[string]string{
	ledger.TopUp:    "SOURCE_OPERAIION_RECHARGE",
	ledger.Consume:  "SOURCE_OPERAIION_DEDEUCT",
	ledger.Refund:   "SOURCE_OPERAIION_UNSUBSCRIBE",
	ledger.Withdraw: "SOURCE_OPERAIION_REFUND",
	ledger.Earmark:  "SOURCE_OPERAIION_RFROZEN",
	ledger.Release:  "SOURCE_OPERAIION_UNFROZEN",
	ledger.Lend:     "SOURCE_OPERAIION_ADJUST_CREDIT",
	ledger.Allocate: "SOURCE_OPERATION_BEADJUST",
	ledger.Reclaim:  "SOURCE_OPERATION_BERETRIEVE",
	ledger.Unbind:   "SOURCE_OPERATION_BEUNBIND",
	ledger.Expire:   "SOURCE_OPERAIION_EXPIRECLEAR",
	ledger.Adjust:   "SOURCE_OPERAIION_ADJUST",
	ledger.Reversal: "SOURCE_OPERAIION_ADJUST",
	ledger.Issue:    "SOURCE_OPERAIION_PRIZE",
	ledger.Return:   "SOURCE_OPERATION_COUPONCANCEL",
}

// most is up to which number a statement's entries are counted; a longer one says so many.
const most = 1_000_000

// statement reads the parameters that all statements share.
func (c *call) statement(f *form, strict bool, tradeWords ...string) ledger.Statement {
	kind := f.mustWord("balance_type", f.arg("balance_type"), "BALANCE_TYPE_DEBIT", "BALANCE_TYPE_CREDIT")
	trade := f.word("trade_type", f.arg("trade_type"), false, tradeWords...)
	s := ledger.Statement{Kind: balanceTypes[kind], Unit: ledger.CNY, Kinds: tradeTypes[trade]}
	s.From, s.To = f.days("trade_time_begin", "trade_time_end", f.arg("trade_time_begin"), f.arg("trade_time_end"), strict, calendar.DayOf(c.api.DB.Clock().Now()))
	s.Offset, s.Limit = f.queryPage()
	return s
}

// read gives a page of a statement, the names of the other sides, and how many entries there are.
func (c *call) read(s ledger.Statement) ([]ledger.Entry, map[string]string, int, error) {
	list, names, err := c.api.Funds.Entries(c.ctx(), c.by, s)
	if err != nil {
		return nil, nil, 0, err
	}
	n, err := c.api.Funds.CountEntries(c.ctx(), c.by, s, most)
	return list, names, n, err
}

func abs(n int64) int64 { return max(n, -n) }

// entryID names an entry: its account's number in the book and its place there.
func entryID(e ledger.Entry) string { return e.Transfer + "-" + strconv.FormatInt(e.Seq, 10) }

// A wirePartnerChange is one entry of a partner's statement.
type wirePartnerChange struct {
	ID       string `json:"account_change_id"`
	Detail   string `json:"trade_detail_type"`
	At       string `json:"trade_time"`
	Trade    string `json:"trade_id"`
	Amount   string `json:"change_amount"`
	After    string `json:"balance_after_change"`
	Type     string `json:"type"`
	Customer string `json:"customer_id,omitempty"`
	Name     string `json:"account_name,omitempty"`
}

// listPartnerAccountChangeRecords is the partner's own statement, newest first.
func listPartnerAccountChangeRecords(c *call) (any, error) {
	f := c.query()
	ipid := f.ipid(f.arg("indirect_partner_id"))
	s := c.statement(f, false, "RECHARGE", "DEDEUCT", "REFUND", "RFROZEN", "TRANS", "ADJUST", "BEADJUST", "BERETRIEVE", "BEUNBIND", "BONUSCONVERT", "TRADE_MODE_TRANSFER")
	if err := f.err(); err != nil {
		return nil, err
	}
	owner, err := c.owner(ipid)
	if err != nil {
		return nil, err
	}
	s.Owner = owner
	list, names, total, err := c.read(s)
	return struct {
		Total    int                 `json:"total_count"`
		Currency string              `json:"currency"`
		List     []wirePartnerChange `json:"records"`
	}{total, ledger.CNY, wireList(list, func(e ledger.Entry) wirePartnerChange { return partnerChange(e, names) })}, err
}

func partnerChange(e ledger.Entry, names map[string]string) wirePartnerChange {
	out := wirePartnerChange{ID: entryID(e), Detail: detailOf[e.Kind], At: instant(e.At), Trade: ledger.Number(e.Kind, e.Transfer),
		Amount: money.Text(abs(e.Minor)), After: money.Text(e.After), Type: "1"}
	if e.Minor < 0 {
		out.Type = "2"
	}
	switch e.Kind {
	case ledger.Allocate, ledger.Reclaim, ledger.Unbind:
		out.Customer, out.Name = e.Other(), names[e.Other()]
	}
	return out
}

// resale tells whether the calling customer buys from a partner: then its account is the partner's matter.
func (c *call) resale() (bool, error) {
	x, ok, err := account.PartnerOf(c.ctx(), c.api.DB.Read(), c.by.Account, c.api.DB.Clock().Now())
	return ok && x.Kind == account.Resale, err
}

// agency refuses a resale customer with a code.
func (c *call) agency(code string, msg i18n.Msg) error {
	resale, err := c.resale()
	if err == nil && resale {
		err = refuse(http.StatusBadRequest, code, msg)
	}
	return err
}

// A wireCustomerChange is one entry of a customer's statement.
type wireCustomerChange struct {
	ID       string `json:"account_change_id"`
	Detail   string `json:"trade_detail_type"`
	At       string `json:"trade_time"`
	Trade    string `json:"trade_id"`
	Amount   string `json:"change_amount"`
	After    string `json:"balance_after_change"`
	Type     string `json:"revenue_expense_type"`
	Cycle    string `json:"bill_cycle"`
	Channel  string `json:"payment_channel_id,omitempty"`
	Flow     string `json:"payment_channel_no,omitempty"`
	Consumed string `json:"consume_time,omitempty"`
	Name     string `json:"account_name"`
	Service  string `json:"cloud_service_type_name,omitempty"`
	Resource string `json:"resource_type_name,omitempty"`
}

// narrow leaves the kinds of posting that came by one of the channels, given with commas.
func narrow(kinds []string, channelIDs string) []string {
	if channelIDs == "" {
		return kinds
	}
	out := []string{nothing}
	for kind, channel := range channels {
		if slices.Contains(strings.Split(channelIDs, ","), channel) && (len(kinds) == 0 || slices.Contains(kinds, kind)) {
			out = append(out, kind)
		}
	}
	return out
}

// channels are the ways in which money comes and goes.
var channels = map[string]string{ledger.TopUp: "2", ledger.Withdraw: "6", ledger.Adjust: "11", ledger.Reversal: "11"}

// listCustomerAccountChangeRecords is a customer's own statement. Resale customers ask their partner.
func listCustomerAccountChangeRecords(c *call) (any, error) {
	f := c.query()
	s := c.statement(f, true, "RECHARGE", "DEDEUCT", "REFUND", "RFROZEN", "TRANS", "ADJUST", "BEADJUST", "BERETRIEVE", "BEUNBIND", "EXPIRED", "BONUSCONVERT", "TRADE_MODE_TRANSFER", "DEPOSIT")
	s.Owner = c.by.Account
	s.Sign = signs[f.word("revenue_expense_type", f.arg("revenue_expense_type"), true, "REVENUE", "EXPENSE")]
	trade := f.plain("trade_id", f.arg("trade_id"), 128)
	s.Kinds = narrow(s.Kinds, f.plain("payment_channel_id", f.arg("payment_channel_id"), mostID))
	if f.plain("payment_channel_no", f.arg("payment_channel_no"), 128) != "" {
		s.Kinds = []string{nothing} // no flow of a payment provider is kept in the books
	}
	if err := f.err(); err != nil {
		return nil, err
	}
	if err := c.agency("CBC.99000084", i18n.M("bss.no_statement")); err != nil {
		return nil, err
	}
	if trade != "" {
		s.Transfer = transferID(trade)
	}
	list, _, total, err := c.read(s)
	if err != nil {
		return nil, err
	}
	names, err := account.Names(c.ctx(), c.api.DB.Read(), []string{c.by.Account})
	return struct {
		Total    int                  `json:"total_count"`
		Currency string               `json:"currency"`
		List     []wireCustomerChange `json:"records"`
	}{total, ledger.CNY, wireList(list, func(e ledger.Entry) wireCustomerChange { return customerChange(e, names[c.by.Account]) })}, err
}

// signs are the two directions of an entry.
var signs = map[string]int{"REVENUE": 1, "EXPENSE": -1}

func direction(minor int64) string {
	if minor < 0 {
		return "EXPENSE"
	}
	return "REVENUE"
}

func customerChange(e ledger.Entry, name string) wireCustomerChange {
	return wireCustomerChange{ID: entryID(e), Detail: detailOf[e.Kind], At: instant(e.At), Trade: ledger.Number(e.Kind, e.Transfer), Amount: money.Text(abs(e.Minor)),
		After: money.Text(e.After), Type: direction(e.Minor), Cycle: ledger.MonthOf(e.At), Channel: channels[e.Kind], Name: name}
}

// transferID is the transfer behind a number; one that can't be a number is nobody's.
func transferID(number string) string {
	if id, ok := ledger.FromNumber(number); ok {
		return id
	}
	return nothing
}
