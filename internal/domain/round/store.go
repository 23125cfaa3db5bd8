package round

import (
	"context"
	"encoding/json"
	"errors"
	"time"

	"hanse/internal/kit/calendar"
	"hanse/internal/kit/db"
	"hanse/internal/kit/fault"
	"hanse/internal/kit/i18n"
)

const roundColumns = `id, year, scopes, opens_on, closes_on, changes_until, result_on, state, edition`

func scanRound(r db.Row) (x Round, err error) {
	var scopes string
	var days [4]string
	if err = r.Scan(&x.ID, &x.Year, &scopes, &days[0], &days[1], &days[2], &days[3], &x.State, &x.Edition); err != nil {
		return x, err
	}
	for i, d := range []*calendar.Day{&x.Days.OpensOn, &x.Days.ClosesOn, &x.Days.ChangesUntil, &x.Days.ResultOn} {
		if *d, err = calendar.ParseDay(days[i]); err != nil {
			return x, err
		}
	}
	return x, json.Unmarshal([]byte(scopes), &x.Scopes)
}

func insertRound(ctx context.Context, tx *db.Tx, r Round, by string) error {
	scopes, err := json.Marshal(r.Scopes)
	if err != nil {
		return err
	}
	return db.Change(ctx, tx, `INSERT INTO review_round (id, year, scopes, opens_on, closes_on, changes_until, result_on, state, edition,
		created_by, created_at, changed_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $11)`, r.ID, r.Year, string(scopes),
		r.Days.OpensOn.String(), r.Days.ClosesOn.String(), r.Days.ChangesUntil.String(), r.Days.ResultOn.String(), string(r.State),
		r.Edition, by, db.Micros(tx.Now))
}

// saveRound stores a change, if the row is still as it was read.
func saveRound(ctx context.Context, tx *db.Tx, r *Round, from State, edition int64) error {
	scopes, err := json.Marshal(r.Scopes)
	if err != nil {
		return err
	}
	r.Edition = edition + 1
	return changed(db.Change(ctx, tx, `UPDATE review_round SET year = $4, scopes = $5, opens_on = $6, closes_on = $7, changes_until = $8,
		result_on = $9, state = $10, edition = $11, changed_at = $12 WHERE id = $1 AND state = $2 AND edition = $3`, r.ID, string(from),
		edition, r.Year, string(scopes), r.Days.OpensOn.String(), r.Days.ClosesOn.String(), r.Days.ChangesUntil.String(),
		r.Days.ResultOn.String(), string(r.State), r.Edition, db.Micros(tx.Now)))
}

func roundByID(ctx context.Context, q db.Querier, id string) (Round, error) {
	r, err := db.One(ctx, q, scanRound, `SELECT `+roundColumns+` FROM review_round WHERE id = $1`, id)
	return r, found(err)
}

// listRounds reads all: there is one or a few a year.
func listRounds(ctx context.Context, q db.Querier) ([]Round, error) {
	return db.All(ctx, q, scanRound, `SELECT `+roundColumns+` FROM review_round ORDER BY year DESC, id COLLATE "C" DESC`)
}

const entryColumns = `account_id, id, round_id, program_id, level, qualification_id, number, partner_name, state, verdict, edition,
	version, result, reasons, submitted_by, submitted_at, reviewer_name, decided_at, created_at, changed_at`

func scanEntry(r db.Row) (e Entry, err error) {
	var reasons string
	err = r.Scan(&e.Account, &e.ID, &e.Round, &e.Program, &e.Level, &e.Qualification, &e.Number, &e.PartnerName, &e.State, &e.Verdict,
		&e.Edition, &e.Version, &e.result, &reasons, &e.SubmittedBy, db.Time(&e.SubmittedAt), &e.ReviewerName, db.Time(&e.DecidedAt),
		db.Time(&e.CreatedAt), db.Time(&e.ChangedAt))
	if err != nil {
		return e, err
	}
	return e, json.Unmarshal([]byte(reasons), &e.Reasons)
}

// insertEntry adds an entry; fresh is false when the partner has it already.
func insertEntry(ctx context.Context, tx *db.Tx, e Entry) (fresh bool, err error) {
	n, err := db.Exec(ctx, tx, `INSERT INTO round_entry (account_id, id, round_id, program_id, level, qualification_id, number, partner_name,
		state, verdict, edition, version, result, reasons, submitted_by, submitted_at, reviewer_name, decided_at, created_at, changed_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 'to_submit', '', 1, '', '', '[]', '', NULL, '', NULL, $9, $9)
		ON CONFLICT (account_id, round_id, program_id, level) DO NOTHING`, e.Account, e.ID, e.Round, e.Program, e.Level, e.Qualification,
		e.Number, e.PartnerName, db.Micros(tx.Now))
	return n == 1, err
}

