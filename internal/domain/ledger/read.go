package ledger

import (
	"context"
	"errors"
	"strconv"
	"strings"
	"time"

	"hanse/internal/kit/calendar"
	"hanse/internal/kit/db"
	"hanse/internal/kit/fault"
	"hanse/internal/kit/i18n"
)

// A Mark is where a page of entries ended: the next one goes on behind it.
type Mark struct {
	At  time.Time
	No  int64
	Seq int64
}

// String carries a mark in an address or a cursor; the zero mark is "".
func (m Mark) String() string {
	if m.At.IsZero() {
		return ""
	}
	return strconv.FormatInt(m.At.UnixMicro(), 36) + "." + strconv.FormatInt(m.No, 36) + "." + strconv.FormatInt(m.Seq, 36)
}

// ParseMark reads what String wrote; "" is the first page.
func ParseMark(s string) (Mark, error) {
	if s == "" {
		return Mark{}, nil
	}
	var n [3]int64
	parts := strings.Split(s, ".")
	if len(parts) != len(n) {
		return Mark{}, fault.Invalid("cursor", i18n.M("ledger.bad_mark"))
	}
	for i, x := range parts {
		v, err := strconv.ParseInt(x, 36, 64)
		if err != nil {
			return Mark{}, fault.Invalid("cursor", i18n.M("ledger.bad_mark"))
		}
		n[i] = v
	}
	return Mark{At: time.UnixMicro(n[0]).UTC(), No: n[1], Seq: n[2]}, nil
}

// A Statement asks for entries of one owner, newest first. Kind, Unit and Ref narrow to accounts ("" = all; Ref only
// with Kind); clearing accounts are left out unless asked for. From is inclusive, To exclusive, business instants.
type Statement struct {
	Owner    string
	Kind     Kind
	Unit     string
	Ref      string
	From     time.Time
	To       time.Time
	Kinds    []string // of posting; empty = all
	Sign     int      // 1 = income alone, -1 = expense alone
	Transfer string   // one transfer's entries alone
	After    Mark     // keyset; zero = the first page
	Offset   int      // for interfaces that page by offset
	Limit    int
}

const entryColumns = `a.account_id, a.kind, a.unit, a.ref, e.seq, e.at, e.no, e.transfer_id, e.book, e.kind, e.amount, e.after,
	t.scene, t.memo, t.subject, t.payer, t.payee, t.by_name`

func scanEntry(r db.Row) (e Entry, err error) {
	err = r.Scan(&e.Place.Owner, &e.Place.Kind, &e.Place.Unit, &e.Place.Ref, &e.Seq, db.Time(&e.At), &e.no, &e.Transfer, &e.Book, &e.Kind,
		&e.Minor, &e.After, &e.Scene, &e.Memo, &e.Subject, &e.Payer, &e.Payee, &e.ByName)
	return e, err
}

// Mark is where a page that ends with this entry ends.
func (e Entry) Mark() Mark { return Mark{e.At, e.no, e.Seq} }

// Entries reads a page of a statement. A page of one account (Kind and Unit given) costs the same at any depth.
func Entries(ctx context.Context, q db.Querier, s Statement) ([]Entry, error) {
	where, args, err := s.where(ctx, q)
	if err != nil || where == "" {
		return nil, err
	}
	args = append(args, clampLimit(s.Limit), s.Offset)
	n := len(args)
	return db.All(ctx, q, scanEntry, `SELECT `+entryColumns+` FROM ledger_entry e
		JOIN ledger_account a ON a.account_id = e.account_id AND a.no = e.no
		JOIN ledger_transfer t ON t.account_id = e.book AND t.id = e.transfer_id WHERE `+where+
		` ORDER BY e.at DESC, e.no DESC, e.seq DESC LIMIT $`+strconv.Itoa(n-1)+` OFFSET $`+strconv.Itoa(n), args...)
}

// A Total is what the entries of a statement come to, minor units.
type Total struct {
	Count           int
	Income, Expense int64
}

// TotalOf adds up all entries of a statement, without reading them one by one.
func TotalOf(ctx context.Context, q db.Querier, s Statement) (Total, error) {
	s.After = Mark{}
	where, args, err := s.where(ctx, q)
	if err != nil || where == "" {
		return Total{}, err
	}
	return db.One(ctx, q, func(r db.Row) (t Total, err error) { return t, r.Scan(&t.Count, &t.Income, &t.Expense) },
		`SELECT count(*), CAST(coalesce(sum(CASE WHEN e.amount > 0 THEN e.amount ELSE 0 END), 0) AS BIGINT),
		CAST(coalesce(sum(CASE WHEN e.amount < 0 THEN -e.amount ELSE 0 END), 0) AS BIGINT) FROM ledger_entry e
		JOIN ledger_account a ON a.account_id = e.account_id AND a.no = e.no WHERE `+where, args...)
}

