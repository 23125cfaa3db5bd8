// Package config holds what an operator can set, in one struct.
//
// A value comes from the command line, else from a HANSE_* environment variable, else from one YAML file, else
// from the default in its tag. The struct tags are the whole truth: help texts, the file's keys and the list
// that `hanse doctor` prints are read from them.
package config

import (
	"errors"
	"fmt"
	"net/mail"
	"net/netip"
	"net/url"
	"path/filepath"
	"strings"
	"time"

	"hanse/internal/kit/mailer"
	"hanse/internal/kit/mailin"
)

// Config is the configuration of a server. Call Complete before use: it fills what depends on other values.
type Config struct {
	// Addr is where the server listens. Anything but a loopback address is open to the network.
	Addr string `default:"127.0.0.1:8080" env:"HANSE_ADDR" placeholder:"HOST:PORT" help:"Address to listen on. A loopback address unless a proxy or a firewall is in front."`
	// BaseURL is how people reach the portal: it's in mails, QR codes and certificates. Changing it later makes
	// the QR codes on certificates that were printed point to the old address.
	BaseURL string `env:"HANSE_BASE_URL" placeholder:"URL" help:"Address at which people reach the portal, as in mails and on certificates. Default: http:// and --addr."`
	// Data is the folder for everything that must survive: database, files, secret key. Back it up.
	Data string `default:"data" env:"HANSE_DATA" placeholder:"DIR" help:"Folder for database, files and secret key."`
	// DB is sqlite:PATH or postgres://…; a password in it is never printed.
	DB string `name:"db" env:"HANSE_DB" placeholder:"URL" help:"Database: sqlite:PATH or postgres://USER:PASSWORD@HOST/NAME. Default: sqlite: in the data folder."`
	// Blob is the folder of uploaded and generated files.
	Blob string `env:"HANSE_BLOB" placeholder:"DIR" help:"Folder for uploaded files. Default: files in the data folder."`
	// Programs is a folder of program files that are read besides the shipped ones. A broken file is refused
	// whole, and the last good state stays.
	Programs string `env:"HANSE_PROGRAMS" placeholder:"DIR" help:"Folder with program files of your own, read besides the shipped ones."`
	// Scan is run for every uploaded file. When it doesn't answer, nothing is accepted.
	Scan []string `sep:" " env:"HANSE_SCAN" placeholder:"COMMAND" help:"Virus scanner that gets a file's path as last argument: exit 0 accepts, 1 refuses, anything else stops all uploads. Separate its arguments by spaces."`
	// SecretKey protects cookies, cursors and stored access keys. Who has it can forge sessions; when it's lost,
	// access keys must be made anew.
	SecretKey string `env:"HANSE_SECRET_KEY" placeholder:"FILE" help:"File with the installation's secret key, made at the first start. Default: secret.key in the data folder."`
	// Proxies may say who the client is. A network that isn't only proxies lets its clients forge addresses.
	Proxies []string `name:"trusted-proxies" env:"HANSE_TRUSTED_PROXIES" placeholder:"CIDR" help:"Networks of the reverse proxies whose X-Forwarded-For and X-Forwarded-Proto are believed. Whoever can connect from there can claim any address."`
	// OutProxy is for outgoing HTTP; empty means the environment's HTTPS_PROXY.
	OutProxy string `name:"proxy" env:"HANSE_PROXY" placeholder:"URL" help:"Proxy for outgoing HTTP requests."`
	// MetricsToken opens /metrics to other machines; without it only loopback may read.
	MetricsToken string `env:"HANSE_METRICS_TOKEN" secret:"" placeholder:"TOKEN" help:"Bearer token with which other machines may read /metrics. Without it only this machine may."`
	// Workers is how many jobs run at one time.
	Workers int `default:"4" env:"HANSE_WORKERS" placeholder:"N" help:"How many background jobs run at one time."`

	// Payments names the provider of online payments. The test provider moves no money.
	Payments string `default:"none" enum:"none,test" env:"HANSE_PAYMENTS" placeholder:"NAME" help:"Provider of online payments: none, or test, on whose page anybody pays without money. Never use test where money counts."`

	// JobLease is how long the work of a process that died waits for another; zero is the usual time.
	JobLease time.Duration `default:"2m" env:"HANSE_JOB_LEASE" placeholder:"DURATION" help:"After how long another process, or this one started again, takes over a job whose process died."`

	// Mailboxes are read for mails to desks. Their addresses hold passwords.
	Mailboxes []string `name:"mailbox" sep:" " env:"HANSE_MAILBOX" secret:"" placeholder:"URL" help:"IMAP mailbox of a desk: imaps://USER:PASSWORD@HOST/INBOX, with ?move=FOLDER for taken mails, &desk=ADDRESS for another desk than the vendor's, &ca=FILE for a private certificate authority. Several with spaces between."`

	SMTP   SMTP   `embed:"" prefix:"smtp-"`
	MailIn MailIn `embed:"" prefix:"mail-in-"`
	Limit  Limit  `embed:"" prefix:"limit-"`
	Log    Log    `embed:"" prefix:"log-"`
}

