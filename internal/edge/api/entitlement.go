package api

import (
	"context"
	"time"

	"hanse/internal/domain/entitlement"
	"hanse/internal/domain/ledger"
	"hanse/internal/kit/actor"
	"hanse/internal/kit/calendar"
	"hanse/internal/kit/fault"
	"hanse/internal/kit/i18n"
)

// PlanUnit is what a support plan gives of one unit in the running month or plan year.
type PlanUnit struct {
	Unit   string    `json:"unit" enum:"ticket,consulting_day,event_day,training"`
	Level  string    `json:"level" enum:"BASIC,STANDARD,PREMIUM"`
	Period string    `json:"period" doc:"Month (2026-11), or the plan year's first day"`
	Until  time.Time `json:"until,omitzero" doc:"When what is left lapses"`
	Total  int64     `json:"total" doc:"-1 = no limit"`
	Packs  int64     `json:"from_packs"`
	Used   int64     `json:"used"`
	Held   int64     `json:"held" doc:"Asked for and not decided"`
	Left   int64     `json:"left" doc:"-1 = no limit"`
}

// PlanUse is one movement of a unit in the books.
type PlanUse struct {
	Transfer string    `json:"transfer_id"`
	Kind     string    `json:"kind" doc:"grant, consume, reverse, expire"`
	Scene    string    `json:"scene"`
	Subject  string    `json:"subject" doc:"What used the unit, as kind:id"`
	Memo     string    `json:"memo,omitempty"`
	Change   int64     `json:"change"`
	After    int64     `json:"after"`
	By       string    `json:"by"`
	At       time.Time `json:"at"`
}

// PlanRequest is a request for whole days.
type PlanRequest struct {
	ID          string       `json:"id"`
	Account     string       `json:"account_id"`
	PartnerName string       `json:"partner_name"`
	Kind        string       `json:"kind" enum:"consulting_day,event_day"`
	First       calendar.Day `json:"first_on" format:"date"`
	Last        calendar.Day `json:"last_on" format:"date"`
	Days        int64        `json:"days"`
	Period      string       `json:"period"`
	Topic       string       `json:"topic"`
	Contact     string       `json:"contact"`
	Email       string       `json:"email"`
	Note        string       `json:"note,omitempty"`
	State       string       `json:"state" enum:"requested,approved,refused,withdrawn,used"`
	Cause       string       `json:"cause,omitempty" doc:"Why the program ended it: plan_ended, not_decided"`
	Answer      string       `json:"answer,omitempty"`
	AskedBy     string       `json:"asked_by"`
	AnsweredBy  string       `json:"answered_by,omitempty"`
	CreatedAt   time.Time    `json:"created_at"`
	Edition     int64        `json:"edition" doc:"Send it back with a change: a stale one is refused"`
}

func toPlanRequest(r entitlement.Request) PlanRequest {
	return PlanRequest{r.ID, r.Account, r.PartnerName, string(r.Unit), r.First, r.Last, r.Days, r.Period, r.Topic, r.Contact, r.Email, r.Note, string(r.State),
		string(r.Cause), r.Answer, r.Asker, r.Answerer, r.CreatedAt, r.Edition}
}

// TrainingSession is a central training.
type TrainingSession struct {
	ID        string    `json:"id"`
	TitleEN   string    `json:"title_en"`
	TitleZH   string    `json:"title_zh"`
	Mode      string    `json:"mode" enum:"online,onsite"`
	Place     string    `json:"place,omitempty" doc:"For those who take part, and the vendor"`
	Note      string    `json:"note,omitempty"`
	StartsAt  time.Time `json:"starts_at"`
	Minutes   int64     `json:"minutes"`
	Cancelled bool      `json:"cancelled"`
	Mine      bool      `json:"takes_part"`
	Seats     int64     `json:"seats,omitempty" doc:"For the vendor"`
	Edition   int64     `json:"edition"`
}

