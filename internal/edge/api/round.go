package api

import (
	"context"
	"time"

	"hanse/internal/domain/round"
	"hanse/internal/kit/actor"
	"hanse/internal/kit/calendar"
	"hanse/internal/kit/i18n"
)

// RoundDays are the days of a round.
type RoundDays struct {
	OpensOn      calendar.Day `json:"opens_on" format:"date"`
	ClosesOn     calendar.Day `json:"closes_on" format:"date" doc:"Last day to hand in"`
	ChangesUntil calendar.Day `json:"changes_until" format:"date" doc:"Last day for corrections"`
	ResultOn     calendar.Day `json:"result_on" format:"date" doc:"Results take effect"`
}

// Round is one year's review of granted stages.
type Round struct {
	ID      string        `json:"id"`
	Year    int           `json:"year"`
	Scopes  []round.Scope `json:"scopes"`
	State   string        `json:"state" enum:"planned,open,review,finished,cancelled"`
	Edition int64         `json:"edition" doc:"Send it back with a change: a stale one is refused"`
	RoundDays
}

func toRound(r round.Round) Round {
	return Round{r.ID, r.Year, append([]round.Scope{}, r.Scopes...), string(r.State), r.Edition, RoundDays(r.Days)}
}

// RoundEntry is one partner's part in a round.
type RoundEntry struct {
	ID          string    `json:"id"`
	Partner     string    `json:"partner"`
	PartnerName string    `json:"partner_name"`
	Round       string    `json:"round"`
	Program     string    `json:"program"`
	Level       string    `json:"level"`
	Number      string    `json:"certificate_number"`
	State       string    `json:"state" enum:"to_submit,under_review,materials_to_update,passed,failed,overdue,void"`
	Verdict     string    `json:"verdict,omitempty" enum:"passed,failed" doc:"Decided; in effect on the day of results. Only the vendor sees it before"`
	Edition     int64     `json:"edition"`
	Reasons     []string  `json:"reasons"`
	SubmittedAt time.Time `json:"submitted_at,omitzero"`
	DecidedAt   time.Time `json:"decided_at,omitzero"`
}

func toRoundEntry(e round.Entry) RoundEntry {
	return RoundEntry{e.ID, e.Account, e.PartnerName, e.Round, e.Program, e.Level, e.Number, string(e.State), string(e.Verdict), e.Edition,
		append([]string{}, e.Reasons...), e.SubmittedAt, e.DecidedAt}
}

// told is an entry as its partner may see it: a verdict is told on the day of results.
func told(by actor.Actor, e round.Entry) RoundEntry {
	if !by.Vendor() && e.State == round.UnderReview {
		e.Verdict, e.DecidedAt = "", time.Time{}
	}
	return toRoundEntry(e)
}

// RoundEntryView is an entry with what the program says now and said when it was handed in.
type RoundEntryView struct {
	RoundEntry
	Title      string       `json:"title"`
	Now        RoundResult  `json:"now"`
	Then       *RoundResult `json:"then,omitempty"`
	Attached   []Material   `json:"materials"`
	Attachable []Material   `json:"attachable"`
}

// RoundResult is what a round asks and finds: another name than the result of an evaluation.
type RoundResult round.Computed

type roundPath struct {
	Round string `path:"round" maxLength:"40"`
}

type roundEntryPath struct {
	Entry string `path:"entry" maxLength:"40"`
}

type roundEntryList struct {
	Entries []RoundEntry `json:"entries"`
	Next    string       `json:"next_cursor,omitempty"`
}

// RoundPlan is a round as it's planned.
type RoundPlan struct {
	Year   int           `json:"year"`
	Scopes []round.Scope `json:"scopes" maxItems:"100"`
	RoundDays
}

func (p RoundPlan) plan() round.Plan {
	return round.Plan{Year: p.Year, Scopes: p.Scopes, Days: round.Days(p.RoundDays)}
}

