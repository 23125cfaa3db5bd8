package ledger

import (
	"context"
	"encoding/json"
	"errors"
	"time"

	"hanse/internal/kit/actor"
	"hanse/internal/kit/audit"
	"hanse/internal/kit/db"
	"hanse/internal/kit/fault"
	"hanse/internal/kit/i18n"
	"hanse/internal/kit/id"
	"hanse/internal/kit/jobs"
)

// A Hold is an amount set aside in one account until it's captured, released or expires.
type Hold struct {
	Place    Place
	ID       string
	Minor    int64
	State    string // held, captured, released, expired
	Subject  string
	Key      string
	Until    time.Time // business instant; zero = until somebody ends it
	Created  time.Time
	Ended    time.Time
	Transfer string // that captured it

	no int64
}

// A Reservation asks for a hold. Key is unique among the owner's holds: the same key again is the same hold.
type Reservation struct {
	Place   Place
	Minor   int64
	Until   time.Time
	Subject string
	Key     string
	Verb    actor.Verb
}

const expireJob = "ledger.expire_hold"

// Reserve sets an amount aside in the caller's transaction. A *Refusal when too little is available.
func Reserve(ctx context.Context, tx *db.Tx, by actor.Actor, in Reservation) (Hold, error) {
	if in.Minor <= 0 || in.Key == "" {
		return Hold{}, errors.New("a reservation without amount or key")
	}
	h := Hold{Place: in.Place, ID: id.New("hld", tx.Wall), Minor: in.Minor, State: "held", Subject: in.Subject, Key: in.Key, Until: in.Until, Created: tx.Now}
	if there, err := holdByKey(ctx, tx, in.Place.Owner, in.Key); err == nil || !errors.Is(err, db.ErrNoRow) {
		if err == nil && (there.Place != in.Place || there.Minor != in.Minor) {
			return Hold{}, &Refusal{Why: KeyReused}
		}
		return there, err
	}
	no, err := hold(ctx, tx, in.Place, in.Minor)
	if err != nil {
		return Hold{}, err
	}
	h.no = no
	if err := insertHold(ctx, tx, h); err != nil {
		return h, err
	}
	if !h.Until.IsZero() {
		if err := jobs.Add(ctx, tx, jobs.New{Kind: expireJob, Key: h.ID, Account: in.Place.Owner, Payload: h.ID, RunAt: h.Until}); err != nil {
			return h, err
		}
	}
	return h, audit.Record(ctx, tx, by, in.Verb, h.subject(), map[string]any{"hold": "reserved", "minor": h.Minor, "unit": h.Place.Unit, "for": h.Subject})
}

// hold raises what is held, guarded.
func hold(ctx context.Context, tx *db.Tx, p Place, minor int64) (no int64, err error) {
	no, err = db.One(ctx, tx, db.Int, `UPDATE ledger_account SET held = held + $5
		WHERE account_id = $1 AND kind = $2 AND unit = $3 AND ref = $4 AND state = 'open' AND (minimum IS NULL OR balance - held - $5 >= minimum)
		RETURNING no`, p.Owner, string(p.Kind), p.Unit, p.Ref, minor)
	if !errors.Is(err, db.ErrNoRow) {
		return no, err
	}
	a, err := readAccount(ctx, tx, p)
	if err != nil && !errors.Is(err, db.ErrNoRow) {
		return 0, err
	}
	if refused := a.refuses(change{place: p, delta: -minor}, "hold", err == nil); refused != nil {
		return 0, refused
	}
	return 0, fault.Conflict(i18n.Msg{})
}

// Capture uses a hold: the posting's money comes out of what is set aside, and what the posting doesn't take is free
// again. Its first move starts from the hold's account. A key that is known gives the first answer.
func Capture(ctx context.Context, tx *db.Tx, by actor.Actor, owner, holdID string, p Posting) (Posted, error) {
	h, err := HoldOf(ctx, tx, owner, holdID)
	if err != nil {
		return Posted{}, err
	}
	if p.Moves[0].From != h.Place || p.total() > h.Minor {
		return Posted{}, errors.New("a capture that isn't covered by its hold")
	}
	if p.Key == "" {
		p.Key = "capture " + h.ID
	}
	err = endHold(ctx, tx, h, "captured")
	switch {
	case err == nil:
		p.capture = &h
	case !errors.Is(err, db.ErrNoRow):
		return Posted{}, err
	case h.Key == "" || !keyKnown(ctx, tx, p.Book, p.Key):
		return Posted{}, fault.Conflict(i18n.M("ledger.hold_over"))
	}
	out, err := Post(ctx, tx, by, p)
	if err != nil || out.Replayed {
		return out, err
	}
	return out, db.Change(ctx, tx, `UPDATE ledger_hold SET transfer_id = $3 WHERE account_id = $1 AND id = $2`, owner, holdID, out.ID)
}

