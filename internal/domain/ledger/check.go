package ledger

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"strconv"
	"time"

	"hanse/internal/kit/actor"
	"hanse/internal/kit/audit"
	"hanse/internal/kit/db"
)

// A Report is the result of a check of all books. Findings is empty when they hold; at most maxFindings are named.
type Report struct {
	At        time.Time `json:"at"` // business instant
	Owners    int64     `json:"owners"`
	Accounts  int64     `json:"accounts"`
	Transfers int64     `json:"transfers"`
	Entries   int64     `json:"entries"`
	Holds     int64     `json:"holds"`
	Units     []Sum     `json:"units"`
	Findings  []string  `json:"findings"`
	// The chain that seals the transfers.
	Sealed  int64     `json:"sealed"`
	Waiting int64     `json:"waiting"`
	Oldest  time.Time `json:"oldest_waiting,omitzero"`
	Head    string    `json:"head"`
}

// Sound tells whether nothing was found.
func (r Report) Sound() bool { return len(r.Findings) == 0 }

// A Sum is what all accounts of a unit come to: zero, when the books hold.
type Sum struct {
	Unit     string `json:"unit"`
	Accounts int64  `json:"accounts"`
	Minor    int64  `json:"minor"`
	Clearing int64  `json:"clearing"` // what the clearing accounts come to: zero too
}

const maxFindings = 100

func (r *Report) find(format string, args ...any) {
	if len(r.Findings) < maxFindings {
		r.Findings = append(r.Findings, fmt.Sprintf(format, args...))
	}
}

// Check proves the books: each owner's accounts and each unit sum to zero, stored balances equal the chain of their
// entries, every entry belongs to a transfer and every transfer to its audit row, which the audit chain seals, the
// roll-up and the holds add up, nothing is below its minimum. Auditors and the vendor's finance may. It reads
// everything once, with flat memory; postings go on meanwhile, so what is read belongs to one snapshot.
func (s *Service) Check(ctx context.Context, by actor.Actor) (Report, error) {
	if err := by.May(actor.CheckBooks); err != nil {
		return Report{}, err
	}
	r, err := s.Inspect(ctx)
	if err != nil {
		return r, err
	}
	chain, err := s.audit.Verify(ctx)
	if err != nil {
		return r, err
	}
	r.Sealed, r.Waiting, r.Oldest, r.Head = chain.Sealed, chain.Waiting, chain.Oldest, chain.Head
	if chain.Broken != "" {
		r.find("the audit chain is broken: %s", chain.Broken)
	}
	return r, nil
}

// Inspect is Check without the audit chain's own hashes and without a permission: for tests and the program itself.
func (s *Service) Inspect(ctx context.Context) (Report, error) {
	r := Report{At: s.db.Clock().Now(), Findings: []string{}, Units: []Sum{}}
	err := s.db.Snapshot(ctx, func(q db.Querier) error {
		r.Findings, r.Units = r.Findings[:0], r.Units[:0]
		for _, step := range []func(context.Context, db.Querier, *Report) error{sumUnits, sumOwners, checkAccounts, checkTransfers, checkMonths, checkHolds} {
			if err := step(ctx, q, &r); err != nil {
				return err
			}
		}
		return nil
	})
	return r, err
}

func sumUnits(ctx context.Context, q db.Querier, r *Report) (err error) {
	r.Units, err = db.All(ctx, q, func(row db.Row) (x Sum, err error) { return x, row.Scan(&x.Unit, &x.Accounts, &x.Minor, &x.Clearing) },
		`SELECT unit, count(*), CAST(sum(balance) AS BIGINT), CAST(coalesce(sum(CASE WHEN kind = 'clearing' THEN balance ELSE 0 END), 0) AS BIGINT)
		FROM ledger_account GROUP BY unit ORDER BY unit COLLATE "C"`)
	for _, u := range r.Units {
		if u.Minor != 0 {
			r.find("unit %s: all accounts come to %d, want 0", u.Unit, u.Minor)
		}
		if u.Clearing != 0 {
			r.find("unit %s: the clearing accounts come to %d, want 0", u.Unit, u.Clearing)
		}
	}
	return err
}

