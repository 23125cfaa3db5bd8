// Package mailin brings mails into the program: by SMTP or LMTP from a mail server that hands them over, and out of
// IMAP mailboxes.
//
// Both ways know one promise: a mail is acknowledged (accepted, marked as seen) only after Store has returned without
// error, and Store returns when the mail is safe on disk. What dies in between is delivered again; Store recognises it.
package mailin

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/url"
	"strings"
)

// DefaultBytes is the largest mail that is taken when nothing else is said.
const DefaultBytes = 10 << 20

// An Incoming is one mail as it came.
type Incoming struct {
	Raw  []byte
	Size int64 // of the whole mail: larger than Raw when that's the head alone, because the mail was too large

	// Of a mail that another server handed over: who sent it ("" for <>) and to whom.
	From     string
	To       []string
	Envelope bool

	// Of a mail out of a mailbox: where it was, and to which desk the mailbox belongs when the mail doesn't say.
	Mailbox  string
	Validity uint32
	UID      uint32
	Desk     string
}

// A Store keeps a mail durably. An error means that it isn't kept, and that it shall be delivered again.
type Store func(ctx context.Context, in Incoming) error

// TooLarge tells whether the mail was larger than what is taken.
func (in Incoming) TooLarge() bool { return in.Size > int64(len(in.Raw)) }

// The ways to protect the connection to a mailbox.
const (
	TLS      = "tls"
	StartTLS = "starttls"
	NoTLS    = "none"
)

// A Mailbox is a folder on an IMAP server.
type Mailbox struct {
	Addr     string // host:port
	TLS      string
	User     string
	Password string
	Folder   string
	MoveTo   string // folder for mails that were taken; "" leaves them, marked as seen
	Desk     string // address of the desk that the mailbox belongs to; "" = the vendor's
	roots    certificates
}

// Name names the mailbox without its password: for logs, pages, and its position.
func (m Mailbox) Name() string { return m.User + "@" + m.Addr + "/" + m.Folder }

// ParseMailbox reads imaps://USER:PASSWORD@HOST[:PORT]/FOLDER?move=FOLDER&desk=ADDRESS. With imap:// the connection is
// upgraded to TLS before the password is sent, unless tls=none is added. An error never holds the password.
func ParseMailbox(text string) (Mailbox, error) {
	u, err := url.Parse(text)
	if err != nil {
		return Mailbox{}, errors.New("mailbox: it can't be read; write imaps://USER:PASSWORD@HOST/INBOX with special characters percent-encoded")
	}
	m := Mailbox{Folder: strings.Trim(u.Path, "/"), User: u.User.Username(), TLS: TLS}
	m.Password, _ = u.User.Password()
	port := "993"
	switch u.Scheme {
	case "imaps":
	case "imap":
		m.TLS, port = StartTLS, "143"
	default:
		return Mailbox{}, fmt.Errorf("mailbox of %s: write imaps:// or imap:// first", u.Host)
	}
	if u.Port() != "" {
		port = u.Port()
	}
	if u.Hostname() == "" || m.User == "" {
		return Mailbox{}, errors.New("mailbox: write imaps://USER:PASSWORD@HOST/INBOX; host and user are missing")
	}
	m.Addr = net.JoinHostPort(u.Hostname(), port)
	if m.Folder == "" {
		m.Folder = "INBOX"
	}
	return m, m.options(u.Query())
}

func (m *Mailbox) options(q url.Values) error {
	for key := range q {
		switch key {
		case "move":
			m.MoveTo = q.Get(key)
		case "desk":
			m.Desk = strings.ToLower(q.Get(key))
		case "tls":
			if m.TLS = q.Get(key); m.TLS != TLS && m.TLS != StartTLS && m.TLS != NoTLS {
				return fmt.Errorf("mailbox %s: tls=%s: use %s, %s or %s", m.Name(), m.TLS, TLS, StartTLS, NoTLS)
			}
		case "ca":
			roots, err := readRoots(q.Get(key))
			if err != nil {
				return fmt.Errorf("mailbox %s: %w", m.Name(), err)
			}
			m.roots = roots
		default:
			return fmt.Errorf("mailbox %s: unknown option %q: use move, desk, tls, ca", m.Name(), key)
		}
	}
	return nil
}
