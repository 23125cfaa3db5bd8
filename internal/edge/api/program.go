package api

import (
	"context"
	"strings"
	"time"

	"hanse/internal/domain/program"
	"hanse/internal/domain/qualification"
	"hanse/internal/kit/actor"
	"hanse/internal/kit/calendar"
	"hanse/internal/kit/i18n"
)

// Words is a text of a program file in both languages.
type Words struct {
	EN string `json:"en"`
	ZH string `json:"zh-Hans"`
}

func toWords(t program.Text) Words { return Words{t.In(i18n.English), t.In(i18n.Chinese)} }

// Program is one version of a program.
type Program struct {
	Ref            string       `json:"ref" example:"h3c-star@2025"`
	Program        string       `json:"program"`
	Version        string       `json:"version"`
	Title          Words        `json:"title"`
	State          string       `json:"state" enum:"active,retired"`
	InForce        bool         `json:"in_force" doc:"Applications submitted now use it"`
	EffectiveFrom  calendar.Day `json:"effective_from" format:"date"`
	EffectiveUntil calendar.Day `json:"effective_until,omitzero" format:"date"`
	File           string       `json:"file"`
	LoadedAt       time.Time    `json:"loaded_at"`
	RetiredAt      time.Time    `json:"retired_at,omitzero"`
}

func toProgram(v qualification.VersionInfo) Program {
	p := Program{Ref: v.Ref, State: v.State, InForce: v.InForce, File: v.File, LoadedAt: v.LoadedAt, RetiredAt: v.RetiredAt}
	if x := v.Version; x != nil {
		p.Program, p.Version, p.Title, p.EffectiveFrom, p.EffectiveUntil = x.Program, x.Number, toWords(x.Title), x.EffectiveFrom, x.EffectiveUntil
	}
	return p
}

// Policy is what a version asks, as its rendered page shows it.
type Policy struct {
	Summary       Words         `json:"summary"`
	Markets       []string      `json:"markets" doc:"Partners of these may apply; empty: all"`
	ChannelKinds  []string      `json:"channel_kinds"`
	ReviewDays    int           `json:"review_working_days"`
	Remaining     int           `json:"min_remaining_months" doc:"A certificate must stay valid for more than so many months when one applies"`
	ValidityYears int           `json:"validity_years" doc:"0 when it lasts months, or has no end"`
	Months        int           `json:"validity_months,omitempty"`
	NoEnd         bool          `json:"validity_open,omitempty" doc:"Without an end: an annual review decides"`
	Entry         string        `json:"entry" enum:"self,invitation"`
	Stages        bool          `json:"stages" doc:"Levels are held side by side, each with its own certificate"`
	Confirmed     bool          `json:"confirmed_people_only" doc:"Only people who confirmed their binding count"`
	RenewalOpens  int           `json:"renewal_opens_days_before"`
	ReportDays    int           `json:"exit_report_working_days"`
	VacancyMonths int           `json:"vacancy_months"`
	Levels        []policyLevel `json:"levels"`
	Tracks        []policyTrack `json:"tracks"`
	Evidence      []policyFile  `json:"evidence"`
}

type policyLevel struct {
	Level    string   `json:"level"`
	Title    Words    `json:"title"`
	Stars    int      `json:"stars,omitempty"`
	Benefits []string `json:"benefits"`
}

type policyTrack struct {
	Track string       `json:"track"`
	Title Words        `json:"title"`
	Lines []policyLine `json:"lines"`
}

type policyLine struct {
	ID    string            `json:"id"`
	Kind  string            `json:"kind"`
	Title Words             `json:"title"`
	Asked map[string]string `json:"asked" doc:"By level, in the language of the request; a level that doesn't ask it is absent"`
}

type policyFile struct {
	ID       string `json:"id"`
	Title    Words  `json:"title"`
	Per      string `json:"per" enum:"application,certificate"`
	Optional bool   `json:"optional"`
}

