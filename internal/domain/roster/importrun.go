package roster

import (
	"context"
	"encoding/json"
	"errors"
	"hash/maphash"
	"io"
	"os"
	"time"

	"hanse/internal/domain/credential"
	"hanse/internal/domain/rosterfile"
	"hanse/internal/kit/actor"
	"hanse/internal/kit/audit"
	"hanse/internal/kit/db"
	"hanse/internal/kit/i18n"
	"hanse/internal/kit/jobs"
	"hanse/internal/kit/sheet"
)

// rows reads an import's file row by row. Position is how many were read.
type rows struct {
	*rosterfile.Scanner
	position int64
	known    set // people of rows behind the position
	file     *os.File
	table    *sheet.Reader
}

func (r *rows) Close() error { return errors.Join(r.table.Close(), r.file.Close()) }

func (s *Service) openRows(imp Import) (*rows, error) {
	f, err := s.files.Open(imp.Hash)
	if err != nil {
		return nil, err
	}
	table, err := sheet.Open(f, imp.Size, imp.FileName, sheet.Options{MaxBytes: MaxUpload})
	if err != nil {
		f.Close()
		return nil, err
	}
	cat := s.credentials.Catalogue()
	scan, err := rosterfile.NewScanner(table, imp.FileName, func(code string) bool { _, ok := cat.Find(code); return ok })
	if err != nil {
		return nil, errors.Join(err, table.Close(), f.Close())
	}
	return &rows{Scanner: scan, known: newSet(), file: f, table: table}, nil
}

// take reads up to n rows; none after the last.
func (r *rows) take(ctx context.Context, n int) (good []rosterfile.Row, bad []rosterfile.Row, err error) {
	for range n {
		if err := ctx.Err(); err != nil {
			return nil, nil, err
		}
		row, err := r.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, nil, err
		}
		r.position++
		if len(row.Errors) > 0 {
			bad = append(bad, row)
			continue
		}
		good = append(good, row)
	}
	return good, bad, nil
}

// skip reads on to a position without doing anything: what the scanner remembers of these rows decides about later
// ones.
func (r *rows) skip(ctx context.Context, position int64) error {
	for r.position < position {
		before := r.position
		good, _, err := r.take(ctx, int(min(position-r.position, 10_000)))
		if err != nil {
			return err
		}
		for _, row := range good {
			r.known.add(row.Person.ID)
		}
		if r.position == before {
			return nil
		}
	}
	return nil
}

func (s *Service) runCheck(ctx context.Context, j jobs.Job) error {
	imp, err := s.jobImport(ctx, j)
	if err != nil {
		return err
	}
	_, err = s.checkNow(ctx, imp, nil)
	return s.giveUp(ctx, j, imp, err)
}

func (s *Service) runApply(ctx context.Context, j jobs.Job) error {
	imp, err := s.jobImport(ctx, j)
	if err != nil {
		return err
	}
	_, err = s.applyNow(ctx, imp, nil)
	return s.giveUp(ctx, j, imp, err)
}

// lastAttempt is the failure after which a job is dead.
const lastAttempt = 8

// giveUp ends an import whose job failed for the last time, so that it doesn't keep the partner's next one waiting
// and the user isn't left with a bar that stands still. The job stays dead for the operator to see.
func (s *Service) giveUp(ctx context.Context, j jobs.Job, imp Import, cause error) error {
	if cause == nil || j.Attempts < lastAttempt || ctx.Err() != nil {
		return cause
	}
	return errors.Join(cause, s.fail(ctx, imp, i18n.Spoken(i18n.M("roster.import.broken"))))
}

func (s *Service) jobImport(ctx context.Context, j jobs.Job) (Import, error) {
	var key importKey
	if err := json.Unmarshal(j.Payload, &key); err != nil {
		return Import{}, err
	}
	return readImport(ctx, s.db.Read(), key.Account, key.Import)
}

// checkNow reads the whole file and compares it with the roster without changing it. Broken off, it starts again.
// It returns the import as it is then: in preview, failed, or what somebody made of it meanwhile.
func (s *Service) checkNow(ctx context.Context, imp Import, progress func(Import)) (Import, error) {
	err := s.db.Update(ctx, func(tx *db.Tx) error { return beginCheck(ctx, tx, imp) })
	if err == nil {
		err = s.check(ctx, &imp, progress)
	}
	switch f, ok := userFault(err); {
	case ok:
		err = s.fail(ctx, imp, i18n.Spoken(f.Msg))
	case noRow(err): // cancelled, or checked by another worker
		err = nil
	}
	if err != nil {
		return imp, err
	}
	return readImport(ctx, s.db.Read(), imp.Account, imp.ID)
}