// SMTP is the outgoing mail server. Without a host no mail leaves: it waits as jobs that fail.
type SMTP struct {
	Host     string `env:"HANSE_SMTP_HOST" placeholder:"HOST" help:"Mail server."`
	Port     int    `env:"HANSE_SMTP_PORT" placeholder:"N" help:"Port of the mail server. Default: the usual one of the TLS mode."`
	User     string `env:"HANSE_SMTP_USER" placeholder:"NAME" help:"Name to sign in with at the mail server."`
	Password string `env:"HANSE_SMTP_PASSWORD" secret:"" placeholder:"PASSWORD" help:"Password for the mail server. Better in the environment or the file: other users of this machine see command lines."`
	TLS      string `name:"tls" default:"starttls" env:"HANSE_SMTP_TLS" placeholder:"MODE" help:"starttls, tls, or none. With none passwords and codes travel in the clear."`
	From     string `default:"Hanse <noreply@localhost>" env:"HANSE_SMTP_FROM" placeholder:"ADDRESS" help:"Sender of all mail."`
}

// MailIn is how mails to desks come in besides mailboxes. Without an address nobody can write to a desk.
type MailIn struct {
	Address   string        `env:"HANSE_MAIL_IN_ADDRESS" placeholder:"ADDRESS" help:"Address of the vendor's desk, such as support@example.com. Mail to support+anything@example.com must arrive too: answers come there."`
	Listen    string        `env:"HANSE_MAIL_IN_LISTEN" placeholder:"HOST:PORT" help:"Address on which mails are taken by SMTP, or unix:PATH. Mail to other addresses than those of desks is refused."`
	LMTP      bool          `name:"lmtp" env:"HANSE_MAIL_IN_LMTP" help:"Take mails by LMTP instead: from a mail server on this machine."`
	Megabytes int           `default:"10" env:"HANSE_MAIL_IN_MEGABYTES" placeholder:"N" help:"Largest mail that is taken."`
	PerMinute int           `default:"60" env:"HANSE_MAIL_IN_PER_MINUTE" placeholder:"N" help:"Mails that one network address may hand over in a minute. Negative: no limit."`
	Every     time.Duration `default:"30s" env:"HANSE_MAIL_IN_EVERY" placeholder:"DURATION" help:"How often mailboxes are read."`
	Cert      string        `env:"HANSE_MAIL_IN_CERT" placeholder:"FILE" help:"Certificate for STARTTLS, in PEM form, with its chain."`
	Key       string        `env:"HANSE_MAIL_IN_KEY" placeholder:"FILE" help:"Key of the certificate."`
	OnlyTLS   bool          `name:"only-tls" env:"HANSE_MAIL_IN_ONLY_TLS" help:"Refuse mails by SMTP before STARTTLS. It needs a certificate."`
	Proof     string        `env:"HANSE_MAIL_IN_PROOF" placeholder:"NAME" help:"Name of the mail server in front whose Authentication-Results are believed. With it a mail whose sender that server doesn't vouch for is held."`
}

// Limit is how many requests a second are taken, on the long run; several times as many at once. Counts are kept by
// each process. A negative number lifts a limit: whoever does it has another one in front, or measures.
type Limit struct {
	Address   int `default:"50" env:"HANSE_LIMIT_ADDRESS" placeholder:"N" help:"Requests a second of one network address, and 8 times as many at once. Negative: no limit."`
	User      int `default:"20" env:"HANSE_LIMIT_USER" placeholder:"N" help:"API requests a second of one user, key or token, and 5 times as many at once. Negative: no limit."`
	Operation int `default:"10" env:"HANSE_LIMIT_OPERATION" placeholder:"N" help:"Requests a second of one caller for one operation of the vendor-compatible API. Negative: no limit."`
}

// The limits where nothing else is said.
const (
	usualAddress   = 50
	usualUser      = 20
	usualOperation = 10
)

func (l *Limit) complete() {
	for limit, usual := range map[*int]int{&l.Address: usualAddress, &l.User: usualUser, &l.Operation: usualOperation} {
		if *limit == 0 {
			*limit = usual
		}
	}
}

// Log says what is logged and how. Names, passwords and bodies of requests are never logged.
type Log struct {
	Level  string `default:"info" env:"HANSE_LOG_LEVEL" placeholder:"LEVEL" help:"debug, info, warn or error."`
	Format string `default:"text" env:"HANSE_LOG_FORMAT" placeholder:"FORMAT" help:"text or json."`
}

