// Package privilege says which users of a company may open tickets and take lists of them away.
//
// The company's administrators always may. For the others the company has a policy: opening is free unless the policy
// restricts it, taking away is not unless the policy allows it to all; beyond that each user can be granted either. The
// words createCase and export are those of the vendor's ticket interface.
package privilege

import (
	"context"
	"errors"
	"slices"
	"time"

	"hanse/internal/domain/account"
	"hanse/internal/kit/actor"
	"hanse/internal/kit/audit"
	"hanse/internal/kit/db"
	"hanse/internal/kit/fault"
	"hanse/internal/kit/i18n"
)

// A Kind is what somebody may do.
type Kind string

// The kinds.
const (
	Create Kind = "createCase"
	Export Kind = "export"
)

// Kinds lists them.
var Kinds = []Kind{Create, Export}

// Label is a kind in words.
func (k Kind) Label() i18n.Msg {
	if k == Export {
		return i18n.M("privilege.kind.export")
	}
	return i18n.M("privilege.kind.create")
}

// A Policy is what holds for all users of an account.
type Policy struct {
	Account          string
	CreateRestricted bool // opening needs a grant
	ExportForAll     bool // taking away needs none
	ChangedBy        string
	ChangedAt        time.Time
}

// free tells whether the policy asks for no grant.
func (p Policy) free(k Kind) bool {
	if k == Export {
		return p.ExportForAll
	}
	return !p.CreateRestricted
}

// A Grant is a privilege of one user.
type Grant struct {
	Account   string
	User      string
	Kind      Kind
	GrantedBy string
	GrantedAt time.Time
}

// Main tells whether the actor stands above the policy: the company's administrators, the vendor's staff, whose roles
// decide, and the program.
func Main(by actor.Actor) bool {
	return by.Has(actor.PartnerAdmin, actor.CustomerAdmin) || by.Kind == actor.Vendor || by.Kind == actor.System
}

// May tells whether a user has a privilege. Modules ask it inside their own transactions; it asks for no permission.
func May(ctx context.Context, q db.Querier, by actor.Actor, k Kind) (bool, error) {
	if Main(by) {
		return true, nil
	}
	p, err := policy(ctx, q, by.Account)
	if err != nil || p.free(k) {
		return err == nil, err
	}
	return granted(ctx, q, by.Account, by.User, k)
}

// Service has the verbs.
type Service struct{ db *db.DB }

// New returns the service.
func New(d *db.DB) *Service { return &Service{db: d} }

// Has tells whether the actor has a privilege. Every user of a company may ask.
func (s *Service) Has(ctx context.Context, by actor.Actor, k Kind) (bool, error) {
	if err := by.May(actor.ViewTicketPrivileges); err != nil {
		return false, err
	}
	return May(ctx, s.db.Read(), by, k)
}

// Policy is the own company's policy. Every user of it may ask.
func (s *Service) Policy(ctx context.Context, by actor.Actor) (Policy, error) {
	if err := by.May(actor.ViewTicketPrivileges); err != nil {
		return Policy{}, err
	}
	return policy(ctx, s.db.Read(), by.Account)
}

// Set changes one side of the own company's policy: on restricts opening to those with a grant, or allows taking away to
// all. The company's administrators may. Setting it again changes nothing.
func (s *Service) Set(ctx context.Context, by actor.Actor, k Kind, on bool) error {
	if err := by.May(actor.ManageTicketPrivileges); err != nil {
		return err
	}
	if err := known(k); err != nil {
		return err
	}
	return s.db.Update(ctx, func(tx *db.Tx) error {
		p, err := policy(ctx, tx, by.Account)
		if err != nil {
			return err
		}
		side := &p.CreateRestricted
		if k == Export {
			side = &p.ExportForAll
		}
		if *side == on {
			return nil
		}
		*side, p.ChangedBy = on, by.Name
		if err := putPolicy(ctx, tx, p); err != nil {
			return err
		}
		return audit.Record(ctx, tx, by, actor.ManageTicketPrivileges, subject(by), map[string]any{"policy": string(k), "on": on})
	})
}

// Grants lists what the own company's users were granted. Its administrators may.
func (s *Service) Grants(ctx context.Context, by actor.Actor) ([]Grant, error) {
	if err := by.May(actor.ManageTicketPrivileges); err != nil {
		return nil, err
	}
	return grants(ctx, s.db.Read(), by.Account)
}

// A Holding is what one user may by one privilege, and by what.
type Holding struct {
	May     bool
	Always  bool  // as one of the company's administrators
	Granted Grant // User is empty without one
}

// A Holder is a user with what he or she may.
type Holder struct {
	account.User
	Create, Export Holding
}

// Holders lists the own company's active users with what each may. Its administrators may.
func (s *Service) Holders(ctx context.Context, by actor.Actor) ([]Holder, error) {
	if err := by.May(actor.ManageTicketPrivileges); err != nil {
		return nil, err
	}
	q := s.db.Read()
	p, err := policy(ctx, q, by.Account)
	if err != nil {
		return nil, err
	}
	all, err := grants(ctx, q, by.Account)
	if err != nil {
		return nil, err
	}
	of := map[string]map[Kind]Grant{}
	for _, g := range all {
		if of[g.User] == nil {
			of[g.User] = map[Kind]Grant{}
		}
		of[g.User][g.Kind] = g
	}
	users, err := account.ActiveUsers(ctx, q, by.Account)
	out := make([]Holder, len(users))
	for i, u := range users {
		holding := func(k Kind) Holding {
			h := Holding{Granted: of[u.ID][k], Always: slices.Contains(u.Roles, actor.PartnerAdmin) || slices.Contains(u.Roles, actor.CustomerAdmin)}
			h.May = h.Always || p.free(k) || h.Granted.User != ""
			return h
		}
		out[i] = Holder{u, holding(Create), holding(Export)}
	}
	return out, err
}

// Grant gives a user of the own company a privilege, or takes it back. The company's administrators may. NotFound for
// anybody else's user. Doing it again changes nothing.
func (s *Service) Grant(ctx context.Context, by actor.Actor, user string, k Kind, on bool) error {
	if err := by.May(actor.ManageTicketPrivileges); err != nil {
		return err
	}
	if err := known(k); err != nil {
		return err
	}
	return s.db.Update(ctx, func(tx *db.Tx) error {
		if _, err := account.UserOf(ctx, tx, by.Account, user); errors.Is(err, db.ErrNoRow) {
			return fault.NotFound()
		} else if err != nil {
			return err
		}
		write := drop
		if on {
			write = put
		}
		changed, err := write(ctx, tx, Grant{Account: by.Account, User: user, Kind: k, GrantedBy: by.Name})
		if err != nil || !changed {
			return err
		}
		return audit.Record(ctx, tx, by, actor.ManageTicketPrivileges, audit.Subject{Kind: "user", ID: user, Account: by.Account}, map[string]any{"privilege": string(k), "on": on})
	})
}

func known(k Kind) error {
	if !slices.Contains(Kinds, k) {
		return fault.Fields{{Name: "privilege", Value: string(k), Msg: i18n.M("privilege.bad_kind")}}.Err()
	}
	return nil
}

func subject(by actor.Actor) audit.Subject {
	return audit.Subject{Kind: "account", ID: by.Account, Account: by.Account}
}
