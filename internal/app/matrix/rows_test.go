package matrix_test

import (
	"context"
	"io"
	"slices"
	"strings"
	"time"

	"hanse/internal/app/apptest"
	"hanse/internal/domain/account"
	"hanse/internal/domain/login"
	"hanse/internal/domain/program"
	"hanse/internal/domain/qualification"
	"hanse/internal/domain/roster"
	"hanse/internal/domain/setting"
	"hanse/internal/kit/actor"
	"hanse/internal/kit/audit"
	"hanse/internal/kit/calendar"
	"hanse/internal/kit/fault"
	"hanse/internal/kit/jobs"
	"hanse/internal/kit/pdf"
)

// ids are things of one company. For somebody's own company they are names of nothing, so that a permitted call
// ends with "not found" and not with a change.
type ids struct {
	account, user, invitation, person, certificate, imported, application, evidence, qualification, number, critical, inspection, key, session, message string

	// more are the things of the modules that have a file of rows of their own, by kind.
	more map[string]string
}

// of is the thing of a kind; for somebody's own company the name of nothing.
func (x ids) of(kind string) string {
	if s, ok := x.more[kind]; ok {
		return s
	}
	return nothing
}

// nothing is an id that nothing has.
const nothing = "none_06ec1qw501r010"

// A row is one verb of one module: which permission it asks for, who of those who have it may really (nil: all),
// and how it's called with somebody's things.
type row struct {
	name string
	verb actor.Verb
	also actor.Verb // or this one: the thing itself decides which
	only func(actor.Actor) bool
	call func(ctx context.Context, a *apptest.App, by actor.Actor, x ids) error
	// open rows answer for anybody's things, with the reason.
	open string
}

func vendorOnly(by actor.Actor) bool { return by.Vendor() }

func machineOnly(by actor.Actor) bool { return by.Kind == actor.System }

// one drops the answer of a verb.
func one[T any](_ T, err error) error { return err }

func two[T, U any](_ T, _ U, err error) error { return err }

const day = calendar.Day(20518) // in March 2026

