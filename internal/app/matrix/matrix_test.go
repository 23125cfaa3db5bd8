// Package matrix_test tries every verb of every module with every role, on both databases: who has the permission
// is let in, everybody else is turned away, and a stranger's things stay unseen and untouched.
package matrix_test

import (
	"bytes"
	"flag"
	"fmt"
	"image"
	"image/png"
	"os"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"hanse/internal/app/apptest"
	"hanse/internal/domain/account"
	"hanse/internal/domain/login"
	"hanse/internal/domain/notify"
	"hanse/internal/domain/program"
	"hanse/internal/domain/qualification"
	"hanse/internal/domain/roster"
	"hanse/internal/kit/actor"
	"hanse/internal/kit/calendar"
	"hanse/internal/kit/db"
	"hanse/internal/kit/fault"
)

const password = "copper lantern seven rivers"

var (
	cli          = actor.Program("test")
	notifyFilter = notify.Filter{Limit: 10}
)

// A world is one actor for every role, and a company of strangers that has one of everything.
type world struct {
	t        *testing.T
	a        *apptest.App
	actors   []actor.Actor
	partner  string // what the vendor's staff try their permissions on
	stranger ids
}

func TestEveryVerbWithEveryRole(t *testing.T) {
	apptest.Each(t, func(t *testing.T, a *apptest.App) {
		w := newWorld(t, a)
		before := w.counts()
		for _, r := range rows {
			for _, by := range w.actors {
				w.strange(r, by)
			}
		}
		if diff := cmp.Diff(before, w.counts()); diff != "" {
			t.Errorf("what strangers tried has changed something (-before +after):\n%s", diff)
		}
		for _, r := range rows {
			for _, by := range w.actors {
				w.own(r, by)
			}
		}
	})
}

// may tells who is let in.
func (r row) may(by actor.Actor) bool {
	if r.only != nil {
		return r.only(by) && (by.Can(r.verb) || r.name == "login.SignOut")
	}
	return by.Can(r.verb) || r.also != "" && by.Can(r.also)
}

// own calls a verb with the actor's own company, where nothing has the ids that are given.
func (w *world) own(r row, by actor.Actor) {
	w.t.Helper()
	mine := by.Account
	if by.Vendor() || mine == "" {
		mine = w.partner
	}
	const none = nothing
	err := r.call(w.t.Context(), w.a, by, ids{account: mine, user: none, invitation: none, person: none, certificate: none, imported: none,
		application: none, evidence: none, qualification: none, number: none, critical: none, inspection: none, key: none, session: none, message: none})
	kind := fault.KindOf(err)
	turned := kind == fault.KindDenied || kind == fault.KindUnauthenticated
	switch {
	case err != nil && kind == "":
		w.t.Errorf("%s by %s: internal error %v", r.name, who(by), err)
	case r.may(by) && turned:
		w.t.Errorf("%s by %s, who has %s: %v", r.name, who(by), r.verb, err)
	case !r.may(by) && by.Kind == actor.Public && kind != fault.KindUnauthenticated:
		w.t.Errorf("%s by nobody: %v, want unauthenticated", r.name, err)
	case !r.may(by) && !turned && (r.only == nil || kind != fault.KindNotFound):
		w.t.Errorf("%s by %s, who lacks %s: %v, want denied", r.name, who(by), r.verb, err)
	}
}

// strange calls a verb with a stranger's things. The vendor's staff see every partner, so they are no strangers.
func (w *world) strange(r row, by actor.Actor) {
	w.t.Helper()
	if by.Vendor() || r.open != "" {
		return
	}
	err := r.call(w.t.Context(), w.a, by, w.stranger)
	switch fault.KindOf(err) {
	case fault.KindNotFound, fault.KindDenied, fault.KindUnauthenticated:
	default:
		w.t.Errorf("%s by %s with a stranger's things: %v, want not found", r.name, who(by), err)
	}
}

func who(by actor.Actor) string { return fmt.Sprintf("%s %v", by.Kind, by.Roles) }

