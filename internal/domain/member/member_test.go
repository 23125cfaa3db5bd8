package member_test

import (
	"errors"
	"fmt"
	"io"
	"log/slog"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"hanse/internal/domain/account"
	"hanse/internal/domain/credential"
	"hanse/internal/domain/fixture"
	"hanse/internal/domain/member"
	"hanse/internal/domain/program"
	"hanse/internal/domain/qualification"
	"hanse/internal/domain/realname"
	"hanse/internal/domain/roster"
	"hanse/internal/domain/setting"
	"hanse/internal/kit/actor"
	"hanse/internal/kit/blob"
	"hanse/internal/kit/calendar"
	"hanse/internal/kit/clock"
	"hanse/internal/kit/db"
	"hanse/internal/kit/dbtest"
	"hanse/internal/kit/fault"
	"hanse/internal/kit/jobs"
	"hanse/internal/kit/outbox"
	"hanse/programs"

	"context"
)

// world is all modules around bindings on one database.
type world struct {
	*fixture.World
	t       *testing.T
	c       *clock.Manual
	m       *member.Service
	names   *realname.Service
	people  *roster.Service
	q       *qualification.Service
	runner  *jobs.Runner
	north   actor.Actor
	sent    []member.Sent
	asked   []member.Asked
	told    []member.Answered
	lapsing []member.Lapsing
}

func newWorld(t *testing.T, d *db.DB, c *clock.Manual) *world {
	t.Helper()
	w := &world{World: fixture.New(t, d), t: t, c: c}
	files, err := blob.New(t.TempDir(), blob.Scan{})
	fixture.Must(t, err)
	lib, err := programs.Library()
	fixture.Must(t, err)
	cred := credential.New(d, func() *program.Catalogue { return lib.Catalogue })
	w.people = roster.New(roster.Config{DB: d, Credentials: cred, Files: files, NewPerson: account.InsertPerson})
	w.m = member.New(member.Config{DB: d, Vault: w.Vault, Roster: w.people, Accounts: w.Account})
	w.names = realname.New(realname.Config{DB: d, Vault: w.Vault, Files: files, Working: calendar.Standard()})
	w.q = qualification.New(d, files, qualification.Wire(w.people, calendar.Standard(), nil), slog.New(slog.DiscardHandler))
	_, err = w.q.Load(t.Context(), "")
	fixture.Must(t, err)
	w.runner = w.Runner()
	w.people.Register(w.runner)
	w.m.Register(w.runner)
	w.names.Register(w.runner)
	w.q.Register(w.runner)
	listen(w, &w.sent, "member.invited")
	listen(w, &w.asked, "member.asked", "member.reminded")
	listen(w, &w.told, "member.accepted", "member.refused", "member.revoked", "member.expired", "member.unbound")
	listen(w, &w.lapsing, "member.lapsing", "member.lapsed")
	fixture.Must(t, w.runner.Prepare(t.Context()))
	w.north = w.Partner("Northern Light Networks")
	return w
}

// listen keeps events as they were told.
func listen[T outbox.Fact](w *world, into *[]T, kinds ...string) {
	for _, k := range kinds {
		seen := map[string]bool{}
		w.runner.On(k, "test."+k, func(_ context.Context, _ *db.Tx, e outbox.Event) error {
			x, err := outbox.As[T](e)
			if err == nil && !seen[e.ID] {
				seen[e.ID] = true
				*into = append(*into, x)
			}
			return err
		})
	}
}

func each(t *testing.T, f func(w *world)) {
	dbtest.Each(t, func(t *testing.T, d *db.DB, c *clock.Manual) { f(newWorld(t, d, c)) })
}

func (w *world) ctx() context.Context { return w.t.Context() }

func (w *world) must(err error) {
	w.t.Helper()
	fixture.Must(w.t, err)
}

func (w *world) drain() {
	w.t.Helper()
	w.must(w.runner.Drain(w.ctx()))
}

func (w *world) want(what string, err error, kind fault.Kind) {
	w.t.Helper()
	if got := fault.KindOf(err); got != kind {
		w.t.Errorf("%s = %v, want kind %s", what, err, kind)
	}
}

