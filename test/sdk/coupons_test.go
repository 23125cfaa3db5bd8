package sdk

import (
	"slices"
	"testing"

	"github.com/huaweicloud/huaweicloud-sdk-go-v3/services/bss/v2/model"
	"github.com/shopspring/decimal"
)

func dec(text string) decimal.Decimal { return decimal.RequireFromString(text) }

// quota is one quota as its holder sees it.
func (w *world) quotaOf(t *testing.T, role string, ipid *string, id string) model.CouponQuotaV2 {
	t.Helper()
	got, err := w.as(t, role).ListQuotaCoupons(&model.ListQuotaCouponsRequest{Body: &model.QueryCouponQuotasReqExt{QuotaIds: &[]string{id}, IndirectPartnerId: ipid}})
	must(t, err)
	if value(got.TotalCount) != 1 || len(value(got.Quotas)) != 1 {
		t.Fatalf("quota %s of %s: %+v", id, role, got)
	}
	return (*got.Quotas)[0]
}

func listQuotaCoupons(t *testing.T, w *world) {
	q := w.quotaOf(t, "distributor", nil, w.quota)
	if value(q.QuotaStatus) != 0 || value(q.QuotaType) != 0 || q.Balance == nil || q.QuotaValue == nil || value(q.Currency) != "CNY" || value(q.MeasureId) != 1 ||
		value(q.ExpireTime) <= value(q.EffectiveTime) || value(q.CreateTime) == "" {
		t.Errorf("the distributor's quota: %+v", q)
	}
	c := w.as(t, "distributor")
	count := func(in model.QueryCouponQuotasReqExt) int32 {
		t.Helper()
		got, err := c.ListQuotaCoupons(&model.ListQuotaCouponsRequest{Body: &in})
		must(t, err)
		return value(got.TotalCount)
	}
	if count(model.QueryCouponQuotasReqExt{QuotaStatusList: &[]int32{0}}) < 1 {
		t.Error("no normal quota")
	}
	eq(t, "quotas made at this very second and after", count(model.QueryCouponQuotasReqExt{QuotaIds: &[]string{w.quota}, CreateTimeBegin: q.CreateTime}), 0)
	eq(t, "quotas of the other kind with this id", count(model.QueryCouponQuotasReqExt{QuotaIds: &[]string{w.quota}, QuotaType: ptr(int32(1))}), 0)
	_, err := c.ListQuotaCoupons(&model.ListQuotaCouponsRequest{Body: &model.QueryCouponQuotasReqExt{QuotaStatusList: &[]int32{7}}})
	refused(t, err, 400, "CBC.0100")
	_, err = c.ListQuotaCoupons(&model.ListQuotaCouponsRequest{Body: &model.QueryCouponQuotasReqExt{IndirectPartnerId: ptr(w.id("solution_provider"))}})
	refused(t, err, 400, "CBC.99000037")
}

func updateCouponQuotas(t *testing.T, w *world) {
	c := w.as(t, "distributor")
	split := func(quota, amount string, ids ...string) (*model.UpdateCouponQuotasResponse, error) {
		return c.UpdateCouponQuotas(&model.UpdateCouponQuotasRequest{Body: &model.AdjustCouponQuotasReq{QuotaId: quota, IndirectPartnerIds: ids, QuotaAmount: money(amount)}})
	}
	before := w.quotaOf(t, "distributor", nil, w.quota)
	got, err := split(w.quota, "50.11", w.id("reseller"))
	must(t, err)
	list := value(got.SimpleQuotaInfos)
	if len(list) != 1 || list[0].Id != w.id("reseller") || list[0].QuotaId == "" || len(value(got.ErrorDetails)) != 0 {
		t.Fatalf("the split: %+v", got)
	}
	w.child = list[0].QuotaId
	after := w.quotaOf(t, "distributor", nil, w.quota)
	if !before.Balance.Sub(*after.Balance).Equal(dec("50.11")) {
		t.Errorf("the quota fell from %v to %v", before.Balance, after.Balance)
	}
	if child := w.quotaOf(t, "distributor", ptr(w.id("reseller")), w.child); !child.Balance.Equal(dec("50.11")) || value(child.ExpireTime) != value(after.ExpireTime) {
		t.Errorf("the reseller's quota: %+v", child)
	}
	for _, x := range []struct{ quota, amount, id, code string }{
		{w.quota, "99999999", w.id("reseller"), "CBC.99000013"},
		{w.quota, "1", w.id("solution_provider"), "CBC.99000037"},
		{w.quota, "0", w.id("reseller"), "CBC.0100"},
		{"1", "1", w.id("reseller"), "CBC.99000012"},
	} {
		_, err := split(x.quota, x.amount, x.id)
		refused(t, err, 400, x.code)
	}
	_, err = split(w.quota, "1")
	refused(t, err, 400, "CBC.0100")
	_, err = w.as(t, "solution_provider").UpdateCouponQuotas(&model.UpdateCouponQuotasRequest{Body: &model.AdjustCouponQuotasReq{QuotaId: w.quota, IndirectPartnerIds: []string{w.id("reseller")}, QuotaAmount: money("1")}})
	refused(t, err, 403, "CBC.0151")
}

