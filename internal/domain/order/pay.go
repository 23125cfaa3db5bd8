package order

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"slices"
	"strconv"

	"hanse/internal/domain/account"
	"hanse/internal/domain/confirm"
	"hanse/internal/domain/ledger"
	"hanse/internal/domain/payment"
	"hanse/internal/domain/setting"
	"hanse/internal/domain/treasury"
	"hanse/internal/kit/actor"
	"hanse/internal/kit/db"
	"hanse/internal/kit/fault"
	"hanse/internal/kit/i18n"
)

// A Paying pays orders of the own account: at most 30. A choice, which may be nil, replaces the one that one order has.
// With the same Key it's done once. Return gives the path to which somebody who pays online comes back.
type Paying struct {
	Orders []string
	Way    Way
	Choice *Choice
	Code   string
	Key    string
	Return func(payment string) string
	DryRun bool
}

// A Skip is an order that wasn't paid with the others, and why.
type Skip struct {
	No  string
	Why i18n.Msg
}

// An Outcome is what became of a payment. Payment is set when the payer goes on to the provider's page.
type Outcome struct {
	Paid    []Order
	Skipped []Skip
	Minor   int64 // money that was taken, or is to be paid online
	Payment payment.Payment
}

// Pay pays orders from the balance or begins an online payment. Who pays for the own account may; people confirm with a
// code where money is taken. An order that moved meanwhile is skipped; when none is left, its refusal is the answer.
func (s *Service) Pay(ctx context.Context, by actor.Actor, in Paying) (out Outcome, err error) {
	if err := by.May(actor.PayOrder); err != nil {
		return out, err
	}
	nos, err := numbers(in.Orders)
	if err != nil {
		return out, err
	}
	if in.Choice != nil && len(nos) > 1 {
		return out, fault.Invalid("coupons", i18n.M("order.one_choice"))
	}
	if in.Way != Balance && in.Way != Online {
		return out, fault.Invalid("way", i18n.M("order.bad_way"))
	}
	if in.Key != "" {
		again, done, err := s.replayed(ctx, s.db.Read(), by.Account, in, nos)
		if err != nil || done {
			return again, err
		}
	}
	if !in.DryRun {
		if err := s.confirmed(ctx, by, in, nos); err != nil {
			return out, err
		}
	}
	if in.Way == Online {
		return s.payOnline(ctx, by, in, nos)
	}
	err = s.db.Update(ctx, func(tx *db.Tx) error {
		out, err = s.payAll(ctx, tx, by, in, nos)
		if err == nil && in.DryRun {
			err = errDry
		}
		return err
	})
	if errors.Is(err, errDry) {
		err = nil
	}
	return out, err
}

// numbers are the orders' numbers in one order, each once.
func numbers(in []string) ([]string, error) {
	nos := slices.Clone(in)
	slices.Sort(nos)
	nos = slices.Compact(nos)
	if len(nos) == 0 {
		return nil, fault.Invalid("orders", i18n.M("order.none_named"))
	}
	if len(nos) > MostOrders {
		return nil, refuse(TooManyAsked, i18n.A{"n": MostOrders})
	}
	return nos, nil
}

// PayAbout is what an identity code for paying orders confirms: which ones, and how much.
func PayAbout(nos []string, minor int64) string {
	nos = slices.Clone(nos)
	slices.Sort(nos)
	return confirm.About(append(nos, strconv.FormatInt(minor, 10))...)
}

// confirmed spends the code of a human who pays, when money is taken.
func (s *Service) confirmed(ctx context.Context, by actor.Actor, in Paying, nos []string) error {
	q := s.db.Read()
	needed, minor, err := s.codeFor(ctx, q, by, nos, in.Choice)
	if err != nil || !needed {
		return err
	}
	if in.Way == Balance { // a code isn't spent on what can't be paid
		if _, err := treasury.Sources(ctx, q, by.Account, Currency, minor); err != nil {
			return err
		}
	}
	return s.Codes.Use(ctx, by, confirm.Order, PayAbout(nos, minor), in.Code)
}

// codeFor tells whether paying these orders wants a code, and for how much money. Packs want none unless the
// installation says so.
func (s *Service) codeFor(ctx context.Context, q db.Querier, by actor.Actor, nos []string, c *Choice) (needed bool, minor int64, err error) {
	packs, err := setting.Bool(ctx, q, setting.PackCode, s.db.Clock().Now())
	if err != nil {
		return false, 0, err
	}
	all, err := ofNumbers(ctx, q, by.Account, nos)
	if err != nil {
		return false, 0, err
	}
	for _, o := range all {
		if o.State != Pending {
			continue
		}
		choice := o.Chosen.Choice
		if c != nil {
			choice = *c
		}
		b, err := s.price(ctx, q, o, choice, s.db.Clock().Now())
		if err != nil {
			return false, 0, err
		}
		minor += b.money
		needed = needed || b.money > 0 && (o.Kind != Pack || packs)
	}
	if !needed {
		return false, minor, nil
	}
	needed, err = s.Codes.Needed(ctx, q, by, confirm.Order)
	return needed, minor, err
}

