package api

import (
	"context"
	"time"

	"hanse/internal/domain/program"
	"hanse/internal/domain/simulation"
	"hanse/internal/kit/actor"
	"hanse/internal/kit/calendar"
	"hanse/internal/kit/i18n"
)

// Draft is a version of a program that is being written.
type Draft struct {
	ID          string    `json:"id"`
	Name        string    `json:"name"`
	Ref         string    `json:"ref" doc:"What the version would be called"`
	BasedOn     string    `json:"based_on,omitempty"`
	State       string    `json:"state" enum:"open,published,discarded"`
	Edition     int64     `json:"edition"`
	Source      string    `json:"source,omitempty" doc:"YAML; absent in lists"`
	Cases       string    `json:"cases,omitempty" doc:"YAML of the test cases"`
	PublishedAs string    `json:"published_as,omitempty"`
	ChangedBy   string    `json:"changed_by"`
	ChangedAt   time.Time `json:"changed_at"`
	CreatedAt   time.Time `json:"created_at"`
}

func toDraft(d simulation.Draft) Draft {
	return Draft{d.ID, d.Name, d.Ref(), d.BasedOn, string(d.State), d.Edition, d.Source, d.Cases, d.PublishedAs, d.ChangedName, d.ChangedAt, d.CreatedAt}
}

// Checked is what is to be said about a text and its test cases.
type Checked struct {
	Problems     []Problem     `json:"problems" doc:"Of the version's text"`
	CaseProblems []Problem     `json:"case_problems" doc:"Of the test cases' text"`
	Cases        []CheckedCase `json:"cases"`
}

// CheckedCase is one test case with the expectations that do not hold.
type CheckedCase struct {
	Name     string    `json:"name"`
	Passed   bool      `json:"passed"`
	Problems []Problem `json:"problems"`
}

func toChecked(ctx context.Context, c simulation.Checked) Checked {
	say := toProblem(ctx)
	return Checked{each(c.Problems, say), each(c.CaseProblems, say), each(c.Cases, func(x simulation.CaseResult) CheckedCase {
		return CheckedCase{x.Name, x.Passed(), each(x.Problems, say)}
	})}
}

// Texts are a version and its test cases.
type Texts struct {
	Source string `json:"source" maxLength:"262144" doc:"YAML"`
	Cases  string `json:"cases,omitempty" maxLength:"262144" doc:"YAML of the test cases"`
}

// DraftPath names a draft.
type DraftPath struct {
	Draft string `path:"draft" maxLength:"64"`
}

