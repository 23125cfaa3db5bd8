package voucher

import (
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"hanse/internal/kit/fault"
	"hanse/internal/kit/i18n"
	"hanse/internal/kit/money"
)

// Whole is the share of an order that is the whole order, in ten-thousandths.
const Whole = 10_000

// The bounds of limits.
const (
	mostNarrow    = 10 // services, products of one voucher
	mostListed    = 200
	mostCustomers = 500
)

// Limits are what a quota says of its vouchers, and a voucher of its use. Zero is no limit. Amounts are minor units,
// shares ten-thousandths.
type Limits struct {
	Services  []string `json:"services,omitempty"`
	Products  []string `json:"products,omitempty"`
	Regions   []string `json:"regions,omitempty"`
	Orders    []string `json:"orders,omitempty"` // new, renew, change
	Times     int64    `json:"times,omitempty"`
	MaxRatio  int64    `json:"max_ratio,omitempty"` // of the order that the voucher may pay
	FirstBuy  bool     `json:"first_buy,omitempty"` // only the first order of a service
	NoPartner bool     `json:"no_partner_discount,omitempty"`
	NoDeal    bool     `json:"no_contract_discount,omitempty"`
	NoPromo   bool     `json:"no_promotion_discount,omitempty"`
	MinRate   int64    `json:"min_discount,omitempty"` // smallest discount ratio to be combined with

	// For issuing alone.
	Customers   []string `json:"customers,omitempty"` // named ones: nobody else
	FaceMin     int64    `json:"face_min,omitempty"`
	FaceMax     int64    `json:"face_max,omitempty"`
	PerCustomer int64    `json:"per_customer,omitempty"` // how many vouchers
	ValueEach   int64    `json:"value_each,omitempty"`   // face values of one customer together
	FirstOnly   bool     `json:"first_only,omitempty"`   // only customers who never had a partner before
	OwnUse      bool     `json:"own_use,omitempty"`      // for the partner's own orders, for no customer
}

// OrderKinds are the kinds of order that can be told apart.
func OrderKinds() []string { return []string{"new", "renew", "change"} }

// OrderLabel names a kind of order.
func OrderLabel(kind string) i18n.Msg {
	switch kind {
	case "new":
		return i18n.M("voucher.order.new")
	case "renew":
		return i18n.M("voucher.order.renew")
	case "change":
		return i18n.M("voucher.order.change")
	}
	return i18n.Raw(kind)
}

