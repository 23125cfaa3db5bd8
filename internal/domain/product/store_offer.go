package product

import (
	"context"
	"strings"
	"time"

	"hanse/internal/domain/rate"
	"hanse/internal/kit/db"
)

const offerColumns = `account_id, id, kind, grantor_id, name_en, name_zh, mode, ratio, minor, levels, orders, from_at, until_at, no_reason, ended_at, reason,
	created_at, created_by, edition, waives_fee`

func scanOffer(r db.Row) (o Offer, err error) {
	var levels, orders string
	err = r.Scan(&o.Account, &o.ID, &o.Kind, &o.Grantor, &o.Names.EN, &o.Names.ZH, &o.Mode, &o.Ratio, &o.Minor, &levels, &orders, db.Time(&o.From), db.Time(&o.Until),
		&o.NoReason, db.Time(&o.EndedAt), &o.Reason, db.Time(&o.CreatedAt), &o.CreatedBy, &o.Edition, &o.WaivesFee)
	o.Levels, o.Orders = split[rate.Level](levels), split[string](orders)
	return o, err
}

// split and join keep a list of words in one column: ",a,b,".
func split[T ~string](s string) (out []T) {
	for part := range strings.SplitSeq(strings.Trim(s, ","), ",") {
		if part != "" {
			out = append(out, T(part))
		}
	}
	return out
}

func join[T ~string](xs []T) string {
	if len(xs) == 0 {
		return ""
	}
	ss := make([]string, len(xs))
	for i, x := range xs {
		ss[i] = string(x)
	}
	return "," + strings.Join(ss, ",") + ","
}

// offersFor are the discounts of accounts that run at an instant, the newest first; kind "" = all.
func offersFor(ctx context.Context, q db.Querier, accounts []string, at time.Time, kind OfferKind) ([]Offer, error) {
	in, args := db.In(3, accounts)
	return db.All(ctx, q, scanOffer, `SELECT `+offerColumns+` FROM discount WHERE ($1 = '' OR kind = $1) AND from_at <= $2 AND until_at > $2
		AND (ended_at IS NULL OR ended_at > $2) AND account_id IN `+in+` ORDER BY id COLLATE "C" DESC`, append([]any{string(kind), db.Micros(at)}, args...)...)
}

func offerByID(ctx context.Context, q db.Querier, id string) (Offer, error) {
	return db.One(ctx, q, scanOffer, `SELECT `+offerColumns+` FROM discount WHERE id = $1`, id)
}

// offers is a page of discounts, newest first: of all accounts for "*".
func offers(ctx context.Context, q db.Querier, account, before string, limit int) ([]Offer, error) {
	return db.All(ctx, q, scanOffer, `SELECT `+offerColumns+` FROM discount WHERE ($1 = '*' OR account_id = $1 OR account_id = '') AND ($2 = '' OR id < $2)
		ORDER BY id DESC LIMIT $3`, account, before, limit)
}

func insertOffer(ctx context.Context, tx *db.Tx, o Offer) error {
	return db.Change(ctx, tx, `INSERT INTO discount (account_id, id, kind, grantor_id, name_en, name_zh, mode, ratio, minor, levels, orders, from_at, until_at, no_reason,
		reason, created_at, created_by, edition, waives_fee) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, '', $15, $16, 1, $17)`,
		o.Account, o.ID, string(o.Kind), o.Grantor, o.Names.EN, o.Names.ZH, string(o.Mode), o.Ratio, o.Minor, join(o.Levels), join(o.Orders), db.Micros(o.From), db.Micros(o.Until),
		o.NoReason, db.Micros(tx.Now), o.CreatedBy, o.WaivesFee)
}

func endOffer(ctx context.Context, tx *db.Tx, o Offer, reason string) error {
	return db.Change(ctx, tx, `UPDATE discount SET ended_at = $4, reason = $5, edition = edition + 1 WHERE account_id = $1 AND id = $2 AND edition = $3 AND ended_at IS NULL`,
		o.Account, o.ID, o.Edition, db.Micros(tx.Now), reason)
}