func (a *API) drafts() {
	const tag, path = "programs", "/api/v1/drafts"
	add(a, Operation{Method: "GET", Path: path, ID: "list_drafts", Tag: tag, Summary: "Drafts of versions, newest first", Verb: actor.ViewDrafts},
		func(ctx context.Context, by actor.Actor, in *struct {
			PageIn
			State string `query:"state" enum:"open,published,discarded"`
		}) (out struct {
			Drafts []Draft `json:"drafts"`
			Next   string  `json:"next_cursor,omitempty"`
		}, err error) {
			list, next, err := a.Simulation.Drafts(ctx, by, simulation.DraftFilter{State: simulation.State(in.State), After: in.Cursor, Limit: in.Limit})
			out.Drafts, out.Next = each(list, toDraft), next
			return out, err
		})
	add(a, Operation{Method: "POST", Path: path, ID: "start_draft", Tag: tag, Summary: "Start a draft from a version under a new number, or from a text", Verb: actor.ManagePrograms},
		func(ctx context.Context, by actor.Actor, in *struct {
			Body struct {
				Name   string `json:"name" minLength:"1" maxLength:"100"`
				From   string `json:"from,omitempty" maxLength:"100" doc:"program@version; absent: source is given"`
				Number string `json:"number,omitempty" maxLength:"40" doc:"Of the new version; with from"`
				Source string `json:"source,omitempty" maxLength:"262144"`
				Cases  string `json:"cases,omitempty" maxLength:"262144"`
			}
		}) (Draft, error) {
			b := in.Body
			d, err := a.Simulation.StartDraft(ctx, by, simulation.NewDraft{Name: b.Name, From: b.From, Number: b.Number, Source: b.Source, Cases: b.Cases})
			return toDraft(d), err
		})
	add(a, Operation{Method: "GET", Path: path + "/{draft}", ID: "show_draft", Tag: tag, Summary: "A draft with its texts", Verb: actor.ViewDrafts},
		func(ctx context.Context, by actor.Actor, in *DraftPath) (Draft, error) {
			d, err := a.Simulation.Draft(ctx, by, in.Draft)
			return toDraft(d), err
		})
	add(a, Operation{Method: "PUT", Path: path + "/{draft}", ID: "save_draft", Tag: tag, Summary: "Keep a text, right or wrong; mistakes only stop a publication", Verb: actor.ManagePrograms},
		func(ctx context.Context, by actor.Actor, in *struct {
			DraftPath
			Body struct {
				AtEdition
				Texts
			}
		}) (Draft, error) {
			d, err := a.Simulation.SaveDraft(ctx, by, in.Draft, in.Body.Edition, in.Body.Source, in.Body.Cases)
			return toDraft(d), err
		})
	add(a, Operation{Method: "POST", Path: "/api/v1/drafts/check", ID: "check_draft", Tag: tag, Reads: true, Summary: "Problems of a text, and its test cases; nothing is kept", Verb: actor.ViewDrafts},
		func(ctx context.Context, by actor.Actor, in *struct{ Body Texts }) (Checked, error) {
			c, err := a.Simulation.Check(ctx, by, in.Body.Source, in.Body.Cases)
			return toChecked(ctx, c), err
		})
	a.publication(tag, path)
}

// publication is the end of a draft.
func (a *API) publication(tag, path string) {
	add(a, Operation{Method: "GET", Path: path + "/{draft}/readiness", ID: "show_draft_readiness", Tag: tag, Summary: "What stands between a draft and its publication", Verb: actor.ViewDrafts},
		func(ctx context.Context, by actor.Actor, in *DraftPath) (out struct {
			Ready bool        `json:"ready"`
			Steps []DraftStep `json:"steps"`
		}, err error) {
			r, err := a.Simulation.Readiness(ctx, by, in.Draft)
			out.Ready = err == nil && r.Ready()
			out.Steps = each(r.Steps, func(s simulation.Step) DraftStep { return DraftStep{s.ID, s.OK, i18n.Say(ctx, s.What)} })
			return out, err
		})
	add(a, Operation{Method: "POST", Path: path + "/{draft}/publish", ID: "publish_draft", Tag: tag, Summary: "Make a ready draft a version that applications use from a day on", Verb: actor.ManagePrograms},
		func(ctx context.Context, by actor.Actor, in *struct {
			DraftPath
			Body struct {
				AtEdition
				From calendar.Day `json:"from" format:"date" doc:"Today or later"`
			}
		}) (out struct {
			Ref string `json:"ref"`
		}, err error) {
			out.Ref, err = a.Simulation.Publish(ctx, by, in.Draft, in.Body.Edition, in.Body.From)
			return out, err
		})
	add(a, Operation{Method: "POST", Path: path + "/{draft}/discard", ID: "discard_draft", Tag: tag, Summary: "End a draft that won't be published", Verb: actor.ManagePrograms},
		func(ctx context.Context, by actor.Actor, in *struct {
			DraftPath
			Body AtEdition
		}) (none, error) {
			return none{}, a.Simulation.DiscardDraft(ctx, by, in.Draft, in.Body.Edition)
		})
}

// DraftStep is one thing that a publication requires.
type DraftStep struct {
	ID   string `json:"id" enum:"problems,cases,simulation"`
	Done bool   `json:"done"`
	Text string `json:"text"`
}

