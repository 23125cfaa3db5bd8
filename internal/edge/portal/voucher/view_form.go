package voucher

import (
	"context"
	"fmt"
	"strconv"
	"strings"

	"hanse/internal/domain/voucher"
	"hanse/internal/edge/portal/door"
	"hanse/internal/edge/portal/site"
	"hanse/internal/edge/portal/ui"
	"hanse/internal/kit/i18n"
	"hanse/internal/kit/money"
)

func (v giving) done() (n int) {
	for _, o := range v.outcome {
		if o.Err == nil {
			n++
		}
	}
	return n
}

// reason is a refusal in the reader's words.
func (v giving) reason(err error) string {
	for _, e := range site.Errors(v.R, err) {
		return e.Text
	}
	return fmt.Sprint(err)
}

func (v taking) hidden() (out [][2]string) {
	for _, id := range v.ids {
		out = append(out, [2]string{"id", id})
	}
	return out
}

func (v granting) title() i18n.Msg {
	if v.x != nil {
		return i18n.M("vouchers.adjust")
	}
	return i18n.M("vouchers.grant")
}

func (v granting) stateLine(ctx context.Context) string {
	if v.x != nil {
		return i18n.T(ctx, "vouchers.adjust.state", i18n.A{"id": door.Data(ctx, v.x.ID), "name": door.Data(ctx, v.x.HolderName)})
	}
	return i18n.T(ctx, "vouchers.grant.state")
}

func (v granting) action() string {
	if v.x != nil {
		return "/quotas/" + v.x.ID + "/adjust"
	}
	return "/quotas"
}

func (v granting) hidden() [][2]string {
	if v.x != nil {
		return [][2]string{{"edition", strconv.FormatInt(v.x.Edition, 10)}}
	}
	return [][2]string{{"key", v.key}}
}

func (v granting) l() voucher.Limits {
	if v.x != nil {
		return v.x.Limits
	}
	return voucher.Limits{}
}

func (v granting) amount() string {
	if v.x != nil {
		return money.Text(v.x.Value)
	}
	return ""
}

func (v granting) day(end bool) string {
	switch {
	case v.x == nil:
		return ""
	case end:
		return shownDay(v.x.ExpireAt, true)
	}
	return shownDay(v.x.EffectiveAt, false)
}

func (v granting) listed(i int) string {
	l := v.l()
	return strings.Join([][]string{l.Services, l.Products, l.Regions, l.Customers}[i], ", ")
}

func (v granting) partnerOptions() (out []ui.Option) {
	for _, a := range v.partners {
		out = append(out, ui.Option{Value: a.ID, Label: a.Name})
	}
	return out
}

// quota is the one that is chosen before anybody chose: the one of the address, or the only one.
func (v giving) quota() string {
	if id := v.R.FormValue("quota"); id != "" || len(v.quotas) != 1 {
		return id
	}
	return v.quotas[0].ID
}
