package ticket

import (
	"context"
	"errors"
	"strings"
	"time"

	"hanse/internal/domain/attachment"
	"hanse/internal/domain/sla"
	"hanse/internal/kit/actor"
	"hanse/internal/kit/db"
	"hanse/internal/kit/fault"
	"hanse/internal/kit/i18n"
)

// Merge puts one ticket into another one of the same account and desk: its messages and files move there, its clocks count
// from the earlier opening, and what is written to it from then on goes there. Unmerge undoes it. A plan's unit that it
// took stays taken. The desk may.
func (s *Service) Merge(ctx context.Context, by actor.Actor, source, target string) (t Ticket, err error) {
	if err := by.May(actor.WorkTickets); err != nil {
		return t, err
	}
	if source == target {
		return t, invalid(SelfRelation, "target", target, i18n.M("ticket.refuse.merge_self"))
	}
	err = s.db.Update(ctx, func(tx *db.Tx) error {
		from, into, err := s.pair(ctx, tx, by, source, target)
		if err != nil {
			return err
		}
		if err := merge(from, into); err != nil {
			return err
		}
		t = into.t
		if err := from.done(); err != nil {
			return err
		}
		return into.done()
	})
	return t, err
}

// pair holds two tickets, always in the order of their numbers.
func (s *Service) pair(ctx context.Context, tx *db.Tx, by actor.Actor, a, b string) (first, second *work, err error) {
	for i, no := range []string{a, b} {
		t, err := Find(ctx, tx, no)
		if err == nil {
			_, err = sees(ctx, tx, by, t)
		}
		if err != nil && i == 1 {
			err = unknown(err, "target", no, i18n.M("ticket.refuse.no_ticket", i18n.A{"no": no}))
		}
		if err != nil {
			return nil, nil, err
		}
	}
	x, y := min(a, b), max(a, b)
	one, err := s.holdDesk(ctx, tx, by, x)
	if err != nil {
		return nil, nil, err
	}
	two, err := s.holdDesk(ctx, tx, by, y)
	if err != nil {
		return nil, nil, err
	}
	if one.t.Account != two.t.Account {
		return nil, nil, conflict(OtherAccount, i18n.M("ticket.refuse.merge_account"))
	}
	if x == a {
		return one, two, nil
	}
	return two, one, nil
}

func merge(from, into *work) error {
	for _, w := range []*work{from, into} {
		if w.t.MergedInto != "" || !w.t.State.Active() {
			return badMerge(w.t)
		}
	}
	if from.t.Desk != into.t.Desk {
		return conflict(OtherAccount, i18n.M("ticket.refuse.merge_desk"))
	}
	if err := insertMerge(from.ctx, from.tx, merged{Account: from.t.Account, No: from.t.No, Target: into.t.No, State: from.t.State, By: from.by.User,
		ByName: from.by.Name, At: from.tx.Now}); err != nil {
		return err
	}
	if err := moveAll(from, into); err != nil {
		return err
	}
	was := from.t.State
	from.t.MergedInto = into.t.No
	from.enter(Invalid)
	if err := from.logFrom(LogMerged, was, into.t.No, true); err != nil {
		return err
	}
	if err := into.log(LogTook, from.t.No); err != nil {
		return err
	}
	if err := into.clock(sla.Merged(into.ctx, into.tx, from.t.No, into.t.No)); err != nil {
		return err
	}
	from.t.Due, from.t.DueKind = time.Time{}, ""
	from.happened(actor.WorkTickets, "merged", func(h *Happened) { h.Other = into.t.No })
	into.happened(actor.WorkTickets, "took", func(h *Happened) { h.Other = from.t.No })
	return nil
}

func badMerge(t Ticket) error {
	if t.MergedInto != "" {
		return conflict(BadState, i18n.M("ticket.refuse.merged", i18n.A{"no": t.No, "into": t.MergedInto}))
	}
	return conflict(BadState, i18n.M("ticket.refuse.merge_state", i18n.A{"no": t.No, "state": t.State.Label()}))
}

// moveAll gives the messages of one ticket, and their files, to another; each gets the target's next number.
func moveAll(from, into *work) error {
	all, err := messagesOf(from.ctx, from.tx, from.t, eye{notes: true}, Page{Limit: mostMoved + 1})
	if err != nil {
		return err
	}
	if len(all) > mostMoved {
		return conflict(BadState, i18n.M("ticket.refuse.merge_many", i18n.A{"no": from.t.No, "max": mostMoved}))
	}
	var ids []string
	for _, m := range all {
		seq := into.next()
		if err := move(from.ctx, from.tx, m, into.t.No, seq, from.t.No, m.Seq); err != nil {
			return err
		}
		ids = append(ids, m.ID)
		into.spokenBy(m, seq)
	}
	return attachment.Rebind(from.ctx, from.tx, ids, into.t.No)
}

