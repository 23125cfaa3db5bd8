package qualify

import (
	"context"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/a-h/templ"

	"hanse/internal/domain/qualification"
	"hanse/internal/edge/portal/door"
	"hanse/internal/edge/portal/site"
	"hanse/internal/edge/portal/ui"
	"hanse/internal/kit/fault"
	"hanse/internal/kit/i18n"
)

// A step is one page of the application.
type step int

const (
	stepTarget step = iota
	stepForm
	stepMaterials // only where the program asks for materials
	stepEvidence
	stepCheck
	stepSubmitted
)

// steps shows how far an application has come; those of an application that was begun lead back.
// A step is done when nothing of it is missing any more.
func steps(ctx context.Context, a *qualification.ApplicationView, at step) []ui.Step {
	all := []struct {
		step        step
		label, path string
		about       []string
	}{
		{stepTarget, i18n.T(ctx, "qualify.step.target"), "/target", aboutTarget}, {stepForm, i18n.T(ctx, "qualify.step.form"), "/form", aboutForm},
		{stepMaterials, i18n.T(ctx, "qualify.step.materials"), "/materials", aboutMaterials},
		{stepEvidence, i18n.T(ctx, "qualify.step.evidence"), "/evidence", aboutEvidence}, {stepCheck, i18n.T(ctx, "qualify.step.check"), "/check", nil},
		{stepSubmitted, i18n.T(ctx, "qualify.step.submitted"), "", nil},
	}
	var out []ui.Step
	for _, s := range all {
		if s.step == stepMaterials && (a == nil || len(a.Materials) == 0) {
			continue
		}
		x := ui.Step{Label: s.label, Done: s.step < at && (a == nil || missing(a, s.about) == 0), Current: s.step == at}
		if a != nil && at != stepSubmitted && s.path != "" && s.step != at {
			x.Href = base(a.ID) + s.path
		}
		out = append(out, x)
	}
	return out
}

// What the entries of each step are called in the list of what is missing.
var (
	aboutTarget    = []string{"line:", "eligibility", "renewal", "level", "ban"}
	aboutForm      = []string{"form."}
	aboutMaterials = []string{"material:"}
	aboutEvidence  = []string{"evidence:"}
)

// missing counts what is missing of a step.
func missing(a *qualification.ApplicationView, about []string) (n int) {
	for _, m := range a.Missing {
		if slices.ContainsFunc(about, func(prefix string) bool { return strings.HasPrefix(m.Name, prefix) }) {
			n++
		}
	}
	return n
}

// edition is the one that the page showed.
func edition(r *http.Request) int64 {
	n, err := strconv.ParseInt(r.PostFormValue("edition"), 10, 64)
	if err != nil {
		return -1
	}
	return n
}

// base is the address of an application behind the reader's own door.
func base(id string) string { return "/applications/" + url.PathEscape(id) }

// editable opens one of the pages that change an application; once it's handed in they lead to its status.
func (p pages) editable(w http.ResponseWriter, r *http.Request, d door.Door, show func(v door.View, a qualification.ApplicationView) templ.Component) error {
	a, err := p.view(r, d)
	if err != nil {
		return err
	}
	if !a.Can.Edit {
		return p.Go(w, r, base(a.ID), i18n.Msg{})
	}
	return p.Show(w, r, http.StatusOK, show(door.See(p.Site, r, d), a))
}

// again shows a page of the application with what was refused.
func (p pages) again(w http.ResponseWriter, r *http.Request, refused error, show func(v door.View, a qualification.ApplicationView) templ.Component) error {
	if k := fault.KindOf(refused); k != fault.KindInvalid && k != fault.KindTooLarge {
		return refused
	}
	a, err := p.view(r, own(r))
	if err != nil {
		return err
	}
	return p.Refused(w, r, refused, func(errs []ui.FieldError) templ.Component { return show(door.See(p.Site, r, own(r), errs...), a) })
}

func (p pages) target(w http.ResponseWriter, r *http.Request, d door.Door) error {
	return p.editable(w, r, d, targetPage)
}

func (p pages) changeTarget(w http.ResponseWriter, r *http.Request) error {
	if err := site.Form(w, r); err != nil {
		return err
	}
	id := r.PathValue("id")
	_, err := p.q.ChangeTarget(r.Context(), site.By(r), id, edition(r), r.PostFormValue("level"), r.PostFormValue("track"))
	if err != nil {
		return p.again(w, r, err, targetPage)
	}
	return p.Go(w, r, base(id)+"/form", i18n.M("qualify.saved"))
}

