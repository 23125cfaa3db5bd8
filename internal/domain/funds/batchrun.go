package funds

import (
	"context"
	"encoding/json"
	"errors"
	"sync"
	"time"

	"hanse/internal/domain/ledger"
	"hanse/internal/kit/actor"
	"hanse/internal/kit/audit"
	"hanse/internal/kit/db"
	"hanse/internal/kit/fault"
	"hanse/internal/kit/i18n"
	"hanse/internal/kit/jobs"
	"hanse/internal/kit/outbox"
)

const (
	checkRows = 300  // of one look-up: their receivers are parameters of one statement
	postRows  = 1000 // between two notes of progress
	inFlight  = 256  // postings at one time: the ledger's writer gathers them
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
	if f := fault.Of(err); f != nil && (f.Kind == fault.KindInvalid || f.Kind == fault.KindTooLarge) {
		return s.fail(ctx, b, f.Msg)
	}
	if errors.Is(err, db.ErrNoRow) {
		return nil // cancelled, or checked by another worker
	}
	if err != nil && j.Attempts >= lastAttempt && ctx.Err() == nil {
		return errors.Join(err, s.fail(ctx, b, i18n.M("funds.batch.broken")))
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
		return fault.Invalid("file", i18n.M("funds.batch.empty"))
	}
	if b.Problem, err = s.tooMuch(ctx, *b); err != nil {
		return err
	}
	return s.db.Update(ctx, func(tx *db.Tx) error { return endCheck(ctx, tx, *b) })
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

// runPost posts the rows that aren't yet, and goes on where a process that died stopped: a row whose posting was made but
// not noted is posted once more under its key, which gives the first answer.
func (s *Service) runPost(ctx context.Context, j jobs.Job) error {
	b, err := s.jobBatch(ctx, j)
	if err != nil {
		return err
	}
	for {
		rows, err := readRows(ctx, s.db.Read(), b.Account, b.ID, RowReady, 0, postRows)
		if err != nil {
			return err
		}
		if b, err = readBatch(ctx, s.db.Read(), b.Account, b.ID); err != nil || b.State != Running {
			return err
		}
		if len(rows) == 0 {
			return s.end(ctx, b)
		}
		failed := s.postRows(ctx, b, rows)
		if err := s.note(ctx, b, rows); err != nil {
			return err
		}
		if failed != nil {
			return failed
		}
	}
}

// postRows posts rows, many at one time, and writes what became of them into them. Rows that the ledger couldn't get to
// stay ready, and the error says why.
func (s *Service) postRows(ctx context.Context, b Batch, rows []Row) error {
	var wait sync.WaitGroup
	next, errs := make(chan *Row), make([]error, min(inFlight, len(rows)))
	for i := range errs {
		wait.Go(func() {
			for r := range next {
				if err := s.postRow(ctx, b, r); err != nil {
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

func (s *Service) postRow(ctx context.Context, b Batch, r *Row) error {
	out, err := s.one(ctx, b, r)
	var mine *Refusal
	var theirs *ledger.Refusal
	switch {
	case err == nil:
		r.State, r.Book, r.Transfer, r.Number = RowDone, out.Book, out.ID, out.Number
	case errors.As(err, &mine), errors.As(err, &theirs), fault.KindOf(err) == fault.KindInvalid:
		r.State, r.Problem = RowRefused, fault.Of(err).Msg
	default:
		return err
	}
	return nil
}

// one posts a row for whoever confirmed the batch; permission and code were asked then.
func (s *Service) one(ctx context.Context, b Batch, r *Row) (Out, error) {
	in := In{Partner: b.Partner, To: r.Receiver, Minor: r.Minor, Unit: b.Unit, Key: b.key(r.Line), Scene: "batch", Memo: r.Memo}
	m, err := s.plan(ctx, b.actor, b.Kind, in)
	if err != nil {
		return Out{}, err
	}
	posted, err := s.Ledger.Post(ctx, b.actor, m.posting(b.actor))
	for range 50 {
		if fault.KindOf(err) != fault.KindTooMany {
			break
		}
		if err := pause(ctx, 20*time.Millisecond); err != nil {
			return Out{}, err
		}
		posted, err = s.Ledger.Post(ctx, b.actor, m.posting(b.actor))
	}
	if err != nil {
		return Out{}, s.explain(ctx, m, err)
	}
	return m.out(posted), nil
}

func pause(ctx context.Context, d time.Duration) error {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-t.C:
		return nil
	}
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
		if err := audit.Record(ctx, tx, b.actor, actor.MoveFunds, b.subject(), map[string]any{"done": b.Done, "refused": b.Refused, "minor": b.Moved}); err != nil {
			return err
		}
		return outbox.Append(ctx, tx, BatchEnded{Account: b.Account, Batch: b.ID, User: b.User, Kind: b.Kind, File: b.FileName,
			Done: b.Done, Failed: b.Refused, Moved: b.Moved, Unit: b.Unit})
	})
}