func toTraining(s entitlement.Session, vendor bool) TrainingSession {
	out := TrainingSession{s.ID, s.TitleEN, s.TitleZH, string(s.Mode), s.Place, s.Note, s.StartsAt, s.Minutes, s.Cancelled, s.Mine, s.Seats, s.Edition}
	if !vendor && !s.Mine {
		out.Place = ""
	}
	return out
}

// TrainingNeed is what a partner would like to be trained in.
type TrainingNeed struct {
	ID          string    `json:"id"`
	Account     string    `json:"account_id"`
	PartnerName string    `json:"partner_name"`
	Topic       string    `json:"topic"`
	Mode        string    `json:"mode" enum:"online,onsite"`
	People      int64     `json:"people"`
	Contact     string    `json:"contact"`
	Email       string    `json:"email"`
	Note        string    `json:"note,omitempty"`
	State       string    `json:"state" enum:"open,planned,withdrawn"`
	Session     string    `json:"session_id,omitempty"`
	CreatedAt   time.Time `json:"created_at"`
}

func toNeed(n entitlement.Need) TrainingNeed {
	return TrainingNeed{n.ID, n.Account, n.PartnerName, n.Topic, string(n.Mode), n.People, n.Contact, n.Email, n.Note, string(n.State), n.Session, n.CreatedAt}
}

const planTag = "plan days"

func (a *API) planDays() {
	a.planUnits()
	a.planRequests()
	a.planDecisions()
	a.trainings()
	a.trainingDesk()
}

// company is the account that an operation is about: the own one, or for the vendor any.
func company(by actor.Actor, id string) string {
	if id == "" {
		return by.Account
	}
	return id
}

func (a *API) planUnits() {
	add(a, Operation{Method: "GET", Path: "/api/v1/plan/units", ID: "list_plan_units", Tag: planTag, Summary: "What the support plan gives, and what is left of it", Verb: actor.ViewPlanDays},
		func(ctx context.Context, by actor.Actor, in *struct {
			Company string `query:"company_id" maxLength:"32" doc:"For the vendor; the own company when absent"`
		}) (out struct {
			Holder string     `json:"account_id" doc:"Whose plan it is: the own one, or that of an account of the same company"`
			Units  []PlanUnit `json:"units"`
		}, err error) {
			holder, rows, err := a.Entitlement.Overview(ctx, by, company(by, in.Company))
			out.Holder = holder
			out.Units = each(rows, func(x entitlement.Left) PlanUnit {
				return PlanUnit{string(x.Unit), string(x.Level), x.Period, x.Until, x.Total, x.Extra, x.Used, x.Held, x.Left}
			})
			return out, err
		})
	add(a, Operation{Method: "GET", Path: "/api/v1/plan/units/{unit}/uses", ID: "list_plan_uses", Tag: planTag, Summary: "What moved a unit in a month or plan year, newest first", Verb: actor.ViewPlanDays},
		func(ctx context.Context, by actor.Actor, in *struct {
			Unit    string `path:"unit" enum:"ticket,consulting_day,event_day,training"`
			Company string `query:"company_id" maxLength:"32" doc:"For the vendor; the own company when absent"`
			Period  string `query:"period" maxLength:"10" doc:"The running one when absent"`
			After   string `query:"after" maxLength:"80"`
			Limit   int    `query:"limit" minimum:"1" maximum:"500" default:"50"`
		}) (out struct {
			Uses []PlanUse `json:"uses"`
			Next string    `json:"next_cursor,omitempty"`
		}, err error) {
			mark, err := ledger.ParseMark(in.After)
			if err != nil {
				return out, fault.Invalid("after", i18n.M("cursor.bad"))
			}
			rows, _, err := a.Entitlement.Uses(ctx, by, company(by, in.Company), entitlement.Unit(in.Unit), in.Period, mark, in.Limit)
			out.Uses = each(rows, func(e ledger.Entry) PlanUse {
				return PlanUse{e.Transfer, e.Kind, e.Scene, e.Subject, e.Memo, e.Minor, e.After, e.ByName, e.At}
			})
			if len(rows) == in.Limit {
				out.Next = rows[len(rows)-1].Mark().String()
			}
			return out, err
		})
}