// mostMoved is how many messages one merge moves.
const mostMoved = 2000

func (w *work) spokenBy(m Message, seq int64) {
	switch {
	case m.Internal:
	case m.Side == Customer:
		w.t.CustomerSeq = seq
	default:
		w.t.DeskSeq = seq
	}
}

// Unmerge takes a ticket out of the one it went into: what was moved goes back, what was written since stays. The desk may.
func (s *Service) Unmerge(ctx context.Context, by actor.Actor, source string) (t Ticket, err error) {
	if err := by.May(actor.WorkTickets); err != nil {
		return t, err
	}
	err = s.db.Update(ctx, func(tx *db.Tx) error {
		x, err := Find(ctx, tx, source)
		if err == nil {
			_, err = sees(ctx, tx, by, x)
		}
		if err != nil {
			return err
		}
		if x.MergedInto == "" {
			return conflict(BadState, i18n.M("ticket.refuse.not_merged", i18n.A{"no": source}))
		}
		from, into, err := s.pair(ctx, tx, by, source, x.MergedInto)
		if err != nil {
			return err
		}
		if err := unmerge(from, into); err != nil {
			return err
		}
		t = from.t
		if err := from.done(); err != nil {
			return err
		}
		return into.done()
	})
	return t, err
}

func unmerge(from, into *work) error {
	if into.t.MergedInto != "" {
		return badMerge(into.t)
	}
	x, err := lastMerge(from.ctx, from.tx, from.t.Account, from.t.No)
	if err != nil {
		return err
	}
	if err := endMerge(from.ctx, from.tx, x); err != nil {
		return err
	}
	back, err := movedFrom(from.ctx, from.tx, from.t.Account, into.t.No, from.t.No)
	if err != nil {
		return err
	}
	var ids []string
	for _, m := range back {
		if err := move(from.ctx, from.tx, m, from.t.No, m.MovedSeq, "", 0); err != nil {
			return err
		}
		ids = append(ids, m.ID)
	}
	if err := attachment.Rebind(from.ctx, from.tx, ids, from.t.No); err != nil {
		return err
	}
	was := from.t.State
	from.t.MergedInto = ""
	from.enter(x.State)
	if err := from.logFrom(LogUnmerged, was, into.t.No, true); err != nil {
		return err
	}
	if err := from.clock(sla.Reopened(from.ctx, from.tx, from.t.No)); err != nil {
		return err
	}
	for why, holds := range map[sla.Why]bool{sla.Waiting: x.State.forCustomer(), sla.Paused: x.State == Paused} {
		if holds {
			if err := from.clock(sla.Pause(from.ctx, from.tx, from.t.No, why)); err != nil {
				return err
			}
		}
	}
	if err := from.await(Deed{}); err != nil {
		return err
	}
	if err := into.log(LogGaveBack, from.t.No); err != nil {
		return err
	}
	if err := from.goesOn(); err != nil {
		return err
	}
	from.happened(actor.WorkTickets, "unmerged", func(h *Happened) { h.Other = into.t.No })
	return nil
}

// Split makes a ticket of one message: the same account, desk and plan, related to its origin, and without a unit of the
// plan, since the customer hasn't opened it. The message stays where it was, too. The desk may.
func (s *Service) Split(ctx context.Context, by actor.Actor, no, message string, in Splitting) (t Ticket, err error) {
	if err := by.May(actor.WorkTickets); err != nil {
		return t, err
	}
	err = s.once(ctx, func(tx *db.Tx) error {
		w, err := s.holdDesk(ctx, tx, by, no)
		if err != nil {
			return err
		}
		if made, _, ok, err := keyed(ctx, tx, w.t.Account, own(by, in.Key)); err != nil || ok {
			if err == nil {
				t, err = Find(ctx, tx, made)
			}
			return err
		}
		m, err := MessageByID(ctx, tx, no, message)
		if err != nil {
			return err
		}
		t, err = w.split(m, in)
		return err
	})
	return t, err
}

