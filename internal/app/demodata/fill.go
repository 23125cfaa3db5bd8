package demodata

import (
	"context"
	"fmt"
	"time"

	"hanse/internal/app"
	"hanse/internal/domain/account"
	"hanse/internal/kit/actor"
	"hanse/internal/kit/calendar"
)

// Password is everybody's in the demonstration.
const Password = "harbour-lantern-42"

// past is how long ago the story begins, in days.
const past = 300

// Fill makes the demonstration's data in an empty database and returns who can sign in. It tells a story of ten
// months that ends at the present business time.
func Fill(ctx context.Context, a *app.App) ([]Login, error) {
	s := &story{App: a, ctx: ctx, today: calendar.DayOf(a.Clock.Now()), companies: map[string]account.Account{},
		admins: map[string]actor.Actor{}, logins: map[string]Login{}}
	a.Clock.Shift(-past * day)
	s.at = past
	for _, chapter := range []func(){s.vendorArrives, s.plansAreOffered, s.partnersJoin, s.peopleCome, s.engineerConfirms, s.factsAreDeclared, s.starsAreGranted,
		s.thingsChange, s.consumptionBegins, s.plansAreBought, s.membersCome, s.pathIsTaken, s.feedsArrive, s.plansChange, s.applicationsWait, s.membersWait, s.labelIsReviewed, s.pathsGoOn, s.customersBuy, s.fundsAreAllocated, s.moneyComesAndGoes, s.vouchersAreIssued, s.consumptionGoesOn, s.customersAreManaged, s.companiesTrustEachOther, s.keysAreMade, s.feedsAreCorrected, s.engineersAssociate, s.certificatesAreDeclared, s.dutiesAreDone, s.servicesAreAgreed, s.ticketsAreDescribed, s.equipmentIsDelivered, s.pricesChange, s.plansWait, s.daysAreUsed, s.paymentIsAsked, s.ticketsAreOpened, s.mailsArrive, s.draftIsSimulated, s.ticketsAreLive} {
		if chapter(); s.err != nil {
			a.Clock.Shift(time.Duration(s.at) * day)
			return nil, s.err
		}
	}
	s.travel(0)
	return s.listed(), s.err
}

const day = 24 * time.Hour

// story keeps where the telling is. The first error ends it: every step after does nothing.
type story struct {
	*app.App
	ctx        context.Context
	err        error
	today      calendar.Day
	at         int // days before the present
	companies  map[string]account.Account
	admins     map[string]actor.Actor // who acts for a company; "reviewer" and so on for the vendor's staff
	logins     map[string]Login
	pdf        []byte
	deskLabels map[string]int64 // of the vendor's desk, by name
}

func (s *story) do(what string, f func() error) {
	if s.err == nil {
		if err := f(); err != nil {
			s.err = fmt.Errorf("%s: %w", what, err)
		}
	}
}

// travel goes on to so many days before the present. What happened on the way is handed on, and the daily pass runs
// for each day of the last two months: before that there's nothing to notice yet.
func (s *story) travel(daysBefore int) {
	s.do("travel", func() error {
		for s.at > daysBefore {
			step := 1
			if s.at > 60 {
				step = min(s.at-60, s.at-daysBefore)
			}
			s.at -= step
			s.Clock.Shift(time.Duration(step) * day)
			if err := s.Runner.Drain(s.ctx); err != nil {
				return err
			}
			if s.at < 60 {
				if err := s.Qualification.Daily(s.ctx, s.Clock.Now().Add(-time.Minute)); err != nil {
					return err
				}
			}
		}
		return s.Runner.Drain(s.ctx)
	})
}

// on is the day so many days after the present (before it, when negative).
func (s *story) on(days int) calendar.Day { return s.today.AddDays(days) }

// listed gives the logins in the order of the roles.
func (s *story) listed() (all []Login) {
	for _, role := range roles {
		if l, ok := s.logins[role]; ok {
			all = append(all, l)
		}
	}
	return all
}

// roles are all those of demo.json.
var roles = []string{"vendor_admin", "vendor_reviewer", "vendor_support", "vendor_finance", "auditor", "program_manager", "channel_manager",
	"distributor", "reseller", "solution_provider", "service_partner_admin", "service_manager", "engineer", "customer_resale", "customer_referral"}
