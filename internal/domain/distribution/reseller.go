package distribution

import (
	"context"
	"math"
	"time"

	"hanse/internal/domain/account"
	"hanse/internal/domain/voucher"
	"hanse/internal/kit/actor"
	"hanse/internal/kit/audit"
	"hanse/internal/kit/calendar"
	"hanse/internal/kit/db"
	"hanse/internal/kit/fault"
	"hanse/internal/kit/i18n"
	"hanse/internal/kit/id"
	"hanse/internal/kit/text"
)

// A ResellerFilter narrows the list of resellers; empty fields don't. Name is a part, in any case.
type ResellerFilter struct {
	Distributor, Name, ID string
	From, To              time.Time
	After                 string
	ByOffset              bool
	Offset, Limit         int
}

// Resellers lists a distributor's resellers, the newest first. Its administrators and finance may, and the vendor's
// channel managers, finance and auditors. The total counts with ByOffset alone.
func (s *Service) Resellers(ctx context.Context, by actor.Actor, f ResellerFilter) (page []Reseller, total int64, next string, err error) {
	q := s.db.Read()
	a, err := s.partner(ctx, q, by, actor.ViewResellers, f.Distributor)
	if err != nil {
		return nil, 0, "", err
	}
	at := s.now()
	if f.ByOffset {
		if total, err = countResellers(ctx, q, f, a.ID, at); err != nil {
			return nil, 0, "", err
		}
		page, err = listResellers(ctx, q, f, a.ID, at, "", bound(f.Limit), max(0, f.Offset))
		return page, total, "", err
	}
	n := bound(f.Limit)
	if page, err = listResellers(ctx, q, f, a.ID, at, f.After, n+1, 0); len(page) > n {
		page = page[:n]
		next = page[n-1].Association
	}
	return page, 0, next, err
}

// Reseller returns one of a distributor's.
func (s *Service) Reseller(ctx context.Context, by actor.Actor, distributor, id string) (Reseller, error) {
	list, _, _, err := s.Resellers(ctx, by, ResellerFilter{Distributor: distributor, ID: id, Limit: 1})
	if err == nil && len(list) == 0 {
		err = missing(NotYourReseller, i18n.M("account.not_your_reseller"))
	}
	if err != nil {
		return Reseller{}, err
	}
	r := list[0]
	r.Customers, err = countLinks(ctx, s.db.Read(), Filter{}, id, "")
	return r, err
}

// A reseller's row is its association; day-stated ones have no instant and begin with their day.
const resellerFrom = ` FROM association s JOIN account a ON a.id = s.other_id LEFT JOIN partner_restriction p ON p.account_id = s.other_id
	WHERE s.account_id = $1 AND s.kind = 'reseller' AND s.since_at <= $2 AND (s.until_at IS NULL OR s.until_at > $2) AND s.since COLLATE "C" <= $3
	AND (s.until = '' OR s.until COLLATE "C" >= $3) AND ($4 = '' OR a.name_fold LIKE $4 ESCAPE '!') AND ($5 = '' OR a.id = $5)
	AND CASE WHEN s.since_at > 0 THEN s.since_at ELSE s.created_at END >= $6 AND CASE WHEN s.since_at > 0 THEN s.since_at ELSE s.created_at END <= $7 `

func (f ResellerFilter) args(distributor string, at time.Time) []any {
	like, from, to := "", int64(0), int64(math.MaxInt64)
	if f.Name != "" {
		like = db.Like(text.Fold(f.Name))
	}
	if !f.From.IsZero() {
		from = f.From.UnixMicro()
	}
	if !f.To.IsZero() {
		to = f.To.UnixMicro()
	}
	return []any{distributor, db.Micros(at), dayOf(at), like, f.ID, from, to}
}

