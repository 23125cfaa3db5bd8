package funds

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"hanse/internal/domain/confirm"
	"hanse/internal/domain/ledger"
	"hanse/internal/kit/actor"
	"hanse/internal/kit/audit"
	"hanse/internal/kit/blob"
	"hanse/internal/kit/db"
	"hanse/internal/kit/fault"
	"hanse/internal/kit/i18n"
	"hanse/internal/kit/id"
	"hanse/internal/kit/jobs"
	"hanse/internal/kit/money"
	"hanse/internal/kit/text"
)

// A BatchState says who acts next.
type BatchState string

// The states of a batch.
const (
	Checking  BatchState = "checking"  // the check job reads the file
	Checked   BatchState = "checked"   // the user confirms or cancels
	Running   BatchState = "running"   // rows are being posted
	Done      BatchState = "done"      // every good row was tried
	Cancelled BatchState = "cancelled" // what was posted stays
	Failed    BatchState = "failed"    // the file can't be read
)

// A RowState says what became of one row.
type RowState string

// The states of a row.
const (
	RowReady   RowState = "ready"   // not posted yet
	RowBad     RowState = "bad"     // can't be posted as it stands
	RowDone    RowState = "done"    // posted
	RowRefused RowState = "refused" // refused when it was to be posted
)

// A Batch is many allocations or reclaims that are checked, confirmed and posted together.
type Batch struct {
	Account    string // who made it
	ID         string
	Partner    string // whose money
	Kind       string // ledger.Allocate or ledger.Reclaim
	State      BatchState
	FileName   string // "" = a list typed on a page or sent by a program
	Unit       string
	Memo       string // of rows without one
	User       string
	UserName   string
	Rows       int64
	Bad        int64
	Done       int64
	Refused    int64
	Total      int64 // minor units of the good rows
	Moved      int64 // minor units posted
	Problem    i18n.Msg
	CreatedAt  time.Time
	FinishedAt time.Time

	hash  string
	actor actor.Actor
}

// Working tells whether a job works on it, so that a page shows progress.
func (b Batch) Working() bool { return b.State == Checking || b.State == Running }

// Good is how many rows can be posted.
func (b Batch) Good() int64 { return b.Rows - b.Bad }

// Share is how far the posting is, from 0 to 1.
func (b Batch) Share() float64 {
	if b.Good() == 0 {
		return 0
	}
	return float64(b.Done+b.Refused) / float64(b.Good())
}

// About is what an identity code for confirming the batch is bound to.
func (b Batch) About() string {
	return confirm.About(b.Kind, b.Partner, "batch "+b.ID, money.Text(b.Total), b.Unit)
}

func (b Batch) subject() audit.Subject {
	return audit.Subject{Kind: "funds_batch", ID: b.ID, Account: b.Partner}
}

// A Row is one receiver of a batch. To, Amount and Memo are as typed.
type Row struct {
	Line     int64
	To       string
	Amount   string
	Memo     string
	Receiver string // "" = not found
	Name     string
	Minor    int64
	State    RowState
	Book     string // of the transfer
	Transfer string
	Number   string
	Problem  i18n.Msg
}

// NewBatch is what a batch shall do. Lines is for one without a file.
type NewBatch struct {
	Partner string // "" = own
	Kind    string // ledger.Allocate or ledger.Reclaim
	Memo    string
	Lines   []Line
}

// A Line is one receiver as typed: by id, login name or company name.
type Line struct{ To, Amount, Memo string }

const (
	checkJob = "funds.check_batch"
	postJob  = "funds.post_batch"
	// MaxUpload is how many bytes a file may have, and MaxLines how many receivers a list without one.
	MaxUpload = 64 << 20
	MaxLines  = 500
)

type batchKey struct{ Account, Batch string }

func (s *Service) newBatch(ctx context.Context, by actor.Actor, in NewBatch) (Batch, error) {
	if err := by.May(actor.MoveFunds); err != nil {
		return Batch{}, err
	}
	if in.Kind != ledger.Allocate && in.Kind != ledger.Reclaim {
		return Batch{}, fault.Invalid("kind", i18n.M("funds.batch.kind"))
	}
	partner, err := s.payer(ctx, by, in.Partner)
	return Batch{Account: by.Account, Partner: partner, Kind: in.Kind, State: Checking, Unit: ledger.CNY, Memo: text.Clean(in.Memo),
		User: by.User, UserName: by.Name, actor: by}, err
}

