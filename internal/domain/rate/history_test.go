package rate_test

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"strconv"
	"strings"
	"testing"
	"time"

	"hanse/internal/domain/rate"
	"hanse/internal/domain/rate/oracle"
)

// chunks is into how many parts the histories are divided, so that they run on every core.
const chunks = 8

// number reads a setting of the run from the environment.
func number(t *testing.T, name string, otherwise uint64) uint64 {
	t.Helper()
	text := os.Getenv(name)
	if text == "" {
		return otherwise
	}
	n, err := strconv.ParseUint(text, 10, 64)
	if err != nil {
		t.Fatalf("%s = %q is not a number", name, text)
	}
	return n
}

// usual is how many histories there are, fewer under -short.
func usual() uint64 {
	if testing.Short() {
		return 5_000
	}
	return 100_000
}

// TestEveryHistoryAgreesWithTheOracle lives through random plans twice, here and in an oracle written apart from the
// rules alone: every figure and every refusal is the same, the figure quoted is the figure applied, no more comes back
// than was paid, and the events make the same state again. HANSE_SEED repeats a run, HANSE_CASES changes its size.
func TestEveryHistoryAgreesWithTheOracle(t *testing.T) {
	seed := number(t, "HANSE_SEED", rand.Uint64())
	cases := number(t, "HANSE_CASES", usual())
	t.Logf("%d histories, HANSE_SEED=%d", cases, seed)
	for c := range uint64(chunks) {
		t.Run(fmt.Sprint("chunk ", c), func(t *testing.T) {
			t.Parallel()
			for n := c; n < cases; n += chunks {
				if w := live(seed, n, oracle.None, false); w.err != nil {
					w = live(seed, n, oracle.None, true)
					t.Fatalf("HANSE_SEED=%d, history %d: %v\n%s", seed, n, w.err, strings.Join(w.story, "\n"))
				}
			}
		})
	}
}

// TestTheHistoriesReachEverything guards the test above against its own blindness: each kind of step and each refusal
// occurs, and so do the figures that are rare.
func TestTheHistoriesReachEverything(t *testing.T) {
	seed, seen := number(t, "HANSE_SEED", 20260302), map[string]int{}
	for n := range uint64(4_000) {
		for key, times := range live(seed, n, oracle.None, false).seen {
			seen[key] += times
		}
	}
	t.Logf("%v", seen)
	for _, key := range []string{"buy", "upgrade", "downgrade", "renew", "unified", "cancel 1", "cancel 2", "no reason",
		"review", "fee cut", "voucher back", "paid later", "renewed in grace", "renewed in retention", "second change",
		"future changed", "expiry day", "29 February", "ticket", "ticket refused", "pack",
		string(rate.NotBasic), string(rate.NotRunning), string(rate.Expired), string(rate.SameLevel),
		string(rate.NotHigher), string(rate.NotLower), string(rate.ToBasic), string(rate.NoPrice), string(rate.BadTerm),
		string(rate.BadUnify), string(rate.BenefitUsed), string(rate.NoFuture), string(rate.ChangedBefore),
		string(rate.Promotion), string(rate.InvoicedAgent)} {
		if seen[key] == 0 {
			t.Errorf("no history had %q (HANSE_SEED=%d)", key, seed)
		}
	}
}

// TestAMistakeIsFound is the negative control: an oracle with one rule broken on purpose disagrees soon.
func TestAMistakeIsFound(t *testing.T) {
	seed := number(t, "HANSE_SEED", 20260302)
	for name, slip := range map[string]oracle.Slip{
		"r without its cap":                oracle.NoGuard,
		"fee of what is left":              oracle.FeeOnRest,
		"a started hour counts":            oracle.StartedHour,
		"future periods keep the vouchers": oracle.FutureWithoutVoucher,
		"the anchor is lost":               oracle.LostAnchor,
		"list price after a change":        oracle.ListValue,
	} {
		t.Run(name, func(t *testing.T) {
			for n := range uint64(5_000) {
				if live(seed, n, slip, false).err != nil {
					return
				}
			}
			t.Errorf("5,000 histories agree with an oracle that is wrong: %s", name)
		})
	}
}

// A world is one company's plan as the package under test and the oracle see it.
type world struct {
	*rand.Rand
	now     time.Time
	sheet   rate.Sheet
	list    oracle.List
	days    rate.Days
	hist    rate.History
	plan    oracle.Plan
	events  []rate.Event
	kept    []rate.History // after each event
	in, out rate.Paid
	packs   []time.Time
	tickets []time.Time
	telling bool
	story   []string
	seen    map[string]int
	err     error
}

var zone = time.FixedZone("Asia/Shanghai", 8*60*60)

