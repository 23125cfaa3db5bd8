package treasury

import (
	"context"
	"encoding/json"
	"errors"
	"slices"

	"hanse/internal/domain/account"
	"hanse/internal/domain/confirm"
	"hanse/internal/domain/ledger"
	"hanse/internal/domain/setting"
	"hanse/internal/kit/actor"
	"hanse/internal/kit/audit"
	"hanse/internal/kit/calendar"
	"hanse/internal/kit/db"
	"hanse/internal/kit/fault"
	"hanse/internal/kit/i18n"
	"hanse/internal/kit/money"
	"hanse/internal/kit/text"
)

const (
	bankPurpose       = "bank-data"
	withdrawalSubject = "withdrawal"
)

// SaveBank stores where the own company's withdrawals go. Its administrators and finance may.
func (s *Service) SaveBank(ctx context.Context, by actor.Actor, b Bank) error {
	if err := by.May(actor.WithdrawFunds); err != nil {
		return err
	}
	if err := b.check(); err != nil {
		return err
	}
	plain, err := json.Marshal(b)
	if err != nil {
		return err
	}
	sealed := s.Vault.Seal(bankPurpose, string(plain))
	return s.db.Update(ctx, func(tx *db.Tx) error {
		v := BankView{Holder: b.Holder, Name: b.Name, Branch: b.Branch, Masked: masked(b.Number), ChangedBy: by.Name, ChangedAt: tx.Now, sealed: sealed}
		if err := saveBank(ctx, tx, by.Account, v); err != nil {
			return err
		}
		return audit.Record(ctx, tx, by, actor.WithdrawFunds, audit.Subject{Kind: "bank_data", ID: by.Account, Account: by.Account},
			map[string]any{"bank": b.Name, "branch": b.Branch, "number": v.Masked})
	})
}

// BankData is the own company's bank data, masked; nothing is known before it was saved. Who withdraws may.
func (s *Service) BankData(ctx context.Context, by actor.Actor) (BankView, error) {
	if err := by.May(actor.WithdrawFunds); err != nil {
		return BankView{}, err
	}
	return knownBank(ctx, s.db.Read(), by.Account)
}

func knownBank(ctx context.Context, q db.Querier, account string) (BankView, error) {
	b, err := bankOf(ctx, q, account)
	if errors.Is(err, db.ErrNoRow) {
		err = nil
	}
	return b, err
}

// RevealBank gives the whole bank data of a withdrawal, for paying it, and records who looked. Finance may.
func (s *Service) RevealBank(ctx context.Context, by actor.Actor, withdrawal string) (b Bank, err error) {
	if err := by.May(actor.ManageTreasury); err != nil {
		return b, err
	}
	err = s.db.Update(ctx, func(tx *db.Tx) error {
		w, err := withdrawalByID(ctx, tx, "", withdrawal)
		if err != nil {
			return err
		}
		if w.BankSealed == "" {
			return fault.NotFound()
		}
		plain, err := s.Vault.Open(bankPurpose, w.BankSealed)
		if err != nil {
			return err
		}
		if err := json.Unmarshal([]byte(plain), &b); err != nil {
			return err
		}
		return audit.Record(ctx, tx, by, actor.ManageTreasury, audit.Subject{Kind: withdrawalSubject, ID: w.ID, Account: w.Account}, map[string]any{"did": "look"})
	})
	return b, err
}

// WithdrawAbout is what the code of a withdrawal confirms.
func WithdrawAbout(account, unit, amount string) string {
	n, err := money.Parse(amount)
	if err != nil {
		n = 0
	}
	return confirm.About(account, unit, money.Text(n))
}

// Withdraw asks for cash back: it's held from now on. The own company's finance may; people confirm with a code. It
// goes back to the top-ups it came by. Invalid when that much can't be withdrawn, Conflict without bank data when part
// of it came by bank, and for a resale customer.
func (s *Service) Withdraw(ctx context.Context, by actor.Actor, in NewWithdrawal) (w Withdrawal, err error) {
	if err := by.May(actor.WithdrawFunds); err != nil {
		return w, err
	}
	minor, err := in.check()
	if err != nil {
		return w, err
	}
	// Everything is checked before the code is spent, and again in the transaction that holds the money.
	if w, err = s.planned(ctx, s.db.Read(), by, in, minor); err != nil || w.ID != "" {
		return w, err
	}
	if err := s.Confirm.Use(ctx, by, confirm.Withdraw, WithdrawAbout(by.Account, in.Unit, in.Amount), in.Code); err != nil {
		return w, err
	}
	err = s.db.Update(ctx, func(tx *db.Tx) error {
		if w, err = s.planned(ctx, tx, by, in, minor); err != nil || w.ID != "" {
			return err
		}
		if w.ID, err = newID("wdr", in.Key, tx.Wall); err != nil {
			return err
		}
		days, err := setting.Int(ctx, tx, setting.WithdrawalDays, tx.Now)
		if err != nil {
			return err
		}
		w.CreatedAt, w.ChangedAt, w.DueAt = tx.Now, tx.Now, s.Working.DueAfter(tx.Now, days)
		return s.request(ctx, tx, by, &w)
	})
	return w, err
}

