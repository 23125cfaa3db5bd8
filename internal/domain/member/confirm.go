package member

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"hanse/internal/domain/account"
	"hanse/internal/domain/login"
	"hanse/internal/domain/roster"
	"hanse/internal/domain/setting"
	"hanse/internal/kit/actor"
	"hanse/internal/kit/calendar"
	"hanse/internal/kit/db"
	"hanse/internal/kit/fault"
	"hanse/internal/kit/i18n"
	"hanse/internal/kit/id"
	"hanse/internal/kit/jobs"
	"hanse/internal/kit/outbox"
)

const (
	askJob = "member.ask"
	// batch is how many people are asked, or reminded, in one transaction.
	batch = 200
)

// onLeft ends the consent of somebody who left in another way: by a reported exit, or by a file.
func (s *Service) onLeft(ctx context.Context, tx *db.Tx, e outbox.Event) error {
	x, err := outbox.As[roster.Left](e)
	if err != nil {
		return err
	}
	b, err := s.Roster.Binding(ctx, tx, x.Account, x.Binding)
	if fault.KindOf(err) == fault.KindNotFound || err == nil && b.LeftOn.IsNone() {
		return nil // merged into another one, or back again
	}
	if err != nil {
		return err
	}
	return s.finish(ctx, tx, b, SidePartner, "")
}

// onBound has somebody asked whom a form put on a roster.
func (s *Service) onBound(ctx context.Context, tx *db.Tx, e outbox.Event) error {
	return jobs.Add(ctx, tx, jobs.New{Kind: askJob, Key: e.ID, Account: e.Account, Payload: asking{e.Account, "roster", ""}})
}

// onImported has the people of a file asked.
func (s *Service) onImported(ctx context.Context, tx *db.Tx, e outbox.Event) error {
	x, err := outbox.As[roster.Imported](e)
	if err != nil {
		return err
	}
	return jobs.Add(ctx, tx, jobs.New{Kind: askJob, Key: e.ID, Account: e.Account, Payload: asking{e.Account, "import", x.By}})
}

// asking is a job's payload.
type asking struct{ Account, User, Name string }

// runAsk asks everybody on a partner's roster who hasn't confirmed and wasn't asked for this term. Broken off, it goes
// on where it was, because who was asked isn't asked again.
func (s *Service) runAsk(ctx context.Context, j jobs.Job) error {
	var ask asking
	if err := json.Unmarshal(j.Payload, &ask); err != nil {
		return err
	}
	day := calendar.DayOf(j.RunAt)
	for after := ""; ; {
		list, err := s.Roster.Unasked(ctx, s.db.Read(), ask.Account, day, after, batch)
		if err != nil || len(list) == 0 {
			return err
		}
		after = list[len(list)-1].ID
		err = s.db.UpdateAt(ctx, j.RunAt, func(tx *db.Tx) error { return s.askAll(ctx, tx, ask, list) })
		if err != nil {
			return fmt.Errorf("ask the people of %s: %w", ask.Account, err)
		}
	}
}

// askAll asks those of some bindings who weren't asked for their term yet: one question, one letter each.
func (s *Service) askAll(ctx context.Context, tx *db.Tx, by asking, list []roster.Binding) error {
	list, err := s.unasked(ctx, tx, by.Account, list)
	if err != nil || len(list) == 0 {
		return err
	}
	known, err := login.OfPersons(ctx, tx, personsOf(list))
	if err != nil {
		return err
	}
	partner, err := account.Get(ctx, tx, by.Account)
	if err != nil {
		return err
	}
	lang := i18n.English // of people who haven't chosen one
	if partner.Market == account.China {
		lang = i18n.Chinese
	}
	byTerm := map[calendar.Day]*Asked{}
	var fresh []Invitation
	for _, b := range list {
		i := question(b, langOf(known[b.Person].Lang, lang), tx)
		i.InvitedBy, i.InvitedName = by.User, by.Name
		fresh = append(fresh, i)
		if b.Email == "" && known[b.Person].ID == "" {
			continue // nobody to write to: the partner sees that
		}
		e := byTerm[b.CountsUntil]
		if e == nil {
			e = &Asked{Account: by.Account, AccountName: partner.Name, CountsUntil: b.CountsUntil, DaysLeft: int(b.CountsUntil - calendar.DayOf(tx.Now))}
			byTerm[b.CountsUntil] = e
		}
		l, err := s.letter(ctx, tx, i, known[b.Person])
		if err != nil {
			return err
		}
		e.Letters = append(e.Letters, l)
	}
	if err := insert(ctx, tx, fresh); err != nil {
		return err
	}
	return appendAll(ctx, tx, byTerm)
}

