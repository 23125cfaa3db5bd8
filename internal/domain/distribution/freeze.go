package distribution

import (
	"context"
	"encoding/json"
	"errors"
	"time"
	"unicode/utf8"

	"hanse/internal/domain/account"
	"hanse/internal/kit/actor"
	"hanse/internal/kit/audit"
	"hanse/internal/kit/db"
	"hanse/internal/kit/fault"
	"hanse/internal/kit/i18n"
	"hanse/internal/kit/id"
	"hanse/internal/kit/jobs"
	"hanse/internal/kit/outbox"
	"hanse/internal/kit/text"
)

// The types of a freeze on the wire.
const (
	TypeAccount     = "ACCOUNT"
	TypeAndResource = "ACCOUNT_AND_RESOURCE"
)

// FreezeIn is what shall be frozen or unfrozen. Type "" is ACCOUNT; an unfreezing names the type of the freeze.
type FreezeIn struct {
	Partner   string
	Customers []string
	Type      string
	Reason    string
}

// An Outcome is what became of one customer of several.
type Outcome struct {
	ID  string
	Err error
}

const mostReason = 256

func (f *FreezeIn) check() (level int, err error) {
	switch f.Type {
	case "", TypeAccount:
		level = AccountOnly
	case TypeAndResource:
		level = AndResources
	default:
		return 0, invalid(Parameter, "freeze_type", f.Type, i18n.M("distribution.freeze_type_wrong"))
	}
	if len(f.Customers) == 0 || len(f.Customers) > 1000 {
		return 0, invalid(Parameter, "customers", "", i18n.M("distribution.customers_missing"))
	}
	return level, reason(&f.Reason)
}

// reason is mandatory where somebody loses something.
func reason(typed *string) error {
	*typed = text.Lines(*typed)
	switch n := utf8.RuneCountInString(*typed); {
	case n == 0:
		return invalid(Parameter, "reason", "", i18n.M("distribution.reason_missing"))
	case n > mostReason:
		return invalid(Parameter, "reason", *typed, i18n.M("distribution.reason_long", i18n.A{"max": mostReason}))
	}
	return nil
}

// Freeze freezes customers that the partner resells to, each on its own: one that can't be frozen doesn't stop the
// others. Administrators may; a distributor's for its reseller.
func (s *Service) Freeze(ctx context.Context, by actor.Actor, in FreezeIn) ([]Outcome, error) {
	return s.eachFreeze(ctx, by, in, func(ctx context.Context, tx *db.Tx, a account.Account, c Customer, level int) error {
		if c.Frozen != NotFrozen {
			return conflict(FreezeMismatch, i18n.M("distribution.frozen_already", i18n.A{"customer": i18n.Raw(c.Name), "how": FrozenLabel(c.Frozen)}))
		}
		c.Frozen, c.FrozenWhy, c.FrozenName, c.FrozenAt = level, in.Reason, by.Name, tx.Now
		return s.frozen(ctx, tx, by, a, c, NotFrozen, in.Reason)
	})
}

// Unfreeze ends what Freeze did, under the same type. What the vendor did to the partner stays.
func (s *Service) Unfreeze(ctx context.Context, by actor.Actor, in FreezeIn) ([]Outcome, error) {
	return s.eachFreeze(ctx, by, in, func(ctx context.Context, tx *db.Tx, a account.Account, c Customer, level int) error {
		if c.Frozen != level {
			return conflict(FreezeMismatch, i18n.M("distribution.frozen_otherwise", i18n.A{"customer": i18n.Raw(c.Name), "how": FrozenLabel(c.Frozen)}))
		}
		from := c.Frozen
		c.Frozen, c.FrozenWhy, c.FrozenName, c.FrozenAt = NotFrozen, "", "", time.Time{}
		return s.frozen(ctx, tx, by, a, c, from, in.Reason)
	})
}

func (s *Service) eachFreeze(ctx context.Context, by actor.Actor, in FreezeIn, do func(context.Context, *db.Tx, account.Account, Customer, int) error) (out []Outcome, err error) {
	a, err := s.partner(ctx, s.db.Read(), by, actor.FreezeCustomers, in.Partner)
	if err != nil {
		return nil, err
	}
	level, err := in.check()
	if err != nil {
		return nil, err
	}
	for _, customer := range in.Customers {
		err := s.db.Update(ctx, func(tx *db.Tx) error {
			c, err := s.open(ctx, tx, by, a.ID, customer)
			if err != nil {
				return err
			}
			if c.Model != account.Resale {
				return conflict(WrongModel, i18n.M("distribution.freeze_resale", i18n.A{"customer": i18n.Raw(c.Name)}))
			}
			return do(ctx, tx, a, c, level)
		})
		if err != nil && fault.Of(err) == nil {
			return out, err
		}
		out = append(out, Outcome{customer, err})
	}
	return out, nil
}

