package matrix_test

import (
	"context"

	"hanse/internal/app/apptest"
	"hanse/internal/domain/account"
	"hanse/internal/domain/address"
	"hanse/internal/domain/login"
	"hanse/internal/kit/actor"
	"hanse/internal/kit/calendar"
	"hanse/internal/kit/pow"
)

const ownAlone = "one's own personal account alone"

var addressRows = []row{
	{name: "address.SignUp", verb: actor.SignUpPerson, open: "whoever can read the address's mail", call: func(ctx context.Context, a *apptest.App, by actor.Actor, _ ids) error {
		return one(a.Address.SignUp(ctx, by, address.SignUp{}))
	}},
	{name: "address.SignUpOf", verb: actor.SignUpPerson, open: "the id is the browser's secret", call: func(ctx context.Context, a *apptest.App, by actor.Actor, _ ids) error {
		return one(a.Address.SignUpOf(ctx, by, nothing))
	}},
	{name: "address.ResendSignUp", verb: actor.SignUpPerson, open: "the id is the browser's secret", call: func(ctx context.Context, a *apptest.App, by actor.Actor, _ ids) error {
		return a.Address.ResendSignUp(ctx, by, nothing)
	}},
	{name: "address.ConfirmSignUp", verb: actor.SignUpPerson, open: "the id is the browser's secret", call: func(ctx context.Context, a *apptest.App, by actor.Actor, _ ids) error {
		return one(a.Address.ConfirmSignUp(ctx, by, nothing, "000000"))
	}},
	{name: "address.Links", verb: actor.OwnAddresses, open: ownAlone, call: func(ctx context.Context, a *apptest.App, by actor.Actor, _ ids) error {
		return one(a.Address.Links(ctx, by))
	}},
	{name: "address.OwnRecords", verb: actor.ViewOwnRecords, open: ownAlone, call: func(ctx context.Context, a *apptest.App, by actor.Actor, _ ids) error {
		return one(a.Address.OwnRecords(ctx, by))
	}},
	{name: "address.Request", verb: actor.OwnAddresses, open: ownAlone, call: func(ctx context.Context, a *apptest.App, by actor.Actor, _ ids) error {
		return one(a.Address.Request(ctx, by, "no address", ""))
	}},
	{name: "address.Resend", verb: actor.OwnAddresses, call: func(ctx context.Context, a *apptest.App, by actor.Actor, x ids) error {
		return one(a.Address.Resend(ctx, by, x.of("link")))
	}},
	{name: "address.Asked", verb: actor.OwnAddresses, call: func(ctx context.Context, a *apptest.App, by actor.Actor, _ ids) error {
		return one(a.Address.Asked(ctx, by, nothing))
	}},
	{name: "address.Confirm", verb: actor.OwnAddresses, call: func(ctx context.Context, a *apptest.App, by actor.Actor, _ ids) error {
		return one(a.Address.Confirm(ctx, by, nothing))
	}},
	{name: "address.Prove", verb: actor.CreateAccounts, only: machineOnly, call: func(ctx context.Context, a *apptest.App, by actor.Actor, _ ids) error {
		return a.Address.Prove(ctx, by, nothing, "")
	}},
	{name: "address.Remove", verb: actor.OwnAddresses, call: func(ctx context.Context, a *apptest.App, by actor.Actor, x ids) error {
		return a.Address.Remove(ctx, by, x.of("link"))
	}},
	{name: "address.OpenDispute", verb: actor.OwnAddresses, open: ownAlone, call: func(ctx context.Context, a *apptest.App, by actor.Actor, _ ids) error {
		return one(a.Address.OpenDispute(ctx, by, address.Claim{}))
	}},
	{name: "address.Disputes", verb: actor.OwnAddresses, open: ownAlone, call: func(ctx context.Context, a *apptest.App, by actor.Actor, _ ids) error {
		return two(a.Address.Disputes(ctx, by))
	}},
	{name: "address.AnswerDispute", verb: actor.OwnAddresses, call: func(ctx context.Context, a *apptest.App, by actor.Actor, x ids) error {
		return a.Address.AnswerDispute(ctx, by, x.of("dispute"), "Mine.")
	}},
	{name: "address.WithdrawDispute", verb: actor.OwnAddresses, call: func(ctx context.Context, a *apptest.App, by actor.Actor, x ids) error {
		return a.Address.WithdrawDispute(ctx, by, x.of("dispute"))
	}},
	{name: "address.DisputeQueue", verb: actor.ViewClaims, call: func(ctx context.Context, a *apptest.App, by actor.Actor, _ ids) error {
		return two(a.Address.DisputeQueue(ctx, by, address.Queue{}))
	}},
	{name: "address.Dispute", verb: actor.ViewClaims, call: func(ctx context.Context, a *apptest.App, by actor.Actor, x ids) error {
		return one(a.Address.Dispute(ctx, by, x.of("dispute")))
	}},
	{name: "address.DecideDispute", verb: actor.HandleClaims, call: func(ctx context.Context, a *apptest.App, by actor.Actor, x ids) error {
		return a.Address.DecideDispute(ctx, by, x.of("dispute"), address.Decision{To: "reject", Reason: "No proof."})
	}},
	{name: "address.ReportMissing", verb: actor.OwnAddresses, open: ownAlone, call: func(ctx context.Context, a *apptest.App, by actor.Actor, _ ids) error {
		return one(a.Address.ReportMissing(ctx, by, address.Missing{}))
	}},
	{name: "address.MissingOf", verb: actor.OwnAddresses, open: ownAlone, call: func(ctx context.Context, a *apptest.App, by actor.Actor, _ ids) error {
		return one(a.Address.MissingOf(ctx, by))
	}},
	{name: "address.WithdrawMissing", verb: actor.OwnAddresses, call: func(ctx context.Context, a *apptest.App, by actor.Actor, x ids) error {
		return a.Address.WithdrawMissing(ctx, by, x.of("missing"))
	}},
	{name: "address.MissingQueue", verb: actor.ViewClaims, call: func(ctx context.Context, a *apptest.App, by actor.Actor, _ ids) error {
		return two(a.Address.MissingQueue(ctx, by, address.Queue{}))
	}},
	{name: "address.MissingOne", verb: actor.ViewClaims, also: actor.OwnAddresses, call: func(ctx context.Context, a *apptest.App, by actor.Actor, x ids) error {
		return one(a.Address.MissingOne(ctx, by, x.of("missing")))
	}},
	{name: "address.HandleMissing", verb: actor.HandleClaims, call: func(ctx context.Context, a *apptest.App, by actor.Actor, x ids) error {
		return a.Address.HandleMissing(ctx, by, x.of("missing"), address.MissingRefused, "Unknown.", 0)
	}},
}

