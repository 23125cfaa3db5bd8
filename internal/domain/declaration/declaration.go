// Package declaration lets people say themselves which certificates they hold.
//
// A certificate is declared by its number, which is looked up in what the vendor's feeds brought: found, it's the
// person's at once (business rules 2.6). What the library doesn't know, and certificates of providers without a feed,
// are declared with evidence and reviewed. Evidence that is a signed credential is verified when it comes.
package declaration

import (
	"slices"
	"strings"
	"time"

	"hanse/internal/domain/badge"
	"hanse/internal/domain/record"
	"hanse/internal/kit/audit"
	"hanse/internal/kit/calendar"
	"hanse/internal/kit/fault"
	"hanse/internal/kit/i18n"
	"hanse/internal/kit/text"
)

// A Kind says in which way a certificate is declared.
type Kind string

// The kinds.
const (
	ByNumber   Kind = "number"
	ThirdParty Kind = "third_party"
)

// Label names the kind.
func (k Kind) Label() i18n.Msg {
	if k == ByNumber {
		return i18n.M("declaration.kind.number")
	}
	return i18n.M("declaration.kind.third_party")
}

// A State says who acts next.
type State string

// The states. Of them given alone makes a certificate the person's.
const (
	Draft       State = "draft"        // the person: evidence is missing
	UnderReview State = "under_review" // a reviewer
	Correction  State = "correction"   // the person: a reviewer asked
	Given       State = "given"
	Refused     State = "refused"
	Withdrawn   State = "withdrawn"
	Revoked     State = "revoked" // it was given, and isn't any more
)

// States lists them in their usual order.
func States() []State {
	return []State{Draft, UnderReview, Correction, Given, Refused, Withdrawn, Revoked}
}

// Label names the state.
func (s State) Label() i18n.Msg {
	switch s {
	case Draft:
		return i18n.M("declaration.state.draft")
	case UnderReview:
		return i18n.M("declaration.state.under_review")
	case Correction:
		return i18n.M("declaration.state.correction")
	case Given:
		return i18n.M("declaration.state.given")
	case Refused:
		return i18n.M("declaration.state.refused")
	case Withdrawn:
		return i18n.M("declaration.state.withdrawn")
	}
	return i18n.M("declaration.state.revoked")
}

// A Lookup is what the certificate library says of a number under a name.
type Lookup string

// The answers of the library. Held, other and void refuse; unknown and unlike ask for evidence.
const (
	Found   Lookup = "found"
	Unknown Lookup = "unknown" // not in the certificate library
	Unlike  Lookup = "unlike"  // found under this name, which isn't the name of the account
	Other   Lookup = "other"   // found under another name
	Held    Lookup = "held"    // it's another person's
	Void    Lookup = "void"    // it was revoked by the provider
)

// Say is the answer in a sentence; what to do comes with it.
func (l Lookup) Say() i18n.Msg {
	switch l {
	case Found:
		return i18n.M("declaration.lookup.found")
	case Unknown:
		return i18n.M("declaration.lookup.unknown")
	case Unlike:
		return i18n.M("declaration.lookup.unlike")
	case Other:
		return i18n.M("declaration.lookup.other")
	case Held:
		return i18n.M("declaration.lookup.held")
	case Void:
		return i18n.M("declaration.lookup.void")
	}
	return i18n.Msg{}
}

// A Role says what a file shows.
type Role string

// The roles. Who declares a number that the library doesn't know shows the first three.
const (
	Certificate Role = "certificate"
	Screenshot  Role = "screenshot" // of the provider's page, or of the failed lookup
	Identity    Role = "identity"
	Credential  Role = "credential" // an Open Badge or another signed credential
	OtherFile   Role = "other"
)

// Roles lists them in the order of pages.
func Roles() []Role { return []Role{Certificate, Screenshot, Identity, Credential, OtherFile} }

// Label names the role.
func (r Role) Label() i18n.Msg {
	switch r {
	case Certificate:
		return i18n.M("declaration.role.certificate")
	case Screenshot:
		return i18n.M("declaration.role.screenshot")
	case Identity:
		return i18n.M("declaration.role.identity")
	case Credential:
		return i18n.M("declaration.role.credential")
	}
	return i18n.M("declaration.role.other")
}

// An Entry is what a person states of a certificate.
type Entry struct {
	Name      string // as it stands on the certificate
	Number    string
	Code      string
	IssuedOn  calendar.Day
	ExpiresOn calendar.Day // None: it doesn't say
	Note      string
}

// Limits of the entries, in characters.
const (
	mostLine = 100
	mostText = 2000
)

func (e Entry) clean() Entry {
	e.Name, e.Number, e.Code, e.Note = text.Clean(e.Name), text.Clean(e.Number), text.Clean(e.Code), text.Lines(e.Note)
	return e
}

// named checks name and number, which both kinds need.
func (e Entry) named(fs *fault.Fields) {
	switch n := len([]rune(e.Name)); {
	case n < 2:
		fs.Add("name", e.Name, i18n.M("declaration.field.name"))
	case n > mostLine:
		fs.Add("name", "", i18n.M("declaration.field.long", i18n.A{"most": mostLine}))
	}
	switch n := len(Plain(e.Number)); {
	case n < 4:
		fs.Add("number", e.Number, i18n.M("declaration.field.number"))
	case n > mostLine:
		fs.Add("number", "", i18n.M("declaration.field.long", i18n.A{"most": mostLine}))
	}
	if len([]rune(e.Note)) > mostText {
		fs.Add("note", "", i18n.M("declaration.field.long", i18n.A{"most": mostText}))
	}
}

