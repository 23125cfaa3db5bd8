package voucher_test

import (
	"cmp"
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"strconv"
	"testing"
	"time"

	"hanse/internal/domain/fixture"
	"hanse/internal/domain/ledger"
	"hanse/internal/domain/ledger/ledgertest"
	"hanse/internal/domain/voucher"
	"hanse/internal/kit/actor"
	"hanse/internal/kit/clock"
	"hanse/internal/kit/db"
	"hanse/internal/kit/dbtest"
	"hanse/internal/kit/fault"
)

// TestRandomHistoriesLoseNothing plays random steps, repeated and refused ones among them. After every step the books
// balance, and every quota's value is what it holds, what others hold of it, what was used and what went home.
// HANSE_SEED repeats a run, HANSE_CASES makes it longer.
func TestRandomHistoriesLoseNothing(t *testing.T) {
	seed := uint64(time.Date(2026, 11, 22, 0, 0, 0, 0, time.UTC).Unix())
	if n, err := strconv.ParseUint(os.Getenv("HANSE_SEED"), 10, 64); err == nil {
		seed = n
	}
	steps := 60
	if n, err := strconv.Atoi(cmp.Or(os.Getenv("HANSE_CASES"), "0")); err == nil && n > 0 {
		steps = n
	}
	dbtest.Each(t, func(t *testing.T, d *db.DB, c *clock.Manual) {
		t.Logf("HANSE_SEED=%d HANSE_CASES=%d", seed, steps)
		h := &history{world: found(t, d, c), rand: rand.New(rand.NewPCG(seed, 1))}
		for i := range steps {
			did := h.step()
			if h.check(); t.Failed() {
				t.Fatalf("HANSE_SEED=%d: after step %d, %s", seed, i, did)
			}
		}
	})
}

type history struct {
	*world
	rand     *rand.Rand
	quotas   []voucher.Quota
	vouchers []string
	payments []voucher.Payment
	keys     []string
}

func pick[T any](h *history, list []T) (x T, ok bool) {
	if len(list) == 0 {
		return x, false
	}
	return list[h.rand.IntN(len(list))], true
}

// key is a new idempotency key, or sometimes an old one.
func (h *history) key() string {
	if k, ok := pick(h, h.keys); ok && h.rand.IntN(5) == 0 {
		return k
	}
	h.keys = append(h.keys, fmt.Sprintf("k%d", len(h.keys)))
	return h.keys[len(h.keys)-1]
}

// must lets refusals pass: they are part of the game. Anything else isn't.
func (h *history) must(err error) {
	h.t.Helper()
	if err != nil && fault.Of(err) == nil {
		h.t.Fatal(err)
	}
}

func (h *history) step() string {
	steps := []struct {
		name string
		do   func()
	}{{"grant", h.grantOne}, {"split", h.split}, {"issue", h.issue}, {"issue", h.issue}, {"use", h.use}, {"return", h.giveBack}, {"reclaim", h.reclaim},
		{"take back", h.takeBack}, {"part", h.part}, {"freeze", h.state}, {"time", func() { h.pass(time.Duration(h.rand.IntN(72)) * time.Hour) }}}
	s := steps[h.rand.IntN(len(steps))]
	if len(h.quotas) == 0 {
		s = steps[0]
	}
	s.do()
	return s.name
}

func (h *history) grantOne() {
	to := []actor.Actor{h.distributor, h.provider}[h.rand.IntN(2)]
	now := h.clock.Now()
	q, err := h.s.Grant(h.t.Context(), h.finance, voucher.NewQuota{Partner: to.Account, Currency: "CNY", Kind: voucher.Kind(h.rand.IntN(2)), Minor: 1 + h.rand.Int64N(500_00),
		EffectiveAt: now, ExpireAt: now.Add(time.Duration(1+h.rand.IntN(20*24)) * time.Hour), Key: h.key()})
	if h.must(err); err == nil && !h.knows(q.ID) {
		h.quotas = append(h.quotas, q)
	}
}

func (h *history) knows(id string) bool {
	for _, q := range h.quotas {
		if q.ID == id {
			return true
		}
	}
	return false
}

func (h *history) split() {
	q, _ := pick(h, h.quotas)
	out, err := h.s.Split(h.t.Context(), h.distributor, voucher.Split{Quota: q.ID, Resellers: []string{h.reseller.Account, h.reseller2.Account}[:1+h.rand.IntN(2)],
		Minor: 1 + h.rand.Int64N(200_00), Key: h.key()})
	h.must(err)
	for _, o := range out {
		if o.Err == nil && !h.knows(o.Made) {
			h.quotas = append(h.quotas, h.quota(o.Made))
		}
	}
}