// invite invites somebody to a partner and returns the invitation.
func (w *world) invite(by actor.Actor, to string) member.Invitation {
	w.t.Helper()
	i, err := w.m.Invite(w.ctx(), by, by.Account, member.Invite{To: to, Registered: true})
	w.must(err)
	return i
}

func (w *world) accept(by actor.Actor, i member.Invitation) (string, error) {
	return w.m.Accept(w.ctx(), by, i.Account, i.ID, member.ConsentVersion)
}

// bind invites a person and has the person accept.
func (w *world) bind(partner, person actor.Actor) string {
	w.t.Helper()
	b, err := w.accept(person, w.invite(partner, w.Email(person)))
	w.must(err)
	return b
}

// link is the path in the newest letter.
func (w *world) link(sealed string) string {
	w.t.Helper()
	path, err := w.Vault.Open("mail", sealed)
	w.must(err)
	return strings.TrimPrefix(path, member.LinkPath)
}

func (w *world) today() calendar.Day { return calendar.DayOf(w.c.Now()) }

func (w *world) state(i member.Invitation) member.State {
	w.t.Helper()
	v, err := w.m.View(w.ctx(), w.north, i.Account, i.ID)
	w.must(err)
	return v.State
}

func TestAnInvitedPersonReadsWhatGoesToThePartnerAndIsBoundByAYes(t *testing.T) {
	each(t, func(w *world) {
		wei := w.Person("Chen Wei")
		i := w.invite(w.north, w.Email(wei))
		w.drain()
		if len(w.sent) != 1 || w.sent[0].Letter.Person != wei.Person || w.sent[0].Days != 7 {
			t := w.t
			t.Fatalf("told %+v, want one letter to %s for 7 days", w.sent, wei.Person)
		}
		token := w.link(w.sent[0].Letter.Sealed)
		x, err := w.m.Question(w.ctx(), fixture.Nobody(), token)
		w.must(err)
		if !x.Nobody || x.AccountName != "Northern Light Networks" || len(member.ConsentText(member.ConsentVersion)) == 0 {
			w.t.Errorf("to a stranger the link shows %+v", x)
		}
		other := w.Person("Somebody Else")
		if x, err := w.m.Question(w.ctx(), other, token); err != nil || x.Other == "" {
			w.t.Errorf("to another person the link shows %+v, %v; want whom it is for", x, err)
		}
		if _, err := w.accept(other, i); fault.KindOf(err) != fault.KindNotFound {
			w.t.Errorf("another person's accept = %v, want not found", err)
		}
		_, err = w.m.Accept(w.ctx(), wei, i.Account, i.ID, "")
		w.want("accept without consent", err, fault.KindInvalid)
		binding, err := w.accept(wei, i)
		w.must(err)
		b, err := w.people.Binding(w.ctx(), w.DB.Read(), w.north.Account, binding)
		w.must(err)
		if b.Confirmation != roster.Confirmed || b.BoundOn != w.today() || b.Person != wei.Person || !b.Registered {
			w.t.Errorf("binding = %+v, want confirmed from today", b)
		}
		v, err := w.m.View(w.ctx(), w.north, w.north.Account, i.ID)
		w.must(err)
		if v.State != member.Bound || v.Consent == nil || v.Consent.Version != member.ConsentVersion || len(v.History) != 2 {
			w.t.Errorf("invitation = %+v, want bound, with the consent and two deeds", v)
		}
		_, err = w.accept(wei, i)
		w.want("second accept", err, fault.KindConflict)
		mine, err := w.m.Mine(w.ctx(), wei)
		w.must(err)
		if len(mine.Open) != 0 || len(mine.Work) != 1 || len(mine.Consents) != 1 {
			w.t.Errorf("mine = %+v, want one company and one consent", mine)
		}
	})
}

