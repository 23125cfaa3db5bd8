package bss

import (
	"hanse/internal/domain/order"
	"hanse/internal/domain/rate"
)

// goneCodes are an operation's codes for a resource that the caller never had, and for one that is over.
var goneCodes = map[string]struct{ missing, over string }{
	"RenewalResources":            {"CBC.99003016", "CBC.99003016"},
	"CancelResourcesSubscription": {"CBC.99003012", "CBC.30000067"},
	"AutoRenewalResources":        {"CBC.99003012", "CBC.99003012"},
	"CancelAutoRenewalResources":  {"CBC.99003012", "CBC.99003012"},
	"ListRenewRateOnPeriod":       {"CBC.30050009", "CBC.30050009"},
}

// orderCodes are the codes of what orders refuse, wherever it is refused.
var orderCodes = map[order.Why]string{
	order.Moved:       "CBC.99003106",
	order.Stale:       "CBC.99003106",
	order.OpenOrder:   "CBC.99003651",
	order.Late:        "CBC.99003110",
	order.CouponTaken: "CBC.99003112",
	order.NoDiscount:  "CBC.99003108",
	order.Excluded:    "CBC.99003116",
	order.TooLow:      "CBC.99003117",
	order.TwoKinds:    "CBC.99003147",
	order.Exhausted:   "CBC.99003198",
	order.Frozen:      "CBC.50010085",
	order.Served:      "CBC.99007004",
	order.NoRealName:  "CBC.99007004",
	order.NoRefund:    "CBC.99005026",
}

// ownOrderCodes are those of one operation that has others.
var ownOrderCodes = map[string]map[order.Why]string{
	"CancelCustomerOrder":         {order.Moved: "CBC.99005010"},
	"CancelResourcesSubscription": {order.Stale: "CBC.99003651", order.Moved: "CBC.99003651", order.Frozen: "CBC.99003656"},
}

// rateCodes are the codes of what the arithmetic refuses, by operation.
var rateCodes = map[string]map[rate.Why]string{
	"RenewalResources": {
		rate.BadTerm: "CBC.99000092", rate.NoPrice: "CBC.30010069", rate.TooLong: "CBC.99003154", rate.NotRunning: "CBC.99003016", rate.Gone: "CBC.99003016",
	},
	"CancelResourcesSubscription": {
		rate.NoFuture: "CBC.99003128", rate.ChangedBefore: "CBC.99003185", rate.InvoicedAgent: "CBC.99003643", rate.Promotion: "CBC.99003647", rate.BenefitUsed: "CBC.99003647",
		rate.NotRunning: "CBC.30000067", rate.Expired: "CBC.30000067", rate.Gone: "CBC.30000067",
	},
	"ListRenewRateOnPeriod": {
		rate.BadTerm: "CBC.30050008", rate.NoPrice: "CBC.30050008", rate.NotRunning: "CBC.30050009", rate.Gone: "CBC.30050009", rate.TooLong: "CBC.99006055",
	},
}

// planCode is the code of what orders and their arithmetic refuse; "" when there's none for it.
func (c *call) planCode(err error) string {
	name := ""
	if c.op != nil {
		name = c.op.Name
	}
	if code := rateCodes[name][rate.WhyOf(err)]; code != "" {
		return code
	}
	why := order.WhyOf(err)
	if code := ownOrderCodes[name][why]; code != "" {
		return code
	}
	return orderCodes[why]
}
