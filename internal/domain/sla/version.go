package sla

import (
	"context"
	"errors"
	"time"

	"hanse/internal/kit/db"
)

// A CalendarVersion is a calendar as it holds from an instant on. Version 0 was shipped and has no instant.
type CalendarVersion struct {
	Calendar
	Effective time.Time
	MadeAt    time.Time
	MadeBy    string
}

// BookAt reads what's in force at an instant.
func BookAt(ctx context.Context, q db.Querier, at time.Time) (Book, error) {
	b := Book{Policy: ShippedPolicy(), Calendars: map[string]Calendar{}}
	for _, c := range Shipped() {
		b.Calendars[c.ID] = c
	}
	own, err := calendarsInForce(ctx, q, at)
	if err != nil {
		return b, err
	}
	for _, v := range own {
		b.Calendars[v.ID] = v.Calendar
		b.Since = latest(b.Since, v.Effective)
	}
	p, err := policyInForce(ctx, q, at)
	switch {
	case err == nil:
		b.Policy, b.Since = p, latest(b.Since, p.Effective)
	case !errors.Is(err, db.ErrNoRow):
		return b, err
	}
	return b, nil
}

func latest(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

// calendarAt reads a certain version of a calendar; the shipped one for 0, and round the clock when there's none.
func calendarAt(ctx context.Context, q db.Querier, id string, number int64) (Calendar, error) {
	if number > 0 {
		v, err := version(ctx, q, id, number)
		return v.Calendar, err
	}
	for _, c := range Shipped() {
		if c.ID == id {
			return c, nil
		}
	}
	return Shipped()[0], nil
}
