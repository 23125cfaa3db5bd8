package customer

import (
	"context"
	"net/http"
	"slices"
	"strconv"

	"github.com/skip2/go-qrcode"

	"github.com/a-h/templ"

	"hanse/internal/domain/account"
	"hanse/internal/domain/distribution"
	"hanse/internal/edge/portal/door"
	"hanse/internal/edge/portal/ui"
	"hanse/internal/kit/actor"
	"hanse/internal/kit/i18n"
)

func number(r *http.Request, name string) int64 {
	n, err := strconv.ParseInt(r.PostFormValue(name), 10, 64)
	if err != nil {
		return -1
	}
	return n
}

type listView struct {
	door.View
	rows       []distribution.Customer
	next       string
	managers   []distribution.Manager
	company    account.Account
	restricted bool
}

// holds tells whether the partner can have customers at all.
func (v listView) holds() bool { return v.company.Has(account.SolutionProvider, account.Reseller) }

// creates tells whether the reader can make a customer: for a distributor's resellers when the company has none of its own.
func (v listView) creates() bool {
	return !v.Vendor && v.Can(actor.CreateCustomers) && (v.holds() || v.company.Has(account.Distributor))
}

func (v listView) restrictHidden() [][2]string {
	if v.restricted {
		return [][2]string{{"do", "lift"}}
	}
	return [][2]string{{"do", "restrict"}}
}

func (v listView) batch() bool { return v.Can(actor.ManageCustomers) && !v.Vendor && len(v.rows) > 0 }

func (v listView) state(ctx context.Context) string {
	switch {
	case v.restricted:
		return i18n.T(ctx, "customers.state.restricted")
	case !v.holds():
		return i18n.T(ctx, "customers.state.none_of_own")
	case len(v.rows) == 0:
		return i18n.T(ctx, "customers.state.none")
	case v.next != "":
		return i18n.T(ctx, "customers.state.more", i18n.A{"n": len(v.rows)})
	}
	return i18n.T(ctx, "customers.state", i18n.A{"n": len(v.rows)})
}

func (v listView) todo(ctx context.Context) string {
	switch {
	case !v.holds():
		return i18n.T(ctx, "customers.next.resellers")
	case len(v.rows) == 0:
		return i18n.T(ctx, "customers.next.invite")
	}
	return i18n.T(ctx, "customers.next")
}

func (v listView) filters(ctx context.Context) ui.FiltersView {
	q := v.R.URL.Query()
	return ui.FiltersView{Action: v.Path("/customers"), Target: "customers", Clear: v.Path("/customers"), Fields: []ui.FieldView{
		{Name: "q", Type: "search", Label: i18n.T(ctx, "customers.f.name"), Value: q.Get("q")},
		{Name: "label", Type: "search", Label: i18n.T(ctx, "customers.f.label"), Value: q.Get("label")},
		{Name: "level", Label: i18n.T(ctx, "customers.f.any_level"), Value: q.Get("level"), Options: levels(ctx)},
		{Name: "model", Label: i18n.T(ctx, "customers.f.any_model"), Value: q.Get("model"), Options: models(ctx)},
		{Name: "frozen", Label: i18n.T(ctx, "customers.f.any_state"), Value: q.Get("frozen"), Options: []ui.Option{{Value: "free", Label: i18n.T(ctx, "customers.f.free")}, {Value: "frozen", Label: i18n.T(ctx, "customers.f.frozen")}}},
		{Name: "manager", Label: i18n.T(ctx, "customers.f.any_manager"), Value: q.Get("manager"), Options: managerOptions(ctx, v.managers)},
	}}
}

func models(ctx context.Context) []ui.Option {
	return []ui.Option{{Value: string(account.Resale), Label: i18n.Say(ctx, account.LinkLabel(account.Resale))}, {Value: string(account.Referral), Label: i18n.Say(ctx, account.LinkLabel(account.Referral))}}
}

func managerOptions(ctx context.Context, list []distribution.Manager) (out []ui.Option) {
	for _, m := range list {
		out = append(out, ui.Option{Value: m.User, Label: door.Data(ctx, m.Name)})
	}
	return out
}

func languages(ctx context.Context) []ui.Option {
	return []ui.Option{{Value: i18n.English, Label: i18n.T(ctx, "customers.lang.en")}, {Value: i18n.Chinese, Label: i18n.T(ctx, "customers.lang.zh")}}
}

func heldTone(n int) ui.Tone {
	if n > 0 {
		return ui.Bad
	}
	return ui.Good
}

type showView struct {
	door.View
	x       distribution.Customer
	history distribution.History
	pending *distribution.Request
	tag     distribution.Tag
	waits   bool // for its first user
}

func (v showView) state(ctx context.Context) string {
	a := i18n.A{"model": account.LinkLabel(v.x.Model), "since": i18n.From(ctx).Date(v.x.Since)}
	switch {
	case !v.x.Open():
		return i18n.T(ctx, "customers.one.ended", i18n.A{"model": account.LinkLabel(v.x.Model), "until": i18n.From(ctx).Date(v.x.Until)})
	case v.x.Held() > 0:
		return i18n.T(ctx, "customers.one.frozen", a)
	}
	return i18n.T(ctx, "customers.one.state", a)
}

