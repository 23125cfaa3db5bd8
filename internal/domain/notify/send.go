package notify

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"

	"hanse/internal/kit/db"
	"hanse/internal/kit/i18n"
	"hanse/internal/kit/jobs"
	"hanse/internal/kit/mailer"
)

// send sends one stored mail or short message. It may run twice when the process dies in between: the Message-ID
// is the same then.
func (s *Service) send(ctx context.Context, j jobs.Job) error {
	var ref mailRef
	if err := json.Unmarshal(j.Payload, &ref); err != nil {
		return err
	}
	o, err := oneMail(ctx, s.db.Read(), ref.Account, ref.ID)
	if err != nil {
		return err
	}
	if o.State != "waiting" {
		return nil
	}
	if o.Secret != "" {
		// Sealed until this moment; what is in the clear goes to the reader and nowhere else.
		if o.Secret, err = s.vault.Open("mail", o.Secret); err != nil {
			return fmt.Errorf("mail %s: %w", o.ID, err)
		}
	}
	err = s.deliver(ctx, o)
	if err != nil && !mailer.Permanent(err) {
		return err
	}
	state := "sent"
	if err != nil {
		state = "failed" // the address doesn't exist, say: trying again can't help
		s.log.Warn("mail refused for good", "mail", o.ID, "error", err)
	}
	return s.db.Update(ctx, func(tx *db.Tx) error { return markMail(ctx, tx, o, state) })
}

func (s *Service) deliver(ctx context.Context, o outgoing) error {
	if o.Channel == "sms" {
		return s.sms.SendSMS(ctx, mailer.Text{ID: o.ID, To: o.Recipient, Lang: o.Lang, Body: s.shortText(o)})
	}
	return s.mail.Send(ctx, mailer.Compose(o.Lang, s.letter(o)))
}

func (s *Service) letter(o outgoing) mailer.Letter {
	l := mailer.Letter{ID: o.ID, To: o.Recipient, Brand: s.brand, Subject: o.Title, Body: o.Body, Action: o.Action}
	if o.Link != "" {
		l.URL = s.baseURL + o.Link
	}
	switch {
	case strings.HasPrefix(o.Secret, "/"):
		l.URL = s.baseURL + o.Secret // a link with a token takes the place of the other one
	case o.Secret != "":
		l.Code = o.Secret
	}
	if l.URL != "" && l.Action.IsZero() {
		l.Action = i18n.M("notify.open")
	}
	return l
}

func (s *Service) shortText(o outgoing) string {
	parts := []string{i18n.Text(o.Lang, o.Title)}
	for _, m := range o.Body {
		parts = append(parts, i18n.Text(o.Lang, m))
	}
	switch {
	case strings.HasPrefix(o.Secret, "/"):
		parts = append(parts, s.baseURL+o.Secret)
	case o.Secret != "":
		parts = append(parts, o.Secret)
	}
	return strings.Join(parts, " ")
}
