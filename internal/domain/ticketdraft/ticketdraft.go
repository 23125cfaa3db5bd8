// Package ticketdraft keeps what somebody has typed for a new ticket: while a pack of tickets is bought, say, or until
// the next morning. A draft is its writer's alone, and goes after a day, as the uploads do that it names.
package ticketdraft

import (
	"context"
	"encoding/json"
	"errors"
	"net/url"
	"time"
	"unicode/utf8"

	"hanse/internal/kit/actor"
	"hanse/internal/kit/db"
	"hanse/internal/kit/fault"
	"hanse/internal/kit/i18n"
	"hanse/internal/kit/id"
	"hanse/internal/kit/jobs"
)

const (
	lifetime = 24 * time.Hour // as long as an upload waits for its ticket
	most     = 5              // drafts of one user in one account; the oldest goes
	maxForm  = 128 << 10      // bytes
	maxTitle = 100            // characters
)

// A Draft is the form of a new ticket with what was typed. SavedAt and Expires are wall instants.
type Draft struct {
	Account, ID, User string
	Title             string
	Form              url.Values
	SavedAt, Expires  time.Time
}

// Service has the verbs.
type Service struct{ db *db.DB }

// New returns the service.
func New(d *db.DB) *Service { return &Service{d} }

// Register removes expired drafts each hour.
func (s *Service) Register(r *jobs.Runner) {
	r.Every("ticketdraft.sweep", jobs.Latest(s.db.Clock().Now, jobs.Interval(time.Hour)), s.Sweep)
}

// Save keeps a form: under d.ID when that is a draft of the actor, else as a new one. TooLarge when it's longer than
// any ticket may be.
func (s *Service) Save(ctx context.Context, by actor.Actor, d Draft) (Draft, error) {
	if err := by.May(actor.OpenTickets); err != nil {
		return Draft{}, err
	}
	b, err := json.Marshal(d.Form)
	if err != nil {
		return Draft{}, err
	}
	if len(b) > maxForm {
		return Draft{}, fault.New(fault.KindTooLarge, i18n.M("ticketdraft.too_large"))
	}
	d.Account, d.User, d.Title = by.Account, by.User, cut(d.Title)
	err = s.db.Update(ctx, func(tx *db.Tx) error {
		d.SavedAt, d.Expires = tx.Wall, tx.Wall.Add(lifetime)
		if d.ID != "" {
			err := update(ctx, tx, d, string(b))
			if !errors.Is(err, db.ErrNoRow) {
				return err
			}
		}
		d.ID = id.New("tdr", tx.Wall)
		if err := insert(ctx, tx, d, string(b)); err != nil {
			return err
		}
		return trim(ctx, tx, d.Account, d.User)
	})
	return d, err
}

// trim removes the oldest drafts of somebody who keeps too many.
func trim(ctx context.Context, tx *db.Tx, account, user string) error {
	all, err := list(ctx, tx, account, user, tx.Wall)
	if err != nil {
		return err
	}
	for i := most; i < len(all); i++ {
		if err := remove(ctx, tx, account, user, all[i].ID); err != nil {
			return err
		}
	}
	return nil
}

// Get reads a draft of the actor; NotFound when it's somebody else's or has expired.
func (s *Service) Get(ctx context.Context, by actor.Actor, id string) (Draft, error) {
	if err := by.May(actor.OpenTickets); err != nil {
		return Draft{}, err
	}
	d, err := one(ctx, s.db.Read(), by.Account, by.User, id, s.db.Clock().Wall())
	if errors.Is(err, db.ErrNoRow) {
		err = fault.New(fault.KindNotFound, i18n.M("ticketdraft.gone"))
	}
	return d, err
}

// List gives the actor's drafts, the newest first.
func (s *Service) List(ctx context.Context, by actor.Actor) ([]Draft, error) {
	if err := by.May(actor.OpenTickets); err != nil {
		return nil, err
	}
	return list(ctx, s.db.Read(), by.Account, by.User, s.db.Clock().Wall())
}

// Drop removes a draft of the actor. One that has gone already is no error.
func (s *Service) Drop(ctx context.Context, by actor.Actor, id string) error {
	if err := by.May(actor.OpenTickets); err != nil {
		return err
	}
	return s.db.Update(ctx, func(tx *db.Tx) error { return remove(ctx, tx, by.Account, by.User, id) })
}

// Sweep removes expired drafts.
func (s *Service) Sweep(ctx context.Context, _ time.Time) error {
	return s.db.Update(ctx, func(tx *db.Tx) error { return sweep(ctx, tx, tx.Wall) })
}

func cut(title string) string {
	if utf8.RuneCountInString(title) <= maxTitle {
		return title
	}
	return string([]rune(title)[:maxTitle-1]) + "…"
}