const couponColumns = `account_id, id, name_en, name_zh, mode, ratio, minor, levels, orders, from_at, until_at, with_partner, with_commercial, with_promotion,
	with_vouchers, min_ratio, state, order_id, reason, created_at, created_by, changed_at`

func scanCoupon(r db.Row) (c Coupon, err error) {
	var levels, orders string
	err = r.Scan(&c.Account, &c.ID, &c.Names.EN, &c.Names.ZH, &c.Mode, &c.Ratio, &c.Minor, &levels, &orders, db.Time(&c.From), db.Time(&c.Until),
		&c.Limits.WithPartner, &c.Limits.WithCommercial, &c.Limits.WithPromotion, &c.Limits.WithVouchers, &c.Limits.MinRatio, &c.Stored, &c.Order, &c.Reason,
		db.Time(&c.CreatedAt), &c.CreatedBy, db.Time(&c.ChangedAt))
	c.Levels, c.Orders = split[rate.Level](levels), split[string](orders)
	return c, err
}

func usableCoupons(ctx context.Context, q db.Querier, account string, at time.Time) ([]Coupon, error) {
	return db.All(ctx, q, scanCoupon, `SELECT `+couponColumns+` FROM discount_coupon WHERE account_id = $1 AND state IN ('usable', 'locked')
		AND from_at <= $2 AND until_at > $2 ORDER BY until_at, id COLLATE "C" LIMIT 500`, account, db.Micros(at))
}

func oneCoupon(ctx context.Context, q db.Querier, account, id string) (Coupon, error) {
	return db.One(ctx, q, scanCoupon, `SELECT `+couponColumns+` FROM discount_coupon WHERE account_id = $1 AND id = $2`, account, id)
}

func couponByID(ctx context.Context, q db.Querier, id string) (Coupon, error) {
	return db.One(ctx, q, scanCoupon, `SELECT `+couponColumns+` FROM discount_coupon WHERE id = $1`, id)
}

// coupons is a page of coupons, newest first: of all accounts for "*".
func coupons(ctx context.Context, q db.Querier, account, before string, limit int) ([]Coupon, error) {
	return db.All(ctx, q, scanCoupon, `SELECT `+couponColumns+` FROM discount_coupon WHERE ($1 = '*' OR account_id = $1) AND ($2 = '' OR id < $2)
		ORDER BY id DESC LIMIT $3`, account, before, limit)
}

func insertCoupon(ctx context.Context, tx *db.Tx, c Coupon) error {
	return db.Change(ctx, tx, `INSERT INTO discount_coupon (account_id, id, name_en, name_zh, mode, ratio, minor, levels, orders, from_at, until_at, with_partner,
		with_commercial, with_promotion, with_vouchers, min_ratio, state, order_id, reason, created_at, created_by, changed_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, 'usable', '', '', $17, $18, $17)`,
		c.Account, c.ID, c.Names.EN, c.Names.ZH, string(c.Mode), c.Ratio, c.Minor, join(c.Levels), join(c.Orders), db.Micros(c.From), db.Micros(c.Until),
		c.Limits.WithPartner, c.Limits.WithCommercial, c.Limits.WithPromotion, c.Limits.WithVouchers, c.Limits.MinRatio, db.Micros(tx.Now), c.CreatedBy)
}

// setCoupon moves a coupon from one state and order to others.
func setCoupon(ctx context.Context, tx *db.Tx, c Coupon, to CouponState, order, reason string) error {
	return db.Change(ctx, tx, `UPDATE discount_coupon SET state = $5, order_id = $6, reason = $7, changed_at = $8
		WHERE account_id = $1 AND id = $2 AND state = $3 AND order_id = $4`, c.Account, c.ID, string(c.Stored), c.Order, string(to), order, reason, db.Micros(tx.Now))
}
