package order

import (
	"context"
	"errors"
	"strings"
	"time"
	"unicode/utf8"

	"hanse/internal/domain/product"
	"hanse/internal/domain/rate"
	"hanse/internal/domain/setting"
	"hanse/internal/domain/subscription"
	"hanse/internal/kit/actor"
	"hanse/internal/kit/calendar"
	"hanse/internal/kit/db"
	"hanse/internal/kit/fault"
	"hanse/internal/kit/i18n"
	"hanse/internal/kit/id"
	"hanse/internal/kit/jobs"
)

// A Placing orders what a quote promised. Agreed is the version of the agreement that was ticked, 0 when it wasn't.
// Confirmed is the tick at the amounts of an unsubscription. With the same Key it's placed once.
type Placing struct {
	Token     string
	Agreed    int64
	Confirmed bool
	Reason    int
	Words     string
	Key       string
	DryRun    bool
}

// maxWords is how many characters a reason may have.
const maxWords = 500

// errDry gives a transaction up that was only to be tried.
var errDry = errors.New("dry run")

// Place orders what a quote promised: a purchase then waits for its payment, a refund is carried out at once or waits
// for the vendor's finance. Who places orders of the own account may. A *Requoted when the quote doesn't hold.
func (s *Service) Place(ctx context.Context, by actor.Actor, in Placing) (o Order, err error) {
	if err := by.May(actor.PlaceOrder); err != nil {
		return o, err
	}
	if in.Words = strings.TrimSpace(in.Words); utf8.RuneCountInString(in.Words) > maxWords {
		return o, fault.Invalid("words", i18n.M("order.words_long", i18n.A{"n": maxWords}))
	}
	err = s.db.Update(ctx, func(tx *db.Tx) error {
		if in.Key != "" {
			if o, err = byKey(ctx, tx, by.Account, in.Key); err == nil || fault.KindOf(err) != fault.KindNotFound {
				return err
			}
		}
		o, err = s.place(ctx, tx, by, in)
		if err == nil && in.DryRun {
			err = errDry
		}
		return err
	})
	if errors.Is(err, errDry) {
		err = nil
	}
	return o, err
}

func (s *Service) place(ctx context.Context, tx *db.Tx, by actor.Actor, in Placing) (o Order, err error) {
	plan, has, err := subscription.Hold(ctx, tx, by.Account)
	if err != nil {
		return o, err
	}
	q, g, err := s.again(ctx, tx, by.Account, in.Token, tx.Now)
	if err != nil {
		return o, err
	}
	if has {
		g.plan = plan
	}
	g.at = tx.Now
	if err := s.allowed(ctx, tx, g, q.Ask.Kind); err != nil {
		return o, err
	}
	if err := s.ticked(ctx, tx, q, in); err != nil {
		return o, err
	}
	if o, err = draft(tx, by, q, g, in); err != nil {
		return o, err
	}
	if q.Back != nil {
		return o, s.placeRefund(ctx, tx, by, &o, g)
	}
	if err := s.deadline(ctx, tx, &o, g); err != nil {
		return o, err
	}
	if q.Ask.Discount != "" {
		if err := s.preselect(ctx, tx, &o, q); err != nil {
			return o, err
		}
	}
	return o, s.store(ctx, tx, by, &o, "placed")
}

// store inserts an order with its audit row, its event and its deadline.
func (s *Service) store(ctx context.Context, tx *db.Tx, by actor.Actor, o *Order, what string) error {
	fresh, err := insert(ctx, tx, *o)
	if err != nil {
		return err
	}
	if !fresh {
		return fault.Conflict(i18n.M("order.again"))
	}
	if o.State == Pending {
		if err := jobs.Add(ctx, tx, jobs.New{Kind: deadlineJob, Key: o.No, Account: o.Account, Payload: ref{o.Account, o.No}, RunAt: o.Deadline}); err != nil {
			return err
		}
	}
	verb := actor.PlaceOrder
	if o.Source == FromSystem {
		verb = actor.RunPlans
	}
	minor := o.Due
	if o.Back != nil {
		minor = o.Back.Total
	}
	return note(ctx, tx, by, verb, *o, o.changed(what, minor))
}

