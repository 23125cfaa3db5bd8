package api

import (
	"context"
	"time"

	"hanse/internal/domain/desk"
	"hanse/internal/domain/macro"
	"hanse/internal/domain/setting"
	"hanse/internal/domain/ticket"
	"hanse/internal/kit/actor"
	"hanse/internal/kit/cursor"
	"hanse/internal/kit/i18n"
)

const deskTag = "desk"

// DeskPerson is somebody who may own tickets of the desk.
type DeskPerson struct {
	ID    string   `json:"id"`
	Name  string   `json:"name"`
	Until string   `json:"away_until,omitempty" doc:"Last day of an absence"`
	Teams []string `json:"team_ids"`
}

// DeskTeam is some of a desk's people.
type DeskTeam struct {
	ID       string   `json:"id"`
	Name     string   `json:"name"`
	Lead     string   `json:"lead_id,omitempty"`
	Members  []string `json:"member_ids"`
	Fallback bool     `json:"takes_the_rest" doc:"Gets what no rule sends anywhere"`
	Closed   bool     `json:"closed"`
	Edition  int64    `json:"edition" doc:"Send it back with a change: a stale one is refused"`
}

func toDeskTeam(t desk.Team) DeskTeam {
	return DeskTeam{t.ID, t.Name, t.Lead, each(t.Members, func(p desk.Person) string { return p.ID }), t.Fallback, !t.Active, t.Edition}
}

// DeskAsks is what a ticket must be for a rule; of several values of one list one must fit, an empty list asks nothing.
type DeskAsks struct {
	ProblemTypes []string `json:"problem_types,omitempty" maxItems:"200"`
	Categories   []string `json:"categories,omitempty" maxItems:"200"`
	Products     []string `json:"products,omitempty" maxItems:"200"`
	Severities   []string `json:"severities,omitempty" maxItems:"200"`
	Regions      []string `json:"regions,omitempty" maxItems:"200"`
	Plans        []string `json:"plans,omitempty" maxItems:"3"`
	Accounts     []string `json:"account_ids,omitempty" maxItems:"200"`
	Languages    []string `json:"languages,omitempty" maxItems:"2"`
}

// DeskRule sends tickets to a team.
type DeskRule struct {
	ID      string   `json:"id,omitempty" maxLength:"40" doc:"Empty for a new one"`
	Name    string   `json:"name" maxLength:"80"`
	Asks    DeskAsks `json:"asks"`
	Team    string   `json:"team_id" maxLength:"40"`
	Pick    string   `json:"pick" enum:"none,least,turn,lead,user"`
	User    string   `json:"user_id,omitempty" maxLength:"40" doc:"With pick user"`
	Active  bool     `json:"active"`
	Edition int64    `json:"edition,omitempty"`
}

func toDeskRule(r desk.Rule) DeskRule {
	return DeskRule{r.ID, r.Name, DeskAsks(r.Asks), r.Team, string(r.Pick), r.User, r.Active, r.Edition}
}

// DeskRouted is where a ticket would go.
type DeskRouted struct {
	Team  string `json:"team_id,omitempty"`
	Owner string `json:"owner_id,omitempty"`
	Rule  string `json:"rule_id,omitempty"`
	Why   string `json:"why"`
}

// DeskMacro is a set of changes with one name.
type DeskMacro struct {
	ID       string `json:"id,omitempty" maxLength:"40" doc:"Empty for a new one"`
	Name     string `json:"name" maxLength:"80"`
	OnlyTeam string `json:"only_team_id,omitempty" maxLength:"40"`
	ReplyEN  string `json:"reply_en,omitempty" maxLength:"8000"`
	ReplyZH  string `json:"reply_zh,omitempty" maxLength:"8000"`
	Note     string `json:"note,omitempty" maxLength:"8000"`
	Move     string `json:"move,omitempty" enum:",accept,ask,offer,pause,resume"`
	Severity string `json:"severity,omitempty" maxLength:"64"`
	Type     string `json:"problem_type,omitempty" maxLength:"64"`
	Product  string `json:"product,omitempty" maxLength:"64"`
	Team     string `json:"team_id,omitempty" maxLength:"40"`
	Owner    string `json:"owner_id,omitempty" maxLength:"40" doc:"A user, me, or nobody"`
	Then     string `json:"then,omitempty" enum:",stay,next,queue"`
	Active   bool   `json:"active"`
	Edition  int64  `json:"edition,omitempty"`

	Label   []int64 `json:"label_ids,omitempty" maxItems:"5" doc:"The desk's labels that it puts on"`
	Unlabel []int64 `json:"unlabel_ids,omitempty" maxItems:"5" doc:"And takes off"`
}