// Simulation is every partner under two versions.
type Simulation struct {
	ID         string           `json:"id"`
	Draft      string           `json:"draft,omitempty"`
	Ref        string           `json:"ref"`
	Against    string           `json:"against"`
	SHA256     string           `json:"sha256" doc:"Of the text that was simulated"`
	At         time.Time        `json:"at"`
	For        string           `json:"for" enum:"apply,hold"`
	State      string           `json:"state" enum:"waiting,running,done,cancelled"`
	Total      int64            `json:"total"`
	Partners   int64            `json:"partners" doc:"Looked at so far"`
	Gain       int64            `json:"gain"`
	Lose       int64            `json:"lose"`
	Stay       int64            `json:"stay"`
	OldLevels  map[string]int64 `json:"old_levels" doc:"Partners by level; the empty key: none"`
	NewLevels  map[string]int64 `json:"new_levels"`
	LoseLines  map[string]int64 `json:"lose_lines" doc:"Of those who lose, by the line that decides"`
	GainLines  map[string]int64 `json:"gain_lines"`
	CreatedAt  time.Time        `json:"created_at"`
	FinishedAt time.Time        `json:"finished_at,omitzero"`
}

func toSimulation(m simulation.Simulation) Simulation {
	c := m.Counts
	return Simulation{ID: m.ID, Draft: m.Draft, Ref: m.Ref, Against: m.Against, SHA256: m.Hash, At: m.At, For: string(m.For), State: string(m.State),
		Total: m.Total, Partners: m.Partners, Gain: c.Gain, Lose: c.Lose, Stay: c.Stay, OldLevels: c.Old, NewLevels: c.New,
		LoseLines: c.Lines[simulation.Lose], GainLines: c.Lines[simulation.Gain], CreatedAt: m.CreatedAt, FinishedAt: m.FinishedAt}
}

// Outcome is one partner under both versions.
type Outcome struct {
	Partner  string `json:"partner"`
	Name     string `json:"name"`
	Effect   string `json:"effect" enum:"gain,lose,stay"`
	OldLevel string `json:"old_level" doc:"Empty: none"`
	NewLevel string `json:"new_level"`
	Line     string `json:"line" doc:"The line that decides"`
	Held     string `json:"held_level" doc:"Of a running qualification; empty: none"`
}

func toOutcome(o simulation.Outcome) Outcome {
	return Outcome{o.Account, o.Name, string(o.Effect), o.OldLevel, o.NewLevel, o.Line, o.Held}
}

// SimulationPath names a simulation.
type SimulationPath struct {
	Simulation string `path:"simulation" maxLength:"64"`
}

