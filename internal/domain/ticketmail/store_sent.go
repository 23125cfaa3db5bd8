package ticketmail

import (
	"context"
	"encoding/json"
	"time"

	"hanse/internal/kit/db"
)

const sentColumns = `account_id, id, ticket_no, message, desk_side, recipient, name, lang, kind, title, body, action, link, base, message_id, answers, state,
	reason, at`

func scanSent(r db.Row) (x Sent, err error) {
	var title, body, action string
	err = r.Scan(&x.Account, &x.ID, &x.No, &x.Message, &x.DeskSide, &x.To, &x.Name, &x.Lang, &x.Kind, &title, &body, &action, &x.Link, &x.Base, &x.MessageID,
		&x.Answers, &x.State, &x.Reason, db.Time(&x.At))
	for _, f := range []struct {
		text string
		into any
	}{{title, &x.Title}, {body, &x.Body}, {action, &x.Action}} {
		if err == nil {
			err = json.Unmarshal([]byte(f.text), f.into)
		}
	}
	return x, err
}

func insertSent(ctx context.Context, tx *db.Tx, x Sent) error {
	var texts [3]string
	for i, v := range []any{x.Title, x.Body, x.Action} {
		var err error
		if texts[i], err = encode(v); err != nil {
			return err
		}
	}
	return db.Change(ctx, tx, `INSERT INTO ticketmail_sent (account_id, id, ticket_no, message, desk_side, recipient, name, lang, kind, title, body, action, link,
		base, message_id, answers, state, reason, at, changed_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, '', $18, $18)`,
		x.Account, x.ID, x.No, x.Message, x.DeskSide, x.To, x.Name, x.Lang, x.Kind, texts[0], texts[1], texts[2], x.Link, x.Base, x.MessageID, x.Answers,
		x.State, db.Micros(tx.Now))
}

func oneSent(ctx context.Context, q db.Querier, account, id string) (Sent, error) {
	return db.One(ctx, q, scanSent, `SELECT `+sentColumns+` FROM ticketmail_sent WHERE account_id = $1 AND id = $2`, account, id)
}

func findSent(ctx context.Context, q db.Querier, id string) (Sent, error) {
	return db.One(ctx, q, scanSent, `SELECT `+sentColumns+` FROM ticketmail_sent WHERE id = $1`, id)
}

// markSent moves a mail of ours on from one of two states.
func markSent(ctx context.Context, tx *db.Tx, x Sent, from, orFrom, state, reason string) (bool, error) {
	n, err := db.Exec(ctx, tx, `UPDATE ticketmail_sent SET state = $5, reason = $6, changed_at = $7 WHERE account_id = $1 AND id = $2 AND (state = $3 OR state = $4)`,
		x.Account, x.ID, from, orFrom, state, reason, db.Micros(tx.Now))
	return n == 1, err
}

// sentIDs are the Message-IDs of what a reader has got about a ticket, oldest first.
func sentIDs(ctx context.Context, q db.Querier, no, to string) ([]dated, error) {
	return db.All(ctx, q, scanDated, `SELECT message_id, at FROM ticketmail_sent WHERE ticket_no = $1 AND recipient = $2 AND state = 'sent'
		ORDER BY id COLLATE "C" LIMIT 200`, no, to)
}

// lost lists the mails of a ticket that didn't reach somebody on the customer's side. Who works at the desk under which
// address is nobody else's business.
func lost(ctx context.Context, q db.Querier, no string) ([]Sent, error) {
	return db.All(ctx, q, scanSent, `SELECT `+sentColumns+` FROM ticketmail_sent WHERE ticket_no = $1 AND desk_side = FALSE AND state IN ('failed', 'returned')
		ORDER BY id COLLATE "C"`, no)
}

func countSent(ctx context.Context, q db.Querier) (map[string]int64, error) {
	type count struct {
		state string
		n     int64
	}
	all, err := db.All(ctx, q, func(r db.Row) (c count, err error) { return c, r.Scan(&c.state, &c.n) },
		`SELECT state, count(*) FROM ticketmail_sent GROUP BY state`)
	out := map[string]int64{}
	for _, c := range all {
		out[c.state] = c.n
	}
	return out, err
}

// position is how far a mailbox has been read.
type position struct {
	Mailbox
	validity, uid int64
}

func scanPosition(r db.Row) (p position, err error) {
	return p, r.Scan(&p.Name, &p.validity, &p.uid, &p.Pulled, &p.Twice, db.Time(&p.PulledAt), db.Time(&p.GoodAt), &p.Error)
}

const positionColumns = `name, validity, uid, pulled, twice, pulled_at, good_at, error`

func positions(ctx context.Context, q db.Querier) ([]position, error) {
	return db.All(ctx, q, scanPosition, `SELECT `+positionColumns+` FROM ticketmail_mailbox ORDER BY name COLLATE "C"`)
}

// leaseMailbox takes the right to read a mailbox until an instant of the wall clock; false when another process has it.
func leaseMailbox(ctx context.Context, tx *db.Tx, name, holder string, until time.Time) (position, bool, error) {
	if _, err := db.Exec(ctx, tx, `INSERT INTO ticketmail_mailbox (name, validity, uid, pulled, twice, error, holder) VALUES ($1, 0, 0, 0, 0, '', '')
		ON CONFLICT (name) DO NOTHING`, name); err != nil {
		return position{}, false, err
	}
	n, err := db.Exec(ctx, tx, `UPDATE ticketmail_mailbox SET holder = $2, held_until = $3, pulled_at = $4
		WHERE name = $1 AND (holder = '' OR holder = $2 OR held_until IS NULL OR held_until < $4)`, name, holder, db.Micros(until), db.Micros(tx.Wall))
	if err != nil || n == 0 {
		return position{}, false, err
	}
	p, err := db.One(ctx, tx, scanPosition, `SELECT `+positionColumns+` FROM ticketmail_mailbox WHERE name = $1`, name)
	return p, true, err
}

// moveOn writes how far a mailbox has been read, with the mail that was.
func moveOn(ctx context.Context, tx *db.Tx, name string, validity, uid uint32, twice bool) error {
	again := 0
	if twice {
		again = 1
	}
	_, err := db.Exec(ctx, tx, `INSERT INTO ticketmail_mailbox (name, validity, uid, pulled, twice, error, holder) VALUES ($1, $2, $3, 1, $4, '', '')
		ON CONFLICT (name) DO UPDATE SET validity = $2, uid = $3, pulled = ticketmail_mailbox.pulled + 1, twice = ticketmail_mailbox.twice + $4`,
		name, int64(validity), int64(uid), again)
	return err
}

// releaseMailbox ends a pull.
func releaseMailbox(ctx context.Context, tx *db.Tx, name, holder, failure string) error {
	_, err := db.Exec(ctx, tx, `UPDATE ticketmail_mailbox SET holder = '', held_until = NULL, error = $3,
		good_at = CASE WHEN $3 = '' THEN $4 ELSE good_at END WHERE name = $1 AND holder = $2`, name, holder, failure, db.Micros(tx.Wall))
	return err
}
