package mailer

import (
	"bytes"
	"net"
	"strings"
	"testing"
	"time"

	"hanse/internal/kit/i18n"
)

var at = time.Date(2026, 11, 20, 8, 0, 0, 0, time.UTC)

func wall() time.Time { return at }

func start(t *testing.T, limit int) (*Sink, *Mailer) {
	t.Helper()
	sink, err := NewSink(limit, wall)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { sink.Close() })
	m, err := New(sink.Config("伙伴中心 <noreply@partner.example>"), wall)
	if err != nil {
		t.Fatal(err)
	}
	return sink, m
}

func TestALetterArrivesAsItWasWritten(t *testing.T) {
	sink, m := start(t, 10)
	msg := Message{
		ID: "evt_1", To: "陈伟 <wei@northwind.example>", Lang: "zh-Hans", Subject: "邀请您加入伙伴中心，请在七天内接受：深圳北风系统集成有限公司",
		Text: "您好\n\n.一个点开头的行\n", HTML: "<p>您好 <b>陈伟</b></p>",
	}
	if err := m.Send(t.Context(), msg); err != nil {
		t.Fatal(err)
	}
	got := sink.List()[0]
	if got.Subject != msg.Subject || got.HTML != msg.HTML || got.Lang != "zh-Hans" || !got.At.Equal(at) {
		t.Errorf("received %+v", got)
	}
	if text := strings.ReplaceAll(got.Text, "\r\n", "\n"); text != msg.Text {
		t.Errorf("text = %q, want %q", text, msg.Text)
	}
	if got.From != "noreply@partner.example" || len(got.To) != 1 || got.To[0] != "wei@northwind.example" {
		t.Errorf("envelope = %s -> %v", got.From, got.To)
	}
	for _, want := range []string{"multipart/alternative", "Auto-Submitted: auto-generated", "Date: Fri, 20 Nov 2026 08:00:00 +0000"} {
		if !bytes.Contains(got.Raw, []byte(want)) {
			t.Errorf("raw message lacks %q", want)
		}
	}
	if same, ok := sink.Get(got.ID); !ok || same.Subject != got.Subject {
		t.Errorf("Get(%s) = %v, %v", got.ID, same.Subject, ok)
	}
}

func TestASecondTryHasTheSameMessageID(t *testing.T) {
	sink, m := start(t, 10)
	for _, msg := range []Message{
		{ID: "evt_1", To: "a@x.example"}, {ID: "evt_1", To: "A@x.example"}, {ID: "evt_1", To: "b@x.example"}, {ID: "evt_2", To: "a@x.example"},
	} {
		if err := m.Send(t.Context(), msg); err != nil {
			t.Fatal(err)
		}
	}
	l := sink.List() // newest first
	if l[3].MessageID != l[2].MessageID || !strings.HasSuffix(l[3].MessageID, "@partner.example") {
		t.Errorf("message ids of one event: %q, %q", l[3].MessageID, l[2].MessageID)
	}
	if l[1].MessageID == l[3].MessageID || l[0].MessageID == l[3].MessageID {
		t.Error("another reader or another event has the same message id")
	}
}

func TestASinkKeepsTheNewest(t *testing.T) {
	sink, m := start(t, 2)
	for _, s := range []string{"one", "two", "three"} {
		if err := m.Send(t.Context(), Message{ID: s, To: "a@x.example", Subject: s, Text: s}); err != nil {
			t.Fatal(err)
		}
	}
	l := sink.List()
	if len(l) != 2 || l[0].Subject != "three" || l[1].Subject != "two" {
		t.Errorf("List = %+v", l)
	}
	if _, ok := sink.Get("1"); ok {
		t.Error("the oldest is still there")
	}
}

func TestHeadersCannotBeForged(t *testing.T) {
	sink, m := start(t, 10)
	if err := m.Send(t.Context(), Message{ID: "1", To: "a@x.example", Subject: "hello\r\nBcc: all@x.example\r\n\r\nbody", Text: "x"}); err != nil {
		t.Fatal(err)
	}
	got := sink.List()[0]
	if got.Subject != "hello Bcc: all@x.example body" || bytes.Contains(got.Raw, []byte("\nBcc:")) {
		t.Errorf("subject = %q\n%s", got.Subject, got.Raw)
	}
	err := m.Send(t.Context(), Message{ID: "2", To: "a@x.example\r\nRCPT TO:<b@x.example>"})
	if !Permanent(err) {
		t.Errorf("recipient with a line break: %v, want a permanent error", err)
	}
}

