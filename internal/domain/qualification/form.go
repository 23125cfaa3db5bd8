package qualification

import (
	"slices"
	"unicode/utf8"

	"hanse/internal/domain/program"
	"hanse/internal/kit/actor"
	"hanse/internal/kit/fault"
	"hanse/internal/kit/i18n"
	"hanse/internal/kit/text"
)

// A Form is what an application says of the company and the people in charge. It starts filled from the data.
type Form struct {
	Company        string `json:"company"`
	CompanyZH      string `json:"company_zh"`
	Country        string `json:"country"`
	Address        string `json:"address"`
	ContactName    string `json:"contact_name"`
	ContactEmail   string `json:"contact_email"`
	ContactPhone   string `json:"contact_phone"`
	ApplicantName  string `json:"applicant_name"` // the Service Qualification Applicant
	ApplicantEmail string `json:"applicant_email"`
	ApplicantPhone string `json:"applicant_phone"`
	ManagerName    string `json:"manager_name"` // the service manager
	ManagerEmail   string `json:"manager_email"`
	ManagerPhone   string `json:"manager_phone"`
	Remarks        string `json:"remarks"`
	Product        string `json:"product,omitempty"` // the product or solution, where the program asks for one
}

const (
	mostLine = 200
	mostText = 4000
	// What a certificate prints in one line.
	mostProduct = 80
)

// tidy cleans a text of several lines.
func tidy(s string) string { return text.Lines(s) }

// a formField is one entry of the form: its name in refusals, and whether an application can't be without it.
type formField struct {
	name     string
	value    *string
	required bool
	email    bool
	most     int
}

func (f *Form) fields(manager bool) []formField {
	return []formField{
		{"form.company", &f.Company, true, false, mostLine},
		{"form.company_zh", &f.CompanyZH, false, false, mostLine},
		{"form.country", &f.Country, false, false, mostLine},
		{"form.address", &f.Address, true, false, mostLine},
		{"form.contact_name", &f.ContactName, true, false, mostLine},
		{"form.contact_email", &f.ContactEmail, true, true, mostLine},
		{"form.contact_phone", &f.ContactPhone, false, false, mostLine},
		{"form.applicant_name", &f.ApplicantName, true, false, mostLine},
		{"form.applicant_email", &f.ApplicantEmail, true, true, mostLine},
		{"form.applicant_phone", &f.ApplicantPhone, false, false, mostLine},
		{"form.manager_name", &f.ManagerName, manager, false, mostLine},
		{"form.manager_email", &f.ManagerEmail, false, true, mostLine},
		{"form.manager_phone", &f.ManagerPhone, false, false, mostLine},
		{"form.remarks", &f.Remarks, false, false, mostText},
		{"form.product", &f.Product, false, false, mostProduct},
	}
}

// clean brings every entry into one form: no edge spaces, no invisible or turning characters.
func (f *Form) clean() {
	for _, x := range f.fields(false) {
		if x.most == mostText {
			*x.value = text.Lines(*x.value)
		} else {
			*x.value = text.Clean(*x.value)
		}
	}
}

// check refuses what can't be stored; with complete also what an application can't be without.
func (f *Form) check(fs *fault.Fields, complete, manager bool, checkName func(field, name string) error) {
	for _, x := range f.fields(manager) {
		switch {
		case utf8.RuneCountInString(*x.value) > x.most:
			fs.Add(x.name, *x.value, i18n.M("application.field.long", i18n.A{"most": x.most}))
		case *x.value == "" && complete && x.required:
			fs.Add(x.name, "", i18n.M("application.field.required"))
		case *x.value != "" && x.email:
			if _, ok := text.Email(*x.value); !ok {
				fs.Add(x.name, *x.value, i18n.M("application.field.email"))
			}
		}
	}
	all := f.fields(manager)
	for _, x := range append(all[:2:2], all[len(all)-1]) { // what the certificate prints
		if err := checkName(x.name, *x.value); err != nil && *x.value != "" {
			if ft := fault.Of(err); ft != nil {
				fs.Add(x.name, *x.value, ft.Msg)
			}
		}
	}
}

// prefill is the form as the data fills it.
func prefill(p Partner, facts *program.Facts, sf ServiceFacts, by actor.Actor) Form {
	f := Form{Company: p.Name, CompanyZH: p.NameZH, Country: p.Country, Address: p.Address, ContactName: p.Contact,
		ContactEmail: p.Email, ContactPhone: p.Phone, ApplicantName: by.Name, ApplicantEmail: p.Email, ApplicantPhone: p.Phone}
	if m, ok := facts.Person(sf.ServiceManager); ok {
		f.ManagerName = m.Name
	}
	if sf.ServiceEmail != "" {
		f.ManagerEmail = sf.ServiceEmail
	}
	f.ManagerPhone = sf.HotlineNumber
	f.clean()
	return f
}

// asksManager tells whether a level of a version asks for a service manager.
func asksManager(v *program.Version, level string) bool {
	return slices.ContainsFunc(v.Lines, func(l program.Line) bool {
		_, asked := l.Need[level]
		return asked && l.Kind == "service_manager"
	})
}
