package qualification

import (
	"context"
	"encoding/json"
	"errors"

	"hanse/internal/domain/program"
	"hanse/internal/kit/calendar"
	"hanse/internal/kit/db"
)

const qualificationColumns = `account_id, id, program_id, version, level, track, number, application_id, holder, holder_zh,
	valid_from, valid_until, state, cause, reason, standing_level, state_at, watch_since, watch_line, counted, check_on,
	edition, created_at, slot, ended_by, product, looked_at`

func scanQualification(r db.Row) (q Qualification, err error) {
	var from, until, check, body string
	err = r.Scan(&q.Account, &q.ID, &q.Program, &q.Version, &q.Level, &q.Track, &q.Number, &q.Application, &q.Holder, &q.HolderZH,
		&from, &until, &q.State, &q.Cause, &q.Reason, &q.StandingLevel, db.Time(&q.StateAt), db.Time(&q.WatchSince),
		&q.WatchLine, &body, &check, &q.Edition, db.Time(&q.CreatedAt), &q.slot, &q.EndedBy, &q.Product, db.Time(&q.lookedAt))
	if err != nil {
		return q, err
	}
	if q.ValidFrom, err = calendar.ParseOptional(from); err != nil {
		return q, err
	}
	if q.ValidUntil, err = calendar.ParseOptional(until); err != nil {
		return q, err
	}
	if q.checkOn, err = calendar.ParseOptional(check); err != nil {
		return q, err
	}
	return q, json.Unmarshal([]byte(body), &q.counted)
}

func insertQualification(ctx context.Context, tx *db.Tx, q Qualification) error {
	body, err := json.Marshal(q.counted)
	if err != nil {
		return err
	}
	return db.Change(ctx, tx, `INSERT INTO qualification (`+qualificationColumns+`) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10,
		$11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, $24, '', $25, $26)`,
		q.Account, q.ID, q.Program, q.Version, q.Level, q.Track, q.Number, q.Application, q.Holder, q.HolderZH,
		q.ValidFrom.String(), q.ValidUntil.String(), string(q.State), string(q.Cause), q.Reason, q.StandingLevel,
		db.Micros(q.StateAt), db.Micros(q.WatchSince), q.WatchLine, string(body), q.checkOn.String(), q.Edition, db.Micros(q.CreatedAt),
		q.slot, q.Product, q.CreatedAt.UnixMicro())
}

// saveQualification stores what can change, if state and edition are still as they were read. What the daily pass
// keeps for itself (counted, check_on) doesn't make pages stale; bump says that something visible changed.
func saveQualification(ctx context.Context, tx *db.Tx, q *Qualification, from Standing, bump bool) error {
	body, err := json.Marshal(q.counted)
	if err != nil {
		return err
	}
	old := q.Edition
	if bump {
		q.Edition++
	}
	return changed(db.Change(ctx, tx, `UPDATE qualification SET state = $5, cause = $6, reason = $7, standing_level = $8, state_at = $9,
		watch_since = $10, watch_line = $11, counted = $12, check_on = $13, edition = $14, ended_by = $15
		WHERE account_id = $1 AND id = $2 AND state = $3 AND edition = $4`,
		q.Account, q.ID, string(from), old, string(q.State), string(q.Cause), q.Reason, q.StandingLevel,
		db.Micros(q.StateAt), db.Micros(q.WatchSince), q.WatchLine, string(body), q.checkOn.String(), q.Edition, string(q.EndedBy)))
}

// takeNumber claims a number for ever; fresh is false when somebody has it.
func takeNumber(ctx context.Context, tx *db.Tx, number, account, id string) (fresh bool, err error) {
	n, err := db.Exec(ctx, tx, `INSERT INTO qualification_number (number, account_id, qualification_id) VALUES ($1, $2, $3)
		ON CONFLICT (number) DO NOTHING`, number, account, id)
	return n == 1, err
}

// qualificationByNumber goes by the registry, then to the owner's rows.
func qualificationByNumber(ctx context.Context, q db.Querier, number string) (Qualification, error) {
	x, err := db.One(ctx, q, func(r db.Row) (x [2]string, err error) { return x, r.Scan(&x[0], &x[1]) },
		`SELECT account_id, qualification_id FROM qualification_number WHERE number = $1`, number)
	if err != nil {
		return Qualification{}, found(err)
	}
	out, err := db.One(ctx, q, scanQualification, `SELECT `+qualificationColumns+` FROM qualification
		WHERE account_id = $1 AND id = $2`, x[0], x[1])
	return out, found(err)
}

