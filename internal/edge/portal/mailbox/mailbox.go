// Package mailbox shows the mail and the short messages that a demonstration has sent, to everybody: nothing
// leaves the demonstration, and codes and links must be found somewhere. It isn't there in production.
package mailbox

import (
	"net/http"
	"strings"

	"hanse/internal/edge/portal/page"
	"hanse/internal/edge/portal/site"
	"hanse/internal/kit/fault"
	"hanse/internal/kit/i18n"
	"hanse/internal/kit/mailer"
)

type pages struct {
	*site.Site
	sink  *mailer.Sink
	inbox *mailer.Inbox
}

// Register adds the pages of a demonstration.
func Register(s *site.Site, sink *mailer.Sink, inbox *mailer.Inbox) {
	p := pages{s, sink, inbox}
	s.Open("GET /demo/mail", p.list)
	s.Open("GET /demo/mail/{id}", p.show)
	s.Open("GET /demo/sms", p.texts)
}

type listView struct {
	Shell page.ShellView
	Mails []mailer.Mail
	Texts []mailer.Received
	Q     string
}

// matches finds mails by any word of address, subject or text.
func matches(m mailer.Mail, q string) bool {
	all := strings.ToLower(strings.Join(m.To, " ") + "\n" + m.Subject + "\n" + m.Text)
	return strings.Contains(all, strings.ToLower(strings.TrimSpace(q)))
}

func (p pages) list(w http.ResponseWriter, r *http.Request) error {
	v := listView{Shell: p.Shell(r, i18n.M("mailbox.title")), Q: r.FormValue("q"), Texts: p.inbox.List()}
	for _, m := range p.sink.List() {
		if matches(m, v.Q) {
			v.Mails = append(v.Mails, m)
		}
	}
	return p.Show(w, r, http.StatusOK, listPage(v))
}

func (p pages) show(w http.ResponseWriter, r *http.Request) error {
	m, ok := p.sink.Get(r.PathValue("id"))
	if !ok {
		return fault.NotFound()
	}
	return p.Show(w, r, http.StatusOK, mailPage(p.Shell(r, i18n.Raw(m.Subject)), m, p.paragraphs(m.Text)))
}

func (p pages) texts(w http.ResponseWriter, r *http.Request) error {
	v := listView{Shell: p.Shell(r, i18n.M("mailbox.sms")), Mails: p.sink.List(), Texts: p.inbox.List()}
	return p.Show(w, r, http.StatusOK, textsPage(v))
}

// A part is a piece of a mail's text: words, or a link. Only addresses of this portal become links that open; a
// mail's HTML is never shown, because it could say one thing and do another.
type part struct {
	Text string
	Href string
}

// paragraphs cuts a text into lines, and each line into words and links.
func (p pages) paragraphs(text string) (out [][]part) {
	for line := range strings.SplitSeq(strings.ReplaceAll(text, "\r\n", "\n"), "\n") {
		out = append(out, p.parts(line))
	}
	return out
}

func (p pages) parts(line string) (out []part) {
	for {
		i := strings.Index(line, p.BaseURL+"/")
		if i < 0 {
			break
		}
		end := i + len(p.BaseURL)
		for end < len(line) && !strings.ContainsRune(" \t<>\"", rune(line[end])) {
			end++
		}
		if i > 0 {
			out = append(out, part{Text: line[:i]})
		}
		out = append(out, part{Text: line[i:end], Href: line[i+len(p.BaseURL) : end]})
		line = line[end:]
	}
	if line != "" || len(out) == 0 {
		out = append(out, part{Text: line})
	}
	return out
}
