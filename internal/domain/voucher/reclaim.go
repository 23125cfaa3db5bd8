package voucher

import (
	"context"
	"errors"
	"time"

	"hanse/internal/domain/account"
	"hanse/internal/domain/confirm"
	"hanse/internal/domain/ledger"
	"hanse/internal/kit/actor"
	"hanse/internal/kit/db"
	"hanse/internal/kit/fault"
	"hanse/internal/kit/jobs"
	"hanse/internal/kit/outbox"
)

// A Reclaim takes a voucher back, whole.
type Reclaim struct {
	Partner string // a reseller of the acting distributor; "" = own
	Voucher string
	Remark  string
	Code    string
}

// About is what a code for it confirms.
func (x Reclaim) About() string { return confirm.About(x.Partner, x.Voucher) }

// Reclaim takes back all that is left of a voucher that can be used and isn't locked to an order; never a part. The rest
// goes back to the quota when that is still valid. It returns what was taken. The issuer's administrators, finance and
// account managers may; vouchers of referral customers can't be reclaimed.
func (s *Service) Reclaim(ctx context.Context, by actor.Actor, in Reclaim) (v Voucher, taken int64, err error) {
	if err := by.May(actor.IssueVouchers); err != nil {
		return v, 0, err
	}
	r := s.db.Read()
	who, err := holder(ctx, r, by, in.Partner, s.db.Clock().Now())
	if err != nil {
		return v, 0, err
	}
	if v, err = s.reclaimable(ctx, r, by, who, in.Voucher, s.db.Clock().Now()); err != nil {
		return v, 0, err
	}
	if err := s.code(ctx, by, confirm.Voucher, in.About(), in.Code); err != nil {
		return v, 0, err
	}
	err = s.db.Update(ctx, func(tx *db.Tx) error {
		if v, err = s.reclaimable(ctx, tx, by, who, in.Voucher, tx.Now); err != nil {
			return err
		}
		if v, err = holdVoucher(ctx, tx, v.Account, v.ID); err != nil {
			return err
		}
		if v.State(tx.Now) != Usable || v.Frozen || v.LockOrder != "" {
			return refuse(NotReclaimable)
		}
		taken, err = s.back(ctx, tx, by, &v, ReclaimedByUs, in.Remark)
		return err
	})
	return v, taken, err
}

// reclaimable refuses vouchers that aren't the actor's to reclaim, or in no state for it.
func (s *Service) reclaimable(ctx context.Context, q db.Querier, by actor.Actor, who, id string, at time.Time) (Voucher, error) {
	v, err := voucherByID(ctx, q, id)
	if err != nil || v.Account != who {
		if err == nil {
			err = fault.NotFound()
		}
		return v, err
	}
	if v.Customer != v.Account {
		x, err := account.Related(ctx, q, v.Account, v.Customer, at)
		switch {
		case fault.KindOf(err) == fault.KindNotFound:
			return v, refuse(NotCustomer)
		case err != nil:
			return v, err
		case x.Kind == account.Referral:
			return v, refuse(ReferralVoucher)
		}
	}
	if v.State(at) != Usable || v.Frozen || v.LockOrder != "" {
		return v, refuse(NotReclaimable)
	}
	return v, s.inCharge(ctx, q, by, v.Account, v.Customer)
}

// kinds of posting and what becomes of a voucher, by operation.
func (o Operation) posting() (kind, kept, event string) {
	switch o {
	case ExpiredBack:
		return ledger.Expire, expired, "voucher.expired"
	case ReclaimedByUs:
		return ledger.Reclaim, reclaimed, "voucher.reclaimed"
	}
	return ledger.Unbind, reclaimed, "voucher.reclaimed"
}

// back ends a voucher whose row the transaction holds, and moves what is left of it home.
func (s *Service) back(ctx context.Context, tx *db.Tx, by actor.Actor, v *Voucher, op Operation, remark string) (int64, error) {
	left, err := balance(ctx, tx, voucherPlace(*v))
	if err != nil {
		return 0, err
	}
	kind, kept, event := op.posting()
	v.Kept, v.LockOrder, v.Balance = kept, "", 0
	if err := saveVoucher(ctx, tx, v); err != nil {
		return 0, err
	}
	err = s.record(ctx, tx, Record{Account: v.Account, Operation: op, Quota: v.Quota, Kind: v.Kind, Voucher: v.ID, Other: v.Customer, OtherName: v.CustomerName,
		Amount: left, Currency: v.Currency, Remark: remark, Operator: by.Name})
	if err != nil {
		return 0, err
	}
	if left == 0 {
		return 0, outbox.Append(ctx, tx, fact(*v, event, 0))
	}
	q, err := quotaOf(ctx, tx, v.Account, v.Quota)
	if err != nil {
		return 0, err
	}
	moves, _, err := s.home(ctx, tx, voucherPlace(*v), q, left)
	if err != nil {
		return 0, err
	}
	_, err = post(ctx, tx, by, ledger.Posting{Book: v.Account, Key: "back:" + v.ID, Kind: kind, Subject: "voucher:" + v.ID, Memo: remark,
		Verb: actor.IssueVouchers, Moves: moves, Fact: fact(*v, event, left)})
	return left, err
}

