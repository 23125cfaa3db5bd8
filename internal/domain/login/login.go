// Package login knows who is at the door: sign-ins with their passwords, sessions, verification codes, access
// keys and tokens.
//
// An identity is one human's sign-in. What the human may do comes from memberships, which a higher module keeps
// and this one asks through Directory. All deadlines here are wall time: a demo that moves the business clock
// signs nobody out. Nothing is stored that would let a reader of the database in: passwords as argon2id, tokens
// as SHA-256, codes as HMAC, secret keys sealed with the installation key. A code or link on its way to the
// mailer is sealed inside its event; it has expired or been used long before anybody could come by that key.
//
// Attempts that fail, and what people do who aren't known, leave no audit row: a stranger must not be able to fill
// the log.
package login

import (
	"context"
	"net/http"
	"strings"
	"sync"
	"time"

	"hanse/internal/kit/actor"
	"hanse/internal/kit/clock"
	"hanse/internal/kit/db"
	"hanse/internal/kit/fault"
	"hanse/internal/kit/gather"
	"hanse/internal/kit/i18n"
	"hanse/internal/kit/jobs"
	"hanse/internal/kit/pow"
	"hanse/internal/kit/secret"
	"hanse/internal/kit/signature"
	"hanse/internal/kit/vault"
)

// A Membership is a place where a human can act: a company as one of its users, or the own personal account.
type Membership struct {
	Account     string
	AccountName string
	Kind        actor.Kind
	User        string // id of the user; the account's own id for a personal account
	Identity    string
	Roles       []actor.Role
	Frozen      bool // the company is frozen or not yet active: nobody can act for it
}

// A Directory knows the memberships. The module that owns companies and users implements it.
type Directory interface {
	// Memberships lists where an identity can act, the personal account (person, "" = none) last.
	Memberships(ctx context.Context, q db.Querier, identity, person string) ([]Membership, error)
	// Member gives an active user of an account; otherwise a fault of kind NotFound.
	Member(ctx context.Context, q db.Querier, account, user string) (Membership, error)
	// Seating is Member for many at once, but for personal accounts, as a part of the statement that finds the users.
	Seating() Seating
}

// Config is what an installation may choose.
type Config struct {
	// AllowPlain gives out cookies without TLS to other machines too: for a demo behind a forwarded port.
	AllowPlain bool
	// PowCost is the cost of the captcha; 0 is the usual one.
	PowCost int
	// Changes tells whether a signed call changes something, so that its signature counts once. Nil is every
	// method but GET and HEAD, without the paths that end in "query" or "/check-identity".
	Changes func(*http.Request) bool
}

// Service holds the verbs.
type Service struct {
	db     *db.DB
	vault  *vault.Vault
	hasher *secret.Hasher
	cfg    Config
	gate   *pow.Gate
	replay *signature.Replay
	proofs *gather.Group[question, proved]
	// proofTexts are the statements of proofs that were made, by proofText.
	proofTexts sync.Map
	uses       *gather.Group[use, bool]
	secrets    *secrets
	directory  Directory
	seating    Seating
	unsigned   func(*http.Request) bool
	repeats    []func(*http.Request) bool
	keyed      func(*http.Request) bool
}

// AllowUnsigned says which signed calls may leave their body out of the signature; without it, none. Their handlers bound
// the body themselves, as nothing of it is read before. Call it before the first request.
func (s *Service) AllowUnsigned(is func(*http.Request) bool) { s.unsigned = is }

// AllowRepeats says which signed calls may come again with the same signature although they aren't reading: those that do
// nothing more the second time, and those whose signatures can't tell one from the next. Each edge may say it for its own.
// Call it before the first request.
func (s *Service) AllowRepeats(is func(*http.Request) bool) { s.repeats = append(s.repeats, is) }

// New returns the service. Call UseDirectory before the first sign-in.
func New(d *db.DB, v *vault.Vault, h *secret.Hasher, cfg Config) *Service {
	s := &Service{db: d, vault: v, hasher: h, cfg: cfg, gate: pow.New(v.Key("captcha"), cfg.PowCost)}
	s.replay = signature.NewReplay(100_000, s.rememberSignature)
	s.proofs = gather.New(mostAtOnce, mostWaiting, s.prove)
	s.uses = gather.New(mostAtOnce, mostWaiting, s.noteUses)
	s.secrets = &secrets{open: v.Open, known: map[[2]string]string{}}
	if s.cfg.Changes == nil {
		s.cfg.Changes = changes
	}
	return s
}

// UseDirectory gives the service the memberships.
func (s *Service) UseDirectory(d Directory) { s.directory, s.seating = d, d.Seating() }

// UseKeyed tells the service which calls keep their Idempotency-Key with what they did, so that they're carried out once
// however often they come. Such a call's signature isn't written down for all nodes, which is a transaction less, unless
// the call is refused: see UseUp. Without this no call is one.
func (s *Service) UseKeyed(keyed func(*http.Request) bool) { s.keyed = keyed }

// Register gives the runner the service's jobs and schedules.
func (s *Service) Register(r *jobs.Runner) {
	r.Inside(resetKind, s.sendReset)
	r.Every("login.purge_used", jobs.Latest(s.clock().Now, jobs.Interval(10*time.Minute)), func(ctx context.Context, _ time.Time) error { return s.purgeUsed(ctx) })
	r.Every("login.purge", jobs.Interval(24*time.Hour), func(ctx context.Context, _ time.Time) error { return s.Purge(ctx) })
}

// Purge deletes what has expired. Ended sessions stay for a week, so that a form typed in one finds its owner.
func (s *Service) Purge(ctx context.Context) error {
	return s.db.Update(ctx, func(tx *db.Tx) error { return purgeAll(ctx, tx) })
}

func (s *Service) clock() *clock.Clock { return s.db.Clock() }

func changes(r *http.Request) bool {
	asks := strings.HasSuffix(r.URL.Path, "query") || strings.HasSuffix(r.URL.Path, "/check-identity")
	return r.Method != http.MethodGet && r.Method != http.MethodHead && !asks
}

// gone is the answer for a link that was used, has expired or never was.
func gone() error { return fault.New(fault.KindNotFound, i18n.M("login.link_gone")) }
