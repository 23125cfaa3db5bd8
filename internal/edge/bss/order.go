package bss

import (
	"net/http"
	"strings"
	"time"

	"hanse/internal/domain/order"
	"hanse/internal/domain/rate"
	"hanse/internal/kit/actor"
	"hanse/internal/kit/i18n"
)

// A wireDiscount is what one discount took off an order.
type wireDiscount struct {
	Type   string `json:"discount_type"`
	Amount number `json:"discount_amount"`
}

// A wireAmounts is an order's money by source.
type wireAmounts struct {
	Discounts  []wireDiscount `json:"discounts"`
	CashCoupon number         `json:"flexipurchase_coupon_amount"`
	Coupon     number         `json:"coupon_amount"`
	StoredCard number         `json:"stored_card_amount"`
	Commission number         `json:"commission_amount"`
	Consumed   number         `json:"consumed_amount"`
}

func amounts(o order.Order) wireAmounts {
	out := wireAmounts{Discounts: []wireDiscount{}, StoredCard: number(o.Paid.StoredValue)}
	if x := o.Chosen.Offer; x != nil && x.Minor != 0 {
		out.Discounts = append(out.Discounts, wireDiscount{itoa(x.Kind.Code()), number(x.Minor)})
	}
	for _, u := range o.Chosen.Uses {
		switch u.Kind {
		case order.DiscountCoupon:
			out.Discounts = append(out.Discounts, wireDiscount{itoa(u.Kind), number(u.Minor)})
		case order.CashCoupon:
			out.CashCoupon += number(u.Minor)
		default:
			out.Coupon += number(u.Minor)
		}
	}
	if o.Back != nil {
		out.CashCoupon, out.Coupon = number(o.Back.Return.CashCoupon), number(o.Back.Return.Voucher)
		out.StoredCard = number(o.Back.Return.StoredValue)
		out.Commission, out.Consumed = number(o.Back.Fee.All()), number(o.Back.Consumed.All())
	}
	return out
}

// payable is what an order costs before coupons and its list price; of a refund both are what comes back, below zero.
func payable(o order.Order) (due, list number) {
	if o.Back != nil {
		return number(-o.Back.Total), number(-o.Back.Total)
	}
	return number(o.Due), number(o.List)
}

// A wireOrder is an order in lists.
type wireOrder struct {
	ID          string      `json:"order_id"`
	Customer    string      `json:"customer_id"`
	Service     string      `json:"service_type_code"`
	ServiceName string      `json:"service_type_name"`
	Source      int32       `json:"source_type"`
	Status      int32       `json:"status"`
	Type        int32       `json:"order_type"`
	Due         number      `json:"amount_after_discount"`
	List        number      `json:"official_amount"`
	Measure     int32       `json:"measure_id"`
	Created     string      `json:"create_time"`
	Paid        string      `json:"payment_time,omitempty"`
	Currency    string      `json:"currency"`
	Contract    string      `json:"contract_id"`
	Amounts     wireAmounts `json:"amount_info"`
	Parts       []struct{}  `json:"sub_order_infos"` // orders here aren't combined
}

func (c *call) order(o order.Order) wireOrder {
	due, list := payable(o)
	return wireOrder{ID: o.No, Customer: o.Account, Service: planService, ServiceName: c.serviceName(), Source: int32(o.Source), Status: int32(o.State), Type: int32(o.Kind.Wire()),
		Due: due, List: list, Measure: yuan, Created: instant(o.CreatedAt), Paid: instant(o.PaidAt), Currency: o.Currency, Contract: o.Contract, Amounts: amounts(o), Parts: []struct{}{}}
}

// A wireListed is a wireOrder with what only lists tell.
type wireListed struct {
	wireOrder
	Projects []struct{} `json:"enterprise_projects"`
	Agent    wireAgent  `json:"agent_pay_info"`
}

// A wireAgent tells whether a partner pays for the customer, and which one.
type wireAgent struct {
	ID  string `json:"paying_agent_id"`
	Yes bool   `json:"is_agent_pay"`
}

// agent is who paid on behalf, or is asked to.
func (c *call) agent(o order.Order) (wireAgent, error) {
	if o.Way == order.Agent {
		return wireAgent{o.PaidBy, true}, nil
	}
	if o.State != order.Pending {
		return wireAgent{}, nil
	}
	x, ok, err := order.OpenAgent(c.ctx(), c.api.DB.Read(), o.Account, o.No)
	return wireAgent{x.Partner, ok}, err
}

// orderKinds are the kinds behind the order types of the wire. Those of other services are known and find nothing.
var orderKinds = map[string][]order.Kind{"": nil, "1": {order.Buy, order.Pack}, "2": {order.Renew}, "3": {order.Change}, "4": {order.Unsubscribe},
	"10": {nothing}, "11": {nothing}, "13": {nothing}, "14": {nothing}, "15": {nothing}}