func listIssuedCouponQuotas(t *testing.T, w *world) {
	c := w.as(t, "distributor")
	got, err := c.ListIssuedCouponQuotas(&model.ListIssuedCouponQuotasRequest{QuotaId: &w.child, IndirectPartnerId: ptr(w.id("reseller")), ParentQuotaId: &w.quota})
	must(t, err)
	if list := value(got.Quotas); value(got.TotalCount) != 1 || len(list) != 1 || value(list[0].ParentQuotaId) != w.quota || value(list[0].IndirectPartnerName) != w.logins["reseller"].Account ||
		!list[0].QuotaValue.Equal(dec("50.11")) || value(list[0].QuotaStatus) != 0 {
		t.Errorf("the child quota: %+v", got)
	}
	none, err := c.ListIssuedCouponQuotas(&model.ListIssuedCouponQuotasRequest{ParentQuotaId: ptr("")})
	must(t, err)
	eq(t, "an empty parent is a filter", value(none.TotalCount), 0)
	_, err = c.ListIssuedCouponQuotas(&model.ListIssuedCouponQuotasRequest{IndirectPartnerId: ptr(w.id("solution_provider"))})
	refused(t, err, 400, "CBC.99000037")
}

func createPartnerCoupons(t *testing.T, w *world) {
	issue := func(in model.CreatePartnerCouponsReq) (*model.CreatePartnerCouponsResponse, error) {
		if in.FaceValue == nil {
			in.FaceValue = money("10.25")
		}
		return w.as(t, "distributor").CreatePartnerCoupons(&model.CreatePartnerCouponsRequest{Body: &in})
	}
	reseller := ptr(w.id("reseller"))
	got, err := issue(model.CreatePartnerCouponsReq{QuotaId: w.child, CustomerIds: []string{w.resellers, w.own}, Memo: ptr("welcome"), IndirectPartnerId: reseller})
	must(t, err)
	made, failed := value(got.CouponInfos), value(got.ErrorDetails)
	if len(made) != 1 || made[0].Id != w.resellers || made[0].CouponId == "" || len(failed) != 1 || value(failed[0].Id) != w.own || value(failed[0].ErrorCode) != "CBC.99000035" || value(failed[0].ErrorMsg) == "" {
		t.Fatalf("one of two: %+v", got)
	}
	w.coupon = made[0].CouponId
	if q := w.quotaOf(t, "distributor", reseller, w.child); !q.Balance.Equal(dec("39.86")) {
		t.Errorf("the quota's balance is %v, want 39.86", q.Balance)
	}
	for _, x := range []struct {
		in   model.CreatePartnerCouponsReq
		code string
	}{
		{model.CreatePartnerCouponsReq{QuotaId: "1", CustomerIds: []string{w.resellers}, IndirectPartnerId: reseller}, "CBC.99000012"},
		{model.CreatePartnerCouponsReq{QuotaId: w.child, CustomerIds: []string{}, IndirectPartnerId: reseller}, "CBC.0100"},
		{model.CreatePartnerCouponsReq{QuotaId: w.child, CustomerIds: []string{w.resellers}, FaceValue: money("0"), IndirectPartnerId: reseller}, "CBC.0100"},
		{model.CreatePartnerCouponsReq{QuotaId: w.child, CustomerIds: []string{w.resellers}, IndirectPartnerId: ptr(w.id("solution_provider"))}, "CBC.99000037"},
	} {
		_, err := issue(x.in)
		refused(t, err, 400, x.code)
	}
	short, err := issue(model.CreatePartnerCouponsReq{QuotaId: w.child, CustomerIds: []string{w.resellers}, FaceValue: money("1000"), IndirectPartnerId: reseller})
	must(t, err)
	if list := value(short.ErrorDetails); len(list) != 1 || value(list[0].ErrorCode) != "CBC.99000013" {
		t.Errorf("more than the quota: %+v", short)
	}
}

// issued is one coupon in the issuer's list.
func (w *world) issued(t *testing.T, id string) model.IQueryUserPartnerCouponsResultV2 {
	t.Helper()
	got, err := w.as(t, "distributor").ListIssuedPartnerCoupons(&model.ListIssuedPartnerCouponsRequest{CouponId: &id, IndirectPartnerId: ptr(w.id("reseller"))})
	must(t, err)
	if value(got.TotalCount) != 1 || len(value(got.UserCoupons)) != 1 {
		t.Fatalf("coupon %s: %+v", id, got)
	}
	return (*got.UserCoupons)[0]
}

