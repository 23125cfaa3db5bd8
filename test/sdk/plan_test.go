package sdk

import (
	"strings"
	"testing"
	"time"

	"github.com/huaweicloud/huaweicloud-sdk-go-v3/services/bss/v2/model"
)

// The support plan's identity on the wire.
const (
	planService  = "hws.service.type.supportplan"
	planResource = "hws.resource.type.supportplan"
	packResource = "hws.resource.type.ticketpack"
)

// buyer is who buys plans here: the solution provider, for itself.
const buyer = "solution_provider"

// A plan is what the tests of orders and resources have made.
type plan struct {
	commercial, granted, rebate string // 10 % off, 20 % off by a partner, 100.00 off
	order                       string // the purchase
	resource                    string
	refund                      string
}

// stock gives the buyer money, two discounts and a coupon.
func (w *world) stock(t *testing.T) {
	t.Helper()
	w.rest(t, "vendor_finance", "POST", "/api/v1/top-ups", map[string]any{"account": w.id(buyer), "method": "transfer", "currency": "CNY", "amount": "40000.00", "reference": "SDK-1",
		"payer": "Baltic", "received_on": time.Now().UTC().AddDate(0, 0, -1).Format("2006-01-02")}, nil)
	until := time.Now().AddDate(1, 0, 0).UTC().Format(time.RFC3339)
	grant := func(path string, in map[string]any) string {
		t.Helper()
		in["from"] = time.Now().Add(-time.Hour).UTC().Format(time.RFC3339) // quotes are of whole seconds
		in["name"], in["until"], in["account_id"] = map[string]string{"en": "Of a test", "zh_hans": "测试"}, until, w.id(buyer)
		var out struct {
			ID string `json:"id"`
		}
		w.rest(t, "vendor_admin", "POST", path, in, &out)
		return out.ID
	}
	w.commercial = grant("/api/v1/discounts", map[string]any{"kind": "COMMERCIAL", "mode": "RATIO", "ratio_off": "0.1"})
	w.granted = grant("/api/v1/discounts", map[string]any{"kind": "CONTRACT", "mode": "RATIO", "ratio_off": "0.2", "grantor_id": w.id("distributor")})
	w.rebate = grant("/api/v1/discount-coupons", map[string]any{"mode": "OFF", "amount": "100.00", "limits": map[string]bool{"with_commercial_discounts": true, "with_partner_discounts": false,
		"with_promotions": false, "with_vouchers": true}})
}

// buys orders a month of STANDARD through the program's own API, for which the vendor's has no operation.
func (w *world) buys(t *testing.T) string {
	t.Helper()
	var quote struct{ Token, Due string }
	w.rest(t, buyer, "POST", "/api/v1/plan/quotes", map[string]any{"kind": "new", "level": "STANDARD", "term": map[string]any{"unit": "MONTH", "num": 1}}, &quote)
	eq(t, "the quote", quote.Due, "8500.00")
	var order struct{ No string }
	w.rest(t, buyer, "POST", "/api/v1/orders", map[string]any{"token": quote.Token, "agreement_version": 1}, &order)
	return order.No
}

// product is a month of a specification.
func product(id, resource, spec string) model.PeriodProductInfo {
	return model.PeriodProductInfo{Id: id, CloudServiceType: planService, ResourceType: resource, ResourceSpec: spec, Region: "global", PeriodType: 2, PeriodNum: 1, SubscriptionNum: 1}
}

