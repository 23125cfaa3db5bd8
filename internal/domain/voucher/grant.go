package voucher

import (
	"context"
	"errors"
	"slices"
	"strconv"
	"time"

	"hanse/internal/domain/account"
	"hanse/internal/domain/ledger"
	"hanse/internal/domain/setting"
	"hanse/internal/kit/actor"
	"hanse/internal/kit/audit"
	"hanse/internal/kit/db"
	"hanse/internal/kit/fault"
	"hanse/internal/kit/i18n"
	"hanse/internal/kit/jobs"
	"hanse/internal/kit/money"
	"hanse/internal/kit/outbox"
)

// NewQuota is what the vendor grants a partner of the first tier. The value is in minor units.
type NewQuota struct {
	Partner     string
	Kind        Kind
	Currency    string
	Minor       int64
	EffectiveAt time.Time // zero = now
	ExpireAt    time.Time
	Limits      Limits
	Memo        string
	Key         string // a second grant with it is the first one
}

func (n *NewQuota) check(now time.Time) error {
	var fs fault.Fields
	if n.Kind != Plain && n.Kind != Coupon {
		fs.Add("kind", strconv.Itoa(int(n.Kind)), i18n.M("voucher.field.kind"))
	}
	if !slices.Contains(Currencies(), n.Currency) {
		fs.Add("currency", n.Currency, i18n.M("voucher.field.currency"))
	}
	if n.EffectiveAt.IsZero() {
		n.EffectiveAt = now
	}
	checkValue(&fs, n.Minor)
	checkTerm(&fs, n.EffectiveAt, n.ExpireAt, now)
	n.Limits.check(&fs)
	n.Memo = notes(&fs, "memo", n.Memo, mostMemo)
	if len(n.Key) > mostKey {
		fs.Add("key", "", i18n.M("voucher.field.key"))
	}
	return fs.Err()
}

func checkValue(fs *fault.Fields, minor int64) {
	if minor <= 0 || minor > money.Max {
		fs.Add("amount", money.Text(minor), i18n.M("voucher.field.amount"))
	}
}

func checkTerm(fs *fault.Fields, from, until, now time.Time) {
	switch {
	case until.IsZero():
		fs.Add("expire_at", "", i18n.M("voucher.field.expire_missing"))
	case !until.After(from):
		fs.Add("expire_at", until.Format(time.RFC3339), i18n.M("voucher.field.expire_before"))
	case !until.After(now):
		fs.Add("expire_at", until.Format(time.RFC3339), i18n.M("voucher.field.expire_past"))
	}
}

// Grant gives a partner of the first tier a quota. Vendor finance may. Above the limit of the settings it's proposed,
// and another one of vendor finance must approve it.
func (s *Service) Grant(ctx context.Context, by actor.Actor, in NewQuota) (q Quota, err error) {
	if err := by.May(actor.GrantQuotas); err != nil {
		return q, err
	}
	if err := in.check(s.db.Clock().Now()); err != nil {
		return q, err
	}
	err = s.db.Update(ctx, func(tx *db.Tx) error {
		a, err := firstTier(ctx, tx, in.Partner)
		if err != nil {
			return err
		}
		if err := catalogue(ctx, tx, in.Limits, tx.Now); err != nil {
			return err
		}
		q = Quota{Account: a.ID, HolderName: a.Name, ID: number("", tx.Wall), Key: in.Key, Kind: in.Kind, Kept: Normal, Currency: in.Currency, Value: in.Minor,
			Limits: in.Limits, EffectiveAt: in.EffectiveAt, ExpireAt: in.ExpireAt, Memo: in.Memo, AskedBy: by.User, AskedByName: by.Name, Edition: 1, CreatedAt: tx.Now, ChangedAt: tx.Now}
		if q.Key == "" {
			q.Key = q.ID
		}
		two, err := fourEyes(ctx, tx, in.Minor)
		if two {
			q.Kept = Proposed
		}
		if err != nil {
			return err
		}
		fresh, err := insertQuota(ctx, tx, q)
		if err != nil || !fresh {
			return errors.Join(err, sameQuota(ctx, tx, &q))
		}
		if two {
			return told(ctx, tx, by, q, "quota.proposed", actor.GrantQuotas)
		}
		return fund(ctx, tx, by, &q, q.Value, "grant:"+q.ID, "quota.granted")
	})
	return q, err
}

