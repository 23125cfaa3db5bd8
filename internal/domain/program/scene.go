package program

import (
	"cmp"
	"slices"
	"time"

	"hanse/internal/kit/calendar"
)

// A holder is a person as one evaluation sees them.
type holder struct {
	person  *Person
	absence Reason // why the person does not count at all; empty: counts
	certs   []held
}

// held is a certificate with what is wrong with it on the day; an empty reason
// means it counts.
type held struct {
	cert Certificate
	why  Reason
}

// A scene is the facts as they are on one day for one purpose, and the staffing
// of the track under evaluation.
type scene struct {
	v       *Version
	f       *Facts
	day     calendar.Day
	purpose Purpose
	holders []holder // by person id
	staffed map[string]staffing
}

// newScene looks at all people once; the levels and tracks share what it finds.
func newScene(v *Version, f *Facts, at time.Time, purpose Purpose) *scene {
	s := &scene{v: v, f: f, day: calendar.DayOf(at), purpose: purpose}
	s.holders = make([]holder, len(f.People))
	for i := range f.People {
		s.holders[i] = s.see(&f.People[i])
	}
	slices.SortStableFunc(s.holders, func(a, b holder) int { return cmp.Compare(a.person.ID, b.person.ID) })
	return s
}

// see judges a person and each certificate.
func (s *scene) see(p *Person) holder {
	h := holder{person: p, absence: s.absence(p), certs: make([]held, len(p.Certificates))}
	for i, c := range p.Certificates {
		c.ExpiresOn = s.v.plan.cat.Expiry(c)
		if t, ok := s.v.plan.cat.Find(c.Code); ok {
			c.Code = t.Code // a former name counts as the present one
		}
		h.certs[i] = held{c, s.v.judge(c, s.day, s.purpose)}
	}
	// The best of equals comes first, so that choices below need no second look
	// at the order of the facts.
	slices.SortFunc(h.certs, func(a, b held) int {
		return cmp.Or(cmp.Compare(b.cert.ExpiresOn, a.cert.ExpiresOn), compareCertificates(a.cert, b.cert))
	})
	return h
}

// trusts tells whether the version counts a person's binding on a day: one that
// the person confirmed, or for a while the company's word.
func (x People) trusts(p *Person, d calendar.Day) bool {
	return !p.Unconfirmed || !x.Confirmed && (p.CountsUntil.IsNone() || d < p.CountsUntil)
}

// absence is why a person does not count for the version on the day.
func (s *scene) absence(p *Person) Reason {
	switch {
	case s.day < p.BoundOn:
		return NotBoundYet
	case !p.Bound(s.day):
		return Left
	case !s.v.People.trusts(p, s.day):
		return NotConfirmed
	case !p.Registered && !s.v.People.AllBound:
		return NotRegistered
	}
	return ""
}

// judge says what is wrong with a certificate whose expiry is known, on a day.
func (v *Version) judge(c Certificate, d calendar.Day, purpose Purpose) Reason {
	switch {
	case d < c.IssuedOn:
		return NotIssuedYet
	case c.ExpiresOn < d:
		return Expired
	case d > v.lastDay(c.ExpiresOn, purpose):
		return TooShort
	}
	return ""
}

// lastDay is the last day on which a certificate counts: its expiry, or for an
// application the last day whose date the months on still lies before the
// expiry (business rules 2.3: strictly more than three months).
func (v *Version) lastDay(expires calendar.Day, purpose Purpose) calendar.Day {
	months := v.Application.MinRemainingMonths
	if purpose != Apply || months == 0 || expires.IsNone() {
		return expires
	}
	d := expires.AddMonths(-months)
	for d.AddMonths(months) >= expires {
		d--
	}
	for (d + 1).AddMonths(months) < expires {
		d++
	}
	return d
}

// slot is a place filled by a person.
func (s *scene) slot(p *holder, c Certificate) Slot {
	return Slot{Person: p.person.ID, Certificate: c, ValidFor: s.v.lastDay(c.ExpiresOn, s.purpose)}
}

// best is the certificate with which a person fills a place: the lowest that
// suffices, then the latest expiry.
func (p *holder) best(accepts ranks) (Certificate, int, bool) { return best(p.certs, accepts) }

// best picks among certificates that are sorted, the latest expiry first.
func best(certs []held, accepts ranks) (Certificate, int, bool) {
	found, rank := Certificate{}, -1
	for _, h := range certs {
		r, ok := accepts[h.cert.Code]
		if ok && h.why == "" && (rank < 0 || r < rank) {
			found, rank = h.cert, r
		}
	}
	return found, rank, rank >= 0
}

// ranks are the certificates that a line accepts, each with its rung: the
// lower, the better it suits the line.
type ranks map[string]int
