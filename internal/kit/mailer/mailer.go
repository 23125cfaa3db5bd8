// Package mailer sends mail by SMTP, and receives it where there's no mail server.
//
// Compose makes a letter in the reader's language, as plain text and HTML. A Mailer sends it to the configured
// server. A Sink is an SMTP server in this process that keeps what it gets: tests and the demo send through the
// same real conversation as production. Text messages have an interface only, with an Inbox for the demo: which
// provider an installation uses is its own business.
package mailer

import (
	"bytes"
	"context"
	"crypto/sha256"
	"crypto/tls"
	"encoding/hex"
	"errors"
	"fmt"
	"net/mail"
	"strings"
	"time"
	"unicode"

	gomail "github.com/wneessen/go-mail"
)

// The ways to protect the connection to the mail server.
const (
	StartTLS = "starttls" // upgrade is required: a server without it is refused
	TLS      = "tls"      // from the first byte, port 465
	NoTLS    = "none"     // loopback and trusted networks only
)

// Config says where mail goes. Zero Port means the usual one of the TLS mode; an empty User means no sign-in;
// zero Timeout means 20 seconds for one message.
type Config struct {
	Host     string
	Port     int
	User     string
	Password string
	TLS      string // StartTLS when empty
	From     string // "Partner Center <noreply@partner.example>"
	Timeout  time.Duration
	// TLSConfig is for a server with a private certificate; nil trusts the system's roots.
	TLSConfig *tls.Config
}

// A Mailer sends messages. It's safe for concurrent use; each message has its own connection.
type Mailer struct {
	from    *mail.Address
	host    string
	options []gomail.Option
	wall    func() time.Time
}

// A Message is one letter to one reader. ID is the event that it belongs to: the Message-ID header is made from
// it, so that a second try after a lost answer is recognised as the same letter.
type Message struct {
	ID      string
	To      string
	Lang    string // "en" or "zh-Hans"
	Subject string
	Text    string
	HTML    string // may be empty

	// Of mail that people answer; what is empty is left out.
	FromName   string
	ReplyTo    string   // an address
	Return     string   // the envelope's sender: where it goes when it can't be delivered; "" = From
	MessageID  string   // without brackets, instead of the one made from ID
	InReplyTo  string   // without brackets
	References []string // oldest first; long lists lose their middle
	Human      bool     // a person wrote it, and nobody's program is kept from answering
	Files      []File
}

// A File goes with a Message.
type File struct {
	Name, Media string
	Data        []byte
}

// New checks the configuration; it doesn't connect.
func New(c Config, wall func() time.Time) (*Mailer, error) {
	from, err := mail.ParseAddress(c.From)
	if err != nil {
		return nil, fmt.Errorf("mail sender %q: %w", c.From, err)
	}
	if c.Timeout == 0 {
		c.Timeout = 20 * time.Second
	}
	options, err := c.options()
	if err != nil {
		return nil, err
	}
	if _, err := gomail.NewClient(c.Host, options...); err != nil {
		return nil, fmt.Errorf("mail server %s: %w", c.Host, err)
	}
	return &Mailer{from: from, host: c.Host, options: options, wall: wall}, nil
}

func (c Config) options() ([]gomail.Option, error) {
	port := c.Port
	options := []gomail.Option{gomail.WithTimeout(c.Timeout)}
	switch c.TLS {
	case StartTLS, "":
		options = append(options, gomail.WithTLSPolicy(gomail.TLSMandatory))
		port = or(port, 587)
	case TLS:
		options = append(options, gomail.WithSSL())
		port = or(port, 465)
	case NoTLS:
		options = append(options, gomail.WithTLSPolicy(gomail.NoTLS))
		port = or(port, 25)
	default:
		return nil, fmt.Errorf("mail TLS mode %q: use %s, %s or %s", c.TLS, StartTLS, TLS, NoTLS)
	}
	if c.TLSConfig != nil {
		options = append(options, gomail.WithTLSConfig(c.TLSConfig))
	}
	if c.User != "" {
		options = append(options, gomail.WithSMTPAuth(gomail.SMTPAuthAutoDiscover), gomail.WithUsername(c.User), gomail.WithPassword(c.Password))
	}
	return append(options, gomail.WithPort(port)), nil
}

// Send delivers one message to the mail server. Permanent tells whether trying again is of no use.
func (m *Mailer) Send(ctx context.Context, msg Message) error {
	out, err := m.build(msg)
	if err != nil {
		return &permanent{fmt.Errorf("mail %s: %w", msg.ID, err)}
	}
	client, err := gomail.NewClient(m.host, m.options...)
	if err != nil {
		return fmt.Errorf("mail %s: %w", msg.ID, err)
	}
	if err := client.DialAndSendWithContext(ctx, out); err != nil {
		return fmt.Errorf("mail %s: %w", msg.ID, err)
	}
	return nil
}

