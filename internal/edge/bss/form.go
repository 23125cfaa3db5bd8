package bss

import (
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"hanse/internal/edge/wire"
	"hanse/internal/kit/calendar"
	"hanse/internal/kit/fault"
	"hanse/internal/kit/i18n"
	"hanse/internal/kit/money"
)

// A form reads the parameters of one call and collects what is wrong with them, so that the caller hears all at
// once. Absent and null are the same everywhere; what an empty text means differs from field to field.
type form struct {
	q  url.Values
	fs fault.Fields
}

// query starts a form over the query string.
func (c *call) query() *form {
	q, err := url.ParseQuery(c.r.URL.RawQuery)
	f := &form{q: q}
	if err != nil {
		f.refuse("query", c.r.URL.RawQuery, i18n.M("wire.query"))
	}
	return f
}

func (f *form) refuse(name, value string, msg i18n.Msg) { f.fs.Add(name, value, msg) }

// err is the refusal of the whole call, or nil.
func (f *form) err() error { return f.fs.Err() }

// arg is a query parameter, nil when it's absent. One that is there twice means nothing certain.
func (f *form) arg(name string) *string {
	switch v := f.q[name]; len(v) {
	case 0:
		return nil
	case 1:
		return &v[0]
	default:
		f.refuse(name, strings.Join(v, ","), i18n.M("wire.twice"))
		return nil
	}
}

// num is a whole number of the query.
func (f *form) num(name string) *int32 {
	v := f.arg(name)
	if v == nil {
		return nil
	}
	n, err := strconv.ParseInt(*v, 10, 32)
	if err != nil {
		f.refuse(name, *v, i18n.M("wire.number"))
		return nil
	}
	return ptr(int32(n))
}

// text checks what every text must keep: its length, and nothing invisible that could hide in a list.
func (f *form) text(name, v string, most int) string {
	if wrong := wire.Text(v, most); !wrong.IsZero() {
		f.refuse(name, v, wrong)
		return ""
	}
	return v
}

// must is a text that has to be there.
func (f *form) must(name string, v *string, most int) string {
	if v == nil || *v == "" {
		f.refuse(name, "", i18n.M("wire.missing"))
		return ""
	}
	return f.text(name, *v, most)
}

// plain is a filter for which an empty text is no filter.
func (f *form) plain(name string, v *string, most int) string {
	if v == nil {
		return ""
	}
	return f.text(name, *v, most)
}

// filled is a text that may be absent but not empty.
func (f *form) filled(name string, v *string, most int) string {
	if v != nil && *v == "" {
		f.refuse(name, "", i18n.M("wire.empty"))
		return ""
	}
	return f.plain(name, v, most)
}

// exact is a filter for which an empty text is a value too: nothing has it, so nothing is found.
func (f *form) exact(name string, v *string, most int) string {
	if v != nil && *v == "" {
		return nothing
	}
	return f.plain(name, v, most)
}

// nothing is an id that no row has.
const nothing = "-"

// word is one of some words; an empty text is refused when strict.
func (f *form) word(name string, v *string, strict bool, words ...string) string {
	if v == nil || *v == "" && !strict {
		return ""
	}
	if !slices.Contains(words, *v) {
		f.refuse(name, *v, i18n.M("wire.choice", i18n.A{"words": strings.Join(words, ", ")}))
		return ""
	}
	return *v
}

// mustWord is one of some words that has to be there.
func (f *form) mustWord(name string, v *string, words ...string) string {
	if v == nil || *v == "" {
		f.refuse(name, "", i18n.M("wire.missing"))
		return ""
	}
	return f.word(name, v, true, words...)
}

// one is one of some numbers; otherwise stands for an absent one.
func (f *form) one(name string, v *int32, otherwise int32, possible ...int32) int32 {
	if v == nil {
		return otherwise
	}
	if !slices.Contains(possible, *v) {
		said := make([]string, 0, len(possible))
		for _, n := range possible {
			said = append(said, strconv.Itoa(int(n)))
		}
		f.refuse(name, strconv.Itoa(int(*v)), i18n.M("wire.choice", i18n.A{"words": strings.Join(said, ", ")}))
		return otherwise
	}
	return *v
}

