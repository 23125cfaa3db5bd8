package batch

import (
	"cmp"
	"context"
	"errors"
	"io"
	"iter"
	"slices"
	"strings"

	"hanse/internal/kit/actor"
	"hanse/internal/kit/audit"
	"hanse/internal/kit/blob"
	"hanse/internal/kit/db"
	"hanse/internal/kit/fault"
	"hanse/internal/kit/i18n"
	"hanse/internal/kit/id"
	"hanse/internal/kit/jobs"
	"hanse/internal/kit/text"
)

// NewBatch is what a batch shall do. Lines is for one without a file.
type NewBatch struct {
	Partner string // "" = own
	Work    string
	Terms   string
	Memo    string
	Lines   []Line
}

// A Line is one receiver as typed: by id, login name or company name.
type Line struct{ To, Amount, Memo string }

type batchKey struct{ Account, Batch string }

func (s *Service) newBatch(ctx context.Context, by actor.Actor, in NewBatch) (Batch, error) {
	if err := by.May(s.Do); err != nil {
		return Batch{}, err
	}
	b := Batch{Account: by.Account, Partner: cmp.Or(in.Partner, by.Account), Work: in.Work, Terms: in.Terms, State: Checking, Memo: text.Clean(in.Memo), User: by.User, UserName: by.Name, Actor: by}
	if len([]rune(b.Memo)) > maxCell {
		return b, fault.Invalid("memo", i18n.M("batch.memo", i18n.A{"max": maxCell}))
	}
	return b, s.work(in.Work).Begin(ctx, by, &b)
}

