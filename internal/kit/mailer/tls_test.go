package mailer

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"errors"
	"math/big"
	"net"
	"testing"
	"time"

	"github.com/emersion/go-sasl"
	"github.com/emersion/go-smtp"
)

// office is a mail server as companies have it: TLS, sign-in, and a recipient that it doesn't know.
type office struct{ sink *Sink }

type desk struct {
	session
	signedIn bool
}

func (o *office) NewSession(*smtp.Conn) (smtp.Session, error) {
	return &desk{session: session{sink: o.sink}}, nil
}

func (d *desk) AuthMechanisms() []string { return []string{sasl.Plain} }

func (d *desk) Auth(string) (sasl.Server, error) {
	return sasl.NewPlainServer(func(_, user, password string) error {
		if user != "hanse" || password != "right" {
			return smtp.ErrAuthFailed
		}
		d.signedIn = true
		return nil
	}), nil
}

func (d *desk) Mail(from string, o *smtp.MailOptions) error {
	if !d.signedIn {
		return smtp.ErrAuthRequired
	}
	return d.session.Mail(from, o)
}

func (d *desk) Rcpt(to string, o *smtp.RcptOptions) error {
	switch to {
	case "gone@x.example":
		return &smtp.SMTPError{Code: 550, EnhancedCode: smtp.EnhancedCode{5, 1, 1}, Message: "no such user"}
	case "full@x.example":
		return &smtp.SMTPError{Code: 452, EnhancedCode: smtp.EnhancedCode{4, 2, 2}, Message: "mailbox full"}
	}
	return d.session.Rcpt(to, o)
}

// open starts the office with a certificate of its own, on a free port, and returns how to reach it.
func (o *office) open(t *testing.T, mode string) Config {
	t.Helper()
	cert, pool := selfSigned(t)
	server := smtp.NewServer(o)
	server.Domain, server.TLSConfig = "localhost", &tls.Config{Certificates: []tls.Certificate{cert}}
	server.ErrorLog = silent{}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	port := l.Addr().(*net.TCPAddr).Port
	if mode == TLS {
		l = tls.NewListener(l, server.TLSConfig)
	}
	go server.Serve(l)
	t.Cleanup(func() { server.Close() })
	return Config{
		Host: "127.0.0.1", Port: port, User: "hanse", Password: "right", TLS: mode, From: "noreply@partner.example",
		TLSConfig: &tls.Config{RootCAs: pool, ServerName: "localhost"},
	}
}

func selfSigned(t *testing.T) (tls.Certificate, *x509.CertPool) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "localhost"}, DNSNames: []string{"localhost"}, IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)},
		NotBefore: time.Unix(0, 0), NotAfter: time.Unix(1<<33, 0), IsCA: true, BasicConstraintsValid: true,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	cert, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	pool := x509.NewCertPool()
	pool.AddCert(cert)
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}, pool
}

func TestMailGoesThroughAProtectedServer(t *testing.T) {
	for _, mode := range []string{StartTLS, TLS} {
		sink, _ := start(t, 10)
		c := (&office{sink}).open(t, mode)
		m, err := New(c, wall)
		if err != nil {
			t.Fatal(err)
		}
		if err := m.Send(t.Context(), Message{ID: "1", To: "a@x.example", Subject: "安全", Text: "x"}); err != nil || len(sink.List()) != 1 {
			t.Errorf("%s: Send = %v, kept %d", mode, err, len(sink.List()))
		}
		if err := m.Send(t.Context(), Message{ID: "2", To: "gone@x.example", Text: "x"}); err == nil || !Permanent(err) {
			t.Errorf("%s, unknown recipient: %v, permanent %v, want permanent", mode, err, Permanent(err))
		}
		if err := m.Send(t.Context(), Message{ID: "3", To: "full@x.example", Text: "x"}); err == nil || Permanent(err) {
			t.Errorf("%s, full mailbox: %v, permanent %v, want passing", mode, err, Permanent(err))
		}
	}
}

func TestAnUntrustedServerAndAWrongPasswordAreRefused(t *testing.T) {
	sink, _ := start(t, 10)
	c := (&office{sink}).open(t, StartTLS)
	stranger, wrong := c, c
	stranger.TLSConfig = nil // the system's roots don't know it
	wrong.Password = "wrong"
	for name, c := range map[string]Config{"stranger": stranger, "wrong password": wrong} {
		m, err := New(c, wall)
		if err != nil {
			t.Fatal(err)
		}
		err = m.Send(t.Context(), Message{ID: "1", To: "a@x.example", Text: "x"})
		// Neither is the letter's fault: it waits until the operator has mended the configuration.
		if err == nil || Permanent(err) || len(sink.List()) != 0 {
			t.Errorf("%s: Send = %v, permanent %v, kept %d", name, err, Permanent(err), len(sink.List()))
		}
		var unknown x509.UnknownAuthorityError
		if name == "stranger" && !errors.As(err, &unknown) {
			t.Errorf("stranger: %v, want an unknown authority", err)
		}
	}
}
