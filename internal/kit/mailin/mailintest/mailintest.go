// Package mailintest starts a real IMAP server for tests: Debian's dovecot on loopback ports, with a throw-away folder of
// mails and a certificate of its own.
package mailintest

import (
	"bufio"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"fmt"
	"math/big"
	"net"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapclient"
)

// Password is the one of every user of the server.
const Password = "throw-away"

// A Server is a running dovecot.
type Server struct {
	t        testing.TB
	dir      string
	Port     int // plain and STARTTLS
	TLSPort  int
	CA       string // file with the certificate that vouches for the server
	process  *exec.Cmd
	finished chan error
}

// Start starts a server without mails. It ends with the test. Without dovecot the test fails, and says which package is
// missing. Settings are further lines of its configuration.
func Start(t testing.TB, settings ...string) *Server {
	t.Helper()
	// Not the test's own folder: the server's users must be able to walk into it, and its path must be short, because
	// sockets lie in it.
	dir, err := os.MkdirTemp("", "hm")
	must(t, err)
	must(t, os.Chmod(dir, 0o755))
	s := &Server{t: t, dir: dir, Port: freePort(t), TLSPort: freePort(t)}
	s.CA, _ = Certificate(t, dir)
	must(t, os.WriteFile(filepath.Join(dir, "dovecot.conf"), []byte(s.config()+strings.Join(settings, "\n")+"\n"), 0o644))
	t.Cleanup(func() {
		s.Stop()
		os.RemoveAll(dir)
	})
	s.Again()
	return s
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func freePort(t testing.TB) int {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	must(t, err)
	defer l.Close()
	return l.Addr().(*net.TCPAddr).Port
}

// config is for a server whose users all have one password, and a Maildir each.
func (s *Server) config() string {
	who := []string{"dovecot", "dovenull", "nobody", ""}
	if os.Getuid() != 0 {
		me, err := user.Current()
		must(s.t, err)
		// Without the right to change roots and users everything runs as whoever runs the test.
		who = []string{me.Username, me.Username, me.Username, "\nservice anvil {\n  chroot =\n}\nservice imap-login {\n  chroot =\n}\n"}
	}
	mails := filepath.Join(s.dir, "mails")
	must(s.t, os.MkdirAll(mails, 0o777))
	must(s.t, os.Chmod(mails, 0o777))
	return fmt.Sprintf(`protocols = imap
listen = 127.0.0.1
base_dir = %[1]s/run
state_dir = %[1]s/state
log_path = %[1]s/log
ssl = yes
ssl_cert = <%[1]s/cert.pem
ssl_key = <%[1]s/key.pem
disable_plaintext_auth = no
auth_mechanisms = plain login
default_internal_user = %[4]s
default_login_user = %[5]s
first_valid_uid = 1
mail_location = maildir:%[1]s/mails/%%u
mail_fsync = never
passdb {
  driver = static
  args = password=%[8]s
}
userdb {
  driver = static
  args = uid=%[6]s gid=%[9]s home=%[1]s/mails/%%u
}
service imap-login {
  inet_listener imap {
    port = %[2]d
  }
  inet_listener imaps {
    port = %[3]d
    ssl = yes
  }
}
%[7]s`, s.dir, s.Port, s.TLSPort, who[0], who[1], who[2], who[3], Password, groupOf(s.t, who[2]))
}

func groupOf(t testing.TB, name string) string {
	t.Helper()
	u, err := user.Lookup(name)
	must(t, err)
	return u.Gid
}

// Certificate writes a certificate for 127.0.0.1, which vouches for itself, and its key into a folder, and returns the names
// of the files.
func Certificate(t testing.TB, dir string) (cert, key string) {
	t.Helper()
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	must(t, err)
	c := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "127.0.0.1"}, IsCA: true, BasicConstraintsValid: true,
		NotBefore: time.Unix(0, 0), NotAfter: time.Unix(1<<32, 0), IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)},
		KeyUsage: x509.KeyUsageDigitalSignature | x509.KeyUsageCertSign}
	der, err := x509.CreateCertificate(rand.Reader, c, c, private.Public(), private)
	must(t, err)
	secret, err := x509.MarshalPKCS8PrivateKey(private)
	must(t, err)
	cert, key = filepath.Join(dir, "cert.pem"), filepath.Join(dir, "key.pem")
	must(t, os.WriteFile(cert, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}), 0o644))
	must(t, os.WriteFile(key, pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: secret}), 0o644))
	return cert, key
}

