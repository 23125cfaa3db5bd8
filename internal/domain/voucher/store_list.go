package voucher

import (
	"context"
	"strconv"
	"strings"
	"time"

	"hanse/internal/kit/db"
)

// A query collects conditions with their arguments.
type query struct {
	terms []string
	args  []any
}

// put adds an argument and returns its $n.
func (q *query) put(v any) string {
	q.args = append(q.args, v)
	return "$" + strconv.Itoa(len(q.args))
}

// term adds a condition with one argument, written as @.
func (q *query) term(text string, v any) {
	q.terms = append(q.terms, strings.ReplaceAll(text, "@", q.put(v)))
}

// equal adds a condition on a text, unless it's empty.
func (q *query) equal(column, v string) {
	if v != "" {
		q.term(column+" = @", v)
	}
}

// among adds a condition that a value is one of a list, unless that is empty.
func among[T any](q *query, column string, list []T) {
	if len(list) == 0 {
		return
	}
	marks := make([]string, len(list))
	for i, v := range list {
		marks[i] = q.put(v)
	}
	q.terms = append(q.terms, column+" IN ("+strings.Join(marks, ", ")+")")
}

// span adds both ends of a span, exclusive.
func (q *query) span(column string, s Span) {
	if !s.From.IsZero() {
		q.term(column+" > @", db.Micros(s.From))
	}
	if !s.To.IsZero() {
		q.term(column+" < @", db.Micros(s.To))
	}
}

func (q *query) where() string {
	if len(q.terms) == 0 {
		return ""
	}
	return " WHERE " + strings.Join(q.terms, " AND ")
}

// list reads a page, newest first, and counts what there is when the caller pages by offset.
func list[T any](ctx context.Context, r db.Querier, q query, p Page, columns, table string, scan func(db.Row) (T, error)) (out []T, total int64, err error) {
	if p.Count {
		if total, err = db.One(ctx, r, db.Int, "SELECT COUNT(*) FROM "+table+q.where(), q.args...); err != nil {
			return nil, 0, err
		}
	}
	if p.Before != "" {
		q.term(`id COLLATE "C" < @`, p.Before)
	}
	limit, offset := q.put(p.Limit), q.put(p.Offset)
	out, err = db.All(ctx, r, scan, "SELECT "+columns+" FROM "+table+q.where()+` ORDER BY id COLLATE "C" DESC LIMIT `+limit+" OFFSET "+offset, q.args...)
	return out, total, err
}

// quotaState is the state at an instant, as SQL: Quota.State says the same.
func quotaState(q *query, at time.Time) string {
	return "CASE WHEN state IN ('normal', 'adjusting', 'frozen') AND expire_at <= " + q.put(db.Micros(at)) + " THEN 'lapsed' ELSE state END"
}

func (f QuotaFilter) query(now time.Time) (q query) {
	q.equal("account_id", f.Partner)
	q.equal("parent_account", f.distributor)
	q.equal("parent_id", f.Parent)
	among(&q, "id", f.IDs)
	if f.Kind != nil {
		q.term("kind = @", int64(*f.Kind))
	}
	if len(f.States) > 0 {
		among(&q, quotaState(&q, now), f.states())
	} else if !f.vendor {
		q.terms = append(q.terms, "state NOT IN ('proposed', 'refused')")
	}
	q.span("created_at", f.Created)
	q.span("effective_at", f.Effective)
	q.span("expire_at", f.Expire)
	return q
}

func (f QuotaFilter) states() (out []string) {
	for _, s := range f.States {
		if f.vendor || s.Code() >= 0 {
			out = append(out, string(s))
		}
	}
	return append(out, "none")
}

func (f VoucherFilter) query(now time.Time) (q query) {
	q.equal("account_id", f.Partner)
	q.equal("customer_id", f.Customer)
	q.equal("id", f.ID)
	q.equal("quota_id", f.Quota)
	if f.Kind != nil {
		q.term("kind = @", int64(*f.Kind))
	}
	if f.State != 0 {
		at := q.put(db.Micros(now))
		q.term("CASE WHEN state = 'reclaimed' THEN 5 WHEN state = 'used' OR times > 0 AND uses >= times THEN 3 WHEN state = 'expired' OR expire_at <= "+at+
			" THEN 4 WHEN valid_at > "+at+" THEN 1 ELSE 2 END = @", int64(f.State))
	}
	if f.Order != "" {
		n := q.put(f.Order)
		q.terms = append(q.terms, "(lock_order = "+n+" OR EXISTS (SELECT 1 FROM voucher_use u WHERE u.account_id = voucher.customer_id AND u.order_id = "+n+" AND u.voucher_id = voucher.id))")
	}
	if f.Resale {
		q.terms = append(q.terms, "NOT referral")
	}
	if f.limited {
		among(&q, "customer_id", append([]string{"none"}, f.mine...))
	}
	q.span("created_at", f.Created)
	q.span("valid_at", f.Effective)
	q.span("expire_at", f.Expire)
	return q
}

func (f RecordFilter) query() (q query) {
	q.equal("account_id", f.Partner)
	q.equal("quota_id", f.Quota)
	q.equal("parent_quota_id", f.ParentQuota)
	q.equal("other_id", f.Other)
	among(&q, "voucher_id", f.Vouchers)
	if f.Kind != nil {
		q.term("kind = @", int64(*f.Kind))
	}
	ops := make([]int64, len(f.Operations))
	for i, o := range f.Operations {
		ops[i] = int64(o)
	}
	among(&q, "operation", ops)
	if f.Failed != nil {
		q.term("failed = @", *f.Failed)
	}
	if f.limited {
		among(&q, "other_id", append([]string{"none"}, f.mine...))
	}
	q.span("at", f.At)
	return q
}

func (f PickupFilter) query(now time.Time) (q query) {
	q.equal("account_id", f.Partner)
	q.equal("customer_id", f.Customer)
	if f.State != 0 {
		at := q.put(db.Micros(now))
		q.term("CASE WHEN state = 'used' THEN 3 WHEN state = 'expired' OR expire_at <= "+at+" THEN 4 WHEN valid_at > "+at+" THEN 1 ELSE 2 END = @", int64(f.State))
	}
	if f.limited {
		among(&q, "customer_id", append([]string{"none"}, f.mine...))
	}
	return q
}

const recordColumns = `account_id, id, operation, quota_id, parent_quota_id, kind, voucher_id, other_id, other_name, amount, currency, failed, reason,
	remark, operator, at`

func scanRecord(r db.Row) (x Record, err error) {
	return x, r.Scan(&x.Account, &x.ID, &x.Operation, &x.Quota, &x.ParentQuota, &x.Kind, &x.Voucher, &x.Other, &x.OtherName, &x.Amount, &x.Currency,
		&x.Failed, &x.Reason, &x.Remark, &x.Operator, db.Time(&x.At))
}

// gone adds up what left a quota and what came back, by its records and its resellers' quotas.
func gone(ctx context.Context, q db.Querier, x Quota) (p Proof, err error) {
	sum := func(text string, args ...any) (int64, error) { return db.One(ctx, q, db.Int, text, args...) }
	if p.Resellers, err = sum(`SELECT CAST(COALESCE(SUM(value), 0) AS BIGINT) FROM voucher_quota WHERE parent_account = $1 AND parent_id = $2`, x.Account, x.ID); err != nil {
		return p, err
	}
	p.Vouchers, err = sum(`SELECT CAST(COALESCE(SUM(face), 0) AS BIGINT) FROM voucher WHERE account_id = $1 AND quota_id = $2`, x.Account, x.ID)
	return p, err
}
