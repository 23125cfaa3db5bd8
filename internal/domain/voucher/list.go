package voucher

import (
	"context"
	"time"

	"hanse/internal/domain/ledger"
	"hanse/internal/kit/actor"
	"hanse/internal/kit/db"
	"hanse/internal/kit/fault"
)

// A Span is a span of time, both ends exclusive; zero is open.
type Span struct{ From, To time.Time }

// A Page says what part of a list is wanted: by offset with the total counted, as the vendor's API pages, or the rows
// behind the last id that was seen. Lists are newest first.
type Page struct {
	Offset int
	Limit  int // 1 to 500; 0 = 50
	Count  bool
	Before string
}

func (p Page) bound() Page {
	if p.Limit <= 0 || p.Limit > 500 {
		p.Limit = 50
	}
	p.Offset = max(p.Offset, 0)
	return p
}

// A QuotaFilter narrows quotas. Partner is the holder: "" = the own account, for the vendor's staff all.
type QuotaFilter struct {
	Partner   string
	Parent    string
	IDs       []string
	States    []QuotaState
	Kind      *Kind
	Created   Span
	Effective Span
	Expire    Span
	Page

	distributor string
	vendor      bool
}

// Quotas lists quotas with what is left of them. Partners see their own, a distributor a reseller's too (with Partner),
// the vendor's staff all, those that wait for approval too.
func (s *Service) Quotas(ctx context.Context, by actor.Actor, f QuotaFilter) ([]Quota, int64, error) {
	if err := by.May(actor.ViewVouchers); err != nil {
		return nil, 0, err
	}
	if by.Kind == actor.Customer {
		return nil, 0, fault.NotFound()
	}
	r, now := s.db.Read(), s.db.Clock().Now()
	who, err := scope(ctx, r, by, f.Partner, now)
	if err != nil {
		return nil, 0, err
	}
	f.Partner, f.vendor, f.Page = who, by.Vendor(), f.bound()
	return s.quotas(ctx, r, f, now)
}

func (s *Service) quotas(ctx context.Context, r db.Querier, f QuotaFilter, now time.Time) ([]Quota, int64, error) {
	out, total, err := list(ctx, r, f.query(now), f.Page, quotaColumns, "voucher_quota", scanQuota)
	for i := range out {
		if out[i].Balance, err = balance(ctx, r, quotaPlace(out[i])); err != nil {
			return nil, 0, err
		}
	}
	return out, total, err
}

// ChildQuotas lists the quotas that a distributor handed to its resellers; Partner narrows to one of them.
func (s *Service) ChildQuotas(ctx context.Context, by actor.Actor, f QuotaFilter) ([]Quota, int64, error) {
	if err := by.May(actor.ViewVouchers); err != nil {
		return nil, 0, err
	}
	if by.Kind != actor.Partner {
		return nil, 0, fault.NotFound()
	}
	r, now := s.db.Read(), s.db.Clock().Now()
	if f.Partner != "" {
		if _, err := holder(ctx, r, by, f.Partner, now); err != nil {
			return nil, 0, err
		}
	}
	f.distributor, f.Page = by.Account, f.bound()
	return s.quotas(ctx, r, f, now)
}

// Quota returns one that the actor may see: the own one, a reseller's that it made, any for the vendor's staff.
func (s *Service) Quota(ctx context.Context, by actor.Actor, id string) (q Quota, err error) {
	if err := by.May(actor.ViewVouchers); err != nil {
		return q, err
	}
	r := s.db.Read()
	if q, err = quotaByID(ctx, r, id); err != nil {
		return q, err
	}
	seen := q.State(s.db.Clock().Now()).Code() >= 0 && (q.Account == by.Account || q.ParentAccount == by.Account)
	if by.Account == "" || !by.Vendor() && !seen {
		return Quota{}, fault.NotFound()
	}
	q.Balance, err = balance(ctx, r, quotaPlace(q))
	return q, err
}

