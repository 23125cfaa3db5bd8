package record

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"time"

	"hanse/internal/domain/credential"
	"hanse/internal/kit/actor"
	"hanse/internal/kit/audit"
	"hanse/internal/kit/blob"
	"hanse/internal/kit/db"
	"hanse/internal/kit/fault"
	"hanse/internal/kit/i18n"
	"hanse/internal/kit/id"
	"hanse/internal/kit/jobs"
	"hanse/internal/kit/outbox"
	"hanse/internal/kit/text"
)

// Config is what the service needs.
type Config struct {
	DB          *db.DB
	Credentials *credential.Service
	Files       *blob.Store
}

// Service has the verbs of the feeds, and what joins others' transactions.
type Service struct {
	db          *db.DB
	credentials *credential.Service
	files       *blob.Store
	chunk       int // lines applied in one transaction
}

// New returns the service.
func New(c Config) *Service {
	return &Service{db: c.DB, credentials: c.Credentials, files: c.Files, chunk: 10_000}
}

// Register adds the jobs of imports and the daily look at feeds that are late.
func (s *Service) Register(r *jobs.Runner) {
	r.Outside(checkJob, s.runCheck)
	r.Outside(applyJob, s.runApply)
	r.Outside(undoJob, s.runUndo)
	r.Inside(overdueJob, func(ctx context.Context, tx *db.Tx, j jobs.Job) error {
		var n overdueNews
		if err := json.Unmarshal(j.Payload, &n); err != nil {
			return err
		}
		return outbox.Append(ctx, tx, Overdue(n))
	})
	r.Every("record.overdue", jobs.Interval(24*time.Hour), s.tellOverdue)
}

// Upload stores a feed's file and has it checked; which feed it is, its headings tell. The vendor's administrators
// may. TooLarge beyond MaxUpload, Invalid for what is no table or has not the columns of a feed.
func (s *Service) Upload(ctx context.Context, by actor.Actor, name string, r io.Reader) (Import, error) {
	return s.upload(ctx, by, name, r, true)
}

func (s *Service) upload(ctx context.Context, by actor.Actor, name string, r io.Reader, check bool) (Import, error) {
	if err := by.May(actor.ImportRecords); err != nil {
		return Import{}, err
	}
	lines := counter{r: r}
	ref, err := s.files.Put(ctx, &lines, blob.Limits{Bytes: MaxUpload, Types: blob.Tables()})
	if err != nil {
		return Import{}, err
	}
	imp := Import{Account: by.Account, FileName: text.FileName(name, "feed"), Hash: ref.Hash, Size: ref.Size, State: Uploaded, ByName: by.Name, actor: by}
	if ref.Type == blob.CSV {
		imp.Rows = max(lines.n-1, 0)
	}
	file, err := s.open(imp)
	if f, ok := userFault(err); ok && len(f.Fields) == 0 {
		err = fault.Invalid("file", f.Msg)
	}
	if err != nil {
		return Import{}, err
	}
	imp.Feed, imp.Ignored = file.feed, file.ignored
	if err := file.Close(); err != nil {
		return Import{}, err
	}
	err = s.db.Update(ctx, func(tx *db.Tx) error {
		imp.ID, imp.CreatedAt = id.New("rci", tx.Wall), tx.Now
		if imp.SameAs, err = sameFile(ctx, tx, ref.Hash); err != nil {
			return err
		}
		if err := insertImport(ctx, tx, imp); err != nil {
			return err
		}
		if check {
			if err := jobs.Add(ctx, tx, jobs.New{Kind: checkJob, Key: imp.ID, Account: imp.Account, Payload: importKey{imp.ID}}); err != nil {
				return err
			}
		}
		return audit.Record(ctx, tx, by, actor.ImportRecords, imp.subject(), map[string]any{"uploaded": imp.FileName, "feed": imp.Feed, "sha256": imp.Hash, "bytes": imp.Size})
	})
	return imp, err
}

// counter counts line ends as they pass, so that progress has something to be measured by.
type counter struct {
	r io.Reader
	n int64
}

// Read reads on.
func (c *counter) Read(p []byte) (int, error) {
	n, err := c.r.Read(p)
	c.n += int64(bytes.Count(p[:n], []byte{'\n'}))
	return n, err
}

