package equipment

import (
	"bytes"
	"context"
	"errors"
	"io"
	"strings"
	"time"

	"hanse/internal/kit/actor"
	"hanse/internal/kit/audit"
	"hanse/internal/kit/blob"
	"hanse/internal/kit/db"
	"hanse/internal/kit/fault"
	"hanse/internal/kit/i18n"
	"hanse/internal/kit/id"
	"hanse/internal/kit/jobs"
	"hanse/internal/kit/sheet"
	"hanse/internal/kit/text"
)

const (
	importJob = "equipment.import"
	// MaxUpload is how many bytes a file may have: half a million devices have about 60 MiB.
	MaxUpload = 128 << 20
	maxErrors = 1000 // kept; all are counted
)

// An Import is one uploaded file. It's read twice: first to be compared, so that its user sees what would come of it, and
// after the user's word to be taken.
type Import struct {
	ID         string
	Account    string // the vendor's account of who uploaded; "" = the program
	FileName   string
	Hash       string
	Size       int64
	State      ImportState
	ByName     string
	Rows       int64 // an estimate until the file was read to its end
	Position   int64 // rows behind it in this pass
	Added      int64 // of this pass
	Changed    int64
	Same       int64
	Bad        int64
	Errors     int64 // entries to correct, in all
	Failure    i18n.Msg
	CreatedAt  time.Time
	FinishedAt time.Time

	actor actor.Actor
}

// Running tells whether a job works on it, so that a page shows progress.
func (i Import) Running() bool { return i.State == Checking || i.State == Writing }

// Share is how far it is, from 0 to 1.
func (i Import) Share() float64 {
	switch {
	case i.State == Ready || i.State == Done:
		return 1
	case i.Rows == 0:
		return 0
	}
	return min(1, float64(i.Position)/float64(i.Rows))
}

func (i Import) subject() audit.Subject {
	return audit.Subject{Kind: "equipment_import", ID: i.ID, Account: i.Account}
}

// importKey is the job's payload.
type importKey struct {
	Import string
	State  ImportState
}

// Upload stores a file of devices; a job compares it with what is there. The vendor's administrators, support engineers and
// channel managers may. TooLarge beyond MaxUpload, Invalid for what is no table or has not the columns.
func (s *Service) Upload(ctx context.Context, by actor.Actor, name string, r io.Reader) (Import, error) {
	return s.upload(ctx, by, name, r, 0)
}

func (s *Service) upload(ctx context.Context, by actor.Actor, name string, r io.Reader, spare time.Duration) (Import, error) {
	if err := by.May(actor.ImportEquipment); err != nil {
		return Import{}, err
	}
	lines := counter{r: r}
	ref, err := s.files.Put(ctx, &lines, blob.Limits{Bytes: MaxUpload, Types: blob.Tables()})
	if err != nil {
		return Import{}, err
	}
	imp := Import{Account: by.Account, FileName: text.FileName(name, "equipment"), Hash: ref.Hash, Size: ref.Size, State: Checking, ByName: by.Name, actor: by}
	if ref.Type == blob.CSV {
		imp.Rows = max(lines.n-1, 0)
	}
	f, err := s.open(imp)
	if err != nil {
		return Import{}, asField(err)
	}
	if err := f.Close(); err != nil {
		return Import{}, err
	}
	err = s.db.Update(ctx, func(tx *db.Tx) error {
		imp.ID, imp.CreatedAt = id.New("eqi", tx.Wall), tx.Now
		if err := insertImport(ctx, tx, imp); err != nil {
			return err
		}
		if err := addJob(ctx, tx, imp, spare); err != nil {
			return err
		}
		return audit.Record(ctx, tx, by, actor.ImportEquipment, imp.subject(), map[string]any{"uploaded": imp.FileName, "sha256": imp.Hash, "bytes": imp.Size})
	})
	return imp, err
}

func addJob(ctx context.Context, tx *db.Tx, imp Import, spare time.Duration) error {
	return jobs.Add(ctx, tx, jobs.New{Kind: importJob, Key: imp.ID + " " + string(imp.State), Account: imp.Account,
		Payload: importKey{imp.ID, imp.State}, RunAt: tx.Now.Add(spare)})
}

// asField makes what is wrong with a file an answer about the field.
func asField(err error) error {
	if f := fault.Of(err); f != nil && f.Kind == fault.KindInvalid && len(f.Fields) == 0 {
		return fault.Invalid("file", f.Msg)
	}
	return err
}

// ImportNow uploads a file and takes it in this process: for the command line and the demonstration. progress, which may be
// nil, is told after each part. With dryRun the file is compared alone. Who may is as for Upload. An import whose file can't
// be read to its end comes back as Failed; one that says nothing new is Done.
func (s *Service) ImportNow(ctx context.Context, by actor.Actor, name string, r io.Reader, dryRun bool, progress func(Import)) (Import, error) {
	imp, err := s.upload(ctx, by, name, r, time.Minute) // the job is for the case that this process dies
	if err != nil {
		return imp, err
	}
	if imp, err = s.run(ctx, imp, progress); err != nil || imp.State != Ready {
		return imp, err
	}
	switch {
	case dryRun:
		err = s.Cancel(ctx, by, imp.ID)
	case imp.Added+imp.Changed == 0:
		err = s.end(ctx, imp, Done, i18n.Msg{})
	default:
		err = s.confirm(ctx, by, imp.ID, time.Minute)
	}
	if err != nil {
		return imp, err
	}
	if imp, err = readImport(ctx, s.db.Read(), imp.ID); err != nil || imp.State != Writing {
		return imp, err
	}
	return s.run(ctx, imp, progress)
}

