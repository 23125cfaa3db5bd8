package bss

import (
	"math"
	"net/http"
	"slices"
	"strings"
	"time"

	"hanse/internal/domain/order"
	"hanse/internal/domain/product"
	"hanse/internal/domain/rate"
	"hanse/internal/kit/actor"
	"hanse/internal/kit/calendar"
	"hanse/internal/kit/fault"
	"hanse/internal/kit/i18n"
)

// A wirePriced is one product of an inquiry.
type wirePriced struct {
	ID       string  `json:"id"`
	Product  string  `json:"product_id"`
	Amount   *number `json:"amount,omitempty"`
	Official number  `json:"official_website_amount"`
	Discount *number `json:"discount_amount,omitempty"`
	Measure  int32   `json:"measure_id"`
}

// A wireOfficial is what the products of an inquiry cost without any discount.
type wireOfficial struct {
	Official number       `json:"official_website_amount"`
	Measure  int32        `json:"measure_id"`
	Products []wirePriced `json:"product_rating_results"`
}

// A wireOptional is what they cost with one of the caller's discounts.
type wireOptional struct {
	ID       string       `json:"discount_id"`
	Amount   number       `json:"amount"`
	Official number       `json:"official_website_amount"`
	Discount number       `json:"discount_amount"`
	Measure  int32        `json:"measure_id"`
	Type     int32        `json:"discount_type"`
	Name     string       `json:"discount_name"`
	Best     int32        `json:"best_offer"`
	Products []wirePriced `json:"product_rating_results"`
}

// An item is one product of an inquiry, as it's asked for.
type item struct {
	ID       *string `json:"id"`
	Service  *string `json:"cloud_service_type"`
	Type     *string `json:"resource_type"`
	Spec     *string `json:"resource_spec"`
	Region   *string `json:"region"`
	Zone     *string `json:"available_zone"`
	Kind     *int32  `json:"period_type"`
	Num      *int32  `json:"period_num"`
	Number   *int32  `json:"subscription_num"`
	Installs *string `json:"fee_installment_mode"`
}

// A wanted is an item that has been read.
type wanted struct {
	id     string
	sold   bool // we sell something under this name, for such a period
	pack   bool
	level  rate.Level
	term   rate.Term
	number int64
}

func (w wanted) product() string {
	if w.pack {
		return packProduct
	}
	return string(w.level)
}

// order is the kind of order that discounts know the purchase by.
func (w wanted) order() string {
	if w.pack {
		return product.OrderPack
	}
	return product.OrderNew
}

// mostBought bounds a number of pieces, so that no price overflows.
const mostBought = 10_000

// item reads one product. What isn't sold is told by the whole call, later.
func (f *form) item(in item) (w wanted) {
	w.id = f.must("id", in.ID, mostID)
	service, kind := f.must("cloud_service_type", in.Service, mostID), f.must("resource_type", in.Type, mostID)
	spec, region := f.must("resource_spec", in.Spec, mostID), f.must("region", in.Region, mostID)
	f.plain("available_zone", in.Zone, mostID)
	f.word("fee_installment_mode", in.Installs, false, "HALF_PAY", "ZERO_PAY", "NA")
	if in.Kind == nil || in.Num == nil || in.Number == nil {
		f.refuse("product_infos", w.id, i18n.M("wire.missing"))
		return w
	}
	period := f.one("period_type", in.Kind, 0, 0, periodMonth, periodYear, 4)
	if *in.Num < 1 {
		f.refuse("period_num", itoa(int(*in.Num)), i18n.M("wire.between", i18n.A{"from": 1, "to": math.MaxInt32}))
	}
	if w.number = int64(*in.Number); w.number < 1 || w.number > mostBought {
		f.refuse("subscription_num", itoa(int(*in.Number)), i18n.M("wire.between", i18n.A{"from": 1, "to": mostBought}))
	}
	here := service == planService && region == planRegion
	switch {
	case here && kind == packResource && spec == packSpec:
		w.pack, w.sold = true, period == periodMonth && *in.Num == 1 // until the month's end
	case here && kind == planResource:
		w.level, w.sold = levelOf(spec)
	}
	switch period {
	case periodMonth:
		w.term = rate.Months(int(*in.Num))
	case periodYear:
		w.term = rate.Years(int(*in.Num))
	default:
		w.sold = false
	}
	return w
}

// price is what so many of a product cost, with a discount or, when it's nil, without.
func (w wanted) price(s rate.Sheet, at time.Time, d *rate.Discount) (list, due int64, err error) {
	if w.pack {
		q, err := rate.Packs(s, int(w.number), at)
		return q.List, q.Due, err // packs have one price, which no discount lowers
	}
	q, err := rate.Buy(s, w.level, w.term, at, d)
	return q.List * w.number, q.Due * w.number, err
}

// noProduct is for what isn't sold, or not for so long.
func noProduct() error {
	return refuse(http.StatusBadRequest, "CBC.99006006", i18n.M("bss.no_product"))
}

