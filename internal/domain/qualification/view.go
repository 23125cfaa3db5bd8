package qualification

import (
	"context"
	"encoding/json"
	"strings"
	"time"

	"hanse/internal/domain/program"
	"hanse/internal/kit/actor"
	"hanse/internal/kit/audit"
	"hanse/internal/kit/db"
	"hanse/internal/kit/fault"
	"hanse/internal/kit/i18n"
	"hanse/internal/kit/pdf"
)

// An ApplicationView is all that the page of an application shows.
type ApplicationView struct {
	Application
	Partner    Partner
	Spec       *program.Version // by which it's judged
	LevelTitle i18n.Msg
	TrackTitle i18n.Msg
	Evaluated  Evaluated // for applying, now
	Snapshot   *Snapshot // at submission; nil before
	Places     []EvidencePlace
	Materials  []Attached    // what the program asks, with what is attached
	Ban        *Ban          // keeps the partner from applying now
	Missing    []fault.Field // for what Submit would refuse, but the tick; empty once it's handed in
	Comments   []Comment
	Timeline   []Moment
	Can        Actions
}

// Actions are what the viewer may do now.
type Actions struct{ Edit, Submit, Withdraw, Repeat, Start, Return, Approve, Reject, Comment, Pass bool }

// A Comment on an application. Internal ones are for the vendor's staff.
type Comment struct {
	ID         string
	Author     string
	AuthorName string
	Vendor     bool
	Internal   bool
	Body       string
	At         time.Time
}

// A Moment is one entry of a timeline.
type Moment struct {
	At   time.Time
	What i18n.Msg
	By   string
	Text string
}

// Application shows one application to the partner or the vendor's staff.
func (s *Service) Application(ctx context.Context, by actor.Actor, id string) (ApplicationView, error) {
	if err := by.May(actor.ViewApplication); err != nil {
		return ApplicationView{}, err
	}
	a, err := applicationByID(ctx, s.db.Read(), by.Scope(), id)
	if err != nil {
		return ApplicationView{}, err
	}
	v, _, err := s.view(ctx, by, a)
	return v, err
}

func (s *Service) view(ctx context.Context, by actor.Actor, a Application) (ApplicationView, workbench, error) {
	q := s.db.Read()
	v := ApplicationView{Application: a}
	b, err := s.bench(ctx, q, a, s.db.Clock().Now())
	if err != nil {
		return v, b, err
	}
	v.Partner, v.Evaluated, v.Spec, v.Places = b.partner, b.apply, b.apply.Version, b.places
	v.Materials, v.Ban = b.attached, b.ban
	level, _ := v.Spec.Level(a.Level)
	v.LevelTitle, v.TrackTitle = level.Title.Msg(), trackTitle(v.Spec, a.Track)
	if a.State.editable() {
		v.Missing = b.missing(a, s.src.CheckName)
	}
	if v.Snapshot, err = a.Snapshot(); err != nil {
		return v, b, err
	}
	if v.Snapshot != nil && !a.State.editable() {
		v.Places = kept(v.Places, b.files, v.Snapshot, v.Spec, a)
	}
	if v.Comments, err = commentsOf(ctx, q, a.Account, a.ID, by.Vendor()); err != nil {
		return v, b, err
	}
	v.Can = actions(by, a)
	v.Timeline, err = timeline(ctx, q, "application", a.ID, by.Vendor())
	return v, b, err
}

// kept are the files as they were handed in: the places of the snapshot, not of today.
func kept(_ []EvidencePlace, files []Evidence, x *Snapshot, v *program.Version, a Application) []EvidencePlace {
	names := map[string]string{}
	for _, c := range x.Counted {
		names[c.Person] = c.Name
	}
	var out []EvidencePlace
	for _, ask := range v.EvidenceFor(a.Level, a.Track) {
		for i := range files {
			if f := &files[i]; f.Ask == ask.ID {
				out = append(out, EvidencePlace{Ask: ask, Person: f.Person, PersonName: names[f.Person], Code: f.Code, File: f})
			}
		}
	}
	return out
}

func trackTitle(v *program.Version, track string) i18n.Msg {
	for _, t := range v.Tracks {
		if t.ID == track {
			return t.Title.Msg()
		}
	}
	return i18n.Msg{}
}

