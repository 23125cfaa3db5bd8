package bill

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

// An ImportState says who acts next.
type ImportState string

// The states of an import.
const (
	Waiting   ImportState = "waiting"   // the job starts soon
	Reading   ImportState = "reading"   // the job takes lines
	Settling  ImportState = "settling"  // the job takes the money for them
	Done      ImportState = "done"      // nobody
	Failed    ImportState = "failed"    // the user: the rest of the file can't be read; what was taken stays
	Cancelled ImportState = "cancelled" // nobody; what was taken stays
)

// StateText names a state.
func StateText(s ImportState) i18n.Msg {
	switch s {
	case Waiting:
		return i18n.M("bill.import.waiting")
	case Reading:
		return i18n.M("bill.import.reading")
	case Settling:
		return i18n.M("bill.import.settling")
	case Done:
		return i18n.M("bill.import.done")
	case Failed:
		return i18n.M("bill.import.failed")
	}
	return i18n.M("bill.import.cancelled")
}

const (
	importJob = "bill.import"
	// MaxUpload is how many bytes a file may have: a million lines have about 250 MiB.
	MaxUpload = 1 << 30
	maxErrors = 1000 // kept; all are counted
)

// An Import is one uploaded file of consumption.
type Import struct {
	ID         string
	Account    string // the vendor's account of who uploaded; "" = command line
	FileName   string
	Hash       string
	Size       int64
	State      ImportState
	DryRun     bool // it's compared and counted; nothing is taken
	ByName     string
	Rows       int64 // an estimate until the file was read to its end
	Position   int64 // rows behind it
	Added      int64
	Same       int64
	Bad        int64
	Late       int64 // of the added: billed in a later cycle than their own
	Amount     Exact // of the added
	Errors     int64 // entries to correct, in all
	Failure    i18n.Msg
	CreatedAt  time.Time
	FinishedAt time.Time

	actor actor.Actor
}

// Running tells whether a job works on it, so that a page shows progress.
func (i Import) Running() bool {
	return i.State == Waiting || i.State == Reading || i.State == Settling
}

// Share is how far it is, from 0 to 1.
func (i Import) Share() float64 {
	if i.State == Done || i.State == Settling {
		return 1
	}
	if i.Rows == 0 {
		return 0
	}
	return min(1, float64(i.Position)/float64(i.Rows))
}

func (i Import) subject() audit.Subject {
	return audit.Subject{Kind: "consumption_import", ID: i.ID, Account: i.Account}
}

// importKey is the job's payload.
type importKey struct{ Import string }

// Upload stores a file of consumption; a job takes its good lines. With dryRun they're compared and counted, and nothing
// is taken. Vendor administrators and finance may. TooLarge beyond MaxUpload, Invalid for what is no table or has not the
// columns.
func (s *Service) Upload(ctx context.Context, by actor.Actor, name string, r io.Reader, dryRun bool) (Import, error) {
	return s.upload(ctx, by, name, r, dryRun, 0)
}

func (s *Service) upload(ctx context.Context, by actor.Actor, name string, r io.Reader, dryRun bool, spare time.Duration) (Import, error) {
	if err := by.May(actor.ImportConsumption); err != nil {
		return Import{}, err
	}
	lines := counter{r: r}
	ref, err := s.files.Put(ctx, &lines, blob.Limits{Bytes: MaxUpload, Types: blob.Tables()})
	if err != nil {
		return Import{}, err
	}
	imp := Import{Account: by.Account, FileName: text.FileName(name, "consumption"), Hash: ref.Hash, Size: ref.Size, State: Waiting, DryRun: dryRun, ByName: by.Name, actor: by}
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
		imp.ID, imp.CreatedAt = id.New("cni", tx.Wall), tx.Now
		if err := insertImport(ctx, tx, imp); err != nil {
			return err
		}
		job := jobs.New{Kind: importJob, Key: imp.ID, Account: imp.Account, Payload: importKey{imp.ID}, RunAt: tx.Now.Add(spare)}
		if err := jobs.Add(ctx, tx, job); err != nil {
			return err
		}
		return audit.Record(ctx, tx, by, actor.ImportConsumption, imp.subject(),
			map[string]any{"uploaded": imp.FileName, "sha256": imp.Hash, "bytes": imp.Size, "dry_run": dryRun})
	})
	return imp, err
}

// asField makes what is wrong with a file an answer about the field.
func asField(err error) error {
	if f := fault.Of(err); f != nil && f.Kind == fault.KindInvalid && len(f.Fields) == 0 {
		return fault.Invalid("file", f.Msg)
	}
	return err
}

// ImportNow uploads a file and takes it in this process: for the command line. Progress is told as it goes and may be
// nil. Who may is as for Upload. An import whose file can't be read to its end comes back as Failed.
func (s *Service) ImportNow(ctx context.Context, by actor.Actor, name string, r io.Reader, dryRun bool, progress func(Import)) (Import, error) {
	// The job is for the case that this process dies.
	imp, err := s.upload(ctx, by, name, r, dryRun, time.Minute)
	if err != nil {
		return imp, err
	}
	return s.run(ctx, imp, progress)
}

// Import returns an import and how far it is. The vendor's administrators, finance and auditors may. NotFound for an id
// that is none.
func (s *Service) Import(ctx context.Context, by actor.Actor, importID string) (Import, error) {
	if err := by.May(actor.ViewConsumption); err != nil {
		return Import{}, err
	}
	return getImport(ctx, s.db.Read(), importID)
}

func getImport(ctx context.Context, q db.Querier, importID string) (Import, error) {
	if !id.Has("cni", importID) {
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
	if err := by.May(actor.ViewConsumption); err != nil {
		return nil, "", err
	}
	if after != "" && !id.Has("cni", after) {
		return nil, "", fault.Invalid("after", i18n.M("bill.after"))
	}
	limit = clamp(limit)
	list, err = readImports(ctx, s.db.Read(), after, limit+1)
	if len(list) > limit {
		list = list[:limit]
		next = list[limit-1].ID
	}
	return list, next, err
}

func clamp(limit int) int {
	if limit <= 0 || limit > 200 {
		return 50
	}
	return limit
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

// Cancel stops an import; the lines taken so far stay. Who may is as for Upload. Conflict when it has ended.
func (s *Service) Cancel(ctx context.Context, by actor.Actor, importID string) error {
	if err := by.May(actor.ImportConsumption); err != nil {
		return err
	}
	return s.db.Update(ctx, func(tx *db.Tx) error {
		imp, err := getImport(ctx, tx, importID)
		if err != nil {
			return err
		}
		err = endImport(ctx, tx, imp.ID, Cancelled, []ImportState{Waiting, Reading}, "")
		if errors.Is(err, db.ErrNoRow) {
			return fault.Conflict(i18n.M("bill.import.wrong_state"))
		}
		if err != nil {
			return err
		}
		return audit.Record(ctx, tx, by, actor.ImportConsumption, imp.subject(), map[string]any{"cancelled": imp.FileName})
	})
}

// WriteErrors writes the bad lines of the file's own columns with their reasons, to correct and upload again.
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

func (s *scanner) own(cells []string) []string {
	out := make([]string, 0, len(s.keep)+1)
	for _, i := range s.keep {
		cell := ""
		if i < len(cells) {
			cell = cells[i]
		}
		out = append(out, cell)
	}
	return out
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
