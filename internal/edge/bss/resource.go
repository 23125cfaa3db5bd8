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
	"hanse/internal/kit/fault"
	"hanse/internal/kit/i18n"
)

// The states of a resource.
const (
	inUse   = 2
	closed  = 3
	frozen  = 4
	expired = 5
)

// resourceState is a plan's state on the wire: in grace it has expired and is still served, in retention it's frozen.
func resourceState(s subscription.State) int32 {
	switch s {
	case subscription.Active:
		return inUse
	case subscription.Grace:
		return expired
	case subscription.Retention:
		return frozen
	}
	return closed
}

// What becomes of a resource at its expiry.
const (
	toGrace    = 0
	renewsSelf = 3
)

// A wireProject is an enterprise project: plans belong to the default one.
type wireProject struct {
	ID   string `json:"id"`
	Name string `json:"name"`
}

// A wireResource is a plan as a yearly/monthly resource.
type wireResource struct {
	ID           string      `json:"id"`
	Resource     string      `json:"resource_id"`
	Name         string      `json:"resource_name"`
	Region       string      `json:"region_code"`
	Service      string      `json:"service_type_code"`
	Type         string      `json:"resource_type_code"`
	TypeName     string      `json:"resource_type_name"`
	ServiceName  string      `json:"service_type_name"`
	Spec         string      `json:"resource_spec_code"`
	Project      string      `json:"project_id"`
	Product      string      `json:"product_id"`
	Parent       string      `json:"parent_resource_id"`
	Main         int32       `json:"is_main_resource"`
	Status       int32       `json:"status"`
	Effective    string      `json:"effective_time"`
	Expire       string      `json:"expire_time"`
	ExpirePolicy int32       `json:"expire_policy"`
	Desc         string      `json:"product_spec_desc"`
	Updated      string      `json:"update_time"`
	Enterprise   wireProject `json:"enterprise_project"`
}

func (c *call) resource(s subscription.Subscription) wireResource {
	t, policy := c.planThing(s.Level), int32(toGrace)
	if s.AutoRenew {
		policy = renewsSelf
	}
	return wireResource{ID: s.ID, Resource: s.ID, Name: t.name, Region: planRegion, Service: planService, Type: t.resource, TypeName: t.name, ServiceName: c.serviceName(), Spec: t.spec,
		Product: t.product, Main: 1, Status: resourceState(s.State), Effective: instant(s.Begun), Expire: instant(s.Expires), ExpirePolicy: policy, Desc: t.desc,
		Updated: instant(s.ChangedAt), Enterprise: wireProject{ID: "0", Name: "default"}}
}

// mostResources is the longest page of resources: longer than elsewhere.
const mostResources = 500

// A resourceFilter narrows an account's plans.
type resourceFilter struct {
	IDs       []string `json:"resource_ids"`
	Order     *string  `json:"order_id"`
	Main      *int32   `json:"only_main_resource"`
	States    []int32  `json:"status_list"`
	Offset    *int32   `json:"offset"`
	Limit     *int32   `json:"limit"`
	ExpireMin *string  `json:"expire_time_begin"`
	ExpireMax *string  `json:"expire_time_end"`
	Service   *string  `json:"service_type_code"`
	Customer  *string  `json:"customer_id"`
}

// read checks a filter; fits tells whether a plan is meant.
func (in resourceFilter) read(f *form) (fits func(s subscription.Subscription) bool) {
	ids, no := f.list("resource_ids", in.IDs, 0, 50), strings.ToUpper(f.plain("order_id", in.Order, mostID))
	f.one("only_main_resource", in.Main, 0, 0, 1)
	for _, n := range in.States {
		f.one("status_list", &n, 0, inUse, closed, frozen, expired)
	}
	service := f.filled("service_type_code", in.Service, mostID)
	from, to := f.span("expire_time_begin", "expire_time_end", in.ExpireMin, in.ExpireMax)
	return func(s subscription.Subscription) bool {
		return (len(ids) == 0 || slices.Contains(ids, s.ID)) && (no == "" || madeBy(s, no)) && (len(in.States) == 0 || slices.Contains(in.States, resourceState(s.State))) &&
			(service == "" || strings.EqualFold(service, planService)) && (from.IsZero() || !s.Expires.Before(from)) && (to.IsZero() || s.Expires.Before(to))
	}
}

