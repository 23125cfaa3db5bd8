package member

import (
	"context"
	"errors"
	"strings"
	"time"

	"hanse/internal/domain/account"
	"hanse/internal/domain/login"
	"hanse/internal/domain/setting"
	"hanse/internal/kit/actor"
	"hanse/internal/kit/audit"
	"hanse/internal/kit/calendar"
	"hanse/internal/kit/db"
	"hanse/internal/kit/fault"
	"hanse/internal/kit/i18n"
	"hanse/internal/kit/id"
	"hanse/internal/kit/outbox"
	"hanse/internal/kit/text"
)

// Invite is whom an administrator invites. To is an e-mail address, a phone number, or the name of a personal account;
// Person chooses among several accounts of that name. Number and Registered are for the roster.
type Invite struct {
	To, Person, Number, Name, Lang string
	Registered                     bool
}

// A target is who an invitation goes to.
type target struct {
	channel  Channel
	address  string // normal form; "" for an account chosen by name
	identity string // of the sign-in, "" = nobody's yet
	person   string // "" = no personal account yet
	name     string
	lang     string
}

const (
	maxName   = 100
	maxNumber = 64
	mostNamed = 20
)

// Invite asks a person to be bound to a partner: in the message center, by mail or short message, with a link that
// works for some days. The partner's administrators may, so many times a day. *Several when the name fits several
// accounts; Invalid with the reason when the person can't be invited; Conflict when there's an open invitation;
// TooMany for the day.
func (s *Service) Invite(ctx context.Context, by actor.Actor, partner string, in Invite) (i Invitation, err error) {
	if err := allowed(by, actor.InviteMember, partner); err != nil {
		return i, err
	}
	if by.Account != partner {
		return i, fault.NotFound() // nobody invites for a company of others
	}
	if err := in.clean(); err != nil {
		return i, err
	}
	err = s.db.Update(ctx, func(tx *db.Tx) error {
		to, err := s.resolve(ctx, tx, in)
		if err != nil {
			return err
		}
		if err := s.invitable(ctx, tx, partner, to); err != nil {
			return err
		}
		if err := s.count(ctx, tx, by, partner); err != nil {
			return err
		}
		i = Invitation{Account: partner, ID: id.New("mbi", tx.Wall), Kind: ToJoin, State: Invited, Person: to.person, Name: in.Name,
			Channel: to.channel, Address: to.address, Number: in.Number, Registered: in.Registered, Lang: to.lang, InvitedBy: by.User,
			InvitedName: by.Name, InvitedAt: tx.Now, Times: 1, Version: 1}
		if i.Name == "" {
			i.Name = to.name
		}
		if i.Lang == "" {
			i.Lang = langOf(in.Lang, by.Lang)
		}
		days, err := setting.Int(ctx, tx, setting.MemberDays, tx.Now)
		if err != nil {
			return err
		}
		i.ExpiresAt = tx.Now.Add(time.Duration(days) * 24 * time.Hour)
		if err := insert(ctx, tx, []Invitation{i}); err != nil {
			return err
		}
		return s.send(ctx, tx, by, i, to, days, "invited")
	})
	if db.Violates(err) {
		err = fault.Conflict(i18n.M("member.invited_already"))
	}
	return i, err
}

func (in *Invite) clean() error {
	var fs fault.Fields
	in.To, in.Number, in.Name = text.Clean(in.To), text.Clean(in.Number), text.Clean(in.Name)
	if in.To == "" {
		fs.Add("to", "", i18n.M("member.to_needed"))
	}
	if len([]rune(in.Name)) > maxName {
		fs.Add("name", in.Name, i18n.M("member.too_long", i18n.A{"limit": maxName}))
	}
	if len([]rune(in.Number)) > maxNumber {
		fs.Add("number", in.Number, i18n.M("member.too_long", i18n.A{"limit": maxNumber}))
	}
	return fs.Err()
}

func langOf(wanted, otherwise string) string {
	for _, l := range []string{wanted, otherwise} {
		if l == i18n.English || l == i18n.Chinese {
			return l
		}
	}
	return i18n.English
}

