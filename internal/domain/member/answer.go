package member

import (
	"context"
	"errors"
	"slices"

	"hanse/internal/domain/account"
	"hanse/internal/domain/login"
	"hanse/internal/domain/roster"
	"hanse/internal/kit/actor"
	"hanse/internal/kit/audit"
	"hanse/internal/kit/calendar"
	"hanse/internal/kit/db"
	"hanse/internal/kit/fault"
	"hanse/internal/kit/i18n"
	"hanse/internal/kit/id"
	"hanse/internal/kit/outbox"
)

// A Question is an invitation as the invited person sees it.
type Question struct {
	Invitation
	Bars  []Bar  // what stands in the way of a yes
	Other string // signed in, but not as the invited person: where the invitation went; "" = it's for the reader
	// Nobody says that the reader isn't signed in.
	Nobody bool
}

// Question opens the page behind a link. Whoever has the link may read it; it's answered by the invited person.
// NotFound when the link doesn't work (any more).
func (s *Service) Question(ctx context.Context, by actor.Actor, token string) (x Question, err error) {
	if err := by.May(actor.ReadInvitation); err != nil {
		return x, err
	}
	q := s.db.Read()
	at, err := byLink(ctx, q, hashOf(token))
	if errors.Is(err, db.ErrNoRow) {
		err = fault.New(fault.KindNotFound, i18n.M("member.link_gone"))
	}
	if err != nil {
		return x, err
	}
	if x.Invitation, err = s.get(ctx, q, at.Account, at.ID); err != nil {
		return x, err
	}
	return s.question(ctx, q, by, x.Invitation)
}

// Asked opens one of the actor's own questions; NotFound for other people's.
func (s *Service) Asked(ctx context.Context, by actor.Actor, partner, invitation string) (x Question, err error) {
	if err := by.May(actor.AnswerInvitation); err != nil {
		return x, err
	}
	q := s.db.Read()
	i, err := s.get(ctx, q, partner, invitation)
	if err != nil {
		return x, err
	}
	if x, err = s.question(ctx, q, by, i); err == nil && (x.Other != "" || x.Nobody) {
		err = fault.NotFound()
	}
	return x, err
}

func (s *Service) question(ctx context.Context, q db.Querier, by actor.Actor, i Invitation) (x Question, err error) {
	now := s.db.Clock().Now()
	x.Invitation = i.at(now)
	if x.AccountName, err = account.Name(ctx, q, i.Account); err != nil {
		return x, err
	}
	if by.Identity == "" {
		x.Nobody = true
		return x, nil
	}
	mine, err := s.mine(ctx, q, by, i)
	if err != nil {
		return x, err
	}
	if !mine {
		if x.Other = i.Address; x.Other == "" {
			x.Other = i.Name
		}
		return x, nil
	}
	if x.State == Invited {
		x.Bars, err = s.bars(ctx, q, i.Account, by.Identity, by.Person, now)
	}
	return x, err
}

// mine tells whether an invitation is for the actor: it names the actor's person, or went to an address with which the
// actor signs in or that is the person's own.
func (s *Service) mine(ctx context.Context, q db.Querier, by actor.Actor, i Invitation) (bool, error) {
	if by.Person != "" && i.Person == by.Person {
		return true, nil
	}
	if i.Address == "" {
		return false, nil
	}
	who, ok, err := login.FindName(ctx, q, i.Address)
	if err != nil || ok {
		return ok && who.ID == by.Identity, err
	}
	if by.Person == "" || i.Channel != ByEmail {
		return false, nil
	}
	owner, _, err := s.Roster.PersonByEmail(ctx, q, i.Address)
	return owner == by.Person, err
}

