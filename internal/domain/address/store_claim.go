package address

import (
	"context"
	"strconv"
	"strings"

	"hanse/internal/kit/calendar"
	"hanse/internal/kit/db"
	"hanse/internal/kit/fault"
	"hanse/internal/kit/i18n"
)

// place is where a page of a queue ended.
type place struct {
	at int64
	id string
}

func parseAfter(cursor string) (p place, err error) {
	if cursor == "" {
		return p, nil
	}
	at, id, ok := strings.Cut(cursor, ".")
	if p.at, err = strconv.ParseInt(at, 10, 64); err != nil || !ok {
		return p, fault.Invalid("after", i18n.M("address.cursor_wrong"))
	}
	p.id = id
	return p, nil
}

// cut keeps a page of what was read, one more than the page holds.
func cut[T any](list []T, limit int, err error, at func(T) place) ([]T, string, error) {
	if err != nil || len(list) <= limit {
		return list, "", err
	}
	p := at(list[limit-1])
	return list[:limit], strconv.FormatInt(p.at, 10) + "." + p.id, nil
}

const disputeColumns = `account_id, id, kind, email, provider, candidate_id, holder_id, automatic, state, statement, answer, reason,
	decided_by, created_at, decided_at, revision`

func scanDispute(r db.Row) (d Dispute, err error) {
	err = r.Scan(&d.Person, &d.ID, &d.Kind, &d.Email, &d.Provider, &d.Candidate, &d.Holder, &d.Automatic, &d.State, &d.Statement,
		&d.Answer, &d.Reason, &d.DecidedBy, db.Time(&d.CreatedAt), db.Time(&d.DecidedAt), &d.Revision)
	return d, err
}

func insertDispute(ctx context.Context, tx *db.Tx, d Dispute) error {
	return db.Change(ctx, tx, `INSERT INTO dispute (account_id, id, kind, email, provider, candidate_id, holder_id, automatic, state,
		statement, answer, reason, decided_by, created_at, revision) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 'open', $9, '', '', '', $10, 1)`,
		d.Person, d.ID, string(d.Kind), d.Email, d.Provider, d.Candidate, d.Holder, d.Automatic, d.Statement, db.Micros(d.CreatedAt))
}

// changeDispute writes a dispute that is open and as it was read.
func changeDispute(ctx context.Context, tx *db.Tx, d Dispute) error {
	return db.Change(ctx, tx, `UPDATE dispute SET state = $4, answer = $5, reason = $6, decided_by = $7, decided_at = $8,
		revision = revision + 1 WHERE account_id = $1 AND id = $2 AND revision = $3 AND state = 'open'`,
		d.Person, d.ID, d.Revision, string(d.State), d.Answer, d.Reason, d.DecidedBy, db.Micros(d.DecidedAt))
}

func sameDispute(ctx context.Context, q db.Querier, d Dispute) (bool, error) {
	return db.One(ctx, q, db.Bool, `SELECT EXISTS (SELECT 1 FROM dispute WHERE account_id = $1 AND email = $2 AND provider = $3
		AND candidate_id = $4 AND state = 'open')`, d.Person, d.Email, d.Provider, d.Candidate)
}

func openDisputes(ctx context.Context, q db.Querier, person string) (int64, error) {
	return db.One(ctx, q, db.Int, `SELECT count(*) FROM dispute WHERE account_id = $1 AND state = 'open'`, person)
}

func disputeByID(ctx context.Context, q db.Querier, id string) (Dispute, error) {
	return db.One(ctx, q, scanDispute, `SELECT `+disputeColumns+` FROM dispute WHERE id = $1`, id)
}

func disputesOf(ctx context.Context, q db.Querier, person string) ([]Dispute, error) {
	return db.All(ctx, q, scanDispute, `SELECT `+disputeColumns+` FROM dispute WHERE account_id = $1 OR holder_id = $1
		ORDER BY created_at DESC, id COLLATE "C" DESC`, person)
}

