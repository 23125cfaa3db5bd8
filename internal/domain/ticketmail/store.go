package ticketmail

import (
	"context"
	"encoding/json"
	"time"

	"hanse/internal/kit/db"
	"hanse/internal/kit/i18n"
)

const mailColumns = `account_id, id, door, message_id, sender, sender_name, subject, recipients, size, hash, head_only, state, kind, reason, detail, way,
	ticket_no, message, refused, handled_by, edition, received_at, changed_at`

func scanMail(r db.Row) (m Mail, err error) {
	var to, detail, refused string
	err = r.Scan(&m.Account, &m.ID, &m.Door, &m.MessageID, &m.Sender, &m.SenderName, &m.Subject, &to, &m.Size, &m.Hash, &m.HeadOnly, &m.State, &m.Kind,
		&m.Reason, &detail, &m.Way, &m.No, &m.Message, &refused, &m.HandledBy, &m.Edition, db.Time(&m.At), db.Time(&m.ChangedAt))
	if err == nil {
		err = json.Unmarshal([]byte(to), &m.Recipients)
	}
	if err == nil {
		err = json.Unmarshal([]byte(detail), &m.Detail)
	}
	if err == nil && refused != "" {
		err = json.Unmarshal([]byte(refused), &m.Refused)
	}
	return m, err
}

func encode(v any) (string, error) {
	b, err := json.Marshal(v)
	return string(b), err
}

func insertMail(ctx context.Context, tx *db.Tx, m Mail) error {
	to, err := encode(append([]string{}, m.Recipients...))
	if err != nil {
		return err
	}
	refused := ""
	if len(m.Refused) > 0 {
		if refused, err = encode(m.Refused); err != nil {
			return err
		}
	}
	return db.Change(ctx, tx, `INSERT INTO ticketmail_mail (account_id, id, door, message_id, sender, sender_name, subject, recipients, size, hash,
		head_only, state, kind, reason, detail, way, ticket_no, message, refused, handled_by, edition, received_at, changed_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, '', $13, '[]', '', '', '', $15, '', 1, $14, $14)`, m.Account, m.ID, m.Door, m.MessageID, m.Sender,
		m.SenderName, m.Subject, to, m.Size, m.Hash, m.HeadOnly, string(m.State), string(m.Reason), db.Micros(m.At), refused)
}

// settleMail writes what became of a mail, if nobody was faster.
func settleMail(ctx context.Context, tx *db.Tx, m Mail) error {
	detail, err := encode(append([]i18n.Msg{}, m.Detail...))
	if err != nil {
		return err
	}
	return db.Change(ctx, tx, `UPDATE ticketmail_mail SET state = $4, kind = $5, reason = $6, detail = $7, way = $8, ticket_no = $9, message = $10,
		handled_by = $11, changed_at = $12, edition = edition + 1 WHERE account_id = $1 AND id = $2 AND edition = $3`, m.Account, m.ID, m.Edition,
		string(m.State), string(m.Kind), string(m.Reason), detail, string(m.Way), m.No, m.Message, m.HandledBy, db.Micros(tx.Now))
}

func oneMail(ctx context.Context, q db.Querier, account, id string) (Mail, error) {
	return db.One(ctx, q, scanMail, `SELECT `+mailColumns+` FROM ticketmail_mail WHERE account_id = $1 AND id = $2`, account, id)
}

// findMail is oneMail for the vendor's staff, who see every desk's.
func findMail(ctx context.Context, q db.Querier, id string) (Mail, error) {
	return db.One(ctx, q, scanMail, `SELECT `+mailColumns+` FROM ticketmail_mail WHERE id = $1`, id)
}

func listMails(ctx context.Context, q db.Querier, desk string, f Filter) ([]Mail, error) {
	if f.Sender != "" { // few, however many mails there are
		return db.All(ctx, q, scanMail, `SELECT `+mailColumns+` FROM ticketmail_mail WHERE sender = $6 AND ($1 = '' OR account_id = $1)
			AND ($2 = '' OR state = $2) AND ($3 = '' OR id COLLATE "C" < $3) AND ($5 = '' OR reason = $5) ORDER BY id COLLATE "C" DESC LIMIT $4`,
			desk, string(f.State), f.Before, f.Limit, string(f.Reason), f.Sender)
	}
	return db.All(ctx, q, scanMail, `SELECT `+mailColumns+` FROM ticketmail_mail
		WHERE ($1 = '' OR account_id = $1) AND ($2 = '' OR state = $2) AND ($3 = '' OR id COLLATE "C" < $3) AND ($5 = '' OR reason = $5)
		ORDER BY id COLLATE "C" DESC LIMIT $4`, desk, string(f.State), f.Before, f.Limit, string(f.Reason))
}

