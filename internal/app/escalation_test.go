package app_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"hanse/internal/app/apptest"
	"hanse/internal/domain/account"
	"hanse/internal/domain/sla"
	"hanse/internal/domain/taxonomy"
	"hanse/internal/domain/ticket"
	"hanse/internal/kit/actor"
	"hanse/internal/kit/calendar"
	"hanse/internal/kit/db"
)

// A night is a desk whose mails of escalations are counted.
type night struct {
	*apptest.App
	t      *testing.T
	engine actor.Actor
	admin  actor.Actor
}

func (n night) must(err error) {
	n.t.Helper()
	if err != nil {
		n.t.Fatal(err)
	}
}

func (n night) staff(account_ string, kind actor.Kind, mail string, role actor.Role) actor.Actor {
	n.t.Helper()
	u, err := n.Account.CreateUser(n.t.Context(), actor.Program("test"), account.NewUser{Account: account_, Email: mail, Name: mail, Password: "Correct-horse-9", Lang: "en", Roles: []actor.Role{role}})
	n.must(err)
	return actor.Actor{Account: account_, Kind: kind, User: u.ID, Name: mail, Identity: u.Identity, Roles: u.Roles, Via: "session", Lang: "en"}
}

// atNight is a desk with an engineer and an administrator, and a partner's administrator who opens tickets there.
func atNight(t *testing.T) (n night, wei actor.Actor) {
	t.Helper()
	n = night{App: apptest.New(t), t: t}
	n.must(n.Runner.Prepare(t.Context()))
	company := func(k actor.Kind, name string) string {
		in := account.NewAccount{Kind: k, Name: name, Country: "SG", Address: "1 Harbour Road", Contact: "Lin Yu", Email: "lin@" + name + ".example"}
		if k == actor.Partner {
			in.Market, in.Channel = account.Overseas, []account.Channel{account.SolutionProvider}
		}
		c, err := n.Account.CreateAccount(t.Context(), actor.Program("test"), in)
		n.must(err)
		return c.ID
	}
	vendor, north := company(actor.Vendor, "vendor"), company(actor.Partner, "north")
	n.engine = n.staff(vendor, actor.Vendor, "engineer@vendor.example", actor.SupportEngineer)
	n.admin = n.staff(vendor, actor.Vendor, "admin@vendor.example", actor.VendorAdmin)
	return n, n.staff(north, actor.Partner, "wei@north.example", actor.PartnerAdmin)
}

// until lets the clock go to an instant on the wall of the business zone, and does what's due.
func (n night) until(text string) {
	n.t.Helper()
	at, err := time.ParseInLocation("2006-01-02 15:04", text, calendar.Zone)
	n.must(err)
	n.Clock.Advance(at.Sub(n.Clock.Now()))
	n.Drain(n.t)
}

// mails are the subjects of what the engineer got about escalations, as the ticket's title and a word.
func (n night) mails() (out []string) {
	for _, m := range n.Sink.List() {
		for _, word := range []string{"75 %", "90 %", "is over"} {
			if slices.Contains(m.To, "engineer@vendor.example") && strings.Contains(m.Subject, word) {
				out = append(out, word)
			}
		}
	}
	slices.Reverse(out)
	return out
}

func (n night) wants(step string, all ...string) {
	n.t.Helper()
	if got := n.mails(); !slices.Equal(got, all) {
		n.t.Errorf("%s: mails %q, want %q", step, got, all)
	}
}

// TestTheMailsOfTimeComeInWorkingTime follows two tickets over a weekend: one in office hours of which a shorter policy makes
// a case in the night, and one round the clock.
func TestTheMailsOfTimeComeInWorkingTime(t *testing.T) {
	n, wei := atNight(t)
	a := n.App
	open := func(title string) ticket.Ticket {
		x, err := a.Ticket.Open(t.Context(), wei, ticket.Opening{Title: title, Body: "It is down.", ProblemType: taxonomy.AccountHelp, Lang: "en"})
		n.must(err)
		return x
	}
	open("in office hours") // Friday 10:00: 8 hours of work end on Monday at 10:00
	answered := open("answered on Saturday")
	n.until("2026-03-06 16:58")
	n.wants("before 75 %")
	n.until("2026-03-06 17:01")
	n.wants("75 %, in office hours", "75 %", "75 %")
	// In the night a policy comes into force by which 7 of 7.5 hours have gone.
	p := sla.ShippedPolicy()
	p.Rules[len(p.Rules)-1].First = 7*time.Hour + 30*time.Minute
	n.until("2026-03-06 23:00")
	_, err := a.SLA.SavePolicy(t.Context(), n.admin, p)
	n.must(err)
	n.until("2026-03-06 23:05")
	n.wants("90 %, in the night", "75 %", "75 %")
	told, err := db.One(t.Context(), a.DB.Read(), db.Int, `SELECT count(*) FROM message WHERE user_id = $1 AND kind = 'sla.warned'`, n.engine.User)
	if err != nil || told != 4 {
		t.Errorf("%d messages of warnings, %v, want all 4 at once", told, err)
	}
	n.until("2026-03-07 12:00")
	_, err = a.Ticket.Say(t.Context(), n.engine, answered.No, ticket.Saying{Body: "Did you restart it?"})
	n.must(err)
	n.until("2026-03-09 08:59")
	n.wants("before the desk opens", "75 %", "75 %")
	n.until("2026-03-09 09:01")
	n.wants("the desk opens: of the one that wasn't answered", "75 %", "75 %", "90 %")
	n.until("2026-03-09 09:32")
	n.wants("missed, in office hours", "75 %", "75 %", "90 %", "is over")
}

// TestTheMailsOfTimeComeAtOnceRoundTheClock: a plan that answers at night wakes those who answer.
func TestTheMailsOfTimeComeAtOnceRoundTheClock(t *testing.T) {
	n, wei := atNight(t)
	a := n.App
	_, err := a.SLA.SavePolicy(t.Context(), n.admin,
		sla.Policy{Rules: []sla.Rule{{Calendar: sla.AlwaysID, First: 4 * time.Hour}}, Warn: []int{75, 90}})
	n.must(err)
	n.until("2026-03-06 22:00")
	_, err = a.Ticket.Open(t.Context(), wei, ticket.Opening{Title: "at night", Body: "It is slow.", ProblemType: taxonomy.AccountHelp, Lang: "en"})
	n.must(err)
	n.until("2026-03-07 01:01")
	n.wants("75 % of four hours", "75 %")
	n.until("2026-03-07 01:37")
	n.wants("90 %", "75 %", "90 %")
	n.until("2026-03-07 02:02")
	n.wants("missed", "75 %", "90 %", "is over")
}