func (s *Service) check(ctx context.Context, imp *Import, progress func(Import)) error {
	r, err := s.openRows(*imp)
	if err != nil {
		return err
	}
	defer r.Close()
	imp.Position, imp.Counts, imp.Errors, imp.Ignored = 0, ImportCounts{}, 0, r.Ignored
	for {
		good, bad, err := r.take(ctx, s.chunk)
		if err != nil {
			return err
		}
		if len(good)+len(bad) == 0 {
			break
		}
		imp.Position = r.position
		if err := s.checkChunk(ctx, imp, r, good, bad); err != nil {
			return err
		}
		if progress != nil {
			progress(*imp)
		}
	}
	imp.Rows = r.position
	return s.db.Update(ctx, func(tx *db.Tx) error { return endCheck(ctx, tx, *imp) })
}

func (s *Service) checkChunk(ctx context.Context, imp *Import, r *rows, good, bad []rosterfile.Row) error {
	wrong := errorsOf(bad)
	imp.Counts.BadRows += int64(len(bad))
	if list := subjects(good); len(list) > 0 {
		p, err := s.look(ctx, s.db.Read(), imp.Account, list)
		if err != nil {
			return err
		}
		for _, st := range p.plan(imp.actor, imp.Account, credential.Import, list) {
			imp.Counts.count(st, !st.refused() && !r.known.add(st.Number))
			wrong = append(wrong, rowErrors(st.errors)...)
		}
	}
	room := max(0, maxErrors-imp.Errors)
	imp.Errors += int64(len(wrong))
	return s.db.Update(ctx, func(tx *db.Tx) error {
		if err := noteCheck(ctx, tx, *imp); err != nil {
			return err
		}
		_, err := insertErrors(ctx, tx, *imp, wrong[:min(int(room), len(wrong))])
		return err
	})
}

func errorsOf(bad []rosterfile.Row) (out []RowError) {
	for _, r := range bad {
		out = append(out, rowErrors(r.Errors)...)
	}
	return out
}

func rowErrors(list []rosterfile.RowError) (out []RowError) {
	for _, e := range list {
		out = append(out, RowError{Line: int64(e.Line), Column: e.Column, Value: e.Value, Reason: e.Msg, Remedy: e.Remedy})
	}
	return out
}

// fail ends an import of whose file nothing can be read.
func (s *Service) fail(ctx context.Context, imp Import, failure string) error {
	return s.optimistic(ctx, func(tx *db.Tx) error {
		if err := failImport(ctx, tx, imp, failure); err != nil {
			if noRow(err) {
				return nil // it has ended otherwise
			}
			return err
		}
		imp.State = Failed
		if err := s.finish(ctx, tx, imp); err != nil {
			return err
		}
		return audit.Record(ctx, tx, imp.actor, actor.ImportRoster, imp.subject(), map[string]any{"failed": imp.FileName})
	})
}

// applyNow applies what was confirmed, from the row where it stands. Several may work on one import: the position
// lets one of them through for each chunk, and the others go on behind it.
func (s *Service) applyNow(ctx context.Context, imp Import, progress func(Import)) (Import, error) {
	imp, err := s.awaitTurn(ctx, imp)
	if err != nil || imp.State != Applying {
		return imp, err
	}
	err = s.applyFile(ctx, &imp, progress)
	if f, ok := userFault(err); ok {
		// The check has read this file, so its storage is damaged: what was applied stays, and the user is told.
		err = s.fail(ctx, imp, i18n.Spoken(f.Msg))
	}
	if err != nil {
		return imp, err
	}
	return readImport(ctx, s.db.Read(), imp.Account, imp.ID)
}

// awaitTurn reads the import again until it isn't queued any more.
func (s *Service) awaitTurn(ctx context.Context, imp Import) (Import, error) {
	for {
		imp, err := readImport(ctx, s.db.Read(), imp.Account, imp.ID)
		if err != nil || imp.State != Queued {
			return imp, err
		}
		wait := time.NewTimer(200 * time.Millisecond)
		select {
		case <-ctx.Done():
			wait.Stop()
			return imp, ctx.Err()
		case <-wait.C:
		}
	}
}

