package funds

import (
	"context"
	"fmt"
	"slices"
	"time"

	"hanse/internal/domain/account"
	"hanse/internal/domain/ledger"
	"hanse/internal/kit/actor"
	"hanse/internal/kit/fault"
)

// sees lets an account's own people, its distributor and the vendor's staff read its book. Others learn nothing of it.
func (s *Service) sees(ctx context.Context, by actor.Actor, owner string) error {
	if err := by.May(actor.ViewFunds); err != nil {
		return err
	}
	if by.Sees(owner) == nil {
		return nil
	}
	if by.Kind == actor.Partner && owner != "" {
		if ok, err := s.distributes(ctx, by.Account, owner); ok || err != nil {
			return err
		}
	}
	return fault.NotFound()
}

// An Overview is what an owner has in money, and where what it passed on is.
type Overview struct {
	Owner    string
	Unit     string
	Cash     ledger.Balance
	Balances []ledger.Balance // money alone, clearing left out
}

// Allocatable is what can be passed on now.
func (o Overview) Allocatable() int64 { return o.Cash.Available() }

// Of is the balance of a kind of account.
func (o Overview) Of(k ledger.Kind) (b ledger.Balance) {
	for _, x := range o.Balances {
		if x.Place.Kind == k && x.Place.Unit == o.Unit {
			return x
		}
	}
	return b
}

// Overview reads what an owner has. Its own people may, its distributor, and the vendor's staff.
func (s *Service) Overview(ctx context.Context, by actor.Actor, owner string) (Overview, error) {
	if err := s.sees(ctx, by, owner); err != nil {
		return Overview{}, err
	}
	o := Overview{Owner: owner, Unit: ledger.CNY, Cash: ledger.Balance{Bounded: true}}
	all, err := ledger.Balances(ctx, s.db.Read(), owner)
	for _, b := range all {
		if b.Place.Kind == ledger.Clearing || ledger.Countable(b.Place.Unit) || ledger.Currency(b.Place.Unit) != b.Place.Unit {
			continue
		}
		if b.Place.Kind == ledger.Cash && b.Place.Unit == o.Unit {
			o.Cash = b
		}
		o.Balances = append(o.Balances, b)
	}
	return o, err
}

// A Receiver is a reseller or resale customer of a partner: Left is what it holds now, Passed what went to it in all
// without what came back.
type Receiver struct {
	Link   string // id of the association
	ID     string
	Name   string
	Kind   account.Link
	Left   int64
	Held   int64
	State  ledger.State
	Passed int64
}

// Receivers lists those who can get money from a partner, by association after another: a page, and where the next one
// goes on ("" = nowhere). Who may is as with Overview.
func (s *Service) Receivers(ctx context.Context, by actor.Actor, partner, after string, limit int) ([]Receiver, string, error) {
	if err := s.sees(ctx, by, partner); err != nil {
		return nil, "", err
	}
	limit = min(max(limit, 1), 500)
	links, err := account.Linked(ctx, s.db.Read(), partner, s.db.Clock().Now(), after, limit)
	if err != nil {
		return nil, "", err
	}
	next := ""
	if len(links) == limit {
		next = links[limit-1].ID
	}
	out, err := s.holdings(ctx, partner, links)
	return out, next, err
}

// holdings reads what each of those linked to a partner holds.
func (s *Service) holdings(ctx context.Context, partner string, links []account.Association) (out []Receiver, err error) {
	var customers, resellers []string
	for _, x := range links {
		switch x.Kind {
		case account.Resale:
			customers = append(customers, x.Other)
		case account.ResellerOf:
			resellers = append(resellers, x.Other)
		}
	}
	q := s.db.Read()
	allocated, err := ledger.BalancesOf(ctx, q, customers, ledger.Allocated, ledger.CNY, "")
	if err != nil {
		return nil, err
	}
	cash, err := ledger.BalancesOf(ctx, q, resellers, ledger.Cash, ledger.CNY, "")
	if err != nil {
		return nil, err
	}
	passed, err := ledger.BalancesOf(ctx, q, append(customers, resellers...), ledger.Clearing, ledger.CNY, partner)
	if err != nil {
		return nil, err
	}
	for _, x := range links {
		if x.Kind == account.Referral {
			continue
		}
		b := allocated[x.Other]
		if x.Kind == account.ResellerOf {
			b = cash[x.Other]
		}
		// The receiver's clearing account mirrors the partner's: what it owes is what it got.
		out = append(out, Receiver{Link: x.ID, ID: x.Other, Name: x.OtherName, Kind: x.Kind, Left: b.Minor, Held: b.Held, State: b.State, Passed: -passed[x.Other].Minor})
	}
	return out, nil
}