// saveEntry stores a change, if the row is still as it was read.
func saveEntry(ctx context.Context, tx *db.Tx, e *Entry, from EntryState, edition int64) error {
	if e.Reasons == nil {
		e.Reasons = []string{}
	}
	reasons, err := json.Marshal(e.Reasons)
	if err != nil {
		return err
	}
	e.Edition, e.ChangedAt = edition+1, tx.Now
	return changed(db.Change(ctx, tx, `UPDATE round_entry SET state = $5, verdict = $6, edition = $7, version = $8, result = $9, reasons = $10,
		submitted_by = $11, submitted_at = $12, reviewer_name = $13, decided_at = $14, changed_at = $15
		WHERE account_id = $1 AND id = $2 AND state = $3 AND edition = $4`, e.Account, e.ID, string(from), edition, string(e.State),
		string(e.Verdict), e.Edition, e.Version, e.result, string(reasons), e.SubmittedBy, db.Micros(e.SubmittedAt), e.ReviewerName,
		db.Micros(e.DecidedAt), db.Micros(tx.Now)))
}

func entryByID(ctx context.Context, q db.Querier, scope, id string) (Entry, error) {
	e, err := db.One(ctx, q, scanEntry, `SELECT `+entryColumns+` FROM round_entry WHERE id = $1 AND ($2 = '' OR account_id = $2)`, id, scope)
	return e, found(err)
}

// ownEntries are all of a partner, newest first: a few a year.
func ownEntries(ctx context.Context, q db.Querier, partner string) ([]Entry, error) {
	return db.All(ctx, q, scanEntry, `SELECT `+entryColumns+` FROM round_entry WHERE account_id = $1 ORDER BY id COLLATE "C" DESC`, partner)
}

// listEntries reads a page of a round's entries by account and id.
func listEntries(ctx context.Context, q db.Querier, round string, state EntryState, account, id string, limit int) ([]Entry, error) {
	return db.All(ctx, q, scanEntry, `SELECT `+entryColumns+` FROM round_entry WHERE round_id = $1 AND ($2 = '' OR state = $2)
		AND (account_id COLLATE "C" > $3 OR (account_id COLLATE "C" = $3 AND id COLLATE "C" > $4))
		ORDER BY account_id COLLATE "C", id COLLATE "C" LIMIT $5`, round, string(state), account, id, limit)
}

// waiting are the entries to be decided over all rounds, longest waiting first.
func waiting(ctx context.Context, q db.Querier, at time.Time, id string, limit int) ([]Entry, error) {
	edge := int64(0)
	if !at.IsZero() {
		edge = at.UnixMicro()
	}
	return db.All(ctx, q, scanEntry, `SELECT `+entryColumns+` FROM round_entry WHERE state = 'under_review' AND verdict = ''
		AND ($1 = '' OR submitted_at > $2 OR (submitted_at = $2 AND id COLLATE "C" > $1))
		ORDER BY submitted_at, id COLLATE "C" LIMIT $3`, id, edge, limit)
}

type stateCount struct {
	state EntryState
	all   int64
	done  int64
}

func countEntries(ctx context.Context, q db.Querier, round string) (c Counts, err error) {
	c.By = map[EntryState]int64{}
	err = db.Each(ctx, q, func(r db.Row) (x stateCount, err error) { return x, r.Scan(&x.state, &x.all, &x.done) },
		func(x stateCount) error {
			c.By[x.state] = x.all
			if x.state == UnderReview {
				c.Decided = x.done
			}
			return nil
		}, `SELECT state, count(*), sum(CASE WHEN verdict <> '' THEN 1 ELSE 0 END) FROM round_entry WHERE round_id = $1 GROUP BY state`, round)
	return c, err
}

func changed(err error) error {
	if errors.Is(err, db.ErrNoRow) {
		return fault.Conflict(i18n.Msg{})
	}
	return err
}

func found(err error) error {
	if errors.Is(err, db.ErrNoRow) {
		return fault.NotFound()
	}
	return err
}
