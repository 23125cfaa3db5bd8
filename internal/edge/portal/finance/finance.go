// Package finance holds the pages of a partner's money: what can be allocated, where it is, allocations and reclaims
// one by one, in lists and from files, statements, and each transfer with the entries behind it. The vendor's staff see
// the same pages of a partner, to read.
package finance

import (
	"net/http"
	"strings"

	"github.com/a-h/templ"

	"hanse/internal/domain/confirm"
	"hanse/internal/domain/funds"
	"hanse/internal/domain/ledger"
	"hanse/internal/edge/portal/door"
	"hanse/internal/edge/portal/site"
	"hanse/internal/edge/portal/ui"
	"hanse/internal/kit/actor"
	"hanse/internal/kit/db"
	"hanse/internal/kit/i18n"
)

type pages struct {
	*site.Site
	s     *funds.Service
	codes *confirm.Service
	db    *db.DB
}

// Register adds the pages.
func Register(s *site.Site, f *funds.Service, codes *confirm.Service, d *db.DB) {
	p := pages{s, f, codes, d}
	door.Partner(s, "GET /finance", p.overview)
	door.Exports(s, door.Partner, "/finance/receivers", p.exportReceivers)
	door.Partner(s, "GET /finance/records", p.records)
	door.Exports(s, door.Partner, "/finance/records", p.exportRecords)
	door.Any(s, "GET /finance/entries", p.entries)
	door.Exports(s, door.Any, "/finance/entries", p.exportEntries)
	door.Any(s, "GET /finance/transfers/{book}/{transfer}", p.transfer)

	s.Page("GET /finance/allocate", p.form(allocate))
	s.Page("POST /finance/allocate", p.post(allocate))
	s.Page("POST /finance/allocate/many", p.many(allocate))
	s.Page("POST /finance/allocate/file", p.upload(allocate))
	s.Page("GET /finance/reclaim", p.form(reclaim))
	s.Page("POST /finance/reclaim", p.post(reclaim))
	s.Page("POST /finance/reclaim/many", p.many(reclaim))
	s.Page("POST /finance/reclaim/file", p.upload(reclaim))

	s.Page("GET /finance/batches", p.batches)
	door.Exports(s, door.Plain, "/finance/batches", p.exportBatches)
	door.Exports(s, door.Plain, "/finance/batches/template", p.template)
	s.Page("GET /finance/batches/{batch}", p.batch)
	s.Page("GET /finance/batches/{batch}/to-correct.csv", p.toCorrect)
	s.Page("POST /finance/batches/{batch}/confirm", p.confirm)
	s.Page("GET /finance/batches/{batch}/cancel", p.cancelForm)
	s.Page("POST /finance/batches/{batch}/cancel", p.cancel)
}

func (p pages) see(r *http.Request, d door.Door) door.View { return door.See(p.Site, r, d) }

func mine(r *http.Request) door.Door { return door.Door{Account: site.By(r).Account} }

// owner is whose book a page shows: the door's, or that of a reseller whom a distributor asks for.
func owner(r *http.Request, d door.Door) string {
	if of := strings.TrimSpace(r.URL.Query().Get("of")); of != "" && !d.Vendor {
		return of
	}
	return d.Account
}

func (p pages) overview(w http.ResponseWriter, r *http.Request, d door.Door) (err error) {
	ctx, by := r.Context(), site.By(r)
	if by.Kind == actor.Customer {
		return p.Go(w, r, "/finance/own", i18n.Msg{})
	}
	v := overviewView{View: p.see(r, d), of: owner(r, d)}
	if v.o, err = p.s.Overview(ctx, by, v.of); err != nil {
		return err
	}
	if v.of != d.Account {
		names, err := funds.Names(ctx, p.db.Read(), []string{v.of})
		if err != nil {
			return err
		}
		v.name = names[v.of]
	}
	rows, next, err := p.s.Receivers(ctx, by, v.of, r.URL.Query().Get("after"), 100)
	if err != nil {
		return err
	}
	v.rows, v.pager.Next = rows, door.After(r, next)
	if r.URL.Query().Get("after") != "" {
		v.pager.Prev = door.FirstOf(r)
	}
	if v.recent, _, err = p.s.AdjustRecords(ctx, by, funds.RecordFilter{Partner: v.of, Limit: 8}); err != nil {
		return err
	}
	return p.Show(w, r, http.StatusOK, overviewPage(v))
}

func (p pages) exportReceivers(r *http.Request, d door.Door) (door.Table, error) {
	ctx, by, of := r.Context(), site.By(r), owner(r, d)
	if _, err := p.s.Overview(ctx, by, of); err != nil {
		return door.Table{}, err
	}
	return door.Table{Name: "receivers", Header: []string{"account", "name", "kind", "passed", "balance", "used"},
		Rows: door.Pages(func(after string) ([]funds.Receiver, string, error) {
			return p.s.Receivers(ctx, by, of, after, 500)
		}, func(x funds.Receiver) []string {
			return []string{x.ID, x.Name, string(x.Kind), text(x.Passed), text(x.Left), text(max(0, x.Passed-x.Left))}
		})}, nil
}

func (p pages) transfer(w http.ResponseWriter, r *http.Request, d door.Door) error {
	x, err := p.s.Transfer(r.Context(), site.By(r), r.PathValue("book"), r.PathValue("transfer"))
	if err != nil {
		return err
	}
	return p.Show(w, r, http.StatusOK, transferPage(transferView{View: p.see(r, d), x: x}))
}

// refused shows a form again with what was refused.
func (p pages) refused(w http.ResponseWriter, r *http.Request, err error, page func(errs []ui.FieldError) templ.Component) error {
	return p.Refused(w, r, err, page)
}

// direction is what a form does.
type direction struct{ kind, path string }

var (
	allocate = direction{ledger.Allocate, "/finance/allocate"}
	reclaim  = direction{ledger.Reclaim, "/finance/reclaim"}
)