func toPolicy(ctx context.Context, v *program.Version) *Policy {
	if v == nil {
		return nil
	}
	p := &Policy{Summary: toWords(v.Summary), Markets: append([]string{}, v.Eligibility.Markets...), ChannelKinds: append([]string{}, v.Eligibility.ChannelKinds...),
		ReviewDays: v.Application.ReviewDays(), Remaining: v.Application.MinRemainingMonths, ValidityYears: v.Validity.Years,
		Months: v.Validity.Months, NoEnd: v.Validity.Open, Entry: string(program.EntrySelf), Stages: v.Stages, Confirmed: v.People.Confirmed,
		RenewalOpens: v.Recertification.OpensDaysBefore, ReportDays: v.Staffing.ReportWorkingDays, VacancyMonths: v.Staffing.VacancyMonths}
	if v.ByInvitation() {
		p.Entry = string(program.EntryInvitation)
	}
	p.Levels = each(v.Levels, func(l program.Level) policyLevel {
		return policyLevel{l.ID, toWords(l.Title), l.Stars, each(v.BenefitsOf(l.ID), func(t program.Text) string { return i18n.Say(ctx, t.Msg()) })}
	})
	p.Tracks = each(v.AllTracks(), func(t program.Track) policyTrack {
		return policyTrack{t.ID, toWords(t.Title), each(v.PolicyOf(t.ID), func(r program.PolicyRow) policyLine {
			line := policyLine{r.Line.ID, r.Line.Kind, toWords(r.Line.Title), map[string]string{}}
			for i, c := range r.Cells {
				if !c.IsZero() {
					line.Asked[v.Levels[i].ID] = i18n.Say(ctx, c)
				}
			}
			return line
		})}
	})
	p.Evidence = each(v.Evidence, func(e program.EvidenceAsk) policyFile {
		return policyFile{e.ID, toWords(e.Title), string(e.Per), e.Optional}
	})
	return p
}

// Problem is a mistake in a program file.
type Problem struct {
	File    string `json:"file"`
	Line    int    `json:"line"`
	Column  int    `json:"column"`
	Message string `json:"message"`
	Remedy  string `json:"remedy"`
}

func toProblem(ctx context.Context) func(program.Problem) Problem {
	return func(p program.Problem) Problem {
		return Problem{p.File, p.Line, p.Col, i18n.Say(ctx, p.Message), i18n.Say(ctx, p.Remedy)}
	}
}

// RefPath names a version of a program.
type RefPath struct {
	Ref string `path:"ref" maxLength:"100" doc:"program@version" example:"h3c-star@2025"`
}

func (a *API) programs() {
	const tag, path = "programs", "/api/v1/programs"
	add(a, Operation{Method: "GET", Path: path, ID: "list_programs", Tag: tag, Summary: "Every version of every program", Verb: actor.ViewPrograms},
		func(ctx context.Context, by actor.Actor, _ *struct{}) (out struct {
			Programs []Program `json:"programs"`
		}, err error) {
			list, err := a.Qualification.Versions(ctx, by)
			out.Programs = each(list, toProgram)
			return out, err
		})
	add(a, Operation{Method: "GET", Path: path + "/{ref}", ID: "show_program", Tag: tag, Summary: "One version with the policy that it states", Verb: actor.ViewPrograms},
		func(ctx context.Context, by actor.Actor, in *RefPath) (out struct {
			Program
			Policy *Policy `json:"policy"`
		}, err error) {
			v, err := a.Qualification.Version(ctx, by, in.Ref)
			out.Program, out.Policy = toProgram(v), toPolicy(ctx, v.Version)
			return out, err
		})
	addFile(a, Operation{Method: "GET", Path: path + "/{ref}/source", ID: "download_program", Tag: tag, Summary: "The file of a version", Verb: actor.ViewPrograms, Gives: []string{typeYAML}},
		func(ctx context.Context, by actor.Actor, in *RefPath) (document, error) {
			text, err := a.Qualification.VersionSource(ctx, by, in.Ref)
			return bytesOf(strings.ReplaceAll(in.Ref, "@", "-")+".yaml", typeYAML, []byte(text)), err
		})
	add(a, Operation{Method: "POST", Path: path + "/reload", ID: "reload_programs", Tag: tag, Summary: "Read the program files again; a broken one changes nothing", Verb: actor.ManagePrograms},
		func(ctx context.Context, by actor.Actor, _ *struct{}) (out struct {
			Added    []string  `json:"added"`
			Problems []Problem `json:"problems"`
		}, err error) {
			x, err := a.Qualification.ReloadPrograms(ctx, by)
			out.Added, out.Problems = append([]string{}, x.Added...), each(x.Problems, toProblem(ctx))
			return out, err
		})
	add(a, Operation{Method: "GET", Path: path + "/problems", ID: "list_program_problems", Tag: tag, Summary: "Mistakes that the last reading found", Verb: actor.ManagePrograms},
		func(ctx context.Context, by actor.Actor, _ *struct{}) (out struct {
			Problems []Problem `json:"problems"`
		}, err error) {
			if err := by.May(actor.ManagePrograms); err != nil {
				return out, err
			}
			out.Problems = each(a.Qualification.Problems(), toProblem(ctx))
			return out, nil
		})
	add(a, Operation{Method: "POST", Path: path + "/{ref}/retire", ID: "retire_program", Tag: tag, Summary: "Take a version out of use; what was granted by it stays", Verb: actor.ManagePrograms},
		func(ctx context.Context, by actor.Actor, in *RefPath) (none, error) {
			return none{}, a.Qualification.Retire(ctx, by, in.Ref)
		})
	a.catalogue()
}

