package ticketmail

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"testing"

	"hanse/internal/domain/attachment"
	"hanse/internal/domain/fixture"
	"hanse/internal/domain/setting"
	"hanse/internal/domain/ticket"
	"hanse/internal/kit/actor"
	"hanse/internal/kit/db"
	"hanse/internal/kit/mailer"
)

// TestAMailOfATicketCanBeAnswered looks at what goes out, as a mail server sees it.
func TestAMailOfATicketCanBeAnswered(t *testing.T) {
	d, c := one(t)
	sink, err := mailer.NewSink(50, c.Wall)
	fixture.Must(t, err)
	t.Cleanup(func() { sink.Close() })
	m, err := mailer.New(sink.Config("Hanse <noreply@vendor.example>"), c.Wall)
	fixture.Must(t, err)
	g := newGround(t, d, c, func(c *Config) { c.Mail = m })
	opened := g.take(letterOf("open@northwind.example", weiMail, deskMail, "Re: 路由器 down", "It is down."))
	no := opened.No
	confirm := sink.List()[0]
	for _, want := range []string{"Auto-Submitted: auto-generated", "In-Reply-To: <open@northwind.example>", "Reply-To: <support+c" + strings.ToLower(no) + "-"} {
		if !bytes.Contains(confirm.Raw, []byte(want)) {
			t.Errorf("the confirmation lacks %q:\n%s", want, confirm.Raw)
		}
	}
	if confirm.Subject != "["+no+"] 路由器 down" || !strings.Contains(confirm.Text, "has become ticket "+no) {
		t.Errorf("the confirmation: %q\n%s", confirm.Subject, confirm.Text)
	}
	small, err := g.s.Uploads.Put(t.Context(), g.engineer, attachment.Upload{Source: attachment.Message, Name: "steps.txt", Body: strings.NewReader("one\ntwo\n")})
	fixture.Must(t, err)
	said, err := g.tickets.Say(t.Context(), g.engineer, no, ticket.Saying{Body: "Please restart it.\n\n<b>Then</b> tell us.", Attachments: []string{small.ID}})
	fixture.Must(t, err)
	g.tell(no, said.Message.ID, g.wei, weiMail)
	mail := sink.List()[0]
	for _, want := range []string{"In-Reply-To: <open@northwind.example>", "References: <open@northwind.example> <" + confirm.MessageID + ">", "steps.txt",
		`From: "` + g.engineer.Name + `" <noreply@vendor.example>`} {
		if !bytes.Contains(bytes.ReplaceAll(mail.Raw, []byte("\r\n "), []byte(" ")), []byte(want)) {
			t.Errorf("the mail lacks %q:\n%s", want, mail.Raw)
		}
	}
	if bytes.Contains(mail.Raw, []byte("Auto-Submitted")) || !strings.HasPrefix(mail.From, "support+b") || strings.Contains(mail.HTML, "<b>Then</b>") ||
		!strings.HasPrefix(mail.Text, "##- Reply above this line -##") || !strings.Contains(mail.Text, "Please restart it.\r\n\r\n<b>Then</b> tell us.") {
		t.Errorf("from %s\n%s\n%s", mail.From, mail.Text, mail.HTML)
	}
	if _, id, ok := g.s.sign.readID(mail.MessageID); !ok || id == "" {
		t.Errorf("Message-ID %q isn't ours", mail.MessageID)
	}
	// With little room the file goes as a link, and a thread that grew long keeps its first mail and its last.
	g.set(setting.MailFiles, "0")
	for range 40 {
		g.tell(no, said.Message.ID, g.wei, weiMail)
	}
	mail = sink.List()[0]
	references, _, _ := strings.Cut(string(mail.Raw[bytes.Index(mail.Raw, []byte("References:")):]), "\r\nReply-To")
	if !strings.Contains(mail.Text, "/attachments/"+small.ID) || len(references) > 1700 || !strings.Contains(references, "<open@northwind.example>") ||
		!strings.Contains(references, sink.List()[1].MessageID) {
		t.Errorf("%d bytes of references:\n%s\n%s", len(references), references, mail.Text)
	}
}

// tell queues a notice and sends it.
func (g *ground) tell(no, message string, to actor.Actor, mail string) {
	g.t.Helper()
	fixture.Must(g.t, g.DB.Update(g.t.Context(), func(tx *db.Tx) error {
		_, err := g.s.Notify(g.t.Context(), tx, Notice{Kind: "ticket.said", No: no, Message: message, Account: to.Account, User: to.User, Mail: mail, Lang: "en", Link: "/tickets/" + no})
		return err
	}))
	g.drain()
}

