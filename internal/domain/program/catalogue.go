package program

import (
	"slices"

	"hanse/internal/kit/calendar"
)

// A Catalogue lists the certificates that Hanse knows. It is never changed once
// loaded.
type Catalogue struct {
	Providers    []Provider        `yaml:"providers" doc:"Who issues certificates"`
	Directions   []Direction       `yaml:"directions" doc:"Technical directions, within which certificates renew each other"`
	Certificates []CertificateType `yaml:"certificates"`
	Exams        []ExamType        `yaml:"exams" doc:"Which exam leads to which certificate"`
	Ladders      []Ladder          `yaml:"ladders" doc:"General ladders, for rosters and advice; versions bring their own"`
	Credits      CreditPoints      `yaml:"credits" doc:"Points of the credits way"`

	byCode map[string]int // codes and former names
	byExam map[string]int // folded exam codes
}

// A Provider issues certificates.
type Provider struct {
	ID            string  `yaml:"id"`
	Title         Text    `yaml:"title"`
	Refresh       Refresh `yaml:"refresh" doc:"direction or none: how a passed exam renews a certificate"`
	RefreshMonths int     `yaml:"refresh_months,omitempty" doc:"Months from the pass that a renewal gives"`
}

// Refresh is a provider's rule of renewal.
type Refresh string

// The rules of renewal (business rules 6.3).
const (
	// RefreshDirection: an exam of the same certificate, or of the same or a
	// higher level in its direction, renews it when passed by its last day.
	RefreshDirection Refresh = "direction"
	// RefreshNone: the expiry on the record stands; one certifies anew.
	RefreshNone Refresh = "none"
)

// A Direction is a technical direction.
type Direction struct {
	ID    string `yaml:"id"`
	Title Text   `yaml:"title"`
}

// A CertificateType is a certificate that can be held.
type CertificateType struct {
	Code           string     `yaml:"code" doc:"As rosters and programs write it"`
	Title          Text       `yaml:"title"`
	Provider       string     `yaml:"provider" doc:"Who issues it"`
	Direction      string     `yaml:"direction" doc:"Technical direction"`
	Level          int        `yaml:"level" doc:"Height within the direction: 1 associate, 2 professional, 3 expert"`
	Class          Class      `yaml:"class" doc:"junior, senior, expert, pm, special, career, developer, specialist or management"`
	ValidityMonths int        `yaml:"validity_months" doc:"Months from issue when the record brings no expiry date"`
	Credits        int        `yaml:"credits,omitempty" doc:"Points while valid; absent: those of the class"`
	Aliases        []string   `yaml:"aliases,omitempty" doc:"Other spellings found in rosters"`
	RenamedFrom    []Renaming `yaml:"renamed_from,omitempty" doc:"Former names; certificates under them stay valid to their own expiry"`
	Equivalents    []string   `yaml:"equivalents,omitempty" doc:"Certificates of the same class in the eyes of the vendor"`
	Requires       []string   `yaml:"requires,omitempty" doc:"One of these must be held before its exams are taken"`
	Retired        bool       `yaml:"retired,omitempty" doc:"Held, but no longer or not as such taken: advice never proposes it"`
	Cost           Cost       `yaml:"cost,omitempty" doc:"What the exams cost together"`
	Weeks          int        `yaml:"weeks,omitempty" doc:"Usual weeks of preparation"`
	CourseURL      string     `yaml:"course_url,omitempty" doc:"Where its course is booked, with the training e-mail"`
	ExamURL        string     `yaml:"exam_url,omitempty" doc:"Where its exam is booked, with the exam e-mail"`
}

// A Renaming is a former name of a certificate.
type Renaming struct {
	Code string       `yaml:"code" doc:"The former code"`
	On   calendar.Day `yaml:"on" doc:"First day of the new name"`
}

// Cost is an amount of money in the currency's smallest unit.
type Cost struct {
	Minor    int64  `yaml:"minor" doc:"In the smallest unit: 140000 is 1,400.00"`
	Currency string `yaml:"currency" doc:"ISO 4217"`
}

