package subscription

import (
	"context"
	"encoding/json"
	"errors"
	"time"

	"hanse/internal/domain/rate"
	"hanse/internal/kit/db"
	"hanse/internal/kit/fault"
)

// live is the slot of a subscription that isn't released: an account has one.
const live = "live"

const columns = `account_id, id, account_name, state, level, history, begun_at, expires_at, grace_until, release_at, auto_renew, renew_unit, renew_num,
	renew_left, deduct_day, unify, reminded, ended, ended_at, version, edition, created_at, changed_at`

func scan(r db.Row) (s Subscription, err error) {
	var history string
	if err := r.Scan(&s.Account, &s.ID, &s.AccountName, &s.State, &s.Level, &history, db.Time(&s.Begun), db.Time(&s.Expires), db.Time(&s.GraceUntil),
		db.Time(&s.ReleaseAt), &s.AutoRenew, &s.RenewTerm.Unit, &s.RenewTerm.Num, &s.RenewLeft, &s.DeductDay, &s.Unify, &s.Reminded, &s.Ended,
		db.Time(&s.EndedAt), &s.Version, &s.Edition, db.Time(&s.CreatedAt), db.Time(&s.ChangedAt)); err != nil {
		return s, err
	}
	return s, json.Unmarshal([]byte(history), &s.History)
}

func some(s Subscription, err error) (Subscription, bool, error) {
	if errors.Is(err, db.ErrNoRow) {
		return Subscription{}, false, nil
	}
	return s, err == nil, err
}

// Of is an account's own live subscription.
func Of(ctx context.Context, q db.Querier, account string) (Subscription, bool, error) {
	return some(db.One(ctx, q, scan, `SELECT `+columns+` FROM plan_subscription WHERE account_id = $1 AND slot = $2`, account, live))
}

// Hold is Of in a transaction that is about to change it: others wait.
func Hold(ctx context.Context, tx *db.Tx, account string) (Subscription, bool, error) {
	return some(db.One(ctx, tx, scan, `UPDATE plan_subscription SET edition = edition + 1 WHERE account_id = $1 AND slot = $2 RETURNING `+columns, account, live))
}

// Get reads one subscription of an account, released or not; NotFound when there's none.
func Get(ctx context.Context, q db.Querier, account, id string) (Subscription, error) {
	return found(db.One(ctx, q, scan, `SELECT `+columns+` FROM plan_subscription WHERE account_id = $1 AND id = $2`, account, id))
}

// Find reads one by its id alone, for callers who see every account; NotFound when there's none.
func Find(ctx context.Context, q db.Querier, id string) (Subscription, error) {
	return found(db.One(ctx, q, scan, `SELECT `+columns+` FROM plan_subscription WHERE id = $1`, id))
}

func found(s Subscription, err error) (Subscription, error) {
	if errors.Is(err, db.ErrNoRow) {
		err = fault.NotFound()
	}
	return s, err
}

// All reads every subscription that an account ever had, newest first.
func All(ctx context.Context, q db.Querier, account string) ([]Subscription, error) {
	return db.All(ctx, q, scan, `SELECT `+columns+` FROM plan_subscription WHERE account_id = $1 ORDER BY id COLLATE "C" DESC`, account)
}

// ofAll reads the live subscriptions of some accounts.
func ofAll(ctx context.Context, q db.Querier, accounts []string) ([]Subscription, error) {
	in, args := db.In(2, accounts)
	return db.All(ctx, q, scan, `SELECT `+columns+` FROM plan_subscription WHERE slot = $1 AND account_id IN `+in, append([]any{live}, args...)...)
}

// insert is false when the account has a live one already.
func insert(ctx context.Context, tx *db.Tx, s Subscription) (bool, error) {
	history, err := json.Marshal(s.History)
	if err != nil {
		return false, err
	}
	n, err := db.Exec(ctx, tx, `INSERT INTO plan_subscription (`+columns+`, slot)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, $24)
		ON CONFLICT (account_id, slot) DO NOTHING`,
		s.Account, s.ID, s.AccountName, string(s.State), string(s.Level), string(history), db.Micros(s.Begun), db.Micros(s.Expires), db.Micros(s.GraceUntil),
		db.Micros(s.ReleaseAt), s.AutoRenew, string(s.RenewTerm.Unit), s.RenewTerm.Num, s.RenewLeft, s.DeductDay, s.Unify, s.Reminded, string(s.Ended),
		db.Micros(s.EndedAt), s.Version, s.Edition, db.Micros(s.CreatedAt), db.Micros(s.ChangedAt), live)
	return n == 1, err
}

// update writes a subscription that the transaction holds.
func update(ctx context.Context, tx *db.Tx, s Subscription) error {
	history, err := json.Marshal(s.History)
	if err != nil {
		return err
	}
	slot := live
	if s.State == Released {
		slot = s.ID
	}
	return db.Change(ctx, tx, `UPDATE plan_subscription SET slot = $3, state = $4, level = $5, history = $6, expires_at = $7, grace_until = $8, release_at = $9,
		auto_renew = $10, renew_unit = $11, renew_num = $12, renew_left = $13, deduct_day = $14, unify = $15, reminded = $16, ended = $17, ended_at = $18,
		version = $19, edition = $20, changed_at = $21 WHERE account_id = $1 AND id = $2 AND edition = $20`,
		s.Account, s.ID, slot, string(s.State), string(s.Level), string(history), db.Micros(s.Expires), db.Micros(s.GraceUntil), db.Micros(s.ReleaseAt),
		s.AutoRenew, string(s.RenewTerm.Unit), s.RenewTerm.Num, s.RenewLeft, s.DeductDay, s.Unify, s.Reminded, string(s.Ended), db.Micros(s.EndedAt),
		s.Version, s.Edition, db.Micros(s.ChangedAt))
}

// best is the account of the highest level among several; the first one on equal levels.
func best(list []Subscription) (out Subscription) {
	for _, s := range list {
		if s.Serves().Rank() > out.Serves().Rank() {
			out = s
		}
	}
	return out
}

// levelAt is the level of the period that an instant is in; behind the expiry that of the last one.
func levelAt(h rate.History, at time.Time) rate.Level {
	if l := h.Level(at); l != rate.Basic {
		return l
	}
	last := h.Periods[len(h.Periods)-1].Segments
	return last[len(last)-1].Level
}
