package api

import (
	"context"
	"time"

	"hanse/internal/domain/account"
	"hanse/internal/domain/setting"
	"hanse/internal/kit/actor"
)

// Invitation is a link on its way to somebody who shall become a user. The link itself is in the mail alone.
type Invitation struct {
	ID        string    `json:"id"`
	Email     string    `json:"email"`
	Name      string    `json:"name,omitempty"`
	Roles     []string  `json:"roles"`
	State     string    `json:"state"`
	InvitedBy string    `json:"invited_by"`
	CreatedAt time.Time `json:"created_at"`
	ExpiresAt time.Time `json:"expires_at"`
}

func toInvitation(i account.Invitation) Invitation {
	return Invitation{i.ID, i.Email, i.Name, each(i.Roles, str[actor.Role]), i.State, i.InvitedBy, i.CreatedAt, i.ExpiresAt}
}

func (a *API) invitations() {
	const tag, path = "users", "/api/v1/accounts/{account}/invitations"
	type one struct {
		AccountPath
		Invitation string `path:"invitation" maxLength:"40"`
	}
	add(a, Operation{Method: "GET", Path: path, ID: "list_invitations", Tag: tag, Summary: "Invitations that nobody has accepted yet", Verb: actor.ListUsers},
		func(ctx context.Context, by actor.Actor, in *AccountPath) (out struct {
			Invitations []Invitation `json:"invitations"`
		}, err error) {
			list, err := a.Accounts.Invitations(ctx, by, in.Account)
			out.Invitations = each(list, toInvitation)
			return out, err
		})
	add(a, Operation{Method: "DELETE", Path: path + "/{invitation}", ID: "revoke_invitation", Tag: tag, Summary: "Make the link useless", Verb: actor.ManageUsers},
		func(ctx context.Context, by actor.Actor, in *one) (none, error) {
			return none{}, a.Accounts.RevokeInvitation(ctx, by, in.Account, in.Invitation)
		})
	add(a, Operation{Method: "POST", Path: path + "/{invitation}/resend", ID: "resend_invitation", Tag: tag, Summary: "Send a new link", Verb: actor.ManageUsers},
		func(ctx context.Context, by actor.Actor, in *one) (none, error) {
			return none{}, a.Accounts.ResendInvitation(ctx, by, in.Account, in.Invitation)
		})
	add(a, Operation{Method: "POST", Path: "/api/v1/accounts/{account}/associations", ID: "add_association", Tag: "companies", Status: 201, Summary: "Say who sells for whom, or who serves which customer", Verb: actor.Associate},
		func(ctx context.Context, by actor.Actor, in *struct {
			AccountPath
			Body struct {
				Other string `json:"other_domain_id" maxLength:"32"`
				Kind  string `json:"kind" enum:"referral,resale,reseller"`
				Since string `json:"since,omitempty" format:"date"`
				Until string `json:"until,omitempty" format:"date" doc:"Last day; absent: open"`
			}
		}) (Association, error) {
			x, err := a.Accounts.Associate(ctx, by, account.Association{Account: in.Account, Other: in.Body.Other, Kind: account.Link(in.Body.Kind),
				Since: in.Body.Since, Until: in.Body.Until})
			return toAssociation(x), err
		})
	add(a, Operation{Method: "GET", Path: "/api/v1/settings/{key}/history", ID: "list_setting_history", Tag: "system", Summary: "Every value that a setting had", Verb: actor.ViewSettings},
		func(ctx context.Context, by actor.Actor, in *struct {
			Key string `path:"key" maxLength:"100"`
		}) (out struct {
			History []Setting `json:"history"`
		}, err error) {
			list, err := a.Settings.History(ctx, by, setting.Key(in.Key))
			out.History = each(list, toSetting(ctx))
			return out, err
		})
	add(a, Operation{Method: "GET", Path: "/api/v1/messages/unread", ID: "count_unread_messages", Tag: "messages", Summary: "How many own messages are unread", Verb: actor.OwnMessages},
		func(ctx context.Context, by actor.Actor, _ *struct{}) (out struct {
			Unread int64 `json:"unread"`
		}, err error) {
			out.Unread, err = a.Notify.Unread(ctx, by)
			return out, err
		})
}