// live runs history n of a seed to its end or to the first disagreement.
func live(seed, n uint64, slip oracle.Slip, telling bool) *world {
	w := &world{Rand: rand.New(rand.NewPCG(seed, n)), seen: map[string]int{}, telling: telling}
	w.plan = w.plan.With(slip)
	w.days = rate.Days{Grace: 1 + w.IntN(7), Retention: 1 + w.IntN(15)}
	w.now = time.Date(2023+w.IntN(8), time.Month(1+w.IntN(12)), 1+w.IntN(31), w.IntN(24), w.IntN(60), w.IntN(60), w.IntN(2)*w.IntN(1e9), zone).UTC()
	if w.IntN(8) == 0 {
		w.now = time.Date(2024+4*w.IntN(2), 2, 28+w.IntN(2), w.IntN(24), w.IntN(60), w.IntN(60), 0, zone).UTC()
	}
	w.newPrices()
	for range 3 + w.IntN(6) {
		if w.step(); w.err == nil {
			w.check()
		}
		if w.err != nil {
			return w
		}
		w.now = w.later()
		if w.IntN(6) == 0 {
			w.newPrices()
		}
	}
	if w.err == nil {
		w.atTheEnd()
	}
	return w
}

// step does what somebody might try in the present state, also what must be refused.
func (w *world) step() {
	dice := w.IntN(100)
	switch state := w.hist.State(w.now, w.days); {
	case dice < 4:
		w.buy()
	case dice < 10:
		w.upgrade()
	case dice < 16:
		w.downgrade()
	case dice < 22:
		w.cancel()
	case state == rate.None || state == rate.Released:
		w.buy()
	case dice < 26:
		w.packsAndTickets()
	case state != rate.Active || dice < 55:
		w.renew()
	case dice < 75 && w.hist.Level(w.now) == rate.Standard || dice < 60:
		w.upgrade()
	case dice < 88:
		w.downgrade()
	default:
		w.cancel()
	}
}

// later is the next instant: soon, in days, in months, or at an edge of the plan, where mistakes hide.
func (w *world) later() time.Time {
	if w.IntN(3) == 0 && len(w.hist.Periods) > 0 {
		p := w.hist.Periods[w.IntN(len(w.hist.Periods))]
		edges := []time.Time{p.Start, p.End, p.End.Add(time.Second), p.TermEnd, p.Start.Add(5 * 24 * time.Hour),
			p.Start.AddDate(1, 0, 0), p.Start.AddDate(2, 0, 0), p.End.Add(-24 * time.Hour),
			p.End.Add(time.Duration(w.IntN(24*15)) * time.Hour)}
		at := edges[w.IntN(len(edges))].Add(time.Duration(w.IntN(3)-1) * time.Second)
		if at.After(w.now) {
			return at
		}
	}
	spans := []time.Duration{time.Minute, time.Hour, 24 * time.Hour, 6 * 24 * time.Hour, 40 * 24 * time.Hour, 300 * 24 * time.Hour}
	return w.now.Add(time.Duration(w.Int64N(int64(spans[w.IntN(len(spans))]))))
}

// newPrices puts another price list in force, seldom with rows missing.
func (w *world) newPrices() {
	w.list = oracle.List{Pack: w.amount(1_000_00, 5_000_00)}
	month := w.amount(50_00, 10_000_00)
	switch w.IntN(12) {
	case 0, 1, 2:
		month = 8_500_00
	case 3:
		month = w.amount(1, 5_00) // so little that cents are large shares
	case 4:
		month = w.amount(1, 1e13)
	}
	for _, l := range []oracle.Level{oracle.Standard, oracle.Premium} {
		w.list.Month[l] = month * int64(l)
		for n := int64(1); n <= 3; n++ {
			w.list.Year[l][n] = month * 10 * n * int64(l) * (21 - n) / 20
			if w.IntN(2) == 0 {
				w.list.Year[l][n] += w.amount(0, 99_99)
			}
		}
	}
	if w.IntN(10) == 0 { // a premium that costs less than it should, or less than standard
		w.list.Month[oracle.Premium] = w.amount(1, 3*month)
		w.list.Year[oracle.Premium][1] = w.amount(1, 30*month)
	}
	if w.IntN(25) == 0 {
		w.list.Year[1+w.IntN(2)][1+w.IntN(3)] = 0
	}
	w.sheet = rate.Sheet{Version: w.sheet.Version + 1, Pack: w.list.Pack}
	for l, level := range levels {
		if w.list.Month[l] > 0 {
			w.sheet.Prices = append(w.sheet.Prices, rate.Price{Level: level, Term: rate.Months(1), Minor: w.list.Month[l]})
		}
		for n, minor := range w.list.Year[l] {
			if minor > 0 {
				w.sheet.Prices = append(w.sheet.Prices, rate.Price{Level: level, Term: rate.Years(n), Minor: minor})
			}
		}
	}
}

