package api

import (
	"context"
	"io"
	"time"

	"hanse/internal/domain/credential"
	"hanse/internal/domain/roster"
	"hanse/internal/kit/actor"
	"hanse/internal/kit/calendar"
	"hanse/internal/kit/fault"
	"hanse/internal/kit/i18n"
	"hanse/internal/kit/sheet"
)

// Held is a valid certificate of somebody on the roster.
type Held struct {
	Code      string       `json:"code"`
	IssuedOn  calendar.Day `json:"issued_on,omitzero" format:"date"`
	ExpiresOn calendar.Day `json:"expires_on,omitzero" format:"date" doc:"Last valid day, as stated"`
	Until     calendar.Day `json:"valid_until,omitzero" format:"date" doc:"Last valid day, by the catalogue when none is stated"`
}

// Person is somebody on a partner's roster. The id is what evaluations and exit reports name.
type Person struct {
	ID           string       `json:"id"`
	Number       string       `json:"number" doc:"person_id of the partner's own file"`
	Name         string       `json:"name"`
	Email        string       `json:"email"`
	BoundOn      calendar.Day `json:"bound_on,omitzero" format:"date"`
	LeftOn       calendar.Day `json:"left_on,omitzero" format:"date" doc:"First day no longer there"`
	Registered   bool         `json:"registered" doc:"Registered after-sales engineer"`
	Revision     int64        `json:"revision" doc:"Send it back with a correction: a stale one is refused"`
	Standing     string       `json:"standing,omitempty" enum:"valid,expiring,expired" doc:"The worst of what is held"`
	NextExpiry   calendar.Day `json:"next_expiry,omitzero" format:"date"`
	Certificates []Held       `json:"certificates"`
}

func toHeld(h roster.Held) Held { return Held{h.Code, h.IssuedOn, h.ExpiresOn, h.Until} }

func toPerson(x roster.Item) Person {
	p := fromBinding(x.Binding)
	p.Standing, p.NextExpiry = string(x.Standing), x.NextExpiry
	return p
}

func fromBinding(b roster.Binding) Person {
	return Person{ID: b.ID, Number: b.Number, Name: b.Name, Email: b.Email, BoundOn: b.BoundOn, LeftOn: b.LeftOn,
		Registered: b.Registered, Revision: b.Revision, Certificates: each(b.Held, toHeld)}
}

// Record is one certificate with its history.
type Record struct {
	ID         string       `json:"id"`
	Code       string       `json:"code"`
	IssuedOn   calendar.Day `json:"issued_on,omitzero" format:"date"`
	ExpiresOn  calendar.Day `json:"expires_on,omitzero" format:"date"`
	Until      calendar.Day `json:"valid_until,omitzero" format:"date"`
	Number     string       `json:"number,omitempty"`
	Source     string       `json:"source" doc:"Whose word it is"`
	State      string       `json:"state" enum:"valid,revoked,superseded"`
	Supersedes string       `json:"supersedes,omitempty" doc:"The record that this one corrects"`
	Reason     string       `json:"reason,omitempty" doc:"Of a revocation"`
	RecordedAt time.Time    `json:"recorded_at"`
}

func toRecord(c credential.Certificate) Record {
	return Record{c.ID, c.Code, c.IssuedOn, c.ExpiresOn, c.Until, c.Number, string(c.Source), string(c.State), c.Supersedes, c.Reason, c.RecordedAt}
}

// PartnerPath names a partner. What is embedded in an input is exported: the library sees nothing else.
type PartnerPath struct {
	Partner string `path:"partner" maxLength:"32" doc:"domain_id of the partner"`
}

// PersonPath names somebody on the roster.
type PersonPath struct {
	PartnerPath
	Person string `path:"person" maxLength:"40" doc:"id of the person on the roster"`
}