// Receiver is one of them; a *Refusal when the partner can't pass money to it.
func (s *Service) Receiver(ctx context.Context, by actor.Actor, partner, id string) (Receiver, error) {
	if err := s.sees(ctx, by, partner); err != nil {
		return Receiver{}, err
	}
	x, err := account.Related(ctx, s.db.Read(), partner, id, s.db.Clock().Now())
	if err != nil {
		return Receiver{}, err
	}
	out, err := s.holdings(ctx, partner, []account.Association{x})
	if err == nil && len(out) == 0 {
		err = &Refusal{ReferralCustomer, id}
	}
	if err != nil {
		return Receiver{}, err
	}
	return out[0], nil
}

// Entries reads a page of an owner's statement, with the names of the other sides. Who may is as with Overview.
func (s *Service) Entries(ctx context.Context, by actor.Actor, st ledger.Statement) ([]ledger.Entry, map[string]string, error) {
	if err := s.sees(ctx, by, st.Owner); err != nil {
		return nil, nil, err
	}
	es, err := ledger.Entries(ctx, s.db.Read(), st)
	if err != nil {
		return nil, nil, err
	}
	var ids []string
	for _, e := range es {
		ids = append(ids, e.Other())
	}
	names, err := Names(ctx, s.db.Read(), unique(ids))
	return es, names, err
}

// CountEntries counts the entries of a statement, up to a bound. Who may is as with Overview.
func (s *Service) CountEntries(ctx context.Context, by actor.Actor, st ledger.Statement, bound int) (int, error) {
	if err := s.sees(ctx, by, st.Owner); err != nil {
		return 0, err
	}
	return ledger.CountEntries(ctx, s.db.Read(), st, bound)
}

// Months reads an owner's roll-up by month (YYYY-MM, both inclusive). Who may is as with Overview.
func (s *Service) Months(ctx context.Context, by actor.Actor, owner, from, to string) ([]ledger.Month, error) {
	if err := s.sees(ctx, by, owner); err != nil {
		return nil, err
	}
	return ledger.Months(ctx, s.db.Read(), owner, from, to)
}

// BalanceAt is what an account held at an instant. Who may is as with Overview.
func (s *Service) BalanceAt(ctx context.Context, by actor.Actor, p ledger.Place, at time.Time) (int64, error) {
	if err := s.sees(ctx, by, p.Owner); err != nil {
		return 0, err
	}
	return ledger.BalanceAt(ctx, s.db.Read(), p, at)
}

// Holds lists what is set aside in an owner's accounts. Who may is as with Overview.
func (s *Service) Holds(ctx context.Context, by actor.Actor, owner string, all bool, before string, limit int) ([]ledger.Hold, error) {
	if err := s.sees(ctx, by, owner); err != nil {
		return nil, err
	}
	return ledger.Holds(ctx, s.db.Read(), owner, all, before, limit)
}

// A Transfer is one posting with its legs in both books, as far as the reader may see them. ReversedBy is the transfer
// that undid it.
type Transfer struct {
	ledger.Transfer
	Entries    []ledger.Entry
	Names      map[string]string // of the companies
	ReversedBy string
}

