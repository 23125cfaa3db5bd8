package people

import (
	"net/http"
	"strconv"

	"github.com/a-h/templ"

	"hanse/internal/domain/credential"
	"hanse/internal/domain/roster"
	"hanse/internal/edge/portal/door"
	"hanse/internal/edge/portal/site"
	"hanse/internal/edge/portal/ui"
	"hanse/internal/kit/actor"
	"hanse/internal/kit/calendar"
	"hanse/internal/kit/fault"
	"hanse/internal/kit/i18n"
	"hanse/internal/kit/text"
)

func (p pages) person(w http.ResponseWriter, r *http.Request, d door.Door) error {
	x, err := p.roster.Person(r.Context(), site.By(r), d.Account, r.PathValue("binding"))
	if err != nil {
		return err
	}
	uses, err := p.uses(r, d, x.ID)
	if err != nil {
		return err
	}
	return p.Show(w, r, http.StatusOK, personPage(personView{door.See(p.Site, r, d), x, uses}))
}

func (p pages) editForm(w http.ResponseWriter, r *http.Request, d door.Door) error {
	x, err := p.roster.Person(r.Context(), site.By(r), d.Account, r.PathValue("binding"))
	if err != nil {
		return err
	}
	return p.Show(w, r, http.StatusOK, editPage(personView{door.See(p.Site, r, d), x, nil}))
}

func (p pages) edit(w http.ResponseWriter, r *http.Request, d door.Door) error {
	e, err := p.entry(w, r)
	if err != nil {
		return err
	}
	id := r.PathValue("binding")
	revision, _ := strconv.ParseInt(r.PostFormValue("version"), 10, 64) // none is a stale one
	if err = e.errs.Err(); err == nil {
		err = p.roster.Correct(r.Context(), site.By(r), d.Account, id, revision, e.Entry)
	}
	if fault.KindOf(err) == fault.KindInvalid {
		x, failed := p.roster.Person(r.Context(), site.By(r), d.Account, id)
		if failed != nil {
			return failed
		}
		return p.Refused(w, r, err, func(errs []ui.FieldError) templ.Component {
			return editPage(personView{door.See(p.Site, r, d, errs...), x, nil})
		})
	}
	if err != nil {
		return err
	}
	return p.Go(w, r, d.Path("/people/"+id), i18n.M("people.corrected"))
}

// certView is the form of a certificate: a new one, or the correction of Old.
type certView struct {
	personView
	Old     credential.Certificate
	Choices []ui.Option
}

// certificateView finds the certificate that the address names; another person's is NotFound.
func (p pages) certificateView(r *http.Request, d door.Door) (v certView, err error) {
	x, err := p.roster.Person(r.Context(), site.By(r), d.Account, r.PathValue("binding"))
	if err != nil {
		return v, err
	}
	v.personView = personView{door.See(p.Site, r, d), x, nil}
	v.Choices = codes(r.Context(), p.roster.Credentials.Catalogue())
	id := r.PathValue("certificate")
	if id == "" {
		return v, nil
	}
	for _, c := range x.Certificates {
		if c.ID == id {
			v.Old = c
			return v, nil
		}
	}
	return v, fault.NotFound()
}

func (p pages) certificateForm(w http.ResponseWriter, r *http.Request, d door.Door) error {
	if err := site.By(r).May(actor.EditRoster); err != nil {
		return err
	}
	v, err := p.certificateView(r, d)
	if err != nil {
		return err
	}
	return p.Show(w, r, http.StatusOK, certificatePage(v))
}

func (p pages) certificate(w http.ResponseWriter, r *http.Request, d door.Door) error {
	if err := site.Form(w, r); err != nil {
		return err
	}
	v, err := p.certificateView(r, d)
	if err != nil {
		return err
	}
	var fs fault.Fields
	c := roster.Cert{Code: text.Clean(r.PostFormValue("code")), IssuedOn: day(&fs, r, "issued_on"), ExpiresOn: day(&fs, r, "expires_on"), Number: r.PostFormValue("number")}
	if err = fs.Err(); err == nil {
		err = p.state(r, d, v, c)
	}
	if err != nil {
		return p.Refused(w, r, err, func(errs []ui.FieldError) templ.Component {
			v.Errs = errs
			return certificatePage(v)
		})
	}
	return p.Go(w, r, d.Path("/people/"+v.ID), i18n.M("people.certificate.saved", i18n.A{"code": c.Code, "name": v.PersonView.Name}))
}

func (p pages) state(r *http.Request, d door.Door, v certView, c roster.Cert) error {
	if v.Old.ID == "" {
		return p.roster.AddCertificate(r.Context(), site.By(r), d.Account, v.ID, c)
	}
	return p.roster.CorrectCertificate(r.Context(), site.By(r), d.Account, v.ID, v.Old.ID, c)
}

func (p pages) revokeForm(w http.ResponseWriter, r *http.Request, d door.Door) error {
	if err := site.By(r).May(actor.EditRoster); err != nil {
		return err
	}
	v, err := p.certificateView(r, d)
	if err != nil {
		return err
	}
	return p.Show(w, r, http.StatusOK, revokePage(v))
}

func (p pages) revoke(w http.ResponseWriter, r *http.Request, d door.Door) error {
	if err := site.Form(w, r); err != nil {
		return err
	}
	v, err := p.certificateView(r, d)
	if err != nil {
		return err
	}
	err = p.roster.RevokeCertificate(r.Context(), site.By(r), d.Account, v.ID, v.Old.ID, r.PostFormValue("reason"))
	if err != nil {
		return p.Refused(w, r, err, func(errs []ui.FieldError) templ.Component {
			v.Errs = errs
			return revokePage(v)
		})
	}
	return p.Go(w, r, d.Path("/people/"+v.ID), i18n.M("people.certificate.revoked", i18n.A{"code": v.Old.Code, "name": v.PersonView.Name}))
}

// day reads a day from a form; what is none is refused.
func day(fs *fault.Fields, r *http.Request, name string) calendar.Day {
	d, err := calendar.ParseOptional(r.FormValue(name))
	if err != nil {
		fs.Add(name, r.FormValue(name), i18n.M("people.day"))
	}
	return d
}