// frozen writes a freeze or its end, with the books, in the caller's transaction.
func (s *Service) frozen(ctx context.Context, tx *db.Tx, by actor.Actor, a account.Account, c Customer, from int, why string) error {
	if err := freeze(ctx, tx, c, from); err != nil {
		return lost(err)
	}
	if err := insertFreezing(ctx, tx, id.New("frz", tx.Wall), c, Freezing{Frozen: c.Frozen, Origin: "partner", Why: why, ByName: by.Name}); err != nil {
		return err
	}
	if err := setBooks(ctx, tx, c.ID, c.Held()); err != nil {
		return err
	}
	what := "customer.frozen"
	if c.Frozen == NotFrozen {
		what = "customer.unfrozen"
	}
	if err := s.tell(ctx, tx, what, a, c, Changed{Text: why, By: by.Name, Frozen: max(c.Frozen, from)}); err != nil {
		return err
	}
	return note(ctx, tx, by, actor.FreezeCustomers, c, map[string]any{"did": what, "level": max(c.Frozen, from), "reason": why})
}

// FrozenBy is how far a customer is frozen by its partner or because of it; a customer on its own isn't.
func FrozenBy(ctx context.Context, q db.Querier, customer string, at time.Time) (int, error) {
	x, ok, err := account.PartnerOf(ctx, q, customer, at)
	if err != nil || !ok {
		return NotFrozen, err
	}
	c, err := linkOf(ctx, q, x.Account, customer)
	if errors.Is(err, db.ErrNoRow) {
		return NotFrozen, nil
	}
	return c.Held(), err
}

// FreezeFor freezes a resale customer for another module that has checked who asks, such as a spent budget, in the
// caller's transaction: nothing happens to one that is frozen. UnfreezeFor ends it.
func (s *Service) FreezeFor(ctx context.Context, tx *db.Tx, by actor.Actor, partner, customer string, level int, why string) error {
	return s.freezeFor(ctx, tx, by, partner, customer, func(c *Customer) bool {
		if c.Frozen != NotFrozen || c.Model != account.Resale {
			return false
		}
		c.Frozen, c.FrozenWhy, c.FrozenName, c.FrozenAt = level, why, by.Name, tx.Now
		return true
	}, why)
}

// UnfreezeFor ends a customer's freeze, whatever its type, in the caller's transaction.
func (s *Service) UnfreezeFor(ctx context.Context, tx *db.Tx, by actor.Actor, partner, customer, why string) error {
	return s.freezeFor(ctx, tx, by, partner, customer, func(c *Customer) bool {
		was := c.Frozen
		c.Frozen, c.FrozenWhy, c.FrozenName, c.FrozenAt = NotFrozen, "", "", time.Time{}
		return was != NotFrozen
	}, why)
}

func (s *Service) freezeFor(ctx context.Context, tx *db.Tx, by actor.Actor, partner, customer string, change func(*Customer) bool, why string) error {
	a, err := account.Get(ctx, tx, partner)
	if err != nil {
		return err
	}
	c, err := linkOf(ctx, tx, partner, customer)
	if err != nil || !c.Open() {
		return orErr(none(err), missing(NotYourCustomer, i18n.M("distribution.not_your_customer")))
	}
	from := c.Frozen
	if !change(&c) {
		return nil
	}
	return s.frozen(ctx, tx, by, a, c, from, why)
}

// level is how far a partner's resale customers are frozen because of what stands above them: the partner frozen by the
// vendor takes their resources too; the partner restricted, or its distributor frozen or restricted, their accounts.
func (s *Service) level(ctx context.Context, q db.Querier, partner account.Account, at time.Time) (int, error) {
	own, err := isHeld(ctx, q, partner)
	if err != nil || own > NotFrozen {
		return own, err
	}
	x, ok, err := account.DistributorOf(ctx, q, partner.ID, at)
	if err != nil || !ok {
		return NotFrozen, err
	}
	above, err := account.Get(ctx, q, x.Account)
	if err != nil {
		return NotFrozen, err
	}
	held, err := isHeld(ctx, q, above)
	return min(held, AccountOnly), err
}

// Restrict keeps a partner, and those below it, from spending, for a reason; Unrestrict ends it. The vendor's
// administrators and channel managers may.
func (s *Service) Restrict(ctx context.Context, by actor.Actor, partner, why string) error {
	return s.setRestricted(ctx, by, partner, why, "partner.restricted", func(tx *db.Tx) error {
		fresh, err := restrict(ctx, tx, partner, why, by.Name)
		if err == nil && !fresh {
			err = fault.Conflict(i18n.M("distribution.restricted_already"))
		}
		return err
	})
}

// Unrestrict lets a partner and those below it spend again, as far as nothing else stops them.
func (s *Service) Unrestrict(ctx context.Context, by actor.Actor, partner, why string) error {
	return s.setRestricted(ctx, by, partner, why, "partner.unrestricted", func(tx *db.Tx) error { return lost(unrestrict(ctx, tx, partner)) })
}

