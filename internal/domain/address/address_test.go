package address_test

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"hanse/internal/domain/account"
	"hanse/internal/domain/address"
	"hanse/internal/domain/credential"
	"hanse/internal/domain/fixture"
	"hanse/internal/domain/login"
	"hanse/internal/domain/program"
	"hanse/internal/domain/roster"
	"hanse/internal/kit/actor"
	"hanse/internal/kit/calendar"
	"hanse/internal/kit/clock"
	"hanse/internal/kit/db"
	"hanse/internal/kit/dbtest"
	"hanse/internal/kit/fault"
	"hanse/internal/kit/jobs"
	"hanse/internal/kit/outbox"
	"hanse/internal/kit/pow"
)

// ground is the service with records that are kept in memory.
type ground struct {
	*fixture.World
	t       *testing.T
	clock   *clock.Manual
	address *address.Service
	roster  *roster.Service
	runner  *jobs.Runner

	mu     sync.Mutex
	owner  map[string]string // of the records of an address
	lines  map[string][]address.Candidate
	names  map[string][]string
	seen   map[string][]address.Seen
	asked  map[string]string // address → token of the latest mail
	events []string
}

func start(t *testing.T, d *db.DB, c *clock.Manual) *ground {
	t.Helper()
	g := &ground{World: fixture.New(t, d), t: t, clock: c, owner: map[string]string{}, lines: map[string][]address.Candidate{},
		names: map[string][]string{}, seen: map[string][]address.Seen{}, asked: map[string]string{}}
	creds := credential.New(d, func() *program.Catalogue {
		return &program.Catalogue{Certificates: []program.CertificateType{{Code: "HCIA", ValidityMonths: 36}}}
	})
	g.roster = roster.New(roster.Config{DB: d, Credentials: creds, NewPerson: account.InsertPerson})
	g.address = address.New(address.Config{DB: d, Login: g.Login, Vault: g.Vault, Roster: g.roster, Records: g.records(),
		NameHolders: func(_ context.Context, _ db.Querier, name string) ([]string, error) { return g.names[name], nil }})
	g.runner = g.Runner()
	g.roster.Register(g.runner)
	g.address.Register(g.runner)
	g.listen()
	return g
}

func (g *ground) records() address.Records {
	locked := func(f func()) { g.mu.Lock(); defer g.mu.Unlock(); f() }
	return address.Records{
		Claim: func(_ context.Context, _ *db.Tx, email, person string) (n int, err error) {
			locked(func() { g.owner[email] = person; n = len(g.lines[email]) })
			return n, nil
		},
		Release: func(_ context.Context, _ *db.Tx, email, _ string) error {
			locked(func() { delete(g.owner, email) })
			return nil
		},
		CandidatesOf: func(_ context.Context, _ db.Querier, email string) (out []address.Candidate, err error) {
			locked(func() { out = g.lines[email] })
			return out, nil
		},
		HolderOf: func(_ context.Context, _ db.Querier, provider, id string) (person string, err error) {
			locked(func() {
				for e, cs := range g.lines {
					if slices.ContainsFunc(cs, func(c address.Candidate) bool { return c.Provider == provider && c.ID == id }) && g.owner[e] != "" {
						person = g.owner[e]
					}
				}
			})
			return person, nil
		},
		OfPerson: func(_ context.Context, _ db.Querier, person string) (out []address.Seen, err error) {
			locked(func() { out = g.seen[person] })
			return out, nil
		},
		Arrived: []string{"test.arrived"},
	}
}

// listen reads the links from the events as the mailer would.
func (g *ground) listen() {
	g.runner.On("address.asked", "test", func(_ context.Context, _ *db.Tx, e outbox.Event) error {
		x, err := outbox.As[address.Asked](e)
		if err != nil {
			return err
		}
		link, err := g.Vault.Open("mail", x.Sealed)
		g.asked[x.Email] = token(link)
		return err
	})
	for _, kind := range []string{"address.associated", "address.removed", "dispute.opened", "dispute.decided", "missing.opened", "missing.arrived", "roster.changed"} {
		g.runner.On(kind, "test.seen", func(_ context.Context, _ *db.Tx, e outbox.Event) error {
			g.events = append(g.events, e.Kind)
			return nil
		})
	}
}