// Upload stores a file of receivers and amounts (CSV or Excel) and has it checked: nothing moves before Confirm. Who may is
// as with Allocate. Invalid for what is no table or lacks a column.
func (s *Service) Upload(ctx context.Context, by actor.Actor, in NewBatch, name string, r io.Reader) (Batch, error) {
	b, err := s.newBatch(ctx, by, in)
	if err != nil {
		return b, err
	}
	ref, err := s.Files.Put(ctx, r, blob.Limits{Bytes: MaxUpload, Types: blob.Tables()})
	if err != nil {
		return b, err
	}
	b.FileName, b.hash = text.Clean(name[strings.LastIndexAny(name, `/\`)+1:]), ref.Hash
	f, err := s.open(b)
	if x := fault.Of(err); x != nil && len(x.Fields) == 0 {
		err = fault.Invalid("file", x.Msg)
	}
	if err != nil {
		return b, err
	}
	f.close()
	return b, s.db.Update(ctx, func(tx *db.Tx) error {
		b.ID, b.CreatedAt = id.New("fba", tx.Wall), tx.Now
		if err := insertBatch(ctx, tx, b); err != nil {
			return err
		}
		if err := jobs.Add(ctx, tx, jobs.New{Kind: checkJob, Key: b.ID, Account: b.Account, Payload: batchKey{b.Account, b.ID}}); err != nil {
			return err
		}
		return audit.Record(ctx, tx, by, actor.MoveFunds, b.subject(), map[string]any{"uploaded": b.FileName, "sha256": b.hash, "kind": b.Kind})
	})
}

// List makes a batch of receivers without a file; it's checked at once. Who may is as with Allocate.
func (s *Service) List(ctx context.Context, by actor.Actor, in NewBatch) (Batch, error) {
	b, err := s.newBatch(ctx, by, in)
	if err != nil {
		return b, err
	}
	if len(in.Lines) == 0 || len(in.Lines) > MaxLines {
		return b, fault.Invalid("lines", i18n.M("funds.batch.lines", i18n.A{"max": MaxLines}))
	}
	rows := make([]Row, len(in.Lines))
	for i, l := range in.Lines {
		rows[i] = Row{Line: int64(i + 1), To: l.To, Amount: l.Amount, Memo: l.Memo}
	}
	if err := s.judge(ctx, b, rows); err != nil {
		return b, err
	}
	b.count(rows)
	if b.Problem, err = s.tooMuch(ctx, b); err != nil {
		return b, err
	}
	b.State = Checked
	return b, s.db.Update(ctx, func(tx *db.Tx) error {
		b.ID, b.CreatedAt = id.New("fba", tx.Wall), tx.Now
		if err := insertBatch(ctx, tx, b); err != nil {
			return err
		}
		if err := insertRows(ctx, tx, b, rows); err != nil {
			return err
		}
		return audit.Record(ctx, tx, by, actor.MoveFunds, b.subject(), map[string]any{"listed": len(rows), "kind": b.Kind, "minor": b.Total})
	})
}

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

// tooMuch says that the rows of an allocation come to more than the partner has; zero when they don't.
func (s *Service) tooMuch(ctx context.Context, b Batch) (i18n.Msg, error) {
	if b.Kind != ledger.Allocate {
		return i18n.Msg{}, nil
	}
	have, err := ledger.BalanceOf(ctx, s.db.Read(), ledger.Place{Owner: b.Partner, Kind: ledger.Cash, Unit: b.Unit})
	if err != nil || have.Available() >= b.Total {
		return i18n.Msg{}, err
	}
	return i18n.M("funds.batch.too_much", i18n.A{"total": money.Text(b.Total), "have": money.Text(have.Available()), "unit": b.Unit}), nil
}

// Confirm posts the good rows of a checked batch, in the background. Who may is as with Allocate, in the company that made
// it. Invalid when the rows come to more than there is, Conflict unless it's checked.
func (s *Service) Confirm(ctx context.Context, by actor.Actor, batchID, code string) error {
	if err := by.May(actor.MoveFunds); err != nil {
		return err
	}
	b, err := getBatch(ctx, s.db.Read(), by.Account, batchID)
	if err != nil {
		return err
	}
	if b.State != Checked {
		return fault.Conflict(i18n.M("funds.batch.not_checked"))
	}
	if b.Good() == 0 {
		return fault.Invalid("batch", i18n.M("funds.batch.none_good"))
	}
	problem, err := s.tooMuch(ctx, b)
	if err == nil && !problem.IsZero() {
		err = fault.Invalid("amount", problem)
	}
	if err == nil {
		err = s.Codes.Use(ctx, by, confirm.Adjust, b.About(), code)
	}
	if err != nil {
		return err
	}
	b.actor = by
	return s.db.Update(ctx, func(tx *db.Tx) error {
		if err := startBatch(ctx, tx, b); err != nil {
			return lost(err)
		}
		if err := jobs.Add(ctx, tx, jobs.New{Kind: postJob, Key: b.ID, Account: b.Account, Payload: batchKey{b.Account, b.ID}}); err != nil {
			return err
		}
		return audit.Record(ctx, tx, by, actor.MoveFunds, b.subject(), map[string]any{"confirmed": b.Good(), "kind": b.Kind, "minor": b.Total})
	})
}

// Cancel gives a batch up; rows that were posted stay posted. Who may is as with Allocate, in the company that made it.
func (s *Service) Cancel(ctx context.Context, by actor.Actor, batchID string) error {
	if err := by.May(actor.MoveFunds); err != nil {
		return err
	}
	b, err := getBatch(ctx, s.db.Read(), by.Account, batchID)
	if err != nil {
		return err
	}
	return s.db.Update(ctx, func(tx *db.Tx) error {
		if err := cancelBatch(ctx, tx, b); err != nil {
			return lost(err)
		}
		return audit.Record(ctx, tx, by, actor.MoveFunds, b.subject(), map[string]any{"cancelled": true})
	})
}

// Batch reads a batch. The people of the company that made it who may read its book may.
func (s *Service) Batch(ctx context.Context, by actor.Actor, batchID string) (Batch, error) {
	if err := by.May(actor.ViewFunds); err != nil {
		return Batch{}, err
	}
	return getBatch(ctx, s.db.Read(), by.Account, batchID)
}

// Batches lists the own company's batches, newest first; before is the id of the last one seen.
func (s *Service) Batches(ctx context.Context, by actor.Actor, before string, limit int) ([]Batch, error) {
	if err := by.May(actor.ViewFunds); err != nil {
		return nil, err
	}
	return readBatches(ctx, s.db.Read(), by.Account, before, min(max(limit, 1), 200))
}

// BatchRows lists rows of a batch behind a line, those of one state or ("") all. Who may is as with Batch.
func (s *Service) BatchRows(ctx context.Context, by actor.Actor, batchID string, state RowState, after int64, limit int) ([]Row, error) {
	if _, err := s.Batch(ctx, by, batchID); err != nil {
		return nil, err
	}
	return readRows(ctx, s.db.Read(), by.Account, batchID, state, after, min(max(limit, 1), 1000))
}

// SameFile is an earlier batch of the own company with the same file that wasn't given up; "" for none. Who may is as with
// Batch.
func (s *Service) SameFile(ctx context.Context, by actor.Actor, b Batch) (string, error) {
	if err := by.May(actor.ViewFunds); err != nil || b.hash == "" {
		return "", err
	}
	return sameFile(ctx, s.db.Read(), by.Account, b)
}

func getBatch(ctx context.Context, q db.Querier, account, batchID string) (Batch, error) {
	if !id.Has("fba", batchID) {
		return Batch{}, fault.NotFound()
	}
	b, err := readBatch(ctx, q, account, batchID)
	if errors.Is(err, db.ErrNoRow) {
		return b, fault.NotFound()
	}
	return b, err
}

func lost(err error) error {
	if errors.Is(err, db.ErrNoRow) {
		return fault.Conflict(i18n.Msg{})
	}
	return err
}

// key is a row's idempotency key: whatever is repeated is posted once.
func (b Batch) key(line int64) string { return fmt.Sprintf("%s:%d", b.ID, line) }
