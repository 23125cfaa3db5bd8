// Package histories lets the companies of a channel do random things with money, vouchers and associations together,
// as often as it takes to believe that nothing is lost: repeated, changed, late and crashed requests among them. Beside
// each history stands a model that shares no code with the product.
package histories

import (
	"context"
	"errors"
	"log/slog"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"hanse/internal/domain/account"
	"hanse/internal/domain/confirm"
	"hanse/internal/domain/distribution"
	"hanse/internal/domain/fixture"
	"hanse/internal/domain/funds"
	"hanse/internal/domain/ledger"
	"hanse/internal/domain/voucher"
	"hanse/internal/kit/actor"
	"hanse/internal/kit/clock"
	"hanse/internal/kit/db"
	"hanse/internal/kit/dbtest"
	"hanse/internal/kit/fault"
	"hanse/internal/kit/id"
	"hanse/internal/kit/jobs"
)

// The companies of a history: a distributor with two resellers, or a solution provider; and two customers of nobody.
const (
	dist = iota
	north
	south
	provider
	one
	two
	many
)

// A world is the modules on one database, where histories follow each other with fresh companies.
type world struct {
	d        *db.DB
	clock    *clock.Manual
	books    *ledger.Service
	funds    *funds.Service
	channel  *distribution.Service
	vouchers *voucher.Service
	runner   *jobs.Runner
	vendor   string
	finance  actor.Actor
	pattern  [many]actor.Actor // whose rows the companies copy
	count    map[string]int    // what was done, and what was refused
}

func newWorld(t *testing.T, d *db.DB, c *clock.Manual) *world {
	f := fixture.New(t, d)
	w := &world{d: d, clock: c, books: ledger.New(d), vouchers: voucher.New(d, nil), runner: jobs.NewRunner(d, slog.New(slog.DiscardHandler)),
		count: map[string]int{}}
	codes := confirm.New(d, f.Login)
	w.funds = funds.New(funds.Config{DB: d, Ledger: w.books, Codes: codes, Login: distribution.OfLogin})
	w.channel = distribution.New(distribution.Config{DB: d, Vault: f.Vault, Login: f.Login, Accounts: f.Account, Confirm: codes, Quotas: voucher.ReturnQuotas})
	w.vouchers.Register(w.runner) // what expires; nobody listens to the events
	fixture.Must(t, w.runner.Prepare(t.Context()))
	w.finance = f.VendorUser(actor.VendorFinance)
	w.vendor = w.finance.Account
	w.pattern = [many]actor.Actor{f.Partner("Gulf", account.Distributor), f.Partner("Nile", account.Reseller), f.Partner("Cedar", account.Reseller),
		f.Partner("Baltic"), f.Customer("One"), f.Customer("Two")}
	t.Cleanup(w.books.Close)
	return w
}

// A history is one row of steps.
type history struct {
	*world
	*model
	ctx     context.Context
	rng     *rand.Rand
	who     [many]actor.Actor
	born    time.Time
	sent    []*order
	late    []*order
	links   map[string]string // tokens of invitations
	did     []string
	keys    int
	sellers []int  // who has customers
	planted string // what a negative control does wrong
}

// found makes fresh companies with money, in one transaction: copies of the patterns' rows.
func (w *world) found(ctx context.Context, rng *rand.Rand) (*history, error) {
	h := &history{world: w, ctx: ctx, rng: rng, born: w.clock.Now(), links: map[string]string{}, sellers: []int{provider}}
	rich, all := provider, []int{provider, one, two}
	if rng.IntN(2) == 0 {
		rich, all, h.sellers = dist, []int{dist, north, south, one, two}, []int{north, south}
	}
	err := w.d.Update(ctx, func(tx *db.Tx) error {
		for _, i := range all {
			h.who[i] = w.pattern[i]
			h.who[i].Account = id.Account(tx.Wall)
			if err := copyAccount(ctx, tx, w.pattern[i].Account, h.who[i].Account); err != nil {
				return err
			}
		}
		if err := h.enrich(ctx, tx, rich); err != nil || rich == provider {
			return err
		}
		for _, i := range h.sellers {
			if _, err := account.Relate(ctx, tx, h.who[i], actor.AnswerOffer, h.who[dist].Account, h.who[i].Account, account.ResellerOf); err != nil {
				return err
			}
			if err := ledger.Connect(ctx, tx, h.who[dist].Account, h.who[i].Account, ledger.CNY); err != nil {
				return err
			}
		}
		return nil
	})
	h.model = newModel(h, rich)
	return h, err
}

// enrich gives a company its first money, from the vendor's bank.
func (h *history) enrich(ctx context.Context, tx *db.Tx, who int) error {
	if err := ledger.OpenBook(ctx, tx, h.who[who].Account, h.vendor); err != nil {
		return err
	}
	_, err := ledger.Post(ctx, tx, h.finance, ledger.Posting{Book: h.who[who].Account, Kind: ledger.TopUp, Verb: "test.give",
		Moves: []ledger.Move{{From: ledger.Place{Owner: h.vendor, Kind: ledger.Bank, Unit: ledger.CNY}, To: h.cash(who), Minor: start}}})
	return err
}

func copyAccount(ctx context.Context, tx *db.Tx, from, to string) error {
	return db.Change(ctx, tx, `INSERT INTO account (id, kind, name, name_fold, state, country, address, website, contact, email, phone, market, channel,
		created_at, changed_at) SELECT CAST($2 AS TEXT), kind, name, name_fold, state, country, address, website, contact, email, phone, market, channel,
		CAST($3 AS BIGINT), CAST($3 AS BIGINT) FROM account WHERE id = $1`, from, to, db.Micros(tx.Now))
}

func (h *history) cash(i int) ledger.Place {
	return ledger.Place{Owner: h.who[i].Account, Kind: ledger.Cash, Unit: ledger.CNY}
}

func (h *history) allocated(i int) ledger.Place {
	return ledger.Place{Owner: h.who[i].Account, Kind: ledger.Allocated, Unit: ledger.CNY}
}

// link is the token of an invitation of a partner; one that isn't for an address works as often as somebody comes.
func (h *history) link(ctx context.Context, by int, n distribution.NewInvitation) (string, error) {
	key := h.who[by].Account + string(n.Kind)
	if token := h.links[key]; token != "" && n.Email == "" {
		return token, nil
	}
	x, err := h.channel.Invite(ctx, h.who[by], n)
	if err != nil {
		return "", err
	}
	_, path, err := h.channel.Invitation(ctx, h.who[by], "", x.ID)
	_, token, _ := strings.Cut(path, "token=")
	h.links[key] = token
	return token, err
}

// refused tells whether an error is an answer: anything else is a fault of ours.
func refused(err error) bool {
	var books *ledger.Refusal
	return err != nil && (fault.Of(err) != nil || errors.As(err, &books))
}

// fuse is the context of a process that dies in the middle.
func (h *history) fuse() context.Context { return dbtest.Fuse(h.ctx, 1+h.rng.IntN(60)) }
