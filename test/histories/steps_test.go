package histories

import (
	"context"
	"errors"
	"fmt"
	"time"

	"hanse/internal/domain/funds"
	"hanse/internal/domain/ledger"
	"hanse/internal/domain/voucher"
	"hanse/internal/kit/actor"
	"hanse/internal/kit/db"
)

// An order is a request with an idempotency key, which may come several times.
type order struct {
	name  string
	verb  string
	key   string
	minor int64
	do    func(ctx context.Context, key string, minor int64) (made string, err error)
	legal func() bool       // nothing stands in the way now
	apply func(made string) // what it does, in the model
	first bool              // the same key with another amount gets the first answer: a grant's value may be changed later
	made  string
	done  bool
}

func (o *order) String() string { return fmt.Sprintf("%s %s of %d", o.name, o.key, o.minor) }

var errCrash = errors.New("the process dies before the commit")

// attempt sends a request and compares the answer with the model's.
func (h *history) attempt(o *order) error {
	if !o.done {
		h.sent = append(h.sent, o)
	}
	legal := o.legal()
	made, err := o.do(h.ctx, o.key, o.minor)
	return h.settle(o, made, err, legal)
}

// crash sends a request in a process that dies, and sends it again: nobody knows whether it was done.
func (h *history) crash(o *order) error {
	h.sent = append(h.sent, o)
	legal := o.legal()
	made, err := o.do(h.fuse(), o.key, o.minor)
	if err != nil && !refused(err) {
		h.count["died"]++
		made, err = o.do(h.ctx, o.key, o.minor)
		if voucher.WhyOf(err) == voucher.Busy { // the lease of a call that died
			h.clock.AdvanceWall(2 * time.Minute)
			made, err = o.do(h.ctx, o.key, o.minor)
		}
	}
	return h.settle(o, made, err, legal)
}

// settle takes an answer into the model, or says why it's wrong.
func (h *history) settle(o *order, made string, err error, legal bool) error {
	switch {
	case err != nil && !refused(err):
		return fmt.Errorf("%s: %w", o, err)
	case o.done && err == nil && made != o.made:
		return fmt.Errorf("%s, sent again, gave %s, first %s", o, made, o.made)
	case o.done:
		h.count["sent again"]++
		return nil // its first answer, or a refusal because of what happened since
	case err == nil && !legal:
		return fmt.Errorf("%s was done, and mustn't", o)
	case err != nil && legal:
		return fmt.Errorf("%s was refused (%w), and nothing stands in the way", o, err)
	case err != nil:
		h.count["refused: "+o.verb]++
	default:
		h.count[o.verb]++
		o.done, o.made = true, made
		o.apply(made)
	}
	return nil
}

// changed sends the same key with another amount.
func (h *history) changed(o *order) error {
	made, err := o.do(h.ctx, o.key, o.minor+1)
	h.count["changed"]++
	if err == nil && !(o.first && made == o.made) {
		return fmt.Errorf("%s with another amount gave %s", o, made)
	}
	if err != nil && !refused(err) {
		return err
	}
	return nil
}

// draw makes a new request.
func (h *history) draw() *order {
	h.keys++
	o := &order{key: fmt.Sprintf("%s-%d", h.who[dist].Account, h.keys), minor: 1 + h.rng.Int64N(6_000)}
	switch h.rng.IntN(16) {
	case 0, 1, 2:
		h.pass(o, ledger.Allocate)
	case 3, 4:
		h.pass(o, ledger.Reclaim)
	case 5, 6:
		h.consume(o)
	case 7:
		h.grant(o)
	case 8, 9, 10, 11:
		h.issue(o)
	case 12, 13:
		h.pay(o)
	default:
		h.refund(o)
	}
	return o
}

// seller is one of those who have customers.
func (h *history) seller() int { return h.sellers[h.rng.IntN(len(h.sellers))] }

// likely is true mostly: then what is drawn can be done, as far as the model knows.
func (h *history) likely() bool { return h.rng.IntN(8) > 0 }

// fitting has a request mostly ask for no more than there is.
func (h *history) fitting(o *order, most int64) {
	if most > 0 && h.likely() {
		o.minor = 1 + h.rng.Int64N(most)
	}
}

// pair draws who gives to whom.
func (h *history) pair(kind string) (from, to int) {
	var all, can [][2]int
	for _, p := range h.sellers {
		if h.distributes() {
			all = append(all, [2]int{dist, p})
		}
		all = append(all, [2]int{p, one}, [2]int{p, two})
	}
	for _, x := range all {
		source := h.cash(x[0])
		if kind == ledger.Reclaim {
			source = h.received(x[0], x[1])
		}
		if h.money(x[0], x[1]) && h.holds[source] > 0 {
			can = append(can, x)
		}
	}
	if len(can) > 0 && h.likely() {
		all = can
	}
	x := all[h.rng.IntN(len(all))]
	return x[0], x[1]
}

// received is where a company has what another one passed to it.
func (h *history) received(from, to int) ledger.Place {
	if from == dist {
		return h.cash(to)
	}
	return h.allocated(to)
}

