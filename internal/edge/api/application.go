package api

import (
	"context"
	"io"
	"os"
	"strings"
	"time"

	"hanse/internal/domain/program"
	"hanse/internal/domain/qualification"
	"hanse/internal/kit/actor"
	"hanse/internal/kit/calendar"
	"hanse/internal/kit/fault"
	"hanse/internal/kit/i18n"
)

// Reason is why an application was returned or rejected.
type Reason struct {
	Field string `json:"field,omitempty" maxLength:"200" doc:"form.contact_email, line:senior-engineer, evidence:certificate-copy, or absent for the whole"`
	Text  string `json:"text" minLength:"1" maxLength:"1000"`
}

func toReason(r qualification.Reason) Reason { return Reason(r) }

// Form is what an application says of the company and its people.
type Form struct {
	Company        string `json:"company,omitempty"`
	CompanyZH      string `json:"company_zh,omitempty"`
	Country        string `json:"country,omitempty"`
	Address        string `json:"address,omitempty"`
	ContactName    string `json:"contact_name,omitempty"`
	ContactEmail   string `json:"contact_email,omitempty"`
	ContactPhone   string `json:"contact_phone,omitempty"`
	ApplicantName  string `json:"applicant_name,omitempty"`
	ApplicantEmail string `json:"applicant_email,omitempty"`
	ApplicantPhone string `json:"applicant_phone,omitempty"`
	ManagerName    string `json:"manager_name,omitempty"`
	ManagerEmail   string `json:"manager_email,omitempty"`
	ManagerPhone   string `json:"manager_phone,omitempty"`
	Remarks        string `json:"remarks,omitempty"`
	Product        string `json:"product,omitempty" doc:"The product or solution, where the program asks for one; fixed by the first submission"`
}

// Application is a partner's request for a level.
type Application struct {
	ID           string    `json:"id"`
	Partner      string    `json:"partner"`
	Ref          string    `json:"ref"`
	Level        string    `json:"level"`
	Track        string    `json:"track"`
	Kind         string    `json:"kind" enum:"initial,level_change,renewal"`
	State        string    `json:"state" enum:"draft,submitted,under_review,returned,approved,rejected,withdrawn,terminated"`
	Phase        string    `json:"phase,omitempty" enum:"preliminary,technical,countersign" doc:"Of a review in phases"`
	Progress     string    `json:"progress" doc:"How it stands: the state, or the step of a review in phases"`
	Edition      int64     `json:"edition" doc:"Send it back with each step: a stale one is refused"`
	CopiedFrom   string    `json:"copied_from,omitempty"`
	Form         Form      `json:"form"`
	TruthName    string    `json:"truth_by,omitempty" doc:"Who declared that everything is true"`
	TruthAt      time.Time `json:"truth_at,omitzero"`
	SubmittedAt  time.Time `json:"submitted_at,omitzero"`
	ReviewDue    time.Time `json:"review_due,omitzero"`
	ReviewerName string    `json:"reviewer,omitempty"`
	ReturnDue    time.Time `json:"return_due,omitzero"`
	Reasons      []Reason  `json:"reasons"`
	DecidedAt    time.Time `json:"decided_at,omitzero"`
	CreatedAt    time.Time `json:"created_at"`
	ChangedAt    time.Time `json:"changed_at"`
}

func toApplication(x qualification.Application) Application {
	return Application{ID: x.ID, Partner: x.Account, Ref: x.Ref(), Level: x.Level, Track: x.Track, Kind: string(x.Kind), State: string(x.State), Phase: x.Phase, Progress: string(x.Progress()),
		Edition: x.Edition, CopiedFrom: x.CopiedFrom, Form: Form(x.Form), TruthName: x.TruthName, TruthAt: x.TruthAt, SubmittedAt: x.SubmittedAt,
		ReviewDue: x.ReviewDue, ReviewerName: x.ReviewerName, ReturnDue: x.ReturnDue, Reasons: each(x.Reasons, toReason),
		DecidedAt: x.DecidedAt, CreatedAt: x.CreatedAt, ChangedAt: x.ChangedAt}
}

// ApplicationView is an application with all that belongs to it.
type ApplicationView struct {
	Application
	Evaluation program.Report  `json:"evaluation" doc:"For applying, now"`
	Snapshot   *Snapshot       `json:"snapshot,omitempty" doc:"As it was at submission"`
	Places     []EvidencePlace `json:"evidence"`
	Materials  []Attached      `json:"materials" doc:"What the program asks to attach, with what is attached"`
	Ban        *Ban            `json:"ban,omitempty" doc:"Keeps the partner from applying now"`
	Missing    []Entry         `json:"missing" doc:"What submitting would be refused for"`
	Comments   []Comment       `json:"comments"`
	Timeline   []Moment        `json:"timeline"`
}

