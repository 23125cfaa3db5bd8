package bss

import (
	"cmp"
	"strconv"
	"time"

	"hanse/internal/domain/account"
	"hanse/internal/domain/ledger"
	"hanse/internal/domain/voucher"
	"hanse/internal/kit/calendar"
	"hanse/internal/kit/i18n"
	"hanse/internal/kit/money"
)

// createPartnerCoupons issues a coupon to each of some customers.
func createPartnerCoupons(c *call) (any, error) {
	in, err := decode[struct {
		Quota     *string  `json:"quota_id"`
		Customers []string `json:"customer_ids"`
		Face      dec      `json:"face_value"`
		Valid     *string  `json:"valid_time"`
		Expire    *string  `json:"expire_time"`
		Services  []string `json:"cloud_service_types"`
		Products  []string `json:"product_ids"`
		Memo      *string  `json:"memo"`
		Reseller  *string  `json:"indirect_partner_id"`
	}](c)
	if err != nil {
		return nil, err
	}
	f := &form{}
	x := voucher.Issue{Partner: c.partner(f.ipid(in.Reseller)), Quota: f.must("quota_id", in.Quota, mostID), Customers: f.list("customer_ids", in.Customers, 1, 100),
		Minor: f.amount("face_value", in.Face), ValidAt: f.at("valid_time", in.Valid), ExpireAt: f.at("expire_time", in.Expire),
		Services: f.list("cloud_service_types", in.Services, 0, 10), Products: f.list("product_ids", in.Products, 0, 10), Memo: f.plain("memo", in.Memo, 256)}
	if err := f.err(); err != nil {
		return nil, err
	}
	if x.Key, err = c.key(); err != nil {
		return nil, err
	}
	list, err := c.api.Voucher.Issue(c.ctx(), c.by, x)
	if err != nil {
		return nil, err
	}
	return c.issued(list), nil
}

// A wireCoupon is what one customer got.
type wireMade struct {
	ID     string `json:"id"`
	Coupon string `json:"coupon_id"`
}

func (c *call) issued(list []voucher.Outcome) any {
	out := struct {
		Failed []itemError `json:"error_details"`
		Done   []wireMade  `json:"coupon_infos"`
	}{[]itemError{}, []wireMade{}}
	for _, o := range list {
		if o.Err != nil {
			if voucher.WhyOf(o.Err) == voucher.ResellersNamed {
				o.Err = notYourCustomer() // the published table of this operation has one code for both
			}
			out.Failed = append(out.Failed, c.item(o.ID, o.Err))
			continue
		}
		out.Done = append(out.Done, wireMade{o.ID, o.Made})
	}
	return out
}

// A wireUse is one limit of a coupon; the first name is spelled as the vendor does.
type wireUse struct {
	ID     string `json:"use_limiti_info_id"`
	Key    string `json:"limit_key"`
	Value1 string `json:"value1"`
	Value2 string `json:"value2"`
	Unit   string `json:"value_unit"`
	Type   string `json:"limit_type"`
	Plan   string `json:"promotion_plan_id"`
}

func uses(v voucher.Voucher) []wireUse {
	out := []wireUse{}
	for i, k := range v.Limits.Keys() {
		out = append(out, wireUse{ID: v.ID + "-" + strconv.Itoa(i+1), Key: k.Key, Value1: k.Value1, Value2: k.Value2, Plan: v.Quota})
	}
	return out
}

// What the wire says of every coupon that a partner issued.
const (
	electronic = 1
	online     = 3
	reusable   = 2
)

func frozenFlag(on bool) string {
	if on {
		return "1"
	}
	return "0"
}

// A wireIssued is a coupon as its issuer sees it.
type wireIssued struct {
	ID        string    `json:"coupon_id"`
	Status    int32     `json:"status"`
	Customer  string    `json:"customer_id"`
	Type      int32     `json:"coupon_type"`
	Measure   int32     `json:"measure_id"`
	Face      number    `json:"face_value"`
	Effective string    `json:"effective_time"`
	Expire    string    `json:"expire_time"`
	Order     string    `json:"order_id,omitempty"`
	Plan      string    `json:"promotion_plan_id"`
	PlanName  string    `json:"promotion_plan_name"`
	PlanDesc  string    `json:"promotion_plan_desc"`
	Media     int32     `json:"media_type"`
	Fetch     int32     `json:"fetch_method"`
	Limits    []wireUse `json:"use_limits"`
	Active    string    `json:"active_time"`
	Used      string    `json:"last_used_time,omitempty"`
	Promotion string    `json:"promotion_id"`
	Created   string    `json:"create_time"`
	Balance   number    `json:"balance"`
	Lock      string    `json:"lock_order_id,omitempty"`
	Frozen    string    `json:"is_frozen"`
}

