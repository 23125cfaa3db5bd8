package distribution

import (
	"context"
	"errors"

	"hanse/internal/domain/setting"
	"hanse/internal/kit/actor"
	"hanse/internal/kit/audit"
	"hanse/internal/kit/db"
	"hanse/internal/kit/fault"
	"hanse/internal/kit/i18n"
	"hanse/internal/kit/id"
	"hanse/internal/kit/text"
)

// A NewAnnouncement is a customer whom a partner expects.
type NewAnnouncement struct{ Partner, Company, Email, Note string }

// Announce says that a customer (by its address) is won by this partner: until then no other partner gets it, and it may
// be older than new customers are. Administrators and account managers may. Conflict when another partner was faster.
func (s *Service) Announce(ctx context.Context, by actor.Actor, n NewAnnouncement) (x Announcement, err error) {
	var fs fault.Fields
	e, ok := text.Email(n.Email)
	if !ok {
		fs.Add("email", n.Email, i18n.M("account.email_wrong"))
	}
	x = Announcement{Company: text.Clean(n.Company), Email: e, Note: text.Clean(n.Note), ByName: by.Name}
	if x.Company == "" {
		fs.Add("company", n.Company, i18n.M("account.entry_missing"))
	}
	err = s.db.Update(ctx, func(tx *db.Tx) error {
		a, err := s.partner(ctx, tx, by, actor.InviteCustomers, n.Partner)
		if err != nil {
			return err
		}
		if err := fs.Err(); err != nil {
			return err
		}
		if err := s.standing(ctx, tx, a, tx.Now); err != nil {
			return err
		}
		days, err := setting.Int(ctx, tx, setting.AnnounceDays, tx.Now)
		if err != nil {
			return err
		}
		x.Partner, x.ID, x.At, x.Until = a.ID, id.New("pre", tx.Wall), tx.Now, tx.Now.AddDate(0, 0, days)
		free, err := claimAnnounced(ctx, tx, x)
		if err != nil {
			return err
		}
		if !free {
			return fault.Conflict(i18n.M("distribution.announced_already"))
		}
		if err := insertAnnouncement(ctx, tx, x); err != nil {
			return err
		}
		return audit.Record(ctx, tx, by, actor.InviteCustomers, audit.Subject{Kind: "preregistration", ID: x.ID, Account: a.ID}, map[string]any{"did": "announce", "email": e})
	})
	return x, err
}

// Unannounce takes an announcement back.
func (s *Service) Unannounce(ctx context.Context, by actor.Actor, partner, announcement string) error {
	return s.db.Update(ctx, func(tx *db.Tx) error {
		a, err := s.partner(ctx, tx, by, actor.InviteCustomers, partner)
		if err != nil {
			return err
		}
		if err := endAnnouncement(ctx, tx, a.ID, announcement); err != nil {
			if errors.Is(err, db.ErrNoRow) {
				err = fault.NotFound()
			}
			return err
		}
		return audit.Record(ctx, tx, by, actor.InviteCustomers, audit.Subject{Kind: "preregistration", ID: announcement, Account: a.ID}, map[string]any{"did": "unannounce"})
	})
}

// Announcements lists the newest 200 of a partner.
func (s *Service) Announcements(ctx context.Context, by actor.Actor, partner string) ([]Announcement, error) {
	a, err := s.partner(ctx, s.db.Read(), by, actor.ViewCustomers, partner)
	if err != nil {
		return nil, err
	}
	return announcements(ctx, s.db.Read(), a.ID, 200)
}