func token(link string) string {
	u, err := url.Parse(link)
	if err != nil {
		return ""
	}
	return u.Query().Get("token")
}

func (g *ground) captcha() string {
	g.t.Helper()
	c, err := g.Login.Challenge()
	fixture.Must(g.t, err)
	p, err := pow.Solve(c)
	fixture.Must(g.t, err)
	return p
}

func (g *ground) drain() {
	g.t.Helper()
	fixture.Must(g.t, g.runner.Drain(g.t.Context()))
}

// ask has a mail sent and returns its link's token.
func (g *ground) ask(by actor.Actor, email string) string {
	g.t.Helper()
	_, err := g.address.Request(g.t.Context(), by, email, g.captcha())
	fixture.Must(g.t, err)
	g.drain()
	return g.asked[email]
}

func (g *ground) associate(by actor.Actor, email string) {
	g.t.Helper()
	_, err := g.address.Confirm(g.t.Context(), by, g.ask(by, email))
	fixture.Must(g.t, err)
	g.drain()
}

func (g *ground) state(by actor.Actor, email string) address.State {
	g.t.Helper()
	all, err := g.address.Links(g.t.Context(), by)
	fixture.Must(g.t, err)
	for _, l := range all {
		if l.Email == email {
			return l.State
		}
	}
	return ""
}

func key(err error) string {
	f := fault.Of(err)
	if f == nil {
		return ""
	}
	if len(f.Fields) > 0 {
		return f.Fields[0].Name + ":" + f.Fields[0].Msg.Key
	}
	return f.Msg.Key
}

func each(t *testing.T, f func(t *testing.T, g *ground)) {
	t.Helper()
	dbtest.Each(t, func(t *testing.T, d *db.DB, c *clock.Manual) { f(t, start(t, d, c)) })
}

func TestAnAddressIsAssociatedByTheButtonBehindTheMailAndGivesItsRecords(t *testing.T) {
	each(t, func(t *testing.T, g *ground) {
		ann := g.Person("Ann Lee")
		g.lines["ann@exam.example"] = []address.Candidate{{Provider: "PEARSON_VUE", ID: "C1", FirstName: "Ann", LastName: "Lee"}}
		g.ask(ann, "Ann@Exam.example")
		tok := g.asked["ann@exam.example"]
		if tok == "" {
			t.Fatal("no mail was asked for")
		}
		if got := g.state(ann, "ann@exam.example"); got != address.Waiting {
			t.Errorf("state after asking = %q, want pending", got)
		}
		if l, err := g.address.Asked(t.Context(), ann, tok); err != nil || l.Email != "ann@exam.example" || g.owner["ann@exam.example"] != "" {
			t.Errorf("opening the link = %v, %v and gives records to %q; want the address and nothing done", l.Email, err, g.owner["ann@exam.example"])
		}
		l, err := g.address.Confirm(t.Context(), ann, tok)
		if err != nil || l.State != address.Linked || g.owner[l.Email] != ann.Person {
			t.Errorf("Confirm = %v, %v; records are %q's, want %q's", l.State, err, g.owner[l.Email], ann.Person)
		}
		if _, err := g.address.Confirm(t.Context(), ann, tok); key(err) != "address.link_gone" {
			t.Errorf("the link a second time = %v, want link_gone", err)
		}
		has, err := address.Owner(t.Context(), g.DB.Read(), []string{"ann@exam.example", "other@exam.example"})
		if err != nil || len(has) != 1 || has["ann@exam.example"] != ann.Person {
			t.Errorf("Owner = %v, %v", has, err)
		}
		none, err := address.Without(t.Context(), g.DB.Read(), []string{ann.Person, "nobody"})
		if err != nil || none[ann.Person] || !none["nobody"] {
			t.Errorf("Without = %v, %v; want nobody alone", none, err)
		}
		own := g.Email(ann)
		g.associate(ann, own) // needed even for the address that one signs in with
		if all, err := address.EmailsOf(t.Context(), g.DB.Read(), ann.Person); err != nil || len(all) != 2 {
			t.Errorf("EmailsOf = %v, %v, want two", all, err)
		}
		if _, err := g.address.Request(t.Context(), ann, own, g.captcha()); key(err) != "email:address.yours_already" {
			t.Errorf("asking again for the own = %v, want yours_already", err)
		}
	})
}

