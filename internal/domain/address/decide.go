package address

import (
	"context"
	"errors"
	"slices"

	"hanse/internal/domain/account"
	"hanse/internal/domain/login"
	"hanse/internal/domain/roster"
	"hanse/internal/kit/actor"
	"hanse/internal/kit/audit"
	"hanse/internal/kit/db"
	"hanse/internal/kit/fault"
	"hanse/internal/kit/id"
)

// A Queue narrows a list of the vendor's: State "" is what is open, "all" everything. After is the cursor that the page
// before returned.
type Queue struct {
	State string
	After string
	Limit int
}

func (f Queue) ready() Queue {
	if f.Limit <= 0 || f.Limit > 500 {
		f.Limit = 50
	}
	if f.State == "" {
		f.State = "open"
	}
	return f
}

// A Side is what is known of one party of a dispute.
type Side struct {
	Person    string
	Name      string
	SignIns   []string // addresses with which the person signs in
	Addresses []Link   // associated ones
	Companies []Company
}

// A Company is where a party works or worked.
type Company struct {
	Name    string
	Binding roster.Binding
}

// A Case is a dispute with the facts of both sides.
type Case struct {
	Dispute
	Claimant   Side
	Holds      Side        // who has it; Person "" = nobody
	Candidates []Candidate // who the records of the address are about
	History    []audit.Entry
}

// DisputeQueue lists disputes for the vendor's administrators, reviewers and readers, oldest first, and returns the
// cursor of the next page ("" = none).
func (s *Service) DisputeQueue(ctx context.Context, by actor.Actor, f Queue) ([]Dispute, string, error) {
	if err := by.May(actor.ViewClaims); err != nil {
		return nil, "", err
	}
	f = f.ready()
	after, err := parseAfter(f.After)
	if err != nil {
		return nil, "", err
	}
	list, err := disputeQueue(ctx, s.db.Read(), f.State, after, f.Limit+1)
	return cut(list, f.Limit, err, func(d Dispute) place { return place{d.CreatedAt.UnixMicro(), d.ID} })
}

// Dispute returns one dispute with what is known of both sides. Who may is as for DisputeQueue.
func (s *Service) Dispute(ctx context.Context, by actor.Actor, dispute string) (c Case, err error) {
	if err := by.May(actor.ViewClaims); err != nil {
		return c, err
	}
	q := s.db.Read()
	if c.Dispute, err = disputeByID(ctx, q, dispute); err != nil {
		return c, notFound(err)
	}
	if c.Claimant, err = s.side(ctx, q, c.Person); err != nil {
		return c, err
	}
	if c.Holds, err = s.side(ctx, q, c.Holder); err != nil {
		return c, err
	}
	if s.Records.CandidatesOf != nil && c.Email != "" {
		if c.Candidates, err = s.Records.CandidatesOf(ctx, q, c.Email); err != nil {
			return c, err
		}
	}
	c.History, err = audit.History(ctx, q, "dispute", c.ID)
	return c, err
}

func (s *Service) side(ctx context.Context, q db.Querier, person string) (x Side, err error) {
	if person == "" {
		return x, nil
	}
	x.Person = person
	if x.Name, err = nameOf(ctx, q, person); err != nil {
		return x, err
	}
	who, ok, err := login.IdentityOfPerson(ctx, q, person)
	if err != nil {
		return x, err
	}
	if ok {
		if x.SignIns, err = login.Emails(ctx, q, who.ID); err != nil {
			return x, err
		}
	}
	all, err := links(ctx, q, person)
	if err != nil {
		return x, err
	}
	x.Addresses = slices.DeleteFunc(all, func(l Link) bool { return l.State != Linked })
	bound, err := s.Roster.BindingsOf(ctx, q, person)
	for _, b := range bound { // a handful in a life
		name, err := account.Name(ctx, q, b.Account)
		if err != nil {
			return x, err
		}
		x.Companies = append(x.Companies, Company{name, b})
	}
	return x, err
}

// A Decision ends a dispute. To is "claimant", "holder" or "reject"; both parties read the reason.
type Decision struct {
	To       string
	Reason   string
	Revision int64 // of the dispute as it was shown; 0 = any
}

