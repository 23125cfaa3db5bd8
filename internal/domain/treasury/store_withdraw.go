package treasury

import (
	"context"

	"hanse/internal/kit/db"
)

func saveBank(ctx context.Context, tx *db.Tx, account string, b BankView) error {
	return db.Change(ctx, tx, `INSERT INTO bank_data (account_id, sealed, holder, bank, branch, masked, changed_by, changed_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT (account_id) DO UPDATE SET sealed = excluded.sealed, holder = excluded.holder,
		bank = excluded.bank, branch = excluded.branch, masked = excluded.masked, changed_by = excluded.changed_by, changed_at = excluded.changed_at`,
		account, b.sealed, b.Holder, b.Name, b.Branch, b.Masked, b.ChangedBy, db.Micros(b.ChangedAt))
}

func bankOf(ctx context.Context, q db.Querier, account string) (BankView, error) {
	return db.One(ctx, q, func(r db.Row) (b BankView, err error) {
		return b, r.Scan(&b.sealed, &b.Holder, &b.Name, &b.Branch, &b.Masked, &b.ChangedBy, db.Time(&b.ChangedAt))
	}, `SELECT sealed, holder, bank, branch, masked, changed_by, changed_at FROM bank_data WHERE account_id = $1`, account)
}

const withdrawalColumns = `account_id, id, account_name, unit, minor, state, edition, hold, bank_sealed, bank_text, bank_reference, paid_on, reason,
	number, asked_by, asked_name, approved_by, approved_name, handled_name, created_at, due_at, changed_at`

func scanWithdrawal(r db.Row) (w Withdrawal, err error) {
	err = r.Scan(&w.Account, &w.ID, &w.AccountName, &w.Unit, &w.Minor, &w.State, &w.Edition, &w.Hold, &w.BankSealed, &w.BankText, &w.BankReference,
		&w.PaidOn, &w.Reason, &w.Number, &w.AskedBy, &w.AskedName, &w.ApprovedBy, &w.ApprovedName, &w.HandledName, db.Time(&w.CreatedAt),
		db.Time(&w.DueAt), db.Time(&w.ChangedAt))
	return w, err
}

func insertWithdrawal(ctx context.Context, tx *db.Tx, w Withdrawal) error {
	return db.Change(ctx, tx, `INSERT INTO withdrawal (`+withdrawalColumns+`) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, '', '', '', '', $11, $12,
		'', '', '', $13, $14, $15)`, w.Account, w.ID, w.AccountName, w.Unit, w.Minor, string(w.State), w.Edition, w.Hold, w.BankSealed, w.BankText,
		w.AskedBy, w.AskedName, db.Micros(w.CreatedAt), db.Micros(w.DueAt), db.Micros(w.ChangedAt))
}

func withdrawalByID(ctx context.Context, q db.Querier, scope, id string) (Withdrawal, error) {
	w, err := db.One(ctx, q, scanWithdrawal, `SELECT `+withdrawalColumns+` FROM withdrawal WHERE id = $1 AND ($2 = '' OR account_id = $2)`, id, scope)
	return w, lost(err)
}

func heldBy(ctx context.Context, tx *db.Tx, w Withdrawal) error {
	return db.Change(ctx, tx, `UPDATE withdrawal SET hold = $1 WHERE account_id = $2 AND id = $3`, w.Hold, w.Account, w.ID)
}

func numbered(ctx context.Context, tx *db.Tx, w Withdrawal) error {
	return db.Change(ctx, tx, `UPDATE withdrawal SET number = $1 WHERE account_id = $2 AND id = $3`, w.Number, w.Account, w.ID)
}

// moveWithdrawal changes the state, once.
func moveWithdrawal(ctx context.Context, tx *db.Tx, w *Withdrawal, from WithdrawalState) error {
	err := db.Change(ctx, tx, `UPDATE withdrawal SET state = $1, bank_reference = $2, paid_on = $3, reason = $4, approved_by = $5, approved_name = $6,
		handled_name = $7, changed_at = $8, edition = edition + 1 WHERE account_id = $9 AND id = $10 AND state = $11 AND edition = $12`,
		string(w.State), w.BankReference, w.PaidOn, w.Reason, w.ApprovedBy, w.ApprovedName, w.HandledName, db.Micros(w.ChangedAt), w.Account, w.ID,
		string(from), w.Edition)
	w.Edition++
	return faster(err)
}

// takeParts takes a withdrawal out of its top-ups; Conflict when somebody took that part in between.
func takeParts(ctx context.Context, tx *db.Tx, w Withdrawal) error {
	for _, p := range w.Parts {
		if err := faster(db.Change(ctx, tx, `UPDATE top_up SET left_minor = left_minor - $1 WHERE account_id = $2 AND id = $3 AND state = 'posted'
			AND left_minor >= $1`, p.Minor, w.Account, p.TopUp)); err != nil {
			return err
		}
		if err := db.Change(ctx, tx, `INSERT INTO withdrawal_part (account_id, withdrawal_id, top_up_id, minor) VALUES ($1, $2, $3, $4)`,
			w.Account, w.ID, p.TopUp, p.Minor); err != nil {
			return err
		}
	}
	return nil
}