func TestSomebodyWithoutAnAccountIsInvitedByAddressAndAnswersAfterSigningUp(t *testing.T) {
	each(t, func(w *world) {
		i := w.invite(w.north, "new.engineer@fixture.example")
		w.drain()
		if len(w.sent) != 1 || w.sent[0].Letter.Person != "" || w.sent[0].Letter.Address != "new.engineer@fixture.example" {
			w.t.Fatalf("told %+v, want a letter to the address alone", w.sent)
		}
		person, err := w.Account.CreatePerson(w.ctx(), actor.Program("test"), account.NewPerson{Name: "New Engineer",
			Email: "new.engineer@fixture.example", Password: fixture.Password})
		w.must(err)
		by := w.signIn("new.engineer@fixture.example", person)
		mine, err := w.m.Mine(w.ctx(), by)
		w.must(err)
		if len(mine.Open) != 1 || mine.Open[0].ID != i.ID {
			w.t.Fatalf("open questions = %+v, want the invitation", mine.Open)
		}
		if _, err := w.accept(by, i); err != nil {
			w.t.Errorf("accept = %v", err)
		}
	})
}

// signIn is the actor of a sign-in by its address.
func (w *world) signIn(email, person string) actor.Actor {
	w.t.Helper()
	s, err := w.Login.SignIn(w.ctx(), fixture.Nobody(), loginOf(email))
	w.must(err)
	return actor.Actor{Account: person, Kind: actor.Person, User: person, Name: email, Identity: s.Identity, Person: person, Via: "session", Lang: "en"}
}

func TestAnInvitationByNameAsksWhichOfSeveralAccounts(t *testing.T) {
	each(t, func(w *world) {
		first, second := w.Person("Li Na"), w.Person("li  na")
		_, err := w.m.Invite(w.ctx(), w.north, w.north.Account, member.Invite{To: "LI NA"})
		var several *member.Several
		if !errors.As(err, &several) || len(several.Candidates) != 2 {
			w.t.Fatalf("Invite(LI NA) = %v, want a choice of two", err)
		}
		if strings.Contains(several.Candidates[0].Hint, "person") {
			w.t.Errorf("the hint %q gives the address away", several.Candidates[0].Hint)
		}
		i, err := w.m.Invite(w.ctx(), w.north, w.north.Account, member.Invite{To: "LI NA", Person: second.Person})
		w.must(err)
		if i.Person != second.Person || i.Channel != member.ByAccount {
			w.t.Errorf("invited %+v, want %s", i, second.Person)
		}
		if _, err := w.accept(first, i); fault.KindOf(err) != fault.KindNotFound {
			w.t.Errorf("the namesake's accept = %v, want not found", err)
		}
		_, err = w.accept(second, i)
		w.must(err)
		_, err = w.m.Invite(w.ctx(), w.north, w.north.Account, member.Invite{To: "Nobody Known"})
		w.want("Invite(Nobody Known)", err, fault.KindInvalid)
		_, err = w.m.Invite(w.ctx(), w.north, w.north.Account, member.Invite{To: "+65 8123 4567"})
		w.must(err)
	})
}

func TestAnAdministratorInvitesAHundredADay(t *testing.T) {
	each(t, func(w *world) {
		w.must(w.Setting.Change(w.ctx(), w.Vendor(), setting.Change{Key: setting.MemberPerDay, Value: "3"}))
		var wait sync.WaitGroup
		results := make([]error, 8)
		for n := range results {
			wait.Go(func() {
				_, results[n] = w.m.Invite(w.ctx(), w.north, w.north.Account, member.Invite{To: fmt.Sprintf("p%d@fixture.example", n)})
			})
		}
		wait.Wait()
		sent := 0
		for _, err := range results {
			if err == nil {
				sent++
			} else if fault.KindOf(err) != fault.KindTooMany {
				w.t.Errorf("Invite = %v, want too many", err)
			}
		}
		if sent != 3 {
			w.t.Errorf("%d of 8 invitations at once went out, want 3", sent)
		}
		colleague := w.User(w.north.Account, actor.PartnerAdmin)
		_, err := w.m.Invite(w.ctx(), colleague, w.north.Account, member.Invite{To: "other@fixture.example"})
		w.must(err)
		w.c.Advance(24 * time.Hour)
		_, err = w.m.Invite(w.ctx(), w.north, w.north.Account, member.Invite{To: "tomorrow@fixture.example"})
		w.must(err)
	})
}