func listResellers(ctx context.Context, q db.Querier, f ResellerFilter, distributor string, at time.Time, before string, limit, offset int) ([]Reseller, error) {
	return db.All(ctx, q, func(r db.Row) (x Reseller, err error) {
		err = r.Scan(&x.Distributor, &x.Association, &x.ID, &x.Name, &x.Contact, &x.Email, &x.Phone, &x.State, db.Time(&x.Since), &x.Restricted)
		return x, err
	}, `SELECT s.account_id, s.id, a.id, a.name, a.contact, a.email, a.phone, a.state, CASE WHEN s.since_at > 0 THEN s.since_at ELSE s.created_at END,
		p.account_id IS NOT NULL`+resellerFrom+`AND ($8 = '' OR s.id COLLATE "C" < $8) ORDER BY s.id COLLATE "C" DESC LIMIT $9 OFFSET $10`,
		append(f.args(distributor, at), before, limit, offset)...)
}

func countResellers(ctx context.Context, q db.Querier, f ResellerFilter, distributor string, at time.Time) (int64, error) {
	return db.One(ctx, q, db.Int, `SELECT count(*)`+resellerFrom, f.args(distributor, at)...)
}

// resellerBars are what can keep a partner from a distributor (business rules 4.1): it has one, it's no reseller, it's of
// another market, the distributor is frozen or restricted.
func (s *Service) resellerBars(ctx context.Context, q db.Querier, distributor, reseller account.Account, at time.Time) ([]Bar, error) {
	_, has, err := account.DistributorOf(ctx, q, reseller.ID, at)
	if err != nil {
		return nil, err
	}
	held, err := isHeld(ctx, q, distributor)
	if err != nil {
		return nil, err
	}
	own, err := isHeld(ctx, q, reseller)
	return []Bar{bar("has_distributor", has), bar("no_reseller", !reseller.Has(account.Reseller)), bar("market", reseller.Market != distributor.Market),
		bar("distributor_held", held > NotFrozen), bar("self_held", own > NotFrozen), bar("self", reseller.ID == distributor.ID)}, err
}

// join makes a partner a distributor's reseller from now on.
func (s *Service) join(ctx context.Context, tx *db.Tx, by actor.Actor, verb actor.Verb, distributor, reseller account.Account) error {
	if _, err := account.Relate(ctx, tx, by, verb, distributor.ID, reseller.ID, account.ResellerOf); err != nil {
		return err
	}
	c := Customer{Partner: distributor.ID, ID: reseller.ID, Name: reseller.Name, Model: account.ResellerOf}
	if err := insertRecord(ctx, tx, record(tx, by, c, "associate", "done")); err != nil {
		return err
	}
	if err := s.tell(ctx, tx, "reseller.associated", distributor, c, Changed{By: by.Name}); err != nil {
		return err
	}
	return s.connectReseller(ctx, tx, distributor, reseller)
}

// partReseller ends an association with a reseller: child quotas and funds go back to the distributor. Its customers stay
// its own.
func (s *Service) partReseller(ctx context.Context, tx *db.Tx, by actor.Actor, verb actor.Verb, x account.Association) (int64, error) {
	returned, err := s.takeBack(ctx, tx, by, x.Account, x.Other, account.ResellerOf, voucher.Unbound)
	if err != nil {
		return 0, err
	}
	if err := account.Unrelate(ctx, tx, by, verb, x); err != nil {
		return 0, err
	}
	return returned, s.fall(ctx, tx, x.Other)
}

// MoveCustomers gives customers of one reseller to another one of the same distributor: what the first one allocated goes
// back to it, and its vouchers are reclaimed. The distributor's administrators may; all or none.
func (s *Service) MoveCustomers(ctx context.Context, by actor.Actor, from, to string, customers []string, why string) error {
	if err := by.May(actor.MoveCustomers); err != nil {
		return err
	}
	if err := reason(&why); err != nil {
		return err
	}
	if len(customers) == 0 || len(customers) > 100 {
		return invalid(Parameter, "customers", "", i18n.M("distribution.customers_missing"))
	}
	return s.db.Update(ctx, func(tx *db.Tx) error {
		source, err := s.partner(ctx, tx, by, actor.MoveCustomers, from)
		if err != nil {
			return err
		}
		target, err := s.partner(ctx, tx, by, actor.MoveCustomers, to)
		if err != nil {
			return err
		}
		if source.ID == by.Account || target.ID == by.Account || source.ID == target.ID {
			return fault.Conflict(i18n.M("distribution.move_between"))
		}
		if err := s.standing(ctx, tx, target, tx.Now); err != nil {
			return err
		}
		for _, customer := range customers {
			if err := s.moveOne(ctx, tx, by, source, target, customer, why); err != nil {
				return err
			}
		}
		return nil
	})
}

