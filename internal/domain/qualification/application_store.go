package qualification

import (
	"context"
	"encoding/json"
	"time"

	"hanse/internal/kit/db"
)

const applicationColumns = `account_id, id, program_id, version, level, track, kind, state, edition, copied_from, form,
	truth_by, truth_name, truth_at, submitted_edition, submitted_by, submitted_at, snapshot, review_due, overdue_told,
	reviewer, reviewer_name, return_due, reasons, decided_at, created_by, created_at, changed_at,
	phase, phase_by, terminated`

func scanApplication(r db.Row) (a Application, err error) {
	var form, reasons string
	var terminated bool
	err = r.Scan(&a.Account, &a.ID, &a.Program, &a.Version, &a.Level, &a.Track, &a.Kind, &a.State, &a.Edition, &a.CopiedFrom,
		&form, &a.TruthBy, &a.TruthName, db.Time(&a.TruthAt), &a.submittedEdition, &a.SubmittedBy, db.Time(&a.SubmittedAt),
		&a.snapshot, db.Time(&a.ReviewDue), &a.overdueTold, &a.Reviewer, &a.ReviewerName, db.Time(&a.ReturnDue), &reasons,
		db.Time(&a.DecidedAt), &a.CreatedBy, db.Time(&a.CreatedAt), db.Time(&a.ChangedAt), &a.Phase, &a.phaseBy, &terminated)
	if err != nil {
		return a, err
	}
	if terminated {
		a.State = Terminated
	}
	if err := json.Unmarshal([]byte(form), &a.Form); err != nil {
		return a, err
	}
	return a, json.Unmarshal([]byte(reasons), &a.Reasons)
}

// encoded are the two JSON columns.
func (a Application) encoded() (form, reasons string, err error) {
	f, err := json.Marshal(a.Form)
	if err != nil {
		return "", "", err
	}
	if a.Reasons == nil {
		a.Reasons = []Reason{}
	}
	r, err := json.Marshal(a.Reasons)
	return string(f), string(r), err
}

// insertApplication adds a draft; fresh is false when the partner has one under way in the program.
func insertApplication(ctx context.Context, tx *db.Tx, a Application) (fresh bool, err error) {
	form, reasons, err := a.encoded()
	if err != nil {
		return false, err
	}
	n, err := db.Exec(ctx, tx, `INSERT INTO application (`+applicationColumns+`) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9,
		$10, $11, '', '', NULL, 0, '', NULL, '', NULL, FALSE, '', '', NULL, $12, NULL, $13, $14, $14,
		'', '', FALSE)
		ON CONFLICT (account_id, program_id) WHERE state IN ('draft', 'submitted', 'under_review', 'returned') DO NOTHING`,
		a.Account, a.ID, a.Program, a.Version, a.Level, a.Track, string(a.Kind), string(a.State), a.Edition, a.CopiedFrom,
		form, reasons, a.CreatedBy, db.Micros(a.CreatedAt))
	return n == 1, err
}

// saveApplication stores every change, if the row is still as it was read: state and edition are compared.
func saveApplication(ctx context.Context, tx *db.Tx, a *Application, from State, edition int64) error {
	form, reasons, err := a.encoded()
	if err != nil {
		return err
	}
	a.Edition, a.ChangedAt = edition+1, tx.Now
	state := a.State
	if state == Terminated {
		state = Withdrawn // by the clock; a column of its own says so
	}
	return changed(db.Change(ctx, tx, `UPDATE application SET version = $5, level = $6, track = $7, kind = $8, state = $9,
		edition = $10, form = $11, truth_by = $12, truth_name = $13, truth_at = $14, submitted_edition = $15, submitted_by = $16,
		submitted_at = $17, snapshot = $18, review_due = $19, overdue_told = $20, reviewer = $21, reviewer_name = $22,
		return_due = $23, reasons = $24, decided_at = $25, changed_at = $26, phase = $27, phase_by = $28, terminated = $29
		WHERE account_id = $1 AND id = $2 AND state = $3 AND edition = $4`,
		a.Account, a.ID, string(from), edition, a.Version, a.Level, a.Track, string(a.Kind), string(state), a.Edition, form,
		a.TruthBy, a.TruthName, db.Micros(a.TruthAt), a.submittedEdition, a.SubmittedBy, db.Micros(a.SubmittedAt), a.snapshot,
		db.Micros(a.ReviewDue), a.overdueTold, a.Reviewer, a.ReviewerName, db.Micros(a.ReturnDue), reasons,
		db.Micros(a.DecidedAt), db.Micros(a.ChangedAt), a.Phase, a.phaseBy, a.State == Terminated))
}

