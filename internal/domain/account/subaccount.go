package account

import (
	"context"
	"errors"
	"time"

	"hanse/internal/domain/ledger"
	"hanse/internal/kit/actor"
	"hanse/internal/kit/audit"
	"hanse/internal/kit/db"
	"hanse/internal/kit/fault"
	"hanse/internal/kit/i18n"
	"hanse/internal/kit/id"
	"hanse/internal/kit/outbox"
)

// A SubState says where a sub-account stands to its master.
type SubState string

// The states. Only an active one counts.
const (
	SubAsked     SubState = "asked"
	SubActive    SubState = "active"
	SubRefused   SubState = "refused"
	SubWithdrawn SubState = "withdrawn"
	SubEnded     SubState = "ended"
)

// Label is the state in words.
func (s SubState) Label() i18n.Msg {
	switch s {
	case SubAsked:
		return i18n.M("subaccount.state.asked")
	case SubActive:
		return i18n.M("subaccount.state.active")
	case SubRefused:
		return i18n.M("subaccount.state.refused")
	case SubWithdrawn:
		return i18n.M("subaccount.state.withdrawn")
	}
	return i18n.M("subaccount.state.ended")
}

// A SubAccount is an account that belongs, or shall belong, under a master of the same company (business rules 1.1).
// Instants are business time.
type SubAccount struct {
	ID         string // of the relation
	Account    string // the sub-account
	Name       string
	Kind       actor.Kind
	State      SubState
	Master     string
	MasterName string
	Created    bool   // made by its master
	RenameTo   string // the name that the master asked for; "" = none
	AskedAt    time.Time
	AskedBy    string
	AnsweredAt time.Time
	EndedAt    time.Time
	Edition    int64
}

// SameCompany tells whether both are registered under one company name.
func (x SubAccount) SameCompany() bool { return SameName(x.Name, x.MasterName) }

// SubChanged is what happened to a sub-account: subaccount.asked, .added, .refused, .withdrawn, .ended, .rename_asked,
// .renamed, .rename_declined. By is the side that did it: master or sub.
type SubChanged struct {
	What       string `json:"what"`
	ID         string `json:"id"`
	Account    string `json:"account"`
	Name       string `json:"name"`
	Master     string `json:"master"`
	MasterName string `json:"master_name"`
	RenameTo   string `json:"rename_to,omitempty"`
	By         string `json:"by"`
}

// Event names the fact.
func (e SubChanged) Event() (kind, account, subject string) {
	return "subaccount." + e.What, e.Account, e.ID
}

// MasterOf is the account that an account belongs under; ok is false for one of its own. It asks no permission.
func MasterOf(ctx context.Context, q db.Querier, sub string) (master Account, ok bool, err error) {
	x, err := activeSub(ctx, q, sub)
	if errors.Is(err, db.ErrNoRow) {
		return master, false, nil
	}
	if err != nil {
		return master, false, err
	}
	master, err = Get(ctx, q, x.Master)
	return master, err == nil, err
}

// SubAccounts are the active ones of a master, by their age. It asks no permission.
func SubAccounts(ctx context.Context, q db.Querier, master string) ([]SubAccount, error) {
	return subsOf(ctx, q, master, SubActive)
}

// Group are the accounts of one company that share what one of them bought: the master first, then its sub-accounts
// with the same company name. An account that belongs to nobody, or bears another name than its master, is alone.
func Group(ctx context.Context, q db.Querier, id string) ([]Account, error) {
	own, err := Get(ctx, q, id)
	if err != nil {
		return nil, err
	}
	master, ok, err := MasterOf(ctx, q, id)
	if err != nil {
		return nil, err
	}
	if !ok {
		master = own
	} else if !SameName(own.Name, master.Name) {
		return []Account{own}, nil
	}
	subs, err := SubAccounts(ctx, q, master.ID)
	if err != nil {
		return nil, err
	}
	out := []Account{master}
	for _, x := range subs {
		if !x.SameCompany() {
			continue
		}
		a, err := Get(ctx, q, x.Account)
		if err != nil {
			return nil, err
		}
		out = append(out, a)
	}
	return out, nil
}

// AskSub asks an account to belong under the actor's own. It's named by its id and by its company name, so that nobody
// learns from an id alone whose it is. A partner's administrators may. NotFound when the two aren't of one account;
// Conflict when it has a master, is one, or was asked already. Another name than the master's is no obstacle here: it
// keeps the two from sharing a plan until one of them is renamed.
func (s *Service) AskSub(ctx context.Context, by actor.Actor, sub, name string) (x SubAccount, err error) {
	if err := by.May(actor.ManageSubAccounts); err != nil {
		return x, err
	}
	err = s.db.Update(ctx, func(tx *db.Tx) error {
		master, a, err := s.pair(ctx, tx, by.Account, sub, name)
		if err != nil {
			return err
		}
		x = newSub(tx, by, master, a, SubAsked)
		if err := insertSub(ctx, tx, x); err != nil {
			return err
		}
		return s.subDone(ctx, tx, by, actor.ManageSubAccounts, "asked", x)
	})
	return x, err
}