func TestAnInvitationEndsAfterSevenDaysAndCanBeSentAgain(t *testing.T) {
	each(t, func(w *world) {
		wei := w.Person("Chen Wei")
		i := w.invite(w.north, w.Email(wei))
		_, err := w.m.Invite(w.ctx(), w.north, w.north.Account, member.Invite{To: w.Email(wei)})
		w.want("a second open invitation", err, fault.KindConflict)
		w.c.Advance(7*24*time.Hour - time.Second)
		if got := w.state(i); got != member.Invited {
			w.t.Errorf("a second before the end: %s, want invited", got)
		}
		w.c.Advance(time.Second)
		if got := w.state(i); got != member.Expired {
			w.t.Errorf("at the end: %s, want expired", got)
		}
		_, err = w.accept(wei, i)
		w.want("accept after the end", err, fault.KindConflict)
		w.c.Advance(24 * time.Hour)
		w.drain()
		if !slices.ContainsFunc(w.told, func(x member.Answered) bool { return x.What == "expired" }) {
			w.t.Errorf("told %+v, want expired", w.told)
		}
		v, err := w.m.View(w.ctx(), w.north, i.Account, i.ID)
		w.must(err)
		old := w.link(w.sent[0].Letter.Sealed)
		_, err = w.m.Again(w.ctx(), w.north, i.Account, i.ID, v.Version)
		w.must(err)
		_, err = w.m.Question(w.ctx(), wei, old)
		w.want("the old link", err, fault.KindNotFound)
		w.must(w.m.Refuse(w.ctx(), wei, i.Account, i.ID, "I stay where I am"))
		if got := w.state(i); got != member.Refused {
			w.t.Errorf("after a no: %s, want refused", got)
		}
		v, err = w.m.View(w.ctx(), w.north, i.Account, i.ID)
		w.must(err)
		again, err := w.m.Again(w.ctx(), w.north, i.Account, i.ID, v.Version)
		w.must(err)
		w.must(w.m.Revoke(w.ctx(), w.north, i.Account, i.ID, again.Version, ""))
		_, err = w.accept(wei, i)
		w.want("accept of one that was taken back", err, fault.KindConflict)
	})
}

func TestAPartnersOwnAccountCannotBeInvitedOrAccept(t *testing.T) {
	each(t, func(w *world) {
		south := w.Partner("Southern Cross Systems")
		_, err := w.m.Invite(w.ctx(), w.north, w.north.Account, member.Invite{To: w.Email(south)})
		w.want("inviting a partner's administrator", err, fault.KindInvalid)
		wei := w.Person("Chen Wei")
		i := w.invite(w.north, w.Email(wei))
		_, err = w.Account.CreateUser(w.ctx(), actor.Program("test"), account.NewUser{Account: south.Account, Email: w.Email(wei), Roles: []actor.Role{actor.PartnerAdmin}})
		w.must(err)
		_, err = w.accept(wei, i)
		w.want("accept by somebody who administers a partner by now", err, fault.KindConflict)
	})
}

func TestAUserOfACompanyWithoutPersonalAccountGetsOneByAccepting(t *testing.T) {
	each(t, func(w *world) {
		clerk := w.User(w.north.Account, actor.PartnerFinance)
		binding, err := w.accept(clerk, w.invite(w.north, w.Email(clerk)))
		w.must(err)
		b, err := w.people.Binding(w.ctx(), w.DB.Read(), w.north.Account, binding)
		w.must(err)
		if b.Person == "" || b.Confirmation != roster.Confirmed {
			w.t.Errorf("binding = %+v, want confirmed with a person", b)
		}
	})
}

func TestTheFourthPartnerWithin365DaysIsRefusedAndTheSameOneIsNotNew(t *testing.T) {
	each(t, func(w *world) {
		wei := w.Person("Chen Wei")
		partners := []actor.Actor{w.north, w.Partner("Second"), w.Partner("Third"), w.Partner("Fourth")}
		for n, p := range partners[:3] {
			b := w.bind(p, wei)
			w.c.Advance(10 * 24 * time.Hour)
			if n < 2 {
				w.must(w.m.Leave(w.ctx(), wei, p.Account, b, ""))
			} else {
				w.must(w.m.Unbind(w.ctx(), p, p.Account, b, "project over"))
			}
		}
		_, err := w.m.Invite(w.ctx(), partners[3], partners[3].Account, member.Invite{To: w.Email(wei)})
		w.want("the fourth partner", err, fault.KindInvalid)
		again := w.bind(w.north, wei) // not a new one
		w.must(w.m.Leave(w.ctx(), wei, w.north.Account, again, ""))
		ended := w.today()
		_ = ended
		w.c.Advance(356 * 24 * time.Hour) // Second ended 366 days ago, Third and the second time here not yet
		w.bind(partners[3], wei)
	})
}

