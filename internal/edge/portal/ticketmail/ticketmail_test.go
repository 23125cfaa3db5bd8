package ticketmail_test

import (
	"fmt"
	"net/url"
	"slices"
	"strings"
	"testing"

	"hanse/internal/domain/notify"
	"hanse/internal/domain/report"
	domain "hanse/internal/domain/ticketmail"
	"hanse/internal/edge/portal/portaltest"
	"hanse/internal/edge/portal/ticketmail"
	"hanse/internal/kit/actor"
	"hanse/internal/kit/i18n"
	"hanse/internal/kit/mailin"
)

func start(t *testing.T) *portaltest.Portal {
	t.Helper()
	return portaltest.New(t, func(p *portaltest.Portal) {
		ticketmail.Register(p.Site, ticketmail.Deps{Mail: p.TicketMail, Listening: "127.0.0.1:2525"})
	})
}

func take(t *testing.T, p *portaltest.Portal, from, to, subject, body string) domain.Mail {
	t.Helper()
	raw := "From: " + from + "\r\nTo: " + to + "\r\nSubject: " + subject + "\r\nMessage-ID: <" + subject + "@x.example>\r\n\r\n" + body + "\r\n"
	if err := p.TicketMail.Store(t.Context(), mailin.Incoming{Raw: []byte(raw), Size: int64(len(raw))}); err != nil {
		t.Fatal(err)
	}
	p.Drain()
	all, err := p.TicketMail.List(t.Context(), p.Vendor(), domain.Filter{All: true, Limit: 1})
	if err != nil || len(all) != 1 {
		t.Fatalf("List = %v, %v", all, err)
	}
	return all[0]
}

// TestTheDeskDecidesOnThePages follows held mails through their pages, in every language.
func TestTheDeskDecidesOnThePages(t *testing.T) {
	p := start(t)
	admin := p.Vendor()
	partner := p.Partner("Northwind")
	p.TicketMail.Mailboxes = []mailin.Mailbox{{Addr: "127.0.0.1:1", User: "desk", Folder: "INBOX", TLS: mailin.NoTLS}}
	if _, err := p.TicketMail.Pull(t.Context()); err == nil {
		t.Fatal("a mailbox that isn't there is read")
	}
	c := p.As(admin)
	portaltest.Check(t, c, "/desk/mail", "/system/mail")
	if page := c.Get("/system/mail").Want(200); !strings.Contains(page.Text("#boxes"), "refused") || !strings.Contains(page.Text("main"), "1 mailbox can't be read") ||
		!strings.Contains(page.Text("#figures"), "127.0.0.1:2525") {
		t.Errorf("the page of mail says %q", page.Text("main"))
	}
	m := take(t, p, "Ada <ada@elsewhere.example>", "support@vendor.example", "Question", "Do you <b>see</b> this?\n\nOn Fri, 20 Nov 2026, Hanse wrote:\n> words")
	list := "/desk/mail?state=all"
	one := "/desk/mail/" + m.ID
	portaltest.Check(t, c, "/desk/mail", list, one, "/system/mail?state=held")
	page := c.Get(one).Want(200)
	if !strings.Contains(page.Text("#text"), "Do you <b>see</b> this?") || !strings.Contains(page.Text("#text details"), "> words") {
		t.Errorf("the mail reads %q", page.Text("#text"))
	}
	raw := c.Get(one + "/raw").Want(200)
	if !strings.Contains(raw.Header.Get("Content-Disposition"), "attachment") || !strings.Contains(raw.Body, "Message-ID: <Question@x.example>") {
		t.Errorf("the original mail: %v", raw.Header)
	}
	bad := c.Post(one+"/append", url.Values{"ticket": {"TT20200101000000"}}).Want(422)
	if !bad.Has("#f-ticket[aria-invalid]") && bad.Doc.Find("#f-ticket").AttrOr("value", "") != "TT20200101000000" {
		t.Errorf("what was typed isn't shown again: %.300s", bad.Text("main"))
	}
	c.Post(one+"/open", url.Values{"account": {""}}).Want(422)
	c.Post(one+"/open", url.Values{"account": {partner.Account}}).Want(200)
	if page := c.Get(one).Want(200); page.Has("#open") || !strings.Contains(page.Text("#facts"), "TT20") {
		t.Errorf("after it was opened: %q", page.Text("main"))
	}
	c.Post(one+"/discard", url.Values{}).Want(409)
	m = take(t, p, "eve@elsewhere.example", "support@vendor.example", "Spam", "Buy.")
	c.Post("/desk/mail/"+m.ID+"/again", url.Values{}).Want(200)
	if page := c.Post("/desk/mail/"+m.ID+"/discard", url.Values{}).Want(200); page.Path != "/desk/mail" || !strings.Contains(page.Text("main"), "No mail to your desk") {
		t.Errorf("after the last was discarded: %s %q", page.Path, page.Text("main"))
	}
}

