package sdk

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/huaweicloud/huaweicloud-sdk-go-v3/services/bss/v2/model"
	abroad "github.com/huaweicloud/huaweicloud-sdk-go-v3/services/bssintl/v2/model"
	"github.com/shopspring/decimal"
)

// An operation is one row of the program's table with the function that drives it, good and bad paths.
type operation struct {
	name, route string
	test        func(t *testing.T, w *world)
}

const (
	accounts = " /v2/accounts/"
	partners = " /v2/partners/"
	benefits = " /v2/promotions/benefits/"

	orders    = " /v2/orders/customer-orders"
	resources = " /v2/orders/subscriptions/resources/"
)

var operations = []operation{
	{"CheckUserIdentity", "POST" + partners + "sub-customers/users/check-identity", checkUserIdentity},
	{"SendVerificationMessageCode", "POST /v2/bases/verificationcode/send", sendVerificationMessageCode},
	{"CreateSubCustomer", "POST" + partners + "sub-customers", createSubCustomer},
	{"ListSubCustomers", "POST" + partners + "sub-customers/query", listSubCustomers},
	{"ListSubCustomerNewTag", "POST" + partners + "sub-customers/new-customers-tags/batch-query", listSubCustomerNewTag},
	{"ListIndirectPartners", "POST" + partners + "indirect-partners/query", listIndirectPartners},
	{"FreezeSubCustomers", "POST" + partners + "sub-customers/freeze", freezeSubCustomers},
	{"UnfreezeSubCustomers", "POST" + partners + "sub-customers/unfreeze", unfreezeSubCustomers},

	{"ListPartnerBalances", "GET" + accounts + "partner-accounts/balances", listPartnerBalances},
	{"UpdateIndirectPartnerAccount", "POST" + accounts + "partner-accounts/indirect-partner-adjust", updateIndirectPartnerAccount},
	{"ReclaimIndirectPartnerAccount", "POST" + accounts + "partner-accounts/indirect-partner-reclaim", reclaimIndirectPartnerAccount},
	{"UpdateCustomerAccountAmount", "POST" + accounts + "partner-accounts/adjust-amount", updateCustomerAccountAmount},
	{"ReclaimToPartnerAccount", "POST" + accounts + "partner-accounts/reclaim", reclaimToPartnerAccount},
	{"ListPartnerAdjustRecords", "GET /v3/accounts/partner-accounts/adjust-records", listPartnerAdjustRecords},
	{"ListPartnerAccountChangeRecords", "GET" + accounts + "partner-accounts/account-change-records", listPartnerAccountChangeRecords},

	{"ShowCustomerAccountBalances", "GET" + accounts + "customer-accounts/balances", showCustomerAccountBalances},
	{"ListCustomersBalancesDetail", "POST" + accounts + "customer-accounts/balances/batch-query", listCustomersBalancesDetail},
	{"ListCustomerAccountChangeRecords", "GET" + accounts + "customer-accounts/account-change-records", listCustomerAccountChangeRecords},
	{"ListStoredValueCards", "GET" + benefits + "stored-value-cards", listStoredValueCards},

	{"ListQuotaCoupons", "POST" + partners + "coupon-quotas/query", listQuotaCoupons},
	{"UpdateCouponQuotas", "POST" + partners + "coupon-quotas/indirect-partner-adjust", updateCouponQuotas},
	{"ListIssuedCouponQuotas", "GET" + partners + "issued-coupon-quotas", listIssuedCouponQuotas},
	{"CreatePartnerCoupons", "POST" + benefits + "partner-coupons", createPartnerCoupons},
	{"ListIssuedPartnerCoupons", "GET" + benefits + "partner-coupons", listIssuedPartnerCoupons},
	{"ListSubCustomerCoupons", "GET" + benefits + "coupons", listSubCustomerCoupons},
	{"ReclaimPartnerCoupons", "POST" + benefits + "partner-coupons/reclaim", reclaimPartnerCoupons},
	{"ListPartnerCouponsRecord", "GET" + benefits + "partner-coupons/records/query", listPartnerCouponsRecord},
	{"ReclaimCouponQuotas", "POST" + partners + "coupon-quotas/indirect-partner-reclaim", reclaimCouponQuotas},
	{"ListCouponQuotasRecords", "GET" + partners + "coupon-quotas/records", listCouponQuotasRecords},
	{"ListCustomerCouponChangeRecords", "GET" + benefits + "account-change-records", listCustomerCouponChangeRecords},

	{"ListRateOnPeriodDetail", "POST /v2/bills/ratings/period-resources/subscribe-rate", listRateOnPeriodDetail},
	{"ListIncentiveDiscountPolicies", "GET /v2/products/incentive-discount-policies", listIncentiveDiscountPolicies},
	{"ListOrderCouponsByOrderId", "GET" + orders + "/order-coupons", listOrderCouponsByOrderId},
	{"ListOrderDiscounts", "GET" + orders + "/order-discounts", listOrderDiscounts},
	{"CancelCustomerOrder", "PUT" + orders + "/cancel", cancelCustomerOrder},
	{"PayOrders", "POST /v3/orders/customer-orders/pay", payOrders},
	{"ListCustomerOrders", "GET" + orders, listCustomerOrders},
	{"ShowCustomerOrderDetails", "GET" + orders + "/details/{order_id}", showCustomerOrderDetails},
	{"ListPayPerUseCustomerResources", "POST /v2/orders/suscriptions/resources/query", listPayPerUseCustomerResources},
	{"ListRenewRateOnPeriod", "POST /v2/bills/ratings/period-resources/renew-rate", listRenewRateOnPeriod},
	{"RenewalResources", "POST" + resources + "renew", renewalResources},
	{"AutoRenewalResources", "POST" + resources + "autorenew/{resource_id}", autoRenewalResources},
	{"CancelAutoRenewalResources", "DELETE" + resources + "autorenew/{resource_id}", cancelAutoRenewalResources},
	{"CancelResourcesSubscription", "POST" + resources + "unsubscribe", cancelResourcesSubscription},
	{"ShowRefundOrderDetails", "GET" + orders + "/refund-orders", showRefundOrderDetails},
}

