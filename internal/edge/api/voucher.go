package api

import (
	"context"
	"time"

	"hanse/internal/domain/ledger"
	"hanse/internal/domain/voucher"
	"hanse/internal/kit/actor"
	"hanse/internal/kit/fault"
	"hanse/internal/kit/money"
)

// VoucherLimits say what vouchers are for. Absent is no limit; shares are ten-thousandths.
type VoucherLimits struct {
	Services    []string `json:"services,omitempty" doc:"Service type codes"`
	Products    []string `json:"products,omitempty"`
	Regions     []string `json:"regions,omitempty"`
	Orders      []string `json:"orders,omitempty" doc:"new, renew, change"`
	Customers   []string `json:"customers,omitempty" doc:"Named customers: nobody else"`
	Times       int64    `json:"usage_times,omitempty"`
	MaxRatio    int64    `json:"max_deduction_ratio,omitempty" doc:"Largest share of an order, ten-thousandths"`
	MinDiscount int64    `json:"min_discount,omitempty" doc:"Smallest discount ratio to be combined with, ten-thousandths"`
	FaceMin     string   `json:"face_min,omitempty"`
	FaceMax     string   `json:"face_max,omitempty"`
	PerCustomer int64    `json:"per_customer,omitempty" doc:"Vouchers of one customer"`
	ValueEach   string   `json:"value_each,omitempty" doc:"Face values of one customer together"`
	FirstOnly   bool     `json:"first_only,omitempty" doc:"Only customers who never had a partner before"`
	FirstBuy    bool     `json:"first_order_in_service,omitempty"`
	NoPartner   bool     `json:"no_partner_discount,omitempty"`
	NoContract  bool     `json:"no_contract_discount,omitempty"`
	NoPromotion bool     `json:"no_promotion_discount,omitempty"`
	OwnUse      bool     `json:"own_use,omitempty" doc:"For the partner's own orders"`
}

func optionalMoney(minor int64) string {
	if minor == 0 {
		return ""
	}
	return money.Text(minor)
}

func toVoucherLimits(l voucher.Limits) VoucherLimits {
	return VoucherLimits{Services: l.Services, Products: l.Products, Regions: l.Regions, Orders: l.Orders, Customers: l.Customers, Times: l.Times, MaxRatio: l.MaxRatio,
		MinDiscount: l.MinRate, FaceMin: optionalMoney(l.FaceMin), FaceMax: optionalMoney(l.FaceMax), PerCustomer: l.PerCustomer, ValueEach: optionalMoney(l.ValueEach),
		FirstOnly: l.FirstOnly, FirstBuy: l.FirstBuy, NoPartner: l.NoPartner, NoContract: l.NoDeal, NoPromotion: l.NoPromo, OwnUse: l.OwnUse}
}

func (l VoucherLimits) limits(fs *fault.Fields) voucher.Limits {
	optional := func(name, text string) int64 {
		if text == "" {
			return 0
		}
		return money.Field(fs, name, text)
	}
	return voucher.Limits{Services: l.Services, Products: l.Products, Regions: l.Regions, Orders: l.Orders, Customers: l.Customers, Times: l.Times, MaxRatio: l.MaxRatio,
		MinRate: l.MinDiscount, FaceMin: optional("face_min", l.FaceMin), FaceMax: optional("face_max", l.FaceMax), PerCustomer: l.PerCustomer,
		ValueEach: optional("value_each", l.ValueEach), FirstOnly: l.FirstOnly, FirstBuy: l.FirstBuy, NoPartner: l.NoPartner, NoDeal: l.NoContract, NoPromo: l.NoPromotion, OwnUse: l.OwnUse}
}

// VoucherQuota is what a partner may give away in vouchers.
type VoucherQuota struct {
	ID          string        `json:"id"`
	Holder      string        `json:"holder"`
	HolderName  string        `json:"holder_name"`
	Parent      string        `json:"parent,omitempty" doc:"The distributor's quota that it came from"`
	Kind        string        `json:"kind" enum:"voucher,cash_coupon"`
	State       string        `json:"state" enum:"proposed,refused,normal,adjusting,frozen,disabled,reclaimed,lapsed"`
	Currency    string        `json:"currency"`
	Value       string        `json:"value"`
	Balance     string        `json:"balance"`
	EffectiveAt time.Time     `json:"effective_at"`
	ExpireAt    time.Time     `json:"expire_at"`
	Limits      VoucherLimits `json:"limits"`
	Waits       bool          `json:"waits_for_approval,omitempty"`
	Edition     int64         `json:"edition" doc:"Send it back with a change: a stale one is refused"`
	CreatedAt   time.Time     `json:"created_at"`
}

