package mailin

import (
	"bytes"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"strings"
	"time"

	"github.com/emersion/go-smtp"
	"golang.org/x/net/netutil"
)

// ReceiverConfig says where mail is taken and what. Zero numbers mean the usual ones.
type ReceiverConfig struct {
	Addr        string // host:port, or unix:PATH
	LMTP        bool   // the sender is a mail server on this machine that keeps what can't be taken
	Domain      string // name in the greeting
	Bytes       int64
	Recipients  int
	PerMinute   int // mails of one network address
	Connections int
	TLS         *tls.Config // nil: STARTTLS isn't offered
	OnlyTLS     bool        // a mail isn't taken before STARTTLS
	Wall        func() time.Time
	Log         *slog.Logger
	// Ours tells whether an address is one of the installation's. Mail to any other is refused: this is no relay.
	Ours  func(ctx context.Context, address string) (bool, error)
	Store Store
}

// A Receiver is the server that takes mails.
type Receiver struct {
	cfg      ReceiverConfig
	server   *smtp.Server
	listener net.Listener
	limits   *limiter
}

// The usual limits of a Receiver.
const (
	usualRecipients  = 20
	usualPerMinute   = 60
	usualConnections = 50
	ioTimeout        = time.Minute
	storeTimeout     = time.Minute
)

func or(n, usual int) int {
	if n == 0 {
		return usual
	}
	return n
}

// Listen opens the address; Serve answers.
func Listen(c ReceiverConfig) (*Receiver, error) {
	if c.Bytes == 0 {
		c.Bytes = DefaultBytes
	}
	network, addr := "tcp", c.Addr
	if path, ok := strings.CutPrefix(c.Addr, "unix:"); ok {
		network, addr = "unix", path
	}
	l, err := net.Listen(network, addr)
	if err != nil {
		return nil, fmt.Errorf("listen for mail: %w", err)
	}
	r := &Receiver{cfg: c, listener: netutil.LimitListener(l, or(c.Connections, usualConnections)), limits: newLimiter(or(c.PerMinute, usualPerMinute), c.Wall)}
	r.server = smtp.NewServer(smtp.BackendFunc(r.session))
	r.server.Domain, r.server.LMTP, r.server.TLSConfig = c.Domain, c.LMTP, c.TLS
	r.server.MaxMessageBytes, r.server.MaxRecipients = c.Bytes, or(c.Recipients, usualRecipients)
	r.server.ReadTimeout, r.server.WriteTimeout = ioTimeout, ioTimeout
	r.server.EnableSMTPUTF8 = true
	r.server.ErrorLog = quiet{}
	return r, nil
}

// Addr is where it listens.
func (r *Receiver) Addr() string { return r.listener.Addr().String() }

// Serve takes mails until Close or the end of the context; then it lets those under way finish for a moment.
func (r *Receiver) Serve(ctx context.Context) error {
	stop := context.AfterFunc(ctx, func() {
		end, cancel := context.WithTimeout(context.WithoutCancel(ctx), 10*time.Second)
		defer cancel()
		if r.server.Shutdown(end) != nil {
			r.server.Close()
		}
	})
	defer stop()
	if err := r.server.Serve(r.listener); err != nil && !errors.Is(err, smtp.ErrServerClosed) && !errors.Is(err, net.ErrClosed) {
		return fmt.Errorf("mail receiver: %w", err)
	}
	return nil
}

// Close ends it at once.
func (r *Receiver) Close() error {
	err := r.server.Close()
	if errors.Is(err, smtp.ErrServerClosed) {
		err = nil
	}
	return errors.Join(err, ignoreClosed(r.listener.Close()))
}

func ignoreClosed(err error) error {
	if errors.Is(err, net.ErrClosed) {
		return nil
	}
	return err
}

func (r *Receiver) session(c *smtp.Conn) (smtp.Session, error) {
	return &session{r: r, remote: hostOf(c.Conn().RemoteAddr()), hello: c.Hostname, secure: func() bool { _, ok := c.TLSConnectionState(); return ok }}, nil
}

func hostOf(a net.Addr) string {
	host, _, err := net.SplitHostPort(a.String())
	if err != nil {
		return a.String()
	}
	return host
}

// A session is one conversation.
type session struct {
	r      *Receiver
	remote string
	hello  func() string
	secure func() bool // TLS protects the conversation
	from   string
	to     []string
}