func actions(by actor.Actor, a Application) Actions {
	own := by.Account == a.Account && by.Can(actor.EditApplication)
	review := by.Vendor() && by.Can(actor.DecideReview)
	return Actions{
		Edit: own && a.may(stepEdit), Submit: own && a.may(stepSubmit), Withdraw: own && a.may(stepWithdraw),
		Repeat: own && a.State.over(),
		Start:  review && a.may(stepStart) && a.fourEyes(by) == nil, Return: review && a.may(stepReturn),
		Approve: review && a.may(stepApprove) && (a.Phase == "" || a.Phase == program.PhaseCountersign), Reject: review && a.may(stepReject),
		Pass:    review && a.may(stepPass) && a.Phase != "" && a.Phase != program.PhaseCountersign,
		Comment: own && a.State != Draft || review,
	}
}

// An ApplicationFilter narrows the list. After is the cursor of the page before.
type ApplicationFilter struct {
	Account string // the vendor's staff may leave it empty
	Program string
	State   State
	After   string
	Limit   int
}

// Applications lists applications, newest first: a partner's own, or all for the vendor's staff.
func (s *Service) Applications(ctx context.Context, by actor.Actor, f ApplicationFilter) ([]Application, string, error) {
	if err := by.May(actor.ViewApplication); err != nil {
		return nil, "", err
	}
	if own := by.Scope(); own != "" {
		f.Account = own
	}
	n := limit(f.Limit)
	rows, err := listApplications(ctx, s.db.Read(), f, n+1)
	out, next := page(rows, n, func(a Application) string { return a.ID })
	return out, next, err
}

// timeline tells from the audit log what happened to a thing. Partners don't see internal entries, nor who at the
// vendor acted.
func timeline(ctx context.Context, q db.Querier, kind, id string, vendor bool) ([]Moment, error) {
	entries, err := audit.History(ctx, q, kind, id)
	if err != nil {
		return nil, err
	}
	var out []Moment
	for _, e := range entries {
		var d struct {
			Did      string   `json:"did"`
			Text     string   `json:"text"`
			Internal bool     `json:"internal"`
			Reasons  []Reason `json:"reasons"`
		}
		if err := json.Unmarshal([]byte(e.Detail), &d); err != nil {
			return nil, err
		}
		what, ok := deeds[d.Did]
		if !ok || d.Internal && !vendor {
			continue
		}
		for _, r := range d.Reasons {
			d.Text = strings.TrimSpace(d.Text + "\n" + r.Text)
		}
		out = append(out, Moment{At: e.At, What: what, By: e.ActorName, Text: d.Text})
	}
	return out, nil
}

// deeds are what a timeline tells, by the word in the audit entry.
var deeds = map[string]i18n.Msg{
	"draft":           i18n.M("application.did.draft"),
	"edit":            i18n.M("application.did.edit"),
	"add_evidence":    i18n.M("application.did.add_evidence"),
	"remove_evidence": i18n.M("application.did.remove_evidence"),
	"submit":          i18n.M("application.did.submit"),
	"withdraw":        i18n.M("application.did.withdraw"),
	"start":           i18n.M("application.did.start"),
	"return":          i18n.M("application.did.return"),
	"approve":         i18n.M("application.did.approve"),
	"pass":            i18n.M("application.did.pass"),
	"terminate":       i18n.M("application.did.terminate"),
	"ban":             i18n.M("application.did.ban"),
	"lift_ban":        i18n.M("application.did.lift_ban"),
	"attach":          i18n.M("application.did.attach"),
	"revoke":          i18n.M("qualification.did.revoke"),
	"leave":           i18n.M("qualification.did.leave"),
	"reject":          i18n.M("application.did.reject"),
	"comment":         i18n.M("application.did.comment"),
	"inspect":         i18n.M("application.did.inspect"),
	"overdue":         i18n.M("application.did.overdue"),
	"grant":           i18n.M("qualification.did.grant"),
	"supersede":       i18n.M("qualification.did.supersede"),
	"suspend":         i18n.M("qualification.did.suspend"),
	"reinstate":       i18n.M("qualification.did.reinstate"),
	"cancel":          i18n.M("qualification.did.cancel"),
	"expire":          i18n.M("qualification.did.expire"),
	"watch":           i18n.M("qualification.did.watch"),
	"watch_end":       i18n.M("qualification.did.watch_end"),
	"vacancy":         i18n.M("qualification.did.vacancy"),
	"vacancy_filled":  i18n.M("qualification.did.vacancy_filled"),
	"vacancy_closed":  i18n.M("qualification.did.vacancy_closed"),
	"vacancy_overdue": i18n.M("qualification.did.vacancy_overdue"),
}

