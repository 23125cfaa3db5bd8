package address

import (
	"context"
	"slices"

	"hanse/internal/kit/actor"
	"hanse/internal/kit/audit"
	"hanse/internal/kit/db"
	"hanse/internal/kit/fault"
	"hanse/internal/kit/i18n"
	"hanse/internal/kit/outbox"
	"hanse/internal/kit/text"
)

// Confirm associates the address of a confirmation mail with the actor's personal account: the click on the page's
// button. The link works once. The records that waited for the address become the person's. Refused, with the vendor
// asked to decide, when the address, the candidate id of its records or the verified name in them already belongs to
// another personal account; whose isn't said.
func (s *Service) Confirm(ctx context.Context, by actor.Actor, token string) (Link, error) {
	person, err := own(by)
	if err != nil {
		return Link{}, err
	}
	var l Link
	var refused error
	err = s.again(ctx, func(tx *db.Tx) (err error) {
		refused = nil
		l, err = linkOfToken(ctx, tx, hashOf(token), tx.Wall)
		if l, err = mine(l, err, person); err != nil {
			return err
		}
		if err := spendToken(ctx, tx, hashOf(token)); err != nil {
			return lostLink(err)
		}
		refused, err = s.prove(ctx, tx, by, actor.OwnAddresses, &l)
		return err
	})
	if err != nil {
		return Link{}, err
	}
	return l, refused
}

// Prove associates an address whose owner was made sure of otherwise: for the command line and demo data. What Confirm
// refuses is refused here too.
func (s *Service) Prove(ctx context.Context, by actor.Actor, person, email string) error {
	if err := by.May(actor.CreateAccounts); err != nil {
		return err
	}
	normal, ok := text.Email(email)
	if !ok {
		return invalid("email", email, i18n.M("address.email_wrong"))
	}
	var refused error
	err := s.again(ctx, func(tx *db.Tx) error {
		l, err := s.linkFor(ctx, tx, person, normal)
		if err != nil || l.State == Linked {
			return err
		}
		refused, err = s.prove(ctx, tx, by, actor.CreateAccounts, &l)
		return err
	})
	if err != nil {
		return err
	}
	return refused
}

// prove associates a link's address, whose owner is proved, unless it is another person's. Then refused says why, and a
// dispute is open: both commit.
func (s *Service) prove(ctx context.Context, tx *db.Tx, by actor.Actor, verb actor.Verb, l *Link) (refused, err error) {
	c, err := s.conflictOf(ctx, tx, l.Person, l.Email)
	if err != nil {
		return nil, err
	}
	if c.Kind == "" {
		free, err := s.associate(ctx, tx, l)
		if err != nil {
			return nil, err
		}
		if free {
			return nil, audit.Record(ctx, tx, by, verb, subject(l.Person, l.ID), map[string]any{"associated": l.Email})
		}
		c = Dispute{Kind: OfEmail} // somebody confirmed it a moment ago
		if c.Holder, err = ownerOf(ctx, tx, l.Email); err != nil {
			return nil, err
		}
	}
	if err := endLink(ctx, tx, *l, Expired); err != nil {
		return nil, lost(err)
	}
	c.Person, c.Email, c.Automatic = l.Person, l.Email, true
	return refusal(c.Kind), s.open(ctx, tx, by, c)
}

func lostLink(err error) error {
	if fault.KindOf(lost(err)) == fault.KindConflict {
		return gone()
	}
	return err
}

func refusal(k DisputeKind) error {
	switch k {
	case OfCandidate:
		return fault.Conflict(i18n.M("address.refused_candidate"))
	case OfName:
		return fault.Conflict(i18n.M("address.refused_name"))
	}
	return fault.Conflict(i18n.M("address.refused_email"))
}

// associate makes the link the address's one, in the caller's transaction; free is false when somebody else has it.
func (s *Service) associate(ctx context.Context, tx *db.Tx, l *Link) (free bool, err error) {
	if free, err = insertOwner(ctx, tx, *l); err != nil || !free {
		return false, err
	}
	l.State, l.AssociatedAt = Linked, tx.Now
	if err := setLinked(ctx, tx, *l); err != nil {
		return false, lost(err)
	}
	name, err := nameOf(ctx, tx, l.Person)
	if err != nil {
		return false, err
	}
	if err := s.Roster.TakeEmail(ctx, tx, l.Email, l.Person, name); err != nil {
		return false, err
	}
	n := 0
	if s.Records.Claim != nil {
		if n, err = s.Records.Claim(ctx, tx, l.Email, l.Person); err != nil {
			return false, err
		}
	}
	return true, outbox.Append(ctx, tx, Associated{l.Person, l.ID, l.Email, n})
}

// conflictOf finds another personal account to which an address or the human in its records already belongs. A dispute
// without a kind means that there's none.
func (s *Service) conflictOf(ctx context.Context, tx *db.Tx, person, email string) (Dispute, error) {
	holder, err := ownerOf(ctx, tx, email)
	if err != nil || holder != "" && holder != person {
		return Dispute{Kind: OfEmail, Holder: holder}, err
	}
	if holder, err = signsIn(ctx, tx, email); err != nil || holder != "" && holder != person {
		return Dispute{Kind: OfEmail, Holder: holder}, err
	}
	if s.Records.CandidatesOf == nil {
		return Dispute{}, nil
	}
	all, err := s.Records.CandidatesOf(ctx, tx, email)
	if err != nil {
		return Dispute{}, err
	}
	for _, c := range all {
		if d, err := s.candidateElsewhere(ctx, tx, person, c); err != nil || d.Kind != "" {
			return d, err
		}
	}
	for _, c := range all {
		if d, err := s.nameElsewhere(ctx, tx, person, c); err != nil || d.Kind != "" {
			return d, err
		}
	}
	return Dispute{}, nil
}

func (s *Service) candidateElsewhere(ctx context.Context, tx *db.Tx, person string, c Candidate) (Dispute, error) {
	if c.ID == "" || s.Records.HolderOf == nil {
		return Dispute{}, nil
	}
	// Two addresses of one candidate that are confirmed at the same time come one after the other.
	if err := holdKey(ctx, tx, keyOf("candidate", c.Provider, c.ID)); err != nil {
		return Dispute{}, err
	}
	holder, err := s.Records.HolderOf(ctx, tx, c.Provider, c.ID)
	if err != nil || holder == "" || holder == person {
		return Dispute{}, err
	}
	return Dispute{Kind: OfCandidate, Holder: holder, Provider: c.Provider, Candidate: c.ID}, nil
}

// nameElsewhere finds another person who is verified under the name in the records. Who is verified under it too may
// have namesakes.
func (s *Service) nameElsewhere(ctx context.Context, q db.Querier, person string, c Candidate) (Dispute, error) {
	if c.Name() == "" || s.NameHolders == nil {
		return Dispute{}, nil
	}
	for _, name := range []string{c.Name(), text.Clean(c.LastName + " " + c.FirstName), text.Clean(c.LastName + c.FirstName)} {
		holders, err := s.NameHolders(ctx, q, name)
		if err != nil || slices.Contains(holders, person) {
			return Dispute{}, err
		}
		if len(holders) > 0 {
			return Dispute{Kind: OfName, Holder: holders[0], Provider: c.Provider, Candidate: c.ID}, nil
		}
	}
	return Dispute{}, nil
}