// Complete fills what depends on other values and refuses what can't be. The error names each wrong value and
// what to write instead.
func (c *Config) Complete() error {
	fill(&c.DB, "sqlite:"+filepath.Join(c.Data, "hanse.db"))
	fill(&c.Blob, filepath.Join(c.Data, "files"))
	fill(&c.SecretKey, filepath.Join(c.Data, "secret.key"))
	fill(&c.BaseURL, "http://"+c.Addr)
	c.BaseURL = strings.TrimRight(c.BaseURL, "/")
	c.Limit.complete()
	return errors.Join(c.checkURLs(), c.checkProxies(), c.checkLease(), c.checkMailIn(),
		oneOf("smtp-tls", c.SMTP.TLS, mailer.StartTLS, mailer.TLS, mailer.NoTLS),
		oneOf("log-level", c.Log.Level, "debug", "info", "warn", "error"),
		oneOf("log-format", c.Log.Format, "text", "json"))
}

func fill(s *string, otherwise string) {
	if *s == "" {
		*s = otherwise
	}
}

func (c *Config) checkURLs() error {
	u, err := url.Parse(c.BaseURL)
	if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" || u.Path != "" {
		return fmt.Errorf("base-url %q: write scheme and host only, such as https://partner.example.com", c.BaseURL)
	}
	if p, err := url.Parse(c.OutProxy); c.OutProxy != "" && (err != nil || p.Host == "") {
		return errors.New("proxy: write it as http://HOST:PORT")
	}
	return nil
}

func (c *Config) checkMailIn() error {
	in := &c.MailIn
	for number, usual := range map[*int]int{&in.Megabytes: 10, &in.PerMinute: 60} {
		if *number == 0 {
			*number = usual
		}
	}
	if in.Every == 0 {
		in.Every = 30 * time.Second
	}
	var errs []error
	if a, err := mail.ParseAddress(in.Address); in.Address != "" && (err != nil || a.Address != in.Address || strings.Contains(in.Address, "+")) {
		errs = append(errs, fmt.Errorf("mail-in-address %q: write an address such as support@example.com, without a plus sign", in.Address))
	}
	if in.Megabytes < 1 || in.Megabytes > 100 {
		errs = append(errs, fmt.Errorf("mail-in-megabytes %d: write 1 to 100", in.Megabytes))
	}
	if in.Every < time.Second {
		errs = append(errs, fmt.Errorf("mail-in-every %v: one second at least", in.Every))
	}
	if (in.Cert == "") != (in.Key == "") {
		errs = append(errs, errors.New("mail-in-cert and mail-in-key: set both or none"))
	}
	if in.OnlyTLS && in.Cert == "" {
		errs = append(errs, errors.New("mail-in-only-tls: set mail-in-cert and mail-in-key, or nobody could hand a mail over"))
	}
	if in.Address == "" && (in.Listen != "" || len(c.Mailboxes) > 0) {
		errs = append(errs, errors.New("mail-in-address: mails come in, and no desk has an address; set the vendor's"))
	}
	_, err := c.Boxes()
	return errors.Join(append(errs, err)...)
}

// Boxes are the mailboxes that are read.
func (c *Config) Boxes() (out []mailin.Mailbox, err error) {
	var errs []error
	for _, text := range c.Mailboxes {
		m, err := mailin.ParseMailbox(text)
		if err != nil {
			errs = append(errs, err)
			continue
		}
		out = append(out, m)
	}
	return out, errors.Join(errs...)
}

func (c *Config) checkLease() error {
	if c.JobLease != 0 && c.JobLease < time.Second {
		return fmt.Errorf("job-lease %v: one second at least, or living workers lose their work", c.JobLease)
	}
	return nil
}

func (c *Config) checkProxies() error {
	_, err := c.TrustedProxies()
	return err
}

// TrustedProxies returns the networks of trusted proxies; a single address is a network of one.
func (c *Config) TrustedProxies() ([]netip.Prefix, error) {
	var out []netip.Prefix
	for _, s := range c.Proxies {
		if a, err := netip.ParseAddr(s); err == nil {
			out = append(out, netip.PrefixFrom(a, a.BitLen()))
			continue
		}
		p, err := netip.ParsePrefix(s)
		if err != nil {
			return nil, fmt.Errorf("trusted-proxies %q: write a network such as 10.0.0.0/8 or one address", s)
		}
		out = append(out, p)
	}
	return out, nil
}

func oneOf(name, value string, possible ...string) error {
	for _, p := range possible {
		if value == p {
			return nil
		}
	}
	return fmt.Errorf("%s %q: use %s", name, value, strings.Join(possible, ", "))
}

// Mail is the mailer's part.
func (c *Config) Mail() mailer.Config {
	return mailer.Config{Host: c.SMTP.Host, Port: c.SMTP.Port, User: c.SMTP.User, Password: c.SMTP.Password,
		TLS: c.SMTP.TLS, From: c.SMTP.From}
}

// HTTPS tells whether people reach the portal by TLS: cookies are then for TLS alone.
func (c *Config) HTTPS() bool { return strings.HasPrefix(c.BaseURL, "https://") }
