package ledger

import (
	"cmp"
	"context"
	"database/sql"
	"slices"
	"strings"
	"time"

	"hanse/internal/kit/audit"
	"hanse/internal/kit/db"
	"hanse/internal/kit/outbox"
)

// read locks every account that the batch touches and that isn't remembered, in the order of locks, and then looks
// up its keys: what the locks waited for is seen. When all accounts are remembered and no key is known to this process,
// nothing is read: what the batch writes fails if an account has changed or a key was used.
func (b *bundle) read(ctx context.Context) error {
	places, keys := b.wanted()
	if len(places) == 0 && !b.strict && !b.memory.asks(keys) {
		return nil
	}
	accounts := db.Set{Table: "ledger_account", Columns: placeColumns(places)}
	var books, names []string
	for _, k := range keys {
		books, names = append(books, k.book), append(names, k.key)
	}
	found := db.Set{Table: "ledger_key", Columns: []db.Column{{Name: "account_id", Values: books}, {Name: "key", Values: names}}}
	return db.Pipeline(ctx, b.tx, db.PlanByKeys(),
		accounts.Find(lockedColumns, true, func(r db.Row) error {
			a, err := scanLocked(r)
			a.readSeq, a.there = a.seq, true
			if into := b.accounts[a.place]; into != nil {
				*into = a
			}
			return err
		}),
		found.Find([]string{"account_id", "key", "hash", "transfer_id"}, false, func(r db.Row) error {
			var k bookKey
			var x known
			err := r.Scan(&k.book, &k.key, &x.hash, &x.transfer)
			b.keys[k] = &x
			return err
		}))
}

var lockedColumns = []string{"account_id", "no", "kind", "unit", "ref", "state", "minimum", "balance", "held", "seq", "last_at"}

func scanLocked(r db.Row) (a account, err error) {
	p := &a.place
	var kind, state string
	var minimum sql.NullInt64
	err = r.Scan(&p.Owner, &a.no, &kind, &p.Unit, &p.Ref, &state, &minimum, &a.balance, &a.held, &a.seq, db.Time(&a.lastAt))
	p.Kind, a.state, a.minimum, a.bounded = Kind(kind), State(state), minimum.Int64, minimum.Valid
	return a, err
}

// wanted lists the accounts and the keys of the batch that must be read, each once, the accounts in the order of
// locks. The other accounts are taken from memory.
func (b *bundle) wanted() (places []Place, keys []bookKey) {
	seen := make(map[bookKey]bool, len(b.requests))
	for _, r := range b.requests {
		r.touched = r.touched[:0]
		for _, c := range r.changes {
			a := b.accounts[c.place]
			if a == nil {
				if a = b.recall(c.place); !a.there {
					places = append(places, c.place)
				}
				b.accounts[c.place] = a
			}
			r.touched = append(r.touched, a)
		}
		if k := (bookKey{r.p.Book, r.p.Key}); k.key != "" && !seen[k] {
			seen[k] = true
			keys = append(keys, k)
		}
	}
	slices.SortFunc(places, Place.Compare)
	return places, keys
}

// recall is an account as it's remembered, or one that isn't there as far as is known.
func (b *bundle) recall(p Place) *account {
	known := b.memory.accounts[p]
	if known == nil || b.strict {
		return &account{place: p}
	}
	a := *known
	a.readSeq, a.remembered, a.changed = a.seq, true, false
	return &a
}

func placeColumns(places []Place) []db.Column {
	n := len(places)
	owners, kinds, units, refs := make([]string, n), make([]string, n), make([]string, n), make([]string, n)
	for i, p := range places {
		owners[i], kinds[i], units[i], refs[i] = p.Owner, string(p.Kind), p.Unit, p.Ref
	}
	return []db.Column{{Name: "account_id", Values: owners}, {Name: "kind", Values: kinds}, {Name: "unit", Values: units}, {Name: "ref", Values: refs}}
}

