package bss

import (
	"net/http"
	"slices"
	"strings"

	"hanse/internal/domain/order"
	"hanse/internal/domain/product"
	"hanse/internal/domain/rate"
	"hanse/internal/domain/subscription"
	"hanse/internal/kit/actor"
	"hanse/internal/kit/i18n"
)

// A wireRenewal is what one resource's renewal costs.
type wireRenewal struct {
	Resource string `json:"resource_id"`
	Amount   string `json:"amount"`
}

// A wireRenewalOffer is what the renewals cost with a discount; amounts are texts in this operation alone.
type wireRenewalOffer struct {
	ID       string `json:"discount_id"`
	Amount   string `json:"amount"`
	Official string `json:"official_website_amount"`
	Discount string `json:"discount_amount"`
	Type     int32  `json:"discount_type"`
	Name     string `json:"discount_name"`
	Best     int32  `json:"best_offer"`
}

// A wireRenewals is the answer to an inquiry about renewals.
type wireRenewals struct {
	Currency string        `json:"currency"`
	Results  []wireRenewal `json:"renew_inquiry_results"`
	Official struct {
		Amount string `json:"official_website_amount"`
	} `json:"official_website_rating_result"`
	Options []wireRenewalOffer `json:"optional_discount_rating_results"`
	Failed  []wireFail         `json:"fail_resource_infos"`
}

// listRenewRateOnPeriod tells what renewals of own plans cost.
func listRenewRateOnPeriod(c *call) (any, error) {
	if err := c.by.May(actor.PlaceOrder); err != nil {
		return nil, err
	}
	in, err := decode[struct {
		IDs      []string `json:"resource_ids"`
		Kind     *int32   `json:"period_type"`
		Num      *int32   `json:"period_num"`
		Relative *bool    `json:"include_relative_resources"`
	}](c)
	if err != nil {
		return nil, err
	}
	f := &form{}
	term := f.term(in.Kind, in.Num)
	ids := slices.Compact(slices.Sorted(slices.Values(in.IDs)))
	f.list("resource_ids", ids, 1, 10)
	if err := f.err(); err != nil {
		return nil, err
	}
	if len(ids) < len(in.IDs) {
		return nil, c.coded("CBC.30050012", i18n.M("bss.resource_twice"))
	}
	out := wireRenewals{Currency: order.Currency, Results: []wireRenewal{}, Options: []wireRenewalOffer{}, Failed: []wireFail{}}
	total := number(0)
	for _, id := range in.IDs {
		q, s, err := c.renewalPrice(id, term)
		if err == nil {
			total += number(q.Price.List)
			out.Results = append(out.Results, wireRenewal{id, number(q.Price.List).text()})
			err = c.renewalOffers(&out, q, s)
		}
		if err != nil {
			if e := c.refusal(err); e.status >= http.StatusInternalServerError || !strings.HasPrefix(e.code, "CBC.300500") {
				return nil, err
			}
			out.Failed = append(out.Failed, c.failed(id, err))
		}
	}
	out.Official.Amount = total.text()
	return out, nil
}

// renewalPrice is the quote of one plan's renewal.
func (c *call) renewalPrice(id string, term rate.Term) (q order.Quote, s subscription.Subscription, err error) {
	if s, err = c.plan(id); err != nil {
		return q, s, err
	}
	q, err = c.api.Order.Quote(c.ctx(), c.by, order.Ask{Kind: order.Renew, Term: term})
	return q, s, c.busy(err, "CBC.30050010", "CBC.30050011")
}

// renewalOffers adds what the renewal costs with each discount.
func (c *call) renewalOffers(out *wireRenewals, q order.Quote, s subscription.Subscription) error {
	offers, err := product.Discounts(c.ctx(), c.api.DB.Read(), c.by.Account, q.At)
	if err != nil {
		return err
	}
	var all []wireOptional
	for _, o := range offers {
		if o.Kind == product.Promotion || !o.Fits(product.OrderRenew, s.Level) {
			continue
		}
		ask := q.Ask
		ask.Discount = o.ID
		x, err := c.api.Order.Quote(c.ctx(), c.by, ask)
		if err != nil {
			return err
		}
		if x.Price.Discount > 0 {
			all = append(all, wireOptional{ID: o.ID, Amount: number(x.Price.Due), Official: number(x.Price.List), Discount: number(x.Price.Discount), Type: int32(o.Kind.Code()),
				Name: i18n.Say(c.ctx(), o.Names.Msg())})
		}
	}
	best := bestOf(all)
	for i, x := range all {
		w := wireRenewalOffer{ID: x.ID, Amount: x.Amount.text(), Official: x.Official.text(), Discount: x.Discount.text(), Type: x.Type, Name: x.Name}
		if i == best {
			w.Best = 1
		}
		out.Options = append(out.Options, w)
	}
	return nil
}