func money(text string) *decimal.Decimal {
	d := decimal.RequireFromString(text)
	return &d
}

// eq fails the test unless what was got is what was wanted.
func eq[T comparable](t *testing.T, what string, got, want T) {
	t.Helper()
	if got != want {
		t.Errorf("%s = %v, want %v", what, got, want)
	}
}

func value[T any](p *T) (v T) {
	if p != nil {
		v = *p
	}
	return v
}

func checkUserIdentity(t *testing.T, w *world) {
	c := w.as(t, "solution_provider")
	ask := func(kind, v string) (*model.CheckUserIdentityResponse, error) {
		return c.CheckUserIdentity(&model.CheckUserIdentityRequest{Body: &model.CheckSubcustomerUserReq{SearchType: kind, SearchValue: v}})
	}
	for range 2 { // a question may be asked twice within a second
		got, err := ask("name", "sdk-fresh-name")
		must(t, err)
		eq(t, "a free name", value(got.CheckResult), "available")
	}
	got, err := ask("mobile", "0086-13900001111")
	must(t, err)
	if value(got.CheckResult) != "available" || value(got.MobileRemainAvailableNum) < 1 {
		t.Errorf("a free number: %+v", got)
	}
	got, err = ask("email", w.logins["solution_provider"].Login)
	must(t, err)
	eq(t, "an address that signs in", value(got.CheckResult), "used_by_user")
	_, err = ask("mobile", "13900001111")
	refused(t, err, 400, "CBC.0100")
	_, err = ask("colour", "red")
	refused(t, err, 400, "CBC.0100")
}

func sendVerificationMessageCode(t *testing.T, w *world) {
	c := w.as(t, "solution_provider")
	got, err := c.SendVerificationMessageCode(&model.SendVerificationMessageCodeRequest{Body: &model.SendVerificationCodeV2Req{ReceiverType: 1,
		MobilePhone: "13900002222", Timeout: ptr(int32(30)), Lang: ptr("en-us"), Scene: ptr(int32(29))}})
	must(t, err)
	eq(t, "status", got.HttpStatusCode, 204)
	_, err = w.abroad(t, "solution_provider").SendVerificationMessageCode(&abroad.SendVerificationMessageCodeRequest{
		Body: &abroad.SendVerificationCodeV2Req{ReceiverType: 2, Email: "new@customer.example"}})
	must(t, err)
	_, err = c.SendVerificationMessageCode(&model.SendVerificationMessageCodeRequest{Body: &model.SendVerificationCodeV2Req{ReceiverType: 1, MobilePhone: "13900002222"}})
	refused(t, err, 400, "CBC.99004015")
	_, err = c.SendVerificationMessageCode(&model.SendVerificationMessageCodeRequest{Body: &model.SendVerificationCodeV2Req{ReceiverType: 1, MobilePhone: "13900002223", Timeout: ptr(int32(3001))}})
	refused(t, err, 400, "CBC.0100")
	_, err = c.SendVerificationMessageCode(&model.SendVerificationMessageCodeRequest{Body: &model.SendVerificationCodeV2Req{ReceiverType: 1, MobilePhone: "13900002224", Scene: ptr(int32(18))}})
	refused(t, err, 400, "CBC.0100")
}

