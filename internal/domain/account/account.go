// Package account keeps the companies and people of the channel, and who may act for them.
//
// An account is a company (vendor, partner, customer) or one human's personal account. A user is the membership
// of one identity in one company, with roles. Partners come in by registration, which the vendor approves, or by
// invitation; users come in by invitation alone. Nobody sees another company's data: a stranger's id is NotFound.
package account

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"hanse/internal/domain/login"
	"hanse/internal/kit/actor"
	"hanse/internal/kit/db"
	"hanse/internal/kit/fault"
	"hanse/internal/kit/jobs"
	"hanse/internal/kit/text"
	"hanse/internal/kit/vault"
)

// A State says what can be done with an account.
type State string

// The states of an account.
const (
	Pending State = "pending" // registered, the vendor hasn't decided
	Invited State = "invited" // invited, nobody has accepted
	Active  State = "active"
	Frozen  State = "frozen" // nobody can act for it
	Refused State = "refused"
)

// A Channel is a role that a partner plays in the channel; one partner may play several.
type Channel string

// The roles in the channel.
const (
	Distributor      Channel = "distributor"
	Reseller         Channel = "reseller"
	SolutionProvider Channel = "solution_provider"
	ServicePartner   Channel = "service_partner"
	LearningPartner  Channel = "learning_partner"
	SI               Channel = "si"
	SoftwarePartner  Channel = "software_partner"
)

// Channels lists all roles in the channel.
var Channels = []Channel{Distributor, Reseller, SolutionProvider, ServicePartner, LearningPartner, SI, SoftwarePartner}

// The markets that decide for which programs a partner is eligible.
const (
	Overseas = "overseas"
	China    = "china"
)

// An Account is a company or a human's personal account. Instants are business time.
type Account struct {
	ID        string
	Kind      actor.Kind
	Name      string
	State     State
	Country   string // ISO 3166-1 alpha-2
	Address   string
	Website   string
	Contact   string
	Email     string
	Phone     string
	Market    string
	Channel   []Channel
	Reason    string // why it's frozen or was refused
	Version   int64
	CreatedAt time.Time
	ChangedAt time.Time
}

// Has tells whether the partner plays one of the roles in the channel.
func (a Account) Has(cs ...Channel) bool {
	return slices.ContainsFunc(cs, func(c Channel) bool { return slices.Contains(a.Channel, c) })
}

// SameName compares company names as people mean them: without regard to case, width and spacing.
func SameName(a, b string) bool { return text.Fold(a) == text.Fold(b) }

// Service holds the verbs.
type Service struct {
	db    *db.DB
	login *login.Service
	vault *vault.Vault
	bonds []Bond
}

// New returns the service and gives it to the sign-in as its directory.
func New(d *db.DB, l *login.Service, v *vault.Vault) *Service {
	s := &Service{db: d, login: l, vault: v}
	l.UseDirectory(s)
	return s
}

// Register gives the runner the service's schedules.
func (s *Service) Register(r *jobs.Runner) {
	r.Every("account.purge", jobs.Interval(24*time.Hour), func(ctx context.Context, at time.Time) error {
		return s.db.UpdateAt(ctx, at, func(tx *db.Tx) error { return purge(ctx, tx) })
	})
}

// Memberships lists where an identity can act, companies first; login.Directory.
func (s *Service) Memberships(ctx context.Context, q db.Querier, identity, person string) ([]login.Membership, error) {
	ms, err := memberships(ctx, q, identity)
	if err != nil || person == "" {
		return ms, err
	}
	p, err := one(ctx, q, person)
	if errors.Is(err, db.ErrNoRow) {
		return ms, nil
	}
	if err != nil {
		return nil, err
	}
	return append(ms, personal(p, identity)), nil
}

func personal(p Account, identity string) login.Membership {
	return login.Membership{Account: p.ID, AccountName: p.Name, Kind: actor.Person, User: p.ID, Identity: identity, Frozen: p.State != Active}
}

// Member gives an active user of an account; login.Directory.
func (s *Service) Member(ctx context.Context, q db.Querier, account, user string) (login.Membership, error) {
	ms, err := member(ctx, q, account, user)
	switch {
	case err != nil:
		return login.Membership{}, err
	case len(ms) == 1:
		return ms[0], nil
	case user != account || account == "":
		return login.Membership{}, fault.NotFound()
	}
	who, ok, err := login.IdentityOfPerson(ctx, q, account)
	if err != nil || !ok {
		return login.Membership{}, errors.Join(err, fault.NotFound())
	}
	p, err := Get(ctx, q, account)
	return personal(p, who.ID), err
}

// Seating reads active users of accounts along with what names them; login.Directory.
func (s *Service) Seating() login.Seating { return seating }

// Get reads an account for a module that has checked who asks; NotFound when there's none.
func Get(ctx context.Context, q db.Querier, id string) (Account, error) {
	a, err := one(ctx, q, id)
	if errors.Is(err, db.ErrNoRow) {
		err = fault.NotFound()
	}
	return a, err
}

// Name reads an account's name; NotFound when there's none.
func Name(ctx context.Context, q db.Querier, id string) (string, error) {
	a, err := Get(ctx, q, id)
	return a.Name, err
}