// planned makes the withdrawal that a form asks for, or finds the one that it made before: then it has an id.
func (s *Service) planned(ctx context.Context, q db.Querier, by actor.Actor, in NewWithdrawal, minor int64) (w Withdrawal, err error) {
	if in.Key != "" {
		if w, err = withdrawalByID(ctx, q, by.Account, in.Key); err == nil && (w.Minor != minor || w.Unit != in.Unit) {
			err = fault.Invalid("key", i18n.M("treasury.field.key"))
		}
		if err == nil || fault.KindOf(err) != fault.KindNotFound {
			return w, err
		}
	}
	a, err := owner(ctx, q, by.Account)
	if err != nil {
		return w, err
	}
	err = notResale(ctx, q, a, s.db.Clock().Now(), func(x i18n.A) i18n.Msg { return i18n.M("treasury.conflict.resale_withdraw", x) })
	if err != nil {
		return w, err
	}
	tops, err := sourcesOf(ctx, q, by.Account, in.Unit)
	if err != nil {
		return w, err
	}
	parts, short := plan(tops, in.From, minor)
	if short > 0 {
		return w, fault.Invalid("amount", i18n.M("treasury.field.withdrawable", i18n.A{"most": money.Text(minor - short)}))
	}
	w = Withdrawal{Account: a.ID, AccountName: a.Name, Unit: in.Unit, Minor: minor, State: Requested, Edition: 1, AskedBy: by.User, AskedName: by.Name, Parts: parts}
	return w, s.toBank(ctx, q, &w)
}

// toBank notes the bank data, which is needed unless everything came by online payments.
func (s *Service) toBank(ctx context.Context, q db.Querier, w *Withdrawal) error {
	b, err := knownBank(ctx, q, w.Account)
	if err != nil {
		return err
	}
	if b.Known() {
		w.BankSealed, w.BankText = b.sealed, b.Text()
		return nil
	}
	for _, p := range w.Parts {
		if p.Method != Online {
			return fault.Conflict(i18n.M("treasury.conflict.bank_missing"))
		}
	}
	return nil
}

// request writes a withdrawal, takes it out of what can be withdrawn of its top-ups, and holds the money.
func (s *Service) request(ctx context.Context, tx *db.Tx, by actor.Actor, w *Withdrawal) error {
	if err := insertWithdrawal(ctx, tx, *w); err != nil {
		return err
	}
	if err := takeParts(ctx, tx, *w); err != nil {
		return err
	}
	h, err := ledger.Reserve(ctx, tx, by, ledger.Reservation{Place: ledger.Place{Owner: w.Account, Kind: ledger.Cash, Unit: w.Unit}, Minor: w.Minor,
		Subject: withdrawalSubject + ":" + w.ID, Key: withdrawalSubject + ":" + w.ID, Verb: actor.WithdrawFunds})
	if err != nil {
		return err
	}
	w.Hold = h.ID
	if err := heldBy(ctx, tx, *w); err != nil {
		return err
	}
	return withdrawalTold(ctx, tx, by, actor.WithdrawFunds, *w)
}

func withdrawalTold(ctx context.Context, tx *db.Tx, by actor.Actor, verb actor.Verb, w Withdrawal) error {
	what := "withdrawal." + string(w.State)
	return recorded(ctx, tx, by, verb, audit.Subject{Kind: withdrawalSubject, ID: w.ID, Account: w.Account}, what,
		map[string]any{"unit": w.Unit, "minor": w.Minor, "reason": w.Reason, "bank": w.BankReference},
		WithdrawalChanged{What: what, Account: w.Account, AccountName: w.AccountName, Withdrawal: w.ID, Unit: w.Unit, Minor: w.Minor, Reason: w.Reason, Reference: w.BankReference})
}

