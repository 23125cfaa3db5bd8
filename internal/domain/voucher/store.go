package voucher

import (
	"context"
	"encoding/json"
	"errors"
	"strings"
	"time"

	"hanse/internal/kit/db"
	"hanse/internal/kit/fault"
	"hanse/internal/kit/i18n"
)

func contains(list, item string) bool {
	for v := range strings.SplitSeq(list, ",") {
		if strings.TrimSpace(v) == item {
			return true
		}
	}
	return false
}

func found(err error) error {
	if errors.Is(err, db.ErrNoRow) {
		return fault.NotFound()
	}
	return err
}

func changed(err error) error {
	if errors.Is(err, db.ErrNoRow) {
		return fault.Conflict(i18n.Msg{})
	}
	return err
}

func encode(v any) (string, error) {
	b, err := json.Marshal(v)
	return string(b), err
}

const quotaColumns = `account_id, id, key, holder_name, parent_account, parent_id, kind, state, currency, value, limits, effective_at,
	expire_at, memo, pending, asked_by, asked_by_name, edition, created_at, changed_at`

func scanQuota(r db.Row) (q Quota, err error) {
	var limits, pending string
	err = r.Scan(&q.Account, &q.ID, &q.Key, &q.HolderName, &q.ParentAccount, &q.Parent, &q.Kind, &q.Kept, &q.Currency, &q.Value, &limits,
		db.Time(&q.EffectiveAt), db.Time(&q.ExpireAt), &q.Memo, &pending, &q.AskedBy, &q.AskedByName, &q.Edition, db.Time(&q.CreatedAt), db.Time(&q.ChangedAt))
	if err == nil {
		err = json.Unmarshal([]byte(limits), &q.Limits)
	}
	if err == nil && pending != "" {
		err = json.Unmarshal([]byte(pending), &q.Pending)
	}
	return q, err
}

// insertQuota stores a new quota; fresh is false when the holder has one with its key.
func insertQuota(ctx context.Context, tx *db.Tx, q Quota) (fresh bool, err error) {
	limits, err := encode(q.Limits)
	if err != nil {
		return false, err
	}
	n, err := db.Exec(ctx, tx, `INSERT INTO voucher_quota (account_id, id, key, holder_name, parent_account, parent_id, kind, state, currency,
		value, limits, effective_at, expire_at, memo, pending, asked_by, asked_by_name, lease_until, edition, created_at, changed_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, '', $15, $16, NULL, 1, $17, $17) ON CONFLICT (account_id, key) DO NOTHING`,
		q.Account, q.ID, q.Key, q.HolderName, q.ParentAccount, q.Parent, int64(q.Kind), string(q.Kept), q.Currency, q.Value, limits,
		db.Micros(q.EffectiveAt), db.Micros(q.ExpireAt), q.Memo, q.AskedBy, q.AskedByName, db.Micros(tx.Now))
	return n == 1, err
}

func quotaByKey(ctx context.Context, q db.Querier, account, key string) (Quota, error) {
	return db.One(ctx, q, scanQuota, `SELECT `+quotaColumns+` FROM voucher_quota WHERE account_id = $1 AND key = $2`, account, key)
}

func quotaOf(ctx context.Context, q db.Querier, account, id string) (Quota, error) {
	x, err := db.One(ctx, q, scanQuota, `SELECT `+quotaColumns+` FROM voucher_quota WHERE account_id = $1 AND id = $2`, account, id)
	return x, found(err)
}

func quotaByID(ctx context.Context, q db.Querier, id string) (Quota, error) {
	x, err := db.One(ctx, q, scanQuota, `SELECT `+quotaColumns+` FROM voucher_quota WHERE id = $1`, id)
	return x, found(err)
}

// holdQuota locks a quota's row for the rest of the transaction and reads it: what is decided about it stays true.
func holdQuota(ctx context.Context, tx *db.Tx, account, id string) (Quota, error) {
	err := db.Change(ctx, tx, `UPDATE voucher_quota SET changed_at = changed_at WHERE account_id = $1 AND id = $2`, account, id)
	if err != nil {
		return Quota{}, found(err)
	}
	return quotaOf(ctx, tx, account, id)
}

// saveQuota stores what can change of a quota, if nobody changed it meanwhile.
func saveQuota(ctx context.Context, tx *db.Tx, q *Quota, edition int64) error {
	limits, err := encode(q.Limits)
	if err != nil {
		return err
	}
	pending := ""
	if q.Pending != nil {
		if pending, err = encode(q.Pending); err != nil {
			return err
		}
	}
	q.Edition, q.ChangedAt = edition+1, tx.Now
	return changed(db.Change(ctx, tx, `UPDATE voucher_quota SET state = $4, value = $5, limits = $6, effective_at = $7, expire_at = $8, pending = $9,
		asked_by = $10, asked_by_name = $11, edition = $12, changed_at = $13 WHERE account_id = $1 AND id = $2 AND edition = $3`, q.Account, q.ID, edition,
		string(q.Kept), q.Value, limits, db.Micros(q.EffectiveAt), db.Micros(q.ExpireAt), pending, q.AskedBy, q.AskedByName, q.Edition, db.Micros(tx.Now)))
}

