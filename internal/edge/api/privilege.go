package api

import (
	"context"
	"time"

	"hanse/internal/domain/agreement"
	"hanse/internal/domain/privilege"
	"hanse/internal/kit/actor"
)

// TicketPolicy is what a company lets its users do with tickets.
type TicketPolicy struct {
	CreateRestricted bool          `json:"create_restricted" doc:"Opening tickets needs a grant"`
	ExportForAll     bool          `json:"export_for_all" doc:"Taking lists of tickets away needs none"`
	ChangedBy        string        `json:"changed_by,omitempty"`
	ChangedAt        time.Time     `json:"changed_at,omitzero"`
	Grants           []TicketGrant `json:"grants" doc:"For the company's administrators; empty for others"`
}

// TicketGrant is a privilege of one user.
type TicketGrant struct {
	User      string    `json:"user_id"`
	Privilege string    `json:"privilege" enum:"createCase,export"`
	GrantedBy string    `json:"granted_by"`
	GrantedAt time.Time `json:"granted_at"`
}

func toGrant(g privilege.Grant) TicketGrant {
	return TicketGrant{g.User, string(g.Kind), g.GrantedBy, g.GrantedAt}
}

// TicketAgreement is one version of what users of tickets agree to.
type TicketAgreement struct {
	ID          int64     `json:"id"`
	Kind        string    `json:"kind" enum:"0,1,2" doc:"0 new ticket, 1 new ticket about a software vendor's product, 2 authorization"`
	Version     int64     `json:"version"`
	TitleEN     string    `json:"title_en"`
	TitleZH     string    `json:"title_zh"`
	BodyEN      string    `json:"body_en"`
	BodyZH      string    `json:"body_zh"`
	PublishedBy string    `json:"published_by,omitempty"`
	PublishedAt time.Time `json:"published_at"`
}

func toTicketAgreement(v agreement.Version) TicketAgreement {
	return TicketAgreement{v.ID(), string(v.Kind), v.Version, v.TitleEN, v.TitleZH, v.BodyEN, v.BodyZH, v.PublishedBy, v.PublishedAt}
}

// TicketSignature is the caller's agreement to a version.
type TicketSignature struct {
	Kind     string    `json:"kind" enum:"0,1,2"`
	Version  int64     `json:"version"`
	No       int64     `json:"no" doc:"Counts within the account"`
	Relation string    `json:"relation,omitempty"`
	SignedAt time.Time `json:"signed_at"`
}

func toTicketSignature(s agreement.Signature) TicketSignature {
	return TicketSignature{string(s.Kind), s.Version, s.No, s.Relation, s.SignedAt}
}

type onOff struct {
	On bool `json:"on"`
}