func (a *API) simulations() {
	const tag, path = "programs", "/api/v1/simulations"
	add(a, Operation{Method: "POST", Path: path, ID: "start_simulation", Tag: tag, Summary: "Evaluate every partner under a draft or a version and another; runs in the background", Verb: actor.ManagePrograms}, a.startSimulation)
	add(a, Operation{Method: "GET", Path: path, ID: "list_simulations", Tag: tag, Summary: "Simulations, newest first", Verb: actor.ViewDrafts},
		func(ctx context.Context, by actor.Actor, in *struct {
			PageIn
			Draft string `query:"draft" maxLength:"64"`
		}) (out struct {
			Simulations []Simulation `json:"simulations"`
			Next        string       `json:"next_cursor,omitempty"`
		}, err error) {
			list, next, err := a.Simulation.Simulations(ctx, by, simulation.Filter{Draft: in.Draft, After: in.Cursor, Limit: in.Limit})
			out.Simulations, out.Next = each(list, toSimulation), next
			return out, err
		})
	add(a, Operation{Method: "GET", Path: path + "/{simulation}", ID: "show_simulation", Tag: tag, Summary: "A simulation and how far it is", Verb: actor.ViewDrafts},
		func(ctx context.Context, by actor.Actor, in *SimulationPath) (Simulation, error) {
			m, err := a.Simulation.Simulation(ctx, by, in.Simulation)
			return toSimulation(m), err
		})
	add(a, Operation{Method: "GET", Path: path + "/{simulation}/partners", ID: "list_simulation_partners", Tag: tag, Summary: "Partners for whom something changes, and those who hold the program, by name", Verb: actor.ViewDrafts}, a.listOutcomes)
	add(a, Operation{Method: "GET", Path: path + "/{simulation}/partners/{partner}", ID: "explain_simulation_partner", Tag: tag, Summary: "One partner under both versions, line by line", Verb: actor.ViewDrafts}, a.explainOutcome)
	for what, step := range map[string]struct {
		summary string
		f       func(context.Context, actor.Actor, string) error
	}{
		"cancel": {"Stop a simulation; what it found stays", a.Simulation.CancelSimulation},
		"resume": {"Go on with a cancelled simulation", a.Simulation.ResumeSimulation},
	} {
		add(a, Operation{Method: "POST", Path: path + "/{simulation}/" + what, ID: what + "_simulation", Tag: tag, Summary: step.summary, Verb: actor.ManagePrograms},
			func(ctx context.Context, by actor.Actor, in *SimulationPath) (none, error) {
				return none{}, step.f(ctx, by, in.Simulation)
			})
	}
}

func (a *API) startSimulation(ctx context.Context, by actor.Actor, in *struct {
	Body struct {
		Draft   string    `json:"draft,omitempty" maxLength:"64" doc:"Its kept text; or"`
		Ref     string    `json:"ref,omitempty" maxLength:"100" doc:"a loaded version"`
		Against string    `json:"against,omitempty" maxLength:"100" doc:"Absent: the version in force"`
		At      time.Time `json:"at,omitzero" doc:"Absent: now; not in the past"`
		For     string    `json:"for,omitempty" enum:"apply,hold" doc:"Absent: hold"`
	}
}) (Simulation, error) {
	b := in.Body
	m, err := a.Simulation.Simulate(ctx, by, simulation.Ask{Draft: b.Draft, Ref: b.Ref, Against: b.Against, At: b.At, For: program.Purpose(b.For)})
	return toSimulation(m), err
}

func (a *API) listOutcomes(ctx context.Context, by actor.Actor, in *struct {
	SimulationPath
	PageIn
	Effect string `query:"effect" enum:"gain,lose,stay"`
	Line   string `query:"line" maxLength:"64" doc:"Only where this line decides"`
	Held   bool   `query:"held" doc:"Only those who hold a qualification of the program"`
}) (out struct {
	Partners []Outcome `json:"partners"`
	Next     string    `json:"next_cursor,omitempty"`
}, err error) {
	list, next, err := a.Simulation.Outcomes(ctx, by, in.Simulation, simulation.OutcomeFilter{Effect: simulation.Effect(in.Effect), Line: in.Line,
		HeldOnly: in.Held, OldLevel: simulation.AnyLevel, NewLevel: simulation.AnyLevel, After: in.Cursor, Limit: in.Limit})
	out.Partners, out.Next = each(list, toOutcome), next
	return out, err
}

func (a *API) explainOutcome(ctx context.Context, by actor.Actor, in *struct {
	SimulationPath
	Partner string `path:"partner" maxLength:"32"`
}) (out struct {
	Partner string         `json:"partner"`
	Name    string         `json:"name"`
	Before  program.Report `json:"before"`
	After   program.Report `json:"after"`
}, err error) {
	e, err := a.Simulation.Explain(ctx, by, in.Simulation, in.Partner)
	if err != nil {
		return out, err
	}
	lang := i18n.From(ctx).Lang
	out.Partner, out.Name = e.Partner, e.Name
	out.Before, out.After = e.Before.Report(lang, true), e.After.Report(lang, true)
	return out, nil
}
