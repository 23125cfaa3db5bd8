package record

import (
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"hanse/internal/domain/rosterfile"
	"hanse/internal/kit/calendar"
	"hanse/internal/kit/i18n"
	"hanse/internal/kit/sheet"
	"hanse/internal/kit/text"
)

// A RowError is one entry to correct.
type RowError struct {
	Line   int64
	Column string // "" = the whole row
	Value  string
	Reason i18n.Msg
	Remedy i18n.Msg

	place column
}

// row is one line of a file. Record holds only where Errors is empty.
type row struct {
	Record
	Line   int64
	Cells  []string // as uploaded
	Errors []RowError
}

// The most characters that a value may have.
const (
	maxWord  = 64
	maxTitle = 200
	maxShown = 120 // of a wrong value in an error
)

// scanner reads a feed row by row and remembers nothing of the rows behind it, so that memory is the same for any
// number of them.
type scanner struct {
	*header
	table *sheet.Reader
	today calendar.Day // an exam can't be later
}

func newScanner(table *sheet.Reader, name string, today calendar.Day) (*scanner, error) {
	h, err := readHeader(table, name)
	if err != nil {
		return nil, err
	}
	return &scanner{h, table, today}, nil
}

// next gives the next row with its errors; io.EOF after the last.
func (s *scanner) next() (row, error) {
	raw, err := s.table.Next()
	if err != nil {
		return row{}, err
	}
	p := parser{s: s, raw: raw}
	p.Line, p.Cells = int64(raw.Line), raw.Cells
	p.problems()
	p.record()
	slices.SortStableFunc(p.Errors, func(a, b RowError) int { return int(a.place - b.place) })
	return p.row, nil
}

// parser turns one row of text into a record.
type parser struct {
	row
	s   *scanner
	raw sheet.Row
}

func (p *parser) cell(c column) string {
	i := p.s.at[c]
	if i < 0 || i >= len(p.raw.Cells) {
		return ""
	}
	return strings.TrimSpace(p.raw.Cells[i])
}

func (p *parser) fail(c column, msg, remedy i18n.Msg) {
	value := []rune(text.Clean(p.cell(c)))
	if len(value) > maxShown {
		value = append(value[:maxShown], '…')
	}
	p.Errors = append(p.Errors, RowError{Line: p.Line, Column: c.name(p.s.feed), Value: string(value), Reason: msg, Remedy: remedy, place: c})
}

// failed says that the column has an error already, so that one mistake is reported once.
func (p *parser) failed(c column) bool {
	for _, e := range p.Errors {
		if e.place == c && e.Column != "" {
			return true
		}
	}
	return false
}

// problems takes over what the table reader found in our columns.
func (p *parser) problems() {
	for _, x := range p.raw.Problems {
		if x.Col < 0 {
			p.Errors = append(p.Errors, RowError{Line: p.Line, Reason: x.Msg, Remedy: x.Remedy, place: columns})
			continue
		}
		for c, at := range p.s.at {
			if at == x.Col && !p.failed(column(c)) {
				p.fail(column(c), x.Msg, x.Remedy)
			}
		}
	}
}

func (p *parser) record() {
	p.Feed = p.s.feed
	p.Provider = p.provider()
	p.Registration = p.word(colRegistration, maxWord)
	p.Email, p.Candidate = p.email(), p.word(colCandidate, maxWord)
	p.Code = strings.ToUpper(p.must(colCode))
	p.On = p.day(colHappened)
	p.Result = p.result()
	p.Details = Details{
		FileID: p.word(colFileID, maxWord), FirstName: p.word(colFirstName, maxWord), LastName: p.word(colLastName, maxWord),
		IDType: p.word(colIDType, maxWord), IDLast4: p.word(colIDLast4, maxWord),
		Title: p.word(colTitle, maxTitle), Series: p.word(colSeries, maxTitle), Site: p.word(colSite, maxTitle),
		Score: p.word(colScore, maxWord), PassMark: p.word(colPassMark, maxWord),
		CertificateNumber: p.word(colCertificateNumber, maxWord), CertificateName: p.word(colCertificateName, maxTitle),
		IssuedOn: p.day(colIssuedOn), ExpiresOn: p.day(colExpiresOn), StartedOn: p.day(colStartedOn), Hours: p.word(colHours, maxWord),
	}
	p.whose()
	p.days()
	if p.Feed == Trainings && p.Registration == "" {
		// Without a number of its own a training is the same when person, course and beginning are.
		since := p.StartedOn
		if since.IsNone() {
			since = p.On
		}
		p.Registration = p.Code + "~" + p.handle() + "~" + since.String()
	}
}

// whose wants something by which the person can be found.
func (p *parser) whose() {
	if p.Email == "" && p.Candidate == "" && !p.failed(colEmail) && !p.failed(colCandidate) {
		p.fail(colEmail, i18n.M("record.row.nobody"), i18n.M("record.row.nobody_remedy"))
	}
	if p.Feed == Exams {
		p.want(colRegistration, p.Registration)
	}
}