func listRateOnPeriodDetail(t *testing.T, w *world) {
	w.stock(t)
	c := w.as(t, buyer)
	rate := func(all ...model.PeriodProductInfo) (*model.ListRateOnPeriodDetailResponse, error) {
		return c.ListRateOnPeriodDetail(&model.ListRateOnPeriodDetailRequest{Body: &model.RateOnPeriodReq{ProjectId: "0", ProductInfos: all}})
	}
	got, err := rate(product("a", planResource, "supportplan.standard"), product("b", packResource, "ticketpack"))
	must(t, err)
	official := got.OfficialWebsiteRatingResult
	rows := value(official.ProductRatingResults)
	if len(rows) != 2 || value(rows[0].Id) != "a" || !rows[0].OfficialWebsiteAmount.Equal(dec("8500")) || value(rows[0].ProductId) != "STANDARD" ||
		!official.OfficialWebsiteAmount.Equal(rows[0].OfficialWebsiteAmount.Add(*rows[1].OfficialWebsiteAmount)) || value(official.MeasureId) != 1 || value(got.Currency) != "CNY" {
		t.Errorf("official: %+v", official)
	}
	best := 0
	for _, x := range value(got.OptionalDiscountRatingResults) {
		switch value(x.DiscountId) {
		case w.commercial:
			if value(x.DiscountType) != 605 || !x.DiscountAmount.Equal(dec("850")) || value(x.BestOffer) != 0 {
				t.Errorf("the commercial discount: %+v", x)
			}
			best++
		case w.granted:
			if value(x.DiscountType) != 606 || !x.DiscountAmount.Equal(dec("1700")) || value(x.BestOffer) != 1 || !x.OfficialWebsiteAmount.Sub(*x.DiscountAmount).Equal(*x.Amount) {
				t.Errorf("the granted discount: %+v", x)
			}
			best++
		}
	}
	eq(t, "discounts", best, 2)
	other := product("a", planResource, "supportplan.gold")
	_, err = rate(other)
	refused(t, err, 400, "CBC.99006006")
	yearly := product("a", planResource, "supportplan.standard")
	yearly.PeriodType, yearly.PeriodNum = 3, 4
	_, err = rate(yearly)
	refused(t, err, 400, "CBC.99006006")
	_, err = rate(product("a", planResource, "supportplan.standard"), product("a", planResource, "supportplan.premium"))
	refused(t, err, 400, "CBC.0100")
	_, err = rate()
	refused(t, err, 400, "CBC.0100")
}

func listIncentiveDiscountPolicies(t *testing.T, w *world) {
	list := func(role, month, service string) (*model.ListIncentiveDiscountPoliciesResponse, error) {
		in := &model.ListIncentiveDiscountPoliciesRequest{Time: month}
		if service != "" {
			in.ServiceTypeCode = &service
		}
		return w.as(t, role).ListIncentiveDiscountPolicies(in)
	}
	got, err := list(buyer, "2026-01", "")
	must(t, err)
	if rows := value(got.Policies); value(got.TotalCount) != 1 || len(rows) != 1 || value(rows[0].ServiceTypeCode) != planService || value(rows[0].AllowDiscount) != "YES" || value(rows[0].IncentivePolicy) != "2" {
		t.Errorf("policies: %+v", got)
	}
	got, err = list(buyer, "2026-01", "hws.service.type.ec2")
	must(t, err)
	eq(t, "of another service", value(got.TotalCount), 0)
	_, err = list(buyer, "2026-13", "")
	refused(t, err, 400, "CBC.0100")
	_, err = list("customer_referral", "2026-01", "")
	refused(t, err, 403, "CBC.0151")
}

func listOrderCouponsByOrderId(t *testing.T, w *world) {
	w.order = w.buys(t)
	c := w.as(t, buyer)
	got, err := c.ListOrderCouponsByOrderId(&model.ListOrderCouponsByOrderIdRequest{OrderId: w.order})
	must(t, err)
	found := false
	for _, x := range value(got.UserCoupons) {
		if value(x.CouponId) == w.rebate {
			found = value(x.CouponType) == 300 && value(x.FaceValue) == 100 && len(value(x.UseLimits)) > 3
		}
	}
	if !found || int(value(got.Count)) != len(value(got.UserCoupons)) || len(value(got.CouponMaxUseQuantity)) != 3 {
		t.Errorf("coupons of the order: %+v", got)
	}
	_, err = c.ListOrderCouponsByOrderId(&model.ListOrderCouponsByOrderIdRequest{OrderId: "CS1"})
	refused(t, err, 400, "CBC.30000010")
	_, err = w.as(t, "distributor").ListOrderCouponsByOrderId(&model.ListOrderCouponsByOrderIdRequest{OrderId: w.order})
	refused(t, err, 400, "CBC.30000010")
}

