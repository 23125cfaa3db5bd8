// Package credential holds the certificates of persons.
//
// A certificate belongs to a person, whoever employs that person. Nothing is deleted: a correction marks the old
// row as superseded, a revocation marks it as revoked. How long a certificate is valid is what its record says,
// else the catalogue (business rules 6.3).
package credential

import (
	"cmp"
	"time"

	"hanse/internal/domain/program"
	"hanse/internal/kit/calendar"
	"hanse/internal/kit/i18n"
)

// A State says what became of a certificate's row.
type State string

// The states.
const (
	Valid      State = "valid"      // it counts until its last day
	Revoked    State = "revoked"    // the vendor took it back; it counts no more
	Superseded State = "superseded" // a correction took its place
)

// A Source says where a certificate was learned from.
type Source string

// The sources.
const (
	Import Source = "import" // a roster file
	Manual Source = "manual" // somebody typed it
	Record Source = "record" // the vendor's own feed
)

// A Certificate is one certificate of a person.
type Certificate struct {
	Person        string
	ID            string
	Code          string
	IssuedOn      calendar.Day // None: not known
	ExpiresOn     calendar.Day // last valid day as stated; None: not stated
	Until         calendar.Day // last valid day, by the catalogue when not stated; None: not known
	Number        string
	Source        Source
	SourceAccount string // whose word it is
	State         State
	Supersedes    string // the row that this one corrects
	Reason        string // of a revocation
	RevokedBy     Source // Record when the vendor's feed revoked it; empty when somebody did by hand
	RecordedAt    time.Time
}

// A Standing is what a certificate is worth on a day.
type Standing string

// The standings, best first; the empty one means that nothing is held.
const (
	StandsValid    Standing = "valid"
	StandsExpiring Standing = "expiring"
	StandsExpired  Standing = "expired"
	StandsRevoked  Standing = "revoked"
)

// StandingOf tells how something with a last valid day stands. It's valid through that day; within is the number
// of days in which it counts as expiring. Without a last day nobody can tell, so it counts as expired.
func StandingOf(until, day calendar.Day, within int) Standing {
	switch {
	case until.IsNone() || until < day:
		return StandsExpired
	case until <= day.AddDays(within):
		return StandsExpiring
	}
	return StandsValid
}

// Standing tells how the certificate stands on a day.
func (c Certificate) Standing(day calendar.Day, within int) Standing {
	if c.State != Valid {
		return StandsRevoked
	}
	return StandingOf(c.Until, day, within)
}

// StandingText names a standing.
func StandingText(s Standing) i18n.Msg {
	switch s {
	case StandsValid:
		return i18n.M("credential.standing.valid")
	case StandsExpiring:
		return i18n.M("credential.standing.expiring")
	case StandsExpired:
		return i18n.M("credential.standing.expired")
	case StandsRevoked:
		return i18n.M("credential.standing.revoked")
	}
	return i18n.M("credential.standing.none")
}

// A Put is a certificate as somebody states it. The same person, code and day of issue mean the same certificate.
type Put struct {
	Person    string
	Code      string
	IssuedOn  calendar.Day
	ExpiresOn calendar.Day // None: not stated, which changes nothing that was stated before
	Number    string       // empty: not stated
	Source    Source
	Account   string // whose word it is
	Vendor    bool   // the vendor's word goes before everybody's
}

// An Outcome is what a Put does to what is there.
type Outcome string

// The outcomes.
const (
	Added     Outcome = "added"
	Corrected Outcome = "corrected"
	Unchanged Outcome = "unchanged"
	Refused   Outcome = "refused"
)

// A Decision is the outcome of one Put, decided without a database.
type Decision struct {
	Outcome Outcome
	Old     Certificate // what is corrected
	Reason  i18n.Msg    // why it's refused
	Remedy  i18n.Msg
}

// Decide compares a Put with the person's certificates, revoked ones included. A partner corrects its own word
// only: what the vendor or another partner stated needs the vendor.
func Decide(held []Certificate, p Put) Decision {
	for _, c := range held {
		if c.Code != p.Code || c.IssuedOn != p.IssuedOn || c.State == Superseded {
			continue
		}
		switch {
		case c.State == Revoked:
			return Decision{Outcome: Refused, Old: c, Reason: i18n.M("credential.revoked"), Remedy: i18n.M("credential.ask_vendor")}
		case c.agrees(p):
			return Decision{Outcome: Unchanged, Old: c}
		case !p.Vendor && (c.SourceAccount != p.Account || c.Source == Record):
			return Decision{Outcome: Refused, Old: c, Reason: i18n.M("credential.other_word", i18n.A{"day": c.Until.String()}),
				Remedy: i18n.M("credential.ask_vendor")}
		}
		return Decision{Outcome: Corrected, Old: c}
	}
	return Decision{Outcome: Added}
}

func (c Certificate) agrees(p Put) bool {
	return (p.ExpiresOn.IsNone() || p.ExpiresOn == c.ExpiresOn) && (p.Number == "" || p.Number == c.Number)
}

// until fills in the last valid day.
func until(cat *program.Catalogue, c Certificate) Certificate {
	c.Until = cat.Expiry(program.Certificate{Code: c.Code, IssuedOn: c.IssuedOn, ExpiresOn: c.ExpiresOn})
	return c
}

// Compare orders certificates of one person: by code, day of issue, id.
func Compare(a, b Certificate) int {
	return cmp.Or(cmp.Compare(a.Code, b.Code), cmp.Compare(a.IssuedOn, b.IssuedOn), cmp.Compare(a.ID, b.ID))
}