// Confirm has the good rows taken. Who may is as for Upload. Conflict when the import isn't ready.
func (s *Service) Confirm(ctx context.Context, by actor.Actor, importID string) error {
	return s.confirm(ctx, by, importID, 0)
}

func (s *Service) confirm(ctx context.Context, by actor.Actor, importID string, spare time.Duration) error {
	return s.change(ctx, by, importID, func(tx *db.Tx, imp Import) error {
		if imp.Added+imp.Changed == 0 {
			return fault.Conflict(i18n.M("equipment.import.nothing"))
		}
		if err := beginWriting(ctx, tx, imp.ID); err != nil {
			return err
		}
		imp.State = Writing
		if err := addJob(ctx, tx, imp, spare); err != nil {
			return err
		}
		return audit.Record(ctx, tx, by, actor.ImportEquipment, imp.subject(), map[string]any{"confirmed": imp.FileName, "add": imp.Added, "change": imp.Changed})
	})
}

// Cancel drops an import; rows taken so far stay. Who may is as for Upload. Conflict when it has ended.
func (s *Service) Cancel(ctx context.Context, by actor.Actor, importID string) error {
	return s.change(ctx, by, importID, func(tx *db.Tx, imp Import) error {
		if err := endImport(ctx, tx, imp.ID, Cancelled, i18n.Msg{}); err != nil {
			return err
		}
		return audit.Record(ctx, tx, by, actor.ImportEquipment, imp.subject(), map[string]any{"cancelled": imp.FileName})
	})
}

// change does something with an import that still stands as it should.
func (s *Service) change(ctx context.Context, by actor.Actor, importID string, do func(tx *db.Tx, imp Import) error) error {
	if err := by.May(actor.ImportEquipment); err != nil {
		return err
	}
	return s.db.Update(ctx, func(tx *db.Tx) error {
		imp, err := getImport(ctx, tx, importID)
		if err != nil {
			return err
		}
		if err = do(tx, imp); errors.Is(err, db.ErrNoRow) {
			err = fault.Conflict(i18n.M("equipment.import.wrong_state"))
		}
		return err
	})
}

// Import returns an import and how far it is. Who may upload may. NotFound for an id that is none.
func (s *Service) Import(ctx context.Context, by actor.Actor, importID string) (Import, error) {
	if err := by.May(actor.ImportEquipment); err != nil {
		return Import{}, err
	}
	return getImport(ctx, s.db.Read(), importID)
}

func getImport(ctx context.Context, q db.Querier, importID string) (Import, error) {
	if !id.Has("eqi", importID) {
		return Import{}, fault.NotFound()
	}
	imp, err := readImport(ctx, q, importID)
	if errors.Is(err, db.ErrNoRow) {
		return imp, fault.NotFound()
	}
	return imp, err
}

// Imports lists imports, newest first; after is the id of the last one seen. Who may is as for Import.
func (s *Service) Imports(ctx context.Context, by actor.Actor, after string, limit int) (list []Import, next string, err error) {
	if err := by.May(actor.ImportEquipment); err != nil {
		return nil, "", err
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

// WriteErrors writes the bad rows of the file's own columns with their reasons, to correct and upload again. Who may is as
// for Import.
func (s *Service) WriteErrors(ctx context.Context, by actor.Actor, importID, lang string, w io.Writer) error {
	imp, err := s.Import(ctx, by, importID)
	if err != nil {
		return err
	}
	f, err := s.open(imp)
	if err != nil {
		return err
	}
	defer f.Close()
	stored := map[int64][]RowError{}
	all, err := readErrors(ctx, s.db.Read(), importID, 0, maxErrors)
	if err != nil {
		return err
	}
	for _, e := range all {
		stored[e.Line] = append(stored[e.Line], e)
	}
	return sheet.WriteCSV(w, append(f.heads, errorColumn), func(yield func([]string, error) bool) {
		for ctx.Err() == nil {
			r, err := f.next()
			if err != nil {
				return // what can't be read at all isn't there to be corrected
			}
			wrong := r.errors
			if len(wrong) == 0 {
				wrong = stored[r.number] // what only the database knew
			}
			if len(wrong) > 0 && !yield(append(f.own(r.cells), told(wrong, lang)), nil) {
				return
			}
		}
	})
}

func told(errs []RowError, lang string) string {
	var out []string
	for _, e := range errs {
		out = append(out, e.Column+": "+i18n.Text(lang, e.Reason))
	}
	return strings.Join(out, "; ")
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