func TestAPersonWorksForOnePartnerAtATime(t *testing.T) {
	each(t, func(w *world) {
		wei, south := w.Person("Chen Wei"), w.Partner("Southern Cross Systems")
		here, there := w.invite(w.north, w.Email(wei)), w.invite(south, w.Email(wei))
		var wait sync.WaitGroup
		results := make([]error, 6)
		for n := range results {
			i := []member.Invitation{here, there}[n%2]
			wait.Go(func() { _, results[n] = w.accept(wei, i) })
		}
		wait.Wait()
		won := 0
		for _, err := range results {
			if err == nil {
				won++
			} else if fault.KindOf(err) != fault.KindConflict {
				w.t.Errorf("accept = %v, want a conflict", err)
			}
		}
		if won != 1 {
			w.t.Errorf("%d of 6 answers at once were a yes, want 1", won)
		}
		all, err := w.people.BindingsOf(w.ctx(), w.DB.Read(), wei.Person)
		w.must(err)
		if len(all) != 1 {
			w.t.Errorf("%d bindings, want 1", len(all))
		}
	})
}

// file imports a roster for a partner.
func (w *world) file(by actor.Actor, rows ...string) {
	w.t.Helper()
	head := "person_id,name,email,certificate,issued_on,expires_on,bound_on,left_on,registered\n"
	imp, err := w.people.ImportNow(w.ctx(), by, by.Account, "people.csv", strings.NewReader(head+strings.Join(rows, "\n")+"\n"), false, nil)
	w.must(err)
	if imp.State != roster.Done || imp.Errors > 0 {
		w.t.Fatalf("import = %+v", imp)
	}
	w.drain()
}

func TestImportedPeopleAreAskedOnceAndCountUntilTheirDay(t *testing.T) {
	each(t, func(w *world) {
		wei := w.Person("Chen Wei")
		w.must(w.DB.Update(w.ctx(), func(tx *db.Tx) error { return w.people.AdoptPerson(w.ctx(), tx, wei.Person, wei.Name, w.Email(wei)) }))
		row := "1,Chen Wei," + w.Email(wei) + ",H3CSE,2025-06-01,,2020-01-01,,true"
		w.file(w.north, row, "2,Ann Lee,ann@north.example,,,,2020-01-01,,true", "3,No Address,,,,,2020-01-01,,true")
		if len(w.asked) != 1 || len(w.asked[0].Letters) != 2 {
			w.t.Fatalf("asked %+v, want one event with two letters", w.asked)
		}
		w.file(w.north, row, "2,Ann Lee-Ong,ann@north.example,,,,2020-01-01,,true") // another file: nobody is asked twice
		if len(w.asked) != 1 {
			w.t.Errorf("asked again: %+v", w.asked[1:])
		}
		term := w.today().AddDays(30)
		people := w.engineers()
		if p := people["Chen Wei"]; !p.Unconfirmed || p.CountsUntil != term {
			w.t.Errorf("Chen Wei = %+v, want unconfirmed until %s", p, term)
		}
		mine, err := w.m.Mine(w.ctx(), wei)
		w.must(err)
		if len(mine.Open) != 1 || mine.Open[0].Kind != member.ToConfirm {
			w.t.Fatalf("open = %+v, want one question to confirm", mine.Open)
		}
		w.c.Advance(23 * 24 * time.Hour)
		w.drain()
		if len(w.asked) != 2 || !w.asked[1].Reminder || w.asked[1].DaysLeft != 7 || len(w.lapsing) != 1 || w.lapsing[0].People != 3 {
			w.t.Errorf("after 23 days asked %+v, told %+v; want a reminder 7 days before, and the partner told of three", w.asked[1:], w.lapsing)
		}
		_, err = w.accept(wei, mine.Open[0].Invitation)
		w.must(err)
		w.file(w.north, row)
		if p := w.engineers()["Chen Wei"]; p.Unconfirmed {
			w.t.Errorf("after the yes and the same file: %+v, want confirmed", p)
		}
		w.c.Advance(7 * 24 * time.Hour)
		w.drain()
		last := w.lapsing[len(w.lapsing)-1]
		if !last.Over || last.People != 2 || last.On != term {
			w.t.Errorf("at the end told %+v, want two people over", last)
		}
		counts, err := w.people.Counts(w.ctx(), w.north, w.north.Account)
		w.must(err)
		if counts.Unconfirmed != 2 || counts.NotCounted != 2 {
			w.t.Errorf("counts = %+v, want two unconfirmed and not counted", counts)
		}
	})
}