// CountEntries counts what Entries would page through, up to a bound.
func CountEntries(ctx context.Context, q db.Querier, s Statement, bound int) (int, error) {
	s.After = Mark{}
	where, args, err := s.where(ctx, q)
	if err != nil || where == "" {
		return 0, err
	}
	n, err := db.One(ctx, q, db.Int, `SELECT count(*) FROM (SELECT 1 AS one FROM ledger_entry e
		JOIN ledger_account a ON a.account_id = e.account_id AND a.no = e.no WHERE `+where+` LIMIT $`+strconv.Itoa(len(args)+1)+`) AS page`,
		append(args, bound)...)
	return int(n), err
}

// where is the condition of a statement; "" when there's no such account. One account is found first, so that its
// entries are read in the order of their key.
func (s *Statement) where(ctx context.Context, q db.Querier) (string, []any, error) {
	before := edge(s.To, 1<<62)
	if !s.After.At.IsZero() {
		// The mark says as much, but SQLite goes down the index by the first bound that it finds.
		before = min(before, s.After.At.UnixMicro()+1)
	}
	args := []any{s.Owner, edge(s.From, 0), before}
	put := func(v any) string { args = append(args, v); return "$" + strconv.Itoa(len(args)) }
	text := "e.account_id = $1 AND e.at >= $2 AND e.at < $3"
	one := s.Kind != "" && s.Unit != "" && (s.Ref != "" || !s.Kind.many())
	if one {
		a, err := readAccount(ctx, q, Place{s.Owner, s.Kind, s.Unit, s.Ref})
		if errors.Is(err, db.ErrNoRow) {
			return "", nil, nil
		}
		if err != nil {
			return "", nil, err
		}
		text += " AND e.no = " + put(a.no)
	} else {
		text += s.some(put)
	}
	if len(s.Kinds) > 0 {
		in, more := db.In(len(args)+1, s.Kinds)
		args = append(args, more...)
		text += " AND e.kind IN " + in
	}
	if s.Transfer != "" {
		text += " AND e.transfer_id = " + put(s.Transfer)
	}
	if s.Sign > 0 {
		text += " AND e.amount > 0"
	}
	if s.Sign < 0 {
		text += " AND e.amount < 0"
	}
	switch m := s.After; {
	case m.At.IsZero():
	case one:
		text += " AND (e.at, e.seq) < (" + put(m.At.UnixMicro()) + ", " + put(m.Seq) + ")"
	default:
		text += " AND (e.at, e.no, e.seq) < (" + put(m.At.UnixMicro()) + ", " + put(m.No) + ", " + put(m.Seq) + ")"
	}
	return text, args, nil
}

// some narrows to several accounts.
func (s *Statement) some(put func(any) string) string {
	text := ""
	if s.Kind != "" {
		text += " AND a.kind = " + put(string(s.Kind))
	} else {
		text += " AND a.kind <> 'clearing'"
	}
	if s.Unit != "" {
		text += " AND a.unit = " + put(s.Unit)
	}
	return text
}

// many tells whether an owner may have several accounts of a kind and unit, told apart by Ref.
func (k Kind) many() bool {
	switch k {
	case Quota, Voucher, Pickup, Clearing, Reserved, Granted:
		return true
	}
	return false
}

// A Filter asks for transfers whose key one book keeps, newest first: payments by the payer, reclaims by who takes
// back. Other narrows to one on either side. From is inclusive, To exclusive.
type Filter struct {
	Book   string
	Other  string
	Kinds  []string
	Unit   string // "" = all
	ID     string
	Key    string
	From   time.Time
	To     time.Time
	Before string // keyset: the id of the last one seen
	Offset int
	Limit  int
}

func (f *Filter) where() (string, []any) {
	args := []any{f.Book, edge(f.From, 0), edge(f.To, 1<<62)}
	put := func(v any) string { args = append(args, v); return "$" + strconv.Itoa(len(args)) }
	text := "account_id = $1 AND at >= $2 AND at < $3"
	if f.Other != "" {
		n := put(f.Other)
		text += " AND (payer = " + n + " OR payee = " + n + ")"
	}
	if f.Unit != "" {
		text += " AND unit = " + put(f.Unit)
	}
	if f.ID != "" {
		text += " AND id = " + put(f.ID)
	}
	if f.Key != "" {
		text += " AND key = " + put(f.Key)
	}
	if len(f.Kinds) > 0 {
		in, more := db.In(len(args)+1, f.Kinds)
		args = append(args, more...)
		text += " AND kind IN " + in
	}
	if f.Before != "" {
		text += " AND id < " + put(f.Before)
	}
	return text, args
}

