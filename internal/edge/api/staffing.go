package api

import (
	"context"
	"time"

	"hanse/internal/domain/program"
	"hanse/internal/domain/qualification"
	"hanse/internal/kit/actor"
	"hanse/internal/kit/calendar"
	"hanse/internal/kit/i18n"
)

// Exit is the duty to report that an engineer left or that a certificate ended, and its fulfilment.
type Exit struct {
	ID         string       `json:"id"`
	Person     string       `json:"person"`
	Name       string       `json:"name"`
	Reason     string       `json:"reason" enum:"leaving,transfer,lapse,replacement"`
	ExitOn     calendar.Day `json:"exit_on" format:"date" doc:"First day without the engineer or the certificate"`
	ReportDue  time.Time    `json:"report_due"`
	ReportedAt time.Time    `json:"reported_at,omitzero" doc:"Absent: not yet"`
	ReportedBy string       `json:"reported_by,omitempty"`
	Note       string       `json:"note,omitempty"`
	CreatedAt  time.Time    `json:"created_at"`
}

func toExit(x qualification.ExitReport) Exit {
	return Exit{x.ID, x.Person, x.Name, string(x.Reason), x.ExitOn, x.ReportDue, x.ReportedAt, x.ReportedBy, x.Note, x.CreatedAt}
}

// Vacancy is a place in a granted level that must be filled again.
type Vacancy struct {
	ID            string       `json:"id"`
	Qualification string       `json:"qualification"`
	Line          string       `json:"line"`
	Person        string       `json:"person" doc:"Who filled it before"`
	Name          string       `json:"name"`
	Code          string       `json:"code,omitempty"`
	Reason        string       `json:"reason"`
	OpenedOn      calendar.Day `json:"opened_on" format:"date"`
	Due           time.Time    `json:"due"`
	State         string       `json:"state" enum:"open,filled,closed"`
	FilledBy      string       `json:"filled_by,omitempty"`
	FilledName    string       `json:"filled_name,omitempty"`
	ClosedAt      time.Time    `json:"closed_at,omitzero"`
}

func toVacancy(v qualification.Vacancy) Vacancy {
	return Vacancy{v.ID, v.Qualification, v.Line, v.Person, v.Name, v.Code, string(v.Reason), v.OpenedOn, v.Due, v.State, v.FilledBy, v.FilledName, v.ClosedAt}
}

// ExitPreview is what an exit would cost, before it's reported.
type ExitPreview struct {
	Person    string       `json:"person"`
	Name      string       `json:"name"`
	On        calendar.Day `json:"exit_on" format:"date"`
	ReportDue time.Time    `json:"report_due"`
	Late      bool         `json:"late"`
	Effects   []exitEffect `json:"effects"`
}

type exitEffect struct {
	Number     string     `json:"certificate_number"`
	Program    string     `json:"program"`
	Before     string     `json:"level_before"`
	After      string     `json:"level_after"`
	KeepsLevel bool       `json:"keeps_level"`
	Lost       []lostLine `json:"lines"`
	VacancyDue time.Time  `json:"vacancy_due,omitzero"`
}

type lostLine struct {
	Line   string `json:"line"`
	Title  string `json:"title"`
	Before int    `json:"before"`
	After  int    `json:"after"`
	Need   int    `json:"need"`
}

func toPreview(ctx context.Context, p qualification.ExitPreview) ExitPreview {
	return ExitPreview{p.Person, p.Name, p.On, p.ReportDue, p.Late, each(p.Effects, func(e qualification.Effect) exitEffect {
		return exitEffect{e.Qualification.Number, e.Qualification.Ref(), e.Before, e.After, e.KeepsLevel,
			each(e.Lost, func(l qualification.LostLine) lostLine {
				return lostLine{l.Line, i18n.Say(ctx, l.Title), l.Before, l.After, l.Need}
			}), e.VacancyDue}
	})}
}

func (a *API) staffing() {
	const tag, path = "staffing", "/api/v1/partners/{partner}"
	add(a, Operation{Method: "GET", Path: path + "/exits/preview", ID: "preview_exit", Tag: tag, Summary: "What it would cost if somebody left", Verb: actor.ViewEvaluation},
		func(ctx context.Context, by actor.Actor, in *struct {
			PartnerPath
			Person string `query:"person" required:"true" maxLength:"40"`
			On     string `query:"on" required:"true" format:"date" doc:"First day without the person"`
		}) (ExitPreview, error) {
			on, err := queryDay("on", in.On)
			if err != nil {
				return ExitPreview{}, err
			}
			p, err := a.Qualification.PreviewExit(ctx, by, in.Partner, in.Person, on)
			return toPreview(ctx, p), err
		})
	add(a, Operation{Method: "POST", Path: path + "/exits", ID: "report_exit", Tag: tag, Status: 201, Summary: "Report that an engineer leaves, is transferred or replaced, or that a certificate ended", Verb: actor.ReportExit},
		func(ctx context.Context, by actor.Actor, in *struct {
			PartnerPath
			Body struct {
				Person string       `json:"person" maxLength:"40"`
				On     calendar.Day `json:"exit_on" format:"date"`
				Reason string       `json:"reason" enum:"leaving,transfer,lapse,replacement"`
				Note   string       `json:"note,omitempty" maxLength:"1000"`
			}
		}) (Exit, error) {
			x, err := a.Qualification.ReportExit(ctx, by, qualification.ExitInput{Partner: in.Partner, Person: in.Body.Person, On: in.Body.On,
				Reason: qualification.ExitReason(in.Body.Reason), Note: in.Body.Note})
			return toExit(x), err
		})
	add(a, Operation{Method: "GET", Path: path + "/exits", ID: "list_exits", Tag: tag, Summary: "Reported and due exits", Verb: actor.ViewEvaluation},
		func(ctx context.Context, by actor.Actor, in *PartnerPath) (out struct {
			Exits []Exit `json:"exits"`
		}, err error) {
			list, err := a.Qualification.Exits(ctx, by, in.Partner)
			out.Exits = each(list, toExit)
			return out, err
		})
	add(a, Operation{Method: "GET", Path: path + "/vacancies", ID: "list_vacancies", Tag: tag, Summary: "Places that must be filled again", Verb: actor.ViewEvaluation},
		func(ctx context.Context, by actor.Actor, in *struct {
			PartnerPath
			Open bool `query:"open" doc:"Only open ones"`
		}) (out struct {
			Vacancies []Vacancy `json:"vacancies"`
		}, err error) {
			list, err := a.Qualification.Vacancies(ctx, by, in.Partner, in.Open)
			out.Vacancies = each(list, toVacancy)
			return out, err
		})
	a.facts(path + "/service-facts")
}

