package ticketmail

import (
	"context"
	"log/slog"
	"slices"
	"strings"
	"time"

	"hanse/internal/domain/account"
	"hanse/internal/domain/attachment"
	"hanse/internal/domain/login"
	"hanse/internal/domain/ticket"
	"hanse/internal/kit/actor"
	"hanse/internal/kit/blob"
	"hanse/internal/kit/db"
	"hanse/internal/kit/fault"
	"hanse/internal/kit/jobs"
	"hanse/internal/kit/mailer"
	"hanse/internal/kit/mailin"
	"hanse/internal/kit/vault"
)

// A Sender sends one mail. Production talks SMTP; tests keep the mails.
type Sender interface {
	Send(ctx context.Context, m mailer.Message) error
}

// Config is what the service works with. Address is the vendor's desk's, "" = no mail is answered to; From is the sender
// of all mail. Proof names the mail server in front whose Authentication-Results are believed: with it, a mail whose
// sender that server doesn't vouch for is held.
type Config struct {
	DB        *db.DB
	Log       *slog.Logger
	Vault     *vault.Vault
	Files     *blob.Store
	Uploads   *attachment.Service
	Tickets   *ticket.Service
	Directory login.Directory
	Mail      Sender
	BaseURL   string
	Brand     string
	Address   string
	From      string
	Proof     string
	Bytes     int64
	Mailboxes []mailin.Mailbox
	Node      string // names this process in the lease of a mailbox
}

// Service brings mails into tickets and tickets into mails.
type Service struct {
	Config
	sign signer
	wire counters
}

// New returns the service; Register connects it.
func New(c Config) *Service {
	if c.Bytes == 0 {
		c.Bytes = mailin.DefaultBytes
	}
	c.Address = strings.ToLower(c.Address)
	return &Service{Config: c, sign: signer{c.Vault.Key("ticketmail")}}
}

const (
	processKind = "ticketmail.process"
	sendKind    = "ticketmail.send"
)

// Register takes the jobs, and subscribes to what people in copy are told.
func (s *Service) Register(r *jobs.Runner) {
	r.Outside(processKind, s.process)
	r.Outside(sendKind, s.send)
	for _, what := range []string{"opened", "said", "offered", "asked", "invalidated"} {
		r.On("ticket."+what, "ticketmail.copies", s.copies)
	}
	r.Every("ticketmail.remind", jobs.Latest(s.DB.Clock().Now, jobs.Interval(time.Hour)), func(ctx context.Context, _ time.Time) error { return s.remind(ctx) })
	r.Every("ticketmail.tidy", jobs.Latest(s.DB.Clock().Now, jobs.Interval(24*time.Hour)), func(ctx context.Context, _ time.Time) error {
		return s.DB.Update(ctx, func(tx *db.Tx) error { return forgetAnswers(ctx, tx, hour(tx.Wall)-48) })
	})
}

func hour(t time.Time) int64 { return t.Unix() / 3600 }

// desks are the addresses of desks, by address.
func (s *Service) desks(ctx context.Context, q db.Querier) (map[string]string, error) {
	out := map[string]string{}
	all, err := addresses(ctx, q)
	if err != nil {
		return nil, err
	}
	for _, a := range all {
		out[a.Address] = a.Account
	}
	if s.Address == "" {
		return out, nil
	}
	vendor, err := account.VendorAccount(ctx, q)
	if fault.KindOf(err) == fault.KindNotFound {
		return out, nil // the installation isn't set up yet
	}
	out[s.Address] = vendor.ID
	return out, err
}

// Ours tells whether an address, with whatever follows a plus, is one of a desk's.
func (s *Service) Ours(ctx context.Context, address string) (bool, error) {
	all, err := s.desks(ctx, s.DB.Read())
	_, ok := all[baseOf(address)]
	return ok, err
}

// Addresses lists the addresses of desks, that of the configuration first. The vendor's staff who see the system's state
// may.
func (s *Service) Addresses(ctx context.Context, by actor.Actor) ([]Address, error) {
	if err := by.May(actor.ViewTicketMail); err != nil {
		return nil, err
	}
	var out []Address
	if s.Address != "" {
		vendor, err := account.VendorAccount(ctx, s.DB.Read())
		if err != nil {
			return nil, err
		}
		out = append(out, Address{Address: s.Address, Account: vendor.ID, Name: vendor.Name, Fixed: true})
	}
	all, err := addresses(ctx, s.DB.Read())
	if err != nil {
		return nil, err
	}
	ids := make([]string, len(all))
	for i := range all {
		ids[i] = all[i].Account
	}
	names, err := account.Names(ctx, s.DB.Read(), ids)
	for i := range all {
		all[i].Name = names[all[i].Account]
	}
	return append(out, slices.DeleteFunc(all, func(a Address) bool { return !by.Vendor() && a.Account != by.Account })...), err
}

// addressOf is the address by which a desk is written to: its own, else the vendor's; "" = there's none.
func (s *Service) addressOf(ctx context.Context, q db.Querier, desk string) (string, error) {
	all, err := addresses(ctx, q)
	if err != nil {
		return "", err
	}
	for _, a := range all {
		if a.Account == desk {
			return a.Address, nil
		}
	}
	return s.Address, nil
}
