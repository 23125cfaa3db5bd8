package treasury

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/url"
	"path/filepath"

	"github.com/a-h/templ"

	"hanse/internal/domain/account"
	"hanse/internal/domain/payment"
	"hanse/internal/domain/treasury"
	"hanse/internal/edge/portal/door"
	"hanse/internal/edge/portal/qualify"
	"hanse/internal/edge/portal/site"
	"hanse/internal/edge/portal/ui"
	"hanse/internal/kit/fault"
	"hanse/internal/kit/i18n"
	amount "hanse/internal/kit/money"
)

type topUpsView struct {
	door.View
	now          treasury.TopUpState
	rows         []treasury.TopUp
	first, after string
	fourEyes     int64
}

func (v topUpsView) tabs(ctx context.Context) (out []ui.Tab) {
	out = append(out, ui.Tab{Href: "/topups", Label: i18n.T(ctx, "treasury.all"), Current: v.now == ""})
	for _, s := range treasury.TopUpStates() {
		out = append(out, ui.Tab{Href: door.With("/topups", url.Values{"state": {string(s)}}), Label: i18n.Say(ctx, s.Label()), Current: v.now == s})
	}
	return out
}

func (p pages) topUps(w http.ResponseWriter, r *http.Request) (err error) {
	if err := finance(r); err != nil {
		return err
	}
	ctx, q := r.Context(), r.URL.Query()
	v := topUpsView{View: p.see(r), now: treasury.TopUpState(q.Get("state"))}
	rows, next, err := p.s.TopUps(ctx, site.By(r), treasury.TopUpFilter{Account: q.Get("account"), State: v.now, After: q.Get("after")})
	if err != nil {
		return err
	}
	if v.fourEyes, err = p.s.FourEyes(ctx, site.By(r)); err != nil {
		return err
	}
	v.rows, v.after = rows, door.After(r, next)
	if q.Get("after") != "" {
		v.first = door.FirstOf(r)
	}
	return p.Show(w, r, http.StatusOK, topUpsPage(v))
}

func (p pages) exportTopUps(r *http.Request, _ door.Door) (door.Table, error) {
	if err := finance(r); err != nil {
		return door.Table{}, err
	}
	f := treasury.TopUpFilter{State: treasury.TopUpState(r.URL.Query().Get("state")), Account: r.URL.Query().Get("account"), Limit: 500}
	return door.Table{Name: "top-ups", Header: []string{"id", "account", "account_name", "method", "currency", "amount", "state", "reference", "payer", "received_on", "entered_by", "decided_by", "transfer", "created_at", "posted_at"},
		Rows: door.Pages(func(after string) ([]treasury.TopUp, string, error) {
			f.After = after
			return p.s.TopUps(r.Context(), site.By(r), f)
		}, func(t treasury.TopUp) []string {
			return []string{t.ID, t.Account, t.AccountName, string(t.Method), t.Unit, amount.Text(t.Minor), string(t.State), t.Reference, t.Payer, t.ReceivedOn.String(),
				t.EnteredName, t.DecidedName, t.Number, door.Instant(t.CreatedAt), door.Instant(t.PostedAt)}
		})}, nil
}

type newTopUpView struct {
	door.View
	a        account.Account
	key      string
	fourEyes int64
}

func methods(ctx context.Context) (out []ui.Option) {
	for _, m := range treasury.Entered() {
		out = append(out, ui.Option{Value: string(m), Label: i18n.Say(ctx, m.Label())})
	}
	return out
}

func (p pages) newTopUp(w http.ResponseWriter, r *http.Request) error {
	a, done, err := p.picked(w, r, i18n.M("treasury.topup.new"), "/topups/new")
	if done {
		return err
	}
	return p.topUpForm(w, r, a, p.s.NewKey("top"), nil)
}

func (p pages) topUpForm(w http.ResponseWriter, r *http.Request, a account.Account, key string, refused error) error {
	v := newTopUpView{View: p.see(r), a: a, key: key}
	var err error
	if v.fourEyes, err = p.s.FourEyes(r.Context(), site.By(r)); err != nil {
		return err
	}
	return p.answer(w, r, refused, func(errs []ui.FieldError) templ.Component {
		v.Errs = errs
		return newTopUpPage(v)
	})
}

// enterTopUp reads the entries, which come before the file, and then the file as it streams in.
func (p pages) enterTopUp(w http.ResponseWriter, r *http.Request) error {
	if err := manager(r); err != nil {
		return err // before the file is read
	}
	t, err := p.take(w, r)
	if err == nil {
		return p.Go(w, r, "/topups/"+t.ID, i18n.M("treasury.topup.entered", i18n.A{"state": t.State.Label()}))
	}
	if f := fault.Of(err); f != nil && f.Kind == fault.KindTooLarge {
		err = fault.Invalid("file", f.Msg)
	}
	a, bad := p.Accounts.View(r.Context(), site.By(r), r.Form.Get("account"))
	if bad != nil {
		return bad
	}
	return p.topUpForm(w, r, a, r.Form.Get("key"), err)
}

