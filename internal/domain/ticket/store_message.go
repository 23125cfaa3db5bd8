package ticket

import (
	"context"
	"errors"
	"math"
	"time"

	"hanse/internal/kit/db"
	"hanse/internal/kit/fault"
)

const messageColumns = `m.account_id, m.no, m.seq, m.id, m.changed, m.side, m.internal, m.desk_id, m.auto, m.source, m.author_account, m.author_id, m.author_name,
	m.author_mail, m.author_main, m.first, m.body, m.withdrawn_at, m.moved_from, m.moved_seq, m.at`

func scanMessage(r db.Row) (m Message, err error) {
	return m, r.Scan(&m.Account, &m.No, &m.Seq, &m.ID, &m.Changed, &m.Side, &m.Internal, &m.Desk, &m.Auto, &m.Source, &m.AuthorAccount, &m.Author,
		&m.AuthorName, &m.AuthorMail, &m.AuthorMain, &m.First, &m.Body, db.Time(&m.WithdrawnAt), &m.MovedFrom, &m.MovedSeq, db.Time(&m.At))
}

func insertMessage(ctx context.Context, tx *db.Tx, m Message) error {
	return db.Change(ctx, tx, `INSERT INTO ticket_message (account_id, no, seq, id, changed, side, internal, desk_id, auto, source, author_account, author_id,
		author_name, author_mail, author_main, first, body, withdrawn_at, moved_from, moved_seq, at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, NULL, $18, $19, $20)`,
		m.Account, m.No, m.Seq, m.ID, m.Changed, string(m.Side), m.Internal, m.Desk, m.Auto, string(m.Source), m.AuthorAccount, m.Author, m.AuthorName,
		m.AuthorMail, m.AuthorMain, m.First, m.Body, m.MovedFrom, m.MovedSeq, db.Micros(m.At))
}

// MessageByID reads a message, for modules that look themselves at who asks; NotFound when the ticket has none with it.
func MessageByID(ctx context.Context, q db.Querier, no, id string) (Message, error) {
	m, err := db.One(ctx, q, scanMessage, `SELECT `+messageColumns+` FROM ticket_number n JOIN ticket_message m ON m.account_id = n.account_id AND m.no = n.no
		WHERE n.no = $1 AND m.id = $2`, no, id)
	if errors.Is(err, db.ErrNoRow) {
		err = fault.NotFound()
	}
	return m, err
}

// An eye is what somebody sees of messages and of the log: the customer what is for everybody, a desk its own notes too,
// the vendor's desk those of partners as well.
type eye struct {
	notes bool   // sees notes
	desk  string // of this desk alone; "" = of every one
}

// messagesOf reads a ticket's messages in the order in which they were written.
func messagesOf(ctx context.Context, q db.Querier, t Ticket, e eye, p Page) ([]Message, error) {
	return db.All(ctx, q, scanMessage, `SELECT `+messageColumns+` FROM ticket_message m WHERE m.account_id = $1 AND m.no = $2
		AND (m.internal = FALSE OR ($3 = TRUE AND ($4 = '' OR m.desk_id = $4))) AND m.seq > $5 AND m.seq < $6 AND m.at < $7
		ORDER BY m.at, m.seq LIMIT $8 OFFSET $9`, t.Account, t.No, e.notes, e.desk, p.AfterSeq, below(p.BeforeSeq), below(micros(p.Before)), p.Limit, p.Offset)
}

// newestOf is messagesOf for the last ones before an instant or place, still oldest first.
func newestOf(ctx context.Context, q db.Querier, t Ticket, e eye, p Page) ([]Message, error) {
	rows, err := db.All(ctx, q, scanMessage, `SELECT `+messageColumns+` FROM ticket_message m WHERE m.account_id = $1 AND m.no = $2
		AND (m.internal = FALSE OR ($3 = TRUE AND ($4 = '' OR m.desk_id = $4))) AND m.seq < $5 AND m.at < $6
		ORDER BY m.at DESC, m.seq DESC LIMIT $7`, t.Account, t.No, e.notes, e.desk, below(p.BeforeSeq), below(micros(p.Before)), p.Limit)
	for i, j := 0, len(rows)-1; i < j; i, j = i+1, j-1 {
		rows[i], rows[j] = rows[j], rows[i]
	}
	return rows, err
}

func countMessages(ctx context.Context, q db.Querier, t Ticket, e eye) (int64, error) {
	return db.One(ctx, q, db.Int, `SELECT COUNT(*) FROM ticket_message m WHERE m.account_id = $1 AND m.no = $2
		AND (m.internal = FALSE OR ($3 = TRUE AND ($4 = '' OR m.desk_id = $4)))`, t.Account, t.No, e.notes, e.desk)
}

// changedSince reads messages that were written or changed after a number.
func changedSince(ctx context.Context, q db.Querier, t Ticket, e eye, seq int64) ([]Message, error) {
	return db.All(ctx, q, scanMessage, `SELECT `+messageColumns+` FROM ticket_message m WHERE m.account_id = $1 AND m.no = $2 AND m.changed > $3
		AND (m.internal = FALSE OR ($4 = TRUE AND ($5 = '' OR m.desk_id = $5))) ORDER BY m.at, m.seq`, t.Account, t.No, seq, e.notes, e.desk)
}