func createSubCustomer(t *testing.T, w *world) {
	create := func(role string, in model.CreateCustomerV2Req) (*model.CreateSubCustomerResponse, error) {
		in.XaccountType = "SDK"
		return w.as(t, role).CreateSubCustomer(&model.CreateSubCustomerRequest{Body: &in})
	}
	got, err := create("solution_provider", model.CreateCustomerV2Req{DomainName: ptr("sdk-customer"), XaccountId: "x-1", IncludeAssociationResult: ptr(true)})
	must(t, err)
	if len(value(got.DomainId)) != 32 || value(got.DomainName) != "sdk-customer" {
		t.Fatalf("created %+v", got)
	}
	w.own = *got.DomainId
	got, err = create("distributor", model.CreateCustomerV2Req{XaccountId: "x-2", IndirectPartnerId: ptr(w.id("reseller"))})
	must(t, err)
	w.resellers = *got.DomainId
	eq(t, "length of the random name", len(value(got.DomainName)), 32)
	got, err = create("solution_provider", model.CreateCustomerV2Req{DomainName: ptr("sdk-referral"), XaccountId: "x-3", CooperationType: ptr("1")})
	must(t, err)
	w.referral = *got.DomainId
	for code, in := range map[string]model.CreateCustomerV2Req{
		"CBC.99000038": {DomainName: ptr("sdk-customer"), XaccountId: "x-4"},
		"CBC.99000039": {DomainName: ptr("sdk-other"), XaccountId: "x-1"},
		"CBC.99000031": {DomainName: ptr("op_sdk"), XaccountId: "x-5"},
		"CBC.99000036": {DomainName: ptr("sdk-other"), XaccountId: "x-6", Password: ptr("onlylower")},
		"CBC.99004010": {DomainName: ptr("sdk-other"), XaccountId: "x-7", MobilePhone: ptr("13900002222"), VerificationCode: ptr("000000x")},
		"CBC.0100":     {DomainName: ptr("sdk-other")},
	} {
		_, err := create("solution_provider", in)
		refused(t, err, 400, code)
	}
	_, err = create("distributor", model.CreateCustomerV2Req{DomainName: ptr("sdk-direct"), XaccountId: "x-8"})
	refused(t, err, 400, "CBC.50010059")
	_, err = create("distributor", model.CreateCustomerV2Req{DomainName: ptr("sdk-foreign"), XaccountId: "x-9", IndirectPartnerId: ptr(w.id("solution_provider"))})
	refused(t, err, 400, "CBC.99000037")
	_, err = create("reseller", model.CreateCustomerV2Req{DomainName: ptr("sdk-reseller"), XaccountId: "x-10"})
	refused(t, err, 403, "CBC.0151")
	_, err = w.abroad(t, "solution_provider").CreateSubCustomer(&abroad.CreateSubCustomerRequest{Body: &abroad.CreateCustomerV2Req{DomainName: ptr("sdk-abroad"),
		XaccountId: "x-11", XaccountType: "SDK", DomainArea: "MX"}})
	must(t, err)
}

