package voucher

import (
	"context"
	"net/url"
	"strconv"
	"strings"

	"github.com/a-h/templ"

	"hanse/internal/domain/voucher"
	"hanse/internal/edge/portal/door"
	"hanse/internal/edge/portal/ui"
	"hanse/internal/kit/actor"
	"hanse/internal/kit/i18n"
	"hanse/internal/kit/money"
)

func quotaTone(s voucher.QuotaState) ui.Tone {
	switch s {
	case voucher.Normal:
		return ui.Good
	case voucher.Proposed, voucher.Adjusting:
		return ui.Warn
	case voucher.Held:
		return ui.Bad
	}
	return ui.Neutral
}

func tone(s voucher.State) ui.Tone {
	switch s {
	case voucher.Usable:
		return ui.Good
	case voucher.NotActive:
		return ui.Info
	}
	return ui.Neutral
}

func ofQuota(id string) string {
	if id == "" {
		return ""
	}
	return "?" + url.Values{"quota": {id}}.Encode()
}

// afterVoucher is the page of what an entry is about.
func afterVoucher(subject string) (string, bool) {
	kind, id, _ := strings.Cut(subject, ":")
	switch kind {
	case "voucher":
		return "/vouchers/issued/" + id, true
	case "quota":
		return "/vouchers/quotas/" + id, true
	}
	return "", false
}

// madeHref is the page of a new voucher or quota.
func madeHref(id string) string {
	if strings.HasPrefix(id, "CP") {
		return "/vouchers/issued/" + id
	}
	return "/vouchers/quotas/" + id
}

func plain(minor int64) string {
	if minor == 0 {
		return ""
	}
	return money.Text(minor)
}

func (l list) tabs(ctx context.Context) (out []ui.Tab) {
	all := []ui.Tab{{Href: "/vouchers", Label: i18n.T(ctx, "vouchers.quotas"), Current: l.tab == "quotas"},
		{Href: "/vouchers/children", Label: i18n.T(ctx, "vouchers.children"), Current: l.tab == "children"},
		{Href: "/vouchers/issued", Label: i18n.T(ctx, "vouchers.issued"), Current: l.tab == "issued"},
		{Href: "/vouchers/pickups", Label: i18n.T(ctx, "vouchers.pickups"), Current: l.tab == "pickups"},
		{Href: "/vouchers/records", Label: i18n.T(ctx, "vouchers.records"), Current: l.tab == "records"}}
	if l.By.Kind == actor.Customer {
		return []ui.Tab{{Href: "/vouchers", Label: i18n.T(ctx, "vouchers.mine"), Current: l.tab == "mine"}, all[3]}
	}
	if !l.distributor {
		return append(all[:1], all[2:]...)
	}
	return all
}

func (l list) foot() templ.Component {
	var files []ui.LinkView
	if l.files != "" && len(l.rows) > 0 {
		files = door.Files(l.View, l.files)
	}
	if len(files) == 0 && l.after == "" && l.first == "" {
		return nil
	}
	return door.Foot(ui.PagerView{Prev: l.first, Next: l.after}, files)
}

func trail(ctx context.Context) []ui.Crumb {
	return []ui.Crumb{{Href: "/vouchers", Label: i18n.T(ctx, "vouchers.title")}}
}

func kindOptions(ctx context.Context) (out []ui.Option) {
	for _, k := range []voucher.Kind{voucher.Plain, voucher.Coupon} {
		out = append(out, ui.Option{Value: strconv.Itoa(int(k)), Label: i18n.Say(ctx, k.Label())})
	}
	return out
}

func currencyOptions(ctx context.Context) []ui.Option {
	return []ui.Option{{Value: "CNY", Label: i18n.T(ctx, "vouchers.currency.cny")}, {Value: "USD", Label: i18n.T(ctx, "vouchers.currency.usd")}}
}

func orderOptions(ctx context.Context) (out []ui.Option) {
	for _, o := range voucher.OrderKinds() {
		out = append(out, ui.Option{Value: o, Label: i18n.Say(ctx, voucher.OrderLabel(o))})
	}
	return out
}

