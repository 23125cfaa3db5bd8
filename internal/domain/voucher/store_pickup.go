package voucher

import (
	"context"
	"strings"
	"time"

	"hanse/internal/kit/db"
)

const pickupColumns = `account_id, id, key, issuer_name, customer_id, customer_name, state, currency, face, ratio, orders, services, products, memo,
	valid_at, expire_at, created_at`

// pack keeps a short list in one column.
func pack(list []string) string {
	if len(list) == 0 {
		return ""
	}
	return "," + strings.Join(list, ",") + ","
}

func unpack(s string) []string {
	if s = strings.Trim(s, ","); s == "" {
		return nil
	}
	return strings.Split(s, ",")
}

func scanPickup(r db.Row) (p Pickup, err error) {
	var orders, services, products string
	err = r.Scan(&p.Account, &p.ID, &p.Key, &p.IssuerName, &p.Customer, &p.CustomerName, &p.Kept, &p.Currency, &p.Face, &p.Ratio, &orders, &services,
		&products, &p.Memo, db.Time(&p.ValidAt), db.Time(&p.ExpireAt), db.Time(&p.CreatedAt))
	p.Orders, p.Services, p.Products = unpack(orders), unpack(services), unpack(products)
	return p, err
}

// insertPickup stores a new one; fresh is false when the buyer has one with its key.
func insertPickup(ctx context.Context, tx *db.Tx, p Pickup) (fresh bool, err error) {
	n, err := db.Exec(ctx, tx, `INSERT INTO pickup_voucher (account_id, id, key, issuer_name, customer_id, customer_name, state, currency, face, ratio,
		orders, services, products, memo, valid_at, expire_at, created_at, changed_at)
		VALUES ($1, $2, $3, $4, $5, $6, 'live', $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $16) ON CONFLICT (account_id, key) DO NOTHING`,
		p.Account, p.ID, p.Key, p.IssuerName, p.Customer, p.CustomerName, p.Currency, p.Face, p.Ratio, pack(p.Orders), pack(p.Services), pack(p.Products),
		p.Memo, db.Micros(p.ValidAt), db.Micros(p.ExpireAt), db.Micros(tx.Now))
	return n == 1, err
}

func pickupByKey(ctx context.Context, q db.Querier, account, key string) (Pickup, error) {
	p, err := db.One(ctx, q, scanPickup, `SELECT `+pickupColumns+` FROM pickup_voucher WHERE account_id = $1 AND key = $2`, account, key)
	return p, found(err)
}

func pickupByID(ctx context.Context, q db.Querier, id string) (Pickup, error) {
	p, err := db.One(ctx, q, scanPickup, `SELECT `+pickupColumns+` FROM pickup_voucher WHERE id = $1`, id)
	return p, found(err)
}

// holdPickup locks the row for the rest of the transaction and reads it.
func holdPickup(ctx context.Context, tx *db.Tx, id string) (Pickup, error) {
	if err := db.Change(ctx, tx, `UPDATE pickup_voucher SET changed_at = changed_at WHERE id = $1`, id); err != nil {
		return Pickup{}, found(err)
	}
	return pickupByID(ctx, tx, id)
}

func savePickup(ctx context.Context, tx *db.Tx, p Pickup) error {
	return changed(db.Change(ctx, tx, `UPDATE pickup_voucher SET state = $3, changed_at = $4 WHERE account_id = $1 AND id = $2`, p.Account, p.ID, p.Kept, db.Micros(tx.Now)))
}

func pickupsDue(ctx context.Context, q db.Querier, at time.Time, limit int) ([]Pickup, error) {
	return db.All(ctx, q, scanPickup, `SELECT `+pickupColumns+` FROM pickup_voucher WHERE state = 'live' AND expire_at <= $1
		ORDER BY expire_at, account_id, id LIMIT $2`, db.Micros(at), limit)
}
