package order

import (
	"context"

	"hanse/internal/domain/account"
	"hanse/internal/domain/payment"
	"hanse/internal/kit/actor"
	"hanse/internal/kit/db"
	"hanse/internal/kit/fault"
	"hanse/internal/kit/i18n"
	"hanse/internal/kit/outbox"
)

// onlineFor tells whether an account may pay online: somebody collects, and it isn't a resale customer, whose money comes
// from its partner.
func (s *Service) onlineFor(ctx context.Context, q db.Querier, id string) (bool, error) {
	if s.Payments == nil || !s.Payments.Offered() {
		return false, nil
	}
	x, ok, err := account.PartnerOf(ctx, q, id, s.db.Clock().Now())
	return err == nil && (!ok || x.Kind != account.Resale), err
}

// payOnline begins one payment for all orders. The choice and the coupons stay with the order meanwhile.
func (s *Service) payOnline(ctx context.Context, by actor.Actor, in Paying, nos []string) (out Outcome, err error) {
	ok, err := s.onlineFor(ctx, s.db.Read(), by.Account)
	if err != nil {
		return out, err
	}
	if !ok {
		return out, refuse(NotOnline)
	}
	// What is to be paid is known before the payment's row is there, and asked again in its transaction.
	err = s.db.Update(ctx, func(tx *db.Tx) error { return s.forOnline(ctx, tx, by, in, nos, "", &out) })
	if err != nil || in.DryRun {
		return out, err
	}
	if out.Minor == 0 {
		return out, refuse(NotShort)
	}
	sum := out.Minor
	back := in.Return
	if back == nil {
		back = func(string) string { return "/orders/" + nos[0] }
	}
	wish := payment.Wish{Account: by.Account, Subject: paidSubject + ":" + nos[0], Unit: Currency, Minor: sum, Return: back}
	p, err := s.Payments.Start(ctx, by, wish, func(tx *db.Tx, p payment.Payment) error {
		if err := s.forOnline(ctx, tx, by, in, nos, p.ID, &out); err != nil {
			return err
		}
		if out.Minor != sum {
			return fault.Conflict(i18n.Msg{})
		}
		out.Payment = p
		if in.Key == "" {
			return nil
		}
		fresh, err := takeKey(ctx, tx, by.Account, in.Key, in.hash(nos))
		if err == nil && !fresh {
			err = fault.Conflict(i18n.M("order.again"))
		}
		if err != nil {
			return err
		}
		return s.answer(ctx, tx, by.Account, in.Key, out)
	})
	out.Payment = p
	return out, err
}

// forOnline sums what orders cost with money. With a payment, the choice is kept and the payment is tied to the orders.
func (s *Service) forOnline(ctx context.Context, tx *db.Tx, by actor.Actor, in Paying, nos []string, pay string, out *Outcome) error {
	*out = Outcome{}
	var last error
	for _, no := range nos {
		o, _, why, err := s.take(ctx, tx, by.Account, no)
		if err != nil {
			return err
		}
		if why != nil {
			out.Skipped, last = append(out.Skipped, Skip{no, fault.Of(why).Msg}), why
			continue
		}
		last = nil
		if in.Choice != nil && pay != "" {
			if err := s.choose(ctx, tx, &o, *in.Choice); err != nil {
				return err
			}
		} else if in.Choice != nil {
			o.Chosen = Chosen{Choice: *in.Choice}
		}
		b, err := s.price(ctx, tx, o, o.Chosen.Choice, tx.Now)
		if err != nil {
			return err
		}
		out.Minor += b.money
		if pay == "" {
			continue
		}
		o.put(b)
		o.Payment = pay
		if err := save(ctx, tx, o, Pending); err != nil {
			return err
		}
		if err := addPayment(ctx, tx, o.Account, pay, no, b.money); err != nil {
			return err
		}
	}
	if len(out.Skipped) == len(nos) {
		return last
	}
	return nil
}

// paidOnline takes the money of a paid payment, in the transaction that marks it as paid, and so once: it goes into the
// balance, and each order that can still be carried out for what was paid takes its part from there. The rest stays in
// the balance: an order was cancelled or paid otherwise, or costs something else by now. One that can't be carried out
// any more is cancelled, which gives all of its money back.
func (s *Service) paidOnline(ctx context.Context, tx *db.Tx, p payment.Payment) error {
	if err := s.Received(ctx, tx, p); err != nil {
		return err
	}
	rows, err := ofPayment(ctx, tx, p.Account, p.ID)
	if err != nil {
		return err
	}
	by := actor.Program("payment")
	for _, row := range rows {
		o, g, why, err := s.take(ctx, tx, p.Account, row.No)
		if err != nil {
			return err
		}
		if why == nil {
			if why, err = s.matches(ctx, tx, o, row.Minor); err != nil {
				return err
			}
		}
		if why == nil {
			who := payer{Account: p.Account, Name: o.AccountName, Way: Online, Payment: p.ID}
			if err := s.settle(ctx, tx, by, actor.PayOrder, &o, g, who); err != nil {
				return err
			}
			continue
		}
		if err := s.toBalance(ctx, tx, by, o, row.Minor, why); err != nil {
			return err
		}
	}
	return nil
}

// matches tells whether an order still costs what was paid for it; why says why not.
func (s *Service) matches(ctx context.Context, tx *db.Tx, o Order, minor int64) (why, err error) {
	b, err := s.price(ctx, tx, o, o.Chosen.Choice, tx.Now)
	if fault.KindOf(err) != "" {
		return err, nil
	}
	if err == nil && b.money != minor {
		why = refuse(Differs)
	}
	return why, err
}

// toBalance leaves what was paid for an order in the balance, and says so.
func (s *Service) toBalance(ctx context.Context, tx *db.Tx, by actor.Actor, o Order, minor int64, why error) error {
	if w := WhyOf(why); o.State == Pending && w != Differs {
		cause := ByFailure
		if w == Late {
			cause = ByDeadline
		}
		if err := cancel(ctx, tx, by, actor.PayOrder, &o, cause); err != nil {
			return err
		}
	}
	c := o.changed("to_balance", minor)
	c.Why = string(WhyOf(why))
	return outbox.Append(ctx, tx, c)
}