// countFiltered counts the mails of a filter, up to one more than most.
func countFiltered(ctx context.Context, q db.Querier, desk string, f Filter, most int) (int64, error) {
	return db.One(ctx, q, db.Int, `SELECT count(*) FROM (SELECT id FROM ticketmail_mail WHERE ($1 = '' OR account_id = $1) AND ($2 = '' OR state = $2)
		AND ($3 = '' OR reason = $3) AND ($4 = '' OR sender = $4) LIMIT $5) AS few`, desk, string(f.State), string(f.Reason), f.Sender, most+1)
}

// claimTelling takes the right to tell a desk of held mails, unless it was told after an instant.
func claimTelling(ctx context.Context, tx *db.Tx, desk string, after time.Time) (bool, error) {
	n, err := db.Exec(ctx, tx, `INSERT INTO ticketmail_told (account_id, told_at) VALUES ($1, $2)
		ON CONFLICT (account_id) DO UPDATE SET told_at = $2 WHERE ticketmail_told.told_at <= $3`, desk, db.Micros(tx.Now), db.Micros(after))
	return n == 1, err
}

// untold lists the newest mail of each desk that was last told before an instant, and at which mails are held since.
func untold(ctx context.Context, q db.Querier, before time.Time) ([]Mail, error) {
	return db.All(ctx, q, scanMail, `SELECT `+mailColumns+` FROM ticketmail_mail WHERE state = 'held' AND id IN (
		SELECT max(m.id COLLATE "C") FROM ticketmail_told t JOIN ticketmail_mail m ON m.account_id = t.account_id AND m.state = 'held' AND m.changed_at > t.told_at
		WHERE t.told_at <= $1 GROUP BY t.account_id)`, db.Micros(before))
}

// oldestHeld is the mail that waits at a desk for the longest time.
func oldestHeld(ctx context.Context, q db.Querier, desk string) (Mail, error) {
	return db.One(ctx, q, scanMail, `SELECT `+mailColumns+` FROM ticketmail_mail WHERE account_id = $1 AND state = 'held' ORDER BY id COLLATE "C" LIMIT 1`, desk)
}

func countMails(ctx context.Context, q db.Querier, desk string, s State) (int64, error) {
	return db.One(ctx, q, db.Int, `SELECT count(*) FROM (SELECT id FROM ticketmail_mail WHERE ($1 = '' OR account_id = $1) AND state = $2 LIMIT 1000) AS few`,
		desk, string(s))
}

func countStates(ctx context.Context, q db.Querier) (map[State]int64, error) {
	type count struct {
		state State
		n     int64
	}
	all, err := db.All(ctx, q, func(r db.Row) (c count, err error) { return c, r.Scan(&c.state, &c.n) },
		`SELECT state, count(*) FROM ticketmail_mail GROUP BY state`)
	out := map[State]int64{}
	for _, c := range all {
		out[c.state] = c.n
	}
	return out, err
}

// taken counts what became of an address's mails since an instant.
func takenFrom(ctx context.Context, q db.Querier, sender string, since time.Time) (int64, error) {
	return db.One(ctx, q, db.Int, `SELECT count(*) FROM ticketmail_mail WHERE sender = $1 AND received_at > $2 AND state = 'done' AND kind <> 'bounce'`,
		sender, db.Micros(since))
}

// mailIDs are the Message-IDs of a ticket's mails from outside, oldest first.
func mailIDs(ctx context.Context, q db.Querier, no string) ([]dated, error) {
	return db.All(ctx, q, scanDated, `SELECT message_id, received_at FROM ticketmail_mail WHERE ticket_no = $1 AND state = 'done' AND kind <> 'bounce'
		ORDER BY id COLLATE "C" LIMIT 200`, no)
}