// madeBy tells whether an order had a part in a plan.
func madeBy(s subscription.Subscription, no string) bool {
	return slices.ContainsFunc(s.History.Periods, func(p rate.Period) bool {
		return p.Order == no || slices.ContainsFunc(p.Segments, func(x rate.Segment) bool { return x.Order == no })
	})
}

// listPayPerUseCustomerResources lists the plans that an account has and had, newest first. Its name on the wire is the
// vendor's.
func listPayPerUseCustomerResources(c *call) (any, error) {
	if err := c.by.May(actor.ViewPlan); err != nil {
		return nil, err
	}
	in, err := decode[resourceFilter](c)
	if err != nil {
		return nil, err
	}
	f := &form{}
	fits := in.read(f)
	offset, limit := f.pageTo(in.Offset, in.Limit, mostResources)
	customer := f.plain("customer_id", in.Customer, mostID)
	if err := f.err(); err != nil {
		return nil, err
	}
	id, err := c.buyer(customer, "", notYourCustomer())
	if err != nil {
		return nil, err
	}
	all, err := subscription.All(c.ctx(), c.api.DB.Read(), id)
	if err != nil {
		return nil, err
	}
	all = slices.DeleteFunc(all, func(s subscription.Subscription) bool { return !fits(s) })
	rows := all[min(offset, len(all)):]
	rows = rows[:min(limit, len(rows))]
	return struct {
		Total int            `json:"total_count"`
		List  []wireResource `json:"data"`
	}{len(all), wireList(rows, c.resource)}, nil
}

// A wireFail is a resource that couldn't be taken with the others.
type wireFail struct {
	Code     string `json:"error_code"`
	Msg      string `json:"error_msg"`
	Resource string `json:"resource_id"`
}

func (c *call) failed(id string, err error) wireFail {
	e := c.refusal(err)
	return wireFail{e.code, e.say(c.ctx()), id}
}

// A wireOrdered is what became of a call about several resources.
type wireOrdered struct {
	Orders []string   `json:"order_ids"`
	Failed []wireFail `json:"fail_resource_infos"`
}

// ordering makes an order for each resource. Those that fail are listed beside the others; when all do, the first one's
// refusal is the answer.
func (c *call) ordering(ids []string, place func(s subscription.Subscription) (string, error)) (any, error) {
	out, first := wireOrdered{[]string{}, []wireFail{}}, error(nil)
	for _, id := range ids {
		s, err := c.plan(id)
		no := ""
		if err == nil {
			no, err = place(s)
		}
		if err == nil {
			out.Orders = append(out.Orders, no)
			continue
		}
		if e := c.refusal(err); e.status >= http.StatusInternalServerError {
			return nil, err
		}
		out.Failed = append(out.Failed, c.failed(id, err))
		if first == nil {
			first = err
		}
	}
	if len(out.Orders) == 0 {
		return nil, first
	}
	return out, nil
}

// plan is one of the caller's own plans by its id; NotFound when there's none, and none that is over.
func (c *call) plan(id string) (subscription.Subscription, error) {
	all, err := c.api.Subscription.List(c.ctx(), c.by, "")
	if err != nil {
		return subscription.Subscription{}, err
	}
	i := slices.IndexFunc(all, func(s subscription.Subscription) bool { return s.ID == id })
	if i < 0 {
		return subscription.Subscription{}, c.coded(goneCodes[c.op.Name].missing, i18n.M("bss.no_resource", i18n.A{"id": id}))
	}
	if !all[i].Live() {
		return all[i], c.coded(goneCodes[c.op.Name].over, i18n.M("bss.resource_over", i18n.A{"id": id}))
	}
	return all[i], nil
}