func (h *history) issue() {
	q, _ := pick(h, h.quotas)
	by, to := h.provider, []string{h.one.Account, h.two.Account, h.referral.Account}
	if q.Account == h.reseller.Account {
		by, to = h.reseller, []string{h.near.Account, h.reseller.Account}
	}
	out, err := h.s.Issue(h.t.Context(), by, voucher.Issue{Quota: q.ID, Customers: to[:1+h.rand.IntN(len(to))], Minor: 1 + h.rand.Int64N(100_00), Key: h.key()})
	h.must(err)
	for _, o := range out {
		if o.Err == nil {
			h.vouchers = append(h.vouchers, o.Made)
		}
	}
}

func (h *history) use() {
	id, ok := pick(h, h.vouchers)
	if !ok {
		return
	}
	v := h.voucher(id)
	p := voucher.Payment{Customer: v.Customer, Voucher: id, Minor: 1 + h.rand.Int64N(v.Face), Key: h.key(),
		Order: voucher.Order{ID: "CS1", Kind: "new", Lines: []voucher.Line{{Minor: 1 << 40}}}}
	err := h.in(func(ctx context.Context, tx *db.Tx) error { _, err := voucher.Use(ctx, tx, h.one, p); return err })
	if h.must(err); err == nil {
		h.payments = append(h.payments, p)
	}
}

func (h *history) giveBack() {
	p, ok := pick(h, h.payments)
	if !ok {
		return
	}
	r := voucher.Refund{Customer: p.Customer, Of: p.Key, Minor: 1 + h.rand.Int64N(p.Minor), Key: h.key()}
	h.must(h.in(func(ctx context.Context, tx *db.Tx) error { _, err := voucher.Return(ctx, tx, h.one, r); return err }))
}

func (h *history) reclaim() {
	if id, ok := pick(h, h.vouchers); ok {
		by := h.provider
		if h.voucher(id).Account == h.reseller.Account {
			by = h.reseller
		}
		_, _, err := h.s.Reclaim(h.t.Context(), by, voucher.Reclaim{Voucher: id})
		h.must(err)
	}
}

func (h *history) takeBack() {
	q, _ := pick(h, h.quotas)
	_, err := h.s.TakeBack(h.t.Context(), h.distributor, voucher.TakeBack{Quotas: []string{q.ID}})
	h.must(err)
}

func (h *history) part() {
	who, _ := pick(h, []actor.Actor{h.one, h.two, h.referral})
	h.must(h.in(func(ctx context.Context, tx *db.Tx) error {
		_, err := voucher.ReclaimAll(ctx, tx, h.provider, h.provider.Account, who.Account, voucher.Unbound)
		return err
	}))
}

func (h *history) state() {
	q, _ := pick(h, h.quotas)
	q = h.quota(q.ID)
	to, _ := pick(h, []voucher.QuotaState{voucher.Held, voucher.Normal, voucher.Disabled, voucher.Adjusting})
	_, err := h.s.SetState(h.t.Context(), h.finance, q.Account, q.ID, q.Edition, to)
	h.must(err)
}

// check holds the books, and that nothing of the vouchers' value is lost: what the vendor gave is with somebody, or was
// used. Of each voucher and quota the books hold as much as the service says.
func (h *history) check() {
	h.t.Helper()
	h.holds()
	ledgertest.Balanced(h.t, h.DB)
	for _, kind := range []voucher.Kind{voucher.Plain, voucher.Coupon} {
		var sum int64
		for _, q := range h.quotas {
			if q.Kind == kind {
				sum += h.quota(q.ID).Balance
			}
		}
		seen := map[string]bool{}
		for _, id := range h.vouchers {
			if v := h.voucher(id); v.Kind == kind && !seen[id] {
				seen[id] = true
				sum += v.Balance
				if v.Balance < 0 || v.Balance > v.Face || v.Balance > 0 && (v.Kept == "reclaimed" || v.Kept == "expired" || v.Kept == "used") {
					h.t.Errorf("voucher %s: %+v", id, v)
				}
			}
		}
		vendor := h.Vendor().Account
		for _, k := range []ledger.Kind{ledger.Granted, ledger.Revenue} {
			b, err := ledger.BalanceOf(h.t.Context(), h.DB.Read(), ledger.Place{Owner: vendor, Kind: k, Unit: kind.Unit("CNY")})
			fixture.Must(h.t, err)
			sum += b.Minor
		}
		if sum != 0 {
			h.t.Errorf("%s: %d more in quotas, vouchers and revenue than was granted", kind.Unit("CNY"), sum)
		}
	}
	for _, q := range h.quotas {
		p, err := h.s.Proof(h.t.Context(), h.Vendor(), q.ID)
		fixture.Must(h.t, err)
		if p.Back < 0 || p.Balance < 0 || p.Lapsed < 0 {
			h.t.Errorf("quota %s: %+v", q.ID, p)
		}
	}
}