func TestADesksAddressIsAddedAndItsMailsAreItsOwn(t *testing.T) {
	p := start(t)
	partner := p.Partner("Northwind")
	c := p.As(p.Vendor())
	bad := c.Post("/system/mail/addresses", url.Values{"address": {"nobody"}, "desk": {partner.Account}}).Want(422)
	if bad.Doc.Find("#f-address").AttrOr("value", "") != "nobody" {
		t.Errorf("what was typed isn't shown again: %.300s", bad.Text("#addresses"))
	}
	c.Post("/system/mail/addresses", url.Values{"address": {"desk@northwind.example"}, "desk": {partner.Account}}).Want(200)
	if page := c.Get("/system/mail").Want(200); !strings.Contains(page.Text("#addresses"), "Northwind") {
		t.Errorf("addresses: %q", page.Text("#addresses"))
	}
	m := take(t, p, "eve@elsewhere.example", "desk@northwind.example", "Hello", "To the partner.")
	own := p.As(partner)
	portaltest.Check(t, own, "/desk/mail", "/desk/mail/"+m.ID)
	if page := c.Get("/desk/mail/" + m.ID).Want(200); page.Has("#open") {
		t.Error("the vendor may decide about a mail to a partner's desk")
	}
	stranger := p.As(p.Partner("South"))
	stranger.Get("/desk/mail/" + m.ID).Want(404)
	stranger.Get("/system/mail").Want(403)
	p.As(p.Customer("Shop")).Get("/desk/mail").Want(403)
	p.As(p.VendorUser(actor.Auditor)).Post("/desk/mail/"+m.ID+"/discard", url.Values{}).Want(403)
	c.Post("/system/mail/addresses/remove", url.Values{"address": {"desk@northwind.example"}}).Want(200)
}

// TestHeldMailNeedsThoseWhoDecide: on the home page of the desk, in the message center once, and as a file.
func TestHeldMailNeedsThoseWhoDecide(t *testing.T) {
	p := start(t)
	admin, auditor, other := p.Vendor(), p.VendorUser(actor.Auditor), p.Partner("South")
	need := func(by actor.Actor) (found report.Need) {
		t.Helper()
		h, err := p.Report.Home(t.Context(), by)
		if err != nil {
			t.Fatal(err)
		}
		for _, n := range h.Needs {
			if strings.HasPrefix(n.Href, "/desk/mail") {
				found = n
			}
		}
		return found
	}
	if n := need(admin); n.Href != "" {
		t.Errorf("without a held mail: %+v", n)
	}
	m := take(t, p, "ada@elsewhere.example", "support@vendor.example", "=1+1", "First.")
	if n := need(admin); n.Href != "/desk/mail/"+m.ID || i18n.Text("en", n.Title) != "1 mail to your desk waits for a decision." {
		t.Errorf("one held mail: %+v", n)
	}
	for i := range 3 {
		take(t, p, "ada@elsewhere.example", "support@vendor.example", fmt.Sprint("Next", i), "Again.")
	}
	if n := need(admin); n.Href != "/desk/mail" || !strings.Contains(i18n.Text("zh-Hans", n.Title), "4") || !strings.Contains(i18n.Text("en", n.About), "=1+1") {
		t.Errorf("four held mails: %+v", n)
	}
	for who, by := range map[string]actor.Actor{"the auditor": auditor, "another desk": other} {
		if n := need(by); n.Href != "" {
			t.Errorf("%s is asked to decide: %+v", who, n)
		}
	}
	told, err := p.Notify.List(t.Context(), admin, notify.Filter{})
	told = slices.DeleteFunc(told, func(m notify.Message) bool { return m.Kind != "ticketmail.held" })
	if err != nil || len(told) != 1 || told[0].Link != "/desk/mail/"+m.ID {
		t.Errorf("the message center has %+v, %v, want one message of the first", told, err)
	}
	for path, by := range map[string]actor.Actor{"/desk/mail.csv": admin, "/system/mail.csv?state=held": auditor} {
		file := p.As(by).Get(path).Want(200)
		if !strings.Contains(file.Header.Get("Content-Disposition"), "mail.csv") || strings.Count(file.Body, "\n") != 5 || !strings.Contains(file.Body, "'=1+1") {
			t.Errorf("%s: %s\n%s", path, file.Header.Get("Content-Disposition"), file.Body)
		}
	}
	if page := p.As(admin).Get("/desk/mail").Want(200); !page.Has(`a[href^="/desk/mail.csv"]`) || !page.Has(`a[href^="/desk/mail.xlsx"]`) {
		t.Error("the list offers no file")
	}
	p.As(other).Get("/system/mail.csv").Want(200) // the own desk's, of which there's none
	p.As(p.Customer("Shop")).Get("/desk/mail.csv").Want(403)
}