func (c *call) coded(code string, msg i18n.Msg) error {
	return refuse(http.StatusBadRequest, code, msg)
}

// busy gives the refusal of a plan with an open order its code: it isn't the same for one that waits for its payment and
// for one that is under way.
func (c *call) busy(err error, unpaid, underWay string) error {
	if order.WhyOf(err) != order.OpenOrder {
		return err
	}
	open, failed := order.Open(c.ctx(), c.api.DB.Read(), c.by.Account)
	if failed != nil {
		return failed
	}
	code := underWay
	if slices.ContainsFunc(open, func(o order.Order) bool { return o.State == order.Pending && o.Kind != order.Pack }) {
		code = unpaid
	}
	return c.coded(code, said(fault.Of(err)))
}

// own reads the plan that the path names.
func (c *call) own(f *form) (subscription.Subscription, error) {
	id := f.must("resource_id", &c.id, mostID)
	if err := f.err(); err != nil {
		return subscription.Subscription{}, err
	}
	return c.plan(id)
}

// autoRenewalResources lets an own plan renew by itself.
func autoRenewalResources(c *call) (any, error) {
	if err := c.by.May(actor.ManagePlan); err != nil {
		return nil, err
	}
	in, err := decode[struct {
		Times *int32  `json:"auto_renew_times"`
		Kind  *string `json:"period_type"`
	}](c)
	if err != nil {
		return nil, err
	}
	f := &form{}
	if in.Times != nil && (*in.Times < 0 || *in.Times > 99) {
		f.refuse("auto_renew_times", itoa(int(*in.Times)), i18n.M("wire.between", i18n.A{"from": 0, "to": 99}))
	}
	unit := f.word("period_type", in.Kind, true, string(rate.Month), string(rate.Year))
	s, err := c.own(f)
	if err != nil {
		return nil, err
	}
	if s.State != subscription.Active {
		return nil, c.coded("CBC.99003602", i18n.M("bss.resource_expired", i18n.A{"id": s.ID, "state": s.State.Label()}))
	}
	a := subscription.Auto{On: true, Term: s.RenewTerm, Times: s.RenewLeft}
	if !s.AutoRenew {
		a = subscription.Auto{On: true, Term: s.History.Periods[len(s.History.Periods)-1].Term, Times: subscription.Unlimited}
	}
	if in.Times != nil {
		a.Times = int(*in.Times)
	}
	if unit != "" && rate.Unit(unit) != a.Term.Unit {
		a.Term = rate.Term{Unit: rate.Unit(unit), Num: 1}
	}
	cat, err := product.At(c.ctx(), c.api.DB.Read(), c.api.DB.Clock().Now())
	if err != nil {
		return nil, err
	}
	if _, sold := cat.Sheet.Fee(s.Level, a.Term); !sold {
		return nil, c.coded("CBC.30010001", i18n.M("bss.not_sold", i18n.A{"term": subscription.TermLabel(a.Term)}))
	}
	_, err = c.api.Subscription.SetAutoRenew(c.ctx(), c.by, s.ID, a)
	return nil, err
}

// cancelAutoRenewalResources lets an own plan expire again.
func cancelAutoRenewalResources(c *call) (any, error) {
	if err := c.by.May(actor.ManagePlan); err != nil {
		return nil, err
	}
	s, err := c.own(&form{})
	if err != nil {
		return nil, err
	}
	if !s.AutoRenew {
		return nil, c.coded("CBC.99003605", i18n.M("bss.not_renewing", i18n.A{"id": s.ID}))
	}
	_, err = c.api.Subscription.SetAutoRenew(c.ctx(), c.by, s.ID, subscription.Auto{})
	return nil, err
}