// planStep is a change of a request.
type planStep struct {
	ID   string `path:"request" maxLength:"40"`
	Body struct {
		Edition int64  `json:"edition"`
		Answer  string `json:"answer,omitempty" maxLength:"2000" doc:"Required to refuse"`
		First   string `json:"first_on,omitempty" maxLength:"10" doc:"To change the dates"`
		Last    string `json:"last_on,omitempty" maxLength:"10"`
	}
}

func (s *planStep) decision() entitlement.Decision {
	return entitlement.Decision{Request: s.ID, Edition: s.Body.Edition, Words: s.Body.Answer, Dates: planDates(s.Body.First, s.Body.Last)}
}

// planDates reads two days; what is none is left out, which every verb refuses.
func planDates(first, last string) (d entitlement.Dates) {
	d.First, _ = calendar.ParseOptional(first)
	d.Last, _ = calendar.ParseOptional(last)
	return d
}

const planPath = "/api/v1/plan/requests/{request}"

func (a *API) planRequests() {
	add(a, Operation{Method: "GET", Path: "/api/v1/plan/requests", ID: "list_plan_requests", Tag: planTag, Summary: "Requests for service days, newest first", Verb: actor.ViewPlanDays},
		func(ctx context.Context, by actor.Actor, in *struct {
			Company string `query:"company_id" maxLength:"32" doc:"For the vendor: one company; all when absent"`
			State   string `query:"state" enum:"requested,approved,refused,withdrawn,used"`
			After   string `query:"after" maxLength:"40"`
			Limit   int    `query:"limit" minimum:"1" maximum:"500" default:"50"`
		}) (out struct {
			Requests []PlanRequest `json:"requests"`
			Next     string        `json:"next_cursor,omitempty"`
		}, err error) {
			account := in.Company
			if !by.Vendor() {
				account = company(by, in.Company)
			}
			rows, next, err := a.Entitlement.Requests(ctx, by, entitlement.Filter{Account: account, State: entitlement.State(in.State), After: in.After, Limit: in.Limit})
			out.Requests, out.Next = each(rows, toPlanRequest), next
			return out, err
		})
	add(a, Operation{Method: "POST", Path: "/api/v1/plan/requests", ID: "ask_plan_days", Tag: planTag, Status: 201, Summary: "Ask for consulting or key event days: they're held until the vendor has decided", Verb: actor.AskPlanDays},
		func(ctx context.Context, by actor.Actor, in *struct {
			DryRun bool `query:"dry_run" doc:"Say how many days it would take, and hold none"`
			Body   struct {
				Company string `json:"company_id,omitempty" maxLength:"32" doc:"The account whose plan it is; the own one when absent"`
				Kind    string `json:"kind" enum:"consulting_day,event_day"`
				First   string `json:"first_on" maxLength:"10"`
				Last    string `json:"last_on" maxLength:"10"`
				Topic   string `json:"topic" maxLength:"200"`
				Contact string `json:"contact" maxLength:"200"`
				Email   string `json:"email" maxLength:"254"`
				Note    string `json:"note,omitempty" maxLength:"2000"`
			}
		}) (PlanRequest, error) {
			b := in.Body
			r, err := a.Entitlement.Ask(ctx, by, entitlement.Asking{Account: b.Company, Unit: entitlement.Unit(b.Kind), Dates: planDates(b.First, b.Last), Topic: b.Topic,
				Contact: b.Contact, Email: b.Email, Note: b.Note, DryRun: in.DryRun})
			return toPlanRequest(r), err
		})
	add(a, Operation{Method: "GET", Path: planPath, ID: "show_plan_request", Tag: planTag, Summary: "One request", Verb: actor.ViewPlanDays},
		func(ctx context.Context, by actor.Actor, in *struct {
			ID string `path:"request" maxLength:"40"`
		}) (PlanRequest, error) {
			r, err := a.Entitlement.Request(ctx, by, in.ID)
			return toPlanRequest(r), err
		})
	add(a, Operation{Method: "POST", Path: planPath + "/withdraw", ID: "withdraw_plan_request", Tag: planTag, Summary: "Take a request back before its first day", Verb: actor.AskPlanDays},
		func(ctx context.Context, by actor.Actor, in *planStep) (PlanRequest, error) {
			r, err := a.Entitlement.Withdraw(ctx, by, in.decision())
			return toPlanRequest(r), err
		})
	add(a, Operation{Method: "POST", Path: planPath + "/move", ID: "move_plan_request", Tag: planTag, Summary: "Ask for other dates: the vendor decides again", Verb: actor.AskPlanDays},
		func(ctx context.Context, by actor.Actor, in *planStep) (PlanRequest, error) {
			r, err := a.Entitlement.Reschedule(ctx, by, in.decision())
			return toPlanRequest(r), err
		})
}