// pair reads the two and refuses what can't be: chains, a second master, a second question.
func (s *Service) pair(ctx context.Context, tx *db.Tx, masterID, sub, name string) (master, a Account, err error) {
	if master, err = Get(ctx, tx, masterID); err != nil {
		return master, a, err
	}
	unknown := fault.New(fault.KindNotFound, i18n.M("subaccount.unknown"))
	if a, err = Get(ctx, tx, sub); err != nil {
		if fault.KindOf(err) == fault.KindNotFound {
			err = unknown
		}
		return master, a, err
	}
	if err := hold(ctx, tx, a.ID); err != nil {
		return master, a, err
	}
	if a.ID == master.ID || a.Kind != actor.Customer && a.Kind != actor.Partner || a.State != Active || !SameName(a.Name, name) {
		return master, a, unknown
	}
	if _, ok, err := MasterOf(ctx, tx, master.ID); err != nil || ok {
		return master, a, orConflict(err, i18n.M("subaccount.no_chain"))
	}
	if _, ok, err := MasterOf(ctx, tx, a.ID); err != nil || ok {
		return master, a, orConflict(err, i18n.M("subaccount.has_master", i18n.A{"name": a.Name}))
	}
	subs, err := SubAccounts(ctx, tx, a.ID)
	if err != nil || len(subs) > 0 {
		return master, a, orConflict(err, i18n.M("subaccount.is_master", i18n.A{"name": a.Name}))
	}
	asked, err := askedOf(ctx, tx, a.ID)
	for _, x := range asked {
		if x.Master == master.ID {
			return master, a, fault.Conflict(i18n.M("subaccount.asked_already", i18n.A{"name": a.Name}))
		}
	}
	return master, a, err
}

func orConflict(err error, words i18n.Msg) error {
	if err != nil {
		return err
	}
	return fault.Conflict(words)
}

func newSub(tx *db.Tx, by actor.Actor, master, a Account, state SubState) SubAccount {
	return SubAccount{ID: id.New("sub", tx.Wall), Account: a.ID, Name: a.Name, Kind: a.Kind, State: state, Master: master.ID, MasterName: master.Name,
		AskedAt: tx.Now, AskedBy: by.Name, Edition: 1}
}

// NewSub is a sub-account to make: it gets its master's company name and country. Contact and Email are its first
// administrator's, who is sent a link.
type NewSub struct{ Contact, Email, Phone, Lang string }

// CreateSub makes a sub-account under the actor's own company. A partner's administrators may. It's active at once;
// somebody can act for it once the link is used.
func (s *Service) CreateSub(ctx context.Context, by actor.Actor, in NewSub) (x SubAccount, err error) {
	if err := by.May(actor.ManageSubAccounts); err != nil {
		return x, err
	}
	err = s.db.Update(ctx, func(tx *db.Tx) error {
		master, err := Get(ctx, tx, by.Account)
		if err != nil {
			return err
		}
		if _, ok, err := MasterOf(ctx, tx, master.ID); err != nil || ok {
			return orConflict(err, i18n.M("subaccount.no_chain"))
		}
		a, err := s.subCompany(ctx, tx, by, master, in)
		if err != nil {
			return err
		}
		x = newSub(tx, by, master, a, SubActive)
		x.Created, x.AnsweredAt = true, tx.Now
		if err := insertSub(ctx, tx, x); err != nil {
			return err
		}
		return s.joined(ctx, tx, by, actor.ManageSubAccounts, x)
	})
	return x, err
}

func (s *Service) subCompany(ctx context.Context, tx *db.Tx, by actor.Actor, master Account, in NewSub) (Account, error) {
	var fs fault.Fields
	in.Contact = line(&fs, "contact", in.Contact, maxContact, true)
	in.Email = email(&fs, in.Email)
	if err := fs.Err(); err != nil {
		return Account{}, err
	}
	a, err := InsertCustomer(ctx, tx, by, actor.ManageSubAccounts,
		NewCustomer{Name: master.Name, Country: master.Country, Contact: in.Contact, Email: in.Email, Phone: in.Phone}, Invited)
	if err != nil {
		return a, err
	}
	return a, s.InviteFirst(ctx, tx, by, actor.ManageSubAccounts, a, in.Lang)
}

// joined opens the sub-account's book, so that it can pay, and tells of it.
func (s *Service) joined(ctx context.Context, tx *db.Tx, by actor.Actor, verb actor.Verb, x SubAccount) error {
	v, err := VendorAccount(ctx, tx)
	if err != nil {
		return err
	}
	if err := ledger.OpenBook(ctx, tx, x.Account, v.ID); err != nil {
		return err
	}
	return s.subDone(ctx, tx, by, verb, "added", x)
}

// subDone leaves the audit row and the event of a change.
func (s *Service) subDone(ctx context.Context, tx *db.Tx, by actor.Actor, verb actor.Verb, what string, x SubAccount) error {
	side := "master"
	if by.Account == x.Account {
		side = "sub"
	}
	detail := map[string]any{"did": what, "master": x.Master}
	if x.RenameTo != "" {
		detail["rename_to"] = x.RenameTo
	}
	if err := audit.Record(ctx, tx, by, verb, audit.Subject{Kind: "subaccount", ID: x.ID, Account: x.Account}, detail); err != nil {
		return err
	}
	return outbox.Append(ctx, tx, SubChanged{What: what, ID: x.ID, Account: x.Account, Name: x.Name, Master: x.Master, MasterName: x.MasterName,
		RenameTo: x.RenameTo, By: side})
}
