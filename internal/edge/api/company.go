package api

import (
	"context"
	"time"

	"hanse/internal/domain/account"
	"hanse/internal/kit/actor"
)

// Account is a company.
type Account struct {
	ID        string    `json:"domain_id" doc:"32 hex digits"`
	Kind      string    `json:"kind" enum:"vendor,partner,customer,person"`
	Name      string    `json:"name"`
	State     string    `json:"state" enum:"pending,invited,active,frozen,refused"`
	Country   string    `json:"country"`
	Address   string    `json:"address"`
	Website   string    `json:"website"`
	Contact   string    `json:"contact"`
	Email     string    `json:"email"`
	Phone     string    `json:"phone"`
	Market    string    `json:"market,omitempty" enum:"overseas,china"`
	Channel   []string  `json:"channel_roles"`
	Reason    string    `json:"reason,omitempty" doc:"Why it is frozen or was refused"`
	Version   int64     `json:"version" doc:"Send it back with a change: a stale one is refused"`
	CreatedAt time.Time `json:"created_at"`
	ChangedAt time.Time `json:"changed_at"`
}

func toAccount(a account.Account) Account {
	return Account{ID: a.ID, Kind: string(a.Kind), Name: a.Name, State: string(a.State), Country: a.Country, Address: a.Address,
		Website: a.Website, Contact: a.Contact, Email: a.Email, Phone: a.Phone, Market: a.Market, Channel: each(a.Channel, str[account.Channel]),
		Reason: a.Reason, Version: a.Version, CreatedAt: a.CreatedAt, ChangedAt: a.ChangedAt}
}

// User is a login inside an account.
type User struct {
	ID        string    `json:"user_id"`
	Name      string    `json:"name"`
	Email     string    `json:"email"`
	State     string    `json:"state" enum:"active,inactive"`
	Roles     []string  `json:"roles"`
	CreatedAt time.Time `json:"created_at"`
}

func toUser(u account.User) User {
	return User{u.ID, u.Name, u.Email, string(u.State), each(u.Roles, str[actor.Role]), u.CreatedAt}
}

// Registration is a company that asks to become a partner.
type Registration struct {
	Company   Account   `json:"company"`
	State     string    `json:"state" enum:"unconfirmed,pending,approved,refused"`
	Reason    string    `json:"reason,omitempty"`
	CreatedAt time.Time `json:"created_at"`
	DecidedAt time.Time `json:"decided_at,omitzero"`
	SameName  []Account `json:"same_name,omitempty" doc:"Other companies with this name"`
}

func toRegistration(x account.Registration) Registration {
	return Registration{toAccount(x.Company), x.State, x.Reason, x.CreatedAt, x.DecidedAt, each(x.SameName, toAccount)}
}

// Association says that two companies work together.
type Association struct {
	ID      string `json:"id"`
	Account string `json:"domain_id"`
	Other   string `json:"other_domain_id"`
	Name    string `json:"other_name"`
	Kind    string `json:"kind" enum:"referral,resale,reseller"`
	Since   string `json:"since"`
	Until   string `json:"until,omitempty"`
}

func toAssociation(x account.Association) Association {
	return Association{x.ID, x.Account, x.Other, x.OtherName, string(x.Kind), x.Since, x.Until}
}

// AccountPath names a company.
type AccountPath struct {
	Account string `path:"account" maxLength:"32" doc:"domain_id"`
}

// UserPath names a user of a company.
type UserPath struct {
	AccountPath
	User string `path:"user" maxLength:"40"`
}

// PageIn asks for one page of a long list. The answer's next_cursor is for the next one.
type PageIn struct {
	Cursor string `query:"cursor" maxLength:"2048" doc:"next_cursor of the page before"`
	Limit  int    `query:"limit" minimum:"1" maximum:"200" default:"50"`
}

type accountList struct {
	Accounts []Account `json:"accounts"`
	Next     string    `json:"next_cursor,omitempty"`
}

