package treasury

import (
	"context"
	"os"

	"hanse/internal/domain/account"
	"hanse/internal/domain/ledger"
	"hanse/internal/domain/setting"
	"hanse/internal/kit/actor"
	"hanse/internal/kit/audit"
	"hanse/internal/kit/blob"
	"hanse/internal/kit/calendar"
	"hanse/internal/kit/db"
	"hanse/internal/kit/fault"
	"hanse/internal/kit/i18n"
	"hanse/internal/kit/text"
)

// EnterTopUp enters a bank transfer, a deposit or a bonus of a partner, or of a customer that pays by itself. Up to the
// limit it's posted at once, above it waits for a second person. file, which may be nil, is the evidence (PDF, PNG,
// JPEG). The vendor's finance may. Invalid names the top-up that has the reference already.
func (s *Service) EnterTopUp(ctx context.Context, by actor.Actor, in NewTopUp, file *Evidence) (t TopUp, err error) {
	if err := by.May(actor.ManageTreasury); err != nil {
		return t, err
	}
	if t, err = in.check(calendar.DayOf(s.db.Clock().Now())); err != nil {
		return t, err
	}
	if err := s.keep(ctx, &t, file); err != nil {
		return t, err
	}
	err = s.db.Update(ctx, func(tx *db.Tx) error { return s.enter(ctx, tx, by, in.Key, &t) })
	return t, err
}

// keep stores the evidence.
func (s *Service) keep(ctx context.Context, t *TopUp, file *Evidence) error {
	if file == nil {
		return nil
	}
	most, err := setting.Int(ctx, s.db.Read(), setting.UploadBytes, s.db.Clock().Now())
	if err != nil {
		return err
	}
	ref, err := s.Files.Put(ctx, file.File, blob.Limits{Bytes: int64(most), Types: blob.Documents()})
	if err != nil {
		return err
	}
	t.FileHash, t.FileSize, t.FileMedia, t.FileName = ref.Hash, ref.Size, ref.Type.MIME(), text.Clean(file.Name)
	if t.FileName == "" {
		t.FileName = "evidence" + ref.Type.Ext()
	}
	return nil
}

func (s *Service) enter(ctx context.Context, tx *db.Tx, by actor.Actor, key string, t *TopUp) error {
	a, err := owner(ctx, tx, t.Account)
	if err != nil {
		return err
	}
	err = notResale(ctx, tx, a, tx.Now, func(x i18n.A) i18n.Msg { return i18n.M("treasury.conflict.resale_top_up", x) })
	if err != nil {
		return err
	}
	if t.ID, err = newID("top", key, tx.Wall); err != nil {
		return err
	}
	t.AccountName, t.EnteredBy, t.EnteredName, t.CreatedAt, t.Edition, t.State = a.Name, by.User, by.Name, tx.Now, 1, Waiting
	fresh, err := insertTopUp(ctx, tx, *t)
	if err != nil {
		return err
	}
	if !fresh {
		return again(ctx, tx, t)
	}
	if err := claimReference(ctx, tx, t); err != nil {
		return err
	}
	most, err := limit(ctx, tx)
	if err != nil {
		return err
	}
	if t.Minor > most {
		return told(ctx, tx, by, actor.ManageTreasury, *t, "topup.entered", nil)
	}
	return s.book(ctx, tx, by, actor.ManageTreasury, t, Waiting)
}

// again answers a form that was sent before with what came of it.
func again(ctx context.Context, tx *db.Tx, t *TopUp) error {
	first, err := topUpByID(ctx, tx, "", t.ID)
	if err != nil {
		return err
	}
	if !first.sameAs(t) || first.EnteredBy != t.EnteredBy {
		return fault.Invalid("key", i18n.M("treasury.field.key"))
	}
	*t = first
	return nil
}

// claimReference takes the bank's reference, or names who has it.
func claimReference(ctx context.Context, tx *db.Tx, t *TopUp) error {
	if t.Method == Bonus || t.Method == Online {
		return nil
	}
	other, fresh, err := takeReference(ctx, tx, foldReference(t.Reference), *t)
	if err != nil || fresh {
		return err
	}
	return fault.Invalid("reference", i18n.M("treasury.field.reference_taken", i18n.A{"reference": i18n.Raw(t.Reference),
		"company": i18n.Raw(other.AccountName), "day": other.ReceivedOn.String(), "id": other.ID}))
}

// foldReference is a reference as two people would type it alike.
func foldReference(s string) string {
	out := []rune{}
	for _, r := range text.Fold(s) {
		if r != ' ' && r != '-' {
			out = append(out, r)
		}
	}
	return string(out)
}

func told(ctx context.Context, tx *db.Tx, by actor.Actor, verb actor.Verb, t TopUp, what string, detail map[string]any) error {
	return recorded(ctx, tx, by, verb, audit.Subject{Kind: topUpSubject, ID: t.ID, Account: t.Account}, what, detail,
		TopUpChanged{What: what, Account: t.Account, AccountName: t.AccountName, TopUp: t.ID, Method: t.Method, Unit: t.Unit, Minor: t.Minor,
			Reference: t.Reference, Reason: t.Reason, By: t.EnteredName})
}