// payAll pays from the balance, all orders in one transaction.
func (s *Service) payAll(ctx context.Context, tx *db.Tx, by actor.Actor, in Paying, nos []string) (out Outcome, err error) {
	if in.Key != "" {
		fresh, err := takeKey(ctx, tx, by.Account, in.Key, in.hash(nos))
		if err != nil {
			return out, err
		}
		if !fresh {
			out, _, err = s.replayed(ctx, tx, by.Account, in, nos)
			return out, err
		}
	}
	me, err := account.Get(ctx, tx, by.Account)
	if err != nil {
		return out, err
	}
	var last error
	for _, no := range nos {
		o, g, why, err := s.take(ctx, tx, by.Account, no)
		if err != nil {
			return out, err
		}
		if why != nil {
			out.Skipped, last = append(out.Skipped, Skip{no, fault.Of(why).Msg}), why
			continue
		}
		if in.Choice != nil {
			if err := s.choose(ctx, tx, &o, *in.Choice); err != nil {
				return out, err
			}
		}
		if err := s.settle(ctx, tx, by, actor.PayOrder, &o, g, payer{Account: me.ID, Name: me.Name, Way: Balance}); err != nil {
			return out, err
		}
		out.Paid = append(out.Paid, o)
		out.Minor += o.Paid.Cash + o.Paid.Credit
	}
	if len(out.Paid) == 0 {
		return out, last
	}
	return out, s.answer(ctx, tx, by.Account, in.Key, out)
}

// take holds an order that is to be paid. why says that it can't be any more; NotFound is an error.
func (s *Service) take(ctx context.Context, tx *db.Tx, account, no string) (o Order, g ground, why, err error) {
	if o, err = Hold(ctx, tx, account, no); err != nil {
		return o, g, nil, err
	}
	g, why, err = s.ready(ctx, tx, o)
	return o, g, why, err
}

// allowedBut is allowed for an order that is there already.
func (s *Service) allowedBut(ctx context.Context, q db.Querier, g ground, o Order) error {
	if err := s.permitted(ctx, q, g, o.Kind); err != nil {
		return err
	}
	return alone(ctx, q, o.Account, o.Kind, o.No)
}

// hash names what a key was used for.
func (p Paying) hash(nos []string) string {
	b, err := json.Marshal([]any{nos, p.Way, p.Choice})
	if err != nil {
		return ""
	}
	h := sha256.Sum256(b)
	return hex.EncodeToString(h[:16])
}

// kept is an outcome as it's remembered.
type kept struct {
	Paid    []string `json:"paid,omitempty"`
	Skipped []string `json:"skipped,omitempty"`
	Minor   int64    `json:"minor"`
	Payment string   `json:"payment,omitempty"`
}

func (s *Service) answer(ctx context.Context, tx *db.Tx, account, key string, out Outcome) error {
	if key == "" {
		return nil
	}
	k := kept{Minor: out.Minor, Payment: out.Payment.ID}
	for _, o := range out.Paid {
		k.Paid = append(k.Paid, o.No)
	}
	for _, x := range out.Skipped {
		k.Skipped = append(k.Skipped, x.No)
	}
	b, err := json.Marshal(k)
	if err != nil {
		return err
	}
	return answerKey(ctx, tx, account, key, string(b))
}

// replayed is the answer that a key was given before; done is false when it's a new one.
func (s *Service) replayed(ctx context.Context, q db.Querier, account string, in Paying, nos []string) (out Outcome, done bool, err error) {
	a, ok, err := keyOf(ctx, q, account, in.Key)
	if err != nil || !ok {
		return out, false, err
	}
	if a.Hash != in.hash(nos) {
		return out, true, &ledger.Refusal{Why: ledger.KeyReused}
	}
	var k kept
	if err := json.Unmarshal([]byte(a.Outcome), &k); err != nil {
		return out, true, err
	}
	out.Minor = k.Minor
	if len(k.Paid) > 0 {
		if out.Paid, err = ofNumbers(ctx, q, account, k.Paid); err != nil {
			return out, true, err
		}
	}
	for _, no := range k.Skipped {
		out.Skipped = append(out.Skipped, Skip{No: no, Why: i18n.M("order.why.moved_on", i18n.A{"no": no})})
	}
	if k.Payment != "" {
		out.Payment, err = payment.Get(ctx, q, account, k.Payment)
	}
	return out, true, err
}

// Choose keeps a choice of discount and coupons with a pending order, and locks the coupons to it. Who places orders of
// the own account may.
func (s *Service) Choose(ctx context.Context, by actor.Actor, no string, c Choice) (o Order, err error) {
	if err := by.May(actor.PlaceOrder); err != nil {
		return o, err
	}
	err = s.db.Update(ctx, func(tx *db.Tx) error {
		var why error
		if o, _, why, err = s.take(ctx, tx, by.Account, no); err != nil || why != nil {
			return errors.Join(err, why)
		}
		if err := s.choose(ctx, tx, &o, c); err != nil {
			return err
		}
		if err := save(ctx, tx, o, Pending); err != nil {
			return err
		}
		return note(ctx, tx, by, actor.PlaceOrder, o, o.changed("chosen", o.Due))
	})
	return o, err
}

// CancelOrders cancels pending orders of the own account, at most 30: each succeeds or fails by itself. Who places
// orders may. The answer has one error, or nil, for each number as given.
func (s *Service) CancelOrders(ctx context.Context, by actor.Actor, nos []string) ([]error, error) {
	if err := by.May(actor.PlaceOrder); err != nil {
		return nil, err
	}
	if _, err := numbers(nos); err != nil {
		return nil, err
	}
	out := make([]error, len(nos))
	for i, no := range nos {
		out[i] = s.db.Update(ctx, func(tx *db.Tx) error {
			o, err := Hold(ctx, tx, by.Account, no)
			if err != nil {
				return err
			}
			if o.State != Pending {
				return moved(o)
			}
			return cancel(ctx, tx, by, actor.PlaceOrder, &o, ByBuyer)
		})
		if out[i] != nil && fault.KindOf(out[i]) == "" {
			return nil, out[i]
		}
	}
	return out, nil
}