// Transfer reads one transfer. Those of both companies may, their distributors, and the vendor's staff; a company sees
// the legs in its own book, and those of the books that it may read.
func (s *Service) Transfer(ctx context.Context, by actor.Actor, book, id string) (Transfer, error) {
	if err := by.May(actor.ViewFunds); err != nil {
		return Transfer{}, err
	}
	t, es, err := ledger.Get(ctx, s.db.Read(), book, id)
	if err != nil {
		return Transfer{}, err
	}
	out := Transfer{Transfer: t}
	may := map[string]bool{}
	for _, owner := range unique([]string{t.Payer, t.Payee, book}) {
		err := s.sees(ctx, by, owner)
		if err != nil && fault.KindOf(err) != fault.KindNotFound {
			return Transfer{}, err
		}
		may[owner] = err == nil
	}
	for _, e := range es {
		if may[e.Place.Owner] || e.Place.Owner == by.Account {
			out.Entries = append(out.Entries, e)
		}
	}
	if len(out.Entries) == 0 {
		return Transfer{}, fault.NotFound()
	}
	if out.Names, err = Names(ctx, s.db.Read(), unique([]string{t.Payer, t.Payee, book})); err != nil {
		return out, err
	}
	out.ReversedBy, err = ledger.ReversedBy(ctx, s.db.Read(), book, id)
	return out, err
}

// A RecordFilter asks for what a partner allocated and took back. Kinds are kinds of posting: allocate, reclaim, unbind;
// none are all three. From is inclusive, To exclusive. Before pages by key, Offset by place.
type RecordFilter struct {
	Partner string // "" = own, else a reseller of the actor's company
	Other   string // a customer or reseller
	Kinds   []string
	Number  string // AD… or RE…
	From    time.Time
	To      time.Time
	Before  string
	Offset  int
	Limit   int
	Count   bool // the total is wanted
}

// A Record is one of them.
type Record struct {
	ledger.Transfer
	Other     string
	OtherName string
}

// maxCount bounds a total.
const maxCount = 1_000_000

// AdjustRecords lists what a partner allocated and took back, newest first, with the total where it's wanted. Who may
// is as with Overview.
func (s *Service) AdjustRecords(ctx context.Context, by actor.Actor, f RecordFilter) ([]Record, int, error) {
	if f.Partner == "" {
		f.Partner = by.Account
	}
	if err := s.sees(ctx, by, f.Partner); err != nil {
		return nil, 0, err
	}
	lf := ledger.Filter{Book: f.Partner, Unit: ledger.CNY, Other: f.Other, Kinds: f.Kinds, From: f.From, To: f.To, Before: f.Before, Offset: f.Offset, Limit: f.Limit}
	if len(lf.Kinds) == 0 {
		lf.Kinds = []string{ledger.Allocate, ledger.Reclaim, ledger.Unbind}
	}
	if f.Number != "" {
		id, ok := ledger.FromNumber(f.Number)
		if !ok {
			return nil, 0, nil
		}
		lf.ID = id
	}
	ts, err := ledger.Transfers(ctx, s.db.Read(), lf)
	if err != nil {
		return nil, 0, err
	}
	out, err := s.records(ctx, f.Partner, ts)
	if err != nil || !f.Count {
		return out, 0, err
	}
	n, err := ledger.CountTransfers(ctx, s.db.Read(), lf, maxCount)
	return out, n, err
}

func (s *Service) records(ctx context.Context, partner string, ts []ledger.Transfer) ([]Record, error) {
	out, ids := make([]Record, len(ts)), make([]string, len(ts))
	for i, t := range ts {
		out[i] = Record{Transfer: t, Other: t.Payee}
		if t.Payee == partner {
			out[i].Other = t.Payer
		}
		ids[i] = out[i].Other
	}
	names, err := Names(ctx, s.db.Read(), unique(ids))
	for i := range out {
		out[i].OtherName = names[out[i].Other]
	}
	return out, err
}

func unique(ids []string) []string {
	ids = slices.Clone(ids)
	slices.Sort(ids)
	return slices.Compact(ids)
}

// Cursor writes where a page of entries ended; ParseCursor reads it again, and false is for what is none.
func Cursor(m ledger.Mark) string {
	return fmt.Sprintf("%d.%d.%d", m.At.UnixMicro(), m.No, m.Seq)
}

// ParseCursor reads what Cursor wrote; "" is the first page.
func ParseCursor(s string) (m ledger.Mark, ok bool) {
	if s == "" {
		return m, true
	}
	var at int64
	if n, err := fmt.Sscanf(s, "%d.%d.%d", &at, &m.No, &m.Seq); err != nil || n != 3 {
		return m, false
	}
	m.At = time.UnixMicro(at).UTC()
	return m, true
}