// ticked asks for what must have been agreed to: the agreement for what is bought or changed, the amounts and a reason
// for an unsubscription (the gates of business rules 1.1).
func (s *Service) ticked(ctx context.Context, q db.Querier, x Quote, in Placing) error {
	var fs fault.Fields
	switch x.Ask.Kind {
	case Buy, Change, Pack:
		a, err := product.AgreementAt(ctx, q, s.db.Clock().Now())
		if err != nil {
			return err
		}
		if in.Agreed == 0 {
			fs.Add("agreed", "", i18n.M("order.not_agreed"))
		} else if in.Agreed != a.Version {
			fs.Add("agreed", "", i18n.M("order.agreement_changed"))
		}
	case Unsubscribe:
		if !in.Confirmed {
			fs.Add("confirmed", "", i18n.M("order.not_confirmed"))
		}
		if in.Reason < FirstReason || in.Reason > OtherReason {
			fs.Add("reason", "", i18n.M("order.no_reason"))
		} else if in.Reason == OtherReason && in.Words == "" {
			fs.Add("words", "", i18n.M("order.no_words"))
		}
	}
	return fs.Err()
}

// draft is a new order as its quote has it.
func draft(tx *db.Tx, by actor.Actor, q Quote, g ground, in Placing) (o Order, err error) {
	a := q.Ask
	o = Order{Account: g.account.ID, AccountName: g.account.Name, Kind: a.Kind, State: Pending, Level: a.Level, From: rate.Basic, Term: a.Term, Packs: a.Packs,
		Cancel: a.Cancel, Catalogue: q.Catalogue, Currency: Currency, Price: q.Price, Back: q.Back, Agreement: in.Agreed, Reason: in.Reason, Words: in.Words,
		Source: FromCustomer, QuotedAt: q.At, CreatedAt: tx.Now, RequestKey: in.Key, CreatedBy: by.User, CreatedName: by.Name, Edition: 1}
	if o.No, err = number(tx.Now); err != nil {
		return o, err
	}
	if o.RequestKey == "" {
		o.RequestKey = o.No
	}
	if in.Agreed > 0 {
		o.AgreedAt = tx.Now
	}
	if g.has {
		o.From = g.plan.Level
		o.Subscription, o.Base = g.plan.ID, g.plan.Version
	}
	switch a.Kind {
	case Renew, Unsubscribe:
		o.Level, o.Unify = g.plan.Level, g.plan.Unify
	case Pack:
		o.Level, o.Subscription, o.Base = rate.Standard, "", 0
	case Change:
		o.Term = g.plan.Running(tx.Now).Term
	}
	if a.Kind == Unsubscribe {
		o.Term = g.plan.Running(tx.Now).Term
	}
	if q.Back == nil {
		o.List, o.Discount, o.Due = q.Price.List, q.Price.Discount, q.Price.Due
	}
	return o, nil
}

// deadline says until when an order can be paid: so many times 24 hours, a renewal not beyond the release of the plan, a
// change not beyond its expiry.
func (s *Service) deadline(ctx context.Context, q db.Querier, o *Order, g ground) error {
	days, err := setting.Int(ctx, q, setting.OrderDays, g.at)
	if err != nil {
		return err
	}
	o.Deadline = g.at.Add(time.Duration(days) * 24 * time.Hour)
	last := time.Time{}
	switch o.Kind {
	case Renew:
		last, err = subscription.ReleasedAt(ctx, q, g.plan, g.at)
	case Change:
		last = g.plan.Over()
	case Pack:
		last = calendar.DayOf(g.at).MonthEnd().End()
	}
	if !last.IsZero() && last.Before(o.Deadline) {
		o.Deadline = last
	}
	return err
}

// preselect keeps the discount that the quote was asked with.
func (s *Service) preselect(ctx context.Context, tx *db.Tx, o *Order, q Quote) error {
	c := Choice{Discount: q.Ask.Discount}
	if q.Offer == nil {
		c = Choice{Coupons: []string{q.Ask.Discount}}
	}
	return s.choose(ctx, tx, o, c)
}

// choose computes an order's price with a choice and locks the coupons to it; those chosen before are freed.
func (s *Service) choose(ctx context.Context, tx *db.Tx, o *Order, c Choice) error {
	if err := free(ctx, tx, *o); err != nil {
		return err
	}
	b, err := s.price(ctx, tx, *o, c, tx.Now)
	if err != nil {
		return err
	}
	o.put(b)
	for _, id := range c.Coupons {
		if err := lock(ctx, tx, *o, b, id); err != nil {
			return err
		}
	}
	return nil
}

// put writes what was computed into the order.
func (o *Order) put(b bill) {
	p := b.price
	o.Price, o.List, o.Discount, o.Due, o.Chosen = &p, p.List, p.Discount, p.Due, b.chosen
}

// NewKey makes a key for a form that orders or pays, when it's drawn.
func (s *Service) NewKey() string { return id.New("key", s.db.Clock().Wall()) }
