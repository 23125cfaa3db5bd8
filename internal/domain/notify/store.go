package notify

import (
	"context"
	"encoding/json"

	"hanse/internal/kit/db"
	"hanse/internal/kit/i18n"
)

const messageColumns = `account_id, id, user_id, kind, tone, title, body, link, at, read_at`

func scanMessage(r db.Row) (m Message, err error) {
	var title, body string
	err = r.Scan(&m.Account, &m.ID, &m.User, &m.Kind, &m.Tone, &title, &body, &m.Link, db.Time(&m.At), db.Time(&m.Read))
	if err == nil {
		err = decode(title, &m.Title)
	}
	if err == nil {
		err = decode(body, &m.Body)
	}
	return m, err
}

func decode(text string, into any) error { return json.Unmarshal([]byte(text), into) }

func encode(v any) (string, error) {
	b, err := json.Marshal(v)
	return string(b), err
}

func insertMessage(ctx context.Context, tx *db.Tx, m Message) error {
	title, err := encode(m.Title)
	if err != nil {
		return err
	}
	body, err := encode(m.Body)
	if err != nil {
		return err
	}
	return db.Change(ctx, tx, `INSERT INTO message (account_id, id, user_id, kind, tone, title, body, link, at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
		m.Account, m.ID, m.User, m.Kind, string(m.Tone), title, body, m.Link, db.Micros(m.At))
}

func listMessages(ctx context.Context, q db.Querier, account, user string, f Filter) ([]Message, error) {
	return db.All(ctx, q, scanMessage, `SELECT `+messageColumns+` FROM message
		WHERE account_id = $1 AND user_id = $2 AND (NOT $3 OR read_at IS NULL)
		AND ($4 = '' OR at < $5 OR (at = $5 AND id COLLATE "C" < $4))
		ORDER BY at DESC, id COLLATE "C" DESC LIMIT $6`,
		account, user, f.Unread, f.Before, f.BeforeAt.UnixMicro(), f.Limit)
}

func countUnread(ctx context.Context, q db.Querier, account, user string) (int64, error) {
	return db.One(ctx, q, db.Int, `SELECT count(*) FROM
		(SELECT id FROM message WHERE account_id = $1 AND user_id = $2 AND read_at IS NULL LIMIT 100) AS unread`, account, user)
}

func openMessage(ctx context.Context, tx *db.Tx, account, user, id string) (Message, error) {
	return db.One(ctx, tx, scanMessage, `UPDATE message SET read_at = coalesce(read_at, $4)
		WHERE account_id = $1 AND user_id = $2 AND id = $3 RETURNING `+messageColumns, account, user, id, db.Micros(tx.Now))
}

func readAll(ctx context.Context, tx *db.Tx, account, user string) error {
	_, err := db.Exec(ctx, tx, `UPDATE message SET read_at = $3 WHERE account_id = $1 AND user_id = $2 AND read_at IS NULL`,
		account, user, db.Micros(tx.Now))
	return err
}

const mailColumns = `account_id, id, channel, recipient, lang, title, body, action, link, secret, state, at`

func scanMail(r db.Row) (o outgoing, err error) {
	var title, body, action string
	err = r.Scan(&o.Account, &o.ID, &o.Channel, &o.Recipient, &o.Lang, &title, &body, &action, &o.Link, &o.Secret, &o.State, db.Time(&o.At))
	for _, x := range []struct {
		text string
		into any
	}{{title, &o.Title}, {body, &o.Body}, {action, &o.Action}} {
		if err == nil {
			err = decode(x.text, x.into)
		}
	}
	return o, err
}

func insertMail(ctx context.Context, tx *db.Tx, o outgoing) error {
	var texts [3]string
	for i, v := range []any{o.Title, append([]i18n.Msg{}, o.Body...), o.Action} {
		var err error
		if texts[i], err = encode(v); err != nil {
			return err
		}
	}
	return db.Change(ctx, tx, `INSERT INTO mail (account_id, id, channel, recipient, lang, title, body, action, link, secret, state, at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)`,
		o.Account, o.ID, o.Channel, o.Recipient, o.Lang, texts[0], texts[1], texts[2], o.Link, o.Secret, o.State, db.Micros(o.At))
}

func oneMail(ctx context.Context, q db.Querier, account, id string) (outgoing, error) {
	return db.One(ctx, q, scanMail, `SELECT `+mailColumns+` FROM mail WHERE account_id = $1 AND id = $2`, account, id)
}

// markMail ends a mail's way and forgets its secret.
func markMail(ctx context.Context, tx *db.Tx, o outgoing, state string) error {
	_, err := db.Exec(ctx, tx, `UPDATE mail SET state = $3, sent_at = $4, secret = '' WHERE account_id = $1 AND id = $2 AND state = 'waiting'`,
		o.Account, o.ID, state, db.Micros(tx.Now))
	return err
}