// RosterFilter narrows a list of people.
type RosterFilter struct {
	Q           string `query:"q" maxLength:"100" doc:"Part of a name, e-mail or number"`
	Certificate string `query:"certificate" maxLength:"40" doc:"Holds this certificate"`
	Validity    string `query:"validity" enum:"valid,expiring,expired,none"`
	Within      int    `query:"within" minimum:"1" maximum:"3650" doc:"Days that count as expiring; 90 when absent"`
	Registered  string `query:"registered" enum:"yes,no"`
	Left        string `query:"left" enum:"left,all" doc:"Absent: those who are here"`
	Day         string `query:"day" format:"date" doc:"The day all this is about; today when absent"`
}

func (f RosterFilter) filter() (roster.Filter, error) {
	day, err := queryDay("day", f.Day)
	return roster.Filter{Q: f.Q, Code: f.Certificate, Validity: f.Validity, Within: f.Within, Registered: f.Registered, Left: f.Left, Day: day}, err
}

// queryDay reads a day of a query; huma would take it for a number.
func queryDay(name, text string) (calendar.Day, error) {
	d, err := calendar.ParseOptional(text)
	if err != nil {
		return d, fault.Invalid(name, i18n.M("api.day"))
	}
	return d, nil
}

// entryBody is what is known of a person on the roster.
type entryBody struct {
	Number     string       `json:"number" maxLength:"64"`
	Name       string       `json:"name" maxLength:"200"`
	Email      string       `json:"email,omitempty" maxLength:"254"`
	BoundOn    calendar.Day `json:"bound_on,omitempty" format:"date"`
	LeftOn     calendar.Day `json:"left_on,omitempty" format:"date"`
	Registered bool         `json:"registered,omitempty"`
	Revision   int64        `json:"revision,omitempty" doc:"For a correction: as it was read"`
}

func (b entryBody) entry() roster.Entry {
	return roster.Entry{Number: b.Number, Name: b.Name, Email: b.Email, BoundOn: b.BoundOn, LeftOn: b.LeftOn, Registered: b.Registered}
}

func (a *API) people() {
	const tag, path = "people", "/api/v1/partners/{partner}/people"
	add(a, Operation{Method: "GET", Path: path, ID: "list_people", Tag: tag, Summary: "A partner's roster, by name", Verb: actor.ViewRoster}, a.listPeople)
	addFile(a, Operation{Method: "GET", Path: path + "/export", ID: "export_people", Tag: tag, Verb: actor.ViewRoster, Gives: []string{typeCSV, typeXLSX},
		Summary: "The roster in the columns of the import, one row for each certificate"}, a.exportPeople)
	add(a, Operation{Method: "POST", Path: path, ID: "bind_person", Tag: tag, Summary: "Put somebody on the roster", Verb: actor.EditRoster, Status: 201},
		func(ctx context.Context, by actor.Actor, in *struct {
			PartnerPath
			Body entryBody
		}) (Person, error) {
			id, err := a.Roster.Bind(ctx, by, in.Partner, in.Body.entry())
			if err != nil {
				return Person{}, err
			}
			return a.person(ctx, by, in.Partner, id)
		})
	add(a, Operation{Method: "GET", Path: path + "/{person}", ID: "show_person", Tag: tag, Summary: "One person with all certificates and their history", Verb: actor.ViewRoster}, a.showPerson)
	add(a, Operation{Method: "PUT", Path: path + "/{person}", ID: "correct_person", Tag: tag, Summary: "Correct what is known of a person", Verb: actor.EditRoster},
		func(ctx context.Context, by actor.Actor, in *struct {
			PersonPath
			Body entryBody
		}) (Person, error) {
			if err := a.Roster.Correct(ctx, by, in.Partner, in.Person, in.Body.Revision, in.Body.entry()); err != nil {
				return Person{}, err
			}
			return a.person(ctx, by, in.Partner, in.Person)
		})
	a.certificates(path + "/{person}/certificates")
	a.rosterFigures()
}