func listOrderDiscounts(t *testing.T, w *world) {
	c := w.as(t, buyer)
	got, err := c.ListOrderDiscounts(&model.ListOrderDiscountsRequest{OrderId: w.order})
	must(t, err)
	types := map[string]int32{}
	for _, x := range value(got.Discounts) {
		types[x.DiscountId] = x.DiscountType
		if x.DiscountId == w.commercial {
			line := x.Orders[0].OrderLineItems[0]
			if x.DiscountValue != "0.1" || x.Orders[0].OrderId != w.order || line.DiscountMode != 0 || !line.DiscountAmount.Equal(dec("850")) || !line.DiscountRatio.Equal(dec("0.1")) || len(line.OrderLineItemIds) != 1 {
				t.Errorf("the commercial discount: %+v", x)
			}
		}
	}
	if types[w.commercial] != 2 || types[w.granted] != 3 {
		t.Errorf("types of discounts: %v", types)
	}
	_, err = c.ListOrderDiscounts(&model.ListOrderDiscountsRequest{OrderId: "CS1"})
	refused(t, err, 400, "CBC.30000010")
}

func cancelCustomerOrder(t *testing.T, w *world) {
	cancel := func(role, no string) error {
		got, err := w.as(t, role).CancelCustomerOrder(&model.CancelCustomerOrderRequest{Body: &model.CancelCustomerOrderReq{OrderId: no}})
		if err == nil {
			eq(t, "status", got.HttpStatusCode, 204)
		}
		return err
	}
	refused(t, cancel("distributor", w.order), 403, "CBC.0151")
	must(t, cancel(buyer, w.order))
	refused(t, cancel(buyer, strings.ToLower(w.order)), 400, "CBC.99005010")
	refused(t, cancel(buyer, ""), 400, "CBC.0100")
}

func payOrders(t *testing.T, w *world) {
	first := w.order
	w.order = w.buys(t)
	pay := func(in model.PayCustomerOrderV3Req) error {
		got, err := w.as(t, buyer).PayOrders(&model.PayOrdersRequest{Body: &in})
		if err == nil {
			eq(t, "status", got.HttpStatusCode, 204)
		}
		return err
	}
	with := func(no string, discounts []model.DiscountSimpleInfoV3, coupons ...model.CouponSimpleInfoOrderPayV3) model.PayCustomerOrderV3Req {
		in := model.PayCustomerOrderV3Req{OrderId: no, UseCoupon: "NO", UseDiscount: "NO"}
		if len(coupons) > 0 {
			in.UseCoupon, in.CouponInfos = "YES", &coupons
		}
		if len(discounts) > 0 {
			in.UseDiscount, in.DiscountInfos = "YES", &discounts
		}
		return in
	}
	commercial, granted := []model.DiscountSimpleInfoV3{{Id: w.commercial, Type: 2}}, []model.DiscountSimpleInfoV3{{Id: w.granted, Type: 3}}
	coupon := model.CouponSimpleInfoOrderPayV3{Id: w.rebate, Type: 300}
	refused(t, pay(with("CS1", nil)), 400, "CBC.30000010")
	refused(t, pay(with(first, nil)), 400, "CBC.99003106")
	refused(t, pay(with(w.order, []model.DiscountSimpleInfoV3{{Id: "nothing", Type: 2}})), 400, "CBC.99003108")
	refused(t, pay(with(w.order, []model.DiscountSimpleInfoV3{{Id: w.commercial, Type: 3}})), 400, "CBC.0100")
	refused(t, pay(with(w.order, granted, coupon)), 400, "CBC.99003116")
	refused(t, pay(with(w.order, commercial, model.CouponSimpleInfoOrderPayV3{Id: w.rebate, Type: 301})), 400, "CBC.0100")
	refused(t, pay(model.PayCustomerOrderV3Req{OrderId: w.order, UseCoupon: "YES", UseDiscount: "NO"}), 400, "CBC.0100")
	refused(t, pay(model.PayCustomerOrderV3Req{OrderId: w.order, UseCoupon: "MAYBE", UseDiscount: "NO"}), 400, "CBC.0100")
	must(t, pay(with(w.order, commercial, coupon)))
	refused(t, pay(with(w.order, nil)), 400, "CBC.99003106")
}

