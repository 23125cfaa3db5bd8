package api

import (
	"context"
	"time"

	"hanse/internal/domain/login"
	"hanse/internal/kit/actor"
)

// Session is one sign-in of one's own.
type Session struct {
	ID        string    `json:"id"`
	Account   string    `json:"domain_id"`
	CreatedAt time.Time `json:"created_at"`
	SeenAt    time.Time `json:"seen_at"`
	ExpiresAt time.Time `json:"expires_at"`
	IP        string    `json:"ip"`
	Agent     string    `json:"agent"`
	Current   bool      `json:"current"`
}

func toSession(s login.SessionInfo) Session {
	return Session{s.ID, s.Account, s.CreatedAt, s.SeenAt, s.Expires, s.IP, s.Agent, s.Current}
}

// Profile is one's own sign-in.
type Profile struct {
	Name        string       `json:"name"`
	Emails      []string     `json:"emails"`
	Phones      []string     `json:"phones"`
	Language    string       `json:"language"`
	Theme       string       `json:"theme"`
	Density     string       `json:"density"`
	Memberships []membership `json:"memberships"`
}

type membership struct {
	Account string   `json:"domain_id"`
	Name    string   `json:"name"`
	Kind    string   `json:"kind"`
	User    string   `json:"user_id"`
	Roles   []string `json:"roles"`
	Frozen  bool     `json:"frozen"`
}

func toProfile(p login.Profile) Profile {
	return Profile{p.Name, append([]string{}, p.Emails...), append([]string{}, p.Phones...), p.Lang, p.Theme, p.Density,
		each(p.Memberships, func(m login.Membership) membership {
			return membership{m.Account, m.AccountName, string(m.Kind), m.User, each(m.Roles, str[actor.Role]), m.Frozen}
		})}
}

func (a *API) sessions() {
	const tag, path = "me", "/api/v1/me"
	add(a, Operation{Method: "GET", Path: path + "/sessions", ID: "list_sessions", Tag: tag, Summary: "Own sessions", Verb: actor.OwnSession},
		func(ctx context.Context, by actor.Actor, _ *struct{}) (out struct {
			Sessions []Session `json:"sessions"`
		}, err error) {
			list, err := a.Login.Sessions(ctx, by)
			out.Sessions = each(list, toSession)
			return out, err
		})
	add(a, Operation{Method: "DELETE", Path: path + "/sessions/{session}", ID: "revoke_session", Tag: tag, Summary: "End one session", Verb: actor.OwnSession},
		func(ctx context.Context, by actor.Actor, in *struct {
			Session string `path:"session" maxLength:"128"`
		}) (none, error) {
			return none{}, a.Login.Revoke(ctx, by, in.Session)
		})
	add(a, Operation{Method: "DELETE", Path: path + "/sessions", ID: "revoke_sessions", Tag: tag, Summary: "End every session but the one that asks", Verb: actor.OwnSession},
		func(ctx context.Context, by actor.Actor, _ *struct{}) (out struct {
			Ended int `json:"ended"`
		}, err error) {
			out.Ended, err = a.Login.RevokeOthers(ctx, by)
			return out, err
		})
	add(a, Operation{Method: "PUT", Path: path + "/password", ID: "change_password", Tag: tag, Summary: "Change the password; other sessions and all tokens end", Verb: actor.OwnSession},
		func(ctx context.Context, by actor.Actor, in *struct {
			Body struct {
				Old string `json:"old_password" maxLength:"1024"`
				New string `json:"new_password" maxLength:"1024"`
			}
		}) (none, error) {
			return none{}, a.Login.ChangePassword(ctx, by, in.Body.Old, in.Body.New)
		})
	add(a, Operation{Method: "GET", Path: path + "/profile", ID: "show_profile", Tag: tag, Summary: "Own names, preferences and accounts", Verb: actor.OwnSession},
		func(ctx context.Context, by actor.Actor, _ *struct{}) (Profile, error) {
			p, err := a.Login.Me(ctx, by)
			return toProfile(p), err
		})
	add(a, Operation{Method: "PUT", Path: path + "/preferences", ID: "set_preferences", Tag: tag, Summary: "Language, theme and density; what is left out stays", Verb: actor.OwnSession},
		func(ctx context.Context, by actor.Actor, in *struct {
			Body struct {
				Lang    string `json:"language,omitempty" enum:"en,zh-Hans"`
				Theme   string `json:"theme,omitempty" enum:"auto,light,dark"`
				Density string `json:"density,omitempty" enum:"dense,roomy"`
			}
		}) (Profile, error) {
			if err := a.Login.SetPreferences(ctx, by, login.Preferences(in.Body)); err != nil {
				return Profile{}, err
			}
			p, err := a.Login.Me(ctx, by)
			return toProfile(p), err
		})
}
