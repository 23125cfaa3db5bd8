package ticket

import (
	"context"

	"hanse/internal/kit/db"
	"hanse/internal/kit/text"
)

func scanLabel(r db.Row) (l Label, err error) { return l, r.Scan(&l.Account, &l.ID, &l.Name, &l.Color) }

func listLabels(ctx context.Context, q db.Querier, account string, f LabelFilter) ([]Label, error) {
	return db.All(ctx, q, scanLabel, `SELECT account_id, id, name, color FROM ticket_label WHERE account_id = $1 AND ($2 = 0 OR id = $2)
		AND name_fold LIKE $3 ESCAPE '!' ORDER BY name_fold COLLATE "C", id LIMIT $4 OFFSET $5`, account, f.ID, db.Like(text.Fold(f.Name)), f.Limit, f.Offset)
}

func countLabels(ctx context.Context, q db.Querier, account string, f LabelFilter) (int64, error) {
	return db.One(ctx, q, db.Int, `SELECT COUNT(*) FROM ticket_label WHERE account_id = $1 AND ($2 = 0 OR id = $2) AND name_fold LIKE $3 ESCAPE '!'`,
		account, f.ID, db.Like(text.Fold(f.Name)))
}

// insertLabel is false when the name or the id is there.
func insertLabel(ctx context.Context, tx *db.Tx, l Label) (bool, error) {
	n, err := db.Exec(ctx, tx, `INSERT INTO ticket_label (account_id, id, name, name_fold, color, at) VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT DO NOTHING`,
		l.Account, l.ID, l.Name, text.Fold(l.Name), l.Color, db.Micros(tx.Now))
	return n == 1, err
}

func labelNamed(ctx context.Context, q db.Querier, account, name string) (int64, error) {
	return db.One(ctx, q, db.Int, `SELECT id FROM ticket_label WHERE account_id = $1 AND name_fold = $2`, account, text.Fold(name))
}

func updateLabel(ctx context.Context, tx *db.Tx, l Label) error {
	return db.Change(ctx, tx, `UPDATE ticket_label SET name = $3, name_fold = $4, color = $5 WHERE account_id = $1 AND id = $2`,
		l.Account, l.ID, l.Name, text.Fold(l.Name), l.Color)
}

func deleteLabel(ctx context.Context, tx *db.Tx, account string, id int64) error {
	for _, from := range []string{
		`DELETE FROM ticket_labelled WHERE account_id = $1 AND label_id = $2`,
		`DELETE FROM ticket_desk_label WHERE desk_id = $1 AND label_id = $2`,
	} {
		if _, err := db.Exec(ctx, tx, from, account, id); err != nil {
			return err
		}
	}
	return db.Change(ctx, tx, `DELETE FROM ticket_label WHERE account_id = $1 AND id = $2`, account, id)
}

// labelByID is ErrNoRow when the account has no such label.
func labelByID(ctx context.Context, q db.Querier, account string, id int64) (Label, error) {
	return db.One(ctx, q, scanLabel, `SELECT account_id, id, name, color FROM ticket_label WHERE account_id = $1 AND id = $2`, account, id)
}

// labelOn gives a ticket a label of its own account, or of a desk; false when it has it.
func labelOn(ctx context.Context, tx *db.Tx, t Ticket, owner string, id int64) (bool, error) {
	if owner == t.Account {
		n, err := db.Exec(ctx, tx, `INSERT INTO ticket_labelled (account_id, no, label_id) VALUES ($1, $2, $3) ON CONFLICT (account_id, no, label_id) DO NOTHING`,
			t.Account, t.No, id)
		return n > 0, err
	}
	n, err := db.Exec(ctx, tx, `INSERT INTO ticket_desk_label (account_id, no, desk_id, label_id) VALUES ($1, $2, $3, $4)
		ON CONFLICT (account_id, no, desk_id, label_id) DO NOTHING`, t.Account, t.No, owner, id)
	return n > 0, err
}