// dated is a Message-ID with its instant.
type dated struct {
	id string
	at time.Time
}

func scanDated(r db.Row) (d dated, err error) { return d, r.Scan(&d.id, db.Time(&d.at)) }

// claimKey takes the right to be this mail; false means that it's here already.
func claimKey(ctx context.Context, tx *db.Tx, key, account, id string) (bool, error) {
	n, err := db.Exec(ctx, tx, `INSERT INTO ticketmail_key (key, account_id, mail_id) VALUES ($1, $2, $3) ON CONFLICT (key) DO NOTHING`, key, account, id)
	return n == 1, err
}

// linkThread remembers to which ticket a Message-ID of somebody else belongs.
func linkThread(ctx context.Context, tx *db.Tx, messageID, account, no, desk string) error {
	_, err := db.Exec(ctx, tx, `INSERT INTO ticketmail_thread (hash, account_id, ticket_no, desk_id) VALUES ($1, $2, $3, $4) ON CONFLICT (hash) DO NOTHING`,
		hashOf(messageID), account, no, desk)
	return err
}

// thread is a ticket that a Message-ID belongs to, with the desk that got the mail.
type thread struct{ account, no, desk string }

func threadOf(ctx context.Context, q db.Querier, messageID string) (thread, error) {
	return db.One(ctx, q, func(r db.Row) (t thread, err error) { return t, r.Scan(&t.account, &t.no, &t.desk) },
		`SELECT account_id, ticket_no, desk_id FROM ticketmail_thread WHERE hash = $1`, hashOf(messageID))
}

// note is what a message that came by mail is besides its text.
type note struct {
	account, no, message, mail, sender string
	quoted                             int
	auto                               bool
}

func insertNote(ctx context.Context, tx *db.Tx, n note) error {
	_, err := db.Exec(ctx, tx, `INSERT INTO ticketmail_note (account_id, ticket_no, message, mail_id, sender, quoted, auto) VALUES ($1, $2, $3, $4, $5, $6, $7)
		ON CONFLICT (account_id, ticket_no, message) DO NOTHING`, n.account, n.no, n.message, n.mail, n.sender, n.quoted, n.auto)
	return err
}

func notesOf(ctx context.Context, q db.Querier, no string) ([]note, error) {
	return db.All(ctx, q, func(r db.Row) (n note, err error) {
		return n, r.Scan(&n.account, &n.no, &n.message, &n.mail, &n.sender, &n.quoted, &n.auto)
	}, `SELECT account_id, ticket_no, message, mail_id, sender, quoted, auto FROM ticketmail_note WHERE ticket_no = $1`, no)
}

// countAnswer counts an automatic answer to an address in an hour, unless there were so many already.
func countAnswer(ctx context.Context, tx *db.Tx, address string, hour, most int64) (bool, error) {
	n, err := db.Exec(ctx, tx, `INSERT INTO ticketmail_answer (address, hour, n) VALUES ($1, $2, 1)
		ON CONFLICT (address, hour) DO UPDATE SET n = ticketmail_answer.n + 1 WHERE ticketmail_answer.n < $3`, address, hour, most)
	return n == 1, err
}

func forgetAnswers(ctx context.Context, tx *db.Tx, before int64) error {
	_, err := db.Exec(ctx, tx, `DELETE FROM ticketmail_answer WHERE hour < $1`, before)
	return err
}

func addresses(ctx context.Context, q db.Querier) ([]Address, error) {
	return db.All(ctx, q, func(r db.Row) (a Address, err error) { return a, r.Scan(&a.Address, &a.Account) },
		`SELECT address, account_id FROM ticketmail_address ORDER BY address COLLATE "C"`)
}

func insertAddress(ctx context.Context, tx *db.Tx, address, desk, by string) (bool, error) {
	n, err := db.Exec(ctx, tx, `INSERT INTO ticketmail_address (address, account_id, added_by, added_at) VALUES ($1, $2, $3, $4) ON CONFLICT (address) DO NOTHING`,
		address, desk, by, db.Micros(tx.Now))
	return n == 1, err
}

func deleteAddress(ctx context.Context, tx *db.Tx, address string) (string, error) {
	return db.One(ctx, tx, db.String, `DELETE FROM ticketmail_address WHERE address = $1 RETURNING account_id`, address)
}