func (p pages) take(w http.ResponseWriter, r *http.Request) (treasury.TopUp, error) {
	r.Body = http.MaxBytesReader(w, r.Body, 256<<20)
	r.Form = url.Values{}
	parts, err := r.MultipartReader()
	if err != nil {
		return treasury.TopUp{}, fault.Invalid("file", i18n.M("treasury.topup.broken"))
	}
	for {
		part, err := parts.NextPart()
		if errors.Is(err, io.EOF) {
			return p.entered(r, nil)
		}
		if err != nil {
			return treasury.TopUp{}, fault.Invalid("file", i18n.M("treasury.topup.broken"))
		}
		if part.FormName() == "file" {
			if part.FileName() == "" {
				continue
			}
			return p.entered(r, &treasury.Evidence{Name: filepath.Base(part.FileName()), File: part})
		}
		text, err := io.ReadAll(io.LimitReader(part, 8192))
		if err != nil {
			return treasury.TopUp{}, fault.Invalid("file", i18n.M("treasury.topup.broken"))
		}
		r.Form.Set(part.FormName(), string(text))
	}
}

func (p pages) entered(r *http.Request, file *treasury.Evidence) (treasury.TopUp, error) {
	f := r.Form
	return p.s.EnterTopUp(r.Context(), site.By(r), treasury.NewTopUp{Account: f.Get("account"), Method: treasury.Method(f.Get("method")), Unit: f.Get("unit"),
		Amount: f.Get("amount"), Reference: f.Get("reference"), Payer: f.Get("payer"), ReceivedOn: f.Get("received_on"), Remark: f.Get("remark"), Key: f.Get("key")}, file)
}

type topUpView struct {
	door.View
	x treasury.TopUp
}

func (p pages) topUp(w http.ResponseWriter, r *http.Request) error { return p.oneTopUp(w, r, nil) }

func (p pages) oneTopUp(w http.ResponseWriter, r *http.Request, refused error) error {
	if err := finance(r); err != nil {
		return err
	}
	x, err := p.s.TopUp(r.Context(), site.By(r), r.PathValue("id"))
	if err != nil {
		return err
	}
	return p.answer(w, r, refused, func(errs []ui.FieldError) templ.Component {
		v := topUpView{View: p.see(r), x: x}
		v.Errs = errs
		return topUpPage(v)
	})
}

// stepTopUp approves, rejects, asks for a reversal, or decides one.
func (p pages) stepTopUp(w http.ResponseWriter, r *http.Request) error {
	if err := site.Form(w, r); err != nil {
		return err
	}
	ctx, by, id, n := r.Context(), site.By(r), r.PathValue("id"), number(r, "edition")
	var x treasury.TopUp
	var err error
	switch r.PathValue("step") {
	case "approve":
		x, err = p.s.ApproveTopUp(ctx, by, id, n)
	case "reject":
		x, err = p.s.RejectTopUp(ctx, by, id, n, r.PostFormValue("reason"))
	case "reverse":
		x, err = p.s.AskReversal(ctx, by, id, n, r.PostFormValue("reason"))
	case "approve-reversal":
		x, err = p.s.DecideReversal(ctx, by, id, n, true)
	case "refuse-reversal":
		x, err = p.s.DecideReversal(ctx, by, id, n, false)
	default:
		return fault.NotFound()
	}
	if err != nil {
		return p.oneTopUp(w, r, err)
	}
	return p.Go(w, r, "/topups/"+id, i18n.M("treasury.topup.moved", i18n.A{"state": x.State.Label()}))
}

func (p pages) evidence(w http.ResponseWriter, r *http.Request) error {
	f, x, err := p.s.OpenEvidence(r.Context(), site.By(r), r.PathValue("id"))
	if err != nil {
		return err
	}
	defer f.Close()
	qualify.ServeFile(w, r, f, x.FileName, x.FileMedia, x.CreatedAt)
	return nil
}

func topUpTone(s treasury.TopUpState) ui.Tone {
	switch s {
	case treasury.Waiting, treasury.Reversing:
		return ui.Warn
	case treasury.Booked:
		return ui.Good
	case treasury.Rejected:
		return ui.Bad
	}
	return ui.Neutral
}

func (v topUpView) next(ctx context.Context) string {
	switch {
	case v.x.State == treasury.Waiting && v.By.User == v.x.EnteredBy, v.x.State == treasury.Reversing && v.By.User == v.x.ReverseBy:
		return i18n.T(ctx, "treasury.topup.next.colleague")
	case v.x.State == treasury.Waiting:
		return i18n.T(ctx, "treasury.topup.next.waiting")
	case v.x.State == treasury.Reversing:
		return i18n.T(ctx, "treasury.topup.next.reversing")
	case v.x.State == treasury.Booked:
		return i18n.T(ctx, "treasury.topup.next.posted")
	}
	return i18n.T(ctx, "treasury.topup.next.over")
}