// labelOff takes it away; false when the ticket hasn't got it.
func labelOff(ctx context.Context, tx *db.Tx, t Ticket, owner string, id int64) (bool, error) {
	if owner == t.Account {
		n, err := db.Exec(ctx, tx, `DELETE FROM ticket_labelled WHERE account_id = $1 AND no = $2 AND label_id = $3`, t.Account, t.No, id)
		return n > 0, err
	}
	n, err := db.Exec(ctx, tx, `DELETE FROM ticket_desk_label WHERE account_id = $1 AND no = $2 AND desk_id = $3 AND label_id = $4`, t.Account, t.No, owner, id)
	return n > 0, err
}

// labelsOf reads the labels of tickets that belong to the reader's account, in one query, by number: on its own tickets, and on
// those that it serves or has served.
func labelsOf(ctx context.Context, q db.Querier, nos []string, reader string) (map[string][]Label, error) {
	out := map[string][]Label{}
	if len(nos) == 0 {
		return out, nil
	}
	type row struct {
		no string
		l  Label
	}
	in, args := db.In(2, nos)
	rows, err := db.All(ctx, q, func(r db.Row) (x row, err error) {
		return x, r.Scan(&x.no, &x.l.Account, &x.l.ID, &x.l.Name, &x.l.Color)
	}, `SELECT x.no, x.account_id, x.id, x.name, x.color FROM (
			SELECT d.no, l.account_id, l.id, l.name, l.name_fold, l.color FROM ticket_number n JOIN ticket_labelled d ON d.account_id = n.account_id AND d.no = n.no
			JOIN ticket_label l ON l.account_id = d.account_id AND l.id = d.label_id WHERE d.account_id = $1 AND n.no IN `+in+`
			UNION ALL
			SELECT d.no, l.account_id, l.id, l.name, l.name_fold, l.color FROM ticket_number n JOIN ticket_desk_label d ON d.account_id = n.account_id AND d.no = n.no
			JOIN ticket_label l ON l.account_id = d.desk_id AND l.id = d.label_id WHERE d.desk_id = $1 AND n.no IN `+in+`) AS x
		ORDER BY x.name_fold COLLATE "C", x.id`, append([]any{reader}, args...)...)
	for _, x := range rows {
		out[x.no] = append(out[x.no], x.l)
	}
	return out, err
}

// relate stores a relation in both directions.
func relate(ctx context.Context, tx *db.Tx, account, a, b string) error {
	_, err := db.Exec(ctx, tx, `INSERT INTO ticket_relation (account_id, no, other) VALUES ($1, $2, $3), ($1, $3, $2)
		ON CONFLICT (account_id, no, other) DO NOTHING`, account, a, b)
	return err
}

func unrelate(ctx context.Context, tx *db.Tx, account, a, b string) error {
	if err := db.Change(ctx, tx, `DELETE FROM ticket_relation WHERE account_id = $1 AND no = $2 AND other = $3`, account, a, b); err != nil {
		return err
	}
	return db.Change(ctx, tx, `DELETE FROM ticket_relation WHERE account_id = $1 AND no = $2 AND other = $3`, account, b, a)
}

func countRelations(ctx context.Context, q db.Querier, account, no string) (int64, error) {
	return db.One(ctx, q, db.Int, `SELECT COUNT(*) FROM ticket_relation WHERE account_id = $1 AND no = $2`, account, no)
}

func relationsOf(ctx context.Context, q db.Querier, t Ticket) ([]Relation, error) {
	return db.All(ctx, q, func(r db.Row) (x Relation, err error) { return x, r.Scan(&x.No, &x.Title, &x.OpenedName, &x.State) },
		`SELECT t.no, t.title, t.opened_name, t.state FROM ticket_relation r JOIN ticket t ON t.account_id = r.account_id AND t.no = r.other
		WHERE r.account_id = $1 AND r.no = $2 AND t.state <> 13 ORDER BY t.no COLLATE "C"`, t.Account, t.No)
}

