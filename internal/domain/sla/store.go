package sla

import (
	"context"
	"encoding/json"
	"time"

	"hanse/internal/kit/db"
)

// What a calendar and a policy keep beside their names and instants.
type (
	calendarBody struct {
		Zone   string             `json:"zone"`
		Always bool               `json:"always,omitempty"`
		Week   [7][]Hours         `json:"week"`
		Days   map[string][]Hours `json:"days,omitempty"`
	}
	policyBody struct {
		Rules []Rule `json:"rules"`
		Warn  []int  `json:"warn"`
	}
)

const calendarColumns = `id, version, name, effective_at, body, made_at, made_by`

func scanCalendar(r db.Row) (v CalendarVersion, err error) {
	var body string
	if err := r.Scan(&v.ID, &v.Version, &v.Name, db.Time(&v.Effective), &body, db.Time(&v.MadeAt), &v.MadeBy); err != nil {
		return v, err
	}
	var b calendarBody
	err = json.Unmarshal([]byte(body), &b)
	v.Zone, v.Always, v.Week, v.Days = b.Zone, b.Always, b.Week, b.Days
	return v, err
}

// calendarsInForce reads the last version of each calendar that holds at an instant.
func calendarsInForce(ctx context.Context, q db.Querier, at time.Time) ([]CalendarVersion, error) {
	return db.All(ctx, q, scanCalendar, `SELECT `+calendarColumns+` FROM sla_calendar c WHERE effective_at <= $1 AND NOT EXISTS (
		SELECT 1 FROM sla_calendar n WHERE n.id = c.id AND n.effective_at <= $1 AND (n.effective_at > c.effective_at OR (n.effective_at = c.effective_at AND n.version > c.version)))
		ORDER BY id COLLATE "C"`, db.Micros(at))
}

// versions reads all versions of a calendar, the last first.
func versions(ctx context.Context, q db.Querier, calendar string) ([]CalendarVersion, error) {
	return db.All(ctx, q, scanCalendar, `SELECT `+calendarColumns+` FROM sla_calendar WHERE id = $1 ORDER BY version DESC`, calendar)
}

func version(ctx context.Context, q db.Querier, calendar string, number int64) (CalendarVersion, error) {
	return db.One(ctx, q, scanCalendar, `SELECT `+calendarColumns+` FROM sla_calendar WHERE id = $1 AND version = $2`, calendar, number)
}

// planned reads the versions that will hold but don't yet.
func planned(ctx context.Context, q db.Querier, at time.Time) ([]CalendarVersion, error) {
	return db.All(ctx, q, scanCalendar, `SELECT `+calendarColumns+` FROM sla_calendar WHERE effective_at > $1 ORDER BY effective_at, id COLLATE "C"`, db.Micros(at))
}

func insertCalendar(ctx context.Context, tx *db.Tx, v CalendarVersion) error {
	body, err := json.Marshal(calendarBody{v.Zone, v.Always, v.Week, v.Days})
	if err != nil {
		return err
	}
	return db.Change(ctx, tx, `INSERT INTO sla_calendar (`+calendarColumns+`) VALUES ($1, $2, $3, $4, $5, $6, $7)`,
		v.ID, v.Version, v.Name, db.Micros(v.Effective), string(body), db.Micros(v.MadeAt), v.MadeBy)
}

const policyColumns = `id, effective_at, body, note, made_at, made_by`

func scanPolicy(r db.Row) (p Policy, err error) {
	var body string
	if err := r.Scan(&p.ID, db.Time(&p.Effective), &body, &p.Note, db.Time(&p.MadeAt), &p.MadeBy); err != nil {
		return p, err
	}
	var b policyBody
	err = json.Unmarshal([]byte(body), &b)
	p.Rules, p.Warn = b.Rules, b.Warn
	return p, err
}

func policyInForce(ctx context.Context, q db.Querier, at time.Time) (Policy, error) {
	return db.One(ctx, q, scanPolicy, `SELECT `+policyColumns+` FROM sla_policy WHERE effective_at <= $1 ORDER BY effective_at DESC, id COLLATE "C" DESC LIMIT 1`, db.Micros(at))
}