var coreRows = []row{
	// login
	{name: "login.SignIn", verb: actor.SignIn, open: "whoever knows the password", call: func(ctx context.Context, a *apptest.App, by actor.Actor, _ ids) error {
		return one(a.Login.SignIn(ctx, by, login.SignIn{Name: "nobody@nowhere.example", Password: "wrong"}))
	}},
	{name: "login.SignOut", verb: actor.OwnSession, open: "whoever has no session is signed out already", only: func(actor.Actor) bool { return true }, call: func(ctx context.Context, a *apptest.App, by actor.Actor, _ ids) error {
		return a.Login.SignOut(ctx, by)
	}},
	{name: "login.Sessions", verb: actor.OwnSession, open: "one's own", call: func(ctx context.Context, a *apptest.App, by actor.Actor, _ ids) error {
		return one(a.Login.Sessions(ctx, by))
	}},
	{name: "login.Revoke", verb: actor.OwnSession, call: func(ctx context.Context, a *apptest.App, by actor.Actor, x ids) error {
		return a.Login.Revoke(ctx, by, x.session)
	}},
	{name: "login.RevokeOthers", verb: actor.OwnSession, open: "one's own", call: func(ctx context.Context, a *apptest.App, by actor.Actor, _ ids) error {
		return one(a.Login.RevokeOthers(ctx, by))
	}},
	{name: "login.Switch", verb: actor.OwnSession, call: func(ctx context.Context, a *apptest.App, by actor.Actor, x ids) error {
		return a.Login.Switch(ctx, by, x.account)
	}},
	{name: "login.Me", verb: actor.OwnSession, open: "one's own", call: func(ctx context.Context, a *apptest.App, by actor.Actor, _ ids) error {
		return one(a.Login.Me(ctx, by))
	}},
	{name: "login.ChangePassword", verb: actor.OwnSession, open: "one's own", call: func(ctx context.Context, a *apptest.App, by actor.Actor, _ ids) error {
		return a.Login.ChangePassword(ctx, by, "wrong", "weak")
	}},
	{name: "login.SetPreferences", verb: actor.OwnSession, open: "one's own", call: func(ctx context.Context, a *apptest.App, by actor.Actor, _ ids) error {
		return a.Login.SetPreferences(ctx, by, login.Preferences{Theme: "pink"})
	}},
	{name: "login.RequestCode", verb: actor.OwnSession, open: "one's own", call: func(ctx context.Context, a *apptest.App, by actor.Actor, _ ids) error {
		return one(a.Login.RequestCode(ctx, by, login.CodeRequest{}))
	}},
	{name: "login.CheckCode", verb: actor.OwnSession, open: "one's own", call: func(ctx context.Context, a *apptest.App, by actor.Actor, _ ids) error {
		return a.Login.CheckCode(ctx, by, login.CodeCheck{})
	}},
	{name: "login.RequestName", verb: actor.OwnSession, open: "one's own", call: func(ctx context.Context, a *apptest.App, by actor.Actor, _ ids) error {
		return one(a.Login.RequestName(ctx, by, "not an address"))
	}},
	{name: "login.AddName", verb: actor.OwnSession, open: "one's own", call: func(ctx context.Context, a *apptest.App, by actor.Actor, _ ids) error {
		return a.Login.AddName(ctx, by, "not an address", "000000")
	}},
	{name: "login.RemoveName", verb: actor.OwnSession, open: "one's own", call: func(ctx context.Context, a *apptest.App, by actor.Actor, _ ids) error {
		return a.Login.RemoveName(ctx, by, "stranger@stranger.example")
	}},
	{name: "login.CreateKey", verb: actor.OwnKey, open: "makes a key of the actor's own; the fields are for the program itself", call: func(ctx context.Context, a *apptest.App, by actor.Actor, x ids) error {
		return two(a.Login.CreateKey(ctx, by, login.NewKey{Note: strings.Repeat("long", 1000), Account: x.account, User: x.user}))
	}},
	{name: "login.ImportKey", verb: actor.OwnKey, only: machineOnly, call: func(ctx context.Context, a *apptest.App, by actor.Actor, x ids) error {
		return a.Login.ImportKey(ctx, by, x.account, x.user, "AKMATRIX000000000001", strings.Repeat("s", 40), "x")
	}},
	{name: "login.Keys", verb: actor.OwnKey, open: "one's own", call: func(ctx context.Context, a *apptest.App, by actor.Actor, _ ids) error {
		return one(a.Login.Keys(ctx, by))
	}},
	{name: "login.DisableKey", verb: actor.OwnKey, call: func(ctx context.Context, a *apptest.App, by actor.Actor, x ids) error {
		return a.Login.DisableKey(ctx, by, x.key)
	}},
	{name: "login.RotateKey", verb: actor.OwnKey, call: func(ctx context.Context, a *apptest.App, by actor.Actor, x ids) error {
		return two(a.Login.RotateKey(ctx, by, x.key))
	}},
	{name: "login.IssueToken", verb: actor.IssueToken, open: "whoever knows the password", only: func(actor.Actor) bool { return true }, call: func(ctx context.Context, a *apptest.App, by actor.Actor, _ ids) error {
		if err := by.May(actor.IssueToken); err != nil {
			return err
		}
		return nil // a wrong password is Unauthenticated for everybody: internal/domain/login tests it
	}},
	{name: "login.RevokeToken", verb: actor.OwnSession, open: "whoever holds the token", call: func(ctx context.Context, a *apptest.App, by actor.Actor, _ ids) error {
		return a.Login.RevokeToken(ctx, by, "no token")
	}},
	{name: "login.RequestReset", verb: actor.ResetPassword, open: "sends mail to the address alone", call: func(ctx context.Context, a *apptest.App, by actor.Actor, _ ids) error {
		return a.Login.RequestReset(ctx, by, "nobody@nowhere.example", "not solved")
	}},
	{name: "login.Reset", verb: actor.ResetPassword, open: "whoever holds the link", call: func(ctx context.Context, a *apptest.App, by actor.Actor, _ ids) error {
		return a.Login.Reset(ctx, by, "no link", "copper lantern seven rivers")
	}},
	{name: "login.Unstash", verb: actor.OwnSession, open: "whoever holds the token and is the same human", call: func(ctx context.Context, a *apptest.App, by actor.Actor, _ ids) error {
		return one(a.Login.Unstash(ctx, by, "nothing"))
	}},

	// account
	{name: "account.List", verb: actor.ListAccounts, call: func(ctx context.Context, a *apptest.App, by actor.Actor, _ ids) error {
		return two(a.Account.List(ctx, by, account.Filter{}))
	}},
	{name: "account.View", verb: actor.ViewAccount, call: func(ctx context.Context, a *apptest.App, by actor.Actor, x ids) error {
		return one(a.Account.View(ctx, by, x.account))
	}},
	{name: "account.Edit", verb: actor.EditAccount, call: func(ctx context.Context, a *apptest.App, by actor.Actor, x ids) error {
		return a.Account.Edit(ctx, by, x.account, account.Edit{Version: 99})
	}},
	{name: "account.Freeze", verb: actor.FreezeAccount, call: func(ctx context.Context, a *apptest.App, by actor.Actor, x ids) error {
		return a.Account.Freeze(ctx, by, x.account, "")
	}},
	{name: "account.Unfreeze", verb: actor.FreezeAccount, call: func(ctx context.Context, a *apptest.App, by actor.Actor, x ids) error {
		return a.Account.Unfreeze(ctx, by, x.account, "")
	}},
	{name: "account.RegisterPartner", verb: actor.RegisterPartner, open: "makes a new company", call: func(ctx context.Context, a *apptest.App, by actor.Actor, _ ids) error {
		return one(a.Account.RegisterPartner(ctx, by, account.RegisterPartner{}))
	}},
	{name: "account.ConfirmRegistration", verb: actor.RegisterPartner, open: "whoever holds the code", call: func(ctx context.Context, a *apptest.App, by actor.Actor, _ ids) error {
		return a.Account.ConfirmRegistration(ctx, by, "0000", "000000")
	}},
	{name: "account.ResendConfirmation", verb: actor.RegisterPartner, open: "answers the same for every registration", call: func(ctx context.Context, a *apptest.App, by actor.Actor, _ ids) error {
		return a.Account.ResendConfirmation(ctx, by, "0000")
	}},
	{name: "account.Registrations", verb: actor.DecidePartner, call: func(ctx context.Context, a *apptest.App, by actor.Actor, _ ids) error {
		_, _, err := a.Account.Registrations(ctx, by, account.RegistrationFilter{})
		return err
	}},
	{name: "account.Registration", verb: actor.DecidePartner, call: func(ctx context.Context, a *apptest.App, by actor.Actor, x ids) error {
		return one(a.Account.Registration(ctx, by, x.account))
	}},
	{name: "account.DecideRegistration", verb: actor.DecidePartner, call: func(ctx context.Context, a *apptest.App, by actor.Actor, x ids) error {
		return a.Account.DecideRegistration(ctx, by, x.account, true, "")
	}},
	{name: "account.InvitePartner", verb: actor.InvitePartner, call: func(ctx context.Context, a *apptest.App, by actor.Actor, _ ids) error {
		return one(a.Account.InvitePartner(ctx, by, account.InvitePartner{}))
	}},
	{name: "account.Users", verb: actor.ListUsers, call: func(ctx context.Context, a *apptest.App, by actor.Actor, x ids) error {
		return one(a.Account.Users(ctx, by, x.account))
	}},
	{name: "account.Invitations", verb: actor.ListUsers, call: func(ctx context.Context, a *apptest.App, by actor.Actor, x ids) error {
		return one(a.Account.Invitations(ctx, by, x.account))
	}},
	{name: "account.InviteUser", verb: actor.ManageUsers, call: func(ctx context.Context, a *apptest.App, by actor.Actor, x ids) error {
		return a.Account.InviteUser(ctx, by, x.account, account.InviteUser{})
	}},
	{name: "account.RevokeInvitation", verb: actor.ManageUsers, call: func(ctx context.Context, a *apptest.App, by actor.Actor, x ids) error {
		return a.Account.RevokeInvitation(ctx, by, x.account, x.invitation)
	}},
	{name: "account.ResendInvitation", verb: actor.ManageUsers, also: actor.InvitePartner, call: func(ctx context.Context, a *apptest.App, by actor.Actor, x ids) error {
		return a.Account.ResendInvitation(ctx, by, x.account, x.invitation)
	}},
	{name: "account.ChangeRoles", verb: actor.ManageUsers, call: func(ctx context.Context, a *apptest.App, by actor.Actor, x ids) error {
		return a.Account.ChangeRoles(ctx, by, x.account, x.user, []actor.Role{actor.PartnerFinance})
	}},
	{name: "account.Deactivate", verb: actor.ManageUsers, call: func(ctx context.Context, a *apptest.App, by actor.Actor, x ids) error {
		return a.Account.Deactivate(ctx, by, x.account, x.user)
	}},
	{name: "account.Reactivate", verb: actor.ManageUsers, call: func(ctx context.Context, a *apptest.App, by actor.Actor, x ids) error {
		return a.Account.Reactivate(ctx, by, x.account, x.user)
	}},
	{name: "account.AcceptInvitation", verb: actor.AcceptInvite, open: "whoever holds the link", call: func(ctx context.Context, a *apptest.App, by actor.Actor, _ ids) error {
		return one(a.Account.AcceptInvitation(ctx, by, account.Accept{Token: "none"}))
	}},
	{name: "account.CompleteSetup", verb: actor.AcceptInvite, open: "whoever holds the link", call: func(ctx context.Context, a *apptest.App, by actor.Actor, _ ids) error {
		return one(a.Account.CompleteSetup(ctx, by, account.Setup{Token: "none"}))
	}},
	{name: "account.CreateAccount", verb: actor.CreateAccounts, call: func(ctx context.Context, a *apptest.App, by actor.Actor, _ ids) error {
		return one(a.Account.CreateAccount(ctx, by, account.NewAccount{}))
	}},
	{name: "account.CreateUser", verb: actor.CreateAccounts, call: func(ctx context.Context, a *apptest.App, by actor.Actor, x ids) error {
		return one(a.Account.CreateUser(ctx, by, account.NewUser{Account: x.account}))
	}},
	{name: "account.CreatePerson", verb: actor.CreateAccounts, call: func(ctx context.Context, a *apptest.App, by actor.Actor, _ ids) error {
		return one(a.Account.CreatePerson(ctx, by, account.NewPerson{}))
	}},
	{name: "account.Associate", verb: actor.Associate, call: func(ctx context.Context, a *apptest.App, by actor.Actor, x ids) error {
		return one(a.Account.Associate(ctx, by, account.Association{Account: x.account, Other: x.account, Kind: account.Resale}))
	}},
	{name: "account.Associations", verb: actor.ViewAccount, call: func(ctx context.Context, a *apptest.App, by actor.Actor, x ids) error {
		return one(a.Account.Associations(ctx, by, x.account))
	}},

	// credential and roster
	{name: "credential.List", verb: actor.ViewCatalogue, open: "the catalogue is everybody's", call: func(ctx context.Context, a *apptest.App, by actor.Actor, _ ids) error {
		return one(a.Credential.List(ctx, by))
	}},
	{name: "credential.Own", verb: actor.ViewOwnRecords, open: "one's own", call: func(ctx context.Context, a *apptest.App, by actor.Actor, _ ids) error {
		return one(a.Credential.Own(ctx, by))
	}},
	{name: "roster.Own", verb: actor.ViewOwnRecords, open: "one's own", call: func(ctx context.Context, a *apptest.App, by actor.Actor, _ ids) error {
		return one(a.Roster.Own(ctx, by))
	}},
	{name: "roster.List", verb: actor.ViewRoster, call: func(ctx context.Context, a *apptest.App, by actor.Actor, x ids) error {
		return one(a.Roster.List(ctx, by, x.account, roster.Filter{}))
	}},
	{name: "roster.Person", verb: actor.ViewRoster, call: func(ctx context.Context, a *apptest.App, by actor.Actor, x ids) error {
		return one(a.Roster.Person(ctx, by, x.account, x.person))
	}},
	{name: "roster.Counts", verb: actor.ViewRoster, call: func(ctx context.Context, a *apptest.App, by actor.Actor, x ids) error {
		return one(a.Roster.Counts(ctx, by, x.account))
	}},
	{name: "roster.Expiries", verb: actor.ViewRoster, call: func(ctx context.Context, a *apptest.App, by actor.Actor, x ids) error {
		return one(a.Roster.Expiries(ctx, by, x.account, 3))
	}},
	{name: "roster.Export", verb: actor.ViewRoster, call: func(ctx context.Context, a *apptest.App, by actor.Actor, x ids) error {
		return two(a.Roster.Export(ctx, by, x.account, roster.Filter{}))
	}},
	{name: "roster.Bind", verb: actor.EditRoster, call: func(ctx context.Context, a *apptest.App, by actor.Actor, x ids) error {
		return one(a.Roster.Bind(ctx, by, x.account, roster.Entry{}))
	}},
	{name: "roster.Correct", verb: actor.EditRoster, call: func(ctx context.Context, a *apptest.App, by actor.Actor, x ids) error {
		return a.Roster.Correct(ctx, by, x.account, x.person, 1, roster.Entry{Number: "e1", Name: "Taken Over"})
	}},
	{name: "roster.AddCertificate", verb: actor.EditRoster, call: func(ctx context.Context, a *apptest.App, by actor.Actor, x ids) error {
		return a.Roster.AddCertificate(ctx, by, x.account, x.person, roster.Cert{Code: "H3CIE", IssuedOn: day})
	}},
	{name: "roster.CorrectCertificate", verb: actor.EditRoster, call: func(ctx context.Context, a *apptest.App, by actor.Actor, x ids) error {
		return a.Roster.CorrectCertificate(ctx, by, x.account, x.person, x.certificate, roster.Cert{Code: "H3CIE", IssuedOn: day})
	}},
	{name: "roster.RevokeCertificate", verb: actor.EditRoster, only: vendorOnly, call: func(ctx context.Context, a *apptest.App, by actor.Actor, x ids) error {
		return a.Roster.RevokeCertificate(ctx, by, x.account, x.person, x.certificate, "taken over")
	}},
	{name: "roster.Upload", verb: actor.ImportRoster, call: func(ctx context.Context, a *apptest.App, by actor.Actor, x ids) error {
		return one(a.Roster.Upload(ctx, by, x.account, "x.csv", strings.NewReader("")))
	}},
	{name: "roster.ImportNow", verb: actor.ImportRoster, call: func(ctx context.Context, a *apptest.App, by actor.Actor, x ids) error {
		return one(a.Roster.ImportNow(ctx, by, x.account, "x.csv", strings.NewReader(""), true, nil))
	}},
	{name: "roster.Import", verb: actor.ImportRoster, call: func(ctx context.Context, a *apptest.App, by actor.Actor, x ids) error {
		return one(a.Roster.Import(ctx, by, x.account, x.imported))
	}},
	{name: "roster.Imports", verb: actor.ImportRoster, call: func(ctx context.Context, a *apptest.App, by actor.Actor, x ids) error {
		return two(a.Roster.Imports(ctx, by, x.account, "", 10))
	}},
	{name: "roster.Confirm", verb: actor.ImportRoster, call: func(ctx context.Context, a *apptest.App, by actor.Actor, x ids) error {
		return a.Roster.Confirm(ctx, by, x.account, x.imported)
	}},
	{name: "roster.Cancel", verb: actor.ImportRoster, call: func(ctx context.Context, a *apptest.App, by actor.Actor, x ids) error {
		return a.Roster.Cancel(ctx, by, x.account, x.imported)
	}},
	{name: "roster.RowErrors", verb: actor.ImportRoster, call: func(ctx context.Context, a *apptest.App, by actor.Actor, x ids) error {
		return one(a.Roster.RowErrors(ctx, by, x.account, x.imported, 0, 10))
	}},
	{name: "roster.WriteErrors", verb: actor.ImportRoster, call: func(ctx context.Context, a *apptest.App, by actor.Actor, x ids) error {
		return a.Roster.WriteErrors(ctx, by, x.account, x.imported, "en", io.Discard)
	}},

	// program and qualification
	{name: "qualification.Versions", verb: actor.ViewPrograms, open: "programs are everybody's", call: func(ctx context.Context, a *apptest.App, by actor.Actor, _ ids) error {
		return one(a.Qualification.Versions(ctx, by))
	}},
	{name: "qualification.Version", verb: actor.ViewPrograms, open: "programs are everybody's", call: func(ctx context.Context, a *apptest.App, by actor.Actor, _ ids) error {
		return one(a.Qualification.Version(ctx, by, "h3c-star@2025"))
	}},
	{name: "qualification.VersionSource", verb: actor.ViewPrograms, open: "programs are everybody's", call: func(ctx context.Context, a *apptest.App, by actor.Actor, _ ids) error {
		return one(a.Qualification.VersionSource(ctx, by, "h3c-star@2025"))
	}},
	{name: "qualification.ReloadPrograms", verb: actor.ManagePrograms, call: func(ctx context.Context, a *apptest.App, by actor.Actor, _ ids) error {
		return one(a.Qualification.ReloadPrograms(ctx, by))
	}},
	{name: "qualification.Retire", verb: actor.ManagePrograms, call: func(ctx context.Context, a *apptest.App, by actor.Actor, _ ids) error {
		return a.Qualification.Retire(ctx, by, "none@0")
	}},
	{name: "qualification.ServiceFacts", verb: actor.ViewServiceFacts, call: func(ctx context.Context, a *apptest.App, by actor.Actor, x ids) error {
		return one(a.Qualification.ServiceFacts(ctx, by, x.account, time.Time{}))
	}},
	{name: "qualification.ServiceFactsHistory", verb: actor.ViewServiceFacts, call: func(ctx context.Context, a *apptest.App, by actor.Actor, x ids) error {
		return one(a.Qualification.ServiceFactsHistory(ctx, by, x.account))
	}},
	{name: "qualification.SetFacts", verb: actor.EditServiceFacts, call: func(ctx context.Context, a *apptest.App, by actor.Actor, x ids) error {
		return a.Qualification.SetFacts(ctx, by, x.account, qualification.ServiceFacts{EventsAttended: -1})
	}},
	{name: "qualification.Facts", verb: actor.ViewEvaluation, call: func(ctx context.Context, a *apptest.App, by actor.Actor, x ids) error {
		return one(a.Qualification.Facts(ctx, by, x.account, time.Time{}))
	}},
	{name: "qualification.Evaluate", verb: actor.ViewEvaluation, call: func(ctx context.Context, a *apptest.App, by actor.Actor, x ids) error {
		return one(a.Qualification.Evaluate(ctx, by, x.account, "h3c-star@2025", time.Time{}, program.Apply))
	}},
	{name: "qualification.Overview", verb: actor.ViewEvaluation, call: func(ctx context.Context, a *apptest.App, by actor.Actor, x ids) error {
		return one(a.Qualification.Overview(ctx, by, x.account))
	}},
	{name: "qualification.Results", verb: actor.ViewEvaluation, call: func(ctx context.Context, a *apptest.App, by actor.Actor, x ids) error {
		return one(a.Qualification.Results(ctx, by, x.account))
	}},
	{name: "qualification.ResultList", verb: actor.ViewEvaluation, only: vendorOnly, call: func(ctx context.Context, a *apptest.App, by actor.Actor, _ ids) error {
		return two(a.Qualification.ResultList(ctx, by, qualification.ResultFilter{Ref: "h3c-star@2025", Level: qualification.AnyLevel}))
	}},
	{name: "qualification.ChannelByLevel", verb: actor.ViewEvaluation, only: vendorOnly, call: func(ctx context.Context, a *apptest.App, by actor.Actor, _ ids) error {
		return one(a.Qualification.ChannelByLevel(ctx, by, "h3c-star@2025"))
	}},
	{name: "qualification.Draft", verb: actor.EditApplication, open: "always the actor's own company", call: func(ctx context.Context, a *apptest.App, by actor.Actor, _ ids) error {
		return one(a.Qualification.Draft(ctx, by, qualification.DraftInput{Program: "none", Level: "none"}))
	}},
	{name: "qualification.SaveForm", verb: actor.EditApplication, call: func(ctx context.Context, a *apptest.App, by actor.Actor, x ids) error {
		return one(a.Qualification.SaveForm(ctx, by, x.application, 1, qualification.Form{Company: "Taken Over"}))
	}},
	{name: "qualification.ChangeTarget", verb: actor.EditApplication, call: func(ctx context.Context, a *apptest.App, by actor.Actor, x ids) error {
		return one(a.Qualification.ChangeTarget(ctx, by, x.application, 1, "two-star", ""))
	}},
	{name: "qualification.AddEvidence", verb: actor.EditApplication, call: func(ctx context.Context, a *apptest.App, by actor.Actor, x ids) error {
		return one(a.Qualification.AddEvidence(ctx, by, x.application, qualification.NewEvidence{Ask: "application-form", Name: "x.pdf"}, strings.NewReader("%PDF-1.7 x")))
	}},
	{name: "qualification.RemoveEvidence", verb: actor.EditApplication, call: func(ctx context.Context, a *apptest.App, by actor.Actor, x ids) error {
		return a.Qualification.RemoveEvidence(ctx, by, x.application, x.evidence)
	}},
	{name: "qualification.OpenEvidence", verb: actor.ViewApplication, call: func(ctx context.Context, a *apptest.App, by actor.Actor, x ids) error {
		f, _, err := a.Qualification.OpenEvidence(ctx, by, x.application, x.evidence)
		if err == nil {
			f.Close()
		}
		return err
	}},
	{name: "qualification.Submit", verb: actor.EditApplication, call: func(ctx context.Context, a *apptest.App, by actor.Actor, x ids) error {
		return one(a.Qualification.Submit(ctx, by, x.application, 1, true))
	}},
	{name: "qualification.Withdraw", verb: actor.EditApplication, call: func(ctx context.Context, a *apptest.App, by actor.Actor, x ids) error {
		return one(a.Qualification.Withdraw(ctx, by, x.application, 1))
	}},
	{name: "qualification.Repeat", verb: actor.EditApplication, call: func(ctx context.Context, a *apptest.App, by actor.Actor, x ids) error {
		return one(a.Qualification.Repeat(ctx, by, x.application))
	}},
	{name: "qualification.Application", verb: actor.ViewApplication, call: func(ctx context.Context, a *apptest.App, by actor.Actor, x ids) error {
		return one(a.Qualification.Application(ctx, by, x.application))
	}},
	{name: "qualification.Applications", verb: actor.ViewApplication, call: func(ctx context.Context, a *apptest.App, by actor.Actor, x ids) error {
		list, _, err := a.Qualification.Applications(ctx, by, qualification.ApplicationFilter{Account: x.account})
		return unseen(by, x, each(list, func(l qualification.Application) string { return l.Account }), err)
	}},
	{name: "qualification.ApplicationForm", verb: actor.ViewApplication, call: func(ctx context.Context, a *apptest.App, by actor.Actor, x ids) error {
		return one(a.Qualification.ApplicationForm(ctx, by, x.application, "en"))
	}},
	{name: "qualification.Comment (partner)", verb: actor.EditApplication, only: func(by actor.Actor) bool { return !by.Vendor() }, call: comment},
	{name: "qualification.Comment (vendor)", verb: actor.DecideReview, only: vendorOnly, call: comment},
	{name: "qualification.Queue", verb: actor.ListReviews, call: func(ctx context.Context, a *apptest.App, by actor.Actor, _ ids) error {
		return two(a.Qualification.Queue(ctx, by, qualification.QueueFilter{}))
	}},
	{name: "qualification.QueueCounts", verb: actor.ListReviews, call: func(ctx context.Context, a *apptest.App, by actor.Actor, _ ids) error {
		return two(a.Qualification.QueueCounts(ctx, by))
	}},
	{name: "qualification.Review", verb: actor.ListReviews, call: func(ctx context.Context, a *apptest.App, by actor.Actor, x ids) error {
		return one(a.Qualification.Review(ctx, by, x.application))
	}},
	{name: "qualification.Start", verb: actor.DecideReview, call: func(ctx context.Context, a *apptest.App, by actor.Actor, x ids) error {
		return one(a.Qualification.Start(ctx, by, x.application, 1))
	}},
	{name: "qualification.Return", verb: actor.DecideReview, call: func(ctx context.Context, a *apptest.App, by actor.Actor, x ids) error {
		return one(a.Qualification.Return(ctx, by, x.application, 1, []qualification.Reason{{Text: "x"}}, day+30))
	}},
	{name: "qualification.Approve", verb: actor.DecideReview, call: func(ctx context.Context, a *apptest.App, by actor.Actor, x ids) error {
		return one(a.Qualification.Approve(ctx, by, x.application, 1))
	}},
	{name: "qualification.Reject", verb: actor.DecideReview, call: func(ctx context.Context, a *apptest.App, by actor.Actor, x ids) error {
		return one(a.Qualification.Reject(ctx, by, x.application, 1, []qualification.Reason{{Text: "x"}}, false))
	}},
	{name: "qualification.Inspect", verb: actor.RecordInspection, call: func(ctx context.Context, a *apptest.App, by actor.Actor, x ids) error {
		return one(a.Qualification.Inspect(ctx, by, qualification.NewInspection{Partner: x.account}))
	}},
	{name: "qualification.Inspections", verb: actor.ViewApplication, call: func(ctx context.Context, a *apptest.App, by actor.Actor, x ids) error {
		return one(a.Qualification.Inspections(ctx, by, x.account))
	}},
	{name: "qualification.OpenInspectionFile", verb: actor.ViewApplication, call: func(ctx context.Context, a *apptest.App, by actor.Actor, x ids) error {
		return two(a.Qualification.OpenInspectionFile(ctx, by, x.account, x.inspection, "00"))
	}},
	{name: "qualification.RecordCritical", verb: actor.RecordInspection, call: func(ctx context.Context, a *apptest.App, by actor.Actor, x ids) error {
		return one(a.Qualification.RecordCritical(ctx, by, qualification.NewCritical{Partner: x.account}))
	}},
	{name: "qualification.LiftCritical", verb: actor.RecordInspection, call: func(ctx context.Context, a *apptest.App, by actor.Actor, x ids) error {
		return a.Qualification.LiftCritical(ctx, by, x.account, x.critical, "over")
	}},
	{name: "qualification.CriticalEvents", verb: actor.ViewApplication, call: func(ctx context.Context, a *apptest.App, by actor.Actor, x ids) error {
		return one(a.Qualification.CriticalEvents(ctx, by, x.account))
	}},
	{name: "qualification.Qualifications", verb: actor.ViewQualification, call: func(ctx context.Context, a *apptest.App, by actor.Actor, x ids) error {
		list, _, err := a.Qualification.Qualifications(ctx, by, qualification.QualificationFilter{Account: x.account})
		return unseen(by, x, each(list, func(l qualification.Qualification) string { return l.Account }), err)
	}},
	{name: "qualification.Qualification", verb: actor.ViewQualification, call: func(ctx context.Context, a *apptest.App, by actor.Actor, x ids) error {
		return one(a.Qualification.Qualification(ctx, by, x.number))
	}},
	{name: "qualification.Certificate", verb: actor.ViewQualification, call: func(ctx context.Context, a *apptest.App, by actor.Actor, x ids) error {
		return one(a.Qualification.Certificate(ctx, by, x.qualification, pdf.Both{EN: "V"}, "http://x.example"))
	}},
	{name: "qualification.Running", verb: actor.ViewQualification, only: vendorOnly, call: func(ctx context.Context, a *apptest.App, by actor.Actor, x ids) error {
		return one(a.Qualification.Running(ctx, by, []string{x.account}))
	}},
	{name: "qualification.Verify", verb: actor.VerifyNumber, open: "public", call: func(ctx context.Context, a *apptest.App, _ actor.Actor, x ids) error {
		return one(a.Qualification.Verify(ctx, x.number))
	}},
	{name: "qualification.Suspend", verb: actor.SuspendOrCancel, call: func(ctx context.Context, a *apptest.App, by actor.Actor, x ids) error {
		return one(a.Qualification.Suspend(ctx, by, x.qualification, 1, "x"))
	}},
	{name: "qualification.Reinstate", verb: actor.SuspendOrCancel, call: func(ctx context.Context, a *apptest.App, by actor.Actor, x ids) error {
		return one(a.Qualification.Reinstate(ctx, by, x.qualification, 1, "x"))
	}},
	{name: "qualification.Cancel", verb: actor.SuspendOrCancel, call: func(ctx context.Context, a *apptest.App, by actor.Actor, x ids) error {
		return one(a.Qualification.Cancel(ctx, by, x.qualification, 1, "x"))
	}},
	{name: "qualification.PreviewExit", verb: actor.ViewEvaluation, call: func(ctx context.Context, a *apptest.App, by actor.Actor, x ids) error {
		return one(a.Qualification.PreviewExit(ctx, by, x.account, x.person, day))
	}},
	{name: "qualification.ReportExit", verb: actor.ReportExit, call: func(ctx context.Context, a *apptest.App, by actor.Actor, x ids) error {
		return one(a.Qualification.ReportExit(ctx, by, qualification.ExitInput{Partner: x.account, Person: x.person, On: day, Reason: qualification.Leaving}))
	}},
	{name: "qualification.Exits", verb: actor.ViewEvaluation, call: func(ctx context.Context, a *apptest.App, by actor.Actor, x ids) error {
		return one(a.Qualification.Exits(ctx, by, x.account))
	}},
	{name: "qualification.Vacancies", verb: actor.ViewEvaluation, call: func(ctx context.Context, a *apptest.App, by actor.Actor, x ids) error {
		return one(a.Qualification.Vacancies(ctx, by, x.account, false))
	}},

	// notify, audit, jobs, settings
	{name: "notify.List", verb: actor.OwnMessages, open: "one's own", call: func(ctx context.Context, a *apptest.App, by actor.Actor, _ ids) error {
		return one(a.Notify.List(ctx, by, notifyFilter))
	}},
	{name: "notify.Unread", verb: actor.OwnMessages, open: "one's own", call: func(ctx context.Context, a *apptest.App, by actor.Actor, _ ids) error {
		return one(a.Notify.Unread(ctx, by))
	}},
	{name: "notify.Open", verb: actor.OwnMessages, call: func(ctx context.Context, a *apptest.App, by actor.Actor, x ids) error {
		return one(a.Notify.Open(ctx, by, x.message))
	}},
	{name: "notify.ReadAll", verb: actor.OwnMessages, open: "one's own", call: func(ctx context.Context, a *apptest.App, by actor.Actor, _ ids) error {
		return a.Notify.ReadAll(ctx, by)
	}},
	{name: "audit.List", verb: actor.ViewAudit, call: func(ctx context.Context, a *apptest.App, by actor.Actor, _ ids) error {
		return one(a.Audit.List(ctx, by, audit.Filter{}))
	}},
	{name: "audit.Entry", verb: actor.ViewAudit, call: func(ctx context.Context, a *apptest.App, by actor.Actor, x ids) error {
		return two(a.Audit.Entry(ctx, by, x.account, "none"))
	}},
	{name: "jobs.List", verb: actor.ViewJobs, call: func(ctx context.Context, a *apptest.App, by actor.Actor, _ ids) error {
		return one(a.Jobs.List(ctx, by, jobs.Filter{}))
	}},
	{name: "jobs.Overview", verb: actor.ViewJobs, call: func(ctx context.Context, a *apptest.App, by actor.Actor, _ ids) error {
		return two(a.Jobs.Overview(ctx, by))
	}},
	{name: "jobs.Retry", verb: actor.RetryJob, call: func(ctx context.Context, a *apptest.App, by actor.Actor, _ ids) error {
		return a.Jobs.Retry(ctx, by, "none")
	}},
	{name: "setting.List", verb: actor.ViewSettings, call: func(ctx context.Context, a *apptest.App, by actor.Actor, _ ids) error {
		return one(a.Setting.List(ctx, by))
	}},
	{name: "setting.History", verb: actor.ViewSettings, call: func(ctx context.Context, a *apptest.App, by actor.Actor, _ ids) error {
		return one(a.Setting.History(ctx, by, "none"))
	}},
	{name: "setting.Change", verb: actor.ChangeSettings, call: func(ctx context.Context, a *apptest.App, by actor.Actor, _ ids) error {
		return a.Setting.Change(ctx, by, setting.Change{Key: "none"})
	}},
}

func comment(ctx context.Context, a *apptest.App, by actor.Actor, x ids) error {
	return a.Qualification.Comment(ctx, by, x.application, "hello", false)
}

// unseen judges a list that is narrowed to one's own whatever one asks for: without a stranger's rows the answer
// is as good as "not found".
func unseen(by actor.Actor, x ids, accounts []string, err error) error {
	if err == nil && by.Account != x.account && !slices.Contains(accounts, x.account) {
		return fault.NotFound()
	}
	return err
}

func each[T, U any](list []T, f func(T) U) (out []U) {
	for _, x := range list {
		out = append(out, f(x))
	}
	return out
}