func TestALinkOfAnotherAccountOrAnExpiredOneConfirmsNothing(t *testing.T) {
	each(t, func(t *testing.T, g *ground) {
		ann, bob := g.Person("Ann Lee"), g.Person("Bob Ray")
		tok := g.ask(ann, "ann@exam.example")
		if _, err := g.address.Confirm(t.Context(), bob, tok); key(err) != "address.other_account" {
			t.Errorf("another account's confirmation = %v, want other_account", err)
		}
		if _, err := g.address.Confirm(t.Context(), ann, "made-up"); key(err) != "address.link_gone" {
			t.Errorf("an invented link = %v, want link_gone", err)
		}
		fresh, err := g.address.Links(t.Context(), ann)
		fixture.Must(t, err)
		_, err = g.address.Resend(t.Context(), ann, fresh[0].ID)
		fixture.Must(t, err)
		if _, err := g.address.Confirm(t.Context(), ann, tok); key(err) != "address.link_gone" {
			t.Errorf("the replaced link = %v, want link_gone", err)
		}
		g.drain()
		g.clock.AdvanceWall(24*time.Hour + time.Second)
		if _, err := g.address.Confirm(t.Context(), ann, g.asked["ann@exam.example"]); key(err) != "address.link_gone" {
			t.Errorf("the link after a day = %v, want link_gone", err)
		}
		if got := g.state(ann, "ann@exam.example"); got != address.Expired {
			t.Errorf("state after a day = %q, want expired", got)
		}
		g.clock.Advance(2 * time.Hour)
		g.drain()
		g.associate(ann, "ann@exam.example") // asked for again
		if got := g.state(ann, "ann@exam.example"); got != address.Linked {
			t.Errorf("state = %q, want associated", got)
		}
	})
}

func TestAtMostThreeMailsAnHourGoToAnAddressOrAreAskedForByAPerson(t *testing.T) {
	each(t, func(t *testing.T, g *ground) {
		ann, bob := g.Person("Ann Lee"), g.Person("Bob Ray")
		ask := func(by actor.Actor, email string) error {
			_, err := g.address.Request(t.Context(), by, email, g.captcha())
			return err
		}
		for i, by := range []actor.Actor{ann, ann, bob} {
			if err := ask(by, "x@exam.example"); err != nil {
				t.Fatalf("mail %d: %v", i+1, err)
			}
		}
		if err := ask(bob, "x@exam.example"); key(err) != "address.many_to" {
			t.Errorf("a fourth mail to the address = %v, want many_to", err)
		}
		if err := ask(ann, "y@exam.example"); err != nil {
			t.Errorf("Ann's third mail: %v", err)
		}
		if err := ask(ann, "z@exam.example"); key(err) != "address.many_by" || fault.Of(err).RetryAfter < 1 {
			t.Errorf("Ann's fourth mail = %v, want many_by with a time to wait", err)
		}
		g.clock.AdvanceWall(time.Hour)
		if err := ask(ann, "z@exam.example"); err != nil {
			t.Errorf("an hour later: %v", err)
		}
		if _, err := g.address.Request(t.Context(), ann, "w@exam.example", "nothing solved"); fault.KindOf(err) != fault.KindInvalid {
			t.Errorf("without a captcha = %v, want Invalid", err)
		}
	})
}

