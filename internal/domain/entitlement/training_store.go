package entitlement

import (
	"context"
	"errors"
	"time"

	"hanse/internal/kit/db"
)

const needColumns = `account_id, id, key, partner_name, topic, mode, people, contact, email, note, state, session_id, asker, created_at`

func scanNeed(r db.Row) (n Need, err error) {
	return n, r.Scan(&n.Account, &n.ID, &n.Key, &n.PartnerName, &n.Topic, &n.Mode, &n.People, &n.Contact, &n.Email, &n.Note, &n.State, &n.Session, &n.Asker,
		db.Time(&n.CreatedAt))
}

func insertNeed(ctx context.Context, tx *db.Tx, n Need) (fresh bool, err error) {
	k, err := db.Exec(ctx, tx, `INSERT INTO entitlement_need (account_id, id, key, partner_name, topic, mode, people, contact, email, note, state, session_id,
		asker, created_at, changed_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, 'open', '', $11, $12, $12) ON CONFLICT (account_id, key) DO NOTHING`,
		n.Account, n.ID, n.Key, n.PartnerName, n.Topic, string(n.Mode), n.People, n.Contact, n.Email, n.Note, n.Asker, db.Micros(tx.Now))
	return k == 1, err
}

// moveNeed is the compare-and-set by which an open need ends.
func moveNeed(ctx context.Context, tx *db.Tx, n Need, to NeedState, session string) error {
	return changed(db.Change(ctx, tx, `UPDATE entitlement_need SET state = $3, session_id = $4, changed_at = $5 WHERE account_id = $1 AND id = $2
		AND state = 'open'`, n.Account, n.ID, string(to), session, db.Micros(tx.Now)))
}

func needByID(ctx context.Context, q db.Querier, id string) (Need, error) {
	n, err := db.One(ctx, q, scanNeed, `SELECT `+needColumns+` FROM entitlement_need WHERE id = $1`, id)
	return n, found(err)
}

func needByKey(ctx context.Context, q db.Querier, account, key string) (Need, error) {
	n, err := db.One(ctx, q, scanNeed, `SELECT `+needColumns+` FROM entitlement_need WHERE account_id = $1 AND key = $2`, account, key)
	return n, found(err)
}

func needs(ctx context.Context, q db.Querier, account string, state NeedState, after string, limit int) ([]Need, error) {
	return db.All(ctx, q, scanNeed, `SELECT `+needColumns+` FROM entitlement_need WHERE ($1 = '' OR account_id = $1) AND ($2 = '' OR state = $2)
		AND ($3 = '' OR id COLLATE "C" < $3) ORDER BY id COLLATE "C" DESC LIMIT $4`, account, string(state), after, limit)
}

const sessionColumns = `id, key, title_en, title_zh, mode, place, note, starts_at, minutes, state, edition, entered_by`

func scanSession(r db.Row) (s Session, err error) {
	var state string
	err = r.Scan(&s.ID, &s.Key, &s.TitleEN, &s.TitleZH, &s.Mode, &s.Place, &s.Note, db.Time(&s.StartsAt), &s.Minutes, &state, &s.Edition, &s.EnteredBy)
	s.Cancelled = state == "cancelled"
	return s, err
}

func insertSession(ctx context.Context, tx *db.Tx, s Session) (fresh bool, err error) {
	n, err := db.Exec(ctx, tx, `INSERT INTO entitlement_session (id, key, title_en, title_zh, mode, place, note, starts_at, minutes, state, edition, entered_by,
		created_at, changed_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, 'planned', 1, $10, $11, $11) ON CONFLICT (key) DO NOTHING`,
		s.ID, s.Key, s.TitleEN, s.TitleZH, string(s.Mode), s.Place, s.Note, db.Micros(s.StartsAt), s.Minutes, s.EnteredBy, db.Micros(tx.Now))
	return n == 1, err
}

func cancelSession(ctx context.Context, tx *db.Tx, s *Session, edition int64) error {
	s.Cancelled, s.Edition = true, edition+1
	return changed(db.Change(ctx, tx, `UPDATE entitlement_session SET state = 'cancelled', edition = $3, changed_at = $4 WHERE id = $1 AND edition = $2
		AND state = 'planned'`, s.ID, edition, s.Edition, db.Micros(tx.Now)))
}

func sessionByID(ctx context.Context, q db.Querier, id string) (Session, error) {
	s, err := db.One(ctx, q, scanSession, `SELECT `+sessionColumns+` FROM entitlement_session WHERE id = $1`, id)
	return s, found(err)
}