// resolve finds out what was typed and who that is.
func (s *Service) resolve(ctx context.Context, q db.Querier, in Invite) (t target, err error) {
	address, kind, ok := login.NormalName(in.To)
	if !ok {
		if strings.Contains(in.To, "@") {
			return t, fault.Fields{{Name: "to", Value: in.To, Msg: i18n.M("member.to_wrong")}}.Err()
		}
		return s.named(ctx, q, in)
	}
	t = target{channel: Channel(kind), address: address}
	who, ok, err := login.FindName(ctx, q, address)
	if err != nil {
		return t, err
	}
	if ok {
		t.identity, t.person, t.name, t.lang = who.ID, who.Person, who.Name, who.Lang
		return t, nil
	}
	if t.channel != ByEmail {
		return t, nil
	}
	// An address that somebody associated without signing in by it, or a roster's person.
	if t.person, _, err = s.Roster.PersonByEmail(ctx, q, address); err != nil || t.person == "" {
		return t, err
	}
	known, _, err := login.IdentityOfPerson(ctx, q, t.person)
	t.identity, t.name, t.lang = known.ID, known.Name, known.Lang
	return t, err
}

// named finds a personal account by its name; only those that somebody signs in for.
func (s *Service) named(ctx context.Context, q db.Querier, in Invite) (t target, err error) {
	found, err := account.PersonsNamed(ctx, q, in.To, mostNamed)
	if err != nil {
		return t, err
	}
	var all []target
	var choice Several
	for _, a := range found {
		who, ok, err := login.IdentityOfPerson(ctx, q, a.ID)
		if err != nil {
			return t, err
		}
		if !ok {
			continue
		}
		all = append(all, target{channel: ByAccount, identity: who.ID, person: a.ID, name: a.Name, lang: who.Lang})
		emails, err := login.Emails(ctx, q, who.ID)
		if err != nil {
			return t, err
		}
		choice.Candidates = append(choice.Candidates, Candidate{a.ID, a.Name, hint(emails)})
	}
	for _, x := range all {
		if x.person == in.Person || len(all) == 1 && in.Person == "" {
			return x, nil
		}
	}
	if len(all) == 0 {
		return t, fault.Fields{{Name: "to", Value: in.To, Msg: i18n.M("member.to_unknown")}}.Err()
	}
	return t, &choice
}

// hint shows enough of an address to know one's colleague by, and no more.
func hint(emails []string) string {
	if len(emails) == 0 {
		return ""
	}
	name, host, _ := strings.Cut(emails[0], "@")
	r := []rune(name)
	return string(r[:min(2, len(r))]) + "…@" + host
}

// invitable refuses people who couldn't accept whatever they did.
func (s *Service) invitable(ctx context.Context, tx *db.Tx, partner string, to target) error {
	bars, err := s.bars(ctx, tx, partner, to.identity, to.person, tx.Now)
	if err != nil {
		return err
	}
	var fs fault.Fields
	for _, b := range bars {
		if !b.Mendable {
			fs.Add("to", to.address, b.Other)
		}
	}
	return fs.Err()
}

// count spends one of the administrator's invitations of the day.
func (s *Service) count(ctx context.Context, tx *db.Tx, by actor.Actor, partner string) error {
	limit, err := setting.Int(ctx, tx, setting.MemberPerDay, tx.Now)
	if err != nil {
		return err
	}
	today := calendar.DayOf(tx.Now)
	ok, err := spend(ctx, tx, partner, by.User, today, limit)
	if err == nil && !ok {
		wait := today.End().Sub(tx.Now)
		err = fault.TooMany(int(wait.Seconds())+1, i18n.M("member.day_limit", i18n.A{"limit": limit}))
	}
	return err
}

// send makes a link, tells who mails it, and writes the audit row.
func (s *Service) send(ctx context.Context, tx *db.Tx, by actor.Actor, i Invitation, to target, days int, did string) error {
	sealed, err := s.link(ctx, tx, i)
	if err != nil {
		return err
	}
	name, err := account.Name(ctx, tx, i.Account)
	if err != nil {
		return err
	}
	l := Letter{Invitation: i.ID, Name: i.Name, Channel: i.Channel, Address: i.Address, Lang: i.Lang, Sealed: sealed}
	if to.identity != "" {
		l.Person = to.person
	}
	if err := audit.Record(ctx, tx, by, actor.InviteMember, i.subject(), map[string]any{"did": did, "channel": string(i.Channel),
		"address": i.Address, "times": i.Times}); err != nil {
		return err
	}
	return outbox.Append(ctx, tx, Sent{Account: i.Account, AccountName: name, InvitedBy: by.Name, Days: days, ExpiresAt: i.ExpiresAt, Letter: l})
}

