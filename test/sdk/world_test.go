package sdk

import (
	"testing"

	"github.com/huaweicloud/huaweicloud-sdk-go-v3/services/bss/v2/model"
)

// A world is the demonstration, where the distributor and the solution provider have money and the distributor a
// quota, with what the tests have made in it.
type world struct {
	*server
	own, resellers, referral string // customers: the solution provider's, the reseller's, the solution provider's referral
	given                    string // a transfer from the distributor to the reseller
	quota, child, coupon     string

	plan
}

// prepare finds the distributor's quota.
func prepare(t *testing.T, s *server) *world {
	t.Helper()
	w := &world{server: s}
	got, err := w.as(t, "distributor").ListQuotaCoupons(&model.ListQuotaCouponsRequest{Body: &model.QueryCouponQuotasReqExt{QuotaStatusList: &[]int32{0}}})
	must(t, err)
	for _, q := range value(got.Quotas) {
		if q.Balance.GreaterThan(dec("100")) {
			w.quota = value(q.QuotaId)
		}
	}
	if w.quota == "" {
		t.Fatalf("the distributor of the demonstration has no quota to split: %+v", got)
	}
	return w
}
