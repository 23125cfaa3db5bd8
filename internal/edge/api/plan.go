package api

import (
	"context"
	"time"

	"hanse/internal/domain/order"
	"hanse/internal/domain/rate"
	"hanse/internal/domain/subscription"
	"hanse/internal/kit/actor"
	"hanse/internal/kit/calendar"
	"hanse/internal/kit/fault"
	"hanse/internal/kit/i18n"
	"hanse/internal/kit/money"
)

const supportTag = "support plan"

// PlanTerm is a paid duration.
type PlanTerm struct {
	Unit string `json:"unit" enum:"MONTH,YEAR"`
	Num  int    `json:"num" minimum:"1" maximum:"11" doc:"1 to 11 months, 1 to 3 years"`
}

func toTerm(t rate.Term) PlanTerm { return PlanTerm{string(t.Unit), t.Num} }

func (t *PlanTerm) term() rate.Term {
	if t == nil {
		return rate.Term{}
	}
	return rate.Term{Unit: rate.Unit(t.Unit), Num: t.Num}
}

// PlanSegment is a stretch of a paid period at one level.
type PlanSegment struct {
	Order string    `json:"order_no"`
	Level string    `json:"level"`
	Start time.Time `json:"start"`
	Value string    `json:"value" doc:"What it was worth at its start, without vouchers"`
}

// PlanPeriod is a paid period.
type PlanPeriod struct {
	Order    string        `json:"order_no"`
	Renewal  bool          `json:"renewal"`
	Term     PlanTerm      `json:"term"`
	Start    time.Time     `json:"start"`
	End      time.Time     `json:"end" doc:"The last second"`
	Segments []PlanSegment `json:"segments"`
}

// SupportPlan is what a company has bought.
type SupportPlan struct {
	ID        string       `json:"id"`
	Account   string       `json:"account_id"`
	State     string       `json:"state" enum:"ACTIVE,GRACE,RETENTION,RELEASED"`
	Level     string       `json:"level"`
	Serves    string       `json:"serves" doc:"The level served in this state"`
	Begun     time.Time    `json:"begun_at"`
	Expires   time.Time    `json:"expires_at" doc:"The last second"`
	Grace     time.Time    `json:"grace_until,omitzero"`
	Release   time.Time    `json:"release_at,omitzero"`
	AutoRenew bool         `json:"auto_renew"`
	RenewTerm PlanTerm     `json:"renew_term"`
	RenewLeft int          `json:"renew_times_left" doc:"-1 = no limit"`
	DeductDay int          `json:"deduct_day"`
	Unify     int          `json:"unified_day" doc:"0 = none, -1 = the month's last day"`
	Periods   []PlanPeriod `json:"periods"`
	Edition   int64        `json:"edition"`
}

func toSupportPlan(s subscription.Subscription) SupportPlan {
	out := SupportPlan{ID: s.ID, Account: s.Account, State: string(s.State), Level: string(s.Level), Serves: string(s.Serves()), Begun: s.Begun, Expires: s.Expires, Grace: s.GraceUntil,
		Release: s.ReleaseAt, AutoRenew: s.AutoRenew, RenewTerm: toTerm(s.RenewTerm), RenewLeft: s.RenewLeft, DeductDay: s.DeductDay, Unify: s.Unify, Edition: s.Edition}
	out.Periods = each(s.History.Periods, func(p rate.Period) PlanPeriod {
		return PlanPeriod{p.Order, p.Renewal, toTerm(p.Term), p.Start, p.End, each(p.Segments, func(x rate.Segment) PlanSegment {
			return PlanSegment{x.Order, string(x.Level), x.Start, money.Text(x.Value.Actual())}
		})}
	})
	return out
}

// PlanLine is one amount and how it came about.
type PlanLine struct {
	Key     string `json:"key"`
	Order   string `json:"order_no,omitempty"`
	Formula string `json:"formula"`
	Amount  string `json:"amount" doc:"Of a refund, negative is money back"`
}

func toPlanLine(l rate.Line) PlanLine {
	return PlanLine{l.Key, l.Order, l.Formula, money.Text(l.Minor)}
}

// PlanSources is an amount by source.
type PlanSources struct {
	Cash        string `json:"cash"`
	Credit      string `json:"credit"`
	StoredValue string `json:"stored_value"`
	CashCoupon  string `json:"cash_coupon"`
	Voucher     string `json:"voucher"`
}

func toSources(p rate.Paid) PlanSources {
	return PlanSources{money.Text(p.Cash), money.Text(p.Credit), money.Text(p.StoredValue), money.Text(p.CashCoupon), money.Text(p.Voucher)}
}

// PlanRefund is what comes back.
type PlanRefund struct {
	Lines    []PlanLine  `json:"lines"`
	Paid     PlanSources `json:"paid"`
	Consumed PlanSources `json:"consumed"`
	Fee      PlanSources `json:"fee"`
	Back     PlanSources `json:"back"`
	Total    string      `json:"total" doc:"Without vouchers"`
	NoReason bool        `json:"no_reason" doc:"Within five days; counts as one of the year's returns"`
	Review   bool        `json:"review" doc:"The vendor's finance looks at it first"`
}

func toRefund(b *rate.Back) *PlanRefund {
	if b == nil {
		return nil
	}
	return &PlanRefund{each(b.Lines, toPlanLine), toSources(b.Paid), toSources(b.Consumed), toSources(b.Fee), toSources(b.Return), money.Text(b.Total), b.NoReason, b.Review}
}

