package osm

import (
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"hanse/internal/edge/wire"
	"hanse/internal/kit/fault"
	"hanse/internal/kit/i18n"
)

// A form reads the parameters of one call and collects what is wrong with them, so that the caller hears all at once.
// Absent, null and an empty text are the same everywhere: SDKs send required texts even when nobody set them.
type form struct {
	q    url.Values
	zone *time.Location
	fs   fault.Fields
}

// query starts a form over the query string.
func (c *call) query() *form {
	q, err := url.ParseQuery(c.r.URL.RawQuery)
	f := &form{q: q, zone: c.zone}
	if err != nil {
		f.refuse("query", c.r.URL.RawQuery, i18n.M("wire.query"))
	}
	return f
}

func (f *form) refuse(name, value string, msg i18n.Msg) { f.fs.Add(name, value, msg) }

// err is the refusal of the whole call, or nil.
func (f *form) err() error { return f.fs.Err() }

// arg is a query parameter, "" when it's absent. One that is there twice means nothing certain.
func (f *form) arg(name string, most int) string {
	switch v := f.q[name]; len(v) {
	case 0:
		return ""
	case 1:
		return f.line(name, v[0], most)
	default:
		f.refuse(name, strings.Join(v, ","), i18n.M("wire.twice"))
		return ""
	}
}

// mustArg is a query parameter that has to be there.
func (f *form) mustArg(name string, most int) string {
	v := f.arg(name, most)
	if v == "" && len(f.q[name]) < 2 {
		f.refuse(name, "", i18n.M("wire.missing"))
	}
	return v
}

// line is a text without line breaks.
func (f *form) line(name, v string, most int) string {
	if wrong := wire.Text(v, most); !wrong.IsZero() {
		f.refuse(name, v, wrong)
		return ""
	}
	return v
}

// must is a line that has to be there.
func (f *form) must(name, v string, most int) string {
	if v == "" {
		f.refuse(name, "", i18n.M("wire.missing"))
		return ""
	}
	return f.line(name, v, most)
}

// text is a text that may have line breaks and tabs.
func (f *form) text(name, v string, most int) string {
	if wrong := wire.Text(strings.NewReplacer("\r", " ", "\n", " ", "\t", " ").Replace(v), most); !wrong.IsZero() {
		f.refuse(name, v, wrong)
		return ""
	}
	return v
}

// mustText is a text that has to be there and isn't only spaces.
func (f *form) mustText(name, v string, most int) string {
	if strings.TrimSpace(v) == "" {
		f.refuse(name, "", i18n.M("wire.missing"))
		return ""
	}
	return f.text(name, v, most)
}

// num is a whole number of the query, nil when it's absent.
func (f *form) num(name string) *int32 {
	v := f.arg(name, 20)
	if v == "" {
		return nil
	}
	n, err := strconv.ParseInt(v, 10, 32)
	if err != nil {
		f.refuse(name, v, i18n.M("wire.number"))
		return nil
	}
	return ptr(int32(n))
}

// within is a whole number of the query within bounds; nil when it's absent.
func (f *form) within(name string, least, most int32) *int32 {
	n := f.num(name)
	if n != nil && (*n < least || *n > most) {
		f.refuse(name, strconv.Itoa(int(*n)), i18n.M("wire.between", i18n.A{"from": least, "to": most}))
		return nil
	}
	return n
}

// list is an array of the query: repeated keys, one value with commas, or both at once.
func (f *form) list(name string, least, most, long int) []string {
	out := []string{}
	for _, v := range f.q[name] {
		for part := range strings.SplitSeq(v, ",") {
			if part = strings.TrimSpace(part); part != "" && !slices.Contains(out, part) {
				out = append(out, f.line(name, part, long))
			}
		}
	}
	if len(out) < least || len(out) > most {
		f.refuse(name, strconv.Itoa(len(out)), i18n.M("wire.items", i18n.A{"from": least, "to": most}))
		return nil
	}
	return out
}

// numbers is a list of whole numbers.
func (f *form) numbers(name string, least, most int) (out []int32) {
	for _, v := range f.list(name, least, most, 20) {
		n, err := strconv.ParseInt(v, 10, 32)
		if err != nil {
			f.refuse(name, v, i18n.M("wire.number"))
			continue
		}
		out = append(out, int32(n))
	}
	return out
}

// word is one of some words.
func (f *form) word(name, v string, words ...string) string {
	if v != "" && !slices.Contains(words, v) {
		f.refuse(name, v, i18n.M("wire.choice", i18n.A{"words": strings.Join(words, ", ")}))
		return ""
	}
	return v
}

// mustWord is one of some words that has to be there.
func (f *form) mustWord(name, v string, words ...string) string {
	if v == "" {
		f.refuse(name, "", i18n.M("wire.missing"))
		return ""
	}
	return f.word(name, v, words...)
}

// Bounds of a page.
const (
	usualPage  = 10
	mostPage   = 100
	mostOffset = 65_535
)

// page is a row offset and a number of rows. A limit of 0 means the usual one.
func (f *form) page(mostOff int32) (from, rows int) { return f.pageOf("offset", "limit", mostOff) }

func (f *form) pageOf(offset, limit string, mostOff int32) (from, rows int) {
	rows = usualPage
	if n := f.within(limit, 0, mostPage); n != nil && *n > 0 {
		rows = int(*n)
	}
	if n := f.within(offset, 0, mostOff); n != nil {
		from = int(*n)
	}
	return from, rows
}

// queryTime is an instant as the query writes it: yyyy-MM-dd HH:mm:ss in the caller's zone. The zero instant when absent.
func (f *form) queryTime(name string) time.Time {
	v := f.arg(name, 32)
	if v == "" {
		return time.Time{}
	}
	t, err := time.ParseInLocation(time.DateTime, v, f.zone)
	if err != nil {
		f.refuse(name, v, i18n.M("osm.query_time"))
	}
	return t
}

// querySpan is two of them, the first not after the second; the second's whole second is meant too.
func (f *form) querySpan(begin, end string) (from, to time.Time) {
	from, to = f.queryTime(begin), f.queryTime(end)
	if !from.IsZero() && !to.IsZero() && to.Before(from) {
		f.refuse(end, f.q.Get(end), i18n.M("wire.order", i18n.A{"field": begin}))
	}
	if !to.IsZero() {
		to = to.Add(time.Second)
	}
	return from, to
}

// group is the caller's user group: whoever names one means the company's tickets and not only the own ones.
func (f *form) group() bool { return f.arg("group_id", mostID) != "" }

// mostID is the length that the interface gives its ids.
const mostID = 64

func ptr[T any](v T) *T { return &v }
