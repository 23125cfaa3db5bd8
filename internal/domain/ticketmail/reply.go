package ticketmail

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"hanse/internal/domain/setting"
	"hanse/internal/domain/taxonomy"
	"hanse/internal/domain/ticket"
	"hanse/internal/kit/actor"
	"hanse/internal/kit/db"
	"hanse/internal/kit/eml"
	"hanse/internal/kit/fault"
	"hanse/internal/kit/id"
	"hanse/internal/kit/outbox"
)

// program is who writes for people without a sign-in.
func program() actor.Actor { return actor.Program("mail") }

// judgeReply decides about a mail that answers a ticket: whoever takes part writes on the own side.
func (s *Service) judgeReply(ctx context.Context, x Mail, m eml.Mail, p people, f foundTicket) (verdict, error) {
	x.No, x.Way = f.t.No, f.way
	if m.Kind != eml.Auto {
		if many, err := s.flooded(ctx, x); err != nil || many {
			return held(x, TooMany, answer{}), err
		}
	}
	if !p.proven {
		return held(x, Unproven, answer{}), nil
	}
	saying := ticket.Saying{Source: ticket.Mail, Key: "mail:" + x.ID, Auto: m.Kind == eml.Auto}
	by, ok := s.writer(p, f, &saying, m)
	switch {
	case !ok && m.Kind == eml.Auto, ok && saying.Auto && f.side == deskSide:
		return ignored(x, Automatic), nil
	case !ok && s.desker(p, f.t):
		return held(x, Unproven, answer{}), nil
	case !ok:
		return held(x, Stranger, answer{}), nil
	}
	lang := p.lang
	if f.side == deskSide || lang == "" {
		lang = or(f.t.Lang, lang) // what the program adds is read by the ticket's people
	}
	w, err := s.write(ctx, by, f.t.Account, lang, x, m)
	if err != nil {
		return verdict{}, err
	}
	saying.Body, saying.Attachments = w.body, w.files
	x.State, x.Reason = Done, ""
	return verdict{mail: x, answer: w.answer(answerFiles), do: func(ctx context.Context, tx *db.Tx, x *Mail) error {
		said, err := s.Tickets.SayIn(ctx, tx, by, f.t.No, saying)
		if err != nil {
			return err
		}
		x.No, x.Message = said.Ticket.No, said.Message.ID
		return s.remember(ctx, tx, *x, said.Ticket, said.Message, m, w)
	}}, nil
}

// writer is who writes: a user of the ticket's account, of its desk by the desk's signed address, or the program for
// somebody in copy. Automatic answers are written by the program, so that nothing moves by them.
func (s *Service) writer(p people, f foundTicket, saying *ticket.Saying, m eml.Mail) (actor.Actor, bool) {
	name := or(p.name, or(m.From.Name, m.From.Mail))
	if f.side == deskSide {
		for _, account := range []string{f.t.Desk, f.t.Partner} {
			if x, ok := p.of(account); ok && p.actor(x).Can(actor.WorkTickets) {
				return p.actor(x), true
			}
		}
		return actor.Actor{}, false
	}
	x, member := p.of(f.t.Account)
	by := p.actor(x)
	sees := member && (by.Can(actor.ViewAllTickets) || f.t.OpenedBy == by.User)
	switch {
	case sees && !saying.Auto:
		return by, true
	case sees, inCopy(f.t, m.From.Mail):
		saying.AsName, saying.AsMail = name, m.From.Mail
		return program(), true
	}
	return actor.Actor{}, false
}

// desker tells whether somebody works at the ticket's desk.
func (s *Service) desker(p people, t ticket.Ticket) bool {
	_, here := p.of(t.Desk)
	_, before := p.of(t.Partner)
	return here || before
}

