package treasury

import (
	"context"
	"time"

	"hanse/internal/domain/ledger"
	"hanse/internal/kit/actor"
	"hanse/internal/kit/audit"
	"hanse/internal/kit/db"
	"hanse/internal/kit/fault"
	"hanse/internal/kit/i18n"
	"hanse/internal/kit/money"
	"hanse/internal/kit/text"
)

// An EarmarkState says whether something is still set aside.
type EarmarkState string

// The states of an earmark.
const (
	Active   EarmarkState = "active"
	Released EarmarkState = "released"
)

// Label names a state.
func (s EarmarkState) Label() i18n.Msg { return earmarkLabels[s] }

var earmarkLabels = map[EarmarkState]i18n.Msg{
	"active":   i18n.M("treasury.earmark.state.active"),
	"released": i18n.M("treasury.earmark.state.released"),
}

// An Earmark is part of a company's cash that the vendor set aside for a purpose. It can't be allocated (business
// rules 4.2).
type Earmark struct {
	Account     string
	ID          string
	AccountName string
	Unit        string
	Minor       int64
	Left        int64 // still set aside
	Purpose     string
	State       EarmarkState
	Reason      string
	MadeBy      string // names
	ReleasedBy  string
	CreatedAt   time.Time
	ChangedAt   time.Time
}

// A NewEarmark is what finance enters. Amount is as typed.
type NewEarmark struct {
	Account string
	Unit    string
	Amount  string
	Purpose string
	Key     string
}

// Earmark sets part of a company's cash aside. The vendor's finance may. The ledger's refusal when there's less.
func (s *Service) Earmark(ctx context.Context, by actor.Actor, in NewEarmark) (e Earmark, err error) {
	if err := by.May(actor.ManageTreasury); err != nil {
		return e, err
	}
	var fs fault.Fields
	in.Purpose = text.Clean(in.Purpose)
	checkUnit(&fs, in.Unit)
	minor := money.Field(&fs, "amount", in.Amount)
	checkText(&fs, "purpose", in.Purpose, 1, mostLine)
	if err := fs.Err(); err != nil {
		return e, err
	}
	err = s.db.Update(ctx, func(tx *db.Tx) error {
		a, err := owner(ctx, tx, in.Account)
		if err != nil {
			return err
		}
		e = Earmark{Account: a.ID, AccountName: a.Name, Unit: in.Unit, Minor: minor, Left: minor, Purpose: in.Purpose, State: Active,
			MadeBy: by.Name, CreatedAt: tx.Now, ChangedAt: tx.Now}
		if e.ID, err = newID("ear", in.Key, tx.Wall); err != nil {
			return err
		}
		fresh, err := insertEarmark(ctx, tx, e)
		if err != nil {
			return err
		}
		if !fresh {
			e, err = sameEarmark(ctx, tx, e)
			return err
		}
		if err := s.postEarmark(ctx, tx, by, e, ledger.Earmark, minor, "earmark:"+e.ID); err != nil {
			return err
		}
		return earmarkTold(ctx, tx, by, e, "earmark.made", minor)
	})
	return e, err
}

func sameEarmark(ctx context.Context, tx *db.Tx, e Earmark) (Earmark, error) {
	first, err := earmarkByID(ctx, tx, "", e.ID)
	if err == nil && (first.Account != e.Account || first.Minor != e.Minor || first.Purpose != e.Purpose) {
		err = fault.Invalid("key", i18n.M("treasury.field.key"))
	}
	return first, err
}

// postEarmark moves money between cash and what is set aside, within the company's book.
func (s *Service) postEarmark(ctx context.Context, tx *db.Tx, by actor.Actor, e Earmark, kind string, minor int64, key string) error {
	cash := ledger.Place{Owner: e.Account, Kind: ledger.Cash, Unit: e.Unit}
	aside := ledger.Place{Owner: e.Account, Kind: ledger.Earmarked, Unit: e.Unit}
	m := ledger.Move{From: cash, To: aside, Minor: minor}
	if kind == ledger.Release {
		m.From, m.To = aside, cash
	}
	_, err := ledger.Post(ctx, tx, by, ledger.Posting{Book: e.Account, Key: key, Kind: kind, Memo: e.Purpose, Subject: "earmark:" + e.ID,
		Verb: actor.ManageTreasury, Moves: []ledger.Move{m}})
	return err
}

