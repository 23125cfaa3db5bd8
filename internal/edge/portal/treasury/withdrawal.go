package treasury

import (
	"context"
	"net/http"
	"net/url"
	"slices"

	"github.com/a-h/templ"

	"hanse/internal/domain/treasury"
	"hanse/internal/edge/portal/door"
	"hanse/internal/edge/portal/site"
	"hanse/internal/edge/portal/ui"
	"hanse/internal/kit/actor"
	"hanse/internal/kit/fault"
	"hanse/internal/kit/i18n"
	amount "hanse/internal/kit/money"
)

type withdrawalsView struct {
	door.View
	path         string
	now          treasury.WithdrawalState
	rows         []treasury.Withdrawal
	first, after string
	vendor       bool
	may          bool
}

// queued is the state that finance's queue shows: what waits, unless another was chosen.
func queued(r *http.Request) treasury.WithdrawalState {
	switch s := r.URL.Query().Get("state"); s {
	case "":
		return treasury.Requested
	case "all":
		return ""
	default:
		return treasury.WithdrawalState(s)
	}
}

func (v withdrawalsView) tabs(ctx context.Context) (out []ui.Tab) {
	all := url.Values{}
	if v.vendor {
		all.Set("state", "all")
	}
	for _, s := range treasury.WithdrawalStates() {
		out = append(out, ui.Tab{Href: door.With(v.path, url.Values{"state": {string(s)}}), Label: i18n.Say(ctx, s.Label()), Current: v.now == s})
	}
	return append(out, ui.Tab{Href: door.With(v.path, all), Label: i18n.T(ctx, "treasury.all"), Current: v.now == ""})
}

func (p pages) withdrawals(w http.ResponseWriter, r *http.Request) error {
	if err := finance(r); err != nil {
		return err
	}
	return p.listWithdrawals(w, r, withdrawalsView{View: p.see(r), path: "/withdrawals", now: queued(r), vendor: true})
}

func (p pages) listWithdrawals(w http.ResponseWriter, r *http.Request, v withdrawalsView) error {
	q := r.URL.Query()
	rows, next, err := p.s.Withdrawals(r.Context(), site.By(r), treasury.WithdrawalFilter{State: v.now, After: q.Get("after")})
	if err != nil {
		return err
	}
	v.rows, v.after = rows, door.After(r, next)
	if q.Get("after") != "" {
		v.first = door.FirstOf(r)
	}
	return p.Show(w, r, http.StatusOK, withdrawalsPage(v))
}

func (p pages) exportWithdrawals(r *http.Request, _ door.Door) (door.Table, error) {
	if err := finance(r); err != nil {
		return door.Table{}, err
	}
	return p.withdrawalTable(r, queued(r))
}

func (p pages) exportOwnWithdrawals(r *http.Request, _ door.Door) (door.Table, error) {
	return p.withdrawalTable(r, treasury.WithdrawalState(r.URL.Query().Get("state")))
}

func (p pages) withdrawalTable(r *http.Request, state treasury.WithdrawalState) (door.Table, error) {
	f := treasury.WithdrawalFilter{State: state, Limit: 500}
	read := func(after string) ([]treasury.Withdrawal, string, error) {
		f.After = after
		return p.s.Withdrawals(r.Context(), site.By(r), f)
	}
	if _, _, err := read(""); err != nil {
		return door.Table{}, err
	}
	return door.Table{Name: "withdrawals", Header: []string{"id", "account", "account_name", "currency", "amount", "state", "bank", "bank_reference", "paid_on", "reason", "transfer", "asked_by", "created_at", "due_at"},
		Rows: door.Pages(read, func(x treasury.Withdrawal) []string {
			return []string{x.ID, x.Account, x.AccountName, x.Unit, amount.Text(x.Minor), string(x.State), x.BankText, x.BankReference, x.PaidOn, x.Reason, x.Number, x.AskedName,
				door.Instant(x.CreatedAt), door.Instant(x.DueAt)}
		})}, nil
}

type withdrawalView struct {
	door.View
	x      treasury.Withdrawal
	base   string
	vendor bool
	bank   *treasury.Bank // the whole number, when finance asked for it
}

func (p pages) withdrawal(w http.ResponseWriter, r *http.Request) error {
	return p.oneWithdrawal(w, r, nil, nil)
}

func (p pages) oneWithdrawal(w http.ResponseWriter, r *http.Request, bank *treasury.Bank, refused error) error {
	v := withdrawalView{View: p.see(r), base: "/finance/withdrawals/", vendor: site.Vendor(r), bank: bank}
	if v.vendor {
		v.base = "/withdrawals/"
		if err := finance(r); err != nil {
			return err
		}
	}
	x, err := p.s.OneWithdrawal(r.Context(), site.By(r), r.PathValue("id"))
	if err != nil {
		return err
	}
	v.x = x
	return p.answer(w, r, refused, func(errs []ui.FieldError) templ.Component {
		v.Errs = errs
		return withdrawalPage(v)
	})
}