func (p pages) form(w http.ResponseWriter, r *http.Request, d door.Door) error {
	return p.editable(w, r, d, formPage)
}

// saveForm keeps what was typed, complete or not.
func (p pages) saveForm(w http.ResponseWriter, r *http.Request) error {
	if err := site.Form(w, r); err != nil {
		return err
	}
	id := r.PathValue("id")
	if _, err := p.q.SaveForm(r.Context(), site.By(r), id, edition(r), formOf(r.PostForm)); err != nil {
		return p.again(w, r, err, formPage)
	}
	if r.PostFormValue("then") == "stay" {
		return p.Go(w, r, base(id), i18n.M("qualify.saved"))
	}
	a, err := p.view(r, own(r))
	if err != nil {
		return err
	}
	if len(a.Materials) > 0 {
		return p.Go(w, r, base(id)+"/materials", i18n.M("qualify.saved"))
	}
	return p.Go(w, r, base(id)+"/evidence", i18n.M("qualify.saved"))
}

func formOf(q url.Values) qualification.Form {
	at := func(name string) string { return q.Get("form." + name) }
	return qualification.Form{Company: at("company"), CompanyZH: at("company_zh"), Country: at("country"), Address: at("address"),
		ContactName: at("contact_name"), ContactEmail: at("contact_email"), ContactPhone: at("contact_phone"),
		ApplicantName: at("applicant_name"), ApplicantEmail: at("applicant_email"), ApplicantPhone: at("applicant_phone"),
		ManagerName: at("manager_name"), ManagerEmail: at("manager_email"), ManagerPhone: at("manager_phone"), Remarks: at("remarks"), Product: at("product")}
}

// A blank is one entry of the form: what it's called, what stands in it, how it's typed.
type blank struct {
	name, label, value, kind, complete string
	required                           bool
}

// A group is a part of the form.
type group struct {
	title  string
	blanks []blank
}

// formGroups are the entries of the form, by whom they are about.
func formGroups(ctx context.Context, f qualification.Form) (groups []group) {
	add := func(title string, blanks ...blank) { groups = append(groups, group{title, blanks}) }
	add(i18n.T(ctx, "qualify.form.company"),
		blank{"form.company", i18n.T(ctx, "application.form.company"), f.Company, "text", "organization", true},
		blank{"form.company_zh", i18n.T(ctx, "application.form.company_zh"), f.CompanyZH, "text", "", false},
		blank{"form.country", i18n.T(ctx, "application.form.country"), f.Country, "text", "country", false},
		blank{"form.address", i18n.T(ctx, "application.form.address"), f.Address, "text", "street-address", true})
	add(i18n.T(ctx, "qualify.form.contact"),
		blank{"form.contact_name", i18n.T(ctx, "application.form.contact_name"), f.ContactName, "text", "name", true},
		blank{"form.contact_email", i18n.T(ctx, "application.form.contact_email"), f.ContactEmail, "email", "email", true},
		blank{"form.contact_phone", i18n.T(ctx, "application.form.contact_phone"), f.ContactPhone, "tel", "tel", false})
	add(i18n.T(ctx, "qualify.form.applicant"),
		blank{"form.applicant_name", i18n.T(ctx, "application.form.applicant_name"), f.ApplicantName, "text", "name", true},
		blank{"form.applicant_email", i18n.T(ctx, "application.form.applicant_email"), f.ApplicantEmail, "email", "email", true},
		blank{"form.applicant_phone", i18n.T(ctx, "application.form.applicant_phone"), f.ApplicantPhone, "tel", "tel", false})
	add(i18n.T(ctx, "qualify.form.manager"),
		blank{"form.manager_name", i18n.T(ctx, "application.form.manager_name"), f.ManagerName, "text", "name", true},
		blank{"form.manager_email", i18n.T(ctx, "application.form.manager_email"), f.ManagerEmail, "email", "email", false},
		blank{"form.manager_phone", i18n.T(ctx, "application.form.manager_phone"), f.ManagerPhone, "tel", "tel", false})
	return groups
}

func (p pages) check(w http.ResponseWriter, r *http.Request, d door.Door) error {
	return p.editable(w, r, d, checkPage)
}