func sessionByKey(ctx context.Context, q db.Querier, key string) (Session, error) {
	s, err := db.One(ctx, q, scanSession, `SELECT `+sessionColumns+` FROM entitlement_session WHERE key = $1`, key)
	return s, found(err)
}

// sessionsFrom are those that begin from an instant on, soonest first: a handful a month.
func sessionsFrom(ctx context.Context, q db.Querier, from time.Time, limit int) ([]Session, error) {
	return db.All(ctx, q, scanSession, `SELECT `+sessionColumns+` FROM entitlement_session WHERE starts_at >= $1 ORDER BY starts_at, id COLLATE "C" LIMIT $2`,
		db.Micros(from), limit)
}

const seatColumns = `account_id, session_id, partner_name, starts_at, state, edition, transfer_id, taken_by`

func scanSeat(r db.Row) (s Seat, err error) {
	var state string
	err = r.Scan(&s.Account, &s.Session, &s.PartnerName, db.Time(&s.StartsAt), &state, &s.Edition, &s.transfer, &s.TakenBy)
	s.Taken = state == "taken"
	return s, err
}

func seatOf(ctx context.Context, q db.Querier, account, session string) (Seat, bool, error) {
	s, err := db.One(ctx, q, scanSeat, `SELECT `+seatColumns+` FROM entitlement_seat WHERE account_id = $1 AND session_id = $2`, account, session)
	if errors.Is(err, db.ErrNoRow) {
		return Seat{}, false, nil
	}
	return s, err == nil, err
}

// takeSeat makes a seat taken unless it is; edition counts how often it was.
func takeSeat(ctx context.Context, tx *db.Tx, s *Seat) error {
	edition, err := db.One(ctx, tx, db.Int, `INSERT INTO entitlement_seat (account_id, session_id, partner_name, starts_at, state, edition, transfer_id, taken_by,
		changed_at) VALUES ($1, $2, $3, $4, 'taken', 1, '', $5, $6)
		ON CONFLICT (account_id, session_id) DO UPDATE SET state = 'taken', edition = entitlement_seat.edition + 1, taken_by = EXCLUDED.taken_by,
		changed_at = EXCLUDED.changed_at WHERE entitlement_seat.state = 'left' RETURNING edition`,
		s.Account, s.Session, s.PartnerName, db.Micros(s.StartsAt), s.TakenBy, db.Micros(tx.Now))
	s.Edition = edition
	return changed(err)
}

func drawnSeat(ctx context.Context, tx *db.Tx, s Seat) error {
	return db.Change(ctx, tx, `UPDATE entitlement_seat SET transfer_id = $3 WHERE account_id = $1 AND session_id = $2`, s.Account, s.Session, s.transfer)
}

func leaveSeat(ctx context.Context, tx *db.Tx, s Seat) error {
	return changed(db.Change(ctx, tx, `UPDATE entitlement_seat SET state = 'left', changed_at = $3 WHERE account_id = $1 AND session_id = $2 AND state = 'taken'`,
		s.Account, s.Session, db.Micros(tx.Now)))
}

func seatsOf(ctx context.Context, q db.Querier, session, after string, limit int) ([]Seat, error) {
	return db.All(ctx, q, scanSeat, `SELECT `+seatColumns+` FROM entitlement_seat WHERE session_id = $1 AND state = 'taken' AND account_id COLLATE "C" > $2
		ORDER BY account_id COLLATE "C" LIMIT $3`, session, after, limit)
}

// seatsFrom are an account's seats in sessions that begin after an instant.
func seatsFrom(ctx context.Context, q db.Querier, account string, from time.Time) ([]Seat, error) {
	return db.All(ctx, q, scanSeat, `SELECT `+seatColumns+` FROM entitlement_seat WHERE account_id = $1 AND state = 'taken' AND starts_at > $2
		ORDER BY session_id COLLATE "C"`, account, db.Micros(from))
}

func countSeats(ctx context.Context, q db.Querier, session string) (int64, error) {
	return db.One(ctx, q, db.Int, `SELECT count(*) FROM entitlement_seat WHERE session_id = $1 AND state = 'taken'`, session)
}

// planned are a page of the accounts whose plan gives something at an instant.
func planned(ctx context.Context, q db.Querier, at time.Time, after string, limit int) ([]string, error) {
	return db.All(ctx, q, db.String, `SELECT account_id FROM entitlement_plan WHERE level <> 'BASIC' AND until_at > $1 AND account_id COLLATE "C" > $2
		ORDER BY account_id COLLATE "C" LIMIT $3`, db.Micros(at), after, limit)
}
