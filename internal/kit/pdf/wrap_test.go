package pdf

import (
	"strings"
	"testing"
	"unicode"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// narrow counts Latin letters as one and the rest as two, as a terminal does.
func narrow(r rune) float64 {
	if r < 0x2e80 && !isHan(r) {
		return 1
	}
	return 2
}

func TestLinesBreakWhereAReaderExpects(t *testing.T) {
	for _, c := range []struct {
		text  string
		limit float64
		want  []string
	}{
		{"", 10, []string{""}},
		{"short", 10, []string{"short"}},
		{"two words", 6, []string{"two", "words"}},
		{"  edges  ", 10, []string{"edges"}},
		{"one\ntwo\n\nfour", 10, []string{"one", "two", "", "four"}},
		{"满足全部要求", 6, []string{"满足全", "部要求"}},
		{"满足全部，要求", 8, []string{"满足全", "部，要求"}},
		{"满足（全部）要求", 6, []string{"满足", "（全", "部）要", "求"}},
		{"通过 H3CSE 考试", 9, []string{"通过", "H3CSE 考", "试"}},
		{"unbreakableword", 6, []string{"unbrea", "kablew", "ord"}},
		{"a unbreakableword", 6, []string{"a", "unbrea", "kablew", "ord"}},
		{"见 https://a.example/x。", 12, []string{"见", "https://a.ex", "ample/x。"}},
		{"中", 1, []string{"中"}},
	} {
		if d := cmp.Diff(c.want, lines(c.text, narrow, c.limit)); d != "" {
			t.Errorf("lines(%q, %v) (-want +got):\n%s", c.text, c.limit, d)
		}
	}
}

func TestNoCharacterIsLostAndNoLineTooWide(t *testing.T) {
	alphabet := []rune("中文字满足要求，。（）“”ab cde fghij-123./\n😀")
	rapid.Check(t, func(rt *rapid.T) {
		text := rapid.StringOfN(rapid.SampledFrom(alphabet), 0, 200, -1).Draw(rt, "text")
		limit := float64(rapid.IntRange(2, 40).Draw(rt, "limit"))
		got := lines(text, narrow, limit)
		if flat(strings.Join(got, "")) != flat(text) {
			rt.Fatalf("lines(%q, %v) = %q loses or adds something", text, limit, got)
		}
		for _, l := range got {
			w := 0.0
			for _, r := range l {
				w += narrow(r)
			}
			if w > limit {
				rt.Fatalf("lines(%q, %v): %q is %v wide", text, limit, l, w)
			}
		}
	})
}

func flat(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) {
			return -1
		}
		return r
	}, s)
}

func TestNoLineBeginsWithClosingPunctuation(t *testing.T) {
	text := "本单位承诺，所提交的材料（含证书）真实有效；如有虚假，愿承担相应责任。特此声明！"
	for limit := 8.0; limit < 60; limit++ {
		for i, l := range lines(text, narrow, limit) {
			if strings.ContainsRune(noStart, []rune(l)[0]) {
				t.Errorf("limit %v: line %d is %q", limit, i, l)
			}
		}
	}
}