func (a *API) companies() {
	const tag = "companies"
	add(a, Operation{Method: "GET", Path: "/api/v1/accounts", ID: "list_accounts", Tag: tag, Summary: "Companies, by name", Verb: actor.ListAccounts},
		func(ctx context.Context, by actor.Actor, in *struct {
			PageIn
			Kind    string `query:"kind" enum:"partner,customer,vendor"`
			State   string `query:"state"`
			Channel string `query:"channel_role"`
			Q       string `query:"q" maxLength:"100" doc:"Part of the name"`
		}) (accountList, error) {
			list, next, err := a.Accounts.List(ctx, by, account.Filter{Kind: actor.Kind(in.Kind), State: account.State(in.State),
				Channel: account.Channel(in.Channel), Q: in.Q, After: in.Cursor, Limit: in.Limit})
			return accountList{each(list, toAccount), next}, err
		})
	add(a, Operation{Method: "GET", Path: "/api/v1/accounts/{account}", ID: "show_account", Tag: tag, Summary: "One company", Verb: actor.ViewAccount},
		func(ctx context.Context, by actor.Actor, in *AccountPath) (Account, error) {
			x, err := a.Accounts.View(ctx, by, in.Account)
			return toAccount(x), err
		})
	add(a, Operation{Method: "PUT", Path: "/api/v1/accounts/{account}", ID: "edit_account", Tag: tag, Summary: "Change a company's data", Verb: actor.EditAccount}, a.editAccount)
	for what, f := range map[string]func(context.Context, actor.Actor, string, string) error{"freeze": a.Accounts.Freeze, "unfreeze": a.Accounts.Unfreeze} {
		add(a, Operation{Method: "POST", Path: "/api/v1/accounts/{account}/" + what, ID: what + "_account", Tag: tag, Summary: map[string]string{"freeze": "Freeze a company, with a reason that it reads", "unfreeze": "Let a frozen company work again, with a reason"}[what], Verb: actor.FreezeAccount},
			func(ctx context.Context, by actor.Actor, in *reasonIn) (none, error) {
				return none{}, f(ctx, by, in.Account, in.Body.Reason)
			})
	}
	add(a, Operation{Method: "POST", Path: "/api/v1/accounts", ID: "invite_partner", Tag: tag, Summary: "Invite a company to become a partner", Verb: actor.InvitePartner, Status: 201}, a.invitePartner)
	add(a, Operation{Method: "GET", Path: "/api/v1/accounts/{account}/associations", ID: "list_associations", Tag: tag, Summary: "Resellers and customers of a company", Verb: actor.ViewAccount},
		func(ctx context.Context, by actor.Actor, in *AccountPath) (out struct {
			Associations []Association `json:"associations"`
		}, err error) {
			list, err := a.Accounts.Associations(ctx, by, in.Account)
			out.Associations = each(list, toAssociation)
			return out, err
		})
	a.registrations()
	a.users()
	a.invitations()
}

type reasonIn struct {
	AccountPath
	Body struct {
		Reason string `json:"reason" minLength:"1" maxLength:"1000"`
	}
}

func (a *API) editAccount(ctx context.Context, by actor.Actor, in *struct {
	AccountPath
	Body struct {
		Name    string   `json:"name"`
		Country string   `json:"country"`
		Address string   `json:"address,omitempty"`
		Website string   `json:"website,omitempty"`
		Contact string   `json:"contact,omitempty"`
		Email   string   `json:"email,omitempty"`
		Phone   string   `json:"phone,omitempty"`
		Version int64    `json:"version"`
		Channel []string `json:"channel_roles,omitempty" doc:"Vendor only"`
		Market  string   `json:"market,omitempty" doc:"Vendor only"`
	}
}) (Account, error) {
	b := in.Body
	err := a.Accounts.Edit(ctx, by, in.Account, account.Edit{Name: b.Name, Country: b.Country, Address: b.Address, Website: b.Website,
		Contact: b.Contact, Email: b.Email, Phone: b.Phone, Version: b.Version, Channel: each(b.Channel, as[account.Channel]), Market: b.Market})
	if err != nil {
		return Account{}, err
	}
	x, err := a.Accounts.View(ctx, by, in.Account)
	return toAccount(x), err
}

func (a *API) invitePartner(ctx context.Context, by actor.Actor, in *struct {
	Body struct {
		Company string   `json:"company"`
		Country string   `json:"country"`
		Contact string   `json:"contact"`
		Email   string   `json:"email"`
		Market  string   `json:"market" enum:"overseas,china"`
		Channel []string `json:"channel_roles"`
		Lang    string   `json:"language,omitempty" enum:"en,zh-Hans"`
	}
}) (Account, error) {
	b := in.Body
	id, err := a.Accounts.InvitePartner(ctx, by, account.InvitePartner{Company: b.Company, Country: b.Country, Contact: b.Contact,
		Email: b.Email, Market: b.Market, Lang: b.Lang, Channel: each(b.Channel, as[account.Channel])})
	if err != nil {
		return Account{}, err
	}
	x, err := a.Accounts.View(ctx, by, id)
	return toAccount(x), err
}