// person reads somebody again after a change. Whoever may edit the roster may see it.
func (a *API) person(ctx context.Context, by actor.Actor, partner, id string) (Person, error) {
	v, err := a.Roster.Person(ctx, by, partner, id)
	return fromBinding(v.Binding), err
}

func (a *API) listPeople(ctx context.Context, by actor.Actor, in *struct {
	PartnerPath
	PageIn
	RosterFilter
}) (out struct {
	People []Person `json:"people"`
	Next   string   `json:"next_cursor,omitempty"`
}, err error) {
	f, err := in.filter()
	if err != nil {
		return out, err
	}
	f.After, f.Limit = in.Cursor, in.Limit
	page, err := a.Roster.List(ctx, by, in.Partner, f)
	out.People, out.Next = each(page.Items, toPerson), page.Next
	return out, err
}

func (a *API) exportPeople(ctx context.Context, by actor.Actor, in *struct {
	PartnerPath
	RosterFilter
	Format string `query:"format" enum:"csv,xlsx" default:"csv"`
}) (d document, err error) {
	f, err := in.filter()
	if err != nil {
		return d, err
	}
	head, rows, err := a.Roster.Export(ctx, by, in.Partner, f)
	if err != nil {
		return d, err
	}
	d = document{name: "roster.csv", media: typeCSV, write: func(w io.Writer) error { return sheet.WriteCSV(w, head, rows) }}
	if in.Format == "xlsx" {
		d = document{name: "roster.xlsx", media: typeXLSX, write: func(w io.Writer) error { return sheet.WriteXLSX(w, "Roster", head, rows) }}
	}
	return d, nil
}

func (a *API) showPerson(ctx context.Context, by actor.Actor, in *PersonPath) (out struct {
	Person
	Records []Record `json:"records" doc:"Newest first"`
	Past    []Stint  `json:"earlier" doc:"Earlier times at this partner"`
}, err error) {
	v, err := a.Roster.Person(ctx, by, in.Partner, in.Person)
	out.Person, out.Records = fromBinding(v.Binding), each(v.Certificates, toRecord)
	out.Past = each(v.Past, func(s roster.Stint) Stint { return Stint(s) })
	return out, err
}

// Stint is a time at a partner.
type Stint struct {
	BoundOn calendar.Day `json:"bound_on" format:"date"`
	LeftOn  calendar.Day `json:"left_on" format:"date"`
}

// CertificatePath names a certificate of somebody.
type CertificatePath struct {
	PersonPath
	Certificate string `path:"certificate" maxLength:"40"`
}

type certificateBody struct {
	Code      string       `json:"code" maxLength:"40" doc:"Of the catalogue"`
	IssuedOn  calendar.Day `json:"issued_on" format:"date"`
	ExpiresOn calendar.Day `json:"expires_on,omitempty" format:"date" doc:"Last valid day; absent: by the catalogue"`
	Number    string       `json:"number,omitempty" maxLength:"64"`
}

func (a *API) certificates(path string) {
	const tag = "people"
	add(a, Operation{Method: "POST", Path: path, ID: "add_certificate", Tag: tag, Summary: "Record a certificate", Verb: actor.EditRoster, Status: 201},
		func(ctx context.Context, by actor.Actor, in *struct {
			PersonPath
			Body certificateBody
		}) (Person, error) {
			if err := a.Roster.AddCertificate(ctx, by, in.Partner, in.Person, roster.Cert(in.Body)); err != nil {
				return Person{}, err
			}
			return a.person(ctx, by, in.Partner, in.Person)
		})
	add(a, Operation{Method: "PUT", Path: path + "/{certificate}", ID: "correct_certificate", Tag: tag, Summary: "Correct a certificate; the former record stays in the history", Verb: actor.EditRoster},
		func(ctx context.Context, by actor.Actor, in *struct {
			CertificatePath
			Body certificateBody
		}) (Person, error) {
			if err := a.Roster.CorrectCertificate(ctx, by, in.Partner, in.Person, in.Certificate, roster.Cert(in.Body)); err != nil {
				return Person{}, err
			}
			return a.person(ctx, by, in.Partner, in.Person)
		})
	add(a, Operation{Method: "POST", Path: path + "/{certificate}/revoke", ID: "revoke_certificate", Tag: tag, Summary: "Revoke a certificate (vendor)", Verb: actor.EditRoster},
		func(ctx context.Context, by actor.Actor, in *struct {
			CertificatePath
			ReasonBody
		}) (Person, error) {
			if err := a.Roster.RevokeCertificate(ctx, by, in.Partner, in.Person, in.Certificate, in.Body.Reason); err != nil {
				return Person{}, err
			}
			return a.person(ctx, by, in.Partner, in.Person)
		})
}

