package matrix_test

import (
	"context"
	"strings"

	"hanse/internal/app/apptest"
	"hanse/internal/domain/account"
	"hanse/internal/domain/login"
	"hanse/internal/domain/member"
	"hanse/internal/domain/realname"
	"hanse/internal/kit/actor"
)

var memberRows = []row{
	{name: "member.Invite", verb: actor.InviteMember, call: func(ctx context.Context, a *apptest.App, by actor.Actor, x ids) error {
		return one(a.Member.Invite(ctx, by, x.account, member.Invite{}))
	}},
	{name: "member.Again", verb: actor.InviteMember, call: func(ctx context.Context, a *apptest.App, by actor.Actor, x ids) error {
		return one(a.Member.Again(ctx, by, x.account, x.of("member_invitation"), 1))
	}},
	{name: "member.Revoke", verb: actor.InviteMember, call: func(ctx context.Context, a *apptest.App, by actor.Actor, x ids) error {
		return a.Member.Revoke(ctx, by, x.account, x.of("member_invitation"), 1, "")
	}},
	{name: "member.Ask", verb: actor.InviteMember, call: func(ctx context.Context, a *apptest.App, by actor.Actor, x ids) error {
		return a.Member.Ask(ctx, by, x.account, x.person)
	}},
	{name: "member.List", verb: actor.ViewMembers, call: func(ctx context.Context, a *apptest.App, by actor.Actor, x ids) error {
		return one(a.Member.List(ctx, by, x.account, member.Filter{}))
	}},
	{name: "member.View", verb: actor.ViewMembers, call: func(ctx context.Context, a *apptest.App, by actor.Actor, x ids) error {
		return one(a.Member.View(ctx, by, x.account, x.of("member_invitation")))
	}},
	{name: "member.Standing", verb: actor.ViewMembers, call: func(ctx context.Context, a *apptest.App, by actor.Actor, x ids) error {
		return one(a.Member.Standing(ctx, by, x.account, x.person))
	}},
	{name: "member.Unbind", verb: actor.UnbindMember, call: func(ctx context.Context, a *apptest.App, by actor.Actor, x ids) error {
		return a.Member.Unbind(ctx, by, x.account, x.person, "")
	}},
	{name: "member.Question", verb: actor.ReadInvitation, open: "whoever has the link", call: func(ctx context.Context, a *apptest.App, by actor.Actor, _ ids) error {
		return one(a.Member.Question(ctx, by, "no link"))
	}},
	{name: "member.Asked", verb: actor.AnswerInvitation, call: func(ctx context.Context, a *apptest.App, by actor.Actor, x ids) error {
		return one(a.Member.Asked(ctx, by, x.account, x.of("member_invitation")))
	}},
	{name: "member.Accept", verb: actor.AnswerInvitation, call: func(ctx context.Context, a *apptest.App, by actor.Actor, x ids) error {
		return one(a.Member.Accept(ctx, by, x.account, x.of("member_invitation"), member.ConsentVersion))
	}},
	{name: "member.Refuse", verb: actor.AnswerInvitation, call: func(ctx context.Context, a *apptest.App, by actor.Actor, x ids) error {
		return a.Member.Refuse(ctx, by, x.account, x.of("member_invitation"), "")
	}},
	{name: "member.Leave", verb: actor.AnswerInvitation, call: func(ctx context.Context, a *apptest.App, by actor.Actor, x ids) error {
		return a.Member.Leave(ctx, by, x.account, x.person, "")
	}},
	{name: "member.Mine", verb: actor.AnswerInvitation, open: ownAlone, call: func(ctx context.Context, a *apptest.App, by actor.Actor, _ ids) error {
		return one(a.Member.Mine(ctx, by))
	}},
	{name: "roster.ConfirmAll", verb: actor.AttestConsent, only: machineOnly, call: func(ctx context.Context, a *apptest.App, by actor.Actor, x ids) error {
		return one(a.Roster.ConfirmAll(ctx, by, x.account))
	}},
	{name: "realname.Submit", verb: actor.OwnRealName, open: ownAlone, call: func(ctx context.Context, a *apptest.App, by actor.Actor, _ ids) error {
		return one(a.RealName.Submit(ctx, by, realname.Submission{}, nil))
	}},
	{name: "realname.Own", verb: actor.OwnRealName, open: ownAlone, call: func(ctx context.Context, a *apptest.App, by actor.Actor, _ ids) error {
		return one(a.RealName.Own(ctx, by))
	}},
	{name: "realname.Withdraw", verb: actor.OwnRealName, call: func(ctx context.Context, a *apptest.App, by actor.Actor, x ids) error {
		return a.RealName.Withdraw(ctx, by, x.of("realname"))
	}},
	{name: "realname.OwnFile", verb: actor.OwnRealName, call: func(ctx context.Context, a *apptest.App, by actor.Actor, x ids) error {
		return two(a.RealName.OwnFile(ctx, by, x.of("realname")))
	}},
	{name: "realname.SubmitCompany", verb: actor.CompanyRealName, open: ownAlone, call: func(ctx context.Context, a *apptest.App, by actor.Actor, _ ids) error {
		return one(a.RealName.SubmitCompany(ctx, by, realname.Submission{}, nil))
	}},
	{name: "realname.OfCompany", verb: actor.CompanyRealName, open: ownAlone, call: func(ctx context.Context, a *apptest.App, by actor.Actor, _ ids) error {
		return one(a.RealName.OfCompany(ctx, by))
	}},
	{name: "realname.WithdrawCompany", verb: actor.CompanyRealName, call: func(ctx context.Context, a *apptest.App, by actor.Actor, x ids) error {
		return a.RealName.WithdrawCompany(ctx, by, x.of("realname"))
	}},
	{name: "realname.CompanyFile", verb: actor.CompanyRealName, call: func(ctx context.Context, a *apptest.App, by actor.Actor, x ids) error {
		return two(a.RealName.CompanyFile(ctx, by, x.of("realname")))
	}},
	{name: "realname.Queue", verb: actor.ReviewRealName, call: func(ctx context.Context, a *apptest.App, by actor.Actor, _ ids) error {
		return two(a.RealName.Queue(ctx, by, "", "", 0))
	}},
	{name: "realname.Case", verb: actor.ReviewRealName, call: func(ctx context.Context, a *apptest.App, by actor.Actor, x ids) error {
		return one(a.RealName.Case(ctx, by, x.of("realname")))
	}},
	{name: "realname.Approve", verb: actor.ReviewRealName, call: func(ctx context.Context, a *apptest.App, by actor.Actor, x ids) error {
		return a.RealName.Approve(ctx, by, x.of("realname"), 1)
	}},
	{name: "realname.Refuse", verb: actor.ReviewRealName, call: func(ctx context.Context, a *apptest.App, by actor.Actor, x ids) error {
		return a.RealName.Refuse(ctx, by, x.of("realname"), 1, "No.")
	}},
	{name: "realname.Revoke", verb: actor.ReviewRealName, call: func(ctx context.Context, a *apptest.App, by actor.Actor, x ids) error {
		return a.RealName.Revoke(ctx, by, x.of("realname"), 1, "No.")
	}},
	{name: "realname.OpenFile", verb: actor.ReviewRealName, call: func(ctx context.Context, a *apptest.App, by actor.Actor, x ids) error {
		return two(a.RealName.OpenFile(ctx, by, x.of("realname")))
	}},
}

// fillMembers gives the stranger an invitation that waits, and a person's claim to a name.
func fillMembers(w *world, by, _ actor.Actor) {
	ctx := w.t.Context()
	i, err := w.a.Member.Invite(ctx, by, by.Account, member.Invite{To: "invited@stranger.example"})
	must(w.t, err)
	w.stranger.more["member_invitation"] = i.ID
	person, err := w.a.Account.CreatePerson(ctx, cli, account.NewPerson{Name: "Stranger Person", Email: "claimant@stranger.example", Password: password})
	must(w.t, err)
	who, _, err := login.FindName(ctx, w.a.DB.Read(), "claimant@stranger.example")
	must(w.t, err)
	c, err := w.a.RealName.Submit(ctx, actor.Actor{Account: person, Kind: actor.Person, User: person, Identity: who.ID, Person: person, Via: "session"},
		realname.Submission{Name: "Stranger Person", Country: "SG", IDType: "passport", Number: "E1234567"}, strings.NewReader("%PDF-1.4\n%%EOF\n"))
	must(w.t, err)
	w.stranger.more["realname"] = c.ID
}