// submit hands the application in. A second click gives the same confirmation.
func (p pages) submit(w http.ResponseWriter, r *http.Request) error {
	if err := site.Form(w, r); err != nil {
		return err
	}
	id := r.PathValue("id")
	_, err := p.q.Submit(r.Context(), site.By(r), id, edition(r), r.PostFormValue("truthful") != "")
	if err != nil {
		return p.again(w, r, err, checkPage)
	}
	return p.Go(w, r, base(id)+"/submitted", i18n.Msg{})
}

// submitted confirms it; an application that isn't handed in has a status only.
func (p pages) submitted(w http.ResponseWriter, r *http.Request, d door.Door) error {
	a, err := p.view(r, d)
	if err != nil {
		return err
	}
	if a.State != qualification.Submitted && a.State != qualification.UnderReview {
		return p.Go(w, r, base(a.ID), i18n.Msg{})
	}
	return p.Show(w, r, http.StatusOK, submittedPage(door.See(p.Site, r, d), a))
}

// lacks are the entries that Submit refuses, each leading to where it's mended.
func lacks(ctx context.Context, a qualification.ApplicationView) []ui.Task {
	var out []ui.Task
	for _, m := range a.Missing {
		t := ui.Task{Href: fixAt(a, m.Name), Title: i18n.Say(ctx, m.Msg), Icon: "alert-circle"}
		if label := FieldLabel(ctx, a, m.Name); label != "" && strings.HasPrefix(m.Name, "form.") {
			t.Title, t.Sub = label, t.Title
		}
		out = append(out, t)
	}
	return out
}

// fixAt is the address at which a refused entry is mended.
func fixAt(a qualification.ApplicationView, field string) string {
	kind, rest, _ := strings.Cut(field, ":")
	switch {
	case strings.HasPrefix(field, "form."):
		return base(a.ID) + "/form#f-" + strings.ReplaceAll(field, ".", "-")
	case kind == "evidence":
		return base(a.ID) + "/evidence#f-" + anchor(field)
	case kind == "material":
		return base(a.ID) + "/materials"
	case kind == "line":
		return "/qualifications/" + a.Program + "?level=" + url.QueryEscape(a.Level) + "&track=" + url.QueryEscape(a.Track) + "#l-" + rest
	case field == "eligibility":
		return "/company"
	case field == "renewal", field == "ban":
		return "/qualifications/" + a.Program
	}
	return base(a.ID) + "/target"
}

// anchor is a field's name as it stands in an id.
func anchor(s string) string {
	return strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || r == '-' || r == '_' {
			return r
		}
		return '-'
	}, s)
}

// FieldLabel names the place that a reason is about: an entry of the form, a line, a file; "" for the whole.
func FieldLabel(ctx context.Context, a qualification.ApplicationView, field string) string {
	for _, g := range formGroups(ctx, a.Form) {
		for _, b := range g.blanks {
			if b.name == field {
				return b.label
			}
		}
	}
	if field == "form.remarks" {
		return i18n.T(ctx, "application.form.remarks")
	}
	if field == "form.product" {
		return i18n.T(ctx, "application.form.product")
	}
	if i := slices.IndexFunc(a.Materials, func(x qualification.Attached) bool { return x.Field() == field }); i >= 0 {
		return i18n.Say(ctx, a.Materials[i].Ask.Title.Msg())
	}
	if id, ok := strings.CutPrefix(field, "line:"); ok {
		if l, found := a.Spec.Line(id); found {
			return i18n.Say(ctx, l.Title.Msg())
		}
	}
	if i := slices.IndexFunc(a.Places, func(x qualification.EvidencePlace) bool { return x.Field() == field }); i >= 0 {
		return PlaceTitle(ctx, a.Places[i])
	}
	return ""
}

// PlaceTitle names a file that is asked for.
func PlaceTitle(ctx context.Context, x qualification.EvidencePlace) string {
	title := i18n.Say(ctx, x.Ask.Title.Msg())
	if x.Person == "" {
		return title
	}
	return i18n.T(ctx, "qualify.place.of", i18n.A{"what": title, "code": x.Code, "name": i18n.Raw(x.PersonName)})
}

// FormFields are all entries of an application's form with their labels, for who judges them.
func FormFields(ctx context.Context, f qualification.Form) (out [][3]string) {
	for _, g := range formGroups(ctx, f) {
		for _, b := range g.blanks {
			out = append(out, [3]string{b.name, b.label, b.value})
		}
	}
	if f.Product != "" {
		out = append(out, [3]string{"form.product", i18n.T(ctx, "application.form.product"), f.Product})
	}
	return append(out, [3]string{"form.remarks", i18n.T(ctx, "application.form.remarks"), f.Remarks})
}