func (v topUpView) facts(ctx context.Context) []ui.Fact {
	x := v.x
	out := []ui.Fact{
		{Label: i18n.T(ctx, "treasury.f.company"), Body: company(x.Account, x.AccountName)},
		{Label: i18n.T(ctx, "treasury.f.amount"), Body: sum(x.Minor, x.Unit)},
		{Label: i18n.T(ctx, "treasury.f.method"), Value: i18n.Say(ctx, x.Method.Label())},
	}
	for _, f := range []struct{ label, value string }{{i18n.T(ctx, "treasury.f.reference"), x.Reference}, {i18n.T(ctx, "treasury.f.payer"), x.Payer}, {i18n.T(ctx, "treasury.f.remark"), x.Remark},
		{i18n.T(ctx, "treasury.f.number"), x.Number}, {i18n.T(ctx, "treasury.f.reversal_reason"), x.ReverseReason}, {i18n.T(ctx, "treasury.f.reason"), x.Reason}} {
		if f.value != "" {
			out = append(out, ui.Fact{Label: f.label, Body: data(f.value)})
		}
	}
	out = append(out, ui.Fact{Label: i18n.T(ctx, "treasury.f.received_on"), Body: ui.Day(x.ReceivedOn.String())},
		ui.Fact{Label: i18n.T(ctx, "treasury.f.entered"), Body: who(x.EnteredName, x.CreatedAt)})
	if x.DecidedName != "" {
		out = append(out, ui.Fact{Label: i18n.T(ctx, "treasury.f.decided"), Body: data(x.DecidedName)})
	}
	if x.ReverseName != "" {
		out = append(out, ui.Fact{Label: i18n.T(ctx, "treasury.f.reverse_by"), Body: data(x.ReverseName)})
	}
	if x.FileHash != "" {
		out = append(out, ui.Fact{Label: i18n.T(ctx, "treasury.f.evidence"), Body: link("/topups/"+x.ID+"/evidence", x.FileName)})
	}
	return out
}

func (p pages) payments(w http.ResponseWriter, r *http.Request) error {
	if err := finance(r); err != nil {
		return err
	}
	q := r.URL.Query()
	v := paymentsView{View: p.see(r), now: payment.State(q.Get("state")), offered: p.Payments.Offered(), vendor: true}
	rows, next, err := p.Payments.List(r.Context(), site.By(r), payment.Filter{State: v.now, After: q.Get("after")})
	if err != nil {
		return err
	}
	v.rows, v.after = rows, door.After(r, next)
	if q.Get("after") != "" {
		v.first = door.FirstOf(r)
	}
	var ids []string
	for _, x := range rows {
		ids = append(ids, x.Account)
	}
	if v.names, err = account.Names(r.Context(), p.DB.Read(), ids); err != nil {
		return err
	}
	return p.Show(w, r, http.StatusOK, paymentsPage(v))
}

type paymentsView struct {
	door.View
	now             payment.State
	rows            []payment.Payment
	names           map[string]string
	first, after    string
	offered, vendor bool
}

func (v paymentsView) tabs(ctx context.Context) (out []ui.Tab) {
	out = append(out, ui.Tab{Href: "/payments", Label: i18n.T(ctx, "treasury.all"), Current: v.now == ""})
	for _, s := range payment.States {
		out = append(out, ui.Tab{Href: door.With("/payments", url.Values{"state": {string(s)}}), Label: i18n.Say(ctx, s.Label()), Current: v.now == s})
	}
	return out
}

func paymentTone(s payment.State) ui.Tone {
	switch s {
	case payment.Paid:
		return ui.Good
	case payment.Failed:
		return ui.Bad
	case payment.Expired:
		return ui.Neutral
	}
	return ui.Warn
}

func (p pages) exportPayments(r *http.Request, _ door.Door) (door.Table, error) {
	if err := finance(r); err != nil {
		return door.Table{}, err
	}
	f := payment.Filter{State: payment.State(r.URL.Query().Get("state")), Limit: 400}
	return door.Table{Name: "payments", Header: []string{"id", "account", "provider", "subject", "currency", "amount", "state", "refunded", "asked_by", "created_at", "settled_at"},
		Rows: door.Pages(func(after string) ([]payment.Payment, string, error) {
			f.After = after
			return p.Payments.List(r.Context(), site.By(r), f)
		}, func(x payment.Payment) []string {
			return []string{x.ID, x.Account, x.Provider, x.Subject, x.Unit, amount.Text(x.Minor), string(x.State), amount.Text(x.Refunded), x.AskedName, door.Instant(x.CreatedAt), door.Instant(x.SettledAt)}
		})}, nil
}