var code = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._:-]{0,63}$`)

// check refuses what can't be meant.
func (l Limits) check(fs *fault.Fields) {
	for _, x := range []struct {
		name string
		list []string
		most int
	}{{"services", l.Services, mostListed}, {"products", l.Products, mostListed}, {"regions", l.Regions, mostListed}, {"customers", l.Customers, mostCustomers}} {
		if len(x.list) > x.most {
			fs.Add(x.name, strconv.Itoa(len(x.list)), i18n.M("voucher.field.too_long", i18n.A{"most": x.most}))
		}
		for _, v := range x.list {
			if !code.MatchString(v) {
				fs.Add(x.name, v, i18n.M("voucher.field.code", i18n.A{"value": v}))
				break
			}
		}
	}
	for _, o := range l.Orders {
		if !slices.Contains(OrderKinds(), o) {
			fs.Add("orders", o, i18n.M("voucher.field.orders"))
		}
	}
	for _, x := range []struct {
		name string
		n    int64
	}{{"times", l.Times}, {"face_min", l.FaceMin}, {"face_max", l.FaceMax}, {"per_customer", l.PerCustomer}, {"value_each", l.ValueEach}} {
		if x.n < 0 || x.n > money.Max {
			fs.Add(x.name, strconv.FormatInt(x.n, 10), i18n.M("voucher.field.number"))
		}
	}
	for _, x := range []struct {
		name string
		n    int64
	}{{"max_ratio", l.MaxRatio}, {"min_discount", l.MinRate}} {
		if x.n < 0 || x.n > Whole {
			fs.Add(x.name, strconv.FormatInt(x.n, 10), i18n.M("voucher.field.ratio"))
		}
	}
	if l.FaceMax > 0 && l.FaceMin > l.FaceMax {
		fs.Add("face_max", money.Text(l.FaceMax), i18n.M("voucher.field.face_order"))
	}
}

// A LimitKey is one limit as the vendor's API writes it.
type LimitKey struct{ Key, Value1, Value2 string }

// Keys are the limits as the vendor's API writes them, in one order.
func (l Limits) Keys() (out []LimitKey) {
	add := func(key, value string) { out = append(out, LimitKey{Key: key, Value1: value}) }
	for _, s := range l.Services {
		add("cloudServiceType", s)
	}
	for _, r := range l.Regions {
		out = append(out, LimitKey{"regionCode", r, r})
	}
	if len(l.Products) > 0 {
		add("productId", strings.Join(l.Products, ","))
	}
	for _, o := range l.Orders {
		add("subscribeType", o)
	}
	if l.FirstBuy {
		add("firstOrderInService", "1")
	}
	if l.Times > 0 {
		add("usageTimes", strconv.FormatInt(l.Times, 10))
	}
	if l.MaxRatio > 0 {
		add("maxDeductionRatio", Share(l.MaxRatio))
	}
	for _, x := range []struct {
		on  bool
		key string
	}{{l.NoPartner, "simultaneousUseWithEmpowerDiscount"}, {l.NoDeal, "simultaneousUseWithContractDiscount"}, {l.NoPromo, "simultaneousUseWithPromotionDiscount"}} {
		if x.on {
			add(x.key, "0")
		}
	}
	if l.MinRate > 0 {
		add("minConsumeDiscount", Share(l.MinRate))
	}
	return out
}

// Share writes ten-thousandths as a decimal: 0.5.
func Share(n int64) string {
	s := strconv.FormatInt(n/Whole, 10) + "." + strconv.FormatInt(n%Whole+Whole, 10)[1:]
	return strings.TrimSuffix(strings.TrimRight(s, "0"), ".")
}

// Narrow are the limits of a voucher for fewer services and products than its quota's. Empty lists inherit. Wider says
// that the quota doesn't have them; what is for issuing alone stays with the quota.
func (l Limits) Narrow(services, products []string) (Limits, error) {
	for _, x := range []struct {
		name string
		list []string
	}{{"services", services}, {"products", products}} {
		if len(x.list) > mostNarrow {
			return l, fault.Invalid(x.name, i18n.M("voucher.field.too_long", i18n.A{"most": mostNarrow}))
		}
	}
	for _, x := range []struct {
		have *[]string
		want []string
	}{{&l.Services, services}, {&l.Products, products}} {
		if len(x.want) == 0 {
			continue
		}
		for _, w := range x.want {
			if len(*x.have) > 0 && !slices.Contains(*x.have, w) {
				return l, refuse(Wider, i18n.A{"value": w})
			}
		}
		*x.have = slices.Clone(x.want)
	}
	l.Customers, l.FaceMin, l.FaceMax, l.PerCustomer, l.ValueEach, l.FirstOnly, l.OwnUse = nil, 0, 0, 0, 0, false, false
	return l, nil
}

// issue refuses what the limits for issuing forbid: what a face value and what the customer already has may be. Had are the number and
// the face values of the vouchers that the customer got from the quota.
func (l Limits) issue(customer string, face, hadCount, hadValue int64) error {
	switch {
	case l.OwnUse:
		return refuse(OwnUse)
	case l.FaceMin > 0 && face < l.FaceMin:
		return refuse(FaceLow, i18n.A{"limit": money.Text(l.FaceMin), "value": money.Text(face)})
	case l.FaceMax > 0 && face > l.FaceMax:
		return refuse(FaceHigh, i18n.A{"limit": money.Text(l.FaceMax), "value": money.Text(face)})
	case len(l.Customers) > 0 && !slices.Contains(l.Customers, customer):
		return refuse(NamedOnly)
	case l.PerCustomer > 0 && hadCount >= l.PerCustomer:
		return refuse(TooMany, i18n.A{"limit": l.PerCustomer, "have": hadCount})
	case l.ValueEach > 0 && hadValue+face > l.ValueEach:
		return refuse(TooMuch, i18n.A{"limit": money.Text(l.ValueEach), "have": money.Text(hadValue), "need": money.Text(face)})
	}
	return nil
}

// An Order is what a voucher is to pay.
type Order struct {
	ID              string
	Kind            string // new, renew, change
	OnDemand        bool   // pay per use
	FirstOfService  bool
	PartnerDiscount bool
	Contract        bool
	Promotion       bool
	Rate            int64 // discount ratio, ten-thousandths: 8000 = 20 % off; 0 = none
	Lines           []Line
}

// A Line is one service of an order, in minor units.
type Line struct {
	Service, Product, Region string
	Minor                    int64
}

func (o Order) total() (sum int64) {
	for _, l := range o.Lines {
		sum += l.Minor
	}
	return sum
}

// Fits is the most that a voucher can pay of an order at an instant, or why it can't. It's pure: the caller gives the
// voucher with its balance.
func Fits(v Voucher, o Order, at time.Time) (most int64, why Why) {
	l := v.Limits
	switch {
	case v.State(at) != Usable || v.Balance <= 0:
		return 0, NotUsable
	case v.Frozen:
		return 0, FrozenVoucher
	case v.LockOrder != "" && v.LockOrder != o.ID:
		return 0, LockedElsewhere
	case len(l.Orders) > 0 && !slices.Contains(l.Orders, o.Kind):
		return 0, OtherOrders
	case l.FirstBuy && !o.FirstOfService:
		return 0, NotFirstOrder
	case l.NoPartner && o.PartnerDiscount, l.NoDeal && o.Contract, l.NoPromo && o.Promotion, l.MinRate > 0 && o.Rate > 0 && o.Rate < l.MinRate:
		return 0, OtherDiscount
	}
	fits := covered(l.Services, l.Products, l.Regions, o)
	if fits == 0 {
		return 0, OtherService
	}
	if l.MaxRatio > 0 {
		fits = min(fits, portion(o.total(), l.MaxRatio))
	}
	return min(fits, v.Balance), ""
}

// covered is the part of an order that lists of services, products and regions allow.
func covered(services, products, regions []string, o Order) (sum int64) {
	in := func(list []string, s string) bool { return len(list) == 0 || slices.Contains(list, s) }
	for _, l := range o.Lines {
		if in(services, l.Service) && in(products, l.Product) && in(regions, l.Region) {
			sum += l.Minor
		}
	}
	return sum
}

// portion is a share of an amount, rounded down, without leaving int64.
func portion(minor, share int64) int64 {
	return minor/Whole*share + minor%Whole*share/Whole
}