// Transfers reads a page of transfers.
func Transfers(ctx context.Context, q db.Querier, f Filter) ([]Transfer, error) {
	where, args := f.where()
	args = append(args, clampLimit(f.Limit), f.Offset)
	n := len(args)
	return db.All(ctx, q, scanTransfer, `SELECT `+transferColumns+` FROM ledger_transfer WHERE `+where+
		` ORDER BY id DESC LIMIT $`+strconv.Itoa(n-1)+` OFFSET $`+strconv.Itoa(n), args...)
}

// CountTransfers counts what Transfers would page through, up to a bound.
func CountTransfers(ctx context.Context, q db.Querier, f Filter, bound int) (int, error) {
	f.Before = ""
	where, args := f.where()
	n, err := db.One(ctx, q, db.Int, `SELECT count(*) FROM (SELECT 1 AS one FROM ledger_transfer WHERE `+where+
		` LIMIT $`+strconv.Itoa(len(args)+1)+`) AS page`, append(args, bound)...)
	return int(n), err
}

// Get reads a transfer with its entries in both books, clearing included; NotFound when there's none.
func Get(ctx context.Context, q db.Querier, book, id string) (Transfer, []Entry, error) {
	t, err := oneTransfer(ctx, q, book, id)
	if errors.Is(err, db.ErrNoRow) {
		return t, nil, fault.NotFound()
	}
	if err != nil {
		return t, nil, err
	}
	places, err := placesOf(ctx, q, t.legs)
	if err != nil {
		return t, nil, err
	}
	out := make([]Entry, len(t.legs))
	for i, l := range t.legs {
		out[i] = Entry{Place: places[i], Seq: l.Seq, At: t.At, Transfer: t.ID, Book: t.Book, Kind: t.Kind, Minor: l.Minor, After: l.After,
			Scene: t.Scene, Memo: t.Memo, Subject: t.Subject, Payer: t.Payer, Payee: t.Payee, ByName: t.ByName, no: l.No}
	}
	return t, out, nil
}

// ReversedBy is the transfer that undid one; "" when none did.
func ReversedBy(ctx context.Context, q db.Querier, book, id string) (string, error) {
	k, err := db.One(ctx, q, db.String, `SELECT transfer_id FROM ledger_key WHERE account_id = $1 AND key = $2`, book, reverseKey(id))
	if errors.Is(err, db.ErrNoRow) {
		return "", nil
	}
	return k, err
}

// A Month is what one kind of posting did to one account in one month: sums of minor units, both positive.
type Month struct {
	Place   Place
	Month   string // YYYY-MM of the business zone
	Kind    string
	Income  int64
	Expense int64
	Entries int64
}

// Months reads an owner's roll-up of months, both inclusive (YYYY-MM), clearing accounts left out.
func Months(ctx context.Context, q db.Querier, owner, from, to string) ([]Month, error) {
	return db.All(ctx, q, func(r db.Row) (m Month, err error) {
		m.Place.Owner = owner
		return m, r.Scan(&m.Place.Kind, &m.Place.Unit, &m.Place.Ref, &m.Month, &m.Kind, &m.Income, &m.Expense, &m.Entries)
	}, `SELECT a.kind, a.unit, a.ref, m.month, m.kind, m.income, m.expense, m.entries FROM ledger_month m
		JOIN ledger_account a ON a.account_id = m.account_id AND a.no = m.no
		WHERE m.account_id = $1 AND m.month >= $2 AND m.month <= $3 AND a.kind <> 'clearing'
		ORDER BY m.month COLLATE "C", a.unit COLLATE "C", a.kind COLLATE "C", a.ref COLLATE "C", m.kind COLLATE "C"`, owner, from, to)
}

// MonthOf is the month of the business zone that an instant is in, YYYY-MM.
func MonthOf(at time.Time) string { return month(at) }

// MonthBounds are the first instant of a month (YYYY-MM) and of the next one; false when it isn't a month.
func MonthBounds(m string) (from, to time.Time, ok bool) {
	d, err := calendar.ParseDay(m + "-01")
	if err != nil {
		return from, to, false
	}
	return d.Time(), d.AddMonths(1).Time(), true
}

func edge(t time.Time, otherwise int64) int64 {
	if t.IsZero() {
		return otherwise
	}
	return t.UnixMicro()
}

func clampLimit(n int) int {
	if n <= 0 {
		return 50
	}
	return min(n, 1000)
}