// write stores what was decided.
func (b *bundle) write(ctx context.Context) error {
	if len(b.accepted) == 0 {
		return nil
	}
	statements := append([]db.Statement{b.balances(), b.newKeys(), b.transfers(), b.entries()}, b.months()...)
	deeds := make([]audit.Deed, len(b.accepted))
	var facts []outbox.Fact
	for i, x := range b.accepted {
		deeds[i] = audit.Deed{By: x.r.by, Verb: x.r.p.Verb, Subject: x.t.subject()}
		if len(x.r.p.Note) > 0 {
			deeds[i].Detail = x.r.p.detail(x.t)
		} else {
			deeds[i].JSON = x.t.detailText()
		}
		if x.r.p.Fact != nil {
			facts = append(facts, x.r.p.Fact)
		}
	}
	rows, err := audit.Statements(b.tx, deeds)
	if err != nil {
		return err
	}
	events, err := outbox.Statements(b.tx, facts)
	if err != nil {
		return err
	}
	return db.Last(ctx, b.tx, slices.Concat([]db.Statement{db.PlanByKeys()}, statements, rows, events)...)
}

// balances writes each account that changed once, if it still is as the batch knows it.
func (b *bundle) balances() db.Statement {
	var owners []string
	var nos, balances, seqs, at []int64
	all := b.changed()
	for _, a := range all {
		owners, nos = append(owners, a.place.Owner), append(nos, a.no)
		balances, seqs, at = append(balances, a.balance), append(seqs, a.seq), append(at, a.lastAt.UnixMicro())
	}
	columns := []db.Column{{Name: "balance", Values: balances}, {Name: "seq", Values: seqs}, {Name: "last_at", Values: at},
		{Name: "account_id", Values: owners}, {Name: "no", Values: nos}}
	same := unchanged(all)
	return db.Set{Table: "ledger_account", Columns: append(columns, same...)}.Update(2 + len(same))
}

func (b *bundle) changed() (out []*account) {
	for _, a := range b.accounts {
		if a.changed {
			out = append(out, a)
		}
	}
	slices.SortFunc(out, (*account).compareKey)
	return out
}

// compareKey orders accounts by their table's key.
func (a *account) compareKey(x *account) int {
	if c := strings.Compare(a.place.Owner, x.place.Owner); c != 0 {
		return c
	}
	return cmp.Compare(a.no, x.no)
}

func (b *bundle) newKeys() db.Statement {
	n := len(b.accepted)
	books, keys, hashes, transfers := make([]string, n), make([]string, n), make([][]byte, n), make([]string, n)
	for i, x := range b.accepted {
		books[i], keys[i], hashes[i], transfers[i] = x.t.Book, x.t.Key, x.r.hash, x.t.ID
	}
	return db.Set{Table: "ledger_key", Columns: []db.Column{{Name: "account_id", Values: books}, {Name: "key", Values: keys},
		{Name: "hash", Values: hashes}, {Name: "transfer_id", Values: transfers}}}.Insert("")
}

func (b *bundle) transfers() db.Statement {
	n := len(b.accepted)
	text := func() []string { return make([]string, n) }
	books, ids, keys, kinds, scenes, memos, subjects := text(), text(), text(), text(), text(), text(), text()
	payers, payees, units, reverses, by, names, legs := text(), text(), text(), text(), text(), text(), text()
	amounts, at := make([]int64, n), make([]int64, n)
	for i, x := range b.accepted {
		t := x.t
		books[i], ids[i], keys[i], kinds[i], scenes[i], memos[i], subjects[i] = t.Book, t.ID, t.Key, t.Kind, t.Scene, t.Memo, t.Subject
		payers[i], payees[i], units[i], amounts[i], reverses[i] = t.Payer, t.Payee, t.Unit, t.Minor, t.Reverses
		by[i], names[i], legs[i], at[i] = t.By, t.ByName, t.text(), t.At.UnixMicro()
	}
	return db.Set{Table: "ledger_transfer", Columns: []db.Column{{Name: "account_id", Values: books}, {Name: "id", Values: ids},
		{Name: "key", Values: keys}, {Name: "kind", Values: kinds}, {Name: "scene", Values: scenes}, {Name: "memo", Values: memos},
		{Name: "subject", Values: subjects}, {Name: "payer", Values: payers}, {Name: "payee", Values: payees}, {Name: "unit", Values: units},
		{Name: "amount", Values: amounts}, {Name: "reverses", Values: reverses}, {Name: "by_id", Values: by}, {Name: "by_name", Values: names},
		{Name: "legs", Values: legs}, {Name: "at", Values: at}}}.Insert("")
}

