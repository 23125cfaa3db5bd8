package product

import (
	"context"
	"errors"
	"slices"
	"time"
	"unicode/utf8"

	"hanse/internal/domain/account"
	"hanse/internal/domain/rate"
	"hanse/internal/kit/actor"
	"hanse/internal/kit/audit"
	"hanse/internal/kit/db"
	"hanse/internal/kit/fault"
	"hanse/internal/kit/i18n"
	"hanse/internal/kit/id"
	"hanse/internal/kit/money"
	"hanse/internal/kit/outbox"
	"hanse/internal/kit/text"
)

// Grant gives an account, or everybody, a discount; the zero From is now. A promotion is for everybody, a partner's
// discount for the account of another company. The vendor's administrators and finance may.
func (s *Service) Grant(ctx context.Context, by actor.Actor, in Offer) (Offer, error) {
	if err := by.May(actor.GrantDiscounts); err != nil {
		return in, err
	}
	err := s.db.Update(ctx, func(tx *db.Tx) error {
		if in.From.IsZero() {
			in.From = tx.Now
		}
		if err := in.check(ctx, tx); err != nil {
			return err
		}
		in.ID, in.CreatedBy, in.CreatedAt, in.Edition = id.New("dsc", tx.Wall), by.Name, tx.Now, 1
		if err := insertOffer(ctx, tx, in); err != nil {
			return err
		}
		return s.gave(ctx, tx, by, in, "discount.granted", "")
	})
	return in, err
}

func (o *Offer) check(ctx context.Context, tx *db.Tx) error {
	var fs fault.Fields
	if !slices.Contains(OfferKinds, o.Kind) {
		fs.Add("kind", string(o.Kind), i18n.M("product.bad_kind"))
	}
	if o.Kind == Promotion && o.Account != "" {
		fs.Add("account", o.Account, i18n.M("product.promotion_all"))
	}
	if o.Kind.ByPartner() && (o.Account == "" || o.Grantor == "" || o.Grantor == o.Account) {
		fs.Add("grantor", o.Grantor, i18n.M("product.grantor_missing"))
	}
	if o.WaivesFee && (o.Account == "" || o.Kind != Commercial && o.Kind != Contract) {
		fs.Add("waives_fee", string(o.Kind), i18n.M("product.waiver_contract"))
	}
	o.Names.check(&fs)
	checkDiscount(&fs, o.Discount)
	checkScope(&fs, o.Levels, o.Orders)
	checkTimes(&fs, o.From, o.Until, tx.Now)
	if err := fs.Err(); err != nil {
		return err
	}
	if o.Account != "" {
		if _, err := ofAccount(ctx, tx, "account", o.Account); err != nil {
			return err
		}
	}
	if !o.Kind.ByPartner() {
		o.Grantor = ""
		return nil
	}
	g, err := ofAccount(ctx, tx, "grantor", o.Grantor)
	if err == nil && g.Kind != actor.Partner {
		err = fault.Invalid("grantor", i18n.M("product.grantor_missing"))
	}
	return err
}

func (n *Names) check(fs *fault.Fields) {
	n.EN, n.ZH = text.Clean(n.EN), text.Clean(n.ZH)
	for _, x := range []struct{ field, value string }{{"name_en", n.EN}, {"name_zh", n.ZH}} {
		if c := utf8.RuneCountInString(x.value); c == 0 || c > 100 {
			fs.Add(x.field, x.value, i18n.M("product.bad_name", i18n.A{"max": 100}))
		}
	}
}

func checkDiscount(fs *fault.Fields, d rate.Discount) {
	switch d.Mode {
	case rate.Ratio:
		if d.Ratio <= 0 || d.Ratio >= 10000 {
			fs.Add("ratio", Percent(d.Ratio), i18n.M("product.bad_ratio"))
		}
	case rate.Fixed, rate.Off:
		if d.Minor <= 0 || d.Minor > money.Max {
			fs.Add("amount", money.Text(d.Minor), i18n.M("product.bad_price"))
		}
	default:
		fs.Add("mode", string(d.Mode), i18n.M("product.bad_mode"))
	}
}

