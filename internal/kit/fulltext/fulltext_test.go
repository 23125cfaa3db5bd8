package fulltext

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"unicode"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"hanse/internal/kit/text"
)

func TestATextIsCutIntoWordsPairsAndCharacters(t *testing.T) {
	for _, c := range []struct{ text, want string }{
		{"Router reboots", "reboots router"},
		{"ＲＯＵＴＥＲ Ｓ５１３０", "router s5130"},
		{"部署失败", "失 失败 署 署失 败 部 部署"},
		{"网", "网"},
		{"S5130交换机", "s5130 交 交换 换 换机 机"},
		{"TT20261123000001", "tt20261123000001"},
		{"10.0.0.1", "0 0.0 0.1 1 10 10.0"},
		{"S5130S-EI_28", "28 ei ei.28 s5130s s5130s.ei"},
		{"00:1A:2b", "00 00.1a 1a 1a.2b 2b"},
		{"a@b.cn", "a a.b b b.cn cn"},
		{"end. Next", "end next"},
		{"a--b a . b", "a b"},
		{"Straße ÉCOLE école", "strasse école"},
		{"don't", "don t"},
		{"数据 库", "库 据 数 数据"},
		{"がんばる", "が がん ば ばる る ん んば"},
		{"(①) ½", "1 2"},
		{"' \" * ~ | & ! : \\ ( ) <->", ""},
		{"~~v.x ~n~word", "n v v.x word x"},
		{"", ""},
	} {
		var d Document
		d.Add("", c.text)
		want := strings.Fields(c.want)
		slices.Sort(want)
		if diff := cmp.Diff(strings.Join(want, " "), d.String()); diff != "" {
			t.Errorf("Add(%q): -want +got\n%s", c.text, diff)
		}
	}
}

func TestWhatIsTypedFindsWhatItShouldAndNothingElse(t *testing.T) {
	for _, c := range []struct {
		query, text string
		found       bool
	}{
		{"部署失败", "升级后部署失败，设备重启", true},
		{"部署失败", "失败部署", false},
		{"部署", "部署失败", true},
		{"数据库", "我们的数据库不可用", true},
		{"数据库", "数据在库里", false},
		{"库", "我们的数据库不可用", true},
		{"用", "我们的数据库不可用", true},
		{"机", "数据库", false},
		{"数据库 连接", "连接不上数据库", true},
		{"S5130 交换机", "交换机S5130S", false},
		{"S5130 交换机", "S5130交换机", true},
		{"s5130*", "交换机S5130S-EI", true},
		{"10.0.0.1", "ping 10.0.0.1/24 fails", true},
		{"10.0.0.1", "ping 10.0.0.10 fails", false},
		{"10.0.0.1", "ping 110.0.0.1 fails", false},
		{"h3c.com", "see www.h3c.com/cn", true},
		{"00-1a-2b", "MAC 00:1A:2B:3C", true},
		{"s5130s-ei", "S5130S EI", false},
		{"TT20261123000001", "see TT20261123000001.", true},
		{"tt20261123000001", "TT20261123000001", true},
		{"upgrade", "upgrades", false},
		{"upgrad*", "an Upgrade", true},
		{"up*", "upgrade", false},
		{"up*", "up", true},
		{"router fan", "the fan of router 7", true},
		{"router fan", "the fan", false},
		{"ROUTER", "router", true},
		{"rout", "router", false},
	} {
		var d Document
		d.Add("", c.text)
		if got := Parse(c.query).in(d); got != c.found {
			t.Errorf("%q in %q: %v, want %v", c.query, c.text, got, c.found)
		}
	}
}

// in asks a document by the query's tokens.
func (q Query) in(d Document) bool {
	return !q.Empty() && !slices.ContainsFunc(q.wanted, func(w wanted) bool {
		for t := range d.tokens {
			if t == w.text || w.prefix && strings.HasPrefix(t, w.text) {
				return false
			}
		}
		return true
	})
}