// firstTier is a partner that gets quotas from the vendor itself.
func firstTier(ctx context.Context, q *db.Tx, partner string) (account.Account, error) {
	a, err := account.Get(ctx, q, partner)
	if err != nil || a.Kind != actor.Partner || a.State != account.Active {
		if err == nil || fault.KindOf(err) == fault.KindNotFound {
			err = fault.Invalid("partner", i18n.M("voucher.field.partner"))
		}
		return a, err
	}
	_, under, err := account.DistributorOf(ctx, q, partner, q.Now)
	if err == nil && under {
		err = fault.Invalid("partner", i18n.M("voucher.field.second_tier"))
	}
	return a, err
}

// sameQuota replaces a quota by the one that its key made first, if it asks for the same.
func sameQuota(ctx context.Context, tx *db.Tx, q *Quota) error {
	first, err := quotaByKey(ctx, tx, q.Account, q.Key)
	if err != nil {
		return err
	}
	if first.ParentAccount != q.ParentAccount || first.Parent != q.Parent || first.Kind != q.Kind || first.Currency != q.Currency ||
		q.Parent != "" && first.Value != q.Value {
		return &ledger.Refusal{Why: ledger.KeyReused}
	}
	first.Balance, err = balance(ctx, tx, quotaPlace(first))
	*q = first
	return err
}

// fourEyes tells whether an amount needs a second pair of eyes.
func fourEyes(ctx context.Context, tx *db.Tx, minor int64) (bool, error) {
	limit, err := setting.Int(ctx, tx, setting.QuotaFourEyes, tx.Now)
	return minor > int64(limit)*100, err
}

// fund moves value from the vendor into a quota, tells of it, and plans its end.
func fund(ctx context.Context, tx *db.Tx, by actor.Actor, q *Quota, minor int64, key, event string) error {
	vendor, err := vendorOf(ctx, tx)
	if err != nil {
		return err
	}
	_, err = post(ctx, tx, by, ledger.Posting{Book: vendor, Key: key, Kind: ledger.Grant, Subject: "quota:" + q.ID, Memo: q.Memo, Verb: actor.GrantQuotas,
		Moves: []ledger.Move{{From: granted(vendor, q.Unit()), To: quotaPlace(*q), Minor: minor}}, Fact: quotaFact(*q, event)})
	if err != nil {
		return err
	}
	q.Balance, err = balance(ctx, tx, quotaPlace(*q))
	return errors.Join(err, plan(ctx, tx, q.ExpireAt))
}

// plan adds the job of an instant at which something expires; many things share one.
func plan(ctx context.Context, tx *db.Tx, at time.Time) error {
	return jobs.Add(ctx, tx, jobs.New{Kind: dueJob, Key: strconv.FormatInt(at.UnixMicro(), 10), RunAt: at})
}

// told records what happened to a quota without moving value, and tells of it.
func told(ctx context.Context, tx *db.Tx, by actor.Actor, q Quota, event string, verb actor.Verb) error {
	err := audit.Record(ctx, tx, by, verb, audit.Subject{Kind: "quota", ID: q.ID, Account: q.Account},
		map[string]any{"did": event, "value": money.Text(q.Value), "state": string(q.Kept)})
	return errors.Join(err, outbox.Append(ctx, tx, quotaFact(q, event)))
}