// newsOf reads visible messages of several tickets of an account that are younger than a message.
func newsOf(ctx context.Context, q db.Querier, account string, nos []string, at time.Time, id string, limit int) ([]Message, error) {
	in, args := db.In(5, nos)
	return db.All(ctx, q, scanMessage, `SELECT `+messageColumns+` FROM ticket_message m WHERE m.account_id = $1 AND m.internal = FALSE
		AND (m.at > $2 OR (m.at = $2 AND m.id COLLATE "C" > $3)) AND m.no IN `+in+` ORDER BY m.at, m.id COLLATE "C" LIMIT $4`,
		append([]any{account, micros(at), id, limit}, args...)...)
}

// othersSince is the first visible message after a number that somebody else wrote.
func othersSince(ctx context.Context, q db.Querier, t Ticket, seq int64, user string) (Message, bool, error) {
	m, err := db.One(ctx, q, scanMessage, `SELECT `+messageColumns+` FROM ticket_message m WHERE m.account_id = $1 AND m.no = $2 AND m.seq > $3
		AND m.internal = FALSE AND m.author_id <> $4 AND m.withdrawn_at IS NULL ORDER BY m.seq LIMIT 1`, t.Account, t.No, seq, user)
	if errors.Is(err, db.ErrNoRow) {
		return m, false, nil
	}
	return m, err == nil, err
}

// blank takes a message's words away.
func blank(ctx context.Context, tx *db.Tx, m Message, changed int64) error {
	return db.Change(ctx, tx, `UPDATE ticket_message SET body = '', withdrawn_at = $4, changed = $5 WHERE account_id = $1 AND no = $2 AND seq = $3
		AND withdrawn_at IS NULL`, m.Account, m.No, m.Seq, db.Micros(tx.Now), changed)
}

// move puts a message of one ticket into another one of the account.
func move(ctx context.Context, tx *db.Tx, m Message, to string, seq int64, from string, fromSeq int64) error {
	return db.Change(ctx, tx, `UPDATE ticket_message SET no = $4, seq = $5, changed = $5, moved_from = $6, moved_seq = $7
		WHERE account_id = $1 AND no = $2 AND seq = $3`, m.Account, m.No, m.Seq, to, seq, from, fromSeq)
}

// movedFrom reads the messages that a merge took from a ticket.
func movedFrom(ctx context.Context, q db.Querier, account, target, source string) ([]Message, error) {
	return db.All(ctx, q, scanMessage, `SELECT `+messageColumns+` FROM ticket_message m WHERE m.account_id = $1 AND m.no = $2 AND m.moved_from = $3 ORDER BY m.moved_seq`,
		account, target, source)
}

const entryColumns = `account_id, no, seq, id, kind, visible, desk_id, operator, operator_id, operator_name, from_state, to_state, text, at`

func scanEntry(r db.Row) (e Entry, err error) {
	return e, r.Scan(&e.Account, &e.No, &e.Seq, &e.ID, &e.Kind, &e.Visible, &e.Desk, &e.Operator, &e.OperatorID, &e.OperatorName, &e.From, &e.To, &e.Text,
		db.Time(&e.At))
}

func insertEntry(ctx context.Context, tx *db.Tx, e Entry) error {
	return db.Change(ctx, tx, `INSERT INTO ticket_log (`+entryColumns+`) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)`,
		e.Account, e.No, e.Seq, e.ID, int(e.Kind), e.Visible, e.Desk, int(e.Operator), e.OperatorID, e.OperatorName, int(e.From), int(e.To), e.Text,
		db.Micros(e.At))
}

// entriesOf pages through a ticket's log, newest first.
func entriesOf(ctx context.Context, q db.Querier, t Ticket, e eye, offset, limit int) ([]Entry, error) {
	return db.All(ctx, q, scanEntry, `SELECT `+entryColumns+` FROM ticket_log WHERE account_id = $1 AND no = $2
		AND (visible = TRUE OR ($3 = TRUE AND ($4 = '' OR desk_id = $4))) ORDER BY seq DESC LIMIT $5 OFFSET $6`, t.Account, t.No, e.notes, e.desk, limit, offset)
}

func countEntries(ctx context.Context, q db.Querier, t Ticket, e eye) (int64, error) {
	return db.One(ctx, q, db.Int, `SELECT COUNT(*) FROM ticket_log WHERE account_id = $1 AND no = $2
		AND (visible = TRUE OR ($3 = TRUE AND ($4 = '' OR desk_id = $4)))`, t.Account, t.No, e.notes, e.desk)
}

// entriesSince reads what was done after a number, oldest first.
func entriesSince(ctx context.Context, q db.Querier, t Ticket, e eye, seq int64) ([]Entry, error) {
	return db.All(ctx, q, scanEntry, `SELECT `+entryColumns+` FROM ticket_log WHERE account_id = $1 AND no = $2 AND seq > $3
		AND (visible = TRUE OR ($4 = TRUE AND ($5 = '' OR desk_id = $5))) ORDER BY seq`, t.Account, t.No, seq, e.notes, e.desk)
}

// movedSince is the first change of the state after a number that somebody else made.
func movedSince(ctx context.Context, q db.Querier, t Ticket, seq int64, user string) (Entry, bool, error) {
	e, err := db.One(ctx, q, scanEntry, `SELECT `+entryColumns+` FROM ticket_log WHERE account_id = $1 AND no = $2 AND seq > $3 AND from_state <> to_state
		AND operator_id <> $4 ORDER BY seq LIMIT 1`, t.Account, t.No, seq, user)
	if errors.Is(err, db.ErrNoRow) {
		return e, false, nil
	}
	return e, err == nil, err
}

// below is an upper bound that isn't there when it's 0.
func below(n int64) int64 {
	if n == 0 {
		return math.MaxInt64
	}
	return n
}

// micros is an instant as a number, 0 for none.
func micros(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixMicro()
}
