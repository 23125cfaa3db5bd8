package ticketmail

import (
	"context"
	_ "embed"
	"encoding/json"
	"fmt"
	"html/template"
	"io"
	"regexp"
	"slices"
	"strings"

	"hanse/internal/domain/attachment"
	"hanse/internal/domain/setting"
	"hanse/internal/domain/ticket"
	"hanse/internal/kit/db"
	"hanse/internal/kit/eml"
	"hanse/internal/kit/fault"
	"hanse/internal/kit/i18n"
	"hanse/internal/kit/jobs"
	"hanse/internal/kit/mailer"
)

// send sends a queued mail. It may run twice when the process dies in between: the Message-ID is the same then.
func (s *Service) send(ctx context.Context, j jobs.Job) error {
	var r ref
	if err := json.Unmarshal(j.Payload, &r); err != nil {
		return err
	}
	x, err := oneSent(ctx, s.DB.Read(), r.Account, r.ID)
	if err != nil || x.State != waiting {
		return err
	}
	m, ok, err := s.compose(ctx, x)
	switch {
	case err != nil:
		return fmt.Errorf("mail %s: %w", x.ID, err)
	case !ok:
		return s.DB.Update(ctx, func(tx *db.Tx) error { _, err := markSent(ctx, tx, x, waiting, waiting, dropped, ""); return err })
	}
	err = s.Mail.Send(ctx, m)
	if err != nil && !mailer.Permanent(err) {
		return err
	}
	return s.DB.Update(ctx, func(tx *db.Tx) error {
		if err != nil {
			s.Log.Warn("mail refused for good", "mail", x.ID, "error", err)
			return s.fail(ctx, tx, x, failed, err.Error())
		}
		_, err := markSent(ctx, tx, x, waiting, waiting, sent, "")
		return err
	})
}

// A letter is a mail about a ticket before it's written in a language.
type letter struct {
	Lang, Mark, Brand, Footer string
	Intro                     string
	Paragraphs                []string
	Names                     []string // of the files, with what becomes of them
	FilesTitle                string
	Action, URL               string
}

// compose writes a queued mail; ok is false when what it's about is gone.
func (s *Service) compose(ctx context.Context, x Sent) (m mailer.Message, ok bool, err error) {
	say := func(msg i18n.Msg) string { return i18n.Text(x.Lang, msg) }
	l := letter{Lang: x.Lang, Brand: s.Brand, Footer: say(i18n.M("ticketmail.mail.footer")), Action: say(i18n.M("ticketmail.mail.open"))}
	m = mailer.Message{ID: x.ID, To: x.To, Lang: x.Lang, MessageID: x.MessageID, ReplyTo: x.Base, Subject: say(x.Title)}
	if !x.Action.IsZero() {
		l.Action = say(x.Action)
	}
	if x.Link != "" {
		l.URL = s.BaseURL + x.Link
	}
	if domainOf(x.Base) == domainOf(addressIn(s.From)) {
		m.Return = s.sign.address(x.Base, returnSide, strings.TrimPrefix(x.ID, sentPrefix))
	}
	if x.No != "" {
		if ok, err := s.about(ctx, x, &m, &l); err != nil || !ok {
			return m, ok, err
		}
	}
	if x.Answers != "" {
		m.InReplyTo, m.References = x.Answers, []string{x.Answers}
	}
	if len(l.Paragraphs) == 0 && !x.Body.IsZero() {
		l.Paragraphs = strings.Split(say(x.Body), "\n\n")
	}
	m.Text, m.HTML = l.text(), l.html()
	return m, true, nil
}

// addressIn is the address of "Name <address>".
func addressIn(s string) string {
	if _, rest, ok := strings.Cut(s, "<"); ok {
		s, _, _ = strings.Cut(rest, ">")
	}
	return strings.ToLower(strings.TrimSpace(s))
}

// maxSubject is how much of a ticket's title a subject has, in characters: programs cut longer ones where they like.
const maxSubject = 110