func checkScope(fs *fault.Fields, levels []rate.Level, orders []string) {
	for _, l := range levels {
		if !slices.Contains(Levels, l) {
			fs.Add("levels", string(l), i18n.M("product.bad_level"))
		}
	}
	for _, o := range orders {
		if !slices.Contains(Orders, o) {
			fs.Add("orders", o, i18n.M("product.bad_order"))
		}
	}
}

func checkTimes(fs *fault.Fields, from, until, now time.Time) {
	switch {
	case until.IsZero():
		fs.Add("until", "", i18n.M("product.until_missing"))
	case !until.After(from) || !until.After(now):
		fs.Add("until", until.Format(time.RFC3339), i18n.M("product.until_before"))
	}
}

// gave leaves the audit row and the event of a discount.
func (s *Service) gave(ctx context.Context, tx *db.Tx, by actor.Actor, o Offer, what, reason string) error {
	detail := map[string]any{"did": what, "name": o.Names.EN, "discount": i18n.Text(i18n.English, DiscountLabel(o.Discount)), "until": o.Until.Format(time.RFC3339)}
	if reason != "" {
		detail["reason"] = reason
	}
	if o.WaivesFee {
		detail["waives_fee"] = true
	}
	owner := o.Account
	if owner == "" {
		owner = by.Account
	}
	if err := audit.Record(ctx, tx, by, actor.GrantDiscounts, audit.Subject{Kind: "discount", ID: o.ID, Account: owner}, detail); err != nil {
		return err
	}
	return outbox.Append(ctx, tx, Given{What: what, Account: owner, ID: o.ID, Kind: o.Kind, NameEN: o.Names.EN, NameZH: o.Names.ZH, Mode: o.Mode, Ratio: o.Ratio,
		Minor: o.Minor, All: o.Account == "", From: o.From, Until: o.Until, Reason: reason})
}

// End stops a discount now; orders that used it keep it. The reason is mandatory. Who may grant one may. Conflict when it
// has ended.
func (s *Service) End(ctx context.Context, by actor.Actor, discount, reason string) error {
	if err := by.May(actor.GrantDiscounts); err != nil {
		return err
	}
	reason, err := why(reason)
	if err != nil {
		return err
	}
	return s.db.Update(ctx, func(tx *db.Tx) error {
		o, err := OfferOf(ctx, tx, discount)
		if err != nil {
			return err
		}
		if !tx.Now.Before(o.Until) {
			return fault.Conflict(i18n.M("product.over"))
		}
		if err := endOffer(ctx, tx, o, reason); err != nil {
			return lost(err)
		}
		return s.gave(ctx, tx, by, o, "discount.ended", reason)
	})
}

func why(typed string) (string, error) {
	s := text.Lines(typed)
	if n := utf8.RuneCountInString(s); n == 0 || n > 500 {
		return s, fault.Invalid("reason", i18n.M("product.reason_missing"))
	}
	return s, nil
}

// Offers is a page of discounts, newest first, and the id to go on after: all for the vendor's staff, or those that one
// account has; to others their own and those for everybody.
func (s *Service) Offers(ctx context.Context, by actor.Actor, accountID, before string, limit int) (out []Offer, next string, err error) {
	scope, err := scope(by, accountID)
	if err != nil {
		return nil, "", err
	}
	limit = bounded(limit)
	if out, err = offers(ctx, s.db.Read(), scope, before, limit+1); err != nil {
		return nil, "", err
	}
	if len(out) > limit {
		out = out[:limit]
		next = out[limit-1].ID
	}
	var ids []string
	for _, o := range out {
		ids = append(ids, o.Account, o.Grantor)
	}
	names, err := account.Names(ctx, s.db.Read(), ids)
	for i := range out {
		out[i].AccountName, out[i].GrantorName = names[out[i].Account], names[out[i].Grantor]
	}
	return out, next, err
}

func bounded(limit int) int {
	if limit <= 0 || limit > 500 {
		return 50
	}
	return limit
}

// scope is whose discounts are read: "*" = all.
func scope(by actor.Actor, accountID string) (string, error) {
	if err := by.May(actor.ViewDiscounts); err != nil {
		return "", err
	}
	if accountID == "" {
		if accountID = by.Scope(); accountID == "" {
			return "*", nil
		}
	}
	return accountID, by.Sees(accountID)
}