func ruleOptions(ctx context.Context) []ui.Option {
	return []ui.Option{
		{Value: "first_only", Label: i18n.T(ctx, "vouchers.rule.first_only")}, {Value: "own_use", Label: i18n.T(ctx, "vouchers.rule.own_use")},
		{Value: "first_buy", Label: i18n.T(ctx, "vouchers.rule.first_buy")}, {Value: "no_partner", Label: i18n.T(ctx, "vouchers.rule.no_partner")},
		{Value: "no_deal", Label: i18n.T(ctx, "vouchers.rule.no_deal")}, {Value: "no_promo", Label: i18n.T(ctx, "vouchers.rule.no_promo")}}
}

func ruleValues(l voucher.Limits) (out []string) {
	for _, x := range []struct {
		on   bool
		name string
	}{{l.FirstOnly, "first_only"}, {l.OwnUse, "own_use"}, {l.FirstBuy, "first_buy"}, {l.NoPartner, "no_partner"}, {l.NoDeal, "no_deal"}, {l.NoPromo, "no_promo"}} {
		if x.on {
			out = append(out, x.name)
		}
	}
	return out
}

func kindField(ctx context.Context, now string) ui.FieldView {
	return ui.FieldView{Name: "kind", Label: i18n.T(ctx, "vouchers.f.kind"), Value: now, Options: kindOptions(ctx), Blank: i18n.T(ctx, "vouchers.all.kinds")}
}

func quotaStateField(ctx context.Context, now string) ui.FieldView {
	f := ui.FieldView{Name: "state", Label: i18n.T(ctx, "vouchers.f.state"), Value: now, Blank: i18n.T(ctx, "vouchers.all.states")}
	for _, s := range voucher.QuotaStates() {
		f.Options = append(f.Options, ui.Option{Value: string(s), Label: i18n.Say(ctx, s.Label())})
	}
	return f
}

func allStatesField(ctx context.Context, now string) ui.FieldView {
	f := quotaStateField(ctx, now)
	for _, s := range []voucher.QuotaState{voucher.Proposed, voucher.Declined} {
		f.Options = append(f.Options, ui.Option{Value: string(s), Label: i18n.Say(ctx, s.Label())})
	}
	return f
}

func stateField(ctx context.Context, now string) ui.FieldView {
	f := ui.FieldView{Name: "state", Label: i18n.T(ctx, "vouchers.f.state"), Value: now, Blank: i18n.T(ctx, "vouchers.all.states")}
	for _, s := range voucher.States() {
		f.Options = append(f.Options, ui.Option{Value: strconv.Itoa(int(s)), Label: i18n.Say(ctx, s.Label())})
	}
	return f
}

func operationField(ctx context.Context, now string) ui.FieldView {
	f := ui.FieldView{Name: "operation", Label: i18n.T(ctx, "vouchers.f.operation"), Value: now, Blank: i18n.T(ctx, "vouchers.all.operations")}
	for _, o := range voucher.Operations() {
		f.Options = append(f.Options, ui.Option{Value: strconv.Itoa(int(o)), Label: i18n.Say(ctx, o.Label())})
	}
	return f
}

func resultField(ctx context.Context, now string) ui.FieldView {
	return ui.FieldView{Name: "failed", Label: i18n.T(ctx, "vouchers.f.result"), Value: now, Blank: i18n.T(ctx, "vouchers.all.results"),
		Options: []ui.Option{{Value: "false", Label: i18n.T(ctx, "vouchers.ok")}, {Value: "true", Label: i18n.T(ctx, "vouchers.failed")}}}
}

// limitFacts say what vouchers are for.
func limitFacts(ctx context.Context, l voucher.Limits) (out []ui.Fact) {
	add := func(label, value string) {
		if value != "" {
			out = append(out, ui.Fact{Label: label, Body: name(value)})
		}
	}
	add(i18n.T(ctx, "vouchers.f.services"), strings.Join(l.Services, ", "))
	add(i18n.T(ctx, "vouchers.f.products"), strings.Join(l.Products, ", "))
	add(i18n.T(ctx, "vouchers.f.regions"), strings.Join(l.Regions, ", "))
	if len(l.Orders) > 0 {
		out = append(out, ui.Fact{Label: i18n.T(ctx, "vouchers.f.orders"), Body: orderKinds(l.Orders)})
	}
	add(i18n.T(ctx, "vouchers.f.named"), whole(int64(len(l.Customers))))
	add(i18n.T(ctx, "vouchers.f.face_min"), plain(l.FaceMin))
	add(i18n.T(ctx, "vouchers.f.face_max"), plain(l.FaceMax))
	add(i18n.T(ctx, "vouchers.f.per_customer"), whole(l.PerCustomer))
	add(i18n.T(ctx, "vouchers.f.value_each"), plain(l.ValueEach))
	add(i18n.T(ctx, "vouchers.f.times"), whole(l.Times))
	if l.MaxRatio > 0 {
		add(i18n.T(ctx, "vouchers.f.max_ratio"), percent(l.MaxRatio))
	}
	if l.MinRate > 0 {
		add(i18n.T(ctx, "vouchers.f.min_discount"), percent(l.MinRate))
	}
	options := ruleOptions(ctx)
	for _, r := range ruleValues(l) {
		for _, o := range options {
			if o.Value == r {
				out = append(out, ui.Fact{Label: i18n.T(ctx, "vouchers.f.rules"), Value: o.Label})
			}
		}
	}
	return out
}