// fillAddresses makes a stranger's personal account with an address that waits, a dispute and a missing record.
func fillAddresses(w *world, _, reviewer actor.Actor) {
	const email = "person@stranger.example"
	ctx, a := w.t.Context(), w.a
	p, err := a.Account.CreatePerson(ctx, cli, account.NewPerson{Name: "Stranger", Email: email, Password: password, Lang: "en"})
	must(w.t, err)
	identity, _, err := login.IdentityOfEmail(ctx, a.DB.Read(), email)
	must(w.t, err)
	by := actor.Actor{Account: p, Kind: actor.Person, User: p, Name: "Stranger", Identity: identity, Person: p, Via: "session", Lang: "en", IP: "192.0.2.1", Request: "req_1"}
	c, err := a.Login.Challenge()
	must(w.t, err)
	solved, err := pow.Solve(c)
	must(w.t, err)
	l, err := a.Address.Request(ctx, by, "wait@stranger.example", solved)
	must(w.t, err)
	const used = "mine@stranger.example"
	given, err := a.Address.OpenDispute(ctx, by, address.Claim{Email: used, Statement: "Mine."})
	must(w.t, err)
	must(w.t, a.Address.DecideDispute(ctx, reviewer, given, address.Decision{To: "claimant", Reason: "Proved."}))
	open, err := a.Address.OpenDispute(ctx, by, address.Claim{Email: "other@stranger.example", Statement: "Mine."})
	must(w.t, err)
	m, err := a.Address.ReportMissing(ctx, by, address.Missing{Kind: address.Exam, Email: used, Provider: "TALENT", Code: "H12-811",
		On: calendar.DayOf(a.Clock.Now()).AddDays(-60)})
	must(w.t, err)
	w.stranger.more["link"], w.stranger.more["dispute"], w.stranger.more["missing"] = l.ID, open, m
}