// sumOwners looks at each book by itself, and at each pair of clearing accounts.
func sumOwners(ctx context.Context, q db.Querier, r *Report) error {
	type book struct {
		owner, unit string
		sum         int64
	}
	err := db.Each(ctx, q, func(row db.Row) (b book, err error) { return b, row.Scan(&b.owner, &b.unit, &b.sum) }, func(b book) error {
		r.find("book %s: %s comes to %d, want 0", b.owner, b.unit, b.sum)
		return nil
	}, `SELECT account_id, unit, CAST(sum(balance) AS BIGINT) FROM ledger_account GROUP BY account_id, unit HAVING sum(balance) <> 0`)
	if err != nil {
		return err
	}
	err = db.Each(ctx, q, func(row db.Row) (b [2]string, err error) { return b, row.Scan(&b[0], &b[1]) }, func(b [2]string) error {
		r.find("the clearing accounts between %s and %s don't mirror each other", b[0], b[1])
		return nil
	}, `SELECT a.account_id, a.ref FROM ledger_account a LEFT JOIN ledger_account b
		ON b.account_id = a.ref AND b.kind = 'clearing' AND b.unit = a.unit AND b.ref = a.account_id
		WHERE a.kind = 'clearing' AND (b.no IS NULL OR a.balance + b.balance <> 0)`)
	if err != nil {
		return err
	}
	r.Owners, err = db.One(ctx, q, db.Int, `SELECT count(DISTINCT account_id) FROM ledger_account`)
	return err
}

// A tally adds up hashes of entries without regard to their order, so that two streams can be compared with flat
// memory.
type tally [4]uint64

func (t *tally) add(owner string, no, seq int64, transfer string, amount, after int64) {
	sum := sha256.Sum256([]byte(owner + ":" + strconv.FormatInt(no, 10) + ":" + strconv.FormatInt(seq, 10) + ":" + transfer + ":" +
		strconv.FormatInt(amount, 10) + ":" + strconv.FormatInt(after, 10)))
	for i := range t {
		for k := range 8 {
			t[i] += uint64(sum[8*i+k]) << (8 * k)
		}
	}
}

// row is one account with one of its entries, or with none.
type row struct {
	account
	entrySeq, amount, after int64
	at                      time.Time
	transfer                string
}

// checkAccounts walks all entries account by account: 1, 2, 3 …, each balance the one before plus the amount, time
// never going back, the last one the stored balance.
func checkAccounts(ctx context.Context, q db.Querier, r *Report) error {
	var (
		now  account
		last row
	)
	done := func() {
		if now.no == 0 {
			return
		}
		if last.entrySeq != now.seq || last.after != now.balance {
			r.find("account %s: stored balance %d after entry %d, its entries come to %d after entry %d", now.place, now.balance, now.seq, last.after, last.entrySeq)
		}
		if now.bounded && now.minimum >= 0 && now.balance-now.held < now.minimum {
			r.find("account %s: %d with %d held is below its minimum %d", now.place, now.balance, now.held, now.minimum)
		}
	}
	err := db.Each(ctx, q, func(w db.Row) (x row, err error) {
		p := &x.place
		err = w.Scan(&p.Owner, &x.no, &p.Kind, &p.Unit, &p.Ref, &x.bounded, &x.minimum, &x.balance, &x.held, &x.seq,
			&x.entrySeq, &x.amount, &x.after, db.Time(&x.at))
		return x, err
	}, func(x row) error {
		if x.no != now.no || x.place.Owner != now.place.Owner {
			done()
			now, last = x.account, row{}
			r.Accounts++
		}
		if x.entrySeq == 0 {
			return nil
		}
		r.Entries++
		if x.entrySeq != last.entrySeq+1 || x.after != last.after+x.amount || x.at.Before(last.at) {
			r.find("account %s: entry %d (%d, balance after it %d) doesn't follow entry %d (balance after it %d)",
				x.place, x.entrySeq, x.amount, x.after, last.entrySeq, last.after)
		}
		last = x
		return nil
	}, `SELECT a.account_id, a.no, a.kind, a.unit, a.ref, a.minimum IS NOT NULL, coalesce(a.minimum, 0), a.balance, a.held, a.seq,
		coalesce(e.seq, 0), coalesce(e.amount, 0), coalesce(e.after, 0), coalesce(e.at, 0)
		FROM ledger_account a LEFT JOIN ledger_entry e ON e.account_id = a.account_id AND e.no = a.no
		ORDER BY a.account_id, a.no, e.at, e.seq`)
	done()
	return err
}