func toDeskMacro(m desk.Macro) DeskMacro {
	return DeskMacro{m.ID, m.Name, m.Team, m.ReplyEN, m.ReplyZH, m.Note, string(m.Move), m.Severity, m.Type, m.Product, m.Content.Team, m.Owner, string(m.Then), m.Active, m.Edition,
		m.Label, m.Unlabel}
}

func (m DeskMacro) macro() desk.Macro {
	return desk.Macro{ID: m.ID, Name: m.Name, Team: m.OnlyTeam, Then: desk.Then(m.Then), Active: m.Active, Edition: m.Edition,
		Content: desk.Content{ReplyEN: m.ReplyEN, ReplyZH: m.ReplyZH, Note: m.Note, Move: desk.Move(m.Move), Severity: m.Severity, Type: m.Type, Product: m.Product, Team: m.Team, Owner: m.Owner,
			Label: m.Label, Unlabel: m.Unlabel}}
}

// DeskAnswer is a text that engineers need again and again.
type DeskAnswer struct {
	ID       string `json:"id,omitempty" maxLength:"40" doc:"Empty for a new one"`
	Name     string `json:"name" maxLength:"80"`
	Keywords string `json:"keywords,omitempty" maxLength:"200"`
	OnlyTeam string `json:"only_team_id,omitempty" maxLength:"40"`
	BodyEN   string `json:"body_en,omitempty" maxLength:"8000"`
	BodyZH   string `json:"body_zh,omitempty" maxLength:"8000"`
	Edition  int64  `json:"edition,omitempty"`
}

func toDeskAnswer(a desk.Answer) DeskAnswer {
	return DeskAnswer{a.ID, a.Name, a.Keywords, a.Team, a.BodyEN, a.BodyZH, a.Edition}
}

// DeskOn is a ticket that something is done on.
type DeskOn struct {
	No   string `json:"no" maxLength:"40"`
	Seen int64  `json:"seen,omitempty" doc:"The edition that was read; all is refused with 409 when something was said or done since"`
}

func (a *API) desk() {
	a.deskQueue()
	a.deskWork()
	a.deskTeams()
	a.deskRules()
	a.deskTexts()
	a.deskMail()
}