// counts counts the rows of every table, by the migrations' own list.
func (w *world) counts() map[string]int64 {
	w.t.Helper()
	all, err := db.Migrations()
	must(w.t, err)
	out := map[string]int64{}
	for _, m := range all {
		for line := range strings.Lines(m.Text) {
			name, ok := strings.CutPrefix(line, "-- table ")
			if !ok {
				continue
			}
			name, _, _ = strings.Cut(name, ":")
			out[name], err = db.One(w.t.Context(), w.a.DB.Read(), func(r db.Row) (n int64, err error) { return n, r.Scan(&n) }, "SELECT COUNT(*) FROM "+name)
			must(w.t, err)
		}
	}
	return out
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func (w *world) company(k actor.Kind, name string) string {
	in := account.NewAccount{Kind: k, Name: name, Country: "SG", Address: "1 Harbour Road", Contact: "Lin Yu", Email: "lin@" + strings.ToLower(name) + ".example"}
	if k == actor.Partner {
		in.Market, in.Channel = account.Overseas, []account.Channel{account.SolutionProvider}
	}
	c, err := w.a.Account.CreateAccount(w.t.Context(), cli, in)
	must(w.t, err)
	return c.ID
}

func (w *world) user(id string, k actor.Kind, r actor.Role, email string) actor.Actor {
	u, err := w.a.Account.CreateUser(w.t.Context(), cli, account.NewUser{Account: id, Email: email, Name: "Test", Password: password, Lang: "en", Roles: []actor.Role{r}})
	must(w.t, err)
	return actor.Actor{Account: id, Kind: k, User: u.ID, Name: u.Name, Identity: u.Identity, Roles: u.Roles, Via: "session", Lang: "en", IP: "192.0.2.1", Request: "req_1"}
}

func newWorld(t *testing.T, a *apptest.App) *world {
	t.Helper()
	w := &world{t: t, a: a}
	var reviewer actor.Actor
	for _, k := range []actor.Kind{actor.Vendor, actor.Partner, actor.Customer} {
		id := w.company(k, "Own"+string(k))
		if k == actor.Partner {
			w.partner = id
		}
		for _, r := range actor.RolesOf(k) {
			by := w.user(id, k, r, string(r)+"@own.example")
			w.actors = append(w.actors, by)
			if r == actor.Reviewer {
				reviewer = by
			}
		}
	}
	w.actors = append(w.actors, w.person(), actor.Nobody("192.0.2.1", "req_1", "en"), cli)
	w.fill(reviewer)
	return w
}

func (w *world) person() actor.Actor {
	const email = "engineer@own.example"
	p, err := w.a.Account.CreatePerson(w.t.Context(), cli, account.NewPerson{Name: "Engineer", Email: email, Password: password, Lang: "en"})
	must(w.t, err)
	identity, _, err := login.IdentityOfEmail(w.t.Context(), w.a.DB.Read(), email)
	must(w.t, err)
	return actor.Actor{Account: p, Kind: actor.Person, User: p, Name: "Engineer", Identity: identity, Person: p, Via: "session", Lang: "en", IP: "192.0.2.1", Request: "req_1"}
}

// fill gives the stranger one of everything, by the product's own verbs.
func (w *world) fill(reviewer actor.Actor) {
	ctx, t, x := w.t.Context(), w.t, &w.stranger
	x.account = w.company(actor.Partner, "Stranger")
	by := w.user(x.account, actor.Partner, actor.PartnerAdmin, "admin@stranger.example")
	x.user = by.User
	k, _, err := w.a.Login.CreateKey(ctx, by, login.NewKey{Note: "theirs"})
	must(t, err)
	x.key = k.AccessKey
	_, err = w.a.Login.SignIn(ctx, actor.Nobody("192.0.2.1", "req_1", "en"), login.SignIn{Name: "admin@stranger.example", Password: password})
	must(t, err)
	sessions, err := w.a.Login.Sessions(ctx, by)
	must(t, err)
	x.session = sessions[0].ID
	must(t, w.a.Account.InviteUser(ctx, by, x.account, account.InviteUser{Email: "new@stranger.example", Name: "New", Roles: []actor.Role{actor.ServiceManager}}))
	invited, err := w.a.Account.Invitations(ctx, by, x.account)
	must(t, err)
	x.invitation = invited[0].ID
	w.crew(by)
	w.granted(by, reviewer)
	i, err := w.a.Roster.Upload(ctx, by, x.account, "x.csv", strings.NewReader("person_id,name,email,certificate,issued_on,expires_on,bound_on,left_on,registered\ne9,New,,,,,,,\n"))
	must(t, err)
	x.imported = i.ID
	w.a.Drain(t)
	messages, err := w.a.Notify.List(ctx, by, notifyFilter)
	must(t, err)
	if len(messages) == 0 {
		t.Fatal("the stranger has no message")
	}
	x.message = messages[0].ID
	x.more = map[string]string{}
	for _, f := range fills {
		f(w, by, reviewer)
	}
}

func (w *world) crew(by actor.Actor) {
	ctx, t, x := w.t.Context(), w.t, &w.stranger
	people := map[string]string{}
	for name, codes := range map[string][]string{"ada": {"H3CSE"}, "bo": {"H3CSE"}, "cy": {"H3CNE"}, "dee": {"H3CNE", "PMP"}} {
		id, err := w.a.Roster.Bind(ctx, by, x.account, roster.Entry{Number: name, Name: name, Email: name + "@stranger.example", BoundOn: 18262, Registered: true})
		must(t, err)
		people[name] = id
		for _, c := range codes {
			must(t, w.a.Roster.AddCertificate(ctx, by, x.account, id, roster.Cert{Code: c, IssuedOn: day - 200, ExpiresOn: day + 800}))
		}
	}
	v, err := w.a.Roster.Person(ctx, by, x.account, people["ada"])
	must(t, err)
	x.person, x.certificate = v.ID, v.Certificates[0].ID
	must(t, w.a.Qualification.SetFacts(ctx, by, x.account, qualification.ServiceFacts{Hotline: program.Hotline7x24, HotlineNumber: "+65 6000 0000",
		ServiceEmail: "service@stranger.example", ServiceManager: people["dee"], IssueTracking: program.TrackingAutomatic, EventsAttended: 3}))
	w.a.Drain(t)
}

// granted brings an application to its end.
func (w *world) granted(by, reviewer actor.Actor) {
	ctx, t, x, q := w.t.Context(), w.t, &w.stranger, w.a.Qualification
	a, err := q.Draft(ctx, by, qualification.DraftInput{Program: "h3c-star", Level: "four-star"})
	must(t, err)
	f := a.Form
	f.Company, f.Country, f.Address, f.ContactName, f.ContactEmail = "Stranger", "SG", "1 Harbour Road", "Lin Yu", "lin@stranger.example"
	f.ApplicantName, f.ApplicantEmail, f.ManagerName = "Mo Chen", "mo@stranger.example", "Dee"
	a, err = q.SaveForm(ctx, by, a.ID, a.Edition, f)
	must(t, err)
	v, err := q.Application(ctx, by, a.ID)
	must(t, err)
	var scan bytes.Buffer
	must(t, png.Encode(&scan, image.NewRGBA(image.Rect(0, 0, 4, 4))))
	for _, p := range v.Places {
		e, err := q.AddEvidence(ctx, by, a.ID, qualification.NewEvidence{Ask: p.Ask.ID, Person: p.Person, Code: p.Code, Name: "scan.png"}, bytes.NewReader(scan.Bytes()))
		must(t, err)
		x.evidence = e.ID
	}
	v, err = q.Application(ctx, by, a.ID)
	must(t, err)
	a, err = q.Submit(ctx, by, a.ID, v.Edition, true)
	must(t, err)
	a, err = q.Start(ctx, reviewer, a.ID, a.Edition)
	must(t, err)
	inspected, err := q.Inspect(ctx, reviewer, qualification.NewInspection{Partner: x.account, Program: "h3c-star", InspectedOn: calendar.DayOf(w.a.Clock.Now()),
		Inspector: "Rae", Items: []qualification.InspectionItem{{What: "laboratory-use", Result: "ok"}}, Findings: "Fine.", Passed: true})
	must(t, err)
	granted, err := q.Approve(ctx, reviewer, a.ID, a.Edition)
	must(t, err)
	c, err := q.RecordCritical(ctx, reviewer, qualification.NewCritical{Partner: x.account, OccurredOn: calendar.DayOf(w.a.Clock.Now()), Summary: "An outage of a day.", Effect: qualification.Note})
	must(t, err)
	x.application, x.inspection, x.qualification, x.number, x.critical = a.ID, inspected.ID, granted.ID, granted.Number, c.ID
}

// ofSchedules are the names under which schedules stand in the audit log: nobody asks for them.
var ofSchedules = []actor.Verb{actor.ExpireHold, actor.EndBudgets, actor.EndDelegations, actor.RefreshTiers, actor.RunPlans, actor.SettleBills, actor.GiveUnits, actor.TakeUnits, actor.RunTickets}

// ofSight are permissions that widen what a verb shows; the modules' own tests tell who sees what.
var ofSight = []actor.Verb{actor.ViewAllTickets}

// TestEveryVerbHasARow finds verbs that the table above forgets.
func TestEveryVerbHasARow(t *testing.T) {
	a := apptest.New(t)
	have, used := map[string]bool{}, map[actor.Verb]bool{}
	for _, r := range rows {
		name, _, _ := strings.Cut(r.name, " ")
		have[name], used[r.verb] = true, true
	}
	for module, s := range modules(a) {
		v := reflect.TypeOf(s)
		for i := range v.NumMethod() {
			m := v.Method(i)
			if name := module + "." + m.Name; isVerb(m.Type) && !have[name] && name != "ledger.Post" { // the verb that posts has asked
				t.Errorf("%s has no row in the permission matrix", name)
			}
		}
	}
	for _, p := range actor.Permissions() {
		if !used[p.Verb] && !slices.Contains(ofSchedules, p.Verb) && !slices.Contains(ofSight, p.Verb) {
			t.Errorf("no row tries the permission %s", p.Verb)
		}
	}
}

// isVerb: takes an actor and isn't part of somebody else's transaction.
func isVerb(m reflect.Type) bool {
	found := false
	for i := range m.NumIn() {
		switch m.In(i) {
		case reflect.TypeFor[*db.Tx]():
			return false
		case reflect.TypeFor[actor.Actor]():
			found = true
		}
	}
	return found
}

var update = flag.Bool("update", false, "write docs/permissions.md")

// TestTheDocumentOfPermissionsIsFresh compares docs/permissions.md with the table in the program.
func TestTheDocumentOfPermissionsIsFresh(t *testing.T) {
	const path = "../../../docs/permissions.md"
	want := document()
	if *update {
		must(t, os.WriteFile(path, want, 0o644))
	}
	got, err := os.ReadFile(path)
	must(t, err)
	if !bytes.Equal(got, want) {
		t.Errorf("docs/permissions.md is stale: run go test ./internal/app/matrix -run Fresh -args -update")
	}
}

func document() []byte {
	var b bytes.Buffer
	b.WriteString("# Permissions\n\nMade from the table in `internal/kit/actor/permission.go`; don't edit.\n\n" +
		"A role says what somebody may do; on top of it every query is narrowed to what somebody may see: partners, customers\n" +
		"and persons see what is their own, the vendor's staff see every partner. Somebody else's things are answered as if they\n" +
		"didn't exist. `self` is everybody signed in, for their own sign-in, keys, messages and records; `anyone` needs no\n" +
		"sign-in; `system` is the program itself: schedules, jobs, and the command line on the server.\n")
	for _, g := range []struct {
		title string
		roles []actor.Role
	}{
		{"The vendor's roles", actor.RolesOf(actor.Vendor)},
		{"Roles of partners and customers, and others", append(append(actor.RolesOf(actor.Partner), actor.RolesOf(actor.Customer)...), actor.Self, actor.Anyone, actor.Machine)},
	} {
		b.WriteString("\n## " + g.title + "\n\n| permission |")
		for _, r := range g.roles {
			b.WriteString(" " + string(r) + " |")
		}
		b.WriteString("\n|---|" + strings.Repeat(":-:|", len(g.roles)) + "\n")
		for _, p := range actor.Permissions() {
			b.WriteString("| `" + string(p.Verb) + "` |")
			for _, r := range g.roles {
				b.WriteString(map[bool]string{true: " yes |", false: "  |"}[slices.Contains(p.Roles, r)])
			}
			b.WriteString("\n")
		}
	}
	b.WriteString("\n## Verbs\n\nWhat each call asks for, and who of those who have the permission may really make it.\n\n| verb | permission | |\n|---|---|---|\n")
	for _, r := range rows {
		note := r.open
		switch {
		case r.name == "login.ImportKey":
			note = "the program itself alone"
		case r.only != nil && strings.HasSuffix(r.name, "(partner)"):
			note = "by a partner"
		case r.only != nil && note == "":
			note = "the vendor's staff alone"
		}
		b.WriteString("| `" + r.name + "` | `" + string(r.verb) + "` | " + note + " |\n")
	}
	return b.Bytes()
}