// A Proof shows where a quota's value is: Value = Balance + Resellers + Vouchers - Back - Lapsed, minor units.
type Proof struct {
	Value, Resellers, Vouchers, Back, Lapsed, Balance int64
}

// Proof adds up where a quota's value is.
func (s *Service) Proof(ctx context.Context, by actor.Actor, id string) (Proof, error) {
	if err := by.May(actor.ViewVouchers); err != nil {
		return Proof{}, err
	}
	q, err := s.Quota(ctx, by, id)
	if err != nil {
		return Proof{}, err
	}
	if q.Kept == Proposed || q.Kept == Declined {
		return Proof{Value: q.Value}, nil // nothing was granted
	}
	p, err := gone(ctx, s.db.Read(), q)
	p.Value, p.Balance = q.Value, q.Balance
	if q.State(s.db.Clock().Now()).ends() && q.Balance == 0 {
		p.Lapsed, err = s.left(ctx, q)
	}
	p.Back = p.Balance + p.Lapsed + p.Resellers + p.Vouchers - p.Value
	return p, err
}

// left is what went home when a quota ended.
func (s *Service) left(ctx context.Context, q Quota) (sum int64, err error) {
	list, err := ledger.Entries(ctx, s.db.Read(), ledger.Statement{Owner: q.Account, Kind: ledger.Quota, Unit: q.Unit(), Ref: q.ID, Sign: -1,
		Kinds: []string{ledger.Expire, ledger.Reclaim, ledger.Adjust}, Limit: 100})
	for _, e := range list {
		if e.Subject == "quota:"+q.ID {
			sum -= e.Minor
		}
	}
	return sum, err
}

// QuotaEntries is a quota's statement, newest first: every movement behind its balance.
func (s *Service) QuotaEntries(ctx context.Context, by actor.Actor, id string, after ledger.Mark, limit int) ([]ledger.Entry, error) {
	if err := by.May(actor.ViewVouchers); err != nil {
		return nil, err
	}
	q, err := s.Quota(ctx, by, id)
	if err != nil {
		return nil, err
	}
	return ledger.Entries(ctx, s.db.Read(), ledger.Statement{Owner: q.Account, Kind: ledger.Quota, Unit: q.Unit(), Ref: q.ID, After: after, Limit: limit})
}

// A VoucherFilter narrows vouchers. Partner is the issuer, Customer the holder.
type VoucherFilter struct {
	Partner   string
	Customer  string
	ID        string
	Quota     string
	Order     string // that it's locked to, or that took of it
	Kind      *Kind
	State     State
	Resale    bool // leave out referral customers'
	Created   Span
	Effective Span
	Expire    Span
	Page

	mine    []string
	limited bool
}

// Vouchers lists vouchers with what is left of them: a partner's own issues (a distributor with Partner those of its
// reseller), an account manager's own customers', all for the vendor's staff; a customer sees its own. The issuer's memo
// is for the issuer and the vendor alone.
func (s *Service) Vouchers(ctx context.Context, by actor.Actor, f VoucherFilter) ([]Voucher, int64, error) {
	if err := by.May(actor.ViewVouchers); err != nil {
		return nil, 0, err
	}
	r, now := s.db.Read(), s.db.Clock().Now()
	if by.Kind == actor.Customer {
		f.Customer = by.Account
	} else {
		who, err := scope(ctx, r, by, f.Partner, now)
		if err != nil {
			return nil, 0, err
		}
		f.Partner = who
		mine, all, err := s.managed(ctx, r, by, who)
		if err != nil {
			return nil, 0, err
		}
		f.mine, f.limited = mine, !all
	}
	return s.vouchers(ctx, r, by, f, now)
}

