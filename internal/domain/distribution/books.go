package distribution

import (
	"context"
	"encoding/json"
	"errors"
	"time"

	"hanse/internal/domain/account"
	"hanse/internal/domain/funds"
	"hanse/internal/domain/ledger"
	"hanse/internal/domain/setting"
	"hanse/internal/domain/voucher"
	"hanse/internal/kit/actor"
	"hanse/internal/kit/audit"
	"hanse/internal/kit/db"
	"hanse/internal/kit/fault"
	"hanse/internal/kit/i18n"
	"hanse/internal/kit/id"
	"hanse/internal/kit/jobs"
	"hanse/internal/kit/outbox"
)

// openBook makes sure that a company has a book that is connected with the vendor's.
func openBook(ctx context.Context, tx *db.Tx, owner string) error {
	v, err := account.VendorAccount(ctx, tx)
	if err != nil {
		return err
	}
	return ledger.OpenBook(ctx, tx, owner, v.ID)
}

// relate makes somebody a partner's customer from now on: association, row, manager, books, record, event.
func (s *Service) relate(ctx context.Context, tx *db.Tx, by actor.Actor, verb actor.Verb, partner, customer account.Account, model account.Link, manager Term) (Customer, error) {
	x, err := account.Relate(ctx, tx, by, verb, partner.ID, customer.ID, model)
	if err != nil {
		return Customer{}, err
	}
	c, err := s.link(ctx, tx, by, partner, customer, x)
	if err != nil {
		return c, err
	}
	if manager.User != "" {
		manager.SetBy = by.Name
		if err := assign(ctx, tx, c, id.New("mgt", tx.Wall), manager); err != nil {
			return c, err
		}
		c.Manager, c.ManagerName = manager.User, manager.Name
	}
	r := record(tx, by, c, "associate", "done")
	if err := insertRecord(ctx, tx, r); err != nil {
		return c, err
	}
	return c, s.tell(ctx, tx, "customer.associated", partner, c, Changed{})
}

// link writes the row of an association with a customer, and connects the books of a resale.
func (s *Service) link(ctx context.Context, tx *db.Tx, by actor.Actor, partner, customer account.Account, x account.Association) (c Customer, err error) {
	if err := ensureProfile(ctx, tx, customer); err != nil {
		return c, err
	}
	c = Customer{Partner: partner.ID, ID: customer.ID, Name: customer.Name, Association: x.ID, Model: x.Kind, Since: x.Began(), Level: "V0"}
	if x.Kind == account.Resale {
		if c.Cascade, err = s.level(ctx, tx, partner, tx.Now); err != nil {
			return c, err
		}
		frozen, err := setting.Bool(ctx, tx, setting.ResaleStartsFrozen, tx.Now)
		if err != nil {
			return c, err
		}
		if frozen {
			c.Frozen, c.FrozenWhy, c.FrozenName, c.FrozenAt = AccountOnly, i18n.Text(i18n.English, i18n.M("distribution.starts_frozen")), by.Name, tx.Now
		}
	}
	if err := begin(ctx, tx, c); err != nil {
		return c, err
	}
	if err := openBook(ctx, tx, customer.ID); err != nil || x.Kind != account.Resale {
		return c, err
	}
	if err := openBook(ctx, tx, partner.ID); err != nil {
		return c, err
	}
	if err := ledger.Connect(ctx, tx, partner.ID, customer.ID, ledger.MoneyUnits...); err != nil {
		return c, err
	}
	return c, setBooks(ctx, tx, customer.ID, c.Held())
}

// setBooks stops what leaves a company's accounts, or lets it leave.
func setBooks(ctx context.Context, tx *db.Tx, owner string, held int) error {
	if held > NotFrozen {
		return ledger.SetState(ctx, tx, owner, ledger.Frozen)
	}
	return ledger.SetState(ctx, tx, owner, ledger.Usable)
}

// unrelate ends an association with a customer: what the partner gave goes back to it first, as long as the books are
// connected.
func (s *Service) unrelate(ctx context.Context, tx *db.Tx, by actor.Actor, verb actor.Verb, c Customer, operation voucher.Operation) (returned int64, err error) {
	if err := finish(ctx, tx, c); err != nil {
		return 0, lost(err)
	}
	if err := assign(ctx, tx, c, "", Term{}); err != nil {
		return 0, err
	}
	if returned, err = s.takeBack(ctx, tx, by, c.Partner, c.ID, c.Model, operation); err != nil {
		return 0, err
	}
	x, err := account.Related(ctx, tx, c.Partner, c.ID, tx.Now)
	if err != nil {
		return 0, err
	}
	return returned, account.Unrelate(ctx, tx, by, verb, x)
}