// CertificateType is one line of the catalogue.
type CertificateType struct {
	Code           string        `json:"code"`
	Title          Words         `json:"title"`
	Provider       string        `json:"provider" doc:"Who issues it"`
	Direction      string        `json:"direction" doc:"Technical direction, within which certificates renew each other"`
	Level          int           `json:"level" doc:"Height within the direction: 1 associate, 2 professional, 3 expert"`
	Class          string        `json:"class" enum:"junior,senior,expert,pm,special,career,developer,specialist,management"`
	ValidityMonths int           `json:"validity_months"`
	RenewalMonths  int           `json:"renewal_months,omitempty" doc:"Passing the same certification, or the same or a higher level of its direction, by the last day renews it to so many months after the pass; absent: no such rule"`
	Aliases        []string      `json:"aliases"`
	FormerCodes    []string      `json:"former_codes,omitempty" doc:"Former names; certificates under them stay valid to their own end"`
	Exams          []catalogExam `json:"exams"`
	CostMinor      int64         `json:"cost_minor,omitempty" doc:"What its exams cost together, in the smallest unit of the currency"`
	Currency       string        `json:"currency,omitempty"`
	Weeks          int           `json:"weeks,omitempty" doc:"Usual weeks of preparation"`
	CourseURL      string        `json:"course_url,omitempty" doc:"Where its course is booked, with the training e-mail"`
	ExamURL        string        `json:"exam_url,omitempty" doc:"Where its exams are booked, with the exam e-mail"`
	Next           []string      `json:"next" doc:"Certificates one rung higher"`
}

type catalogExam struct {
	Code string `json:"code" example:"H12-811"`
	Part string `json:"part,omitempty" doc:"One exam of each part is needed; absent: this exam alone suffices"`
}

func toCertificateType(cat *program.Catalogue, c program.CertificateType) CertificateType {
	provider, _ := cat.Provider(c.Provider)
	out := CertificateType{Code: c.Code, Title: toWords(c.Title), Provider: c.Provider, Direction: c.Direction, Level: c.Level,
		Class: string(c.Class), ValidityMonths: c.ValidityMonths, RenewalMonths: provider.RefreshMonths, Aliases: append([]string{}, c.Aliases...),
		CostMinor: c.Cost.Minor, Currency: c.Cost.Currency, Weeks: c.Weeks, CourseURL: c.CourseURL, ExamURL: c.ExamURL,
		Next: append([]string{}, cat.Next(c.Code)...)}
	out.FormerCodes = each(c.RenamedFrom, func(r program.Renaming) string { return r.Code })
	out.Exams = each(cat.ExamsOf(c.Code), func(e program.ExamType) catalogExam { return catalogExam{e.Code, e.Part} })
	return out
}

func (a *API) catalogue() {
	add(a, Operation{Method: "GET", Path: "/api/v1/catalogue", ID: "list_catalogue", Tag: "programs", Summary: "Certificates that are known", Verb: actor.ViewCatalogue},
		func(ctx context.Context, by actor.Actor, _ *struct{}) (out struct {
			Certificates []CertificateType `json:"certificates"`
		}, err error) {
			list, err := a.Credentials.List(ctx, by)
			cat := a.Credentials.Catalogue()
			out.Certificates = each(list, func(c program.CertificateType) CertificateType { return toCertificateType(cat, c) })
			return out, err
		})
}
