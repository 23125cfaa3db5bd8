package equipment

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"hash/maphash"
	"io"
	"regexp"
	"strings"
	"unicode/utf8"

	"hanse/internal/domain/rosterfile"
	"hanse/internal/kit/calendar"
	"hanse/internal/kit/fault"
	"hanse/internal/kit/i18n"
	"hanse/internal/kit/sheet"
	"hanse/internal/kit/text"
)

// A column is the place of a value in a row.
type column int

const (
	colSerial column = iota
	colProduct
	colNumber
	colProject
	colCustomer
	colPartner
	colSite
	colDelivered
	colMaintained
	columns
)

// headings are the names under which errors and files speak of columns, each followed by other spellings.
var headings = [columns]string{
	colSerial:     "serial_number serial sn serialno barcode 序列号 设备序列号 产品序列号 条码",
	colProduct:    "product model productmodel producttype item 产品 产品型号 型号 设备型号",
	colNumber:     "project_number projectno projectid contractnumber 项目编号 合同号",
	colProject:    "project_name project projecttitle 项目 项目名称",
	colCustomer:   "customer customername customerid enduser 客户 客户名称 最终客户",
	colPartner:    "partner partnerid partnername orderingpartner orderedby 伙伴 下单伙伴 伙伴名称",
	colSite:       "site address location installedat 站点 局点 安装地点 地址",
	colDelivered:  "delivered deliveryday delivereddate shipped shippedon 发货日期 交付日期",
	colMaintained: "maintained_until maintenanceend maintenanceuntil warrantyend serviceend 维保截止 维保截止日期 维保到期 保修截止日期",
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

const errorColumn = "error"

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
	Column string
	Value  string
	Reason i18n.Msg
	Remedy i18n.Msg

	place column
}

// A row is one line of a file; the item holds only where errors is empty. Customer and Partner are as typed: who is meant
// only the database knows.
type row struct {
	Item
	number int64
	cells  []string
	errors []RowError
}

// MaxRows is how many good rows a file may have.
const MaxRows = 1_000_000

// A scanner reads a file row by row. Of the rows behind it it remembers some ten bytes each, to find a serial number that
// stands twice; MaxRows bounds them.
type scanner struct {
	table *sheet.Reader
	at    [columns]int // -1 = not in this file
	heads []string     // as uploaded, without an error column of an earlier round
	keep  []int        // columns of those
	seed  maphash.Seed
	seen  map[uint64]struct{}
}

func newScanner(table *sheet.Reader) (*scanner, error) {
	first, err := table.Next()
	if errors.Is(err, io.EOF) {
		return nil, fault.Invalid("file", i18n.M("equipment.file.empty"))
	}
	if err != nil {
		return nil, err
	}
	s := &scanner{table: table, seed: maphash.MakeSeed(), seen: map[uint64]struct{}{}}
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
	for _, c := range []column{colSerial, colProduct} {
		if s.at[c] < 0 {
			missing = append(missing, c.name())
		}
	}
	if len(missing) > 0 {
		return nil, fault.Invalid("file", i18n.M("equipment.file.columns", i18n.A{"columns": strings.Join(missing, ", ")}))
	}
	return s, nil
}

// next gives the next row with its errors; io.EOF after the last.
func (s *scanner) next() (row, error) {
	raw, err := s.table.Next()
	if err != nil {
		return row{}, err
	}
	if len(s.seen) >= MaxRows {
		return row{}, fault.Invalid("file", i18n.M("equipment.file.rows", i18n.A{"n": MaxRows}))
	}
	p := parser{s: s, raw: raw}
	p.number, p.cells = int64(raw.Line), raw.Cells
	p.problems()
	p.item()
	return p.row, nil
}

// own are the cells of the file's own columns.
func (s *scanner) own(cells []string) []string {
	out := make([]string, 0, len(s.keep)+1)
	for _, i := range s.keep {
		cell := ""
		if i < len(cells) {
			cell = cells[i]
		}
		out = append(out, cell)
	}
	return out
}

// A parser turns one row of text into an item.
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
			if at == x.Col || x.Col < 0 && column(c) == colSerial {
				p.fail(column(c), x.Msg, x.Remedy)
			}
		}
	}
}

// serialForm is what a serial number is made of, folded.
var serialForm = regexp.MustCompile(`^[a-z0-9][a-z0-9._/-]{3,63}$`)

func (p *parser) item() {
	p.Serial, p.Product = p.must(colSerial, 64), p.must(colProduct, 128)
	if p.fold = text.Fold(p.Serial); p.Serial != "" && !serialForm.MatchString(p.fold) {
		p.fail(colSerial, i18n.M("equipment.row.serial"), i18n.M("equipment.row.serial_remedy"))
	}
	p.ProjectNumber, p.ProjectName = p.word(colNumber, 64), p.word(colProject, 128)
	if p.Project = text.Fold(p.ProjectNumber); p.Project == "" {
		p.Project = text.Fold(p.ProjectName)
	}
	p.CustomerName, p.PartnerName, p.Site = p.word(colCustomer, 128), p.word(colPartner, 128), p.word(colSite, 200)
	p.Delivered, p.MaintainedUntil = p.day(colDelivered), p.day(colMaintained)
	if !p.Delivered.IsNone() && !p.MaintainedUntil.IsNone() && p.MaintainedUntil < p.Delivered {
		p.fail(colMaintained, i18n.M("equipment.row.order"), i18n.M("equipment.row.order_remedy"))
	}
	if len(p.errors) > 0 {
		return
	}
	mark := maphash.String(p.s.seed, p.fold)
	if _, twice := p.s.seen[mark]; twice {
		p.fail(colSerial, i18n.M("equipment.row.twice"), i18n.M("equipment.row.twice_remedy"))
	}
	p.s.seen[mark] = struct{}{}
}

func (p *parser) must(c column, most int) string {
	s := p.word(c, most)
	if s == "" {
		p.fail(c, i18n.M("equipment.row.missing"), i18n.M("equipment.row.missing_remedy"))
	}
	return s
}

// word takes a short text. Hidden characters are refused, not removed: they make two serial numbers look alike.
func (p *parser) word(c column, most int) string {
	s := p.cell(c)
	if _, bad := text.Invisible(s); bad || utf8.RuneCountInString(s) > most {
		p.fail(c, i18n.M("equipment.row.word", i18n.A{"n": most}), i18n.M("equipment.row.word_remedy"))
		return ""
	}
	return text.Clean(s)
}

func (p *parser) day(c column) calendar.Day {
	s := p.word(c, 40)
	if s == "" {
		return calendar.None
	}
	d, why := rosterfile.ParseDay(s)
	if !why.IsZero() {
		p.fail(c, why, i18n.M("equipment.row.day_remedy"))
		return calendar.None
	}
	return d
}

// digest is what the item says, so that the same row again is told from a changed one.
func (i Item) digest() []byte {
	sum := sha256.Sum256(fmt.Appendf(nil, "%q %q %q %q %q %q %q %q %d %d", i.Serial, i.Product, i.ProjectNumber, i.ProjectName, i.Customer, i.CustomerName,
		i.Partner, i.Site, i.Delivered, i.MaintainedUntil))
	return sum[:16]
}