func listIssuedPartnerCoupons(t *testing.T, w *world) {
	x := w.issued(t, w.coupon)
	if value(x.Status) != 2 || value(x.CustomerId) != w.resellers || value(x.CouponType) != 1 || !x.FaceValue.Equal(dec("10.25")) || !x.Balance.Equal(dec("10.25")) ||
		value(x.IsFrozen) != "0" || value(x.MediaType) != 1 || value(x.FetchMethod) != 3 || value(x.ExpireTime) == "" {
		t.Errorf("the coupon: %+v", x)
	}
	c := w.as(t, "distributor")
	own, err := c.ListIssuedPartnerCoupons(&model.ListIssuedPartnerCouponsRequest{CouponId: &w.coupon})
	must(t, err)
	eq(t, "among the distributor's own", value(own.TotalCount), 0)
	used, err := c.ListIssuedPartnerCoupons(&model.ListIssuedPartnerCouponsRequest{CouponId: &w.coupon, Status: ptr(int32(3)), IndirectPartnerId: ptr(w.id("reseller"))})
	must(t, err)
	eq(t, "among the used", value(used.TotalCount), 0)
	_, err = c.ListIssuedPartnerCoupons(&model.ListIssuedPartnerCouponsRequest{Status: ptr(int32(9))})
	refused(t, err, 400, "CBC.0100")
	_, err = c.ListIssuedPartnerCoupons(&model.ListIssuedPartnerCouponsRequest{CouponId: ptr("")})
	refused(t, err, 400, "CBC.0100")
}

func listSubCustomerCoupons(t *testing.T, w *world) {
	c := w.as(t, "customer_resale")
	got, err := c.ListSubCustomerCoupons(&model.ListSubCustomerCouponsRequest{Limit: ptr(int32(100))})
	must(t, err)
	if got.Count == nil || slices.ContainsFunc(value(got.UserCoupons), func(x model.IQueryUserCouponsResultV2) bool { return value(x.CustomerId) != w.id("customer_resale") }) {
		t.Errorf("a customer's coupons: %+v", got)
	}
	none, err := c.ListSubCustomerCoupons(&model.ListSubCustomerCouponsRequest{SourceId: ptr(w.id("distributor")), CouponType: ptr(int32(2))})
	must(t, err)
	eq(t, "discount coupons", value(none.Count), 0)
	_, err = c.ListSubCustomerCoupons(&model.ListSubCustomerCouponsRequest{Offset: ptr(int32(1))})
	refused(t, err, 400, "CBC.0100")
	_, err = w.as(t, "distributor").ListSubCustomerCoupons(&model.ListSubCustomerCouponsRequest{IndirectPartnerId: ptr(w.id("reseller"))})
	must(t, err)
}

func reclaimPartnerCoupons(t *testing.T, w *world) {
	c := w.as(t, "distributor")
	back := func(id string, ipid *string) (*model.ReclaimPartnerCouponsResponse, error) {
		return c.ReclaimPartnerCoupons(&model.ReclaimPartnerCouponsRequest{Body: &model.ReclaimPartnerCouponsReq{CouponId: id, IndirectPartnerId: ipid}})
	}
	got, err := back(w.coupon, ptr(w.id("reseller")))
	must(t, err)
	eq(t, "status", got.HttpStatusCode, 204)
	if x := w.issued(t, w.coupon); value(x.Status) != 5 || !x.Balance.IsZero() {
		t.Errorf("the coupon afterwards: %+v", x)
	}
	if q := w.quotaOf(t, "distributor", ptr(w.id("reseller")), w.child); !q.Balance.Equal(dec("50.11")) {
		t.Errorf("the quota's balance is %v, want 50.11", q.Balance)
	}
	c.HcClient = c.HcClient.WithExtraHeaders(map[string]string{"X-Attempt": "2"}) // within a second the signature would be the same
	_, err = back(w.coupon, ptr(w.id("reseller")))
	refused(t, err, 400, "CBC.99000048")
	_, err = back(w.coupon, ptr(""))
	refused(t, err, 400, "CBC.0100")
	_, err = back(w.coupon, ptr(w.id("solution_provider")))
	refused(t, err, 400, "CBC.99000037")
}