// answer runs a person's answer to an open question, alone among this person's answers.
func (s *Service) answer(ctx context.Context, by actor.Actor, partner, invitation string, do func(tx *db.Tx, i *Invitation) error) error {
	if err := by.May(actor.AnswerInvitation); err != nil {
		return err
	}
	return s.Roster.Optimistic(ctx, func(tx *db.Tx) error {
		if err := takeSeat(ctx, tx, by.Identity); err != nil {
			return err
		}
		i, err := s.get(ctx, tx, partner, invitation)
		if err != nil {
			return err
		}
		mine, err := s.mine(ctx, tx, by, i)
		if err == nil && !mine {
			err = fault.NotFound()
		}
		if err != nil {
			return err
		}
		if !i.Open(tx.Now) {
			return fault.Conflict(i18n.M("member.answered", i18n.A{"state": StateLabel(i.at(tx.Now).State)}))
		}
		i.AnsweredAt = tx.Now
		return do(tx, &i)
	})
}

// Accept binds the actor's person to the partner from today on, or confirms the binding that the partner's roster
// states. Version is that of the consent's words which the person read. Somebody who signs in without a personal
// account gets one. Conflict when it was answered, when other words hold by now, or with what stands in the way.
func (s *Service) Accept(ctx context.Context, by actor.Actor, partner, invitation, version string) (binding string, err error) {
	if version != ConsentVersion {
		if err := by.May(actor.AnswerInvitation); err != nil {
			return "", err
		}
		return "", fault.Invalid("consent", i18n.M("member.consent_needed"))
	}
	err = s.answer(ctx, by, partner, invitation, func(tx *db.Tx, i *Invitation) error {
		if by.Person == "" {
			if by.Person, err = s.makePerson(ctx, tx, by); err != nil {
				return err
			}
		}
		bars, err := s.bars(ctx, tx, partner, by.Identity, by.Person, tx.Now)
		if err != nil {
			return err
		}
		if len(bars) > 0 {
			return fault.Conflict(bars[0].Text)
		}
		b, err := s.join(ctx, tx, by, *i)
		if err != nil {
			return err
		}
		i.State, i.Person, i.Binding, binding = Bound, by.Person, b.ID, b.ID
		if err := save(ctx, tx, *i, Invited); err != nil {
			return lost(err)
		}
		if err := s.closeOthers(ctx, tx, by, *i); err != nil {
			return err
		}
		c := Consent{Person: by.Person, ID: id.New("cns", tx.Wall), Partner: partner, Binding: b.ID, Invitation: i.ID, Version: version, GivenAt: tx.Now}
		if err := insertConsent(ctx, tx, c); err != nil {
			return err
		}
		return s.tell(ctx, tx, by, actor.AnswerInvitation, *i, "accepted", SidePerson, calendar.DayOf(tx.Now))
	})
	return binding, err
}

// makePerson gives a sign-in that acts for companies only its personal account.
func (s *Service) makePerson(ctx context.Context, tx *db.Tx, by actor.Actor) (string, error) {
	who, err := login.Identity(ctx, tx, by.Identity)
	if err != nil || who.Person != "" {
		return who.Person, err
	}
	person, err := account.InsertPerson(ctx, tx, who.Name)
	if err != nil {
		return "", err
	}
	return person, login.SetPerson(ctx, tx, by.Identity, person)
}

// join makes or confirms the binding. An address by which the person signs in is the person's own: what a roster's
// shadow of that address holds comes along.
func (s *Service) join(ctx context.Context, tx *db.Tx, by actor.Actor, i Invitation) (b roster.Binding, err error) {
	names, err := login.Names(ctx, tx, by.Identity)
	if err != nil {
		return b, err
	}
	email, proved := i.Address, slices.Contains(names, i.Address)
	if i.Channel != ByEmail || !proved {
		emails, err := login.Emails(ctx, tx, by.Identity)
		if err != nil {
			return b, err
		}
		if proved = len(emails) > 0; proved {
			email = emails[0]
		}
	}
	name, err := account.Name(ctx, tx, by.Person)
	if err != nil {
		return b, err
	}
	if proved {
		if err := s.Roster.TakeEmail(ctx, tx, email, by.Person, name); err != nil {
			return b, err
		}
	}
	return s.Roster.Join(ctx, tx, roster.JoinInput{Partner: i.Account, Person: by.Person, Number: i.Number, Name: name, Email: email, Registered: i.Registered})
}