// engineers are the north's people as the engine takes them, by name.
func (w *world) engineers() map[string]program.Person {
	w.t.Helper()
	all, err := w.people.EngineersAt(w.ctx(), w.DB.Read(), w.north.Account, w.c.Now())
	w.must(err)
	out := map[string]program.Person{}
	for _, p := range all {
		out[p.Name] = p
	}
	return out
}

func TestWhoSaysNoToARosterIsNoLongerThere(t *testing.T) {
	each(t, func(w *world) {
		wei := w.Person("Chen Wei")
		w.file(w.north, "1,Chen Wei,"+w.Email(wei)+",,,,2020-01-01,,true")
		mine, err := w.m.Mine(w.ctx(), wei)
		w.must(err)
		if len(mine.Open) != 1 {
			w.t.Fatalf("open = %+v, want the question that went to the address", mine.Open)
		}
		w.must(w.m.Refuse(w.ctx(), wei, w.north.Account, mine.Open[0].ID, "never worked there"))
		if p := w.engineers()["Chen Wei"]; p.LeftOn != w.today() {
			w.t.Errorf("left on %s, want today", p.LeftOn)
		}
	})
}

func TestARostersShadowBecomesThePersonWhoProvesTheAddress(t *testing.T) {
	each(t, func(w *world) {
		w.file(w.north, "1,Chen Wei,wei@home.example,H3CSE,2025-06-01,,2020-01-01,,true")
		person, err := w.Account.CreatePerson(w.ctx(), actor.Program("test"), account.NewPerson{Name: "Chen Wei", Email: "wei@home.example", Password: fixture.Password})
		w.must(err)
		by := w.signIn("wei@home.example", person)
		mine, err := w.m.Mine(w.ctx(), by)
		w.must(err)
		if len(mine.Open) != 1 {
			w.t.Fatalf("open = %+v, want one question", mine.Open)
		}
		binding, err := w.accept(by, mine.Open[0].Invitation)
		w.must(err)
		b, err := w.people.Binding(w.ctx(), w.DB.Read(), w.north.Account, binding)
		w.must(err)
		if b.Person != person || b.Number != "1" || b.BoundOn != calendar.Date(2020, 1, 1) || b.Confirmation != roster.Confirmed || len(b.Held) != 1 {
			w.t.Errorf("binding = %+v, want the roster's own, confirmed, of the person who signed in", b)
		}
	})
}

func TestCertificatesCountFromBindingToUnbindingAndNotASecondLonger(t *testing.T) {
	each(t, func(w *world) {
		wei := w.Person("Chen Wei")
		have := func() int {
			w.t.Helper()
			e, err := w.q.Evaluate(w.ctx(), w.north, w.north.Account, "h3c-star@2025", w.c.Now(), program.Hold)
			w.must(err)
			best := 0
			for _, l := range e.Evaluation.Levels {
				for _, track := range l.Tracks {
					for _, line := range track.Lines {
						if len(line.Slots) > 0 {
							best = max(best, line.Have)
						}
					}
				}
			}
			return best
		}
		if got := have(); got != 0 {
			w.t.Fatalf("before: %d engineers count, want none", got)
		}
		binding := w.bind(w.north, wei)
		w.must(w.people.AddCertificate(w.ctx(), w.north, w.north.Account, binding, roster.Cert{Code: "H3CSE", IssuedOn: w.today().AddDays(-30)}))
		if got := have(); got != 1 {
			w.t.Errorf("from the binding on: %d count, want 1", got)
		}
		w.c.Advance(24*time.Hour - 1*time.Second)
		if got := have(); got != 1 {
			w.t.Errorf("a day later: %d count, want 1", got)
		}
		w.must(w.m.Unbind(w.ctx(), w.north, w.north.Account, binding, ""))
		if got := have(); got != 0 {
			w.t.Errorf("at the instant of unbinding: %d count, want none", got)
		}
		b, err := w.people.Binding(w.ctx(), w.DB.Read(), w.north.Account, binding)
		w.must(err)
		if b.LeftOn != w.today() || b.Here(w.today()) {
			w.t.Errorf("left on %s, want today, which no longer counts", b.LeftOn)
		}
		err = w.m.Unbind(w.ctx(), w.north, w.north.Account, binding, "")
		w.want("unbinding twice", err, fault.KindConflict)
		w.drain()
		mine, err := w.m.Mine(w.ctx(), wei)
		w.must(err)
		if c := mine.Consents[0]; c.EndedOn != w.today() || c.EndedBy != member.SidePartner {
			w.t.Errorf("consent = %+v, want ended today by the partner", c)
		}
	})
}

