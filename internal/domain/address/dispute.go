package address

import (
	"context"
	"errors"
	"time"
	"unicode/utf8"

	"hanse/internal/domain/account"
	"hanse/internal/kit/actor"
	"hanse/internal/kit/audit"
	"hanse/internal/kit/db"
	"hanse/internal/kit/fault"
	"hanse/internal/kit/i18n"
	"hanse/internal/kit/id"
	"hanse/internal/kit/outbox"
	"hanse/internal/kit/text"
)

// A DisputeKind says what two personal accounts both have a claim to.
type DisputeKind string

// The kinds.
const (
	OfEmail     DisputeKind = "email"
	OfCandidate DisputeKind = "candidate" // a candidate id at a provider
	OfName      DisputeKind = "name"      // the verified name in the records
)

// A DisputeState says what became of a dispute.
type DisputeState string

// The states.
const (
	Open      DisputeState = "open"
	Given     DisputeState = "given"    // to who claimed it
	Kept      DisputeState = "kept"     // by who has it
	Rejected  DisputeState = "rejected" // unfounded
	Withdrawn DisputeState = "withdrawn"
)

// A Dispute is a claim to an address or a candidate id that is, or may be, another personal account's.
type Dispute struct {
	Person    string // who claims
	ID        string
	Kind      DisputeKind
	Email     string
	Provider  string
	Candidate string
	Holder    string // the person who has it; "" = nobody. Not for the claimant's eyes
	Automatic bool   // a confirmation was refused
	State     DisputeState
	Statement string
	Answer    string // of the holder
	Reason    string // of the decision
	DecidedBy string
	CreatedAt time.Time
	DecidedAt time.Time
	Revision  int64
}

// About is what is claimed, in one word.
func (d Dispute) About() string {
	if d.Email != "" {
		return d.Email
	}
	return d.Provider + " " + d.Candidate
}

// A Claim is what a person says is the own.
type Claim struct{ Email, Provider, Candidate, Statement string }

const (
	maxText      = 2000
	maxCandidate = 64
	mostOpen     = 5 // disputes, and missing records, that one person may have open
)

func disputeOf(d Dispute) audit.Subject {
	return audit.Subject{Kind: "dispute", ID: d.ID, Account: d.Person}
}

func (c Claim) clean() (Claim, error) {
	var fs fault.Fields
	c.Provider, c.Candidate = text.Clean(c.Provider), text.Clean(c.Candidate)
	if c.Email != "" {
		email, ok := text.Email(c.Email)
		if !ok {
			fs.Add("email", c.Email, i18n.M("address.email_wrong"))
		}
		c.Email = email
	} else if c.Candidate == "" {
		fs.Add("email", "", i18n.M("address.dispute.what_missing"))
	}
	if c.Candidate != "" && c.Provider == "" {
		fs.Add("provider", "", i18n.M("address.dispute.provider_missing"))
	}
	if utf8.RuneCountInString(c.Candidate) > maxCandidate || utf8.RuneCountInString(c.Provider) > maxCandidate {
		fs.Add("candidate_id", c.Candidate, i18n.M("address.too_long", i18n.A{"n": maxCandidate}))
	}
	c.Statement = lines(&fs, "statement", c.Statement, true)
	return c, fs.Err()
}

// lines cleans a text of several lines.
func lines(fs *fault.Fields, field, typed string, required bool) string {
	s := text.Lines(typed)
	switch {
	case s == "" && required:
		fs.Add(field, typed, i18n.M("address.text_missing"))
	case utf8.RuneCountInString(s) > maxText:
		fs.Add(field, typed, i18n.M("address.too_long", i18n.A{"n": maxText}))
	}
	return s
}

// OpenDispute says that an address, or a candidate id at a provider, is the actor's own. The vendor decides. The answer
// is the same whether somebody has it or not. Conflict while the same claim, or five others, are open.
func (s *Service) OpenDispute(ctx context.Context, by actor.Actor, c Claim) (string, error) {
	person, err := own(by)
	if err != nil {
		return "", err
	}
	if c, err = c.clean(); err != nil {
		return "", err
	}
	d := Dispute{Person: person, Kind: OfEmail, Email: c.Email, Provider: c.Provider, Candidate: c.Candidate, Statement: c.Statement}
	if c.Email == "" {
		d.Kind = OfCandidate
	}
	err = s.again(ctx, func(tx *db.Tx) error {
		d.ID = ""
		if err := holdKey(ctx, tx, keyOf("open", person)); err != nil {
			return err
		}
		n, err := openDisputes(ctx, tx, person)
		if err != nil {
			return err
		}
		if n >= mostOpen {
			return fault.Conflict(i18n.M("address.dispute.many", i18n.A{"n": mostOpen}))
		}
		if d.Holder, err = s.holder(ctx, tx, d); err != nil {
			return err
		}
		if d.Holder == person {
			return fault.Conflict(i18n.M("address.dispute.yours"))
		}
		return s.openNew(ctx, tx, by, &d)
	})
	return d.ID, err
}