func program(t testing.TB) string {
	t.Helper()
	if path, err := exec.LookPath("dovecot"); err == nil {
		return path
	}
	const usual = "/usr/sbin/dovecot"
	if _, err := os.Stat(usual); err != nil {
		t.Fatal("no dovecot: install the package dovecot-imapd")
	}
	return usual
}

// Again starts the server anew, on the same ports and with the same mails.
func (s *Server) Again() {
	s.t.Helper()
	s.process = exec.Command(program(s.t), "-F", "-c", filepath.Join(s.dir, "dovecot.conf"))
	var said strings.Builder
	s.process.Stderr = &said
	must(s.t, s.process.Start())
	s.finished = make(chan error, 1)
	go func(p *exec.Cmd, done chan error) { done <- p.Wait() }(s.process, s.finished)
	for range 200 {
		if s.greets() {
			return
		}
		select {
		case err := <-s.finished:
			log, _ := os.ReadFile(filepath.Join(s.dir, "log"))
			s.t.Fatalf("dovecot ended: %v\n%s\n%s", err, said.String(), log)
		case <-time.After(25 * time.Millisecond):
		}
	}
	log, _ := os.ReadFile(filepath.Join(s.dir, "log"))
	s.t.Fatalf("dovecot doesn't answer\n%s\n%s", said.String(), log)
}

func (s *Server) greets() bool {
	c, err := net.Dial("tcp", fmt.Sprintf("127.0.0.1:%d", s.Port))
	if err != nil {
		return false
	}
	defer c.Close()
	defer time.AfterFunc(5*time.Second, func() { c.Close() }).Stop()
	line, err := bufio.NewReader(c).ReadString('\n')
	return err == nil && strings.HasPrefix(line, "* OK")
}

// Stop ends the server; its mails stay until the test ends.
func (s *Server) Stop() {
	if s.process == nil {
		return
	}
	s.process.Process.Signal(os.Interrupt) // when it has ended already, nothing is to be done
	<-s.finished
	s.process = nil
}

// URL is how a user's folder is configured: by imaps with the server's own certificate, or by what is asked for.
func (s *Server) URL(user, folder, options string) string {
	return fmt.Sprintf("imaps://%s:%s@127.0.0.1:%d/%s?ca=%s%s", user, Password, s.TLSPort, folder, s.CA, options)
}

// client signs in without the product's own code.
func (s *Server) client(user string) *imapclient.Client {
	s.t.Helper()
	c, err := imapclient.DialInsecure(fmt.Sprintf("127.0.0.1:%d", s.Port), nil)
	must(s.t, err)
	must(s.t, c.Login(user, Password).Wait())
	return c
}

// Put delivers a mail into a user's folder.
func (s *Server) Put(user, folder, raw string) {
	s.t.Helper()
	raw = strings.ReplaceAll(strings.ReplaceAll(raw, "\r\n", "\n"), "\n", "\r\n")
	c := s.client(user)
	defer c.Close()
	a := c.Append(folder, int64(len(raw)), nil)
	_, err := a.Write([]byte(raw))
	must(s.t, err)
	must(s.t, a.Close())
	_, err = a.Wait()
	must(s.t, err)
}

// Count is how many mails are in a folder, and how many of them aren't seen.
func (s *Server) Count(user, folder string) (all, unseen int) {
	s.t.Helper()
	c := s.client(user)
	defer c.Close()
	got, err := c.Status(folder, &imap.StatusOptions{NumMessages: true, NumUnseen: true}).Wait()
	must(s.t, err)
	return int(*got.NumMessages), int(*got.NumUnseen)
}

// Renew makes a folder anew with one mail in it: its UIDs begin again under another validity.
func (s *Server) Renew(user, folder, raw string) {
	s.t.Helper()
	c := s.client(user)
	defer c.Close()
	c.Delete(folder).Wait() // the first time there's none
	must(s.t, c.Create(folder, nil).Wait())
	s.Put(user, folder, raw)
}