func listCustomerOrders(t *testing.T, w *world) {
	list := func(role string, in model.ListCustomerOrdersRequest) (*model.ListCustomerOrdersResponse, error) {
		return w.as(t, role).ListCustomerOrders(&in)
	}
	got, err := list(buyer, model.ListCustomerOrdersRequest{OrderId: ptr(strings.ToLower(w.order))})
	must(t, err)
	rows := value(got.OrderInfos)
	if value(got.TotalCount) != 1 || len(rows) != 1 {
		t.Fatalf("the purchase: %+v", got)
	}
	o := rows[0]
	off := value(o.AmountInfo.Discounts)
	if value(o.OrderId) != w.order || value(o.Status) != 5 || value(o.OrderType) != 1 || value(o.OfficialAmount) != 8500 || value(o.AmountAfterDiscount) != 7550 || value(o.CustomerId) != w.id(buyer) ||
		value(o.PaymentTime) == "" || value(o.SourceType) != 1 || len(off) != 2 || value(off[0].DiscountType) != "605" || value(off[0].DiscountAmount) != 850 || value(off[1].DiscountAmount) != 100 {
		t.Errorf("the purchase: %+v, off %+v", o, off)
	}
	all, err := list(buyer, model.ListCustomerOrdersRequest{OrderType: ptr("1"), OrderBy: ptr("createTime")})
	must(t, err)
	last, err := list(buyer, model.ListCustomerOrdersRequest{OrderType: ptr("1"), Limit: ptr(int32(1))})
	must(t, err)
	rows = value(all.OrderInfos)
	if n := int(value(all.TotalCount)); n < 2 || len(rows) != n || value(rows[n-1].OrderId) != value((*last.OrderInfos)[0].OrderId) || value(last.TotalCount) != value(all.TotalCount) {
		t.Errorf("oldest first %+v, newest %+v", all, last)
	}
	none, err := list(buyer, model.ListCustomerOrdersRequest{ServiceTypeCode: ptr("hws.service.type.ec2")})
	must(t, err)
	eq(t, "of another service", value(none.TotalCount), 0)
	none, err = list(buyer, model.ListCustomerOrdersRequest{PaymentTimeBegin: ptr("2001-01-01T00:00:00Z"), PaymentTimeEnd: ptr("2001-02-01T00:00:00Z")})
	must(t, err)
	eq(t, "paid long ago", value(none.TotalCount), 0)
	method := model.GetListCustomerOrdersRequestMethodEnum().SUB_CUSTOMER
	of, err := list(buyer, model.ListCustomerOrdersRequest{Method: &method})
	must(t, err)
	for _, x := range value(of.OrderInfos) {
		if value(x.CustomerId) == w.id(buyer) {
			t.Errorf("an own order among the customers': %+v", x)
		}
	}
	for code, in := range map[string]model.ListCustomerOrdersRequest{
		"CBC.0155":     {CustomerId: ptr(w.id("customer_resale") + "0")},
		"CBC.0100":     {CreateTimeBegin: ptr("2024-01-01T00:00:00Z"), CreateTimeEnd: ptr("2025-01-02T00:00:01Z")},
		"CBC.99000037": {IndirectPartnerId: ptr(w.id(buyer))},
	} {
		status := 400
		if code == "CBC.0155" {
			status = 403
		}
		_, err := list("distributor", in)
		refused(t, err, status, code)
	}
	_, err = list("distributor", model.ListCustomerOrdersRequest{IndirectPartnerId: ptr(w.id("reseller"))})
	must(t, err)
}

