// Package batch does one thing for many receivers, out of a file or a list: it's checked row by row, shown, confirmed, and
// then done in the background, each row once, whatever stops in between.
//
// What the thing is, other modules say with a Work: money down the channel and back, vouchers to customers. Nothing
// happens before the confirmation, so that a batch that nobody confirms is a dry run.
package batch

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"time"

	"hanse/internal/domain/account"
	"hanse/internal/domain/confirm"
	"hanse/internal/kit/actor"
	"hanse/internal/kit/audit"
	"hanse/internal/kit/blob"
	"hanse/internal/kit/db"
	"hanse/internal/kit/i18n"
	"hanse/internal/kit/jobs"
	"hanse/internal/kit/money"
	"hanse/internal/kit/outbox"
)

// A State says who acts next.
type State string

// The states of a batch.
const (
	Checking  State = "checking"  // the check job reads the file
	Checked   State = "checked"   // the user confirms or cancels
	Running   State = "running"   // rows are being done
	Done      State = "done"      // every good row was tried
	Cancelled State = "cancelled" // what was done stays
	Failed    State = "failed"    // the file can't be read
)

// A RowState says what became of one row.
type RowState string

// The states of a row.
const (
	RowReady   RowState = "ready"   // not done yet
	RowBad     RowState = "bad"     // can't be done as it stands
	RowDone    RowState = "done"    //
	RowRefused RowState = "refused" // refused when it was to be done
)

// A Batch is one thing for many, checked, confirmed and done together.
type Batch struct {
	Account    string // who made it
	ID         string
	Work       string
	Partner    string // for whom: the own account, or a reseller
	Terms      string // the work's own, for all rows
	State      State
	FileName   string // "" = a list sent by a program
	Unit       string
	Memo       string // of rows without one
	User       string
	UserName   string
	Rows       int64
	Bad        int64
	Done       int64
	Refused    int64
	Total      int64 // minor units of the good rows
	Moved      int64 // minor units done
	Problem    i18n.Msg
	CreatedAt  time.Time
	FinishedAt time.Time
	// Actor is who made it, later who confirmed it: what the work asks of people it asks of him.
	Actor actor.Actor

	hash string
}

// Working tells whether a job works on it, so that a page shows progress.
func (b Batch) Working() bool { return b.State == Checking || b.State == Running }

// Good is how many rows can be done.
func (b Batch) Good() int64 { return b.Rows - b.Bad }

// Share is how far it is, from 0 to 1.
func (b Batch) Share() float64 {
	if b.Good() == 0 {
		return 0
	}
	return float64(b.Done+b.Refused) / float64(b.Good())
}

// About is what an identity code for confirming the batch is bound to.
func (b Batch) About() string {
	return confirm.About(b.Work, b.Partner, "batch "+b.ID, money.Text(b.Total), b.Unit)
}

// Key is a row's idempotency key: whatever is repeated is done once.
func (b Batch) Key(line int64) string { return fmt.Sprintf("%s:%d", b.ID, line) }

func (b *Batch) count(rows []Row) {
	for _, r := range rows {
		b.Rows++
		if r.State == RowBad {
			b.Bad++
			continue
		}
		b.Total += r.Minor
	}
}

// A Row is one receiver of a batch. To, Amount and Memo are as typed; Minor is what Amount comes to.
type Row struct {
	Line     int64
	To       string
	Amount   string
	Memo     string
	Receiver string // "" = not found
	Name     string
	Link     account.Link // how the receiver belongs to the partner: known while the row is judged
	Minor    int64
	State    RowState
	Made     string // what came of it: the work's own
	Problem  i18n.Msg

	wrong []i18n.Msg
}

// Refuse says something that is wrong with the row; all of it is told at once.
func (r *Row) Refuse(why i18n.Msg) { r.wrong = append(r.wrong, why) }

// Good tells whether nothing is wrong with the row so far.
func (r Row) Good() bool { return len(r.wrong) == 0 }

// A Work is a thing that can be done for many. Begin refuses an actor who may not do it for the batch's partner, checks the
// terms and sets the unit; Judge refuses rows that can't be done as they stand; Whole says what keeps all of it from being
// done; Run does a row under the batch's Key for it: a fault is the row's refusal, but for one that says to come back later,
// which is tried again as any other error is.
type Work struct {
	Name  string
	Begin func(ctx context.Context, by actor.Actor, b *Batch) error
	Judge func(ctx context.Context, b Batch, rows []Row) error
	Whole func(ctx context.Context, b Batch) (i18n.Msg, error)
	Run   func(ctx context.Context, b Batch, r *Row) error
}

// Names are what batches of one kind are called where that is kept or shown.
type Names struct {
	ID       string // prefix of their ids
	Subject  string // of audit rows
	Work     string // under what audit rows tell the work
	Check    string // the job that checks
	Run      string // the job that does
	Unknown  string // key of the text that a receiver isn't known
	NoneGood string // … that no row is good
	Lines    string // … that a list has none or too many lines
}

// Config is what the service needs: who may see its batches and do its works, with which code, and the works. Login finds
// the customer of a login name; nil finds none.
type Config struct {
	DB      *db.DB
	Files   *blob.Store
	Codes   *confirm.Service
	Login   func(ctx context.Context, q db.Querier, name string) (customer string, ok bool, err error)
	Names   Names
	See, Do actor.Verb
	Code    confirm.Operation
	Bytes   int64                     // of a file at most; 0 = MaxUpload
	AtOnce  int                       // rows that are done at one time; 0 = one after the other
	To      string                    // headings that people write for the receiver, besides the usual
	Amount  string                    // headings that people write for the amount, besides the usual
	Ended   func(b Batch) outbox.Fact // what is told at the end; nil = Ended
	Works   []Work
}

// Service holds the verbs over the batches of its works.
type Service struct {
	Config
	db *db.DB
}

// New returns the service.
func New(c Config) *Service { return &Service{Config: c, db: c.DB} }

const (
	// MaxUpload is how many bytes a file may have unless Config says otherwise, and MaxLines how many receivers a list without one.
	MaxUpload = 16 << 20
	MaxLines  = 500
)

// Register adds the jobs that check and do.
func (s *Service) Register(r *jobs.Runner) {
	r.Outside(s.Names.Check, s.runCheck)
	r.Outside(s.Names.Run, s.run)
}

// work is what a batch does; a name that nobody has is a mistake of the program.
func (s *Service) work(name string) Work { return s.Works[s.index(name)] }

func (s *Service) index(name string) int {
	return slices.IndexFunc(s.Works, func(w Work) bool { return w.Name == name })
}

func (s *Service) subject(b Batch) audit.Subject {
	return audit.Subject{Kind: s.Names.Subject, ID: b.ID, Account: b.Partner}
}

// most is how many bytes a file may have.
func (s *Service) most() int64 { return cmp.Or(s.Bytes, MaxUpload) }

// Ended says that the last row of a batch was tried.
type Ended struct {
	Account string `json:"account"`
	Batch   string `json:"batch"`
	Work    string `json:"work"`
	User    string `json:"user"`
	File    string `json:"file"`
	Done    int64  `json:"done"`
	Failed  int64  `json:"failed"`
	Moved   int64  `json:"moved"`
	Unit    string `json:"unit"`
}

// Event names the fact.
func (e Ended) Event() (kind, account, subject string) { return "batch.ended", e.Account, e.Batch }
