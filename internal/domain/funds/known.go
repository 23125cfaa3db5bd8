package funds

import (
	"context"
	"sync"
	"time"

	"hanse/internal/domain/account"
	"hanse/internal/domain/ledger"
	"hanse/internal/kit/actor"
	"hanse/internal/kit/fault"
	"hanse/internal/kit/jobs"
)

// known remembers what a transfer needs to know of its parties, so that the way that succeeds reads nothing: of which
// kind an account is, which never changes, and for a short time who distributes to whom. A distribution that has ended
// meanwhile has closed its clearing accounts, and the ledger refuses. And which summaries were asked for: thousands of
// transfers in a minute ask for the same one.
type known struct {
	mu    sync.RWMutex
	kinds map[string]actor.Kind
	above map[[2]string]time.Time // distributor and reseller: until when it's taken as given, wall instants
	sums  map[sum]bool            // summaries whose jobs are there
}

const (
	mostKnown = 200_000
	knownFor  = 30 * time.Second
)

func newKnown() *known {
	return &known{kinds: map[string]actor.Kind{}, above: map[[2]string]time.Time{}, sums: map[sum]bool{}}
}

func (k *known) kind(id string) actor.Kind {
	k.mu.RLock()
	defer k.mu.RUnlock()
	return k.kinds[id]
}

func (k *known) setKind(id string, kind actor.Kind) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if len(k.kinds) >= mostKnown {
		clear(k.kinds)
	}
	k.kinds[id] = kind
}

func (k *known) distributes(distributor, reseller string, wall time.Time) bool {
	k.mu.RLock()
	defer k.mu.RUnlock()
	return k.above[[2]string{distributor, reseller}].After(wall)
}

func (k *known) setDistributes(distributor, reseller string, wall time.Time) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if len(k.above) >= mostKnown {
		clear(k.above)
	}
	k.above[[2]string{distributor, reseller}] = wall.Add(knownFor)
}

// asked tells whether a summary was asked for: its job is there, or was.
func (k *known) asked(x sum) bool {
	k.mu.RLock()
	defer k.mu.RUnlock()
	return k.sums[x]
}

// setAsked remembers the summaries of jobs that are stored.
func (k *known) setAsked(todo []jobs.New) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if len(k.sums) >= mostKnown {
		clear(k.sums)
	}
	for _, j := range todo {
		k.sums[j.Payload.(sum)] = true
	}
}

// kindOf is the kind of an account; "" when there's none.
func (s *Service) kindOf(ctx context.Context, id string) (actor.Kind, error) {
	if k := s.known.kind(id); k != "" {
		return k, nil
	}
	a, err := account.Get(ctx, s.db.Read(), id)
	if fault.KindOf(err) == fault.KindNotFound {
		return "", nil
	}
	if err != nil {
		return "", err
	}
	s.known.setKind(id, a.Kind)
	return a.Kind, nil
}

// distributes tells whether a reseller is a distributor's own.
func (s *Service) distributes(ctx context.Context, distributor, reseller string) (bool, error) {
	x, ok, err := account.DistributorOf(ctx, s.db.Read(), reseller, s.db.Clock().Now())
	return err == nil && ok && x.Account == distributor, err
}

// lately is distributes, true of half a minute ago: for money between the two, which the ledger refuses when the
// distribution has ended since.
func (s *Service) lately(ctx context.Context, distributor, reseller string) (bool, error) {
	wall := s.db.Clock().Wall()
	if s.known.distributes(distributor, reseller, wall) {
		return true, nil
	}
	ok, err := s.distributes(ctx, distributor, reseller)
	if ok {
		s.known.setDistributes(distributor, reseller, wall)
	}
	return ok, err
}

// payer is whose money moves: the actor's own company, or a reseller of it. That is read anew: the money of a reseller
// that has just left goes to its own customers, and there the ledger can't tell.
func (s *Service) payer(ctx context.Context, by actor.Actor, partner string) (string, error) {
	if by.Kind != actor.Partner {
		return "", &Refusal{Why: NotPartner}
	}
	if partner == "" || partner == by.Account {
		return by.Account, nil
	}
	ok, err := s.distributes(ctx, by.Account, partner)
	if err == nil && !ok {
		err = &Refusal{NotYourReseller, partner}
	}
	return partner, err
}

// receiver is the account into which To gets money. Between partners the direction is checked: the pair of clearing
// accounts is open for both, but only a distributor gives and takes back.
func (s *Service) receiver(ctx context.Context, partner string, in In) (ledger.Kind, error) {
	kind, err := s.kindOf(ctx, in.To)
	if err != nil {
		return "", err
	}
	m := movement{In: in}
	switch {
	case kind == actor.Customer && in.As != actor.Partner:
		return ledger.Allocated, nil
	case in.As == actor.Partner || kind == actor.Partner && in.As == "":
		ok, err := s.lately(ctx, partner, in.To)
		if err == nil && !ok {
			err = refuse(NotYourReseller, m)
		}
		return ledger.Cash, err
	}
	return "", refuse(NotYourCustomer, m)
}
