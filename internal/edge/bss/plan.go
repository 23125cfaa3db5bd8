package bss

import (
	"context"
	"net/http"
	"strings"

	"hanse/internal/domain/account"
	"hanse/internal/domain/order"
	"hanse/internal/domain/rate"
	"hanse/internal/domain/subscription"
	"hanse/internal/kit/actor"
	"hanse/internal/kit/fault"
	"hanse/internal/kit/i18n"
)

// What the support plan is called on the wire: one service with two resource types, each level a specification. The
// product ids are those that coupons' limits name.
const (
	planService  = order.ServiceType
	planResource = "hws.resource.type.supportplan"
	packResource = "hws.resource.type.ticketpack"
	planRegion   = "global"
	packSpec     = "ticketpack"
	packProduct  = "TICKET_PACK"
	specPrefix   = "supportplan."
)

// specOf is the specification of a level: supportplan.standard.
func specOf(l rate.Level) string { return specPrefix + strings.ToLower(string(l)) }

// levelOf is the level of a specification; false when nothing is sold under it.
func levelOf(spec string) (rate.Level, bool) {
	for _, l := range []rate.Level{rate.Standard, rate.Premium} {
		if specOf(l) == spec {
			return l, true
		}
	}
	return "", false
}

// A wireThing is how orders and resources name what was bought.
type wireThing struct{ resource, product, spec, name, desc string }

// thing names what an order is about, in the reader's language.
func (c *call) thing(o order.Order) wireThing {
	if o.Kind == order.Pack {
		return wireThing{packResource, packProduct, packSpec, i18n.T(c.ctx(), "bss.pack"), i18n.T(c.ctx(), "bss.pack")}
	}
	return c.planThing(o.Level)
}

func (c *call) planThing(l rate.Level) wireThing {
	return wireThing{planResource, string(l), specOf(l), i18n.T(c.ctx(), "bss.plan"), i18n.Say(c.ctx(), subscription.LevelLabel(l))}
}

func (c *call) serviceName() string { return i18n.T(c.ctx(), "bss.plan") }

// The period types of the wire.
const (
	periodMonth = 2
	periodYear  = 3
	periodOnce  = 5
)

func periodOf(t rate.Term) int32 {
	if t.Unit == rate.Year {
		return periodYear
	}
	return periodMonth
}

// term reads a length of time of the wire; what isn't sold is for the verb to refuse.
func (f *form) term(kind, num *int32) rate.Term {
	k := f.one("period_type", kind, 0, periodMonth, periodYear)
	if kind == nil {
		f.refuse("period_type", "", i18n.M("wire.missing"))
	}
	if num == nil {
		f.refuse("period_num", "", i18n.M("wire.missing"))
		return rate.Term{}
	}
	if k == periodYear {
		return rate.Years(int(*num))
	}
	return rate.Months(int(*num))
}

// notPermitted is for an order of somebody who isn't the partner's customer.
func notPermitted() error {
	return refuse(http.StatusForbidden, "CBC.0155", i18n.M("bss.out_of_scope"))
}

// buyer is the account that a call names as customer_id, the caller's own when it names none: a partner's customer, or a
// customer of the reseller that a distributor names. For anybody else's the answer is foreign.
func (c *call) buyer(customer, ipid string, foreign error) (string, error) {
	partner, err := c.owner(ipid)
	if err != nil {
		return "", err
	}
	if customer == "" {
		return partner, nil
	}
	ok, err := c.theirs(partner, customer)
	if err == nil && !ok {
		err = foreign
	}
	return customer, err
}

// theirs tells whether an account is a company's own or its customer's.
func (c *call) theirs(partner, id string) (bool, error) {
	if partner == id {
		return true, nil
	}
	if c.by.Kind != actor.Partner {
		return false, nil
	}
	x, ok, err := account.PartnerOf(c.ctx(), c.api.DB.Read(), id, c.api.DB.Clock().Now())
	return ok && x.Account == partner, err
}

// customersOf are the accounts of all customers that a partner has now.
func (c *call) customersOf(ctx context.Context, partner string) (ids []string, err error) {
	const page = 500
	for after := ""; ; {
		rows, err := account.Linked(ctx, c.api.DB.Read(), partner, c.api.DB.Clock().Now(), after, page)
		if err != nil {
			return nil, err
		}
		for _, x := range rows {
			if after = x.ID; x.Kind == account.Resale || x.Kind == account.Referral {
				ids = append(ids, x.Other)
			}
		}
		if len(rows) < page {
			return ids, nil
		}
	}
}

// missing tells whether nothing with an id was found.
func missing(err error) bool { return fault.KindOf(err) == fault.KindNotFound }