func listSubCustomers(t *testing.T, w *world) {
	c := w.as(t, "solution_provider")
	list := func(in model.QuerySubCustomerListReq) (int32, []model.CustomerInformation) {
		t.Helper()
		got, err := c.ListSubCustomers(&model.ListSubCustomersRequest{Body: &in})
		must(t, err)
		return value(got.Count), value(got.CustomerInfos)
	}
	n, rows := list(model.QuerySubCustomerListReq{AccountName: ptr("dk-cust")})
	if n != 1 || len(rows) != 1 || rows[0].CustomerId != w.own || rows[0].AccountName != "sdk-customer" || value(rows[0].AssociationType) != "2" ||
		value(rows[0].VerifiedStatus) != "-1" || value(rows[0].CustomerType) != -1 || value(rows[0].IsFrozen) != 0 || value(rows[0].XaccountId) != "x-1" || value(rows[0].CustomerLevel) == "" {
		t.Errorf("by a part of the name: %d %+v", n, rows)
	}
	_, err := time.Parse("2006-01-02T15:04:05Z", value(rows[0].AssociatedOn))
	must(t, err)
	all, _ := list(model.QuerySubCustomerListReq{})
	_, second := list(model.QuerySubCustomerListReq{Offset: ptr(int32(1)), Limit: ptr(int32(1))})
	_, two := list(model.QuerySubCustomerListReq{Limit: ptr(int32(2))})
	if all < 3 || len(second) != 1 || len(two) != 2 || second[0].CustomerId != two[1].CustomerId {
		t.Errorf("of %d the second is %+v, the first two are %+v: offset counts rows", all, second, two)
	}
	if n, rows := list(model.QuerySubCustomerListReq{AssociationType: ptr("1"), CustomerId: ptr(w.referral)}); n != 1 || value(rows[0].AssociationType) != "1" {
		t.Errorf("the referral: %d %+v", n, rows)
	}
	if n, rows := list(model.QuerySubCustomerListReq{AssociatedOnEnd: ptr("2001-01-01T00:00:00Z")}); n != 0 || len(rows) != 0 {
		t.Errorf("from before there was anything: %d %+v", n, rows)
	}
	far, err := w.abroad(t, "solution_provider").ListSubCustomers(&abroad.ListSubCustomersRequest{Body: &abroad.QuerySubCustomerListReq{AssociationType: ptr("3"), CustomerId: ptr(w.own)}})
	must(t, err)
	if value(far.Count) != 1 || value((*far.CustomerInfos)[0].AssociationType) != "3" {
		t.Errorf("asked the international way: %+v", far)
	}
	got, err := w.as(t, "distributor").ListSubCustomers(&model.ListSubCustomersRequest{Body: &model.QuerySubCustomerListReq{IndirectPartnerId: ptr(w.id("reseller")), CustomerId: ptr(w.resellers)}})
	must(t, err)
	eq(t, "the reseller's customer", value(got.Count), 1)
	for _, in := range []model.QuerySubCustomerListReq{{Limit: ptr(int32(0))}, {Limit: ptr(int32(101))}, {Offset: ptr(int32(-1))}, {AssociationType: ptr("9")}, {AssociatedOnBegin: ptr("")}} {
		_, err := c.ListSubCustomers(&model.ListSubCustomersRequest{Body: &in})
		refused(t, err, 400, "CBC.0100")
	}
	_, err = w.as(t, "distributor").ListSubCustomers(&model.ListSubCustomersRequest{Body: &model.QuerySubCustomerListReq{IndirectPartnerId: ptr(w.id("solution_provider"))}})
	refused(t, err, 400, "CBC.99000037")
	_, err = w.as(t, "customer_resale").ListSubCustomers(&model.ListSubCustomersRequest{Body: &model.QuerySubCustomerListReq{}})
	refused(t, err, 403, "CBC.0151")
}

func listSubCustomerNewTag(t *testing.T, w *world) {
	c := w.as(t, "solution_provider")
	got, err := c.ListSubCustomerNewTag(&model.ListSubCustomerNewTagRequest{Body: &model.ListSubCustomerNewTagReq{CustomerIds: &[]string{w.own, w.resellers, "nobody"}}})
	must(t, err)
	if tags := value(got.NewCustomerTags); len(tags) != 1 || value(tags[0].CustomerId) != w.own {
		t.Errorf("tags of one own and two others: %+v", tags)
	}
	_, err = c.ListSubCustomerNewTag(&model.ListSubCustomerNewTagRequest{Body: &model.ListSubCustomerNewTagReq{Limit: ptr(int32(101))}})
	refused(t, err, 400, "CBC.0100")
}

func listIndirectPartners(t *testing.T, w *world) {
	c := w.as(t, "distributor")
	got, err := c.ListIndirectPartners(&model.ListIndirectPartnersRequest{Body: &model.QueryIndirectPartnersReq{}})
	must(t, err)
	if value(got.Count) < 2 || len(value(got.IndirectPartners)) < 2 {
		t.Errorf("resellers: %+v", got)
	}
	got, err = c.ListIndirectPartners(&model.ListIndirectPartnersRequest{Body: &model.QueryIndirectPartnersReq{IndirectPartnerId: ptr(w.id("reseller"))}})
	must(t, err)
	if rows := value(got.IndirectPartners); len(rows) != 1 || value(rows[0].Name) != w.logins["reseller"].Account || value(rows[0].AssociatedOn) == "" {
		t.Errorf("one reseller: %+v", rows)
	}
	_, err = w.as(t, "solution_provider").ListIndirectPartners(&model.ListIndirectPartnersRequest{Body: &model.QueryIndirectPartnersReq{}})
	refused(t, err, 403, "CBC.0151")
}

// frozen is what the list of customers says of one.
func (w *world) frozen(t *testing.T, customer string) int32 {
	t.Helper()
	got, err := w.as(t, "solution_provider").ListSubCustomers(&model.ListSubCustomersRequest{Body: &model.QuerySubCustomerListReq{CustomerId: &customer}})
	must(t, err)
	return value(value(got.CustomerInfos)[0].IsFrozen)
}

