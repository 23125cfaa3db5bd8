package treasury

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
	"hanse/internal/kit/money"
	"hanse/internal/kit/text"
)

// A Line is a company's line of credit in one currency. Used is from the ledger.
type Line struct {
	Account     string
	AccountName string
	Unit        string
	Minor       int64 // 0 = ended
	Edition     int64
	ChangedAt   time.Time
	Used        int64
}

// A ChangeState says whether a change of a line holds.
type ChangeState string

// The states of a change.
const (
	ChangeWaiting  ChangeState = "waiting" // a second person of finance
	ChangeSet      ChangeState = "set"
	ChangeRejected ChangeState = "rejected"
)

// Label names a state.
func (s ChangeState) Label() i18n.Msg { return changeLabels[s] }

var changeLabels = map[ChangeState]i18n.Msg{
	"waiting":  i18n.M("treasury.credit.state.waiting"),
	"set":      i18n.M("treasury.credit.state.set"),
	"rejected": i18n.M("treasury.credit.state.rejected"),
}

// A CreditChange is one change of a line: the history of why it is what it is.
type CreditChange struct {
	Account     string
	ID          string
	AccountName string
	Unit        string
	Before      int64
	Minor       int64
	Reason      string
	State       ChangeState
	AskedBy     string
	AskedName   string
	DecidedBy   string
	DecidedName string
	Words       string
	CreatedAt   time.Time
	DecidedAt   time.Time
}

// A NewCredit is a line to grant, change, or with "0" to end. Amount is as typed.
type NewCredit struct {
	Account string
	Unit    string
	Amount  string
	Reason  string
	Key     string
}

func (n *NewCredit) check() (minor int64, err error) {
	var fs fault.Fields
	n.Reason = text.Lines(n.Reason)
	checkUnit(&fs, n.Unit)
	if got, bad := money.Parse(n.Amount); bad == nil && got == 0 {
		minor = 0
	} else {
		minor = money.Field(&fs, "amount", n.Amount)
	}
	checkText(&fs, "reason", n.Reason, 1, mostText)
	return minor, fs.Err()
}

// SetCredit grants, changes or ends a line of credit. A raise above the limit waits for a second person. A line below
// what is used stops further use. The vendor's finance may. Conflict for a resale customer, and while a change waits.
func (s *Service) SetCredit(ctx context.Context, by actor.Actor, in NewCredit) (c CreditChange, err error) {
	if err := by.May(actor.ManageTreasury); err != nil {
		return c, err
	}
	minor, err := in.check()
	if err != nil {
		return c, err
	}
	err = s.db.Update(ctx, func(tx *db.Tx) error {
		a, err := owner(ctx, tx, in.Account)
		if err != nil {
			return err
		}
		err = notResale(ctx, tx, a, tx.Now, func(x i18n.A) i18n.Msg { return i18n.M("treasury.conflict.resale_credit", x) })
		if err != nil {
			return err
		}
		c = CreditChange{Account: a.ID, AccountName: a.Name, Unit: in.Unit, Minor: minor, Reason: in.Reason, State: ChangeWaiting,
			AskedBy: by.User, AskedName: by.Name, CreatedAt: tx.Now}
		if c.ID, err = newID("crd", in.Key, tx.Wall); err != nil {
			return err
		}
		return s.askCredit(ctx, tx, by, &c)
	})
	return c, err
}

func (s *Service) askCredit(ctx context.Context, tx *db.Tx, by actor.Actor, c *CreditChange) error {
	if first, err := changeByID(ctx, tx, c.ID); err == nil {
		if first.Account != c.Account || first.Minor != c.Minor || first.AskedBy != c.AskedBy {
			return fault.Invalid("key", i18n.M("treasury.field.key"))
		}
		*c = first
		return nil
	} else if fault.KindOf(err) != fault.KindNotFound {
		return err
	}
	l, err := lockLine(ctx, tx, *c)
	if err != nil {
		return err
	}
	if waits, err := changeWaits(ctx, tx, c.Account, c.Unit); err != nil {
		return err
	} else if waits {
		return fault.Conflict(i18n.M("treasury.conflict.credit_waits"))
	}
	if c.Before = l.Minor; c.Before == c.Minor {
		return fault.Invalid("amount", i18n.M("treasury.field.same_line"))
	}
	most, err := limit(ctx, tx)
	if err != nil {
		return err
	}
	if c.Minor > c.Before && c.Minor > most {
		if err := insertChange(ctx, tx, *c); err != nil {
			return err
		}
		return creditTold(ctx, tx, by, *c, "credit.asked")
	}
	c.State, c.DecidedAt = ChangeSet, tx.Now
	if err := insertChange(ctx, tx, *c); err != nil {
		return err
	}
	return s.applyCredit(ctx, tx, by, *c)
}