func (v quotaView) waits() bool { return v.x.Kept == voucher.Proposed || v.x.Pending != nil }

func (v quotaView) edition() [][2]string {
	return [][2]string{{"edition", strconv.FormatInt(v.x.Edition, 10)}}
}

func (v quotaView) trail(ctx context.Context) []ui.Crumb {
	if v.By.Vendor() {
		return []ui.Crumb{{Href: "/quotas", Label: i18n.T(ctx, "vouchers.grants")}}
	}
	return trail(ctx)
}

func (v quotaView) stateLine(ctx context.Context) string {
	return i18n.T(ctx, "vouchers.quota.state", i18n.A{"left": cash(ctx, v.x.Balance, v.x.Currency), "value": cash(ctx, v.x.Value, v.x.Currency), "until": i18n.From(ctx).DateTime(v.x.ExpireAt)})
}

func (v quotaView) nextLine(ctx context.Context) string {
	switch {
	case v.waits() && (v.x.AskedBy == v.By.User || !v.Can(actor.GrantQuotas)):
		return i18n.T(ctx, "vouchers.quota.next.other")
	case v.waits():
		return i18n.T(ctx, "vouchers.quota.next.decide")
	case v.By.Vendor():
		return i18n.T(ctx, "vouchers.quota.next.vendor")
	case v.x.State(v.now) != voucher.Normal:
		return i18n.T(ctx, "vouchers.quota.next.closed")
	case v.x.Account != v.By.Account:
		return i18n.T(ctx, "vouchers.quota.next.child")
	}
	return i18n.T(ctx, "vouchers.quota.next")
}

// stats show where the value is; each opens to what is behind it.
func (v quotaView) stats(ctx context.Context) []ui.Stat {
	c := v.x.Currency
	if v.x.Kept == voucher.Proposed || v.x.Kept == voucher.Declined {
		return []ui.Stat{{Label: i18n.T(ctx, "vouchers.f.value"), Value: cash(ctx, v.x.Value, c)}}
	}
	out := []ui.Stat{{Label: i18n.T(ctx, "vouchers.f.value"), Value: cash(ctx, v.proof.Value, c)}, {Label: i18n.T(ctx, "vouchers.stat.left"), Value: cash(ctx, v.proof.Balance, c), Href: "#statement"}}
	if v.x.ParentAccount == "" {
		href := ""
		if v.x.Account == v.By.Account && v.distributor {
			href = "/vouchers/children?parent=" + v.x.ID
		}
		out = append(out, ui.Stat{Label: i18n.T(ctx, "vouchers.stat.resellers"), Value: cash(ctx, v.proof.Resellers, c), Href: href})
	}
	out = append(out, ui.Stat{Label: i18n.T(ctx, "vouchers.stat.issued"), Value: cash(ctx, v.proof.Vouchers, c), Href: "/vouchers/issued?quota=" + v.x.ID},
		ui.Stat{Label: i18n.T(ctx, "vouchers.stat.back"), Value: cash(ctx, v.proof.Back, c), Href: "/vouchers/records?quota=" + v.x.ID})
	if v.proof.Lapsed > 0 {
		out = append(out, ui.Stat{Label: i18n.T(ctx, "vouchers.stat.lapsed"), Value: cash(ctx, v.proof.Lapsed, c), Href: "#statement"})
	}
	return out
}

