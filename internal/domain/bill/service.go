package bill

import (
	"context"
	"time"

	"hanse/internal/kit/actor"
	"hanse/internal/kit/blob"
	"hanse/internal/kit/calendar"
	"hanse/internal/kit/db"
	"hanse/internal/kit/jobs"
	"hanse/internal/kit/outbox"
)

// Service has the verbs of consumption and bills.
type Service struct {
	db    *db.DB
	files *blob.Store
	chunk int // lines of one transaction
}

// New returns the service.
func New(d *db.DB, files *blob.Store) *Service { return &Service{db: d, files: files, chunk: chunk} }

// Register adds the jobs of imports, the settlement of debts when money comes, and the making of bills.
func (s *Service) Register(r *jobs.Runner) {
	r.Outside(importJob, s.runImport)
	r.Outside(settleJob, s.runSettle)
	r.OnMany("funds.allocated", "bill.settle", whenMoneyComes)
	for _, kind := range []string{"topup.posted", "credit.set"} {
		r.On(kind, "bill.settle", func(ctx context.Context, tx *db.Tx, e outbox.Event) error { return trySoon(ctx, tx, e.Account, e.ID) })
	}
	r.Every("bill.settle_debts", jobs.Interval(24*time.Hour), s.tryDebts)
	r.Every("bill.close", nextClose, s.Close)
}

// closeHour is when bills are made on the ready day: six hours before they must be there.
const closeHour = 6 * time.Hour

// nextClose is the next instant at which bills are made.
func nextClose(after time.Time) time.Time {
	for m := calendar.DayOf(after).MonthStart(); ; m = m.AddMonths(1) {
		if at := m.AddDays(ReadyDay - 1).Time().Add(closeHour); at.After(after) {
			return at
		}
	}
}

// sees tells whether somebody may see what belongs to an account: their own, everything for the vendor's staff.
func sees(by actor.Actor, account string) bool {
	return by.Vendor() || account != "" && by.Account == account
}
