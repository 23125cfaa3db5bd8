package report

import (
	"context"

	"hanse/internal/domain/treasury"
	"hanse/internal/kit/actor"
	"hanse/internal/kit/i18n"
	"hanse/internal/kit/money"
)

// treasury is what waits for the vendor's finance: second signatures and withdrawals; and the refunds that wait for a
// partner or its customer.
func (b *board) treasury(ctx context.Context) error {
	switch {
	case b.Treasury == nil:
		return nil
	case b.isVendor() && b.by.Can(actor.ManageTreasury):
		return b.finance(ctx)
	case b.by.Can(actor.RefundCustomer) || b.by.Can(actor.AnswerRefund):
		return b.refunds(ctx)
	}
	return nil
}

func amountOf(unit string, minor int64) i18n.Msg { return i18n.Raw(unit + " " + money.Text(minor)) }

func (b *board) finance(ctx context.Context) error {
	for _, x := range []struct {
		state treasury.TopUpState
		title func(i18n.A) i18n.Msg
	}{
		{treasury.Waiting, func(a i18n.A) i18n.Msg { return i18n.M("treasury.need.topup", a) }},
		{treasury.Reversing, func(a i18n.A) i18n.Msg { return i18n.M("treasury.need.reversal", a) }},
	} {
		rows, _, err := b.Treasury.TopUps(ctx, b.by, treasury.TopUpFilter{State: x.state, Limit: mostQueued})
		if err != nil {
			return err
		}
		for _, t := range rows {
			if first := t.EnteredBy; x.state == treasury.Waiting && first == b.by.User || x.state == treasury.Reversing && t.ReverseBy == b.by.User {
				continue // a colleague's turn
			}
			b.need(Need{Area: Money, Title: x.title(i18n.A{"company": i18n.Raw(t.AccountName)}), About: amountOf(t.Unit, t.Minor), Href: "/topups/" + t.ID,
				Action: i18n.M("treasury.need.do.look"), Left: t.State.Label(), Alarm: Soon})
		}
	}
	changes, err := b.Treasury.WaitingCredit(ctx, b.by, mostQueued)
	if err != nil {
		return err
	}
	for _, c := range changes {
		if c.AskedBy != b.by.User {
			b.need(Need{Area: Money, Title: i18n.M("treasury.need.credit", i18n.A{"company": i18n.Raw(c.AccountName)}), About: amountOf(c.Unit, c.Minor), Href: "/credit/changes/" + c.ID,
				Action: i18n.M("treasury.need.do.look"), Left: c.State.Label(), Alarm: Soon})
		}
	}
	return b.payouts(ctx)
}

// payouts are withdrawals to decide and to pay, with their deadlines.
func (b *board) payouts(ctx context.Context) error {
	for _, state := range []treasury.WithdrawalState{treasury.Requested, treasury.Approved} {
		rows, _, err := b.Treasury.Withdrawals(ctx, b.by, treasury.WithdrawalFilter{State: state, Limit: mostQueued})
		if err != nil {
			return err
		}
		for _, w := range rows {
			a := i18n.A{"company": i18n.Raw(w.AccountName)}
			n := Need{Area: Money, Title: i18n.M("treasury.need.approve", a), About: amountOf(w.Unit, w.Minor), Href: "/withdrawals/" + w.ID, Action: i18n.M("treasury.need.do.look"), Due: w.DueAt}
			if state == treasury.Approved {
				n.Title, n.Action = i18n.M("treasury.need.pay", a), i18n.M("treasury.need.do.pay")
			}
			n.Left, n.Alarm = until(n.Due, b.now)
			b.need(n)
		}
	}
	return nil
}

func (b *board) refunds(ctx context.Context) error {
	rows, _, err := b.Treasury.Refunds(ctx, b.by, treasury.RefundFilter{Limit: mostQueued})
	for _, r := range rows {
		n := Need{Area: Money, About: amountOf(r.Unit, r.Minor), Href: "/finance/refunds/" + r.ID, Action: i18n.M("treasury.need.do.look"), Left: r.State.Label(), Alarm: Soon}
		switch partner := b.isPartner(); {
		case partner && r.State == treasury.RefundAsked:
			n.Title = i18n.M("treasury.need.return", i18n.A{"company": i18n.Raw(r.CustomerName)})
		case partner && (r.State == treasury.RefundReturned || r.State == treasury.RefundDisputed):
			n.Title, n.Action = i18n.M("treasury.need.refund", i18n.A{"company": i18n.Raw(r.CustomerName)}), i18n.M("treasury.need.do.pay")
		case !partner && r.State == treasury.RefundRefunded:
			n.Title = i18n.M("treasury.need.confirm", i18n.A{"company": i18n.Raw(r.PartnerName)})
		default:
			continue
		}
		b.need(n)
	}
	return err
}
