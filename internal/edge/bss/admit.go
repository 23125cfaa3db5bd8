package bss

import (
	"context"
	"net/http"
	"slices"
	"sync"
	"time"

	"hanse/internal/domain/account"
	"hanse/internal/kit/actor"
	"hanse/internal/kit/db"
	"hanse/internal/kit/i18n"
)

// Who is a set of places in the channel.
type Who uint8

// The places. First tier is whoever buys from the vendor itself: distributors and solution providers. A reseller
// is served through its distributor, which names it; only what AnyTier marks it may call by itself.
const (
	Distributor Who = 1 << iota
	provider
	reseller
	Customer
	company

	FirstTier = Distributor | provider
	AnyTier   = FirstTier | reseller
	// Buyer is whoever can have a support plan: every partner, also one outside the channel, and every customer.
	Buyer = AnyTier | company | Customer
	// Partner is every partner, also one outside the channel.
	Partner = AnyTier | company
)

// Items are the permission items of a user's roles: what the user may do of the operations that ask for one.
func Items(roles ...actor.Role) (items []string) {
	for _, r := range roles {
		items = append(items, itemsOf[r]...)
	}
	slices.Sort(items)
	return slices.Compact(items)
}

// itemsOf is the one table of who holds which item. Administrators hold all.
var itemsOf = map[actor.Role][]string{
	actor.PartnerAdmin: {itemCreateCustomer, itemFreeze, itemFreezeToo, itemAllocate, itemReclaim, itemFundReseller, itemReclaimReseller,
		itemSplitQuota, itemSplitQuotaToo, itemIssuedQuotas, itemReclaimQuota, itemReclaimQuotaToo, itemIssue, itemIssueToo, itemReclaimCoupon},
	actor.PartnerFinance: {itemAllocate, itemReclaim, itemFundReseller, itemReclaimReseller,
		itemSplitQuota, itemSplitQuotaToo, itemIssuedQuotas, itemReclaimQuota, itemReclaimQuotaToo, itemIssue, itemIssueToo, itemReclaimCoupon},
	actor.AccountManager: {itemIssue, itemIssueToo, itemReclaimCoupon},
}

// holds tells whether the user has one of the items.
func (o Operation) holds(by actor.Actor) bool {
	return len(o.Items) == 0 || slices.ContainsFunc(by.Roles, func(r actor.Role) bool {
		return slices.ContainsFunc(o.Items, func(item string) bool { return slices.Contains(itemsOf[r], item) })
	})
}

// admit checks the caller's place in the channel and the user's items.
func (c *call) admit() error {
	have := Customer
	if c.by.Kind != actor.Customer {
		if c.by.Kind != actor.Partner {
			return c.notPartner()
		}
		place, err := c.api.standing.of(c.ctx(), c.by.Account)
		if err != nil {
			return err
		}
		have = place
	}
	c.distributor = have&Distributor != 0
	switch {
	case have&c.op.Who == 0 && have == Customer:
		return c.notPartner()
	case have&c.op.Who == 0, !c.op.holds(c.by):
		return denied()
	}
	return nil
}

// notPartner is for a caller who is no partner at all: two operations have a code for that.
func (c *call) notPartner() error {
	if c.op.Name == "ListPartnerBalances" || c.op.Name == "ListPartnerAdjustRecords" {
		return refuse(http.StatusBadRequest, "CBC.5001", i18n.M("bss.not_a_partner"))
	}
	return denied()
}

// standing remembers for a moment which place each company has in the channel, so that a busy caller costs no query
// for each call. What a company may do is decided by the verbs, which don't read it.
type standing struct {
	db     *db.DB
	mu     sync.RWMutex
	places map[string]placed
}

type placed struct {
	who   Who
	until time.Time
}

// remembered is how long a place is believed.
const remembered = 10 * time.Second

func newStanding(d *db.DB) *standing { return &standing{db: d, places: map[string]placed{}} }

func (s *standing) of(ctx context.Context, id string) (Who, error) {
	now := s.db.Clock().Wall()
	s.mu.RLock()
	p, ok := s.places[id]
	s.mu.RUnlock()
	if ok && now.Before(p.until) {
		return p.who, nil
	}
	a, err := account.Get(ctx, s.db.Read(), id)
	if err != nil {
		return 0, err
	}
	p = placed{place(a), now.Add(remembered)}
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.places) > 10_000 {
		clear(s.places)
	}
	s.places[id] = p
	return p.who, nil
}

func place(a account.Account) Who {
	w := company
	if a.Has(account.Distributor) {
		w |= Distributor
	}
	if a.Has(account.SolutionProvider) {
		w |= provider
	}
	if a.Has(account.Reseller) {
		w |= reseller
	}
	return w
}
