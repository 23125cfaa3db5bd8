package distribution

import (
	"context"
	"errors"
	"time"

	"hanse/internal/domain/account"
	"hanse/internal/domain/bill"
	"hanse/internal/domain/ledger"
	"hanse/internal/domain/setting"
	"hanse/internal/kit/actor"
	"hanse/internal/kit/db"
	"hanse/internal/kit/fault"
	"hanse/internal/kit/i18n"
)

// A Bar is one thing that can stand in the way of an association or of its end. Blocks says that it does; Kept that this
// installation knows: what it doesn't keep counts as absent. Mend says what to do.
type Bar struct {
	Code         string
	Label, Mend  i18n.Msg
	Blocks, Kept bool
}

// Blocking are those that stand in the way.
func Blocking(all []Bar) (out []Bar) {
	for _, b := range all {
		if b.Blocks {
			out = append(out, b)
		}
	}
	return out
}

// refusal names everything that stands in the way; nil when nothing does.
func refusal(key string, all []Bar) error {
	list := Blocking(all)
	if len(list) == 0 {
		return nil
	}
	why := make([]i18n.Msg, len(list))
	for i, b := range list {
		why[i] = b.Label
	}
	return fault.Conflict(i18n.Msg{Key: key, Args: i18n.A{"n": len(why), "list": why}})
}

func bar(code string, blocks bool) Bar {
	w := words()[code]
	return Bar{Code: code, Label: w[0], Mend: w[1], Blocks: blocks, Kept: true}
}

// words are what each bar says, and what to do about it.
func words() map[string][2]i18n.Msg {
	return map[string][2]i18n.Msg{
		"associated":       {i18n.M("distribution.bar.associated"), i18n.M("distribution.mend.associated")},
		"old":              {i18n.M("distribution.bar.old"), i18n.M("distribution.mend.old")},
		"spent":            {i18n.M("distribution.bar.spent"), i18n.M("distribution.mend.spent")},
		"unpaid":           {i18n.M("distribution.bar.unpaid"), i18n.M("distribution.mend.unpaid")},
		"announced":        {i18n.M("distribution.bar.announced"), i18n.M("distribution.mend.announced")},
		"partner":          {i18n.M("distribution.bar.partner"), i18n.M("distribution.mend.partner")},
		"credit":           {i18n.M("distribution.bar.credit"), i18n.M("distribution.mend.credit")},
		"contract":         {i18n.M("distribution.bar.contract"), i18n.M("distribution.mend.contract")},
		"sub_account":      {i18n.M("distribution.bar.sub_account"), i18n.M("distribution.mend.sub_account")},
		"consumer":         {i18n.M("distribution.bar.consumer"), i18n.M("distribution.mend.consumer")},
		"reward":           {i18n.M("distribution.bar.reward"), i18n.M("distribution.mend.reward")},
		"reserved":         {i18n.M("distribution.bar.reserved"), i18n.M("distribution.mend.reserved")},
		"invoices":         {i18n.M("distribution.bar.invoices"), i18n.M("distribution.mend.invoices")},
		"stored_value":     {i18n.M("distribution.bar.stored_value"), i18n.M("distribution.mend.stored_value")},
		"enterprise":       {i18n.M("distribution.bar.enterprise"), i18n.M("distribution.mend.enterprise")},
		"standing":         {i18n.M("distribution.bar.standing"), i18n.M("distribution.mend.standing")},
		"often":            {i18n.M("distribution.bar.often"), i18n.M("distribution.mend.often")},
		"pending":          {i18n.M("distribution.bar.pending"), i18n.M("distribution.mend.pending")},
		"frozen":           {i18n.M("distribution.bar.frozen"), i18n.M("distribution.mend.frozen")},
		"arrears":          {i18n.M("distribution.bar.arrears"), i18n.M("distribution.mend.arrears")},
		"partner_frozen":   {i18n.M("distribution.bar.partner_frozen"), i18n.M("distribution.mend.partner_frozen")},
		"support_plan":     {i18n.M("distribution.bar.support_plan"), i18n.M("distribution.mend.support_plan")},
		"has_distributor":  {i18n.M("distribution.bar.has_distributor"), i18n.M("distribution.mend.has_distributor")},
		"no_reseller":      {i18n.M("distribution.bar.no_reseller"), i18n.M("distribution.mend.no_reseller")},
		"market":           {i18n.M("distribution.bar.market"), i18n.M("distribution.mend.market")},
		"distributor_held": {i18n.M("distribution.bar.distributor_held"), i18n.M("distribution.mend.distributor_held")},
		"self_held":        {i18n.M("distribution.bar.self_held"), i18n.M("distribution.mend.self_held")},
		"self":             {i18n.M("distribution.bar.self"), i18n.M("distribution.mend.self")},
	}
}

func unkept(codes ...string) (out []Bar) {
	for _, c := range codes {
		b := bar(c, false)
		b.Kept = false
		out = append(out, b)
	}
	return out
}