func (v showView) todo(ctx context.Context) string {
	switch {
	case !v.x.Open():
		return i18n.T(ctx, "customers.one.next_ended")
	case v.pending != nil && !v.pending.Mine(v.By.Account):
		return i18n.T(ctx, "customers.one.next_answer")
	case v.pending != nil:
		return i18n.T(ctx, "customers.one.next_wait")
	case v.x.Frozen == 0 && v.x.Cascade > 0:
		return i18n.T(ctx, "customers.one.next_cascade")
	case v.x.Frozen > 0:
		return i18n.T(ctx, "customers.one.next_frozen")
	case v.waits:
		return i18n.T(ctx, "customers.one.next_waits", i18n.A{"email": v.x.Email})
	}
	return i18n.T(ctx, "customers.one.next")
}

// acts tells whether the reader can change something here.
func (v showView) acts(verb actor.Verb) bool { return v.x.Open() && !v.Vendor && v.Can(verb) }

func (v showView) facts(ctx context.Context) []ui.Fact {
	x := v.x
	out := []ui.Fact{{Label: i18n.T(ctx, "customers.f.id"), Body: data(x.ID)}, {Label: i18n.T(ctx, "customers.f.login"), Body: data(x.Login)},
		{Label: i18n.T(ctx, "customers.f.model"), Value: i18n.Say(ctx, account.LinkLabel(x.Model))}, {Label: i18n.T(ctx, "customers.f.since"), Body: ui.Time(x.Since)},
		{Label: i18n.T(ctx, "customers.f.frozen_state"), Body: ui.Status(heldTone(x.Held()), i18n.Say(ctx, distribution.FrozenLabel(x.Held())))},
		{Label: i18n.T(ctx, "customers.f.manager"), Body: dataOr(x.ManagerName, i18n.T(ctx, "customers.f.nobody"))},
		{Label: i18n.T(ctx, "customers.f.reach"), Body: dataOr(x.Email+" "+x.Phone, i18n.T(ctx, "customers.f.not_given"))}}
	if x.Open() {
		out = append(out, ui.Fact{Label: i18n.T(ctx, "customers.tag"), Body: tagStatus(v.tag)})
	}
	if x.XAccountID != "" {
		out = append(out, ui.Fact{Label: i18n.T(ctx, "customers.f.xaccount"), Body: data(x.XAccountID)})
	}
	if x.Frozen > 0 {
		out = append(out, ui.Fact{Label: i18n.T(ctx, "customers.f.frozen_why"), Body: data(x.FrozenWhy)}, ui.Fact{Label: i18n.T(ctx, "customers.f.frozen_by"), Body: data(x.FrozenName)})
	}
	return out
}

// A rule says what a model means for one question.
type rule struct{ ask, answer string }

// meaning is what a model means, for the partner and for the customer alike (business rules 4.1).
func meaning(ctx context.Context, m account.Link) []rule {
	if m == account.Resale {
		return []rule{{i18n.T(ctx, "customers.means.recharge"), i18n.T(ctx, "customers.means.recharge.resale")}, {i18n.T(ctx, "customers.means.contract"), i18n.T(ctx, "customers.means.contract.resale")},
			{i18n.T(ctx, "customers.means.withdraw"), i18n.T(ctx, "customers.means.withdraw.resale")}, {i18n.T(ctx, "customers.means.invoice"), i18n.T(ctx, "customers.means.invoice.resale")},
			{i18n.T(ctx, "customers.means.balance"), i18n.T(ctx, "customers.means.balance.resale")}, {i18n.T(ctx, "customers.means.order"), i18n.T(ctx, "customers.means.order.resale")}}
	}
	return []rule{{i18n.T(ctx, "customers.means.recharge"), i18n.T(ctx, "customers.means.recharge.referral")}, {i18n.T(ctx, "customers.means.contract"), i18n.T(ctx, "customers.means.contract.referral")},
		{i18n.T(ctx, "customers.means.withdraw"), i18n.T(ctx, "customers.means.withdraw.referral")}, {i18n.T(ctx, "customers.means.invoice"), i18n.T(ctx, "customers.means.invoice.referral")},
		{i18n.T(ctx, "customers.means.balance"), i18n.T(ctx, "customers.means.balance.referral")}, {i18n.T(ctx, "customers.means.order"), i18n.T(ctx, "customers.means.order.referral")}}
}

// events are what happened, newest first.
func events(ctx context.Context, list []distribution.Record) (out []ui.Event) {
	for _, r := range list {
		e := ui.Event{At: r.At, By: r.ByName, Text: r.Words, Title: i18n.T(ctx, "customers.record", i18n.A{"operation": distribution.OperationLabel(r.Operation), "result": resultLabel(r.Result)}), Tone: ui.Good}
		if r.Result != "done" {
			e.Tone = ui.Neutral
		}
		if r.Returned > 0 {
			e.Text += " " + i18n.T(ctx, "customers.record.returned", i18n.A{"amount": i18n.From(ctx).Money(r.Returned, "CNY")})
		}
		out = append(out, e)
	}
	return out
}