// Snapshot is the computed result that an application was submitted with.
type Snapshot struct {
	At      time.Time                          `json:"at"`
	Ref     string                             `json:"ref"`
	Level   string                             `json:"level"`
	Track   string                             `json:"track"`
	Met     bool                               `json:"met"`
	Result  program.TrackReport                `json:"result"`
	Counted []qualification.CountedCertificate `json:"counted"`
}

// EvidencePlace is one file that is asked for, and the file when it's there.
type EvidencePlace struct {
	Ask      string    `json:"ask"`
	Title    Words     `json:"title"`
	Optional bool      `json:"optional"`
	Person   string    `json:"person,omitempty"`
	Name     string    `json:"person_name,omitempty"`
	Code     string    `json:"code,omitempty"`
	File     *Evidence `json:"file,omitempty"`
}

// Evidence is an uploaded file.
type Evidence struct {
	ID      string    `json:"id"`
	Ask     string    `json:"ask"`
	Person  string    `json:"person,omitempty"`
	Code    string    `json:"code,omitempty"`
	SHA256  string    `json:"sha256"`
	Size    int64     `json:"size"`
	Media   string    `json:"media_type"`
	Name    string    `json:"name"`
	AddedBy string    `json:"added_by"`
	AddedAt time.Time `json:"added_at"`
}

func toEvidence(e qualification.Evidence) Evidence {
	return Evidence{e.ID, e.Ask, e.Person, e.Code, e.Hash, e.Size, e.Media, e.Name, e.AddedBy, e.AddedAt}
}

// Comment is a remark on an application.
type Comment struct {
	ID       string    `json:"id"`
	Author   string    `json:"author"`
	Vendor   bool      `json:"vendor"`
	Internal bool      `json:"internal" doc:"Not shown to the partner"`
	Text     string    `json:"text"`
	At       time.Time `json:"at"`
}

// Moment is one line of a timeline.
type Moment struct {
	At   time.Time `json:"at"`
	What string    `json:"what"`
	By   string    `json:"by,omitempty"`
	Text string    `json:"text,omitempty"`
}

func toMoment(ctx context.Context) func(qualification.Moment) Moment {
	return func(m qualification.Moment) Moment { return Moment{m.At, i18n.Say(ctx, m.What), m.By, m.Text} }
}

func toSnapshot(ctx context.Context, s *qualification.Snapshot) *Snapshot {
	if s == nil {
		return nil
	}
	return &Snapshot{s.At, s.Ref, s.Level, s.Track, s.Met, s.In(i18n.From(ctx).Lang), append([]qualification.CountedCertificate{}, s.Counted...)}
}

func toView(ctx context.Context, v qualification.ApplicationView) ApplicationView {
	return ApplicationView{Application: toApplication(v.Application), Evaluation: v.Evaluated.Evaluation.Report(i18n.From(ctx).Lang, true),
		Snapshot: toSnapshot(ctx, v.Snapshot), Materials: each(v.Materials, toAttached), Ban: toBanAt(v.Ban),
		Places: each(v.Places, func(p qualification.EvidencePlace) EvidencePlace {
			out := EvidencePlace{p.Ask.ID, toWords(p.Ask.Title), p.Ask.Optional, p.Person, p.PersonName, p.Code, nil}
			if p.File != nil {
				e := toEvidence(*p.File)
				out.File = &e
			}
			return out
		}),
		Missing: each(v.Missing, func(f fault.Field) Entry { return Entry{f.Name, f.Value, i18n.Say(ctx, f.Msg)} }),
		Comments: each(v.Comments, func(c qualification.Comment) Comment {
			return Comment{c.ID, c.AuthorName, c.Vendor, c.Internal, c.Body, c.At}
		}),
		Timeline: each(v.Timeline, toMoment(ctx))}
}

// ApplicationPath names an application.
type ApplicationPath struct {
	Application string `path:"application" maxLength:"40"`
}

// AtEdition goes with each step of an application or qualification.
type AtEdition struct {
	Edition int64 `json:"edition" doc:"As it was read"`
}

type editionIn struct {
	ApplicationPath
	Body AtEdition
}

