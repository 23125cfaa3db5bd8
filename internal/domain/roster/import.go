package roster

import (
	"context"
	"errors"
	"io"
	"time"

	"hanse/internal/domain/rosterfile"
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

// An ImportState says who acts next.
type ImportState string

// The states of an import.
const (
	Uploaded  ImportState = "uploaded"  // the check job starts soon
	Checking  ImportState = "checking"  // the check job reads the file
	Preview   ImportState = "preview"   // the user confirms or cancels
	Queued    ImportState = "queued"    // another import of the partner is being applied
	Applying  ImportState = "applying"  // the apply job works
	Done      ImportState = "done"      // nobody: good rows are applied
	Failed    ImportState = "failed"    // the user: nothing of the file can be read; upload another
	Cancelled ImportState = "cancelled" // nobody: what was applied before stays
)

const (
	checkJob = "roster.check"
	applyJob = "roster.apply"
	// MaxUpload is how many bytes a roster may have.
	MaxUpload = 256 << 20
	maxErrors = 1000 // kept; all are counted
)

// ImportCounts says what a file changes.
type ImportCounts struct {
	NewPeople             int64 `json:"new_people"`
	ChangedPeople         int64 `json:"changed_people"`
	SamePeople            int64 `json:"same_people"`
	LeftPeople            int64 `json:"left_people"` // of the changed ones: those who left
	NewCertificates       int64 `json:"new_certificates"`
	CorrectedCertificates int64 `json:"corrected_certificates"`
	SameCertificates      int64 `json:"same_certificates"`
	BadRows               int64 `json:"bad_rows"`
}

// Changes is how many people and certificates are new or change.
func (c ImportCounts) Changes() int64 {
	return c.NewPeople + c.ChangedPeople + c.NewCertificates + c.CorrectedCertificates
}

func (c *ImportCounts) add(d ImportCounts) {
	c.NewPeople += d.NewPeople
	c.ChangedPeople += d.ChangedPeople
	c.SamePeople += d.SamePeople
	c.LeftPeople += d.LeftPeople
	c.NewCertificates += d.NewCertificates
	c.CorrectedCertificates += d.CorrectedCertificates
	c.SameCertificates += d.SameCertificates
	c.BadRows += d.BadRows
}

// An Import is one uploaded roster of a partner.
type Import struct {
	Account    string
	ID         string
	FileName   string
	Hash       string // of the content
	Size       int64  // bytes
	State      ImportState
	ByName     string // who uploaded, then who confirmed
	SameAs     string // an earlier import of the same content that was done; "" = none
	Rows       int64  // known after the check
	Position   int64  // rows of the running step that are behind it
	Counts     ImportCounts
	Applied    ImportCounts
	Errors     int64    // entries to correct, in all
	Ignored    []string // headings that are none of ours
	Failure    i18n.Msg // why nothing could be read
	CreatedAt  time.Time
	FinishedAt time.Time

	actor actor.Actor
}

// Running tells whether a job works on it, so that a page shows progress.
func (i Import) Running() bool {
	return i.State == Uploaded || i.State == Checking || i.State == Queued || i.State == Applying
}

// Nothing tells whether a checked file would change nothing.
func (i Import) Nothing() bool { return i.Counts.Changes() == 0 }

// Share is how far the running step is, from 0 to 1. While checking the number of rows isn't known.
func (i Import) Share() float64 {
	if i.State == Done {
		return 1
	}
	if i.Rows == 0 {
		return 0
	}
	return min(1, float64(i.Position)/float64(i.Rows))
}

// A RowError is one entry to correct.
type RowError struct {
	Line   int64
	Column string // "" = the whole row
	Value  string
	Reason i18n.Msg
	Remedy i18n.Msg
}

// Upload stores a file and has it checked. The partner's administrators may, and the vendor's administrators and
// channel managers for a partner. TooLarge beyond MaxUpload, Invalid for what is no table.
func (s *Service) Upload(ctx context.Context, by actor.Actor, partner, name string, r io.Reader) (Import, error) {
	return s.upload(ctx, by, partner, name, r, true)
}

func (s *Service) upload(ctx context.Context, by actor.Actor, partner, name string, r io.Reader, check bool) (Import, error) {
	if err := allow(by, actor.ImportRoster, partner); err != nil {
		return Import{}, err
	}
	if err := s.partnerExists(ctx, s.db.Read(), partner); err != nil {
		return Import{}, err
	}
	ref, err := s.files.Put(ctx, r, blob.Limits{Bytes: MaxUpload, Types: blob.Tables()})
	if err != nil {
		return Import{}, err
	}
	imp := Import{Account: partner, FileName: text.FileName(name, "roster"), Hash: ref.Hash, Size: ref.Size, State: Uploaded, ByName: by.Name, actor: by}
	err = s.db.Update(ctx, func(tx *db.Tx) error {
		imp.ID, imp.CreatedAt = id.New("imp", tx.Wall), tx.Now
		if imp.SameAs, err = sameFile(ctx, tx, partner, ref.Hash); err != nil {
			return err
		}
		if err := insertImport(ctx, tx, imp); err != nil {
			return err
		}
		if check {
			if err := jobs.Add(ctx, tx, jobs.New{Kind: checkJob, Key: imp.ID, Account: partner, Payload: imp.key()}); err != nil {
				return err
			}
		}
		return audit.Record(ctx, tx, by, actor.ImportRoster, imp.subject(), map[string]any{"uploaded": imp.FileName, "sha256": imp.Hash, "bytes": imp.Size})
	})
	return imp, err
}

// importKey is a job's payload.
type importKey struct{ Account, Import string }

func (i Import) key() importKey { return importKey{i.Account, i.ID} }

func (i Import) subject() audit.Subject {
	return audit.Subject{Kind: "import", ID: i.ID, Account: i.Account}
}

// Import returns an import and how far it is. Who may is as for Upload; NotFound for another partner's.
func (s *Service) Import(ctx context.Context, by actor.Actor, partner, importID string) (Import, error) {
	if err := allow(by, actor.ImportRoster, partner); err != nil {
		return Import{}, err
	}
	return s.getImport(ctx, s.db.Read(), partner, importID)
}

func (s *Service) getImport(ctx context.Context, q db.Querier, partner, importID string) (Import, error) {
	if !id.Has("imp", importID) {
		return Import{}, fault.NotFound()
	}
	imp, err := readImport(ctx, q, partner, importID)
	if noRow(err) {
		return imp, fault.NotFound()
	}
	return imp, err
}

// Imports lists a partner's imports, newest first; after is the id of the last one seen. Who may is as for Upload.
func (s *Service) Imports(ctx context.Context, by actor.Actor, partner, after string, limit int) (list []Import, next string, err error) {
	if err := allow(by, actor.ImportRoster, partner); err != nil {
		return nil, "", err
	}
	if after != "" && !id.Has("imp", after) {
		return nil, "", fault.Invalid("after", i18n.M("roster.filter.cursor"))
	}
	if limit <= 0 || limit > maxLimit {
		limit = defaultLimit
	}
	list, err = readImports(ctx, s.db.Read(), partner, after, limit+1)
	if len(list) > limit {
		list = list[:limit]
		next = list[limit-1].ID
	}
	return list, next, err
}

// Confirm has the good rows of a checked file applied; bad rows are left out. Imports of one partner are applied
// one after the other. Conflict unless the import is in preview.
func (s *Service) Confirm(ctx context.Context, by actor.Actor, partner, importID string) error {
	if err := allow(by, actor.ImportRoster, partner); err != nil {
		return err
	}
	return s.optimistic(ctx, func(tx *db.Tx) error {
		imp, err := s.getImport(ctx, tx, partner, importID)
		if err != nil {
			return err
		}
		imp.actor, imp.ByName = by, by.Name
		if err := confirm(ctx, tx, imp); err != nil {
			return wrongState(err)
		}
		if err := s.takeTurn(ctx, tx, imp); err != nil {
			return err
		}
		return audit.Record(ctx, tx, by, actor.ImportRoster, imp.subject(), map[string]any{"confirmed": imp.FileName, "changes": imp.Counts.Changes()})
	})
}

func wrongState(err error) error {
	if noRow(err) {
		return fault.Conflict(i18n.M("roster.import.wrong_state"))
	}
	return err
}

// takeTurn starts a queued import unless another one of the partner is being applied. Writing the other's turn
// makes its end wait for us, so that it finds this import in the queue.
func (s *Service) takeTurn(ctx context.Context, tx *db.Tx, imp Import) error {
	busy, err := askTurn(ctx, tx, imp.Account)
	if err != nil || busy {
		return err
	}
	return s.start(ctx, tx, imp)
}

func (s *Service) start(ctx context.Context, tx *db.Tx, imp Import) error {
	ok, err := insertTurn(ctx, tx, imp.Account, imp.ID)
	if err != nil {
		return err
	}
	if !ok {
		return errFaster
	}
	if err := startApplying(ctx, tx, imp); err != nil {
		return faster(err)
	}
	return jobs.Add(ctx, tx, jobs.New{Kind: applyJob, Key: imp.ID, Account: imp.Account, Payload: imp.key()})
}

// endTurn gives the turn to the import that waited longest.
func (s *Service) endTurn(ctx context.Context, tx *db.Tx, imp Import) error {
	held, err := dropTurn(ctx, tx, imp.Account, imp.ID)
	if err != nil || !held {
		return err
	}
	next, err := nextQueued(ctx, tx, imp.Account)
	if noRow(err) {
		return nil
	}
	if err != nil {
		return err
	}
	return s.start(ctx, tx, next)
}

// Cancel ends an import that isn't finished; rows applied so far stay. Who may is as for Upload. Conflict when it
// has ended.
func (s *Service) Cancel(ctx context.Context, by actor.Actor, partner, importID string) error {
	if err := allow(by, actor.ImportRoster, partner); err != nil {
		return err
	}
	return s.optimistic(ctx, func(tx *db.Tx) error {
		imp, err := s.getImport(ctx, tx, partner, importID)
		if err != nil {
			return err
		}
		if err := cancel(ctx, tx, imp); err != nil {
			return wrongState(err)
		}
		if imp, err = s.getImport(ctx, tx, partner, importID); err != nil {
			return err
		}
		if err := s.finish(ctx, tx, imp); err != nil {
			return err
		}
		return audit.Record(ctx, tx, by, actor.ImportRoster, imp.subject(), map[string]any{"cancelled": imp.FileName, "applied": imp.Applied})
	})
}

// finish gives the turn away and tells what was changed, once an import has ended.
func (s *Service) finish(ctx context.Context, tx *db.Tx, imp Import) error {
	if err := s.endTurn(ctx, tx, imp); err != nil {
		return err
	}
	if imp.State != Done && imp.Applied.Changes() == 0 {
		return nil
	}
	return outbox.Append(ctx, tx, Imported{imp.Account, imp.ID, imp.FileName, imp.ByName, imp.State, imp.Applied})
}

// RowErrors lists entries to correct by line, after a line. Who may is as for Upload.
func (s *Service) RowErrors(ctx context.Context, by actor.Actor, partner, importID string, after int64, limit int) ([]RowError, error) {
	if _, err := s.Import(ctx, by, partner, importID); err != nil {
		return nil, err
	}
	if limit <= 0 || limit > maxErrors {
		limit = maxErrors
	}
	return readErrors(ctx, s.db.Read(), partner, importID, after, limit)
}

// WriteErrors writes the bad rows of a checked file as CSV, as they were uploaded, with the reasons in a column of
// their own. Corrected, that file can be uploaded as it is. Who may is as for Upload.
func (s *Service) WriteErrors(ctx context.Context, by actor.Actor, partner, importID, lang string, w io.Writer) error {
	imp, err := s.Import(ctx, by, partner, importID)
	if err != nil {
		return err
	}
	f, err := s.openRows(imp)
	if err != nil {
		return err
	}
	defer f.Close()
	kept, err := readErrors(ctx, s.db.Read(), partner, importID, 0, maxErrors)
	if err != nil {
		return err
	}
	more := map[int][]rosterfile.RowError{}
	for _, e := range kept {
		more[int(e.Line)] = append(more[int(e.Line)], rosterfile.RowError{Line: int(e.Line), Column: e.Column, Value: e.Value, Msg: e.Reason, Remedy: e.Remedy})
	}
	return rosterfile.WriteErrorsAnd(w, f.Scanner, lang, func(line int) []rosterfile.RowError { return more[line] })
}

// ImportNow uploads, checks and, unless it's a dry run, applies a file in this process; progress is told as it goes
// and may be nil. For the command line and the API. Who may is as for Upload. An import whose file can't be read
// comes back as Failed with its Failure, not as an error.
func (s *Service) ImportNow(ctx context.Context, by actor.Actor, partner, name string, r io.Reader, dryRun bool, progress func(Import)) (Import, error) {
	imp, err := s.upload(ctx, by, partner, name, r, false)
	if err != nil {
		return imp, err
	}
	if imp, err = s.checkNow(ctx, imp, progress); err != nil || imp.State != Preview {
		return imp, err
	}
	if dryRun {
		return imp, s.Cancel(ctx, by, partner, imp.ID)
	}
	if err := s.Confirm(ctx, by, partner, imp.ID); err != nil {
		return imp, err
	}
	// Confirm made a job too, for the case that this process dies; whoever is first applies, the other finds it done.
	return s.applyNow(ctx, imp, progress)
}

func userFault(err error) (*fault.Fault, bool) {
	f := fault.Of(err)
	return f, f != nil && (f.Kind == fault.KindInvalid || f.Kind == fault.KindTooLarge) && !errors.Is(err, context.Canceled)
}
