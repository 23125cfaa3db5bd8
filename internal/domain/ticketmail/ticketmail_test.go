package ticketmail

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"hanse/internal/domain/fixture"
	"hanse/internal/domain/setting"
	"hanse/internal/domain/ticket"
	"hanse/internal/kit/actor"
	"hanse/internal/kit/blob"
	"hanse/internal/kit/clock"
	"hanse/internal/kit/db"
	"hanse/internal/kit/dbtest"
	"hanse/internal/kit/fault"
	"hanse/internal/kit/mailin"
	"hanse/internal/kit/mailin/mailintest"
)

// TestAMailThatArrivesTwiceIsOneMessage hands the same mails in from many sides at once: the same id in two mailboxes and
// by SMTP, and the answer to a ticket as well.
func TestAMailThatArrivesTwiceIsOneMessage(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB, c *clock.Manual) {
		g := newGround(t, d, c)
		x, told := g.answered("Router down")
		opening := []byte(letterOf("twice-1@northwind.example", weiMail, deskMail, "Fan", "The fan is loud."))
		reply := []byte(letterOf("twice-2@northwind.example", weiMail, told.ReplyTo, "Re: Router down", "Yes, twice."))
		nameless := []byte("From: " + weiMail + "\nTo: " + deskMail + "\nSubject: No name\n\nThis program writes no Message-ID.\n")
		var all sync.WaitGroup
		failures := make(chan error, 36)
		for i := range 12 {
			for _, raw := range [][]byte{opening, reply, nameless} {
				in := mailin.Incoming{Raw: raw, Size: int64(len(raw))}
				if i%3 > 0 { // two mailboxes beside the SMTP receiver
					in.Mailbox, in.Validity, in.UID = fmt.Sprintf("box%d", i%3), 1, uint32(i+1)
					in.Raw = append([]byte(fmt.Sprintf("Received: by box%d\nDelivered-To: %s\n", i%3, deskMail)), raw...)
					in.Size = int64(len(in.Raw))
				}
				all.Go(func() { failures <- g.s.Store(t.Context(), in) })
			}
		}
		all.Wait()
		close(failures)
		for err := range failures {
			fixture.Must(t, err)
		}
		// Two workers take the jobs at once.
		var workers sync.WaitGroup
		for range 2 {
			workers.Go(func() {
				for {
					if more, err := g.runner.Step(t.Context()); err != nil || !more {
						return
					}
				}
			})
		}
		workers.Wait()
		g.drain()
		mails, err := g.s.List(t.Context(), g.vendor, Filter{All: true})
		fixture.Must(t, err)
		if len(mails) != 3 {
			t.Errorf("%d mails, want 3", len(mails))
		}
		if said := g.messages(x.No); len(said) != 3 || said[2].Body != "Yes, twice." {
			t.Errorf("the ticket has %d messages, want the opening, the desk's and one answer", len(said))
		}
		tickets, err := g.tickets.Count(t.Context(), g.wei, ticket.Filter{})
		fixture.Must(t, err)
		if tickets != 3 {
			t.Errorf("%d tickets, want the first and one of each new mail", tickets)
		}
		st, err := Statistics(t.Context(), d.Read())
		fixture.Must(t, err)
		if taken, twice := g.s.Counts(); taken != 36 || twice != 33 || len(st.Boxes) != 2 || st.Boxes[0].Pulled+st.Boxes[1].Pulled != 24 {
			t.Errorf("taken %d, twice %d, mailboxes %+v", taken, twice, st.Boxes)
		}
	})
}

