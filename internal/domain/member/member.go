// Package member binds people to partners by the people's own consent.
//
// A partner's administrator invites a person by e-mail, phone or account name; the person reads which data goes to
// the partner, and accepts or refuses. A roster file's people are bound by the company's word alone: each is asked to
// confirm, and counts for a set time without. Either side can end a binding; it counts to the day before and not a
// day longer. What was asked, answered, agreed to and ended is kept on both sides.
package member

import (
	"time"

	"hanse/internal/kit/actor"
	"hanse/internal/kit/audit"
	"hanse/internal/kit/calendar"
	"hanse/internal/kit/i18n"
)

// A Kind says what is asked.
type Kind string

// The kinds of question.
const (
	ToJoin    Kind = "invite"  // be bound to the partner
	ToConfirm Kind = "confirm" // confirm what the partner's roster says
)

// KindLabel names a kind.
func KindLabel(k Kind) i18n.Msg {
	if k == ToConfirm {
		return i18n.M("member.kind.confirm")
	}
	return i18n.M("member.kind.invite")
}

// A State says who acts next.
type State string

// The states of an invitation.
const (
	Invited State = "invited" // the person answers
	Expired State = "expired" // the partner may invite again
	Refused State = "refused" // by the person
	Revoked State = "revoked" // by the partner
	Bound   State = "bound"   // accepted; either side may end it
	Unbound State = "unbound" // ended
)

// States are all of them, in the order of a life.
var States = []State{Invited, Bound, Expired, Refused, Revoked, Unbound}

// StateLabel names a state.
func StateLabel(s State) i18n.Msg {
	switch s {
	case Invited:
		return i18n.M("member.state.invited")
	case Expired:
		return i18n.M("member.state.expired")
	case Refused:
		return i18n.M("member.state.refused")
	case Revoked:
		return i18n.M("member.state.revoked")
	case Bound:
		return i18n.M("member.state.bound")
	}
	return i18n.M("member.state.unbound")
}

// A Channel is how an invitation reaches a person beside the message center.
type Channel string

// The channels. An account that was chosen by name is told at its own address.
const (
	ByEmail   Channel = "email"
	ByPhone   Channel = "phone"
	ByAccount Channel = "account"
)

// The sides of a binding, for who ended it.
const (
	SidePerson  = "person"
	SidePartner = "partner"
)

// An Invitation is one question to one person, and what became of it.
type Invitation struct {
	Account     string // the partner
	AccountName string // filled for the person's side
	ID          string
	Kind        Kind
	State       State // as of now: expired from the instant on
	Person      string
	Binding     string
	Name        string
	Channel     Channel
	Address     string
	Number      string
	Registered  bool
	Lang        string
	InvitedBy   string
	InvitedName string
	InvitedAt   time.Time
	Times       int64
	ExpiresAt   time.Time
	AnsweredAt  time.Time
	Reason      string
	EndedBy     string // person, partner
	EndedOn     calendar.Day
	CountsUntil calendar.Day // of the binding to confirm; None = none
	Version     int64

	remindedOn calendar.Day
}

// Open tells whether it can be answered at an instant.
func (i Invitation) Open(now time.Time) bool { return i.State == Invited && now.Before(i.ExpiresAt) }

func (i Invitation) subject() audit.Subject {
	return audit.Subject{Kind: "member_invitation", ID: i.ID, Account: i.Account}
}

// at is the invitation as it stands at an instant.
func (i Invitation) at(now time.Time) Invitation {
	if i.State == Invited && !now.Before(i.ExpiresAt) {
		i.State = Expired
	}
	return i
}

// ConsentVersion names the words of the consent that people are shown today. Other words get another name; what was
// agreed to in earlier words stays readable by ConsentText.
const ConsentVersion = "1"

// ConsentText is what somebody agrees to, point by point, in the words of a version.
func ConsentText(version string) []i18n.Msg {
	switch version {
	case "1":
		return []i18n.Msg{i18n.M("member.consent.v1.account"), i18n.M("member.consent.v1.contact"), i18n.M("member.consent.v1.learning"),
			i18n.M("member.consent.v1.purpose"), i18n.M("member.consent.v1.end")}
	}
	return nil
}

// A Consent is what a person agreed to.
type Consent struct {
	Person     string
	ID         string
	Partner    string
	Binding    string
	Invitation string
	Version    string
	GivenAt    time.Time
	EndedOn    calendar.Day // None: it holds
	EndedBy    string
}

// A Candidate is one of several personal accounts of the same name.
type Candidate struct {
	Person string
	Name   string
	Hint   string // of the address, so that the right one can be chosen
}

// Several says that more than one personal account has the name: the inviter chooses.
type Several struct{ Candidates []Candidate }

// Error is for logs.
func (s *Several) Error() string { return "several personal accounts have this name" }

// A Bar is one reason why a person can't be bound to a partner now. Mendable ones are the person's to remove; they are
// asked when accepting and don't keep a partner from inviting.
type Bar struct {
	Code     string // partner_account, partners, elsewhere, real_name, bound
	Mendable bool
	Text     i18n.Msg // for the person
	Other    i18n.Msg // for the partner
	Href     string   // where the person can remove it
}

func allowed(by actor.Actor, verb actor.Verb, partner string) error {
	if err := by.May(verb); err != nil {
		return err
	}
	return by.Sees(partner)
}