// at is an instant, UTC to the second; the zero instant when absent. An empty text is refused.
func (f *form) at(name string, v *string) time.Time {
	if v == nil {
		return time.Time{}
	}
	t, err := time.Parse(stamp, *v)
	if err != nil {
		f.refuse(name, *v, i18n.M("bss.instant"))
	}
	return t
}

// span is two instants, the first not after the second, both meant to be in: the second's whole second too.
func (f *form) span(begin, end string, from, to *string) (a, b time.Time) {
	a, b = f.at(begin, from), f.at(end, to)
	if !a.IsZero() && !b.IsZero() && b.Before(a) {
		f.refuse(end, *to, i18n.M("wire.order", i18n.A{"field": begin}))
	}
	if !b.IsZero() {
		b = b.Add(time.Second)
	}
	return a, b
}

// days is a range of days in the business zone as instants: from the first one's beginning to the last one's end.
// Absent, it's the year that ends today. An empty text counts as absent unless strict.
func (f *form) days(begin, end string, from, to *string, strict bool, today calendar.Day) (a, b time.Time) {
	first, last := f.day(begin, from, strict, today.AddYears(-1)), f.day(end, to, strict, today)
	if last < first {
		f.refuse(end, last.String(), i18n.M("wire.order", i18n.A{"field": begin}))
	}
	return first.Time(), last.AddDays(1).Time()
}

func (f *form) day(name string, v *string, strict bool, otherwise calendar.Day) calendar.Day {
	if v == nil || *v == "" && !strict {
		return otherwise
	}
	d, err := calendar.ParseDay(*v)
	if err != nil {
		f.refuse(name, *v, i18n.M("bss.day"))
		return otherwise
	}
	return d
}

// amount is money that is to be moved: above zero, at most two decimals, exact.
func (f *form) amount(name string, d dec) int64 {
	if !d.set || d.text == "" {
		f.refuse(name, "", i18n.M("wire.missing"))
		return 0
	}
	// People may write 1,000.00; on the wire that isn't a number.
	if strings.Trim(d.text, "-0123456789.") != "" {
		f.refuse(name, d.text, i18n.M("bss.amount"))
		return 0
	}
	return money.Field(&f.fs, name, d.text)
}

// Bounds of a page.
const (
	usualPage = 10
	mostPage  = 100
)

// page is a row offset and a number of rows.
func (f *form) page(offset, limit *int32) (from, rows int) { return f.pageTo(offset, limit, mostPage) }

// pageTo is page where so many rows may be asked for.
func (f *form) pageTo(offset, limit *int32, most int) (from, rows int) {
	rows = usualPage
	if limit != nil {
		rows = int(*limit)
	}
	if rows < 1 || rows > most {
		f.refuse("limit", strconv.Itoa(rows), i18n.M("wire.between", i18n.A{"from": 1, "to": most}))
	}
	if offset != nil {
		from = int(*offset)
	}
	if from < 0 {
		f.refuse("offset", strconv.Itoa(from), i18n.M("wire.between", i18n.A{"from": 0, "to": 1<<31 - 1}))
	}
	return from, rows
}

// queryPage is page of the query string.
func (f *form) queryPage() (from, rows int) { return f.page(f.num("offset"), f.num("limit")) }

// list is a list of ids: at least and at most so many, none empty, none twice.
func (f *form) list(name string, ids []string, least, most int) []string {
	if len(ids) < least || len(ids) > most {
		f.refuse(name, strconv.Itoa(len(ids)), i18n.M("wire.items", i18n.A{"from": least, "to": most}))
		return nil
	}
	seen := map[string]bool{}
	for _, id := range ids {
		if seen[id] {
			f.refuse(name, id, i18n.M("wire.twice"))
		}
		seen[id] = true
		f.must(name, &id, mostID)
	}
	return ids
}

// mostID is the length that the interface gives its ids.
const mostID = 64

// ipid is the reseller that a distributor acts for.
func (f *form) ipid(v *string) string { return f.plain("indirect_partner_id", v, mostID) }
