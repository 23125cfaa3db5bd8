package roster

import (
	"context"
	"iter"
	"strconv"

	"hanse/internal/domain/rosterfile"
	"hanse/internal/kit/actor"
	"hanse/internal/kit/calendar"
)

// Export returns the people of a filter, a row for each certificate, with the columns that the import reads: what
// was exported can be corrected and uploaded. Rows come page by page, so nothing large is held. Who may is as for
// List.
func (s *Service) Export(ctx context.Context, by actor.Actor, partner string, f Filter) ([]string, iter.Seq2[[]string, error], error) {
	if err := allow(by, actor.ViewRoster, partner); err != nil {
		return nil, nil, err
	}
	f, err := f.ready(s.today())
	if err != nil {
		return nil, nil, err
	}
	f.Limit, f.After = maxLimit, ""
	return rosterfile.Columns(), func(yield func([]string, error) bool) {
		for {
			p, err := s.page(ctx, s.db.Read(), partner, f)
			if err != nil {
				yield(nil, err)
				return
			}
			for _, it := range p.Items {
				for _, row := range exportRows(it.Binding) {
					if !yield(row, nil) {
						return
					}
				}
			}
			if f.After = p.Next; f.After == "" {
				return
			}
		}
	}, nil
}

// exportRows writes a binding as the rows of a roster file, in the order of rosterfile.Columns.
func exportRows(b Binding) [][]string {
	row := func(code string, issued, expires calendar.Day) []string {
		return []string{b.Number, b.Name, b.Email, code, issued.String(), expires.String(), b.BoundOn.String(), b.LeftOn.String(),
			strconv.FormatBool(b.Registered)}
	}
	if len(b.Held) == 0 {
		return [][]string{row("", calendar.None, calendar.None)}
	}
	var rows [][]string
	for _, h := range b.Held {
		rows = append(rows, row(h.Code, h.IssuedOn, h.ExpiresOn))
	}
	return rows
}
