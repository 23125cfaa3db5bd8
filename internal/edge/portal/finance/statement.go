package finance

import (
	"net/http"
	"strings"

	"hanse/internal/domain/funds"
	"hanse/internal/domain/ledger"
	"hanse/internal/edge/portal/door"
	"hanse/internal/edge/portal/site"
	"hanse/internal/kit/calendar"
	"hanse/internal/kit/fault"
	"hanse/internal/kit/i18n"
	"hanse/internal/kit/money"
)

// perPage is how many lines a statement shows.
const perPage = 50

// asked reads a statement's filter from the address.
func (p pages) asked(r *http.Request, d door.Door) (st ledger.Statement, month string, err error) {
	q := r.URL.Query()
	st = ledger.Statement{Owner: owner(r, d), Unit: ledger.CNY, Kind: ledger.Kind(q.Get("account")), Limit: perPage}
	if with := strings.TrimSpace(q.Get("with")); with != "" {
		st.Kind, st.Ref = ledger.Clearing, with
	}
	if kind := q.Get("kind"); kind != "" {
		st.Kinds = []string{kind}
	}
	if month = q.Get("month"); month != "" {
		from, to, ok := ledger.MonthBounds(month)
		if !ok {
			return st, "", fault.Invalid("month", i18n.M("finance.month_wrong"))
		}
		st.From, st.To = from, to
	}
	var ok bool
	if st.After, ok = funds.ParseCursor(q.Get("after")); !ok {
		err = fault.Invalid("after", i18n.M("funds.cursor"))
	}
	return st, month, err
}

func (p pages) entries(w http.ResponseWriter, r *http.Request, d door.Door) error {
	ctx, by := r.Context(), site.By(r)
	st, month, err := p.asked(r, d)
	if err != nil {
		return err
	}
	v := entriesView{View: p.see(r, d), st: st, month: month}
	if v.o, err = p.s.Overview(ctx, by, st.Owner); err != nil {
		return err
	}
	if v.rows, v.names, err = p.s.Entries(ctx, by, st); err != nil {
		return err
	}
	if len(v.rows) == perPage {
		v.pager.Next = door.After(r, funds.Cursor(v.rows[perPage-1].Mark()))
	}
	if r.URL.Query().Get("after") != "" {
		v.pager.Prev = door.FirstOf(r)
	}
	if v.months, err = p.months(r, st, month); err != nil {
		return err
	}
	names, err := funds.Names(ctx, p.db.Read(), []string{st.Owner, st.Ref})
	if err != nil {
		return err
	}
	v.name, v.with = names[st.Owner], names[st.Ref]
	return p.Show(w, r, http.StatusOK, entriesPage(v))
}

// months is the roll-up of the month asked for, or of this one and the eleven before.
func (p pages) months(r *http.Request, st ledger.Statement, month string) ([]ledger.Month, error) {
	if st.Kind == ledger.Clearing {
		return nil, nil
	}
	from, to := month, month
	if month == "" {
		today := calendar.DayOf(p.Clock.Now())
		to, from = today.String()[:7], today.AddMonths(-11).String()[:7]
	}
	all, err := p.s.Months(r.Context(), site.By(r), st.Owner, from, to)
	var out []ledger.Month
	for _, m := range all {
		if m.Place.Unit == st.Unit && (st.Kind == "" || m.Place.Kind == st.Kind) && (len(st.Kinds) == 0 || m.Kind == st.Kinds[0]) {
			out = append(out, m)
		}
	}
	return out, err
}

func (p pages) exportEntries(r *http.Request, d door.Door) (door.Table, error) {
	ctx, by := r.Context(), site.By(r)
	st, _, err := p.asked(r, d)
	if err != nil {
		return door.Table{}, err
	}
	st.Limit, st.After = 1000, ledger.Mark{}
	if _, err := p.s.Overview(ctx, by, st.Owner); err != nil {
		return door.Table{}, err
	}
	var names map[string]string
	return door.Table{Name: "entries", Header: []string{"at", "account", "unit", "kind", "amount", "balance_after", "other", "other_name", "number", "memo", "by"},
		Rows: door.Pages(func(after string) (page []ledger.Entry, next string, err error) {
			s := st
			s.After, _ = funds.ParseCursor(after) // our own
			if page, names, err = p.s.Entries(ctx, by, s); err == nil && len(page) == s.Limit {
				next = funds.Cursor(page[len(page)-1].Mark())
			}
			return page, next, err
		}, func(e ledger.Entry) []string {
			return []string{door.Instant(e.At), string(e.Place.Kind), e.Place.Unit, e.Kind, text(e.Minor), text(e.After), e.Other(), names[e.Other()], e.Number(), e.Memo, e.ByName}
		})}, nil
}

func (p pages) recordFilter(r *http.Request, d door.Door) funds.RecordFilter {
	q := r.URL.Query()
	f := funds.RecordFilter{Partner: owner(r, d), Other: strings.TrimSpace(q.Get("with")), Number: strings.TrimSpace(q.Get("number")), Before: q.Get("after"), Limit: perPage}
	if k := q.Get("kind"); k != "" {
		f.Kinds = []string{k}
	}
	if from, err := calendar.ParseDay(q.Get("from")); err == nil && q.Get("from") != "" {
		f.From = from.Time()
	}
	if to, err := calendar.ParseDay(q.Get("to")); err == nil && q.Get("to") != "" {
		f.To = to.End()
	}
	return f
}

func (p pages) records(w http.ResponseWriter, r *http.Request, d door.Door) (err error) {
	v := recordsView{View: p.see(r, d), of: owner(r, d)}
	if v.rows, _, err = p.s.AdjustRecords(r.Context(), site.By(r), p.recordFilter(r, d)); err != nil {
		return err
	}
	if len(v.rows) == perPage {
		v.pager.Next = door.After(r, v.rows[perPage-1].ID)
	}
	if r.URL.Query().Get("after") != "" {
		v.pager.Prev = door.FirstOf(r)
	}
	return p.Show(w, r, http.StatusOK, recordsPage(v))
}

func (p pages) exportRecords(r *http.Request, d door.Door) (door.Table, error) {
	ctx, by, f := r.Context(), site.By(r), p.recordFilter(r, d)
	f.Before, f.Limit = "", 1000
	first, _, err := p.s.AdjustRecords(ctx, by, f)
	if err != nil {
		return door.Table{}, err
	}
	return door.Table{Name: "records", Header: []string{"at", "kind", "number", "account", "name", "amount", "unit", "scene", "memo", "by"},
		Rows: door.Pages(func(after string) (page []funds.Record, next string, err error) {
			page = first
			if after != "" {
				f.Before = after
				page, _, err = p.s.AdjustRecords(ctx, by, f)
			}
			if len(page) == f.Limit {
				next = page[len(page)-1].ID
			}
			return page, next, err
		}, func(x funds.Record) []string {
			return []string{door.Instant(x.At), x.Kind, x.Transfer.Number(), x.Other, x.OtherName, text(x.Minor), x.Unit, x.Scene, x.Memo, x.ByName}
		})}, nil
}

// text writes an amount for a file.
func text(minor int64) string { return money.Text(minor) }