// Held lists the vouchers that an account itself holds: a customer's, or a reseller's for its own orders; Customer is
// the distributor's reseller or "" for the own account. Partner narrows to one issuer.
func (s *Service) Held(ctx context.Context, by actor.Actor, f VoucherFilter) ([]Voucher, int64, error) {
	if err := by.May(actor.ViewVouchers); err != nil {
		return nil, 0, err
	}
	r, now := s.db.Read(), s.db.Clock().Now()
	who, err := scope(ctx, r, by, f.Customer, now)
	if err != nil {
		return nil, 0, err
	}
	f.Customer = who
	return s.vouchers(ctx, r, by, f, now)
}

func (s *Service) vouchers(ctx context.Context, r db.Querier, by actor.Actor, f VoucherFilter, now time.Time) ([]Voucher, int64, error) {
	f.Page = f.bound()
	out, total, err := list(ctx, r, f.query(now), f.Page, voucherColumns, "voucher", scanVoucher)
	for i := range out {
		if out[i], err = s.show(ctx, r, by, out[i]); err != nil {
			return nil, 0, err
		}
	}
	return out, total, err
}

// show adds what is left, and leaves out the memo for others than issuer and vendor.
func (s *Service) show(ctx context.Context, r db.Querier, by actor.Actor, v Voucher) (_ Voucher, err error) {
	if v.Balance, err = balance(ctx, r, voucherPlace(v)); by.Kind == actor.Customer {
		v.Memo = ""
	}
	return v, err
}

// Voucher returns one that the actor may see.
func (s *Service) Voucher(ctx context.Context, by actor.Actor, id string) (v Voucher, err error) {
	if err := by.May(actor.ViewVouchers); err != nil {
		return v, err
	}
	r, now := s.db.Read(), s.db.Clock().Now()
	if v, err = voucherByID(ctx, r, id); err != nil {
		return v, err
	}
	switch {
	case by.Vendor(), by.Account != "" && v.Customer == by.Account:
		return s.show(ctx, r, by, v)
	case by.Kind != actor.Partner:
		return Voucher{}, fault.NotFound()
	}
	if _, err := holder(ctx, r, by, v.Account, now); err != nil {
		return Voucher{}, fault.NotFound()
	}
	if err := s.inCharge(ctx, r, by, v.Account, v.Customer); err != nil {
		return Voucher{}, fault.NotFound()
	}
	return s.show(ctx, r, by, v)
}

// VoucherEntries is a voucher's statement, newest first.
func (s *Service) VoucherEntries(ctx context.Context, by actor.Actor, id string) ([]ledger.Entry, error) {
	if err := by.May(actor.ViewVouchers); err != nil {
		return nil, err
	}
	v, err := s.Voucher(ctx, by, id)
	if err != nil {
		return nil, err
	}
	return ledger.Entries(ctx, s.db.Read(), ledger.Statement{Owner: v.Customer, Kind: ledger.Voucher, Unit: v.Unit(), Ref: v.ID, Limit: 100})
}

// A RecordFilter narrows records. Partner is whose quota; Other the customer or reseller.
type RecordFilter struct {
	Partner     string
	Operations  []Operation
	Quota       string
	ParentQuota string
	Kind        *Kind
	Vouchers    []string
	Other       string
	Failed      *bool
	At          Span
	Page

	mine    []string
	limited bool
}

// Records lists what was done with quotas and vouchers, and what failed. Partners see their own, a distributor its
// reseller's too, the vendor's staff all.
func (s *Service) Records(ctx context.Context, by actor.Actor, f RecordFilter) ([]Record, int64, error) {
	if err := by.May(actor.ViewVouchers); err != nil {
		return nil, 0, err
	}
	if by.Kind == actor.Customer {
		return nil, 0, fault.NotFound()
	}
	r := s.db.Read()
	who, err := scope(ctx, r, by, f.Partner, s.db.Clock().Now())
	if err != nil {
		return nil, 0, err
	}
	mine, all, err := s.managed(ctx, r, by, who)
	if err != nil {
		return nil, 0, err
	}
	f.Partner, f.mine, f.limited, f.Page = who, mine, !all, f.bound()
	return list(ctx, r, f.query(), f.Page, recordColumns, "voucher_record", scanRecord)
}