func showCustomerOrderDetails(t *testing.T, w *world) {
	show := func(role, no string, offset int32) (*model.ShowCustomerOrderDetailsResponse, error) {
		return w.as(t, role).ShowCustomerOrderDetails(&model.ShowCustomerOrderDetailsRequest{OrderId: no, XLanguage: ptr("en_US"), Offset: &offset})
	}
	got, err := show(buyer, w.order, 0)
	must(t, err)
	lines := value(got.OrderLineItems)
	if value(got.TotalCount) != 1 || len(lines) != 1 || value(got.OrderInfo.OrderId) != w.order || value(got.OrderInfo.UserName) == "" {
		t.Fatalf("details: %+v", got)
	}
	l := lines[0]
	if value(l.PeriodType) != 2 || value(l.PeriodNum) != 1 || value(l.ProductId) != "STANDARD" || value(l.ServiceTypeCode) != planService || value(l.ServiceTypeName) != "Partner support plan" ||
		value(l.EffectiveTime) == "" || value(l.ExpireTime) == "" || value(l.AmountAfterDiscount) != 7550 || value(l.SubscriptionNum) != 1 || value(l.BaseProductInfo.ProductId) != "STANDARD" {
		t.Errorf("the line: %+v", l)
	}
	got, err = show(buyer, w.order, 1)
	must(t, err)
	eq(t, "lines after the first", len(value(got.OrderLineItems)), 0)
	for _, role := range []string{"distributor", "customer_referral"} {
		_, err = show(role, w.order, 0)
		refused(t, err, 400, "CBC.30000010")
	}
}

func listPayPerUseCustomerResources(t *testing.T, w *world) {
	list := func(role string, in model.QueryResourcesReq) (*model.ListPayPerUseCustomerResourcesResponse, error) {
		return w.as(t, role).ListPayPerUseCustomerResources(&model.ListPayPerUseCustomerResourcesRequest{Body: &in})
	}
	got, err := list(buyer, model.QueryResourcesReq{OrderId: &w.order, StatusList: &[]int32{2}, Limit: ptr(int32(500))})
	must(t, err)
	rows := value(got.Data)
	if value(got.TotalCount) != 1 || len(rows) != 1 {
		t.Fatalf("resources of the order: %+v", got)
	}
	r := rows[0]
	w.resource = value(r.ResourceId)
	if value(r.Status) != 2 || value(r.IsMainResource) != 1 || value(r.ResourceSpecCode) != "supportplan.standard" || value(r.ExpirePolicy) != 0 || value(r.ResourceTypeCode) != planResource ||
		value(r.ProductId) != "STANDARD" || value(r.EnterpriseProject.Id) != "0" || w.resource == "" {
		t.Errorf("the resource: %+v", r)
	}
	got, err = list(buyer, model.QueryResourcesReq{ResourceIds: &[]string{w.resource}, ExpireTimeEnd: ptr("2001-01-01T00:00:00Z")})
	must(t, err)
	eq(t, "expired long ago", value(got.TotalCount), 0)
	_, err = list("distributor", model.QueryResourcesReq{CustomerId: ptr(w.id(buyer))})
	refused(t, err, 400, "CBC.99000035")
	for _, in := range []model.QueryResourcesReq{{ServiceTypeCode: ptr("")}, {Limit: ptr(int32(501))}, {StatusList: &[]int32{1}}} {
		_, err = list(buyer, in)
		refused(t, err, 400, "CBC.0100")
	}
	_, err = list(buyer, model.QueryResourcesReq{CustomerId: ptr(w.own)})
	must(t, err)
}

func listRenewRateOnPeriod(t *testing.T, w *world) {
	rate := func(kind, num int32, ids ...string) (*model.ListRenewRateOnPeriodResponse, error) {
		return w.as(t, buyer).ListRenewRateOnPeriod(&model.ListRenewRateOnPeriodRequest{Body: &model.ListRenewRateOnPeriodReq{ResourceIds: ids, PeriodType: kind, PeriodNum: num, IncludeRelativeResources: ptr(true)}})
	}
	got, err := rate(2, 2, w.resource, "sub_nothing")
	must(t, err)
	failed, results, offers := value(got.FailResourceInfos), value(got.RenewInquiryResults), value(got.OptionalDiscountRatingResults)
	if len(results) != 1 || value(results[0].Amount) != "17000.00" || value(got.OfficialWebsiteRatingResult.OfficialWebsiteAmount) != "17000.00" || len(failed) != 1 || value(failed[0].ErrorCode) != "CBC.30050009" ||
		value(failed[0].ResourceId) != "sub_nothing" || value(got.Currency) != "CNY" {
		t.Errorf("renewal: %+v, failed %+v", got, failed)
	}
	if len(offers) != 2 {
		t.Errorf("offers: %+v", offers)
	}
	for _, x := range offers {
		if value(x.DiscountId) == w.granted && (value(x.BestOffer) != 1 || value(x.Amount) != "13600.00" || value(x.DiscountAmount) != "3400.00" || value(x.DiscountType) != 606) {
			t.Errorf("the granted discount: %+v", x)
		}
	}
	got, err = rate(3, 4, w.resource)
	must(t, err)
	if failed := value(got.FailResourceInfos); len(failed) != 1 || value(failed[0].ErrorCode) != "CBC.30050008" {
		t.Errorf("four years: %+v", failed)
	}
	_, err = rate(2, 1, w.resource, w.resource)
	refused(t, err, 400, "CBC.30050012")
	_, err = rate(4, 1, w.resource)
	refused(t, err, 400, "CBC.0100")
}