// What is answered. 4xx lets the sender try again, 5xx makes it give up.
var (
	tooMany   = &smtp.SMTPError{Code: 451, EnhancedCode: smtp.EnhancedCode{4, 7, 0}, Message: "too many mails from this address in a minute, try again later"}
	notOurs   = &smtp.SMTPError{Code: 550, EnhancedCode: smtp.EnhancedCode{5, 1, 1}, Message: "no such mailbox here, and nothing is relayed"}
	notKept   = &smtp.SMTPError{Code: 451, EnhancedCode: smtp.EnhancedCode{4, 3, 0}, Message: "the mail can't be stored now, try again later"}
	plain     = &smtp.SMTPError{Code: 530, EnhancedCode: smtp.EnhancedCode{5, 7, 0}, Message: "issue STARTTLS first"}
	badSender = &smtp.SMTPError{Code: 553, EnhancedCode: smtp.EnhancedCode{5, 1, 7}, Message: "the sender's address can't be read"}
)

func (r *Receiver) tooLarge() *smtp.SMTPError {
	return &smtp.SMTPError{Code: 552, EnhancedCode: smtp.EnhancedCode{5, 3, 4},
		Message: fmt.Sprintf("the mail is larger than %d MB: send it without its files and add them to the ticket in the portal", r.cfg.Bytes>>20)}
}

// Mail begins a mail.
func (s *session) Mail(from string, _ *smtp.MailOptions) error {
	if s.r.cfg.OnlyTLS && !s.secure() {
		return plain
	}
	if len(from) > 320 || strings.ContainsAny(from, " \r\n<>") {
		return badSender
	}
	if !s.r.limits.take(s.remote) {
		return tooMany
	}
	s.from = from
	return nil
}

// Rcpt adds a recipient, who must be one of ours.
func (s *session) Rcpt(to string, _ *smtp.RcptOptions) error {
	ctx, cancel := context.WithTimeout(context.Background(), storeTimeout)
	defer cancel()
	ours, err := s.r.cfg.Ours(ctx, strings.ToLower(to))
	if err != nil {
		s.r.log("recipient", err)
		return notKept
	}
	if !ours {
		return notOurs
	}
	s.to = append(s.to, strings.ToLower(to))
	return nil
}

// Data takes the mail; it's accepted when it is stored.
func (s *session) Data(body io.Reader) error {
	var b bytes.Buffer
	b.WriteString(s.trace())
	if _, err := io.Copy(&b, body); err != nil {
		if errors.Is(err, smtp.ErrDataTooLarge) {
			return s.r.tooLarge()
		}
		return err
	}
	ctx, cancel := context.WithTimeout(context.Background(), storeTimeout)
	defer cancel()
	if err := s.r.cfg.Store(ctx, Incoming{Raw: b.Bytes(), Size: int64(b.Len()), From: s.from, To: s.to, Envelope: true}); err != nil {
		s.r.log("store", err)
		return notKept
	}
	return nil
}

// trace is what a server writes above a mail that it delivers. The topmost of its kind is the one that's believed.
func (s *session) trace() string {
	how := "SMTP"
	if s.r.cfg.LMTP {
		how = "LMTP"
	}
	return fmt.Sprintf("Return-Path: <%s>\r\nX-Original-To: %s\r\nReceived: from %s ([%s]) by %s with %s; %s\r\n", s.from, strings.Join(s.to, ", "),
		oneWord(s.hello()), s.remote, s.r.cfg.Domain, how, s.r.cfg.Wall().UTC().Format(time.RFC1123Z))
}

func oneWord(s string) string {
	return strings.Map(func(r rune) rune {
		if r <= ' ' || r >= 0x7f || r == '(' || r == ')' || r == ';' {
			return '_'
		}
		return r
	}, s)
}

// Reset forgets the mail that was begun.
func (s *session) Reset() { s.from, s.to = "", nil }

// Logout ends the conversation.
func (s *session) Logout() error { return nil }

func (r *Receiver) log(what string, err error) {
	if r.cfg.Log != nil {
		r.cfg.Log.Error("mail receiver", "at", what, "error", err)
	}
}

// quiet drops the library's own log: a client that hangs up is no event.
type quiet struct{}

// Printf does nothing.
func (quiet) Printf(string, ...any) {}

// Println does nothing.
func (quiet) Println(...any) {}
