package qualification

import (
	"context"

	"hanse/internal/kit/calendar"
	"hanse/internal/kit/db"
)

const exitColumns = `account_id, id, person_id, person_name, reason, exit_on, report_due, reported_at, reported_by, note,
	overdue_told, created_at`

func scanExit(r db.Row) (x ExitReport, err error) {
	var on string
	err = r.Scan(&x.Account, &x.ID, &x.Person, &x.Name, &x.Reason, &on, db.Time(&x.ReportDue), db.Time(&x.ReportedAt),
		&x.ReportedBy, &x.Note, &x.overdueTold, db.Time(&x.CreatedAt))
	if err != nil {
		return x, err
	}
	x.ExitOn, err = calendar.ParseOptional(on)
	return x, err
}

func exitsOf(ctx context.Context, q db.Querier, partner string) ([]ExitReport, error) {
	return db.All(ctx, q, scanExit, `SELECT `+exitColumns+` FROM exit_report WHERE account_id = $1
		ORDER BY exit_on COLLATE "C" DESC, id COLLATE "C" DESC`, partner)
}

// insertExit raises a duty; fresh is false when it's there already.
func insertExit(ctx context.Context, tx *db.Tx, x ExitReport) (fresh bool, err error) {
	n, err := db.Exec(ctx, tx, `INSERT INTO exit_report (`+exitColumns+`) VALUES ($1, $2, $3, $4, $5, $6, $7, NULL, '', '', FALSE, $8)
		ON CONFLICT (account_id, person_id, exit_on) DO NOTHING`, x.Account, x.ID, x.Person, x.Name, string(x.Reason),
		x.ExitOn.String(), db.Micros(x.ReportDue), db.Micros(x.CreatedAt))
	return n == 1, err
}

// fulfilExit marks a duty as reported; ErrNoRow when it was.
func fulfilExit(ctx context.Context, tx *db.Tx, in ExitInput, by string) (ExitReport, error) {
	return db.One(ctx, tx, scanExit, `UPDATE exit_report SET reported_at = $4, reported_by = $5, note = $6, reason = $7
		WHERE account_id = $1 AND person_id = $2 AND exit_on = $3 AND reported_at IS NULL RETURNING `+exitColumns,
		in.Partner, in.Person, in.On.String(), db.Micros(tx.Now), by, in.Note, string(in.Reason))
}

func markExitOverdue(ctx context.Context, tx *db.Tx, x ExitReport) error {
	return db.Change(ctx, tx, `UPDATE exit_report SET overdue_told = TRUE WHERE account_id = $1 AND id = $2`, x.Account, x.ID)
}

const vacancyColumns = `account_id, id, qualification_id, line, person_id, person_name, code, reason, opened_on, due, state,
	filled_by, filled_name, closed_at, overdue_told, created_at`

func scanVacancy(r db.Row) (x Vacancy, err error) {
	var on string
	err = r.Scan(&x.Account, &x.ID, &x.Qualification, &x.Line, &x.Person, &x.Name, &x.Code, &x.Reason, &on, db.Time(&x.Due),
		&x.State, &x.FilledBy, &x.FilledName, db.Time(&x.ClosedAt), &x.overdueTold, db.Time(&x.CreatedAt))
	if err != nil {
		return x, err
	}
	x.OpenedOn, err = calendar.ParseOptional(on)
	return x, err
}

func listVacancies(ctx context.Context, q db.Querier, partner string, openOnly bool) ([]Vacancy, error) {
	return db.All(ctx, q, scanVacancy, `SELECT `+vacancyColumns+` FROM vacancy WHERE account_id = $1
		AND (NOT $2 OR state = 'open') ORDER BY due, id COLLATE "C"`, partner, openOnly)
}

func vacanciesOf(ctx context.Context, q db.Querier, partner, qualification string) ([]Vacancy, error) {
	return db.All(ctx, q, scanVacancy, `SELECT `+vacancyColumns+` FROM vacancy WHERE account_id = $1 AND qualification_id = $2
		ORDER BY due, id COLLATE "C"`, partner, qualification)
}

func insertVacancy(ctx context.Context, tx *db.Tx, x Vacancy) error {
	return db.Change(ctx, tx, `INSERT INTO vacancy (`+vacancyColumns+`) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11,
		'', '', NULL, FALSE, $12)`, x.Account, x.ID, x.Qualification, x.Line, x.Person, x.Name, x.Code, string(x.Reason),
		x.OpenedOn.String(), db.Micros(x.Due), x.State, db.Micros(x.CreatedAt))
}

func endVacancy(ctx context.Context, tx *db.Tx, x Vacancy) error {
	return db.Change(ctx, tx, `UPDATE vacancy SET state = $3, filled_by = $4, filled_name = $5, closed_at = $6
		WHERE account_id = $1 AND id = $2 AND state = 'open'`, x.Account, x.ID, x.State, x.FilledBy, x.FilledName, db.Micros(x.ClosedAt))
}

// closeVacancies ends all open ones of a qualification that isn't running any more.
func closeVacancies(ctx context.Context, tx *db.Tx, partner, qualification string) error {
	_, err := db.Exec(ctx, tx, `UPDATE vacancy SET state = 'closed', closed_at = $3
		WHERE account_id = $1 AND qualification_id = $2 AND state = 'open'`, partner, qualification, db.Micros(tx.Now))
	return err
}

func markVacancyOverdue(ctx context.Context, tx *db.Tx, x Vacancy) error {
	return db.Change(ctx, tx, `UPDATE vacancy SET overdue_told = TRUE WHERE account_id = $1 AND id = $2`, x.Account, x.ID)
}
