package record

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"maps"
	"os"
	"slices"
	"time"

	"hanse/internal/domain/program"
	"hanse/internal/kit/actor"
	"hanse/internal/kit/audit"
	"hanse/internal/kit/calendar"
	"hanse/internal/kit/db"
	"hanse/internal/kit/fault"
	"hanse/internal/kit/i18n"
	"hanse/internal/kit/jobs"
	"hanse/internal/kit/sheet"
)

// A file reads an import row by row. Position is how many were read.
type file struct {
	*scanner
	cat      *program.Catalogue
	position int64
	table    *sheet.Reader
	disk     *os.File
}

// Close releases the file.
func (f *file) Close() error { return errors.Join(f.table.Close(), f.disk.Close()) }

func (s *Service) open(imp Import) (*file, error) {
	disk, err := s.files.Open(imp.Hash)
	if err != nil {
		return nil, err
	}
	table, err := sheet.Open(disk, imp.Size, imp.FileName, sheet.Options{MaxBytes: MaxUpload, MaxUnzipped: 2 << 30})
	if err != nil {
		disk.Close()
		return nil, err
	}
	scan, err := newScanner(table, imp.FileName, calendar.DayOf(s.db.Clock().Now()))
	if err != nil {
		return nil, errors.Join(err, table.Close(), disk.Close())
	}
	return &file{scan, s.credentials.Catalogue(), 0, table, disk}, nil
}

// skip reads on to a position: no row depends on those before it.
func (f *file) skip(ctx context.Context, position int64) error {
	for ; f.position < position; f.position++ {
		if err := ctx.Err(); err != nil {
			return err
		}
		if _, err := f.table.Next(); err != nil {
			return err
		}
	}
	return nil
}

// A part is some rows of a file, as many as go into one transaction.
type part struct {
	good     []row
	wrong    []RowError // the first of them
	errors   int64
	bad      int64            // rows
	unknown  map[string]int64 // passed exams of which the catalogue knows no certificate
	position int64            // behind its rows
}

func (p *part) rows() int64 { return int64(len(p.good)) + p.bad }

// take reads up to n rows; an empty part after the last.
func (f *file) take(ctx context.Context, n int) (part, error) {
	p := part{good: make([]row, 0, n), unknown: map[string]int64{}}
	for range n {
		if err := ctx.Err(); err != nil {
			return p, err
		}
		r, err := f.next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return p, err
		}
		f.position++
		f.add(&p, r)
	}
	p.position = f.position
	return p, nil
}

func (f *file) add(p *part, r row) {
	if len(r.Errors) > 0 {
		p.bad++
		p.errors += int64(len(r.Errors))
		p.wrong = append(p.wrong, r.Errors[:min(len(r.Errors), maxErrors-min(maxErrors, len(p.wrong)))]...)
		return
	}
	r.Cells = nil // its text is in the record, or in the file
	if r.Result == Pass && r.Feed == Exams && len(p.unknown) < maxUnknown {
		if code, _ := certificateOf(f.cat, &r.Record); code == "" {
			p.unknown[r.Code]++
		}
	}
	p.good = append(p.good, r)
}

// maxUnknown is how many exam codes without a certificate an import names.
const maxUnknown = 50

func (i *Import) noteUnknown(p part) {
	all := maps.Clone(i.Unknown)
	if all == nil {
		all = map[string]int64{}
	}
	for code, n := range p.unknown {
		if _, ok := all[code]; ok || len(all) < maxUnknown {
			all[code] += n
		}
	}
	i.Unknown = all
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
	if imp, err = s.stillMoving(ctx, imp, j); err != nil {
		return err
	}
	_, err = s.applyNow(ctx, imp, nil)
	return s.giveUp(ctx, j, imp, err)
}

