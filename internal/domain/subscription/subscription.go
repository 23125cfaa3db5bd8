// Package subscription keeps what an account has bought of the support plan (business rules 1.9): its history, its
// state from the first purchase through grace and retention to the release, and how it renews.
//
// It knows no orders: those change the history here, in their own transactions. What is due at an instant (a
// reminder, the end of a term, of grace, of retention) is a job of that instant, so that nothing is looked at before
// it's time.
package subscription

import (
	"time"

	"hanse/internal/domain/rate"
	"hanse/internal/kit/calendar"
	"hanse/internal/kit/i18n"
)

// A State is where a subscription stands.
type State string

// The states, in their order. In Grace the plan is served as before, in Retention as BASIC; Released is the end.
const (
	Active    State = "ACTIVE"
	Grace     State = "GRACE"
	Retention State = "RETENTION"
	Released  State = "RELEASED"
)

// Label is what users call a state.
func (s State) Label() i18n.Msg {
	switch s {
	case Active:
		return i18n.M("subscription.state.active")
	case Grace:
		return i18n.M("subscription.state.grace")
	case Retention:
		return i18n.M("subscription.state.retention")
	}
	return i18n.M("subscription.state.released")
}

// LevelLabel is what users call a level.
func LevelLabel(l rate.Level) i18n.Msg {
	switch l {
	case rate.Standard:
		return i18n.M("subscription.level.standard")
	case rate.Premium:
		return i18n.M("subscription.level.premium")
	}
	return i18n.M("subscription.level.basic")
}

// TermLabel is a term in words.
func TermLabel(t rate.Term) i18n.Msg {
	if t.Unit == rate.Year {
		return i18n.M("subscription.term.years", i18n.A{"n": t.Num})
	}
	return i18n.M("subscription.term.months", i18n.A{"n": t.Num})
}

// A Cause is why a subscription ended.
type Cause string

// The causes.
const (
	Lapsed    Cause = "expired"   // nobody renewed it until the release
	Cancelled Cause = "cancelled" // it was unsubscribed
)

// Unlimited is a RenewLeft that doesn't run out.
const Unlimited = -1

// DefaultDeductDay is how many days before the expiry the automatic renewal first tries.
const DefaultDeductDay = 7

// A Subscription is one purchase with all that followed, until it's released. Its id is the resource id on the wire.
type Subscription struct {
	Account     string
	ID          string
	AccountName string
	State       State
	Level       rate.Level // of the running period; see Serves
	History     rate.History
	Begun       time.Time
	Expires     time.Time // the last second of the last paid period
	GraceUntil  time.Time // first instant after grace; known from the expiry on
	ReleaseAt   time.Time // first instant after retention; known from the expiry on
	AutoRenew   bool
	RenewTerm   rate.Term
	RenewLeft   int // how often it still renews by itself; Unlimited = without limit
	DeductDay   int // 2 to 7 days before the expiry
	Unify       int // day of the month that renewals run to: 0 none, 1 to 28, -1 the last
	Reminded    int // days before the expiry at which the last reminder went; 0 = none yet
	Ended       Cause
	EndedAt     time.Time
	Version     int64 // goes up with every change of the history
	Edition     int64 // goes up with every change at all
	CreatedAt   time.Time
	ChangedAt   time.Time
}

// Serves is the level that the subscription serves in its state.
func (s Subscription) Serves() rate.Level {
	if s.State == Active || s.State == Grace {
		return s.Level
	}
	return rate.Basic
}

// Live tells whether it isn't released.
func (s Subscription) Live() bool { return s.ID != "" && s.State != Released }

// Running is the period that an instant is in; the last one after the expiry, the first one before the begin.
func (s Subscription) Running(at time.Time) rate.Period {
	p := s.History.Periods
	if i, ok := s.History.Running(at); ok {
		return p[i]
	}
	return p[len(p)-1]
}

// Over is the first instant after the last paid second.
func (s Subscription) Over() time.Time { return s.Expires.Add(time.Second) }

// lastDay is the day of the expiry.
func (s Subscription) lastDay() calendar.Day { return calendar.DayOf(s.Expires) }

// reminders are the days before the expiry at which the account is reminded.
var reminders = []int{30, 15, 7, 3, 1}

// Hours of the day, in the business zone, at which reminders go out and automatic renewals are tried.
const (
	remindHour = 9
	renewHour  = 3
)

func hour(d calendar.Day, h int) time.Time { return d.Time().Add(time.Duration(h) * time.Hour) }

// next is the first instant after another at which something is due; zero when nothing ever is.
func (s Subscription) next(after time.Time) (at time.Time) {
	sooner := func(t time.Time) {
		if t.After(after) && (at.IsZero() || t.Before(at)) {
			at = t
		}
	}
	switch s.State {
	case Active:
		sooner(s.Over())
		for _, n := range reminders {
			sooner(hour(s.lastDay().AddDays(-n), remindHour))
		}
	case Grace:
		sooner(s.GraceUntil)
	case Retention:
		sooner(s.ReleaseAt)
	}
	return at
}

// NextRenewal is the first instant after another at which the automatic renewal is tried: 03:00 of each day from the
// deduct day on to the last day of retention. Zero when none is.
func (s Subscription) NextRenewal(after time.Time) time.Time {
	if !s.AutoRenew || s.RenewLeft == 0 || !s.Live() {
		return time.Time{}
	}
	at := hour(s.lastDay().AddDays(-s.DeductDay), renewHour)
	if !at.After(after) {
		at = hour(calendar.DayOf(after), renewHour)
	}
	if !at.After(after) {
		at = hour(calendar.DayOf(after).AddDays(1), renewHour)
	}
	if !s.ReleaseAt.IsZero() && !at.Before(s.ReleaseAt) {
		return time.Time{}
	}
	return at
}

// due is the reminder that is due at an instant: the smallest number of days whose instant has come and that wasn't
// reminded of. 0 = none.
func (s Subscription) due(at time.Time) (days int) {
	for _, n := range reminders {
		if !at.Before(hour(s.lastDay().AddDays(-n), remindHour)) && (s.Reminded == 0 || n < s.Reminded) {
			days = n
		}
	}
	return days
}

// RenewsAt tells whether an instant is one at which the automatic renewal is to be tried: its days have come.
func (s Subscription) RenewsAt(at time.Time) bool {
	return s.AutoRenew && s.RenewLeft != 0 && s.Live() && !at.Before(hour(s.lastDay().AddDays(-s.DeductDay), renewHour)) &&
		(s.ReleaseAt.IsZero() || at.Before(s.ReleaseAt))
}