// judgeOpening decides about a mail that answers nothing: it opens a ticket for whoever may open one.
func (s *Service) judgeOpening(ctx context.Context, x Mail, m eml.Mail, p people) (verdict, error) {
	if many, err := s.flooded(ctx, x); err != nil || many {
		return held(x, TooMany, answer{}), err
	}
	by, why := s.opener(p)
	switch {
	case why == Unknown:
		return held(x, why, answer{kind: answerUnknown}), nil
	case why != "":
		return held(x, why, answer{kind: answerHeld}), nil
	case !p.proven:
		return held(x, Unproven, answer{}), nil
	}
	vendor, desk, err := s.serving(ctx, by)
	if err != nil {
		return verdict{}, err
	}
	if x.Account != vendor && x.Account != desk {
		return held(x, OtherDesk, answer{kind: answerHeld}), nil
	}
	in, w, err := s.opening(ctx, by, by.Account, x, m, p.lang)
	if err != nil {
		return verdict{}, err
	}
	x.State = Done
	return s.opens(x, m, by, in, w), nil
}

// opens is the verdict that a mail becomes a ticket.
func (s *Service) opens(x Mail, m eml.Mail, by actor.Actor, in ticket.Opening, w written) verdict {
	return verdict{mail: x, answer: answer{kind: answerOpened, detail: w.lost}, do: func(ctx context.Context, tx *db.Tx, x *Mail) error {
		t, err := s.Tickets.OpenIn(ctx, tx, by, in)
		if err != nil {
			return err
		}
		first, err := ticket.FirstMessage(ctx, tx, t)
		if err != nil {
			return err
		}
		x.No, x.Message = t.No, first.ID
		return s.remember(ctx, tx, *x, t, first, m, w)
	}}
}

// opener is the company that a mail opens a ticket for: the only one for which its sender may.
func (s *Service) opener(p people) (actor.Actor, Reason) {
	if !p.known {
		return actor.Actor{}, Unknown
	}
	var may []actor.Actor
	for _, x := range p.members {
		if by := p.actor(x); (x.Kind == actor.Partner || x.Kind == actor.Customer) && by.Can(actor.OpenTickets) {
			may = append(may, by)
		}
	}
	switch len(may) {
	case 0:
		return actor.Actor{}, NoRight
	case 1:
		return may[0], ""
	}
	return actor.Actor{}, Several
}

// serving is the vendor, and the desk that a company's tickets go to.
func (s *Service) serving(ctx context.Context, by actor.Actor) (vendor, desk string, err error) {
	v, err := s.Tickets.Serving(ctx, by)
	if err != nil {
		return "", "", err
	}
	vendor, err = s.vendor(ctx)
	return vendor, v.Desk, err
}

// opening is a ticket as a mail asks for it.
func (s *Service) opening(ctx context.Context, by actor.Actor, account string, x Mail, m eml.Mail, lang string) (ticket.Opening, written, error) {
	kind, err := setting.Text(ctx, s.DB.Read(), setting.MailProblemType, s.DB.Clock().Now())
	if err != nil {
		return ticket.Opening{}, written{}, err
	}
	w, err := s.write(ctx, by, account, lang, x, m)
	if err != nil {
		return ticket.Opening{}, w, err
	}
	copies, err := s.copied(ctx, m)
	return ticket.Opening{Account: account, Title: clip(bareSubject(m.Subject), ticket.MostTitle), Body: w.body, ProblemType: or(kind, taxonomy.AccountHelp),
		CC: copies, Attachments: w.files, Source: ticket.Mail, Lang: lang, Key: "mail:" + x.ID}, w, err
}

// copied are the people who got the mail beside us: they answer it, and are answered.
func (s *Service) copied(ctx context.Context, m eml.Mail) (out []string, err error) {
	desks, err := s.desks(ctx, s.DB.Read())
	if err != nil {
		return nil, err
	}
	most, err := setting.Int(ctx, s.DB.Read(), setting.TicketCopies, s.DB.Clock().Now())
	for _, a := range append(slices.Clone(m.To), m.Cc...) {
		_, ours := desks[baseOf(a.Mail)]
		if !ours && a.Mail != m.From.Mail && !eml.Unwanted(a.Mail) && len(a.Mail) <= 128 {
			out = append(out, a.Mail)
		}
	}
	out = unique(out)
	return out[:min(len(out), most)], err
}

