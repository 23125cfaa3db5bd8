package bill

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"hanse/internal/domain/rosterfile"
	"hanse/internal/kit/calendar"
	"hanse/internal/kit/fault"
	"hanse/internal/kit/i18n"
	"hanse/internal/kit/sheet"
	"hanse/internal/kit/text"
)

// A column is the place of a value in a line.
type column int

const (
	colLine column = iota
	colCustomer
	colCycle
	colType
	colMode
	colService
	colProduct
	colResource
	colSite
	colTrade
	colSince
	colUntil
	colListed
	colDiscount
	colAmount
	colCurrency
	columns
)

// headings are the names under which errors and files speak of columns, each followed by other spellings.
var headings = [columns]string{
	colLine:     "line_id id lineid recordid 明细编号 流水号",
	colCustomer: "customer_id customer customerid 客户编号 客户ID",
	colCycle:    "cycle billcycle month 账期",
	colType:     "bill_type type billdetailtype 账单类型",
	colMode:     "charging_mode chargemode mode 计费模式",
	colService:  "service servicetype servicetypecode cloudservicetype 产品类型 云服务",
	colProduct:  "product productid productname 产品 规格",
	colResource: "resource resourceid 资源 资源编号",
	colSite:     "site region regioncode 站点 区域",
	colTrade:    "trade_id trade orderid 交易编号 订单号",
	colSince:    "usage_start since usagestart begin 使用开始时间 开始时间",
	colUntil:    "usage_end until usageend end 使用结束时间 结束时间",
	colListed:   "list_amount officialamount listprice 官网价 目录价",
	colDiscount: "discount_amount discount officialdiscountamount 优惠金额",
	colAmount:   "amount paymentamount payable 应付金额",
	colCurrency: "currency 币种",
}

func (c column) name() string {
	first, _, _ := strings.Cut(headings[c], " ")
	return first
}

// Columns lists the columns in the order of the documentation.
func Columns() []string {
	out := make([]string, columns)
	for c := range columns {
		out[c] = c.name()
	}
	return out
}

var needed = []column{colLine, colCustomer, colType, colService, colUntil, colAmount}

const errorColumn = "error"

// known maps headings to the numbers of columns.
func known() (sheet.Headings, map[string]column) {
	spelt, numbers := map[string]string{errorColumn: "error errors 错误 错误原因"}, map[string]column{}
	for c := range columns {
		spelt[c.name()] = strings.ReplaceAll(c.name(), "_", "") + " " + headings[c]
		numbers[c.name()] = c
	}
	return sheet.NewHeadings(spelt), numbers
}

// A RowError is one entry to correct.
type RowError struct {
	Line   int64
	Column string // "" = the whole row
	Value  string
	Reason i18n.Msg
	Remedy i18n.Msg

	place column
}

// A row is one line of a file; Line holds only where Errors is empty.
type row struct {
	Line
	number int64
	cells  []string
	errors []RowError
}

// A scanner reads a file row by row and remembers nothing of the rows behind it, so that memory is the same for any
// number of them.
type scanner struct {
	table *sheet.Reader
	at    [columns]int // -1 = not in this file
	heads []string     // as uploaded, without an error column of an earlier round
	keep  []int        // columns of those
	now   time.Time
}

func newScanner(table *sheet.Reader, now time.Time) (*scanner, error) {
	first, err := table.Next()
	if errors.Is(err, io.EOF) {
		return nil, fault.Invalid("file", i18n.M("bill.file.empty"))
	}
	if err != nil {
		return nil, err
	}
	s := &scanner{table: table, now: now}
	for c := range s.at {
		s.at[c] = -1
	}
	names, numbers := known()
	for i, cell := range first.Cells {
		name := names.Column(cell)
		if name == errorColumn {
			continue
		}
		s.heads, s.keep = append(s.heads, cell), append(s.keep, i)
		if c, ok := numbers[name]; ok && s.at[c] < 0 {
			s.at[c] = i
		}
	}
	var missing []string
	for _, c := range needed {
		if s.at[c] < 0 {
			missing = append(missing, c.name())
		}
	}
	if len(missing) > 0 {
		return nil, fault.Invalid("file", i18n.M("bill.file.columns", i18n.A{"columns": strings.Join(missing, ", ")}))
	}
	return s, nil
}

