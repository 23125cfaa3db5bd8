package text

import (
	"strings"
	"testing"
	"unicode/utf8"

	"pgregory.net/rapid"
)

func TestFoldMakesSpellingsOfOneNameEqual(t *testing.T) {
	for _, c := range []struct{ in, want string }{
		{"Acme  Ltd", "acme ltd"},
		{"ＡＣＭＥ　Ltd\t", "acme ltd"},
		{"ACME\u202eLTD", "acmeltd"},
		{"Straße", "strasse"},
		{"e\u0301", "é"},
		{"华三通信（北京）", "华三通信(北京)"},
		{"ﬁne", "fine"},
		{"a ", "a"}, {" A", "a"}, {"A b", "a b"}, {"A\x7f", "a"},
		{"", ""},
	} {
		if got := Fold(c.in); got != c.want {
			t.Errorf("Fold(%q) = %q, want %q", c.in, got, c.want)
		}
	}
}

func TestCleanKeepsTextAndDropsWhatIsUnseen(t *testing.T) {
	for _, c := range []struct{ in, want string }{
		{" a\x00b\xffc ", "abc"},
		{"李\u200f伟\ufeff", "李伟"},
		{"a\r\nb\tc", "a b c"},
		{"علی\u200cرضا", "علی\u200cرضا"},
	} {
		if got := Clean(c.in); got != c.want {
			t.Errorf("Clean(%q) = %q, want %q", c.in, got, c.want)
		}
	}
	if got, want := Lines(" a\r\nb\rc\x00 \n"), "a\nb\nc"; got != want {
		t.Errorf("Lines = %q, want %q", got, want)
	}
}

func TestInvisibleNamesTheCharacter(t *testing.T) {
	for _, c := range []struct {
		in   string
		want rune
		ok   bool
	}{
		{"李伟", 0, false}, {"José O'Neil", 0, false}, {"محمد", 0, false}, {"علی\u200cرضا", 0, false}, {"a\ufffdb", 0, false},
		{"a\u202eb", '\u202e', true}, {"\ufeffa", '\ufeff', true}, {"a\x00", 0, true}, {"a\xff", utf8.RuneError, true}, {"a\nb", '\n', true},
	} {
		if got, ok := Invisible(c.in); got != c.want || ok != c.ok {
			t.Errorf("Invisible(%q) = %U, %v, want %U, %v", c.in, got, ok, c.want, c.ok)
		}
	}
}

func TestEmailGivesOneFormForOneAddress(t *testing.T) {
	for _, c := range []struct {
		in, want string
		ok       bool
	}{
		{" Wei.Li@Partner.Example ", "wei.li@partner.example", true},
		{"ｗｅｉ＠partner.example", "wei@partner.example", true},
		{"wei@bücher.example", "wei@xn--bcher-kva.example", true},
		{"wei+cert@partner.example", "wei+cert@partner.example", true},
		{"李伟@partner.example", "李伟@partner.example", true},
		{"", "", false}, {"wei", "", false}, {"@x.example", "", false}, {"wei@", "", false}, {"wei@host", "", false},
		{"a@b@c.example", "", false}, {"wei li@x.example", "", false}, {"Wei <wei@x.example>", "", false}, {".a@x.example", "", false},
		{"a..b@x.example", "", false}, {"a@-x.example", "", false}, {"a@x..example", "", false}, {"a@10.0.0.1", "", false},
		{"a\u202e@x.example", "", false}, {"a\x00@x.example", "", false}, {strings.Repeat("a", 65) + "@x.example", "", false},
	} {
		if got, ok := Email(c.in); got != c.want || ok != c.ok {
			t.Errorf("Email(%q) = %q, %v, want %q, %v", c.in, got, ok, c.want, c.ok)
		}
	}
}

func TestCleanFoldAndEmailAreStable(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := rapid.String().Draw(t, "s")
		if c := Clean(s); Clean(c) != c || !utf8.ValidString(c) {
			t.Fatalf("Clean(%q) = %q is not stable", s, c)
		}
		if f := Fold(s); Fold(f) != f {
			t.Fatalf("Fold(%q) = %q, again %q", s, f, Fold(f))
		}
		if e, ok := Email(s + "@x.example"); ok {
			if again, ok := Email(e); !ok || again != e {
				t.Fatalf("Email(%q) = %q, again %q", s, e, again)
			}
		}
	})
}

func TestAFileNameKeepsNoFolderAndNoHiddenCharacter(t *testing.T) {
	for in, want := range map[string]string{"a.csv": "a.csv", `C:\Users\x\a.csv`: "a.csv", "/etc/pass\x00wd": "passwd", "dir/": "feed", "": "feed",
		strings.Repeat("长", 200): strings.Repeat("长", 120)} {
		if got := FileName(in, "feed"); got != want {
			t.Errorf("FileName(%q) = %q, want %q", in, got, want)
		}
	}
}