func (s *Service) setRestricted(ctx context.Context, by actor.Actor, partner, why, what string, do func(tx *db.Tx) error) error {
	if err := by.May(actor.RestrictPartner); err != nil {
		return err
	}
	a, err := account.Get(ctx, s.db.Read(), partner)
	if err == nil && a.Kind != actor.Partner {
		err = fault.NotFound()
	}
	if err != nil {
		return err
	}
	if err := reason(&why); err != nil {
		return err
	}
	return s.db.Update(ctx, func(tx *db.Tx) error {
		if err := do(tx); err != nil {
			return err
		}
		if err := s.fall(ctx, tx, partner); err != nil {
			return err
		}
		if err := outbox.Append(ctx, tx, Changed{What: what, Partner: a.ID, PartnerName: a.Name, Text: why, By: by.Name}); err != nil {
			return err
		}
		return audit.Record(ctx, tx, by, actor.RestrictPartner, audit.Subject{Kind: "account", ID: partner, Account: partner}, map[string]any{"did": what, "reason": why})
	})
}

// IsRestricted tells whether the vendor restricted a partner.
func IsRestricted(ctx context.Context, q db.Querier, partner string) (bool, error) {
	return restricted(ctx, q, partner)
}

// onFrozen lets a freeze of a whole company by the vendor, or its end, fall through.
func (s *Service) onFrozen(ctx context.Context, tx *db.Tx, e outbox.Event) error {
	x, err := outbox.As[account.Changed](e)
	if err != nil {
		return err
	}
	a, err := account.Get(ctx, tx, x.Account)
	if err != nil {
		return err
	}
	if a.Kind == actor.Customer {
		held, err := FrozenBy(ctx, tx, a.ID, tx.Now)
		if a.State == account.Frozen {
			held = AndResources
		}
		return errors.Join(err, setBooks(ctx, tx, a.ID, held))
	}
	return s.fall(ctx, tx, x.Account)
}

// fall sets a partner's own books by what stands above, and has those below it set: it only states what holds by then, so
// that of two changes the last one counts.
func (s *Service) fall(ctx context.Context, tx *db.Tx, partner string) error {
	a, err := account.Get(ctx, tx, partner)
	if err != nil {
		return err
	}
	held, err := s.level(ctx, tx, a, tx.Now)
	if err != nil {
		return err
	}
	if err := setBooks(ctx, tx, partner, held); err != nil {
		return err
	}
	run := id.New("run", tx.Wall)
	return jobs.Add(ctx, tx, jobs.New{Kind: cascadeJob, Key: run, Account: partner, Payload: page{Account: partner, Run: run}})
}

// runCascade sets a batch of a partner's resale customers, and has its resellers set after them.
func (s *Service) runCascade(ctx context.Context, tx *db.Tx, j jobs.Job) error {
	var p page
	if err := json.Unmarshal(j.Payload, &p); err != nil {
		return err
	}
	a, err := account.Get(ctx, tx, p.Account)
	if err != nil {
		return err
	}
	held, err := s.level(ctx, tx, a, tx.Now)
	if err != nil {
		return err
	}
	list, err := resaleAfter(ctx, tx, p.Account, p.After, batch)
	if err != nil {
		return err
	}
	for _, c := range list {
		if err := s.fallOn(ctx, tx, a, c, held); err != nil {
			return err
		}
	}
	if len(list) == batch {
		p.After = list[batch-1].ID
		return jobs.Add(ctx, tx, jobs.New{Kind: cascadeJob, Key: p.Run + ":" + p.After, Account: p.Account, Payload: p})
	}
	return s.fallOnResellers(ctx, tx, a)
}

func (s *Service) fallOn(ctx context.Context, tx *db.Tx, a account.Account, c Customer, held int) error {
	if c.Cascade == held {
		return nil
	}
	before := c.Held()
	if err := setCascade(ctx, tx, c, held); err != nil {
		return none(err) // dissociated meanwhile
	}
	c.Cascade = held
	if err := insertFreezing(ctx, tx, id.New("frz", tx.Wall), c, Freezing{Frozen: held, Origin: "above", ByName: "hanse"}); err != nil {
		return err
	}
	if err := setBooks(ctx, tx, c.ID, c.Held()); err != nil || (before > 0) == (c.Held() > 0) {
		return err
	}
	what := "customer.frozen"
	if c.Held() == NotFrozen {
		what = "customer.unfrozen"
	}
	return s.tell(ctx, tx, what, a, c, Changed{Text: i18n.Text(i18n.English, i18n.M("distribution.because_of_above")), By: a.Name, Frozen: max(before, held)})
}

func (s *Service) fallOnResellers(ctx context.Context, tx *db.Tx, a account.Account) error {
	if !a.Has(account.Distributor) {
		return nil
	}
	for after := ""; ; {
		list, err := account.Linked(ctx, tx, a.ID, tx.Now, after, batch)
		if err != nil || len(list) == 0 {
			return err
		}
		for _, x := range list {
			if x.Kind != account.ResellerOf {
				continue
			}
			if err := s.fall(ctx, tx, x.Other); err != nil {
				return err
			}
		}
		after = list[len(list)-1].ID
	}
}
