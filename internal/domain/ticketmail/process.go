package ticketmail

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"

	"hanse/internal/domain/ticket"
	"hanse/internal/kit/db"
	"hanse/internal/kit/eml"
	"hanse/internal/kit/fault"
	"hanse/internal/kit/i18n"
	"hanse/internal/kit/jobs"
)

// process works on a stored mail. It may run again after a crash: what it does to a ticket and the mail's new state are
// one transaction.
func (s *Service) process(ctx context.Context, j jobs.Job) error {
	var r ref
	if err := json.Unmarshal(j.Payload, &r); err != nil {
		return err
	}
	x, err := oneMail(ctx, s.DB.Read(), r.Account, r.ID)
	if err != nil || x.State != Received {
		return err
	}
	m, err := s.read(x)
	if err != nil {
		return fmt.Errorf("mail %s: %w", x.ID, err)
	}
	return s.work(ctx, x, m)
}

// read parses the stored mail.
func (s *Service) read(x Mail) (eml.Mail, error) {
	if x.Hash == "" {
		return eml.Mail{ID: x.MessageID, From: eml.Address{Name: x.SenderName, Mail: x.Sender}, Subject: x.Subject, Kind: eml.Auto}, nil
	}
	f, err := s.Files.Open(x.Hash)
	if err != nil {
		return eml.Mail{}, err
	}
	defer f.Close()
	raw, err := io.ReadAll(f)
	if err != nil {
		return eml.Mail{}, err
	}
	if x.HeadOnly {
		return eml.Head(raw), nil
	}
	return eml.Parse(raw), nil
}

// A verdict is what becomes of a mail: its new row, what is done in the ticket's transaction, and the automatic answer.
type verdict struct {
	mail   Mail
	do     func(ctx context.Context, tx *db.Tx, x *Mail) error // nil: nothing but the row
	answer answer
}

// work decides what becomes of a mail and does it. What the ticket's rules refuse isn't lost: the mail is held, and its
// sender is told why.
func (s *Service) work(ctx context.Context, x Mail, m eml.Mail) error {
	v, err := s.judge(ctx, x, m)
	if err != nil {
		return fmt.Errorf("mail %s: %w", x.ID, err)
	}
	err = s.settle(ctx, v, m)
	if f := fault.Of(err); f != nil && f.Kind != fault.KindUnavailable {
		err = s.settle(ctx, s.refused(v, f), m)
	}
	if errors.Is(err, db.ErrNoRow) {
		return nil // another worker was faster
	}
	return err
}

// refused holds a mail that the ticket's rules don't allow.
func (s *Service) refused(v verdict, f *fault.Fault) verdict {
	x := v.mail
	x.State, x.Reason, x.Detail = Held, Refused, []i18n.Msg{f.Msg}
	for _, field := range f.Fields {
		x.Detail = append(x.Detail, field.Msg)
	}
	a := answer{kind: answerRefused, detail: x.Detail}
	if x.Kind == Auto {
		a = answer{}
	}
	return verdict{mail: x, answer: a}
}

// settle runs the verdict in one transaction.
func (s *Service) settle(ctx context.Context, v verdict, m eml.Mail) error {
	return s.DB.Update(ctx, func(tx *db.Tx) error {
		x := v.mail
		if v.do != nil {
			if err := v.do(ctx, tx, &x); err != nil {
				return err
			}
		}
		if err := settleMail(ctx, tx, x); err != nil {
			return err
		}
		if x.State == Held {
			if err := tellHeld(ctx, tx, x); err != nil {
				return err
			}
		}
		return s.reply(ctx, tx, x, m, v.answer)
	})
}

// held is the verdict that somebody at the desk decides.
func held(x Mail, why Reason, a answer) verdict {
	x.State, x.Reason = Held, why
	return verdict{mail: x, answer: a}
}

// ignored is the verdict that there's nothing to do.
func ignored(x Mail, why Reason) verdict {
	x.State, x.Reason = Ignored, why
	return verdict{mail: x}
}

// judge decides in the order of practice: our own mail, what came back, the ticket that it answers, a new one.
func (s *Service) judge(ctx context.Context, x Mail, m eml.Mail) (verdict, error) {
	if _, _, ours := s.sign.readID(m.ID); ours {
		return ignored(x, Ours), nil
	}
	switch {
	case m.Kind == eml.Bounce:
		return s.cameBack(ctx, x, m)
	case x.Reason == Infected:
		return held(x, Infected, answer{}), nil
	}
	x.Kind = Opening
	if m.Kind == eml.Auto {
		x.Kind = Auto
	}
	if x.HeadOnly {
		return held(x, TooLarge, answer{kind: answerTooLarge}), nil
	}
	people, err := s.who(ctx, s.DB.Read(), m)
	if err != nil {
		return verdict{}, err
	}
	found, ok, err := s.route(ctx, s.DB.Read(), x, m, people)
	if err != nil {
		return verdict{}, err
	}
	switch {
	case ok:
		if x.Kind != Auto {
			x.Kind = Reply
		}
		return s.judgeReply(ctx, x, m, people, found)
	case x.Kind == Auto:
		return ignored(x, Automatic), nil
	case found.stranger:
		x.No = found.t.No
		return held(x, Stranger, answer{}), nil
	}
	return s.judgeOpening(ctx, x, m, people)
}

// Returned is ticketmail.returned: a mail of a ticket didn't reach its reader. It belongs to the ticket's account.
type Returned struct {
	Account string `json:"account"`
	Desk    string `json:"desk"` // that serves the ticket
	No      string `json:"no"`
	Message string `json:"message,omitempty"`
	To      string `json:"to"`
	Reason  string `json:"reason"`
}

// Event names the event.
func (r Returned) Event() (kind, account, subject string) {
	return "ticketmail.returned", r.Account, r.No
}

// foundTicket is what a mail answers.
type foundTicket struct {
	t        ticket.Ticket
	way      Way
	side     string // customerSide or deskSide of our signed address; "" = found in another way
	stranger bool   // the number is there, and the sender takes no part
}