func earmarkTold(ctx context.Context, tx *db.Tx, by actor.Actor, e Earmark, what string, minor int64) error {
	return recorded(ctx, tx, by, actor.ManageTreasury, audit.Subject{Kind: "earmark", ID: e.ID, Account: e.Account}, what,
		map[string]any{"unit": e.Unit, "minor": minor, "purpose": e.Purpose, "reason": e.Reason},
		EarmarkChanged{What: what, Account: e.Account, Earmark: e.ID, Unit: e.Unit, Minor: minor, Purpose: e.Purpose, Reason: e.Reason})
}

// ReleaseEarmark gives set-aside money back to cash, in whole or in part, with a reason. left is what the page showed
// as still set aside: a stale page is refused (Conflict). The vendor's finance may.
func (s *Service) ReleaseEarmark(ctx context.Context, by actor.Actor, earmark string, left int64, amount, reason string) (e Earmark, err error) {
	if err := needWords(by, actor.ManageTreasury, &reason); err != nil {
		return e, err
	}
	var fs fault.Fields
	minor := money.Field(&fs, "amount", amount)
	if err := fs.Err(); err != nil {
		return e, err
	}
	err = s.db.Update(ctx, func(tx *db.Tx) error {
		if e, err = earmarkByID(ctx, tx, "", earmark); err != nil {
			return err
		}
		if e.State != Active || e.Left != left {
			return fault.Conflict(i18n.M("treasury.conflict.earmark"))
		}
		if minor > e.Left {
			return fault.Invalid("amount", i18n.M("treasury.field.earmark_left", i18n.A{"left": money.Text(e.Left)}))
		}
		e.Left, e.Reason, e.ReleasedBy, e.ChangedAt = e.Left-minor, reason, by.Name, tx.Now
		if e.Left == 0 {
			e.State = Released
		}
		if err := moveEarmark(ctx, tx, e, left); err != nil {
			return err
		}
		if err := s.postEarmark(ctx, tx, by, e, ledger.Release, minor, ""); err != nil {
			return err
		}
		return earmarkTold(ctx, tx, by, e, "earmark.released", minor)
	})
	return e, err
}

// An EarmarkFilter narrows the list; After is the last id seen.
type EarmarkFilter struct {
	Account string
	State   EarmarkState
	After   string
	Limit   int
}

// Earmarks lists what is set aside, newest first. Finance sees all, a company its own.
func (s *Service) Earmarks(ctx context.Context, by actor.Actor, f EarmarkFilter) ([]Earmark, string, error) {
	acc, err := scoped(by, f.Account)
	if err != nil {
		return nil, "", err
	}
	n := bound(f.Limit)
	f.Account, f.Limit = acc, n+1
	rows, err := earmarks(ctx, s.db.Read(), f)
	out, next := cut(rows, n, func(e Earmark) string { return e.ID })
	return out, next, err
}

// OneEarmark returns one in the reader's scope.
func (s *Service) OneEarmark(ctx context.Context, by actor.Actor, earmark string) (Earmark, error) {
	scope, err := scoped(by, "")
	if err != nil {
		return Earmark{}, err
	}
	return earmarkByID(ctx, s.db.Read(), scope, earmark)
}

// ReleaseDeposit gives part of a company's deposit back to its cash, with a reason. The vendor's finance may. The
// same key does it once.
func (s *Service) ReleaseDeposit(ctx context.Context, by actor.Actor, account, unit, amount, reason, key string) error {
	if err := needWords(by, actor.ManageTreasury, &reason); err != nil {
		return err
	}
	var fs fault.Fields
	checkUnit(&fs, unit)
	minor := money.Field(&fs, "amount", amount)
	if err := fs.Err(); err != nil {
		return err
	}
	return s.db.Update(ctx, func(tx *db.Tx) error {
		a, err := owner(ctx, tx, account)
		if err != nil {
			return err
		}
		if key != "" {
			key = "deposit:" + key
		}
		_, err = ledger.Post(ctx, tx, by, ledger.Posting{Book: a.ID, Key: key, Kind: ledger.Release, Scene: "deposit", Memo: reason, Verb: actor.ManageTreasury,
			Moves: []ledger.Move{{From: ledger.Place{Owner: a.ID, Kind: ledger.Deposit, Unit: unit}, To: ledger.Place{Owner: a.ID, Kind: ledger.Cash, Unit: unit}, Minor: minor}}})
		return err
	})
}
