package product

import (
	"context"
	"errors"

	"hanse/internal/kit/db"
	"hanse/internal/kit/fault"
	"hanse/internal/kit/i18n"
)

// LockCoupon ties a coupon to an unpaid order, so that no other order takes it. Once more for the same order changes
// nothing. Conflict when it's used, withdrawn, expired, not valid yet, or another order's. It joins the caller's
// transaction, as all here do.
func LockCoupon(ctx context.Context, tx *db.Tx, account, id, order string) error {
	c, err := CouponOf(ctx, tx, account, id)
	if err != nil || c.Stored == Locked && c.Order == order {
		return err
	}
	if c.State(tx.Now) != Usable || tx.Now.Before(c.From) {
		return gone(c, tx)
	}
	return taken(c, tx, setCoupon(ctx, tx, c, Locked, order, ""))
}

// UseCoupon spends a coupon on an order that is paid now. A coupon that the order locked while it was valid may be used
// also later: the order's price was made with it.
func UseCoupon(ctx context.Context, tx *db.Tx, account, id, order string) error {
	c, err := CouponOf(ctx, tx, account, id)
	if err != nil || c.Stored == Used && c.Order == order {
		return err
	}
	if own := c.Stored == Locked && c.Order == order; !own && (c.State(tx.Now) != Usable || tx.Now.Before(c.From)) {
		return gone(c, tx)
	}
	return taken(c, tx, setCoupon(ctx, tx, c, Used, order, ""))
}

// FreeCoupon lets go a coupon that an order locked and doesn't need: it was cancelled, or paid without it. One that
// isn't locked to it stays as it is: a discount coupon that was used doesn't come back.
func FreeCoupon(ctx context.Context, tx *db.Tx, account, id, order string) error {
	c, err := CouponOf(ctx, tx, account, id)
	if err != nil || c.Stored != Locked || c.Order != order {
		return err
	}
	return taken(c, tx, setCoupon(ctx, tx, c, Usable, "", ""))
}

// ReturnCoupon gives back a coupon whose order was paid and came to nothing. One whose time is over comes back expired.
func ReturnCoupon(ctx context.Context, tx *db.Tx, account, id, order string) error {
	c, err := CouponOf(ctx, tx, account, id)
	if err != nil || c.Stored != Used || c.Order != order {
		return err
	}
	return taken(c, tx, setCoupon(ctx, tx, c, Usable, "", ""))
}

func gone(c Coupon, tx *db.Tx) error {
	return fault.Conflict(i18n.M("product.coupon_gone", i18n.A{"coupon": c.Names.Msg(), "state": c.State(tx.Now).Label()}))
}

func taken(c Coupon, tx *db.Tx, err error) error {
	if errors.Is(err, db.ErrNoRow) {
		return gone(c, tx)
	}
	return err
}
