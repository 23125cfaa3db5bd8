// Package agreement keeps what users of the ticket service agree to: versions in both languages that the vendor
// publishes, and who signed which.
//
// There are three kinds, numbered as in the vendor's ticket interface. The newest version of a kind holds; a version is
// never changed. Signing is recorded and asked for by the interface's clients; no ticket is refused for want of it.
package agreement

import (
	"context"
	"slices"
	"time"
	"unicode/utf8"

	"hanse/internal/kit/actor"
	"hanse/internal/kit/audit"
	"hanse/internal/kit/db"
	"hanse/internal/kit/fault"
	"hanse/internal/kit/i18n"
	"hanse/internal/kit/text"
)

// A Kind is what an agreement is about.
type Kind string

// The kinds.
const (
	Ticket        Kind = "0" // a new ticket
	Software      Kind = "1" // a new ticket about a software vendor's product
	Authorization Kind = "2" // work on the customer's systems
)

// Kinds lists them.
var Kinds = []Kind{Ticket, Software, Authorization}

// Label is a kind in words.
func (k Kind) Label() i18n.Msg {
	switch k {
	case Software:
		return i18n.M("agreement.kind.software")
	case Authorization:
		return i18n.M("agreement.kind.authorization")
	}
	return i18n.M("agreement.kind.ticket")
}

// A Version is one published text.
type Version struct {
	Kind             Kind
	Version          int64
	TitleEN, TitleZH string
	BodyEN, BodyZH   string
	PublishedBy      string
	PublishedAt      time.Time
}

// ID numbers a version among all kinds: the last digit is the kind.
func (v Version) ID() int64 { return v.Version*10 + int64(v.Kind[0]-'0') }

// Title is the title in a language.
func (v Version) Title(lang string) string {
	if lang == i18n.English {
		return v.TitleEN
	}
	return v.TitleZH
}

// Body is the text in a language.
func (v Version) Body(lang string) string {
	if lang == i18n.English {
		return v.BodyEN
	}
	return v.BodyZH
}

// Bounds of a text, in characters.
const (
	mostTitle = 200
	mostBody  = 50_000
)

// Service has the verbs.
type Service struct{ db *db.DB }

// New returns the service.
func New(d *db.DB) *Service { return &Service{db: d} }

// Latest is the version of a kind that holds. Every user of a company and of the vendor may.
func (s *Service) Latest(ctx context.Context, by actor.Actor, k Kind) (Version, error) {
	if err := by.May(actor.ViewTicketAgreements); err != nil {
		return Version{}, err
	}
	if err := known(k); err != nil {
		return Version{}, err
	}
	return latest(ctx, s.db.Read(), k)
}

// Versions lists all versions, the newest first. Every user of a company and of the vendor may.
func (s *Service) Versions(ctx context.Context, by actor.Actor) ([]Version, error) {
	if err := by.May(actor.ViewTicketAgreements); err != nil {
		return nil, err
	}
	return versions(ctx, s.db.Read())
}

// A Signature is a user's agreement to a version. Relation is what it was signed for, such as a ticket's number.
type Signature struct {
	Kind     Kind
	Version  int64
	No       int64 // counts within the account
	Relation string
	SignedBy string
	SignedAt time.Time
}

// Mine lists what the actor signed, the newest first. Users of companies may.
func (s *Service) Mine(ctx context.Context, by actor.Actor) ([]Signature, error) {
	if err := by.May(actor.SignTicketAgreement); err != nil {
		return nil, err
	}
	return signaturesOf(ctx, s.db.Read(), by.Account, by.User)
}

// A Reach is how many signed a version.
type Reach struct {
	Kind            Kind
	Version         int64
	Users, Accounts int64
}

// Reached counts who signed each version. The vendor's administrators may.
func (s *Service) Reached(ctx context.Context, by actor.Actor) ([]Reach, error) {
	if err := by.May(actor.ManageTicketAgreements); err != nil {
		return nil, err
	}
	return reached(ctx, s.db.Read())
}

