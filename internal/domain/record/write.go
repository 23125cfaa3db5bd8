package record

import (
	"context"
	"errors"
	"io"
	"strings"

	"hanse/internal/kit/actor"
	"hanse/internal/kit/fault"
	"hanse/internal/kit/i18n"
	"hanse/internal/kit/sheet"
)

// WriteErrors writes the bad lines of a file as CSV, as they were uploaded, with the reasons in a column of their own.
// Corrected, that file can be uploaded as it is. It reads the file again, so that all are there, however many. Who may
// is as for Import. NotFound when the file can't be read.
func (s *Service) WriteErrors(ctx context.Context, by actor.Actor, importID, lang string, w io.Writer) error {
	imp, err := s.Import(ctx, by, importID)
	if err != nil {
		return err
	}
	f, err := s.open(imp)
	if _, ok := userFault(err); ok {
		return fault.NotFound()
	}
	if err != nil {
		return err
	}
	defer f.Close()
	return sheet.WriteCSV(w, append(f.own(f.cells), errorColumn), func(yield func([]string, error) bool) {
		for {
			r, err := f.next()
			if _, ok := userFault(err); ok || errors.Is(err, io.EOF) {
				return // what can't be read at all isn't there to be corrected
			}
			if err == nil {
				err = ctx.Err()
			}
			if err != nil {
				yield(nil, err)
				return
			}
			if len(r.Errors) > 0 && !yield(append(f.own(r.Cells), told(r.Errors, lang)), nil) {
				return
			}
		}
	})
}

// own gives the row at the header's width, without an error column of an earlier round.
func (h *header) own(cells []string) []string {
	var own []string
	for i, name := range h.byIndex {
		if name == errorColumn {
			continue
		}
		cell := ""
		if i < len(cells) {
			cell = cells[i]
		}
		own = append(own, cell)
	}
	return own
}

func told(list []RowError, lang string) string {
	var all []string
	for _, e := range list {
		s := i18n.Text(lang, e.Reason) + " " + i18n.Text(lang, e.Remedy)
		if e.Column != "" {
			s = e.Column + ": " + s
		}
		all = append(all, s)
	}
	return strings.Join(all, " ")
}
