package mailbox_test

import (
	"strings"
	"testing"

	"hanse/internal/edge/portal/mailbox"
	"hanse/internal/edge/portal/portaltest"
	"hanse/internal/kit/mailer"
)

func start(t *testing.T) *portaltest.Portal {
	t.Helper()
	return portaltest.New(t, func(p *portaltest.Portal) { mailbox.Register(p.Site, p.Sink, p.Inbox) })
}

func send(t *testing.T, p *portaltest.Portal, m mailer.Message) {
	t.Helper()
	post, err := mailer.New(p.Sink.Config("Hanse <noreply@test.example>"), p.Clock.Wall)
	if err != nil {
		t.Fatal(err)
	}
	if err := post.Send(t.Context(), m); err != nil {
		t.Fatal(err)
	}
}

func TestEverybodyReadsTheMailboxInEveryLanguage(t *testing.T) {
	p := start(t)
	p.Vendor()
	portaltest.Check(t, p.Nobody(), "/demo/mail", "/demo/sms")
	send(t, p, mailer.Message{ID: "1", To: "a@north.example", Lang: "zh-Hans", Subject: "验证码", Text: "您的验证码是 123456", HTML: "<p>您的验证码是 123456</p>"})
	if err := p.Inbox.SendSMS(t.Context(), mailer.Text{ID: "2", To: "+6560000000", Lang: "en", Body: "Your code is 654321"}); err != nil {
		t.Fatal(err)
	}
	portaltest.Check(t, p.Nobody(), "/demo/mail", "/demo/mail/1", "/demo/sms", "/demo/mail?q=north")
	if page := p.Nobody().Get("/demo/mail?q=south").Want(200); !page.Has("#mails .empty") {
		t.Errorf("a search without a match shows %q", page.Text("#mails"))
	}
	if page := p.Nobody().Get("/demo/sms"); !strings.Contains(page.Text("#texts"), "654321") {
		t.Errorf("the short message isn't shown: %q", page.Text("#texts"))
	}
}

func TestAMailIsShownAsTextWithOurLinksOnly(t *testing.T) {
	p := start(t)
	send(t, p, mailer.Message{ID: "1", To: "a@north.example", Lang: "en", Subject: `<script>alert(1)</script>`,
		Text: "Open " + p.URL + "/reset?token=abc&x=1 now\nor https://evil.example/" + p.URL[len("http://"):], HTML: `<a href="https://evil.example/">Open</a>`})
	page := p.Nobody().Get("/demo/mail/1").Want(200)
	links := page.Doc.Find("#mail a")
	if n := links.Length(); n != 1 || links.First().AttrOr("href", "") != "/reset?token=abc&x=1" {
		t.Errorf("%d links, the first to %q; want the one to this portal", n, links.First().AttrOr("href", ""))
	}
	if strings.Contains(page.Body, "<script>alert") || page.Has("#mail iframe") {
		t.Error("the mail's own markup is on the page")
	}
}