// pass allocates or reclaims at one of the levels, by the partner itself or by the distributor for its reseller.
func (h *history) pass(o *order, kind string) {
	from, to := h.pair(kind)
	by, target := from, h.received(from, to)
	if from != dist && from != provider && h.rng.IntN(3) == 0 {
		by = dist
	}
	o.name, o.verb = fmt.Sprintf("%s by %s for %s, to %s", kind, names[by], names[from], names[to]), kind
	source, sign := h.cash(from), int64(1)
	do := h.funds.Allocate
	if kind == ledger.Reclaim {
		source, target, sign, do = target, source, -1, h.funds.Reclaim
	}
	h.fitting(o, h.holds[source])
	o.do = func(ctx context.Context, key string, minor int64) (string, error) {
		out, err := do(ctx, h.who[by], funds.In{Partner: h.who[from].Account, To: h.who[to].Account, Minor: minor, Key: key})
		return out.ID, err
	}
	o.legal = func() bool {
		return h.money(from, to) && h.holds[source] >= o.minor && (by == from || h.under[from])
	}
	o.apply = func(string) {
		h.move(source, target, o.minor)
		if from == dist {
			h.passed[to] += sign * o.minor
		}
	}
}

// consume is what a customer's usage costs, posted in one transaction.
func (h *history) consume(o *order) {
	c := one + h.rng.IntN(2)
	if h.holds[h.allocated(c)] == 0 && h.likely() {
		h.pass(o, ledger.Allocate)
		return
	}
	h.fitting(o, h.holds[h.allocated(c)])
	o.name, o.verb = "usage of "+names[c], "use up"
	o.do = func(ctx context.Context, key string, minor int64) (string, error) {
		out, err := ledger.Posted{}, error(nil)
		err = h.d.Update(ctx, func(tx *db.Tx) error {
			out, err = ledger.Post(ctx, tx, actor.Program("usage"), ledger.Posting{Book: h.who[c].Account, Key: key, Kind: ledger.Consume, Verb: "test.use",
				Moves: []ledger.Move{{From: h.allocated(c), To: ledger.Place{Owner: h.vendor, Kind: ledger.Revenue, Unit: ledger.CNY}, Minor: minor}}})
			return h.die(ctx, err)
		})
		return out.ID, err
	}
	o.legal = func() bool { return !h.frozen[c] && h.holds[h.allocated(c)] >= o.minor }
	o.apply = func(string) { h.holds[h.allocated(c)] -= o.minor }
}

// die fails a transaction of a process that is to die, before its commit.
func (h *history) die(ctx context.Context, err error) error {
	if ctx != h.ctx && err == nil {
		return errCrash
	}
	return err
}

func (h *history) grant(o *order) {
	to := provider
	if h.distributes() {
		to = dist
	}
	kind := voucher.Kind(h.rng.IntN(2))
	until := h.clock.Now().Add(time.Duration(6+h.rng.IntN(60)) * time.Hour)
	o.name, o.verb, o.first = "a quota for "+names[to], "grant", true
	from := h.clock.Now()
	o.do = func(ctx context.Context, key string, minor int64) (string, error) {
		q, err := h.vouchers.Grant(ctx, h.finance, voucher.NewQuota{Partner: h.who[to].Account, Kind: kind, Currency: "CNY", Minor: minor, EffectiveAt: from,
			ExpireAt: until, Key: key})
		return q.ID, err
	}
	o.legal = func() bool { return h.clock.Now().Before(until) }
	o.apply = func(made string) {
		h.addQuota(&quota{id: made, holder: to, until: until}, kind, o.minor)
	}
}

func (h *history) addQuota(q *quota, kind voucher.Kind, minor int64) {
	q.place = ledger.Place{Owner: h.who[q.holder].Account, Kind: ledger.Quota, Unit: kind.Unit("CNY"), Ref: q.id}
	h.holds[q.place] += minor
	h.quotas = append(h.quotas, q)
}

// some is one of a list that fits, at random; the zero value when none does.
func some[T any](h *history, list []T, fits func(T) bool) (out T, ok bool) {
	var all []T
	for _, x := range list {
		if fits(x) {
			all = append(all, x)
		}
	}
	if len(all) == 0 {
		return out, false
	}
	return all[h.rng.IntN(len(all))], true
}

func (q *quota) kind() voucher.Kind {
	if q.place.Unit == voucher.Coupon.Unit("CNY") {
		return voucher.Coupon
	}
	return voucher.Plain
}

func (h *history) split(o *order) {
	q, ok := some(h, h.quotas, func(q *quota) bool { return q.holder == dist && (h.holds[q.place] > 0 || !h.likely()) })
	if !ok {
		h.grant(o)
		return
	}
	to := h.seller()
	h.fitting(o, h.holds[q.place])
	o.name, o.verb = "a part of a quota for "+names[to], "split"
	o.do = func(ctx context.Context, key string, minor int64) (string, error) {
		out, err := h.vouchers.Split(ctx, h.who[dist], voucher.Split{Quota: q.id, Resellers: []string{h.who[to].Account}, Minor: minor, Key: key})
		return outcome(out, err)
	}
	o.legal = func() bool { return h.under[to] && h.clock.Now().Before(q.until) && h.holds[q.place] >= o.minor }
	o.apply = func(made string) {
		h.holds[q.place] -= o.minor
		h.addQuota(&quota{id: made, holder: to, parent: q, until: q.until}, q.kind(), o.minor)
	}
}

