package voucher

import (
	"context"
	"strconv"
	"time"

	"hanse/internal/domain/account"
	"hanse/internal/domain/confirm"
	"hanse/internal/domain/ledger"
	"hanse/internal/kit/actor"
	"hanse/internal/kit/db"
	"hanse/internal/kit/fault"
	"hanse/internal/kit/i18n"
)

// An Issue gives vouchers of one face value (minor units) to customers.
type Issue struct {
	Partner   string // a reseller of the acting distributor; "" = the own quota and customers
	Quota     string
	Customers []string // 1 to 100
	Minor     int64
	ValidAt   time.Time // zero = the quota's
	ExpireAt  time.Time
	Services  []string // at most 10; none = the quota's
	Products  []string
	Orders    []string // kinds of order; none = the quota's
	Memo      string   // for the issuer's eyes
	Key       string   // sent twice, it's done once
	Code      string
}

// About is what a code for it confirms.
func (x Issue) About() string {
	return confirm.About(append([]string{x.Partner, x.Quota, strconv.FormatInt(x.Minor, 10)}, x.Customers...)...)
}

func (x Issue) clean() (Issue, error) {
	var fs fault.Fields
	checkValue(&fs, x.Minor)
	if x.Customers = unique(x.Customers); len(x.Customers) == 0 || len(x.Customers) > mostAtOnce {
		fs.Add("customers", strconv.Itoa(len(x.Customers)), i18n.M("voucher.field.customers", i18n.A{"most": mostAtOnce}))
	}
	if len(x.Key) > mostKey {
		fs.Add("key", "", i18n.M("voucher.field.key"))
	}
	x.Memo = notes(&fs, "memo", x.Memo, mostMemo)
	x.Services, x.Products, x.Orders = unique(x.Services), unique(x.Products), unique(x.Orders)
	return x, fs.Err()
}

// Issue gives customers vouchers out of a quota, each on its own: the list says for each what voucher it got, or why
// none. Administrators, finance and account managers of a partner may, for the own customers; a distributor for the
// customers of its reseller out of the reseller's quota. Programs can give to resale customers alone.
func (s *Service) Issue(ctx context.Context, by actor.Actor, in Issue) (out []Outcome, err error) {
	if err := by.May(actor.IssueVouchers); err != nil {
		return nil, err
	}
	in, err = in.clean()
	if err != nil {
		return nil, err
	}
	v, err := s.draft(ctx, by, in)
	if err != nil {
		return nil, err
	}
	if err := s.code(ctx, by, confirm.Voucher, in.About(), in.Code); err != nil {
		return nil, err
	}
	for _, c := range in.Customers {
		o := s.issueOne(ctx, by, in, v, c)
		if o.Err != nil && WhyOf(o.Err) == "" && fault.Of(o.Err) == nil {
			return out, o.Err
		}
		out = append(out, o)
	}
	return out, nil
}

// draft is the voucher that everybody gets; what fails the whole call fails here, before anything is done.
func (s *Service) draft(ctx context.Context, by actor.Actor, in Issue) (Voucher, error) {
	v, q, err := s.faceless(ctx, by, in)
	if err != nil {
		return v, err
	}
	return v, whole(q.Limits.issue("", in.Minor, 0, 0))
}