func policies(ctx context.Context, q db.Querier) ([]Policy, error) {
	return db.All(ctx, q, scanPolicy, `SELECT `+policyColumns+` FROM sla_policy ORDER BY effective_at DESC, id COLLATE "C" DESC LIMIT 200`)
}

func policyByID(ctx context.Context, q db.Querier, id string) (Policy, error) {
	return db.One(ctx, q, scanPolicy, `SELECT `+policyColumns+` FROM sla_policy WHERE id = $1`, id)
}

func insertPolicy(ctx context.Context, tx *db.Tx, p Policy) error {
	body, err := json.Marshal(policyBody{p.Rules, p.Warn})
	if err != nil {
		return err
	}
	return db.Change(ctx, tx, `INSERT INTO sla_policy (`+policyColumns+`) VALUES ($1, $2, $3, $4, $5, $6)`,
		p.ID, db.Micros(p.Effective), string(body), p.Note, db.Micros(p.MadeAt), p.MadeBy)
}

const caseColumns = `account_id, subject, number, account_name, desk_id, plan, severity, team_id, team_name, opened_at,
	answered, asked, waiting, paused, partner, solved, dropped, edition`

func scanCase(r db.Row) (*ticket, error) {
	t := &ticket{clocks: map[Kind]*row{}}
	err := r.Scan(&t.Account, &t.Subject, &t.Number, &t.AccountName, &t.Desk, &t.Plan, &t.Severity, &t.Team, &t.TeamName, db.Time(&t.Opened),
		&t.Answered, &t.Asked, &t.Waiting, &t.Paused, &t.Partner, &t.Solved, &t.Dropped, &t.edition)
	t.AtPartner = t.Partner
	return t, err
}

func insertCase(ctx context.Context, tx *db.Tx, t *ticket) error {
	return db.Change(ctx, tx, `INSERT INTO sla_case (`+caseColumns+`, live) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, 1, $18)`,
		t.Account, t.Subject, t.Number, t.AccountName, t.Desk, t.Plan, t.Severity, t.Team, t.TeamName, db.Micros(t.Opened),
		t.Answered, t.Asked, t.Waiting, t.Paused, t.Partner, t.Solved, t.Dropped, live(t))
}

func live(t *ticket) any {
	if t.alive() {
		return "yes"
	}
	return nil
}

// hold takes tickets for the rest of the transaction, in one order for everybody: whoever else changes one waits. Then
// it reads them.
func hold(ctx context.Context, tx *db.Tx, subjects []string) error {
	in, args := db.In(1, subjects)
	_, err := db.Exec(ctx, tx, `UPDATE sla_case SET edition = edition + 1 WHERE subject IN `+in, args...)
	return err
}

func cases(ctx context.Context, q db.Querier, subjects []string) ([]*ticket, error) {
	in, args := db.In(1, subjects)
	return db.All(ctx, q, scanCase, `SELECT `+caseColumns+` FROM sla_case WHERE subject IN `+in+` ORDER BY subject COLLATE "C"`, args...)
}

func updateCase(ctx context.Context, tx *db.Tx, t *ticket) error {
	return db.Change(ctx, tx, `UPDATE sla_case SET number = $3, account_name = $4, desk_id = $5, plan = $6, severity = $7, team_id = $8, team_name = $9, opened_at = $10,
		answered = $11, asked = $12, waiting = $13, paused = $14, partner = $15, solved = $16, dropped = $17, live = $18 WHERE account_id = $1 AND subject = $2`,
		t.Account, t.Subject, t.Number, t.AccountName, t.Desk, t.Plan, t.Severity, t.Team, t.TeamName, db.Micros(t.Opened),
		t.Answered, t.Asked, t.Waiting, t.Paused, t.Partner, t.Solved, t.Dropped, live(t))
}

const clockColumns = `account_id, subject, kind, run, state, due_at, next_at, warned, limit_us, used_us, longest_us, misses,
	policy_id, calendar_id, calendar_version, plan, severity, team_id, team_name, month`

func scanClock(r db.Row) (x struct {
	subject string
	row
}, err error) {
	var limit, used, longest int64
	err = r.Scan(&x.subject, &x.kind, &x.run, &x.state, db.Time(&x.due), db.Time(&x.next), &x.warned, &limit, &used, &longest, &x.misses, &x.policy, &x.calendar, &x.version)
	x.limit, x.used, x.longest = micros(limit), micros(used), micros(longest)
	return x, err
}