// closeOthers ends what else the partner still asks this person: one yes answers all.
func (s *Service) closeOthers(ctx context.Context, tx *db.Tx, by actor.Actor, done Invitation) error {
	addresses, err := login.Emails(ctx, tx, by.Identity)
	if err != nil {
		return err
	}
	all, err := forPerson(ctx, tx, by.Person, addresses)
	if err != nil {
		return err
	}
	for _, i := range all {
		if i.Account != done.Account || i.ID == done.ID || i.State != Invited {
			continue
		}
		i.State, i.AnsweredAt = Revoked, tx.Now
		if err := save(ctx, tx, i, Invited); err != nil {
			return lost(err)
		}
	}
	return nil
}

// Refuse says no, with a reason if the person likes. Who is asked to confirm and says no is no longer with the partner
// from today on.
func (s *Service) Refuse(ctx context.Context, by actor.Actor, partner, invitation, reason string) error {
	if err := by.May(actor.AnswerInvitation); err != nil {
		return err
	}
	reason, err := reasonOf(reason)
	if err != nil {
		return err
	}
	return s.answer(ctx, by, partner, invitation, func(tx *db.Tx, i *Invitation) error {
		i.State, i.Reason = Refused, reason
		if by.Person != "" {
			i.Person = by.Person
		}
		if err := save(ctx, tx, *i, Invited); err != nil {
			return lost(err)
		}
		today := calendar.DayOf(tx.Now)
		if i.Kind == ToConfirm {
			if err := s.deny(ctx, tx, *i, today); err != nil {
				return err
			}
		}
		return s.tell(ctx, tx, by, actor.AnswerInvitation, *i, "refused", SidePerson, today)
	})
}

// deny ends a binding that the person says isn't so.
func (s *Service) deny(ctx context.Context, tx *db.Tx, i Invitation, today calendar.Day) error {
	b, err := s.Roster.Binding(ctx, tx, i.Account, i.Binding)
	if fault.KindOf(err) == fault.KindNotFound || err == nil && !b.Here(today) {
		return nil
	}
	if err != nil {
		return err
	}
	_, err = s.Roster.Release(ctx, tx, b.Account, b.ID, today)
	return err
}

// Leave ends the actor's own binding from today on: nothing of the person counts for the partner any more. Conflict
// when it has ended.
func (s *Service) Leave(ctx context.Context, by actor.Actor, partner, binding, reason string) error {
	if err := by.May(actor.AnswerInvitation); err != nil {
		return err
	}
	return s.end(ctx, by, actor.AnswerInvitation, partner, binding, reason, SidePerson, func(b roster.Binding) error {
		if by.Person == "" || b.Person != by.Person {
			return fault.NotFound()
		}
		return nil
	})
}

// Unbind ends a binding from today on: the person's certificates stop to count at once. The partner's administrators
// may. What that costs, the exit's preview says. Conflict when it has ended.
func (s *Service) Unbind(ctx context.Context, by actor.Actor, partner, binding, reason string) error {
	if err := allowed(by, actor.UnbindMember, partner); err != nil {
		return err
	}
	return s.end(ctx, by, actor.UnbindMember, partner, binding, reason, SidePartner, func(roster.Binding) error { return nil })
}