// outcome is what became of the one item of a call.
func outcome(out []voucher.Outcome, err error) (string, error) {
	if err != nil || len(out) != 1 {
		return "", err
	}
	return out[0].Made, out[0].Err
}

func (h *history) issue(o *order) {
	q, ok := some(h, h.quotas, func(q *quota) bool { return q.holder != dist && (h.holds[q.place] > 0 || !h.likely()) })
	if !ok && h.distributes() {
		h.split(o)
		return
	}
	if !ok {
		h.grant(o)
		return
	}
	to, by, partner := one+h.rng.IntN(2), q.holder, ""
	if c, ok := some(h, []int{one, two}, func(c int) bool { l, ok := h.partner[c]; return ok && l.by == q.holder }); ok && h.likely() {
		to = c
	}
	h.fitting(o, h.holds[q.place])
	if q.parent != nil && h.rng.IntN(3) == 0 {
		by, partner = dist, h.who[q.holder].Account
	}
	until := q.until
	if now := h.clock.Now(); h.rng.IntN(2) == 0 && now.Add(2*time.Hour).Before(until) {
		until = now.Add(until.Sub(now) / 2).Truncate(time.Microsecond)
	}
	o.name, o.verb = fmt.Sprintf("a voucher of %s for %s, by %s", names[q.holder], names[to], names[by]), "issue"
	o.do = func(ctx context.Context, key string, minor int64) (string, error) {
		out, err := h.vouchers.Issue(ctx, h.who[by], voucher.Issue{Partner: partner, Quota: q.id, Customers: []string{h.who[to].Account}, Minor: minor, ExpireAt: until, Key: key})
		return outcome(out, err)
	}
	o.legal = func() bool {
		l, related := h.partner[to]
		return related && l.by == q.holder && (by != dist || h.under[q.holder]) && q.takes(h.clock.Now()) && h.clock.Now().Before(until) && h.holds[q.place] >= o.minor
	}
	o.apply = func(made string) {
		p := &paper{id: made, of: q, customer: to, face: o.minor, until: until,
			place: ledger.Place{Owner: h.who[to].Account, Kind: ledger.Voucher, Unit: q.place.Unit, Ref: made}}
		h.papers = append(h.papers, p)
		h.move(q.place, p.place, o.minor)
	}
}

// pay uses a voucher for an order, in one transaction.
func (h *history) pay(o *order) {
	p, ok := some(h, h.papers, func(p *paper) bool { return h.holds[p.place] > 0 || !h.likely() })
	if !ok {
		h.issue(o)
		return
	}
	o.minor = p.face
	if h.rng.IntN(3) > 0 {
		h.fitting(o, h.holds[p.place])
	}
	o.name, o.verb = "a payment with a voucher of "+names[p.customer], "pay"
	o.do = func(ctx context.Context, key string, minor int64) (string, error) {
		err := h.d.Update(ctx, func(tx *db.Tx) error {
			_, err := voucher.Use(ctx, tx, h.who[p.customer], voucher.Payment{Customer: h.who[p.customer].Account, Voucher: p.id, Minor: minor, Key: key,
				Order: voucher.Order{ID: "CS1", Kind: "new", Lines: []voucher.Line{{Minor: 1 << 40}}}})
			return h.die(ctx, err)
		})
		return p.id, err
	}
	o.legal = func() bool { return p.usable(h.clock.Now()) && !h.frozen[p.customer] && h.holds[p.place] >= o.minor }
	o.apply = func(string) {
		h.holds[p.place] -= o.minor
		p.used = h.holds[p.place] == 0
		h.uses = append(h.uses, &use{o.key, p, o.minor})
	}
}

// refund gives back what an order took of a voucher; of one that ended meanwhile it goes home.
func (h *history) refund(o *order) {
	u, ok := some(h, h.uses, func(*use) bool { return true })
	if !ok {
		h.pay(o)
		return
	}
	o.minor = 1 + h.rng.Int64N(u.minor+1)
	o.name, o.verb = "a refund to a voucher of "+names[u.of.customer], "refund"
	o.do = func(ctx context.Context, key string, minor int64) (string, error) {
		err := h.d.Update(ctx, func(tx *db.Tx) error {
			_, err := voucher.Return(ctx, tx, h.who[u.of.customer], voucher.Refund{Customer: h.who[u.of.customer].Account, Of: u.key, Minor: minor, Key: key})
			return h.die(ctx, err)
		})
		return u.of.id, err
	}
	o.legal = func() bool { return u.minor >= o.minor }
	o.apply = func(string) {
		u.minor -= o.minor
		h.holds[u.of.place] += o.minor
		if u.of.dead || !h.clock.Now().Before(u.of.until) {
			h.home(u.of.place, u.of.of, o.minor)
			return
		}
		u.of.used = false
	}
}
