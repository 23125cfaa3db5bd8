// Package path is how partners enter and leave the development paths and the vendor's partner programs (business
// rules 3.1, 3.7): who may choose a path, who must be invited, which programs exclude each other, and what stands in
// the way of leaving.
//
// What a path asks for is policy (package program), and a chosen path is a granted level like any other (package
// qualification). Here is only what is about entering and leaving.
package path

import (
	"strings"
	"time"

	"hanse/internal/domain/program"
	"hanse/internal/domain/qualification"
	"hanse/internal/kit/calendar"
	"hanse/internal/kit/i18n"
)

// The programs that rules here speak of.
const (
	paths       = "path-"       // the identifiers of development paths begin so
	memberships = "membership-" // and those of partner programs so

	Network      = "membership-hcpn" // joined before anything else
	Solution     = "membership-solution-provider"
	Reseller     = "membership-reseller"
	Distributor  = "membership-distributor"
	Distributing = "path-distributor"

	selected = "selected"
)

// IsPath tells whether a program is a development path.
func IsPath(id string) bool { return strings.HasPrefix(id, paths) }

// IsMembership tells whether a program is one that partners join.
func IsMembership(id string) bool { return strings.HasPrefix(id, memberships) }

// An InvitationState is where an invitation stands.
type InvitationState string

// The states of an invitation.
const (
	Open     InvitationState = "open"
	Accepted InvitationState = "accepted" // the partner may enter
	Declined InvitationState = "declined"
	Revoked  InvitationState = "revoked"
	Expired  InvitationState = "expired"
)

// Label names the state.
func (s InvitationState) Label() i18n.Msg {
	switch s {
	case Open:
		return i18n.M("path.invitation.open")
	case Accepted:
		return i18n.M("path.invitation.accepted")
	case Declined:
		return i18n.M("path.invitation.declined")
	case Revoked:
		return i18n.M("path.invitation.revoked")
	case Expired:
		return i18n.M("path.invitation.expired")
	}
	return i18n.Raw(string(s))
}

// An Invitation is the vendor's word that a partner may enter a program.
type Invitation struct {
	Account     string
	ID          string
	Program     string
	PartnerName string
	State       InvitationState
	Note        string
	Reason      string
	InvitedBy   string
	ExpiresOn   calendar.Day
	AnsweredBy  string
	AnsweredAt  time.Time
	CreatedAt   time.Time
}

// A Blocker is one thing that would keep a partner from leaving a path, or the vendor from inviting one. Known is
// false for things that this installation doesn't keep: they count as absent.
type Blocker struct {
	ID     string
	Title  i18n.Msg
	Blocks bool
	Known  bool
}

// blocking are the blockers that stand in the way.
func blocking(all []Blocker) (out []i18n.Msg) {
	for _, b := range all {
		if b.Blocks {
			out = append(out, b.Title)
		}
	}
	return out
}

// A View is one path or membership as a partner meets it.
type View struct {
	qualification.ProgramView
	Invitation *Invitation // open or accepted
	Leaving    []Blocker   // of a chosen path: all ten, in order
	Can        Actions
}

// Actions says what the reader may do now.
type Actions struct {
	Choose bool // take the path by choice
	Apply  bool // by an application that the vendor decides
	Leave  bool
	Answer bool // accept or decline the invitation
}

// Selected is the granted choice; nil when the path isn't chosen.
func (v View) Selected() *qualification.Qualification {
	for _, s := range v.Stages {
		if s.Level.ID == selected {
			return s.Held
		}
	}
	return nil
}

// first is the lowest level of a version.
func first(v *program.Version) program.Level { return v.Levels[0] }