func kindName(k voucher.Kind) string {
	if k == voucher.Coupon {
		return "cash_coupon"
	}
	return "voucher"
}

func (a *API) toQuota(q voucher.Quota) VoucherQuota {
	return VoucherQuota{q.ID, q.Account, q.HolderName, q.Parent, kindName(q.Kind), string(q.State(a.DB.Clock().Now())), q.Currency, money.Text(q.Value), money.Text(q.Balance),
		q.EffectiveAt, q.ExpireAt, toVoucherLimits(q.Limits), q.Kept == voucher.Proposed || q.Pending != nil, q.Edition, q.CreatedAt}
}

// Voucher is what a partner gave to a customer.
type Voucher struct {
	ID           string        `json:"id"`
	Issuer       string        `json:"issuer"`
	IssuerName   string        `json:"issuer_name"`
	Quota        string        `json:"quota"`
	Customer     string        `json:"customer"`
	CustomerName string        `json:"customer_name"`
	Kind         string        `json:"kind" enum:"voucher,cash_coupon"`
	State        string        `json:"state" enum:"not_active,usable,used,expired,reclaimed"`
	Frozen       bool          `json:"frozen"`
	LockOrder    string        `json:"lock_order,omitempty"`
	Currency     string        `json:"currency"`
	Face         string        `json:"face_value"`
	Balance      string        `json:"balance"`
	ValidAt      time.Time     `json:"valid_at"`
	ExpireAt     time.Time     `json:"expire_at"`
	Limits       VoucherLimits `json:"limits"`
	Memo         string        `json:"memo,omitempty" doc:"For the issuer alone"`
	CreatedAt    time.Time     `json:"created_at"`
}

// voucherStates are the names of the states, by number.
var voucherStates = []string{"", "not_active", "usable", "used", "expired", "reclaimed"}

func stateNumber(name string) voucher.State {
	for i, s := range voucherStates {
		if s == name {
			return voucher.State(i)
		}
	}
	return 0
}

func (a *API) toVoucher(v voucher.Voucher) Voucher {
	return Voucher{v.ID, v.Account, v.IssuerName, v.Quota, v.Customer, v.CustomerName, kindName(v.Kind), voucherStates[v.State(a.DB.Clock().Now())], v.Frozen, v.LockOrder,
		v.Currency, money.Text(v.Face), money.Text(v.Balance), v.ValidAt, v.ExpireAt, toVoucherLimits(v.Limits), v.Memo, v.CreatedAt}
}

// PickupVoucher is a prepaid entitlement of a resale customer.
type PickupVoucher struct {
	ID           string    `json:"id"`
	Partner      string    `json:"partner"`
	Customer     string    `json:"customer"`
	CustomerName string    `json:"customer_name"`
	State        string    `json:"state" enum:"not_active,usable,used,expired"`
	Currency     string    `json:"currency"`
	Face         string    `json:"face_value"`
	Balance      string    `json:"balance"`
	Ratio        int64     `json:"usage_ratio" doc:"Share of an order that it may pay, ten-thousandths"`
	Orders       []string  `json:"orders,omitempty"`
	Services     []string  `json:"services,omitempty"`
	Products     []string  `json:"products,omitempty"`
	ValidAt      time.Time `json:"valid_at"`
	ExpireAt     time.Time `json:"expire_at"`
	CreatedAt    time.Time `json:"created_at"`
}

func (a *API) toPickup(p voucher.Pickup) PickupVoucher {
	return PickupVoucher{p.ID, p.Account, p.Customer, p.CustomerName, voucherStates[p.State(a.DB.Clock().Now())], p.Currency, money.Text(p.Face), money.Text(p.Balance), p.Ratio,
		p.Orders, p.Services, p.Products, p.ValidAt, p.ExpireAt, p.CreatedAt}
}