// holder finds who has what is claimed; "" = nobody.
func (s *Service) holder(ctx context.Context, tx *db.Tx, d Dispute) (string, error) {
	if d.Kind == OfEmail {
		p, err := ownerOf(ctx, tx, d.Email)
		if err != nil || p != "" {
			return p, err
		}
		return signsIn(ctx, tx, d.Email)
	}
	if s.Records.HolderOf == nil {
		return "", nil
	}
	return s.Records.HolderOf(ctx, tx, d.Provider, d.Candidate)
}

// open opens a dispute in the caller's transaction; one that is open already stays as it is.
func (s *Service) open(ctx context.Context, tx *db.Tx, by actor.Actor, d Dispute) error {
	if err := holdKey(ctx, tx, keyOf("open", d.Person)); err != nil {
		return err
	}
	err := s.openNew(ctx, tx, by, &d)
	if fault.KindOf(err) == fault.KindConflict {
		return nil
	}
	return err
}

func (s *Service) openNew(ctx context.Context, tx *db.Tx, by actor.Actor, d *Dispute) error {
	there, err := sameDispute(ctx, tx, *d)
	if err != nil {
		return err
	}
	if there {
		return fault.Conflict(i18n.M("address.dispute.open_already", i18n.A{"about": d.About()}))
	}
	d.ID, d.State, d.CreatedAt, d.Revision = id.New("dsp", tx.Wall), Open, tx.Now, 1
	if err := insertDispute(ctx, tx, *d); err != nil {
		return err
	}
	detail := map[string]any{"opened": d.About(), "kind": string(d.Kind), "automatic": d.Automatic}
	if err := audit.Record(ctx, tx, by, actor.OwnAddresses, disputeOf(*d), detail); err != nil {
		return err
	}
	return s.tell(ctx, tx, "opened", *d)
}

func (s *Service) tell(ctx context.Context, tx *db.Tx, what string, d Dispute) error {
	name, err := nameOf(ctx, tx, d.Person)
	if err != nil {
		return err
	}
	return outbox.Append(ctx, tx, DisputeChanged{What: what, Person: d.Person, ID: d.ID, Kind: string(d.Kind), About: d.About(),
		Holder: d.Holder, State: string(d.State), Reason: d.Reason, By: name})
}

// Disputes lists what the actor claims, and what others claim of the actor's, newest first. A claimant doesn't learn who
// holds it, and a holder doesn't learn who claims.
func (s *Service) Disputes(ctx context.Context, by actor.Actor) (claimed, contested []Dispute, err error) {
	person, err := own(by)
	if err != nil {
		return nil, nil, err
	}
	all, err := disputesOf(ctx, s.db.Read(), person)
	for _, d := range all {
		if d.Person == person {
			d.Holder, d.Answer = "", ""
			claimed = append(claimed, d)
			continue
		}
		d.Person, d.Statement = "", ""
		contested = append(contested, d)
	}
	return claimed, contested, err
}

// AnswerDispute is the holder's side of a dispute, while it's open. Who isn't the holder gets NotFound.
func (s *Service) AnswerDispute(ctx context.Context, by actor.Actor, dispute, answer string) error {
	person, err := own(by)
	if err != nil {
		return err
	}
	var fs fault.Fields
	if answer = lines(&fs, "answer", answer, true); fs.Err() != nil {
		return fs.Err()
	}
	return s.db.Update(ctx, func(tx *db.Tx) error {
		d, err := disputeByID(ctx, tx, dispute)
		if err != nil || d.Holder != person {
			return errors.Join(notFound(err), when(err == nil, fault.NotFound()))
		}
		d.Answer = answer
		if err := changeDispute(ctx, tx, d); err != nil {
			return lost(err)
		}
		if err := audit.Record(ctx, tx, by, actor.OwnAddresses, disputeOf(d), map[string]any{"answered": true}); err != nil {
			return err
		}
		return s.tell(ctx, tx, "answered", d)
	})
}

// WithdrawDispute takes the actor's own claim back.
func (s *Service) WithdrawDispute(ctx context.Context, by actor.Actor, dispute string) error {
	person, err := own(by)
	if err != nil {
		return err
	}
	return s.db.Update(ctx, func(tx *db.Tx) error {
		d, err := disputeByID(ctx, tx, dispute)
		if err != nil || d.Person != person {
			return errors.Join(notFound(err), when(err == nil, fault.NotFound()))
		}
		d.State, d.DecidedAt = Withdrawn, tx.Now
		if err := changeDispute(ctx, tx, d); err != nil {
			return lost(err)
		}
		if err := audit.Record(ctx, tx, by, actor.OwnAddresses, disputeOf(d), map[string]any{"to": string(Withdrawn)}); err != nil {
			return err
		}
		return s.tell(ctx, tx, "withdrawn", d)
	})
}

func when(yes bool, err error) error {
	if yes {
		return err
	}
	return nil
}

// nameOf is what a personal account is called.
func nameOf(ctx context.Context, q db.Querier, person string) (string, error) {
	if person == "" {
		return "", nil
	}
	return account.Name(ctx, q, person)
}
