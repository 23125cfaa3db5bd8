package product

import (
	"context"
	"errors"
	"slices"
	"time"
	"unicode/utf8"

	"hanse/internal/kit/actor"
	"hanse/internal/kit/db"
	"hanse/internal/kit/fault"
	"hanse/internal/kit/i18n"
	"hanse/internal/kit/outbox"
	"hanse/internal/kit/text"
)

// mostBody is the longest agreement, in characters.
const mostBody = 50_000

// Agreements lists all versions, the newest first; drafts to the vendor's staff alone.
func (s *Service) Agreements(ctx context.Context, by actor.Actor) ([]Agreement, error) {
	if err := by.May(actor.ViewPrices); err != nil {
		return nil, err
	}
	all, err := agreements(ctx, s.db.Read())
	if !by.Vendor() {
		all = slices.DeleteFunc(all, func(a Agreement) bool { return a.State != Published })
	}
	return all, err
}

// Agreement is one version; 0 is the one in force.
func (s *Service) Agreement(ctx context.Context, by actor.Actor, n int64) (Agreement, error) {
	if err := by.May(actor.ViewPrices); err != nil {
		return Agreement{}, err
	}
	if n == 0 {
		return AgreementAt(ctx, s.db.Read(), s.db.Clock().Now())
	}
	a, err := AgreementOf(ctx, s.db.Read(), n)
	if err == nil && a.State != Published && !by.Vendor() {
		err = fault.NotFound()
	}
	return a, err
}

// SaveAgreement writes a draft of the agreement; version 0 begins one. Who manages prices may. Conflict when somebody was
// faster, or another draft is open.
func (s *Service) SaveAgreement(ctx context.Context, by actor.Actor, in Agreement) (a Agreement, err error) {
	err = s.manage(ctx, by, func(tx *db.Tx) error {
		if err := in.check(); err != nil {
			return err
		}
		if in.Version == 0 {
			err = s.beginAgreement(ctx, tx, by, &in)
		} else {
			err = lost(updateAgreement(ctx, tx, in))
		}
		if err != nil {
			return err
		}
		if err := record(ctx, tx, by, "agreement", in.Version, map[string]any{"did": "save"}); err != nil {
			return err
		}
		a, err = AgreementOf(ctx, tx, in.Version)
		return err
	})
	return a, err
}

func (s *Service) beginAgreement(ctx context.Context, tx *db.Tx, by actor.Actor, in *Agreement) error {
	all, err := agreements(ctx, tx)
	if err != nil {
		return err
	}
	for _, x := range all {
		if x.State == Draft {
			return fault.Conflict(i18n.M("product.draft_open"))
		}
		in.Version = max(in.Version, x.Version)
	}
	in.Version++
	in.CreatedBy = by.Name
	return insertAgreement(ctx, tx, *in)
}

func (a *Agreement) check() error {
	var fs fault.Fields
	a.Titles.EN, a.Titles.ZH = text.Clean(a.Titles.EN), text.Clean(a.Titles.ZH)
	a.Body.EN, a.Body.ZH = text.Lines(a.Body.EN), text.Lines(a.Body.ZH)
	for _, x := range []struct {
		field, value string
		most         int
	}{{"title_en", a.Titles.EN, 200}, {"title_zh", a.Titles.ZH, 200}, {"body_en", a.Body.EN, mostBody}, {"body_zh", a.Body.ZH, mostBody}} {
		if n := utf8.RuneCountInString(x.value); n == 0 || n > x.most {
			fs.Add(x.field, x.value, i18n.M("product.bad_name", i18n.A{"max": x.most}))
		}
	}
	return fs.Err()
}

// PublishAgreement puts a draft in force from an instant on; the zero instant is now. Orders that are placed then ask for
// its tick. Who manages prices may.
func (s *Service) PublishAgreement(ctx context.Context, by actor.Actor, n, edition int64, from time.Time) (a Agreement, err error) {
	err = s.manage(ctx, by, func(tx *db.Tx) error {
		if from, err = effective(tx, from); err != nil {
			return err
		}
		if a, err = AgreementOf(ctx, tx, n); err != nil {
			return err
		}
		a.Edition = edition
		if err := publishAgreement(ctx, tx, a, from, by.Name); err != nil {
			return lost(err)
		}
		if err := record(ctx, tx, by, "agreement", n, map[string]any{"did": "publish", "from": from.Format(time.RFC3339)}); err != nil {
			return err
		}
		if err := outbox.Append(ctx, tx, Change{What: "agreement.published", Vendor: by.Account, Version: n, From: from, ByName: by.Name}); err != nil {
			return err
		}
		a, err = AgreementOf(ctx, tx, n)
		return err
	})
	return a, err
}

// WithdrawAgreement drops a draft, or takes back a version before it is in force. Who manages prices may.
func (s *Service) WithdrawAgreement(ctx context.Context, by actor.Actor, n int64) error {
	return s.manage(ctx, by, func(tx *db.Tx) error {
		a, err := AgreementOf(ctx, tx, n)
		if err != nil {
			return err
		}
		if err := withdrawAgreement(ctx, tx, n); errors.Is(err, db.ErrNoRow) {
			return fault.Conflict(i18n.M("product.in_force", i18n.A{"n": n}))
		} else if err != nil {
			return err
		}
		if err := record(ctx, tx, by, "agreement", n, map[string]any{"did": "withdraw"}); err != nil || a.State == Draft {
			return err
		}
		return outbox.Append(ctx, tx, Change{What: "agreement.withdrawn", Vendor: by.Account, Version: n, From: a.From, ByName: by.Name})
	})
}