// next gives the next row with its errors; io.EOF after the last.
func (s *scanner) next() (row, error) {
	raw, err := s.table.Next()
	if err != nil {
		return row{}, err
	}
	p := parser{s: s, raw: raw}
	p.number, p.cells = int64(raw.Line), raw.Cells
	p.problems()
	p.line()
	return p.row, nil
}

// A parser turns one row of text into a line.
type parser struct {
	row
	s   *scanner
	raw sheet.Row
}

func (p *parser) cell(c column) string {
	if i := p.s.at[c]; i >= 0 && i < len(p.raw.Cells) {
		return strings.TrimSpace(p.raw.Cells[i])
	}
	return ""
}

func (p *parser) fail(c column, reason, remedy i18n.Msg) {
	for _, e := range p.errors {
		if e.place == c {
			return // one mistake is reported once
		}
	}
	p.errors = append(p.errors, rowError(p.number, c, p.cell(c), reason, remedy))
}

func rowError(number int64, c column, value string, reason, remedy i18n.Msg) RowError {
	if shown := []rune(text.Clean(value)); len(shown) > 120 {
		value = string(shown[:120]) + "…"
	}
	return RowError{Line: number, Column: c.name(), Value: value, Reason: reason, Remedy: remedy, place: c}
}

// problems takes over what the table reader found in our columns.
func (p *parser) problems() {
	for _, x := range p.raw.Problems {
		for c, at := range p.s.at {
			if at == x.Col || x.Col < 0 && column(c) == colLine {
				p.fail(column(c), x.Msg, x.Remedy)
			}
		}
	}
}

func (p *parser) line() {
	p.ID, p.Customer = p.must(colLine), strings.ToLower(p.must(colCustomer))
	p.Service, p.Product, p.Resource = p.must(colService), p.word(colProduct), p.word(colResource)
	p.Site, p.Trade = p.word(colSite), p.word(colTrade)
	p.Type, p.Mode = p.billType(), p.mode()
	p.Until = p.instant(colUntil, true)
	if p.Since = p.instant(colSince, false); p.Since.IsZero() {
		p.Since = p.Until
	}
	p.cycle()
	p.amounts()
	if c := strings.ToUpper(p.word(colCurrency)); c != "" && c != "CNY" {
		p.fail(colCurrency, i18n.M("bill.row.currency"), i18n.M("bill.row.currency_remedy"))
	}
	if len(p.errors) == 0 {
		p.hash = p.digest()
	}
}

// cycle is the month of the usage's end, unless the file says another.
func (p *parser) cycle() {
	if p.Until.IsZero() {
		return
	}
	if p.Since.After(p.Until) {
		p.fail(colSince, i18n.M("bill.row.order"), i18n.M("bill.row.order_remedy"))
	}
	if p.Until.After(p.s.now) {
		p.fail(colUntil, i18n.M("bill.row.future"), i18n.M("bill.row.future_remedy"))
	}
	p.Cycle = CycleOf(p.Until.Add(-time.Microsecond))
	if s := p.cell(colCycle); s != "" {
		c, ok := ParseCycle(s)
		if !ok {
			p.fail(colCycle, i18n.M("bill.row.cycle"), i18n.M("bill.row.cycle_remedy"))
			return
		}
		p.Cycle = c
	}
	switch here := CycleOf(p.s.now); {
	case p.Cycle > here:
		p.fail(colCycle, i18n.M("bill.row.cycle_future", i18n.A{"cycle": string(here)}), i18n.M("bill.row.cycle_remedy"))
	case p.Cycle < here.Add(-History):
		p.fail(colCycle, i18n.M("bill.row.cycle_old", i18n.A{"n": History}), i18n.M("bill.row.cycle_old_remedy"))
	}
}

