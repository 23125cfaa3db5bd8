package batch

import (
	"context"
	"encoding/json"
	"errors"
	"sync"

	"hanse/internal/kit/audit"
	"hanse/internal/kit/db"
	"hanse/internal/kit/fault"
	"hanse/internal/kit/i18n"
	"hanse/internal/kit/jobs"
	"hanse/internal/kit/outbox"
)

const (
	checkRows = 300 // of one look-up: their receivers are parameters of one statement
	runRows   = 100 // between two notes of progress, at least
)

// lastAttempt is the failure after which a job is dead.
const lastAttempt = 8

func (s *Service) jobBatch(ctx context.Context, j jobs.Job) (Batch, error) {
	var k batchKey
	if err := json.Unmarshal(j.Payload, &k); err != nil {
		return Batch{}, err
	}
	return readBatch(ctx, s.db.Read(), k.Account, k.Batch)
}

// runCheck reads a file and judges each row. Broken off, it starts again.
func (s *Service) runCheck(ctx context.Context, j jobs.Job) error {
	b, err := s.jobBatch(ctx, j)
	if err != nil || b.State != Checking {
		return err
	}
	err = s.check(ctx, &b)
	if f := fault.Of(err); final(f) {
		return s.fail(ctx, b, said(f))
	}
	if errors.Is(err, db.ErrNoRow) {
		return nil // cancelled, or checked by another worker
	}
	if err != nil && j.Attempts >= lastAttempt && ctx.Err() == nil {
		return errors.Join(err, s.fail(ctx, b, i18n.M("batch.broken")))
	}
	return err
}

func (s *Service) check(ctx context.Context, b *Batch) error {
	f, err := s.open(*b)
	if err != nil {
		return err
	}
	defer f.close()
	if err := s.db.Update(ctx, func(tx *db.Tx) error { return clearRows(ctx, tx, *b) }); err != nil {
		return err
	}
	b.Rows, b.Bad, b.Total = 0, 0, 0
	for {
		rows, err := f.take(ctx, checkRows)
		if err != nil {
			return err
		}
		if len(rows) == 0 {
			break
		}
		if err := s.judge(ctx, *b, rows); err != nil {
			return err
		}
		b.count(rows)
		err = s.db.Update(ctx, func(tx *db.Tx) error {
			if err := noteCheck(ctx, tx, *b); err != nil {
				return err
			}
			return insertRows(ctx, tx, *b, rows)
		})
		if err != nil {
			return err
		}
	}
	if b.Rows == 0 {
		return fault.Invalid("file", i18n.M("batch.empty"))
	}
	if b.Problem, err = s.work(b.Work).Whole(ctx, *b); err != nil {
		return err
	}
	return s.db.Update(ctx, func(tx *db.Tx) error { return endCheck(ctx, tx, *b) })
}

// final tells that a fault stays whenever it's tried again.
func final(f *fault.Fault) bool {
	return f != nil && f.Kind != fault.KindTooMany && f.Kind != fault.KindUnavailable
}

// said is what a fault says: for one that is only about a field, what is said of the field.
func said(f *fault.Fault) i18n.Msg {
	if f.Msg.IsZero() && len(f.Fields) > 0 {
		return f.Fields[0].Msg
	}
	return f.Msg
}

func (s *Service) fail(ctx context.Context, b Batch, why i18n.Msg) error {
	return s.db.Update(ctx, func(tx *db.Tx) error {
		err := failBatch(ctx, tx, b, why)
		if errors.Is(err, db.ErrNoRow) {
			return nil // it has ended otherwise
		}
		return err
	})
}

// run does the rows that aren't yet, and goes on where a process that died stopped: a row that was done but not noted is
// done once more under its key, which gives the first answer.
func (s *Service) run(ctx context.Context, j jobs.Job) error {
	b, err := s.jobBatch(ctx, j)
	if err != nil {
		return err
	}
	for {
		rows, err := readRows(ctx, s.db.Read(), b.Account, b.ID, RowReady, 0, max(runRows, 4*s.AtOnce))
		if err != nil {
			return err
		}
		if b, err = readBatch(ctx, s.db.Read(), b.Account, b.ID); err != nil || b.State != Running {
			return err
		}
		if len(rows) == 0 {
			return s.end(ctx, b)
		}
		failed := s.runAll(ctx, b, rows)
		if err := s.note(ctx, b, rows); err != nil {
			return err
		}
		if failed != nil {
			return failed
		}
	}
}

// runAll does rows, some at one time, and writes what became of them into them. Those that met an error that is nobody's
// refusal stay ready; where rows are done one after the other, it stops there.
func (s *Service) runAll(ctx context.Context, b Batch, rows []Row) error {
	if s.AtOnce == 0 {
		for i := range rows {
			if err := s.runOne(ctx, b, &rows[i]); err != nil {
				return err
			}
		}
		return nil
	}
	var wait sync.WaitGroup
	next, errs := make(chan *Row), make([]error, min(s.AtOnce, len(rows)))
	for i := range errs {
		wait.Go(func() {
			for r := range next {
				if err := s.runOne(ctx, b, r); err != nil {
					errs[i] = err
				}
			}
		})
	}
	for i := range rows {
		next <- &rows[i]
	}
	close(next)
	wait.Wait()
	return errors.Join(errs...)
}

func (s *Service) runOne(ctx context.Context, b Batch, r *Row) error {
	err := s.work(b.Work).Run(ctx, b, r)
	f := fault.Of(err)
	switch {
	case err == nil:
		r.State = RowDone
	case final(f):
		r.State, r.Problem = RowRefused, said(f)
	default:
		return err
	}
	return nil
}

// note writes results once, whoever else works on the batch: only rows that are still ready count.
func (s *Service) note(ctx context.Context, b Batch, rows []Row) error {
	return s.db.Update(ctx, func(tx *db.Tx) error {
		if err := holdBatch(ctx, tx, b); err != nil {
			return err
		}
		open, err := readyLines(ctx, tx, b, rows[0].Line, rows[len(rows)-1].Line)
		if err != nil {
			return err
		}
		var mine []Row
		var done, refused, moved int64
		for _, r := range rows {
			switch {
			case r.State == RowReady || !open[r.Line]:
				continue
			case r.State == RowDone:
				done, moved = done+1, moved+r.Minor
			default:
				refused++
			}
			mine = append(mine, r)
		}
		if err := writeResults(ctx, tx, b, mine); err != nil {
			return err
		}
		return noteResults(ctx, tx, b, done, refused, moved)
	})
}

func (s *Service) end(ctx context.Context, b Batch) error {
	return s.db.Update(ctx, func(tx *db.Tx) error {
		if err := endBatch(ctx, tx, b); err != nil {
			if errors.Is(err, db.ErrNoRow) {
				return nil
			}
			return err
		}
		if err := audit.Record(ctx, tx, b.Actor, s.Do, s.subject(b), map[string]any{"done": b.Done, "refused": b.Refused, "minor": b.Moved}); err != nil {
			return err
		}
		return outbox.Append(ctx, tx, s.ended(b))
	})
}

func (s *Service) ended(b Batch) outbox.Fact {
	if s.Ended != nil {
		return s.Ended(b)
	}
	return Ended{Account: b.Account, Batch: b.ID, Work: b.Work, User: b.User, File: b.FileName, Done: b.Done, Failed: b.Refused, Moved: b.Moved, Unit: b.Unit}
}
