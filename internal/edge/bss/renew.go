package bss

import (
	"strings"

	"hanse/internal/domain/order"
	"hanse/internal/domain/product"
	"hanse/internal/domain/rate"
	"hanse/internal/domain/subscription"
	"hanse/internal/kit/actor"
	"hanse/internal/kit/fault"
	"hanse/internal/kit/i18n"
)

// renewalResources orders renewals of own plans, and pays them at once when asked.
func renewalResources(c *call) (any, error) {
	if err := c.by.May(actor.PlaceOrder); err != nil {
		return nil, err
	}
	in, err := decode[struct {
		IDs  []string `json:"resource_ids"`
		Kind *int32   `json:"period_type"`
		Num  *int32   `json:"period_num"`
		Pay  *int32   `json:"is_auto_pay"`
	}](c)
	if err != nil {
		return nil, err
	}
	f := &form{}
	ids, term, pay := f.list("resource_ids", in.IDs, 1, 10), f.term(in.Kind, in.Num), f.one("is_auto_pay", in.Pay, 0, 0, 1) == 1
	if err := f.err(); err != nil {
		return nil, err
	}
	key, err := c.key()
	if err != nil {
		return nil, err
	}
	return c.ordering(ids, func(s subscription.Subscription) (string, error) { return c.renew(s, term, pay, key) })
}

// renew orders one renewal. The one that a repeated call with the same key has made is taken again.
func (c *call) renew(s subscription.Subscription, term rate.Term, pay bool, key string) (string, error) {
	o, again, err := c.made(key)
	if err != nil {
		return "", err
	}
	if !again {
		if o, err = c.placeRenewal(s, term, pay, key); err != nil {
			return "", c.busy(err, "CBC.99003100", "CBC.99003144")
		}
	}
	if !pay {
		return o.No, nil
	}
	if key != "" {
		key += ".pay"
	}
	if len(key) > maxKey {
		key = key[len(key)-maxKey:]
	}
	_, err = c.api.Order.Pay(c.ctx(), c.by, order.Paying{Orders: []string{o.No}, Way: order.Balance, Key: key})
	if f := fault.Of(err); f != nil {
		err = c.coded("CBC.30050006", said(f)) // the order stays, to be paid by another call
	}
	return o.No, err
}

// made is the order that an earlier call with the same key has made.
func (c *call) made(key string) (o order.Order, ok bool, err error) {
	if key == "" {
		return o, false, nil
	}
	return order.ByKey(c.ctx(), c.api.DB.Read(), c.by.Account, key)
}

func (c *call) placeRenewal(s subscription.Subscription, term rate.Term, pay bool, key string) (o order.Order, err error) {
	q, err := c.api.Order.Quote(c.ctx(), c.by, order.Ask{Kind: order.Renew, Term: term})
	if err == nil && pay {
		q, err = c.discounted(q, s.Level)
	}
	if err != nil {
		return o, err
	}
	return c.api.Order.Place(c.ctx(), c.by, order.Placing{Token: q.Token, Key: key})
}

// discounted is a renewal's quote with the discount that automatic payment takes: a commercial one before a partner's,
// of several the one that takes off most. Promotions and coupons are for those who choose them.
func (c *call) discounted(q order.Quote, l rate.Level) (order.Quote, error) {
	all, err := product.Discounts(c.ctx(), c.api.DB.Read(), c.by.Account, q.At)
	if err != nil {
		return q, err
	}
	best, kind := q, product.OfferKind("")
	for _, o := range all {
		if o.Kind == product.Promotion || !o.Fits(product.OrderRenew, l) || kind == product.Commercial && o.Kind != product.Commercial {
			continue
		}
		ask := q.Ask
		ask.Discount = o.ID
		x, err := c.api.Order.Quote(c.ctx(), c.by, ask)
		if err != nil {
			return q, err
		}
		if o.Kind == product.Commercial && kind != product.Commercial || x.Due() < best.Due() {
			best, kind = x, o.Kind
		}
	}
	return best, nil
}

// cancelReasons are the reasons of the wire, by number, that have a number among the orders' own; the others are told in
// words.
var cancelReasons = map[int32]int{1: 4, 2: 5}

// cancelResourcesSubscription unsubscribes own plans, or what of them hasn't begun.
func cancelResourcesSubscription(c *call) (any, error) {
	if err := c.by.May(actor.PlaceOrder); err != nil {
		return nil, err
	}
	in, err := decode[struct {
		IDs    []string `json:"resource_ids"`
		Kind   *int32   `json:"unsubscribe_type"`
		Reason *int32   `json:"unsubscribe_reason_type"`
		Words  *string  `json:"unsubscribe_reason"`
	}](c)
	if err != nil {
		return nil, err
	}
	f := &form{}
	ids, kind := f.list("resource_ids", in.IDs, 1, 10), f.one("unsubscribe_type", in.Kind, 0, rate.CancelAll, rate.CancelFuture)
	if in.Kind == nil {
		f.refuse("unsubscribe_type", "", i18n.M("wire.missing"))
	}
	p := order.Placing{Confirmed: true, Words: strings.TrimSpace(f.plain("unsubscribe_reason", in.Words, 500))}
	reason := f.one("unsubscribe_reason_type", in.Reason, 0, 1, 2, 3, 4, 5)
	if err := f.err(); err != nil {
		return nil, err
	}
	if p.Key, err = c.key(); err != nil {
		return nil, err
	}
	if p.Reason = cancelReasons[reason]; p.Reason == 0 {
		p.Reason = order.OtherReason
		p.Words = c.why(reason, p.Words)
	}
	return c.ordering(ids, func(subscription.Subscription) (string, error) { return c.unsubscribe(int(kind), p) })
}

// why says in words a reason that the orders have no number for.
func (c *call) why(reason int32, words string) string {
	said := ""
	switch reason {
	case 3:
		said = i18n.T(c.ctx(), "bss.reason.cannot_operate")
	case 4:
		said = i18n.T(c.ctx(), "bss.reason.service_poor")
	case 5:
		said = words
	}
	switch {
	case said == "" && words == "":
		return i18n.T(c.ctx(), "bss.reason.none")
	case said == "" || said == words:
		return words
	case words == "":
		return said
	}
	return said + ": " + words
}

func (c *call) unsubscribe(kind int, p order.Placing) (string, error) {
	if o, again, err := c.made(p.Key); err != nil || again {
		return o.No, err
	}
	q, err := c.api.Order.Quote(c.ctx(), c.by, order.Ask{Kind: order.Unsubscribe, Cancel: kind})
	if err != nil {
		return "", c.busy(err, "CBC.99003100", "CBC.99003651")
	}
	p.Token = q.Token
	o, err := c.api.Order.Place(c.ctx(), c.by, p)
	return o.No, c.busy(err, "CBC.99003100", "CBC.99003651")
}
