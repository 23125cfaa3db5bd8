package door

import (
	"iter"
	"net/http"
	"strings"
	"time"

	"hanse/internal/edge/portal/site"
	"hanse/internal/edge/portal/ui"
	"hanse/internal/kit/calendar"
	"hanse/internal/kit/i18n"
	"hanse/internal/kit/sheet"
)

// A Table is a list as a file: its name without ending, headings, and rows as they come.
type Table struct {
	Name   string
	Header []string
	Rows   iter.Seq2[[]string, error]
}

// An Exporter makes the file of a list, in the filter of the request.
type Exporter func(r *http.Request, d Door) (Table, error)

// Exports registers path.csv and path.xlsx with one of Partner, Any, or Vendors as register.
func Exports(s *site.Site, register func(*site.Site, string, Handler), path string, e Exporter) {
	for _, format := range []string{"csv", "xlsx"} {
		register(s, "GET "+path+"."+format, func(w http.ResponseWriter, r *http.Request, d Door) error {
			t, err := e(r, d)
			if err != nil {
				return err
			}
			Send(w, r, t, format)
			return nil
		})
	}
}

// Vendors is Vendor in the shape that Exports takes.
func Vendors(s *site.Site, pattern string, h Handler) { vendors(s, pattern, h) }

// Plain registers a page of the vendor's staff that is about no partner, in the shape that Exports takes.
func Plain(s *site.Site, pattern string, h Handler) {
	s.Page(pattern, func(w http.ResponseWriter, r *http.Request) error { return h(w, r, Door{}) })
}

// Send streams a table. A failure in the middle breaks the connection off, so that nobody takes half a file for
// the whole.
func Send(w http.ResponseWriter, r *http.Request, t Table, format string) {
	h := w.Header()
	h.Set("Cache-Control", "no-store")
	h.Set("Content-Disposition", `attachment; filename="`+t.Name+"."+format+`"`)
	var err error
	if format == "csv" {
		h.Set("Content-Type", "text/csv; charset=utf-8")
		err = sheet.WriteCSV(w, t.Header, t.Rows)
	} else {
		h.Set("Content-Type", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet")
		err = sheet.WriteXLSX(w, t.Name, t.Header, t.Rows)
	}
	if err != nil && r.Context().Err() == nil {
		panic(http.ErrAbortHandler)
	}
}

// Pages gives rows page by page: next reads one page after a cursor and says where the following begins.
func Pages[T any](next func(after string) ([]T, string, error), row func(T) []string) iter.Seq2[[]string, error] {
	return func(yield func([]string, error) bool) {
		for after := ""; ; {
			rows, more, err := next(after)
			if err != nil {
				yield(nil, err)
				return
			}
			for _, x := range rows {
				if !yield(row(x), nil) {
					return
				}
			}
			if after = more; after == "" {
				return
			}
		}
	}
}

// Files are the links to a list's files, in the filter of the request.
func Files(v View, path string) []ui.LinkView {
	q := v.R.URL.Query()
	q.Del("after")
	q.Del("before")
	return []ui.LinkView{
		{Href: With(v.Path(path)+".csv", q), Label: i18n.T(v.R.Context(), "channel.csv")},
		{Href: With(v.Path(path)+".xlsx", q), Label: i18n.T(v.R.Context(), "channel.excel")},
	}
}

// FirstOf is the address of the request without its cursor: back to the beginning of a list; "" when it's there.
func FirstOf(r *http.Request) string {
	q := r.URL.Query()
	if !q.Has("after") && !q.Has("before") {
		return ""
	}
	q.Del("after")
	q.Del("before")
	return With(r.URL.Path, q)
}

// After is the address of the request with another cursor; "" for none.
func After(r *http.Request, cursor string) string {
	if cursor == "" {
		return ""
	}
	q := r.URL.Query()
	q.Del("before")
	q.Set("after", cursor)
	return With(r.URL.Path, q)
}

// Filtered tells whether any of the names has a value in the address.
func Filtered(r *http.Request, names ...string) bool {
	for _, n := range names {
		if strings.TrimSpace(r.URL.Query().Get(n)) != "" {
			return true
		}
	}
	return false
}

// Instant is an instant in a file, in the business zone; "" for none.
func Instant(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.In(calendar.Zone).Format("2006-01-02 15:04")
}