func (s *Service) end(ctx context.Context, by actor.Actor, verb actor.Verb, partner, binding, reason, side string, check func(roster.Binding) error) error {
	reason, err := reasonOf(reason)
	if err != nil {
		return err
	}
	return s.Roster.Optimistic(ctx, func(tx *db.Tx) error {
		b, err := s.Roster.Binding(ctx, tx, partner, binding)
		if err != nil {
			return err
		}
		if err := check(b); err != nil {
			return err
		}
		if b, err = s.Roster.Release(ctx, tx, partner, binding, calendar.DayOf(tx.Now)); err != nil {
			return err
		}
		if err := audit.Record(ctx, tx, by, verb, audit.Subject{Kind: "binding", ID: b.ID, Account: b.Account},
			map[string]any{"unbound_by": side, "on": b.LeftOn.String(), "reason": reason}); err != nil {
			return err
		}
		if err := s.finish(ctx, tx, b, side, reason); err != nil {
			return err
		}
		name, err := account.Name(ctx, tx, partner)
		if err != nil {
			return err
		}
		return outbox.Append(ctx, tx, Answered{What: "unbound", Account: partner, AccountName: name, Binding: b.ID, Person: b.Person,
			Name: b.Name, Reason: reason, By: side, On: b.LeftOn})
	})
}

// finish ends the consent behind a binding that has ended, and says so on its invitations. It does nothing new when
// it's called again.
func (s *Service) finish(ctx context.Context, tx *db.Tx, b roster.Binding, side, reason string) error {
	if err := endConsents(ctx, tx, b.Account, b.ID, b.LeftOn, side); err != nil {
		return err
	}
	all, err := ofBindings(ctx, tx, b.Account, []string{b.ID})
	if err != nil {
		return err
	}
	for _, i := range all {
		from := i.State
		switch from {
		case Bound:
			i.State, i.EndedBy, i.EndedOn, i.Reason = Unbound, side, b.LeftOn, reason
		case Invited:
			i.State, i.AnsweredAt, i.Reason = Revoked, tx.Now, reason
		default:
			continue
		}
		if err := save(ctx, tx, i, from); err != nil {
			return lost(err)
		}
	}
	return nil
}

// Mine is what a person sees of companies.
type Mine struct {
	Open     []Question // to answer
	Past     []Invitation
	Work     []roster.Work // where the person works and worked
	Consents []Consent     // newest first
	Names    map[string]string
	RealName bool // the site asks for a verified name
}

// Mine lists the actor's own questions, companies and consents. Everybody signed in may.
func (s *Service) Mine(ctx context.Context, by actor.Actor) (m Mine, err error) {
	if err := by.May(actor.AnswerInvitation); err != nil {
		return m, err
	}
	q, now := s.db.Read(), s.db.Clock().Now()
	addresses, err := s.addresses(ctx, q, by)
	if err != nil {
		return m, err
	}
	all, err := forPerson(ctx, q, by.Person, addresses)
	if err != nil {
		return m, err
	}
	for _, i := range all {
		x, err := s.question(ctx, q, by, i)
		switch {
		case err != nil:
			return m, err
		case x.Other != "":
		case x.State == Invited && i.Open(now):
			m.Open = append(m.Open, x)
		default:
			m.Past = append(m.Past, x.Invitation)
		}
	}
	if by.Person == "" {
		return m, nil
	}
	if m.Work, err = s.Roster.Own(ctx, by); err != nil {
		return m, err
	}
	slices.SortStableFunc(m.Work, func(a, b roster.Work) int { return int(b.BoundOn) - int(a.BoundOn) })
	if m.Consents, err = consentsOf(ctx, q, by.Person); err != nil {
		return m, err
	}
	m.Names = map[string]string{}
	for _, c := range m.Consents {
		if m.Names[c.Partner] == "" {
			if m.Names[c.Partner], err = account.Name(ctx, q, c.Partner); err != nil {
				return m, err
			}
		}
	}
	return m, nil
}

// addresses are those to which questions to the actor may have gone.
func (s *Service) addresses(ctx context.Context, q db.Querier, by actor.Actor) ([]string, error) {
	p, err := s.namesOf(ctx, q, by.Identity)
	if err != nil || by.Person == "" {
		return p, err
	}
	more, err := s.Roster.EmailsOf(ctx, q, by.Person)
	return append(p, more...), err
}

func (s *Service) namesOf(ctx context.Context, q db.Querier, identity string) ([]string, error) {
	if identity == "" {
		return nil, nil
	}
	return login.Names(ctx, q, identity)
}
