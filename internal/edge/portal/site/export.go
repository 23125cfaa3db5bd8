package site

import (
	"iter"
	"mime"
	"net/http"
	"strings"

	"hanse/internal/kit/fault"
	"hanse/internal/kit/sheet"
)

// Export streams a list as a file, CSV or Excel by the extension that the address ends in ("csv", "xlsx"). name is
// the file's without extension; title is that of the worksheet. Rows come as they are read, so a list of any length
// takes no memory. An error after the first byte can only break the download off.
func (s *Site) Export(w http.ResponseWriter, r *http.Request, name, title string, header []string, rows iter.Seq2[[]string, error]) error {
	h := w.Header()
	write := func() error { return sheet.WriteCSV(w, header, rows) }
	switch ext := r.PathValue("format"); {
	case ext == "csv" || strings.HasSuffix(r.URL.Path, ".csv"):
		name += ".csv"
		h.Set("Content-Type", "text/csv; charset=utf-8")
	case ext == "xlsx" || strings.HasSuffix(r.URL.Path, ".xlsx"):
		name += ".xlsx"
		h.Set("Content-Type", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet")
		write = func() error { return sheet.WriteXLSX(w, title, header, rows) }
	default:
		return fault.NotFound()
	}
	h.Set("Content-Disposition", mime.FormatMediaType("attachment", map[string]string{"filename": name}))
	h.Set("Cache-Control", "no-store")
	if err := write(); err != nil {
		s.Log.ErrorContext(r.Context(), "export", "path", r.URL.Path, "error", err)
		panic(http.ErrAbortHandler) // the reader must see that the file isn't whole
	}
	return nil
}
