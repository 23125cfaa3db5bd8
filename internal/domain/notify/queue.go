package notify

import (
	"context"
	"time"

	"hanse/internal/kit/db"
)

// A Backlog is the state of the outgoing mail: how many wait, since when the oldest does (business instant), and
// how many could not be delivered.
type Backlog struct {
	Waiting, Failed int64
	Oldest          time.Time
}

// MailBacklog counts the outgoing mail: for the health page.
func MailBacklog(ctx context.Context, q db.Querier) (b Backlog, err error) {
	_, err = db.One(ctx, q, func(r db.Row) (struct{}, error) { return struct{}{}, r.Scan(&b.Waiting, db.Time(&b.Oldest)) },
		`SELECT count(*), min(at) FROM mail WHERE state = 'waiting'`)
	if err != nil {
		return b, err
	}
	b.Failed, err = db.One(ctx, q, db.Int, `SELECT count(*) FROM mail WHERE state = 'failed'`)
	return b, err
}