// flooded tells whether a sender has written more within an hour than anybody does.
func (s *Service) flooded(ctx context.Context, x Mail) (bool, error) {
	now := s.DB.Clock().Now()
	most, err := setting.Int(ctx, s.DB.Read(), setting.MailPerHour, now)
	if err != nil {
		return false, err
	}
	n, err := takenFrom(ctx, s.DB.Read(), x.Sender, now.Add(-time.Hour))
	return n >= int64(most), err
}

// remember links the mail's name to its ticket, and notes what the message is besides its text.
func (s *Service) remember(ctx context.Context, tx *db.Tx, x Mail, t ticket.Ticket, said ticket.Message, m eml.Mail, w written) error {
	if err := linkThread(ctx, tx, x.MessageID, t.Account, t.No, x.Account); err != nil {
		return err
	}
	return insertNote(ctx, tx, note{account: t.Account, no: t.No, message: said.ID, mail: x.ID, sender: x.Sender, quoted: w.quotedIn(said.Body), auto: m.Kind == eml.Auto})
}

// cameBack decides about a mail server's word on a mail of ours.
func (s *Service) cameBack(ctx context.Context, x Mail, m eml.Mail) (verdict, error) {
	x.Kind = Bounce
	out, ok, err := s.original(ctx, x, m)
	switch {
	case err != nil:
		return verdict{}, err
	case !ok:
		return ignored(x, Unmatched), nil
	}
	x.No = out.No
	if !m.Report.Failed {
		return ignored(x, Delayed), nil
	}
	x.State = Done
	return verdict{mail: x, do: func(ctx context.Context, tx *db.Tx, _ *Mail) error {
		return s.fail(ctx, tx, out, returned, m.Report.Reason)
	}}, nil
}

// original finds the mail of ours that a bounce is about: by the address that it went back to, else by its Message-ID.
func (s *Service) original(ctx context.Context, x Mail, m eml.Mail) (Sent, bool, error) {
	var candidates []string
	for _, address := range append(slices.Clone(x.Recipients), m.Delivered...) {
		if side, sentID, ok := s.sign.read(address); ok && side == returnSide {
			candidates = append(candidates, sentID)
		}
	}
	for _, name := range append([]string{m.Report.Original}, m.Report.Mentioned...) {
		if _, sentID, ok := s.sign.readID(name); ok {
			candidates = append(candidates, sentID)
		}
	}
	for _, sentID := range unique(candidates) {
		out, err := findSent(ctx, s.DB.Read(), sentPrefix+sentID)
		if err == nil || !errors.Is(err, db.ErrNoRow) {
			return out, err == nil, err
		}
	}
	return Sent{}, false, nil
}

// fail notes that a mail didn't arrive, once, where the desk sees it.
func (s *Service) fail(ctx context.Context, tx *db.Tx, out Sent, state, why string) error {
	moved, err := markSent(ctx, tx, out, waiting, sent, state, clip(why, 500))
	if err != nil || !moved || out.No == "" {
		return err
	}
	t, err := ticket.Find(ctx, tx, out.No)
	if err != nil {
		return passing(err)
	}
	return outbox.Append(ctx, tx, Returned{Account: out.Account, Desk: t.Desk, No: out.No, Message: out.Message, To: out.To, Reason: clip(why, 500)})
}

// bareSubject is a subject without what programs put before it, and without our mark.
func bareSubject(s string) string {
	for {
		next := strings.TrimSpace(prefixes.ReplaceAllString(s, ""))
		if next == s {
			return s
		}
		s = next
	}
}

// vendor is the vendor's account.
func (s *Service) vendor(ctx context.Context) (string, error) {
	id, err := s.vendorID(ctx, s.DB.Read())
	if fault.KindOf(err) == fault.KindNotFound {
		return "", nil
	}
	return id, err
}

const sentPrefix = "tms_"

func newSent(wall time.Time) string { return id.New("tms", wall) }
