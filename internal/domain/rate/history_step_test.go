package rate_test

import (
	"fmt"
	"reflect"
	"strings"
	"time"

	"hanse/internal/domain/rate"
	"hanse/internal/domain/rate/oracle"
)

// longest is about how far ahead a plan may be paid, a limit of ours and not of the rules.
const longest = 10 * 365 * 24 * time.Hour

// quoted compares a price with the oracle's, line by line.
func (w *world) quoted(what string, q rate.Quote, b oracle.Bill) {
	var lines []int64
	sum := int64(0)
	for _, l := range q.Lines {
		if sum += l.Minor; l.List != 0 {
			lines = append(lines, l.List)
		}
	}
	var want []int64
	for _, n := range b.Lines {
		if n != 0 {
			want = append(want, n)
		}
	}
	w.tells("%s: due %d of %d, %s", what, q.Due, q.List, formulas(q.Lines))
	w.explained(q.Lines)
	if q.List != b.List || q.Due != b.Due || q.Due != q.List-q.Discount || sum != q.Due || !reflect.DeepEqual(lines, want) {
		w.fails("%s = list %d due %d discount %d lines %v, the oracle says list %d due %d lines %v",
			what, q.List, q.Due, q.Discount, lines, b.List, b.Due, want)
	}
	if !q.End.Equal(b.To) {
		w.fails("%s ends %s, the oracle says %s", what, q.End.In(zone), b.To.In(zone))
	}
}

// formulas are what a story tells of lines.
type formulas []rate.Line

func (f formulas) String() string {
	var all []string
	for _, l := range f {
		all = append(all, l.Formula)
	}
	return strings.Join(all, "; ")
}

// apply lets an event happen, and counts what was paid.
func (w *world) apply(e rate.Event) {
	w.events = append(w.events, e)
	w.hist = w.hist.Apply(e)
	w.kept = append(w.kept, w.hist)
	w.in = w.in.Plus(e.Paid)
	w.seen[string(e.Step)]++
}

// order is a number that no order of the plan has yet.
func (w *world) order() string { return fmt.Sprint("CS", len(w.events)) }

// waits lets the payment of a quote come later than the quote, as a rule at once.
func (w *world) waits(until time.Time) {
	if w.IntN(4) != 0 {
		return
	}
	at := w.now.Add(time.Duration(w.Int64N(int64(7 * 24 * time.Hour))))
	if at.After(until) {
		return
	}
	w.seen["paid later"]++
	w.now = at
}

func (w *world) buy() {
	term, length := w.length()
	n := w.IntN(3)
	if w.IntN(10) != 0 {
		n = 1 + w.IntN(2)
	}
	row, _ := w.sheet.Row(levels[n], term)
	d, cut := w.discount(row.Minor)
	may := w.hist.MayBuy(w.now, w.days)
	if state := w.plan.State(w.now, w.days.Grace, w.days.Retention); state != "none" && state != "released" {
		w.refused("MayBuy", may, oracle.ErrNotBasic)
		return
	}
	if may != nil {
		w.fails("MayBuy = %v, the oracle has no plan", may)
		return
	}
	q, err := rate.Buy(w.sheet, levels[n], term, w.now, d)
	b, want := w.plan.PriceBuy(w.list, oracle.Level(n), length, w.now, cut)
	if w.refused("Buy", err, want) {
		return
	}
	w.quoted("Buy "+string(levels[n]), q, b)
	w.waits(w.now.AddDate(0, 1, 0))
	paid, in := w.split(q.Due)
	w.in, w.out = rate.Paid{}, rate.Paid{}
	w.plan = w.plan.Buy("A", b, in, w.now)
	promotion := w.IntN(12) == 0
	w.plan = w.plan.Flagged(promotion, false)
	w.seen["buy"]++
	w.events, w.kept = nil, nil
	w.apply(rate.Event{Step: rate.StepBought, Order: "A", At: w.now, Quote: q, Paid: paid})
	w.apply(rate.Event{Step: rate.StepFlagged, Order: "A", At: w.now, Promotion: promotion})
	if d := w.now.In(zone); d.Month() == 2 && d.Day() == 29 {
		w.seen["29 February"]++
	}
}