// listRateOnPeriodDetail tells what new purchases cost the caller, with each of its discounts.
func listRateOnPeriodDetail(c *call) (any, error) {
	if err := c.by.May(actor.ViewPlan); err != nil {
		return nil, err
	}
	in, err := decode[struct {
		Project  *string `json:"project_id"`
		Products []item  `json:"product_infos"`
	}](c)
	if err != nil {
		return nil, err
	}
	f := &form{}
	f.must("project_id", in.Project, mostID)
	var all []wanted
	var ids []string
	for _, x := range in.Products {
		w := f.item(x)
		all, ids = append(all, w), append(ids, w.id)
	}
	f.list("product_infos", ids, 1, 100)
	if err := f.err(); err != nil {
		return nil, err
	}
	if slices.ContainsFunc(all, func(w wanted) bool { return !w.sold }) {
		return nil, noProduct()
	}
	return c.priced(all)
}

// priced adds the products up, without a discount and with each.
func (c *call) priced(all []wanted) (any, error) {
	now := c.api.DB.Clock().Now()
	cat, err := product.At(c.ctx(), c.api.DB.Read(), now)
	if err != nil {
		return nil, err
	}
	official := wireOfficial{Measure: yuan}
	for _, w := range all {
		list, _, err := w.price(cat.Sheet, now, nil)
		if err != nil {
			return nil, notSold(err)
		}
		official.Official += number(list)
		official.Products = append(official.Products, wirePriced{ID: w.id, Product: w.product(), Official: number(list), Measure: yuan})
	}
	offers, err := product.Discounts(c.ctx(), c.api.DB.Read(), c.by.Account, now)
	if err != nil {
		return nil, err
	}
	options := []wireOptional{}
	for _, o := range offers {
		x, err := c.optional(cat.Sheet, all, o, now)
		if err != nil {
			return nil, err
		}
		if o.Kind != product.Promotion && x.Discount > 0 {
			options = append(options, x)
		}
	}
	if i := bestOf(options); i >= 0 {
		options[i].Best = 1
	}
	return struct {
		Official wireOfficial   `json:"official_website_rating_result"`
		Options  []wireOptional `json:"optional_discount_rating_results"`
		Currency string         `json:"currency"`
	}{official, options, order.Currency}, nil
}

// optional prices the products with a discount, for those that it fits.
func (c *call) optional(s rate.Sheet, all []wanted, o product.Offer, at time.Time) (wireOptional, error) {
	out := wireOptional{ID: o.ID, Measure: yuan, Type: int32(o.Kind.Code()), Name: i18n.Say(c.ctx(), o.Names.Msg())}
	for _, w := range all {
		var d *rate.Discount
		if o.Fits(w.order(), w.level) {
			d = &o.Discount
		}
		list, due, err := w.price(s, at, d)
		if err != nil {
			return out, notSold(err)
		}
		out.Official += number(list)
		out.Amount += number(due)
		out.Products = append(out.Products, wirePriced{ID: w.id, Product: w.product(), Amount: ptr(number(due)), Official: number(list), Discount: ptr(number(list - due)), Measure: yuan})
	}
	out.Discount = out.Official - out.Amount
	return out, nil
}

// bestOf is the place of the offer that takes off most; of equal ones a commercial one goes before a partner's. -1 when
// there's none.
func bestOf(all []wireOptional) int {
	best := -1
	for i, x := range all {
		if best < 0 || x.Discount > all[best].Discount || x.Discount == all[best].Discount && x.Type < all[best].Type {
			best = i
		}
	}
	return best
}

// notSold gives the arithmetic's refusals the codes of an inquiry.
func notSold(err error) error {
	switch rate.WhyOf(err) {
	case rate.NoPrice, rate.BadTerm, rate.BadNumber:
		return noProduct()
	case rate.TooLong:
		return refuse(http.StatusBadRequest, "CBC.99006055", said(fault.Of(rate.Fault(err))))
	}
	return err
}

// A wirePolicy tells what a partner gets for a service's sales, and whether it may grant discounts on it.
type wirePolicy struct {
	Service   string `json:"service_type_code"`
	Name      string `json:"service_type_name"`
	Incentive string `json:"incentive_policy"`
	Discount  string `json:"allow_discount"`
}

// noIncentive is the policy of a service that counts for no performance and brings no rebate: the support plan is for
// partners themselves.
const noIncentive = "2"

// listIncentiveDiscountPolicies tells the policies of a month's last instant.
func listIncentiveDiscountPolicies(c *call) (any, error) {
	if err := c.by.May(actor.ViewPlan); err != nil {
		return nil, err
	}
	f := c.query()
	month := f.must("time", f.arg("time"), mostID)
	first, err := calendar.ParseDay(month + "-01")
	if month != "" && err != nil {
		f.refuse("time", month, i18n.M("bss.month"))
	}
	service := f.plain("service_type_code", f.arg("service_type_code"), mostID)
	offset, _ := f.queryPage()
	if err := f.err(); err != nil {
		return nil, err
	}
	out := struct {
		Total int          `json:"total_count"`
		List  []wirePolicy `json:"policies"`
	}{List: []wirePolicy{}}
	if _, err := product.At(c.ctx(), c.api.DB.Read(), first.MonthEnd().End()); missing(err) {
		return out, nil // nothing was sold then
	} else if err != nil {
		return nil, err
	}
	if service == "" || strings.EqualFold(service, planService) {
		out.Total = 1
		if offset == 0 {
			out.List = append(out.List, wirePolicy{planService, c.serviceName(), noIncentive, "YES"})
		}
	}
	return out, nil
}
