package contract

import (
	"context"
	"encoding/json"
	"net/url"
	"slices"
	"strconv"
	"time"

	"hanse/internal/domain/contract"
	"hanse/internal/edge/portal/door"
	"hanse/internal/edge/portal/reckoning"
	"hanse/internal/edge/portal/ui"
	"hanse/internal/kit/actor"
	"hanse/internal/kit/i18n"
)

func (v listView) tabs(ctx context.Context) (out []ui.Tab) {
	out = append(out, ui.Tab{Href: "/contracts", Label: i18n.T(ctx, "contract.all"), Current: v.now == ""})
	for _, s := range contract.States() {
		out = append(out, ui.Tab{Href: door.With("/contracts", url.Values{"state": {string(s)}}), Label: i18n.Say(ctx, s.Label()), Current: v.now == s})
	}
	return out
}

func (v listView) next(ctx context.Context) string {
	if v.By.Vendor() {
		return i18n.T(ctx, "contract.list.next_vendor")
	}
	return i18n.T(ctx, "contract.list.next")
}

// due is what the orders of an application cost.
func (v newView) due() (sum int64) {
	for _, o := range v.x.Orders {
		sum += o.Due
	}
	return sum
}

func (v newView) back() string { return "/orders/pay?" + url.Values{"no": v.nos}.Encode() }

func (v newView) hidden() (out [][2]string) {
	for _, no := range v.nos {
		out = append(out, [2]string{"no", no})
	}
	return out
}

func (v showView) state(ctx context.Context) string {
	return i18n.T(ctx, "contract.one.state", i18n.A{"account": door.Data(ctx, v.c.AccountName), "sum": reckoning.Money(ctx, v.c.Due), "state": v.c.State.Label()})
}

// next says what is to be done, to the buyer or to the vendor.
func (v showView) next(ctx context.Context) string {
	vendor := v.By.Vendor()
	switch {
	case v.c.State == contract.Cancelled:
		return i18n.T(ctx, "contract.one.next.cancelled", i18n.A{"cause": v.c.Cause.Label()})
	case v.c.State == contract.Applied && vendor:
		return i18n.T(ctx, "contract.one.next.applied_vendor")
	case v.c.State == contract.Applied:
		return i18n.T(ctx, "contract.one.next.applied")
	case v.c.State == contract.Issued && vendor:
		return i18n.T(ctx, "contract.one.next.issued_vendor")
	case v.c.State == contract.Issued:
		return i18n.T(ctx, "contract.one.next.issued")
	case v.c.State == contract.Signed && vendor:
		return i18n.T(ctx, "contract.one.next.signed_vendor")
	case v.c.State == contract.Signed:
		return i18n.T(ctx, "contract.one.next.signed")
	case vendor:
		return i18n.T(ctx, "contract.one.next.funded_vendor")
	}
	return i18n.T(ctx, "contract.one.next.funded")
}

func (v showView) facts(ctx context.Context) []ui.Fact {
	c := v.c
	out := []ui.Fact{{Label: i18n.T(ctx, "contract.f.no"), Body: data(c.No)}, {Label: i18n.T(ctx, "contract.pdf.seller"), Body: data(c.VendorName)}}
	for _, x := range []struct{ label, text string }{{i18n.T(ctx, "contract.pdf.buyer"), c.Title}, {i18n.T(ctx, "contract.f.address"), c.Address}, {i18n.T(ctx, "contract.f.contact"), c.Contact},
		{i18n.T(ctx, "contract.f.email"), c.Email}, {i18n.T(ctx, "contract.f.phone"), c.Phone}, {i18n.T(ctx, "contract.f.words"), c.Words}, {i18n.T(ctx, "contract.f.answer"), c.Answer}, {i18n.T(ctx, "contract.f.reference"), c.Reference}} {
		if x.text != "" {
			out = append(out, ui.Fact{Label: x.label, Body: data(x.text)})
		}
	}
	for _, x := range []struct {
		label string
		at    time.Time
	}{{i18n.T(ctx, "contract.f.applied"), c.AppliedAt}, {i18n.T(ctx, "contract.f.issued"), c.IssuedAt}, {i18n.T(ctx, "contract.f.signed"), c.SignedAt}, {i18n.T(ctx, "contract.f.funded"), c.FundedAt}, {i18n.T(ctx, "contract.f.cancelled"), c.CancelledAt}} {
		if !x.at.IsZero() {
			out = append(out, ui.Fact{Label: x.label, Body: ui.Time(x.at)})
		}
	}
	return append(out, ui.Fact{Label: i18n.T(ctx, "contract.paper"), Body: papers(c)})
}

// timeline is what happened to the contract, the latest first.
func (v showView) timeline(ctx context.Context) (out []ui.Event) {
	for _, e := range slices.Backward(v.events) {
		var d struct{ Did, Words string }
		if json.Unmarshal([]byte(e.Detail), &d) != nil || d.Did == "" {
			continue
		}
		out = append(out, ui.Event{At: e.At, Title: did(ctx, d.Did), By: e.ActorName, Text: d.Words})
	}
	return out
}

func did(ctx context.Context, what string) string {
	switch what {
	case "applied":
		return i18n.T(ctx, "contract.did.applied")
	case "issued":
		return i18n.T(ctx, "contract.did.issued")
	case "signed":
		return i18n.T(ctx, "contract.did.signed")
	case "funded":
		return i18n.T(ctx, "contract.did.funded")
	case "refused":
		return i18n.T(ctx, "contract.did.refused")
	}
	return i18n.T(ctx, "contract.did.cancelled")
}

func (v showView) edition() [][2]string {
	return [][2]string{{"edition", strconv.FormatInt(v.c.Edition, 10)}}
}

func (v showView) handles() bool { return v.By.Vendor() && v.Can(actor.HandleContract) }

func (v showView) mine() bool { return v.c.Account == v.By.Account && v.Can(actor.ApplyContract) }

// pay is the page on which the contract's orders are paid.
func (v showView) pay() string {
	q := url.Values{}
	for _, l := range v.c.Lines {
		q.Add("no", l.Order)
	}
	return "/orders/pay?" + q.Encode()
}

func tone(s contract.State) ui.Tone {
	switch s {
	case contract.Applied, contract.Issued:
		return ui.Warn
	case contract.Signed:
		return ui.Info
	case contract.Funded:
		return ui.Good
	}
	return ui.Neutral
}