func (w *world) renew() {
	term, length := w.length()
	unify := 0
	if w.IntN(3) == 0 {
		if unify = w.IntN(32) - 2; w.IntN(4) == 0 { // also days that are not allowed
			unify = -1
		}
	}
	row, _ := w.sheet.Row(w.lastLevel(), term)
	d, cut := w.discount(row.Minor)
	state := w.hist.State(w.now, w.days)
	if state == rate.Released {
		if rate.WhyOf(w.hist.MayRenew(w.now, w.days)) == "" {
			w.fails("MayRenew of a released plan = nil")
		}
		return
	}
	q, err := rate.Renew(w.sheet, w.hist, term, unify, w.now, d)
	b, want := w.plan.PriceRenew(w.list, length, unify, cut)
	if rate.WhyOf(err) == rate.TooLong && want == nil && b.To.Sub(w.now) > longest-72*time.Hour {
		w.seen[string(rate.TooLong)]++
		return
	}
	if w.refused("Renew", err, want) {
		return
	}
	w.quoted("Renew", q, b)
	paid, in := w.split(q.Due)
	promotion, agent, invoiced := w.IntN(8) == 0, w.IntN(5) == 0, w.IntN(2) == 0
	w.plan = w.plan.Renew("B", b, in, promotion, agent && invoiced)
	order := w.order()
	w.apply(rate.Event{Step: rate.StepRenewed, Order: order, At: w.now, Quote: q, Paid: paid})
	w.apply(rate.Event{Step: rate.StepFlagged, Order: order, Promotion: promotion, Agent: agent, Invoiced: invoiced})
	w.seen["renew"]++
	if unify != 0 {
		w.seen["unified"]++
	}
	if state != rate.Active {
		w.seen["renewed in "+strings.ToLower(string(state))]++
	}
}

func (w *world) lastLevel() rate.Level {
	all := w.plan.Periods()
	if len(all) == 0 {
		return rate.Basic
	}
	return levels[all[len(all)-1].Level]
}

func (w *world) upgrade() {
	n := w.IntN(3)
	if w.IntN(4) != 0 {
		n = int(oracle.Premium)
	}
	var row rate.Price
	if p, _, ok := w.hist.Current(w.now); ok {
		row, _ = w.sheet.Row(levels[n], p.Term)
	}
	d, cut := w.discount(row.Minor)
	q, err := rate.Upgrade(w.sheet, w.hist, levels[n], w.now, d)
	b, want := w.plan.PriceUpgrade(w.list, oracle.Level(n), w.now, cut)
	if w.refused("Upgrade", err, want) {
		return
	}
	w.quoted("Upgrade", q, b)
	w.noteChange("upgrade")
	w.waits(w.plan.Expiry())
	paid, in := w.split(q.Due)
	w.plan = w.plan.Upgrade(b, in, w.now)
	w.apply(rate.Event{Step: rate.StepUpgraded, Order: w.order(), At: w.now, Quote: q, Paid: paid})
}

func (w *world) downgrade() {
	n := w.IntN(3)
	if w.IntN(4) != 0 {
		n = int(oracle.Standard)
	}
	back, q, err := rate.Downgrade(w.sheet, w.hist, levels[n], w.now)
	r, want := w.plan.PriceDowngrade(w.list, oracle.Level(n), w.now)
	if w.refused("Downgrade", err, want) {
		return
	}
	w.tells("Downgrade: back %d, %s", back.Total, formulas(back.Lines))
	w.explained(back.Lines)
	if q.Due != 0 || back.Return != paidOf(r.Back) || back.Total != r.Back.Actual() {
		w.fails("Downgrade = back %+v total %d due %d, the oracle says %v", back.Return, back.Total, q.Due, r.Back)
		return
	}
	w.noteChange("downgrade")
	w.plan = w.plan.Downgrade(w.list, oracle.Level(n), w.now)
	w.apply(rate.Event{Step: rate.StepDowngraded, Order: w.order(), At: w.now, Quote: q, Back: back})
	w.out = w.out.Plus(back.Return)
}

// noteChange counts the rarer kinds of level changes.
func (w *world) noteChange(kind string) {
	w.seen[kind]++
	p, _, _ := w.hist.Current(w.now)
	if len(p.Segments) > 1 {
		w.seen["second change"]++
	}
	if len(w.hist.Future(w.now)) > 0 {
		w.seen["future changed"]++
	}
	if p.End.Sub(w.now) < 24*time.Hour {
		w.seen["expiry day"]++
	}
}