func (a *API) planDecisions() {
	add(a, Operation{Method: "POST", Path: planPath + "/approve", ID: "approve_plan_request", Tag: planTag, Summary: "Agree to a request: its days are drawn", Verb: actor.DecidePlanDays},
		func(ctx context.Context, by actor.Actor, in *planStep) (PlanRequest, error) {
			r, err := a.Entitlement.Approve(ctx, by, in.decision())
			return toPlanRequest(r), err
		})
	add(a, Operation{Method: "POST", Path: planPath + "/refuse", ID: "refuse_plan_request", Tag: planTag, Summary: "Say no, with words: the days are free again", Verb: actor.DecidePlanDays},
		func(ctx context.Context, by actor.Actor, in *planStep) (PlanRequest, error) {
			r, err := a.Entitlement.Refuse(ctx, by, in.decision())
			return toPlanRequest(r), err
		})
	add(a, Operation{Method: "POST", Path: planPath + "/reschedule", ID: "reschedule_plan_request", Tag: planTag, Summary: "Approve a request with other dates", Verb: actor.DecidePlanDays},
		func(ctx context.Context, by actor.Actor, in *planStep) (PlanRequest, error) {
			r, err := a.Entitlement.Reschedule(ctx, by, in.decision())
			return toPlanRequest(r), err
		})
}