func (w *work) split(m Message, in Splitting) (t Ticket, err error) {
	if m.Internal || m.Withdrawn() {
		return t, conflict(BadState, i18n.M("ticket.refuse.split"))
	}
	x := &work{ctx: w.ctx, tx: w.tx, by: w.by, side: w.side, fresh: true, t: w.t}
	if x.t.No, err = number(w.ctx, w.tx, w.t.Account); err != nil {
		return t, err
	}
	if err := x.take(own(w.by, in.Key), ""); err != nil {
		return t, err
	}
	x.t.splitFrom(m, in, w.tx.Now)
	if err := x.choose(Changing{ProblemType: given(in.ProblemType), Severity: given(in.Severity)}); err != nil {
		return t, err
	}
	if err := x.log(LogOpened, ""); err != nil {
		return t, err
	}
	if err := x.clock(sla.Begin(w.ctx, w.tx, x.t.facts())); err != nil {
		return t, err
	}
	copied := Message{Side: m.Side, Source: m.Source, AuthorAccount: m.AuthorAccount, Author: m.Author, AuthorName: m.AuthorName, AuthorMail: m.AuthorMail,
		AuthorMain: m.AuthorMain, First: true, Body: m.Body}
	if _, err := x.write(copied, nil); err != nil {
		return t, err
	}
	for _, y := range []struct {
		w     *work
		other string
	}{{w, x.t.No}, {x, w.t.No}} {
		if err := y.w.log(LogSplit, y.other); err != nil {
			return t, err
		}
	}
	if err := w.relateSplit(x.t.No); err != nil {
		return t, err
	}
	x.happened(actor.WorkTickets, "opened", func(h *Happened) { h.Other = w.t.No })
	w.happened(actor.WorkTickets, "split", func(h *Happened) { h.Other = x.t.No })
	if err := w.done(); err != nil {
		return t, err
	}
	return x.t, x.done()
}

func given(s string) *string {
	if s == "" {
		return nil
	}
	return &s
}

// splitFrom makes of a copy of the origin a ticket that begins now.
func (t *Ticket) splitFrom(m Message, in Splitting, now time.Time) {
	t.State, t.Before, t.Edition, t.Text = Waiting, 0, 0, cut(m.Body, MostText)
	if t.Title = cut(strings.TrimSpace(in.Title), MostTitle); t.Title == "" {
		t.Title = TitleOf(m.Body)
	}
	t.OpenedAt, t.StateAt, t.TouchedAt = now, now, now
	t.Judgement, t.Score, t.ScoreOf, t.RootCause, t.Solution, t.Urged = "", 0, 0, "", "", 0
	t.UrgedAt, t.AcceptedAt, t.FirstReplyAt, t.SolvedAt = time.Time{}, time.Time{}, time.Time{}, time.Time{}
	t.AutoCloseAt, t.ResumeAt, t.ScoredAt, t.Due = time.Time{}, time.Time{}, time.Time{}, time.Time{}
	t.CustomerSeq, t.DeskSeq, t.Drawn, t.DrawnFrom, t.DueKind, t.Breached = 0, 0, "", "", "", false
}

// A merged row says what went where.
type merged struct {
	Account, No, Target string
	State               State
	By, ByName          string
	At                  time.Time
}

func insertMerge(ctx context.Context, tx *db.Tx, m merged) error {
	return db.Change(ctx, tx, `INSERT INTO ticket_merge (account_id, no, target, state, by_id, by_name, at, undone_at) VALUES ($1, $2, $3, $4, $5, $6, $7, NULL)`,
		m.Account, m.No, m.Target, int(m.State), m.By, m.ByName, db.Micros(m.At))
}

func lastMerge(ctx context.Context, q db.Querier, account, no string) (merged, error) {
	m, err := db.One(ctx, q, func(r db.Row) (m merged, err error) {
		return m, r.Scan(&m.Account, &m.No, &m.Target, &m.State, &m.By, &m.ByName, db.Time(&m.At))
	}, `SELECT account_id, no, target, state, by_id, by_name, at FROM ticket_merge WHERE account_id = $1 AND no = $2 AND undone_at IS NULL
		ORDER BY at DESC LIMIT 1`, account, no)
	if errors.Is(err, db.ErrNoRow) {
		err = fault.NotFound()
	}
	return m, err
}

func endMerge(ctx context.Context, tx *db.Tx, m merged) error {
	return db.Change(ctx, tx, `UPDATE ticket_merge SET undone_at = $4 WHERE account_id = $1 AND no = $2 AND at = $3 AND undone_at IS NULL`,
		m.Account, m.No, db.Micros(m.At), db.Micros(tx.Now))
}

// mergedInto lists the tickets that are in one.
func mergedInto(ctx context.Context, q db.Querier, t Ticket) ([]string, error) {
	return db.All(ctx, q, db.String, `SELECT no FROM ticket_merge WHERE account_id = $1 AND target = $2 AND undone_at IS NULL ORDER BY at`, t.Account, t.No)
}
