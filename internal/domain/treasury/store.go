package treasury

import (
	"context"
	"errors"

	"hanse/internal/kit/calendar"
	"hanse/internal/kit/db"
	"hanse/internal/kit/fault"
	"hanse/internal/kit/i18n"
)

// lost turns a row that isn't there into NotFound.
func lost(err error) error {
	if errors.Is(err, db.ErrNoRow) {
		return fault.NotFound()
	}
	return err
}

// faster turns a compare-and-set that found another state into Conflict.
func faster(err error) error {
	if errors.Is(err, db.ErrNoRow) {
		return fault.Conflict(i18n.Msg{})
	}
	return err
}

const topUpColumns = `account_id, id, account_name, method, unit, minor, left_minor, reference, payer, received_on, remark, file_hash, file_name,
	file_media, file_size, state, edition, entered_by, entered_name, decided_by, decided_name, reason, reverse_by, reverse_name, reverse_reason,
	book, transfer, number, repayment, created_at, posted_at`

func scanTopUp(r db.Row) (t TopUp, err error) {
	var day string
	if err = r.Scan(&t.Account, &t.ID, &t.AccountName, &t.Method, &t.Unit, &t.Minor, &t.Left, &t.Reference, &t.Payer, &day, &t.Remark, &t.FileHash,
		&t.FileName, &t.FileMedia, &t.FileSize, &t.State, &t.Edition, &t.EnteredBy, &t.EnteredName, &t.DecidedBy, &t.DecidedName, &t.Reason, &t.ReverseBy,
		&t.ReverseName, &t.ReverseReason, &t.Book, &t.Transfer, &t.Number, &t.Repayment, db.Time(&t.CreatedAt), db.Time(&t.PostedAt)); err == nil {
		t.ReceivedOn, err = calendar.ParseOptional(day)
	}
	return t, err
}

// insertTopUp is false when the id is taken.
func insertTopUp(ctx context.Context, tx *db.Tx, t TopUp) (bool, error) {
	n, err := db.Exec(ctx, tx, `INSERT INTO top_up (`+topUpColumns+`) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16,
		$17, $18, $19, '', '', '', '', '', '', '', '', '', '', $20, NULL) ON CONFLICT (account_id, id) DO NOTHING`,
		t.Account, t.ID, t.AccountName, string(t.Method), t.Unit, t.Minor, t.Left, t.Reference, t.Payer, t.ReceivedOn.String(), t.Remark, t.FileHash,
		t.FileName, t.FileMedia, t.FileSize, string(t.State), t.Edition, t.EnteredBy, t.EnteredName, db.Micros(t.CreatedAt))
	return n == 1, err
}

// topUpByID reads one; scope "" is every account's.
func topUpByID(ctx context.Context, q db.Querier, scope, id string) (TopUp, error) {
	t, err := db.One(ctx, q, scanTopUp, `SELECT `+topUpColumns+` FROM top_up WHERE id = $1 AND ($2 = '' OR account_id = $2)`, id, scope)
	return t, lost(err)
}

// moveTopUp changes the state, once.
func moveTopUp(ctx context.Context, tx *db.Tx, t *TopUp, from TopUpState) error {
	err := db.Change(ctx, tx, `UPDATE top_up SET state = $1, decided_by = $2, decided_name = $3, reason = $4, reverse_by = $5,
		reverse_name = $6, reverse_reason = $7, posted_at = $8, edition = edition + 1 WHERE account_id = $9 AND id = $10 AND state = $11 AND edition = $12`,
		string(t.State), t.DecidedBy, t.DecidedName, t.Reason, t.ReverseBy, t.ReverseName, t.ReverseReason, db.Micros(t.PostedAt), t.Account, t.ID,
		string(from), t.Edition)
	t.Edition++
	return faster(err)
}

// untouched tells whether nothing of a top-up was withdrawn. Ask it once the row is in a state in which nothing can be.
func untouched(ctx context.Context, q db.Querier, t TopUp) (bool, error) {
	return db.One(ctx, q, db.Bool, `SELECT left_minor = minor OR method = 'bonus' FROM top_up WHERE account_id = $1 AND id = $2`, t.Account, t.ID)
}

// empty makes nothing of a top-up withdrawable.
func empty(ctx context.Context, tx *db.Tx, t TopUp) error {
	return db.Change(ctx, tx, `UPDATE top_up SET left_minor = 0 WHERE account_id = $1 AND id = $2`, t.Account, t.ID)
}

func bookedAs(ctx context.Context, tx *db.Tx, t TopUp) error {
	return db.Change(ctx, tx, `UPDATE top_up SET book = $1, transfer = $2, number = $3, repayment = $4 WHERE account_id = $5 AND id = $6`,
		t.Book, t.Transfer, t.Number, t.Repayment, t.Account, t.ID)
}

// takeReference claims a bank reference for a top-up, or gives the one that has it.
func takeReference(ctx context.Context, tx *db.Tx, reference string, t TopUp) (first TopUp, fresh bool, err error) {
	n, err := db.Exec(ctx, tx, `INSERT INTO bank_reference (reference, account_id, top_up_id) VALUES ($1, $2, $3) ON CONFLICT (reference) DO NOTHING`,
		reference, t.Account, t.ID)
	if err != nil || n == 1 {
		return t, n == 1, err
	}
	id, err := db.One(ctx, tx, db.String, `SELECT top_up_id FROM bank_reference WHERE reference = $1`, reference)
	if err != nil {
		return t, false, faster(err)
	}
	first, err = topUpByID(ctx, tx, "", id)
	return first, false, err
}

