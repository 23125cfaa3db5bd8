package ticketmail

import (
	"context"
	"errors"
	"time"

	"hanse/internal/kit/db"
	"hanse/internal/kit/outbox"
)

// quiet is how long a desk isn't told of held mails again: a flood of them is one message, and the list has them all.
const quiet = 4 * time.Hour

// HeldMail is ticketmail.held: somebody at the desk has to look at mails. It's told of the first one in a while, and again
// while more of them wait. It belongs to the desk.
type HeldMail struct {
	Desk    string `json:"desk"`
	Mail    string `json:"mail"` // the newest
	Sender  string `json:"sender"`
	Subject string `json:"subject"`
	Reason  Reason `json:"reason"`
	Waiting int64  `json:"waiting"` // how many are held, up to 1000
}

// Event names the event.
func (h HeldMail) Event() (kind, account, subject string) { return "ticketmail.held", h.Desk, h.Mail }

// tellHeld tells the desk of a mail that is held, unless it was told of others just now.
func tellHeld(ctx context.Context, tx *db.Tx, x Mail) error {
	ok, err := claimTelling(ctx, tx, x.Account, tx.Now.Add(-quiet))
	if err != nil || !ok {
		return err
	}
	n, err := countMails(ctx, tx, x.Account, Held)
	if err != nil {
		return err
	}
	return outbox.Append(ctx, tx, HeldMail{Desk: x.Account, Mail: x.ID, Sender: x.Sender, Subject: x.Subject, Reason: x.Reason, Waiting: n})
}

// remind tells the desks of what was held since they were last told. The schedule's.
func (s *Service) remind(ctx context.Context) error {
	return s.DB.Update(ctx, func(tx *db.Tx) error {
		all, err := untold(ctx, tx, tx.Now.Add(-quiet))
		if err != nil {
			return err
		}
		for _, x := range all {
			if err := tellHeld(ctx, tx, x); err != nil {
				return err
			}
		}
		return nil
	})
}

// OldestHeld is how many mails wait for somebody at a desk, up to 1000, and the one that does so for the longest time.
func OldestHeld(ctx context.Context, q db.Querier, desk string) (n int64, oldest Mail, err error) {
	if n, err = HeldCount(ctx, q, desk); err != nil || n == 0 {
		return n, oldest, err
	}
	oldest, err = oldestHeld(ctx, q, desk)
	if errors.Is(err, db.ErrNoRow) { // decided in between
		return 0, oldest, nil
	}
	return n, oldest, err
}