// Names reads the names of at most a few hundred accounts in one query; those that don't exist are left out.
func Names(ctx context.Context, q db.Querier, ids []string) (map[string]string, error) {
	out := map[string]string{}
	if len(ids) == 0 {
		return out, nil
	}
	in, args := db.In(1, ids)
	err := db.Each(ctx, q, func(r db.Row) (n [2]string, err error) { return n, r.Scan(&n[0], &n[1]) },
		func(n [2]string) error { out[n[0]] = n[1]; return nil }, `SELECT id, name FROM account WHERE id IN `+in, args...)
	return out, err
}

// Vendor returns the vendor's account; NotFound before the installation is set up.
func (s *Service) Vendor(ctx context.Context) (Account, error) {
	return VendorAccount(ctx, s.db.Read())
}

// VendorAccount is Vendor for a module in its own transaction.
func VendorAccount(ctx context.Context, q db.Querier) (Account, error) {
	a, err := vendor(ctx, q)
	if errors.Is(err, db.ErrNoRow) {
		err = fault.NotFound()
	}
	return a, err
}

// A Recipient is a user who is written to.
type Recipient struct{ Account, User, Identity, Name, Email, Lang string }

// Recipients lists the active users of an account who have one of the roles; without roles all.
func Recipients(ctx context.Context, q db.Querier, account string, roles ...actor.Role) ([]Recipient, error) {
	us, err := users(ctx, q, account)
	if err != nil {
		return nil, err
	}
	var out []Recipient
	for _, u := range us {
		if u.State != UserActive || len(roles) > 0 && !slices.ContainsFunc(u.Roles, func(r actor.Role) bool { return slices.Contains(roles, r) }) {
			continue
		}
		r, err := recipient(ctx, q, u)
		if err != nil {
			return nil, err
		}
		out = append(out, r)
	}
	return out, nil
}

// RecipientOfUser finds one active user, or the human of a personal account; ok is false when there's nobody.
func RecipientOfUser(ctx context.Context, q db.Querier, account, user string) (r Recipient, ok bool, err error) {
	if user == account {
		return RecipientOfPerson(ctx, q, account)
	}
	u, err := oneUser(ctx, q, account, user)
	if errors.Is(err, db.ErrNoRow) || err == nil && u.State != UserActive {
		return r, false, nil
	}
	if err != nil {
		return r, false, err
	}
	r, err = recipient(ctx, q, u)
	return r, err == nil, err
}

// Called finds the accounts of a kind that are meant by what a file says, an id or a name: their ids by the text. A name that
// several companies have gives several.
func Called(ctx context.Context, q db.Querier, k actor.Kind, typed []string) (map[string][]string, error) {
	out, byFold := map[string][]string{}, map[string][]string{}
	var folds []string
	for _, t := range typed {
		fold := text.Fold(t)
		if byFold[fold] == nil {
			folds = append(folds, fold)
		}
		byFold[fold] = append(byFold[fold], t)
	}
	for part := range slices.Chunk(folds, 500) {
		err := called(ctx, q, k, part, func(id, nameFold string) {
			for _, t := range byFold[id] {
				out[t] = []string{id}
			}
			for _, t := range byFold[nameFold] {
				out[t] = append(out[t], id)
			}
		})
		if err != nil {
			return nil, err
		}
	}
	return out, nil
}

// Employs tells whether an active user of an account signs in as an identity.
func Employs(ctx context.Context, q db.Querier, account, identity string) (bool, error) {
	u, err := userOfIdentity(ctx, q, account, identity)
	if errors.Is(err, db.ErrNoRow) {
		return false, nil
	}
	return err == nil && u.State == UserActive, err
}

// RecipientOfPerson finds the human of a personal account; ok is false when nobody signs in for it.
func RecipientOfPerson(ctx context.Context, q db.Querier, person string) (r Recipient, ok bool, err error) {
	who, ok, err := login.IdentityOfPerson(ctx, q, person)
	if err != nil || !ok {
		return r, false, err
	}
	r = Recipient{Account: person, User: person, Identity: who.ID, Name: who.Name, Lang: who.Lang}
	emails, err := login.Emails(ctx, q, who.ID)
	if len(emails) > 0 {
		r.Email = emails[0]
	}
	return r, err == nil, err
}

func recipient(ctx context.Context, q db.Querier, u User) (Recipient, error) {
	who, err := login.Identity(ctx, q, u.Identity)
	return Recipient{Account: u.Account, User: u.ID, Identity: u.Identity, Name: u.Name, Email: u.Email, Lang: who.Lang}, err
}

// joinList stores a list so that LIKE finds a member: ",a,b,".
func joinList[T ~string](xs []T) string {
	if len(xs) == 0 {
		return ""
	}
	ss := make([]string, len(xs))
	for i, x := range xs {
		ss[i] = string(x)
	}
	slices.Sort(ss)
	return "," + strings.Join(slices.Compact(ss), ",") + ","
}

func splitList[T ~string](s string) []T {
	var out []T
	for part := range strings.SplitSeq(strings.Trim(s, ","), ",") {
		if part != "" {
			out = append(out, T(part))
		}
	}
	return out
}
