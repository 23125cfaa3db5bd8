package ledger

import (
	"context"
	"encoding/json"
	"errors"
	"time"

	"hanse/internal/kit/actor"
	"hanse/internal/kit/audit"
	"hanse/internal/kit/calendar"
	"hanse/internal/kit/db"
	"hanse/internal/kit/fault"
	"hanse/internal/kit/id"
	"hanse/internal/kit/jobs"
	"hanse/internal/kit/outbox"
)

// A Proof is one check of all books, kept for auditors.
type Proof struct {
	ID      string
	State   string    // waiting, sound, unsound, failed
	AskedBy string    // name; "" = the nightly one
	AskedAt time.Time // business instant
	Began   time.Time // wall instants
	Ended   time.Time
	Report  Report
}

// Checked says what a check found: books.sound, books.unsound. Only the second one is told to anybody.
type Checked struct {
	ID       string   `json:"id"`
	Vendor   string   `json:"vendor"`
	Findings []string `json:"findings"`
}

// Event names the fact.
func (c Checked) Event() (kind, account, subject string) {
	if len(c.Findings) == 0 {
		return "books.sound", "-", c.ID
	}
	return "books.unsound", "-", c.ID
}

const checkJob = "ledger.check"

// nightly is when the books are checked without being asked: 02:00 in the business zone.
func nightly(after time.Time) time.Time {
	at := calendar.DayOf(after).Time().Add(2 * time.Hour)
	if !at.After(after) {
		at = calendar.DayOf(after).AddDays(1).Time().Add(2 * time.Hour)
	}
	return at
}

// Ask lets the books be checked soon. Auditors and the vendor's finance may. A check that waits already is the
// answer.
func (s *Service) Ask(ctx context.Context, by actor.Actor) (Proof, error) {
	if err := by.May(actor.CheckBooks); err != nil {
		return Proof{}, err
	}
	var p Proof
	err := s.db.Update(ctx, func(tx *db.Tx) error {
		waiting, err := db.All(ctx, tx, scanProof, `SELECT `+proofColumns+` FROM ledger_check WHERE state = 'waiting' ORDER BY id LIMIT 1`)
		if err != nil || len(waiting) > 0 {
			if len(waiting) > 0 {
				p = waiting[0]
			}
			return err
		}
		if p, err = ask(ctx, tx, by.Name); err != nil {
			return err
		}
		return audit.Record(ctx, tx, by, actor.CheckBooks, audit.Subject{Kind: "books", ID: p.ID, Account: by.Account}, nil)
	})
	return p, err
}

func ask(ctx context.Context, tx *db.Tx, name string) (Proof, error) {
	p := Proof{ID: id.New("chk", tx.Wall), State: "waiting", AskedBy: name, AskedAt: tx.Now}
	err := db.Change(ctx, tx, `INSERT INTO ledger_check (id, state, asked_by, asked_at) VALUES ($1, 'waiting', $2, $3)`, p.ID, name, db.Micros(p.AskedAt))
	if err != nil {
		return p, err
	}
	return p, jobs.Add(ctx, tx, jobs.New{Kind: checkJob, Key: p.ID, Account: "-", Payload: p.ID})
}

// prove runs a check that was asked for. It reads for long on large books, so it has no transaction of its own.
func (s *Service) prove(ctx context.Context, j jobs.Job) error {
	began := s.db.Clock().Wall()
	r, err := s.Check(ctx, actor.Program("ledger"))
	if err != nil {
		return err
	}
	text, err := json.Marshal(r)
	if err != nil {
		return err
	}
	state := "sound"
	if !r.Sound() {
		state = "unsound"
	}
	return s.db.Update(ctx, func(tx *db.Tx) error {
		n, err := db.Exec(ctx, tx, `UPDATE ledger_check SET state = $2, began_at = $3, ended_at = $4, report = $5 WHERE id = $1 AND state = 'waiting'`,
			j.Key, state, db.Micros(began), db.Micros(tx.Wall), string(text))
		if err != nil || n == 0 {
			return err
		}
		return outbox.Append(ctx, tx, Checked{ID: j.Key, Findings: r.Findings})
	})
}

// Proofs lists checks, newest first. Who may see the books may.
func (s *Service) Proofs(ctx context.Context, by actor.Actor, before string, limit int) ([]Proof, error) {
	if err := by.May(actor.ViewBooks); err != nil {
		return nil, err
	}
	return db.All(ctx, s.db.Read(), scanProof, `SELECT `+proofColumns+` FROM ledger_check WHERE ($1 = '' OR id < $1) ORDER BY id DESC LIMIT $2`, before, clampLimit(limit))
}

// Proof returns one check; NotFound when there's none.
func (s *Service) Proof(ctx context.Context, by actor.Actor, proofID string) (Proof, error) {
	if err := by.May(actor.ViewBooks); err != nil {
		return Proof{}, err
	}
	p, err := db.One(ctx, s.db.Read(), scanProof, `SELECT `+proofColumns+` FROM ledger_check WHERE id = $1`, proofID)
	if errors.Is(err, db.ErrNoRow) {
		err = fault.NotFound()
	}
	return p, err
}

const proofColumns = `id, state, asked_by, asked_at, began_at, ended_at, report`

func scanProof(r db.Row) (p Proof, err error) {
	var report string
	if err = r.Scan(&p.ID, &p.State, &p.AskedBy, db.Time(&p.AskedAt), db.Time(&p.Began), db.Time(&p.Ended), &report); err != nil || report == "" {
		return p, err
	}
	return p, json.Unmarshal([]byte(report), &p.Report)
}

// Sums are what all accounts of each unit come to at this moment.
func (s *Service) Sums(ctx context.Context, by actor.Actor) ([]Sum, error) {
	if err := by.May(actor.ViewBooks); err != nil {
		return nil, err
	}
	var r Report
	err := sumUnits(ctx, s.db.Read(), &r)
	return r.Units, err
}

// Book is one owner's accounts, clearing included. Who may see all books may.
func (s *Service) Book(ctx context.Context, by actor.Actor, owner string) ([]Balance, error) {
	if err := by.May(actor.ViewBooks); err != nil {
		return nil, err
	}
	return Balances(ctx, s.db.Read(), owner)
}

// BookEntries is a page of any owner's statement. Who may see all books may.
func (s *Service) BookEntries(ctx context.Context, by actor.Actor, in Statement) ([]Entry, error) {
	if err := by.May(actor.ViewBooks); err != nil {
		return nil, err
	}
	return Entries(ctx, s.db.Read(), in)
}

// BookTransfer is any transfer with its entries in both books, and what reversed it ("" = nothing).
func (s *Service) BookTransfer(ctx context.Context, by actor.Actor, book, transferID string) (t Transfer, entries []Entry, reversed string, err error) {
	if err = by.May(actor.ViewBooks); err != nil {
		return t, nil, "", err
	}
	if t, entries, err = Get(ctx, s.db.Read(), book, transferID); err != nil {
		return t, nil, "", err
	}
	reversed, err = ReversedBy(ctx, s.db.Read(), book, transferID)
	return t, entries, reversed, err
}
