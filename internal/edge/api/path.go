package api

import (
	"context"

	"hanse/internal/domain/path"
	"hanse/internal/kit/actor"
	"hanse/internal/kit/calendar"
	"hanse/internal/kit/i18n"
)

// Path is a development path, or a program that partners join, as a partner meets it.
type Path struct {
	Program    string          `json:"program"`
	Title      string          `json:"title"`
	Entry      string          `json:"entry" enum:"self,invitation"`
	Stages     []pathStage     `json:"stages"`
	Refused    string          `json:"refused,omitempty" doc:"Why the partner may not enter"`
	Invitation *PathInvitation `json:"invitation,omitempty"`
	CanChoose  bool            `json:"can_choose"`
	CanApply   bool            `json:"can_apply"`
	CanLeave   bool            `json:"can_leave"`
	Leaving    []pathBlocker   `json:"leaving,omitempty" doc:"What keeps a partner in a path, one by one"`
}

type pathStage struct {
	Level  string `json:"level"`
	Title  string `json:"title"`
	Number string `json:"certificate_number,omitempty" doc:"Held when present"`
	Ready  bool   `json:"ready" doc:"An application would reach it now"`
}

type pathBlocker struct {
	ID     string `json:"id"`
	Title  string `json:"title"`
	Blocks bool   `json:"blocks"`
	Known  bool   `json:"known" doc:"False: this installation doesn't keep it, so it counts as absent"`
}

func toBlockers(ctx context.Context, all []path.Blocker) []pathBlocker {
	return each(all, func(b path.Blocker) pathBlocker { return pathBlocker{b.ID, i18n.Say(ctx, b.Title), b.Blocks, b.Known} })
}

func toPath(ctx context.Context, v path.View) Path {
	out := Path{Program: v.Program, Title: i18n.Say(ctx, v.Version.Title.Msg()), Entry: "self", CanChoose: v.Can.Choose, CanApply: v.Can.Apply,
		CanLeave: v.Can.Leave, Leaving: toBlockers(ctx, v.Leaving)}
	if v.Version.ByInvitation() {
		out.Entry = "invitation"
	}
	if !v.Refused.IsZero() {
		out.Refused = i18n.Say(ctx, v.Refused)
	}
	if v.Invitation != nil {
		i := toPathInvitation(*v.Invitation)
		out.Invitation = &i
	}
	out.Stages = []pathStage{}
	for _, s := range v.Stages {
		x := pathStage{Level: s.Level.ID, Title: i18n.Say(ctx, s.Level.Title.Msg()), Ready: s.Ready}
		if s.Held != nil {
			x.Number = s.Held.Number
		}
		out.Stages = append(out.Stages, x)
	}
	return out
}

// PathInvitation is the vendor's word that a partner may enter a program.
type PathInvitation struct {
	ID        string       `json:"id"`
	Partner   string       `json:"partner"`
	Program   string       `json:"program"`
	State     string       `json:"state" enum:"open,accepted,declined,revoked,expired"`
	Note      string       `json:"note,omitempty"`
	Reason    string       `json:"reason,omitempty"`
	ExpiresOn calendar.Day `json:"expires_on" format:"date"`
}

func toPathInvitation(i path.Invitation) PathInvitation {
	return PathInvitation{i.ID, i.Account, i.Program, string(i.State), i.Note, i.Reason, i.ExpiresOn}
}

type pathList struct {
	Paths []Path `json:"paths"`
}

type partnerPath struct {
	PartnerPath
	Program string `path:"program" maxLength:"64"`
}

type partnerInvitation struct {
	PartnerPath
	Invitation string `path:"invitation" maxLength:"40"`
}

type pathInvitationList struct {
	Invitations []PathInvitation `json:"invitations"`
	Next        string           `json:"next_cursor,omitempty"`
}

func (a *API) paths() {
	const tag, base = "paths", "/api/v1/partners/{partner}"
	add(a, Operation{Method: "GET", Path: base + "/paths", ID: "list_paths", Tag: tag, Summary: "The development paths as a partner meets them", Verb: actor.ViewPaths},
		func(ctx context.Context, by actor.Actor, in *PartnerPath) (pathList, error) {
			all, err := a.Path.Paths(ctx, by, in.Partner)
			return pathList{each(all, func(v path.View) Path { return toPath(ctx, v) })}, err
		})
	add(a, Operation{Method: "GET", Path: base + "/memberships", ID: "list_memberships", Tag: tag, Summary: "The programs that partners join, joined ones first", Verb: actor.ViewPaths},
		func(ctx context.Context, by actor.Actor, in *PartnerPath) (pathList, error) {
			all, err := a.Path.Memberships(ctx, by, in.Partner)
			return pathList{each(all, func(v path.View) Path { return toPath(ctx, v) })}, err
		})
	add(a, Operation{Method: "GET", Path: base + "/paths/{program}", ID: "show_path", Tag: tag, Summary: "One path, with what would keep the partner from leaving it", Verb: actor.ViewPaths},
		func(ctx context.Context, by actor.Actor, in *partnerPath) (Path, error) {
			v, err := a.Path.Path(ctx, by, in.Partner, in.Program)
			if err != nil {
				return Path{}, err
			}
			return toPath(ctx, v), nil
		})
	add(a, Operation{Method: "POST", Path: base + "/paths/{program}/choose", ID: "choose_path", Tag: tag, Summary: "Choose a path: its first stage is granted at once", Verb: actor.ChoosePath},
		func(ctx context.Context, by actor.Actor, in *partnerPath) (Path, error) {
			if _, err := a.Path.Choose(ctx, by, in.Partner, in.Program); err != nil {
				return Path{}, err
			}
			v, err := a.Path.Path(ctx, by, in.Partner, in.Program)
			if err != nil {
				return Path{}, err
			}
			return toPath(ctx, v), nil
		})
	add(a, Operation{Method: "POST", Path: base + "/paths/{program}/leave", ID: "leave_path", Tag: tag, Summary: "Leave a path, while nothing stands in the way", Verb: actor.ChoosePath},
		func(ctx context.Context, by actor.Actor, in *partnerPath) (none, error) {
			return none{}, a.Path.Leave(ctx, by, in.Partner, in.Program)
		})
	a.pathInvitations(tag, base+"/path-invitations")
}

