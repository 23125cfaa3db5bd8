// Package roster keeps who works for which partner: bindings, their lists, and the import of whole rosters.
//
// A binding ties a person to a partner from a day to a day. It holds all that the partner's pages and the
// qualification of the partner need, so that they read one table; what the person holds is copied into it in the
// transaction that changes it. A person is told apart over all partners by e-mail; without one, a person is known
// inside one partner only, by that partner's number.
package roster

import (
	"strconv"
	"strings"
	"time"

	"hanse/internal/domain/credential"
	"hanse/internal/domain/program"
	"hanse/internal/kit/calendar"
	"hanse/internal/kit/text"
)

// A Binding is a person at a partner. Its id stands for the person in the partner's pages and evaluations.
type Binding struct {
	Account    string // the partner
	ID         string
	Person     string // the personal account
	Number     string // how the partner numbers its people
	Name       string
	Email      string       // may be empty
	BoundOn    calendar.Day // first day that counts; None: ever since
	LeftOn     calendar.Day // first day that no longer counts; None: still there
	Registered bool         // registered after-sales engineer
	Held       []Held       // valid certificates of the person, by code and day of issue
	Consent
	Revision  int64
	CreatedAt time.Time
	UpdatedAt time.Time
}

// Held is one certificate as a binding copies it.
type Held struct {
	Code      string
	IssuedOn  calendar.Day
	ExpiresOn calendar.Day // as stated; None: not stated
	Until     calendar.Day // last valid day, by the catalogue when not stated
}

// A Stint is an earlier time at the same partner.
type Stint struct{ BoundOn, LeftOn calendar.Day }

// Here tells whether the person hasn't left by a day.
func (b Binding) Here(day calendar.Day) bool { return b.LeftOn.IsNone() || day < b.LeftOn }

// Entry is what somebody says of one person at a partner.
type Entry struct {
	Number     string
	Name       string
	Email      string
	BoundOn    calendar.Day
	LeftOn     calendar.Day
	Registered bool
}

func (e Entry) searchText() string {
	return text.Fold(e.Name) + "\n" + text.Fold(e.Email) + "\n" + text.Fold(e.Number)
}

func (b Binding) entry() Entry {
	return Entry{b.Number, b.Name, b.Email, b.BoundOn, b.LeftOn, b.Registered}
}

// with returns the binding as an entry says it is.
func (b Binding) with(e Entry) Binding {
	b.Number, b.Name, b.Email, b.BoundOn, b.LeftOn, b.Registered = e.Number, e.Name, e.Email, e.BoundOn, e.LeftOn, e.Registered
	return b
}

// pack writes certificates as a binding's column: ";CODE:ISSUED:EXPIRES" for each, days since 1970.
func pack(all []credential.Certificate) string {
	var b strings.Builder
	for _, c := range all {
		if c.State != credential.Valid {
			continue
		}
		b.WriteByte(';')
		b.WriteString(c.Code)
		b.WriteByte(':')
		b.WriteString(strconv.Itoa(int(c.IssuedOn)))
		b.WriteByte(':')
		b.WriteString(strconv.Itoa(int(c.ExpiresOn)))
	}
	return b.String()
}

// unpack calls use for each certificate of a packed column, without allocating.
func unpack(held string, use func(code string, issued, expires calendar.Day)) {
	for held != "" {
		var one string
		one, held, _ = strings.Cut(held[1:], ";")
		if held != "" {
			held = ";" + held
		}
		code, days, _ := strings.Cut(one, ":")
		issued, expires, _ := strings.Cut(days, ":")
		use(code, number(issued), number(expires))
	}
}

func number(s string) calendar.Day {
	n, sign := 0, 1
	for i := range len(s) {
		if s[i] == '-' {
			sign = -1
			continue
		}
		n = n*10 + int(s[i]-'0')
	}
	return calendar.Day(n * sign)
}

func heldOf(cat *program.Catalogue, packed string) []Held {
	if packed == "" {
		return nil
	}
	out := make([]Held, 0, strings.Count(packed, ";"))
	unpack(packed, func(code string, issued, expires calendar.Day) {
		until := cat.Expiry(program.Certificate{Code: code, IssuedOn: issued, ExpiresOn: expires})
		out = append(out, Held{code, issued, expires, until})
	})
	return out
}
