package voucher

import (
	"errors"
	"slices"

	"hanse/internal/kit/fault"
	"hanse/internal/kit/i18n"
)

// A Why is the reason of a refusal. Each has a code in the vendor's API.
type Why string

// The reasons why a quota or voucher can't be made or taken back.
const (
	Illegal         Why = "illegal"          // the caller's kind of partner can't do this at all
	NotInCharge     Why = "not_in_charge"    // no permission over the customer
	NoQuota         Why = "no_quota"         // missing, or in no state for it
	Short           Why = "short"            // the quota holds too little
	WrongModel      Why = "wrong_model"      // not for this way of working together
	WrongState      Why = "wrong_state"      // the quota's state doesn't allow it
	QuotaTime       Why = "quota_time"       // not effective yet, or expired
	FaceLow         Why = "face_low"         //
	FaceHigh        Why = "face_high"        //
	TooMany         Why = "too_many"         // vouchers for one customer
	TooMuch         Why = "too_much"         // value for one customer
	FirstOnly       Why = "first_only"       // only for customers who never had a partner
	Wider           Why = "wider"            // services or products beyond the quota's
	OrdersWider     Why = "orders_wider"     // kinds of order beyond the quota's
	ToSelf          Why = "to_self"          //
	NotCustomer     Why = "not_customer"     //
	NotReseller     Why = "not_reseller"     //
	ReferralVoucher Why = "referral_voucher" // a referral customer's can't be reclaimed
	NotReclaimable  Why = "not_reclaimable"  // expired, used, reclaimed, frozen or locked
	OwnUse          Why = "own_use"          // the quota is for the partner's own orders
	NamedOnly       Why = "named_only"       // the quota is for named customers
	ResellersNamed  Why = "resellers_named"  // the named customers aren't the reseller's
	Managed         Why = "managed"          // the customer's finances are managed by another account
	Busy            Why = "busy"             // the quota is being split
	NoProduct       Why = "no_product"       //
	NoService       Why = "no_service"       //
	Leaving         Why = "leaving"          // the reseller is leaving the program
	NotForAgency    Why = "not_for_agency"   // records that resale customers don't have
	NotUsable       Why = "not_usable"       // the reasons of Fits
	LockedElsewhere Why = "locked"           //
	FrozenVoucher   Why = "frozen"           //
	OtherService    Why = "other_service"    //
	OtherOrders     Why = "other_orders"     //
	NotFirstOrder   Why = "not_first_order"  //
	OtherDiscount   Why = "other_discount"   //
	MoreThanUsed    Why = "more_than_used"   // more comes back than was used
	MoreThanCanBe   Why = "more_than_can_be" // more than the voucher may pay of the order
)

// A Refusal says why. It's a fault with words for the user, too.
type Refusal struct {
	Why  Why
	Args i18n.A
}

// Error gives the English text.
func (r *Refusal) Error() string { return r.Unwrap().Error() }

// Unwrap is the fault: something to correct, or a state that forbids it.
func (r *Refusal) Unwrap() error {
	msg := r.Why.Message(r.Args)
	switch r.Why {
	case NotInCharge, NotReseller:
		return fault.New(fault.KindDenied, msg)
	case Short, FaceLow, FaceHigh, TooMuch:
		return fault.Invalid("amount", msg)
	case Wider, NoService:
		return fault.Invalid("services", msg)
	case NoProduct:
		return fault.Invalid("products", msg)
	}
	return fault.Conflict(msg)
}

func refuse(w Why, args ...i18n.A) error {
	r := &Refusal{Why: w, Args: i18n.A{}}
	for _, a := range args {
		for k, v := range a {
			r.Args[k] = v
		}
	}
	return r
}

// WhyOf is the reason in err's chain; "" when it's another error, or none.
func WhyOf(err error) Why {
	var r *Refusal
	if errors.As(err, &r) {
		return r.Why
	}
	return ""
}

// Message is what a user reads: the reason, and what to do.
func (w Why) Message(a i18n.A) i18n.Msg {
	full := i18n.A{"have": "", "need": "", "limit": "", "value": ""}
	for k, v := range a {
		full[k] = v
	}
	if key, ok := words[w]; ok {
		return i18n.Msg{Key: key, Args: full}
	}
	return i18n.Raw(string(w))
}

var words = map[Why]string{
	Illegal: "voucher.why.illegal", NotInCharge: "voucher.why.not_in_charge", NoQuota: "voucher.why.no_quota", Short: "voucher.why.short",
	WrongModel: "voucher.why.wrong_model", WrongState: "voucher.why.wrong_state", QuotaTime: "voucher.why.quota_time",
	FaceLow: "voucher.why.face_low", FaceHigh: "voucher.why.face_high", TooMany: "voucher.why.too_many", TooMuch: "voucher.why.too_much",
	FirstOnly: "voucher.why.first_only", Wider: "voucher.why.wider", OrdersWider: "voucher.why.orders_wider", ToSelf: "voucher.why.to_self",
	NotCustomer: "voucher.why.not_customer", NotReseller: "voucher.why.not_reseller", ReferralVoucher: "voucher.why.referral_voucher",
	NotReclaimable: "voucher.why.not_reclaimable", OwnUse: "voucher.why.own_use", NamedOnly: "voucher.why.named_only",
	ResellersNamed: "voucher.why.resellers_named", Managed: "voucher.why.managed", Busy: "voucher.why.busy", NoProduct: "voucher.why.no_product",
	NoService: "voucher.why.no_service", Leaving: "voucher.why.leaving", NotForAgency: "voucher.why.not_for_agency",
	NotUsable: "voucher.why.not_usable", LockedElsewhere: "voucher.why.locked", FrozenVoucher: "voucher.why.frozen",
	OtherService: "voucher.why.other_service", OtherOrders: "voucher.why.other_orders", NotFirstOrder: "voucher.why.not_first_order",
	OtherDiscount: "voucher.why.other_discount", MoreThanUsed: "voucher.why.more_than_used", MoreThanCanBe: "voucher.why.more_than_can_be",
}

// Whys lists every reason.
func Whys() (out []Why) {
	for w := range words {
		out = append(out, w)
	}
	slices.Sort(out)
	return out
}
