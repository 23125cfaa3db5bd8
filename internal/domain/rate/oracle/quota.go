package oracle

import (
	"errors"
	"time"
)

// The monthly ticket quota of the standard level and the size of a pack.
const (
	monthly = 30
	pack    = 10
)

// Refusals of tickets and packs.
var (
	ErrNoQuota    = errors.New("no technical ticket is left this month")
	ErrPackNeeded = errors.New("packs are for the standard level")
)

// Pack is the plan with n packs paid at an instant, and their price.
func (p Plan) Pack(list List, n int, t time.Time) (Plan, int64, error) {
	if p.LevelAt(t) != Standard {
		return p, 0, ErrPackNeeded
	}
	out, price := p.copied(), int64(0)
	for range n {
		out.packs = append(out.packs[:len(out.packs):len(out.packs)], second(t))
		price += list.Pack
	}
	return out, price, nil
}

// Available is how many technical tickets are left in the Beijing month of the instant; -1 is without limit.
func (p Plan) Available(t time.Time) int {
	switch p.LevelAt(t) {
	case Basic:
		return 0
	case Premium:
		return -1
	}
	// Packs add to the month in which they were paid, tickets count in the month of submission, given back by nothing (1.4).
	n := monthly
	for _, at := range p.packs {
		if sameMonth(at, second(t)) && at <= second(t) {
			n += pack
		}
	}
	for _, at := range p.used {
		if sameMonth(at, second(t)) && at <= second(t) {
			n--
		}
	}
	return max(0, n)
}

// Ticket is the plan after one technical ticket, which may be refused.
func (p Plan) Ticket(t time.Time) (Plan, error) {
	if p.Available(t) == 0 {
		return p, ErrNoQuota
	}
	out := p.copied()
	out.used = append(out.used[:len(out.used):len(out.used)], second(t))
	return out, nil
}

// sameMonth compares months of the Beijing calendar.
func sameMonth(a, b int64) bool {
	x, y := dates()[dayOf(a)], dates()[dayOf(b)]
	return x.year == y.year && x.month == y.month
}
