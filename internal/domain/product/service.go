package product

import (
	"context"
	"errors"
	"slices"
	"strconv"
	"time"
	"unicode/utf8"

	"hanse/internal/domain/account"
	"hanse/internal/domain/rate"
	"hanse/internal/kit/actor"
	"hanse/internal/kit/audit"
	"hanse/internal/kit/db"
	"hanse/internal/kit/fault"
	"hanse/internal/kit/i18n"
	"hanse/internal/kit/money"
	"hanse/internal/kit/outbox"
	"hanse/internal/kit/text"
)

// Service has the verbs.
type Service struct{ db *db.DB }

// New returns the service.
func New(d *db.DB) *Service { return &Service{db: d} }

// Versions lists all versions of the catalogue, the newest first: to the vendor's staff with drafts, to others what is in
// force, what was, and what is coming.
func (s *Service) Versions(ctx context.Context, by actor.Actor) ([]Catalogue, error) {
	if err := by.May(actor.ViewPrices); err != nil {
		return nil, err
	}
	q := s.db.Read()
	all, err := versions(ctx, q)
	if err != nil {
		return nil, err
	}
	if !by.Vendor() {
		all = slices.DeleteFunc(all, func(c Catalogue) bool { return c.State != Published })
	}
	for i := range all {
		if err := fill(ctx, q, &all[i]); err != nil {
			return nil, err
		}
	}
	return all, nil
}

// Catalogue is one version; 0 is the one in force, with its promotions. Drafts and withdrawn ones are the vendor's staff's alone.
func (s *Service) Catalogue(ctx context.Context, by actor.Actor, n int64) (Catalogue, error) {
	if err := by.May(actor.ViewPrices); err != nil {
		return Catalogue{}, err
	}
	if n == 0 {
		return At(ctx, s.db.Read(), s.db.Clock().Now())
	}
	c, err := Version(ctx, s.db.Read(), n)
	if err == nil && c.State != Published && !by.Vendor() {
		err = fault.NotFound()
	}
	return c, err
}

// NewDraft begins a version as a copy of the one in force. The vendor's administrators and finance may. Conflict while
// another draft is open.
func (s *Service) NewDraft(ctx context.Context, by actor.Actor) (c Catalogue, err error) {
	err = s.manage(ctx, by, func(tx *db.Tx) error {
		n, err := openDrafts(ctx, tx)
		if err != nil || n > 0 {
			return orConflict(err, i18n.M("product.draft_open"))
		}
		if c, err = At(ctx, tx, tx.Now); err != nil {
			return err
		}
		newest, err := newestVersion(ctx, tx)
		if err != nil {
			return err
		}
		c.Version, c.State, c.Note, c.CreatedBy, c.Edition = newest+1, Draft, "", by.Name, 1
		c.From, c.Until, c.PublishedAt, c.PublishedBy, c.CreatedAt = time.Time{}, time.Time{}, time.Time{}, "", tx.Now
		if err := insertVersion(ctx, tx, c); err != nil {
			return err
		}
		return record(ctx, tx, by, "catalogue", c.Version, map[string]any{"did": "draft"})
	})
	return c, err
}

func (s *Service) manage(ctx context.Context, by actor.Actor, do func(tx *db.Tx) error) error {
	if err := by.May(actor.ManagePrices); err != nil {
		return err
	}
	return s.db.Update(ctx, do)
}

func orConflict(err error, words i18n.Msg) error {
	if err != nil {
		return err
	}
	return fault.Conflict(words)
}

func record(ctx context.Context, tx *db.Tx, by actor.Actor, kind string, n int64, detail map[string]any) error {
	return audit.Record(ctx, tx, by, actor.ManagePrices, audit.Subject{Kind: kind, ID: strconv.FormatInt(n, 10), Account: by.Account}, detail)
}

// Save writes a draft: note, prices, terms and items. The edition is the one that was shown. Who may begin one may.
// Conflict when somebody was faster, or it's a draft no longer.
func (s *Service) Save(ctx context.Context, by actor.Actor, in Catalogue) (c Catalogue, err error) {
	err = s.manage(ctx, by, func(tx *db.Tx) error {
		if err := in.check(); err != nil {
			return err
		}
		old, err := Version(ctx, tx, in.Version)
		if err != nil {
			return err
		}
		if err := updateDraft(ctx, tx, in); err != nil {
			return lost(err)
		}
		var changed []string
		for _, d := range Compare(old, in) {
			changed = append(changed, i18n.Text(i18n.English, d.What))
		}
		if err := record(ctx, tx, by, "catalogue", in.Version, map[string]any{"did": "save", "changed": changed}); err != nil {
			return err
		}
		c, err = Version(ctx, tx, in.Version)
		return err
	})
	return c, err
}

const (
	mostNote = 1000
	mostText = 300
)

