package ticket

import (
	"context"

	"hanse/internal/kit/db"
)

// published pages through the rows that customers see and the vendor's API numbers, newest first.
func published(ctx context.Context, q db.Querier, t Ticket, offset, limit int) ([]Entry, error) {
	return db.All(ctx, q, scanEntry, `SELECT `+entryColumns+` FROM ticket_log WHERE account_id = $1 AND no = $2 AND visible = TRUE AND kind < 1000
		ORDER BY seq DESC LIMIT $3 OFFSET $4`, t.Account, t.No, limit, offset)
}

func countPublished(ctx context.Context, q db.Querier, t Ticket) (int64, error) {
	return db.One(ctx, q, db.Int, `SELECT COUNT(*) FROM ticket_log WHERE account_id = $1 AND no = $2 AND visible = TRUE AND kind < 1000`, t.Account, t.No)
}