func TestNotesStayAtTheirDesk(t *testing.T) {
	d, c := one(t)
	g := newGround(t, d, c)
	x := g.open("Router down", "lina@northwind.example")
	g.drain()
	before := len(g.out.sent)
	note, err := g.tickets.Say(t.Context(), g.engineer, x.No, ticket.Saying{Body: "The customer is wrong.", Internal: true})
	fixture.Must(t, err)
	g.tell(x.No, note.Message.ID, g.wei, weiMail)
	if n := len(g.out.sent) - before; n != 0 {
		t.Errorf("%d mails of a note went to the customer's side", n)
	}
	g.tell(x.No, note.Message.ID, g.engineer, g.Email(g.engineer))
	if got := g.out.to(g.Email(g.engineer)); len(got) != 1 || !strings.Contains(got[0].Text, "is wrong") {
		t.Errorf("%d mails of the note went to the desk, want 1", len(got))
	}
	said, err := g.tickets.Say(t.Context(), g.engineer, x.No, ticket.Saying{Body: "Taken back soon."})
	fixture.Must(t, err)
	fixture.Must(t, g.DB.Update(t.Context(), func(tx *db.Tx) error {
		_, err := g.s.Notify(t.Context(), tx, Notice{Kind: "ticket.said", No: x.No, Message: said.Message.ID, Account: g.wei.Account, Mail: weiMail, Lang: "en"})
		return err
	}))
	_, err = g.tickets.Withdraw(t.Context(), g.engineer, x.No, said.Message.ID)
	fixture.Must(t, err)
	g.drain()
	for _, m := range g.out.sent {
		if strings.Contains(m.Text, "Taken back") {
			t.Errorf("a message that was withdrawn went to %s", m.To)
		}
	}
}

func TestAMailThatOurServerRefusesShowsOnTheTicket(t *testing.T) {
	d, c := one(t)
	g := newGround(t, d, c)
	x := g.open("Router down")
	g.out.err = errors.New("connection refused")
	said, err := g.tickets.Say(t.Context(), g.engineer, x.No, ticket.Saying{Body: "Hello."})
	fixture.Must(t, err)
	g.tell(x.No, said.Message.ID, g.wei, weiMail) // a passing error: the job waits for its next try, and isn't lost
	st, err := Statistics(t.Context(), d.Read())
	fixture.Must(t, err)
	if st.Sent[waiting] != 1 {
		t.Errorf("after a passing error %v, want one waiting", st.Sent)
	}
}

// TestSignedNamesCantBeMadeUp changes each character of an address and a Message-ID.
func TestSignedNamesCantBeMadeUp(t *testing.T) {
	s := signer{key: []byte("a key of thirty-two bytes, indeed")}
	address, id := s.address(deskMail, customerSide, "TT20261123000001"), s.messageID("TT20261123000001", "01abc", "vendor.example")
	if side, no, ok := s.read(strings.ToUpper(address)); !ok || side != customerSide || !strings.EqualFold(no, "TT20261123000001") {
		t.Errorf("%s = %s %s %v", address, side, no, ok)
	}
	if no, sentID, ok := s.readID(id); !ok || no != "TT20261123000001" || sentID != "01abc" {
		t.Errorf("%s = %s %s %v", id, no, sentID, ok)
	}
	if local, _, _ := strings.Cut(s.address("support", returnSide, "01jd0000000000000000000000"), "@"); len(local) > 64 {
		t.Errorf("%d characters before the @, want at most 64", len(local))
	}
	for i := range strings.Index(address, "@") {
		forged := address[:i] + next(address[i]) + address[i+1:]
		if _, _, ok := s.read(forged); ok && i > strings.Index(address, "+") {
			t.Errorf("%s is taken", forged)
		}
	}
	for i := range strings.Index(id, "@") {
		if _, _, ok := s.readID(id[:i] + next(id[i]) + id[i+1:]); ok {
			t.Errorf("character %d of %s may be another", i, id)
		}
	}
	other := signer{key: []byte("another key of thirty-two bytes..")}
	if _, _, ok := other.read(address); ok {
		t.Error("another installation's address is taken")
	}
}

func next(b byte) string { return fmt.Sprintf("%c", 'a'+(b-'a'+1)%26) }
