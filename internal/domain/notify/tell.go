package notify

import (
	"context"
	"fmt"

	"hanse/internal/kit/db"
	"hanse/internal/kit/id"
	"hanse/internal/kit/jobs"
	"hanse/internal/kit/outbox"
)

const sendKind = "notify.send"

// tell turns the notes about one event into messages and mails, in the event's transaction.
func (s *Service) tell(ctx context.Context, tx *db.Tx, e outbox.Event, notes []Note) error {
	for _, n := range notes {
		if n.Tone == "" {
			n.Tone = Neutral
		}
		readers, err := s.readers(ctx, tx, n)
		if err != nil {
			return fmt.Errorf("readers of %s: %w", e.Kind, err)
		}
		for _, r := range readers {
			if err := s.tellOne(ctx, tx, e, n, r); err != nil {
				return fmt.Errorf("tell %s of %s: %w", r.User, e.Kind, err)
			}
		}
	}
	return nil
}

func (s *Service) readers(ctx context.Context, q db.Querier, n Note) ([]Reader, error) {
	if n.To != "" {
		return []Reader{{Account: n.Account, Mail: n.To, Lang: n.ToLang}}, nil
	}
	return s.directory.Readers(ctx, q, n.Account, n.User, n.Roles)
}

func (s *Service) tellOne(ctx context.Context, tx *db.Tx, e outbox.Event, n Note, r Reader) error {
	if r.User != "" && !n.MailOnly {
		m := Message{Account: r.Account, ID: id.New("msg", tx.Wall), User: r.User, Kind: e.Kind, Tone: n.Tone,
			Title: n.Title, Body: n.Body, Link: n.Link, At: tx.Now}
		if err := insertMessage(ctx, tx, m); err != nil {
			return err
		}
	}
	if r.Mail == "" || n.Quiet {
		return nil
	}
	if s.mailed != nil && n.Ticket != "" && !n.SMS {
		if taken, err := s.mailed(ctx, tx, e, n, r); err != nil || taken {
			return err
		}
	}
	return queue(ctx, tx, n, r)
}

// queue stores the outgoing mail and its job. The mail's id names it to the receiving server, so that a second
// try of the same job is recognized as the same mail.
func queue(ctx context.Context, tx *db.Tx, n Note, r Reader) error {
	o := outgoing{Account: r.Account, ID: id.New("mail", tx.Wall), Channel: "mail", Recipient: r.Mail, Lang: r.Lang,
		Title: n.Title, Action: n.Action, Link: n.Link, Secret: n.Secret, State: "waiting", At: tx.Now}
	if o.Account == "" {
		o.Account = "-"
	}
	if !n.Body.IsZero() {
		o.Body = append(o.Body, n.Body)
	}
	if n.SMS {
		o.Channel = "sms"
	}
	if err := insertMail(ctx, tx, o); err != nil {
		return err
	}
	return jobs.Add(ctx, tx, jobs.New{Kind: sendKind, Key: o.ID, Account: o.Account, Payload: mailRef{o.Account, o.ID}})
}

type mailRef struct{ Account, ID string }
