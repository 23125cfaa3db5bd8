package bss_test

import (
	"slices"
	"strings"
	"testing"

	"hanse/internal/domain/account"
	"hanse/internal/edge/bss"
	"hanse/internal/kit/actor"
)

// A probe is a well-formed call of one operation: with the ids of strangers, and of things that nobody has, so that
// nothing happens even for whoever may call. IPID stands for indirect_partner_id and CUSTOMER for a customer.
type probe struct {
	query, body string
	// foreign is the code for a reseller that isn't the distributor's, in IPID; "" = the operation has none.
	foreign string
	// customer is the code for a customer that isn't the partner's, in CUSTOMER; "" = it's left out of a list.
	customer string
}

const (
	noReseller = "CBC.99000037"
	noCustomer = "CBC.99000035"
)

var probes = map[string]probe{
	"CreateSubCustomer":                {body: `{"domain_name":"1","xaccount_id":"x","xaccount_type":"P","indirect_partner_id":"IPID"}`, foreign: noReseller},
	"CheckUserIdentity":                {body: `{"search_type":"name","search_value":"harbour-1"}`},
	"SendVerificationMessageCode":      {body: `{"receiver_type":1,"mobile_phone":"1"}`},
	"ListSubCustomers":                 {body: `{"customer_id":"CUSTOMER","indirect_partner_id":"IPID"}`, foreign: noReseller},
	"ListSubCustomerNewTag":            {body: `{"customer_ids":["CUSTOMER"],"indirect_partner_id":"IPID"}`, foreign: noReseller},
	"ListIndirectPartners":             {body: `{"indirect_partner_id":"IPID"}`},
	"FreezeSubCustomers":               {body: `{"customer_ids":["CUSTOMER"],"reason":"late","indirect_partner_id":"IPID"}`, foreign: noReseller, customer: "CBC.99000000"},
	"UnfreezeSubCustomers":             {body: `{"customer_ids":["CUSTOMER"],"reason":"paid","indirect_partner_id":"IPID"}`, foreign: noReseller, customer: "CBC.99000000"},
	"ListPartnerBalances":              {query: "indirect_partner_id=IPID", foreign: noReseller},
	"ListPartnerAdjustRecords":         {query: "customer_id=CUSTOMER&indirect_partner_id=IPID", foreign: noReseller},
	"ListPartnerAccountChangeRecords":  {query: "balance_type=BALANCE_TYPE_DEBIT&indirect_partner_id=IPID", foreign: noReseller},
	"UpdateCustomerAccountAmount":      {body: `{"customer_id":"CUSTOMER","amount":1,"indirect_partner_id":"IPID"}`, foreign: noReseller, customer: noCustomer},
	"ReclaimToPartnerAccount":          {body: `{"customer_id":"CUSTOMER","amount":1,"indirect_partner_id":"IPID"}`, foreign: noReseller, customer: noCustomer},
	"UpdateIndirectPartnerAccount":     {body: `{"indirect_partner_id":"IPID","amount":99999}`, foreign: noReseller},
	"ReclaimIndirectPartnerAccount":    {body: `{"indirect_partner_id":"IPID","amount":99999}`, foreign: noReseller},
	"ShowCustomerAccountBalances":      {},
	"ListCustomersBalancesDetail":      {body: `{"customer_infos":[{"customer_id":"CUSTOMER"}],"indirect_partner_id":"IPID"}`, foreign: noReseller},
	"ListCustomerAccountChangeRecords": {query: "balance_type=BALANCE_TYPE_DEBIT"},
	"ListStoredValueCards":             {query: "status=1"},
	"ListQuotaCoupons":                 {body: `{"indirect_partner_id":"IPID"}`, foreign: noReseller},
	"ListIssuedCouponQuotas":           {query: "indirect_partner_id=IPID", foreign: noReseller},
	"UpdateCouponQuotas":               {body: `{"quota_id":"QUOTA","indirect_partner_ids":["IPID"],"quota_amount":99999}`, foreign: noReseller},
	"ReclaimCouponQuotas":              {body: `{"quota_ids":["1"]}`},
	"ListCouponQuotasRecords":          {query: "indirect_partner_id=IPID"},
	"CreatePartnerCoupons":             {body: `{"quota_id":"1","customer_ids":["CUSTOMER"],"face_value":1,"indirect_partner_id":"IPID"}`, foreign: noReseller},
	"ListIssuedPartnerCoupons":         {query: "customer_id=CUSTOMER&indirect_partner_id=IPID", foreign: noReseller},
	"ReclaimPartnerCoupons":            {body: `{"coupon_id":"1","indirect_partner_id":"IPID"}`, foreign: noReseller},
	"ListPartnerCouponsRecord":         {query: "indirect_partner_id=IPID", foreign: noReseller},
	"ListSubCustomerCoupons":           {query: "indirect_partner_id=IPID", foreign: noReseller},
	"ListCustomerCouponChangeRecords":  {query: "balance_type=BALANCE_TYPE_COUPON"},
	"ListCustomerOrders":               {query: "customer_id=CUSTOMER&indirect_partner_id=IPID", foreign: noReseller, customer: "CBC.0155"},
	"ShowCustomerOrderDetails":         {query: "indirect_partner_id=IPID", foreign: noReseller},
	"ListOrderCouponsByOrderId":        {query: "order_id=CS1"},
	"ListOrderDiscounts":               {query: "order_id=CS1"},
	"PayOrders":                        {body: `{"order_id":"CS1","use_coupon":"NO","use_discount":"NO"}`},
	"CancelCustomerOrder":              {body: `{"order_id":"CS1"}`},
	"ShowRefundOrderDetails":           {query: "order_id=CS1&customer_id=CUSTOMER&indirect_partner_id=IPID", foreign: noReseller, customer: noCustomer},
	"ListPayPerUseCustomerResources":   {body: `{"customer_id":"CUSTOMER"}`, customer: noCustomer},
	"RenewalResources":                 {body: `{"resource_ids":["sub_1"],"period_type":2,"period_num":1}`},
	"CancelResourcesSubscription":      {body: `{"resource_ids":["sub_1"],"unsubscribe_type":1}`},
	"AutoRenewalResources":             {},
	"CancelAutoRenewalResources":       {},
	"ListRateOnPeriodDetail": {body: `{"project_id":"0","product_infos":[{"id":"1","cloud_service_type":"hws.service.type.supportplan","resource_type":"hws.resource.type.supportplan",
		"resource_spec":"supportplan.standard","region":"global","period_type":2,"period_num":1,"subscription_num":1}]}`},
	"ListRenewRateOnPeriod":         {body: `{"resource_ids":["sub_1"],"period_type":2,"period_num":1}`},
	"ListIncentiveDiscountPolicies": {query: "time=2026-01"},
}

