package ticketmail

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"hanse/internal/domain/account"
	"hanse/internal/domain/fixture"
	"hanse/internal/domain/ticket"
	"hanse/internal/kit/actor"
	"hanse/internal/kit/clock"
	"hanse/internal/kit/db"
	"hanse/internal/kit/dbtest"
	"hanse/internal/kit/fault"
	"hanse/internal/kit/i18n"
	"hanse/internal/kit/outbox"
)

type messageOf = ticket.Message

// chinese is a user of the partner's who reads Chinese.
func (g *ground) chinese(mail string) string {
	g.t.Helper()
	_, err := g.Account.CreateUser(g.t.Context(), actor.Program("test"), account.NewUser{Account: g.wei.Account, Email: mail, Name: "Li", Password: fixture.Password, Lang: i18n.Chinese, Roles: []actor.Role{actor.PartnerAdmin}})
	fixture.Must(g.t, err)
	return mail
}

// told are the desks' messages of held mails so far, as how many waited.
func (g *ground) told() (out []int64) {
	g.t.Helper()
	all, err := db.All(g.t.Context(), g.DB.Read(), db.String, `SELECT payload FROM event WHERE kind = 'ticketmail.held' ORDER BY id`)
	fixture.Must(g.t, err)
	for _, payload := range all {
		h, err := outbox.As[HeldMail](outbox.Event{Payload: []byte(payload)})
		fixture.Must(g.t, err)
		out = append(out, h.Waiting)
	}
	return out
}

func (g *ground) stranger(n int) Mail {
	g.t.Helper()
	return g.take(letterOf(fmt.Sprintf("s%d@elsewhere.example", n), fmt.Sprintf("ada%d@elsewhere.example", n), deskMail, fmt.Sprintf("Question %d", n), "Who are you?"))
}

// TestADeskIsToldOfHeldMailsNowAndThen: of the first at once, of a flood once, of what came since after four hours.
func TestADeskIsToldOfHeldMailsNowAndThen(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB, c *clock.Manual) {
		g := newGround(t, d, c)
		fixture.Must(t, g.runner.Prepare(t.Context()))
		want := func(step string, n ...int64) {
			t.Helper()
			if got := g.told(); !slices.Equal(got, n) {
				t.Errorf("%s: the desk was told of %v waiting, want %v", step, got, n)
			}
		}
		last := g.stranger(1)
		want("the first", 1)
		for n := 2; n <= 5; n++ {
			c.Advance(time.Second)
			last = g.stranger(n)
		}
		c.Advance(quiet - time.Hour)
		g.drain()
		want("a flood", 1)
		c.Advance(2 * time.Hour)
		g.drain()
		want("the quiet is over", 1, 5)
		c.Advance(24 * time.Hour)
		g.drain()
		want("nothing came since", 1, 5)
		_, err := g.s.Discard(t.Context(), g.vendor, last.ID)
		fixture.Must(t, err)
		g.stranger(6)
		want("another one a day later", 1, 5, 5)
		n, oldest, err := OldestHeld(t.Context(), d.Read(), g.vendor.Account)
		if n != 5 || oldest.Subject != "Question 1" || err != nil {
			t.Errorf("OldestHeld = %d, %q, %v", n, oldest.Subject, err)
		}
		if n, _, err := OldestHeld(t.Context(), d.Read(), g.wei.Account); n != 0 || err != nil {
			t.Errorf("OldestHeld of another desk = %d, %v", n, err)
		}
		// Where the desk's address is somebody's own, the message comes back as a mail: it's a program's, and not held.
		m := g.take(letterOf("mail_1@vendor.example", "Hanse <noreply@vendor.example>", deskMail, "A mail to your desk is held", "From ada.", "Auto-Submitted: auto-generated"))
		if m.State != Ignored || m.Reason != Automatic {
			t.Errorf("our own message: %s %s, want it ignored", m.State, m.Reason)
		}
		want("our own message", 1, 5, 5)
	})
}

// TestTheListOfMailsIsTakenAway by filter, with limits and an audit row.
func TestTheListOfMailsIsTakenAway(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB, c *clock.Manual) {
		g := newGround(t, d, c)
		for n := range 3 {
			g.stranger(n)
		}
		g.take(letterOf("f1@elsewhere.example", "=cmd@elsewhere.example", deskMail, "=1+1", "Formula."))
		g.take(letterOf("o1@northwind.example", weiMail, deskMail, "Router down", "It is down."))
		file := func(by actor.Actor, f Filter) (lines []string, err error) {
			head, rows, err := g.s.Export(t.Context(), by, f, &i18n.Loc{Lang: i18n.Chinese, TZ: time.UTC})
			if err != nil {
				return nil, err
			}
			lines = append(lines, strings.Join(head, "|"))
			for row, err := range rows {
				fixture.Must(t, err)
				if len(row) != len(head) {
					t.Errorf("a row of %d cells under %d headings", len(row), len(head))
				}
				lines = append(lines, strings.Join(row, "|"))
			}
			return lines, nil
		}
		for name, c := range map[string]struct {
			f    Filter
			rows int
			has  string
		}{
			"all":       {Filter{}, 5, "已处理"},
			"held":      {Filter{State: Held}, 4, "没有用户使用该邮箱登录"},
			"a sender":  {Filter{Sender: "ada1@elsewhere.example"}, 1, "Question 1"},
			"a reason":  {Filter{Reason: Stranger}, 0, "发件人"},
			"all desks": {Filter{All: true, State: Done}, 1, "Router down"},
		} {
			got, err := file(g.vendor, c.f)
			if err != nil || len(got)-1 != c.rows || !strings.Contains(strings.Join(got, "\n"), c.has) {
				t.Errorf("%s: %d rows, %v, want %d with %q:\n%s", name, len(got)-1, err, c.rows, c.has, strings.Join(got, "\n"))
			}
		}
		if got, err := file(g.wei, Filter{All: true}); err != nil || len(got) != 1 {
			t.Errorf("another desk's list: %v, %v, want the heading alone", got, err)
		}
		if _, err := file(actor.Actor{Account: g.wei.Account, Kind: actor.Customer, User: "x"}, Filter{}); fault.KindOf(err) != fault.KindDenied {
			t.Errorf("somebody without the right: %v", err)
		}
		n, err := db.One(t.Context(), d.Read(), db.Int, `SELECT count(*) FROM audit_entry WHERE subject LIKE 'ticketmails:%'`)
		if err != nil || n != 6 {
			t.Errorf("%d audit rows, %v, want one for each file", n, err)
		}
	})
}