func (c *call) coupon(v voucher.Voucher) wireIssued {
	return wireIssued{ID: v.ID, Status: int32(v.State(c.api.DB.Clock().Now())), Customer: v.Customer, Type: int32(v.Kind.Wire()), Measure: yuan, Face: number(v.Face),
		Effective: instant(v.ValidAt), Expire: instant(v.ExpireAt), Order: v.LockOrder, Plan: v.Quota, PlanDesc: v.Memo, Media: electronic, Fetch: online,
		Limits: uses(v), Active: instant(v.ValidAt), Used: instant(v.LastUsedAt), Promotion: v.Quota, Created: instant(v.CreatedAt), Balance: number(v.Balance),
		Lock: v.LockOrder, Frozen: frozenFlag(v.Frozen)}
}

// state is a filter for coupons' states; 0 = all.
func (f *form) state() voucher.State {
	return voucher.State(f.one("status", f.num("status"), 0, 1, 2, 3, 4, 5))
}

// kind is a filter for coupons' kinds; discount and product coupons are known to the wire and given by nobody here.
func (f *form) kind(possible ...int32) (k *voucher.Kind, none bool) {
	switch f.one("coupon_type", f.num("coupon_type"), 0, possible...) {
	case 1:
		return ptr(voucher.Plain), false
	case 4:
		return ptr(voucher.Coupon), false
	case 0:
		return nil, false
	}
	return nil, true
}

// listIssuedPartnerCoupons lists what the partner issued.
func listIssuedPartnerCoupons(c *call) (any, error) {
	f := c.query()
	x := voucher.VoucherFilter{Page: voucher.Page{Count: true}, Resale: true, Partner: c.partner(f.ipid(f.arg("indirect_partner_id"))), ID: f.filled("coupon_id", f.arg("coupon_id"), mostID),
		Customer: f.exact("customer_id", f.arg("customer_id"), mostID), Order: f.filled("order_id", f.arg("order_id"), mostID), State: f.state()}
	x.Kind, _ = f.kind(1, 4)
	x.Created = f.querySpan("create_time_begin", "create_time_end")
	x.Effective = f.querySpan("effective_time_begin", "effective_time_end")
	x.Expire = f.querySpan("expire_time_begin", "expire_time_end")
	x.Expire.From = c.lately(x.Expire.From)
	x.Offset, x.Limit = f.queryPage()
	if err := f.err(); err != nil {
		return nil, err
	}
	list, total, err := c.api.Voucher.Vouchers(c.ctx(), c.by, x)
	return struct {
		Total int64        `json:"total_count"`
		List  []wireIssued `json:"user_coupons"`
	}{total, wireList(list, c.coupon)}, err
}

// lately keeps what expired more than a year ago out of lists.
func (c *call) lately(from time.Time) time.Time {
	year := c.api.DB.Clock().Now().AddDate(-1, 0, 0)
	if from.Before(year) {
		return year
	}
	return from
}

// reclaimPartnerCoupons takes back what is left of a coupon.
func reclaimPartnerCoupons(c *call) (any, error) {
	in, err := decode[struct {
		Coupon   *string `json:"coupon_id"`
		Reseller *string `json:"indirect_partner_id"`
	}](c)
	if err != nil {
		return nil, err
	}
	f := &form{}
	x := voucher.Reclaim{Voucher: f.must("coupon_id", in.Coupon, mostID), Partner: c.partner(f.filled("indirect_partner_id", in.Reseller, 100))}
	if err := f.err(); err != nil {
		return nil, err
	}
	_, _, err = c.api.Voucher.Reclaim(c.ctx(), c.by, x)
	return nil, err
}

// A wireCouponRecord is one issue or return of a coupon.
type wireCouponRecord struct {
	ID       string `json:"id"`
	Type     string `json:"operation_type"`
	Quota    string `json:"quota_id"`
	Kind     int32  `json:"quota_type"`
	Coupon   string `json:"coupon_id"`
	Customer string `json:"customer_id"`
	Amount   number `json:"operation_amount"`
	At       string `json:"operation_time"`
	Result   string `json:"result"`
	Remark   string `json:"remark"`
}