// An ExamType is an exam at a test provider.
type ExamType struct {
	Code        string `yaml:"code" doc:"As result feeds write it: H12-811"`
	Certificate string `yaml:"certificate" doc:"The certificate it leads to"`
	Part        string `yaml:"part,omitempty" doc:"A certificate with parts wants one exam of each; absent: this exam alone suffices"`
}

// Class is the kind of a certificate.
type Class string

// The classes. The first five are those of H3C, by which credits are counted.
const (
	Junior     Class = "junior"
	Senior     Class = "senior"
	Expert     Class = "expert"
	PM         Class = "pm"
	Special    Class = "special"
	Career     Class = "career"     // HCIA, HCIP, HCIE
	Developer  Class = "developer"  // HCCDA, HCCDP, HCCDE
	Specialist Class = "specialist" // HCSA, HCSP, HCSE
	Management Class = "management" // project management outside H3C's credits
)

var classWords = []string{string(Junior), string(Senior), string(Expert), string(PM), string(Special), string(Career),
	string(Developer), string(Specialist), string(Management)}

// CreditPoints are the points of the credits way; each (engineer, course)
// counts once within the months.
type CreditPoints struct {
	CourseFinished int           `yaml:"course_finished"`
	ExamPassed     int           `yaml:"exam_passed" doc:"On top of the finished course"`
	Certificate    map[Class]int `yaml:"certificate" doc:"By class, while the certificate is valid"`
	Months         int           `yaml:"months" doc:"Credits count for so many months"`
}

// Find looks a certificate up by its exact code or a former one.
func (c *Catalogue) Find(code string) (CertificateType, bool) {
	i, ok := c.byCode[code]
	if !ok {
		return CertificateType{}, false
	}
	return c.Certificates[i], true
}

// Resolve looks a certificate up by code or alias, ignoring case, spaces, dots
// and underscores ("h3cs imc" is H3CS-IMC).
func (c *Catalogue) Resolve(text string) (CertificateType, bool) {
	want := foldCode(text)
	i := slices.IndexFunc(c.Certificates, func(t CertificateType) bool {
		return foldCode(t.Code) == want || foldCode(t.Title.En) == want ||
			slices.ContainsFunc(t.Aliases, func(a string) bool { return foldCode(a) == want }) ||
			slices.ContainsFunc(t.RenamedFrom, func(r Renaming) bool { return foldCode(r.Code) == want })
	})
	if i < 0 {
		return CertificateType{}, false
	}
	return c.Certificates[i], true
}

// Expiry is the last valid day of a certificate: the record's own, else issue
// plus the catalogue's validity. It is None when neither is known; such a
// certificate does not count.
func (c *Catalogue) Expiry(x Certificate) calendar.Day {
	if !x.ExpiresOn.IsNone() || x.IssuedOn.IsNone() {
		return x.ExpiresOn
	}
	t, ok := c.Find(x.Code)
	if !ok || t.ValidityMonths == 0 {
		return calendar.None
	}
	return x.IssuedOn.AddMonths(t.ValidityMonths)
}

// Points are the credits of one valid certificate.
func (c *Catalogue) Points(code string) int {
	t, ok := c.Find(code)
	switch {
	case !ok:
		return 0
	case t.Credits != 0:
		return t.Credits
	}
	return c.Credits.Certificate[t.Class]
}

// foldCode drops what people write differently in a code: case, blanks, dots,
// hyphens, underscores.
func foldCode(s string) string {
	out := make([]rune, 0, len(s))
	for _, r := range s {
		switch {
		case r == ' ' || r == '–' || r == '.' || r == '_' || r == '-' || r == '\u00a0':
		case 'a' <= r && r <= 'z':
			out = append(out, r-'a'+'A')
		default:
			out = append(out, r)
		}
	}
	return string(out)
}