// amounts reads the three, of which two make the third.
func (p *parser) amounts() {
	p.Amount = p.amount(colAmount)
	p.Listed, p.Discount = p.Amount, 0
	switch {
	case p.cell(colAmount) == "":
		p.fail(colAmount, i18n.M("bill.row.missing"), i18n.M("bill.row.missing_remedy"))
	case p.cell(colListed) != "" && p.cell(colDiscount) != "":
		p.Listed, p.Discount = p.amount(colListed), p.amount(colDiscount)
		if p.Listed-p.Discount != p.Amount {
			p.fail(colAmount, i18n.M("bill.row.sum", i18n.A{"listed": p.Listed.String(), "discount": p.Discount.String()}), i18n.M("bill.row.sum_remedy"))
		}
	case p.cell(colListed) != "":
		p.Listed = p.amount(colListed)
		p.Discount = p.Listed - p.Amount
	case p.cell(colDiscount) != "":
		p.Discount = p.amount(colDiscount)
		p.Listed = p.Amount + p.Discount
	}
	if s := p.Type.sign(); s > 0 && p.Amount < 0 || s < 0 && p.Amount > 0 {
		p.fail(colAmount, i18n.M("bill.row.sign"), i18n.M("bill.row.sign_remedy"))
	}
}

func (p *parser) amount(c column) Exact {
	s := p.cell(c)
	if s == "" {
		return 0
	}
	v, err := ParseExact(s)
	if err != nil {
		reason := map[error]i18n.Msg{ErrTooFine: i18n.M("bill.row.too_fine"), ErrTooLarge: i18n.M("bill.row.too_large")}[err]
		if reason.IsZero() {
			reason = i18n.M("bill.row.amount")
		}
		p.fail(c, reason, i18n.M("bill.row.amount_remedy"))
	}
	return v
}

func (p *parser) must(c column) string {
	s := p.word(c)
	if s == "" {
		p.fail(c, i18n.M("bill.row.missing"), i18n.M("bill.row.missing_remedy"))
	}
	return s
}

// maxWord is the longest text of a line.
const maxWord = 128

// word takes a short text. Hidden characters are refused, not removed: they make two ids look alike.
func (p *parser) word(c column) string {
	s := p.cell(c)
	if _, bad := text.Invisible(s); bad || utf8.RuneCountInString(s) > maxWord {
		p.fail(c, i18n.M("bill.row.word", i18n.A{"n": maxWord}), i18n.M("bill.row.word_remedy"))
		return ""
	}
	return text.Clean(s)
}

func (p *parser) billType() Type {
	s := p.must(colType)
	n, err := strconv.ParseInt(s, 10, 32)
	if _, ok := typeTexts[Type(n)]; s != "" && (err != nil || !ok) {
		p.fail(colType, i18n.M("bill.row.type"), i18n.M("bill.row.type_remedy"))
	}
	return Type(n)
}

func (p *parser) mode() Mode {
	switch s := p.word(colMode); s {
	case "", "3":
		return OnDemand
	case "1":
		return Period
	case "10":
		return Instance
	case "11":
		return Savings
	}
	p.fail(colMode, i18n.M("bill.row.mode"), i18n.M("bill.row.mode_remedy"))
	return 0
}

var layouts = []string{time.RFC3339, "2006-01-02T15:04:05", "2006-01-02 15:04:05", "2006-01-02 15:04"}

// instant reads a time; without a zone it's the business zone's. A day alone ends at its 24:00, or begins at its 0:00.
func (p *parser) instant(c column, end bool) time.Time {
	s := p.word(c)
	if s == "" {
		if end {
			p.fail(c, i18n.M("bill.row.missing"), i18n.M("bill.row.missing_remedy"))
		}
		return time.Time{}
	}
	for _, layout := range layouts {
		if t, err := time.ParseInLocation(layout, s, calendar.Zone); err == nil {
			return t.UTC()
		}
	}
	d, why := rosterfile.ParseDay(s)
	if !why.IsZero() {
		p.fail(c, i18n.M("bill.row.time"), i18n.M("bill.row.time_remedy"))
		return time.Time{}
	}
	if end {
		return d.End()
	}
	return d.Time()
}

// digest is what the line says, so that the same line again is told from a changed one.
func (l Line) digest() []byte {
	sum := sha256.Sum256(fmt.Appendf(nil, "%q %q %s %d %d %q %q %q %q %q %d %d %d %d", l.ID, l.Customer, l.Cycle, l.Type, l.Mode, l.Service, l.Product,
		l.Resource, l.Site, l.Trade, l.Since.UnixMicro(), l.Until.UnixMicro(), l.Listed, l.Amount))
	return sum[:16]
}