func (a *API) trainings() {
	add(a, Operation{Method: "GET", Path: "/api/v1/plan/trainings", ID: "list_trainings", Tag: planTag, Summary: "Trainings that begin from an instant on", Verb: actor.ViewPlanDays},
		func(ctx context.Context, by actor.Actor, in *struct {
			From  time.Time `query:"from" doc:"Now when absent"`
			Limit int       `query:"limit" minimum:"1" maximum:"500" default:"50"`
		}) (out struct {
			Trainings []TrainingSession `json:"trainings"`
		}, err error) {
			account := by.Account
			if by.Vendor() {
				account = ""
			}
			from := in.From
			if from.IsZero() {
				from = a.DB.Clock().Now()
			}
			rows, err := a.Entitlement.Sessions(ctx, by, account, from, in.Limit)
			out.Trainings = each(rows, func(s entitlement.Session) TrainingSession { return toTraining(s, by.Vendor()) })
			return out, err
		})
	for _, step := range []struct {
		name, id, summary string
		do                func(ctx context.Context, by actor.Actor, company, session string) error
	}{{"join", "join_training", "Take part: draws the training of its month", a.Entitlement.Join}, {"leave", "leave_training", "Give the seat up before it begins", a.Entitlement.Leave}} {
		add(a, Operation{Method: "POST", Path: "/api/v1/plan/trainings/{training}/" + step.name, ID: step.id, Tag: planTag, Summary: step.summary, Verb: actor.AskPlanDays},
			func(ctx context.Context, by actor.Actor, in *struct {
				ID string `path:"training" maxLength:"40"`
			}) (out TrainingSession, err error) {
				if err := step.do(ctx, by, by.Account, in.ID); err != nil {
					return out, err
				}
				s, err := a.Entitlement.Session(ctx, by, by.Account, in.ID)
				return toTraining(s, false), err
			})
	}
	add(a, Operation{Method: "POST", Path: "/api/v1/plan/training-needs", ID: "state_training_need", Tag: planTag, Status: 201, Summary: "Say what the own people would like to be trained in", Verb: actor.AskPlanDays},
		func(ctx context.Context, by actor.Actor, in *struct {
			Body struct {
				Topic   string `json:"topic" maxLength:"200"`
				Mode    string `json:"mode" enum:"online,onsite"`
				People  int64  `json:"people" minimum:"1" maximum:"1000"`
				Contact string `json:"contact" maxLength:"200"`
				Email   string `json:"email" maxLength:"254"`
				Note    string `json:"note,omitempty" maxLength:"2000"`
			}
		}) (TrainingNeed, error) {
			b := in.Body
			n, err := a.Entitlement.StateNeed(ctx, by, entitlement.Need{Topic: b.Topic, Mode: entitlement.Mode(b.Mode), People: b.People, Contact: b.Contact, Email: b.Email, Note: b.Note})
			return toNeed(n), err
		})
	add(a, Operation{Method: "GET", Path: "/api/v1/plan/training-needs", ID: "list_training_needs", Tag: planTag, Summary: "Needs that were collected, newest first", Verb: actor.ViewPlanDays},
		func(ctx context.Context, by actor.Actor, in *struct {
			State string `query:"state" enum:"open,planned,withdrawn"`
			After string `query:"after" maxLength:"40"`
			Limit int    `query:"limit" minimum:"1" maximum:"500" default:"50"`
		}) (out struct {
			Needs []TrainingNeed `json:"needs"`
			Next  string         `json:"next_cursor,omitempty"`
		}, err error) {
			account := by.Account
			if by.Vendor() {
				account = ""
			}
			rows, next, err := a.Entitlement.Needs(ctx, by, account, entitlement.NeedState(in.State), in.After, in.Limit)
			out.Needs, out.Next = each(rows, toNeed), next
			return out, err
		})
}

func (a *API) trainingDesk() {
	add(a, Operation{Method: "POST", Path: "/api/v1/plan/trainings", ID: "plan_training", Tag: planTag, Status: 201, Summary: "Plan a central training, and answer needs with it", Verb: actor.DecidePlanDays},
		func(ctx context.Context, by actor.Actor, in *struct {
			Body struct {
				TitleEN  string    `json:"title_en" maxLength:"200"`
				TitleZH  string    `json:"title_zh" maxLength:"200"`
				Mode     string    `json:"mode" enum:"online,onsite"`
				Place    string    `json:"place" maxLength:"400"`
				Note     string    `json:"note,omitempty" maxLength:"2000"`
				StartsAt time.Time `json:"starts_at"`
				Minutes  int64     `json:"minutes"`
				Needs    []string  `json:"needs,omitempty" maxItems:"100"`
			}
		}) (TrainingSession, error) {
			b := in.Body
			s, err := a.Entitlement.PlanSession(ctx, by, entitlement.Session{TitleEN: b.TitleEN, TitleZH: b.TitleZH, Mode: entitlement.Mode(b.Mode), Place: b.Place, Note: b.Note,
				StartsAt: b.StartsAt, Minutes: b.Minutes, Needs: b.Needs})
			return toTraining(s, true), err
		})
	add(a, Operation{Method: "POST", Path: "/api/v1/plan/trainings/{training}/cancel", ID: "cancel_training", Tag: planTag, Summary: "Call a training off: seats are given back", Verb: actor.DecidePlanDays},
		func(ctx context.Context, by actor.Actor, in *struct {
			ID   string `path:"training" maxLength:"40"`
			Body struct {
				Edition int64 `json:"edition"`
			}
		}) (out TrainingSession, err error) {
			if err := a.Entitlement.CancelSession(ctx, by, in.ID, in.Body.Edition); err != nil {
				return out, err
			}
			s, err := a.Entitlement.Session(ctx, by, "", in.ID)
			return toTraining(s, true), err
		})
}