func freezeSubCustomers(t *testing.T, w *world) {
	c := w.abroad(t, "solution_provider")
	freeze := func(reason string, ids ...string) (*abroad.FreezeSubCustomersResponse, error) {
		return c.FreezeSubCustomers(&abroad.FreezeSubCustomersRequest{Body: &abroad.FreezeSubCustomersReq{CustomerIds: ids, Reason: reason}})
	}
	got, err := freeze("unpaid bill", w.own, "nobody")
	must(t, err)
	if list := value(got.ErrorDetails); len(list) != 1 || value(list[0].Id) != "nobody" || value(list[0].ErrorCode) != "CBC.99000000" || value(list[0].ErrorMsg) == "" {
		t.Errorf("one of two failed: %+v", list)
	}
	eq(t, "is_frozen", w.frozen(t, w.own), 1)
	_, err = freeze("unpaid bill", w.resellers)
	refused(t, err, 400, "CBC.99000000")
	_, err = freeze("unpaid bill", w.referral)
	refused(t, err, 400, "CBC.99005024")
	_, err = freeze("", w.own)
	refused(t, err, 400, "CBC.0100")
	_, err = freeze("x")
	refused(t, err, 400, "CBC.0100")
	_, err = w.as(t, "solution_provider").UpdateCustomerAccountAmount(&model.UpdateCustomerAccountAmountRequest{Body: &model.AdjustAccountReq{CustomerId: "nobody", Amount: money("1")}})
	refused(t, err, 400, "CBC.99000035")
}

func unfreezeSubCustomers(t *testing.T, w *world) {
	c := w.abroad(t, "solution_provider")
	_, err := c.UnfreezeSubCustomers(&abroad.UnfreezeSubCustomersRequest{Body: &abroad.UnfreezeSubCustomersReq{CustomerIds: []string{w.own}, Reason: "paid",
		UnfreezeType: ptr(abroad.GetUnfreezeSubCustomersReqUnfreezeTypeEnum().ACCOUNT_AND_RESOURCE)}})
	if err == nil {
		t.Error("another type than that of the freeze was taken")
	}
	got, err := c.UnfreezeSubCustomers(&abroad.UnfreezeSubCustomersRequest{Body: &abroad.UnfreezeSubCustomersReq{CustomerIds: []string{w.own}, Reason: "paid"}})
	must(t, err)
	if len(value(got.ErrorDetails)) != 0 {
		t.Errorf("unfrozen: %+v", got)
	}
	eq(t, "is_frozen", w.frozen(t, w.own), 0)
}

// accountOf is one kind of account of a partner.
func (w *world) accountOf(t *testing.T, role string, ipid *string, kind int32) model.AccountBalanceV2 {
	t.Helper()
	got, err := w.as(t, role).ListPartnerBalances(&model.ListPartnerBalancesRequest{IndirectPartnerId: ipid})
	must(t, err)
	list := value(got.AccountBalances)
	i := slices.IndexFunc(list, func(b model.AccountBalanceV2) bool { return b.AccountType == kind })
	if i < 0 {
		t.Fatalf("no account of type %d in %+v", kind, list)
	}
	return list[i]
}

// cents are an amount of the wire in hundredths; the tests' amounts are small enough for a float to hold them.
func cents(f float64) int64 { return decimal.NewFromFloat(f).Shift(2).Round(0).IntPart() }

func listPartnerBalances(t *testing.T, w *world) {
	b := w.accountOf(t, "distributor", nil, 1)
	if b.Currency != "CNY" || b.MeasureId != 1 || b.Amount <= 0 || b.DesignatedAmount == nil {
		t.Errorf("the distributor's balance: %+v", b)
	}
	free := w.accountOf(t, "distributor", nil, 8)
	if cents(free.Amount) > cents(b.Amount)-cents(*b.DesignatedAmount) {
		t.Errorf("allocatable %v of %+v", free.Amount, b)
	}
	w.accountOf(t, "reseller", nil, 1)
	eq(t, "the reseller's balance for both", w.accountOf(t, "distributor", ptr(w.id("reseller")), 1).Amount, w.accountOf(t, "reseller", nil, 1).Amount)
	c := w.as(t, "distributor")
	_, err := c.ListPartnerBalances(&model.ListPartnerBalancesRequest{IndirectPartnerId: ptr(w.id("solution_provider"))})
	refused(t, err, 400, "CBC.99000037")
	_, err = w.as(t, "customer_resale").ListPartnerBalances(&model.ListPartnerBalancesRequest{})
	refused(t, err, 400, "CBC.5001")
}

