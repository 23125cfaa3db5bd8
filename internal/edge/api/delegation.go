package api

import (
	"context"
	"time"

	"hanse/internal/domain/delegation"
	"hanse/internal/kit/actor"
	"hanse/internal/kit/calendar"
)

// Delegation is one user of a partner who acts, or shall act, for a customer.
type Delegation struct {
	ID           string       `json:"id"`
	Customer     string       `json:"customer_id"`
	CustomerName string       `json:"customer_name"`
	Partner      string       `json:"partner_id"`
	PartnerName  string       `json:"partner_name"`
	User         string       `json:"user_id" doc:"In the partner's company"`
	UserName     string       `json:"user_name"`
	State        string       `json:"state" enum:"asked,active,refused,withdrawn,revoked,expired"`
	Reason       string       `json:"reason"`
	Words        string       `json:"words,omitempty" doc:"Of a refusal or a revocation"`
	Until        calendar.Day `json:"until" format:"date" doc:"Last day"`
	AskedAt      time.Time    `json:"asked_at"`
	AnsweredAt   time.Time    `json:"answered_at,omitzero"`
	EndedAt      time.Time    `json:"ended_at,omitzero"`
	Version      int64        `json:"version" doc:"Send it back with an answer: a stale one is refused"`
}

func toDelegation(d delegation.Delegation) Delegation {
	return Delegation{d.ID, d.Customer, d.CustomerName, d.Partner, d.PartnerName, d.User, d.UserName, string(d.State), d.Reason, d.Words, d.Until,
		d.AskedAt, d.AnsweredAt, d.EndedAt, d.Version}
}

type delegationAnswer struct {
	ID   string `path:"delegation" maxLength:"40"`
	Body struct {
		Version int64  `json:"version"`
		Reason  string `json:"reason,omitempty" maxLength:"1000" doc:"Required to refuse and to revoke"`
		Code    string `json:"verification_code,omitempty" maxLength:"6" doc:"In a session, when the company asks for codes"`
	}
}

func (a *API) delegations() {
	const tag, path = "delegations", "/api/v1/delegations/{delegation}"
	add(a, Operation{Method: "GET", Path: "/api/v1/delegations", ID: "list_delegations", Tag: tag, Summary: "Who acts for customers, from both sides, newest first", Verb: actor.ViewDelegations},
		func(ctx context.Context, by actor.Actor, in *struct {
			Company string `query:"company_id" maxLength:"32" doc:"For the vendor; the own company when absent"`
			Before  string `query:"before" maxLength:"40" doc:"Id of the last one seen"`
			Limit   int    `query:"limit" minimum:"1" maximum:"500" default:"50"`
		}) (out struct {
			Delegations []Delegation `json:"delegations"`
			Next        string       `json:"next_cursor,omitempty"`
		}, err error) {
			list, next, err := a.Delegation.Delegations(ctx, by, in.Company, in.Before, in.Limit)
			out.Delegations, out.Next = each(list, toDelegation), next
			return out, err
		})
	add(a, Operation{Method: "POST", Path: "/api/v1/delegations", ID: "ask_delegation", Tag: tag, Status: 201, Summary: "Ask a customer to let one of the own users act for it", Verb: actor.AskDelegation},
		func(ctx context.Context, by actor.Actor, in *struct {
			Body struct {
				Customer string `json:"customer_id" maxLength:"32"`
				User     string `json:"user_id" maxLength:"40"`
				Until    string `json:"until" maxLength:"10" doc:"Last day, YYYY-MM-DD"`
				Reason   string `json:"reason" maxLength:"1000"`
			}
		}) (Delegation, error) {
			d, err := a.Delegation.Ask(ctx, by, delegation.Wish{Customer: in.Body.Customer, User: in.Body.User, Until: in.Body.Until, Reason: in.Body.Reason})
			return toDelegation(d), err
		})
	add(a, Operation{Method: "GET", Path: path, ID: "show_delegation", Tag: tag, Summary: "One delegation", Verb: actor.ViewDelegations},
		func(ctx context.Context, by actor.Actor, in *struct {
			ID string `path:"delegation" maxLength:"40"`
		}) (Delegation, error) {
			d, err := a.Delegation.Delegation(ctx, by, in.ID)
			return toDelegation(d), err
		})
	add(a, Operation{Method: "POST", Path: path + "/approve", ID: "approve_delegation", Tag: tag, Summary: "Let the user act for the own company", Verb: actor.AnswerDelegation},
		func(ctx context.Context, by actor.Actor, in *delegationAnswer) (Delegation, error) {
			d, err := a.Delegation.Approve(ctx, by, in.ID, in.Body.Version, in.Body.Code)
			return toDelegation(d), err
		})
	add(a, Operation{Method: "POST", Path: path + "/refuse", ID: "refuse_delegation", Tag: tag, Summary: "Turn a wish down", Verb: actor.AnswerDelegation},
		func(ctx context.Context, by actor.Actor, in *delegationAnswer) (Delegation, error) {
			d, err := a.Delegation.Refuse(ctx, by, in.ID, in.Body.Version, in.Body.Reason)
			return toDelegation(d), err
		})
	add(a, Operation{Method: "POST", Path: path + "/revoke", ID: "revoke_delegation", Tag: tag, Summary: "End one that works; sessions end at once", Verb: actor.AnswerDelegation},
		func(ctx context.Context, by actor.Actor, in *delegationAnswer) (Delegation, error) {
			d, err := a.Delegation.Revoke(ctx, by, in.ID, in.Body.Version, in.Body.Reason, in.Body.Code)
			return toDelegation(d), err
		})
	add(a, Operation{Method: "POST", Path: path + "/withdraw", ID: "withdraw_delegation", Tag: tag, Summary: "Take a wish back, or give a delegation back", Verb: actor.AskDelegation},
		func(ctx context.Context, by actor.Actor, in *delegationAnswer) (Delegation, error) {
			d, err := a.Delegation.Withdraw(ctx, by, in.ID, in.Body.Version)
			return toDelegation(d), err
		})
}
