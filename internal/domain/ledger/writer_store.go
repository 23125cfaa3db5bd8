package ledger

import (
	"cmp"
	"context"
	"database/sql"
	"maps"
	"slices"

	"hanse/internal/kit/audit"
	"hanse/internal/kit/db"
	"hanse/internal/kit/outbox"
)

// read locks every account that the batch touches and that isn't remembered, in the order of locks, and then looks
// up its keys: what the locks waited for is seen.
func (b *bundle) read(ctx context.Context) error {
	places, keys := b.wanted()
	accounts := db.Set{Table: "ledger_account", Columns: placeColumns(places)}
	var books, names []string
	for _, k := range keys {
		books, names = append(books, k.book), append(names, k.key)
	}
	found := db.Set{Table: "ledger_key", Columns: []db.Column{{Name: "account_id", Values: books}, {Name: "key", Values: names}}}
	return db.Pipeline(ctx, b.tx, db.PlanByKeys(),
		accounts.Find(lockedColumns, true, func(r db.Row) error {
			a, err := scanLocked(r)
			a.readSeq = a.seq
			b.accounts[a.place] = &a
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

// wanted lists the accounts and the keys of the batch that must be read, each once, in order. The other accounts are
// taken from memory.
func (b *bundle) wanted() ([]Place, []bookKey) {
	places, keys := map[Place]bool{}, map[bookKey]bool{}
	for _, r := range b.requests {
		for _, c := range r.changes {
			if _, there := b.accounts[c.place]; there || places[c.place] {
				continue
			}
			if a, known := b.memory.accounts[c.place]; known && !b.strict {
				a.readSeq = a.seq
				b.accounts[c.place] = &a
				continue
			}
			places[c.place] = true
		}
		if r.p.Key != "" {
			keys[bookKey{r.p.Book, r.p.Key}] = true
		}
	}
	return slices.SortedFunc(maps.Keys(places), Place.Compare), slices.Collect(maps.Keys(keys))
}

func placeColumns(places []Place) []db.Column {
	n := len(places)
	owners, kinds, units, refs := make([]string, n), make([]string, n), make([]string, n), make([]string, n)
	for i, p := range places {
		owners[i], kinds[i], units[i], refs[i] = p.Owner, string(p.Kind), p.Unit, p.Ref
	}
	return []db.Column{{Name: "account_id", Values: owners}, {Name: "kind", Values: kinds}, {Name: "unit", Values: units}, {Name: "ref", Values: refs}}
}

// write stores what was decided, in one round trip.
func (b *bundle) write(ctx context.Context) error {
	if len(b.accepted) == 0 {
		return nil
	}
	statements := append([]db.Statement{b.balances(), b.newKeys(), b.transfers(), b.entries()}, b.months()...)
	deeds := make([]audit.Deed, len(b.accepted))
	var facts []outbox.Fact
	for i, x := range b.accepted {
		deeds[i] = audit.Deed{By: x.r.by, Verb: x.r.p.Verb, Subject: x.t.subject(), Detail: x.r.p.detail(x.t)}
		if x.r.p.Fact != nil {
			facts = append(facts, x.r.p.Fact)
		}
	}
	rows, err := audit.Statements(b.tx, deeds)
	if err != nil {
		return err
	}
	events, err := outbox.Statement(b.tx, facts)
	if err != nil {
		return err
	}
	return db.Pipeline(ctx, b.tx, append(append(statements, rows...), events)...)
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
	slices.SortFunc(out, func(x, y *account) int {
		return cmp.Or(cmp.Compare(x.place.Owner, y.place.Owner), cmp.Compare(x.no, y.no))
	})
	return out
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
		by[i], names[i], legs[i], at[i] = t.By, t.ByName, legText(t.legs), t.At.UnixMicro()
	}
	return db.Set{Table: "ledger_transfer", Columns: []db.Column{{Name: "account_id", Values: books}, {Name: "id", Values: ids},
		{Name: "key", Values: keys}, {Name: "kind", Values: kinds}, {Name: "scene", Values: scenes}, {Name: "memo", Values: memos},
		{Name: "subject", Values: subjects}, {Name: "payer", Values: payers}, {Name: "payee", Values: payees}, {Name: "unit", Values: units},
		{Name: "amount", Values: amounts}, {Name: "reverses", Values: reverses}, {Name: "by_id", Values: by}, {Name: "by_name", Values: names},
		{Name: "legs", Values: legs}, {Name: "at", Values: at}}}.Insert("")
}

func (b *bundle) entries() db.Statement {
	var owners, transfers, books, kinds []string
	var nos, at, seqs, amounts, after []int64
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

// monthKey is a row of the roll-up.
type monthKey struct {
	owner string
	no    int64
	month string
	kind  string
}

type monthSum struct{ income, expense, entries int64 }

// months adds the batch to the roll-up: each of its rows is written once. Those that are known to be there are
// changed, which is cheaper than trying to insert them.
func (b *bundle) months() []db.Statement {
	b.sums = map[monthKey]monthSum{}
	for _, x := range b.accepted {
		in := month(x.t.At)
		for _, l := range x.t.legs {
			k := monthKey{l.place.Owner, l.No, in, x.t.Kind}
			s := b.sums[k]
			s.income, s.expense, s.entries = s.income+max(l.Minor, 0), s.expense+max(-l.Minor, 0), s.entries+1
			b.sums[k] = s
		}
	}
	var there, fresh []monthKey
	for k := range b.sums {
		if b.memory.months[k] && !b.strict {
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

func (b *bundle) monthColumns(keys []monthKey) (key, sum []db.Column) {
	slices.SortFunc(keys, func(x, y monthKey) int {
		return cmp.Or(cmp.Compare(x.owner, y.owner), cmp.Compare(x.no, y.no), cmp.Compare(x.month, y.month), cmp.Compare(x.kind, y.kind))
	})
	n := len(keys)
	owners, months, kinds := make([]string, n), make([]string, n), make([]string, n)
	nos, income, expense, entries := make([]int64, n), make([]int64, n), make([]int64, n), make([]int64, n)
	for i, k := range keys {
		owners[i], nos[i], months[i], kinds[i] = k.owner, k.no, k.month, k.kind
		income[i], expense[i], entries[i] = b.sums[k].income, b.sums[k].expense, b.sums[k].entries
	}
	return []db.Column{{Name: "account_id", Values: owners}, {Name: "no", Values: nos}, {Name: "month", Values: months}, {Name: "kind", Values: kinds}},
		[]db.Column{{Name: "income", Values: income}, {Name: "expense", Values: expense}, {Name: "entries", Values: entries}}
}
