package bank

import (
	"fmt"

	"hanse/internal/kit/db"
)

// A stored transfer, as the books have it.
type stored struct {
	book, id, key, kind, payer, payee string
	minor                             int64
	legs                              int64 // entries in ledgers
}

// findings compares the books with what the clients were told. Empty = they agree.
func (w *world) findings(orders []order) (out []string) {
	w.t.Helper()
	say := func(format string, args ...any) { out = append(out, fmt.Sprintf(format, args...)) }
	transfers, err := db.All(w.t.Context(), w.d.Read(), func(r db.Row) (x stored, err error) {
		return x, r.Scan(&x.book, &x.id, &x.key, &x.kind, &x.payer, &x.payee, &x.minor, &x.legs)
	}, `SELECT t.account_id, t.id, t.key, t.kind, t.payer, t.payee, t.amount,
		(SELECT count(*) FROM ledger_entry e WHERE e.transfer_id = t.id) FROM ledger_transfer t WHERE t.kind IN ('allocate', 'reclaim')`)
	must(w.t, err)
	byKey := map[string][]stored{}
	for _, x := range transfers {
		byKey[x.key] = append(byKey[x.key], x)
		if x.legs != 4 { // two accounts, and a clearing account in each of the two books
			say("transfer %s has %d entries, want 4", x.id, x.legs)
		}
	}
	moved, told := map[string]int64{}, 0 // by company, from what the clients were told
	for _, o := range orders {
		found := byKey[o.key]
		delete(byKey, o.key)
		if o.transfer == "" {
			if len(found) > 0 {
				say("%v was refused and is in the books", o)
			}
			continue
		}
		told++
		from, to := o.pair.partner, o.pair.other
		if o.reclaim {
			from, to = to, from
		}
		moved[from], moved[to] = moved[from]-o.minor, moved[to]+o.minor
		switch {
		case len(found) == 0:
			say("%v was acknowledged and isn't in the books", o)
		case len(found) > 1:
			say("%v is in the books %d times", o, len(found))
		case found[0].id != o.transfer || found[0].minor != o.minor || found[0].payer != from || found[0].payee != to || found[0].book != o.pair.partner:
			say("%v is in the books as %+v", o, found[0])
		}
	}
	for key, xs := range byKey {
		say("%d transfers under the key %q, which no client was told of: %+v", len(xs), key, xs)
	}
	return append(out, w.balances(moved)...)
}

// balances compares what companies hold with what the clients were told.
func (w *world) balances(moved map[string]int64) (out []string) {
	type held struct {
		account string
		minor   int64
	}
	all, err := db.All(w.t.Context(), w.d.Read(), func(r db.Row) (x held, err error) { return x, r.Scan(&x.account, &x.minor) },
		`SELECT account_id, sum(balance) FROM ledger_account WHERE unit = 'CNY' AND kind IN ('cash', 'allocated') GROUP BY account_id`)
	must(w.t, err)
	var total int64
	start := map[string]int64{}
	for partner := range w.access {
		start[partner] = endowment
	}
	for _, x := range all {
		total += x.minor
		if want := start[x.account] + moved[x.account]; x.minor != want {
			out = append(out, fmt.Sprintf("company %s holds %d, want %d", x.account, x.minor, want))
		}
		if x.minor < 0 {
			out = append(out, fmt.Sprintf("company %s holds %d: below zero", x.account, x.minor))
		}
	}
	if want := int64(len(w.access)) * endowment; total != want {
		out = append(out, fmt.Sprintf("all companies hold %d, want %d as in the beginning", total, want))
	}
	return out
}
