package mailer

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net"
	"slices"
	"strconv"
	"sync"
	"time"

	"github.com/emersion/go-message"
	"github.com/emersion/go-message/mail"
	"github.com/emersion/go-smtp"
)

// maxMail is the largest letter that a Sink takes, in bytes.
const maxMail = 10 << 20

// A Sink is an SMTP server on a free loopback port that keeps the last messages in memory.
type Sink struct {
	limit  int
	wall   func() time.Time
	server *smtp.Server
	addr   string

	mu   sync.Mutex
	next int
	kept []Mail // oldest first
}

// Mail is one message that a Sink has received.
type Mail struct {
	ID        string // a number in order of arrival, unique in this Sink
	MessageID string // of the header, without angle brackets
	From      string
	To        []string // of the envelope
	Subject   string
	Text      string
	HTML      string
	Lang      string
	At        time.Time // wall clock at arrival
	Raw       []byte
}

// NewSink starts the server. It keeps the newest limit messages; Close ends it.
func NewSink(limit int, wall func() time.Time) (*Sink, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, fmt.Errorf("listen for mail: %w", err)
	}
	s := &Sink{limit: max(limit, 1), wall: wall, addr: l.Addr().String()}
	s.server = smtp.NewServer(smtp.BackendFunc(func(*smtp.Conn) (smtp.Session, error) { return &session{sink: s}, nil }))
	s.server.Domain = "localhost"
	s.server.MaxMessageBytes = maxMail
	s.server.MaxRecipients = 100
	s.server.ReadTimeout, s.server.WriteTimeout = 30*time.Second, 30*time.Second
	s.server.EnableSMTPUTF8 = true
	s.server.ErrorLog = silent{}
	go s.server.Serve(l) // ends with Close
	return s, nil
}

// Config is how a Mailer reaches this server.
func (s *Sink) Config(from string) Config {
	host, port, _ := net.SplitHostPort(s.addr)
	n, _ := strconv.Atoi(port)
	return Config{Host: host, Port: n, TLS: NoTLS, From: from}
}

// Close stops the server; what it kept can still be read.
func (s *Sink) Close() error {
	if err := s.server.Close(); err != nil && !errors.Is(err, smtp.ErrServerClosed) {
		return fmt.Errorf("close mail sink: %w", err)
	}
	return nil
}

// List returns the kept messages, newest first.
func (s *Sink) List() []Mail {
	s.mu.Lock()
	defer s.mu.Unlock()
	out := slices.Clone(s.kept)
	slices.Reverse(out)
	return out
}

// Get returns one kept message.
func (s *Sink) Get(id string) (Mail, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	i := slices.IndexFunc(s.kept, func(m Mail) bool { return m.ID == id })
	if i < 0 {
		return Mail{}, false
	}
	return s.kept[i], true
}

func (s *Sink) keep(m Mail) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.next++
	m.ID, m.At = strconv.Itoa(s.next), s.wall()
	s.kept = append(s.kept, m)
	if len(s.kept) > s.limit {
		s.kept = slices.Delete(s.kept, 0, len(s.kept)-s.limit)
	}
}

// A session is one SMTP conversation.
type session struct {
	sink *Sink
	m    Mail
}

func (x *session) Mail(from string, _ *smtp.MailOptions) error { x.m.From = from; return nil }
func (x *session) Rcpt(to string, _ *smtp.RcptOptions) error   { x.m.To = append(x.m.To, to); return nil }
func (x *session) Reset()                                      { x.m = Mail{} }
func (x *session) Logout() error                               { return nil }

func (x *session) Data(r io.Reader) error {
	raw, err := io.ReadAll(r)
	if err != nil {
		return err
	}
	x.m.Raw = raw
	if err := x.m.parse(); err != nil {
		return &smtp.SMTPError{Code: 554, EnhancedCode: smtp.EnhancedCode{5, 6, 0}, Message: "message can't be read"}
	}
	x.sink.keep(x.m)
	return nil
}

// parse fills subject and bodies from Raw. A charset that isn't known leaves the bytes as they are.
func (m *Mail) parse() error {
	r, err := mail.CreateReader(bytes.NewReader(m.Raw))
	if err != nil && !message.IsUnknownCharset(err) {
		return err
	}
	defer r.Close()
	m.Subject, _ = r.Header.Subject()
	m.MessageID, _ = r.Header.MessageID()
	m.Lang = r.Header.Get("Content-Language")
	for {
		part, err := r.NextPart()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil && !message.IsUnknownCharset(err) {
			return err
		}
		if err := m.readPart(part); err != nil {
			return err
		}
	}
}

func (m *Mail) readPart(part *mail.Part) error {
	h, ok := part.Header.(*mail.InlineHeader)
	if !ok {
		return nil // an attachment: it stays in Raw
	}
	body, err := io.ReadAll(part.Body)
	if err != nil {
		return err
	}
	switch kind, _, _ := h.ContentType(); kind {
	case "text/html":
		m.HTML = string(body)
	case "text/plain", "":
		m.Text = string(body)
	}
	return nil
}

// silent drops the SMTP library's own log: a client that hangs up is no event here.
type silent struct{}

func (silent) Printf(string, ...any) {}
func (silent) Println(...any)        {}