// days checks what days say together.
func (p *parser) days() {
	if p.want(colHappened, p.On.String()) && p.On > p.s.today {
		p.fail(colHappened, i18n.M("record.row.future", i18n.A{"today": p.s.today.String()}), i18n.M("record.row.day_remedy"))
	}
	if !p.IssuedOn.IsNone() && !p.ExpiresOn.IsNone() && p.ExpiresOn < p.IssuedOn {
		p.fail(colExpiresOn, i18n.M("record.row.expiry_before_issue", i18n.A{"issued": p.IssuedOn.String()}), i18n.M("record.row.day_remedy"))
	}
	if !p.StartedOn.IsNone() && !p.On.IsNone() && p.On < p.StartedOn {
		p.fail(colHappened, i18n.M("record.row.end_before_start", i18n.A{"start": p.StartedOn.String()}), i18n.M("record.row.day_remedy"))
	}
}

// want reports a needed value that is missing.
func (p *parser) want(c column, value string) bool {
	if value == "" && !p.failed(c) {
		p.fail(c, i18n.M("record.row.missing"), i18n.M("record.row.missing_remedy"))
	}
	return value != ""
}

func (p *parser) must(c column) string {
	s := p.word(c, maxWord)
	p.want(c, s)
	return s
}

// word takes a short text. Hidden characters are refused, not removed: they make two values look alike, and whoever
// sent the file must see which is right.
func (p *parser) word(c column, limit int) string {
	s := p.cell(c)
	if s == "" {
		return ""
	}
	if r, bad := text.Invisible(s); bad {
		if !p.failed(c) {
			p.fail(c, i18n.M("record.row.hidden", i18n.A{"code": fmt.Sprintf("U+%04X", r)}), i18n.M("record.row.hidden_remedy"))
		}
		return ""
	}
	s = text.Clean(s)
	if len(s) > limit && utf8.RuneCountInString(s) > limit && !p.failed(c) {
		p.fail(c, i18n.M("record.row.too_long", i18n.A{"limit": limit}), i18n.M("record.row.too_long_remedy"))
	}
	return s
}

// provider is a word of letters, digits and underscores, so that it can be part of a key.
func (p *parser) provider() string {
	s := strings.ToUpper(strings.ReplaceAll(p.must(colProvider), " ", "_"))
	for _, r := range s {
		if r != '_' && r != '-' && (r < '0' || r > '9') && (r < 'A' || r > 'Z') && !p.failed(colProvider) {
			p.fail(colProvider, i18n.M("record.row.provider"), i18n.M("record.row.provider_remedy"))
		}
	}
	return s
}

func (p *parser) email() string {
	s := p.cell(colEmail)
	if s == "" || p.failed(colEmail) {
		return ""
	}
	normal, ok := text.Email(s)
	if !ok {
		p.fail(colEmail, i18n.M("record.row.email"), i18n.M("record.row.email_remedy"))
	}
	return normal
}

func (p *parser) day(c column) calendar.Day {
	s := p.cell(c)
	if s == "" || p.failed(c) {
		return calendar.None
	}
	d, why := rosterfile.ParseDay(s)
	if !why.IsZero() {
		p.fail(c, why, i18n.M("record.row.day_remedy"))
	}
	return d
}

func (p *parser) result() Result {
	s := p.must(colResult)
	if s == "" {
		return ""
	}
	r, ok := results(p.Feed)[spelt(s)]
	if !ok && !p.failed(colResult) {
		p.fail(colResult, i18n.M("record.row.result", i18n.A{"results": resultWords(p.Feed)}), i18n.M("record.row.result_remedy"))
	}
	return r
}

// spelt drops what is written differently: case, blanks, hyphens, underscores.
func spelt(s string) string {
	return strings.Map(func(r rune) rune {
		if r == ' ' || r == '-' || r == '_' {
			return -1
		}
		return r
	}, strings.ToUpper(s))
}

var (
	examResults = map[string]Result{"PASS": Pass, "PASSED": Pass, "通过": Pass, "FAIL": Fail, "FAILED": Fail, "未通过": Fail, "不通过": Fail,
		"NOSHOW": NoShow, "缺考": NoShow, "REVOKED": Revoked, "撤销": Revoked, "吊销": Revoked}
	trainingResults = map[string]Result{"FINISHED": Finished, "COMPLETED": Finished, "PASS": Finished, "PASSED": Finished, "完成": Finished,
		"已完成": Finished, "通过": Finished, "UNFINISHED": Unfinished, "INCOMPLETE": Unfinished, "FAIL": Unfinished, "FAILED": Unfinished,
		"未完成": Unfinished, "NOSHOW": NoShow, "缺席": NoShow, "REVOKED": Revoked, "CANCELLED": Revoked, "撤销": Revoked, "取消": Revoked}
)

func results(f Feed) map[string]Result {
	if f == Trainings {
		return trainingResults
	}
	return examResults
}

func resultWords(f Feed) string {
	if f == Trainings {
		return "FINISHED, UNFINISHED, NOSHOW, REVOKED"
	}
	return "PASS, FAIL, NOSHOW, REVOKED"
}