func updateIndirectPartnerAccount(t *testing.T, w *world) {
	c := w.as(t, "distributor")
	give := func(id, amount string) (*model.UpdateIndirectPartnerAccountResponse, error) {
		return c.UpdateIndirectPartnerAccount(&model.UpdateIndirectPartnerAccountRequest{Body: &model.AdjustToIndirectPartnerReq{IndirectPartnerId: id, Amount: money(amount)}})
	}
	before, theirs := w.accountOf(t, "distributor", nil, 1), w.accountOf(t, "reseller", nil, 1)
	got, err := give(w.id("reseller"), "99.90")
	must(t, err)
	if w.given = value(got.TransferId); !strings.HasPrefix(w.given, "AD") {
		t.Errorf("transfer_id %q, want AD…", w.given)
	}
	eq(t, "what left", cents(before.Amount)-cents(w.accountOf(t, "distributor", nil, 1).Amount), 9990)
	eq(t, "what came", cents(w.accountOf(t, "reseller", nil, 1).Amount)-cents(theirs.Amount), 9990)
	_, err = give(w.id("reseller"), "999999999.99")
	refused(t, err, 400, "CBC.99005003")
	_, err = give(w.id("solution_provider"), "1")
	refused(t, err, 400, "CBC.99000037")
	for _, amount := range []string{"0", "-1", "1.001"} {
		_, err := give(w.id("reseller"), amount)
		refused(t, err, 400, "CBC.0100")
	}
	_, err = w.as(t, "solution_provider").UpdateIndirectPartnerAccount(&model.UpdateIndirectPartnerAccountRequest{
		Body: &model.AdjustToIndirectPartnerReq{IndirectPartnerId: w.id("reseller"), Amount: money("1")}})
	refused(t, err, 403, "CBC.0151")
}

func reclaimIndirectPartnerAccount(t *testing.T, w *world) {
	c := w.as(t, "distributor")
	back := func(id, amount string) (*model.ReclaimIndirectPartnerAccountResponse, error) {
		return c.ReclaimIndirectPartnerAccount(&model.ReclaimIndirectPartnerAccountRequest{Body: &model.ReclaimIndirectPartnerAccountReq{IndirectPartnerId: id, Amount: money(amount)}})
	}
	theirs := w.accountOf(t, "reseller", nil, 1)
	got, err := back(w.id("reseller"), "9.9")
	must(t, err)
	if !strings.HasPrefix(value(got.TransId), "RE") {
		t.Errorf("trans_id %q, want RE…", value(got.TransId))
	}
	eq(t, "what went back", cents(theirs.Amount)-cents(w.accountOf(t, "reseller", nil, 1).Amount), 990)
	_, err = back(w.id("reseller"), "99999999")
	refused(t, err, 400, "CBC.99005003")
	_, err = back("nobody", "1")
	refused(t, err, 400, "CBC.99000037")
}

func updateCustomerAccountAmount(t *testing.T, w *world) {
	give := func(role, customer, amount string, ipid *string) (*model.UpdateCustomerAccountAmountResponse, error) {
		return w.as(t, role).UpdateCustomerAccountAmount(&model.UpdateCustomerAccountAmountRequest{Body: &model.AdjustAccountReq{CustomerId: customer, Amount: money(amount), IndirectPartnerId: ipid}})
	}
	got, err := give("solution_provider", w.own, "20.50", nil)
	must(t, err)
	if !strings.HasPrefix(value(got.TransferId), "AD") {
		t.Errorf("transfer_id %q, want AD…", value(got.TransferId))
	}
	reseller := ptr(w.id("reseller"))
	before := w.accountOf(t, "reseller", nil, 1)
	_, err = give("distributor", w.resellers, "30", reseller)
	must(t, err)
	eq(t, "what left the reseller", cents(before.Amount)-cents(w.accountOf(t, "reseller", nil, 1).Amount), 3000)
	for _, c := range []struct {
		role, customer, amount string
		ipid                   *string
		code                   string
	}{
		{"solution_provider", w.own, "999999999", nil, "CBC.99005003"},
		{"distributor", w.resellers, "999999999", reseller, "CBC.99005003"},
		{"solution_provider", w.resellers, "1", nil, "CBC.99000035"},
		{"solution_provider", w.referral, "1", nil, "CBC.99005024"},
		{"distributor", w.resellers, "1", ptr(w.id("solution_provider")), "CBC.99000037"},
		{"solution_provider", w.own, "0.001", nil, "CBC.0100"},
		{"solution_provider", "", "1", nil, "CBC.0100"},
	} {
		_, err := give(c.role, c.customer, c.amount, c.ipid)
		refused(t, err, 400, c.code)
	}
	_, err = give("reseller", w.resellers, "1", nil)
	refused(t, err, 403, "CBC.0151")
}