func (w *world) amount(from, to int64) int64 { return from + w.Int64N(to-from+1) }

var levels = []rate.Level{rate.Basic, rate.Standard, rate.Premium}

// length is a term, seldom one that is not sold.
func (w *world) length() (rate.Term, oracle.Length) {
	n := 1 + w.IntN(3)
	switch dice := w.IntN(40); {
	case dice == 0:
		n = 4
		fallthrough
	case dice < 16:
		return rate.Years(n), oracle.Length{Years: n}
	case dice == 16:
		return rate.Months(12), oracle.Length{Months: 12}
	case dice < 22:
		n = 1 + w.IntN(11)
	}
	return rate.Months(n), oracle.Length{Months: n}
}

// discount is none, a share, a fixed price below that of a row, or an amount off.
func (w *world) discount(row int64) (*rate.Discount, *oracle.Cut) {
	switch w.IntN(7) {
	case 0:
		n := w.amount(1, 5_000)
		return &rate.Discount{ID: "r", Mode: rate.Ratio, Ratio: n}, &oracle.Cut{Ratio: n}
	case 1:
		if row > 0 {
			n := w.amount((row+1)/2, row)
			return &rate.Discount{ID: "f", Mode: rate.Fixed, Minor: n}, &oracle.Cut{Fixed: n}
		}
	case 2:
		n := w.amount(1, 20_000_00)
		return &rate.Discount{ID: "o", Mode: rate.Off, Minor: n}, &oracle.Cut{Off: n}
	}
	return nil, nil
}

// split pays an amount from random sources, often from cash alone.
func (w *world) split(due int64) (rate.Paid, oracle.Purse) {
	var in oracle.Purse
	if due == 0 || w.IntN(3) == 0 {
		in[oracle.Cash] = due
		return paidOf(in), in
	}
	rest := due
	for range 4 {
		n := w.amount(0, rest)
		if w.IntN(4) == 0 {
			n = min(rest, w.amount(1, 3)) // a source of a cent or so
		}
		in[w.IntN(5)] += n
		rest -= n
	}
	in[w.IntN(5)] += rest
	return paidOf(in), in
}

func paidOf(p oracle.Purse) rate.Paid {
	return rate.Paid{Cash: p[oracle.Cash], Credit: p[oracle.Credit], StoredValue: p[oracle.Card],
		CashCoupon: p[oracle.Coupon], Voucher: p[oracle.Voucher]}
}

// fails notes the first disagreement.
func (w *world) fails(format string, args ...any) {
	if w.err == nil {
		w.err = fmt.Errorf(format, args...)
	}
}

// tells adds a line to the story that a failure prints. It is written only when it is wanted.
func (w *world) tells(format string, args ...any) {
	if w.telling {
		w.story = append(w.story, w.now.In(zone).Format("  2006-01-02 15:04:05.999 ")+fmt.Sprintf(format, args...))
	}
}

// sentences pairs the oracle's refusals with the reasons that say the same.
var sentences = []struct {
	err error
	why []rate.Why
}{
	{oracle.ErrNotBasic, []rate.Why{rate.NotBasic}},
	{oracle.ErrNoPlan, []rate.Why{rate.NotRunning, rate.Expired}},
	{oracle.ErrDirection, []rate.Why{rate.SameLevel, rate.NotHigher, rate.NotLower, rate.ToBasic}},
	{oracle.ErrNoPrice, []rate.Why{rate.NoPrice}},
	{oracle.ErrBenefit, []rate.Why{rate.BenefitUsed}},
	{oracle.ErrNoFuture, []rate.Why{rate.NoFuture}},
	{oracle.ErrChanged, []rate.Why{rate.ChangedBefore}},
	{oracle.ErrPromotion, []rate.Why{rate.Promotion}},
	{oracle.ErrInvoiced, []rate.Why{rate.InvoicedAgent}},
	{oracle.ErrTerm, []rate.Why{rate.BadTerm}},
	{oracle.ErrUnifiedDay, []rate.Why{rate.BadUnify}},
}

// refused tells whether both refuse, and notes when only one does or when they give different reasons.
func (w *world) refused(what string, got, want error) bool {
	if got == nil && want == nil {
		return false
	}
	w.tells("%s: %v", what, got)
	w.seen[string(rate.WhyOf(got))]++
	for _, s := range sentences {
		for _, why := range s.why {
			if errors.Is(want, s.err) && errors.Is(got, why) {
				return true
			}
		}
	}
	w.fails("%s = %v, the oracle says %v", what, got, want)
	return true
}
