package duty

import (
	"context"
	"errors"

	"hanse/internal/kit/calendar"
	"hanse/internal/kit/db"
	"hanse/internal/kit/fault"
	"hanse/internal/kit/i18n"
)

const documentColumns = `id, topic, title_en, title_zh, hash, size, media, name, state, published_by, published_at`

func scanDocument(r db.Row) (d Document, err error) {
	var state string
	err = r.Scan(&d.ID, &d.Topic, &d.TitleEN, &d.TitleZH, &d.Hash, &d.Size, &d.Media, &d.Name, &state, &d.PublishedBy, db.Time(&d.PublishedAt))
	d.Withdrawn = state == "withdrawn"
	return d, err
}

func insertDocument(ctx context.Context, tx *db.Tx, d Document) error {
	return db.Change(ctx, tx, `INSERT INTO policy_document (id, topic, title_en, title_zh, hash, size, media, name, state, published_by,
		published_at, withdrawn_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 'published', $9, $10, NULL)`, d.ID, d.Topic, d.TitleEN, d.TitleZH,
		d.Hash, d.Size, d.Media, d.Name, d.PublishedBy, db.Micros(tx.Now))
}

func withdrawDocument(ctx context.Context, tx *db.Tx, id string) error {
	return changed(db.Change(ctx, tx, `UPDATE policy_document SET state = 'withdrawn', withdrawn_at = $2 WHERE id = $1 AND state = 'published'`,
		id, db.Micros(tx.Now)))
}

func documentByID(ctx context.Context, q db.Querier, id string) (Document, error) {
	d, err := db.One(ctx, q, scanDocument, `SELECT `+documentColumns+` FROM policy_document WHERE id = $1`, id)
	return d, found(err)
}

// documents are all, newest first: a few dozen.
func documents(ctx context.Context, q db.Querier, withdrawn bool) ([]Document, error) {
	return db.All(ctx, q, scanDocument, `SELECT `+documentColumns+` FROM policy_document WHERE ($1 OR state = 'published')
		ORDER BY published_at DESC, id COLLATE "C" DESC`, withdrawn)
}

func scanReceipt(r db.Row) (x Receipt, err error) {
	return x, r.Scan(&x.Document, &x.User, &x.Name, db.Time(&x.At))
}

func receiptsOf(ctx context.Context, q db.Querier, partner string) ([]Receipt, error) {
	return db.All(ctx, q, scanReceipt, `SELECT document_id, user_id, user_name, at FROM policy_receipt WHERE account_id = $1 ORDER BY at, user_id`, partner)
}

func insertReceipt(ctx context.Context, tx *db.Tx, partner string, x Receipt) (fresh bool, err error) {
	n, err := db.Exec(ctx, tx, `INSERT INTO policy_receipt (account_id, document_id, user_id, user_name, at) VALUES ($1, $2, $3, $4, $5)
		ON CONFLICT (account_id, document_id, user_id) DO NOTHING`, partner, x.Document, x.User, x.Name, db.Micros(tx.Now))
	return n == 1, err
}

// readers counts the partners of whom somebody has read each document.
func readers(ctx context.Context, q db.Querier) (map[string]int64, error) {
	type count struct {
		id string
		n  int64
	}
	out := map[string]int64{}
	err := db.Each(ctx, q, func(r db.Row) (c count, err error) { return c, r.Scan(&c.id, &c.n) }, func(c count) error { out[c.id] = c.n; return nil },
		`SELECT document_id, count(DISTINCT account_id) FROM policy_receipt GROUP BY document_id`)
	return out, err
}

const requestColumns = `account_id, id, partner_name, part, quantity, equipment, customer, reason, state, edition, answer, requested_by,
	answered_by, created_at, changed_at`

func scanRequest(r db.Row) (x Request, err error) {
	return x, r.Scan(&x.Account, &x.ID, &x.PartnerName, &x.Part, &x.Quantity, &x.Equipment, &x.Customer, &x.Reason, &x.State, &x.Edition,
		&x.Answer, &x.RequestedBy, &x.AnsweredBy, db.Time(&x.CreatedAt), db.Time(&x.ChangedAt))
}

func insertRequest(ctx context.Context, tx *db.Tx, r Request) error {
	return db.Change(ctx, tx, `INSERT INTO spare_request (account_id, id, partner_name, part, quantity, equipment, customer, reason, state,
		edition, answer, requested_by, answered_by, created_at, changed_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 'requested', 1, '', $9, '', $10, $10)`,
		r.Account, r.ID, r.PartnerName, r.Part, r.Quantity, r.Equipment, r.Customer, r.Reason, r.RequestedBy, db.Micros(tx.Now))
}

