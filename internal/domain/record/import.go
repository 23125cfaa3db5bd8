package record

import (
	"time"

	"hanse/internal/kit/actor"
	"hanse/internal/kit/audit"
	"hanse/internal/kit/i18n"
)

// An ImportState says who acts next.
type ImportState string

// The states of an import.
const (
	Uploaded  ImportState = "uploaded"  // the check job starts soon
	Checking  ImportState = "checking"  // the check job reads the file
	Preview   ImportState = "preview"   // the user confirms or cancels
	Queued    ImportState = "queued"    // another import is being applied or undone
	Applying  ImportState = "applying"  // the apply job works
	Done      ImportState = "done"      // nobody: good lines are applied
	Failed    ImportState = "failed"    // the user: the rest of the file can't be read
	Cancelled ImportState = "cancelled" // nobody: what was applied before stays, and can be undone
	Undoing   ImportState = "undoing"   // the undo job works, or waits for its turn
	Undone    ImportState = "undone"    // nobody: what was said before it holds again
)

// StateText names a state.
func StateText(s ImportState) i18n.Msg {
	switch s {
	case Uploaded:
		return i18n.M("record.state.uploaded")
	case Checking:
		return i18n.M("record.state.checking")
	case Preview:
		return i18n.M("record.state.preview")
	case Queued:
		return i18n.M("record.state.queued")
	case Applying:
		return i18n.M("record.state.applying")
	case Done:
		return i18n.M("record.state.done")
	case Failed:
		return i18n.M("record.state.failed")
	case Undoing:
		return i18n.M("record.state.undoing")
	case Undone:
		return i18n.M("record.state.undone")
	}
	return i18n.M("record.state.cancelled")
}

const (
	checkJob = "record.check"
	applyJob = "record.apply"
	undoJob  = "record.undo"
	// MaxUpload is how many bytes a feed's file may have: a million lines have about 200 MiB.
	MaxUpload = 1 << 30
	maxErrors = 1000 // kept; all are counted
)

// Counts says what the lines of a file say, and what comes of them. New, Changed and Same compare with what was known
// before; a line that is repeated within the file is compared with its first.
type Counts struct {
	New     int64 `json:"new"`
	Changed int64 `json:"changed"`
	Same    int64 `json:"same"`

	Passed  int64 `json:"passed"` // finished, of trainings
	Failed  int64 `json:"failed"`
	NoShow  int64 `json:"no_show"`
	Revoked int64 `json:"revoked"`

	Waiting int64 `json:"waiting"` // good lines of an e-mail that nobody has associated
	People  int64 `json:"people"`  // persons whose certificates changed; not known before applying
	BadRows int64 `json:"bad_rows"`
}

// Good is how many lines are applied.
func (c Counts) Good() int64 { return c.New + c.Changed + c.Same }

func (c *Counts) add(d Counts) {
	c.New += d.New
	c.Changed += d.Changed
	c.Same += d.Same
	c.Passed += d.Passed
	c.Failed += d.Failed
	c.NoShow += d.NoShow
	c.Revoked += d.Revoked
	c.Waiting += d.Waiting
	c.People += d.People
	c.BadRows += d.BadRows
}

func (c *Counts) result(r Result) {
	switch r {
	case Pass, Finished:
		c.Passed++
	case Fail, Unfinished:
		c.Failed++
	case NoShow:
		c.NoShow++
	case Revoked:
		c.Revoked++
	}
}

// An Import is one uploaded file of a feed.
type Import struct {
	ID         string
	Account    string // the vendor's account of who uploaded; "" = command line
	Feed       Feed
	FileName   string
	Hash       string // of the content
	Size       int64  // bytes
	State      ImportState
	ByName     string // who uploaded, then who confirmed, then who undid
	SameAs     string // an earlier import of the same content that stands; "" = none
	Rows       int64  // an estimate until the file was read to its end
	Position   int64  // rows of the running step that are behind it
	Counts     Counts // found by the check
	Applied    Counts
	Errors     int64            // entries to correct, in all
	Ignored    []string         // headings that are none of ours
	Unknown    map[string]int64 // passed exams of which the catalogue knows no certificate
	Failure    i18n.Msg         // why the file could not be read
	CreatedAt  time.Time
	FinishedAt time.Time
	UndoneAt   time.Time

	turn  int64 // the number under which it's applied; 0 = not yet
	actor actor.Actor
}

// Running tells whether a job works on it, so that a page shows progress.
func (i Import) Running() bool {
	switch i.State {
	case Uploaded, Checking, Queued, Applying, Undoing:
		return true
	}
	return false
}

// Undoable tells whether something of it was applied and stands.
func (i Import) Undoable() bool {
	return i.turn > 0 && (i.State == Done || i.State == Failed || i.State == Cancelled)
}

// Share is how far the running step is, from 0 to 1.
func (i Import) Share() float64 {
	if i.State == Done || i.State == Undone {
		return 1
	}
	if i.Rows == 0 {
		return 0
	}
	return min(1, float64(i.Position)/float64(i.Rows))
}

func (i Import) subject() audit.Subject {
	return audit.Subject{Kind: "record_import", ID: i.ID, Account: i.Account}
}

// key is a job's payload.
type importKey struct{ Import string }
