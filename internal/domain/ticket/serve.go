package ticket

import (
	"context"
	"time"

	"hanse/internal/domain/account"
	"hanse/internal/domain/desk"
	"hanse/internal/domain/entitlement"
	"hanse/internal/domain/equipment"
	"hanse/internal/domain/rate"
	"hanse/internal/domain/sla"
	"hanse/internal/domain/subscription"
	"hanse/internal/domain/taxonomy"
	"hanse/internal/kit/actor"
	"hanse/internal/kit/calendar"
	"hanse/internal/kit/db"
	"hanse/internal/kit/i18n"
)

// A service is who serves a ticket, and by which plan.
type service struct {
	vendor account.Account
	desk   account.Account // the vendor, or a partner
	plan   subscription.Served
	item   equipment.Item
	found  bool // the equipment is known
}

func (s service) atVendor() bool { return s.desk.ID == s.vendor.ID }

// serving finds who serves a new ticket of an account: the partner that ordered the equipment while it's maintained,
// else a customer's partner, else the vendor. The plan is that of the account at the vendor's desk, and the partner's at
// the partner's: that one is drawn on when the partner hands over.
func serving(ctx context.Context, q db.Querier, a account.Account, serial string, fault bool, at time.Time) (s service, err error) {
	if s.vendor, err = account.VendorAccount(ctx, q); err != nil {
		return s, err
	}
	s.desk = s.vendor
	partner, err := partnerFor(ctx, q, a, at)
	if err != nil {
		return s, err
	}
	if serial != "" {
		if s.item, s.found, err = equipment.Find(ctx, q, a.ID, serial, calendar.DayOf(at)); err != nil {
			return s, err
		}
		if by := s.item.OrderedBy(); s.found && fault && s.item.Maintained(calendar.DayOf(at)) && by != "" && by != s.vendor.ID {
			if partner = by; by == a.ID {
				partner = ""
			}
		}
	}
	if partner != "" {
		p, err := account.Get(ctx, q, partner)
		if err != nil {
			return s, err
		}
		if p.State == account.Active {
			s.desk = p
		}
	}
	who := a.ID
	if !s.atVendor() {
		who = s.desk.ID
	}
	s.plan, err = subscription.ServedBy(ctx, q, who, at)
	return s, err
}

// partnerFor is the partner that serves a customer; partners themselves are served by the vendor.
func partnerFor(ctx context.Context, q db.Querier, a account.Account, at time.Time) (string, error) {
	if a.Kind != actor.Customer {
		return "", nil
	}
	x, ok, err := account.PartnerOf(ctx, q, a.ID, at)
	if err != nil || !ok {
		return "", err
	}
	return x.Account, nil
}

// quota says what a plan's month has left.
func quota(ctx context.Context, q db.Querier, s subscription.Served, at time.Time) (Quota, error) {
	out := Quota{Bound: true, Level: s.Level, Owner: s.Owner, OwnerName: s.Name}
	if s.Owner == "" || s.Level == rate.Basic {
		return out, nil
	}
	x, err := entitlement.Available(ctx, q, s.Owner, entitlement.Ticket, at)
	if err != nil {
		return out, err
	}
	out.Used, out.Total, out.Left, out.Resets = x.Used, x.Total, x.Left, x.Until
	out.CanBuyPack = x.Level == entitlement.Standard
	return out, nil
}

// draw takes one of a plan's month for a ticket, in its transaction: never more than there are, whatever else is opened
// at the same time.
func draw(ctx context.Context, tx *db.Tx, by actor.Actor, s subscription.Served, no, key, title string) (string, error) {
	left, err := quota(ctx, tx, s, tx.Now)
	if err != nil {
		return "", err
	}
	if left.Level == rate.Basic || left.Owner == "" {
		return "", &Refusal{Why: NotInPlan, Quota: &left, err: conflictOf(i18n.M("ticket.refuse.not_in_plan", i18n.A{"level": subscription.LevelLabel(left.Level)}))}
	}
	out, err := entitlement.Draw(ctx, tx, by, entitlement.Taking{Account: s.Owner, Unit: entitlement.Ticket, N: 1, Subject: "ticket:" + no, Memo: title, Key: key})
	switch entitlement.WhyOf(err) {
	case "":
		return out.Transfer, err
	case entitlement.NoneLeft:
		left.Left = 0
		return "", &Refusal{Why: NoQuota, Quota: &left, err: conflictOf(i18n.M("ticket.refuse.no_quota", i18n.A{"owner": i18n.Raw(left.OwnerName),
			"total": left.Total, "resets": when(left.Resets)}))}
	}
	return "", &Refusal{Why: NotInPlan, Quota: &left, err: err}
}

// when writes an instant for people, by the business zone.
func when(t time.Time) string { return t.In(calendar.Zone).Format("2006-01-02 15:04") }

// routed gives a ticket that a desk gets to a team and an owner by the desk's rules.
func (w *work) routed() error {
	t := &w.t
	r, err := desk.Route(w.ctx, w.tx, desk.Facts{Desk: t.Desk, ProblemType: t.ProblemType, Category: t.Category, Product: t.Product, Severity: t.Severity,
		Region: t.Region, Plan: string(t.Plan), Account: t.Account, Lang: t.Lang, Load: Load})
	if err != nil {
		return err
	}
	t.Team, t.TeamName, t.Owner, t.OwnerName, t.Routing = r.Team, r.TeamName, r.Owner, r.OwnerName, r.Why
	return nil
}

// facts are what the clocks know of a ticket.
func (t Ticket) facts() sla.Case {
	return sla.Case{Subject: t.No, Number: t.No, Account: t.Account, AccountName: t.AccountName, Desk: t.Desk, Plan: string(t.Plan), Severity: t.Severity,
		Team: t.Team, TeamName: t.TeamName, Opened: t.OpenedAt, AtPartner: !t.VendorDesk}
}

// is takes over what a ticket is about.
func (t *Ticket) is(set *taxonomy.Set, c taxonomy.Chosen) {
	t.ProblemType, t.TypeNames, t.CaseType, t.Technical = c.ProblemType.ID, c.ProblemType.Names, c.ProblemType.CaseType, c.ProblemType.Technical
	t.Category, t.CategoryNames, t.Product, t.ProductNames, t.Region, t.RegionNames = "", taxonomy.Names{}, "", taxonomy.Names{}, "", taxonomy.Names{}
	if c.Category != nil {
		t.Category, t.CategoryNames = c.Category.ID, c.Category.Names
	}
	if c.Product != nil {
		t.Product, t.ProductNames = c.Product.ID, c.Product.Names
	}
	if c.Region != nil {
		t.Region, t.RegionNames = c.Region.ID, c.Region.Names
	}
	t.severe(set, c.Severity)
	t.Extra = c.Extra
}

func (t *Ticket) severe(set *taxonomy.Set, code string) {
	t.Severity, t.SeverityNames = code, taxonomy.Names{}
	if x, ok := set.Severity(code); ok {
		t.SeverityNames = x.Names
	}
}