// stillMoving waits as long as another process gets on with the import that this job is the spare of.
func (s *Service) stillMoving(ctx context.Context, imp Import, j jobs.Job) (Import, error) {
	for j.RunAt.After(j.CreatedAt) && imp.State == Applying {
		wait := time.NewTimer(2 * time.Second)
		select {
		case <-ctx.Done():
			wait.Stop()
			return imp, ctx.Err()
		case <-wait.C:
		}
		now, err := readImport(ctx, s.db.Read(), imp.ID)
		if err != nil || now.Position == imp.Position {
			return now, err
		}
		imp = now
	}
	return imp, nil
}

// lastAttempt is the failure after which a job is dead.
const lastAttempt = 8

// giveUp ends an import whose job failed for the last time, so that it doesn't keep the next one waiting and the user
// isn't left with a bar that stands still. The job stays dead for the operator to see.
func (s *Service) giveUp(ctx context.Context, j jobs.Job, imp Import, cause error) error {
	if cause == nil || j.Attempts < lastAttempt || ctx.Err() != nil {
		return cause
	}
	return errors.Join(cause, s.fail(ctx, imp, i18n.M("record.import.broken")))
}

func (s *Service) jobImport(ctx context.Context, j jobs.Job) (Import, error) {
	var key importKey
	if err := json.Unmarshal(j.Payload, &key); err != nil {
		return Import{}, err
	}
	return readImport(ctx, s.db.Read(), key.Import)
}

// checkNow reads the whole file and compares it with the records without changing them. Broken off, it starts again.
// It returns the import as it is then: in preview, failed, or what somebody made of it meanwhile.
func (s *Service) checkNow(ctx context.Context, imp Import, progress func(Import)) (Import, error) {
	err := s.db.Update(ctx, func(tx *db.Tx) error { return beginCheck(ctx, tx, imp) })
	if err == nil {
		err = s.check(ctx, &imp, progress)
	}
	switch f, ok := userFault(err); {
	case ok:
		err = s.fail(ctx, imp, f.Msg)
	case noRow(err): // cancelled, or checked by another worker
		err = nil
	}
	if err != nil {
		return imp, err
	}
	return readImport(ctx, s.db.Read(), imp.ID)
}

// checkRows is how many rows a check compares at a time: their keys are parameters of one statement.
const checkRows = 1000

func (s *Service) check(ctx context.Context, imp *Import, progress func(Import)) error {
	f, err := s.open(*imp)
	if err != nil {
		return err
	}
	defer f.Close()
	imp.Position, imp.Counts, imp.Errors, imp.Unknown = 0, Counts{}, 0, nil
	for {
		p, err := f.take(ctx, checkRows)
		if err != nil {
			return err
		}
		if p.rows() == 0 {
			break
		}
		imp.Position = p.position
		if err := s.checkPart(ctx, imp, p); err != nil {
			return err
		}
		if progress != nil {
			progress(*imp)
		}
	}
	imp.Rows = f.position
	return s.db.Update(ctx, func(tx *db.Tx) error { return endCheck(ctx, tx, *imp) })
}

func (s *Service) checkPart(ctx context.Context, imp *Import, p part) error {
	var keys, handles []string
	for i := range p.good {
		keys, handles = append(keys, p.good[i].key()), append(handles, p.good[i].handle())
	}
	var old []Record
	owners := map[string]string{}
	if len(keys) > 0 {
		var err error
		if old, err = standing(ctx, s.db.Read(), keys); err != nil {
			return err
		}
		if owners, err = ownersFor(ctx, s.db.Read(), handles); err != nil {
			return err
		}
	}
	counts, _ := p.compare(old)
	for _, h := range handles {
		if owners[h] == "" {
			counts.Waiting++
		}
	}
	imp.Counts.add(counts)
	imp.noteUnknown(p)
	room := max(0, maxErrors-imp.Errors)
	imp.Errors += p.errors
	return s.db.Update(ctx, func(tx *db.Tx) error {
		if err := noteCheck(ctx, tx, *imp); err != nil {
			return err
		}
		return insertErrors(ctx, tx, *imp, p.wrong[:min(int(room), len(p.wrong))])
	})
}

