package qualification

import (
	"context"
	"errors"
	"slices"
	"time"

	"hanse/internal/domain/program"
	"hanse/internal/kit/actor"
	"hanse/internal/kit/audit"
	"hanse/internal/kit/calendar"
	"hanse/internal/kit/db"
	"hanse/internal/kit/fault"
	"hanse/internal/kit/i18n"
	"hanse/internal/kit/id"
	"hanse/internal/kit/outbox"
)

// A Ban keeps a partner from applying in a program for some time, after an application failed or a correction lapsed.
type Ban struct {
	Account     string
	ID          string
	Program     string
	Application string
	Cause       BanCause
	From        calendar.Day
	Until       calendar.Day // the first day on which one may apply again
	LiftedAt    time.Time    // zero = not lifted
	LiftReason  string
	At          time.Time
}

// BanCause says what led to a ban.
type BanCause string

// The causes.
const (
	BanFailed     BanCause = "failed"     // the application was rejected
	BanTerminated BanCause = "terminated" // returned materials weren't corrected in time
)

// Label is the cause in words.
func (c BanCause) Label() i18n.Msg {
	if c == BanFailed {
		return i18n.M("qualification.ban.failed")
	}
	return i18n.M("qualification.ban.terminated")
}

// Running tells whether it keeps one from applying on a day.
func (b Ban) Running(day calendar.Day) bool { return b.LiftedAt.IsZero() && day < b.Until }

// Why says it for the partner.
func (b Ban) Why() i18n.Msg {
	return i18n.M("qualification.ban.why", i18n.A{"cause": b.Cause.Label(), "from": b.From.String(), "day": b.Until.String()})
}

// banned finds the ban of a program that runs longest.
func banned(bans []Ban, program string, day calendar.Day) (longest *Ban) {
	for i, b := range bans {
		if b.Program == program && b.Running(day) && (longest == nil || b.Until > longest.Until) {
			longest = &bans[i]
		}
	}
	return longest
}

// ban begins the ban that a program asks for, if it asks for one.
func (s *Service) ban(ctx context.Context, tx *db.Tx, by actor.Actor, a Application, v *program.Version, cause BanCause) error {
	if v.Application.BanMonths == 0 {
		return nil
	}
	today := calendar.DayOf(tx.Now)
	b := Ban{Account: a.Account, ID: id.New("ban", tx.Wall), Program: a.Program, Application: a.ID, Cause: cause, From: today,
		Until: today.AddMonths(v.Application.BanMonths), At: tx.Now}
	if err := insertBan(ctx, tx, b); err != nil {
		return err
	}
	if err := s.tellBan(ctx, tx, "ban.began", b); err != nil {
		return err
	}
	return audit.Record(ctx, tx, by, actor.DecideReview, a.subject(), map[string]any{"did": "ban", "text": b.Until.String(), "ban": b.ID})
}

func (s *Service) tellBan(ctx context.Context, tx *db.Tx, what string, b Ban) error {
	p, err := s.src.Partner(ctx, tx, b.Account)
	if err != nil {
		return err
	}
	v, err := s.Current(b.Program, tx.Now)
	if err != nil {
		v = &program.Version{Program: b.Program, Title: program.Text{En: b.Program, Zh: b.Program}}
	}
	return outbox.Append(ctx, tx, BanChanged{What: what, Head: headOf(p, v, ""), Ban: b.ID, Application: b.Application,
		Cause: string(b.Cause), From: b.From, Until: b.Until, Reason: b.LiftReason})
}

// Bans lists a partner's bans, newest first: the running ones and those that are over.
func (s *Service) Bans(ctx context.Context, by actor.Actor, partner string) ([]Ban, error) {
	if err := s.mayRead(ctx, by, actor.ViewApplication, partner); err != nil {
		return nil, err
	}
	return bansOf(ctx, s.db.Read(), partner)
}

// LiftBan ends a ban before its time, with a reason. Vendor administrators and program managers may. Conflict when it
// is over.
func (s *Service) LiftBan(ctx context.Context, by actor.Actor, partner, id, reason string) error {
	if err := s.mayRead(ctx, by, actor.LiftBan, partner); err != nil {
		return err
	}
	if reason = tidy(reason); reason == "" || len([]rune(reason)) > mostText {
		return fault.Invalid("reason", i18n.M("application.field.reason"))
	}
	return s.db.Update(ctx, func(tx *db.Tx) error {
		bans, err := bansOf(ctx, tx, partner)
		if err != nil {
			return err
		}
		i := slices.IndexFunc(bans, func(b Ban) bool { return b.ID == id })
		if i < 0 {
			return fault.NotFound()
		}
		b := bans[i]
		if !b.Running(calendar.DayOf(tx.Now)) {
			return fault.Conflict(i18n.M("qualification.ban.over"))
		}
		b.LiftedAt, b.LiftReason = tx.Now, reason
		if err := liftBan(ctx, tx, b, by.User); err != nil {
			return changed(err)
		}
		if err := s.tellBan(ctx, tx, "ban.lifted", b); err != nil {
			return err
		}
		return audit.Record(ctx, tx, by, actor.LiftBan, audit.Subject{Kind: "application", ID: b.Application, Account: b.Account},
			map[string]any{"did": "lift_ban", "text": reason, "ban": b.ID})
	})
}

// endBans tells partners that they may apply again.
func (s *Service) endBans(ctx context.Context, at time.Time) error {
	return s.db.UpdateAt(ctx, at, func(tx *db.Tx) error {
		over, err := overBans(ctx, tx, calendar.DayOf(at))
		if err != nil {
			return err
		}
		for _, b := range over {
			err := markBanEnded(ctx, tx, b)
			if errors.Is(err, db.ErrNoRow) {
				continue
			}
			if err != nil {
				return err
			}
			if err := s.tellBan(ctx, tx, "ban.ended", b); err != nil {
				return err
			}
		}
		return nil
	})
}