func (a *API) deskQueue() {
	add(a, Operation{Method: "GET", Path: "/api/v1/desk/tickets", ID: "list_desk_tickets", Tag: deskTag, Summary: "The own desk's tickets, those whose time runs out first", Verb: actor.ViewTickets},
		func(ctx context.Context, by actor.Actor, in *struct {
			PageIn
			Owner    string `query:"owner" maxLength:"40" doc:"A user, me, or - for nobody"`
			Team     string `query:"team" maxLength:"40"`
			State    []int  `query:"state" maxItems:"9" doc:"All that aren't over when absent"`
			Account  string `query:"account_id" maxLength:"32"`
			Type     string `query:"problem_type" maxLength:"64"`
			Severity string `query:"severity" maxLength:"64"`
			Product  string `query:"product" maxLength:"64"`
			Plan     string `query:"plan" enum:",BASIC,STANDARD,PREMIUM" doc:"Support plan by which it's served"`
			Label    int64  `query:"label" doc:"One of the desk's own"`
			Search   string `query:"q" maxLength:"200"`
			DueSoon  bool   `query:"due_soon" doc:"Within the time of the setting ticket.due_soon, or late"`
			Breached bool   `query:"breached"`
		}) (out ticketList, err error) {
			f := ticket.Filter{Box: ticket.Queue, Owner: in.Owner, Active: len(in.State) == 0, Account: in.Account, ProblemType: in.Type, Severity: in.Severity,
				Product: in.Product, Plan: in.Plan, Search: in.Search, Breached: in.Breached, Sort: ticket.ByDue, Limit: in.Limit + 1}
			if in.Label != 0 {
				f.Labels = []int64{in.Label}
			}
			if in.DueSoon {
				soon, err := setting.Duration(ctx, a.DB.Read(), setting.TicketDueSoon, a.DB.Clock().Now())
				if err != nil {
					return out, err
				}
				f.DueBefore = a.DB.Clock().Now().Add(soon)
			}
			if in.Owner == "me" {
				f.Owner = by.User
			}
			if in.Team != "" {
				f.Teams = []string{in.Team}
			}
			for _, s := range in.State {
				f.States = append(f.States, ticket.State(s))
			}
			if in.Cursor != "" {
				k, err := a.Cursors.Decode(in.Cursor, "desk", 2)
				if err != nil {
					return out, err
				}
				at, err := k.Int(0)
				if err != nil {
					return out, err
				}
				f.After = ticket.Mark{At: at, No: k[1]}
			}
			rows, err := a.Ticket.List(ctx, by, f)
			if n := len(rows); err == nil && n == f.Limit {
				rows = rows[:n-1]
				m := rows[n-2].Mark(f.Sort)
				out.Next = a.Cursors.Encode("desk", cursor.Key{cursor.Int(m.At), m.No})
			}
			out.Tickets = each(rows, func(r ticket.Row) Ticket { return toTicket(ctx, r.Ticket, r.Labels, r.Unread) })
			return out, err
		})
}

// deskWork is what engineers do on tickets.
func (a *API) deskWork() {
	add(a, Operation{Method: "POST", Path: "/api/v1/desk/tickets/{no}", ID: "work_on_ticket", Tag: deskTag, Verb: actor.WorkTickets,
		Summary: "Answer, note, ask, offer a result, assign, change, pause: all that is named at once, or nothing"},
		func(ctx context.Context, by actor.Actor, in *struct {
			ticketPath
			Body struct {
				Seen        int64     `json:"seen,omitempty" doc:"The edition that was read; refused with 409 when something was said or done since"`
				Key         string    `json:"key,omitempty" maxLength:"100" doc:"A repetition with the same key does nothing again"`
				Reply       string    `json:"reply,omitempty" maxLength:"20000"`
				As          string    `json:"as,omitempty" enum:",ask,offer" doc:"What the reply is: a question, or the result"`
				RootCause   string    `json:"root_cause,omitempty" maxLength:"2000"`
				Attachments []string  `json:"attachments,omitempty" maxItems:"20"`
				Note        string    `json:"note,omitempty" maxLength:"20000"`
				Team        *string   `json:"team_id,omitempty" maxLength:"40" doc:"Empty: no team"`
				Owner       *string   `json:"owner_id,omitempty" maxLength:"40" doc:"A user, me, or empty for nobody"`
				Severity    *string   `json:"severity,omitempty" maxLength:"64"`
				ProblemType *string   `json:"problem_type,omitempty" maxLength:"64" doc:"One that is technical takes one of the plan's month at the vendor's desk, or is refused with 409"`
				WithoutUnit bool      `json:"without_unit,omitempty" doc:"Let it become technical though the plan's month has none left, or gives none"`
				Product     *string   `json:"product,omitempty" maxLength:"64"`
				Label       []int64   `json:"label_ids,omitempty" maxItems:"5" doc:"The desk's labels to put on"`
				Unlabel     []int64   `json:"unlabel_ids,omitempty" maxItems:"5" doc:"And to take off"`
				Accept      bool      `json:"accept,omitempty"`
				Pause       bool      `json:"pause,omitempty"`
				Until       time.Time `json:"until,omitzero" doc:"Of the pause"`
				Resume      bool      `json:"resume,omitempty"`
				TakeBack    bool      `json:"take_back,omitempty" doc:"The question or result that waits for the customer"`
			}
		}) (Ticket, error) {
			b := in.Body
			x := ticket.Bundle{Seen: b.Seen, Key: b.Key, Accept: b.Accept, Pause: b.Pause, Until: b.Until, Resume: b.Resume, TakeBack: b.TakeBack, Note: b.Note, Team: b.Team,
				Owner: b.Owner, Ask: b.As == "ask", Offer: b.As == "offer", RootCause: b.RootCause,
				Label: b.Label, Unlabel: b.Unlabel, Change: &ticket.Changing{Severity: b.Severity, ProblemType: b.ProblemType, Product: b.Product, WithoutUnit: b.WithoutUnit}}
			if b.Reply != "" {
				x.Say = &ticket.Saying{Body: b.Reply, Attachments: b.Attachments, Source: ticket.API}
			}
			t, err := a.Ticket.Together(ctx, by, in.No, x)
			return toTicket(ctx, t, nil, false), err
		})
	a.deskHands()
}