func (a *API) applications() {
	const tag = "applications"
	add(a, Operation{Method: "GET", Path: "/api/v1/applications", ID: "list_applications", Tag: tag, Summary: "Applications, newest first; a partner sees its own", Verb: actor.ViewApplication}, a.listApplications)
	add(a, Operation{Method: "POST", Path: "/api/v1/partners/{partner}/applications", ID: "draft_application", Tag: tag, Status: 201, Summary: "Begin an application; one may be under way in each program", Verb: actor.EditApplication},
		func(ctx context.Context, by actor.Actor, in *struct {
			PartnerPath
			Body struct {
				Program string `json:"program" maxLength:"64" example:"h3c-star"`
				Level   string `json:"level" maxLength:"64" example:"two-star"`
				Track   string `json:"track,omitempty" maxLength:"64" doc:"Absent: the one that is met or nearest"`
			}
		}) (Application, error) {
			if err := onlyOwn(by, actor.EditApplication, in.Partner); err != nil {
				return Application{}, err
			}
			x, err := a.Qualification.Draft(ctx, by, qualification.DraftInput(in.Body))
			return toApplication(x), err
		})
	add(a, Operation{Method: "GET", Path: "/api/v1/applications/{application}", ID: "show_application", Tag: tag, Summary: "One application: computed lines, files, what is missing, comments, timeline", Verb: actor.ViewApplication},
		func(ctx context.Context, by actor.Actor, in *ApplicationPath) (ApplicationView, error) {
			v, err := a.Qualification.Application(ctx, by, in.Application)
			if err != nil {
				return ApplicationView{}, err
			}
			return toView(ctx, v), nil
		})
	a.applicationSteps()
	a.evidence()
	add(a, Operation{Method: "POST", Path: "/api/v1/applications/{application}/comments", ID: "comment_application", Tag: tag, Summary: "Say something; the vendor can keep it internal", Verb: actor.EditApplication},
		func(ctx context.Context, by actor.Actor, in *struct {
			ApplicationPath
			Body struct {
				Text     string `json:"text" minLength:"1" maxLength:"4000"`
				Internal bool   `json:"internal,omitempty"`
			}
		}) (none, error) {
			return none{}, a.Qualification.Comment(ctx, by, in.Application, in.Body.Text, in.Body.Internal)
		})
}

// onlyOwn refuses to do for a partner what it must do itself.
func onlyOwn(by actor.Actor, verb actor.Verb, partner string) error {
	if err := by.May(verb); err != nil {
		return err
	}
	if by.Account != partner {
		return notFound()
	}
	return nil
}

func (a *API) listApplications(ctx context.Context, by actor.Actor, in *struct {
	PageIn
	Partner string `query:"partner" maxLength:"32"`
	Program string `query:"program" maxLength:"64"`
	State   string `query:"state" enum:"draft,submitted,under_review,returned,approved,rejected,withdrawn"`
}) (out struct {
	Applications []Application `json:"applications"`
	Next         string        `json:"next_cursor,omitempty"`
}, err error) {
	list, next, err := a.Qualification.Applications(ctx, by, qualification.ApplicationFilter{Account: in.Partner, Program: in.Program,
		State: qualification.State(in.State), After: in.Cursor, Limit: in.Limit})
	out.Applications, out.Next = each(list, toApplication), next
	return out, err
}

func (a *API) applicationSteps() {
	const tag, path = "applications", "/api/v1/applications/{application}"
	add(a, Operation{Method: "PUT", Path: path + "/form", ID: "save_form", Tag: tag, Summary: "Fill in the form", Verb: actor.EditApplication},
		func(ctx context.Context, by actor.Actor, in *struct {
			ApplicationPath
			Body struct {
				AtEdition
				Form Form `json:"form"`
			}
		}) (Application, error) {
			x, err := a.Qualification.SaveForm(ctx, by, in.Application, in.Body.Edition, qualification.Form(in.Body.Form))
			return toApplication(x), err
		})
	add(a, Operation{Method: "PUT", Path: path + "/target", ID: "change_target", Tag: tag, Summary: "Apply for another level or on another track", Verb: actor.EditApplication},
		func(ctx context.Context, by actor.Actor, in *struct {
			ApplicationPath
			Body struct {
				AtEdition
				Level string `json:"level" maxLength:"64"`
				Track string `json:"track,omitempty" maxLength:"64"`
			}
		}) (Application, error) {
			x, err := a.Qualification.ChangeTarget(ctx, by, in.Application, in.Body.Edition, in.Body.Level, in.Body.Track)
			return toApplication(x), err
		})
	add(a, Operation{Method: "POST", Path: path + "/submit", ID: "submit_application", Tag: tag, Summary: "Hand it in; refused with every reason at once", Verb: actor.EditApplication},
		func(ctx context.Context, by actor.Actor, in *struct {
			ApplicationPath
			Body struct {
				AtEdition
				Truthful bool `json:"truthful" doc:"Everything stated and enclosed is true"`
			}
		}) (Application, error) {
			x, err := a.Qualification.Submit(ctx, by, in.Application, in.Body.Edition, in.Body.Truthful)
			return toApplication(x), err
		})
	add(a, Operation{Method: "POST", Path: path + "/withdraw", ID: "withdraw_application", Tag: tag, Summary: "Take it back", Verb: actor.EditApplication},
		func(ctx context.Context, by actor.Actor, in *editionIn) (Application, error) {
			x, err := a.Qualification.Withdraw(ctx, by, in.Application, in.Body.Edition)
			return toApplication(x), err
		})
	add(a, Operation{Method: "POST", Path: path + "/repeat", ID: "repeat_application", Tag: tag, Status: 201, Summary: "A new draft from a rejected or withdrawn application", Verb: actor.EditApplication},
		func(ctx context.Context, by actor.Actor, in *ApplicationPath) (Application, error) {
			x, err := a.Qualification.Repeat(ctx, by, in.Application)
			return toApplication(x), err
		})
	addFile(a, Operation{Method: "GET", Path: path + "/form.pdf", ID: "print_application", Tag: tag, Summary: "The filled form, to be signed and enclosed", Verb: actor.ViewApplication, Gives: []string{typePDF}},
		func(ctx context.Context, by actor.Actor, in *ApplicationPath) (document, error) {
			form, err := a.Qualification.ApplicationForm(ctx, by, in.Application, i18n.From(ctx).Lang)
			if err != nil {
				return document{}, err
			}
			b, err := a.Press.Form(form)
			return bytesOf("application-"+in.Application+".pdf", typePDF, b), err
		})
}