// joinBars are what can keep a customer from a partner (business rules 4.6).
func (s *Service) joinBars(ctx context.Context, q db.Querier, partner, customer account.Account, model account.Link, at time.Time) ([]Bar, error) {
	_, associated, err := account.PartnerOf(ctx, q, customer.ID, at)
	if err != nil {
		return nil, err
	}
	announced, err := AnnouncedBy(ctx, q, customer.Email, at)
	if err != nil {
		return nil, err
	}
	days, err := setting.Int(ctx, q, setting.NewCustomerDays, at)
	if err != nil {
		return nil, err
	}
	spent, err := hasSpent(ctx, q, customer.ID)
	if err != nil {
		return nil, err
	}
	owes, line, err := owing(ctx, q, customer.ID)
	if err != nil {
		return nil, err
	}
	isPartner, err := account.PartnerWith(ctx, q, customer.Email)
	if err != nil {
		return nil, err
	}
	standing := s.standing(ctx, q, partner, at)
	if standing != nil && fault.Of(standing) == nil {
		return nil, standing
	}
	mine := announced == partner.ID
	out := []Bar{bar("associated", associated), bar("old", at.Sub(customer.CreatedAt) > time.Duration(days)*24*time.Hour && !mine), bar("spent", spent && !mine),
		bar("unpaid", owes), bar("announced", announced != "" && !mine), bar("partner", isPartner), standingBar(standing)}
	if model == account.Resale {
		out = append(out, bar("credit", line))
	}
	out = append(out, unkept("contract", "sub_account", "consumer", "reward")...)
	if model == account.Resale {
		out = append(out, unkept("reserved", "invoices", "stored_value", "enterprise")...)
	}
	return out, nil
}

// standingBar says in its own words why the partner itself may not take customers.
func standingBar(err error) Bar {
	b := bar("standing", err != nil)
	if f := fault.Of(err); f != nil {
		b.Label = f.Msg
	}
	return b
}

// hasSpent tells whether a customer paid for anything with its own money.
func hasSpent(ctx context.Context, q db.Querier, customer string) (bool, error) {
	list, err := ledger.Entries(ctx, q, ledger.Statement{Owner: customer, Kind: ledger.Cash, Unit: ledger.CNY, Kinds: []string{ledger.Consume}, Limit: 1})
	return len(list) > 0, err
}

// owing tells whether a company has used credit that isn't paid back or bills that nothing was there for, and whether
// it has a credit line at all.
func owing(ctx context.Context, q db.Querier, owner string) (owes, line bool, err error) {
	b, err := ledger.BalanceOf(ctx, q, ledger.Place{Owner: owner, Kind: ledger.Credit, Unit: ledger.CNY})
	if err != nil {
		return false, false, err
	}
	unpaid, err := bill.Arrears(ctx, q, owner)
	return b.Minor < 0 || unpaid > 0, b.Minimum < 0 || b.Minor < 0, err
}

// leaveBars are what can keep an association from ending or changing (business rules 4.6). Side is who asks.
func (s *Service) leaveBars(ctx context.Context, q db.Querier, x account.Association, side, operation string, at time.Time) ([]Bar, error) {
	wait, err := s.waits(ctx, q, x, side, at)
	if err != nil {
		return nil, err
	}
	_, pending, err := pendingOf(ctx, q, x.Account, x.Other)
	if err != nil {
		return nil, err
	}
	state, err := s.stateBars(ctx, q, x)
	if err != nil {
		return nil, err
	}
	often := bar("often", !wait.IsZero())
	if !wait.IsZero() {
		often.Mend = i18n.M("distribution.mend.often_until", i18n.A{"until": dayOf(wait)})
	}
	out := append([]Bar{often, bar("pending", pending)}, state...)
	if operation == Switch && x.Kind == account.Referral {
		_, line, err := owing(ctx, q, x.Other)
		if err != nil {
			return nil, err
		}
		out = append(out, bar("credit", line))
	}
	return append(out, unkept("reserved", "enterprise")...), nil
}

// stateBars are those of leaveBars that must not hold when the other side agrees either.
func (s *Service) stateBars(ctx context.Context, q db.Querier, x account.Association) ([]Bar, error) {
	c, err := linkOf(ctx, q, x.Account, x.Other)
	if err = none(err); err != nil {
		return nil, err
	}
	owes, _, err := owing(ctx, q, x.Other)
	if err != nil {
		return nil, err
	}
	a, err := account.Get(ctx, q, x.Account)
	if err != nil {
		return nil, err
	}
	out := []Bar{bar("frozen", c.Frozen != NotFrozen), bar("arrears", owes), bar("partner_frozen", a.State == account.Frozen && x.Kind != account.Referral)}
	if s.Plan == nil {
		return append(out, unkept("support_plan")...), nil
	}
	plan, err := s.Plan(ctx, q, x.Other)
	return append(out, bar("support_plan", plan)), err
}

// waits is the instant before which a side may not ask again; zero = it may. A side may ask so often within so many
// months; and the partner waits as long after the customer asked.
func (s *Service) waits(ctx context.Context, q db.Querier, x account.Association, side string, at time.Time) (time.Time, error) {
	months, err := setting.Int(ctx, q, setting.ChangeMonths, at)
	if err != nil {
		return time.Time{}, err
	}
	most, err := setting.Int(ctx, q, setting.ChangesPerMonths, at)
	if err != nil {
		return time.Time{}, err
	}
	list, err := askedSince(ctx, q, x.Account, x.Other, at.AddDate(0, -months, 0))
	if err != nil {
		return time.Time{}, err
	}
	var own, others []time.Time
	for _, r := range list {
		if r.Side == side {
			own = append(own, r.AskedAt)
		} else {
			others = append(others, r.AskedAt)
		}
	}
	var until time.Time
	if len(own) >= most {
		until = own[len(own)-most].AddDate(0, months, 0)
	}
	if side == SidePartner && len(others) > 0 {
		if t := others[len(others)-1].AddDate(0, months, 0); t.After(until) {
			until = t
		}
	}
	return until, nil
}

// upward is the association by which somebody has the actor's own company: a customer's partner, a reseller's
// distributor. NotFound when there's none.
func (s *Service) upward(ctx context.Context, q db.Querier, by actor.Actor) (account.Association, error) {
	find := account.PartnerOf
	if by.Kind == actor.Partner {
		find = account.DistributorOf
	}
	x, ok, err := find(ctx, q, by.Account, s.now())
	if err == nil && !ok {
		err = errors.Join(fault.NotFound())
	}
	return x, err
}