// Check opens a conversation with the mail server as Send does, signs in, and ends it without a letter.
func (m *Mailer) Check(ctx context.Context) error {
	client, err := gomail.NewClient(m.host, m.options...)
	if err != nil {
		return err
	}
	if err := client.DialWithContext(ctx); err != nil {
		return err
	}
	return client.Close()
}

func (m *Mailer) build(msg Message) (*gomail.Msg, error) {
	out := gomail.NewMsg(gomail.WithNoDefaultUserAgent())
	from := *m.from
	if msg.FromName != "" {
		from.Name = oneLine(msg.FromName)
	}
	out.FromMailAddress(&from)
	to, err := mail.ParseAddress(msg.To)
	if err != nil {
		return nil, fmt.Errorf("recipient %q: %w", msg.To, err)
	}
	out.ToMailAddress(to)
	out.Subject(oneLine(msg.Subject))
	out.SetDateWithValue(m.wall())
	out.SetMessageIDWithValue(messageID(msg, m.from.Address))
	out.SetGenHeader("Content-Language", msg.Lang)
	if !msg.Human {
		// Out-of-office programs answer people, not machines.
		out.SetGenHeader("Auto-Submitted", "auto-generated")
	}
	if err := thread(out, msg); err != nil {
		return nil, err
	}
	out.SetBodyString(gomail.TypeTextPlain, msg.Text)
	if msg.HTML != "" {
		out.AddAlternativeString(gomail.TypeTextHTML, msg.HTML)
	}
	for _, f := range msg.Files {
		if err := out.AttachReader(oneLine(f.Name), bytes.NewReader(f.Data), gomail.WithFileContentType(gomail.ContentType(f.Media))); err != nil {
			return nil, fmt.Errorf("file %s: %w", f.Name, err)
		}
	}
	return out, nil
}

// thread sets what leads an answer, and a failure, back to where the message belongs.
func thread(out *gomail.Msg, msg Message) error {
	if msg.ReplyTo != "" {
		if err := out.ReplyTo(msg.ReplyTo); err != nil {
			return fmt.Errorf("reply address %q: %w", msg.ReplyTo, err)
		}
	}
	if msg.Return != "" {
		if err := out.EnvelopeFrom(msg.Return); err != nil {
			return fmt.Errorf("return address %q: %w", msg.Return, err)
		}
	}
	if msg.InReplyTo != "" {
		out.SetGenHeader(gomail.HeaderInReplyTo, "<"+oneLine(msg.InReplyTo)+">")
	}
	if kept := trim(msg.References); len(kept) > 0 {
		out.SetGenHeader(gomail.HeaderReferences, "<"+oneLine(strings.Join(kept, "> <"))+">")
	}
	return nil
}

// maxReferences is how long the list of earlier messages may be, in bytes: relays refuse larger heads.
const maxReferences = 1500

// trim keeps the first message, to which a thread belongs, and as many of the last as there's room for.
func trim(ids []string) []string {
	if len(ids) == 0 {
		return nil
	}
	room := maxReferences - len(ids[0]) - 3
	at := len(ids)
	for at > 1 && room >= len(ids[at-1])+3 {
		at--
		room -= len(ids[at]) + 3
	}
	return append([]string{ids[0]}, ids[at:]...)
}

// messageID is the same for the same event and reader, whichever node sends and however often.
func messageID(msg Message, from string) string {
	if msg.MessageID != "" {
		return msg.MessageID
	}
	sum := sha256.Sum256([]byte(msg.ID + "\n" + strings.ToLower(msg.To)))
	_, domain, _ := strings.Cut(from, "@")
	return hex.EncodeToString(sum[:16]) + "@" + domain
}

// Permanent tells whether a failed Send fails the same way next time: the address is malformed, or the server
// refused for good. Anything else (no connection, a full mailbox) may pass.
func Permanent(err error) bool {
	var p *permanent
	if errors.As(err, &p) {
		return true
	}
	var s *gomail.SendError
	// A code of 0 means that the connection broke before the server answered.
	return errors.As(err, &s) && !s.IsTemp() && s.ErrorCode() >= 500
}

type permanent struct{ err error }

func (p *permanent) Error() string { return p.err.Error() }
func (p *permanent) Unwrap() error { return p.err }

// oneLine keeps a subject from becoming headers.
func oneLine(s string) string {
	s = strings.Map(func(r rune) rune {
		if unicode.IsControl(r) {
			return ' '
		}
		return r
	}, s)
	return strings.Join(strings.Fields(s), " ")
}

func or(n, usual int) int {
	if n == 0 {
		return usual
	}
	return n
}