// lease lets one caller split a quota until a wall instant; false when another one does.
func lease(ctx context.Context, tx *db.Tx, account, id string, until time.Time) (bool, error) {
	n, err := db.Exec(ctx, tx, `UPDATE voucher_quota SET lease_until = $3 WHERE account_id = $1 AND id = $2 AND (lease_until IS NULL OR lease_until <= $4)`,
		account, id, db.Micros(until), db.Micros(tx.Wall))
	return n == 1, err
}

func unlease(ctx context.Context, tx *db.Tx, account, id string) error {
	_, err := db.Exec(ctx, tx, `UPDATE voucher_quota SET lease_until = NULL WHERE account_id = $1 AND id = $2`, account, id)
	return err
}

// quotasDue are those that have expired by an instant and still hold what they held.
func quotasDue(ctx context.Context, q db.Querier, at time.Time, limit int) ([]Quota, error) {
	return db.All(ctx, q, scanQuota, `SELECT `+quotaColumns+` FROM voucher_quota WHERE state IN ('normal', 'adjusting', 'frozen') AND expire_at <= $1
		ORDER BY expire_at, account_id, id LIMIT $2`, db.Micros(at), limit)
}

const voucherColumns = `account_id, id, key, issuer_name, quota_id, customer_id, customer_name, referral, kind, state, currency, face, limits,
	memo, frozen, lock_order, times, uses, valid_at, expire_at, last_used_at, created_at, changed_at`

func scanVoucher(r db.Row) (v Voucher, err error) {
	var limits string
	err = r.Scan(&v.Account, &v.ID, &v.Key, &v.IssuerName, &v.Quota, &v.Customer, &v.CustomerName, &v.Referral, &v.Kind, &v.Kept, &v.Currency,
		&v.Face, &limits, &v.Memo, &v.Frozen, &v.LockOrder, &v.Times, &v.Uses, db.Time(&v.ValidAt), db.Time(&v.ExpireAt), db.Time(&v.LastUsedAt),
		db.Time(&v.CreatedAt), db.Time(&v.ChangedAt))
	if err == nil {
		err = json.Unmarshal([]byte(limits), &v.Limits)
	}
	return v, err
}

// insertVoucher stores a new voucher; fresh is false when the issuer has one with its key.
func insertVoucher(ctx context.Context, tx *db.Tx, v Voucher) (fresh bool, err error) {
	limits, err := encode(v.Limits)
	if err != nil {
		return false, err
	}
	n, err := db.Exec(ctx, tx, `INSERT INTO voucher (account_id, id, key, issuer_name, quota_id, customer_id, customer_name, referral, kind, state,
		currency, face, limits, memo, times, valid_at, expire_at, created_at, changed_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, 'live', $10, $11, $12, $13, $14, $15, $16, $17, $17) ON CONFLICT (account_id, key) DO NOTHING`,
		v.Account, v.ID, v.Key, v.IssuerName, v.Quota, v.Customer, v.CustomerName, v.Referral, int64(v.Kind), v.Currency, v.Face, limits, v.Memo,
		v.Times, db.Micros(v.ValidAt), db.Micros(v.ExpireAt), db.Micros(tx.Now))
	return n == 1, err
}

func voucherByKey(ctx context.Context, q db.Querier, account, key string) (Voucher, error) {
	v, err := db.One(ctx, q, scanVoucher, `SELECT `+voucherColumns+` FROM voucher WHERE account_id = $1 AND key = $2`, account, key)
	return v, found(err)
}

func voucherByID(ctx context.Context, q db.Querier, id string) (Voucher, error) {
	v, err := db.One(ctx, q, scanVoucher, `SELECT `+voucherColumns+` FROM voucher WHERE id = $1`, id)
	return v, found(err)
}

// holdVoucher locks a voucher's row for the rest of the transaction and reads it: nothing is taken from it meanwhile.
func holdVoucher(ctx context.Context, tx *db.Tx, account, id string) (Voucher, error) {
	err := db.Change(ctx, tx, `UPDATE voucher SET changed_at = changed_at WHERE account_id = $1 AND id = $2`, account, id)
	if err != nil {
		return Voucher{}, found(err)
	}
	return voucherByID(ctx, tx, id)
}

// saveVoucher stores what can change of a voucher whose row the transaction holds.
func saveVoucher(ctx context.Context, tx *db.Tx, v *Voucher) error {
	v.ChangedAt = tx.Now
	return changed(db.Change(ctx, tx, `UPDATE voucher SET state = $3, frozen = $4, lock_order = $5, uses = $6, last_used_at = $7, changed_at = $8
		WHERE account_id = $1 AND id = $2`, v.Account, v.ID, v.Kept, v.Frozen, v.LockOrder, v.Uses, db.Micros(v.LastUsedAt), db.Micros(tx.Now)))
}