// TestAnswersFindTheirTicketAndOnlyTheirs goes through who may write by which way.
func TestAnswersFindTheirTicketAndOnlyTheirs(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB, c *clock.Manual) {
		g := newGround(t, d, c)
		x, told := g.answered("Router down", "lina@northwind.example")
		copied := g.out.to("lina@northwind.example")
		if len(copied) != 2 || !strings.Contains(copied[1].Text, "Did you restart it?") || copied[1].ReplyTo != told.ReplyTo || !copied[1].Human {
			t.Fatalf("the one in copy got %d mails: %+v", len(copied), copied)
		}
		desked := g.notice(x.No, "", g.engineer, g.Email(g.engineer))
		second, _ := g.answered("Another one")
		clerk := g.user(g.wei.Account, "clerk@northwind.example", "Clerk", actor.PartnerFinance)
		merged := g.open("Same thing")
		_, err := g.tickets.Merge(t.Context(), g.engineer, merged.No, second.No)
		fixture.Must(t, err)
		n := 0
		for _, k := range []struct {
			name, from, to, subject string
			head                    string
			state                   State
			reason                  Reason
			no                      string
			side                    ticket.Side
			author                  string
		}{
			{"its opener by the signed address", weiMail, told.ReplyTo, "Re", "", Done, "", x.No, ticket.Customer, "Chen Wei"},
			{"somebody in copy by the signed address", "lina@northwind.example", copied[1].ReplyTo, "Re", "", Done, "", x.No, ticket.Customer, "lina@northwind.example"},
			{"an engineer by the desk's address", g.Email(g.engineer), desked.ReplyTo, "Re", "", Done, "", x.No, ticket.Desk, g.engineer.Name},
			{"an engineer's name by the customer's address", g.Email(g.engineer), told.ReplyTo, "Re", "", Held, Unproven, x.No, "", ""},
			{"an engineer by the Message-ID of the desk's mail", g.Email(g.engineer), deskMail, "Re", "In-Reply-To: <" + desked.MessageID + ">", Done, "", x.No, ticket.Desk, g.engineer.Name},
			{"a stranger by the signed address", "mallory@attacker.example", told.ReplyTo, "Re", "", Held, Stranger, x.No, "", ""},
			{"the customer by the desk's address", weiMail, desked.ReplyTo, "Re", "", Held, Stranger, x.No, "", ""},
			{"a colleague who doesn't see it", "clerk@northwind.example", told.ReplyTo, "Re", "", Held, Stranger, x.No, "", ""},
			{"by References alone", weiMail, deskMail, "Something", "References: <a@x.example> <" + told.MessageID + "> <b@x.example>", Done, "", x.No, ticket.Customer, "Chen Wei"},
			{"by a forged Message-ID of ours", weiMail, deskMail, "Router", "In-Reply-To: <tm." + strings.ToLower(x.No) + ".01.aaaaaaaaaaaaaaaa@vendor.example>", Done, "", "", ticket.Customer, "Chen Wei"},
			{"to a merged ticket by its number", weiMail, deskMail, "Re: [" + merged.No + "] Same thing", "", Done, "", second.No, ticket.Customer, "Chen Wei"},
			{"with another's number", "mallory@attacker.example", deskMail, "Re: [" + x.No + "]", "", Held, Stranger, x.No, "", ""},
			{"by the address in capitals", weiMail, strings.ToUpper(told.ReplyTo), "Re", "", Done, "", x.No, ticket.Customer, "Chen Wei"},
		} {
			n++
			extra := []string{}
			if k.head != "" {
				extra = append(extra, k.head)
			}
			m := g.take(letterOf(fmt.Sprintf("k%d@x.example", n), k.from, k.to, k.subject, fmt.Sprintf("Words %d.", n), extra...))
			if m.State != k.state || m.Reason != k.reason || k.no != "" && m.No != k.no || k.no == "" && (m.Kind != Opening || m.No == x.No) {
				t.Errorf("%s: %s %s %s on %s %v, want %s %s on %s", k.name, m.State, m.Reason, m.Kind, m.No, m.Detail, k.state, k.reason, k.no)
				continue
			}
			if m.State != Done {
				continue
			}
			all := g.messages(m.No)
			if last := all[len(all)-1]; last.Side != k.side || last.AuthorName != k.author || last.Body != fmt.Sprintf("Words %d.", n) {
				t.Errorf("%s: the last message is %q by %s (%s), want %s (%s)", k.name, last.Body, last.AuthorName, last.Side, k.author, k.side)
			}
		}
		_ = clerk
	})
}