func renewalResources(t *testing.T, w *world) {
	renew := func(num, pay int32, ids ...string) (*model.RenewalResourcesResponse, error) {
		return w.as(t, buyer).RenewalResources(&model.RenewalResourcesRequest{Body: &model.RenewalResourcesReq{ResourceIds: ids, PeriodType: 2, PeriodNum: num, IsAutoPay: &pay}})
	}
	got, err := renew(2, 0, w.resource, "sub_nothing")
	must(t, err)
	if failed := value(got.FailResourceInfos); len(value(got.OrderIds)) != 1 || len(failed) != 1 || value(failed[0].ErrorCode) != "CBC.99003016" {
		t.Fatalf("renewed %+v", got)
	}
	_, err = renew(3, 0, w.resource)
	refused(t, err, 400, "CBC.99003100")
	_, err = w.as(t, buyer).CancelCustomerOrder(&model.CancelCustomerOrderRequest{Body: &model.CancelCustomerOrderReq{OrderId: value(got.OrderIds)[0]}})
	must(t, err)
	_, err = renew(12, 0, w.resource)
	refused(t, err, 400, "CBC.99000092")
	_, err = renew(1, 0, "sub_nothing")
	refused(t, err, 400, "CBC.99003016")
	_, err = renew(1, 2, w.resource)
	refused(t, err, 400, "CBC.0100")
	got, err = renew(1, 1, w.resource)
	must(t, err)
	paid, err := w.as(t, buyer).ListCustomerOrders(&model.ListCustomerOrdersRequest{OrderId: &value(got.OrderIds)[0]})
	must(t, err)
	if o := value(paid.OrderInfos)[0]; value(o.Status) != 5 || value(o.AmountAfterDiscount) != 7650 {
		t.Errorf("paid by itself: %+v, want it completed with the commercial discount", o)
	}
}

// autoRenews tells what becomes of the resource at its expiry.
func (w *world) autoRenews(t *testing.T) bool {
	t.Helper()
	got, err := w.as(t, buyer).ListPayPerUseCustomerResources(&model.ListPayPerUseCustomerResourcesRequest{Body: &model.QueryResourcesReq{ResourceIds: &[]string{w.resource}}})
	must(t, err)
	return value(value(got.Data)[0].ExpirePolicy) == 3
}

func autoRenewalResources(t *testing.T, w *world) {
	auto := func(id string, in *model.AutoRenewalResourcesReq) error {
		got, err := w.as(t, buyer).AutoRenewalResources(&model.AutoRenewalResourcesRequest{ResourceId: id, Body: in})
		if err == nil {
			eq(t, "status", got.HttpStatusCode, 204)
		}
		return err
	}
	must(t, auto(w.resource, nil))
	if !w.autoRenews(t) {
		t.Error("the resource doesn't renew by itself")
	}
	year := model.GetAutoRenewalResourcesReqPeriodTypeEnum().YEAR
	must(t, auto(w.resource, &model.AutoRenewalResourcesReq{AutoRenewTimes: ptr(int32(2)), PeriodType: &year}))
	refused(t, auto(w.resource, &model.AutoRenewalResourcesReq{AutoRenewTimes: ptr(int32(100))}), 400, "CBC.0100")
	refused(t, auto("sub_nothing", nil), 400, "CBC.99003012")
}

