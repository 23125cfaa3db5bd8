package rosterfile

import (
	"fmt"
	"hash/maphash"
	"strings"
	"unicode/utf8"

	"hanse/internal/kit/calendar"
	"hanse/internal/kit/i18n"
	"hanse/internal/kit/sheet"
	"hanse/internal/kit/text"
)

// The most characters that a value may have.
const (
	maxID    = 64
	maxName  = 100
	maxCode  = 64
	maxShown = 120 // of a wrong value in an error
)

// Scanner reads a roster row by row.
type Scanner struct {
	// Ignored are headings of columns that are none of ours; a preview shows
	// them, because a misspelt heading would otherwise lose its column.
	Ignored []string

	r     *sheet.Reader
	head  *header
	known func(string) bool
	seen  seen

	issueOptional bool // a certificate with an expiry date may come without its issue date
}

// NewScanner reads the header. It returns Invalid when a column is missing or
// there twice, or no header is found. name is the file's, for messages.
func NewScanner(r *sheet.Reader, name string, known func(string) bool) (*Scanner, error) {
	return newScanner(r, name, known, false)
}

func newScanner(r *sheet.Reader, name string, known func(string) bool, issueOptional bool) (*Scanner, error) {
	h, err := readHeader(r, name, issueOptional)
	if err != nil {
		return nil, err
	}
	return &Scanner{Ignored: h.ignored, r: r, head: h, known: known, seen: newSeen(), issueOptional: issueOptional}, nil
}

// Next gives the next row with its errors; io.EOF after the last.
func (s *Scanner) Next() (Row, error) {
	raw, err := s.r.Next()
	if err != nil {
		return Row{}, err
	}
	p := parser{head: s.head, raw: raw, known: s.known, row: Row{Line: raw.Line, Cells: raw.Cells}}
	p.problems()
	p.person()
	p.certificate(s.issueOptional)
	p.spans()
	// A row with errors of its own says nothing about others.
	if len(p.row.Errors) == 0 {
		s.seen.check(&p)
	}
	return p.row, nil
}

// parser turns one row of text into a Row.
type parser struct {
	head  *header
	raw   sheet.Row
	known func(string) bool
	row   Row
}

func (p *parser) fail(column string, msg, remedy i18n.Msg) {
	value := []rune(text.Clean(p.head.cell(p.raw, column)))
	if len(value) > maxShown {
		value = append(value[:maxShown], '…')
	}
	p.row.Errors = append(p.row.Errors, RowError{Line: p.raw.Line, Column: column, Value: string(value), Msg: msg, Remedy: remedy})
}

// failed says that the column has an error already, so that one mistake is
// reported once.
func (p *parser) failed(column string) bool {
	for _, e := range p.row.Errors {
		if e.Column == column {
			return true
		}
	}
	return false
}

// problems takes over what the table reader found in our columns.
func (p *parser) problems() {
	for _, x := range p.raw.Problems {
		switch {
		case x.Col < 0:
			p.fail("", x.Msg, x.Remedy)
		case x.Col < len(p.head.byIndex) && p.head.byIndex[x.Col] != "" && p.head.byIndex[x.Col] != errorColumn:
			p.fail(p.head.byIndex[x.Col], x.Msg, x.Remedy)
		}
	}
}

func (p *parser) person() {
	yes := true
	if s := p.head.cell(p.raw, Registered); s != "" {
		var ok bool
		if yes, ok = parseBool(s); !ok && !p.failed(Registered) {
			p.fail(Registered, i18n.M("rosterfile.boolean"), i18n.M("rosterfile.boolean_remedy"))
		}
	}
	p.row.Person = Person{
		ID: p.word(PersonID, maxID, true), Name: p.word(Name, maxName, true), Email: p.email(),
		BoundOn: p.day(BoundOn), LeftOn: p.day(LeftOn), Registered: yes, Line: p.raw.Line,
	}
}

// word takes a short text. Hidden characters are refused, not removed: they
// make two names look alike, and whoever typed the name must see which is right.
func (p *parser) word(column string, limit int, needed bool) string {
	s := p.head.cell(p.raw, column)
	if p.failed(column) {
		return ""
	}
	if r, bad := text.Invisible(s); bad {
		p.fail(column, i18n.M("rosterfile.hidden", i18n.A{"code": fmt.Sprintf("U+%04X", r)}), i18n.M("rosterfile.hidden_remedy"))
		return ""
	}
	if s = text.Clean(s); s == "" && needed {
		p.fail(column, i18n.M("rosterfile.missing"), i18n.M("rosterfile.missing_remedy"))
	}
	if n := utf8.RuneCountInString(s); n > limit {
		p.fail(column, i18n.M("rosterfile.too_long", i18n.A{"length": n, "limit": limit}), i18n.M("rosterfile.too_long_remedy"))
	}
	return s
}

func (p *parser) email() string {
	s := p.head.cell(p.raw, Email)
	if s == "" || p.failed(Email) {
		return ""
	}
	normal, ok := text.Email(s)
	if !ok {
		p.fail(Email, i18n.M("rosterfile.email"), i18n.M("rosterfile.email_remedy"))
	}
	return normal
}