// compare counts what rows say against the words that held before them, and returns the handles that lost a
// registration to another.
func (p *part) compare(old []Record) (c Counts, lost []string) {
	c.BadRows = p.bad
	known := make(map[string]*Record, len(old))
	for i := range old {
		known[old[i].key()] = &old[i]
	}
	for i := range p.good {
		r := &p.good[i].Record
		c.result(r.Result)
		k := r.key()
		switch was := known[k]; {
		case was == nil:
			c.New++
		case was.same(r):
			c.Same++
		default:
			c.Changed++
			if h := was.handle(); h != r.handle() {
				lost = append(lost, h)
			}
		}
		known[k] = r
	}
	return c, lost
}

// same tells whether two words say the same, whichever file they came in.
func (r *Record) same(o *Record) bool {
	a, b := r.Details, o.Details
	a.FileID, b.FileID = "", ""
	return a == b && r.Email == o.Email && r.Candidate == o.Candidate && r.Code == o.Code && r.On == o.On && r.Result == o.Result
}

// fail ends an import of whose file the rest can't be read.
func (s *Service) fail(ctx context.Context, imp Import, why i18n.Msg) error {
	return s.optimistic(ctx, func(tx *db.Tx) error {
		if err := lock(ctx, tx); err != nil {
			return err
		}
		if err := failImport(ctx, tx, imp, i18n.Spoken(why)); err != nil {
			if noRow(err) {
				return nil // it has ended otherwise
			}
			return err
		}
		imp.State = Failed
		if err := s.finish(ctx, tx, imp); err != nil {
			return err
		}
		return audit.Record(ctx, tx, imp.actor, actor.ImportRecords, imp.subject(), map[string]any{"failed": imp.FileName})
	})
}

// applyNow applies what was confirmed, from the row where it stands. Several may work on one import: the position
// lets one of them through for each part, and the others go on behind it.
func (s *Service) applyNow(ctx context.Context, imp Import, progress func(Import)) (Import, error) {
	imp, err := s.awaitTurn(ctx, imp)
	for err == nil && imp.State == Applying {
		err = s.applyFrom(ctx, &imp, progress)
		if f, ok := userFault(err); ok {
			// What was applied stays, and the user is told from where on the file can't be read.
			err = s.fail(ctx, imp, f.Msg)
		}
		if err == nil || noRow(err) {
			imp, err = readImport(ctx, s.db.Read(), imp.ID)
		}
	}
	return imp, err
}