// touchApplication claims an application that may be edited, for a change beside it (a file).
func touchApplication(ctx context.Context, tx *db.Tx, account, id string) error {
	return changed(db.Change(ctx, tx, `UPDATE application SET edition = edition + 1, changed_at = $3
		WHERE account_id = $1 AND id = $2 AND state IN ('draft', 'returned')`, account, id, db.Micros(tx.Now)))
}

// applicationByID finds one within an actor's scope ("" = everywhere).
func applicationByID(ctx context.Context, q db.Querier, scope, id string) (Application, error) {
	a, err := db.One(ctx, q, scanApplication, `SELECT `+applicationColumns+` FROM application
		WHERE id = $1 AND ($2 = '' OR account_id = $2)`, id, scope)
	return a, found(err)
}

func openApplications(ctx context.Context, q db.Querier, partner string) ([]Application, error) {
	return db.All(ctx, q, scanApplication, `SELECT `+applicationColumns+` FROM application WHERE account_id = $1
		AND state IN ('draft', 'submitted', 'under_review', 'returned') ORDER BY program_id COLLATE "C"`, partner)
}

func listApplications(ctx context.Context, q db.Querier, f ApplicationFilter, limit int) ([]Application, error) {
	return db.All(ctx, q, scanApplication, `SELECT `+applicationColumns+` FROM application
		WHERE ($1 = '' OR account_id = $1) AND ($2 = '' OR program_id = $2) AND ($3 = '' OR CASE WHEN terminated THEN 'terminated' ELSE state END = $3)
		AND ($4 = '' OR id COLLATE "C" < $4) ORDER BY id COLLATE "C" DESC LIMIT $5`,
		f.Account, f.Program, string(f.State), f.After, limit)
}

// queueKey is where a page of the queue ended.
type queueKey struct {
	due time.Time
	id  string
}

func listQueue(ctx context.Context, q db.Querier, f QueueFilter, reviewer string, now time.Time, after queueKey, limit int) ([]Application, error) {
	return db.All(ctx, q, scanApplication, `SELECT `+applicationColumns+` FROM application
		WHERE state IN ('submitted', 'under_review') AND ($1 = '' OR state = $1) AND ($2 = '' OR reviewer = $2)
		AND (NOT $3 OR review_due <= $4) AND ($5 = '' OR program_id = $5)
		AND ($6 = '' OR review_due > $7 OR (review_due = $7 AND id COLLATE "C" > $6))
		ORDER BY review_due, id COLLATE "C" LIMIT $8`,
		string(f.State), reviewer, f.Overdue, db.Micros(now), f.Program, after.id, edge(after.due), limit)
}

func edge(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixMicro()
}

func countQueue(ctx context.Context, q db.Querier, now time.Time) (waiting, overdue int64, err error) {
	_, err = db.One(ctx, q, func(r db.Row) (struct{}, error) { return struct{}{}, r.Scan(&waiting, &overdue) },
		`SELECT count(*), coalesce(sum(CASE WHEN review_due <= $1 THEN 1 ELSE 0 END), 0) FROM application
		WHERE state IN ('submitted', 'under_review')`, db.Micros(now))
	return waiting, overdue, err
}