// TestAutomaticMailsMoveNothingAndGetNoAnswer also bounds the answers to people.
func TestAutomaticMailsMoveNothingAndGetNoAnswer(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB, c *clock.Manual) {
		g := newGround(t, d, c)
		x, told := g.answered("Router down")
		_, err := g.tickets.Act(t.Context(), g.engineer, x.No, ticket.Deed{Action: ticket.Ask, Text: "Which version?"})
		fixture.Must(t, err)
		g.drain()
		before, sentBefore := g.find(x.No), len(g.out.sent)
		m := g.take(letterOf("auto-1@x.example", weiMail, told.ReplyTo, "Automatic reply: Router down", "I am away.", "Auto-Submitted: auto-replied"))
		after := g.find(x.No)
		all := g.messages(x.No)
		if last := all[len(all)-1]; m.State != Done || !last.Auto || last.Body != "I am away." || after.State != before.State || after.Owner != before.Owner {
			t.Errorf("out of office: %s, message %+v, state %d, want it read and state %d kept", m.State, last, after.State, before.State)
		}
		if len(g.out.sent) != sentBefore {
			t.Errorf("%d mails went out after an automatic one, want none", len(g.out.sent)-sentBefore)
		}
		// Our own mail comes back by a forwarding rule.
		back := letterOf(told.MessageID, "noreply@vendor.example", deskMail, told.Subject, told.Text)
		if m := g.take(back); m.State != Ignored || m.Reason != Ours {
			t.Errorf("our own mail: %s %s", m.State, m.Reason)
		}
		// Another desk's program answers each of our answers with a mail that looks like a person's.
		sentBefore = len(g.out.sent)
		for i := range 8 {
			g.take(letterOf(fmt.Sprintf("robot-%d@robot.example", i), "help@robot.example", deskMail, fmt.Sprintf("Your request %d was received", i), "We will answer soon."))
		}
		if n := len(g.out.sent) - sentBefore; n != 2 {
			t.Errorf("%d answers to a robot within an hour, want 2", n)
		}
		if a := g.out.sent[len(g.out.sent)-1]; a.Human || a.InReplyTo != "robot-1@robot.example" || a.To != "help@robot.example" || !strings.Contains(a.Text, "no ticket was opened") {
			t.Errorf("the answer to a stranger: %+v", a)
		}
		c.AdvanceWall(time.Hour)
		g.take(letterOf("robot-9@robot.example", "help@robot.example", deskMail, "Again", "We will answer soon."))
		if n := len(g.out.sent) - sentBefore; n != 3 {
			t.Errorf("%d answers after an hour more, want 3", n)
		}
		for i, from := range []string{"mailer-daemon@x.example", "noreply@x.example", "ops-bounces@x.example", deskMail} {
			g.take(letterOf(fmt.Sprintf("never-%d@x.example", i), from, deskMail, "Hello", "Hello."))
		}
		if n := len(g.out.sent) - sentBefore; n != 3 {
			t.Errorf("%d answers, want none to programs", n-3)
		}
		g.set(setting.MailPerHour, "5")
		for i := range 7 {
			m = g.take(letterOf(fmt.Sprintf("much-%d@northwind.example", i), weiMail, deskMail, fmt.Sprintf("Much %d", i), "More."))
		}
		if m.State != Held || m.Reason != TooMany {
			t.Errorf("the seventh mail within an hour: %s %s, want it held", m.State, m.Reason)
		}
	})
}