// TestOfManyWhoConfirmOneAddressAtOnceOneGetsIt races goroutines, each with a valid link of its own.
func TestOfManyWhoConfirmOneAddressAtOnceOneGetsIt(t *testing.T) {
	each(t, func(t *testing.T, g *ground) {
		const many = 8
		people, tokens := make([]actor.Actor, many), make([]string, many)
		for i := range people {
			people[i] = g.Person(fmt.Sprintf("Person %d", i))
			tokens[i] = g.ask(people[i], "shared@exam.example")
			g.clock.AdvanceWall(30 * time.Minute)
		}
		errs := make([]error, many)
		var wg sync.WaitGroup
		for i := range people {
			wg.Go(func() { _, errs[i] = g.address.Confirm(t.Context(), people[i], tokens[i]) })
		}
		wg.Wait()
		won := 0
		for i, err := range errs {
			if err == nil {
				won++
				if got := g.owner["shared@exam.example"]; got != people[i].Person {
					t.Errorf("the records are %q's, want the winner's", got)
				}
			} else if key(err) != "address.refused_email" {
				t.Errorf("a loser's error = %v, want refused_email", err)
			}
		}
		if won != 1 {
			t.Errorf("%d of %d got the address, want 1", won, many)
		}
		list, _, err := g.address.DisputeQueue(t.Context(), g.Vendor(), address.Queue{})
		if err != nil || len(list) != many-1 {
			t.Errorf("%d disputes, %v; want one for each of the %d others", len(list), err, many-1)
		}
	})
}

// TestOfTwoAddressesOfOneCandidateConfirmedAtOnceOneIsAssociated races two people who share a candidate id.
func TestOfTwoAddressesOfOneCandidateConfirmedAtOnceOneIsAssociated(t *testing.T) {
	each(t, func(t *testing.T, g *ground) {
		ann, bob := g.Person("Ann Lee"), g.Person("Bob Ray")
		c := []address.Candidate{{Provider: "TALENT", ID: "C7"}}
		g.lines["a@exam.example"], g.lines["b@exam.example"] = c, c
		ta, tb := g.ask(ann, "a@exam.example"), g.ask(bob, "b@exam.example")
		var ea, eb error
		var wg sync.WaitGroup
		wg.Go(func() { _, ea = g.address.Confirm(t.Context(), ann, ta) })
		wg.Go(func() { _, eb = g.address.Confirm(t.Context(), bob, tb) })
		wg.Wait()
		if (ea == nil) == (eb == nil) || key(errors.Join(ea, eb)) != "" && key(ea)+key(eb) != "address.refused_candidate" {
			t.Errorf("Ann's = %v, Bob's = %v; want one refused for the candidate id", ea, eb)
		}
	})
}

func TestACandidateIdOrAVerifiedNameOfAnotherAccountOpensADispute(t *testing.T) {
	each(t, func(t *testing.T, g *ground) {
		ann, bob, cy := g.Person("Ann Lee"), g.Person("Bob Ray"), g.Person("Cy Ong")
		g.lines["a@exam.example"] = []address.Candidate{{Provider: "TALENT", ID: "C7", FirstName: "Ann", LastName: "Lee"}}
		g.lines["a2@exam.example"] = g.lines["a@exam.example"]
		g.lines["c@exam.example"] = []address.Candidate{{Provider: "TALENT", FirstName: "Wei", LastName: "Zhang"}}
		g.associate(ann, "a@exam.example")
		if _, err := g.address.Confirm(t.Context(), bob, g.ask(bob, "a2@exam.example")); key(err) != "address.refused_candidate" {
			t.Errorf("an address with Ann's candidate id = %v, want refused_candidate", err)
		}
		g.names["Wei Zhang"] = []string{ann.Person}
		if _, err := g.address.Confirm(t.Context(), cy, g.ask(cy, "c@exam.example")); key(err) != "address.refused_name" {
			t.Errorf("an address with Ann's verified name = %v, want refused_name", err)
		}
		g.names["Wei Zhang"] = []string{ann.Person, cy.Person}
		if _, err := g.address.Confirm(t.Context(), cy, g.ask(cy, "c@exam.example")); err != nil {
			t.Errorf("a namesake who is verified too: %v", err)
		}
		claimed, _, err := g.address.Disputes(t.Context(), bob)
		if err != nil || len(claimed) != 1 || !claimed[0].Automatic || claimed[0].Holder != "" {
			t.Errorf("Bob's disputes = %+v, %v; want one automatic, without the holder", claimed, err)
		}
		_, contested, err := g.address.Disputes(t.Context(), ann)
		if err != nil || len(contested) != 2 || contested[0].Person != "" {
			t.Errorf("what is contested of Ann's = %+v, %v; want two, without who claims", contested, err)
		}
	})
}