// faceless is draft for any face value, with the quota.
func (s *Service) faceless(ctx context.Context, by actor.Actor, in Issue) (v Voucher, q Quota, err error) {
	r, now := s.db.Read(), s.db.Clock().Now()
	who, err := holder(ctx, r, by, in.Partner, now)
	if err != nil {
		return v, q, err
	}
	a, err := account.Get(ctx, r, who)
	if err != nil {
		return v, q, err
	}
	q, err = quotaOf(ctx, r, who, in.Quota)
	if fault.KindOf(err) == fault.KindNotFound || err == nil && q.State(now).Code() < 0 {
		return v, q, refuse(NoQuota)
	}
	if err != nil {
		return v, q, err
	}
	if err := s.usable(ctx, r, q, now); err != nil {
		return v, q, err
	}
	v = Voucher{Account: who, IssuerName: a.Name, Quota: q.ID, Kind: q.Kind, Kept: live, Currency: q.Currency, Face: in.Minor, Memo: in.Memo,
		ValidAt: q.EffectiveAt, ExpireAt: q.ExpireAt}
	if err := v.term(in, q, now); err != nil {
		return v, q, err
	}
	v.Limits, err = q.Limits.Narrow(in.Services, in.Products)
	if err == nil && len(in.Orders) > 0 {
		v.Limits.Orders, err = q.Limits.orders(in.Orders)
	}
	if err != nil {
		return v, q, err
	}
	v.Times = v.Limits.Times
	return v, q, catalogue(ctx, r, v.Limits, now)
}

// whole keeps the refusals that concern every customer alike.
func whole(err error) error {
	switch WhyOf(err) {
	case NamedOnly, TooMany, TooMuch:
		return nil
	}
	return err
}

// orders narrows the kinds of order.
func (l Limits) orders(want []string) ([]string, error) {
	for _, w := range want {
		if !in(OrderKinds(), w) || len(l.Orders) > 0 && !in(l.Orders, w) {
			return nil, refuse(OrdersWider, i18n.A{"value": w})
		}
	}
	return want, nil
}

func in(list []string, s string) bool {
	for _, x := range list {
		if x == s {
			return true
		}
	}
	return false
}

// usable refuses a quota that nothing can be issued from, or whose parent the vendor stopped.
func (s *Service) usable(ctx context.Context, q db.Querier, x Quota, now time.Time) error {
	if why := x.issues(now); why != "" {
		return refuse(why)
	}
	if x.ParentAccount == "" {
		return nil
	}
	parent, err := quotaOf(ctx, q, x.ParentAccount, x.Parent)
	if err == nil && (parent.Kept == Held || parent.Kept == Disabled) {
		err = refuse(WrongState)
	}
	return err
}

// term sets the voucher's validity within the quota's.
func (v *Voucher) term(in Issue, q Quota, now time.Time) error {
	var fs fault.Fields
	if !in.ValidAt.IsZero() {
		v.ValidAt = in.ValidAt
	}
	if !in.ExpireAt.IsZero() {
		v.ExpireAt = in.ExpireAt
	}
	if v.ValidAt.Before(q.EffectiveAt) || !v.ValidAt.Before(q.ExpireAt) {
		fs.Add("valid_time", v.ValidAt.UTC().Format(time.RFC3339), i18n.M("voucher.field.outside"))
	}
	if v.ExpireAt.After(q.ExpireAt) {
		fs.Add("expire_time", v.ExpireAt.UTC().Format(time.RFC3339), i18n.M("voucher.field.outside"))
	} else {
		checkTerm(&fs, v.ValidAt, v.ExpireAt, now)
	}
	return fs.Err()
}

