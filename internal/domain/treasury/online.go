package treasury

import (
	"context"
	"errors"

	"hanse/internal/domain/account"
	"hanse/internal/domain/payment"
	"hanse/internal/domain/setting"
	"hanse/internal/kit/actor"
	"hanse/internal/kit/calendar"
	"hanse/internal/kit/db"
	"hanse/internal/kit/fault"
	"hanse/internal/kit/i18n"
	"hanse/internal/kit/id"
	"hanse/internal/kit/money"
)

// PayIn begins an online payment into the own company's cash and returns it with the page on which to pay. The
// company's finance may. Conflict for a resale customer; Unavailable when nobody can pay online.
func (s *Service) PayIn(ctx context.Context, by actor.Actor, unit, amount string) (p payment.Payment, err error) {
	if err := by.May(actor.PayIn); err != nil {
		return p, err
	}
	var fs fault.Fields
	checkUnit(&fs, unit)
	minor := money.Field(&fs, "amount", amount)
	if err := fs.Err(); err != nil {
		return p, err
	}
	a, err := owner(ctx, s.db.Read(), by.Account)
	if err != nil {
		return p, err
	}
	err = notResale(ctx, s.db.Read(), a, s.db.Clock().Now(), func(x i18n.A) i18n.Msg { return i18n.M("treasury.conflict.resale_top_up", x) })
	if err != nil {
		return p, err
	}
	return s.Payments.Start(ctx, by, payment.Wish{Account: by.Account, Subject: topUpSubject + ":" + id.New("top", s.db.Clock().Wall()), Unit: unit, Minor: minor,
		Return: func(payment string) string { return "/finance/payments/" + payment }}, nil)
}

// paidOnline makes a paid payment a top-up: in the transaction that marks it as paid, and so once.
func (s *Service) paidOnline(ctx context.Context, tx *db.Tx, p payment.Payment) error {
	return s.paidAs(ctx, tx, p, p.SubjectID())
}

// Received puts what was paid online for something else into the payer's balance, as a top-up, in the transaction that
// marks it as paid: whatever it was for takes it from there.
func (s *Service) Received(ctx context.Context, tx *db.Tx, p payment.Payment) error {
	return s.paidAs(ctx, tx, p, id.New("top", tx.Wall))
}

func (s *Service) paidAs(ctx context.Context, tx *db.Tx, p payment.Payment, topUp string) error {
	a, err := account.Get(ctx, tx, p.Account)
	if err != nil {
		return err
	}
	t := TopUp{Account: p.Account, ID: topUp, AccountName: a.Name, Method: Online, Unit: p.Unit, Minor: p.Minor, Left: p.Minor, Reference: p.ID,
		Payer: p.AskedName, ReceivedOn: calendar.DayOf(tx.Now), State: Waiting, Edition: 1, EnteredBy: p.AskedBy, EnteredName: p.AskedName, CreatedAt: tx.Now}
	fresh, err := insertTopUp(ctx, tx, t)
	if err != nil {
		return err
	}
	if !fresh {
		return errors.New("payment " + p.ID + ": its top-up is there already")
	}
	return s.book(ctx, tx, actor.Program("payment"), actor.PayIn, &t, Waiting)
}

// HowToPay is what somebody needs who pays by bank transfer, and whether one can pay online.
type HowToPay struct {
	Holder, Bank, Branch, Account string
	Online                        bool
	Partner                       string // the name of the partner whom a resale customer pays; then nothing else is said
	PartnerID                     string
}

// HowToPay tells how the own company's balance is topped up. Everybody who sees the balance may.
func (s *Service) HowToPay(ctx context.Context, by actor.Actor) (h HowToPay, err error) {
	if err := by.May(actor.ViewFunds); err != nil {
		return h, err
	}
	q, now := s.db.Read(), s.db.Clock().Now()
	a, err := owner(ctx, q, by.Account)
	if err != nil {
		return h, err
	}
	if h.PartnerID, h.Partner, err = resale(ctx, q, a, now); err != nil || h.PartnerID != "" {
		return h, err
	}
	for _, x := range []struct {
		key setting.Key
		to  *string
	}{{setting.TopUpHolder, &h.Holder}, {setting.TopUpBank, &h.Bank}, {setting.TopUpBranch, &h.Branch}, {setting.TopUpAccount, &h.Account}} {
		if *x.to, err = setting.Text(ctx, q, x.key, now); err != nil {
			return h, err
		}
	}
	h.Online = s.Payments.Offered()
	return h, nil
}