func (a *API) pathInvitations(tag, base string) {
	add(a, Operation{Method: "GET", Path: base, ID: "list_path_invitations", Tag: tag, Summary: "A partner's invitations, newest first", Verb: actor.ViewPaths},
		func(ctx context.Context, by actor.Actor, in *PartnerPath) (pathInvitationList, error) {
			list, err := a.Path.Invitations(ctx, by, in.Partner)
			return pathInvitationList{Invitations: each(list, toPathInvitation)}, err
		})
	add(a, Operation{Method: "GET", Path: "/api/v1/path-invitations", ID: "list_all_path_invitations", Tag: tag, Summary: "Invitations of the whole channel, newest first", Verb: actor.InvitePath},
		func(ctx context.Context, by actor.Actor, in *struct {
			PageIn
			State string `query:"state" enum:"open,accepted,declined,revoked,expired"`
		}) (pathInvitationList, error) {
			list, next, err := a.Path.Invited(ctx, by, path.InvitationState(in.State), in.Cursor, in.Limit)
			return pathInvitationList{each(list, toPathInvitation), next}, err
		})
	add(a, Operation{Method: "POST", Path: base, ID: "invite_to_path", Tag: tag, Status: 201, Summary: "Invite a partner to a path or program", Verb: actor.InvitePath},
		func(ctx context.Context, by actor.Actor, in *struct {
			PartnerPath
			Body struct {
				Program string `json:"program" maxLength:"64"`
				Note    string `json:"note,omitempty" maxLength:"1000"`
			}
		}) (PathInvitation, error) {
			i, err := a.Path.Invite(ctx, by, in.Partner, in.Body.Program, in.Body.Note)
			return toPathInvitation(i), err
		})
	add(a, Operation{Method: "GET", Path: base + "/blockers", ID: "show_invitation_blockers", Tag: tag, Summary: "What keeps the vendor from inviting a partner to a program", Verb: actor.InvitePath},
		func(ctx context.Context, by actor.Actor, in *struct {
			PartnerPath
			Program string `query:"program" required:"true" maxLength:"64"`
		}) (out struct {
			Blockers []pathBlocker `json:"blockers"`
		}, err error) {
			all, err := a.Path.Inviting(ctx, by, in.Partner, in.Program)
			out.Blockers = toBlockers(ctx, all)
			return out, err
		})
	for _, x := range []struct {
		name, id, summary string
		verb              actor.Verb
		do                func(ctx context.Context, by actor.Actor, partner, id, reason string) (path.Invitation, error)
	}{
		{"accept", "accept_path_invitation", "Accept an invitation", actor.ChoosePath, func(ctx context.Context, by actor.Actor, partner, id, _ string) (path.Invitation, error) {
			return a.Path.Accept(ctx, by, partner, id)
		}},
		{"decline", "decline_path_invitation", "Decline an invitation", actor.ChoosePath, func(ctx context.Context, by actor.Actor, partner, id, reason string) (path.Invitation, error) {
			return a.Path.Decline(ctx, by, partner, id, reason)
		}},
		{"withdraw", "withdraw_path_invitation", "Take an open invitation back", actor.InvitePath, func(ctx context.Context, by actor.Actor, partner, id, _ string) (path.Invitation, error) {
			return a.Path.Withdraw(ctx, by, partner, id)
		}},
	} {
		add(a, Operation{Method: "POST", Path: base + "/{invitation}/" + x.name, ID: x.id, Tag: tag, Summary: x.summary, Verb: x.verb},
			func(ctx context.Context, by actor.Actor, in *struct {
				partnerInvitation
				Body struct {
					Reason string `json:"reason,omitempty" maxLength:"1000"`
				}
			}) (PathInvitation, error) {
				i, err := x.do(ctx, by, in.Partner, in.Invitation, in.Body.Reason)
				return toPathInvitation(i), err
			})
	}
}
