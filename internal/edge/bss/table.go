package bss

import "hanse/internal/kit/actor"

// An Operation is one row: how it's called, who may call it, and what runs.
type Operation struct {
	Name         string // as the SDK names it
	Method, Path string
	// Who says which places in the channel may call.
	Who Who
	// Items are permission items of which the caller's user needs one; none = every user of the company whose role
	// lets the module's verb through.
	Items []string
	// Verb is the permission that the module's verb asks for.
	Verb actor.Verb
	// Rate is a multiple of the usual rate; 0 = 1.
	Rate float64
	run  func(*call) (any, error)
}

// Pattern names the operation's route for the metrics.
func (o Operation) Pattern() string { return o.Method + " " + o.Path }

// name is for the log: a call that found no operation has none.
func (o *Operation) name() string {
	if o == nil {
		return ""
	}
	return o.Name
}

// The permission items, as the vendor names them.
const (
	itemCreateCustomer  = "BPC_ITEM_SUBCUSTSERV_010118"
	itemFreeze          = "BPC_ITEM_SUBCUSTSERV_010501"
	itemFreezeToo       = "BPC_ITEM_SUBCUSTSERV_010115"
	itemAllocate        = "BPC_ITEM_SUBCUSTSERV_010103"
	itemReclaim         = "BPC_ITEM_SUBCUSTSERV_010104"
	itemFundReseller    = "BPC_ITEM_SALES_020104"
	itemReclaimReseller = "BPC_ITEM_SALES_020105"
	itemSplitQuota      = "BPC_ITEM_SALES_020106"
	itemSplitQuotaToo   = "BPC_ITEM_SUBCUSTSERV_030104"
	itemIssuedQuotas    = "BPC_ITEM_SUBCUSTSERV_030600"
	itemReclaimQuota    = "BPC_ITEM_SUBCUSTSERV_030601"
	itemReclaimQuotaToo = "BPC_ITEM_SUBCUSTSERV_030602"
	itemIssue           = "BPC_ITEM_SUBCUSTSERV_030102"
	itemIssueToo        = "BPC_ITEM_SUBCUSTSERV_030103"
	itemReclaimCoupon   = "BPC_ITEM_SUBCUSTSERV_030201"
)

// table is all there is. Paths keep the vendor's spelling.
func table() []Operation {
	const (
		accounts = "/v2/accounts/"
		partners = "/v2/partners/"
		benefits = "/v2/promotions/benefits/"
	)
	return append([]Operation{
		// Customers.
		{"CreateSubCustomer", "POST", partners + "sub-customers", FirstTier, []string{itemCreateCustomer}, actor.CreateCustomers, 1, createSubCustomer},
		{"CheckUserIdentity", "POST", partners + "sub-customers/users/check-identity", FirstTier, nil, actor.CreateCustomers, 1, checkUserIdentity},
		{"SendVerificationMessageCode", "POST", "/v2/bases/verificationcode/send", FirstTier, nil, actor.CreateCustomers, 1, sendVerificationMessageCode},
		{"ListSubCustomers", "POST", partners + "sub-customers/query", FirstTier, nil, actor.ViewCustomers, 1, listSubCustomers},
		{"ListSubCustomerNewTag", "POST", partners + "sub-customers/new-customers-tags/batch-query", FirstTier, nil, actor.ViewCustomers, 1, listSubCustomerNewTag},
		{"ListIndirectPartners", "POST", partners + "indirect-partners/query", Distributor, nil, actor.ViewResellers, 1, listIndirectPartners},
		{"FreezeSubCustomers", "POST", partners + "sub-customers/freeze", FirstTier, []string{itemFreeze, itemFreezeToo}, actor.FreezeCustomers, 1, freezeSubCustomers},
		{"UnfreezeSubCustomers", "POST", partners + "sub-customers/unfreeze", FirstTier, []string{itemFreeze, itemFreezeToo}, actor.FreezeCustomers, 1, unfreezeSubCustomers},
		// The partner's money.
		{"ListPartnerBalances", "GET", accounts + "partner-accounts/balances", AnyTier, nil, actor.ViewFunds, 1, listPartnerBalances},
		{"ListPartnerAdjustRecords", "GET", "/v3/accounts/partner-accounts/adjust-records", FirstTier, nil, actor.ViewFunds, 1, listPartnerAdjustRecords},
		{"ListPartnerAccountChangeRecords", "GET", accounts + "partner-accounts/account-change-records", FirstTier, nil, actor.ViewFunds, 2, listPartnerAccountChangeRecords},
		{"UpdateCustomerAccountAmount", "POST", accounts + "partner-accounts/adjust-amount", FirstTier, []string{itemAllocate}, actor.MoveFunds, 1, updateCustomerAccountAmount},
		{"ReclaimToPartnerAccount", "POST", accounts + "partner-accounts/reclaim", FirstTier, []string{itemReclaim}, actor.MoveFunds, 1, reclaimToPartnerAccount},
		{"UpdateIndirectPartnerAccount", "POST", accounts + "partner-accounts/indirect-partner-adjust", Distributor, []string{itemFundReseller}, actor.MoveFunds, 1, updateIndirectPartnerAccount},
		{"ReclaimIndirectPartnerAccount", "POST", accounts + "partner-accounts/indirect-partner-reclaim", Distributor, []string{itemReclaimReseller}, actor.MoveFunds, 1, reclaimIndirectPartnerAccount},
		// The customers' money.
		{"ShowCustomerAccountBalances", "GET", accounts + "customer-accounts/balances", Customer, nil, actor.ViewFunds, 1, showCustomerAccountBalances},
		{"ListCustomersBalancesDetail", "POST", accounts + "customer-accounts/balances/batch-query", FirstTier, nil, actor.ViewFunds, 1, listCustomersBalancesDetail},
		{"ListCustomerAccountChangeRecords", "GET", accounts + "customer-accounts/account-change-records", Customer, nil, actor.ViewFunds, 1, listCustomerAccountChangeRecords},
		{"ListStoredValueCards", "GET", benefits + "stored-value-cards", Customer, nil, actor.ViewVouchers, 1, listStoredValueCards},
		// Quotas and coupons.
		{"ListQuotaCoupons", "POST", partners + "coupon-quotas/query", FirstTier, nil, actor.ViewVouchers, 1, listQuotaCoupons},
		{"ListIssuedCouponQuotas", "GET", partners + "issued-coupon-quotas", Distributor, []string{itemIssuedQuotas}, actor.ViewVouchers, 1, listIssuedCouponQuotas},
		{"UpdateCouponQuotas", "POST", partners + "coupon-quotas/indirect-partner-adjust", Distributor, []string{itemSplitQuota, itemSplitQuotaToo}, actor.SplitQuotas, 1, updateCouponQuotas},
		{"ReclaimCouponQuotas", "POST", partners + "coupon-quotas/indirect-partner-reclaim", Distributor, []string{itemReclaimQuota, itemReclaimQuotaToo}, actor.SplitQuotas, 1, reclaimCouponQuotas},
		{"ListCouponQuotasRecords", "GET", partners + "coupon-quotas/records", Distributor, []string{itemIssue}, actor.ViewVouchers, 1, listCouponQuotasRecords},
		{"CreatePartnerCoupons", "POST", benefits + "partner-coupons", FirstTier, []string{itemIssue, itemIssueToo}, actor.IssueVouchers, 1, createPartnerCoupons},
		{"ListIssuedPartnerCoupons", "GET", benefits + "partner-coupons", FirstTier, nil, actor.ViewVouchers, 1, listIssuedPartnerCoupons},
		{"ReclaimPartnerCoupons", "POST", benefits + "partner-coupons/reclaim", FirstTier, []string{itemReclaimCoupon}, actor.IssueVouchers, 1, reclaimPartnerCoupons},
		{"ListPartnerCouponsRecord", "GET", benefits + "partner-coupons/records/query", FirstTier, nil, actor.ViewVouchers, 1, listPartnerCouponsRecord},
		{"ListSubCustomerCoupons", "GET", benefits + "coupons", FirstTier | Customer, nil, actor.ViewVouchers, 1, listSubCustomerCoupons},
		{"ListCustomerCouponChangeRecords", "GET", benefits + "account-change-records", Customer, nil, actor.ViewVouchers, 1, listCustomerCouponChangeRecords},
	}, planTable()...)
}