// PlanAsk is what a price is wanted for.
type PlanAsk struct {
	Kind     string    `json:"kind" enum:"new,renew,change,unsubscribe,pack"`
	Level    string    `json:"level,omitempty" enum:"STANDARD,PREMIUM" doc:"With new and change"`
	Term     *PlanTerm `json:"term,omitempty" doc:"With new and renew"`
	Packs    int       `json:"packs,omitempty" minimum:"0" maximum:"999" doc:"With pack"`
	Cancel   int       `json:"cancel,omitempty" enum:"1,2" doc:"With unsubscribe: 1 = everything, 2 = renewed periods that have not begun"`
	Discount string    `json:"discount_id,omitempty" maxLength:"64"`
}

func (p PlanAsk) ask() order.Ask {
	return order.Ask{Kind: order.Kind(p.Kind), Level: rate.Level(p.Level), Term: p.Term.term(), Packs: p.Packs, Cancel: p.Cancel, Discount: p.Discount}
}

// PlanQuote is a price or a refund that holds until an instant.
type PlanQuote struct {
	Token        string       `json:"token" doc:"What placing the order takes: it is charged to the cent, or refused"`
	At           time.Time    `json:"at"`
	Until        time.Time    `json:"until"`
	Catalogue    int64        `json:"catalogue_version"`
	Lines        []PlanLine   `json:"lines"`
	List         string       `json:"list"`
	Discount     string       `json:"discount"`
	Due          string       `json:"due" doc:"Before coupons"`
	Refund       *PlanRefund  `json:"refund,omitempty"`
	After        time.Time    `json:"expires_after,omitzero"`
	AfterLevel   string       `json:"level_after"`
	NoReasonLeft int          `json:"no_reason_left" doc:"Returns within five days left this year, before this one"`
	NoReasonDay  calendar.Day `json:"no_reason_until,omitzero" format:"date"`
	Warnings     []string     `json:"warnings"`
}

func toQuote(ctx context.Context, q order.Quote) PlanQuote {
	out := PlanQuote{Token: q.Token, At: q.At, Until: q.Until, Catalogue: q.Catalogue, Lines: []PlanLine{}, List: "0.00", Discount: "0.00", Due: money.Text(q.Due()), Refund: toRefund(q.Back),
		After: q.After, AfterLevel: string(q.AfterLevel), NoReasonLeft: q.NoReasonLeft, NoReasonDay: q.NoReasonDay}
	if q.Price != nil {
		out.Lines, out.List, out.Discount = each(q.Price.Lines, toPlanLine), money.Text(q.Price.List), money.Text(q.Price.Discount)
	}
	out.Warnings = each(q.Warnings, func(m i18n.Msg) string { return i18n.Say(ctx, m) })
	return out
}

// PlanSettings says how a plan renews; what is absent stays.
type PlanSettings struct {
	AutoRenew *bool     `json:"auto_renew,omitempty"`
	Term      *PlanTerm `json:"renew_term,omitempty"`
	Times     int       `json:"renew_times,omitempty" minimum:"-1" maximum:"99" doc:"With auto_renew; absent or -1 = no limit"`
	DeductDay *int      `json:"deduct_day,omitempty" doc:"2 to 7 days before the expiry"`
	Unify     *int      `json:"unified_day,omitempty" doc:"0 = none, 1 to 28, -1 = the month's last day"`
}

func (a *API) plans() {
	add(a, Operation{Method: "GET", Path: "/api/v1/plan", ID: "show_plan", Tag: supportTag, Summary: "What a company is served, and its own plan", Verb: actor.ViewPlan},
		func(ctx context.Context, by actor.Actor, in *struct {
			Company string `query:"company_id" maxLength:"64" doc:"For the vendor; the own company when absent"`
		}) (out struct {
			Level  string       `json:"level" doc:"What is served now"`
			Holder string       `json:"holder_id,omitempty" doc:"Whose plan it is served through"`
			Plan   *SupportPlan `json:"plan,omitempty" doc:"The own one"`
		}, err error) {
			served, err := a.Subscription.Served(ctx, by, in.Company)
			if err != nil {
				return out, err
			}
			out.Level, out.Holder = string(served.Level), served.Owner
			s, ok, err := a.Subscription.View(ctx, by, in.Company)
			if ok {
				p := toSupportPlan(s)
				out.Plan = &p
			}
			return out, err
		})
	add(a, Operation{Method: "PATCH", Path: "/api/v1/plan/settings", ID: "change_plan_settings", Tag: supportTag, Summary: "Say how the own plan renews", Verb: actor.ManagePlan}, a.planSettings)
	add(a, Operation{Method: "POST", Path: "/api/v1/plan/quotes", ID: "quote_plan", Tag: supportTag, Reads: true, Summary: "What an order would cost or give back, with every line's computation. It changes nothing", Verb: actor.PlaceOrder},
		func(ctx context.Context, by actor.Actor, in *struct{ Body PlanAsk }) (PlanQuote, error) {
			q, err := a.Order.Quote(ctx, by, in.Body.ask())
			return toQuote(ctx, q), err
		})
}

// planSettings changes what is named, one after the other.
func (a *API) planSettings(ctx context.Context, by actor.Actor, in *struct{ Body PlanSettings }) (out SupportPlan, err error) {
	b := in.Body
	s, ok, err := a.Subscription.View(ctx, by, "")
	if err == nil && !ok {
		err = fault.NotFound()
	}
	if err == nil && b.AutoRenew != nil {
		s, err = a.Subscription.SetAutoRenew(ctx, by, s.ID, subscription.Auto{On: *b.AutoRenew, Term: b.Term.term(), Times: b.Times})
	}
	if err == nil && b.DeductDay != nil {
		s, err = a.Subscription.SetDeductDay(ctx, by, s.ID, *b.DeductDay)
	}
	if err == nil && b.Unify != nil {
		s, err = a.Subscription.SetUnify(ctx, by, s.ID, *b.Unify)
	}
	if err != nil {
		return out, err
	}
	return toSupportPlan(s), nil
}
