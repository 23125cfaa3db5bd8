// Package address is a person's side of the records: the personal account that a human makes, and the e-mail addresses
// whose records belong to it (business rules 6.1).
//
// Exams and trainings arrive under the address that was used at the provider. The second association, from address to
// personal account, is made here: whoever asks for it must be able to read the address's mail, and confirms by a button,
// so that no mail scanner does. An address belongs to at most one personal account; the database sees to that. One human
// has one personal account: records that carry a candidate id or a verified name of somebody else's are not handed out,
// the vendor decides such a dispute. Who misses a record after the feeds' usual delay asks for it here too.
//
// Nothing tells a stranger whether an address is known. Links are random and kept as SHA-256 alone.
package address

import (
	"context"
	"time"

	"hanse/internal/domain/login"
	"hanse/internal/domain/record"
	"hanse/internal/domain/roster"
	"hanse/internal/domain/setting"
	"hanse/internal/kit/actor"
	"hanse/internal/kit/blob"
	"hanse/internal/kit/calendar"
	"hanse/internal/kit/db"
	"hanse/internal/kit/fault"
	"hanse/internal/kit/i18n"
	"hanse/internal/kit/jobs"
	"hanse/internal/kit/outbox"
	"hanse/internal/kit/text"
	"hanse/internal/kit/vault"
)

// A Candidate is who a provider says took an exam or a training.
type Candidate struct {
	Provider  string
	ID        string // at the provider; "" = none
	FirstName string
	LastName  string
}

// Name is the candidate's name in the order of the feed.
func (c Candidate) Name() string { return text.Clean(c.FirstName + " " + c.LastName) }

// A Seen is one record that a person can see: what a missing one is compared with.
type Seen struct {
	Kind         Kind
	Provider     string
	Code         string
	On           calendar.Day
	Registration string
}

// Records are the verbs of the module that keeps records. Each may be nil: then there are no records.
type Records struct {
	// Claim gives all records of an address to a person and returns how many there were.
	Claim func(ctx context.Context, tx *db.Tx, email, person string) (int, error)
	// Release lets the records of an address wait again; certificates made from them stop counting.
	Release func(ctx context.Context, tx *db.Tx, email, person string) error
	// CandidatesOf lists who the records of an address are about.
	CandidatesOf func(ctx context.Context, q db.Querier, email string) ([]Candidate, error)
	// HolderOf is the person to whom the records with a candidate id belong; "" = nobody.
	HolderOf func(ctx context.Context, q db.Querier, provider, candidate string) (string, error)
	// OfPerson lists what a person sees.
	OfPerson func(ctx context.Context, q db.Querier, person string) ([]Seen, error)
	// Arrived are the kinds of events after which persons may see more.
	Arrived []string
}

// Config is what the service needs. NameHolders lists the persons who are verified under a name, folded; nil: nobody is.
type Config struct {
	DB          *db.DB
	Login       *login.Service
	Vault       *vault.Vault
	Roster      *roster.Service
	Files       *blob.Store
	Records     Records
	Feeds       *record.Service // what people see of their records; nil: nothing
	NameHolders func(ctx context.Context, q db.Querier, name string) ([]string, error)
}

// Service holds the verbs.
type Service struct {
	Config
	db *db.DB
}

// New returns the service.
func New(c Config) *Service { return &Service{Config: c, db: c.DB} }

// Register gives the runner the service's schedules and subscribers.
func (s *Service) Register(r *jobs.Runner) {
	r.Every("address.expire", jobs.Interval(time.Hour), func(ctx context.Context, at time.Time) error {
		return s.db.UpdateAt(ctx, at, func(tx *db.Tx) error { return expire(ctx, tx) })
	})
	for _, kind := range s.Records.Arrived {
		r.On(kind, "address.arrived", s.arrived)
	}
	r.On("address.associated", "address.claimed", func(ctx context.Context, tx *db.Tx, e outbox.Event) error {
		return s.arrivedFor(ctx, tx, e.Account)
	})
}

// Owner gives the persons to whom addresses in their normal form are associated; others are left out. It asks no
// permission.
func Owner(ctx context.Context, q db.Querier, emails []string) (map[string]string, error) {
	out := map[string]string{}
	const most = 1000 // parameters of one statement
	for ; len(emails) > 0; emails = emails[min(most, len(emails)):] {
		if err := owners(ctx, q, emails[:min(most, len(emails))], out); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// Without tells which of the persons have not associated any address, so that their records can't be seen yet. It asks
// no permission.
func Without(ctx context.Context, q db.Querier, persons []string) (map[string]bool, error) {
	out := make(map[string]bool, len(persons))
	for _, p := range persons {
		out[p] = true
	}
	const most = 1000
	for ; len(persons) > 0; persons = persons[min(most, len(persons)):] {
		have, err := withAddress(ctx, q, persons[:min(most, len(persons))])
		if err != nil {
			return nil, err
		}
		for _, p := range have {
			delete(out, p)
		}
	}
	return out, nil
}

// EmailsOf lists the addresses that are associated with a person, sorted. It asks no permission.
func EmailsOf(ctx context.Context, q db.Querier, person string) ([]string, error) {
	return emailsOf(ctx, q, person)
}

// own checks that somebody signed in asks, and gives the personal account.
func own(by actor.Actor) (string, error) {
	if err := by.May(actor.OwnAddresses); err != nil {
		return "", err
	}
	if by.Person == "" {
		return "", fault.New(fault.KindNotFound, i18n.M("address.no_person"))
	}
	return by.Person, nil
}

// Lag is after how many days a record should have arrived at the latest: the longer end of the feeds' usual delay.
func Lag(ctx context.Context, q db.Querier, at time.Time) (int, error) {
	return setting.Int(ctx, q, setting.RecordLagDays, at)
}

// again runs a transaction until nobody was faster.
func (s *Service) again(ctx context.Context, f func(tx *db.Tx) error) (err error) {
	for range 8 {
		if err = s.db.Update(ctx, f); !roster.Faster(err) {
			return err
		}
	}
	return err
}

// gone is the answer for a link that was used, has expired or never was.
func gone() error { return fault.New(fault.KindNotFound, i18n.M("address.link_gone")) }
