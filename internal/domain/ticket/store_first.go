package ticket

import (
	"context"
	"errors"

	"hanse/internal/kit/db"
	"hanse/internal/kit/fault"
)

// FirstMessage is the message that a ticket was opened with, wherever merging has brought it since; for modules that look
// themselves at who asks.
func FirstMessage(ctx context.Context, q db.Querier, t Ticket) (Message, error) {
	m, err := db.One(ctx, q, scanMessage, `SELECT `+messageColumns+` FROM ticket_message m WHERE m.account_id = $1 AND (m.no = $2 OR m.moved_from = $2)
		AND m.first = TRUE ORDER BY m.seq LIMIT 1`, t.Account, t.No)
	if errors.Is(err, db.ErrNoRow) {
		err = fault.NotFound()
	}
	return m, err
}