// VoucherRecord is one thing that was done with a quota or voucher, or failed.
type VoucherRecord struct {
	ID        string    `json:"id"`
	Operation int       `json:"operation" doc:"1 issued, 2 reclaimed, 3 unbound, 4 expired, 5 order cancelled, 6 refund undone, 7 associated anew, 8 model switched, 9 moved to another reseller, 10 handed to a reseller, 11 taken back from it"`
	Quota     string    `json:"quota,omitempty"`
	Parent    string    `json:"parent_quota,omitempty"`
	Voucher   string    `json:"voucher,omitempty"`
	Other     string    `json:"other" doc:"The customer or reseller"`
	OtherName string    `json:"other_name"`
	Amount    string    `json:"amount"`
	Currency  string    `json:"currency"`
	Failed    bool      `json:"failed"`
	Reason    string    `json:"reason,omitempty"`
	Remark    string    `json:"remark,omitempty"`
	Operator  string    `json:"operator"`
	At        time.Time `json:"at"`
}

func toVoucherRecord(r voucher.Record) VoucherRecord {
	return VoucherRecord{r.ID, int(r.Operation), r.Quota, r.ParentQuota, r.Voucher, r.Other, r.OtherName, money.Text(r.Amount), r.Currency, r.Failed, string(r.Reason), r.Remark, r.Operator, r.At}
}

// VoucherResult is what became of one item of a call.
type VoucherResult struct {
	ID    string `json:"id" doc:"Of the customer, reseller or quota that was named"`
	Made  string `json:"made,omitempty" doc:"The voucher or quota that was made"`
	Left  string `json:"balance,omitempty"`
	Error *Error `json:"error,omitempty"`
}

type voucherResults struct {
	Results []VoucherResult `json:"results"`
}

func (a *API) results(ctx context.Context, list []voucher.Outcome, err error) (voucherResults, error) {
	return voucherResults{each(list, func(o voucher.Outcome) VoucherResult {
		r := VoucherResult{ID: o.ID, Made: o.Made, Left: optionalMoney(o.Balance)}
		if o.Err != nil {
			r.Error = a.form(ctx, o.Err)
		}
		return r
	})}, err
}

const voucherTag = "vouchers"

// pageOf turns a cursor into a page; last says where the next one begins.
func pageOf(in PageIn) voucher.Page { return voucher.Page{Before: in.Cursor, Limit: in.Limit} }

func nextOf[T any](list []T, limit int, id func(T) string) string {
	if len(list) < limit || len(list) == 0 {
		return ""
	}
	return id(list[len(list)-1])
}

func (a *API) vouchers() {
	a.voucherBatches()
	a.quotaLists()
	a.quotaGrants()
	a.quotaSteps()
	a.quotaSplits()
	a.voucherLists()
	a.voucherIssues()
	a.voucherFreezes()
	a.pickupVouchers()
}

type quotaPath struct {
	Quota string `path:"quota" maxLength:"40"`
}

type quotaList struct {
	Quotas []VoucherQuota `json:"quotas"`
	Next   string         `json:"next_cursor,omitempty"`
}

type quotaListIn struct {
	PageIn
	Partner string `query:"partner" maxLength:"64" doc:"A reseller of the own company; for the vendor's staff any partner"`
	State   string `query:"state" enum:"proposed,refused,normal,adjusting,frozen,disabled,reclaimed,lapsed"`
	Parent  string `query:"parent" maxLength:"40"`
}

func (in quotaListIn) filter() voucher.QuotaFilter {
	f := voucher.QuotaFilter{Partner: in.Partner, Parent: in.Parent, Page: pageOf(in.PageIn)}
	if in.State != "" {
		f.States = []voucher.QuotaState{voucher.QuotaState(in.State)}
	}
	return f
}