// Import returns an import and how far it is. The vendor's administrators may, and its auditors. NotFound for an id
// that is none.
func (s *Service) Import(ctx context.Context, by actor.Actor, importID string) (Import, error) {
	if err := by.May(actor.ViewFeeds); err != nil {
		return Import{}, err
	}
	return getImport(ctx, s.db.Read(), importID)
}

func getImport(ctx context.Context, q db.Querier, importID string) (Import, error) {
	if !id.Has("rci", importID) {
		return Import{}, fault.NotFound()
	}
	imp, err := readImport(ctx, q, importID)
	if noRow(err) {
		return imp, fault.NotFound()
	}
	return imp, err
}

// Imports lists imports of both feeds, newest first; after is the id of the last one seen. Who may is as for Import.
func (s *Service) Imports(ctx context.Context, by actor.Actor, after string, limit int) (list []Import, next string, err error) {
	if err := by.May(actor.ViewFeeds); err != nil {
		return nil, "", err
	}
	if after != "" && !id.Has("rci", after) {
		return nil, "", fault.Invalid("after", i18n.M("record.after"))
	}
	if limit <= 0 || limit > 200 {
		limit = 50
	}
	list, err = readImports(ctx, s.db.Read(), after, limit+1)
	if len(list) > limit {
		list = list[:limit]
		next = list[limit-1].ID
	}
	return list, next, err
}

// RowErrors lists entries to correct by line, after a line; the first thousand are kept. Who may is as for Import.
func (s *Service) RowErrors(ctx context.Context, by actor.Actor, importID string, after int64, limit int) ([]RowError, error) {
	if _, err := s.Import(ctx, by, importID); err != nil {
		return nil, err
	}
	if limit <= 0 || limit > maxErrors {
		limit = maxErrors
	}
	return readErrors(ctx, s.db.Read(), importID, after, limit)
}

// Confirm has the good lines of a checked file applied; bad ones are left out. Imports are applied one after the
// other. The vendor's administrators may. Conflict unless the import is in preview.
func (s *Service) Confirm(ctx context.Context, by actor.Actor, importID string) error {
	return s.step(ctx, by, importID, "confirmed", func(tx *db.Tx, imp Import) error {
		if err := enqueue(ctx, tx, imp, Preview); err != nil {
			return err
		}
		return s.nextTurn(ctx, tx, 0)
	})
}

// Cancel ends an import that isn't finished; lines applied so far stay, and can be undone. Who may is as for Confirm.
// Conflict when it has ended.
func (s *Service) Cancel(ctx context.Context, by actor.Actor, importID string) error {
	return s.step(ctx, by, importID, "cancelled", func(tx *db.Tx, imp Import) error {
		if err := cancel(ctx, tx, imp); err != nil {
			return err
		}
		imp, err := readImport(ctx, tx, imp.ID)
		if err != nil {
			return err
		}
		return s.finish(ctx, tx, imp)
	})
}

// Undo takes back what an import said: for each registration the word before it holds again, unless a later import has
// spoken, and certificates follow. A job does it. Who may is as for Confirm. Conflict when nothing of it stands.
func (s *Service) Undo(ctx context.Context, by actor.Actor, importID string) error {
	return s.step(ctx, by, importID, "undo", func(tx *db.Tx, imp Import) error {
		if err := beginUndo(ctx, tx, imp); err != nil {
			return err
		}
		return s.nextTurn(ctx, tx, 0)
	})
}

// step changes an import's state under the lock.
func (s *Service) step(ctx context.Context, by actor.Actor, importID, what string, f func(tx *db.Tx, imp Import) error) error {
	if err := by.May(actor.ImportRecords); err != nil {
		return err
	}
	return s.optimistic(ctx, func(tx *db.Tx) error {
		if err := lock(ctx, tx); err != nil {
			return err
		}
		imp, err := getImport(ctx, tx, importID)
		if err != nil {
			return err
		}
		imp.actor, imp.ByName = by, by.Name
		if err := f(tx, imp); err != nil {
			if noRow(err) {
				return fault.Conflict(i18n.M("record.import.wrong_state"))
			}
			return err
		}
		return audit.Record(ctx, tx, by, actor.ImportRecords, imp.subject(), map[string]any{what: imp.FileName})
	})
}