// awaitTurn reads the import again until it isn't queued any more.
func (s *Service) awaitTurn(ctx context.Context, imp Import) (Import, error) {
	for {
		imp, err := readImport(ctx, s.db.Read(), imp.ID)
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

// ahead is a part that was read while the one before it is written.
type ahead struct {
	part
	err error
}

// applyFrom applies parts from where the import stands to the end. ErrNoRow: another worker came between, or the
// import was cancelled; look where it stands and go on.
func (s *Service) applyFrom(ctx context.Context, imp *Import, progress func(Import)) error {
	ctx, stop := context.WithCancel(ctx)
	f, err := s.open(*imp)
	if err != nil {
		stop()
		return err
	}
	parts := make(chan ahead)
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		f.readAhead(ctx, imp.Position, s.chunk, parts)
	}()
	defer func() {
		stop()
		<-ended
		f.Close()
	}()
	for p := range parts {
		if p.err != nil {
			return p.err
		}
		if err := s.applyPart(ctx, imp, p.part); err != nil {
			return err
		}
		if progress != nil {
			progress(*imp)
		}
	}
	return ctx.Err()
}

// readAhead reads parts from a position on until an empty one, or an error, which it passes on.
func (f *file) readAhead(ctx context.Context, position int64, n int, to chan<- ahead) {
	defer close(to)
	err := f.skip(ctx, position)
	for last := false; !last; {
		var p part
		if err == nil {
			p, err = f.take(ctx, n)
		}
		last = err != nil || p.rows() == 0
		select {
		case to <- ahead{p, err}:
		case <-ctx.Done():
			return
		}
	}
}

// applyPart applies rows and moves the position in one transaction; without rows it ends the import. ErrNoRow:
// another worker did it, or the import was cancelled.
func (s *Service) applyPart(ctx context.Context, imp *Import, p part) error {
	now := *imp
	err := s.optimistic(ctx, func(tx *db.Tx) (err error) {
		now = *imp
		if p.rows() == 0 {
			if err := lock(ctx, tx); err != nil {
				return err
			}
			return s.done(ctx, tx, &now)
		}
		now.Position = p.position
		if err := advance(ctx, tx, *imp, p.position); err != nil {
			return err
		}
		return s.write(ctx, tx, &now, p)
	})
	if err != nil {
		return err
	}
	if grown(imp.Position, now.Position) {
		if err := s.db.Analyze(ctx, "record", "record_owner", "certificate"); err != nil {
			return err
		}
	}
	*imp = now
	return nil
}

// grown tells whether an import passed 20,000 rows or 200,000: then the tables may be ten times as large as the
// database believes.
func grown(from, to int64) bool {
	for mark := int64(20_000); mark <= to; mark *= 10 {
		if from < mark {
			return true
		}
	}
	return false
}

// write stores the words of a part and lets certificates follow.
func (s *Service) write(ctx context.Context, tx *db.Tx, imp *Import, p part) error {
	if err := lock(ctx, tx); err != nil {
		return err
	}
	counts, err := s.writeWords(ctx, tx, *imp, p)
	if err != nil {
		return err
	}
	imp.Applied.add(counts)
	imp.noteUnknown(p)
	room := max(0, maxErrors-imp.Errors)
	imp.Errors += p.errors
	if err := insertErrors(ctx, tx, *imp, p.wrong[:min(int(room), len(p.wrong))]); err != nil {
		return err
	}
	return noteApplied(ctx, tx, *imp)
}

func (s *Service) writeWords(ctx context.Context, tx *db.Tx, imp Import, p part) (Counts, error) {
	if len(p.good) == 0 {
		return Counts{BadRows: p.bad}, nil
	}
	if err := insertWords(ctx, tx, imp.turn, p.good); err != nil {
		return Counts{}, err
	}
	from, to := ordinal(imp.turn, p.good[0].Line), ordinal(imp.turn, p.good[len(p.good)-1].Line)
	old, err := before(ctx, tx, from, to)
	if err != nil {
		return Counts{}, err
	}
	counts, lost := p.compare(old)
	persons, words, err := ownersIn(ctx, tx, from, to)
	if err != nil {
		return counts, err
	}
	counts.Waiting = int64(len(p.good)) - words
	others, err := ownersFor(ctx, tx, lost)
	if err != nil {
		return counts, err
	}
	if err := tellArrived(ctx, tx, imp.Account, slices.Sorted(slices.Values(persons))); err != nil {
		return counts, err
	}
	for _, person := range others {
		persons = append(persons, person)
	}
	n, err := s.follow(ctx, tx, imp.Account, persons)
	counts.People = int64(n)
	return counts, faster(err)
}

// faster turns the conflict with somebody who changes the same certificate into another try.
func faster(err error) error {
	if fault.KindOf(err) == fault.KindConflict {
		return errFaster
	}
	return err
}

func (s *Service) done(ctx context.Context, tx *db.Tx, imp *Import) error {
	if err := endImport(ctx, tx, *imp); err != nil {
		return err
	}
	imp.State = Done
	if err := s.finish(ctx, tx, *imp); err != nil {
		return err
	}
	return audit.Record(ctx, tx, imp.actor, actor.ImportRecords, imp.subject(), map[string]any{"done": imp.FileName, "applied": imp.Applied})
}
