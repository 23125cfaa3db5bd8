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
	"hanse/internal/kit/id"
	"hanse/internal/kit/money"
)

// A Split hands parts of a distributor's quota to its resellers: so much to each, minor units.
type Split struct {
	Quota     string
	Resellers []string // 1 to 100
	Minor     int64
	Memo      string
	Key       string // sent twice, it's done once
	Code      string
}

// About is what a code for the split confirms.
func (x Split) About() string {
	return confirm.About(append([]string{x.Quota, strconv.FormatInt(x.Minor, 10)}, x.Resellers...)...)
}

// leaseTime is how long a split may take before another one can begin: a call that died holds nobody up for longer.
const leaseTime = time.Minute

// Split hands parts of a quota to resellers, each on its own: the list says for each what quota it got, or why none.
// The distributor's administrators and finance may. Busy while another call splits the same quota.
func (s *Service) Split(ctx context.Context, by actor.Actor, in Split) (out []Outcome, err error) {
	if err := by.May(actor.SplitQuotas); err != nil {
		return nil, err
	}
	in, err = in.clean()
	if err != nil {
		return nil, err
	}
	if err := s.splits(ctx, by, in); err != nil {
		return nil, err
	}
	if err := s.code(ctx, by, confirm.Quota, in.About(), in.Code); err != nil {
		return nil, err
	}
	err = s.db.Update(ctx, func(tx *db.Tx) error {
		ok, err := lease(ctx, tx, by.Account, in.Quota, tx.Wall.Add(leaseTime))
		if err == nil && !ok {
			err = refuse(Busy)
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	for _, r := range in.Resellers {
		o := s.splitOne(ctx, by, in, r)
		if o.Err != nil && WhyOf(o.Err) == "" && fault.Of(o.Err) == nil {
			return out, o.Err
		}
		out = append(out, o)
	}
	return out, s.db.Update(ctx, func(tx *db.Tx) error { return unlease(ctx, tx, by.Account, in.Quota) })
}

func (x Split) clean() (Split, error) {
	var fs fault.Fields
	checkValue(&fs, x.Minor)
	if x.Resellers = unique(x.Resellers); len(x.Resellers) == 0 || len(x.Resellers) > mostAtOnce {
		fs.Add("resellers", strconv.Itoa(len(x.Resellers)), i18n.M("voucher.field.resellers", i18n.A{"most": mostAtOnce}))
	}
	if len(x.Key) > mostKey {
		fs.Add("key", "", i18n.M("voucher.field.key"))
	}
	x.Memo = notes(&fs, "memo", x.Memo, mostMemo)
	return x, fs.Err()
}

// splits refuses what fails the whole call, before anything is asked or done.
func (s *Service) splits(ctx context.Context, by actor.Actor, in Split) error {
	r, now := s.db.Read(), s.db.Clock().Now()
	a, err := account.Get(ctx, r, by.Account)
	if err != nil {
		return err
	}
	if !a.Has(account.Distributor) {
		return refuse(Illegal)
	}
	q, err := quotaOf(ctx, r, by.Account, in.Quota)
	if fault.KindOf(err) == fault.KindNotFound || err == nil && q.ParentAccount != "" {
		return refuse(NoQuota)
	}
	if err != nil {
		return err
	}
	for _, x := range in.Resellers {
		err := account.ActsFor(ctx, r, by, x, now)
		if err != nil && fault.Of(err) == nil {
			return err // nobody said no
		}
		if err != nil || x == by.Account {
			return refuse(NotReseller, i18n.A{"value": x})
		}
	}
	if _, err := quotaByKey(ctx, r, in.Resellers[0], in.Key); in.Key != "" && err == nil {
		return nil // sent again: each gets the answer of the first time
	}
	if why := q.issues(now); why != "" {
		return refuse(why)
	}
	have, err := balance(ctx, r, quotaPlace(q))
	if err == nil && have < in.Minor {
		err = refuse(Short, amounts(have, in.Minor))
	}
	return err
}

func amounts(have, need int64) i18n.A {
	return i18n.A{"have": money.Text(have), "need": money.Text(need)}
}

func unique(in []string) (out []string) {
	seen := map[string]bool{}
	for _, x := range in {
		if x != "" && !seen[x] {
			seen[x] = true
			out = append(out, x)
		}
	}
	return out
}

// splitOne makes one reseller's quota, and keeps a record of it whether or not it could.
func (s *Service) splitOne(ctx context.Context, by actor.Actor, in Split, reseller string) (o Outcome) {
	o.ID = reseller
	rec := Record{Account: by.Account, Operation: QuotaSplit, ParentQuota: in.Quota, Other: reseller, Amount: in.Minor, Operator: by.Name, Remark: in.Memo}
	o.Err = s.db.Update(ctx, func(tx *db.Tx) error {
		parent, err := holdQuota(ctx, tx, by.Account, in.Quota)
		if err != nil {
			return err
		}
		child, err := childOf(ctx, tx, parent, reseller, in)
		rec.OtherName, rec.Currency, rec.Kind, o.Name = child.HolderName, parent.Currency, parent.Kind, child.HolderName
		if err != nil {
			return err
		}
		fresh, err := insertQuota(ctx, tx, child)
		if err == nil && !fresh {
			err = sameQuota(ctx, tx, &child)
		}
		o.Made, o.Balance = child.ID, child.Balance
		if err != nil || !fresh {
			return err
		}
		o.Balance, rec.Quota = child.Value, child.ID
		if err := s.record(ctx, tx, rec); err != nil {
			return err
		}
		_, err = post(ctx, tx, by, ledger.Posting{Book: by.Account, Key: "split:" + child.ID, Kind: ledger.Allocate, Subject: "quota:" + child.ID, Memo: in.Memo,
			Verb: actor.SplitQuotas, Fact: quotaFact(child, "quota.split"), Moves: []ledger.Move{{From: quotaPlace(parent), To: quotaPlace(child), Minor: child.Value}}})
		return err
	})
	if o.Err != nil {
		o.Made, o.Balance = "", 0
		s.failed(ctx, rec, o.Err)
	}
	return o
}

// childOf is the quota that a reseller gets: its parent's dates and limits.
func childOf(ctx context.Context, tx *db.Tx, parent Quota, reseller string, in Split) (Quota, error) {
	child := parent
	child.Account, child.ID, child.ParentAccount, child.Parent = reseller, number("", tx.Wall), parent.Account, parent.ID
	child.Key, child.Value, child.Memo, child.Edition, child.CreatedAt, child.ChangedAt = child.ID, in.Minor, in.Memo, 1, tx.Now, tx.Now
	child.AskedBy, child.AskedByName, child.Pending, child.Balance = "", "", nil, 0
	if in.Key != "" {
		child.Key = in.Key
	}
	a, err := account.Get(ctx, tx, reseller)
	if err != nil {
		return child, err
	}
	child.HolderName = a.Name
	if first, err := quotaByKey(ctx, tx, reseller, child.Key); err == nil && first.Parent == parent.ID {
		return child, nil // sent again: the answer of the first time
	}
	if why := parent.issues(tx.Now); why != "" {
		return child, refuse(why)
	}
	if a.State != account.Active {
		return child, refuse(Leaving)
	}
	for _, c := range parent.Limits.Customers {
		if _, err := account.Related(ctx, tx, reseller, c, tx.Now); fault.KindOf(err) == fault.KindNotFound {
			return child, refuse(ResellersNamed)
		} else if err != nil {
			return child, err
		}
	}
	return child, nil
}

// record stores what was done in the transaction of doing it.
func (s *Service) record(ctx context.Context, tx *db.Tx, r Record) error { return record(ctx, tx, r) }

func record(ctx context.Context, tx *db.Tx, r Record) error {
	r.ID = id.New("vrc", tx.Wall)
	return insertRecord(ctx, tx, r)
}

// failed stores what couldn't be done. That it can't be stored doesn't change what the caller is told.
func (s *Service) failed(ctx context.Context, r Record, why error) {
	if fault.Of(why) == nil || r.Currency == "" {
		return
	}
	r.Failed, r.Reason = true, WhyOf(why)
	_ = s.db.Update(ctx, func(tx *db.Tx) error { return s.record(ctx, tx, r) })
}

// A TakeBack names quotas of resellers whose rest the distributor wants back.
type TakeBack struct {
	Quotas []string // 1 to 10
	Remark string
	Code   string
}

// About is what a code for it confirms.
func (x TakeBack) About() string { return confirm.About(x.Quotas...) }

// TakeBack returns the whole rest of resellers' quotas to the quotas that they came from, each on its own: the list says
// for each what is left in it, or why not. The distributor's administrators and finance may.
func (s *Service) TakeBack(ctx context.Context, by actor.Actor, in TakeBack) (out []Outcome, err error) {
	if err := by.May(actor.SplitQuotas); err != nil {
		return nil, err
	}
	var fs fault.Fields
	if in.Quotas = unique(in.Quotas); len(in.Quotas) == 0 || len(in.Quotas) > mostTaken {
		fs.Add("quotas", strconv.Itoa(len(in.Quotas)), i18n.M("voucher.field.quotas", i18n.A{"most": mostTaken}))
	}
	if in.Remark = notes(&fs, "remark", in.Remark, mostMemo); fs.Err() != nil {
		return nil, fs.Err()
	}
	if a, err := account.Get(ctx, s.db.Read(), by.Account); err != nil || !a.Has(account.Distributor) {
		if err == nil {
			err = refuse(Illegal)
		}
		return nil, err
	}
	if err := s.code(ctx, by, confirm.Quota, in.About(), in.Code); err != nil {
		return nil, err
	}
	for _, q := range in.Quotas {
		o := s.takeOne(ctx, by, q, in.Remark)
		if o.Err != nil && WhyOf(o.Err) == "" && fault.Of(o.Err) == nil {
			return out, o.Err
		}
		out = append(out, o)
	}
	return out, nil
}

func (s *Service) takeOne(ctx context.Context, by actor.Actor, quota, remark string) (o Outcome) {
	o.ID = quota
	rec := Record{Account: by.Account, Operation: QuotaReclaimed, Quota: quota, Operator: by.Name, Remark: remark}
	o.Err = s.db.Update(ctx, func(tx *db.Tx) error {
		child, err := quotaByID(ctx, tx, quota)
		if fault.KindOf(err) == fault.KindNotFound || err == nil && child.ParentAccount != by.Account {
			return refuse(NoQuota)
		}
		if err != nil {
			return err
		}
		if child, err = holdQuota(ctx, tx, child.Account, child.ID); err != nil {
			return err
		}
		rec.Other, rec.OtherName, rec.ParentQuota, rec.Kind, rec.Currency = child.Account, child.HolderName, child.Parent, child.Kind, child.Currency
		o.Name = child.HolderName
		if !child.takes(tx.Now) {
			return refuse(NoQuota)
		}
		rec.Amount, err = s.takeBack(ctx, tx, by, &child, remark)
		if err != nil {
			return err
		}
		return s.record(ctx, tx, rec)
	})
	if o.Err != nil {
		s.failed(ctx, rec, o.Err)
	}
	return o
}

// takeBack moves the rest of a reseller's quota home and ends it.
func (s *Service) takeBack(ctx context.Context, tx *db.Tx, by actor.Actor, child *Quota, memo string) (int64, error) {
	left, err := balance(ctx, tx, quotaPlace(*child))
	if err != nil {
		return 0, err
	}
	child.Kept = TakenBack
	if err := saveQuota(ctx, tx, child, child.Edition); err != nil {
		return 0, err
	}
	if err := told(ctx, tx, by, *child, "quota.taken_back", actor.SplitQuotas); err != nil || left == 0 {
		return left, err
	}
	moves, _, err := s.home(ctx, tx, quotaPlace(*child), *child, left)
	if err != nil {
		return 0, err
	}
	_, err = post(ctx, tx, by, ledger.Posting{Book: child.ParentAccount, Key: "take:" + child.ID, Kind: ledger.Reclaim, Subject: "quota:" + child.ID,
		Memo: memo, Verb: actor.SplitQuotas, Moves: moves})
	return left, err
}

// home are the moves by which value that was given out goes back: into the quota it came from; when that has ended, on
// into the distributor's it came from; when that has ended too, to the vendor. Each step passes the book of whoever
// gave it, since only those are connected.
func (s *Service) home(ctx context.Context, tx *db.Tx, from ledger.Place, q Quota, minor int64) (moves []ledger.Move, to Quota, err error) {
	for {
		if at := quotaPlace(q); at != from {
			moves = append(moves, ledger.Move{From: from, To: at, Minor: minor})
			from = at
		}
		if q.takes(tx.Now) {
			return moves, q, nil
		}
		if q.ParentAccount == "" {
			vendor, err := vendorOf(ctx, tx)
			return append(moves, ledger.Move{From: from, To: granted(vendor, q.Unit()), Minor: minor}), q, err
		}
		if q, err = quotaOf(ctx, tx, q.ParentAccount, q.Parent); err != nil {
			return nil, q, err
		}
	}
}

// ReturnQuotas takes back every quota that a reseller has of a distributor, in the caller's transaction: when they part.
// It returns what came back. The caller asked for the permission.
func ReturnQuotas(ctx context.Context, tx *db.Tx, by actor.Actor, distributor, reseller string) (sum int64, err error) {
	s := &Service{}
	list, err := childrenOf(ctx, tx, distributor, reseller)
	if err != nil {
		return 0, err
	}
	for _, q := range list {
		if q, err = holdQuota(ctx, tx, q.Account, q.ID); err != nil {
			return sum, err
		}
		if !q.takes(tx.Now) {
			continue
		}
		n, err := s.takeBack(ctx, tx, by, &q, "")
		if err != nil {
			return sum, err
		}
		sum += n
		err = record(ctx, tx, Record{Account: distributor, Operation: QuotaReclaimed, Quota: q.ID, ParentQuota: q.Parent, Kind: q.Kind, Other: reseller,
			OtherName: q.HolderName, Amount: n, Currency: q.Currency, Operator: by.Name})
		if err != nil {
			return sum, err
		}
	}
	return sum, nil
}