// ServiceFacts is what a partner declares of its service platform.
type ServiceFacts struct {
	qualification.ServiceFacts
	EffectiveAt time.Time `json:"effective_at,omitempty" doc:"Since when. Send it back with a change: a stale one is refused"`
	ChangedBy   string    `json:"changed_by,omitempty" readOnly:"true"`
}

func toFacts(f qualification.ServiceFacts) ServiceFacts {
	f.NamedEngineers = append([]string{}, f.NamedEngineers...)
	f.Projects, f.Laboratory = append([]qualification.Project{}, f.Projects...), append([]string{}, f.Laboratory...)
	return ServiceFacts{f, f.EffectiveAt, f.ChangedBy}
}

// factsBody is a ServiceFacts as it's sent: what is left out is none.
type factsBody struct {
	Hotline        string                  `json:"hotline,omitempty" enum:"7x24,5x8,none"`
	HotlineNumber  string                  `json:"hotline_number,omitempty"`
	ServiceEmail   string                  `json:"service_email,omitempty"`
	ServiceManager string                  `json:"service_manager,omitempty" doc:"id of a person on the roster"`
	IssueTracking  string                  `json:"issue_tracking,omitempty" enum:"automatic,manual,none"`
	EventsAttended int                     `json:"events_attended,omitempty"`
	NamedEngineers []string                `json:"named_engineers,omitempty"`
	Credits        int                     `json:"credits,omitempty"`
	Projects       []qualification.Project `json:"projects,omitempty"`
	Laboratory     []string                `json:"laboratory,omitempty" doc:"One gear code for each piece"`
	Sites          []qualification.Site    `json:"sites,omitempty" doc:"Teaching facilities with the seats of each classroom"`
	Languages      []string                `json:"languages,omitempty" doc:"Taught in, as ISO 639 codes"`
	Branches       []string                `json:"branches,omitempty" doc:"Country codes, one for each branch"`
	Managers       []string                `json:"project_managers,omitempty" doc:"ids of the dedicated project managers"`
	EffectiveAt    time.Time               `json:"effective_at,omitzero" doc:"As it was read; absent when nothing was declared yet"`
}

func (b factsBody) facts() qualification.ServiceFacts {
	return qualification.ServiceFacts{Hotline: program.Hotline(b.Hotline), HotlineNumber: b.HotlineNumber, ServiceEmail: b.ServiceEmail,
		ServiceManager: b.ServiceManager, IssueTracking: program.Tracking(b.IssueTracking), EventsAttended: b.EventsAttended,
		NamedEngineers: b.NamedEngineers, Credits: b.Credits, Projects: b.Projects, Laboratory: b.Laboratory,
		Sites: b.Sites, Languages: b.Languages, Branches: b.Branches, ProjectManagers: b.Managers, EffectiveAt: b.EffectiveAt}
}

func (a *API) facts(path string) {
	const tag = "staffing"
	add(a, Operation{Method: "GET", Path: path, ID: "show_service_facts", Tag: tag, Summary: "The service platform, now or at an instant", Verb: actor.ViewServiceFacts},
		func(ctx context.Context, by actor.Actor, in *struct {
			PartnerPath
			At time.Time `query:"at"`
		}) (ServiceFacts, error) {
			f, err := a.Qualification.ServiceFacts(ctx, by, in.Partner, in.At)
			return toFacts(f), err
		})
	add(a, Operation{Method: "PUT", Path: path, ID: "set_service_facts", Tag: tag, Summary: "Declare the service platform anew; what is left out is none", Verb: actor.EditServiceFacts},
		func(ctx context.Context, by actor.Actor, in *struct {
			PartnerPath
			Body factsBody
		}) (ServiceFacts, error) {
			if err := a.Qualification.SetFacts(ctx, by, in.Partner, in.Body.facts()); err != nil {
				return ServiceFacts{}, err
			}
			f, err := a.Qualification.ServiceFacts(ctx, by, in.Partner, time.Time{})
			return toFacts(f), err
		})
	add(a, Operation{Method: "GET", Path: path + "/history", ID: "list_service_facts", Tag: tag, Summary: "Every declaration, newest first", Verb: actor.ViewServiceFacts},
		func(ctx context.Context, by actor.Actor, in *PartnerPath) (out struct {
			History []ServiceFacts `json:"history"`
		}, err error) {
			list, err := a.Qualification.ServiceFactsHistory(ctx, by, in.Partner)
			out.History = each(list, toFacts)
			return out, err
		})
}