// markOverdue leaves the edition alone: an alarm doesn't make the reviewer's page stale.
func markOverdue(ctx context.Context, tx *db.Tx, a Application) error {
	return changed(db.Change(ctx, tx, `UPDATE application SET overdue_told = TRUE WHERE account_id = $1 AND id = $2
		AND NOT overdue_told`, a.Account, a.ID))
}

// lapsedReturns are returned applications whose deadline has passed.
func lapsedReturns(ctx context.Context, q db.Querier, now time.Time) ([]Application, error) {
	return db.All(ctx, q, scanApplication, `SELECT `+applicationColumns+` FROM application
		WHERE state = 'returned' AND return_due <= $1 ORDER BY return_due, id COLLATE "C" LIMIT 500`, db.Micros(now))
}

// openReturns are returned applications whose deadline hasn't passed.
func openReturns(ctx context.Context, q db.Querier, now time.Time) ([]Application, error) {
	return db.All(ctx, q, scanApplication, `SELECT `+applicationColumns+` FROM application
		WHERE state = 'returned' AND return_due > $1 ORDER BY return_due, id COLLATE "C"`, db.Micros(now))
}

func scanEvidence(r db.Row) (e Evidence, err error) {
	return e, r.Scan(&e.ID, &e.Ask, &e.Person, &e.Code, &e.Hash, &e.Size, &e.Media, &e.Name, &e.AddedBy, db.Time(&e.AddedAt))
}

func evidenceOf(ctx context.Context, q db.Querier, account, application string) ([]Evidence, error) {
	return db.All(ctx, q, scanEvidence, `SELECT id, ask, person_id, code, hash, size, media, name, added_by, added_at
		FROM application_evidence WHERE account_id = $1 AND application_id = $2 ORDER BY id COLLATE "C"`, account, application)
}

// putEvidence replaces the file in a place.
func putEvidence(ctx context.Context, tx *db.Tx, account, application string, e Evidence) error {
	_, err := db.Exec(ctx, tx, `DELETE FROM application_evidence WHERE account_id = $1 AND application_id = $2 AND ask = $3
		AND person_id = $4 AND code = $5`, account, application, e.Ask, e.Person, e.Code)
	if err != nil {
		return err
	}
	return db.Change(ctx, tx, `INSERT INTO application_evidence (account_id, application_id, id, ask, person_id, code, hash, size,
		media, name, added_by, added_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)`,
		account, application, e.ID, e.Ask, e.Person, e.Code, e.Hash, e.Size, e.Media, e.Name, e.AddedBy, db.Micros(e.AddedAt))
}

func deleteEvidence(ctx context.Context, tx *db.Tx, account, application, id string) error {
	return found(db.Change(ctx, tx, `DELETE FROM application_evidence WHERE account_id = $1 AND application_id = $2 AND id = $3`,
		account, application, id))
}

func scanComment(r db.Row) (c Comment, err error) {
	return c, r.Scan(&c.ID, &c.Author, &c.AuthorName, &c.Vendor, &c.Internal, &c.Body, db.Time(&c.At))
}

func commentsOf(ctx context.Context, q db.Querier, account, application string, internal bool) ([]Comment, error) {
	return db.All(ctx, q, scanComment, `SELECT id, author, author_name, vendor, internal, body, at FROM application_comment
		WHERE account_id = $1 AND application_id = $2 AND ($3 OR NOT internal) ORDER BY at, id COLLATE "C"`,
		account, application, internal)
}

func insertComment(ctx context.Context, tx *db.Tx, account, application string, c Comment) error {
	return db.Change(ctx, tx, `INSERT INTO application_comment (account_id, application_id, id, author, author_name, vendor,
		internal, body, at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
		account, application, c.ID, c.Author, c.AuthorName, c.Vendor, c.Internal, c.Body, db.Micros(c.At))
}