func cancelAutoRenewalResources(t *testing.T, w *world) {
	stop := func(id, nonce string) error {
		c := w.as(t, buyer)
		c.HcClient = c.HcClient.WithExtraHeaders(map[string]string{"X-Nonce": nonce}) // two calls within a second must differ
		got, err := c.CancelAutoRenewalResources(&model.CancelAutoRenewalResourcesRequest{ResourceId: id})
		if err == nil {
			eq(t, "status", got.HttpStatusCode, 204)
		}
		return err
	}
	must(t, stop(w.resource, "1"))
	if w.autoRenews(t) {
		t.Error("the resource still renews by itself")
	}
	refused(t, stop(w.resource, "2"), 400, "CBC.99003605")
	refused(t, stop("sub_nothing", "3"), 400, "CBC.99003012")
}

func cancelResourcesSubscription(t *testing.T, w *world) {
	cancel := func(in model.UnsubscribeResourcesReq) (*model.CancelResourcesSubscriptionResponse, error) {
		return w.as(t, buyer).CancelResourcesSubscription(&model.CancelResourcesSubscriptionRequest{Body: &in})
	}
	mine := []string{w.resource}
	got, err := cancel(model.UnsubscribeResourcesReq{ResourceIds: mine, UnsubscribeType: 2, UnsubscribeReasonType: ptr(int32(3))})
	must(t, err)
	eq(t, "orders of the renewed period", len(value(got.OrderIds)), 1)
	_, err = cancel(model.UnsubscribeResourcesReq{ResourceIds: mine, UnsubscribeType: 2, UnsubscribeReasonType: ptr(int32(4)), UnsubscribeReason: ptr("again")})
	refused(t, err, 400, "CBC.99003128")
	_, err = cancel(model.UnsubscribeResourcesReq{ResourceIds: []string{"sub_nothing"}, UnsubscribeType: 1})
	refused(t, err, 400, "CBC.99003012")
	_, err = cancel(model.UnsubscribeResourcesReq{ResourceIds: mine, UnsubscribeType: 3})
	refused(t, err, 400, "CBC.0100")
	_, err = cancel(model.UnsubscribeResourcesReq{ResourceIds: mine, UnsubscribeType: 1, UnsubscribeReasonType: ptr(int32(6))})
	refused(t, err, 400, "CBC.0100")
	got, err = cancel(model.UnsubscribeResourcesReq{ResourceIds: mine, UnsubscribeType: 1, UnsubscribeReasonType: ptr(int32(5)), UnsubscribeReason: ptr("the test is over")})
	must(t, err)
	w.refund = value(got.OrderIds)[0]
	_, err = cancel(model.UnsubscribeResourcesReq{ResourceIds: mine, UnsubscribeType: 1})
	refused(t, err, 400, "CBC.30000067")
}

func showRefundOrderDetails(t *testing.T, w *world) {
	show := func(role, no, customer string) (*model.ShowRefundOrderDetailsResponse, error) {
		in := &model.ShowRefundOrderDetailsRequest{OrderId: no}
		if customer != "" {
			in.CustomerId = &customer
		}
		return w.as(t, role).ShowRefundOrderDetails(in)
	}
	got, err := show(buyer, w.refund, w.id(buyer))
	must(t, err)
	rows := value(got.RefundInfos)
	back := dec("0")
	for _, x := range rows {
		if back = back.Add(*x.Amount); x.MeasureId != "1" || x.CustomerId != w.id(buyer) || x.ServiceTypeCode != planService || x.ResourceTypeCode != planResource || x.RegionCode != "global" {
			t.Errorf("a line: %+v", x)
		}
	}
	if len(rows) == 0 || int(value(got.TotalCount)) != len(rows) || value(rows[0].BaseOrderId) != w.order || !back.IsNegative() {
		t.Errorf("the refund: %+v", rows)
	}
	_, err = show(buyer, w.order, "")
	refused(t, err, 400, "CBC.99005026")
	_, err = show(buyer, "CS1", "")
	refused(t, err, 403, "CBC.0151")
	_, err = show("distributor", w.refund, w.id(buyer))
	refused(t, err, 400, "CBC.99000035")
}

// called tells whether a route was asked for; an id may stand at its end.
func called(route string) bool {
	asked.Lock()
	defer asked.Unlock()
	before, _, named := strings.Cut(route, "{")
	for path := range asked.paths {
		if path == route || named && strings.HasPrefix(path, before) {
			return true
		}
	}
	return false
}
