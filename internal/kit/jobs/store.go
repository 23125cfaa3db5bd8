package jobs

import (
	"context"
	"encoding/json"
	"errors"
	"strings"
	"time"

	"hanse/internal/kit/db"
)

const columns = `id, kind, key, account_id, payload, state, run_at, attempts, last_error, created_at, finished_at`

func scan(r db.Row) (j Job, err error) {
	var payload string
	err = r.Scan(&j.ID, &j.Kind, &j.Key, &j.Account, &payload, &j.State, db.Time(&j.RunAt), &j.Attempts, &j.LastError,
		db.Time(&j.CreatedAt), db.Time(&j.Finished))
	j.Payload = json.RawMessage(payload)
	return j, err
}

func insert(ctx context.Context, tx *db.Tx, j Job) error {
	_, err := db.Exec(ctx, tx, `INSERT INTO job (id, kind, key, account_id, payload, state, run_at, created_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT (kind, key) DO NOTHING`,
		j.ID, j.Kind, j.Key, j.Account, string(j.Payload), string(j.State), db.Micros(j.RunAt), db.Micros(j.CreatedAt))
	return err
}

func insertAll(ctx context.Context, tx *db.Tx, all []Job) error {
	n := len(all)
	ids, kinds, keys, accounts, payloads, states := make([]string, n), make([]string, n), make([]string, n), make([]string, n), make([]string, n), make([]string, n)
	due, made := make([]int64, n), make([]int64, n)
	for i, j := range all {
		ids[i], kinds[i], keys[i], accounts[i], payloads[i], states[i] = j.ID, j.Kind, j.Key, j.Account, string(j.Payload), string(j.State)
		due[i], made[i] = j.RunAt.UnixMicro(), j.CreatedAt.UnixMicro()
	}
	return db.Pipeline(ctx, tx, db.Set{Table: "job", Columns: []db.Column{{Name: "id", Values: ids}, {Name: "kind", Values: kinds}, {Name: "key", Values: keys},
		{Name: "account_id", Values: accounts}, {Name: "payload", Values: payloads}, {Name: "state", Values: states}, {Name: "run_at", Values: due},
		{Name: "created_at", Values: made}}}.Insert("ON CONFLICT (kind, key) DO NOTHING"))
}

// due is a job that waits past its time, or one whose worker's lease (wall time) has run out.
const due = `((state = 'ready' AND run_at <= $1) OR (state = 'running' AND lease_until < $2))`

// earliest is the first job of each kind of due. Two ranges of the index instead of one OR: PostgreSQL would gather both
// before it sorts them, with all that was done since it last cleaned up.
const earliest = `(SELECT run_at, id FROM (SELECT run_at, id FROM job WHERE state = 'ready' AND run_at <= $1 ORDER BY run_at, id COLLATE "C" LIMIT 1) a
	UNION ALL SELECT run_at, id FROM (SELECT run_at, id FROM job WHERE state = 'running' AND lease_until < $2 ORDER BY run_at, id COLLATE "C" LIMIT 1) b) c`

func nextJob(ctx context.Context, d *db.DB) (bool, time.Time, error) {
	at, err := db.One(ctx, d.Read(), func(r db.Row) (t time.Time, err error) { return t, r.Scan(db.Time(&t)) },
		`SELECT run_at FROM `+earliest+` ORDER BY run_at LIMIT 1`,
		db.Micros(d.Clock().Now()), db.Micros(d.Clock().Wall()))
	if errors.Is(err, db.ErrNoRow) {
		return false, at, nil
	}
	return err == nil, at, err
}

// claim takes the next due job for one lease. Two workers that choose the same row: the second finds it changed.
func claim(ctx context.Context, d *db.DB, lease time.Duration) (j Job, ok bool, err error) {
	err = d.Update(ctx, func(tx *db.Tx) error {
		all, err := db.All(ctx, tx, scan, `UPDATE job SET state = 'running', attempts = attempts + 1, lease_until = $3
			WHERE `+due+` AND id IN (SELECT id FROM `+earliest+` ORDER BY run_at, id COLLATE "C" LIMIT 1)
			RETURNING `+columns, db.Micros(tx.Now), db.Micros(tx.Wall), db.Micros(tx.Wall.Add(lease)))
		if ok = err == nil && len(all) == 1; ok {
			j = all[0]
		}
		return err
	})
	return j, ok, err
}

