// Package actor says who acts, and what they may do.
//
// The sign-in turns each request into an Actor; every verb asks May first, and every query is scoped by the
// actor's account. What a role may do is one table in permission.go.
package actor

import (
	"slices"

	"hanse/internal/kit/fault"
)

// A Kind is the kind of account that somebody acts for.
type Kind string

// The kinds. A person account belongs to one human; System is the program itself; Public is nobody signed in.
const (
	Vendor   Kind = "vendor"
	Partner  Kind = "partner"
	Customer Kind = "customer"
	Person   Kind = "person"
	System   Kind = "system"
	Public   Kind = "public"
)

// A Role is what a user is trusted with inside one account.
type Role string

// The roles of vendor, partner and customer accounts. A person needs no role for the own personal account.
const (
	VendorAdmin     Role = "vendor_admin"
	ProgramManager  Role = "program_manager"
	Reviewer        Role = "reviewer"
	SupportEngineer Role = "support_engineer"
	VendorFinance   Role = "vendor_finance"
	ChannelManager  Role = "channel_manager"
	Auditor         Role = "auditor"

	PartnerAdmin   Role = "partner_admin"
	ServiceManager Role = "service_manager"
	PartnerFinance Role = "partner_finance"
	AccountManager Role = "account_manager"

	CustomerAdmin Role = "customer_admin"
	CustomerUser  Role = "customer_user"

	// Self is what everybody signed in is to their own sign-in, keys, messages and personal account.
	Self Role = "self"
	// Anyone is nobody in particular: verbs that need no sign-in.
	Anyone Role = "anyone"
	// Machine is the program: schedules, jobs and the command line on the server.
	Machine Role = "system"
)

// RolesOf lists the roles that a user of an account of a kind can be given.
func RolesOf(k Kind) []Role {
	switch k {
	case Vendor:
		return []Role{VendorAdmin, ProgramManager, Reviewer, SupportEngineer, VendorFinance, ChannelManager, Auditor}
	case Partner:
		return []Role{PartnerAdmin, ServiceManager, PartnerFinance, AccountManager}
	case Customer:
		return []Role{CustomerAdmin, CustomerUser}
	}
	return nil
}

// An Actor is who does something, for which account, and by which door.
type Actor struct {
	Account  string // the account acted for; "" when nobody is signed in
	Kind     Kind
	User     string // the user inside the account; for Person the person account's id
	Name     string // for audit rows and timelines
	Identity string // the human's sign-in
	Person   string // the human's personal account, "" = none
	Roles    []Role
	Via      string // session, key, token, system, public
	Session  string // hash of the session, to mark the current one
	Lang     string
	IP       string
	Request  string // request id
}

// Nobody is an actor who isn't signed in.
func Nobody(ip, request, lang string) Actor {
	return Actor{Kind: Public, User: "public", Name: "public", Via: "public", IP: ip, Request: request, Lang: lang}
}

// Program is the program itself, under the name of what it runs.
func Program(name string) Actor {
	return Actor{Kind: System, User: "system:" + name, Name: name, Roles: []Role{Machine}, Via: "system", Lang: "en"}
}

// Has tells whether the actor has one of the roles.
func (a Actor) Has(roles ...Role) bool {
	for _, r := range roles {
		if slices.Contains(a.Roles, r) || r == Anyone || r == Self && a.Identity != "" {
			return true
		}
	}
	return false
}

// Can tells whether the actor's roles allow a verb. It decides what a page offers; May decides what happens.
func (a Actor) Can(v Verb) bool { return a.Has(permissions[v].Roles...) }

// May returns nil, Unauthenticated or Denied. A verb without a row is denied to everybody.
func (a Actor) May(v Verb) error {
	switch {
	case a.Can(v):
		return nil
	case a.Kind == Public:
		return fault.Unauthenticated()
	}
	return fault.Denied()
}

// Vendor tells whether the actor acts for the vendor, and so sees every partner.
func (a Actor) Vendor() bool { return a.Kind == Vendor || a.Kind == System }

// Scope is the account that the actor's queries are limited to: "" for the vendor's staff, who see every one, and a
// name of nothing for whoever acts for no account.
func (a Actor) Scope() string {
	switch {
	case a.Vendor():
		return ""
	case a.Account == "":
		return "-"
	}
	return a.Account
}

// Sees returns nil when the actor may see things of an account: the own one, or any for the vendor's staff.
// Others get NotFound, so that nobody learns what exists.
func (a Actor) Sees(account string) error {
	if account != "" && (a.Account == account || a.Vendor()) {
		return nil
	}
	return fault.NotFound()
}