func TestAServerThatIsAwayIsWorthAnotherTry(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	port := l.Addr().(*net.TCPAddr).Port
	l.Close() // nobody listens there now
	m, err := New(Config{Host: "127.0.0.1", Port: port, TLS: NoTLS, From: "a@x.example"}, wall)
	if err != nil {
		t.Fatal(err)
	}
	if err := m.Send(t.Context(), Message{ID: "1", To: "b@x.example"}); err == nil || Permanent(err) {
		t.Errorf("Send = %v, want a passing error", err)
	}
}

func TestAServerWithoutTLSIsRefusedWhenTLSIsRequired(t *testing.T) {
	sink, _ := start(t, 1)
	c := sink.Config("a@x.example")
	c.TLS = StartTLS
	m, err := New(c, wall)
	if err != nil {
		t.Fatal(err)
	}
	if err := m.Send(t.Context(), Message{ID: "1", To: "b@x.example", Text: "x"}); err == nil || len(sink.List()) != 0 {
		t.Errorf("Send = %v, kept %d, want a refusal", err, len(sink.List()))
	}
}

func TestConfigurationIsCheckedAtOnce(t *testing.T) {
	for name, c := range map[string]Config{
		"no sender":    {Host: "mail.example"},
		"bad sender":   {Host: "mail.example", From: "nobody"},
		"no host":      {From: "a@x.example"},
		"bad TLS mode": {Host: "mail.example", From: "a@x.example", TLS: "ssl"},
		"bad port":     {Host: "mail.example", From: "a@x.example", Port: 70000},
	} {
		if _, err := New(c, wall); err == nil {
			t.Errorf("%s: New accepts %+v", name, c)
		}
	}
}

func letter() Letter {
	return Letter{
		ID: "evt_1", To: "a@x.example", Brand: "Hanse <Demo>", Subject: i18n.Raw("Your code & more"), Greeting: i18n.Raw("Hello <script>alert(1)</script>"),
		Body: []i18n.Msg{i18n.Raw("First\nline"), i18n.Raw("Second")}, Facts: [][2]i18n.Msg{{i18n.Raw("Partner"), i18n.Raw("A & B")}},
		Code: "012345", Action: i18n.Raw("Open"), URL: "https://partner.example/x?a=1&b=2",
	}
}

func TestComposeEscapesEverything(t *testing.T) {
	m := Compose(i18n.English, letter())
	for _, want := range []string{"Your code &amp; more", "Hello &lt;script&gt;", "Hanse &lt;Demo&gt;", "A &amp; B", "012345", `href="https://partner.example/x?a=1&amp;b=2"`, `lang="en"`} {
		if !strings.Contains(m.HTML, want) {
			t.Errorf("HTML lacks %q", want)
		}
	}
	for _, want := range []string{"Hello <script>", "\n\nFirst line\n\nSecond\n\n", "Partner: A & B", "012345", "Open\nhttps://partner.example/x?a=1&b=2", "\n\n-- \nHanse <Demo>\n"} {
		if !strings.Contains(m.Text, want) {
			t.Errorf("text lacks %q:\n%s", want, m.Text)
		}
	}
	if m.Subject != "Your code & more" || strings.Contains(m.HTML+m.Text, "??") {
		t.Errorf("subject %q, text:\n%s", m.Subject, m.Text)
	}
}

func TestComposeSpeaksTheReadersLanguage(t *testing.T) {
	zh := Compose(i18n.Chinese, letter())
	if !strings.Contains(zh.HTML, `lang="zh-Hans"`) || !strings.Contains(zh.Text, "Partner：A & B") || !strings.Contains(zh.Text, "验证码：012345") {
		t.Errorf("Chinese letter:\n%s", zh.Text)
	}
}

func TestALinkMustLeadToTheWeb(t *testing.T) {
	l := letter()
	l.URL = "javascript:alert(1)"
	if m := Compose(i18n.English, l); strings.Contains(m.HTML+m.Text, "javascript") || strings.Contains(m.HTML, "href") {
		t.Errorf("HTML = %s", m.HTML)
	}
}

func TestAnInboxKeepsTextMessages(t *testing.T) {
	b := NewInbox(2, wall)
	var s SMS = b
	for _, body := range []string{"one", "two", "three"} {
		if err := s.SendSMS(t.Context(), Text{To: "+8613800000000", Body: body}); err != nil {
			t.Fatal(err)
		}
	}
	if l := b.List(); len(l) != 2 || l[0].Body != "three" || !l[0].At.Equal(at) {
		t.Errorf("List = %+v", l)
	}
}
