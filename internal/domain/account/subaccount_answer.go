package account

import (
	"context"
	"errors"

	"hanse/internal/kit/actor"
	"hanse/internal/kit/db"
	"hanse/internal/kit/fault"
	"hanse/internal/kit/i18n"
)

// Own is what an account sees of sub-accounts: those under it, whatever became of them, the master it has, and the
// masters that ask for it.
type Own struct {
	Account Account
	Subs    []SubAccount
	Master  *SubAccount
	Asked   []SubAccount
}

// SubAccountsOf reads what an account sees of sub-accounts. The account's own users, and the vendor's staff for any, may.
func (s *Service) SubAccountsOf(ctx context.Context, by actor.Actor, account string) (o Own, err error) {
	if err := by.May(actor.ViewSubAccounts); err != nil {
		return o, err
	}
	if err := by.Sees(account); err != nil {
		return o, err
	}
	q := s.db.Read()
	if o.Account, err = Get(ctx, q, account); err != nil {
		return o, err
	}
	if o.Subs, err = subsOf(ctx, q, account, ""); err != nil {
		return o, err
	}
	x, err := activeSub(ctx, q, account)
	switch {
	case err == nil:
		o.Master = &x
	case !errors.Is(err, db.ErrNoRow):
		return o, err
	}
	o.Asked, err = askedOf(ctx, q, account)
	return o, err
}

// AnswerSub accepts a master's question or refuses it. The administrators of the account that was asked may. Conflict
// when it was answered or taken back, or when the account has found a master meanwhile.
func (s *Service) AnswerSub(ctx context.Context, by actor.Actor, relation string, accept bool) error {
	return s.ofSub(ctx, by, actor.AnswerSubAccounts, relation, func(tx *db.Tx, x SubAccount) error {
		if x.Account != by.Account {
			return fault.NotFound()
		}
		if !accept {
			return s.moveSub(ctx, tx, by, actor.AnswerSubAccounts, x, SubAsked, SubRefused, "refused")
		}
		if err := hold(ctx, tx, x.Account); err != nil {
			return err
		}
		if _, ok, err := MasterOf(ctx, tx, x.Account); err != nil || ok {
			return orConflict(err, i18n.M("subaccount.has_master", i18n.A{"name": x.Name}))
		}
		if _, ok, err := MasterOf(ctx, tx, x.Master); err != nil || ok {
			return orConflict(err, i18n.M("subaccount.no_chain"))
		}
		x.AnsweredAt = tx.Now
		if err := setSub(ctx, tx, x, SubAsked, SubActive, by.Name); err != nil {
			return lost(err)
		}
		x.State = SubActive
		return s.joined(ctx, tx, by, actor.AnswerSubAccounts, x)
	})
}

// WithdrawSub takes a question back. The master's administrators may.
func (s *Service) WithdrawSub(ctx context.Context, by actor.Actor, relation string) error {
	return s.ofSub(ctx, by, actor.ManageSubAccounts, relation, func(tx *db.Tx, x SubAccount) error {
		if x.Master != by.Account {
			return fault.NotFound()
		}
		return s.moveSub(ctx, tx, by, actor.ManageSubAccounts, x, SubAsked, SubWithdrawn, "withdrawn")
	})
}

// A Bond says why a sub-account can't leave its master now; nil when it can.
type Bond func(ctx context.Context, q db.Querier, sub string) error

// BindSubs adds a reason for which a sub-account stays with its master, such as a running support plan. Call it before
// anything is served.
func (s *Service) BindSubs(b Bond) { s.bonds = append(s.bonds, b) }

// EndSub parts a sub-account from its master. The master's administrators may, and the sub-account's. Conflict as long
// as something binds them.
func (s *Service) EndSub(ctx context.Context, by actor.Actor, relation string) error {
	return s.ofSub(ctx, by, actor.AnswerSubAccounts, relation, func(tx *db.Tx, x SubAccount) error {
		for _, bound := range s.bonds {
			if err := bound(ctx, tx, x.Account); err != nil {
				return err
			}
		}
		return s.moveSub(ctx, tx, by, actor.AnswerSubAccounts, x, SubActive, SubEnded, "ended")
	})
}

func (s *Service) moveSub(ctx context.Context, tx *db.Tx, by actor.Actor, verb actor.Verb, x SubAccount, from, to SubState, what string) error {
	if err := setSub(ctx, tx, x, from, to, by.Name); err != nil {
		return lost(err)
	}
	return s.subDone(ctx, tx, by, verb, what, x)
}

// AskRename asks a sub-account to take its master's company name. The master's administrators may. Conflict when the
// names are the same already.
func (s *Service) AskRename(ctx context.Context, by actor.Actor, relation string) error {
	return s.ofSub(ctx, by, actor.ManageSubAccounts, relation, func(tx *db.Tx, x SubAccount) error {
		switch {
		case x.Master != by.Account:
			return fault.NotFound()
		case x.State != SubActive || x.SameCompany():
			return fault.Conflict(i18n.M("subaccount.same_name", i18n.A{"name": x.Name}))
		}
		x.RenameTo = x.MasterName
		if err := setRename(ctx, tx, x); err != nil {
			return lost(err)
		}
		return s.subDone(ctx, tx, by, actor.ManageSubAccounts, "rename_asked", x)
	})
}

// Rename gives the actor's own account its master's company name, asked for or not, or declines what was asked. The
// sub-account's administrators may.
func (s *Service) Rename(ctx context.Context, by actor.Actor, relation string, accept bool) error {
	return s.ofSub(ctx, by, actor.AnswerSubAccounts, relation, func(tx *db.Tx, x SubAccount) error {
		if x.Account != by.Account {
			return fault.NotFound()
		}
		if x.State != SubActive || accept && x.SameCompany() || !accept && x.RenameTo == "" {
			return fault.Conflict(i18n.M("subaccount.same_name", i18n.A{"name": x.Name}))
		}
		x.RenameTo = ""
		if err := setRename(ctx, tx, x); err != nil {
			return lost(err)
		}
		if !accept {
			return s.subDone(ctx, tx, by, actor.AnswerSubAccounts, "rename_declined", x)
		}
		old, err := Get(ctx, tx, x.Account)
		if err != nil {
			return err
		}
		a := old
		a.Name = x.MasterName
		if err := update(ctx, tx, a); err != nil {
			return lost(err)
		}
		if err := s.changed(ctx, tx, by, actor.AnswerSubAccounts, "edited", a, "", differences(old, a)); err != nil {
			return err
		}
		x.Name = a.Name
		return s.subDone(ctx, tx, by, actor.AnswerSubAccounts, "renamed", x)
	})
}

// ofSub does something with a relation that the actor is part of.
func (s *Service) ofSub(ctx context.Context, by actor.Actor, verb actor.Verb, relation string, do func(tx *db.Tx, x SubAccount) error) error {
	if err := by.May(verb); err != nil {
		return err
	}
	return s.db.Update(ctx, func(tx *db.Tx) error {
		x, err := subByID(ctx, tx, relation)
		if errors.Is(err, db.ErrNoRow) || err == nil && x.Account != by.Account && x.Master != by.Account {
			return fault.NotFound()
		}
		if err != nil {
			return err
		}
		return do(tx, x)
	})
}