// moveOn is one step: use does what it takes after the row has changed.
func (s *Service) moveOn(ctx context.Context, by actor.Actor, verb actor.Verb, id string, edition int64, to WithdrawalState, change func(w *Withdrawal), use func(tx *db.Tx, w *Withdrawal) error) (w Withdrawal, err error) {
	scope, finance := by.Account, theOwner
	if verb == actor.ManageTreasury {
		scope, finance = "", theFinance
	}
	err = s.db.Update(ctx, func(tx *db.Tx) error {
		if w, err = withdrawalByID(ctx, tx, scope, id); err != nil {
			return err
		}
		who, ok := withdrawalSteps[w.State][to]
		if !ok || who != finance || w.Edition != edition {
			return fault.Conflict(i18n.M("treasury.conflict.withdrawal", i18n.A{"state": w.State.Label()}))
		}
		from := w.State
		w.State, w.ChangedAt = to, tx.Now
		if change != nil {
			change(&w)
		}
		if err := moveWithdrawal(ctx, tx, &w, from); err != nil {
			return err
		}
		if w.Parts, err = partsOf(ctx, tx, w); err != nil {
			return err
		}
		if err := use(tx, &w); err != nil {
			return err
		}
		return withdrawalTold(ctx, tx, by, verb, w)
	})
	return w, err
}

// giveBack lets the held money go and makes it withdrawable again.
func (s *Service) giveBack(ctx context.Context, by actor.Actor, verb actor.Verb) func(tx *db.Tx, w *Withdrawal) error {
	return func(tx *db.Tx, w *Withdrawal) error {
		if err := returnParts(ctx, tx, *w); err != nil {
			return err
		}
		return ledger.Free(ctx, tx, by, verb, w.Account, w.Hold)
	}
}

// CancelWithdrawal takes a request back before finance approved it; the money is free again.
func (s *Service) CancelWithdrawal(ctx context.Context, by actor.Actor, withdrawal string, edition int64) (Withdrawal, error) {
	if err := by.May(actor.WithdrawFunds); err != nil {
		return Withdrawal{}, err
	}
	return s.moveOn(ctx, by, actor.WithdrawFunds, withdrawal, edition, Cancelled, nil, s.giveBack(ctx, by, actor.WithdrawFunds))
}

// ApproveWithdrawal lets a withdrawal be paid. The vendor's finance may.
func (s *Service) ApproveWithdrawal(ctx context.Context, by actor.Actor, withdrawal string, edition int64) (Withdrawal, error) {
	if err := by.May(actor.ManageTreasury); err != nil {
		return Withdrawal{}, err
	}
	return s.moveOn(ctx, by, actor.ManageTreasury, withdrawal, edition, Approved, func(w *Withdrawal) { w.ApprovedBy, w.ApprovedName = by.User, by.Name },
		func(*db.Tx, *Withdrawal) error { return nil })
}

// RejectWithdrawal refuses a request, with a reason; the money is free again.
func (s *Service) RejectWithdrawal(ctx context.Context, by actor.Actor, withdrawal string, edition int64, reason string) (Withdrawal, error) {
	return s.endWithout(ctx, by, withdrawal, edition, Refused, reason)
}

// FailWithdrawal says that the bank sent an approved one back, with a reason; the money is free again.
func (s *Service) FailWithdrawal(ctx context.Context, by actor.Actor, withdrawal string, edition int64, reason string) (Withdrawal, error) {
	return s.endWithout(ctx, by, withdrawal, edition, FailedOut, reason)
}

func (s *Service) endWithout(ctx context.Context, by actor.Actor, withdrawal string, edition int64, to WithdrawalState, reason string) (Withdrawal, error) {
	if err := needWords(by, actor.ManageTreasury, &reason); err != nil {
		return Withdrawal{}, err
	}
	return s.moveOn(ctx, by, actor.ManageTreasury, withdrawal, edition, to, func(w *Withdrawal) { w.Reason, w.HandledName = reason, by.Name },
		s.giveBack(ctx, by, actor.ManageTreasury))
}