// ReasonBody is a body with a reason alone.
type ReasonBody struct {
	Body struct {
		Reason string `json:"reason" minLength:"1" maxLength:"1000"`
	}
}

// RosterCounts counts people: all who are here, and by the best certificate that each holds.
type RosterCounts struct {
	Here       int `json:"here"`
	Registered int `json:"registered"`
	Left       int `json:"left"`
	Valid      int `json:"valid"`
	Expiring   int `json:"expiring"`
	Expired    int `json:"expired"`
	None       int `json:"none"`
	Lapsing    int `json:"lapsing" doc:"With some certificate that expires soon"`
	Lapsed     int `json:"lapsed" doc:"With some certificate that has expired"`
}

func (a *API) rosterFigures() {
	const tag = "people"
	add(a, Operation{Method: "GET", Path: "/api/v1/partners/{partner}/roster/counts", ID: "count_people", Tag: tag, Summary: "How many people, by what they hold", Verb: actor.ViewRoster},
		func(ctx context.Context, by actor.Actor, in *PartnerPath) (RosterCounts, error) {
			c, err := a.Roster.Counts(ctx, by, in.Partner)
			return RosterCounts{c.Here, c.Registered, c.Left, c.Valid, c.Expiring, c.Expired, c.None, c.Lapsing, c.Lapsed}, err
		})
	type row struct {
		Code   string `json:"code"`
		Counts []int  `json:"counts" doc:"One for each month"`
	}
	add(a, Operation{Method: "GET", Path: "/api/v1/partners/{partner}/roster/expiries", ID: "list_expiries", Tag: tag, Summary: "How many certificates end in each month", Verb: actor.ViewRoster},
		func(ctx context.Context, by actor.Actor, in *struct {
			PartnerPath
			Months int `query:"months" minimum:"1" maximum:"36" default:"12"`
		}) (out struct {
			Months []string `json:"months"`
			Rows   []row    `json:"certificates"`
		}, err error) {
			h, err := a.Roster.Expiries(ctx, by, in.Partner, in.Months)
			out.Months = append([]string{}, h.Months...)
			out.Rows = each(h.Rows, func(r roster.HeatRow) row { return row(r) })
			return out, err
		})
	add(a, Operation{Method: "GET", Path: "/api/v1/me/records", ID: "list_own_records", Tag: "me", Summary: "Own certificates and where one works", Verb: actor.ViewOwnRecords},
		func(ctx context.Context, by actor.Actor, _ *struct{}) (out struct {
			Records []Record `json:"records"`
			Work    []work   `json:"work"`
		}, err error) {
			own, err := a.Credentials.Own(ctx, by)
			if err != nil {
				return out, err
			}
			at, err := a.Roster.Own(ctx, by)
			out.Records = each(own, toRecord)
			out.Work = each(at, func(w roster.Work) work { return work{w.Account, w.AccountName, Stint{w.BoundOn, w.LeftOn}} })
			return out, err
		})
}

type work struct {
	Partner string `json:"domain_id"`
	Name    string `json:"name"`
	Stint
}
