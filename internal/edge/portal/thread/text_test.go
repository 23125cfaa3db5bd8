package thread

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// drawn writes what was found: quoted text in {}, paragraphs on lines of their own, links in <>, pictures in ().
func drawn(body string) string {
	var out []string
	for _, b := range parse(body) {
		for _, p := range b.paragraphs {
			var rows []string
			for _, l := range p {
				row := ""
				for _, s := range l {
					switch {
					case s.href != "":
						row += "<" + s.href + ">"
					case s.picture != "":
						row += "(" + s.picture + ")"
					default:
						row += s.text
					}
				}
				rows = append(rows, row)
			}
			text := strings.Join(rows, "/")
			if b.quoted {
				text = "{" + text + "}"
			}
			out = append(out, text)
		}
	}
	return strings.Join(out, "\n")
}

func TestAMessageIsReadAsParagraphsLinksPicturesAndQuotes(t *testing.T) {
	for _, x := range []struct{ body, want string }{
		{"", ""},
		{"one\r\ntwo\r\n\r\n\r\nthree", "one/two\nthree"},
		{"see https://a.example/x?y=1, please", "see <https://a.example/x?y=1>, please"},
		{"(https://a.example/a_(b)).", "(<https://a.example/a_(b)>)."},
		{"见https://a.example/x，谢谢", "见<https://a.example/x>，谢谢"},
		{"no link: javascript:alert(1) ftp://a.example http://", "no link: javascript:alert(1) ftp://a.example http://"},
		{"<b>https://a.example/<script></b>", "<b><https://a.example/><script></b>"},
		{"before\n![screen](att_01abc)\nafter", "before/(att_01abc)/after"},
		{"![x](javascript:1) ![y](att_", "![x](javascript:1) ![y](att_"},
		{"yes\n> no\n> \n> never\nagain", "yes\n{> no/> /> never}\nagain"},
		{"thanks\n\nOn 3 May 2026, Bob <b@example.com> wrote:\nold\n\nolder", "thanks\n{On 3 May 2026, Bob <b@example.com> wrote:/old}\n{older}"},
		{"好的\n\n在 2026年5月3日，张三写道：\n旧的", "好的\n{在 2026年5月3日，张三写道：/旧的}"},
		{"ok\n-----Original Message-----\nFrom: x", "ok\n{-----Original Message-----/From: x}"},
	} {
		if diff := cmp.Diff(x.want, drawn(x.body)); diff != "" {
			t.Errorf("parse(%q): %s", x.body, diff)
		}
	}
}

func TestThePlainTextOfAMessageHasNoMarksAndNoQuotes(t *testing.T) {
	if got := Plain("a  b\n![x](att_1)\n> old\n\nc"); got != "a b c" {
		t.Errorf("Plain = %q, want %q", got, "a b c")
	}
}

func TestQuotedMailBeginsWhereTheMailSays(t *testing.T) {
	m := Message{Body: "new text\nold text", Quote: len("new text\n")}
	b := m.blocks()
	if len(b) != 2 || b[0].quoted || !b[1].quoted || b[1].paragraphs[0][0][0].text != "old text" {
		t.Errorf("blocks = %+v, want the second line quoted", b)
	}
}
