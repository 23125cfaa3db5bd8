package eml

import (
	"regexp"
	"strconv"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

var metaCharset = regexp.MustCompile(`(?i)<meta[^>]{0,200}charset\s*=\s*["']?([a-z0-9_\-]+)`)

// htmlCharset is the character set that the part names, else the page.
func htmlCharset(named string, b []byte) string {
	if named == "" {
		if m := metaCharset.FindSubmatch(b[:min(len(b), 4096)]); m != nil {
			return string(m[1])
		}
	}
	return named
}

// A page turns HTML into lines of text. Scripts, styles and whatever else would act are left out; nothing of the markup
// survives.
type page struct {
	b     strings.Builder
	pre   int
	lists []int // numbers of the open lists, -1 without numbers
	quote int
	skip  int
	href  []string
	line  int // where the line began
	space bool
}

// quoteMark stands in a text where a program's markup says that the quoted mail begins.
const quoteMark = '\x03'

func fromHTML(s string) string {
	z := html.NewTokenizer(strings.NewReader(s))
	z.SetMaxBuf(maxText)
	p := &page{}
	for {
		switch z.Next() {
		case html.ErrorToken:
			return tidy(p.b.String())
		case html.TextToken:
			if p.skip == 0 {
				p.write(string(z.Text()))
			}
		case html.StartTagToken, html.SelfClosingTagToken:
			p.open(z.Token())
		case html.EndTagToken:
			p.close(z.Token())
		}
	}
}

func (p *page) write(s string) {
	s = clean(html.UnescapeString(s))
	if p.pre == 0 {
		s = strings.ReplaceAll(strings.ReplaceAll(s, "\n", " "), "\t", " ")
		lead, trail := strings.HasPrefix(s, " "), strings.HasSuffix(s, " ")
		s = strings.Join(strings.Fields(s), " ")
		if s == "" {
			p.space = p.space || lead || trail
			return
		}
		if (lead || p.space) && p.b.Len() > p.line {
			p.b.WriteByte(' ')
		}
		p.space = trail
	}
	p.start()
	p.b.WriteString(s)
}

// start writes the mark of quotation before the first word of a line.
func (p *page) start() {
	if p.b.Len() == p.line && p.quote > 0 {
		p.b.WriteString(strings.Repeat(">", p.quote) + " ")
	}
}

func (p *page) newLine() {
	p.b.WriteByte('\n')
	p.line, p.space = p.b.Len(), false
}

// block begins a line unless one has just begun.
func (p *page) block() {
	if p.b.Len() > p.line {
		p.newLine()
	}
	p.space = false
}

var silent = map[atom.Atom]bool{atom.Script: true, atom.Style: true, atom.Head: true, atom.Title: true, atom.Noscript: true, atom.Template: true,
	atom.Iframe: true, atom.Object: true, atom.Svg: true, atom.Select: true, atom.Textarea: true}

var blocks = map[atom.Atom]bool{atom.P: true, atom.Div: true, atom.H1: true, atom.H2: true, atom.H3: true, atom.H4: true, atom.H5: true, atom.H6: true,
	atom.Table: true, atom.Tr: true, atom.Ul: true, atom.Ol: true, atom.Li: true, atom.Blockquote: true, atom.Pre: true, atom.Section: true,
	atom.Article: true, atom.Header: true, atom.Footer: true, atom.Address: true, atom.Dl: true, atom.Dt: true, atom.Dd: true, atom.Form: true, atom.Center: true}

func (p *page) open(t html.Token) {
	attr := attributes(t)
	if silent[t.DataAtom] {
		if t.Type == html.StartTagToken {
			p.skip++
		}
		return
	}
	if t.DataAtom == atom.Body {
		p.skip = 0 // a head that was never closed hides nothing
	}
	if p.skip > 0 {
		return
	}
	if blocks[t.DataAtom] {
		p.block()
	}
	if quotes(t, attr) {
		p.block()
		p.b.WriteString(string(quoteMark) + "\n")
		p.line = p.b.Len()
	}
	p.tag(t, attr)
}

func (p *page) tag(t html.Token, attr map[string]string) {
	switch t.DataAtom {
	case atom.Br:
		p.newLine()
	case atom.Hr:
		p.block()
		p.b.WriteString("----------")
		p.newLine()
	case atom.Blockquote:
		p.quote++
	case atom.Pre:
		p.pre++
	case atom.Ul:
		p.lists = append(p.lists, -1)
	case atom.Ol:
		p.lists = append(p.lists, 0)
	case atom.Li:
		p.item()
	case atom.Td, atom.Th:
		if p.b.Len() > p.line {
			p.b.WriteString(" | ")
			p.space = false
		}
	case atom.Img:
		p.image(attr)
	case atom.A:
		p.href = append(p.href, attr["href"])
	}
}

func (p *page) item() {
	p.start()
	depth := max(len(p.lists)-1, 0)
	mark := "- "
	if n := len(p.lists); n > 0 && p.lists[n-1] >= 0 {
		p.lists[n-1]++
		mark = strconv.Itoa(p.lists[n-1]) + ". "
	}
	p.b.WriteString(strings.Repeat("  ", depth) + mark)
	p.space = false
}

// image leaves the place of a picture that came with the mail. Those that lie on other servers tell them who reads what:
// they leave their words alone.
func (p *page) image(attr map[string]string) {
	if cid, ok := strings.CutPrefix(strings.TrimSpace(attr["src"]), "cid:"); ok && cid != "" {
		p.start()
		p.b.WriteString(Picture(clean(cid)))
		return
	}
	if alt := strings.TrimSpace(attr["alt"]); alt != "" {
		p.write("[" + alt + "]")
	}
}

func (p *page) close(t html.Token) {
	if silent[t.DataAtom] {
		p.skip = max(p.skip-1, 0)
		return
	}
	if p.skip > 0 {
		return
	}
	switch t.DataAtom {
	case atom.Blockquote:
		p.block()
		p.quote = max(p.quote-1, 0)
	case atom.Pre:
		p.pre = max(p.pre-1, 0)
	case atom.Ul, atom.Ol:
		p.lists = p.lists[:max(len(p.lists)-1, 0)]
	case atom.A:
		p.link()
	}
	if blocks[t.DataAtom] {
		p.block()
		if t.DataAtom == atom.P || t.DataAtom == atom.Table || (t.DataAtom == atom.Ul || t.DataAtom == atom.Ol) && len(p.lists) == 0 {
			p.newLine()
		}
	}
}

// link writes where a link leads behind its words, unless they say it.
func (p *page) link() {
	n := len(p.href)
	if n == 0 {
		return
	}
	to := strings.TrimSpace(clean(p.href[n-1]))
	p.href = p.href[:n-1]
	web := strings.HasPrefix(to, "http://") || strings.HasPrefix(to, "https://")
	if said := strings.TrimSpace(p.b.String()[p.line:]); web && len(to) <= 2000 && !strings.HasSuffix(said, to) && !strings.HasSuffix(said+"/", to) {
		p.write(" (" + to + ")")
	}
}

func attributes(t html.Token) map[string]string {
	out := make(map[string]string, len(t.Attr))
	for _, a := range t.Attr {
		out[a.Key] = a.Val
	}
	return out
}

// quotes knows the markup by which mail programs begin the mail that is answered.
func quotes(t html.Token, attr map[string]string) bool {
	class, id := " "+attr["class"]+" ", attr["id"]
	switch {
	case strings.Contains(class, " gmail_quote "), strings.Contains(class, " gmail_quote_container "), strings.Contains(class, " yahoo_quoted "),
		strings.Contains(class, " moz-cite-prefix "), strings.Contains(class, " protonmail_quote "), strings.Contains(class, " ntes_not_fresh_container "):
		return true
	case strings.HasSuffix(id, "divRplyFwdMsg"), id == "appendonsend", strings.HasPrefix(id, "isReplyContent"), id == "mail-editor-reference-message-container":
		return true
	case t.DataAtom == atom.Blockquote && strings.EqualFold(attr["type"], "cite"):
		return true
	case t.Data == "includetail", strings.EqualFold(attr["name"], "foxmail-reply"):
		return true
	}
	return false
}

var manyLines = regexp.MustCompile(`\n{3,}`)

// tidy takes out what markup leaves behind: spaces at the ends of lines, many empty lines.
func tidy(s string) string {
	lines := strings.Split(s, "\n")
	for i := range lines {
		lines[i] = strings.TrimRight(lines[i], " \t")
	}
	return strings.Trim(manyLines.ReplaceAllString(strings.Join(lines, "\n"), "\n\n"), "\n")
}