func (a *API) quotaLists() {
	id := func(q voucher.Quota) string { return q.ID }
	add(a, Operation{Method: "GET", Path: "/api/v1/voucher-quotas", ID: "list_voucher_quotas", Tag: voucherTag, Summary: "Voucher quotas with what is left of them, newest first", Verb: actor.ViewVouchers},
		func(ctx context.Context, by actor.Actor, in *quotaListIn) (quotaList, error) {
			list, _, err := a.Voucher.Quotas(ctx, by, in.filter())
			return quotaList{each(list, a.toQuota), nextOf(list, in.Limit, id)}, err
		})
	add(a, Operation{Method: "GET", Path: "/api/v1/reseller-voucher-quotas", ID: "list_reseller_voucher_quotas", Tag: voucherTag, Summary: "Quotas that a distributor handed to its resellers", Verb: actor.ViewVouchers},
		func(ctx context.Context, by actor.Actor, in *quotaListIn) (quotaList, error) {
			list, _, err := a.Voucher.ChildQuotas(ctx, by, in.filter())
			return quotaList{each(list, a.toQuota), nextOf(list, in.Limit, id)}, err
		})
	add(a, Operation{Method: "GET", Path: "/api/v1/voucher-quotas/{quota}", ID: "show_voucher_quota", Tag: voucherTag, Summary: "A voucher quota", Verb: actor.ViewVouchers},
		func(ctx context.Context, by actor.Actor, in *quotaPath) (VoucherQuota, error) {
			q, err := a.Voucher.Quota(ctx, by, in.Quota)
			return a.toQuota(q), err
		})
	add(a, Operation{Method: "GET", Path: "/api/v1/voucher-quotas/{quota}/entries", ID: "list_voucher_quota_entries", Tag: voucherTag, Summary: "The newest movements behind a quota's balance", Verb: actor.ViewVouchers},
		func(ctx context.Context, by actor.Actor, in *quotaPath) (out struct {
			Entries []FundsEntry `json:"entries"`
		}, err error) {
			list, err := a.Voucher.QuotaEntries(ctx, by, in.Quota, ledger.Mark{}, 100)
			out.Entries = each(list, toFundsEntry(nil))
			return out, err
		})
}

// QuotaTerms are what a quota is worth, from when until when, and for what. An exported type: others have no place in a body.
type QuotaTerms struct {
	Value       string        `json:"value" maxLength:"40"`
	EffectiveAt time.Time     `json:"effective_at,omitzero"`
	ExpireAt    time.Time     `json:"expire_at"`
	Limits      VoucherLimits `json:"limits,omitzero"`
}

func (a *API) quotaGrants() {
	add(a, Operation{Method: "POST", Path: "/api/v1/voucher-quotas", ID: "grant_voucher_quota", Tag: voucherTag, Status: 201, Keyed: true, Verb: actor.GrantQuotas,
		Summary: "Grant a partner of the first tier a quota; a large one waits for a second pair of eyes"},
		func(ctx context.Context, by actor.Actor, in *struct {
			Body struct {
				Partner  string `json:"partner" maxLength:"64"`
				Kind     string `json:"kind" enum:"voucher,cash_coupon"`
				Currency string `json:"currency" maxLength:"8"`
				Memo     string `json:"memo,omitempty" maxLength:"256"`
				QuotaTerms
			}
		}) (VoucherQuota, error) {
			var fs fault.Fields
			b, kind := in.Body, voucher.Plain
			if b.Kind == "cash_coupon" {
				kind = voucher.Coupon
			}
			n := voucher.NewQuota{Partner: b.Partner, Kind: kind, Currency: b.Currency, Minor: money.Field(&fs, "value", b.Value), EffectiveAt: b.EffectiveAt, ExpireAt: b.ExpireAt,
				Limits: b.Limits.limits(&fs), Memo: b.Memo, Key: idempotencyKey(ctx)}
			if err := fs.Err(); err != nil {
				return VoucherQuota{}, err
			}
			q, err := a.Voucher.Grant(ctx, by, n)
			return a.toQuota(q), err
		})
	add(a, Operation{Method: "POST", Path: "/api/v1/voucher-quotas/{quota}/adjust", ID: "adjust_voucher_quota", Tag: voucherTag, Summary: "Change value, term and limits; a large raise waits for a second pair of eyes", Verb: actor.GrantQuotas},
		func(ctx context.Context, by actor.Actor, in *struct {
			quotaPath
			Body struct {
				Edition int64 `json:"edition"`
				QuotaTerms
			}
		}) (VoucherQuota, error) {
			var fs fault.Fields
			b := in.Body
			c := voucher.Change{Minor: money.Field(&fs, "value", b.Value), EffectiveAt: b.EffectiveAt, ExpireAt: b.ExpireAt, Limits: b.Limits.limits(&fs)}
			if err := fs.Err(); err != nil {
				return VoucherQuota{}, err
			}
			return a.onQuota(ctx, by, in.Quota, func(q voucher.Quota) (voucher.Quota, error) {
				return a.Voucher.Adjust(ctx, by, q.Account, q.ID, b.Edition, c)
			})
		})
}