func (a *API) rounds() {
	const tag, path = "annual reviews", "/api/v1/rounds/{round}"
	add(a, Operation{Method: "GET", Path: "/api/v1/rounds", ID: "list_rounds", Tag: tag, Summary: "Annual reviews, newest first", Verb: actor.ViewRounds},
		func(ctx context.Context, by actor.Actor, _ *struct{}) (out struct {
			Rounds []Round `json:"rounds"`
		}, err error) {
			list, err := a.Round.Rounds(ctx, by)
			out.Rounds = each(list, toRound)
			return out, err
		})
	add(a, Operation{Method: "POST", Path: "/api/v1/rounds", ID: "plan_round", Tag: tag, Status: 201, Summary: "Plan an annual review; it opens by itself", Verb: actor.ManageRounds},
		func(ctx context.Context, by actor.Actor, in *struct{ Body RoundPlan }) (Round, error) {
			r, err := a.Round.Plan(ctx, by, in.Body.plan())
			return toRound(r), err
		})
	add(a, Operation{Method: "GET", Path: path, ID: "show_round", Tag: tag, Summary: "A round with its entries counted by state", Verb: actor.ViewRounds},
		func(ctx context.Context, by actor.Actor, in *roundPath) (out struct {
			Round
			Counts map[round.EntryState]int64 `json:"counts"`
		}, err error) {
			v, err := a.Round.Round(ctx, by, in.Round)
			out.Round, out.Counts = toRound(v.Round), v.Counts.By
			return out, err
		})
	add(a, Operation{Method: "PUT", Path: path, ID: "change_round", Tag: tag, Summary: "Change a planned round; of a running one only to later days", Verb: actor.ManageRounds},
		func(ctx context.Context, by actor.Actor, in *struct {
			roundPath
			Body struct {
				Edition int64 `json:"edition"`
				RoundPlan
			}
		}) (Round, error) {
			r, err := a.Round.Change(ctx, by, in.Round, in.Body.Edition, in.Body.plan())
			return toRound(r), err
		})
	add(a, Operation{Method: "POST", Path: path + "/cancel", ID: "cancel_round", Tag: tag, Summary: "End a round; nothing follows from it", Verb: actor.ManageRounds},
		func(ctx context.Context, by actor.Actor, in *struct {
			roundPath
			Body AtEdition
		}) (Round, error) {
			r, err := a.Round.Cancel(ctx, by, in.Round, in.Body.Edition)
			return toRound(r), err
		})
	add(a, Operation{Method: "POST", Path: path + "/publish", ID: "publish_round", Tag: tag, Summary: "Let the results take effect before their day", Verb: actor.ManageRounds},
		func(ctx context.Context, by actor.Actor, in *struct {
			roundPath
			Body AtEdition
		}) (Round, error) {
			r, err := a.Round.Publish(ctx, by, in.Round, in.Body.Edition)
			return toRound(r), err
		})
	add(a, Operation{Method: "GET", Path: path + "/entries", ID: "list_round_entries", Tag: tag, Summary: "A round's entries by partner", Verb: actor.ViewRounds},
		func(ctx context.Context, by actor.Actor, in *struct {
			roundPath
			PageIn
			State string `query:"state" enum:"to_submit,under_review,materials_to_update,passed,failed,overdue,void"`
		}) (roundEntryList, error) {
			list, next, err := a.Round.Entries(ctx, by, round.Filter{Round: in.Round, State: round.EntryState(in.State), After: in.Cursor, Limit: in.Limit})
			return roundEntryList{each(list, toRoundEntry), next}, err
		})
	a.roundEntries(tag)
}

func (a *API) roundEntries(tag string) {
	const path = "/api/v1/round-entries/{entry}"
	add(a, Operation{Method: "GET", Path: "/api/v1/partners/{partner}/round-entries", ID: "list_partner_round_entries", Tag: tag, Summary: "A partner's annual reviews, newest first", Verb: actor.ViewRounds},
		func(ctx context.Context, by actor.Actor, in *PartnerPath) (out roundEntryList, err error) {
			list, err := a.Round.Own(ctx, by, in.Partner)
			return roundEntryList{Entries: each(list, func(e round.Entry) RoundEntry { return told(by, e) })}, err
		})
	add(a, Operation{Method: "GET", Path: path, ID: "show_round_entry", Tag: tag, Summary: "One entry with its computed requirements and materials", Verb: actor.ViewRounds},
		func(ctx context.Context, by actor.Actor, in *roundEntryPath) (out RoundEntryView, err error) {
			v, err := a.Round.Entry(ctx, by, in.Entry)
			if err != nil {
				return out, err
			}
			return RoundEntryView{told(by, v.Entry), i18n.Say(ctx, v.Title), RoundResult(v.Now), (*RoundResult)(v.Then), each(v.Attached, toMaterial), each(v.Attachable, toMaterial)}, nil
		})
	add(a, Operation{Method: "POST", Path: path + "/submit", ID: "submit_round_entry", Tag: tag, Summary: "Hand an entry in, or again, with these materials", Verb: actor.EnterRound},
		func(ctx context.Context, by actor.Actor, in *struct {
			roundEntryPath
			Body struct {
				Edition   int64    `json:"edition"`
				Materials []string `json:"materials" maxItems:"100" doc:"ids of materials that passed or are under review"`
			}
		}) (RoundEntry, error) {
			e, err := a.Round.Submit(ctx, by, in.Entry, in.Body.Edition, in.Body.Materials)
			return told(by, e), err
		})
	type step = func(ctx context.Context, by actor.Actor, id string, w materialWord) (round.Entry, error)
	for _, x := range []struct {
		name, id, summary string
		do                step
	}{
		{"pass", "pass_round_entry", "Decide that the stage is kept", func(ctx context.Context, by actor.Actor, id string, w materialWord) (round.Entry, error) {
			return a.Round.Pass(ctx, by, id, w.Edition)
		}},
		{"return", "return_round_entry", "Ask the partner to correct", func(ctx context.Context, by actor.Actor, id string, w materialWord) (round.Entry, error) {
			return a.Round.Return(ctx, by, id, w.Edition, w.Reasons)
		}},
		{"fail", "fail_round_entry", "Decide that the stage isn't kept", func(ctx context.Context, by actor.Actor, id string, w materialWord) (round.Entry, error) {
			return a.Round.Fail(ctx, by, id, w.Edition, w.Reasons)
		}},
	} {
		add(a, Operation{Method: "POST", Path: path + "/" + x.name, ID: x.id, Tag: tag, Summary: x.summary, Verb: actor.DecideReview},
			func(ctx context.Context, by actor.Actor, in *struct {
				roundEntryPath
				Body materialWord
			}) (RoundEntry, error) {
				e, err := x.do(ctx, by, in.Entry, in.Body)
				return toRoundEntry(e), err
			})
	}
	add(a, Operation{Method: "GET", Path: "/api/v1/reviews/rounds", ID: "list_round_reviews", Tag: "reviews", Summary: "Annual reviews that wait for a decision, the longest waiting first", Verb: actor.ListReviews},
		func(ctx context.Context, by actor.Actor, in *PageIn) (roundEntryList, error) {
			list, next, err := a.Round.Queue(ctx, by, in.Cursor, in.Limit)
			return roundEntryList{each(list, toRoundEntry), next}, err
		})
}