// listCustomerOrders lists the caller's own orders, a customer's that a partner names, or all of its customers'.
func listCustomerOrders(c *call) (any, error) {
	if err := c.by.May(actor.ViewOrders); err != nil {
		return nil, err
	}
	f := c.query()
	x := order.Search{No: f.plain("order_id", f.arg("order_id"), mostID), State: order.State(f.one("status", f.num("status"), 0, 1, 3, 4, 5, 6, 9)),
		Kinds: orderKinds[f.word("order_type", f.arg("order_type"), true, "1", "2", "3", "4", "10", "11", "13", "14", "15")]}
	x.PlacedFrom, x.PlacedTo = f.year("create_time_begin", "create_time_end")
	x.PaidFrom, x.PaidTo = f.year("payment_time_begin", "payment_time_end")
	x.Oldest = f.word("order_by", f.arg("order_by"), true, "createTime", "-createTime") == "createTime"
	service := f.plain("service_type_code", f.arg("service_type_code"), mostID)
	customer, ipid := f.plain("customer_id", f.arg("customer_id"), mostID), f.ipid(f.arg("indirect_partner_id"))
	method := f.word("method", f.arg("method"), true, "oneself", "sub_customer")
	x.Offset, x.Limit = f.queryPage()
	if err := f.err(); err != nil {
		return nil, err
	}
	var err error
	if x.Accounts, err = c.buyers(customer, ipid, method); err != nil {
		return nil, err
	}
	if service != "" && !strings.EqualFold(service, planService) {
		x.Accounts = nil
	}
	rows, total, err := order.Page(c.ctx(), c.api.DB.Read(), x)
	if err != nil {
		return nil, err
	}
	out := make([]wireListed, len(rows))
	for i, o := range rows {
		out[i] = wireListed{wireOrder: c.order(o), Projects: []struct{}{}}
		if out[i].Agent, err = c.agent(o); err != nil {
			return nil, err
		}
	}
	return struct {
		Total int64        `json:"total_count"`
		List  []wireListed `json:"order_infos"`
	}{total, out}, nil
}

// buyers are the accounts whose orders are listed.
func (c *call) buyers(customer, ipid, method string) ([]string, error) {
	if customer == "" && method == "sub_customer" {
		if c.by.Kind != actor.Partner {
			return nil, notPermitted()
		}
		partner, err := c.owner(ipid)
		if err != nil {
			return nil, err
		}
		return c.customersOf(c.ctx(), partner)
	}
	id, err := c.buyer(customer, ipid, notPermitted())
	return []string{id}, err
}

// year is a span of at most a year.
func (f *form) year(begin, end string) (from, to time.Time) {
	from, to = f.span(begin, end, f.arg(begin), f.arg(end))
	if !from.IsZero() && !to.IsZero() && to.After(from.AddDate(1, 0, 0).Add(time.Second)) {
		f.refuse(end, *f.arg(end), i18n.M("bss.within_a_year", i18n.A{"field": begin}))
	}
	return from, to
}

// find reads an order that the caller may see: its own, its customer's, or one of the reseller that it names. The
// refusal for one that isn't there is the same as for one that is somebody else's.
func (c *call) find(no, ipid string, foreign error) (o order.Order, err error) {
	if err := c.by.May(actor.ViewOrders); err != nil {
		return o, err
	}
	partner, err := c.owner(ipid)
	if err != nil {
		return o, err
	}
	if o, err = order.Find(c.ctx(), c.api.DB.Read(), strings.ToUpper(no)); err != nil {
		if missing(err) {
			err = foreign
		}
		return o, err
	}
	ok, err := c.theirs(partner, o.Account)
	if err == nil && !ok {
		err = foreign
	}
	return o, err
}

// noOrder is for the number of no order that the caller may see.
func noOrder() error { return refuse(http.StatusBadRequest, "CBC.30000010", i18n.M("bss.no_order")) }

// A wireDetails is an order by itself.
type wireDetails struct {
	wireOrder
	User     string `json:"user_name"`
	Deadline string `json:"pending_payment_end_time,omitempty"`
}

// A wireProduct names what was bought.
type wireProduct struct {
	Product  string `json:"product_id"`
	Desc     string `json:"product_spec_desc"`
	Category string `json:"category_code"`
	Owner    string `json:"product_owner_service"`
	Resource string `json:"commercial_resource"`
}