func (a *API) quotaSteps() {
	add(a, Operation{Method: "POST", Path: "/api/v1/voucher-quotas/{quota}/decide", ID: "decide_voucher_quota", Tag: voucherTag, Summary: "Approve or decline what waits for a second pair of eyes", Verb: actor.GrantQuotas},
		func(ctx context.Context, by actor.Actor, in *struct {
			quotaPath
			Body struct {
				Edition int64 `json:"edition"`
				Agree   bool  `json:"agree"`
			}
		}) (VoucherQuota, error) {
			return a.onQuota(ctx, by, in.Quota, func(q voucher.Quota) (voucher.Quota, error) {
				return a.Voucher.Decide(ctx, by, q.Account, q.ID, in.Body.Edition, in.Body.Agree)
			})
		})
	add(a, Operation{Method: "POST", Path: "/api/v1/voucher-quotas/{quota}/state", ID: "set_voucher_quota_state", Tag: voucherTag, Summary: "Freeze a quota, put it into adjustment or into force, or disable it for good", Verb: actor.GrantQuotas},
		func(ctx context.Context, by actor.Actor, in *struct {
			quotaPath
			Body struct {
				Edition int64  `json:"edition"`
				State   string `json:"state" enum:"normal,adjusting,frozen,disabled"`
			}
		}) (VoucherQuota, error) {
			return a.onQuota(ctx, by, in.Quota, func(q voucher.Quota) (voucher.Quota, error) {
				return a.Voucher.SetState(ctx, by, q.Account, q.ID, in.Body.Edition, voucher.QuotaState(in.Body.State))
			})
		})
}

// onQuota does something with a quota that is named by its id alone, and answers with it as it stands then.
func (a *API) onQuota(ctx context.Context, by actor.Actor, id string, do func(voucher.Quota) (voucher.Quota, error)) (VoucherQuota, error) {
	if err := by.May(actor.GrantQuotas); err != nil {
		return VoucherQuota{}, err
	}
	q, err := a.Voucher.Quota(ctx, by, id)
	if err != nil {
		return VoucherQuota{}, err
	}
	if _, err := do(q); err != nil {
		return VoucherQuota{}, err
	}
	q, err = a.Voucher.Quota(ctx, by, id)
	return a.toQuota(q), err
}

func (a *API) quotaSplits() {
	add(a, Operation{Method: "POST", Path: "/api/v1/voucher-quotas/{quota}/split", ID: "split_voucher_quota", Tag: voucherTag, Keyed: true, Verb: actor.SplitQuotas,
		Summary: "Hand a part of a distributor's quota to each of 1 to 100 resellers; each has its own result"},
		func(ctx context.Context, by actor.Actor, in *struct {
			quotaPath
			Body struct {
				Resellers []string `json:"resellers"`
				Amount    string   `json:"amount" maxLength:"40" doc:"For each"`
				Memo      string   `json:"memo,omitempty" maxLength:"256"`
				Code      string   `json:"code,omitempty" maxLength:"10"`
			}
		}) (voucherResults, error) {
			var fs fault.Fields
			x := voucher.Split{Quota: in.Quota, Resellers: in.Body.Resellers, Minor: money.Field(&fs, "amount", in.Body.Amount), Memo: in.Body.Memo, Key: idempotencyKey(ctx), Code: in.Body.Code}
			if err := fs.Err(); err != nil {
				return voucherResults{}, err
			}
			out, err := a.Voucher.Split(ctx, by, x)
			return a.results(ctx, out, err)
		})
	add(a, Operation{Method: "POST", Path: "/api/v1/reseller-voucher-quotas/take-back", ID: "take_back_voucher_quotas", Tag: voucherTag, Verb: actor.SplitQuotas,
		Summary: "Take back the whole rest of 1 to 10 quotas of resellers; each has its own result"},
		func(ctx context.Context, by actor.Actor, in *struct {
			Body struct {
				Quotas []string `json:"quotas"`
				Remark string   `json:"remark,omitempty" maxLength:"256"`
				Code   string   `json:"code,omitempty" maxLength:"10"`
			}
		}) (voucherResults, error) {
			out, err := a.Voucher.TakeBack(ctx, by, voucher.TakeBack{Quotas: in.Body.Quotas, Remark: in.Body.Remark, Code: in.Body.Code})
			return a.results(ctx, out, err)
		})
}