func (v quotaView) facts(ctx context.Context) []ui.Fact {
	x := v.x
	out := []ui.Fact{{Label: i18n.T(ctx, "vouchers.f.holder"), Body: name(x.HolderName)}, {Label: i18n.T(ctx, "vouchers.f.kind"), Value: i18n.Say(ctx, x.Kind.Label())},
		{Label: i18n.T(ctx, "vouchers.f.from"), Body: at(x.EffectiveAt)}, {Label: i18n.T(ctx, "vouchers.f.until"), Body: at(x.ExpireAt)}, {Label: i18n.T(ctx, "vouchers.f.created"), Body: at(x.CreatedAt)}}
	if x.Parent != "" {
		out = append(out, ui.Fact{Label: i18n.T(ctx, "vouchers.f.parent"), Body: name(x.Parent)})
	}
	if x.Memo != "" {
		out = append(out, ui.Fact{Label: i18n.T(ctx, "vouchers.f.remark"), Body: name(x.Memo)})
	}
	return out
}

func stepButton(ctx context.Context, s voucher.QuotaState) ui.ButtonView {
	switch s {
	case voucher.Held:
		return ui.ButtonView{Label: i18n.T(ctx, "vouchers.step.freeze"), Icon: "player-pause", Kind: ui.Plain}
	case voucher.Adjusting:
		return ui.ButtonView{Label: i18n.T(ctx, "vouchers.step.adjusting"), Icon: "adjustments", Kind: ui.Plain}
	case voucher.Disabled:
		return ui.ButtonView{Label: i18n.T(ctx, "vouchers.step.disable"), Icon: "ban", Kind: ui.Danger}
	}
	return ui.ButtonView{Label: i18n.T(ctx, "vouchers.step.normal"), Icon: "player-play", Kind: ui.Plain}
}

func (v voucherView) trail(ctx context.Context) []ui.Crumb {
	if v.By.Kind == actor.Customer {
		return []ui.Crumb{{Href: "/vouchers", Label: i18n.T(ctx, "vouchers.mine")}}
	}
	return []ui.Crumb{{Href: "/vouchers/issued", Label: i18n.T(ctx, "vouchers.issued")}}
}

func (v voucherView) stateLine(ctx context.Context) string {
	return i18n.T(ctx, "vouchers.voucher.state", i18n.A{"left": cash(ctx, v.x.Balance, v.x.Currency), "face": cash(ctx, v.x.Face, v.x.Currency), "until": i18n.From(ctx).DateTime(v.x.ExpireAt)})
}

func (v voucherView) nextLine(ctx context.Context) string {
	switch {
	case v.x.State(v.now) == voucher.NotActive:
		return i18n.T(ctx, "vouchers.voucher.next.later", i18n.A{"from": i18n.From(ctx).DateTime(v.x.ValidAt)})
	case v.x.State(v.now) != voucher.Usable:
		return i18n.T(ctx, "vouchers.voucher.next.over")
	case v.x.Frozen:
		return i18n.T(ctx, "vouchers.voucher.next.frozen")
	case v.x.LockOrder != "":
		return i18n.T(ctx, "vouchers.voucher.next.locked", i18n.A{"order": door.Data(ctx, v.x.LockOrder)})
	case v.issuer() && v.x.Referral:
		return i18n.T(ctx, "vouchers.voucher.next.referral")
	case v.issuer():
		return i18n.T(ctx, "vouchers.voucher.next.issuer")
	}
	return i18n.T(ctx, "vouchers.voucher.next.use")
}

func (v voucherView) facts(ctx context.Context) []ui.Fact {
	x := v.x
	out := []ui.Fact{{Label: i18n.T(ctx, "vouchers.f.issuer"), Body: name(x.IssuerName)}, {Label: i18n.T(ctx, "vouchers.f.customer"), Body: name(x.CustomerName)},
		{Label: i18n.T(ctx, "vouchers.f.kind"), Value: i18n.Say(ctx, x.Kind.Label())}, {Label: i18n.T(ctx, "vouchers.f.from"), Body: at(x.ValidAt)}, {Label: i18n.T(ctx, "vouchers.f.until"), Body: at(x.ExpireAt)}}
	if v.By.Kind != actor.Customer {
		out = append(out, ui.Fact{Label: i18n.T(ctx, "vouchers.f.quota"), Body: link("/vouchers/quotas/"+x.Quota, x.Quota)})
	}
	if x.Memo != "" {
		out = append(out, ui.Fact{Label: i18n.T(ctx, "vouchers.f.remark"), Body: name(x.Memo)})
	}
	return out
}