// ReclaimAll takes back every voucher that a customer has of a partner, in the caller's transaction: when they part
// (Unbound), when the customer is associated anew (Associated), when the model changes (Switched), or when the customer
// moves to another reseller (Moved). It returns what came back, in minor units of all currencies together. The caller
// asked for the permission.
func ReclaimAll(ctx context.Context, tx *db.Tx, by actor.Actor, partner, customer string, op Operation) (sum int64, err error) {
	s := &Service{}
	list, err := liveOf(ctx, tx, partner, customer)
	if err != nil {
		return 0, err
	}
	for _, v := range list {
		if v, err = holdVoucher(ctx, tx, v.Account, v.ID); err != nil {
			return sum, err
		}
		if v.Kept != live {
			continue
		}
		n, err := s.back(ctx, tx, by, &v, op, "")
		if err != nil {
			return sum, err
		}
		sum += n
	}
	return sum, nil
}

// due returns what has expired by the job's instant: vouchers to their quotas, the rest of quotas to the vendor, and
// pickup vouchers to nobody. It takes so many at once and plans the next batch.
func (s *Service) due(ctx context.Context, tx *db.Tx, j jobs.Job) error {
	by := actor.Program("vouchers")
	n, err := s.sweep(ctx, tx, by, tx.Now)
	if err != nil || n < atOnce {
		return err
	}
	return jobs.Add(ctx, tx, jobs.New{Kind: dueJob, Key: j.Key + "+", RunAt: j.RunAt})
}

func (s *Service) sweep(ctx context.Context, tx *db.Tx, by actor.Actor, at time.Time) (n int, err error) {
	vs, err := vouchersDue(ctx, tx, at, atOnce)
	if err != nil {
		return 0, err
	}
	for _, v := range vs {
		if v, err = holdVoucher(ctx, tx, v.Account, v.ID); err != nil {
			return n, err
		}
		if _, err := s.back(ctx, tx, by, &v, ExpiredBack, ""); err != nil {
			return n, err
		}
	}
	ps, err := pickupsDue(ctx, tx, at, atOnce)
	if err != nil {
		return n, err
	}
	for _, p := range ps {
		if err := lapse(ctx, tx, by, p); err != nil {
			return n, err
		}
	}
	qs, err := quotasDue(ctx, tx, at, atOnce)
	if err != nil {
		return n, err
	}
	for _, q := range qs {
		q.Kept, q.Pending = Lapsed, nil
		if err := saveQuota(ctx, tx, &q, q.Edition); err != nil {
			return n, err
		}
		if err := s.lapseQuota(ctx, tx, by, &q); err != nil {
			return n, err
		}
	}
	return max(len(vs), len(ps), len(qs)), nil
}

// lapseQuota gives the rest of a quota that has expired back to the vendor, through the distributor's book when it came
// from there.
func (s *Service) lapseQuota(ctx context.Context, tx *db.Tx, by actor.Actor, q *Quota) error {
	left, err := balance(ctx, tx, quotaPlace(*q))
	if err != nil || left == 0 {
		return err
	}
	moves, _, err := s.home(ctx, tx, quotaPlace(*q), *q, left)
	if err != nil {
		return err
	}
	_, err = post(ctx, tx, by, ledger.Posting{Book: q.Account, Key: "lapse:" + q.ID, Kind: ledger.Expire, Subject: "quota:" + q.ID, Verb: actor.IssueVouchers, Moves: moves})
	return err
}

// daily tells of the vouchers that expire in the days ahead, each once, and returns what no job has.
func (s *Service) daily(ctx context.Context, at time.Time) error {
	for {
		n := 0
		err := s.db.UpdateAt(ctx, at, func(tx *db.Tx) (err error) { n, err = s.sweep(ctx, tx, actor.Program("vouchers"), at); return err })
		if err != nil || n < atOnce {
			return errors.Join(err, s.warn(ctx, at))
		}
	}
}

// warn tells customers of vouchers that expire on the day a week ahead.
func (s *Service) warn(ctx context.Context, at time.Time) error {
	after := ""
	for {
		n := 0
		err := s.db.UpdateAt(ctx, at, func(tx *db.Tx) error {
			list, err := vouchersBetween(ctx, tx, at.AddDate(0, 0, soon-1), at.AddDate(0, 0, soon), after, atOnce)
			for _, v := range list {
				left, err := balance(ctx, tx, voucherPlace(v))
				if err != nil {
					return err
				}
				if err := outbox.Append(ctx, tx, fact(v, "voucher.expiring", left)); err != nil {
					return err
				}
				after = v.ID
			}
			n = len(list)
			return err
		})
		if err != nil || n < atOnce {
			return err
		}
	}
}