// listPartnerCouponsRecord lists what was issued and came back.
func listPartnerCouponsRecord(c *call) (any, error) {
	f := c.query()
	x := voucher.RecordFilter{Page: voucher.Page{Count: true}, Partner: c.partner(f.ipid(f.arg("indirect_partner_id"))), Quota: f.exact("quota_id", f.arg("quota_id"), mostID),
		Vouchers: f.list("coupon_ids", f.q["coupon_ids"], 0, 100), Other: f.exact("customer_id", f.arg("customer_id"), mostID)}
	for _, op := range f.q["operation_types"] {
		x.Operations = append(x.Operations, voucher.Operation(f.wholeNumber("operation_types", op)))
	}
	if len(x.Operations) == 0 {
		x.Operations = voucher.Operations()[:voucher.Moved]
	}
	if n := f.num("quota_type"); n != nil {
		x.Kind = ptr(voucher.Kind(f.one("quota_type", n, 0, 0, 1)))
	}
	if r := f.arg("result"); r != nil && (*r == "0" || *r == "-1") {
		x.Failed = ptr(*r == "-1")
	}
	x.At = f.querySpan("operation_time_begin", "operation_time_end")
	x.Offset, x.Limit = f.queryPage()
	if err := f.err(); err != nil {
		return nil, err
	}
	list, total, err := c.api.Voucher.Records(c.ctx(), c.by, x)
	return struct {
		Total int64              `json:"total_count"`
		List  []wireCouponRecord `json:"records"`
	}{total, wireList(list, func(x voucher.Record) wireCouponRecord {
		return wireCouponRecord{x.ID, itoa(int(x.Operation)), x.Quota, int32(x.Kind), x.Voucher, x.Other, number(x.Amount), instant(x.At), x.Result(), x.Remark}
	})}, err
}

// A wireOwn is a coupon as its holder sees it.
type wireOwn struct {
	ID        string    `json:"coupon_id"`
	Code      string    `json:"coupon_code"`
	Status    int32     `json:"status"`
	Customer  string    `json:"customer_id"`
	Type      int32     `json:"coupon_type"`
	Measure   int32     `json:"measure_id"`
	Face      number    `json:"face_value"`
	Valid     string    `json:"valid_time"`
	Expire    string    `json:"expire_time"`
	Order     string    `json:"order_id,omitempty"`
	Plan      string    `json:"promotion_plan_id"`
	PlanName  string    `json:"plan_name"`
	PlanDesc  string    `json:"plan_desc"`
	Media     int32     `json:"media_type"`
	Fetch     int32     `json:"fetch_method"`
	Limits    []wireUse `json:"use_limits"`
	Active    string    `json:"active_time"`
	Reserve   string    `json:"reserve_time,omitempty"`
	Promotion string    `json:"promotion_id"`
	Created   string    `json:"create_time"`
	Version   int32     `json:"coupon_version"`
	Balance   number    `json:"balance"`
	Lock      string    `json:"lock_order_id,omitempty"`
	Usage     string    `json:"coupon_usage"`
	Frozen    string    `json:"is_frozen"`
	Currency  string    `json:"currency"`
	Extend    string    `json:"extend_param1"`
	Source    string    `json:"source_id"`
}

func (c *call) ownCoupon(v voucher.Voucher) wireOwn {
	return wireOwn{ID: v.ID, Code: v.ID, Status: int32(v.State(c.api.DB.Clock().Now())), Customer: v.Customer, Type: int32(v.Kind.Wire()), Measure: yuan, Face: number(v.Face),
		Valid: instant(v.ValidAt), Expire: instant(v.ExpireAt), Order: v.LockOrder, Plan: v.Quota, Media: electronic, Fetch: online, Limits: uses(v),
		Active: instant(v.ValidAt), Promotion: v.Quota, Created: instant(v.CreatedAt), Version: reusable, Balance: number(v.Balance), Lock: v.LockOrder,
		Frozen: frozenFlag(v.Frozen), Currency: v.Currency, Source: v.Account}
}