func qualificationByID(ctx context.Context, q db.Querier, scope, id string) (Qualification, error) {
	out, err := db.One(ctx, q, scanQualification, `SELECT `+qualificationColumns+` FROM qualification
		WHERE id = $1 AND ($2 = '' OR account_id = $2)`, id, scope)
	return out, found(err)
}

// runningQualifications are those that are valid or suspended, one a program, or one a stage.
func runningQualifications(ctx context.Context, q db.Querier, partner string) ([]Qualification, error) {
	return db.All(ctx, q, scanQualification, `SELECT `+qualificationColumns+` FROM qualification
		WHERE account_id = $1 AND state IN ('valid', 'suspended') ORDER BY program_id COLLATE "C", id COLLATE "C"`, partner)
}

// lookAt keeps others from following up on a partner's running qualifications until the transaction ends, and notes the
// instant as of which they're looked at, where that isn't behind the last one.
func lookAt(ctx context.Context, tx *db.Tx, partner string) error {
	_, err := db.Exec(ctx, tx, `UPDATE qualification SET looked_at = CASE WHEN looked_at < $2 THEN $2 ELSE looked_at END
		WHERE account_id = $1 AND state IN ('valid', 'suspended')`, partner, tx.Now.UnixMicro())
	return err
}

// runningIn is the running one in the slot that a level takes, nil when there's none.
func runningIn(ctx context.Context, q db.Querier, partner string, v *program.Version, level string) (*Qualification, error) {
	x, err := db.One(ctx, q, scanQualification, `SELECT `+qualificationColumns+` FROM qualification
		WHERE account_id = $1 AND program_id = $2 AND slot = $3 AND state IN ('valid', 'suspended')`,
		partner, v.Program, slotOf(v, level))
	if errors.Is(err, db.ErrNoRow) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	return &x, nil
}

func listQualifications(ctx context.Context, q db.Querier, f QualificationFilter, limit int) ([]Qualification, error) {
	f.State, f.endedBy = filterState(f.State)
	return db.All(ctx, q, scanQualification, `SELECT `+qualificationColumns+` FROM qualification
		WHERE ($1 = '' OR account_id = $1) AND ($2 = '' OR program_id = $2) AND ($3 = '' OR state = $3 AND ended_by = $9)
		AND ($4 = '' OR level = $4) AND (NOT $5 OR watch_since IS NOT NULL)
		AND ($6 = '' OR (valid_until <> '' AND valid_until COLLATE "C" < $6)) AND ($7 = '' OR id COLLATE "C" < $7)
		ORDER BY id COLLATE "C" DESC LIMIT $8`,
		f.Account, f.Program, string(f.State), f.Level, f.Watched, f.UntilBefore.String(), f.After, limit, string(f.endedBy))
}

// filterState tells how a state that is asked for is stored: revoked and left are kinds of cancelled.
func filterState(s Standing) (Standing, EndedBy) {
	switch Status(s) {
	case StatusRevoked:
		return Cancelled, AnnualReview
	case StatusLeft:
		return Cancelled, LeftPath
	}
	return s, ""
}

// duePartners are the partners with a running qualification that the daily pass must look at on a day.
func duePartners(ctx context.Context, q db.Querier, today calendar.Day, after string, limit int) ([]string, error) {
	return db.All(ctx, q, db.String, `SELECT account_id FROM qualification
		WHERE state IN ('valid', 'suspended') AND check_on COLLATE "C" <= $1 AND account_id COLLATE "C" > $2
		GROUP BY account_id ORDER BY account_id COLLATE "C" LIMIT $3`, today.String(), after, limit)
}

// noteOnce remembers a notice; fresh is false when it went out before.
func noteOnce(ctx context.Context, tx *db.Tx, partner, key string) (fresh bool, err error) {
	n, err := db.Exec(ctx, tx, `INSERT INTO notice_sent (account_id, key, at) VALUES ($1, $2, $3)
		ON CONFLICT (account_id, key) DO NOTHING`, partner, key, db.Micros(tx.Now))
	return n == 1, err
}