func (a *API) registrations() {
	const tag = "registrations"
	add(a, Operation{Method: "GET", Path: "/api/v1/registrations", ID: "list_registrations", Tag: tag, Summary: "Companies that ask to become a partner", Verb: actor.DecidePartner},
		func(ctx context.Context, by actor.Actor, in *struct {
			PageIn
			State string `query:"state" enum:"unconfirmed,pending,approved,refused"`
		}) (out struct {
			Registrations []Registration `json:"registrations"`
			Next          string         `json:"next_cursor,omitempty"`
		}, err error) {
			list, next, err := a.Accounts.Registrations(ctx, by, account.RegistrationFilter{State: in.State, After: in.Cursor, Limit: in.Limit})
			out.Registrations, out.Next = each(list, toRegistration), next
			return out, err
		})
	add(a, Operation{Method: "GET", Path: "/api/v1/registrations/{account}", ID: "show_registration", Tag: tag, Summary: "One registration", Verb: actor.DecidePartner},
		func(ctx context.Context, by actor.Actor, in *AccountPath) (Registration, error) {
			x, err := a.Accounts.Registration(ctx, by, in.Account)
			return toRegistration(x), err
		})
	add(a, Operation{Method: "POST", Path: "/api/v1/registrations/{account}/decide", ID: "decide_registration", Tag: tag, Summary: "Approve or refuse a registration", Verb: actor.DecidePartner},
		func(ctx context.Context, by actor.Actor, in *struct {
			AccountPath
			Body struct {
				Approve bool   `json:"approve"`
				Reason  string `json:"reason,omitempty" maxLength:"1000" doc:"Needed to refuse"`
			}
		}) (none, error) {
			return none{}, a.Accounts.DecideRegistration(ctx, by, in.Account, in.Body.Approve, in.Body.Reason)
		})
}

func (a *API) users() {
	const tag = "users"
	add(a, Operation{Method: "GET", Path: "/api/v1/accounts/{account}/users", ID: "list_users", Tag: tag, Summary: "Users of a company", Verb: actor.ListUsers},
		func(ctx context.Context, by actor.Actor, in *AccountPath) (out struct {
			Users []User `json:"users"`
		}, err error) {
			list, err := a.Accounts.Users(ctx, by, in.Account)
			out.Users = each(list, toUser)
			return out, err
		})
	add(a, Operation{Method: "POST", Path: "/api/v1/accounts/{account}/users", ID: "invite_user", Tag: tag, Summary: "Invite somebody by mail", Verb: actor.ManageUsers, Status: 204},
		func(ctx context.Context, by actor.Actor, in *struct {
			AccountPath
			Body struct {
				Email string   `json:"email"`
				Name  string   `json:"name,omitempty"`
				Roles []string `json:"roles"`
				Lang  string   `json:"language,omitempty" enum:"en,zh-Hans"`
			}
		}) (none, error) {
			return none{}, a.Accounts.InviteUser(ctx, by, in.Account, account.InviteUser{Email: in.Body.Email, Name: in.Body.Name,
				Lang: in.Body.Lang, Roles: each(in.Body.Roles, as[actor.Role])})
		})
	add(a, Operation{Method: "PUT", Path: "/api/v1/accounts/{account}/users/{user}/roles", ID: "change_roles", Tag: tag, Summary: "Give a user other roles", Verb: actor.ManageUsers},
		func(ctx context.Context, by actor.Actor, in *struct {
			UserPath
			Body struct {
				Roles []string `json:"roles"`
			}
		}) (none, error) {
			return none{}, a.Accounts.ChangeRoles(ctx, by, in.Account, in.User, each(in.Body.Roles, as[actor.Role]))
		})
	for what, f := range map[string]func(context.Context, actor.Actor, string, string) error{"deactivate": a.Accounts.Deactivate, "reactivate": a.Accounts.Reactivate} {
		add(a, Operation{Method: "POST", Path: "/api/v1/accounts/{account}/users/{user}/" + what, ID: what + "_user", Tag: tag, Summary: map[string]string{"deactivate": "End a user's access", "reactivate": "Restore a user's access"}[what], Verb: actor.ManageUsers},
			func(ctx context.Context, by actor.Actor, in *UserPath) (none, error) {
				return none{}, f(ctx, by, in.Account, in.User)
			})
	}
}

// str and as turn named strings into plain ones and back, for each.
func str[T ~string](v T) string { return string(v) }

func as[T ~string](v string) T { return T(v) }