// TestTheDeskDecidesAboutHeldMails looks again, opens, appends and discards, for the own desk alone.
func TestTheDeskDecidesAboutHeldMails(t *testing.T) {
	d, c := one(t)
	g := newGround(t, d, c)
	x, _ := g.answered("Router down")
	hold := func(id string) Mail {
		return g.take(letterOf(id, "ada@elsewhere.example", deskMail, "Question", "Do you see this?"))
	}
	m := hold("held-1@x.example")
	m, err := g.s.Append(t.Context(), g.engineer, m.ID, x.No)
	fixture.Must(t, err)
	all := g.messages(x.No)
	if last := all[len(all)-1]; last.AuthorMail != "ada@elsewhere.example" || last.Side != ticket.Customer {
		t.Errorf("appended as %+v", last)
	}
	if _, err := g.s.Append(t.Context(), g.engineer, m.ID, x.No); fault.KindOf(err) != fault.KindConflict {
		t.Errorf("appending twice: %v, want a conflict", err)
	}
	m = hold("held-2@x.example")
	_, err = g.s.Open(t.Context(), g.engineer, m.ID, g.wei.Account)
	fixture.Must(t, err)
	if m, err = g.s.Get(t.Context(), g.engineer, m.ID); err != nil || m.State != Done || g.find(m.No).CC[0] != "ada@elsewhere.example" || m.HandledBy != g.engineer.Name {
		t.Errorf("opened: %+v, %v", m, err)
	}
	m = hold("held-3@x.example")
	g.user(g.wei.Account, "ada@elsewhere.example", "Ada", actor.PartnerAdmin)
	if m, err = g.s.Again(t.Context(), g.engineer, m.ID); err != nil || m.State != Done || m.Kind != Opening {
		t.Errorf("looked at again after the sender was made a user: %+v, %v", m, err)
	}
	m = g.take(letterOf("held-4@x.example", "eve@elsewhere.example", deskMail, "Spam", "Buy."))
	for who, by := range map[string]actor.Actor{"a partner": g.wei, "an auditor": g.VendorUser(actor.Auditor), "finance": g.VendorUser(actor.VendorFinance)} {
		if _, err := g.s.Discard(t.Context(), by, m.ID); err == nil {
			t.Errorf("%s discards a mail to the vendor's desk", who)
		}
	}
	_, err = g.s.Discard(t.Context(), g.engineer, m.ID)
	fixture.Must(t, err)
	if n, err := HeldCount(t.Context(), d.Read(), g.vendor.Account); n != 0 || err != nil {
		t.Errorf("%d held, %v, want none", n, err)
	}
	fixture.Must(t, g.s.AddAddress(t.Context(), g.vendor, "Desk@northwind.example", g.wei.Account))
	for _, bad := range []string{deskMail, "desk@northwind.example", "a+b@x.example", "nobody"} {
		if err := g.s.AddAddress(t.Context(), g.vendor, bad, g.wei.Account); fault.KindOf(err) != fault.KindInvalid {
			t.Errorf("AddAddress(%q) = %v, want invalid", bad, err)
		}
	}
	m = g.take(letterOf("held-5@x.example", "eve@elsewhere.example", "desk@northwind.example", "Hi", "To the partner."))
	if m.Account != g.wei.Account || m.State != Held {
		t.Errorf("a mail to the partner's desk belongs to %s: %s", m.Account, m.State)
	}
	if _, err := g.s.Discard(t.Context(), g.engineer, m.ID); fault.KindOf(err) != fault.KindDenied {
		t.Errorf("the vendor discards a mail to a partner's desk: %v", err)
	}
	_, err = g.s.Discard(t.Context(), g.wei, m.ID)
	fixture.Must(t, err)
	fixture.Must(t, g.s.RemoveAddress(t.Context(), g.vendor, "desk@northwind.example"))
}

// TestWhatTheTicketRefusesIsHeldAndTold uses a ticket that is cancelled, and a sender whom nobody vouches for.
func TestWhatTheTicketRefusesIsHeldAndTold(t *testing.T) {
	d, c := one(t)
	g := newGround(t, d, c, func(c *Config) { c.Proof = "mx.vendor.example" })
	x := g.open("Never mind")
	told := g.notice(x.No, "", g.wei, weiMail)
	_, err := g.tickets.Act(t.Context(), g.wei, x.No, ticket.Deed{Action: ticket.Cancel})
	fixture.Must(t, err)
	good := "Authentication-Results: mx.vendor.example; dmarc=pass header.from=northwind.example"
	m := g.take(letterOf("late@northwind.example", weiMail, told.ReplyTo, "Re", "One more thing.", good))
	last := g.out.sent[len(g.out.sent)-1]
	if m.State != Held || m.Reason != Refused || len(m.Detail) == 0 || last.To != weiMail || !strings.Contains(last.Text, "could not be taken") {
		t.Errorf("an answer to a cancelled ticket: %s %s %v; told %q", m.State, m.Reason, m.Detail, last.Text)
	}
	for results, want := range map[string]State{
		"": Held, good: Done,
		"Authentication-Results: mx.vendor.example; spf=fail smtp.mailfrom=northwind.example; dmarc=fail": Held,
		"Authentication-Results: mx.vendor.example; dkim=pass header.d=northwind.example":                 Done,
		"Authentication-Results: mx.vendor.example; dkim=pass header.d=attacker.example":                  Held,
		"Authentication-Results: mx.attacker.example; dmarc=pass":                                         Held,
		"Authentication-Results: mx.vendor.example; spf=pass smtp.mailfrom=bounce@northwind.example":      Done,
	} {
		var extra []string
		if results != "" {
			extra = append(extra, results)
		}
		if m := g.take(letterOf(hashOf(results)+"@x.example", weiMail, deskMail, "Proof", "Words.", extra...)); m.State != want || want == Held && m.Reason != Unproven {
			t.Errorf("%q: %s %s, want %s", results, m.State, m.Reason, want)
		}
	}
}

