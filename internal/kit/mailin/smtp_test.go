package mailin_test

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/smtp"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	gosmtp "github.com/emersion/go-smtp"

	"hanse/internal/kit/mailin"
)

var noon = time.Date(2026, 11, 20, 12, 0, 0, 0, time.UTC)

// desk is a receiver for one address, with what it has stored.
type desk struct {
	mu     sync.Mutex
	got    []mailin.Incoming
	broken bool
	r      *mailin.Receiver
}

func receive(t *testing.T, change ...func(*mailin.ReceiverConfig)) *desk {
	t.Helper()
	d := &desk{}
	c := mailin.ReceiverConfig{Addr: "127.0.0.1:0", Domain: "mx.vendor.example", Bytes: 1 << 20, Wall: func() time.Time { return noon },
		Ours: func(_ context.Context, a string) (bool, error) {
			return strings.HasPrefix(a, "support@") || strings.HasPrefix(a, "support+"), nil
		},
		Store: func(_ context.Context, in mailin.Incoming) error {
			d.mu.Lock()
			defer d.mu.Unlock()
			if d.broken {
				return errors.New("the database is away")
			}
			d.got = append(d.got, in)
			return nil
		}}
	for _, f := range change {
		f(&c)
	}
	var err error
	if d.r, err = mailin.Listen(c); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- d.r.Serve(ctx) }()
	t.Cleanup(func() {
		cancel()
		if err := <-done; err != nil {
			t.Errorf("Serve = %v", err)
		}
	})
	return d
}

func (d *desk) send(from string, to []string, body string) error {
	return smtp.SendMail(d.r.Addr(), nil, from, to, []byte("Subject: hello\r\n\r\n"+body+"\r\n"))
}

func TestAMailServerHandsOverMailsToDesksAlone(t *testing.T) {
	d := receive(t)
	if err := d.send("wei@northwind.example", []string{"Support@vendor.example", "support+c1-2@vendor.example"}, "help"); err != nil {
		t.Fatal(err)
	}
	in := d.got[0]
	if in.From != "wei@northwind.example" || !in.Envelope || strings.Join(in.To, " ") != "support@vendor.example support+c1-2@vendor.example" {
		t.Errorf("envelope %q to %q", in.From, in.To)
	}
	for _, want := range []string{"Return-Path: <wei@northwind.example>\r\n", "X-Original-To: support@vendor.example, support+c1-2@vendor.example\r\n", "by mx.vendor.example with SMTP", "Subject: hello"} {
		if !strings.Contains(string(in.Raw), want) {
			t.Errorf("the mail lacks %q:\n%s", want, in.Raw)
		}
	}
	for to, want := range map[string]string{"ada@elsewhere.example": "550 5.1.1", "postmaster@vendor.example": "550 5.1.1"} {
		if err := d.send("wei@northwind.example", []string{to}, "relay this"); err == nil || !strings.Contains(err.Error(), want[4:]) {
			t.Errorf("a mail to %s: %v, want %s", to, err, want)
		}
	}
	if err := d.send("wei@northwind.example", []string{"support@vendor.example", "ada@elsewhere.example"}, "relay this too"); err == nil || len(d.got) != 1 {
		t.Errorf("a mail to us and to others: %v, %d stored, want none of it", err, len(d.got))
	}
}

func TestWhatIsNotStoredIsNotAccepted(t *testing.T) {
	d := receive(t)
	d.broken = true
	err := d.send("wei@northwind.example", []string{"support@vendor.example"}, "help")
	if err == nil || !strings.HasPrefix(err.Error(), "451") {
		t.Errorf("a mail that can't be stored: %v, want 451: the sender keeps it", err)
	}
	if err := d.send("wei@northwind.example", []string{"support@vendor.example"}, strings.Repeat("0123456789abcdef\r\n", 100_000)); err == nil || !strings.HasPrefix(err.Error(), "552") ||
		!strings.Contains(err.Error(), "portal") {
		t.Errorf("a mail that is too large: %v, want 552 with the way out", err)
	}
	c, err := smtp.Dial(d.r.Addr())
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	if err := c.Mail("wei@northwind.example"); err != nil {
		t.Fatal(err)
	}
	for i := range 20 {
		if err := c.Rcpt(fmt.Sprintf("support+%d@vendor.example", i)); err != nil {
			t.Fatal(err)
		}
	}
	if err := c.Rcpt("support+21@vendor.example"); err == nil {
		t.Error("a twenty-first recipient is accepted")
	}
}

func TestOneAddressCannotFloodTheDesk(t *testing.T) {
	now := noon
	d := receive(t, func(c *mailin.ReceiverConfig) { c.PerMinute, c.Wall = 3, func() time.Time { return now } })
	for i := range 4 {
		err := d.send("wei@northwind.example", []string{"support@vendor.example"}, "help")
		if i < 3 && err != nil || i == 3 && (err == nil || !strings.HasPrefix(err.Error(), "451")) {
			t.Errorf("mail %d: %v", i+1, err)
		}
	}
	now = now.Add(time.Minute)
	if err := d.send("wei@northwind.example", []string{"support@vendor.example"}, "help"); err != nil || len(d.got) != 4 {
		t.Errorf("a minute later: %v, %d stored", err, len(d.got))
	}
}

func TestAMailServerOnThisMachineSpeaksLMTP(t *testing.T) {
	path := filepath.Join(t.TempDir(), "lmtp")
	d := receive(t, func(c *mailin.ReceiverConfig) { c.Addr, c.LMTP = "unix:"+path, true })
	conn, err := dialUnix(path)
	if err != nil {
		t.Fatal(err)
	}
	c := gosmtp.NewClientLMTP(conn)
	defer c.Close()
	if err := errors.Join(c.Hello("mx.vendor.example"), c.Mail("", nil), c.Rcpt("support@vendor.example", nil)); err != nil {
		t.Fatal(err)
	}
	w, err := c.Data()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.Write([]byte("Subject: hello\r\n\r\nhelp\r\n")); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	if len(d.got) != 1 || d.got[0].From != "" || !strings.Contains(string(d.got[0].Raw), "Return-Path: <>") {
		t.Errorf("stored %d mails", len(d.got))
	}
}

func dialUnix(path string) (net.Conn, error) { return net.Dial("unix", path) }
