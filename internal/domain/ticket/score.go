package ticket

import (
	"context"
	"encoding/json"
	"strconv"
	"time"
	"unicode/utf8"

	"hanse/internal/domain/setting"
	"hanse/internal/domain/taxonomy"
	"hanse/internal/kit/actor"
	"hanse/internal/kit/db"
	"hanse/internal/kit/fault"
	"hanse/internal/kit/i18n"
	"hanse/internal/kit/text"
)

// Rate scores a ticket that is done, by dimensions. The customer's side may; for some days what was given can be given
// anew (ScoreLate after that). BadScore names a dimension that isn't there and points that it doesn't have.
func (s *Service) Rate(ctx context.Context, by actor.Actor, no, judgement string, points []Scoring) (t Ticket, err error) {
	if err := by.May(actor.ActOnTickets); err != nil {
		return t, err
	}
	err = s.db.Update(ctx, func(tx *db.Tx) error {
		w, err := s.holdOwn(ctx, tx, by, no)
		if err != nil {
			return err
		}
		if w.t.State != Done || w.t.MergedInto != "" {
			return conflict(BadState, i18n.M("ticket.refuse.score_state", i18n.A{"state": w.t.State.Label()}))
		}
		if err := w.score(judgement, points); err != nil {
			return err
		}
		w.happened(actor.ActOnTickets, "scored", nil)
		t = w.t
		return w.done()
	})
	return t, err
}

func (w *work) score(judgement string, points []Scoring) error {
	var fs fault.Fields
	words := text.Lines(judgement)
	if utf8.RuneCountInString(words) > mostJudgement {
		fs.Add("judgement", cut(words, 40)+"…", i18n.M("ticket.refuse.judgement", i18n.A{"max": mostJudgement}))
	}
	if len(points) > 0 {
		if err := w.scoreWindow(); err != nil {
			return err
		}
	}
	rows, err := w.points(&fs, points)
	if err != nil {
		return err
	}
	if err := fs.Err(); err != nil {
		return &Refusal{Why: BadScore, err: err}
	}
	if words != "" {
		w.t.Judgement = words
	}
	if len(rows) == 0 {
		return nil
	}
	w.t.Score, w.t.ScoreOf = 0, 0
	for _, x := range rows {
		w.t.Score, w.t.ScoreOf = w.t.Score+x.Points, w.t.ScoreOf+x.Total
	}
	if w.t.ScoredAt.IsZero() {
		w.t.ScoredAt = w.tx.Now
	}
	if err := putScores(w.ctx, w.tx, w.t, rows); err != nil {
		return err
	}
	return w.log(LogScored, words)
}

func (w *work) scoreWindow() error {
	if w.t.ScoredAt.IsZero() {
		return nil
	}
	days, err := setting.Int(w.ctx, w.tx, setting.TicketScoreDays, w.tx.Now)
	if err == nil && w.tx.Now.After(w.t.ScoredAt.Add(time.Duration(days)*24*time.Hour)) {
		err = conflict(ScoreLate, i18n.M("ticket.refuse.score_late", i18n.A{"days": days}))
	}
	return err
}

// points checks each against its dimension: from 0 to its total, in its steps, each dimension once.
func (w *work) points(fs *fault.Fields, points []Scoring) (rows []Score, err error) {
	if len(points) == 0 {
		return nil, nil
	}
	set, err := taxonomy.Read(w.ctx, w.tx)
	if err != nil {
		return nil, err
	}
	seen := map[int]bool{}
	for _, p := range points {
		d, ok := set.Dimension(p.Dimension)
		field := "scores." + strconv.Itoa(p.Dimension)
		switch {
		case !ok || d.Retired || seen[p.Dimension]:
			fs.Add(field, strconv.Itoa(p.Dimension), i18n.M("ticket.refuse.dimension"))
		case p.Points < 0 || p.Points > int64(d.Total) || d.Step > 0 && p.Points%int64(d.Step) != 0:
			fs.Add(field, strconv.FormatInt(p.Points, 10), i18n.M("ticket.refuse.points", i18n.A{"max": d.Total, "step": d.Step}))
		default:
			rows = append(rows, Score{Dimension: d.ID, Points: p.Points, Total: int64(d.Total), Step: int64(d.Step), Names: d.Names, Category: d.Group,
				By: w.by.User, At: w.tx.Now})
		}
		seen[p.Dimension] = true
	}
	return rows, nil
}

// putScores replaces a ticket's scores.
func putScores(ctx context.Context, tx *db.Tx, t Ticket, rows []Score) error {
	if _, err := db.Exec(ctx, tx, `DELETE FROM ticket_score WHERE account_id = $1 AND no = $2`, t.Account, t.No); err != nil {
		return err
	}
	for _, x := range rows {
		name, err := json.Marshal(x.Names)
		if err != nil {
			return err
		}
		if err := db.Change(ctx, tx, `INSERT INTO ticket_score (account_id, no, dimension, points, total, step, name, category, by_id, at)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`, t.Account, t.No, x.Dimension, x.Points, x.Total, x.Step, string(name), x.Category, x.By,
			db.Micros(x.At)); err != nil {
			return err
		}
	}
	return nil
}

func scoresOf(ctx context.Context, q db.Querier, t Ticket) ([]Score, error) {
	return db.All(ctx, q, func(r db.Row) (x Score, err error) {
		var name string
		if err := r.Scan(&x.Dimension, &x.Points, &x.Total, &x.Step, &name, &x.Category, &x.By, db.Time(&x.At)); err != nil {
			return x, err
		}
		return x, json.Unmarshal([]byte(name), &x.Names)
	}, `SELECT dimension, points, total, step, name, category, by_id, at FROM ticket_score WHERE account_id = $1 AND no = $2 ORDER BY dimension`, t.Account, t.No)
}