// EvidencePath names an enclosed file.
type EvidencePath struct {
	ApplicationPath
	Evidence string `path:"evidence" maxLength:"40"`
}

func (a *API) evidence() {
	const tag, path = "applications", "/api/v1/applications/{application}/evidence"
	add(a, Operation{Method: "POST", Path: path, ID: "add_evidence", Tag: tag, Status: 201, Verb: actor.EditApplication, Takes: []string{typePDF, typePNG, typeJPEG, typeForm},
		Summary: "Enclose a file; it replaces the one in the same place"},
		func(ctx context.Context, by actor.Actor, in *struct {
			ApplicationPath
			Ask    string `query:"ask" required:"true" maxLength:"64" doc:"Which of the program's files"`
			Person string `query:"person" maxLength:"40" doc:"For the copy of a certificate"`
			Code   string `query:"code" maxLength:"40"`
			Name   string `query:"name" maxLength:"200" doc:"Name of the file, when the body is the file itself"`
		}) (Evidence, error) {
			if err := by.May(actor.EditApplication); err != nil {
				return Evidence{}, err // before the file is read
			}
			file, err := upload(ctx, maxUpload, in.Name)
			if err != nil {
				return Evidence{}, err
			}
			e, err := a.Qualification.AddEvidence(ctx, by, in.Application, qualification.NewEvidence{Ask: in.Ask, Person: in.Person, Code: in.Code, Name: file.name}, file)
			return toEvidence(e), err
		})
	addFile(a, Operation{Method: "GET", Path: path + "/{evidence}", ID: "download_evidence", Tag: tag, Summary: "An enclosed file", Verb: actor.ViewApplication, Gives: []string{typePDF, typePNG, typeJPEG}},
		func(ctx context.Context, by actor.Actor, in *EvidencePath) (document, error) {
			f, e, err := a.Qualification.OpenEvidence(ctx, by, in.Application, in.Evidence)
			if err != nil {
				return document{}, err
			}
			return opened(f, e.Name, e.Media, e.Size), nil
		})
	add(a, Operation{Method: "DELETE", Path: path + "/{evidence}", ID: "remove_evidence", Tag: tag, Summary: "Take a file out of a draft", Verb: actor.EditApplication},
		func(ctx context.Context, by actor.Actor, in *EvidencePath) (none, error) {
			return none{}, a.Qualification.RemoveEvidence(ctx, by, in.Application, in.Evidence)
		})
}

// opened is a stored file, closed once it's sent.
func opened(f *os.File, name, media string, size int64) document {
	return document{name, media, size, func(w io.Writer) error {
		defer f.Close()
		_, err := io.Copy(w, f)
		return err
	}}
}

// returnBody sends an application back for correction.
type returnBody struct {
	AtEdition
	Reasons []Reason     `json:"reasons" minItems:"1" maxItems:"100"`
	Until   calendar.Day `json:"until" format:"date" doc:"Last day for the correction"`
}

func fileName(number string) string { return strings.ReplaceAll(number, "/", "-") + ".pdf" }