func TestAMarkedTextIsFoundUnderItsMarkAlone(t *testing.T) {
	var d Document
	d.Add("", "router")
	d.Add("n1", "warranty void")
	d.Tag(Tag{"v", "acc-1"})
	if diff := cmp.Diff("router ~n1~void ~n1~warranty ~~v.acc~2d1", d.String()); diff != "" {
		t.Error(diff)
	}
	got := Parse("router voi*").Expression([]string{"", "n1"}, []Tag{{"v", "acc-1"}, {"v", "b"}})
	want := `("~~v.acc~2d1" OR "~~v.b") AND ("router" OR "~n1~router") AND ("voi"* OR "~n1~voi"*)`
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestAnExcerptShowsTheFirstHitAndMarksAllInIt(t *testing.T) {
	long := strings.Repeat("前文很长。", 40) + "升级后部署失败，请看。" + strings.Repeat("后文", 60)
	for _, c := range []struct{ query, text, want string }{
		{"部署失败", "升级后部署失败，设备重启", "升级后[部署失败]，设备重启"},
		{"router", "The ROUTER, a router", "The [ROUTER], a [router]"},
		{"ｒｏｕｔｅｒ", "Ｒｏｕｔｅｒ down", "[Ｒｏｕｔｅｒ] down"},
		{"10.0.0.1", "ping 10.0.0.1/24", "ping [10.0.0.1]/24"},
		{"fan", "first line\r\nfan broken\n\nend", "…line [fan] broken end"},
		{"fan", "nothing", ""},
		{"école", "e\u0301cole E\u0301COLE", "[e\u0301cole] [E\u0301COLE]"},
		{"部署", long, "…长。前文很长。升级后[部署]失败，请看。后文后文后文后文后文后文后文后文后文后文后文…"},
		{"fan", strings.Repeat("word ", 30) + "fan", "…word [fan]"},
	} {
		got := show(Parse(c.query).Pieces(c.text, 40))
		if got != c.want {
			t.Errorf("%q in %q:\n got %q\nwant %q", c.query, c.text, got, c.want)
		}
	}
	if got := show(Beginning("a\nb  c"+strings.Repeat("x", 10), 8)); got != "a b cxx…" {
		t.Errorf("Beginning: %q", got)
	}
}

func show(all []Piece) string {
	var b strings.Builder
	for _, p := range all {
		if p.Hit {
			b.WriteString("[" + p.Text + "]")
		} else {
			b.WriteString(p.Text)
		}
	}
	return b.String()
}

// alphabet is small, so that random texts meet, and holds what breaks queries.
var alphabet = []string{"部", "署", "失", "败", "网", "a", "b", "A", "1", "0", ".", "-", "_", ":", "@", " ", "  ", "\n", "'", `"`, "*", "~", "|", "&",
	"!", "(", ")", `\`, "，", "。", "Ａ", "é", "e\u0301", "\u200b", "が", "か\u3099", "ß", "½", "①", "\u00a0", "\u3000", "ﬁ", "/"}

func texts(most int) *rapid.Generator[string] {
	return rapid.Map(rapid.SliceOfN(rapid.SampledFrom(alphabet), 0, most), func(s []string) string { return strings.Join(s, "") })
}

// TestEveryPartOfATextFindsIt is what searching is for: what somebody copies out of a text, from border to border of
// its words, finds the text.
func TestEveryPartOfATextFindsIt(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := text.Fold(texts(30).Draw(t, "text"))
		runes := []rune(s)
		from := rapid.IntRange(0, len(runes)).Draw(t, "from")
		to := rapid.IntRange(from, len(runes)).Draw(t, "to")
		if inside(runes, from) || inside(runes, to) || strings.Contains(string(runes[from:to]), "*") {
			return
		}
		var d Document
		d.Add("", s)
		if q := Parse(string(runes[from:to])); !q.Empty() && !q.in(d) {
			t.Fatalf("%q isn't found in %q: wanted %v, has %v", string(runes[from:to]), s, q.wanted, d.String())
		}
	})
}

// inside tells whether a word would be cut at this place.
func inside(r []rune, at int) bool {
	return at > 0 && at < len(r) && (wordly(r[at-1]) && wordly(r[at]) || unicode.Is(unicode.M, r[at]))
}

func TestTokensHoldNothingThatADatabaseReadsAsSyntax(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := texts(40).Draw(t, "text")
		var d Document
		d.Add(rapid.SampledFrom([]string{"", "n1"}).Draw(t, "mark"), s)
		if bad := strings.ContainsAny(d.String(), `'"\:()*&|!`+"\t\n\x00"); bad {
			t.Fatalf("%q gives %q", s, d.String())
		}
		if upper := d.String(); upper != strings.ToLower(upper) {
			t.Fatalf("%q gives %q", s, d.String())
		}
		e := Parse(s).Expression([]string{"", "n1"})
		if strings.Count(e, `"`)%2 != 0 || strings.ContainsAny(e, `'\:&|!`) {
			t.Fatalf("%q asks %s", s, e)
		}
	})
}

func TestWhatIsMarkedIsWhatWasAskedFor(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s, q := texts(30).Draw(t, "text"), Parse(texts(6).Draw(t, "query"))
		var d Document
		d.Add("", s)
		if pieces := q.Pieces(s, 1000); q.in(d) && pieces == nil {
			t.Fatalf("%v is in %q, and nothing is marked", q.wanted, s)
		}
	})
}

func TestALongDocumentKeepsItsBeginning(t *testing.T) {
	var d Document
	d.Tag(Tag{"v", "acc"})
	d.Add("", "first")
	for i := range 100_000 {
		d.Add("", fmt.Sprintf("word%d", i))
	}
	if n := len(d.String()); n > mostBytes {
		t.Errorf("%d bytes, want at most %d", n, mostBytes)
	}
	if !Parse("first").in(d) || Parse("word99999").in(d) {
		t.Error("the beginning counts, not the end")
	}
	var one Document
	one.Add("", strings.Repeat("x", 5000))
	if len(one.String()) != longest {
		t.Errorf("a word of 5000 letters counts %d", len(one.String()))
	}
}