// planTable is what concerns the support plan: orders, resources and prices.
func planTable() []Operation {
	const (
		orders = "/v2/orders/customer-orders"
		plans  = "/v2/orders/subscriptions/resources/"
	)
	return []Operation{
		// Orders.
		{"ListCustomerOrders", "GET", orders, Buyer, nil, actor.ViewOrders, 1, listCustomerOrders},
		{"ShowCustomerOrderDetails", "GET", orders + "/details/{order_id}", Buyer, nil, actor.ViewOrders, 1, showCustomerOrderDetails},
		{"ListOrderCouponsByOrderId", "GET", orders + "/order-coupons", Buyer, nil, actor.PayOrder, 1, listOrderCouponsByOrderId},
		{"ListOrderDiscounts", "GET", orders + "/order-discounts", Buyer, nil, actor.PayOrder, 1, listOrderDiscounts},
		{"PayOrders", "POST", "/v3/orders/customer-orders/pay", Buyer, nil, actor.PayOrder, 1, payOrders},
		{"CancelCustomerOrder", "PUT", orders + "/cancel", Buyer, nil, actor.PlaceOrder, 1, cancelCustomerOrder},
		{"ShowRefundOrderDetails", "GET", orders + "/refund-orders", Buyer, nil, actor.ViewOrders, 1, showRefundOrderDetails},
		// Plans, which are yearly/monthly resources on the wire.
		{"ListPayPerUseCustomerResources", "POST", "/v2/orders/suscriptions/resources/query", Buyer, nil, actor.ViewPlan, 1, listPayPerUseCustomerResources},
		{"RenewalResources", "POST", plans + "renew", Buyer, nil, actor.PlaceOrder, 1, renewalResources},
		{"CancelResourcesSubscription", "POST", plans + "unsubscribe", Buyer, nil, actor.PlaceOrder, 1, cancelResourcesSubscription},
		{"AutoRenewalResources", "POST", plans + "autorenew/{resource_id}", Buyer, nil, actor.ManagePlan, 1, autoRenewalResources},
		{"CancelAutoRenewalResources", "DELETE", plans + "autorenew/{resource_id}", Buyer, nil, actor.ManagePlan, 1, cancelAutoRenewalResources},
		// Prices.
		{"ListRateOnPeriodDetail", "POST", "/v2/bills/ratings/period-resources/subscribe-rate", Buyer, nil, actor.ViewPlan, 1, listRateOnPeriodDetail},
		{"ListRenewRateOnPeriod", "POST", "/v2/bills/ratings/period-resources/renew-rate", Buyer, nil, actor.PlaceOrder, 1, listRenewRateOnPeriod},
		{"ListIncentiveDiscountPolicies", "GET", "/v2/products/incentive-discount-policies", Partner, nil, actor.ViewPlan, 1, listIncentiveDiscountPolicies},
	}
}