// applyCredit makes a change hold: in the table and in the ledger.
func (s *Service) applyCredit(ctx context.Context, tx *db.Tx, by actor.Actor, c CreditChange) error {
	if err := setLine(ctx, tx, c); err != nil {
		return err
	}
	if err := ledger.SetMinimum(ctx, tx, creditPlace(c.Account, c.Unit), -c.Minor); err != nil {
		return err
	}
	return creditTold(ctx, tx, by, c, "credit.set")
}

func creditPlace(account, unit string) ledger.Place {
	return ledger.Place{Owner: account, Kind: ledger.Credit, Unit: unit}
}

func creditTold(ctx context.Context, tx *db.Tx, by actor.Actor, c CreditChange, what string) error {
	return recorded(ctx, tx, by, actor.ManageTreasury, audit.Subject{Kind: "credit", ID: c.ID, Account: c.Account}, what,
		map[string]any{"unit": c.Unit, "before": c.Before, "minor": c.Minor, "reason": c.Reason},
		CreditChanged{What: what, Account: c.Account, AccountName: c.AccountName, Change: c.ID, Unit: c.Unit, Before: c.Before, Minor: c.Minor,
			Reason: c.Reason, Words: c.Words})
}

// DecideCredit is the second signature under a raise, or its refusal, with words. Somebody else than who asked signs;
// whoever asked may refuse, which takes it back.
func (s *Service) DecideCredit(ctx context.Context, by actor.Actor, change string, agree bool, words string) (c CreditChange, err error) {
	if agree {
		err = by.May(actor.ManageTreasury)
	} else {
		err = needWords(by, actor.ManageTreasury, &words)
	}
	if err != nil {
		return c, err
	}
	err = s.db.Update(ctx, func(tx *db.Tx) error {
		if c, err = changeByID(ctx, tx, change); err != nil {
			return err
		}
		if agree {
			if err := someoneElse(by, c.AskedBy); err != nil {
				return err
			}
		}
		if c.State != ChangeWaiting {
			return fault.Conflict(i18n.M("treasury.conflict.credit_decided"))
		}
		c.DecidedBy, c.DecidedName, c.DecidedAt, c.State = by.User, by.Name, tx.Now, ChangeSet
		if !agree {
			c.State, c.Words = ChangeRejected, words
		}
		if err := decideChange(ctx, tx, c); err != nil {
			return err
		}
		if !agree {
			return creditTold(ctx, tx, by, c, "credit.rejected")
		}
		return s.applyCredit(ctx, tx, by, c)
	})
	return c, err
}

// CreditLines lists lines with what is used of them, by company. After is the cursor of the page before. Finance may.
func (s *Service) CreditLines(ctx context.Context, by actor.Actor, after string, limit int) ([]Line, string, error) {
	if err := by.May(actor.ViewTreasury); err != nil {
		return nil, "", err
	}
	n := bound(limit)
	rows, err := lines(ctx, s.db.Read(), after, n+1)
	if err != nil {
		return nil, "", err
	}
	out, next := cut(rows, n, func(l Line) string { return l.Account + ":" + l.Unit })
	for i := range out {
		b, err := ledger.BalanceOf(ctx, s.db.Read(), creditPlace(out[i].Account, out[i].Unit))
		if err != nil {
			return nil, "", err
		}
		out[i].Used = -b.Minor
	}
	return out, next, nil
}

// CreditHistory lists the changes of a company's lines, newest first. The company itself and finance may.
func (s *Service) CreditHistory(ctx context.Context, by actor.Actor, account string) ([]CreditChange, error) {
	acc, err := scoped(by, account)
	if err != nil {
		return nil, err
	}
	return changesOf(ctx, s.db.Read(), acc)
}

