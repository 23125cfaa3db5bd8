package ticketmail

import (
	"bytes"
	"context"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"hanse/internal/domain/attachment"
	"hanse/internal/domain/ticket"
	"hanse/internal/kit/actor"
	"hanse/internal/kit/eml"
	"hanse/internal/kit/fault"
	"hanse/internal/kit/i18n"
	"hanse/internal/kit/text"
)

var prefixes = regexp.MustCompile(`^\s*(?i:(re|fw|fwd|aw|wg|sv|antw|回复|答复|转发|回覆|轉寄|外部邮件|external)\s*(\[\d+\])?\s*[:：]|\[TT\d{12,30}\]|【外部邮件】|\[external\])\s*`)

// written is a mail as a message: its text, the uploads that go with it, and which end of the text was quoted.
type written struct {
	body   string
	files  []string
	quoted string
	lost   []i18n.Msg // the files that weren't taken, with the reasons
}

// quotedIn is where the quoted end begins in the text as it was stored.
func (w written) quotedIn(body string) int {
	if w.quoted == "" || !strings.HasSuffix(body, w.quoted) {
		return 0
	}
	return len(body) - len(w.quoted)
}

// A draft is a message while its files are being stored.
type draft struct {
	s       *Service
	by      actor.Actor
	account string
	lang    string
	left    int // files that the message may still have
	files   []string
	shown   map[string]string // content id: what stands in the text for it
	notes   []string
	lost    []i18n.Msg
}

// write turns a mail into a message: pictures stand where they stood, files that can't be taken are named with the reason,
// a text beyond the limit goes into a file.
func (s *Service) write(ctx context.Context, by actor.Actor, account, lang string, x Mail, m eml.Mail) (written, error) {
	l, err := attachment.LimitsAt(ctx, s.DB.Read(), s.DB.Clock().Now())
	if err != nil {
		return written{}, err
	}
	d := draft{s: s, by: by, account: account, lang: or(lang, i18n.English), left: l.Count, shown: map[string]string{}}
	long := utf8.RuneCountInString(m.Text) > ticket.MostBody-2000
	if long {
		whole := eml.Pictures(m.Text, func(cid string) string { return "[" + cid + "]" })
		if err := d.add(ctx, eml.File{Name: "mail.txt", Media: "text/plain", Data: []byte(whole)}); err != nil {
			return written{}, err
		}
	}
	for _, f := range inTurn(m.Files) {
		if err := d.add(ctx, f); err != nil {
			return written{}, err
		}
	}
	for _, r := range x.Refused {
		d.miss(i18n.M("ticketmail.note.virus", i18n.A{"name": i18n.Raw(r.Name), "kb": kilobytes(r.Size)}))
	}
	if m.Lost > 0 {
		d.notes = append(d.notes, d.say(i18n.M("ticketmail.note.parts", i18n.A{"n": m.Lost})))
	}
	return d.finish(m, long), nil
}

// inTurn puts the pictures that the text shows first: a text without them is hard to read.
func inTurn(files []eml.File) []eml.File {
	out := slices.Clone(files)
	slices.SortStableFunc(out, func(a, b eml.File) int {
		switch {
		case a.Inline == b.Inline:
			return 0
		case a.Inline:
			return -1
		}
		return 1
	})
	return out
}

func (d *draft) say(m i18n.Msg) string { return i18n.Text(d.lang, m) }

// add stores a file, or notes why it isn't.
func (d *draft) add(ctx context.Context, f eml.File) error {
	if d.left == 0 {
		d.skip(f, i18n.M("ticketmail.note.count"))
		return nil
	}
	in := attachment.Upload{Account: d.account, Source: attachment.Message, Name: f.Name, Inline: f.Inline, Body: bytes.NewReader(f.Data)}
	a, err := d.s.Uploads.Put(ctx, d.by, in)
	if f.Inline && fault.KindOf(err) == fault.KindInvalid { // not a picture after all: beside the text, then
		in.Inline, in.Body = false, bytes.NewReader(f.Data)
		a, err = d.s.Uploads.Put(ctx, d.by, in)
	}
	if why := fault.Of(err); why != nil && why.Kind != fault.KindUnavailable {
		d.skip(f, reasonOf(why))
		return nil
	}
	if err != nil {
		return err
	}
	d.left--
	d.files = append(d.files, a.ID)
	if f.CID != "" && a.Picture() {
		d.shown[f.CID] = fmt.Sprintf("![%s](%s)", strings.NewReplacer("[", "(", "]", ")").Replace(a.Name), a.ID)
	}
	return nil
}

func reasonOf(f *fault.Fault) i18n.Msg {
	if len(f.Fields) > 0 {
		return f.Fields[0].Msg
	}
	return f.Msg
}

// skip names a file that wasn't taken; it's still in the mail, which the desk can download.
func (d *draft) skip(f eml.File, why i18n.Msg) {
	if f.CID != "" {
		d.shown[f.CID] = "[" + f.Name + "]"
	}
	d.miss(i18n.M("ticketmail.note.file", i18n.A{"name": i18n.Raw(f.Name), "kb": kilobytes(int64(len(f.Data))), "why": why}))
}

// miss notes in the text that a file wasn't taken, and for the answer to the sender.
func (d *draft) miss(what i18n.Msg) {
	d.notes, d.lost = append(d.notes, d.say(what)), append(d.lost, what)
}

func kilobytes(n int64) int { return int((n + 1023) / 1024) }

func (d *draft) finish(m eml.Mail, long bool) written {
	show := func(cid string) string { return or(d.shown[cid], "["+cid+"]") }
	own, quoted := m.Text, ""
	if m.Quoted > 0 {
		own, quoted = m.Text[:m.Quoted], m.Text[m.Quoted:]
	}
	own, quoted = text.Lines(eml.Pictures(own, show)), text.Lines(eml.Pictures(quoted, show))
	if long {
		own, quoted = clip(own, ticket.MostBody-2000), ""
		d.notes = append(d.notes, d.say(i18n.M("ticketmail.note.long")))
	}
	if own == "" && quoted == "" && len(d.notes) == 0 {
		own = d.say(i18n.M("ticketmail.note.no_text"))
	}
	body := strings.Join(slices.DeleteFunc([]string{own, clip(strings.Join(d.notes, "\n"), 1800), quoted}, func(s string) bool { return s == "" }), "\n\n")
	return written{body: body, files: d.files, quoted: quoted, lost: d.lost}
}

// Folded splits a text into what its author wrote and the mail that it quotes at its end, "" when there's none.
func Folded(body string) (own, quoted string) {
	return ByMail{Quoted: eml.Quoted(body)}.Fold(body)
}