func reclaimToPartnerAccount(t *testing.T, w *world) {
	c := w.as(t, "solution_provider")
	back := func(customer, amount string) (*model.ReclaimToPartnerAccountResponse, error) {
		return c.ReclaimToPartnerAccount(&model.ReclaimToPartnerAccountRequest{Body: &model.ReclaimToPartnerAccountBalancesReq{CustomerId: customer, Amount: money(amount)}})
	}
	got, err := back(w.own, "0.5")
	must(t, err)
	if !strings.HasPrefix(value(got.TransId), "RE") {
		t.Errorf("trans_id %q, want RE…", value(got.TransId))
	}
	_, err = back(w.own, "20.01")
	refused(t, err, 400, "CBC.99005003")
	_, err = back(w.resellers, "1")
	refused(t, err, 400, "CBC.99000035")
	_, err = back(w.referral, "1")
	refused(t, err, 400, "CBC.99005024")
}

func listPartnerAdjustRecords(t *testing.T, w *world) {
	c := w.as(t, "solution_provider")
	got, err := c.ListPartnerAdjustRecords(&model.ListPartnerAdjustRecordsRequest{CustomerId: &w.own})
	must(t, err)
	rows := value(got.Records)
	if value(got.TotalCount) != 2 || len(rows) != 2 || value(rows[0].OperationType) != "SOURCE_OPERATION_BERETRIEVE" || value(rows[0].Amount) != "0.50" || value(rows[1].Amount) != "20.50" ||
		value(rows[1].OperationType) != "SOURCE_OPERATION_BEADJUST" || value(rows[1].CustomerName) == "" || value(rows[1].Currency) != "CNY" || value(rows[1].MeasureId) != 1 {
		t.Errorf("records of the customer: %+v", got)
	}
	again, err := c.ListPartnerAdjustRecords(&model.ListPartnerAdjustRecordsRequest{TransId: rows[1].TransId, OperationTimeBegin: rows[1].OperationTime, OperationTimeEnd: rows[1].OperationTime})
	must(t, err)
	eq(t, "one number at its second", value(again.TotalCount), 1)
	page, err := c.ListPartnerAdjustRecords(&model.ListPartnerAdjustRecordsRequest{CustomerId: &w.own, Offset: ptr(int32(1)), Limit: ptr(int32(1))})
	must(t, err)
	if r := value(page.Records); value(page.TotalCount) != 2 || len(r) != 1 || value(r[0].TransId) != value(rows[1].TransId) {
		t.Errorf("the second row: %+v", page)
	}
	mine, err := w.as(t, "distributor").ListPartnerAdjustRecords(&model.ListPartnerAdjustRecordsRequest{CustomerId: ptr(w.id("reseller")), TransId: &w.given})
	must(t, err)
	eq(t, "what went to a reseller", value(mine.TotalCount), 1)
	below, err := w.as(t, "distributor").ListPartnerAdjustRecords(&model.ListPartnerAdjustRecordsRequest{IndirectPartnerId: ptr(w.id("reseller")), CustomerId: &w.resellers})
	must(t, err)
	eq(t, "what the reseller gave", value(below.TotalCount), 1)
	_, err = c.ListPartnerAdjustRecords(&model.ListPartnerAdjustRecordsRequest{OperationType: ptr("GIFT")})
	refused(t, err, 400, "CBC.0100")
	_, err = w.as(t, "customer_resale").ListPartnerAdjustRecords(&model.ListPartnerAdjustRecordsRequest{})
	refused(t, err, 400, "CBC.5001")
}

func listPartnerAccountChangeRecords(t *testing.T, w *world) {
	c := w.as(t, "solution_provider")
	got, err := c.ListPartnerAccountChangeRecords(&model.ListPartnerAccountChangeRecordsRequest{BalanceType: "BALANCE_TYPE_DEBIT", TradeType: ptr("BEADJUST")})
	must(t, err)
	i := slices.IndexFunc(value(got.Records), func(r model.AccountChangeRecord) bool { return value(r.CustomerId) == w.own })
	if i < 0 {
		t.Fatalf("no entry of the customer in %+v", got)
	}
	r := (*got.Records)[i]
	if value(r.ChangeAmount) != "20.50" || value(r.Type) != "2" || value(r.TradeDetailType) != "SOURCE_OPERATION_BEADJUST" || value(r.BalanceAfterChange) == "" ||
		value(r.AccountName) == "" || !strings.HasPrefix(value(r.TradeId), "AD") || value(r.AccountChangeId) == "" || value(got.Currency) != "CNY" {
		t.Errorf("the entry %+v", r)
	}
	income, err := c.ListPartnerAccountChangeRecords(&model.ListPartnerAccountChangeRecordsRequest{BalanceType: "BALANCE_TYPE_DEBIT", TradeType: ptr("BERETRIEVE")})
	must(t, err)
	if list := value(income.Records); len(list) == 0 || value(list[0].Type) != "1" {
		t.Errorf("income %+v", income)
	}
	credit, err := c.ListPartnerAccountChangeRecords(&model.ListPartnerAccountChangeRecordsRequest{BalanceType: "BALANCE_TYPE_CREDIT", TradeTimeBegin: ptr("2001-01-01"), TradeTimeEnd: ptr("2001-01-02")})
	must(t, err)
	eq(t, "long ago", value(credit.TotalCount), 0)
	for _, in := range []model.ListPartnerAccountChangeRecordsRequest{{}, {BalanceType: "BALANCE_TYPE_GOLD"}, {BalanceType: "BALANCE_TYPE_DEBIT", TradeTimeBegin: ptr("2026-13-01")},
		{BalanceType: "BALANCE_TYPE_DEBIT", TradeType: ptr("GIFT")}} {
		_, err := c.ListPartnerAccountChangeRecords(&in)
		refused(t, err, 400, "CBC.0100")
	}
}