// Decide approves or declines what waits for a second pair of eyes: a grant, or a raise. Vendor finance may, but not
// whoever asked for it.
func (s *Service) Decide(ctx context.Context, by actor.Actor, partner, id string, edition int64, agree bool) (q Quota, err error) {
	if err := by.May(actor.GrantQuotas); err != nil {
		return q, err
	}
	err = s.db.Update(ctx, func(tx *db.Tx) error {
		if q, err = holdQuota(ctx, tx, partner, id); err != nil {
			return err
		}
		if q.Kept != Proposed && q.Pending == nil {
			return fault.Conflict(i18n.M("voucher.conflict.decided"))
		}
		if q.AskedBy == by.User {
			return fault.Conflict(i18n.M("voucher.conflict.own"))
		}
		if q.Kept == Proposed {
			return s.decideGrant(ctx, tx, by, &q, edition, agree)
		}
		change := q.Pending
		if q.Pending, q.Kept = nil, Normal; !agree {
			return errors.Join(saveQuota(ctx, tx, &q, edition), told(ctx, tx, by, q, "quota.adjusted", actor.GrantQuotas))
		}
		return s.apply(ctx, tx, by, &q, edition, *change)
	})
	return q, err
}

func (s *Service) decideGrant(ctx context.Context, tx *db.Tx, by actor.Actor, q *Quota, edition int64, agree bool) error {
	if q.Kept = Declined; !agree {
		if err := saveQuota(ctx, tx, q, edition); err != nil {
			return err
		}
		return told(ctx, tx, by, *q, "quota.refused", actor.GrantQuotas)
	}
	if !tx.Now.Before(q.ExpireAt) {
		return refuse(QuotaTime)
	}
	q.Kept = Normal
	if err := saveQuota(ctx, tx, q, edition); err != nil {
		return err
	}
	return fund(ctx, tx, by, q, q.Value, "grant:"+q.ID, "quota.granted")
}

// A Change is what a quota shall be: all of it, not the difference.
type Change struct {
	Minor       int64     `json:"minor"` // the value, minor units
	EffectiveAt time.Time `json:"effective_at"`
	ExpireAt    time.Time `json:"expire_at"`
	Limits      Limits    `json:"limits"`
}

// Adjust changes value, term and limits of a granted quota. Vendor finance may. A raise above the limit of the settings
// waits for a second pair of eyes; until then the quota can be seen and not used. A cut takes what is still there.
// Vouchers and resellers' quotas made before keep what they have.
func (s *Service) Adjust(ctx context.Context, by actor.Actor, partner, id string, edition int64, c Change) (q Quota, err error) {
	if err := by.May(actor.GrantQuotas); err != nil {
		return q, err
	}
	var fs fault.Fields
	checkValue(&fs, c.Minor)
	checkTerm(&fs, c.EffectiveAt, c.ExpireAt, s.db.Clock().Now())
	if c.Limits.check(&fs); fs.Err() != nil {
		return q, fs.Err()
	}
	err = s.db.Update(ctx, func(tx *db.Tx) error {
		if q, err = holdQuota(ctx, tx, partner, id); err != nil {
			return err
		}
		if st := q.State(tx.Now); q.ParentAccount != "" || st.ends() || st == Proposed {
			return refuse(WrongState)
		}
		if err := catalogue(ctx, tx, c.Limits, tx.Now); err != nil {
			return err
		}
		two, err := fourEyes(ctx, tx, c.Minor-q.Value)
		if err != nil {
			return err
		}
		if !two {
			q.Pending = nil
			return s.apply(ctx, tx, by, &q, edition, c)
		}
		q.Pending, q.Kept, q.AskedBy, q.AskedByName = &c, Adjusting, by.User, by.Name
		if err := saveQuota(ctx, tx, &q, edition); err != nil {
			return err
		}
		return told(ctx, tx, by, q, "quota.proposed", actor.GrantQuotas)
	})
	return q, err
}