func clocksOf(ctx context.Context, q db.Querier, all map[string]*ticket, subjects []string) error {
	in, args := db.In(1, subjects)
	found, err := db.All(ctx, q, scanClock, `SELECT subject, kind, run, state, due_at, next_at, warned, limit_us, used_us, longest_us, misses, policy_id, calendar_id, calendar_version
		FROM sla_clock WHERE subject IN `+in, args...)
	for _, x := range found {
		if t := all[x.subject]; t != nil {
			r := x.row
			t.clocks[r.kind] = &r
		}
	}
	return err
}

// putClock writes a clock, with what the report groups by.
func putClock(ctx context.Context, tx *db.Tx, t *ticket, r *row) error {
	return db.Change(ctx, tx, `INSERT INTO sla_clock (`+clockColumns+`) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20)
		ON CONFLICT (account_id, subject, kind) DO UPDATE SET run = excluded.run, state = excluded.state, due_at = excluded.due_at, next_at = excluded.next_at,
		warned = excluded.warned, limit_us = excluded.limit_us, used_us = excluded.used_us, longest_us = excluded.longest_us, misses = excluded.misses,
		policy_id = excluded.policy_id, calendar_id = excluded.calendar_id, calendar_version = excluded.calendar_version,
		plan = excluded.plan, severity = excluded.severity, team_id = excluded.team_id, team_name = excluded.team_name, month = excluded.month`,
		t.Account, t.Subject, string(r.kind), r.run, r.state, db.Micros(r.due), db.Micros(r.next), r.warned, r.limit.Microseconds(), r.used.Microseconds(),
		r.longest.Microseconds(), r.misses, r.policy, r.calendar, r.version, t.Plan, t.Severity, t.Team, t.TeamName, t.month())
}

// A piece is a segment as it's stored.
type piece struct {
	subject string
	kind    Kind
	run     int64
	Segment
}

const pieceColumns = `subject, kind, run, from_at, to_at, running, why`

func scanPiece(r db.Row) (p piece, err error) {
	return p, r.Scan(&p.subject, &p.kind, &p.run, db.Time(&p.From), db.Time(&p.To), &p.Running, &p.Why)
}

// lastRuns reads the segments of each clock's present run.
func lastRuns(ctx context.Context, q db.Querier, all map[string]*ticket, subjects []string) error {
	in, args := db.In(1, subjects)
	found, err := db.All(ctx, q, scanPiece, `SELECT s.subject, s.kind, s.run, s.from_at, s.to_at, s.running, s.why FROM sla_clock c
		JOIN sla_segment s ON s.account_id = c.account_id AND s.subject = c.subject AND s.kind = c.kind AND s.run = c.run
		WHERE c.subject IN `+in+` ORDER BY s.subject COLLATE "C", s.kind, s.seq`, args...)
	for _, p := range found {
		if t := all[p.subject]; t != nil {
			run := t.Life.Of(p.kind)
			run.Segments = append(run.Segments, p.Segment)
		}
	}
	return err
}

// pieces reads all segments of a ticket, also those of runs that ended.
func pieces(ctx context.Context, q db.Querier, subject string) ([]piece, error) {
	return db.All(ctx, q, scanPiece, `SELECT `+pieceColumns+` FROM sla_segment WHERE subject = $1 ORDER BY kind, run, seq`, subject)
}

func putSegment(ctx context.Context, tx *db.Tx, t *ticket, k Kind, run int64, seq int, s Segment) error {
	return db.Change(ctx, tx, `INSERT INTO sla_segment (account_id, subject, kind, run, seq, from_at, to_at, running, why) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
		ON CONFLICT (account_id, subject, kind, run, seq) DO UPDATE SET from_at = excluded.from_at, to_at = excluded.to_at, running = excluded.running, why = excluded.why`,
		t.Account, t.Subject, string(k), run, seq, db.Micros(s.From), db.Micros(s.To), s.Running, string(s.Why))
}

// cutSegments removes what a run doesn't have any more.
func cutSegments(ctx context.Context, tx *db.Tx, t *ticket, k Kind, run int64, from int) error {
	_, err := db.Exec(ctx, tx, `DELETE FROM sla_segment WHERE account_id = $1 AND subject = $2 AND kind = $3 AND run = $4 AND seq >= $5`,
		t.Account, t.Subject, string(k), run, from)
	return err
}

