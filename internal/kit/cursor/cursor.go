// Package cursor pages lists by key: a cursor names the row after or before
// which a page begins, not a count of rows to skip, so that pages neither
// repeat nor miss rows while others are added.
//
// A cursor is opaque to clients: its keys are signed together with the name of
// the list and its filters, so that nobody can forge one or carry it over to
// another list.
package cursor

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"net/url"
	"slices"
	"strconv"

	"hanse/internal/kit/fault"
	"hanse/internal/kit/i18n"
)

const (
	version = "1"
	macLen  = 16
	// maxLen bounds a cursor as it comes in a URL.
	maxLen = 2048

	// DefaultLimit and MaxLimit are rows per page.
	DefaultLimit = 50
	MaxLimit     = 200
)

// Codec makes and reads cursors under one secret.
type Codec struct{ key []byte }

// New takes the secret, the same on every process of an installation. Cursors
// made under another become invalid, which costs a reader the way back to page
// one and nothing else.
func New(secret []byte) *Codec {
	mac := hmac.New(sha256.New, secret)
	mac.Write([]byte("hanse cursor " + version))
	return &Codec{key: mac.Sum(nil)}
}

// Key is the place of a row in its list: the values of the ORDER BY columns,
// strings as they are and integers in decimal (see Int).
type Key []string

// Int puts an integer into a Key; Key.Int takes it out.
func Int(n int64) string { return strconv.FormatInt(n, 10) }

// Int is the integer at i; a value that is none is a bad cursor.
func (k Key) Int(i int) (int64, error) {
	if i >= len(k) {
		return 0, bad()
	}
	n, err := strconv.ParseInt(k[i], 10, 64)
	if err != nil {
		return 0, bad()
	}
	return n, nil
}

// Page is what a request asks for: Limit rows after After, or before Before, or
// the first. At most one of the two is set.
type Page struct {
	After  Key
	Before Key
	Limit  int
}

// Backward says that the page is read against the order of the list: the store
// turns ORDER BY and comparison around, Cut turns the rows back.
func (p Page) Backward() bool { return p.Before != nil }

// Key is the place where the page begins, nil for the first page.
func (p Page) Key() Key {
	if p.Backward() {
		return p.Before
	}
	return p.After
}

// Fetch is how many rows to read: one more than shown, which tells whether
// another page follows.
func (p Page) Fetch() int { return p.Limit + 1 }

// Parse reads `after`, `before` and `limit` from a query. list names the list
// and its filters; keys is how many values its keys have. It returns Invalid for
// a cursor that is not of this list and for a limit that is no number from 1 to
// MaxLimit.
func (c *Codec) Parse(q url.Values, list string, keys int) (Page, error) {
	p := Page{Limit: DefaultLimit}
	if s := q.Get("limit"); s != "" {
		n, err := strconv.Atoi(s)
		if err != nil || n < 1 || n > MaxLimit {
			return Page{}, fault.Invalid("limit", i18n.M("cursor.limit", i18n.A{"max": MaxLimit}))
		}
		p.Limit = n
	}
	after, before := q.Get("after"), q.Get("before")
	if after != "" && before != "" {
		return Page{}, fault.Invalid("before", i18n.M("cursor.both"))
	}
	var err error
	if after != "" {
		p.After, err = c.Decode(after, list, keys)
	}
	if before != "" {
		p.Before, err = c.Decode(before, list, keys)
	}
	return p, err
}

// Encode makes the cursor of a row.
func (c *Codec) Encode(list string, k Key) string {
	body, err := json.Marshal(k)
	if err != nil {
		panic(err) // strings always marshal
	}
	return version + base64.RawURLEncoding.EncodeToString(append(c.mac(list, body), body...))
}

// Decode gives the key of a cursor made by Encode for the same list, or
// Invalid.
func (c *Codec) Decode(s, list string, keys int) (Key, error) {
	if len(s) > maxLen || len(s) < 1 || s[:1] != version {
		return nil, bad()
	}
	b, err := base64.RawURLEncoding.Strict().DecodeString(s[1:])
	if err != nil || len(b) < macLen || !hmac.Equal(b[:macLen], c.mac(list, b[macLen:])) {
		return nil, bad()
	}
	var k Key
	if err := json.Unmarshal(b[macLen:], &k); err != nil || len(k) != keys {
		return nil, bad()
	}
	return k, nil
}

func (c *Codec) mac(list string, body []byte) []byte {
	mac := hmac.New(sha256.New, c.key)
	mac.Write([]byte(strconv.Itoa(len(list)) + ":" + list))
	mac.Write(body)
	return mac.Sum(nil)[:macLen]
}

func bad() error { return fault.Invalid("cursor", i18n.M("cursor.bad")) }

// Links are the cursors around a page; empty where the list ends.
type Links struct {
	Next string // for `after`
	Prev string // for `before`
}

// Cut turns the rows that a store fetched for a page (up to Page.Fetch, in the
// order read) into the rows to show, in the order of the list, and the links
// around them.
func Cut[T any](c *Codec, list string, p Page, rows []T, key func(T) Key) ([]T, Links) {
	more := len(rows) > p.Limit
	rows = rows[:min(len(rows), p.Limit)]
	if p.Backward() {
		slices.Reverse(rows)
	}
	var l Links
	if len(rows) == 0 {
		return rows, l
	}
	// On the side where the reader comes from there are rows, or were.
	if more || p.Backward() {
		l.Next = c.Encode(list, key(rows[len(rows)-1]))
	}
	if p.Backward() && more || p.After != nil {
		l.Prev = c.Encode(list, key(rows[0]))
	}
	return rows, l
}