func appendAll(ctx context.Context, tx *db.Tx, byTerm map[calendar.Day]*Asked) error {
	terms := make([]calendar.Day, 0, len(byTerm))
	for d := range byTerm {
		terms = append(terms, d)
	}
	slices.Sort(terms)
	for _, d := range terms {
		if err := outbox.Append(ctx, tx, *byTerm[d]); err != nil {
			return err
		}
	}
	return nil
}

// question is what a binding's person is asked. It stays open as long as the binding counts.
func question(b roster.Binding, lang string, tx *db.Tx) Invitation {
	i := Invitation{Account: b.Account, ID: id.New("mbi", tx.Wall), Kind: ToConfirm, State: Invited, Person: b.Person, Binding: b.ID,
		Name: b.Name, Channel: ByEmail, Address: b.Email, Number: b.Number, Registered: b.Registered, Lang: lang,
		InvitedAt: tx.Now, Times: 1, ExpiresAt: b.CountsUntil.Time(), CountsUntil: b.CountsUntil, Version: 1}
	if !i.ExpiresAt.After(tx.Now) {
		i.State, i.ExpiresAt = Expired, tx.Now
	}
	if i.Address == "" {
		i.Channel = ByAccount
	}
	return i
}

func (s *Service) letter(ctx context.Context, tx *db.Tx, i Invitation, who login.Known) (Letter, error) {
	sealed, err := s.link(ctx, tx, i)
	l := Letter{Invitation: i.ID, Name: i.Name, Channel: i.Channel, Address: i.Address, Lang: i.Lang, Sealed: sealed}
	if who.ID != "" {
		l.Person = who.Person
	}
	return l, err
}

func personsOf(list []roster.Binding) (out []string) {
	for _, b := range list {
		out = append(out, b.Person)
	}
	return out
}

// unasked leaves out bindings whose person was asked for this term, or has an open question of this partner.
func (s *Service) unasked(ctx context.Context, q db.Querier, partner string, list []roster.Binding) ([]roster.Binding, error) {
	var ids, emails []string
	for _, b := range list {
		ids = append(ids, b.ID)
		if b.Email != "" {
			emails = append(emails, b.Email)
		}
	}
	asked, err := ofBindings(ctx, q, partner, ids)
	if err != nil {
		return nil, err
	}
	open, err := openAmong(ctx, q, partner, personsOf(list), emails)
	if err != nil {
		return nil, err
	}
	return slices.DeleteFunc(list, func(b roster.Binding) bool {
		return slices.ContainsFunc(asked, func(i Invitation) bool { return i.Binding == b.ID && i.CountsUntil == b.CountsUntil }) ||
			slices.ContainsFunc(open, func(i Invitation) bool {
				return i.Person == b.Person || i.Address != "" && i.Address == b.Email
			})
	}), nil
}

// Ask asks one person of a partner's roster once more to confirm, also after the time is over. It counts as one of the
// administrator's invitations of the day. Conflict when the person has confirmed or left.
func (s *Service) Ask(ctx context.Context, by actor.Actor, partner, binding string) error {
	if err := allowed(by, actor.InviteMember, partner); err != nil {
		return err
	}
	b, err := s.Roster.Binding(ctx, s.db.Read(), partner, binding)
	if err != nil {
		return err
	}
	if !b.Here(calendar.DayOf(s.db.Clock().Now())) || b.Confirmation != roster.Unconfirmed {
		return fault.Conflict(i18n.M("member.no_need"))
	}
	asked, err := ofBindings(ctx, s.db.Read(), partner, []string{binding})
	if err != nil {
		return err
	}
	for _, i := range asked {
		if i.State != Bound && i.State != Unbound {
			_, err := s.Again(ctx, by, partner, i.ID, i.Version)
			return err
		}
	}
	return s.db.Update(ctx, func(tx *db.Tx) error {
		if err := s.count(ctx, tx, by, partner); err != nil {
			return err
		}
		return s.askAll(ctx, tx, asking{partner, by.User, by.Name}, []roster.Binding{b})
	})
}

