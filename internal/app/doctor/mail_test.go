package doctor

import (
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"hanse/internal/kit/config"
	"hanse/internal/kit/mailin/mailintest"
)

// TestTheWaysOfMailsToDesksAreLookedAt signs in to a real mail server, and finds what keeps mails from coming in.
func TestTheWaysOfMailsToDesksAreLookedAt(t *testing.T) {
	srv := mailintest.Start(t)
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	closed := l.Addr().String()
	l.Close()
	dir := t.TempDir()
	cert, key := mailintest.Certificate(t, dir)
	other := t.TempDir()
	_, foreign := mailintest.Certificate(t, other)
	broken := filepath.Join(dir, "broken.pem")
	if err := os.WriteFile(broken, []byte("no certificate"), 0o600); err != nil {
		t.Fatal(err)
	}
	good := srv.URL("desk", "INBOX", "")
	untrusted, _, _ := strings.Cut(good, "?")
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer taken.Close()
	mailbox := func(text string) func(*config.Config) { return func(c *config.Config) { c.Mailboxes = []string{text} } }
	for name, x := range map[string]struct {
		state State
		want  string
		set   func(*config.Config)
	}{
		"no address":            {Skipped, "no desk has an address", func(c *config.Config) { c.MailIn.Address = "" }},
		"nothing brings them":   {Warning, "--mailbox", func(c *config.Config) {}},
		"all is well":           {OK, "1 of 1 mailboxes opened", func(c *config.Config) { c.MailIn.Proof = "mx.vendor.example"; mailbox(good)(c) }},
		"senders aren't proven": {Warning, "--mail-in-proof", mailbox(good)},
		"nobody answers":        {Failed, "Nothing listens", mailbox("imaps://desk:x@" + closed + "/INBOX")},
		"a wrong password":      {Failed, "Check user and password", mailbox(strings.Replace(good, mailintest.Password, "wrong", 1))},
		"no such folder":        {Failed, "The folder doesn't exist", mailbox(srv.URL("desk", "Nowhere", ""))},
		"untrusted certificate": {Failed, "isn't trusted", mailbox(untrusted)},
		"unreadable authority":  {Failed, "Correct --mailbox", mailbox(untrusted + "?ca=" + filepath.Join(dir, "none.pem"))},
		"no authority in it":    {Failed, "no certificate in PEM form", mailbox(untrusted + "?ca=" + broken)},
		"a receiver by TLS": {OK, "taken by SMTP at", func(c *config.Config) {
			c.MailIn.Proof, c.MailIn.Listen, c.MailIn.Cert, c.MailIn.Key = "mx.vendor.example", "127.0.0.1:0", cert, key
		}},
		"the server itself is there": {OK, "taken by SMTP at", func(c *config.Config) {
			c.MailIn.Proof, c.MailIn.Listen = "mx.vendor.example", taken.Addr().String()
		}},
		"certificate isn't there": {Failed, "Correct --mail-in-cert", func(c *config.Config) {
			c.MailIn.Listen, c.MailIn.Cert, c.MailIn.Key = "127.0.0.1:0", filepath.Join(dir, "none.pem"), key
		}},
		"certificate isn't one":    {Failed, "Correct --mail-in-cert", func(c *config.Config) { c.MailIn.Listen, c.MailIn.Cert, c.MailIn.Key = "127.0.0.1:0", broken, key }},
		"key of another":           {Failed, "Correct --mail-in-cert", func(c *config.Config) { c.MailIn.Listen, c.MailIn.Cert, c.MailIn.Key = "127.0.0.1:0", cert, foreign }},
		"address of other machine": {Failed, "must be one of this machine", func(c *config.Config) { c.MailIn.Listen = "192.0.2.1:2525" }},
	} {
		t.Run(name, func(t *testing.T) {
			c := config.Config{MailIn: config.MailIn{Address: "support@vendor.example"}}
			x.set(&c)
			f := one(t.Context(), examiner{cfg: c}.mailIn)
			if f.State != x.state || !strings.Contains(f.Detail+" "+f.Remedy, x.want) {
				t.Errorf("%+v, want %v that says %q", f, x.state, x.want)
			}
			if strings.Contains(fmt.Sprint(f), mailintest.Password) {
				t.Errorf("the finding holds a password: %+v", f)
			}
		})
	}
}
