// Package realname verifies that a personal account is the human, and a company's account the company, whose name it
// bears.
//
// A person states the name as it stands in an identity document and shows the document, a company does it with its
// registration; a reviewer approves or refuses. Of the document's number only its end is kept, and a keyed hash by which a second account with the same
// document is found. Nobody but the owner and the vendor's reviewers can see the document.
package realname

import (
	"slices"
	"strings"
	"time"

	"hanse/internal/kit/audit"
	"hanse/internal/kit/fault"
	"hanse/internal/kit/i18n"
	"hanse/internal/kit/text"
)

// A State says who acts next on a case.
type State string

// The states. Pending waits for a reviewer; of the others verified alone holds.
const (
	Pending   State = "pending"
	Approved  State = "verified"
	Refused   State = "refused"   // the person may submit again
	Withdrawn State = "withdrawn" // by the person
	Revoked   State = "revoked"   // by a reviewer, after it was verified
	Replaced  State = "replaced"  // by a newer verified one
)

// Label is the state in words.
func (s State) Label() i18n.Msg {
	switch s {
	case Pending:
		return i18n.M("realname.state.pending")
	case Approved:
		return i18n.M("realname.state.verified")
	case Refused:
		return i18n.M("realname.state.refused")
	case Withdrawn:
		return i18n.M("realname.state.withdrawn")
	case Revoked:
		return i18n.M("realname.state.revoked")
	}
	return i18n.M("realname.state.replaced")
}

// IDTypes are the documents that serve for a person, CompanyTypes those for a company.
var (
	IDTypes      = []string{"id_card", "passport", "residence_permit", "driving_licence"}
	CompanyTypes = []string{"business_licence", "institution_certificate", "foreign_registration"}
)

// IDTypeLabel names a kind of document.
func IDTypeLabel(t string) i18n.Msg {
	switch t {
	case "id_card":
		return i18n.M("realname.id_card")
	case "passport":
		return i18n.M("realname.passport")
	case "residence_permit":
		return i18n.M("realname.residence_permit")
	case "business_licence":
		return i18n.M("realname.business_licence")
	case "institution_certificate":
		return i18n.M("realname.institution_certificate")
	case "foreign_registration":
		return i18n.M("realname.foreign_registration")
	}
	return i18n.M("realname.driving_licence")
}

// A File is the evidence.
type File struct {
	Hash string
	Name string
	Type string // png, jpeg, pdf
	Size int64
}

// A Case is one claim to a name.
type Case struct {
	Person      string // whose name it is: a person, or a company
	ID          string
	State       State
	Name        string
	Country     string // that issued the document
	IDType      string
	IDLast4     string
	File        File
	SubmittedAt time.Time
	DueAt       time.Time // of the review
	DecidedAt   time.Time
	DecidedBy   string
	DecidedName string
	Reason      string
	Version     int64

	idHash      string
	overdueTold bool
}

// Company tells whether it's a company's name.
func (c Case) Company() bool { return slices.Contains(CompanyTypes, c.IDType) }

func (c Case) subject() audit.Subject {
	return audit.Subject{Kind: "realname", ID: c.ID, Account: c.Person}
}

// A Submission is what a person states. Number is the document's, whole or its last four characters.
type Submission struct {
	Name, Country, IDType, Number, FileName string
}

const (
	maxName   = 100
	maxReason = 1000
	// maxFile bounds the evidence in bytes.
	maxFile = 10 << 20
)

// clean checks a submission and returns the number's end, and its normal form when it was given whole.
func (s *Submission) clean(types []string) (last4, number string, err error) {
	var fs fault.Fields
	s.Name, s.FileName = text.Clean(s.Name), fileName(s.FileName)
	s.Country = strings.ToUpper(text.Clean(s.Country))
	switch n := len([]rune(s.Name)); {
	case n < 2:
		fs.Add("name", s.Name, i18n.M("realname.name_needed"))
	case n > maxName:
		fs.Add("name", s.Name, i18n.M("realname.too_long", i18n.A{"limit": maxName}))
	}
	if len(s.Country) != 2 || strings.Trim(s.Country, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") != "" {
		fs.Add("country", s.Country, i18n.M("realname.country_needed"))
	}
	if !slices.Contains(types, s.IDType) {
		fs.Add("id_type", s.IDType, i18n.M("realname.type_needed"))
	}
	number = normalNumber(s.Number)
	if len(number) < 4 || len(number) > 40 {
		fs.Add("number", "", i18n.M("realname.number_needed"))
		return "", "", fs.Err()
	}
	last4 = number[len(number)-4:]
	if len(number) < 6 { // an end of four or five characters tells nobody apart
		number = ""
	}
	return last4, number, fs.Err()
}

// normalNumber keeps letters and digits of a document's number, in capitals.
func normalNumber(typed string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r >= '0' && r <= '9', r >= 'A' && r <= 'Z':
			return r
		case r >= 'a' && r <= 'z':
			return r - 'a' + 'A'
		}
		return -1
	}, strings.ToUpper(text.Fold(typed)))
}

func fileName(s string) string {
	s = text.Clean(s)
	if i := strings.LastIndexAny(s, `/\`); i >= 0 {
		s = s[i+1:]
	}
	if r := []rune(s); len(r) > 100 {
		s = string(r[len(r)-100:])
	}
	if s == "" {
		return "document"
	}
	return s
}

func reasonOf(typed string) (string, error) {
	reason := text.Lines(typed)
	if reason == "" || len([]rune(reason)) > maxReason {
		return "", fault.Invalid("reason", i18n.M("realname.reason_needed", i18n.A{"limit": maxReason}))
	}
	return reason, nil
}