// A wireLine is what an order consists of: one line, since each is about one plan.
type wireLine struct {
	ID          string      `json:"order_line_item_id"`
	Service     string      `json:"service_type_code"`
	ServiceName string      `json:"service_type_name"`
	PeriodType  int32       `json:"period_type"`
	PeriodNum   *int32      `json:"period_num"`
	Effective   string      `json:"effective_time,omitempty"`
	Expire      string      `json:"expire_time,omitempty"`
	Number      int32       `json:"subscription_num"`
	Due         number      `json:"amount_after_discount"`
	List        number      `json:"official_amount"`
	Amounts     wireAmounts `json:"amount_info"`
	Currency    string      `json:"currency"`
	wireProduct
	Base  wireProduct `json:"base_product_info"`
	Order string      `json:"order_id"`
}

func lineID(no string) string { return no + "-1" }

func (c *call) line(o order.Order) wireLine {
	due, list := payable(o)
	t := c.thing(o)
	p := wireProduct{Product: t.product, Desc: t.desc, Owner: planService, Resource: t.resource}
	out := wireLine{ID: lineID(o.No), Service: planService, ServiceName: c.serviceName(), PeriodType: periodOf(o.Term), Number: 1, Due: due, List: list, Amounts: amounts(o),
		Currency: o.Currency, wireProduct: p, Base: p, Order: o.No}
	if o.Price != nil {
		out.Effective, out.Expire = instant(o.Price.Start), instant(o.Price.End)
	}
	switch {
	case o.Kind == order.Pack:
		out.PeriodType, out.PeriodNum, out.Number = periodOnce, ptr[int32](1), int32(o.Packs)
	case o.Kind != order.Unsubscribe && o.Term != (rate.Term{}):
		out.PeriodNum = ptr(int32(o.Term.Num))
	}
	return out
}

// showCustomerOrderDetails tells all of one order.
func showCustomerOrderDetails(c *call) (any, error) {
	f := c.query()
	no, ipid := f.must("order_id", &c.id, mostID), f.ipid(f.arg("indirect_partner_id"))
	offset, _ := f.queryPage()
	if err := f.err(); err != nil {
		return nil, err
	}
	o, err := c.find(no, ipid, noOrder())
	if err != nil {
		return nil, err
	}
	out := struct {
		Total int32       `json:"total_count"`
		Order wireDetails `json:"order_info"`
		Lines []wireLine  `json:"order_line_items"`
	}{1, wireDetails{wireOrder: c.order(o), User: o.CreatedName}, []wireLine{}}
	if o.Source == order.FromSystem {
		out.Order.User = i18n.T(c.ctx(), "bss.operations_system")
	}
	if o.State == order.Pending {
		out.Order.Deadline = instant(o.Deadline)
	}
	if offset == 0 {
		out.Lines = append(out.Lines, c.line(o))
	}
	return out, nil
}

// A wireRefund is one amount of a refund: below zero it's money back, else consumed or a fee.
type wireRefund struct {
	ID           string `json:"id"`
	Amount       number `json:"amount"`
	Measure      string `json:"measure_id"` // a text in this operation alone
	Customer     string `json:"customer_id"`
	Resource     string `json:"resource_type_code"`
	Service      string `json:"service_type_code"`
	ResourceName string `json:"resource_type_name"`
	ServiceName  string `json:"service_type_name"`
	Region       string `json:"region_code"`
	Base         string `json:"base_order_id"`
}

// showRefundOrderDetails tells what an unsubscription or a downgrade gave back and kept.
func showRefundOrderDetails(c *call) (any, error) {
	if err := c.by.May(actor.ViewOrders); err != nil {
		return nil, err
	}
	f := c.query()
	no := f.must("order_id", f.arg("order_id"), mostID)
	customer, ipid := f.plain("customer_id", f.arg("customer_id"), mostID), f.ipid(f.arg("indirect_partner_id"))
	if err := f.err(); err != nil {
		return nil, err
	}
	id, err := c.buyer(customer, ipid, notYourCustomer())
	if err != nil {
		return nil, err
	}
	outside := refuse(http.StatusForbidden, "CBC.0151", i18n.M("bss.out_of_scope"))
	o, err := c.find(no, ipid, outside)
	if err == nil && o.Account != id {
		err = outside
	}
	if err != nil {
		return nil, err
	}
	lines, err := o.RefundLines()
	if err != nil {
		return nil, err
	}
	t := c.thing(o)
	return struct {
		Total int          `json:"total_count"`
		List  []wireRefund `json:"refund_infos"`
	}{len(lines), wireList(lines, func(l order.RefundLine) wireRefund {
		return wireRefund{ID: l.ID, Amount: number(l.Minor), Measure: itoa(yuan), Customer: o.Account, Resource: t.resource, Service: planService, ResourceName: t.name,
			ServiceName: c.serviceName(), Region: planRegion, Base: l.Base}
	})}, nil
}
