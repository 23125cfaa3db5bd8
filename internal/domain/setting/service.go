package setting

import (
	"context"
	"time"

	"hanse/internal/kit/actor"
	"hanse/internal/kit/audit"
	"hanse/internal/kit/db"
	"hanse/internal/kit/fault"
	"hanse/internal/kit/i18n"
	"hanse/internal/kit/outbox"
)

// Service lists and changes settings.
type Service struct{ db *db.DB }

// New returns the service.
func New(d *db.DB) *Service { return &Service{db: d} }

// A Value is a setting with the value that holds from an instant on. EffectiveAt is zero for the default.
type Value struct {
	Def
	Value       string
	EffectiveAt time.Time
	ChangedBy   string // user id
	Planned     bool   // it will hold, but doesn't yet
}

// List returns every setting with its present value, and planned ones after it. The vendor's staff may.
func (s *Service) List(ctx context.Context, by actor.Actor) ([]Value, error) {
	if err := by.May(actor.ViewSettings); err != nil {
		return nil, err
	}
	stored, err := all(ctx, s.db.Read())
	if err != nil {
		return nil, err
	}
	now := s.db.Clock().Now()
	var out []Value
	for _, d := range table {
		present, planned := Value{Def: d, Value: d.Default}, []Value(nil)
		for _, v := range stored { // oldest first within a key
			if v.Key != d.Key {
				continue
			}
			if v.Def = d; v.EffectiveAt.After(now) {
				v.Planned = true
				planned = append(planned, v)
			} else {
				present = v
			}
		}
		out = append(append(out, present), planned...)
	}
	return out, nil
}

// History returns all values that a setting had or will have, newest first, the default last.
func (s *Service) History(ctx context.Context, by actor.Actor, key Key) ([]Value, error) {
	if err := by.May(actor.ViewSettings); err != nil {
		return nil, err
	}
	d, ok := find(key)
	if !ok {
		return nil, fault.NotFound()
	}
	vs, err := history(ctx, s.db.Read(), key)
	if err != nil {
		return nil, err
	}
	for i := range vs {
		vs[i].Def, vs[i].Planned = d, vs[i].EffectiveAt.After(s.db.Clock().Now())
	}
	return append(vs, Value{Def: d, Value: d.Default}), nil
}

// Change is a new value from an instant on; the zero instant is now.
type Change struct {
	Key         Key
	Value       string
	EffectiveAt time.Time
}

// Changed is the event of a change.
type Changed struct {
	Key         Key       `json:"key"`
	Value       string    `json:"value"`
	EffectiveAt time.Time `json:"effective_at"`
	Account     string    `json:"account"`
}

// Event names the fact.
func (c Changed) Event() (kind, account, subject string) {
	return "setting.changed", c.Account, string(c.Key)
}

// Change sets a value. The vendor's administrators may. Invalid for a value out of bounds or an instant that has
// passed: what was decided under the old value stays decided.
func (s *Service) Change(ctx context.Context, by actor.Actor, in Change) error {
	if err := by.May(actor.ChangeSettings); err != nil {
		return err
	}
	d, ok := find(in.Key)
	if !ok {
		return fault.NotFound()
	}
	value, wrong := d.normal(in.Value)
	return s.db.Update(ctx, func(tx *db.Tx) error {
		at := in.EffectiveAt
		if at.IsZero() {
			at = tx.Now
		}
		var fs fault.Fields
		if !wrong.IsZero() {
			fs.Add("value", in.Value, wrong)
		}
		if at.Before(tx.Now) {
			fs.Add("effective_at", at.Format(time.RFC3339), i18n.M("setting.past"))
		}
		if err := fs.Err(); err != nil {
			return err
		}
		before, err := Text(ctx, tx, in.Key, at)
		if err != nil {
			return err
		}
		if err := insert(ctx, tx, Value{Def: d, Value: value, EffectiveAt: at, ChangedBy: by.User}); err != nil {
			return err
		}
		detail := map[string]any{"from": before, "to": value, "effective_at": at.Format(time.RFC3339)}
		if err := audit.Record(ctx, tx, by, actor.ChangeSettings, audit.Subject{Kind: "setting", ID: string(in.Key), Account: by.Account}, detail); err != nil {
			return err
		}
		return outbox.Append(ctx, tx, Changed{Key: in.Key, Value: value, EffectiveAt: at, Account: by.Account})
	})
}