// Again sends an invitation once more: one that is open, expired, refused, revoked or ended. It counts as one of the
// day, and earlier links end. Who may is as for Invite. Conflict while the person is bound.
func (s *Service) Again(ctx context.Context, by actor.Actor, partner, invitation string, version int64) (i Invitation, err error) {
	if err := allowed(by, actor.InviteMember, partner); err != nil {
		return i, err
	}
	err = s.db.Update(ctx, func(tx *db.Tx) error {
		if i, err = s.get(ctx, tx, partner, invitation); err != nil {
			return err
		}
		if i.Version != version {
			return fault.Conflict(i18n.Msg{})
		}
		if i.State == Bound {
			return fault.Conflict(i18n.M("member.bar.bound.other"))
		}
		to, err := s.targetOf(ctx, tx, i)
		if err != nil {
			return err
		}
		if err := s.invitable(ctx, tx, partner, to); err != nil {
			return err
		}
		if err := s.count(ctx, tx, by, partner); err != nil {
			return err
		}
		return s.sendAgain(ctx, tx, by, &i, to)
	})
	if db.Violates(err) {
		err = fault.Conflict(i18n.M("member.invited_already"))
	}
	return i, err
}

func (s *Service) sendAgain(ctx context.Context, tx *db.Tx, by actor.Actor, i *Invitation, to target) error {
	days, err := setting.Int(ctx, tx, setting.MemberDays, tx.Now)
	if err != nil {
		return err
	}
	from := i.State
	i.State, i.Person, i.InvitedBy, i.InvitedName, i.InvitedAt, i.Times = Invited, to.person, by.User, by.Name, tx.Now, i.Times+1
	i.ExpiresAt, i.AnsweredAt, i.Reason, i.EndedBy, i.EndedOn = tx.Now.Add(time.Duration(days)*24*time.Hour), time.Time{}, "", "", calendar.None
	if until := i.CountsUntil.Time(); !i.CountsUntil.IsNone() && until.After(i.ExpiresAt) {
		i.ExpiresAt = until
	}
	if err := save(ctx, tx, *i, from); err != nil {
		return lost(err)
	}
	i.Version++
	if err := dropLinks(ctx, tx, i.Account, i.ID); err != nil {
		return err
	}
	return s.send(ctx, tx, by, *i, to, days, "again")
}

// targetOf finds the person of an earlier invitation again: there may be one by now.
func (s *Service) targetOf(ctx context.Context, q db.Querier, i Invitation) (target, error) {
	if i.Address != "" {
		to, err := s.resolve(ctx, q, Invite{To: i.Address})
		to.channel = i.Channel
		return to, err
	}
	to := target{channel: i.Channel, person: i.Person, name: i.Name}
	who, _, err := login.IdentityOfPerson(ctx, q, i.Person)
	to.identity, to.lang = who.ID, who.Lang
	return to, err
}

// lost turns a row that isn't as it was read into a Conflict.
func lost(err error) error {
	if errors.Is(err, db.ErrNoRow) {
		return fault.Conflict(i18n.Msg{})
	}
	return err
}

// Revoke takes an open invitation back; its links end. Who may is as for Invite. Conflict when it was answered.
func (s *Service) Revoke(ctx context.Context, by actor.Actor, partner, invitation string, version int64, reason string) error {
	if err := allowed(by, actor.InviteMember, partner); err != nil {
		return err
	}
	reason, err := reasonOf(reason)
	if err != nil {
		return err
	}
	return s.db.Update(ctx, func(tx *db.Tx) error {
		i, err := s.get(ctx, tx, partner, invitation)
		if err != nil {
			return err
		}
		if i.Version != version || i.State != Invited {
			return fault.Conflict(i18n.M("member.answered", i18n.A{"state": StateLabel(i.at(tx.Now).State)}))
		}
		i.State, i.Reason, i.AnsweredAt = Revoked, reason, tx.Now
		if err := save(ctx, tx, i, Invited); err != nil {
			return lost(err)
		}
		if err := dropLinks(ctx, tx, partner, i.ID); err != nil {
			return err
		}
		return s.tell(ctx, tx, by, actor.InviteMember, i, "revoked", "", calendar.None)
	})
}

// tell writes the audit row and the event of what became of an invitation.
func (s *Service) tell(ctx context.Context, tx *db.Tx, by actor.Actor, verb actor.Verb, i Invitation, what, side string, on calendar.Day) error {
	detail := map[string]any{"did": what, "kind": string(i.Kind)}
	if i.Reason != "" {
		detail["reason"] = i.Reason
	}
	if what == "accepted" {
		detail["consent"] = ConsentVersion
	}
	if err := audit.Record(ctx, tx, by, verb, i.subject(), detail); err != nil {
		return err
	}
	name, err := account.Name(ctx, tx, i.Account)
	if err != nil {
		return err
	}
	return outbox.Append(ctx, tx, Answered{What: what, Account: i.Account, AccountName: name, Invitation: i.ID, Kind: i.Kind,
		Binding: i.Binding, Person: i.Person, Name: i.Name, Reason: i.Reason, By: side, On: on})
}