// book marks a top-up as posted and moves the money. What it can repay of used credit it repays at once.
func (s *Service) book(ctx context.Context, tx *db.Tx, by actor.Actor, verb actor.Verb, t *TopUp, from TopUpState) error {
	vendor, err := account.VendorAccount(ctx, tx)
	if err != nil {
		return err
	}
	t.State, t.PostedAt = Booked, tx.Now
	if err := moveTopUp(ctx, tx, t, from); err != nil {
		return err
	}
	used, err := lockedUse(ctx, tx, t.Account, t.Unit)
	if err != nil {
		return err
	}
	if err := openBook(ctx, tx, t.Account, vendor.ID, t.Unit); err != nil {
		return err
	}
	posted, err := ledger.Post(ctx, tx, by, ledger.Posting{Book: t.Account, Key: t.subject(), Kind: ledger.TopUp, Scene: string(t.Method), Memo: t.Reference,
		Subject: t.subject(), Verb: verb, Moves: []ledger.Move{{From: ledger.Place{Owner: vendor.ID, Kind: t.Method.source(), Unit: t.Unit}, To: t.place(), Minor: t.Minor}}})
	if err != nil {
		return err
	}
	t.Book, t.Transfer, t.Number = posted.Book, posted.ID, posted.Number
	if back := min(used, t.Minor); back > 0 && t.Method.account() == ledger.Cash {
		if t.Repayment, err = repay(ctx, tx, by, verb, t.Account, t.Unit, back, "repay:"+t.ID); err != nil {
			return err
		}
	}
	if err := bookedAs(ctx, tx, *t); err != nil {
		return err
	}
	return told(ctx, tx, by, verb, *t, "topup.posted", map[string]any{"transfer": t.Transfer})
}

// openBook makes sure that money in a unit can pass between a company and the vendor.
func openBook(ctx context.Context, tx *db.Tx, account, vendor, unit string) error {
	if err := ledger.OpenBook(ctx, tx, account, vendor); err != nil || unit == ledger.CNY {
		return err
	}
	return ledger.Connect(ctx, tx, account, vendor, unit)
}

// decide reads a top-up for finance and moves it on; use does what the step needs, before the row changes.
func (s *Service) decide(ctx context.Context, by actor.Actor, topUp string, edition int64, to TopUpState, use func(tx *db.Tx, t *TopUp, from TopUpState) error) (t TopUp, err error) {
	if err := by.May(actor.ManageTreasury); err != nil {
		return t, err
	}
	err = s.db.Update(ctx, func(tx *db.Tx) error {
		if t, err = topUpByID(ctx, tx, "", topUp); err != nil {
			return err
		}
		if t.Edition != edition || !t.State.may(to) {
			return fault.Conflict(i18n.M("treasury.conflict.top_up", i18n.A{"state": t.State.Label()}))
		}
		return use(tx, &t, t.State)
	})
	return t, err
}

// ApproveTopUp is the second signature: the money is posted. Somebody else of finance than who entered it may.
// Conflict for a stale edition, another state, or the same person.
func (s *Service) ApproveTopUp(ctx context.Context, by actor.Actor, topUp string, edition int64) (TopUp, error) {
	return s.decide(ctx, by, topUp, edition, Booked, func(tx *db.Tx, t *TopUp, from TopUpState) error {
		if from != Waiting {
			return fault.Conflict(i18n.M("treasury.conflict.top_up", i18n.A{"state": t.State.Label()}))
		}
		if err := someoneElse(by, t.EnteredBy); err != nil {
			return err
		}
		t.DecidedBy, t.DecidedName = by.User, by.Name
		return s.book(ctx, tx, by, actor.ManageTreasury, t, from)
	})
}

// RejectTopUp ends a waiting top-up; its reference can be entered again. Whoever entered it may take it back this way.
func (s *Service) RejectTopUp(ctx context.Context, by actor.Actor, topUp string, edition int64, reason string) (TopUp, error) {
	if err := needWords(by, actor.ManageTreasury, &reason); err != nil {
		return TopUp{}, err
	}
	return s.decide(ctx, by, topUp, edition, Rejected, func(tx *db.Tx, t *TopUp, from TopUpState) error {
		t.State, t.Reason, t.DecidedBy, t.DecidedName = Rejected, reason, by.User, by.Name
		if err := moveTopUp(ctx, tx, t, from); err != nil {
			return err
		}
		if err := freeReference(ctx, tx, *t); err != nil {
			return err
		}
		return told(ctx, tx, by, actor.ManageTreasury, *t, "topup.rejected", map[string]any{"reason": reason})
	})
}

// needWords asks permission first, so that who may not isn't told what is missing.
func needWords(by actor.Actor, verb actor.Verb, reason *string) error {
	if err := by.May(verb); err != nil {
		return err
	}
	*reason = text.Lines(*reason)
	var fs fault.Fields
	checkText(&fs, "reason", *reason, 1, mostMemo)
	return fs.Err()
}

