package histories

import (
	"context"
	"fmt"
	"time"

	"hanse/internal/domain/account"
	"hanse/internal/domain/ledger"
	"hanse/internal/kit/db"
)

// start is what the distributor, or the provider, has at first, minor units.
const start = 20_000

// A model is what should be so, in maps.
type model struct {
	h       *history
	holds   map[ledger.Place]int64 // of all accounts but clearing ones
	passed  map[int]int64          // what the distributor gave a reseller and didn't get back
	under   map[int]bool           // resellers of the distributor
	partner map[int]link           // of customers
	frozen  map[int]bool
	quotas  []*quota
	papers  []*paper
	uses    []*use
	asks    []*ask
	opened  map[[2]int]bool // pairs whose books were connected once
}

// A link is whose customer somebody is.
type link struct {
	by    int
	model account.Link
}

type quota struct {
	id     string
	holder int
	parent *quota
	until  time.Time
	taken  bool // back by the distributor
	place  ledger.Place
}

// A paper is a voucher.
type paper struct {
	id       string
	of       *quota
	customer int
	face     int64
	until    time.Time
	used     bool // whole
	dead     bool // reclaimed or expired
	place    ledger.Place
}

// A use is a payment with a voucher.
type use struct {
	key   string
	of    *paper
	minor int64 // that can come back
}

// An ask is a request to end or change an association.
type ask struct {
	partner, other, side int
	operation            string
	at                   time.Time
	id                   string
	edition              int64
	open                 bool
}

func newModel(h *history, rich int) *model {
	m := &model{h: h, holds: map[ledger.Place]int64{h.cash(rich): start}, passed: map[int]int64{}, under: map[int]bool{}, partner: map[int]link{},
		frozen: map[int]bool{}, opened: map[[2]int]bool{}}
	if rich == dist {
		m.under[north], m.under[south] = true, true
		m.opened[[2]int{dist, north}], m.opened[[2]int{dist, south}] = true, true
	}
	return m
}

// distributes tells whether there's a distributor.
func (m *model) distributes() bool { return len(m.under) > 0 }

// money tells whether a partner can pass money to somebody.
func (m *model) money(from, to int) bool {
	if from == dist {
		return m.under[to]
	}
	l, ok := m.partner[to]
	return ok && l.by == from && l.model == account.Resale
}

func (m *model) move(from, to ledger.Place, minor int64) {
	m.holds[from] -= minor
	m.holds[to] += minor
}

// takes tells whether value can come back into a quota.
func (q *quota) takes(at time.Time) bool { return !q.taken && at.Before(q.until) }

// home gives all that a place has back to where it came from: the quota, the distributor's, or the vendor.
func (m *model) home(from ledger.Place, q *quota, minor int64) {
	m.holds[from] -= minor
	for ; q != nil; q = q.parent {
		if q.takes(m.h.clock.Now()) {
			m.holds[q.place] += minor
			return
		}
	}
}

// end takes a voucher back.
func (m *model) end(p *paper) {
	p.dead = true
	m.home(p.place, p.of, m.holds[p.place])
}

func (p *paper) usable(at time.Time) bool { return !p.dead && !p.used && at.Before(p.until) }

// expire does what time does.
func (m *model) expire() {
	now := m.h.clock.Now()
	for _, p := range m.papers {
		if !p.dead && !p.used && !now.Before(p.until) {
			m.end(p)
		}
	}
	for _, q := range m.quotas {
		if !now.Before(q.until) {
			m.holds[q.place] = 0
		}
	}
}

// part ends an association, or has it go on under another model.
func (m *model) part(a *ask) {
	if a.partner == dist {
		m.partReseller(a.other)
		return
	}
	l := m.partner[a.other]
	for _, p := range m.papers {
		if p.customer == a.other && p.of.holder == a.partner && !p.dead && !p.used {
			m.end(p)
		}
	}
	m.move(m.h.allocated(a.other), m.h.cash(a.partner), m.holds[m.h.allocated(a.other)])
	delete(m.partner, a.other)
	if a.operation == "switch" {
		m.relate(a.partner, a.other, other(l.model))
	}
}

func (m *model) partReseller(r int) {
	for _, q := range m.quotas {
		if q.holder == r && q.parent != nil && q.takes(m.h.clock.Now()) {
			q.taken = true
			m.home(q.place, q, m.holds[q.place])
		}
	}
	if n := min(m.passed[r], m.holds[m.h.cash(r)]); n > 0 {
		m.move(m.h.cash(r), m.h.cash(dist), n)
		m.passed[r] -= n
	}
	m.under[r] = false
}

func other(l account.Link) account.Link {
	if l == account.Resale {
		return account.Referral
	}
	return account.Resale
}