// takeBack reclaims vouchers, returns funds, and parts the books.
func (s *Service) takeBack(ctx context.Context, tx *db.Tx, by actor.Actor, partner, other string, model account.Link, operation voucher.Operation) (returned int64, err error) {
	if model == account.ResellerOf {
		returned, err = s.fromReseller(ctx, tx, by, partner, other)
	} else {
		returned, err = fromCustomer(ctx, tx, by, partner, other, model, operation)
	}
	if err != nil || model == account.Referral {
		return returned, err
	}
	if err := ledger.Disconnect(ctx, tx, partner, other, ledger.MoneyUnits...); err != nil {
		return returned, err
	}
	if model == account.Resale {
		err = setBooks(ctx, tx, other, NotFrozen)
	}
	return returned, err
}

func fromCustomer(ctx context.Context, tx *db.Tx, by actor.Actor, partner, customer string, model account.Link, operation voucher.Operation) (int64, error) {
	if _, err := voucher.ReclaimAll(ctx, tx, by, partner, customer, operation); err != nil || model == account.Referral {
		return 0, err
	}
	return funds.ReturnAll(ctx, tx, by, partner, customer)
}

// fromReseller gives back what a distributor passed to its reseller, as far as the reseller still has it: its own money
// stays its own.
func (s *Service) fromReseller(ctx context.Context, tx *db.Tx, by actor.Actor, distributor, reseller string) (int64, error) {
	if s.Quotas != nil {
		if _, err := s.Quotas(ctx, tx, by, distributor, reseller); err != nil {
			return 0, err
		}
	}
	passed, err := ledger.BalanceOf(ctx, tx, ledger.Place{Owner: distributor, Kind: ledger.Clearing, Unit: ledger.CNY, Ref: reseller})
	if err != nil {
		return 0, err
	}
	from := ledger.Place{Owner: reseller, Kind: ledger.Cash, Unit: ledger.CNY}
	has, err := ledger.BalanceOf(ctx, tx, from)
	n := min(passed.Minor, has.Minor-has.Held)
	if err != nil || n <= 0 {
		return 0, err
	}
	_, err = ledger.Post(ctx, tx, by, ledger.Posting{Book: distributor, Kind: ledger.Unbind, Verb: actor.ChangeAssociation,
		Moves: []ledger.Move{{From: from, To: ledger.Place{Owner: distributor, Kind: ledger.Cash, Unit: ledger.CNY}, Minor: n}}})
	return n, err
}

func record(tx *db.Tx, by actor.Actor, c Customer, operation, result string) Record {
	return Record{Partner: c.Partner, ID: id.New("asr", tx.Wall), Other: c.ID, OtherName: c.Name, Operation: operation, Model: c.Model, Result: result, ByName: by.Name}
}

// onAdded connects the books of an association that the vendor stated.
func (s *Service) onAdded(ctx context.Context, tx *db.Tx, e outbox.Event) error {
	x, err := outbox.As[account.Associated](e)
	if err != nil {
		return err
	}
	a, err := account.Related(ctx, tx, x.Account, x.Other, tx.Now)
	if isNone(err) || err == nil && a.ID != x.ID {
		return nil // not yet, or no longer
	}
	if err != nil {
		return err
	}
	return s.settle(ctx, tx, a)
}

// settle gives an association that holds by now its row and its connection, unless it has them.
func (s *Service) settle(ctx context.Context, tx *db.Tx, x account.Association) error {
	partner, err := account.Get(ctx, tx, x.Account)
	if err != nil {
		return err
	}
	other, err := account.Get(ctx, tx, x.Other)
	if err != nil {
		return err
	}
	if x.Kind == account.ResellerOf {
		return s.connectReseller(ctx, tx, partner, other)
	}
	c, err := linkOf(ctx, tx, x.Account, x.Other)
	if err == nil && c.Open() && c.Association == x.ID {
		return nil
	}
	if err != nil && !errors.Is(err, db.ErrNoRow) {
		return err
	}
	_, err = s.link(ctx, tx, actor.Program("distribution"), partner, other, x)
	return err
}