func resultLabel(s string) i18n.Msg {
	switch s {
	case "done":
		return i18n.M("customers.result.done")
	case "withdrawn":
		return i18n.M("distribution.state.withdrawn")
	}
	return i18n.M("distribution.state.refused")
}

type invitationsView struct {
	door.View
	rows      []distribution.Invitation
	next      string
	announced []distribution.Announcement
	managers  []distribution.Manager
}

func (v invitationsView) open() (n int) {
	for _, x := range v.rows {
		if x.Works(v.Site.Clock.Now()) {
			n++
		}
	}
	return n
}

// to is whom a link is for.
func to(ctx context.Context, x distribution.Invitation) string {
	if x.Email == "" {
		return i18n.T(ctx, "customers.link.anybody")
	}
	return door.Data(ctx, x.Email)
}

func linkTone(x distribution.Invitation, v door.View) ui.Tone {
	switch {
	case x.Works(v.Site.Clock.Now()):
		return ui.Info
	case x.State == distribution.Accepted:
		return ui.Good
	}
	return ui.Neutral
}

type invitationView struct {
	door.View
	x    distribution.Invitation
	link string
}

func (v invitationView) qr(ctx context.Context) templ.Component {
	code, err := qrcode.New(v.link, qrcode.Medium)
	if err != nil {
		return templ.NopComponent
	}
	return ui.QR(code.Bitmap(), i18n.T(ctx, "customers.link.qr"))
}

type offerView struct {
	door.View
	o     distribution.Offer
	token string
}

func (v offerView) blocked() bool { return len(distribution.Blocking(v.o.Bars)) > 0 }

func (v offerView) todo(ctx context.Context) string {
	switch {
	case v.o.Nobody:
		return i18n.T(ctx, "customers.offer.next_nobody")
	case v.o.Other:
		return i18n.T(ctx, "customers.offer.next_other")
	case v.blocked():
		return i18n.T(ctx, "customers.offer.next_blocked")
	}
	return i18n.T(ctx, "customers.offer.next")
}

func (v offerView) hidden(do string) [][2]string { return [][2]string{{"token", v.token}, {"do", do}} }

type mineView struct {
	door.View
	m       distribution.Mine
	none    bool
	waiting []distribution.Waiting
}

func (v mineView) reseller() bool { return v.By.Kind == actor.Partner }

func (v mineView) title(ctx context.Context) string {
	if v.reseller() {
		return i18n.T(ctx, "customers.mine.distributor")
	}
	return i18n.T(ctx, "customers.mine")
}

func (v mineView) state(ctx context.Context) string {
	switch {
	case v.none && v.reseller():
		return i18n.T(ctx, "customers.mine.none_distributor")
	case v.none:
		return i18n.T(ctx, "customers.mine.none")
	case v.m.Link.Held() > 0:
		return i18n.T(ctx, "customers.mine.frozen", i18n.A{"partner": v.m.Partner.Name})
	}
	return i18n.T(ctx, "customers.mine.state", i18n.A{"partner": v.m.Partner.Name, "model": account.LinkLabel(v.m.Association.Kind), "since": i18n.From(ctx).Date(v.m.Association.Began())})
}

func (v mineView) todo(ctx context.Context) string {
	switch {
	case len(v.waiting) > 0:
		return i18n.T(ctx, "customers.mine.next_offer")
	case v.none:
		return i18n.T(ctx, "customers.mine.next_none")
	case v.m.Pending != nil && !v.m.Pending.Mine(v.By.Account):
		return i18n.T(ctx, "customers.one.next_answer")
	case v.m.Pending != nil:
		return i18n.T(ctx, "customers.one.next_wait")
	case v.m.Link.Held() > 0:
		return i18n.T(ctx, "customers.mine.next_frozen")
	}
	return i18n.T(ctx, "customers.mine.next")
}

type resellersView struct {
	door.View
	rows    []distribution.Reseller
	next    string
	invited []distribution.Invitation
	company account.Account
}

func (v resellersView) distributor() bool { return v.company.Has(account.Distributor) }

type resellerView struct {
	door.View
	x         distribution.Reseller
	customers []distribution.Customer
	next      string
	others    []distribution.Reseller
	pending   *distribution.Request
}

func (v resellerView) targets(ctx context.Context) (out []ui.Option) {
	for _, r := range v.others {
		if r.ID != v.x.ID {
			out = append(out, ui.Option{Value: r.ID, Label: door.Data(ctx, r.Name)})
		}
	}
	return out
}

func sortEvents(list []ui.Event) {
	slices.SortStableFunc(list, func(a, b ui.Event) int { return b.At.Compare(a.At) })
}