// GrantCoupon gives an account a discount coupon, to use once; the zero From is now. Who may grant discounts may.
func (s *Service) GrantCoupon(ctx context.Context, by actor.Actor, in Coupon) (Coupon, error) {
	if err := by.May(actor.GrantDiscounts); err != nil {
		return in, err
	}
	err := s.db.Update(ctx, func(tx *db.Tx) error {
		if in.From.IsZero() {
			in.From = tx.Now
		}
		var fs fault.Fields
		in.Names.check(&fs)
		checkDiscount(&fs, in.Discount)
		checkScope(&fs, in.Levels, in.Orders)
		checkTimes(&fs, in.From, in.Until, tx.Now)
		if in.Limits.MinRatio < 0 || in.Limits.MinRatio > 10000 {
			fs.Add("min_ratio", Percent(in.Limits.MinRatio), i18n.M("product.bad_ratio"))
		}
		if err := fs.Err(); err != nil {
			return err
		}
		a, err := ofAccount(ctx, tx, "account", in.Account)
		if err != nil {
			return err
		}
		in.ID, in.CreatedBy, in.CreatedAt, in.ChangedAt, in.Stored, in.AccountName = id.New("dcp", tx.Wall), by.Name, tx.Now, tx.Now, Usable, a.Name
		if err := insertCoupon(ctx, tx, in); err != nil {
			return err
		}
		return s.gaveCoupon(ctx, tx, by, in, "coupon.granted", "")
	})
	return in, err
}

func (s *Service) gaveCoupon(ctx context.Context, tx *db.Tx, by actor.Actor, c Coupon, what, reason string) error {
	detail := map[string]any{"did": what, "name": c.Names.EN, "discount": i18n.Text(i18n.English, DiscountLabel(c.Discount)), "until": c.Until.Format(time.RFC3339)}
	if reason != "" {
		detail["reason"] = reason
	}
	if err := audit.Record(ctx, tx, by, actor.GrantDiscounts, audit.Subject{Kind: "coupon", ID: c.ID, Account: c.Account}, detail); err != nil {
		return err
	}
	return outbox.Append(ctx, tx, Given{What: what, Account: c.Account, ID: c.ID, NameEN: c.Names.EN, NameZH: c.Names.ZH, Mode: c.Mode, Ratio: c.Ratio,
		Minor: c.Minor, From: c.From, Until: c.Until, Reason: reason})
}

// WithdrawCoupon takes back a coupon that no order holds or used. The reason is mandatory. Who may grant one may.
func (s *Service) WithdrawCoupon(ctx context.Context, by actor.Actor, coupon, reason string) error {
	if err := by.May(actor.GrantDiscounts); err != nil {
		return err
	}
	reason, err := why(reason)
	if err != nil {
		return err
	}
	return s.db.Update(ctx, func(tx *db.Tx) error {
		c, err := couponByID(ctx, tx, coupon)
		if errors.Is(err, db.ErrNoRow) {
			return fault.NotFound()
		}
		if err != nil {
			return err
		}
		if c.State(tx.Now) != Usable {
			return gone(c, tx)
		}
		if err := taken(c, tx, setCoupon(ctx, tx, c, CouponWithdrawn, "", reason)); err != nil {
			return err
		}
		return s.gaveCoupon(ctx, tx, by, c, "coupon.withdrawn", reason)
	})
}

// ListCoupons is a page of coupons, newest first, and the id to go on after: all for the vendor's staff, or one account's;
// to others their own.
func (s *Service) ListCoupons(ctx context.Context, by actor.Actor, accountID, before string, limit int) (out []Coupon, next string, err error) {
	scope, err := scope(by, accountID)
	if err != nil {
		return nil, "", err
	}
	limit = bounded(limit)
	if out, err = coupons(ctx, s.db.Read(), scope, before, limit+1); err != nil {
		return nil, "", err
	}
	if len(out) > limit {
		out = out[:limit]
		next = out[limit-1].ID
	}
	var ids []string
	for _, c := range out {
		ids = append(ids, c.Account)
	}
	names, err := account.Names(ctx, s.db.Read(), ids)
	for i := range out {
		out[i].AccountName = names[out[i].Account]
	}
	return out, next, err
}