// returnParts gives a withdrawal that wasn't paid back to its top-ups.
func returnParts(ctx context.Context, tx *db.Tx, w Withdrawal) error {
	for _, p := range w.Parts {
		if err := db.Change(ctx, tx, `UPDATE top_up SET left_minor = left_minor + $1 WHERE account_id = $2 AND id = $3`, p.Minor, w.Account, p.TopUp); err != nil {
			return err
		}
	}
	return nil
}

func partsOf(ctx context.Context, q db.Querier, w Withdrawal) ([]Part, error) {
	return db.All(ctx, q, func(r db.Row) (p Part, err error) { return p, r.Scan(&p.TopUp, &p.Minor, &p.Method, &p.Reference) },
		`SELECT p.top_up_id, p.minor, t.method, t.reference FROM withdrawal_part p JOIN top_up t ON t.account_id = p.account_id AND t.id = p.top_up_id
		WHERE p.account_id = $1 AND p.withdrawal_id = $2 ORDER BY p.top_up_id COLLATE "C" DESC`, w.Account, w.ID)
}

func withdrawals(ctx context.Context, q db.Querier, f WithdrawalFilter) ([]Withdrawal, error) {
	return db.All(ctx, q, scanWithdrawal, `SELECT `+withdrawalColumns+` FROM withdrawal WHERE ($1 = '' OR account_id = $1) AND ($2 = '' OR state = $2)
		AND ($3 = '' OR id COLLATE "C" < $3) ORDER BY id COLLATE "C" DESC LIMIT $4`, f.Account, string(f.State), f.After, f.Limit)
}

const refundColumns = `account_id, id, partner_name, customer, customer_name, unit, minor, state, edition, words, number, method, refunded_on, reference,
	asked_name, handled_name, answered_name, created_at, changed_at`

func scanRefund(r db.Row) (x Refund, err error) {
	err = r.Scan(&x.Partner, &x.ID, &x.PartnerName, &x.Customer, &x.CustomerName, &x.Unit, &x.Minor, &x.State, &x.Edition, &x.Words, &x.Number, &x.Method,
		&x.RefundedOn, &x.Reference, &x.AskedName, &x.HandledName, &x.AnsweredName, db.Time(&x.CreatedAt), db.Time(&x.ChangedAt))
	return x, err
}

func insertRefund(ctx context.Context, tx *db.Tx, r Refund) (bool, error) {
	n, err := db.Exec(ctx, tx, `INSERT INTO offline_refund (`+refundColumns+`) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, '', '', '', '', $11, '', '', $12, $13)
		ON CONFLICT (account_id, id) DO NOTHING`, r.Partner, r.ID, r.PartnerName, r.Customer, r.CustomerName, r.Unit, r.Minor, string(r.State), r.Edition, r.Words,
		r.AskedName, db.Micros(r.CreatedAt), db.Micros(r.ChangedAt))
	return n == 1, err
}

// refundByID reads one of a partner or a customer; scope "" is everybody's.
func refundByID(ctx context.Context, q db.Querier, scope, id string) (Refund, error) {
	r, err := db.One(ctx, q, scanRefund, `SELECT `+refundColumns+` FROM offline_refund WHERE id = $1 AND ($2 = '' OR account_id = $2 OR customer = $2)`, id, scope)
	return r, lost(err)
}

func moveRefund(ctx context.Context, tx *db.Tx, r *Refund, from RefundState) error {
	err := db.Change(ctx, tx, `UPDATE offline_refund SET state = $1, words = $2, number = $3, method = $4, refunded_on = $5, reference = $6, handled_name = $7,
		answered_name = $8, changed_at = $9, edition = edition + 1 WHERE account_id = $10 AND id = $11 AND state = $12 AND edition = $13`,
		string(r.State), r.Words, r.Number, r.Method, r.RefundedOn, r.Reference, r.HandledName, r.AnsweredName, db.Micros(r.ChangedAt), r.Partner, r.ID,
		string(from), r.Edition)
	r.Edition++
	return faster(err)
}

func refunds(ctx context.Context, q db.Querier, scope string, f RefundFilter) ([]Refund, error) {
	return db.All(ctx, q, scanRefund, `SELECT `+refundColumns+` FROM offline_refund WHERE ($1 = '' OR account_id = $1 OR customer = $1)
		AND ($2 = '' OR state = $2) AND ($3 = '' OR id COLLATE "C" < $3) ORDER BY id COLLATE "C" DESC LIMIT $4`, scope, string(f.State), f.After, f.Limit)
}
