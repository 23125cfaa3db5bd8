package program

import (
	"slices"

	"hanse/internal/kit/calendar"
)

// A Catalogue lists the certificates that Hanse knows. It is never changed once
// loaded.
type Catalogue struct {
	Certificates []CertificateType `yaml:"certificates"`
	Ladders      []Ladder          `yaml:"ladders" doc:"General ladders, for rosters and advice; versions bring their own"`
	Credits      CreditPoints      `yaml:"credits" doc:"Points of the credits way"`

	byCode map[string]int
}

// A CertificateType is a certificate that can be held.
type CertificateType struct {
	Code           string   `yaml:"code" doc:"As rosters and programs write it"`
	Title          Text     `yaml:"title"`
	Class          Class    `yaml:"class" doc:"junior, senior, expert, pm or special"`
	ValidityMonths int      `yaml:"validity_months" doc:"Months from issue when the record brings no expiry date"`
	Credits        int      `yaml:"credits,omitempty" doc:"Points while valid; absent: those of the class"`
	Aliases        []string `yaml:"aliases,omitempty" doc:"Other spellings found in rosters"`
}

// Class is the kind of a certificate.
type Class string

// The classes.
const (
	Junior  Class = "junior"
	Senior  Class = "senior"
	Expert  Class = "expert"
	PM      Class = "pm"
	Special Class = "special"
)

// CreditPoints are the points of the credits way; each (engineer, course)
// counts once within the months.
type CreditPoints struct {
	CourseFinished int           `yaml:"course_finished"`
	ExamPassed     int           `yaml:"exam_passed" doc:"On top of the finished course"`
	Certificate    map[Class]int `yaml:"certificate" doc:"By class, while the certificate is valid"`
	Months         int           `yaml:"months" doc:"Credits count for so many months"`
}

// Find looks a certificate up by its exact code.
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
		return foldCode(t.Code) == want || slices.ContainsFunc(t.Aliases, func(a string) bool { return foldCode(a) == want })
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
		case r == ' ' || r == '.' || r == '_' || r == '-' || r == '\u00a0':
		case 'a' <= r && r <= 'z':
			out = append(out, r-'a'+'A')
		default:
			out = append(out, r)
		}
	}
	return string(out)
}