// stepWithdrawal is one step of finance.
func (p pages) stepWithdrawal(w http.ResponseWriter, r *http.Request) error {
	if err := site.Form(w, r); err != nil {
		return err
	}
	ctx, by, id, n, reason := r.Context(), site.By(r), r.PathValue("id"), number(r, "edition"), r.PostFormValue("reason")
	var x treasury.Withdrawal
	var err error
	switch r.PathValue("step") {
	case "approve":
		x, err = p.s.ApproveWithdrawal(ctx, by, id, n)
	case "reject":
		x, err = p.s.RejectWithdrawal(ctx, by, id, n, reason)
	case "pay":
		x, err = p.s.PayWithdrawal(ctx, by, id, n, r.PostFormValue("reference"), r.PostFormValue("paid_on"))
	case "fail":
		x, err = p.s.FailWithdrawal(ctx, by, id, n, reason)
	case "reveal":
		var b treasury.Bank
		if b, err = p.s.RevealBank(ctx, by, id); err == nil {
			return p.oneWithdrawal(w, r, &b, nil)
		}
	default:
		return fault.NotFound()
	}
	if err != nil {
		return p.oneWithdrawal(w, r, nil, err)
	}
	return p.Go(w, r, "/withdrawals/"+id, i18n.M("treasury.withdrawal.moved", i18n.A{"state": x.State.Label()}))
}

func withdrawalTone(s treasury.WithdrawalState) ui.Tone {
	switch s {
	case treasury.Requested:
		return ui.Warn
	case treasury.Approved:
		return ui.Info
	case treasury.PaidOut:
		return ui.Good
	case treasury.Refused, treasury.FailedOut:
		return ui.Bad
	}
	return ui.Neutral
}

func (v withdrawalView) may(to treasury.WithdrawalState) bool {
	verb := actor.WithdrawFunds
	if v.vendor {
		verb = actor.ManageTreasury
	}
	return v.Can(verb) && slices.Contains(v.x.Steps(v.vendor), to)
}

func (v withdrawalView) next(ctx context.Context) string {
	switch {
	case v.vendor && v.x.State == treasury.Requested:
		return i18n.T(ctx, "treasury.withdrawal.next.approve", i18n.A{"due": i18n.From(ctx).DateTime(v.x.DueAt)})
	case v.vendor && v.x.State == treasury.Approved:
		return i18n.T(ctx, "treasury.withdrawal.next.pay", i18n.A{"due": i18n.From(ctx).DateTime(v.x.DueAt)})
	case v.x.State == treasury.Requested:
		return i18n.T(ctx, "treasury.withdrawal.next.wait", i18n.A{"due": i18n.From(ctx).DateTime(v.x.DueAt)})
	case v.x.State == treasury.Approved:
		return i18n.T(ctx, "treasury.withdrawal.next.bank", i18n.A{"due": i18n.From(ctx).DateTime(v.x.DueAt)})
	case v.x.State == treasury.Refused, v.x.State == treasury.FailedOut:
		return i18n.T(ctx, "treasury.withdrawal.next.back")
	}
	return i18n.T(ctx, "treasury.withdrawal.next.over")
}

func (v withdrawalView) facts(ctx context.Context) []ui.Fact {
	x := v.x
	var out []ui.Fact
	if v.vendor {
		out = append(out, ui.Fact{Label: i18n.T(ctx, "treasury.f.company"), Body: company(x.Account, x.AccountName)})
	}
	out = append(out, ui.Fact{Label: i18n.T(ctx, "treasury.f.amount"), Body: sum(x.Minor, x.Unit)},
		ui.Fact{Label: i18n.T(ctx, "treasury.f.asked"), Body: who(x.AskedName, x.CreatedAt)},
		ui.Fact{Label: i18n.T(ctx, "treasury.f.due"), Body: ui.Time(x.DueAt)})
	for _, f := range []struct{ label, value string }{{i18n.T(ctx, "treasury.f.bank"), x.BankText}, {i18n.T(ctx, "treasury.f.approved_by"), x.ApprovedName}, {i18n.T(ctx, "treasury.f.handled_by"), x.HandledName},
		{i18n.T(ctx, "treasury.f.bank_reference"), x.BankReference}, {i18n.T(ctx, "treasury.f.paid_on"), x.PaidOn}, {i18n.T(ctx, "treasury.f.reason"), x.Reason}, {i18n.T(ctx, "treasury.f.number"), x.Number}} {
		if f.value != "" {
			out = append(out, ui.Fact{Label: f.label, Body: data(f.value)})
		}
	}
	return out
}
