// Package agentpay holds the pages of payments on behalf: a buyer asks its partner to pay orders, the partner pays them
// from its balance or declines.
package agentpay

import (
	"net/http"
	"net/url"
	"strconv"

	"github.com/a-h/templ"

	"hanse/internal/domain/confirm"
	"hanse/internal/domain/order"
	"hanse/internal/edge/portal/ask"
	"hanse/internal/edge/portal/door"
	"hanse/internal/edge/portal/site"
	"hanse/internal/edge/portal/ui"
	"hanse/internal/kit/actor"
	"hanse/internal/kit/db"
	"hanse/internal/kit/fault"
	"hanse/internal/kit/i18n"
	amount "hanse/internal/kit/money"
)

type pages struct {
	*site.Site
	db      *db.DB
	orders  *order.Service
	confirm *confirm.Service
}

// Register adds the pages.
func Register(s *site.Site, d *db.DB, orders *order.Service, c *confirm.Service) {
	p := pages{s, d, orders, c}
	p.Page("GET /orders/agent", p.form)
	p.Page("POST /orders/agent", p.send)
	p.Page("POST /orders/agent/withdraw", p.withdraw)
	p.Page("GET /payments-asked", p.list)
	door.Exports(s, door.Plain, "/payments-asked", p.export)
	p.Page("GET /payments-asked/{id}", p.show)
	p.Page("POST /payments-asked/{id}/{step}", p.step)
}

func see(p pages, r *http.Request) door.View {
	return door.See(p.Site, r, door.Door{Account: site.By(r).Account})
}

type askView struct {
	door.View
	x   order.Options
	nos []string
}

// form is what a buyer sends to its partner.
func (p pages) form(w http.ResponseWriter, r *http.Request) error { return p.askForm(w, r, nil) }

func (p pages) askForm(w http.ResponseWriter, r *http.Request, refused error) (err error) {
	if err := r.ParseForm(); err != nil {
		return fault.NotFound()
	}
	v := askView{View: see(p, r), nos: r.Form["no"]}
	if v.x, err = p.orders.Options(r.Context(), v.By, v.nos); err != nil {
		return err
	}
	return p.answer(w, r, refused, func(errs []ui.FieldError) templ.Component {
		v.Errs = errs
		return askPage(v)
	})
}

func (p pages) answer(w http.ResponseWriter, r *http.Request, refused error, page func([]ui.FieldError) templ.Component) error {
	if refused == nil {
		return p.Show(w, r, http.StatusOK, page(nil))
	}
	return p.Refused(w, r, refused, page)
}

func (p pages) send(w http.ResponseWriter, r *http.Request) error {
	if err := site.Form(w, r); err != nil {
		return err
	}
	out, err := p.orders.AskAgent(r.Context(), site.By(r), r.PostForm["no"], r.PostFormValue("words"))
	if err != nil {
		return p.askForm(w, r, err)
	}
	to := "/orders"
	if len(out) == 1 {
		to += "/" + out[0].No
	}
	return p.Go(w, r, to, i18n.M("agentpay.asked", i18n.A{"partner": i18n.Raw(out[0].PartnerName)}))
}

func (p pages) withdraw(w http.ResponseWriter, r *http.Request) error {
	if err := site.Form(w, r); err != nil {
		return err
	}
	x, err := p.orders.WithdrawAgent(r.Context(), site.By(r), r.PostFormValue("id"))
	if err != nil {
		return err
	}
	return p.Go(w, r, "/orders/"+x.No, i18n.M("agentpay.withdrawn"))
}

type listView struct {
	door.View
	rows         []order.AgentPay
	now          order.AgentState
	first, after string
}

func (p pages) list(w http.ResponseWriter, r *http.Request) error {
	v := listView{View: see(p, r), now: order.AgentState(r.URL.Query().Get("state"))}
	if v.By.Kind != actor.Partner && !v.By.Vendor() {
		return fault.NotFound()
	}
	rows, next, err := p.orders.Agents(r.Context(), v.By, order.AgentFilter{State: v.now, After: r.URL.Query().Get("after")})
	if err != nil {
		return err
	}
	v.rows, v.after, v.first = rows, door.After(r, next), door.FirstOf(r)
	return p.Show(w, r, http.StatusOK, listPage(v))
}