// WaitingCredit lists the changes that wait for a second person, oldest first. Finance may.
func (s *Service) WaitingCredit(ctx context.Context, by actor.Actor, limit int) ([]CreditChange, error) {
	if err := by.May(actor.ViewTreasury); err != nil {
		return nil, err
	}
	return waitingChanges(ctx, s.db.Read(), bound(limit))
}

// CreditOf returns one change. Finance may.
func (s *Service) CreditOf(ctx context.Context, by actor.Actor, change string) (CreditChange, error) {
	if err := by.May(actor.ViewTreasury); err != nil {
		return CreditChange{}, err
	}
	return changeByID(ctx, s.db.Read(), change)
}

// HasCredit tells whether a company has a line of credit, or owes what it used of one that ended.
func HasCredit(ctx context.Context, q db.Querier, account string) (bool, error) {
	for _, u := range Units() {
		b, err := ledger.BalanceOf(ctx, q, creditPlace(account, u))
		if err != nil {
			return false, err
		}
		if b.Minor != 0 || b.Minimum != 0 {
			return true, nil
		}
	}
	return false, nil
}

// lockedUse is what is used of a line, with the line's row held, so that of two repayments at once the second sees
// the first.
func lockedUse(ctx context.Context, tx *db.Tx, account, unit string) (int64, error) {
	if err := holdLine(ctx, tx, account, unit); errors.Is(err, db.ErrNoRow) {
		return 0, nil
	} else if err != nil {
		return 0, err
	}
	b, err := ledger.BalanceOf(ctx, tx, creditPlace(account, unit))
	return max(0, -b.Minor), err
}

// repay moves cash back into the line of credit.
func repay(ctx context.Context, tx *db.Tx, by actor.Actor, verb actor.Verb, account, unit string, minor int64, key string) (transfer string, err error) {
	posted, err := ledger.Post(ctx, tx, by, ledger.Posting{Book: account, Key: key, Kind: ledger.Lend, Scene: "repay", Verb: verb,
		Moves: []ledger.Move{{From: ledger.Place{Owner: account, Kind: ledger.Cash, Unit: unit}, To: creditPlace(account, unit), Minor: minor}}})
	return posted.ID, err
}

// Repay pays used credit back from cash: as much as is used and there. The company's finance may. It returns how much.
func (s *Service) Repay(ctx context.Context, by actor.Actor, unit string) (minor int64, err error) {
	if err := by.May(actor.PayIn); err != nil {
		return 0, err
	}
	err = s.db.Update(ctx, func(tx *db.Tx) error {
		used, err := lockedUse(ctx, tx, by.Account, unit)
		if err != nil {
			return err
		}
		cash, err := ledger.BalanceOf(ctx, tx, ledger.Place{Owner: by.Account, Kind: ledger.Cash, Unit: unit})
		if err != nil {
			return err
		}
		if minor = min(used, cash.Available()); minor <= 0 {
			return fault.Conflict(i18n.M("treasury.conflict.nothing_to_repay"))
		}
		_, err = repay(ctx, tx, by, actor.PayIn, by.Account, unit, minor, "")
		return err
	})
	return minor, err
}

// A Source is an account that pays part of an amount.
type Source struct {
	Place ledger.Place
	Minor int64
}

// Sources tells from which accounts a company pays an amount: allocated money and cash first, then the line of credit.
// Invalid (field amount) when it isn't enough. The ledger decides again when it's posted.
func Sources(ctx context.Context, q db.Querier, owner, unit string, minor int64) (out []Source, err error) {
	need, have := minor, int64(0)
	for _, k := range []ledger.Kind{ledger.Allocated, ledger.Cash, ledger.Credit} {
		b, err := ledger.BalanceOf(ctx, q, ledger.Place{Owner: owner, Kind: k, Unit: unit})
		if err != nil {
			return nil, err
		}
		have += b.Available()
		if take := min(need, b.Available()); take > 0 {
			out = append(out, Source{b.Place, take})
			need -= take
		}
	}
	if need > 0 {
		return nil, &ledger.Refusal{Why: ledger.Short, Place: ledger.Place{Owner: owner, Kind: ledger.Cash, Unit: unit}, Have: have, Need: minor}
	}
	return out, nil
}