// finish marks the worker's own attempt as done; ErrNoRow means that another worker has taken over.
func finish(ctx context.Context, tx *db.Tx, j Job) error {
	return db.Change(ctx, tx, `UPDATE job SET state = 'done', finished_at = $3, lease_until = NULL, last_error = ''
		WHERE id = $1 AND state = 'running' AND attempts = $2`, j.ID, j.Attempts, db.Micros(tx.Now))
}

func renew(ctx context.Context, d *db.DB, j Job, lease time.Duration) error {
	return d.Update(ctx, func(tx *db.Tx) error {
		return db.Change(ctx, tx, `UPDATE job SET lease_until = $3 WHERE id = $1 AND state = 'running' AND attempts = $2`,
			j.ID, j.Attempts, db.Micros(tx.Wall.Add(lease)))
	})
}

func fail(ctx context.Context, d *db.DB, j Job, cause error) error {
	state := Ready
	if j.Attempts >= maxAttempts {
		state = Dead
	}
	text := strings.ToValidUTF8(strings.ReplaceAll(cause.Error(), "\x00", ""), "?")
	if len(text) > 2000 {
		text = strings.ToValidUTF8(text[:2000], "") + "…"
	}
	return d.Update(ctx, func(tx *db.Tx) error {
		_, err := db.Exec(ctx, tx, `UPDATE job SET state = $3, run_at = $4, last_error = $5, lease_until = NULL
			WHERE id = $1 AND state = 'running' AND attempts = $2`,
			j.ID, j.Attempts, string(state), db.Micros(tx.Now.Add(backoff(j.Attempts))), text)
		return err
	})
}

type dueSchedule struct {
	name string
	at   time.Time
}

func dueSchedules(ctx context.Context, d *db.DB) ([]dueSchedule, error) {
	return db.All(ctx, d.Read(), func(r db.Row) (s dueSchedule, err error) { return s, r.Scan(&s.name, db.Time(&s.at)) },
		`SELECT name, next_at FROM schedule WHERE next_at <= $1 AND (lease_until IS NULL OR lease_until < $2)
		ORDER BY next_at, name COLLATE "C"`, db.Micros(d.Clock().Now()), db.Micros(d.Clock().Wall()))
}

func addSchedule(ctx context.Context, tx *db.Tx, name string, next time.Time) error {
	_, err := db.Exec(ctx, tx, `INSERT INTO schedule (name, next_at) VALUES ($1, $2) ON CONFLICT (name) DO NOTHING`,
		name, db.Micros(next))
	return err
}

func claimSchedule(ctx context.Context, d *db.DB, name string, at time.Time, lease time.Duration) (ok bool, err error) {
	err = d.Update(ctx, func(tx *db.Tx) error {
		n, err := db.Exec(ctx, tx, `UPDATE schedule SET lease_until = $3
			WHERE name = $1 AND next_at = $2 AND (lease_until IS NULL OR lease_until < $4)`,
			name, db.Micros(at), db.Micros(tx.Wall.Add(lease)), db.Micros(tx.Wall))
		ok = n == 1
		return err
	})
	return ok, err
}

// renewSchedule keeps a schedule that still runs at an instant from another worker. ErrNoRow when it has moved on.
func renewSchedule(ctx context.Context, d *db.DB, name string, at time.Time, lease time.Duration) error {
	return d.Update(ctx, func(tx *db.Tx) error {
		return db.Change(ctx, tx, `UPDATE schedule SET lease_until = $3 WHERE name = $1 AND next_at = $2 AND lease_until IS NOT NULL`,
			name, db.Micros(at), db.Micros(tx.Wall.Add(lease)))
	})
}

// endSchedule moves a schedule on. A run that failed is not repeated at once: the next one does its work too.
func endSchedule(ctx context.Context, d *db.DB, name string, at, next time.Time, failure error) error {
	text := ""
	if failure != nil {
		text = failure.Error()
	}
	return d.Update(ctx, func(tx *db.Tx) error {
		_, err := db.Exec(ctx, tx, `UPDATE schedule SET next_at = $3, lease_until = NULL, last_run_at = $2, last_error = $4
			WHERE name = $1 AND next_at = $2`, name, db.Micros(at), db.Micros(next), text)
		return err
	})
}
