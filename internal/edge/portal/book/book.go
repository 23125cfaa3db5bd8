// Package book holds the pages on which the vendor proves its books: every unit and every company's book, the entries
// behind each balance, both sides of each transfer, and the checks.
package book

import (
	"net/http"

	"hanse/internal/domain/account"
	"hanse/internal/domain/ledger"
	"hanse/internal/edge/portal/door"
	"hanse/internal/edge/portal/site"
	"hanse/internal/kit/actor"
	"hanse/internal/kit/db"
	"hanse/internal/kit/i18n"
)

type pages struct {
	*site.Site
	d *db.DB
	l *ledger.Service
	a *account.Service
}

// Register adds the pages.
func Register(s *site.Site, d *db.DB, l *ledger.Service, a *account.Service) {
	p := pages{s, d, l, a}
	s.Page("GET /books", p.overview)
	s.Page("POST /books/checks", p.ask)
	s.Page("GET /books/checks/{id}", p.check)
	s.Page("GET /books/of/{account}", p.book)
	s.Page("GET /books/of/{account}/entries", p.entries)
	s.Page("GET /books/of/{account}/transfers/{id}", p.transfer)
}

func (p pages) see(r *http.Request) door.View {
	return door.See(p.Site, r, door.Door{Account: site.By(r).Account})
}

const perPage = 50

// overview is the state of all books, the newest checks, and the companies.
func (p pages) overview(w http.ResponseWriter, r *http.Request) error {
	ctx, by, q := r.Context(), site.By(r), r.URL.Query()
	v := overviewView{View: p.see(r), q: q.Get("q")}
	var err error
	if v.sums, err = p.l.Sums(ctx, by); err != nil {
		return err
	}
	if v.checks, err = p.l.Proofs(ctx, by, "", 8); err != nil {
		return err
	}
	list, next, err := p.a.List(ctx, by, account.Filter{Kind: actor.Kind(q.Get("kind")), Q: v.q, After: q.Get("after"), Limit: perPage})
	if err != nil {
		return err
	}
	v.companies, v.after = list, door.After(r, next)
	v.first = door.FirstOf(r)
	ids := make([]string, len(list))
	for i, a := range list {
		ids[i] = a.ID
	}
	for i, k := range shown {
		if v.money[i], err = ledger.BalancesOf(ctx, p.d.Read(), ids, k, ledger.CNY, ""); err != nil {
			return err
		}
	}
	return p.Show(w, r, http.StatusOK, overviewPage(v))
}

// shown are the kinds of account that the list of companies shows.
var shown = [3]ledger.Kind{ledger.Cash, ledger.Allocated, ledger.Credit}

func (p pages) ask(w http.ResponseWriter, r *http.Request) error {
	x, err := p.l.Ask(r.Context(), site.By(r))
	if err != nil {
		return err
	}
	return p.Go(w, r, "/books/checks/"+x.ID, i18n.M("books.asked"))
}

func (p pages) check(w http.ResponseWriter, r *http.Request) error {
	x, err := p.l.Proof(r.Context(), site.By(r), r.PathValue("id"))
	if err != nil {
		return err
	}
	return p.Show(w, r, http.StatusOK, checkPage(checkView{p.see(r), x}))
}

// book is one company's accounts, each leading to its entries.
func (p pages) book(w http.ResponseWriter, r *http.Request) error {
	v := bookView{View: p.see(r), id: r.PathValue("account")}
	all, err := p.l.Book(r.Context(), site.By(r), v.id)
	if err != nil {
		return err
	}
	if v.name, err = account.Name(r.Context(), p.d.Read(), v.id); err != nil {
		return err
	}
	v.accounts, v.sums = all, map[string]int64{}
	var others []string
	for _, b := range all {
		v.sums[b.Place.Unit] += b.Minor
		if b.Place.Kind == ledger.Clearing && len(others) < 300 {
			others = append(others, b.Place.Ref)
		}
	}
	if v.names, err = account.Names(r.Context(), p.d.Read(), others); err != nil {
		return err
	}
	return p.Show(w, r, http.StatusOK, bookPage(v))
}

// entries is the statement of one account of a book.
func (p pages) entries(w http.ResponseWriter, r *http.Request) error {
	q := r.URL.Query()
	v := entriesView{View: p.see(r), place: ledger.Place{Owner: r.PathValue("account"), Kind: ledger.Kind(q.Get("kind")), Unit: q.Get("unit"), Ref: q.Get("ref")}}
	s := ledger.Statement{Owner: v.place.Owner, Kind: v.place.Kind, Unit: v.place.Unit, Ref: v.place.Ref, Limit: perPage}
	s.After, _ = ledger.ParseMark(q.Get("after")) // what can't be read is the first page
	if from, to, ok := ledger.MonthBounds(q.Get("month")); ok {
		s.From, s.To, v.month = from, to, q.Get("month")
	}
	var err error
	if v.rows, err = p.l.BookEntries(r.Context(), site.By(r), s); err != nil {
		return err
	}
	if v.name, err = account.Name(r.Context(), p.d.Read(), v.place.Owner); err != nil {
		return err
	}
	ids := make([]string, 0, len(v.rows)+1)
	for _, e := range v.rows {
		ids = append(ids, e.Other())
	}
	if v.names, err = account.Names(r.Context(), p.d.Read(), ids); err != nil {
		return err
	}
	v.first = door.FirstOf(r)
	if len(v.rows) == perPage {
		v.after = door.After(r, v.rows[perPage-1].Mark().String())
	}
	return p.Show(w, r, http.StatusOK, entriesPage(v))
}

// transfer shows both sides of a transfer, and what proves it.
func (p pages) transfer(w http.ResponseWriter, r *http.Request) error {
	v := transferView{View: p.see(r)}
	var err error
	if v.t, v.entries, v.reversed, err = p.l.BookTransfer(r.Context(), site.By(r), r.PathValue("account"), r.PathValue("id")); err != nil {
		return err
	}
	owners := []string{v.t.Book, v.t.Payer, v.t.Payee}
	for _, e := range v.entries {
		owners = append(owners, e.Place.Owner)
	}
	if v.names, err = account.Names(r.Context(), p.d.Read(), owners); err != nil {
		return err
	}
	return p.Show(w, r, http.StatusOK, transferPage(v))
}