func (s *Service) connectReseller(ctx context.Context, tx *db.Tx, distributor, reseller account.Account) error {
	for _, a := range []account.Account{distributor, reseller} {
		if err := openBook(ctx, tx, a.ID); err != nil {
			return err
		}
	}
	if err := ledger.Connect(ctx, tx, distributor.ID, reseller.ID, ledger.MoneyUnits...); err != nil {
		return err
	}
	return s.fall(ctx, tx, reseller.ID)
}

// OpenBooks has every association connected that is older than the books. It's called when the program starts; it does
// its work once.
func (s *Service) OpenBooks(ctx context.Context) error {
	return s.db.Update(ctx, func(tx *db.Tx) error {
		return jobs.Add(ctx, tx, jobs.New{Kind: openJob, Key: "first:", Payload: page{}})
	})
}

// page is a batch of work by id.
type page struct {
	Account string `json:"account,omitempty"`
	After   string `json:"after,omitempty"`
	Run     string `json:"run,omitempty"`
}

func (s *Service) runOpen(ctx context.Context, tx *db.Tx, j jobs.Job) error {
	var p page
	if err := json.Unmarshal(j.Payload, &p); err != nil {
		return err
	}
	list, err := account.Holding(ctx, tx, tx.Now, p.After, batch)
	if err != nil || len(list) == 0 {
		return err
	}
	for _, x := range list {
		if err := s.settle(ctx, tx, x); err != nil {
			return err
		}
	}
	p.After = list[len(list)-1].ID
	return jobs.Add(ctx, tx, jobs.New{Kind: openJob, Key: p.Run + ":" + p.After, Payload: p})
}

// daily connects associations that begin on this day, and parts those that ended with the day before: the ones that the
// vendor stated by days.
func (s *Service) daily(ctx context.Context, at time.Time) error {
	ended, err := account.EndedByDay(ctx, s.db.Read(), at)
	if err != nil {
		return err
	}
	by := actor.Program("distribution")
	for _, x := range ended {
		if err := s.db.UpdateAt(ctx, at, func(tx *db.Tx) error { return s.lapse(ctx, tx, by, x) }); err != nil {
			return err
		}
	}
	return s.db.UpdateAt(ctx, at, func(tx *db.Tx) error {
		run := at.UTC().Format("2006-01-02")
		return jobs.Add(ctx, tx, jobs.New{Kind: openJob, Key: run + ":", Payload: page{Run: run}})
	})
}

// lapse takes back what was given under an association whose last day is over.
func (s *Service) lapse(ctx context.Context, tx *db.Tx, by actor.Actor, x account.Association) error {
	if err := account.MarkEnded(ctx, tx, x); err != nil {
		return none(err)
	}
	if x.Kind == account.ResellerOf {
		_, err := s.takeBack(ctx, tx, by, x.Account, x.Other, x.Kind, voucher.Unbound)
		return err
	}
	c, err := linkOf(ctx, tx, x.Account, x.Other)
	if err != nil || c.Association != x.ID || !c.Open() {
		return none(err)
	}
	if err := finish(ctx, tx, c); err != nil {
		return err
	}
	if err := assign(ctx, tx, c, "", Term{}); err != nil {
		return err
	}
	r := record(tx, by, c, Dissociate, "done")
	if r.Returned, err = s.takeBack(ctx, tx, by, x.Account, x.Other, x.Kind, voucher.Unbound); err != nil {
		return err
	}
	return insertRecord(ctx, tx, r)
}

func isNone(err error) bool { return fault.KindOf(err) == fault.KindNotFound }

// none is nil instead of an error that says that there's no row.
func none(err error) error {
	if errors.Is(err, db.ErrNoRow) {
		return nil
	}
	return err
}

// lost says that somebody was faster.
func lost(err error) error {
	if errors.Is(err, db.ErrNoRow) {
		return fault.Conflict(i18n.Msg{})
	}
	return err
}

// tell appends an event of a customer, and records the deed for whoever did it under verb.
func (s *Service) tell(ctx context.Context, tx *db.Tx, what string, partner account.Account, c Customer, x Changed) error {
	x.What, x.Partner, x.PartnerName, x.Customer, x.CustomerName, x.Model = what, partner.ID, partner.Name, c.ID, c.Name, string(c.Model)
	return outbox.Append(ctx, tx, x)
}

func note(ctx context.Context, tx *db.Tx, by actor.Actor, verb actor.Verb, c Customer, detail map[string]any) error {
	return audit.Record(ctx, tx, by, verb, audit.Subject{Kind: "customer", ID: c.ID, Account: c.Partner}, detail)
}
