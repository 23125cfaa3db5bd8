package mailer

import (
	_ "embed"
	"html/template"
	"strings"

	"hanse/internal/kit/i18n"
)

// A Letter is what to say, not yet in a language. Everything but Subject may be empty.
type Letter struct {
	ID       string // of the event
	To       string
	Brand    string // the installation's name, above the text
	Subject  i18n.Msg
	Greeting i18n.Msg
	Body     []i18n.Msg    // one paragraph each
	Facts    [][2]i18n.Msg // label and value, shown as a small table
	Code     string        // a verification code, shown large
	Action   i18n.Msg      // what the button says
	URL      string        // where it leads: absolute, http or https
}

// letterHTML uses tables and inline styles only: that's what mail programs understand.
//
//go:embed letter.html
var letterHTML string

// page is a Letter in the reader's language.
type page struct {
	Lang, Brand, Subject, Greeting string
	Body                           []string
	Facts                          [][2]string
	CodeLabel, Code                string
	Action, URL, LinkHint, Footer  string
}

// Compose puts a letter into a language, as plain text and as HTML. Arguments of messages are escaped in HTML
// and stripped of control characters in both, so that a name can't forge lines.
func Compose(lang string, l Letter) Message {
	p := l.in(lang)
	return Message{ID: l.ID, To: l.To, Lang: p.Lang, Subject: p.Subject, Text: p.text(), HTML: p.html()}
}

func (l Letter) in(lang string) page {
	say := func(m i18n.Msg) string { return oneLine(i18n.Text(lang, m)) }
	p := page{
		Lang: lang, Brand: oneLine(l.Brand), Subject: say(l.Subject), Greeting: say(l.Greeting),
		Code: l.Code, Footer: say(i18n.M("mail_layout.footer")),
	}
	for _, m := range l.Body {
		p.Body = append(p.Body, say(m))
	}
	for _, f := range l.Facts {
		p.Facts = append(p.Facts, [2]string{say(f[0]), say(f[1])})
	}
	if l.Code != "" {
		p.CodeLabel = say(i18n.M("mail_layout.code"))
	}
	if strings.HasPrefix(l.URL, "https://") || strings.HasPrefix(l.URL, "http://") {
		p.URL, p.Action, p.LinkHint = oneLine(l.URL), say(l.Action), say(i18n.M("mail_layout.link"))
	}
	return p
}

func (p page) text() string {
	var parts []string
	add := func(s string) {
		if s != "" {
			parts = append(parts, s)
		}
	}
	add(p.Greeting)
	for _, b := range p.Body {
		add(b)
	}
	var facts []string
	colon := ": "
	if p.Lang == i18n.Chinese {
		colon = "："
	}
	for _, f := range p.Facts {
		facts = append(facts, f[0]+colon+f[1])
	}
	add(strings.Join(facts, "\n"))
	if p.Code != "" {
		add(p.CodeLabel + colon + p.Code)
	}
	if p.URL != "" {
		add(strings.TrimPrefix(p.Action+"\n"+p.URL, "\n"))
	}
	// "-- " on its own line is how mail programs know a signature.
	add("-- \n" + strings.TrimSpace(p.Brand+"\n"+p.Footer))
	return strings.Join(parts, "\n\n") + "\n"
}

func (p page) html() string {
	var b strings.Builder
	t := template.Must(template.New("letter").Parse(letterHTML)) // embedded, and parsed by every test
	if err := t.Execute(&b, p); err != nil {
		return "" // can't happen with strings only; the plain text is sent then
	}
	return b.String()
}
