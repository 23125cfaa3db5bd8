package ticketmail

import (
	"context"
	"slices"
	"strings"

	"hanse/internal/domain/account"
	"hanse/internal/domain/setting"
	"hanse/internal/domain/ticket"
	"hanse/internal/kit/db"
	"hanse/internal/kit/eml"
	"hanse/internal/kit/fault"
	"hanse/internal/kit/i18n"
	"hanse/internal/kit/jobs"
	"hanse/internal/kit/outbox"
)

// A Notice is what one reader is told about a ticket. With Message the mail carries that message; without, Title and Body.
type Notice struct {
	Kind    string // the event
	No      string
	Message string

	Account, User, Name, Mail, Lang string // the reader

	Title, Body, Action i18n.Msg
	Link                string // path in the portal
}

// Notify queues a mail about a ticket in the caller's transaction. It's not taken when no desk has an address, or the
// reader's is none to which mail may go: then it's the caller's. A note of another desk is taken and not sent.
func (s *Service) Notify(ctx context.Context, tx *db.Tx, n Notice) (taken bool, err error) {
	t, err := ticket.Find(ctx, tx, n.No)
	if err != nil {
		return false, passing(err)
	}
	x := Sent{No: t.No, Message: n.Message, DeskSide: n.Account != "" && n.Account != t.Account, To: strings.ToLower(n.Mail), Name: n.Name, Lang: n.Lang,
		Kind: n.Kind, Title: n.Title, Body: n.Body, Action: n.Action, Link: n.Link, Account: t.Account}
	desk := t.Desk
	if x.DeskSide {
		desk = n.Account
	}
	if x.Base, err = s.addressOf(ctx, tx, desk); err != nil || x.Base == "" {
		return false, err
	}
	if eml.Unwanted(x.To) {
		return true, nil
	}
	if n.Message != "" {
		m, err := ticket.MessageByID(ctx, tx, t.No, n.Message)
		if fault.KindOf(err) == fault.KindNotFound {
			return true, nil // moved away meanwhile
		}
		if err != nil || m.Internal && m.Desk != n.Account || strings.EqualFold(m.AuthorMail, x.To) {
			return err == nil, err
		}
	}
	return true, s.queue(ctx, tx, x)
}

// queue stores a mail of ours and its job.
func (s *Service) queue(ctx context.Context, tx *db.Tx, x Sent) error {
	x.ID, x.State = newSent(tx.Wall), waiting
	x.MessageID = s.sign.messageID(x.No, strings.TrimPrefix(x.ID, sentPrefix), domainOf(x.Base))
	if err := insertSent(ctx, tx, x); err != nil {
		return err
	}
	return jobs.Add(ctx, tx, jobs.New{Kind: sendKind, Key: x.ID, Account: x.Account, Payload: ref{Account: x.Account, ID: x.ID}})
}

// copies tells the people in copy what everybody may read.
func (s *Service) copies(ctx context.Context, tx *db.Tx, e outbox.Event) error {
	h, err := outbox.As[ticket.Happened](e)
	if err != nil || h.Message == "" || h.Internal || h.Auto {
		return err
	}
	t, err := ticket.Find(ctx, tx, h.No)
	if err != nil || len(t.CC) == 0 {
		return passing(err)
	}
	m, err := ticket.MessageByID(ctx, tx, t.No, h.Message)
	if err != nil {
		return passing(err)
	}
	base, err := s.addressOf(ctx, tx, t.Desk)
	if err != nil || base == "" {
		return err
	}
	desks, err := s.desks(ctx, tx)
	if err != nil {
		return err
	}
	told, err := s.alreadyHas(ctx, tx, m)
	if err != nil {
		return err
	}
	for _, to := range t.CC {
		_, ours := desks[baseOf(to)]
		if ours || eml.Unwanted(to) || slices.Contains(told, strings.ToLower(to)) {
			continue
		}
		x := Sent{Account: t.Account, No: t.No, Message: m.ID, To: strings.ToLower(to), Lang: t.Lang, Kind: e.Kind, Base: base, Link: "/tickets/" + t.No}
		if err := s.queue(ctx, tx, x); err != nil {
			return err
		}
	}
	return nil
}

// alreadyHas are those who have a message: its author, and whoever got the mail that it came as.
func (s *Service) alreadyHas(ctx context.Context, q db.Querier, m ticket.Message) ([]string, error) {
	out := []string{strings.ToLower(m.AuthorMail)}
	all, err := notesOf(ctx, q, m.No)
	if err != nil {
		return nil, err
	}
	for _, n := range all {
		if n.message == m.ID {
			out = append(out, n.sender)
		}
	}
	r, ok, err := account.RecipientOfUser(ctx, q, m.AuthorAccount, m.Author)
	if ok {
		out = append(out, strings.ToLower(r.Email))
	}
	return out, err
}

// OfTicket says what mail has to do with the messages of tickets, by message id: a ticket with those that were merged into
// it.
func OfTicket(ctx context.Context, q db.Querier, nos ...string) (map[string]ByMail, error) {
	out := map[string]ByMail{}
	for _, no := range nos {
		all, err := notesOf(ctx, q, no)
		if err != nil {
			return nil, err
		}
		for _, n := range all {
			out[n.message] = ByMail{Mail: n.mail, Sender: n.sender, Quoted: n.quoted, Auto: n.auto}
		}
		back, err := lost(ctx, q, no)
		if err != nil {
			return nil, err
		}
		for _, x := range back {
			b := out[x.Message]
			b.Failed = append(b.Failed, Delivery{To: x.To, Reason: x.Reason, At: x.At})
			out[x.Message] = b
		}
	}
	return out, nil
}