func listPartnerCouponsRecord(t *testing.T, w *world) {
	c := w.as(t, "distributor")
	got, err := c.ListPartnerCouponsRecord(&model.ListPartnerCouponsRecordRequest{OperationTypes: &[]string{"1", "2"}, CouponIds: &[]string{w.coupon}, IndirectPartnerId: ptr(w.id("reseller"))})
	must(t, err)
	list := value(got.Records)
	if value(got.TotalCount) != 2 || len(list) != 2 || value(list[0].OperationType) != "2" || value(list[1].OperationType) != "1" || !list[0].OperationAmount.Equal(dec("10.25")) ||
		value(list[0].Result) != "0" || value(list[1].QuotaId) != w.child || value(list[1].CustomerId) != w.resellers {
		t.Errorf("records of the coupon: %+v", got)
	}
	failed, err := c.ListPartnerCouponsRecord(&model.ListPartnerCouponsRecordRequest{QuotaId: &w.child, Result: ptr("-1"), IndirectPartnerId: ptr(w.id("reseller"))})
	must(t, err)
	if value(failed.TotalCount) < 1 {
		t.Error("what failed has no record")
	}
	_, err = c.ListPartnerCouponsRecord(&model.ListPartnerCouponsRecordRequest{OperationTimeBegin: ptr("")})
	refused(t, err, 400, "CBC.0100")
}

func reclaimCouponQuotas(t *testing.T, w *world) {
	c := w.as(t, "distributor")
	before := w.quotaOf(t, "distributor", nil, w.quota)
	got, err := c.ReclaimCouponQuotas(&model.ReclaimCouponQuotasRequest{Body: &model.ReclaimCouponQuotasReq{QuotaIds: []string{w.child, "1"}, Remark: ptr("end of campaign")}})
	must(t, err)
	if done, failed := value(got.SimpleQuotaInfos), value(got.ErrorDetails); len(done) != 1 || value(done[0].QuotaId) != w.child || !done[0].QuotaBalance.IsZero() ||
		len(failed) != 1 || value(failed[0].ErrorCode) != "CBC.99000012" {
		t.Errorf("taken back: %+v", got)
	}
	if after := w.quotaOf(t, "distributor", nil, w.quota); !after.Balance.Sub(*before.Balance).Equal(dec("50.11")) {
		t.Errorf("the parent rose from %v to %v", before.Balance, after.Balance)
	}
	list, err := c.ListIssuedCouponQuotas(&model.ListIssuedCouponQuotasRequest{QuotaId: &w.child})
	must(t, err)
	eq(t, "its status", value(value(list.Quotas)[0].QuotaStatus), 6)
	_, err = c.ReclaimCouponQuotas(&model.ReclaimCouponQuotasRequest{Body: &model.ReclaimCouponQuotasReq{}})
	refused(t, err, 400, "CBC.0100")
}

func listCouponQuotasRecords(t *testing.T, w *world) {
	c := w.as(t, "distributor")
	got, err := c.ListCouponQuotasRecords(&model.ListCouponQuotasRecordsRequest{QuotaId: &w.child, IndirectPartnerId: ptr(w.id("reseller")), ParentQuotaId: &w.quota})
	must(t, err)
	list := value(got.Records)
	if value(got.TotalCount) != 2 || len(list) != 2 || value(list[0].OperationType) != "11" || value(list[0].Remark) != "end of campaign" || value(list[1].OperationType) != "10" ||
		!list[1].Amount.Equal(dec("50.11")) || value(list[1].Result) != "0" || value(list[1].IndirectPartnerName) != w.logins["reseller"].Account || value(list[1].Operator) == "" {
		t.Errorf("records of the child quota: %+v", got)
	}
	only, err := c.ListCouponQuotasRecords(&model.ListCouponQuotasRecordsRequest{QuotaId: &w.child, OperationType: ptr("11")})
	must(t, err)
	eq(t, "take-backs alone", value(only.TotalCount), 1)
	_, err = c.ListCouponQuotasRecords(&model.ListCouponQuotasRecordsRequest{OperationTimeEnd: ptr("")})
	refused(t, err, 400, "CBC.0100")
}

func listCustomerCouponChangeRecords(t *testing.T, w *world) {
	c := w.as(t, "customer_referral")
	got, err := c.ListCustomerCouponChangeRecords(&model.ListCustomerCouponChangeRecordsRequest{BalanceType: "BALANCE_TYPE_COUPON", TradeType: ptr("ADJUST")})
	must(t, err)
	if got.TotalCount == nil || value(got.Currency) != "CNY" {
		t.Errorf("a referral customer's coupons: %+v", got)
	}
	for _, in := range []model.ListCustomerCouponChangeRecordsRequest{{}, {BalanceType: "BALANCE_TYPE_COUPON", TradeType: ptr("")}, {BalanceType: "BALANCE_TYPE_COUPON", TradeTimeBegin: ptr("")}} {
		_, err := c.ListCustomerCouponChangeRecords(&in)
		refused(t, err, 400, "CBC.0100")
	}
	_, err = w.as(t, "customer_resale").ListCustomerCouponChangeRecords(&model.ListCustomerCouponChangeRecordsRequest{BalanceType: "BALANCE_TYPE_COUPON"})
	refused(t, err, 400, "CBC.99000084")
}