// Signed tells whether the actor signed the version of a kind that holds. Users of companies may.
func (s *Service) Signed(ctx context.Context, by actor.Actor, k Kind) (bool, error) {
	if err := by.May(actor.SignTicketAgreement); err != nil {
		return false, err
	}
	if err := known(k); err != nil {
		return false, err
	}
	v, err := latest(ctx, s.db.Read(), k)
	if err != nil {
		return false, err
	}
	no, err := signature(ctx, s.db.Read(), by.Account, by.User, v)
	return no > 0, err
}

// Sign records that the actor agrees to a version, and returns the number of that record within the account; signing
// again returns the first one. Users of companies may. NotFound for a version that isn't there, Conflict for one that
// was replaced: nobody agrees to what doesn't hold.
func (s *Service) Sign(ctx context.Context, by actor.Actor, id int64, relation string) (no int64, err error) {
	if err := by.May(actor.SignTicketAgreement); err != nil {
		return 0, err
	}
	k, n := Kind(rune('0'+id%10)), id/10
	if relation = text.Clean(relation); utf8.RuneCountInString(relation) > mostTitle {
		return 0, fault.Invalid("relation", i18n.M("agreement.too_long", i18n.A{"n": mostTitle}))
	}
	if !slices.Contains(Kinds, k) || n < 1 {
		return 0, fault.NotFound()
	}
	err = s.db.Update(ctx, func(tx *db.Tx) error {
		v, err := latest(ctx, tx, k)
		switch {
		case err != nil:
			return err
		case n > v.Version:
			return fault.NotFound()
		case n < v.Version:
			return fault.Conflict(i18n.M("agreement.replaced"))
		}
		if no, err = signature(ctx, tx, by.Account, by.User, v); err != nil || no > 0 {
			return err
		}
		if no, err = insertSignature(ctx, tx, by, v, relation); err != nil {
			return err
		}
		return audit.Record(ctx, tx, by, actor.SignTicketAgreement, audit.Subject{Kind: "agreement", ID: string(k), Account: by.Account}, map[string]any{"version": n})
	})
	return no, err
}

// Publish puts a new version of a kind in force at once. The vendor's administrators may.
func (s *Service) Publish(ctx context.Context, by actor.Actor, in Version) (Version, error) {
	if err := by.May(actor.ManageTicketAgreements); err != nil {
		return Version{}, err
	}
	if err := in.check(); err != nil {
		return Version{}, err
	}
	err := s.db.Update(ctx, func(tx *db.Tx) error {
		last, err := latest(ctx, tx, in.Kind)
		if err != nil {
			return err
		}
		in.Version, in.PublishedBy, in.PublishedAt = last.Version+1, by.Name, tx.Now
		if err := insert(ctx, tx, in); err != nil {
			return err
		}
		return audit.Record(ctx, tx, by, actor.ManageTicketAgreements, audit.Subject{Kind: "agreement", ID: string(in.Kind), Account: by.Account}, map[string]any{"version": in.Version})
	})
	return in, err
}

func known(k Kind) error {
	if !slices.Contains(Kinds, k) {
		return fault.Fields{{Name: "kind", Value: string(k), Msg: i18n.M("agreement.bad_kind")}}.Err()
	}
	return nil
}

func (v *Version) check() error {
	var fs fault.Fields
	if !slices.Contains(Kinds, v.Kind) {
		fs.Add("kind", string(v.Kind), i18n.M("agreement.bad_kind"))
	}
	v.TitleEN, v.TitleZH, v.BodyEN, v.BodyZH = text.Clean(v.TitleEN), text.Clean(v.TitleZH), text.Lines(v.BodyEN), text.Lines(v.BodyZH)
	for _, x := range []struct {
		field, value string
		most         int
	}{{"title_en", v.TitleEN, mostTitle}, {"title_zh", v.TitleZH, mostTitle}, {"body_en", v.BodyEN, mostBody}, {"body_zh", v.BodyZH, mostBody}} {
		if n := utf8.RuneCountInString(x.value); n == 0 || n > x.most {
			fs.Add(x.field, x.value, i18n.M("agreement.bad_text", i18n.A{"n": x.most}))
		}
	}
	return fs.Err()
}