func TestAnExitReportedOrImportedEndsTheConsentToo(t *testing.T) {
	each(t, func(w *world) {
		wei := w.Person("Chen Wei")
		binding := w.bind(w.north, wei)
		w.c.Advance(3 * 24 * time.Hour)
		_, err := w.q.ReportExit(w.ctx(), w.north, qualification.ExitInput{Partner: w.north.Account, Person: binding, On: w.today(), Reason: qualification.Leaving})
		w.must(err)
		w.drain()
		mine, err := w.m.Mine(w.ctx(), wei)
		w.must(err)
		if mine.Consents[0].EndedOn != w.today() || mine.Past[0].State != member.Unbound {
			w.t.Errorf("consent %+v, invitation %+v; want both ended", mine.Consents[0], mine.Past[0])
		}
		w.bind(w.Partner("Southern Cross Systems"), wei)
	})
}

func TestARealNameIsAskedWhereTheSiteWantsIt(t *testing.T) {
	each(t, func(w *world) {
		w.must(w.Setting.Change(w.ctx(), w.Vendor(), setting.Change{Key: setting.RealName, Value: "china"}))
		wei := w.Person("Chen Wei")
		i := w.invite(w.north, w.Email(wei))
		_, err := w.accept(wei, i)
		w.want("accept without a verified name", err, fault.KindConflict)
		c, err := w.names.Submit(w.ctx(), wei, realname.Submission{Name: "陈伟", Country: "CN", IDType: "id_card", Number: "110101199003074518", FileName: "id.pdf"}, pdf())
		w.must(err)
		w.must(w.names.Approve(w.ctx(), w.VendorUser(actor.Reviewer), c.ID, c.Version))
		_, err = w.accept(wei, i)
		w.must(err)
	})
}

func pdf() io.Reader {
	return strings.NewReader("%PDF-1.4\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n")
}

func TestNobodyOfAnotherPartnerSeesOrTouchesInvitations(t *testing.T) {
	each(t, func(w *world) {
		south, wei := w.Partner("Southern Cross Systems"), w.Person("Chen Wei")
		i := w.invite(w.north, w.Email(wei))
		_, err := w.m.View(w.ctx(), south, w.north.Account, i.ID)
		w.want("a stranger's View", err, fault.KindNotFound)
		_, err = w.m.List(w.ctx(), south, w.north.Account, member.Filter{})
		w.want("a stranger's List", err, fault.KindNotFound)
		w.want("a stranger's Revoke", w.m.Revoke(w.ctx(), south, w.north.Account, i.ID, 1, ""), fault.KindNotFound)
		_, err = w.m.Invite(w.ctx(), w.Vendor(), w.north.Account, member.Invite{To: "x@y.example"})
		w.want("the vendor's Invite", err, fault.KindDenied)
		page, err := w.m.List(w.ctx(), w.north, w.north.Account, member.Filter{State: member.Invited, Q: "PERSON"})
		w.must(err)
		if len(page.Items) != 1 || page.Count[member.Invited] != 1 || page.Left != 99 {
			w.t.Errorf("page = %+v, want one invitation and 99 left today", page)
		}
		if !regexp.MustCompile(`^mbi_`).MatchString(page.Items[0].ID) {
			w.t.Errorf("id = %s", page.Items[0].ID)
		}
	})
}
