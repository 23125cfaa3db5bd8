package subaccount

import (
	"context"
	"strconv"

	"hanse/internal/domain/account"
	"hanse/internal/domain/ledger"
	"hanse/internal/domain/tier"
	"hanse/internal/edge/portal/door"
	"hanse/internal/edge/portal/ui"
	"hanse/internal/kit/actor"
	"hanse/internal/kit/i18n"
)

func (v listView) active() (n int) {
	for _, x := range v.own.Subs {
		if x.State == account.SubActive {
			n++
		}
	}
	return n
}

func (v listView) state(ctx context.Context) string {
	switch {
	case len(v.own.Asked) > 0:
		return i18n.T(ctx, "subaccounts.state.asked", i18n.A{"n": len(v.own.Asked)})
	case v.own.Master != nil:
		return i18n.T(ctx, "subaccounts.state.sub", i18n.A{"master": v.own.Master.MasterName})
	case v.active() > 0:
		return i18n.T(ctx, "subaccounts.state.master", i18n.A{"n": v.active()})
	}
	return i18n.T(ctx, "subaccounts.state.none")
}

func (v listView) next(ctx context.Context) string {
	if v.who.May {
		return i18n.T(ctx, "subaccounts.next.may")
	}
	return i18n.T(ctx, "subaccounts.next.may_not")
}

// manages tells whether the reader may have sub-accounts here.
func (v listView) manages() bool {
	return !v.Vendor && v.Can(actor.ManageSubAccounts) && v.own.Account.Kind == actor.Partner && v.own.Master == nil
}

// answers tells whether the reader may answer for this account.
func (v listView) answers() bool { return !v.Vendor && v.Can(actor.AnswerSubAccounts) }

func subTone(s account.SubState) ui.Tone {
	switch s {
	case account.SubActive:
		return ui.Good
	case account.SubAsked:
		return ui.Warn
	}
	return ui.Neutral
}

func (v tierView) state(ctx context.Context) string {
	if v.t.Level == tier.None {
		return i18n.T(ctx, "subaccounts.tier.none")
	}
	return i18n.T(ctx, "subaccounts.tier.has", i18n.A{"tier": v.t.Name()})
}

func (v tierView) next(ctx context.Context) string {
	if v.t.Next == 0 {
		return i18n.T(ctx, "subaccounts.tier.top")
	}
	return i18n.T(ctx, "subaccounts.tier.next", i18n.A{"left": yuan(ctx, max(0, v.t.Next-v.t.Spent)), "tier": tier.Name(max(v.t.Earned, 0) + 1)})
}

func yuan(ctx context.Context, minor int64) string { return i18n.From(ctx).Money(minor, ledger.CNY) }

func name(ctx context.Context, level int) string {
	if level == tier.None {
		return i18n.T(ctx, "subaccounts.tier.no")
	}
	return tier.Name(level)
}

func (v tierView) facts(ctx context.Context) []ui.Fact {
	days := func(n int) string { return i18n.T(ctx, "subaccounts.tier.days", i18n.A{"n": n}) }
	facts := []ui.Fact{
		{Label: i18n.T(ctx, "subaccounts.tier.level"), Body: data(name(ctx, v.t.Level))},
		{Label: i18n.T(ctx, "subaccounts.tier.earned"), Body: data(name(ctx, v.t.Earned))},
		{Label: i18n.T(ctx, "subaccounts.tier.began"), Body: data(name(ctx, v.t.Began))},
		{Label: i18n.T(ctx, "subaccounts.tier.spent"), Body: data(yuan(ctx, v.t.Spent))},
		{Label: i18n.T(ctx, "subaccounts.tier.grace"), Body: words(days(v.t.Grace))},
		{Label: i18n.T(ctx, "subaccounts.tier.retention"), Body: words(days(v.t.Retention))},
	}
	if v.t.Stated != tier.None {
		facts = append(facts, ui.Fact{Label: i18n.T(ctx, "subaccounts.tier.stated"),
			Body: data(i18n.T(ctx, "subaccounts.tier.stated_by", i18n.A{"tier": tier.Name(v.t.Stated), "by": v.t.StatedBy, "reason": v.t.Reason}))})
	}
	if !v.t.ComputedAt.IsZero() {
		facts = append(facts, ui.Fact{Label: i18n.T(ctx, "subaccounts.tier.computed"), Body: ui.Time(v.t.ComputedAt)})
	}
	return facts
}

// states tells whether the reader may state a tier.
func (v tierView) states() bool { return v.Vendor && v.Can(actor.StateTiers) }

func (v tierView) levels(ctx context.Context) (out []ui.Option) {
	out = append(out, ui.Option{Value: strconv.Itoa(tier.None), Label: i18n.T(ctx, "subaccounts.tier.lift")})
	for n := 0; n <= tier.Top; n++ {
		out = append(out, ui.Option{Value: strconv.Itoa(n), Label: door.Data(ctx, tier.Name(n))})
	}
	return out
}

// errorsOf are the refused entries of one of the page's forms.
func (v listView) errorsOf(action string) []ui.FieldError {
	if v.R.URL.Path != action {
		return nil
	}
	return v.Errs
}
