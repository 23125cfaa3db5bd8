// Package tier keeps the customer tiers V0 to V5, which decide how long an expired support plan is kept (business rules
// 1.9).
//
// A tier follows from what an account spent in the calendar year of the business zone: money taken from its balance and
// its credit, less what came back; vouchers don't count. It's reckoned every night, begins a year with what the year
// before earned, and never falls within a year. The vendor may state another one. An account that has spent nothing in
// this year and the last, and for which nothing was stated, has none.
package tier

import (
	"context"
	"errors"
	"strconv"
	"time"

	"hanse/internal/domain/ledger"
	"hanse/internal/domain/setting"
	"hanse/internal/kit/calendar"
	"hanse/internal/kit/db"
)

// None is the level of an account without a tier; Top the highest level.
const (
	None = -1
	Top  = 5
)

// A Tier is an account's. Spent and Next are minor units.
type Tier struct {
	Account    string
	Level      int // that counts: what was stated, or what was earned; None
	Earned     int // by spending; None
	Began      int // what the year began with; None
	Year       int
	Spent      int64 // in Year, as of ComputedAt
	Next       int64 // from which on the next level holds; 0 at the top
	Grace      int   // days
	Retention  int   // days
	ComputedAt time.Time
	Stated     int // by the vendor; None
	Reason     string
	StatedBy   string
	StatedAt   time.Time
	Edition    int64 // 0 = nothing is kept of it
}

// Name is V0 to V5; "" without a tier.
func (t Tier) Name() string { return Name(t.Level) }

// Name is a level's; "" for None.
func Name(level int) string {
	if level < 0 {
		return ""
	}
	return "V" + strconv.Itoa(level)
}

// Of is an account's tier at an instant, with the days of that instant's settings. It asks no permission.
func Of(ctx context.Context, q db.Querier, account string, at time.Time) (Tier, error) {
	t, err := one(ctx, q, account)
	if errors.Is(err, db.ErrNoRow) {
		t, err = Tier{Account: account, Level: None, Earned: None, Began: None, Stated: None}, nil
	}
	if err != nil {
		return t, err
	}
	if t.Level = t.Earned; t.Stated != None {
		t.Level = t.Stated
	}
	steps, err := thresholds(ctx, q, at)
	if err != nil {
		return t, err
	}
	if n := max(t.Earned, 0); n < len(steps) {
		t.Next = steps[n]
	}
	return t, t.days(ctx, q, at)
}

func (t *Tier) days(ctx context.Context, q db.Querier, at time.Time) error {
	for _, x := range []struct {
		days            *int
		list, otherwise setting.Key
	}{{&t.Grace, setting.TierGrace, setting.GraceDefault}, {&t.Retention, setting.TierRetention, setting.RetentionDefault}} {
		n, err := setting.Int(ctx, q, x.otherwise, at)
		if err != nil {
			return err
		}
		if t.Level != None {
			list, err := setting.Ints(ctx, q, x.list, at)
			if err != nil {
				return err
			}
			if t.Level < len(list) { // a list that somebody shortened leaves the rest to the default
				n = list[t.Level]
			}
		}
		*x.days = n
	}
	return nil
}

// thresholds are what V1 and up take, minor units.
func thresholds(ctx context.Context, q db.Querier, at time.Time) ([]int64, error) {
	list, err := setting.Ints(ctx, q, setting.TierThresholds, at)
	out := make([]int64, 0, len(list))
	for _, n := range list[:min(len(list), Top)] {
		out = append(out, int64(n)*100)
	}
	return out, err
}

// level is what an amount earns: the highest level whose threshold it reaches. Nothing spent earns nothing.
func level(spent int64, steps []int64) int {
	if spent <= 0 {
		return None
	}
	n := 0
	for i, s := range steps {
		if spent >= s {
			n = i + 1
		}
	}
	return n
}

// reckon is an account's tier of a year from what it had, and what it spent in that year and the one before.
func reckon(had Tier, year int, now, before int64, steps []int64) Tier {
	t := had
	if had.Year != year {
		t.Began, t.Earned = level(before, steps), None
	}
	t.Year, t.Spent = year, now
	t.Earned = max(t.Earned, t.Began, level(now, steps))
	return t
}

// spentIn is what an account paid in a calendar year out of its own money and its credit, less what came back.
func spentIn(ctx context.Context, q db.Querier, account string, year int) (sum int64, err error) {
	y := strconv.Itoa(year)
	list, err := ledger.Months(ctx, q, account, y+"-01", y+"-12")
	for _, m := range list {
		switch m.Place.Kind {
		case ledger.Cash, ledger.Allocated, ledger.Credit:
		default:
			continue
		}
		if m.Place.Unit != ledger.CNY {
			continue
		}
		switch m.Kind {
		case ledger.Consume:
			sum += m.Expense - m.Income
		case ledger.Refund:
			sum -= m.Income - m.Expense
		}
	}
	return sum, err
}

func yearOf(at time.Time) int {
	y, _, _ := calendar.DayOf(at).Split()
	return y
}