func TestTheVendorDecidesADisputeAndBothAreTold(t *testing.T) {
	each(t, func(t *testing.T, g *ground) {
		ann, bob, vendor := g.Person("Ann Lee"), g.Person("Bob Ray"), g.Vendor()
		g.associate(ann, "x@exam.example")
		if _, err := g.address.Confirm(t.Context(), bob, g.ask(bob, "x@exam.example")); key(err) != "address.refused_email" {
			t.Fatalf("Bob's confirmation = %v, want refused_email", err)
		}
		list, _, err := g.address.DisputeQueue(t.Context(), vendor, address.Queue{})
		if err != nil || len(list) != 1 {
			t.Fatalf("queue = %v, %v", list, err)
		}
		id := list[0].ID
		fixture.Must(t, g.address.AnswerDispute(t.Context(), ann, id, "Mine since 2020."))
		if err := g.address.AnswerDispute(t.Context(), bob, id, "No."); fault.KindOf(err) != fault.KindNotFound {
			t.Errorf("the claimant's answer = %v, want NotFound", err)
		}
		c, err := g.address.Dispute(t.Context(), vendor, id)
		if err != nil || c.Claimant.Name != "Bob Ray" || c.Holds.Name != "Ann Lee" || len(c.Holds.Addresses) != 1 || c.Answer == "" {
			t.Errorf("the case = %+v, %v; want both sides", c, err)
		}
		if err := g.address.DecideDispute(t.Context(), ann, id, address.Decision{To: "claimant", Reason: "x"}); fault.KindOf(err) != fault.KindDenied {
			t.Errorf("a person's decision = %v, want Denied", err)
		}
		fixture.Must(t, g.address.DecideDispute(t.Context(), vendor, id, address.Decision{To: "claimant", Reason: "Bob showed the mails."}))
		if g.owner["x@exam.example"] != bob.Person || g.state(ann, "x@exam.example") != address.Unlinked || g.state(bob, "x@exam.example") != address.Linked {
			t.Errorf("after the decision: records %q, Ann %q, Bob %q", g.owner["x@exam.example"], g.state(ann, "x@exam.example"), g.state(bob, "x@exam.example"))
		}
		if err := g.address.DecideDispute(t.Context(), vendor, id, address.Decision{To: "holder", Reason: "x"}); fault.KindOf(err) != fault.KindConflict {
			t.Errorf("deciding twice = %v, want Conflict", err)
		}
		g.drain()
		if !slices.Contains(g.events, "dispute.decided") || !slices.Contains(g.events, "address.removed") {
			t.Errorf("events %v", g.events)
		}
	})
}

func TestAClaimTellsTheSameWhetherSomebodyHasItOrNot(t *testing.T) {
	each(t, func(t *testing.T, g *ground) {
		ann, bob := g.Person("Ann Lee"), g.Person("Bob Ray")
		g.associate(ann, "x@exam.example")
		for _, email := range []string{"x@exam.example", "nobody@exam.example"} {
			if id, err := g.address.OpenDispute(t.Context(), bob, address.Claim{Email: email, Statement: "Mine."}); err != nil || id == "" {
				t.Errorf("claim to %s = %q, %v", email, id, err)
			}
			if _, err := g.address.OpenDispute(t.Context(), bob, address.Claim{Email: email, Statement: "Mine."}); key(err) != "address.dispute.open_already" {
				t.Errorf("the same claim to %s again = %v, want open_already", email, err)
			}
		}
		if _, err := g.address.OpenDispute(t.Context(), ann, address.Claim{Email: "x@exam.example", Statement: "Mine."}); key(err) != "address.dispute.yours" {
			t.Errorf("a claim to the own = %v, want yours", err)
		}
		if _, err := g.address.OpenDispute(t.Context(), bob, address.Claim{Statement: "Mine."}); key(err) != "email:address.dispute.what_missing" {
			t.Errorf("a claim to nothing = %v", err)
		}
	})
}