func (s *Service) applyFile(ctx context.Context, imp *Import, progress func(Import)) error {
	r, err := s.openRows(*imp)
	if err != nil {
		return err
	}
	defer r.Close()
	for imp.State == Applying {
		if err := r.skip(ctx, imp.Position); err != nil {
			return err
		}
		good, bad, err := r.take(ctx, s.chunk)
		if err != nil {
			return err
		}
		err = s.applyChunk(ctx, *imp, r, good, bad)
		if err != nil && !noRow(err) {
			return err
		}
		before := imp.Position
		if *imp, err = readImport(ctx, s.db.Read(), imp.Account, imp.ID); err != nil {
			return err
		}
		if grown(before, imp.Position) {
			if err := s.db.Analyze(ctx, "binding", "certificate", "person_email", "engineer"); err != nil {
				return err
			}
		}
		if progress != nil {
			progress(*imp)
		}
	}
	return nil
}

// grown tells whether an import passed 2,000 rows, 20,000, 200,000: then the tables may be ten times as large as the
// database believes.
func grown(from, to int64) bool {
	for mark := int64(2000); mark <= to; mark *= 10 {
		if from < mark {
			return true
		}
	}
	return false
}

// applyChunk applies rows and moves the position in one transaction; without rows it ends the import. ErrNoRow:
// another worker did it, or the import was cancelled.
func (s *Service) applyChunk(ctx context.Context, imp Import, r *rows, good, bad []rosterfile.Row) error {
	var steps []step
	err := s.optimistic(ctx, func(tx *db.Tx) (err error) {
		if len(good)+len(bad) == 0 {
			return s.done(ctx, tx, imp)
		}
		if err := advance(ctx, tx, imp, r.position); err != nil {
			return err
		}
		steps, err = s.applyRows(ctx, tx, imp, good)
		if err != nil {
			return err
		}
		return s.noteChunk(ctx, tx, imp, r, steps, len(bad))
	})
	if err != nil {
		return err
	}
	for _, st := range steps {
		if !st.refused() {
			r.known.add(st.Number)
		}
	}
	return nil
}

func (s *Service) applyRows(ctx context.Context, tx *db.Tx, imp Import, good []rosterfile.Row) ([]step, error) {
	list := subjects(good)
	if len(list) == 0 {
		return nil, nil
	}
	p, err := s.look(ctx, tx, imp.Account, list)
	if err != nil {
		return nil, err
	}
	steps := p.plan(imp.actor, imp.Account, credential.Import, list)
	_, err = s.apply(ctx, tx, imp.Account, p, steps)
	return steps, err
}

// noteChunk counts what a chunk did and keeps the errors that only now came up.
func (s *Service) noteChunk(ctx context.Context, tx *db.Tx, imp Import, r *rows, steps []step, bad int) error {
	counts := ImportCounts{BadRows: int64(bad)}
	var wrong []RowError
	for _, st := range steps {
		counts.count(st, r.known.contains(st.Number))
		wrong = append(wrong, rowErrors(st.errors)...)
	}
	imp.Applied.add(counts)
	if imp.Errors < maxErrors {
		fresh, err := insertErrors(ctx, tx, imp, wrong)
		if err != nil {
			return err
		}
		imp.Errors += fresh
	}
	if err := noteApplied(ctx, tx, imp); err != nil || counts.Changes() == 0 {
		return err
	}
	return audit.Record(ctx, tx, imp.actor, actor.ImportRoster, imp.subject(),
		map[string]any{"rows_from": imp.Position, "rows_to": r.position, "applied": counts})
}

func (s *Service) done(ctx context.Context, tx *db.Tx, imp Import) error {
	if err := endImport(ctx, tx, imp); err != nil {
		return err
	}
	imp.State = Done
	if err := s.finish(ctx, tx, imp); err != nil {
		return err
	}
	return audit.Record(ctx, tx, imp.actor, actor.ImportRoster, imp.subject(), map[string]any{"done": imp.FileName, "applied": imp.Applied})
}

// set remembers strings by hash, a few bytes each.
type set struct {
	seed maphash.Seed
	has  map[uint64]struct{}
}

func newSet() set { return set{maphash.MakeSeed(), map[uint64]struct{}{}} }

func (s set) contains(v string) bool {
	_, ok := s.has[maphash.String(s.seed, v)]
	return ok
}

// add is false when the string is there already.
func (s set) add(v string) bool {
	h := maphash.String(s.seed, v)
	_, ok := s.has[h]
	s.has[h] = struct{}{}
	return !ok
}