func showCustomerAccountBalances(t *testing.T, w *world) {
	got, err := w.as(t, "customer_referral").ShowCustomerAccountBalances(&model.ShowCustomerAccountBalancesRequest{})
	must(t, err)
	if list := value(got.AccountBalances); len(list) != 4 || list[0].AccountType != 1 || list[0].Amount == nil || got.DebtAmount == nil || value(got.Currency) != "CNY" || value(got.MeasureId) != 1 {
		t.Errorf("a referral customer's balances: %+v", got)
	}
	_, err = w.as(t, "customer_resale").ShowCustomerAccountBalances(&model.ShowCustomerAccountBalancesRequest{})
	refused(t, err, 400, "CBC.99000049")
	_, err = w.as(t, "distributor").ShowCustomerAccountBalances(&model.ShowCustomerAccountBalancesRequest{})
	refused(t, err, 403, "CBC.0151")
}

func listCustomersBalancesDetail(t *testing.T, w *world) {
	c := w.as(t, "solution_provider")
	ask := func(ids ...string) (*model.ListCustomersBalancesDetailResponse, error) {
		var list []model.CustomerInfoV2
		for _, id := range ids {
			list = append(list, model.CustomerInfoV2{CustomerId: id})
		}
		return c.ListCustomersBalancesDetail(&model.ListCustomersBalancesDetailRequest{Body: &model.QueryCustomersBalancesReq{CustomerInfos: list}})
	}
	got, err := ask(w.referral, w.own, w.resellers, "nobody")
	must(t, err)
	if list := value(got.CustomerBalances); len(list) != 1 || list[0].CustomerId != w.own || !list[0].Amount.Equal(decimal.RequireFromString("20")) || value(list[0].Currency) != "CNY" {
		t.Errorf("balances of one own resale customer: %+v", list)
	}
	_, err = ask()
	refused(t, err, 400, "CBC.0100")
}

func listCustomerAccountChangeRecords(t *testing.T, w *world) {
	c := w.as(t, "customer_referral")
	got, err := c.ListCustomerAccountChangeRecords(&model.ListCustomerAccountChangeRecordsRequest{BalanceType: "BALANCE_TYPE_DEBIT", RevenueExpenseType: ptr("REVENUE")})
	must(t, err)
	if value(got.Currency) != "CNY" || got.TotalCount == nil {
		t.Errorf("a referral customer's statement: %+v", got)
	}
	_, err = c.ListCustomerAccountChangeRecords(&model.ListCustomerAccountChangeRecordsRequest{BalanceType: "BALANCE_TYPE_DEBIT", RevenueExpenseType: ptr("")})
	refused(t, err, 400, "CBC.0100")
	_, err = w.as(t, "customer_resale").ListCustomerAccountChangeRecords(&model.ListCustomerAccountChangeRecordsRequest{BalanceType: "BALANCE_TYPE_DEBIT"})
	refused(t, err, 400, "CBC.99000084")
}

func listStoredValueCards(t *testing.T, w *world) {
	c := w.as(t, "customer_resale")
	for _, status := range []int32{1, 2} {
		got, err := c.ListStoredValueCards(&model.ListStoredValueCardsRequest{Status: status})
		must(t, err)
		if got.TotalCount == nil || int(*got.TotalCount) < len(value(got.StoredValueCards)) {
			t.Errorf("cards in status %d: %+v", status, got)
		}
	}
	_, err := c.ListStoredValueCards(&model.ListStoredValueCardsRequest{Status: 3})
	refused(t, err, 400, "CBC.0100")
}
