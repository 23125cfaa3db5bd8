package notify

import (
	"context"
	"errors"
	"log/slog"
	"time"

	"hanse/internal/kit/actor"
	"hanse/internal/kit/db"
	"hanse/internal/kit/fault"
	"hanse/internal/kit/jobs"
	"hanse/internal/kit/mailer"
	"hanse/internal/kit/outbox"
	"hanse/internal/kit/vault"
)

// A Directory finds the people to tell. The account module implements it; tests bring their own.
type Directory interface {
	// Vendor returns the vendor's account id, "" before there is one.
	Vendor(ctx context.Context, q db.Querier) (string, error)
	// Readers returns the active users of an account who have one of the roles, or the one user; for a person
	// account, its owner.
	Readers(ctx context.Context, q db.Querier, account, user string, roles []actor.Role) ([]Reader, error)
}

// A Mailer sends one mail. Production talks SMTP; tests keep the mails.
type Mailer interface {
	Send(ctx context.Context, m mailer.Message) error
}

// Config is what the service says in mails, where the portal is and what it's called, and the vault that opens
// codes and links on their way out.
type Config struct {
	BaseURL string
	Brand   string
	Vault   *vault.Vault
	// Mailed takes the mail about a ticket over, so that it can be answered; false = it's sent like others. Nil takes none.
	Mailed func(ctx context.Context, tx *db.Tx, e outbox.Event, n Note, r Reader) (taken bool, err error)
}

// Service tells people what happened and keeps their messages.
type Service struct {
	db        *db.DB
	log       *slog.Logger
	directory Directory
	mail      Mailer
	sms       mailer.SMS
	vault     *vault.Vault
	mailed    func(ctx context.Context, tx *db.Tx, e outbox.Event, n Note, r Reader) (bool, error)
	baseURL   string
	brand     string
	named     map[string]rule // by the name of its subscriber
}

// New returns the service; Register connects it to the events.
func New(d *db.DB, log *slog.Logger, dir Directory, mail Mailer, sms mailer.SMS, c Config) *Service {
	return &Service{db: d, log: log, directory: dir, mail: mail, sms: sms, vault: c.Vault, mailed: c.Mailed, baseURL: c.BaseURL, brand: c.Brand, named: map[string]rule{}}
}

// Register subscribes to the events and takes the mail jobs.
func (s *Service) Register(r *jobs.Runner) {
	r.Outside(sendKind, s.send)
	s.subscribe(r)
}

// A Filter narrows the message list. Before and BeforeAt are those of the last message seen.
type Filter struct {
	Unread   bool
	Before   string
	BeforeAt time.Time
	Limit    int
}

// List returns the actor's own messages for the account acted for, newest first.
func (s *Service) List(ctx context.Context, by actor.Actor, f Filter) ([]Message, error) {
	if err := by.May(actor.OwnMessages); err != nil {
		return nil, err
	}
	if f.Limit <= 0 || f.Limit > 1000 {
		f.Limit = 50
	}
	return listMessages(ctx, s.db.Read(), by.Account, by.User, f)
}

// Unread counts the actor's unread messages, up to 100: the bell shows "99+".
func (s *Service) Unread(ctx context.Context, by actor.Actor) (int64, error) {
	if err := by.May(actor.OwnMessages); err != nil {
		return 0, err
	}
	return countUnread(ctx, s.db.Read(), by.Account, by.User)
}

// Open marks one message as read and returns it, so that the portal can go to its link. NotFound if it isn't
// the actor's own. Reading it again changes nothing.
func (s *Service) Open(ctx context.Context, by actor.Actor, id string) (m Message, err error) {
	if err := by.May(actor.OwnMessages); err != nil {
		return m, err
	}
	err = s.db.Update(ctx, func(tx *db.Tx) error {
		m, err = openMessage(ctx, tx, by.Account, by.User, id)
		if errors.Is(err, db.ErrNoRow) {
			return fault.NotFound()
		}
		return err
	})
	return m, err
}

// ReadAll marks all of the actor's messages as read.
func (s *Service) ReadAll(ctx context.Context, by actor.Actor) error {
	if err := by.May(actor.OwnMessages); err != nil {
		return err
	}
	return s.db.Update(ctx, func(tx *db.Tx) error { return readAll(ctx, tx, by.Account, by.User) })
}
