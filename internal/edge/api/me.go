package api

import (
	"context"
	"time"

	"hanse/internal/domain/login"
	"hanse/internal/kit/actor"
)

// Key is an access key without its secret.
type Key struct {
	AccessKey string    `json:"access_key"`
	Note      string    `json:"note"`
	Status    string    `json:"status" enum:"active,disabled"`
	CreatedAt time.Time `json:"created_at"`
	LastUsed  time.Time `json:"last_used_at,omitzero"`
	EndsAt    time.Time `json:"ends_at,omitzero" doc:"A replaced key still works until then"`
}

// NewKey is a key with its secret, which is never shown again.
type NewKey struct {
	Key
	SecretKey string `json:"secret_key"`
}

func toKey(k login.Key) Key {
	return Key{k.AccessKey, k.Note, string(k.State), k.CreatedAt, k.LastUsed, k.Ends}
}

type keyPath struct {
	AccessKey string `path:"access_key" maxLength:"64"`
}

// Me is who the request acts for.
type Me struct {
	Account  string   `json:"domain_id"`
	Kind     string   `json:"kind"`
	User     string   `json:"user_id"`
	Name     string   `json:"name"`
	Roles    []string `json:"roles"`
	Language string   `json:"language"`
}

// me registers what everybody can do about themselves.
func (a *API) me() {
	add(a, Operation{Method: "GET", Path: "/api/v1/me", ID: "show_me", Tag: "me", Summary: "Who this request acts for", Verb: actor.OwnSession},
		func(_ context.Context, by actor.Actor, _ *struct{}) (Me, error) {
			if err := by.May(actor.OwnSession); err != nil {
				return Me{}, err
			}
			m := Me{Account: by.Account, Kind: string(by.Kind), User: by.User, Name: by.Name, Roles: []string{}, Language: by.Lang}
			for _, r := range by.Roles {
				m.Roles = append(m.Roles, string(r))
			}
			return m, nil
		})
	add(a, Operation{Method: "POST", Path: "/api/v1/echo", ID: "echo", Tag: "me", Reads: true, Verb: actor.OwnSession,
		Summary: "Try a signed call with a body: the text comes back and nothing happens"}, a.echo)
	add(a, Operation{Method: "GET", Path: "/api/v1/me/keys", ID: "list_keys", Tag: "me", Summary: "Own access keys", Verb: actor.OwnKey},
		func(ctx context.Context, by actor.Actor, _ *struct{}) (list struct {
			Keys []Key `json:"keys"`
		}, err error) {
			keys, err := a.Login.Keys(ctx, by)
			list.Keys = each(keys, toKey)
			return list, err
		})
	add(a, Operation{Method: "POST", Path: "/api/v1/me/keys", ID: "create_key", Tag: "me", Summary: "Create an access key; the secret key is shown once", Verb: actor.OwnKey, Status: 201, Secret: true},
		func(ctx context.Context, by actor.Actor, in *struct {
			Body struct {
				Note string `json:"note,omitempty" maxLength:"100"`
			}
		}) (NewKey, error) {
			k, secret, err := a.Login.CreateKey(ctx, by, login.NewKey{Note: in.Body.Note})
			return NewKey{toKey(k), secret}, err
		})
	add(a, Operation{Method: "POST", Path: "/api/v1/me/keys/{access_key}/rotate", ID: "rotate_key", Tag: "me", Summary: "Replace a key; the old one works for another day", Verb: actor.OwnKey, Status: 201, Secret: true},
		func(ctx context.Context, by actor.Actor, in *keyPath) (NewKey, error) {
			k, secret, err := a.Login.RotateKey(ctx, by, in.AccessKey)
			return NewKey{toKey(k), secret}, err
		})
	add(a, Operation{Method: "DELETE", Path: "/api/v1/me/keys/{access_key}", ID: "disable_key", Tag: "me", Summary: "Disable a key for good", Verb: actor.OwnKey},
		func(ctx context.Context, by actor.Actor, in *keyPath) (none, error) {
			return none{}, a.Login.DisableKey(ctx, by, in.AccessKey)
		})
}

type echoIn struct {
	Body struct {
		Text string `json:"text" maxLength:"1000"`
	}
}

// Echo is what was understood of a call.
type Echo struct {
	Text    string    `json:"text"`
	Account string    `json:"domain_id"`
	User    string    `json:"user_id"`
	At      time.Time `json:"at" doc:"The server's clock, to which a signature's instant must be near"`
}

func (a *API) echo(_ context.Context, by actor.Actor, in *echoIn) (Echo, error) {
	return Echo{in.Body.Text, by.Account, by.User, a.wall.Wall()}, by.May(actor.OwnSession)
}

// each maps a list; an empty one is [] on the wire and not null.
func each[T, U any](list []T, f func(T) U) []U {
	out := make([]U, 0, len(list))
	for _, x := range list {
		out = append(out, f(x))
	}
	return out
}
