package program

import (
	"math"
	"slices"

	"hanse/internal/kit/calendar"
)

// A Code is a certificate of the catalogue as packed facts write it; 0 is one
// that the catalogue does not know.
type Code uint16

// A record is a certificate in eight bytes: 20 bits of person, 12 of code, 16
// of the day it begins, 16 of its last valid day. Days are those since 1970, so
// they reach into the year 2149; later ones are cut there.
type record uint64

const (
	maxPeople = 1 << 20
	maxCodes  = 1 << 12
	openEnd   = math.MaxUint16
)

// newRecord packs a certificate of the person with that number within the
// partner.
func newRecord(person int, code Code, issued, expires uint16) record {
	// No company has a million engineers. If one did, its records would be
	// taken for those of others: stop.
	if person >= maxPeople {
		panic("program: a partner with more than a million people cannot be packed")
	}
	return record(person)<<44 | record(code)<<32 | record(issued)<<16 | record(expires)
}

func (r record) person() int     { return int(r >> 44) }
func (r record) code() Code      { return Code(r>>32) & 0xfff }
func (r record) issued() uint16  { return uint16(r >> 16) }
func (r record) expires() uint16 { return uint16(r) }

// packedPerson is a binding in eight bytes.
type packedPerson struct {
	bound, left uint16 // left: openEnd when still there
	until       uint16 // unconfirmed: first day on which the binding no longer counts; openEnd: none
	flags       uint8
}

// The flags of a person.
const (
	isRegistered uint8 = 1 << iota
	isNamed
	isUnconfirmed
	isAppointed
)

// flag is a flag when it is set.
func flag(set bool, f uint8) uint8 {
	if set {
		return f
	}
	return 0
}

// packedProject is a finished project.
type packedProject struct {
	usd      uint32 // cut at four billion
	finished uint16
}

// platform is everything else that lines ask, in a few words.
type platform struct {
	manager  int32 // ordinal of the service manager among the people, or -1
	credits  int32
	events   int32
	gear     [6]uint16 // in the order of the table gear
	hotline  uint8     // grade
	tracking uint8     // grade
	email    bool
}

// Packed are the facts of one partner in few bytes: about eight a certificate
// and six a person.
type Packed struct {
	people   []packedPerson
	records  []record
	projects []packedProject
	platform platform
	other    *Facts // what tallies read; nil: nothing of it
}

// pack16 cuts a day to 16 bits; None and days before 1970 are 0.
func pack16(d calendar.Day) uint16 { return uint16(min(max(d, 0), openEnd)) }

// packLeft makes an absent last day the latest there is, so that comparing
// needs no case for it.
func packLeft(d calendar.Day) uint16 {
	if d.IsNone() {
		return openEnd
	}
	return pack16(d)
}

// Code is the packed form of a certificate code.
func (c *Catalogue) Code(code []byte) Code {
	if i, ok := c.byCode[string(code)]; ok {
		return Code(i + 1)
	}
	return 0
}

// Pack packs facts. It is the slow way, for one partner; a whole fleet is fed
// row by row (Fleet.Begin).
func (c *Catalogue) Pack(f *Facts) Packed {
	var p Packed
	p.platform, p.other = packPlatform(f), otherFacts(f)
	for i := range f.People {
		x := &f.People[i]
		p.people = append(p.people, packedPerson{pack16(x.BoundOn), packLeft(x.LeftOn), packLeft(x.CountsUntil),
			flag(x.Registered, isRegistered) | flag(slices.Contains(f.NamedEngineers, x.ID), isNamed) |
				flag(x.Unconfirmed, isUnconfirmed) | flag(slices.Contains(f.ProjectManagers, x.ID), isAppointed)})
		if x.ID == f.ServiceManager && x.ID != "" && p.platform.manager < 0 {
			p.platform.manager = int32(i)
		}
		for _, cert := range x.Certificates {
			if code := c.Code([]byte(cert.Code)); code != 0 {
				p.records = append(p.records, newRecord(i, code, pack16(cert.IssuedOn), pack16(c.Expiry(cert))))
			}
		}
	}
	for _, x := range f.Projects {
		p.projects = append(p.projects, packProject(x))
	}
	return p
}

// otherFacts copies what tallies read, or is nil when there is nothing of it:
// the common case in a fleet.
func otherFacts(f *Facts) *Facts {
	if len(f.Holdings)+len(f.Materials)+len(f.Sites)+len(f.Languages)+len(f.Branches)+len(f.Attestations) == 0 &&
		!f.Restricted {
		return nil
	}
	x := &Facts{Holdings: slices.Clone(f.Holdings), Materials: slices.Clone(f.Materials), Sites: slices.Clone(f.Sites),
		Languages: slices.Clone(f.Languages), Branches: slices.Clone(f.Branches),
		Attestations: slices.Clone(f.Attestations), Restricted: f.Restricted}
	for i := range x.Sites {
		x.Sites[i].Seats = slices.Clone(x.Sites[i].Seats)
	}
	return x
}

// packProject packs a project; a price beyond four billion is as good as any in
// a band.
func packProject(x Project) packedProject {
	return packedProject{uint32(min(max(x.ListPriceUSD, 0), math.MaxUint32)), pack16(x.FinishedOn)}
}

// packPlatform packs what does not hang on the people.
func packPlatform(f *Facts) platform {
	p := platform{manager: -1, credits: cut32(f.Credits), events: cut32(f.EventsAttended), email: f.ServiceEmail,
		hotline: uint8(hotlineGrades[string(f.Hotline)]), tracking: uint8(trackingGrades[string(f.IssueTracking)])}
	for _, g := range f.Laboratory {
		if i := slices.Index(gear, g); i >= 0 && p.gear[i] < math.MaxUint16 {
			p.gear[i]++
		}
	}
	return p
}

// cut32 cuts a count to 32 bits; no need comes near either end.
func cut32(n int) int32 { return int32(min(max(n, 0), math.MaxInt32)) }

// ISODay reads "2006-01-02" from bytes without allocating, for feeding a fleet
// from text columns. It trusts the column: anything but ten bytes is None, and
// a day that does not exist rolls over.
func ISODay(b []byte) calendar.Day {
	if len(b) != 10 {
		return calendar.None
	}
	y := int(b[0]-'0')*1000 + int(b[1]-'0')*100 + int(b[2]-'0')*10 + int(b[3]-'0')
	m := int(b[5]-'0')*10 + int(b[6]-'0')
	d := int(b[8]-'0')*10 + int(b[9]-'0')
	// Days before the first of March of a year, counted in eras of 400 years
	// that begin in March.
	if m <= 2 {
		y--
	}
	era := y / 400
	yoe := y - era*400
	doy := (153*((m+9)%12)+2)/5 + d - 1
	return calendar.Day(era*146097 + yoe*365 + yoe/4 - yoe/100 + doy - 719468)
}
