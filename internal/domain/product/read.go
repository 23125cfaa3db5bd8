package product

import (
	"context"
	"errors"
	"slices"
	"time"

	"hanse/internal/domain/rate"
	"hanse/internal/kit/db"
	"hanse/internal/kit/fault"
)

// At is the catalogue in force at an instant, with the promotions that run then. It asks no permission, as nothing in
// this file does. NotFound before the first version.
func At(ctx context.Context, q db.Querier, at time.Time) (c Catalogue, err error) {
	if c, err = versionAt(ctx, q, at); err != nil {
		return c, missing(err)
	}
	if err := fill(ctx, q, &c); err != nil {
		return c, err
	}
	c.Promotions, err = offersFor(ctx, q, []string{""}, at, Promotion)
	return c, err
}

// Version is one version of the catalogue, whatever its state; NotFound when there's none.
func Version(ctx context.Context, q db.Querier, n int64) (Catalogue, error) {
	c, err := oneVersion(ctx, q, n)
	if err != nil {
		return c, missing(err)
	}
	return c, fill(ctx, q, &c)
}

// Coming are the published versions that aren't in force yet at an instant, the soonest first.
func Coming(ctx context.Context, q db.Querier, at time.Time) ([]Catalogue, error) {
	out, err := comingVersions(ctx, q, at)
	for i := range out {
		if err := fill(ctx, q, &out[i]); err != nil {
			return nil, err
		}
	}
	return out, err
}

// fill adds a version's prices and when the next one takes its place.
func fill(ctx context.Context, q db.Querier, c *Catalogue) (err error) {
	if c.Sheet.Prices, err = prices(ctx, q, c.Version); err != nil || c.State != Published {
		return err
	}
	next, err := nextVersion(ctx, q, *c)
	if errors.Is(err, db.ErrNoRow) {
		return nil
	}
	c.Until = next
	return err
}

// Discounts are what an account may choose from at an instant: promotions, and what it or everybody was granted.
func Discounts(ctx context.Context, q db.Querier, account string, at time.Time) ([]Offer, error) {
	return offersFor(ctx, q, []string{"", account}, at, "")
}

// WaivesFee tells whether a contract of an account waives the handling fee of a plan of a level at an instant.
func WaivesFee(ctx context.Context, q db.Querier, account string, l rate.Level, at time.Time) (bool, error) {
	all, err := offersFor(ctx, q, []string{account}, at, "")
	return slices.ContainsFunc(all, func(o Offer) bool { return o.WaivesFee && (len(o.Levels) == 0 || slices.Contains(o.Levels, l)) }), err
}

// OfferOf is one discount, whether it runs or not: for what an order used.
func OfferOf(ctx context.Context, q db.Querier, id string) (Offer, error) {
	o, err := offerByID(ctx, q, id)
	return o, missing(err)
}

// Coupons are an account's discount coupons that can be used at an instant, those that expire first first; locked ones
// too.
func Coupons(ctx context.Context, q db.Querier, account string, at time.Time) ([]Coupon, error) {
	return usableCoupons(ctx, q, account, at)
}

// CouponOf is one coupon of an account; NotFound when it has no such one.
func CouponOf(ctx context.Context, q db.Querier, account, id string) (Coupon, error) {
	c, err := oneCoupon(ctx, q, account, id)
	return c, missing(err)
}

// AgreementAt is the agreement in force at an instant.
func AgreementAt(ctx context.Context, q db.Querier, at time.Time) (Agreement, error) {
	a, err := agreementAt(ctx, q, at)
	return a, missing(err)
}

// AgreementOf is one version of the agreement, whatever its state.
func AgreementOf(ctx context.Context, q db.Querier, n int64) (Agreement, error) {
	a, err := oneAgreement(ctx, q, n)
	return a, missing(err)
}

func missing(err error) error {
	if errors.Is(err, db.ErrNoRow) {
		return fault.NotFound()
	}
	return err
}
