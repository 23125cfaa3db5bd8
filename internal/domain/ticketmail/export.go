package ticketmail

import (
	"context"
	"iter"
	"strconv"
	"strings"

	"hanse/internal/domain/setting"
	"hanse/internal/kit/actor"
	"hanse/internal/kit/audit"
	"hanse/internal/kit/db"
	"hanse/internal/kit/fault"
	"hanse/internal/kit/i18n"
)

// exportPage is how many mails are read at once.
const exportPage = 200

// Export gives the mails of a filter as a table, newest first, in the language and zone of the reader: who may see the list
// may take it away, which leaves an audit row. What the mails say isn't in it. TooLarge for more than a setting allows.
func (s *Service) Export(ctx context.Context, by actor.Actor, f Filter, loc *i18n.Loc) (head []string, rows iter.Seq2[[]string, error], err error) {
	if err := by.May(actor.ViewTicketMail); err != nil {
		return nil, nil, err
	}
	desk := f.desk(by)
	f.Sender = strings.ToLower(f.Sender)
	most, err := setting.Int(ctx, s.DB.Read(), setting.ListExport, s.DB.Clock().Now())
	if err != nil {
		return nil, nil, err
	}
	n, err := countFiltered(ctx, s.DB.Read(), desk, f, most)
	if err != nil {
		return nil, nil, err
	}
	if n > int64(most) {
		return nil, nil, fault.New(fault.KindTooLarge, i18n.M("ticketmail.refuse.many_rows", i18n.A{"max": most}))
	}
	if err := s.DB.Update(ctx, func(tx *db.Tx) error {
		return audit.Record(ctx, tx, by, actor.ViewTicketMail, audit.Subject{Kind: "ticketmails", ID: by.Account, Account: by.Account}, map[string]any{"did": "export", "rows": n})
	}); err != nil {
		return nil, nil, err
	}
	return headings(loc.Lang), s.lines(ctx, desk, f, most, loc), nil
}

// lines are the rows of the table, read a page at a time, and not more than there may be.
func (s *Service) lines(ctx context.Context, desk string, f Filter, most int, loc *i18n.Loc) iter.Seq2[[]string, error] {
	f.Before, f.Limit = "", exportPage
	return func(yield func([]string, error) bool) {
		for left := most; left > 0; {
			all, err := listMails(ctx, s.DB.Read(), desk, f)
			if err != nil {
				yield(nil, err)
				return
			}
			for _, m := range all[:min(len(all), left)] {
				if !yield(m.line(loc), nil) {
					return
				}
			}
			if left -= len(all); len(all) < f.Limit {
				return
			}
			f.Before = all[len(all)-1].ID
		}
	}
}

func headings(lang string) (out []string) {
	for _, m := range []i18n.Msg{i18n.M("ticketmail.column.id"), i18n.M("ticketmail.col.at"), i18n.M("ticketmail.col.from"), i18n.M("ticketmail.column.name"),
		i18n.M("ticketmail.one.to"), i18n.M("ticketmail.col.subject"), i18n.M("ticketmail.system.box_state"), i18n.M("ticketmail.column.reason"),
		i18n.M("ticketmail.one.kind"), i18n.M("ticketmail.col.ticket"), i18n.M("ticketmail.one.handled"), i18n.M("ticketmail.one.door"), i18n.M("ticketmail.column.bytes")} {
		out = append(out, i18n.Text(lang, m))
	}
	return out
}

func (m Mail) line(loc *i18n.Loc) []string {
	say := func(x i18n.Msg) string {
		if x.IsZero() {
			return ""
		}
		return i18n.Text(loc.Lang, x)
	}
	why := []string{say(m.Reason.Label())}
	for _, d := range m.Detail {
		why = append(why, say(d))
	}
	return []string{m.ID, loc.DateTime(m.At), m.Sender, m.SenderName, strings.Join(m.Recipients, ", "), m.Subject, say(m.State.Label()), strings.TrimSpace(strings.Join(why, " ")),
		say(m.Kind.Label()), m.No, m.HandledBy, m.Door, strconv.FormatInt(m.Size, 10)}
}