// apply makes a change true and moves the difference.
func (s *Service) apply(ctx context.Context, tx *db.Tx, by actor.Actor, q *Quota, edition int64, c Change) error {
	more := c.Minor - q.Value
	q.Value, q.EffectiveAt, q.ExpireAt, q.Limits = c.Minor, c.EffectiveAt, c.ExpireAt, c.Limits
	if err := saveQuota(ctx, tx, q, edition); err != nil {
		return err
	}
	if err := plan(ctx, tx, q.ExpireAt); err != nil {
		return err
	}
	if more != 0 {
		if err := s.difference(ctx, tx, by, q, more); err != nil {
			return err
		}
	}
	return told(ctx, tx, by, *q, "quota.adjusted", actor.GrantQuotas)
}

func (s *Service) difference(ctx context.Context, tx *db.Tx, by actor.Actor, q *Quota, more int64) error {
	vendor, err := vendorOf(ctx, tx)
	if err != nil {
		return err
	}
	m := ledger.Move{From: granted(vendor, q.Unit()), To: quotaPlace(*q), Minor: more}
	if more < 0 {
		m = ledger.Move{From: m.To, To: m.From, Minor: -more}
	}
	_, err = post(ctx, tx, by, ledger.Posting{Book: vendor, Key: "adjust:" + q.ID + ":" + strconv.FormatInt(q.Edition, 10), Kind: ledger.Adjust,
		Subject: "quota:" + q.ID, Verb: actor.GrantQuotas, Moves: []ledger.Move{m}})
	return err
}

// steps says which states the vendor may move a quota to.
var steps = map[QuotaState][]QuotaState{
	Normal:    {Adjusting, Held, Disabled},
	Adjusting: {Normal, Held, Disabled},
	Held:      {Normal, Disabled},
}

// Steps are the states that the vendor may move the quota to at an instant.
func (q Quota) Steps(at time.Time) []QuotaState {
	if q.ParentAccount != "" || q.Pending != nil {
		return nil
	}
	return steps[q.State(at)]
}

// SetState freezes a granted quota, lets it go on, takes it out of use to be adjusted, or disables it for good: then
// what is left goes back. Vendor finance may. Frozen and disabled quotas stop their resellers' parts too.
func (s *Service) SetState(ctx context.Context, by actor.Actor, partner, id string, edition int64, to QuotaState) (q Quota, err error) {
	if err := by.May(actor.GrantQuotas); err != nil {
		return q, err
	}
	err = s.db.Update(ctx, func(tx *db.Tx) error {
		if q, err = holdQuota(ctx, tx, partner, id); err != nil {
			return err
		}
		if !slices.Contains(q.Steps(tx.Now), to) {
			return refuse(WrongState)
		}
		from := q.Kept
		q.Kept = to
		if err := saveQuota(ctx, tx, &q, edition); err != nil {
			return err
		}
		if err := told(ctx, tx, by, q, stateEvent(from, to), actor.GrantQuotas); err != nil || to != Disabled {
			return err
		}
		return s.empty(ctx, tx, by, &q, ledger.Adjust)
	})
	return q, err
}

func stateEvent(from, to QuotaState) string {
	switch {
	case to == Held:
		return "quota.frozen"
	case to == Disabled:
		return "quota.disabled"
	case to == Normal && from == Held:
		return "quota.unfrozen"
	}
	return "quota.adjusted"
}

// empty gives what is left in a quota back to the vendor.
func (s *Service) empty(ctx context.Context, tx *db.Tx, by actor.Actor, q *Quota, kind string) error {
	left, err := balance(ctx, tx, quotaPlace(*q))
	if err != nil || left == 0 {
		return err
	}
	vendor, err := vendorOf(ctx, tx)
	if err != nil {
		return err
	}
	_, err = post(ctx, tx, by, ledger.Posting{Book: vendor, Key: "empty:" + q.ID + ":" + strconv.FormatInt(q.Edition, 10), Kind: kind, Subject: "quota:" + q.ID,
		Verb: actor.GrantQuotas, Moves: []ledger.Move{{From: quotaPlace(*q), To: granted(vendor, q.Unit()), Minor: left}}})
	return err
}