// TestAMailIsLostNowhereBetweenMailboxAndTicket reads a real mailbox while the storing fails, the server restarts, and the
// job dies between its ticket and its end.
func TestAMailIsLostNowhereBetweenMailboxAndTicket(t *testing.T) {
	srv := mailintest.Start(t)
	box, err := mailin.ParseMailbox(srv.URL("desk", "INBOX", ""))
	fixture.Must(t, err)
	other, err := mailin.ParseMailbox(srv.URL("second", "INBOX", "&move=Done"))
	fixture.Must(t, err)
	dbtest.Each(t, func(t *testing.T, d *db.DB, c *clock.Manual) {
		g := newGround(t, d, c, func(c *Config) { c.Mailboxes = []mailin.Mailbox{box, other} })
		name := strings.ReplaceAll(t.Name(), "/", "-")
		mail := func(n int) string {
			return letterOf(fmt.Sprintf("%s-%d@northwind.example", name, n), weiMail, deskMail, fmt.Sprintf("Mail %d", n), "Words.")
		}
		srv.Put("desk", "INBOX", mail(1))
		srv.Put("second", "INBOX", mail(1)) // the same mail in two mailboxes
		srv.Put("second", "INBOX", mail(2))
		// There's no room for the first mail: nothing of it is taken, and it's there the next time.
		whole, gone := g.s.Files, filepath.Join(t.TempDir(), "gone")
		g.s.Files, err = blob.New(gone, blob.Scan{})
		fixture.Must(t, err)
		fixture.Must(t, os.RemoveAll(gone))
		_, unseen := srv.Count("desk", "INBOX")
		if _, err := g.s.Pull(t.Context()); err == nil {
			t.Error("a pull that can't store succeeds")
		}
		if _, now := srv.Count("desk", "INBOX"); now != unseen || unseen == 0 {
			t.Errorf("%d unseen after a pull that stored nothing, want %d", now, unseen)
		}
		g.s.Files = whole
		n, err := g.s.Pull(t.Context())
		if err != nil || n < 3 {
			t.Fatalf("Pull = %d, %v", n, err)
		}
		// Killed after the store and before the job: the job is in the database with the mail.
		g.drain()
		tickets, err := g.tickets.Count(t.Context(), g.wei, ticket.Filter{})
		fixture.Must(t, err)
		if tickets != int64(n-1) {
			t.Errorf("%d tickets of %d mails, one of them in two mailboxes", tickets, n)
		}
		srv.Put("desk", "INBOX", mail(3))
		srv.Stop()
		if _, err := g.s.Pull(t.Context()); err == nil {
			t.Error("a mailbox that is away is read")
		}
		st, err := g.s.Status(t.Context(), g.vendor)
		fixture.Must(t, err)
		if len(st.Boxes) != 2 || st.Boxes[0].Error == "" || strings.Contains(st.Boxes[0].Error, mailintest.Password) {
			t.Errorf("the page shows %+v, want the error without the password", st.Boxes)
		}
		srv.Again()
		if n, err := g.s.Pull(t.Context()); n != 1 || err != nil {
			t.Errorf("Pull after the restart = %d, %v, want the one mail", n, err)
		}
		g.drain()
		if m := g.newest(); m.State != Done || m.Subject != "Mail 3" {
			t.Errorf("the mail after the restart: %s %q", m.State, m.Subject)
		}
	})
}