func moveRequest(ctx context.Context, tx *db.Tx, r *Request, from RequestState, edition int64) error {
	r.Edition, r.ChangedAt = edition+1, tx.Now
	return changed(db.Change(ctx, tx, `UPDATE spare_request SET state = $5, edition = $6, answer = $7, answered_by = $8, changed_at = $9
		WHERE account_id = $1 AND id = $2 AND state = $3 AND edition = $4`, r.Account, r.ID, string(from), edition, string(r.State), r.Edition,
		r.Answer, r.AnsweredBy, db.Micros(tx.Now)))
}

func requestByID(ctx context.Context, q db.Querier, scope, id string) (Request, error) {
	r, err := db.One(ctx, q, scanRequest, `SELECT `+requestColumns+` FROM spare_request WHERE id = $1 AND ($2 = '' OR account_id = $2)`, id, scope)
	return r, found(err)
}

func requests(ctx context.Context, q db.Querier, partner string, state RequestState, after string, limit int) ([]Request, error) {
	return db.All(ctx, q, scanRequest, `SELECT `+requestColumns+` FROM spare_request WHERE ($1 = '' OR account_id = $1) AND ($2 = '' OR state = $2)
		AND ($3 = '' OR id COLLATE "C" < $3) ORDER BY id COLLATE "C" DESC LIMIT $4`, partner, string(state), after, limit)
}

const reportColumns = `account_id, period, partner_name, due_on, state, edition, projects, complaints, summary, sent_by, sent_at, read_by, read_at, remark`

func scanReport(r db.Row) (x Report, err error) {
	var due string
	err = r.Scan(&x.Account, &x.Period, &x.PartnerName, &due, &x.State, &x.Edition, &x.Projects, &x.Complaints, &x.Summary, &x.SentBy,
		db.Time(&x.SentAt), &x.ReadBy, db.Time(&x.ReadAt), &x.Remark)
	if err != nil {
		return x, err
	}
	x.DueOn, err = calendar.ParseDay(due)
	return x, err
}

func insertReport(ctx context.Context, tx *db.Tx, r Report) (fresh bool, err error) {
	n, err := db.Exec(ctx, tx, `INSERT INTO quality_report (account_id, period, partner_name, due_on, state, edition, projects, complaints, summary,
		sent_by, sent_at, read_by, read_at, remark, created_at) VALUES ($1, $2, $3, $4, 'due', 1, 0, 0, '', '', NULL, '', NULL, '', $5)
		ON CONFLICT (account_id, period) DO NOTHING`, r.Account, r.Period, r.PartnerName, r.DueOn.String(), db.Micros(tx.Now))
	return n == 1, err
}

func saveReport(ctx context.Context, tx *db.Tx, r *Report, from ReportState, edition int64) error {
	r.Edition = edition + 1
	return changed(db.Change(ctx, tx, `UPDATE quality_report SET state = $5, edition = $6, projects = $7, complaints = $8, summary = $9, sent_by = $10,
		sent_at = $11, read_by = $12, read_at = $13, remark = $14 WHERE account_id = $1 AND period = $2 AND state = $3 AND edition = $4`,
		r.Account, r.Period, string(from), edition, string(r.State), r.Edition, r.Projects, r.Complaints, r.Summary, r.SentBy,
		db.Micros(r.SentAt), r.ReadBy, db.Micros(r.ReadAt), r.Remark))
}

func reportOf(ctx context.Context, q db.Querier, partner, period string) (Report, error) {
	r, err := db.One(ctx, q, scanReport, `SELECT `+reportColumns+` FROM quality_report WHERE account_id = $1 AND period = $2`, partner, period)
	return r, found(err)
}

// reports of a partner, newest first: four a year.
func reports(ctx context.Context, q db.Querier, partner string) ([]Report, error) {
	return db.All(ctx, q, scanReport, `SELECT `+reportColumns+` FROM quality_report WHERE account_id = $1 ORDER BY period DESC`, partner)
}

// reportsIn are a page of those in a state, by due day.
func reportsIn(ctx context.Context, q db.Querier, state ReportState, due, account string, limit int) ([]Report, error) {
	return db.All(ctx, q, scanReport, `SELECT `+reportColumns+` FROM quality_report WHERE state = $1
		AND (due_on COLLATE "C" > $2 OR (due_on COLLATE "C" = $2 AND account_id COLLATE "C" > $3))
		ORDER BY due_on COLLATE "C", account_id COLLATE "C" LIMIT $4`, string(state), due, account, limit)
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