func (p *parser) day(column string) calendar.Day {
	s := p.head.cell(p.raw, column)
	if s == "" || p.failed(column) {
		return calendar.None
	}
	d, why := ParseDay(s)
	if !why.IsZero() {
		p.fail(column, why, i18n.M("rosterfile.date_remedy"))
	}
	return d
}

func (p *parser) certificate(issueOptional bool) {
	c := Certificate{Code: p.word(Code, maxCode, false), IssuedOn: p.day(IssuedOn), ExpiresOn: p.day(ExpiresOn), Line: p.raw.Line}
	if c.Code != "" && !p.failed(Code) {
		c.Code = p.code(c.Code)
	}
	p.row.Certificate = c
	if p.failed(Code) {
		return
	}
	for _, column := range []string{IssuedOn, ExpiresOn} {
		if c.Code == "" && p.head.cell(p.raw, column) != "" && !p.failed(column) {
			p.fail(column, i18n.M("rosterfile.no_certificate"), i18n.M("rosterfile.no_certificate_remedy"))
		}
	}
	enough := issueOptional && c.ExpiresOn != calendar.None
	if c.Code != "" && c.IssuedOn == calendar.None && !enough && !p.failed(IssuedOn) {
		p.fail(IssuedOn, i18n.M("rosterfile.missing"), i18n.M("rosterfile.missing_remedy"))
	}
}

// code gives the code as the catalogue writes it; case does not matter.
func (p *parser) code(s string) string {
	if p.known(s) {
		return s
	}
	if c := strings.ToUpper(text.Fold(s)); p.known(c) {
		return c
	}
	p.fail(Code, i18n.M("rosterfile.unknown_certificate", i18n.A{"code": s}), i18n.M("rosterfile.unknown_certificate_remedy"))
	return s
}

// spans checks that dates of one row are in order. The day of leaving may be
// the first day: bound and undone.
func (p *parser) spans() {
	c, who := p.row.Certificate, p.row.Person
	if c.IssuedOn != calendar.None && c.ExpiresOn != calendar.None && c.ExpiresOn < c.IssuedOn {
		p.fail(ExpiresOn, i18n.M("rosterfile.expiry_before_issue", i18n.A{"issued": c.IssuedOn.String()}), i18n.M("rosterfile.dates_remedy"))
	}
	if who.BoundOn != calendar.None && who.LeftOn != calendar.None && who.LeftOn < who.BoundOn {
		p.fail(LeftOn, i18n.M("rosterfile.left_before_bound", i18n.A{"bound": who.BoundOn.String()}), i18n.M("rosterfile.dates_remedy"))
	}
}

// seen remembers people and certificates by hash, a few bytes each, for files
// of millions of rows.
type seen struct {
	seed   maphash.Seed
	people map[uint64]brief
	emails map[uint64]holder
	certs  map[uint64]int32 // line
}

// brief is what the first row of a person said.
type brief struct {
	name, email   uint32
	bound, left   calendar.Day
	line          int32
	notRegistered bool
}

type holder struct {
	person uint64
	line   int32
}

func newSeen() seen {
	return seen{seed: maphash.MakeSeed(), people: map[uint64]brief{}, emails: map[uint64]holder{}, certs: map[uint64]int32{}}
}

func (s *seen) hash(parts ...string) uint64 {
	return maphash.String(s.seed, strings.Join(parts, "\x00"))
}

func (s *seen) check(p *parser) {
	who := p.row.Person
	id, email := s.hash(who.ID), s.hash(who.Email)
	now := brief{uint32(s.hash(who.Name)), uint32(email), who.BoundOn, who.LeftOn, int32(who.Line), !who.Registered}
	first, again := s.people[id]
	if again {
		p.agree(first, now)
	}
	if owner, taken := s.emails[email]; who.Email != "" && taken && owner.person != id {
		p.fail(Email, i18n.M("rosterfile.email_taken", i18n.A{"line": owner.line}), i18n.M("rosterfile.email_taken_remedy"))
	}
	c := p.row.Certificate
	key := c.IssuedOn.String()
	if c.IssuedOn == calendar.None {
		key = "until " + c.ExpiresOn.String()
	}
	cert := s.hash(who.ID, c.Code, key)
	if line, twice := s.certs[cert]; twice {
		p.fail(Code, i18n.M("rosterfile.duplicate", i18n.A{"line": line}), i18n.M("rosterfile.duplicate_remedy"))
	}
	// Only rows without error set the standard for those that follow.
	if len(p.row.Errors) > 0 {
		return
	}
	if !again {
		s.people[id] = now
	}
	if who.Email != "" && !again {
		s.emails[email] = holder{id, now.line}
	}
	s.certs[cert] = now.line
}

// agree reports each column of the person that differs from the first row.
func (p *parser) agree(first, now brief) {
	for _, c := range []struct {
		column string
		same   bool
	}{
		{Name, first.name == now.name}, {Email, first.email == now.email}, {BoundOn, first.bound == now.bound},
		{LeftOn, first.left == now.left}, {Registered, first.notRegistered == now.notRegistered},
	} {
		if !c.same {
			p.fail(c.column, i18n.M("rosterfile.disagrees", i18n.A{"line": first.line}), i18n.M("rosterfile.disagrees_remedy"))
		}
	}
}