// issueOne makes one customer's voucher, and keeps a record of it whether or not it could.
func (s *Service) issueOne(ctx context.Context, by actor.Actor, in Issue, v Voucher, customer string) (o Outcome) {
	o.ID = customer
	rec := Record{Account: v.Account, Operation: Issued, Quota: v.Quota, Kind: v.Kind, Other: customer, Amount: v.Face, Currency: v.Currency, Remark: v.Memo, Operator: by.Name}
	o.Err = s.db.Update(ctx, func(tx *db.Tx) error {
		q, err := holdQuota(ctx, tx, v.Account, v.Quota)
		if err != nil {
			return err
		}
		v := v
		v.ID, v.Customer = number("CP", tx.Wall), customer
		if v.Key = v.ID; in.Key != "" {
			v.Key = in.Key + ":" + customer
		}
		if first, err := voucherByKey(ctx, tx, v.Account, v.Key); err == nil {
			o.Made = first.ID
			return first.same(v)
		}
		if err := s.customer(ctx, tx, by, &v, tx.Now); err != nil {
			return err
		}
		rec.OtherName, o.Name = v.CustomerName, v.CustomerName
		if err := s.allowed(ctx, tx, q, v, tx.Now); err != nil {
			return err
		}
		if _, err := insertVoucher(ctx, tx, v); err != nil {
			return err
		}
		rec.Voucher, o.Made = v.ID, v.ID
		if err := s.record(ctx, tx, rec); err != nil {
			return err
		}
		if err := plan(ctx, tx, v.ExpireAt); err != nil {
			return err
		}
		_, err = post(ctx, tx, by, ledger.Posting{Book: v.Account, Key: "issue:" + v.ID, Kind: ledger.Issue, Subject: "voucher:" + v.ID, Verb: actor.IssueVouchers,
			Moves: []ledger.Move{{From: quotaPlace(q), To: voucherPlace(v), Minor: v.Face}}, Fact: fact(v, "voucher.issued", v.Face)})
		return err
	})
	if o.Err != nil {
		o.Made, rec.Voucher = "", ""
		s.failed(ctx, rec, o.Err)
	}
	return o
}

// same refuses a key that made another voucher.
func (v Voucher) same(w Voucher) error {
	if v.Quota != w.Quota || v.Face != w.Face || v.Customer != w.Customer {
		return &ledger.Refusal{Why: ledger.KeyReused}
	}
	return nil
}

// allowed refuses what the quota forbids at this moment.
func (s *Service) allowed(ctx context.Context, r db.Querier, q Quota, v Voucher, now time.Time) error {
	if err := s.usable(ctx, r, q, now); err != nil {
		return err
	}
	count, value, err := had(ctx, r, v.Account, v.Quota, v.Customer)
	if err != nil {
		return err
	}
	if err := q.Limits.issue(v.Customer, v.Face, count, value); err != nil {
		return err
	}
	if !q.Limits.FirstOnly || v.Customer == v.Account {
		return nil
	}
	bonds, err := account.Bonds(ctx, r, v.Customer)
	if err == nil && bonds > 1 {
		err = refuse(FirstOnly)
	}
	return err
}

// customer refuses somebody who may not get the voucher, and fills in who it is. A reseller may give itself vouchers
// for its own orders.
func (s *Service) customer(ctx context.Context, r db.Querier, by actor.Actor, v *Voucher, now time.Time) error {
	a, err := account.Get(ctx, r, v.Customer)
	if fault.KindOf(err) == fault.KindNotFound {
		return refuse(NotCustomer)
	}
	if err != nil {
		return err
	}
	issuer, err := account.Get(ctx, r, v.Account)
	if err != nil {
		return err
	}
	v.CustomerName = a.Name
	if v.Customer == v.Account {
		if issuer.Has(account.Reseller) {
			return nil
		}
		return refuse(ToSelf)
	}
	x, err := account.Related(ctx, r, v.Account, v.Customer, now)
	if fault.KindOf(err) == fault.KindNotFound || err == nil && x.Kind == account.ResellerOf {
		if v.Account != by.Account {
			return refuse(ResellersNamed)
		}
		return refuse(NotCustomer)
	}
	if err != nil {
		return err
	}
	master, managed, err := account.MasterOf(ctx, r, v.Customer)
	if err != nil {
		return err
	}
	if managed && master.ID != v.Account {
		return refuse(Managed)
	}
	v.Referral = x.Kind == account.Referral
	if v.Referral && (by.Via == "key" || by.Via == "token") {
		return refuse(WrongModel)
	}
	return s.inCharge(ctx, r, by, v.Account, v.Customer)
}

// inCharge refuses an account manager who serves other customers.
func (s *Service) inCharge(ctx context.Context, q db.Querier, by actor.Actor, partner, customer string) error {
	mine, all, err := s.managed(ctx, q, by, partner)
	if err == nil && !all && !in(mine, customer) {
		err = refuse(NotInCharge)
	}
	return err
}