// A breach is a limit that was missed, as it was then.
type breach struct {
	Case
	kind     Kind
	run      int64
	due      time.Time
	noted    time.Time
	limit    time.Duration
	policy   string
	calendar string
	version  int64
}

func insertBreach(ctx context.Context, tx *db.Tx, b breach) error {
	return db.Change(ctx, tx, `INSERT INTO sla_breach (account_id, subject, kind, run, due_at, noted_at, limit_us, policy_id, calendar_id, calendar_version, plan, severity, team_id, desk_id)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)`, b.Account, b.Subject, string(b.kind), b.run, db.Micros(b.due), db.Micros(b.noted),
		b.limit.Microseconds(), b.policy, b.calendar, b.version, b.Plan, b.Severity, b.Team, b.Desk)
}

// due reads the tickets of which a clock needs attention, the most urgent first.
func due(ctx context.Context, q db.Querier, at time.Time, limit int) ([]string, error) {
	return db.All(ctx, q, db.String, `SELECT subject FROM sla_clock WHERE next_at <= $1 ORDER BY next_at LIMIT $2`, db.Micros(at), limit)
}

func liveAfter(ctx context.Context, q db.Querier, subject string, limit int) ([]string, error) {
	return db.All(ctx, q, db.String, `SELECT subject FROM sla_case WHERE live = 'yes' AND subject COLLATE "C" > $1 ORDER BY subject COLLATE "C" LIMIT $2`, subject, limit)
}

func countLive(ctx context.Context, q db.Querier) (int64, error) {
	return db.One(ctx, q, db.Int, `SELECT count(*) FROM sla_case WHERE live = 'yes'`)
}

const passColumns = `id, stamp, cursor, total, done, changed, started_at, finished_at`

func scanPass(r db.Row) (p Progress, err error) {
	return p, r.Scan(&p.ID, &p.Stamp, &p.cursor, &p.Total, &p.Done, &p.Changed, db.Time(&p.Started), db.Time(&p.Finished))
}

func lastPass(ctx context.Context, q db.Querier) (Progress, error) {
	return db.One(ctx, q, scanPass, `SELECT `+passColumns+` FROM sla_run ORDER BY started_at DESC, id COLLATE "C" DESC LIMIT 1`)
}

func passByID(ctx context.Context, q db.Querier, id string) (Progress, error) {
	return db.One(ctx, q, scanPass, `SELECT `+passColumns+` FROM sla_run WHERE id = $1`, id)
}

func passes(ctx context.Context, q db.Querier, limit int) ([]Progress, error) {
	return db.All(ctx, q, scanPass, `SELECT `+passColumns+` FROM sla_run ORDER BY started_at DESC, id COLLATE "C" DESC LIMIT $1`, limit)
}

func insertPass(ctx context.Context, tx *db.Tx, p Progress) error {
	return db.Change(ctx, tx, `INSERT INTO sla_run (`+passColumns+`) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`,
		p.ID, p.Stamp, p.cursor, p.Total, p.Done, p.Changed, db.Micros(p.Started), db.Micros(p.Finished))
}

func updatePass(ctx context.Context, tx *db.Tx, p Progress) error {
	return db.Change(ctx, tx, `UPDATE sla_run SET cursor = $2, total = $3, done = $4, changed = $5, finished_at = $6 WHERE id = $1`,
		p.ID, p.cursor, p.Total, p.Done, p.Changed, db.Micros(p.Finished))
}

// breaches reads what a ticket missed, in the order in which it was due.
func breaches(ctx context.Context, q db.Querier, subject string) ([]Breach, error) {
	return db.All(ctx, q, func(r db.Row) (b Breach, err error) {
		var limit int64
		err = r.Scan(&b.Kind, &b.Run, db.Time(&b.Due), db.Time(&b.Noted), &limit, &b.Policy)
		b.Limit = micros(limit)
		return b, err
	}, `SELECT kind, run, due_at, noted_at, limit_us, policy_id FROM sla_breach WHERE subject = $1 ORDER BY due_at, kind`, subject)
}
