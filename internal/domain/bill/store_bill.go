package bill

import (
	"context"
	"errors"
	"strconv"

	"hanse/internal/kit/calendar"
	"hanse/internal/kit/db"
)

// partnersOf are the partners whose resale customers consumed something in a cycle, behind one.
func partnersOf(ctx context.Context, q db.Querier, cycle Cycle, after string, limit int) ([]string, error) {
	return db.All(ctx, q, db.String, `SELECT DISTINCT partner_id COLLATE "C" FROM charge WHERE cycle = $1 AND link = 'resale' AND partner_id > $2
		ORDER BY partner_id COLLATE "C" LIMIT $3`, string(cycle), after, limit)
}

// distributorsOf are those who invoice resellers for a cycle, behind one.
func distributorsOf(ctx context.Context, q db.Querier, cycle Cycle, vendor, after string, limit int) ([]string, error) {
	return db.All(ctx, q, db.String, `SELECT DISTINCT payee COLLATE "C" FROM bill WHERE cycle = $1 AND role = 'partner' AND payee <> $2 AND payee > $3
		ORDER BY payee COLLATE "C" LIMIT $4`, string(cycle), vendor, after, limit)
}

func scanPart(r db.Row) (p Part, err error) {
	return p, r.Scan(&p.Other, &p.Lines, &p.Listed, &p.Discount, &p.Amount, &p.Coupons)
}

const sums = `CAST(sum(entries) AS BIGINT), CAST(sum(listed) AS BIGINT), CAST(sum(discount) AS BIGINT)`

// customerSums are what a partner's resale customers consumed. Coupons count as far as they cover what is due: value that a
// correction left in them doesn't become money.
func customerSums(ctx context.Context, q db.Querier, partner string, cycle Cycle) ([]Part, error) {
	return db.All(ctx, q, scanPart, `SELECT account_id, `+sums+`, CAST(sum(amount) AS BIGINT), CAST(sum(CASE WHEN amount <= 0 THEN 0
		WHEN coupons > (amount + 500000) / 1000000 THEN (amount + 500000) / 1000000 ELSE coupons END) AS BIGINT) FROM charge
		WHERE partner_id = $1 AND cycle = $2 AND link = 'resale' GROUP BY account_id ORDER BY account_id COLLATE "C"`, partner, string(cycle))
}

// resellerSums are the bills that a distributor's resellers got.
func resellerSums(ctx context.Context, q db.Querier, distributor string, cycle Cycle) ([]Part, error) {
	return db.All(ctx, q, scanPart, `SELECT account_id, entries, listed, discount, settlement, coupons FROM bill
		WHERE cycle = $1 AND role = 'partner' AND payee = $2 AND account_id <> $2 ORDER BY account_id COLLATE "C"`, string(cycle), distributor)
}

const billColumns = `account_id, cycle, payee, role, parts, entries, listed, discount, settlement, coupons, tax_rate, tax, due, as_of, ready_at`

func scanBill(r db.Row) (b Bill, err error) {
	var asOf string
	err = r.Scan(&b.Partner, &b.Cycle, &b.Payee, &b.Role, &b.Parts, &b.Lines, &b.Listed, &b.Discount, &b.Settlement, &b.Coupons, &b.TaxRate, &b.Tax, &b.Due,
		&asOf, db.Time(&b.Ready))
	if err == nil {
		b.AsOf, err = calendar.ParseDay(asOf)
	}
	return b, err
}

func insertBill(ctx context.Context, tx *db.Tx, b Bill) (fresh bool, err error) {
	n, err := db.Exec(ctx, tx, `INSERT INTO bill (`+billColumns+`) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)
		ON CONFLICT (account_id, cycle, role) DO NOTHING`, b.Partner, string(b.Cycle), b.Payee, string(b.Role), b.Parts, b.Lines, int64(b.Listed), int64(b.Discount),
		int64(b.Settlement), b.Coupons, b.TaxRate, int64(b.Tax), b.Due, b.AsOf.String(), db.Micros(b.Ready))
	return n == 1, err
}