// send calls an operation's probe with a reseller and a customer.
func (w *world) send(by actor.Actor, o bss.Operation, ipid, customer string) answer {
	w.t.Helper()
	p, ok := probes[o.Name]
	if !ok {
		w.t.Fatalf("%s has no probe in the matrix", o.Name)
	}
	fill := strings.NewReplacer("IPID", ipid, "CUSTOMER", customer, "QUOTA", w.quota)
	path, _, named := strings.Cut(o.Path, "{")
	if named {
		path += "id_1"
	}
	if p.query != "" {
		path += "?" + fill.Replace(p.query)
	}
	return w.call(by, o.Method, path, fill.Replace(p.body))
}

// places are where the callers stand, by the name of the test's actors.
func (w *world) callers() map[string]struct {
	by  actor.Actor
	who bss.Who
} {
	type caller = struct {
		by  actor.Actor
		who bss.Who
	}
	out := map[string]caller{"provider": {w.provider, bss.Partner &^ bss.Distributor}, "reseller": {w.north, bss.Partner &^ bss.FirstTier},
		"vendor": {w.vendor, 0}, "person": {w.Person("Mo"), 0}, "service partner": {w.Partner("Servant", account.ServicePartner), bss.Partner &^ bss.AnyTier},
		"referral customer": {w.tide, bss.Customer}, "customer's user": {w.User(w.tide.Account, actor.CustomerUser), bss.Customer}}
	for _, r := range actor.RolesOf(actor.Partner) {
		out["distributor's "+string(r)] = caller{w.User(w.harbour.Account, r), bss.Partner &^ (bss.AnyTier &^ bss.Distributor)}
	}
	return out
}