// deskHands is what gives tickets to the other desk, and what is done on many of them.
func (a *API) deskHands() {
	for _, x := range []struct {
		name, id, summary string
		do                func(context.Context, actor.Actor, string, ticket.Handing) (ticket.Ticket, error)
	}{
		{"hand-over", "hand_over_ticket", "Give a customer's ticket to the vendor's desk; a technical one takes one of the own plan's month", a.Ticket.HandOver},
		{"hand-back", "hand_back_ticket", "Give a ticket back to the partner's desk", a.Ticket.HandBack},
	} {
		add(a, Operation{Method: "POST", Path: "/api/v1/desk/tickets/{no}/" + x.name, ID: x.id, Tag: deskTag, Summary: x.summary, Verb: actor.WorkTickets},
			func(ctx context.Context, by actor.Actor, in *struct {
				ticketPath
				Body struct {
					Seen int64  `json:"seen,omitempty"`
					Note string `json:"note,omitempty" maxLength:"20000" doc:"Read by both desks, and no customer"`
				}
			}) (Ticket, error) {
				t, err := x.do(ctx, by, in.No, ticket.Handing{Seen: in.Body.Seen, Text: in.Body.Note})
				return toTicket(ctx, t, nil, false), err
			})
	}
	add(a, Operation{Method: "POST", Path: "/api/v1/desk/macros/{macro}/use", ID: "use_desk_macro", Tag: deskTag, Summary: "Use a macro on tickets: on all of them, or on none", Verb: actor.WorkTickets},
		func(ctx context.Context, by actor.Actor, in *struct {
			Macro string `path:"macro" maxLength:"40"`
			Body  struct {
				Tickets []DeskOn `json:"tickets" minItems:"1" maxItems:"200"`
				Key     string   `json:"key,omitempty" maxLength:"100"`
			}
		}) (out ticketList, err error) {
			all, err := a.Macro.Use(ctx, by, in.Macro, each(in.Body.Tickets, func(x DeskOn) macro.On { return macro.On(x) }), in.Body.Key)
			out.Tickets = each(all, func(t ticket.Ticket) Ticket { return toTicket(ctx, t, nil, false) })
			return out, err
		})
}