// An answer is what is said to a sender without anybody having read the mail.
type answer struct {
	kind   string
	detail []i18n.Msg
}

// The automatic answers.
const (
	answerOpened   = "answer.opened"
	answerUnknown  = "answer.unknown"
	answerHeld     = "answer.held"
	answerRefused  = "answer.refused"
	answerTooLarge = "answer.too_large"
	answerFiles    = "answer.files"
)

// answer tells the sender of files that weren't taken; nothing when all were.
func (w written) answer(kind string) answer {
	if len(w.lost) == 0 {
		return answer{}
	}
	return answer{kind: kind, detail: w.lost}
}

// say is what an answer's details are in a language.
func (a answer) say(lang, between string) i18n.Msg {
	said := make([]string, len(a.detail))
	for i, d := range a.detail {
		said[i] = i18n.Text(lang, d)
	}
	return i18n.Raw(strings.Join(said, between))
}

// words are what an automatic answer to somebody says, with the subject of the mail in its title.
func (a answer) words(subject string) (title, body i18n.Msg) {
	about := i18n.A{"subject": i18n.Raw(subject)}
	switch a.kind {
	case answerUnknown:
		return i18n.M("ticketmail.answer.unknown.title", about), i18n.M("ticketmail.answer.unknown")
	case answerRefused:
		return i18n.M("ticketmail.answer.refused.title", about), i18n.Msg{}
	case answerTooLarge:
		return i18n.M("ticketmail.answer.too_large.title", about), i18n.Msg{}
	case answerFiles:
		return i18n.M("ticketmail.answer.files.title", about), i18n.Msg{}
	}
	return i18n.M("ticketmail.answer.held.title", about), i18n.M("ticketmail.answer.held")
}

// everybody is the address under which all automatic answers of an hour are counted.
const (
	everybody       = "*"
	answersOfAnHour = 500
)

// reply queues an automatic answer: to people alone, at most so many an hour to one address and to all.
func (s *Service) reply(ctx context.Context, tx *db.Tx, x Mail, m eml.Mail, a answer) error {
	if a.kind == "" || m.Kind != eml.Person || m.List || m.Suppress || eml.Unwanted(x.Sender) {
		return nil
	}
	desks, err := s.desks(ctx, tx)
	if err != nil {
		return err
	}
	if _, ours := desks[baseOf(x.Sender)]; ours {
		return nil
	}
	most, err := setting.Int(ctx, tx, setting.MailAnswers, tx.Now)
	if err != nil {
		return err
	}
	for _, c := range []struct {
		address string
		most    int64
	}{{x.Sender, int64(most)}, {everybody, answersOfAnHour}} {
		if ok, err := countAnswer(ctx, tx, c.address, hour(tx.Wall), c.most); err != nil || !ok {
			return err
		}
	}
	return s.answer(ctx, tx, x, m, a)
}

func (s *Service) answer(ctx context.Context, tx *db.Tx, x Mail, m eml.Mail, a answer) (err error) {
	out := Sent{Account: x.Account, To: x.Sender, Name: x.SenderName, Lang: languageOf(m), Kind: a.kind, Answers: x.MessageID}
	out.Title, out.Body = a.words(clip(bareSubject(x.Subject), maxSubject))
	if out.Base, err = s.addressOf(ctx, tx, x.Account); err != nil || out.Base == "" {
		return err
	}
	switch a.kind {
	case answerOpened:
		t, err := ticket.Find(ctx, tx, x.No)
		if err != nil {
			return err
		}
		out.Account, out.No, out.Link, out.Lang = t.Account, t.No, "/tickets/"+t.No, or(t.Lang, out.Lang)
		out.Title, out.Body = i18n.M("ticketmail.answer.opened.title", i18n.A{"subject": i18n.Raw(t.Title)}), i18n.M("ticketmail.answer.opened", i18n.A{"no": t.No, "desk": i18n.Raw(t.DeskName)})
		if len(a.detail) > 0 {
			out.Body = i18n.M("ticketmail.answer.opened_files", i18n.A{"no": t.No, "desk": i18n.Raw(t.DeskName), "files": a.say(out.Lang, "\n")})
		}
	case answerFiles:
		// No answer to the ticket's own address: whether its reader writes for the desk or for the customer isn't known here.
		out.Body = i18n.M("ticketmail.answer.files", i18n.A{"no": x.No, "files": a.say(out.Lang, "\n")})
	case answerRefused:
		out.Body = i18n.M("ticketmail.answer.refused", i18n.A{"why": a.say(out.Lang, " ")})
	case answerTooLarge:
		out.Body = i18n.M("ticketmail.answer.too_large", i18n.A{"mb": int(s.Bytes >> 20)})
	}
	return s.queue(ctx, tx, out)
}

// languageOf guesses what a stranger reads.
func languageOf(m eml.Mail) string {
	for _, r := range m.Subject + m.Text {
		if r >= 0x4e00 && r <= 0x9fff {
			return i18n.Chinese
		}
	}
	return i18n.English
}