func TestEveryOperationLetsInWhoHasThePlaceTheItemAndThePermission(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		for name, x := range w.callers() {
			var items []string
			if x.by.Kind == actor.Partner {
				items = bss.Items(x.by.Roles...)
			}
			for _, o := range bss.Operations() {
				has := len(o.Items) == 0 || slices.ContainsFunc(o.Items, func(item string) bool { return slices.Contains(items, item) })
				want := o.Who&x.who != 0 && has && x.by.Can(o.Verb)
				a := w.send(x.by, o, w.south.Account, w.cave.Account)
				if turned := strings.Contains(a.raw, "your permission items") || a.code() == "CBC.5001"; turned == want {
					t.Errorf("%s by %s: %d %s; let in should be %v", o.Name, name, a.status, a.raw, want)
				}
				if a.status >= 500 {
					t.Errorf("%s by %s: %d %s", o.Name, name, a.status, a.raw)
				}
			}
		}
	})
}

func TestAStrangersResellerHasOneCodeEverywhere(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		for _, o := range bss.Operations() {
			p := probes[o.Name]
			if o.Who&bss.Distributor == 0 {
				continue
			}
			for _, id := range []string{w.foreign.Account, w.stranger.Account, w.cave.Account, "nobody"} {
				a := w.send(w.harbour, o, id, w.cave.Account)
				switch {
				case p.foreign != "" && (a.status != 400 || a.code() != p.foreign):
					t.Errorf("%s for a stranger's reseller: %d %s, want 400 %s", o.Name, a.status, a.raw, p.foreign)
				case p.foreign == "" && strings.Contains(a.raw, w.foreign.Account) && a.status == 200:
					t.Errorf("%s shows a stranger's reseller: %s", o.Name, a.raw)
				}
			}
		}
	})
}

func TestAStrangersCustomerIsRefusedOrLeftOut(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		for _, o := range bss.Operations() {
			p := probes[o.Name]
			if !strings.Contains(p.query+p.body, "CUSTOMER") {
				continue
			}
			for _, by := range []actor.Actor{w.provider, w.harbour} {
				a := w.send(by, o, w.north.Account, w.cave.Account)
				switch {
				case p.customer != "" && a.code() != p.customer:
					t.Errorf("%s for a stranger's customer: %d %s, want %s", o.Name, a.status, a.raw, p.customer)
				case a.status == 200 && strings.Contains(a.raw, w.cave.Account) && !strings.Contains(a.raw, "error_code"):
					t.Errorf("%s shows a stranger's customer: %s", o.Name, a.raw)
				}
			}
		}
	})
}

func TestItemsGoToThoseWhoCanUseThem(t *testing.T) {
	for _, r := range actor.RolesOf(actor.Partner) {
		by := actor.Actor{Kind: actor.Partner, Roles: []actor.Role{r}}
		for _, o := range bss.Operations() {
			if len(o.Items) == 0 {
				continue
			}
			has := slices.ContainsFunc(o.Items, func(item string) bool { return slices.Contains(bss.Items(r), item) })
			if has && !by.Can(o.Verb) {
				t.Errorf("%s holds an item of %s, but not %s", r, o.Name, o.Verb)
			}
		}
	}
}

func TestTheTableIsTheWholeOfIt(t *testing.T) {
	seen := map[string]bool{}
	for _, o := range bss.Operations() {
		if seen[o.Name] || seen[o.Pattern()] || o.Who == 0 || o.Verb == "" || o.Rate == 0 {
			t.Errorf("%s: twice, or something is missing: %+v", o.Name, o)
		}
		seen[o.Name], seen[o.Pattern()] = true, true
	}
	if len(probes) != len(bss.Operations()) || len(probes) != 45 {
		t.Errorf("%d probes, %d operations, want 45", len(probes), len(bss.Operations()))
	}
}
