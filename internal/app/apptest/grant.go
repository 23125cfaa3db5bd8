package apptest

import (
	"bytes"
	"image"
	"image/png"
	"testing"

	"hanse/internal/domain/account"
	"hanse/internal/domain/program"
	"hanse/internal/domain/qualification"
	"hanse/internal/domain/roster"
	"hanse/internal/kit/actor"
	"hanse/internal/kit/calendar"
)

// A Grant is a partner that holds four stars, by the whole way from its engineers to the reviewer's approval.
type Grant struct {
	Partner, Reviewer actor.Actor
	Held              qualification.Qualification
}

var cli = actor.Program("apptest")

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// Grant makes a vendor and a partner with this Chinese name that is granted four stars, and does what follows.
func (a *App) Grant(t testing.TB, name, nameZH string) Grant {
	t.Helper()
	g := Grant{Reviewer: a.Vendor(t, actor.Reviewer)}
	c, err := a.Account.CreateAccount(t.Context(), cli, account.NewAccount{Kind: actor.Partner, Name: name, Country: "SG", Market: account.Overseas,
		Address: "1 Harbour Road", Contact: "Lin Yu", Email: "lin@grant.example", Channel: []account.Channel{account.SolutionProvider}})
	must(t, err)
	g.Partner = a.user(t, c.ID, actor.Partner, actor.PartnerAdmin)
	a.crew(t, g.Partner)
	q, ctx := a.Qualification, t.Context()
	x, err := q.Draft(ctx, g.Partner, qualification.DraftInput{Program: "h3c-star", Level: "four-star"})
	must(t, err)
	f := x.Form
	f.Company, f.CompanyZH, f.Country, f.Address, f.ContactName, f.ContactEmail = name, nameZH, "SG", "1 Harbour Road", "Lin Yu", "lin@grant.example"
	f.ApplicantName, f.ApplicantEmail, f.ManagerName = "Mo Chen", "mo@grant.example", "Dee"
	x, err = q.SaveForm(ctx, g.Partner, x.ID, x.Edition, f)
	must(t, err)
	a.enclose(t, g.Partner, x.ID)
	v, err := q.Application(ctx, g.Partner, x.ID)
	must(t, err)
	x, err = q.Submit(ctx, g.Partner, x.ID, v.Edition, true)
	must(t, err)
	x, err = q.Start(ctx, g.Reviewer, x.ID, x.Edition)
	must(t, err)
	g.Held, err = q.Approve(ctx, g.Reviewer, x.ID, x.Edition)
	must(t, err)
	a.Drain(t)
	return g
}

// Vendor is a new user of the vendor, which is made when there's none.
func (a *App) Vendor(t testing.TB, roles ...actor.Role) actor.Actor {
	t.Helper()
	v, err := a.Account.Vendor(t.Context())
	if err != nil {
		v, err = a.Account.CreateAccount(t.Context(), cli, account.NewAccount{Kind: actor.Vendor, Name: "Hanse Demo Networks", Country: "CN"})
		must(t, err)
	}
	return a.user(t, v.ID, actor.Vendor, roles...)
}

func (a *App) user(t testing.TB, account string, kind actor.Kind, roles ...actor.Role) actor.Actor {
	t.Helper()
	u, err := a.Account.CreateUser(t.Context(), cli, newUser(account, roles))
	must(t, err)
	return actor.Actor{Account: account, Kind: kind, User: u.ID, Name: u.Name, Identity: u.Identity, Roles: u.Roles, Via: "session", Lang: "en",
		IP: "192.0.2.1", Request: "req_grant"}
}

func newUser(id string, roles []actor.Role) account.NewUser {
	return account.NewUser{Account: id, Email: string(roles[0]) + "." + id[len(id)-8:] + "@grant.example", Name: "Test", Password: "copper lantern seven rivers",
		Lang: "en", Roles: roles}
}

// crew puts enough engineers for four stars on the roster.
func (a *App) crew(t testing.TB, by actor.Actor) {
	t.Helper()
	today, people := calendar.DayOf(a.Clock.Now()), map[string]string{}
	for name, codes := range map[string][]string{"ada": {"H3CSE"}, "bo": {"H3CSE"}, "cy": {"H3CNE"}, "dee": {"H3CNE", "PMP"}} {
		id, err := a.Roster.Bind(t.Context(), by, by.Account, roster.Entry{Number: name, Name: name, Email: name + "@grant.example",
			BoundOn: today.AddYears(-5), Registered: true})
		must(t, err)
		people[name] = id
		for _, code := range codes {
			must(t, a.Roster.AddCertificate(t.Context(), by, by.Account, id, roster.Cert{Code: code, IssuedOn: today.AddYears(-1), ExpiresOn: today.AddYears(2)}))
		}
	}
	must(t, a.Qualification.SetFacts(t.Context(), by, by.Account, qualification.ServiceFacts{Hotline: program.Hotline7x24, HotlineNumber: "+65 6000 0000",
		ServiceEmail: "service@grant.example", ServiceManager: people["dee"], IssueTracking: program.TrackingAutomatic, EventsAttended: 3}))
	a.Drain(t)
}

// enclose adds every file that an application asks for.
func (a *App) enclose(t testing.TB, by actor.Actor, id string) {
	t.Helper()
	v, err := a.Qualification.Application(t.Context(), by, id)
	must(t, err)
	var scan bytes.Buffer
	must(t, png.Encode(&scan, image.NewRGBA(image.Rect(0, 0, 4, 4))))
	for _, p := range v.Places {
		_, err := a.Qualification.AddEvidence(t.Context(), by, id, qualification.NewEvidence{Ask: p.Ask.ID, Person: p.Person, Code: p.Code, Name: "scan.png"},
			bytes.NewReader(scan.Bytes()))
		must(t, err)
	}
}