// Daily expires invitations whose time is over, reminds people who haven't confirmed, and has partners evaluated again
// whose people stop to count on this day.
func (s *Service) Daily(ctx context.Context, at time.Time) error {
	days, err := setting.Ints(ctx, s.db.Read(), setting.ConfirmReminders, at)
	if err != nil {
		return err
	}
	failures := []error{s.expire(ctx, at)}
	today := calendar.DayOf(at)
	for _, n := range days {
		if n > 0 {
			failures = append(failures, s.eachLapsing(ctx, today.AddDays(n), func(list []roster.Binding) error { return s.remind(ctx, at, list) }))
		}
	}
	failures = append(failures, s.eachLapsing(ctx, today, func(list []roster.Binding) error { return s.lapsed(ctx, at, list) }))
	return errors.Join(failures...)
}

// eachLapsing calls use with the unconfirmed people of one partner after the other, whose term ends on a day.
func (s *Service) eachLapsing(ctx context.Context, day calendar.Day, use func(list []roster.Binding) error) error {
	var partner, after string
	for {
		list, err := s.Roster.Lapsing(ctx, s.db.Read(), day, partner, after, batch)
		if err != nil || len(list) == 0 {
			return err
		}
		last := list[len(list)-1]
		partner, after = last.Account, last.ID
		for len(list) > 0 {
			n := slices.IndexFunc(list, func(b roster.Binding) bool { return b.Account != list[0].Account })
			if n < 0 {
				n = len(list)
			}
			if err := use(slices.Clone(list[:n])); err != nil {
				return err
			}
			list = list[n:]
		}
	}
}

// remind writes once more to people whose question is open, and tells the partner.
func (s *Service) remind(ctx context.Context, at time.Time, list []roster.Binding) error {
	return s.db.UpdateAt(ctx, at, func(tx *db.Tx) error {
		today, first := calendar.DayOf(tx.Now), list[0]
		var ids []string
		for _, b := range list {
			ids = append(ids, b.ID)
		}
		asked, err := ofBindings(ctx, tx, first.Account, ids)
		if err != nil {
			return err
		}
		known, err := login.OfPersons(ctx, tx, personsOf(list))
		if err != nil {
			return err
		}
		name, err := account.Name(ctx, tx, first.Account)
		if err != nil {
			return err
		}
		e := Asked{Account: first.Account, AccountName: name, Reminder: true, CountsUntil: first.CountsUntil, DaysLeft: int(first.CountsUntil - today)}
		for _, i := range asked {
			if i.State != Invited || i.remindedOn >= today || i.Address == "" && known[i.Person].ID == "" {
				continue
			}
			i.remindedOn = today
			if err := save(ctx, tx, i, Invited); err != nil {
				return lost(err)
			}
			l, err := s.letter(ctx, tx, i, known[i.Person])
			if err != nil {
				return err
			}
			e.Letters = append(e.Letters, l)
		}
		if len(e.Letters) == 0 {
			return nil
		}
		if err := outbox.Append(ctx, tx, e); err != nil {
			return err
		}
		return outbox.Append(ctx, tx, Lapsing{Account: first.Account, On: first.CountsUntil, People: len(list)})
	})
}

// lapsed has a partner evaluated again, and tells it whose certificates no longer count.
func (s *Service) lapsed(ctx context.Context, at time.Time, list []roster.Binding) error {
	return s.db.UpdateAt(ctx, at, func(tx *db.Tx) error {
		var ids []string
		for _, b := range list {
			ids = append(ids, b.ID)
		}
		if err := s.Roster.TellLapsed(ctx, tx, list[0].Account, ids); err != nil {
			return err
		}
		return outbox.Append(ctx, tx, Lapsing{Account: list[0].Account, On: list[0].CountsUntil, People: len(list), Over: true})
	})
}

// expire closes invitations that nobody answered in time.
func (s *Service) expire(ctx context.Context, at time.Time) error {
	for {
		list, err := due(ctx, s.db.Read(), at, batch)
		if err != nil || len(list) == 0 {
			return err
		}
		err = s.db.UpdateAt(ctx, at, func(tx *db.Tx) error {
			for _, i := range list {
				if err := s.expireOne(ctx, tx, i); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			return err
		}
	}
}

func (s *Service) expireOne(ctx context.Context, tx *db.Tx, i Invitation) error {
	i.State = Expired
	err := save(ctx, tx, i, Invited)
	if errors.Is(err, db.ErrNoRow) {
		return nil // answered meanwhile
	}
	if err != nil {
		return err
	}
	if err := dropLinks(ctx, tx, i.Account, i.ID); err != nil {
		return err
	}
	if i.Kind == ToConfirm {
		return nil // one word for all of them: Lapsing
	}
	return s.tell(ctx, tx, actor.Program("member"), actor.InviteMember, i, "expired", "", calendar.DayOf(tx.Now))
}