// export is the list as a file.
func (p pages) export(r *http.Request, _ door.Door) (door.Table, error) {
	by := site.By(r)
	if by.Kind != actor.Partner && !by.Vendor() {
		return door.Table{}, fault.NotFound()
	}
	read := func(after string) ([]order.AgentPay, string, error) {
		return p.orders.Agents(r.Context(), by, order.AgentFilter{State: order.AgentState(r.URL.Query().Get("state")), After: after})
	}
	if _, _, err := read(""); err != nil {
		return door.Table{}, err
	}
	return door.Table{Name: "payments-asked", Header: []string{"id", "order", "account", "account_name", "partner", "partner_name", "state", "amount", "asked_by", "asked_at", "ended_at"},
		Rows: door.Pages(read, func(x order.AgentPay) []string {
			return []string{x.ID, x.No, x.Account, x.AccountName, x.Partner, x.PartnerName, string(x.State), amount.Text(x.Minor), x.AskedName, door.Instant(x.CreatedAt), door.Instant(x.EndedAt)}
		})}, nil
}

type showView struct {
	door.View
	x   order.AgentPay
	ask ask.Field
}

func (p pages) show(w http.ResponseWriter, r *http.Request) error {
	return p.one(w, r, ask.Field{}, nil)
}

// one shows a request to whoever was asked; after a refused step with what was refused.
func (p pages) one(w http.ResponseWriter, r *http.Request, f ask.Field, refused error) (err error) {
	v := showView{View: see(p, r), ask: f}
	if v.x, err = p.orders.AgentOf(r.Context(), v.By, r.PathValue("id")); err != nil {
		return err
	}
	if v.x.Partner != v.By.Account && !v.By.Vendor() {
		return fault.NotFound()
	}
	if !f.Needed && v.payable() {
		if v.ask, err = ask.For(r, p.db.Read(), p.confirm, confirm.Pay); err != nil {
			return err
		}
	}
	v.ask = v.ask.Refused(r, refused)
	return p.answer(w, r, refused, func(errs []ui.FieldError) templ.Component {
		v.Errs = errs
		return showPage(v)
	})
}

// step pays, declines, or sends a code.
func (p pages) step(w http.ResponseWriter, r *http.Request) error {
	if err := site.Form(w, r); err != nil {
		return err
	}
	ctx, by, id := r.Context(), site.By(r), r.PathValue("id")
	switch r.PathValue("step") {
	case "pay":
		return p.pay(w, r)
	case "decline":
		x, err := p.orders.DeclineAgent(ctx, by, id, r.PostFormValue("words"))
		if err != nil {
			return p.one(w, r, ask.Field{}, err)
		}
		return p.Go(w, r, "/payments-asked/"+id, i18n.M("agentpay.declined", i18n.A{"account": i18n.Raw(x.AccountName)}))
	}
	return fault.NotFound()
}

func (p pages) pay(w http.ResponseWriter, r *http.Request) error {
	ctx, by, id := r.Context(), site.By(r), r.PathValue("id")
	minor, err := strconv.ParseInt(r.PostFormValue("minor"), 10, 64)
	if err != nil || minor < 0 {
		return fault.NotFound()
	}
	if ask.Wanted(r) {
		x, err := p.orders.AgentOf(ctx, by, id)
		if err != nil {
			return err
		}
		f, err := ask.Send(r, p.confirm, confirm.Pay, order.AgentAbout(x.ID, x.Minor))
		if err != nil {
			return err
		}
		return p.one(w, r, f, nil)
	}
	o, err := p.orders.PayAgent(ctx, by, order.AgentPaying{ID: id, Minor: minor, Code: r.PostFormValue("code")})
	if err != nil {
		return p.one(w, r, ask.Field{}, err)
	}
	return p.Go(w, r, "/payments-asked/"+id, i18n.M("agentpay.paid", i18n.A{"account": i18n.Raw(o.AccountName)}))
}

// payable tells whether the reader can pay or decline.
func (v showView) payable() bool {
	return v.x.State == order.AgentRequested && v.x.Partner == v.By.Account && v.Can(actor.PayForCustomer)
}

// back is the page with the ways to pay.
func (v askView) back() string { return "/orders/pay?" + url.Values{"no": v.nos}.Encode() }

func (v askView) hidden() (out [][2]string) {
	for _, no := range v.nos {
		out = append(out, [2]string{"no", no})
	}
	return out
}

func tone(s order.AgentState) ui.Tone {
	switch s {
	case order.AgentRequested:
		return ui.Warn
	case order.AgentPaid:
		return ui.Good
	case order.AgentDeclined:
		return ui.Bad
	}
	return ui.Neutral
}