// checkTransfers compares transfers with their entries, their keys and their audit rows.
func checkTransfers(ctx context.Context, q db.Querier, r *Report) error {
	var entries, legs tally
	err := db.Each(ctx, q, func(w db.Row) (x row, err error) {
		return x, w.Scan(&x.place.Owner, &x.no, &x.entrySeq, &x.transfer, &x.amount, &x.after)
	}, func(x row) error {
		entries.add(x.place.Owner, x.no, x.entrySeq, x.transfer, x.amount, x.after)
		return nil
	}, `SELECT account_id, no, seq, transfer_id, amount, after FROM ledger_entry`)
	if err != nil {
		return err
	}
	const chunk = 400
	book, last := "", ""
	for {
		page, err := db.All(ctx, q, scanTransfer, `SELECT `+transferColumns+` FROM ledger_transfer
			WHERE account_id > $1 OR (account_id = $1 AND id > $2) ORDER BY account_id, id LIMIT $3`, book, last, chunk)
		if err != nil {
			return err
		}
		for _, t := range page {
			r.Transfers++
			var sum int64
			for _, l := range t.legs {
				sum += l.Minor
				legs.add(l.place.Owner, l.No, l.Seq, t.ID, l.Minor, l.After)
			}
			if sum != 0 {
				r.find("transfer %s: its legs come to %d, want 0", t.ID, sum)
			}
			book, last = t.Book, t.ID
		}
		if err := r.audited(ctx, q, page); err != nil {
			return err
		}
		if len(page) < chunk {
			break
		}
	}
	if entries != legs {
		r.find("the entries aren't those that the transfers name: one was added, changed or removed")
	}
	n, err := audit.CountKind(ctx, q, auditSubject)
	if err == nil && n != r.Transfers {
		r.find("%d transfers have %d audit rows", r.Transfers, n)
	}
	return err
}

// audited compares transfers with what their audit rows say of them.
func (r *Report) audited(ctx context.Context, q db.Querier, ts []Transfer) error {
	ids := make([]string, len(ts))
	for i, t := range ts {
		ids[i] = t.ID
	}
	rows, err := audit.BySubjects(ctx, q, auditSubject, ids)
	if err != nil {
		return err
	}
	for _, t := range ts {
		e, ok := rows[t.ID]
		var said struct {
			Proof string `json:"proof"`
		}
		switch {
		case !ok:
			r.find("transfer %s has no audit row", t.ID)
		case json.Unmarshal([]byte(e.Detail), &said) != nil || said.Proof != hex.EncodeToString(t.proof()):
			r.find("transfer %s isn't what its audit row %s says: it was changed", t.ID, e.ID)
		}
	}
	return nil
}

// checkMonths compares the roll-up with the accounts that have one: over all months, income less expense is the balance,
// and the number of entries is the last one's.
func checkMonths(ctx context.Context, q db.Querier, r *Report) error {
	return db.Each(ctx, q, scanAccount, func(a account) error {
		r.find("account %s: its months don't come to its balance %d and its %d entries", a.place, a.balance, a.seq)
		return nil
	}, `SELECT `+accountColumns+` FROM ledger_account a WHERE kind <> 'clearing' AND (balance <> (SELECT coalesce(sum(m.income - m.expense), 0)
		FROM ledger_month m WHERE m.account_id = a.account_id AND m.no = a.no) OR seq <> (SELECT coalesce(sum(m.entries), 0) FROM ledger_month m
		WHERE m.account_id = a.account_id AND m.no = a.no))`)
}

// checkHolds compares what is held with the holds.
func checkHolds(ctx context.Context, q db.Querier, r *Report) (err error) {
	if r.Holds, err = db.One(ctx, q, db.Int, `SELECT count(*) FROM ledger_hold WHERE state = 'held'`); err != nil {
		return err
	}
	return db.Each(ctx, q, scanAccount, func(a account) error {
		r.find("account %s: %d is held, its holds come to something else", a.place, a.held)
		return nil
	}, `SELECT `+accountColumns+` FROM ledger_account a WHERE held <> (SELECT coalesce(sum(h.amount), 0) FROM ledger_hold h
		WHERE h.account_id = a.account_id AND h.no = a.no AND h.state = 'held')`)
}

// String names an account in findings and logs.
func (p Place) String() string {
	s := p.Owner + " " + string(p.Kind) + " " + p.Unit
	if p.Ref != "" {
		s += " " + p.Ref
	}
	return s
}