func (m *model) relate(partner, customer int, l account.Link) {
	m.partner[customer] = link{partner, l}
	if l == account.Resale {
		m.opened[[2]int{partner, customer}] = true
	}
}

// A row is an account as it's stored.
type row struct {
	place         ledger.Place
	balance, held int64
	state         ledger.State
}

// check compares the stored accounts and associations of the history's companies with the model: each balance, each book
// zero, nothing negative, books connected exactly between those who may pass money, and nothing with a customer that is
// from somebody who isn't its partner.
func (m *model) check(ctx context.Context) error {
	h := m.h
	index, args := map[string]int{}, []any{}
	for i, a := range h.who {
		args = append(args, a.Account)
		if a.Account != "" {
			index[a.Account] = i
		}
	}
	rows, err := db.All(ctx, h.d.Read(), func(r db.Row) (x row, err error) {
		return x, r.Scan(&x.place.Owner, &x.place.Kind, &x.place.Unit, &x.place.Ref, &x.balance, &x.held, &x.state)
	}, `SELECT account_id, kind, unit, ref, balance, held, state FROM ledger_account WHERE account_id IN ($1, $2, $3, $4, $5, $6)`, args...)
	if err != nil {
		return err
	}
	sum, seen := map[[2]string]int64{}, map[ledger.Place]bool{}
	for _, x := range rows {
		sum[[2]string{x.place.Owner, x.place.Unit}] += x.balance
		seen[x.place] = true
		switch {
		case x.place.Kind == ledger.Clearing:
			to, ok := index[x.place.Ref]
			if err := m.clearing(x, index[x.place.Owner], to); ok && x.place.Unit == ledger.CNY && err != nil {
				return err
			}
		case x.balance != m.holds[x.place] || x.held != 0:
			return fmt.Errorf("%v of %s holds %d (%d held), want %d", x.place, names[index[x.place.Owner]], x.balance, x.held, m.holds[x.place])
		case x.balance < 0:
			return fmt.Errorf("%v holds %d", x.place, x.balance)
		}
	}
	for book, n := range sum {
		if n != 0 {
			return fmt.Errorf("the book of %s comes to %d %s", names[index[book[0]]], n, book[1])
		}
	}
	for x, n := range m.holds {
		if n != 0 && !seen[x] {
			return fmt.Errorf("%v should hold %d and isn't there", x, n)
		}
	}
	return m.checkLinks(ctx, index)
}

// clearing tells what is wrong with one of the accounts between two companies.
func (m *model) clearing(x row, a, b int) error {
	want := ledger.Closed
	if m.money(a, b) || m.money(b, a) {
		want = ledger.Usable
	}
	frozen := x.state == ledger.Frozen && want == ledger.Usable
	if (m.opened[[2]int{a, b}] || m.opened[[2]int{b, a}]) && x.state != want && !frozen {
		return fmt.Errorf("between %s and %s the books are %s, want %s", names[a], names[b], x.state, want)
	}
	return nil
}

// checkLinks compares associations, and looks for what is left of those that ended.
func (m *model) checkLinks(ctx context.Context, index map[string]int) error {
	h := m.h
	stored, err := db.All(ctx, h.d.Read(), func(r db.Row) (x [3]string, err error) { return x, r.Scan(&x[0], &x[1], &x[2]) },
		`SELECT account_id, other_id, kind FROM association WHERE other_id IN ($1, $2, $3, $4) AND until_at IS NULL AND until = ''`,
		h.who[north].Account, h.who[south].Account, h.who[one].Account, h.who[two].Account)
	if err != nil {
		return err
	}
	want := len(m.partner)
	for _, ok := range m.under {
		if ok {
			want++
		}
	}
	if len(stored) != want {
		return fmt.Errorf("%d associations, want %d", len(stored), want)
	}
	for _, x := range stored {
		a, b, kind := index[x[0]], index[x[1]], account.Link(x[2])
		if kind == account.ResellerOf && !(a == dist && m.under[b]) || kind != account.ResellerOf && m.partner[b] != (link{a, kind}) {
			return fmt.Errorf("%s has %s as %s, want %v", names[a], names[b], kind, m.partner[b])
		}
	}
	for _, c := range []int{one, two} {
		l, ok := m.partner[c]
		if n := m.holds[h.allocated(c)]; n != 0 && (!ok || l.model != account.Resale) {
			return fmt.Errorf("%s has %d of nobody's money", names[c], n)
		}
		for _, p := range m.papers {
			if n := m.holds[p.place]; p.customer == c && n != 0 && (!ok || l.by != p.of.holder) {
				return fmt.Errorf("%s has %d in a voucher of %s, who isn't its partner", names[c], n, names[p.of.holder])
			}
		}
	}
	return nil
}

// names are the companies' names in messages.
var names = [many]string{"the distributor", "the first reseller", "the second reseller", "the provider", "the first customer", "the second customer"}