func (s *Service) moveOne(ctx context.Context, tx *db.Tx, by actor.Actor, source, target account.Account, customer, why string) error {
	c, err := s.open(ctx, tx, by, source.ID, customer)
	if err != nil {
		return err
	}
	if c.Frozen != NotFrozen {
		return conflict(FreezeMismatch, i18n.M("distribution.frozen_already", i18n.A{"customer": i18n.Raw(c.Name), "how": FrozenLabel(c.Frozen)}))
	}
	if _, pending, err := pendingOf(ctx, tx, source.ID, customer); err != nil || pending {
		return orErr(err, fault.Conflict(i18n.M("distribution.bar.pending")))
	}
	self, err := account.Get(ctx, tx, customer)
	if err != nil {
		return err
	}
	r := record(tx, by, c, "move", "done")
	r.Words = why
	if r.Returned, err = s.unrelate(ctx, tx, by, actor.MoveCustomers, c, voucher.Moved); err != nil {
		return err
	}
	if err := insertRecord(ctx, tx, r); err != nil {
		return err
	}
	x, err := account.Relate(ctx, tx, by, actor.MoveCustomers, target.ID, customer, c.Model)
	if err != nil {
		return err
	}
	if _, err := s.link(ctx, tx, by, target, self, x); err != nil {
		return err
	}
	moved := Customer{Partner: target.ID, ID: customer, Name: c.Name, Model: c.Model}
	r = record(tx, by, moved, "move", "done")
	r.ID, r.Words = id.New("asr", tx.Wall), why
	if err := insertRecord(ctx, tx, r); err != nil {
		return err
	}
	if err := s.tell(ctx, tx, "customer.moved", target, c, Changed{Text: why, By: by.Name}); err != nil {
		return err
	}
	return audit.Record(ctx, tx, by, actor.MoveCustomers, audit.Subject{Kind: "customer", ID: customer, Account: target.ID},
		map[string]any{"did": "move", "from": source.ID, "reason": why})
}

// Mine is what a company sees of its own partner, or a reseller of its distributor.
type Mine struct {
	Association account.Association
	Partner     Company
	Contact     string
	Email       string
	Phone       string
	Link        Customer // how the partner has it: frozen, account manager
	Pending     *Request
	Records     []Record
}

// MyPartner returns a customer's partner, or a reseller's distributor; NotFound when there's none.
func (s *Service) MyPartner(ctx context.Context, by actor.Actor) (m Mine, err error) {
	if err := by.May(actor.ViewMyPartner); err != nil {
		return m, err
	}
	q := s.db.Read()
	if m.Association, err = s.upward(ctx, q, by); err != nil {
		return m, err
	}
	a, err := account.Get(ctx, q, m.Association.Account)
	if err != nil {
		return m, err
	}
	m.Partner, m.Contact, m.Email, m.Phone = Company{a.ID, a.Name, a.Country}, a.Contact, a.Email, a.Phone
	if m.Link, err = linkOf(ctx, q, a.ID, by.Account); none(err) != nil {
		return m, err
	}
	r, pending, err := pendingOf(ctx, q, a.ID, by.Account)
	if pending {
		m.Pending = &r
	}
	if err != nil {
		return m, err
	}
	m.Records, err = records(ctx, q, a.ID, by.Account, "", 50)
	return m, err
}

func dayOf(at time.Time) string { return calendar.DayOf(at).String() }