// DecideDispute gives what is disputed to who claims it, leaves it with who has it, or rejects the claim. The vendor's
// administrators and reviewers may. An address that is given away takes its records along; of a candidate id all
// addresses of the holder that carry it.
func (s *Service) DecideDispute(ctx context.Context, by actor.Actor, dispute string, in Decision) error {
	if err := by.May(actor.HandleClaims); err != nil {
		return err
	}
	to, ok := map[string]DisputeState{"claimant": Given, "holder": Kept, "reject": Rejected}[in.To]
	var fs fault.Fields
	if !ok {
		fs.Add("to", in.To, choose)
	}
	if in.Reason = lines(&fs, "reason", in.Reason, true); fs.Err() != nil {
		return fs.Err()
	}
	return s.again(ctx, func(tx *db.Tx) error {
		d, err := disputeByID(ctx, tx, dispute)
		if err != nil {
			return notFound(err)
		}
		if d.State != Open || in.Revision != 0 && in.Revision != d.Revision {
			return fault.Conflict(stale)
		}
		d.State, d.Reason, d.DecidedBy, d.DecidedAt = to, in.Reason, by.Name, tx.Now
		if err := changeDispute(ctx, tx, d); err != nil {
			return lost(err)
		}
		moved := []string(nil)
		if to == Given {
			if moved, err = s.give(ctx, tx, d); err != nil {
				return err
			}
		}
		detail := map[string]any{"to": string(to), "about": d.About(), "moved": moved}
		if err := audit.Record(ctx, tx, by, actor.HandleClaims, disputeOf(d), detail); err != nil {
			return err
		}
		return s.tell(ctx, tx, "decided", d)
	})
}

// give moves what is disputed to who claims it and returns the addresses.
func (s *Service) give(ctx context.Context, tx *db.Tx, d Dispute) (moved []string, err error) {
	if d.Email != "" {
		moved = append(moved, d.Email)
	}
	if d.Kind == OfCandidate && s.Records.CandidatesOf != nil && d.Holder != "" {
		has, err := emailsOf(ctx, tx, d.Holder)
		if err != nil {
			return nil, err
		}
		for _, e := range has {
			carries, err := s.carries(ctx, tx, e, d)
			if err != nil {
				return nil, err
			}
			if carries && e != d.Email {
				moved = append(moved, e)
			}
		}
	}
	slices.Sort(moved) // one order for everybody: nobody waits crosswise
	for _, e := range moved {
		if err := s.takeAway(ctx, tx, e, d.Person); err != nil {
			return nil, err
		}
	}
	for _, e := range moved { // only now: the candidate id is nobody's once all of its addresses are
		if err := s.giveAddress(ctx, tx, e, d.Person); err != nil {
			return nil, err
		}
	}
	return moved, nil
}

// carries tells whether records of an address are about the disputed candidate.
func (s *Service) carries(ctx context.Context, q db.Querier, email string, d Dispute) (bool, error) {
	all, err := s.Records.CandidatesOf(ctx, q, email)
	return slices.ContainsFunc(all, func(c Candidate) bool { return c.Provider == d.Provider && c.ID == d.Candidate }), err
}

// takeAway ends the association of an address with anybody but the person who gets it.
func (s *Service) takeAway(ctx context.Context, tx *db.Tx, email, to string) error {
	has, err := ownerOf(ctx, tx, email)
	if err != nil || has == to || has == "" {
		return err
	}
	old, err := linkOfEmail(ctx, tx, has, email)
	if err != nil {
		return err
	}
	return s.remove(ctx, tx, old, true)
}

// giveAddress associates an address that is nobody's with a person by the vendor's word.
func (s *Service) giveAddress(ctx context.Context, tx *db.Tx, email, to string) error {
	has, err := ownerOf(ctx, tx, email)
	if err != nil || has == to {
		return err
	}
	l, err := s.linkFor(ctx, tx, to, email)
	if err != nil {
		return err
	}
	free, err := s.associate(ctx, tx, &l)
	if err == nil && !free {
		err = fault.Conflict(stale)
	}
	return err
}

// linkFor finds or makes the link of a person with an address.
func (s *Service) linkFor(ctx context.Context, tx *db.Tx, person, email string) (Link, error) {
	l, err := linkOfEmail(ctx, tx, person, email)
	if !errors.Is(err, db.ErrNoRow) {
		return l, err
	}
	l = Link{Person: person, ID: id.New("eml", tx.Wall), Email: email, State: Waiting, SentAt: tx.Wall, ExpiresAt: tx.Wall, CreatedAt: tx.Now}
	return l, insertLink(ctx, tx, l)
}