func (b *bundle) entries() db.Statement {
	n := 4 * len(b.accepted) // most have so many
	text, numbers := func() []string { return make([]string, 0, n) }, func() []int64 { return make([]int64, 0, n) }
	owners, transfers, books, kinds := text(), text(), text(), text()
	nos, at, seqs, amounts, after := numbers(), numbers(), numbers(), numbers(), numbers()
	for _, x := range b.accepted {
		for _, l := range x.t.legs {
			owners, nos, at, seqs = append(owners, l.place.Owner), append(nos, l.No), append(at, l.at.UnixMicro()), append(seqs, l.Seq)
			transfers, books, kinds = append(transfers, x.t.ID), append(books, x.t.Book), append(kinds, x.t.Kind)
			amounts, after = append(amounts, l.Minor), append(after, l.After)
		}
	}
	return db.Set{Table: "ledger_entry", Columns: []db.Column{{Name: "account_id", Values: owners}, {Name: "no", Values: nos},
		{Name: "at", Values: at}, {Name: "seq", Values: seqs}, {Name: "transfer_id", Values: transfers}, {Name: "book", Values: books},
		{Name: "kind", Values: kinds}, {Name: "amount", Values: amounts}, {Name: "after", Values: after}}}.Insert("")
}

// period is a month and a kind of posting: with an account, a row of the roll-up.
type period struct{ month, kind string }

type monthKey struct {
	account *account
	period
}

type monthSum struct{ income, expense, entries int64 }

// months adds the batch to the roll-up: each of its rows is written once. Those that are known to be there are
// changed, which is cheaper than trying to insert them.
func (b *bundle) months() []db.Statement {
	b.sum()
	var there, fresh []monthKey
	for k := range b.sums {
		if k.account.month == k.period {
			there = append(there, k)
		} else {
			fresh = append(fresh, k)
		}
	}
	key, sum := b.monthColumns(fresh)
	insert := db.Set{Table: "ledger_month", Columns: append(key, sum...)}.Insert(addToMonth)
	key, sum = b.monthColumns(there)
	add := db.Set{Table: "ledger_month", Columns: append(sum, key...)}.Add(len(key))
	return []db.Statement{insert, add}
}

func (b *bundle) sum() {
	b.sums = make(map[monthKey]*monthSum, len(b.accounts))
	var at time.Time
	var in string
	for _, x := range b.accepted {
		if !x.t.At.Equal(at) || in == "" { // nearly all of a batch have the same
			at, in = x.t.At, month(x.t.At)
		}
		for i, l := range x.t.legs {
			if l.place.Kind == Clearing {
				continue
			}
			k := monthKey{x.r.touched[i], period{in, x.t.Kind}}
			s := b.sums[k]
			if s == nil {
				s = &monthSum{}
				b.sums[k] = s
			}
			s.income, s.expense, s.entries = s.income+max(l.Minor, 0), s.expense+max(-l.Minor, 0), s.entries+1
		}
	}
}

func (b *bundle) monthColumns(keys []monthKey) (key, sum []db.Column) {
	slices.SortFunc(keys, func(x, y monthKey) int {
		return cmp.Or(x.account.compareKey(y.account), cmp.Compare(x.month, y.month), cmp.Compare(x.kind, y.kind))
	})
	n := len(keys)
	owners, months, kinds := make([]string, n), make([]string, n), make([]string, n)
	nos, income, expense, entries := make([]int64, n), make([]int64, n), make([]int64, n), make([]int64, n)
	for i, k := range keys {
		owners[i], nos[i], months[i], kinds[i] = k.account.place.Owner, k.account.no, k.month, k.kind
		s := b.sums[k]
		income[i], expense[i], entries[i] = s.income, s.expense, s.entries
	}
	return []db.Column{{Name: "account_id", Values: owners}, {Name: "no", Values: nos}, {Name: "month", Values: months}, {Name: "kind", Values: kinds}},
		[]db.Column{{Name: "income", Values: income}, {Name: "expense", Values: expense}, {Name: "entries", Values: entries}}
}