func insertParts(ctx context.Context, tx *db.Tx, b Bill, parts []Part) error {
	n := len(parts)
	owner, cycle, role, other, numbers := make([]string, n), make([]string, n), make([]string, n), make([]string, n), make([][]int64, 5)
	for i, p := range parts {
		owner[i], cycle[i], role[i], other[i] = b.Partner, string(b.Cycle), string(b.Role), p.Other
		for j, v := range []int64{p.Lines, int64(p.Listed), int64(p.Discount), int64(p.Amount), p.Coupons} {
			numbers[j] = append(numbers[j], v)
		}
	}
	set := db.Set{Table: "bill_part", Columns: []db.Column{{Name: "account_id", Values: owner}, {Name: "cycle", Values: cycle}, {Name: "role", Values: role}, {Name: "other", Values: other}}}
	for j, name := range []string{"entries", "listed", "discount", "amount", "coupons"} {
		set.Columns = append(set.Columns, db.Column{Name: name, Values: numbers[j]})
	}
	return db.Pipeline(ctx, tx, set.Insert(""))
}

func readBills(ctx context.Context, q db.Querier, partner string, since Cycle) ([]Bill, error) {
	return db.All(ctx, q, scanBill, `SELECT `+billColumns+` FROM bill WHERE account_id = $1 AND cycle >= $2 ORDER BY cycle COLLATE "C" DESC`, partner, string(since))
}

func readBill(ctx context.Context, q db.Querier, partner string, cycle Cycle, role Role) (b Bill, ok bool, err error) {
	b, err = db.One(ctx, q, scanBill, `SELECT `+billColumns+` FROM bill WHERE account_id = $1 AND cycle = $2 AND role = $3`, partner, string(cycle), string(role))
	if errors.Is(err, db.ErrNoRow) {
		return b, false, nil
	}
	return b, err == nil, err
}

func readParts(ctx context.Context, q db.Querier, b Bill) ([]Part, error) {
	return db.All(ctx, q, scanPart, `SELECT other, entries, listed, discount, amount, coupons FROM bill_part
		WHERE account_id = $1 AND cycle = $2 AND role = $3 ORDER BY other COLLATE "C"`, b.Partner, string(b.Cycle), string(b.Role))
}

// settledOf is what a partner's customers have paid and owe for a cycle by now.
func settledOf(ctx context.Context, q db.Querier, partner string, cycle Cycle) (map[string]Charge, error) {
	out := map[string]Charge{}
	return out, db.Each(ctx, q, scanCharge, func(c Charge) error { out[c.Customer] = c; return nil },
		`SELECT `+chargeColumns+` FROM charge WHERE partner_id = $1 AND cycle = $2 AND link = 'resale'`, partner, string(cycle))
}

// readCharges reads a customer's charges: of one cycle or of all since one, of one partner's time or of all.
func readCharges(ctx context.Context, q db.Querier, customer, partner string, cycle, since Cycle) ([]Charge, error) {
	return db.All(ctx, q, scanCharge, `SELECT `+chargeColumns+` FROM charge WHERE account_id = $1 AND ($2 = '' OR partner_id = $2)
		AND ($3 = '' OR cycle = $3) AND cycle >= $4 ORDER BY cycle COLLATE "C" DESC, partner_id COLLATE "C", link COLLATE "C"`, customer, partner, string(cycle), string(since))
}

// readArrears are charges with a debt, oldest first; partner "" is everybody's.
func readArrears(ctx context.Context, q db.Querier, partner string, limit int) ([]Charge, error) {
	where, args := "debt > 0", []any{limit}
	if partner != "" {
		where, args = where+" AND partner_id = $2", append(args, partner)
	}
	return db.All(ctx, q, scanCharge, `SELECT `+chargeColumns+` FROM charge WHERE `+where+` ORDER BY cycle COLLATE "C", account_id COLLATE "C" LIMIT $1`, args...)
}

func readLines(ctx context.Context, q db.Querier, f LineFilter) ([]Line, error) {
	args := []any{f.Customer, string(f.Cycle), f.After}
	where := "account_id = $1 AND bill_cycle = $2 AND line COLLATE \"C\" > $3"
	and := func(column string, v any, is bool) {
		if is {
			args = append(args, v)
			where += " AND " + column + " $" + strconv.Itoa(len(args))
		}
	}
	and("partner_id =", f.Partner, f.Partner != "")
	and("service =", f.Service, f.Service != "")
	and("site =", f.Site, f.Site != "")
	and("type =", int64(f.Type), f.Type != 0)
	and("mode =", int64(f.Mode), f.Mode != 0)
	and("until >", f.From.UnixMicro(), !f.From.IsZero())
	and("until <=", f.To.UnixMicro(), !f.To.IsZero())
	args = append(args, f.Limit)
	return db.All(ctx, q, scanLine, `SELECT `+lineColumns+` FROM consumption_line WHERE `+where+` ORDER BY line COLLATE "C" LIMIT $`+strconv.Itoa(len(args)), args...)
}
