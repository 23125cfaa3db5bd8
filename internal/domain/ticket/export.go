package ticket

import (
	"context"
	"io"
	"iter"
	"strings"
	"time"

	"hanse/internal/domain/privilege"
	"hanse/internal/domain/setting"
	"hanse/internal/kit/actor"
	"hanse/internal/kit/audit"
	"hanse/internal/kit/db"
	"hanse/internal/kit/fault"
	"hanse/internal/kit/i18n"
	"hanse/internal/kit/sheet"
)

// The formats of an export.
const (
	CSV  = "csv"
	XLSX = "xlsx"
)

// mostLogged is how many exported tickets get a row in their logs; of more, the audit alone says it.
const mostLogged = 200

// Export writes the tickets of a filter as a file, a page at a time, newest first, in the language and zone of the reader:
// all of them, or with a Limit so many after its Offset.
// Who may export needs the permission, and the company's privilege. Invalid for an unknown format, and for more tickets
// than a setting allows.
func (s *Service) Export(ctx context.Context, by actor.Actor, to io.Writer, format string, f Filter, loc *i18n.Loc) error {
	if err := s.mayExport(ctx, by); err != nil {
		return err
	}
	if format != CSV && format != XLSX {
		return wrong("format", format, i18n.M("ticket.refuse.format"))
	}
	f.Sort, f.After = Newest, Mark{}
	n, err := s.Count(ctx, by, f)
	if err != nil {
		return err
	}
	if f.Limit > 0 { // a page of the list alone
		f.Limit = min(f.Limit, mostRows-1)
		n = min(max(n-int64(f.Offset), 0), int64(f.Limit))
	} else {
		f.Offset, f.Limit = 0, mostRows
	}
	most, err := setting.Int(ctx, s.db.Read(), setting.ListExport, s.db.Clock().Now())
	if err != nil {
		return err
	}
	if n > int64(most) {
		return fault.New(fault.KindTooLarge, i18n.M("ticket.refuse.many_rows", i18n.A{"max": most}))
	}
	if err := s.exported(ctx, by, f, n); err != nil {
		return err
	}
	rows := s.lines(ctx, by, f, loc)
	if format == CSV {
		return sheet.WriteCSV(to, headings(loc.Lang), rows)
	}
	return sheet.WriteXLSX(to, i18n.Text(loc.Lang, i18n.M("ticket.export.title")), headings(loc.Lang), rows)
}

func (s *Service) mayExport(ctx context.Context, by actor.Actor) error {
	if err := by.May(actor.ExportTickets); err != nil {
		return err
	}
	ok, err := privilege.May(ctx, s.db.Read(), by, privilege.Export)
	if err == nil && !ok {
		err = &Refusal{Why: NoPermission, err: fault.New(fault.KindDenied, i18n.M("ticket.refuse.privilege"))}
	}
	return err
}

// exported leaves the audit row, and one in the log of each ticket while they are few.
func (s *Service) exported(ctx context.Context, by actor.Actor, f Filter, n int64) error {
	var rows []Row
	if n <= mostLogged {
		var err error
		if rows, err = list(ctx, s.db.Read(), by, f); err != nil {
			return err
		}
	}
	return s.db.Update(ctx, func(tx *db.Tx) error {
		for _, r := range rows {
			w, err := s.hold(ctx, tx, by, r.No)
			if err != nil {
				continue // gone in between: the file won't have it either
			}
			if err := w.logFrom(LogExported, w.t.State, "", w.side == Customer); err != nil {
				return err
			}
			if err := w.done(); err != nil {
				return err
			}
		}
		return audit.Record(ctx, tx, by, actor.ExportTickets, audit.Subject{Kind: "tickets", ID: by.Account, Account: by.Account}, map[string]any{"rows": n})
	})
}

// lines are the rows of the file, read a page at a time.
func (s *Service) lines(ctx context.Context, by actor.Actor, f Filter, loc *i18n.Loc) iter.Seq2[[]string, error] {
	return func(yield func([]string, error) bool) {
		for {
			rows, err := s.List(ctx, by, f)
			if err != nil {
				yield(nil, err)
				return
			}
			for _, r := range rows {
				if !yield(r.line(loc), nil) {
					return
				}
			}
			if len(rows) < mostRows {
				return
			}
			f.After = rows[len(rows)-1].Mark(Newest)
		}
	}
}

func headings(lang string) []string {
	var out []string
	for _, m := range []i18n.Msg{i18n.M("ticket.column.no"), i18n.M("ticket.column.title"), i18n.M("ticket.column.account"), i18n.M("ticket.column.opened_by"),
		i18n.M("ticket.column.opened_at"), i18n.M("ticket.column.state"), i18n.M("ticket.column.type"), i18n.M("ticket.column.product"),
		i18n.M("ticket.column.region"), i18n.M("ticket.column.severity"), i18n.M("ticket.column.desk"), i18n.M("ticket.column.team"),
		i18n.M("ticket.column.owner"), i18n.M("ticket.column.first_reply"), i18n.M("ticket.column.solved"), i18n.M("ticket.column.due"),
		i18n.M("ticket.column.breached"), i18n.M("ticket.column.score"), i18n.M("ticket.column.labels"), i18n.M("ticket.column.text"),
		i18n.M("ticket.column.solution"), i18n.M("ticket.column.root_cause")} {
		out = append(out, i18n.Text(lang, m))
	}
	return out
}

func (r Row) line(loc *i18n.Loc) []string {
	at := func(t time.Time) string {
		if t.IsZero() {
			return ""
		}
		return loc.DateTime(t)
	}
	breached, score := i18n.M("ticket.export.no"), ""
	if r.Breached {
		breached = i18n.M("ticket.export.yes")
	}
	if r.ScoreOf > 0 {
		score = loc.Int(r.Score) + "/" + loc.Int(r.ScoreOf)
	}
	var labels []string
	for _, l := range r.Labels {
		labels = append(labels, l.Name)
	}
	return []string{r.No, r.Title, r.AccountName, r.OpenedName, at(r.OpenedAt), i18n.Text(loc.Lang, r.State.Label()), r.TypeNames.In(loc.Lang),
		r.ProductNames.In(loc.Lang), r.RegionNames.In(loc.Lang), r.SeverityNames.In(loc.Lang), r.DeskName, r.TeamName, r.OwnerName, at(r.FirstReplyAt),
		at(r.SolvedAt), at(r.Due), i18n.Text(loc.Lang, breached), score, strings.Join(labels, ", "), r.Text, r.Solution, r.RootCause}
}