// check refuses a draft that couldn't be sold from. Each level needs its month's price at least.
func (c *Catalogue) check() error {
	var fs fault.Fields
	c.Note = text.Lines(c.Note)
	if utf8.RuneCountInString(c.Note) > mostNote {
		fs.Add("note", c.Note, i18n.M("product.too_long", i18n.A{"max": mostNote}))
	}
	for _, p := range c.Sheet.Prices {
		if p.Minor <= 0 || p.Minor > money.Max || !slices.Contains(Levels, p.Level) || !slices.Contains(Rows, p.Term) {
			fs.Add(Field(p.Level, p.Term), money.Text(p.Minor), i18n.M("product.bad_price"))
		}
	}
	for _, l := range Levels {
		if _, ok := c.Sheet.Row(l, rate.Months(1)); !ok {
			fs.Add(Field(l, rate.Months(1)), "", i18n.M("product.month_missing"))
		}
	}
	if c.Sheet.Pack <= 0 || c.Sheet.Pack > money.Max {
		fs.Add("pack", money.Text(c.Sheet.Pack), i18n.M("product.bad_price"))
	}
	c.Terms.check(&fs)
	for i, x := range c.Items {
		for _, cell := range []map[string]string{x.Title, x.Basic, x.Standard, x.Premium} {
			for _, l := range i18n.Languages {
				if n := utf8.RuneCountInString(cell[l]); n == 0 || n > mostText {
					fs.Add("item-"+strconv.Itoa(i), cell[l], i18n.M("product.bad_item", i18n.A{"max": mostText}))
				}
			}
		}
	}
	return fs.Err()
}

func (t Terms) check(fs *fault.Fields) {
	if t.PackTickets < 1 || t.PackTickets > 1000 {
		fs.Add("pack_tickets", strconv.Itoa(t.PackTickets), i18n.M("product.bad_count", i18n.A{"max": 1000}))
	}
	for _, l := range Levels {
		for name, n := range map[string]int{"tickets": t.Of(l).Tickets, "consulting": t.Of(l).Consulting, "key_events": t.Of(l).KeyEvents, "trainings": t.Of(l).Trainings} {
			if n < 0 || n > 100000 {
				fs.Add(string(l)+"-"+name, strconv.Itoa(n), i18n.M("product.bad_count", i18n.A{"max": 100000}))
			}
		}
	}
}

// Field is the name of a price's entry in forms and refusals: STANDARD-year-2.
func Field(l rate.Level, t rate.Term) string {
	unit := "month"
	if t.Unit == rate.Year {
		unit = "year"
	}
	return string(l) + "-" + unit + "-" + strconv.Itoa(t.Num)
}

// Publish puts a draft in force from an instant on; the zero instant is now. Who may begin one may. Invalid for an
// instant that has passed: what was bought keeps its price.
func (s *Service) Publish(ctx context.Context, by actor.Actor, n, edition int64, from time.Time) (c Catalogue, err error) {
	err = s.manage(ctx, by, func(tx *db.Tx) error {
		if from, err = effective(tx, from); err != nil {
			return err
		}
		if c, err = Version(ctx, tx, n); err != nil {
			return err
		}
		c.Edition = edition
		if err := publishVersion(ctx, tx, c, from, by.Name); err != nil {
			return lost(err)
		}
		if err := record(ctx, tx, by, "catalogue", n, map[string]any{"did": "publish", "from": from.Format(time.RFC3339)}); err != nil {
			return err
		}
		if err := outbox.Append(ctx, tx, Change{What: "product.published", Vendor: by.Account, Version: n, From: from, Note: c.Note, ByName: by.Name}); err != nil {
			return err
		}
		c, err = Version(ctx, tx, n)
		return err
	})
	return c, err
}

// effective is the instant from which something holds: now, or later.
func effective(tx *db.Tx, from time.Time) (time.Time, error) {
	if from.IsZero() {
		return tx.Now, nil
	}
	if from.Before(tx.Now) {
		return from, fault.Invalid("from", i18n.M("product.past"))
	}
	return from.UTC(), nil
}

// Withdraw drops a draft, or takes back a published version before it is in force. Who may begin one may. Conflict when
// it is or was in force.
func (s *Service) Withdraw(ctx context.Context, by actor.Actor, n int64) error {
	return s.manage(ctx, by, func(tx *db.Tx) error {
		c, err := Version(ctx, tx, n)
		if err != nil {
			return err
		}
		if err := withdrawVersion(ctx, tx, n); errors.Is(err, db.ErrNoRow) {
			return fault.Conflict(i18n.M("product.in_force", i18n.A{"n": n}))
		} else if err != nil {
			return err
		}
		if err := record(ctx, tx, by, "catalogue", n, map[string]any{"did": "withdraw"}); err != nil || c.State == Draft {
			return err
		}
		return outbox.Append(ctx, tx, Change{What: "product.withdrawn", Vendor: by.Account, Version: n, From: c.From, Note: c.Note, ByName: by.Name})
	})
}

func lost(err error) error {
	if errors.Is(err, db.ErrNoRow) {
		return fault.Conflict(i18n.Msg{})
	}
	return err
}

// ofAccount is a company that can have discounts: a partner or customer.
func ofAccount(ctx context.Context, q db.Querier, field, id string) (account.Account, error) {
	a, err := account.Get(ctx, q, id)
	if fault.KindOf(err) == fault.KindNotFound || err == nil && a.Kind != actor.Partner && a.Kind != actor.Customer {
		err = fault.Invalid(field, i18n.M("product.bad_account"))
	}
	return a, err
}
