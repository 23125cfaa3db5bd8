// Package badge issues every granted qualification as a verifiable credential too, and checks credentials.
//
// A credential is an Open Badges 3.0 document on the W3C's data model 2.0, signed with this installation's key. It
// follows its qualification by events: a suspension sets a bit in a public status list and an end of the suspension
// clears it; a cancelled or superseded qualification sets the other bit for good; expiry is a day in the document
// itself. Whoever has a credential can check it without us, with the issuer document saved earlier; whoever asks us
// for the status list sees a change at once.
//
// Signatures and keys live on the wall clock, validity on the business clock.
package badge

import (
	"context"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"time"

	"hanse/internal/domain/account"
	"hanse/internal/domain/qualification"
	"hanse/internal/kit/db"
	"hanse/internal/kit/jobs"
	"hanse/internal/kit/outbox"
	"hanse/internal/kit/vault"
)

// A Source gives the qualifications that are certified. Wire makes the real one.
type Source struct {
	Paper   func(ctx context.Context, q db.Querier, account, id string) (qualification.Paper, error)
	PaperOf func(ctx context.Context, q db.Querier, number string) (qualification.Paper, error)
	Papers  func(ctx context.Context, q db.Querier, after string, limit int) ([]qualification.Paper, string, error)
	Level   func(ref, level string, at time.Time) (qualification.Paper, error)
	Issuer  func(ctx context.Context, q db.Querier) (name string, err error)
}

// Wire connects the module to the qualifications and the vendor's account.
func Wire(q *qualification.Service) Source {
	return Source{Paper: q.Paper, PaperOf: q.PaperOf, Papers: q.Papers, Level: q.LevelPaper, Issuer: func(ctx context.Context, q db.Querier) (string, error) {
		a, err := account.VendorAccount(ctx, q)
		return a.Name, err
	}}
}

// Config is what the module needs. BaseURL is the public address, without a slash at the end: it's part of what is
// signed, and an installation that moves has to sign anew.
type Config struct {
	DB      *db.DB
	Vault   *vault.Vault
	BaseURL string
	Source  Source
	Fetch   Fetch // of other issuers' documents; nil fetches none
}

// Service has the module's verbs.
type Service struct {
	db    *db.DB
	vault *vault.Vault
	base  string
	src   Source
	fetch Fetch
	lists lists
}

// New returns the service.
func New(c Config) *Service {
	return &Service{db: c.DB, vault: c.Vault, base: strings.TrimSuffix(c.BaseURL, "/"), src: c.Source, fetch: c.Fetch}
}

// followed are the events after which a credential may have to change.
var followed = []string{"qualification.granted", "qualification.renewed", "qualification.suspended", "qualification.reinstated",
	"qualification.cancelled", "qualification.superseded", "qualification.expired", "qualification.revoked", "qualification.left"}

// The jobs.
const (
	issueJob  = "badge.issue"  // credentials for the qualifications that were there before this module
	resignJob = "badge.resign" // new signatures after a change of the key
)

// Register adds what follows the qualifications.
func (s *Service) Register(r *jobs.Runner) {
	for _, kind := range followed {
		r.On(kind, "badge."+strings.TrimPrefix(kind, "qualification."), s.follow)
	}
	r.Outside(issueJob, s.issueAll)
	r.Outside(resignJob, s.resignAll)
}

// Start asks for the credentials of qualifications that were granted before this module was there. It does nothing
// at every start but the first.
func (s *Service) Start(ctx context.Context) error {
	return s.db.Update(ctx, func(tx *db.Tx) error { return jobs.Add(ctx, tx, jobs.New{Kind: issueJob, Key: "first"}) })
}

// follow brings the credential of one qualification up to date.
func (s *Service) follow(ctx context.Context, tx *db.Tx, e outbox.Event) error {
	p, err := s.src.Paper(ctx, tx, e.Account, e.Subject)
	if err != nil {
		return fmt.Errorf("credential of %s: %w", e.Subject, err)
	}
	return s.sync(ctx, tx, p)
}

// sync makes the credential of a qualification if there's none, and sets its bits to the present state. Doing it
// twice changes nothing, so events may come late or again.
func (s *Service) sync(ctx context.Context, tx *db.Tx, p qualification.Paper) error {
	over := p.State == qualification.Cancelled || p.State == qualification.Superseded
	b, err := badgeOf(ctx, tx, p.Account, p.ID)
	if missing(err) {
		if over || p.Number == "" {
			return nil // nobody has it, so there's nothing to take back
		}
		b, err = s.issue(ctx, tx, p)
	}
	if err != nil {
		return err
	}
	changed, err := mark(ctx, tx, b, over, p.State == qualification.Suspended)
	if err != nil || !changed {
		return err
	}
	return touchList(ctx, tx, b.List, tx.Wall)
}

// issueAll walks all qualifications, a few in each transaction.
func (s *Service) issueAll(ctx context.Context, _ jobs.Job) error {
	after := ""
	for {
		batch, next, err := s.src.Papers(ctx, s.db.Read(), after, batchSize)
		if err != nil {
			return err
		}
		err = s.db.Update(ctx, func(tx *db.Tx) error {
			for _, p := range batch {
				if err := s.sync(ctx, tx, p); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil || next == "" {
			return err
		}
		after = next
	}
}

// batchSize is how many credentials are signed in one transaction: about a tenth of a second.
const batchSize = 50

// Addresses of what is public. They're part of signed documents and never change.

func (s *Service) issuerID() string { return s.base + "/issuer" }

func (s *Service) method(public string) string { return s.issuerID() + "#" + public }

func (s *Service) credentialID(number string) string {
	return s.base + "/credentials/" + url.PathEscape(number)
}

func (s *Service) listID(list int64, purpose string) string {
	return fmt.Sprintf("%s/status/%d/%s", s.base, list, purpose)
}

func (s *Service) achievementID(ref, level string) string {
	return s.base + "/achievements/" + url.PathEscape(ref) + "/" + url.PathEscape(level)
}

// The purposes of status lists: one bit each.
const (
	Revocation = "revocation"
	Suspension = "suspension"
)

func isPurpose(s string) bool { return slices.Contains([]string{Revocation, Suspension}, s) }