func keyKnown(ctx context.Context, q db.Querier, book, k string) bool {
	_, err := db.One(ctx, q, db.String, `SELECT transfer_id FROM ledger_key WHERE account_id = $1 AND key = $2`, book, k)
	return err == nil
}

// Free lets a hold go. Conflict when it has ended.
func Free(ctx context.Context, tx *db.Tx, by actor.Actor, verb actor.Verb, owner, holdID string) error {
	h, err := HoldOf(ctx, tx, owner, holdID)
	if err != nil {
		return err
	}
	if err := let(ctx, tx, h, "released"); err != nil {
		return err
	}
	return audit.Record(ctx, tx, by, verb, h.subject(), map[string]any{"hold": "released", "minor": h.Minor, "unit": h.Place.Unit})
}

func let(ctx context.Context, tx *db.Tx, h Hold, state string) error {
	err := endHold(ctx, tx, h, state)
	if errors.Is(err, db.ErrNoRow) {
		return fault.Conflict(i18n.M("ledger.hold_over"))
	}
	if err != nil {
		return err
	}
	return db.Change(ctx, tx, `UPDATE ledger_account SET held = held - $3 WHERE account_id = $1 AND no = $2`, h.Place.Owner, h.no, h.Minor)
}

// expire ends a hold whose time is over; one that was used or freed is none of its business any more.
func (s *Service) expire(ctx context.Context, tx *db.Tx, j jobs.Job) error {
	var holdID string
	if err := json.Unmarshal(j.Payload, &holdID); err != nil {
		return err
	}
	h, err := HoldOf(ctx, tx, j.Account, holdID)
	if err != nil || h.State != "held" {
		return err
	}
	if err := let(ctx, tx, h, "expired"); err != nil {
		return err
	}
	return audit.Record(ctx, tx, actor.Program("ledger"), actor.ExpireHold, h.subject(), map[string]any{"hold": "expired", "minor": h.Minor, "unit": h.Place.Unit})
}

func (h Hold) subject() audit.Subject {
	return audit.Subject{Kind: "hold", ID: h.ID, Account: h.Place.Owner}
}

const holdColumns = `h.account_id, a.kind, a.unit, a.ref, h.no, h.id, h.amount, h.state, h.subject, h.key, h.until, h.created_at, h.ended_at, h.transfer_id`

const holdFrom = ` FROM ledger_hold h JOIN ledger_account a ON a.account_id = h.account_id AND a.no = h.no `

func scanHold(r db.Row) (h Hold, err error) {
	p := &h.Place
	err = r.Scan(&p.Owner, &p.Kind, &p.Unit, &p.Ref, &h.no, &h.ID, &h.Minor, &h.State, &h.Subject, &h.Key, db.Time(&h.Until), db.Time(&h.Created),
		db.Time(&h.Ended), &h.Transfer)
	return h, err
}

// HoldOf reads one hold; NotFound when there's none.
func HoldOf(ctx context.Context, q db.Querier, owner, holdID string) (Hold, error) {
	h, err := db.One(ctx, q, scanHold, `SELECT `+holdColumns+holdFrom+`WHERE h.account_id = $1 AND h.id = $2`, owner, holdID)
	if errors.Is(err, db.ErrNoRow) {
		err = fault.NotFound()
	}
	return h, err
}

// Holds reads an owner's holds, newest first: those that still hold, or all. Before is the id of the last one seen.
func Holds(ctx context.Context, q db.Querier, owner string, all bool, before string, limit int) ([]Hold, error) {
	return db.All(ctx, q, scanHold, `SELECT `+holdColumns+holdFrom+`WHERE h.account_id = $1 AND ($2 = 'all' OR h.state = 'held')
		AND ($3 = '' OR h.id < $3) ORDER BY h.id DESC LIMIT $4`, owner, map[bool]string{true: "all", false: "held"}[all], before, clampLimit(limit))
}

func holdByKey(ctx context.Context, q db.Querier, owner, k string) (Hold, error) {
	return db.One(ctx, q, scanHold, `SELECT `+holdColumns+holdFrom+`WHERE h.account_id = $1 AND h.key = $2`, owner, k)
}

func insertHold(ctx context.Context, tx *db.Tx, h Hold) error {
	return db.Change(ctx, tx, `INSERT INTO ledger_hold (account_id, id, no, amount, state, subject, key, until, created_at)
		VALUES ($1, $2, $3, $4, 'held', $5, $6, $7, $8)`, h.Place.Owner, h.ID, h.no, h.Minor, h.Subject, h.Key, db.Micros(h.Until), db.Micros(h.Created))
}

// endHold is the compare-and-set by which a hold ends once.
func endHold(ctx context.Context, tx *db.Tx, h Hold, state string) error {
	return db.Change(ctx, tx, `UPDATE ledger_hold SET state = $3, ended_at = $4 WHERE account_id = $1 AND id = $2 AND state = 'held'`,
		h.Place.Owner, h.ID, state, db.Micros(tx.Now))
}