func TestARemovedAddressLetsItsRecordsWaitAndCanBeAnothers(t *testing.T) {
	each(t, func(t *testing.T, g *ground) {
		ann, bob := g.Person("Ann Lee"), g.Person("Bob Ray")
		g.associate(ann, "x@exam.example")
		all, err := g.address.Links(t.Context(), ann)
		fixture.Must(t, err)
		if err := g.address.Remove(t.Context(), bob, all[0].ID); fault.KindOf(err) != fault.KindNotFound {
			t.Errorf("removing another's = %v, want NotFound", err)
		}
		fixture.Must(t, g.address.Remove(t.Context(), ann, all[0].ID))
		if g.owner["x@exam.example"] != "" || g.state(ann, "x@exam.example") != address.Unlinked {
			t.Errorf("after removing: records %q's, state %q", g.owner["x@exam.example"], g.state(ann, "x@exam.example"))
		}
		g.associate(bob, "x@exam.example")
		if g.owner["x@exam.example"] != bob.Person {
			t.Error("the records aren't Bob's")
		}
	})
}

func TestAMissingRecordIsAskedForAfterFourWeeksAndClosesWhenItComes(t *testing.T) {
	each(t, func(t *testing.T, g *ground) {
		ann, vendor := g.Person("Ann Lee"), g.Vendor()
		g.associate(ann, "x@exam.example")
		today := calendar.DayOf(g.clock.Now())
		m := address.Missing{Kind: address.Exam, Email: "x@exam.example", Provider: "PEARSON_VUE", Code: "H12-821", On: today.AddDays(-28)}
		if _, err := g.address.ReportMissing(t.Context(), ann, m); key(err) != "date:address.missing.early" {
			t.Errorf("after 28 days = %v, want early: it may arrive today", err)
		}
		m.On = today.AddDays(-29)
		other := m
		other.Email = "y@exam.example"
		if _, err := g.address.ReportMissing(t.Context(), ann, other); key(err) != "email:address.missing.not_associated" {
			t.Errorf("for an address that isn't associated = %v", err)
		}
		id, err := g.address.ReportMissing(t.Context(), ann, m)
		fixture.Must(t, err)
		if _, err := g.address.ReportMissing(t.Context(), ann, m); key(err) != "address.missing.asked_already" {
			t.Errorf("twice = %v, want asked_already", err)
		}
		fixture.Must(t, g.address.HandleMissing(t.Context(), vendor, id, address.MissingAnswered, "We asked the provider.", 1))
		if list, _, err := g.address.MissingQueue(t.Context(), vendor, address.Queue{}); err != nil || len(list) != 1 {
			t.Errorf("the queue = %v, %v; an answered request stays on it", list, err)
		}
		g.seen[ann.Person] = []address.Seen{{Kind: address.Exam, Provider: "PEARSON_VUE", Code: "h12-821", On: m.On}}
		fixture.Must(t, g.DB.Update(t.Context(), func(tx *db.Tx) error { return outbox.Append(t.Context(), tx, arrived{[]string{ann.Person}}) }))
		g.drain()
		if list, err := g.address.MissingOf(t.Context(), ann); err != nil || len(list) != 1 || list[0].State != address.MissingArrived {
			t.Errorf("after it came: %+v, %v; want arrived", list, err)
		}
		if _, err := g.address.ReportMissing(t.Context(), ann, m); key(err) != "address.missing.there" {
			t.Errorf("asking for what is there = %v", err)
		}
	})
}

type arrived struct {
	Persons []string `json:"persons"`
}

func (a arrived) Event() (string, string, string) { return "test.arrived", "-", "x" }