func (a *API) deskTeams() {
	add(a, Operation{Method: "GET", Path: "/api/v1/desk/teams", ID: "list_desk_teams", Tag: deskTag, Summary: "The own desk's teams and people", Verb: actor.ViewDesk},
		func(ctx context.Context, by actor.Actor, _ *struct{}) (out struct {
			Teams  []DeskTeam   `json:"teams"`
			People []DeskPerson `json:"people"`
			Duty   string       `json:"duty_manager_id,omitempty"`
		}, err error) {
			s, err := a.Desk.Setup(ctx, by)
			out.Teams, out.Duty = each(s.Teams, toDeskTeam), s.Duty.User
			out.People = each(s.Staff, func(p desk.Person) DeskPerson {
				x := DeskPerson{ID: p.ID, Name: p.Name, Teams: each(p.Teams, func(id string) string { return id })}
				if p.Until > 0 {
					x.Until = p.Until.String()
				}
				return x
			})
			return out, err
		})
	add(a, Operation{Method: "PUT", Path: "/api/v1/desk/teams", ID: "save_desk_team", Tag: deskTag, Summary: "Make a team or change one", Verb: actor.ManageDesk},
		func(ctx context.Context, by actor.Actor, in *struct {
			Body struct {
				ID       string   `json:"id,omitempty" maxLength:"40" doc:"Empty for a new one"`
				Name     string   `json:"name" maxLength:"80"`
				Lead     string   `json:"lead_id,omitempty" maxLength:"40"`
				Members  []string `json:"member_ids" maxItems:"200"`
				Fallback bool     `json:"takes_the_rest,omitempty"`
				Closed   bool     `json:"closed,omitempty"`
				Edition  int64    `json:"edition,omitempty"`
			}
		}) (DeskTeam, error) {
			b := in.Body
			t, err := a.Desk.SaveTeam(ctx, by, desk.TeamDraft{ID: b.ID, Name: b.Name, Lead: b.Lead, Members: b.Members, Fallback: b.Fallback, Closed: b.Closed, Edition: b.Edition})
			out := toDeskTeam(t)
			out.Members = b.Members
			return out, err
		})
	add(a, Operation{Method: "PUT", Path: "/api/v1/desk/people/{user}/absence", ID: "set_desk_absence", Tag: deskTag, Summary: "Until when somebody gets nothing by rules; oneself, or anybody for administrators", Verb: actor.WorkTickets},
		func(ctx context.Context, by actor.Actor, in *struct {
			User string `path:"user" maxLength:"40"`
			Body struct {
				Until string `json:"until" maxLength:"10" doc:"Last day; empty: is back"`
			}
		}) (struct{}, error) {
			return struct{}{}, a.Desk.SetAway(ctx, by, in.User, in.Body.Until)
		})
}

func (a *API) deskRules() {
	add(a, Operation{Method: "GET", Path: "/api/v1/desk/rules", ID: "list_desk_rules", Tag: deskTag, Summary: "The rules that share tickets out, in their order", Verb: actor.ViewDesk},
		func(ctx context.Context, by actor.Actor, _ *struct{}) (out struct {
			Rules []DeskRule `json:"rules"`
		}, err error) {
			all, err := a.Desk.Rules(ctx, by)
			out.Rules = each(all, toDeskRule)
			return out, err
		})
	add(a, Operation{Method: "PUT", Path: "/api/v1/desk/rules", ID: "save_desk_rule", Tag: deskTag, Summary: "Add a rule at the end, or change one", Verb: actor.ManageDesk},
		func(ctx context.Context, by actor.Actor, in *struct{ Body DeskRule }) (DeskRule, error) {
			b := in.Body
			r, err := a.Desk.SaveRule(ctx, by, desk.Rule{ID: b.ID, Name: b.Name, Asks: desk.Asks(b.Asks), Team: b.Team, Pick: desk.Pick(b.Pick), User: b.User, Active: b.Active, Edition: b.Edition})
			return toDeskRule(r), err
		})
	add(a, Operation{Method: "DELETE", Path: "/api/v1/desk/rules/{rule}", ID: "remove_desk_rule", Tag: deskTag, Summary: "Take a rule away", Verb: actor.ManageDesk},
		func(ctx context.Context, by actor.Actor, in *struct {
			Rule    string `path:"rule" maxLength:"40"`
			Edition int64  `query:"edition" required:"true"`
		}) (struct{}, error) {
			return struct{}{}, a.Desk.RemoveRule(ctx, by, in.Rule, in.Edition)
		})
	add(a, Operation{Method: "POST", Path: "/api/v1/desk/rules/try", ID: "try_desk_rules", Tag: deskTag, Summary: "Where a ticket would go; writes nothing", Verb: actor.ViewDesk},
		func(ctx context.Context, by actor.Actor, in *struct {
			Body struct {
				ProblemType string `json:"problem_type,omitempty" maxLength:"64"`
				Category    string `json:"category,omitempty" maxLength:"64"`
				Product     string `json:"product,omitempty" maxLength:"64"`
				Severity    string `json:"severity,omitempty" maxLength:"64"`
				Region      string `json:"region,omitempty" maxLength:"64"`
				Plan        string `json:"plan,omitempty" maxLength:"16"`
				Account     string `json:"account_id,omitempty" maxLength:"32"`
				Lang        string `json:"language,omitempty" maxLength:"16"`
			}
		}) (DeskRouted, error) {
			b := in.Body
			r, err := a.Desk.Try(ctx, by, desk.Facts{ProblemType: b.ProblemType, Category: b.Category, Product: b.Product, Severity: b.Severity, Region: b.Region, Plan: b.Plan, Account: b.Account, Lang: b.Lang})
			return DeskRouted{r.Team, r.Owner, r.Rule, i18n.Say(ctx, r.Why)}, err
		})
}