func disputeQueue(ctx context.Context, q db.Querier, state string, after place, limit int) ([]Dispute, error) {
	return db.All(ctx, q, scanDispute, `SELECT `+disputeColumns+` FROM dispute WHERE ($1 = 'all' OR state = $1)
		AND (created_at > $2 OR (created_at = $2 AND id COLLATE "C" > $3)) ORDER BY created_at, id COLLATE "C" LIMIT $4`,
		state, after.at, after.id, limit)
}

const missingColumns = `account_id, id, kind, email, provider, code, held_on, registration, note, file_hash, file_name, file_type, state,
	answer, handled_by, created_at, handled_at, revision`

func scanMissing(r db.Row) (m Missing, err error) {
	var on string
	err = r.Scan(&m.Person, &m.ID, &m.Kind, &m.Email, &m.Provider, &m.Code, &on, &m.Registration, &m.Note, &m.Evidence.Hash,
		&m.Evidence.Name, &m.Evidence.Type, &m.State, &m.Answer, &m.HandledBy, db.Time(&m.CreatedAt), db.Time(&m.HandledAt), &m.Revision)
	if err != nil {
		return m, err
	}
	m.On, err = calendar.ParseOptional(on)
	return m, err
}

func insertMissing(ctx context.Context, tx *db.Tx, m Missing) error {
	return db.Change(ctx, tx, `INSERT INTO missing_record (account_id, id, kind, email, provider, code, held_on, registration, note,
		file_hash, file_name, file_type, state, answer, handled_by, created_at, revision)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, 'open', '', '', $13, 1)`,
		m.Person, m.ID, string(m.Kind), m.Email, m.Provider, m.Code, m.On.String(), m.Registration, m.Note, m.Evidence.Hash,
		m.Evidence.Name, m.Evidence.Type, db.Micros(m.CreatedAt))
}

// changeMissing writes a request that is open and as it was read.
func changeMissing(ctx context.Context, tx *db.Tx, m Missing) error {
	return db.Change(ctx, tx, `UPDATE missing_record SET state = $4, answer = $5, handled_by = $6, handled_at = $7, revision = revision + 1
		WHERE account_id = $1 AND id = $2 AND revision = $3 AND state IN ('open', 'answered')`,
		m.Person, m.ID, m.Revision, string(m.State), m.Answer, m.HandledBy, db.Micros(m.HandledAt))
}

func openMissing(ctx context.Context, q db.Querier, person string) ([]Missing, error) {
	return db.All(ctx, q, scanMissing, `SELECT `+missingColumns+` FROM missing_record WHERE account_id = $1
		AND state IN ('open', 'answered') ORDER BY created_at, id COLLATE "C"`, person)
}

func missingOfPerson(ctx context.Context, q db.Querier, person string) ([]Missing, error) {
	return db.All(ctx, q, scanMissing, `SELECT `+missingColumns+` FROM missing_record WHERE account_id = $1
		ORDER BY created_at DESC, id COLLATE "C" DESC`, person)
}

func missingByID(ctx context.Context, q db.Querier, id string) (Missing, error) {
	return db.One(ctx, q, scanMissing, `SELECT `+missingColumns+` FROM missing_record WHERE id = $1`, id)
}

// missingQueue lists requests; "open" is what is on the desk, answered ones too.
func missingQueue(ctx context.Context, q db.Querier, state string, after place, limit int) ([]Missing, error) {
	return db.All(ctx, q, scanMissing, `SELECT `+missingColumns+` FROM missing_record
		WHERE ($1 = 'all' OR state = $1 OR ($1 = 'open' AND state = 'answered'))
		AND (created_at > $2 OR (created_at = $2 AND id COLLATE "C" > $3)) ORDER BY created_at, id COLLATE "C" LIMIT $4`,
		state, after.at, after.id, limit)
}
