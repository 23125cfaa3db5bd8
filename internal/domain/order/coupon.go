package order

import (
	"context"

	"hanse/internal/domain/product"
	"hanse/internal/domain/voucher"
	"hanse/internal/kit/actor"
	"hanse/internal/kit/db"
	"hanse/internal/kit/fault"
)

// lock ties a chosen coupon to an order.
func lock(ctx context.Context, tx *db.Tx, o Order, b bill, id string) error {
	if b.coupon != nil && b.coupon.ID == id {
		return product.LockCoupon(ctx, tx, o.Account, id, o.No)
	}
	return voucher.Lock(ctx, tx, o.Account, id, o.No)
}

// free unties the coupons that an order holds. One that is gone meanwhile needs no freeing.
func free(ctx context.Context, tx *db.Tx, o Order) error {
	for _, id := range o.Chosen.Coupons {
		err := voucher.Unlock(ctx, tx, o.Account, id, o.No)
		if fault.KindOf(err) == fault.KindNotFound {
			err = product.FreeCoupon(ctx, tx, o.Account, id, o.No)
		}
		if err != nil && fault.KindOf(err) != fault.KindNotFound {
			return err
		}
	}
	return nil
}

// useKey is the key under which an order's coupon was used.
func useKey(o Order, id string) string { return o.No + ":" + id }

// use takes what the coupons of an order pay. Those that pay nothing are free again.
func use(ctx context.Context, tx *db.Tx, by actor.Actor, o Order, b bill, off product.Offer) error {
	if err := free(ctx, tx, o); err != nil {
		return err
	}
	for _, u := range b.chosen.Uses {
		if u.Kind == DiscountCoupon {
			if err := product.UseCoupon(ctx, tx, o.Account, u.ID, o.No); err != nil {
				return err
			}
			continue
		}
		if _, err := voucher.Use(ctx, tx, by, voucher.Payment{Customer: o.Account, Voucher: u.ID, Order: b.asVoucherOrder(o, off), Minor: u.Minor,
			Key: useKey(o, u.ID)}); err != nil {
			return err
		}
	}
	return nil
}