// AskReversal asks for taking a wrong top-up back; a second person decides, whatever the amount. Conflict when part
// of it was withdrawn.
func (s *Service) AskReversal(ctx context.Context, by actor.Actor, topUp string, edition int64, reason string) (TopUp, error) {
	if err := needWords(by, actor.ManageTreasury, &reason); err != nil {
		return TopUp{}, err
	}
	return s.decide(ctx, by, topUp, edition, Reversing, func(tx *db.Tx, t *TopUp, from TopUpState) error {
		if t.Method == Online {
			return fault.Conflict(i18n.M("treasury.conflict.online"))
		}
		t.State, t.ReverseBy, t.ReverseName, t.ReverseReason = Reversing, by.User, by.Name, reason
		if err := moveTopUp(ctx, tx, t, from); err != nil {
			return err
		}
		if err := whole(ctx, tx, *t); err != nil {
			return err
		}
		return told(ctx, tx, by, actor.ManageTreasury, *t, "topup.reversal_asked", map[string]any{"reason": reason})
	})
}

// whole refuses a top-up of which part was withdrawn.
func whole(ctx context.Context, tx *db.Tx, t TopUp) error {
	ok, err := untouched(ctx, tx, t)
	if err == nil && !ok {
		err = fault.Conflict(i18n.M("treasury.conflict.withdrawn"))
	}
	return err
}

// DecideReversal takes a top-up back, or leaves it. Taking it back needs somebody else than who asked, and that the
// money is still there; the reference is free again.
func (s *Service) DecideReversal(ctx context.Context, by actor.Actor, topUp string, edition int64, agree bool) (TopUp, error) {
	to := Booked
	if agree {
		to = Reversed
	}
	return s.decide(ctx, by, topUp, edition, to, func(tx *db.Tx, t *TopUp, from TopUpState) error {
		if from != Reversing {
			return fault.Conflict(i18n.M("treasury.conflict.top_up", i18n.A{"state": t.State.Label()}))
		}
		if !agree {
			t.State = Booked
			if err := moveTopUp(ctx, tx, t, from); err != nil {
				return err
			}
			return told(ctx, tx, by, actor.ManageTreasury, *t, "topup.reversal_refused", nil)
		}
		if err := someoneElse(by, t.ReverseBy); err != nil {
			return err
		}
		return s.reverse(ctx, tx, by, t, from)
	})
}

func (s *Service) reverse(ctx context.Context, tx *db.Tx, by actor.Actor, t *TopUp, from TopUpState) error {
	t.State, t.Reason, t.Left = Reversed, t.ReverseReason, 0
	t.DecidedBy, t.DecidedName = by.User, by.Name
	if err := moveTopUp(ctx, tx, t, from); err != nil {
		return err
	}
	if err := whole(ctx, tx, *t); err != nil {
		return err
	}
	if err := empty(ctx, tx, *t); err != nil {
		return err
	}
	if err := freeReference(ctx, tx, *t); err != nil {
		return err
	}
	if t.Repayment != "" {
		if _, err := ledger.Reverse(ctx, tx, by, actor.ManageTreasury, t.Account, t.Repayment, t.ReverseReason); err != nil {
			return err
		}
	}
	if _, err := ledger.Reverse(ctx, tx, by, actor.ManageTreasury, t.Book, t.Transfer, t.ReverseReason); err != nil {
		return err
	}
	return told(ctx, tx, by, actor.ManageTreasury, *t, "topup.reversed", map[string]any{"reason": t.ReverseReason})
}

// A TopUpFilter narrows the list; After is the last id seen. An empty Account is every one, for finance.
type TopUpFilter struct {
	Account string
	State   TopUpState
	After   string
	Limit   int
}

// TopUps lists top-ups, newest first. Finance and auditors see all, everybody else those of the own company.
func (s *Service) TopUps(ctx context.Context, by actor.Actor, f TopUpFilter) ([]TopUp, string, error) {
	acc, err := scoped(by, f.Account)
	if err != nil {
		return nil, "", err
	}
	n := bound(f.Limit)
	f.Account, f.Limit = acc, n+1
	rows, err := topUps(ctx, s.db.Read(), f)
	out, next := cut(rows, n, func(t TopUp) string { return t.ID })
	return out, next, err
}

// TopUp returns one in the reader's scope.
func (s *Service) TopUp(ctx context.Context, by actor.Actor, topUp string) (TopUp, error) {
	scope, err := scoped(by, "")
	if err != nil {
		return TopUp{}, err
	}
	return topUpByID(ctx, s.db.Read(), scope, topUp)
}

// OpenEvidence opens the evidence of a top-up. The caller closes it.
func (s *Service) OpenEvidence(ctx context.Context, by actor.Actor, topUp string) (*os.File, TopUp, error) {
	if err := by.May(actor.ViewTreasury); err != nil {
		return nil, TopUp{}, err
	}
	t, err := topUpByID(ctx, s.db.Read(), "", topUp)
	if err != nil {
		return nil, t, err
	}
	if t.FileHash == "" {
		return nil, t, fault.NotFound()
	}
	f, err := s.Files.Open(t.FileHash)
	return f, t, err
}