// nextTurn gives the turn, when it's free, to the import that waited longest, and makes the job that works on it. A
// job that is a spare starts later.
func (s *Service) nextTurn(ctx context.Context, tx *db.Tx, spare time.Duration) error {
	next, err := nextWaiting(ctx, tx)
	if noRow(err) {
		return nil
	}
	if err != nil {
		return err
	}
	turn, ok, err := takeTurn(ctx, tx, next.ID)
	if err != nil || !ok {
		return err
	}
	job := jobs.New{Kind: undoJob, Key: fmt.Sprint(next.ID, "/", turn), Account: next.Account, Payload: importKey{next.ID}, RunAt: tx.Now.Add(spare)}
	if next.State == Queued {
		job.Kind = applyJob
		if err := startApplying(ctx, tx, next, turn); err != nil {
			return err
		}
	}
	return jobs.Add(ctx, tx, job)
}

// finish gives the turn away and tells what was applied, once an import has ended.
func (s *Service) finish(ctx context.Context, tx *db.Tx, imp Import) error {
	held, err := dropTurn(ctx, tx, imp.ID)
	if err != nil {
		return err
	}
	if held {
		if err := s.nextTurn(ctx, tx, 0); err != nil {
			return err
		}
	}
	if imp.State != Done && imp.Applied.Good() == 0 {
		return nil
	}
	return outbox.Append(ctx, tx, Imported{imp.Account, imp.ID, imp.Feed, imp.FileName, imp.ByName, imp.State, imp.Applied})
}

// ImportNow uploads a file and applies it in this process without a preview; a dry run checks only, changes nothing
// and ends as cancelled, with its counts. Progress is told as it goes and may be nil. For the command line and the
// API. Who may is as for Confirm. An import whose file can't be read to its end comes back as Failed.
func (s *Service) ImportNow(ctx context.Context, by actor.Actor, name string, r io.Reader, dryRun bool, progress func(Import)) (Import, error) {
	imp, err := s.upload(ctx, by, name, r, false)
	if err != nil {
		return imp, err
	}
	if dryRun {
		if imp, err = s.checkNow(ctx, imp, progress); err != nil || imp.State != Preview {
			return imp, err
		}
		if err := s.Cancel(ctx, by, imp.ID); err != nil {
			return imp, err
		}
		return readImport(ctx, s.db.Read(), imp.ID)
	}
	err = s.step(ctx, by, imp.ID, "confirmed", func(tx *db.Tx, imp Import) error {
		if err := enqueue(ctx, tx, imp, Uploaded); err != nil {
			return err
		}
		// The job is for the case that this process dies: it starts when this one should have got somewhere.
		return s.nextTurn(ctx, tx, spareAfter)
	})
	if err != nil {
		return imp, err
	}
	return s.applyNow(ctx, imp, progress)
}

// spareAfter is how long the job waits for a process that works on an import itself.
const spareAfter = 10 * time.Second

// UndoNow undoes in this process: for the command line. Who may is as for Confirm.
func (s *Service) UndoNow(ctx context.Context, by actor.Actor, importID string) (Import, error) {
	if err := s.Undo(ctx, by, importID); err != nil {
		return Import{}, err
	}
	imp, err := readImport(ctx, s.db.Read(), importID)
	if err != nil {
		return imp, err
	}
	return s.undoNow(ctx, imp)
}

// optimistic runs f until nobody was faster: two that state one certificate at the same time end in a breach of a
// unique key or a row that isn't as it was read, and the second looks again.
func (s *Service) optimistic(ctx context.Context, f func(tx *db.Tx) error) error {
	var err error
	for range 8 {
		err = s.db.Update(ctx, f)
		if !errors.Is(err, errFaster) && !db.Violates(err) {
			return err
		}
	}
	return fmt.Errorf("eight times somebody was faster: %w", err)
}

var errFaster = errors.New("somebody was faster")

func userFault(err error) (*fault.Fault, bool) {
	f := fault.Of(err)
	return f, f != nil && (f.Kind == fault.KindInvalid || f.Kind == fault.KindTooLarge) && !errors.Is(err, context.Canceled)
}