// ApplicationForm is the application as a printed form in a language, to be signed and enclosed.
func (s *Service) ApplicationForm(ctx context.Context, by actor.Actor, id, lang string) (pdf.Form, error) {
	v, err := s.Application(ctx, by, id)
	if err != nil {
		return pdf.Form{}, err
	}
	say := func(m i18n.Msg) string { return i18n.Text(lang, m) }
	f := v.Form
	out := pdf.Form{Lang: lang, Title: say(i18n.M("application.pdf.title")), Subtitle: v.Spec.Title.In(lang) + " · " + say(v.LevelTitle),
		Number: v.ID, Date: s.db.Clock().Now().Format(time.DateOnly), Signature: true}
	row := func(label i18n.Msg, value string) [2]string { return [2]string{say(label), value} }
	out.Sections = append(out.Sections,
		pdf.Section{Heading: say(i18n.M("application.pdf.request")), Rows: [][2]string{
			row(i18n.M("application.pdf.program"), v.Spec.Title.In(lang)), row(i18n.M("application.pdf.version"), v.Spec.Number),
			row(i18n.M("application.pdf.level"), say(v.LevelTitle)), row(i18n.M("application.pdf.track"), say(v.TrackTitle)),
			row(i18n.M("application.pdf.kind"), say(v.Kind.Label()))}},
		pdf.Section{Heading: say(i18n.M("application.pdf.company")), Rows: [][2]string{
			row(i18n.M("application.form.company"), f.Company), row(i18n.M("application.form.company_zh"), f.CompanyZH),
			row(i18n.M("application.form.country"), f.Country), row(i18n.M("application.form.address"), f.Address)}},
		pdf.Section{Heading: say(i18n.M("application.pdf.people")), Rows: [][2]string{
			row(i18n.M("application.form.contact_name"), join(f.ContactName, f.ContactEmail, f.ContactPhone)),
			row(i18n.M("application.form.applicant_name"), join(f.ApplicantName, f.ApplicantEmail, f.ApplicantPhone)),
			row(i18n.M("application.form.manager_name"), join(f.ManagerName, f.ManagerEmail, f.ManagerPhone))}},
		v.engineers(lang), v.requirements(lang),
		pdf.Section{Heading: say(i18n.M("application.pdf.truth")), Note: say(i18n.M("application.pdf.truth_text"))})
	if f.Remarks != "" {
		out.Sections = append(out.Sections, pdf.Section{Heading: say(i18n.M("application.form.remarks")), Note: f.Remarks})
	}
	return out, nil
}

func join(parts ...string) string {
	var out []string
	for _, p := range parts {
		if p != "" {
			out = append(out, p)
		}
	}
	return strings.Join(out, ", ")
}

// engineers is the table of those who fill the lines.
func (v *ApplicationView) engineers(lang string) pdf.Section {
	say := func(m i18n.Msg) string { return i18n.Text(lang, m) }
	t := &pdf.Table{Head: []string{say(i18n.M("application.pdf.engineer")), say(i18n.M("application.pdf.certificate")),
		say(i18n.M("application.pdf.valid_until"))}}
	if r, ok := trackOf(&v.Evaluated.Evaluation, v.Level, v.Track); ok {
		for _, c := range r.Counted() {
			t.Rows = append(t.Rows, []string{v.Evaluated.Name(c.Person), c.Certificate.Code, c.Certificate.ExpiresOn.String()})
		}
	}
	return pdf.Section{Heading: say(i18n.M("application.pdf.engineers")), Table: t}
}

// requirements is the table of the computed lines.
func (v *ApplicationView) requirements(lang string) pdf.Section {
	say := func(m i18n.Msg) string { return i18n.Text(lang, m) }
	t := &pdf.Table{Head: []string{say(i18n.M("application.pdf.requirement")), say(i18n.M("application.pdf.need")),
		say(i18n.M("application.pdf.have"))}, Widths: []float64{3, 1, 1}}
	if r, ok := trackOf(&v.Evaluated.Evaluation, v.Level, v.Track); ok {
		for _, x := range r.Lines {
			line, _ := v.Spec.Line(x.ID)
			t.Rows = append(t.Rows, []string{line.Title.In(lang), say(x.Needs), say(x.Has)})
		}
	}
	return pdf.Section{Heading: say(i18n.M("application.pdf.requirements")), Table: t}
}