// code reads the code of a sign-up from the event, as its mail would show it.
func (g *ground) code(t *testing.T) *string {
	t.Helper()
	var digits string
	g.runner.On("login.code_requested", "test", func(_ context.Context, _ *db.Tx, e outbox.Event) (err error) {
		x, err := outbox.As[login.CodeRequested](e)
		if err != nil {
			return err
		}
		digits, err = g.Vault.Open("mail", x.Sealed)
		return err
	})
	return &digits
}

func TestAHumanSignsUpAndShadowOfAFileBecomesTheirs(t *testing.T) {
	each(t, func(t *testing.T, g *ground) {
		digits := g.code(t)
		north := g.Partner("North")
		binding, err := g.roster.Bind(t.Context(), north, north.Account, roster.Entry{Number: "E1", Name: "A. Lee", Email: "ann@north.example"})
		fixture.Must(t, err)
		shadow, _, err := g.roster.PersonByEmail(t.Context(), g.DB.Read(), "ann@north.example")
		fixture.Must(t, err)
		in := address.SignUp{Name: "Ann Lee", Email: "Ann@North.example", Password: fixture.Password, Captcha: g.captcha(), Lang: "en", Next: "/me/companies"}
		p, err := g.address.SignUp(t.Context(), fixture.Nobody(), in)
		fixture.Must(t, err)
		g.drain()
		if _, err := g.address.ConfirmSignUp(t.Context(), fixture.Nobody(), p.ID, "000000"); fault.KindOf(err) != fault.KindInvalid && *digits != "000000" {
			t.Errorf("a wrong code = %v, want Invalid", err)
		}
		next, err := g.address.ConfirmSignUp(t.Context(), fixture.Nobody(), p.ID, *digits)
		if err != nil || next != "/me/companies" {
			t.Fatalf("ConfirmSignUp = %q, %v", next, err)
		}
		who, ok, err := login.FindName(t.Context(), g.DB.Read(), "ann@north.example")
		if err != nil || !ok || who.Person == "" || who.Person == shadow {
			t.Fatalf("the sign-in = %+v, %v, %v; want a personal account of its own", who, ok, err)
		}
		b, err := g.roster.Binding(t.Context(), g.DB.Read(), north.Account, binding)
		if err != nil || b.Person != who.Person {
			t.Errorf("the binding is %q's, %v; want the new person's", b.Person, err)
		}
		if _, err := g.Login.SignIn(t.Context(), fixture.Nobody(), login.SignIn{Name: "ann@north.example", Password: fixture.Password}); err != nil {
			t.Errorf("signing in: %v", err)
		}
		has, err := address.Owner(t.Context(), g.DB.Read(), []string{"ann@north.example"})
		if err != nil || len(has) != 0 {
			t.Errorf("the address is associated by signing up (%v, %v): it needs its own confirmation", has, err)
		}
		g.clock.AdvanceWall(2 * time.Minute)
		in.Captcha = g.captcha()
		again, err := g.address.SignUp(t.Context(), fixture.Nobody(), in) // a known address: the same answer
		fixture.Must(t, err)
		g.drain()
		if _, err := g.address.ConfirmSignUp(t.Context(), fixture.Nobody(), again.ID, *digits); key(err) != "address.signup.known" {
			t.Errorf("a second account for the address = %v, want signup.known", err)
		}
	})
}

func TestASignUpNeedsNamePasswordAndANextPageOfOurs(t *testing.T) {
	each(t, func(t *testing.T, g *ground) {
		_, err := g.address.SignUp(t.Context(), fixture.Nobody(), address.SignUp{Name: " ", Email: "x", Password: "short"})
		var names []string
		for _, f := range fault.Of(err).Fields {
			names = append(names, f.Name)
		}
		if got := strings.Join(names, " "); got != "name email password" {
			t.Errorf("refused fields %q, want name email password", got)
		}
		p, err := g.address.SignUp(t.Context(), fixture.Nobody(), address.SignUp{Name: "Ann", Email: "a@x.example", Password: fixture.Password,
			Captcha: g.captcha(), Next: "//evil.example"})
		if err != nil || p.Next != "" {
			t.Errorf("next = %q, %v; want nothing outside", p.Next, err)
		}
	})
}