// about adds what belongs to a ticket: its number, where answers go, what was said before, and the message.
func (s *Service) about(ctx context.Context, x Sent, m *mailer.Message, l *letter) (bool, error) {
	t, err := ticket.Find(ctx, s.DB.Read(), x.No)
	if err != nil {
		return false, passing(err)
	}
	side := customerSide
	if x.DeskSide {
		side = deskSide
	}
	m.ReplyTo = s.sign.address(x.Base, side, t.No)
	m.Subject = "[" + t.No + "] " + clip(t.Title, maxSubject)
	l.Mark = eml.ReplyMark + " " + i18n.Text(x.Lang, i18n.M("ticketmail.mail.mark")) + " -##"
	if m.InReplyTo, m.References, err = s.before(ctx, x, t); err != nil || x.Message == "" {
		if x.Message == "" && !x.Title.IsZero() {
			l.Intro = i18n.Text(x.Lang, x.Title)
		}
		return true, err
	}
	said, err := ticket.MessageByID(ctx, s.DB.Read(), t.No, x.Message)
	if fault.KindOf(err) == fault.KindNotFound || err == nil && said.Withdrawn() {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	return true, s.message(ctx, x, t, said, m, l)
}

// before is what an answer follows: the reader's own way through the ticket. A ticket that began in the portal has a name
// of ours at its head, so that a mail program keeps its mails together.
func (s *Service) before(ctx context.Context, x Sent, t ticket.Ticket) (last string, all []string, err error) {
	theirs, err := mailIDs(ctx, s.DB.Read(), t.No)
	if err != nil {
		return "", nil, err
	}
	ours, err := sentIDs(ctx, s.DB.Read(), t.No, x.To)
	if err != nil {
		return "", nil, err
	}
	both := slices.Concat(theirs, ours)
	slices.SortStableFunc(both, func(a, b dated) int { return a.at.Compare(b.at) })
	if len(theirs) == 0 {
		all = append(all, s.sign.messageID(t.No, "root", domainOf(x.Base)))
	}
	for _, d := range both {
		if !strings.HasPrefix(d.id, "made.") {
			all = append(all, d.id)
		}
	}
	if len(all) == 0 {
		return "", nil, nil
	}
	last = all[len(all)-1]
	if n := len(theirs); n > 0 && !strings.HasPrefix(theirs[n-1].id, "made.") {
		last = theirs[n-1].id
	}
	return last, all, nil
}

// message adds a ticket's message with its files: small ones go with the mail, the others by a link.
func (s *Service) message(ctx context.Context, x Sent, t ticket.Ticket, said ticket.Message, m *mailer.Message, l *letter) error {
	name := or(said.AuthorName, t.DeskName)
	if said.Side == ticket.Customer && said.AuthorName == "" {
		name = t.AccountName
	}
	m.Human = !said.Auto && said.Side != ticket.System
	m.FromName = name
	l.Intro = i18n.Text(x.Lang, i18n.M("ticketmail.mail.intro", i18n.A{"name": i18n.Raw(name), "no": t.No, "title": i18n.Raw(clip(t.Title, maxSubject))}))
	own, _ := s.own(ctx, said)
	l.Paragraphs = strings.Split(pictures.ReplaceAllString(own, "[$1]"), "\n\n")
	all, err := attachment.OfTicket(ctx, s.DB.Read(), t.No)
	if err != nil {
		return err
	}
	most, err := setting.Int(ctx, s.DB.Read(), setting.MailFiles, s.DB.Clock().Now())
	if err != nil {
		return err
	}
	room := int64(most) << 20
	for _, a := range all[said.ID] {
		l.FilesTitle = i18n.Text(x.Lang, i18n.M("ticketmail.mail.files"))
		if a.Size > room {
			l.Names = append(l.Names, a.Name+" — "+s.BaseURL+"/attachments/"+a.ID)
			continue
		}
		data, err := s.content(a)
		if err != nil {
			return err
		}
		room -= a.Size
		m.Files = append(m.Files, mailer.File{Name: a.Name, Media: a.Media, Data: data})
		l.Names = append(l.Names, a.Name)
	}
	return nil
}

// pictures are the places of inline pictures in a message; their files go with the mail.
var pictures = regexp.MustCompile(`!\[([^\]]*)\]\(att_[0-9a-z]+\)`)

// own is a message without what it quoted: its reader has that.
func (s *Service) own(ctx context.Context, said ticket.Message) (own, quoted string) {
	all, err := notesOf(ctx, s.DB.Read(), said.No)
	for _, n := range all {
		if err == nil && n.message == said.ID {
			return ByMail{Quoted: n.quoted}.Fold(said.Body)
		}
	}
	return said.Body, ""
}

func (s *Service) content(a attachment.Attachment) ([]byte, error) {
	f, err := s.Uploads.Open(a)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return io.ReadAll(f)
}

func (l letter) text() string {
	var parts []string
	for _, p := range []string{l.Mark, l.Intro, strings.Join(l.Paragraphs, "\n\n")} {
		if p != "" {
			parts = append(parts, p)
		}
	}
	if len(l.Names) > 0 {
		parts = append(parts, l.FilesTitle+"\n- "+strings.Join(l.Names, "\n- "))
	}
	if l.URL != "" {
		parts = append(parts, l.Action+"\n"+l.URL)
	}
	// "-- " on a line of its own is how mail programs know a signature.
	parts = append(parts, "-- \n"+strings.TrimSpace(l.Brand+"\n"+l.Footer))
	return strings.Join(parts, "\n\n") + "\n"
}

//go:embed letter.html
var letterHTML string

func (l letter) html() string {
	var b strings.Builder
	t := template.Must(template.New("letter").Funcs(template.FuncMap{"lines": func(s string) []string { return strings.Split(s, "\n") }}).Parse(letterHTML))
	if err := t.Execute(&b, l); err != nil {
		return "" // can't happen with strings only; the plain text is sent then
	}
	return b.String()
}
