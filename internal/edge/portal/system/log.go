package system

import (
	"context"
	"iter"
	"net/http"
	"strings"
	"time"

	"hanse/internal/edge/portal/door"
	"hanse/internal/edge/portal/page"
	"hanse/internal/edge/portal/site"
	"hanse/internal/edge/portal/ui"
	"hanse/internal/kit/actor"
	"hanse/internal/kit/audit"
	"hanse/internal/kit/cursor"
	"hanse/internal/kit/i18n"
)

type logView struct {
	Shell   page.ShellView
	R       *http.Request
	Entries []audit.Entry
	Waiting int64
	Oldest  time.Time
	Wall    time.Time
	Pager   ui.PagerView
	Report  *audit.Report // of a verification just made
}

// logFilter reads the filter of the address.
func logFilter(r *http.Request) audit.Filter {
	q := r.URL.Query()
	return audit.Filter{About: typed(q, "about"), Actor: typed(q, "actor"), Verb: typed(q, "verb"), Subject: typed(q, "subject"),
		From: from(day(q, "from")), To: until(day(q, "to"))}
}

// logName names the list with its filter, so that a cursor of another filter is refused.
func logName(f audit.Filter) string {
	return strings.Join([]string{"audit", f.About, f.Actor, f.Verb, f.Subject, f.From.String(), f.To.String()}, "\x00")
}

func (p pages) log(w http.ResponseWriter, r *http.Request) error { return p.showLog(w, r, nil) }

func (p pages) showLog(w http.ResponseWriter, r *http.Request, report *audit.Report) error {
	f := logFilter(r)
	name := logName(f)
	at, err := p.Cursors.Parse(r.URL.Query(), name, 2)
	if err != nil {
		return err
	}
	if at.After != nil {
		micros, err := at.After.Int(0)
		if err != nil {
			return err
		}
		f.BeforeAt, f.Before = time.UnixMicro(micros), at.After[1]
	}
	f.Limit = at.Fetch()
	found, err := p.Audit.List(r.Context(), site.By(r), f)
	if err != nil {
		return err
	}
	v := logView{Shell: p.Shell(r, i18n.M("system.audit.title")), R: r, Report: report, Wall: p.Clock.Wall()}
	var links cursor.Links
	v.Entries, links = cursor.Cut(p.Cursors, name, at, found, func(e audit.Entry) cursor.Key {
		return cursor.Key{cursor.Int(e.At.UnixMicro()), e.ID}
	})
	v.Pager.Next = door.After(r, links.Next)
	if at.After != nil {
		v.Pager.Prev = door.FirstOf(r) // the log is read from its newest end
	}
	if v.Waiting, v.Oldest, err = audit.Lag(r.Context(), p.DB.Read()); err != nil {
		return err
	}
	return p.Show(w, r, http.StatusOK, logPage(v))
}

// verify walks the whole chain now.
func (p pages) verify(w http.ResponseWriter, r *http.Request) error {
	if err := site.By(r).May(actor.ViewAudit); err != nil {
		return err
	}
	report, err := p.Audit.Verify(r.Context())
	if err != nil {
		return err
	}
	return p.showLog(w, r, &report)
}

func (p pages) entry(w http.ResponseWriter, r *http.Request) error {
	e, place, err := p.Audit.Entry(r.Context(), site.By(r), r.PathValue("account"), r.PathValue("id"))
	if err != nil {
		return err
	}
	return p.Show(w, r, http.StatusOK, entryPage(p.Shell(r, i18n.M("system.entry.title")), e, place))
}

func (p pages) exportLog(r *http.Request, _ door.Door) (door.Table, error) {
	most, err := p.exportLimit(r)
	if err != nil {
		return door.Table{}, err
	}
	by := site.By(r)
	if err := by.May(actor.ViewAudit); err != nil {
		return door.Table{}, err
	}
	header := []string{"at", "wall_at", "account", "actor", "actor_name", "via", "ip", "request", "verb", "subject", "about", "detail", "id"}
	return door.Table{Name: "audit", Header: header, Rows: p.rows(r.Context(), by, logFilter(r), most)}, nil
}

// rows reads the log page by page, up to most entries.
func (p pages) rows(ctx context.Context, by actor.Actor, f audit.Filter, most int) iter.Seq2[[]string, error] {
	return func(yield func([]string, error) bool) {
		for most > 0 {
			f.Limit = min(most, 1000)
			found, err := p.Audit.List(ctx, by, f)
			if err != nil {
				yield(nil, err)
				return
			}
			for _, e := range found {
				row := []string{e.At.Format(time.RFC3339Nano), e.Wall.Format(time.RFC3339Nano), e.Account, e.Actor, e.ActorName, e.Via, e.IP,
					e.Request, string(e.Verb), e.Subject, e.About, e.Detail, e.ID}
				if !yield(row, nil) {
					return
				}
			}
			if len(found) < f.Limit {
				return
			}
			last := found[len(found)-1]
			f.Before, f.BeforeAt, most = last.ID, last.At, most-len(found)
		}
	}
}
