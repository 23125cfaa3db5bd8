package mailin_test

import (
	"bufio"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"net"
	"net/smtp"
	"os"
	"strings"
	"testing"

	"hanse/internal/kit/mailin"
	"hanse/internal/kit/mailin/mailintest"
)

// guarded is a receiver that takes mails after STARTTLS alone, and what a client must know to trust it.
func guarded(t *testing.T) (*desk, *tls.Config) {
	t.Helper()
	certFile, keyFile := mailintest.Certificate(t, t.TempDir())
	pair, err := tls.LoadX509KeyPair(certFile, keyFile)
	if err != nil {
		t.Fatal(err)
	}
	pem, err := os.ReadFile(certFile)
	if err != nil {
		t.Fatal(err)
	}
	roots := x509.NewCertPool()
	roots.AppendCertsFromPEM(pem)
	d := receive(t, func(c *mailin.ReceiverConfig) {
		c.OnlyTLS, c.TLS = true, &tls.Config{Certificates: []tls.Certificate{pair}, MinVersion: tls.VersionTLS12}
	})
	return d, &tls.Config{RootCAs: roots, ServerName: "127.0.0.1", MinVersion: tls.VersionTLS12}
}

// A talk is a conversation with a mail server, line by line.
type talk struct {
	t    *testing.T
	conn net.Conn
	r    *bufio.Reader
}

func dialed(t *testing.T, addr string) *talk {
	t.Helper()
	conn, err := net.Dial("tcp", addr)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	k := &talk{t, conn, bufio.NewReader(conn)}
	k.reads("220")
	return k
}

// reads wants an answer, of as many lines as it has.
func (k *talk) reads(code string) {
	k.t.Helper()
	for {
		line, err := k.r.ReadString('\n')
		if err != nil || !strings.HasPrefix(line, code) {
			k.t.Fatalf("the server says %q, %v, want %s", line, err, code)
		}
		if len(line) < 4 || line[3] != '-' {
			return
		}
	}
}

// says sends lines at once and wants an answer for the first.
func (k *talk) says(code string, lines ...string) {
	k.t.Helper()
	if _, err := fmt.Fprint(k.conn, strings.Join(lines, "\r\n")+"\r\n"); err != nil {
		k.t.Fatal(err)
	}
	k.reads(code)
}

func (k *talk) upgrade(c *tls.Config) {
	k.t.Helper()
	secure := tls.Client(k.conn, c)
	if err := secure.Handshake(); err != nil {
		k.t.Fatal(err)
	}
	k.conn, k.r = secure, bufio.NewReader(secure)
}

func TestWhereTLSIsAskedForNothingIsTakenWithoutIt(t *testing.T) {
	d, trust := guarded(t)
	plain := dialed(t, d.r.Addr())
	plain.says("250", "EHLO client.example")
	plain.says("530", "MAIL FROM:<wei@northwind.example>")
	plain.says("502", "DATA") // nothing was begun
	c, err := smtp.Dial(d.r.Addr())
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	if ok, _ := c.Extension("STARTTLS"); !ok {
		t.Error("STARTTLS isn't offered")
	}
	if err := c.StartTLS(&tls.Config{ServerName: "127.0.0.1"}); err == nil {
		t.Error("a client takes a certificate that nobody vouches for")
	}
	if err := smtp.SendMail(d.r.Addr(), nil, "wei@northwind.example", []string{"support@vendor.example"}, []byte("Subject: hello\r\n\r\nhelp\r\n")); err == nil {
		t.Error("a mail is taken from a client that doesn't trust the server")
	}
	k := dialed(t, d.r.Addr())
	k.says("250", "EHLO client.example")
	k.says("220", "STARTTLS")
	k.upgrade(trust)
	k.says("250", "EHLO client.example")
	k.says("250", "MAIL FROM:<wei@northwind.example>")
	k.says("250", "RCPT TO:<support@vendor.example>")
	k.says("354", "DATA")
	k.says("250", "Subject: hello", "", "help", ".")
	if len(d.got) != 1 || d.got[0].From != "wei@northwind.example" {
		t.Errorf("%d mails stored, want the one by TLS", len(d.got))
	}
}

// TestWhatWasSaidBeforeSTARTTLSDoesNotCount: whoever sits on the line could have said it.
func TestWhatWasSaidBeforeSTARTTLSDoesNotCount(t *testing.T) {
	certFile, keyFile := mailintest.Certificate(t, t.TempDir())
	pair, err := tls.LoadX509KeyPair(certFile, keyFile)
	if err != nil {
		t.Fatal(err)
	}
	d := receive(t, func(c *mailin.ReceiverConfig) { c.TLS = &tls.Config{Certificates: []tls.Certificate{pair}} })
	blind := &tls.Config{InsecureSkipVerify: true}
	for name, before := range map[string]func(k *talk){
		"a mail that was begun": func(k *talk) {
			k.says("250", "MAIL FROM:<eve@evil.example>")
			k.says("250", "RCPT TO:<support@vendor.example>")
			k.says("220", "STARTTLS")
		},
		"commands behind the one": func(k *talk) {
			k.says("220", "STARTTLS", "EHLO evil.example", "MAIL FROM:<eve@evil.example>", "RCPT TO:<support@vendor.example>")
		},
	} {
		t.Run(name, func(t *testing.T) {
			k := dialed(t, d.r.Addr())
			k.says("250", "EHLO client.example")
			before(k)
			k.upgrade(blind)
			k.says("50", "MAIL FROM:<wei@northwind.example>") // it hasn't greeted anew
			k.says("250", "EHLO client.example")
			k.says("50", "DATA")
			k.says("250", "MAIL FROM:<wei@northwind.example>")
			k.says("250", "RCPT TO:<support@vendor.example>")
			k.says("354", "DATA")
			k.says("250", "Subject: hello", "", "help", ".")
			if last := d.got[len(d.got)-1]; last.From != "wei@northwind.example" || len(last.To) != 1 {
				t.Errorf("stored from %q to %q", last.From, last.To)
			}
		})
	}
}

func TestAMailThatSaysItIsTooLargeIsRefusedBeforeItsBody(t *testing.T) {
	d := receive(t)
	k := dialed(t, d.r.Addr())
	k.says("250", "EHLO client.example")
	k.says("552", fmt.Sprintf("MAIL FROM:<wei@northwind.example> SIZE=%d", 1<<20+1))
	k.says("50", "RCPT TO:<support@vendor.example>")
	k.says("250", fmt.Sprintf("MAIL FROM:<wei@northwind.example> SIZE=%d", 1<<20))
	k.says("250", "RCPT TO:<support@vendor.example>")
	if len(d.got) != 0 {
		t.Errorf("%d mails stored, want none", len(d.got))
	}
}