// A mark of how far somebody has read.
func markRead(ctx context.Context, tx *db.Tx, t Ticket, user string, side Side, seq int64) error {
	_, err := db.Exec(ctx, tx, `INSERT INTO ticket_read (account_id, no, user_id, side, seq, at) VALUES ($1, $2, $3, $4, $5, $6)
		ON CONFLICT (account_id, no, user_id) DO UPDATE SET seq = excluded.seq, at = excluded.at, side = excluded.side WHERE ticket_read.seq < excluded.seq`,
		t.Account, t.No, user, string(side), seq, db.Micros(tx.Now))
	return err
}

// readByOther tells whether somebody who isn't of the message's side has read it.
func readByOther(ctx context.Context, q db.Querier, m Message) (bool, error) {
	n, err := db.One(ctx, q, db.Int, `SELECT COUNT(*) FROM ticket_read WHERE account_id = $1 AND no = $2 AND side <> $3 AND seq >= $4`,
		m.Account, m.No, string(m.Side), m.Seq)
	return n > 0, err
}

// readBy is how far users have read tickets, by number, and how many visible messages of the other side they haven't.
func readBy(ctx context.Context, q db.Querier, t Ticket, user string, customer bool) (seq, unread int64, err error) {
	type row struct{ seq, n int64 }
	x, err := db.One(ctx, q, func(r db.Row) (x row, err error) { return x, r.Scan(&x.seq, &x.n) },
		`SELECT COALESCE((SELECT seq FROM ticket_read WHERE account_id = $1 AND no = $2 AND user_id = $3), 0),
		(SELECT COUNT(*) FROM ticket_message m WHERE m.account_id = $1 AND m.no = $2 AND m.internal = FALSE AND m.withdrawn_at IS NULL
			AND (m.side = 'customer') <> $4 AND m.seq > COALESCE((SELECT seq FROM ticket_read WHERE account_id = $1 AND no = $2 AND user_id = $3), 0))`,
		t.Account, t.No, user, customer)
	return x.seq, x.n, err
}

// unreadOf counts unread messages of the other side for many tickets in one query.
func unreadOf(ctx context.Context, q db.Querier, nos []string, user string, customer bool) (map[string]int64, error) {
	out := map[string]int64{}
	if len(nos) == 0 {
		return out, nil
	}
	type row struct {
		no string
		n  int64
	}
	in, args := db.In(3, nos)
	rows, err := db.All(ctx, q, func(r db.Row) (x row, err error) { return x, r.Scan(&x.no, &x.n) }, `SELECT m.no, COUNT(*) FROM ticket_number n
		JOIN ticket_message m ON m.account_id = n.account_id AND m.no = n.no LEFT JOIN ticket_read r ON r.account_id = m.account_id AND r.no = m.no AND r.user_id = $1
		WHERE m.internal = FALSE AND m.withdrawn_at IS NULL AND (m.side = 'customer') <> $2 AND m.seq > COALESCE(r.seq, 0) AND n.no IN `+in+` GROUP BY m.no`,
		append([]any{user, customer}, args...)...)
	for _, x := range rows {
		out[x.no] = x.n
	}
	return out, err
}

// countLabelled is how many labels of one account a ticket has.
func countLabelled(ctx context.Context, q db.Querier, t Ticket, owner string) (int64, error) {
	if owner == t.Account {
		return db.One(ctx, q, db.Int, `SELECT COUNT(*) FROM ticket_labelled WHERE account_id = $1 AND no = $2`, t.Account, t.No)
	}
	return db.One(ctx, q, db.Int, `SELECT COUNT(*) FROM ticket_desk_label WHERE account_id = $1 AND no = $2 AND desk_id = $3`, t.Account, t.No, owner)
}