// check refuses what can't be reviewed, all at once: each role of need wants a file.
func (e Entry) check(files []File, need []Role, today calendar.Day) error {
	var fs fault.Fields
	e.named(&fs)
	if e.Code == "" {
		fs.Add("code", "", i18n.M("declaration.field.code"))
	}
	if e.IssuedOn.IsNone() || e.IssuedOn > today {
		fs.Add("issued_on", e.IssuedOn.String(), i18n.M("declaration.field.issued", i18n.A{"today": today.String()}))
	}
	if !e.ExpiresOn.IsNone() && e.ExpiresOn < e.IssuedOn {
		fs.Add("expires_on", e.ExpiresOn.String(), i18n.M("declaration.field.expires"))
	}
	for _, role := range need {
		if !slices.ContainsFunc(files, func(f File) bool { return f.Role == role || role == Certificate && f.Role == Credential }) {
			fs.Add("file", "", i18n.M("declaration.field.file", i18n.A{"what": role.Label()}))
		}
	}
	return fs.Err()
}

// Plain is a number as it is compared: letters and digits, in capitals.
func Plain(number string) string {
	return strings.Map(func(r rune) rune {
		if r >= '0' && r <= '9' || r >= 'A' && r <= 'Z' || r > 0x7f {
			return r
		}
		return -1
	}, strings.ToUpper(text.Fold(number)))
}

// SameName tells whether two names are one human's as far as writing tells: case, width, punctuation and the order of
// given and family name don't matter.
func SameName(a, b string) bool {
	x, y := words(a), words(b)
	if len(x) == 0 || len(y) == 0 {
		return false
	}
	joined := strings.Join(y, "")
	if strings.Join(x, "") == joined || len(x) == 2 && x[1]+x[0] == joined || len(y) == 2 && y[1]+y[0] == strings.Join(x, "") {
		return true
	}
	slices.Sort(x)
	slices.Sort(y)
	return slices.Equal(x, y)
}

func words(name string) []string {
	return strings.FieldsFunc(text.Fold(name), func(r rune) bool { return strings.ContainsRune(" .,-'’·•\t", r) })
}

// consult decides what the library says: whether a record's name is the stated one, whether the account's own names
// are, whose the record is, and whether it still stands. It depends on nothing else.
func consult(r record.Record, name string, own []string, person, holder string) Lookup {
	switch {
	case r.Result == record.Revoked:
		return Void
	case holder != "" && holder != person:
		return Held
	case !SameName(r.FirstName+" "+r.LastName, name):
		return Other
	case holder == person:
		return Found
	case !slices.ContainsFunc(own, func(o string) bool { return SameName(o, name) }):
		return Unlike
	}
	return Found
}

// A File is one piece of evidence.
type File struct {
	ID      string
	Role    Role
	Hash    string
	Size    int64
	Media   string
	Name    string
	Finding *badge.Finding // nil: it's no credential
	AddedAt time.Time
}

// A Declaration is one declared certificate.
type Declaration struct {
	Person  string
	ID      string
	Kind    Kind
	State   State
	Lookup  Lookup
	Edition int64 // send it back with a change: a stale one is a Conflict
	Entry
	Record      string // key of the record that says so
	Reason      string // why it was refused, returned or revoked
	SubmittedAt time.Time
	DueAt       time.Time
	DecidedAt   time.Time
	DecidedBy   string
	DecidedName string
	CreatedAt   time.Time
	ChangedAt   time.Time

	overdueTold bool
}

func (d Declaration) subject() audit.Subject {
	return audit.Subject{Kind: "declaration", ID: d.ID, Account: d.Person}
}

// needs are the roles of files without which a declaration can't be reviewed.
func (d Declaration) needs() []Role {
	if d.Kind == ByNumber {
		return []Role{Screenshot, Certificate, Identity}
	}
	return []Role{Certificate}
}

// Overdue tells whether the review is late.
func (d Declaration) Overdue(now time.Time) bool {
	return d.State == UnderReview && !d.DueAt.IsZero() && !now.Before(d.DueAt)
}

// Actions says what whoever looks may do now.
type Actions struct{ Edit, Submit, Look, Withdraw, Decide, Revoke bool }

func (d Declaration) actions() Actions {
	open := d.State == Draft || d.State == Correction
	return Actions{Edit: open, Submit: open, Look: open && d.Kind == ByNumber && d.Lookup == Unknown,
		Withdraw: open || d.State == UnderReview, Decide: d.State == UnderReview, Revoke: d.State == Given}
}

// View is a declaration with its evidence.
type View struct {
	Declaration
	Files []File
	Needs []Role // that still have no file
	Can   Actions
}

func said(reason string) (string, error) {
	reason = text.Lines(reason)
	if n := len([]rune(reason)); n == 0 || n > mostText {
		return "", fault.Invalid("reason", i18n.M("declaration.field.reason", i18n.A{"most": mostText}))
	}
	return reason, nil
}