// PayWithdrawal marks an approved withdrawal as paid under the bank's reference; parts that came by online payment are
// refunded through the provider first. Above the limit somebody else pays than who approved. The vendor's finance may.
func (s *Service) PayWithdrawal(ctx context.Context, by actor.Actor, withdrawal string, edition int64, reference, paidOn string) (w Withdrawal, err error) {
	if err := by.May(actor.ManageTreasury); err != nil {
		return w, err
	}
	if w, err = s.payable(ctx, by, withdrawal, edition); err != nil {
		return w, err
	}
	reference = text.Clean(reference)
	var fs fault.Fields
	if checkText(&fs, "reference", reference, 1, mostLine); len(w.Parts) > 0 && !slices.ContainsFunc(w.Parts, func(p Part) bool { return p.Method != Online }) {
		fs = nil // nothing goes by bank
	}
	if d, err := calendar.ParseDay(paidOn); err != nil || d > calendar.DayOf(s.db.Clock().Now()) {
		fs.Add("paid_on", paidOn, i18n.M("treasury.field.paid_on"))
	}
	if err := fs.Err(); err != nil {
		return w, err
	}
	for _, p := range w.Parts {
		if p.Method == Online {
			if err := s.Payments.Refund(ctx, by, p.Reference, p.Minor, w.ID+":"+p.TopUp); err != nil {
				return w, err
			}
		}
	}
	return s.moveOn(ctx, by, actor.ManageTreasury, withdrawal, edition, PaidOut,
		func(w *Withdrawal) { w.BankReference, w.PaidOn, w.HandledName = reference, paidOn, by.Name },
		func(tx *db.Tx, w *Withdrawal) error { return s.payOut(ctx, tx, by, w) })
}

// payable reads a withdrawal that may be paid by the actor, with its parts.
func (s *Service) payable(ctx context.Context, by actor.Actor, withdrawal string, edition int64) (Withdrawal, error) {
	w, err := s.whole(ctx, "", withdrawal)
	if err != nil {
		return w, err
	}
	if w.State != Approved || w.Edition != edition {
		return w, fault.Conflict(i18n.M("treasury.conflict.withdrawal", i18n.A{"state": w.State.Label()}))
	}
	most, err := setting.Int(ctx, s.db.Read(), setting.MoneyFourEyes, s.db.Clock().Now())
	if err == nil && w.Minor > int64(most)*100 {
		err = someoneElse(by, w.ApprovedBy)
	}
	return w, err
}

func (s *Service) payOut(ctx context.Context, tx *db.Tx, by actor.Actor, w *Withdrawal) error {
	vendor, err := account.VendorAccount(ctx, tx)
	if err != nil {
		return err
	}
	posted, err := ledger.Capture(ctx, tx, by, w.Account, w.Hold, ledger.Posting{Book: w.Account, Key: withdrawalSubject + ":" + w.ID, Kind: ledger.Withdraw,
		Memo: w.BankReference, Subject: withdrawalSubject + ":" + w.ID, Verb: actor.ManageTreasury, Moves: []ledger.Move{{
			From: ledger.Place{Owner: w.Account, Kind: ledger.Cash, Unit: w.Unit}, To: ledger.Place{Owner: vendor.ID, Kind: ledger.Bank, Unit: w.Unit}, Minor: w.Minor}}})
	if err != nil {
		return err
	}
	w.Number = posted.Number
	return numbered(ctx, tx, *w)
}

// A WithdrawalFilter narrows the list; After is the last id seen.
type WithdrawalFilter struct {
	Account string
	State   WithdrawalState
	After   string
	Limit   int
}

// Withdrawals lists withdrawals, newest first. Finance sees all, a company its own.
func (s *Service) Withdrawals(ctx context.Context, by actor.Actor, f WithdrawalFilter) ([]Withdrawal, string, error) {
	acc, err := scoped(by, f.Account)
	if err != nil {
		return nil, "", err
	}
	n := bound(f.Limit)
	f.Account, f.Limit = acc, n+1
	rows, err := withdrawals(ctx, s.db.Read(), f)
	out, next := cut(rows, n, func(w Withdrawal) string { return w.ID })
	return out, next, err
}

// OneWithdrawal returns one with its parts, in the reader's scope.
func (s *Service) OneWithdrawal(ctx context.Context, by actor.Actor, withdrawal string) (Withdrawal, error) {
	scope, err := scoped(by, "")
	if err != nil {
		return Withdrawal{}, err
	}
	return s.whole(ctx, scope, withdrawal)
}

func (s *Service) whole(ctx context.Context, scope, withdrawal string) (Withdrawal, error) {
	w, err := withdrawalByID(ctx, s.db.Read(), scope, withdrawal)
	if err != nil {
		return w, err
	}
	w.Parts, err = partsOf(ctx, s.db.Read(), w)
	return w, err
}

// Withdrawable lists the top-ups of the own company of which something can be withdrawn, newest first. Who withdraws may.
func (s *Service) Withdrawable(ctx context.Context, by actor.Actor, unit string) ([]TopUp, error) {
	if err := by.May(actor.WithdrawFunds); err != nil {
		return nil, err
	}
	return sourcesOf(ctx, s.db.Read(), by.Account, unit)
}