func freeReference(ctx context.Context, tx *db.Tx, t TopUp) error {
	_, err := db.Exec(ctx, tx, `DELETE FROM bank_reference WHERE reference = $1 AND top_up_id = $2`, foldReference(t.Reference), t.ID)
	return err
}

func topUps(ctx context.Context, q db.Querier, f TopUpFilter) ([]TopUp, error) {
	return db.All(ctx, q, scanTopUp, `SELECT `+topUpColumns+` FROM top_up WHERE ($1 = '' OR account_id = $1) AND ($2 = '' OR state = $2)
		AND ($3 = '' OR id COLLATE "C" < $3) ORDER BY id COLLATE "C" DESC LIMIT $4`, f.Account, string(f.State), f.After, f.Limit)
}

// sourcesOf are the top-ups of which something can be withdrawn, newest first. A deposit counts too: what was released
// of it is cash.
func sourcesOf(ctx context.Context, q db.Querier, account, unit string) ([]TopUp, error) {
	return db.All(ctx, q, scanTopUp, `SELECT `+topUpColumns+` FROM top_up WHERE account_id = $1 AND unit = $2 AND state = 'posted' AND left_minor > 0
		ORDER BY posted_at DESC, id COLLATE "C" DESC`, account, unit)
}

func withdrawable(ctx context.Context, q db.Querier, account string) (map[string]int64, error) {
	type sum struct {
		unit  string
		minor int64
	}
	rows, err := db.All(ctx, q, func(r db.Row) (s sum, err error) { return s, r.Scan(&s.unit, &s.minor) },
		`SELECT unit, CAST(SUM(left_minor) AS BIGINT) FROM top_up WHERE account_id = $1 AND state = 'posted' GROUP BY unit`, account)
	out := map[string]int64{}
	for _, s := range rows {
		out[s.unit] = s.minor
	}
	return out, err
}

const earmarkColumns = `account_id, id, account_name, unit, minor, left_minor, purpose, state, reason, made_by, released_by, created_at, changed_at`

func scanEarmark(r db.Row) (e Earmark, err error) {
	err = r.Scan(&e.Account, &e.ID, &e.AccountName, &e.Unit, &e.Minor, &e.Left, &e.Purpose, &e.State, &e.Reason, &e.MadeBy, &e.ReleasedBy,
		db.Time(&e.CreatedAt), db.Time(&e.ChangedAt))
	return e, err
}

func insertEarmark(ctx context.Context, tx *db.Tx, e Earmark) (bool, error) {
	n, err := db.Exec(ctx, tx, `INSERT INTO earmark (`+earmarkColumns+`) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)
		ON CONFLICT (account_id, id) DO NOTHING`, e.Account, e.ID, e.AccountName, e.Unit, e.Minor, e.Left, e.Purpose, string(e.State), e.Reason,
		e.MadeBy, e.ReleasedBy, db.Micros(e.CreatedAt), db.Micros(e.ChangedAt))
	return n == 1, err
}

func earmarkByID(ctx context.Context, q db.Querier, scope, id string) (Earmark, error) {
	e, err := db.One(ctx, q, scanEarmark, `SELECT `+earmarkColumns+` FROM earmark WHERE id = $1 AND ($2 = '' OR account_id = $2)`, id, scope)
	return e, lost(err)
}

func moveEarmark(ctx context.Context, tx *db.Tx, e Earmark, left int64) error {
	return faster(db.Change(ctx, tx, `UPDATE earmark SET left_minor = $1, state = $2, reason = $3, released_by = $4, changed_at = $5
		WHERE account_id = $6 AND id = $7 AND state = 'active' AND left_minor = $8`,
		e.Left, string(e.State), e.Reason, e.ReleasedBy, db.Micros(e.ChangedAt), e.Account, e.ID, left))
}

func earmarks(ctx context.Context, q db.Querier, f EarmarkFilter) ([]Earmark, error) {
	return db.All(ctx, q, scanEarmark, `SELECT `+earmarkColumns+` FROM earmark WHERE ($1 = '' OR account_id = $1) AND ($2 = '' OR state = $2)
		AND ($3 = '' OR id COLLATE "C" < $3) ORDER BY id COLLATE "C" DESC LIMIT $4`, f.Account, string(f.State), f.After, f.Limit)
}

func saveWatch(ctx context.Context, tx *db.Tx, w Watch) error {
	var own any
	if w.Own {
		own = w.Threshold
	}
	return db.Change(ctx, tx, `INSERT INTO balance_watch (account_id, unit, threshold, low_since) VALUES ($1, $2, $3, $4)
		ON CONFLICT (account_id, unit) DO UPDATE SET threshold = excluded.threshold, low_since = excluded.low_since`,
		w.Account, w.Unit, own, db.Micros(w.LowSince))
}

// watches are those of some companies by "account:unit".
func watches(ctx context.Context, q db.Querier, ids []string) (map[string]Watch, error) {
	in, args := db.In(1, ids)
	rows, err := db.All(ctx, q, func(r db.Row) (w Watch, err error) {
		var own *int64
		err = r.Scan(&w.Account, &w.Unit, &own, db.Time(&w.LowSince))
		if own != nil {
			w.Threshold, w.Own = *own, true
		}
		return w, err
	}, `SELECT account_id, unit, threshold, low_since FROM balance_watch WHERE account_id IN `+in, args...)
	out := make(map[string]Watch, len(rows))
	for _, w := range rows {
		out[w.Account+":"+w.Unit] = w
	}
	return out, err
}