func (a *API) deskTexts() {
	add(a, Operation{Method: "GET", Path: "/api/v1/desk/macros", ID: "list_desk_macros", Tag: deskTag, Summary: "The desk's macros", Verb: actor.ViewDesk},
		func(ctx context.Context, by actor.Actor, _ *struct{}) (out struct {
			Macros []DeskMacro `json:"macros"`
		}, err error) {
			all, err := a.Desk.Macros(ctx, by)
			out.Macros = each(all, toDeskMacro)
			return out, err
		})
	add(a, Operation{Method: "PUT", Path: "/api/v1/desk/macros", ID: "save_desk_macro", Tag: deskTag, Summary: "Make a macro or change one", Verb: actor.ManageDesk},
		func(ctx context.Context, by actor.Actor, in *struct{ Body DeskMacro }) (DeskMacro, error) {
			m, err := a.Macro.Save(ctx, by, in.Body.macro())
			return toDeskMacro(m), err
		})
	add(a, Operation{Method: "DELETE", Path: "/api/v1/desk/macros/{macro}", ID: "remove_desk_macro", Tag: deskTag, Summary: "Take a macro away", Verb: actor.ManageDesk},
		func(ctx context.Context, by actor.Actor, in *struct {
			Macro   string `path:"macro" maxLength:"40"`
			Edition int64  `query:"edition" required:"true"`
		}) (struct{}, error) {
			return struct{}{}, a.Desk.RemoveMacro(ctx, by, in.Macro, in.Edition)
		})
	add(a, Operation{Method: "GET", Path: "/api/v1/desk/answers", ID: "list_desk_answers", Tag: deskTag, Summary: "Canned answers that have all the words", Verb: actor.ViewDesk},
		func(ctx context.Context, by actor.Actor, in *struct {
			Words string `query:"q" maxLength:"100"`
		}) (out struct {
			Answers []DeskAnswer `json:"answers"`
		}, err error) {
			all, err := a.Desk.Answers(ctx, by, in.Words)
			out.Answers = each(all, toDeskAnswer)
			return out, err
		})
	add(a, Operation{Method: "PUT", Path: "/api/v1/desk/answers", ID: "save_desk_answer", Tag: deskTag, Summary: "Make a canned answer or change one", Verb: actor.ManageDesk},
		func(ctx context.Context, by actor.Actor, in *struct{ Body DeskAnswer }) (DeskAnswer, error) {
			b := in.Body
			x, err := a.Desk.SaveAnswer(ctx, by, desk.Answer{ID: b.ID, Name: b.Name, Keywords: b.Keywords, Team: b.OnlyTeam, BodyEN: b.BodyEN, BodyZH: b.BodyZH, Edition: b.Edition})
			return toDeskAnswer(x), err
		})
	add(a, Operation{Method: "DELETE", Path: "/api/v1/desk/answers/{answer}", ID: "remove_desk_answer", Tag: deskTag, Summary: "Take a canned answer away", Verb: actor.ManageDesk},
		func(ctx context.Context, by actor.Actor, in *struct {
			Answer  string `path:"answer" maxLength:"40"`
			Edition int64  `query:"edition" required:"true"`
		}) (struct{}, error) {
			return struct{}{}, a.Desk.RemoveAnswer(ctx, by, in.Answer, in.Edition)
		})
}
