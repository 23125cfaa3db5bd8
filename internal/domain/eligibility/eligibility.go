// Package eligibility says who may buy a support plan (business rules 1.1): a partner whose service role is certified,
// or who is a member of a program that the vendor lists, buys directly; any other company buys with an account that
// belongs under its master account and bears the same company name. The answer names each point that is met or missing,
// and how to mend it.
package eligibility

import (
	"context"
	"slices"
	"strings"
	"time"

	"hanse/internal/domain/account"
	"hanse/internal/domain/program"
	"hanse/internal/domain/qualification"
	"hanse/internal/domain/setting"
	"hanse/internal/kit/actor"
	"hanse/internal/kit/db"
	"hanse/internal/kit/fault"
	"hanse/internal/kit/i18n"
)

// The service partner's path and the level of it that counts, with the higher one.
const (
	servicePath = "path-service"
	role        = "role"
	competency  = "competency"
)

// The ids of points.
const (
	PointActive  = "active"  // the account isn't frozen
	PointService = "service" // certified service partner
	PointMaster  = "master"  // belongs under a master account
	PointName    = "name"    // bears the master's company name
)

// A Point is one condition. Mend says what to do, and Href where; both are empty when it's met or can't be mended by
// whoever reads it.
type Point struct {
	ID   string
	Met  bool
	Text i18n.Msg
	Mend i18n.Msg
	Href string
}

// An Answer says whether an account may buy. Direct: for itself, as a service partner; Master is the account under which
// it buys otherwise. Points are those of the way that is open, or of both ways when none is.
type Answer struct {
	Account    string
	May        bool
	Direct     bool
	Master     string
	MasterName string
	Points     []Point
}

// Missing are the points that aren't met.
func (a Answer) Missing() (out []Point) {
	for _, p := range a.Points {
		if !p.Met {
			out = append(out, p)
		}
	}
	return out
}

// Service answers.
type Service struct {
	db *db.DB
	q  *qualification.Service
}

// New returns the service.
func New(d *db.DB, q *qualification.Service) *Service { return &Service{d, q} }

// Who says who may buy: of the own account, or of any for the vendor's staff.
func (s *Service) Who(ctx context.Context, by actor.Actor, accountID string) (Answer, error) {
	if err := by.May(actor.ViewSubAccounts); err != nil {
		return Answer{}, err
	}
	if err := by.Sees(accountID); err != nil {
		return Answer{}, err
	}
	return s.Of(ctx, s.db.Read(), accountID, s.db.Clock().Now())
}

// Check is nil when an account may buy at an instant; otherwise Conflict with what is missing. It asks no permission.
func (s *Service) Check(ctx context.Context, q db.Querier, accountID string, at time.Time) error {
	a, err := s.Of(ctx, q, accountID, at)
	if err != nil || a.May {
		return err
	}
	var words []i18n.Msg
	for _, p := range a.Missing() {
		words = append(words, p.Text)
	}
	return fault.Conflict(i18n.M("eligibility.refused", i18n.A{"missing": words}))
}

// Of answers for an account at an instant. It asks no permission.
func (s *Service) Of(ctx context.Context, q db.Querier, accountID string, at time.Time) (a Answer, err error) {
	own, err := account.Get(ctx, q, accountID)
	if err != nil {
		return a, err
	}
	a.Account = own.ID
	active := Point{ID: PointActive, Met: own.State == account.Active, Text: i18n.M("eligibility.active")}
	if !active.Met {
		active.Text, active.Mend = i18n.M("eligibility.not_active"), i18n.M("eligibility.not_active.mend")
	}
	master, sub, err := account.MasterOf(ctx, q, own.ID)
	if err != nil {
		return a, err
	}
	service, err := s.service(ctx, q, own, at)
	if err != nil {
		return a, err
	}
	switch {
	case service.Met:
		a.Direct = true
		a.Points = []Point{active, service}
	case sub:
		a.Master, a.MasterName = master.ID, master.Name
		a.Points = append([]Point{active}, under(own, master)...)
	case own.Kind == actor.Partner:
		a.Points = []Point{active, service, bySub()}
	default:
		a.Points = []Point{active, {ID: PointMaster, Text: i18n.M("eligibility.no_master"), Mend: i18n.M("eligibility.no_master.mend"), Href: "/company/sub-accounts"}}
	}
	a.May = len(a.Missing()) == 0
	return a, nil
}

// under are the points of a sub-account.
func under(own, master account.Account) []Point {
	out := []Point{{ID: PointMaster, Met: true, Text: i18n.M("eligibility.master", i18n.A{"master": i18n.Raw(master.Name)})}}
	name := Point{ID: PointName, Met: account.SameName(own.Name, master.Name), Text: i18n.M("eligibility.name", i18n.A{"name": i18n.Raw(master.Name)})}
	if !name.Met {
		name.Text = i18n.M("eligibility.other_name", i18n.A{"name": i18n.Raw(own.Name), "master": i18n.Raw(master.Name)})
		name.Mend, name.Href = i18n.M("eligibility.other_name.mend"), "/company/sub-accounts"
	}
	return append(out, name)
}

// bySub is the second way of a partner that isn't certified: it buys with a sub-account.
func bySub() Point {
	return Point{ID: PointMaster, Text: i18n.M("eligibility.by_sub"), Mend: i18n.M("eligibility.by_sub.mend"), Href: "/company/sub-accounts"}
}

// service tells whether a partner is certified for service, or a member of a listed program.
func (s *Service) service(ctx context.Context, q db.Querier, own account.Account, at time.Time) (Point, error) {
	p := Point{ID: PointService, Text: i18n.M("eligibility.service")}
	if own.Kind != actor.Partner {
		return p, nil
	}
	listed, err := setting.Text(ctx, q, setting.EligiblePrograms, at)
	if err != nil {
		return p, err
	}
	held, err := s.q.Holdings(ctx, q, own.ID, at)
	if err != nil {
		return p, err
	}
	counts := func(h program.Holding) bool { return counts(h, split(listed)) }
	if p.Met = slices.ContainsFunc(held, counts); !p.Met {
		p.Text, p.Mend, p.Href = i18n.M("eligibility.no_service"), i18n.M("eligibility.no_service.mend"), "/paths/"+servicePath
	}
	return p, nil
}

func split(list string) (out []string) {
	for part := range strings.SplitSeq(list, ",") {
		if part = strings.TrimSpace(part); part != "" {
			out = append(out, part)
		}
	}
	return out
}

// counts tells whether a level that is held makes a company a service partner.
func counts(h program.Holding, listed []string) bool {
	return h.Program == servicePath && (h.Level == role || h.Level == competency) || slices.Contains(listed, h.Program)
}