func (a *API) ticketPrivileges() {
	const tag, path = "tickets", "/api/v1/ticket-privileges"
	add(a, Operation{Method: "GET", Path: path, ID: "show_ticket_privileges", Tag: tag, Summary: "Who of the own company may open tickets and take lists of them away", Verb: actor.ViewTicketPrivileges},
		func(ctx context.Context, by actor.Actor, _ *struct{}) (out TicketPolicy, err error) {
			p, err := a.Privilege.Policy(ctx, by)
			if err != nil {
				return out, err
			}
			out = TicketPolicy{CreateRestricted: p.CreateRestricted, ExportForAll: p.ExportForAll, ChangedBy: p.ChangedBy, ChangedAt: p.ChangedAt, Grants: []TicketGrant{}}
			if by.Can(actor.ManageTicketPrivileges) {
				var all []privilege.Grant
				all, err = a.Privilege.Grants(ctx, by)
				out.Grants = each(all, toGrant)
			}
			return out, err
		})
	add(a, Operation{Method: "PUT", Path: path + "/{privilege}", ID: "set_ticket_policy", Tag: tag, Status: 204, Verb: actor.ManageTicketPrivileges,
		Summary: "Change the own company's policy: createCase on = opening needs a grant; export on = every user may take lists away"},
		func(ctx context.Context, by actor.Actor, in *struct {
			Privilege string `path:"privilege" enum:"createCase,export"`
			Body      onOff
		}) (none, error) {
			return none{}, a.Privilege.Set(ctx, by, privilege.Kind(in.Privilege), in.Body.On)
		})
	add(a, Operation{Method: "PUT", Path: path + "/{privilege}/users/{user}", ID: "grant_ticket_privilege", Tag: tag, Status: 204, Verb: actor.ManageTicketPrivileges,
		Summary: "Give a user of the own company a privilege, or take it back"},
		func(ctx context.Context, by actor.Actor, in *struct {
			Privilege string `path:"privilege" enum:"createCase,export"`
			User      string `path:"user" maxLength:"40"`
			Body      onOff
		}) (none, error) {
			return none{}, a.Privilege.Grant(ctx, by, in.User, privilege.Kind(in.Privilege), in.Body.On)
		})
	add(a, Operation{Method: "GET", Path: "/api/v1/ticket-agreements", ID: "list_ticket_agreements", Tag: tag, Summary: "What users of tickets agree to: all versions, the newest of a kind holds", Verb: actor.ViewTicketAgreements},
		func(ctx context.Context, by actor.Actor, _ *struct{}) (out struct {
			Agreements []TicketAgreement `json:"agreements"`
		}, err error) {
			all, err := a.Agreement.Versions(ctx, by)
			out.Agreements = each(all, toTicketAgreement)
			return out, err
		})
	add(a, Operation{Method: "GET", Path: "/api/v1/ticket-agreements/signatures", ID: "list_ticket_agreement_signatures", Tag: tag, Summary: "What the caller has signed, newest first", Verb: actor.SignTicketAgreement},
		func(ctx context.Context, by actor.Actor, _ *struct{}) (out struct {
			Signatures []TicketSignature `json:"signatures"`
		}, err error) {
			all, err := a.Agreement.Mine(ctx, by)
			out.Signatures = each(all, toTicketSignature)
			return out, err
		})
	add(a, Operation{Method: "POST", Path: "/api/v1/ticket-agreements/{id}/signature", ID: "sign_ticket_agreement", Tag: tag, Status: 201, Verb: actor.SignTicketAgreement,
		Summary: "Agree to a version: the one of its kind that is in force, or it's refused with 409. Signing again gives the first signature"},
		func(ctx context.Context, by actor.Actor, in *struct {
			ID   int64 `path:"id"`
			Body struct {
				Relation string `json:"relation,omitempty" maxLength:"200" doc:"What it's signed for, such as a ticket's number"`
			}
		}) (out struct {
			No int64 `json:"no" doc:"Counts within the account"`
		}, err error) {
			out.No, err = a.Agreement.Sign(ctx, by, in.ID, in.Body.Relation)
			return out, err
		})
	add(a, Operation{Method: "POST", Path: "/api/v1/ticket-agreements", ID: "publish_ticket_agreement", Tag: tag, Status: 201, Summary: "Put a new version in force at once", Verb: actor.ManageTicketAgreements},
		func(ctx context.Context, by actor.Actor, in *struct {
			Body struct {
				Kind    string `json:"kind" enum:"0,1,2"`
				TitleEN string `json:"title_en" maxLength:"200"`
				TitleZH string `json:"title_zh" maxLength:"200"`
				BodyEN  string `json:"body_en" maxLength:"50000"`
				BodyZH  string `json:"body_zh" maxLength:"50000"`
			}
		}) (TicketAgreement, error) {
			b := in.Body
			v, err := a.Agreement.Publish(ctx, by, agreement.Version{Kind: agreement.Kind(b.Kind), TitleEN: b.TitleEN, TitleZH: b.TitleZH, BodyEN: b.BodyEN, BodyZH: b.BodyZH})
			return toTicketAgreement(v), err
		})
}
