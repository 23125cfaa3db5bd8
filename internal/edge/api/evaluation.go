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

// Result is the stored outcome of one version for one partner.
type Result struct {
	Partner    string    `json:"partner"`
	Ref        string    `json:"ref"`
	HoldLevel  string    `json:"hold_level" doc:"The level that would be kept; empty: none"`
	ApplyLevel string    `json:"apply_level" doc:"The level that an application would reach"`
	NextLevel  string    `json:"next_level" doc:"The lowest level that an application would not reach"`
	Line       string    `json:"line" doc:"The line that decides it"`
	At         time.Time `json:"at"`
}

func toResult(r qualification.Result) Result {
	return Result{r.Account, r.Program + "@" + r.Version, r.HoldLevel, r.ApplyLevel, r.NextLevel, r.Line, r.At}
}

// Standing is where a partner is in one program.
type Standing struct {
	Ref           string         `json:"ref"`
	Title         Words          `json:"title"`
	HoldLevel     string         `json:"hold_level"`
	ApplyLevel    string         `json:"apply_level"`
	NextLevel     string         `json:"next_level" doc:"Empty: an application reaches the top"`
	Line          string         `json:"line" doc:"The line that decides it"`
	MetLines      int            `json:"met_lines" doc:"Of the next level, on its nearest track"`
	AllLines      int            `json:"all_lines"`
	Qualification *Qualification `json:"qualification,omitempty" doc:"The running one"`
	Application   *Application   `json:"application,omitempty" doc:"The one under way"`
	Vacancies     []Vacancy      `json:"vacancies"`
	Renewal       Renewal        `json:"renewal"`
	Stages        []Stage        `json:"stages" doc:"Of a program whose levels are held side by side, lowest first"`
	Ban           *Ban           `json:"ban,omitempty" doc:"Keeps the partner from applying now"`
	Refused       string         `json:"refused,omitempty" doc:"Why the partner may not take part"`
}

// Renewal says whether the level held can be renewed now.
type Renewal struct {
	Open    bool         `json:"open"`
	OpensOn calendar.Day `json:"opens_on,omitzero" format:"date"`
	Until   calendar.Day `json:"until,omitzero" format:"date" doc:"Last day of the present term"`
	Barred  bool         `json:"barred" doc:"By a critical service event"`
	Why     string       `json:"why,omitempty"`
}

func toRenewal(ctx context.Context, r qualification.Renewal) Renewal {
	return Renewal{r.Open, r.OpensOn, r.Until, r.Barred, i18n.Say(ctx, r.Why)}
}

func toStanding(ctx context.Context, day calendar.Day) func(qualification.ProgramView) Standing {
	return func(v qualification.ProgramView) Standing {
		s := Standing{Ref: v.Version.Ref(), Title: toWords(v.Version.Title), HoldLevel: v.Hold.BestLevel, ApplyLevel: v.Apply.BestLevel,
			NextLevel: v.NextLevel, Line: v.DecidingLine, MetLines: v.MetLines, AllLines: v.AllLines,
			Vacancies: each(v.Vacancies, toVacancy), Renewal: toRenewal(ctx, v.Renewal), Stages: each(v.Stages, toStage(ctx, v.Version, day)), Ban: toBanAt(v.Ban),
			Refused: i18n.Say(ctx, v.Refused)}
		if v.Held != nil {
			q := toQualification(*v.Held)
			q.Status = string(v.Held.Status(v.Version, day))
			s.Qualification = &q
		}
		if v.Open != nil {
			x := toApplication(*v.Open)
			s.Application = &x
		}
		return s
	}
}

func (a *API) evaluations() {
	const tag, path = "evaluations", "/api/v1/partners/{partner}"
	add(a, Operation{Method: "GET", Path: path + "/evaluations/{ref}", ID: "evaluate", Tag: tag, Summary: "Evaluate a version for a partner, line by line", Verb: actor.ViewEvaluation}, a.evaluate)
	add(a, Operation{Method: "GET", Path: path + "/overview", ID: "show_overview", Tag: tag, Summary: "Where a partner stands in every program", Verb: actor.ViewEvaluation},
		func(ctx context.Context, by actor.Actor, in *PartnerPath) (out struct {
			Programs []Standing `json:"programs"`
		}, err error) {
			list, err := a.Qualification.Overview(ctx, by, in.Partner)
			out.Programs = each(list, toStanding(ctx, calendar.DayOf(a.DB.Clock().Now())))
			return out, err
		})
	add(a, Operation{Method: "GET", Path: path + "/results", ID: "list_partner_results", Tag: tag, Summary: "Stored results of one partner", Verb: actor.ViewEvaluation},
		func(ctx context.Context, by actor.Actor, in *PartnerPath) (out struct {
			Results []Result `json:"results"`
		}, err error) {
			list, err := a.Qualification.Results(ctx, by, in.Partner)
			out.Results = each(list, toResult)
			return out, err
		})
	a.channelResults()
}

func (a *API) evaluate(ctx context.Context, by actor.Actor, in *struct {
	PartnerPath
	Ref      string    `path:"ref" maxLength:"100" doc:"program@version, or program for the version in force" example:"h3c-star@2025"`
	At       time.Time `query:"at" doc:"Any past or future instant; now when absent"`
	For      string    `query:"for" enum:"apply,hold" default:"apply" doc:"What an application needs, or what keeps a granted level"`
	Detailed bool      `query:"detailed" doc:"Adds who fills which slot, and why each other candidate doesn't"`
}) (program.Report, error) {
	ev, err := a.Qualification.Evaluate(ctx, by, in.Partner, in.Ref, in.At, program.Purpose(in.For))
	if err != nil {
		return program.Report{}, err
	}
	return ev.Evaluation.Report(i18n.From(ctx).Lang, in.Detailed), nil
}

func (a *API) channelResults() {
	const tag, path = "evaluations", "/api/v1/programs/{ref}"
	type count struct {
		Level     string `json:"level"`
		Partners  int64  `json:"partners" doc:"Would keep it by computation"`
		Qualified int64  `json:"qualified" doc:"Hold a qualification of it"`
	}
	add(a, Operation{Method: "GET", Path: path + "/channel", ID: "count_channel", Tag: tag, Summary: "The whole channel by level", Verb: actor.ViewEvaluation},
		func(ctx context.Context, by actor.Actor, in *RefPath) (out struct {
			Levels []count `json:"levels"`
		}, err error) {
			list, err := a.Qualification.ChannelByLevel(ctx, by, in.Ref)
			out.Levels = each(list, func(c qualification.LevelCount) count { return count(c) })
			return out, err
		})
	add(a, Operation{Method: "GET", Path: path + "/results", ID: "list_results", Tag: tag, Summary: "Stored results of all partners", Verb: actor.ViewEvaluation},
		func(ctx context.Context, by actor.Actor, in *struct {
			RefPath
			PageIn
			Level string `query:"level" maxLength:"64" default:"*" doc:"*: any; none: those that keep no level"`
		}) (out struct {
			Results []Result `json:"results"`
			Next    string   `json:"next_cursor,omitempty"`
		}, err error) {
			if in.Level == "none" {
				in.Level = ""
			}
			list, next, err := a.Qualification.ResultList(ctx, by, qualification.ResultFilter{Ref: in.Ref, Level: in.Level, After: in.Cursor, Limit: in.Limit})
			out.Results, out.Next = each(list, toResult), next
			return out, err
		})
}