// listSubCustomerCoupons lists the coupons that the caller holds: a customer's, or a partner's own.
func listSubCustomerCoupons(c *call) (any, error) {
	f := c.query()
	x := voucher.VoucherFilter{Page: voucher.Page{Count: true}, Customer: c.partner(f.ipid(f.arg("indirect_partner_id"))), ID: f.exact("coupon_id", f.arg("coupon_id"), mostID),
		Order: f.exact("order_id", f.arg("order_id"), mostID), Quota: f.exact("promotion_plan_id", f.arg("promotion_plan_id"), mostID),
		Partner: f.exact("source_id", f.arg("source_id"), mostID), State: f.state()}
	var none bool
	x.Kind, none = f.kind(1, 2, 3, 4)
	x.Effective = f.querySpan("active_start_time", "active_end_time")
	x.Expire.From = c.lately(time.Time{})
	offset, limit := f.num("offset"), f.num("limit")
	if offset != nil && limit == nil {
		f.refuse("offset", itoa(int(*offset)), i18n.M("bss.with_limit"))
	}
	x.Offset, x.Limit = f.page(offset, limit)
	if err := f.err(); err != nil {
		return nil, err
	}
	var out struct {
		Count int64     `json:"count"`
		List  []wireOwn `json:"user_coupons"`
	}
	out.List = []wireOwn{}
	if none {
		return out, nil
	}
	list, total, err := c.api.Voucher.Held(c.ctx(), c.by, x)
	out.Count, out.List = total, wireList(list, c.ownCoupon)
	return out, err
}

// A wireCouponChange is one entry of a customer's coupons.
type wireCouponChange struct {
	Coupon   string `json:"coupon_id"`
	Detail   string `json:"trade_detail_type"`
	At       string `json:"trade_time"`
	Trade    string `json:"trade_id"`
	Amount   string `json:"change_amount"`
	After    string `json:"balance_after_change"`
	Type     string `json:"revenue_expense_type"`
	Cycle    string `json:"bill_cycle"`
	Name     string `json:"account_name"`
	Service  string `json:"cloud_service_type_name,omitempty"`
	Resource string `json:"resource_type_name,omitempty"`
}

// couponTrades are the kinds of posting behind the trade types of coupons.
var couponTrades = map[string][]string{
	"ADJUST":       {ledger.Issue},
	"DEDEUCT":      {ledger.Consume},
	"REFUND":       {ledger.Refund},
	"RFROZEN":      {nothing},
	"EXPIRED":      {ledger.Expire},
	"COUPONADJUST": {ledger.Allocate},
	"COUPONCANCEL": {ledger.Reclaim, ledger.Unbind, ledger.Return},
}

// couponDetails are what a coupon's statement calls its own kinds of posting.
var couponDetails = map[string]string{ledger.Reclaim: "SOURCE_OPERATION_COUPONCANCEL", ledger.Unbind: "SOURCE_OPERATION_COUPONCANCEL",
	ledger.Allocate: "SOURCE_OPERATION_TRANSFER"}

// listCustomerCouponChangeRecords is the statement of a customer's coupons. Resale customers ask their partner.
func listCustomerCouponChangeRecords(c *call) (any, error) {
	f := c.query()
	f.mustWord("balance_type", f.arg("balance_type"), "BALANCE_TYPE_COUPON")
	trade := f.word("trade_type", f.arg("trade_type"), true, "ADJUST", "DEDEUCT", "REFUND", "RFROZEN", "EXPIRED", "COUPONADJUST", "COUPONCANCEL")
	x := voucher.ChangeFilter{Voucher: f.plain("coupon_id", f.arg("coupon_id"), mostID), Number: f.plain("trade_id", f.arg("trade_id"), 128), Kinds: couponTrades[trade],
		Sign: signs[f.word("revenue_expense_type", f.arg("revenue_expense_type"), true, "REVENUE", "EXPENSE")]}
	x.From, x.To = f.days("trade_time_begin", "trade_time_end", f.arg("trade_time_begin"), f.arg("trade_time_end"), true, calendar.DayOf(c.api.DB.Clock().Now()))
	x.Offset, x.Limit = f.queryPage()
	if err := f.err(); err != nil {
		return nil, err
	}
	list, total, err := c.api.Voucher.Changes(c.ctx(), c.by, x)
	if err != nil {
		return nil, err
	}
	name, err := account.Name(c.ctx(), c.api.DB.Read(), c.by.Account)
	return struct {
		Total    int                `json:"total_count"`
		Currency string             `json:"currency"`
		List     []wireCouponChange `json:"records"`
	}{total, ledger.CNY, wireList(list, func(e ledger.Entry) wireCouponChange {
		return wireCouponChange{Coupon: e.Place.Ref, Detail: cmp.Or(couponDetails[e.Kind], detailOf[e.Kind]), At: instant(e.At), Trade: e.Number(), Amount: money.Text(abs(e.Minor)),
			After: money.Text(e.After), Type: direction(e.Minor), Cycle: ledger.MonthOf(e.At), Name: name}
	})}, err
}