// had are the vouchers that a customer got from a quota and still has or used: what came back doesn't count.
func had(ctx context.Context, q db.Querier, account, quota, customer string) (count, value int64, err error) {
	type sums struct{ n, v int64 }
	x, err := db.One(ctx, q, func(r db.Row) (s sums, err error) { return s, r.Scan(&s.n, &s.v) },
		`SELECT COUNT(*), CAST(COALESCE(SUM(face), 0) AS BIGINT) FROM voucher WHERE account_id = $1 AND quota_id = $2 AND customer_id = $3 AND state <> 'reclaimed'`,
		account, quota, customer)
	return x.n, x.v, err
}

// liveOf are the vouchers that a customer has of a partner, in the order of ids.
func liveOf(ctx context.Context, q db.Querier, partner, customer string) ([]Voucher, error) {
	return db.All(ctx, q, scanVoucher, `SELECT `+voucherColumns+` FROM voucher WHERE customer_id = $2 AND account_id = $1 AND state = 'live'
		ORDER BY id COLLATE "C"`, partner, customer)
}

// usableOf are the vouchers that a customer may use at an instant, those that expire first first.
func usableOf(ctx context.Context, q db.Querier, customer string, at time.Time) ([]Voucher, error) {
	return db.All(ctx, q, scanVoucher, `SELECT `+voucherColumns+` FROM voucher WHERE customer_id = $1 AND state = 'live' AND valid_at <= $2
		AND expire_at > $2 ORDER BY expire_at, id COLLATE "C"`, customer, db.Micros(at))
}

// vouchersDue are those that have expired by an instant and whose rest hasn't gone back.
func vouchersDue(ctx context.Context, q db.Querier, at time.Time, limit int) ([]Voucher, error) {
	return db.All(ctx, q, scanVoucher, `SELECT `+voucherColumns+` FROM voucher WHERE state = 'live' AND expire_at <= $1
		ORDER BY expire_at, account_id, id LIMIT $2`, db.Micros(at), limit)
}

// vouchersBetween are the live ones that expire in a span, after one that was seen.
func vouchersBetween(ctx context.Context, q db.Querier, from, to time.Time, after string, limit int) ([]Voucher, error) {
	return db.All(ctx, q, scanVoucher, `SELECT `+voucherColumns+` FROM voucher WHERE state = 'live' AND expire_at > $1 AND expire_at <= $2
		AND id COLLATE "C" > $3 ORDER BY id COLLATE "C" LIMIT $4`, db.Micros(from), db.Micros(to), after, limit)
}

func insertRecord(ctx context.Context, tx *db.Tx, r Record) error {
	return db.Change(ctx, tx, `INSERT INTO voucher_record (account_id, id, operation, quota_id, parent_quota_id, kind, voucher_id, other_id,
		other_name, amount, currency, failed, reason, remark, operator, at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)`,
		r.Account, r.ID, int64(r.Operation), r.Quota, r.ParentQuota, int64(r.Kind), r.Voucher, r.Other, r.OtherName, r.Amount, r.Currency,
		r.Failed, string(r.Reason), r.Remark, r.Operator, db.Micros(tx.Now))
}

// A use is what an order took.
type use struct {
	Customer, ID, Key, Voucher, Issuer, Order, Currency string
	Minor, Returned                                     int64
}

func scanUse(r db.Row) (u use, err error) {
	return u, r.Scan(&u.Customer, &u.ID, &u.Key, &u.Voucher, &u.Issuer, &u.Order, &u.Currency, &u.Minor, &u.Returned)
}

// insertUse stores what an order takes; fresh is false when the customer's book has that key.
func insertUse(ctx context.Context, tx *db.Tx, u use) (fresh bool, err error) {
	n, err := db.Exec(ctx, tx, `INSERT INTO voucher_use (account_id, id, key, voucher_id, issuer_id, order_id, currency, amount, returned, at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 0, $9) ON CONFLICT (account_id, key) DO NOTHING`, u.Customer, u.ID, u.Key, u.Voucher, u.Issuer,
		u.Order, u.Currency, u.Minor, db.Micros(tx.Now))
	return n == 1, err
}

func useByKey(ctx context.Context, q db.Querier, customer, key string) (use, error) {
	u, err := db.One(ctx, q, scanUse, `SELECT account_id, id, key, voucher_id, issuer_id, order_id, currency, amount, returned FROM voucher_use
		WHERE account_id = $1 AND key = $2`, customer, key)
	return u, found(err)
}

// returnUse counts what comes back of a use, never more than was taken.
func returnUse(ctx context.Context, tx *db.Tx, u use, minor int64) (bool, error) {
	n, err := db.Exec(ctx, tx, `UPDATE voucher_use SET returned = returned + $3 WHERE account_id = $1 AND id = $2 AND returned + $3 <= amount`,
		u.Customer, u.ID, minor)
	return n == 1, err
}

// childrenOf are the quotas that a reseller has of a distributor and that haven't ended, in the order of ids.
func childrenOf(ctx context.Context, q db.Querier, distributor, reseller string) ([]Quota, error) {
	return db.All(ctx, q, scanQuota, `SELECT `+quotaColumns+` FROM voucher_quota WHERE account_id = $1 AND parent_account = $2
		AND state IN ('normal', 'adjusting', 'frozen') ORDER BY id COLLATE "C"`, reseller, distributor)
}