// Upload stores a file of receivers and amounts (CSV or Excel) and has it checked: nothing happens before Confirm. Who may
// do the work may. Invalid for what is no table or lacks a column.
func (s *Service) Upload(ctx context.Context, by actor.Actor, in NewBatch, name string, r io.Reader) (Batch, error) {
	b, err := s.newBatch(ctx, by, in)
	if err != nil {
		return b, err
	}
	ref, err := s.Files.Put(ctx, r, blob.Limits{Bytes: s.most(), Types: blob.Tables()})
	if err != nil {
		return b, err
	}
	b.FileName, b.hash = text.Clean(name[strings.LastIndexAny(name, `/\`)+1:]), ref.Hash
	f, err := s.open(b)
	if x := fault.Of(err); x != nil && len(x.Fields) == 0 {
		err = fault.Invalid("file", x.Msg)
	}
	if err != nil {
		return b, err
	}
	f.close()
	return b, s.db.Update(ctx, func(tx *db.Tx) error {
		b.ID, b.CreatedAt = id.New(s.Names.ID, tx.Wall), tx.Now
		if err := insertBatch(ctx, tx, b); err != nil {
			return err
		}
		if err := jobs.Add(ctx, tx, jobs.New{Kind: s.Names.Check, Key: b.ID, Account: b.Account, Payload: batchKey{b.Account, b.ID}}); err != nil {
			return err
		}
		return audit.Record(ctx, tx, by, s.Do, s.subject(b), map[string]any{"uploaded": b.FileName, "sha256": b.hash, s.Names.Work: b.Work})
	})
}

// List makes a batch of receivers without a file; it's checked at once. Who may do the work may.
func (s *Service) List(ctx context.Context, by actor.Actor, in NewBatch) (Batch, error) {
	b, err := s.newBatch(ctx, by, in)
	if err != nil {
		return b, err
	}
	if len(in.Lines) == 0 || len(in.Lines) > MaxLines {
		return b, fault.Invalid("lines", i18n.Msg{Key: s.Names.Lines, Args: i18n.A{"max": MaxLines}})
	}
	rows := make([]Row, len(in.Lines))
	for i, l := range in.Lines {
		rows[i] = Row{Line: int64(i + 1), To: text.Clean(l.To), Amount: text.Clean(l.Amount), Memo: text.Clean(l.Memo)}
	}
	if err := s.judge(ctx, b, rows); err != nil {
		return b, err
	}
	b.count(rows)
	if b.Problem, err = s.work(b.Work).Whole(ctx, b); err != nil {
		return b, err
	}
	b.State = Checked
	return b, s.db.Update(ctx, func(tx *db.Tx) error {
		b.ID, b.CreatedAt = id.New(s.Names.ID, tx.Wall), tx.Now
		if err := insertBatch(ctx, tx, b); err != nil {
			return err
		}
		if err := insertRows(ctx, tx, b, rows); err != nil {
			return err
		}
		return audit.Record(ctx, tx, by, s.Do, s.subject(b), map[string]any{"listed": len(rows), s.Names.Work: b.Work, "minor": b.Total})
	})
}

// Confirm does the good rows of a checked batch, in the background. Who may do the work may, in the company that made it.
// Invalid when something keeps all of it from being done, Conflict unless it's checked.
func (s *Service) Confirm(ctx context.Context, by actor.Actor, batchID, code string) error {
	if err := by.May(s.Do); err != nil {
		return err
	}
	b, err := s.get(ctx, by, batchID)
	if err != nil {
		return err
	}
	if b.State != Checked {
		return fault.Conflict(i18n.M("batch.not_checked"))
	}
	if b.Good() == 0 {
		return fault.Invalid("batch", i18n.Msg{Key: s.Names.NoneGood})
	}
	problem, err := s.work(b.Work).Whole(ctx, b)
	if err == nil && !problem.IsZero() {
		err = fault.Invalid("amount", problem)
	}
	if err == nil {
		err = s.Codes.Use(ctx, by, s.Code, b.About(), code)
	}
	if err != nil {
		return err
	}
	b.Actor = by
	return s.db.Update(ctx, func(tx *db.Tx) error {
		if err := startBatch(ctx, tx, b); err != nil {
			return lost(err)
		}
		if err := jobs.Add(ctx, tx, jobs.New{Kind: s.Names.Run, Key: b.ID, Account: b.Account, Payload: batchKey{b.Account, b.ID}}); err != nil {
			return err
		}
		return audit.Record(ctx, tx, by, s.Do, s.subject(b), map[string]any{"confirmed": b.Good(), s.Names.Work: b.Work, "minor": b.Total})
	})
}

// Cancel gives a batch up; what was done stays. Who may do the work may, in the company that made it.
func (s *Service) Cancel(ctx context.Context, by actor.Actor, batchID string) error {
	if err := by.May(s.Do); err != nil {
		return err
	}
	b, err := s.get(ctx, by, batchID)
	if err != nil {
		return err
	}
	return s.db.Update(ctx, func(tx *db.Tx) error {
		if err := cancelBatch(ctx, tx, b); err != nil {
			return lost(err)
		}
		return audit.Record(ctx, tx, by, s.Do, s.subject(b), map[string]any{"cancelled": true})
	})
}

// Batch reads one. Who may see the works' results may, in the company that made it.
func (s *Service) Batch(ctx context.Context, by actor.Actor, batchID string) (Batch, error) {
	if err := by.May(s.See); err != nil {
		return Batch{}, err
	}
	return s.get(ctx, by, batchID)
}

// Batches lists the own company's, newest first; before is the id of the last one seen.
func (s *Service) Batches(ctx context.Context, by actor.Actor, before string, limit int) (out []Batch, err error) {
	if err := by.May(s.See); err != nil {
		return nil, err
	}
	limit = min(max(limit, 1), 200)
	for _, w := range s.Works {
		list, err := readBatches(ctx, s.db.Read(), by.Account, w.Name, only(by), before, limit)
		if err != nil {
			return nil, err
		}
		out = append(out, list...)
	}
	slices.SortFunc(out, func(a, b Batch) int { return strings.Compare(b.ID, a.ID) })
	return out[:min(limit, len(out))], nil
}

// Rows lists rows of a batch behind a line, those of one state or ("") all. Who may is as with Batch.
func (s *Service) Rows(ctx context.Context, by actor.Actor, batchID string, state RowState, after int64, limit int) ([]Row, error) {
	if _, err := s.Batch(ctx, by, batchID); err != nil {
		return nil, err
	}
	return readRows(ctx, s.db.Read(), by.Account, batchID, state, after, min(max(limit, 1), 1000))
}

// SameFile is an earlier batch of the own company with the same file and work that wasn't given up; "" for none. Who may is
// as with Batch.
func (s *Service) SameFile(ctx context.Context, by actor.Actor, b Batch) (string, error) {
	if err := by.May(s.See); err != nil || b.hash == "" {
		return "", err
	}
	return sameFile(ctx, s.db.Read(), by.Account, b)
}

// only is the user whose batches alone an account manager sees; "" = the actor sees all of the company's.
func only(by actor.Actor) string {
	if by.Has(actor.AccountManager) && !by.Has(actor.PartnerAdmin, actor.PartnerFinance) {
		return by.User
	}
	return ""
}

func (s *Service) get(ctx context.Context, by actor.Actor, batchID string) (Batch, error) {
	if !id.Has(s.Names.ID, batchID) {
		return Batch{}, fault.NotFound()
	}
	b, err := readBatch(ctx, s.db.Read(), by.Account, batchID)
	if own := only(by); errors.Is(err, db.ErrNoRow) || err == nil && (s.index(b.Work) < 0 || own != "" && own != b.User) {
		return Batch{}, fault.NotFound()
	}
	return b, err
}

func lost(err error) error {
	if errors.Is(err, db.ErrNoRow) {
		return fault.Conflict(i18n.Msg{})
	}
	return err
}

// ToCorrect gives the rows that weren't done, with what is wrong, as a table that can be corrected and uploaded again: of a
// batch that the caller has read.
func (s *Service) ToCorrect(ctx context.Context, q db.Querier, b Batch, lang string) (header []string, rows iter.Seq2[[]string, error]) {
	return append(Columns(), colError), func(yield func([]string, error) bool) {
		for _, state := range []RowState{RowBad, RowRefused} {
			for after := int64(0); ; {
				page, err := readRows(ctx, q, b.Account, b.ID, state, after, 1000)
				if err != nil {
					yield(nil, err)
					return
				}
				for _, r := range page {
					after = r.Line
					if !yield([]string{r.To, r.Amount, r.Memo, i18n.Text(lang, r.Problem)}, nil) {
						return
					}
				}
				if len(page) < 1000 {
					break
				}
			}
		}
	}
}