// terms are the circumstances of an unsubscription.
func (w *world) terms() (rate.Rules, oracle.Terms) {
	r := rate.StandardRules()
	r.NoReasonLeft = w.IntN(3)
	r.ReviewOver = w.amount(0, 60_000_00)
	r.Days, r.BenefitUsed, r.WaiveFee = w.IntN(6) == 0, w.IntN(8) == 0, w.IntN(10) == 0
	return r, oracle.Terms{Left: r.NoReasonLeft, Review: r.ReviewOver, Days: r.Days, BenefitUsed: r.BenefitUsed, Waived: r.WaiveFee}
}

func (w *world) cancel() {
	kind := 1 + w.IntN(2)
	back, ok := w.cancelled(kind)
	if !ok {
		return
	}
	w.plan = w.plan.Cancel(kind, w.now)
	w.apply(rate.Event{Step: rate.StepCancelled, Order: w.order(), At: w.now, Kind: kind, Back: back})
	w.out = w.out.Plus(back.Return)
	w.seen["cancel "+string(rune('0'+kind))]++
}

// cancelled compares what an unsubscription gives back.
func (w *world) cancelled(kind int) (rate.Back, bool) {
	rules, terms := w.terms()
	back, err := rate.Cancel(w.hist, kind, w.now, rules)
	r, want := w.plan.PriceCancel(kind, w.now, terms)
	if w.refused("Cancel", err, want) {
		return rate.Back{}, false
	}
	w.tells("Cancel(%d) by %+v: back %d, %s", kind, rules, back.Total, formulas(back.Lines))
	w.explained(back.Lines)
	money := func(p rate.Paid) rate.Paid { p.Voucher = 0; return p }
	switch {
	case back.Return != paidOf(r.Back), money(back.Consumed) != paidOf(r.Consumed), money(back.Fee) != paidOf(r.Fee),
		back.Total != r.Back.Actual(), back.NoReason != r.NoReason, back.Review != r.Review,
		back.Vouchers != (r.Back[oracle.Voucher] > 0):
		w.fails("Cancel(%d) = %+v, the oracle says %+v", kind, back, r)
	case back.Paid.Minus(back.Consumed).Minus(back.Fee) != back.Return:
		w.fails("Cancel(%d): %+v less %+v less %+v is not %+v", kind, back.Paid, back.Consumed, back.Fee, back.Return)
	}
	sum := int64(0)
	for _, l := range back.Lines {
		sum += min(l.Minor, 0)
	}
	if sum != -back.Total {
		w.fails("Cancel(%d): the lines give back %d, the total is %d", kind, -sum, back.Total)
	}
	w.noteCancel(back, rules)
	return back, w.err == nil
}

func (w *world) noteCancel(back rate.Back, rules rate.Rules) {
	for key, is := range map[string]bool{"no reason": back.NoReason, "review": back.Review, "voucher back": back.Vouchers,
		"fee cut": back.Total == 0 && back.Fee.Actual() > 0 && !rules.WaiveFee} {
		if is {
			w.seen[key]++
		}
	}
}

// packsAndTickets buys packs and submits tickets, and compares what is left of the month.
func (w *world) packsAndTickets() {
	n := 1 + w.IntN(3)
	plan, price, want := w.plan.Pack(w.list, n, w.now)
	if want == nil && w.IntN(2) == 0 {
		q, err := rate.Packs(w.sheet, n, w.now)
		if err != nil || q.Due != price || !q.End.Add(time.Second).Equal(rate.MonthOver(w.now)) {
			w.fails("Packs(%d) = %d until %s, %v; the oracle says %d", n, q.Due, q.End, err, price)
		}
		w.plan = plan
		for range n {
			w.packs = append(w.packs, w.now)
		}
		w.seen["pack"]++
	}
	for range 1 + w.IntN(45) {
		plan, err := w.plan.Ticket(w.now)
		if (err != nil) != (w.left() == 0) {
			w.fails("%d tickets left, the oracle says %v", w.left(), err)
		}
		if err != nil {
			w.seen["ticket refused"]++
			break
		}
		w.plan = plan
		w.tickets = append(w.tickets, w.now)
		w.seen["ticket"]++
	}
}
